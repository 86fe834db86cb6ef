"""Lists of customers: two that are linked, one that is searched for duplicates."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations, compress, count, islice, product, repeat
from math import inf
from operator import lt
from typing import Any, Final

from attrs import field, frozen

from custsync.models import Issue, display_html
from custsync.rules.matching.chain import chained
from custsync.rules.matching.explain import Compared, Explanation, Strength, strength_of
from custsync.rules.matching.judgement import NOT_FOUND, Outcome
from custsync.rules.matching.links import Clusters, Match, Matches, Pair, Review, Settled, counted
from custsync.rules.matching.records import Lists, Row, keyed, read_records, texts_of
from custsync.rules.matching.rule import MatchStrategy, Rule, checked_strategy
from custsync.rules.matching.table import share_agreeing, times_of
from custsync.rules.matching.weighing import Weighed, settled, weigh


@frozen
class MatchResult:
    """Which records of two lists are one customer.

    Attributes:
        matches: the links.
        review: the left records that a person decides about.
        unmatched: the ids of the left records that have no counterpart.
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
            reveal: whether to include the match keys, which are personal values.

        Raises:
            InputError: no left record has that id.

        Rule: G-WHY
        """
        return self._compared.explained(id, self._settled, reveal=reveal)

    def strength(self) -> Strength:
        """Return for each rule its links, the chance links, and the decoys: a table, printed as text."""
        expected = list(map(self._expected, self.rules)) if self._compared.weighed is None else None
        tolerance = self._strategy.tolerance
        return strength_of(self.rules, self.matches, self.review, expected, self._settled, tolerance)

    def _expected(self, rule: Rule) -> float:
        """Return how many links of an exact rule are chance, by how often its keys are shared."""
        lists = self._compared.lists
        left, right = map(times_of, lists.sides(keyed(rule, lists).keys()))
        return max(share_agreeing(left), share_agreeing(right)) * left.total() * right.total()


def match_customers(left: Iterable[Any], right: Iterable[Any], strategy: MatchStrategy) -> MatchResult:
    """Return which records of two lists are one customer, without flow, adapter or store.

    With rules alone the strategy is an ordered chain; with fields every candidate is weighed by what the
    lists themselves teach, without labels. The result does not depend on the order of either list. A customer
    that is deleted or merged away is never a counterpart.

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
    not_linked = compress(count(), map(lt, found.right, repeat(0)))
    return MatchResult(
        Matches(found, lists.ids, [rule.id for rule in compared.rules]),
        tuple(compared.reviewed(place, found) for place in found.review),
        tuple([lists.left.ids[one] for one in not_linked if one not in found.review]),
        compared.rules,
        found.issues,
        strategy,
        compared,
        found,
    )


_IN_CLUSTER: Final = "it is linked in its cluster"
_WEAK: Final = "the evidence is weak"
_CONTRADICTED: Final = "records that it would join contradict each other"
_MOST_PAIRS: Final = 40
"""So many pairs of two clusters are compared before they are joined."""


@frozen
class Contradiction:
    """Two records of a cluster that differ in fields which contradict one customer.

    Attributes:
        one: the id of the record that is earlier in the list.
        other: the id of the later one.
        fields: the names of those fields, the strongest evidence first.
    """

    one: Hashable
    other: Hashable
    fields: tuple[str, ...]


@frozen
class Cluster:
    """Records that are one customer.

    Attributes:
        members: their ids, in the order of the list.
        edges: the links that hold them together, the strongest first.
        against: what contradicts it, the strongest contradiction first.
    """

    members: tuple[Hashable, ...]
    edges: tuple[Match, ...]
    against: tuple[Contradiction, ...] = ()


