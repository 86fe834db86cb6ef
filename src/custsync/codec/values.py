"""Our own values as JSON and back, exactly: absent, null and empty come back as what they were.

Typed fields go by their type. Where a field may hold any value, the closed set of field values is told apart
by a tag: `{"$decimal": "1.50"}`. Nothing else is written, and nothing else is read.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache, partial, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.strategies import configure_tagged_union

from custsync.codec.kinds import read_flag, read_money
from custsync.codec.refusals import DEEPEST, collect, is_clean, items_of, object_of, prefixed, refusal
from custsync.errors import InputError, PayloadError
from custsync.models import ABSENT, Absent, Address, Issue, SubscriptionStatus

__all__ = ["dump", "load", "make_converter", "tagged_union"]

T = TypeVar("T")

_LONGEST_INTEGER: Final = 10**18
_KEPT: Final = "data that is not what custsync keeps"
_LITERAL: Final = Literal[Absent.ABSENT]


def dump(value: Any) -> Any:
    """Return one of our frozen values as JSON: objects, lists, texts, numbers, flags and null.

    Raises:
        InputError: the value holds something that is not of the closed set, or nests too deep.

    >>> from custsync.models import Ref
    >>> dump(Ref("netsuite", "2041"))
    {'system': 'netsuite', 'id': '2041', 'account': '', 'mode': '', 'kind': 'customer'}
    >>> load(Ref, dump(Ref("netsuite", "2041")))
    Ref(system='netsuite', id='2041', account='', mode='', kind='customer')
    """
    return _converter().unstructure(value)


def load(cls: type[T], data: Any) -> T:
    """Return the value of that class that `dump` made the data of.

    Raises:
        PayloadError: with every issue at once; none holds a value.

    >>> from custsync.models import Ref
    >>> load(Ref, {"system": "netsuite", "id": 2041})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: data that is not what custsync keeps
    """
    try:
        return _converter().structure(data, cls)
    except PayloadError as error:
        issues = error.issues
    raise PayloadError(_KEPT, issues)


@cache
def _converter() -> Converter:
    """Return the converter of `dump` and `load`; nobody else has it."""
    return make_converter()


def make_converter() -> Converter:
    """Return a new strict converter of our own values; there is no shared one."""
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    for cls, read, write in _LEAVES:
        converter.register_structure_hook(cls, read)
        converter.register_unstructure_hook(cls, write)
    converter.register_structure_hook_func(_is_any, _read_any)
    converter.register_unstructure_hook_func(_is_any, _write_any)
    for fits, reader, writer in _FACTORIES:
        converter.register_structure_hook_factory(fits, reader)
        converter.register_unstructure_hook_factory(fits, writer)
    return converter


def tagged_union(converter: Converter, classes: tuple[type, ...], tag: str = "kind") -> Any:
    """Return the union of the classes, known to the converter from now on: each is told by its name under `tag`.

    Args:
        converter: what `make_converter` made.
        classes: at least two of our frozen classes.
        tag: the key that holds the class's name; no class has a field of that name.

    Returns:
        The type to structure and unstructure with. An unknown or missing tag is refused with `PayloadError`.
    """
    union: Any = reduce(or_, classes)
    configure_tagged_union(union, converter, tag_name=tag)
    read = converter.get_structure_hook(union)
    names = frozenset(cls.__name__ for cls in classes)
    converter.register_structure_hook(union, partial(_read_tagged, read, names, tag))
    return union


def _read_tagged(
    read: Callable[[Any, Any], Any], names: frozenset[str], tag: str, value: Any, cls: Any
) -> Any:
    data = dict(object_of(value))
    name = data.get(tag)
    if type(name) is not str or name not in names:
        error = refusal("unknown_tag", f"none of {', '.join(sorted(names))}", name)
        raise PayloadError(_KEPT, prefixed(error.issues, tag))
    return read(data, cls)


def _is_any(cls: Any) -> bool:
    return cls is Any


def _read_text(value: Any, _: Any) -> str:
    if type(value) is str and is_clean(value):
        return value
    raise refusal("not_text", "not a clean text", value)


def _read_bool(value: Any, _: Any) -> bool:
    if value is None or value is ABSENT:
        raise refusal("not_a_flag", "neither true nor false", value)
    return bool(read_flag(value))


def _read_integer(value: Any, _: Any) -> int:
    if type(value) is int and abs(value) < _LONGEST_INTEGER:
        return value
    raise refusal("not_a_number", "not a whole number", value)


def _read_number(value: Any, _: Any) -> float:
    if type(value) is float and math.isfinite(value):
        return value
    raise refusal("not_a_number", "not a finite number", value)


def _read_decimal(value: Any, _: Any) -> Decimal:
    if type(value) is str and value:
        return read_money(value)  # type: ignore[no-any-return]
    raise refusal("not_a_number", "not a number as text", value)


def _read_moment(value: Any, _: Any) -> datetime:
    if type(value) is str:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if moment.utcoffset() == timedelta(0):
                return moment.replace(tzinfo=UTC)
    raise refusal("not_a_stamp", "not an ISO 8601 stamp in UTC", value)


def _write_moment(value: datetime) -> str:
    if value.tzinfo is not UTC:
        raise InputError("a moment is kept as aware UTC: convert it first")
    return value.isoformat()


def _write_text(value: Any) -> str:
    if type(value) is str and is_clean(value):
        return value
    raise InputError(f"not a clean text: {type(value).__name__}")


def _as_is(value: Any) -> Any:
    return value


def _read_any(value: Any, _: Any = None) -> Any:
    return _untagged(value, DEEPEST)


def _write_any(value: Any) -> Any:
    return _tagged(value, DEEPEST)


def _tagged(value: Any, depth: int) -> Any:
    """Return a field value as JSON, tagged where its type would be lost."""
    kind = type(value)
    if kind in _PLAIN or value is None:
        return _write_text(value) if kind is str else value
    if kind in _TAGS:
        tag, write, _ = _TAGS[kind]
        return {tag: write(value)}
    if depth == 0:
        raise InputError(f"a value that nests deeper than {DEEPEST} levels")
    if kind is list:
        return [_tagged(item, depth - 1) for item in value]
    if kind is tuple:
        return {"$tuple": [_tagged(item, depth - 1) for item in value]}
    if isinstance(value, Mapping):
        plain = {_write_text(key): _tagged(item, depth - 1) for key, item in value.items()}
        return {"$object": plain} if any(key.startswith("$") for key in plain) else plain
    raise InputError(f"no field holds a value of type {kind.__name__}")


def _untagged(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind in _PLAIN or value is None:
        return _read_plain(value)
    if depth == 0:
        raise refusal("too_deep", f"nested deeper than {DEEPEST} levels", value)
    inner = partial(_untagged, depth=depth - 1)
    if kind is list:
        return list(items_of(value, inner))
    members = object_of(value)
    if len(members) == 1:
        (tag, content), *_ = members.items()
        if tag == "$tuple":
            return items_of(content, inner)
        if tag == "$object":
            return _read_members(content, inner)
        if tag in _TAGGED:
            return _TAGGED[tag](content)
    return _read_members(members, inner)


def _read_plain(value: Any) -> Any:
    if type(value) is str:
        return _read_text(value, str)
    if type(value) is float:
        return _read_number(value, float)
    return value


def _read_members(value: Any, inner: Callable[[Any], Any]) -> dict[str, Any]:
    members = object_of(value)
    keys = [_read_text(key, str) for key in members]
    return dict(zip(keys, collect((key, inner, members[key]) for key in keys), strict=True))


def _read_absent(value: Any) -> Any:
    if value is True:
        return ABSENT
    raise refusal("unknown_tag", "not true", value)


def _write_absent(_: Any) -> bool:
    return True


def _write_address(value: Address) -> Any:
    return _converter().unstructure(value)


def _read_address(value: Any) -> Address:
    return _converter().structure(value, Address)


def _write_enum(value: Enum) -> Any:
    return value.value


def _read_enum(cls: type[Enum], value: Any, _: Any = None) -> Enum:
    for member in cls:
        if type(value) is str and member.value == value:
            return member
    raise refusal("not_a_choice", f"none of the values of {cls.__name__}", value)


_PLAIN: Final = frozenset({bool, int, float, str})
_TAGS: Final[Mapping[type, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]] = {
    Decimal: ("$decimal", str, partial(_read_decimal, _=None)),
    datetime: ("$datetime", _write_moment, partial(_read_moment, _=None)),
    Address: ("$address", _write_address, _read_address),
    SubscriptionStatus: ("$status", _write_enum, partial(_read_enum, SubscriptionStatus)),
    Absent: ("$absent", _write_absent, _read_absent),
}
_TAGGED: Final = {tag: read for tag, _, read in _TAGS.values()}

_LEAVES: Final[tuple[tuple[Any, Callable[[Any, Any], Any], Callable[[Any], Any]], ...]] = (
    (str, _read_text, _write_text),
    (bool, _read_bool, _as_is),
    (int, _read_integer, _as_is),
    (float, _read_number, _as_is),
    (Decimal, _read_decimal, str),
    (datetime, _read_moment, _write_moment),
)


def _is_enum(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Enum)


def _enum_reader(cls: Any, _: Converter) -> Callable[[Any, Any], Any]:
    return partial(_read_enum, cls)


def _enum_writer(_: Any, __: Converter) -> Callable[[Any], Any]:
    return _write_enum


def _is_maybe(cls: Any) -> bool:
    """Return whether the type is one type or null or absent."""
    return get_origin(cls) in (Union, UnionType) and len(_beside_blank(cls)) == 1


def _beside_blank(cls: Any) -> tuple[Any, ...]:
    return tuple(arg for arg in get_args(cls) if arg is not NoneType and arg != _LITERAL)


def _maybe_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    (inner,) = _beside_blank(cls)
    return partial(_read_maybe, converter.get_structure_hook(inner), inner, NoneType in get_args(cls))


def _read_maybe(read: Callable[[Any, Any], Any], cls: Any, nullable: bool, value: Any, _: Any) -> Any:  # noqa: FBT001
    return None if value is None and nullable else read(value, cls)


def _maybe_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    (inner,) = _beside_blank(cls)
    return partial(_write_maybe, converter.get_unstructure_hook(inner))


def _write_maybe(write: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else write(value)


def _is_mapping(cls: Any) -> bool:
    return get_origin(cls) is Mapping


def _mapping_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    inner = get_args(cls)[1]
    read = _read_any if inner is Any else partial(_second_bound, converter.get_structure_hook(inner), inner)
    return partial(_read_mapping, read)


def _second_bound(read: Callable[[Any, Any], Any], cls: Any, value: Any) -> Any:
    return read(value, cls)


def _read_mapping(read: Callable[[Any], Any], value: Any, _: Any) -> Any:
    return _read_members(value, read)


def _mapping_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    return partial(_write_mapping, converter.get_unstructure_hook(get_args(cls)[1]))


def _write_mapping(write: Callable[[Any], Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {_write_text(key): write(item) for key, item in value.items()}


def _is_tuple(cls: Any) -> bool:
    return get_origin(cls) is tuple and get_args(cls)[1:] == (...,)


def _tuple_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    inner = get_args(cls)[0]
    return partial(_read_tuple, partial(_second_bound, converter.get_structure_hook(inner), inner))


def _read_tuple(read: Callable[[Any], Any], value: Any, _: Any) -> tuple[Any, ...]:
    return items_of(value, read)


def _tuple_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    return partial(_write_tuple, converter.get_unstructure_hook(get_args(cls)[0]))


def _write_tuple(write: Callable[[Any], Any], value: tuple[Any, ...]) -> list[Any]:
    return [write(item) for item in value]


def _class_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    return partial(_read_class, make_dict_structure_fn(cls, converter))


def _read_class(read: Callable[[Any, Any], Any], value: Any, cls: Any) -> Any:
    data = object_of(value)
    try:
        return read(data, cls)
    except ClassValidationError as group:
        issues = _issues(group)
    raise PayloadError(_KEPT, issues)


def _issues(group: ClassValidationError) -> list[Issue]:
    issues: list[Issue] = []
    noted, others = group.group_exceptions()
    for error, note in noted:
        own = (
            error.issues
            if isinstance(error, PayloadError)
            else refusal("missing", "not there", ABSENT).issues
        )
        issues.extend(prefixed(own, note.name))
    if others:
        issues.extend(refusal("unknown_key", "keys that nothing reads", ABSENT).issues)
    return issues


def _class_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    absent: dict[str, Any] = {
        f.name: override(omit_if_default=True) for f in attrs.fields(cls) if f.default is ABSENT
    }
    return make_dict_unstructure_fn(cls, converter, **absent)


_FACTORIES: Final = (
    (attrs.has, _class_reader, _class_writer),
    (_is_enum, _enum_reader, _enum_writer),
    (_is_mapping, _mapping_reader, _mapping_writer),
    (_is_tuple, _tuple_reader, _tuple_writer),
    (_is_maybe, _maybe_reader, _maybe_writer),
)
