"""NetSuite's customer as the body of a RESTlet."""

import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import FlowError, PayloadError
from custsync.models import ABSENT, Address, Customer, Ref, SubscriptionStatus
from custsync.rules.fields.values import canonical
from custsync.systems.netsuite import REST, RESTLET
from tests.systems.payloads import refused

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
IDS = st.integers(1, 999).map(str)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
WRITABLE_TEXTS = (
    "company_name",
    "alt_name",
    "salutation",
    "first_name",
    "middle_name",
    "last_name",
    "title",
    "entity_id",
    "external_id",
    "email",
    "alt_email",
    "phone",
    "mobile_phone",
    "home_phone",
    "alt_phone",
    "fax",
)
REFERENCES = ("subsidiary", "parent", "category", "currency")
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(WRITABLE_TEXTS, st.none() | TEXTS),
    **dict.fromkeys(REFERENCES, st.none() | IDS),
    "is_person": st.none() | st.booleans(),
    "is_inactive": st.none() | st.booleans(),
    "subscription_status": st.none() | st.sampled_from(SubscriptionStatus),
    "custom.custentity_region": st.none() | st.booleans() | st.integers(0, 99) | TEXTS,
}
PARTS = ("line1", "line2", "city", "postal_code", "state", "country")
ADDRESSES = st.builds(Address, line1=TEXTS, **dict.fromkeys(PARTS[1:], st.none() | st.just(ABSENT) | TEXTS))
CURRENT = Customer(ref=Ref("netsuite", "7", "9000001"))
QUAY = Address(
    line1="4 Quay Street", line2=None, city="Newport", postal_code="02840", state="RI", country="US"
)
LOFT = Address(
    line1="12 Slip Lane", line2="Loft", city="Newport", postal_code="02841", state="RI", country="US"
)


def created(**changes: Any) -> dict[str, Any]:
    """Return a body that creates a person with two addresses."""
    return {
        "type": "customer",
        "isDynamic": True,
        "columns": {
            "isperson": "T",
            "subsidiary": "2",
            "custentity_billing_id": "b-8",
            "custentity_sales_id": None,
            "email": "Ines.Vale@vale.example",
            "phone": "(401) 555-0143",
            "entityid": "vale-8",
            "autoname": False,
            "firstname": "Ines",
            "lastname": "Vale",
        },
        "options": {"ignoreMandatoryFields": False},
        "lines": [
            {
                "lineItems": [
                    line(billing=True, addr1="4 Quay Street", addr2=None, zip="02840"),
                    line(billing=False, addr1="12 Slip Lane", addr2="Loft", zip="02841"),
                ],
                "sublistId": "addressbook",
            }
        ],
        **changes,
    }


def line(*, billing: bool, **parts: Any) -> dict[str, Any]:
    return {
        "defaultshipping": not billing,
        "defaultbilling": billing,
        "subObjectId": "addressbookaddress",
        "subObject": {"city": "Newport", "state": "RI", "country": "US", **parts},
    }


def updated(**changes: Any) -> dict[str, Any]:
    """Return a body that changes a company."""
    return {
        "type": "customer",
        "recordId": "7",
        "columns": {"isperson": "F", "companyname": "Tidewater Sails, Inc.", "phone": None},
        "options": {"isDynamic": False},
        **changes,
    }


VALUES = {
    "is_person": True,
    "subsidiary": "2",
    "custom.custentity_billing_id": "b-8",
    "custom.custentity_sales_id": None,
    "email": "Ines.Vale@vale.example",
    "phone": "(401) 555-0143",
    "entity_id": "vale-8",
    "first_name": "Ines",
    "last_name": "Vale",
    "fax": ABSENT,
    "billing_address": QUAY,
    "shipping_address": LOFT,
}


def read(payload: Any) -> Customer:
    return RESTLET.read(payload, "9000001", "")


def issues_of(payload: Any) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(payload)
    assert "Vale" not in repr(caught.value.issues)
    return [(issue.field, issue.code) for issue in caught.value.issues]


