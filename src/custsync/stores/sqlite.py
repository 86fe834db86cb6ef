"""A sync-record store in one SQLite file: the embedded default, durable, for several processes at once.

The file is in write-ahead mode where the file system can; either mode is as durable.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from threading import Lock
from typing import Any, Final, TypeAlias

from custsync._arguments import checked
from custsync.errors import StoreDamagedError, StoreError
from custsync.models import Ref
from custsync.stores.memory import digests_of, is_replaced_by, owned_ends
from custsync.stores.record_json import UNREADABLE, as_json, checksum, dump, load
from custsync.stores.sqlite_file import absolute, empty_journal, identity_of, open_file, store_errors
from custsync.syncrecords import RecordWrite, SyncRecord

__all__ = ["SqliteStore"]

_Row: TypeAlias = tuple[Any, int, str, str, str | None, str, str]
"""A record's id, version, status, body, shape and checksum, and the key by which it was found."""

_Keys: TypeAlias = frozenset[tuple[str, int | None, int | None]]
"""The rows by which a record is found: the key, 0 where no other record can have it, the record's id."""

_BY_KEY: Final = (
    "SELECT id, version, status, body, shape, checksum, key FROM keys JOIN records ON id = record"
    " LEFT JOIN shapes ON number = CAST(body AS INTEGER) WHERE key IN ({})"
)
_BY_OWNED_ENDS: Final = _BY_KEY.format("?, ?") + " AND shared = 0"
_PAGE: Final = (
    "SELECT id, version, status, body, shape, checksum, link FROM records"
    " LEFT JOIN shapes ON number = CAST(body AS INTEGER) WHERE id > ? AND link = ? ORDER BY id LIMIT ?"
)
_NEW_SHAPE: Final = "INSERT OR IGNORE INTO shapes (shape) VALUES (?)"
_NUMBER: Final = "SELECT number FROM shapes WHERE shape = ?"
_INSERT: Final = "INSERT INTO records (link, version, status, body, checksum) VALUES (?, ?, ?, ?, ?)"
_DELETE: Final = "DELETE FROM records WHERE id = ?"
_UPDATE: Final = "UPDATE records SET link = ?, version = ?, status = ?, body = ?, checksum = ? WHERE id = ?"

_FIND: Final = "INSERT INTO keys (key, shared, record) VALUES (?, ?, ?)"
_FORGET: Final = "DELETE FROM keys WHERE key = ? AND shared = ? AND record = ?"

_MOST_INDEXED: Final = 2000
"""Of no more records the store remembers, by id, the checksum and the rows by which each is found."""

_CHUNK: Final = 500
"""How many keys one statement gets; every SQLite takes 999 parameters."""


