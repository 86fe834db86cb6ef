"""The command line: what it prints, what it writes, and the code that it ends with."""

import io
import json
import os
import runpy
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custsync.adapters.files import locked
from custsync.cli.commands import COMMANDS
from custsync.cli.demo.story import story
from custsync.cli.main import main
from custsync.engine.plans import Plan
from custsync.stores.sqlite_file import SCHEMA_VERSION

Row = dict[str, Any]
Say = Callable[..., tuple[int, str, str]]

NETSUITE = (
    {
        "id": "2041",
        "isPerson": False,
        "companyName": "Lund, Brandt & Partners",
        "email": "office@lund.example",
    },
    {"id": "2042", "isPerson": True, "firstName": "Awa", "lastName": "Koné", "email": "Awa@kone.example"},
)
STRIPE = (
    {"id": "cus_1", "object": "customer", "livemode": False, "name": "A. Koné", "email": "awa@kone.example"},
)
DOUBLED = {**STRIPE[0], "id": "cus_2", "created": 1767225600}
CSV = "ID,IsPerson,CompanyName,Email\n2041,F,Lund,office@lund.example\n"


def kept(text: str) -> Plan:
    return Plan.from_lines(text.splitlines())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with both systems' files."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "netsuite.jsonl", *NETSUITE)
    put(tmp_path / "stripe.jsonl", *STRIPE)
    return tmp_path


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command in this process; return its code and what it said."""

    def run(command: str, *more: str, flow: str = "EXPORT", **files: str) -> tuple[int, str, str]:
        code = main([command, *over(flow, **files), *more])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def put(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def over(flow: str = "EXPORT", **files: str) -> list[str]:
    ends = ["netsuite.jsonl", "stripe.jsonl"][:: 1 if flow == "EXPORT" else -1]
    named = {"flow": f"stripe.{flow}", "source": ends[0], "target": ends[1], "records": "links.db", **files}
    return [part for name, value in named.items() for part in (f"--{name}", value)]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "custsync", *arguments]


class TestPlans:
    """A plan shows what would be done, and writes nothing but what it is asked to keep."""

    def test_it_says_what_it_is_over_and_writes_nothing(self, folder: Path, say: Say) -> None:
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        code, out, err = say("plan")
        head, *rest = out.splitlines()
        assert head == "stripe.EXPORT: netsuite.jsonl (jsonl) to stripe.jsonl; NetSuite's surface is rest"
        assert [line[0] for line in rest[:-1]] == ["+", "="]
        assert rest[-1] == "stripe.EXPORT: 1 to create, 1 to link"
        assert (code, err) == (0, "")
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    def test_json_is_the_plan_and_the_rest_stands_on_standard_error(self, folder: Path, say: Say) -> None:
        code, out, err = say("plan", "--json", "--out", "plan.json")
        assert code == 0
        assert len(kept(out)) == 2
        assert kept((folder / "plan.json").read_text("utf-8")) == kept(out)
        assert err.startswith("stripe.EXPORT: netsuite.jsonl")

    def test_a_plan_without_anything_to_write_names_no_command(self, folder: Path, say: Say) -> None:
        put(folder / "netsuite.jsonl", {"id": "2041", "isPerson": "perhaps"})
        code, out, _ = say("plan", "--out", "plan.json")
        assert (code, out.splitlines()[-1]) == (1, "The plan is kept in plan.json. It writes nothing.")

    @pytest.mark.rule("SP-OUT-4")
    def test_what_waits_for_a_person_makes_code_1(self, folder: Path, say: Say) -> None:
        put(folder / "stripe.jsonl", *STRIPE, DOUBLED)
        assert say("plan")[0] == 1
        assert say("plan", "--set", "several=oldest")[0] == 0

    @pytest.mark.rule("SP-IN-2")
    def test_settings_of_the_import(self, folder: Path, say: Say) -> None:
        put(folder / "stripe.jsonl", {**STRIPE[0], "name": None, "email": "guest@mail.example"})
        assert say("plan", flow="IMPORT")[0] == 1
        settings = (
            "default_name=Guest",
            "subsidiary=2",
            "unknown-kind=person",
            "stripe_id_field=custentity_s",
        )
        more = [part for setting in settings for part in ("--set", setting)]
        code, out, _ = say("plan", *more, flow="IMPORT")
        assert code == 0
        assert "first_name" in out
        assert "subsidiary" in out
        assert "custom.custentity_s" in out

    def test_progress_goes_to_standard_error(self, folder: Path, say: Say) -> None:
        pytest.importorskip("tqdm")
        assert say("plan")[1] == say("plan", "--progress")[1]

    def test_without_a_bar_it_is_a_number(
        self, folder: Path, say: Say, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("custsync.cli.commands.find_spec", lambda _: None)
        assert say("plan", "--progress")[2] == "2 customers\n"


class TestKeptPlans:
    """A plan that was kept is carried out as it was shown, and what went stale since is not written."""

    @pytest.mark.rule("G-DUP", "G-IDEM")
    def test_it_is_carried_out_once(self, folder: Path, say: Say) -> None:
        say("plan", "--out", "plan.json")
        code, out, _ = say("apply", "plan.json")
        assert (code, out.splitlines()[-1]) == (0, "1 created, 1 linked")
        after = (folder / "stripe.jsonl").read_bytes()
        code, out, _ = say("apply", "plan.json", "--json")
        assert (code, json.loads(out)["counts"]) == (0, {"already done": 2})
        assert (folder / "stripe.jsonl").read_bytes() == after

    @pytest.mark.rule("G-LOSS")
    def test_what_changed_since_is_not_written(self, folder: Path, say: Say) -> None:
        say("plan", "--out", "plan.json")
        put(folder / "stripe.jsonl", {**STRIPE[0], "name": "Koné, Awa"})
        code, out, _ = say("apply", "plan.json")
        assert (code, out.splitlines()[1]) == (1, "1 created, 1 stale")

    @pytest.mark.rule("G-LOSS")
    def test_what_changed_in_the_source_since_is_not_written(self, folder: Path, say: Say) -> None:
        say("plan", "--out", "plan.json")
        put(folder / "netsuite.jsonl", {**NETSUITE[0], "email": "new@lund.example"}, NETSUITE[1])
        code, out, _ = say("apply", "plan.json")
        assert (code, out.splitlines()[1]) == (1, "1 linked, 1 stale")
        assert [row["id"] for row in rows_of(folder / "stripe.jsonl")] == ["cus_1"]

    def test_one_plan_and_no_more(self, folder: Path, say: Say) -> None:
        for more in ((), ("plan.json", "plan.json"), ("plan.json", "--incremental")):
            with pytest.raises(SystemExit) as caught:
                say("apply", *more)
            assert caught.value.code == 2

    @pytest.mark.parametrize(
        ("text", "told"),
        [("{}", "not a plan"), (None, "plan.json: No such file")],
        ids=["no-plan", "no-file"],
    )
    def test_what_is_no_plan(self, folder: Path, say: Say, text: str | None, told: str) -> None:
        if text:
            (folder / "plan.json").write_text(text)
        code, _, err = say("apply", "plan.json")
        assert code == 2
        assert told in err

    def test_it_is_its_owners_alone_and_replaces_nothing_unasked(self, folder: Path, say: Say) -> None:
        assert say("plan", "--out", "plan.json")[0] == 0
        kept = folder / "plan.json"
        assert kept.stat().st_mode & 0o777 == 0o600
        kept.chmod(0o644)
        before = kept.read_bytes()
        code, _, err = say("plan", "--out", "plan.json")
        assert code == 2
        assert "the file exists" in err
        assert kept.read_bytes() == before
        assert say("plan", "--out", "plan.json", "--overwrite")[0] == 0
        assert kept.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("more", [(), ("--overwrite",)])
    @pytest.mark.parametrize("aim", ["stripe.jsonl", "nowhere", "link"])
    def test_it_follows_no_link(self, folder: Path, say: Say, aim: str, more: tuple[str, ...]) -> None:
        before = (folder / "netsuite.jsonl").read_bytes()
        (folder / "link").symlink_to(folder / aim)
        code, _, err = say("plan", "--out", "link", *more)
        assert code == 2
        assert err
        assert not (folder / "nowhere").exists()
        assert (folder / "netsuite.jsonl").read_bytes() == before
        assert (folder / "link").is_symlink()

    def test_a_plan_of_the_other_flow(self, folder: Path, say: Say) -> None:
        say("plan", "--out", "plan.json")
        assert say("apply", "plan.json", flow="IMPORT")[0] == 2


class TestSyncs:
    """A sync writes the target file and the records; the source file is never touched."""

    @pytest.mark.rule("G-IDEM", "SP-OUT-3")
    def test_a_second_run_is_silent(self, folder: Path, say: Say) -> None:
        source = (folder / "netsuite.jsonl").read_bytes()
        assert say("sync")[1].splitlines()[-1] == "1 created, 1 linked"
        after = (folder / "stripe.jsonl").read_bytes()
        code, out, _ = say("sync")
        assert (code, out.splitlines()[-1]) == (0, "2 unchanged")
        assert (folder / "stripe.jsonl").read_bytes() == after
        assert (folder / "netsuite.jsonl").read_bytes() == source
        assert {row["id"] for row in rows_of(folder / "netsuite.writeback.jsonl")} == {"2041", "2042"}
        assert say("sync", "--incremental")[1].splitlines()[-1] == "2 unchanged"

    def test_a_target_that_is_not_there_starts_empty(self, folder: Path, say: Say) -> None:
        code, out, _ = say("sync", "--write-back", "back.jsonl", target="new.jsonl")
        assert (code, out.splitlines()[-1]) == (0, "2 created")
        assert len(rows_of(folder / "new.jsonl")) == 2
        assert len(rows_of(folder / "back.jsonl")) == 2
        assert say("sync", "--write-back", "back.jsonl", target="new.jsonl")[1].endswith("2 unchanged\n")

    @pytest.mark.rule("SP-BI")
    def test_both_directions_come_to_rest(self, folder: Path, say: Say) -> None:
        put(folder / "stripe.jsonl", *STRIPE, {**DOUBLED, "name": "Okafor", "email": "o@okafor.example"})
        codes = [say("sync", flow=flow)[0] for flow in ("EXPORT", "IMPORT", "EXPORT", "IMPORT")]
        assert codes == [0, 0, 0, 0]
        for flow in ("EXPORT", "IMPORT"):
            assert say("sync", flow=flow)[1].splitlines()[-1] == "3 unchanged"

    @pytest.mark.rule("G-ISO")
    def test_a_bad_line_fails_alone_with_its_line(self, folder: Path, say: Say) -> None:
        source = folder / "netsuite.jsonl"
        text = source.read_text(encoding="utf-8")
        source.write_text(f"{text}\n{{nothing\n", encoding="utf-8")
        code, out, err = say("sync", "--json")
        report = json.loads(out)
        assert code == 1
        assert report["counts"] == {"created": 1, "linked": 1, "refused": 1}
        assert (report["flow"], report["unlisted"], len(report["attention"])) == ("stripe.EXPORT", 0, 1)
        assert report["attention"][0]["source"]["id"] == "#3"
        assert err.splitlines()[1] == "netsuite.jsonl:4: not JSON; it is record #3"

    def test_an_entry_of_a_list_has_no_line(self, folder: Path, say: Say) -> None:
        (folder / "netsuite.json").write_text(json.dumps({"items": [7, *NETSUITE], "hasMore": True}))
        code, out, _ = say("sync", source="netsuite.json")
        assert code == 1
        assert out.splitlines()[1:3] == [
            "netsuite.json: not an object; it is record #1",
            "netsuite.json: the file is one page of several, as its own keys state",
        ]

    def test_two_runs_on_one_target_do_not_meet(self, folder: Path, say: Say) -> None:
        with locked(Path("stripe.jsonl")):
            code, out, err = say("sync")
        assert (code, out) == (2, "")
        assert err == "custsync: stripe.jsonl: another run is writing to it; let that one finish\n"

    @pytest.mark.parametrize(
        ("stated", "mode"),
        [({"livemode": True}, "live"), ({"livemode": False}, "test"), ({}, "test")],
        ids=["live", "test", "unsaid"],
    )
    def test_the_mode_is_the_first_records(self, folder: Path, say: Say, stated: Row, mode: str) -> None:
        gone = {"id": "cus_9", "object": "customer", "deleted": True}
        put(folder / "stripe.jsonl", gone, {"id": "cus_1", "email": None, **stated})
        report = json.loads(say("sync", "--json", flow="IMPORT")[1])
        assert {outcome["source"]["mode"] for outcome in report["attention"]} <= {mode}
        made = kept(say("plan", "--json", "--mode", mode, flow="IMPORT")[1])
        assert {decision.source.mode for decision in made} == {mode}

    def test_the_account_is_netsuites(self, folder: Path, say: Say) -> None:
        made = kept(say("plan", "--json", "--account", "9", "--mode", "test")[1])
        assert {(decision.source.account, decision.source.mode) for decision in made} == {("9", "")}


@pytest.mark.rule("ST-LEG-5")
class TestByHand:
    """A person links two customers, and undoes it."""

    def test_a_link_settles_a_review(self, folder: Path, say: Say) -> None:
        put(folder / "stripe.jsonl", *STRIPE, DOUBLED)
        assert say("plan")[0] == 1
        code, out, err = say("link", "--source-id", "2042", "--target-id", "cus_2")
        assert (code, err) == (0, "")
        assert out == "netsuite:2042 is linked to stripe:cus_2; the next run compares the two\n"
        assert rows_of(folder / "netsuite.writeback.jsonl")[0]["id"] == "2042"
        assert say("sync")[1].splitlines()[-1] == "1 created, 1 updated"
        assert say("sync")[1].splitlines()[-1] == "2 unchanged"

    def test_what_was_unlinked_is_searched_for_anew(self, folder: Path, say: Say) -> None:
        put(folder / "stripe.jsonl", *STRIPE, DOUBLED)
        say("link", "--source-id", "2042", "--target-id", "cus_2")
        code, out, err = say("unlink", "--source-id", "2042")
        assert (code, err) == (0, "")
        assert out.splitlines()[0] == "netsuite:2042 is unlinked; the next run looks for a counterpart anew"
        assert "the former counterpart stripe:cus_2 may keep our id in custom.netsuite_internal_id" in out
        assert "1 to create, 1 for review" in say("plan")[1]

    def test_of_the_import(self, folder: Path, say: Say) -> None:
        assert say("link", "--source-id", "cus_1", "--target-id", "2041", flow="IMPORT")[0] == 0
        assert say("unlink", "--source-id", "cus_1", flow="IMPORT")[0] == 0

    def test_nobody_of_that_id(self, folder: Path, say: Say) -> None:
        code, out, err = say("link", "--source-id", "2042", "--target-id", "cus_9")
        assert (code, out) == (2, "")
        assert "stripe:cus_9: there is no such customer" in err
        assert say("unlink", "--source-id", "2042")[0] == 2

    def test_a_value_of_the_source_that_is_not_read_is_named(self, folder: Path, say: Say) -> None:
        put(folder / "stripe.jsonl", *STRIPE, DOUBLED)
        say("link", "--source-id", "2042", "--target-id", "cus_2")
        kept = {"custentity_stripe_customer_id": "cus_1"}
        put(folder / "netsuite.jsonl", {**NETSUITE[1], **kept})
        told = "netsuite.writeback.jsonl: its values are read instead of those in netsuite.jsonl, for "
        assert say("plan")[2] == f"{told}2042\n"
        ids = [str(number) for number in range(1, 15)]
        put(folder / "netsuite.jsonl", *({"id": id, "email": "a@lund.example", **kept} for id in ids))
        put(folder / "netsuite.writeback.jsonl", *({"id": id, **dict.fromkeys(kept, "x")} for id in ids))
        assert f"{told}{', '.join(ids[:12])} and others\n" in say("plan")[2]


class TestAdvice:
    """A first look at the source's records says what would otherwise vanish in silence."""

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            pytest.param(CSV, [], id="all-read"),
            pytest.param(
                "id;Firma;Mail;_fivetran_active\n1;Lund;a@lund.example;true\n",
                [
                    "columns that no rule reads: Firma, Mail",
                    "no record has a name (of 1 records): check the name of the field in the file",
                    "no record has an email (of 1 records): check the name of the field in the file",
                ],
                id="other-names",
            ),
            pytest.param(
                "Company Name,Email\nLund,a@lund.example\n",
                ["no record has an id (of 1 records): check the name of the field in the file"],
                id="no-id",
            ),
            pytest.param(
                f"id,lastname,email,{','.join(f'c{n}' for n in range(14))}\n1,A,a@lund.example{',' * 14}\n",
                [f"columns that no rule reads: {', '.join(f'c{n}' for n in range(12))} and 2 more"],
                id="many",
            ),
            pytest.param(
                "id,companyname,email,awa@kone.example\n1,A,a@lund.example,x\n",
                ["the first line seems to have values: put a line of column names above it"],
                id="no-headings",
            ),
            pytest.param("id,isperson,email,companyname\n1,maybe,a,Lund\n", [], id="unreadable"),
        ],
    )
    def test_columns(self, folder: Path, say: Say, text: str, told: list[str]) -> None:
        (folder / "a.csv").write_text(text)
        assert say("plan", source="a.csv")[2].splitlines() == told

    def test_deleted_customers_need_no_name(self, folder: Path, say: Say) -> None:
        put(folder / "stripe.jsonl", {"id": "cus_9", "object": "customer", "deleted": True})
        assert say("plan", flow="IMPORT")[2] == ""

    def test_fields_of_json_call_for_no_word(self, folder: Path, say: Say) -> None:
        put(folder / "netsuite.jsonl", {**NETSUITE[0], "links": [], "unheardOf": 1})
        assert say("plan")[2] == ""


