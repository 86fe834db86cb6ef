"""The stores that come with custsync keep the contract that any store has to keep."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from attrs import evolve

from custsync.models import Ref
from custsync.protocols import SyncRecordStore
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.syncrecords import RecordWrite, Status, SyncRecord
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


class Overwrites(MemoryStore):
    """Saves whatever the stored version is."""

    def save(self, writes: Sequence[RecordWrite]) -> list[bool]:
        return [super(Overwrites, self).save([self._forced(write)])[0] for write in writes]

    def _forced(self, write: RecordWrite) -> RecordWrite:
        found = self.load(write.record.link, [write.record.source])
        return evolve(write, expected=max((other.version for other in found), default=0))


class SourceOnly(MemoryStore):
    """Knows a record by its source alone, so that a target can have two."""

    def save(self, writes: Sequence[RecordWrite]) -> list[bool]:
        freed = [evolve(write, record=evolve(write.record, target=None)) for write in writes]
        return super().save(freed)


class AllOrNothing(MemoryStore):
    """Saves a batch only as a whole."""

    def save(self, writes: Sequence[RecordWrite]) -> list[bool]:
        trial = deepcopy_of(self)
        return super().save(writes) if all(trial.save(writes)) else [False] * len(writes)


class KeepsItsVersions(MemoryStore):
    """Loads a record with the version that it was written with."""

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        return [evolve(record, version=1) for record in super().load(link, refs)]


class LoadsTwice(MemoryStore):
    """Answers each reference by itself."""

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        return [record for ref in refs for record in super(LoadsTwice, self).load(link, [ref])]


class LoadsBySource(MemoryStore):
    """Finds a record by its source only."""

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        wanted = set(refs)
        return [record for record in super().load(link, refs) if record.source in wanted]


class OneWorld(MemoryStore):
    """Takes test and live mode, and all accounts, for one."""

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        found = list(self.records(link))
        return [record for record in found if {(r.system, r.id) for r in refs} & self._short(record)]

    def save(self, writes: Sequence[RecordWrite]) -> list[bool]:
        return [
            not (self.load(write.record.link, [write.record.source]) and write.expected == 0)
            and super(OneWorld, self).save([write])[0]
            for write in writes
        ]

    def _short(self, record: SyncRecord) -> set[tuple[str, str]]:
        return {(end.system, end.id) for end in (record.source, record.target) if end}


class OneLink(MemoryStore):
    """Takes all links for one."""

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        return super().load("netsuite-stripe", refs)


class HidesTheMerged(MemoryStore):
    """Does not show merged records."""

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        return [record for record in super().load(link, refs) if record.status is not Status.MERGED]


class RecognisesTheLast(MemoryStore):
    """Recognises one of two records that hold the same digest."""

    def find_by_digest(self, link: str, digests: Sequence[str]) -> dict[str, SyncRecord]:
        linked = [record for record in self.records(link) if record.status is Status.LINKED]
        by_digest = {seen.payload: record for record in linked for seen in record.memory.values()}
        return {digest: by_digest[digest] for digest in digests if digest and digest in by_digest}


class RecognisesBlanks(MemoryStore):
    """Takes no digest for a digest."""

    def find_by_digest(self, link: str, digests: Sequence[str]) -> dict[str, SyncRecord]:
        blank = [record for record in self.records(link) if "" in digests]
        return {**super().find_by_digest(link, digests), **{"": record for record in blank[:1]}}  # noqa: B035


class RecognisesAnything(MemoryStore):
    """Recognises records that are not linked."""

    def find_by_digest(self, link: str, digests: Sequence[str]) -> dict[str, SyncRecord]:
        others = [record for record in self.records(link) if record.status is not Status.LINKED]
        wrong = {seen.payload: record for record in others for seen in record.memory.values()}
        return {
            **super().find_by_digest(link, digests),
            **{key: wrong[key] for key in digests if key in wrong},
        }


class RecognisesNothing(MemoryStore):
    """Never recognises a record."""

    def find_by_digest(self, link: str, digests: Sequence[str]) -> dict[str, SyncRecord]:
        return {}


class Renames(MemoryStore):
    """Loses a part of what it is given."""

    def save(self, writes: Sequence[RecordWrite]) -> list[bool]:
        return super().save([evolve(write, record=evolve(write.record, intent=None)) for write in writes])


def deepcopy_of(store: MemoryStore) -> MemoryStore:
    """Return another store with the same records."""
    copy = MemoryStore()
    for record in store.records("netsuite-stripe"):
        for version in range(record.version):
            copy.save([RecordWrite(record=record, expected=version)])
    return copy


BROKEN = {
    Overwrites: "test_a_save_on_another_version_is_refused_and_changes_nothing",
    SourceOnly: "test_an_end_has_one_owner",
    AllOrNothing: "test_each_write_stands_alone_in_order",
    KeepsItsVersions: "test_a_save_counts_the_version_up",
    LoadsTwice: "test_a_record_is_loaded_once_whichever_end_matches",
    LoadsBySource: "test_a_record_is_loaded_once_whichever_end_matches",
    OneWorld: "test_every_part_of_a_reference_counts",
    OneLink: "test_links_do_not_see_each_other",
    HidesTheMerged: "test_a_merged_record_shares_the_survivors_target",
    RecognisesTheLast: "test_a_digest_of_two_records_recognises_neither",
    RecognisesBlanks: "test_a_linked_record_is_recognised_by_the_payload_of_either_side",
    RecognisesAnything: "test_only_linked_records_are_recognised",
    RecognisesNothing: "test_a_payload_that_is_no_longer_remembered_recognises_nothing",
    Renames: "test_a_record_comes_back_as_it_went_in",
}


class TestTheContractItself:
    """The contract finds each way of breaking it, and a store that was not named fails."""

    @pytest.mark.parametrize(("broken", "test"), BROKEN.items())
    def test_a_broken_store_fails(self, broken: type[MemoryStore], test: str) -> None:
        class Contract(StoreContract):
            def opened(self) -> AbstractContextManager[SyncRecordStore]:
                return nullcontext(broken())

        assert fails(Contract(), test)

    def test_a_store_that_is_not_named_fails_everywhere(self) -> None:
        assert all(fails(DurableStoreContract(), name) for name in names_of(DurableStoreContract))


def names_of(contract: type[StoreContract]) -> list[str]:
    """Return the contract's tests."""
    return [name for name in dir(contract) if name.startswith("test_")]


def fails(contract: StoreContract, name: str) -> bool:
    try:
        getattr(contract, name)()
    except (AssertionError, NotImplementedError, LookupError, ValueError):
        return True
    return False