class TestRead:
    """A body says what it sets; all else is absent."""

    def test_an_update(self) -> None:
        assert read(updated()) == Customer(
            ref=Ref("netsuite", "7", "9000001"),
            is_person=False,
            company_name="Tidewater Sails, Inc.",
            phone=None,
        )

    def test_a_create_whose_id_is_known_by_now(self) -> None:
        body = created()
        body["columns"]["id"] = 8
        customer = read(body)
        assert customer.id == "8"
        assert customer.custom == {"custentity_billing_id": "b-8", "custentity_sales_id": None}
        assert customer.extra == {"autoname": False}
        assert [(found.line1, found.line2) for found in customer.addresses or ()] == [
            ("4 Quay Street", None),
            ("12 Slip Lane", "Loft"),
        ]
        assert customer.billing_address == (customer.addresses or ())[0]
        assert customer.shipping_address == (customer.addresses or ())[1]

    @pytest.mark.parametrize(("lines", "found"), [(None, None), ([], ()), (ABSENT, ABSENT)])
    def test_a_body_without_lines(self, lines: Any, found: Any) -> None:
        assert read(updated(lines=lines)).addresses == found

    def test_a_body_without_options(self) -> None:
        body = updated()
        del body["options"]
        assert read(body).id == "7"

    def test_all_issues_at_once(self) -> None:
        payload = {
            "type": "vendor",
            "recordId": "Vale",
            "isDynamic": "T",
            "columns": {"isperson": True, "email": 7, "isinactive": "F", "custentity_a": "\0"},
            "options": {"isDynamic": 1},
            "lines": [
                {"sublistId": "contacts", "lineItems": [{"subObject": {"city": 7}}, 3]},
                {"sublistId": "addressbook", "lineItems": {}},
            ],
        }
        assert sorted(issues_of(payload)) == sorted(
            [
                ("recordId", "not_an_id"),
                ("type", "unknown_word"),
                ("isDynamic", "not_a_flag"),
                ("columns.isperson", "not_a_flag"),
                ("columns.email", "not_text"),
                ("columns.isinactive", "not_a_flag"),
                ("columns.custentity_a", "broken_text"),
                ("options.isDynamic", "not_a_flag"),
                ("lines[0].sublistId", "unknown_word"),
                ("lines[0].lineItems[0].subObject.city", "not_text"),
                ("lines[0].lineItems[1]", "not_an_object"),
                ("lines[1].lineItems", "not_a_list"),
            ]
        )

    @pytest.mark.parametrize(
        ("payload", "issues"),
        [
            pytest.param([], [("", "not_an_object")], id="no object"),
            pytest.param(created(), [("recordId", "not_an_id")], id="no id"),
            pytest.param(
                created(columns={"id": "Vale"}), [("columns.id", "not_an_id")], id="an id of letters"
            ),
            pytest.param(
                {"type": "customer"},
                [("recordId", "not_an_id"), ("columns", "not_an_object")],
                id="no columns",
            ),
        ],
    )
    def test_a_body_that_is_none(self, payload: Any, issues: list[tuple[str, str]]) -> None:
        assert issues_of(payload) == issues

    @given(JSON, st.sampled_from([*created(), "recordId", "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        item = {"subObject": value, "defaultbilling": value}
        lines = [{"sublistId": "addressbook", "lineItems": [item, value]}, value]
        for payload in (value, updated(**{key: value}), updated(columns={key: value}), updated(lines=lines)):
            error = refused(read, payload)
            assert error is None or error.issues
            assert isinstance(RESTLET.id_of(payload), str)


class TestIdentify:
    """The id is `recordId`, or the column `id` of a body that has none."""

    @pytest.mark.parametrize(
        ("payload", "found"),
        [
            (updated(), "7"),
            (updated(columns={"id": "9"}), "7"),
            ({"columns": {"id": "9"}}, "9"),
            (created(), ""),
            ({"recordId": "../7"}, ""),
            ("7", ""),
        ],
    )
    def test_id(self, payload: Any, found: str) -> None:
        assert RESTLET.id_of(payload) == found


class TestWrite:
    """A create has the address lines; an update has the id, and no line."""

    def test_a_create(self) -> None:
        assert RESTLET.write(VALUES, None) == created()

    def test_two_equal_addresses_make_one_line(self) -> None:
        values = {"billing_address": QUAY, "shipping_address": QUAY}
        (sublist,) = RESTLET.write(values, None)["lines"]
        assert [(one["defaultbilling"], one["defaultshipping"]) for one in sublist["lineItems"]] == [
            (True, True)
        ]

    @pytest.mark.parametrize("address", [ABSENT, None, Address()], ids=["absent", "none", "blank"])
    def test_a_create_without_an_address(self, address: Any) -> None:
        assert "lines" not in RESTLET.write({"email": None, "billing_address": address}, None)

    def test_an_update(self) -> None:
        values = {"is_person": False, "company_name": "Tidewater Sails, Inc.", "phone": None}
        assert RESTLET.write({**values, "billing_address": ABSENT}, CURRENT) == updated()

    def test_each_kind_of_column(self) -> None:
        values = {
            "parent": "",
            "category": None,
            "currency": "1",
            "is_inactive": True,
            "subscription_status": SubscriptionStatus.SOFT_OPT_OUT,
        }
        assert RESTLET.write(values, CURRENT)["columns"] == {
            "parent": None,
            "category": None,
            "currency": "1",
            "isinactive": True,
            "globalsubscriptionstatus": "2",
        }

    @pytest.mark.parametrize(
        ("value", "columns"),
        [("vale-8", {"entityid": "vale-8", "autoname": False}), (None, {"entityid": None}), (ABSENT, {})],
        ids=["given", "cleared", "absent"],
    )
    def test_only_a_given_entity_id_ends_the_numbering(self, value: Any, columns: dict[str, Any]) -> None:
        assert RESTLET.write({"entity_id": value}, None)["columns"] == columns

    @pytest.mark.parametrize("name", ["billing_address", "shipping_address"])
    @pytest.mark.parametrize("address", [QUAY, None], ids=["address", "none"])
    def test_an_address_on_an_update(self, name: str, address: Any) -> None:
        with pytest.raises(FlowError, match="on an update: make its row create-only") as caught:
            RESTLET.write({name: address}, CURRENT)
        assert "Quay" not in str(caught.value)

    @pytest.mark.parametrize("name", ["attention", "addressee", "line3", "phone"])
    def test_a_component_that_no_line_has(self, name: str) -> None:
        address = Address(line1="4 Quay Street", **{name: "Vale"})  # type: ignore[arg-type]
        with pytest.raises(FlowError, match=name) as caught:
            RESTLET.write({"billing_address": address}, None)
        assert "Vale" not in str(caught.value)

    @pytest.mark.parametrize("name", ["name", "balance", "addresses", "custom.region"])
    def test_a_field_that_the_body_does_not_take(self, name: str) -> None:
        with pytest.raises(FlowError):
            RESTLET.write({name: "x"}, None)


class TestRoundTrip:
    """What was written is read, and nothing else; two addresses that differ in blanks alone are one line."""

    @given(st.fixed_dictionaries({}, optional=FIELDS).filter(bool))
    def test_an_update(self, values: dict[str, Any]) -> None:
        customer = read(RESTLET.write(values, CURRENT))
        assert customer.id == CURRENT.id
        assert customer.addresses is ABSENT
        assert said_by(customer) == values

    @given(
        st.fixed_dictionaries({}, optional=FIELDS).filter(bool), st.none() | ADDRESSES, st.none() | ADDRESSES
    )
    def test_a_create(
        self, values: dict[str, Any], billing: Address | None, shipping: Address | None
    ) -> None:
        body = RESTLET.write({**values, "billing_address": billing, "shipping_address": shipping}, None)
        customer = read({**body, "columns": {"id": "7", **body["columns"]}})
        assert said_by(customer) == values
        assert parts_of(customer.billing_address or None) == parts_of(billing)
        assert canonical(customer.shipping_address) == canonical(shipping)
        if canonical(billing) != canonical(shipping):
            assert parts_of(customer.shipping_address or None) == parts_of(shipping)


def said_by(customer: Customer) -> dict[str, Any]:
    custom = {f"custom.{name}": value for name, value in customer.custom.items()}
    columns = {name: getattr(customer, name) for name in FIELDS if not name.startswith("custom.")}
    return {name: value for name, value in columns.items() if value is not ABSENT} | custom


def parts_of(address: Address | None) -> dict[str, Any]:
    return {} if address is None else {name: getattr(address, name) for name in PARTS}


class TestSystem:
    """One system of NetSuite's name, with its limits."""

    def test_what_it_shares(self) -> None:
        assert (RESTLET.name, RESTLET.limits) == (REST.name, REST.limits)

    def test_what_a_body_does_not_carry_is_not_null(self) -> None:
        customer = read(updated())
        assert (customer.email, customer.whole) == (ABSENT, False)

    def test_pickles(self) -> None:
        assert pickle.loads(pickle.dumps(RESTLET)) == RESTLET  # noqa: S301  # our own
