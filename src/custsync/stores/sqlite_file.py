"""The file of the SQLite store: its schema, how it is opened or refused, and what its failures mean.

A file is looked at before anything could be written to it: only one that bears our mark and our version is
opened for writing. Every failure becomes an error of ours that names the file and the remedy.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

from custsync.errors import InputError, StoreDamagedError, StoreError, StoreVersionError

SCHEMA_VERSION: Final = 2
"""The version of the tables and of the bodies in them; it is the file's `user_version`."""

_FIRST: Final = 1
"""The version without shapes; the table of them is added when such a file is opened."""

_APPLICATION_ID: Final = 0x63757374
"""The file's `application_id`, "cust" in ASCII: by it a store is distinguished from other SQLite files."""

_RECORDS: Final = """\
CREATE TABLE records (
  id INTEGER PRIMARY KEY,
  link TEXT NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  body TEXT NOT NULL,
  checksum TEXT NOT NULL -- of link, version, status and body: a changed bit is noticed when it is read
)"""
_SHAPES: Final = """\
CREATE TABLE shapes (
  number INTEGER PRIMARY KEY, -- a body begins with the number of its shape
  shape TEXT NOT NULL UNIQUE
)"""
_KEYS: Final = """\
CREATE TABLE keys (
  key TEXT NOT NULL, -- an end of the record, or a digest that recognises it
  shared INTEGER NOT NULL, -- 0: the record owns the end, and no other can; else the record's id
  record INTEGER NOT NULL,
  PRIMARY KEY (key, shared)
) WITHOUT ROWID"""
_TABLES: Final = (_RECORDS, _KEYS, _SHAPES)

_REMEDIES: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_BUSY: "another process kept it locked; let that one finish, or give a longer timeout",
    sqlite3.SQLITE_FULL: "the disk is full; free some space and run again",
    sqlite3.SQLITE_READONLY: "it may not be written; allow this user to write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; its folder must be there, and this user may write both",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write; check the disk, its quota and its mount",
}
_DAMAGES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CONSTRAINT})


def absolute(path: str | os.PathLike[str]) -> Path:
    """Return the path from the root.

    Raises:
        InputError: it is no path that a file can have.
    """
    try:
        text: Any = os.fspath(path)
    except TypeError:
        raise InputError("the path of a store is a str or an os.PathLike") from None
    is_name = isinstance(text, str) and text not in {"", ":memory:"} and "\0" not in text
    if not is_name or text.encode(errors="ignore").decode() != text:
        raise InputError("a SqliteStore is one file: give its path as text, or take a MemoryStore")
    return Path(text).absolute()


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Raise what fails on the file as an error of ours that names it and the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(path, error) from None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; give a path that this user may read and write") from None


def _translated(path: Path, error: sqlite3.Error) -> StoreError:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return StoreError(f"{path}: the store is closed; open it again")
    if code & 0xFF in _DAMAGES:
        return StoreDamagedError(f"{path}: damaged, or no SQLite file; bring it back from a copy")
    remedy = _REMEDIES.get(code & 0xFF, "SQLite failed; see its list of result codes")
    return StoreError(f"{path}: {remedy} ({error.sqlite_errorname})")


def open_file(path: Path, *, create: bool, timeout: float) -> sqlite3.Connection:
    """Return a connection to a file that is a store of this version, made if it is not there and may be."""
    found = _stat(path)
    if found is None:
        if not create:
            raise StoreError(f"{path}: there is no such file; give the path of a store, or let it be created")
        _make_private(path)
    elif not S_ISREG(found.st_mode):
        raise StoreError(f"{path}: a folder or a device; give the path of a file")
    elif found.st_size:
        _look(path)
    connection = _connect(path, "mode=rwc" if create else "mode=rw", timeout)
    try:
        _prepare(connection, path, create=create)
    except BaseException:
        connection.close()
        raise
    return connection


def _stat(path: Path) -> os.stat_result | None:
    with suppress(FileNotFoundError):
        return path.stat()
    return None


def _make_private(path: Path) -> None:
    """Make an empty file that its owner alone may read: SQLite gives its journals the same mode."""
    with suppress(OSError):  # another process was first, or SQLite reports what is wrong
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def identity_of(path: Path) -> tuple[int, int] | None:
    """Return what distinguishes the file from one that takes its place, None where there is none."""
    found = _stat(path)
    return None if found is None else (found.st_dev, found.st_ino)


def empty_journal(connection: sqlite3.Connection) -> None:
    """Carry the write-ahead log over into the file and cut it to nothing, unless others are using it."""
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _connect(path: Path, options: str, timeout: float) -> sqlite3.Connection:
    uri = f"{path.as_uri()}?{options}"
    return sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)


def _look(path: Path) -> None:
    """Refuse a file that is no store of this version, without a lock, a journal or a byte written.

    The file is read through SQLite, because closing a file of our own would drop the locks that other
    connections of this process hold on it. After a crash the file may be shorter than in its header, and
    its journal holds the rest: `writable_schema` lets that pass here.
    """
    with closing(_connect(path, "mode=ro&immutable=1", 0.0)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        page = connection.execute("PRAGMA page_size").fetchone()[0]
    if application != _APPLICATION_ID:
        raise StoreDamagedError(f"{path}: a SQLite file, but no sync-record store; give another path")
    if version not in (_FIRST, SCHEMA_VERSION):
        raise StoreVersionError(str(path), version, SCHEMA_VERSION)
    journal = _stat(path.with_name(f"{path.name}-wal"))
    if path.stat().st_size % page and not (journal and journal.st_size):
        raise StoreDamagedError(f"{path}: its end is missing; bring it back from a copy")


def _prepare(connection: sqlite3.Connection, path: Path, *, create: bool) -> None:
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten with zeros
    if create and not _tables(connection):
        _make(connection)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:  # which the write-ahead log alone may have so far
        raise StoreVersionError(str(path), version, SCHEMA_VERSION)
    if not _tables(connection).issuperset(_TABLES[:-1] if version == _FIRST else _TABLES):
        raise StoreDamagedError(f"{path}: the tables of a store are not in it; bring it back from a copy")
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise StoreDamagedError(f"{path}: its pages do not fit together; bring it back from a copy")
    if version == _FIRST:
        _make(connection)
        empty_journal(connection)  # a process of the first version looks at the file alone
    with suppress(sqlite3.OperationalError):  # others are opening it too; one of them will get through
        connection.execute("PRAGMA journal_mode = WAL")


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master")}


def _make(connection: sqlite3.Connection) -> None:
    """Make the tables that are not there; another process may be first."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        there = _tables(connection)
        for statement in _TABLES:
            if statement not in there:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
