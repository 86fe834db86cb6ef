"""Functions and modules are small, and one customer's way through them does not grow longer."""

import tomllib
from pathlib import Path

import pytest

from tests.structure.calls import calls_of_one_create
from tests.structure.functions import SOURCE, lengths


class TestLengths:
    """Half of the functions have at most 5 lines of code, nine of ten at most 13, none over 40."""

    def test_the_source(self) -> None:
        found = lengths()
        assert found.median <= 5, found
        assert found.ninth_decile <= 13, found
        assert found.longest.lines <= 40, found
        assert found.longest_module.lines <= 400, found

    def test_what_is_counted(self, tmp_path: Path) -> None:
        said = 'def f():\n    """Say.\n\n    More.\n    """\n\n    # why\n'
        text = f"{said}    x = [\n        1,\n    ]\n    return x\n"
        (tmp_path / "a.py").write_text(text + "\n\ndef g(): return 1\n", encoding="utf-8")
        found = lengths(tmp_path)
        assert [(one.lines, one.place) for one in found.functions] == [(4, "a.py:1 f"), (1, "a.py:14 g")]
        assert (found.longest_module.lines, found.longest.lines, found.median) == (14, 4, 2.5)


class TestTree:
    """Who lists the package sees the product: few entries, few layers, and each entry has its layer."""

    def test_the_entries(self) -> None:
        shown = {path.stem for path in SOURCE.iterdir() if path.suffix != ".typed" and path.name[0] != "_"}
        assert len(shown) <= 18, sorted(shown)

    @pytest.mark.parametrize(("container", "most"), [("custsync", 12), ("custsync.engine", 8)])
    def test_the_layers(self, container: str, most: int) -> None:
        text = (SOURCE.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
        contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
        (contract,) = [one for one in contracts if one.get("containers") == [container]]
        assert contract["exhaustive"]
        assert len(contract["layers"]) <= most


class TestOneCustomer:
    """The limits are a little above what it takes today: a new layer shows here."""

    def test_the_way(self) -> None:
        way = calls_of_one_create()
        assert way.functions <= 195, way
        assert len(way.modules) <= 52, way
        assert way.changes <= 172, way
