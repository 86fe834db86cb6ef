"""A plan that comes from a file: held to its flow, its accounts, its customers and the sync records."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome, Result
from custsync.engine.plans import Plan
from custsync.errors import PlanError
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT
from custsync.models import Ref
from custsync.stores.memory import MemoryStore
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.engine.test_merges import FLOW as OFFICE, TOMBSTONES, Office, titan
from tests.environments import FLOW, Party, Setup, lost_after, lost_before, row

EMAIL = "ann@shop.example"


def outcomes(setup: Setup, planned: Plan, flow: Flow = FLOW) -> list[Outcome]:
    seen: list[Outcome] = []
    apply(flow, planned, setup.world, observe=seen.append)
    return seen


def changed(planned: Plan, change: Callable[[dict[str, Any]], None]) -> Plan:
    """Return the plan as somebody changed it in its file."""
    head, first, *others = planned.to_lines()
    decision = json.loads(first)
    change(decision)
    return Plan.from_lines([head, json.dumps(decision), *others])


@pytest.fixture
def setup() -> Setup:
    made = Setup()
    made.source.put("1", name="Ann", email=EMAIL)
    return made


def linked(setup: Setup) -> Plan:
    """Return a plan with an update of a linked customer; another customer is there too."""
    sync(FLOW, setup.source.payloads(), setup.world)
    setup.target.put("b9", name="Another", email="bo@shop.example")
    setup.source.rows["1"]["name"] = "Anna"
    return plan(FLOW, setup.source.payloads(), setup.world)


@pytest.mark.rule("G-DUP")
class TestItsEnds:
    """A plan is carried out in the accounts and modes that it was made in, and in no others."""

    @pytest.mark.parametrize(
        ("side", "ends"),
        [
            pytest.param("target", {"mode": "live"}, id="the target's mode"),
            pytest.param("target", {"account": "acct_2"}, id="the target's account"),
            pytest.param("source", {"account": "2"}, id="the source's account"),
            pytest.param("source", {"mode": "sandbox"}, id="the source's mode"),
        ],
    )
    def test_others_are_refused(self, side: str, ends: dict[str, str]) -> None:
        def world(**settings: Any) -> Environment:
            own = {"target": Party(mode="test", account="a"), "source": source}
            return evolve(Setup().world, **own | settings)

        source = Party(mode="test", account="a").put("1", name="Ann")
        customers = source.payloads()
        planned = plan(FLOW, customers, world())
        other = Party(account=ends.get("account", "a"), mode=ends.get("mode", "test"))
        with pytest.raises(PlanError, match="the plan is of shop/a/test/customer and books/a/test/customer"):
            apply(FLOW, planned, world(**{side: other}))
        assert other.writes == []
        assert apply(FLOW, planned, world()).counts == {Result.CREATED: 1}

    def test_a_plan_of_test_mode_is_not_carried_out_in_live_mode(self) -> None:
        netsuite, live = FakeNetSuite(account="9"), FakeStripe(mode="live")
        world = Environment(target=FakeStripe(mode="test"), source=netsuite, store=MemoryStore())
        netsuite.put({"companyName": "A", "email": EMAIL})
        planned = Plan.from_lines(plan(EXPORT, netsuite.rows, world).to_lines())
        with pytest.raises(PlanError, match=r"stripe//test/customer, not of .*stripe//live/customer"):
            apply(EXPORT, planned, evolve(world, target=live))
        assert live.rows == []

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda one: one["target"].update(mode="live"), id="its target"),
            pytest.param(lambda one: one["target"].update(system="shop"), id="its target's system"),
            pytest.param(lambda one: one["source"].update(id="2"), id="its source"),
            pytest.param(lambda one: one["current"]["ref"].update(id="b9"), id="the target as it was read"),
            pytest.param(lambda one: one["customer"]["ref"].update(id="2"), id="the source as it was read"),
        ],
    )
    def test_a_decision_about_others_is_refused(
        self, setup: Setup, change: Callable[[dict[str, Any]], None]
    ) -> None:
        setup.target.mode = "test"
        planned = changed(linked(setup), change)
        setup.target.calls.clear()
        with pytest.raises(PlanError, match="customers of other accounts, or of several"):
            apply(FLOW, planned, setup.world)
        assert setup.target.calls == []

    def test_a_plan_made_by_hand_is_held_to_what_it_says(self, setup: Setup) -> None:
        planned = plan(FLOW, setup.source.payloads(), setup.world)
        by_hand = Plan(flow=FLOW.name, version=FLOW.version, decisions=planned.decisions)
        assert Plan.from_lines(by_hand.to_lines()) == by_hand
        assert apply(FLOW, by_hand, setup.world).counts == {Result.CREATED: 1}


@pytest.mark.rule("G-DUP")
class TestItsTable:
    """A plan is carried out with the field table that it was made with."""

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(FLOW.without_field("phone"), id="a field less"),
            pytest.param(FLOW.with_field(row("phone", sources=("name",))), id="from another field"),
            pytest.param(FLOW.with_field(row("custom.tier")), id="a field more"),
            pytest.param(FLOW.replace(write_back=""), id="without write-back"),
        ],
    )
    @pytest.mark.parametrize("way", ["create", "update"])
    def test_another_one_is_refused(self, setup: Setup, way: str, other: Flow) -> None:
        planned = linked(setup) if way == "update" else plan(FLOW, setup.source.payloads(), setup.world)
        setup.target.calls.clear()
        with pytest.raises(PlanError, match="made with another field table"):
            apply(other, planned, setup.world)
        assert setup.target.calls == []

    def test_in_another_process_it_is_the_same(self) -> None:
        """An object without words of its own is not told by its place in memory."""

        class Plain:
            def __call__(self, *_: Any) -> Any:
                return None

        one, other = (FLOW.with_field(row("custom.x", compute=Plain())) for _ in range(2))
        assert one.salt == other.salt


@pytest.mark.rule("G-DUP")
class TestItsRecords:
    """What is stored counts: the plan's own record is never saved, nor is another target written to."""

    def test_an_update_of_another_customer_is_refused(self, setup: Setup) -> None:
        def another(one: dict[str, Any]) -> None:
            one["target"]["id"] = one["current"]["ref"]["id"] = "b9"
            one["current"]["name"] = one["changes"][0]["before"] = "Another"
            one["record"]["target"]["id"] = "b9"

        (outcome,) = outcomes(setup, changed(linked(setup), another))
        assert outcome.result is Result.REFUSED
        assert [issue.code for issue in outcome.issues] == ["other_target"]
        assert setup.target.rows["b9"]["name"] == "Another"
        assert setup.target.rows["b1"]["name"] == "Ann"

    def test_a_link_to_another_customer_is_stale(self, setup: Setup) -> None:
        setup.target.put("b1", name="Old", email=EMAIL).put("b9", name="Old", email="bo@shop.example")

        def another(one: dict[str, Any]) -> None:
            one["target"]["id"] = one["current"]["ref"]["id"] = "b9"

        (outcome,) = outcomes(setup, changed(plan(FLOW, setup.source.payloads(), setup.world), another))
        assert outcome.result is Result.STALE
        assert setup.target.writes == []

    def test_a_recovery_of_another_customer_is_stale(self) -> None:
        setup = Setup(target=Party(finds=("id", "email", "custom.shop_id")))
        setup.source.put("1", name="Ann", email=EMAIL)
        setup.target.then("create", lost_after("create"))
        sync(FLOW, setup.source.payloads(), setup.world)
        setup.target.put("b9", name="Another")

        def another(one: dict[str, Any]) -> None:
            one["target"]["id"] = one["current"]["ref"]["id"] = "b9"

        planned = plan(FLOW, setup.source.payloads(), setup.world)
        (outcome,) = outcomes(setup, changed(planned, another))
        assert outcome.result is Result.STALE
        (outcome,) = outcomes(setup, planned)
        assert (outcome.result, outcome.target) == (Result.RECOVERED, Ref("books", "b1"))

    def test_a_create_is_sent_again_as_it_was_announced(self, setup: Setup) -> None:
        """The store has the request; what somebody writes into the file is not read as one."""
        setup.target.then("create", lost_before)
        sync(FLOW, setup.source.payloads(), setup.world)

        def other_body(one: dict[str, Any]) -> None:
            assert "intent" not in one["record"]
            one["values"] = {"name": "Mallory"}

        outcomes(setup, changed(plan(FLOW, setup.source.payloads(), setup.world), other_body))
        assert setup.target.rows["b1"]["name"] == "Ann"

    @pytest.mark.parametrize("part", ["target", "duplicate"])
    def test_a_merge_of_others_is_not_carried_out(self, part: str) -> None:
        office = Office(3)
        planned = plan(OFFICE, [titan("1", into="2")], office.world)
        other = changed(planned, lambda one: one[part].update(id="5003"))
        assert apply(OFFICE, other, office.world).wrote == 0
        assert [shown["id"] for shown in office.netsuite.rows] == ["5001", "5002", "5003"]
        assert apply(OFFICE, planned, office.world).summary == "1 merged"

    def test_a_merge_in_the_target_goes_to_the_survivor_that_the_target_names(self) -> None:
        office = Office(3)
        office.netsuite.put({"id": "5001", "companyName": "Joinery 1", "externalId": "gone"})
        flow = OFFICE.replace(target=TOMBSTONES)
        planned = plan(flow, [titan("1")], office.world)
        other = changed(planned, lambda one: one["target"].update(id="5003"))
        assert apply(flow, other, office.world).counts == {Result.STALE: 1}
        assert office.targets("1") == ["5001"]
        assert apply(flow, planned, office.world).summary == "1 merged"

    def test_what_is_unchanged_is_remembered_of_its_own_record_alone(self, setup: Setup) -> None:
        sync(FLOW, setup.source.payloads(), setup.world)
        setup.source.rows["1"]["colour"] = "red"
        setup.target.put("b9", name="Ann", email=EMAIL)
        planned = plan(FLOW, setup.source.payloads(), setup.world)

        def another(one: dict[str, Any]) -> None:
            one["target"]["id"] = one["current"]["ref"]["id"] = "b9"
            one["record"]["target"]["id"] = "b9"

        before = setup.the_record()
        (outcome,) = outcomes(setup, changed(planned, another))
        assert outcome.result is Result.UNCHANGED
        assert setup.the_record() == before
