"""Creates whose answer is late, lost, refused the second time, or not kept; and what people do meanwhile."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import sync
from custsync.engine.apply.issues import KEY_TAKEN, refused
from custsync.engine.manual import exclude_manually, link_manually, unlink_manually
from custsync.engine.outcomes import Outcome, Result
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.models import Issue, Ref
from custsync.protocols import Exists, Rejected, RetryAfter, Tier, Unknown
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import Status, reject
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.faults import Crash
from tests.environments import DAY, FLOW, NOW, STAMP, Party, Setup, answering, lost_after, lost_before

MINUTE = timedelta(minutes=1)
WINDOW = timedelta(minutes=10)
UNIQUE = FLOW.replace(unique_key="external_id")


def run(setup: Setup, flow: Flow = FLOW) -> dict[Result, int]:
    return dict(sync(flow, setup.source.payloads(), setup.world).counts)


def outcomes(setup: Setup, flow: Flow = FLOW) -> list[Outcome]:
    seen: list[Outcome] = []
    sync(flow, setup.source.payloads(), setup.world, observe=seen.append)
    return seen


def in_tier(tier: Tier, **settings: Any) -> Setup:
    lookups = ("id", "email", STAMP, "external_id")
    lagging = lookups[1:] if tier is Tier.D else ()
    return Setup(target=Party(tier=tier, lagging=lagging, **{"finds": lookups, **settings}))


def late(delay: timedelta, setup: Setup) -> Callable[[Party, Any], Any]:
    """Lose the create; it takes effect after that time."""

    def call(party: Party, asked: Any) -> Any:
        due = setup.clock.now + delay

        def find(there: Party, wanted: Any) -> Any:
            if setup.clock.now >= due and not there.keys:
                there.do_create(asked)
            return there.do_find(wanted)

        party.then("find", *[find] * 50)
        raise TimeoutError

    return call


@pytest.mark.rule("G-DUP")
class TestTheSend:
    """The window of a create counts from right before its request, waits for "not now" included."""

    @pytest.mark.parametrize("tier", [Tier.C, Tier.D])
    def test_what_goes_out_late_is_stamped_again(self, tier: Tier) -> None:
        setup = in_tier(tier, size=1)
        for number in range(4):
            setup.source.put(str(number), name="Ann")
        seen: list[timedelta] = []

        def slow(party: Party, asked: Any) -> Any:
            (record,) = (one for one in setup.records() if one.intent and one.intent.key == asked[0].key)
            assert record.intent is not None
            seen.append(setup.clock.now - record.intent.issued_at)
            setup.clock.now += MINUTE * 4
            return party.do_create(asked)

        setup.target.then("create", *[slow] * 4)
        assert run(setup) == {Result.CREATED: 4}
        assert seen == [timedelta(0)] * 4

    def test_an_effect_within_the_window_is_never_doubled(self) -> None:
        """Creates go out one by one, with waits; the last one's effect comes late, within the window."""
        setup = in_tier(Tier.C, size=1)
        for number in range(9):
            setup.source.put(str(number), name="Ann")
        wait = answering(RetryAfter(120))
        setup.target.then("create", *[wait, Party.do_create] * 8, wait, late(WINDOW - MINUTE, setup))
        assert run(setup) == {Result.CREATED: 8, Result.UNKNOWN: 1}
        for _ in range(6):
            setup.clock.now += MINUTE * 3
            run(setup)
        assert len(setup.target.rows) == 9
        assert run(setup) == {Result.UNCHANGED: 9}

    @pytest.mark.parametrize(("tier", "writes"), [(Tier.A, 2), (Tier.B, 2), (Tier.C, 2), (Tier.D, 2)])
    def test_what_goes_out_at_once_costs_one_write_before_and_one_after(
        self, tier: Tier, writes: int
    ) -> None:
        setup = in_tier(tier)
        setup.source.put("1", name="Ann")
        assert run(setup, UNIQUE) == {Result.CREATED: 1}
        assert setup.store.saves == writes

    @pytest.mark.parametrize("wait", [0, 120])
    def test_a_batch_is_saved_in_one_call_and_each_request_that_waited_in_another(self, wait: int) -> None:
        setup = in_tier(Tier.C, size=2)
        for number in range(4):
            setup.source.put(str(number), name="Ann")
        if wait:
            setup.target.then("create", *[answering(RetryAfter(wait)), Party.do_create] * 2)
        assert run(setup) == {Result.CREATED: 4}
        assert setup.store.calls == (5 if wait else 2)

    @pytest.mark.parametrize(("tier", "writes"), [(Tier.A, 2), (Tier.B, 2), (Tier.C, 3), (Tier.D, 3)])
    def test_a_wait_costs_one_more_where_the_time_counts(self, tier: Tier, writes: int) -> None:
        setup = in_tier(tier)
        setup.source.put("1", name="Ann")
        setup.target.then("create", answering(RetryAfter(120)))
        assert run(setup, UNIQUE) == {Result.CREATED: 1}
        assert setup.store.saves == writes

    def test_a_key_is_stamped_again_when_its_life_is_nearly_over(self) -> None:
        setup = in_tier(Tier.B)
        setup.target.capabilities = evolve(setup.target.capabilities, key_lifetime=WINDOW + MINUTE)
        setup.source.put("1", name="Ann")
        setup.target.then("create", answering(RetryAfter(121)), lost_before)
        run(setup)
        (record,) = setup.records()
        assert record.intent is not None
        assert record.intent.issued_at == NOW + timedelta(seconds=121)

    def test_a_record_that_was_saved_meanwhile_is_not_sent(self) -> None:
        setup = in_tier(Tier.C)
        setup.source.put("1", name="Ann")

        def meanwhile(party: Party, asked: Any) -> Any:
            setup.keep(setup.the_record())
            return {one.key: RetryAfter(90) for one in asked}

        setup.target.then("create", meanwhile)
        assert run(setup) == {Result.STALE: 1}
        assert setup.target.rows == {}


