"""The shape of the project: what lies where, how large it is, and what it costs to import."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import custsync
from tests.public_api.catalogue import MODULES as PUBLIC

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "custsync"
MODULES = sorted(SOURCE.rglob("*.py"))
TOP_LEVEL = {"pyproject.toml", "src", "tests", "docs", "CHANGELOG.md", "README.md", "LICENSE"}
RUN_TIME = {"attrs", "cattrs", "pycountry", "python-dateutil"}
HELD = {"attr", "attrs", "custsync"}
READING = {"cattrs", "typing_extensions"}
"""What joins them when a value is read from JSON or written to it."""
COSTLY = {
    *("argparse", "asyncio", "concurrent", "csv", "email", "html", "http", "logging"),
    *("multiprocessing", "pickle", "random", "sqlite3", "ssl", "subprocess", "tempfile", "unittest", "uuid"),
    *("xml", "zoneinfo"),
}
MACHINE_PATH = re.compile(
    r"(?<![\w.~:/*-])/(?:home|mnt|opt|root|srv|tmp|Users|work|workspace)/\w|\b[A-Z]:\\\w"
)


def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def strings(key: str) -> list[str]:
    """Return a list of the project table."""
    value = project()[key]
    assert isinstance(value, list)
    return value


@cache
def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so nothing says which files belong to the project")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607
    names = listing.stdout.decode("utf-8").split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


NAMES: list[str] = vars(custsync)["__all__"]
"""The public names of the package itself."""


def name_of(module: Path) -> str:
    return module.relative_to(SOURCE).as_posix()


def dotted(module: Path) -> str:
    return ".".join(module.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def exported(module: Path) -> list[str] | None:
    """Return the names in `__all__`, None where a module has none; the package itself makes its own."""
    if module == SOURCE / "__init__.py":
        return NAMES
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return names
    return None


class TestTheTree:
    """The top level holds little, and no file knows the machine it was written on."""

    def test_top_level(self) -> None:
        found = {path.parts[0] for path in tracked()}
        assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL

    def test_no_machine_paths(self) -> None:
        found = []
        for path in tracked():
            text = (ROOT / path).read_bytes().decode("utf-8", "replace")
            for number, line in enumerate(text.splitlines(), 1):
                if not line.startswith("#!") and MACHINE_PATH.search(line):
                    found.append(f"{path}:{number}")
        assert found == []

    @pytest.mark.parametrize("path", ["home/me/x", "tmp/store.db"])
    def test_a_machine_path_is_seen(self, path: str) -> None:
        assert MACHINE_PATH.search(f"open('/{path}')")


class TestTheMetadata:
    """What the package says of itself is true."""

    def test_run_time_dependencies_are_four_each_with_a_lower_bound(self) -> None:
        pairs = [re.fullmatch(r"([a-z-]+)>=[\d.]+", line) for line in strings("dependencies")]
        assert {pair and pair[1] for pair in pairs} == RUN_TIME
        assert len(pairs) == len(RUN_TIME)

    def test_the_version_is_the_newest_of_the_changelog(self) -> None:
        text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        released = re.findall(r"^## \[(\d[^\]]*)\]", text, re.MULTILINE)
        assert released[:1] in ([], [project()["version"]])

    def test_the_classifiers_name_the_pythons_that_are_tested(self) -> None:
        script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
        tested = re.search(r"^pythons=\((.*)\)$", script, re.MULTILINE)
        prefix = "Programming Language :: Python :: "
        named = [
            line.removeprefix(prefix) for line in strings("classifiers") if line.startswith(f"{prefix}3.")
        ]
        assert tested
        assert tested[1].split() == named
        assert project()["requires-python"] == f">={named[0]}"


class TestImporting:
    """Nothing is imported before somebody needs it."""

    @pytest.mark.parametrize(
        ("code", "held"),
        [
            ("import custsync", {"custsync"}),
            ("import custsync.models", HELD),
            ("from custsync import *", HELD),
            ("import custsync.systems.netsuite", HELD),
            (
                "from custsync.serialization.values import dump; from custsync import ABSENT; dump(ABSENT)",
                {*HELD, *READING},
            ),
        ],
    )
    def test_only_the_held_modules(self, code: str, held: set[str]) -> None:
        code = f"import sys; old = set(sys.modules); {code}; print(*set(sys.modules) - old)"
        listing = subprocess.run(
            [sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True
        )
        found = {name.partition(".")[0] for name in listing.stdout.split()}
        assert found - sys.stdlib_module_names <= held
        assert found & COSTLY == set()

    def test_a_name_brings_no_more_than_its_room(self) -> None:
        code = "import sys; from custsync import Customer; print(*sys.modules)"
        listing = subprocess.run(
            [sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True
        )
        found = {name for name in listing.stdout.split() if name.startswith("custsync")}
        assert found == {"custsync", "custsync.models", "custsync.errors", "custsync._arguments"}

    def test_each_name_is_the_one_that_is_promised_to_type_checkers(self) -> None:
        tree = ast.parse((SOURCE / "__init__.pyi").read_text(encoding="utf-8"))
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        promised = {alias.asname: str(node.module) for node in imports for alias in node.names}
        packages = [name for name, module in promised.items() if name and module == "custsync"]
        assert sorted(NAMES + packages) == sorted(map(str, promised)) == dir(custsync)
        promised = {name: module for name, module in promised.items() if module != "custsync"}
        for name, module in promised.items():
            assert name
            assert getattr(custsync, name) is getattr(importlib.import_module(module), name)

    def test_packages_and_their_modules_are_reached_from_the_top(self) -> None:
        code = "import custsync as c; print(c.flows.stripe.EXPORT.name, c.rules.names.split_name('A').first)"
        ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True, text=True)
        assert ran.stdout == "stripe.EXPORT A\n"

    def test_a_name_that_is_not_there(self) -> None:
        with pytest.raises(AttributeError, match="has no attribute 'plann'"):
            _ = custsync.plann  # type: ignore[attr-defined]  # as a caller mistypes it

    def test_all_rooms_without_a_warning_or_a_word(self) -> None:
        names = [dotted(module) for module in MODULES if module.stem != "__main__"]
        assert "custsync.errors" in names
        code = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
        ran = subprocess.run(
            [sys.executable, "-W", "error", "-c", code, *names], capture_output=True, check=False
        )
        assert ran.stderr == b""
        assert ran.stdout == b""


class TestTheSource:
    """What a module exports is what is public."""

    def test_public_modules_alone_export(self) -> None:
        exporting = [module for module in MODULES if exported(module) is not None]
        assert sorted(map(dotted, exporting)) == sorted(PUBLIC)

    def test_no_name_hides_a_module(self) -> None:
        packages = [module for module in MODULES if module.stem == "__init__"]
        inside = {package: {path.stem for path in package.parent.glob("*")} for package in packages}
        assert [name_of(one) for one in packages if inside[one] & set(exported(one) or ())] == []
