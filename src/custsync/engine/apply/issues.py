"""The issues of a write that was not simply done: refused, unknown, overtaken, or not kept on record."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from attrs import evolve

from custsync.errors import DataError
from custsync.models import Issue, Ref, Severity
from custsync.protocols import Answer, Exists, Rejected, RetryAfter, Tier, Unknown


def refused(answer: Answer, what: str) -> Issue:
    """Return the issue of a write that the target refused, so that nothing took effect.

    Args:
        answer: the target's answer.
        what: the write: "create", "update" or "merge".

    Rule: G-ISO
    """
    return Issue(
        code="rejected",
        rule="G-ISO",
        field=answer.field if isinstance(answer, Rejected) and answer.field else "target",
        reason=f"the target refused the {what} ({_words(answer)})",
        remedy=_LATER if isinstance(answer, RetryAfter) else "Correct what the target names, then run again",
    )


_LATER: Final = "Nothing to correct: run again later"


def unknown(
    answer: Answer,
    what: str,
    *,
    until: datetime | None = None,
    tier: Tier | None = None,
    again: datetime | None = None,
) -> Issue:
    """Return the issue of a write that may have taken effect or not: why, and until when.

    Args:
        answer: the target's answer; a refusal is of a create that was sent again.
        what: the write: "create", "update" or "merge".
        until: when it can take effect no more (aware UTC), None where that is not known.
        tier: of a create, what the target promises, on which it depends what the next run does.
        again: until when a create may be sent again under its key (aware UTC).

    Rule: G-DUP, G-WHY
    """
    prefix = "sent again, it was refused: " if isinstance(answer, Rejected | RetryAfter) else ""
    why = f" ({prefix}{_words(answer)})" if _words(answer) else ""
    late = f"; it can do so until {_time(until)}" if until else ""
    remedy = "Run again: the next run looks before it writes" if tier is None else _NEXT[tier]
    return Issue(
        code="outcome_unknown",
        rule="G-DUP",
        field="target",
        reason=f"it is not known whether the {what} took effect{why}{late}",
        remedy=remedy.format(_time(again)) if again else remedy,
        severity=Severity.WARNING,
    )


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _words(answer: Answer) -> str:
    """Return the target's own words; an adapter keeps values out of them."""
    if isinstance(answer, Rejected):
        return answer.code
    return answer.reason if isinstance(answer, Unknown) else _CODES.get(type(answer), "")


_CODES: Final[Mapping[type, str]] = {RetryAfter: "not now", Exists: "its key is taken"}
_NEXT: Final[Mapping[Tier, str]] = {
    Tier.A: "Run again: the create is sent again under its unique id, which cannot double it (tier A)",
    Tier.B: "Run again before {}: the same create is sent again under the key that is kept (tier B)",
    Tier.C: "Run again after that: it is looked for, and created where it is not there (tier C)",
    Tier.D: "Run again after that: it is looked for, and a person decides where it is not found (tier D)",
}


def unwritable(error: DataError) -> Issue:
    """Return the issue of values that the target's shape cannot hold."""
    remedy = "Correct what the reason names, then run again"
    return Issue(code="unwritable", rule="G-ISO", field="target", reason=str(error), remedy=remedy)


def orphaned(target: Ref | None) -> Issue:
    """Return the issue of a create whose customer a person linked, unlinked or excluded meanwhile."""
    return Issue(
        code="orphan",
        rule="G-DUP",
        field="target",
        reason=f"{target} was created; meanwhile a person decided otherwise, so that it has no link",
        remedy="Delete it in the target, or link the customer to it by hand",
    )


STALE: Final = Issue(
    code="stale",
    rule="G-LOSS",
    field="decision",
    reason="what the decision rests on has changed since; nothing was written",
    remedy="Plan again",
    severity=Severity.WARNING,
)
OTHER_TARGET: Final = Issue(
    code="other_target",
    rule="G-DUP",
    field="decision",
    reason="the plan names another target customer than the sync record does; nothing was written",
    remedy="Plan again, and do not change the customers in a plan's file",
)
OVERTAKEN: Final = Issue(
    code="overtaken",
    rule="G-LOSS",
    field="target",
    reason="it was written; meanwhile somebody else changed the sync record, which does not know of it",
    remedy="Run again: the next run compares the two customers anew",
    severity=Severity.WARNING,
)
WRITE_BACK_DUE: Final = Issue(
    code="write_back_due",
    rule="G-DUP",
    field="write_back",
    reason="the target's id could not be written back to the source",
    remedy="Run again: the link is kept, and the next run writes it back",
    severity=Severity.WARNING,
)
KEY_TAKEN: Final = Issue(
    code="key_taken",
    rule="LS-KEY-2",
    field="target",
    reason="the target has a customer with this key already, so that none was created",
    remedy="Run again: the next run finds it by its key, and brings it up to date",
    severity=Severity.WARNING,
)
MERGE_QUEUED: Final = Issue(
    code="merge_queued",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the target has taken the merge on and not carried it out yet",
    remedy="Nothing to do: the next run looks again",
    severity=Severity.NOTE,
)
ID_NOT_MOVED: Final = Issue(
    code="id_not_moved",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the target refused the surviving customer's id, so that its customer keeps the merged one's",
    remedy="Enter the id there by hand",
    severity=Severity.WARNING,
)
ADDRESS_NOT_KEPT: Final = Issue(
    code="address_not_kept",
    rule="ST-MRG-1",
    field="addresses",
    reason="the duplicate's address cannot be written to the survivor",
    remedy="Correct what the reason names, then run again: nothing is merged before it is kept",
)
REFUSALS: Final = frozenset({KEY_TAKEN.code, "rejected"})
"""The codes of what a record has of a create that the target refused."""
NOT_KEPT: Final = Issue(
    code="not_kept",
    rule="G-LOSS",
    field="target",
    reason="the target did not keep what was written, or not all of it",
    remedy="Find out why; each run writes it again until the target keeps it",
    severity=Severity.WARNING,
)
NOT_KEPT_ONCE: Final = evolve(
    NOT_KEPT,
    remedy="Compare the two values, and correct the target's by hand: it is written at creation only",
)
KEPT_OTHERWISE: Final = Issue(
    code="kept_otherwise",
    rule="G-LOSS",
    field="target",
    reason="the target keeps another value than the one that was written",
    remedy="Compare the two values; where the target's is wrong, correct it there",
    severity=Severity.WARNING,
)
