"""Whether what a plan rests on still holds: whatever has changed since, nothing wrong is written."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.outcomes import Result
from custsync.engine.plans import Plan
from custsync.flow import Flow
from custsync.protocols import Rejected, Tier, Unknown
from custsync.syncrecords import Status
from tests.environments import (
    BY_ID,
    DAY,
    FLOW,
    STAMP,
    WINDOW,
    Party,
    Setup,
    answering,
    billing,
    lost_after,
    lost_before,
    row,
)

EMAIL = "ann@shop.example"
DONE, STALE = Result.ALREADY_DONE, Result.STALE


def to_create(setup: Setup) -> Plan:
    setup.source.put("1", name="Ann", email=EMAIL)
    return planned(setup)


def to_link(setup: Setup) -> Plan:
    setup.target.put("b1", name="Old", email=EMAIL)
    return to_create(setup)


def to_update(setup: Setup) -> Plan:
    to_create(setup)
    sync(FLOW, setup.source.payloads(), setup.world)
    setup.source.rows["1"]["name"] = "Anna"
    return planned(setup)


def to_write_back(setup: Setup) -> Plan:
    to_create(setup)
    setup.source.then("update", answering(Unknown()))
    sync(FLOW, setup.source.payloads(), setup.world)
    return planned(setup)


def to_send_again(setup: Setup) -> Plan:
    to_create(setup)
    setup.target.then("create", lost_before)
    sync(FLOW, setup.source.payloads(), setup.world)
    return planned(setup)


def planned(setup: Setup, flow: Flow = FLOW) -> Plan:
    return plan(flow, setup.source.payloads(), setup.world)


def edit_source(setup: Setup) -> None:
    setup.source.rows["1"]["name"] = "Edited since"


def edit_another_field(setup: Setup) -> None:
    setup.source.rows["1"]["colour"] = "red"


def delete_source(setup: Setup) -> None:
    del setup.source.rows["1"]


def tombstone_source(setup: Setup) -> None:
    setup.source.rows["1"]["deleted"] = True


def spoil_source(setup: Setup) -> None:
    setup.source.rows["1"]["name"] = 7


def hide_source(setup: Setup) -> None:
    setup.source.then("find", lost_before)


def edit_target(setup: Setup) -> None:
    setup.target.rows["b1"]["name"] = "Edited there since"


def delete_target(setup: Setup) -> None:
    del setup.target.rows["b1"]


def tombstone_target(setup: Setup) -> None:
    setup.target.rows["b1"]["deleted"] = True


def hide_target(setup: Setup) -> None:
    setup.target.then("find", lost_before)


def make_it_by_hand(setup: Setup) -> None:
    setup.target.put("b7", email=EMAIL)


def save_the_record(setup: Setup) -> None:
    setup.keep(evolve(setup.the_record(), flow="somebody else"))


def sync_meanwhile(setup: Setup) -> None:
    sync(FLOW, setup.source.payloads(), setup.world)


def a_day(setup: Setup) -> None:
    setup.clock.now += DAY


def nearly_a_day(setup: Setup) -> None:
    setup.clock.now += DAY - WINDOW - timedelta(seconds=1)


def nothing(_setup: Setup) -> None:
    pass


Act = Callable[[Setup], Any]
TABLE: list[tuple[Act, Act, Result]] = [
    (to_create, nothing, Result.CREATED),
    (to_create, edit_another_field, Result.CREATED),
    (to_create, edit_source, STALE),
    (to_create, delete_source, STALE),
    (to_create, tombstone_source, STALE),
    (to_create, spoil_source, STALE),
    (to_create, hide_source, STALE),
    (to_create, make_it_by_hand, STALE),
    (to_create, hide_target, STALE),
    (to_create, sync_meanwhile, DONE),
    (to_link, nothing, Result.LINKED),
    (to_link, edit_target, STALE),
    (to_link, delete_target, STALE),
    (to_link, tombstone_target, STALE),
    (to_link, hide_target, STALE),
    (to_link, edit_source, STALE),
    (to_link, sync_meanwhile, DONE),
    (to_update, nothing, Result.UPDATED),
    (to_update, edit_target, STALE),
    (to_update, delete_target, STALE),
    (to_update, tombstone_target, STALE),
    (to_update, hide_target, STALE),
    (to_update, edit_source, STALE),
    (to_update, delete_source, STALE),
    (to_update, save_the_record, STALE),
    (to_update, sync_meanwhile, DONE),
    (to_write_back, nothing, Result.UPDATED),
    (to_write_back, save_the_record, STALE),
    (to_write_back, delete_target, STALE),
    (to_send_again, nothing, Result.RECOVERED),
    (to_send_again, nearly_a_day, Result.RECOVERED),
    (to_send_again, a_day, STALE),
    (to_send_again, sync_meanwhile, DONE),
    (to_send_again, save_the_record, STALE),
]


@pytest.mark.rule("G-DUP", "G-LOSS")
class TestStale:
    """What has changed since the plan was made is stale, and nothing is written; what was done is done."""

    @pytest.mark.parametrize(
        ("made", "meanwhile", "result"),
        [
            pytest.param(*entry, id=f"{entry[0].__name__}-{entry[1].__name__}".replace("_", " "))
            for entry in TABLE
        ],
    )
    def test_table(self, made: Act, meanwhile: Act, result: Result) -> None:
        setup = Setup()
        old = made(setup)
        meanwhile(setup)
        before = setup.target.payloads()
        report = apply(FLOW, old, setup.world)
        assert report.counts == {result: 1}
        if result in (STALE, DONE):
            assert setup.target.payloads() == before
        assert len(setup.target.rows) <= 1

    @pytest.mark.parametrize("made", [to_create, to_link, to_update, to_send_again])
    def test_applied_twice_is_applied_once(self, made: Act) -> None:
        setup = Setup()
        old = made(setup)
        apply(FLOW, old, setup.world)
        before, record = setup.target.payloads(), setup.the_record()
        assert apply(FLOW, old, setup.world).counts == {DONE: 1}
        assert (setup.target.payloads(), setup.the_record()) == (before, record)

    def test_a_write_back_applied_twice_writes_once(self) -> None:
        setup = Setup()
        old = to_write_back(setup)
        apply(FLOW, old, setup.world)
        before = setup.source.payloads()
        assert apply(FLOW, old, setup.world).wrote == 0
        assert setup.source.payloads() == before

    def test_a_create_that_was_refused_meanwhile_is_planned_again(self) -> None:
        setup = Setup()
        old = to_create(setup)
        setup.target.then("create", answering(Rejected("invalid")))
        sync_meanwhile(setup)
        assert setup.the_record().status is Status.FAILED
        assert apply(FLOW, old, setup.world).counts == {STALE: 1}

    def test_a_key_that_is_unique_for_ever_is_never_too_late(self) -> None:
        setup = Setup(target=Party(tier=Tier.A, finds=("id", "email", "external_id")))
        flow = FLOW.replace(unique_key="external_id")
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before)
        sync(flow, setup.source.payloads(), setup.world)
        old = planned(setup, flow)
        setup.clock.now += DAY * 365
        assert apply(flow, old, setup.world).counts == {Result.RECOVERED: 1}

    def test_a_key_that_has_run_out_meanwhile_makes_it_stale(self) -> None:
        setup = Setup(target=Party(finds=("id", "email", STAMP)))
        setup.source.put("1", name="Ann")
        setup.target.then("create", lost_before)
        sync(FLOW, setup.source.payloads(), setup.world)
        old = planned(setup)
        setup.clock.now += DAY * 3
        assert apply(FLOW, old, setup.world).counts == {STALE: 1}
        assert setup.target.rows == {}

    def test_what_a_person_added_to_an_address_is_not_written_over(self) -> None:
        setup = Setup()
        flow = FLOW.replace(fields=(row("billing_address", compute=billing),), source_id_field="")
        setup.target.put("b1", email=EMAIL, address={"city": "Bend"})
        setup.source.put("1", email=EMAIL, address={"city": "Astoria", "line2": None})
        old = planned(setup, flow)
        setup.target.rows["b1"]["address"]["line2"] = "Suite 5"
        assert apply(flow, old, setup.world).counts == {STALE: 1}

    def test_a_source_that_cannot_be_asked_is_taken_at_its_word(self) -> None:
        setup = Setup(source=Party(finds=()))
        old = to_create(setup)
        edit_source(setup)
        assert apply(FLOW, old, setup.world).counts == {Result.CREATED: 1}

    def test_a_target_that_cannot_be_asked_by_id_is_protected_by_its_record(self) -> None:
        setup = Setup(target=Party(finds=("email",)))
        flow = FLOW.replace(match=FLOW.match[1:])
        setup.target.put("b1", name="Old", email=EMAIL)
        setup.source.put("1", name="Ann", email=EMAIL)
        old = planned(setup, flow)
        assert apply(flow, old, setup.world).counts == {Result.LINKED: 1}
        assert apply(flow, old, setup.world).counts == {DONE: 1}

    def test_quiet_decisions_are_not_read_again(self) -> None:
        setup = Setup()
        to_create(setup)
        sync(FLOW, setup.source.payloads(), setup.world)
        sync(FLOW, setup.source.payloads(), setup.world)
        old = planned(setup)
        setup.target.calls.clear()
        assert apply(FLOW, old, setup.world).counts == {Result.UNCHANGED: 1}
        assert setup.target.calls == []

    def test_two_customers_of_one_plan_do_not_disturb_each_other(self) -> None:
        setup = Setup()
        setup.source.put("1", email=EMAIL).put("2", email="two@shop.example", custom={"books_id": "b9"})
        old = plan(FLOW.replace(match=(BY_ID, *FLOW.match[1:])), setup.source.payloads(), setup.world)
        edit_source(setup)
        assert apply(FLOW, old, setup.world).counts == {STALE: 1, Result.CREATED: 1}


def test_lost_then_planned_then_found() -> None:
    """The create took effect after all: the plan that adopts it is carried out."""
    setup = Setup()
    to_create(setup)
    setup.target.then("create", lost_after("create"))
    sync(FLOW, setup.source.payloads(), setup.world)
    old = planned(setup)
    assert apply(FLOW, old, setup.world).counts == {Result.RECOVERED: 1}
    assert len(setup.target.rows) == 1
