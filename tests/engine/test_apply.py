"""Carrying out decisions: the sync record tells the truth at every moment, whatever the adapters answer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.apply.writes import creation_key
from custsync.engine.outcomes import Outcome, Result
from custsync.errors import AdapterContractError, InputError, StoreError
from custsync.flow import Flow
from custsync.models import Ref
from custsync.protocols import Done, Exists, Rejected, RetryAfter, Tier, Unknown
from custsync.rules.fields.conflicts import Conflict
from custsync.rules.fields.values import digest
from custsync.syncrecords import RecordWrite, Status, SyncRecord
from tests.environments import (
    DAY,
    FLOW,
    LINK,
    NOW,
    STAMP,
    CountingStore,
    Party,
    Setup,
    answering,
    lost_after,
    lost_before,
    row,
    saying,
    write,
)

EMAIL = "ann@shop.example"
OURS, THEIRS = Ref("shop", "1"), Ref("books", "b1")
UNIQUE = FLOW.replace(unique_key="external_id")


def run(setup: Setup, flow: Flow = FLOW) -> dict[Result, int]:
    return dict(sync(flow, setup.source.payloads(), setup.world).counts)


@pytest.fixture
def setup() -> Setup:
    made = Setup()
    made.source.put("1", name="Ann", email=EMAIL)
    return made


def linked(setup: Setup) -> Setup:
    run(setup)
    run(setup)
    setup.source.rows["1"]["name"] = "Anna"
    setup.target.calls.clear()
    return setup


def assert_in_doubt(record: SyncRecord, before: SyncRecord) -> None:
    """Nothing is remembered as said that may not be so; the rest of the memory is what it was."""
    said, known = record.last_seen(OURS.namespace), before.last_seen(OURS.namespace)
    assert said.payload == ""
    assert said.fields == {**known.fields, "name": "?"}
    assert record.last_seen(THEIRS.namespace) == before.last_seen(THEIRS.namespace)


@pytest.mark.rule("G-DUP", "SP-OUT-3")
class TestCreates:
    """An intent before the create; linked only once a target id was seen; failed where it was refused."""

    @pytest.mark.parametrize(
        ("answer", "result", "status"),
        [
            pytest.param(Done("b1"), Result.CREATED, Status.LINKED, id="done"),
            pytest.param(Rejected("invalid", "email"), Result.FAILED, Status.FAILED, id="rejected"),
            pytest.param(Unknown(), Result.UNKNOWN, Status.INTENT, id="unknown"),
            pytest.param(Exists(), Result.UNKNOWN, Status.INTENT, id="exists, by a key that we did not set"),
        ],
    )
    def test_table(self, setup: Setup, answer: Any, result: Result, status: Status) -> None:
        setup.target.then("create", answering(answer))
        seen: list[Outcome] = []
        sync(FLOW, setup.source.payloads(), setup.world, observe=seen.append)
        (outcome,) = seen
        record = setup.the_record()
        assert (outcome.result, outcome.target) == (result, record.target)
        assert record.status is status
        assert record.target == (THEIRS if status is Status.LINKED else None)
        assert (record.intent is not None) is (status is Status.INTENT)
        assert (record.error is not None) is (status is Status.FAILED)

    def test_put_off_for_good_is_refused_for_now_and_made_by_the_next_run(self, setup: Setup) -> None:
        setup.target.then("create", *[answering(RetryAfter(1))] * 5)
        assert run(setup) == {Result.FAILED: 1}
        assert run(setup) == {Result.CREATED: 1}
        assert len(setup.target.rows) == 1

    def test_the_intent_is_durable_before_the_create_is_sent(self, setup: Setup) -> None:
        seen: list[SyncRecord] = []

        def look(party: Party, asked: Any) -> Any:
            seen.append(setup.the_record())
            return party.do_create(asked)

        setup.target.then("create", look)
        run(setup)
        (record,) = seen
        assert record.status is Status.INTENT
        assert record.intent is not None
        assert record.intent.issued_at == NOW
        assert record.intent.request["name"] == "Ann"

    @pytest.mark.parametrize(
        ("stamp", "unique", "clues"),
        [
            (STAMP, "", {"email": (EMAIL,), STAMP: ("1",)}),
            ("", "external_id", {"email": (EMAIL,), "external_id": ("shop-1",)}),
            ("", "", {"email": (EMAIL,)}),
        ],
        ids=["stamp", "unique key", "neither"],
    )
    def test_the_intent_keeps_the_clues(
        self, setup: Setup, stamp: str, unique: str, clues: dict[str, tuple[str, ...]]
    ) -> None:
        setup.target.then("create", lost_before)
        run(setup, FLOW.replace(source_id_field=stamp, unique_key=unique))
        intent = setup.the_record().intent
        assert intent is not None
        assert intent.clues == clues

    def test_an_intent_that_cannot_be_saved_sends_nothing(self, setup: Setup) -> None:
        setup.store.save = _somebody_was_faster(setup.store)  # type: ignore[method-assign]
        assert run(setup) == {Result.STALE: 1}
        assert setup.target.writes == []

    def test_a_record_that_was_linked_meanwhile_is_done(self, setup: Setup) -> None:
        record = SyncRecord(link=LINK, source=OURS, target=THEIRS, status=Status.LINKED, flow="f")
        setup.store.save = _somebody_was_faster(setup.store, record)  # type: ignore[method-assign]
        assert run(setup) == {Result.ALREADY_DONE: 1}
        assert setup.target.writes == []

    @pytest.mark.parametrize("shows", [True, False], ids=["answers with the record", "answers with an id"])
    def test_what_both_sides_show_is_remembered(self, shows: bool) -> None:  # noqa: FBT001 - a table
        setup = Setup(target=Party(shows_answers=shows))
        setup.source.put("1", name="Ann", email=EMAIL)
        run(setup)
        memory = setup.the_record().memory
        for namespace in (OURS.namespace, THEIRS.namespace):
            assert memory[namespace].fields["name"] == digest("Ann")

    def test_values_that_cannot_be_written_fail_alone(self, setup: Setup) -> None:
        setup.source.put("2", name="Bo", email="bo@shop.example")
        report = sync(UNWRITABLE, setup.source.payloads(), setup.world)
        assert report.counts == {Result.FAILED: 1, Result.CREATED: 1}
        assert [issue.code for issue in report.attention[0].issues] == ["unwritable"]
        assert [record.source.id for record in setup.records()] == ["2"]


@pytest.mark.rule("G-DUP")
class TestKeys:
    """A create's identity is the source customer, never its content."""

    @pytest.mark.parametrize(
        ("identity", "key"),
        [("7", "shop-7"), ("cus_a-1", "shop-cus_a-1"), ("x" * 200, "shop-" + "x" * 200)],
        ids=["number", "signs", "long"],
    )
    def test_a_unique_key_is_readable(self, identity: str, key: str) -> None:
        assert creation_key(UNIQUE, Ref("shop", identity), 5) == key

    @pytest.mark.parametrize("identity", ["", "é", "a b", "../7", "x" * 201, "\ud800"], ids=ascii)
    def test_or_a_digest_of_the_same_length(self, identity: str) -> None:
        key = creation_key(UNIQUE, Ref("shop", identity), 0)
        assert key.startswith("custsync-")
        assert (len(key), key.isascii()) == (41, True)

    def test_another_attempt_or_customer_or_world_has_another_key(self) -> None:
        refs = [OURS, Ref("shop", "2"), Ref("shop", "1", "a"), Ref("shop", "1", "", "m"), Ref("x", "1")]
        keys = {creation_key(FLOW, ref, attempt) for ref in refs for attempt in (0, 1)}
        assert len(keys) == 10

    def test_the_same_is_sent_again_with_the_same_key(self, setup: Setup) -> None:
        setup.target.then("create", lost_before)
        run(setup)
        setup.source.rows["1"]["name"] = "Edited"
        assert run(setup) == {Result.RECOVERED: 1}
        (_, first), (_, second) = [call for call in setup.target.calls if call[0] == "create"]
        assert first == second
        assert setup.target.rows["b1"]["name"] == "Ann"
        assert run(setup) == {Result.UPDATED: 1}
        assert setup.target.rows["b1"]["name"] == "Edited"


