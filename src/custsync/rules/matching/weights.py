"""What agreement and difference are worth, in bits, learnt from the lists themselves without labels.

Fellegi and Sunter's weights: how much likelier an agreement is for one customer than by chance. One bit
doubles the odds. Rare values are worth more than common ones. How often records of one customer agree comes
from the links that strong rules make, field by field from those rules that do not read the field.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import log2
from typing import Any, Final, NamedTuple, TypeAlias

from attrs import field, frozen

from custsync.rules.matching.kinds import CLOSE, OTHER, Kind
from custsync.rules.matching.records import Column, Row, blocks
from custsync.rules.matching.table import Chance, Table, stable_number

SAME: Final = 3
CROSSED: Final = 4
LEVELS: Final = ("differs", "near", "close", "same", "crossed")

Agreement: TypeAlias = tuple[float, float, float, float]
"""How often two records of one customer differ, are near, are close, are the same in a field."""

Link: TypeAlias = tuple[int, int, tuple[int, ...], int]
"""Two records, the fields on whose agreement the link rests, and a number for sampling."""

_UNKNOWN_AGREEMENT: Final[Agreement] = (0.06, 0.04, 0.1, 0.8)
_SEED_CHANCE: Final = 0.05
"""How many pairs of strangers a rule may be expected to find whose links are learnt from."""
_SEEDS: Final = 6
_SEED_BLOCK: Final = 6
_OTHER_FIELDS: Final = 2
"""A value is one customer's only if so many other fields at least agree."""
_SAMPLE: Final = 3000
_ENOUGH: Final = 20
_CROSSED_BITS: Final = -4.0
"""What it costs to believe that a person entered the names the wrong way round."""
_PART: Final = 0.8
"""A near value is worth at most this share of the same value."""
_OUTSIDE_BITS: Final = 2.0
"""What the fields outside a group must add by themselves."""


class Evidence(NamedTuple):
    """The evidence of one field for two records: its place, the level of agreement, the bits."""

    place: int
    level: int
    bits: float


@frozen
class Weights:
    """The weights of one run.

    Attributes:
        table: the fields.
        same: for each field, value → bits of its agreement.
        unlike: for each field, the bits of values that differ, are near, are close.
        accept: bits from which two records are linked.
        prior: bits of two records of the lists being one customer before anything is compared.
    """

    table: Table = field(repr=False)
    same: tuple[Mapping[str, float], ...] = field(repr=False)
    unlike: tuple[tuple[float, float, float], ...] = field(repr=False)
    accept: float
    prior: float = 0.0

    def evidence(self, one: Row, other: Row) -> list[Evidence]:
        """Return the evidence of each field that both records fill."""
        found = self._crossed(one, other)
        places = {evidence.place for evidence in found}
        for place, (value, value_of_other) in enumerate(zip(one, other, strict=True)):
            if value is not None and value_of_other is not None and place not in places:
                found.append(self._compared(place, value, value_of_other))
        return found

    def bits(self, one: Row, other: Row) -> float:
        """Return the evidence of all fields with the prior; a group alone never reaches acceptance."""
        bits = {evidence.place: evidence.bits for evidence in self.evidence(one, other)}
        most = self.accept - self.prior - _OUTSIDE_BITS
        grouped = [place for group in self.table.groups for place in group]
        total = sum(value for place, value in bits.items() if place not in grouped)
        for group in self.table.groups:
            total += min(most, sum(bits.get(place, 0.0) for place in group))
        return total + self.prior

    def _compared(self, place: int, value: str, value_of_other: str) -> Evidence:
        same = self.same[place]
        if value == value_of_other:
            return Evidence(place, SAME, same[value])
        level = level_of(self.table.kinds[place], value, value_of_other)
        bits = self.unlike[place][level]
        if level != OTHER:
            bits = min(bits, _PART * min(same[value], same[value_of_other]))
        return Evidence(place, level, bits)

    def _crossed(self, one: Row, other: Row) -> list[Evidence]:
        """Return the evidence of a given name and a surname that are in each other's field."""
        places = self.table.crossed
        if places is None or not _is_crossed(one, other, places):
            return []
        bits = _CROSSED_BITS
        for place, across in (places, places[::-1]):
            value, value_of_other = one[place], other[across]
            if value is not None and value == value_of_other:
                bits += max(self.same[at].get(value, 0.0) for at in places)
            elif value is not None and value_of_other is not None:
                bits += self.unlike[place][OTHER]
        return [Evidence(place, CROSSED, bits / 2) for place in places]

    def screen(self, least: float) -> Callable[[Row, Row], bool]:  # noqa: C901 - one loop, run for millions of pairs
        """Return a quick test: False only where `bits` is below `least`. It stops at the first sure no."""
        same, unlike, crossed = self.same, self.unlike, self.table.crossed
        nears: list[Any] = [kind.near for kind in self.table.kinds]
        ceilings = [max(bits) if near else bits[OTHER] for bits, near in zip(unlike, nears, strict=True)]
        order = sorted(range(len(same)), key=lambda place: (unlike[place][OTHER] - ceilings[place], place))
        enough = least - self.prior

        def may_reach(one: Row, other: Row) -> bool:
            total, open_places = 0.0, []
            for place in order:
                value, value_of_other = one[place], other[place]
                if value is None or value_of_other is None:
                    continue
                if value == value_of_other:
                    total += same[place][value]
                else:
                    total += ceilings[place]
                    open_places.append(place)
            if crossed is not None and _is_crossed(one, other, crossed):
                return True
            for place in open_places:
                if total < enough:
                    return False
                near = nears[place]
                if near is not None:
                    total += unlike[place][near(one[place], other[place])] - ceilings[place]
            return total >= enough

        return may_reach


