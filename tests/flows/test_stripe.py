"""NetSuite ↔ Stripe: each rule of the source page, and the general ones, on both systems in memory."""

import json
import logging
import pickle
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Literal

import pytest
from attrs import evolve, field as attrs_field, frozen

from custsync.engine.api import apply, plan, sync
from custsync.engine.decide.core import Evidence, decide
from custsync.engine.decisions import Create, Invalid, Link, Review, Skip, Update
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Result
from custsync.engine.plans import Plan
from custsync.errors import ConfigurationError, FlowError
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, IMPORT, LINK, export_flow, import_flow
from custsync.models import ABSENT, Address, Customer, Ref
from custsync.protocols import CreateRequest, Rejected, Unknown
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.rule import OnAlreadyLinked, OnMultiple
from custsync.rules.matching.search import Match
from custsync.stores.memory import MemoryStore
from custsync.systems import netsuite
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe

KEPT = "custentity_stripe_customer_id"
STAMP = "netsuite_internal_id"
COMPANY = {"companyName": "Brightwater Joinery", "email": "ap@brightwater.example", "phone": "(503) 555-0142"}
PERSON = {"isPerson": True, "firstName": "Rosalind", "lastName": "Okafor", "email": "ros@okafor.example"}
STREET = {"line1": "1 Row", "city": "Astoria", "country": "US"}


def ns(identity: str = "2041", **values: Any) -> Customer:
    return Customer(ref=Ref("netsuite", identity), **values)


def st(identity: str = "cus_1", **values: Any) -> Customer:
    return Customer(ref=Ref("stripe", identity), **values)


def created(flow: Flow, customer: Customer) -> Mapping[str, Any]:
    made = decide(flow, customer, Evidence())
    assert isinstance(made, Create), made
    return made.values


class CountingStore(MemoryStore):
    """A store that counts its saves."""

    saves = 0

    def save(self, writes: Any) -> list[bool]:
        self.saves += len(writes)
        return super().save(writes)


@frozen
class Both:
    """Both systems, one store, and the two worlds."""

    netsuite: FakeNetSuite = attrs_field(factory=FakeNetSuite)
    stripe: FakeStripe = attrs_field(factory=FakeStripe)
    store: CountingStore = attrs_field(factory=CountingStore)

    @property
    def out(self) -> Environment:
        return Environment(
            target=self.stripe, source=self.netsuite, store=self.store, clock=self.stripe.clock
        )

    @property
    def back(self) -> Environment:
        return Environment(
            target=self.netsuite, source=self.stripe, store=self.store, clock=self.stripe.clock
        )

    def export(self, flow: Flow = EXPORT) -> str:
        return sync(flow, self.netsuite.rows, self.out).summary

    def bring_in(self, flow: Flow = IMPORT) -> str:
        return sync(flow, [row for row in self.stripe.rows if not row.get("deleted")], self.back).summary

    def writes(self) -> int:
        return len(self.netsuite.writes) + len(self.stripe.writes)


def deleted(both: Both) -> str:
    """Return the id of a Stripe customer that was deleted."""
    identity = both.stripe.put({"name": "Old"})
    both.stripe.remove(identity)
    return identity


@frozen
class Without:
    """A Stripe that does not show one of its customers when it is asked by its id."""

    stripe: FakeStripe
    hidden: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stripe, name)

    def find(self, by: str, values: Any) -> Any:
        return {**self.stripe.find(by, values), **({self.hidden: []} if self.hidden in values else {})}


@frozen
class WithoutAnswers:
    """A Stripe that creates, and whose answers are lost."""

    stripe: FakeStripe

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stripe, name)

    def create(self, requests: Any) -> Any:
        return dict.fromkeys(self.stripe.create(requests), Unknown("timeout"))


@pytest.fixture
def both() -> Both:
    return Both()


