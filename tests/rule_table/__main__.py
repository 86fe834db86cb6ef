"""Write the pages of the rules, or check that they, the code and the tests agree.

    python -m tests.rule_table
    python -m tests.rule_table --check

Written: `docs/rules.md` and `docs/reference/sources.md`. With `--check` nothing is written; what is wrong is
printed, a line each, and the exit code is 1.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.rule_table.checks import problems_of
from tests.rule_table.data import read_table
from tests.rule_table.marks import cited_by_modules, cited_by_tests
from tests.rule_table.pages import pages_of

ROOT = Path(__file__).parent.parent.parent
COMMAND = "python -m tests.rule_table"


def checked(root: Path) -> list[str]:
    """Return what is wrong under the root, pages that are out of date among it."""
    table, modules, tests = read_table(root), cited_by_modules(root), cited_by_tests(root)
    old = [name for name, text in pages_of(table, modules, tests).items() if _old(root / name, text)]
    return [
        *problems_of(root, table, modules, tests),
        *[f"{name} is out of date: run {COMMAND}" for name in old],
    ]


def _old(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text(encoding="utf-8") != text


def write(root: Path) -> None:
    """Write the pages under the root."""
    for name, text in pages_of(read_table(root), cited_by_modules(root), cited_by_tests(root)).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of the command."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write the pages of the rules, or check them.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if anything is wrong"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder")
    given = parser.parse_args(arguments)
    if not given.check:
        write(given.root)
        return 0
    wrong = checked(given.root)
    sys.stdout.writelines(f"{problem}\n" for problem in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
