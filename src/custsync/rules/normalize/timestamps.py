"""Time stamps: the exact forms that the systems write, always to aware UTC."""

import re
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Literal, NoReturn, TypeAlias

from custsync.errors import ConfigurationError, InputError
from custsync.models import Maybe
from custsync.rules.normalize.texts import as_text

DateOrder: TypeAlias = Literal["month_first", "day_first"]
"""How an account writes a date whose year comes last."""

LONGEST_STAMP = 40
"""No form of a stamp is longer."""

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
"""The exact form, each part of a fixed or bounded length: `fromisoformat` alone lets `05xZ` and NUL pass."""

_WITHOUT_SECONDS = 2
_MARKS = {"am": 0, "pm": 12}


def read_stamp(text: Maybe[str], *, order: DateOrder | None = None, zone: str = "") -> datetime | None:
    """Return the moment that the text names, aware UTC; None where it is blank or `0001-01-01`.

    Read are ISO 8601 stamps with dashes (`2026-06-30T18:58:34.763Z`, with `T` or a blank, any offset),
    year-first account stamps (`2017-05-27 8:56:10`), and, once the account's order is declared, dates whose
    year comes last (`5/27/2017`, `5/27/2017 8:56 am`). Nothing is guessed: a month alone, a week, a name of a
    day, a year of two digits are refused. A stamp without zone is read in the declared one, and refused if
    none is declared. Where a clock is put back, the first of the two moments is meant; a time that a clock
    skips is moved on by the gap.

    Args:
        text: the stamp; null and absent read as blank.
        order: how the account writes dates whose year comes last; None refuses them.
        zone: IANA name (`America/Los_Angeles`) or `UTC`, for stamps without a zone; `""` refuses those.

    Raises:
        InputError: the text is no such stamp; the message holds its length, never the text.
        ConfigurationError: the zone or the order is not known.

    Source: NetSuite account formats (date and time preferences of the account).

    >>> read_stamp("5/27/2017 8:56", order="month_first", zone="UTC").isoformat()
    '2017-05-27T08:56:00+00:00'
    >>> read_stamp("2026-01-02 03:04:05")
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: a time stamp without zone (19 characters): declare the zone of its system
    """
    text = as_text(text)
    if len(text) > LONGEST_STAMP:
        _refuse(text)
    text = text.strip()
    if not text:
        return None
    try:
        stamp = _iso(text) if _ISO.fullmatch(text) else _account(text, order)
        if stamp.year == 1 and stamp.month == 1 and stamp.day == 1:
            return None
        if stamp.tzinfo is UTC:
            return stamp
        return _in_utc(stamp, text, zone)
    except (ValueError, OverflowError):
        _refuse(text)


def epoch_stamp(seconds: int) -> datetime:
    """Return the moment that many seconds after 1970, aware UTC.

    Args:
        seconds: whole seconds since 1970-01-01T00:00:00Z, as Stripe writes its stamps.

    Raises:
        InputError: it is no whole number, or is outside the years 1 to 9999.

    >>> epoch_stamp(1495875370).isoformat()
    '2017-05-27T08:56:10+00:00'
    >>> epoch_stamp(True)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: epoch seconds are a whole number within the years 1 to 9999
    """
    try:
        if type(seconds) is int:
            return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise InputError("epoch seconds are a whole number within the years 1 to 9999")


def _refuse(text: str) -> NoReturn:
    raise InputError(f"not a time stamp of a known form ({len(text)} characters)") from None


def _iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        from dateutil.parser import isoparse

        return isoparse(text)  # the hour 24 is midnight


def _account(text: str, order: DateOrder | None) -> datetime:
    """Read a date of three numbers, and a clock of two or three with an optional am or pm."""
    date, _, clock = text.partition(" ")
    year, month, day = _date(date, order)
    hour, minute, second = _clock(clock) if clock else (0, 0, 0)
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  (the caller's zone comes next)


def _date(date: str, order: DateOrder | None) -> tuple[int, int, int]:
    sign = next((sign for sign in "-." if sign in date), "/")
    first, middle, last = _numbers(date.split(sign))
    if len(first) == 4:  # noqa: PLR2004
        return int(first), int(middle), int(last)
    if order is None or len(last) != 4:  # noqa: PLR2004
        raise ValueError
    if order not in ("month_first", "day_first"):
        raise ConfigurationError("unknown date order: give month_first or day_first")
    month, day = (first, middle) if order == "month_first" else (middle, first)
    return int(last), int(month), int(day)


def _numbers(texts: list[str]) -> list[str]:
    """Return the texts, each a number of one, two or four digits."""
    if not all(text.isascii() and text.isdigit() and len(text) in (1, 2, 4) for text in texts):
        raise ValueError
    return texts


def _clock(clock: str) -> tuple[int, int, int]:
    clock = clock.strip().lower()
    mark = clock[-2:] if clock[-2:] in _MARKS else ""
    if mark:
        clock = clock[:-2].rstrip()
    numbers = _numbers(clock.split(":"))
    hour, minute, second = map(int, [*numbers, "0"] if len(numbers) == _WITHOUT_SECONDS else numbers)
    if mark and not 1 <= hour <= 12:  # noqa: PLR2004
        raise ValueError
    return (hour % 12 + _MARKS[mark] if mark else hour), minute, second


def _in_utc(stamp: datetime, text: str, zone: str) -> datetime:
    if stamp.tzinfo is None:
        if not zone:
            raise InputError(
                f"a time stamp without zone ({len(text)} characters): declare the zone of its system"
            )
        from dateutil.tz import resolve_imaginary

        stamp = resolve_imaginary(stamp.replace(tzinfo=_zone(zone)))
    return stamp.astimezone(UTC)


@cache
def _zone(name: str) -> tzinfo:
    """Return the zone of that IANA name; names that dateutil would read as paths or rules never reach it."""
    if name == "UTC":
        return UTC
    parts = name.split("/")
    plain = all(part.replace("_", "").replace("-", "").replace("+", "").isalnum() for part in parts)
    if len(parts) > 1 and plain and len(name) <= 64:  # noqa: PLR2004
        from dateutil.tz import gettz

        found = gettz(name)
        if found is not None:
            return found
    raise ConfigurationError("unknown time zone: give an IANA name such as America/Los_Angeles, or UTC")
