"""A sync-record store in memory: for tests, dry runs, notebooks, and runs that start from nothing.

Every record owns its source, and its target once that is known. A merged or sharing record owns its source
only: its target is another customer's. Within a link each end has at most one owner, so an end that is owned
names the record, and either end will do.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from threading import Lock

from attrs import field, frozen

from custsync._building import evolved
from custsync.models import Ref
from custsync.syncrecords import RecordWrite, Status, SyncRecord

__all__ = ["MemoryStore"]


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
        self._shelves: defaultdict[str, _Shelf] = defaultdict(_Shelf)
        self._lock = Lock()

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        """Return every record of the link that has one of `refs` as an end; each once."""
        with self._lock:
            shelf = self._shelves[link]
            return list({one.source: one for ref in refs for one in shelf.with_end(ref)}.values())

    def find_by_digest(self, link: str, digests: Sequence[str]) -> dict[str, SyncRecord]:
        """Return the linked records whose memory of some side holds one of these payload digests, by digest.

        A digest that several records hold recognises none of them: two candidates are never silently one.
        """
        with self._lock:
            shelf = self._shelves[link]
            held = [(digest, shelf.beside[digest]) for digest in filter(shelf.beside.__contains__, digests)]
            return {digest: shelf.records[end] for digest, ends in held if len(ends) == 1 for end in ends}

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
            return iter(list(self._shelves[link].records.values()))

    def _save(self, write: RecordWrite) -> bool:
        record, shelf = write.record, self._shelves[write.record.link]
        owners = shelf.owners(record)
        gone = [owner for owner in owners if len(owners) > 1 and is_replaced_by(owner, record)]
        owners = [owner for owner in owners if owner not in gone]
        if len(owners) > 1:
            return False
        stored = owners.pop() if owners else None
        if (stored.version if stored else 0) != write.expected:
            return False
        for owner in gone:
            shelf.drop(owner)
        shelf.replace(stored, evolved(record, version=write.expected + 1))
        return True


@frozen
class _Shelf:
    """The records of one link by source, and the sources by what others may have too: targets and digests."""

    records: dict[Ref, SyncRecord] = field(factory=dict)
    beside: dict[Ref | str, dict[Ref, None]] = field(factory=dict)

    def with_end(self, ref: Ref) -> list[SyncRecord]:
        found = map(self.records.get, (ref, *self.beside.get(ref, ())))
        return [one for one in found if one is not None]

    def owners(self, record: SyncRecord) -> list[SyncRecord]:
        ends = owned_ends(record)
        there = {one.source: one for end in ends for one in self.with_end(end) if end in owned_ends(one)}
        return list(there.values())

    def drop(self, stored: SyncRecord) -> None:
        self._forget(stored)
        del self.records[stored.source]

    def replace(self, stored: SyncRecord | None, record: SyncRecord) -> None:
        if stored is not None and stored.source != record.source:
            self.drop(stored)
        elif stored is not None:  # it keeps its place
            self._forget(stored)
        self.records[record.source] = record
        for key in _shared_keys(record):
            self.beside.setdefault(key, {})[record.source] = None

    def _forget(self, stored: SyncRecord) -> None:
        for key in _shared_keys(stored):
            sources = self.beside[key]
            del sources[stored.source]
            if not sources:
                del self.beside[key]


def _shared_keys(record: SyncRecord) -> set[Ref | str]:
    return {*digests_of(record), *([record.target] if record.target is not None else ())}


# By what any store finds a sync record


def owned_ends(record: SyncRecord) -> tuple[Ref, ...]:
    """Return the ends that no other record of the link may own.

    >>> ours, theirs = Ref("netsuite", "2041"), Ref("stripe", "cus_1")
    >>> linked = SyncRecord(link="l", flow="f", source=ours, target=theirs, status=Status.LINKED)
    >>> [str(end) for end in owned_ends(linked)]
    ['netsuite:2041', 'stripe:cus_1']
    >>> merged = SyncRecord(link="l", flow="f", source=ours, target=theirs, status=Status.MERGED)
    >>> [str(end) for end in owned_ends(merged)]
    ['netsuite:2041']
    """
    if record.target is None or not record.owns_target:
        return (record.source,)
    return (record.source, record.target)


def is_replaced_by(kept: SyncRecord, record: SyncRecord) -> bool:
    """Return whether a kept record goes when this one links its end: a failed create's, with no other end.

    Two customers that are one may each have a create that failed. Linked to each other they have one record.

    >>> ours, theirs = Ref("netsuite", "2041"), Ref("stripe", "cus_1")
    >>> linked = SyncRecord(link="l", flow="f", source=ours, target=theirs, status=Status.LINKED)
    >>> is_replaced_by(SyncRecord(link="l", flow="f", source=theirs, status=Status.FAILED), linked)
    True
    >>> is_replaced_by(SyncRecord(link="l", flow="f", source=theirs, status=Status.INTENT), linked)
    False
    """
    is_failed = kept.status is Status.FAILED and kept.target is None and kept.hidden is None
    return is_failed and record.status is Status.LINKED and kept.source != record.source


def digests_of(record: SyncRecord) -> set[str]:
    """Return the payload digests that recognise a linked record; none for a record in any other state.

    >>> from custsync.syncrecords import LastSeen
    >>> memory = {"netsuite///customer": LastSeen(payload="ab12"), "stripe///customer": LastSeen()}
    >>> end = Ref("netsuite", "2041")
    >>> digests_of(SyncRecord(link="l", flow="f", source=end, status=Status.LINKED, memory=memory))
    {'ab12'}
    >>> digests_of(SyncRecord(link="l", flow="f", source=end, status=Status.FAILED, memory=memory))
    set()
    """
    if record.status is not Status.LINKED:
        return set()
    return {memory.text for memory in record.memory.values() if memory.payload}
