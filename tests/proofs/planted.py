"""Bugs that are planted in the engine: each takes one guard of the protocol away, and must be caught.

A bug is a change of one function of the engine, wherever that is used. The simulator plays schedules until it
notices; what no schedule has is noticed by the checks.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from importlib import import_module
from inspect import isgeneratorfunction
from typing import Any, Final

import pytest
from attrs import evolve, frozen

from custsync.engine.apply import batch as applying, merges, writes
from custsync.engine.apply.issues import STALE
from custsync.engine.decisions import Invalid, Recover, RecoverBy
from custsync.engine.plan import batch as planning, linked
from custsync.engine.plan.context import PARENT_WAITING
from custsync.engine.requests import SaveRecords
from custsync.models import ABSENT
from custsync.protocols import Done, Rejected, RetryAfter, Tier, Unknown
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.matching.judgement import Verdict
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import NEVER_SEEN, Status
from tests.proofs import integrations

Plant = Callable[[pytest.MonkeyPatch], None]
Change = Callable[[Any], Any]
"""What is right → what is put in its place."""


@frozen
class Bug:
    """A planted bug: its name, what it takes away, how it is planted, and the flow and tier that show it.

    `is_for_checks` is one that no schedule has.
    """

    name: str
    removes: str
    plant: Plant
    flow: str = ""
    tier: str = ""
    is_for_checks: bool = False


# How a bug is planted


def instead(path: str, change: Change) -> Plant:
    """Return what puts another function, or value, in place of one of the package, wherever it is used."""
    module, _, name = path.rpartition(".")

    def plant(patch: pytest.MonkeyPatch) -> None:
        right = getattr(import_module(f"custsync.{module}"), name)
        wrong = change(right)
        for place in [one for key, one in sys.modules.items() if key.startswith("custsync.")]:
            for attribute, value in [*vars(place).items()]:
                if value is right:
                    patch.setattr(place, attribute, wrong)
        for place, tables in ((applying, ("_STEPS",)), (planning, ("STEPS", "ALONE"))):
            for table in tables:
                patch.setattr(place, table, _with(getattr(place, table), right, wrong))

    return plant


def _with(table: Any, right: Any, wrong: Any) -> Any:
    if isinstance(table, tuple):
        return tuple(_with(entry, right, wrong) for entry in table)
    return wrong if table is right else table


def method(path: str, change: Change) -> Plant:
    """Return what puts another method in place of a class's."""
    module, of, name = path.rsplit(".", 2)

    def plant(patch: pytest.MonkeyPatch) -> None:
        owner = getattr(import_module(f"custsync.{module}"), of)
        patch.setattr(owner, name, change(getattr(owner, name)))

    return plant


def both(*plants: Plant) -> Plant:
    """Return what plants several changes."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        for one in plants:
            one(patch)

    return plant


def always(value: Any) -> Change:
    """Return what puts a function in place that returns one value."""
    return lambda _right: lambda *_args, **_named: value


def nothing_is_done(_right: Any) -> Any:
    """Return a step that does nothing."""
    return lambda *_: iter(())


def returns(value: Any) -> Change:
    """Return what puts steps in place that ask nothing, and return one value."""

    def steps(*_: Any) -> Any:
        yield from ()
        return value

    return lambda _right: steps


def first_is(*before: Any, change: Callable[..., Any]) -> Change:
    """Return what changes the arguments of a function before it is called."""
    return lambda right: lambda *args, **named: right(*before, *change(*args), **named)


def then(change: Callable[..., Any]) -> Change:
    """Return what changes the answer of a function: its answer and its arguments → another answer."""
    return lambda right: lambda *args, **named: change(right(*args, **named), *args)


def _unsaved(right: Any) -> Any:
    """Return a step that takes what it saves for saved, and saves nothing."""

    def steps(*args: Any) -> Any:
        inner = right(*args)
        try:
            request = next(inner)
            while True:
                is_kept = isinstance(request, SaveRecords)
                request = inner.send([True] * len(request.writes) if is_kept else (yield request))
        except StopIteration as ended:
            return ended.value

    return steps


def _answers(kind: type, other: Callable[[Any], Any]) -> Plant:
    """Return what takes one kind of a create's answers for another."""

    def change(right: Any) -> Any:
        def judged(flow: Any, job: Any, answer: Any, context: Any) -> None:
            right(flow, job, other(job) if isinstance(answer, kind) else answer, context)

        return judged

    return instead("engine.apply.writes._judge_create", change)


