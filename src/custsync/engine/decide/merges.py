"""Following a merge: what becomes of a customer that was merged, and of its counterpart.

A merge in the source is carried over: the counterpart of the duplicate is merged into the survivor's. A merge
in the target alone is followed: the sync record points at the survivor there. Both end with a record that is
merged, so that whatever still names the duplicate finds the survivor.
"""

from typing import Final, NamedTuple

from custsync.engine.decide.issues import (
    CANNOT_MERGE,
    MERGED,
    MERGED_UNSYNCED,
    SIDES_DIFFER,
    SURVIVOR_COUNTERPART_GONE,
    SURVIVOR_OPEN,
    SURVIVOR_TAKES_OVER,
)
from custsync.engine.decisions import Decision, Merge, Review, Skip, Unchanged
from custsync.models import Customer, Issue, Ref
from custsync.rules.matching.steps import Step, step
from custsync.rules.merging.redirects import MERGED_BACK
from custsync.syncrecords import MergeNote, Status, SyncRecord


class Survivor(NamedTuple):
    """Whom a customer was merged into, as far as is known.

    Attributes:
        source: the surviving source customer, at the end of any chain; None for a merge in the target alone.
        record: its sync record, None where there is none.
        target: the surviving target customer, None where there is none.
        is_there: whether that target customer still exists.
    """

    source: Ref | None = None
    record: SyncRecord | None = None
    target: Ref | None = None
    is_there: bool = False


def is_merged(customer: Customer, record: SyncRecord | None, current: Customer | None) -> bool:
    """Return whether the customer, or its counterpart, was merged into another."""
    if customer.merged_into or (record is not None and record.status is Status.MERGED):
        return True
    return current is not None and current.deleted and bool(current.merged_into)


def follow(
    customer: Customer,
    record: SyncRecord | None,
    current: Customer | None,
    survivor: Survivor,
    *,
    can_merge: bool,
) -> Decision:
    """Return the decision for a customer that was merged, or whose counterpart was.

    Args:
        customer: the source customer, the duplicate.
        record: its sync record.
        current: the duplicate's own counterpart as it is now, None where it is gone.
        survivor: whom it was merged into.
        can_merge: whether the target can merge two customers.

    Rule: ST-MRG-1, ST-MRG-2
    """
    if record is None or not record.is_joined:
        return Skip(source=customer.ref, trace=(_ASKED,), issues=(MERGED_UNSYNCED,))
    note, own = record.merge or MergeNote(), record.other(customer.ref)
    if record.status is Status.MERGED and note.done and survivor.is_there and survivor.target == own:
        issues = (MERGED,) if survivor.source is not None else (SIDES_DIFFER,)
        return Unchanged(source=customer.ref, target=own, trace=(_ASKED,), issues=issues)
    if survivor.target is None:
        return _without_counterpart(customer, record, survivor)
    if not survivor.is_there:
        return _review(customer, SURVIVOR_COUNTERPART_GONE, survivor.target)
    return _united(customer, record, current, survivor, can_merge=can_merge)


def survivor_first(decision: Merge) -> Review:
    """Return the review of a merge whose survivor gets a counterpart in another way.

    It must not take over the duplicate's; the next run merges the two.

    Rule: ST-MRG-1, ST-LEG-2
    """
    return _review(decision.customer, SURVIVOR_OPEN, decision.target)


def taking_over(survivor: Ref, target: Ref) -> Unchanged:
    """Return the decision for a survivor that takes over the counterpart of one that was merged into it.

    Rule: ST-MRG-1
    """
    asked = step("ST-MRG-1", "Does it take over the counterpart of one that was merged into it?", "yes")
    return Unchanged(source=survivor, target=target, trace=(asked,), issues=(SURVIVOR_TAKES_OVER,))


def _without_counterpart(customer: Customer, record: SyncRecord, survivor: Survivor) -> Decision:
    """Decide where the survivor has no counterpart: it takes over the duplicate's, if it never had any."""
    kept, own = survivor.record, record.other(customer.ref)
    is_own = own is not None and record.status is not Status.SHARED
    if survivor.source is None or own is None or not is_own or (kept and kept.status is not Status.FAILED):
        return _review(customer, SURVIVOR_OPEN)
    return Merge(
        source=customer.ref,
        trace=(_ASKED, step("ST-MRG-1", "Has the survivor a counterpart?", "no, it takes over this one")),
        issues=(SURVIVOR_TAKES_OVER,),
        customer=customer,
        record=record,
        target=own,
        survivor=survivor.source,
        heir=survivor.source,
    )


def _united(
    customer: Customer, record: SyncRecord, current: Customer | None, survivor: Survivor, *, can_merge: bool
) -> Decision:
    started = record.status is Status.MERGED
    duplicate = record.merge.duplicate if started and record.merge else record.other(customer.ref)
    is_one = duplicate == survivor.target
    if is_one and not started:
        return _review(customer, MERGED_BACK, survivor.target)
    is_there = current is not None and not current.deleted and not is_one
    is_there = is_there and record.status is not Status.SHARED
    if is_there and not can_merge:
        return _review(customer, CANNOT_MERGE, duplicate, survivor.target)
    assert survivor.target is not None  # noqa: S101 - checked before
    answer = "yes" if is_there else "no"
    return Merge(
        source=customer.ref,
        trace=(_ASKED, step("ST-MRG-1", "Is its counterpart still there, to be merged?", answer)),
        issues=() if survivor.source is not None else (SIDES_DIFFER,),
        customer=customer,
        record=record,
        target=survivor.target,
        duplicate=duplicate if is_there else None,
        survivor=survivor.source,
        started=started and is_there,
    )


def _review(customer: Customer, issue: Issue, *candidates: Ref | None) -> Review:
    return review_of(customer, (_ASKED,), issue, *candidates)


def review_of(customer: Customer, trace: tuple[Step, ...], issue: Issue, *candidates: Ref | None) -> Review:
    """Return the review of a customer, with those of the candidates that there are."""
    shown = tuple(ref for ref in candidates if ref is not None)
    return Review(source=customer.ref, trace=trace, issues=(issue,), candidates=shown)


_ASKED: Final = step("ST-MRG-1", "Was the customer merged into another?", "yes")
