"""Whether a customer takes part at all: records that have ended, and the checks of the flow.

The first gate on a customer's way. What it says needs no look-up in the target.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from attrs import evolve

from custsync.engine.decisions import Decision, Invalid, Skip
from custsync.flow import Flow
from custsync.models import Customer, Issue, Severity
from custsync.rules.eligibility import Check, ExclusionPeriod, failed_checks
from custsync.rules.matching.steps import Step
from custsync.syncrecords import Status, SyncRecord

__all__ = ["admit", "turned_away"]


def admit(flow: Flow, customer: Customer, record: SyncRecord | None) -> Decision | None:
    """Return the decision for a customer that does not take part, None for one that does.

    An exclusion that was recorded stands whatever the customer says by now: `excluded`. A check leaves out
    with its reason; one that lasts is recorded with the decision, and this once it is `newly_excluded`. The
    checks that refuse are all named at once.

    Args:
        flow: the policy.
        customer: the source customer.
        record: its sync record, None where there is none.

    Rule: UF-INA, UF-INT, UF-EXC-1, UF-EXC-2, UF-EXC-4, LS-KEY-1, G-ISO
    """
    if record is not None and record.status is Status.EXCLUDED:
        return Skip(source=customer.ref, issues=(_still(record.error),))
    failed = failed_checks(flow.checks, customer)
    if failed and _lasts(failed[0], record):
        return Skip(source=customer.ref, issues=(_newly(failed[0], record),), record=record, lasts=True)
    return turned_away(customer, failed) if failed else None


def turned_away(customer: Customer, failed: Sequence[Check], trace: tuple[Step, ...] = ()) -> Decision:
    """Return the decision for a customer that fails these checks, of which the first gives the outcome."""
    decision = Invalid if failed[0].outcome == "invalid" else Skip
    return decision(source=customer.ref, trace=trace, issues=tuple(check.issue for check in failed))


@lru_cache(maxsize=64)
def _still(error: Issue | None) -> Issue:
    """Return why the customer stays out: the reason it was excluded for, which need not hold any more."""
    if error is None:
        return _EXCLUDED
    reason = f"excluded earlier and for good; the reason was that {error.reason}"
    return evolve(error, code=_EXCLUDED.code, reason=reason, remedy=_EXCLUDED.remedy, severity=Severity.NOTE)


def _newly(caught: Check, record: SyncRecord | None) -> Issue:
    """Return why the customer is excluded from now on; one that is in the target has to be excluded there."""
    if record is None or record.status is not Status.LINKED:
        return evolve(caught.issue, code="newly_excluded") if caught.hides else caught.issue
    return evolve(
        caught.issue,
        code="newly_excluded",
        remedy="Exclude the customer in the target too: it is there, and keeps what it has",
        severity=Severity.WARNING,
    )


def _lasts(caught: Check, record: SyncRecord | None) -> bool:
    if caught.lasts is ExclusionPeriod.ONCE_LINKED:
        return record is not None and record.status is Status.LINKED
    return caught.lasts is ExclusionPeriod.ALWAYS


_EXCLUDED: Final = Issue(
    code="excluded",
    rule="UF-EXC-4",
    field="status",
    reason="the customer is excluded for good",
    remedy="Lift the exclusion on its sync record by an explicit act, if it was a mistake",
)
