"""Carrying out decisions: a batch at a time, so that the sync record is true at every moment.

The order is the promise. A create's intent is durable before the create is sent, and an update is on record
before it is; a record is linked only when a target id was observed; what was observed on either side is
remembered last. Dying between any two steps leaves something that the next plan understands.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import evolve

from custsync import syncrecords
from custsync.engine.apply.issues import WRITE_BACK_DUE
from custsync.engine.apply.jobs import Job, read_again, record_of, save, save_unless_overtaken
from custsync.engine.apply.last_seen import learn, written_by
from custsync.engine.apply.writes import send_creates, send_updates
from custsync.engine.calls import find, update
from custsync.engine.decide.admission import lasting_exclusion
from custsync.engine.decide.recovery import lands_by
from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Merge,
    Recover,
    Review,
    Skip,
    Unchanged,
    Update,
    external_id_of,
)
from custsync.engine.outcomes import Outcome, Result
from custsync.engine.plan.context import PLACE_MARK, RunContext, stored_by_end, the_hit
from custsync.engine.requests import Steps
from custsync.errors import DataError
from custsync.flow import Flow
from custsync.models import ABSENT, Customer, Issue, Ref, Severity
from custsync.protocols import Capabilities, Done, Payload
from custsync.rules.fields.mapping import value_of
from custsync.rules.fields.values import digest
from custsync.syncrecords import Status, SyncRecord, UpdateNote

Step = Callable[[Flow, Sequence[Job], RunContext], Steps[None]]
_Synced = Create | Link | Recover | Unchanged | Update


def apply_batch(
    flow: Flow, decisions: Sequence[Decision], context: RunContext, *, fresh: bool
) -> Steps[list[Outcome]]:
    """Return one outcome per decision, in order, carrying each out on the way.

    Args:
        flow: the policy that made the decisions.
        decisions: at most one per source customer.
        context: what the run is made under.
        fresh: the decisions were made just now; otherwise what they rest on is read again first, and what
            no longer holds is `STALE` and not written.

    Raises:
        AdapterContractError: an adapter's answer breaks its contract; intents stay.

    Rule: G-DUP, G-LOSS, G-IDEM, SP-OUT-3
    """
    jobs = [_job(decision) for decision in decisions]
    if not fresh:
        from custsync.engine.apply.preconditions import recheck  # a plan of a moment ago needs none

        yield from recheck(flow, [job for job in jobs if job.result is None], context)
    if flow.record_errors:
        yield from _note_errors(flow, jobs)
    for step, kinds in _STEPS:
        due = [job for job in jobs if job.result is None and isinstance(job.decision, kinds)]
        if due:
            yield from step(flow, due, context)
    return [_outcome(job) for job in jobs]


def _job(decision: Decision) -> Job:
    is_kept = isinstance(decision, Skip) and decision.lasts
    return Job(decision, result=None if is_kept else _QUIET.get(type(decision)), issues=decision.issues)


_QUIET: Final[Mapping[type, Result]] = {Skip: Result.LEFT_OUT, Review: Result.REVIEW, Invalid: Result.REFUSED}
_LOUD: Final[Mapping[type, Result]] = {
    Create: Result.CREATED,
    Update: Result.UPDATED,
    Skip: Result.LEFT_OUT,
    Link: Result.LINKED,
    Merge: Result.MERGED,
    Recover: Result.RECOVERED,
    Unchanged: Result.UNCHANGED,
}


def _outcome(job: Job) -> Outcome:
    decision = job.decision
    return Outcome(
        source=decision.source,
        decided=decision.verb,
        result=job.result or _LOUD[type(decision)],
        target=job.target or getattr(decision, "target", None),
        issues=job.issues,
        candidates=job.candidates or getattr(decision, "candidates", ()),
        external_id=external_id_of(decision),
    )


def _note_errors(flow: Flow, jobs: Sequence[Job]) -> Steps[None]:
    """Save, for each customer that was refused or is for review, a record that failed, with the first error.

    For flows whose sync records people look at. A record that holds more than that (a link, an intent, an
    exclusion) is left alone, and so is one that holds the same already. A record that somebody else saves
    meanwhile is left to the next run.

    Rule: ST-REC, G-WHY
    """
    noted = {
        job.decision.source: _error(job.decision)
        for job in jobs
        if isinstance(job.decision, Invalid | Review) and _is_named(job.decision)
    }
    kept = yield from stored_by_end(flow, noted)
    failed = [
        syncrecords.reject(record, issue)
        for ref, issue in noted.items()
        if (record := kept.get(ref) or syncrecords.begin(flow.link, ref, flow.name)).status is Status.FAILED
        and record.error != issue
    ]
    yield from save_unless_overtaken(failed)


def _error(decision: Invalid | Review) -> Issue:
    errors = [issue for issue in decision.issues if issue.severity is Severity.ERROR]
    return (errors or decision.issues)[0]


def _is_named(decision: Invalid | Review) -> bool:
    """Return whether the record has an id; one that cannot be read is named by its place in the input."""
    return bool(decision.issues) and not decision.source.id.startswith(PLACE_MARK)


def _exclude(flow: Flow, jobs: Sequence[Job], _context: RunContext) -> Steps[None]:
    """Keep on their records that these customers are left out permanently."""
    for job in jobs:
        decision = job.decision
        assert isinstance(decision, Skip)  # noqa: S101 - no other comes here
        record = record_of(flow, decision)
        is_marked = flow.excluded_field and decision.record is not None and record.status is Status.EXCLUDED
        move = syncrecords.hide if is_marked else syncrecords.exclude
        job.record = move(record, record.error or job.issues[0])
    yield from save(jobs)


def _hide(flow: Flow, jobs: Sequence[Job], _context: RunContext) -> Steps[None]:
    """Keep on their records why customers are excluded permanently, before the target has them with a mark.

    Rule: UF-EXC-2, UF-EXC-4
    """
    hiding = []
    for job in jobs if flow.excluded_field else ():
        decision = job.decision
        assert isinstance(decision, _Synced)  # noqa: S101 - no other comes here
        reason = decision.customer and lasting_exclusion(flow, decision.customer, decision.record)
        if reason:
            job.record = syncrecords.hide(record_of(flow, decision), reason)
            hiding.append(job)
    yield from save(hiding)
    for job in hiding:
        job.decision = evolve(job.decision, record=job.record)  # type: ignore[arg-type]


def _follow_merges(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    from custsync.engine.apply.merges import follow_merges  # few runs have any

    yield from follow_merges(flow, jobs, context)


def _look_at_written(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Read again what was written, where the target's answer did not show all of it.

    Rule: G-LOSS
    """
    not_observed = {job.target: job for job in jobs if job.target is not None and not _is_observed(flow, job)}
    if not not_observed or "id" not in context.target.capabilities.lookups:
        return
    found = yield from find(context.target, "id", [ref.id for ref in not_observed])
    for ref, job in not_observed.items():
        after = the_hit(flow.target.read, context.target, ref, found[ref.id])
        if after is not None:
            job.after, job.answered = after, False


