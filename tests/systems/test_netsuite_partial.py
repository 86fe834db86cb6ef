"""NetSuite's stubs, lists that were not read, selected columns, and every spelling of what is chosen."""

from typing import Any

import pytest

from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.errors import ConfigurationError, PayloadError
from custsync.flows import lightspeed
from custsync.models import ABSENT, Customer, Severity, SubscriptionStatus
from custsync.stores.memory import MemoryStore
from custsync.systems.netsuite import QUERY, REST, RESTLET, SOAP, SUITEQL, suiteql
from custsync.systems.system import System
from custsync.testing.fakes.lightspeed import FakeLightspeed
from tests.systems.payloads import LINKS, query_row, rest_company, soap_company

OUT = SubscriptionStatus.CONFIRMED_OPT_OUT
LINE = {"id": 1, "defaultBilling": True, "defaultShipping": False, "addressBookAddress": {"city": "Bend"}}
LINK = {"links": LINKS}


def issues_of(system: System, payload: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(PayloadError) as caught:
        system.read(payload, "", "")
    return [(issue.field, issue.code, issue.remedy) for issue in caught.value.issues]


@pytest.mark.rule("G-LOSS")
class TestStubs:
    """A record that only names a customer is refused, with what to do."""

    @pytest.mark.parametrize(
        ("system", "payload"),
        [
            pytest.param(REST, {"id": "7", **LINK}, id="an entry of a list"),
            pytest.param(REST, {"id": "7", "refName": "CUST-7 Tidewater"}, id="a reference"),
            pytest.param(REST, {"id": "7", "externalId": "st-7", **LINK}, id="with its external id"),
            pytest.param(REST, {"id": "7", "subsidiary": {"id": "2", **LINK}}, id="with references"),
            pytest.param(REST, {"id": "7", "salesRep": {"id": "2", "refName": "x"}}, id="to anybody"),
            pytest.param(REST, {"id": "7", "addressBook": LINK, "contactRoles": LINK}, id="with links"),
            pytest.param(SUITEQL, {"links": [], "id": "7"}, id="a row"),
            pytest.param(SUITEQL, {"id": "7", "parent": "6", "subsidiary": "2"}, id="a row of references"),
            pytest.param(SOAP, {"internalId": "7", "name": "CUST-7", "type": "customer"}, id="soap"),
        ],
    )
    def test_is_refused(self, system: System, payload: Any) -> None:
        assert issues_of(system, payload) == [("record", "stub", "Read the whole record")]

    @pytest.mark.parametrize("columns", [{}, {"id": "7"}])
    def test_a_body_that_sets_nothing(self, columns: Any) -> None:
        body = {"type": "customer", "recordId": "7", "columns": columns}
        assert issues_of(RESTLET, body) == [("record", "stub", "Read the whole record")]

    @pytest.mark.parametrize(
        ("system", "payload"),
        [
            (REST, {"id": "7", "phone": None}),
            (REST, {"id": "7", "globalSubscriptionStatus": {"id": "2"}}),
            (REST, {"id": "7", "custentity_a": {"id": "2"}}),
            (REST, {"id": "7", "addressBook": {"items": []}}),
            (REST, {"id": "-4", **LINK}),
            (SUITEQL, {"id": "7", "email": ""}),
            (SOAP, {"internalId": "7", "isInactive": True}),
        ],
    )
    def test_whatever_says_something_is_none(self, system: System, payload: Any) -> None:
        assert isinstance(system.read(payload, "", ""), Customer)


@pytest.mark.rule("G-LOSS")
class TestLists:
    """A sub-list that was not expanded, or not as a whole, says nothing; the latter is a warning."""

    @pytest.mark.parametrize("list_", [LINK, {}, {"totalResults": 3}, {"hasMore": True, **LINK}])
    def test_one_that_was_not_expanded(self, list_: Any) -> None:
        customer = REST.read({**rest_company(), "addressBook": list_, "contactRoles": list_}, "", "")
        assert (customer.addresses, customer.contacts, customer.issues) == (ABSENT, ABSENT, ())

    @pytest.mark.parametrize(
        "list_",
        [
            pytest.param({"items": [LINE], "hasMore": True}, id="more"),
            pytest.param({"items": [LINE], "totalResults": 2}, id="total"),
            pytest.param({"items": [LINE], "totalResults": 1, "offset": 1}, id="a later page"),
            pytest.param({"items": [LINE, LINK]}, id="a mere link"),
            pytest.param({"items": [{"id": 1, **LINK}]}, id="a link with its id"),
            pytest.param({"items": [{**LINE, "addressBookAddress": LINK}]}, id="an address not expanded"),
            pytest.param({"items": [{"id": 1, "defaultBilling": True}]}, id="no address"),
        ],
    )
    def test_one_that_is_not_whole(self, list_: Any) -> None:
        customer = REST.read({**rest_company(), "addressBook": list_}, "", "")
        assert (customer.addresses, customer.email) == (ABSENT, "ap@tidewater.example")
        (issue,) = customer.issues
        assert (issue.field, issue.code, issue.severity) == (
            "addressBook.items",
            "list_not_whole",
            Severity.WARNING,
        )

    def test_contacts_that_are_links(self) -> None:
        customer = REST.read({**rest_company(), "contactRoles": {"items": [LINK]}}, "", "")
        assert customer.contacts is ABSENT
        assert [issue.field for issue in customer.issues] == ["contactRoles.items"]

    def test_lines_of_soap_that_are_names(self) -> None:
        book = {"addressbook": [{"internalId": "81"}]}
        customer = SOAP.read({**soap_company(), "addressbookList": book}, "", "")
        assert customer.addresses is ABSENT
        assert [issue.field for issue in customer.issues] == ["addressbookList.addressbook"]

    def test_a_default_that_a_line_does_not_state_is_not_known(self) -> None:
        line = {"id": 1, "defaultShipping": True, "addressBookAddress": {"city": "Bend"}}
        customer = REST.read({**rest_company(), "addressBook": {"items": [line]}}, "", "")
        assert customer.billing_address is ABSENT
        assert customer.shipping_address
        assert customer.shipping_address.line1 is ABSENT

    def test_a_custom_list_that_was_not_expanded_says_nothing(self) -> None:
        customer = REST.read({**rest_company(), "custentity_tags": LINK}, "", "")
        assert customer.custom["custentity_tags"] is ABSENT


@pytest.mark.rule("G-LOSS")
class TestColumns:
    """What a row leaves out is null if its column was selected, and not known if it was not."""

    def test_the_query_selects_what_is_read(self) -> None:
        for role in ("billing", "shipping"):
            for key in ("attention", "address_line_3", "zip", "phone"):
                assert f"AS {role}_{key}" in QUERY

    def test_of_the_documented_query(self) -> None:
        customer = SUITEQL.read(query_row(), "", "")
        assert (customer.phone, customer.whole) == (None, True)
        assert customer.billing_address
        assert customer.billing_address.line3 is None

    @pytest.mark.parametrize("key", ["links", "isperson", "isinactive"])
    def test_of_another_row(self, key: str) -> None:
        row = query_row()
        del row[key]
        customer = SUITEQL.read(row, "", "")
        assert (customer.phone, customer.whole) == (ABSENT, False)
        assert customer.billing_address
        assert customer.billing_address.line3 is ABSENT

    def test_of_a_query_that_is_declared(self) -> None:
        system = suiteql(columns=["ID", "isPerson ", "phone", "custentity_tier", "billing_city"])
        customer = system.read({"id": "7", "isperson": "F"}, "", "")
        assert (customer.phone, customer.email, customer.is_inactive) == (None, ABSENT, ABSENT)
        assert customer.custom == {"custentity_tier": None}
        assert (customer.billing_address, customer.shipping_address) == (None, ABSENT)
        assert not customer.whole

    def test_of_a_declared_query_a_row_without_its_flag_is_not_whole(self) -> None:
        system = suiteql(columns=["id", "isperson", "phone", "email"])
        customer = system.read({"id": "7", "email": "a@x.example"}, "", "")
        assert (customer.phone, customer.custom) == (ABSENT, {})

    def test_of_a_table_nothing_is_left_out(self) -> None:
        customer = suiteql(columns=()).read({"id": "7", "isperson": "F", "email": ""}, "", "")
        assert (customer.email, customer.phone) == ("", ABSENT)

    @pytest.mark.parametrize("columns", ["id", 7, [7]])
    def test_they_are_texts_in_a_list(self, columns: Any) -> None:
        with pytest.raises(ConfigurationError):
            suiteql(columns=columns)


@pytest.mark.rule("LS-MAP-3")
class TestChoices:
    """A label, an id and the name of an enumeration are one; what is not understood is a warning."""

    @pytest.mark.parametrize(
        "value",
        [
            "4",
            4,
            "Confirmed Opt-Out",
            "confirmed opt-out",
            "_confirmedOptOut",
            {"id": "4"},
            {"id": "4", "refName": "Confirmed Opt-Out"},
            {"refName": "Confirmed Opt-Out"},
            {"value": "_confirmedOptOut"},
            {"value": "4"},
            {"internalId": "4", "name": "Confirmed Opt-Out"},
            {"name": "Confirmed Opt-Out"},
            {"id": "x", "refName": "Confirmed Opt-Out"},
        ],
    )
    def test_a_status(self, value: Any) -> None:
        assert (
            REST.read({**rest_company(), "globalSubscriptionStatus": value}, "", "").subscription_status
            is OUT
        )
        assert (
            SOAP.read({**soap_company(), "globalSubscriptionStatus": value}, "", "").subscription_status
            is OUT
        )
        row = {**query_row(), "globalsubscriptionstatus": value}
        assert SUITEQL.read(row, "", "").subscription_status is OUT

    @pytest.mark.parametrize("value", ["5", "Unsubscribed", {"refName": "Nein"}, {"id": "9"}])
    def test_a_status_that_nobody_knows(self, value: Any) -> None:
        customer = REST.read({**rest_company(), "globalSubscriptionStatus": value}, "", "")
        assert customer.subscription_status is ABSENT
        (issue,) = customer.issues
        assert (issue.field, issue.rule, issue.severity) == (
            "globalSubscriptionStatus",
            "LS-MAP-3",
            Severity.WARNING,
        )

    @pytest.mark.parametrize(
        ("value", "read"),
        [
            ("3", "3"),
            (3, "3"),
            ({"id": "3", "refName": "Commercial"}, "3"),
            ({"internalId": "3", "name": "Commercial"}, "3"),
            ({"refName": "Commercial"}, "Commercial"),
            ({"value": "3"}, "3"),
            ("Commercial", "Commercial"),
            ("- None -", None),
            ({"id": "", "refName": "- None -"}, None),
            ({"id": None}, None),
            ("", None),
        ],
    )
    def test_a_reference(self, value: Any, read: Any) -> None:
        for system, record in ((REST, rest_company()), (SOAP, soap_company()), (SUITEQL, query_row())):
            assert system.read({**record, "category": value}, "", "").category == read

    @pytest.mark.parametrize(
        ("label", "wanted"), [("Confirmed Opt-Out", True), ("Soft Opt-Out", True), ("Soft Opt-In", False)]
    )
    def test_an_opt_out_by_its_label_reaches_the_till(self, label: str, *, wanted: bool) -> None:
        shop = FakeLightspeed()
        customer = {"id": "1", "isPerson": False, "entityId": "C-9", "companyName": "A"}
        record = {**customer, "globalSubscriptionStatus": label}
        report = sync(lightspeed.CUSTOMER_EXPORT, [record], Environment(target=shop, store=MemoryStore()))
        assert report.attention == ()
        assert [row["do_not_email"] for row in shop.rows if row["customer_code"] == "C-9"] == [wanted]

    def test_one_that_is_not_understood_calls_for_attention(self) -> None:
        shop = FakeLightspeed()
        customer = {"id": "1", "isPerson": False, "entityId": "C-9", "companyName": "A"}
        record = {**customer, "globalSubscriptionStatus": "Abgemeldet"}
        report = sync(lightspeed.CUSTOMER_EXPORT, [record], Environment(target=shop, store=MemoryStore()))
        (outcome,) = report.attention
        assert [issue.code for issue in outcome.issues] == ["unknown_status"]


class TestPrinted:
    """Dates and amounts in the account's own form; what is not understood refuses nobody."""

    def test_a_date_that_is_not_understood(self) -> None:
        customer = SUITEQL.read({**query_row(), "datecreated": "31/12/2025"}, "", "")
        assert customer.created_at is ABSENT
        assert [(issue.field, issue.severity) for issue in customer.issues] == [
            ("datecreated", Severity.WARNING)
        ]

    @pytest.mark.parametrize(
        ("text", "amount"),
        [("1,840.50", "1840.50"), ("(1,840.50)", "-1840.50"), ("-12", "-12"), ("(7)", "-7"), ("", "None")],
    )
    def test_an_amount(self, text: str, amount: str) -> None:
        customer = SUITEQL.read({**query_row(), "balancesearch": text}, "", "")
        assert (str(customer.balance), customer.issues) == (amount, ())

    @pytest.mark.parametrize("text", ["1,84", "1.840,50", "12 EUR", "a,bcd"])
    def test_an_amount_that_is_not_understood(self, text: str) -> None:
        customer = SUITEQL.read({**query_row(), "balancesearch": text}, "", "")
        assert customer.balance is ABSENT
        assert [issue.field for issue in customer.issues] == ["balancesearch"]
