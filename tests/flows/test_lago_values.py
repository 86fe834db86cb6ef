"""Lago → NetSuite: what a Lago customer's fields become."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.engine.decisions import Invalid
from custsync.flows.lago import LAGO_CUTS, customer_sync
from custsync.flows.lago.billing import BillingSettings
from custsync.models import Address, Customer, Severity
from tests.flows.ledger import BRIGHTWATER, FLOW, OKAFOR, Ledger, decided, lago, linked_to, made_of

UP_TO_DATE = FLOW.replace(on_link="bring_up_to_date")
NAMES = ("is_person", "company_name", "first_name", "last_name")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def names_of(row: dict[str, Any], **settings: Any) -> dict[str, Any]:
    made = made_of(customer_sync("us", subsidiaries=["2"], **settings), row)
    return {name: made[name] for name in NAMES if name in made}


def value(target: str, customer: Customer, current: Customer | None = None) -> Any:
    made = FLOW.field_for[target].compute(customer, current)
    return getattr(made, "value", made)


def refused(row: dict[str, Any], **settings: Any) -> list[tuple[str, str]]:
    made = decided(customer_sync("us", subsidiaries=["2"], **settings), row)
    assert isinstance(made, Invalid), made
    return [(issue.code, issue.field) for issue in made.issues]


@pytest.mark.rule("LG-CRE")
class TestNames:
    """A company, or a customer of no type, has a company name alone; an individual first and last name."""

    @pytest.mark.parametrize("kind", ["company", None])
    def test_a_company(self, kind: str | None) -> None:
        row = {**OKAFOR, "customer_type": kind}
        assert names_of(row) == {"is_person": False, "company_name": "Okafor Garden Design"}

    def test_an_individual(self) -> None:
        assert names_of(OKAFOR) == {
            "is_person": True,
            "company_name": "Okafor Garden Design",
            "first_name": "Rosalind",
            "last_name": "Okafor",
        }

    def test_an_individual_without_a_name_beside(self) -> None:
        assert names_of({**OKAFOR, "name": None}) == {
            "is_person": True,
            "first_name": "Rosalind",
            "last_name": "Okafor",
        }

    @pytest.mark.parametrize("blank", [None, "", "  "], ids=repr)
    @pytest.mark.parametrize(("key", "part"), [("firstname", "first_name"), ("lastname", "last_name")])
    def test_an_individual_without_one_of_its_names(self, key: str, part: str, blank: str | None) -> None:
        row = {**OKAFOR, key: blank}
        assert refused(row) == [("lago_name_missing", part)]
        assert names_of(row, **{f"missing_{part}": "Unnamed"})[part] == "Unnamed"

    def test_an_individual_without_any(self) -> None:
        row = {**OKAFOR, "firstname": None, "lastname": None}
        assert refused(row) == [("lago_name_missing", "first_name"), ("lago_name_missing", "last_name")]

    @pytest.mark.parametrize("blank", [None, "", " "])
    def test_an_individual_without_a_first_name(self, blank: str | None) -> None:
        row = {**OKAFOR, "firstname": blank}
        assert refused(row) == [("lago_name_missing", "first_name")]
        assert names_of(row, missing_first_name="-")["first_name"] == "-"
        assert refused({**row, "lastname": blank}) == [
            ("lago_name_missing", "first_name"),
            ("lago_name_missing", "last_name"),
        ]

    def test_a_stand_in_is_reported(self) -> None:
        made = decided(
            customer_sync("us", subsidiaries=["2"], missing_name="Unnamed"), {**BRIGHTWATER, "name": ""}
        )
        assert [(issue.code, issue.field, issue.severity) for issue in made.issues] == [
            ("name_filled", "company_name", Severity.WARNING)
        ]

    def test_a_stand_in_does_not_come_back(self, ledger: Ledger) -> None:
        identity = ledger.lago.put({**OKAFOR, "lastname": None})
        flow = customer_sync("us", subsidiaries=["2"], missing_last_name="NoLastName")
        assert [ledger.sync(flow), ledger.sync(flow)] == ["1 created", "1 unchanged"]
        ledger.netsuite.edit(ledger.given_id() or "", lastName="Okafor")
        ledger.lago.edit(identity, firstname="Ros")
        assert ledger.sync(flow) == "1 updated"
        assert ledger.netsuite.rows[0]["lastName"] == "Okafor"

    def test_a_company_without_a_name(self) -> None:
        row = {**BRIGHTWATER, "name": None}
        assert refused(row) == [("lago_name_missing", "company_name")]
        assert names_of(row, missing_name="Unnamed")["company_name"] == "Unnamed"

    def test_an_existing_customer_keeps_its_kind(self, ledger: Ledger) -> None:
        identity = ledger.existing(isPerson=True, firstName="R.", lastName="O.", companyName=None)
        ledger.lago.put({**BRIGHTWATER, **linked_to(identity)})
        ledger.sync(UP_TO_DATE)
        (row,) = ledger.netsuite.rows
        assert (row["isPerson"], row["lastName"], row["companyName"]) == (True, "O.", "Brightwater Joinery")

    def test_a_company_there_gets_no_persons_names(self, ledger: Ledger) -> None:
        ledger.lago.put({**OKAFOR, **linked_to(ledger.existing())})
        ledger.sync(UP_TO_DATE)
        (row,) = ledger.netsuite.rows
        assert (row["companyName"], row.get("firstName")) == ("Okafor Garden Design", None)

    def test_a_counterpart_of_unknown_kind_is_of_the_kind_that_lago_says(self) -> None:
        unknown = lago()
        assert FLOW.field_for["is_person"].create_only
        assert value("last_name", lago(**{**OKAFOR, "integration_customers": []}), unknown) == "Okafor"

    def test_a_name_that_lago_clears_stays(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(OKAFOR)
        ledger.sync()
        ledger.lago.edit(identity, lastname=None, name=None)
        assert ledger.sync() == "1 unchanged"
        assert ledger.netsuite.rows[0]["lastName"] == "Okafor"


@pytest.mark.rule("LG-CRE")
class TestContact:
    """The first email and the first phone of a list with commas; the entity ID is Lago's external id."""

    @pytest.mark.parametrize("field", ["email", "phone"])
    @pytest.mark.parametrize(
        ("text", "first", "codes"),
        [
            ("a@b.example", "a@b.example", []),
            (" a@b.example , c@d.example", "a@b.example", ["first_of_several"]),
            (",a@b.example,", "a@b.example", []),
            (" , ", None, []),
            (None, None, []),
        ],
        ids=repr,
    )
    def test_first(self, field: str, text: str | None, first: str | None, codes: list[str]) -> None:
        made = decided(FLOW, {**BRIGHTWATER, "email": None, field: text})
        assert getattr(made, "values", {}).get(field) == first
        assert [issue.code for issue in made.issues] == codes

    def test_a_phone_list_reads_back_as_its_first(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, "phone": "+1 503 555 0162, 503.555.0161"})
        assert [ledger.sync(), ledger.sync()] == ["1 created", "1 unchanged"]
        assert ledger.netsuite.rows[0]["phone"] == "+1 503 555 0162"

    def test_an_email_that_lago_clears_is_cleared(self, ledger: Ledger) -> None:
        identity = ledger.lago.put(BRIGHTWATER)
        ledger.sync()
        ledger.lago.edit(identity, email=None)
        assert ledger.sync() == "1 updated"
        assert "email" not in ledger.netsuite.rows[0]


