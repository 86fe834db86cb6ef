"""NetSuite → Lightspeed: the field table of the source page, on both systems in memory."""

import pickle
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.engine.api import plan
from custsync.errors import ConfigurationError
from custsync.flows.lightspeed import CUSTOMER_EXPORT, copy_field, customer_export
from custsync.models import ABSENT, Address, Issue, Severity, SubscriptionStatus
from custsync.systems import netsuite
from custsync.testing.fakes.lightspeed import FakeLightspeed
from tests.flows.shop import JOINERY, ROW, Shop, book, created, ns


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.rule("LS-DIR")
class TestDirection:
    """One way, NetSuite to Lightspeed.

    New customers are created there, changes to existing ones are carried over.
    """

    def test_new_customers_are_created(self, shop: Shop) -> None:
        shop.netsuite.put(JOINERY)
        shop.netsuite.put({**JOINERY, "entityId": "CUST-2042"})
        assert shop.export() == "2 created"
        assert shop.codes == ["CUST-2041", "CUST-2042"]

    def test_changes_are_carried_over(self, shop: Shop) -> None:
        identity = shop.netsuite.put(JOINERY)
        shop.export()
        shop.netsuite.edit(identity, companyName="Brightwater", email=None)
        assert shop.export() == "1 updated"
        assert (shop.only["company_name"], shop.only["email"]) == ("Brightwater", None)

    @pytest.mark.rule("G-IDEM")
    def test_a_second_run_writes_nothing(self, shop: Shop) -> None:
        shop.netsuite.put({**JOINERY, "addressBook": book(billing={**ROW, "addr3": "Rear"}, shipping=ROW)})
        shop.export()
        written = list(shop.lightspeed.writes)
        assert shop.export() == "1 unchanged"
        assert shop.lightspeed.writes == written

    def test_nothing_is_written_to_netsuite(self, shop: Shop) -> None:
        shop.netsuite.put(JOINERY)
        before = shop.netsuite.rows
        shop.export()
        shop.lightspeed.edit(shop.only["id"], phone="555-0188")
        shop.export()
        assert shop.netsuite.rows == before
        assert shop.netsuite.writes == []

    def test_what_the_shop_changed_stays_until_netsuite_says_otherwise(self, shop: Shop) -> None:
        identity = shop.netsuite.put({**JOINERY, "phone": "555-0101"})
        shop.export()
        shop.lightspeed.edit(shop.only["id"], phone="555-0188")
        assert shop.export() == "1 unchanged"
        assert shop.only["phone"] == "555-0188"
        shop.netsuite.edit(identity, phone="555-0102")
        assert shop.export() == "1 updated"
        assert shop.only["phone"] == "555-0102"

    @pytest.mark.parametrize("generation", ["2.0", "0.9"])
    def test_both_spellings_of_lightspeed(self, generation: Any) -> None:
        shop = Shop(lightspeed=FakeLightspeed(generation=generation))
        shop.netsuite.put({**JOINERY, "addressBook": book(billing={**ROW, "addr2": "Rear"})})
        assert [shop.export(), shop.export()] == ["1 created", "1 unchanged"]

    def test_a_plan_writes_nothing(self, shop: Shop) -> None:
        shop.netsuite.put(JOINERY)
        assert not plan(CUSTOMER_EXPORT, shop.netsuite.rows, shop.world).is_empty
        assert shop.codes == []

    def test_the_flow_is_data(self) -> None:
        assert pickle.loads(pickle.dumps(CUSTOMER_EXPORT)) == CUSTOMER_EXPORT  # noqa: S301 - our own
        assert customer_export() == CUSTOMER_EXPORT

    @pytest.mark.parametrize("setting", [{"address_names": "perhaps"}, {"code_key": 7}], ids=str)
    def test_a_setting_that_is_none_is_refused_at_once(self, setting: Any) -> None:
        with pytest.raises(ConfigurationError, match=next(iter(setting))):
            customer_export(**setting)

    def test_query_rows_are_read_too(self, shop: Shop) -> None:
        shop.netsuite.put(JOINERY)
        shop.lightspeed.put({"customer_code": "CUST-2041", "postal_city": "Astoria"})
        flow = customer_export(source=netsuite.SUITEQL)
        found = plan(flow, shop.netsuite.query_rows, shop.world).decisions
        assert [decision.verb for decision in found] == ["link"]


