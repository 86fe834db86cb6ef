"""Creates: announced before they are sent, and judged by what the target answers."""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from attrs import evolve

from custsync.engine.apply.intents import announce_create
from custsync.engine.apply.issues import KEY_TAKEN, refused, unknown, unwritable
from custsync.engine.apply.jobs import Job, save
from custsync.engine.apply.targets import keep_answer, read_target, target_ref
from custsync.engine.calls import create, find
from custsync.engine.decide.recovery import key_until, lands_by, may_be_sent, recover_by
from custsync.engine.decisions import Create, Decision, Recover, RecoverBy
from custsync.engine.outcomes import Result
from custsync.engine.plan.search import RunContext
from custsync.engine.requests import Now, Request, Side
from custsync.errors import DataError
from custsync.flow import Flow
from custsync.models import Issue
from custsync.protocols import Answer, CreateRequest, Done, Exists, Rejected, RetryAfter, Tier, Unknown
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.steps import by_own_key
from custsync.syncrecords import intend, reject

__all__ = ["announce_creates", "send_creates"]

Steps = Generator[Request, Any, None]
Ready = Callable[[Sequence[CreateRequest]], Generator[Request, Any, Sequence[CreateRequest]]]


def announce_creates(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    """Save the intent of every create, before any of them is sent.

    One that is sent again is saved again, as it is: so the worker who was refused the first time cannot save
    meanwhile that nothing exists.

    Cost: one save for a batch, one write for each create.

    Rule: G-DUP
    """
    now = (yield Now()) if any(_is_new(job.decision) for job in jobs) else None
    for job in jobs:
        decision = job.decision
        assert isinstance(decision, Create | Recover)  # noqa: S101 - no other comes here
        if now is not None and _is_new(decision):
            try:
                namespace = target_ref(flow, "", terms).namespace
                job.record, job.intent = announce_create(flow, decision, namespace, now)
            except DataError as error:
                job.end(Result.FAILED, unwritable(error))
        elif isinstance(decision, Recover):
            assert decision.record is not None  # noqa: S101 - a create that is recovered was announced
            job.record, job.intent = decision.record, decision.record.intent
            if decision.by is RecoverBy.WAIT:
                job.end(Result.UNKNOWN, _unknown(job, Unknown("an earlier one"), terms))
    yield from save([job for job in jobs if job.intent and _is_sent(job.decision)])


def _is_new(decision: Decision) -> bool:
    return isinstance(decision, Create) or (isinstance(decision, Recover) and decision.by is RecoverBy.ANEW)


def _is_sent(decision: Decision) -> bool:
    return _is_new(decision) or _is_reissued(decision)


def _is_reissued(decision: Decision) -> bool:
    """Return whether the create was sent before, so that "nothing took effect" speaks of this time only."""
    return isinstance(decision, Recover) and decision.by is RecoverBy.REISSUE


def send_creates(flow: Flow, jobs: Sequence[Job], terms: RunContext) -> Steps:
    """Send the creates that were announced, and keep of each what the target answered.

    Rule: G-DUP, SP-OUT-3
    """
    sending = {job.intent.key: job for job in jobs if job.intent and _is_sent(job.decision)}
    requests = [
        CreateRequest(key=key, payload=job.intent.request) for key, job in sending.items() if job.intent
    ]
    answers = yield from create(
        requests, terms.ends.target.capabilities, terms.retry, _in_time(sending, terms)
    )
    taken = [key for key, answer in answers.items() if isinstance(answer, Exists) and not answer.id]
    takers = (yield from _takers(flow, taken, terms)) if taken else {}
    for key, answer in answers.items():
        if sending[key].result is None:
            _judge(flow, sending[key], takers.get(key, answer), terms)
    yield from _save_refused([job for job in sending.values() if job.record and job.record.error])


def _in_time(sending: Mapping[str, Job], terms: RunContext) -> Ready:
    """Return what stamps again, right before they are sent, the intents that have become too old.

    Nothing is sent of a job whose record somebody else saved meanwhile, nor again under a key that may be
    forgotten by now.
    """
    can = terms.ends.target.capabilities

    def ready(requests: Sequence[CreateRequest]) -> Generator[Request, Any, Sequence[CreateRequest]]:
        now = yield Now()
        late = []
        for job in (sending[request.key] for request in requests):
            assert job.intent is not None and job.record is not None  # noqa: S101, PT018 - it was announced
            if _is_reissued(job.decision):
                if recover_by(can, job.intent, None, (), now) is not RecoverBy.REISSUE:
                    job.end(Result.UNKNOWN, _unknown(job, Unknown("its key may be forgotten by now"), terms))
            elif not may_be_sent(can, job.intent.issued_at, now):
                job.record = intend(job.record, evolve(job.intent, issued_at=now))
                job.intent = job.record.intent
                late.append(job)
        yield from save(late)
        return [request for request in requests if sending[request.key].result is None]

    return ready


def _takers(flow: Flow, keys: Sequence[str], terms: RunContext) -> Generator[Request, Any, dict[str, Answer]]:
    """Return who holds each key that is taken there: it is ours, for nobody else makes such keys."""
    can = terms.ends.target.capabilities
    if flow.unique_key not in can.lookups:
        return {}
    found = yield from find(Side.TARGET, flow.unique_key, keys, can, terms.retry)
    takers: dict[str, Answer] = {}
    for key, hits in found.items():
        shown = hits[0] if isinstance(hits, Sequence) and len(hits) == 1 else None
        taker = read_target(flow, shown, terms)
        if taker is not None and value_of(taker, flow.unique_key) == key:
            takers[key] = Exists(taker.ref.id)
    return takers


def _judge(flow: Flow, job: Job, answer: Answer, terms: RunContext) -> None:
    if isinstance(answer, Exists) and answer.id and flow.unique_key:
        job.was_there = True
        job.target = target_ref(flow, answer.id, terms)
    elif isinstance(answer, Done):
        job.target = target_ref(flow, answer.id, terms)
        keep_answer(flow, job, answer, terms, "create")
        job.target = job.after.ref if job.after is not None else job.target
    elif job.record is not None and (issue := _refusal(flow, job, answer)) is not None:
        job.record = reject(job.record, issue)
    else:
        job.end(Result.UNKNOWN, _unknown(job, answer, terms))


def _refusal(flow: Flow, job: Job, answer: Answer) -> Issue | None:
    """Return why nothing exists in the target; None where that is not known.

    Where the customer's own key is taken, the next run finds by it who has it.
    """
    if _is_reissued(job.decision):
        return None
    if isinstance(answer, Rejected | RetryAfter):
        return refused(answer, "create")
    has_key = not flow.unique_key and by_own_key(flow.match, flow.field_for)
    return KEY_TAKEN if isinstance(answer, Exists) and has_key else None


def _save_refused(jobs: Sequence[Job]) -> Steps:
    """Save that these creates were refused; where another worker has taken one over, that counts.

    Rule: G-DUP, LS-KEY-2
    """
    yield from save(jobs)
    for job in jobs:
        if job.result is None and job.record is not None and job.record.error is not None:
            job.end(Result.FAILED, job.record.error)


def _unknown(job: Job, answer: Answer, terms: RunContext) -> Issue:
    assert job.intent is not None  # noqa: S101 - it was announced
    can, issued_at = terms.ends.target.capabilities, job.intent.issued_at
    again = key_until(can, issued_at) if can.tier is Tier.B else None
    return unknown(answer, "create", until=lands_by(can, issued_at), tier=can.tier, again=again)
