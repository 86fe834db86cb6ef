"""Change one thing in rules and engine at a time, and see whether the tests notice.

    python -m tests.mutants --count 1000
    python -m tests.mutants --count 50 --seed 7 --part rules/names

The sample is drawn with the seed from all places that can be changed. The tests are collected, and played
once to see which of them reach which line. Each mutant then runs in a fork, where the code of its function
is put in place of the right one; the tests that reach it are played until one fails. What runs when a module
is imported (tables, constants, class bodies) is changed in a process of its own. Needs the extra `mutants`.
"""

import argparse
import gc
import os
import pickle
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from inspect import CO_OPTIMIZED
from itertools import islice
from pathlib import Path
from signal import SIGALRM, alarm, signal
from tempfile import TemporaryFile
from traceback import print_exc
from types import CodeType, FunctionType
from typing import Any, Final

import attrs
import coverage
import pytest

from tests.mutants.equivalent import EQUIVALENT

TREES, CHANGES, OPERATORS = (import_module(f"cosmic_ray.{name}") for name in ("ast", "mutating", "plugins"))

ROOT: Final = Path(__file__).parent.parent.parent
SOURCE: Final = ROOT / "src" / "custsync"
LONGEST: Final = 240
"""Seconds that the tests of one mutant may take; one that takes longer is noticed as well."""
OPTIONS: Final = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly")
CACHED: Final = type(cache(len))
NOT_NOTICED: Final = 0
BROKEN: Final = 4

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

    @property
    def text(self) -> str:
        """The changed text of the file."""
        made = OPERATORS.get_operator(self.operator)()
        changed: str = CHANGES.mutate_code(self.path.read_text(encoding="utf-8"), made, self.place)
        return changed


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield each change that can be made in a file."""
    nodes = list(TREES.ast_nodes(TREES.get_ast(path.read_text(encoding="utf-8"))))
    for operator in OPERATORS.operator_names():
        if operator.endswith(USED):
            made = OPERATORS.get_operator(operator)()
            places = [place for node in nodes for place in made.mutation_positions(node)]
            for at, ((line, _), _) in enumerate(places):
                yield Mutant(path, operator, at, line)


def sample(count: int, seed: int, parts: Sequence[str], *, functions: bool) -> list[Mutant]:
    """Return changes drawn from all those of some parts, or of their functions alone."""
    begins = [SOURCE / one for one in parts]
    paths = [
        path for begin in begins for path in ([begin] if begin.is_file() else sorted(begin.rglob("*.py")))
    ]
    found = [one for path in paths for one in mutants_of(path)]
    random.Random(seed).shuffle(found)  # noqa: S311 - a seeded sample
    kept = (one for one in found if not (functions and is_imported(one)))
    usable = (one for one in kept if codes_of(one) and not is_equivalent(one))
    return list(islice(usable, count))


def tests_of(part: str, *, near: bool) -> list[str]:
    """Return what a part is held against: its own tests, and, unless `near`, those of the flows."""
    name, _, inner = part.removesuffix(".py").partition("/")
    inner = inner.partition("/")[0]
    own = [SOURCE / part, ROOT / "tests" / name]
    if name == "rules" and inner:
        own = [SOURCE / part, ROOT / "tests" / name / inner, ROOT / "tests" / name / f"test_{inner}.py"]
    elif near:
        named = "custsync." + part.removesuffix(".py").replace("/", ".")
        beside = [one for one in own[1].rglob("test_*.py") if named in one.read_text(encoding="utf-8")]
        own[1:] = beside or own[1:]
    flows = [] if near else [ROOT / "tests" / one for one in ("flows", "test_syncrecords.py")]
    return [str(path) for path in [*own, *flows] if path.exists()]


# What a change does to the code


def changed_codes(right: CodeType, wrong: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Yield each code that a change makes another one, outer ones first."""
    inner = [[one for one in code.co_consts if isinstance(one, CodeType)] for code in (right, wrong)]
    others = [[one for one in code.co_consts if not isinstance(one, CodeType)] for code in (right, wrong)]
    is_function = right.co_flags & CO_OPTIMIZED and right != wrong
    is_other = right.co_code != wrong.co_code or repr(others[0]) != repr(others[1])
    if is_function or is_other or len(inner[0]) != len(inner[1]):
        yield right, wrong
    for before, after in zip(*inner, strict=False):
        yield from changed_codes(before, after)


