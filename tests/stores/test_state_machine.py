"""Both stores against a model of the contract that is too simple to be wrong, through random histories."""

from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve, field, frozen
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from custsync.models import Ref
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.syncrecords import LastSeen, RecordWrite, Status, SyncRecord

LINKS = ("a-b", "a-c")
ENDS = tuple(Ref(system, id) for system in ("a", "b") for id in ("1", "2", "3"))
DIGESTS = ("p1", "p2", "p3")

a_memory = st.builds(LastSeen, payload=st.sampled_from(("", *DIGESTS)))
a_record = st.builds(
    SyncRecord,
    link=st.sampled_from(LINKS),
    source=st.sampled_from(ENDS),
    target=st.none() | st.sampled_from(ENDS),
    status=st.sampled_from(Status),
    flow=st.sampled_from(("there", "back")),
    memory=st.dictionaries(st.sampled_from(("a", "b")), a_memory),
)
an_offset = st.sampled_from((0, 0, 0, 0, -1, 1))


@frozen
class Model:
    """A list of records, and the contract's sentences as comprehensions over it."""

    kept: list[SyncRecord] = field(factory=list)

    @staticmethod
    def owned(record: SyncRecord) -> set[Ref]:
        shared = record.status in (Status.MERGED, Status.SHARED)
        return {end for end in (record.source, None if shared else record.target) if end}

    @staticmethod
    def is_replaced_by(kept: SyncRecord, record: SyncRecord) -> bool:
        failed = (kept.status, kept.target) == (Status.FAILED, None)
        return failed and record.status is Status.LINKED and record.source != kept.source

    def owners(self, record: SyncRecord) -> list[SyncRecord]:
        same_link = [other for other in self.kept if other.link == record.link]
        return [other for other in same_link if self.owned(other) & self.owned(record)]

    def save(self, write: RecordWrite) -> bool:
        owners = self.owners(write.record)
        gone = [other for other in owners if len(owners) > 1 and self.is_replaced_by(other, write.record)]
        owners = [other for other in owners if other not in gone]
        if [other.version for other in owners] not in ([write.expected], [] if write.expected == 0 else None):
            return False
        self.kept[:] = [other for other in self.kept if other not in (*owners, *gone)]
        self.kept.append(evolve(write.record, version=write.expected + 1))
        return True

    def load(self, link: str, ends: tuple[Ref, ...]) -> list[SyncRecord]:
        return [
            kept for kept in self.kept if kept.link == link and (kept.source in ends or kept.target in ends)
        ]

    def find_by_digest(self, link: str, digest: str) -> list[SyncRecord]:
        linked = [kept for kept in self.kept if kept.link == link and kept.status is Status.LINKED]
        return [kept for kept in linked if digest in [seen.payload for seen in kept.memory.values()]]


def by_source(records: list[SyncRecord]) -> list[SyncRecord]:
    return sorted(records, key=lambda record: (record.source.system, record.source.id))


class StoresMachine(RuleBasedStateMachine):
    """Save anything on any version; the stores answer and hold what the model does."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "store.db"
        self.model = Model()
        self.memory = MemoryStore()
        self.sqlite = SqliteStore(self.path)

    @rule(wishes=st.lists(st.tuples(a_record, an_offset), max_size=6))
    def save(self, wishes: list[tuple[SyncRecord, int]]) -> None:
        writes = []
        for record, offset in wishes:
            stored = max([other.version for other in self.model.owners(record)], default=0)
            writes.append(RecordWrite(record=record, expected=stored + offset))
        expected = [self.model.save(write) for write in writes]
        assert self.memory.save(writes) == expected
        assert self.sqlite.save(writes) == expected

    @rule()
    def open_again(self) -> None:
        self.sqlite.close()
        self.sqlite = SqliteStore(self.path, create=False)

    @rule(link=st.sampled_from(LINKS), ends=st.lists(st.sampled_from(ENDS), max_size=4))
    def load(self, link: str, ends: list[Ref]) -> None:
        expected = by_source(self.model.load(link, tuple(ends)))
        assert by_source(self.memory.load(link, ends)) == expected
        assert by_source(self.sqlite.load(link, ends)) == expected

    @rule(link=st.sampled_from(LINKS), digests=st.lists(st.sampled_from(("", *DIGESTS, "p4"))))
    def find_by_digest(self, link: str, digests: list[str]) -> None:
        hits = {digest: self.model.find_by_digest(link, digest) for digest in digests if digest}
        expected = {digest: found[0] for digest, found in hits.items() if len(found) == 1}
        assert self.memory.find_by_digest(link, digests) == expected
        assert self.sqlite.find_by_digest(link, digests) == expected

    @invariant()
    def all_hold_the_same(self) -> None:
        for link in LINKS:
            expected = by_source(self.model.load(link, ENDS))
            assert by_source(list(self.memory.records(link))) == expected
            assert by_source(list(self.sqlite.records(link))) == expected

    @invariant()
    def each_end_has_one_owner(self) -> None:
        for link in LINKS:
            owned = [end for record in self.sqlite.records(link) for end in Model.owned(record)]
            assert len(owned) == len(set(owned))

    def teardown(self) -> None:
        self.sqlite.close()
        self.folder.cleanup()


TestStores = StoresMachine.TestCase
TestStores.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
