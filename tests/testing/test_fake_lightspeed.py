"""The in-memory Lightspeed has the quirks of Lightspeed X-Series."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from hypothesis import given, strategies as st

from custsync.models import ABSENT, Address, SubscriptionStatus
from custsync.protocols import Adapter, Done, Exists, Payload, Rejected, Tier
from custsync.systems.lightspeed import LIGHTSPEED, is_walk_in
from custsync.testing.adapter_contract import AdapterContract
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.lightspeed import FakeLightspeed
from tests.testing.calls import created, found, updated

NAMES: dict[str, Any] = {"first_name": None, "last_name": None}
TONY: dict[str, Any] = {"first_name": "Tony", "last_name": "Reyes"}
GENERATIONS: tuple[Literal["2.0", "0.9"], ...] = ("2.0", "0.9")


def walk_in(lightspeed: FakeLightspeed) -> Any:
    (row,) = found(lightspeed, "customer_code", "WALKIN")
    return row


class LightspeedContract(AdapterContract):
    """Lightspeed's side of the contract."""

    system = LIGHTSPEED
    tier = Tier.C
    generation: Literal["2.0", "0.9"] = "2.0"

    @contextmanager
    def opened(self) -> Iterator[Adapter]:
        yield FakeLightspeed(tier=self.tier, generation=self.generation, replaces=False)

    def rows(self, adapter: Any) -> Sequence[Payload]:
        return [row for row in adapter.rows if row["deleted_at"] is None]

    def body(self, number: int, key: str) -> Payload:
        email = f"{number}@works.example"
        return {**NAMES, "company_name": f"Works {number}", "email": email, "customer_code": key}

    def refused_body(self) -> Payload:
        return {"company_name": "Works", "last_name": None}

    def change(self) -> tuple[Payload, str]:
        return {**NAMES, "phone": "(503) 555-0142"}, "phone"

    def value(self, by: str, number: int, key: str) -> str:
        return f"{number}@works.example" if by == "email" else key

    def unknown_id(self) -> str:
        return "0a91b764-404"


class TestLightspeed(LightspeedContract):
    """Lightspeed as it is known."""


class TestLightspeedOfTheOldEra(LightspeedContract):
    """The 0.9 era."""

    generation = "0.9"


class TestLightspeedWithProvenCodes(LightspeedContract):
    """Tier A: a code is unique under two writers too."""

    tier = Tier.A


class TestLightspeedThatLags(LightspeedContract):
    """Tier D."""

    tier = Tier.D


class TestTheCode:
    """A customer code is unique, and made up where it is left out."""

    def test_a_second_create_is_told_who_has_it(self) -> None:
        lightspeed = FakeLightspeed()
        first = created(lightspeed, **TONY, customer_code="C-7")
        assert created(lightspeed, **TONY, customer_code="C-7") == Exists(first.id)
        assert len(found(lightspeed, "customer_code", "C-7")) == 1

    def test_an_update_cannot_take_it_either(self) -> None:
        lightspeed = FakeLightspeed()
        created(lightspeed, **TONY, customer_code="C-7")
        other = created(lightspeed, **TONY, customer_code="C-8").id
        assert updated(lightspeed, other, **TONY, customer_code="C-7") == Rejected("taken", "customer_code")
        assert isinstance(updated(lightspeed, other, **TONY, customer_code="C-8"), Done)

    @pytest.mark.parametrize(
        ("payload", "begins"),
        [(TONY, "Tony-"), ({**NAMES, "company_name": "Works"}, "UNNAMED-")],
        ids=["person", "company"],
    )
    def test_one_is_made_up(self, payload: dict[str, Any], begins: str) -> None:
        lightspeed = FakeLightspeed()
        codes = [created(lightspeed, **payload).payload["customer_code"] for _ in range(500)]
        assert all(code.startswith(begins) and len(code) == len(begins) + 4 for code in codes)
        assert len(set(codes)) == 500

    def test_one_that_is_taken_away_is_made_up_anew(self) -> None:
        lightspeed = FakeLightspeed()
        identity = created(lightspeed, **TONY, customer_code="C-7").id
        updated(lightspeed, identity, **TONY)
        assert lightspeed.row(identity)["customer_code"].startswith("Tony-")

    def test_a_deleted_customers_is_free_again(self) -> None:
        lightspeed = FakeLightspeed()
        identity = created(lightspeed, **TONY, customer_code="C-7").id
        lightspeed.remove(identity)
        assert isinstance(created(lightspeed, **TONY, customer_code="C-7"), Done)


class TestWalkIn:
    """The shop's anonymous customer is there from the start, and never written."""

    def test_is_there(self) -> None:
        assert is_walk_in(LIGHTSPEED.read(walk_in(FakeLightspeed()), "", ""))

    def test_is_never_written(self) -> None:
        lightspeed = FakeLightspeed()
        before = walk_in(lightspeed)
        assert updated(lightspeed, before["id"], **TONY) == Rejected("walk_in", "customer_code")
        assert created(lightspeed, **TONY, customer_code="WALKIN") == Exists(before["id"])
        assert lightspeed.rows == [before]