@cache
def codes_of(mutant: Mutant) -> list[tuple[CodeType, CodeType]]:
    """Return each code that a mutant makes another one, outer ones first; none where it is no Python."""
    with suppress(SyntaxError):
        right = compile(mutant.path.read_text(encoding="utf-8"), str(mutant.path), "exec")
        return [*changed_codes(right, compile(mutant.text, str(mutant.path), "exec"))]
    return []


def is_equivalent(mutant: Mutant) -> bool:
    """Return whether what a mutant puts in place does the same, and why is written down."""
    right = mutant.path.read_text(encoding="utf-8").splitlines()
    changed = [wrong for was, wrong in zip(right, mutant.text.splitlines(), strict=False) if was != wrong]
    return any(part in line for part in EQUIVALENT for line in changed)


def is_imported(mutant: Mutant) -> bool:
    """Return whether a mutant changes what runs on import, a comprehension of the module as well."""
    made = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
    codes = [code for code, _ in codes_of(mutant)]
    return any(not code.co_flags & CO_OPTIMIZED or code.co_qualname in made for code in codes)


def put_in_place(codes: Sequence[tuple[CodeType, CodeType]]) -> None:
    """Give each living function of a changed code the new one."""
    alive = gc.get_objects()
    functions = [one for one in alive if isinstance(one, FunctionType)]
    for kept in alive:  # what was built once would be built by the right code
        if isinstance(kept, CACHED) and (kept.__module__ or "").startswith("custsync."):
            kept.cache_clear()
    for right, wrong in codes:
        for one in functions:
            if one.__code__ == right and one.__code__.co_filename == right.co_filename:
                one.__code__ = wrong


def in_a_fork(work: Any) -> int:
    """Return how a piece of work ended that runs in a fork of this process, without output."""
    child = os.fork()
    if not child:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        signal(SIGALRM, lambda *_: os._exit(3))
        try:
            os._exit(work())
        except BaseException:  # noqa: BLE001 - it is said, and no test
            print_exc()
            os._exit(BROKEN)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Player:
    """A plugin of pytest that plays mutants in place of the collected tests.

    `reached` has for each file and line the tests that reach it, `took` their seconds.
    """

    def __init__(self, drawn: Sequence[Mutant], seconds: float, given: Sequence[str]) -> None:
        self.drawn, self.seconds, self.given = drawn, seconds, given
        self.reached: dict[str, dict[int, list[str]]] = {}
        self.took: dict[int, float] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        with TemporaryFile() as kept:
            in_a_fork(lambda: self._look(session, kept))
            kept.seek(0)
            self.reached, self.took, failed = pickle.load(kept)  # noqa: S301 - what the fork wrote
        for at in failed:
            say(f"fails without a change, and is left out: {session.items[at].nodeid}")
        self._play(session)
        return True

    def _look(self, session: pytest.Session, kept: Any) -> int:
        """Play all tests once, and write down which of them reach which line."""
        files = {mutant.path for mutant in self.drawn}
        seen = coverage.Coverage(None, config_file=False, include=[str(path) for path in files])
        seen.start()
        failed = set()
        for at in range(len(session.items)):
            before, begun = session.testsfailed, time.process_time()
            seen.switch_context(str(at))
            run(session, at)
            self.took[at] = time.process_time() - begun
            if session.testsfailed > before:
                failed.add(at)
        seen.stop()
        data = seen.get_data()
        for path in files:
            lines = data.contexts_by_lineno(str(path))
            self.reached[str(path)] = {
                line: [at for at in tests if at and int(at) not in failed] for line, tests in lines.items()
            }
        pickle.dump((self.reached, self.took, failed), kept)
        kept.flush()
        return 0

    def _play(self, session: pytest.Session) -> None:
        played, killed = Counter[str](), Counter[str]()
        for mutant in self.drawn:
            part = mutant.path.relative_to(SOURCE).parts[0]
            played[part] += 1
            if self._is_noticed(session, mutant):
                killed[part] += 1
            else:
                say(f"not noticed: {mutant.name}")
            if played.total() % 50 == 0:
                say(f"{killed.total()} of {played.total()}")
        for part, count in played.items():
            say(f"{part}: {killed[part]} of {count} noticed, {100 * killed[part] / count:.1f} %")

    def _is_noticed(self, session: pytest.Session, mutant: Mutant) -> bool:
        codes, ended = codes_of(mutant), BROKEN
        if not is_imported(mutant):
            reached = self.reached[str(mutant.path)]
            lines = {line for code, _ in codes for _, _, line in code.co_lines() if line}
            found = {int(at) for line in lines for at in reached.get(line, ())}
            ended = in_a_fork(lambda: self._fails(session, codes, self._in_order(session, mutant, found)))
        if ended == BROKEN:  # the code cannot be put in place
            alone = [sys.executable, "-m", "tests.mutants", *self.given, "--only", mutant.name]
            ended = subprocess.call(alone, stdout=subprocess.DEVNULL)
        return ended != NOT_NOTICED

    def _in_order(self, session: pytest.Session, mutant: Mutant, found: Iterable[int]) -> list[int]:
        """Return the tests of the mutant's own module first, and the quick ones before the others."""
        near = f"test_{mutant.path.stem}.py"
        return sorted(found, key=lambda at: (near not in session.items[at].nodeid, self.took[at]))

    def _fails(self, session: pytest.Session, codes: Any, order: Sequence[int]) -> int:
        put_in_place(codes)
        spent = 0.0
        for at in order:
            spent += self.took[at]
            if spent > self.seconds:
                break
            alarm(int(self.took[at] * 20) + 10)
            run(session, at)
            if session.testsfailed:
                return 1
        return NOT_NOTICED


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def run(session: pytest.Session, at: int) -> None:
    """Run one of the collected tests."""
    item = session.items[at]
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


