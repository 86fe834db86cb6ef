"""NetSuite's REST record: expanded, collapsed, in any case; and writes that lose no address line."""

import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import FlowError, InputError, PayloadError
from custsync.models import ABSENT, Address, Contact, Customer, Ref, SubscriptionStatus
from custsync.systems.netsuite import REST
from custsync.systems.values import COMPONENTS
from tests.systems.payloads import refused, rest_company, rest_lower_case, rest_person, stated

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def read(payload: Any) -> Customer:
    return REST.read(payload, "9000001", "")


def issues_of(payload: Any) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(payload)
    return [(issue.field, issue.code) for issue in caught.value.issues]


class TestRead:
    """A record becomes a customer; references are ids, custom fields stand apart, the rest is kept."""

    def test_an_expanded_company(self) -> None:
        assert stated(read(rest_company())) == stated(
            Customer(
                ref=Ref("netsuite", "7", "9000001"),
                is_person=False,
                company_name="Tidewater Sails, Inc.",
                entity_id="CUST-7",
                external_id="st-7",
                email="ap@tidewater.example",
                phone="(401) 555-0142",
                subsidiary="2",
                top_level_parent="7",
                category="3",
                currency="1",
                subscription_status=SubscriptionStatus.SOFT_OPT_OUT,
                is_inactive=False,
                balance=Decimal("12.5"),
                created_at=datetime(2025, 2, 3, 16, 20, tzinfo=UTC),
                modified_at=datetime(2026, 9, 14, 8, 5, tzinfo=UTC),
                addresses=(
                    Address(
                        id="81",
                        label="Office",
                        attention="Accounts",
                        addressee="Tidewater Sails, Inc.",
                        line1="4 Quay Street",
                        line2="Unit 9",
                        city="Newport",
                        state="RI",
                        postal_code="02840",
                        country="US",
                        default_billing=True,
                        is_residential=False,
                    ),
                    Address(
                        id="82",
                        label="Loft",
                        line1="12 Slip Lane",
                        city="Newport",
                        state="RI",
                        postal_code="02841",
                        country="US",
                        phone="(401) 555-0143",
                        default_shipping=True,
                    ),
                ),
                contacts=(
                    Contact(
                        id="91",
                        name="Ola Reyes",
                        email="ola@tidewater.example",
                        role="-10",
                        origin="contactRoles",
                    ),
                    Contact(name="Sam Roe", email="sam@tidewater.example", origin="contactRoles"),
                ),
                custom={"custentity_region": "NE", "custentity_route": "5", "custentity_score": 7},
                extra={"autoName": False},
            )
        )

    def test_a_sub_list_that_was_not_expanded_is_absent_not_empty(self) -> None:
        customer = read(rest_person())
        assert (customer.addresses, customer.contacts) == (ABSENT, ABSENT)
        assert (customer.is_person, customer.company_name, customer.last_name) == (
            True,
            "Vale Gardens",
            "Vale",
        )

    def test_null_sub_lists(self) -> None:
        customer = read({"id": "7", "addressBook": None, "contactRoles": None})
        assert (customer.addresses, customer.contacts) == (None, None)
        assert read({"id": "7", "addressBook": {"items": []}}).addresses == ()

    def test_keys_in_lower_case(self) -> None:
        assert stated(read(rest_lower_case())) == stated(
            Customer(
                ref=Ref("netsuite", "9", "9000001"),
                is_person=False,
                company_name="Orchard Retail - Leeds",
                entity_id="CUST-9",
                parent="6",
                is_inactive=False,
                addresses=(Address(line1="14 Mill Gate", city="Leeds", country="GB", state=""),),
            )
        )

    def test_unknown_keys_of_a_line_are_kept(self) -> None:
        item = {"id": 1, "defaultBilling": False, "defaultShipping": False, "custrecord_dock": "4"}
        (line,) = read({"id": "7", "addressBook": {"items": [item]}}).addresses or ()
        assert line == Address(id="1", extra={"custrecord_dock": "4"})

    @pytest.mark.parametrize("id", ["-4", "7"])
    def test_system_entities_are_read_too(self, id: str) -> None:
        record = {"id": id, "isInactive": False}
        assert read(record).ref.id == REST.id_of(record) == id

    @pytest.mark.rule("LS-MAP-3")
    @pytest.mark.parametrize(("status", "opted_out"), [("1", False), ("2", True), ("3", False), ("4", True)])
    def test_subscription_status(self, status: str, opted_out: bool) -> None:  # noqa: FBT001
        for shape in (status, int(status), {"id": status, "refName": "as shown"}, {"id": int(status)}):
            found = read({"id": "7", "globalSubscriptionStatus": shape}).subscription_status
            assert isinstance(found, SubscriptionStatus)
            assert found.opted_out is opted_out

    @pytest.mark.rule("LS-MAP-3")
    def test_a_status_that_nobody_knows_says_nothing(self) -> None:
        assert read({"id": "7", "globalSubscriptionStatus": "5"}).subscription_status is ABSENT
        assert read({"id": "7", "globalSubscriptionStatus": None}).subscription_status is None

    @pytest.mark.parametrize(
        ("stamp", "read_as"),
        [
            ("0001-01-01T00:00:00Z", None),
            ("", None),
            (None, None),
            ("2025-02-03T08:20:00.000-08:00", datetime(2025, 2, 3, 16, 20, tzinfo=UTC)),
        ],
    )
    def test_stamps(self, stamp: Any, read_as: Any) -> None:
        assert read({"id": "7", "dateCreated": stamp}).created_at == read_as

    @pytest.mark.parametrize(
        "stamp",
        [
            "2026-01-01 10:00:00",
            "5/21/2025",
            "2026-02-30T00:00:00Z",
            "2026-02-03T16:20:05xZ",
            "Sat",
            7,
            "1" * 300,
        ],
    )
    def test_stamps_that_were_not_declared(self, stamp: Any) -> None:
        assert issues_of({"id": "7", "dateCreated": stamp}) == [("dateCreated", "not_a_stamp")]

    def test_all_issues_at_once(self) -> None:
        payload = {
            "id": "x",
            "companyName": 5,
            "subsidiary": {"refName": "US"},
            "currency": [],
            "balance": float("nan"),
            "addressBook": {"items": [{"id": "x", "addressBookAddress": {"city": 5, "addr1": "\0"}}, 5]},
            "contactRoles": {"items": {}},
            "custentity_a": "\ud800",
            "custentity_b": {"id": []},
        }
        assert issues_of(payload) == [
            ("id", "not_an_id"),
            ("companyName", "not_text"),
            ("currency", "not_an_id"),
            ("balance", "not_a_number"),
            ("addressBook.items[0].id", "not_an_id"),
            ("addressBook.items[0].addressBookAddress.addr1", "broken_text"),
            ("addressBook.items[0].addressBookAddress.city", "not_text"),
            ("addressBook.items[1]", "not_an_object"),
            ("contactRoles.items", "not_a_list"),
            ("custentity_a", "broken_text"),
            ("custentity_b", "not_an_id"),
        ]

    @given(JSON, st.sampled_from([*rest_company(), "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        book = {"items": [{"id": 1, "addressBookAddress": value, "label": value}, value]}
        for payload in (value, {**rest_company(), key: value}, {"id": "7", "addressBook": book}):
            error = refused(read, payload)
            assert error is None or error.issues


class TestWriteFields:
    """Null clears, absent leaves alone, references are objects."""

    def test_values(self) -> None:
        values = {
            "first_name": "Emily",
            "fax": None,
            "email": ABSENT,
            "subsidiary": "2",
            "parent": None,
            "is_person": True,
            "subscription_status": SubscriptionStatus.CONFIRMED_OPT_OUT,
            "custom.custentity_a": "x",
            "custom.custentity_b": None,
            "custom.custentity_c": ABSENT,
            "custom.custentity_d": Decimal("1.5"),
            "custom.custentity_e": datetime(2026, 1, 2, 3, tzinfo=UTC),
        }
        assert REST.write(values, None) == {
            "firstName": "Emily",
            "fax": None,
            "subsidiary": {"id": "2"},
            "parent": None,
            "isPerson": True,
            "globalSubscriptionStatus": {"id": "4"},
            "custentity_a": "x",
            "custentity_b": None,
            "custentity_d": 1.5,
            "custentity_e": "2026-01-02T03:00:00Z",
        }

    def test_a_status_is_cleared(self) -> None:
        assert REST.write({"subscription_status": None}, None) == {"globalSubscriptionStatus": None}

    @pytest.mark.parametrize("name", ["name", "balance", "addresses", "contacts", "custom.region", "ref"])
    def test_a_field_that_the_record_does_not_take(self, name: str) -> None:
        with pytest.raises(FlowError):
            REST.write({name: "x"}, None)

    def test_a_custom_value_without_a_form_in_json(self) -> None:
        with pytest.raises(FlowError):
            REST.write({"custom.custentity_a": Address()}, None)

    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "first_name": TEXTS | st.none(),
                "email": TEXTS,
                "is_person": st.booleans(),
                "parent": st.integers(1, 999).map(str),
                "subscription_status": st.sampled_from(SubscriptionStatus),
                "billing_address": st.builds(Address, line1=TEXTS, city=TEXTS, attention=TEXTS),
                "shipping_address": st.builds(Address, line1=TEXTS, country=st.sampled_from(["US", "GB"])),
            },
        )
    )
    def test_what_was_written_is_read(self, values: dict[str, Any]) -> None:
        customer = read({"id": "7", "isInactive": False, **REST.write(values, None)})
        for name, value in values.items():
            found = getattr(customer, name)
            if isinstance(value, Address):
                assert [getattr(found, part) or None for part in COMPONENTS] == [
                    getattr(value, part) or None for part in COMPONENTS
                ]
            else:
                assert found == value