@pytest.mark.rule("G-DUP")
class TestSentAgain:
    """What a target says of a create that is sent again speaks of this time, not of the first one."""

    @pytest.mark.parametrize("took_effect", [True, False])
    @pytest.mark.parametrize(
        "answer",
        [Rejected("invalid_api_key"), RetryAfter(999), Exists(), Unknown()],
        ids=lambda a: type(a).__name__,
    )
    def test_the_intent_stays(self, answer: Any, took_effect: bool) -> None:  # noqa: FBT001 - a table
        setup = in_tier(Tier.B, finds=("id", "email"))
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_after("create") if took_effect else lost_before, answering(answer))
        assert [run(setup), run(setup)] == [{Result.UNKNOWN: 1}] * 2
        before = setup.the_record()
        assert (before.status, before.intent is not None) == (Status.INTENT, True)
        assert run(setup) == {Result.RECOVERED: 1}
        assert len(setup.target.rows) == 1

    def test_the_refusal_is_named_with_the_time(self) -> None:
        setup = in_tier(Tier.B, finds=("id", "email"))
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before, answering(Rejected("invalid_api_key")))
        run(setup)
        (outcome,) = outcomes(setup)
        (issue,) = outcome.issues
        assert "sent again, it was refused: invalid_api_key" in issue.reason
        assert "until 2026-01-01 00:11:00 UTC" in issue.reason
        assert "before 2026-01-01 23:50:00 UTC" in issue.remedy

    def test_a_key_that_ran_out_during_a_wait_is_not_used(self) -> None:
        setup = in_tier(Tier.B, finds=("id", "email"))
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before, answering(RetryAfter(200)))
        run(setup)
        setup.clock.now += DAY - WINDOW - MINUTE
        (outcome,) = outcomes(setup)
        assert outcome.result is Result.UNKNOWN
        assert "its key may be forgotten by now" in outcome.issues[0].reason
        assert setup.target.rows == {}

    def test_under_a_unique_id_it_is_made_anew_once_nothing_can_appear(self) -> None:
        """What was refused for good, because the source has been corrected since, does not stay for ever."""
        setup = in_tier(Tier.A)
        setup.source.put("1", name="", email="a@b.example")
        refuse = answering(Rejected("name_missing"))
        setup.target.then("create", lost_before, refuse)
        assert [run(setup, UNIQUE), run(setup, UNIQUE)] == [{Result.UNKNOWN: 1}] * 2
        setup.source.rows["1"]["name"] = "Ann"
        setup.clock.now += WINDOW + MINUTE
        assert run(setup, UNIQUE) == {Result.RECOVERED: 1}
        assert [shown["name"] for shown in setup.target.rows.values()] == ["Ann"]


