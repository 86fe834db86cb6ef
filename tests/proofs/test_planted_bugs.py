"""The proofs can fail: each engine here is broken in one way, and the proofs must notice.

A bug is planted by replacing one function of the engine. The checks are those of the other proofs, over the
settings in which they are cheap; it is enough that one of them sees the bug.
"""

import itertools
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

import pytest
from attrs import evolve

from custsync import syncrecords
from custsync.engine.api import apply, plan
from custsync.engine.apply import batch as applying
from custsync.engine.apply import creates, intents, last_seen, preconditions
from custsync.engine.calls import Retry
from custsync.engine.decide import core as deciding
from custsync.engine.decide import recovery
from custsync.engine.decisions import RecoverBy
from custsync.engine.outcomes import Result
from custsync.engine.requests import SaveRecords
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import Done, Rejected, RetryAfter, Tier, Unknown
from custsync.rules.matching import judgement
from custsync.rules.matching import search as searching
from custsync.rules.matching.judgement import Verdict
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import NEVER_SEEN, RecordWrite, Status
from tests.proofs.environments import (
    IMPORT_UNKEYED,
    NEXT_DAY,
    Setting,
    apart,
    doubled,
    play,
    problems,
    put,
    singles,
    stuck,
)
from tests.proofs.test_both_flows import NETSUITE_WINS, edit, settled, shown, two_linked
from tests.proofs.test_two_workers import Race

Plant = Callable[[pytest.MonkeyPatch], None]


# The checks


def after_every_fault() -> Iterator[object]:
    """Yield what is wrong after one fault."""
    for setting in (
        Setting(flows=(EXPORT,), tier=Tier.B, edits=True),
        Setting(flows=(EXPORT,), tier=Tier.C, edits=True),
        Setting(flows=(EXPORT,), tier=Tier.D, pause=NEXT_DAY),
        Setting(flows=(EXPORT,), tier=Tier.B, pause=NEXT_DAY, customers="anonymous"),
        Setting(flows=(EXPORT,), tier=Tier.D, customers="anonymous"),
        Setting(flows=(IMPORT,), tier=Tier.A, edits=True),
        Setting(flows=(EXPORT, IMPORT), tier=Tier.B, edits=True),
    ):
        try:
            small, clean = play(setting, {})
        except AssertionError as unrest:
            yield unrest
            continue
        yield from [*doubled(small), *stuck(small), *apart(small)]
        for number, fault in singles(clean.requests):
            yield from problems(setting, clean, {number: fault})


def in_every_order() -> Iterator[object]:
    """Yield what is wrong after two workers met on one customer."""
    for setting in (
        Setting(flows=(EXPORT,), tier=Tier.C, customers="create"),
        Setting(flows=(IMPORT_UNKEYED,), tier=Tier.C, customers="create"),
    ):
        race = Race(setting)
        for _ in itertools.islice(race.played(), 3000):
            yield from doubled(race.small)


def with_edits_on_both_sides() -> Iterator[object]:
    """Yield what is wrong after people edited both sides."""
    for place, (ours, theirs) in itertools.product((0, 1), (((0, 1), (1, 2)), ((1, 1), (1, 1)))):
        small = two_linked(NETSUITE_WINS)
        edit(small, "netsuite", ours[0], ours[1], "a@b.example")
        edit(small, "stripe", theirs[0], theirs[1], "c@d.example")
        wanted = shown(small, "netsuite")
        if ours != theirs:
            wanted[theirs[0]][theirs[1]] = "c@d.example"
        try:
            settled(small, (place,))
        except AssertionError as unrest:
            yield unrest
            continue
        if not shown(small, "netsuite") == shown(small, "stripe") == wanted:
            yield "an edit was lost"


def with_older_plans() -> Iterator[object]:
    """Yield what is wrong after a plan was applied twice, or after somebody's edit."""
    for customers in ("create", "link", "update"):
        small = Setting(flows=(EXPORT,), tier=Tier.B, customers=customers).small()
        made = plan(EXPORT, small.netsuite.rows, small.world(EXPORT))
        apply(EXPORT, made, small.world(EXPORT))
        before = len(small.stripe.writes)
        apply(EXPORT, made, small.world(EXPORT))
        if len(small.stripe.writes) != before or doubled(small):
            yield "a plan that was applied wrote again"
        small = Setting(flows=(EXPORT,), tier=Tier.B, customers=customers).small()
        made = plan(EXPORT, small.netsuite.rows, small.world(EXPORT))
        for row in small.netsuite.rows:
            small.netsuite.edit(row["id"], phone="(503) 555-0199")
        if apply(EXPORT, made, small.world(EXPORT)).wrote:
            yield "a stale plan was carried out"


