"""The target customer of a job: how it is named, and how an answer of the target is read."""

from collections.abc import Generator, Sequence
from typing import Any

from custsync.engine.apply.jobs import Job
from custsync.engine.apply.last_seen import written_by
from custsync.engine.calls import find
from custsync.engine.decisions import Create, Link, Recover, Update
from custsync.engine.plan.search import RunContext, the_hit
from custsync.engine.requests import Request, Side
from custsync.errors import AdapterContractError, PayloadError
from custsync.flow import Flow
from custsync.models import ABSENT, Customer, Ref
from custsync.protocols import Done, Payload

__all__ = ["keep_answer", "look_at_written", "read_target", "target_ref"]


def target_ref(flow: Flow, identity: str, terms: RunContext) -> Ref:
    """Return the reference of a target customer."""
    end = terms.ends.target
    return Ref(flow.target.name, identity, end.account, end.mode)


def read_target(flow: Flow, payload: Payload | None, terms: RunContext) -> Customer | None:
    """Return the target customer of an answer, None where it is not shown, or cannot be read."""
    if payload is None:
        return None
    try:
        return flow.target.read(payload, terms.ends.target.account, terms.ends.target.mode)
    except PayloadError:
        return None


def keep_answer(flow: Flow, job: Job, answer: Done, terms: RunContext, method: str) -> None:
    """Keep on the job that its write was done, and what the answer shows.

    Raises:
        AdapterContractError: the answer names one record and shows another.
    """
    job.is_written = True
    job.after = read_target(flow, answer.payload, terms)
    job.answered = job.after is not None
    if job.after is not None and job.after.ref.id != answer.id:
        raise AdapterContractError(method, "the answer names one record and shows another")


def look_at_written(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Generator[Request, Any, None]:
    """Read again what was written, where the target's answer did not show all of it.

    Rule: G-LOSS
    """
    unseen = {job.target: job for job in jobs if job.target is not None and not _is_seen(flow, job)}
    can = terms.ends.target.capabilities
    if not unseen or "id" not in can.lookups:
        return
    found = yield from find(Side.TARGET, "id", [ref.id for ref in unseen], can, terms.retry)
    for ref, job in unseen.items():
        after = the_hit(flow.target, terms.ends.target, ref, found[ref.id])
        if after is not None:
            job.after, job.answered = after, False


def _is_seen(flow: Flow, job: Job) -> bool:
    """Return whether every field that was written is shown."""
    after, decision = job.after, job.decision
    if after is None or not job.is_written or not isinstance(decision, Create | Link | Recover | Update):
        return after is not None
    assert job.record is not None and job.target is not None  # noqa: S101, PT018 - it was written
    written = written_by(decision, job.record, job.target)
    return all(flow.field_for[name].observed(after) is not ABSENT for name in written)
