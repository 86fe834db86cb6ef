"""What the SQLite store does beyond the contract: its file, what it refuses, and what its failures say."""

import asyncio
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import sync, sync_async
from custsync.engine.outcomes import Result
from custsync.errors import InputError, StoreDamagedError, StoreError, StoreVersionError
from custsync.models import Ref
from custsync.stores import sqlite, sqlite_file
from custsync.stores.async_store import AwaitableStore
from custsync.stores.record_json import checksum, parts_of
from custsync.stores.sqlite import SqliteStore
from custsync.syncrecords import LastSeen, RecordWrite, Status, SyncRecord
from tests.environments import FLOW, Setup, lost_after, lost_before

LINK = "netsuite-stripe"


def record(number: int, link: str = LINK) -> SyncRecord:
    memory = {"netsuite///customer": LastSeen(payload=f"p{number}", fields={"email": "d" * 16})}
    source, target = Ref("netsuite", str(number)), Ref("stripe", f"cus_{number}")
    return SyncRecord(link=link, flow="f", source=source, target=target, status=Status.LINKED, memory=memory)


def fill(store: SqliteStore, numbers: range, link: str = LINK) -> list[bool]:
    return store.save([RecordWrite(record=record(number, link), expected=0) for number in numbers])


def execute(path: Path, *statements: str) -> None:
    """Change the file behind the store's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a store with a thousand records lies, closed, of which tests take copies."""
    path = tmp_path_factory.mktemp("thousand") / "store.db"
    with SqliteStore(path) as store:
        assert all(fill(store, range(1000)))
    return path


@pytest.fixture
def path(tmp_path: Path, thousand: Path) -> Path:
    """Return where a store with a thousand records lies, closed."""
    return Path(shutil.copy(thousand, tmp_path / "store.db"))


