"""Two workers on one customer: every order of their requests, and the world never has a second customer.

Tiers A and B need no lock: all orders are played, in as many settings as `CUSTSYNC_PROOFS` says (`Scope`).
Tier C promises as much only while one worker at a time has the customer; there, the second one begins when
the first has ended, or has died at any request.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from custsync.engine.api import apply, plan
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Result
from custsync.errors import StoreError
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import Tier
from custsync.testing.faults import Crash, Fault, Faults
from tests.proofs.environments import IMPORT_UNKEYED, SCOPE, Scope, Setting, Small, put
from tests.proofs.orders import Steps, context_of, orders, perform, sync_steps


def setting_of(*flows: Any, tier: Tier, customers: str = "create") -> Setting:
    return Setting(flows=flows, tier=tier, customers=customers)


class Race:
    """Two workers in one world, made anew for each order."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.fresh()

    def fresh(self) -> Environment:
        self.small = self.setting.place()
        self.world = self.small.world(self.setting.flows[0])
        return self.world

    def worker(self) -> Steps:
        flow = self.setting.flows[0]
        return sync_steps(flow, self.small.ends(flow)[0].rows, context_of(self.world))

    def played(self) -> Iterator[tuple[int, ...]]:
        return orders([self.worker, self.worker], self.fresh, perform)


RACES = [
    setting_of(EXPORT, tier=Tier.B),
    setting_of(EXPORT, tier=Tier.B, customers="update"),
    setting_of(IMPORT, tier=Tier.A),
    setting_of(IMPORT, tier=Tier.A, customers="update"),
    setting_of(EXPORT, tier=Tier.B, customers="link"),
    setting_of(IMPORT_UNKEYED, tier=Tier.B),
    setting_of(IMPORT, tier=Tier.A, customers="link"),
][: {Scope.FEW: 1, Scope.CORE: 3, Scope.PAIRS: 6, Scope.LARGE: 7}[SCOPE]]


def _bring_to_rest(small: Small) -> None:
    for _ in range(2):
        for flow in small.flows:
            small.sync(flow)


@pytest.mark.rule("G-DUP")
class TestInEveryOrder:
    """At most one target customer for one source customer, whatever the order of two workers' requests."""

    @pytest.mark.parametrize("setting", RACES, ids=str)
    def test_of_one_flow(self, setting: Setting) -> None:
        _, clean = setting.play({})
        race = Race(setting)
        failed, played = [], 0
        for order in race.played():
            played += 1
            _bring_to_rest(race.small)
            if race.small.doubled() or race.small.stuck() or race.small.picture() != clean.picture:
                failed.append(order)
        assert failed == []
        assert played > 500


@pytest.mark.rule("G-DUP")
class TestOneAtATime:
    """Where the target has neither a unique id nor keys, one worker after the other makes one customer."""

    @pytest.mark.parametrize("flow", [EXPORT, IMPORT_UNKEYED], ids=["EXPORT", "IMPORT"])
    def test_though_the_first_died_anywhere(self, flow: Any) -> None:
        setting = setting_of(flow, tier=Tier.C)
        _, clean = setting.play({})
        for number in range(1, len(clean.requests) + 1):
            for fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
                small, ended = setting.play({number: fault})
                assert small.doubled() == []
                assert ended.picture == clean.picture


@pytest.mark.rule("G-DUP")
class TestAPlanAppliedTwice:
    """A plan that was made on an empty state does nothing the second time."""

    @pytest.mark.parametrize("flow", [EXPORT, IMPORT], ids=["EXPORT", "IMPORT"])
    @pytest.mark.parametrize("customers", ["create", "link", "update", "create link update"])
    def test_does_nothing_more(self, flow: Any, customers: str) -> None:
        tier = Tier.B if flow is EXPORT else Tier.A
        small = setting_of(flow, tier=tier, customers=customers).place()
        source, target = small.ends(flow)
        made = plan(flow, source.rows, small.world(flow))
        first = apply(flow, made, small.world(flow))
        assert first.wrote == len(made)
        after, writes = small.picture(), [*source.writes, *target.writes]
        again = apply(flow, made, small.world(flow))
        assert again.wrote == 0
        assert again.counts == {Result.ALREADY_DONE: len(made)}
        assert (small.picture(), [*source.writes, *target.writes]) == (after, writes)


@pytest.mark.rule("G-LOSS")
class TestAStalePlan:
    """A plan is not carried out for a customer that somebody changed since."""

    @pytest.mark.parametrize("flow", [EXPORT, IMPORT], ids=["EXPORT", "IMPORT"])
    @pytest.mark.parametrize("customers", ["create", "link", "update"])
    def test_the_source_was_edited(self, flow: Any, customers: str) -> None:
        self.check(flow, customers, side=0)

    @pytest.mark.parametrize("flow", [EXPORT, IMPORT], ids=["EXPORT", "IMPORT"])
    @pytest.mark.parametrize("customers", ["link", "update"])
    def test_the_target_was_edited(self, flow: Any, customers: str) -> None:
        self.check(flow, customers, side=1)

    def check(self, flow: Any, customers: str, side: int) -> None:
        small = setting_of(flow, tier=Tier.B if flow is EXPORT else Tier.A, customers=customers).place()
        ends = small.ends(flow)
        made = plan(flow, ends[0].rows, small.world(flow))
        for row in ends[side].rows:
            ends[side].edit(row["id"], phone="(503) 555-0199")
        before = [end.rows for end in ends]
        assert apply(flow, made, small.world(flow)).counts == {Result.STALE: len(made)}
        assert [end.rows for end in ends] == before

    def test_a_customer_came_to_be_linked(self) -> None:
        small = setting_of(EXPORT, tier=Tier.B).place()
        made = plan(EXPORT, small.netsuite.rows, small.world(EXPORT))
        small.sync(EXPORT)
        put(small.netsuite, 9, "another")
        assert apply(EXPORT, made, small.world(EXPORT)).counts == {Result.ALREADY_DONE: 1}
        assert len(small.stripe.rows) == 1


class TestAPlanUnderFaults:
    """An older plan that is interrupted and applied again writes nothing twice."""

    @pytest.mark.parametrize("flow", [EXPORT, IMPORT], ids=["EXPORT", "IMPORT"])
    def test_interrupted_at_every_request(self, flow: Any) -> None:
        setting = setting_of(flow, tier=Tier.B if flow is EXPORT else Tier.A, customers="create link update")
        _, clean = setting.play({})
        for number in range(1, 30):
            small = setting.place()
            made = plan(flow, small.ends(flow)[0].rows, small.world(flow))
            small.faults = Faults({number: Fault.CRASH_AFTER})
            try:
                apply(flow, made, small.world(flow))
            except (Crash, StoreError):
                small.faults = Faults()
                apply(flow, made, small.world(flow))
            small.faults = Faults()
            _bring_to_rest(small)
            assert small.doubled() == []
            assert small.picture() == clean.picture
