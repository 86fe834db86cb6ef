"""Files as adapters: a target's customers, and what is written back to a source that is not touched."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeAlias

from custsync._arguments import checked
from custsync.adapters.files.lines import append, line_of, rewrite, stamp_of, table_lines, table_rows
from custsync.adapters.files.reading import RecordFile
from custsync.adapters.files.records import Record, belongs, first_free, shape_of
from custsync.errors import FileError, PayloadError
from custsync.flow import Flow
from custsync.models import Ref
from custsync.protocols import (
    Answer,
    Capabilities,
    CreateRequest,
    Done,
    Exists,
    Found,
    MergeRequest,
    Payload,
    Rejected,
    Tier,
    UpdateRequest,
)
from custsync.rules.fields.mapping import value_of
from custsync.rules.normalize import email_key
from custsync.systems.netsuite.writes import merged, parent_of
from custsync.systems.system import System

BATCH: Final = 5_000
"""How many customers a run over files should take at once: every batch that writes, writes the file anew."""

_OURS: Final = "external_id"
"""The look-up by which a create's own key is found, where a flow sends it."""
_TABLES: Final = frozenset({".csv", ".tsv"})
_Key: TypeAlias = tuple[str, str]
"""A look-up and a value, in the form in which the system compares it."""


def look_ups_of(flow: Flow) -> frozenset[str]:
    """Return the look-ups that the flow may make in its target.

    >>> from custsync.flows.stripe import EXPORT
    >>> sorted(look_ups_of(EXPORT))
    ['custom.netsuite_internal_id', 'email', 'id']
    """
    return frozenset(
        {"id", flow.source_id_field, flow.unique_key, *(entry.lookup for entry in flow.match)} - {""}
    )


