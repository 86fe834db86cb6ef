"""A record that is not whole says nothing of what it leaves out, on the surfaces that flows read from."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import pytest
from attrs import frozen

from custsync.engine.api import Environment, sync
from custsync.flow import Flow
from custsync.flows.lago import LAGO_ID_FIELD, customer_sync
from custsync.flows.stripe import IMPORT
from custsync.stores.memory import MemoryStore
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem, Row
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.flows.ledger import OKAFOR
from tests.systems.payloads import stripe_customer

STRIPE_ID: Final = "custentity_stripe_customer_id"
_PLACE: Final = {
    "address_line1": "4 Quay Street",
    "address_line2": "Unit 9",
    "city": "Newport",
    "state": "RI",
    "zipcode": "02840",
    "country": "US",
}


@frozen(kw_only=True)
class Surface:
    """A flow, the system that it reads with a customer of it, and NetSuite's subsidiaries."""

    flow: Flow
    source: Callable[[VirtualClock], FakeSystem]
    customer: Row
    subsidiaries: tuple[str, ...] = ()


def _okafor() -> Row:
    contact = {"email": "r@okafor.example", "phone": "555-0101", "url": "https://okafor.example"}
    return {**OKAFOR, **contact, **_PLACE, "shipping_address": _PLACE, "metadata": []}


STRIPE: Final = Surface(flow=IMPORT, source=FakeStripe, customer=stripe_customer(metadata={}))
LAGO: Final = Surface(
    flow=customer_sync("us", subsidiaries=["1", "2"], update_addresses=True),
    source=FakeLago,
    customer=_okafor(),
    subsidiaries=("1", "2"),
)


def _without_one(row: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """Return the record without any one of its keys, those of its inner objects among them."""
    for key, value in row.items():
        yield key, {name: kept for name, kept in row.items() if name != key}
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", {**row, key: less}) for inner, less in _without_one(value))


@pytest.mark.rule("G-LOSS")
@pytest.mark.parametrize("surface", [STRIPE, LAGO], ids=lambda one: one.flow.name)
class TestPartial:
    """Neither system shows a record to be whole: whatever key one lacks, the target keeps what it has."""

    def test_no_key_that_is_left_out_clears_anything(self, surface: Surface) -> None:
        clock, store = VirtualClock(), MemoryStore()
        source = surface.source(clock)
        target = FakeNetSuite(
            clock, subsidiaries=surface.subsidiaries, custom_look_ups=[LAGO_ID_FIELD, STRIPE_ID]
        )
        world = Environment(source=source, target=target, store=store, clock=clock, sleep=clock.sleep)
        identity = source.put(surface.customer)
        assert sync(surface.flow, [source.row(identity)], world).summary == "1 created"
        before = deepcopy(target.rows)
        (whole,) = deepcopy(source.rows)
        for key, less in _without_one(whole):
            sync(surface.flow, [less], world)
            assert target.rows == before, key
        assert sync(surface.flow, [whole], world).summary == "1 unchanged"
