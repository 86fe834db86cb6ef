"""Our own values as JSON and back, exactly: absent, null and empty come back as what they were."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache, partial
from itertools import compress, groupby, repeat
from operator import attrgetter, contains, is_, is_not, ne
from textwrap import indent
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, TypeVar, Union, get_args, get_origin

import attrs

from custsync.errors import InputError, PayloadError
from custsync.models import ABSENT, Absent, Address
from custsync.payloads.reading import KEPT
from custsync.serialization.leaves import (
    IS_ABSENT,
    LEAVES,
    NULLS,
    are_clean,
    beside_blank,
    kinds_of,
    write_any,
    write_text,
)

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
    """Return the writer of a class, as a straight-line function that is compiled of its fields.

    Fields of plain values that stand together are written at once.
    """
    names: dict[str, Any] = {"of_type": _of_type, "cls": cls}
    lines = ["made, nulls = {}, []", "if type(value) is not cls: of_type(value, cls)"]
    for at, (is_plain, group) in enumerate(groupby(attrs.fields(cls), lambda row: bool(kinds_of(row.type)))):
        rows = list(group)
        careful = [line for row in rows for line in _written_line(row, names, compact=compact)]
        if is_plain and len(rows) >= _SEVERAL:
            names[f"plain_{at}"] = _plain_writer(rows, compact=compact)
            careful = [
                f"if not plain_{at}(value, made, nulls):",
                *indent("\n".join(careful), "    ").split("\n"),
            ]
        lines += careful
    lines.append(f"return made | {{{NULLS!r}: ' '.join(nulls)}} if nulls else made")
    body = indent("\n".join(lines), "    ")
    exec(compile(f"def written(value):\n{body}", "<custsync>", "exec"), names)  # noqa: S102  # as attrs and cattrs make theirs
    return names["written"]  # type: ignore[no-any-return]


def _written_line(row: "attrs.Attribute[Any]", names: dict[str, Any], *, compact: bool) -> list[str]:
    """Return the lines that write one field."""
    name, blank = row.name, _left_out(row, compact=compact)
    kind: Any = row.type
    names |= {f"blank_{name}": blank, f"write_{name}": writer_of(kind, compact=compact)}
    null = f"nulls.append({name!r})" if compact else f"made[{name!r}] = None"
    is_null = NoneType in get_args(row.type) and blank is not None
    return [
        f"part = value.{name}",
        f"if part is blank_{name} or part == blank_{name}: pass",
        *([f"elif part is None: {null}"] if is_null else []),
        f"else: made[{name!r}] = write_{name}(part)",
    ]


_SEVERAL: Final = 3
"""So many fields of plain values are written at once."""


def _plain_writer(
    rows: Sequence["attrs.Attribute[Any]"], *, compact: bool
) -> Callable[[Any, dict[str, Any], list[str]], bool]:
    """Return what writes several fields of plain values, and whether it did: not where a value is odd."""
    names = [row.name for row in rows]
    blanks = [_left_out(row, compact=compact) for row in rows]
    kinds = [
        kinds_of(row.type) - ({Absent} if blank is not ABSENT else set())
        for row, blank in zip(rows, blanks, strict=True)
    ]
    read = attrgetter(*names)

    def written(value: Any, made: dict[str, Any], nulls: list[str]) -> bool:
        parts = read(value)
        kept = dict(compress(zip(names, parts, strict=True), map(ne, parts, blanks)))
        if not all(map(contains, kinds, map(type, parts))) or not are_clean(kept.values()):
            return False
        if compact and None in kept.values():
            nulls += compress(kept, map(is_, kept.values(), repeat(None)))
            kept = dict(compress(kept.items(), map(is_not, kept.values(), repeat(None))))
        made |= kept
        return True

    return written


def _left_out(row: "attrs.Attribute[Any]", *, compact: bool) -> Any:
    """Return the value with which the field is left out; `NOTHING` where it never is."""
    if not compact and row.default is not ABSENT and not row.metadata.get("only_if_given"):
        return attrs.NOTHING
    default: Any = row.default
    return default.factory() if hasattr(default, "factory") else default


def _of_type(value: Any, cls: type) -> Any:
    if isinstance(value, cls):
        return value
    raise InputError(f"no value of type {cls.__name__} but of {type(value).__name__}")


def _written_address(value: Address, *, compact: bool) -> Any:
    return writer_of(Address, compact=compact)(value)
