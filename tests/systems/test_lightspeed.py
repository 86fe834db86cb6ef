"""Lightspeed's customer object in the spellings of both eras: read, written, and refused all at once."""

import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import FlowError, InputError, PayloadError
from custsync.models import ABSENT, Address, Customer, Ref, SubscriptionStatus
from custsync.protocols import Rejected
from custsync.systems.lightspeed import LIGHTSPEED, is_made_up, is_walk_in
from custsync.systems.lightspeed_writes import BLANK, CUSTOM_FIELDS, FIELDS, changed
from tests.strategies import json_values
from tests.systems.payloads import refused

ID = "0c52b764-2d81-11eb-e0eb-a9bf46fb3007"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
TEXT_FIELDS: Final = ("company_name", "email", "phone", "mobile_phone", "fax", "entity_id")
ADDRESS_KEYS = ("address_1", "address_2", "suburb", "city", "postcode", "state", "country_id")


def customer_20(**changes: Any) -> dict[str, Any]:
    """Return a customer as API 2.0 answers it."""
    return {
        "id": ID,
        "customer_code": "CUST-7",
        "first_name": "Ines",
        "last_name": "Vale",
        "email": "Ines.Vale@vale.example",
        "year_to_date": 120.5,
        "balance": -12.5,
        "note": "",
        "gender": "F",
        "company_name": "Vale Gardens",
        "do_not_email": False,
        "phone": "401.555.0142",
        "mobile": "+1 401 555 0143",
        "fax": "",
        "physical_suburb": "",
        "physical_city": "Newport",
        "physical_postcode": "02841",
        "physical_state": "RI",
        "postal_suburb": "Point",
        "postal_city": "Newport",
        "postal_state": "RI",
        "postal_postcode": "02840",
        "created_at": "2025-05-21T11:02:09+00:00",
        "updated_at": "2026-06-30T21:46:31+02:00",
        "version": 30117250442,
        "name": "Ines Vale",
        "physical_address_1": "12 Slip Lane",
        "physical_address_2": "",
        "physical_country_id": "US",
        "postal_address_1": "4 Quay Street",
        "postal_address_2": None,
        "postal_country_id": "US",
        "custom_field_1": "NE",
        "custom_field_2": None,
        **changes,
    }


def customer_09(**changes: Any) -> dict[str, Any]:
    """Return a customer as a webhook of the 0.9 era sends it."""
    return {
        "balance": "0.00000",
        "company_name": None,
        "contact_first_name": "Ola",
        "created_at": "2019-02-07 01:35:04",
        "customer_code": "Ola-8H2M",
        "deleted_at": None,
        "do_not_email": False,
        "email": "ola@reyes.example",
        "first_name": "Ola",
        "id": ID,
        "last_name": None,
        "loyalty_balance": "1.50000",
        "physical_address1": "9 Larch Lane",
        "physical_address2": "",
        "physical_city": "Bristol",
        "sex": "M",
        "updated_at": "2019-02-07 01:35:04",
        **changes,
    }


LARCH_LANE: Final = Address(
    line2="",
    city="Bristol",
    state=None,
    postal_code=None,
    country=None,
    default_shipping=True,
    extra={"suburb": None},
)


def read(payload: Any) -> Customer:
    return LIGHTSPEED.read(payload, "shop", "")


def issues_of(payload: Any) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(payload)
    return [(issue.field, issue.code) for issue in caught.value.issues]