@pytest.mark.rule("G-DUP")
class TestTaken:
    """A unique key that is taken is taken by us: nobody else makes such keys."""

    @pytest.fixture
    def taken(self) -> Setup:
        made = Setup(target=Party(tier=Tier.A, finds=("id", "email", "external_id")))
        made.source.put("1", name="Ann")
        made.target.put("b7", external_id="shop-1")
        return made

    def test_looked_up(self, taken: Setup) -> None:
        assert run(taken, UNIQUE) == {Result.CREATED: 1}
        assert taken.the_record().target == Ref("books", "b7")

    def test_told(self, taken: Setup) -> None:
        taken.target.then("create", answering(Exists("b7")))
        assert run(taken, UNIQUE) == {Result.CREATED: 1}
        assert taken.the_record().target == Ref("books", "b7")

    @pytest.mark.parametrize(
        "found",
        [
            pytest.param([], id="nobody"),
            pytest.param([{"id": "b7", "external_id": "shop-1"}] * 2, id="two"),
            pytest.param([{"id": "b7", "external_id": "shop-2"}], id="another's"),
            pytest.param([{"id": 7}], id="unreadable"),
            pytest.param(Unknown(), id="no telling"),
        ],
    )
    def test_a_taker_that_is_not_certain_is_none(self, taken: Setup, found: Any) -> None:
        taken.target.then("find", saying({"shop-1": found}))
        assert run(taken, UNIQUE) == {Result.UNKNOWN: 1}
        assert taken.the_record().status is Status.INTENT

    def test_not_told_and_not_to_be_looked_up(self) -> None:
        setup = Setup(target=Party(tier=Tier.A))
        setup.source.put("1", name="Ann")
        setup.target.put("b7", external_id="shop-1")
        assert run(setup, UNIQUE) == {Result.UNKNOWN: 1}