class TestNames:
    """The keys of both names are demanded, null is taken; one name has to be there."""

    @pytest.mark.parametrize("missing", ["first_name", "last_name"])
    def test_a_body_without_a_key_is_refused(self, missing: str) -> None:
        lightspeed = FakeLightspeed()
        body = {key: value for key, value in TONY.items() if key != missing}
        assert created(lightspeed, **body) == Rejected("required", missing)
        identity = created(lightspeed, **TONY).id
        assert updated(lightspeed, identity, **body) == Rejected("required", missing)

    def test_a_body_without_any_name_is_refused(self) -> None:
        lightspeed = FakeLightspeed()
        assert created(lightspeed, **NAMES, email="a@works.example") == Rejected("required", "first_name")
        identity = created(lightspeed, **TONY).id
        assert updated(lightspeed, identity, **NAMES) == Rejected("required", "first_name")

    def test_the_one_name_is_of_both(self) -> None:
        lightspeed = FakeLightspeed()
        identity = created(lightspeed, **TONY).id
        assert lightspeed.row(identity)["name"] == "Tony Reyes"
        updated(lightspeed, identity, **NAMES, company_name="Works")
        assert lightspeed.row(identity)["name"] is None


class TestBodies:
    """What is no key of Lightspeed's, or of another kind, is refused; null and empty texts are kept."""

    @pytest.mark.parametrize(
        ("key", "value", "code"),
        [
            ("version", 7, "unknown_field"),
            ("do_not_email", "true", "invalid"),
            ("phone", 7, "invalid"),
            ("email", "no email", "invalid"),
            ("postal_country_id", "USA", "invalid"),
            ("physical_country_id", "xk", "invalid"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, key: str, value: Any, code: str) -> None:
        lightspeed = FakeLightspeed()
        assert created(lightspeed, **TONY, **{key: value}) == Rejected(code, key)
        assert len(lightspeed.rows) == 1

    @pytest.mark.parametrize("value", [None, ""])
    def test_nothing_is_kept_as_it_came(self, value: str | None) -> None:
        lightspeed = FakeLightspeed()
        identity = created(lightspeed, **TONY, email=value, postal_country_id=value).id
        assert lightspeed.row(identity)["email"] == value
        assert found(lightspeed, "email", "a@works.example") == []

    def test_an_email_is_found_in_any_spelling(self) -> None:
        lightspeed = FakeLightspeed()
        identity = created(lightspeed, **TONY, email="A@works.example").id
        assert [row["id"] for row in found(lightspeed, "email", "a@Works.example")] == [identity]

    def test_an_edit_of_a_person_needs_no_names(self) -> None:
        lightspeed = FakeLightspeed()
        identity = created(lightspeed, **TONY).id
        lightspeed.edit(identity, do_not_email=True)
        assert lightspeed.row(identity)["do_not_email"] is True


@pytest.mark.rule("G-LOSS")
class TestUpdates:
    """What a body leaves out is null from then on, or stays: both are right for what a flow writes."""

    @pytest.mark.parametrize(("replaces", "kept"), [(True, (False, None)), (False, (True, "n"))])
    def test_what_a_body_leaves_out(self, replaces: bool, kept: Any) -> None:  # noqa: FBT001
        lightspeed = FakeLightspeed(replaces=replaces)
        identity = created(lightspeed, **TONY, customer_code="C-7", do_not_email=True, note="n").id
        updated(lightspeed, identity, **TONY, customer_code="C-7", phone="1")
        row = lightspeed.row(identity)
        assert (row["do_not_email"], row["note"]) == kept
        assert (row["phone"], row["customer_code"]) == ("1", "C-7")

    def test_what_people_change_touches_nothing_else(self) -> None:
        lightspeed = FakeLightspeed()
        identity = created(lightspeed, **TONY, do_not_email=True).id
        lightspeed.edit(identity, phone="1")
        assert lightspeed.row(identity)["do_not_email"] is True


class TestVersions:
    """Every change makes a version that is higher than all; a page begins after one."""

    def test_a_page_holds_what_changed_since(self) -> None:
        lightspeed = FakeLightspeed()
        first, second = created(lightspeed, **TONY).id, created(lightspeed, **TONY).id
        seen = lightspeed.listed()[-1]["version"]
        updated(lightspeed, first, **TONY, phone="1")
        assert [row["id"] for row in lightspeed.listed(seen)] == [first]
        lightspeed.remove(second)
        assert [row["id"] for row in lightspeed.listed(seen, deleted=True)] == [first, second]
        assert [row["id"] for row in lightspeed.listed(seen)] == [first]

    def test_a_page_begins_with_what_changed_first(self) -> None:
        lightspeed = FakeLightspeed()
        first, second = created(lightspeed, **TONY).id, created(lightspeed, **TONY).id
        updated(lightspeed, first, **TONY, phone="1")
        assert [row["id"] for row in lightspeed.listed()] == [walk_in(lightspeed)["id"], second, first]

    def test_a_tombstone_is_found_by_its_id_alone(self) -> None:
        lightspeed = FakeLightspeed(VirtualClock())
        identity = created(lightspeed, **TONY, email="a@works.example", customer_code="C-7").id
        lightspeed.remove(identity)
        (row,) = found(lightspeed, "id", identity)
        assert LIGHTSPEED.is_deleted(row)
        assert found(lightspeed, "email", "a@works.example") == []
        assert found(lightspeed, "customer_code", "C-7") == []
        assert updated(lightspeed, identity, **TONY) == Rejected("resource_missing", "id")


class TestBothGenerations:
    """The 0.9 era spells some keys otherwise, has amounts as text and stamps without a zone."""

    @pytest.mark.parametrize("generation", GENERATIONS)
    @pytest.mark.parametrize("key", ["postal_address_1", "postal_address1"])
    def test_bodies_are_taken_in_both(self, key: str, generation: Literal["2.0", "0.9"]) -> None:
        lightspeed = FakeLightspeed(generation=generation)
        identity = created(lightspeed, **TONY, **{key: "1 Row"}).id
        keys = {other for other, value in lightspeed.row(identity).items() if value == "1 Row"}
        assert keys == {"postal_address_1" if generation == "2.0" else "postal_address1"}

    def test_rows_are_spelled_in_one(self) -> None:
        new, old = (walk_in(FakeLightspeed(generation=generation)) for generation in GENERATIONS)
        assert new.keys() - old.keys() == {
            "gender",
            "physical_address_1",
            "physical_address_2",
            "postal_address_1",
            "postal_address_2",
        }
        assert (new["balance"], old["balance"]) == (0, "0.00000")
        assert (new["created_at"][10:11], old["created_at"][10:11]) == ("T", " ")

    @pytest.mark.parametrize("generation", GENERATIONS)
    def test_a_person_may_spell_as_well(self, generation: Literal["2.0", "0.9"]) -> None:
        lightspeed = FakeLightspeed(generation=generation)
        identity = lightspeed.put({"company_name": "Works", "postal_address_1": "1 Row", "gender": "F"})
        read = LIGHTSPEED.read(lightspeed.row(identity), "", "")
        assert isinstance(read.billing_address, Address)
        assert (read.billing_address.line1, read.custom["gender"]) == ("1 Row", "F")


WORDS = st.text("abÄ é-.,'", min_size=1, max_size=8).filter(str.strip)
ADDRESSES = st.builds(
    Address,
    line1=WORDS,
    line2=st.none() | WORDS,
    city=WORDS,
    state=st.none() | WORDS,
    postal_code=st.none() | WORDS,
    country=st.sampled_from(["US", "FR", None]),
)
VALUES: dict[str, Any] = {
    "company_name": WORDS,
    "first_name": st.none() | WORDS,
    "last_name": st.none() | WORDS,
    "phone": st.none() | WORDS,
    "mobile_phone": WORDS,
    "fax": st.none() | WORDS,
    "email": st.none() | st.just("a@works.example"),
    "entity_id": WORDS,
    "subscription_status": st.sampled_from([SubscriptionStatus.SOFT_OPT_IN, SubscriptionStatus.SOFT_OPT_OUT]),
    "billing_address": ADDRESSES,
    "shipping_address": ADDRESSES,
    "custom.custom_field_1": WORDS,
}


def said(value: Any) -> Any:
    """Return the components of an address, any other value as it is."""
    if not isinstance(value, Address):
        return value
    parts = ("line1", "line2", "city", "state", "postal_code", "country")
    return [getattr(value, part) for part in parts]


class TestTheRoundTrip:
    """What is written in Lightspeed's shape is taken, kept, and read back as it was meant."""

    @pytest.mark.rule("LS-MAP-1")
    @pytest.mark.rule("LS-MAP-2")
    @given(
        values=st.fixed_dictionaries(VALUES),
        changes=st.fixed_dictionaries({}, optional=VALUES),
        generation=st.sampled_from(GENERATIONS),
    )
    def test_of_a_create_and_an_update(
        self, values: dict[str, Any], changes: dict[str, Any], generation: Literal["2.0", "0.9"]
    ) -> None:
        lightspeed = FakeLightspeed(generation=generation)
        answer = created(lightspeed, **LIGHTSPEED.write(values, None))
        assert isinstance(answer, Done)
        current = LIGHTSPEED.read(lightspeed.row(answer.id), "", "")
        again = updated(lightspeed, answer.id, **LIGHTSPEED.write(changes, current))
        assert isinstance(again, Done)
        read = LIGHTSPEED.read(lightspeed.row(answer.id), "", "")
        for name, value in {**values, **changes}.items():
            custom = name.startswith("custom.")
            there = read.custom[name[7:]] if custom else getattr(read, name)
            assert said(there) == said(value), name
        assert read.created_at is not ABSENT
