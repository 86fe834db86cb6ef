"""Lago's customer: read, its connections and metadata written back, and refused with every issue at once."""

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import FlowError, InputError, PayloadError
from custsync.models import ABSENT, Address, Customer, Ref
from custsync.serialization.values import dump, load
from custsync.systems.lago import CONNECTION_MARK, LAGO, Connection, connections, is_partner
from tests.strategies import json_values
from tests.systems.payloads import refused

CANARY = "canary-7f3a"
ID = "5a1f3c1e-6f0a-4a52-9c5f-2b1f2f6c0008"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
PARTS = ("address_line1", "address_line2", "city", "zipcode", "state", "country")
US = {
    "lago_id": "b5b2a5b0-0001",
    "external_customer_id": None,
    "type": "netsuite",
    "integration_code": "netsuite-us",
    "code": None,
    "is_default": False,
    "category": "accounting",
    "sync_with_provider": True,
    "subsidiary_id": "2",
}
UK = {
    **US,
    "lago_id": "b5b2a5b0-0002",
    "external_customer_id": "2050",
    "integration_code": "netsuite-uk",
    "sync_with_provider": False,
    "subsidiary_id": "3",
}
REGION = {
    "lago_id": "7f1a6f6e-0001",
    "key": "region",
    "value": "NE",
    "display_in_invoice": True,
    "created_at": "2025-05-21T10:59:51Z",
}


def individual(**changes: Any) -> dict[str, Any]:
    """Return a person with two addresses and two connections, as the customers resource answers it."""
    return {
        "lago_id": ID,
        "external_id": "vale-1",
        "account_type": "customer",
        "name": "Vale Gardens",
        "firstname": "Ines",
        "lastname": "Vale",
        "customer_type": "individual",
        "slug": "TID-0008",
        "created_at": "2025-05-21T10:59:51Z",
        "updated_at": "2026-06-30T19:46:02Z",
        "country": "US",
        "address_line1": "2 Orchard Walk",
        "address_line2": None,
        "state": "OR",
        "zipcode": "97209",
        "email": "Ines.Vale@vale.example,office@vale.example",
        "city": "Portland",
        "phone": "+1 401 555 0162, 401.555.0161",
        "legal_name": None,
        "currency": "USD",
        "billing_configuration": {"provider_customer_id": "cus_Vale0008"},
        "shipping_address": {
            "address_line1": "Plot 7",
            "address_line2": "",
            "city": "Portland",
            "zipcode": "97217",
            "state": "OR",
            "country": "US",
        },
        "metadata": [REGION],
        "integration_customers": [US, UK],
        **changes,
    }


def read(payload: Any) -> Customer:
    return LAGO.read(payload, "org", "")


def issues_of(payload: Any) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(payload)
    return [(issue.field, issue.code) for issue in caught.value.issues]


class TestRead:
    """A customer object becomes a customer; what Lago alone knows stays in `extra`."""

    def test_a_person(self) -> None:
        assert read(individual()) == Customer(
            ref=Ref("lago", ID, "org"),
            external_id="vale-1",
            is_person=True,
            name="Vale Gardens",
            first_name="Ines",
            last_name="Vale",
            email="Ines.Vale@vale.example,office@vale.example",
            phone="+1 401 555 0162, 401.555.0161",
            currency="USD",
            created_at=datetime(2025, 5, 21, 10, 59, 51, tzinfo=UTC),
            modified_at=datetime(2026, 6, 30, 19, 46, 2, tzinfo=UTC),
            addresses=(
                Address(
                    line1="2 Orchard Walk",
                    line2=None,
                    city="Portland",
                    postal_code="97209",
                    state="OR",
                    country="US",
                    default_billing=True,
                ),
                Address(
                    line1="Plot 7",
                    line2="",
                    city="Portland",
                    postal_code="97217",
                    state="OR",
                    country="US",
                    default_shipping=True,
                ),
            ),
            custom={
                "region": "NE",
                "integration_customers.netsuite-us": None,
                "integration_customers.netsuite-uk": "2050",
            },
            extra={
                "account_type": "customer",
                "slug": "TID-0008",
                "legal_name": None,
                "billing_configuration": {"provider_customer_id": "cus_Vale0008"},
                "metadata": [REGION],
                "integration_customers": [US, UK],
            },
        )

    @pytest.mark.parametrize(
        ("type_", "is_person"), [("individual", True), ("company", False), (None, False), (ABSENT, ABSENT)]
    )
    def test_null_counts_as_a_company(self, type_: Any, is_person: Any) -> None:
        payload = individual(customer_type=type_)
        if type_ is ABSENT:
            del payload["customer_type"]
        assert read(payload).is_person is is_person

    @pytest.mark.parametrize("blank", [None, ""])
    def test_an_address_with_nothing_in_it_is_none(self, blank: str | None) -> None:
        nothing = dict.fromkeys(PARTS, blank)
        customer = read({"lago_id": ID, "external_id": "vale-1", **nothing, "shipping_address": nothing})
        assert customer.addresses == ()

    def test_the_least_customer(self) -> None:
        least = {"lago_id": ID, "external_id": "vale-1"}
        assert read(least) == Customer(ref=Ref("lago", ID, "org"), external_id="vale-1")
        assert read({**least, "shipping_address": None}).addresses == ()
        assert read({**least, "metadata": None, "integration_customers": None}).custom == {}

    def test_what_more_a_shipping_address_says_is_kept(self) -> None:
        shipping = read(individual(shipping_address={"city": "Leeds", "dock": 4})).shipping_address
        assert shipping == Address(city="Leeds", default_shipping=True, extra={"dock": 4})

    @pytest.mark.parametrize(("type_", "partner"), [("partner", True), ("customer", False), (None, False)])
    def test_a_partner_is_told(self, type_: str | None, partner: bool) -> None:  # noqa: FBT001
        assert is_partner(read(individual(account_type=type_))) is partner
        assert not is_partner(read({"lago_id": ID, "external_id": "vale-1"}))


