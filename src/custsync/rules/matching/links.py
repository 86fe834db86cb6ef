"""Links between records: pairs and matches, how each search ended, and the clusters that links make."""

from array import array
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence, Sized
from functools import cached_property
from itertools import compress, count, repeat
from math import inf
from operator import ge
from typing import Final, NamedTuple, overload

from attrs import frozen

from custsync.models import Issue
from custsync.rules.matching.judgement import NOT_FOUND, Hit, Judgement, Verdict

MOST_CANDIDATES: Final = 20
"""A reviewer reads no more."""
_MOST_BITS: Final = 1000.0


TOO_MANY_STRANGERS: Final = "different customers agree as much too often"
_ENOUGH_DECOYS: Final = 5


def counted(values: Sized) -> str:
    """Return how many values there are, in place of all of them."""
    return f"<{len(values)}>"


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
        candidates: whom it may be, the likeliest first, 20 at most.
        reason: why no rule decided, in words and without a personal value.
    """

    left: Hashable
    candidates: tuple[Match, ...]
    reason: str


class Pair(NamedTuple):
    """Two records, the smaller place first, the bits for their being one customer, the place of the rule."""

    one: int
    other: int
    bits: float
    rule: int

    @property
    def odds(self) -> float:
        """Return the odds that the bits are."""
        return inf if self.bits == inf else 2.0 ** min(self.bits, _MOST_BITS)


class Settled:
    """How the search for each left record ended: a few bytes for each link, and what a person decides about.

    Attributes:
        right: for each left record the right one that it is linked to, -1 for none.
        rule: for each link the place of its rule.
        review: for each left record that is for review its judgement, and the place of the rule.
        made: for each rule of a chain how many links it made.
        decoys: for each rule how many pairs inside one list it would have linked.
        refused: for each rule how many of its links are left to a person because of the decoys.
        issues: what is probably wrong with the strategy.
    """

    def __init__(self, size: int) -> None:
        """Begin with no link of so many left records."""
        self.right: array[int] = array("q", [-1]) * size
        self.rule: array[int] = array("H", [0]) * size
        self._odds: dict[int, float] = {}
        self.review: dict[int, tuple[Judgement, int]] = {}
        self.made: list[int] = []
        self.decoys: list[int] = []
        self.refused: list[int] = []
        self.issues: tuple[Issue, ...] = ()

    def link(self, one: int, other: int, rule: int, odds: float = inf) -> None:
        """Keep a link."""
        self.right[one], self.rule[one] = other, rule
        if odds != inf:
            self._odds[one] = odds

    def link_of(self, one: int) -> tuple[int, int, int, float]:
        """Return both records of the left one's link, the place of the rule, and the odds."""
        return one, self.right[one], self.rule[one], self._odds.get(one, inf)

    def links(self) -> Iterator[tuple[int, int, int, float]]:
        """Yield the same for each link, in the order of the left records."""
        return zip(*self.columns(), strict=True)

    def columns(self) -> tuple[Sequence[int], Iterator[int], Iterator[int], Iterator[float]]:
        """Return the same for all links, each in a column."""
        ones = array("q", compress(count(), map(ge, self.right, repeat(0))))
        odds = map(self._odds.get, ones, repeat(inf))
        return ones, map(self.right.__getitem__, ones), map(self.rule.__getitem__, ones), odds

    def judged(self, one: int) -> tuple[Judgement, int | None]:
        """Return the judgement of a left record, and the place of the rule, None if none found any."""
        _, other, rule, odds = self.link_of(one)
        if other >= 0:
            return Judgement(Verdict.ONE, (Hit(other, odds),), "found"), rule
        return self.review.get(one, (NOT_FOUND, None))

    def found_for(self, others: Collection[int]) -> Mapping[int, set[int]]:
        """Return for each of some right records the left ones that it is linked to, or may be."""
        found: dict[int, set[int]] = {other: set() for other in others}
        for one, other, *_ in self.links():
            if other in found:
                found[other].add(one)
        asked: dict[int, list[int]] = {}
        for one, (judged, _) in self.review.items():
            if id(judged) not in asked:  # many records may share one judgement
                asked[id(judged)] = [hit.id for hit in judged.hits if hit.id in found]
            for other in asked[id(judged)]:
                found[other].add(one)
        return found


class Matches(Sequence[Match]):
    """The matches in the order of the left list; each is made when it is read."""

    def __init__(self, found: Settled, ids: Sequence[Hashable], rules: Sequence[str]) -> None:
        """Keep the links, and the ids of all records and of the rules."""
        self._found, self._ids, self._rules = found, ids, rules

    @cached_property
    def _places(self) -> Sequence[int]:
        return self._found.columns()[0]

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
        one, other, rule, odds = self._found.link_of(self._places[index])
        return Match(self._ids[one], self._ids[other], self._rules[rule], odds)

    def __iter__(self) -> Iterator[Match]:
        """Yield each match."""
        ones, others, rules, odds = self._found.columns()
        id_of, rule_of = self._ids.__getitem__, self._rules.__getitem__
        return map(Match._make, zip(map(id_of, ones), map(id_of, others), map(rule_of, rules), odds))  # noqa: B905 - of one length

    def __repr__(self) -> str:
        """Return the number of matches."""
        return f"<{len(self)} matches>"


class Clusters:
    """Places from 0 on, each alone in a cluster until two are joined. The least place stands for all."""

    def __init__(self, size: int) -> None:
        """Begin with each place alone."""
        self._up = list(range(size))
        self._members: dict[int, list[int]] = {}

    def top(self, place: int) -> int:
        """Return the least place of the cluster."""
        up = self._up
        while up[place] != place:
            up[place] = up[up[place]]
            place = up[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Make one cluster of the clusters of both."""
        one, other = sorted((self.top(one), self.top(other)))
        if one != other:
            self._up[other] = one
            fewer, more = sorted((self._members.pop(top, [top]) for top in (one, other)), key=len)
            more += fewer
            self._members[one] = more

    def members(self, top: int) -> list[int]:
        """Return the places of the cluster of which this is the least one."""
        return self._members.get(top, [top])


def is_refused(decoys: int, links: int, tolerance: float, sample: int = 1) -> bool:
    """Return whether strangers agree too often for links to be trusted. A few decoys prove nothing.

    Args:
        decoys: the pairs inside one list that agree as the links do.
        links: the links.
        tolerance: the share of the links that may be decoys.
        sample: each decoy stands for so many.

    >>> is_refused(30, 100, 0.05), is_refused(1, 5, 0.05)
    (True, False)
    """
    return decoys >= _ENOUGH_DECOYS and sample * decoys > tolerance * links
