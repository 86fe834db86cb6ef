"""Counting keys at 8 bytes a key."""

from collections import Counter

import pytest
from hypothesis import given, strategies as st

from custsync.engine.plan.inputs import HashSet, KeyCounts, key_of

HASHES = st.lists(st.integers(0, 40) | st.integers(0, 2**64 - 1), max_size=60)


@pytest.mark.rule("G-DUP")
class TestKeyCounts:
    """A hash is not there, there once, or shared; in every order, and over every cut of the input."""

    @given(HASHES)
    def test_as_counted(self, hashes: list[int]) -> None:
        counts, expected = KeyCounts(), Counter(hashes)
        counts.add(hashes)
        for hashed in {*hashes, 7, 2**64 - 1}:
            assert counts.has(hashed) is (expected[hashed] > 0)
            assert counts.is_shared(hashed) is (expected[hashed] > 1)

    @given(HASHES, HASHES)
    def test_parts_add_up(self, first: list[int], second: list[int]) -> None:
        parts = [KeyCounts(), KeyCounts()]
        for counts, hashes in zip(parts, (first, second), strict=True):
            counts.add(hashes)
            counts.has(0)
        both = KeyCounts.of(parts)
        assert all(both.is_shared(one) is ((first + second).count(one) > 1) for one in first + second)

    def test_more_may_be_added_after_a_question(self) -> None:
        counts = KeyCounts()
        counts.add([7])
        assert not counts.is_shared(7)
        counts.add([7])
        assert counts.is_shared(7)

    def test_a_key_that_cannot_be_encoded_has_a_hash(self) -> None:
        assert key_of(0, "\ud800") != key_of(0, "\ud801")


@pytest.mark.rule("G-DUP")
class TestHashSet:
    """A set, however many are in it."""

    @given(HASHES)
    def test_as_a_set(self, hashes: list[int]) -> None:
        ours, expected = HashSet(), set[int]()
        for hashed in hashes:
            known = {one or 1 for one in expected}
            assert ours.add([hashed]) == [(hashed or 1) not in known]
            expected.add(hashed)

    def test_it_grows(self) -> None:
        ours = HashSet()
        assert all(all(ours.add([number * 256])) for number in range(1, 2_000))
        assert not any(ours.add([number * 256 for number in range(1, 2_000)]))
        assert ours.add([0])