def _recovers(wrong: Callable[[Any, Any], Any]) -> Plant:
    return instead("engine.decide.recovery.recover_by", then(lambda by, can, *_: wrong(can, by)))


def _while(path: str, wrong: Plant, place: Callable[[str, Change], Plant] = instead) -> Plant:
    """Return what plants a bug for as long as a function runs, and no longer."""

    def change(right: Any) -> Any:
        def called(*args: Any) -> Any:
            with pytest.MonkeyPatch.context() as patch:
                wrong(patch)
                return right(*args)

        def steps(*args: Any) -> Any:
            with pytest.MonkeyPatch.context() as patch:
                wrong(patch)
                return (yield from right(*args))

        return steps if isgeneratorfunction(right) else called

    return place(path, change)


# What some of them do


def _made_up(job: Any) -> Done:
    return Done("cus_" + job.record.intent.key[-4:])


def _keyed_by_content(right: Any) -> Any:
    def announce(flow: Any, decision: Any, namespace: str, now: Any) -> Any:
        key = f"k{abs(hash(repr(sorted(decision.values.items(), key=repr))))}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(writes, "creation_key", lambda *_: key)
            return right(flow, decision, namespace, now)

    return announce


def _again_under_another_key(right: Any) -> Any:
    def steps(flow: Any, jobs: Any, context: Any) -> Any:
        yield from right(flow, jobs, context)
        for job in jobs:
            if isinstance(job.decision, Recover) and job.payload:
                intent = evolve(job.record.intent, key=job.record.intent.key + "-again")
                job.record = evolve(job.record, intent=intent)

    return steps


def _overwriting(right: Any) -> Any:
    def save(store: Any, writes: Sequence[Any]) -> Any:
        stored = [store.load(write.record.link, [write.record.source]) for write in writes]
        versions = [found[0].version if found else 0 for found in stored]
        return right(store, [evolve(one, expected=at) for one, at in zip(writes, versions, strict=True)])

    return save


def _but_intents(right: Any) -> Any:
    def save(jobs: Any) -> Any:
        yield from right([job for job in jobs if job.record.status is not Status.INTENT])

    return save


def _not_taken_over(right: Any) -> Any:
    def save(jobs: Any) -> Any:
        yield from right([job for job in jobs if job.record is not getattr(job.decision, "record", None)])

    return save


def _proven_by_nothing(right: Any) -> Any:
    def steps(flow: Any, cases: Any, context: Any) -> Any:
        yield from right(flow, cases, context)
        for case in cases:
            case.stamped = case.stamped or []

    return steps


def _settled_by_silence(right: Any) -> Any:
    def hits(flow: Any, case: Any, answer: Any, context: Any) -> Any:
        return right(flow, case, answer, context) if isinstance(answer, Sequence) else []

    return hits


def _forgotten_when_unknown(right: Any) -> Any:
    def judged(flow: Any, job: Any, answer: Any, context: Any) -> None:
        right(flow, job, Rejected("no") if isinstance(answer, Unknown) else answer, context)

    return judged


def _announcing_nothing(right: Any) -> Any:
    return lambda record, note, _doubted: right(record, evolve(note, fields={}), {})


def _with_text(right: Any) -> Any:
    def seen(record: Any, memory: Any) -> Any:
        kept = right(evolve(record, in_flight=()), memory)
        return evolve(kept, in_flight=record.in_flight)

    return seen


