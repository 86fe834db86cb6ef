"""Linking the records of two lists."""

from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from math import fsum
from typing import Any, NamedTuple, overload

from attrs import field, frozen

from custsync.models import Issue, display_html
from custsync.rules.matching.candidates import given_rule
from custsync.rules.matching.chain import chained
from custsync.rules.matching.explain import Comparison, Explanation, compared_in, same_keys
from custsync.rules.matching.frequencies import agreeing
from custsync.rules.matching.judgement import NOBODY, Outcome
from custsync.rules.matching.links import Links, Settled
from custsync.rules.matching.records import Records, read_records
from custsync.rules.matching.rule import Rule
from custsync.rules.matching.settling import odds_of, settled
from custsync.rules.matching.strategy import MatchStrategy, checked_strategy
from custsync.rules.matching.strength import RuleStrength, Strength
from custsync.rules.matching.weighing import Weighed, weigh

__all__ = ["Match", "MatchResult", "Matches", "Review", "match_customers"]


class Match(NamedTuple):
    """Two records that are one customer: by which rule, and the odds, infinite for exact rules alone."""

    left: Hashable
    right: Hashable
    rule: str
    odds: float


@frozen
class Review:
    """A left record that a person decides about: the candidates, the likeliest first, and the reason."""

    left: Hashable
    candidates: tuple[Match, ...]
    reason: str


class Matches(Sequence[Match]):
    """The matches in the order of the left list; each is made when it is asked for."""

    def __init__(self, links: Links, left: Records, right: Records, rules: Sequence[Rule]) -> None:
        """Keep the links and the ids."""
        self._links, self._left, self._right, self._rules = links, left, right, rules
        self._places = array("q", links)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Match: ...
    @overload
    def __getitem__(self, index: slice) -> list[Match]: ...
    def __getitem__(self, index: int | slice) -> Match | list[Match]:
        """Return one match, or a list of several."""
        if isinstance(index, slice):
            return [self._match(place) for place in self._places[index]]
        return self._match(self._places[index])

    def __iter__(self) -> Iterator[Match]:
        """Yield each match."""
        ours, theirs, rules = self._left.ids, self._right.ids, [rule.id for rule in self._rules]
        for left, right, rule, bits in self._links.rows():
            yield Match(ours[left], theirs[right], rules[rule], odds_of(bits))

    def __repr__(self) -> str:
        """Return the number of matches."""
        return f"<{len(self)} matches>"

    def _match(self, place: int) -> Match:
        right, rule, bits = self._links[place]
        return Match(self._left.ids[place], self._right.ids[right], self._rules[rule].id, odds_of(bits))


