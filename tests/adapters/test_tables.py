"""A target that is a table: Upflow's import template, written ready to be uploaded, and read again."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.adapters.files import SystemFile
from custsync.adapters.files.lines import table_lines, table_rows
from custsync.adapters.files.system_file import look_ups_of
from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.errors import FileError
from custsync.flows.upflow import CUSTOMER_IMPORT
from custsync.protocols import CreateRequest, Done, Exists, Rejected, UpdateRequest
from custsync.stores.memory import MemoryStore
from custsync.systems.stripe import STRIPE
from custsync.systems.upflow import CONTACT_COLUMNS, IMPORT_COLUMNS, UPFLOW_IMPORT

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
LINE: dict[str, Any] = {"Customer name": "Harrow, Finch", "Customer ID": "2050"}
TITLES = (
    "Customer name,Customer ID,Accounting code,VAT number,Address,Postal code,Town,State/Region,Country,"
    "Parent name,Parent ID"
)


def opened(path: Path) -> SystemFile:
    return SystemFile(path, UPFLOW_IMPORT, look_ups=look_ups_of(CUSTOMER_IMPORT))


@pytest.mark.rule("UF-NAME")
@pytest.mark.rule("UF-HIER-1")
class TestTheImportTemplate:
    """The documented columns, in their order, a line for each customer; a second run writes nothing."""

    CUSTOMERS = (
        {
            "id": "2051",
            "isPerson": False,
            "isInactive": False,
            "companyName": "Harrow & Finch Retail, Ltd",
            "parent": {"id": "2050"},
        },
        {
            "id": "2050",
            "isPerson": False,
            "isInactive": False,
            "companyName": 'Harrow "H&F" Finch',
            "addressBook": {
                "items": [
                    {"defaultBilling": True, "addressBookAddress": {"country": {"id": "GB"}, "city": "Leeds"}}
                ]
            },
        },
    )

    def test_it_is_written_ready_to_be_uploaded(self, tmp_path: Path) -> None:
        path, store = tmp_path / "customers.csv", MemoryStore()
        report = sync(CUSTOMER_IMPORT, self.CUSTOMERS, Environment(target=opened(path), store=store))
        assert report.summary == "2 created"
        before = path.read_bytes()
        first, *lines = before.decode().splitlines()
        assert first == TITLES
        by_id = dict(table_rows(path, IMPORT_COLUMNS)).values()
        assert {
            row["Customer ID"]: (row["Customer name"], row["Country"], row["Parent ID"]) for row in by_id
        } == {
            "2050": ('Harrow "H&F" Finch', "United Kingdom", ""),
            "2051": ("Harrow & Finch Retail, Ltd", "", "2050"),
        }
        assert len(lines) == 2
        again = sync(CUSTOMER_IMPORT, self.CUSTOMERS, Environment(target=opened(path), store=store))
        assert again.summary == "2 unchanged"
        assert path.read_bytes() == before

    def test_what_upflow_refuses_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "customers.csv"
        path.write_bytes(b"".join(table_lines(IMPORT_COLUMNS, [LINE])))
        target, before = opened(path), path.read_bytes()
        for body, refusal in (
            ({"Customer ID": "1"}, Rejected("required", "Customer name")),
            ({"Customer name": "", "Customer ID": "1"}, Rejected("required", "Customer name")),
            ({**LINE, "Customer ID": "1", "Email": "a@b.example"}, Rejected("unknown_column", "Email")),
            ({**LINE, "Customer ID": "1", "Town": None}, Rejected("required", "Town")),
            (LINE, Exists("2050")),
        ):
            assert target.create([CreateRequest(key="k", payload=body)]) == {"k": refusal}
        moved = {"Customer ID": "2051"}
        assert target.update([UpdateRequest(id="2050", payload=moved)]) == {
            "2050": Rejected("another_customer", "Customer ID")
        }
        assert path.read_bytes() == before
        (done,) = target.update([UpdateRequest(id="2050", payload={"Town": "Leeds"})]).values()
        assert isinstance(done, Done)
        assert path.read_bytes() == b"".join(table_lines(IMPORT_COLUMNS, [{**LINE, "Town": "Leeds"}]))

    def test_no_other_system_is_written_as_a_table(self, tmp_path: Path) -> None:
        with pytest.raises(FileError, match="not a table"):
            SystemFile(tmp_path / "stripe.csv", STRIPE)
        with pytest.raises(FileError, match="not a table"):
            opened(tmp_path / "customers.tsv")


class TestTables:
    """A table is read as it was written, under titles in any order and case."""

    @given(st.lists(st.fixed_dictionaries(dict.fromkeys(CONTACT_COLUMNS, CELLS)), max_size=4))
    def test_what_was_written_is_read(self, rows: list[dict[str, str]]) -> None:
        filled = [row for row in rows if any(row.values())]
        text = b"".join(table_lines(CONTACT_COLUMNS, filled))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(
                "custsync.adapters.files.lines.numbered_lines",
                lambda _: enumerate(text.decode().splitlines(keepends=True), start=1),
            )
            assert [row for _, row in table_rows(Path("contacts.csv"), CONTACT_COLUMNS)] == filled

    @pytest.mark.parametrize("sign", [",", ";", "|"])
    def test_each_separator_that_upflow_takes(self, tmp_path: Path, sign: str) -> None:
        path = tmp_path / "customers.csv"
        path.write_text(f" customer id{sign}CUSTOMER NAME\n2050{sign}Harrow\n\n")
        assert list(table_rows(path, IMPORT_COLUMNS)) == [
            (2, {**dict.fromkeys(IMPORT_COLUMNS, ""), "Customer ID": "2050", "Customer name": "Harrow"})
        ]

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("Customer ID,Email\n", "column 'Email' is none of the import's"),
            ("Customer ID,Customer ID\n", "column 'Customer ID' is none of the import's, or is there twice"),
            ("Customer ID,Town\n2050\n", "1 cells under 2 titles"),
        ],
    )
    def test_another_table_is_refused(self, tmp_path: Path, text: str, reason: str) -> None:
        path = tmp_path / "customers.csv"
        path.write_text(text)
        with pytest.raises(FileError, match=reason):
            list(table_rows(path, IMPORT_COLUMNS))

    def test_an_empty_file_has_no_rows(self, tmp_path: Path) -> None:
        path = tmp_path / "customers.csv"
        path.write_text("")
        assert list(table_rows(path, IMPORT_COLUMNS)) == []

    def test_another_encoding_is_refused_with_its_line(self, tmp_path: Path) -> None:
        path = tmp_path / "customers.csv"
        path.write_bytes("Customer ID,Town\n2050,Malmö\n".encode("cp1252"))
        with pytest.raises(FileError, match="not UTF-8; save the file as UTF-8") as caught:
            list(table_rows(path, IMPORT_COLUMNS))
        assert caught.value.line == 2
