"""How long modules and functions are, in lines of code: no blank line, no comment, no docstring."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from attrs import frozen

SOURCE: Final = Path(__file__).parents[2] / "src" / "custsync"

_LAYOUT: Final = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@frozen
class Length:
    """The code lines of one function's body."""

    lines: int
    place: str


@frozen
class Lengths:
    """The figures of all functions, and the longest module."""

    functions: tuple[Length, ...]
    longest_module: Length

    @property
    def median(self) -> float:
        """Return the length that half of the functions do not exceed."""
        return median(one.lines for one in self.functions)

    @property
    def ninth_decile(self) -> float:
        """Return the length that nine of ten functions do not exceed."""
        return quantiles((one.lines for one in self.functions), n=10, method="inclusive")[-1]

    @property
    def longest(self) -> Length:
        """Return the longest function."""
        return max(self.functions, key=lambda one: one.lines)

    def __str__(self) -> str:
        """Return the figures as one line."""
        return (
            f"{len(self.functions)} functions: median {self.median:g}, nine of ten {self.ninth_decile:g}, "
            f"longest {self.longest.lines} ({self.longest.place}); longest module "
            f"{self.longest_module.lines} lines ({self.longest_module.place})"
        )


def lengths(source: Path = SOURCE) -> Lengths:
    """Return the lengths of all functions and modules below a folder."""
    modules = sorted(source.rglob("*.py"))
    longest = max(modules, key=lambda path: len(path.read_text(encoding="utf-8").splitlines()))
    lines = len(longest.read_text(encoding="utf-8").splitlines())
    functions = tuple(one for path in modules for one in _of_module(path, source))
    return Lengths(functions, Length(lines, str(longest.relative_to(source))))


def _of_module(path: Path, source: Path) -> Iterator[Length]:
    text = path.read_text(encoding="utf-8")
    code = _code_lines(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, _Function):
            span = range(node.body[0].lineno, (node.end_lineno or 0) + 1)
            place = f"{path.relative_to(source)}:{node.lineno} {node.name}"
            yield Length(len(code.intersection(span)), place)


def _code_lines(text: str) -> set[int]:
    """Return the numbers of the lines that hold code; a text that stands alone is a docstring."""
    held: set[int] = set()
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _LAYOUT:
            before = tokenize.NEWLINE if token.type == tokenize.NEWLINE else before
        elif token.type != tokenize.STRING or before != tokenize.NEWLINE:
            before = token.type
            held.update(range(token.start[0], token.end[0] + 1))
    return held
