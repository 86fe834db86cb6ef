"""What is recorded of each flow: its systems, who is entered there, what people do between two runs."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from attrs import frozen

from custsync.flow import Flow
from custsync.flows.lago import LAGO_ID_FIELD, customer_sync as lago_sync
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.flows.servicetitan import CUSTOMER_SYNC, INVOICE
from custsync.flows.servicetitan.flow import SERVICETITAN_ID_FIELD
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.flows.upflow import customer_import
from custsync.protocols import MergeRequest
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.netsuite import STRIPE_ID_FIELD, FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.fakes.upflow import FakeUpflowImport
from tests.expected import customers

Row = dict[str, Any]


@frozen(kw_only=True)
class Play:
    """One flow's systems and people."""

    flow: Flow
    source: Callable[[VirtualClock], FakeSystem]
    target: Callable[[VirtualClock], FakeSystem]
    ours: Iterable[Row]
    theirs: Iterable[Row]
    edit: Callable[[Any], None]
    invoice: Callable[[Any], None] = lambda _: None


def edit_netsuite_and_stripe(world: Any) -> None:
    ours, theirs = world.source, world.target
    world.edit("101", companyName="Create Works & Sons", phone=None)
    world.edit_target("101", phone="(503) 555-0777", email="new101@works.example")
    world.edit("102", companyName="Ours")
    world.edit_target("102", name="Theirs")
    world.edit_target("118", name="Theirs Alone", address=None)
    world.edit("120", addressBook={"items": [{"id": 1, "addressBookAddress": {"addr3": None}}]})
    world.edit("123", lastName="Okafor Lee")
    theirs.remove("cus_kept")
    ours.remove("126")
    ours.put(customers.company(150, "New Since"))
    theirs.edit("cus_alone", email="ap150@works.example")
    ours.put(customers.company(151, "New And Lost"))


def edit_stripe_and_netsuite(world: Any) -> None:
    ours, theirs = world.source, world.target
    world.edit("cus_create", name="create & sons", phone=None)
    world.edit_target("cus_create", phone="(503) 555-0777", email="new@works.example")
    world.edit("cus_link", name="Ours")
    world.edit_target("cus_link", companyName="Theirs")
    world.edit("cus_person", name="Pierrette De Gaulle")
    world.edit("cus_writtenout", address=customers.at("AT"))
    theirs.remove("201")
    ours.remove("cus_individual")
    ours.put(customers.stripe("lost"))
    ours.put(customers.stripe("found", email="ap209@works.example"))


def edit_netsuite_and_lightspeed(world: Any) -> None:
    ours, theirs = world.source, world.target
    world.edit("101", companyName="Create Works & Sons", phone=None)
    world.edit_target("101", phone="(503) 555-0777", email="new101@works.example")
    world.edit("102", companyName="Ours", globalSubscriptionStatus={"id": "3"})
    world.edit_target("102", company_name="Theirs")
    world.edit_target("127", do_not_email=True)
    world.edit("120", addressBook={"items": [{"id": 1, "addressBookAddress": {"addr2": None}}]})
    world.edit("123", entityId="RENAMED")
    theirs.remove(world.counterpart("126"))
    ours.remove("8")
    ours.put(customers.company(150, "New And Lost"))
    ours.put(customers.company(151, "Meets A Made-Up Code", entityId="Tony-37YP"))


def edit_netsuite_and_upflow(world: Any) -> None:
    ours, theirs = world.source, world.target
    world.edit("101", companyName="Create Works & Sons")
    world.edit_target("101", Town="Salem", Country="France")
    world.edit("102", addressBook=customers.book(customers.place("IE", state=None)))
    world.edit("103", isInactive=True)
    world.edit("104", category={"id": "12"})
    world.edit("130", parent=None)
    world.edit("106", parent={"id": "128"})
    theirs.exclude("118")
    ours.remove("120")
    ours.put(customers.company(150, "New And Lost", **customers.below(128)))