@pytest.mark.rule("G-DUP")
class TestRecoveries:
    """A create whose outcome is unknown becomes linked, refused or a person's, and never two customers."""

    @pytest.mark.parametrize("lost", [lost_before, lost_after("create")], ids=["before", "after"])
    @pytest.mark.parametrize("email", [EMAIL, None], ids=["found by email", "not to be found"])
    def test_after_a_time_out(self, lost: Any, email: str | None) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann", email=email)
        setup.target.then("create", lost)
        assert run(setup) == {Result.UNKNOWN: 1}
        assert run(setup) == {Result.RECOVERED: 1}
        assert len(setup.target.rows) == 1
        assert setup.source.rows["1"]["custom"] == {"books_id": "b1"}

    @pytest.mark.parametrize("took_effect", [True, False])
    def test_not_now_says_nothing_of_the_first_time(self, setup: Setup, took_effect: bool) -> None:  # noqa: FBT001 - a table
        setup.source.rows["1"]["email"] = None
        setup.target.then("create", lost_after("create") if took_effect else lost_before)
        setup.target.then("create", *[answering(RetryAfter(1))] * 5)
        assert [run(setup), run(setup)] == [{Result.UNKNOWN: 1}] * 2
        assert setup.the_record().status is Status.INTENT
        assert run(setup) == {Result.RECOVERED: 1}
        assert len(setup.target.rows) == 1

    def test_what_may_still_appear_is_waited_for(self) -> None:
        setup = Setup(target=Party(tier=Tier.C, finds=("id", "email", STAMP)))
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before)
        assert [run(setup), run(setup)] == [{Result.UNKNOWN: 1}] * 2
        setup.clock.now += timedelta(hours=1)
        assert run(setup) == {Result.RECOVERED: 1}
        assert len(setup.target.rows) == 1

    def test_what_cannot_be_told_is_a_person_s(self) -> None:
        setup = Setup(target=Party(tier=Tier.D, lagging=("email",)))
        setup.source.put("1", name="Ann", email=EMAIL)
        setup.target.then("create", lost_before)
        run(setup)
        setup.clock.now += DAY
        assert run(setup) == {Result.REVIEW: 1}
        assert setup.target.rows == {}

    def test_an_edit_there_while_the_outcome_was_unknown_is_kept(self, setup: Setup) -> None:
        setup.target.then("create", lost_after("create"))
        run(setup)
        setup.target.rows["b1"]["phone"] = "their edit"
        run(setup)
        run(setup)
        assert setup.target.rows["b1"]["phone"] == "their edit"


