"""Linking the records of two lists."""

from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, overload

from attrs import field, frozen

from custsync.models import Issue, display_html
from custsync.rules.matching.candidates import given_rule
from custsync.rules.matching.chain import chained
from custsync.rules.matching.explain import Explanation, Lists
from custsync.rules.matching.frequencies import agreeing
from custsync.rules.matching.links import Links, Settled, odds_of
from custsync.rules.matching.records import Records, read_records
from custsync.rules.matching.rule import Rule
from custsync.rules.matching.settling import settled
from custsync.rules.matching.strategy import MatchStrategy, checked_strategy
from custsync.rules.matching.strength import Strength, strength_of
from custsync.rules.matching.weighing import weigh

__all__ = ["Match", "MatchResult", "Matches", "Review", "match_customers"]


class Match(NamedTuple):
    """Two records that are one customer: by which rule, and the odds, infinite for exact rules alone."""

    left: Hashable
    right: Hashable
    rule: str
    odds: float


@frozen
class Review:
    """A record that a person decides about.

    Attributes:
        left: its id in the left list; of duplicates, one of the two.
        candidates: whom it may be, the likeliest first.
        reason: why no rule decided, in words and without a personal value.
    """

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
    _lists: Lists = field(repr=False)
    _settled: Settled = field(repr=False)

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
        place, split = self._lists.left.place_of(id), len(self._lists.left.rows)
        judged, number = self._settled.judged(place)
        found_for = self._settled.found_for
        rule = None if number is None else self.rules[number]
        pairs = self._lists.weighed.by_place if self._lists.weighed is not None else {}
        odds = {pair.other: odds_of(pair.bits) for pair in pairs.get(place, ())}
        odds |= {split + hit.id: hit.odds for hit in judged.hits}
        rivals = {
            other: {*found_for.get(other - split, ()), *(pair.one for pair in pairs.get(other, ()))} - {place}
            for other in odds
        }
        ordered = sorted(odds, key=lambda other: (-odds[other], str(self._lists.id_of(other))))
        candidates = tuple(
            self._lists.comparison(rule, (place, other), odds[other], reveal=reveal, rivals=rivals[other])
            for other in ordered
        )
        return Explanation(id, judged.outcome, judged.reason, rule, candidates)

    def strength(self) -> Strength:
        """Return for each rule its links, the chance links, and the decoys: a table, printed as text."""
        ids = [rule.id for rule in self.rules]
        return strength_of(
            self.rules,
            ((ids[rule], odds_of(bits)) for _, _, rule, bits in self._settled.links.rows()),
            (ids[rule] for _, rule in self._settled.review.values()),
            tolerance=self._strategy.tolerance,
            expected=None if self._lists.weighed is not None else list(map(self._expected, self.rules)),
            decoys=self._settled.decoys,
            refused=self._settled.refused,
        )

    def _expected(self, rule: Rule) -> float:
        """Return how many links of an exact rule are chance, by how often its keys are shared."""
        left, right = self._lists.left, self._lists.right
        keys, split = given_rule(rule, left, right).keys(), len(left.rows)
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
        Lists(left_records, right_records, weighed),
        found,
    )


def _review(place: int, found: Settled, rules: Sequence[Rule], left: Records, right: Records) -> Review:
    judged, number = found.review[place]
    id, rule = left.ids[place], rules[number].id
    candidates = (Match(id, right.ids[hit.id], rule, hit.odds) for hit in judged.hits)
    ordered = sorted(candidates, key=lambda match: (-match.odds, str(match.right)))
    return Review(id, tuple(ordered), judged.reason)