PRINTED = """\
sep=;
Internal ID;Individual;Company Name;First;Last;City
2041;Yes;Okafor Design;Rosa;Okafor;Leeds
"""


class TestUnreadHeadings:
    """What looks like a heading that is read, and is not, stops a sync until somebody accepts it."""

    def test_a_plan_tells_and_ends_with_one(self, folder: Path, say: Say) -> None:
        (folder / "a.csv").write_text(PRINTED, encoding="utf-8")
        code, out, _ = say("plan", source="a.csv")
        assert code == 1
        assert "a.csv: the heading 'City' is not read, but looks like one that is read" in out
        assert "1 to create" in out
        assert say("plan", "--accept-unread", source="a.csv")[0] == 0
        code, out, err = say("plan", "--json", source="a.csv")
        assert (code, len(kept(out))) == (1, 1)
        assert "'City' is not read" in err

    def test_a_sync_writes_nothing_before(self, folder: Path, say: Say) -> None:
        (folder / "a.csv").write_text(PRINTED, encoding="utf-8")
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        code, out, _ = say("sync", source="a.csv")
        assert code == 1
        assert "nothing was written; correct those headings, or go on with --accept-unread" in out
        assert json.loads(say("sync", "--json", source="a.csv")[1]) == {"unread": ["City"]}
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        code, out, _ = say("sync", "--accept-unread", source="a.csv")
        assert code == 0
        assert "1 created" in out
        assert rows_of(folder / "stripe.jsonl")[-1]["name"] == "Rosa Okafor"

    @pytest.mark.parametrize(
        ("command", "more"),
        [
            ("link", ("--source-id", "7", "--target-id", "cus_1")),
            ("unlink", ("--source-id", "7")),
            ("apply", ("kept.json",)),
            ("apply", ("kept.json", "--json")),
        ],
        ids=["link", "unlink", "apply", "apply as JSON"],
    )
    def test_nor_does_any_other_command(
        self, folder: Path, say: Say, command: str, more: tuple[str, ...]
    ) -> None:
        (folder / "a.csv").write_text(PRINTED, encoding="utf-8")
        assert say("plan", "--accept-unread", "--out", "kept.json", source="a.csv")[0] == 0
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        code, out, _ = say(command, *more, source="a.csv")
        assert code == 1
        assert "unread" in out
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    @pytest.mark.rule("G-ISO")
    @pytest.mark.parametrize(
        ("cells", "told"),
        [("perhaps,Lund,1", "refused   Individual: neither"), ("No,Lund,x", "(Balance: not a number")],
        ids=["refused", "warning"],
    )
    def test_an_issue_names_the_heading_that_is_printed(
        self, folder: Path, say: Say, cells: str, told: str
    ) -> None:
        (folder / "in.csv").write_text(
            f"Internal ID,Individual,Company Name,Balance\n1,{cells}\n", encoding="utf-8"
        )
        assert told in say("plan", source="in.csv")[1]

    def test_explain_says_it_too(self, folder: Path, say: Say) -> None:
        (folder / "a.csv").write_text(PRINTED, encoding="utf-8")
        code, out, _ = say("explain", "--customer", "2041", source="a.csv")
        assert (code, "'City' is not read" in out) == (1, True)
        assert say("explain", "--customer", "2041", "--accept-unread", source="a.csv")[0] == 0

    def test_the_command_to_apply_says_it_again(self, folder: Path, say: Say) -> None:
        (folder / "a.csv").write_text(PRINTED, encoding="utf-8")
        _, out, _ = say("plan", "--accept-unread", "--out", "kept.json", source="a.csv")
        assert out.rstrip().endswith("--accept-unread")


