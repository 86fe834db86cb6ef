"""Files as systems: what is read, what a write makes of a record, and that no crash doubles or halves any."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from custsync.adapters.files import RecordFile, SystemFile, WriteBackFile, locked
from custsync.adapters.files.lines import keep_privately, rewrite
from custsync.adapters.files.records import SHAPES, first_free
from custsync.adapters.files.system_file import look_ups_of
from custsync.engine.api import apply, plan, sync
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Report, Result
from custsync.errors import FileError
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, IMPORT, export_flow
from custsync.protocols import (
    Adapter,
    Answer,
    CreateRequest,
    Done,
    Exists,
    Payload,
    Rejected,
    Tier,
    UpdateRequest,
)
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.systems import netsuite
from custsync.systems.stripe import STRIPE
from custsync.testing.fakes.stripe import FakeStripe

Row = dict[str, Any]


def stripe_row(id: str, **fields: Any) -> Row:
    return {"id": id, "object": "customer", "livemode": False, **fields}


def lines(*rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def found(target: SystemFile, by: str, *values: str) -> list[list[str]]:
    """Return the ids that a look-up finds, for each value."""
    answers = target.find(by, values)
    return [[hit["id"] for hit in answers[value] or ()] for value in values]  # type: ignore[union-attr]


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class TestReading:
    """A record is read in whatever form an export has it; what is no record fails alone, with its line."""

    RECORDS = ({"id": "1", "name": "Lund"}, {"id": "2", "name": "Koné"})

    @pytest.mark.parametrize(
        ("name", "text", "form"),
        [
            pytest.param("a.jsonl", lines(*RECORDS), "jsonl", id="lines"),
            pytest.param("a.ndjson", f"\n{lines(*RECORDS)}\n\n", "jsonl", id="blank-lines"),
            pytest.param("a.json", json.dumps(RECORDS, indent=1), "json", id="list"),
            pytest.param("a.json", lines(*RECORDS), "json", id="lines-called-json"),
            pytest.param("a.json", json.dumps({"object": "list", "data": RECORDS}), "json", id="stripe-list"),
            pytest.param(
                "a.json", json.dumps({"items": RECORDS, "hasMore": False}), "json", id="netsuite-page"
            ),
            pytest.param("a.json", json.dumps({"customers": RECORDS, "total": 2}), "json", id="customers"),
            pytest.param("a.json", json.dumps({"data": RECORDS, "version": {"max": 7}}), "json", id="data"),
            pytest.param("a", f"\n {json.dumps(RECORDS)}", "json", id="no-suffix-list"),
            pytest.param("a", lines(*RECORDS), "json", id="no-suffix-lines"),
            pytest.param("a", "id,name\n1,Lund\n2,Koné\n", "csv", id="no-suffix-csv"),
            pytest.param("a.csv", "\ufeffid,name\r\n1,Lund\r\n2,Koné\r\n", "csv", id="csv-with-mark"),
            pytest.param("a.csv", 'ID;Name\n1;"Lund"\n;\n2;Koné\n', "csv", id="csv-semicolons"),
            pytest.param("a.tsv", "id\tname\n1\tLund\n2\tKoné\n", "csv", id="tsv"),
            pytest.param("a.csv", "id|name|\n1|Lund|\n2|Koné|\n", "csv", id="csv-bars-and-a-nameless-column"),
        ],
    )
    def test_forms(self, tmp_path: Path, name: str, text: str, form: str) -> None:
        file = RecordFile(written(tmp_path / name, text))
        assert list(file) == list(self.RECORDS)
        assert list(file) == list(self.RECORDS)
        assert (file.form, file.bad, file.is_partial) == (form, [], False)

    def test_an_empty_file_has_no_records(self, tmp_path: Path) -> None:
        for name in ("a", "a.jsonl", "a.csv"):
            assert list(RecordFile(written(tmp_path / name, ""))) == []

    def test_superseded_rows_of_a_copy_are_passed_over_where_they_are_not_wanted(
        self, tmp_path: Path
    ) -> None:
        path = written(
            tmp_path / "a.jsonl", lines(*({"_fivetran_active": flag} for flag in ("FALSE", False, "TRUE")))
        )
        assert len(list(RecordFile(path))) == 3
        file = RecordFile(path, current_only=True)
        assert list(file) == list(file) == [{"_fivetran_active": "TRUE"}]
        assert file.superseded == 2

    def test_one_object_is_one_record(self, tmp_path: Path) -> None:
        assert list(RecordFile(written(tmp_path / "a.json", '{"id": "1"}'))) == [{"id": "1"}]

    @pytest.mark.parametrize("key", ["customer", "data"])
    def test_the_answer_for_one_record_is_one_record(self, tmp_path: Path, key: str) -> None:
        path = written(tmp_path / "a.json", json.dumps({key: {"id": "1"}}))
        assert list(RecordFile(path)) == [{"id": "1"}]

    @pytest.mark.parametrize(
        "more",
        [
            {"data": [], "has_more": True},
            {"items": [], "hasMore": True},
            {"data": [], "hasMore": True},
            {"customers": [], "meta": {"next_page": 2}},
            {"customers": [], "total": 1},
        ],
    )
    def test_a_page_that_says_there_is_more_is_partial(self, tmp_path: Path, more: Row) -> None:
        file = RecordFile(written(tmp_path / "a.json", json.dumps(more)))
        assert list(file) == []
        assert file.is_partial

    @pytest.mark.rule("G-ISO")
    def test_bad_lines_come_as_text_and_are_kept_with_their_lines(self, tmp_path: Path) -> None:
        text = '{"id": "1"}\n\n{"id": \n7\n{"id": "2"}\n' + "[" * 100_000 + '\n{"id": "3", "id": "4"}'
        file = RecordFile(written(tmp_path / "a.jsonl", text))
        assert [record for record in file if not isinstance(record, str)] == [{"id": "1"}, {"id": "2"}]
        assert [(bad.place, bad.line, bad.reason) for bad in file.bad] == [
            (2, 3, "not JSON"),
            (3, 4, "not an object"),
            (5, 6, "not JSON"),
            (6, 7, "an object has one key twice"),
        ]

    @pytest.mark.rule("G-ISO")
    @pytest.mark.parametrize(
        ("name", "text", "lines"),
        [
            ("a.jsonl", b'{"id": "1"}\n{"id": "\xff"}\n{"id": "3"}\n', [2]),
            ("a.json", b'[{"id": "1"},\n{"id": "\xff"},\n{"id": "3"}]', [0]),
            ("a.csv", b'id,name\n1,A\n2,"B\n\xe9"\n3,C\n', [4]),
        ],
    )
    def test_a_line_in_another_encoding_ends_its_own_record_only(
        self, tmp_path: Path, name: str, text: bytes, lines: list[int]
    ) -> None:
        file = RecordFile(written(tmp_path / name, text))
        first, broken, last = file
        assert isinstance(first, dict)
        assert isinstance(last, dict)
        assert (first["id"], broken, last["id"]) == ("1", "a line that is not in the file's encoding", "3")
        assert [bad.line for bad in file.bad] == lines

    @pytest.mark.rule("G-ISO")
    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.jsonl", '{"id": "1", "phone": "1", "phone": "2"}\n{"id": "2"}\n'),
            ("a.json", '[{"id": "1", "list": [{"zip": "1", "zip": "1"}]}, {"id": "2"}]'),
        ],
    )
    def test_an_object_with_one_key_twice_is_no_record(self, tmp_path: Path, name: str, text: str) -> None:
        file = RecordFile(written(tmp_path / name, text))
        doubled, other = file
        assert isinstance(doubled, str)
        assert other == {"id": "2"}
        assert [bad.reason.partition(";")[0] for bad in file.bad] == ["an object has one key twice"]

    @pytest.mark.parametrize(
        ("above", "text", "encoding"),
        [
            pytest.param(0, "id,name\r\n1,Koné\r\n", "utf-16", id="utf-16"),
            pytest.param(0, "id,name\n1,Koné\n", "utf-8-sig", id="utf-8-with-mark"),
            pytest.param(0, "id,name\n1,Koné\n", "cp1252", id="cp1252"),
            pytest.param(1, "sep=;\r\nid;name\r\n1;Koné\r\n", "utf-8", id="sep"),
            pytest.param(1, "Customers\nid,name\n1,Koné\n", "utf-8", id="title"),
            pytest.param(3, '"sep=;"\nCustomers;\n;\nid;name\n1;Koné\n', "utf-16-le", id="all-of-them"),
        ],
    )
    def test_what_spreadsheets_put_around_a_table(
        self, tmp_path: Path, above: int, text: str, encoding: str
    ) -> None:
        path = written(tmp_path / "a.csv", text.encode(encoding))
        named = encoding if encoding in ("cp1252", "utf-16-le") else ""
        file = RecordFile(path, encoding=named)
        assert list(file.numbered()) == [(above + 2, {"id": "1", "name": "Koné"})]

    def test_a_first_line_of_no_known_heading_is_the_headings_all_the_same(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.csv", "nummer,firma\n1,Company\n")
        assert list(RecordFile(path)) == [{"nummer": "1", "firma": "Company"}]
        path = written(tmp_path / "b.csv", "nummer\n1\n")
        assert list(RecordFile(path)) == [{"nummer": "1"}]

    def test_headings_are_kept_where_they_are_wanted(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.csv", "ID,Name,Company Name\n7,Lund,Lund AB\n")
        assert list(RecordFile(path, keeps_headings=True)) == [
            {"id": "7", "name": "Lund", "companyname": "Lund AB"}
        ]
        assert list(RecordFile(path)) == [{"entityid": "7", "altname": "Lund", "companyname": "Lund AB"}]

    def test_an_encoding_that_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(FileError, match="no encoding is named 'base64'"):
            list(RecordFile(written(tmp_path / "a.csv", "id\n1\n"), encoding="base64"))

    def test_headings_that_look_like_known_ones_are_told(self, tmp_path: Path) -> None:
        file = RecordFile(
            written(tmp_path / "a.csv", "Internal ID,Compnay Name,City,Terms\n7,Lund,Leeds,1\n")
        )
        assert len(list(file)) == 1
        assert file.unread == ["Compnay Name", "City"]
        stripes = RecordFile(written(tmp_path / "b.csv", "id,Created (UTC),Adress Line1\ncus_1,,\n"))
        assert len(list(stripes)) == 1
        assert stripes.unread == ["Adress Line1"]

    @pytest.mark.rule("G-ISO")
    def test_an_entry_that_is_no_object_comes_as_text(self, tmp_path: Path) -> None:
        file = RecordFile(written(tmp_path / "a.json", '[7, {"id": "1"}]'))
        assert list(file) == ["7", {"id": "1"}]
        assert [(bad.place, bad.line) for bad in file.bad] == [(1, 0)]

    @pytest.mark.rule("G-ISO")
    def test_a_row_of_another_length_comes_as_text(self, tmp_path: Path) -> None:
        file = RecordFile(written(tmp_path / "a.csv", 'id,name\n1,"Lund,\nBrandt"\n2\n3,a,b\n4,Koné\n'))
        assert [record["id"] for record in file if isinstance(record, dict)] == ["1", "4"]
        assert [(bad.place, bad.line, bad.reason) for bad in file.bad] == [
            (2, 4, "1 cells under 2 headings"),
            (3, 5, "3 cells under 2 headings"),
        ]

    def test_a_saved_search_calls_the_entity_id_id(self, tmp_path: Path) -> None:
        text = "Internal ID,ID,Company Name\n2041,CUST-2041,Lund\n"
        assert list(RecordFile(written(tmp_path / "a.csv", text))) == [
            {"id": "2041", "entityid": "CUST-2041", "companyname": "Lund"}
        ]

    @pytest.mark.parametrize(
        ("name", "text", "told"),
        [
            pytest.param("a.csv", b"id,n\xff\n1,2\n", ":1: not in the file's encoding", id="broken-headings"),
            pytest.param("a.csv", "id\n1\n".encode("utf-16")[:-1], ": not utf-16", id="cut-utf-16"),
            pytest.param("a.json", '[\n{"id": "1"},\n{]', ":3: not JSON", id="not-json"),
            pytest.param("a.json", "[" * 100_000, ": not JSON that can be read", id="deep-json"),
            pytest.param("a.csv", 'id,name\n1,Lund\n2,"Koné', ":3: not CSV", id="open-quote"),
            pytest.param(
                "a.csv", f"id,name\n1,{'A' * 140_000}\n", ":2: a cell of over 131,072", id="long-cell"
            ),
            pytest.param("a.csv", "id,name\r1,Lund\r", ":1: its lines end in carriage returns", id="returns"),
            pytest.param("a.csv", "id,ID\n", ":1: columns 1 and 2 have one heading", id="one-heading-twice"),
        ],
    )
    def test_a_file_that_cannot_be_read(
        self, tmp_path: Path, name: str, text: str | bytes, told: str
    ) -> None:
        path = written(tmp_path / name, text)
        with pytest.raises(FileError) as caught:
            list(RecordFile(path))
        assert str(caught.value).startswith(f"{path}{told}")

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("missing.jsonl", "No such file"),
            ("missing", "No such file"),
            ("folder", "a folder, a device or a pipe"),
            ("folder.csv", "a folder, a device or a pipe"),
            ("pipe.jsonl", "a folder, a device or a pipe"),
            ("round", "no path of a file|symbolic links"),
            ("a\0b", "no path of a file"),
        ],
    )
    def test_what_is_no_file(self, tmp_path: Path, name: str, told: str) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder.csv").mkdir()
        (tmp_path / "round").symlink_to(tmp_path / "round")
        os.mkfifo(tmp_path / "pipe.jsonl")
        with pytest.raises(FileError, match=told):
            list(RecordFile(tmp_path / name))


class TestWriting:
    """A file is the old one or the new one, and has one writer."""

    def test_a_new_file_is_its_owners_alone_and_an_old_one_keeps_its_mode(self, tmp_path: Path) -> None:
        old = written(tmp_path / "old", "old")
        old.chmod(0o644)
        for path in (old, tmp_path / "new"):
            rewrite(path, [b"a\n", b"b\n"])
            assert path.read_bytes() == b"a\nb\n"
        assert [oct(path.stat().st_mode & 0o777) for path in (old, tmp_path / "new")] == ["0o644", "0o600"]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(written(tmp_path / "there", "old"))
        rewrite(tmp_path / "link", [b"new"])
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "there").read_bytes() == b"new"

    def test_a_lock_is_on_the_file_that_a_link_stands_for(self, tmp_path: Path) -> None:
        there = written(tmp_path / "there", "old")
        (tmp_path / "link").symlink_to(there)
        with locked(there), pytest.raises(FileError, match="another run"), locked(tmp_path / "link"):
            pytest.fail("two hold one lock")

    def test_a_file_that_came_in_between_is_not_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "plan.json"

        def lines() -> Iterator[bytes]:
            yield b"plan"
            path.write_bytes(b"another")

        with pytest.raises(FileError, match="the file exists"):
            keep_privately(path, lines(), overwrite=False)
        assert path.read_bytes() == b"another"
        assert [entry.name for entry in tmp_path.iterdir()] == ["plan.json"]

    @pytest.mark.parametrize("kind", ["pipe", "folder", "root"])
    def test_what_is_no_file_is_never_replaced(self, tmp_path: Path, kind: str) -> None:
        path = {"root": Path("/")}.get(kind, tmp_path / kind)
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        before = path.stat()
        with pytest.raises(FileError, match="a folder, a device or a pipe"):
            rewrite(path, [b"new"])
        with pytest.raises(FileError, match="a folder, a device or a pipe"), locked(path):
            pytest.fail("locked")
        with pytest.raises(FileError, match="a folder, a device or a pipe"):
            SystemFile(path, STRIPE)
        with pytest.raises(FileError, match="a folder, a device or a pipe"):
            WriteBackFile(path, netsuite.REST)
        assert (path.stat().st_ino, path.stat().st_mode) == (before.st_ino, before.st_mode)

    @pytest.mark.parametrize("place", ["os.fsync", "pathlib.Path.replace"])
    def test_an_interruption_leaves_the_old_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        def interrupted(*_: Any) -> None:
            raise KeyboardInterrupt

        path = written(tmp_path / "a", "old")
        monkeypatch.setattr(place, interrupted)
        with pytest.raises(KeyboardInterrupt):
            rewrite(path, [b"new"])
        assert path.read_bytes() == b"old"
        assert [entry.name for entry in tmp_path.iterdir()] == ["a"]

    def test_a_full_disk_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        path = written(tmp_path / "a", "old")
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(FileError, match="No space left on device; nothing was written"):
            rewrite(path, [b"new"])
        assert path.read_bytes() == b"old"

    def test_a_lock_keeps_others_out_until_it_ends(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        with locked(path), pytest.raises(FileError, match="another run is writing to it"), locked(path):
            pytest.fail("two hold one lock")
        with locked(path):
            pass

    def test_a_lock_ends_with_its_process(self, tmp_path: Path) -> None:
        code = "import os, sys; from pathlib import Path; from custsync.adapters.files import locked\n"
        code += "with locked(Path(sys.argv[1])): os._exit(0)"
        subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=True)
        with locked(tmp_path / "a"):
            pass

    def test_a_folder_that_is_not_there_cannot_be_locked(self, tmp_path: Path) -> None:
        with pytest.raises(FileError, match="its folder must be there"), locked(tmp_path / "no" / "a"):
            pytest.fail("locked")


class TestStripeFile:
    """A Stripe file takes what Stripe takes: an empty text clears, metadata is merged."""

    def opened(self, path: Path, **settings: Any) -> SystemFile:
        return SystemFile(path, STRIPE, look_ups=look_ups_of(EXPORT), **settings)

    def test_it_is_an_adapter_that_promises_what_it_keeps(self, tmp_path: Path) -> None:
        target = self.opened(tmp_path / "a.jsonl")
        assert isinstance(target, Adapter)
        assert target.capabilities.tier is Tier.C
        assert target.capabilities.settle_window.total_seconds() == 0
        assert target.mode == "test"

    def test_a_create_is_in_the_file_when_it_is_answered(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        answers = self.opened(path, mode="live").create(
            [
                CreateRequest(key="k", payload={"name": "Awa Koné", "email": "", "metadata": {"a": "1"}}),
                CreateRequest(key="l", payload={"name": "\ud800"}),
            ]
        )
        rows = read(path)
        assert answers["k"] == Done("cus_rehearsed_1", rows[0])
        assert answers["l"] == Rejected("unreadable_record")
        assert "Awa Koné" in path.read_text(encoding="utf-8")
        assert (rows[0]["livemode"], rows[0]["email"], rows[0]["metadata"]) == (True, None, {"a": "1"})
        assert len(rows) == 1

    def test_ids_count_on(self, tmp_path: Path) -> None:
        path = written(
            tmp_path / "a.jsonl", lines(stripe_row("cus_rehearsed_7"), stripe_row("cus_rehearsed_x"))
        )
        answers = self.opened(path).create([CreateRequest(key=key, payload={}) for key in "kl"])
        assert [answer.id for answer in answers.values() if isinstance(answer, Done)] == [
            "cus_rehearsed_8",
            "cus_rehearsed_9",
        ]

    def test_an_update_changes_the_named_fields_and_the_look_ups(self, tmp_path: Path) -> None:
        row = stripe_row("cus_1", email="a@joinery.example", phone="1", metadata={"a": "1", "b": "2"})
        path = written(tmp_path / "a.jsonl", lines(row, stripe_row("cus_2", email="a@joinery.example")))
        target = self.opened(path)
        change = {"email": "b@joinery.example", "phone": "", "metadata": {"a": "", "c": "3"}}
        change |= {"address": {"city": "Astoria", "line2": ""}}
        answers = target.update([UpdateRequest(id=id, payload=change) for id in ("cus_1", "cus_9")])
        now = read(path)[0]
        assert answers == {"cus_1": Done("cus_1", now), "cus_9": Rejected("no_such_record")}
        assert now == {
            **row,
            "email": "b@joinery.example",
            "phone": None,
            "metadata": {"b": "2", "c": "3"},
            "address": {**dict.fromkeys(PLACE_KEYS), "city": "Astoria"},
        }
        assert found(target, "email", "a@joinery.example", "b@joinery.example", "B@joinery.example") == [
            ["cus_2"],
            ["cus_1"],
            ["cus_1"],
        ]

    @pytest.mark.rule("G-LOSS")
    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"email": "n/a"}, Rejected("email_invalid", "email")),
            ({"shipping": {"name": "Ann Lee"}}, Rejected("parameter_missing", "shipping[address]")),
            ({"metadata": {"k" * 41: "v"}}, Rejected("parameter_invalid", "metadata")),
            ({"nickname": "L"}, Rejected("parameter_unknown", "nickname")),
        ],
    )
    def test_what_stripe_refuses_is_refused(
        self, tmp_path: Path, change: dict[str, Any], refusal: Rejected
    ) -> None:
        path = written(tmp_path / "a.jsonl", lines(stripe_row("cus_1", name="Lund")))
        target, before = self.opened(path), path.read_bytes()
        assert target.update([UpdateRequest(id="cus_1", payload=change)]) == {"cus_1": refusal}
        assert target.create([CreateRequest(key="k", payload=change)]) == {"k": refusal}
        assert path.read_bytes() == before

    def test_an_update_that_nothing_could_read_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.jsonl", lines(stripe_row("cus_1", name="Lund")))
        target = self.opened(path)
        answers = target.update([UpdateRequest(id="cus_1", payload={"name": "\ud800"})])
        assert answers == {"cus_1": Rejected("unreadable_record")}
        assert read(path) == [stripe_row("cus_1", name="Lund")]

    def test_a_list_stays_a_list(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.json", json.dumps({"data": [stripe_row("cus_1", note="\ud800")]}))
        self.opened(path).create([CreateRequest(key="k", payload={"name": "Lund"})])
        assert [row["id"] for row in json.loads(path.read_bytes())] == ["cus_1", "cus_rehearsed_1"]

    @pytest.mark.parametrize(
        ("name", "text", "told"),
        [
            pytest.param(
                "a.jsonl",
                lines(stripe_row("cus_1"), stripe_row("cus_1")),
                ":2: record #2 has an id",
                id="twice",
            ),
            pytest.param(
                "a.jsonl",
                "\n" + lines({"object": "customer"}),
                ":2: record #1 has no readable id",
                id="no-id",
            ),
            pytest.param(
                "a.jsonl", lines(stripe_row("cus_1", name=7)), ":1: record #1: error: name: ", id="unreadable"
            ),
            pytest.param("a.jsonl", "{\n", ":1: record #1 is not a stripe customer", id="no-json"),
            pytest.param("a", "id\ncus_1\n", ":2: record #1 is not a stripe customer as JSON", id="table"),
            pytest.param("a.csv", "id\ncus_1\n", ": a target is JSON, not a table", id="csv"),
            pytest.param(
                "a.jsonl",
                lines({"id": "7", "companyName": "Lund"}),
                ":1: record #1 is not a stripe customer",
                id="netsuites",
            ),
            pytest.param("a.json", '{"data": [], "has_more": true}', ": one page of several", id="one-page"),
            pytest.param(
                "a.jsonl",
                lines(stripe_row("cus_1"), {**stripe_row("cus_2"), "livemode": True}),
                ":2: record #2: error: livemode",
                id="two-modes",
            ),
        ],
    )
    def test_a_target_that_cannot_be_searched_for_sure_is_refused(
        self, tmp_path: Path, name: str, text: str, told: str
    ) -> None:
        path = written(tmp_path / name, text)
        with pytest.raises(FileError) as caught:
            self.opened(path)
        assert str(caught.value).startswith(f"{path}{told}")

    def test_a_path_below_a_file_is_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a", "") / "b.jsonl"
        with pytest.raises(FileError, match="give a file that this user may read"):
            self.opened(path)

    @pytest.mark.rule("G-LOSS")
    def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.jsonl", lines(stripe_row("cus_1")))
        target = self.opened(path)
        theirs = lines(stripe_row("cus_1"), stripe_row("cus_2"))
        written(path, theirs)
        with pytest.raises(FileError, match="it was changed during the run"):
            target.create([CreateRequest(key="k", payload={})])
        assert path.read_text(encoding="utf-8") == theirs


class TestNetSuiteFile:
    """A NetSuite file takes what its record service takes: lines keep their ids, null takes a field away."""

    def opened(self, path: Path) -> SystemFile:
        return SystemFile(path, netsuite.REST, look_ups=look_ups_of(IMPORT), account="9")

    @pytest.mark.rule("G-DUP")
    def test_an_external_id_is_unique(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.jsonl", lines({"id": "7", "phone": "1"}, {"id": "-2", "phone": "1"}))
        request = CreateRequest(key="k", payload={"externalId": "stripe-cus_1", "companyName": "Lund"})
        self.opened(path).create([request])
        target = self.opened(path)
        answers = target.create([request])
        assert target.capabilities.tier is Tier.A
        assert (target.account, target.mode) == ("9", "")
        assert answers == {"k": Exists("8")}
        made = {"id": "8", "isPerson": False, "isInactive": False, "addressBook": {"items": []}}
        named = {"companyName": "Lund", "entityId": "Lund", "altName": "Lund"}
        assert read(path)[2:] == [{**made, "externalId": "stripe-cus_1", **named}]

    def test_a_customer_created_without_an_address_takes_one_later(self, tmp_path: Path) -> None:
        path = tmp_path / "target.jsonl"
        row = stripe_row("cus_1", name="Lund", email="office@lund.example")
        address = {"line1": "1 Mill Road", "city": "Leeds", "country": "GB"}
        counts = []
        for source in (row, {**row, "address": address}):
            with SqliteStore(tmp_path / "links.db") as store:
                target = SystemFile(path, netsuite.REST, look_ups=look_ups_of(IMPORT))
                world = Environment(target=target, store=store, mode="test")
                counts.append(sync(IMPORT, [source], world).counts)
        assert counts == [{Result.CREATED: 1}, {Result.UPDATED: 1}]
        (line,) = read(path)[0]["addressBook"]["items"]
        assert line["addressBookAddress"]["city"] == "Leeds"

    @pytest.mark.parametrize("row", [stripe_row("7"), {"id": "cus_7", "name": "Lund"}], ids=["object", "id"])
    def test_a_file_of_stripes_customers_is_refused(self, tmp_path: Path, row: Row) -> None:
        path = written(tmp_path / "a.jsonl", lines(row))
        with pytest.raises(FileError, match=":1: record #1 is not a netsuite customer as JSON"):
            self.opened(path)
        assert read(path) == [row]

    def test_emails_are_found_in_any_case_and_ids_are_not(self, tmp_path: Path) -> None:
        kept = {"custentity_stripe_customer_id": "cus_A"}
        path = written(tmp_path / "a.jsonl", lines({"id": "7", "email": "AP@Joinery.example", **kept}))
        target = self.opened(path)
        assert found(target, "email", "ap@joinery.example") == [["7"]]
        assert found(target, "custom.custentity_stripe_customer_id", "cus_A", "cus_a") == [["7"], []]

    def test_what_is_no_email_is_looked_up_as_it_is(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.jsonl", lines({"id": "7", "email": "nobody"}))
        assert found(self.opened(path), "email", "nobody") == [["7"]]

    def test_keys_have_no_case_and_null_takes_away(self) -> None:
        changed = SHAPES["netsuite"].changed
        before = {"id": "7", "companyname": "Lund", "phone": "1"}
        assert changed(before, {"companyName": "Brandt", "phone": None, "fax": None}) == {
            "id": "7",
            "companyname": "Brandt",
        }
        assert before["phone"] == "1"

    @pytest.mark.parametrize("book", ["addressBook", "addressbook"])
    def test_an_address_line_is_laid_over_its_own(self, book: str) -> None:
        line = {
            "id": 31,
            "defaultBilling": True,
            "addressBookAddress": {"city": "Astoria", "attention": "AP"},
        }
        other = {"id": 32, "defaultShipping": True}
        record = {"id": "7", book: {"links": [], "items": [line, other]}}
        change = {"items": [{"id": 31, "addressBookAddress": {"city": "Portland"}}]}
        changed: Any = SHAPES["netsuite"].changed(record, {"addressBook": change})
        assert changed[book]["items"] == [
            {**line, "addressBookAddress": {"city": "Portland", "attention": "AP"}},
            other,
        ]
        assert line["addressBookAddress"] == {"city": "Astoria", "attention": "AP"}

    @pytest.mark.parametrize("there", [None, {"items": []}, {"items": [{"id": 4, "defaultBilling": True}]}])
    def test_a_new_line_takes_the_next_id_and_the_default(self, there: Any) -> None:
        change = {"items": [{"defaultBilling": True, "addressBookAddress": {"city": "Leeds"}}]}
        changed: Any = SHAPES["netsuite"].changed({"id": "7", "addressBook": there}, {"addressBook": change})
        *old, new = changed["addressBook"]["items"]
        assert all(not line["defaultBilling"] for line in old)
        assert new == {
            "id": 1 + 4 * len(old),
            "defaultBilling": True,
            "defaultShipping": False,
            "addressBookAddress": {"city": "Leeds"},
        }

    @pytest.mark.parametrize(
        ("body", "refusal"),
        [
            ({"companyName": "L" * 84}, Rejected("INVALID_CONTENT", "companyName")),
            ({"companyName": None}, Rejected("USER_ERROR", "companyName")),
            ({"isPerson": True}, Rejected("USER_ERROR", "lastName")),
            ({"email": "nobody"}, Rejected("INVALID_EMAIL", "email")),
            ({"balance": 7}, Rejected("READ_ONLY_FIELD", "balance")),
            ({"isInactive": "T"}, Rejected("INVALID_CONTENT", "isInactive")),
            ({"addressBook": {"items": [{"id": 9}]}}, Rejected("INVALID_KEY_OR_REF", "addressBook.id")),
        ],
        ids=str,
    )
    def test_what_netsuite_refuses_is_refused(self, tmp_path: Path, body: Row, refusal: Rejected) -> None:
        path = written(tmp_path / "a.jsonl", lines({"id": "7", "companyName": "Lund"}))
        before = read(path)
        assert self.opened(path).update([UpdateRequest(id="7", payload=body)]) == {"7": refusal}
        assert read(path) == before

    def test_a_record_that_never_had_a_name_is_kept_up_to_date(self) -> None:
        changed = SHAPES["netsuite"].changed
        assert changed({"id": "7"}, {"phone": "1"}) == {"id": "7", "phone": "1"}

    def test_ids_too_long_to_count_from_are_not(self) -> None:
        assert first_free(["3", "9" * 5000, "-5"]) == 4


class TestWriteBacks:
    """The source file is never touched: what is written back stands beside it, and is laid over it."""

    def test_what_was_written_back_is_laid_over(self, tmp_path: Path) -> None:
        path = tmp_path / "back.jsonl"
        first = WriteBackFile(path, netsuite.REST)
        first.update([UpdateRequest(id="7", payload={"custentity_a": "cus_1"})])
        back = WriteBackFile(path, netsuite.REST, account="9")
        answers = back.update([UpdateRequest(id="7", payload={"custentity_a": "cus_2"})])
        assert isinstance(back, Adapter)
        assert answers == {"7": Done("7")}
        records: list[Row | str] = [{"id": "7", "email": "a@joinery.example"}, {"id": "8"}, "{"]
        laid = [{"id": "7", "email": "a@joinery.example", "custentity_a": "cus_2"}, {"id": "8"}, "{"]
        assert list(back.overlaid(records)) == laid
        assert list(WriteBackFile(path, netsuite.REST).overlaid(records)) == laid

    def test_a_customers_first_record_is_the_one_that_is_found(self, tmp_path: Path) -> None:
        lund, bright = {"id": "7", "companyName": "Lund"}, {"id": "8", "companyName": "Bright"}
        other = {"id": "7", "companyName": "Lund Mills"}
        unreadable = {"id": "7", "companyName": ["Lund"]}
        back = WriteBackFile(
            tmp_path / "back.jsonl", netsuite.REST, source=[lund, bright, other, unreadable, lund]
        )
        assert back.find("id", ["7", "8", "9"]) == {"7": [lund], "8": [bright], "9": []}

    @pytest.mark.rule("G-DUP")
    def test_a_plan_over_a_customer_that_comes_twice_is_carried_out(self, tmp_path: Path) -> None:
        records = [{"id": "7", "companyName": "Lund"}, {"id": "7", "companyName": "Lund Mills"}]
        source = WriteBackFile(tmp_path / "back.jsonl", netsuite.REST, source=records)
        there = FakeStripe()
        environment = Environment(target=there, source=source, store=MemoryStore())
        report = apply(EXPORT, plan(EXPORT, records, environment), environment)
        assert report.summary == "1 created, 1 left out"
        assert [row["name"] for row in there.rows] == ["Lund"]

    @pytest.mark.parametrize(
        ("fields", "kept"),
        [
            pytest.param({}, [], id="no-list"),
            pytest.param({"customFieldList": None}, [], id="null"),
            pytest.param({"customFieldList": {"customField": None}}, [], id="empty"),
            pytest.param(
                {"customFieldList": {"customField": {"scriptId": "custentity_b", "value": "b"}}},
                [{"scriptId": "custentity_b", "value": "b"}],
                id="one",
            ),
            pytest.param(
                {"customFieldList": {"customField": [{"scriptId": "custentity_b", "value": "b"}]}},
                [{"scriptId": "custentity_b", "value": "b"}],
                id="list",
            ),
        ],
    )
    def test_a_soap_records_other_fields_stay(self, tmp_path: Path, fields: Row, kept: list[Row]) -> None:
        back = WriteBackFile(tmp_path / "back.jsonl", netsuite.SOAP)
        body = netsuite.SOAP.write({"custom.custentity_a": "cus_1"}, None)
        back.update([UpdateRequest(id="7", payload=body)])
        (record,) = back.overlaid([{"internalId": "7", **fields}])
        assert isinstance(record, dict)
        assert record["customFieldList"] == {"customField": [*kept, *body["customFieldList"]["customField"]]}

    def test_half_a_line_is_dropped_and_written_anew(self, tmp_path: Path) -> None:
        path = written(tmp_path / "back.jsonl", lines({"id": "7", "custentity_a": "x"}) + '{"id": "8", "cust')
        back = WriteBackFile(path, netsuite.REST)
        back.update([UpdateRequest(id="8", payload={"custentity_a": "y"})])
        assert read(path) == [{"id": "7", "custentity_a": "x"}, {"id": "8", "custentity_a": "y"}]

    @pytest.mark.parametrize("line", ["{", '{"id": 7}', "{}"])
    def test_a_line_that_is_no_write_back_is_refused(self, tmp_path: Path, line: str) -> None:
        path = written(tmp_path / "back.jsonl", f'{line}\n{{"id": "8"}}\n')
        with pytest.raises(FileError, match=":1: not a write-back"):
            WriteBackFile(path, netsuite.REST)

    @pytest.mark.rule("G-LOSS")
    def test_the_source_answers_by_id_with_what_was_written_back(self, tmp_path: Path) -> None:
        rows = [{"id": "7", "phone": "1"}, {"id": "8", "phone": "2"}, {"id": "8", "phone": "3"}]
        source = RecordFile(written(tmp_path / "a.jsonl", "{\n" + lines(*rows)))
        back = WriteBackFile(tmp_path / "back.jsonl", netsuite.REST, source=source)
        back.update([UpdateRequest(id="7", payload={"custentity_a": "cus_1"})])
        assert isinstance(back, Adapter)
        assert back.capabilities.lookups.keys() == {"id"}
        assert back.find("id", ["7", "8"]) == {"7": [{**rows[0], "custentity_a": "cus_1"}], "8": rows[1:2]}
        written(tmp_path / "a.jsonl", "")
        assert back.find("id", ["7", "9"])["9"] == []
        assert back.find("email", ["7"]) == {"7": Rejected("no_look_up")}

    @pytest.mark.parametrize(
        ("value", "told"),
        [("cus_2", ["7"]), ("cus_1", []), ("", []), (None, [])],
        ids=["another", "the-same", "empty", "null"],
    )
    @pytest.mark.parametrize("surface", ["rest", "soap"])
    def test_whose_own_value_is_overridden_is_known(
        self, tmp_path: Path, surface: str, value: str | None, told: list[str]
    ) -> None:
        system = {"rest": netsuite.REST, "soap": netsuite.SOAP}[surface]
        back = WriteBackFile(tmp_path / "back.jsonl", system)
        back.update([UpdateRequest(id="7", payload=system.write({"custom.custentity_a": "cus_1"}, None))])
        other = {"scriptId": "custentity_b", "value": "b"}
        own = {"scriptId": "custentity_a", "value": value}
        record: Row = {"id": "7", "custentity_a": value}
        if surface == "soap":
            record = {"internalId": "7", "customFieldList": {"customField": [other, own, None]}}
        list(back.overlaid([record]))
        assert list(back.overridden) == told

    def test_what_was_written_back_can_be_taken_back(self, tmp_path: Path) -> None:
        path = tmp_path / "back.jsonl"
        back = WriteBackFile(path, netsuite.REST)
        back.update([UpdateRequest(id="7", payload={"custentity_a": "cus_1"})])
        for _ in range(2):
            back.forget("7")
            back.forget("8")
        assert list(back.overlaid([{"id": "7"}])) == [{"id": "7"}]
        assert list(WriteBackFile(path, netsuite.REST).overlaid([{"id": "7"}])) == [{"id": "7"}]
        assert len(read(path)) == 2

    def test_it_offers_nothing_else(self, tmp_path: Path) -> None:
        back = WriteBackFile(written(tmp_path / "back.jsonl", ""), netsuite.REST)
        assert back.find("id", ["7"]) == {"7": Rejected("no_look_up")}
        assert back.create([CreateRequest(key="k", payload={})]) == {"k": Rejected("no_creates")}

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        back = WriteBackFile(tmp_path / "no" / "back.jsonl", netsuite.REST)
        with pytest.raises(FileError, match="run again once it can be written"):
            back.update([UpdateRequest(id="7", payload={})])


class ProcessDied(BaseException):
    """Nothing in the process is prepared for it."""


class Dying(SystemFile):
    """A file whose process dies before or after a create is in it."""

    after = True

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        if self.after:
            super().create(requests)
        raise ProcessDied


class DyingBefore(Dying):
    """The other of the two."""

    after = False


PLACE_KEYS = ("line1", "line2", "city", "state", "postal_code", "country")

NETSUITE: tuple[Payload, ...] = (
    {"id": "7", "companyName": "Lund, Brandt & Partners", "email": "office@lund.example"},
    {"id": "8", "isPerson": True, "firstName": "Awa", "lastName": "Koné", "email": "awa@kone.example"},
    {"id": "9", "companyName": "Nobody's Email"},
)
STRIPE_ROWS: tuple[Payload, ...] = (
    stripe_row("cus_1", name="Lund", email="office@lund.example"),
    stripe_row("cus_2", name="Awa Koné", email="awa@kone.example"),
)


class TestRuns:
    """Over files a run keeps every run's promises: nothing twice, nothing lost, a second run is silent."""

    @contextmanager
    def world(self, folder: Path, flow: Flow, target: type[SystemFile] = SystemFile) -> Iterator[Environment]:
        path = folder / "target.jsonl"
        with ExitStack() as stack:
            stack.enter_context(locked(path))
            store = stack.enter_context(SqliteStore(folder / "links.db"))
            yield Environment(
                target=target(path, flow.target, look_ups=look_ups_of(flow)),
                source=WriteBackFile(
                    folder / "back.jsonl", flow.source, mode="" if flow is EXPORT else "test"
                ),
                store=store,
            )

    def run(
        self, folder: Path, flow: Flow, rows: Sequence[Payload], target: type[SystemFile] = SystemFile
    ) -> Report:
        with self.world(folder, flow, target) as world:
            back = world.source
            assert isinstance(back, WriteBackFile)
            return sync(flow, list(back.overlaid([dict(row) for row in rows])), world)

    CASES = pytest.mark.parametrize(
        ("flow", "rows"),
        [pytest.param(EXPORT, NETSUITE, id="export"), pytest.param(IMPORT, STRIPE_ROWS, id="import")],
    )

    @CASES
    @pytest.mark.rule("G-IDEM")
    def test_a_second_run_is_silent(self, tmp_path: Path, flow: Flow, rows: Sequence[Payload]) -> None:
        assert self.run(tmp_path, flow, rows).counts == {Result.CREATED: len(rows)}
        before = (tmp_path / "target.jsonl").read_bytes()
        assert self.run(tmp_path, flow, rows).counts == {Result.UNCHANGED: len(rows)}
        assert (tmp_path / "target.jsonl").read_bytes() == before

    @CASES
    @pytest.mark.parametrize("death", [Dying, DyingBefore], ids=["after-the-create", "before-the-create"])
    @pytest.mark.rule("G-DUP")
    def test_a_crash_and_another_run_make_no_second_customer(
        self, tmp_path: Path, flow: Flow, rows: Sequence[Payload], death: type[SystemFile]
    ) -> None:
        for _ in range(2):
            with pytest.raises(ProcessDied):
                self.run(tmp_path, flow, rows, death)
            if death is Dying:
                break
        assert self.run(tmp_path, flow, rows).counts == {Result.RECOVERED: len(rows)}
        assert len(read(tmp_path / "target.jsonl")) == len(rows)
        self.run(tmp_path, flow, rows)
        assert self.run(tmp_path, flow, rows).counts == {Result.UNCHANGED: len(rows)}
        assert len(read(tmp_path / "target.jsonl")) == len(rows)

    @pytest.mark.rule("SP-BI")
    def test_both_directions_make_no_echo(self, tmp_path: Path) -> None:
        ours, theirs = tmp_path / "netsuite.jsonl", tmp_path / "stripe.jsonl"
        written(ours, lines(*NETSUITE))
        written(theirs, lines(stripe_row("cus_5", name="Okafor", email="o@okafor.example")))

        def both() -> list[bytes]:
            for flow, source, goal in ((EXPORT, ours, theirs), (IMPORT, theirs, ours)):
                with SqliteStore(tmp_path / "links.db") as store:
                    world = Environment(
                        target=SystemFile(goal, flow.target, look_ups=look_ups_of(flow)),
                        source=SystemFile(source, flow.source),
                        store=store,
                    )
                    sync(flow, RecordFile(source), world)
            return [ours.read_bytes(), theirs.read_bytes()]

        both()
        second = both()
        assert both() == second
        assert [len(read(ours)), len(read(theirs))] == [4, 4]

    def test_a_csv_of_the_query_service_is_a_source(self, tmp_path: Path) -> None:
        flow = export_flow(source=netsuite.SUITEQL)
        text = "ID,IsPerson,FirstName,LastName,Email,Billing_City,Billing_Country\n"
        path = written(
            tmp_path / "a.csv", text + "2042,T,Rosalind,Okafor,Ros@okafor.example,Portland,US\n2043\n"
        )
        with self.world(tmp_path, flow) as world:
            made = plan(flow, RecordFile(path), world)
        assert "1 to create, 1 refused" in str(made)


