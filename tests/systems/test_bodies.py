"""Whatever customers a flow meets, each of its bodies is one that the vendor's own documents allow.

A hundred varied customers go through every flow towards these systems: they are created, edited, cleared, and
lose an address. Each body is held against the system's table of fields; and the in-memory system, which
refuses by the same table and by rules beside it, refuses none.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

import pytest
from attrs import frozen

from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome, Result
from custsync.flow import Flow
from custsync.flows.lago import LAGO_ID_FIELD, customer_sync as lago_sync
from custsync.flows.lightspeed import CUSTOMER_EXPORT, copy_field
from custsync.flows.servicetitan import CUSTOMER_SYNC, INVOICE, Transaction, join_transactions
from custsync.flows.stripe import EXPORT, import_flow
from custsync.flows.stripe.shared import STRIPE_ID_FIELD
from custsync.flows.upflow import customer_import
from custsync.protocols import Answer, CreateRequest, Payload, UpdateRequest
from custsync.stores.memory import MemoryStore
from custsync.systems import lago_writes, lightspeed_writes, stripe_writes, upflow
from custsync.systems.netsuite import writes as netsuite_writes
from custsync.systems.vendor_fields import FieldTable
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.fakes.upflow import FakeUpflowImport

Row = dict[str, Any]
Make = Callable[[int, Random], Row]

MANY: Final = 100
NAMES: Final = (None, "", "  ", "Ann", "Lund & Söhne", "L" * 83, "NoLastName", "d'Arc, Jeanne", "\u200bAnn")
EMAILS: Final = (
    *(None, "", "  ", "n/a", "#REF!", "call me", "ann @lee.example", "a@works.example; b@works.example"),
    *("Ann <ann@works.example>", "A" * 400 + "@works.example", "ünï@works.example", "ap@works.example"),
)
PHONES: Final = (None, "", "  ", "(503) 555-0101", "+44 113 496 0000 ext. 12345", "none")
COUNTRIES: Final = (None, "", "  ", "US", "us", "Germany", "Narnia", "IC", "EA", "XK", "United Kingdom")
PARTS: Final = (None, "", "  ", "1 Elm St", "Flat 2", "Ä" * 30)
FLAGS: Final = (None, True, False, "T", "F")
TEXTS: Final = (None, "", "NE", "Rings first", "v" * 500)


def some(chance: Random, **choices: Sequence[Any]) -> Row:
    """Return some of the keys, each with one of its values; null among them, and others left out."""
    return {key: chance.choice(values) for key, values in choices.items() if chance.random() < 0.7}


# The customers


def netsuite_address(chance: Random) -> Row:
    keys = ("addr1", "addr2", "addr3", "city", "state", "zip", "addressee", "attention", "addrPhone")
    made = some(chance, **dict.fromkeys(keys, PARTS), country=COUNTRIES)
    if made.get("country"):
        made["country"] = {"id": made["country"]}
    return made


def netsuite_customer(number: int, chance: Random) -> Row:
    """Return a NetSuite customer, with fields that flows carry over as custom ones."""
    flags = ("defaultBilling", "defaultShipping")
    lines = [
        {"id": at, flag: True, "addressBookAddress": netsuite_address(chance)}
        for at, flag in enumerate(flags, start=1)
        if chance.random() < 0.7
    ]
    names = dict.fromkeys(("companyName", "firstName", "lastName", "altName"), NAMES)
    phones = dict.fromkeys(("phone", "mobilePhone", "fax"), PHONES)
    statuses = (None, *({"id": id} for id in "1234"))
    return {
        "id": str(number),
        "isPerson": chance.random() < 0.4,
        "isInactive": chance.random() < 0.05,
        "entityId": f"C-{number}",
        **some(chance, **names, **phones, email=EMAILS, globalSubscriptionStatus=statuses),
        **some(chance, custentity_text=TEXTS, custentity_flag=FLAGS, parent=(None, {"id": "7"})),
        "addressBook": {"items": lines},
    }


def lago_customer(number: int, chance: Random) -> Row:
    """Return a Lago customer with links to several systems, and metadata."""
    own = {"type": "netsuite", "integration_code": "us", "sync_with_provider": True, "subsidiary_id": "2"}
    others = [
        {"type": kind, "integration_code": f"{kind}-1", **said}
        for kind, said in (
            ("xero", {"sync_with_provider": True, "external_customer_id": None}),
            ("hubspot", {"external_customer_id": "9", "targeted_object": "contacts", "email": None}),
            ("anrok", {"external_customer_id": "8", "subsidiary_id": None}),
        )
        if chance.random() < 0.5
    ]
    links = [own, *others]
    chance.shuffle(links)
    return {
        "external_id": f"customer-{number}",
        "customer_type": chance.choice((None, "company", "individual")),
        **some(chance, name=NAMES, firstname=NAMES, lastname=NAMES, email=EMAILS, phone=PHONES),
        **some(chance, address_line1=PARTS, city=PARTS, country=(None, "US", "DE")),
        "metadata": [{"key": "region", "value": "NE"}] if chance.random() < 0.5 else [],
        "integration_customers": links,
    }


def servicetitan_customer(number: int, chance: Random) -> Row:
    """Return a ServiceTitan customer."""
    place = some(chance, street=PARTS, unit=PARTS, city=PARTS, state=PARTS, country=COUNTRIES)
    kinds = {"type": chance.choice(("Residential", "Commercial"))}
    return {"id": 771_000_000 + number, "name": chance.choice(NAMES), "address": place, **kinds}


def stripe_customer(number: int, chance: Random) -> Row:
    """Return a Stripe customer; `number` names it in its metadata."""
    place = some(chance, **dict.fromkeys(("line1", "line2", "city", "state", "postal_code"), PARTS))
    place |= some(chance, country=COUNTRIES)
    return {
        "id": f"cus_{number}",
        **some(chance, name=NAMES, email=EMAILS, phone=PHONES),
        "address": chance.choice((None, place)),
        "shipping": chance.choice((None, {"name": "Dock 4", "phone": None, "address": place})),
        "metadata": {"number": str(number)},
    }


# What happens to them


def cleared(row: Row, own: frozenset[str]) -> Row:
    """Return the customer with everything null but what makes it this customer."""
    return {key: value if key in own else None for key, value in row.items()}


def without_an_address(row: Row) -> Row:
    """Return the customer without the first of its addresses."""
    lines = (row.get("addressBook") or {}).get("items", [])
    return {**row, "addressBook": {"items": lines[1:]}}


_OWN: Final = frozenset({"id", "isPerson", "isInactive", "entityId", "addressBook", "external_id", "type"})
_LISTS: Final = frozenset({"integration_customers", "metadata", "customer_type"})


class Logged:
    """An adapter that keeps every body that it is given."""

    def __init__(self, fake: FakeSystem) -> None:
        self.fake = fake
        self.bodies: list[tuple[bool, Payload]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.fake, name)

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        self.bodies += [(True, request.payload) for request in requests]
        return self.fake.create(requests)

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        self.bodies += [(False, request.payload) for request in requests]
        return self.fake.update(requests)


@frozen(kw_only=True)
class Towards:
    """A flow, its systems, its customers, and the table that its bodies are held against."""

    flow: Flow
    source: Callable[[VirtualClock], FakeSystem]
    target: Callable[[VirtualClock], FakeSystem]
    make: Make
    table: FieldTable

    def rounds(self) -> "tuple[list[Outcome], Logged, Logged]":
        """Return all outcomes of four rounds, and both systems with the bodies that they were given."""
        clock, store, chance = VirtualClock(), MemoryStore(), Random(7)  # noqa: S311 - the same customers each time
        source, target = Logged(self.source(clock)), Logged(self.target(clock))
        outcomes: list[Outcome] = []
        rows = [self.make(number, chance) for number in range(1, MANY + 1)]
        edited = [self.make(number, chance) for number in range(1, MANY + 1)]
        bare = [without_an_address(row) for row in edited]
        for customers in (rows, edited, bare, [cleared(row, _OWN | _LISTS) for row in edited]):
            kept = _kept(source)
            ids = [source.put({**row, **kept.get(row.get("external_id", ""), {})}) for row in customers]
            payloads: list[Any] = [source.row(identity) for identity in ids]
            if isinstance(source.fake, FakeServiceTitan):
                invoices = [Transaction(customer=id, type=INVOICE, subsidiary="2") for id in ids]
                payloads = list(join_transactions(payloads, invoices))
            environment = Environment(
                source=source, target=target, store=store, clock=clock, sleep=clock.sleep, random=float
            )
            sync(self.flow, payloads, environment, observe=outcomes.append)
        return outcomes, source, target


def _kept(source: Logged) -> dict[str, Row]:
    """Return what Lago's customers keep that are put there again: their ids and their links."""
    names = ("lago_id", "integration_customers")
    return {
        row["external_id"]: {name: row[name] for name in names} for row in source.rows if "lago_id" in row
    }


