"""Weighing: candidates by rules, the evidence of their fields, and which pairs are linked by it."""

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from math import inf, log2
from typing import Final

from attrs import evolve, field, frozen

from custsync.rules.matching.judgement import CLAIMED_TOO, Hit, Judgement, Outcome, Verdict, judge
from custsync.rules.matching.links import TOO_MANY_STRANGERS, Clusters, Pair, Settled, is_refused
from custsync.rules.matching.records import Keyed, Lists, keyed, texts_of
from custsync.rules.matching.rule import MatchStrategy, Rule
from custsync.rules.matching.table import Chance, Table, stable_number, table_of
from custsync.rules.matching.weights import (
    Link,
    Weights,
    agreements_of,
    frequent_customers,
    prior_of,
    seed_links,
    weights_of,
)

AUTHORITY_BITS: Final = 20.0
"""What a hit of an authoritative rule is worth beside the fields: a million to one."""
_DECOY_RECORDS: Final = 10_000
"""Of so many records all decoys are counted, of more a sample."""
_MOST_PAIRS: Final = 60 * 60
"""A key whose records have more pairs is no evidence: they are not compared."""


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
    """

    table: Table = field(repr=False)
    rules: tuple[Rule, ...]
    weights: Weights = field(repr=False)
    pairs: Sequence[Pair] = field(repr=False)
    decoys: Sequence[Pair] = field(repr=False)
    decoy_sample: int

    @cached_property
    def by_place(self) -> Mapping[int, Sequence[Pair]]:
        """Return each record's pairs, the likeliest first."""
        pairs: dict[int, list[Pair]] = defaultdict(list)
        for pair in self.pairs:
            pairs[pair.one].append(pair)
            pairs[pair.other].append(pair)
        return dict(pairs)


def weigh(strategy: MatchStrategy, lists: Lists) -> Weighed:
    """Return the pairs that may be one customer, weighed by what the lists themselves teach.

    Args:
        strategy: the strategy, with fields or rules.
        lists: the records.
    """
    table = table_of(strategy, lists)
    chance = Chance(table)
    links = seed_links(table, chance)
    if lists.right is None:
        chance = Chance(table, _customers(table, links))
        links = seed_links(table, chance)
    rules = _candidate_rules(strategy, table, chance)
    agreements = agreements_of(table, links)
    accept = log2(strategy.accept_odds)
    found = _scored(strategy, rules, weights_of(table, chance, agreements, accept))
    if None in agreements and (sure := _sure_links(table, found)):
        again = agreements_of(table, sure)
        agreements = [first or second for first, second in zip(agreements, again, strict=True)]
        found = _scored(strategy, rules, weights_of(table, chance, agreements, accept))
    return found


def _customers(table: Table, links: Iterable[Link]) -> list[int]:
    """Return for each record the number of its customer, as far as the links join them."""
    clusters = Clusters(len(table.rows))
    for one, other, *_ in links:
        clusters.join(one, other)
    for first, *others in frequent_customers(table):
        for other in others:
            clusters.join(first, other)
    return [clusters.top(place) for place in range(len(table.rows))]


def _candidate_rules(strategy: MatchStrategy, table: Table, chance: Chance) -> list[Keyed]:
    """Return the strategy's rules, authoritative ones first, or those derived from its fields."""
    if strategy.rules:
        ordered = sorted(strategy.rules, key=lambda rule: not rule.authoritative)
        return [keyed(rule, table.lists, decides=False) for rule in ordered]
    found = chance.derived(max(float(len(table.rows)), 5000.0))
    return [
        Keyed(
            Rule(f"R{number:02}", *(table.fields[place] for place in places)),
            tuple(table.columns[place] for place in places),
        )
        for number, places in enumerate(found, 1)
    ]


