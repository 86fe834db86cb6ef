"""ServiceTitan's customer and its contacts: read, and refused with every issue at once."""

import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import FlowError, PayloadError
from custsync.models import ABSENT, Address, Contact, Customer, Ref, Severity
from custsync.systems.servicetitan import SERVICETITAN, read_contacts, repeated_fields
from tests.strategies import json_values
from tests.systems.payloads import refused

CANARY = "canary-7f3a"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def residential(**changes: Any) -> dict[str, Any]:
    """Return a person with a Legacy ID, as the customers resource answers it."""
    return {
        "id": 881000008,
        "active": True,
        "name": "Vale, Ines",
        "type": "Residential",
        "address": {
            "street": "2 Orchard Walk",
            "unit": None,
            "city": "Portland",
            "state": "OR",
            "zip": "97209",
            "country": "USA",
            "latitude": 45.5,
            "longitude": -122.75,
        },
        "customFields": [
            {"typeId": 7041, "name": "     Client #", "value": None},
            {"typeId": 191000023, "name": "  NetSuite ID ", "value": "2042"},
        ],
        "balance": 12.5,
        "tagTypeIds": [512],
        "doNotMail": False,
        "createdOn": "2025-05-21T10:58:14.221Z",
        "modifiedOn": "2026-06-30T18:58:34.7630000Z",
        "mergedToId": None,
        "externalData": [{"key": "crm", "value": "A-7"}],
        **changes,
    }


def contact(**changes: Any) -> dict[str, Any]:
    """Return a mobile phone, as the contacts resource answers it."""
    return {
        "id": 66020001,
        "type": "MobilePhone",
        "value": "4015550142",
        "memo": None,
        "modifiedOn": "2026-06-30T18:58:34.763Z",
        "phoneSettings": {"phoneNumber": "4015550142", "doNotText": False},
        "customerId": 881000008,
        **changes,
    }


def read(payload: Any) -> Customer:
    return SERVICETITAN.read(payload, "tenant", "")


def issues_of(payload: Any) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(payload)
    return [(issue.field, issue.code) for issue in caught.value.issues]


def fields(*pairs: tuple[str | None, str | None]) -> list[dict[str, Any]]:
    return [{"typeId": at, "name": name, "value": value} for at, (name, value) in enumerate(pairs, 1)]


class TestBesideTheCustomer:
    """A payload may be given the customer's contacts and the transactions that it stands on."""

    @pytest.mark.rule("ST-TRIG")
    def test_transactions_are_kept_with_ids_as_text(self) -> None:
        lines = [{"type": "invoice", "id": 9001, "subsidiary": 2, "total": 12.5}, {"type": None, "id": None}]
        kept = read(residential(transactions=lines)).extra["transactions"]
        assert kept == [
            {"type": "invoice", "id": "9001", "subsidiary": "2", "total": 12.5},
            {"type": None, "id": None},
        ]

    def test_contacts_are_read(self) -> None:
        (phone,) = read(residential(contacts=[contact()])).contacts or ()
        assert (phone.phone, phone.extra["type"]) == ("4015550142", "MobilePhone")

    @pytest.mark.parametrize("blank", [None, ABSENT], ids=["null", "absent"])
    def test_without_them(self, blank: Any) -> None:
        beside = {} if blank is ABSENT else {"contacts": None, "transactions": None}
        customer = read(residential(**beside))
        assert customer.contacts is blank
        assert customer.extra.get("transactions", ABSENT) is blank

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"transactions": {}}, "transactions"),
            ({"transactions": ["invoice"]}, "transactions[0]"),
            ({"transactions": [{}, {"type": 7}]}, "transactions[1].type"),
            ({"transactions": [{"subsidiary": CANARY}]}, "transactions[0].subsidiary"),
            ({"contacts": {}}, "contacts"),
            ({"contacts": [{"id": CANARY}]}, "contacts[0].id"),
        ],
    )
    def test_what_is_wrong_with_them_is_told(self, changes: Any, field: str) -> None:
        assert [path for path, _ in issues_of(residential(**changes))] == [field]


