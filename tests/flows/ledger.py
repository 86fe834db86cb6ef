"""A Lago and two NetSuite accounts in memory, and what the tests of the flow between them share."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from custsync.engine.api import sync
from custsync.engine.decide.core import Evidence, decide
from custsync.engine.decisions import Create, Decision
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome
from custsync.flow import Flow
from custsync.flows.lago import LAGO_ID_FIELD, customer_sync
from custsync.models import Customer
from custsync.stores.memory import MemoryStore
from custsync.systems.lago import LAGO
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import Row
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.netsuite import FakeNetSuite

US: Row = {
    "type": "netsuite",
    "integration_code": "us",
    "sync_with_provider": True,
    "external_customer_id": None,
    "subsidiary_id": "2",
}
BRIGHTWATER: Row = {
    "external_id": "brightwater",
    "customer_type": "company",
    "name": "Brightwater Joinery",
    "email": "ap@brightwater.example",
    "integration_customers": [US],
}
OKAFOR: Row = {
    "external_id": "okafor-1",
    "customer_type": "individual",
    "name": "Okafor Garden Design",
    "firstname": "Rosalind",
    "lastname": "Okafor",
    "integration_customers": [US],
}
FLOW = customer_sync("us", subsidiaries=["1", "2"])


def linked_to(identity: str | None, **said: Any) -> Row:
    """Return what a Lago customer says of a connection that links it to an existing NetSuite customer."""
    link = {**US, "sync_with_provider": False, "external_customer_id": identity, **said}
    return {"integration_customers": [link]}


def decided(flow: Flow, row: Row) -> Decision:
    return decide(flow, LAGO.read({"lago_id": "4f0f", **row}, "", ""), Evidence())


def made_of(flow: Flow, row: Row) -> Mapping[str, Any]:
    """Return what a new NetSuite customer gets."""
    made = decided(flow, row)
    assert isinstance(made, Create), made
    return made.values


def lago(**values: Any) -> Customer:
    return LAGO.read({"lago_id": "4f0f", "external_id": "x", **values}, "", "")


@frozen
class Ledger:
    """Lago, one NetSuite account, and one store."""

    clock: VirtualClock = field(factory=VirtualClock)
    lago: FakeLago = field()
    netsuite: FakeNetSuite = field()
    store: MemoryStore = field(factory=MemoryStore)
    seen: list[Outcome] = field(factory=list)

    @lago.default
    def _lago(self) -> FakeLago:
        return FakeLago(self.clock)

    @netsuite.default
    def _netsuite(self) -> FakeNetSuite:
        return FakeNetSuite(self.clock, subsidiaries=["1", "2"], custom_look_ups=[LAGO_ID_FIELD])

    @property
    def world(self) -> Environment:
        return Environment(
            target=self.netsuite, source=self.lago, store=self.store, clock=self.clock, sleep=lambda _: None
        )

    def sync(self, flow: Flow = FLOW, world: Environment | None = None) -> str:
        self.seen.clear()
        return sync(flow, self.lago.rows, world or self.world, observe=self.seen.append).summary

    def given_id(self, place: int = 0) -> str | None:
        """Return the NetSuite id that a Lago customer's first connection holds."""
        identity: str | None = self.lago.rows[place]["integration_customers"][0]["external_customer_id"]
        return identity

    def existing(self, **values: Any) -> str:
        """Have a person put a customer into NetSuite."""
        return self.netsuite.put({"companyName": "Old", "subsidiary": {"id": "2"}, **values})

    @property
    def said(self) -> set[str]:
        """Return the codes of all issues of the last run."""
        return {issue.code for outcome in self.seen for issue in outcome.issues}
