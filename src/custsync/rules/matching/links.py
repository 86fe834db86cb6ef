"""Links between the records of two lists, compact: a few bytes each, no object."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from math import inf
from typing import Final

from attrs import field, frozen

from custsync.models import Issue
from custsync.rules.matching.judgement import NOBODY, Hit, Judgement, Verdict

__all__ = ["Links", "Settled", "odds_of"]

_MOST_BITS: Final = 1000.0


def odds_of(bits: float) -> float:
    """Return the odds that the bits are."""
    return inf if bits == inf else 2.0 ** min(bits, _MOST_BITS)


class Links:
    """For each left record the right one that it is linked to, by which rule, with how many bits."""

    def __init__(self, size: int) -> None:
        """Begin with no link."""
        self._right = array("q", [-1]) * size
        self._rule = array("H", [0]) * size
        self._bits = array("d", [inf]) * size

    def link(self, left: int, right: int, rule: int, bits: float = inf) -> None:
        """Keep a link."""
        self._right[left], self._rule[left], self._bits[left] = right, rule, bits

    def unlink(self, left: int) -> None:
        """Take a link back."""
        self._right[left] = -1

    def __contains__(self, left: object) -> bool:
        """Return whether the left record is linked."""
        return isinstance(left, int) and self._right[left] >= 0

    def __iter__(self) -> Iterator[int]:
        """Yield the left records that are linked, in order."""
        return (left for left, right in enumerate(self._right) if right >= 0)

    def unlinked(self) -> Iterator[int]:
        """Yield the left records that are not linked, in order."""
        return (left for left, right in enumerate(self._right) if right < 0)

    def rows(self) -> Iterator[tuple[int, int, int, float]]:
        """Yield each link: both records, the rule's place and the bits."""
        rows = zip(count(), self._right, self._rule, self._bits)
        return (row for row in rows if row[1] >= 0)

    def __getitem__(self, left: int) -> tuple[int, int, float]:
        """Return the right record, the rule's place and the bits."""
        return self._right[left], self._rule[left], self._bits[left]


@frozen
class Settled:
    """How the search for each left record ended.

    Attributes:
        links: the links.
        review: for each left record that is for review its judgement, and the place of the rule.
        decoys: for each rule how many pairs inside one list it would have linked.
        refused: for each rule how many of its links are left to a person because of the decoys.
        issues: what is probably wrong with the strategy.
    """

    links: Links = field(repr=False)
    review: Mapping[int, tuple[Judgement, int]] = field(repr=False)
    decoys: Sequence[int]
    refused: Sequence[int]
    issues: tuple[Issue, ...] = ()

    def judged(self, left: int) -> tuple[Judgement, int | None]:
        """Return the judgement of a left record, and the place of the rule, None where none found anybody."""
        if left in self.links:
            right, number, bits = self.links[left]
            return Judgement(Verdict.ONE, (Hit(right, odds_of(bits)),), "found"), number
        return self.review.get(left, (NOBODY, None))

    @cached_property
    def found_for(self) -> Mapping[int, Collection[int]]:
        """Return for each right record the left ones that it is linked to, or may be."""
        found: dict[int, set[int]] = defaultdict(set)
        for left, right, _, _ in self.links.rows():
            found[right].add(left)
        for left, (judged, _) in self.review.items():
            for hit in judged.hits:
                found[hit.id].add(left)
        return dict(found)