def _scored(strategy: MatchStrategy, rules: Sequence[Keyed], weights: Weights) -> Weighed:
    """Return the rules' candidates, weighed.

    They are found with the greatest prior that there can be: as many matches as records.
    """
    table, review = weights.table, log2(strategy.review_odds)
    rows, may_link = table.rows, table.may_link
    smaller = min(map(len, table.lists.sides(rows))) or 1
    weights = evolve(weights, prior=min(0.0, log2(smaller / table.pairs)))
    sample = len(rows) // _DECOY_RECORDS + 1
    found = list(_candidates(table, rules, weights, review, sample))
    weights = evolve(
        weights, prior=_prior(weights, [(one, other) for one, other, _ in found if may_link(one, other)])
    )
    pairs: list[Pair] = []
    decoys: list[Pair] = []
    for one, other, rule in found:
        sure = AUTHORITY_BITS if rules[rule].rule.authoritative else 0.0
        bits = weights.bits(rows[one], rows[other]) + sure
        if bits >= (review if may_link(one, other) else weights.accept):
            (pairs if may_link(one, other) else decoys).append(Pair(one, other, bits, rule))
    pairs.sort(key=lambda pair: -pair.bits)
    named = tuple(rule.rule for rule in rules)
    return Weighed(table, named, weights, pairs, decoys, sample)


def _prior(weights: Weights, pairs: Sequence[tuple[int, int]]) -> float:
    """Return the prior from the pairs that are the best of both their records."""
    table = weights.table
    bits = [weights.bits(table.rows[one], table.rows[other]) for one, other in pairs]
    best: dict[int, float] = {}
    for both, total in zip(pairs, bits, strict=True):
        for place in both:
            best[place] = max(total, best.get(place, total))
    found = [
        total - weights.prior
        for (one, other), total in zip(pairs, bits, strict=True)
        if table.lists.right is None or best[one] == total == best[other]
    ]
    return prior_of(found, table.pairs, len(found))


def _candidates(
    table: Table, rules: Sequence[Keyed], weights: Weights, review: float, sample: int
) -> Iterator[tuple[int, int, int]]:
    """Yield the pairs that the rules find, each once with its first rule, if it may reach review.

    To be a decoy, a pair inside one of two lists must reach acceptance.
    """
    may_link, may_be_decoy = weights.screen(review), weights.screen(weights.accept)
    rows, known, size = table.rows, set[int](), len(table.rows)
    numbers = [stable_number(repr(row)) for row in rows] if sample > 1 else [0] * size
    for number, rule in enumerate(rules):
        for block in rule.blocks():
            for one, other in _pairs_of(table, block):
                if (pair := one * size + other) in known:
                    continue
                known.add(pair)
                is_between = table.may_link(one, other)
                if not is_between and (numbers[one] + numbers[other]) % sample:
                    continue
                screen = may_link if is_between else may_be_decoy
                if rule.rule.authoritative or screen(rows[one], rows[other]):
                    yield one, other, number