class TestRead:
    """A customer object becomes a customer; what ServiceTitan alone knows stays in `extra`."""

    def test_a_person(self) -> None:
        assert read(residential()) == Customer(
            ref=Ref("servicetitan", "881000008", "tenant"),
            name="Vale, Ines",
            is_person=True,
            is_inactive=False,
            balance=Decimal("12.5"),
            created_at=datetime(2025, 5, 21, 10, 58, 14, 221000, tzinfo=UTC),
            modified_at=datetime(2026, 6, 30, 18, 58, 34, 763000, tzinfo=UTC),
            merged_into=None,
            addresses=(
                Address(
                    line1="2 Orchard Walk",
                    line2=None,
                    city="Portland",
                    state="OR",
                    postal_code="97209",
                    country="USA",
                    default_billing=True,
                    extra={"latitude": 45.5, "longitude": -122.75},
                ),
            ),
            custom={"Client #": None, "NetSuite ID": "2042"},
            extra={"tagTypeIds": [512], "doNotMail": False, "externalData": [{"key": "crm", "value": "A-7"}]},
        )

    @pytest.mark.parametrize(
        ("type_", "is_person"), [("Residential", True), ("Commercial", False), (None, None), (ABSENT, ABSENT)]
    )
    def test_the_type_tells_persons_from_companies(self, type_: Any, is_person: Any) -> None:
        payload = {"id": 7} if type_ is ABSENT else {"id": 7, "type": type_}
        assert read(payload).is_person is is_person

    def test_a_merged_customer_names_its_survivor(self) -> None:
        payload = residential(active=False, mergedToId=881000007)
        customer = read(payload)
        assert (customer.is_inactive, customer.merged_into, customer.deleted) == (True, "881000007", False)
        assert not SERVICETITAN.is_deleted(payload)

    def test_the_zero_date_is_unknown(self) -> None:
        assert read(residential(createdOn="0001-01-01T00:00:00Z")).created_at is None

    def test_null_is_not_absent(self) -> None:
        blank = dict.fromkeys(("active", "name", "address", "customFields", "externalData", "balance"))
        customer = read({"id": 7, **blank})
        assert (customer.is_inactive, customer.name, customer.addresses, customer.custom) == (
            None,
            None,
            None,
            {},
        )
        assert customer.extra == {"externalData": None}
        assert read({"id": 7}) == Customer(ref=Ref("servicetitan", "7", "tenant"))


@pytest.mark.rule("ST-LEG-0")
class TestCustomFields:
    """Blanks around a custom field's name are no part of it; of several values none is chosen."""

    @pytest.mark.parametrize(
        ("pairs", "value"),
        [
            ([(" ID", "7"), ("ID ", "7")], "7"),
            ([(" ID", None), ("ID", "7"), ("ID  ", "")], "7"),
            ([(" ID", None), ("ID", "")], None),
            ([("ID", "7"), (" ID", "8"), ("ID ", "7")], ("7", "8")),
        ],
        ids=["equal", "one filled", "all blank", "several"],
    )
    def test_a_name_that_occurs_again(self, pairs: list[tuple[str, str | None]], value: Any) -> None:
        customer = read(residential(customFields=fields(*pairs)))
        assert customer.custom == {"ID": value}
        assert customer.extra["customFields"] == fields(*pairs)
        (issue,) = repeated_fields(customer)
        assert (issue.code, issue.field, issue.severity) == ("repeated_field", "custom.ID", Severity.WARNING)
        assert issue.shape == f"{len(pairs)} fields"

    def test_only_names_that_occur_again_are_told(self) -> None:
        assert repeated_fields(read(residential())) == ()
        customer = read(residential(customFields=fields(("A", "1"), ("B", "2"), (" A", "3"))))
        assert [issue.field for issue in repeated_fields(customer)] == ["custom.A"]

    @pytest.mark.parametrize("name", [None, "", "   "])
    def test_without_a_name_the_type_names_it(self, name: str | None) -> None:
        assert read(residential(customFields=fields((name, "x")))).custom == {"1": "x"}

    def test_without_a_value(self) -> None:
        assert read(residential(customFields=[{"name": "ID"}])).custom == {"ID": None}

    def test_with_neither_name_nor_type(self) -> None:
        assert issues_of(residential(customFields=[{"value": "x"}])) == [("customFields[0]", "no_name")]

    @given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8))
    def test_no_value_is_lost(self, pairs: list[tuple[str, str]]) -> None:
        custom = read(residential(customFields=fields(*pairs))).custom
        for at, (name, value) in enumerate(pairs, 1):
            there = custom[name.strip() or str(at)]
            assert not value or value in (there if isinstance(there, tuple) else (there,))