class TestRead:
    """A customer object becomes a customer; what Lightspeed alone knows stays in `extra`."""

    @pytest.mark.rule("LS-MAP-1")
    def test_a_whole_customer(self) -> None:
        assert read(customer_20()) == Customer(
            ref=Ref("lightspeed", ID, "shop"),
            entity_id="CUST-7",
            first_name="Ines",
            last_name="Vale",
            name="Ines Vale",
            company_name="Vale Gardens",
            email="Ines.Vale@vale.example",
            phone="401.555.0142",
            mobile_phone="+1 401 555 0143",
            fax="",
            subscription_status=SubscriptionStatus.SOFT_OPT_IN,
            balance=Decimal("-12.5"),
            created_at=datetime(2025, 5, 21, 11, 2, 9, tzinfo=UTC),
            modified_at=datetime(2026, 6, 30, 19, 46, 31, tzinfo=UTC),
            addresses=(
                Address(
                    line1="4 Quay Street",
                    line2=None,
                    city="Newport",
                    state="RI",
                    postal_code="02840",
                    country="US",
                    default_billing=True,
                    extra={"suburb": "Point"},
                ),
                Address(
                    line1="12 Slip Lane",
                    line2="",
                    city="Newport",
                    state="RI",
                    postal_code="02841",
                    country="US",
                    default_shipping=True,
                    extra={"suburb": ""},
                ),
            ),
            custom={"custom_field_1": "NE", "custom_field_2": None, "note": "", "gender": "F"},
            whole=True,
            extra={"year_to_date": 120.5, "version": 30117250442},
        )

    def test_the_09_era(self) -> None:
        customer = read(customer_09())
        assert customer.balance == Decimal(0)
        assert customer.created_at == customer.modified_at == datetime(2019, 2, 7, 1, 35, 4, tzinfo=UTC)
        assert customer.addresses == (evolve(LARCH_LANE, line1="9 Larch Lane"),)
        assert customer.extra == {"contact_first_name": "Ola", "loyalty_balance": "1.50000"}
        assert customer.custom == {"gender": "M"}
        assert (customer.deleted, customer.is_person, customer.phone) == (False, ABSENT, None)

    def test_the_later_spelling_counts(self) -> None:
        payload = customer_09(physical_address_1="10 Larch Lane", gender=None)
        customer = read(payload)
        assert customer.shipping_address == evolve(LARCH_LANE, line1="10 Larch Lane")
        assert customer.custom["gender"] is None

    @pytest.mark.parametrize("blank", [None, ""])
    def test_an_address_with_nothing_in_it_is_none(self, blank: str | None) -> None:
        keys = {f"{kind}_{key}": blank for kind in ("postal", "physical") for key in ADDRESS_KEYS}
        customer = read({"id": ID, **keys})
        assert (customer.addresses, customer.billing_address) == ((), None)

    def test_without_address_keys_nothing_is_known_of_addresses(self) -> None:
        customer = read({"id": ID})
        assert customer == Customer(ref=Ref("lightspeed", ID, "shop"))
        assert customer.addresses is ABSENT

    def test_a_deleted_customer_is_a_tombstone(self) -> None:
        payload = customer_20(deleted_at="2026-10-02T07:15:00+00:00")
        customer = read(payload)
        assert customer.deleted
        assert customer.extra["deleted_at"] == "2026-10-02T07:15:00+00:00"
        assert LIGHTSPEED.is_deleted(payload)
        assert not LIGHTSPEED.is_deleted(customer_20())

    @pytest.mark.parametrize(("code", "walks_in"), [("WALKIN", True), ("CUST-7", False), (None, False)])
    def test_the_anonymous_customer(self, code: str | None, walks_in: bool) -> None:  # noqa: FBT001
        assert is_walk_in(read(customer_20(customer_code=code))) is walks_in


@pytest.mark.rule("LS-MAP-3")
class TestOptOut:
    """`do_not_email` true is opted out; the flag for text messages has the other sense, and no say."""

    @pytest.mark.parametrize(
        ("flag", "status"),
        [
            (True, SubscriptionStatus.SOFT_OPT_OUT),
            (False, SubscriptionStatus.SOFT_OPT_IN),
            (None, None),
            (ABSENT, ABSENT),
        ],
    )
    @pytest.mark.parametrize("texting", [True, False])
    def test_read(self, flag: Any, status: Any, texting: bool) -> None:  # noqa: FBT001
        payload = {"id": ID, "enable_promotional_sms": texting}
        customer = read(payload if flag is ABSENT else {**payload, "do_not_email": flag})
        assert customer.subscription_status is status
        assert customer.custom == {"enable_promotional_sms": texting}

    @pytest.mark.parametrize("status", SubscriptionStatus)
    def test_written_as_a_flag(self, status: SubscriptionStatus) -> None:
        body = LIGHTSPEED.write({"subscription_status": status}, None)
        assert body["do_not_email"] is status.opted_out
        assert "enable_promotional_sms" not in body

    @pytest.mark.parametrize("unknown", [None, ABSENT])
    def test_unknown_leaves_the_flag_alone(self, unknown: Any) -> None:
        assert "do_not_email" not in LIGHTSPEED.write({"subscription_status": unknown}, None)


