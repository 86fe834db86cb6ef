"""Our own values as JSON and back, exactly: absent, null and empty come back as what they were."""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin

import attrs

from custsync._building import compiled_function
from custsync.errors import InputError, PayloadError
from custsync.models import ABSENT, Address
from custsync.payloads.reading import KEPT
from custsync.serialization.leaves import IS_ABSENT, LEAVES, NULLS, beside_blank, write_any, write_text

__all__ = []

T = TypeVar("T")
Convert: TypeAlias = Callable[[Any], Any]


def dump(value: Any, *, compact: bool = False) -> Any:
    """Return one of our frozen values as JSON: objects, lists, texts, numbers, flags and null.

    Args:
        value: the value.
        compact: whether every field is left out that has its default, and the names of the fields that are
            null are listed together, under `"null"`; otherwise only what is absent is left out.

    Raises:
        InputError: the value holds something that is not of the closed set, or nests too deep.

    >>> from custsync.models import Ref
    >>> dump(Ref("netsuite", "2041"))
    {'system': 'netsuite', 'id': '2041', 'account': '', 'mode': '', 'kind': 'customer'}
    >>> dump(Ref("netsuite", "2041"), compact=True)
    {'system': 'netsuite', 'id': '2041'}
    >>> load(Ref, dump(Ref("netsuite", "2041")))
    Ref(system='netsuite', id='2041', account='', mode='', kind='customer')
    """
    kind: Any = type(value)
    return writer_of(kind, compact=compact)(value)


def load(cls: type[T], data: Any) -> T:
    """Return the value of that class that `dump` made the data of.

    Raises:
        PayloadError: with every issue at once; none holds a value.

    >>> from custsync.models import Ref
    >>> load(Ref, {"system": "netsuite", "id": 2041})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: data that is not what custsync keeps: id: not a clean text
    """
    from custsync.serialization.converters import converter  # costly to import, and few read what they kept

    try:
        return converter(quick=True).structure(data, cls)
    except Exception:  # noqa: BLE001, S110 - what is wrong is named below
        pass
    try:
        return converter().structure(data, cls)
    except PayloadError as error:
        issues = error.issues
    raise PayloadError(KEPT, issues)


# Writing, by the types of the fields


@cache
def writer_of(cls: Any, *, compact: bool = False) -> Convert:
    """Return what makes JSON of a value of that type; it raises `InputError` for any other value.

    Args:
        cls: the type.
        compact: whether every field is left out that has its default, and the names of those that are null
            are listed together; otherwise only what is absent is left out.
    """
    origin, inner = get_origin(cls), get_args(cls)
    if cls is Any:
        return partial(write_any, partial(_written_address, compact=compact))
    if cls in LEAVES:
        return LEAVES[cls][1]
    if origin in (Union, UnionType):
        write = writer_of(*beside_blank(cls), compact=compact)
        return lambda value: dict(IS_ABSENT) if value is ABSENT else write(value)
    if origin is tuple:
        write = writer_of(inner[0], compact=compact)
        return lambda value: [write(item) for item in _of_type(value, tuple)]
    if origin is Mapping:
        write = writer_of(inner[1], compact=compact)
        return lambda value: {write_text(key): write(item) for key, item in _of_type(value, Mapping).items()}
    if issubclass(cls, Enum):
        return lambda value: _of_type(value, cls).value
    return _class_writer(cls, compact=compact)


def _class_writer(cls: type, *, compact: bool) -> Convert:
    """Return the writer of a class, as a straight-line function that is compiled of its fields."""
    names: dict[str, Any] = {"of_type": _of_type, "cls": cls}
    lines = ["made, nulls = {}, []", "if type(value) is not cls: of_type(value, cls)"]
    for at, row in enumerate(attrs.fields(cls)):
        names[f"blank_{at}"] = blank = _left_out(row, compact=compact)
        names[f"write_{at}"] = writer_of(row.type, compact=compact)
        plain, keep = _as_it_is(row.type), f"made[{row.name!r}] ="
        is_text, is_null = str in plain, NoneType in plain and blank is not None
        branches = [
            (is_text and not isinstance(blank, str), _CLEAN, f"{keep} part"),
            (is_null, "part is None", f"nulls.append({row.name!r})" if compact else f"{keep} None"),
            (True, f"part is blank_{at} or part == blank_{at}", "pass"),
            (is_text and isinstance(blank, str), _CLEAN, f"{keep} part"),
            (bool in plain, "type(part) is bool", f"{keep} part"),
        ]
        tests = [f"if {test}: {then}" for is_there, test, then in branches if is_there]
        lines += [f"part = value.{row.name}", "\nel".join(tests), f"else: {keep} write_{at}(part)"]
    lines.append(f"return made | {{{NULLS!r}: ' '.join(nulls)}} if nulls else made")
    return compiled_function("written(value)", lines, names)  # type: ignore[no-any-return]


_CLEAN: Final = "type(part) is str and part.isascii() and '\\0' not in part"


def _left_out(row: "attrs.Attribute[Any]", *, compact: bool) -> Any:
    """Return the value with which the field is left out; `NOTHING` where it never is."""
    if not compact and row.default is not ABSENT and not row.metadata.get("only_if_given"):
        return attrs.NOTHING
    default: Any = row.default
    return default.factory() if hasattr(default, "factory") else default


def _as_it_is(cls: Any) -> frozenset[type]:
    """Return the types whose values JSON has as they are, in a field of that type; texts must be clean."""
    kinds = {cls, *get_args(cls)} if get_origin(cls) in (Union, UnionType) else {cls}
    return frozenset(kinds & {str, bool, NoneType})


def _of_type(value: Any, cls: type) -> Any:
    if isinstance(value, cls):
        return value
    raise InputError(f"no value of type {cls.__name__} but of {type(value).__name__}")


def _written_address(value: Address, *, compact: bool) -> Any:
    return writer_of(Address, compact=compact)(value)
