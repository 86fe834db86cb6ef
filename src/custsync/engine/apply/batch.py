"""Carrying out decisions: a batch at a time, so that the sync record tells the truth at every moment.

The order is the promise. A create's intent is durable before the create is sent; a record is linked only
when a target id was seen; what was seen on either side is remembered last. Dying between any two steps leaves
something that the next plan understands.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Final

from custsync.engine.apply.error_notes import note_errors
from custsync.engine.apply.intents import announce
from custsync.engine.apply.jobs import Job, save, write_of
from custsync.engine.apply.last_seen import memory_of
from custsync.engine.apply.merges import follow_merges
from custsync.engine.apply.preconditions import read_again, recheck
from custsync.engine.apply.write_back import write_back
from custsync.engine.calls import STALE, create, find, issue_of, update
from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Merge,
    Recover,
    RecoverBy,
    Review,
    Skip,
    Unchanged,
    Update,
)
from custsync.engine.outcomes import Outcome, Result
from custsync.engine.plan.search import RunContext
from custsync.engine.requests import Now, Request, SaveRecords, Side
from custsync.errors import AdapterContractError, DataError, PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import (
    Answer,
    CreateRequest,
    Done,
    Exists,
    Payload,
    Rejected,
    RetryAfter,
    Unknown,
    UpdateRequest,
)
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.steps import by_own_key
from custsync.syncrecords import Status, SyncRecord, exclude, link, mark_uncertain, reject, with_last_seen

__all__ = ["apply_batch"]

Steps = Generator[Request, Any, None]


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
    jobs = [Job(decision) for decision in decisions]
    for job in jobs:
        job.issues = job.decision.issues
        is_kept = isinstance(job.decision, Skip) and job.decision.lasts
        job.result = None if is_kept else _QUIET.get(type(job.decision))
    if not fresh:
        yield from _refuse_stale(flow, jobs, terms)
    if flow.record_errors:
        yield from note_errors(flow, jobs)
    yield from _exclude(flow, _open(jobs, Skip))
    yield from follow_merges(flow, _open(jobs, Merge), terms)
    yield from _announce(flow, _open(jobs, Create, Recover), terms)
    yield from _create(flow, _open(jobs, Create, Recover), terms)
    yield from _claim(flow, _open(jobs, Link, Recover, Update))
    yield from _update(flow, _open(jobs, Link, Update), terms)
    yield from _see(flow, _open(jobs, Create, Link, Recover, Update), terms)
    yield from _remember(flow, _open(jobs, Create, Link, Recover, Update, Unchanged))
    yield from write_back(flow, _open(jobs, Create, Link, Recover, Update), terms)
    return [_outcome(job) for job in jobs]


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
        issues=(*job.issues, STALE) if job.result is Result.STALE else job.issues,
    )


def _open(jobs: Sequence[Job], *kinds: type) -> list[Job]:
    return [job for job in jobs if job.result is None and isinstance(job.decision, kinds)]


def _refuse_stale(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    open_jobs = [job for job in jobs if job.result is None]
    results = yield from recheck(flow, [job.decision for job in open_jobs], terms)
    for job, result in zip(open_jobs, results, strict=True):
        if result is not None:
            job.end(result)


def _exclude(flow: Flow, jobs: Sequence[Job]) -> Steps:
    """Keep on their records that these customers are left out for good."""
    for job in jobs:
        decision = job.decision
        assert isinstance(decision, Skip)  # noqa: S101 - no other comes here
        record = decision.record or SyncRecord(
            link=flow.link, source=decision.source, status=Status.EXCLUDED, flow=flow.name
        )
        job.record = exclude(record, job.issues[0])
    if jobs:
        yield from save(jobs)


# Creates


def _announce(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    """Write the intent of every create, before any of them is sent."""
    announced: list[tuple[Job, Create | Recover]] = []
    for job in jobs:
        decision = job.decision
        if isinstance(decision, Create) or (isinstance(decision, Recover) and decision.by is RecoverBy.ANEW):
            announced.append((job, decision))
        elif isinstance(decision, Recover) and decision.by is RecoverBy.REISSUE and decision.record:
            job.record, job.intent = decision.record, decision.record.intent
        elif isinstance(decision, Recover) and decision.by is RecoverBy.WAIT:
            job.end(Result.UNKNOWN)
    if not announced:
        return
    now = yield Now()
    namespace = _ref(flow, "", terms).namespace
    for job, decision in announced:
        try:
            job.record, job.intent = announce(flow, decision, namespace, now)
        except DataError as error:
            job.end(Result.FAILED, _unwritable(error))
    yield from save([job for job, _ in announced if job.intent])


def _create(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    sending = {job.intent.key: job for job in jobs if job.intent}
    if not sending:
        return
    requests = [
        CreateRequest(key=key, payload=job.intent.request) for key, job in sending.items() if job.intent
    ]
    answers = yield from create(requests, terms.ends.target.capabilities, terms.retry)
    taken = [key for key, answer in answers.items() if isinstance(answer, Exists) and not answer.id]
    takers = (yield from _takers(flow, taken, terms)) if taken else {}
    for key, job in sending.items():
        _judge_create(flow, job, takers.get(key, answers[key]), terms)
    rejected = [job for job in jobs if job.result is Result.FAILED]
    if rejected:
        yield SaveRecords(tuple(write_of(job.record) for job in rejected if job.record))


def _takers(flow: Flow, keys: Sequence[str], terms: RunContext) -> Generator[Request, Any, dict[str, Answer]]:
    """Return who holds each key that is taken there: it is ours, for nobody else makes such keys."""
    can = terms.ends.target.capabilities
    if flow.unique_key not in can.lookups:
        return {}
    found = yield from find(Side.TARGET, flow.unique_key, keys, can, terms.retry)
    takers: dict[str, Answer] = {}
    for key, hits in found.items():
        shown = hits[0] if isinstance(hits, Sequence) and len(hits) == 1 else None
        taker = _seen(flow, shown, terms)
        if taker is not None and value_of(taker, flow.unique_key) == key:
            takers[key] = Done(taker.ref.id, shown)
    return takers


def _judge_create(flow: Flow, job: Job, answer: Answer, terms: RunContext) -> None:
    if isinstance(answer, Exists) and answer.id and flow.unique_key:
        answer = Done(answer.id)
    if isinstance(answer, Done):
        job.target = _ref(flow, answer.id, terms)
        _keep_answer(flow, job, answer, terms, "create")
        job.target = job.after.ref if job.after is not None else job.target
    elif isinstance(answer, RetryAfter) and _is_reissued(job.decision):
        job.end(Result.UNKNOWN, issue_of(Unknown(), "create"))
    elif isinstance(answer, Rejected | RetryAfter) or _is_found_by_key(flow, answer):
        issue = _KEY_TAKEN if isinstance(answer, Exists) else issue_of(answer, "create")
        job.record = reject(job.record, issue) if job.record else None
        job.end(Result.FAILED, issue)
    else:
        job.end(Result.UNKNOWN, issue_of(answer, "create"))


def _is_found_by_key(flow: Flow, answer: Answer) -> bool:
    """Return whether the customer's own key is taken, by which the next run finds who has it."""
    return isinstance(answer, Exists) and not flow.unique_key and bool(by_own_key(flow.match, flow.field_for))


