"""Reading lists of records: their ids, and one column of match keys for each key."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import islice, product
from math import isfinite
from numbers import Number
from typing import Any, Final, TypeAlias

from attrs import evolve, field, frozen

from custsync.errors import ConfigurationError, CustsyncError, InputError
from custsync.models import ABSENT, Customer, Issue, Maybe, Severity
from custsync.rules.frames import frame_rows, is_empty
from custsync.rules.matching.kinds import Kind, key_set, kind_of
from custsync.rules.matching.rule import Key, Rule, country_of, field_of
from custsync.rules.normalize.damage import hold_nothing, stands_for_nothing

Column: TypeAlias = list[str | None]
"""One match key for each record, None where it has none."""

Row: TypeAlias = tuple[str | None, ...]
"""The match keys of one record, key by key."""

_TEXTS: Final = {str, type(None), type(ABSENT)}
_READ_TOGETHER: Final = 1000
"""Records whose fields are read together: few enough to stay in a processor's cache."""


@frozen(eq=False)
class Records:
    """A list of customers, or of mappings, with their ids.

    Attributes:
        rows: the records as they came, each once.
        ids: the `Ref` of a customer, the `"id"` of a mapping, else its place in the list.
    """

    rows: Sequence[Any] = field(repr=False)
    ids: Sequence[Hashable] = field(repr=False)

    def place_of(self, id: Hashable) -> int:
        """Return the place of the record with that id.

        Raises:
            InputError: there is none.
        """
        try:
            return self.ids.index(id)
        except ValueError:
            raise InputError(f"no record has the id {id}") from None

    def part(self, first: int, size: int = 1) -> "Records":
        """Return so many records alone."""
        return Records(self.rows[first : first + size], self.ids[first : first + size])

    def texts(self, name: str) -> list[str]:
        """Return each record's text in the field, `""` for none and for a placeholder."""
        values = self._values(name)
        if set(map(type, values)) <= _TEXTS:
            texts = [value.strip() if value else "" for value in values]
        else:
            texts = [_text(value, name, id) for value, id in zip(values, self.ids, strict=True)]
        return ["" if stands_for_nothing(text) else text for text in texts] if hold_nothing(texts) else texts

    def _values(self, name: str) -> Sequence[Any]:
        if name == "id" and set(map(type, self.ids)) == {str}:
            return self.ids
        if "." not in name and set(map(type, self.rows)) == {dict}:
            return [row.get(name) for row in self.rows]
        return [field_of(row, name) for row in self.rows]

    def parts(self) -> Iterator["Records"]:
        """Yield the records, a few at a time."""
        return (self.part(first, _READ_TOGETHER) for first in range(0, len(self.rows), _READ_TOGETHER))

    def keys(self, names: Sequence[str], kind: Kind) -> Column:
        """Return the match key of each record; one that has several has them with blanks between.

        A customer that is deleted or merged away has none: it is never a counterpart.
        """
        try:
            keys = self._keys_at_once(names, kind) or self._keys_one_by_one(names, kind)
        except CustsyncError:
            raise
        except Exception as error:
            raise ConfigurationError(f"key ({kind.name}): it raised {type(error).__name__}") from error
        if not set(map(type, keys)) <= {str, type(None)}:
            raise ConfigurationError(f"key {' '.join(names)} ({kind.name}): it returned no text")
        if Customer in set(map(type, self.rows)):
            return [None if _is_gone(row) else key for row, key in zip(self.rows, keys, strict=True)]
        return keys

    def _keys_at_once(self, names: Sequence[str], kind: Kind) -> Column | None:
        if kind.keys is None or len(names) > 1:
            return None
        values = self._values(names[0])
        types = set(map(type, values))
        texts = values if types == {str} else [value if type(value) is str else "" for value in values]
        return kind.keys(texts) if types <= _TEXTS else None

    def _keys_one_by_one(self, names: Sequence[str], kind: Kind) -> Column:
        texts = self.texts(names[0])
        for name in names[1:]:
            both = zip(texts, self.texts(name), strict=True)
            texts = [f"{text} {more}" if text and more else "" for text, more in both]
        if kind.takes_country:
            countries = map(country_of, self.rows)
            return [kind.key(*both) if both[0] else None for both in zip(texts, countries, strict=True)]
        return [(kind.key(text) or None) if text else None for text in texts]


