"""Shapes: the keys that payloads come with, and a reader compiled for each shape that comes often.

A table knows some thirty columns, a payload carries twenty keys, and a million payloads of one system come
in some hundred shapes. Where a shape is known, no key has to be looked up: its values stand in their order.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from attrs import define, field, frozen

from custsync.models import ABSENT, NOTHING_KEPT
from custsync.payloads.errors import is_clean
from custsync.payloads.field_types import LONGEST_TEXT, TEXT, Kind
from custsync.payloads.reading import Reading

__all__ = ["Column", "Keys", "Places", "Reader", "Shapes", "compiled"]

OFTEN: Final = 20
"""A shape is compiled when it comes for so many a time: compiling costs as much as it then has saved."""

MOST_SHAPES: Final = 500
"""No table remembers more shapes."""

MOST_KEYS: Final = 200
"""No shape that is remembered has more keys."""

Keys: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""The keys of a payload and of its inner object, each in their order."""

Reader: TypeAlias = Callable[[Any, Any], tuple[Any, Mapping[str, Any]]]
"""Reads the values of a payload and of its inner object: the draft, and what is no column nor custom field.

Where anything is wrong it raises, not to tell what, but to have the payload read with care.
"""


Places: TypeAlias = Mapping[str, str]
"""The variable that holds the value of a key."""


@frozen
class Column:
    """One row of a system's two-way field table.

    Attributes:
        name: our name.
        key: the payload's key.
        kind: the kind of value.
        writable: whether the system takes it.
        null_is_left_out: whether a whole payload leaves the key out where the value is null. Not so of a
            list: it is left out where nobody asked for it.
    """

    name: str
    key: str
    kind: Kind = TEXT
    writable: bool = True
    null_is_left_out: bool = True


@define
class Shapes:
    """Which shapes a table has seen, and the readers of those that come often."""

    readers: dict[Keys, Reader] = field(factory=dict)
    _seen: dict[Keys, int] = field(factory=dict)

    def comes_often(self, keys: Keys) -> bool:
        """Count the shape, and return whether it is time to compile its reader."""
        if keys in self.readers or len(self.readers) >= MOST_SHAPES or sum(map(len, keys)) > MOST_KEYS:
            return False
        if len(self._seen) >= MOST_SHAPES:
            self._seen.clear()
        self._seen[keys] = self._seen.get(keys, 0) + 1
        return self._seen[keys] == OFTEN


def compiled(  # noqa: PLR0913 - each is one trait of a shape
    columns: Sequence[Column],
    draft: type | None,
    blank: Mapping[str, Any],
    variables: tuple[Collection[str], Collection[str]],
    ours: Places,
    others: tuple[Places, Places],
    reading: Reading,
    *,
    read_custom: Callable[[Any], Any],
    fills: bool,
) -> Reader:
    """Return the reader of one shape. Its source is made of our own names alone, of no text of a payload.

    Args:
        columns: the table's.
        draft: the class to make; None reads a dictionary.
        blank: the draft's fields, and what they are where no column names them.
        variables: those that take the values of the payload and of its inner object.
        ours: where the value of each column's key stands, as far as the shape has it.
        others: where the values of the custom fields stand, and those of the other keys.
        reading: what the readers of the values are told: whether payloads of the shape are whole.
        read_custom: reads the value of a custom field.
        fills: whether keys that the shape has not are null.
    """
    known: dict[str, Any] = dict(_KNOWN, draft=draft, reading=reading, read_custom=read_custom)
    values = dict.fromkeys(blank, "ABSENT")
    for name, value in blank.items():
        if value is not ABSENT:
            known[f"blank_{name}"], values[name] = value, f"blank_{name}"
    for column in columns:
        known[f"read_{column.name}"] = column.kind.read
        values[column.name] = _value(column, ours.get(column.key), reading, fills=fills)
    custom, extra = others
    known |= {f"key_{place}": key for key, place in (*custom.items(), *extra.items())}
    kept = ", ".join(f"key_{place}: {place}" for place in extra.values())
    if custom:
        read = ", ".join(f"key_{place}: read_custom({place})" for place in custom.values())
        values["custom"] = f"{{{read}}}"
    texts = [ours[column.key] for column in columns if column.kind is TEXT and column.key in ours]
    source = [
        "def read(outer, inner):",
        f"({_each(variables[0])}) = outer",
        f"({_each(variables[1])}) = inner",
        f"texts = ''.join(({_each(map(_swept, texts))}))",
        "if len(texts) > longest or not texts.isascii() or '\\0' in texts: check(texts)",
        *_made(values, draft),
        f"return made, {{{kept}}}" if kept else "return made, NOTHING_KEPT",
    ]
    exec("\n    ".join(source), known)  # noqa: S102  # as attrs and cattrs make theirs
    return known["read"]  # type: ignore[no-any-return]


def _each(items: Iterable[str]) -> str:
    """Return the items of a tuple's display, each with its comma."""
    return "".join(f"{item}, " for item in items)


def _value(column: Column, place: str | None, reading: Reading, *, fills: bool) -> str:
    if place is None:
        blank = None if fills and column.null_is_left_out else ABSENT
        stated = repr(blank)
        return (
            stated if column.kind.read(blank, reading) is blank else f"read_{column.name}({stated}, reading)"
        )
    if column.kind is TEXT:
        return place
    read = f"read_{column.name}({place}, reading)"
    return f"{place} if type({place}) is bool else {read}" if column.kind.takes_flags else read


def _swept(place: str) -> str:
    return f"'' if {place} is None else {place}"


def _made(values: Mapping[str, str], draft: type | None) -> list[str]:
    if draft is None:
        return [f"made = {{{', '.join(f'{name!r}: {value}' for name, value in values.items())}}}"]
    return ["made = new(draft)", *(f"made.{name} = {value}" for name, value in values.items())]


def _check(texts: str) -> None:
    """Refuse texts that are too long to be swept at once, or not clean; not one word of why."""
    if len(texts) > LONGEST_TEXT or not is_clean(texts):
        raise ValueError


_KNOWN: Final[Mapping[str, Any]] = {
    "ABSENT": ABSENT,
    "NOTHING_KEPT": NOTHING_KEPT,
    "check": _check,
    "longest": LONGEST_TEXT,
    "new": object.__new__,
}
