"""The match keys that are compared, in one table, and how strangers agree on them by chance."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from math import prod
from typing import Any, Final
from zlib import crc32

from attrs import field, frozen

from custsync.rules.matching.kinds import Kind, words_of_name
from custsync.rules.matching.records import Column, Lists, Row
from custsync.rules.matching.rule import Key, MatchStrategy

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


def stable_number(text: str) -> int:
    """Return a number of the text, the same one in every run and on every machine."""
    return crc32(text.encode("utf-8", "surrogatepass"))


_RARE: Final = (1, 2, 3)
_VALUES: Final = 200
_LONGEST: Final = 4
"""No derived rule has more fields."""


class Chance:
    """How strangers agree.

    Fields that move together (a town and its postcode) agree together more often than each by itself lets
    expect: for a combination, each two of its fields are measured.

    Attributes:
        values: for each field, value → how often a stranger has it too.
        rates: for each field, how often strangers agree.
        near: for each field, how often different values of strangers are near and close.
    """

    def __init__(self, table: Table, customers: Sequence[int] | None = None) -> None:
        """Measure each field.

        Args:
            table: the match keys.
            customers: for each record the number of its customer, so that each is counted once; None where
                every record is another customer.
        """
        self._table, self._customers = table, customers
        self._measured: dict[tuple[int, int], float] = {}
        self.values: list[Mapping[str, float]] = []
        self.rates: list[float] = []
        self.near: list[tuple[float, float]] = []
        for kind, column in zip(table.kinds, table.columns, strict=True):
            sides = self._times(column)
            self.values.append(_greater([chance_of_values(times, kind.strangers) for times in sides]))
            self.rates.append(
                max(max(share_agreeing(times), 1 / max(1, times.total() ** 2)) for times in sides)
            )
            self.near.append(_near_by_chance(kind, sides))

    def together(self, places: Sequence[int]) -> float:
        """Return the share of pairs of strangers that can be expected to agree on all these fields."""
        dependence = max((self._dependence(both) for both in combinations(places, 2)), default=1.0)
        return dependence * prod(self.rates[place] for place in places)

    def derived(self, at_most: float) -> list[tuple[int, ...]]:
        """Return every smallest combination of fields on which few strangers agree, the rarest first.

        Args:
            at_most: the number of pairs of strangers that a combination may be expected to find.
        """
        found: list[tuple[float, tuple[int, ...]]] = []
        pairs = self._table.pairs
        for size in range(1, _LONGEST + 1):
            for places in combinations(range(len(self.rates)), size):
                if any(set(smaller) <= set(places) for _, smaller in found):
                    continue
                apart = pairs * prod(self.rates[place] for place in places)
                if apart <= at_most and (expected := pairs * self.together(places)) <= at_most:
                    found.append((expected, places))
        return [places for _, places in sorted(found)]

    def _times(self, keys: Sequence[Any]) -> list[Counter[Any]]:
        return [times_of(side, self._customers) for side in self._table.lists.sides(keys)]

    def _dependence(self, both: tuple[int, int]) -> float:
        """Return how many times as often strangers agree on both as if the fields were independent."""
        if both not in self._measured:
            one, other = both
            columns = self._table.columns
            keys = [None if None in key else key for key in zip(columns[one], columns[other], strict=True)]
            rate = max(map(share_agreeing, self._times(keys)))
            self._measured[both] = max(1.0, rate / (self.rates[one] * self.rates[other]))
        return self._measured[both]


def times_of(keys: Sequence[Any], customers: Sequence[int] | None = None) -> Counter[Any]:
    """Return how many customers have each key."""
    times = Counter(keys if customers is None else [key for key, _ in set(zip(keys, customers, strict=True))])
    times.pop(None, None)
    return times


def share_agreeing(times: Counter[Any]) -> float:
    """Return the share of pairs of customers that have the same key."""
    total = times.total()
    return sum(count * (count - 1) for count in times.values() if count > 1) / max(1, total * (total - 1))


def chance_of_values(times: Mapping[str, int], strangers: float = 1.0) -> dict[str, float]:
    """Return for each value the share of records that have it, for one more record to come.

    A value that was found once in a list whose values never repeat is rarer than one in the list's length:
    Good and Turing's estimate for values found one to three times.

    Args:
        times: value → how many records have it.
        strangers: the greatest rate of a rare value, which its kind knows however short the list.

    >>> chance = chance_of_values({"smith": 6, "okafor": 1, "lund": 1})
    >>> chance["smith"], chance["lund"] < 1 / 8
    (0.75, True)
    """
    total = sum(times.values())
    values_found = Counter(times.values())
    rates = {count: count / total for count in values_found}
    for count in _RARE:
        if values_found[count]:
            estimate = (count + 1) * (values_found[count + 1] + 0.5) / values_found[count]
            rates[count] = min(min(max(estimate, count / 50), count) / total, strangers)
    return {value: rates[count] for value, count in times.items()}


def _greater(rates: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the greater rate of each value: the more cautious one."""
    first, *others = rates
    for other in others:
        for value, rate in other.items():
            if rate > first.get(value, 0.0):
                first[value] = rate
    return first


def _near_by_chance(kind: Kind, sides: Sequence[Mapping[str, int]]) -> tuple[float, float]:
    """Return how often different values of strangers are near and close, from a sample of values."""
    if kind.near is None:
        return 0.25, 0.25
    one, other = _sampled(sides[0]), _sampled(sides[-1])
    found = [0.5, 0.5, 0.5]
    for shift in range(1, 5):
        for value, value_of_other in (*zip(one, other[shift:]), *zip(one[shift:], other)):  # noqa: B905
            if value != value_of_other:
                found[kind.near(value, value_of_other)] += 1
    total = sum(found)
    return found[1] / total, found[2] / total


def _sampled(values: Collection[str]) -> list[str]:
    """Return about 200 of the values, the same ones in whatever order they come."""
    every = len(values) // _VALUES + 1
    numbered = sorted((stable_number(value), value) for value in values)
    return [value for number, value in numbered if number % every == 0]
