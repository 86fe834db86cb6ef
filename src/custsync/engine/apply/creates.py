"""Creates: announced before they are sent, and judged by what the target answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final

from attrs import evolve

from custsync.engine.apply.issues import KEY_TAKEN, refused, unknown, unwritable
from custsync.engine.apply.jobs import Job, keep_answer, read_target, record_of, save, target_ref
from custsync.engine.apply.last_seen import memory_of_announced
from custsync.engine.calls import Ready, create, find
from custsync.engine.decide.recovery import key_until, lands_by, may_be_sent, recover_by
from custsync.engine.decisions import Create, Recover, RecoverBy
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import RunContext
from custsync.engine.requests import Now, Steps
from custsync.errors import DataError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref
from custsync.protocols import Answer, CreateRequest, Done, Exists, Rejected, RetryAfter, Tier, Unknown
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.steps import by_own_key, keys_for, look_up_values
from custsync.syncrecords import Intent, SyncRecord, intend, reject

_LONGEST_PLAIN: Final = 200
"""Ids up to this length are readable in a unique key, which NetSuite cuts off at 255."""


def creation_key(flow: Flow, source: Ref, attempt: int) -> str:
    """Return the create's identity at the target: made of the source customer, never of its content.

    Where the target keeps the key as a unique field, every attempt has the same one, made of letters,
    digits, `-` and `_`, and readable where the source has one account only. Otherwise a new attempt, made
    only when the last one is known to have failed, has a new one.

    >>> from custsync.flows import stripe
    >>> creation_key(stripe.IMPORT, Ref("stripe", "cus_1"), 3)
    'stripe-cus_1'
    >>> source = Ref("netsuite", "7")
    >>> creation_key(stripe.EXPORT, source, 0) == creation_key(stripe.EXPORT, source, 1)
    False

    Rule: G-DUP
    """
    is_one_world = not source.account and source.kind == "customer"
    letters = source.id.replace("_", "").replace("-", "")
    is_plain = letters.isascii() and letters.isalnum() and len(source.id) <= _LONGEST_PLAIN
    if flow.unique_key and is_one_world and is_plain:
        return f"{source.system}-{source.id}"
    identity = f"{flow.link}\0{source.namespace}\0{source.id}"
    name = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"custsync-{name}" if flow.unique_key else f"custsync-{name}-{attempt}"


def announce_create(
    flow: Flow, decision: Create | Recover, namespace: str, now: datetime
) -> tuple[SyncRecord, Intent]:
    """Return the record with a create's intent on it, and the intent, to be saved before the create is sent.

    The record remembers what both sides will show if the create takes effect, so that an edit on either side
    is distinguished from it even if the answer is lost.

    Args:
        flow: the policy.
        decision: the create, or the one to be made anew.
        namespace: the environment that the target's ids live in.
        now: aware UTC.

    Rule: G-DUP, G-LOSS
    """
    record = record_of(flow, decision)
    key = creation_key(flow, decision.source, record.version)
    values = {**decision.values, flow.unique_key: key} if flow.unique_key else decision.values
    intent = Intent(
        key=key,
        issued_at=now,
        attempt=record.version,
        rules=flow.version,
        request=flow.target.write(values, None),
        clues=_clues(flow, decision.customer, key),
    )
    return intend(record, intent, memory_of_announced(flow, decision, namespace)), intent


def _clues(flow: Flow, customer: Customer, key: str) -> dict[str, tuple[str, ...]]:
    clues = {
        entry.lookup: look_up_values(
            entry, customer, keys_for(entry, customer), exact=entry.lookup in flow.target.case_sensitive
        )
        for entry in flow.match
        if entry.lookup != "id"
    }
    clues |= {flow.source_id_field: (customer.ref.id,), flow.unique_key: (key,)}
    return {by: values for by, values in clues.items() if by and values}


def send_creates(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Announce creates, send them, and keep of each what the target answered.

    Rule: G-DUP, SP-OUT-3
    """
    yield from announce_creates(flow, jobs, context)
    sending = {job.intent.key: job for job in jobs if job.intent and job.result is None}
    requests = [
        CreateRequest(key=key, payload=job.intent.request) for key, job in sending.items() if job.intent
    ]
    answers = yield from create(context.target, requests, _in_time(sending, context))
    taken = [key for key, answer in answers.items() if isinstance(answer, Exists) and not answer.id]
    takers = (yield from _takers(flow, taken, context)) if taken else {}
    for key, answer in answers.items():
        if sending[key].result is None:
            _judge(flow, sending[key], takers.get(key, answer), context)
    refused_ones = [job for job in sending.values() if job.record and job.record.error]
    if refused_ones:
        yield from _save_refused(refused_ones)


