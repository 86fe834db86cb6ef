"""An ordered chain of exact rules over two lists: the first rule that finds a counterpart decides."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import repeat
from operator import is_
from typing import Any, Final, TypeAlias

from custsync.models import Issue
from custsync.rules.matching.candidates import CandidateRule, given_rule
from custsync.rules.matching.judgement import CLAIMED_TOO, CONTESTED, Hit, Judgement, Outcome, Verdict, judge
from custsync.rules.matching.links import Links, Settled
from custsync.rules.matching.records import Records
from custsync.rules.matching.rule import OnAlreadyLinked, Rule
from custsync.rules.matching.strategy import MatchStrategy
from custsync.rules.matching.strength import TOO_MANY_STRANGERS, is_refused
from custsync.rules.matching.table import blank_fields

__all__ = ["chained"]

_OWNERS: Final = (None, "another record", CONTESTED)
_Hits: TypeAlias = defaultdict[int, defaultdict[int, set[int]]]
"""Left record → right record → the numbers of the keys that both have."""

_LINKED: Final = 1
_CLAIMED: Final = 2


def chained(strategy: MatchStrategy, left: Records, right: Records) -> Settled:
    """Return the links of each rule in its order, each judged over the whole of both lists.

    A right record that an earlier rule links, or holds for review, is taken for the later ones.

    Args:
        strategy: a strategy of rules alone.
        left: the left records.
        right: the right records.
    """
    chain = _Chain(strategy, left, right)
    for number, rule in enumerate(strategy.rules or ()):
        chain.apply(number, given_rule(rule, left, right))
    review = dict(sorted(chain.review.items()))
    return Settled(chain.links, review, chain.decoys, chain.refused, tuple(dict.fromkeys(chain.issues)))


def _repeated(keys: Sequence[Any], distinct: Collection[Any]) -> frozenset[Any]:
    """Return the keys that several records have."""
    blank = sum(map(is_, keys, repeat(None)))
    if len(distinct) + max(0, blank - 1) == len(keys):
        return frozenset()
    return frozenset(key for key, times in Counter(keys).items() if times > 1 and key is not None)


class _Chain:
    """What the rules have decided so far."""

    def __init__(self, strategy: MatchStrategy, left: Records, right: Records) -> None:
        self._strategy, self._right, self._split = strategy, right, len(left.rows)
        self._owners = bytearray(len(right.rows))
        self._closed = bytearray(self._split)
        self.links = Links(self._split)
        self.review: dict[int, tuple[Judgement, int]] = {}
        self.decoys: list[int] = []
        self.refused: list[int] = []
        self.issues: list[Issue] = []

    def apply(self, number: int, keyed: CandidateRule) -> None:
        """Let one more rule decide about the left records that are open."""
        self.issues += blank_fields(keyed.rule.keys, keyed.columns, self._split)
        hits: _Hits = defaultdict(lambda: defaultdict(set))
        if keyed.several:
            linked, decoys = 0, self._find(keyed, hits)
        else:
            linked, decoys = self._link_pairs(number, keyed, hits)
        linked += self._link_judged(keyed.rule, number, hits)
        refused = not keyed.rule.authoritative and is_refused(decoys, linked, self._strategy.tolerance)
        if refused:
            for one in [one for one in self.links if self.links[one][1] == number]:
                hit = Hit(self.links[one][0])
                self._hold(one, number, Judgement(Verdict.WEAK, (hit,), TOO_MANY_STRANGERS))
                self.links.unlink(one)
        self.decoys.append(decoys)
        self.refused.append(linked if refused else 0)

    def _link_pairs(self, number: int, keyed: CandidateRule, hits: _Hits) -> tuple[int, int]:
        """Link where a key has one record on each side, add other hits; return the links and the decoys."""
        keys, split, owners, linked = keyed.keys(), self._split, self._owners, 0
        ours, theirs = keys[:split], keys[split:]
        place_of = dict(zip(theirs, range(len(theirs)), strict=True))
        shared = _repeated(ours, set(ours)) | _repeated(theirs, place_of)
        decoys = self._find(keyed.only(shared), hits) if shared else 0
        for key in (None, *shared):
            place_of.pop(key, None)
        for one, other in enumerate(map(place_of.get, ours)):
            if other is None or self._closed[one]:
                continue
            if owners[other]:
                hits[one][other].add(0)
            else:
                self._link(number, one, other)
                linked += 1
        return linked, decoys

    def _find(self, keyed: CandidateRule, hits: _Hits) -> int:
        """Add the hits of keys that several records of a list may have, and return the decoys.

        A decoy is two records of one list that share a key with nobody else there: in two lists they would
        have been linked.
        """
        split, decoys = self._split, 0
        for number, block in enumerate(keyed.blocks()):
            middle = bisect_left(block, split)
            decoys += (middle == 2) + (len(block) - middle == 2)  # noqa: PLR2004
            for one in block[:middle]:
                if not self._closed[one]:
                    for other in block[middle:]:
                        hits[one][other - split].add(number)
        return decoys

    def _link_judged(self, rule: Rule, number: int, hits: _Hits) -> int:
        """Judge each record's hits; link those that are nobody else's, and return how many."""
        judged = {
            one: judge(rule, [self._hit(other, keys) for other, keys in others.items()])
            for one, others in hits.items()
        }
        claims = Counter(hit.id for judgement in judged.values() for hit in judgement.hits)
        shared = rule.on_already_linked is OnAlreadyLinked.SHARE or not self._strategy.one_to_one
        linked = 0
        for one, judgement in judged.items():
            if judgement.outcome is Outcome.ONE and (shared or claims[judgement.hits[0].id] == 1):
                self._link(number, one, judgement.hits[0].id)
                linked += 1
            elif judgement.outcome is Outcome.ONE:
                self._hold(one, number, Judgement(Verdict.TAKEN, judgement.hits, CLAIMED_TOO))
            elif judgement.outcome is Outcome.REVIEW:
                self._hold(one, number, judgement)
        return linked

    def _link(self, number: int, one: int, other: int) -> None:
        self.links.link(one, other, number)
        self._closed[one] = True
        if self._strategy.one_to_one:
            self._owners[other] = _LINKED

    def _hold(self, one: int, number: int, judgement: Judgement) -> None:
        """Keep the record for review, and its candidates from later rules."""
        self.review[one] = (judgement, number)
        self._closed[one] = True
        for hit in judgement.hits:
            if self._owners[hit.id] != _LINKED or judgement.reason == TOO_MANY_STRANGERS:
                self._owners[hit.id] = _CLAIMED

    def _hit(self, other: int, keys: set[int]) -> Hit:
        owner, created_at = _OWNERS[self._owners[other]], self._right.created_at(other)
        return Hit(other, owner=owner, created_at=created_at, keys=frozenset(keys))
