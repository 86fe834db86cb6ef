"""Single values as JSON and back, each from its own type alone, and the closed set that a field may hold."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from operator import attrgetter, methodcaller
from types import NoneType
from typing import Any, Final, Literal, get_args

from custsync.errors import InputError, PayloadError
from custsync.models import ABSENT, Absent, Address, SubscriptionStatus
from custsync.payloads.field_types import one_of, read_money
from custsync.payloads.reading import DEEPEST, collect, is_clean, items_of, object_of, payload_error

IS_ABSENT: Final = {"$absent": True}
"""How a field is written that is absent, and is not left out because it mostly has another value."""

NULLS: Final = "null"
"""The key under which the fields of an object are listed that are null, with spaces between."""

_LITERAL: Final = Literal[Absent.ABSENT]
_LONGEST_INTEGER: Final = 10**18


def beside_blank(cls: Any) -> tuple[Any, ...]:
    """Return the types of a union, without null and absent."""
    return tuple(arg for arg in get_args(cls) if arg is not NoneType and arg != _LITERAL)


def takes_absent(cls: Any) -> bool:
    """Return whether absent is one of the union."""
    return _LITERAL in get_args(cls)


def read_text(value: Any, _: object = None) -> str:
    """Return the text as it is; anything else, NUL and lone surrogates are refused."""
    if type(value) is str and ((value.isascii() and "\0" not in value) or is_clean(value)):
        return value
    raise payload_error("not_text", "not a clean text", value)


_read_bool: Final = one_of({True: True, False: False})


def _read_integer(value: Any, _: object = None) -> int:
    if type(value) is int and abs(value) < _LONGEST_INTEGER:
        return value
    raise payload_error("not_a_number", "not a whole number", value)


def _read_number(value: Any, _: object = None) -> float:
    if type(value) is float and math.isfinite(value):
        return value
    raise payload_error("not_a_number", "not a finite number", value)


def _read_decimal(value: Any, _: object = None) -> Decimal:
    if type(value) is str and value:
        return read_money(value)  # type: ignore[no-any-return]
    raise payload_error("not_a_number", "not a number as text", value)


def _read_moment(value: Any, _: object = None) -> datetime:
    if type(value) is str:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if moment.utcoffset() == timedelta(0):
                return moment.replace(tzinfo=UTC)
    raise payload_error("not_a_stamp", "not an ISO 8601 stamp in UTC", value)


def _write_moment(value: Any) -> str:
    if type(value) is not datetime or value.tzinfo is not UTC:
        raise InputError("a moment is kept as aware UTC: convert it first")
    return value.isoformat()


def write_text(value: Any) -> str:
    """Return the text as it is; anything else, NUL and lone surrogates raise `InputError`."""
    if type(value) is str and ((value.isascii() and "\0" not in value) or is_clean(value)):
        return value
    raise InputError(f"not a clean text: {type(value).__name__}")


def _as_read(read: Callable[[Any], Any], value: Any) -> Any:
    """Return the value, which JSON has too, if it is one that is read back."""
    try:
        return read(value)
    except PayloadError as error:
        raise InputError(error.args[0]) from None


def _write_decimal(value: Any) -> str:
    text = str(value)
    if type(value) is Decimal and _as_read(_read_decimal, text) is not None:
        return text
    raise InputError(f"not a Decimal: {type(value).__name__}")


@cache
def _members_of(cls: type[Enum]) -> Mapping[Any, Enum]:
    return {member.value: member for member in cls}


def read_enum(cls: type[Enum], value: Any) -> Enum:
    """Return the member with that text as its value."""
    if type(value) is str and value in (members := _members_of(cls)):
        return members[value]
    raise payload_error("not_a_choice", f"none of the values of {cls.__name__}", value)


def write_any(write_address: Callable[[Address], Any], value: Any, depth: int = DEEPEST) -> Any:
    """Return what a field of any type may hold as JSON, tagged where its type would be lost.

    Args:
        write_address: writes an `Address`, the one of these values that has fields.
        value: the value.
        depth: how many levels it may nest.

    Raises:
        InputError: it is not of the closed set, or nests too deep.
    """
    kind = type(value)
    if kind is str:
        return value if value.isascii() and "\0" not in value else write_text(value)
    if kind in _PLAIN or value is None:
        return _as_read(_read_number, value) if kind is float else value
    if kind is Address:
        return {"$address": write_address(value)}
    if kind in _TAGS:
        tag, write = _TAGS[kind]
        return {tag: write(value)}
    if depth == 0:
        raise InputError(f"a value that nests deeper than {DEEPEST} levels")
    if kind in (list, tuple):
        items = [write_any(write_address, item, depth - 1) for item in value]
        return {"$tuple": items} if kind is tuple else items
    if not isinstance(value, Mapping):
        raise InputError(f"no field holds a value of type {kind.__name__}")
    plain = {
        write_text(key): item
        if type(item) is str and item.isascii() and "\0" not in item
        else write_any(write_address, item, depth - 1)
        for key, item in value.items()
    }
    return {"$object": plain} if any(map(_IS_TAG, plain)) else plain


def read_any(read_address: Callable[[Any], Address], value: Any, depth: int = DEEPEST) -> Any:
    """Return the value that `write_any` made this of."""
    kind = type(value)
    if kind is str:
        return read_text(value)
    if kind in _PLAIN or value is None:
        return _read_number(value) if kind is float else value
    if depth == 0:
        raise payload_error("too_deep", f"nested deeper than {DEEPEST} levels", value)
    inner = partial(read_any, read_address, depth=depth - 1)
    if kind is list:
        return list(items_of(value, inner))
    members = object_of(value)
    tag = next(iter(members)) if len(members) == 1 else ""
    if tag == "$address":
        return read_address(members[tag])
    if tag == "$tuple":
        return items_of(members[tag], inner)
    if tag == "$object":
        return read_members(members[tag], inner)
    return _TAGGED[tag](members[tag]) if tag in _TAGGED else read_members(members, inner)


def read_members(value: Any, read: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the object with each of its values read by `read`; all issues at once, each with its key."""
    members = object_of(value)
    steps = [(read_text(key), read, item) for key, item in members.items()]
    return dict(zip(members, collect(steps), strict=True))


def _read_absent(value: Any) -> Any:
    if value is True:
        return ABSENT
    raise payload_error("unknown_tag", "not true", value)


def _write_absent(_: Any) -> bool:
    return True


_IS_TAG: Final = methodcaller("startswith", "$")
_PLAIN: Final = frozenset({bool, int, float, str})
_TAGS: Final[Mapping[type, tuple[str, Callable[[Any], Any]]]] = {
    Decimal: ("$decimal", _write_decimal),
    datetime: ("$datetime", _write_moment),
    SubscriptionStatus: ("$status", attrgetter("value")),
    Absent: ("$absent", _write_absent),
}
_TAGGED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "$decimal": _read_decimal,
    "$datetime": _read_moment,
    "$status": partial(read_enum, SubscriptionStatus),
    "$absent": _read_absent,
}

LEAVES: Final[Mapping[Any, tuple[Callable[..., Any], Callable[[Any], Any]]]] = {
    str: (read_text, write_text),
    bool: (_read_bool, partial(_as_read, _read_bool)),
    int: (_read_integer, partial(_as_read, _read_integer)),
    float: (_read_number, partial(_as_read, _read_number)),
    Decimal: (_read_decimal, _write_decimal),
    datetime: (_read_moment, _write_moment),
}
"""Type → reader and writer of the single values."""
