"""Settling: two records are linked where each is the other's counterpart, until nothing changes."""

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from math import inf

from custsync.rules.matching.judgement import CLAIMED_TOO, Hit, Judgement, Outcome, Verdict, judge
from custsync.rules.matching.links import Pair, Settled
from custsync.rules.matching.rule import MatchStrategy
from custsync.rules.matching.strength import TOO_MANY_STRANGERS, is_refused
from custsync.rules.matching.weighing import Weighed


def settled(strategy: MatchStrategy, found: Weighed) -> Settled:
    """Return which pairs are linked: those whose records are each other's counterparts.

    A link takes both records away from all others, which may leave those without a rival: they are judged
    again. The result does not depend on the order, because a link never changes who the counterparts of a
    linked pair are. Links that are no stronger than what strangers reach are left to a person.
    """
    lists, claims = found.table.lists, _Claims(strategy, found)
    pairs = claims.mutual_pairs()
    strangers = strangers_reach([pair.bits for pair in pairs.values()], found, strategy.tolerance)
    ended, refused, decoys = Settled(lists.split), Counter[int](), Counter(pair.rule for pair in found.decoys)
    for one in sorted(claims.left):
        pair = pairs.get(one)
        if pair is None:
            held = claims.reviewed(one)
            if held is not None:
                ended.review[one] = held
        elif pair.bits > strangers or found.rules[pair.rule].authoritative:
            ended.link(one, pair.other, pair.rule, pair.odds)
        else:
            hit = Hit(pair.other, pair.odds)
            ended.review[one] = (Judgement(Verdict.WEAK, (hit,), TOO_MANY_STRANGERS), pair.rule)
            refused[pair.rule] += 1
    numbers = range(len(found.rules))
    ended.decoys = [found.decoy_sample * decoys[number] for number in numbers]
    ended.refused = [refused[number] for number in numbers]
    ended.issues = tuple(lists.never_filled(found.table.fields, found.table.columns))
    return ended


def strangers_reach(links: Iterable[float], found: Weighed, tolerance: float) -> float:
    """Return the bits above which the decoys are no more than the tolerated share of the links.

    A decoy is a pair inside one list that reaches so many bits: as many strangers must be expected to reach
    them in two lists. Minus infinity where all decoys are tolerated.
    """
    made, decoys = sorted(links), sorted(pair.bits for pair in found.decoys)

    def is_tolerated(place: int, strangers: float) -> bool:
        above = len(made) - bisect_right(made, strangers)
        return not is_refused(len(decoys) - place, above, tolerance, found.decoy_sample)

    return next(bits for place, bits in enumerate([-inf, *decoys]) if is_tolerated(place, bits))


class _Claims:
    """Each record's pairs, and whose counterpart it is by now."""

    def __init__(self, strategy: MatchStrategy, found: Weighed) -> None:
        self._strategy, self._rules = strategy, found.rules
        self._pairs = found.by_place
        self._owner: dict[int, int] = {}
        self.left = tuple(dict.fromkeys(pair.one for pair in found.pairs))

    def mutual_pairs(self) -> dict[int, Pair]:
        """Return the pair of each left record whose counterpart's counterpart it is."""
        pairs: dict[int, Pair] = {}
        waiting = deque(self.left)
        while waiting:
            one = waiting.popleft()
            pair = self._mutual(one) if one not in pairs else None
            if pair is not None:
                pairs[one] = pair
                waiting.extend(self._link(pair))
        return pairs

    def reviewed(self, one: int) -> tuple[Judgement, int] | None:
        """Return the judgement of a record that is not linked, and the rule; None where nobody is likely."""
        judged = self._judged(one)
        if judged.outcome is Outcome.NONE:
            return None
        if judged.outcome is Outcome.ONE:
            judged = Judgement(Verdict.TAKEN, judged.hits, CLAIMED_TOO)
        return judged, self._pairs[one][0].rule

    def _link(self, pair: Pair) -> Iterator[int]:
        """Keep the link, and yield the left records that it may leave without a rival."""
        if self._strategy.one_to_one:
            self._owner |= {pair.one: pair.other, pair.other: pair.one}
            for near in self._pairs[pair.other]:
                yield near.one
            for near in self._pairs[pair.one]:
                yield from (further.one for further in self._pairs[near.other])

    def _mutual(self, one: int) -> Pair | None:
        """Return the left record's pair with its counterpart, None where it has none or is not that one's."""
        pair = self._counterpart(one)
        if pair is None or not self._strategy.one_to_one or self._counterpart(pair.other) == pair:
            return pair
        return None

    def _counterpart(self, place: int) -> Pair | None:
        judged = self._judged(place)
        if judged.outcome is not Outcome.ONE:
            return None
        chosen = judged.hits[0].id
        return next(pair for pair in self._pairs[place] if chosen in (pair.one, pair.other))

    def _judged(self, place: int) -> Judgement:
        """Return the judgement of one record's hits."""
        pairs, strategy = self._pairs[place], self._strategy
        hits = [self._hit(place, pair) for pair in pairs]
        rule = self._rules[pairs[0].rule]
        return judge(rule, hits, accept=strategy.accept_odds, review=strategy.review_odds)

    def _hit(self, place: int, pair: Pair) -> Hit:
        other = pair.other if pair.one == place else pair.one
        return Hit(other, pair.odds, self._owner.get(other))
