"""Finding the records of one list that are one customer."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations, islice, product
from math import inf
from typing import Any, Final

from attrs import field, frozen

from custsync.models import Issue, display_html
from custsync.rules.matching.candidates import given_rule
from custsync.rules.matching.clusters import Clusters
from custsync.rules.matching.explain import Explanation, Lists
from custsync.rules.matching.judgement import NOBODY, Outcome
from custsync.rules.matching.links import odds_of
from custsync.rules.matching.pairs import Match, Review
from custsync.rules.matching.records import Records, read_records
from custsync.rules.matching.rule import Rule
from custsync.rules.matching.strategy import MatchStrategy, checked_strategy
from custsync.rules.matching.strength import Strength, strength_of
from custsync.rules.matching.table import blank_fields
from custsync.rules.matching.weighing import Pair, Weighed, weigh
from custsync.rules.matching.weights import Row

__all__ = ["Cluster", "Contradiction", "Duplicates", "find_duplicates"]

_IN_CLUSTER: Final = "it is linked in its cluster"
_WEAK: Final = "the evidence is weak"
_CONTRADICTED: Final = "records that it would join contradict each other"
_MOST_PAIRS: Final = 40
"""So many pairs of two clusters are compared before they are joined."""


@frozen
class Contradiction:
    """Two records of a cluster that differ in fields which speak against one customer.

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

    clusters: tuple[Cluster, ...]
    review: tuple[Review, ...] = field(repr=False)
    rules: tuple[Rule, ...]
    issues: tuple[Issue, ...]
    _lists: Lists = field(repr=False)

    _repr_html_ = display_html

    def explain(self, id: Hashable, *, reveal: bool = False) -> Explanation:
        """Return which records are one with a record, or may be, with the fields for and against each.

        Args:
            id: the record's id, as in the clusters.
            reveal: whether to show the match keys, which are personal values.

        Raises:
            InputError: no record has that id.

        Rule: G-WHY
        """
        place = self._lists.left.place_of(id)
        edges = [edge for cluster in self.clusters for edge in cluster.edges if id in (edge.left, edge.right)]
        held = [review for review in self.review if id in (review.left, review.candidates[0].right)]
        matches = sorted([*edges, *(review.candidates[0] for review in held)], key=lambda match: -match.odds)
        by_id = {rule.id: rule for rule in self.rules}
        candidates = tuple(
            self._lists.comparison(
                by_id[match.rule],
                (place, self._lists.left.place_of(match.right if match.left == id else match.left)),
                match.odds,
                reveal=reveal,
            )
            for match in matches
        )
        rule = by_id[matches[0].rule] if matches else None
        if edges:
            return Explanation(id, Outcome.ONE, _IN_CLUSTER, rule, candidates)
        outcome, reason = (Outcome.REVIEW, held[0].reason) if held else (Outcome.NONE, NOBODY.reason)
        return Explanation(id, outcome, reason, rule, candidates)

    def strength(self) -> Strength:
        """Return for each rule its links, and how many are chance by their odds: a table, printed as text."""
        links = ((edge.rule, edge.odds) for cluster in self.clusters for edge in cluster.edges)
        return strength_of(self.rules, links, (review.candidates[0].rule for review in self.review))


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
    strategy, records = checked_strategy(strategy), read_records(customers, "customers")
    if strategy.fields:
        return _weighed(strategy, records)
    return _exact(strategy, records)


def _exact(strategy: MatchStrategy, records: Records) -> Duplicates:
    """Return the records that share a key of a rule, directly or through others."""
    clusters, edges = Clusters(len(records.rows)), list[Pair]()
    issues: tuple[Issue, ...] = ()
    rules = strategy.rules or ()
    for number, rule in enumerate(rules):
        keyed = given_rule(rule, records, None)
        issues += blank_fields(rule.keys, keyed.columns, None)
        for block in keyed.blocks():
            for other in block[1:]:
                if clusters.top(block[0]) != clusters.top(other):
                    clusters.join(block[0], other)
                    edges.append(Pair(block[0], other, inf, number))
    return Duplicates(_made(clusters, edges, records, rules, None), (), rules, issues, Lists(records))


def _weighed(strategy: MatchStrategy, records: Records) -> Duplicates:
    found = weigh(strategy, records)
    rows, weights = found.table.rows, found.weights
    clusters, edges, review = Clusters(len(rows)), [], []
    for pair in sorted(found.pairs, key=lambda pair: _rank(rows, pair)):
        one, other = clusters.top(pair.one), clusters.top(pair.other)
        if one == other:
            continue
        if pair.bits < weights.accept:
            review.append(_review(pair, _WEAK, records, found.rules))
        elif _contradict(found, clusters.members(one), clusters.members(other)):
            review.append(_review(pair, _CONTRADICTED, records, found.rules))
        else:
            clusters.join(one, other)
            edges.append(pair)
    made = _made(clusters, edges, records, found.rules, found)
    issues = blank_fields(found.table.compared.fields, found.table.columns, None)
    return Duplicates(made, tuple(review), found.rules, issues, Lists(records, None, found))


def _rank(rows: Sequence[Row], pair: Pair) -> tuple[Any, ...]:
    """Return the order of pairs: the strongest first, equal ones by what their records hold."""
    texts = sorted(tuple(value or "" for value in rows[place]) for place in (pair.one, pair.other))
    return -pair.bits, texts


def _contradict(found: Weighed, members: Sequence[int], others: Sequence[int]) -> bool:
    """Return whether the evidence of any two records, one of each cluster, is on the whole against them."""
    rows, weights = found.table.rows, found.weights
    pairs = islice(product(members, others), _MOST_PAIRS)
    return any(weights.bits(rows[one], rows[other]) < weights.prior for one, other in pairs)


def _made(
    clusters: Clusters, edges: Iterable[Pair], records: Records, rules: Sequence[Rule], found: Weighed | None
) -> tuple[Cluster, ...]:
    by_top: dict[int, list[Pair]] = defaultdict(list)
    for edge in edges:
        by_top[clusters.top(edge.one)].append(edge)
    return tuple(
        Cluster(
            tuple(records.ids[place] for place in sorted(clusters.members(top))),
            tuple(_match(edge, records, rules) for edge in by_top[top]),
            () if found is None else _against(found, records, clusters.members(top)),
        )
        for top in sorted(by_top)
    )


def _against(found: Weighed, records: Records, members: Sequence[int]) -> tuple[Contradiction, ...]:
    """Return the contradictions inside a cluster, the strongest first."""
    rows, names = found.table.rows, found.weights.compared.names
    contradictions = []
    for one, other in islice(combinations(sorted(members), 2), _MOST_PAIRS):
        differing = [said for said in found.weights.evidence(rows[one], rows[other]) if said.bits < 0]
        if differing:
            fields = tuple(
                names[said.place] for said in sorted(differing, key=lambda said: (said.bits, said.place))
            )
            bits = sum(said.bits for said in differing)
            contradictions.append((bits, Contradiction(records.ids[one], records.ids[other], fields)))
    return tuple(contradiction for _, contradiction in sorted(contradictions, key=lambda both: both[0]))


def _match(pair: Pair, records: Records, rules: Sequence[Rule]) -> Match:
    return Match(records.ids[pair.one], records.ids[pair.other], rules[pair.rule].id, odds_of(pair.bits))


def _review(pair: Pair, reason: str, records: Records, rules: Sequence[Rule]) -> Review:
    match = _match(pair, records, rules)
    return Review(match.left, (match,), reason)
