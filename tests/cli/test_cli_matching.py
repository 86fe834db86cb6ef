"""`match` and `duplicates`: which records of exported files are one customer."""

import json
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from custsync.cli.main import main

LEFT = (
    {"id": "1", "name": "Lund Mills", "email": "office@lund.example"},
    {"id": "2", "name": "Awa Koné", "email": "awa@kone.example"},
    {"id": "3", "name": "Nobody", "email": ""},
)
RIGHT = (
    {"ID": "a", "company": "Lund Mills", "email": "OFFICE@lund.example"},
    {"ID": "b", "company": "Koné, Awa", "email": "awa@kone.example"},
    {"ID": "c", "company": "A. Koné", "email": "awa@kone.example"},
)


@pytest.fixture
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, rows in {"left.jsonl": LEFT, "right.jsonl": RIGHT}.items():
        Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.mark.usefixtures("_folder")
class TestMatch:
    """Two files are linked by fields, exactly or by weight, and each link has its reason."""

    def test_by_exact_fields(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["match", "left.jsonl", "right.jsonl", "--fields", "email", "--exact"]) == 1
        assert capsys.readouterr().out.splitlines() == [
            "= 1 → a  email: its key is the same",
            "? 2 → b, c  2 found",
            "1 matched, 1 for review, 1 unmatched",
        ]

    def test_fields_of_other_names(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["match", "left.jsonl", "right.jsonl", "--fields", "name=company", "--exact"]) == 0
        assert "= 1 → a  name = company: its key is the same" in capsys.readouterr().out

    def test_by_weight(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["match", "left.jsonl", "right.jsonl", "--fields", "name=company, email", "--json"])
        found = json.loads(capsys.readouterr().out)
        one = found["matches"][0]
        assert (one["left"], one["right"]) == ("1", "a")
        assert one["odds"] > 1

    def test_json_of_exact_matches(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["match", "left.jsonl", "right.jsonl", "--fields", "email", "--exact", "--json"])
        found = json.loads(capsys.readouterr().out)
        assert found["counts"] == {"matched": 1, "for review": 1, "unmatched": 1}
        assert found["matches"] == [{"left": "1", "right": "a", "rule": "email", "odds": None}]
        assert [match["right"] for match in found["review"][0]["candidates"]] == ["b", "c"]
        assert found["unmatched"] == ["3"]

    def test_a_line_that_is_no_record_is_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        with Path("left.jsonl").open("a", encoding="utf-8") as file:
            file.write("{\n")
        main(["match", "left.jsonl", "right.jsonl", "--fields", "email", "--exact"])
        captured = capsys.readouterr()
        assert captured.err.startswith("left.jsonl:4: ")
        assert captured.out.splitlines()[-1] == "1 matched, 1 for review, 1 unmatched"

    @pytest.mark.parametrize("fields", ["", "=company"])
    def test_no_field_is_wrong_usage(self, fields: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["match", "left.jsonl", "right.jsonl", "--fields", fields]) == 2
        assert capsys.readouterr().err.startswith("custsync: ")

    def test_a_field_that_nobody_has_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["match", "left.jsonl", "right.jsonl", "--fields", "fax", "--exact"])
        assert "fax" in capsys.readouterr().err