def _is_reissued(decision: Decision) -> bool:
    """Return whether the create was sent before, so that "nothing took effect" speaks of this time only."""
    return isinstance(decision, Recover) and decision.by is RecoverBy.REISSUE


def _keep_answer(flow: Flow, job: Job, answer: Done, terms: RunContext, method: str) -> None:
    job.after = _seen(flow, answer.payload, terms)
    job.answered = job.after is not None
    if job.after is not None and job.after.ref.id != answer.id:
        raise AdapterContractError(method, "the answer names one record and shows another")


_KEY_TAKEN: Final = Issue(
    code="key_taken",
    rule="LS-KEY-2",
    field="target",
    reason="the target has a customer with this key already, so that none was created",
    remedy="Run again: the next run finds it by its key, and brings it up to date",
    severity=Severity.WARNING,
)


def _ref(flow: Flow, identity: str, terms: RunContext) -> Ref:
    end = terms.ends.target
    return Ref(flow.target.name, identity, end.account, end.mode)


def _seen(flow: Flow, payload: Payload | None, terms: RunContext) -> Customer | None:
    if payload is None:
        return None
    try:
        return flow.target.read(payload, terms.ends.target.account, terms.ends.target.mode)
    except PayloadError:
        return None


# Links and updates


def _claim(flow: Flow, jobs: Sequence[Job]) -> Steps:
    """Save each record as linked before its customer is written, so that no other worker writes it too."""
    claiming = []
    for job in jobs:
        decision = job.decision
        if isinstance(decision, Update):
            job.record, job.target = _in_doubt(flow, decision), decision.target
        elif isinstance(decision, Link | Recover) and decision.target is not None:
            record = decision.record or SyncRecord(
                link=flow.link, source=decision.source, status=Status.LINKED, flow=flow.name
            )
            job.record, job.target = link(record, decision.source, decision.target), decision.target
        else:
            continue
        job.after = decision.current
        claiming.append(job)
    if claiming:
        yield from save(claiming)


