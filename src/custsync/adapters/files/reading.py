"""Reading the records of an export: JSON Lines, a JSON list or envelope, CSV.

A line that is no record is passed on as its text, so that it fails alone; what was wrong with it is kept with
its line. Lines and rows are read one at a time; a JSON list is read whole.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from attrs import define, field, frozen

from custsync._arguments import checked
from custsync.adapters.files.lines import NOT_READABLE, is_broken, lines_of, sheet_in
from custsync.errors import FileError
from custsync.payloads.reading import KeyTwiceError, parse_json
from custsync.systems import exports
from custsync.systems.netsuite import headings as netsuite_export

Form: TypeAlias = Literal["csv", "json", "jsonl"]
"""How a file holds its records."""

Row: TypeAlias = dict[str, Any]
_Cells: TypeAlias = Mapping[str, str]
_Entry: TypeAlias = tuple[int, Row | str, str]
"""A line, its content, and what is wrong with it."""

_FORMS: Final[Mapping[str, Form]] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".tsv": "csv",
}
_ENCODING: Final = "not in the file's encoding; save the file as UTF-8, or name its encoding"
_DOUBLED: Final = "an object has one key twice"
_CSV_FAULTS: Final[Mapping[str, str]] = {
    "field larger": f"a cell of over {csv.field_size_limit():,} characters; shorten it, or fix its quotes",
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
    """Its place among the records of the file, from 1."""
    line: int
    """Its line in the file, from 1; 0 where that is not known."""
    reason: str
    """What is wrong with it, without its text."""


@checked
@define
class RecordFile:
    """The records of one file, in its order; each pass reads it again.

    Attributes:
        path: the file.
        encoding: as Python names it (`"cp1252"`); `""` for UTF-8, and for UTF-16 with its mark.
        form: how it holds its records, known from its suffix, or from its first character.
        current_only: whether to pass over rows that their copying tool calls superseded.
        keeps_headings: whether a column keeps its own name, in lower case without blanks, also where NetSuite
            prints it.
        bad: the lines of the last pass that are no records.
        superseded: how many rows the last pass passed over.
        is_partial: whether the last pass met an envelope of which there are more pages.
        unread: the headings of the last pass that are not read and look like some that are.
        headings: a column's key in the records of the last pass → its heading, as the file prints it.
    """

    path: Path
    encoding: str = field(default="", kw_only=True)
    form: Form = field()
    current_only: bool = field(default=False, kw_only=True)
    keeps_headings: bool = field(default=False, kw_only=True)
    bad: list[BadLine] = field(factory=list, init=False)
    superseded: int = field(default=0, init=False)
    is_partial: bool = field(default=False, init=False)
    unread: list[str] = field(factory=list, init=False)
    headings: dict[str, str] = field(factory=dict, init=False)

    @form.default
    def _(self) -> Form:
        return _FORMS.get(self.path.suffix.lower()) or self._sniffed()

    def __iter__(self) -> Iterator[Row | str]:
        """Return an iterator over the records; a line that is none comes as its text.

        Raises:
            FileError: the file cannot be read, or is no JSON or CSV at all.
        """
        for _, record in self.numbered():
            yield record

    def numbered(self) -> Iterator[tuple[int, Row | str]]:
        """Return an iterator over the records, each with its line; 0 where they are in a JSON list.

        Raises:
            FileError: as for iterating.
        """
        self.bad.clear()
        self.superseded, self.is_partial, self.unread = 0, False, []
        entries = {"csv": self._rows, "json": self._document, "jsonl": self._lines}[self.form]()
        for place, (line, record, reason) in enumerate(filter(self._is_wanted, entries), start=1):
            if reason:
                self.bad.append(BadLine(place, line, reason))
            yield line, record

    def _is_wanted(self, entry: _Entry) -> bool:
        superseded = self.current_only and _is_superseded(entry[1])
        self.superseded += superseded
        return not superseded

    def _sniffed(self) -> Form:
        for _, text in lines_of(self.path, self.encoding):
            if text.strip():
                return "json" if text.lstrip()[0] in "[{" else "csv"
        return "jsonl"

    def _lines(self) -> Iterator[_Entry]:
        for line, text in lines_of(self.path, self.encoding):
            if is_broken(text):
                yield line, NOT_READABLE, _ENCODING
            elif text.strip():
                yield (line, *_record(text.strip()))

    def _document(self) -> Iterator[_Entry]:
        text = "".join(text for _, text in lines_of(self.path, self.encoding))
        try:
            document = json.loads(text, object_pairs_hook=_object)
        except json.JSONDecodeError as error:
            if error.msg == "Extra data":
                yield from self._lines()
                return
            raise FileError("not JSON; correct the export", str(self.path), error.lineno) from None
        except (ValueError, RecursionError):
            raise FileError("not JSON that can be read; correct the export", str(self.path)) from None
        may_break = is_broken(text)
        for entry in self._listed(document):
            if not isinstance(entry, dict):
                yield 0, json.dumps(entry), "not an object"
            elif may_break and is_broken(json.dumps(entry, ensure_ascii=False)):
                yield 0, NOT_READABLE, _ENCODING
            elif _is_doubled(entry):
                yield 0, json.dumps(entry), _DOUBLED
            else:
                yield 0, entry, ""

    def _listed(self, document: Any) -> list[Any]:
        if not isinstance(document, dict):
            return document if isinstance(document, list) else [document]
        for key in _PAGES:
            if isinstance(document.get(key), list):
                self.is_partial = _has_more(document, len(document[key]))
                return list(document[key])
        return [next((document[key] for key in _ONE if isinstance(document.get(key), dict)), document)]

    def _rows(self) -> Iterator[_Entry]:
        sheet = sheet_in(text for _, text in lines_of(self.path, self.encoding))
        reader = csv.reader(sheet.lines, delimiter=sheet.delimiter, strict=True)
        try:
            keys, record_of = self._headings(next(reader, []), sheet.above + 1)
            for cells in filter(any, reader):
                line = sheet.above + reader.line_num
                if any(map(is_broken, cells)):
                    yield line, NOT_READABLE, _ENCODING
                elif len(cells) == len(keys):
                    row = dict(zip(keys, cells, strict=True))
                    row.pop("", None)
                    yield line, record_of(row), ""
                else:
                    yield line, "a row of another length", f"{len(cells)} cells under {len(keys)} headings"
        except csv.Error as error:
            raise FileError(_csv_fault(error), str(self.path), sheet.above + reader.line_num) from None

    def _headings(self, titles: list[str], line: int) -> tuple[list[str], Callable[[_Cells], Row]]:
        """Return the keys that the headings mean, and what a row under them becomes."""
        if any(map(is_broken, titles)):
            raise FileError(_ENCODING, str(self.path), line)
        if exports.is_export(titles):
            self.unread = exports.unread_in(titles)
            keys: list[str] = titles
            record_of: Callable[[_Cells], Row] = exports.record_of
        elif not self.keeps_headings and netsuite_export.is_export(titles):
            self.unread = netsuite_export.unread_in(titles)
            keys, record_of = netsuite_export.columns_of(titles), netsuite_export.row_of
        else:
            keys, record_of = ["".join(title.lower().split()) for title in titles], dict
        self.headings = dict(zip(keys, titles, strict=True))
        for place, key in enumerate(keys):
            if key and key in keys[:place]:
                both = f"{keys.index(key) + 1} and {place + 1}"
                reason = f"columns {both} have one heading, or two of one meaning; name each once"
                raise FileError(reason, str(self.path), line)
        return keys, record_of


def _has_more(page: dict[str, Any], count: int) -> bool:
    """Return whether a page has more after it, in its system's words: a flag, a next page, a total."""
    meta, total = page.get("meta"), page.get("total")
    next_page = meta.get("next_page") if isinstance(meta, dict) else None
    return (
        True in (page.get("has_more"), page.get("hasMore"))
        or next_page is not None
        or (type(total) is int and total > count)
    )


def _csv_fault(error: csv.Error) -> str:
    known = (fault for beginning, fault in _CSV_FAULTS.items() if str(error).startswith(beginning))
    return next(known, "not CSV; correct its quotes")


def _is_superseded(record: Row | str) -> bool:
    """Return whether a row of a copied table is marked as an older version."""
    if isinstance(record, str):
        return False
    return str(record.get("_fivetran_active", "")).lower() in {"false", "f"}


def _record(text: str) -> tuple[Row | str, str]:
    try:
        record = parse_json(text)
    except KeyTwiceError:
        return text, _DOUBLED
    except (ValueError, RecursionError):
        return text, "not JSON"
    return (record, "") if isinstance(record, dict) else (text, "not an object")


class _Doubled(Row):
    """An object of JSON that has one key twice."""


def _object(pairs: list[tuple[str, Any]]) -> Row:
    """Return an object of a document, marked where it has one key twice, so that the others are read."""
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Doubled(made)


def _is_doubled(part: Any) -> bool:
    """Return whether an object in a document has one key twice."""
    if isinstance(part, dict):
        return isinstance(part, _Doubled) or any(map(_is_doubled, part.values()))
    return isinstance(part, list) and any(map(_is_doubled, part))
