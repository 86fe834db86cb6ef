"""Creates, links and updates: on the sync record before they are sent, and judged by what is answered."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final, TypeVar

from attrs import evolve

from custsync import syncrecords
from custsync.engine.apply.issues import KEY_TAKEN, STALE, refused, unknown, unwritable
from custsync.engine.apply.jobs import (
    Job,
    is_as_before,
    keep_answer,
    read_again,
    read_target,
    record_of,
    save,
    save_unless_overtaken,
    target_ref,
)
from custsync.engine.apply.last_seen import is_new, memory_before, memory_of_announced, sources_of
from custsync.engine.calls import create, find, update
from custsync.engine.decide.recovery import SENDING, key_until, lands_by, may_be_sent, recover_by
from custsync.engine.decisions import Create, Link, Recover, RecoverBy, Update
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import RunContext
from custsync.engine.requests import Now, Steps
from custsync.errors import DataError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref
from custsync.protocols import Answer, Capabilities, Done, Exists, Rejected, RetryAfter, Tier, Unknown
from custsync.rules.fields.mapping import value_of
from custsync.rules.fields.values import digest
from custsync.rules.matching.steps import by_own_key, keys_for, look_up_values
from custsync.syncrecords import Intent, SyncRecord, UpdateNote, intend, reject

N = TypeVar("N", str, Ref)

_LONGEST_PLAIN: Final = 200
"""Ids up to this length are readable in a unique key, which NetSuite cuts off at 255."""


# Creates


def send_creates(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Announce creates, send them, and keep of each what the target answered.

    A refusal is saved; where another worker has taken the create over, that counts.

    Rule: G-DUP, LS-KEY-2, SP-OUT-3
    """
    yield from announce_creates(flow, jobs, context)
    sending = {_intent(job).key: job for job in jobs if job.payload is not None and job.result is None}
    answers = yield from _sent(sending, create, _is_create_stamped, context)
    taken = [key for key, answer in answers.items() if isinstance(answer, Exists) and not answer.id]
    takers = (yield from _takers(flow, taken, context)) if taken else {}
    for key, answer in answers.items():
        _judge_create(flow, sending[key], takers.get(key, answer), context)
    refusals = [(job, job.record.error) for job in sending.values() if job.record and job.record.error]
    yield from save([job for job, _ in refusals])
    for job, error in refusals:
        if job.result is None:
            job.end(Result.FAILED, error)


