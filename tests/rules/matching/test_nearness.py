"""How near two different match keys are."""

import pytest
from hypothesis import given, strategies as st

from custsync.rules.matching.kinds import (
    KINDS,
    is_one_slip,
    near_date,
    near_digits,
    near_email,
    near_lists,
    near_name,
    near_phone,
    near_text,
    near_words,
)


class TestOneSlip:
    """A slip is one character added, left out or changed, or two neighbours swapped."""

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("smith", "smiths"),
            ("smith", "mith"),
            ("smith", "smyth"),
            ("smith", "msith"),
            ("smith", "smiht"),
            ("a", "b"),
        ],
    )
    def test_is_one(self, one: str, other: str) -> None:
        assert is_one_slip(one, other)
        assert is_one_slip(other, one)

    @pytest.mark.parametrize(
        ("one", "other"),
        [("smith", "smyths"), ("smith", "htims"), ("ab", "abcd"), ("smith", "imths"), ("abcd", "badc")],
    )
    def test_is_more_than_one(self, one: str, other: str) -> None:
        assert not is_one_slip(one, other)
        assert not is_one_slip(other, one)


class TestNear:
    """Two is close, one is near, zero is another value."""

    @pytest.mark.parametrize(
        ("one", "other", "near"),
        [
            ("neumann", "neuman", 2),
            ("abcd", "bacd", 2),
            ("international", "internatoinal", 2),
            ("robert", "rob", 1),
            ("katherine", "catherin", 1),
            ("ann", "bob", 0),
        ],
    )
    def test_texts(self, one: str, other: str, near: int) -> None:
        assert near_text(one, other) == near

    def test_an_initial_is_near_its_name(self) -> None:
        assert near_name("j", "john") == 1
        assert near_name("j", "rosa") == 0
        assert near_name("jon", "john") == 2

    @pytest.mark.parametrize(
        ("one", "other", "near"),
        [
            ("lund mills", "mills lund", 2),
            ("lund mills north", "lund mills", 2),
            ("harrow and finch", "harrow and fnch", 2),
            ("lund bakery", "lund", 1),
            ("hull street", "king street", 1),
            ("hull street", "pier road", 0),
        ],
    )
    def test_words(self, one: str, other: str, near: int) -> None:
        assert near_words(one, other) == near

    @pytest.mark.parametrize(
        ("one", "other", "near"),
        [
            ("97103", "97193", 2),
            ("97103", "9713", 2),
            ("9710", "9701", 2),
            ("468", "46", 1),
            ("12", "13", 1),
            ("4560", "4065", 1),
            ("8", "9", 0),
            ("123456", "654321", 0),
            ("12", "3456", 0),
        ],
    )
    def test_numbers(self, one: str, other: str, near: int) -> None:
        assert near_digits(one, other) == near

    @pytest.mark.parametrize(
        ("one", "other", "near"),
        [
            ("19700512", "19701205", 2),
            ("19700512", "19700513", 2),
            ("19700512", "19830512", 1),
            ("19700512", "19700530", 1),
            ("19700512", "19820101", 0),
            ("1970", "19820101", 0),
        ],
    )
    def test_dates(self, one: str, other: str, near: int) -> None:
        assert near_date(one, other) == near

    @pytest.mark.parametrize(
        ("one", "other", "near"),
        [("5550100", "15035550100", 2), ("5550100", "5550190", 2), ("100", "5550100", 0)],
    )
    def test_phones(self, one: str, other: str, near: int) -> None:
        assert near_phone(one, other) == near

    @pytest.mark.parametrize(
        ("one", "other", "near"),
        [
            ("ap@mail.example", "ap@x.example", 1),
            ("ap@mail.example", "ap@mial.example", 2),
            ("rosa@x.example", "roza@x.example", 2),
            ("rosa@x.example", "roza@mail.example", 1),
            ("rosa@x.example", "ap@mail.example", 0),
        ],
    )
    def test_emails(self, one: str, other: str, near: int) -> None:
        assert near_email(one, other) == near

    def test_lists_are_as_near_as_any_two_of_their_keys(self) -> None:
        near = near_lists(near_email)
        assert near("ap@x.example", "ap@x.example rosa@y.example") == 2
        assert near("ap@x.example office@x.example", "rosa@y.example roza@x.example") == 0
        assert near("ap@x.example", "ap@mail.example") == 1


class TestSymmetry:
    """Which of two values comes first makes no difference."""

    @given(st.sampled_from(sorted(KINDS)), st.text("ab1 @.", min_size=1), st.text("ab1 @.", min_size=1))
    def test_of_every_kind(self, name: str, text: str, other_text: str) -> None:
        kind = KINDS[name]
        country = ("",) if kind.takes_country else ()
        one, other = kind.key(text, *country), kind.key(other_text, *country)
        if one is not None and other is not None and one != other and kind.near is not None:
            assert kind.near(one, other) == kind.near(other, one)
