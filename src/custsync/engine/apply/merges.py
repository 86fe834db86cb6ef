"""Carrying out merges: one at a time, each a row of steps that can be taken again.

The order is the promise. What the target will lose is kept on the sync record, which points at the survivor
from then on; the duplicate's name and address are written to the survivor; only then is the merge asked for;
and it is over when the duplicate is seen to be gone. Dying between any two steps leaves a record that the
next run goes on from.
"""

from collections.abc import Generator, Sequence
from typing import Any, Final

from attrs import evolve

from custsync.engine.apply.jobs import Job, save
from custsync.engine.calls import find, issue_of, merge_customers, update
from custsync.engine.decisions import Merge
from custsync.engine.outcomes import Result
from custsync.engine.plan.search import RunContext, by_end
from custsync.engine.requests import LoadRecords, Request, Side
from custsync.errors import DataError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import Done, MergeRequest, Rejected, UpdateRequest
from custsync.rules.fields.limits import check_limits
from custsync.rules.merging import captured, has_address, kept_address, mergeable
from custsync.syncrecords import MergeNote, Status, SyncRecord, link, merge

__all__ = ["follow_merges"]

Steps = Generator[Request, Any, None]


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
    both = yield from _both(flow, decision, terms)
    if both is None:
        job.end(Result.UNKNOWN, _NOT_ASKED)
        return
    duplicate, survivor = both
    if survivor is None:
        job.end(Result.STALE)
    elif decision.heir is not None:
        yield from _hand_over(flow, job, decision, decision.heir)
    elif duplicate is None:
        yield from _point(job, decision)
    else:
        yield from _unite(flow, job, duplicate, survivor, terms)


def _both(
    flow: Flow, decision: Merge, terms: RunContext
) -> Generator[Request, Any, tuple[Customer | None, Customer | None] | None]:
    """Return the duplicate and the survivor as they are now, None for one that is gone.

    None for both where the target could not be asked: silence is no proof that the duplicate is gone.
    """
    refs = [ref for ref in (decision.duplicate, decision.target) if ref is not None]
    end = terms.ends.target
    found = yield from find(Side.TARGET, "id", [ref.id for ref in refs], end.capabilities, terms.retry)
    now: dict[str, Customer] = {}
    for identity, hits in found.items():
        if not isinstance(hits, Sequence):
            return None
        if len(hits) == 1 and not flow.target.is_deleted(hits[0]):
            now[identity] = flow.target.read(hits[0], end.account, end.mode)
    duplicate = now.get(decision.duplicate.id) if decision.duplicate else None
    return duplicate, now.get(decision.target.id)


def _point(job: Job, decision: Merge) -> Steps:
    """Let the record point at the survivor; nothing is left to merge."""
    note = decision.record.merge or MergeNote(duplicate=decision.duplicate)
    job.record = merge(decision.record, decision.source, decision.target, evolve(note, done=True))
    yield from save([job])


def _unite(flow: Flow, job: Job, duplicate: Customer, survivor: Customer, terms: RunContext) -> Steps:
    before = job.record
    assert before is not None  # noqa: S101 - a merge has a record
    refused = mergeable(survivor, duplicate)
    if refused:
        job.end(Result.FAILED, *refused)
        return
    note = MergeNote(duplicate=duplicate.ref, lost=captured(duplicate, survivor))
    job.record = merge(before, job.decision.source, survivor.ref, note)
    yield from save([job])
    if job.result is None:
        yield from _keep_address(flow, job, duplicate, survivor, terms)
    if job.result is None:
        yield from _ask(flow, job, before, duplicate.ref, terms)
    if job.result is None:
        yield from _confirm(flow, job, duplicate.ref, note, terms)


def _keep_address(flow: Flow, job: Job, duplicate: Customer, survivor: Customer, terms: RunContext) -> Steps:
    """Write the duplicate's name and address to the survivor's address book, unless they stand there."""
    line = kept_address(duplicate)
    fitted, over = check_limits({"billing_address": line}, flow.target.limits, flow.may_cut)
    if has_address(survivor, fitted["billing_address"]):
        return
    if any(issue.severity is Severity.ERROR for issue in over):
        job.end(Result.FAILED, *over)
        return
    job.issues += over
    try:
        payload = flow.target.write({"addresses": (fitted["billing_address"],)}, survivor)
    except DataError as error:
        job.end(Result.FAILED, evolve(_NOT_KEPT, reason=str(error)))
        return
    request = UpdateRequest(id=survivor.id, payload=payload)
    answers = yield from update(Side.TARGET, [request], terms.ends.target.capabilities, terms.retry)
    answer = answers[survivor.id]
    if not isinstance(answer, Done):
        failed = Result.FAILED if isinstance(answer, Rejected) else Result.UNKNOWN
        job.end(failed, issue_of(answer, "update"))


