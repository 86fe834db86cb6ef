"""A target file as a system, and the file of write-backs that stands in for a source that is not touched."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

from custsync.errors import FileError, PayloadError
from custsync.fields import System, value_of
from custsync.files.reading import RecordFile
from custsync.files.shapes import SHAPES, Record
from custsync.files.writing import append, rewrite
from custsync.flow import Flow
from custsync.normalize import email_key
from custsync.ports import (
    Answer,
    Capabilities,
    CreateRequest,
    Done,
    Exists,
    Found,
    Payload,
    Rejected,
    Tier,
    UpdateRequest,
)

__all__ = ["BATCH", "SystemFile", "WriteBackFile", "belongs", "look_ups_of"]

BATCH: Final = 5_000
"""How many customers a run over files should take at once: every batch that writes, writes the file anew."""

_UNIQUE: Final = "external_id"
_TABLES: Final = frozenset({".csv", ".tsv"})
_Key: TypeAlias = tuple[str, str]
"""A look-up and a value, in the form in which the system compares it."""


def look_ups_of(flow: Flow) -> frozenset[str]:
    """Return the look-ups that the flow may ask its target for.

    >>> from custsync.flows.stripe import EXPORT
    >>> sorted(look_ups_of(EXPORT))
    ['custom.netsuite_internal_id', 'email', 'id']
    """
    return frozenset({"id", flow.stamp, flow.unique_key, *(entry.by for entry in flow.match)} - {""})


class SystemFile:
    """An `Adapter` over one file, kept in memory and written anew, whole, with every batch of writes.

    A write is on the disk when it is answered. What protects a create from being doubled: a NetSuite file
    keeps external ids unique (tier A); a Stripe file is looked up by its stamp and shows every write at once
    (tier C, without a settle window: a process that died writes no more). Hold `locked` while writing.

    Args:
        path: the file; one that is not there is empty. A JSON list if its name ends in `.json`, else lines.
        system: the shape of its records: Stripe's, or NetSuite's REST record, written as JSON.
        look_ups: what it can be asked by.
        account: the account that its ids live in.
        mode: its mode; `""` takes the first record's word, and "test" for a Stripe file that has none.

    Raises:
        FileError: it cannot be read, a record in it is not one of the system's, or two have one id.

    >>> from tempfile import TemporaryDirectory
    >>> from custsync.systems.stripe import STRIPE
    >>> with TemporaryDirectory() as folder:
    ...     target = SystemFile(Path(folder) / "stripe.jsonl", STRIPE)
    ...     _ = target.create([CreateRequest(key="k", payload={"name": "Brightwater Joinery"})])
    ...     again = SystemFile(Path(folder) / "stripe.jsonl", STRIPE)
    >>> [record["name"] for record in again.find("id", ["cus_rehearsed_1"])["cus_rehearsed_1"]]
    ['Brightwater Joinery']
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        system: System,
        *,
        look_ups: Iterable[str] = ("id",),
        account: str = "",
        mode: str = "",
    ) -> None:
        """Read the file."""
        self.path = Path(path)
        self._system, self._shape = system, SHAPES[system.name]
        self._look_ups = frozenset(look_ups) | {"id"}
        self._records: dict[str, Record] = {}
        self._lines: dict[str, bytes] = {}
        self._held: dict[str, list[_Key]] = {}
        self._index: dict[_Key, dict[str, None]] = {}
        self._stamp = _stamp(self.path)
        self.account, self.mode = account, mode
        self.capabilities = Capabilities(
            tier=Tier.A if _UNIQUE in self._look_ups else Tier.C,
            settle_window=timedelta(0),
            finds=dict.fromkeys(self._look_ups, BATCH),
            creates=BATCH,
            updates=BATCH,
        )
        self._read()
        self._next = self._shape.first_free(self._records)

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        """Return, for each value, every record whose `by` equals it; emails as the system compares them."""
        return {
            value: [self._records[id] for id in self._index.get((by, self._key(by, value)), ())]
            for value in values
        }

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        """Create each customer, unless its external id is taken."""
        answers = {request.key: self._create(request) for request in requests}
        self._save()
        return answers

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        """Change the fields named in each payload and no other."""
        answers = {request.id: self._update(request) for request in requests}
        self._save()
        return answers

    def _create(self, request: CreateRequest) -> Answer:
        id = self._shape.named(self._next)
        record = self._shape.created(id, self.mode, request.payload)
        try:
            keys = self._keys(record)
        except PayloadError:
            return Rejected("unreadable_record")
        for key in keys:
            if key[0] == _UNIQUE and self._index.get(key):
                return Exists(next(iter(self._index[key])))
        self._next += 1
        return self._kept(id, record, keys)

    def _update(self, request: UpdateRequest) -> Answer:
        if request.id not in self._records:
            return Rejected("no_such_record")
        record = self._shape.changed(self._records[request.id], request.payload)
        try:
            return self._kept(request.id, record, self._keys(record))
        except PayloadError:
            return Rejected("unreadable_record")

    def _kept(self, id: str, record: Record, keys: list[_Key]) -> Done:
        for key in self._held.get(id, ()):
            self._index[key].pop(id)
        for key in keys:
            self._index.setdefault(key, {})[id] = None
        self._records[id], self._lines[id], self._held[id] = record, _line(record), keys
        return Done(id, record)

    def _keys(self, record: Record) -> list[_Key]:
        customer = self._system.read(record, self.account, self.mode)
        held = {by: value_of(customer, by) for by in self._look_ups}
        return [(by, self._key(by, value)) for by, value in held.items() if isinstance(value, str) and value]

    def _key(self, by: str, value: str) -> str:
        if by != "email" or by in self._system.case_sensitive:
            return value
        return email_key(value) or value

    def _read(self) -> None:
        if self.path.suffix.lower() in _TABLES:
            raise FileError("a target is JSON, not a table; name a .jsonl or .json file", str(self.path))
        if self._stamp is None:
            self.mode = self.mode or _mode_of({}, self._system)
            return
        file = RecordFile(self.path)
        for place, (line, record) in enumerate(file.numbered(), start=1):
            if file.form == "csv" or isinstance(record, str) or not self._shape.is_own(record):
                reason = f"record #{place} is not a {self._system.name} customer as JSON; give another file"
                raise FileError(reason, str(self.path), line)
            self.mode = self.mode or _mode_of(record, self._system)
            self._take(place, line, record)
        if file.is_partial:
            raise FileError("one page of several; export all customers into one file", str(self.path))

    def _take(self, place: int, line: int, record: Record) -> None:
        id = self._system.identify(record)
        if not id or id in self._records:
            reason = "has an id that stands above already" if id else "has no readable id"
            raise FileError(f"record #{place} {reason}", str(self.path), line)
        try:
            self._kept(id, record, self._keys(record))
        except PayloadError as error:
            issues = "; ".join(map(str, error.issues))
            raise FileError(f"record #{place}: {issues}", str(self.path), line) from None

    def _save(self) -> None:
        if _stamp(self.path) != self._stamp:
            raise FileError("somebody changed it during the run; run again", str(self.path))
        rewrite(self.path, self._text())
        self._stamp = _stamp(self.path)

    def _text(self) -> Iterator[bytes]:
        if self.path.suffix.lower() != ".json":
            yield from (line + b"\n" for line in self._lines.values())
            return
        yield b"[\n"
        yield b",\n".join(self._lines.values())
        yield b"\n]\n"


