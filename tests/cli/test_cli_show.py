"""A kept plan is shown, says how it is carried out, and ends with a code that a script can read."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from custsync.cli import output
from custsync.cli.main import main
from custsync.engine.plans import Plan

NETSUITE = {"id": "2041", "companyName": "Lund, Brandt & Partners", "email": "office@lund.example"}


def kept(text: str) -> Plan:
    return Plan.from_lines(text.splitlines())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Stand in a folder with a source of one customer, an empty target and a plan."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "netsuite.jsonl").write_text(json.dumps(NETSUITE) + "\n", encoding="utf-8")
    main(["plan", *OVER, "--out", "plan.json"])
    capsys.readouterr()
    return tmp_path


FILES = ["--source", "netsuite.jsonl", "--target", "stripe.jsonl", "--records", "links.db"]
OVER = ["--flow", "stripe.EXPORT", *FILES]


class TestShow:
    """`show` prints a plan that was kept, or explains one of its decisions."""

    def test_a_plan(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["show", "plan.json"]) == 0
        made = kept((folder / "plan.json").read_text("utf-8"))
        assert capsys.readouterr().out == f"{made}\n"
        assert main(["show", "plan.json", "--json"]) == 0
        assert kept(capsys.readouterr().out) == made

    def test_one_customer(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["show", "plan.json", "--customer", "2041"]) == 0
        text = capsys.readouterr().out
        assert text.startswith("netsuite:2041: ")
        assert "Lund" not in text
        assert main(["show", "plan.json", "--customer", "netsuite:2041", "--values"]) == 0
        assert "Lund" in capsys.readouterr().out
        assert main(["show", "plan.json", "--customer", "2041", "--json"]) == 0
        assert len(kept(capsys.readouterr().out)) == 1

    @pytest.mark.parametrize(
        "arguments", [["none.json"], ["netsuite.jsonl"], ["plan.json", "--customer", "9"]]
    )
    def test_what_is_not_there(
        self, folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["show", *arguments]) == 2
        assert capsys.readouterr().err.startswith("custsync: ")


class TestCarryingOut:
    """A plan that is kept says where, and with which command it is carried out."""

    def test_the_command_that_it_names_carries_it_out(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = [
            "--set",
            "several=oldest",
            "--out",
            "my plan.json",
            "--set",
            "stripe_id_field=custentity_s",
        ]
        assert main(["plan", *OVER, *settings]) == 0
        *_, said, line = capsys.readouterr().out.splitlines()
        assert said == "The plan is kept in my plan.json. To carry it out:"
        words = shlex.split(line)
        assert words[:5] == ["python", "-m", "custsync", "apply", "my plan.json"]
        assert words[-4:] == ["--set", "several=oldest", "--set", "stripe_id_field=custentity_s"]
        assert main(words[3:]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "1 created"

    def test_beside_json_it_stands_on_standard_error(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["plan", *OVER, "--out", "plan.json", "--overwrite", "--json"]) == 0
        captured = capsys.readouterr()
        assert len(kept(captured.out)) == 1
        assert "To carry it out:" in captured.err


class TestExitCodes:
    """With `--detailed-exitcode`: 0 nothing to do, 3 changes to make; 1 stays attention."""

    def test_changes_then_nothing_then_attention(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["plan", *OVER, "--detailed-exitcode"]) == 3
        assert main(["show", "plan.json", "--detailed-exitcode"]) == 3
        assert main(["sync", *OVER]) == 0
        assert main(["plan", *OVER, "--detailed-exitcode"]) == 0
        (folder / "netsuite.jsonl").write_text('{"id": "2042", "email": 7}\n', encoding="utf-8")
        assert main(["plan", *OVER, "--detailed-exitcode"]) == 1


class TestTerminal:
    """Lines fit a terminal, and are left as they are in a pipe or a file."""

    def test_long_lines_are_folded(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(["show", "plan.json"])
        whole = capsys.readouterr().out
        monkeypatch.setenv("COLUMNS", "60")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        main(["show", "plan.json"])
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 60 < max(map(len, whole.splitlines()))
        assert lines[1].startswith("    ")
        assert "\n".join(lines).split() == whole.split()

    def test_an_empty_line_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        assert output.folded("a\n\nb") == "a\n\nb"