class TestOptionsOfTheFile:
    """How the source's texts are meant."""

    def test_encoding(self, folder: Path, say: Say) -> None:
        (folder / "a.csv").write_bytes("Internal ID,Company Name\n7,Koné\n".encode("cp1252"))
        assert say("plan", source="a.csv")[0] == 1
        code, _, _ = say("sync", "--encoding", "cp1252", source="a.csv")
        assert code == 0
        assert rows_of(folder / "stripe.jsonl")[-1]["name"] == "Koné"
        code, _, err = say("plan", "--encoding", "hex", source="a.csv")
        assert code == 2
        assert "no encoding is named 'hex'" in err

    def test_dates(self, folder: Path, say: Say) -> None:
        (folder / "a.csv").write_text("Internal ID,Company Name,Date Created\n7,Lund,27/5/2017\n")
        assert say("plan", source="a.csv")[0] == 1
        dates = ("--date-order", "day_first", "--zone", "Europe/London")
        assert say("plan", *dates, source="a.csv")[0] == 0
        put(
            folder / "rows.jsonl",
            {"id": "7", "isperson": "F", "companyname": "L", "datecreated": "27/5/2017"},
        )
        assert say("plan", *dates, source="rows.jsonl")[0] == 0

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            (("--zone", "UTC"), "--zone is for a source of NetSuite's rows"),
            (("--date-order", "day_first"), "--date-order is for a source of NetSuite's rows"),
        ],
    )
    def test_where_there_are_no_such_dates(
        self, folder: Path, say: Say, more: tuple[str, ...], told: str
    ) -> None:
        for flow in ("EXPORT", "IMPORT"):
            code, _, err = say("plan", *more, flow=flow)
            assert code == 2
            assert told in err

    def test_a_zone_that_is_none(self, folder: Path, say: Say) -> None:
        (folder / "a.csv").write_text("Internal ID,Company Name,Date Created\n7,Lund,27/5/2017\n")
        code, _, err = say("plan", "--zone", "Mars/Phobos", source="a.csv")
        assert code == 2
        assert "unknown time zone" in err


