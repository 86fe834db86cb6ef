"""The match keys of all records in one table, and the records that agree on several of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import Any, Final, TypeAlias
from zlib import crc32

from attrs import evolve, field, frozen

from custsync.rules.matching.kinds import Kind, key_set, words_of_name
from custsync.rules.matching.records import Column, Lists
from custsync.rules.matching.rule import Key, MatchStrategy, Rule

Row: TypeAlias = tuple[str | None, ...]
"""The match keys of one record, field by field."""

_SURNAME: Final = frozenset({"surname", "lastname", "last", "family"})
_GIVEN: Final = frozenset({"given", "firstname", "first", "forename"})
_PLACE: Final = frozenset(
    {"street", "address", "line", "suburb", "city", "town", "state", "province", "house", "country", "county"}
)
_HOUSEHOLD_KINDS: Final = ("phone", "postcode")


@frozen
class Table:
    """The match keys that are compared.

    Attributes:
        lists: the records.
        fields: the fields.
        kinds: the kind of each.
        columns: one column for each field, over both lists.
        rows: the same, record by record.
        groups: places of the fields that move together; their agreement alone never links.
        crossed: places of the given name and the surname, which people enter the wrong way round.
    """

    lists: Lists = field(repr=False)
    fields: tuple[Key, ...]
    kinds: tuple[Kind, ...]
    columns: tuple[Column, ...] = field(repr=False)
    rows: Sequence[Row] = field(repr=False)
    groups: tuple[tuple[int, ...], ...] = ()
    crossed: tuple[int, int] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the fields' names."""
        return tuple(field.names[0] for field in self.fields)

    @property
    def pairs(self) -> float:
        """Return how many pairs of records could be one customer."""
        size, split = len(self.rows), self.lists.split
        return max(1.0, size * (size - 1) / 2 if self.lists.right is None else split * (size - split))

    def may_link(self, one: int, other: int) -> bool:
        """Return whether two records, the smaller place first, are of the lists that are to be linked."""
        return self.lists.right is None or one < self.lists.split <= other


def table_of(strategy: MatchStrategy, lists: Lists) -> Table:
    """Return the table of the strategy's fields, and of those that its rules read alone."""
    fields = (*strategy.fields, *_fields_of_rules(strategy))
    kinds = tuple(map(lists.kind_of, fields))
    names = [field.names[0] for field in fields]
    if strategy.groups is None:
        groups = _default_groups(names, kinds)
    else:
        groups = tuple(tuple(map(names.index, group)) for group in strategy.groups)
    columns = tuple(lists.column(field)[0] for field in fields)
    return Table(lists, fields, kinds, columns, list(zip(*columns, strict=True)), groups, _crossed(names))


def _fields_of_rules(strategy: MatchStrategy) -> Iterator[Key]:
    """Yield each key of one field that no field of the strategy compares."""
    known = {field.names[0] for field in strategy.fields}
    for key in (key for rule in strategy.rules or () for key in rule.keys):
        if len(key.names) == 1 and key.names[0] not in known:
            known.add(key.names[0])
            yield key


def _default_groups(names: Sequence[str], kinds: Sequence[Kind]) -> tuple[tuple[int, ...], ...]:
    """Return the household, which contains the switchboard: what people of one address have in common.

    A surname, an address and a phone agree for relatives, an address and a phone for all in one building.
    """
    household = tuple(
        place
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
        if kind.name in _HOUSEHOLD_KINDS
        or (kind.name != "email" and words_of_name(name) & (_SURNAME | _PLACE))
    )
    return (household,) if len(household) > 1 else ()


def _crossed(names: Sequence[str]) -> tuple[int, int] | None:
    given = [place for place, name in enumerate(names) if words_of_name(name) & _GIVEN]
    surnames = [place for place, name in enumerate(names) if words_of_name(name) & _SURNAME]
    return (given[0], surnames[0]) if given and surnames else None


@frozen
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

    def each_key(self) -> Iterator[tuple[int, Row]]:
        """Yield each record's place with each of its keys."""
        return _each_key(self.columns)

    def keys(self) -> Sequence[Any]:
        """Return one key for each record, made of all its keys; None where one is missing."""
        if len(self.columns) == 1:
            return self.columns[0]
        return [None if None in keys else keys for keys in zip(*self.columns, strict=True)]

    def only(self, keys: Collection[Any]) -> "Keyed":
        """Return the rule for records that have one of these keys alone."""
        return evolve(self, columns=([key if key in keys else None for key in self.keys()],))


def keyed(rule: Rule, lists: Lists, *, decides: bool = True) -> Keyed:
    """Return the rule with its keys of all records; a blocked key is nobody's.

    Args:
        rule: the rule.
        lists: the records.
        decides: whether the rule alone decides; False where fields confirm or contradict what it finds.
    """
    columns, several = zip(*map(lists.column, rule.keys), strict=True)
    nobodys = rule.nobodys if decides else rule.blocked
    if nobodys:
        blocked = [key_set(nobodys, lists.kind_of(key)) for key in rule.keys]
        columns = tuple(map(_unblocked, blocked, columns, several))
    return Keyed(rule, columns, any(several))


def _unblocked(blocked: frozenset[str], column: Column, several: bool) -> Column:  # noqa: FBT001 - a column's
    if not several:
        return column if blocked.isdisjoint(column) else [None if key in blocked else key for key in column]
    parts = ([] if key is None else key.split(" ") for key in column)
    return [" ".join(part for part in found if part not in blocked) or None for found in parts]


def blocks(columns: Sequence[Column], *, several: bool = False) -> Iterator[list[int]]:
    """Yield the places of records that have the same keys in all columns, two at least."""
    alone = len(columns) == 1 and not several
    keys: Iterable[Any] = columns[0] if alone else zip(*columns, strict=True)
    first: dict[Any, int] = {}
    more: dict[Any, list[int]] = defaultdict(list)
    place_of = first.setdefault
    for place, key in _each_key(columns) if several else enumerate(keys):
        before = place_of(key, place)
        if before != place:
            more[key].append(place)
    for key, places in more.items():
        if key is not None and (alone or None not in key):
            yield [first[key], *places]


def _each_key(columns: Sequence[Column]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each record's place with each of its keys."""
    for place, keys in enumerate(zip(*columns, strict=True)):
        parts = [dict.fromkeys(key.split(" ")) for key in keys if key is not None]
        if len(parts) == len(columns):
            yield from ((place, each) for each in product(*parts))


def stable_number(text: str) -> int:
    """Return a number of the text, the same one in every run and on every machine."""
    return crc32(text.encode("utf-8", "surrogatepass"))