@frozen
class MatchResult:
    """Which records of two lists are one customer.

    Attributes:
        matches: the links.
        review: the left records that a person decides about.
        unmatched: the ids of the left records that nobody was found for.
        rules: the rules that found the candidates, given or derived from the data; each prints as text.
        issues: what is probably wrong with the strategy, a field that no record fills for example.
    """

    matches: Sequence[Match]
    review: tuple[Review, ...] = field(repr=False)
    unmatched: tuple[Hashable, ...] = field(repr=False)
    rules: tuple[Rule, ...]
    issues: tuple[Issue, ...]
    _strategy: MatchStrategy = field(repr=False)
    _left: Records = field(repr=False)
    _right: Records = field(repr=False)
    _settled: Settled = field(repr=False)
    _weighed: Weighed | None = field(repr=False)

    _repr_html_ = display_html

    def explain(self, id: Hashable, *, reveal: bool = False) -> Explanation:
        """Return how the search for a left record ended: rule, fields for and against it, the runner-up.

        Args:
            id: the left record's id, as in the matches.
            reveal: whether to show the match keys, which are personal values.

        Raises:
            InputError: no left record has that id.

        Rule: G-WHY
        """
        place = self._left.place_of(id)
        rule: Rule | None = None
        odds = self._likely(place)
        if place in self._settled.links:
            other, number, bits = self._settled.links[place]
            odds, rule, outcome, reason = (
                odds | {other: odds_of(bits)},
                self.rules[number],
                Outcome.ONE,
                "found",
            )
        elif place in self._settled.review:
            judged, number = self._settled.review[place]
            odds |= {hit.id: hit.odds for hit in judged.hits}
            rule, outcome, reason = self.rules[number], judged.outcome, judged.reason
        else:
            outcome, reason = Outcome.NONE, NOBODY.reason
        ordered = sorted(odds.items(), key=lambda both: (-both[1], str(self._right.ids[both[0]])))
        candidates = tuple(self._comparison(rule, place, other, value, reveal) for other, value in ordered)
        return Explanation(id, outcome, reason, rule, candidates)

    def _likely(self, place: int) -> dict[int, float]:
        """Return the odds of each right record that the weights found likely for a left one."""
        if self._weighed is None:
            return {}
        split = len(self._left.rows)
        return {pair.other - split: odds_of(pair.bits) for pair in self._weighed.pairs if pair.one == place}

    def _comparison(self, rule: Rule | None, place: int, other: int, odds: float, reveal: bool) -> Comparison:  # noqa: FBT001
        if self._weighed is not None:
            rows = self._weighed.table.rows
            fields = compared_in(
                self._weighed.weights, rows[place], rows[len(self._left.rows) + other], reveal=reveal
            )
        else:
            fields = same_keys(rule, self._left.only(place), self._right.only(other), reveal=reveal)
        return Comparison(self._right.ids[other], odds, fields)

    def strength(self) -> Strength:
        """Return for each rule its links, the chance links, and the decoys: a table, printed as text."""
        links = Counter(rule for _, _, rule, _ in self._settled.links.rows())
        review = Counter(rule for _, rule in self._settled.review.values())
        rows = (
            RuleStrength(
                rule.id,
                " + ".join(map(str, rule.keys)),
                links[number],
                review[number],
                self._expected(number),
                self._settled.decoys[number],
                self._settled.refused[number],
            )
            for number, rule in enumerate(self.rules)
        )
        return Strength(tuple(rows), self._strategy.tolerance)

    def _expected(self, number: int) -> float:
        """Return how many links of a rule are chance by its own odds, or by how often its keys are shared."""
        if self._weighed is not None:
            made = (bits for _, _, rule, bits in self._settled.links.rows() if rule == number)
            return fsum(1 / (1 + odds_of(bits)) for bits in made)
        keys, split = given_rule(self.rules[number], self._left, self._right).keys(), len(self._left.rows)
        counted = [agreeing(side) for side in (keys[:split], keys[split:])]
        shares = [pairs / max(1, total * (total - 1)) for pairs, total in counted]
        return max(shares) * counted[0][1] * counted[1][1]


def match_customers(left: Iterable[Any], right: Iterable[Any], strategy: MatchStrategy) -> MatchResult:
    """Return which records of two lists are one customer, without flow, adapter or store.

    With rules alone the strategy is an ordered chain; with fields every candidate is weighed by what the
    lists themselves teach, without labels. The result does not depend on the order of either list. A customer
    that is deleted or merged away is nobody's counterpart.

    Args:
        left: customers, or mappings; their `"id"` names them, else their place in the list.
        right: the same.
        strategy: how they are found.

    Returns:
        The matches, the records for review, and the unmatched, with `explain` and `strength`. Time grows
        about linearly. Memory: a few dozen bytes a record for exact rules, about a kilobyte with fields.

    Raises:
        InputError: a list holds something else, or different records of one list have one id.
        ConfigurationError: it is no strategy.

    Rule: SP-OUT-2, SP-OUT-4, G-DUP, G-WHY

    >>> netsuite = [{"id": "2041", "email": "AP@joinery.example"}, {"id": "2042", "email": ""}]
    >>> stripe = [{"id": "cus_1", "email": "ap@joinery.example"}]
    >>> result = match_customers(netsuite, stripe, MatchStrategy(rules=[Rule("EMAIL", "email")]))
    >>> result.matches[0]
    Match(left='2041', right='cus_1', rule='EMAIL', odds=inf)
    >>> result.unmatched
    ('2042',)
    """
    strategy = checked_strategy(strategy)
    left_records, right_records = read_records(left, "left"), read_records(right, "right")
    weighed = weigh(strategy, left_records, right_records) if strategy.fields else None
    found = settled(strategy, weighed) if weighed else chained(strategy, left_records, right_records)
    rules = weighed.rules if weighed else strategy.rules or ()
    return MatchResult(
        Matches(found.links, left_records, right_records, rules),
        tuple(_review(place, found, rules, left_records, right_records) for place in found.review),
        tuple(left_records.ids[place] for place in found.links.unlinked() if place not in found.review),
        rules,
        found.issues,
        strategy,
        left_records,
        right_records,
        found,
        weighed,
    )


def _review(place: int, found: Settled, rules: Sequence[Rule], left: Records, right: Records) -> Review:
    judged, number = found.review[place]
    id, rule = left.ids[place], rules[number].id
    candidates = (Match(id, right.ids[hit.id], rule, hit.odds) for hit in judged.hits)
    ordered = sorted(candidates, key=lambda match: (-match.odds, str(match.right)))
    return Review(id, tuple(ordered), judged.reason)