@pytest.mark.rule("SP-OUT-1")
class TestOut1:
    """First look-up: the Stripe customer ID kept on the NetSuite customer. Found means update."""

    def test_found_is_updated_whatever_its_email(self, both: Both) -> None:
        identity = both.stripe.put({"email": "old@brightwater.example", "name": "Old"})
        both.netsuite.put({**COMPANY, KEPT: identity})
        assert both.export() == "1 linked"
        assert [(row["name"], row["email"]) for row in both.stripe.rows] == [
            ("Brightwater Joinery", "ap@brightwater.example")
        ]

    def test_the_id_comes_before_the_email(self, both: Both) -> None:
        both.stripe.put({"email": COMPANY["email"], "name": "By email"})
        identity = both.stripe.put({"name": "By id"})
        both.netsuite.put({**COMPANY, KEPT: identity})
        both.export()
        assert both.stripe.row(identity)["name"] == "Brightwater Joinery"
        assert both.stripe.rows[0]["name"] == "By email"

    def test_the_first_step_asks_for_the_id(self) -> None:
        first = EXPORT.match[0]
        assert (first.lookup, first.source_field, first.authoritative) == ("id", f"custom.{KEPT}", True)

    def test_another_custom_field_may_keep_it(self, both: Both) -> None:
        identity = both.stripe.put({"name": "Old"})
        both.netsuite.put({**COMPANY, "custentity_other": identity})
        assert both.export(export_flow(stripe_id_field="custentity_other")) == "1 linked"

    @pytest.mark.rule("G-DUP")
    def test_a_deleted_customer_is_for_a_person_and_not_created_again(self, both: Both) -> None:
        both.netsuite.put({**COMPANY, KEPT: deleted(both)})
        assert both.export() == "1 for review"
        assert both.writes() == 0

    def test_unless_the_flow_says_so(self, both: Both) -> None:
        own = both.netsuite.put({**COMPANY, KEPT: deleted(both)})
        assert both.export(export_flow(deleted="create")) == "1 created"
        assert both.netsuite.row(own)[KEPT] == both.stripe.rows[-1]["id"]

    @pytest.mark.parametrize("policy", ["review", "create"])
    def test_where_the_email_finds_one_that_is_there_it_is_linked_with_a_warning(
        self, both: Both, policy: Literal["review", "create"]
    ) -> None:
        own = both.netsuite.put({**COMPANY, KEPT: deleted(both)})
        live = both.stripe.put({"email": COMPANY["email"], "name": "Old"})
        (made,) = plan(export_flow(deleted=policy), both.netsuite.rows, both.out)
        assert isinstance(made, Link)
        assert [issue.code for issue in made.issues] == ["kept_id_deleted"]
        assert both.export(export_flow(deleted=policy)) == "1 linked"
        assert both.netsuite.row(own)[KEPT] == live

    def test_where_it_finds_several_a_person_decides(self, both: Both) -> None:
        both.netsuite.put({**COMPANY, KEPT: deleted(both)})
        for _ in range(2):
            both.stripe.put({"email": COMPANY["email"]})
        assert both.export() == "1 for review"

    def test_a_linked_one_that_was_deleted_is_linked_anew(self, both: Both) -> None:
        own = both.netsuite.put(COMPANY)
        both.export()
        both.stripe.remove(both.stripe.rows[0]["id"])
        assert both.export() == "1 for review"
        live = both.stripe.put({"email": COMPANY["email"], "name": "Old"})
        (made,) = plan(EXPORT, both.netsuite.rows, both.out)
        assert [issue.code for issue in made.issues] == ["linked_anew"]
        assert both.export() == "1 linked"
        assert both.netsuite.row(own)[KEPT] == live
        assert both.export() == "1 unchanged"

    @pytest.mark.rule("G-LOSS")
    def test_one_that_is_not_shown_at_all_is_never_linked_anew(self, both: Both) -> None:
        """Silence is no proof that it was deleted."""
        both.netsuite.put(COMPANY)
        both.export()
        both.stripe.put({"email": COMPANY["email"], "name": "Another"})
        hidden = both.stripe.rows[0]["id"]
        world = evolve(both.out, target=Without(both.stripe, hidden))
        (made,) = plan(EXPORT, both.netsuite.rows, world)
        assert [issue.code for issue in made.issues] == ["broken_link"]

    def test_another_word_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match="OnDeleted: one of 'review', 'create'"):
            export_flow(deleted="link")  # type: ignore[arg-type]


@pytest.mark.rule("SP-OUT-2")
class TestOut2:
    """Not found: second look-up by the email of the NetSuite customer. Found means update, and link."""

    @pytest.mark.parametrize("kept", ["", "cus_gone"], ids=["no id kept", "id not there"])
    def test_found_by_email_is_updated_and_linked(self, both: Both, kept: str) -> None:
        identity = both.stripe.put({"email": COMPANY["email"], "name": "Old"})
        own = both.netsuite.put({**COMPANY, **({KEPT: kept} if kept else {})})
        assert both.export() == "1 linked"
        assert both.stripe.row(identity)["name"] == "Brightwater Joinery"
        assert both.stripe.row(identity)["metadata"] == {STAMP: own}
        assert both.netsuite.row(own)[KEPT] == identity

    @pytest.mark.parametrize(
        "there", ["AP@Brightwater.example", "ap@brightwater.example", "Ap@BRIGHTWATER.example"]
    )
    @pytest.mark.parametrize("ours", ["AP@Brightwater.example", "ap@brightwater.example"])
    def test_in_any_case(self, both: Both, ours: str, there: str) -> None:
        """Stripe's list finds the exact spelling alone; its search, which lags, finds any."""
        both.stripe.put({"email": there})
        both.netsuite.put({**COMPANY, "email": ours})
        assert both.export() == "1 linked"

    @pytest.mark.rule("G-DUP")
    def test_what_the_search_does_not_show_yet_is_no_doubt_taken_away(self, both: Both) -> None:
        """Two of one spelling are two, whatever the search shows."""
        for _ in range(2):
            both.stripe.put({"email": COMPANY["email"]})
        both.stripe.put({"email": COMPANY["email"].upper()})
        both.netsuite.put(COMPANY)
        assert both.export() == "1 for review"

    @pytest.mark.parametrize(
        ("there", "report"),
        [
            pytest.param(["a"], "1 linked", id="the first"),
            pytest.param(["b"], "1 linked", id="the second"),
            pytest.param([], "1 created", id="neither"),
            pytest.param(["a", "b"], "1 for review", id="two customers"),
        ],
    )
    def test_each_address_of_a_field_is_looked_for(self, both: Both, there: list[str], report: str) -> None:
        for name in there:
            both.stripe.put({"email": f"{name}@x.example", "name": "M"})
        both.netsuite.put({**COMPANY, "email": "a@x.example; b@x.example"})
        assert both.export() == report
        if report != "1 for review":
            assert [row["email"] for row in both.stripe.rows] == ["a@x.example"]

    def test_that_the_first_address_is_written_is_reported(self, both: Both) -> None:
        both.netsuite.put({**COMPANY, "email": "a@x.example; b@x.example"})
        (made,) = plan(EXPORT, both.netsuite.rows, both.out)
        assert [issue.code for issue in made.issues] == ["several_addresses"]

    def test_a_blocked_email_matches_nobody(self, both: Both) -> None:
        both.stripe.put({"email": COMPANY["email"]})
        both.netsuite.put(COMPANY)
        assert both.export(export_flow(blocked_emails=frozenset({COMPANY["email"]}))) == "1 created"

    def test_a_customer_of_another_is_passed_over(self, both: Both) -> None:
        """Two NetSuite customers share an email: the second gets a Stripe customer of its own."""
        both.netsuite.put(COMPANY)
        both.export()
        both.netsuite.put({**COMPANY, "companyName": "Brightwater Repairs"})
        assert both.export() == "1 created, 1 unchanged"
        assert len(both.stripe.rows) == 2

    def test_two_that_would_adopt_the_same_are_both_shown(self, both: Both) -> None:
        both.stripe.put({"email": COMPANY["email"]})
        both.netsuite.put(COMPANY)
        both.netsuite.put({**COMPANY, "companyName": "Brightwater Repairs"})
        assert both.export() == "2 for review"
        assert both.writes() == 0


