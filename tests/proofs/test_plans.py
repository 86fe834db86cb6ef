"""What holds of every plan, whatever the customers: repeated, shuffled, poisoned, applied."""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from custsync.engine.api import apply, plan, sync
from custsync.engine.decisions import Decision, Invalid
from custsync.engine.environment import Environment
from custsync.engine.plans import Plan
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, IMPORT, export_flow, import_flow
from custsync.stores.memory import MemoryStore
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.strategies import json_values, netsuite_payloads, stripe_payloads

BOTH = pytest.mark.parametrize("flow", [EXPORT, IMPORT], ids=["EXPORT", "IMPORT"])
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def payloads_of(flow: Flow) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = netsuite_payloads() if flow is EXPORT else stripe_payloads()
    return st.lists(one, max_size=6, unique_by=lambda payload: payload["id"])


@st.composite
def worlds(draw: st.DrawFn, flow: Flow) -> tuple[Environment, FakeSystem]:
    """Return a world in which both systems have customers, and the flow's source."""
    clock = VirtualClock()
    netsuite, stripe = FakeNetSuite(clock), FakeStripe(clock)
    for system, payloads in (
        (netsuite, draw(st.lists(netsuite_payloads(), max_size=5, unique_by=lambda one: one["id"]))),
        (stripe, draw(st.lists(stripe_payloads(), max_size=5, unique_by=lambda one: one["id"]))),
    ):
        for payload in payloads:
            system.put(payload)
    ends = (netsuite, stripe) if flow is EXPORT else (stripe, netsuite)
    world = Environment(
        source=ends[0], target=ends[1], store=MemoryStore(), clock=clock, sleep=clock.sleep, random=float
    )
    return world, ends[0]


def shown(decisions: Sequence[Decision]) -> list[str]:
    return sorted(map(repr, decisions))


@pytest.mark.rule("G-IDEM")
class TestAPlan:
    """A plan is a function of what it was made from."""

    @BOTH
    @SLOW
    @given(data=st.data())
    def test_made_twice_is_the_same(self, flow: Flow, data: st.DataObject) -> None:
        world, source = data.draw(worlds(flow))
        assert plan(flow, source.rows, world) == plan(flow, source.rows, world)

    @BOTH
    @SLOW
    @given(data=st.data())
    def test_does_not_depend_on_the_order_or_the_batches(self, flow: Flow, data: st.DataObject) -> None:
        world, source = data.draw(worlds(flow))
        shuffled = data.draw(st.permutations(source.rows))
        first, second = plan(flow, source.rows, world), plan(flow, shuffled, world, batch=2)
        assert shown(first.decisions) == shown(second.decisions)

    @BOTH
    @SLOW
    @given(data=st.data())
    def test_has_one_decision_and_one_outcome_for_each_record(self, flow: Flow, data: st.DataObject) -> None:
        world, source = data.draw(worlds(flow))
        rows: list[Any] = [*source.rows, *data.draw(st.lists(json_values(), max_size=4))]
        made = plan(flow, rows, world)
        assert len(made) == len(rows)
        assert apply(flow, made, world).total == len(rows)
        assert sync(flow, rows, world).total == len(rows)

    @BOTH
    @SLOW
    @given(data=st.data())
    def test_that_was_applied_leaves_nothing_to_write(self, flow: Flow, data: st.DataObject) -> None:
        world, source = data.draw(worlds(flow))
        target: Any = world.target
        sync(flow, source.rows, world)
        before = len(source.writes), len(target.writes)
        sync(flow, source.rows, world)
        assert (len(source.writes), len(target.writes)) == before

    @BOTH
    @SLOW
    @given(data=st.data())
    def test_goes_to_json_and_back(self, flow: Flow, data: st.DataObject) -> None:
        world, source = data.draw(worlds(flow))
        made = plan(flow, source.rows, world)
        assert Plan.from_lines(made.to_lines()) == made
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own


@pytest.mark.rule("G-ISO")
class TestAPoisonRecord:
    """A record that cannot be read fails alone: the plan of the others is what it is without it."""

    @BOTH
    @SLOW
    @given(data=st.data())
    def test_leaves_the_others_alone(self, flow: Flow, data: st.DataObject) -> None:
        world, source = data.draw(worlds(flow))
        rows: list[Any] = source.rows
        poison: Any = data.draw(
            st.sampled_from([{}, [], None, 7, {"id": {"id": 1}}, "{", b"\xff", {"id": "cus_!"}])
        )
        place = data.draw(st.integers(0, len(rows)))
        made = plan(flow, [*rows[:place], poison, *rows[place:]], world)
        others = [*made.decisions[:place], *made.decisions[place + 1 :]]
        assert isinstance(made.decisions[place], Invalid)
        assert others == list(plan(flow, rows, world).decisions)

    @BOTH
    def test_in_a_hundred(self, flow: Flow) -> None:
        clock = VirtualClock()
        netsuite, stripe = FakeNetSuite(clock), FakeStripe(clock)
        target = stripe if flow is EXPORT else netsuite
        world = Environment(target=target, store=MemoryStore(), clock=clock)
        good: list[Any] = [_row(flow, number) for number in range(990)]
        mixed = list(good)
        for number in range(10):
            mixed.insert(number * 99, {"id": number, "name": [number], "companyName": {}})
        made = plan(flow, mixed, world).decisions
        kept = [decision for place, decision in enumerate(made) if place % 99 or place >= 990]
        assert kept == list(plan(flow, good, world).decisions)


def _row(flow: Flow, number: int) -> dict[str, Any]:
    email = f"{number}@works.example"
    if flow is EXPORT:
        return {"id": str(number + 1), "isPerson": False, "companyName": f"No {number}", "email": email}
    return {"id": f"cus_{number}", "object": "customer", "name": f"No {number}", "email": email}


class TestPickles:
    """Flows travel to other processes."""

    @pytest.mark.parametrize(
        "flow",
        [EXPORT, IMPORT, export_flow(several=EXPORT.match[1].on_multiple), import_flow(subsidiary="2")],
        ids=["EXPORT", "IMPORT", "export_flow", "import_flow"],
    )
    def test_a_flow(self, flow: Flow) -> None:
        assert pickle.loads(pickle.dumps(flow)) == flow  # noqa: S301 - our own


_PLAN = """
from custsync.engine.api import Environment, plan
from custsync.flows.stripe import EXPORT
from custsync.stores.memory import MemoryStore
from custsync.testing.fakes.stripe import FakeStripe
rows = [{"id": str(n), "isPerson": n % 2 == 0, "companyName": f"No {n}", "lastName": "Lin",
         "email": f"{n % 5}@works.example"} for n in range(1, 9)]
made = plan(EXPORT, rows, Environment(target=FakeStripe(), store=MemoryStore()))
print(*made.to_lines(), made, made.explain("3"))
"""


class TestDeterminism:
    """The same input gives the same plan, to the letter, whatever the hash seed and the time zone."""

    def test_across_processes(self) -> None:
        told = {
            subprocess.run(
                [sys.executable, "-c", _PLAN],
                env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
                capture_output=True,
                check=True,
                text=True,
            ).stdout
            for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("2", "America/New_York"), ("3", "UTC"))
        }
        assert len(told) == 1