class TestSurfaces:
    """NetSuite's shape is told from the first record, unless the command says it."""

    @pytest.mark.parametrize(
        ("name", "text", "surface"),
        [
            pytest.param("a.csv", CSV, "suiteql", id="csv"),
            pytest.param(
                "a.jsonl", '{"id": "2041", "isperson": "F", "companyname": "Lund"}', "suiteql", id="flags"
            ),
            pytest.param("a.jsonl", '{"internalId": "2041", "companyName": "Lund"}', "soap", id="soap"),
            pytest.param("a.jsonl", '{"id": "2041", "companyName": "Lund"}', "rest", id="rest"),
            pytest.param("a.jsonl", "", "rest", id="empty"),
        ],
    )
    def test_guesses(self, folder: Path, say: Say, name: str, text: str, surface: str) -> None:
        (folder / name).write_text(text, encoding="utf-8")
        code, out, _ = say("sync", source=name, target="new.jsonl")
        assert code == 0
        assert out.splitlines()[0].endswith(f"surface is {surface}")
        again = say("sync", source=name, target="new.jsonl")[1]
        assert again.splitlines()[-1] == ("1 unchanged" if text else "nothing to do")

    def test_superseded_rows_of_a_copy_do_not_win(self, folder: Path, say: Say) -> None:
        rows = "ID,Email,_fivetran_active\n1376,old@lund.example,FALSE\n1376,new@lund.example,TRUE\n7\n"
        (folder / "a.csv").write_text(rows)
        code, out, _ = say("sync", source="a.csv", target="new.jsonl")
        assert [row["email"] for row in rows_of(folder / "new.jsonl")] == ["new@lund.example"]
        assert code == 1
        assert out.splitlines()[1:3] == [
            "a.csv:4: 1 cells under 3 headings; it is record #2",
            "a.csv: 1 superseded rows were passed over",
        ]

    def test_the_command_knows_better(self, folder: Path, say: Say) -> None:
        put(folder / "a.jsonl", {"id": "2041", "companyname": "Lund"})
        assert "1 to create" in say("plan", "--surface", "suiteql", source="a.jsonl")[1]


