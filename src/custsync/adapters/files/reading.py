"""Reading the records of an export: JSON Lines, a JSON list or envelope, CSV.

A line that is no record is handed on as its text, so that it fails alone; what was wrong with it is kept with
its line. Lines and rows are read one at a time; a JSON list is read whole.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from attrs import define, field, frozen

from custsync.adapters.files.paths import resolved
from custsync.errors import FileError
from custsync.payloads.texts import KeyTwiceError, parse_json
from custsync.systems import stripe_export

__all__ = ["BadLine", "Form", "RecordFile", "numbered_lines"]

Form: TypeAlias = Literal["csv", "json", "jsonl"]
"""How a file holds its records."""

_Entry: TypeAlias = tuple[int, dict[str, Any] | str, str]
"""A line, what stands on it, and what is wrong with it."""

_FORMS: Final[Mapping[str, Form]] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".tsv": "csv",
}
_DELIMITERS: Final = ",;\t|"
_CSV_FAULTS: Final[Mapping[str, str]] = {
    "field larger": f"a cell of over {csv.field_size_limit():,} characters; shorten it, or mend its quotes",
    "new-line": "its lines end in carriage returns alone; save the file with another kind of line ends",
}
_PAGES: Final = ("data", "items", "customers")
"""The keys under which an answer of several records keeps them."""
_ONE: Final = ("customer", "data")
"""The keys under which an answer of one record keeps it."""


@frozen
class BadLine:
    """What is no record: its place among the records, its line (0 where that is not known), what is wrong."""

    place: int
    line: int
    reason: str


@define
class RecordFile:
    """The records of one file, in its order; each pass reads it again.

    Attributes:
        path: the file.
        form: how it holds its records, told from its suffix, or from its first character.
        current_only: whether to pass over rows that their copying tool calls superseded.
        bad: the lines of the last pass that are no records.
        superseded: how many rows the last pass passed over.
        is_partial: whether the last pass met an envelope that says that there is more elsewhere.
    """

    path: Path
    form: Form = field()
    current_only: bool = field(default=False, kw_only=True)
    bad: list[BadLine] = field(factory=list, init=False)
    superseded: int = field(default=0, init=False)
    is_partial: bool = field(default=False, init=False)

    @form.default
    def _(self) -> Form:
        return _FORMS.get(self.path.suffix.lower()) or _sniffed(self.path)

    def __iter__(self) -> Iterator[dict[str, Any] | str]:
        """Return an iterator over the records; a line that is none comes as its text.

        Raises:
            FileError: the file cannot be read, is not UTF-8, or is no JSON or CSV at all.
        """
        for _, record in self.numbered():
            yield record

    def numbered(self) -> Iterator[tuple[int, dict[str, Any] | str]]:
        """Return an iterator over the records, each with its line; 0 where they stand in a JSON list.

        Raises:
            FileError: as for iterating.
        """
        self.bad.clear()
        self.superseded, self.is_partial = 0, False
        entries = {"csv": self._rows, "json": self._document, "jsonl": self._lines}[self.form]()
        for place, (line, record, reason) in enumerate(filter(self._is_wanted, entries), start=1):
            if reason:
                self.bad.append(BadLine(place, line, reason))
            yield line, record

    def _is_wanted(self, entry: _Entry) -> bool:
        superseded = self.current_only and _is_superseded(entry[1])
        self.superseded += superseded
        return not superseded

    def _lines(self) -> Iterator[_Entry]:
        for line, text in numbered_lines(self.path):
            if text.strip():
                yield (line, *_record(text.strip()))

    def _document(self) -> Iterator[_Entry]:
        try:
            document = parse_json("".join(text for _, text in numbered_lines(self.path)))
        except json.JSONDecodeError as error:
            if error.msg == "Extra data":
                yield from self._lines()
                return
            raise FileError("not JSON; mend the export", str(self.path), error.lineno) from None
        except (ValueError, RecursionError):
            raise FileError("not JSON that can be read; mend the export", str(self.path)) from None
        for entry in self._listed(document):
            if isinstance(entry, dict):
                yield 0, entry, ""
            else:
                yield 0, json.dumps(entry), "not an object"

    def _listed(self, document: Any) -> list[Any]:
        if not isinstance(document, dict):
            return document if isinstance(document, list) else [document]
        for key in _PAGES:
            if isinstance(document.get(key), list):
                self.is_partial = _has_more(document, len(document[key]))
                return list(document[key])
        return [next((document[key] for key in _ONE if isinstance(document.get(key), dict)), document)]

    def _rows(self) -> Iterator[_Entry]:
        rows = (text for _, text in numbered_lines(self.path))
        first = next(rows, "")
        reader = csv.reader(chain([first], rows), delimiter=_delimiter(first), strict=True)
        try:
            titles = next(reader, [])
            is_stripes = stripe_export.is_export(titles)
            headings = _named_once(titles, self.path) if is_stripes else _headings(titles, self.path)
            for cells in filter(any, reader):
                if len(cells) == len(headings):
                    row = dict(zip(headings, cells, strict=True))
                    row.pop("", None)
                    yield reader.line_num, stripe_export.record_of(row) if is_stripes else row, ""
                else:
                    reason = f"{len(cells)} cells under {len(headings)} headings"
                    yield reader.line_num, "a row of another length", reason
        except csv.Error as error:
            raise FileError(_csv_fault(error), str(self.path), reader.line_num) from None


def _has_more(page: dict[str, Any], count: int) -> bool:
    """Return whether a page says in its system's words that there is more: a flag, a next page, a total."""
    meta, total = page.get("meta"), page.get("total")
    next_page = meta.get("next_page") if isinstance(meta, dict) else None
    return (
        True in (page.get("has_more"), page.get("hasMore"))
        or next_page is not None
        or (type(total) is int and total > count)
    )


