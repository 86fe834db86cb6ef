"""The jobs of a batch: each decision on its way to an outcome, and its sync record saved along the way."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import define

from custsync._building import evolved
from custsync.engine.apply.issues import OVERTAKEN, REFUSALS, STALE, orphaned
from custsync.engine.calls import End, find
from custsync.engine.decide.issues import review_issue
from custsync.engine.decisions import Create, Decision, Link, Recover, Skip, Unchanged, Update
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import RunContext, by_end, the_hit
from custsync.engine.requests import LoadRecords, SaveRecords, Steps
from custsync.errors import AdapterContractError, PayloadError, StoreError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref
from custsync.protocols import Done, Payload
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.judgement import Verdict
from custsync.syncrecords import RecordWrite, Status, SyncRecord, begin
from custsync.systems.system import System

Known: TypeAlias = tuple[Ref, Customer | None]
"""A customer's reference, and the customer as it was read last, where it was."""


@define(eq=False, repr=False)
class Job:
    """One decision on its way to an outcome.

    Attributes:
        decision: what is carried out.
        record: its sync record, as it was saved last or is to be saved next.
        payload: what is sent, None where there is nothing to send.
        target: the target customer, once it is known.
        after: the target customer as it was observed after the write.
        answered: whether `after` is the write's own answer.
        was_there: whether a create found its unique key taken, by a customer that was there before.
        is_written: whether the target was observed to have taken the write.
        result: how the job ended, None while it is under way.
        issues: what there is to report.
        candidates: target customers that a person should look at.
    """

    decision: Decision
    record: SyncRecord | None = None
    payload: Payload | None = None
    target: Ref | None = None
    after: Customer | None = None
    answered: bool = False
    was_there: bool = False
    is_written: bool = False
    result: Result | None = None
    issues: tuple[Issue, ...] = ()
    candidates: tuple[Ref, ...] = ()

    def end(self, result: Result, *issues: Issue) -> None:
        """End the job, with what there is to report."""
        self.result = result
        self.issues += issues


def record_of(flow: Flow, decision: Any) -> SyncRecord:
    """Return the sync record of a decision's customer, a new one where it has none yet."""
    return decision.record or begin(flow.link, decision.source, flow.name)


def _writes(records: Iterable[SyncRecord | None]) -> tuple[RecordWrite, ...]:
    """Return the compare-and-sets that save the records."""
    return tuple([RecordWrite(record=one, expected=one.version) for one in records if one is not None])


def save(jobs: Sequence[Job], *, last: bool = False) -> Steps[None]:
    """Save the jobs' records; a job whose record somebody else saved meanwhile is ended.

    After the last save a job needs no record of the version that the store has now.
    """
    if not jobs:
        return
    answers = yield SaveRecords(_writes(job.record for job in jobs))
    if len(answers) != len(jobs):
        raise StoreError(f"save: {len(jobs)} writes have {len(answers)} answers; a store gives one for each")
    lost = []
    for job, is_saved in zip(jobs, answers, strict=True):
        if not is_saved or job.record is None:
            lost.append(job)
        elif not last:
            job.record = evolved(job.record, version=job.record.version + 1)
    if lost:
        link = lost[0].record.link if lost[0].record else ""
        stored = by_end((yield LoadRecords(link, tuple(job.decision.source for job in lost))))
        for job in lost:
            _lose(job, stored.get(job.decision.source))
        yield from save([job for job in lost if job.result is None], last=last)


def save_unless_overtaken(records: Sequence[SyncRecord | None]) -> Steps[None]:
    """Save records of which nothing more is done; where somebody else saved one meanwhile, theirs counts."""
    if records:
        yield SaveRecords(_writes(records))


def _lose(job: Job, stored: SyncRecord | None) -> None:
    """End a job whose record somebody else saved, with what became of its write, if it was sent.

    Whoever created the customer links it, also where another worker has taken the same create over. Where its
    own record is as it was, another customer's names the target: somebody linked it meanwhile.
    """
    decision, is_update = job.decision, isinstance(job.decision, Update)
    if isinstance(decision, Unchanged):
        job.end(Result.UNCHANGED)
    elif not is_update and stored is not None and _is_as_wanted(job, stored):
        job.end(Result.ALREADY_DONE)
    elif not job.is_written:
        job.end(Result.STALE, STALE)
    elif not isinstance(decision, Create | Recover):
        job.end(Result.UPDATED if is_update else Result.LINKED, OVERTAKEN)
    elif stored is not None and job.record is not None and stored.version == job.record.version:
        job.candidates = () if job.target is None else (job.target,)
        job.end(Result.REVIEW, review_issue(Verdict.TAKEN, "G-DUP", "target"))
    elif job.record is not None and stored is not None and _is_of_a_worker(stored):
        job.record = evolved(job.record, version=stored.version)
    else:
        job.candidates = () if job.target is None else (job.target,)
        job.end(Result.REVIEW, orphaned(job.target))


def _is_as_wanted(job: Job, stored: SyncRecord) -> bool:
    if stored.status is not (Status.EXCLUDED if isinstance(job.decision, Skip) else Status.LINKED):
        return False
    return job.target is None or stored.other(job.decision.source) == job.target


def _is_of_a_worker(stored: SyncRecord) -> bool:
    """Return whether another worker took the create over, and may have been refused."""
    is_refused = stored.error is not None and stored.error.code in REFUSALS
    return stored.status is Status.INTENT or (stored.status is Status.FAILED and is_refused)


# What the target answers


def target_ref(flow: Flow, identity: str, context: RunContext) -> Ref:
    """Return the reference of a target customer."""
    end = context.target
    return Ref(flow.target.name, identity, end.account, end.mode)


def read_target(flow: Flow, payload: Payload | None, context: RunContext) -> Customer | None:
    """Return the target customer of an answer, None where the answer has none, or it cannot be read."""
    if payload is None:
        return None
    try:
        return flow.target.read(payload, context.target.account, context.target.mode)
    except PayloadError:
        return None


def is_as_before(flow: Flow, decision: Link | Update, target: Customer) -> bool:
    """Return whether the target customer shows in the fields to be changed what was read for the decision."""
    rows = [
        (flow.field_for[change.field].same, change, value_of(target, change.field))
        for change in decision.changes
    ]
    return all(same(change.before, now) and same(now, change.before) for same, change, now in rows)


def keep_answer(flow: Flow, job: Job, answer: Done, context: RunContext, method: str) -> None:
    """Keep on the job that its write was done, and what the answer shows.

    Raises:
        AdapterContractError: the answer names one record and shows another.
    """
    job.is_written = True
    job.after = read_target(flow, answer.payload, context)
    job.answered = job.after is not None
    if job.after is not None and job.after.ref.id != answer.id:
        raise AdapterContractError(method, "the answer names one record and shows another")


# What is there now


def read_again(
    system: System, end: End, known: Sequence[Known | None]
) -> Steps[Mapping[Ref, Customer | None] | None]:
    """Return the customers as they are now, None for one that is gone; None where none can be read."""
    by = system.retrieved_by
    asked = {one[0]: question for one in known if one is not None and (question := _question(by, *one))}
    if not asked or by not in end.capabilities.lookups:
        return None
    found = yield from find(end, by, asked.values())
    return {ref: the_hit(system.read, end, ref, found[question]) for ref, question in asked.items()}


def _question(by: str, ref: Ref, customer: Customer | None) -> str:
    """Return what a system is asked for to answer with this customer, `""` where that is not known."""
    value = ref.id if by == "id" else value_of(customer, by) if customer is not None else ""
    return value if isinstance(value, str) else ""
