"""Stripe's customer object: read, written, and refused with every issue at once."""

import pickle
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from custsync.errors import FlowError, PayloadError
from custsync.flows.stripe import EXPORT
from custsync.models import ABSENT, Address, Customer, Ref, Severity
from custsync.protocols import Rejected
from custsync.rules.fields.mapping import Copied, FieldMapping
from custsync.systems.stripe import ALWAYS, STRIPE
from custsync.systems.stripe_writes import BLANK, changed, created
from custsync.systems.values import COMPONENTS, overlaid
from tests.systems.payloads import refused, stripe_customer

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def issues_of(payload: Any, mode: str = "") -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        STRIPE.read(payload, "acct_1", mode)
    return [(issue.field, issue.code) for issue in caught.value.issues]


class TestRead:
    """A customer object becomes a customer; what Stripe alone knows stays in `extra`."""

    def test_a_whole_customer(self) -> None:
        customer = STRIPE.read(stripe_customer(), "acct_1", "test")
        assert customer == Customer(
            ref=Ref("stripe", "cus_Tidewater7", "acct_1", "test"),
            name="Tidewater Sails, Inc.",
            email="ap@tidewater.example",
            phone="(401) 555-0142",
            currency="usd",
            balance=Decimal("-12.50"),
            created_at=datetime(2025, 3, 3, 11, 6, 40, tzinfo=UTC),
            addresses=(
                Address(
                    line1="4 Quay Street",
                    line2="Unit 9",
                    city="Newport",
                    state="RI",
                    postal_code="02840",
                    country="US",
                    default_billing=True,
                ),
                Address(
                    addressee="Tidewater Sails, Inc.",
                    line1="12 Slip Lane",
                    line2=None,
                    city="Newport",
                    country="US",
                    phone="(401) 555-0143",
                    default_shipping=True,
                ),
            ),
            custom={"netsuite_internal_id": "7"},
            extra={"business_name": "Tidewater Sails, Inc.", "preferred_locales": []},
            whole=True,
        )

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize("key", ALWAYS)
    def test_one_without_a_key_that_is_always_sent_is_not_whole(self, key: str) -> None:
        less = {name: value for name, value in stripe_customer().items() if name != key}
        assert not STRIPE.read(less, "", "").whole

    def test_null_is_not_absent(self) -> None:
        blank = {
            "name": None,
            "email": None,
            "balance": None,
            "created": None,
            "address": None,
            "shipping": None,
            "metadata": None,
        }
        customer = STRIPE.read({"id": "cus_1", **blank}, "", "")
        assert (customer.name, customer.email, customer.phone) == (None, None, ABSENT)
        assert (customer.balance, customer.created_at, customer.addresses, customer.custom) == (
            None,
            None,
            (),
            {},
        )

    def test_a_shipping_address_may_be_null(self) -> None:
        (line,) = (
            STRIPE.read({"id": "cus_1", "shipping": {"address": None, "name": "Ines"}}, "", "").addresses
            or ()
        )
        assert (line.addressee, line.line1) == ("Ines", ABSENT)

    def test_empty_metadata(self) -> None:
        assert STRIPE.read({"id": "cus_1", "metadata": {}}, "", "").custom == {}

    def test_a_deleted_customer_is_a_tombstone(self) -> None:
        customer = STRIPE.read({"id": "cus_1", "object": "customer", "deleted": True}, "", "test")
        assert customer == Customer(ref=Ref("stripe", "cus_1", "", "test"), deleted=True)

    def test_mode_is_the_payloads_word_where_nothing_was_said(self) -> None:
        assert STRIPE.read(stripe_customer(livemode=True), "", "").ref.mode == "live"

    @pytest.mark.parametrize(("live", "mode"), [(True, "test"), (False, "live")])
    def test_another_mode_is_refused(self, live: bool, mode: str) -> None:  # noqa: FBT001
        assert issues_of(stripe_customer(livemode=live), mode) == [("livemode", "wrong_mode")]

    def test_all_issues_at_once(self) -> None:
        payload = {
            "id": "../x",
            "name": 7,
            "livemode": "no",
            "address": {"line1": 3, "city": []},
            "shipping": {"name": 7, "address": {"city": 2}},
            "metadata": {"a": 5},
            "balance": 1.5,
            "created": "yesterday",
            "extra": [[[[]]]],
        }
        assert issues_of(payload) == [
            ("id", "not_an_id"),
            ("name", "not_text"),
            ("balance", "not_a_number"),
            ("created", "not_a_stamp"),
            ("metadata.a", "not_text"),
            ("livemode", "not_a_flag"),
            ("address.line1", "not_text"),
            ("address.city", "not_text"),
            ("shipping.name", "not_text"),
            ("shipping.address.city", "not_text"),
        ]

    @given(JSON, st.sampled_from([*stripe_customer(), "deleted", "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        for payload in (value, stripe_customer(**{key: value})):
            error = refused(STRIPE.read, payload, "acct_1", "test")
            assert error is None or error.issues


class TestIdentify:
    """The id is read from anything."""

    @pytest.mark.parametrize(
        ("payload", "id"), [({"id": "cus_1"}, "cus_1"), ({"id": "a b"}, ""), ({}, ""), ([], ""), (None, "")]
    )
    def test_identify(self, payload: Any, id: str) -> None:
        assert STRIPE.id_of(payload) == id


class TestWrite:
    """A key that is left out changes nothing; an empty text clears."""

    def test_null_clears_and_absent_leaves_alone(self) -> None:
        values = {
            "name": None,
            "email": ABSENT,
            "billing_address": None,
            "shipping_address": None,
            "custom.a": None,
            "custom.b": ABSENT,
            "custom.c": 7,
        }
        assert STRIPE.write(values, None) == {"metadata": {"c": "7"}}
        assert STRIPE.write(values, STRIPE.read(stripe_customer(), "", "")) == {
            "name": "",
            "metadata": {"a": "", "c": "7"},
            "address": "",
            "shipping": "",
        }

    @pytest.mark.parametrize("blank", [None, ""], ids=["null", "an empty text"])
    def test_a_blank_clears_at_every_level_and_a_create_has_none(self, blank: str | None) -> None:
        address = Address(addressee="Ines", line1="4 Quay Street", line2=blank, phone=blank)
        values = {"phone": blank, "custom.a": blank, "shipping_address": address}
        shipping = {"name": "Ines", "address": {"line1": "4 Quay Street"}}
        assert STRIPE.write(values, None) == {"metadata": {}, "shipping": shipping}
        bare = STRIPE.read({"id": "cus_1"}, "", "")
        cleared = {"name": "Ines", "phone": "", "address": {"line1": "4 Quay Street", "line2": ""}}
        body = {"phone": "", "metadata": {"a": ""}, "shipping": cleared}
        assert STRIPE.write(values, bare) == body

    def test_what_an_address_does_not_say_stays(self) -> None:
        current = STRIPE.read(stripe_customer(), "", "")
        assert STRIPE.write({"billing_address": Address(city="Bristol", line2=None)}, current)["address"] == {
            "line1": "4 Quay Street",
            "line2": "",
            "city": "Bristol",
            "state": "RI",
            "postal_code": "02840",
            "country": "US",
        }

    def test_an_absent_address_is_left_alone(self) -> None:
        assert STRIPE.write({"billing_address": ABSENT}, None) == {}

    @pytest.mark.parametrize(
        ("addressee", "values", "name"),
        [("Ines", {"name": "Vale"}, "Ines"), (ABSENT, {"name": "Vale"}, "Vale")],
    )
    def test_shipping_has_a_name(self, addressee: Any, values: dict[str, Any], name: str) -> None:
        address = Address(addressee=addressee, line1="Plot 7")
        body = STRIPE.write({**values, "shipping_address": address}, None)
        assert body["shipping"] == {"name": name, "address": {"line1": "Plot 7"}}

    def test_shipping_takes_the_name_that_is_there(self) -> None:
        current = STRIPE.read(stripe_customer(shipping=None), "", "")
        assert STRIPE.write({"shipping_address": Address(city="Bristol")}, current)["shipping"]["name"] == (
            "Tidewater Sails, Inc."
        )

    @pytest.mark.parametrize(
        "name", ["first_name", "custom", "balance", "custom." + "k" * 41, "custom.a[b", "custom.a]"]
    )
    def test_a_field_that_stripe_does_not_take(self, name: str) -> None:
        with pytest.raises(FlowError):
            STRIPE.write({name: "x"}, None)

    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "name": TEXTS,
                "email": TEXTS,
                "phone": TEXTS,
                "custom.id": TEXTS,
                "billing_address": st.builds(Address, line1=TEXTS, city=TEXTS),
                "shipping_address": st.builds(Address, line1=TEXTS, addressee=TEXTS),
            },
        )
    )
    def test_what_was_written_is_read(self, values: dict[str, Any]) -> None:
        customer = STRIPE.read({"id": "cus_1", **STRIPE.write(values, None)}, "", "")
        for name, value in values.items():
            if name == "custom.id":
                assert customer.custom.get("id", "") == value
            elif name.endswith("_address"):
                read = getattr(customer, name) or Address()
                assert [getattr(read, part) or "" for part in COMPONENTS] == [
                    getattr(value, part) or "" for part in COMPONENTS
                ]
            else:
                assert (getattr(customer, name) or "") == value