SYNC = """
import sys
from pathlib import Path
from custsync.engine.api import Environment, sync
from custsync.adapters.files import RecordFile, SystemFile, WriteBackFile, locked
from custsync.adapters.files.system_file import look_ups_of
from custsync.flows.stripe import EXPORT
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
source, target, records, back = map(Path, sys.argv[1:])
with locked(target), SqliteStore(records) as store:
    held = WriteBackFile(back, EXPORT.source)
    aim = SystemFile(target, EXPORT.target, look_ups=look_ups_of(EXPORT))
    print("begun", flush=True)
    world = Environment(target=aim, store=store, source=held)
    report = sync(EXPORT, held.overlaid(RecordFile(source)), world, batch=5)
    print(report.summary)
"""


@pytest.mark.rule("G-DUP")
def test_killed_again_and_again_a_run_over_files_ends_with_one_customer_each(tmp_path: Path) -> None:
    """Wherever a run is killed, the next goes on from there: one target customer per source customer."""
    rows = [
        {"id": str(id), "companyName": f"Company {id}", "email": f"c{id}@lund.example"}
        for id in range(1, 301)
    ]
    paths = [tmp_path / name for name in ("source.jsonl", "target.jsonl", "links.db", "back.jsonl")]
    written(paths[0], lines(*rows))
    command = [sys.executable, "-c", SYNC, *map(str, paths)]
    for delay in (0.02, 0.05, 0.1):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        if paths[1].exists():
            read(paths[1])
    subprocess.run(command, check=True, capture_output=True)
    last = subprocess.run(command, check=True, capture_output=True, text=True)
    assert last.stdout == "begun\n300 unchanged\n"
    owners = [row["metadata"]["netsuite_internal_id"] for row in read(paths[1])]
    assert sorted(owners, key=int) == [row["id"] for row in rows]
    assert {row["id"] for row in read(paths[3])} == {row["id"] for row in rows}
