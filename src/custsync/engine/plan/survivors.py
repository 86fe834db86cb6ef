"""Looking for the survivors: whom the merged customers of a batch were merged into, and what they have there.

One look-up in the store and one in the target for a whole batch; batches without a merge ask nothing.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from attrs import evolve

from custsync.engine.calls import find
from custsync.engine.decide.merges import Survivor, is_merged
from custsync.engine.decisions import Invalid
from custsync.engine.plan.context import RunContext, WorkItem, by_end, hits_of
from custsync.engine.plan.inputs import WholeInput
from custsync.engine.requests import LoadRecords, Request, Side
from custsync.flow import Flow
from custsync.models import Ref
from custsync.syncrecords import Status, SyncRecord


def look_for_survivors(
    flow: Flow, cases: Sequence[WorkItem], terms: RunContext
) -> Generator[Request, Any, None]:
    """Give each merged case its survivor: the source customer at the end of the chain, and its counterpart.

    A chain is followed through the customers of the whole input and through sync records. One that comes back
    to its beginning refuses each of its members.

    Rule: ST-MRG-1, ST-MRG-2
    """
    yield from _look_for_merged_there(flow, cases, terms)
    merged = [
        case
        for case in cases
        if case.survivor.target
        or case.read.merged_into
        or (case.record and is_merged(case.read, case.record, case.current))
    ]
    if not merged:
        return
    assert terms.whole is not None  # noqa: S101 - a batch is part of some input
    ends = _ends_of(merged, terms.whole)
    wanted = {end for end in ends.values() if end is not None}
    records = by_end((yield LoadRecords(flow.link, tuple(wanted)))) if wanted else {}
    for case in merged:
        case.survivor = _survivor(case, ends[case.read.ref], records)
    yield from _look_at_targets(flow, [case for case in merged if case.decision is None], terms)


def _look_for_merged_there(
    flow: Flow, cases: Sequence[WorkItem], terms: RunContext
) -> Generator[Request, Any, None]:
    """Give each case whose counterpart is gone the customer that it was merged into there, as far as known.

    Rule: ST-MRG-2
    """
    asking: dict[str, list[WorkItem]] = {}
    for case in cases:
        gone = _gone(case)
        if gone is None:
            continue
        end = terms.redirects.resolve(gone.id)
        if end != gone.id:
            case.survivor = Survivor(target=evolve(gone, id=end))
        else:
            asking.setdefault(gone.id, []).append(case)
    can = terms.ends.target.capabilities
    if not asking or "merged_into" not in can.lookups:
        return
    found = yield from find(Side.TARGET, "merged_into", asking, can, terms.retry)
    for identity, answer in found.items():
        for case in asking[identity]:
            gone, hits = _gone(case), hits_of(flow, case, answer, terms)
            hits = [hit for hit in hits if not hit.deleted and gone and hit.ref.kind == gone.kind]
            if len(hits) == 1:
                case.survivor = Survivor(target=hits[0].ref)


def _gone(case: WorkItem) -> Ref | None:
    """Return the counterpart of a linked customer that is not there any more, and does not say why."""
    record = case.record
    if record is None or record.status not in (Status.LINKED, Status.SHARED) or case.read.merged_into:
        return None
    is_there = case.current is not None and not case.current.deleted
    says_why = case.current is not None and case.current.merged_into
    return None if is_there or says_why else record.other(case.read.ref)


def _ends_of(merged: Sequence[WorkItem], whole: WholeInput) -> Mapping[Ref, Ref | None]:
    """Return the survivor at the end of each case's chain, None for no merge; circles refuse their cases."""
    redirects, issues = whole.redirects
    ends: dict[Ref, Ref | None] = {}
    for case in merged:
        ref = case.read.ref
        end = redirects.resolve(ref)
        astray = issues.get(ref) or issues.get(end)
        if astray is not None:
            case.decision = Invalid(source=ref, issues=(astray,))
        ends[ref] = end if case.read.merged_into else None
    return ends


def _survivor(case: WorkItem, end: Ref | None, records: Mapping[Ref, SyncRecord]) -> Survivor:
    if end is not None:
        record = records.get(end)
        target = record.other(end) if record is not None and record.is_joined else None
        return Survivor(source=end, record=record, target=target)
    if case.survivor.target is not None:
        return case.survivor
    there = case.current
    if there is not None and there.merged_into:
        return Survivor(target=evolve(there.ref, id=there.merged_into))
    return Survivor(target=case.record.other(case.read.ref) if case.record else None)


def _look_at_targets(
    flow: Flow, cases: Sequence[WorkItem], terms: RunContext
) -> Generator[Request, Any, None]:
    asking: dict[str, list[WorkItem]] = {}
    for case in cases:
        if case.survivor.target is not None:
            asking.setdefault(case.survivor.target.id, []).append(case)
    can = terms.ends.target.capabilities
    found = yield from find(Side.TARGET, "id", asking, can, terms.retry)
    targets = {case.survivor.target for case in cases if case.survivor.target is not None}
    owners = by_end((yield LoadRecords(flow.link, tuple(targets)))) if targets else {}
    for identity, answer in found.items():
        for case in asking[identity]:
            hits = hits_of(flow, case, answer, terms)
            target = case.survivor.target
            is_there = any(target and hit.ref.is_one_with(target) and not hit.deleted for hit in hits)
            is_closed = target is not None and _is_closed(case, owners.get(target))
            case.survivor = evolve(case.survivor, is_there=is_there, target=None if is_closed else target)


def _is_closed(case: WorkItem, owner: SyncRecord | None) -> bool:
    """Return whether a merge is not to be begun: its survivor's counterpart is an excluded customer's."""
    is_done = case.record is not None and case.record.merge is not None and case.record.merge.done
    return not is_done and owner is not None and owner.status is Status.EXCLUDED
