"""Any blocking sync-record store, for an async driver."""

from asyncio import to_thread
from collections.abc import Mapping, Sequence

from custsync.models import Ref
from custsync.protocols import SyncRecordStore
from custsync.syncrecords import RecordWrite, SyncRecord


class AwaitableStore:
    """An `AsyncSyncRecordStore` that calls a blocking store in threads, which must be able to share it.

    A caller who is cancelled during a save does not know whether it took effect, as with any store.

    >>> import asyncio
    >>> from custsync.stores.memory import MemoryStore
    >>> asyncio.run(AwaitableStore(MemoryStore()).load("netsuite-stripe", [Ref("netsuite", "2041")]))
    []
    """

    def __init__(self, store: SyncRecordStore) -> None:
        """Keep the blocking store; the caller who opened it closes it."""
        self._store = store

    async def load(self, link: str, refs: Sequence[Ref]) -> Sequence[SyncRecord]:
        """Return as `SyncRecordStore.load` does."""
        return await to_thread(self._store.load, link, refs)

    async def find_by_digest(self, link: str, digests: Sequence[str]) -> Mapping[str, SyncRecord]:
        """Return as `SyncRecordStore.find_by_digest` does."""
        return await to_thread(self._store.find_by_digest, link, digests)

    async def save(self, writes: Sequence[RecordWrite]) -> Sequence[bool]:
        """Save as `SyncRecordStore.save` does."""
        return await to_thread(self._store.save, writes)

    async def end_run(self) -> None:
        """Let the blocking store know that a run has ended, where it has a method for that."""
        end_run = getattr(self._store, "end_run", None)
        if end_run is not None:
            await to_thread(end_run)
