"""A system made of one table: both directions, what is absent and what is cleared, what is refused."""

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

from custsync.errors import FlowError, InputError, PayloadError
from custsync.models import ABSENT, Address, Customer
from custsync.payloads import FLAG, SET_FLAG, Column
from custsync.rules.fields.limits import Limit
from custsync.systems.from_table import STAMP, system_from_table
from custsync.systems.system import fit_values

ROWS = (
    Column("email", "mail"),
    Column("is_person", "person", FLAG),
    Column("custom.crm", "crm"),
    Column("custom.mail", "other"),
    Column("billing_address.line1", "street"),
    Column("billing_address.city", "town"),
    Column("modified_at", "changed", STAMP, writable=False),
    Column("deleted", "gone", SET_FLAG, writable=False),
)
LIMIT = Limit(length=5, cited="the desk", confidence="A")
DESK = system_from_table("desk", ROWS, id="key", limits={"email": LIMIT}, case_sensitive=["email"])
NESTED = system_from_table("nested", ROWS, id="key", within="properties", empty="")
BOOK = (Address(line1="1 Mill Row", city="Astoria", default_billing=True),)


def read(**fields: Any) -> Customer:
    return DESK.read({"key": "7", **fields}, "acme", "live")


@pytest.mark.rule("G-ISO")
class TestReading:
    """What a record says, and nothing more."""

    @pytest.mark.parametrize("system", [DESK, NESTED], ids=lambda system: system.name)
    def test_every_row(self, system: Any) -> None:
        fields = {
            "mail": "a@b.example",
            "person": True,
            "crm": "2041",
            "street": "1 Mill Row",
            "town": "Astoria",
            "changed": "2026-06-30T18:58:34Z",
            "shoe": 7,
        }
        payload = {"key": 7, **({"properties": fields} if system is NESTED else fields)}
        read = system.read(payload, "acme", "live")
        assert (str(read.ref), read.ref.account, read.ref.mode) == (f"{system.name}:7", "acme", "live")
        assert (read.email, read.is_person, read.custom, read.addresses) == (
            "a@b.example",
            True,
            {"crm": "2041"},
            BOOK,
        )
        assert read.modified_at == datetime(2026, 6, 30, 18, 58, 34, tzinfo=UTC)
        assert read.extra == {"shoe": 7}
        assert not read.deleted

    def test_what_is_not_there_is_absent(self) -> None:
        found = read()
        assert (found.email, found.addresses, found.custom) == (ABSENT, ABSENT, {})

    def test_null_is_null(self) -> None:
        found = read(mail=None, crm=None, town=None)
        assert (found.email, found.addresses, found.custom) == (None, (), {"crm": None})

    def test_everything_that_is_wrong_is_said_at_once(self) -> None:
        with pytest.raises(PayloadError) as caught:
            read(mail=5, crm=["x"], town=8, person="yes")
        assert {issue.field for issue in caught.value.issues} == {"mail", "crm", "town", "person"}

    @pytest.mark.parametrize("key", [None, "", [], 7.5])
    def test_without_an_id_there_is_no_customer(self, key: Any) -> None:
        assert DESK.id_of({"key": key}) == ""
        with pytest.raises(PayloadError):
            DESK.read({"key": key}, "", "")

    @pytest.mark.parametrize(
        ("payload", "is_deleted"), [({"gone": True}, True), ({"gone": False}, False), ({}, False)]
    )
    def test_a_tombstone(self, payload: dict[str, Any], *, is_deleted: bool) -> None:
        assert DESK.is_deleted(payload) is is_deleted
        assert read(**payload).deleted is is_deleted

    def test_a_table_without_that_row_knows_no_tombstones(self) -> None:
        assert not system_from_table("desk", ROWS[:1]).is_deleted({"deleted": True})


@pytest.mark.rule("G-LOSS")
class TestWriting:
    """A write holds what is to change, in the system's own keys."""

    @pytest.mark.parametrize(
        ("values", "body"),
        [
            ({"email": "a@b.example", "custom.crm": "7"}, {"mail": "a@b.example", "crm": "7"}),
            ({"custom.mail": "x", "email": ABSENT}, {"other": "x"}),
            ({"billing_address": BOOK[0]}, {"street": "1 Mill Row", "town": "Astoria"}),
            ({"billing_address": ABSENT}, {}),
        ],
    )
    def test_create_and_update(self, values: dict[str, Any], body: dict[str, Any]) -> None:
        assert DESK.write(values, None) == DESK.write(values, read()) == body
        assert NESTED.write(values, read()) == {"properties": body}

    def test_none_clears_what_is_there_and_is_nothing_to_create(self) -> None:
        values = {"email": None, "billing_address": None}
        cleared = dict.fromkeys(("mail", "street", "town"))
        assert DESK.write(values, read()) == cleared
        assert NESTED.write(values, read()) == {"properties": dict.fromkeys(cleared, "")}
        assert DESK.write(values, None) == {}

    def test_what_the_new_address_does_not_say_stays(self) -> None:
        there = evolve(read(), addresses=BOOK)
        body = DESK.write({"billing_address": Address(city="Leeds")}, there)
        assert body == {"street": "1 Mill Row", "town": "Leeds"}

    @pytest.mark.parametrize("name", ["phone", "modified_at", "custom.vat", "shipping_address", "ref"])
    def test_what_the_table_does_not_have_is_refused(self, name: str) -> None:
        assert not DESK.takes(name)
        with pytest.raises(FlowError, match=f"desk takes no field {name}"):
            DESK.write({name: "x"}, None)

    def test_a_table_without_a_place_takes_no_address(self) -> None:
        assert not system_from_table("desk", ROWS[:1]).takes("billing_address")

    def test_limits_are_kept(self) -> None:
        _, issues = fit_values({"email": "a@b.example"}, DESK, frozenset())
        assert [issue.code for issue in issues] == ["too_long"]


class TestTable:
    """A table that makes no sense is refused."""

    @pytest.mark.parametrize(
        "names", [("email", "email"), ("emale",), ("addresses",), ("billing_address.town",), ("ref",)]
    )
    def test_rows(self, names: tuple[str, ...]) -> None:
        with pytest.raises(InputError, match=f"columns: {names[0]}: twice, or no field of a customer"):
            system_from_table("desk", [Column(name, name) for name in names])

    def test_one_column_writes_a_key(self) -> None:
        name, other = Column("name", "title"), Column("custom.title", "title")
        with pytest.raises(
            InputError, match="columns: two write the key title; give one of them writable=False"
        ):
            system_from_table("desk", [name, other])
        desk = system_from_table("desk", [name, evolve(other, writable=False)])
        assert desk.read({"id": "7", "title": "Lund"}, "", "").custom == {"title": "Lund"}

    def test_it_is_shown_by_its_name(self) -> None:
        assert repr(DESK) == "System('desk')"

    def test_it_can_be_sent_to_another_process(self) -> None:
        there = pickle.loads(pickle.dumps(DESK))  # noqa: S301 - our own
        assert there.read({"key": "7", "mail": "a@b.example"}, "acme", "live") == read(mail="a@b.example")
