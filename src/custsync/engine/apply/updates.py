"""Links and updates: on the sync record before they are sent, and judged by what the target answers.

Writing the target's id back to the source comes last: the link is kept whether it succeeds or not.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import evolve

from custsync import syncrecords
from custsync.engine.apply.issues import STALE, WRITE_BACK_DUE, refused, unknown, unwritable
from custsync.engine.apply.jobs import (
    Job,
    is_as_before,
    keep_answer,
    read_again,
    record_of,
    save,
    save_unless_overtaken,
)
from custsync.engine.apply.last_seen import memory_before, sources_of
from custsync.engine.calls import Ready, update
from custsync.engine.decide.recovery import SENDING, lands_by
from custsync.engine.decisions import Link, Recover, Update
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import RunContext
from custsync.engine.requests import Now, Steps
from custsync.errors import DataError
from custsync.flow import Flow
from custsync.models import Customer, Ref
from custsync.protocols import Answer, Done, Exists, Payload, Rejected, RetryAfter
from custsync.rules.fields.mapping import value_of
from custsync.rules.fields.values import digest
from custsync.syncrecords import SyncRecord, UpdateNote


def send_updates(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Announce links and updates, send them, and keep of each what the target answered.

    Rule: G-LOSS
    """
    yield from claim(flow, jobs, context)
    going_on = [job for job in jobs if job.result is None]
    writing = {job.target: job for job in going_on if job.target is not None and job.payload is not None}
    payloads = {ref: job.payload for ref, job in writing.items() if job.payload is not None}
    answers = yield from update(context.target, payloads, _in_time(writing, context))
    for ref, answer in answers.items():
        if writing[ref].result is None:
            _judge(flow, writing[ref], answer, context)
    ended = [job.record for job in writing.values() if job.result is Result.FAILED]
    yield from save_unless_overtaken(ended)


