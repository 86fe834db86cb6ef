"""The program itself: its name, its version, the file that installs it."""

import re
import sys
import tomllib
from importlib.metadata import EntryPoint, version
from pathlib import Path

import pytest

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
