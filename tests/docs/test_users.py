"""The three users, in an environment that has nothing but custsync: a newcomer, an integrator, a notebook."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.test_readme import blocks

ROOT = Path(__file__).parents[2]
NOTEBOOKS = [
    path
    for path in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
    if "pandas" not in path.read_text(encoding="utf-8")
]
"""Those that need custsync alone."""

SAVED_SEARCH = """\
Internal ID,Individual,Company Name,First Name,Last Name,Email,Phone,Billing City,Billing Country,Inactive
2041,No,"Bright Joinery, Inc.",,,ap@bright.example,(503) 555-0101,Astoria,United States,No
2042,Yes,Okafor Design,Rosa,Okafor,r@okafor.example,,Leeds,United Kingdom,No
2043,No,Lund Mills,,,office@lund.example,,,- None -,No
2044,No,Fern & Hollow,,,hello@fern.example,,,,Yes
"""
STRIPE = """\
{"id": "cus_1", "object": "customer", "email": "ap@bright.example"}
{"id": "cus_2", "object": "customer", "email": "office@lund.example"}
{"id": "cus_3", "object": "customer", "email": "office@lund.example"}
"""

pytestmark = pytest.mark.exhaustive


def ran(*command: str | Path, folder: Path, code: int = 0) -> str:
    """Return what a command prints; it ends with that code."""
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == code, done.stderr
    return done.stdout


@pytest.fixture(scope="module", name="bin")
def _bin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install custsync as README.md does, in two commands."""
    folder = tmp_path_factory.mktemp("fresh")
    ran(sys.executable, "-m", "venv", ".venv", folder=folder)
    ran(folder / ".venv/bin/python", "-m", "pip", "install", "-q", ROOT, folder=folder)
    return folder / ".venv" / "bin"


class TestNewcomer:
    """A saved search of NetSuite becomes a right plan by the third command."""

    FILES = (
        *("--flow", "stripe.EXPORT", "--source", "customers.csv"),
        *("--target", "stripe.jsonl", "--records", "links.db"),
    )

    @pytest.fixture(autouse=True)
    def _exports(self, tmp_path: Path) -> None:
        (tmp_path / "customers.csv").write_text(SAVED_SEARCH, encoding="utf-8")
        (tmp_path / "stripe.jsonl").write_text(STRIPE, encoding="utf-8")

    def test_to_a_right_plan(self, bin: Path, tmp_path: Path) -> None:  # noqa: A002 - the folder's own name
        shown = ran(bin / "custsync", "plan", *self.FILES, folder=tmp_path, code=1)
        decided = re.findall(r"^. netsuite:(\d+).*? (link|create|review|refused|skip) ", shown, re.MULTILINE)
        assert dict(decided) == {"2041": "link", "2042": "create", "2043": "review", "2044": "create"}
        assert "office@lund.example" not in shown

    def test_the_plan_is_carried_out_and_then_there_is_nothing_to_do(self, bin: Path, tmp_path: Path) -> None:  # noqa: A002
        ran(bin / "custsync", "plan", *self.FILES, "--out", "plan.json", folder=tmp_path, code=1)
        ran(bin / "custsync", "apply", *self.FILES, "plan.json", folder=tmp_path, code=1)
        again = ran(bin / "custsync", "sync", *self.FILES, folder=tmp_path, code=1)
        assert "3 unchanged" in again
        lines = (tmp_path / "stripe.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line).get("name") for line in lines] == [
            "Bright Joinery, Inc.",
            None,
            None,
            "Rosa Okafor",
            "Fern & Hollow",
        ]


def test_an_integrator_plays_the_page_alone(bin: Path, tmp_path: Path) -> None:  # noqa: A002
    """The system, the flow and the adapter of the page run with what custsync itself installs."""
    page = list(blocks(ROOT / "docs" / "how-to" / "add-a-system.md"))
    script = tmp_path / "pair.py"
    script.write_text("".join(block.text for block in page if block.language == "python"), encoding="utf-8")
    printed = "".join(block.text for block in page if block.language == "text")
    assert ran(bin / "python", "-I", script, folder=tmp_path) == printed


SHOW = """
import ast, sys
shown, names = 0, {"__name__": "__main__"}
for cell in CELLS:
    tree = ast.parse(cell)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
    shown += "<section class=custsync>" in getattr(value, "_repr_html_", str)()
print(shown)
"""


def cells(notebook: Path) -> Iterator[str]:
    """Yield the code of a notebook, cell by cell."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield "".join(cell["source"])


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_returns(bin: Path, tmp_path: Path, notebook: Path) -> None:  # noqa: A002
    """Each notebook runs with what custsync itself installs; its last values show themselves."""
    code = list(cells(notebook))
    assert all(ast.parse(cell) for cell in code)
    script = tmp_path / "tour.py"
    script.write_text(f"CELLS = {code!r}\n{SHOW}", encoding="utf-8")
    shown = ran(bin / "python", "-I", script, folder=tmp_path).splitlines()[-1]
    assert int(shown) >= 2