@frozen
class Duplicates:
    """The duplicates of one list.

    Attributes:
        clusters: the customers that have several records.
        review: the pairs that a person decides about.
        rules: the rules that found the candidates, given or derived from the data.
        issues: what is probably wrong with the strategy.
    """

    clusters: tuple[Cluster, ...] = field(repr=counted)
    review: tuple[Review, ...] = field(repr=counted)
    rules: tuple[Rule, ...] = field(repr=counted)
    issues: tuple[Issue, ...]
    _compared: Compared = field(repr=False)

    _repr_html_ = display_html

    def explain(self, id: Hashable, *, reveal: bool = False) -> Explanation:
        """Return which records are one with a record, or may be, with the fields for and against each.

        Args:
            id: the record's id, as in the clusters.
            reveal: whether to include the match keys, which are personal values.

        Raises:
            InputError: no record has that id.

        Rule: G-WHY
        """
        place_of = self._compared.lists.left.place_of
        place = place_of(id)
        edges = [edge for cluster in self.clusters for edge in cluster.edges if id in edge[:2]]
        held = [review for review in self.review if id in review.candidates[0][:2]]
        matches = sorted([*edges, *(review.candidates[0] for review in held)], key=lambda match: -match.odds)
        numbers = {rule.id: number for number, rule in enumerate(self.rules)}
        others = [place_of(match.right if match.left == id else match.left) for match in matches]
        candidates = tuple(
            self._compared.comparison((place, other, numbers[match.rule], match.odds), reveal=reveal)
            for other, match in zip(others, matches, strict=True)
        )
        rule = self.rules[numbers[matches[0].rule]] if matches else None
        if edges:
            return Explanation(id, Outcome.ONE, _IN_CLUSTER, rule, candidates)
        outcome, reason = (Outcome.REVIEW, held[0].reason) if held else (Outcome.NONE, NOT_FOUND.reason)
        return Explanation(id, outcome, reason, rule, candidates)

    def strength(self) -> Strength:
        """Return for each rule its links, and how many are chance by their odds: a table, printed as text."""
        edges = (edge for cluster in self.clusters for edge in cluster.edges)
        return strength_of(self.rules, edges, self.review)


def find_duplicates(customers: Iterable[Any], strategy: MatchStrategy) -> Duplicates:
    """Return which records of one list are one customer, without flow, adapter or store.

    The strongest links come first. Two clusters are joined only where no two of their records contradict each
    other: else the link is for review, with the contradiction. The result does not depend on the order of the
    list.

    Args:
        customers: customers, or mappings; their `"id"` names them, else their place in the list.
        strategy: how they are found; its policies for hits that are linked already do not matter here.

    Returns:
        The clusters and the pairs for review, with `explain` and `strength`. Time grows about linearly.
        Memory: about a kilobyte a record.

    Raises:
        InputError: the list holds something else, or different records have one id.
        ConfigurationError: it is no strategy.

    Rule: G-WHY

    >>> rows = [{"id": 1, "email": "AP@joinery.example"}, {"id": 2, "email": "ap@joinery.example"}, {"id": 3}]
    >>> found = find_duplicates(rows, MatchStrategy(rules=[Rule("EMAIL", "email")]))
    >>> [cluster.members for cluster in found.clusters]
    [(1, 2)]
    """
    strategy, lists = checked_strategy(strategy), Lists(read_records(customers, "customers"))
    found = weigh(strategy, lists) if strategy.fields else None
    issues: dict[Issue, None] = {}
    if found is None:
        pairs: Iterable[Pair] = _exact_pairs(strategy, lists, issues)
    else:
        issues |= dict.fromkeys(lists.never_filled(found.table.fields, found.table.columns))
        pairs = sorted(found.pairs, key=partial(_rank, found.table.rows))
    compared = Compared(lists, found.rules if found else strategy.rules or (), found)
    clusters = Clusters(len(lists.ids))
    edges, doubts = _joined(clusters, pairs, found)
    doubtful = ((compared.linked(pair), doubt) for pair, doubt in doubts)
    return Duplicates(
        _made(clusters, edges, compared),
        tuple(Review(match.left, (match,), doubt) for match, doubt in doubtful),
        compared.rules,
        tuple(issues),
        compared,
    )