@pytest.mark.rule("LS-MAP-1")
class TestMap1:
    """Default table: Entity ID → customer code, and seven fields under their own names.

    First name; last name; company name; email; phone; mobile phone → mobile; fax.
    """

    @pytest.mark.parametrize(
        ("there", "value", "key"),
        [
            ("entityId", "CUST-7", "customer_code"),
            ("firstName", "Rosalind", "first_name"),
            ("lastName", "Okafor", "last_name"),
            ("companyName", "Okafor Garden Design", "company_name"),
            ("email", "ros@okafor.example", "email"),
            ("phone", "(503) 555-0161", "phone"),
            ("mobilePhone", "(503) 555-0162", "mobile"),
            ("fax", "(503) 555-0163", "fax"),
        ],
    )
    def test_field(self, shop: Shop, there: str, value: str, key: str) -> None:
        identity = shop.netsuite.put({"entityId": "C-1", "companyName": "Co"})
        shop.netsuite.edit(identity, **{there: value})
        shop.export()
        assert shop.only[key] == value

    @pytest.mark.parametrize("ends", [" {}", "{}\n", "{}; ", "<{}>"])
    def test_one_address_is_written_without_a_word(self, shop: Shop, ends: str) -> None:
        shop.netsuite.put({**JOINERY, "email": ends.format("ap@bright.example")})
        assert (shop.export(), shop.said) == ("1 created", set())
        assert shop.only["email"] == "ap@bright.example"

    def test_a_changed_entity_id_changes_the_code(self, shop: Shop) -> None:
        identity = shop.netsuite.put(JOINERY)
        shop.export()
        shop.netsuite.edit(identity, entityId="CUST-9")
        assert shop.export() == "1 updated"
        assert shop.codes == ["CUST-9"]

    def test_the_code_is_written_as_it_is_looked_for(self, shop: Shop) -> None:
        shop.netsuite.put({**JOINERY, "entityId": " CUST-2041\ufeff"})
        assert [shop.export(), shop.export()] == ["1 created", "1 unchanged"]
        assert shop.codes == ["CUST-2041"]

    def test_a_customer_without_any_name_is_not_created(self, shop: Shop) -> None:
        shop.netsuite.put({"entityId": "C-1", "companyName": " "})
        assert shop.export() == "1 left out"
        assert shop.said == {"all_names_missing"}

    def test_systems_own_records_and_tombstones_take_no_part(self, shop: Shop) -> None:
        records = [ns("-5"), ns("7", deleted=True)]
        found = plan(CUSTOMER_EXPORT, records, shop.world).decisions
        assert [decision.issues[0].code for decision in found] == ["system_entity", "deleted"]


