"""Writing the target's id back to the source. It comes last: the link stands whether it succeeds or not."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from custsync.engine.apply.issues import WRITE_BACK_DUE
from custsync.engine.apply.jobs import Job
from custsync.engine.apply.preconditions import read_again
from custsync.engine.calls import update
from custsync.engine.plan.search import RunContext
from custsync.engine.requests import Request, Side
from custsync.errors import DataError
from custsync.flow import Flow
from custsync.models import Customer, Ref
from custsync.protocols import Done, Payload
from custsync.rules.fields.mapping import value_of

__all__ = ["write_back"]


def write_back(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Generator[Request, Any, None]:
    """Write to each source customer the id that it has in the target, where that is due.

    A source that takes whole lists alone is read again right before, so that what was added to a list
    meanwhile is not destroyed; an id that somebody gave there meanwhile stays. What cannot be written now is
    said, and the next run does it.

    Rule: SP-OUT-3, LG-LINK, G-LOSS
    """
    due = {job.decision.source: job for job in jobs if flow.write_back and _is_due(job)}
    if not due:
        return
    sources = yield from _sources(flow, due, terms)
    payloads = {}
    for ref, job in due.items():
        target = "" if job.target is None else job.target.id
        payload = _payload(flow, job, sources.get(ref), target)
        if payload is None:
            job.issues += (WRITE_BACK_DUE,)
        else:
            payloads[ref] = payload
    answers = yield from update(Side.SOURCE, payloads, terms.ends.source.capabilities, terms.retry)
    for ref, answer in answers.items():
        if not isinstance(answer, Done):
            due[ref].issues += (WRITE_BACK_DUE,)


def _is_due(job: Job) -> bool:
    known = getattr(job.decision, "customer", None) is not None and job.target is not None
    return known and getattr(job.decision, "write_back", True)


def _sources(
    flow: Flow, due: Mapping[Ref, Job], terms: RunContext
) -> Generator[Request, Any, Mapping[Ref, Customer | None]]:
    """Return the customers as they were decided about, or as they are now where lists are written whole."""
    decided = {ref: getattr(job.decision, "customer", None) for ref, job in due.items()}
    if not flow.source.replaces_lists:
        return decided
    known = [(ref, decided[ref]) for ref in due]
    now = yield from read_again(flow.source, Side.SOURCE, terms.ends.source, known, terms)
    return decided if now is None else now


def _payload(flow: Flow, job: Job, source: Customer | None, target: str) -> Payload | None:
    """Return what is written to the source, None where it cannot be."""
    if source is None:
        return None
    if source is not getattr(job.decision, "customer", None) and _kept_id(flow, source) not in ("", target):
        return None
    try:
        return flow.source.write({flow.write_back: target}, source)
    except DataError:
        return None


def _kept_id(flow: Flow, source: Customer) -> str:
    return str(value_of(source, flow.write_back) or "").strip()
