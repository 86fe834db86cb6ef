"""A record that is not whole says nothing of what it leaves out, on the surfaces that flows read from."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import pytest
from attrs import evolve, fields, frozen

from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.flow import Flow
from custsync.flows.lago import LAGO_ID_FIELD, customer_sync
from custsync.flows.stripe import IMPORT
from custsync.models import Customer, Ref
from custsync.rules.fields.mapping import Copied, FieldMapping
from custsync.stores.memory import MemoryStore
from custsync.systems.lightspeed import LIGHTSPEED
from custsync.systems.servicetitan import SERVICETITAN
from custsync.systems.system import System
from custsync.systems.upflow import IMPORT_COLUMNS, UPFLOW, UPFLOW_IMPORT
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem, Row
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.environments import BOOKS, Party, Setup
from tests.flows.ledger import OKAFOR
from tests.systems.payloads import stripe_customer
from tests.systems.test_lightspeed import customer_20
from tests.systems.test_servicetitan import contact, residential

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
    """Lago never shows a record to be whole, Stripe by all its keys: the target keeps what one lacks."""

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


@pytest.mark.rule("G-LOSS")
class TestMetadata:
    """Stripe sends all metadata with every whole customer: a key that is not there was removed."""

    def test_a_key_that_was_removed_clears_what_was_made_of_it(self) -> None:
        flow = IMPORT.with_field(_copy("custom.tier", "custom.custentity_tier"))
        source, target = FakeStripe(), FakeNetSuite(custom_look_ups=[STRIPE_ID])
        environment = Environment(source=source, target=target, store=MemoryStore())
        identity = source.put({"name": "Lund", "email": "ap@lund.example", "metadata": {"tier": "gold"}})
        sync(flow, source.rows, environment)
        (whole,) = source.rows
        stub = {key: value for key, value in whole.items() if key != "phone"} | {"metadata": {}}
        assert sync(flow, [stub], environment).summary == "1 unchanged"
        assert target.rows[0]["custentity_tier"] == "gold"
        source.edit(identity, metadata={"tier": ""})
        assert sync(flow, source.rows, environment).summary == "1 updated"
        assert "custentity_tier" not in target.rows[0]
        assert sync(flow, source.rows, environment).summary == "1 unchanged"


# Systems that no flow reads from, or whose customers no flow updates: into a target that takes every field


def _lightspeed() -> Row:
    """Return a customer that does not show itself to be whole: a key that is always sent is not there."""
    texts = {"fax": "1", "note": "n", "custom_field_2": "x", "postal_address_2": "u", "physical_suburb": "s"}
    return {key: value for key, value in customer_20(**texts).items() if key != "do_not_email"}


_UPFLOW_LINE: Final = dict.fromkeys(IMPORT_COLUMNS, "text") | {"Customer ID": "2041"}
_READ: Final[Mapping[str, tuple[System, Row]]] = {
    "lightspeed": (LIGHTSPEED, _lightspeed()),
    "servicetitan": (SERVICETITAN, residential(contacts=[contact()])),
    "upflow": (UPFLOW, {"id": "6b0e-7", "name": "Joinery", "balance": 152575}),
    "upflow import": (UPFLOW_IMPORT, _UPFLOW_LINE),
}
_NAMED: Final = frozenset({"id", "Customer name", "Customer ID"})
_SCALARS: Final = tuple(
    field.name
    for field in fields(Customer)
    if field.name not in ("ref", "addresses", "contacts", "custom", "extra", "deleted", "whole", "issues")
)


def _copy(source: str, target: str = "") -> FieldMapping:
    name = target or f"custom.{source}"
    return FieldMapping(target=name, sources=(source,), rule="G-LOSS", compute=Copied(source))


def _everything(system: System, row: Row) -> Flow:
    """Return a flow that carries over all that the record says."""
    custom = [f"custom.{name}" for name in system.read(row, "", "").custom]
    addresses = ("billing_address", "shipping_address")
    return Flow(
        name="all.EXPORT",
        link="all-books",
        source=system,
        target=evolve(BOOKS, read=_read_books, write=_write_books),
        match=(),
        fields=(*map(_copy, _SCALARS), *(_copy(name, name) for name in custom), *map(_copy, addresses)),
    )


def _read_books(payload: Mapping[str, Any], account: str = "", mode: str = "") -> Customer:
    return Customer(ref=Ref("books", payload["id"], account, mode), custom=payload.get("custom", {}))


def _write_books(values: Mapping[str, Any], _current: Customer | None = None) -> Row:
    return {"custom": {name.removeprefix("custom."): value for name, value in values.items()}}


@pytest.mark.rule("G-LOSS")
@pytest.mark.parametrize(("system", "row"), _READ.values(), ids=_READ)
class TestPartialOfTheOthers:
    """From a record that is not whole, leaving out any key changes nothing in the target."""

    def test_no_key_that_is_left_out_clears_anything(self, system: System, row: Row) -> None:
        flow, setup = _everything(system, row), Setup(target=Party(finds=("id",)))
        assert not system.read(row, "", "").whole
        environment = Environment(target=setup.target, store=setup.store, clock=setup.clock)
        assert sync(flow, [row], environment).summary == "1 created"
        before = setup.target.payloads()
        for key, less in _without_one(row):
            if key not in _NAMED:
                sync(flow, [less], environment)
                assert setup.target.payloads() == before, key
        assert sync(flow, [row], environment).summary == "1 unchanged"