@pytest.mark.rule("LG-CRE")
class TestAddresses:
    """Addresses go with a create: one line where both are one, else two; on an update only if asked for."""

    WHOLE = {  # noqa: RUF012 - read only
        "address_line1": "1180 Cannery Row",
        "address_line2": "Suite 4",
        "city": "Astoria",
        "state": "OR",
        "zipcode": "97103",
        "country": "US",
    }
    LINE = {  # noqa: RUF012 - read only
        "addr1": "1180 Cannery Row",
        "addr2": "Suite 4",
        "city": "Astoria",
        "state": "OR",
        "zip": "97103",
        "country": {"id": "US"},
    }

    def book(self, ledger: Ledger, row: dict[str, Any]) -> list[tuple[Any, ...]]:
        ledger.lago.put({**BRIGHTWATER, **row})
        assert [ledger.sync(), ledger.sync()] == ["1 created", "1 unchanged"]
        lines = ledger.netsuite.rows[0].get("addressBook", {"items": []})["items"]
        return [
            (line["defaultBilling"], line["defaultShipping"], line["addressBookAddress"]) for line in lines
        ]

    @pytest.mark.parametrize("shipping", [None, {}, "blank", "same"], ids=str)
    def test_one_line_for_both(self, ledger: Ledger, shipping: Any) -> None:
        given_as = {"blank": dict.fromkeys(self.WHOLE, ""), "same": self.WHOLE}
        row = {**self.WHOLE, "shipping_address": given_as.get(shipping, shipping) if shipping else shipping}
        assert self.book(ledger, row) == [(True, True, self.LINE)]

    def test_two_lines(self, ledger: Ledger) -> None:
        shipping = {**self.WHOLE, "address_line1": "Pier 2"}
        assert self.book(ledger, {**self.WHOLE, "shipping_address": shipping}) == [
            (True, False, self.LINE),
            (False, True, {**self.LINE, "addr1": "Pier 2"}),
        ]

    def test_a_shipping_address_alone_makes_no_empty_billing_line(self, ledger: Ledger) -> None:
        assert self.book(ledger, {"shipping_address": self.WHOLE}) == [(False, True, self.LINE)]

    def test_no_address(self, ledger: Ledger) -> None:
        assert self.book(ledger, {}) == []

    @pytest.mark.parametrize(("update", "city"), [(False, "Astoria"), (True, "Salem")])
    def test_on_an_update(self, ledger: Ledger, *, update: bool, city: str) -> None:
        flow = customer_sync("us", subsidiaries=["2"], update_addresses=update)
        identity = ledger.lago.put({**BRIGHTWATER, **self.WHOLE})
        ledger.sync(flow)
        ledger.lago.edit(identity, city="Salem", phone="555-0101")
        assert [ledger.sync(flow), ledger.sync(flow)] == ["1 updated", "1 unchanged"]
        (row,) = ledger.netsuite.rows
        assert (row["phone"], row["addressBook"]["items"][0]["addressBookAddress"]["city"]) == (
            "555-0101",
            city,
        )

    def test_a_country_that_is_none(self) -> None:
        row = {**BRIGHTWATER, **self.WHOLE, "country": "QQ"}
        assert refused(row, unknown_country="refuse") == [
            ("country_not_found", "billing_address.country"),
            ("country_not_found", "shipping_address.country"),
        ]

    def test_a_country_that_is_written_out(self) -> None:
        made = made_of(FLOW, {**BRIGHTWATER, **self.WHOLE, "country": "France"})
        assert made["billing_address"].country == "FR"


