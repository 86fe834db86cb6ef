"""Linking the records of two lists."""

from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import starmap
from typing import Any, overload

from attrs import field, frozen

from custsync.models import Issue, display_html
from custsync.rules.matching.chain import chained
from custsync.rules.matching.explain import Compared, Explanation, Strength, strength_of
from custsync.rules.matching.links import MOST_CANDIDATES, Match, Review, Settled, counted
from custsync.rules.matching.records import Lists, keyed, read_records
from custsync.rules.matching.rule import MatchStrategy, Rule, checked_strategy
from custsync.rules.matching.table import share_agreeing, times_of
from custsync.rules.matching.weighing import settled, weigh


class Matches(Sequence[Match]):
    """The matches in the order of the left list; each is made when it is asked for."""

    def __init__(self, found: Settled, compared: Compared) -> None:
        """Keep the links and the ids."""
        self._found, self._compared = found, compared
        self._places = array("q", (one for one, *_ in found.links()))

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
            return [self[place] for place in range(len(self))[index]]
        return self._compared.match(*self._found.link_of(self._places[index]))

    def __iter__(self) -> Iterator[Match]:
        """Yield each match."""
        return starmap(self._compared.match, self._found.links())

    def __repr__(self) -> str:
        """Return the number of matches."""
        return f"<{len(self)} matches>"


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
    review: tuple[Review, ...] = field(repr=counted)
    unmatched: tuple[Hashable, ...] = field(repr=counted)
    rules: tuple[Rule, ...] = field(repr=counted)
    issues: tuple[Issue, ...]
    _strategy: MatchStrategy = field(repr=False)
    _compared: Compared = field(repr=False)
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
        compared = self._compared
        place = compared.lists.left.place_of(id)
        judged, number = self._settled.judged(place)
        pairs = compared.weighed.by_place if compared.weighed is not None else {}
        odds = {pair.other: pair.odds for pair in pairs.get(place, ())}
        odds |= {hit.id: hit.odds for hit in judged.hits[:MOST_CANDIDATES]}
        rivals = {
            other: {*found, *(pair.one for pair in pairs.get(other, ()))} - {place}
            for other, found in self._settled.found_for(odds).items()
        }
        candidates = [
            compared.comparison((place, other, number, odds[other]), reveal=reveal, rivals=rivals[other])
            for other in odds
        ]
        candidates.sort(key=lambda candidate: (-candidate.odds, str(candidate.id)))
        rule = None if number is None else self.rules[number]
        return Explanation(id, judged.outcome, judged.reason, rule, tuple(candidates))

    def strength(self) -> Strength:
        """Return for each rule its links, the chance links, and the decoys: a table, printed as text."""
        is_exact = self._compared.weighed is None
        return strength_of(
            self.rules,
            self.matches,
            self.review,
            expected=list(map(self._expected, self.rules)) if is_exact else None,
            settled=self._settled,
            tolerance=self._strategy.tolerance,
        )

    def _expected(self, rule: Rule) -> float:
        """Return how many links of an exact rule are chance, by how often its keys are shared."""
        lists = self._compared.lists
        left, right = map(times_of, lists.sides(keyed(rule, lists).keys()))
        return max(share_agreeing(left), share_agreeing(right)) * left.total() * right.total()


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
    lists = Lists(read_records(left, "left"), read_records(right, "right"))
    weighed = weigh(strategy, lists) if strategy.fields else None
    found = settled(strategy, weighed) if weighed else chained(strategy, lists)
    compared = Compared(lists, weighed.rules if weighed else strategy.rules or (), weighed)
    return MatchResult(
        Matches(found, compared),
        tuple(reviewed(place, found, compared) for place in found.review),
        tuple(lists.left.ids[place] for place in found.unlinked() if place not in found.review),
        compared.rules,
        found.issues,
        strategy,
        compared,
        found,
    )


def reviewed(place: int, found: Settled, compared: Compared) -> Review:
    """Return a left record that a person decides about, with its candidates."""
    judged, rule = found.review[place]
    matches = [compared.match(place, hit.id, rule, hit.odds) for hit in judged.hits[:MOST_CANDIDATES]]
    ordered = sorted(matches, key=lambda match: (-match.odds, str(match.right)))
    return Review(compared.lists.left.ids[place], tuple(ordered), judged.reason)
