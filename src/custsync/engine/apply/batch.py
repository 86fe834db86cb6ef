"""Carrying out decisions: a batch at a time, so that the sync record tells the truth at every moment.

The order is the promise. A create's intent is durable before the create is sent, and an update is on record
before it is; a record is linked only when a target id was observed; what was observed on either side is
remembered last. Dying between any two steps leaves something that the next plan understands.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from custsync.engine.apply.creates import announce_creates, send_creates
from custsync.engine.apply.error_notes import note_errors
from custsync.engine.apply.jobs import Job, save
from custsync.engine.apply.last_seen import learn
from custsync.engine.apply.merges import follow_merges
from custsync.engine.apply.preconditions import recheck
from custsync.engine.apply.targets import look_at_written
from custsync.engine.apply.updates import claim, send_updates
from custsync.engine.apply.write_back import write_back
from custsync.engine.decide.admission import lasting_exclusion
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
from custsync.engine.plan.search import RunContext
from custsync.engine.requests import Request
from custsync.flow import Flow
from custsync.rules.fields.fingerprints import digest
from custsync.syncrecords import (
    Status,
    SyncRecord,
    begin,
    exclude,
    hide,
    link,
    settle,
    with_in_flight,
    with_last_seen,
)

__all__ = ["apply_batch"]

Steps = Generator[Request, Any, None]
Step = Callable[[Flow, Sequence[Job], RunContext], Steps]


def apply_batch(
    flow: Flow, decisions: Sequence[Decision], terms: RunContext, *, fresh: bool
) -> Generator[Request, Any, list[Outcome]]:
    """Return one outcome per decision, in order, carrying each out on the way.

    Args:
        flow: the policy that made the decisions.
        decisions: at most one per source customer.
        terms: what the run is made under.
        fresh: the decisions were made just now; otherwise what they rest on is read again first, and what
            no longer holds is `STALE` and not written.

    Raises:
        AdapterContractError: an adapter's answer breaks its contract; intents stay.

    Rule: G-DUP, G-LOSS, G-IDEM, SP-OUT-3
    """
    jobs = [_job(decision) for decision in decisions]
    if not fresh:
        yield from recheck(flow, [job for job in jobs if job.result is None], terms)
    if flow.record_errors:
        yield from note_errors(flow, jobs)
    for step, kinds in _STEPS:
        due = [job for job in jobs if job.result is None and isinstance(job.decision, kinds)]
        if due:
            yield from step(flow, due, terms)
    return [_outcome(job) for job in jobs]


def _job(decision: Decision) -> Job:
    is_kept = isinstance(decision, Skip) and decision.lasts
    return Job(decision, result=None if is_kept else _QUIET.get(type(decision)), issues=decision.issues)


_QUIET: Final[Mapping[type, Result]] = {
    Skip: Result.LEFT_OUT,
    Review: Result.REVIEW,
    Invalid: Result.REFUSED,
}
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


def _exclude(flow: Flow, jobs: Sequence[Job], _terms: RunContext) -> Steps:
    """Keep on their records that these customers are left out permanently."""
    for job in jobs:
        decision = job.decision
        assert isinstance(decision, Skip)  # noqa: S101 - no other comes here
        record = decision.record or begin(flow.link, decision.source, flow.name)
        is_marked = flow.excluded_field and decision.record is not None and record.status is Status.EXCLUDED
        job.record = (hide if is_marked else exclude)(record, record.error or job.issues[0])
    yield from save(jobs)


def _hide(flow: Flow, jobs: Sequence[Job], _terms: RunContext) -> Steps:
    """Keep on their records why customers are excluded permanently, before the target has them with a mark.

    Rule: UF-EXC-2, UF-EXC-4
    """
    hiding = []
    for job in jobs if flow.excluded_field else ():
        decision = job.decision
        assert isinstance(decision, Create | Link | Recover | Unchanged | Update)  # noqa: S101 - no other comes here
        reason = decision.customer and lasting_exclusion(flow, decision.customer, decision.record)
        if reason:
            job.record = hide(decision.record or begin(flow.link, decision.source, flow.name), reason)
            hiding.append(job)
    yield from save(hiding)
    for job in hiding:
        job.decision = evolve(job.decision, record=job.record)  # type: ignore[arg-type]


def _remember(flow: Flow, jobs: Sequence[Job], _terms: RunContext) -> Steps:
    """Keep on their records what was observed of both sides, and say what the target did not keep."""
    saving = []
    for job in jobs:
        if isinstance(job.decision, Unchanged):
            job.record, job.target = job.decision.record, job.decision.target
        if job.record is not None and job.target is not None:
            job.record = _remembered(flow, job, job.record)
            saving.append(job)
    yield from save(saving)


def _remembered(flow: Flow, job: Job, record: SyncRecord) -> SyncRecord:
    decision, target = job.decision, job.target
    assert isinstance(decision, Create | Link | Recover | Unchanged | Update)  # noqa: S101 - no other comes here
    assert target is not None  # noqa: S101 - it was seen
    if isinstance(decision, Create | Recover):
        record = link(record, decision.source, target, anew=_is_found(job))
        if _is_found(job):
            return record
    learned = learn(flow, decision, record, target, job.after, answered=job.answered)
    job.issues += learned.issues
    if isinstance(decision, Link | Unchanged | Update):
        record = with_in_flight(record, job.earlier) if job.is_written else record
        record = settle(record, target.namespace, decision.seen_at, _behind(flow, decision))
    return with_last_seen(record, learned.memory)


def _is_found(job: Job) -> bool:
    """Return whether a create found its customer there, of which nothing is known: the next run compares."""
    return job.was_there and isinstance(job.decision, Create)


def _behind(flow: Flow, decision: Link | Unchanged | Update) -> dict[str, str]:
    """Return digests of what the target shows in the fields that neither agree nor were written."""
    there = decision.current
    rows = [row for row in flow.fields if row.target not in decision.in_step] if there is not None else []
    return {row.target: digest(row.observed(there)) for row in rows if there is not None}


_STEPS: Final[tuple[tuple[Step, tuple[type, ...]], ...]] = (
    (_exclude, (Skip,)),
    (_hide, (Create, Link, Recover, Unchanged, Update)),
    (follow_merges, (Merge,)),
    (announce_creates, (Create, Recover)),
    (send_creates, (Create, Recover)),
    (claim, (Link, Recover, Update)),
    (send_updates, (Link, Update)),
    (look_at_written, (Create, Link, Recover, Update)),
    (_remember, (Create, Link, Recover, Unchanged, Update)),
    (write_back, (Create, Link, Recover, Update)),
)
"""What is done with a batch, in this order, each step for the decisions of these kinds that are not ended."""
