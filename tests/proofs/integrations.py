"""The four flows beside Stripe's, each in a small world of its own, for the proofs.

In each are a customer to create, one to link and one to update; Upflow's are a family of three generations,
its youngest first. A world is told apart from another by its picture, in which no id that the target gave
and no time is seen.

What people edit between two runs are other fields than those that the first run updates. A lost update that
takes effect after a newer one of the same field wins at the target: no target here can refuse it.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import define, evolve, field, frozen

from custsync.flow import Flow
from custsync.flows.lago import LAGO_ID_FIELD, customer_sync as lago_sync
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.flows.servicetitan import CUSTOMER_SYNC, INVOICE, Transaction, join_transactions
from custsync.flows.servicetitan.flow import SERVICETITAN_ID_FIELD
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.flows.upflow import CUSTOMER_IMPORT
from custsync.protocols import Payload, Tier
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.fakes.upflow import FakeUpflow, FakeUpflowImport
from tests.flows.collecting import API_IMPORT
from tests.proofs.environments import LAG, NEXT_DAY, Place, Terms, put, store_opener

CONNECTION: Final = "us"
LAGO_SYNC: Final = lago_sync(CONNECTION, subsidiaries=["2"])
_VOLATILE: Final = frozenset(
    {
        *("createdOn", "modifiedOn", "created_at", "updated_at", "dateCreated", "lastModifiedDate"),
        *("version", "externalId", "sequential_id", "slug", "id", "lago_id"),
    }
)
_IMPORTED: Final = ("Customer name", "Customer ID")

Change = Callable[["Pairing"], None]


@define
class Pairing(Place):
    """Two systems, and the flow between them."""

    source: FakeSystem
    target: FakeSystem
    invoiced: list[Transaction] = field(factory=list)

    @property
    def flow(self) -> Flow:
        return self.flows[0]

    def ends(self, flow: Flow) -> tuple[FakeSystem, FakeSystem]:
        return self.source, self.target

    def payloads(self, flow: Flow | None = None) -> list[Payload]:
        if isinstance(self.source, FakeServiceTitan):
            return join_transactions(self.source.rows, self.invoiced, self.source.contacts())
        return [*self.source.rows]

    def invoice(self, identity: str) -> None:
        self.invoiced.append(Transaction(customer=identity, type=INVOICE, subsidiary="2"))

    def picture(self) -> Any:
        """Return which customers are linked, and what either side says; a target's id by whose it is."""
        ours = {self.source._identity(row): row for row in self.source.rows}  # noqa: SLF001 - any system's key
        theirs = {self.target._identity(row): row for row in self.target.rows}  # noqa: SLF001
        links = sorted(self.records(), key=lambda record: record.source.id)
        whose = {record.target.id: f"of {record.source.id}" for record in links if record.target}
        told = [
            (record.source.id, record.status.value, whose.get(record.target.id) if record.target else None)
            for record in links
        ]
        there = sorted((whose.get(one, "nobody's"), _plain(row, whose)) for one, row in theirs.items())
        return told, there, sorted((one, _plain(row, whose)) for one, row in ours.items())

    def doubled(self) -> list[str]:
        keys = ("customer_code", SERVICETITAN_ID_FIELD, LAGO_ID_FIELD, "Customer ID", "externalId")
        values = [(key, row[key]) for row in self.target.rows for key in keys if row.get(key)]
        ends = [("end", str(end)) for record in self.records() for end in (record.target,) if end]
        return [f"{key} {value}" for (key, value), count in Counter([*values, *ends]).items() if count > 1]


def _plain(row: Mapping[str, Any], whose: Mapping[str, str]) -> str:
    return json.dumps(_named(row, whose), sort_keys=True)