def _pairs_of(table: Table, block: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Return the pairs of records that share a key. Of very many in one list those most alike are compared.

    In two lists so many records have no key of their own: they are not compared.
    """
    if len(block) * (len(block) - 1) // 2 <= _MOST_PAIRS:
        return combinations(block, 2)
    if table.lists.right is not None:
        return ()
    ordered = sorted(block, key=lambda place: (texts_of(table.rows[place]), str(table.lists.ids[place])))
    shifts = range(1, max(1, _MOST_PAIRS // len(block)) + 1)
    near = (both for shift in shifts for both in zip(ordered, ordered[shift:], strict=False))
    return ((min(both), max(both)) for both in near)


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


def settled(strategy: MatchStrategy, found: Weighed) -> Settled:
    """Return which pairs are linked: those whose records are each other's counterparts.

    A link takes both records away from all others, which may leave those without a rival: they are judged
    again. The result does not depend on the order, because a link never changes who the counterparts of a
    linked pair are. Links that are no stronger than what strangers reach are left to a person.
    """
    lists, claims = found.table.lists, _Claims(strategy, found)
    pairs = claims.mutual_pairs()
    strangers = strangers_reach([pair.bits for pair in pairs.values()], found, strategy.tolerance)
    ended, refused, decoys = Settled(lists.split), Counter[int](), Counter(pair.rule for pair in found.decoys)
    for one in sorted(claims.left):
        pair = pairs.get(one)
        if pair is None:
            held = claims.reviewed(one)
            if held is not None:
                ended.review[one] = held
        elif pair.bits > strangers or found.rules[pair.rule].authoritative:
            ended.link(one, pair.other, pair.rule, pair.odds)
        else:
            hit = Hit(pair.other, pair.odds)
            ended.review[one] = (Judgement(Verdict.WEAK, (hit,), TOO_MANY_STRANGERS), pair.rule)
            refused[pair.rule] += 1
    numbers = range(len(found.rules))
    ended.decoys = [found.decoy_sample * decoys[number] for number in numbers]
    ended.refused = [refused[number] for number in numbers]
    ended.issues = tuple(lists.never_filled(found.table.fields, found.table.columns))
    return ended


def strangers_reach(links: Iterable[float], found: Weighed, tolerance: float) -> float:
    """Return the bits above which the decoys are no more than the tolerated share of the links.

    A decoy is a pair inside one list that reaches so many bits: as many strangers must be expected to reach
    them in two lists. Minus infinity where all decoys are tolerated.
    """
    made, decoys = sorted(links), sorted(pair.bits for pair in found.decoys)

    def is_tolerated(place: int, strangers: float) -> bool:
        above = len(made) - bisect_right(made, strangers)
        return not is_refused(len(decoys) - place, above, tolerance, found.decoy_sample)

    return next(bits for place, bits in enumerate([-inf, *decoys]) if is_tolerated(place, bits))


class _Claims:
    """Each record's pairs, and whose counterpart it is by now."""

    def __init__(self, strategy: MatchStrategy, found: Weighed) -> None:
        self._strategy, self._rules = strategy, found.rules
        self._pairs = found.by_place
        self._owner: dict[int, int] = {}
        self.left = tuple(dict.fromkeys(pair.one for pair in found.pairs))

    def mutual_pairs(self) -> dict[int, Pair]:
        """Return the pair of each left record whose counterpart's counterpart it is."""
        pairs: dict[int, Pair] = {}
        waiting = deque(self.left)
        while waiting:
            one = waiting.popleft()
            pair = self._mutual(one) if one not in pairs else None
            if pair is not None:
                pairs[one] = pair
                waiting.extend(self._link(pair))
        return pairs

    def reviewed(self, one: int) -> tuple[Judgement, int] | None:
        """Return the judgement of a record that is not linked, and the rule; None where none is likely."""
        judged = self._judged(one)
        if judged.outcome is Outcome.NONE:
            return None
        if judged.outcome is Outcome.ONE:
            judged = Judgement(Verdict.TAKEN, judged.hits, CLAIMED_TOO)
        return judged, self._pairs[one][0].rule

    def _link(self, pair: Pair) -> Iterator[int]:
        """Keep the link, and yield the left records that it may leave without a rival."""
        if self._strategy.one_to_one:
            self._owner |= {pair.one: pair.other, pair.other: pair.one}
            for near in self._pairs[pair.one]:
                yield from (further.one for further in self._pairs[near.other])

    def _mutual(self, one: int) -> Pair | None:
        """Return the left record's pair with its counterpart, None where it has none or is not that one's."""
        pair = self._counterpart(one)
        if pair is None or not self._strategy.one_to_one or self._counterpart(pair.other) == pair:
            return pair
        return None

    def _counterpart(self, place: int) -> Pair | None:
        judged = self._judged(place)
        if judged.outcome is not Outcome.ONE:
            return None
        chosen = judged.hits[0].id
        return next(pair for pair in self._pairs[place] if chosen in (pair.one, pair.other))

    def _judged(self, place: int) -> Judgement:
        """Return the judgement of one record's hits."""
        pairs, strategy = self._pairs[place], self._strategy
        hits = [self._hit(place, pair) for pair in pairs]
        rule = self._rules[pairs[0].rule]
        return judge(rule, hits, accept=strategy.accept_odds, review=strategy.review_odds)

    def _hit(self, place: int, pair: Pair) -> Hit:
        other = pair.other if pair.one == place else pair.one
        return Hit(other, pair.odds, self._owner.get(other))
