"""The headings that NetSuite prints, their cells, and what is near them and not read (A2)."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.adapters.files import RecordFile
from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.flows import lightspeed, stripe
from custsync.models import ABSENT, Customer, SubscriptionStatus
from custsync.stores.memory import MemoryStore
from custsync.systems.netsuite import suiteql
from custsync.systems.netsuite.headings import AMBIGUOUS, HEADINGS, columns_of, is_export, unread_in
from custsync.systems.system import System
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.fakes.stripe import FakeStripe

EXPORT = """\
Internal ID,ID,Individual,Inactive,Name,Company Name,First,Last,Email,Child Of,Global Subscription Status,\
Billing Address 1,Billing City,Billing State/Province,Billing Zip,Billing Country,\
Shipping Address 1,Shipping City
2041,C-2041,Yes,No,Rosa Okafor,Okafor Design,Rosa,Okafor,r@okafor.example,- None -,Confirmed Opt-Out,\
7 Quay Street,Astoria,OR,97103,United States,,
2042,C-2042,No,Yes,Lund,Lund,,,office@lund.example,Okafor Design,Soft Opt-In,,,,,,1 Mill Lane,Leeds
"""
READ = suiteql(columns=())


def customers_of(path: Path, source: System = READ, **settings: Any) -> list[Customer]:
    return [source.read(row, "", "") for row in RecordFile(path, **settings) if isinstance(row, dict)]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Return a saved search as NetSuite exports it."""
    path = tmp_path / "customers.csv"
    path.write_text(EXPORT, encoding="utf-8")
    return path


class TestASavedSearch:
    """What it prints is what the query service answers."""

    def test_every_field_is_read(self, export: Path) -> None:
        rosa, lund = customers_of(export)
        assert (rosa.is_person, rosa.is_inactive, rosa.first_name, rosa.parent) == (True, False, "Rosa", None)
        assert (lund.is_person, lund.is_inactive, lund.parent) == (False, True, "Okafor Design")
        assert (rosa.subscription_status, lund.subscription_status) == (
            SubscriptionStatus.CONFIRMED_OPT_OUT,
            SubscriptionStatus.SOFT_OPT_IN,
        )
        line = rosa.billing_address
        assert line
        assert (line.line1, line.city, line.state, line.postal_code) == (
            "7 Quay Street",
            "Astoria",
            "OR",
            "97103",
        )
        assert lund.shipping_address
        assert lund.shipping_address.line1 == "1 Mill Lane"

    @pytest.mark.rule("G-LOSS")
    def test_what_has_no_heading_is_not_known_for_the_whole_file(self, export: Path) -> None:
        for customer in customers_of(export):
            assert customer.phone is ABSENT
            assert not customer.whole

    @pytest.mark.rule("SP-OUT-3")
    def test_a_person_is_called_by_their_name(self, export: Path) -> None:
        target = FakeStripe()
        sync(
            evolve(stripe.export_flow(source=READ), write_back=""),
            RecordFile(export),
            Environment(target=target, store=MemoryStore()),
        )
        assert {row["name"] for row in target.rows} == {"Rosa Okafor", "Lund"}

    @pytest.mark.rule("LS-MAP-3")
    def test_an_opt_out_under_its_label_reaches_lightspeed(self, export: Path) -> None:
        target = FakeLightspeed()
        sync(
            lightspeed.customer_export(source=READ),
            RecordFile(export),
            Environment(target=target, store=MemoryStore()),
        )
        held = {row["customer_code"]: row["do_not_email"] for row in target.rows}
        assert (held["C-2041"], held["C-2042"]) == (True, False)

    def test_dates_are_in_the_accounts_format(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("Internal ID,Individual,Date Created\n7,No,3/9/2025 8:15 am\n", encoding="utf-8")
        stamps = [
            customers_of(path, suiteql(columns=(), date_order=order, zone="Europe/London"))[0].created_at
            for order in ("day_first", "month_first")
        ]
        assert [stamp.isoformat() for stamp in stamps if stamp] == [
            "2025-09-03T07:15:00+00:00",
            "2025-03-09T08:15:00+00:00",
        ]


class TestHeadings:
    """Letters and digits tell them, in any case."""

    @given(
        heading=st.sampled_from(sorted(HEADINGS)),
        spelled=st.sampled_from([str.lower, str.upper, str.title, "  {}  ".format]),
    )
    def test_every_heading_is_read_as_its_column(self, heading: str, spelled: Any) -> None:
        columns = columns_of(["Internal ID", spelled(heading)])
        assert columns[1] == HEADINGS[heading] or heading == "Internal ID"
        assert unread_in([spelled(heading)]) == []

    @given(column=st.sampled_from(sorted({*HEADINGS.values()})))
    def test_every_column_is_its_own_heading(self, column: str) -> None:
        assert columns_of([column]) == [column]
        assert unread_in([column]) == []

    def test_a_table_of_the_query_service_has_nothing_unread(self) -> None:
        titles = [
            "id",
            "accountnumber",
            "billingratecard",
            "contact",
            "currency",
            "custentity_email",
            "defaultbillingaddress",
            "duplicate",
            "emailpreference",
            "entitynumber",
            "entitytitle",
            "fax",
            "firstsaledate",
            "lastmodifiedby",
            "customer",
            "shippingcarrier",
            "shippingitem",
            "thirdpartycountry",
            "thirdpartyzipcode",
        ]
        assert unread_in(titles) == []

    @pytest.mark.parametrize("heading", AMBIGUOUS)
    def test_a_heading_that_does_not_say_enough_is_told(self, heading: str) -> None:
        assert unread_in(["Internal ID", heading]) == [heading]

    @pytest.mark.parametrize(
        "heading",
        [
            *("Company Nmae", "Job Titel", "Billing Addr1", "Shipping State Prov", "Phone 2"),
            *("Phone No.", "Fax Number", "Mobile Phone Nr.", "Customer No.", "Billing Phone Num"),
        ],
    )
    def test_a_heading_that_is_almost_known_is_told(self, heading: str) -> None:
        assert unread_in([heading]) == [heading]

    @pytest.mark.parametrize(
        "heading", ["Price Level", "Sales Rep", "VAT Reg. Number", "custentity_phone2", "x" * 99]
    )
    def test_any_other_is_kept_under_its_own_name(self, heading: str) -> None:
        assert unread_in([heading]) == []
        assert columns_of([heading]) == ["".join(heading.lower().split())]

    @pytest.mark.parametrize(
        ("headings", "columns"),
        [
            (["Internal ID", "ID"], ["id", "entityid"]),
            (["ID", "Company Name"], ["entityid", "companyname"]),
            (["id", "Company Name"], ["id", "companyname"]),
            (["ID", "IsPerson"], ["id", "isperson"]),
            (["Child Of : Internal ID", "Child Of"], ["parent", "childof"]),
            (["Parent: Internal ID"], ["parent"]),
            (["Sales Rep : Internal ID", ""], ["salesrep:internalid", ""]),
        ],
    )
    def test_which_id_is_meant(self, headings: list[str], columns: list[str]) -> None:
        assert columns_of(headings) == columns

    @pytest.mark.parametrize(
        ("headings", "told"),
        [
            (["Internal ID", "Name"], True),
            (["id", "isperson"], True),
            (["id", "customer_code"], False),
            (["lago_id"], False),
        ],
    )
    def test_whose_table_it_is(self, headings: list[str], *, told: bool) -> None:
        assert is_export(headings) is told