def level_of(kind: Kind, value: str, value_of_other: str) -> int:
    """Return how near two values of a kind are."""
    if value == value_of_other:
        return SAME
    return kind.near(value, value_of_other) if kind.near is not None else OTHER


def _is_crossed(one: Row, other: Row, places: tuple[int, int]) -> bool:
    given, surname = places
    if one[given] == other[given] or one[surname] == other[surname]:
        return False
    across = (one[given], other[surname]), (one[surname], other[given])
    return any(value is not None and value == value_of_other for value, value_of_other in across)


def weights_of(
    table: Table, chance: Chance, agreements: Iterable[Agreement | None], accept: float
) -> Weights:
    """Return the weights: agreement for one customer against agreement by chance.

    Args:
        table: the match keys.
        chance: how strangers agree.
        agreements: for each field, how often records of one customer agree; a plain guess replaces None.
        accept: bits from which two records are linked.
    """
    known = [agreement or _UNKNOWN_AGREEMENT for agreement in agreements]
    same = [
        {value: log2(agreement[SAME] / max(rate, 1e-9)) for value, rate in rates.items()}
        for rates, agreement in zip(chance.values, known, strict=True)
    ]
    unlike = map(_unlike_bits, table.kinds, chance.near, chance.rates, known)
    return Weights(table, tuple(same), tuple(unlike), accept)


def _unlike_bits(
    kind: Kind, near_by_chance: tuple[float, float], rate: float, agreement: Agreement
) -> tuple[float, float, float]:
    differs = max(agreement[OTHER], 0.002) / max(1e-6, 1 - rate - sum(near_by_chance))
    near, close = (log2(agreement[level] / near_by_chance[level - 1]) for level in (1, CLOSE))
    near, close = max(min(near, close), -1.0), max(near, close, 0.0)
    if not kind.near_confirms:
        near, close = min(near, 0.0), min(close, 0.0)
    return min(log2(differs), 0.0), near, close


def seed_links(table: Table, chance: Chance) -> list[Link]:
    """Return the links of a few strong rules, so chosen that each field is left out by many."""
    found: list[Link] = []
    for places in _seeds(table, chance):
        columns = [table.columns[place] for place in places]
        for block in blocks(columns):
            number = stable_number("|".join([str(column[block[0]]) for column in columns]))
            found += [(one, other, places, number) for one, other in _linked_in(table, block)]
    return found


def _linked_in(table: Table, block: Sequence[int]) -> Iterable[tuple[int, int]]:
    if table.lists.right is None:
        return combinations(block, 2) if len(block) <= _SEED_BLOCK else ()
    return [(block[0], block[1])] if len(block) == 2 and table.may_link(*block) else ()  # noqa: PLR2004


def frequent_customers(table: Table) -> Iterator[list[int]]:
    """Yield the records of each customer that has many of them: its values are not common among customers.

    A value is one customer's where most of the records that have it are the same in every other field too.
    Strangers may share a name, or a phone and an address, but not every field. A field of the same group
    proves nothing.
    """
    varied = [len(set(column)) ** 2 > len(column) for column in table.columns]
    for place, column in enumerate(table.columns):
        grouped = next((group for group in table.groups if place in group), ())
        fields = [
            (other, varied[at] and at not in grouped) for at, other in enumerate(table.columns) if at != place
        ]
        for block in blocks([column]):
            if len(block) > _SEED_BLOCK and (found := _of_one_customer(fields, block)):
                yield found


def _of_one_customer(fields: Iterable[tuple[Column, bool]], block: Sequence[int]) -> list[int]:
    """Return the records with most of the usual values of the block; none where it has several customers.

    Args:
        fields: the columns of other fields, and whether each proves anything: one with few different values,
            a country for example, does not.
        block: the records.
    """
    usual: list[tuple[Column, str]] = []
    for column, proves in fields:
        values = Counter([key for key in map(column.__getitem__, block) if key is not None])
        for value, times in values.most_common(1):
            if 2 * times <= values.total():
                return []
            if proves and 2 * times > len(block):
                usual.append((column, value))
    if len(usual) < _OTHER_FIELDS:
        return []
    return [
        place for place in block if 2 * sum(column[place] == value for column, value in usual) > len(usual)
    ]


def _seeds(table: Table, chance: Chance) -> list[tuple[int, ...]]:
    """Return a few strong rules; one whose fields all move together would teach that relatives are one."""
    groups = list(map(set, table.groups))
    strong = chance.derived(_SEED_CHANCE)
    left = [places for places in strong if not any(group.issuperset(places) for group in groups)]
    used: Counter[int] = Counter()
    chosen: list[tuple[int, ...]] = []
    while left and len(chosen) < _SEEDS:
        best = min(left, key=lambda places: (sum(used[place] for place in places), len(places), places))
        left.remove(best)
        chosen.append(best)
        used.update(best)
    return chosen


def agreements_of(table: Table, links: Sequence[Link]) -> list[Agreement | None]:
    """Return how often records of one customer agree in each field, None where there are too few links."""
    every = len(links) // _SAMPLE + 1
    sample = [link for link in links if link[3] % every == 0]
    return [_agreement(table, place, sample) for place in range(len(table.columns))]


def _agreement(table: Table, place: int, links: Sequence[Link]) -> Agreement | None:
    column, kind = table.columns[place], table.kinds[place]
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
