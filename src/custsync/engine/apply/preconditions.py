"""Whether what a decision rests on still holds: read again before an older plan is carried out.

A plan can come from a file, which somebody may have changed. So the sync record is never taken from it: what
is stored counts, and a decision about another customer than the record names is refused.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from attrs import evolve

from custsync.engine.apply.issues import OTHER_TARGET, STALE
from custsync.engine.apply.jobs import Job, Known, is_as_before, read_again
from custsync.engine.decide.admission import admit
from custsync.engine.decide.recovery import recover_by
from custsync.engine.decisions import (
    Create,
    Decision,
    Link,
    Merge,
    Recover,
    RecoverBy,
    Skip,
    Unchanged,
    Update,
)
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import RunContext, WorkItem, stored_by_end
from custsync.engine.plan.search import look_for_lost, search
from custsync.engine.requests import Now, Steps
from custsync.flow import EXCLUDED_MARK, Flow
from custsync.models import ABSENT, Customer, Ref
from custsync.protocols import Tier
from custsync.rules.fields.mapping import value_of
from custsync.rules.fields.values import canonical
from custsync.rules.matching.judgement import Verdict
from custsync.syncrecords import Status, SyncRecord


def recheck(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """End the jobs whose decisions no longer hold, and give the others their records as they are stored.

    What is read again: the sync records, the target customers to be changed, the source customers where the
    source can be asked by id. Those that were to be created or linked are searched for again, and creates
    whose outcome is unknown are looked for again.

    Rule: G-DUP, G-LOSS
    """
    decisions = [job.decision for job in jobs]
    ends = [ref for one in decisions for ref in (one.source, getattr(one, "survivor", None))]
    stored = yield from stored_by_end(flow, [ref for ref in ends if ref is not None])
    theirs = [_target(decision, stored.get(decision.source)) for decision in decisions]
    targets = yield from read_again(flow.target, context.target, theirs)
    ours = [_source(decision) for decision in decisions]
    sources = yield from read_again(flow.source, context.source, ours)
    now = _Now(stored, targets, sources)
    for job in jobs:
        result = _judge(flow, job.decision, now)
        if result is not None:
            job.end(result, *_ISSUES.get(result, ()))
        else:
            job.decision = _with_record(job.decision, stored.get(job.decision.source))
    yield from _search_again(flow, [job for job in jobs if job.result is None], context)
    yield from _recover_again(flow, [job for job in jobs if job.result is None], context)


class _Now(NamedTuple):
    """The stored sync records by end, and the customers as they are, None of a side that is not asked."""

    records: Mapping[Ref, SyncRecord]
    targets: Mapping[Ref, Customer | None] | None
    sources: Mapping[Ref, Customer | None] | None


_ISSUES = {Result.STALE: (STALE,), Result.REFUSED: (OTHER_TARGET,)}


def _with_record(decision: Decision, record: SyncRecord | None) -> Decision:
    """Return the decision with the record that is stored, whatever the plan has of it."""
    if not hasattr(decision, "record") or (isinstance(decision, Unchanged) and decision.record is None):
        return decision
    return evolve(decision, record=record)  # type: ignore[arg-type]  # only those come here that have one


def _search_again(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """End those who were to be created, or linked, where the match steps have another result by now."""
    searching = [(job, job.decision) for job in jobs if isinstance(job.decision, Create | Link)]
    cases = [WorkItem(item=entry.customer, place=0, customer=entry.customer) for _, entry in searching]
    yield from search(flow, cases, context)
    for (job, decision), case in zip(searching, cases, strict=True):
        found = case.match
        is_same = found.verdict is Verdict.NONE
        if isinstance(decision, Link):
            is_same = found.verdict is Verdict.ONE and found.customers[0].ref == decision.target
            is_same = is_same and (decision.shared or not found.shared)
        if case.decision is not None or not is_same:
            job.end(Result.STALE, STALE)


def _recover_again(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """End the recoveries that are to be made in another way by now: found since, or under a forgotten key."""
    lost = [(job, job.decision) for job in jobs if isinstance(job.decision, Recover)]
    if not lost:
        return
    now = yield Now()
    cases = [
        WorkItem(item=entry.customer, place=0, customer=entry.customer, record=entry.record)
        for _, entry in lost
    ]
    yield from look_for_lost(flow, cases, context)
    for (job, decision), case in zip(lost, cases, strict=True):
        intent = decision.record.intent if decision.record is not None else None
        alive = [hit for hit in case.stamped or () if not hit.deleted]
        can = context.target.capabilities
        by = recover_by(can, intent, case.stamped, alive, now) if intent else None
        adopted = alive[0].ref if by is RecoverBy.ADOPT else None
        is_free = can.tier is Tier.A and {by, decision.by} <= {RecoverBy.REISSUE, RecoverBy.ANEW}
        is_same = by is decision.by or is_free  # a unique id keeps either from being doubled
        if case.decision is not None or not is_same or adopted != decision.target:
            job.end(Result.STALE, STALE)


def _target(decision: Decision, stored: SyncRecord | None) -> Known | None:
    if isinstance(decision, Link | Update):
        return decision.target, decision.current
    if isinstance(decision, Merge) and decision.survivor is None and stored is not None:
        own = stored.other(decision.source)
        return None if own is None else (own, None)
    return None


def _source(decision: Decision) -> Known | None:
    if isinstance(decision, Create | Link | Merge | Update):
        return decision.source, decision.customer
    return (decision.source, None) if _lasts(decision) else None


def _lasts(decision: Decision | None) -> bool:
    return isinstance(decision, Skip) and decision.lasts


def _judge(flow: Flow, decision: Decision, now: _Now) -> Result | None:
    stored = now.records.get(decision.source)
    if isinstance(decision, Unchanged):
        return None if _is_linked(stored, decision) or decision.record is None else Result.UNCHANGED
    if isinstance(decision, Link | Update) and now.targets is not None:
        target = now.targets.get(decision.target)
        if _is_linked(stored, decision) and target is not None and _shows(flow, decision, target):
            return Result.ALREADY_DONE
        if target is None or target.deleted or not is_as_before(flow, decision, target):
            return Result.STALE
    record = getattr(decision, "record", None)
    version = record.version if record is not None else 0
    if (stored.version if stored else 0) != version:
        return Result.ALREADY_DONE if _is_done(decision, stored) else Result.STALE
    if not _is_of_its_record(decision, stored):
        return Result.REFUSED
    return None if _rests_on_the_same(flow, decision, now) else Result.STALE


def _is_of_its_record(decision: Decision, stored: SyncRecord | None) -> bool:
    """Return whether the decision is about the target customer that the sync record names."""
    if isinstance(decision, Update):
        return _is_linked(stored, decision)
    if isinstance(decision, Merge) and decision.duplicate is not None and stored is not None:
        started = stored.merge.duplicate if stored.merge is not None else None
        own = started if stored.status is Status.MERGED else stored.other(decision.source)
        return own is not None and own.is_one_with(decision.duplicate)
    return True


def _rests_on_the_same(flow: Flow, decision: Decision, now: _Now) -> bool:
    """Return whether the source is still what the decision was made of; yes where it cannot be read."""
    source = (now.sources or {}).get(decision.source)
    if isinstance(decision, Merge):
        return _is_merged_still(decision, source, now)
    if _lasts(decision):
        return source is None or _lasts(admit(flow, source, now.records.get(decision.source)))
    if isinstance(decision, Create | Link | Update) and now.sources is not None:
        return _has_the_same(flow, decision, source)
    return True


def _is_merged_still(decision: Merge, source: Customer | None, now: _Now) -> bool:
    """Return whether it is still merged in the source, and the survivor has the same counterpart.

    A merge cannot be undone. A source that does not show the customer any more, or does not show merges, is
    taken at its word. Of a merge in the target alone, the target names the survivor.
    """
    into = ABSENT if source is None or source.deleted else source.merged_into
    if into is not ABSENT and canonical(into) != canonical(decision.customer.merged_into):
        return False
    if decision.survivor is None:
        return _is_survivor(decision, now)
    record = now.records.get(decision.survivor)
    if record is None or not record.is_joined:
        return decision.heir is not None and (record is None or record.status is Status.FAILED)
    return decision.heir is None and record.other(decision.survivor) == decision.target


def _is_survivor(decision: Merge, now: _Now) -> bool:
    """Return whether the record, or the duplicate as the target shows it, names the survivor."""
    stored = now.records.get(decision.source)
    own = stored.other(decision.source) if stored is not None else None
    assert own is not None  # noqa: S101 - only who has a counterpart is merged
    there = None if own == decision.target else (now.targets or {}).get(own)
    return there is None or there.merged_into in (ABSENT, None, decision.target.id)


def _is_done(decision: Decision, stored: SyncRecord | None) -> bool:
    """Return whether the record has the state by now that the decision leads to."""
    if stored is None or isinstance(decision, Update):
        return False
    if isinstance(decision, Merge):
        is_over = stored.merge is not None and stored.merge.done
        return stored.status is Status.MERGED and stored.target == decision.target and is_over
    return stored.status is (Status.EXCLUDED if isinstance(decision, Skip) else Status.LINKED)


def _is_linked(stored: SyncRecord | None, decision: Link | Unchanged | Update) -> bool:
    if stored is None or decision.target is None or stored.status not in (Status.LINKED, Status.SHARED):
        return False
    other = stored.other(decision.source)
    return other is not None and other.is_one_with(decision.target)


def _shows(flow: Flow, decision: Link | Update, target: Customer) -> bool:
    version = decision.record.version if decision.record else 0
    return bool(decision.changes or version == 0) and all(
        flow.field_for[change.field].same(change.after, value_of(target, change.field))
        for change in decision.changes
    )


def _has_the_same(flow: Flow, decision: Create | Link | Update, source: Customer | None) -> bool:
    if source is None or source.deleted:
        return False
    read = {name for row in flow.fields for name in row.sources}
    read -= {"parent", EXCLUDED_MARK} if flow.parent else {EXCLUDED_MARK}
    read -= set(flow.prescan.sets) if flow.prescan else set()
    read |= {flow.write_back} if flow.write_back and isinstance(decision, Create) else set()
    before = decision.customer
    return all(canonical(value_of(before, name)) == canonical(value_of(source, name)) for name in read)
