"""The program itself: its name, its version, the file that installs it."""

import re
import sys
import tomllib
from importlib.metadata import EntryPoint, version
from pathlib import Path

import pytest

from custsync.cli import arguments
from custsync.cli.main import main

PROJECT = Path(__file__).parent.parent.parent / "pyproject.toml"


class TestTheProgram:
    """The command line is installed as a program, and says its version and its own name."""

    def test_it_is_installed_under_its_name(self) -> None:
        scripts = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["scripts"]
        assert scripts == {"custsync": "custsync.cli.main:main"}
        assert EntryPoint("custsync", scripts["custsync"], "console_scripts").load() is main

    def test_version(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            main(["--version"])
        assert caught.value.code == 0
        assert capsys.readouterr().out == f"custsync {version('custsync')}\n"

    @pytest.mark.parametrize(
        ("started", "called"),
        [
            ("bin/custsync", "custsync"),
            ("custsync.exe", "custsync"),
            ("/lib/__main__.py", "python -m custsync"),
        ],
        ids=["script", "executable", "module"],
    )
    def test_usage_names_it_as_it_was_started(
        self, started: str, called: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "argv", [started])
        with pytest.raises(SystemExit):
            main(["--help"])
        assert re.search(rf"^usage: {called} \[-h\]", capsys.readouterr().out)

    @pytest.mark.parametrize(
        ("path", "words", "called"),
        [
            ("/usr/bin/custsync", ["python3", "/usr/bin/custsync", "plan"], "custsync"),
            (".venv/bin/custsync", ["python3", ".venv/bin/custsync", "plan"], ".venv/bin/custsync"),
            ("my venv/custsync", ["python3", "my venv/custsync", "plan"], "'my venv/custsync'"),
            (
                "/lib/custsync/__main__.py",
                [".venv/bin/python", "-X", "dev", "-m", "custsync", "plan"],
                ".venv/bin/python -X dev -m custsync",
            ),
            ("/lib/custsync/__main__.py", ["python", "/lib/custsync/__main__.py"], "python -m custsync"),
            ("/lib/pytest/__main__.py", ["python", "-m", "pytest"], "python -m custsync"),
        ],
        ids=["on-the-path", "by-its-path", "blank-in-its-path", "module", "file", "inside-another-program"],
    )
    def test_a_command_is_named_as_it_was_called(
        self, path: str, words: list[str], called: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "argv", [path, "plan"])
        monkeypatch.setattr(sys, "orig_argv", words)
        monkeypatch.setattr(arguments, "which", lambda _name: "/usr/bin/custsync")
        assert arguments.program() == called