@pytest.mark.rule("G-LOSS")
class TestCuts:
    """A text that is too long is an error; a flow that is told so cuts it where Lago does, and says so."""

    CUT = customer_sync("us", subsidiaries=["2"], cuts=LAGO_CUTS)

    @pytest.mark.parametrize(
        ("key", "field", "length"),
        [("firstname", "first_name", 32), ("lastname", "last_name", 32), ("name", "company_name", 83)],
    )
    def test_too_long_for_netsuite(self, key: str, field: str, length: int) -> None:
        assert refused({**OKAFOR, key: "x" * (length + 1)}) == [("too_long", field)]
        assert made_of(FLOW, {**OKAFOR, key: "x" * length})[field] == "x" * length

    @pytest.mark.parametrize(
        ("key", "component", "length"),
        [("address_line1", "line1", 150), ("city", "city", 50), ("state", "state", 30)],
    )
    def test_an_address(self, key: str, component: str, length: int) -> None:
        row = {**BRIGHTWATER, key: "x" * (length + 1), "shipping_address": {"city": "Salem"}}
        assert refused(row) == [("too_long", f"billing_address.{component}")]
        made = decided(self.CUT, row)
        assert getattr(getattr(made, "values")["billing_address"], component) == "x" * length  # noqa: B009
        assert [issue.code for issue in made.issues] == ["cut"]

    @pytest.mark.parametrize("key", ["firstname", "lastname"])
    def test_names_are_cut_at_30(self, ledger: Ledger, key: str) -> None:
        ledger.lago.put({**OKAFOR, key: "x" * 31})
        assert [ledger.sync(self.CUT), ledger.sync(self.CUT)] == ["1 created", "1 unchanged"]
        row = ledger.netsuite.rows[0]
        assert row["firstName" if key == "firstname" else "lastName"] == "x" * 30

    def test_what_lago_does_not_cut_stays_an_error(self) -> None:
        made = decided(self.CUT, {**OKAFOR, "name": "x" * 84})
        assert [issue.code for issue in made.issues] == ["too_long"]

    @given(st.text("abcß語", min_size=1, max_size=60), st.text("xyz", min_size=1, max_size=60))
    def test_law_cut_or_whole_and_never_silent(self, first: str, last: str) -> None:
        made = decided(self.CUT, {**OKAFOR, "firstname": first, "lastname": last})
        values = getattr(made, "values")  # noqa: B009
        for field, text in (("first_name", first), ("last_name", last)):
            assert values.get(field, "") == text[:30]
            told = [issue for issue in made.issues if issue.field == field]
            assert [issue.code for issue in told] == ["cut"] * (len(text) > 30)


