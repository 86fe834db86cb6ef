"""A NetSuite and a Lightspeed in memory, and what the tests of the flow between them share."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from custsync.engine.api import sync
from custsync.engine.decide.core import Evidence, decide
from custsync.engine.decisions import Create
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome
from custsync.flow import Flow
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.models import Customer, Ref
from custsync.stores.memory import MemoryStore
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import Row
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.netsuite import FakeNetSuite

JOINERY = {"entityId": "CUST-2041", "companyName": "Brightwater Joinery", "email": "ap@brightwater.example"}
ROW = {"addr1": "1 Row", "city": "Astoria", "state": "OR", "zip": "97103", "country": {"id": "US"}}


def ns(identity: str = "2041", **values: Any) -> Customer:
    return Customer(ref=Ref("netsuite", identity), **{"entity_id": "C-1", "company_name": "Co", **values})


def created(flow: Flow, customer: Customer) -> Mapping[str, Any]:
    made = decide(flow, customer, Evidence())
    assert isinstance(made, Create), made
    return made.values


def book(*, billing: Row | None = None, shipping: Row | None = None) -> Row:
    """Return an address book in NetSuite's shape."""
    lines = [
        {"id": number, mark: True, "addressBookAddress": address}
        for number, (mark, address) in enumerate(
            [("defaultBilling", billing), ("defaultShipping", shipping)], start=1
        )
        if address is not None
    ]
    return {"items": lines}


@frozen
class Shop:
    """Both systems, and one store."""

    netsuite: FakeNetSuite = field(factory=FakeNetSuite)
    clock: VirtualClock = field(factory=VirtualClock)
    lightspeed: FakeLightspeed = field()
    store: MemoryStore = field(factory=MemoryStore)
    seen: list[Outcome] = field(factory=list)

    @lightspeed.default
    def _lightspeed(self) -> FakeLightspeed:
        return FakeLightspeed(self.clock)

    @property
    def world(self) -> Environment:
        return Environment(
            target=self.lightspeed,
            source=self.netsuite,
            store=self.store,
            clock=self.clock,
            sleep=lambda _: None,
        )

    def export(self, flow: Flow = CUSTOMER_EXPORT, world: Environment | None = None) -> str:
        self.seen.clear()
        return sync(flow, self.netsuite.rows, world or self.world, observe=self.seen.append).summary

    @property
    def codes(self) -> list[str]:
        """Return the codes of all customers but the anonymous one."""
        return [row["customer_code"] for row in self.customers]

    @property
    def customers(self) -> list[Row]:
        return [row for row in self.lightspeed.rows if row["customer_code"] != "WALKIN"]

    @property
    def only(self) -> Row:
        (row,) = self.customers
        return row

    @property
    def said(self) -> set[str]:
        """Return the codes of all issues of the last run."""
        return {issue.code for outcome in self.seen for issue in outcome.issues}
