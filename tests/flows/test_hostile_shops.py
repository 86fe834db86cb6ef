"""The flows of Lightspeed and Lago under any input: a decision for every record, and no foreign exception."""

import asyncio
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.engine.api import apply, decide_each, plan, sync_async
from custsync.engine.environment import AsyncEnvironment
from custsync.engine.plans import Plan
from custsync.flow import Flow
from custsync.flows.lago import provider_errors
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.stores.async_store import AwaitableStore
from custsync.stores.memory import MemoryStore
from tests.flows.ledger import BRIGHTWATER, FLOW, US, Ledger
from tests.flows.shop import JOINERY, ROW, Shop, book
from tests.strategies import json_values

SHOP_ROW = {"id": "2041", **JOINERY, "addressBook": book(billing=ROW, shipping=ROW)}
LAGO_ROW = {"lago_id": "4f0f", **BRIGHTWATER, "country": "US", "currency": "USD"}


def verbs(flow: Flow, rows: list[Any]) -> list[str]:
    """Return how each row is decided; nothing is in the target."""
    world = Shop().world if flow is CUSTOMER_EXPORT else Ledger().world
    return [decision.verb for decision in decide_each(flow, rows, world)]


@pytest.mark.rule("G-ISO")
class TestHostileInput:
    """One bad record fails alone, whatever is in it."""

    @given(st.sampled_from(sorted({*SHOP_ROW, "globalSubscriptionStatus", "isPerson"})), json_values())
    def test_lightspeed(self, key: str, value: Any) -> None:
        rows = [{**SHOP_ROW, key: value}, {**SHOP_ROW, "id": "7", "entityId": "C-7"}]
        decided = verbs(CUSTOMER_EXPORT, rows)
        assert decided[-1] == "create"
        assert len(decided) == 2

    @given(st.sampled_from(sorted({*LAGO_ROW, "shipping_address", "metadata", "phone"})), json_values())
    def test_lago(self, key: str, value: Any) -> None:
        decided = verbs(FLOW, [{**LAGO_ROW, key: value}, {**LAGO_ROW, "lago_id": "5a5a"}])
        assert decided[-1] == "create"
        assert len(decided) == 2

    @given(st.sampled_from(sorted(US)), json_values())
    def test_a_connection(self, key: str, value: Any) -> None:
        row = {**LAGO_ROW, "integration_customers": [{**US, key: value}]}
        assert verbs(FLOW, [row, {**LAGO_ROW, "lago_id": "5a5a"}])[-1] == "create"

    @given(st.lists(json_values(), max_size=4))
    def test_anything(self, values: list[Any]) -> None:
        for flow in (CUSTOMER_EXPORT, FLOW):
            assert set(verbs(flow, values)) <= {"refused", "left out"}

    @pytest.mark.parametrize("text", ["x" * 100_000, "\u0301" * 50_000, "a@" * 50_000, ", " * 50_000])
    def test_long_texts(self, text: str) -> None:
        place = {**ROW, "addr1": text, "attention": text, "addr3": text}
        ledger = Ledger()
        ledger.lago.put({**BRIGHTWATER, "name": text, "email": text, "phone": text, "city": text})
        ledger.sync()
        shop = Shop()
        shop.netsuite.put({**JOINERY, "companyName": text, "addressBook": book(billing=place)})
        shop.export()
        for event in provider_errors(ledger.seen, "us"):
            assert len(event.message) <= 500


@pytest.mark.rule("G-WHY")
class TestPlans:
    """A plan of these flows goes to JSON and back, and is carried out as it was made."""

    def test_lightspeed(self) -> None:
        shop = Shop()
        for code in ("C-1", "C-2", "C-2", None):
            shop.netsuite.put({**JOINERY, "entityId": code, "addressBook": book(billing=ROW)})
        made = plan(CUSTOMER_EXPORT, shop.netsuite.rows, shop.world)
        again = Plan.from_lines(made.to_lines())
        assert again == made
        assert apply(CUSTOMER_EXPORT, again, shop.world).summary == "1 created, 3 refused"
        assert shop.codes == ["C-1"]

    def test_nothing_personal_is_told(self) -> None:
        shop = Shop()
        shop.netsuite.put({**JOINERY, "phone": "555-0142", "addressBook": book(billing=ROW)})
        made = plan(CUSTOMER_EXPORT, shop.netsuite.rows, shop.world)
        told = f"{made} {made!r} {made.explain(made.decisions[0].source)}"
        for value in ("Brightwater", "555-0142", "1 Row", "ap@"):
            assert value not in told


class TestAsync:
    """Both flows run over async adapters as they do over blocking ones."""

    @pytest.mark.parametrize("which", ["lightspeed", "lago"])
    def test_twice(self, which: str) -> None:
        ledger, shop = Ledger(), Shop()
        ledger.lago.put(BRIGHTWATER)
        shop.netsuite.put(JOINERY)
        flow = CUSTOMER_EXPORT if which == "lightspeed" else FLOW
        there: Any = shop.lightspeed if which == "lightspeed" else ledger.netsuite
        source: Any = shop.netsuite if which == "lightspeed" else ledger.lago
        world = AsyncEnvironment(
            target=lifted(there),
            source=lifted(source),
            store=AwaitableStore(MemoryStore()),
            clock=there.clock,
        )
        told = [asyncio.run(sync_async(flow, source.rows, world)).summary for _ in "12"]
        assert told == ["1 created", "1 unchanged"]


def lifted(system: Any) -> Any:
    """Return the system as an async adapter."""

    class Async:
        capabilities = evolve(system.capabilities, merges=0)
        account, mode = system.account, system.mode

        async def find(self, by: str, values: Any) -> Any:
            return system.find(by, values)

        async def create(self, requests: Any) -> Any:
            return system.create(requests)

        async def update(self, requests: Any) -> Any:
            return system.update(requests)

    return Async()
