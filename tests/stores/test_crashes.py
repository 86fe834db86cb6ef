"""Real processes: what `save` promised is there after a kill, and of two who race exactly one wins."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import sleep

import pytest

from custsync.stores.sqlite import SqliteStore

PRELUDE = """\
import sys
from custsync.models import Ref
from custsync.stores.sqlite import SqliteStore
from custsync.syncrecords import LastSeen, RecordWrite, Status, SyncRecord

path, flow, begin = sys.argv[1], sys.argv[2], int(sys.argv[3])

def write(number):
    source, target = Ref("netsuite", str(number)), Ref("stripe", f"cus_{number}")
    seen = {"netsuite///customer": LastSeen(payload=f"p{number}")}
    kept = {"link": "l", "flow": flow, "status": Status.LINKED, "memory": seen}
    record = SyncRecord(source=source, target=target, **kept)
    return RecordWrite(record=record, expected=0)
"""
SAVE_FOR_EVER = """
with SqliteStore(path) as store:
    while True:
        saved = store.save([write(number) for number in range(begin, begin + 100)])
        print(begin, all(saved), flush=True)
        begin += 100
"""
MAKE_FOR_EVER = """
import os
parent = os.getppid()
print("ready", flush=True)
while os.getppid() == parent:  # or it would fill the disk after a run that was killed
    SqliteStore(f"{path}{begin}").close()
    begin += 1
"""
RACE = """
print("ready", flush=True)
sys.stdin.readline()
with SqliteStore(path) as store:
    print(*(int(store.save([write(number)])[0]) for number in range(begin, begin + 50)), flush=True)
"""


@contextmanager
def process(script: str, path: Path, flow: str, begin: int = 0) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-W", "error", "-c", PRELUDE + script, str(path), flow, str(begin)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def flows(path: Path) -> dict[int, str]:
    """Return record number → the flow that saved it."""
    with SqliteStore(path, create=False) as store:
        return {int(record.source.id): record.flow for record in store.records("l")}


def integrity(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


class TestKilledWriters:
    """What `save` returned True for is there, whenever the process dies; half a batch never is."""

    @pytest.mark.rule("G-DUP")
    def test_nothing_that_was_promised_is_lost(self, tmp_path: Path) -> None:
        path = tmp_path / "store.db"
        begin = 0
        for batches in (0, 1, 2, 5, 9, 14, 20, 40):
            with process(SAVE_FOR_EVER, path, "f", begin) as child:
                assert child.stdout
                promised = [child.stdout.readline() for _ in range(batches)]
                child.kill()
                promised += child.stdout.readlines()
            assert promised == [f"{begin + 100 * number} True\n" for number in range(len(promised))]
            there = flows(path) if path.exists() else {}
            assert sorted(there) == list(range(len(there)))
            assert len(there) % 100 == 0
            assert len(there) >= begin + 100 * len(promised)
            assert integrity(path) == "ok"
            begin = len(there)
        assert begin >= 9100

    def test_a_file_that_was_just_being_made_can_be_opened(self, tmp_path: Path) -> None:
        for turn in range(6):
            path = tmp_path / f"{turn}-store-"
            with process(MAKE_FOR_EVER, path, "f") as child:
                assert child.stdout
                child.stdout.readline()
                sleep(turn / 200)
                child.kill()
                child.wait()
            for found in tmp_path.glob(f"{path.name}*[0-9]"):
                with SqliteStore(found) as store:
                    assert list(store.records("l")) == []


class TestRacingProcesses:
    """Of processes that save the same new record at once, exactly one wins, and its record is kept."""

    @pytest.mark.rule("G-DUP")
    def test_exactly_one_wins(self, tmp_path: Path) -> None:
        path = tmp_path / "store.db"
        with ExitStack() as stack:
            children = [stack.enter_context(process(RACE, path, flow)) for flow in "abcd"]
            assert [child.stdout and child.stdout.readline() for child in children] == ["ready\n"] * 4
            for child in children:
                assert child.stdin
                child.stdin.write("go\n")
                child.stdin.flush()
            lines = [child.stdout.readline().split() if child.stdout else [] for child in children]
        assert [len(line) for line in lines] == [50] * 4
        winners = {
            number: "".join(flow for flow, answer in zip("abcd", answers, strict=True) if answer == "1")
            for number, answers in enumerate(zip(*lines, strict=True))
        }
        assert {len(flow) for flow in winners.values()} == {1}
        assert flows(path) == winners
        assert integrity(path) == "ok"
