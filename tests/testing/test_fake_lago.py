"""The in-memory Lago has the quirks of Lago's customers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.models import Address
from custsync.protocols import Adapter, Done, Exists, Payload, Rejected, Tier
from custsync.systems.lago import LAGO, connections, is_partner
from custsync.testing.adapter_contract import AdapterContract
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.lago import FakeLago
from tests.testing.calls import created, found, updated


def link(code: str = "us", kind: str = "netsuite", **said: Any) -> dict[str, Any]:
    return {"integration_type": kind, "integration_code": code, **said}


def datum(key: str, value: str, **said: Any) -> dict[str, Any]:
    return {"key": key, "value": value, "display_in_invoice": False, **said}


class LagoAsTarget(FakeLago):
    """A Lago that is asked by id too, as a target has to be; no route of Lago's does that."""

    finds = {"id": 1, "external_id": 1}  # noqa: RUF012 - read only


class LagoContract(AdapterContract):
    """Lago's side of the contract."""

    system = LAGO
    tier = Tier.A

    @contextmanager
    def opened(self) -> Iterator[Adapter]:
        yield LagoAsTarget(tier=self.tier)

    def rows(self, adapter: Any) -> Sequence[Payload]:
        return list(adapter.rows)

    def body(self, number: int, key: str) -> Payload:
        return {"external_id": key, "name": f"Works {number}", "email": f"{number}@works.example"}

    def refused_body(self) -> Payload:
        return {"external_id": "refused", "email": "no email"}

    def change(self) -> tuple[Payload, str]:
        return {"phone": "(503) 555-0142"}, "phone"

    def value(self, by: str, number: int, key: str) -> str:
        return key

    def unknown_id(self) -> str:
        return "4f0f3c1e-404"


class TestLago(LagoContract):
    """Lago as it is said to be."""


class TestLagoThatFindsByExternalId(LagoContract):
    """Tier C."""

    tier = Tier.C


class TestLagoThatLags(LagoContract):
    """Tier D."""

    tier = Tier.D


class TestTheExternalId:
    """It is there, and of one customer alone."""

    def test_lists_that_are_null_are_empty(self) -> None:
        lago = FakeLago()
        lago.put({"external_id": "joinery", "integration_customers": None, "metadata": None})
        assert (lago.rows[0]["integration_customers"], lago.rows[0]["metadata"]) == ([], [])

    def test_a_second_create_is_told_who_has_it(self) -> None:
        lago = FakeLago()
        first = created(lago, external_id="joinery")
        assert created(lago, external_id="joinery", name="Joinery") == Exists(first.id)
        assert len(lago.rows) == 1

    def test_an_update_cannot_take_it_nor_lose_it(self) -> None:
        lago = FakeLago()
        created(lago, external_id="joinery")
        other = created(lago, external_id="kitchens").id
        taken = Rejected("value_already_exist", "external_id")
        assert updated(lago, other, external_id="joinery") == taken
        assert updated(lago, other, external_id="") == Rejected("value_is_mandatory", "external_id")
        assert isinstance(updated(lago, other, external_id="kitchens"), Done)

    def test_a_removed_customer_is_gone(self) -> None:
        lago = FakeLago()
        identity = created(lago, external_id="joinery").id
        lago.remove(identity)
        assert found(lago, "external_id", "joinery") == []

    def test_no_route_knows_lagos_own_id(self) -> None:
        lago = FakeLago()
        identity = created(lago, external_id="joinery").id
        with pytest.raises(ValueError, match="1 at once; at most 0 are accepted"):
            lago.find("id", [identity])


