"""NetSuite and Upflow in memory for the tests of the flow between them; and a shape of Upflow's API."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import evolve, field, frozen

from custsync.engine.api import sync
from custsync.engine.decide.core import Evidence, decide
from custsync.engine.decisions import Create, Decision
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome
from custsync.flow import Flow
from custsync.flows.upflow import CUSTOMER_IMPORT, LINK, customer_import
from custsync.models import ABSENT, Address, Customer, Ref
from custsync.rules.hierarchy import in_cents
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import SyncRecord
from custsync.systems.system import System
from custsync.systems.upflow import UPFLOW
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.upflow import FakeUpflow, FakeUpflowImport

COMPANY: Final = {"companyName": "Harrow & Finch"}
LEEDS: Final = {
    "defaultBilling": True,
    "addressBookAddress": {
        "addr1": "14 Swinegate",
        "city": "Leeds",
        "zip": "LS1 4AG",
        "country": {"id": "GB", "refName": "United Kingdom"},
    },
}


def company(name: str = "Harrow & Finch", **values: Any) -> dict[str, Any]:
    """Return the REST record of a company; `parent`, `category` and the like are ids."""
    references = ("parent", "category", "representingSubsidiary", "currency", "topLevelParent", "salesRep")
    refs = {key: {"id": values.pop(key)} for key in references if key in values}
    return {"companyName": name, **refs, **values}


def at(address: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sub-list of one address."""
    return {"items": [dict(address)]}


def ns(identity: str = "2041", **values: Any) -> Customer:
    """Return a NetSuite customer."""
    return Customer(ref=Ref("netsuite", identity), **values)


def decided(flow: Flow, customer: Customer) -> Decision:
    """Return the decision for a customer that nothing is known of yet."""
    return decide(flow, customer, Evidence())


def created(flow: Flow, customer: Customer) -> Mapping[str, Any]:
    """Return the values that a new customer gets."""
    made = decided(flow, customer)
    assert isinstance(made, Create), made
    return made.values


def codes(decision: Decision | Outcome) -> list[str]:
    """Return the codes of what was said."""
    return [issue.code for issue in decision.issues]


class CountingStore(MemoryStore):
    """A store that counts its saves."""

    saves = 0

    def save(self, writes: Any) -> list[bool]:
        """Count, and save."""
        self.saves += len(writes)
        return super().save(writes)


@frozen
class Office:
    """Both systems, one store, and the world from one to the other."""

    netsuite: FakeNetSuite = field(factory=FakeNetSuite)
    upflow: Any = field(factory=FakeUpflowImport)
    store: CountingStore = field(factory=CountingStore)

    @property
    def world(self) -> Environment:
        """Return the world of the flow."""
        return Environment(
            target=self.upflow, source=self.netsuite, store=self.store, clock=self.upflow.clock
        )

    def put(self, *records: Mapping[str, Any]) -> list[str]:
        """Have customers in NetSuite; return their ids."""
        return [self.netsuite.put(record) for record in records]

    def bring(self, flow: Flow = CUSTOMER_IMPORT) -> str:
        """Sync all customers; return the report in brief."""
        return sync(flow, self.netsuite.rows, self.world).summary

    def outcomes(self, flow: Flow = CUSTOMER_IMPORT) -> dict[str, Outcome]:
        """Sync all customers; return what became of each."""
        seen: list[Outcome] = []
        sync(flow, self.netsuite.rows, self.world, observe=seen.append)
        assert len({one.source.id for one in seen}) == len(seen)
        return {one.source.id: one for one in seen}

    def assert_silent(self, flow: Flow = CUSTOMER_IMPORT) -> None:
        """Sync again: nothing is written and nothing is saved."""
        before = (list(self.upflow.writes), self.store.saves)
        sync(flow, self.netsuite.rows, self.world)
        assert (list(self.upflow.writes), self.store.saves) == before

    def column(self, title: str) -> dict[str, str]:
        """Return one column of Upflow's lines, by customer."""
        return {row["Customer ID"]: row[title] for row in self.upflow.rows}

    def records(self) -> dict[str, SyncRecord]:
        """Return the sync records by the NetSuite id."""
        return {record.source.id: record for record in self.store.records(LINK)}


# Upflow's API as a caller may have found it to be: the shape is the test's own


def _read(payload: Mapping[str, Any], account: str = "", mode: str = "") -> Customer:
    read = UPFLOW.read(payload, account, mode)
    country = payload.get("country")
    return evolve(
        read,
        external_id=payload.get("externalId"),
        parent=payload.get("parentId"),
        custom={"isExcluded": payload.get("isExcluded")},
        addresses=(Address(default_billing=True, country=country),) if country else (),
    )


def _write(values: Mapping[str, Any], _current: Customer | None = None) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, value in values.items():
        if name == "balance":
            written["balance"] = in_cents(value)
        elif name == "billing_address":
            written["country"] = value.country if value else None
        elif value is not ABSENT:
            written[_KEYS[name]] = value
    return written


_KEYS: Final = {
    "name": "name",
    "external_id": "externalId",
    "parent": "parentId",
    "custom.isExcluded": "isExcluded",
}

API: Final = System(name="upflow", read=_read, write=_write, id_of=UPFLOW.id_of)
API_IMPORT: Final = customer_import(target=API, balance="balance", parent_name="")


def api_office(**settings: Any) -> Office:
    """Return an office whose Upflow is the API."""
    return Office(upflow=FakeUpflow(**settings))


def cents(office: Office) -> dict[str, int]:
    """Return the balances in Upflow, by the NetSuite id."""
    return {row["externalId"]: row["balance"] for row in office.upflow.rows}


def groups(office: Office) -> dict[str, str | None]:
    """Return the groups in Upflow, by the NetSuite ids of both."""
    names = {row["id"]: row["externalId"] for row in office.upflow.rows}
    return {row["externalId"]: names.get(row.get("parentId")) for row in office.upflow.rows}


def only(records: Iterable[Any]) -> Any:
    """Return the one there is."""
    (record,) = records
    return record
