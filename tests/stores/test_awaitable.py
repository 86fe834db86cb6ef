"""A blocking store answers the same through the async protocol."""

import asyncio
from pathlib import Path

from attrs import evolve

from custsync.models import Ref
from custsync.protocols import AsyncSyncRecordStore
from custsync.stores.async_store import AwaitableStore
from custsync.stores.sqlite import SqliteStore
from custsync.syncrecords import LastSeen, RecordWrite, Status, SyncRecord

END = Ref("netsuite", "1")
LINKED = SyncRecord(link="l", flow="f", source=END, status=Status.LINKED, memory={"r": LastSeen(payload="p")})


async def compete(store: AsyncSyncRecordStore) -> int:
    """Return how many of twenty tasks won the same compare-and-set."""
    write = RecordWrite(record=LINKED, expected=0)
    answers = await asyncio.gather(*(store.save([write]) for _ in range(20)))
    return sum(won for (won,) in answers)


async def read(store: AsyncSyncRecordStore) -> list[object]:
    return [await store.load("l", [END]), await store.find_by_digest("l", ["p"])]


class TestAwaitableStore:
    """What one task saved, every task reads; of tasks that race, one wins."""

    def test_tasks_share_a_store(self, tmp_path: Path) -> None:
        with SqliteStore(tmp_path / "store.db") as blocking:
            store = AwaitableStore(blocking)
            assert asyncio.run(compete(store)) == 1
            saved = evolve(LINKED, version=1)
            assert asyncio.run(read(store)) == [[saved], {"p": saved}]
