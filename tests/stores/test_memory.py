"""What the store in memory does beyond the contract."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve

from custsync.models import Ref
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import RecordWrite, Status, SyncRecord


def record(id: str, link: str = "l") -> SyncRecord:
    return SyncRecord(link=link, flow="f", source=Ref("netsuite", id), status=Status.EXCLUDED)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Let threads interrupt each other all the time."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


class TestRecords:
    """All records of a link can be read, oldest first."""

    def test_a_link_without_a_record_has_none(self) -> None:
        assert list(MemoryStore().records("l")) == []

    def test_the_oldest_comes_first_whatever_was_saved_since(self) -> None:
        store = MemoryStore()
        store.save([RecordWrite(record=record(id), expected=0) for id in "312"])
        store.save([RecordWrite(record=record("3"), expected=1)])
        store.save([RecordWrite(record=record("4", link="other"), expected=0)])
        assert [(found.source.id, found.version) for found in store.records("l")] == [
            ("3", 2),
            ("1", 1),
            ("2", 1),
        ]

    def test_saves_during_the_reading_do_not_disturb_it(self) -> None:
        store = MemoryStore()
        store.save([RecordWrite(record=record(id), expected=0) for id in "12"])
        reading = store.records("l")
        assert next(reading).source.id == "1"
        store.save([RecordWrite(record=record("3"), expected=0)])
        assert [found.source.id for found in reading] == ["2"]


class TestSharing:
    """Several threads may share the store, and values are kept, not copied."""

    def test_of_many_threads_with_the_same_expected_version_one_wins(self, hasty_threads: None) -> None:
        store = MemoryStore()

        def race(flow: str) -> list[bool]:
            return [
                store.save([RecordWrite(record=evolve(record(str(number)), flow=flow), expected=0)])[0]
                for number in range(300)
            ]

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(race, "abcd"))
        assert [sum(won) for won in zip(*answers, strict=True)] == [1] * 300

    def test_values_are_not_copied(self) -> None:
        store = MemoryStore()
        given = record("1")
        store.save([RecordWrite(record=given, expected=0)])
        (kept,) = store.load("l", [given.source])
        assert kept.source is given.source
        assert kept.memory is given.memory