def with_two_candidates() -> Iterator[object]:
    """Yield what is wrong where two target customers match, or two source customers want one."""
    small = Setting(flows=(EXPORT,), tier=Tier.B, customers="link").small()
    put(small.stripe, 7, "link")
    if small.sync(EXPORT).counts != {Result.REVIEW: 1}:
        yield "one of two was chosen"
    small = Setting(flows=(EXPORT,), tier=Tier.B, customers="link").small()
    put(small.netsuite, 8, "link")
    if small.sync(EXPORT).counts != {Result.REVIEW: 2}:
        yield "one target customer went to the first who asked"


def with_an_edit_and_a_lost_store() -> Iterator[object]:
    """Yield what is wrong where the store is lost, and both customers are edited, after a create."""
    small = Setting(flows=(IMPORT,), tier=Tier.A, customers="create").small()
    world = small.world(IMPORT)
    apply(IMPORT, plan(IMPORT, small.stripe.rows, world), world)
    small.netsuite.edit(
        small.netsuite.rows[0]["id"], email="other@works.example", custentity_stripe_customer_id=None
    )
    small.stripe.edit(small.stripe.rows[0]["id"], phone="(503) 555-0199")
    small.open_store = MemoryStore
    small.restart()
    small.sync(IMPORT)
    if len(small.netsuite.rows) > 1:
        yield "a second customer, under another key"


CHECKS = (
    with_older_plans,
    with_two_candidates,
    with_an_edit_and_a_lost_store,
    with_edits_on_both_sides,
    after_every_fault,
    in_every_order,
)


def noticed() -> str:
    """Return the first check that sees something wrong, `""` where none does."""
    for check in CHECKS:
        if any(True for _ in check()):
            return check.__name__
    return ""


# The bugs


def _unsaved(
    steps: Generator[Any, Any, Any], which: Callable[[RecordWrite], bool]
) -> Generator[Any, Any, Any]:
    """Run the steps, but claim that such writes were saved without saving them."""
    try:
        request = next(steps)
        while True:
            if isinstance(request, SaveRecords) and all(map(which, request.writes)):
                answer: Any = [True] * len(request.writes)
            else:
                answer = yield request
            request = steps.send(answer)
    except StopIteration as ended:
        return ended.value


def instead_of_step(patch: pytest.MonkeyPatch, name: str, instead: Callable[[Any], Any]) -> None:
    """Put what `instead` makes of it in place of the step of that name."""
    steps = applying._STEPS  # noqa: SLF001 - a bug is planted inside
    assert name in [step.__name__ for step, _ in steps]
    changed = tuple((instead(step) if step.__name__ == name else step, kinds) for step, kinds in steps)
    patch.setattr(applying, "_STEPS", changed)


def nothing_is_done(_step: Any) -> Any:
    return lambda *_: iter(())


def intents_are_not_written(patch: pytest.MonkeyPatch) -> None:
    def unannounced(step: Any) -> Any:
        return lambda *args: _unsaved(step(*args), lambda write: write.record.status is Status.INTENT)

    instead_of_step(patch, "announce_creates", unannounced)


def the_expected_version_is_ignored(patch: pytest.MonkeyPatch) -> None:
    save = MemoryStore.save

    def overwrite(self: MemoryStore, writes: Sequence[RecordWrite]) -> list[bool]:
        stored = [self.load(write.record.link, [write.record.source]) for write in writes]
        return save(
            self,
            [
                evolve(write, expected=found[0].version if found else 0)
                for write, found in zip(writes, stored, strict=True)
            ],
        )

    patch.setattr(MemoryStore, "save", overwrite)


def the_key_depends_on_the_content(patch: pytest.MonkeyPatch) -> None:
    announce = intents.announce_create

    def keyed(flow: Any, decision: Any, namespace: str, now: Any) -> Any:
        with pytest.MonkeyPatch.context() as inner:
            key = f"k{abs(hash(repr(sorted(decision.values.items(), key=repr))))}"
            inner.setattr(intents, "creation_key", lambda *_: key)
            return announce(flow, decision, namespace, now)

    patch.setattr(creates, "announce_create", keyed)


def _answering(patch: pytest.MonkeyPatch, kind: type, other: Callable[[Any], Any]) -> None:
    judge = creates._judge  # noqa: SLF001 - the same

    def judged(flow: Any, job: Any, answer: Any, terms: Any) -> None:
        judge(flow, job, other(job) if isinstance(answer, kind) else answer, terms)

    patch.setattr(creates, "_judge", judged)


def unknown_is_taken_for_rejected(patch: pytest.MonkeyPatch) -> None:
    _answering(patch, Unknown, lambda _: Rejected("no"))


def unknown_is_taken_for_done(patch: pytest.MonkeyPatch) -> None:
    _answering(patch, Unknown, lambda job: Done("cus_" + job.intent.key[-4:]))