PLACE: Final = Address(addressee="Ann Lee", line1="1 Elm St")


def codes(values: dict[str, Any], current: Customer | None = None) -> list[tuple[str, str]]:
    """Return the code and the field of each issue of values that are fitted."""
    return [(issue.code, issue.field) for issue in STRIPE.fit(values, current)[1]]


@pytest.mark.rule("G-LOSS")
class TestFit:
    """What Stripe does not take is left out or refused, and said, before anything is written."""

    THERE = STRIPE.read(stripe_customer(), "", "")

    @pytest.mark.parametrize(
        ("values", "current", "kept"),
        [
            ({"shipping_address": PLACE}, None, True),
            ({"shipping_address": None}, None, True),
            ({"shipping_address": Address(line1="1 Elm St")}, None, False),
            ({"shipping_address": Address(line1="1 Elm St"), "name": "Lund"}, None, True),
            ({"shipping_address": Address(line1="1 Elm St")}, THERE, True),
            ({"shipping_address": Address(addressee="Ann Lee")}, None, False),
            ({"shipping_address": Address(addressee="Ann Lee", phone="1", line1="")}, None, False),
            ({"shipping_address": Address(addressee="Ann Lee")}, THERE, True),
        ],
    )
    def test_a_shipping_address_has_a_name_and_an_address(
        self,
        values: dict[str, Any],
        current: Customer | None,
        kept: bool,  # noqa: FBT001
    ) -> None:
        fitted, issues = STRIPE.fit(values, current)
        assert ("shipping_address" in fitted) is kept
        assert [issue.code for issue in issues] == ([] if kept else ["shipping_without_address"])
        if kept and current is None:
            assert not isinstance(created("cus_1", "test", STRIPE.write(fitted, None)), Rejected)

    def test_a_metadata_value_has_500_characters(self) -> None:
        assert codes({"custom.a": "v" * 500, "custom.b": None, "custom.c": ABSENT}) == []
        assert codes({"custom.a": "v" * 501}) == [("metadata_too_long", "custom.a")]

    @pytest.mark.parametrize(
        ("values", "full"),
        [
            ({"custom.k51": "v"}, True),
            ({"custom.k51": "v", "custom.k1": "changed"}, True),
            ({"custom.k1": "changed"}, False),
            ({"custom.k51": None}, False),
            ({"custom.k51": ABSENT}, False),
            ({"name": "Lund"}, False),
        ],
    )
    def test_the_51st_pair_of_metadata(self, values: dict[str, Any], full: bool) -> None:  # noqa: FBT001
        there = STRIPE.read(stripe_customer(metadata={f"k{number}": "v" for number in range(1, 51)}), "", "")
        assert codes(values, there) == ([("metadata_full", "custom.k51")] if full else [])

    @pytest.mark.parametrize(
        ("country", "noted"), [("EA", True), ("IC", True), ("US", False), ("Narnia", False), (None, False)]
    )
    def test_a_code_outside_iso_is_noted(self, country: str | None, noted: bool) -> None:  # noqa: FBT001
        values = {
            name: Address(addressee="A", city="B", country=country)
            for name in ("billing_address", "shipping_address")
        }
        issues = STRIPE.fit(values, None)[1]
        assert sorted(issue.field for issue in issues) == (
            ["billing_address.country", "shipping_address.country"] if noted else []
        )
        assert all(issue.severity is Severity.NOTE for issue in issues)

    @pytest.mark.parametrize(
        ("name", "taken"),
        [
            ("name", True),
            ("shipping_address", True),
            ("custom." + "k" * 40, True),
            ("custom." + "k" * 41, False),
            ("custom.a[b]", False),
            ("custom.", False),
            ("first_name", False),
            ("balance", False),
        ],
    )
    def test_a_row_for_a_field_that_stripe_does_not_take_makes_no_flow(
        self,
        name: str,
        taken: bool,  # noqa: FBT001
    ) -> None:
        row = FieldMapping(target=name, sources=("phone",), rule="G-LOSS", compute=Copied("phone"))
        with nullcontext() if taken else pytest.raises(FlowError, match="take its row out"):
            EXPORT.with_field(row)


