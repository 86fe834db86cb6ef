"""NetSuite's SOAP record as objects."""

import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import FlowError, InputError, PayloadError
from custsync.models import ABSENT, Address, Customer, Ref, Severity, SubscriptionStatus
from custsync.systems.netsuite import SOAP
from tests.systems.payloads import refused, soap_company, stated

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def read(payload: Any) -> Customer:
    return SOAP.read(payload, "9000001", "")


def issues_of(payload: Any) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(payload)
    return [(issue.field, issue.code) for issue in caught.value.issues]


class TestRead:
    """Enumerations, references and custom fields become what they stand for."""

    def test_a_company(self) -> None:
        assert stated(read(soap_company())) == stated(
            Customer(
                ref=Ref("netsuite", "7", "9000001"),
                external_id="st-7",
                company_name="Tidewater Sails, Inc.",
                is_person=False,
                category="3",
                subsidiary="2",
                subscription_status=SubscriptionStatus.SOFT_OPT_OUT,
                balance=Decimal("12.5"),
                created_at=datetime(2025, 2, 3, 16, 20, tzinfo=UTC),
                addresses=(
                    Address(
                        id="81",
                        label="Office",
                        line1="4 Quay Street",
                        city="Newport",
                        country="US",
                        default_billing=True,
                    ),
                    Address(
                        id="82", line1="Dlouhá 12", city="Brno", country="CZ", state="", default_shipping=True
                    ),
                ),
                custom={"custentity_region": "NE", "513": "5"},
                extra={"webLead": "No"},
            )
        )

    def test_lists_that_are_null_or_not_there(self) -> None:
        customer = read({"internalId": "7", "addressbookList": None, "customFieldList": None})
        assert (customer.addresses, customer.custom) == (None, {})
        customer = read({"internalId": "7", "phone": "1", "addressbookList": {}, "customFieldList": {}})
        assert (customer.addresses, customer.custom) == (ABSENT, {})
        assert read({"internalId": "7", "phone": "1"}).addresses is ABSENT

    @pytest.mark.parametrize("country", ["", None])
    def test_a_blank_country(self, country: Any) -> None:
        payload = {
            "internalId": "7",
            "addressbookList": {"addressbook": [{"city": "Brno", "country": country}]},
        }
        assert (read(payload).addresses or ())[0].country == country

    @pytest.mark.rule("LS-CTRY")
    @pytest.mark.parametrize(
        ("name", "country"),
        [
            ("_germany", "DE"),
            ("_unitedKingdomGB", "GB"),
            ("_atlantis", "_atlantis"),
            ("United States", "United States"),
        ],
    )
    def test_a_country_that_has_no_code_is_the_address_s_matter(self, name: str, country: str) -> None:
        payload = {"internalId": "7", "addressbookList": {"addressbook": [{"country": name}]}}
        assert (read(payload).addresses or ())[0].country == country

    def test_all_issues_at_once(self) -> None:
        payload = {
            "internalId": "x",
            "addressbookList": {
                "addressbook": [{"country": 7.5}, {"addressbookAddress": {"country": "US", "city": 7}}]
            },
            "customFieldList": {"customField": [{"value": "x"}, {"scriptId": "a", "value": "\0"}]},
        }
        assert issues_of(payload) == [
            ("internalId", "not_an_id"),
            ("addressbookList.addressbook[0].country", "not_an_id"),
            ("addressbookList.addressbook[1].addressbookAddress.city", "not_text"),
            ("customFieldList.customField[0]", "no_name"),
            ("customFieldList.customField[1].value", "broken_text"),
        ]

    @given(JSON, st.sampled_from([*soap_company(), "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        book = {"addressbook": [{"country": value, "addressbookAddress": value}, value]}
        fields = {"customField": [value, {"scriptId": value, "value": value}]}
        lists = {"internalId": "7", "addressbookList": book, "customFieldList": fields}
        for payload in (value, {**soap_company(), key: value}, lists):
            error = refused(read, payload)
            assert error is None or error.issues


class TestWrite:
    """What is cleared stands in a list of its own; the other lines of an address book stay."""

    def test_values(self) -> None:
        values = {
            "company_name": "Joinery",
            "fax": None,
            "email": ABSENT,
            "subsidiary": "2",
            "subscription_status": SubscriptionStatus.SOFT_OPT_IN,
            "custom.custentity_a": "x",
        }
        assert SOAP.write(values, None) == {
            "companyName": "Joinery",
            "subsidiary": {"internalId": "2"},
            "globalSubscriptionStatus": "_softOptIn",
            "customFieldList": {
                "customField": [
                    {
                        "scriptId": "custentity_a",
                        "xsi:type": "platformCore:StringCustomFieldRef",
                        "value": "x",
                    }
                ]
            },
            "nullFieldList": {"name": ["fax"]},
        }

    @pytest.mark.rule("G-LOSS")
    def test_addresses(self) -> None:
        current = read(soap_company())
        assert SOAP.write({"billing_address": Address(city="Bristol", country="GB")}, current) == {
            "addressbookList": {
                "addressbook": [
                    {
                        "internalId": "81",
                        "label": "Office",
                        "defaultBilling": True,
                        "defaultShipping": False,
                        "addressbookAddress": {
                            "addr1": "4 Quay Street",
                            "city": "Bristol",
                            "country": "_unitedKingdom",
                        },
                    }
                ],
                "replaceAll": False,
            }
        }

    @pytest.mark.parametrize("blank", [None, ""])
    def test_a_component_is_cleared_by_its_name_for_soap_knows_no_null(self, blank: Any) -> None:
        current = read(soap_company())
        change = Address(line1=blank, city="Bristol", country=blank, line3=blank)
        body = SOAP.write({"billing_address": change}, current)
        (line,) = body["addressbookList"]["addressbook"]
        assert line["addressbookAddress"] == {
            "city": "Bristol",
            "nullFieldList": {"name": ["country", "addr1"]},
        }

    @pytest.mark.parametrize("blank", [None, ""])
    def test_a_new_line_has_nothing_to_clear(self, blank: Any) -> None:
        body = SOAP.write({"billing_address": Address(city="Bristol", country=blank)}, None)
        (line,) = body["addressbookList"]["addressbook"]
        assert line["addressbookAddress"] == {"city": "Bristol"}

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            ("x", {"xsi:type": "platformCore:StringCustomFieldRef", "value": "x"}),
            (True, {"xsi:type": "platformCore:BooleanCustomFieldRef", "value": True}),
            (7, {"xsi:type": "platformCore:LongCustomFieldRef", "value": 7}),
            (Decimal("1.5"), {"xsi:type": "platformCore:DoubleCustomFieldRef", "value": 1.5}),
            (
                datetime(2026, 1, 2, tzinfo=UTC),
                {"xsi:type": "platformCore:DateCustomFieldRef", "value": "2026-01-02T00:00:00Z"},
            ),
        ],
    )
    def test_a_custom_field_says_of_what_type_it_is(self, value: Any, written: dict[str, Any]) -> None:
        (field,) = SOAP.write({"custom.custentity_a": value}, None)["customFieldList"]["customField"]
        assert field == {"scriptId": "custentity_a", **written}

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize("blank", [None, ""])
    def test_a_custom_field_is_cleared_by_its_name(self, blank: Any) -> None:
        values = {"custom.custentity_a": blank, "custom.custentity_b": "x", "fax": "", "phone": None}
        body = SOAP.write(values, None)
        assert body["nullFieldList"] == {"name": ["fax", "phone", "custentity_a"]}
        assert [one["scriptId"] for one in body["customFieldList"]["customField"]] == ["custentity_b"]
        assert SOAP.write({"custom.custentity_a": blank}, None) == {
            "nullFieldList": {"name": ["custentity_a"]}
        }

    @pytest.mark.rule("LS-CTRY")
    @pytest.mark.parametrize("country", ["AN", "CS", "AB"])
    def test_an_address_whose_country_has_no_name_is_left_out(self, country: str) -> None:
        there = Address(city="Bristol", country="GB")
        values = {"email": "a@b.example", "billing_address": there}
        assert SOAP.fit(values, None) == (values, ())
        for more in ({}, {"shipping_address": evolve(there, country=None)}):
            kept, (issue,) = SOAP.fit(
                {**values, **more, "billing_address": evolve(there, country=country)}, None
            )
            assert kept == {"email": "a@b.example", **more}
            assert (issue.field, issue.severity) == ("billing_address.country", Severity.WARNING)

    @pytest.mark.parametrize("country", ["AN", "Atlantis"])
    def test_a_country_without_a_name(self, country: str) -> None:
        with pytest.raises(InputError):
            SOAP.write({"billing_address": Address(city="Bristol", country=country)}, None)

    @pytest.mark.parametrize("name", ["name", "balance", "custom.region"])
    def test_a_field_that_the_record_does_not_take(self, name: str) -> None:
        with pytest.raises(FlowError):
            SOAP.write({name: "x"}, None)

    def test_pickles(self) -> None:
        assert pickle.loads(pickle.dumps(SOAP)) == SOAP  # noqa: S301  # our own