@pytest.mark.rule("LS-MAP-2")
class TestMap2:
    """Billing address → postal address, shipping address → physical address, every component of both."""

    @pytest.mark.parametrize(("mark", "kind"), [("billing", "postal"), ("shipping", "physical")])
    def test_every_component(self, shop: Shop, mark: str, kind: str) -> None:
        whole = {**ROW, "addr2": "Suite 4"}
        shop.netsuite.put({**JOINERY, "addressBook": book(**{mark: whole})})
        shop.export()
        parts = ("address_1", "address_2", "city", "state", "postcode", "country_id")
        assert [shop.only[f"{kind}_{part}"] for part in parts] == [
            *("1 Row", "Suite 4", "Astoria", "OR", "97103", "US")
        ]
        other = "physical" if kind == "postal" else "postal"
        assert [shop.only[f"{other}_{part}"] for part in parts] == [None] * 6

    @pytest.mark.parametrize("part", ["addr1", "addr2", "city", "state", "zip"])
    def test_a_change_of_one_component(self, shop: Shop, part: str) -> None:
        keys = {"addr1": "address_1", "addr2": "address_2", "zip": "postcode"}
        identity = shop.netsuite.put({**JOINERY, "addressBook": book(billing=ROW)})
        shop.export()
        line = {"id": 1, "addressBookAddress": {part: "97104"}}
        shop.netsuite.edit(identity, addressBook={"items": [line]})
        assert shop.export() == "1 updated"
        assert shop.only[f"postal_{keys.get(part, part)}"] == "97104"

    def test_a_component_that_netsuite_cleared_is_cleared(self, shop: Shop) -> None:
        identity = shop.netsuite.put({**JOINERY, "addressBook": book(billing={**ROW, "addr2": "Suite 4"})})
        shop.export()
        line = {"id": 1, "addressBookAddress": {"addr2": None}}
        shop.netsuite.edit(identity, addressBook={"items": [line]})
        assert shop.export() == "1 updated"
        assert (shop.only["postal_address_1"], shop.only["postal_address_2"]) == ("1 Row", None)

    def test_an_address_that_is_no_default_any_more_is_cleared(self, shop: Shop) -> None:
        identity = shop.netsuite.put({**JOINERY, "addressBook": book(billing=ROW)})
        shop.export()
        line = {"id": 1, "defaultBilling": False}
        shop.netsuite.edit(identity, addressBook={"items": [line]})
        assert shop.export() == "1 updated"
        assert {value for key, value in shop.only.items() if key.startswith("postal_")} == {None}

    def test_a_third_line_joins_the_second_and_is_reported(self, shop: Shop) -> None:
        shop.netsuite.put(
            {**JOINERY, "addressBook": book(billing={**ROW, "addr2": "Rear", "addr3": "Door 2"})}
        )
        shop.export()
        assert shop.only["postal_address_2"] == "Rear, Door 2"
        assert shop.said == {"lines_moved"}

    @pytest.mark.parametrize("part", ["attention", "addressee"])
    def test_a_name_line_stays_and_is_reported(self, part: str) -> None:
        bare = Address(default_billing=True, line1="1 Row")
        values, issues = mapped(evolve(bare, **dict[str, Any]({part: "Accounts payable"})))
        assert values == ("1 Row", ABSENT)
        assert [(issue.code, issue.field, issue.severity) for issue in issues] == [
            ("no_place", f"billing_address.{part}", Severity.NOTE)
        ]

    def test_what_has_no_place_there_is_not_compared(self, shop: Shop) -> None:
        postal = {"postal_address_1": "1 Row", "postal_city": "Astoria", "postal_state": "OR"}
        country = {"postal_postcode": "97103", "postal_country_id": "US"}
        names = {"company_name": "Brightwater Joinery", "email": "ap@brightwater.example"}
        shop.lightspeed.put({"customer_code": "CUST-2041", **names, **postal, **country})
        shop.netsuite.put({**JOINERY, "addressBook": book(billing={**ROW, "attention": "Accounts"})})
        assert shop.export() == "1 linked"
        assert shop.lightspeed.writes == []

    @pytest.mark.parametrize("own", ["Co", "CO ", "Ann Lee", "Alt"])
    def test_the_customers_own_name_is_not_worth_a_word(self, own: str) -> None:
        address = Address(default_billing=True, line1="1 Row", addressee=own, phone="555-0101")
        customer = ns(
            addresses=(address,), first_name="Ann", last_name="Lee", alt_name="Alt", phone="555-0101"
        )
        assert isinstance(CUSTOMER_EXPORT.field_for["billing_address"].compute(customer, None), Address)

    def test_another_phone_stays_and_is_reported(self) -> None:
        _, issues = mapped(Address(default_billing=True, line1="1 Row", phone="555-0177"))
        assert [issue.field for issue in issues] == ["billing_address.phone"]

    def test_name_lines_can_be_joined(self) -> None:
        address = Address(
            default_billing=True, attention="Accounts", line1="1 Row", line2="Rear", line3="Door"
        )
        assert mapped(address, address_names="joined") == (("Accounts", "1 Row, Rear, Door"), ())
        bare = Address(default_billing=True, line1="1 Row")
        assert mapped(bare, address_names="joined") == (("1 Row", ABSENT), ())
        alone = Address(default_billing=True, addressee="Accounts", city="Astoria")
        assert mapped(alone, address_names="joined") == (("Accounts", None), ())

    @pytest.mark.parametrize(
        ("read", "lines"),
        [
            (Address(default_billing=True, line1="1 Row"), (ABSENT, ABSENT)),
            (Address(default_billing=True, line1="1 Row", attention="Accounts"), (ABSENT, ABSENT)),
            (Address(default_billing=True, line1="9 Quay"), ("9 Quay", ABSENT)),
            (
                Address(
                    default_billing=True,
                    line1="1 Row",
                    line2=None,
                    line3=None,
                    attention=None,
                    addressee=None,
                ),
                ("1 Row", None),
            ),
        ],
        ids=["no name was read", "one name was read", "another line", "there is no name"],
    )
    def test_joined_lines_stay_where_a_name_was_not_read(self, read: Address, lines: tuple[Any, ...]) -> None:
        there = Address(default_billing=True, line1="Accounts", line2="1 Row")
        row = customer_export(address_names="joined").field_for["billing_address"]
        value = row.compute(ns(addresses=(read,)), ns(addresses=(there,)))
        assert isinstance(value, Address)
        assert (value.line1, value.line2) == lines

    def test_a_suburb_is_the_shops_own(self, shop: Shop) -> None:
        identity = shop.netsuite.put({**JOINERY, "addressBook": book(billing=ROW)})
        shop.export()
        shop.lightspeed.edit(shop.only["id"], postal_suburb="Uppertown")
        line = {"id": 1, "addressBookAddress": {"addr1": "2 Row"}}
        shop.netsuite.edit(identity, addressBook={"items": [line]})
        shop.export()
        assert (shop.only["postal_address_1"], shop.only["postal_suburb"]) == ("2 Row", "Uppertown")

    def test_a_suburb_goes_with_its_town(self, shop: Shop) -> None:
        identity = shop.netsuite.put({**JOINERY, "addressBook": book(billing=ROW)})
        shop.export()
        shop.lightspeed.edit(shop.only["id"], postal_suburb="Uppertown")
        line = {"id": 1, "addressBookAddress": {"city": "Salem"}}
        shop.netsuite.edit(identity, addressBook={"items": [line]})
        shop.export()
        assert (shop.only["postal_city"], shop.only["postal_suburb"]) == ("Salem", None)
        assert shop.said == {"suburb_cleared"}

    @given(st.lists(st.sampled_from(["", "1 Row", "Rear", "Door 2"]), min_size=3, max_size=3))
    def test_no_line_is_ever_lost(self, lines: list[str]) -> None:
        address = Address(
            default_billing=True, line1=lines[0], line2=lines[1], line3=lines[2], city="Astoria"
        )
        (first, second), _ = mapped(address)
        assert [text for text in lines if text] == [
            text for line in (first, second) if line for text in line.split(", ")
        ]