class TestCurrencies:
    """A balance is a number of the currency's smallest unit, which is not a hundredth everywhere."""

    @pytest.mark.parametrize(
        ("currency", "balance"),
        [
            ("usd", "-5.00"),
            ("jpy", "-500"),
            ("JPY", "-500"),
            ("krw", "-500"),
            ("kwd", "-0.500"),
            ("huf", "-5.00"),
            (None, "-5.00"),
        ],
    )
    def test_a_balance(self, currency: str | None, balance: str) -> None:
        read = STRIPE.read({"id": "cus_1", "currency": currency, "balance": -500}, "", "")
        assert str(read.balance) == balance

    def test_none(self) -> None:
        assert STRIPE.read({"id": "cus_1", "currency": "jpy", "balance": None}, "", "").balance is None


class TestMetadata:
    """Stripe keeps 50 pairs, those that were there counted in."""

    @pytest.mark.parametrize(("more", "fits"), [(30, True), (31, False)])
    def test_pairs(self, more: int, *, fits: bool) -> None:
        there = {**BLANK, "id": "cus_1", "metadata": {f"old {at}": "1" for at in range(20)}}
        after = changed(there, {"metadata": {f"new {at}": "1" for at in range(more)}})
        assert isinstance(after, Rejected) is not fits


class TestSystem:
    """The system is data: it can be sent to a worker, and its limits say who states them."""

    def test_pickles(self) -> None:
        assert pickle.loads(pickle.dumps(STRIPE)) == STRIPE  # noqa: S301  # our own

    def test_limits(self) -> None:
        assert (STRIPE.limits["email"].length, STRIPE.limits["email"].confidence) == (512, "A")
        assert (STRIPE.limits["name"].length, STRIPE.limits["name"].confidence) == (256, "D")
        assert "phone" not in STRIPE.limits
        assert STRIPE.case_sensitive == {"email"}


class TestOverlays:
    """What an address does not say stays as it is there."""

    def test_over_nothing(self) -> None:
        assert (
            overlaid(None, Address(city="Leeds"))
            == overlaid(ABSENT, Address(city="Leeds"))
            == Address(city="Leeds")
        )
