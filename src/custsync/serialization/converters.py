"""Reading our own values, by the rules of a type: the only module with cattrs.

What is wrong is named, all of it at once.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, lru_cache, partial
from operator import is_
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn

from custsync.errors import PayloadError
from custsync.models import ABSENT, Address, Issue
from custsync.payloads.reading import KEPT, items_of, object_of, payload_error, prefixed
from custsync.serialization.leaves import (
    IS_ABSENT,
    LEAVES,
    NULLS,
    beside_blank,
    read_any,
    read_enum,
    read_members,
    takes_absent,
)


@cache
def converter(*, quick: bool = False) -> Converter:
    """Return the strict converter, which is made when it is needed.

    Args:
        quick: whether it gives up at the first that is wrong; the other names all of it.
    """
    made = Converter(detailed_validation=not quick, forbid_extra_keys=True)
    made.register_structure_hook_factory(lambda _: True, _reader)
    read = partial(read_any, partial(made.structure, cl=Address))
    made.register_structure_hook_func(partial(is_, Any), lambda value, _: read(value))
    for cls, (read_leaf, _) in LEAVES.items():
        made.register_structure_hook(cls, read_leaf)
    made.register_structure_hook(Enum, lambda value, cls: read_enum(cls, value))
    return made


def _reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """Return the reader of a type that is no single value."""
    origin, inner = get_origin(cls), get_args(cls)
    if attrs.has(cls):
        return partial(_read_class, make_dict_structure_fn(cls, converter))
    if origin in (Union, UnionType):
        (inner_cls,) = beside_blank(cls)
        return _maybe(converter.get_structure_hook(inner_cls), inner_cls, cls)
    inner_cls, all_of = (inner[1], read_members) if origin is Mapping else (inner[0], items_of)
    read = converter.get_structure_hook(inner_cls)
    return lambda value, _: all_of(value, lambda item: read(item, inner_cls))


def _maybe(read: Callable[[Any, Any], Any], inner: Any, cls: Any) -> Callable[[Any, Any], Any]:
    has_null, has_absent = NoneType in get_args(cls), takes_absent(cls)
    is_text = inner is str

    def made(value: Any, _: Any) -> Any:
        if type(value) is str:
            return value if is_text and value.isascii() and "\0" not in value else read(value, inner)
        if value is None and has_null:
            return None
        return ABSENT if has_absent and value == IS_ABSENT else read(value, inner)

    return made


def _read_class(read: Callable[[Any, Any], Any], value: Any, cls: Any) -> Any:
    data = object_of(value)
    if NULLS in data:
        data = _with_nulls(data)
    try:
        return read(data, cls)
    except ClassValidationError as group:
        issues = _issues(group)
    raise PayloadError(KEPT, issues)


def _with_nulls(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the object with the fields in it that are null."""
    named = data[NULLS]
    nulls = _named(named) if type(named) is str else {NULLS: None}
    made = {**data, **nulls}
    del made[NULLS]
    if len(made) < len(data) + len(nulls) - 1:
        raise payload_error("null_and_value", "a field is named as null and has a value", ABSENT)
    return made


@lru_cache(maxsize=1024)
def _named(names: str) -> Mapping[str, None]:
    return dict.fromkeys(names.split())


def _issues(group: ClassValidationError) -> list[Issue]:
    issues: list[Issue] = []
    noted, others = group.group_exceptions()
    for error, note in noted:
        issues.extend(prefixed(_own(error), note.name))
    if others:
        issues.extend(payload_error("unknown_key", "keys that nothing reads", ABSENT).issues)
    return issues


def _own(error: Exception) -> tuple[Issue, ...]:
    """Return what is wrong with one field; some cattrs releases read enumerations before our reader."""
    if isinstance(error, PayloadError):
        return error.issues
    missing = isinstance(error, KeyError)
    code, reason = ("missing", "not there") if missing else ("not_a_choice", "none of the values")
    return payload_error(code, reason, ABSENT).issues