def _doubted_for_ever(right: Any) -> Any:
    def ours(flow: Any, *args: Any, **named: Any) -> Any:
        once = {name for row in flow.fields if row.create_only for name in row.sources}
        made = right(flow, *args, **named)
        return evolve(made, fields={name: one for name, one in made.fields.items() if name not in once})

    return ours


def _all_in_step(right: Any) -> Any:
    def learn(flow: Any, decision: Any, *args: Any, **named: Any) -> Any:
        if hasattr(decision, "in_step"):
            every = tuple(row.target for row in flow.fields if not row.create_only)
            decision = evolve(decision, in_step=every, held=())
        return right(flow, decision, *args, **named)

    return learn


def _unsaid(code: str) -> Plant:
    """Return what keeps an issue of a comparison to itself."""

    def change(right: Any) -> Any:
        def run(comparison: Any) -> Any:
            made = right(comparison)
            made.issues = [issue for issue in made.issues if issue.code != code]
            return made

        return run

    return method("engine.decide.diff.Comparison.run", change)


def _first_of_two(judged: Any, *_: Any) -> Any:
    is_several = judged.verdict is Verdict.SEVERAL
    return evolve(judged, verdict=Verdict.ONE, hits=judged.hits[:1]) if is_several else judged


def _any_memory(right: Any) -> Any:
    return lambda record, namespace: next(iter(record.memory.values()), right(record, namespace))


def _created_anew(right: Any) -> Any:
    def linked(flow: Any, customer: Any, evidence: Any, record: Any) -> Any:
        core = import_module("custsync.engine.decide.core")
        there = evidence.current
        if there is None or there.deleted:
            return core._create(flow, customer, evolve_evidence(evidence), ())  # noqa: SLF001 - the engine's
        return right(flow, customer, evidence, record)

    return linked


def evolve_evidence(evidence: Any) -> Any:
    """Return evidence of a customer that no store has a record of."""
    evidence.record = None
    return evidence


def _shown(right: Any) -> Any:
    def ended(search: Any, entry: Any, *args: Any) -> Any:
        return right(search, evolve(entry, shows_deleted=True), *args)

    return ended


def _taking_part(records: Any, *_: Any) -> Any:
    return [
        evolve(one, status=Status.LINKED if one.target else Status.FAILED)
        if one.status is Status.EXCLUDED
        else one
        for one in records
    ]


def _going_on(right: Any) -> Any:
    def save(jobs: Any) -> Any:
        before = [(job, job.result, job.issues) for job in jobs]
        yield from right(jobs)
        for job, result, issues in before:
            job.result, job.issues = result, issues

    return save


def _not_refused(made: Any, *_: Any) -> Any:
    return None if isinstance(made, Invalid) else made


def _early(_right: Any) -> Any:
    of = merges._Merging  # noqa: SLF001 - a bug is planted inside
    keep, ask = of._keep_address, of._ask  # noqa: SLF001 - likewise

    def kept(merging: Any, duplicate: Any, survivor: Any) -> Any:
        yield from ask(merging, merging.record, duplicate.ref)
        if merging.job.result is None:
            yield from keep(merging, duplicate, survivor)

    return kept


def _late(right: Any) -> Any:
    def save(saving: Any) -> Any:
        if not all(job.record.merge and not job.record.merge.done for job in saving):
            yield from right(saving)

    return save


def _one_step(_right: Any) -> Any:
    def ends(merged: Any, _whole: Any) -> Any:
        return {
            case.customer.ref: evolve(case.customer.ref, id=case.customer.merged_into)
            if case.customer.merged_into
            else None
            for case in merged
        }

    return ends


def _in_module(place: Any, name: str, change: Change) -> Plant:
    """Return what plants a bug in one module alone."""
    return lambda patch: patch.setattr(place, name, change(getattr(place, name)))