def mapped(address: Address, **settings: Any) -> tuple[tuple[Any, Any], tuple[Issue, ...]]:
    """Return the two lines that an address gets, and what is said about it."""
    value = customer_export(**settings).field_for["billing_address"].compute(ns(addresses=(address,)), None)
    issues = () if isinstance(value, Address) else value.issues
    made = value if isinstance(value, Address) else value.value
    return (made.line1, made.line2), issues


@pytest.mark.rule("LS-MAP-3")
class TestMap3:
    """Subscription status → do-not-email: opted out ⇒ true, opted in ⇒ false, unknown ⇒ left alone."""

    @pytest.mark.parametrize(
        ("status", "refuses"),
        [("1", False), ("2", True), ("3", False), ("4", True), (None, False)],
        ids=["soft opt-in", "soft opt-out", "confirmed opt-in", "confirmed opt-out", "unknown"],
    )
    def test_a_new_customer(self, shop: Shop, status: str | None, *, refuses: bool) -> None:
        shop.netsuite.put({**JOINERY, "globalSubscriptionStatus": status and {"id": status}})
        assert [shop.export(), shop.export()] == ["1 created", "1 unchanged"]
        assert shop.only["do_not_email"] is refuses

    @pytest.mark.parametrize("there", [True, False])
    @pytest.mark.parametrize(
        ("status", "refuses"),
        [("1", None), ("2", True), ("3", False), ("4", True), (None, None)],
        ids=["soft opt-in", "soft opt-out", "confirmed opt-in", "confirmed opt-out", "unknown"],
    )
    def test_an_existing_customer(
        self, shop: Shop, status: str | None, *, refuses: bool | None, there: bool
    ) -> None:
        shop.lightspeed.put({"customer_code": "CUST-2041", "company_name": "Old", "do_not_email": there})
        shop.netsuite.put({**JOINERY, "globalSubscriptionStatus": status and {"id": status}})
        assert [shop.export(), shop.export()] == ["1 linked", "1 unchanged"]
        assert shop.only["do_not_email"] is (there if refuses is None else refuses)

    @pytest.mark.parametrize(
        ("before", "after"),
        [("4", "1"), ("2", "1"), ("3", "1"), (None, "1"), ("1", "1")],
        ids=["after an opt-out", "after a soft one", "after an opt-in", "after nothing", "as before"],
    )
    def test_a_soft_opt_in_never_undoes_an_opt_out_made_in_the_shop(
        self, shop: Shop, before: str | None, after: str
    ) -> None:
        identity = shop.netsuite.put({**JOINERY, "globalSubscriptionStatus": before and {"id": before}})
        shop.export()
        shop.lightspeed.edit(shop.only["id"], do_not_email=True)
        shop.netsuite.edit(identity, globalSubscriptionStatus={"id": after}, phone="555-0199")
        assert [shop.export(), shop.export()] == ["1 updated", "1 unchanged"]
        assert (shop.only["do_not_email"], shop.only["phone"]) == (True, "555-0199")

    def test_a_confirmed_opt_in_undoes_it(self, shop: Shop) -> None:
        identity = shop.netsuite.put({**JOINERY, "globalSubscriptionStatus": {"id": "1"}})
        shop.export()
        shop.lightspeed.edit(shop.only["id"], do_not_email=True)
        shop.export()
        shop.netsuite.edit(identity, globalSubscriptionStatus={"id": "3"})
        shop.export()
        assert shop.only["do_not_email"] is False

    def test_a_status_that_becomes_unknown_leaves_the_value_alone(self, shop: Shop) -> None:
        identity = shop.netsuite.put({**JOINERY, "globalSubscriptionStatus": {"id": "4"}})
        shop.export()
        shop.netsuite.edit(identity, globalSubscriptionStatus=None)
        assert shop.export() == "1 unchanged"
        assert shop.only["do_not_email"] is True

    @pytest.mark.parametrize("status", [None, ABSENT])
    def test_null_and_absent_are_unknown(self, status: Any) -> None:
        assert "subscription_status" not in created(CUSTOMER_EXPORT, ns(subscription_status=status))

    def test_both_ways_of_opting_out_are_one(self, shop: Shop) -> None:
        identity = shop.netsuite.put({**JOINERY, "globalSubscriptionStatus": {"id": "2"}})
        shop.export()
        shop.netsuite.edit(identity, globalSubscriptionStatus={"id": "4"})
        assert shop.export() == "1 unchanged"

    @given(st.sampled_from(SubscriptionStatus))
    def test_law_opted_out_is_what_is_read_back(self, status: SubscriptionStatus) -> None:
        made = created(CUSTOMER_EXPORT, ns(subscription_status=status))["subscription_status"]
        body = CUSTOMER_EXPORT.target.write({"subscription_status": made}, None)
        assert body["do_not_email"] is status.opted_out
        assert CUSTOMER_EXPORT.target.read({"id": "0a91", **body}, "", "").subscription_status is made