@pytest.mark.rule("SP-OUT-3")
class TestOut3:
    """Not found: create in Stripe, then write the new Stripe ID back: the permanent link."""

    def test_created_and_written_back(self, both: Both) -> None:
        own = both.netsuite.put(COMPANY)
        assert both.export() == "1 created"
        (row,) = both.stripe.rows
        assert both.netsuite.row(own)[KEPT] == row["id"]
        assert row["metadata"] == {STAMP: own}

    def test_the_link_is_permanent(self, both: Both) -> None:
        own = both.netsuite.put(COMPANY)
        both.export()
        both.netsuite.edit(own, email="new@brightwater.example")
        assert both.export() == "1 updated"
        assert [row["email"] for row in both.stripe.rows] == ["new@brightwater.example"]

    def test_a_write_back_that_failed_is_made_up_for(
        self, both: Both, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = both.netsuite.put(COMPANY)
        with monkeypatch.context() as broken:
            broken.setattr(both.netsuite, "update", _time_out)
            report = sync(EXPORT, both.netsuite.rows, both.out)
        assert report.summary == "1 created"
        assert [issue.code for issue in report.attention[0].issues] == ["write_back_due"]
        assert both.export() == "1 updated"
        assert both.netsuite.row(own)[KEPT] == both.stripe.rows[0]["id"]

    def test_a_customer_without_email_or_name_is_created_too(self, both: Both) -> None:
        both.netsuite.put({"companyName": "Brightwater Joinery"})
        assert both.export() == "1 created"


@pytest.mark.rule("SP-OUT-4")
class TestOut4:
    """Several Stripe customers share that email: nothing is written, the case goes to review."""

    @pytest.fixture
    def three(self, both: Both) -> Both:
        for number in (1, 3, 2):
            both.stripe.put(
                {"email": COMPANY["email"], "created": 1750000000 + number, "name": f"Old {number}"}
            )
        both.netsuite.put(COMPANY)
        return both

    def test_review_with_the_candidates(self, three: Both) -> None:
        (made,) = plan(EXPORT, three.netsuite.rows, three.out)
        assert isinstance(made, Review)
        assert [ref.id for ref in made.candidates] == [row["id"] for row in three.stripe.rows]
        assert three.export() == "1 for review"
        assert three.writes() == 0

    @pytest.mark.parametrize(
        ("several", "taken"),
        [(OnMultiple.OLDEST, "Old 1"), (OnMultiple.NEWEST, "Old 3")],
        ids=["oldest", "newest"],
    )
    def test_or_by_age_where_the_caller_says_so(self, three: Both, several: OnMultiple, taken: str) -> None:
        assert three.export(export_flow(several=several)) == "1 linked"
        names = sorted(row["name"] for row in three.stripe.rows)
        assert names == sorted({"Old 1", "Old 2", "Old 3"} - {taken} | {"Brightwater Joinery"})


@pytest.mark.rule("SP-NAME")
class TestName:
    """Individual: the name is "First Last". Company: the name is the company name."""

    @pytest.mark.parametrize(
        ("customer", "name"),
        [
            pytest.param(
                ns(is_person=True, first_name="Rosalind", last_name="Okafor"), "Rosalind Okafor", id="both"
            ),
            pytest.param(ns(is_person=True, last_name="Okafor"), "Okafor", id="last only"),
            pytest.param(
                ns(is_person=True, first_name="Rosalind", last_name=None), "Rosalind", id="first only"
            ),
            pytest.param(
                ns(is_person=True, first_name="R", last_name="O", company_name="Acme"),
                "R O",
                id="never the company",
            ),
            pytest.param(
                ns(is_person=False, first_name="R", last_name="O", company_name="Acme"),
                "Acme",
                id="never the person",
            ),
        ],
    )
    def test_table(self, customer: Customer, name: str) -> None:
        assert created(EXPORT, customer)["name"] == name

    def test_a_customer_without_a_name_says_nothing_and_clears_nothing(self) -> None:
        assert "name" not in created(EXPORT, ns(is_person=False, company_name=None, email="a@b.example"))


ADDRESS = Address(
    line1="1 Row",
    line2="Unit 2",
    line3="Yard",
    city="Astoria",
    country="US",
    attention="AP",
    default_billing=True,
)


class TestAddresses:
    """Addresses go into the components that the other side has; what does not fit is said."""

    @pytest.mark.rule("G-LOSS")
    def test_a_third_line_joins_the_second_and_that_is_said(self) -> None:
        made = decide(EXPORT, ns(company_name="A", is_person=False, addresses=(ADDRESS,)), Evidence())
        assert isinstance(made, Create)
        there = made.values["billing_address"]
        assert (there.line1, there.line2) == ("1 Row", "Unit 2, Yard")
        assert [issue.field.partition(".")[0] for issue in made.issues] == ["billing_address"]

    @pytest.mark.parametrize(
        ("country", "want"),
        [("US", "US"), ("_unitedStates", "US"), ("Germany", "DE"), (None, None), ("XK", "XK")],
        ids=str,
    )
    def test_countries_out(self, country: str | None, want: str | None) -> None:
        customer = ns(company_name="A", is_person=False, addresses=(evolve(ADDRESS, country=country),))
        assert created(EXPORT, customer)["billing_address"].country == want

    @pytest.mark.parametrize(
        ("country", "want"), [("US", "US"), ("Germany", "DE"), ("Côte d'Ivoire", "CI")], ids=str
    )
    def test_countries_in(self, country: str, want: str) -> None:
        address = Address(city="X", country=country, default_billing=True)
        customer = st(name="A", email="a@shop.example", addresses=(address,))
        assert created(IMPORT, customer)["billing_address"].country == want

    @pytest.mark.rule("G-LOSS", "G-WHY", "LS-CTRY")
    @pytest.mark.parametrize("default", ["default_billing", "default_shipping"])
    def test_an_address_whose_country_netsuite_does_not_know_is_dropped(self, default: str) -> None:
        address = Address(city="X", country="Atlantis", **{default: True})  # type: ignore[arg-type]
        made = decide(IMPORT, st(name="A", email="a@shop.example", addresses=(address,)), Evidence())
        assert isinstance(made, Create)
        assert f"{default[8:]}_address" not in made.values
        assert [issue.field for issue in made.issues] == [f"{default[8:]}_address.country"]
        assert "Atlantis" not in f"{made!r}"

    @pytest.mark.parametrize(
        ("addressee", "want"), [("Works", "Works"), (ABSENT, "Acme")], ids=["its own", "the customer's"]
    )
    def test_a_shipping_address_has_the_name_that_stripe_demands(self, addressee: Any, want: str) -> None:
        shipping = Address(line1="1 Row", addressee=addressee, phone="1", default_shipping=True)
        there = created(EXPORT, ns(company_name="Acme", is_person=False, addresses=(shipping,)))
        assert (there["shipping_address"].addressee, there["shipping_address"].phone) == (want, "1")

    def test_both_ways_without_a_write_too_many(self, both: Both) -> None:
        both.stripe.put(
            {"name": "A", "email": "a@shop.example", "address": STREET, "shipping": _shipping("B")}
        )
        assert both.bring_in() == "1 created"
        both.export()
        before = both.writes()
        assert (both.export(), both.bring_in()) == ("1 unchanged", "1 unchanged")
        assert both.writes() == before


@pytest.mark.rule("SP-IN-1")
class TestIn1:
    """Stripe → NetSuite: match on the Stripe customer ID or the email. Found means update."""

    @pytest.mark.parametrize(
        "there",
        [
            pytest.param({KEPT: "cus_000001", "email": "other@brightwater.example"}, id="by the Stripe id"),
            pytest.param({"email": "AP@Brightwater.example"}, id="by the email, in any spelling"),
        ],
    )
    def test_found_is_updated(self, both: Both, there: dict[str, Any]) -> None:
        own = both.netsuite.put({**COMPANY, **there, "companyName": "Old"})
        both.stripe.put({"name": "Brightwater Joinery", "email": COMPANY["email"]})
        assert both.bring_in() == "1 linked"
        assert both.netsuite.row(own)["companyName"] == "Brightwater Joinery"
        assert both.netsuite.row(own)[KEPT] == "cus_000001"
        assert len(both.netsuite.rows) == 1

    def test_the_stamp_of_the_other_direction_comes_first(self, both: Both) -> None:
        own = both.netsuite.put({**COMPANY, "email": "other@brightwater.example"})
        both.stripe.put({"name": "B", "email": COMPANY["email"], "metadata": {STAMP: own}})
        assert both.bring_in() == "1 linked"

    @pytest.mark.rule("G-DUP")
    def test_a_counterpart_of_another_is_for_a_person(self, both: Both) -> None:
        both.netsuite.put({**COMPANY, KEPT: "cus_other"})
        both.stripe.put({"name": "B", "email": COMPANY["email"]})
        assert both.bring_in() == "1 for review"
        assert len(both.netsuite.rows) == 1

    @pytest.mark.parametrize(
        ("there", "want"),
        [
            pytest.param(
                {"companyName": "Old"}, {"companyName": "Ann, Archer"}, id="a company keeps it whole"
            ),
            pytest.param(
                {"isPerson": True, "lastName": "Old"},
                {"firstName": "Archer", "lastName": "Ann"},
                id="a person: split",
            ),
        ],
    )
    def test_an_existing_customer_keeps_its_kind(
        self, both: Both, there: dict[str, Any], want: dict[str, str]
    ) -> None:
        own = both.netsuite.put({**there, "email": COMPANY["email"]})
        both.stripe.put({"name": "Ann, Archer", "email": COMPANY["email"]})
        both.bring_in()
        row = both.netsuite.row(own)
        assert {name: row[name] for name in want} == want
        assert row["isPerson"] is bool(there.get("isPerson"))

    def test_a_deleted_stripe_customer_is_left_out(self) -> None:
        made = decide(IMPORT, st(deleted=True, name="A", email="a@shop.example"), Evidence())
        assert isinstance(made, Skip)
        assert [issue.code for issue in made.issues] == ["deleted"]


@pytest.mark.rule("SP-IN-2")
class TestIn2:
    """Not found: create. Name and email are mandatory; where either is missing, the log says so."""

    BLANKS = (ABSENT, None, "", " ", "\u200b", "\u00a0\ufeff")

    @pytest.mark.parametrize("name", [*BLANKS, "Brightwater"], ids=ascii)
    @pytest.mark.parametrize("email", [*BLANKS, "ap@brightwater.example"], ids=ascii)
    def test_table(self, name: Any, email: Any) -> None:
        made = decide(IMPORT, st(name=name, email=email), Evidence())
        missing = [
            code
            for code, value in (("stripe_name_missing", name), ("email_missing", email))
            if value in self.BLANKS
        ]
        assert isinstance(made, Skip if missing else Create)
        assert [issue.code for issue in made.issues] == missing
        assert all(issue.rule == "SP-IN-2" for issue in made.issues)

    @pytest.mark.parametrize("email", ["not an email", "n/a", "a@", "a b@shop.example", "#N/A", "; ,"])
    def test_a_text_that_is_no_address_is_no_email(self, email: str) -> None:
        made = decide(IMPORT, st(name="Brightwater", email=email), Evidence())
        assert isinstance(made, Skip)
        assert [issue.code for issue in made.issues] == ["email_missing"]
        there = decide(IMPORT, st(name="Brightwater", email="a@shop.example; b@shop.example"), Evidence())
        assert isinstance(there, Create)

    @pytest.mark.parametrize("name", [ABSENT, None, "", " ", "\u200b"], ids=ascii)
    def test_a_default_name_stands_in(self, name: Any) -> None:
        made = created(import_flow(default_name="Unknown"), st(name=name, email="a@shop.example"))
        assert made["company_name"] == "Unknown"

    @pytest.mark.parametrize("name", ["", " ", "\u200b"], ids=ascii)
    def test_a_blank_name_never_replaces_one(self, name: str) -> None:
        there = ns(company_name="Brightwater", is_person=False)
        found = Evidence(match=Match(verdict=Verdict.ONE, place=2, customers=(there,)))
        made = decide(IMPORT, st(name=name), found)
        assert isinstance(made, Link)
        assert "company_name" not in [change.field for change in made.changes]

    @pytest.mark.parametrize(
        ("extra", "unknown_kind", "want"),
        [
            pytest.param(
                {}, "company", {"is_person": False, "company_name": "Ann Archer"}, id="unknown: company"
            ),
            pytest.param(
                {},
                "person",
                {"is_person": True, "first_name": "Ann", "last_name": "Archer"},
                id="unknown: person",
            ),
            pytest.param(
                {"individual_name": "Ann"},
                "company",
                {"is_person": True, "first_name": "Ann", "last_name": "Archer"},
                id="an individual",
            ),
            pytest.param(
                {"business_name": "A", "individual_name": "Ann"},
                "person",
                {"is_person": False, "company_name": "Ann Archer"},
                id="a business",
            ),
        ],
    )
    def test_the_kind_of_a_new_customer(
        self, extra: dict[str, Any], unknown_kind: Any, want: dict[str, Any]
    ) -> None:
        made = created(
            import_flow(unknown_kind=unknown_kind), st(name="Ann Archer", email="a@shop.example", extra=extra)
        )
        names = ("is_person", "company_name", "first_name", "last_name")
        assert {name: made[name] for name in names if name in made} == want

    @pytest.mark.parametrize("batch", [1, 500])
    @pytest.mark.parametrize(
        ("shared", "report"), [("review", "2 for review"), ("create", "2 created")], ids=["review", "create"]
    )
    def test_two_that_share_an_email_which_nobody_has(
        self, both: Both, shared: Any, report: str, batch: int
    ) -> None:
        flow = import_flow(shared_email=shared)
        for name in ("Brightwater", "Brightwater Repairs"):
            both.stripe.put({"name": name, "email": COMPANY["email"]})
        assert sync(flow, both.stripe.rows, both.back, batch=batch).summary == report

    @pytest.mark.parametrize(
        ("shared", "report"),
        [("review", "1 unchanged, 1 for review"), ("create", "1 created, 1 unchanged")],
        ids=["review", "create"],
    )
    def test_the_same_after_one_of_them_was_created(self, both: Both, shared: Any, report: str) -> None:
        both.stripe.put({"name": "Brightwater", "email": COMPANY["email"]})
        both.bring_in()
        both.stripe.put({"name": "Brightwater Repairs", "email": COMPANY["email"]})
        assert both.bring_in(import_flow(shared_email=shared)) == report

    def test_another_word_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match="shared_email is review or create"):
            import_flow(shared_email="link")  # type: ignore[arg-type]

    @pytest.mark.rule("G-DUP")
    def test_one_whose_kept_id_names_a_customer_that_is_gone_is_for_review(self, both: Both) -> None:
        """NetSuite does not show who was deleted there."""
        there = both.stripe.put({"name": "Works", "email": COMPANY["email"], "metadata": {STAMP: "2041"}})
        assert both.bring_in() == "1 for review"
        (made,) = plan(IMPORT, both.stripe.rows, both.back)
        assert [issue.code for issue in made.issues] == ["deleted_target"]
        assert both.bring_in(import_flow(deleted="create")) == "1 created"
        assert [row[KEPT] for row in both.netsuite.rows] == [there]

    def test_where_the_email_finds_one_that_is_there_it_is_linked_with_a_warning(self, both: Both) -> None:
        both.stripe.put({"name": "Works", "email": COMPANY["email"], "metadata": {STAMP: "2041"}})
        both.netsuite.put(COMPANY)
        (made,) = plan(IMPORT, both.stripe.rows, both.back)
        assert isinstance(made, Link)
        assert [issue.code for issue in made.issues] == ["kept_id_deleted"]

    @pytest.mark.rule("G-DUP")
    def test_one_deleted_before_its_create_was_answered_is_not_brought_back(self, both: Both) -> None:
        own = both.netsuite.put(COMPANY)
        world = evolve(both.out, target=WithoutAnswers(both.stripe))
        assert sync(EXPORT, both.netsuite.rows, world).counts == {Result.UNKNOWN: 1}
        assert len(both.stripe.rows) == 1
        both.netsuite.remove(own)
        assert both.bring_in() == "1 for review"
        assert both.netsuite.rows == []

    def test_a_new_customer_belongs_to_the_subsidiary(self) -> None:
        customer = st(name="A", email="a@shop.example")
        assert created(import_flow(subsidiary="2"), customer)["subsidiary"] == "2"
        assert "subsidiary" not in created(IMPORT, customer)

    def test_created_with_the_stripe_id_and_a_unique_key(self, both: Both) -> None:
        both.stripe.put({"name": "Brightwater", "email": COMPANY["email"]})
        assert both.bring_in() == "1 created"
        (row,) = both.netsuite.rows
        assert (row[KEPT], row["externalId"]) == ("cus_000001", "stripe-cus_000001")