def claim(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Save each record as linked, with what is sent to its customer as in flight, before it is sent.

    So no other worker writes the customer too, and whoever reads a side knows our write from an edit.

    Cost: one save for a batch, one write for each link and update.

    Rule: G-DUP, G-LOSS
    """
    claiming = [job for job in jobs if getattr(job.decision, "target", None) is not None]
    there = yield from _as_they_are_now(flow, claiming, context)
    claiming = [job for job in claiming if not _is_edited(flow, job, there)]
    is_writing = any(getattr(job.decision, "changes", ()) for job in claiming)
    until = lands_by(context.target.capabilities, (yield Now())) if is_writing else None
    for job in claiming:
        _claim(flow, job, until, there)
    yield from save(claiming)
    for job in claiming:
        if job.problem is not None and job.result is None:
            job.end(Result.FAILED, job.problem)


def _as_they_are_now(
    flow: Flow, jobs: Sequence[Job], context: RunContext
) -> Steps[Mapping[Ref, Customer | None]]:
    """Return the customers that are to be updated, by id, where an update replaces what it does not name.

    What was read for the decision may be older than somebody's opt-out, which its update would undo.
    """
    made = [job.decision for job in jobs if flow.target.replaces_lists]
    known = [(one.target, one.current) for one in made if isinstance(one, Link | Update) and one.changes]
    return (yield from read_again(flow.target, context.target, known)) or {}


def _is_edited(flow: Flow, job: Job, there: Mapping[Ref, Customer | None]) -> bool:
    """End the job where somebody edited what it is to change, since that was read for the decision."""
    decision = job.decision
    if not isinstance(decision, Link | Update):
        return False
    now = there.get(decision.target)
    if now is None or is_as_before(flow, decision, now):
        return False
    job.end(Result.STALE, STALE)
    return True


def _claim(flow: Flow, job: Job, until: datetime | None, there: Mapping[Ref, Customer | None]) -> None:
    decision = job.decision
    assert isinstance(decision, Link | Recover | Update)  # noqa: S101 - no other comes here
    job.target, job.after = decision.target, decision.current
    if isinstance(decision, Recover):
        assert job.record is not None and job.target is not None  # noqa: S101, PT018 - it was found
        job.record = syncrecords.link(job.record, decision.source, job.target)
        return
    current = there.get(decision.target) or decision.current
    if decision.changes:
        values = {change.field: change.after for change in decision.changes}
        try:
            job.payload = flow.target.write(values, current)
        except DataError as error:
            job.problem = unwritable(error)
    job.record = announce_update(flow, decision, current, None if job.payload is None else until)
    job.earlier = job.record.in_flight[:-1] if job.payload is not None else ()


def announce_update(
    flow: Flow, decision: Link | Update, there: Customer | None, until: datetime | None
) -> SyncRecord:
    """Return the record with an update in flight on it, to be saved before the update is sent.

    Where nothing is sent there is nothing to announce; the record of a link is then just linked. What both
    sides of a link show before its first update is remembered: so what that update does is distinguished from
    what people do afterwards.

    Args:
        flow: the policy.
        decision: the link or the update.
        there: the customer as it is in the target; an update that replaces what it does not name carries it.
            A field that somebody edited there, and that is not settled yet, is in doubt from then on: that it
            is carried does not make it ours.
        until: when the update can take effect no more (aware UTC), None where nothing is sent.

    Rule: G-LOSS
    """
    record = record_of(flow, decision)
    if isinstance(decision, Link):
        move = syncrecords.share if decision.shared else syncrecords.link
        record = move(record, decision.source, decision.target)
    if until is None:
        return record
    if isinstance(decision, Link):
        record = syncrecords.with_last_seen(record, memory_before(flow, decision))
    rows = [row for row in flow.fields if flow.target.replaces_lists and not row.create_only]
    carried = {row.target: digest(row.observed(there)) for row in rows if there is not None}
    written = {change.field: digest(change.after) for change in decision.changes}
    sources = sources_of([flow.field_for[change.field] for change in decision.changes], decision.customer)
    source, target = decision.source.namespace, decision.target.namespace
    seen = record.last_seen(target).fields
    edited = [
        name for name, value in carried.items() if seen.get(name, value) != value and name not in written
    ]
    note = UpdateNote(namespace=target, fields=carried | written, until=until)
    return syncrecords.announce(record, note, {source: sources, target: sorted(edited)})


def _in_time(writing: Mapping[Ref, Job], context: RunContext) -> Ready[Ref]:
    """Return what stamps again, right before they are sent, the updates that were announced too long ago."""
    can = context.target.capabilities

    def ready(refs: Sequence[Ref]) -> Steps[Sequence[Ref]]:
        now = yield Now()
        late = []
        for job in (writing[ref] for ref in refs):
            assert job.record is not None  # noqa: S101 - it was announced
            note = job.record.in_flight[-1]
            if can.settle_window and lands_by(can, now) > note.until + SENDING:
                note = evolve(note, until=lands_by(can, now))
                job.record = syncrecords.with_in_flight(job.record, (*job.earlier, note))
                late.append(job)
        yield from save(late)
        return [ref for ref in refs if writing[ref].result is None]

    return ready


def _judge(flow: Flow, job: Job, answer: Answer, context: RunContext) -> None:
    assert job.record is not None  # noqa: S101 - it was announced
    if isinstance(answer, Done):
        keep_answer(flow, job, answer, context, "update")
    elif isinstance(answer, Rejected | RetryAfter | Exists):
        job.record = syncrecords.with_in_flight(job.record, job.earlier)
        job.end(Result.FAILED, refused(answer, "update"))
    else:
        job.end(Result.UNKNOWN, unknown(answer, "update", until=job.record.in_flight[-1].until))


def write_back(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Write to each source customer the id that it has in the target, where that is due.

    A source that takes whole lists alone is read again right before, so that what was added to a list
    meanwhile is not destroyed; an id that somebody gave there meanwhile stays. What cannot be written now is
    reported, and the next run does it.

    Rule: SP-OUT-3, LG-LINK, G-LOSS
    """
    due = {job.decision.source: job for job in jobs if flow.write_back and _is_due(job)}
    if not due:
        return
    sources = yield from _sources(flow, due, context)
    made = {ref: _payload(flow, job, sources.get(ref)) for ref, job in due.items()}
    payloads = {ref: payload for ref, payload in made.items() if payload is not None}
    answers = yield from update(context.source, payloads)
    for ref, job in due.items():
        if not isinstance(answers.get(ref), Done):
            job.issues += (WRITE_BACK_DUE,)


def _is_due(job: Job) -> bool:
    known = getattr(job.decision, "customer", None) is not None and job.target is not None
    return known and getattr(job.decision, "write_back", True)


def _sources(flow: Flow, due: Mapping[Ref, Job], context: RunContext) -> Steps[Mapping[Ref, Customer | None]]:
    """Return the customers as they were decided about, or as they are now where lists are written whole."""
    decided = {ref: getattr(job.decision, "customer", None) for ref, job in due.items()}
    known = list(decided.items()) if flow.source.replaces_lists else []
    now = yield from read_again(flow.source, context.source, known)
    return decided if now is None else now


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