def announce_creates(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Save the intent of every create, before any of them is sent.

    One that is sent again is saved again, as it is: so the worker who was refused the first time cannot save
    meanwhile that nothing exists.

    Cost: one save for a batch, one write for each create.

    Rule: G-DUP
    """
    now = (yield Now()) if any(_is_new(job) for job in jobs) else None
    namespace = target_ref(flow, "", context).namespace
    for job in jobs:
        decision = job.decision
        assert isinstance(decision, Create | Recover)  # noqa: S101 - no other comes here
        if now is not None and _is_new(job):
            try:
                job.record, job.intent = announce_create(flow, decision, namespace, now)
            except DataError as error:
                job.end(Result.FAILED, unwritable(error))
        else:
            assert decision.record is not None  # noqa: S101 - a create that is recovered was announced
            job.record = decision.record
            job.intent = None if _is(RecoverBy.ADOPT, job) else decision.record.intent
            if _is(RecoverBy.WAIT, job):
                job.end(Result.UNKNOWN, _unknown(job, Unknown("an earlier one"), context))
    yield from save([job for job in jobs if job.intent and job.result is None])


def _is(by: RecoverBy, job: Job) -> bool:
    return isinstance(job.decision, Recover) and job.decision.by is by


def _is_new(job: Job) -> bool:
    return isinstance(job.decision, Create) or _is(RecoverBy.ANEW, job)


def _is_reissued(job: Job) -> bool:
    """Return whether the create was sent before, so that "nothing took effect" is about this time only."""
    return _is(RecoverBy.REISSUE, job)


def _in_time(sending: Mapping[str, Job], context: RunContext) -> Ready[CreateRequest]:
    """Return what stamps again, right before they are sent, the intents that have become too old.

    Nothing is sent of a job whose record somebody else saved meanwhile, nor again under a key that may be
    forgotten by now.
    """
    can = context.target.capabilities

    def ready(requests: Sequence[CreateRequest]) -> Steps[Sequence[CreateRequest]]:
        now = yield Now()
        late = []
        for job in (sending[request.key] for request in requests):
            assert job.intent is not None and job.record is not None  # noqa: S101, PT018 - it was announced
            if _is_reissued(job):
                if recover_by(can, job.intent, None, (), now) is not RecoverBy.REISSUE:
                    job.end(
                        Result.UNKNOWN, _unknown(job, Unknown("its key may be forgotten by now"), context)
                    )
            elif not may_be_sent(can, job.intent.issued_at, now):
                job.intent = evolve(job.intent, issued_at=now)
                job.record = intend(job.record, job.intent)
                late.append(job)
        if late:
            yield from save(late)
        return [request for request in requests if sending[request.key].result is None]

    return ready


def _takers(flow: Flow, keys: Sequence[str], context: RunContext) -> Steps[dict[str, Answer]]:
    """Return who holds each key that is taken there: it is ours, as only this project makes such keys."""
    if flow.unique_key not in context.target.capabilities.lookups:
        return {}
    found = yield from find(context.target, flow.unique_key, keys)
    takers: dict[str, Answer] = {}
    for key, hits in found.items():
        holder = hits[0] if isinstance(hits, Sequence) and len(hits) == 1 else None
        taker = read_target(flow, holder, context)
        if taker is not None and value_of(taker, flow.unique_key) == key:
            takers[key] = Exists(taker.ref.id)
    return takers


def _judge(flow: Flow, job: Job, answer: Answer, context: RunContext) -> None:
    if isinstance(answer, Exists) and answer.id and flow.unique_key:
        job.was_there = True
        job.target = target_ref(flow, answer.id, context)
    elif isinstance(answer, Done):
        keep_answer(flow, job, answer, context, "create")
        job.target = job.after.ref if job.after is not None else target_ref(flow, answer.id, context)
    elif job.record is not None and (issue := _refusal(flow, job, answer)) is not None:
        job.record = reject(job.record, issue)
    else:
        job.end(Result.UNKNOWN, _unknown(job, answer, context))


def _refusal(flow: Flow, job: Job, answer: Answer) -> Issue | None:
    """Return why nothing exists in the target; None where that is not known.

    Where the customer's own key is taken, the next run finds by it who has it.
    """
    if _is_reissued(job):
        return None
    if isinstance(answer, Rejected | RetryAfter):
        return refused(answer, "create")
    has_key = not flow.unique_key and by_own_key(flow.match, flow.field_for)
    return KEY_TAKEN if isinstance(answer, Exists) and has_key else None


def _save_refused(jobs: Sequence[Job]) -> Steps[None]:
    """Save that these creates were refused; where another worker has taken one over, that counts.

    Rule: G-DUP, LS-KEY-2
    """
    yield from save(jobs)
    for job in jobs:
        if job.result is None and job.record is not None and job.record.error is not None:
            job.end(Result.FAILED, job.record.error)


def _unknown(job: Job, answer: Answer, context: RunContext) -> Issue:
    assert job.intent is not None  # noqa: S101 - it was announced
    can, issued_at = context.target.capabilities, job.intent.issued_at
    again = key_until(can, issued_at) if can.tier is Tier.B else None
    return unknown(answer, "create", until=lands_by(can, issued_at), tier=can.tier, again=again)