@checked
class SystemFile:
    """An `Adapter` over one file, kept in memory and written anew, whole, with every batch of writes.

    A write is on the disk when it is answered. What protects a create from being doubled: a NetSuite file
    keeps external ids unique, and a Lago file too (tier A); any other is looked up by its stamp and has
    every write at once (tier C, without a settle window: a process that died writes no more). A Lightspeed
    file keeps customer codes unique. What the system would refuse is refused. Hold `locked` while writing.

    Args:
        path: the file; one that is not there is empty. A JSON list if its name ends in `.json`, else lines;
            of Upflow's import also a table, `.csv`, with the documented columns, ready to be uploaded.
        system: the shape of its records; NetSuite's is that of its REST service.
        look_ups: the look-ups that it answers.
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
        self.path: Path = Path(path)
        self._system, self._shape = system, shape_of(system)
        self._look_ups = frozenset({*look_ups, "id", self._shape.unique} - {""})
        self._records: dict[str, Record] = {}
        self._lines: dict[str, bytes] = {}
        self._held: dict[str, list[_Key]] = {}
        self._index: dict[_Key, dict[str, None]] = {}
        self._stamp = stamp_of(self.path)
        self._is_table = bool(self._shape.columns) and self.path.suffix.lower() == ".csv"
        self.account: str = account
        self.mode: str = mode
        self.capabilities: Capabilities = Capabilities(
            tier=Tier.A if self._shape.unique == _OURS in look_ups else Tier.C,
            settle_window=timedelta(0),
            lookups=dict.fromkeys(self._look_ups, BATCH),
            creates=BATCH,
            updates=BATCH,
            merges=BATCH if self._shape.merges else 0,
        )
        self._read()
        self._next = first_free(self._records, self._shape.prefix)

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        """Return, for each value, every record whose `by` equals it; emails as the system compares them."""
        return {
            value: [self._records[id] for id in self._index.get((by, self._key(by, value)), ())]
            for value in values
        }

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        """Create each customer, unless its external id is taken."""
        return self._saved({request.key: self._create(request) for request in requests})

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        """Change the fields named in each payload and no other."""
        return self._saved({request.id: self._update(request) for request in requests})

    def merge(self, requests: Sequence[MergeRequest]) -> Mapping[str, Answer]:
        """Fold each duplicate into its survivor, in the order given; the duplicate's record is gone."""
        children: dict[str, set[str]] = {}
        for id, record in self._records.items():
            children.setdefault(parent_of(record), set()).add(id)
        return self._saved({request.duplicate: self._merge(request, children) for request in requests})

    def _create(self, request: CreateRequest) -> Answer:
        record = self._shape.created(f"{self._shape.prefix}{self._next}", self.mode, request.payload)
        if isinstance(record, Rejected):
            return record
        id = self._system.id_of(record)
        try:
            keys = self._keys(record)
        except PayloadError:
            return Rejected("unreadable_record")
        taker = self._taker(keys)
        if taker or id in self._records:
            return Exists(taker or id)
        self._next += 1
        return self._kept(id, record, keys)

    def _taker(self, keys: list[_Key], but: str = "") -> str:
        """Return the id of another record that has the unique value already, `""` where none has it."""
        held = (id for key in keys if key[0] == self._shape.unique for id in self._index.get(key, ()))
        return next((id for id in held if id != but), "")

    def _update(self, request: UpdateRequest) -> Answer:
        if request.id not in self._records:
            return Rejected("no_such_record")
        record = self._shape.changed(self._records[request.id], request.payload)
        if isinstance(record, Rejected):
            return record
        try:
            keys = self._keys(record)
        except PayloadError:
            return Rejected("unreadable_record")
        if self._system.id_of(record) != request.id or self._taker(keys, but=request.id):
            return Rejected("taken")
        return self._kept(request.id, record, keys)

    def _merge(self, request: MergeRequest, children: dict[str, set[str]]) -> Answer:
        if not self._shape.merges:
            return Rejected("no_such_record")
        rows = (self._records[id] for id in sorted(children.get(request.duplicate, ())))
        changed = merged(self._records.get, rows, request.survivor, request.duplicate)
        if isinstance(changed, Rejected):
            return changed
        children.get(parent_of(self._records[request.duplicate]), set()).discard(request.duplicate)
        for key in self._held.pop(request.duplicate):
            self._index[key].pop(request.duplicate)
        del self._records[request.duplicate], self._lines[request.duplicate]
        for record in changed:
            self._put(self._system.id_of(record), record)
            children.setdefault(parent_of(record), set()).add(self._system.id_of(record))
        return Done(request.survivor, self._records[request.survivor])

    def _kept(self, id: str, record: Record, keys: list[_Key]) -> Done:
        for key in self._held.get(id, ()):
            self._index[key].pop(id)
        for key in keys:
            self._index.setdefault(key, {})[id] = None
        self._records[id], self._lines[id], self._held[id] = record, line_of(record), keys
        return Done(id, record)

    def _put(self, id: str, record: Record) -> None:
        self._kept(id, record, self._keys(record))

    def _keys(self, record: Record) -> list[_Key]:
        customer = self._system.read(record, self.account, self.mode)
        named = self._shape.keys
        held = {by: record.get(named[by]) if by in named else value_of(customer, by) for by in self._look_ups}
        return [(by, self._key(by, value)) for by, value in held.items() if isinstance(value, str) and value]

    def _key(self, by: str, value: str) -> str:
        return (email_key(value) or value) if by == "email" else value

    def _read(self) -> None:
        if self.path.suffix.lower() in _TABLES and not self._is_table:
            raise FileError("a target is JSON, not a table; name a .jsonl or .json file", str(self.path))
        if self._stamp is None:
            self.mode = self.mode or _mode_of({}, self._system)
            return
        if self._is_table:
            for place, (line, row) in enumerate(table_rows(self.path, self._shape.columns), start=1):
                self._take(place, line, row)
            return
        file = RecordFile(self.path)
        for place, (line, record) in enumerate(file.numbered(), start=1):
            if file.form == "csv" or isinstance(record, str) or not belongs(record, self._system):
                reason = f"record #{place} is not a {self._system.name} customer as JSON; give another file"
                raise FileError(reason, str(self.path), line)
            self.mode = self.mode or _mode_of(record, self._system)
            self._take(place, line, record)
        if file.is_partial:
            raise FileError("one page of several; export all customers into one file", str(self.path))

    def _take(self, place: int, line: int, record: Record) -> None:
        id = self._system.id_of(record)
        if not id or id in self._records:
            reason = "has an id that an earlier record has" if id else "has no readable id"
            raise FileError(f"record #{place} {reason}", str(self.path), line)
        try:
            self._put(id, record)
        except PayloadError as error:
            issues = "; ".join(map(str, error.issues))
            raise FileError(f"record #{place}: {issues}", str(self.path), line) from None

    def _saved(self, answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
        """Return the answers, once the file has what they say."""
        if stamp_of(self.path) != self._stamp:
            raise FileError("it was changed during the run; run again", str(self.path))
        rewrite(self.path, self._text())
        self._stamp = stamp_of(self.path)
        return answers

    def _text(self) -> Iterator[bytes]:
        if self._is_table:
            yield from table_lines(self._shape.columns, self._records.values())
            return
        if self.path.suffix.lower() != ".json":
            yield from (line + b"\n" for line in self._lines.values())
            return
        yield b"[\n"
        yield b",\n".join(self._lines.values())
        yield b"\n]\n"


def _mode_of(record: Record, system: System) -> str:
    if system.name != "stripe":
        return ""
    return "live" if record.get("livemode") is True else "test"


# What is written back to a source


@checked
class WriteBackFile:
    """An `Adapter` that keeps what is written back to a source file, and lays it over what is read.

    The source file itself is never touched. A line is the source record's id and the body of its update.

    Args:
        path: the file; one that is not there is empty.
        system: the source's shape.
        source: the source's records, each pass of them anew; read, whole, at the first look-up by an id.
            None: there are no look-ups.
        account: the account that the source's ids live in.
        mode: its mode.

    Attributes:
        overridden: the ids of those whose record differs from what was written back; what was written back is
            read.
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
        self.path: Path = Path(path)
        self.account: str = account
        self.mode: str = mode
        self.overridden: dict[str, None] = {}
        finds = {} if source is None else dict.fromkeys(("id", system.retrieved_by), BATCH)
        self.capabilities: Capabilities = Capabilities(tier=Tier.D, lookups=finds, updates=BATCH)
        self._system, self._source, self._shape = system, source, shape_of(system)
        self._records: dict[str, dict[str, list[Record]]] = {}
        self._written: dict[str, Payload] = {}
        if stamp_of(self.path) is not None:
            self._read()

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        """Return, for each id, each customer's first record of it, with what was written back.

        A system that retrieves its customers by another key has that look-up too, and no other.
        """
        if self._source is None or by not in self.capabilities.lookups:
            return {value: Rejected("no_look_up") for value in values}
        if by not in self._records:
            self._records[by] = self._held(self._source, by)
        held = self._records[by]
        return {value: [self._laid_over(record) for record in held.get(value, ())] for value in values}

    def _held(self, records: Iterable[Record | str], by: str) -> dict[str, list[Record]]:
        """Return the records by the value that they are looked up by."""
        held: dict[str, list[Record]] = {}
        for record in records:
            if not isinstance(record, str):
                value = self._system.id_of(record) if by == "id" else str(record.get(by, ""))
                held.setdefault(value, []).append(record)
        return {
            value: self._firsts(several) if len(several) > 1 else several for value, several in held.items()
        }

    def _firsts(self, records: Iterable[Record]) -> list[Record]:
        """Return the first record of each customer, as a plan does; two kinds may share an id."""
        firsts: dict[Ref, Record] = {}
        for record in records:
            with suppress(PayloadError):
                firsts.setdefault(self._system.read(record, self.account, self.mode).ref, record)
        return [*firsts.values()]

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        """Return a refusal for each: a source file takes no customers."""
        return {request.key: Rejected("no_creates") for request in requests}

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        """Keep each body, on the disk when the call returns."""
        append(self.path, [line_of({"id": request.id, **request.payload}) + b"\n" for request in requests])
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
        id = self._system.id_of(record)
        written = self._written.get(id)
        if written is None:
            return record
        there = self._shape.fields(record)
        if any(there.get(key) not in (None, "", value) for key, value in self._shape.fields(written).items()):
            self.overridden[id] = None
        return self._shape.overlaid(record, written)
