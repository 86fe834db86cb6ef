"""Whether a customer takes part at all: records that have ended, exclusions, and the checks of the flow.

The first gate on a customer's way. It needs no look-up in the target.
"""

from collections.abc import Sequence
from functools import lru_cache

from attrs import evolve

from custsync._building import evolved
from custsync.engine.decide.issues import EXCLUDED, newly_excluded
from custsync.engine.decisions import Decision, Invalid, Skip
from custsync.flow import EXCLUDED_MARK, Flow
from custsync.models import Customer, Issue, Severity
from custsync.rules.eligibility import Check, ExclusionPeriod, failed_checks
from custsync.rules.matching.steps import Step
from custsync.syncrecords import Status, SyncRecord


def admit(flow: Flow, customer: Customer, record: SyncRecord | None) -> Decision | None:
    """Return the decision for a customer that does not take part, None for one that does.

    An exclusion that was recorded stays, whatever the customer has by now: `excluded`. A check leaves out
    with its reason; one that lasts is recorded with the decision, and this once it is `newly_excluded`. The
    checks that refuse are all named at once. Who is excluded with a mark takes part.

    Args:
        flow: the policy.
        customer: the source customer.
        record: its sync record, None where there is none.

    Rule: UF-INA, UF-INT, UF-EXC-1, UF-EXC-2, UF-EXC-4, LS-KEY-1, G-ISO
    """
    if record is not None and record.status is Status.EXCLUDED:
        skipped = Skip(source=customer.ref, issues=(_still(record.error),))
        is_to_hide = flow.excluded_field and _belongs_there(flow, record)
        return evolve(skipped, record=record, lasts=True) if is_to_hide else skipped
    if exclusion_of(flow, customer, record) is None:
        failed = flow.failed_checks(customer)
    else:
        failed = failed_checks([check for check in flow.checks if not _is_marked(check, record)], customer)
    if failed and _lasts(failed[0], record):
        return Skip(source=customer.ref, issues=(_newly(failed[0], record),), record=record, lasts=True)
    return turned_away(customer, failed) if failed else None


def turned_away(customer: Customer, failed: Sequence[Check], trace: tuple[Step, ...] = ()) -> Decision:
    """Return the decision for a customer that fails these checks, of which the first gives the outcome."""
    decision = Invalid if failed[0].outcome == "invalid" else Skip
    return decision(source=customer.ref, trace=trace, issues=tuple(check.issue for check in failed))


def exclusion_of(flow: Flow, customer: Customer, record: SyncRecord | None) -> Issue | None:
    """Return why a customer is excluded that the target keeps with a mark, None for any other.

    Its code is that of the check, `excluded` where the exclusion is on the record.

    Args:
        flow: the policy.
        customer: the source customer.
        record: its sync record, None where there is none.

    Rule: UF-EXC-2
    """
    if not flow.excluded_field or (record is not None and record.status is Status.EXCLUDED):
        return None
    if record is not None and record.hidden is not None:
        return _still(record.hidden)
    failed = flow.failed_checks(customer)
    return failed[0].issue if failed and _is_marked(failed[0], record) else None


def lasting_exclusion(flow: Flow, customer: Customer, record: SyncRecord | None) -> Issue | None:
    """Return why the customer is excluded with a mark permanently, where its record does not say so yet.

    Rule: UF-EXC-4
    """
    if (record is not None and record.hidden is not None) or exclusion_of(flow, customer, record) is None:
        return None
    caught = flow.failed_checks(customer)[0]
    return caught.issue if _lasts(caught, record) else None


def with_mark(customer: Customer, exclusion: Issue | None) -> Customer:
    """Return the customer with the mark that an excluded one has, None in its place for any other."""
    name = EXCLUDED_MARK.removeprefix("custom.")
    return evolved(customer, custom={**customer.custom, name: True if exclusion else None})


def _is_marked(check: Check, record: SyncRecord | None) -> bool:
    """Return whether the target has, with a mark, the customers that the check catches."""
    return check.hides or (_lasts(check, record) and _is_there(record))


def _belongs_there(flow: Flow, record: SyncRecord) -> bool:
    """Return whether an exclusion on record is of a customer that the target is to have."""
    never_there = {check.issue.code for check in flow.checks if not check.hides}
    return _is_there(record) or (record.error is not None and record.error.code not in never_there)


def _is_there(record: SyncRecord | None) -> bool:
    return record is not None and record.target is not None


@lru_cache(maxsize=64)
def _still(error: Issue | None) -> Issue:
    """Return why the customer stays out: the reason it was excluded for, which need not hold any more."""
    if error is None:
        return EXCLUDED
    reason = f"permanently excluded; the reason was that {error.reason}"
    return evolve(error, code=EXCLUDED.code, reason=reason, remedy=EXCLUDED.remedy, severity=Severity.NOTE)


def _newly(caught: Check, record: SyncRecord | None) -> Issue:
    """Return why the customer is excluded from now on; one that is in the target has to be excluded there."""
    if record is None or record.status is not Status.LINKED:
        note = newly_excluded(caught.issue, caught.issue.remedy, caught.issue.severity)
        return note if caught.hides else caught.issue
    return newly_excluded(
        caught.issue, "Exclude the customer in the target too: it is there, and keeps what it has"
    )


def _lasts(caught: Check, record: SyncRecord | None) -> bool:
    if caught.lasts is ExclusionPeriod.ONCE_LINKED:
        return record is not None and record.status is Status.LINKED
    return caught.lasts is ExclusionPeriod.ALWAYS