def customer_with(*lines: Address) -> Customer:
    return Customer(ref=Ref("netsuite", "7"), addresses=lines)


def lines_of(current: Customer | None, **values: Any) -> list[dict[str, Any]]:
    body = REST.write(values, current)
    items: list[dict[str, Any]] = body["addressBook"]["items"] if "addressBook" in body else []
    return items


def short(line: dict[str, Any]) -> tuple[Any, ...]:
    return (line.get("id"), line["defaultBilling"], line["defaultShipping"], line["addressBookAddress"])


BILLING = Address(id="81", label="Office", city="Newport", attention="Accounts", default_billing=True)
SHIPPING = Address(id="82", city="Bristol", default_shipping=True)
BOTH = Address(
    id="83", label="Home", city="Newport", attention="Ines", default_billing=True, default_shipping=True
)
LEEDS, YORK = Address(city="Leeds"), Address(city="York")


@pytest.mark.rule("G-LOSS")
class TestWriteAddresses:
    """A change touches the default line that is there, keeps what it does not say, and loses no line."""

    def test_create_with_two(self) -> None:
        assert [short(line) for line in lines_of(None, billing_address=LEEDS, shipping_address=YORK)] == [
            (None, True, False, {"city": "Leeds"}),
            (None, False, True, {"city": "York"}),
        ]

    def test_create_with_two_equal_ones_makes_one_line(self) -> None:
        assert [short(line) for line in lines_of(None, billing_address=LEEDS, shipping_address=LEEDS)] == [
            (None, True, True, {"city": "Leeds"})
        ]

    @pytest.mark.parametrize("blank", [None, Address(), Address(city="", line1=None), ABSENT])
    def test_create_with_shipping_alone(self, blank: Any) -> None:
        assert [short(line) for line in lines_of(None, billing_address=blank, shipping_address=YORK)] == [
            (None, False, True, {"city": "York"})
        ]

    @pytest.mark.parametrize("blank", [None, Address(), ABSENT])
    def test_create_with_none(self, blank: Any) -> None:
        assert REST.write({"billing_address": blank, "shipping_address": blank}, None) == {}

    def test_one_of_two_lines_changes(self) -> None:
        (line,) = lines_of(customer_with(BILLING, SHIPPING), billing_address=LEEDS)
        assert short(line) == (81, True, False, {"attention": "Accounts", "city": "Leeds"})
        assert line["label"] == "Office"

    def test_both_of_two_lines_change(self) -> None:
        lines = lines_of(customer_with(BILLING, SHIPPING), billing_address=LEEDS, shipping_address=YORK)
        assert [line["id"] for line in lines] == [81, 82]

    def test_a_shared_line_is_left_where_one_default_changes(self) -> None:
        for name, billing in (("billing_address", True), ("shipping_address", False)):
            (line,) = lines_of(customer_with(BOTH), **{name: LEEDS})
            assert short(line) == (None, billing, not billing, {"attention": "Ines", "city": "Leeds"})
            assert "label" not in line

    def test_a_shared_line_changes_with_both(self) -> None:
        (line,) = lines_of(customer_with(BOTH), billing_address=LEEDS, shipping_address=LEEDS)
        assert short(line) == (83, True, True, {"attention": "Ines", "city": "Leeds"})

    def test_a_shared_line_parts(self) -> None:
        first, second = lines_of(customer_with(BOTH), billing_address=LEEDS, shipping_address=YORK)
        assert short(first) == (83, True, False, {"attention": "Ines", "city": "Leeds"})
        assert short(second) == (None, False, True, {"city": "York"})

    def test_a_shared_line_keeps_the_default_that_has_a_value(self) -> None:
        (line,) = lines_of(customer_with(BOTH), billing_address=None, shipping_address=YORK)
        assert short(line) == (83, False, True, {"attention": "Ines", "city": "York"})
        (line,) = lines_of(customer_with(BOTH), billing_address=LEEDS, shipping_address=None)
        assert short(line) == (83, True, False, {"attention": "Ines", "city": "Leeds"})

    def test_null_takes_the_default_away_and_keeps_the_line(self) -> None:
        (line,) = lines_of(customer_with(BILLING), billing_address=None)
        assert short(line) == (81, False, False, {"attention": "Accounts", "city": "Newport"})
        (line,) = lines_of(customer_with(BOTH), billing_address=None)
        assert short(line)[:3] == (83, False, True)
        (line,) = lines_of(customer_with(BOTH), shipping_address=None)
        assert short(line)[:3] == (83, True, False)
        (line,) = lines_of(customer_with(BOTH), billing_address=None, shipping_address=None)
        assert short(line)[:3] == (83, False, False)

    def test_a_book_that_was_not_read_is_not_written(self) -> None:
        with pytest.raises(InputError, match="netsuite:7"):
            lines_of(Customer(ref=Ref("netsuite", "7")), billing_address=LEEDS)


class TestSystem:
    """The system is data."""

    def test_pickles(self) -> None:
        assert pickle.loads(pickle.dumps(REST)) == REST  # noqa: S301  # our own

    def test_every_limit_says_who_states_it(self) -> None:
        assert all(limit.cited and limit.confidence in "ABC" for limit in REST.limits.values())
        assert "phone" not in REST.limits
        assert (REST.limits["first_name"].length, REST.limits["address.state"].length) == (32, 30)

    @pytest.mark.parametrize("payload", [None, [], {}, {"id": "../7"}, {"id": True}, {"id": None}])
    def test_no_id(self, payload: Any) -> None:
        assert REST.id_of(payload) == ""


@pytest.mark.rule("ST-MRG-1")
class TestFurtherLines:
    """Lines are added to the address book, and those that are there are left alone."""

    def test_they_are_new_lines(self) -> None:
        body = REST.write({"addresses": (Address(addressee="Acme", line1="1 Elm St"),)}, None)
        assert body == {"addressBook": {"items": [EMPTY_LINE]}}


EMPTY_LINE = {
    "defaultBilling": False,
    "defaultShipping": False,
    "addressBookAddress": {"addressee": "Acme", "addr1": "1 Elm St"},
}
