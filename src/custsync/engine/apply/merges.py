"""Carrying out merges: one at a time, each a row of steps that can be taken again.

The order is the promise. What the target will lose is kept on the sync record, which points at the survivor
from then on; the duplicate's name and address are written to the survivor; only then is the merge asked for;
and it is over when the duplicate is confirmed to be gone. Dying between any two steps leaves a record that
the next run goes on from.
"""

from collections.abc import Generator, Sequence
from typing import Any

from attrs import define, evolve

from custsync.engine.apply.issues import (
    ADDRESS_NOT_KEPT,
    ID_NOT_MOVED,
    MERGE_QUEUED,
    STALE,
    refused,
    unknown,
)
from custsync.engine.apply.jobs import Job, save
from custsync.engine.calls import find, merge_customers, update
from custsync.engine.decisions import Merge
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import RunContext, by_end, the_hit
from custsync.engine.plan.issues import LOOK_UP_FAILED
from custsync.engine.requests import LoadRecords, Request, Side
from custsync.errors import DataError, PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Ref, Severity
from custsync.protocols import Done, Found, MergeRequest, Payload, Rejected
from custsync.rules import merging as merging_rules
from custsync.rules.fields.limits import check_limits
from custsync.rules.fields.mapping import value_of
from custsync.syncrecords import MergeNote, Status, SyncRecord, begin, finish_merge, link, merge, undo_merge

__all__ = ["follow_merges"]

Steps = Generator[Request, Any, None]


@define
class MergeJob:
    """One merge on its way, and its two target customers as they are now, None for one that is gone."""

    job: Job
    decision: Merge
    record: SyncRecord
    duplicate: Customer | None
    survivor: Customer | None

    def save(self, record: SyncRecord) -> Steps:
        """Save the record; the job ends where somebody else saved it meanwhile."""
        self.job.record = record
        yield from save([self.job])
        self.record = self.job.record


