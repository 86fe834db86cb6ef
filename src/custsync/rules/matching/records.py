"""Reading lists of records: their ids, and one column of match keys for each key."""

import builtins
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from operator import attrgetter, itemgetter
from typing import Any, Final, TypeAlias

from attrs import evolve, field, frozen

from custsync.errors import InputError
from custsync.models import ABSENT, Address, Customer, Maybe
from custsync.rules.frames import frame_rows
from custsync.rules.matching.kinds import Kind, kind_of
from custsync.rules.matching.rule import Key

__all__ = ["Column", "Records", "country_of", "field_of", "kind_in", "read_records"]

Column: TypeAlias = list[str | None]
"""One match key for each record, None where it has none."""

_PLAIN: Final = frozenset({str, type(None), type(ABSENT)})
_COUNTRY: Final = ("country", "country_code", "billing_address.country")
_PART: Final = 2000


@frozen
class Records:
    """A list of customers, or of mappings, with their ids.

    Attributes:
        rows: the records as they came, each once.
        ids: the `Ref` of a customer, the `"id"` of a mapping, else its place in the list.
        gone: places of customers that are deleted or merged away: they are nobody's counterpart.
        type: the type of all records, `object` where they differ.
    """

    rows: Sequence[Any] = field(repr=False)
    ids: Sequence[Hashable] = field(repr=False)
    gone: frozenset[int] = frozenset()
    type: builtins.type[Any] = object

    def place_of(self, id: Hashable) -> int:
        """Return the place of the record with that id.

        Raises:
            InputError: there is none.
        """
        try:
            return self.ids.index(id)
        except ValueError:
            raise InputError(f"no record has the id {id}") from None

    def only(self, place: int) -> "Records":
        """Return one record alone."""
        return evolve(self, rows=[self.rows[place]], ids=[self.ids[place]], gone=frozenset())

    def created_at(self, place: int) -> Maybe[datetime]:
        """Return when the record was created, ABSENT where it does not say."""
        found = field_of(self.rows[place], "created_at")
        return found if isinstance(found, datetime) else ABSENT

    def texts(self, name: str) -> Iterator[Any]:
        """Yield the field's text of each record; what is false where there is none."""
        for start in range(0, len(self.rows), _PART):
            yield from self._texts(start, name)

    def column(self, names: Sequence[str], kind: Kind) -> tuple[Column, bool]:
        """Return the match key of each record, and whether one has several keys, with blanks between.

        The list is read in parts that a processor keeps at hand.
        """
        made: Column = []
        known: dict[str, str | None] = {}
        plain = True
        for start in range(0, len(self.rows), _PART):
            countries = list(map(country_of, self._part(start))) if kind.takes_country else None
            keys, is_plain = _keys_of(self._joined(start, names), countries, kind, known)
            made += keys
            plain &= is_plain
        for place in self.gone:
            made[place] = None
        return made, kind.parts is not None and not plain and any(" " in key for key in made if key)

    def _joined(self, start: int, names: Sequence[str]) -> list[Any]:
        texts = self._texts(start, names[0])
        for name in names[1:]:
            both = zip(texts, self._texts(start, name), strict=True)
            texts = [f"{text or ''} {more or ''}".strip() for text, more in both]
        return texts

    def _texts(self, start: int, name: str) -> list[Any]:
        values = self._values(start, name)
        if set(map(type, values)) <= _PLAIN:
            return values
        return [_text(value, name, self.ids[place]) for place, value in enumerate(values, start)]

    def _values(self, start: int, name: str) -> list[Any]:
        rows = self._part(start)
        first, _, rest = name.partition(".")
        if self.type is Customer and hasattr(Customer, first):
            found = list(map(attrgetter(first), rows))
            return [field_of(value, rest) for value in found] if rest else found
        if self.type is dict and not rest:
            return _of_dicts(rows, name)
        return [field_of(row, name) for row in rows]

    def _part(self, start: int) -> Sequence[Any]:
        return self.rows[start : start + _PART]


def _of_dicts(rows: Sequence[dict[str, Any]], name: str) -> list[Any]:
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name) for row in rows]