def throttled_is_taken_for_done(patch: pytest.MonkeyPatch) -> None:
    _answering(patch, RetryAfter, lambda job: Done("cus_" + job.intent.key[-4:]))
    patch.setattr("tests.proofs.environments.Retry", lambda attempts: Retry(attempts=attempts - 1))


def _recovering(patch: pytest.MonkeyPatch, instead: Callable[[Any, Any], Any]) -> None:
    right = recovery.recover_by

    def wrong(can: Any, *args: Any) -> Any:
        return instead(can, right(can, *args))

    patch.setattr(deciding, "recover_by", wrong)
    patch.setattr(creates, "recover_by", wrong)


def an_expired_key_is_sent_again(patch: pytest.MonkeyPatch) -> None:
    _recovering(patch, lambda can, by: RecoverBy.REISSUE if can.tier is Tier.B and by is None else by)


def a_lagging_negative_authorises_a_create(patch: pytest.MonkeyPatch) -> None:
    _recovering(patch, lambda can, by: RecoverBy.ANEW if can.tier is Tier.D and by is None else by)


def nothing_is_waited_for(patch: pytest.MonkeyPatch) -> None:
    _recovering(patch, lambda _, by: RecoverBy.ANEW if by is RecoverBy.WAIT else by)


def a_create_is_sent_again_without_a_key(patch: pytest.MonkeyPatch) -> None:
    _recovering(patch, lambda _, by: RecoverBy.REISSUE if by is RecoverBy.WAIT else by)


def an_intent_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "_is_lost", lambda *_: False)


def what_the_other_side_still_owes_is_remembered(patch: pytest.MonkeyPatch) -> None:
    right = last_seen.learn

    def wrong(flow: Any, decision: Any, *args: Any, **kwargs: Any) -> Any:
        if hasattr(decision, "in_step"):
            every = tuple(row.target for row in flow.fields if not row.create_only)
            decision = evolve(decision, in_step=every, held=())
        return right(flow, decision, *args, **kwargs)

    patch.setattr(applying, "learn", wrong)


def nothing_is_remembered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(syncrecords.SyncRecord, "last_seen", lambda *_: NEVER_SEEN)


def the_intent_remembers_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(intents, "memory_of_announced", lambda *_: {})


def the_id_is_not_written_back(patch: pytest.MonkeyPatch) -> None:
    instead_of_step(patch, "write_back", nothing_is_done)


def a_write_back_that_failed_is_not_due_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "_write_back_due", lambda *_: False)


def an_older_plan_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    def recheck(_flow: Any, decisions: Sequence[Any], _terms: Any) -> Generator[Any, Any, list[None]]:
        yield from ()
        return [None] * len(decisions)

    patch.setattr(applying, "recheck", recheck)


def the_source_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(preconditions, "_says_the_same", lambda *_: True)


def the_first_of_two_is_taken(patch: pytest.MonkeyPatch) -> None:
    right = judgement.judge

    def wrong(*asked: Any) -> Any:
        judged = right(*asked)
        is_several = judged.verdict is Verdict.SEVERAL
        return evolve(judged, verdict=Verdict.ONE, hits=judged.hits[:1]) if is_several else judged

    patch.setattr(searching, "judge", wrong)


def contested_claims_are_not_settled(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("custsync.engine.plan.claims._settled", lambda _flow, case, _whole: case.decision)


def saves_are_not_durable(patch: pytest.MonkeyPatch) -> None:
    instead_of_step(patch, "_remember", lambda step: lambda *args: _unsaved(step(*args), lambda _: True))


BUGS: tuple[Plant, ...] = (
    intents_are_not_written,
    the_expected_version_is_ignored,
    the_key_depends_on_the_content,
    unknown_is_taken_for_rejected,
    unknown_is_taken_for_done,
    throttled_is_taken_for_done,
    an_expired_key_is_sent_again,
    a_lagging_negative_authorises_a_create,
    nothing_is_waited_for,
    a_create_is_sent_again_without_a_key,
    an_intent_is_forgotten,
    what_the_other_side_still_owes_is_remembered,
    nothing_is_remembered,
    the_intent_remembers_nothing,
    the_id_is_not_written_back,
    a_write_back_that_failed_is_not_due_again,
    an_older_plan_is_not_checked,
    the_source_is_not_checked,
    the_first_of_two_is_taken,
    contested_claims_are_not_settled,
    saves_are_not_durable,
)


class TestPlantedBugs:
    """The sound engine passes every check, and no broken one does."""

    def test_the_sound_engine(self) -> None:
        assert noticed() == ""

    @pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
    def test_a_broken_one(self, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
        plant(monkeypatch)
        assert noticed() != ""