@frozen(eq=False)
class Lists:
    """The records of one list, or of two. Places count through both: the left records, then the right ones.

    Attributes:
        left: the left records, or those that are searched for duplicates.
        right: the right ones, None where one list is searched.
        split: where the right records begin.
        ids: the ids of all records.
    """

    left: Records
    right: Records | None = None

    split: int = field(init=False, repr=False)
    ids: Sequence[Hashable] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Count through both lists."""
        ids = self.left.ids if self.right is None else [*self.left.ids, *self.right.ids]
        object.__setattr__(self, "split", len(self.left.rows))
        object.__setattr__(self, "ids", ids)

    def created_at(self, place: int) -> Maybe[datetime]:
        """Return when a record was created, ABSENT where it is not known."""
        records, place = self._at(place)
        found = field_of(records.rows[place], "created_at")
        return found if isinstance(found, datetime) else ABSENT

    def sides(self, column: Sequence[Any]) -> list[Sequence[Any]]:
        """Return the parts of a column, one for each list."""
        return [column] if self.right is None else [column[: self.split], column[self.split :]]

    def kind_of(self, key: Key) -> Kind:
        """Return the key's kind; where it names none, by the field's name and the values of both lists."""
        return key.kind or kind_of(
            key.names[0], (text for records, names in self._read(key) for text in records.texts(names[0]))
        )

    def column(self, key: Key, not_matched: frozenset[str] = frozenset()) -> tuple[Column, bool]:
        """Return the match keys of all records, and whether one of them has several, with blanks between.

        A key that is not matched, in any writing, counts as none.
        """
        kind = self.kind_of(key)
        blocked = key_set(not_matched, kind)
        made: Column = []
        several = False
        for records, names in self._read(key):
            for part in records.parts():
                keys = part.keys(names, kind)
                in_lists = kind.parts is not None and " " in "".join(filter(None, keys))
                made += _unblocked(keys, blocked, in_lists=in_lists) if blocked else keys
                several = several or in_lists
        return made, several

    def key_of(self, key: Key, place: int) -> str | None:
        """Return one record's key."""
        records, place = self._at(place)
        names = key.right if records is self.right else key.names
        return records.part(place).keys(names, self.kind_of(key))[0]

    def never_filled(self, keys: Iterable[Key], columns: Iterable[Column]) -> Iterator[Issue]:
        """Yield a warning for each key that no record of a list has: its name is probably wrong."""
        for key, column in zip(keys, columns, strict=True):
            first = 0
            for records, names in self._read(key):
                end = first + len(records.rows)
                if first < end and not any(islice(column, first, end)):
                    yield evolve(_NEVER_FILLED, field=" ".join(names))
                first = end

    def _at(self, place: int) -> tuple[Records, int]:
        """Return the list of a record, and its place there."""
        if self.right is None or place < self.split:
            return self.left, place
        return self.right, place - self.split

    def _read(self, key: Key) -> list[tuple[Records, tuple[str, ...]]]:
        """Return each list with the names that the key's fields have there."""
        return [(self.left, key.names), *([] if self.right is None else [(self.right, key.right)])]


@frozen(eq=False)
class Keyed:
    """A rule with the keys of all records.

    Attributes:
        rule: the rule.
        columns: one column for each key of the rule.
        several: whether a record may have several keys.
    """

    rule: Rule
    columns: tuple[Column, ...] = field(repr=False)
    several: bool = False

    def blocks(self) -> Iterator[list[int]]:
        """Yield the places of the records that agree, in order."""
        return blocks(self.columns, several=self.several)

    def keys(self) -> Sequence[Any]:
        """Return one key for each record, made of all its keys; None where one is missing."""
        if len(self.columns) == 1:
            return self.columns[0]
        return [None if None in keys else keys for keys in zip(*self.columns, strict=True)]

    def only(self, keys: Collection[Any]) -> "Keyed":
        """Return the rule for records that have one of these keys alone."""
        return evolve(self, columns=([key if key in keys else None for key in self.keys()],))