def _in_doubt(flow: Flow, decision: Update) -> SyncRecord | None:
    """Return the record of an update whose outcome is not known before it is told."""
    if decision.record is None or not decision.changes:
        return decision.record
    reads = {name for change in decision.changes for name in flow.field_for[change.field].sources}
    return mark_uncertain(decision.record, decision.source.namespace, sorted(reads))


def _update(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    writing: dict[str, Job] = {}
    requests = []
    now = yield from _as_they_are_now(flow, jobs, terms)
    for job in jobs:
        decision = job.decision
        if isinstance(decision, Link | Update) and decision.changes:
            values = {change.field: change.after for change in decision.changes}
            try:
                payload = flow.target.write(values, now.get(decision.target.id) or decision.current)
            except DataError as error:
                job.end(Result.FAILED, _unwritable(error))
                continue
            requests.append(UpdateRequest(id=decision.target.id, payload=payload))
            writing[decision.target.id] = job
    if not requests:
        return
    answers = yield from update(Side.TARGET, requests, terms.ends.target.capabilities, terms.retry)
    for identity, answer in answers.items():
        job = writing[identity]
        if isinstance(answer, Done):
            _keep_answer(flow, job, answer, terms, "update")
        elif isinstance(answer, Rejected | RetryAfter | Exists):
            job.end(Result.FAILED, issue_of(answer, "update"))
        else:
            job.end(Result.UNKNOWN, issue_of(answer, "update"))


def _as_they_are_now(
    flow: Flow, jobs: Sequence[Job], terms: RunContext
) -> Generator[Request, Any, Mapping[str, Customer | None]]:
    """Return the customers that are to be updated, by id, where an update replaces what it does not name.

    What was read for the decision may be older than somebody's opt-out, which its update would undo.
    """
    if not flow.target.replaces_lists:
        return {}
    decisions = (job.decision for job in jobs)
    known = [
        (entry.target, entry.current)
        for entry in decisions
        if isinstance(entry, Link | Update) and entry.changes
    ]
    now = yield from read_again(flow.target, Side.TARGET, terms.ends.target, known, terms)
    return now or {}


def _unwritable(error: DataError) -> Issue:
    remedy = "Mend what the reason names, then run again"
    return Issue(code="unwritable", rule="G-ISO", field="target", reason=str(error), remedy=remedy)


def _see(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    """Read again what was written where the target's answer did not show it."""
    unseen = {job.target.id: job for job in jobs if job.after is None and job.target is not None}
    can = terms.ends.target.capabilities
    if not unseen or "id" not in can.lookups:
        return
    found = yield from find(Side.TARGET, "id", unseen, can, terms.retry)
    for identity, hits in found.items():
        if isinstance(hits, Sequence) and len(hits) == 1:
            unseen[identity].after = _seen(flow, hits[0], terms)


# What was seen


def _remember(flow: Flow, jobs: Sequence[Job]) -> Steps:
    saving = []
    for job in jobs:
        decision = job.decision
        record = decision.record if isinstance(decision, Unchanged) else job.record
        target = decision.target if isinstance(decision, Unchanged) else job.target
        if record is None or target is None:
            continue
        if isinstance(decision, Create | Recover):
            record = link(record, decision.source, target)
        if not isinstance(decision, Skip | Merge | Recover | Invalid | Review):
            known = record.last_seen(decision.source.namespace).fields if isinstance(decision, Create) else {}
            seen = memory_of(flow, decision, target, job.after, answered=job.answered, known=known)
            record = with_last_seen(record, seen)
        job.record = record
        saving.append(job)
    if saving:
        yield from save(saving)
