"""A sync-record store in memory: for tests, dry runs, notebooks, and runs that start from nothing."""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TypeAlias, TypeVar

from attrs import field, frozen

from custsync.models import Ref
from custsync.stores.indexes import digests_of, gives_way, owned_ends
from custsync.syncrecords import RecordWrite, SyncRecord, saved

__all__ = ["MemoryStore"]

K = TypeVar("K")
_Index: TypeAlias = dict[K, SyncRecord | dict[Ref, SyncRecord]]
"""Key → the one record that has it, or several by their sources."""


class MemoryStore:
    """A `SyncRecordStore` made of dictionaries; several threads may share it.

    It keeps the records that it is given, without copying them. Nothing outlives the object.

    >>> from custsync.syncrecords import Status
    >>> record = SyncRecord(link="l", flow="f", source=Ref("netsuite", "2041"), status=Status.EXCLUDED)
    >>> store = MemoryStore()
    >>> store.save([RecordWrite(record=record, expected=0)])
    [True]
    >>> store.save([RecordWrite(record=record, expected=0)])
    [False]
    >>> [found.version for found in store.load("l", [record.source])]
    [1]
    """

    def __init__(self) -> None:
        """Begin without a record."""
        self._shelves: dict[str, _Shelf] = {}
        self._lock = Lock()

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        """Return every record of the link that has one of `refs` as an end; each once."""
        shelf = self._shelves.get(link, _EMPTY)
        with self._lock:
            found = {record.source: record for ref in refs for record in shelf.with_end(ref)}
            return list(found.values())

    def find_by_digest(self, link: str, digests: Sequence[str]) -> dict[str, SyncRecord]:
        """Return the linked records whose memory of some side holds one of these payload digests, by digest.

        A digest that several records hold recognises none of them: two candidates are never silently one.
        """
        shelf = self._shelves.get(link, _EMPTY)
        with self._lock:
            found = {}
            for digest in digests:
                record = shelf.digests.get(digest)
                if isinstance(record, dict):
                    record = next(iter(record.values())) if len(record) == 1 else None
                if record is not None:
                    found[digest] = record
            return found

    def save(self, writes: Sequence[RecordWrite]) -> list[bool]:
        """Save each record whose stored version is the expected one; return True or False for each, in order.

        A saved record gets version `expected + 1`. A save is also refused (False) when another record of the
        link owns one of its ends.
        """
        with self._lock:
            return [self._save(write) for write in writes]

    def records(self, link: str) -> Iterator[SyncRecord]:
        """Return the records that the link has now, oldest first."""
        with self._lock:
            return iter(list(self._shelves.get(link, _EMPTY).records.values()))

    def _save(self, write: RecordWrite) -> bool:
        shelf = self._shelves.setdefault(write.record.link, _Shelf())
        owners = shelf.owners(write.record)
        gone = [owner for owner in owners if len(owners) > 1 and gives_way(owner, write.record)]
        owners = [owner for owner in owners if owner not in gone]
        if len(owners) > 1:
            return False
        stored = owners.pop() if owners else None
        if (stored.version if stored else 0) != write.expected:
            return False
        for record in gone:
            shelf.drop(record)
        shelf.replace(stored, saved(write.record, write.expected + 1))
        return True


@frozen
class _Shelf:
    """The records of one link by source, and where to find them by target and by digest."""

    records: dict[Ref, SyncRecord] = field(factory=dict)
    targets: dict[Ref, SyncRecord] = field(factory=dict)
    shared: _Index[Ref] = field(factory=dict)
    digests: _Index[str] = field(factory=dict)

    def with_end(self, ref: Ref) -> tuple[SyncRecord, ...]:
        own: tuple[SyncRecord | None, ...] = (self.records.get(ref), self.targets.get(ref))
        if self.shared:
            own += _posted(self.shared, ref)
        return tuple([record for record in own if record is not None])

    def owners(self, record: SyncRecord) -> list[SyncRecord]:
        owned = [self.records.get(end) or self.targets.get(end) for end in owned_ends(record)]
        return list({owner.source: owner for owner in owned if owner is not None}.values())

    def drop(self, stored: SyncRecord) -> None:
        self._forget(stored)
        del self.records[stored.source]

    def replace(self, stored: SyncRecord | None, record: SyncRecord) -> None:
        if stored is not None:
            self._forget(stored)
            if stored.source != record.source:
                del self.records[stored.source]
        self.records[record.source] = record
        self._index(record)

    def _index(self, record: SyncRecord) -> None:
        if record.target is not None:
            if not record.owns_target:
                _post(self.shared, record.target, record)
            else:
                self.targets[record.target] = record
        for digest in digests_of(record):
            _post(self.digests, digest, record)

    def _forget(self, record: SyncRecord) -> None:
        if record.target is not None:
            if not record.owns_target:
                _unpost(self.shared, record.target, record.source)
            else:
                del self.targets[record.target]
        for digest in digests_of(record):
            _unpost(self.digests, digest, record.source)


def _posted(index: _Index[K], key: K) -> tuple[SyncRecord, ...]:
    held = index.get(key)
    if held is None:
        return ()
    return tuple(held.values()) if isinstance(held, dict) else (held,)


def _post(index: _Index[K], key: K, record: SyncRecord) -> None:
    held = index.get(key)
    if held is None:
        index[key] = record
    elif isinstance(held, dict):
        held[record.source] = record
    else:
        index[key] = {held.source: held, record.source: record}


def _unpost(index: _Index[K], key: K, source: Ref) -> None:
    held = index[key]
    if isinstance(held, dict) and len(held) > 1:
        del held[source]
    else:
        del index[key]


_EMPTY = _Shelf()
