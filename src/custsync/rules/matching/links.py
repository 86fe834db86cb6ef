"""Links between the records of two lists, compact: a few bytes each, no object."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from math import inf

from attrs import field, frozen

from custsync.models import Issue
from custsync.rules.matching.judgement import Judgement

__all__ = ["Links", "Settled"]


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