@pytest.mark.usefixtures("_folder")
class TestDuplicates:
    """One file's records that are one customer stand on one line, with what speaks against it."""

    def test_by_exact_fields(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["duplicates", "right.jsonl", "--fields", "email", "--exact"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "= b, c  email: its key is the same",
            "1 with duplicates, 0 for review",
        ]

    def test_json_and_ids_of_another_name(self, capsys: pytest.CaptureFixture[str]) -> None:
        arguments = ["--fields", "email", "--exact", "--json", "--id", "company"]
        assert main(["duplicates", "right.jsonl", *arguments]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["clusters"][0]["members"] == ["Koné, Awa", "A. Koné"]
        assert found["counts"] == {"with duplicates": 1, "for review": 0}

    def test_what_speaks_against_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        with as_file(files("custsync.cli.demo") / "stripe.jsonl") as stripe:
            main(["duplicates", str(stripe), "--fields", "name,email,phone"])
        first = capsys.readouterr().out.splitlines()[0]
        assert first.startswith("= cus_TestOkafor0001, cus_TestOkafor0002  email: ")
        assert first.endswith("; cus_TestOkafor0001 and cus_TestOkafor0002 differ in name")

    def test_records_without_an_id_are_named_by_their_place(self, capsys: pytest.CaptureFixture[str]) -> None:
        for name in ("left", "right"):
            Path(f"{name}.jsonl").write_text('{"email": "a@lund.example"}\n' * 2, encoding="utf-8")
        main(["duplicates", "right.jsonl", "--fields", "email", "--exact"])
        assert capsys.readouterr().out.startswith("= 0, 1  ")

    def test_an_id_that_no_record_has_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["duplicates", "right.jsonl", "--fields", "email", "--exact", "--id", "no"]) == 2
        assert capsys.readouterr().err.startswith("custsync: right.jsonl: no record has the field 'no'")

    def test_headings_are_named_as_they_are_printed(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows = "Internal ID,ID,E-mail,Name\n7,C-1,ap@lund.example,Lund\n8,C-2,AP@lund.example,Lund Mills\n"
        (tmp_path / "printed.csv").write_text(rows, encoding="utf-8")
        main(["duplicates", "printed.csv", "--fields", "E-Mail,NAME", "--exact", "--id", "Internal ID"])
        captured = capsys.readouterr()
        assert captured.out.startswith("= 7, 8  E-Mail: ")
        assert captured.err == ""


@pytest.mark.usefixtures("_folder")
class TestIdentities:
    """Each customer that several files have stands on one line, with its links and what contradicts."""

    FILES = ("erp=left.jsonl", "shop=right.jsonl", "mail=mail.jsonl")

    @pytest.fixture(autouse=True)
    def _third_file(self, _folder: None) -> None:
        row = {"id": "m", "erp_id": "1", "company": "Lund Works", "email": "office@lund.example"}
        Path("mail.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")

    def test_links_and_contradictions(self, capsys: pytest.CaptureFixture[str]) -> None:
        fields = ["--fields", "id=erp_id,email,name=company", "--exact"]
        assert main(["identities", *self.FILES, *fields]) == 1
        one, asked, counts = capsys.readouterr().out.splitlines()
        assert asked.startswith("? erp:2 → shop:")
        assert one.startswith(
            "= erp:1, mail:m, shop:a  id = erp_id (authoritative), email (supporting); values differ: "
        )
        assert one.endswith(": erp:1, mail:m, shop:a in name")
        assert counts == "5 customers, 1 in several files, 1 contradicted, 1 for review"

    def test_nothing_contradicts(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["identities", *self.FILES[::2], "--fields", "email", "--exact"]) == 0
        assert capsys.readouterr().out.splitlines()[0] == "= erp:1, mail:m  email (supporting)"

    def test_an_ambiguous_match_is_asked_about(self, capsys: pytest.CaptureFixture[str]) -> None:
        rows = [{"id": id, "email": "office@lund.example"} for id in ("m", "n")]
        Path("mail.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        Path("left.jsonl").write_text(json.dumps(rows[0] | {"id": "1"}), encoding="utf-8")
        files = ("erp=left.jsonl", "mail=mail.jsonl")
        assert main(["identities", *files, "--fields", "email", "--exact"]) == 1
        assert capsys.readouterr().out.splitlines() == [
            "? erp:1 → mail:m, mail:n  2 found",
            "3 customers, 0 in several files, 0 contradicted, 1 for review",
        ]

    def test_two_in_one_system(self, capsys: pytest.CaptureFixture[str]) -> None:
        rows = {
            "left": [{"id": "1", "email": "a@b.example", "code": "7"}],
            "right": [{"id": "a", "code": "7"}],
            "mail": [{"id": "m", "email": "a@b.example; c@d.example"}, {"id": "n", "code": "7"}],
        }
        for name, several in rows.items():
            text = "".join(json.dumps(row) + "\n" for row in several)
            Path(f"{name}.jsonl").write_text(text, encoding="utf-8")
        assert main(["identities", *self.FILES, "--fields", "email,code", "--exact", "--json"]) == 1
        found = json.loads(capsys.readouterr().out)
        counts = {"customers": 1, "in several files": 1, "contradicted": 1, "for review": 0}
        assert found["counts"] == counts
        (one,) = found["identities"]
        assert [against["code"] for against in one["contradictions"]] == ["two_in_one_system"]
        assert [ref["id"] for ref in one["contradictions"][0]["refs"]] == ["m", "n"]
