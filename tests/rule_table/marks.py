"""What the code and its tests cite, read with `ast`: nothing is imported and nothing is run.

A module cites a rule by a `Rule:` line in a docstring, a test by `pytest.mark.rule`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

__all__ = ["Citation", "Cited", "cited_by_modules", "cited_by_tests", "rules_of_issues"]

SOURCE = "src/custsync"
TESTS = "tests"
ID = re.compile(r"[A-Z]{1,2}(?:-[A-Z0-9]+)+")
LINE = re.compile(r"Rules?:(.*)")
_MARK_FORM = "write the ids in the mark itself, each as a text"


@frozen
class Citation:
    """A rule's id, and where it is cited: a path from the root of the project, and a line."""

    rule: str
    path: str
    line: int


@frozen
class Cited:
    """All citations of the modules, or of the tests, and what is wrong with the form of some."""

    citations: tuple[Citation, ...]
    malformed: tuple[str, ...]

    def paths_of(self, rule: str) -> list[str]:
        """Return the files that cite a rule, sorted, each once."""
        return sorted({citation.path for citation in self.citations if citation.rule == rule})


def cited_by_modules(root: Path) -> Cited:
    """Return what the docstrings of the modules cite."""
    found: list[Citation] = []
    malformed: list[str] = []
    for path, tree in _trees(root, SOURCE):
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr):
                _from_docstring(path, node, found, malformed)
    return Cited(tuple(found), tuple(malformed))


def rules_of_issues(root: Path) -> tuple[Citation, ...]:
    """Return the ids that the code gives its issues, match steps and rows, written as `rule="..."`.

    A template has none: whoever makes an issue of it gives the rule.
    """
    return tuple(
        Citation(node.value.value, path, node.value.lineno)
        for path, tree in _trees(root, SOURCE)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "rule"
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) and node.value.value
    )


def cited_by_tests(root: Path) -> Cited:
    """Return what the tests carry, on a class, a function, a module or one row of a table."""
    found: list[Citation] = []
    malformed: list[str] = []
    for path, tree in _trees(root, TESTS):
        nodes = list(ast.walk(tree))
        calls = [node for node in nodes if isinstance(node, ast.Call) and _is_mark(node.func)]
        called = {id(call.func) for call in calls}
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            ids = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
            good = [rule for rule in ids if isinstance(rule, str) and ID.fullmatch(rule)]
            found += [Citation(rule, path, call.lineno) for rule in good]
            if not call.args or call.keywords or len(good) < len(call.args):
                malformed.append(f"{path}:{call.lineno}: {_MARK_FORM}")
        bare = [node for node in nodes if isinstance(node, ast.Attribute) and _is_mark(node)]
        malformed += [f"{path}:{node.lineno}: {_MARK_FORM}" for node in bare if id(node) not in called]
    return Cited(tuple(found), tuple(malformed))


def _trees(root: Path, folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((root / folder).rglob("*.py")):
        name = path.relative_to(root).as_posix()
        yield name, ast.parse(path.read_text(encoding="utf-8"), filename=name)


def _from_docstring(path: str, node: ast.Expr, found: list[Citation], malformed: list[str]) -> None:
    """Add what one docstring cites; a text under an assignment counts as one."""
    if not isinstance(node.value, ast.Constant) or not isinstance(node.value.value, str):
        return
    for offset, text in enumerate(node.value.value.splitlines()):
        line = LINE.fullmatch(text.strip())
        if line is None:
            continue
        number = node.lineno + offset
        ids = [part.strip() for part in line[1].split(",")]
        if not text.strip().startswith("Rule:") or not all(map(ID.fullmatch, ids)):
            malformed.append(f'{path}:{number}: write "Rule: " and ids, separated by commas, on one line')
        else:
            found += [Citation(rule, path, number) for rule in ids]


def _is_mark(node: ast.AST) -> bool:
    """Return whether the node is the name `pytest.mark.rule`, called or not."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "rule"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "mark"
    )