@pytest.mark.rule("LG-CUR")
class TestCurrency:
    """Currency codes map to NetSuite currency IDs; an unmapped currency is an error that names it."""

    MAPPED = customer_sync(
        "us", subsidiaries=["2"], settings=BillingSettings(currencies={"USD": "1", "EUR": "4"})
    )

    def test_mapped(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, "currency": "EUR"})
        assert [ledger.sync(self.MAPPED), ledger.sync(self.MAPPED)] == ["1 created", "1 unchanged"]
        assert ledger.netsuite.rows[0]["currency"] == {"id": "4"}

    def test_unmapped(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, "currency": "GBP"})
        ledger.lago.put(OKAFOR)
        assert ledger.sync(self.MAPPED) == "1 created, 1 refused"
        (issue,) = ledger.seen[0].issues
        assert (issue.code, issue.rule, issue.field) == ("currency_unmapped", "LG-CUR", "currency")
        assert "'GBP'" in issue.reason

    def test_unmapped_later(self, ledger: Ledger) -> None:
        identity = ledger.lago.put({**BRIGHTWATER, "currency": "USD"})
        ledger.sync(self.MAPPED)
        ledger.lago.edit(identity, currency="GBP")
        assert [ledger.sync(self.MAPPED), ledger.sync(self.MAPPED)] == ["1 refused"] * 2

    def test_a_linked_customer_with_an_unmapped_one(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, "currency": "GBP", **linked_to(ledger.existing())})
        assert ledger.sync(self.MAPPED.replace(on_link="bring_up_to_date")) == "1 refused"
        assert ledger.sync(self.MAPPED) == "1 linked"
        assert "currency_unmapped" in ledger.said

    def test_an_existing_customer_keeps_the_one_it_leads_with(self, ledger: Ledger) -> None:
        identity = ledger.lago.put({**BRIGHTWATER, "currency": "USD"})
        ledger.sync(self.MAPPED)
        ledger.lago.edit(identity, currency="EUR")
        assert ledger.sync(self.MAPPED) == "1 unchanged"
        assert ledger.netsuite.rows[0]["currency"] == {"id": "1"}

    def test_one_whose_smallest_unit_is_unclear_is_mapped_all_the_same(self, ledger: Ledger) -> None:
        settings = BillingSettings(currencies={"MRU": "9"})
        made = made_of(
            customer_sync("us", subsidiaries=["2"], settings=settings), {**BRIGHTWATER, "currency": "MRU"}
        )
        assert made["currency"] == "9"

    @pytest.mark.parametrize("currency", [None, ""])
    def test_none(self, currency: str | None) -> None:
        assert "currency" not in made_of(self.MAPPED, {**BRIGHTWATER, "currency": currency})

    def test_without_settings_the_currency_is_netsuites_own_matter(self) -> None:
        assert "currency" not in made_of(FLOW, {**BRIGHTWATER, "currency": "GBP"})


def test_an_address_is_read_as_one() -> None:
    assert isinstance(value("billing_address", lago(city="Astoria")), Address)
