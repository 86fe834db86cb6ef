"""Files of every system: what a write, a merge or a write-back makes of each system's records."""

import json
from pathlib import Path
from typing import Any

import pytest

from custsync.adapters.files import SystemFile, WriteBackFile
from custsync.adapters.files.records import belongs, system_of
from custsync.errors import FileError
from custsync.protocols import (
    Adapter,
    CreateRequest,
    Done,
    Exists,
    MergeRequest,
    Rejected,
    Tier,
    UpdateRequest,
)
from custsync.systems import netsuite
from custsync.systems.lago import LAGO
from custsync.systems.lightspeed import LIGHTSPEED
from custsync.systems.lightspeed_writes import BLANK
from custsync.systems.servicetitan import SERVICETITAN
from custsync.systems.stripe import STRIPE
from custsync.systems.system import System
from custsync.systems.upflow import BLANK as BLANK_ROW, IMPORT_COLUMNS, UPFLOW, UPFLOW_IMPORT

Row = dict[str, Any]

SYSTEMS = {
    "stripe": STRIPE,
    "netsuite": netsuite.REST,
    "lightspeed": LIGHTSPEED,
    "servicetitan": SERVICETITAN,
    "lago": LAGO,
    "upflow": UPFLOW,
    "upflow_import": UPFLOW_IMPORT,
}
OWN: dict[str, Row] = {
    "stripe": {"id": "cus_1", "object": "customer"},
    "netsuite": {"id": "2041", "isPerson": False, "companyName": "Lund"},
    "lightspeed": {"id": "0a91-1", "customer_code": "CUST-1", "first_name": None, "last_name": "Lund"},
    "servicetitan": {"id": 771, "name": "Vale, Ines", "type": "Residential", "customFields": []},
    "lago": {"lago_id": "4f0f-1", "external_id": "lund"},
    "upflow": {"id": "6b0e-1", "name": "Lund", "countInvoicesDue": 0, "dunningPlanId": None},
    "upflow_import": {"Customer name": "Lund", "Customer ID": "2041"},
}


