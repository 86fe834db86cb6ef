"""What every sync-record store has to do, as tests to run against your own store.

Subclass `StoreContract`, open your store in `opened`, and let pytest collect the class::

    class TestMyStore(StoreContract):
        def opened(self):
            return MyStore()

For a store that is kept after its process ends, use `DurableStoreContract`, which also closes and opens it.
Nothing here needs pytest: each test is a method that asserts.
"""

# ruff: noqa: D102, PLR2004  # a test's name is its sentence, and it is made of numbers

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

from attrs import evolve

from custsync.models import Issue, Ref
from custsync.protocols import SyncRecordStore
from custsync.syncrecords import (
    Intent,
    LastSeen,
    RecordWrite,
    Status,
    SyncRecord,
    UpdateNote,
    intend,
    link,
    reject,
    with_last_seen,
)

__all__ = ["DurableStoreContract", "StoreContract"]

LINK = "netsuite-stripe"
N1, N2, N3 = (Ref("netsuite", id, "1234567", "live") for id in ("1", "2", "3"))
S1, S2, S3 = (Ref("stripe", id, "acct_1", "live") for id in ("cus_1", "cus_2", "cus_3"))
UNLIKE = (
    Ref("a", "1"),
    Ref("b", "1"),
    Ref("a", "2"),
    Ref("a", "1", account="x"),
    Ref("a", "1", mode="x"),
    Ref("a", "1", kind="x"),
    Ref("a", "1", account="x/y", mode=""),
    Ref("a", "1", account="x", mode="y"),
    Ref('a","1', ""),
    Ref("a", "\N{LATIN SMALL LETTER E WITH ACUTE}"),
    Ref("a", "e\N{COMBINING ACUTE ACCENT}"),
    Ref("a", "1 "),
    Ref("a", "1\0"),
    Ref("A", "1"),
)
"""References that are similar, and all different."""


def new(source: Ref, target: Ref | None = None, status: Status = Status.LINKED) -> SyncRecord:
    """Return a record that no store has yet."""
    return SyncRecord(link=LINK, flow="netsuite-to-stripe", source=source, target=target, status=status)


def save(store: SyncRecordStore, *records: SyncRecord) -> list[bool]:
    """Return the store's answers to saves that expect the versions of the records."""
    return list(store.save([RecordWrite(record=record, expected=record.version) for record in records]))


def loaded(store: SyncRecordStore, *refs: Ref) -> list[SyncRecord]:
    """Return the store's records of these ends, in an order that does not depend on the store."""
    return sorted(store.load(LINK, refs), key=lambda record: (record.source.system, record.source.id))


def the_one(store: SyncRecordStore, ref: Ref) -> SyncRecord:
    """Return the record of an end that has exactly one."""
    (record,) = store.load(LINK, [ref])
    return record


