"""Converters of our own values, by the rules of a type: the only module with cattrs.

Typed fields go by their type. Where a field may hold any value, the closed set of field values is told apart
by a tag: `{"$decimal": "1.50"}`. Nothing else is written, and nothing else is read.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from custsync.errors import PayloadError
from custsync.models import ABSENT, Absent, Address, Issue
from custsync.payloads.errors import KEPT, object_of, payload_error, prefixed
from custsync.payloads.reading import items_of
from custsync.serialization.leaves import LEAVES, FieldValues, read_enum, read_members, write_enum, write_text

__all__ = ["make_converter"]

_ABSENT: Final = {"$absent": True}
"""How a field is written that is absent, and is not left out because it mostly has another value."""

_LITERAL: Final = Literal[Absent.ABSENT]


def make_converter() -> Converter:
    """Return a new strict converter of our own values; there is no shared one."""
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    for cls, read, write in LEAVES:
        converter.register_structure_hook(cls, read)
        converter.register_unstructure_hook(cls, write)
    values = FieldValues(partial(converter.structure, cl=Address), converter.unstructure)
    converter.register_structure_hook_func(_is_any, values.read)
    converter.register_unstructure_hook_func(_is_any, values.write)
    for fits, reader, writer in _FACTORIES:
        converter.register_structure_hook_factory(fits, reader)
        converter.register_unstructure_hook_factory(fits, writer)
    return converter


def _is_any(cls: Any) -> bool:
    return cls is Any


def _is_enum(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Enum)


def _enum_reader(cls: Any, _: Converter) -> Callable[[Any, Any], Any]:
    return partial(read_enum, cls)


def _enum_writer(_: Any, __: Converter) -> Callable[[Any], Any]:
    return write_enum


def _is_maybe(cls: Any) -> bool:
    """Return whether the type is one type or null or absent."""
    return get_origin(cls) in (Union, UnionType) and len(_beside_blank(cls)) == 1


def _beside_blank(cls: Any) -> tuple[Any, ...]:
    return tuple(arg for arg in get_args(cls) if arg is not NoneType and arg != _LITERAL)


def _maybe_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    (inner,) = _beside_blank(cls)
    return partial(_read_maybe, converter.get_structure_hook(inner), inner, get_args(cls))


def _read_maybe(read: Callable[[Any, Any], Any], cls: Any, kinds: tuple[Any, ...], value: Any, _: Any) -> Any:
    if value is None and NoneType in kinds:
        return None
    return ABSENT if value == _ABSENT and _LITERAL in kinds else read(value, cls)


def _maybe_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    (inner,) = _beside_blank(cls)
    return partial(_write_maybe, converter.get_unstructure_hook(inner))


def _write_maybe(write: Callable[[Any], Any], value: Any) -> Any:
    if value is None:
        return None
    return dict(_ABSENT) if value is ABSENT else write(value)


def _is_mapping(cls: Any) -> bool:
    return get_origin(cls) is Mapping


def _mapping_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    inner = get_args(cls)[1]
    return partial(_read_mapping, partial(_second_bound, converter.get_structure_hook(inner), inner))


def _second_bound(read: Callable[[Any, Any], Any], cls: Any, value: Any) -> Any:
    return read(value, cls)


def _read_mapping(read: Callable[[Any], Any], value: Any, _: Any) -> Any:
    return read_members(value, read)


def _mapping_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    return partial(_write_mapping, converter.get_unstructure_hook(get_args(cls)[1]))


def _write_mapping(write: Callable[[Any], Any], value: Mapping[str, Any]) -> dict[str, Any]:
    return {write_text(key): write(item) for key, item in value.items()}


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
    raise PayloadError(KEPT, issues)


def _issues(group: ClassValidationError) -> list[Issue]:
    issues: list[Issue] = []
    noted, others = group.group_exceptions()
    for error, note in noted:
        issues.extend(prefixed(_own(error), note.name))
    if others:
        issues.extend(payload_error("unknown_key", "keys that nothing reads", ABSENT).issues)
    return issues


def _own(error: Exception) -> tuple[Issue, ...]:
    """Return what is wrong with one field; some cattrs releases read enumerations before we are asked."""
    if isinstance(error, PayloadError):
        return error.issues
    missing = isinstance(error, KeyError)
    code, reason = ("missing", "not there") if missing else ("not_a_choice", "none of the values")
    return payload_error(code, reason, ABSENT).issues


def _class_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    absent: dict[str, Any] = {
        f.name: override(omit_if_default=True)
        for f in attrs.fields(cls)
        if f.default is ABSENT or f.metadata.get("only_if_given")
    }
    return make_dict_unstructure_fn(cls, converter, **absent)


_FACTORIES: Final = (
    (attrs.has, _class_reader, _class_writer),
    (_is_enum, _enum_reader, _enum_writer),
    (_is_mapping, _mapping_reader, _mapping_writer),
    (_is_tuple, _tuple_reader, _tuple_writer),
    (_is_maybe, _maybe_reader, _maybe_writer),
)
