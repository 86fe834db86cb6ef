"""Text files: where one really is, its lines in its encoding, the table in them, and how they are written.

Nothing but a regular file is read, replaced or added to. The encoding is the one that the first bytes mark,
or that the caller names. A table begins below Excel's `sep=;`, and below a title, at its headings.
"""

import codecs
import csv
import io
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from attrs import frozen

from custsync.errors import FileError
from custsync.systems import exports
from custsync.systems.netsuite import headings

NOT_READABLE: Final = "a line that is not in the file's encoding"
"""The text that such a line is replaced by."""

_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BROKEN: Final = re.compile("[\udc80-\udcff]")
"""What a byte that is none of the encoding becomes."""


def resolved(path: Path) -> Path:
    """Return the path with its links followed: a regular file's, or one where nothing is yet.

    Raises:
        FileError: a folder, a device or a pipe is there, or this user may not look.
    """
    try:
        there = path.resolve()
        is_other = path.exists() and not path.is_file()
    except (OSError, RuntimeError, ValueError):  # links that go round, or a character that no path may have
        raise FileError("no path of a file that this user may read; give another", str(path)) from None
    if is_other:
        raise FileError("a folder, a device or a pipe; give the path of a file", str(path))
    return there


def lines_of(path: Path, encoding: str = "") -> Iterator[tuple[int, str]]:
    """Yield the file's lines with their numbers, a byte order mark taken off.

    Args:
        path: the file.
        encoding: as Python names it; `""`: UTF-16 where its mark is there, else UTF-8.

    Raises:
        FileError: it is no regular file, cannot be read, or there is no such encoding.
    """
    there = resolved(path)
    named = encoding
    try:
        named = named or _marked(there)
        with there.open(encoding=named, errors="surrogateescape", newline="\n") as file:
            yield from enumerate(file, start=1)
    except OSError as error:
        raise FileError(f"{error.strerror}; give a file that this user may read", str(path)) from None
    except LookupError:
        raise FileError(f"no encoding is named {encoding!r}; utf-8 and cp1252 are two", str(path)) from None
    except UnicodeError:
        raise FileError(f"not {named}; name the encoding that it has", str(path)) from None


def _marked(path: Path) -> str:
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in _MARKS else "utf-8-sig"


def is_broken(text: str) -> bool:
    """Return whether bytes of the text are none of the file's encoding."""
    return not text.isascii() and _BROKEN.search(text) is not None


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines as `lines_of` does, of a file that is UTF-8 throughout.

    Raises:
        FileError: as `lines_of`; or a line is not UTF-8.
    """
    for number, line in lines_of(path):
        if is_broken(line):
            raise FileError("not UTF-8; save the file as UTF-8", str(path), number)
        yield number, line


# Tables that people and tools wrote

_DELIMITERS: Final = ",;\t|"
_MARK: Final = re.compile(r'"?sep=(.)"?', re.ASCII | re.IGNORECASE)
_LOOKED_AT: Final = 10
"""So many lines may be above the headings."""


@frozen
class Sheet:
    """The lines from the headings on, how many are above them, and what separates the cells."""

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
    rows = [_cells(line, mark) for line in first]
    place = next((at for at in range(start, len(rows)) if any(map(_is_heading, rows[at]))), start)
    if any(len(cells) > 1 for cells in rows[start:place]):
        place = start
    delimiter = _delimiter(first[place] if place < len(first) else "", mark)
    return Sheet(chain(first[place:], lines), place, delimiter)


def _delimiter(line: str, mark: re.Match[str] | None) -> str:
    return mark[1] if mark else max(_DELIMITERS, key=line.count)


def _cells(line: str, mark: re.Match[str] | None) -> list[str]:
    cells = line.split(_delimiter(line, mark))
    return [cell for cell in (cell.strip().strip('"').strip() for cell in cells) if cell]


def _is_heading(cell: str) -> bool:
    return headings.is_heading(cell) or exports.is_heading(cell)


# Tables with the documented columns of a system's import


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


def table_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
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


# Writing: a crash leaves the old file or the new one; never do two write at once


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other runs from writing the file; the lock ends with the process, however it ends.

    The lock is one of SQLite's on a second file, which stays: every platform has them. It is beside
    the file itself, wherever links to it are.

    Raises:
        FileError: another run writes to it, it is no regular file, or its folder cannot be written.
    """
    there = resolved(path)
    with ExitStack() as stack:
        try:
            lock = there.with_name(f".{there.name}.lock")
            connection = stack.enter_context(closing(sqlite3.connect(lock, timeout=0, isolation_level=None)))
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise FileError("another run is writing to it; let that one finish", str(path)) from None
            raise FileError("its folder must be there, and this user may write to it", str(path)) from None
        yield


