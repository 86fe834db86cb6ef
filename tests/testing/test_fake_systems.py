"""The in-base systems have the quirks of the systems that they stand for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from custsync.protocols import CreateRequest, Done, Exists, MergeRequest, Rejected, Tier, Unknown
from custsync.systems.netsuite import REST
from custsync.systems.stripe import STRIPE
from custsync.testing.clock import START, VirtualClock
from custsync.testing.fakes import base
from custsync.testing.fakes.base import FakeSystem, Refusal
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.fakes.upflow import FakeUpflow
from tests.testing.calls import created, found, updated

EMAIL = "ap@works.example"


class TestStripesKeys:
    """A key is kept for 24 hours; the same key with other parameters is an error; a refusal keeps no key."""

    def test_within_the_time(self) -> None:
        clock = VirtualClock()
        stripe = FakeStripe(clock)
        first = created(stripe, email=EMAIL)
        clock.advance(timedelta(hours=24) - timedelta(seconds=1))
        assert created(stripe, email=EMAIL) == first
        assert len(stripe.rows) == 1

    def test_after_it(self) -> None:
        clock = VirtualClock()
        stripe = FakeStripe(clock)
        created(stripe, email=EMAIL)
        clock.advance(timedelta(hours=24))
        assert created(stripe, email=EMAIL).id == "cus_000002"

    def test_with_other_parameters(self) -> None:
        stripe = FakeStripe()
        created(stripe, email=EMAIL)
        assert created(stripe, email="x" + EMAIL) == Unknown("idempotency_error")

    def test_of_a_refused_request(self) -> None:
        stripe = FakeStripe()
        assert created(stripe, email="no email") == Rejected("email_invalid", "email")
        assert isinstance(created(stripe, email=EMAIL), Done)

    def test_is_nothing_in_tier_c(self) -> None:
        stripe = FakeStripe(tier=Tier.C)
        created(stripe, email=EMAIL)
        created(stripe, email=EMAIL)
        assert len(stripe.rows) == 2


class TestStripesRows:
    """Newest first, exact emails, tombstones, metadata merged by key."""

    def test_an_email_is_found_in_its_exact_spelling_first_and_newest_first(self) -> None:
        clock = VirtualClock()
        stripe = FakeStripe(clock)
        for _ in range(2):
            stripe.put({"email": EMAIL})
            clock.sleep(1)
        found = stripe.find("email", [EMAIL])[EMAIL]
        assert isinstance(found, list)
        assert [row["id"] for row in found] == ["cus_000002", "cus_000001"]
        stripe.put({"email": EMAIL.upper()})
        assert [row["id"] for row in stripe.find("email", [EMAIL])[EMAIL]] == ["cus_000002", "cus_000001"]  # type: ignore[union-attr]
        assert len(stripe.find("email", [EMAIL.title()])[EMAIL.title()]) == 3  # type: ignore[arg-type]

    def test_the_search_for_another_spelling_lags_behind_writes(self) -> None:
        clock = VirtualClock()
        stripe = FakeStripe(clock)
        made = stripe.create([CreateRequest(key="k", payload={"email": EMAIL})])["k"]
        assert stripe.find("email", [EMAIL.upper()]) == {EMAIL.upper(): []}
        clock.advance(stripe.lag)
        assert stripe.find("email", [EMAIL.upper()]) == {EMAIL.upper(): [made.payload]}  # type: ignore[union-attr]
        stripe.remove(made.id)  # type: ignore[union-attr]
        assert stripe.find("email", [EMAIL.upper()]) == {EMAIL.upper(): []}

    def test_a_deleted_customer_is_answered_with_three_keys(self) -> None:
        stripe = FakeStripe()
        identity = stripe.put({"email": EMAIL})
        stripe.remove(identity)
        tombstone = {"id": identity, "object": "customer", "deleted": True}
        assert stripe.find("id", [identity]) == {identity: [tombstone]}
        assert stripe.find("email", [EMAIL]) == {EMAIL: []}
        assert updated(stripe, identity, name="N") == Rejected("resource_missing", "id")

    def test_metadata_is_merged_by_key_and_cleared_by_an_empty_text(self) -> None:
        stripe = FakeStripe()
        identity = stripe.put({"metadata": {"a": "1", "b": "2"}})
        updated(stripe, identity, metadata={"a": "", "c": "3"})
        assert stripe.row(identity)["metadata"] == {"b": "2", "c": "3"}
        updated(stripe, identity, metadata="")
        assert stripe.row(identity)["metadata"] == {}

    def test_an_empty_text_clears(self) -> None:
        stripe = FakeStripe()
        address = {"line1": "1 Row", "country": "Côte d'Ivoire"}
        identity = created(stripe, name="N", address=address, shipping={"name": "N", "address": address}).id
        assert stripe.row(identity)["address"]["country"] == "Côte d'Ivoire"
        shipping = {"name": "N", "phone": "1", "address": {"line2": "Floor 9"}}
        updated(stripe, identity, shipping=shipping, address={"line2": "Suite 4"})
        assert stripe.row(identity)["shipping"]["phone"] == "1"
        assert stripe.row(identity)["address"]["line1"] == "1 Row"
        updated(stripe, identity, name="", address="", shipping="")
        row = stripe.row(identity)
        assert (row["name"], row["address"], row["shipping"]) == (None, None, None)

    @pytest.mark.parametrize(
        ("payload", "field"),
        [
            ({"metadata": {"k" * 41: "v"}}, "metadata"),
            ({"metadata": {"k[0]": "v"}}, "metadata"),
            ({"metadata": {"k": "v" * 501}}, "metadata"),
            ({"metadata": {str(number): "v" for number in range(51)}}, "metadata"),
            ({"email": "a" * 512 + "@b"}, "email"),
            ({"name": 7}, "name"),
            ({"address": {"county": "C"}}, "address[county]"),
            ({"email": "n/a"}, "email"),
            ({"email": "a@b.example; c@d.example"}, "email"),
            ({"shipping": {"name": "N", "address": {}, "carrier": "C"}}, "shipping[carrier]"),
            ({"shipping": {"name": "N"}}, "shipping[address]"),
            ({"shipping": {"address": {"city": "C"}}}, "shipping[name]"),
            ({"balance": 7}, "balance"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, payload: dict[str, Any], field: str) -> None:
        stripe = FakeStripe()
        answer = created(stripe, **payload)
        assert isinstance(answer, Rejected)
        assert answer.field == field
        identity = stripe.put({})
        assert isinstance(updated(stripe, identity, **payload), Rejected)
        assert stripe.row(identity) == {**stripe.blank(), "id": identity}

    def test_live_and_test_mode_are_told_apart(self) -> None:
        for mode, live in (("test", False), ("live", True)):
            stripe = FakeStripe(mode=mode)
            stripe.put({"email": EMAIL})
            assert stripe.rows[0]["livemode"] is live
            assert STRIPE.read(stripe.rows[0], "", mode).ref.mode == mode

    def test_metadata_is_a_look_up_of_tiers_c_and_d_alone(self) -> None:
        by = "custom.netsuite_internal_id"
        assert [by in FakeStripe(tier=tier).capabilities.lookups for tier in (Tier.B, Tier.C, Tier.D)] == [
            False,
            True,
            True,
        ]
        stripe = FakeStripe(tier=Tier.C)
        identity = created(stripe, metadata={"netsuite_internal_id": "7"}).id
        assert [row["id"] for row in stripe.find(by, ["7"])["7"]] == [identity]  # type: ignore[union-attr]


class TestTime:
    """Look-ups lag in tier D, and effects can be late."""

    def test_a_lagging_look_up_shows_the_past(self) -> None:
        clock = VirtualClock()
        stripe = FakeStripe(clock, tier=Tier.D, lag=timedelta(minutes=1))
        created(stripe, email=EMAIL)
        assert stripe.find("email", [EMAIL]) == {EMAIL: []}
        assert len(stripe.find("id", ["cus_000001"])["cus_000001"]) == 1  # type: ignore[arg-type]
        clock.sleep(60)
        assert len(stripe.find("email", [EMAIL])[EMAIL]) == 1  # type: ignore[arg-type]

    def test_a_late_effect_happens_when_it_is_due(self) -> None:
        clock = VirtualClock()
        stripe = FakeStripe(clock)
        stripe.later(timedelta(seconds=10), lambda: stripe.put({"email": EMAIL}))
        clock.sleep(9)
        assert stripe.rows == []
        assert stripe.has_late
        clock.sleep(1)
        assert len(stripe.rows) == 1
        assert not stripe.has_late

    def test_a_clock_of_its_own(self) -> None:
        assert FakeStripe().clock() == START

    def test_too_many_at_once_are_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="2 at once; at most 1 are accepted"):
            FakeStripe().find("id", ["1", "2"])


class TestCost:
    """What one customer costs does not depend on how many there are."""

    SYSTEMS = (FakeLago, FakeLightspeed, FakeNetSuite, FakeServiceTitan, FakeStripe, FakeUpflow)

    @pytest.mark.parametrize("system", SYSTEMS)
    def test_a_look_up_and_a_row_look_at_the_rows_that_may_fit(
        self, system: Callable[[], FakeSystem], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_at = {}
        for many in (10, 100):
            one = system()
            identities = [one.put({}) for _ in range(many)]
            seen = watched(monkeypatch)
            lago = isinstance(one, FakeLago)
            assert found(one, "external_id", "customer-5") if lago else found(one, "id", identities[5])
            assert one.row(identities[5])
            looked_at[many] = len(seen)
        assert looked_at[10] == looked_at[100] > 0

    def test_a_create_of_netsuite_and_a_merge_look_at_the_rows_that_may_fit(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_at = {}
        for many in (10, 100):
            netsuite = FakeNetSuite()
            top, *others = [netsuite.put({"companyName": "A", "externalId": f"x{n}"}) for n in range(many)]
            netsuite.put({"companyName": "Child", "parent": {"id": others[0]}})
            seen = watched(monkeypatch)
            assert created(netsuite, companyName="B", externalId="x5") == Exists()
            assert netsuite.merge([MergeRequest(survivor=top, duplicate=others[0])]) == {others[0]: Done(top)}
            looked_at[many] = len(seen)
        assert looked_at[10] == looked_at[100] > 0

    def test_rows_come_oldest_first_whoever_was_edited_last(self) -> None:
        netsuite = FakeNetSuite()
        first, second = netsuite.put({"companyName": "A"}), netsuite.put({"companyName": "B", "email": EMAIL})
        netsuite.edit(first, email=EMAIL)
        assert [row["id"] for row in found(netsuite, "email", EMAIL)] == [first, second]


def watched(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that takes every row that is looked at from now on."""
    seen: list[Any] = []

    def as_of(past: Any, _until: Any) -> Any:
        seen.append(past)
        return past[-1][1]

    monkeypatch.setattr(base, "_as_of", as_of)
    return seen