@pytest.mark.rule("LG-MULTI")
class TestConnections:
    """A customer names any number of connections, each with its own id, switch and subsidiary."""

    def test_each_connection(self) -> None:
        us = Connection(
            code="netsuite-us",
            type="netsuite",
            external_customer_id=None,
            sync_with_provider=True,
            subsidiary_id="2",
        )
        uk = Connection(
            code="netsuite-uk",
            type="netsuite",
            external_customer_id="2050",
            sync_with_provider=False,
            subsidiary_id="3",
        )
        assert connections(read(individual())) == (us, uk)
        assert connections(read(individual(integration_customers=[]))) == ()

    def test_a_connection_without_code_or_id_is_no_custom_field(self) -> None:
        customer = read(individual(metadata=[], integration_customers=[{}, {"integration_code": "x"}]))
        assert connections(customer) == (Connection(code=""), Connection(code="x"))
        assert customer.custom == {}

    def test_they_outlive_json(self) -> None:
        customer = read(individual())
        assert connections(load(Customer, dump(customer))) == connections(customer)

    def test_one_code_twice_is_refused(self) -> None:
        assert issues_of(individual(integration_customers=[US, US])) == [
            ("integration_customers", "repeated_key")
        ]


class TestRefused:
    """Every issue at once, each with its own key, none with a value."""

    def test_all_issues_at_once(self) -> None:
        payload = {
            "lago_id": "../x",
            "external_id": "",
            "account_type": 7,
            "customer_type": "partner",
            "city": 5,
            "created_at": "yesterday",
            "shipping_address": {"city": []},
            "integration_customers": [{"sync_with_provider": "yes"}, {"external_customer_id": 2041}],
            "metadata": [{"value": "x"}, {"key": "a", "value": 7}],
        }
        assert issues_of(payload) == [
            ("lago_id", "not_an_id"),
            ("external_id", "blank"),
            ("customer_type", "not_a_choice"),
            ("created_at", "not_a_stamp"),
            ("city", "not_text"),
            ("account_type", "not_text"),
            ("shipping_address.city", "not_text"),
            ("integration_customers[0].sync_with_provider", "not_a_flag"),
            ("integration_customers[1].external_customer_id", "not_text"),
            ("metadata[0].key", "blank"),
            ("metadata[1].value", "not_text"),
        ]

    def test_one_metadata_key_twice_is_refused(self) -> None:
        assert issues_of(individual(metadata=[REGION, REGION])) == [("metadata", "repeated_key")]

    @given(json_values(), st.sampled_from([*individual(), "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        for payload in (value, individual(**{key: value}), individual(**{key: [value]})):
            error = refused(LAGO.read, payload, "org", "")
            assert error is None or error.issues

    @pytest.mark.parametrize(("payload", "id"), [({"lago_id": ID}, ID), ({"lago_id": 7}, ""), ([], "")])
    def test_identify(self, payload: Any, id: str) -> None:
        assert LAGO.id_of(payload) == id


class TestWrite:
    """Lists are written whole, so that no link and no metadata is destroyed."""

    @pytest.mark.rule("LG-LINK")
    @pytest.mark.parametrize("id", ["2041", 2041])
    def test_the_id_of_one_connection(self, id: Any) -> None:
        body = LAGO.write({"custom.integration_customers.netsuite-us": id}, read(individual()))
        assert body == {
            "external_id": "vale-1",
            "integration_customers": [
                {
                    "id": US["lago_id"],
                    "integration_type": "netsuite",
                    "integration_code": "netsuite-us",
                    "external_customer_id": "2041",
                    "sync_with_provider": True,
                    "subsidiary_id": "2",
                },
                {
                    "id": UK["lago_id"],
                    "integration_type": "netsuite",
                    "integration_code": "netsuite-uk",
                    "external_customer_id": "2050",
                    "sync_with_provider": False,
                    "subsidiary_id": "3",
                },
            ],
        }

    @pytest.mark.rule("G-LOSS")
    def test_only_keys_of_a_request_are_sent_and_no_null(self) -> None:
        other = {
            "lago_id": "L2",
            "type": "xero",
            "integration_code": "xero-1",
            "external_customer_id": None,
            "sync_with_provider": True,
            "subsidiary_id": "9",
            "targeted_object": "contacts",
            "email": "ap@vale.example",
            "code": None,
        }
        payload = individual(integration_customers=[US, other])
        body = LAGO.write({"custom.integration_customers.netsuite-us": "2041"}, read(payload))
        assert body["integration_customers"][1] == {
            "id": "L2",
            "integration_type": "xero",
            "integration_code": "xero-1",
            "sync_with_provider": True,
        }

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"integration_customers": ABSENT}, "was read without its integration_customers"),
            ({"integration_customers": [{**US, "lago_id": None}]}, "read without its id"),
            ({"integration_customers": [US, {**UK, "type": None}]}, "integration_type"),
        ],
    )
    def test_a_link_that_would_be_lost_is_not_written(self, changes: dict[str, Any], reason: str) -> None:
        payload = {key: value for key, value in individual(**changes).items() if value is not ABSENT}
        with pytest.raises(InputError, match=reason):
            LAGO.write({"custom.integration_customers.netsuite-us": "2041"}, read(payload))

    @pytest.mark.rule("G-LOSS")
    def test_metadata_that_was_not_read_is_not_written(self) -> None:
        payload = individual()
        del payload["metadata"]
        with pytest.raises(InputError, match="was read without its metadata"):
            LAGO.write({"custom.tier": "gold"}, read(payload))

    @pytest.mark.parametrize(
        "values",
        [
            {"custom.tier": "v" * 101},
            {"custom." + "k" * 21: "v"},
            {f"custom.{key}": "v" for key in "abcde"},
            {"custom.tier": ""},
            {"custom.integration_customers.netsuite-us": None},
        ],
        ids=["a long value", "a long key", "a sixth", "a blank", "an id taken back"],
    )
    def test_what_lago_does_not_take(self, values: dict[str, Any]) -> None:
        with pytest.raises(InputError, match="Lago does not take"):
            LAGO.write(values, read(individual()))

    def test_metadata(self) -> None:
        customer = read(individual(metadata=[REGION, {"key": "route", "value": "7"}]))
        body = LAGO.write({"custom.tier": 1, "custom.route": None, "custom.none": ABSENT}, customer)
        assert body == {
            "external_id": "vale-1",
            "metadata": [
                {"id": "7f1a6f6e-0001", "key": "region", "value": "NE", "display_in_invoice": True},
                {"key": "tier", "value": "1", "display_in_invoice": False},
            ],
        }

    def test_nothing_to_say(self) -> None:
        values = {"custom.tier": ABSENT, "custom.integration_customers.netsuite-us": ABSENT}
        assert LAGO.write(values, read(individual())) == {"external_id": "vale-1"}

    @pytest.mark.parametrize("there", [[US], [{}], [], None])
    def test_a_connection_that_the_customer_does_not_name(self, there: Any) -> None:
        with pytest.raises(InputError) as caught:
            LAGO.write(
                {f"custom.{CONNECTION_MARK}netsuite-de": CANARY},
                read(individual(integration_customers=there)),
            )
        assert CANARY not in str(caught.value)

    def test_without_the_customer_as_read(self) -> None:
        with pytest.raises(InputError):
            LAGO.write({"custom.tier": "gold"}, None)

    @pytest.mark.parametrize("name", ["name", "email", "custom", "external_id"])
    def test_a_field_that_lago_does_not_take(self, name: str) -> None:
        with pytest.raises(FlowError):
            LAGO.write({name: "x"}, read(individual()))

    @given(st.dictionaries(TEXTS, TEXTS, max_size=4), TEXTS)
    def test_what_was_written_is_read(self, metadata: dict[str, str], id: str) -> None:
        values = {f"custom.{key}": value for key, value in metadata.items()}
        values[f"custom.{CONNECTION_MARK}netsuite-us"] = id
        body = LAGO.write(values, read(individual()))
        assert read({**individual(), **body}).custom == {
            "region": "NE",
            **metadata,
            "integration_customers.netsuite-us": id,
            "integration_customers.netsuite-uk": "2050",
        }


class TestSystem:
    """The system is data: it can be sent to a worker, and its limits say who states them."""

    def test_pickles(self) -> None:
        assert pickle.loads(pickle.dumps(LAGO)) == LAGO  # noqa: S301  # our own

    def test_limits(self) -> None:
        assert {name: (limit.length, limit.confidence) for name, limit in LAGO.limits.items()} == {
            "name": (255, "B")
        }