# What is changed when a module is imported


class ChangedLoader(SourceFileLoader):
    """Loads a module from a text instead of its file."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        super().__init__(name, str(path))
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.text, self.path, "exec")


class Changed(MetaPathFinder):
    """Finds the changed module in place of the one on disk."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = ".".join(mutant.path.relative_to(SOURCE.parent).with_suffix("").parts)
        self.path, self.text = mutant.path, mutant.text

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        if name.removesuffix(".__init__") != self.name.removesuffix(".__init__"):
            return None
        return spec_from_file_location(name, self.path, loader=ChangedLoader(name, self.path, self.text))


def play_alone(name: str, tests: Sequence[str]) -> int:
    """Play one mutant in this process, the tests nearest to it first; return 0 where none fails."""
    path = SOURCE / name.partition(":")[0]
    mutant = next(one for one in mutants_of(path) if one.name == name)
    sys.meta_path.insert(0, Changed(mutant))
    named = [str(one) for one in (ROOT / "tests").rglob(f"test_{path.stem}.py")]
    alarm(LONGEST)
    return in_a_fork(lambda: pytest.main([*OPTIONS, "-x", *named, *tests]))


def main() -> int:
    """Play a sample, print the mutants that nothing noticed, and the share by part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", action="append", help="a package or file under src/custsync")
    parser.add_argument("--seconds", type=float, default=60, help="play at most so long a time of tests")
    parser.add_argument("--functions", action="store_true", help="without what runs on import")
    parser.add_argument("--near", action="store_true", help="without the tests of the flows")
    parser.add_argument("--only", default="", help="play this mutant alone")
    given = parser.parse_args()
    os.environ.update(HYPOTHESIS_PROFILE="ci", CUSTSYNC_PROOFS="few")
    os.chdir(ROOT)
    parts = given.part or ["rules", "engine"]
    tests = list(dict.fromkeys(test for part in parts for test in tests_of(part, near=given.near)))
    if given.only:
        return play_alone(given.only, tests)
    drawn = sample(given.count, given.seed, parts, functions=given.functions)
    return int(pytest.main([*OPTIONS, *tests], plugins=[Player(drawn, given.seconds, sys.argv[1:])]))


if __name__ == "__main__":
    sys.exit(main())