def _books(*custom: str) -> Callable[[VirtualClock], FakeSystem]:
    return lambda clock: FakeNetSuite(
        clock, subsidiaries=["2"] if custom else (), custom_look_ups=custom or ("custentity_x",)
    )


def lightspeed_flow() -> Flow:
    flow = CUSTOMER_EXPORT
    for source, target in (
        ("custom.custentity_text", "custom.note"),
        ("custom.custentity_text", "custom.custom_field_1"),
        ("custom.custentity_flag", "custom.enable_loyalty"),
        ("custom.custentity_flag", "custom.custom_field_2"),
        ("entity_id", "custom.customer_group_id"),
    ):
        flow = flow.with_field(copy_field(source, target))
    return flow


STRIPE: Final = Towards(
    flow=EXPORT, source=_books(), target=FakeStripe, make=netsuite_customer, table=stripe_writes.FIELDS
)
LIGHTSPEED: Final = Towards(
    flow=lightspeed_flow(),
    source=_books(),
    target=FakeLightspeed,
    make=netsuite_customer,
    table=lightspeed_writes.FIELDS,
)
UPFLOW: Final = Towards(
    flow=customer_import(company_country="GB"),
    source=_books(),
    target=FakeUpflowImport,
    make=netsuite_customer,
    table=upflow.IMPORT_FIELDS,
)
LAGO: Final = Towards(
    flow=lago_sync("us", subsidiaries=["2"]),
    source=FakeLago,
    target=_books(LAGO_ID_FIELD),
    make=lago_customer,
    table=lago_writes.FIELDS,
)
FROM_LAGO: Final = Towards(
    flow=lago_sync("us", subsidiaries=["2"], update_addresses=True, on_link="bring_up_to_date"),
    source=FakeLago,
    target=_books(LAGO_ID_FIELD),
    make=lago_customer,
    table=netsuite_writes.FIELDS,
)
SERVICETITAN: Final = Towards(
    flow=CUSTOMER_SYNC,
    source=FakeServiceTitan,
    target=_books("custentity_servicetitan_customer_id"),
    make=servicetitan_customer,
    table=netsuite_writes.FIELDS,
)
IMPORT: Final = Towards(
    flow=import_flow(unknown_kind="person", default_name="Nobody", subsidiary="2", shared_email="create"),
    source=FakeStripe,
    target=_books(STRIPE_ID_FIELD),
    make=stripe_customer,
    table=netsuite_writes.FIELDS,
)