def belongs(record: Mapping[str, Any], system: System) -> bool:
    """Return whether a record is one of the system's, and not clearly one of another system.

    >>> from custsync.systems.stripe import STRIPE
    >>> belongs({"id": "cus_1"}, STRIPE), belongs({"id": "2041"}, STRIPE)
    (True, False)
    """
    return SHAPES[system.name].is_own(record)


def _line(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _mode_of(record: Record, system: System) -> str:
    if system.name != "stripe":
        return ""
    return "live" if record.get("livemode") is True else "test"


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(f"{error.strerror}; give a file that this user may read", str(path)) from None
    return found.st_ino, found.st_size, found.st_mtime_ns


class WriteBackFile:
    """An `Adapter` that keeps what is written back to a source file, and lays it over what is read.

    The source file itself is never touched. A line is the source record's id and the body of its update.

    Args:
        path: the file; one that is not there is empty.
        system: the source's shape.
        source: the source's records, each pass of them anew; read, whole, when first asked for one by its id.
            None: it cannot be asked.
        account: the account that the source's ids live in.
        mode: its mode.

    Attributes:
        overridden: the ids of those whose record says something else than what was written back; it is what
            was written back that is read.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        system: System,
        *,
        source: Iterable[Record | str] | None = None,
        account: str = "",
        mode: str = "",
    ) -> None:
        """Read the file."""
        self.path = Path(path)
        self.account, self.mode = account, mode
        self.overridden: dict[str, None] = {}
        finds = {} if source is None else {"id": BATCH}
        self.capabilities = Capabilities(tier=Tier.D, finds=finds, updates=BATCH)
        self._system, self._source = system, source
        self._records: dict[str, list[Record]] | None = None
        self._written: dict[str, Payload] = {}
        if _stamp(self.path) is not None:
            self._read()

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        """Return, for each id, the source's records of it, with what was written back; no other look-up."""
        if self._source is None or by != "id":
            return {value: Rejected("no_look_up") for value in values}
        if self._records is None:
            self._records = self._by_id(self._source)
        held = self._records
        return {value: [self._laid_over(record) for record in held.get(value, ())] for value in values}

    def _by_id(self, records: Iterable[Record | str]) -> dict[str, list[Record]]:
        held: dict[str, list[Record]] = {}
        for record in records:
            if not isinstance(record, str):
                held.setdefault(self._system.identify(record), []).append(record)
        return held

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        """Return a refusal for each: a source file takes no customers."""
        return {request.key: Rejected("no_creates") for request in requests}

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        """Keep each body, on the disk when the call returns."""
        append(self.path, [_line({"id": request.id, **request.payload}) + b"\n" for request in requests])
        self._written.update((request.id, request.payload) for request in requests)
        return {request.id: Done(request.id) for request in requests}

    def forget(self, id: str) -> None:
        """Take back what was written back for the source's record of this id: its own word counts again."""
        if self._written.get(id):
            self.update([UpdateRequest(id=id, payload={})])

    def _read(self) -> None:
        """Keep what was written; half a line at the end is what a crash left, and is written again."""
        written = list(RecordFile(self.path, form="jsonl").numbered())
        if written and isinstance(written[-1][1], str):
            written.pop()
        for line, record in written:
            if isinstance(record, str) or not isinstance(record.get("id"), str):
                raise FileError("not a write-back; take the line out", str(self.path), line)
            self._written[record.pop("id")] = record

    def overlaid(self, records: Iterable[Record | str]) -> Iterator[Record | str]:
        """Yield the records as they would be, had the source taken what was written back."""
        for record in records:
            yield record if isinstance(record, str) or not self._written else self._laid_over(record)

    def _laid_over(self, record: Record) -> Record:
        id = self._system.identify(record)
        written = self._written.get(id)
        if written is None:
            return record
        if _is_overridden(record, written):
            self.overridden[id] = None
        return {**record, **_with_soap_fields(record, written)}


_SOAP_FIELDS: Final = "customFieldList"


def _fields(record: Payload) -> dict[str, Any]:
    """Return the record's fields, a SOAP record's custom fields by their names."""
    fields = {key: value for key, value in record.items() if key != _SOAP_FIELDS}
    there = record.get(_SOAP_FIELDS)
    named = _listed(there) if isinstance(there, Mapping) else []
    return fields | {str(one.get("scriptId")): one.get("value") for one in named if isinstance(one, Mapping)}


def _is_overridden(there: Payload, written: Payload) -> bool:
    if _SOAP_FIELDS in written:
        there, written = _fields(there), _fields(written)
    return any(there.get(key) not in (None, "", value) for key, value in written.items())


def _listed(custom: Mapping[str, Any]) -> list[Any]:
    fields = custom.get("customField") or []
    return fields if isinstance(fields, list) else [fields]


def _with_soap_fields(record: Record, written: Payload) -> dict[str, Any]:
    """Return what was written, a SOAP record's list of custom fields after the one that is there."""
    there, new = (part.get(_SOAP_FIELDS) for part in (record, written))
    if not isinstance(there, Mapping) or not isinstance(new, Mapping):
        return dict(written)
    return {**written, _SOAP_FIELDS: {"customField": [*_listed(there), *new["customField"]]}}