@pytest.mark.rule("SP-BI")
class TestBothWays:
    """Running both makes no echo: a change that came from the other side is not sent back."""

    @pytest.mark.parametrize("start", ["netsuite", "stripe"])
    def test_a_new_customer_comes_to_rest(self, both: Both, start: str) -> None:
        if start == "netsuite":
            both.netsuite.put(PERSON)
        else:
            both.stripe.put({"name": "Brightwater", "email": COMPANY["email"], "address": STREET})
        for _ in range(2):
            both.export()
            both.bring_in()
        before = both.writes()
        assert (both.export(), both.bring_in()) == ("1 unchanged", "1 unchanged")
        assert both.writes() == before
        assert len(both.netsuite.rows) == len(both.stripe.rows) == 1

    @pytest.mark.rule("G-IDEM")
    def test_at_rest_not_even_the_sync_record_is_written(self, both: Both) -> None:
        both.netsuite.put(PERSON)
        for _ in range(3):
            both.export()
            both.bring_in()
        before = both.store.saves
        both.export()
        both.bring_in()
        assert both.store.saves == before

    def test_each_side_s_edit_goes_over_once(self, both: Both) -> None:
        own = both.netsuite.put(PERSON)
        both.export()
        both.bring_in()
        (customer,) = both.stripe.rows
        both.stripe.edit(customer["id"], phone="+1 503 555 0142")
        both.netsuite.edit(own, email="new@okafor.example")
        before = both.writes()
        for _ in range(3):
            both.export()
            both.bring_in()
        assert both.writes() == before + 2
        assert both.netsuite.row(own)["phone"] == "+1 503 555 0142"
        assert both.stripe.rows[0]["email"] == "new@okafor.example"

    def test_a_target_that_rewords_and_answers_without_the_record_writes_back_once(
        self, both: Both, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        both.netsuite.put(COMPANY)
        both.export()
        both.bring_in()
        change = both.netsuite._change  # noqa: SLF001 - what the system makes of a write

        def reworded(row: Any, payload: Any) -> None:
            change(row, payload)
            row["companyName"] = row["companyName"].replace("Street", "St.")

        monkeypatch.setattr(both.netsuite, "_change", reworded)
        both.stripe.edit(both.stripe.rows[0]["id"], name="High Street Mills")
        before = both.writes()
        for _ in range(3):
            both.bring_in()
            both.export()
        assert both.writes() == before + 2
        assert both.netsuite.rows[0]["companyName"] == both.stripe.rows[0]["name"] == "High St. Mills"

    def test_an_edit_that_is_taken_back_is_seen(self, both: Both) -> None:
        """The text is again what it was once, but not what was last seen there."""
        own = both.netsuite.put({**COMPANY, "phone": "1"})
        both.export()
        both.bring_in()
        both.netsuite.edit(own, phone="2")
        both.export()
        both.stripe.edit(both.stripe.rows[0]["id"], phone="1")
        both.bring_in()
        assert both.netsuite.row(own)["phone"] == "1"

    def test_both_directions_share_their_sync_records_and_nothing_else(self) -> None:
        assert EXPORT.link == IMPORT.link
        assert EXPORT.name != IMPORT.name
        assert EXPORT.salt != IMPORT.salt


@pytest.mark.rule("G-DUP")
class TestNeverTwice:
    """A create whose answer was lost is never made twice, whichever direction runs next."""

    @pytest.mark.parametrize("took_effect", [True, False], ids=["lost after", "lost before"])
    @pytest.mark.parametrize("order", ["out", "back", "back out", "out back"])
    @pytest.mark.parametrize("start", ["netsuite", "stripe"])
    def test_lost(
        self,
        both: Both,
        start: str,
        order: str,
        took_effect: bool,  # noqa: FBT001 - a table
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        if start == "netsuite":
            both.netsuite.put(COMPANY)
        else:
            both.stripe.put({"name": "Brightwater", "email": COMPANY["email"]})
        runs: dict[str, Callable[[], str]] = {"out": both.export, "back": both.bring_in}
        target = both.stripe if start == "netsuite" else both.netsuite
        with monkeypatch.context() as broken:
            broken.setattr(target, "create", _lost(target.create, took_effect=took_effect))
            first = runs["out" if start == "netsuite" else "back"]()
        assert first == "1 unknown"
        for direction in [*order.split(), "out", "back", "out", "back"]:
            runs[direction]()
        assert len(both.netsuite.rows) == len(both.stripe.rows) == 1
        assert both.export() == both.bring_in() == "1 unchanged"

    @pytest.mark.parametrize("email", [COMPANY["email"], "other@works.example"], ids=["kept", "edited"])
    def test_once_the_key_has_run_out_an_email_proves_nothing(
        self, email: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = VirtualClock()
        both = Both(stripe=FakeStripe(clock))
        both.netsuite.put(COMPANY)
        with monkeypatch.context() as broken:
            broken.setattr(both.stripe, "create", _lost(both.stripe.create, took_effect=True))
            both.export()
        both.stripe.edit(both.stripe.rows[0]["id"], email=email)
        clock.advance(timedelta(days=2))
        found = email == COMPANY["email"]
        assert both.export() == ("1 recovered" if found else "1 for review")
        assert len(both.stripe.rows) == 1

    @pytest.mark.parametrize("mode", ["", "test"])
    def test_the_links_are_in_the_mode_that_the_records_say(self, mode: str) -> None:
        both = Both(stripe=FakeStripe(mode=mode))
        both.netsuite.put(COMPANY)
        assert both.export() == "1 created"
        assert [record.target.mode for record in both.store.records(LINK) if record.target] == ["test"]
        assert both.bring_in() == both.export() == "1 unchanged"

    def test_a_plan_applied_twice_creates_once(self, both: Both) -> None:
        both.netsuite.put(COMPANY)
        made = plan(EXPORT, both.netsuite.rows, both.out)
        apply(EXPORT, made, both.out)
        assert apply(EXPORT, made, both.out).counts == {Result.ALREADY_DONE: 1}
        assert len(both.stripe.rows) == 1

    def test_a_record_handed_in_twice_is_created_once(self, both: Both) -> None:
        both.netsuite.put(COMPANY)
        assert sync(EXPORT, both.netsuite.rows * 2, both.out).summary == "1 created, 1 left out"

    def test_two_new_stripe_customers_of_one_email_are_for_a_person(self, both: Both) -> None:
        both.stripe.put({"name": "A", "email": COMPANY["email"]})
        both.stripe.put({"name": "B", "email": COMPANY["email"]})
        assert both.bring_in() == "2 for review"
        assert both.writes() == 0


@pytest.mark.rule("G-LOSS")
class TestNoLoss:
    """What does not fit is an error that names the field and the length, or a cut that the flow allows."""

    LONG = "x" * 84

    def test_too_long_is_refused(self, both: Both) -> None:
        both.stripe.put({"name": self.LONG, "email": COMPANY["email"]})
        (made,) = plan(IMPORT, both.stripe.rows, both.back)
        assert isinstance(made, Invalid)
        assert [(issue.code, issue.field, issue.shape) for issue in made.issues] == [
            ("too_long", "company_name", "text, 84 characters")
        ]

    def test_cut_where_the_flow_says_so(self, both: Both) -> None:
        both.stripe.put({"name": self.LONG, "email": COMPANY["email"]})
        assert both.bring_in(IMPORT.replace(may_cut=frozenset({"company_name"}))) == "1 created"
        assert both.netsuite.rows[0]["companyName"] == self.LONG[:83]

    def test_an_email_that_was_cleared_is_cleared_there(self, both: Both) -> None:
        own = both.netsuite.put(COMPANY)
        both.export()
        both.netsuite.edit(own, email=None)
        both.export()
        assert both.stripe.rows[0]["email"] is None


@pytest.mark.rule("G-ISO")
class TestOneFailsAlone:
    """One bad record fails alone, with an error that names the record; the rest of the batch goes on."""

    BAD: tuple[Any, ...] = (
        {"id": "7", "isPerson": "perhaps"},
        {"id": "../7"},
        {"email": "no id"},
        "{not json",
        b"\xff",
        "[]",
        "7",
        [],
        None,
        7,
        "[" * 100_000,
    )

    @pytest.mark.parametrize("bad", BAD, ids=[str(number) for number in range(len(BAD))])
    def test_table(self, both: Both, bad: Any) -> None:
        both.netsuite.put(COMPANY)
        (good,) = both.netsuite.rows
        report = sync(EXPORT, [bad, json.dumps(good), bad], both.out)
        assert report.counts == {Result.REFUSED: 2, Result.CREATED: 1}
        assert all(outcome.issues for outcome in report.attention)

    def test_netsuite_s_own_records_are_left_out(self, both: Both) -> None:
        both.netsuite.put({**COMPANY, "id": "-2"})
        assert both.export() == "1 left out"

    def test_a_refusal_of_the_target_fails_alone(self, both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
        both.netsuite.put(COMPANY)
        both.netsuite.put(PERSON)
        company, refused = COMPANY["email"], Rejected("email_invalid", "email")
        create = FakeStripe._create  # noqa: SLF001 - a refusal that nobody can foresee
        monkeypatch.setattr(
            FakeStripe,
            "_create",
            lambda stripe, asked: refused if asked.payload["email"] == company else create(stripe, asked),
        )
        assert both.export() == "1 created, 1 failed"

    @pytest.mark.rule("SP-OUT-3")
    @pytest.mark.parametrize(
        ("values", "counted"),
        [
            ({"companyName": None, "email": None}, "1 left out"),
            ({"companyName": "  ", "email": "n/a"}, "1 left out"),
            ({"companyName": None}, "1 created"),
            ({"email": None}, "1 created"),
        ],
    )
    def test_nobody_is_created_without_a_name_and_an_email(
        self, both: Both, values: dict[str, Any], counted: str
    ) -> None:
        both.netsuite.put({**COMPANY, **values})
        assert both.export() == counted

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize(("length", "counted"), [(256, "1 created"), (257, "1 refused")])
    def test_a_name_has_256_characters(self, both: Both, length: int, counted: str) -> None:
        both.netsuite.put({**COMPANY, "companyName": "J" * length})
        assert both.export() == counted

    @pytest.mark.rule("SP-OUT-2")
    def test_an_email_that_is_no_address_is_not_written(self, both: Both) -> None:
        both.netsuite.put({**COMPANY, "email": "not an email"})
        report = sync(EXPORT, both.netsuite.rows, both.out)
        assert report.summary == "1 created"
        assert both.stripe.rows[0]["email"] is None
        assert "not_an_address" in {issue.code for issue in report.attention[0].issues}

    @pytest.mark.rule("SP-OUT-2")
    @pytest.mark.parametrize("ends", [" {}", "{}\r\n", "\u00a0{}"])
    def test_an_email_is_written_without_the_blanks_at_its_ends(self, both: Both, ends: str) -> None:
        both.netsuite.put({**COMPANY, "email": ends.format("ap@bright.example")})
        assert [both.export(), both.export()] == ["1 created", "1 unchanged"]
        assert both.stripe.rows[0]["email"] == "ap@bright.example"

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize("blank", [" ", "\u00a0\t", "\r\n"])
    def test_a_text_of_blanks_is_blank(self, both: Both, blank: str) -> None:
        """It is not written, and takes no value from a customer that is linked."""
        both.netsuite.put({**COMPANY, "phone": blank})
        both.netsuite.put({**COMPANY, "email": "new@shop.example", "phone": blank})
        both.stripe.put({"name": "A", "email": COMPANY["email"], "phone": "+44 113 496 0000"})
        assert [both.export(), both.export()] == ["1 created, 1 linked", "2 unchanged"]
        assert [row["phone"] for row in both.stripe.rows] == ["+44 113 496 0000", None]

    def test_a_book_that_was_not_read_holds_nothing_else_up(self, both: Both) -> None:
        """The adapter gave a customer without its address book: its addresses wait, and that is said."""
        both.netsuite.put(COMPANY)
        both.stripe.put({"name": "A", "email": COMPANY["email"], "address": STREET})
        both.stripe.put({"name": "B", "email": "b@shop.example"})
        report = sync(IMPORT, both.stripe.rows, both.back)
        assert report.summary == "1 created, 1 linked"
        assert [issue.code for issue in report.attention[0].issues] == ["unread"]
        assert both.netsuite.rows[0]["companyName"] == "A"


@pytest.mark.rule("G-WHY")
class TestWhy:
    """Every outcome can be explained, and nothing personal is said unless it is asked for."""

    def test_an_explanation_names_the_rules_in_order(self, both: Both) -> None:
        both.netsuite.put(COMPANY)
        told = plan(EXPORT, both.netsuite.rows, both.out).explain(both.netsuite.rows[0]["id"])
        assert told.index("[SP-OUT-1]") < told.index("[SP-OUT-2]")
        assert "What would change it" in told
        assert "Brightwater" not in told

    def test_values_are_shown_to_who_may_see_them(self, both: Both) -> None:
        both.netsuite.put(COMPANY)
        made = plan(EXPORT, both.netsuite.rows, both.out)
        assert "Brightwater" in made.explain(both.netsuite.rows[0]["id"], values=True)

    def test_no_personal_value_in_any_log_or_report(
        self, both: Both, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        both.netsuite.put(COMPANY)
        both.stripe.put({"name": "Canary", "email": "canary@shop.example", "address": {"country": "Canary"}})
        made = plan(EXPORT, both.netsuite.rows, both.out)
        said = [str(made), repr(made), str(apply(EXPORT, made, both.out)), both.bring_in(), caplog.text]
        assert not [text for text in said if "canary" in text.lower() or "brightwater" in text.lower()]


@pytest.mark.rule("G-IDEM")
class TestTwiceIsOnce:
    """A second run over unchanged data writes nothing."""

    @pytest.mark.parametrize("incremental", [True, False])
    def test_second_run(self, both: Both, incremental: bool) -> None:  # noqa: FBT001 - a table
        both.netsuite.put(COMPANY)
        both.netsuite.put(PERSON)
        both.export()
        both.export()
        before, saves = both.writes(), both.store.saves
        report = sync(EXPORT, both.netsuite.rows, both.out, incremental=incremental)
        assert report.counts == {Result.UNCHANGED: 2}
        assert (both.writes(), both.store.saves) == (before, saves)


class TestFlows:
    """The flows are data: picklable, changed by one expression, checked at once."""

    @pytest.mark.parametrize("flow", [EXPORT, IMPORT], ids=lambda flow: flow.name)
    def test_survive_a_pickle(self, flow: Flow) -> None:
        assert pickle.loads(pickle.dumps(flow)) == flow  # noqa: S301 - our own bytes

    def test_the_default_is_the_documented_flow(self) -> None:
        assert export_flow() == EXPORT
        assert import_flow() == IMPORT
        assert EXPORT.match[1].on_already_linked is OnAlreadyLinked.SKIP

    def test_every_surface_of_netsuite_can_be_the_source(self) -> None:
        for surface in (netsuite.REST, netsuite.SUITEQL, netsuite.SOAP):
            assert export_flow(source=surface).source is surface

    def test_a_field_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(FlowError, match="no customer field is named 'emale'"):
            EXPORT.with_field(evolve(EXPORT.fields[1], target="emale"))

    @pytest.mark.parametrize("flow", [EXPORT, IMPORT], ids=lambda flow: flow.name)
    def test_a_plan_survives_json(self, both: Both, flow: Flow) -> None:
        both.netsuite.put({**COMPANY, "addressBook": {"items": []}})
        both.stripe.put({"name": "Brightwater", "email": COMPANY["email"], "address": STREET})
        both.stripe.put({"name": "B", "email": "b@shop.example"})
        rows, world = (both.netsuite.rows, both.out) if flow is EXPORT else (both.stripe.rows, both.back)
        made = plan(flow, rows, world)
        assert Plan.from_lines(made.to_lines()) == made

    def test_an_update_is_field_level(self) -> None:
        made = decide(
            EXPORT,
            ns(is_person=False, company_name="B", email="a@shop.example", custom={KEPT: "cus_1"}),
            Evidence(
                match=Match(verdict=Verdict.ONE, place=0, customers=(st(name="A", email="a@shop.example"),))
            ),
        )
        assert isinstance(made, Link | Update)
        assert [change.field for change in made.changes] == ["name", f"custom.{STAMP}"]


def _shipping(name: str) -> dict[str, Any]:
    return {"name": name, "phone": None, "address": STREET}


def _time_out(*_: object) -> Any:
    raise TimeoutError


def _lost(create: Callable[[Any], Any], *, took_effect: bool) -> Callable[[list[CreateRequest]], Any]:
    def call(requests: list[CreateRequest]) -> Any:
        if took_effect:
            create(requests)
        raise TimeoutError

    return call