class TestConnections:
    """The list of a request replaces the one that is there; a link that is left out is destroyed."""

    def test_one_that_syncs_without_an_id_is_half_made(self) -> None:
        lago = FakeLago()
        links = [link(sync_with_provider=True, subsidiary_id="2")]
        identity = created(lago, external_id="joinery", integration_customers=links).id
        (one,) = connections(LAGO.read(lago.row(identity), "", ""))
        assert (one.external_customer_id, one.sync_with_provider, one.subsidiary_id) == (None, True, "2")
        assert one.type == "netsuite"

    def test_one_without_an_id_that_does_not_sync_is_none(self) -> None:
        lago = FakeLago()
        identity = created(lago, external_id="joinery", integration_customers=[link()]).id
        assert lago.row(identity)["integration_customers"] == []

    def test_one_that_is_not_named_by_its_id_is_destroyed(self) -> None:
        lago = FakeLago()
        links = [link("us", external_customer_id="7"), link("tax", "anrok", external_customer_id="8")]
        identity = created(lago, external_id="joinery", integration_customers=links).id
        us, tax = lago.row(identity)["integration_customers"]
        updated(lago, identity, integration_customers=[{**links[0], "id": us["lago_id"]}, links[1]])
        kept, new = lago.row(identity)["integration_customers"]
        assert kept == us
        assert (new["integration_code"], new["external_customer_id"]) == ("tax", "8")
        assert new["lago_id"] != tax["lago_id"]
        updated(lago, identity, name="Joinery")
        assert len(lago.row(identity)["integration_customers"]) == 2
        updated(lago, identity, integration_customers=[])
        assert lago.row(identity)["integration_customers"] == []

    def test_one_that_is_made_anew_has_the_other_system_asked_again(self) -> None:
        lago = FakeLago()
        links = [link(sync_with_provider=True)]
        identity = created(lago, external_id="joinery", integration_customers=links).id
        (there,) = lago.row(identity)["integration_customers"]
        updated(lago, identity, integration_customers=[{**links[0], "id": there["lago_id"]}])
        assert lago.asked == ["us"]
        updated(lago, identity, integration_customers=links)
        assert lago.asked == ["us", "us"]

    def test_one_that_stays_keeps_all_but_the_id_there(self) -> None:
        lago = FakeLago()
        said = link(external_customer_id="7", subsidiary_id="2", sync_with_provider=True)
        identity = created(lago, external_id="joinery", integration_customers=[said]).id
        (before,) = lago.row(identity)["integration_customers"]
        own = link(id=before["lago_id"])
        for changes in ({}, {"subsidiary_id": "3", "sync_with_provider": False}):
            updated(lago, identity, integration_customers=[{**own, **changes}])
            assert lago.row(identity)["integration_customers"] == [before]
        updated(lago, identity, integration_customers=[{**own, "external_customer_id": "9"}])
        assert lago.row(identity)["integration_customers"] == [{**before, "external_customer_id": "9"}]

    def test_what_people_change_keeps_its_id(self) -> None:
        lago = FakeLago()
        identity = lago.put({"integration_customers": [{"type": "netsuite", "integration_code": "us"}]})
        (before,) = lago.row(identity)["integration_customers"]
        lago.edit(identity, integration_customers=[link(subsidiary_id="3"), link("tax", "anrok")])
        kept, new = lago.row(identity)["integration_customers"]
        assert kept == {**before, "subsidiary_id": "3"}
        assert new["lago_id"] not in (None, before["lago_id"])

    @pytest.mark.rule("LG-LINK")
    @pytest.mark.rule("LG-MULTI")
    def test_an_id_is_written_back_to_its_own(self) -> None:
        lago = FakeLago()
        links = [link("us", sync_with_provider=True), link("tax", "anrok", external_customer_id="8")]
        identity = created(lago, external_id="joinery", integration_customers=links).id
        parts = [one["lago_id"] for one in lago.row(identity)["integration_customers"]]
        body = LAGO.write({"custom.integration_customers.us": "2041"}, LAGO.read(lago.row(identity), "", ""))
        assert isinstance(updated(lago, identity, **body), Done)
        after = connections(LAGO.read(lago.row(identity), "", ""))
        assert {one.code: one.external_customer_id for one in after} == {"us": "2041", "tax": "8"}
        assert [one["lago_id"] for one in lago.row(identity)["integration_customers"]] == parts

    @pytest.mark.parametrize(
        ("links", "code"),
        [
            ([link("")], "value_is_mandatory"),
            ([{"type": "netsuite", "integration_code": "us"}], "unknown_field"),
            ([link("another", external_customer_id="7")], "integration_not_found"),
            ([link("us", "quickbooks", external_customer_id="7")], "value_is_invalid"),
            ([link("us", external_customer_id=None)], "value_is_mandatory"),
            ([{**link("us"), "targeted_object": "contacts"}], "unknown_field"),
            ([{**link("us"), "lago_id": "L1"}], "unknown_field"),
            (None, "value_is_mandatory"),
            ([link(code, external_customer_id="7") for code in ("us", "uk")], "value_is_duplicated"),
        ],
        ids=[
            *("without a code", "spelled as in an answer", "unknown", "another type", "a null"),
            *("a field of hubspot's", "the id as in an answer", "null", "one type twice"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, links: list[Any], code: str) -> None:
        lago = FakeLago(connections=["us", "uk"])
        answer = created(lago, external_id="joinery", integration_customers=links)
        assert answer == Rejected(code, "integration_customers")
        assert lago.rows == []


class TestMetadata:
    """The list of a request replaces the one that is there; each has an id of its own."""

    def test_what_is_left_out_is_gone(self) -> None:
        lago = FakeLago()
        given = [datum("region", "PNW", display_in_invoice=True), datum("po", "7")]
        identity = created(lago, external_id="joinery", metadata=given).id
        first, second = lago.row(identity)["metadata"]
        assert (first["display_in_invoice"], second["display_in_invoice"]) == (True, False)
        updated(lago, identity, metadata=[datum("po", "8", id=second["lago_id"])])
        assert lago.row(identity)["metadata"] == [{**second, "value": "8"}]

    def test_is_written_beside_what_is_there(self) -> None:
        lago = FakeLago()
        identity = lago.put({"external_id": "joinery", "metadata": [{"key": "region", "value": "PNW"}]})
        there = lago.row(identity)["metadata"][0]
        body = LAGO.write({"custom.netsuite": "2041"}, LAGO.read(lago.row(identity), "", ""))
        assert isinstance(updated(lago, identity, **body), Done)
        assert lago.row(identity)["metadata"][0] == there
        assert LAGO.read(lago.row(identity), "", "").custom == {"region": "PNW", "netsuite": "2041"}

    @pytest.mark.parametrize(
        ("metadata", "code"),
        [
            ([{"value": "7"}], "value_is_mandatory"),
            ([datum("po", "7", id="4f0f")], "metadata_not_found"),
            ([datum("po", value) for value in "78"], "value_already_exist"),
            ([datum(str(number), "7") for number in range(6)], "invalid_count"),
            ([datum("k" * 21, "7")], "value_is_too_long"),
            ([datum("k", "7" * 101)], "value_is_too_long"),
            ([datum("k", "")], "value_is_mandatory"),
            ([{"key": "k", "value": "7"}], "value_is_mandatory"),
        ],
        ids=[
            *("without a key", "of nobody", "one key twice", "six", "a long key", "a long value", "a blank"),
            "without its flag",
        ],
    )
    def test_what_does_not_fit_is_refused(self, metadata: list[Any], code: str) -> None:
        lago = FakeLago()
        assert created(lago, external_id="joinery", metadata=metadata) == Rejected(code, "metadata")


class TestBodies:
    """Countries are of the 249 of ISO, emails a list with commas, currencies three letters."""

    @pytest.mark.parametrize(
        ("key", "value", "code", "field"),
        [
            ("lago_id", "4f0f", "unknown_field", "lago_id"),
            ("name", 7, "invalid_format", "name"),
            ("name", "N" * 256, "value_is_too_long", "name"),
            ("customer_type", "person", "value_is_invalid", "customer_type"),
            ("account_type", None, "value_is_mandatory", "account_type"),
            ("account_type", "agent", "value_is_invalid", "account_type"),
            ("email", "a@works.example,", "invalid_format", "email"),
            ("country", "XK", "country_code_invalid", "country"),
            ("shipping_address", {"country": "USA"}, "country_code_invalid", "country"),
            ("shipping_address", {"name": "N"}, "unknown_field", "shipping_address"),
            ("currency", "usd", "value_is_invalid", "currency"),
            ("currency", "US", "value_is_invalid", "currency"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, key: str, value: Any, code: str, field: str) -> None:
        lago = FakeLago()
        assert created(lago, external_id="joinery", **{key: value}) == Rejected(code, field)
        assert lago.rows == []

    def test_a_country_is_kept_in_upper_case(self) -> None:
        lago = FakeLago()
        identity = created(lago, external_id="joinery", country="gb").id
        assert lago.row(identity)["country"] == "GB"

    def test_parts_keep_what_is_not_said(self) -> None:
        lago = FakeLago()
        shipping = {"address_line1": "1 Row", "city": "Astoria", "country": "US"}
        identity = created(lago, external_id="joinery", shipping_address=shipping).id
        billing = {"payment_provider": "stripe", "document_locale": "en"}
        updated(lago, identity, shipping_address={"city": "Bend"}, billing_configuration=billing)
        updated(lago, identity, billing_configuration={"document_locale": "fr"}, net_payment_term=30)
        updated(lago, identity, shipping_address=None, billing_configuration=None)
        row = lago.row(identity)
        assert (row["shipping_address"]["address_line1"], row["shipping_address"]["city"]) == (
            "1 Row",
            "Bend",
        )
        assert row["billing_configuration"] == {"payment_provider": "stripe", "document_locale": "fr"}
        assert row["net_payment_term"] == 30

    def test_a_change_is_stamped(self) -> None:
        clock = VirtualClock()
        lago = FakeLago(clock)
        identity = created(lago, external_id="joinery").id
        clock.sleep(60)
        updated(lago, identity, name="Joinery")
        read = LAGO.read(lago.row(identity), "", "")
        assert (read.modified_at - read.created_at).total_seconds() == 60  # type: ignore[operator]

    def test_a_person_may_put_a_partner_there(self) -> None:
        lago = FakeLago()
        identity = lago.put({"account_type": "partner"})
        assert is_partner(LAGO.read(lago.row(identity), "", ""))


WORDS = st.text("abÄ é-.,'", min_size=1, max_size=8)


class TestTheRoundTrip:
    """A row of every kind is read as it was meant."""

    @given(
        kind=st.sampled_from([None, "company", "individual"]),
        names=st.tuples(st.none() | WORDS, st.none() | WORDS, st.none() | WORDS),
        line=st.none() | WORDS,
        currency=st.sampled_from([None, "USD", "GBP"]),
    )
    def test_of_a_create(
        self, kind: str | None, names: tuple[str | None, ...], line: str | None, currency: str | None
    ) -> None:
        lago = FakeLago()
        keys: dict[str, Any] = dict(zip(("name", "firstname", "lastname"), names, strict=True))
        own: dict[str, Any] = {
            "external_id": "joinery",
            "customer_type": kind,
            "address_line1": line,
            "currency": currency,
        }
        answer = created(lago, **keys, **own)
        assert isinstance(answer, Done)
        read = LAGO.read(lago.row(answer.id), "", "")
        assert (read.external_id, read.is_person, read.currency) == (
            "joinery",
            kind == "individual",
            currency,
        )
        assert (read.name, read.first_name, read.last_name) == names
        billing = read.billing_address
        assert (billing.line1 if isinstance(billing, Address) else None) == line
        assert read.shipping_address is None
