"""What a record leaves out: null in one that shows itself to be whole, nothing in any other."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import frozen

from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.flow import Flow
from custsync.flows import lightspeed, stripe, upflow
from custsync.protocols import Answer, Done, Rejected, RetryAfter, Unknown, UpdateRequest
from custsync.stores.memory import MemoryStore
from custsync.systems import netsuite
from custsync.systems.system import System
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.fakes.upflow import FakeUpflowImport
from tests.systems.payloads import rest_company, soap_company

Path = tuple[str | int, ...]


def rest_record() -> dict[str, Any]:
    """Return a whole company with every field that a flow reads."""
    record = rest_company()
    first, second = record["addressBook"]["items"]
    first["addressBookAddress"] |= {"addr3": "Rear", "addrPhone": "(401) 555-0141"}
    second["addressBookAddress"] |= {"addr2": "Loft 3", "attention": "Dock", "addressee": "Sails"}
    more = {"fax": "(401) 555-0144", "mobilePhone": "(401) 555-0145", "custentity_stripe_customer_id": None}
    return {**record, **more}


def query_record() -> dict[str, Any]:
    """Return a whole row of the query service."""
    place = {
        "attention": "Accounts",
        "addressee": "Sails",
        "address_line_1": "4 Quay Street",
        "address_line_2": "Unit 9",
        "address_line_3": "Rear",
        "city": "Newport",
        "state": "RI",
        "zip": "02840",
        "country": "US",
        "phone": "(401) 555-0141",
    }
    return {
        "links": [],
        "id": "7",
        "isperson": "F",
        "isinactive": "F",
        "companyname": "Tidewater Sails, Inc.",
        "altname": "Tidewater",
        "entityid": "CUST-7",
        "email": "ap@tidewater.example",
        "phone": "(401) 555-0142",
        "mobilephone": "(401) 555-0145",
        "fax": "(401) 555-0144",
        "globalsubscriptionstatus": "2",
        "category": "3",
        "subsidiary": "2",
        "balancesearch": "12.5",
        "custentity_region": "NE",
        "defaultbillingaddress": "501",
        "defaultshippingaddress": "502",
        **{f"billing_{key}": value for key, value in place.items()},
        **{f"shipping_{key}": f"{value}" for key, value in place.items()},
        "shipping_address_line_1": "12 Slip Lane",
    }


def soap_record() -> dict[str, Any]:
    """Return a whole SOAP record."""
    record = soap_company()
    more = {"email": "ap@tidewater.example", "phone": "1", "fax": "2", "entityId": "CUST-7"}
    lines = record["addressbookList"]["addressbook"]
    lines[1]["defaultBilling"] = False
    lines[0]["addressbookAddress"] |= {"addr2": "Unit 9", "addr3": "Rear", "state": "RI", "zip": "02840"}
    return {**record, **more, "isInactive": False, "altName": "Tidewater"}


@frozen
class Surface:
    """One surface: a whole record of it, and the keys that it always sends."""

    system: System
    record: Callable[[], dict[str, Any]]
    always: tuple[str, ...]
    flag: str


SURFACES: Final = {
    "rest": Surface(netsuite.REST, rest_record, ("isPerson", "isInactive"), "isInactive"),
    "query": Surface(netsuite.SUITEQL, query_record, ("isperson", "isinactive", "links"), "isinactive"),
    "soap": Surface(netsuite.SOAP, soap_record, ("isPerson", "isInactive"), "isInactive"),
}
FLOWS: Final[Mapping[str, tuple[Callable[..., Flow], Callable[[], FakeSystem]]]] = {
    "stripe": (stripe.export_flow, FakeStripe),
    "lightspeed": (lightspeed.customer_export, FakeLightspeed),
    "upflow": (upflow.customer_import, FakeUpflowImport),
}
ROW: Final = lightspeed.copy_field("custom.custentity_region", "custom.custom_field_1")
EVERY: Final = [pytest.param(surface, flow, id=f"{surface}-{flow}") for surface in SURFACES for flow in FLOWS]


def flow_of(name: str, surface: Surface) -> Flow:
    build, _ = FLOWS[name]
    made = build(source=surface.system)
    made = made.with_field(ROW) if name == "lightspeed" else made
    return made.replace(write_back="") if made.write_back else made


def after(name: str, surface: Surface, record: Any) -> dict[str, Any]:
    """Return the target's one row after the whole record was synced, and then this one."""
    flow, target = flow_of(name, surface), FLOWS[name][1]()
    environment = Environment(target=target, store=MemoryStore())
    others = len(target.rows)
    for one in (surface.record(), record):
        sync(flow, [one], environment)
    (row,) = target.rows[others:]
    return {key: value for key, value in row.items() if key not in ("version", "updated_at")}


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every key of a record, at whatever depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from paths_of(inner, (*path, key))
    if isinstance(value, list):
        for at, inner in enumerate(value):
            yield from paths_of(inner, (*path, at))