def _keys_of(
    texts: list[Any], countries: list[str] | None, kind: Kind, known: dict[str, str | None]
) -> tuple[Column, bool]:
    """Return the key of each text, and whether all were plain: those are normalised together."""
    if countries is not None:
        both = zip(texts, countries, strict=True)
        return [kind.key(text, country) if text else None for text, country in both], False
    if kind.plain is None:
        known |= {text: kind.key(text) for text in set(texts).difference(known) if text}
        return [known[text] if text else None for text in texts], False
    part = [text or "" for text in texts]
    joined = "\n".join(part)
    keys = kind.plain(joined) if joined.count("\n") == len(part) - 1 else None
    if keys is None:
        return [kind.key(text) if text else None for text in part], False
    return [key or None for key in (part if keys == joined else keys.split("\n"))], True


def kind_in(key: Key, left: Records, right: Records | None = None) -> Kind:
    """Return the key's kind; where it names none, by the field's name and the values of both lists."""
    if key.kind is not None:
        return key.kind
    lists = [(left, key.names), *([(right, key.right)] if right is not None else ())]
    return kind_of(
        key.names[0], (text for records, names in lists for text in records.texts(names[0]) if text)
    )


def read_records(records: Iterable[Any], what: str) -> Records:
    """Return the records with their ids, each record once.

    Args:
        records: customers, mappings, or a data frame.
        what: the argument's name, for errors.

    Raises:
        InputError: it is no list of customers or mappings, or two different records have one id.
    """
    records = frame_rows(records)
    if isinstance(records, str | bytes | Mapping | Customer) or not isinstance(records, Iterable):
        raise InputError(f"{what}: a list of customers or mappings is needed, not {type(records).__name__}")
    rows = records if isinstance(records, list) else list(records)
    types = set(map(type, rows))
    ids = _ids(rows, types, what)
    if len(set(ids)) < len(ids):
        rows, ids = _once(rows, ids, what)
    customers = (
        [] if types == {dict} else [place for place, row in enumerate(rows) if isinstance(row, Customer)]
    )
    gone = frozenset(place for place in customers if rows[place].deleted or rows[place].merged_into)
    return Records(rows, ids, gone, types.pop() if len(types) == 1 else object)


def _ids(rows: Sequence[Any], types: set[type], what: str) -> list[Hashable]:
    if types == {dict}:
        ids: list[Hashable] = _of_dicts(rows, "id")
        if set(map(type, ids)) == {str} and "" not in ids:
            return ids
    return [_id(row, place, what) for place, row in enumerate(rows)]


def _id(row: Any, place: int, what: str) -> Hashable:
    if isinstance(row, Customer):
        return row.ref
    if not isinstance(row, Mapping):
        raise InputError(f"{what}: record {place} is no customer and no mapping, but {type(row).__name__}")
    id = row.get("id")
    if id is None or id == "":
        return place
    if not isinstance(id, Hashable):
        raise InputError(f"{what}: the id of record {place} is no text or number, but {type(id).__name__}")
    return id


def _once(rows: list[Any], ids: list[Hashable], what: str) -> tuple[list[Any], list[Hashable]]:
    """Return each record once, where the same one is there several times."""
    kept: dict[Hashable, Any] = {}
    for row, id in zip(rows, ids, strict=True):
        if kept.setdefault(id, row) != row:
            times = Counter(ids)[id]
            raise InputError(f"{what}: {times} different records have the id {id}; give each its own")
    return list(kept.values()), list(kept)


def field_of(record: Any, name: str) -> Any:
    """Return a field's value: the mapping's own key, else the path that its dots name."""
    if isinstance(record, Mapping):
        if name in record:
            return record[name]
    elif not isinstance(record, Customer | Address):
        return None
    elif "." not in name:
        return getattr(record, name, None)
    first, _, rest = name.partition(".")
    return field_of(field_of(record, first), rest) if rest else None


def _text(value: Any, name: str, id: Hashable) -> str:
    """Return a value as text; a blank, null, absent or not a number reads as none."""
    if value is None or value is ABSENT or value != value:  # noqa: PLR0124 - not a number
        return ""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | int | float | Decimal):
        return str(value)
    raise InputError(f"record {id}: field {name} holds no text, number or date, but {type(value).__name__}")


def country_of(record: Any) -> str:
    """Return the record's country code, `""` where it has none."""
    values = (field_of(record, name) for name in _COUNTRY)
    return next((value.upper() for value in values if isinstance(value, str) and len(value) == len("US")), "")
