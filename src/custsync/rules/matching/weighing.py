"""Weighing: candidates by rules, evidence by fields, and what it says of each pair."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, combinations, product
from math import log2
from typing import Final, NamedTuple

from attrs import field, frozen

from custsync.rules.matching.candidates import CandidateRule, candidate_rules, stable_number
from custsync.rules.matching.learning import (
    Chance,
    Link,
    agreements_of,
    chance_of,
    customers_of,
    learned,
    prior_of,
    seed_links,
)
from custsync.rules.matching.records import Records
from custsync.rules.matching.rule import Rule
from custsync.rules.matching.strategy import MatchStrategy
from custsync.rules.matching.table import Table, table_of
from custsync.rules.matching.weights import Agreement, Weights

__all__ = ["Pair", "Weighed", "weigh"]

AUTHORITY_BITS: Final = 20.0
"""What a hit of an authoritative rule is worth beside the fields: a million to one."""
_DECOY_RECORDS: Final = 10_000
"""Of so many records all decoys are counted, of more a sample."""


class Pair(NamedTuple):
    """Two records, the smaller place first, the bits for their being one customer, the place of the rule."""

    one: int
    other: int
    bits: float
    rule: int


@frozen
class Weighed:
    """All pairs that may be one customer.

    Attributes:
        table: the match keys.
        rules: the rules that found the pairs.
        weights: what the fields are worth.
        pairs: the pairs from `review_odds` on, the likeliest first.
        decoys: the pairs inside one list that would have been linked.
        decoy_sample: each decoy stands for so many.
        skipped: how many blocks were left out because too many records share the key.
    """

    table: Table = field(repr=False)
    rules: tuple[Rule, ...]
    weights: Weights = field(repr=False)
    pairs: Sequence[Pair] = field(repr=False)
    decoys: Sequence[Pair] = field(repr=False, default=())
    decoy_sample: int = 1
    skipped: int = 0

    @cached_property
    def by_place(self) -> Mapping[int, Sequence[Pair]]:
        """Return each record's pairs, the likeliest first."""
        pairs: dict[int, list[Pair]] = defaultdict(list)
        for pair in self.pairs:
            pairs[pair.one].append(pair)
            pairs[pair.other].append(pair)
        return dict(pairs)


def weigh(strategy: MatchStrategy, left: Records, right: Records | None = None) -> Weighed:
    """Return the pairs that may be one customer, weighed by what the lists themselves teach.

    Args:
        strategy: the strategy, with fields or rules.
        left: the left records.
        right: the right records, None to look for duplicates in the left ones.
    """
    table = table_of(strategy, left, right)
    chance, links = _strangers_and_links(table)
    rules = candidate_rules(strategy, table, chance.collisions, left, right)
    agreements = agreements_of(table, links)
    found = _scored(strategy, table, rules, _first_weights(strategy, table, chance, agreements))
    if None in agreements and (sure := _sure_links(table, found)):
        again = agreements_of(table, sure)
        agreements = [first or second for first, second in zip(agreements, again, strict=True)]
        found = _scored(strategy, table, rules, _first_weights(strategy, table, chance, agreements))
    return found


def _strangers_and_links(table: Table) -> tuple[Chance, list[Link]]:
    chance = chance_of(table)
    links = seed_links(table, chance)
    if table.split is None:
        chance = chance_of(table, customers_of(table, links))
        links = seed_links(table, chance)
    return chance, links


def _first_weights(
    strategy: MatchStrategy, table: Table, chance: Chance, agreements: Iterable[Agreement | None]
) -> Weights:
    """Return the weights with the greatest prior that there can be: as many matches as records."""
    weights = learned(table, chance, agreements, log2(strategy.accept_odds))
    smaller = min(len(side) for side in table.sides(table.rows)) or 1
    return weights.with_prior(min(0.0, log2(smaller / table.pairs)))


