"""The judge: which hit is the counterpart, wherever the hits come from."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from enum import Enum
from math import inf
from typing import Any, Final

from attrs import field, frozen

from custsync.models import ABSENT, Maybe
from custsync.rules.matching.policies import OnAlreadyLinked, OnMultiple
from custsync.rules.matching.strategy import DEFAULT_ACCEPT, DEFAULT_REVIEW, Rule

__all__ = [
    "CLAIMED_TOO",
    "CONTESTED",
    "MARGIN",
    "NOBODY",
    "ONE_FOUND",
    "Hit",
    "Judgement",
    "Outcome",
    "judge",
]

MARGIN: Final = 100.0
"""The counterpart's odds are so many times those of the next hit; else a person decides."""


class Outcome(Enum):
    """How a search ended."""

    ONE = "one"
    REVIEW = "review"
    NONE = "none"


CLAIMED_TOO: Final = "other records claim it too"

CONTESTED: Final = "contested"
"""The owner of a record that several records claim."""


@frozen
class Hit:
    """A record that a rule found.

    Attributes:
        id: the record.
        odds: for one customer, against chance; infinite where the rule's keys are all that is compared.
        owner: whose counterpart it is already: None for nobody's or one's own, `CONTESTED` where several
            records claim it, any other value for another record's.
        created_at: when it was created, for the policies `oldest` and `newest`.
        gone: whether it is deleted.
    """

    id: Any
    odds: float = inf
    owner: Hashable = None
    created_at: Maybe[datetime] = field(default=ABSENT)
    gone: bool = False


@frozen
class Judgement:
    """The outcome, the hits that it rests on (the counterpart alone, or all candidates), and the reason."""

    outcome: Outcome
    hits: tuple[Hit, ...] = ()
    reason: str = ""


ONE_FOUND: Final = "one was found"
NOBODY: Final = Judgement(Outcome.NONE, (), "nobody was found")


def judge(
    rule: Rule,
    hits: Sequence[Hit],
    *,
    accept: float = DEFAULT_ACCEPT,
    review: float = DEFAULT_REVIEW,
    margin: float = MARGIN,
) -> Judgement:
    """Return which hit is the counterpart; two are never silently one.

    Args:
        rule: the rule that found the hits, with its policies.
        hits: in any order, from an index or from an adapter.
        accept: odds from which a hit is the counterpart.
        review: odds from which a person should look.
        margin: how many times the odds of the next hit.

    >>> rule = Rule("SP-OUT-2", "email")
    >>> judge(rule, [Hit("cus_1")]).outcome, judge(rule, [Hit("cus_1"), Hit("cus_2")]).outcome
    (<Outcome.ONE: 'one'>, <Outcome.REVIEW: 'review'>)
    """
    likely = [hit for hit in hits if not hit.gone and hit.odds >= review]
    free = [hit for hit in likely if hit.owner is None or rule.on_already_linked is OnAlreadyLinked.SHARE]
    if not free:
        return _taken(rule, likely) if likely else NOBODY
    best = max(hit.odds for hit in free)
    rivals = [hit for hit in free if hit.odds == best or hit.odds * margin > best]
    if best < accept:
        return Judgement(Outcome.REVIEW, _ordered(rivals), "the evidence is weak")
    if len(rivals) == 1:
        return Judgement(Outcome.ONE, tuple(rivals), ONE_FOUND)
    return _several(rule, rivals)


def _taken(rule: Rule, hits: Sequence[Hit]) -> Judgement:
    """Return the judgement where every hit is linked already, or claimed by several records."""
    contested = [hit for hit in hits if hit.owner == CONTESTED]
    if contested:
        return Judgement(Outcome.REVIEW, _ordered(contested), CLAIMED_TOO)
    if rule.on_already_linked is OnAlreadyLinked.SKIP:
        return NOBODY
    return Judgement(Outcome.REVIEW, _ordered(hits), "it is linked to another record")


def _several(rule: Rule, hits: Sequence[Hit]) -> Judgement:
    """Return the hit that the rule's policy takes of several; hits of unknown age are for review."""
    if rule.on_multiple is not OnMultiple.REVIEW:
        ages = {hit.created_at for hit in hits}
        if all(isinstance(age, datetime) for age in ages) and len(ages) == len(hits):
            pick = min if rule.on_multiple is OnMultiple.OLDEST else max
            chosen = pick(hits, key=lambda hit: hit.created_at)  # type: ignore[return-value,arg-type]
            return Judgement(Outcome.ONE, (chosen,), f"the {rule.on_multiple.value} of {len(hits)}")
    return Judgement(Outcome.REVIEW, _ordered(hits), "several were found")


def _ordered(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the likeliest first."""
    return tuple(sorted(hits, key=lambda hit: (-hit.odds, str(hit.id))))