def _joined(
    clusters: Clusters, pairs: Iterable[Pair], found: Weighed | None
) -> tuple[list[Pair], list[tuple[Pair, str]]]:
    """Join the clusters of each pair; return the pairs that joined two, and those in doubt with the reason.

    Of two clusters a person decides once, by their strongest pair.
    """
    edges, doubts = list[Pair](), list[tuple[Pair, str]]()
    for pair in pairs:
        one, other = clusters.top(pair.one), clusters.top(pair.other)
        if one == other:
            continue
        doubt = _doubt(found, pair, clusters.members(one), clusters.members(other)) if found else ""
        if doubt:
            doubts.append((pair, doubt))
        else:
            clusters.join(one, other)
            edges.append(pair)
    open_ones: dict[frozenset[int], tuple[Pair, str]] = {}
    for pair, doubt in doubts:
        open_ones.setdefault(frozenset((clusters.top(pair.one), clusters.top(pair.other))), (pair, doubt))
    return edges, [entry for tops, entry in open_ones.items() if len(tops) > 1]


def _exact_pairs(strategy: MatchStrategy, lists: Lists, issues: dict[Issue, None]) -> Iterator[Pair]:
    """Yield the records that share a key of a rule, each with the first that has it; add what is wrong."""
    for number, rule in enumerate(strategy.rules or ()):
        keys = keyed(rule, lists)
        issues |= dict.fromkeys(lists.never_filled(rule.keys, keys.columns))
        for first, *others in keys.blocks():
            yield from (Pair(first, other, inf, number) for other in others)


def _rank(rows: Sequence[Row], pair: Pair) -> tuple[Any, ...]:
    """Return the order of pairs: the strongest first, equal ones by what their records hold."""
    return -pair.bits, sorted(texts_of(rows[place]) for place in (pair.one, pair.other))


def _doubt(found: Weighed, pair: Pair, members: Sequence[int], others: Sequence[int]) -> str:
    """Return why a person decides about joining two clusters: weak evidence, or any two of their records."""
    rows, weights = found.table.rows, found.weights
    if pair.bits < weights.accept:
        return _WEAK
    if len(members) * len(others) > _MOST_PAIRS:  # the same pairs in whatever order the records come
        members, others = (
            sorted(side, key=lambda place: texts_of(rows[place])) for side in (members, others)
        )
    pairs = islice(product(members, others), _MOST_PAIRS)
    against = any(weights.bits(rows[one], rows[other]) < weights.prior for one, other in pairs)
    return _CONTRADICTED if against else ""


def _made(clusters: Clusters, edges: Iterable[Pair], compared: Compared) -> tuple[Cluster, ...]:
    by_top: dict[int, list[Match]] = defaultdict(list)
    for pair in edges:
        by_top[clusters.top(pair.one)].append(compared.linked(pair))
    return tuple(
        Cluster(
            tuple(compared.lists.left.ids[place] for place in sorted(clusters.members(top))),
            tuple(by_top[top]),
            _against(compared.weighed, compared.lists, clusters.members(top)) if compared.weighed else (),
        )
        for top in sorted(by_top)
    )


def _against(found: Weighed, lists: Lists, members: Sequence[int]) -> tuple[Contradiction, ...]:
    """Return the contradictions inside a cluster, the strongest first."""
    rows, names, weights = found.table.rows, found.table.names, found.weights
    contradictions = []
    for one, other in islice(combinations(sorted(members), 2), _MOST_PAIRS):
        differing = [entry for entry in weights.evidence(rows[one], rows[other]) if entry.bits < 0]
        if differing:
            differing.sort(key=lambda entry: (entry.bits, entry.place))
            fields = tuple(names[entry.place] for entry in differing)
            bits = sum(entry.bits for entry in differing)
            contradictions.append((bits, Contradiction(lists.ids[one], lists.ids[other], fields)))
    return tuple(contradiction for _, contradiction in sorted(contradictions, key=lambda both: both[0]))
