"""Stripe's dashboard export: headings, values and metadata become the customer object."""

from pathlib import Path
from typing import Any

import pytest

from custsync.adapters.files import RecordFile
from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.errors import FileError
from custsync.flows.stripe import IMPORT
from custsync.stores.memory import MemoryStore
from custsync.systems.exports import HEADINGS, is_export, record_of
from custsync.systems.stripe import STRIPE
from custsync.testing.fakes.netsuite import FakeNetSuite
from tests.systems.payloads import stripe_customer

ROW = {
    "id": "cus_Tidewater7",
    "Description": "",
    "Email": "ap@tidewater.example",
    "Name": "Tidewater Sails, Inc.",
    "Created (UTC)": "2025-03-03 11:06:40",
    "Delinquent": "false",
    "Currency": "usd",
    "Account Balance": "-12.50",
    "Phone": "(401) 555-0142",
    "Address Line1": "4 Quay Street",
    "Address Line2": "Unit 9",
    "Address City": "Newport",
    "Address State": "RI",
    "Address Country": "US",
    "Address Postal Code": "02840",
    "Shipping Name": "Tidewater Sails, Inc.",
    "Shipping Phone": "(401) 555-0143",
    "Shipping Address Line1": "12 Slip Lane",
    "Shipping Address Line2": "",
    "Shipping Address City": "Newport",
    "Shipping Address Country": "US",
    "netsuite_internal_id (metadata)": "7",
    "Tier (metadata)": "",
}


@pytest.mark.rule("SP-IN-1")
class TestRows:
    """A row says of a customer what the API says of it."""

    def test_a_whole_row_is_the_customer_that_the_api_answers(self) -> None:
        there = STRIPE.read(stripe_customer(), "", "test")
        read = STRIPE.read(record_of(ROW), "", "test")
        for name in (
            "ref",
            "name",
            "email",
            "phone",
            "currency",
            "balance",
            "created_at",
            "addresses",
            "custom",
        ):
            assert getattr(read, name) == getattr(there, name), name

    @pytest.mark.parametrize("heading", sorted(HEADINGS))
    @pytest.mark.parametrize("spelled", [str.upper, str.lower, " {} ".format])
    def test_headings_are_read_in_any_case(self, heading: str, spelled: Any) -> None:
        cells = {"Created (UTC)": "2025-03-03", "Delinquent": "true", "Account Balance": "1"}
        row = {heading: cells.get(heading, "x")}
        assert record_of({spelled(heading): row[heading]}) == record_of(row)

    @pytest.mark.rule("G-LOSS")
    def test_a_heading_that_is_not_there_says_nothing_and_a_blank_cell_is_null(self) -> None:
        assert record_of({"id": "cus_1"}) == {"object": "customer", "id": "cus_1"}
        blank = record_of({"id": "cus_1", "Phone": " ", "Address City": "", "Shipping Address City": ""})
        assert blank == {
            "object": "customer",
            "id": "cus_1",
            "phone": None,
            "address": None,
            "shipping": None,
        }

    @pytest.mark.parametrize(
        ("heading", "cell"),
        [("Created (UTC)", "yesterday"), ("Delinquent", "perhaps"), ("Account Balance", "much")],
    )
    def test_what_is_not_understood_is_kept_under_its_heading(self, heading: str, cell: str) -> None:
        record = record_of({"id": "cus_1", heading: cell})
        assert record == {"object": "customer", "id": "cus_1", heading: cell}
        assert STRIPE.read(record, "", "").extra[heading] == cell

    @pytest.mark.parametrize(
        ("currency", "balance"), [("usd", -1250), ("JPY", -12), ("kwd", -12500), ("", -1250)]
    )
    def test_a_balance_is_of_its_currency(self, currency: str, balance: int) -> None:
        cell = "-12" if currency == "JPY" else "-12.50"
        assert record_of({"Account Balance": cell, "Currency": currency})["balance"] == balance

    def test_a_column_without_a_heading_is_no_field(self) -> None:
        assert record_of({"id": "cus_1", " ": "x", "": "y"}) == {"object": "customer", "id": "cus_1"}

    def test_a_metadata_key_keeps_its_case(self) -> None:
        assert record_of({"NetSuite_ID (metadata)": "7", "x (metadata)": ""})["metadata"] == {
            "NetSuite_ID": "7"
        }

    def test_either_heading_of_a_postal_code(self) -> None:
        row = {"Address Zip": "02840", "Address Postal Code": ""}
        assert record_of(row)["address"] == {"postal_code": "02840"}


class TestFiles:
    """A file with such headings is read as customers of Stripe; another table is not touched."""

    @pytest.mark.parametrize(
        ("headings", "told"),
        [
            (["id", "Email", "Created (UTC)"], True),
            (["ID", "tier (metadata)"], True),
            (["id", "Name", "Email"], False),
            (["Email", "Created (UTC)"], False),
            (["id", "companyname", "isperson"], False),
        ],
    )
    def test_the_headings_tell(self, headings: list[str], told: bool) -> None:  # noqa: FBT001
        assert is_export(headings) is told

    def test_an_export_is_imported(self, tmp_path: Path) -> None:
        path, netsuite = tmp_path / "customers.csv", FakeNetSuite()
        row = {heading: cell for heading, cell in ROW.items() if "netsuite_internal_id" not in heading}
        cells = [f'"{cell}"' for cell in row.values()]
        path.write_text(",".join(row) + "\n" + ",".join(cells) + "\n")
        environment = Environment(target=netsuite, store=MemoryStore(), mode="test")
        assert sync(IMPORT, RecordFile(path), environment).summary == "1 created"
        assert netsuite.rows[0]["companyName"] == "Tidewater Sails, Inc."

    def test_one_heading_twice_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "customers.csv"
        path.write_text("id,Email,Email,Created (UTC)\n")
        with pytest.raises(FileError, match=r"columns . and . have one heading"):
            list(RecordFile(path))
