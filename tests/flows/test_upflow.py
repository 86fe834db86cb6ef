"""NetSuite → Upflow: names, countries, and that a run is safe to repeat, on both systems in memory."""

import asyncio
import pickle
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync, sync_async
from custsync.engine.decisions import Skip
from custsync.engine.environment import AsyncEnvironment
from custsync.engine.plans import Plan
from custsync.errors import ConfigurationError
from custsync.flow import Flow
from custsync.flows.upflow import CUSTOMER_IMPORT, LINK, customer_import
from custsync.models import ABSENT, Address, Severity
from custsync.protocols import CreateRequest, Tier
from custsync.stores.async_store import AwaitableStore
from custsync.systems import netsuite
from custsync.testing.fakes.upflow import FakeUpflowImport
from tests.flows.collecting import (
    API_IMPORT,
    LEEDS,
    Office,
    api_office,
    at,
    codes,
    company,
    created,
    decided,
    ns,
    only,
)

DUBLIN = {"defaultBilling": True, "addressBookAddress": {"city": "Dublin", "country": {"id": "IE"}}}
ACCOUNT_ALONE = {"country_from": ("company_information",)}
STREET = Address(default_billing=True, line1="1 Row", city="Astoria", state="OR", country="US")


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.rule("UF-NAME")
class TestName:
    """Company name of one that is not a person; a person: the alt name, if any; otherwise the entity ID."""

    @pytest.mark.parametrize(
        ("record", "name"),
        [
            (company("Harrow", entityId="C1", altName="Alt"), "Harrow"),
            (
                {"isPerson": True, "altName": "Ros Okafor", "companyName": "Harrow", "entityId": "C1"},
                "Ros Okafor",
            ),
            ({"isPerson": True, "companyName": "Harrow", "entityId": "C1"}, "C1"),
            ({"altName": "Alt", "entityId": "C1"}, "C1"),
        ],
        ids=["company", "person", "person without an alt name", "company without a name"],
    )
    def test_table(self, office: Office, record: dict[str, Any], name: str) -> None:
        office.put(record)
        assert office.bring() == "1 created"
        assert list(office.column("Customer name").values()) == [name]
        office.assert_silent()

    def test_without_any_name_it_is_not_created(self, office: Office) -> None:
        office.put({"isPerson": True})
        outcome = only(office.outcomes().values())
        assert (outcome.result.value, codes(outcome)) == ("left out", ["upflow_name_missing"])
        assert office.upflow.rows == []

    def test_one_that_lost_its_name_keeps_it_in_upflow(self, office: Office) -> None:
        own = only(office.put(company("Harrow", phone="1")))
        office.bring()
        office.netsuite.put({"id": own, **at_id(own), "isPerson": True})
        assert office.bring() == "1 unchanged"
        assert office.column("Customer name") == {own: "Harrow"}


def at_id(own: str) -> dict[str, Any]:
    return {"entityId": None, "companyName": None, "id": own}


