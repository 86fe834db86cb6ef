"""Text rules take linear time: twice the text, at most twice the steps. Steps are counted, never timed."""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, TypeVar

import pytest

from custsync.errors import InputError
from custsync.models import Address
from custsync.rules.addresses import address_key, clean, fit_lines, one_line
from custsync.rules.names import NamePolicy, resplit_name, split_name
from custsync.rules.names.display import without_placeholder
from custsync.rules.normalize import (
    clean_email,
    company_key,
    email_key,
    id_key,
    phone_key,
    phone_keys,
    read_stamp,
    text_key,
    words_key,
)
from custsync.rules.normalize.texts import visible

T = TypeVar("T")

EVERY_OPT_IN = NamePolicy(
    comma="name_suffix",
    any_comma=True,
    legal_forms=True,
    notes=True,
    symbols=True,
    suffixes=True,
    titles=True,
    particles=True,
    two_surnames=True,
    middle=True,
    family_first=True,
)

PIECES = [
    *(
        " ",
        ",",
        "a ",
        "a, ",
        "van ",
        "Van ",
        "MA ",
        "MA, ",
        "(a) ",
        "555-0100 ",
        "555-0100/",
        "a@b ",
        "Jr. ",
        ", Jr.",
        "(",
        ")",
        " - ",
        "& ",
        "and ",
        "co ",
        "sa ",
        "llc ",
    ),
    *('"', "<", "a@b.example;", "@", "0", "+0", "x1", "1/", "-", ".", "\u200b", "\u200d", "\u0301\u0323"),
    *("山 ", "김", "🙂 ", "\ufdfa", "\u3001", "\u00a0", "\x00", "\ud800", "é"),
]


def _on_address(function: Callable[[Address], Any], text: str) -> None:
    function(Address(line1=text, line2=text, line3=text, city=text, postal_code=text, country=text))


def _stamp(text: str) -> None:
    with pytest.raises(InputError):
        read_stamp(text)


RULES: dict[str, Callable[[str], Any]] = {
    **{key.__name__: key for key in (text_key, words_key, id_key, phone_key, email_key)},
    "company_key": company_key,
    "clean_email": clean_email,
    "phone_keys": phone_keys,
    "resplit_name": partial(resplit_name, first="a", middle="a", last="a"),
    "without_placeholder": without_placeholder,
    "visible": visible,
    "read_stamp": _stamp,
    "split_name": split_name,
    "split_name, every opt-in": partial(split_name, policy=EVERY_OPT_IN),
    "address_key": partial(_on_address, address_key),
    "clean": partial(_on_address, clean),
    "one_line": partial(_on_address, one_line),
    "fit_lines": partial(_on_address, partial(fit_lines, most=1)),
}


def steps(function: Callable[[T], Any], given: T) -> int:
    """Return how many lines of Python run."""
    count = 0

    def trace(_frame: FrameType, _event: str, _arg: object) -> Any:
        nonlocal count
        count += 1
        return trace

    outer = sys.gettrace()
    sys.settrace(trace)
    try:
        function(given)
    finally:
        sys.settrace(outer)
    return count


def _quadratic(text: str) -> None:
    for _ in text:
        for _ in text:
            pass


@pytest.mark.parametrize("name", RULES)
def test_twice_the_text_takes_at_most_twice_the_steps(name: str) -> None:
    steps(RULES[name], "x  y")  # what is made at the first call is not counted
    for piece in PIECES:
        steps(RULES[name], piece + "x")  # nor what is made at the first of its kind
        short, long = piece * 200, piece * 400
        assert steps(RULES[name], long + "x") <= 2 * steps(RULES[name], short + "x") + 200, ascii(piece)


def test_the_count_sees_what_is_not_linear() -> None:
    assert steps(_quadratic, "x" * 400) > 3 * steps(_quadratic, "x" * 200)


@pytest.mark.parametrize("piece", ["a ", "a,", "é ", "山 ", "van "], ids=ascii)
def test_a_megabyte_is_just_a_long_name(piece: str) -> None:
    split = split_name(piece * (2**20 // len(piece)), policy=EVERY_OPT_IN)
    assert split.how in ("comma", "last_space", "family_first")