def follow_merges(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    """Carry out the merges of a batch, in order.

    One at a time: two duplicates of one survivor both add to its address book.

    Rule: ST-MRG-1, ST-MRG-2, G-DUP, G-LOSS
    """
    for job in jobs:
        yield from _follow(flow, job, terms)


def _follow(flow: Flow, job: Job, terms: RunContext) -> Steps:
    decision = job.decision
    assert isinstance(decision, Merge)  # noqa: S101 - only merges come here
    job.record, job.target = decision.record, decision.target
    merging = yield from _looked_up(flow, job, decision, terms)
    if merging is None:
        job.end(Result.UNKNOWN, LOOK_UP_FAILED)
    elif merging.survivor is None:
        job.end(Result.STALE, STALE)
    elif decision.heir is not None:
        yield from _hand_over(flow, merging, decision.heir, terms)
    elif merging.duplicate is None:
        yield from _point(flow, merging, merging.survivor, terms)
    else:
        yield from _unite(flow, merging, merging.duplicate, merging.survivor, terms)


def _looked_up(
    flow: Flow, job: Job, decision: Merge, terms: RunContext
) -> Generator[Request, Any, MergeJob | None]:
    """Return the merge with both customers as they are now.

    None where the target could not be asked: silence is no proof that the duplicate is gone.
    """
    refs = [ref for ref in (decision.duplicate, decision.target) if ref is not None]
    end = terms.ends.target
    found = yield from find(Side.TARGET, "id", [ref.id for ref in refs], end.capabilities, terms.retry)
    alive: dict[Ref, Customer] = {}
    for ref in refs:
        hits = found[ref.id]
        customer = the_hit(flow.target, end, ref, hits)
        if customer is not None and not customer.deleted:
            alive[ref] = customer
        elif not _shows_gone(flow, ref, hits):
            return None
    duplicate = alive.get(decision.duplicate) if decision.duplicate else None
    return MergeJob(job, decision, decision.record, duplicate, alive.get(decision.target))


def _point(flow: Flow, merging: MergeJob, survivor: Customer, terms: RunContext) -> Steps:
    """Let the record point at the survivor; nothing is left to merge."""
    decision = merging.decision
    yield from _move_id(flow, merging, survivor, terms)
    if merging.job.result is not None:
        return
    note = merging.record.merge or MergeNote(duplicate=decision.duplicate)
    yield from merging.save(finish_merge(merge(merging.record, decision.source, decision.target, note)))


def _unite(
    flow: Flow, merging: MergeJob, duplicate: Customer, survivor: Customer, terms: RunContext
) -> Steps:
    job, before = merging.job, merging.record
    not_allowed = merging_rules.mergeable(survivor, duplicate)
    if not_allowed:
        job.end(Result.FAILED, *not_allowed)
        return
    note = MergeNote(duplicate=duplicate.ref, lost=merging_rules.captured(duplicate, survivor))
    yield from merging.save(merge(before, job.decision.source, survivor.ref, note))
    if job.result is None:
        yield from _keep_address(flow, job, duplicate, survivor, terms)
    if job.result is None:
        yield from _ask(flow, merging, before, duplicate.ref, terms)
    if job.result is None:
        yield from _confirm(flow, merging, duplicate.ref, terms)


def _keep_address(flow: Flow, job: Job, duplicate: Customer, survivor: Customer, terms: RunContext) -> Steps:
    """Write the duplicate's name and address to the survivor's address book, unless they stand there."""
    line = merging_rules.kept_address(duplicate)
    fitted, over = check_limits({"billing_address": line}, flow.target.limits, flow.may_cut)
    if merging_rules.has_address(survivor, fitted["billing_address"]):
        return
    if any(issue.severity is Severity.ERROR for issue in over):
        job.end(Result.FAILED, *over)
        return
    job.issues += over
    try:
        payload = flow.target.write({"addresses": (fitted["billing_address"],)}, survivor)
    except DataError as error:
        job.end(Result.FAILED, evolve(ADDRESS_NOT_KEPT, reason=str(error)))
        return
    can = terms.ends.target.capabilities
    answers = yield from update(Side.TARGET, {survivor.ref: payload}, can, terms.retry)
    answer = answers[survivor.ref]
    if isinstance(answer, Rejected):
        job.end(Result.FAILED, refused(answer, "update"))
    elif not isinstance(answer, Done):
        job.end(Result.UNKNOWN, unknown(answer, "update"))


def _ask(flow: Flow, merging: MergeJob, before: SyncRecord, duplicate: Ref, terms: RunContext) -> Steps:
    survivor = merging.decision.target.id
    request = MergeRequest(survivor=survivor, duplicate=duplicate.id, kind=duplicate.kind)
    answers = yield from merge_customers([request], terms.ends.target.capabilities, terms.retry)
    answer = answers[duplicate.id]
    if isinstance(answer, Rejected):
        yield from _take_back(flow, merging, before, duplicate, answer, terms)
    elif not isinstance(answer, Done):
        merging.job.end(Result.UNKNOWN, unknown(answer, "merge"))


def _take_back(
    flow: Flow, merging: MergeJob, before: SyncRecord, duplicate: Ref, answer: Rejected, terms: RunContext
) -> Steps:
    """Let the record be as it was before the merge that the target refused.

    Not where the duplicate is gone: somebody else merged it meanwhile, and what was kept of it stays kept.
    """
    is_gone = yield from _is_gone(flow, duplicate, terms)
    if is_gone is None:
        merging.job.end(Result.UNKNOWN, unknown(answer, "merge"))
    elif not is_gone:
        yield from merging.save(undo_merge(before, duplicate, merging.record.version))
        merging.job.end(Result.FAILED, refused(answer, "merge"))


def _confirm(flow: Flow, merging: MergeJob, duplicate: Ref, terms: RunContext) -> Steps:
    """Note that the merge is over, once the duplicate is confirmed to be gone; that can take time."""
    is_gone = yield from _is_gone(flow, duplicate, terms)
    if is_gone:
        yield from merging.save(finish_merge(merging.record))
    else:
        merging.job.end(Result.UNKNOWN, MERGE_QUEUED)


def _is_gone(flow: Flow, customer: Ref, terms: RunContext) -> Generator[Request, Any, bool | None]:
    """Return whether a customer is confirmed to be gone, None where the target could not be asked."""
    found = yield from find(Side.TARGET, "id", [customer.id], terms.ends.target.capabilities, terms.retry)
    hits = found[customer.id]
    return _shows_gone(flow, customer, hits) if isinstance(hits, Sequence) else None


def _shows_gone(flow: Flow, customer: Ref, hits: Found) -> bool:
    """Return whether an answer to the customer's id shows that it is not there."""
    return isinstance(hits, Sequence) and all(
        flow.target.is_deleted(hit) or _is_of_another(flow, customer, hit) for hit in hits
    )


def _is_of_another(flow: Flow, customer: Ref, hit: Payload) -> bool:
    """Return whether a record is of another kind than the customer that was asked for by its id."""
    try:
        return flow.target.read(hit, customer.account, customer.mode).ref.kind != customer.kind
    except PayloadError:
        return False


def _move_id(flow: Flow, merging: MergeJob, survivor: Customer, terms: RunContext) -> Steps:
    """Write the surviving source customer's id to a counterpart that keeps the merged one's still."""
    heir, stamp = merging.decision.survivor, flow.source_id_field
    if not stamp or heir is None or value_of(survivor, stamp) != merging.decision.source.id:
        return
    payload, can = flow.target.write({stamp: heir.id}, survivor), terms.ends.target.capabilities
    answers = yield from update(Side.TARGET, {survivor.ref: payload}, can, terms.retry)
    answer = answers[survivor.ref]
    if isinstance(answer, Rejected):
        merging.job.issues += (ID_NOT_MOVED,)
    elif not isinstance(answer, Done):
        merging.job.end(Result.UNKNOWN, unknown(answer, "update"))


def _hand_over(flow: Flow, merging: MergeJob, heir: Ref, terms: RunContext) -> Steps:
    """Let the surviving source customer take the counterpart over, and both records point at it.

    It is over when the heir has it: one that somebody else linked meanwhile has another counterpart, into
    which this one is then merged.
    """
    job, own = merging.job, merging.decision.target
    note = MergeNote(duplicate=own)
    yield from merging.save(merge(merging.record, merging.decision.source, own, note))
    if job.result is None:
        yield from _inherit(flow, job, heir, own)
    if job.result is None and merging.survivor is not None:
        yield from _move_id(flow, merging, merging.survivor, terms)
    if job.result is None:
        yield from merging.save(finish_merge(merging.record))


def _inherit(flow: Flow, job: Job, heir: Ref, own: Ref) -> Steps:
    """Link the surviving source customer to the counterpart that it takes over.

    It has no record, or one of a create that failed; one that says more by now is left alone.
    """
    blank = begin(flow.link, heir, flow.name)
    kept = by_end((yield LoadRecords(flow.link, (heir,)))).get(heir, blank)
    base = kept if kept.status is Status.FAILED else blank
    takes_over = Job(evolve(job.decision, source=heir), record=link(base, heir, own), target=own)
    yield from save([takes_over])
    if takes_over.result is not None:
        job.end(takes_over.result, *takes_over.issues)
