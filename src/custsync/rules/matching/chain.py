"""An ordered chain of exact rules over two lists: the first rule that finds a counterpart decides."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import compress, count, islice, repeat
from operator import is_
from typing import Any, Final, TypeAlias

from custsync.models import Issue
from custsync.rules.matching.judgement import CLAIMED_TOO, CONTESTED, Hit, Judgement, Outcome, Verdict, judge
from custsync.rules.matching.links import TOO_MANY_STRANGERS, Settled, is_refused
from custsync.rules.matching.records import Keyed, Lists, keyed
from custsync.rules.matching.rule import MatchStrategy, OnAlreadyLinked, Rule

_Hits: TypeAlias = defaultdict[int, list[Sequence[int]]]
"""Left record → for each of its keys the right records that have it."""

_OWNERS: Final = (None, "another record", CONTESTED)
_LINKED: Final = 1
_CLAIMED: Final = 2


def chained(strategy: MatchStrategy, lists: Lists, refused: Collection[int] | None = None) -> Settled:
    """Return the links of each rule in its order, each judged over the whole of both lists.

    A right record that an earlier rule links, or holds for review, is taken for the later ones.

    Args:
        strategy: a strategy of rules alone.
        lists: the records.
        refused: places of the rules whose links are left to a person; None finds them by their decoys.
    """
    chain = _Chain(strategy, lists, refused)
    for number, rule in enumerate(strategy.rules or ()):
        chain.apply(number, keyed(rule, lists))
    return chain.settled()


class _Chain:
    """What the rules have decided so far."""

    def __init__(self, strategy: MatchStrategy, lists: Lists, refused: Collection[int] | None) -> None:
        self._strategy, self._lists, self._split = strategy, lists, lists.split
        self._owners, self._taken = bytearray(len(lists.ids)), _LINKED if strategy.one_to_one else 0
        self._open = bytearray(b"\1") * self._split
        self._found = Settled(self._split)
        self._refused = refused
        self._issues: dict[Issue, None] = {}

    def settled(self) -> Settled:
        """Return what all rules have decided."""
        found = self._found
        found.review = dict(sorted(found.review.items()))
        found.issues = tuple(self._issues)
        return found

    def apply(self, number: int, rule: Keyed) -> None:
        """Let one more rule decide about the left records that are open."""
        self._issues |= dict.fromkeys(self._lists.never_filled(rule.rule.keys, rule.columns))
        hits: _Hits = defaultdict(list)
        linked, decoys = (0, self._find(rule, hits)) if rule.several else self._link_pairs(number, rule, hits)
        linked += self._link_judged(rule.rule, number, hits)
        if self._refused is not None:
            refused = number in self._refused
        else:
            refused = not rule.rule.authoritative and is_refused(decoys, linked, self._strategy.tolerance)
        if refused:
            self._refuse(number)
        self._found.made.append(linked)
        self._found.decoys.append(decoys)
        self._found.refused.append(linked if refused else 0)

    def _refuse(self, number: int) -> None:
        """Leave the links of a rule to a person."""
        made = [(one, other) for one, other, rule, _ in self._found.links() if rule == number]
        for one, other in made:
            self._found.right[one] = -1
            self._hold([one], number, Judgement(Verdict.WEAK, (Hit(other),), TOO_MANY_STRANGERS))

    def _link_pairs(self, number: int, rule: Keyed, hits: _Hits) -> tuple[int, int]:
        """Link where a key has one record on each side, add other hits; return the links and the decoys."""
        keys, split, linked = rule.keys(), self._split, 0
        shared = _repeated(keys, 0, split, set(islice(keys, split)))
        place_of = dict(zip(islice(keys, split, None), range(split, len(keys)), strict=True))
        shared |= _repeated(keys, split, len(keys), place_of)
        decoys = self._find(rule.only(shared), hits) if shared else 0
        for key in (None, *shared):
            place_of.pop(key, None)
        right, rules, opens, owners = self._found.right, self._found.rule, self._open, self._owners
        others = map(place_of.get, compress(keys, opens))
        for one, other in zip(compress(count(), opens), others, strict=True):
            if other is None:
                continue
            if owners[other]:
                hits[one].append((other,))
            else:
                right[one], rules[one], opens[one], owners[other] = other, number, False, self._taken
                linked += 1
        return linked, decoys

    def _find(self, rule: Keyed, hits: _Hits) -> int:
        """Add the hits of keys that several records of a list may have, and return the decoys.

        A decoy is two records of one list that share a key with no other record there: in two lists they
        would have been linked.
        """
        decoys = 0
        for block in rule.blocks():
            middle = bisect_left(block, self._split)
            decoys += (middle == 2) + (len(block) - middle == 2)  # noqa: PLR2004
            ours, theirs = block[:middle], tuple(block[middle:])
            for one in ours if theirs else ():
                if self._open[one]:
                    hits[one].append(theirs)
        return decoys

    def _link_judged(self, rule: Rule, number: int, hits: _Hits) -> int:
        """Judge the hits, once for all records that have the same ones; return how many were linked.

        Those that no other record claims are linked.
        """
        alike: defaultdict[tuple[Sequence[int], ...], list[int]] = defaultdict(list)
        for one, found in hits.items():
            alike[tuple(found)].append(one)
        judged = [(self._judged(rule, found), ours) for found, ours in alike.items()]
        claims = Counter[int]()
        for judgement, ours in judged:
            claims.update({hit.id: len(ours) for hit in judgement.hits})
        shared = rule.on_already_linked is OnAlreadyLinked.SHARE or not self._strategy.one_to_one
        linked = 0
        for judgement, ours in judged:
            if judgement.outcome is Outcome.REVIEW:
                self._hold(ours, number, judgement)
            elif judgement.outcome is Outcome.ONE:
                other = judgement.hits[0].id
                if not shared and claims[other] > 1:
                    self._hold(ours, number, Judgement(Verdict.TAKEN, judgement.hits, CLAIMED_TOO))
                    continue
                for one in ours:
                    self._found.link(one, other, number)
                    self._open[one] = False
                self._owners[other] = self._taken or self._owners[other]  # shared, it may be claimed still
                linked += len(ours)
        return linked

    def _judged(self, rule: Rule, found: Iterable[Sequence[int]]) -> Judgement:
        """Return the judgement of hits, which are judged by their ids, not by their places."""
        keys: dict[int, set[int]] = defaultdict(set)
        for number, others in enumerate(found):
            for other in others:
                keys[other].add(number)
        places = {self._lists.ids[other]: other for other in keys}
        judgement = judge(rule, [self._hit(id, place, keys[place]) for id, place in places.items()])
        hits = tuple(hit._replace(id=places[hit.id]) for hit in judgement.hits)
        return judgement._replace(hits=hits)

    def _hit(self, id: Hashable, place: int, keys: Iterable[int]) -> Hit:
        owner, created_at = _OWNERS[self._owners[place]], self._lists.created_at(place)
        return Hit(id, owner=owner, created_at=created_at, keys=frozenset(keys))

    def _hold(self, ours: Iterable[int], number: int, judgement: Judgement) -> None:
        """Keep records for review, and their candidates from later rules."""
        for one in ours:
            self._found.review[one] = (judgement, number)
            self._open[one] = False
        for hit in judgement.hits:
            if self._owners[hit.id] != _LINKED or judgement.reason == TOO_MANY_STRANGERS:
                self._owners[hit.id] = _CLAIMED


def _repeated(keys: Sequence[Any], first: int, end: int, distinct: Collection[Any]) -> frozenset[Any]:
    """Return the keys that several records from the first one to the end have."""
    blank = sum(map(is_, islice(keys, first, end), repeat(None))) if None in distinct else 1
    if len(distinct) + blank - 1 == end - first:
        return frozenset()
    times_of = Counter(islice(keys, first, end))
    return frozenset(key for key, times in times_of.items() if times > 1 and key is not None)