def _scored(
    strategy: MatchStrategy, table: Table, rules: Sequence[CandidateRule], weights: Weights
) -> Weighed:
    review, rows = log2(strategy.review_odds), table.rows
    candidates = _Candidates(table, rules, weights, review)
    survivors = list(candidates)
    bits = [weights.bits(rows[one], rows[other]) for one, other, _ in survivors]
    prior = _prior(table, weights, survivors, bits)
    weights = weights.with_prior(prior)
    pairs: list[Pair] = []
    decoys: list[Pair] = []
    for one, other, rule in survivors:
        sure = AUTHORITY_BITS if rules[rule].rule.authoritative else 0.0
        total = weights.bits(rows[one], rows[other]) + sure
        if total >= (review if table.may_link(one, other) else weights.accept):
            (pairs if table.may_link(one, other) else decoys).append(Pair(one, other, total, rule))
    pairs.sort(key=lambda pair: -pair.bits)
    named = tuple(rule.rule for rule in rules)
    return Weighed(table, named, weights, pairs, decoys, candidates.decoy_sample, candidates.skipped)


def _prior(
    table: Table, weights: Weights, survivors: Sequence[tuple[int, int, int]], bits: Sequence[float]
) -> float:
    """Return the prior from the pairs that are the best of both their records."""
    linkable = [
        (one, other, total)
        for (one, other, _), total in zip(survivors, bits, strict=True)
        if table.may_link(one, other)
    ]
    best: dict[int, float] = {}
    for one, other, total in linkable:
        best[one] = max(total, best.get(one, total))
        best[other] = max(total, best.get(other, total))
    both = [
        total for one, other, total in linkable if table.split is None or best[one] == total == best[other]
    ]
    return prior_of([total - weights.prior for total in both], table.pairs, len(both))


class _Candidates:
    """The pairs that the rules find, each once with its first rule, less those that cannot reach review."""

    def __init__(self, table: Table, rules: Sequence[CandidateRule], weights: Weights, review: float) -> None:
        self._table, self._rules = table, rules
        self._may_link = weights.screen(review)
        self._may_be_decoy = weights.screen(weights.accept)
        self.skipped = 0
        self.decoy_sample = len(table.rows) // _DECOY_RECORDS + 1
        self._numbers = [stable_number(repr(row)) for row in table.rows] if self.decoy_sample > 1 else []

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        known: set[int] = set()
        size = len(self._table.rows)
        for number, rule in enumerate(self._rules):
            for block in rule.blocks():
                if len(block) * (len(block) - 1) // 2 > rule.most:
                    self.skipped += 1
                    continue
                for one, other in self._pairs(block):
                    pair = one * size + other
                    if pair not in known:
                        known.add(pair)
                        if self._may_reach(rule, one, other):
                            yield one, other, number

    def _pairs(self, block: Sequence[int]) -> Iterable[tuple[int, int]]:
        """Return the block's pairs; of long lists only a sample of those inside one list."""
        split = self._table.split
        if split is None:
            return combinations(block, 2)
        middle = bisect_left(block, split)
        left, right = block[:middle], block[middle:]
        inside = chain(combinations(left, 2), combinations(right, 2))
        return chain(product(left, right), filter(self._is_sampled, inside))

    def _is_sampled(self, pair: tuple[int, int]) -> bool:
        return not self._numbers or (self._numbers[pair[0]] + self._numbers[pair[1]]) % self.decoy_sample == 0

    def _may_reach(self, rule: CandidateRule, one: int, other: int) -> bool:
        rows = self._table.rows
        screen = self._may_link if self._table.may_link(one, other) else self._may_be_decoy
        return rule.rule.authoritative or screen(rows[one], rows[other])


def _sure_links(table: Table, found: Weighed) -> list[Link]:
    """Return the pairs that are beyond doubt, each with the fields that it could not do without."""
    weights, links = found.weights, []
    for pair in found.pairs:
        if pair.bits < weights.accept:
            break
        evidence = weights.evidence(table.rows[pair.one], table.rows[pair.other])
        needed = tuple(one.place for one in evidence if pair.bits - one.bits < weights.accept)
        links.append((pair.one, pair.other, needed, round(pair.bits * 1000)))
    return links