def _named(value: Any, whose: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        # what names another customer is kept
        is_link = set(value) <= {"id", "refName"}
        kept = {key: one for key, one in value.items() if is_link or key not in _VOLATILE}
        return {key: _named(one, whose) for key, one in kept.items()}
    if isinstance(value, list):
        return [_named(one, whose) for one in value]
    return whose.get(value, value) if isinstance(value, str) else value


# The customers


def enter_in_lightspeed(pair: Pairing) -> None:
    ours, theirs = pair.source, pair.target
    ours.put({"entityId": "C-1", "companyName": "Update works", "email": "update@works.example"})
    pair.sync()
    ours.edit(ours.rows[0]["id"], email="updated@works.example")
    ours.put({"entityId": "C-2", "companyName": "Create works", "email": "create@works.example"})
    ours.put({"entityId": "C-3", "companyName": "Link works", "email": "link@works.example"})
    theirs.put({"customer_code": "C-3", "company_name": "Link works", "email": "old@works.example"})


def enter_for_servicetitan(pair: Pairing) -> None:
    ours, theirs = pair.source, pair.target
    place = {"street": "1 Elm St", "city": "Astoria", "state": "OR", "country": "USA"}
    there = theirs.put({"companyName": "Link works", "subsidiary": {"id": "2"}})
    pair.invoice(ours.put({"name": "Vale, Ines", "address": place}))
    pair.sync()
    theirs.edit(theirs.rows[1]["id"], phone="(503) 555-0142")
    ours.edit(str(ours.rows[0]["id"]), name="Vale, Inez")
    pair.invoice(ours.put({"name": "Lund, Ivo", "address": place}))
    fields = [{"name": "Legacy ID", "value": there}]
    pair.invoice(ours.put({"name": "Link works", "type": "Commercial", "customFields": fields}))


def enter_in_lago(pair: Pairing) -> None:
    ours, theirs = pair.source, pair.target
    there = theirs.put({"companyName": "link works", "email": "old@works.example", "subsidiary": {"id": "2"}})
    ours.put(lago_row("update"))
    pair.sync()
    ours.edit(ours.rows[0]["lago_id"], email="updated@works.example")
    ours.put(lago_row("create"))
    ours.put(lago_row("link", external_customer_id=there, sync_with_provider=False))


def lago_row(name: str, **said: Any) -> dict[str, Any]:
    connection = {
        "type": "netsuite",
        "integration_code": CONNECTION,
        "sync_with_provider": True,
        "subsidiary_id": "2",
        **said,
    }
    return {
        "external_id": name,
        "customer_type": "company",
        "name": f"{name} works",
        "email": f"{name}@works.example",
        "integration_customers": [connection],
    }


def enter_in_upflow(pair: Pairing) -> None:
    """Enter a family, one that joins it, and one that stands alone; the eldest is in Upflow already."""
    ours = pair.source
    ours.put({"id": "10", "companyName": "Alone works"})
    ours.put({"id": "11", "companyName": "Moved works"})
    pair.sync()
    ours.put({"id": "20", "companyName": "Third works", "parent": {"id": "30"}})
    ours.put({"id": "30", "companyName": "Second works", "parent": {"id": "40"}})
    ours.put({"id": "40", "companyName": "First works"})
    ours.edit("11", parent={"id": "40"})
    name, identity = ("name", "externalId") if isinstance(pair.target, FakeUpflow) else _IMPORTED
    pair.target.put({name: "Old works", identity: "40"})


def enter_with_stripe(pair: Pairing) -> None:
    put(pair.source, 1, "update")
    pair.sync()
    pair.source.edit(pair.source.rows[0]["id"], phone="(503) 555-0150")
    put(pair.source, 2, "create")
    put(pair.source, 3, "link")
    put(pair.target, 4, "link")


def enter_two_in_upflow(pair: Pairing) -> None:
    """Enter a child and its parent, in this order."""
    pair.source.put({"id": "20", "companyName": "Second works", "parent": {"id": "30"}})
    pair.source.put({"id": "30", "companyName": "First works"})


def edit_in_netsuite(pair: Pairing) -> None:
    for row in pair.source.rows:
        pair.source.edit(row["id"], companyName=row["companyName"] + " & sons")


def edit_in_lago(pair: Pairing) -> None:
    for row in pair.source.rows:
        pair.source.edit(row["lago_id"], name=row["name"] + " & sons")


def edit_nobody(pair: Pairing) -> None:
    """Leave them as they are: this flow updates nobody."""


def move_the_family(pair: Pairing) -> None:
    """Have everybody move to another country, and a customer join the group."""
    for row in pair.source.rows:
        line = {"defaultBilling": True, "addressBookAddress": {"country": {"id": "GB"}}}
        pair.source.edit(row["id"], addressBook={"items": [line]})
    pair.source.edit("10", parent={"id": "40"})


# The worlds


@frozen(kw_only=True)
class Pair(Terms):
    """A place of two systems, with one flow."""

    name: str
    flow: Flow
    source: Callable[[VirtualClock], FakeSystem]
    target: Callable[..., FakeSystem]
    enter: Change
    edit: Change

    def __str__(self) -> str:
        parts = [self.name, self.tier.name, "sqlite" if self.durable else "memory"]
        return "-".join(
            [*parts, *(["next-day"] if self.pause == NEXT_DAY else []), *(["edited"] if self.edits else [])]
        )

    def edit_meanwhile(self, place: Pairing) -> None:
        self.edit(place)

    def place(self) -> Pairing:
        clock = VirtualClock()
        target = self.target(clock, tier=self.tier, lag=LAG)
        pair = Pairing(clock, store_opener(durable=self.durable), (self.flow,), self.source(clock), target)
        self.enter(pair)
        clock.advance(timedelta(hours=1))
        return pair


def empty(setting: Pair) -> Pairing:
    """Return the world without customers."""
    return evolve(setting, enter=edit_nobody).place()


def titan_netsuite(clock: VirtualClock, **settings: Any) -> FakeNetSuite:
    custom = [SERVICETITAN_ID_FIELD]
    return FakeNetSuite(clock, subsidiaries=["1", "2"], custom_look_ups=custom, **settings)


def lago_netsuite(clock: VirtualClock, **settings: Any) -> FakeNetSuite:
    return FakeNetSuite(clock, subsidiaries=["2"], custom_look_ups=[LAGO_ID_FIELD], **settings)


LIGHTSPEED: Final = Pair(
    name="lightspeed",
    flow=CUSTOMER_EXPORT,
    source=FakeNetSuite,
    target=FakeLightspeed,
    tier=Tier.C,
    enter=enter_in_lightspeed,
    edit=edit_in_netsuite,
)
SERVICETITAN: Final = Pair(
    name="servicetitan",
    flow=CUSTOMER_SYNC,
    source=FakeServiceTitan,
    target=titan_netsuite,
    tier=Tier.A,
    enter=enter_for_servicetitan,
    edit=edit_nobody,
)
LAGO: Final = Pair(
    name="lago",
    flow=LAGO_SYNC,
    source=FakeLago,
    target=lago_netsuite,
    tier=Tier.A,
    enter=enter_in_lago,
    edit=edit_in_lago,
)
UPFLOW: Final = Pair(
    name="upflow",
    flow=CUSTOMER_IMPORT,
    source=FakeNetSuite,
    target=FakeUpflowImport,
    tier=Tier.A,
    enter=enter_in_upflow,
    edit=move_the_family,
)
UPFLOW_TWO: Final = evolve(UPFLOW, name="upflow-two", enter=enter_two_in_upflow)
UPFLOW_API: Final = evolve(UPFLOW, name="upflow-api", flow=API_IMPORT, target=FakeUpflow, tier=Tier.C)
STRIPE: Final = Pair(
    name="stripe.EXPORT",
    flow=EXPORT,
    source=FakeNetSuite,
    target=FakeStripe,
    tier=Tier.B,
    enter=enter_with_stripe,
    edit=edit_nobody,
)
STRIPE_IMPORT: Final = evolve(
    STRIPE, name="stripe.IMPORT", flow=IMPORT, source=FakeStripe, target=FakeNetSuite, tier=Tier.A
)
FOUR: Final = (LIGHTSPEED, SERVICETITAN, LAGO, UPFLOW)
SIX: Final = (STRIPE, STRIPE_IMPORT, *FOUR)


def in_tiers(pair: Pair, tiers: str) -> Iterator[Pair]:
    """Yield the pair for each tier; without unique ids, NetSuite's external ids are somebody else's."""
    for tier in (Tier[letter] for letter in tiers):
        keyless = tier is not Tier.A and pair.flow.unique_key
        flow = pair.flow.replace(unique_key="") if keyless else pair.flow
        yield evolve(pair, tier=tier, flow=flow)


PAIRS: Final = (
    *in_tiers(LIGHTSPEED, "CAD"),
    *in_tiers(SERVICETITAN, "ABCD"),
    *in_tiers(LAGO, "ABCD"),
    UPFLOW,
    *in_tiers(UPFLOW_API, "CAD"),
)