class TestRefused:
    """Every issue at once, each with its own key, none with a value."""

    def test_all_issues_at_once(self) -> None:
        payload = {
            "id": "../x",
            "email": 7,
            "do_not_email": "no",
            "balance": "much",
            "created_at": "yesterday",
            "postal_address1": 3,
            "physical_city": [],
            "deleted_at": 5,
            "sex": 1,
            "enable_promotional_sms": "T",
            "custom_field_4": {},
        }
        assert sorted(issues_of(payload)) == [
            ("balance", "not_a_number"),
            ("created_at", "not_a_stamp"),
            ("custom_field_4", "not_text"),
            ("deleted_at", "not_a_stamp"),
            ("do_not_email", "not_a_flag"),
            ("email", "not_text"),
            ("enable_promotional_sms", "not_a_flag"),
            ("id", "not_an_id"),
            ("physical_city", "not_text"),
            ("postal_address1", "not_text"),
            ("sex", "not_text"),
        ]

    @given(json_values(), st.sampled_from([*customer_20(), *customer_09(), "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        for payload in (value, customer_20(**{key: value}), customer_09(**{key: value})):
            error = refused(LIGHTSPEED.read, payload, "shop", "")
            assert error is None or error.issues

    @pytest.mark.parametrize(("payload", "id"), [({"id": ID}, ID), ({"id": ""}, ""), ({}, ""), (None, "")])
    def test_identify(self, payload: Any, id: str) -> None:
        assert LIGHTSPEED.id_of(payload) == id


class TestWrite:
    """Both names are always sent; what is absent is left alone; null clears."""

    @pytest.mark.rule("LS-MAP-1")
    def test_a_create(self) -> None:
        values = {
            "entity_id": "CUST-8",
            "company_name": "Tidewater Sails, Inc.",
            "email": "ap@tidewater.example",
            "fax": None,
            "phone": ABSENT,
            "custom.custom_field_2": 7,
            "custom.custom_field_3": None,
        }
        assert LIGHTSPEED.write(values, None) == {
            "customer_code": "CUST-8",
            "first_name": None,
            "last_name": None,
            "company_name": "Tidewater Sails, Inc.",
            "email": "ap@tidewater.example",
            "fax": None,
            "custom_field_2": "7",
            "custom_field_3": None,
        }

    @pytest.mark.parametrize(
        ("current", "values", "names"),
        [
            ({"first_name": None, "last_name": None}, {}, (None, None)),
            ({"first_name": "Ines", "last_name": ""}, {}, ("Ines", "")),
            ({"first_name": "Ines", "last_name": "Vale"}, {"first_name": None}, (None, "Vale")),
            ({"first_name": "Ines"}, {"last_name": "Roe", "first_name": ABSENT}, ("Ines", "Roe")),
        ],
    )
    def test_an_update_sends_both_names(self, current: Any, values: Any, names: Any) -> None:
        body = LIGHTSPEED.write(values, read(customer_20(**current)))
        assert (body["first_name"], body["last_name"]) == names

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize("key", ["customer_code", "first_name", "last_name", "do_not_email"])
    def test_a_customer_that_was_not_read_whole_is_not_changed(self, key: str) -> None:
        part = customer_20()
        del part[key]
        with pytest.raises(InputError, match="was not read whole"):
            LIGHTSPEED.write({"phone": "1"}, read(part))

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize("replaces", [True, False])
    @pytest.mark.parametrize("payload", [customer_20(do_not_email=True), customer_09(do_not_email=True)])
    def test_an_update_changes_its_field_and_no_other(
        self,
        payload: dict[str, Any],
        replaces: bool,  # noqa: FBT001
    ) -> None:
        there = {**BLANK, **payload}
        body = LIGHTSPEED.write({"phone": "1", "custom.note": "n", "billing_address": None}, read(there))
        after = changed(there, body, replaces=replaces)
        assert not isinstance(after, Rejected)
        read_again = read(after)
        before = read(there)
        shipping = tuple(address for address in before.addresses or () if address.default_shipping)
        custom = {**before.custom, "note": "n"}
        assert read_again == evolve(
            before, phone="1", addresses=shipping, custom=custom, name=read_again.name
        )

    def test_what_cannot_be_null_is_not_sent_as_null(self) -> None:
        body = LIGHTSPEED.write({"phone": "1"}, read(customer_20(date_of_birth=None, enable_loyalty=None)))
        assert {"date_of_birth", "enable_loyalty"} & body.keys() == set()
        assert {"first_name", "phone", "do_not_email", "postal_city"} <= body.keys()

    @pytest.mark.rule("LS-MAP-2")
    def test_billing_is_postal_and_shipping_is_physical(self) -> None:
        body = LIGHTSPEED.write(
            {"billing_address": Address(line1="4 Quay Street"), "shipping_address": Address(city="Leeds")},
            None,
        )
        assert body["postal_address_1"] == "4 Quay Street"
        assert body["physical_city"] == "Leeds"
        assert len(body) == 4

    def test_what_an_address_does_not_say_stays(self) -> None:
        values = {"billing_address": Address(city="Bristol", line2=None)}
        body = LIGHTSPEED.write(values, read(customer_20(postal_address_2="Unit 9")))
        assert {key: body[key] for key in body if key.startswith("postal")} == {
            "postal_address_1": "4 Quay Street",
            "postal_address_2": None,
            "postal_suburb": "Point",
            "postal_city": "Bristol",
            "postal_state": "RI",
            "postal_postcode": "02840",
            "postal_country_id": "US",
        }

    def test_none_clears_the_whole_address(self) -> None:
        body = LIGHTSPEED.write({"shipping_address": None, "billing_address": ABSENT}, None)
        assert body == {
            "first_name": None,
            "last_name": None,
            **{f"physical_{key}": None for key in ADDRESS_KEYS},
        }

    @pytest.mark.parametrize(
        "name",
        [
            "name",
            "balance",
            "custom",
            "custom_field_1",
            "custom.custom_field_5",
            "custom.version",
            "custom.name",
        ],
    )
    def test_a_field_that_lightspeed_does_not_take(self, name: str) -> None:
        with pytest.raises(FlowError):
            LIGHTSPEED.write({name: "x"}, None)

    @given(
        st.fixed_dictionaries(
            {},
            optional={
                **dict.fromkeys(("entity_id", "first_name", "last_name", "company_name"), TEXTS),
                **dict.fromkeys(("email", "phone", "mobile_phone", "fax"), TEXTS | st.none()),
                **{f"custom.{name}": TEXTS for name in CUSTOM_FIELDS},
                "billing_address": st.builds(
                    Address,
                    line1=TEXTS,
                    state=TEXTS,
                    extra=st.just({"suburb": "Point"}),
                    default_billing=st.just(value=True),
                ),
                "shipping_address": st.builds(
                    Address,
                    line2=TEXTS,
                    postal_code=TEXTS,
                    country=TEXTS,
                    default_shipping=st.just(value=True),
                ),
            },
        )
    )
    def test_what_was_written_is_read(self, values: dict[str, Any]) -> None:
        customer = read({"id": ID, **LIGHTSPEED.write(values, None)})
        for name, value in values.items():
            there = customer.custom[name[7:]] if name.startswith("custom.") else getattr(customer, name)
            assert there == value


class TestSystem:
    """The system is data: it can be sent to a worker."""

    def test_pickles(self) -> None:
        assert pickle.loads(pickle.dumps(LIGHTSPEED)) == LIGHTSPEED  # noqa: S301  # our own

    @pytest.mark.rule("G-LOSS")
    def test_what_is_left_out_says_nothing(self) -> None:
        assert LIGHTSPEED.read({"id": "0a91", "email": None}, "", "").email is None
        assert LIGHTSPEED.read({"id": "0a91"}, "", "").email is ABSENT

    def test_no_length_is_stated(self) -> None:
        assert not LIGHTSPEED.limits


@pytest.mark.rule("G-LOSS")
class TestWhole:
    """In a whole record a key that is left out is null; in any other it is not known."""

    @pytest.mark.parametrize("key", sorted(customer_20().keys() - {"id", "customer_code"}))
    def test_a_key_that_is_left_out(self, key: str) -> None:
        part = customer_20()
        del part[key]
        customer, none = read(part), read(customer_20(**{key: None}))
        if key in ("first_name", "last_name", "do_not_email"):
            assert ABSENT in (customer.first_name, customer.last_name, customer.subscription_status)
        else:
            assert customer.addresses == none.addresses
            assert all(getattr(customer, name) == getattr(none, name) for name in TEXT_FIELDS)

    def test_a_record_that_is_not_whole(self) -> None:
        customer = read({"id": ID, "customer_code": "C-7", "first_name": "Ines"})
        assert (customer.email, customer.addresses) == (ABSENT, ABSENT)


@pytest.mark.rule("LS-MAP-4")
class TestOtherFields:
    """Lightspeed's other fields are custom fields, each in its own form."""

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("note", "Rings first", ""),
            ("note", None, ""),
            ("website", "https://vale.example", ""),
            ("customer_group_id", "0a91-77", ""),
            ("customer_group_id", None, "not_emptied"),
            ("date_of_birth", "1984-07-19", ""),
            ("date_of_birth", "19/07/1984", "wrong_form"),
            ("date_of_birth", "", "not_emptied"),
            ("enable_loyalty", True, ""),
            ("enable_loyalty", "true", "wrong_form"),
            ("enable_promotional_sms", False, ""),
            ("enable_promotional_sms", None, "not_emptied"),
            ("gender", "F", ""),
            ("gender", "female", "wrong_form"),
            ("on_account_limit", Decimal("250.5"), ""),
            ("on_account_limit", None, ""),
            ("tax_id", None, ""),
            ("twitter", ABSENT, ""),
        ],
    )
    def test_each_form(self, name: str, value: Any, code: str) -> None:
        fitted, issues = LIGHTSPEED.fit({"phone": "1", f"custom.{name}": value}, None)
        assert [issue.code for issue in issues] == ([code] if code else [])
        assert (f"custom.{name}" in fitted) is not bool(code)
        if not code and value is not ABSENT:
            body = LIGHTSPEED.write({"first_name": "Ines", **fitted}, None)
            assert FIELDS.refusal(body, creates=True) is None
            assert body[name] == value

    def test_what_is_written_is_read(self) -> None:
        values = {"custom.enable_loyalty": True, "custom.note": "n", "custom.on_account_limit": Decimal(250)}
        body = LIGHTSPEED.write(values, read(customer_20()))
        assert {
            **read(customer_20()).custom,
            "enable_loyalty": True,
            "note": "n",
            "on_account_limit": 250,
        } == (read({**customer_20(), **body}).custom)


class TestMadeUpCodes:
    """A code that Lightspeed made up is told by its form, also once the customer was renamed."""

    @pytest.mark.parametrize(
        ("code", "first_name", "made_up"),
        [
            ("Tony-37YP", "Tony", True),
            ("Tony-N4ZJ", "Anthony", True),
            ("Tony-3777", "Tony", True),
            ("UNNAMED-669D", None, True),
            ("CUST-2042", "Tony", False),
            ("CUST-A1B2", None, False),
            ("Tony-3777", "Anthony", False),
            ("Tony-37yp", "Tony", False),
            ("Tony", "Tony", False),
        ],
    )
    def test_each_form(self, code: str, first_name: str | None, made_up: bool) -> None:  # noqa: FBT001
        assert is_made_up(read(customer_20(customer_code=code, first_name=first_name))) is made_up


@pytest.mark.rule("LS-MAP-1")
class TestTheLastName:
    """A customer keeps a name: what would take the last one stays, with a warning."""

    THERE = read(customer_20(first_name="Ines", last_name=None, company_name=None))

    @pytest.mark.parametrize(
        ("values", "kept"),
        [
            ({"first_name": None}, []),
            ({"first_name": "", "last_name": None}, []),
            ({"first_name": None, "last_name": "Vale"}, ["first_name", "last_name"]),
            ({"first_name": None, "company_name": "Gardens"}, ["first_name", "company_name"]),
            ({"last_name": None}, ["last_name"]),
            ({"phone": None}, ["phone"]),
        ],
    )
    def test_each_case(self, values: dict[str, Any], kept: list[str]) -> None:
        fitted, issues = LIGHTSPEED.fit(values, self.THERE)
        assert list(fitted) == kept
        assert {issue.code for issue in issues} == (set() if kept else {"last_name_kept"})

    def test_of_a_create_the_flow_says_it(self) -> None:
        assert LIGHTSPEED.fit({"first_name": None}, None)[1] == ()