def _other_flow(name: str, change: Callable[[Any], Any]) -> Plant:
    """Return what changes one of the four flows for the checks."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        pair = getattr(integrations, name)
        patch.setattr(integrations, name, evolve(pair, flow=change(pair.flow)))

    return plant


def _with_ids_of_the_source(_flow: Any, _cases: Any, _terms: Any) -> Iterator[None]:
    yield from ()


def _without_waiting(right: Any) -> Any:
    def look(flow: Any, cases: Any, context: Any) -> Any:
        yield from right(flow, cases, context)
        for case in cases:
            case.issues = tuple(issue for issue in case.issues if issue != PARENT_WAITING)

    return look


def _lax(flow: Any) -> Any:
    return flow.replace(match=tuple(evolve(entry, accept_hit=None) for entry in flow.match))


def _wrong_sign(flow: Any) -> Any:
    row = flow.field_for["subscription_status"]

    def other(customer: Any, _current: Any) -> Any:
        status = customer.subscription_status
        kind = type(status)
        if status in (None, ABSENT):
            return status
        return kind.SOFT_OPT_IN if status.opted_out else kind.SOFT_OPT_OUT

    return flow.with_field(evolve(row, compute=other))


_NO: Final = timedelta(0)
_MERGING = "engine.apply.merges._Merging."
_WRITES, _PLAN = "engine.apply.writes.", "engine.plan."
_SEEN, _CHECKED, _RECOVERY = (
    "engine.apply.last_seen.",
    "engine.apply.preconditions.",
    "engine.decide.recovery.",
)

BUGS: tuple[Bug, ...] = (
    # creates
    Bug(
        "intents are not saved",
        "a create is on record before it is sent",
        _in_module(writes, "save", _but_intents),
    ),
    Bug(
        "the version is not compared",
        "of two workers one goes on",
        lambda patch: patch.setattr(MemoryStore, "save", _overwriting(MemoryStore.save)),
    ),
    Bug(
        "who lost a save goes on",
        "a job whose record was saved by another ends",
        instead("engine.apply.jobs.save", _going_on),
        flow="servicetitan",
        tier="B",
    ),
    Bug(
        "the key is made of the content",
        "the key is made of the source customer",
        instead(f"{_WRITES}announce_create", _keyed_by_content),
        is_for_checks=True,
    ),
    Bug(
        "sent again under another key",
        "a create is sent again under its own key",
        instead(f"{_WRITES}announce_creates", _again_under_another_key),
        tier="B",
    ),
    Bug(
        "a lost answer is a refusal",
        "an unknown create stays on record",
        _answers(Unknown, lambda _: Rejected("no")),
    ),
    Bug("a lost answer is done", "an unknown create is not linked", _answers(Unknown, _made_up)),
    Bug("not now is done", "a throttled create is not linked", _answers(RetryAfter, _made_up)),
    Bug(
        "a refusal of a create sent again counts",
        "a refusal speaks of one attempt",
        _while(f"{_WRITES}_judge_create", instead(f"{_WRITES}_is", always(value=False))),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "a create sent again is not taken over",
        "it is saved before it is sent again",
        _in_module(writes, "save", _not_taken_over),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "who created it does not link it",
        "the creator links, though another took over",
        instead("engine.apply.jobs._is_of_a_worker", always(value=False)),
        flow="lightspeed",
        tier="A",
    ),
    Bug(
        "the window counts from the note",
        "a note that is too old is stamped again",
        instead(f"{_RECOVERY}may_be_sent", always(value=True)),
        flow="servicetitan",
        tier="C",
    ),
    Bug(
        "an expired key is used",
        "a key's life is kept",
        _recovers(lambda can, by: RecoverBy.REISSUE if can.tier is Tier.B and by is None else by),
        flow="servicetitan",
        tier="B",
    ),
    Bug(
        "a key is used until its last moment",
        "what comes late still finds the key",
        instead(f"{_RECOVERY}key_until", lambda _: lambda can, at: at + can.key_lifetime * 2),
        flow="servicetitan",
        tier="B",
    ),
    Bug(
        "a search that lags proves something",
        "in tier D a person is asked",
        _recovers(lambda can, by: RecoverBy.ANEW if can.tier is Tier.D and by is None else by),
        flow="servicetitan",
        tier="D",
    ),
    Bug(
        "nothing is waited for",
        "a create is waited for until it is settled",
        _recovers(lambda _, by: RecoverBy.ANEW if by is RecoverBy.WAIT else by),
        flow="servicetitan",
        tier="D",
    ),
    Bug(
        "sent again without a key",
        "without a key a create is not sent again",
        _recovers(lambda _, by: RecoverBy.REISSUE if by is RecoverBy.WAIT else by),
        flow="servicetitan",
        tier="D",
    ),
    Bug(
        "there is no settle window",
        "an effect may come late",
        instead(f"{_RECOVERY}lands_by", lambda _: lambda _can, at: at),
        flow="servicetitan",
        tier="C",
    ),
    Bug(
        "the minute is not added",
        "a write goes out up to a minute after its note",
        instead(f"{_RECOVERY}SENDING", lambda _: _NO),
        flow="servicetitan",
        tier="C",
    ),
    Bug(
        "an intent is forgotten",
        "a create without an answer is recovered",
        instead("engine.decide.core._is_lost", always(value=False)),
    ),
    Bug(
        "finding nothing always proves something",
        "only the stamp and the key prove",
        instead(f"{_PLAN}search.look_for_lost", _proven_by_nothing),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "a look-up that failed found nobody",
        "a failed look-up ends the customer",
        instead(f"{_PLAN}context.hits_of", _settled_by_silence),
    ),
    Bug(
        "a save is not durable",
        "what was done is on record",
        instead("engine.apply.batch._remember", _unsaved),
    ),
    Bug(
        "the id is not written back",
        "the source keeps the target's id",
        instead("engine.apply.batch.write_back", nothing_is_done),
        is_for_checks=True,
    ),
    Bug(
        "a write-back that failed is not due",
        "the next run writes it back",
        instead("engine.decide.core._write_back_due", always(value=False)),
        is_for_checks=True,
    ),
    Bug(
        "an intent from the future is waited for",
        "a clock that is wrong is reported",
        instead(f"{_RECOVERY}is_ahead", always(value=False)),
        is_for_checks=True,
    ),
    Bug(
        "what a create left behind is not named",
        "a person who links meanwhile learns who was created",
        instead("engine.apply.issues.orphaned", lambda _: lambda _target: STALE),
        is_for_checks=True,
    ),
    # what does not fit together
    Bug(
        "a clock without a zone is taken",
        "it is refused when the environment is made",
        instead("engine.environment._check", always(None)),
        is_for_checks=True,
    ),
    Bug(
        "tier A is believed",
        "it is refused where the flow sends no unique id",
        instead("engine.arguments._check_target", always(None)),
        is_for_checks=True,
    ),
    Bug(
        "a claim to merge is believed",
        "an adapter without the method is refused",
        instead("engine.arguments._check_methods", always(None)),
        is_for_checks=True,
    ),
    # updates
    Bug(
        "updates are not on record",
        "an update is on record before it is sent",
        instead("syncrecords.announce", _announcing_nothing),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "an update without an answer is forgotten",
        "it stays in flight until its answer is seen",
        _in_module(writes, "_judge_update", _forgotten_when_unknown),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "updates are settled at once",
        "they stay in flight until they can land no more",
        instead("syncrecords.settle", lambda _: lambda record, *_: evolve(record, in_flight=())),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "what is in flight does not count",
        "our own late write is no edit",
        method("syncrecords.SyncRecord.announced", always({})),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "fields in flight are not in doubt",
        "the source's fields are in doubt while an update is in flight",
        instead("syncrecords.announce", first_is(change=lambda record, note, _: (record, note, {}))),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "a text is known while an update is in flight",
        "no text is recognised meanwhile",
        instead("syncrecords.with_last_seen", _with_text),
        flow="lightspeed",
        tier="C",
    ),
    Bug(
        "updates are not stamped again",
        "their window counts from right before they are sent",
        instead(f"{_WRITES}_is_update_stamped", always(value=False)),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "a late effect is not reported",
        "a late effect is reported",
        _unsaid("late_effect"),
        flow="stripe",
        tier="B",
    ),
    Bug("a conflict is not reported", "a conflict is reported", _unsaid("conflict"), flow="stripe", tier="B"),
    Bug(
        "fields written once stay in doubt",
        "a field that is written at creation only keeps nothing in doubt",
        instead(f"{_SEEN}_ours", _doubted_for_ever),
    ),
    Bug(
        "whatever was written is kept",
        "what a target did not keep is not remembered",
        instead(
            f"{_SEEN}kept_of",
            lambda right: lambda *_: import_module("custsync.engine.apply.last_seen").Kept.YES,
        ),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "what the other side owes is remembered",
        "only what both sides agree on is remembered",
        instead(f"{_SEEN}learn", _all_in_step),
    ),
    Bug(
        "nothing is remembered",
        "what was last seen is remembered",
        method("syncrecords.SyncRecord.last_seen", always(NEVER_SEEN)),
    ),
    Bug(
        "one memory for both sides",
        "each side is compared with itself",
        method("syncrecords.SyncRecord.last_seen", _any_memory),
    ),
    Bug(
        "an intent remembers nothing",
        "what a create will show is remembered with it",
        instead(f"{_SEEN}memory_of_announced", always({})),
    ),
    Bug(
        "a link remembers nothing",
        "what both show before a link's update is remembered",
        instead(f"{_SEEN}memory_before", always({})),
        flow="stripe",
        tier="B",
    ),
    Bug(
        "an older snapshot counts",
        "an older snapshot writes nothing",
        instead("engine.decide.diff.is_older", always(value=False)),
        flow="lightspeed",
        tier="C",
    ),
    # plans
    Bug(
        "a plan is not checked",
        "what a plan rests on is read again",
        instead(f"{_CHECKED}recheck", nothing_is_done),
        is_for_checks=True,
    ),
    Bug(
        "the source is not checked",
        "a plan of an older source is stale",
        instead(f"{_CHECKED}_has_the_same", always(value=True)),
        is_for_checks=True,
    ),
    Bug(
        "the target is not checked",
        "a plan of an older target is stale",
        instead("engine.apply.jobs.is_as_before", always(value=True)),
        flow="stripe",
    ),
    Bug(
        "nobody is searched for again",
        "a create of an older plan is looked for first",
        instead(f"{_CHECKED}_search_again", nothing_is_done),
        is_for_checks=True,
    ),
    Bug(
        "a recovery is not checked",
        "a recovery of an older plan is looked for first",
        instead(f"{_CHECKED}_recover_again", nothing_is_done),
        is_for_checks=True,
    ),
    Bug(
        "any plan is carried out",
        "a plan of other accounts or fields is refused",
        instead("engine.arguments.check_plan", always(None)),
        is_for_checks=True,
    ),
    # people
    Bug(
        "who is deleted in the target is created again",
        "a broken link is for a person",
        instead("engine.decide.core._linked", _created_anew),
    ),
    Bug(
        "an id that names nobody is nothing",
        "who is not shown any more was deleted",
        method("rules.matching.search._Search._without_a_living_one", _shown),
        is_for_checks=True,
    ),
    Bug(
        "the excluded take part",
        "an exclusion stands",
        method("stores.memory.MemoryStore.load", then(_taking_part)),
    ),
    Bug(
        "exclusions are not recorded",
        "an exclusion is on record",
        instead("engine.apply.batch._exclude", nothing_is_done),
        is_for_checks=True,
    ),
    # searches
    Bug(
        "the first of two is taken",
        "two candidates are for a person",
        instead("rules.matching.judgement.judge", then(_first_of_two)),
        is_for_checks=True,
    ),
    Bug(
        "claims are not settled",
        "whom two claim is for a person",
        instead(f"{_PLAN}claims.settled", lambda _: lambda _flow, case, _whole: case.decision),
        is_for_checks=True,
    ),
    Bug(
        "a legacy id that names nobody creates",
        "it is refused",
        instead("rules.matching.steps.has_value", always(value=False)),
        is_for_checks=True,
    ),
    Bug(
        "whoever is found is linked",
        "who is found must fit",
        _other_flow("SERVICETITAN", _lax),
        is_for_checks=True,
    ),
    Bug(
        "no mail has the wrong sign",
        "an opt-out stays one",
        _other_flow("LIGHTSPEED", _wrong_sign),
        is_for_checks=True,
    ),
    Bug(
        "a shared entity id creates one",
        "each of those who share a key is refused",
        method(
            "rules.uniqueness._Told.__call__", lambda _: lambda _told, customer: MappedValue(value=customer)
        ),
        is_for_checks=True,
    ),
    Bug(
        "nobody is refused",
        "what must be refused is",
        instead("engine.decide.admission.admit", then(_not_refused)),
        is_for_checks=True,
    ),
    Bug(
        "a parent has the id of the source",
        "a parent is named by its id in the target",
        instead(f"{_PLAN}linked.look_for_parents", lambda _: _with_ids_of_the_source),
        is_for_checks=True,
    ),
    Bug(
        "a parent is not waited for",
        "a child waits for its parent",
        instead(f"{_PLAN}linked.look_for_parents", _without_waiting),
        is_for_checks=True,
    ),
    # merges
    Bug(
        "the merge comes before the address",
        "the duplicate's address is kept first",
        both(method(f"{_MERGING}_keep_address", _early), method(f"{_MERGING}_ask", nothing_is_done)),
        is_for_checks=True,
    ),
    Bug(
        "a merge is on record afterwards",
        "a merge is on record before it is asked for",
        _in_module(merges, "save", _late),
        is_for_checks=True,
    ),
    Bug(
        "the address is kept on each run",
        "an address is kept once",
        instead("rules.merging.has_address", always(value=False)),
        is_for_checks=True,
    ),
    Bug(
        "no address is kept",
        "the duplicate's address is kept",
        method(f"{_MERGING}_keep_address", nothing_is_done),
        is_for_checks=True,
    ),
    Bug(
        "a merge's note is lost",
        "what a merge takes away is on record",
        instead("rules.merging.captured", always({})),
        is_for_checks=True,
    ),
    Bug(
        "a merge's note is lost with its record",
        "what a merge takes away stays on record",
        _in_module(
            merges,
            "merge",
            first_is(change=lambda record, end, into, note: (record, end, into, evolve(note, lost={}))),
        ),
        is_for_checks=True,
    ),
    Bug(
        "somebody else's merge is taken back",
        "a merge that was made is not taken back",
        _while(f"{_MERGING}_take_back", method(f"{_MERGING}_is_gone", returns(value=False)), method),
        is_for_checks=True,
    ),
    Bug(
        "a merge is over before it is asked for",
        "the duplicate was seen to be gone",
        both(method(f"{_MERGING}_ask", nothing_is_done), method(f"{_MERGING}_is_gone", returns(value=True))),
        is_for_checks=True,
    ),
    Bug(
        "a circle of merges is followed",
        "a circle refuses its members",
        _in_module(linked, "_ends_of", _one_step),
        is_for_checks=True,
    ),
    Bug(
        "a merged record is taken for a linked one",
        "a merged customer stays merged",
        instead("engine.decide.merges.is_merged", lambda _: lambda customer, *_: bool(customer.merged_into)),
        is_for_checks=True,
    ),
)
"""One for each guard of the protocol."""