@checked
class SqliteStore(AbstractContextManager["SqliteStore"]):
    """A `SyncRecordStore` in one file; several threads may share it, and several processes may open the file.

    Use it as a context manager, or call `close`. A process that forks opens the store after the fork.

    Args:
        path: the file.
        create: whether to make the file if it is not there.
        timeout: for how many seconds to wait while another process writes.

    Raises:
        InputError: the path is not one that a file can have.
        StoreError: the file cannot be opened.
        StoreVersionError: it has another schema version; it was left untouched.
        StoreDamagedError: it is damaged, or no store at all; it was left untouched.
    """

    def __init__(self, path: str | os.PathLike[str], *, create: bool = True, timeout: float = 30.0) -> None:
        """Open the file, or make it."""
        self._path = absolute(path)
        self._lock = Lock()
        self._indexed: dict[int, tuple[str, _Keys]] = {}
        self._numbers: dict[str, int] = {}
        self._process = os.getpid()
        with store_errors(self._path):
            self._connection = open_file(self._path, create=create, timeout=timeout)
            self._file = identity_of(self._path)

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        """Return every record of the link that has one of `refs` as an end; each once."""
        found = {row[0]: row for row in self._found([_key(link, ref) for ref in refs])}
        return [self._record(link, row) for row in found.values()]

    def find_by_digest(self, link: str, digests: Sequence[str]) -> dict[str, SyncRecord]:
        """Return the linked records whose memory of some side holds one of these payload digests, by digest.

        A digest that several records hold recognises none of them: two candidates are never silently one.
        """
        wanted = {as_json((link, digest)): digest for digest in digests}
        found: dict[str, list[_Row]] = {}
        for row in self._found(list(wanted)):
            found.setdefault(row[-1], []).append(row)
        return {wanted[key]: self._record(link, rows[0]) for key, rows in found.items() if len(rows) == 1}

    def save(self, writes: Sequence[RecordWrite]) -> list[bool]:
        """Save each record whose stored version is the expected one; return True or False for each, in order.

        A saved record gets version `expected + 1`. A save is also refused (False) when another record of the
        link owns one of its ends. All that are saved are on the disk when the call returns; where it raises,
        none is saved.
        """
        dumped = [dump(write.record) for write in writes]
        with self._access() as connection, connection:
            if identity_of(self._path) != self._file:
                gone = "the file was removed or replaced while it was open; open it again"
                raise StoreError(f"{self._path}: {gone}")
            self._keep(dict.fromkeys(shape for shape, _ in dumped))
            connection.execute("BEGIN IMMEDIATE")
            return [self._save(write, *parts) for write, parts in zip(writes, dumped, strict=True)]

    def records(self, link: str) -> Iterator[SyncRecord]:
        """Return the link's records one by one, oldest first, each as it is when its turn comes."""
        page = self._page(link, 0)
        while page:
            yield from (self._record(link, row) for row in page)
            page = self._page(link, page[-1][0])

    def end_run(self) -> None:
        """Empty the write-ahead log, so that what was deleted does not outlive a run there."""
        with self._access() as connection:
            empty_journal(connection)

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._access() as connection:
            with suppress(sqlite3.ProgrammingError):  # it is closed already
                empty_journal(connection)
            connection.close()

    def __exit__(self, *_ended: object) -> None:
        """Close the file."""
        self.close()

    @contextmanager
    def _access(self) -> Iterator[sqlite3.Connection]:
        if os.getpid() != self._process:
            raise StoreError(f"{self._path}: opened before a fork; open it again in each process")
        with self._lock, store_errors(self._path):
            yield self._connection

    def _found(self, keys: Sequence[str]) -> list[_Row]:
        chunks = [keys[at : at + _CHUNK] for at in range(0, len(keys), _CHUNK)]
        with self._access() as connection:
            pages = [connection.execute(_BY_KEY.format(", ".join("?" * len(one))), one) for one in chunks]
            return [row for page in pages for row in page]

    def _page(self, link: str, after: int) -> list[_Row]:
        with self._access() as connection:
            return connection.execute(_PAGE, (after, as_json(link), _CHUNK)).fetchall()

    def _keep(self, shapes: Iterable[str]) -> None:
        """Keep each new shape once, and remember its number, before the first body of it is saved."""
        new = [(shape,) for shape in shapes if shape not in self._numbers]
        if new:
            with self._connection as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(_NEW_SHAPE, new)
                numbers = {shape[0]: connection.execute(_NUMBER, shape).fetchone()[0] for shape in new}
            self._numbers |= numbers  # which are on the disk now

    def _save(self, write: RecordWrite, shape: str, values: str) -> bool:
        record, link, version = write.record, write.record.link, write.expected + 1
        owners, gone = self._owners(record), []
        if len(owners) > 1:
            gone = [row for row in owners if is_replaced_by(self._record(link, row), record)]
            owners = [row for row in owners if row not in gone]
        stored = owners[0] if owners else None
        if len(owners) > 1 or (stored[1] if stored else 0) != write.expected:
            return False
        for row in gone:
            self._drop(link, row)
        body = f"{self._numbers[shape]}{values}"
        kept = checksum(link, version, record.status.value, body, shape)
        columns = (as_json(link), version, record.status.value, body, kept)
        if stored is None:
            number = self._connection.execute(_INSERT, columns).lastrowid
        else:
            number = stored[0]
            self._connection.execute(_UPDATE, (*columns, number))
        self._index(number, self._keys_of(link, stored), _keys_of(number, record), kept)
        return True

    def _keys_of(self, link: str, stored: _Row | None) -> _Keys:
        """Return the rows by which a stored record is found; one that was saved a moment ago is not read."""
        if stored is None:
            return _NO_KEYS
        kept, keys = self._indexed.get(stored[0], ("", _NO_KEYS))
        return keys if kept == stored[5] else _keys_of(stored[0], self._record(link, stored))

    def _owners(self, record: SyncRecord) -> list[_Row]:
        keys = [_key(record.link, end) for end in owned_ends(record)]
        rows = self._connection.execute(_BY_OWNED_ENDS, (keys[0], keys[-1]))
        return list({row[0]: row for row in rows}.values())

    def _drop(self, link: str, row: _Row) -> None:
        self._index(row[0], self._keys_of(link, row), _NO_KEYS, "")
        self._connection.execute(_DELETE, (row[0],))

    def _index(self, number: Any, before: _Keys, after: _Keys, kept: str) -> None:
        """Change the rows by which the record of that checksum is found, those alone that differ."""
        for statement, rows in ((_FORGET, before - after), (_FIND, after - before)):
            if rows:
                self._connection.executemany(statement, rows)
        if len(self._indexed) >= _MOST_INDEXED:
            self._indexed.clear()
        self._indexed[number] = (kept, after)

    def _record(self, link: str, row: _Row) -> SyncRecord:
        _, version, status, body, shape, kept, _ = row
        with suppress(*UNREADABLE):
            if checksum(link, version, status, body, shape) == kept:
                return load(link, version, status, body, shape)
        wrong = "a record cannot be read: it is not as it was saved"
        raise StoreDamagedError(f"{self._path}: {wrong}; bring the file back from a copy")


def _keys_of(number: int | None, record: SyncRecord) -> _Keys:
    """Return the rows by which a record is found: by its ends, and by the digests that recognise it."""
    owned = owned_ends(record)
    shared = [_key(record.link, end) for end in (record.target,) if end is not None and end not in owned]
    shared += [as_json((record.link, digest)) for digest in digests_of(record)]
    owns = [(_key(record.link, end), 0, number) for end in owned]
    return frozenset([*owns, *((key, number, number) for key in shared)])


_NO_KEYS: Final[_Keys] = frozenset()


def _key(link: str, end: Ref) -> str:
    return f"{_realm(link, end.system, end.account, end.mode, end.kind)}{as_json(end.id)}]"


@lru_cache(maxsize=64)
def _realm(*parts: str) -> str:
    """Return the beginning of a key as JSON, which many keys share."""
    return f"{as_json(parts)[:-1]},"