class TestTheFile:
    """A store is one file, made where it is not there and may be."""

    def test_the_path_may_be_text_or_a_path(self, tmp_path: Path) -> None:
        odd = tmp_path / "a store?mode=memory&x=%41#1 \N{LATIN SMALL LETTER E WITH ACUTE}.db"
        with SqliteStore(str(odd)) as store:
            fill(store, range(1))
        with SqliteStore(odd, create=False) as store:
            assert len(list(store.records(LINK))) == 1
        assert [path.name for path in tmp_path.iterdir()] == [odd.name]

    def test_a_closed_store_is_one_file(self, path: Path) -> None:
        assert [found.name for found in path.parent.iterdir()] == ["store.db"]

    def test_it_bears_its_mark_and_version_and_writes_ahead(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            asked = [f"PRAGMA {name}" for name in ("application_id", "user_version", "journal_mode")]
            assert [connection.execute(pragma).fetchone()[0] for pragma in asked] == [0x63757374, 2, "wal"]
            assert connection.execute("SELECT count(*) FROM keys").fetchone() == (3000,)

    def test_a_save_waits_for_the_disk(self, path: Path) -> None:
        with SqliteStore(path) as store:
            connection = store._connection  # noqa: SLF001  # nothing short of a power cut shows it from outside
            assert connection.execute("PRAGMA synchronous").fetchone() == (3,)

    def test_an_sqlite_that_takes_few_parameters_is_enough(self, path: Path) -> None:
        with SqliteStore(path) as store:
            store._connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)  # noqa: SLF001
            assert len(store.load(LINK, [Ref("netsuite", str(number)) for number in range(3000)])) == 1000
            assert len(store.find_by_digest(LINK, [f"p{number}" for number in range(3000)])) == 1000

    def test_it_works_in_the_other_journal_mode_while_somebody_reads(self, path: Path) -> None:
        execute(path, "PRAGMA journal_mode = DELETE")
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM records").fetchone()
            with SqliteStore(path, timeout=0.01) as store:
                assert len(store.load(LINK, [Ref("netsuite", "1")])) == 1
                reader.execute("COMMIT")
                assert fill(store, range(1000, 1001)) == [True]

    def test_without_leave_no_file_is_made(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="there is no such file"):
            SqliteStore(tmp_path / "store.db", create=False)
        assert list(tmp_path.iterdir()) == []

    def test_an_empty_file_is_filled_only_with_leave(self, tmp_path: Path) -> None:
        path = tmp_path / "store.db"
        path.touch()
        with pytest.raises(StoreDamagedError, match="the tables of a store are not in it"):
            SqliteStore(path, create=False)
        assert contents(tmp_path) == {"store.db": b""}
        with SqliteStore(path) as store:
            assert fill(store, range(1)) == [True]

    def test_a_second_store_in_the_same_process_does_not_drop_the_locks_of_the_first(
        self, path: Path
    ) -> None:
        with SqliteStore(path) as store:
            fill(store, range(1000, 1001))
            with SqliteStore(path) as second:
                fill(second, range(1001, 1002))
            another = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('VACUUM'); c.close()"
            subprocess.run([sys.executable, "-c", another, str(path)], check=True)
            assert path.with_name("store.db-wal").exists()
            fill(store, range(1002, 1003))
        with SqliteStore(path) as store:
            assert len(list(store.records(LINK))) == 1003

    def test_a_second_maker_finds_the_tables_of_the_first(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tables, missed = sqlite_file._tables, [set[str]()]  # noqa: SLF001  # the first look came too early
        monkeypatch.setattr(sqlite_file, "_tables", lambda c: missed.pop() if missed else tables(c))
        with SqliteStore(path) as store:
            assert len(list(store.records(LINK))) == 1000

    @pytest.mark.parametrize("path", ["", ":memory:", "a\0b", b"store.db", None, 7])
    def test_what_is_no_path_of_a_file_is_refused(self, path: Any) -> None:
        with pytest.raises(InputError):
            SqliteStore(path)


def _text(path: Path) -> None:
    path.write_text("id,name\n1,Joinery\n")


def _one_byte(path: Path) -> None:
    path.write_bytes(b"S")


def _of_another_application(path: Path) -> None:
    path.unlink()
    execute(path, "CREATE TABLE records (x)", "PRAGMA application_id = 7", "PRAGMA user_version = 1")


def _empty_sqlite_file(path: Path) -> None:
    path.unlink()
    execute(path, "CREATE TABLE t (x)", "DROP TABLE t", "VACUUM")


def _of_another_application_with_a_journal(path: Path) -> None:
    path.unlink()
    beside = path.with_name("beside")
    with closing(sqlite3.connect(beside, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x)")
        shutil.copy(beside, path)
        shutil.copy(f"{beside}-wal", f"{path}-wal")
    beside.unlink()


def _without(table: str) -> Callable[[Path], None]:
    return lambda path: execute(path, f"DROP TABLE {table}")


def _other_columns(path: Path) -> None:
    execute(path, "ALTER TABLE records ADD COLUMN x")


def _cut_to(size: int) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size)


def _overwritten(start: int, end: int) -> Callable[[Path], None]:
    def overwrite(path: Path) -> None:
        whole = path.read_bytes()
        path.write_bytes(whole[:start] + b"\xa5" * (end - start) + whole[end:])

    return overwrite


class TestAFileThatIsNoStore:
    """A foreign or damaged file is refused and stays as it was, byte for byte."""

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(_text, id="text"),
            pytest.param(_one_byte, id="one byte"),
            pytest.param(_of_another_application, id="another application's"),
            pytest.param(_empty_sqlite_file, id="nobody's"),
            pytest.param(_of_another_application_with_a_journal, id="another application's, with a journal"),
            pytest.param(_without("keys"), id="a table is missing"),
            pytest.param(_without("shapes"), id="the shapes are missing"),
            pytest.param(_other_columns, id="a table has other columns"),
            pytest.param(_cut_to(60), id="cut within the header"),
            pytest.param(_cut_to(4096), id="cut after a page"),
            pytest.param(_cut_to(100_000), id="cut somewhere"),
            pytest.param(_overwritten(0, 16), id="no magic"),
            pytest.param(_overwritten(100, 4096), id="the first page is garbage"),
        ],
    )
    @pytest.mark.parametrize("create", [True, False])
    def test_it_is_refused_and_untouched(
        self, path: Path, spoil: Callable[[Path], None], *, create: bool
    ) -> None:
        spoil(path)
        before = contents(path.parent)
        with pytest.raises(StoreDamagedError) as refused:
            SqliteStore(path, create=create)
        assert str(path) in str(refused.value)
        assert contents(path.parent) == before

    def test_a_last_page_that_is_not_whole_is_damage(self, path: Path) -> None:
        os.truncate(path, path.stat().st_size - 1)
        before = contents(path.parent)
        with pytest.raises(StoreDamagedError, match="its end is missing; bring it back from a copy"):
            SqliteStore(path)
        assert contents(path.parent) == before

    def test_damage_further_in_is_found_when_it_is_opened_and_not_made_worse(self, path: Path) -> None:
        _overwritten(4096, path.stat().st_size)(path)
        before = contents(path.parent)
        with pytest.raises(StoreDamagedError, match="bring it back from a copy"):
            SqliteStore(path)
        assert contents(path.parent) == before

    @pytest.mark.parametrize(
        "body",
        [
            *(
                "",
                "nope",
                "[]",
                "7",
                "{}",
                '{"flow":"f"}',
                '{"flow":"f","source":["netsuite"]}',
                "[" * 100_000,
            ),
            '{"flow":"f","source":["netsuite","","","customer","7"],"memory":{"r":1}}',
            '{"flow":"f","source":["netsuite","","","customer","7"],"intent":{"issued_at":"noon"}}',
            '{"flow":"f","source":["netsuite","","","customer","7"],"memory":[]}',
        ],
        ids=range(11),
    )
    def test_a_record_that_cannot_be_read_is_damage(self, path: Path, body: str) -> None:
        kept = checksum(LINK, 1, "linked", body)
        execute(path, f"UPDATE records SET body = '{body}', checksum = '{kept}' WHERE id = 8")  # noqa: S608
        with SqliteStore(path) as store:
            with pytest.raises(StoreDamagedError, match="a record cannot be read"):
                store.load(LINK, [Ref("netsuite", "7")])
            with pytest.raises(StoreDamagedError):
                store.save([RecordWrite(record=record(7), expected=1)])
            assert len(store.load(LINK, [Ref("netsuite", "8")])) == 1

    @pytest.mark.parametrize(
        "change",
        [
            *("version = 3", "status = 'failed'", "checksum = ''"),
            "body = replace(body, 'cus_7', 'cus_6')",
            "body = '2' || substr(body, 2)",
        ],
    )
    def test_a_record_that_was_changed_is_damage(self, path: Path, change: str) -> None:
        """One letter of a body, or of a column beside it: it is read as what it is not, if nobody looks."""
        execute(path, f"UPDATE records SET {change} WHERE id = 8")  # noqa: S608 - its own words
        with SqliteStore(path) as store:
            for look in (
                lambda: store.load(LINK, [Ref("netsuite", "7")]),
                lambda: store.find_by_digest(LINK, ["p7"]),
                lambda: list(store.records(LINK)),
            ):
                with pytest.raises(StoreDamagedError, match="it is not as it was saved"):
                    look()
            assert len(store.load(LINK, [Ref("netsuite", "8")])) == 1

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE shapes SET shape = replace(shape, 'email', 'fax') WHERE number = 1",
            "UPDATE shapes SET number = 5 WHERE number = 1",
            "UPDATE shapes SET number = 3 - number + 10; UPDATE shapes SET number = number - 10",
            "DELETE FROM shapes",
        ],
        ids=["other names", "another number", "mixed up", "gone"],
    )
    def test_shapes_that_were_changed_are_damage(self, path: Path, change: str) -> None:
        """The names of the fields are not in a record's own body: another name is another field's digest."""
        with SqliteStore(path) as store:
            other = LastSeen(payload="p", fields={"phone": "d" * 16})
            memory = {"netsuite///customer": other}
            store.save([RecordWrite(record=evolve(record(2000), memory=memory), expected=0)])
        execute(path, *change.split("; "))
        with SqliteStore(path) as store, pytest.raises(StoreDamagedError, match="it is not as it was saved"):
            store.load(LINK, [Ref("netsuite", "7")])

    def test_any_flipped_bit_of_a_body_is_noticed(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            ((body,),) = connection.execute("SELECT body FROM records WHERE id = 8")
        for place in range(0, len(body), 7):
            flipped = body[:place] + chr(ord(body[place]) ^ 1) + body[place + 1 :]
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("UPDATE records SET body = ? WHERE id = 8", (flipped,))
            with SqliteStore(path) as store, pytest.raises(StoreDamagedError):
                store.load(LINK, [Ref("netsuite", "7")])

    @pytest.mark.parametrize("version", [0, 3, 999])
    def test_another_version_is_refused_and_untouched(self, path: Path, version: int) -> None:
        execute(path, f"PRAGMA user_version = {version}")
        before = contents(path.parent)
        with pytest.raises(StoreVersionError) as refused:
            SqliteStore(path)
        assert (refused.value.path, refused.value.found, refused.value.expected) == (str(path), version, 2)
        assert contents(path.parent) == before

    def test_a_newer_version_that_only_the_write_ahead_log_has_is_refused(self, path: Path) -> None:
        with SqliteStore(path):
            execute(path, "PRAGMA user_version = 3")
            with pytest.raises(StoreVersionError) as refused:
                SqliteStore(path)
            assert (refused.value.found, refused.value.expected) == (3, 2)

    def test_a_file_that_a_crash_left_shorter_than_its_header_says_is_mended(self, tmp_path: Path) -> None:
        path, crashed = tmp_path / "store.db", tmp_path / "crashed.db"
        with SqliteStore(path) as store:
            fill(store, range(500))
            shutil.copy(path, crashed)
            shutil.copy(f"{path}-wal", f"{crashed}-wal")
        whole = bytearray(crashed.read_bytes())
        whole[28:32] = struct.pack(
            ">I", 1000
        )  # the first page of a checkpoint was written, the others were not
        crashed.write_bytes(whole + bytes(100))  # but for a part of one
        with SqliteStore(crashed) as store:
            assert len(list(store.records(LINK))) == 500


def of_the_first_version(path: Path) -> None:
    """Make of a store what the first version would have saved: bodies with their names in them, no shapes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        both = "records JOIN shapes ON number = CAST(body AS INTEGER)"
        rows = connection.execute(f"SELECT version, status, body, shape, id FROM {both}").fetchall()  # noqa: S608
        connection.execute("BEGIN")
        for version, status, body, shape, number in rows:
            parts = {name: part for name, part in parts_of(body, shape).items() if part}
            whole = json.dumps(parts, separators=(",", ":"))
            kept = (whole, checksum(LINK, version, status, whole), number)
            connection.execute("UPDATE records SET body = ?, checksum = ? WHERE id = ?", kept)
        connection.execute("COMMIT")
    execute(path, "DROP TABLE shapes", "PRAGMA user_version = 1", "PRAGMA journal_mode = DELETE")


class TestTheFirstVersion:
    """A file of the first version is read as it is; a record gets its new form when it is saved."""

    @pytest.fixture
    def path(self, path: Path) -> Path:
        of_the_first_version(path)
        return path

    def test_what_it_wrote(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            ((body,),) = connection.execute("SELECT body FROM records WHERE id = 8")
        assert body == (
            '{"flow":"f","source":["netsuite","","","customer","7"],"target":["stripe","","","customer","cus_7"],'
            '"memory":{"netsuite///customer":["p7",{"email":"dddddddddddddddd"}]}}'
        )

    @pytest.mark.parametrize("create", [True, False])
    def test_it_is_read(self, path: Path, *, create: bool) -> None:
        saved = [evolve(record(number), version=1) for number in range(1000)]
        for _ in range(2):
            with SqliteStore(path, create=create) as store:
                assert list(store.records(LINK)) == saved
                assert store.load(LINK, [Ref("stripe", "cus_7")]) == [saved[7]]
                assert store.find_by_digest(LINK, ["p7"]) == {"p7": saved[7]}

    def test_it_is_saved_to(self, path: Path) -> None:
        with SqliteStore(path) as store, SqliteStore(path) as other:
            moved = evolve(record(7), target=Ref("stripe", "cus_1007"))
            assert store.save([RecordWrite(record=record(7), expected=0)]) == [False]
            assert store.save([RecordWrite(record=moved, expected=1)]) == [True]
            assert fill(other, range(1000, 1002)) == [True, True]
            assert [len(store.load(LINK, [Ref("stripe", f"cus_{one}")])) for one in (7, 8, 1007)] == [0, 1, 1]
            assert [found.version for found in other.records(LINK)] == [1] * 7 + [2] + [1] * 994

    def test_the_file_itself_has_the_new_version_at_once(self, path: Path) -> None:
        """A process of the first version reads it there, and would take the new bodies for damage."""
        execute(path, "PRAGMA journal_mode = WAL")
        with SqliteStore(path):
            assert struct.unpack(">I", path.read_bytes()[60:64]) == (2,)

    def test_a_change_is_noticed_in_it_too(self, path: Path) -> None:
        execute(path, "UPDATE records SET body = replace(body, 'cus_7', 'cus_6') WHERE id = 8")
        with SqliteStore(path) as store, pytest.raises(StoreDamagedError, match="it is not as it was saved"):
            store.load(LINK, [Ref("netsuite", "7")])

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(_without("keys"), id="a table is missing"),
            pytest.param(_cut_to(100_000), id="cut somewhere"),
            pytest.param(_overwritten(8192, 100_000), id="pages are garbage"),
        ],
    )
    def test_a_damaged_one_is_refused_and_untouched(self, path: Path, spoil: Callable[[Path], None]) -> None:
        spoil(path)
        before = contents(path.parent)
        with pytest.raises(StoreDamagedError):
            SqliteStore(path)
        assert contents(path.parent) == before

    def test_two_may_open_it_at_once(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make = sqlite_file._make  # another process is first

        def second(connection: sqlite3.Connection) -> None:
            monkeypatch.setattr(sqlite_file, "_make", make)
            SqliteStore(path).close()
            make(connection)

        monkeypatch.setattr(sqlite_file, "_make", second)
        with SqliteStore(path) as store:
            assert len(list(store.records(LINK))) == 1000


class TestShapes:
    """The names in records are kept once, whoever saves a record that has them first."""

    def test_several_stores_of_one_file(self, path: Path) -> None:
        def named(number: int, name: str) -> SyncRecord:
            seen = LastSeen(fields={name: "d" * 16, "id": f"{number:016x}"})
            return evolve(record(number), memory={"netsuite///customer": seen})

        saved = [named(1000 + number, f"name{number % 7}") for number in range(50)]
        with SqliteStore(path) as one, SqliteStore(path) as other:
            for number, each in enumerate(saved):
                assert (one, other)[number % 2].save([RecordWrite(record=each, expected=0)]) == [True]
            for store in (one, other):
                assert store.load(LINK, [each.source for each in saved]) == [
                    evolve(each, version=1) for each in saved
                ]
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT count(*) FROM shapes").fetchone() == (8,)

    def test_the_new_ones_of_a_save_are_kept_in_one_transaction(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A transaction of its own for each would wait for the disk as often."""
        made: list[str] = []

        def traced(path: Path, *, create: bool, timeout: float) -> sqlite3.Connection:
            connection = sqlite_file.open_file(path, create=create, timeout=timeout)
            connection.set_trace_callback(lambda statement: made.append(statement.split()[0]))
            return connection

        monkeypatch.setattr(sqlite, "open_file", traced)
        odd = [evolve(record(2000 + number), flow=f"f{number}") for number in range(20)]
        with SqliteStore(path) as store:
            assert all(store.save([RecordWrite(record=each, expected=0) for each in odd]))
            assert made[:21] == ["BEGIN", *["INSERT"] * 20]
            assert made.count("BEGIN") == made.count("COMMIT") == 2
            assert store.load(LINK, [each.source for each in odd]) == [
                evolve(each, version=1) for each in odd
            ]

    def test_a_save_that_raises_leaves_no_number_without_its_shape(self, path: Path) -> None:
        execute(path, "UPDATE records SET body = '' WHERE id = 8")
        odd = evolve(record(2000), flow="another")
        with SqliteStore(path) as store:
            with pytest.raises(StoreDamagedError):
                store.save([RecordWrite(record=odd, expected=0), RecordWrite(record=record(7), expected=1)])
            assert store.save([RecordWrite(record=odd, expected=0)]) == [True]
            assert store.load(LINK, [odd.source]) == [evolve(odd, version=1)]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that lies where every user can reach it."""
    with TemporaryDirectory() as name:
        yield Path(name)
        Path(name).chmod(0o700)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Be a user who may not do everything."""
    if not hasattr(os, "geteuid"):
        pytest.skip("this system has no such users")
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)