@pytest.mark.rule("UF-CTRY")
class TestCountry:
    """The customer's own address first, then the account's company information, in an order that can be set.

    A difference between the two is a warning.
    """

    ABROAD = ns(company_name="H", addresses=(STREET, Address(default_shipping=True, country="CA")))
    NOWHERE = ns(company_name="H", addresses=(evolve(STREET, country=" "),))

    @pytest.mark.parametrize(
        ("settings", "country", "place"),
        [
            ({"company_country": "GB"}, "United States", "billing_address"),
            ({"company_country": "GB", **ACCOUNT_ALONE}, "United Kingdom", "company_information"),
            ({"company_country": "_unitedKingdom", **ACCOUNT_ALONE}, "United Kingdom", "company_information"),
            ({}, "United States", "billing_address"),
            ({"company_country": " "}, "United States", "billing_address"),
            ({"country_from": ("shipping_address", "billing_address")}, "Canada", "shipping_address"),
            ({"country_from": ("custom.seat", "company_information")}, "France", "custom.seat"),
        ],
        ids=[
            "its own address first",
            "the account's alone",
            "in any spelling",
            "none given",
            "blank",
            "another order",
            "a custom field",
        ],
    )
    def test_the_first_place_that_names_one(self, settings: Any, country: str, place: str) -> None:
        made = decided(customer_import(**settings), evolve(self.ABROAD, custom={"seat": "FR"}))
        assert made.values["billing_address"].country == country  # type: ignore[union-attr]
        note = only(issue for issue in made.issues if issue.code == "country_from")
        assert (note.rule, note.reason) == ("UF-CTRY", f"the country is the one of {place}")

    def test_the_account_s_where_its_own_address_has_none(self) -> None:
        made = decided(customer_import(company_country="GB"), self.NOWHERE)
        assert made.values["billing_address"].country == "United Kingdom"  # type: ignore[union-attr]
        assert [issue.reason for issue in made.issues] == ["the country is the one of company_information"]

    @pytest.mark.parametrize("places", [{}, ACCOUNT_ALONE], ids=["own address first", "the account's alone"])
    @pytest.mark.parametrize(("account", "differs"), [("GB", True), ("USA", False), ("", False)])
    def test_a_difference_is_a_warning(self, places: Any, account: str, *, differs: bool) -> None:
        made = decided(customer_import(company_country=account, **places), self.ABROAD)
        warned = [issue for issue in made.issues if issue.severity is Severity.WARNING]
        assert [issue.code for issue in warned] == ["country_differs"] * differs
        assert all("US" in issue.reason and "GB" in issue.reason for issue in warned)

    def test_a_difference_of_the_shipping_address_where_the_billing_address_has_no_country(self) -> None:
        shipping = Address(default_shipping=True, country="CA")
        customer = evolve(self.ABROAD, addresses=(evolve(STREET, country=None), shipping))
        made = decided(customer_import(company_country="GB"), customer)
        assert [issue.code for issue in made.issues] == ["country_differs", "country_from"]
        assert "CA" in made.issues[0].reason

    @pytest.mark.parametrize(("account", "differs"), [("US", True), ("CA", False)])
    def test_a_difference_is_looked_for_in_the_order_of_the_places(
        self, account: str, *, differs: bool
    ) -> None:
        order = ("shipping_address", "billing_address", "company_information")
        made = decided(customer_import(company_country=account, country_from=order), self.ABROAD)
        assert ("country_differs" in [issue.code for issue in made.issues]) == differs

    def test_a_text_that_names_none_is_not_passed_over(self) -> None:
        made = decided(
            customer_import(company_country="GB"),
            ns(company_name="H", addresses=(evolve(STREET, country="Atlantis"),)),
        )
        assert "billing_address" not in made.values  # type: ignore[union-attr]
        assert [(issue.code, issue.severity) for issue in made.issues] == [
            ("country_not_found", Severity.WARNING)
        ]

    def test_a_company_country_that_is_none_is_refused_at_once(self) -> None:
        with pytest.raises(ConfigurationError, match="company_country names no country"):
            customer_import(company_country="Atlantis")

    def test_one_that_is_not_understood_any_more_clears_nothing(self, office: Office) -> None:
        own = only(office.put({**company(addressBook=at(LEEDS)), "custentity_seat": "GB"}))
        flow = customer_import(country_from=("custom.custentity_seat",))
        office.bring(flow)
        office.netsuite.edit(own, custentity_seat="Atlantis")
        office.bring(flow)
        assert office.column("Country") == {own: "United Kingdom"}
        office.netsuite.edit(own, custentity_seat=None)
        office.bring(flow)
        assert office.column("Country") == {own: ""}

    def test_only_the_company_information_where_a_caller_says_so(self) -> None:
        flow = customer_import(country_from=("company_information",))
        assert created(flow, self.ABROAD)["billing_address"].country is None

    def test_an_account_without_a_country_keeps_nobody_elses(self) -> None:
        flow = customer_import(country_from=("company_information", "billing_address"))
        there = ns(addresses=(Address(default_billing=True, country="Canada"),))
        value = flow.field_for["billing_address"].compute(self.ABROAD, there)
        assert value.value.country == "United States"
        assert [issue.reason for issue in value.issues] == ["the country is the one of billing_address"]

    def test_by_its_code_where_a_caller_says_so(self) -> None:
        assert created(customer_import(country_form="code"), self.ABROAD)["billing_address"].country == "US"

    def test_a_country_alone_where_no_address_was_read(self) -> None:
        flow = customer_import(company_country="GB")
        made = created(flow, ns(company_name="H"))["billing_address"]
        assert (made.country, made.line1) == ("United Kingdom", ABSENT)
        made = created(flow, ns(company_name="H", addresses=()))["billing_address"]
        assert (made.country, made.line1) == ("United Kingdom", ABSENT)

    def test_an_address_that_upflow_alone_has_stays(self, office: Office) -> None:
        office.upflow.put(
            {"Customer ID": "2041", "Customer name": "Old", "Address": "1 Row", "Town": "Astoria"}
        )
        office.put({**company(addressBook={"items": []}), "id": "2041"})
        assert office.bring(customer_import(company_country="GB")) == "1 linked"
        row = only(office.upflow.rows)
        assert (row["Address"], row["Town"], row["Country"]) == ("1 Row", "Astoria", "United Kingdom")
        office.assert_silent(customer_import(company_country="GB"))

    def test_nothing_where_nothing_is_known(self) -> None:
        assert "billing_address" not in created(CUSTOMER_IMPORT, ns(company_name="H"))
        assert "billing_address" not in created(CUSTOMER_IMPORT, ns(company_name="H", addresses=()))

    def test_it_follows_a_change(self, office: Office) -> None:
        own = only(office.put(company(addressBook=at(LEEDS))))
        office.bring()
        assert office.column("Country") == {own: "United Kingdom"}
        office.netsuite.put({"id": own, **company(addressBook=at(DUBLIN))})
        assert office.bring() == "1 updated"
        assert office.column("Country") == {own: "Ireland"}
        office.assert_silent()

    @pytest.mark.parametrize("place", ["planet", "custm.x", ""])
    def test_a_place_that_is_none_is_refused_at_once(self, place: str) -> None:
        with pytest.raises(ConfigurationError, match="is no place"):
            customer_import(country_from=(place,))