@pytest.mark.rule("G-DUP", "G-WHY")
class TestTakenOver:
    """A worker that sends a create again takes it over first: what the first one hears then saves nothing."""

    @pytest.mark.parametrize("answer", [Rejected("invalid_api_key"), RetryAfter(999)], ids=repr)
    def test_a_refusal_of_the_first_does_not_say_that_nothing_exists(self, answer: Any) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")  # without an email: nobody finds it but by its key

        def refused(party: Party, asked: Any) -> Any:
            party.then("create", dies_after)
            with pytest.raises(Crash):
                run(setup)
            return answering(answer)(party, asked)

        setup.target.then("create", refused)
        run(setup)
        assert setup.the_record().status is Status.INTENT
        run(setup)
        assert len(setup.target.rows) == 1
        assert run(setup) == {Result.UNCHANGED: 1}

    def test_it_costs_one_write(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before)
        run(setup)
        before = setup.store.saves
        assert run(setup) == {Result.RECOVERED: 1}
        assert setup.store.saves - before == 2


def dies_after(party: Party, asked: Any) -> Any:
    party.do_create(asked)
    raise Crash


@pytest.mark.rule("G-DUP", "G-WHY")
class TestWaiting:
    """An unknown outcome prints why, until when, and what comes next."""

    @pytest.mark.parametrize("tier", Tier)
    def test_the_outcome_of_the_create(self, tier: Tier) -> None:
        setup = in_tier(tier)
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before)
        (outcome,) = outcomes(setup, UNIQUE)
        assert "took effect (TimeoutError" in str(outcome)
        assert "; it can do so until 2026-01-01 00:11:00 UTC" in str(outcome)
        assert f"(tier {tier.name})" in str(outcome)

    def test_the_outcome_of_waiting(self) -> None:
        setup = in_tier(Tier.C)
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before)
        run(setup)
        setup.clock.now += MINUTE
        (outcome,) = outcomes(setup)
        assert outcome.result is Result.UNKNOWN
        assert "(an earlier one); it can do so until 2026-01-01 00:11:00 UTC" in str(outcome)


@pytest.mark.rule("G-DUP")
class TestClocks:
    """A clock that is wrong is named; nobody waits without a word, and nothing is doubled."""

    @pytest.mark.parametrize("tier", [Tier.B, Tier.C, Tier.D])
    def test_an_intent_from_the_future(self, tier: Tier) -> None:
        setup = in_tier(tier)
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before)
        setup.clock.now += DAY * 3
        run(setup)
        setup.clock.now = NOW
        (outcome,) = outcomes(setup)
        assert (outcome.result, [issue.code for issue in outcome.issues]) == (Result.REVIEW, ["clock_behind"])
        assert setup.target.rows == {}
        setup.clock.now += DAY * 3 + WINDOW + MINUTE
        assert run(setup) == {Result.REVIEW if tier is Tier.D else Result.RECOVERED: 1}

    def test_under_a_unique_id_no_clock_matters(self) -> None:
        setup = in_tier(Tier.A)
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_after("create"))
        setup.clock.now += DAY * 3
        run(setup, UNIQUE)
        setup.clock.now = NOW
        assert run(setup, UNIQUE) == {Result.RECOVERED: 1}
        assert len(setup.target.rows) == 1

    def test_a_look_up_that_takes_its_time_is_not_newer_than_it_is(self) -> None:
        """The effect comes after the look-up and before its answer: the time before the look-up counts."""
        setup = in_tier(Tier.C)
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before)
        run(setup)
        setup.clock.now += WINDOW

        def slow(party: Party, asked: Any) -> Any:
            found = party.do_find(asked)
            setup.clock.now += MINUTE * 2
            return found

        setup.target.then("find", slow)
        assert run(setup) == {Result.UNKNOWN: 1}
        assert setup.target.rows == {}


LOSING: dict[str, Callable[[dict[str, Any]], None]] = {
    "missing": lambda there: there.pop("phone", None),
    "null": lambda there: there.update(phone=None),
    "cut": lambda there: there.update(phone=str(there.get("phone"))[:3]),
}