def without(record: dict[str, Any], path: Path) -> dict[str, Any]:
    changed = copy.deepcopy(record)
    there: Any = changed
    for part in path[:-1]:
        there = there[part]
    del there[path[-1]]
    return changed


def nulled(record: dict[str, Any], path: Path) -> dict[str, Any]:
    changed = copy.deepcopy(record)
    there: Any = changed
    for part in path[:-1]:
        there = there[part]
    there[path[-1]] = None
    return changed


@pytest.mark.rule("G-LOSS")
class TestRecordsThatAreNotWhole:
    """Leaving out any key, at any depth, of a record that is not whole changes nothing in the target."""

    @pytest.mark.parametrize(("surface", "flow"), EVERY)
    def test_any_key_left_out_changes_nothing(self, surface: str, flow: str) -> None:
        made = SURFACES[surface]
        partial = without(made.record(), (made.flag,))
        before = after(flow, made, partial)
        assert before == after(flow, made, made.record())
        changed = [
            path
            for path in paths_of(partial)
            if path != ("id",) and after(flow, made, without(partial, path)) != before
        ]
        assert changed == []

    @pytest.mark.parametrize(("surface", "flow"), EVERY)
    def test_a_key_that_is_always_sent_makes_it_not_whole(self, surface: str, flow: str) -> None:
        made = SURFACES[surface]
        before = after(flow, made, made.record())
        for key in made.always:
            partial = without(made.record(), (key,))
            partial.pop("phone", None)
            partial.pop("email", None)
            assert after(flow, made, partial) == before
            assert not made.system.read(partial, "", "").whole


@pytest.mark.rule("G-LOSS")
class TestRecordsThatAreWhole:
    """Leaving out an optional key of a whole record does what null does."""

    @pytest.mark.parametrize(("surface", "flow"), EVERY)
    def test_a_scalar_left_out_is_null(self, surface: str, flow: str) -> None:
        made = SURFACES[surface]
        whole = made.record()
        assert made.system.read(whole, "", "").whole
        for key, value in whole.items():
            if isinstance(value, dict | list) or key in (*made.always, "id", "internalId", "links"):
                continue
            left_out = after(flow, made, without(whole, (key,)))
            assert (key, left_out) == (key, after(flow, made, nulled(whole, (key,))))

    @pytest.mark.parametrize("flow", FLOWS)
    @pytest.mark.parametrize("part", ["addr1", "addr2", "addr3", "city", "state", "zip", "country"])
    def test_a_component_left_out_is_null(self, flow: str, part: str) -> None:
        made = SURFACES["rest"]
        path = ("addressBook", "items", 0, "addressBookAddress", part)
        whole = made.record()
        assert after(flow, made, without(whole, path)) == after(flow, made, nulled(whole, path))

    @pytest.mark.parametrize("surface", SURFACES)
    def test_what_is_left_out_is_cleared(self, surface: str) -> None:
        made = SURFACES[surface]
        row = after("stripe", made, without(made.record(), ("phone",)))
        assert row["phone"] is None
        assert row["email"] == "ap@tidewater.example"


class _Failing(FakeStripe):
    """A Stripe that answers writes otherwise than it should, as long as `fails` is set."""

    fails: Callable[[Done], Answer] | None = None

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        if self.fails is None:
            return super().update(requests)
        return {request.id: self.fails(Done(request.id, self.row(request.id))) for request in requests}


@pytest.mark.rule("G-LOSS")
class TestAnUpdateThatDidNotTakeEffect:
    """The next run writes it, whatever the record leaves out of what the field is made of."""

    @pytest.mark.parametrize(
        "fails",
        [
            pytest.param(lambda _: Rejected("locked"), id="refused"),
            pytest.param(lambda _: RetryAfter(9999), id="not now"),
            pytest.param(lambda _: Unknown("TimeoutError"), id="unknown"),
            pytest.param(lambda there: there, id="not kept"),
        ],
    )
    @pytest.mark.parametrize("is_linked", [True, False], ids=["linked", "first link"])
    @pytest.mark.parametrize("person", [True, False], ids=["person", "company"])
    def test_table(self, person: bool, is_linked: bool, fails: Callable[[Done], Answer]) -> None:  # noqa: FBT001 - as a table has it
        name = "firstName" if person else "companyName"
        record = {"id": "2041", "isPerson": person, name: "Tidewater", "email": "ap@tidewater.example"}
        clock = VirtualClock()
        there = _Failing(clock)
        flow = stripe.EXPORT.replace(write_back="")
        world = Environment(target=there, store=MemoryStore(), clock=clock)
        if is_linked:
            sync(flow, [record], world)
        else:
            there.put({"email": "ap@tidewater.example", "name": "Tide"})
        clock.advance(timedelta(hours=1))
        there.fails, changed = fails, {**record, name: "Tidewater Sails"}
        sync(flow, [changed], world)
        clock.advance(timedelta(hours=1))
        there.fails = None
        sync(flow, [changed], world)
        assert [row["name"] for row in there.rows] == ["Tidewater Sails"]
        assert sync(flow, [changed], world).wrote == 0