@pytest.mark.rule("G-LOSS")
class TestAddress:
    """Upflow has one address with one line; what does not fit is joined, or said."""

    def test_lines_are_joined(self, office: Office) -> None:
        lines = {"addr1": "Unit 4", "addr2": "14 Swinegate", "addr3": "Granary Wharf", "city": "Leeds"}
        own = only(office.put(company(addressBook=at({**LEEDS, "addressBookAddress": lines}))))
        office.bring()
        assert office.column("Address") == {own: "Unit 4, 14 Swinegate, Granary Wharf"}
        assert office.column("Town") == {own: "Leeds"}
        office.assert_silent()

    def test_what_has_no_column_is_said_by_name(self) -> None:
        made = decided(
            CUSTOMER_IMPORT, ns(company_name="H", addresses=(evolve(STREET, attention="Ivo", phone="1"),))
        )
        note = only(issue for issue in made.issues if issue.code == "no_column")
        assert note.shape == "attention, phone"

    def test_the_shipping_address_where_there_is_no_other(self) -> None:
        shipping = evolve(STREET, default_billing=False, default_shipping=True)
        made = decided(CUSTOMER_IMPORT, ns(company_name="H", addresses=(shipping,)))
        assert made.values["billing_address"].city == "Astoria"  # type: ignore[union-attr]
        assert "shipping_shown" in codes(made)

    def test_what_is_emptied_is_emptied_there(self, office: Office) -> None:
        own = only(office.put(company(addressBook=at(LEEDS))))
        office.bring()
        office.netsuite.put({"id": own, **company(addressBook=at(DUBLIN))})
        assert office.bring() == "1 updated"
        assert (office.column("Postal code"), office.column("Town")) == ({own: ""}, {own: "Dublin"})
        office.assert_silent()