@pytest.mark.rule("LS-MAP-4")
class TestMap4:
    """The table can be extended and changed, custom fields on either side included (do-not-call, say)."""

    DO_NOT_CALL = copy_field("custom.custentity_do_not_call", "custom.custom_field_1")

    @pytest.mark.parametrize(
        ("value", "text"), [(True, "true"), (False, "false"), ("T", "T"), (3, "3"), (None, None)], ids=repr
    )
    def test_do_not_call(self, shop: Shop, value: Any, text: str | None) -> None:
        shop.netsuite.put({**JOINERY, "custentity_do_not_call": value})
        flow = CUSTOMER_EXPORT.with_field(self.DO_NOT_CALL)
        assert [shop.export(flow), shop.export(flow)] == ["1 created", "1 unchanged"]
        assert shop.only["custom_field_1"] == text

    def test_do_not_call_changed(self, shop: Shop) -> None:
        identity = shop.netsuite.put({**JOINERY, "custentity_do_not_call": False})
        flow = CUSTOMER_EXPORT.with_field(self.DO_NOT_CALL)
        shop.export(flow)
        shop.netsuite.edit(identity, custentity_do_not_call=True)
        assert shop.export(flow) == "1 updated"
        assert shop.only["custom_field_1"] == "true"

    def test_a_custom_field_of_netsuite_alone(self, shop: Shop) -> None:
        shop.netsuite.put({**JOINERY, "fax": "555-0101", "custentity_fax": "555-0199"})
        shop.export(CUSTOMER_EXPORT.with_field(copy_field("custom.custentity_fax", "fax")))
        assert shop.only["fax"] == "555-0199"

    def test_a_custom_field_of_lightspeed_alone(self, shop: Shop) -> None:
        shop.netsuite.put({**JOINERY, "altPhone": "555-0133"})
        shop.export(CUSTOMER_EXPORT.with_field(copy_field("alt_phone", "custom.custom_field_4")))
        assert shop.only["custom_field_4"] == "555-0133"

    @pytest.mark.parametrize("value", [{"items": [{"id": "1"}]}, ["a", "b"]], ids=["multi-select", "list"])
    def test_what_is_no_single_value_is_refused(self, shop: Shop, value: Any) -> None:
        shop.netsuite.put({**JOINERY, "custentity_tags": value})
        shop.netsuite.put({**JOINERY, "entityId": "C-2"})
        flow = CUSTOMER_EXPORT.with_field(copy_field("custom.custentity_tags", "custom.custom_field_1"))
        assert shop.export(flow) == "1 created, 1 refused"
        assert [(issue.code, issue.field) for issue in shop.seen[0].issues] == [
            ("no_single_value", "custom.custentity_tags")
        ]

    def test_a_status_as_text(self, shop: Shop) -> None:
        shop.netsuite.put({**JOINERY, "globalSubscriptionStatus": {"id": "4"}})
        shop.export(CUSTOMER_EXPORT.with_field(copy_field("subscription_status", "custom.custom_field_1")))
        assert shop.only["custom_field_1"] == "confirmed_opt_out"

    @pytest.mark.parametrize(
        ("flag", "do_not_email"),
        [(True, True), ("T", True), (False, False), ("F", False), (None, False), ("", False)],
        ids=repr,
    )
    def test_a_flag_of_the_account_that_forbids_mail(
        self, shop: Shop, flag: Any, *, do_not_email: bool
    ) -> None:
        shop.netsuite.put({**JOINERY, "custentity_no_mail": flag, "globalSubscriptionStatus": {"id": "4"}})
        flow = CUSTOMER_EXPORT.with_field(copy_field("custom.custentity_no_mail", "subscription_status"))
        assert [shop.export(flow), shop.export(flow)] == ["1 created", "1 unchanged"]
        assert shop.only["do_not_email"] is do_not_email

    @pytest.mark.rule("LS-MAP-3")
    def test_a_flag_that_is_not_set_undoes_no_opt_out_made_in_the_shop(self, shop: Shop) -> None:
        shop.lightspeed.put({"customer_code": "CUST-2041", "company_name": "Old", "do_not_email": True})
        identity = shop.netsuite.put({**JOINERY, "custentity_no_mail": False})
        flow = CUSTOMER_EXPORT.with_field(copy_field("custom.custentity_no_mail", "subscription_status"))
        shop.export(flow)
        shop.netsuite.edit(identity, custentity_no_mail="F", phone="555-0199")
        shop.export(flow)
        assert shop.only["do_not_email"] is True

    @pytest.mark.parametrize("flag", ["perhaps", 1, ["T"]], ids=repr)
    def test_what_is_no_flag_fails_alone(self, shop: Shop, flag: Any) -> None:
        shop.netsuite.put({**JOINERY, "custentity_no_mail": flag})
        shop.netsuite.put({**JOINERY, "entityId": "C-2"})
        flow = CUSTOMER_EXPORT.with_field(copy_field("custom.custentity_no_mail", "subscription_status"))
        assert shop.export(flow) == "1 created, 1 refused"
        assert shop.said == {"no_flag_value"}

    def test_the_documented_row_again(self) -> None:
        row = copy_field("subscription_status", "subscription_status")
        assert row == CUSTOMER_EXPORT.field_for["subscription_status"]

    def test_a_row_less(self, shop: Shop) -> None:
        shop.netsuite.put({**JOINERY, "fax": "555-0101"})
        shop.export(CUSTOMER_EXPORT.without_field("fax"))
        assert shop.only["fax"] is None


