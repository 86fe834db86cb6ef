"""Change one thing in rules and engine at a time, and see whether the tests of the module notice.

    python -m tests.mutants --count 1000
    python -m tests.mutants --count 50 --seed 7 --part rules/names

The sample is drawn with the seed from all places that can be changed. Each mutant runs in a process
of its own: first the tests that name the module, then those of its package and of the flows.
Needs the extra `mutants`.
"""

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from signal import SIGALRM, alarm, signal
from types import CodeType
from typing import Any, Final

import attrs
import cattrs  # noqa: F401 - loaded once, for all children
import pycountry  # noqa: F401
import pytest

from tests.mutants.equivalent import EQUIVALENT

TREES, CHANGES, OPERATORS = (import_module(f"cosmic_ray.{name}") for name in ("ast", "mutating", "plugins"))

ROOT: Final = Path(__file__).parent.parent.parent
SOURCE: Final = ROOT / "src" / "custsync"
LONGEST: Final = 240
"""Seconds that the tests of one mutant may take; one that takes longer is noticed as well."""

USED: Final = (
    *("Add_Sub", "Sub_Add", "Mul_Add", "Eq_NotEq", "NotEq_Eq", "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt"),
    *("Lt_GtE", "Gt_LtE", "Is_IsNot", "IsNot_Is", "Delete_Not", "AddNot", "TrueWithFalse", "FalseWithTrue"),
    *("AndWithOr", "OrWithAnd", "BreakWithContinue", "ContinueWithBreak", "ExceptionReplacer"),
    *("NumberReplacer", "ZeroIterationForLoop"),
)


@attrs.frozen
class Mutant:
    """One change: the file, the operator, and which of its places there."""

    path: Path
    operator: str
    place: int
    line: int

    @property
    def name(self) -> str:
        return (
            f"{self.path.relative_to(SOURCE)}:{self.line} {self.operator.removeprefix('core/')} {self.place}"
        )


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield each change that can be made in a file."""
    nodes = list(TREES.ast_nodes(TREES.get_ast(path.read_text(encoding="utf-8"))))
    for operator in OPERATORS.operator_names():
        if operator.endswith(USED):
            made = OPERATORS.get_operator(operator)()
            places = [place for node in nodes for place in made.mutation_positions(node)]
            for at, ((line, _), _) in enumerate(places):
                yield Mutant(path, operator, at, line)


def sample(count: int, seed: int, part: str) -> list[Mutant]:
    """Return changes drawn from all those of a part."""
    begins = [SOURCE / one for one in ([part] if part else ["rules", "engine"])]
    paths = [
        path for begin in begins for path in ([begin] if begin.is_file() else sorted(begin.rglob("*.py")))
    ]
    found = [one for path in paths for one in mutants_of(path) if one.name not in EQUIVALENT]
    return random.Random(seed).sample(found, min(count, len(found)))  # noqa: S311 - a seeded sample


def stages(path: Path) -> Iterator[list[str]]:
    """Yield the tests of a module: those that name it, then those of its package and of the flows."""
    module = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    exact = [str(one) for one in tests if module in one.read_text(encoding="utf-8")]
    named = [str(one) for one in tests if one.stem == f"test_{path.stem}"]
    yield list(dict.fromkeys([str(path), *named, *exact]))
    package = path.relative_to(SOURCE).parts
    beside = [ROOT / "tests" / "engine"] if package[0] == "engine" else []
    beside += [ROOT / "tests" / "rules" / package[1].removesuffix(".py")] if package[0] == "rules" else []
    beside += [ROOT / "tests" / "rules" / f"test_{package[1].removesuffix('.py')}.py"]
    yield [
        str(one)
        for one in [*beside, ROOT / "tests" / "flows", ROOT / "tests" / "test_expected.py"]
        if one.exists()
    ]


class ChangedLoader(SourceFileLoader):
    """Loads a module from a text instead of its file."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        super().__init__(name, str(path))
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.text, self.path, "exec")


class Changed(MetaPathFinder):
    """Finds the changed module in place of the one on disk."""

    def __init__(self, path: Path, text: str) -> None:
        self.name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        self.path, self.text = path, text

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        if name != self.name:
            return None
        return spec_from_file_location(name, self.path, loader=ChangedLoader(name, self.path, self.text))


def noticed(mutant: Mutant) -> bool:
    """Return whether the tests of the module fail with the change."""
    text = mutant.path.read_text(encoding="utf-8")
    return fails(
        mutant.path, CHANGES.mutate_code(text, OPERATORS.get_operator(mutant.operator)(), mutant.place)
    )


def fails(path: Path, text: str) -> bool:
    """Return whether the tests of a module fail where its text is this."""
    child = os.fork()
    if not child:
        _play(path, text)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def _play(path: Path, text: str) -> None:
    """Run the tests in this process, and end it: with 0 where all of them pass."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    signal(SIGALRM, lambda *_: os._exit(3))
    alarm(LONGEST)
    code = 1
    with suppress(BaseException):
        sys.meta_path.insert(0, Changed(path, text))
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        code = max(int(pytest.main([*options, *some])) % 5 for some in stages(path))
    os._exit(code)


def main() -> int:
    """Play a sample, print the mutants that nothing noticed, and the share by part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", default="", help="a package or file under src/custsync")
    given = parser.parse_args()
    os.environ.update(HYPOTHESIS_PROFILE="ci", CUSTSYNC_PROOFS="few")
    os.chdir(ROOT)
    played, killed = Counter[str](), Counter[str]()
    drawn = sample(given.count, given.seed, given.part)
    if fails(drawn[0].path, drawn[0].path.read_text(encoding="utf-8")):
        parser.error(f"the tests of {drawn[0].path.relative_to(SOURCE)} fail without a change")
    for mutant in drawn:
        part = mutant.path.relative_to(SOURCE).parts[0]
        played[part] += 1
        if noticed(mutant):
            killed[part] += 1
        else:
            print(f"not noticed: {mutant.name}", flush=True)
    for part, count in played.items():
        print(f"{part}: {killed[part]} of {count} noticed, {100 * killed[part] / count:.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
