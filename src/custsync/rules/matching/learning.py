"""Learning the weights from the lists themselves, without labels.

Chance agreement comes from how often values occur. True agreement comes from the links that strong rules
make, field by field from those rules that do not read the field.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from math import log2
from typing import Final, TypeAlias

from attrs import frozen

from custsync.rules.matching.candidates import block_number, blocks, derived, stable_number
from custsync.rules.matching.clusters import Clusters
from custsync.rules.matching.frequencies import Collisions, chance_of_values
from custsync.rules.matching.kinds import Kind
from custsync.rules.matching.records import Column
from custsync.rules.matching.table import Table
from custsync.rules.matching.weights import Agreement, Weights, level_of, weights_of

__all__ = [
    "Chance",
    "Link",
    "agreements_of",
    "chance_of",
    "customers_of",
    "learned",
    "prior_of",
    "seed_links",
]

UNKNOWN_AGREEMENT: Final[Agreement] = (0.06, 0.04, 0.1, 0.8)
_SEED_CHANCE: Final = 0.05
"""How many pairs of strangers a rule may be expected to find whose links are learnt from."""
_SEEDS: Final = 6
_SEED_BLOCK: Final = 6
_SAMPLE: Final = 3000
_VALUES: Final = 200
_ENOUGH: Final = 20

Link: TypeAlias = tuple[int, int, tuple[int, ...], int]
"""Two records, the fields on whose agreement the link rests, and a number for sampling."""


@frozen
class Chance:
    """How strangers agree, field by field: on each value, at all, and how often their values are near."""

    values: tuple[Mapping[str, float], ...]
    collisions: Collisions
    near: tuple[tuple[float, float], ...]


def chance_of(table: Table, customers: Sequence[int] | None = None) -> Chance:
    """Return how strangers agree.

    Args:
        table: the match keys.
        customers: for each record the number of its customer, so that each is counted once; None where every
            record is a customer of its own.
    """
    counted = [_counts(table, column, customers) for column in table.columns]
    by_field = list(zip(table.compared.kinds, counted, strict=True))
    values = [
        _greater([chance_of_values(times, kind.strangers) for times in sides]) for kind, sides in by_field
    ]
    near = [_near_by_chance(kind, sides) for kind, sides in by_field]
    by_column = [table.sides(column) for column in table.columns]
    collisions = Collisions(list(zip(*by_column, strict=True)), customers)
    return Chance(tuple(values), collisions, tuple(near))


def _counts(table: Table, column: Column, customers: Sequence[int] | None) -> list[Counter[str]]:
    """Return how often each value occurs, list by list."""
    if customers is None:
        counted = [Counter(side) for side in table.sides(column)]
    else:
        counted = [Counter(value for value, _ in set(zip(column, customers, strict=True)))]
    for times in counted:
        times.pop(None, None)
    return counted


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


def seed_links(table: Table, chance: Chance) -> list[Link]:
    """Return the links of a few strong rules, so chosen that each field is left out by many."""
    found: list[Link] = []
    for places in _seeds(table, chance):
        columns = [table.columns[place] for place in places]
        for block in blocks(columns):
            number = block_number(columns, block)
            found += [(one, other, places, number) for one, other in _linked_in(table, block)]
    return found


def _linked_in(table: Table, block: Sequence[int]) -> Iterable[tuple[int, int]]:
    if table.split is None:
        return combinations(block, 2) if len(block) <= _SEED_BLOCK else ()
    return [(block[0], block[1])] if len(block) == 2 and table.may_link(*block) else ()  # noqa: PLR2004


def _seeds(table: Table, chance: Chance) -> list[tuple[int, ...]]:
    """Return a few strong rules; one whose fields all move together would teach that relatives are one."""
    groups = list(map(set, table.compared.groups))
    strong = derived(chance.collisions, table.pairs, _SEED_CHANCE)
    left = [places for places in strong if not any(group.issuperset(places) for group in groups)]
    used: Counter[int] = Counter()
    chosen: list[tuple[int, ...]] = []
    while left and len(chosen) < _SEEDS:
        best = min(left, key=lambda places: (sum(used[place] for place in places), len(places), places))
        left.remove(best)
        chosen.append(best)
        used.update(best)
    return chosen


def customers_of(table: Table, links: Iterable[Link]) -> list[int]:
    """Return for each record the number of its customer, as far as the links say."""
    clusters = Clusters(len(table.rows))
    for one, other, *_ in links:
        clusters.join(one, other)
    return [clusters.top(place) for place in range(len(table.rows))]


def agreements_of(table: Table, links: Sequence[Link]) -> list[Agreement | None]:
    """Return how often records of one customer agree in each field, None where too few links say."""
    every = len(links) // _SAMPLE + 1
    sample = [link for link in links if link[3] % every == 0]
    return [_agreement(table, place, sample) for place in range(len(table.columns))]


def _agreement(table: Table, place: int, links: Sequence[Link]) -> Agreement | None:
    column, kind = table.columns[place], table.compared.kinds[place]
    found = [0.5, 0.5, 0.5, 0.5]
    for one, other, used, _ in links:
        value, value_of_other = column[one], column[other]
        if place not in used and value is not None and value_of_other is not None:
            found[level_of(kind, value, value_of_other)] += 1
    total = sum(found)
    if total - 2 < _ENOUGH:
        return None
    differs, near, close, same = (count / total for count in found)
    return differs, near, close, same


def learned(table: Table, chance: Chance, agreements: Iterable[Agreement | None], accept: float) -> Weights:
    """Return the weights, with a plain guess where no links say how often one customer's records agree."""
    known = [agreement or UNKNOWN_AGREEMENT for agreement in agreements]
    return weights_of(table.compared, chance.values, chance.near, chance.collisions.rates, known, accept)


def prior_of(evidence: Iterable[float], pairs: float, found: int) -> float:
    """Return the prior bits: the number of matches that explains its own sum of probabilities.

    Args:
        evidence: the bits of the pairs that may be one customer, without a prior.
        pairs: the number of all pairs.
        found: the number of matches to begin with.
    """
    rounded = sorted(Counter(round(bits, 1) for bits in evidence).items())
    matches = float(max(1, found))
    for _ in range(12):
        odds = matches / pairs
        matches = max(1.0, sum(times / (1 + 2**-bits / odds) for bits, times in rounded))
    return log2(matches / pairs)