class TestContacts:
    """Emails and numbers are contacts, each of one customer."""

    @pytest.mark.parametrize(
        ("type_", "field"),
        [("Email", "email"), ("Phone", "phone"), ("MobilePhone", "phone"), ("Fax", "phone")],
    )
    def test_a_contact_is_one_email_or_one_number(self, type_: str, field: str) -> None:
        made = contact(type=type_, value="x")
        expected = Contact(
            id="66020001",
            company="881000008",
            origin="contacts",
            extra={key: made[key] for key in ("type", "memo", "modifiedOn", "phoneSettings")},
            **{field: "x"},
        )
        assert read_contacts([made]) == (expected,)

    @pytest.mark.parametrize("type_", [None, "Pager"])
    def test_of_another_type_the_value_is_kept(self, type_: str | None) -> None:
        (made,) = read_contacts([{"id": 1, "type": type_, "value": "x"}])
        assert made == Contact(id="1", origin="contacts", extra={"type": type_, "value": "x"})

    def test_of_no_type(self) -> None:
        assert read_contacts([{"id": 1}]) == (Contact(id="1", origin="contacts"),)
        assert read_contacts([]) == ()

    def test_all_issues_at_once(self) -> None:
        with pytest.raises(PayloadError) as caught:
            read_contacts([contact(), contact(id=None, value=7), 5])
        assert [(issue.field, issue.code) for issue in caught.value.issues] == [
            ("[1].id", "not_an_id"),
            ("[1].value", "not_text"),
            ("[2]", "not_an_object"),
        ]

    @given(json_values(), st.sampled_from([*contact(), "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        for items in (value, [value], [contact(**{key: value})]):
            error = refused(read_contacts, items)
            assert error is None or error.issues

    @pytest.mark.parametrize("key", sorted(contact()))
    def test_no_error_shows_a_value(self, key: str) -> None:
        for wrong in ([CANARY], CANARY + "\0"):
            error = refused(read_contacts, [contact(**{key: wrong})])
            assert CANARY not in str(error) + repr(error) + repr(getattr(error, "issues", ()))


class TestRefused:
    """Every issue at once, each with its own key, none with a value."""

    def test_all_issues_at_once(self) -> None:
        payload = {
            "id": "x",
            "active": "yes",
            "type": "Person",
            "address": {"street": 7},
            "customFields": [{"name": 1}, {"name": "a", "value": 7}],
            "externalData": [{"key": 1}],
            "createdOn": "05xZ",
            "mergedToId": "none",
            "balance": [],
        }
        assert issues_of(payload) == [
            ("id", "not_an_id"),
            ("active", "not_a_flag"),
            ("type", "not_a_choice"),
            ("address.street", "not_text"),
            ("balance", "not_a_number"),
            ("createdOn", "not_a_stamp"),
            ("mergedToId", "not_an_id"),
            ("customFields[0].name", "not_text"),
            ("customFields[1].value", "not_text"),
            ("externalData[0].key", "not_text"),
        ]

    @given(json_values(), st.sampled_from([*residential(), "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        for payload in (value, residential(**{key: value}), residential(customFields=[value])):
            error = refused(SERVICETITAN.read, payload, "tenant", "")
            assert error is None or error.issues

    @pytest.mark.parametrize(("payload", "id"), [({"id": 7}, "7"), ({"id": "a"}, ""), ({}, ""), ([], "")])
    def test_identify(self, payload: Any, id: str) -> None:
        assert SERVICETITAN.id_of(payload) == id


class TestSystem:
    """The system is data, and a source: nothing is written to it."""

    def test_pickles(self) -> None:
        assert pickle.loads(pickle.dumps(SERVICETITAN)) == SERVICETITAN  # noqa: S301  # our own

    @pytest.mark.rule("ST-DIR")
    def test_nothing_is_written(self) -> None:
        with pytest.raises(FlowError):
            SERVICETITAN.write({"name": "Vale"}, None)