def keyed(rule: Rule, lists: Lists, *, decides: bool = True) -> Keyed:
    """Return the rule with its keys of all records; a blocked key counts as none.

    Args:
        rule: the rule.
        lists: the records.
        decides: whether the rule alone decides; False where fields confirm or contradict what it finds.
    """
    not_matched = rule.not_matched if decides else rule.blocked
    columns, several = zip(*(lists.column(key, not_matched) for key in rule.keys), strict=True)
    return Keyed(rule, columns, any(several))


def _unblocked(keys: Column, blocked: frozenset[str], *, in_lists: bool) -> Column:
    if not in_lists:
        return keys if blocked.isdisjoint(keys) else [None if key in blocked else key for key in keys]
    parts = ([] if key is None else key.split(" ") for key in keys)
    return [" ".join(part for part in found if part not in blocked) or None for found in parts]


def blocks(columns: Sequence[Column], *, several: bool = False) -> Iterator[list[int]]:
    """Yield the places of records that have the same keys in all columns, two at least."""
    alone = len(columns) == 1 and not several
    keys: Iterable[Any] = columns[0] if alone else zip(*columns, strict=True)
    first: dict[Any, int] = {}
    more: dict[Any, list[int]] = defaultdict(list)
    place_of = first.setdefault
    for place, key in each_key(columns) if several else enumerate(keys):
        before = place_of(key, place)
        if before != place:
            more[key].append(place)
    for key, places in more.items():
        if key is not None and (alone or None not in key):
            yield [first[key], *places]


def each_key(columns: Sequence[Column]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each record's place with each of its keys."""
    for place, keys in enumerate(zip(*columns, strict=True)):
        parts = [dict.fromkeys(key.split(" ")) for key in keys if key is not None]
        if len(parts) == len(columns):
            yield from ((place, each) for each in product(*parts))


def read_records(records: Iterable[Any], what: str, first: int = 0) -> Records:
    """Return the records with their ids, each record once.

    Args:
        records: customers, mappings, or a data frame.
        what: the argument's name, for errors.
        first: the place of the first record, where the records are a part of a list.

    Raises:
        InputError: it is no list of customers or mappings, or two different records have one id.
    """
    records = frame_rows(records)
    if isinstance(records, str | bytes | Mapping | Customer) or not isinstance(records, Iterable):
        raise InputError(f"{what}: a list of customers or mappings is needed, not {type(records).__name__}")
    rows = records if isinstance(records, list) else list(records)
    ids: list[Hashable] = []
    for start in range(0, len(rows), _READ_TOGETHER):
        block = rows[start : start + _READ_TOGETHER]
        own = [row.get("id") for row in block] if set(map(type, block)) == {dict} else []
        is_plain = all(own) and set(map(type, own)) == {str}
        ids += own if is_plain else [_id(row, place, what) for place, row in enumerate(block, first + start)]
    if len(set(ids)) < len(ids):
        rows, ids = _once(rows, ids, what)
    return Records(rows, ids)


def _is_gone(row: Any) -> bool:
    return type(row) is Customer and bool(row.deleted or row.merged_into)


def _id(row: Any, place: int, what: str) -> Hashable:
    if isinstance(row, Customer):
        return row.ref
    if not isinstance(row, dict | Mapping):
        raise InputError(f"{what}: record {place} is no customer and no mapping, but {type(row).__name__}")
    id = row.get("id")
    if type(id) is str and id:
        return id
    if is_empty(id) or id == "":
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


def texts_of(row: Row) -> Row:
    """Return the match keys of a record, `""` for none, so that records can be sorted."""
    return tuple(value or "" for value in row)


def _text(value: Any, name: str, id: Hashable) -> str:
    """Return a value as text; a blank, null, absent or not a number reads as none."""
    if value is ABSENT or is_empty(value):
        return ""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, float | Decimal) and isfinite(value) and value % 1 == 0:
        value = int(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | Number):
        return str(value).strip()
    raise InputError(f"record {id}: field {name} holds no text, number or date, but {type(value).__name__}")


_NEVER_FILLED: Final = Issue(
    code="field_never_filled",
    rule="G-WHY",
    field="",
    reason="no record of the list has a value that can be compared",
    remedy="Check the field's name and its kind",
    severity=Severity.WARNING,
)