@pytest.mark.rule("G-LOSS")
class TestNotKept:
    """What the target does not keep is reported, and written again until it does."""

    @pytest.mark.parametrize("shows", [True, False], ids=["answers with the record", "answers with an id"])
    @pytest.mark.parametrize("lose", LOSING.values(), ids=list(LOSING))
    @pytest.mark.parametrize("way", ["create", "update", "link"])
    def test_it_is_reported_and_made_up_for(
        self,
        way: str,
        lose: Callable[[dict[str, Any]], None],
        shows: bool,  # noqa: FBT001 - a table
    ) -> None:
        setup = Setup(target=Party(shows_answers=shows))
        setup.source.put("1", name="Ann", email="a@b.example", phone="555 0100")
        if way == "link":
            setup.target.put("b1", name="Old", email="a@b.example")
        if way == "update":
            setup.source.rows["1"]["phone"] = None
            run(setup)
            setup.source.rows["1"]["phone"] = "555 0100"

        def losing(method: str) -> Callable[[Party, Any], Any]:
            def call(party: Party, asked: Any) -> Any:
                answers = getattr(party, f"do_{method}")(asked)
                for there in party.rows.values():
                    lose(there)
                return {key: party.done(done.id) for key, done in answers.items()}

            return call

        setup.target.then("create", losing("create")).then("update", *[losing("update")] * 2)
        written = {"create": Result.CREATED, "update": Result.UPDATED, "link": Result.LINKED}[way]
        for result in (written, Result.UPDATED, *([Result.UPDATED] if way == "create" else [])):
            (outcome,) = outcomes(setup)
            assert outcome.result is result
            assert [(issue.code, issue.field) for issue in outcome.issues] == [("not_kept", "phone")]
        assert run(setup) == {Result.UPDATED: 1}
        assert setup.target.rows["b1"]["phone"] == "555 0100"
        assert run(setup) == {Result.UNCHANGED: 1}

    def test_it_is_not_carried_back(self) -> None:
        """The other direction does not take for an edit what the target did not keep."""
        clock, store = VirtualClock(), MemoryStore()
        netsuite = FakeNetSuite(clock)

        class Forgetful(FakeStripe):
            def _created(self, payload: Any) -> Any:
                return {**super()._created(payload), "phone": None}

        forgetful = Forgetful(clock)
        setup = Setup()
        world = evolve(setup.world, target=forgetful, source=netsuite, store=store, clock=clock)
        netsuite.put({"companyName": "A", "email": "a@b.example", "phone": "555 0100"})
        assert sync(EXPORT, netsuite.rows, world).counts == {Result.CREATED: 1}
        back = evolve(world, target=netsuite, source=forgetful)
        sync(IMPORT, forgetful.rows, back)
        assert netsuite.rows[0]["phone"] == "555 0100"
        sync(EXPORT, netsuite.rows, world)
        assert forgetful.rows[0]["phone"] == "555 0100"

    def test_a_form_of_the_targets_own_is_no_loss(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann  Lund ", email="A@B.example", phone="503 555 0100")

        def tidy(party: Party, asked: Any) -> Any:
            answers = party.do_create(asked)
            for there in party.rows.values():
                there.update(name="ANN LUND", email="a@b.example", phone="+1 (503) 555-0100")
            return {key: party.done(done.id) for key, done in answers.items()}

        setup.target.then("create", tidy)
        (outcome,) = outcomes(setup)
        assert outcome.issues == ()
        run(setup)
        assert run(setup) == {Result.UNCHANGED: 1}

    def test_after_a_crash_the_loss_is_found_by_the_recovery(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann", email="a@b.example", phone="555 0100")

        def lost(party: Party, asked: Any) -> Any:
            party.do_create(asked)
            party.rows["b1"]["phone"] = None
            raise TimeoutError

        setup.target.then("create", lost)
        assert run(setup) == {Result.UNKNOWN: 1}
        (outcome,) = outcomes(setup)
        assert outcome.result is Result.RECOVERED
        assert [(issue.code, issue.field) for issue in outcome.issues] == [("not_kept", "phone")]
        assert run(setup) == {Result.UPDATED: 1}
        assert setup.target.rows["b1"]["phone"] == "555 0100"


@pytest.mark.rule("G-DUP")
class TestWhatWasThere:
    """A customer that has the unique key already is linked, and what it shows is nobody's word."""

    def test_what_differs_is_written_by_the_next_run(self) -> None:
        setup = in_tier(Tier.A)
        setup.source.put("1", name="Ann", email="a@b.example", phone="2")
        setup.target.put("b7", external_id="shop-1", name="Ann", email="old@b.example", phone="1")
        assert run(setup, UNIQUE) == {Result.CREATED: 1}
        assert run(setup, UNIQUE) == {Result.UPDATED: 1}
        assert (setup.target.rows["b7"]["phone"], setup.target.rows["b7"]["email"]) == ("2", "a@b.example")


@pytest.mark.rule("G-DUP", "ST-LEG-5", "UF-EXC-3")
class TestByHandMeanwhile:
    """What a person does while a create is under way leaves no customer that nobody names."""

    @staticmethod
    def meanwhile(setup: Setup, act: Callable[[], object]) -> Outcome:
        def created(party: Party, asked: Any) -> Any:
            answers = party.do_create(asked)
            act()
            return answers

        setup.target.then("create", created)
        (outcome,) = outcomes(setup)
        return outcome

    @pytest.mark.parametrize("way", ["link", "exclude", "unlink"])
    def test_the_orphan_is_named(self, way: str) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")
        setup.target.put("b9", name="Another")
        acts: dict[str, Callable[[], object]] = {
            "link": lambda: link_manually(FLOW, "1", "b9", setup.world),
            "exclude": lambda: exclude_manually(FLOW, ["1"], setup.world),
            "unlink": lambda: unlink_manually(FLOW, "1", setup.world),
        }
        outcome = self.meanwhile(setup, acts[way])
        assert (outcome.result, outcome.candidates) == (Result.REVIEW, (Ref("books", "b2"),))
        assert [issue.code for issue in outcome.issues] == ["orphan"]
        assert "books:b2 was created" in str(outcome)
        assert "nothing was written" not in str(outcome)

    def test_one_that_was_linked_to_another_customer_is_for_a_person(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")
        setup.source.put("2", name="Bob")

        def created(party: Party, asked: Any) -> Any:
            answers = party.do_create(asked)
            link_manually(FLOW, "2", "b1", setup.world)
            return answers

        setup.target.then("create", created)
        seen: list[Outcome] = []
        sync(FLOW, setup.source.payloads()[:1], setup.world, observe=seen.append)
        (outcome,) = seen
        assert (outcome.source.id, outcome.result) == ("1", Result.REVIEW)
        assert outcome.candidates == (Ref("books", "b1"),)
        assert [issue.code for issue in outcome.issues] == ["taken"]
        assert len(setup.target.rows) == 1

    def test_a_person_who_linked_what_was_created_is_right(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")
        outcome = self.meanwhile(setup, lambda: link_manually(FLOW, "1", "b1", setup.world))
        assert (outcome.result, outcome.issues) == (Result.ALREADY_DONE, ())

    def test_who_created_it_links_it_though_another_worker_has_taken_the_create_over(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")
        outcome = self.meanwhile(setup, lambda: setup.keep(setup.the_record()))
        assert (outcome.result, outcome.issues) == (Result.CREATED, ())
        assert setup.the_record().target == Ref("books", "b1")
        assert run(setup) == {Result.UNCHANGED: 1}

    @pytest.mark.parametrize("way", ["link", "exclude"])
    def test_the_record_says_that_a_create_was_under_way(self, way: str) -> None:
        """Nobody runs meanwhile: what the process that died may have created is named on the record."""
        setup = Setup()
        setup.source.put("1", name="Ann")
        setup.target.put("b9", name="Another")
        setup.target.then("create", lost_after("create"))
        run(setup)
        record = (
            link_manually(FLOW, "1", "b9", setup.world)
            if way == "link"
            else exclude_manually(FLOW, ["1"], setup.world)[0]
        )
        assert record.error is not None
        assert "a create of it was under way" in record.error.reason
        assert "custom.shop_id 1" in record.error.reason

    @pytest.mark.parametrize(
        "issue", [KEY_TAKEN, refused(Rejected("no"), "create")], ids=lambda one: one.code
    )
    def test_nor_does_it_matter_that_the_other_worker_was_refused(self, issue: Issue) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")
        outcome = self.meanwhile(setup, lambda: setup.keep(reject(setup.the_record(), issue)))
        assert (outcome.result, outcome.issues) == (Result.CREATED, ())
        assert run(setup) == {Result.UNCHANGED: 1}

    def test_no_create_no_word(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann")
        setup.target.put("b9", name="Another")
        assert link_manually(FLOW, "1", "b9", setup.world).error is None
