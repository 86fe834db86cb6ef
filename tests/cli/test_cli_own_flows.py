"""A flow of the caller's own on the command line, and its systems on files."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from custsync.adapters.files import SystemFile
from custsync.adapters.files.records import belongs
from custsync.cli.main import main
from custsync.models import ABSENT, Customer, Ref
from custsync.protocols import CreateRequest, Done, Payload, Rejected, UpdateRequest
from custsync.systems.servicetitan import SERVICETITAN
from custsync.systems.system import System

OWN = """
from attrs import evolve

from custsync.flows.stripe import EXPORT
from custsync.models import ABSENT, Customer, Ref
from custsync.systems.system import System


def read(row, account, mode):
    return Customer(ref=Ref("desk", row["key"], account, mode), email=row.get("mail", ABSENT))


def write(values, current):
    return {"mail": values["email"]}


DESK = System(name="desk", read=read, write=write, id_of=lambda row: row.get("key", ""))
FLOW = evolve(
    EXPORT,
    name="own",
    target=DESK,
    fields=tuple(row for row in EXPORT.fields if row.target == "email"),
    match=tuple(entry for entry in EXPORT.match if entry.lookup == "email"),
    source_id_field="",
    write_back="",
)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in a folder with a module, a module that fails, and a source file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "own_flows.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "own_none.py").write_text("FLOW = 1\n", encoding="utf-8")
    (tmp_path / "own_broken.py").write_text("import own_gone\n", encoding="utf-8")
    row = {"id": "2041", "companyName": "Lund", "email": "office@lund.example"}
    (tmp_path / "netsuite.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    yield tmp_path
    for name in ("own_flows", "own_none", "own_broken"):
        sys.modules.pop(name, None)


def over(command: str, flow: str, *more: str) -> list[str]:
    files = ["--source", "netsuite.jsonl", "--target", "desk.jsonl", "--records", "links.db"]
    return [command, "--flow", flow, *files, *more]


class TestOwnFlows:
    """`module:NAME` names a flow of the caller's own; what was not found is said."""

    def test_it_is_planned_and_carried_out(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(over("sync", "own_flows:FLOW")) == 0
        assert capsys.readouterr().out.splitlines() == [
            "own: netsuite.jsonl (jsonl) to desk.jsonl; NetSuite's surface is rest",
            "1 created",
        ]
        made = json.loads((folder / "desk.jsonl").read_text(encoding="utf-8"))
        assert made == {"key": "rehearsed-1", "mail": "office@lund.example"}
        assert main(over("sync", "own_flows:FLOW")) == 0
        assert capsys.readouterr().out.splitlines()[1] == "1 unchanged"

    def test_netsuites_records_may_be_rows(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        rows = "Internal ID,Individual,Company Name,Email\n2041,No,Lund,office@lund.example\n"
        (folder / "netsuite.csv").write_text(rows, encoding="utf-8")
        assert main(over("sync", "own_flows:FLOW", "--source", "netsuite.csv")) == 0
        assert capsys.readouterr().out.splitlines() == [
            "own: netsuite.csv (csv) to desk.jsonl; NetSuite's surface is suiteql",
            "1 created",
        ]

    def test_another_source_has_one_shape(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "own_flows.py").write_text(f"{OWN}\nFLOW = FLOW.replace(source=DESK)\n", encoding="utf-8")
        (folder / "desk2.jsonl").write_text('{"key": "7", "mail": "a@lund.example"}\n', encoding="utf-8")
        assert main(over("plan", "own_flows:FLOW", "--source", "desk2.jsonl")) == 0
        assert capsys.readouterr().out.splitlines()[0] == "own: desk2.jsonl (jsonl) to desk.jsonl"

    @pytest.mark.parametrize(
        ("flow", "more", "told"),
        [
            ("own_absent:FLOW", (), "the module 'own_absent' cannot be imported: there is none"),
            (
                "own_broken:FLOW",
                (),
                "the module 'own_broken' cannot be imported: ModuleNotFoundError: No module named 'own_gone'",
            ),
            ("own_flows:NONE", (), "own_flows has no flow 'NONE'; its flows are EXPORT, FLOW"),
            ("own_none:FLOW", (), "own_none has no flow 'FLOW'; it has no flow"),
            (":FLOW", (), "the module '' cannot be imported: ValueError: Empty module name"),
            ("own_flows:FLOW", ("--set", "a=b"), "own_flows:FLOW has no setting 'a'; there are none"),
        ],
        ids=["no module", "its import fails", "no such name", "no flow", "no name", "a setting"],
    )
    def test_what_is_wrong_is_named(
        self, folder: Path, flow: str, more: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(over("plan", flow, *more)) == 2
        assert capsys.readouterr().err == f"custsync: {told}\n"


def read_row(row: Payload, account: str, mode: str) -> Customer:
    return Customer(ref=Ref("shop", row["no"], account, mode), email=row.get("mail", ABSENT))


SHOP = System(
    name="shop", read=read_row, write=lambda values, _: dict(values), id_of=lambda row: str(row.get("no", ""))
)


class TestOwnSystems:
    """A system of the caller's own stands on a file: what is sent is kept, and a new record has an id."""

    def test_creates_and_updates(self, tmp_path: Path) -> None:
        shop = SystemFile(tmp_path / "shop.jsonl", SHOP, look_ups=("email",))
        assert isinstance(
            shop.create([CreateRequest(key="k", payload={"mail": "a@lund.example"})])["k"], Done
        )
        shop.update([UpdateRequest(id="rehearsed-1", payload={"fax": "1"})])
        again = SystemFile(tmp_path / "shop.jsonl", SHOP, look_ups=("email",))
        expected = {"no": "rehearsed-1", "mail": "a@lund.example", "fax": "1"}
        assert again.find("email", ["A@lund.example"]) == {"A@lund.example": [expected]}

    def test_an_id_that_the_caller_chose_stays(self, tmp_path: Path) -> None:
        shop = SystemFile(tmp_path / "shop.jsonl", SHOP)
        shop.create([CreateRequest(key="k", payload={"no": "L-1"})])
        assert shop.find("id", ["L-1"]) == {"L-1": [{"no": "L-1"}]}

    def test_an_id_that_has_no_place_is_refused(self, tmp_path: Path) -> None:
        deep = evolve(SHOP, name="deep", id_of=lambda row: row.get("a", {}).get("id", ""))
        answers = SystemFile(tmp_path / "deep.jsonl", deep).create([CreateRequest(key="k", payload={})])
        assert answers == {"k": Rejected("no_place_for_an_id")}

    @pytest.mark.parametrize("record", [{"no": "1"}, {"no": "1", "subsidiary": "2"}, {"id": "cus_1"}])
    def test_a_record_may_have_the_fields_of_another_system(self, record: dict[str, str]) -> None:
        assert belongs(record, SHOP)
        assert not belongs({"lago_id": "1"}, SERVICETITAN)