def rewrite(path: Path, lines: Iterable[bytes]) -> None:
    """Put the lines in the place of the file's: written beside it, made durable, then renamed.

    Raises:
        FileError: it is no regular file, its folder cannot be written, or the disk is full; all is as it was.
    """
    _put_in_place(path, resolved(path), lines, Path.replace, keeps_mode=True)


def refuse_taken(path: Path, *, overwrite: bool) -> None:
    """Refuse a path where something is that is not to be replaced: a link, or a file without leave.

    Raises:
        FileError: it is not to be written to.
    """
    if path.is_symlink():
        raise FileError("a link, which is not followed; name the file itself", str(path))
    resolved(path)
    if path.exists() and not overwrite:
        raise FileError(_TAKEN, str(path))


def keep_privately(path: Path, lines: Iterable[bytes], *, overwrite: bool) -> None:
    """Write a file that its owner alone may read, whatever was there before.

    Args:
        path: the file; never a link.
        lines: what it holds.
        overwrite: whether it may take the place of a file.

    Raises:
        FileError: as `refuse_taken` and `rewrite`.
    """
    refuse_taken(path, overwrite=overwrite)
    put = Path.replace if overwrite else _put_beside
    _put_in_place(path, path.absolute(), lines, put, keeps_mode=False)


_TAKEN: Final = "the file exists; name another, or let it be overwritten (--overwrite)"


def _put_in_place(
    path: Path, there: Path, lines: Iterable[bytes], put: Callable[[Path, Path], object], *, keeps_mode: bool
) -> None:
    """Write the lines beside the file, and then put them there; a new file is for its owner alone."""
    try:
        with NamedTemporaryFile(dir=there.parent, prefix=f".{there.name}.", delete=False) as file:
            try:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
                if keeps_mode:
                    with suppress(FileNotFoundError):
                        shutil.copymode(there, file.name)
                file.close()
                put(Path(file.name), there)
            except BaseException:
                file.close()
                Path(file.name).unlink(missing_ok=True)
                raise
        _make_folder_durable(there.parent)
    except OSError as error:
        reason = _TAKEN if isinstance(error, FileExistsError) else f"{error.strerror}; nothing was written"
        raise FileError(reason, str(path)) from None


def _put_beside(new: Path, there: Path) -> None:
    """Give the file its name where no other has it, even if one was made just before."""
    there.hardlink_to(new)
    new.unlink()


def append(path: Path, lines: Iterable[bytes]) -> None:
    """Add whole lines to the end of the file, durable when the call returns; half a line there goes first.

    Raises:
        FileError: it is no regular file, or cannot be written.
    """
    there = resolved(path)
    try:
        with there.open("ab+") as file:
            file.truncate(_end_of_whole_lines(there))
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise FileError(f"{error.strerror}; run again once it can be written", str(path)) from None


def _end_of_whole_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(len(line) for line in file if line.endswith(b"\n"))


def _make_folder_durable(folder: Path) -> None:
    with suppress(OSError):  # not every platform opens a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def line_of(record: Mapping[str, Any]) -> bytes:
    """Return the record as a line of a JSON Lines file, without its end."""
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace")


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """Return what changes whenever the file does, None where there is none.

    Raises:
        FileError: this user may not look.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(f"{error.strerror}; give a file that this user may read", str(path)) from None
    return found.st_ino, found.st_size, found.st_mtime_ns