class TestFailures:
    """A file that cannot be used is a StoreError that names the file and the remedy, whatever SQLite says."""

    def test_its_folder_is_not_there(self, tmp_path: Path) -> None:
        path = tmp_path / "none" / "store.db"
        with pytest.raises(StoreError, match="its folder must be there") as failed:
            SqliteStore(path)
        assert str(path) in str(failed.value)

    def test_it_is_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="a folder or a device"):
            SqliteStore(tmp_path)

    def test_its_folder_is_a_file(self, path: Path) -> None:
        with pytest.raises(StoreError, match="give a path that this user may read and write"):
            SqliteStore(path / "store.db")

    @pytest.mark.parametrize("mode", [0o000, 0o555], ids=["may not be read", "may not be written"])
    def test_its_folder(self, folder: Path, mode: int) -> None:
        SqliteStore(folder / "store.db").close()
        (folder / "store.db").chmod(0o666)
        folder.chmod(mode)
        with ordinary_user(), pytest.raises(StoreError, match=r"this user (may read and|to) write"):
            SqliteStore(folder / "store.db")

    def test_another_process_keeps_it_locked(self, path: Path) -> None:
        with SqliteStore(path, timeout=0.01) as store, closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="another process kept it locked"):
                fill(store, range(2000, 2001))
            assert len(store.load(LINK, [Ref("netsuite", "1")])) == 1
            other.rollback()
            assert fill(store, range(2000, 2001)) == [True]

    def test_the_disk_is_full(self, path: Path) -> None:
        with SqliteStore(path) as store:
            store._connection.execute("PRAGMA max_page_count = 1")  # noqa: SLF001  # the smallest disk there is
            with pytest.raises(StoreError, match="the disk is full"):
                fill(store, range(2000, 4000))
            store._connection.execute("PRAGMA max_page_count = 100000")  # noqa: SLF001
            assert len(list(store.records(LINK))) == 1000
            assert all(fill(store, range(2000, 4000)))

    def test_the_disk_takes_no_more_bytes(self, path: Path) -> None:
        resource = pytest.importorskip("resource")
        with SqliteStore(path) as store:
            limits = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
            try:
                with pytest.raises(StoreError, match="the disk failed to read or write"):
                    fill(store, range(2000, 4000))
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            assert len(list(store.records(LINK))) == 1000
            assert all(fill(store, range(2000, 4000)))

    def test_what_nobody_foresaw_is_told_by_its_code(self, path: Path) -> None:
        with SqliteStore(path) as store:
            execute(path, "DROP TABLE keys")
            with pytest.raises(StoreError, match="SQLITE_ERROR"):
                store.load(LINK, [Ref("netsuite", "1")])

    def test_it_is_closed(self, path: Path) -> None:
        store = SqliteStore(path)
        store.close()
        store.close()
        for use in (lambda: store.load(LINK, [Ref("netsuite", "1")]), lambda: fill(store, range(2000, 2001))):
            with pytest.raises(StoreError, match="the store is closed"):
                use()

    def test_it_was_opened_before_a_fork(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with SqliteStore(path) as store:
            with monkeypatch.context() as child:
                child.setattr(os, "getpid", lambda: 0)
                with pytest.raises(StoreError, match="open it again in each process"):
                    store.load(LINK, [])
            assert store.load(LINK, []) == []

    def test_no_message_tells_what_sqlite_saw(self, path: Path) -> None:
        execute(path, "CREATE TRIGGER t BEFORE INSERT ON records BEGIN SELECT RAISE(ABORT, 'Joinery'); END")
        with SqliteStore(path) as store, pytest.raises(StoreDamagedError) as failed:
            fill(store, range(2000, 2001))
        assert "Joinery" not in str(failed.value)
        assert failed.value.__cause__ is None
        assert failed.value.__suppress_context__


class TestSaving:
    """A save is one transaction: where it raises, nothing of it is there."""

    def test_a_save_that_raises_saved_nothing(self, path: Path) -> None:
        execute(path, "UPDATE records SET body = '' WHERE id = 8")
        writes = [RecordWrite(record=record(2000), expected=0), RecordWrite(record=record(7), expected=1)]
        with SqliteStore(path) as store:
            with pytest.raises(StoreDamagedError):
                store.save(writes)
            assert store.load(LINK, [Ref("netsuite", "2000")]) == []

    def test_what_a_record_no_longer_needs_is_gone_from_the_file(self, path: Path) -> None:
        with SqliteStore(path) as store:
            found = list(store.records(LINK))
            bare = [evolve(each, target=None, memory={}, status=Status.FAILED) for each in found]
            assert all(store.save([RecordWrite(record=each, expected=1) for each in bare]))
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT count(*) FROM keys").fetchone() == (1000,)


class TestRecords:
    """All records of a link can be read one by one, oldest first."""

    def test_each_comes_once_in_the_order_of_its_first_save(self, path: Path) -> None:
        with SqliteStore(path) as store:
            fill(store, range(5), "another-link")
            fill(store, range(1000, 1600))
            store.save([RecordWrite(record=record(3), expected=1)])
            assert [each.source.id for each in store.records(LINK)] == [str(n) for n in range(1600)]
            assert [each.source.id for each in store.records("another-link")] == ["0", "1", "2", "3", "4"]
            assert list(store.records("no-link")) == []

    def test_the_reading_does_not_hold_up_writers(self, path: Path) -> None:
        with SqliteStore(path) as store, SqliteStore(path, timeout=0.01) as other:
            reading = store.records(LINK)
            assert next(reading).source.id == "0"
            assert fill(other, range(1000, 1001)) == [True]
            assert sum(1 for _ in reading) == 1000


class TestTheFileItself:
    """The file is its owner's alone, and the one that was opened."""

    @pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
    def test_only_the_owner_may_read_what_is_made(self, tmp_path: Path, umask: int) -> None:
        before = os.umask(umask)
        try:
            with SqliteStore(tmp_path / "store.db") as store:
                fill(store, range(3))
                modes = {entry.name: entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir()}
        finally:
            os.umask(before)
        assert set(modes) >= {"store.db", "store.db-wal"}
        assert set(modes.values()) == {0o600}

    def test_a_file_that_is_there_keeps_its_mode(self, path: Path) -> None:
        path.chmod(0o640)
        SqliteStore(path).close()
        assert path.stat().st_mode & 0o777 == 0o640

    @pytest.mark.parametrize("way", ["removed", "replaced"])
    def test_a_store_that_is_gone_is_noticed_at_the_next_save(self, path: Path, way: str) -> None:
        other = path.with_name("other.db")
        shutil.copy(path, other)
        with SqliteStore(path) as store:
            path.unlink()
            if way == "replaced":
                other.rename(path)
            with pytest.raises(StoreError, match="removed or replaced while it was open; open it again"):
                fill(store, range(2000, 2001))
            if way == "replaced":
                with SqliteStore(path) as again:
                    assert fill(again, range(2000, 2001)) == [True]

    def test_the_log_is_empty_when_a_run_ends(self, path: Path) -> None:
        log = path.with_name(f"{path.name}-wal")
        with SqliteStore(path) as store:
            fill(store, range(2000, 2100))
            assert log.stat().st_size > 0
            store.end_run()
            assert log.stat().st_size == 0
            assert len(store.load(LINK, [Ref("netsuite", "2050")])) == 1

    def test_closing_twice_does_nothing(self, path: Path) -> None:
        store = SqliteStore(path)
        store.close()
        store.close()


CANARY = "canary.of.a.person"


class TestPersonalData:
    """What a create was sent with is kept while its outcome is unknown, and not a byte of it afterwards."""

    def test_the_bytes_of_the_file(self, tmp_path: Path) -> None:
        setup = Setup()
        for number in range(40):
            setup.source.put(str(number), name=f"{CANARY} {number}", email=f"{CANARY}{number}@shop.example")
        with SqliteStore(tmp_path / "store.db") as store:
            world = evolve(setup.world, store=store)
            setup.target.then("create", *[lost_after("create")] * 4)
            assert sync(FLOW, setup.source.payloads(), world).counts == {Result.UNKNOWN: 40}
            assert CANARY.encode() in b"".join(contents(tmp_path).values())
            assert sync(FLOW, setup.source.payloads(), world).counts == {Result.RECOVERED: 40}
            assert CANARY.encode() not in b"".join(contents(tmp_path).values())
            for shown in setup.source.rows.values():
                shown["name"] = f"{CANARY} edited"
            setup.target.then("update", *[lost_before] * 4)
            assert sync(FLOW, setup.source.payloads(), world).counts == {Result.UNKNOWN: 40}
            assert CANARY.encode() not in b"".join(contents(tmp_path).values())

    def test_async(self, tmp_path: Path) -> None:
        setup = Setup()
        setup.source.put("1", name=CANARY)
        with SqliteStore(tmp_path / "store.db") as store:
            world = evolve(setup.async_world, store=AwaitableStore(store))
            asyncio.run(sync_async(FLOW, setup.source.payloads(), world))
            assert CANARY.encode() not in b"".join(contents(tmp_path).values())

    def test_a_store_without_an_end_of_run_is_none_the_worse(self) -> None:
        setup = Setup()
        setup.source.put("1", name=CANARY)
        world = evolve(setup.async_world, store=AwaitableStore(setup.store))
        assert asyncio.run(sync_async(FLOW, setup.source.payloads(), world)).counts == {Result.CREATED: 1}

    def test_nor_an_async_one(self) -> None:
        setup = Setup()
        setup.source.put("1", name=CANARY)
        bare: Any = AwaitableStore(setup.store)
        plain = SimpleNamespace(load=bare.load, find_by_digest=bare.find_by_digest, save=bare.save)
        world = evolve(setup.async_world, store=plain)
        assert asyncio.run(sync_async(FLOW, setup.source.payloads(), world)).counts == {Result.CREATED: 1}


@pytest.mark.rule("G-DUP")
class TestWhatARecordIsFoundBy:
    """A save replaces all by which the record was found, whoever saved it before."""

    @pytest.fixture(params=[1, 2000], ids=["none is remembered", "many are remembered"])
    def stores(
        self, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[list[SqliteStore]]:
        """Return two stores of one file, of which one remembers what it saved, or forgets it at once."""
        monkeypatch.setattr(sqlite, "_MOST_INDEXED", request.param)
        with SqliteStore(tmp_path / "store.db") as one, SqliteStore(tmp_path / "store.db") as other:
            yield [one, other]

    @pytest.mark.parametrize("savers", [(0, 0, 0), (0, 1, 0), (0, 1, 1)], ids=str)
    def test_a_former_counterpart_and_text_find_nothing(
        self, stores: list[SqliteStore], savers: tuple[int, ...]
    ) -> None:
        saved = [evolve(record(number), source=Ref("netsuite", "1")) for number in range(3)]
        for version, (saver, each) in enumerate(zip(savers, saved, strict=True)):
            assert stores[saver].save([RecordWrite(record=each, expected=version)]) == [True]
            fill(stores[saver], range(10 + version, 12 + version), f"link {version}")
        targets = [Ref("stripe", f"cus_{number}") for number in range(3)]
        assert [[found.version for found in stores[0].load(LINK, [end])] for end in targets] == [[], [], [3]]
        assert list(stores[0].find_by_digest(LINK, ["p0", "p1", "p2"])) == ["p2"]
