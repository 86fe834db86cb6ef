"""Where the table in a file of rows begins: below Excel's `sep=;`, below a title, at its headings."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from attrs import frozen

from custsync.systems import stripe_export
from custsync.systems.netsuite import headings

__all__ = ["Sheet", "sheet_in"]

_DELIMITERS: Final = ",;\t|"
_MARK: Final = re.compile(r'"?sep=(.)"?', re.ASCII | re.IGNORECASE)
_LOOKED_AT: Final = 10
"""So many lines may stand above the headings."""


@frozen
class Sheet:
    """The lines from the headings on, how many stand above them, and what separates the cells."""

    lines: Iterator[str]
    above: int
    delimiter: str


def sheet_in(lines: Iterator[str]) -> Sheet:
    r"""Return the table that the lines hold.

    A line above the headings is blank, or has one cell that is no heading itself.

    >>> sheet = sheet_in(iter(["sep=;\n", "Customers, all;;\n", "Internal ID;Name;Email\n"]))
    >>> sheet.above, sheet.delimiter, next(sheet.lines)
    (2, ';', 'Internal ID;Name;Email\n')
    """
    first = list(islice(lines, _LOOKED_AT))
    mark = _MARK.fullmatch(first[0].strip()) if first else None
    start = 1 if mark else 0
    place = next((one for one in range(start, len(first)) if _are_headings(first[one], mark)), start)
    if not all(_is_title(line, mark) for line in first[start:place]):
        place = start
    delimiter = _delimiter(first[place] if place < len(first) else "", mark)
    return Sheet(chain(first[place:], lines), place, delimiter)


def _delimiter(line: str, mark: re.Match[str] | None) -> str:
    return mark[1] if mark else max(_DELIMITERS, key=line.count)


def _cells(line: str, mark: re.Match[str] | None) -> list[str]:
    cells = line.split(_delimiter(line, mark))
    return [cell for cell in (cell.strip().strip('"').strip() for cell in cells) if cell]


def _is_title(line: str, mark: re.Match[str] | None) -> bool:
    return len(_cells(line, mark)) < 2  # noqa: PLR2004


def _are_headings(line: str, mark: re.Match[str] | None) -> bool:
    return any(map(_is_heading, _cells(line, mark)))


def _is_heading(cell: str) -> bool:
    return headings.is_heading(cell) or stripe_export.is_heading(cell)
