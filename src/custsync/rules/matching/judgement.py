"""The judge: which hit is the counterpart, wherever the hits come from."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from enum import Enum
from math import inf
from typing import Any, Final, NamedTuple

from custsync._arguments import checked
from custsync.models import ABSENT, Maybe
from custsync.rules.matching.rule import DEFAULT_ACCEPT, DEFAULT_REVIEW, OnAlreadyLinked, OnMultiple, Rule

MARGIN: Final = 100.0
"""The counterpart's odds are so many times those of the next hit; else a person decides."""

CONTESTED: Final = "contested"
"""The owner of a record that several records claim."""


class Outcome(Enum):
    """What a judgement means: a counterpart, a person's decision, or none."""

    ONE = "one"
    REVIEW = "review"
    NONE = "none"


class Verdict(Enum):
    """How a search ended."""

    ONE = "one"
    NONE = "none"
    SEVERAL = "several"
    TAKEN = "taken"
    """Everybody that was found is linked to another record, or claimed by one."""
    WEAK = "weak"
    """The evidence is too weak, or different customers agree as much too often."""
    GONE = "gone"
    """Everybody that was found is deleted."""
    REFUSED = "refused"
    """The value that was looked for must find a customer that fits, and does not."""
    ASK = "ask"
    """Not ended: the step named is to be looked up next."""


class Hit(NamedTuple):
    """A record that a rule found.

    Attributes:
        id: the record.
        odds: for one customer, against chance; infinite where the rule's keys are all that is compared.
        owner: whose counterpart it is already: None for no record's or one's own, `CONTESTED` where several
            records claim it, any other value for another record's.
        created_at: when it was created, for the policies `oldest` and `newest`.
        gone: whether it is deleted.
        keys: the keys that it was found by, where the record that is searched for has several.
    """

    id: Any
    odds: float = inf
    owner: Hashable = None
    created_at: Maybe[datetime | None] = ABSENT
    gone: bool = False
    keys: frozenset[Any] = frozenset({""})


class Judgement(NamedTuple):
    """How a search ended, and what that rests on.

    Attributes:
        verdict: what was found.
        hits: the counterpart alone for `ONE`; for a review all candidates, the likeliest first; else none.
        reason: in words, without a personal value: the answer in the trace.
    """

    verdict: Verdict
    hits: tuple[Hit, ...] = ()
    reason: str = ""

    @property
    def outcome(self) -> Outcome:
        """Return what the verdict means."""
        if self.verdict in (Verdict.ONE, Verdict.NONE):
            return Outcome(self.verdict.value)
        return Outcome.REVIEW


NOT_FOUND: Final = Judgement(Verdict.NONE, (), "not found")
CLAIMED_TOO: Final = "other records claim it too"
_LINKED: Final = "linked to another customer already"


@checked
def judge(
    rule: Rule, hits: Iterable[Hit], *, accept: float = DEFAULT_ACCEPT, review: float = DEFAULT_REVIEW
) -> Judgement:
    """Return which hit is the counterpart; two are never silently one.

    Args:
        rule: the rule that found the hits, with its policies.
        hits: in any order, from an index or from an adapter.
        accept: odds from which a hit is the counterpart.
        review: odds from which a person should look.

    >>> rule = Rule("SP-OUT-2", "email")
    >>> judge(rule, [Hit("cus_1")]).outcome, judge(rule, [Hit("cus_1"), Hit("cus_2")]).outcome
    (<Outcome.ONE: 'one'>, <Outcome.REVIEW: 'review'>)
    """
    likely = (hit for hit in hits if hit.odds >= review)
    found = tuple(sorted(likely, key=lambda hit: (-hit.odds, str(hit.id))))
    alive = [hit for hit in found if not hit.gone]
    if not alive:
        return Judgement(Verdict.GONE, found, "deleted there") if found else NOT_FOUND
    free = [hit for hit in alive if hit.owner is None]
    if not free:
        if len(alive) > 1 or rule.on_already_linked is not OnAlreadyLinked.SHARE:
            return _taken(rule, alive)
        free = alive
    best = free[0].odds
    rivals = [hit for hit in free if hit.odds == best or hit.odds * MARGIN > best]
    if best < accept:
        return Judgement(Verdict.WEAK, tuple(rivals), "the evidence is weak")
    if len(rivals) == 1:
        return Judgement(Verdict.ONE, tuple(rivals), _found(rivals[0], alive))
    return _several(rule, rivals)


def _found(hit: Hit, alive: Sequence[Hit]) -> str:
    if hit.owner is not None:
        return _LINKED
    return "found" if len(alive) == 1 else "found one that is not linked to another customer"


def _taken(rule: Rule, hits: Sequence[Hit]) -> Judgement:
    """Return the judgement where every hit is linked already, or claimed by several records."""
    contested = [hit for hit in hits if hit.owner == CONTESTED]
    if contested:
        return Judgement(Verdict.TAKEN, tuple(contested), CLAIMED_TOO)
    if rule.on_already_linked is OnAlreadyLinked.SKIP:
        return Judgement(Verdict.NONE, (), _LINKED)
    return Judgement(Verdict.TAKEN, tuple(hits), _LINKED)


def _several(rule: Rule, hits: Sequence[Hit]) -> Judgement:
    """Return the hit that the rule's policy takes of several.

    Those found by two keys are two customers, whatever their age; so are those of whom no age is known. One
    of unknown age counts as the oldest; of equal age the id decides.
    """
    reason = f"{len(hits)} found"
    oldest, *_, newest = sorted(hits, key=lambda hit: (_created(hit), str(hit.id)))
    is_asked = rule.on_multiple is not OnMultiple.REVIEW and _created(newest) > -inf
    if not is_asked or not frozenset.intersection(*(hit.keys for hit in hits)):
        return Judgement(Verdict.SEVERAL, tuple(hits), reason)
    chosen = newest if rule.on_multiple is OnMultiple.NEWEST else oldest
    return Judgement(Verdict.ONE, (chosen,), f"{reason}, the {rule.on_multiple.value} taken")


def _created(hit: Hit) -> float:
    created = hit.created_at
    return created.timestamp() if isinstance(created, datetime) and created.tzinfo else -inf
