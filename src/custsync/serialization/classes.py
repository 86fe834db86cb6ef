"""Our frozen classes as JSON and back, by the types of their fields: quick, and silent on what is wrong.

What cannot be read here is read again with care (`converters`), by who has to say why.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, partial
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin

import attrs

from custsync._building import builder, finish
from custsync.errors import InputError
from custsync.models import ABSENT, Absent, Address
from custsync.serialization.leaves import LEAVES, FieldValues, read_enum, read_text, write_text

Convert: TypeAlias = Callable[[Any], Any]

IS_ABSENT: Final = {"$absent": True}
"""How a field is written that is absent, and is not left out because it mostly has another value."""

NULLS: Final = "null"
"""The key under which the fields of an object are listed that are null, with spaces between."""

_LITERAL: Final = Literal[Absent.ABSENT]


def beside_blank(cls: Any) -> tuple[Any, ...]:
    """Return the types of a union, without null and absent."""
    return tuple(arg for arg in get_args(cls) if arg is not NoneType and arg != _LITERAL)


def takes_absent(cls: Any) -> bool:
    """Return whether absent is one of the union."""
    return _LITERAL in get_args(cls)


@cache
def writer_of(cls: Any, *, compact: bool = False) -> Convert:
    """Return what makes JSON of a value of that type; it raises `InputError` for any other value.

    Args:
        cls: the type.
        compact: whether every field is left out that has its default, and the names of those that are null
            stand together; otherwise only what is absent is left out.
    """
    origin, inner = get_origin(cls), get_args(cls)
    if cls is Any:
        return (_COMPACT if compact else _ANY).write
    if cls in LEAVES:
        return LEAVES[cls][1]
    if origin in (Union, UnionType):
        return _maybe_writer(writer_of(*beside_blank(cls), compact=compact))
    if origin is tuple:
        return _tuple_writer(writer_of(inner[0], compact=compact))
    if origin is Mapping:
        return _mapping_writer(writer_of(inner[1], compact=compact))
    return _enum_writer(cls) if issubclass(cls, Enum) else _class_writer(cls, compact=compact)


def _maybe_writer(write: Convert) -> Convert:
    def written(value: Any) -> Any:
        if value is None:
            return None
        return dict(IS_ABSENT) if value is ABSENT else write(value)

    return written


def _tuple_writer(write: Convert) -> Convert:
    return lambda value: [write(item) for item in _of_type(value, tuple)]


def _mapping_writer(write: Convert) -> Convert:
    return lambda value: {write_text(key): write(item) for key, item in _of_type(value, Mapping).items()}


def _enum_writer(cls: type[Enum]) -> Convert:
    return lambda value: _of_type(value, cls).value


def _class_writer(cls: type, *, compact: bool) -> Convert:
    rows = attrs.fields(cls)
    parts_of = attrgetter(*(row.name for row in rows), "__class__")
    shape = [
        (row.name, _left_out(row, compact=compact), _as_it_is(row.type), writer_of(row.type, compact=compact))
        for row in rows
    ]

    def written(value: Any) -> dict[str, Any]:
        made, nulls = {}, []
        for (name, blank, plain, write), part in zip(shape, parts_of(_of_type(value, cls)), strict=False):
            if part is blank or part == blank:
                continue
            kind = type(part)
            if part is None and compact and NoneType in plain:
                nulls.append(name)
            elif kind in plain and (kind is not str or (part.isascii() and "\0" not in part)):
                made[name] = part
            else:
                made[name] = write(part)
        return made | {NULLS: " ".join(nulls)} if nulls else made

    return written


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


@cache
def reader_of(cls: Any) -> Convert:
    """Return what reads the JSON of a value of that type; any other value raises, without information."""
    origin, inner = get_origin(cls), get_args(cls)
    if cls is Any:
        return _ANY.read
    if cls in LEAVES:
        return LEAVES[cls][0]
    if origin in (Union, UnionType):
        return _maybe_reader(cls, reader_of(*beside_blank(cls)))
    if origin is tuple:
        return _tuple_reader(reader_of(inner[0]))
    if origin is Mapping:
        return _mapping_reader(reader_of(inner[1]))
    return _enum_reader(cls) if issubclass(cls, Enum) else _class_reader(cls)


def _maybe_reader(cls: Any, read: Convert) -> Convert:
    has_null, has_absent = NoneType in get_args(cls), takes_absent(cls)

    def made(value: Any) -> Any:
        if value is None and has_null:
            return None
        return ABSENT if has_absent and value == IS_ABSENT else read(value)

    return made


def _tuple_reader(read: Convert) -> Convert:
    return lambda value: tuple([read(item) for item in _of_type(value, list)])


def _mapping_reader(read: Convert) -> Convert:
    return lambda value: {read_text(key): read(item) for key, item in value.items()}


def _enum_reader(cls: type[Enum]) -> Convert:
    return lambda value: read_enum(cls, value)


def _class_reader(cls: type) -> Convert:
    shape = {row.name: (_as_it_is(row.type), reader_of(row.type)) for row in attrs.fields(cls)}
    make = _maker(cls)

    def made(value: Any) -> Any:
        nulls = _nulls(cls, value[NULLS]) if NULLS in value else _NONE
        parts = dict(nulls)
        for name, part in value.items():
            if name == NULLS:
                continue
            plain, read = shape[name]
            kind = type(part)
            is_plain = kind in plain and (kind is not str or (part.isascii() and "\0" not in part))
            parts[name] = part if is_plain else read(part)
        if nulls and len(parts) < len(nulls) + len(value) - 1:
            raise KeyError
        return make(parts)

    return made


_NONE: Final[Mapping[str, None]] = {}


@cache
def _nulls(cls: type, names: str) -> Mapping[str, None]:
    """Return the fields that are null."""
    types: Mapping[str, Any] = {row.name: row.type for row in attrs.fields(cls)}
    return {name: reader_of(types[name])(None) for name in names.split()}


def _maker(cls: type) -> Convert:
    """Return what makes a value of the class from its fields: a draft of it where the class has one."""
    if "__weakref__" in dir(cls) or len(cls.__mro__) > _OWN_FIELDS_ALONE:
        return lambda parts: cls(**parts)
    draft, needed = builder(cls), {row.name for row in attrs.fields(cls) if row.default is attrs.NOTHING}

    def made(parts: Mapping[str, Any]) -> Any:
        if needed <= parts.keys():
            return finish(draft(**parts), cls)
        raise KeyError

    return made


_OWN_FIELDS_ALONE: Final = 2
"""So many classes has the line of one that has no fields from another: itself, and object."""


def _address(value: Any) -> Any:
    return reader_of(Address)(value)


def _written_address(value: Address, *, compact: bool) -> Any:
    return writer_of(Address, compact=compact)(value)


_ANY, _COMPACT = (
    FieldValues(_address, partial(_written_address, compact=compact)) for compact in (False, True)
)
"""Read and write what a field of any type holds; an address may hold such fields itself."""