def invoice_servicetitan(world: Any) -> None:
    subsidiaries = {
        "No Invoice": (),
        "Merged Unsynced": (),
        "Unsynced Survivor": (),
        "Two Subsidiaries": ("1", "2"),
        "Unknown Subsidiary": ("9",),
        "No Subsidiary": ("",),
    }
    for row in world.source.rows:
        identity, name = str(row["id"]), row["name"]
        kind = "estimate" if name == "Estimate Alone" else INVOICE
        for subsidiary in subsidiaries.get(name, ("2",)):
            world.invoice(identity, subsidiary, kind)
    world.source.contact(str(world.source.rows[0]["id"]), "Email", "ines@vale.example", "home")
    world.source.contact(str(world.source.rows[0]["id"]), "MobilePhone", "(503) 555-0101")
    world.source.contact(str(world.source.rows[1]["id"]), "Email", "not an email")


def edit_servicetitan_and_netsuite(world: Any) -> None:
    titan, netsuite = world.source, world.target
    ids = {row["name"]: str(row["id"]) for row in titan.rows}
    world.edit(ids["Vale, Ines"], name="Vale, Inez")
    world.edit_target(ids["Brightwater Joinery"], phone="(503) 555-0777")
    titan.merge(ids["Merged Away"], ids["Survivor"])
    titan.merge(ids["Merged Unsynced"], ids["Unsynced Survivor"])
    survivor, duplicate = (world.counterpart(ids[name]) for name in ("Merged Into There", "Merged There"))
    netsuite.merge([MergeRequest(survivor=survivor, duplicate=duplicate)])
    netsuite.remove(world.counterpart(ids["Cher"]))
    world.invoice(ids["No Invoice"])
    world.invoice(titan.put(customers.titan("Lost, Lena")))


def edit_lago_and_netsuite(world: Any) -> None:
    ours = world.source
    ids = {row["external_id"]: row["lago_id"] for row in ours.rows}
    world.edit(ids["create"], name="create & sons", phone=None, city="Salem")
    world.edit_target(ids["create"], phone="(503) 555-0777", email="new@works.example")
    world.edit(ids["link"], name="Ours")
    world.edit_target(ids["link"], companyName="Theirs")
    world.edit(ids["individual"], lastname="Okafor Lee", firstname="Rosa")
    world.edit(ids["xero"], integration_customers=[{"integration_type": "netsuite", **customers.connected()}])
    world.target.remove(world.counterpart(ids["untyped"]))
    ours.remove(ids["same"])
    ours.put(customers.lago("lost"))


def _books(*custom: str, subsidiaries: tuple[str, ...] = ()) -> Callable[[VirtualClock], FakeSystem]:
    look_ups = custom or (STRIPE_ID_FIELD,)
    return lambda clock: FakeNetSuite(clock, subsidiaries=subsidiaries, custom_look_ups=look_ups)


PLAYS: Final = (
    Play(
        flow=EXPORT,
        source=_books(),
        target=FakeStripe,
        ours=customers.NETSUITE,
        theirs=customers.STRIPE,
        edit=edit_netsuite_and_stripe,
    ),
    Play(
        flow=IMPORT,
        source=FakeStripe,
        target=_books(),
        ours=customers.STRIPE_SOURCE,
        theirs=customers.NETSUITE_TARGET,
        edit=edit_stripe_and_netsuite,
    ),
    Play(
        flow=CUSTOMER_EXPORT,
        source=_books(),
        target=FakeLightspeed,
        ours=customers.NETSUITE,
        theirs=customers.LIGHTSPEED,
        edit=edit_netsuite_and_lightspeed,
    ),
    Play(
        flow=CUSTOMER_SYNC,
        source=FakeServiceTitan,
        target=_books(SERVICETITAN_ID_FIELD, subsidiaries=("1", "2", "3")),
        ours=customers.TITANS,
        theirs=customers.TITAN_TARGET,
        edit=edit_servicetitan_and_netsuite,
        invoice=invoice_servicetitan,
    ),
    Play(
        flow=lago_sync(customers.CONNECTION, subsidiaries=["1", "2"]),
        source=FakeLago,
        target=_books(LAGO_ID_FIELD, subsidiaries=("1", "2")),
        ours=customers.LAGOS,
        theirs=customers.LAGO_TARGET,
        edit=edit_lago_and_netsuite,
    ),
    Play(
        flow=customer_import(company_country="GB", categories=frozenset({"12"})),
        source=_books(),
        target=FakeUpflowImport,
        ours=customers.NETSUITE,
        theirs=customers.UPFLOW,
        edit=edit_netsuite_and_upflow,
    ),
)