class TestExplanations:
    """Why one customer meets its fate; values only for those who ask."""

    @pytest.mark.rule("G-WHY")
    def test_text(self, folder: Path, say: Say) -> None:
        code, out, _ = say("explain", "--customer", "2042")
        assert code == 0
        assert "netsuite:2042: will be linked" in out
        assert "Koné" not in out
        assert "Koné" in say("explain", "--customer", "netsuite:2042", "--values")[1]

    def test_json_and_the_code_of_one_that_waits(self, folder: Path, say: Say) -> None:
        put(folder / "stripe.jsonl", *STRIPE, DOUBLED)
        code, out, _ = say("explain", "--customer", "2042", "--json")
        told = json.loads(out)
        assert code == 1
        assert (told["customer"], told["kind"]) == ("netsuite:2042", "Review")
        assert "2 found" in told["explanation"]
        assert say("explain", "--customer", "2041")[0] == 0

    def test_nobody_of_that_id(self, folder: Path, say: Say) -> None:
        code, out, err = say("explain", "--customer", "7")
        assert (code, out) == (2, "")
        assert "no decision for that customer" in err


class TestRefusals:
    """What cannot be done ends with code 2 and one line that says what to mend."""

    @pytest.mark.parametrize(
        ("more", "files", "told"),
        [
            pytest.param((), {"flow": "upflow.SYNC"}, "there are stripe.EXPORT, stripe.IMPORT", id="flow"),
            pytest.param((), {"source": "no.jsonl"}, "no.jsonl: No such file", id="no-source"),
            pytest.param((), {"source": "."}, ".: a folder, a device or a pipe", id="folder"),
            pytest.param((), {"target": "bad.jsonl"}, "bad.jsonl:2: record #2", id="bad-target"),
            pytest.param((), {"records": "stripe.jsonl"}, "two of the files are one", id="one-file-twice"),
            pytest.param(
                (), {"records": "bad.jsonl"}, "bad.jsonl: damaged, or no SQLite file", id="no-store"
            ),
            pytest.param((), {"records": "no/links.db"}, "its folder must be there", id="no-folder"),
            pytest.param((), {"records": "."}, ".: a folder, a device or a pipe", id="records-in-a-folder"),
            pytest.param((), {"records": "/"}, "/: a folder, a device or a pipe", id="records-at-the-root"),
            pytest.param((), {"records": ""}, ".: a folder, a device or a pipe", id="records-nowhere"),
            pytest.param((), {"target": "/"}, "/: a folder, a device or a pipe", id="target-root"),
            pytest.param((), {"target": "pipe"}, "pipe: a folder, a device or a pipe", id="target-pipe"),
            pytest.param((), {"source": "pipe"}, "pipe: a folder, a device or a pipe", id="source-pipe"),
            pytest.param((), {"target": "a.csv"}, "a.csv: a target is JSON", id="target-table"),
            pytest.param(
                (), {"target": "netsuite2.jsonl"}, "is not a stripe customer", id="target-netsuites"
            ),
            pytest.param(
                (), {"source": "stripe2.jsonl"}, "these are no netsuite customers", id="source-stripes"
            ),
            pytest.param((), {"target": "no/a.jsonl"}, "its folder must be there", id="no-target-folder"),
            pytest.param(("--set", "subsidiary=2"), {}, "no setting 'subsidiary'", id="setting-of-the-other"),
            pytest.param(("--set", "stripe-id-field=a"), {}, "custentity", id="no-custom-field"),
        ],
    )
    def test_exports(
        self, folder: Path, say: Say, more: tuple[str, ...], files: dict[str, str], told: str
    ) -> None:
        (folder / "bad.jsonl").write_text('{"id": "cus_1"}\n{"object": "customer", "id": 7}\n')
        put(folder / "netsuite2.jsonl", *NETSUITE)
        put(folder / "stripe2.jsonl", *STRIPE)
        os.mkfifo(folder / "pipe")
        code, out, err = say("sync", *more, **files)
        assert (code, out) == (2, "")
        assert told in err
        assert err.startswith("custsync: ")
        assert len(err.splitlines()) == 1

    @pytest.mark.rule("G-ISO")
    def test_one_foreign_record_among_many_is_no_foreign_file(self, folder: Path, say: Say) -> None:
        put(folder / "netsuite.jsonl", *NETSUITE, {"object": "customer", "id": None})
        code, out, _ = say("sync")
        assert (code, out.splitlines()[1]) == (1, "1 created, 1 linked, 1 refused")

    def test_a_target_of_another_surface(self, folder: Path, say: Say) -> None:
        assert "has the surface rest" in say("plan", "--surface", "soap", flow="IMPORT")[2]
        assert "no setting 'several'" in say("plan", "--set", "several=newest", flow="IMPORT")[2]
        assert say("plan", "--surface", "rest", flow="IMPORT")[0] == 0
        assert "no setting --write-back" in say("plan", "--write-back", "back.jsonl", flow="IMPORT")[2]

    def test_the_plan_is_not_kept_over_another_file(self, folder: Path, say: Say) -> None:
        assert "two of the files are one" in say("plan", "--out", "stripe.jsonl")[2]
        assert ".: a folder, a device or a pipe" in say("plan", "--out", ".")[2]

    def test_a_store_of_another_version_names_both(self, folder: Path, say: Say) -> None:
        say("sync")
        with sqlite3.connect("links.db") as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        code, _, err = say("sync")
        assert code == 2
        assert "99" in err
        assert f"version {SCHEMA_VERSION}" in err

    @pytest.mark.parametrize(
        "arguments",
        [[], ["nothing"], ["plan"], ["sync", *over(), "--surface", "xml"], ["plan", *over(), "--sour", "a"]],
        ids=["nothing", "no-command", "no-files", "no-surface", "abbreviated"],
    )
    def test_usage(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        assert capsys.readouterr().err.startswith("usage: python -m custsync")

    @pytest.mark.parametrize("name", ["plan", "apply", "sync", "explain", "link", "unlink"])
    def test_help_offers_what_the_command_takes(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            main([name, "--help"])
        text = capsys.readouterr().out
        assert caught.value.code == 0
        assert "exit codes: 0" in text
        assert ("--values" in text) == (name == "explain")
        assert ("--incremental" in text) == (name in {"plan", "sync", "explain"})
        assert ("--source-id" in text) == ("link" in name)

    def test_the_help_names_every_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            main(["--help"])
        text = capsys.readouterr().out
        assert all(f"    {name} " in text.replace("\n", " ") for name in COMMANDS)


class TestStreams:
    """The output survives pipes, narrow encodings and hostile data."""

    def test_the_demonstration(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["demo"]) == 0
        assert capsys.readouterr().out == "\n".join(story()) + "\n"

    def test_a_narrow_encoding_loses_nothing_to_an_error(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["explain", *over(), "--customer", "2042", "--values"]) == 0
        assert main(["plan", *over()]) == 0
        stream.seek(0)
        text = stream.read()
        assert "netsuite:2042 -> stripe:cus_1" in text
        assert "Kon\\xe9" in text

    def test_a_terminal_is_not_steered(self, folder: Path, say: Say) -> None:
        put(folder / "netsuite.jsonl", {"id": "2041", "companyName": "Lund", "custentity_\x1b[2J": "\ud800"})
        assert "\x1b" not in "".join(map(str, say("plan")))

    def test_nobody_reads_any_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "w") as stream:
            monkeypatch.setattr(sys, "stdout", stream)
            assert main(["demo"]) == 141

    def test_an_output_that_takes_nothing(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with os.fdopen(os.open("netsuite.jsonl", os.O_RDONLY), "w") as stream:
            monkeypatch.setattr(sys, "stdout", stream)
            assert main(["sync", *over()]) == 2
        told = "whatever was written is on record, so run again\n"
        assert capsys.readouterr().err == f"custsync: standard output: Bad file descriptor; {told}"
        assert len(rows_of(folder / "stripe.jsonl")) == 2

    def test_closed_streams(
        self, folder: Path, say: Say, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdout", None)
        assert main(["sync", *over()]) == 2
        assert capsys.readouterr().err == "custsync: standard output is closed; open it, and run again\n"
        monkeypatch.setattr(sys, "stderr", None)
        assert main(["sync", *over()]) == 2
        assert not (folder / "links.db").exists()

    def test_an_interruption(self, folder: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("custsync.cli.commands.sync", interrupted)
        code, out, err = say("sync")
        assert (code, out) == (130, "")
        assert err == "custsync: interrupted; whatever was written is on record, so run again\n"


def _heed_interrupts() -> None:
    """Undo what a shell does to a job in the background: it lets it ignore Control-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class TestTheProcess:
    """What only a process of its own shows."""

    def test_the_demonstration_through_a_pipe(self) -> None:
        ran = subprocess.run(command("demo"), capture_output=True, check=True)
        assert ran.stdout.decode("utf-8").splitlines() == "\n".join(story()).splitlines()
        assert ran.stderr == b""

    def test_the_module_is_the_command(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["custsync", "demo"])
        with pytest.raises(SystemExit) as caught:
            runpy.run_module("custsync", run_name="__main__")
        assert caught.value.code == 0
        assert capsys.readouterr().out == "\n".join(story()) + "\n"

    def test_a_reader_that_goes_away(self, folder: Path) -> None:
        put(folder / "netsuite.jsonl", *({**NETSUITE[0], "id": str(id)} for id in range(1, 3001)))
        with subprocess.Popen(
            command("plan", *over()), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait() in {0, 141}  # now and then the platform takes the last write all the same

    @pytest.mark.rule("G-DUP")
    def test_control_c_and_another_run(self, folder: Path) -> None:
        count = 1200
        put(
            folder / "netsuite.jsonl",
            *({"id": str(id), "companyName": f"Company {id}"} for id in range(1, count + 1)),
        )
        arguments = command("sync", *over(target="new.jsonl"))
        with subprocess.Popen(
            arguments,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_heed_interrupts,  # noqa: PLW1509 - no thread runs here
        ) as process:
            while not (folder / "links.db").exists() and process.poll() is None:
                time.sleep(0.005)
            time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
        assert (process.returncode, out) == (130, "")
        assert err == "custsync: interrupted; whatever was written is on record, so run again\n"
        subprocess.run(arguments, capture_output=True, check=True)
        last = subprocess.run(arguments, capture_output=True, check=True, text=True)
        assert last.stdout.splitlines()[-1] == f"{count} unchanged"
        assert (
            len({row["metadata"]["netsuite_internal_id"] for row in rows_of(folder / "new.jsonl")}) == count
        )
        assert len(rows_of(folder / "new.jsonl")) == count

    def test_help_loads_nothing_more_than_the_package(self) -> None:
        code = "import sys, custsync\nold = set(sys.modules)\nimport custsync.cli.arguments\n"
        code += "print(*(name for name in set(sys.modules) - old if name.startswith('custsync')))"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
        rooms = {"cli", "cli.arguments"}
        assert set(ran.stdout.split()) == {f"custsync.{room}" for room in rooms}