class TestNetSuite:
    """Unique external ids, names by kind, limits, countries and subsidiaries; addresses by line."""

    def test_a_second_create_with_the_external_id_is_told_that_it_exists(self) -> None:
        netsuite = FakeNetSuite()
        assert created(netsuite, companyName="A", externalId="x") == Done("5001")
        assert created(netsuite, companyName="B", externalId="x") == Exists()
        assert len(netsuite.rows) == 1
        assert updated(netsuite, "5001", externalId="x", phone="1") == Done("5001")

    @pytest.mark.parametrize(
        ("payload", "field"),
        [
            ({"isPerson": True, "firstName": "Rosalind"}, "lastName"),
            ({"isPerson": False, "lastName": "Okafor"}, "companyName"),
            ({"companyName": "C" * 84}, "companyName"),
            ({"companyName": 7}, "companyName"),
            ({"companyName": "C", "email": "no email"}, "email"),
            ({"companyName": "C", "isPerson": "F"}, "isPerson"),
            ({"companyName": "C", "id": "7"}, "id"),
            ({"companyName": "C", "addressBook": {"items": [{"id": 7}]}}, "addressBook.id"),
            (
                {"companyName": "C", "addressBook": {"items": [{"addressBookAddress": {"zip": "1" * 37}}]}},
                "addressBook.zip",
            ),
            (
                {"companyName": "C", "addressBook": {"items": [{"addressBookAddress": {"country": "US"}}]}},
                "addressBook.country",
            ),
            (
                {
                    "companyName": "C",
                    "addressBook": {"items": [{"addressBookAddress": {"country": {"id": "USA"}}}]},
                },
                "addressBook.country",
            ),
        ],
    )
    def test_what_does_not_fit_is_refused(self, payload: dict[str, Any], field: str) -> None:
        netsuite = FakeNetSuite()
        answer = created(netsuite, **payload)
        assert isinstance(answer, Rejected)
        assert answer.field == field
        assert netsuite.rows == []

    @pytest.mark.parametrize(
        ("subsidiary", "answer"),
        [
            (None, Rejected("USER_ERROR", "subsidiary")),
            ({"id": "3"}, Rejected("INVALID_KEY_OR_REF", "subsidiary")),
            ({"id": "2"}, Done("5001")),
        ],
    )
    def test_a_oneworld_account_wants_a_subsidiary(self, subsidiary: Any, answer: Any) -> None:
        netsuite = FakeNetSuite(subsidiaries=["2"])
        assert created(netsuite, companyName="C", subsidiary=subsidiary) == answer

    def test_a_patch_adds_a_line_or_changes_the_one_that_it_names(self) -> None:
        netsuite = FakeNetSuite()
        home = {"addr1": "1 Row", "city": "Astoria", "country": {"id": "US"}}
        line = {"defaultBilling": True, "defaultShipping": True, "addressBookAddress": home}
        created(netsuite, companyName="C", addressBook={"items": [line]})
        updated(netsuite, "5001", addressBook={"items": [{"id": 1, "addressBookAddress": {"city": None}}]})
        new = {"defaultShipping": True, "addressBookAddress": {"city": "Portland"}}
        updated(netsuite, "5001", addressBook={"items": [new]})
        first, second = netsuite.row("5001")["addressBook"]["items"]
        assert first["addressBookAddress"] == {"addr1": "1 Row", "country": {"id": "US"}}
        assert (first["defaultBilling"], first["defaultShipping"]) == (True, False)
        assert (second["id"], second["defaultShipping"]) == (2, True)
        assert updated(netsuite, "5001", addressBook=None) == Done("5001")

    def test_null_keys_are_absent(self) -> None:
        netsuite = FakeNetSuite()
        created(netsuite, companyName="C", phone="1")
        updated(netsuite, "5001", phone=None)
        assert "phone" not in netsuite.row("5001")

    def test_a_deleted_customer_is_gone(self) -> None:
        netsuite = FakeNetSuite()
        netsuite.put({"companyName": "C"})
        netsuite.remove("5001")
        assert netsuite.find("id", ["5001"]) == {"5001": []}
        assert updated(netsuite, "5001", phone="1") == Rejected("resource_missing", "id")

    def test_an_edit_that_does_not_fit_is_refused(self) -> None:
        netsuite = FakeNetSuite()
        netsuite.put({"companyName": "C"})
        with pytest.raises(Refusal):
            netsuite.edit("5001", companyName=None)
        assert REST.read(netsuite.row("5001"), "", "").company_name == "C"

    def test_query_rows_are_flat_and_in_lower_case(self) -> None:
        netsuite = FakeNetSuite(subsidiaries=["2"])
        netsuite.put({"isPerson": True, "lastName": "Lin", "subsidiary": {"id": "2"}, "addressBook": {}})
        (row,) = netsuite.query_rows
        assert (row["isperson"], row["isinactive"], row["lastname"], row["subsidiary"]) == (
            "T",
            "F",
            "Lin",
            "2",
        )
        assert "addressbook" not in row


class TestTheBase:
    """A subclass says what its vendor's shape is; the base alone is of no system."""

    def test_says_nothing_of_a_vendor(self) -> None:
        base = object.__new__(FakeSystem)
        for call in (base.blank, lambda: base._created({}), lambda: base._change({}, {})):
            with pytest.raises(NotImplementedError):
                call()
