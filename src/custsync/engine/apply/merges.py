"""Carrying out merges: one at a time, each a row of steps that can be taken again.

The order is the promise. What the target will lose is kept on the sync record, which points at the survivor
from then on; the duplicate's name and address are written to the survivor; only then is the merge asked for;
and it is over when the duplicate is confirmed to be gone. Dying between any two steps leaves a record that
the next run goes on from.
"""

from collections.abc import Mapping, Sequence

from attrs import define, evolve

from custsync.engine.apply.issues import ADDRESS_NOT_KEPT, ID_NOT_MOVED, MERGE_QUEUED, STALE, refused, unknown
from custsync.engine.apply.jobs import Job, save
from custsync.engine.calls import find, merge_customers, update
from custsync.engine.decisions import Merge
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import RunContext, look_up_failed, stored_by_end, the_hit
from custsync.engine.requests import Steps
from custsync.errors import DataError, PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Ref, Severity
from custsync.protocols import Answer, Done, Found, MergeRequest, Payload, Rejected
from custsync.rules import merging as merging_rules
from custsync.rules.fields.limits import check_limits
from custsync.rules.fields.mapping import value_of
from custsync.syncrecords import MergeNote, Status, SyncRecord, begin, finish_merge, link, merge, undo_merge


def follow_merges(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Carry out the merges of a batch, in order.

    One at a time: two duplicates of one survivor both add to its address book.

    Rule: ST-MRG-1, ST-MRG-2, G-DUP, G-LOSS
    """
    for job in jobs:
        decision = job.decision
        assert isinstance(decision, Merge)  # noqa: S101 - only merges come here
        job.record, job.target = decision.record, decision.target
        yield from _Merging(flow, job, decision, context, decision.record).follow()


@define
class _Merging:
    """One merge on its way, with its sync record."""

    flow: Flow
    job: Job
    decision: Merge
    context: RunContext
    record: SyncRecord

    def follow(self) -> Steps[None]:
        duplicate, survivor = self.decision.duplicate, self.decision.target
        alive = yield from self._alive([ref for ref in (duplicate, survivor) if ref is not None])
        if alive is None:
            return
        if survivor not in alive:
            self.job.end(Result.STALE, STALE)
        elif self.decision.heir is not None:
            yield from self._hand_over(self.decision.heir, alive[survivor])
        elif duplicate is None or duplicate not in alive:
            yield from self._point(alive[survivor])
        else:
            yield from self._unite(alive[duplicate], alive[survivor])

    def _alive(self, refs: Sequence[Ref]) -> Steps[dict[Ref, Customer] | None]:
        """Return those of the customers that are there, as they are now.

        None, and the job ends, where the target could not be asked: silence is no proof that the duplicate is
        gone.
        """
        found = yield from self._found(*refs)
        alive: dict[Ref, Customer] = {}
        for ref in refs:
            customer = the_hit(self.flow.target.read, self.context.target, ref, found[ref.id])
            if customer is not None and not customer.deleted:
                alive[ref] = customer
            elif not _shows_gone(self.flow, ref, found[ref.id]):
                self.job.end(Result.UNKNOWN, look_up_failed(found[ref.id]))
                return None
        return alive

    def _found(self, *refs: Ref) -> Steps[Mapping[str, Found]]:
        return (yield from find(self.context.target, "id", [ref.id for ref in refs]))

    def _save(self, record: SyncRecord) -> Steps[None]:
        """Save the record; the job ends where somebody else saved it meanwhile."""
        self.job.record = record
        yield from save([self.job])
        self.record = self.job.record

    def _point(self, survivor: Customer) -> Steps[None]:
        """Let the record point at the survivor; nothing is left to merge."""
        decision = self.decision
        yield from self._move_id(survivor)
        if self.job.result is None:
            note = self.record.merge or MergeNote(duplicate=decision.duplicate)
            yield from self._save(finish_merge(merge(self.record, decision.source, decision.target, note)))

    def _unite(self, duplicate: Customer, survivor: Customer) -> Steps[None]:
        job, before = self.job, self.record
        not_allowed = merging_rules.mergeable(survivor, duplicate)
        if not_allowed:
            job.end(Result.FAILED, *not_allowed)
            return
        note = MergeNote(duplicate=duplicate.ref, lost=merging_rules.captured(duplicate, survivor))
        yield from self._save(merge(before, job.decision.source, survivor.ref, note))
        if job.result is None:
            yield from self._keep_address(duplicate, survivor)
        if job.result is None:
            yield from self._ask(before, duplicate.ref)
        if job.result is None:
            yield from self._confirm(duplicate.ref)

    def _keep_address(self, duplicate: Customer, survivor: Customer) -> Steps[None]:
        """Write the duplicate's name and address to the survivor's address book, unless they are there."""
        job, line = self.job, merging_rules.kept_address(duplicate)
        fitted, over = check_limits({"billing_address": line}, self.flow.target.limits, self.flow.may_cut)
        if merging_rules.has_address(survivor, fitted["billing_address"]):
            return
        if any(issue.severity is Severity.ERROR for issue in over):
            job.end(Result.FAILED, *over)
            return
        job.issues += over
        try:
            payload = self.flow.target.write({"addresses": (fitted["billing_address"],)}, survivor)
        except DataError as error:
            job.end(Result.FAILED, evolve(ADDRESS_NOT_KEPT, reason=str(error)))
            return
        answer = yield from self._updated(survivor, payload)
        if isinstance(answer, Rejected):
            job.end(Result.FAILED, refused(answer, "update"))

    def _updated(self, survivor: Customer, payload: Payload) -> Steps[Answer]:
        """Return the answer to an update of the survivor; the job ends where it is not known."""
        answer = (yield from update(self.context.target, {survivor.ref: payload}))[survivor.ref]
        if not isinstance(answer, Done | Rejected):
            self.job.end(Result.UNKNOWN, unknown(answer, "update"))
        return answer

    def _ask(self, before: SyncRecord, duplicate: Ref) -> Steps[None]:
        request = MergeRequest(survivor=self.decision.target.id, duplicate=duplicate.id, kind=duplicate.kind)
        answer = (yield from merge_customers(self.context.target, [request]))[duplicate.id]
        if isinstance(answer, Rejected):
            yield from self._take_back(before, duplicate, answer)
        elif not isinstance(answer, Done):
            self.job.end(Result.UNKNOWN, unknown(answer, "merge"))

    def _take_back(self, before: SyncRecord, duplicate: Ref, answer: Rejected) -> Steps[None]:
        """Let the record be as it was before the merge that the target refused.

        Not where the duplicate is gone: somebody else merged it meanwhile, and what is kept of it stays.
        """
        is_gone = yield from self._is_gone(duplicate)
        if is_gone is None:
            self.job.end(Result.UNKNOWN, unknown(answer, "merge"))
        elif not is_gone:
            yield from self._save(undo_merge(before, duplicate, self.record.version))
            self.job.end(Result.FAILED, refused(answer, "merge"))

    def _confirm(self, duplicate: Ref) -> Steps[None]:
        """Note that the merge is over, once the duplicate is confirmed to be gone; that can take time."""
        is_gone = yield from self._is_gone(duplicate)
        if is_gone:
            yield from self._save(finish_merge(self.record))
        else:
            self.job.end(Result.UNKNOWN, MERGE_QUEUED)

    def _is_gone(self, customer: Ref) -> Steps[bool | None]:
        """Return whether a customer is confirmed to be gone, None where the target could not be asked."""
        hits = (yield from self._found(customer))[customer.id]
        return _shows_gone(self.flow, customer, hits) if isinstance(hits, Sequence) else None

    def _move_id(self, survivor: Customer) -> Steps[None]:
        """Write the surviving source customer's id to a counterpart that keeps the merged one's still."""
        heir, stamp = self.decision.survivor, self.flow.source_id_field
        if stamp and heir is not None and value_of(survivor, stamp) == self.decision.source.id:
            payload = self.flow.target.write({stamp: heir.id}, survivor)
            answer = yield from self._updated(survivor, payload)
            self.job.issues += (ID_NOT_MOVED,) if isinstance(answer, Rejected) else ()

    def _hand_over(self, heir: Ref, survivor: Customer) -> Steps[None]:
        """Let the surviving source customer take the counterpart over, and both records point at it.

        It is over when the heir has it: one that somebody else linked meanwhile has another counterpart, into
        which this one is then merged.
        """
        job, own = self.job, self.decision.target
        yield from self._save(merge(self.record, self.decision.source, own, MergeNote(duplicate=own)))
        if job.result is None:
            yield from self._inherit(heir, own)
        if job.result is None:
            yield from self._move_id(survivor)
        if job.result is None:
            yield from self._save(finish_merge(self.record))

    def _inherit(self, heir: Ref, own: Ref) -> Steps[None]:
        """Link the surviving source customer to the counterpart that it takes over.

        It has no record, or one of a create that failed; one that holds more by now is left alone.
        """
        blank = begin(self.flow.link, heir, self.flow.name)
        kept = (yield from stored_by_end(self.flow, (heir,))).get(heir, blank)
        base = kept if kept.status is Status.FAILED else blank
        heirs = Job(evolve(self.decision, source=heir), record=link(base, heir, own), target=own)
        yield from save([heirs])
        if heirs.result is not None:
            self.job.end(heirs.result, *heirs.issues)


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
