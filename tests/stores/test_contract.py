"""The stores that come with custsync keep the contract that any store has to keep."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from custsync.ports import SyncRecordStore
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.testing.store_contract import DurableStoreContract, StoreContract


class TestMemoryStore(StoreContract):
    """A store in memory keeps the contract."""

    def opened(self) -> AbstractContextManager[SyncRecordStore]:
        return nullcontext(MemoryStore())


class TestSqliteStore(DurableStoreContract):
    """A store in a file keeps the contract, and keeps it when it is opened again."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "store.db"

    def opened(self) -> AbstractContextManager[SyncRecordStore]:
        return SqliteStore(self.path)
