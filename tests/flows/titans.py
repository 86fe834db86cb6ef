"""A tenant of ServiceTitan, an account of NetSuite, and one store: the world of the ServiceTitan tests."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from custsync.engine.api import plan, sync
from custsync.engine.decisions import Decision
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome, Report
from custsync.flow import Flow
from custsync.flows.servicetitan import CUSTOMER_SYNC, INVOICE, LINK, Transaction, join_transactions
from custsync.models import Issue
from custsync.protocols import MergeRequest, Payload
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import SyncRecord
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan

SUBSIDIARIES: Final = ("1", "2", "3")


class Tenant:
    """Both systems, one store, and the people who work there."""

    def __init__(self, flow: Flow = CUSTOMER_SYNC, **settings: Any) -> None:
        self.flow, self.clock, self.store = flow, VirtualClock(), MemoryStore()
        self.titan = FakeServiceTitan(self.clock)
        self.netsuite = FakeNetSuite(self.clock, **{"subsidiaries": SUBSIDIARIES, **settings})
        self.invoiced: list[Transaction] = []

    @property
    def world(self) -> Environment:
        return Environment(
            source=self.titan,
            target=self.netsuite,
            store=self.store,
            clock=self.clock,
            sleep=self.clock.sleep,
            random=float,
        )

    # People in ServiceTitan

    def customer(
        self, name: str | None = "Vale, Ines", *, legacy_id: Any = None, invoice: bool = True, **values: Any
    ) -> str:
        """Have a customer there, on an invoice of subsidiary 2; return its id."""
        fields = [{"name": "Legacy ID", "value": legacy_id}]
        identity = self.titan.put({"name": name, "customFields": fields, **values})
        if invoice:
            self.invoice(identity)
        return identity

    def invoice(self, customer: str, subsidiary: str = "2", type_: str = INVOICE) -> None:
        number = str(9001 + len(self.invoiced))
        self.invoiced.append(Transaction(customer=customer, type=type_, id=number, subsidiary=subsidiary))

    # People in NetSuite

    def existing(self, name: str = "Brightwater", *, subsidiary: str = "2", **values: Any) -> str:
        """Have a customer in NetSuite; return its id."""
        return self.netsuite.put({"companyName": name, "subsidiary": {"id": subsidiary}, **values})

    def merge_there(self, survivor: str, duplicate: str) -> None:
        """Have a person merge two customers in NetSuite."""
        self.netsuite.merge([MergeRequest(survivor=survivor, duplicate=duplicate)])

    # Runs

    def payloads(self) -> list[Payload]:
        contacts = [one for row in self.titan.rows for one in self.titan.contacts(str(row["id"]))]
        return join_transactions(self.titan.listed(active="Any"), self.invoiced, contacts)

    def run(self, world: Environment | None = None, **settings: Any) -> Report:
        return sync(self.flow, self.payloads(), world or self.world, **settings)

    def outcomes(self) -> list[Outcome]:
        seen: list[Outcome] = []
        self.run(observe=seen.append)
        return seen

    def outcome(self) -> Outcome:
        (outcome,) = self.outcomes()
        return outcome

    def plan(self) -> Sequence[Decision]:
        return plan(self.flow, self.payloads(), self.world).decisions

    # The state of the world

    def ids(self) -> list[str]:
        return [str(row["id"]) for row in self.netsuite.rows]

    def created(self) -> dict[str, Any]:
        """Return the one customer in NetSuite, without what NetSuite fills in by itself."""
        (row,) = self.netsuite.rows
        return {key: row[key] for key in row if key not in ("id", "dateCreated", "lastModifiedDate")}

    def record(self, identity: str) -> SyncRecord:
        (record,) = [one for one in self.store.records(LINK) if one.source.id == identity]
        return record

    def target(self, identity: str) -> str | None:
        record = self.record(identity)
        return record.target.id if record.target else None

    def lines(self, identity: str) -> list[tuple[str | None, str | None]]:
        """Return addressee and street of each line of a NetSuite customer's address book."""
        book = self.netsuite.row(identity).get("addressBook", {"items": []})
        places: list[Mapping[str, Any]] = [line["addressBookAddress"] for line in book["items"]]
        return [(place.get("addressee"), place.get("addr1")) for place in places]

    def wait(self, delay: timedelta) -> None:
        self.clock.advance(delay)


def codes(issues: Sequence[Issue]) -> list[str]:
    return [issue.code for issue in issues]