@pytest.mark.rule("LS-CTRY")
class TestCountry:
    """An address whose country code is not valid fails validation.

    The error names the address, the field and the value.
    """

    @pytest.mark.parametrize(
        ("mark", "address"), [("billing", "billing address"), ("shipping", "shipping address")]
    )
    @pytest.mark.parametrize("country", ["QQ", "XK", "Atlantis", "Untied States", "Côte d’Ivoir"])
    def test_not_valid(self, shop: Shop, mark: str, address: str, country: str) -> None:
        shop.netsuite.put({**JOINERY, "addressBook": book(**{mark: {**ROW, "country": {"id": country}}})})
        shop.netsuite.put({**JOINERY, "entityId": "C-2"})
        assert shop.export(customer_export(unknown_country="refuse")) == "1 created, 1 refused"
        (issue,) = shop.seen[0].issues
        assert (issue.rule, issue.field) == ("LS-CTRY", f"{mark}_address.country")
        assert address in issue.reason
        assert repr(country) in issue.reason

    def test_both_addresses_are_told_at_once(self, shop: Shop) -> None:
        wrong = {**ROW, "country": {"id": "QQ"}}
        shop.netsuite.put({**JOINERY, "addressBook": book(billing=wrong, shipping=wrong)})
        assert shop.export() == "1 created"
        assert [issue.field for issue in shop.seen[0].issues] == [
            *("billing_address.country", "shipping_address.country")
        ]
        assert (shop.only["postal_city"], shop.only["physical_city"]) == (None, None)

    @pytest.mark.parametrize(
        ("given_as", "code"),
        [("US", "US"), ("us", "US"), ("_unitedStates", "US"), ("France", "FR"), ("", None), (" ", None)],
    )
    def test_valid(self, given_as: str, code: str | None) -> None:
        address = Address(default_billing=True, city="Astoria", country=given_as)
        assert created(CUSTOMER_EXPORT, ns(addresses=(address,)))["billing_address"].country == code

    @pytest.mark.parametrize(
        ("setting", "said", "phone"), [("drop", "1 updated", "555-0101"), ("refuse", "1 refused", None)]
    )
    def test_the_address_of_a_linked_customer_stays(
        self, shop: Shop, setting: Any, said: str, phone: str | None
    ) -> None:
        flow = customer_export(unknown_country=setting)
        identity = shop.netsuite.put({**JOINERY, "addressBook": book(billing=ROW)})
        shop.export(flow)
        wrong = {**ROW, "city": "Seaside", "country": {"id": "QQ"}}
        row = shop.netsuite.row(identity)
        shop.netsuite.put({**row, "phone": "555-0101", "addressBook": book(billing=wrong)})
        assert shop.export(flow) == said
        there = [shop.only[key] for key in ("postal_city", "postal_country_id", "phone")]
        assert there == ["Astoria", "US", phone]
        assert [issue.field for issue in shop.seen[0].issues] == ["billing_address.country"]
        row = shop.netsuite.row(identity)
        shop.netsuite.put({**row, "addressBook": book(billing={**wrong, "country": {"id": "US"}})})
        assert shop.export(flow) == "1 updated"
        assert shop.only["postal_city"] == "Seaside"
