"""Links and updates: on the sync record before they are sent, and judged by what the target answers."""

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import evolve

from custsync.engine.apply.intents import announce_update
from custsync.engine.apply.issues import refused, unknown, unwritable
from custsync.engine.apply.jobs import Job, save, save_ended
from custsync.engine.apply.preconditions import read_again
from custsync.engine.apply.targets import keep_answer
from custsync.engine.calls import update
from custsync.engine.decide.recovery import SENDING, lands_by
from custsync.engine.decisions import Link, Recover, Update
from custsync.engine.outcomes import Result
from custsync.engine.plan.search import RunContext
from custsync.engine.requests import Now, Request, Side
from custsync.errors import DataError
from custsync.flow import Flow
from custsync.models import Customer, Ref
from custsync.protocols import Answer, Done, Exists, Rejected, RetryAfter
from custsync.syncrecords import link, with_in_flight

__all__ = ["claim", "send_updates"]

Steps = Generator[Request, Any, None]
Ready = Callable[[Sequence[Ref]], Generator[Request, Any, Sequence[Ref]]]


def claim(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    """Save each record as linked, with what is sent to its customer as in flight, before it is sent.

    So no other worker writes the customer too, and whoever reads a side tells our write from an edit.

    Cost: one save for a batch, one write for each link and update.

    Rule: G-DUP, G-LOSS
    """
    claiming = [job for job in jobs if getattr(job.decision, "target", None) is not None]
    there = yield from _as_they_are_now(flow, claiming, terms)
    is_writing = any(getattr(job.decision, "changes", ()) for job in claiming)
    until = lands_by(terms.ends.target.capabilities, (yield Now())) if is_writing else None
    for job in claiming:
        _claim(flow, job, until, there)
    yield from save(claiming)
    for job in claiming:
        if job.problem is not None and job.result is None:
            job.end(Result.FAILED, job.problem)


def _as_they_are_now(
    flow: Flow, jobs: Sequence[Job], terms: RunContext
) -> Generator[Request, Any, Mapping[Ref, Customer | None]]:
    """Return the customers that are to be updated, by id, where an update replaces what it does not name.

    What was read for the decision may be older than somebody's opt-out, which its update would undo.
    """
    if not flow.target.replaces_lists:
        return {}
    known = [
        (job.decision.target, job.decision.current)
        for job in jobs
        if isinstance(job.decision, Link | Update) and job.decision.changes
    ]
    now = yield from read_again(flow.target, Side.TARGET, terms.ends.target, known, terms)
    return now or {}


def _claim(flow: Flow, job: Job, until: datetime | None, there: Mapping[Ref, Customer | None]) -> None:
    decision = job.decision
    assert isinstance(decision, Link | Recover | Update)  # noqa: S101 - no other comes here
    job.target, job.after = decision.target, decision.current
    if isinstance(decision, Recover):
        assert job.record is not None and job.target is not None  # noqa: S101, PT018 - it was found
        job.record = link(job.record, decision.source, job.target)
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


def send_updates(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    """Send the updates that were announced, and keep of each what the target answered.

    Rule: G-LOSS
    """
    writing = {job.target: job for job in jobs if job.target is not None and job.payload is not None}
    payloads = {ref: job.payload for ref, job in writing.items() if job.payload is not None}
    can = terms.ends.target.capabilities
    answers = yield from update(Side.TARGET, payloads, can, terms.retry, _in_time(writing, terms))
    for ref, answer in answers.items():
        if writing[ref].result is None:
            _judge(flow, writing[ref], answer, terms)
    yield from save_ended([job for job in jobs if job.result is Result.FAILED])


def _in_time(writing: Mapping[Ref, Job], terms: RunContext) -> Ready:
    """Return what stamps again, right before they are sent, the updates that were announced too long ago."""
    can = terms.ends.target.capabilities

    def ready(refs: Sequence[Ref]) -> Generator[Request, Any, Sequence[Ref]]:
        now = yield Now()
        late = []
        for job in (writing[ref] for ref in refs):
            assert job.record is not None  # noqa: S101 - it was announced
            note = job.record.in_flight[-1]
            if can.settle_window and lands_by(can, now) > note.until + SENDING:
                note = evolve(note, until=lands_by(can, now))
                job.record = with_in_flight(job.record, (*job.earlier, note))
                late.append(job)
        yield from save(late)
        return [ref for ref in refs if writing[ref].result is None]

    return ready


def _judge(flow: Flow, job: Job, answer: Answer, terms: RunContext) -> None:
    assert job.record is not None  # noqa: S101 - it was announced
    if isinstance(answer, Done):
        keep_answer(flow, job, answer, terms, "update")
    elif isinstance(answer, Rejected | RetryAfter | Exists):
        job.record = with_in_flight(job.record, job.earlier)
        job.end(Result.FAILED, refused(answer, "update"))
    else:
        job.end(Result.UNKNOWN, unknown(answer, "update", until=job.record.in_flight[-1].until))