def _ask(flow: Flow, job: Job, before: SyncRecord, duplicate: Ref, terms: RunContext) -> Steps:
    assert isinstance(job.decision, Merge)  # noqa: S101 - only merges come here
    request = MergeRequest(survivor=job.decision.target.id, duplicate=duplicate.id)
    answers = yield from merge_customers([request], terms.ends.target.capabilities, terms.retry)
    answer = answers[duplicate.id]
    if isinstance(answer, Rejected):
        yield from _refused(flow, job, before, answer, terms)
    elif not isinstance(answer, Done):
        job.end(Result.UNKNOWN, issue_of(answer, "merge"))


def _refused(flow: Flow, job: Job, before: SyncRecord, answer: Rejected, terms: RunContext) -> Steps:
    """Let the record be as it was before the merge that the target refused.

    Not where the duplicate is gone: somebody else merged it meanwhile, and what was kept of it stays kept.
    """
    assert job.record is not None and job.record.merge is not None  # noqa: S101, PT018 - it was started
    duplicate = job.record.merge.duplicate
    assert duplicate is not None  # noqa: S101 - the same
    is_deleted = yield from _is_gone(flow, duplicate, terms)
    if is_deleted is None:
        job.end(Result.UNKNOWN, issue_of(answer, "merge"))
    elif not is_deleted:
        job.record = _as_before(before, duplicate, job.record.version)
        yield from save([job])
        job.end(Result.FAILED, issue_of(answer, "merge"))


def _as_before(before: SyncRecord, duplicate: Ref, version: int) -> SyncRecord:
    """Return the record linked to its own counterpart, for the merge was refused and took no effect."""
    linked = evolve(before, status=Status.LINKED, merge=None, version=version)
    return linked if before.status is Status.LINKED else evolve(linked, target=duplicate)


def _confirm(flow: Flow, job: Job, duplicate: Ref, note: MergeNote, terms: RunContext) -> Steps:
    """Note that the merge is over, once the duplicate is seen to be gone; some targets take their time."""
    is_deleted = yield from _is_gone(flow, duplicate, terms)
    if not is_deleted or job.record is None:
        job.end(Result.UNKNOWN, _QUEUED)
        return
    job.record = evolve(job.record, merge=evolve(note, done=True))
    yield from save([job])


def _is_gone(flow: Flow, customer: Ref, terms: RunContext) -> Generator[Request, Any, bool | None]:
    """Return whether a customer is seen to be gone, None where the target could not be asked."""
    found = yield from find(Side.TARGET, "id", [customer.id], terms.ends.target.capabilities, terms.retry)
    hits = found[customer.id]
    return all(flow.target.is_deleted(hit) for hit in hits) if isinstance(hits, Sequence) else None


def _hand_over(flow: Flow, job: Job, decision: Merge, heir: Ref) -> Steps:
    """Let the surviving source customer take the counterpart over, and both records point at it.

    It is over when the heir has it: one that somebody else linked meanwhile has another counterpart, into
    which this one is then merged.
    """
    note = MergeNote(duplicate=decision.target)
    job.record = merge(decision.record, decision.source, decision.target, note)
    yield from save([job])
    if job.result is None:
        yield from _inherit(flow, job, heir)
    if job.result is None:
        assert job.record is not None  # noqa: S101 - it was saved above
        job.record = evolve(job.record, merge=evolve(note, done=True))
        yield from save([job])


def _inherit(flow: Flow, job: Job, heir: Ref) -> Steps:
    """Link the surviving source customer to the counterpart that it takes over.

    It has no record, or one of a create that failed; one that says more by now is left alone.
    """
    assert job.target is not None  # noqa: S101 - a merge has a target
    blank = SyncRecord(link=flow.link, source=heir, status=Status.LINKED, flow=flow.name)
    kept = by_end((yield LoadRecords(flow.link, (heir,)))).get(heir, blank)
    base = kept if kept.status is Status.FAILED else blank
    decision = evolve(job.decision, source=heir)
    takes_over = Job(decision, record=link(base, heir, job.target), target=job.target)
    yield from save([takes_over])
    job.result = takes_over.result


_QUEUED: Final = Issue(
    code="merge_queued",
    rule="ST-MRG-1",
    field="merged_into",
    reason="the target has taken the merge on and not carried it out yet",
    remedy="Nothing to do: the next run looks again",
    severity=Severity.NOTE,
)
_NOT_ASKED: Final = Issue(
    code="look_up_failed",
    rule="G-ISO",
    field="target",
    reason="the target could not be asked for the two customers, so that nothing was merged",
    remedy="Run again; the adapter's log says more",
)
_NOT_KEPT: Final = Issue(
    code="address_not_kept",
    rule="ST-MRG-1",
    field="addresses",
    reason="the duplicate's address cannot be written to the survivor",
    remedy="Mend what the reason names, then run again: nothing is merged before it is kept",
)
