"""Kinds of value: how each is read from JSON, strictly, and written to it.

Nothing is guessed: text comes from text, a flag from `true` or `false`, a number from a number that is
finite and of usual size.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from types import NoneType
from typing import Any, Final, NamedTuple

from custsync.models import ABSENT, Absent
from custsync.payloads.reading import LONGEST_NUMBER, is_clean, payload_error

LONGEST_TEXT: Final = 10_000
"""No text of a column is longer: names, addresses and phones end far below."""

_TOO_LARGE: Final = 10**LONGEST_NUMBER
_LEAST: Final = 1.0 / _TOO_LARGE
_LARGE: Final = 1.0 * _TOO_LARGE


def read_text(value: Any, _: object = None) -> Any:
    """Return the text as it is; null and absent too. NUL and lone surrogates are refused, as is all else."""
    if type(value) is str:
        return value if len(value) <= LONGEST_TEXT and is_clean(value) else _refuse_text(value)
    if value is None or value is ABSENT:
        return value
    raise payload_error("not_text", "not a text", value)


def _refuse_text(value: str) -> None:
    if len(value) > LONGEST_TEXT:
        raise payload_error("text_too_long", f"longer than {LONGEST_TEXT} characters", value)
    raise payload_error("broken_text", "a text with a NUL or with half a surrogate pair", value)


def one_of(
    meaning: Mapping[Any, Any], code: str = "not_a_flag", reason: str = "neither true nor false"
) -> Callable[..., Any]:
    """Return the reader of a flag or a choice: what each value means; anything else is refused.

    Args:
        meaning: the values, with null and absent if they may be, and what each means.
        code: that of the refusal.
        reason: why it is refused.

    >>> one_of({True: "live", False: "test"})(True)
    'live'
    >>> one_of({True: "live", False: "test"})(1)
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: neither true nor false
    """
    return partial(read_one_of, meaning, (code, reason))


def read_one_of(meaning: Mapping[Any, Any], refusal: tuple[str, str], value: Any, _: object = None) -> Any:
    """Return what the value means; what is not among those that mean something is refused."""
    if type(value) in {bool, str, NoneType, Absent} and value in meaning:  # 1 is no flag, but equals true
        return meaning[value]
    raise payload_error(*refusal, value)


read_flag: Final = one_of({True: True, False: False, None: None, ABSENT: ABSENT})


_T_F: Final[Mapping[Any, Any]] = {
    **dict.fromkeys(("T", "TRUE", "True", "true", "YES", "Yes", "yes"), True),
    **dict.fromkeys(("F", "FALSE", "False", "false", "NO", "No", "no"), False),
    "": None,
    None: None,
    ABSENT: ABSENT,
}


def _write_t_f(value: Any) -> str | None:
    return None if value is None else "T" if value else "F"


def read_digits(value: Any, _: object = None) -> str:
    """Return an id of digits as text, from text or whole number; system entities have a minus before it."""
    if type(value) is str:
        if len(value) <= LONGEST_NUMBER and value.isascii() and value.removeprefix("-").isdigit():
            return value
    elif type(value) is int and abs(value) < _TOO_LARGE:
        return str(value)
    raise payload_error("not_an_id", "not an id: ids are digits", value)


def read_money(value: Any, _: object = None) -> Any:
    """Return a finite number of usual size as `Decimal`, from a number or from text; empty text is null."""
    kind = type(value)
    if kind is float and (_LEAST < abs(value) < _LARGE or not value):
        return Decimal(repr(value))
    if kind is int and abs(value) < _TOO_LARGE:
        return Decimal(value)
    if value is None or value is ABSENT:
        return value
    if kind is str and not value:
        return None
    number = _decimal(value)
    if number is not None and _of_human_size(number):
        return number
    raise payload_error("not_a_number", "not a number, or too large or too small", value)


def _decimal(value: Any) -> Decimal | None:
    if type(value) is Decimal:
        return value
    text = repr(value) if type(value) is float else value
    try:
        return Decimal(text) if type(text) is str and len(text) <= LONGEST_NUMBER and text.isascii() else None
    except InvalidOperation:
        return None


def _of_human_size(value: Decimal) -> bool:
    """Return whether the number is finite and neither its digits nor its exponent are beyond all money."""
    return value.is_finite() and -LONGEST_NUMBER <= value.adjusted() <= LONGEST_NUMBER


def _write_money(value: Any) -> float | None:
    return None if value is None else float(value)


def as_given(value: Any, _: object = None) -> Any:
    """Return the value itself: what most kinds write."""
    return value


def or_blank(read: Callable[..., Any]) -> Callable[..., Any]:
    """Return the reader that leaves null and absent as they are, and calls the other one for all else."""
    return partial(read_or_blank, read)


def read_or_blank(read: Callable[..., Any], value: Any, reading: object = None) -> Any:
    """Return null and absent as they are, and what the reader makes of all else."""
    return value if value is None or value is ABSENT else read(value, reading)


class Kind(NamedTuple):
    """How a column's value is read from JSON, and how it is written.

    `read` takes the value (`ABSENT` where the payload has no such key) and a second argument that it may
    ignore; it answers for every value or refuses with `PayloadError`. `write` takes a value or None.
    """

    read: Callable[..., Any]
    write: Callable[[Any], Any] = as_given


TEXT: Final = Kind(read_text)
"""Text. The texts of a payload are checked in one sweep."""
FLAG: Final = Kind(read_flag)
SET_FLAG: Final = Kind(one_of({True: True, False: False, ABSENT: False}))
"""A flag that is never null; false where it is absent."""
T_F: Final = Kind(one_of(_T_F, reason="neither 'T' nor 'F', nor another word for yes or no"), _write_t_f)
AS_GIVEN: Final = Kind(as_given)
"""Any value, as it came: another column of its key has checked it."""
DIGITS: Final = Kind(or_blank(read_digits))
MONEY: Final = Kind(or_blank(read_money), _write_money)