@pytest.mark.rule("G-LOSS", "SP-BI")
class TestUpdates:
    """Only the changed fields are written; what was not written is not remembered as written."""

    @pytest.mark.parametrize(
        ("answer", "result"),
        [
            pytest.param(Rejected("invalid"), Result.FAILED, id="rejected"),
            pytest.param(Exists(), Result.FAILED, id="a key that is taken"),
            pytest.param(Unknown(), Result.UNKNOWN, id="unknown"),
        ],
    )
    def test_table(self, setup: Setup, answer: Any, result: Result) -> None:
        linked(setup).target.then("update", answering(answer))
        before = setup.the_record()
        assert run(setup) == {result: 1}
        assert_in_doubt(setup.the_record(), before)
        assert run(setup) == {Result.UPDATED: 1}
        assert setup.target.rows["b1"]["name"] == "Anna"

    @pytest.mark.parametrize("policy", [Conflict.SOURCE, Conflict.TARGET])
    @pytest.mark.parametrize("lost", [lost_after, lambda _: lost_before], ids=["took effect", "never came"])
    def test_a_change_that_is_taken_back_while_its_update_is_unknown(
        self, setup: Setup, lost: Any, policy: Conflict
    ) -> None:
        """The source goes back to what it was; nothing passes for said, and no value is lost in silence."""
        flow = FLOW.replace(conflict=policy)
        linked(setup).target.then("update", lost("update"))
        assert run(setup, flow) == {Result.UNKNOWN: 1}
        setup.source.rows["1"]["name"] = "Ann"
        report = sync(flow, setup.source.payloads(), setup.world)
        codes = [issue.code for outcome in report.attention for issue in outcome.issues]
        assert setup.target.rows["b1"]["name"] == "Ann" or codes == ["conflict"]
        assert policy is Conflict.TARGET or setup.target.rows["b1"]["name"] == "Ann"

    def test_only_the_changed_field(self, setup: Setup) -> None:
        run(linked(setup))
        assert setup.target.writes == [("update", (("b1", {"name": "Anna"}),))]

    def test_took_effect_though_nobody_said_so(self, setup: Setup) -> None:
        linked(setup).target.then("update", lost_after("update"))
        assert run(setup) == {Result.UNKNOWN: 1}
        assert run(setup) == {Result.UNCHANGED: 1}
        assert run(setup) == {Result.UNCHANGED: 1}

    @pytest.mark.parametrize("shows", [True, False], ids=["answers with the record", "answers with an id"])
    def test_a_target_that_keeps_its_own_form_is_written_once(self, shows: bool) -> None:  # noqa: FBT001 - a table
        setup = Setup(target=Party(shows_answers=shows))
        setup.source.put("1", name="Ann ", email=EMAIL)

        def trimmed(party: Party, asked: Any) -> Any:
            answers = party.do_create(asked)
            for there in party.rows.values():
                there["name"] = there["name"].strip()
            shown = {key: Done(done.id, dict(party.rows[done.id])) for key, done in answers.items()}
            return shown if shows else answers

        setup.target.then("create", trimmed)
        run(setup)
        setup.target.calls.clear()
        assert [run(setup), run(setup)] == [{Result.UNCHANGED: 1}] * 2
        assert setup.target.writes == []

    def test_a_link_is_claimed_before_its_customer_is_written(self, setup: Setup) -> None:
        setup.target.put("b1", name="Old", email=EMAIL)
        seen: list[SyncRecord] = []

        def look(party: Party, asked: Any) -> Any:
            seen.append(setup.the_record())
            return party.do_update(asked)

        setup.target.then("update", look)
        assert run(setup) == {Result.LINKED: 1}
        assert [(record.status, record.target) for record in seen] == [(Status.LINKED, THEIRS)]

    def test_a_link_that_another_worker_claimed_is_not_written(self, setup: Setup) -> None:
        setup.target.put("b1", name="Old", email=EMAIL)
        made = plan(FLOW, setup.source.payloads(), setup.world)
        other = SyncRecord(link=LINK, source=Ref("shop", "9"), target=THEIRS, status=Status.LINKED, flow="f")
        setup.keep(other)
        assert apply(FLOW, made, setup.world).wrote == 0
        assert setup.target.writes == []

    def test_values_that_cannot_be_written_fail_alone(self, setup: Setup) -> None:
        setup.source.put("2", name="Bo", email="bo@shop.example")
        run(setup)
        run(setup)
        setup.source.rows["1"]["phone"] = setup.source.rows["2"]["phone"] = "1"
        report = sync(UNWRITABLE, setup.source.payloads(), setup.world)
        assert report.counts == {Result.FAILED: 1, Result.UPDATED: 1}
        assert "phone" not in setup.target.rows["b1"]

    def test_a_record_saved_meanwhile_is_stale(self, setup: Setup) -> None:
        linked(setup)
        setup.store.save = _somebody_was_faster(setup.store)  # type: ignore[method-assign]
        assert run(setup) == {Result.STALE: 1}
        assert setup.target.writes == []