def put(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def found(target: SystemFile, by: str, value: str) -> list[str]:
    """Return the ids that a look-up finds."""
    hits = target.find(by, [value])[value]
    assert not isinstance(hits, Rejected)
    return [target._system.id_of(hit) for hit in hits]  # type: ignore[union-attr]  # noqa: SLF001


def create(target: SystemFile, **payload: Any) -> Any:
    return target.create([CreateRequest(key="k", payload=payload)])["k"]


def update(target: SystemFile, id: str, **payload: Any) -> Any:
    return target.update([UpdateRequest(id=id, payload=payload)])[id]


class TestMarks:
    """A record is told by what only its system's records have; a foreign file is refused."""

    @pytest.mark.parametrize("name", SYSTEMS)
    def test_each_systems_record_is_its_own_and_nobody_elses(self, name: str) -> None:
        assert system_of(OWN[name]) == name
        assert [other for other in SYSTEMS if belongs(OWN[name], SYSTEMS[other])] == [name]

    @pytest.mark.parametrize("name", SYSTEMS)
    def test_a_file_takes_its_own_and_refuses_the_others(self, tmp_path: Path, name: str) -> None:
        SystemFile(put(tmp_path / "own.jsonl", OWN[name]), SYSTEMS[name])
        for other in SYSTEMS.keys() - {name}:
            path = put(tmp_path / f"{other}.jsonl", OWN[other])
            with pytest.raises(FileError, match=f"record #1 is not a {name} customer as JSON"):
                SystemFile(path, SYSTEMS[name])

    def test_what_nothing_tells_may_be_of_a_system_without_marks(self) -> None:
        assert [name for name, system in SYSTEMS.items() if belongs({"id": "7"}, system)] == [
            "netsuite",
            "servicetitan",
            "upflow",
        ]


class TestLightspeed:
    """A Lightspeed file finds by id, code and email, keeps codes unique and names who is called what."""

    def opened(self, tmp_path: Path, *rows: Row) -> SystemFile:
        path = put(tmp_path / "a.jsonl", *rows)
        return SystemFile(path, LIGHTSPEED, look_ups=("customer_code", "entity_id", "email"))

    def test_look_ups(self, tmp_path: Path) -> None:
        target = self.opened(tmp_path, {**OWN["lightspeed"], "email": "AP@lund.example"})
        assert isinstance(target, Adapter)
        assert target.capabilities.tier is Tier.C
        for by, value in (
            ("id", "0a91-1"),
            ("customer_code", "CUST-1"),
            ("entity_id", "CUST-1"),
            ("email", "ap@lund.example"),
        ):
            assert found(target, by, value) == ["0a91-1"]
        assert found(target, "customer_code", "cust-1") == []

    @pytest.mark.rule("LS-KEY-2")
    def test_a_code_belongs_to_one_customer(self, tmp_path: Path) -> None:
        target = self.opened(tmp_path, OWN["lightspeed"])
        assert create(target, customer_code="CUST-1", first_name="A", last_name=None) == Exists("0a91-1")
        names: Row = {"first_name": "Awa", "last_name": "Koné"}
        made = create(target, customer_code="CUST-2", **names)
        assert made == Done(
            "rehearsed-1",
            {**BLANK, "id": "rehearsed-1", "customer_code": "CUST-2", **names, "name": "Awa Koné"},
        )
        assert update(target, "rehearsed-1", customer_code="CUST-1", **names) == Rejected("taken")
        after = update(target, "rehearsed-1", customer_code="CUST-3", first_name=None, last_name="Koné")
        assert after.payload["name"] == "Koné"
        assert (found(target, "customer_code", "CUST-2"), found(target, "customer_code", "CUST-3")) == (
            [],
            ["rehearsed-1"],
        )
        assert len(rows_of(target.path)) == 2

    @pytest.mark.rule("G-LOSS")
    def test_what_lightspeed_refuses_is_refused(self, tmp_path: Path) -> None:
        target, names = self.opened(tmp_path), {"first_name": None, "last_name": ""}
        assert create(target, customer_code="C", **names) == Rejected("required", "first_name")
        assert create(target, customer_code="C", company_name="Works") == Rejected("required", "first_name")
        made = create(target, customer_code="C", company_name="Works", **names)
        assert made.payload["name"] is None
        assert update(target, made.id, **names, email="n/a") == Rejected("invalid", "email")
        assert rows_of(target.path) == [made.payload]

    @pytest.mark.rule("G-LOSS")
    def test_an_update_replaces_the_record(self, tmp_path: Path) -> None:
        target = self.opened(tmp_path)
        names = {"first_name": "Awa", "last_name": None, "customer_code": "C"}
        made = create(target, **names, do_not_email=True, note="n")
        assert update(target, made.id, **names, phone="1").payload["do_not_email"] is False


class TestLago:
    """A Lago file's lists are written whole; a write-back is laid over them entry by entry."""

    LINK: Row = {  # noqa: RUF012
        "lago_id": "b5b2-1",
        "type": "netsuite",
        "integration_code": "us",
        "external_customer_id": None,
        "sync_with_provider": True,
        "subsidiary_id": "2",
    }
    OTHER: Row = {  # noqa: RUF012
        "lago_id": "b5b2-2",
        "type": "hubspot",
        "integration_code": "crm",
        "external_customer_id": "9",
    }
    BODY: Row = {  # noqa: RUF012
        "external_id": "lund",
        "integration_customers": [
            {
                "integration_code": "us",
                "integration_type": "netsuite",
                "sync_with_provider": True,
                "external_customer_id": "2041",
            }
        ],
    }

    def row(self) -> Row:
        return {**OWN["lago"], "integration_customers": [self.LINK, self.OTHER], "metadata": []}

    def test_look_ups(self, tmp_path: Path) -> None:
        by_code = "custom.integration_customers.crm"
        path = put(tmp_path / "a.jsonl", self.row())
        target = SystemFile(path, LAGO, look_ups=("external_id", by_code))
        assert target.capabilities.tier is Tier.A
        for by, value in (("id", "4f0f-1"), ("external_id", "lund"), (by_code, "9")):
            assert found(target, by, value) == ["4f0f-1"]

    def test_a_link_that_is_not_named_by_its_id_is_destroyed(self, tmp_path: Path) -> None:
        target = SystemFile(put(tmp_path / "a.jsonl", self.row()), LAGO)
        (sent,) = self.BODY["integration_customers"]
        body = {**self.BODY, "integration_customers": [{**sent, "id": self.LINK["lago_id"]}]}
        (kept,) = update(target, "4f0f-1", **body).payload["integration_customers"]
        assert kept == {**self.LINK, "external_customer_id": "2041"}
        (new,) = update(target, "4f0f-1", **self.BODY).payload["integration_customers"]
        assert new["lago_id"] != self.LINK["lago_id"]

    @pytest.mark.rule("G-LOSS")
    def test_what_lago_refuses_is_refused(self, tmp_path: Path) -> None:
        target = SystemFile(put(tmp_path / "a.jsonl", self.row()), LAGO)
        before = target.path.read_bytes()
        link = {"integration_code": "us", "type": "netsuite"}
        refused = update(target, "4f0f-1", external_id="lund", integration_customers=[link])
        assert refused == Rejected("unknown_field", "integration_customers")
        assert create(target, name="Lund") == Rejected("value_is_mandatory", "external_id")
        assert target.path.read_bytes() == before

    def test_creates(self, tmp_path: Path) -> None:
        target = SystemFile(tmp_path / "a.jsonl", LAGO)
        datum = {"key": "region", "value": "PNW", "display_in_invoice": False}
        made = create(target, external_id="lund", metadata=[datum])
        (kept,) = made.payload["metadata"]
        assert (made.payload["lago_id"], made.payload["external_id"]) == ("rehearsed-1", "lund")
        assert kept == {**datum, "lago_id": kept["lago_id"]}
        assert create(target, external_id="lund") == Exists("rehearsed-1")

    def test_a_write_back_is_read_with_everything_else_that_the_source_has(self, tmp_path: Path) -> None:
        back = WriteBackFile(tmp_path / "back.jsonl", LAGO)
        back.update([UpdateRequest(id="4f0f-1", payload=self.BODY)])
        (laid,) = back.overlaid([self.row()])
        assert isinstance(laid, dict)
        there, other = laid["integration_customers"]
        assert (there["external_customer_id"], there["type"], there["lago_id"]) == (
            "2041",
            "netsuite",
            "b5b2-1",
        )
        assert other == self.OTHER
        assert back.overridden == {}
        assert LAGO.read(laid, "", "").custom == {
            "integration_customers.us": "2041",
            "integration_customers.crm": "9",
        }

    def test_a_written_connection_that_the_source_has_no_more_is_kept(self, tmp_path: Path) -> None:
        back = WriteBackFile(tmp_path / "back.jsonl", LAGO)
        back.update([UpdateRequest(id="4f0f-1", payload=self.BODY)])
        (laid,) = back.overlaid([{**OWN["lago"], "integration_customers": [self.OTHER]}])
        assert isinstance(laid, dict)
        assert [entry["integration_code"] for entry in laid["integration_customers"]] == ["crm", "us"]

    @pytest.mark.parametrize("entries", [7, [7], [{}], [{"integration_code": ["us"]}], None])
    @pytest.mark.rule("G-ISO")
    def test_a_list_that_a_person_spoilt_ends_nothing(self, tmp_path: Path, entries: Any) -> None:
        spoilt = {"integration_customers": entries}
        back = WriteBackFile(put(tmp_path / "back.jsonl", {"id": "4f0f-1", **spoilt}), LAGO)
        (laid,) = back.overlaid([{**self.row(), **spoilt}])
        assert isinstance(laid, dict)
        assert laid["integration_customers"] == (entries if isinstance(entries, list) else [])
        assert list(back.overlaid([self.row()])) == [self.row()]

    def test_a_connection_without_a_code_stays(self, tmp_path: Path) -> None:
        back = WriteBackFile(tmp_path / "back.jsonl", LAGO)
        back.update([UpdateRequest(id="4f0f-1", payload=self.BODY)])
        nameless = {**self.OTHER, "integration_code": None}
        (laid,) = back.overlaid([{**self.row(), "integration_customers": [nameless, self.LINK]}])
        assert isinstance(laid, dict)
        assert laid["integration_customers"][0] == nameless

    def test_a_sources_own_id_that_is_overridden_is_known(self, tmp_path: Path) -> None:
        back = WriteBackFile(tmp_path / "back.jsonl", LAGO)
        back.update([UpdateRequest(id="4f0f-1", payload=self.BODY)])
        list(
            back.overlaid(
                [{**self.row(), "integration_customers": [{**self.LINK, "external_customer_id": "1"}]}]
            )
        )
        assert list(back.overridden) == ["4f0f-1"]


class TestUpflow:
    """A file of Upflow's import has the caller's ids; one of its API finds by id and external id."""

    def test_a_line_is_found_by_its_own_id(self, tmp_path: Path) -> None:
        target = SystemFile(tmp_path / "a.jsonl", UPFLOW_IMPORT, look_ups=("external_id",))
        line = {**dict.fromkeys(IMPORT_COLUMNS, ""), "Customer name": "Lund", "Customer ID": "2041"}
        assert create(target, **{"Customer name": "Lund", "Customer ID": "2041"}) == Done("2041", line)
        assert create(target, **line) == Exists("2041")
        assert create(target, **{"Customer name": "Lund"}) == Rejected("required", "Customer ID")
        moved = update(target, "2041", **{"Customer ID": "2042"})
        assert moved == Rejected("another_customer", "Customer ID")
        assert update(target, "2041", Town="Leeds") == Done("2041", {**line, "Town": "Leeds"})
        assert (found(target, "id", "2041"), found(target, "external_id", "2041")) == (["2041"], ["2041"])
        assert rows_of(target.path) == [{**line, "Town": "Leeds"}]

    def test_the_apis_rows(self, tmp_path: Path) -> None:
        target = SystemFile(tmp_path / "a.jsonl", UPFLOW, look_ups=("external_id",))
        row = {"name": "Lund", "externalId": "2041", "balance": 1550}
        made = {**BLANK_ROW, "id": "rehearsed-1", **row}
        assert create(target, **row) == Done("rehearsed-1", made)
        assert create(target, externalId="2042") == Rejected("required", "name")
        assert update(target, "rehearsed-1", balance=15.5) == Rejected("not_cents", "balance")
        assert update(target, "rehearsed-1", balance=0).payload["balance"] == 0
        assert found(target, "external_id", "2041") == ["rehearsed-1"]


class TestServiceTitan:
    """A ServiceTitan file is a source: it is read by id."""

    def test_it_is_read_by_id(self, tmp_path: Path) -> None:
        source = WriteBackFile(tmp_path / "back.jsonl", SERVICETITAN, source=[OWN["servicetitan"]])
        assert source.find("id", ["771"]) == {"771": [OWN["servicetitan"]]}

    def test_it_is_never_written(self, tmp_path: Path) -> None:
        target = SystemFile(put(tmp_path / "a.jsonl", OWN["servicetitan"]), SERVICETITAN)
        assert create(target, name="Vale") == update(target, "771", name="Vale") == Rejected("read_only")


PERSON: Row = {"isPerson": True, "lastName": "Lund"}
LINE: Row = {"id": 1, "defaultBilling": True, "addressBookAddress": {"city": "Astoria"}}
SURVIVOR: Row = {
    "id": "1",
    "companyName": "Lund",
    "phone": "",
    "email": "ap@lund.example",
    "balance": 10.5,
    "subsidiary": {"id": "2"},
    "addressBook": {"items": [LINE]},
    "contactRoles": {"items": [{"contact": {"id": "8"}}]},
}
DUPLICATE: Row = {
    "id": "2",
    "companyname": "Lund Ltd",
    "phone": "503",
    "fax": "504",
    "externalId": "crm-2",
    "balance": 2,
    "parent": {"id": "9"},
    "addressbook": {"items": [{**LINE, "defaultShipping": True, "addressBookAddress": {"city": "Leeds"}}]},
    "contactRoles": {"items": [{"contact": {"id": "7"}}]},
}


@pytest.mark.rule("ST-MRG-1")
class TestMerges:
    """In a NetSuite file a duplicate goes up in its survivor: nothing of it is lost, and it is gone."""

    def opened(self, tmp_path: Path, *rows: Row) -> SystemFile:
        path = put(tmp_path / "a.jsonl", *rows)
        return SystemFile(path, netsuite.REST, look_ups=("email", "external_id", "entity_id"))

    def merge(self, target: SystemFile, survivor: str, duplicate: str) -> Any:
        return target.merge([MergeRequest(survivor=survivor, duplicate=duplicate)])[duplicate]

    def test_blanks_are_filled_and_lines_contacts_and_balances_are_those_of_both(
        self, tmp_path: Path
    ) -> None:
        target = self.opened(tmp_path, SURVIVOR, DUPLICATE)
        answer = self.merge(target, "1", "2")
        (row,) = rows_of(target.path)
        assert answer == Done("1", row)
        assert row == {
            **SURVIVOR,
            "phone": "503",
            "fax": "504",
            "externalId": "crm-2",
            "balance": 12.5,
            "addressBook": {
                "items": [
                    LINE,
                    {
                        "id": 2,
                        "defaultBilling": False,
                        "defaultShipping": True,
                        "addressBookAddress": {"city": "Leeds"},
                    },
                ]
            },
            "contactRoles": {"items": [{"contact": {"id": "8"}}, {"contact": {"id": "7"}}]},
        }

    def test_a_survivor_without_lists_and_balance_takes_the_duplicates(self, tmp_path: Path) -> None:
        target = self.opened(tmp_path, {"id": "1", "companyName": "Lund"}, DUPLICATE)
        row = self.merge(target, "1", "2").payload
        assert row["addressbook"]["items"][0]["defaultBilling"] is True
        assert row["balance"] == 2
        assert "parent" not in row

    def test_no_balance_stays_none(self, tmp_path: Path) -> None:
        rows = ({"id": "1", "balance": None}, {"id": "2", "balance": None})
        assert self.merge(self.opened(tmp_path, *rows), "1", "2").payload == {"id": "1", "balance": None}

    def test_the_look_ups_follow(self, tmp_path: Path) -> None:
        target = self.opened(tmp_path, SURVIVOR, {**DUPLICATE, "email": "old@lund.example"})
        self.merge(target, "1", "2")
        assert found(target, "id", "2") == found(target, "email", "old@lund.example") == []
        assert found(target, "external_id", "crm-2") == found(target, "email", "ap@lund.example") == ["1"]

    def test_a_duplicate_goes_once(self, tmp_path: Path) -> None:
        target = self.opened(tmp_path, SURVIVOR, DUPLICATE)
        assert target.capabilities.merges > 0
        for survivor, duplicate, end in (
            ("1", "9", "duplicate"),
            ("9", "1", "survivor"),
            ("1", "1", "duplicate"),
        ):
            assert self.merge(target, survivor, duplicate) == Rejected("INVALID_KEY_OR_REF", end)
        self.merge(target, "1", "2")
        assert self.merge(target, "1", "2") == Rejected("INVALID_KEY_OR_REF", "duplicate")
        assert len(rows_of(target.path)) == 1

    def test_sub_customers_move_to_the_survivor_through_several_merges(self, tmp_path: Path) -> None:
        rows = [{"id": id, **PERSON} for id in "123"]
        child = {"id": "4", **PERSON, "parent": {"id": "3"}}
        target = self.opened(tmp_path, *rows, child, {"id": "5", **PERSON, "Parent": "1"})
        target.merge([MergeRequest(survivor="2", duplicate="3"), MergeRequest(survivor="1", duplicate="2")])
        assert rows_of(target.path) == [
            {"id": "1", **PERSON},
            {"id": "4", **PERSON, "parent": {"id": "1"}},
            {"id": "5", **PERSON, "Parent": "1"},
        ]

    def test_who_takes_a_place_below_moves_on_with_the_next_merge(self, tmp_path: Path) -> None:
        rows = [{"id": id, **PERSON} for id in "14"]
        below = [{"id": "2", **PERSON, "parent": {"id": "1"}}, {"id": "3", **PERSON, "parent": {"id": "2"}}]
        target = self.opened(tmp_path, *rows, *below)
        target.merge([MergeRequest(survivor="3", duplicate="2"), MergeRequest(survivor="4", duplicate="1")])
        assert rows_of(target.path) == [{"id": "4", **PERSON}, {"id": "3", **PERSON, "parent": {"id": "4"}}]

    @pytest.mark.parametrize("numbers", [("1", "2"), ("1", None)])
    def test_needs_equal_vat_numbers(self, tmp_path: Path, numbers: tuple[str | None, ...]) -> None:
        rows = [{"id": id, "vatRegNumber": number} for id, number in zip("12", numbers, strict=True)]
        target = self.opened(tmp_path, *rows)
        assert self.merge(target, "1", "2") == Rejected("USER_ERROR", "vatRegNumber")
        assert len(rows_of(target.path)) == 2

    @pytest.mark.parametrize("top", [{}, {"parent": {"id": "9"}}], ids=["top", "child"])
    def test_a_survivor_below_its_duplicate_takes_its_place(self, tmp_path: Path, top: Row) -> None:
        target = self.opened(
            tmp_path,
            {"id": "9", **PERSON},
            {"id": "2", **PERSON, **top},
            {"id": "3", **PERSON, "parent": {"id": "2"}},
            {"id": "1", **PERSON, "parent": {"id": "3"}},
        )
        self.merge(target, "1", "2")
        assert rows_of(target.path) == [
            {"id": "9", **PERSON},
            {"id": "3", **PERSON, "parent": {"id": "1"}},
            {"id": "1", **PERSON, **top},
        ]

    def test_a_cycle_of_parents_ends(self, tmp_path: Path) -> None:
        target = self.opened(
            tmp_path,
            {"id": "1", **PERSON, "parent": {"id": "3"}},
            {"id": "3", **PERSON, "parent": {"id": "1"}},
            {"id": "2", "companyName": "Lund"},
        )
        assert self.merge(target, "1", "2").payload["companyName"] == "Lund"

    @pytest.mark.parametrize("name", sorted(SYSTEMS.keys() - {"netsuite"}))
    def test_no_other_file_merges(self, tmp_path: Path, name: str) -> None:
        path = put(tmp_path / "a.jsonl", OWN[name])
        target = SystemFile(path, SYSTEMS[name])
        id = SYSTEMS[name].id_of(OWN[name])
        assert target.capabilities.merges == 0
        assert self.merge(target, id, "other") == Rejected("no_such_record")


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_a_write_back_file_lays_over_any_system(tmp_path: Path, system: System) -> None:
    """Whatever is written back to a source of any kind is there when it is read."""
    record = OWN[system.name]
    id = system.id_of(record)
    back = WriteBackFile(tmp_path / "back.jsonl", system)
    back.update([UpdateRequest(id=id, payload={"kept": "2041"})])
    assert list(back.overlaid([record])) == [{**record, "kept": "2041"}]
    list(back.overlaid([{**record, "kept": "9"}]))
    assert list(back.overridden) == [id]