@pytest.mark.rule("G-LOSS")
class TestBodies:
    """Every body of every flow is one that the vendor takes."""

    @pytest.mark.parametrize(
        "towards",
        [STRIPE, LIGHTSPEED, UPFLOW, IMPORT, FROM_LAGO, SERVICETITAN],
        ids=lambda one: one.flow.name,
    )
    def test_towards_a_target(self, towards: Towards) -> None:
        outcomes, _, target = towards.rounds()
        wrong = [towards.table.refusal(body, creates=creates) for creates, body in target.bodies]
        assert [one for one in wrong if one is not None] == []
        failed = [str(outcome) for outcome in outcomes if outcome.result is Result.FAILED]
        assert failed == []
        wanted = {Result.CREATED} | ({Result.UPDATED} if towards.flow.updates else set())
        assert wanted <= {outcome.result for outcome in outcomes}
        assert len(target.bodies) > MANY // 2
        assert any(not creates for creates, _ in target.bodies) is towards.flow.updates

    def test_back_to_lago(self) -> None:
        _, source, _ = LAGO.rounds()
        wrong = [LAGO.table.refusal(body, creates=creates) for creates, body in source.bodies]
        assert [one for one in wrong if one is not None] == []
        assert len(source.bodies) > MANY // 3
        assert source.fake.asked == []  # type: ignore[attr-defined]  # a FakeLago's

    def test_never_to_servicetitan(self) -> None:
        outcomes, source, _ = SERVICETITAN.rounds()
        assert source.bodies == []
        assert Result.CREATED in {outcome.result for outcome in outcomes}