def announce_creates(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Save the intent of every create, before any of them is sent.

    One that is sent again is saved again, as it is: so the worker who was refused the first time cannot save
    meanwhile that nothing exists.

    Cost: one save for a batch, one write for each create.

    Rule: G-DUP
    """
    now = (yield Now()) if any(is_new(job.decision) for job in jobs) else None
    namespace = target_ref(flow, "", context).namespace
    for job in jobs:
        decision = job.decision
        assert isinstance(decision, Create | Recover)  # noqa: S101 - no other comes here
        job.record = decision.record
        try:
            if now is not None and is_new(decision):
                job.record = announce_create(flow, decision, namespace, now)
        except DataError as error:
            job.end(Result.FAILED, unwritable(error))
            continue
        if not _is(RecoverBy.ADOPT, job):
            job.payload = _intent(job).request
        if _is(RecoverBy.WAIT, job):
            job.end(Result.UNKNOWN, _unknown(job, Unknown("an earlier one"), context.target.capabilities))
    yield from save([job for job in jobs if job.payload is not None and job.result is None])


def announce_create(flow: Flow, decision: Create | Recover, namespace: str, now: datetime) -> SyncRecord:
    """Return the record with a create's intent on it, to be saved before the create is sent.

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
    return intend(record, intent, memory_of_announced(flow, decision, namespace))


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


def _clues(flow: Flow, customer: Customer, key: str) -> dict[str, tuple[str, ...]]:
    exact = flow.target.case_sensitive
    clues = {
        step.lookup: look_up_values(step, customer, keys_for(step, customer), exact=step.lookup in exact)
        for step in flow.match
        if step.lookup != "id"
    }
    clues |= {flow.source_id_field: (customer.ref.id,), flow.unique_key: (key,)}
    return {by: values for by, values in clues.items() if by and values}


def _intent(job: Job) -> Intent:
    assert job.record is not None and job.record.intent is not None  # noqa: S101, PT018 - it was announced
    return job.record.intent


def _is(by: RecoverBy, job: Job) -> bool:
    return isinstance(job.decision, Recover) and job.decision.by is by


def _is_create_stamped(can: Capabilities, job: Job, now: datetime) -> bool:
    """Stamp an intent again that has become too old; end a job whose key may be forgotten by now."""
    intent = _intent(job)
    if _is(RecoverBy.REISSUE, job):
        if recover_by(can, intent, None, (), now) is not RecoverBy.REISSUE:
            job.end(Result.UNKNOWN, _unknown(job, Unknown("its key may be forgotten by now"), can))
        return False
    if may_be_sent(can, intent.issued_at, now):
        return False
    assert job.record is not None  # noqa: S101 - it was announced
    job.record = intend(job.record, evolve(intent, issued_at=now))
    return True


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


def _judge_create(flow: Flow, job: Job, answer: Answer, context: RunContext) -> None:
    if isinstance(answer, Exists) and answer.id and flow.unique_key:
        job.was_there = True
        job.target = target_ref(flow, answer.id, context)
    elif isinstance(answer, Done):
        keep_answer(flow, job, answer, context, "create")
        job.target = job.after.ref if job.after is not None else target_ref(flow, answer.id, context)
    elif job.record is not None and (issue := _refusal(flow, job, answer)) is not None:
        job.record = reject(job.record, issue)
    else:
        job.end(Result.UNKNOWN, _unknown(job, answer, context.target.capabilities))


def _refusal(flow: Flow, job: Job, answer: Answer) -> Issue | None:
    """Return why nothing exists in the target; None where that is not known.

    Where the customer's own key is taken, the next run finds by it who has it.
    """
    if _is(RecoverBy.REISSUE, job):  # that nothing took effect is about this time only
        return None
    if isinstance(answer, Rejected | RetryAfter):
        return refused(answer, "create")
    has_key = not flow.unique_key and by_own_key(flow.match, flow.field_for)
    return KEY_TAKEN if isinstance(answer, Exists) and has_key else None


def _unknown(job: Job, answer: Answer, can: Capabilities) -> Issue:
    issued_at = _intent(job).issued_at
    again = key_until(can, issued_at) if can.tier is Tier.B else None
    return unknown(answer, "create", until=lands_by(can, issued_at), tier=can.tier, again=again)


# Links and updates


def send_updates(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[None]:
    """Announce links and updates, send them, and keep of each what the target answered.

    Rule: G-LOSS
    """
    writing = yield from claim(flow, jobs, context)
    answers = yield from _sent(writing, update, _is_update_stamped, context)
    for ref, answer in answers.items():
        _judge_update(flow, writing[ref], answer, context)
    yield from save_unless_overtaken([job.record for job in writing.values() if job.result is Result.FAILED])


def claim(flow: Flow, jobs: Sequence[Job], context: RunContext) -> Steps[dict[Ref, Job]]:
    """Save each record as linked, with what is sent to its customer as in flight; return what is to be sent.

    So no other worker writes the customer too, and whoever reads a side knows our write from an edit.

    Cost: one save for a batch, one write for each link and update.

    Rule: G-DUP, G-LOSS
    """
    claiming = [job for job in jobs if getattr(job.decision, "target", None) is not None]
    there = yield from _as_they_are_now(flow, claiming, context)
    claiming = [job for job in claiming if job.result is None]
    is_writing = any(getattr(job.decision, "changes", ()) for job in claiming)
    until = lands_by(context.target.capabilities, (yield Now())) if is_writing else None
    problems = [(job, _claim(flow, job, until, there)) for job in claiming]
    yield from save(claiming)
    for job, problem in problems:
        if problem is not None and job.result is None:
            job.end(Result.FAILED, problem)
    going_on = [job for job in claiming if job.result is None and job.payload is not None]
    return {job.target: job for job in going_on if job.target is not None}


def _as_they_are_now(
    flow: Flow, jobs: Sequence[Job], context: RunContext
) -> Steps[Mapping[Ref, Customer | None]]:
    """Return the customers that are to be updated, by id, where an update replaces what it does not name.

    What was read for the decision may be older than somebody's opt-out, which its update would undo. A job
    ends where somebody edited what it is to change.
    """
    made = [(job, job.decision) for job in jobs if flow.target.replaces_lists]
    changing = [(job, one) for job, one in made if isinstance(one, Link | Update) and one.changes]
    known = [(one.target, one.current) for _, one in changing]
    there = (yield from read_again(flow.target, context.target, known)) or {}
    for job, one in changing:
        now = there.get(one.target)
        if now is not None and not is_as_before(flow, one, now):
            job.end(Result.STALE, STALE)
    return there


def _claim(
    flow: Flow, job: Job, until: datetime | None, there: Mapping[Ref, Customer | None]
) -> Issue | None:
    """Announce what is sent for the job; return why that cannot be made."""
    decision = job.decision
    assert isinstance(decision, Link | Recover | Update)  # noqa: S101 - no other comes here
    job.target, job.after = decision.target, decision.current
    if isinstance(decision, Recover):
        assert job.record is not None and job.target is not None  # noqa: S101, PT018 - it was found
        job.record = syncrecords.link(job.record, decision.source, job.target)
        return None
    current, problem = there.get(decision.target) or decision.current, None
    if decision.changes:
        values = {change.field: change.after for change in decision.changes}
        try:
            job.payload = flow.target.write(values, current)
        except DataError as error:
            problem = unwritable(error)
    job.record = announce_update(flow, decision, current, None if job.payload is None else until)
    return problem


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
    sources = sources_of(flow, written, decision.customer)
    source, target = decision.source.namespace, decision.target.namespace
    seen = record.last_seen(target).fields
    edited = [name for name, one in carried.items() if seen.get(name, one) != one and name not in written]
    note = UpdateNote(namespace=target, fields=carried | written, until=until)
    return syncrecords.announce(record, note, {source: sources, target: sorted(edited)})


def _is_update_stamped(can: Capabilities, job: Job, now: datetime) -> bool:
    """Stamp an update again that was announced too long ago."""
    assert job.record is not None  # noqa: S101 - it was announced
    *earlier, note = job.record.in_flight
    if not can.settle_window or lands_by(can, now) <= note.until + SENDING:
        return False
    job.record = syncrecords.with_in_flight(job.record, (*earlier, evolve(note, until=lands_by(can, now))))
    return True


def _judge_update(flow: Flow, job: Job, answer: Answer, context: RunContext) -> None:
    assert job.record is not None  # noqa: S101 - it was announced
    *earlier, note = job.record.in_flight
    if isinstance(answer, Done):
        keep_answer(flow, job, answer, context, "update")
    elif isinstance(answer, Rejected | RetryAfter | Exists):
        job.record = syncrecords.with_in_flight(job.record, tuple(earlier))
        job.end(Result.FAILED, refused(answer, "update"))
    else:
        job.end(Result.UNKNOWN, unknown(answer, "update", until=note.until))


# Both


def _sent(
    writing: Mapping[N, Job],
    call: Callable[..., Steps[dict[N, Answer]]],
    is_stamped: Callable[[Capabilities, Job, datetime], bool],
    context: RunContext,
) -> Steps[dict[N, Answer]]:
    """Send the jobs' payloads; return the answers to those that are still under way.

    Right before they are sent, notes that have become too old are stamped again, and nothing is sent of a job
    whose record somebody else saved meanwhile.
    """

    def ready(names: Sequence[N]) -> Steps[Sequence[N]]:
        now = yield Now()
        due = [writing[name] for name in names]
        yield from save([job for job in due if is_stamped(context.target.capabilities, job, now)])
        return [name for name in names if writing[name].result is None]

    payloads = {name: job.payload for name, job in writing.items()}
    answers: dict[N, Answer] = yield from call(context.target, payloads, ready)
    return {name: answer for name, answer in answers.items() if writing[name].result is None}