@pytest.mark.rule("G-IDEM")
class TestLearning:
    """A record learns what both sides show, and a save that somebody else made first is no harm."""

    def test_once(self, setup: Setup) -> None:
        run(setup)
        setup.source.rows["1"]["colour"] = "red"
        run(setup)
        saves = setup.store.saves
        run(setup)
        assert setup.store.saves == saves

    def test_lost(self, setup: Setup) -> None:
        run(setup)
        setup.source.rows["1"]["colour"] = "red"
        setup.store.save = _somebody_was_faster(setup.store)  # type: ignore[method-assign]
        assert run(setup) == {Result.UNCHANGED: 1}


@pytest.mark.rule("SP-OUT-3")
class TestWriteBack:
    """The target's id is written back, and made up for where that failed."""

    @pytest.mark.parametrize(
        "answer", [Rejected("locked"), Unknown(), RetryAfter(1)], ids=lambda one: type(one).__name__
    )
    def test_failing_it_is_due(self, setup: Setup, answer: Any) -> None:
        setup.source.then("update", *[answering(answer)] * 5)
        report = sync(FLOW, setup.source.payloads(), setup.world)
        assert report.counts == {Result.CREATED: 1}
        assert [issue.code for issue in report.attention[0].issues] == ["write_back_due"]
        setup.source.instead.clear()
        assert run(setup) == {Result.UPDATED: 1}
        assert setup.source.rows["1"]["custom"] == {"books_id": "b1"}
        assert run(setup) == {Result.UNCHANGED: 1}

    def test_a_flow_without_it_writes_nothing_to_the_source(self, setup: Setup) -> None:
        run(setup, FLOW.replace(write_back=""))
        assert setup.source.writes == []

    def test_what_keeps_the_id_already_is_not_written(self, setup: Setup) -> None:
        setup.source.rows["1"]["custom"] = {"books_id": "b1"}
        setup.target.put("b1", name="Old")
        assert run(setup) == {Result.LINKED: 1}
        assert setup.source.writes == []


BREAKS: list[Any] = [
    pytest.param({}, id="too few"),
    pytest.param(None, id="nothing"),
    pytest.param({"foreign": Done("b1")}, id="foreign"),
]