@pytest.mark.rule("G-DUP")
class TestMatch:
    """A customer is found by its external id, the NetSuite id, and never created twice."""

    def test_found_is_linked_and_brought_up_to_date(self, office: Office) -> None:
        office.upflow.put({"Customer ID": "2041", "Customer name": "Old", "VAT number": "GB1"})
        office.put({**company("New"), "id": "2041"})
        assert office.bring() == "1 linked"
        row = only(office.upflow.rows)
        assert (row["Customer name"], row["VAT number"]) == ("New", "GB1")
        office.assert_silent()

    def test_one_step_that_proves(self) -> None:
        (step,) = CUSTOMER_IMPORT.match
        assert (step.lookup, step.source_field, step.target_field, step.authoritative) == (
            "external_id",
            "id",
            "external_id",
            True,
        )
        assert CUSTOMER_IMPORT.source_id_field == "external_id"

    def test_the_create_carries_the_external_id(self, office: Office) -> None:
        own = only(office.put(company()))
        office.bring()
        assert only(office.upflow.rows)["Customer ID"] == own
        assert office.records()[own].target is not None

    def test_two_with_one_external_id_are_for_a_person(self) -> None:
        office = api_office()
        for name in ("One", "Two"):
            office.upflow.put({"name": name, "externalId": "2041"})
        office.put({**company(), "id": "2041"})
        assert office.bring(API_IMPORT) == "1 for review"

    @pytest.mark.parametrize("tier", [Tier.A, Tier.C])
    def test_a_lost_create_is_found_by_its_external_id(
        self, tier: Tier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = api_office(tier=tier)
        office.put(company())
        with monkeypatch.context() as broken:
            broken.setattr(office.upflow, "create", losing(office.upflow.create))
            assert office.bring(API_IMPORT) == "1 unknown"
        assert office.bring(API_IMPORT) == "1 recovered"
        assert len(office.upflow.rows) == 1

    def test_a_create_that_never_arrived_is_made_again_once_it_cannot_any_more(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = api_office()
        office.put(company())
        with monkeypatch.context() as broken:
            broken.setattr(office.upflow, "create", timing_out)
            office.bring(API_IMPORT)
        assert office.bring(API_IMPORT) == "1 unknown"
        office.upflow.clock.advance(timedelta(hours=1))
        assert office.bring(API_IMPORT) == "1 recovered"
        assert len(office.upflow.rows) == 1


def losing(create: Any) -> Any:
    def call(requests: list[CreateRequest]) -> Any:
        create(requests)
        raise TimeoutError

    return call


def timing_out(_requests: list[CreateRequest]) -> Any:
    raise TimeoutError


@pytest.mark.rule("G-IDEM")
class TestRuns:
    """A second run writes nothing, and every way to run does the same."""

    RECORDS = (
        company("Child", parent="5002", addressBook=at(LEEDS)),
        company("Top"),
        company("Inactive", isInactive=True),
        {"isPerson": True, "altName": "Ros Okafor"},
    )

    def test_the_second_is_silent(self, office: Office) -> None:
        office.put(*self.RECORDS)
        assert office.bring() == "3 created, 1 left out"
        office.assert_silent()
        assert plan(CUSTOMER_IMPORT, office.netsuite.rows, office.world).is_empty

    def test_planned_and_carried_out_in_two_rounds(self, office: Office) -> None:
        other = Office()
        office.put(*self.RECORDS)
        other.put(*self.RECORDS)
        other.bring()
        for _ in range(2):
            made = plan(CUSTOMER_IMPORT, office.netsuite.rows, office.world)
            kept = Plan.from_lines(made.to_lines())
            apply(CUSTOMER_IMPORT, kept, office.world)
        assert office.upflow.rows == other.upflow.rows
        office.assert_silent()

    @pytest.mark.parametrize("batch", [1, 3, 500])
    def test_async_agrees(self, batch: int) -> None:
        office, other = Office(), Office()
        office.put(*self.RECORDS)
        other.put(*self.RECORDS)
        world = AsyncEnvironment(target=Awaiting(office.upflow), store=AwaitableStore(office.store))
        report = asyncio.run(sync_async(CUSTOMER_IMPORT, office.netsuite.rows, world, batch=batch))
        assert report == sync(CUSTOMER_IMPORT, other.netsuite.rows, other.world, batch=batch)
        assert office.upflow.rows == other.upflow.rows

    @pytest.mark.parametrize("source", [netsuite.SUITEQL], ids=["suiteql"])
    def test_another_surface(self, office: Office, source: Any) -> None:
        office.put(company("Top"), company("Child", parent="5001"))
        flow = customer_import(source=source)
        assert sync(flow, office.netsuite.query_rows, office.world).summary == "2 created"
        assert office.column("Parent ID") == {"5001": "", "5002": "5001"}

    def test_an_edit_in_upflow_stays_until_netsuite_says_something_else(self, office: Office) -> None:
        own = only(office.put(company("Harrow")))
        office.bring()
        office.upflow.edit(own, **{"Customer name": "Edited"})
        assert office.bring() == "1 unchanged"
        office.netsuite.edit(own, companyName="Newer")
        assert office.bring() == "1 updated"
        assert office.column("Customer name") == {own: "Newer"}


class Awaiting:
    """An adapter whose calls are coroutines."""

    def __init__(self, system: FakeUpflowImport) -> None:
        self.inner = system
        self.capabilities, self.account, self.mode = system.capabilities, system.account, system.mode

    async def find(self, by: str, values: Any) -> Any:
        return self.inner.find(by, values)

    async def create(self, requests: Any) -> Any:
        return self.inner.create(requests)

    async def update(self, requests: Any) -> Any:
        return self.inner.update(requests)


class TestTheFlow:
    """The flow is data: frozen, picklable, changed with one expression."""

    def test_picklable(self) -> None:
        flow: Flow = pickle.loads(pickle.dumps(CUSTOMER_IMPORT))  # noqa: S301 - our own
        assert flow == CUSTOMER_IMPORT
        assert (flow.salt, flow.link) == (CUSTOMER_IMPORT.salt, LINK)

    def test_what_was_deleted_in_netsuite_stays_out(self) -> None:
        made = decided(CUSTOMER_IMPORT, ns(company_name="Harrow", deleted=True))
        assert (made.verb, [issue.code for issue in made.issues]) == ("left out", ["deleted"])

    def test_netsuite_s_own_records_stay_out(self) -> None:
        made = decided(CUSTOMER_IMPORT, ns("-2", company_name="H"))
        assert isinstance(made, Skip)
        assert codes(made) == ["system_entity"]

    @pytest.mark.parametrize(
        "setting", ["country_form", "cycles", "missing_parents", "unknown_balances"], ids=str
    )
    def test_a_word_that_no_setting_knows_is_refused_at_once(self, setting: str) -> None:
        with pytest.raises(ConfigurationError, match=f"{setting} is "):
            customer_import(**{setting: "perhaps"})  # type: ignore[arg-type]

    def test_rows_are_the_caller_s(self, office: Office) -> None:
        own = only(office.put(company()))
        assert office.bring(CUSTOMER_IMPORT.without_field("billing_address")) == "1 created"
        assert office.column("Country") == {own: ""}