def _csv_fault(error: csv.Error) -> str:
    for beginning, told in _CSV_FAULTS.items():
        if str(error).startswith(beginning):
            return told
    return "not CSV; mend its quotes"


def _is_superseded(record: dict[str, Any] | str) -> bool:
    """Return whether a copy of a table says of its row that it is an older version."""
    if isinstance(record, str):
        return False
    return str(record.get("_fivetran_active", "")).lower() in {"false", "f"}


def _record(text: str) -> tuple[dict[str, Any] | str, str]:
    try:
        record = parse_json(text)
    except KeyTwiceError:
        return text, "an object has one key twice"
    except (ValueError, RecursionError):
        return text, "not JSON"
    return (record, "") if isinstance(record, dict) else (text, "not an object")


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the file's lines with their numbers, a byte order mark taken off.

    Raises:
        FileError: it is no regular file, cannot be read, or is not UTF-8.
    """
    there = resolved(path)
    try:
        with there.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield number, _decoded(path, number, line)
    except OSError as error:
        raise FileError(f"{error.strerror}; give a file that this user may read", str(path)) from None


def _decoded(path: Path, number: int, line: bytes) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise FileError("not UTF-8; save the file as UTF-8", str(path), number) from None


def _sniffed(path: Path) -> Form:
    for _, text in numbered_lines(path):
        if text.strip():
            return "json" if text.lstrip()[0] in "[{" else "csv"
    return "jsonl"


def _delimiter(heading: str) -> str:
    return max(_DELIMITERS, key=heading.count)


def _headings(cells: Iterable[str], path: Path) -> list[str]:
    """Return the column names in lower case without blanks, as the query service has them.

    A saved search calls the internal id "Internal ID" and the entity id "ID".
    """
    names = ["".join(cell.lower().split()) for cell in cells]
    if "internalid" in names:
        renamed = {"internalid": "id", "id": "entityid"}
        names = [renamed.get(name, name) for name in names]
    return _named_once(names, path)


def _named_once(names: Iterable[str], path: Path) -> list[str]:
    """Return the column names, refused where two columns have one."""
    named = [name for name in names if name]
    if len(set(named)) < len(named):
        raise FileError("two columns have one heading; name each column once", str(path), 1)
    return [*names]
