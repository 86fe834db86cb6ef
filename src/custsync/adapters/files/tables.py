"""Tables with the documented columns of a system's import, written ready to be uploaded, and read again."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from custsync.adapters.files.lines import numbered_lines
from custsync.adapters.files.records import Record
from custsync.errors import FileError

__all__ = ["table_lines", "table_rows"]


def table_lines(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    r"""Yield a table's lines as UTF-8: the titles, then the rows; cells are quoted where they must be.

    Args:
        columns: the titles, in the order of the import.
        rows: title → text; a title that a row does not have is a blank cell.

    >>> b"".join(table_lines(["Customer name", "Town"], [{"Customer name": "Harrow, Finch"}]))
    b'Customer name,Town\r\n"Harrow, Finch",\r\n'
    """
    titles: Mapping[str, str] = dict(zip(columns, columns, strict=True))
    for cells in ([row.get(title, "") for title in columns] for row in chain([titles], rows)):
        line = io.StringIO()
        csv.writer(line).writerow(cells)
        yield line.getvalue().encode("utf-8", "backslashreplace")


def table_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Record]]:
    """Yield the rows of a table with their lines, each with every column of the import.

    Args:
        path: the file; commas, semicolons or bars separate its cells.
        columns: the titles that it may have, in any order and in any case.

    Raises:
        FileError: a title that is none of them, or that is there twice; or a row of another length.
    """
    lines = [text for _, text in numbered_lines(path)]
    reader = csv.reader(lines, delimiter=max(",;|", key=(lines or [""])[0].count))
    known = {title.casefold(): title for title in columns}
    titles = [known.get(cell.strip().casefold(), cell) for cell in next(reader, [])]
    foreign = sorted({*titles} - {*columns}) or [title for title in titles if titles.count(title) > 1]
    if foreign:
        raise FileError(f"column {foreign[0]!r} is none of the import's, or is there twice", str(path), 1)
    for cells in filter(any, reader):
        if len(cells) != len(titles):
            reason = f"{len(cells)} cells under {len(titles)} titles; correct the row"
            raise FileError(reason, str(path), reader.line_num)
        yield reader.line_num, {**dict.fromkeys(columns, ""), **dict(zip(titles, cells, strict=True))}