class StoreContract:
    """The contract of `SyncRecordStore`: compare and set, one owner for each end, found by either end."""

    def opened(self) -> AbstractContextManager[SyncRecordStore]:
        """Return a context manager that gives the test's own store, empty at first, and closes it."""
        raise NotImplementedError("override: open the store")

    @contextmanager
    def _opened_with(self, *records: SyncRecord) -> Iterator[SyncRecordStore]:
        """Give the test's own store, with these records in it."""
        with self.opened() as store:
            save(store, *records)
            yield store

    def test_a_new_record_is_found_by_its_source(self) -> None:
        with self.opened() as store:
            assert save(store, new(N1, status=Status.EXCLUDED)) == [True]
            assert loaded(store, N1) == [evolve(new(N1, status=Status.EXCLUDED), version=1)]

    def test_what_nobody_saved_is_not_found(self) -> None:
        with self._opened_with(new(N1, S1)) as store:
            assert loaded(store, N2, S2) == []
            assert loaded(store) == []
            assert list(store.load("another-link", [N1])) == []

    def test_a_record_is_loaded_once_whichever_end_matches(self) -> None:
        with self._opened_with(new(N1, S1), new(N2, S2)) as store:
            assert [record.source for record in loaded(store, S1)] == [N1]
            assert [record.source for record in loaded(store, N1, S1, N1)] == [N1]
            assert [record.source for record in loaded(store, S2, N1, S1)] == [N1, N2]

    def test_every_part_of_a_reference_counts(self) -> None:
        with self.opened() as store:
            assert save(store, *(new(ref, status=Status.EXCLUDED) for ref in UNLIKE)) == [True] * len(UNLIKE)
            for ref in UNLIKE:
                assert [record.source for record in store.load(LINK, [ref])] == [ref]

    def test_links_do_not_see_each_other(self) -> None:
        other = evolve(new(N1, S1), link="netsuite-lago")
        with self.opened() as store:
            assert save(store, new(N1, S1), other) == [True, True]
            assert [record.link for record in store.load("netsuite-lago", [S1])] == ["netsuite-lago"]

    def test_a_record_comes_back_as_it_went_in(self) -> None:
        issued = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
        request = {"name": "\u00c5sa \U0001f600", "metadata": {"a": None, "b": [1, 2.5, True]}, "email": ""}
        clues = {"email": ("ap@joinery.example", "billing@joinery.example"), "id": ()}
        intent = Intent(key="k-1", issued_at=issued, attempt=2, rules="r7", request=request, clues=clues)
        seen = LastSeen(payload="p1", fields={"name": "d1"}, modified_at=issued)
        memory = {N1.namespace: seen, S1.namespace: LastSeen()}
        note = UpdateNote(namespace=S1.namespace, fields={"name": "d2"}, until=issued)
        issue = Issue(code="c", rule="G-DUP", field="email", reason="r", remedy="m", shape="text")
        failed = reject(new(N1, status=Status.FAILED), issue)
        full = evolve(intend(failed, intent), error=issue, target=S1, memory=memory)
        full = evolve(full, in_flight=(note,), hidden=issue)
        with self.opened() as store:
            assert save(store, full, evolve(failed, source=N2)) == [True, True]
            assert loaded(store, N1, N2) == [evolve(full, version=1), evolve(failed, source=N2, version=1)]

    def test_a_save_counts_the_version_up(self) -> None:
        with self._opened_with(new(N1)) as store:
            for version in (1, 2, 3):
                record = the_one(store, N1)
                assert record.version == version
                assert save(store, record) == [True]

    def test_the_version_comes_from_what_was_expected_not_from_the_record(self) -> None:
        with self.opened() as store:
            assert list(store.save([RecordWrite(record=evolve(new(N1), version=7), expected=0)])) == [True]
            assert the_one(store, N1).version == 1

    def test_a_save_on_another_version_is_refused_and_changes_nothing(self) -> None:
        with self._opened_with(new(N1, S1)) as store:
            for expected in (0, 2, -1):
                write = RecordWrite(record=new(N1, status=Status.FAILED), expected=expected)
                assert list(store.save([write])) == [False]
            assert loaded(store, N1, S1) == [evolve(new(N1, S1), version=1)]

    def test_a_record_that_was_never_saved_has_version_0_and_no_other(self) -> None:
        with self.opened() as store:
            assert list(store.save([RecordWrite(record=new(N1), expected=1)])) == [False]
            assert loaded(store, N1) == []

    def test_each_write_stands_alone_in_order(self) -> None:
        first, second = new(N1, S1), new(N1, status=Status.FAILED)
        with self.opened() as store:
            assert save(store, first, second, new(N2, S1), new(N3, S3)) == [True, False, False, True]
            assert [record.source for record in loaded(store, N1, N2, N3)] == [N1, N3]
            assert save(store) == []

    def test_a_batch_sees_its_own_earlier_writes(self) -> None:
        again = evolve(new(N1, S1), version=1)
        with self.opened() as store:
            assert save(store, new(N1), again) == [True, True]
            assert loaded(store, S1) == [evolve(again, version=2)]

    def test_an_intent_gets_its_target_when_it_is_linked(self) -> None:
        with self._opened_with(new(N1, status=Status.INTENT)) as store:
            assert save(store, link(the_one(store, N1), N1, S1)) == [True]
            assert loaded(store, S1) == loaded(store, N1) == [evolve(new(N1, S1), version=2)]

    def test_a_target_that_was_replaced_is_free_again(self) -> None:
        with self._opened_with(new(N1, S1)) as store:
            assert save(store, link(the_one(store, N1), N1, S2)) == [True]
            assert loaded(store, S1) == []
            assert save(store, new(N2, S1)) == [True]

    def test_a_source_that_was_replaced_is_free_again(self) -> None:
        with self._opened_with(new(N1, S1)) as store:
            assert save(store, link(the_one(store, S1), S1, N2)) == [True]
            assert loaded(store, N1) == []
            assert loaded(store, N2) == [evolve(new(N2, S1), version=2)]
            assert save(store, new(N1, S2)) == [True]

    def test_ends_may_change_places(self) -> None:
        with self._opened_with(new(N1, S1)) as store:
            assert save(store, evolve(the_one(store, N1), source=S1, target=N1)) == [True]
            assert loaded(store, N1) == loaded(store, S1) == [evolve(new(S1, N1), version=2)]

    def test_an_end_has_one_owner(self) -> None:
        with self._opened_with(new(N1, S1), new(N2, S2), new(N3)) as store:
            for clash in (new(S3, S1), new(S1), new(S3, N1), new(N2)):
                assert save(store, clash) == [False]
            for clash in (evolve(new(N3, S1), version=1), evolve(new(N1, N2), version=1)):
                assert save(store, clash) == [False]
            assert [record.target for record in loaded(store, N1, N2, N3)] == [S1, S2, None]
            assert loaded(store, S3) == []

    def test_a_link_to_an_end_of_another_record_is_refused(self) -> None:
        with self._opened_with(new(N1, S1), new(N2)) as store:
            assert save(store, link(the_one(store, N2), N2, S1)) == [False]
            assert loaded(store, N2) == [evolve(new(N2), version=1)]

    def test_a_failed_record_gives_way_to_one_that_links_its_customer(self) -> None:
        """Two customers that are one, each with a create that failed, end up with one record."""
        with self.opened() as store:
            assert save(store, *[new(end, status=Status.FAILED) for end in (N1, S1)]) == [True, True]
            assert list(store.save([RecordWrite(record=new(S1, N1), expected=1)])) == [True]
            assert loaded(store, N1, S1) == [evolve(new(S1, N1), version=2)]

    def test_an_intent_gives_way_to_nobody(self) -> None:
        """A create whose outcome is unknown is not forgotten."""
        with self._opened_with(new(N1, status=Status.FAILED), new(S1, status=Status.INTENT)) as store:
            assert list(store.save([RecordWrite(record=new(N1, S1), expected=1)])) == [False]
            assert [record.version for record in loaded(store, N1, S1)] == [1, 1]

    def test_a_merged_record_shares_the_survivors_target(self) -> None:
        with self._opened_with(new(N1, S1), new(N2, S2)) as store:
            merged = evolve(the_one(store, N1), status=Status.MERGED, target=S2)
            assert save(store, merged) == [True]
            assert [record.source for record in loaded(store, S2)] == [N1, N2]
            assert save(store, the_one(store, N2)) == [True]
            assert loaded(store, S1) == []

    def test_a_target_that_only_merged_records_have_is_free(self) -> None:
        with self._opened_with(new(N1, S2, Status.MERGED), new(N3, S2, Status.MERGED)) as store:
            assert save(store, new(N2, S2)) == [True]
            assert [record.source for record in loaded(store, S2)] == [N1, N2, N3]

    def test_a_sharing_record_owns_its_source_only(self) -> None:
        with self.opened() as store:
            sharing = new(N2, S1, Status.SHARED)
            assert save(store, new(N1, S1), sharing, new(N3, S1, Status.SHARED)) == [True, True, True]
            assert [record.source for record in loaded(store, S1)] == [N1, N2, N3]
            assert save(store, link(the_one(store, N2), N2, S1)) == [False]
            assert save(store, link(the_one(store, N2), N2, S2)) == [True]
            assert [record.source for record in loaded(store, S1)] == [N1, N3]

    def test_a_merged_record_can_be_linked_again(self) -> None:
        with self._opened_with(new(N1, S2, Status.MERGED), new(N2, S2)) as store:
            assert save(store, new(N1, S1)) == [False]
            assert save(store, link(the_one(store, N1), N1, S2)) == [False]
            assert save(store, link(the_one(store, N1), N1, S1)) == [True]
            assert [record.source for record in loaded(store, S2)] == [N2]

    def test_a_linked_record_is_recognised_by_the_payload_of_either_side(self) -> None:
        memory = {N1.namespace: LastSeen(payload="p1"), S1.namespace: LastSeen(payload="p2" * 24)}
        blank = evolve(new(N2), memory={N2.namespace: LastSeen()})
        with self._opened_with(with_last_seen(new(N1, S1), memory), blank) as store:
            record = the_one(store, N1)
            known = {"p1": record, "p2" * 16: record}  # of a longer one, the digest of the text
            assert dict(store.find_by_digest(LINK, [*known, "p2" * 24, "p3", ""])) == known
            assert dict(store.find_by_digest("another-link", ["p1"])) == {}
            assert dict(store.find_by_digest(LINK, [])) == {}

    def test_a_payload_that_is_no_longer_remembered_recognises_nothing(self) -> None:
        with self._opened_with(with_last_seen(new(N1, S1), {N1.namespace: LastSeen(payload="old")})) as store:
            save(store, with_last_seen(the_one(store, N1), {N1.namespace: LastSeen(payload="new")}))
            assert dict(store.find_by_digest(LINK, ["old", "new"])) == {"new": the_one(store, N1)}

    def test_only_linked_records_are_recognised(self) -> None:
        memory = {N1.namespace: LastSeen(payload="p1")}
        with self.opened() as store:
            for status in Status:
                record = evolve(new(N1, status=status), memory=memory)
                version = sum(found.version for found in loaded(store, N1))
                assert save(store, evolve(record, version=version)) == [True]
                assert list(store.find_by_digest(LINK, ["p1"])) == ["p1"] * (status is Status.LINKED)

    def test_a_digest_of_two_records_recognises_neither(self) -> None:
        memory = {N1.namespace: LastSeen(payload="same")}
        with self._opened_with(*(evolve(new(end), memory=memory) for end in (N1, N2, N3))) as store:
            assert dict(store.find_by_digest(LINK, ["same"])) == {}
            save(store, *(evolve(the_one(store, end), memory={}) for end in (N1, N3)))
            assert dict(store.find_by_digest(LINK, ["same"])) == {"same": the_one(store, N2)}
            save(store, evolve(the_one(store, N2), memory={}))
            assert dict(store.find_by_digest(LINK, ["same"])) == {}

    def test_a_batch_may_be_large(self) -> None:
        pairs = [
            (evolve(N1, id=f"{n}"), evolve(S1, id=f"cus_{n}"), LastSeen(payload=f"p{n}")) for n in range(2500)
        ]
        records = [evolve(new(one, other), memory={N1.namespace: seen}) for one, other, seen in pairs]
        with self.opened() as store:
            assert save(store, *records) == [True] * 2500
            refs = [record.source for record in records]
            assert len(loaded(store, *refs, S1, S2)) == 2500
            digests = [f"p{number}" for number in range(3000)]
            assert len(store.find_by_digest(LINK, digests)) == 2500


class DurableStoreContract(StoreContract):
    """The contract of a store that survives its process: `opened` gives the same store each time."""

    def test_what_was_saved_is_there_when_the_store_is_opened_again(self) -> None:
        memory = {N1.namespace: LastSeen(payload="p1")}
        with self.opened() as store:
            save(store, evolve(new(N1, S1), memory=memory), new(N1), new(N2))
            before = loaded(store, N1, N2)
        with self.opened() as store:
            assert loaded(store, N1, N2) == before
            assert dict(store.find_by_digest(LINK, ["p1"])) == {"p1": before[0]}
            assert save(store, new(N1), the_one(store, N2)) == [False, True]

    def test_of_two_who_read_the_same_version_one_wins(self) -> None:
        with self.opened() as one, self.opened() as other:
            save(one, new(N1))
            first, second = link(the_one(one, N1), N1, S1), link(the_one(other, N1), N1, S2)
            assert save(one, first) == [True]
            assert save(other, second) == [False]
            assert loaded(other, N1) == [evolve(first, version=2)]
