"""The file of write-backs, which stands in for a source that is not touched."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from custsync._arguments import checked
from custsync.adapters.files.reading import RecordFile
from custsync.adapters.files.records import Record, shape_of
from custsync.adapters.files.writing import append, line_of, stamp_of
from custsync.errors import FileError, PayloadError
from custsync.models import Ref
from custsync.protocols import (
    Answer,
    Capabilities,
    CreateRequest,
    Done,
    Found,
    Payload,
    Rejected,
    Tier,
    UpdateRequest,
)
from custsync.systems.system import System

_BATCH: Final = 5_000


@checked
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
        self.path: Path = Path(path)
        self.account: str = account
        self.mode: str = mode
        self.overridden: dict[str, None] = {}
        finds = {} if source is None else dict.fromkeys(("id", system.retrieved_by), _BATCH)
        self.capabilities: Capabilities = Capabilities(tier=Tier.D, lookups=finds, updates=_BATCH)
        self._system, self._source, self._shape = system, source, shape_of(system)
        self._records: dict[str, dict[str, list[Record]]] = {}
        self._written: dict[str, Payload] = {}
        if stamp_of(self.path) is not None:
            self._read()

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        """Return, for each id, each customer's first record of it, with what was written back.

        A system that knows its customers by another key is asked by that one too; no other look-up.
        """
        if self._source is None or by not in self.capabilities.lookups:
            return {value: Rejected("no_look_up") for value in values}
        if by not in self._records:
            self._records[by] = self._held(self._source, by)
        held = self._records[by]
        return {value: [self._laid_over(record) for record in held.get(value, ())] for value in values}

    def _held(self, records: Iterable[Record | str], by: str) -> dict[str, list[Record]]:
        """Return the records by the value that they are asked for by."""
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