def _is_observed(flow: Flow, job: Job) -> bool:
    """Return whether every field that was written was observed."""
    after, decision = job.after, job.decision
    if after is None or not job.is_written or not isinstance(decision, _Synced):
        return after is not None
    assert job.record is not None and job.target is not None  # noqa: S101, PT018 - it was written
    written = written_by(decision, job.record, job.target)
    return ABSENT not in [flow.field_for[name].observed(after) for name in written]


def _remember(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Keep on their records what was observed of both sides, and report what the target did not keep."""
    saving = []
    for job in jobs:
        if isinstance(job.decision, Unchanged):
            job.record, job.target = job.decision.record, job.decision.target
        if job.record is not None and job.target is not None:
            job.record = _remembered(flow, job, job.record, context)
            saving.append(job)
    yield from save(saving, last=True)


def _remembered(flow: Flow, job: Job, record: SyncRecord, context: RunContext) -> SyncRecord:
    decision, target = job.decision, job.target
    assert isinstance(decision, _Synced)  # noqa: S101 - no other comes here
    assert target is not None  # noqa: S101 - it was seen
    if job.was_there and isinstance(decision, Create):  # of whom nothing is known: the next run compares
        return syncrecords.link(record, decision.source, target, anew=True)
    learned = learn(flow, decision, record, target, job.after, answered=job.answered)
    job.issues += learned.issues
    is_not_observed = job.is_written and job.after is None
    if isinstance(decision, Create | Recover):
        if not is_not_observed:
            return syncrecords.link(record, decision.source, target, seen=learned.memory)
        note = _as_in_flight(record, target, context.target.capabilities)
        linked = syncrecords.link(record, decision.source, target)
        return syncrecords.with_last_seen(syncrecords.with_in_flight(linked, (note,)), learned.memory)
    if job.is_written and not is_not_observed:
        record = syncrecords.with_in_flight(record, record.in_flight[:-1])
    record = syncrecords.settle(record, target.namespace, decision.seen_at, _behind(flow, decision))
    return syncrecords.with_last_seen(record, learned.memory)


def _as_in_flight(record: SyncRecord, target: Ref, can: Capabilities) -> UpdateNote:
    """Return what a create wrote as an update in flight, until it was observed whether the target kept it."""
    assert record.intent is not None  # noqa: S101 - it was announced
    fields = record.last_seen(target.namespace).fields
    return UpdateNote(namespace=target.namespace, fields=fields, until=lands_by(can, record.intent.issued_at))


def _behind(flow: Flow, decision: Link | Unchanged | Update) -> dict[str, str]:
    """Return digests of what the target shows in the fields that neither agree nor were written."""
    there = decision.current
    return {
        row.target: digest(row.observed(there))
        for row in flow.fields
        if there is not None and row.target not in decision.in_step
    }


def write_back(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Write to each source customer the id that it has in the target, where that is due.

    A source that takes whole lists alone is read again right before, so that what was added to a list
    meanwhile is not destroyed; an id that somebody gave there meanwhile stays. What cannot be written now is
    reported, and the next run does it.

    Rule: SP-OUT-3, LG-LINK, G-LOSS
    """
    due = {job.decision.source: job for job in jobs if flow.write_back and _is_due(job)}
    decided = {ref: getattr(job.decision, "customer", None) for ref, job in due.items()}
    known = list(decided.items()) if flow.source.replaces_lists else []
    now = yield from read_again(flow.source, context.source, known)
    sources = decided if now is None else now
    made = {ref: _payload(flow, job, sources.get(ref)) for ref, job in due.items()}
    payloads = {ref: payload for ref, payload in made.items() if payload is not None}
    answers = yield from update(context.source, payloads)
    for ref, job in due.items():
        if not isinstance(answers.get(ref), Done):
            job.issues += (WRITE_BACK_DUE,)


def _is_due(job: Job) -> bool:
    known = getattr(job.decision, "customer", None) is not None and job.target is not None
    return known and getattr(job.decision, "write_back", True)


def _payload(flow: Flow, job: Job, source: Customer | None) -> Payload | None:
    """Return what is written to the source, None where it cannot be."""
    target = job.target.id if job.target is not None else ""
    if source is None:
        return None
    is_read_again = source is not getattr(job.decision, "customer", None)
    if is_read_again and str(value_of(source, flow.write_back) or "").strip() not in ("", target):
        return None
    try:
        return flow.source.write({flow.write_back: target}, source)
    except DataError:
        return None


_STEPS: Final[tuple[tuple[Step, tuple[type, ...]], ...]] = (
    (_exclude, (Skip,)),
    (_hide, (Create, Link, Recover, Unchanged, Update)),
    (_follow_merges, (Merge,)),
    (send_creates, (Create, Recover)),
    (send_updates, (Link, Recover, Update)),
    (_look_at_written, (Create, Link, Recover, Update)),
    (_remember, (Create, Link, Recover, Unchanged, Update)),
    (write_back, (Create, Link, Recover, Update)),
)
"""What is done with a batch, in this order, each step for the decisions of these kinds that are not ended."""