@pytest.mark.rule("G-DUP", "G-ISO")
class TestContract:
    """After an answer that breaks the contract nothing is written, and the sync records are still true."""

    @pytest.mark.parametrize("answer", BREAKS)
    def test_create(self, setup: Setup, answer: Any) -> None:
        setup.target.then("create", saying(answer))
        with pytest.raises(AdapterContractError, match="'create'"):
            run(setup)
        assert setup.the_record().status is Status.INTENT
        assert (setup.target.rows, setup.source.writes) == ({}, [])
        assert run(setup) == {Result.RECOVERED: 1}

    @pytest.mark.parametrize("answer", BREAKS)
    def test_update(self, setup: Setup, answer: Any) -> None:
        linked(setup).target.then("update", saying(answer))
        before = setup.the_record()
        with pytest.raises(AdapterContractError, match="'update'"):
            run(setup)
        assert setup.the_record().status is Status.LINKED
        assert_in_doubt(setup.the_record(), before)
        assert run(setup) == {Result.UPDATED: 1}

    @pytest.mark.parametrize("answer", BREAKS)
    def test_find(self, setup: Setup, answer: Any) -> None:
        setup.target.then("find", saying(answer))
        with pytest.raises(AdapterContractError, match="'find'"):
            run(setup)
        assert (setup.records(), setup.target.writes) == ([], [])

    def test_a_create_that_names_one_and_shows_another(self, setup: Setup) -> None:
        setup.target.then("create", answering(Done("b1", {"id": "b2"})))
        with pytest.raises(AdapterContractError, match="names one record and shows another"):
            run(setup)
        assert setup.the_record().status is Status.INTENT

    def test_an_answer_that_cannot_be_read_is_read_again(self, setup: Setup) -> None:
        setup.target.put("b5", name="Ann", email="other@shop.example")
        setup.target.then("create", answering(Done("b5", {"id": 7})))
        assert run(setup) == {Result.CREATED: 1}
        assert setup.the_record().target == Ref("books", "b5")

    @pytest.mark.parametrize("found", [[], Unknown(), [{"id": 7}]], ids=["gone", "no telling", "unreadable"])
    def test_what_cannot_be_seen_after_a_write_is_taken_as_sent(self, found: Any) -> None:
        setup = Setup(target=Party(shows_answers=False))
        setup.source.put("1", name="Ann")
        setup.target.then("find", saying({"b1": found}))
        assert run(setup) == {Result.CREATED: 1}

    def test_a_target_without_a_look_up_by_id_is_not_asked(self) -> None:
        setup = Setup(target=Party(shows_answers=False, finds=("email",)))
        setup.source.put("1", name="Ann", email=EMAIL)
        assert run(setup, FLOW.replace(match=FLOW.match[1:])) == {Result.CREATED: 1}

    @pytest.mark.parametrize("answers", [[], [True, True]], ids=["too few", "too many"])
    def test_a_store_that_answers_short_is_an_error_of_the_store(
        self, setup: Setup, answers: list[bool]
    ) -> None:
        setup.store.save = lambda _writes: answers  # type: ignore[method-assign, assignment]
        with pytest.raises(StoreError, match="one for each"):
            run(setup)
        assert setup.target.writes == []


def _write_all_but_one(values: Any, current: Any) -> dict[str, Any]:
    if values.get("name") == "Ann" or (current is not None and current.ref.id == "b1"):
        raise InputError("the book was not read")
    return write(values, current)


UNWRITABLE = FLOW.replace(target=evolve(FLOW.target, write=_write_all_but_one)).with_field(row("phone"))


def _somebody_was_faster(store: CountingStore, record: SyncRecord | None = None) -> Any:
    """Refuse all saves, as if another worker had saved just before; keep its record if there is one."""
    keep = store.save

    def save(writes: Sequence[RecordWrite]) -> list[bool]:
        if record is not None and not list(store.records(LINK)):
            keep([RecordWrite(record=record, expected=0)])
        return [False] * len(writes)

    return save
