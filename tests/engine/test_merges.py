"""Following merges: a merge in the source is carried over, one in the target alone is followed."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.apply.batch import apply_batch
from custsync.engine.decide.merges import Survivor, follow
from custsync.engine.decisions import Decision, Merge, Review, Skip, Unchanged
from custsync.engine.environment import Environment, run
from custsync.engine.manual import link_manually, record_target_merge, unlink_manually
from custsync.engine.outcomes import Report, Result
from custsync.engine.plan.context import context_of
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.flows import stripe
from custsync.models import Customer, Ref
from custsync.protocols import Rejected, Unknown
from custsync.rules.fields.mapping import FieldMapping
from custsync.rules.matching.rule import Key
from custsync.rules.matching.steps import MatchStep
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import MergeNote, RecordWrite, Status, SyncRecord
from custsync.systems import netsuite
from custsync.systems.servicetitan import SERVICETITAN
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.fakes.stripe import FakeStripe
from tests.environments import Read

LINK = "servicetitan-netsuite"
BY_EXTERNAL_ID = MatchStep(
    id="ST-LEG-2",
    keys=Key("custom.Legacy ID", right="id", kind="id"),
    question="?",
    lookup="id",
    authoritative=True,
)
FLOW = Flow(
    name="test.SYNC",
    link=LINK,
    source=SERVICETITAN,
    target=netsuite.REST,
    match=(BY_EXTERNAL_ID,),
    fields=(
        FieldMapping(target="company_name", sources=("name",), rule="ST-NAME-5", compute=Read("name")),
        FieldMapping(
            target="billing_address",
            sources=("billing_address",),
            rule="ST-REC",
            compute=Read("billing_address"),
            create_only=True,
        ),
    ),
    unique_key="external_id",
    updates=False,
)
ANN, BOB = Ref("servicetitan", "1"), Ref("servicetitan", "2")
ONE, TWO = Ref("netsuite", "5001"), Ref("netsuite", "5002")


def titan(identity: str, *, into: str | None = None) -> dict[str, Any]:
    """Return a customer as ServiceTitan shows it; `into`: merged into that one."""
    return {
        "id": int(identity),
        "active": into is None,
        "name": f"Joinery {identity}",
        "type": "Commercial",
        "address": {"street": f"{identity} Elm St", "city": "Astoria", "state": "OR", "country": "US"},
        "mergedToId": None if into is None else int(into),
    }


class Office:
    """A NetSuite account, a store, and as many synced ServiceTitan customers as are asked for."""

    def __init__(self, count: int = 2, **settings: Any) -> None:
        self.clock = VirtualClock()
        self.netsuite, self.store = FakeNetSuite(self.clock, **settings), MemoryStore()
        self.world = Environment(
            target=self.netsuite, store=self.store, clock=self.clock, sleep=self.clock.sleep, random=float
        )
        self.sync(*[titan(str(number)) for number in range(1, count + 1)])

    def sync(self, *payloads: dict[str, Any]) -> Report:
        return sync(FLOW, payloads, self.world)

    def record(self, identity: str) -> SyncRecord:
        (record,) = [r for r in self.store.records(LINK) if r.source.id == identity]
        return record

    def targets(self, *identities: str) -> list[str | None]:
        records = [self.record(identity) for identity in identities]
        return [record.target.id if record.target else None for record in records]

    def addressees(self, identity: str) -> list[str | None]:
        book = self.netsuite.row(identity).get("addressBook", {"items": []})
        return [line["addressBookAddress"].get("addressee") for line in book["items"]]


@pytest.mark.rule("ST-MRG-1")
class TestMergedInTheSource:
    """At the next run the same merge is started in the target, and both sync records point at the survivor.

    The duplicate's name and address stay, as an address of the survivor.
    """

    def test_both_records_point_at_the_survivor(self) -> None:
        office = Office()
        assert office.sync(titan("1", into="2"), titan("2")).summary == "1 merged, 1 unchanged"
        assert office.targets("1", "2") == ["5002", "5002"]
        assert [row["id"] for row in office.netsuite.rows] == ["5002"]
        assert office.addressees("5002").count("Joinery 1") == 1

    def test_what_is_lost_is_on_the_record(self) -> None:
        office = Office()
        office.sync(titan("1", into="2"))
        note = office.record("1").merge
        assert note is not None
        assert (note.duplicate, note.done) == (ONE, True)
        assert note.lost["company_name"] == ["Joinery 1"]
        assert "Joinery" not in repr(office.record("1"))

    def test_a_second_run_has_nothing_to_do(self) -> None:
        office = Office()
        office.sync(titan("1", into="2"), titan("2"))
        office.netsuite.writes.clear()
        assert office.sync(titan("1", into="2"), titan("2")).summary == "2 unchanged"
        assert office.netsuite.writes == []

    def test_a_late_word_of_the_duplicate_finds_the_survivor(self) -> None:
        office = Office()
        office.sync(titan("1", into="2"))
        (made,) = plan(FLOW, [titan("1")], office.world)
        assert isinstance(made, Unchanged)
        assert made.target == TWO

    def test_queued(self) -> None:
        office = Office(merge_delay=timedelta(minutes=5))
        assert office.sync(titan("1", into="2")).summary == "1 unknown"
        assert office.targets("1") == ["5002"]
        office.clock.sleep(600)
        assert office.sync(titan("1", into="2")).summary == "1 merged"
        assert office.sync(titan("1", into="2")).summary == "1 unchanged"
        assert office.addressees("5002").count("Joinery 1") == 1

    @pytest.mark.parametrize("order", list(permutations(["1", "2", "3"])), ids="".join)
    def test_chains_in_any_order(self, order: tuple[str, ...]) -> None:
        office = Office(3)
        into = {"1": "2", "2": "3", "3": None}
        office.sync(*[titan(identity, into=into[identity]) for identity in order])
        assert office.targets("1", "2", "3") == ["5003"] * 3
        assert [row["id"] for row in office.netsuite.rows] == ["5003"]

    def test_chains_over_several_runs(self) -> None:
        office = Office(3)
        office.sync(titan("1", into="2"))
        office.sync(titan("2", into="3"))
        assert office.sync(titan("1", into="2"), titan("2", into="3")).summary == "1 merged, 1 unchanged"
        assert office.targets("1", "2", "3") == ["5003"] * 3
        assert [row["id"] for row in office.netsuite.rows] == ["5003"]

    def test_a_survivor_without_counterpart_takes_over(self) -> None:
        office = Office(1)
        assert office.sync(titan("1", into="9")).summary == "1 merged"
        assert office.targets("1", "9") == ["5001", "5001"]
        assert office.record("9").status is Status.LINKED
        assert office.sync(titan("1", into="9"), titan("9")).summary == "2 unchanged"
        assert len(office.netsuite.rows) == 1

    def test_a_survivor_that_was_linked_meanwhile_takes_nothing_over(self) -> None:
        office = Office(1)
        planned = plan(FLOW, [titan("1", into="9")], office.world)
        office.sync(titan("9"))
        context = context_of(office.world)
        (outcome,) = run(apply_batch(FLOW, planned.decisions, context, fresh=True), office.world)
        assert outcome.result is not Result.MERGED
        assert office.sync(titan("1", into="9"), titan("9")).summary == "1 merged, 1 unchanged"
        assert office.targets("1", "9") == ["5002", "5002"]
        assert len(office.netsuite.rows) == 1

    def test_never_synced(self) -> None:
        office = Office()
        (made,) = plan(FLOW, [titan("7", into="2")], office.world)
        assert isinstance(made, Skip)
        assert [issue.code for issue in made.issues] == ["merged_unsynced"]

    def test_a_circle_refuses_its_members_alone(self) -> None:
        office = Office(3)
        report = office.sync(titan("1", into="2"), titan("2", into="1"), titan("3"))
        assert report.summary == "1 unchanged, 2 refused"

    def test_merged_back_is_for_a_person(self) -> None:
        office = Office()
        office.sync(titan("1", into="2"))
        (made,) = plan(FLOW, [titan("2", into="1")], office.world)
        assert isinstance(made, Review)
        assert [issue.code for issue in made.issues] == ["merged_back"]

    def test_refused_by_the_target_leaves_the_link_as_it_was(self, monkeypatch: pytest.MonkeyPatch) -> None:
        office = Office()
        with monkeypatch.context() as patched:
            patched.setattr(office.netsuite, "merge", lambda asked: {asked[0].duplicate: Rejected("NO")})
            assert office.sync(titan("1", into="2")).summary == "1 failed"
        assert (office.record("1").status, office.targets("1")) == (Status.LINKED, ["5001"])
        assert len(office.netsuite.rows) == 2

    def test_what_the_target_would_refuse_is_not_begun(self) -> None:
        office = Office()
        office.netsuite.edit("5001", vatRegNumber="US1")
        office.netsuite.edit("5002", vatRegNumber="US2")
        office.netsuite.writes.clear()
        report = office.sync(titan("1", into="2"))
        assert [issue.code for issue in report.attention[0].issues] == ["other_vat"]
        assert (office.record("1").status, office.targets("1")) == (Status.LINKED, ["5001"])
        assert office.netsuite.writes == []

    def test_an_adapter_that_cannot_merge(self) -> None:
        office = Office()
        office.netsuite.capabilities = evolve(office.netsuite.capabilities, merges=0)
        (made,) = plan(FLOW, [titan("1", into="2")], office.world)
        assert isinstance(made, Review)
        assert [issue.code for issue in made.issues] == ["cannot_merge"]

    def test_a_plan_is_carried_out_once(self) -> None:
        office = Office()
        planned = plan(FLOW, [titan("1", into="2")], office.world)
        assert str(planned).splitlines()[0].startswith("> servicetitan:1 → netsuite:5002")
        assert "5001 goes" in str(planned)
        assert "Merges netsuite:5001" in planned.explain("1")
        assert apply(FLOW, planned, office.world).summary == "1 merged"
        assert apply(FLOW, planned, office.world).summary == "1 already done"
        assert type(planned).from_lines(planned.to_lines()) == planned

    def test_a_plan_that_was_overtaken_is_stale(self) -> None:
        office = Office(3)
        planned = plan(FLOW, [titan("1", into="2")], office.world)
        office.sync(titan("1", into="3"))
        assert apply(FLOW, planned, office.world).summary == "1 stale"
        assert office.targets("1") == ["5003"]

    @pytest.mark.parametrize("into", ["2", "9"], ids=["merged", "taken over"])
    def test_a_plan_whose_survivor_has_another_counterpart_is_stale(self, into: str) -> None:
        office = Office()
        other = office.netsuite.put({"companyName": "Another"})
        planned = plan(FLOW, [titan("1", into=into)], office.world)
        survivor = Ref("servicetitan", into)
        (record,) = office.store.load(LINK, [survivor]) or [
            evolve(office.record("1"), source=survivor, version=0)
        ]
        linked = evolve(record, target=Ref("netsuite", other))
        assert office.store.save([RecordWrite(record=linked, expected=record.version)]) == [True]
        assert apply(FLOW, planned, office.world).summary == "1 stale"
        assert (office.record("1").status, office.targets("1")) == (Status.LINKED, ["5001"])
        assert len(office.netsuite.rows) == 3

    @pytest.mark.parametrize("status", [Status.EXCLUDED, Status.INTENT, Status.FAILED])
    def test_a_plan_whose_survivor_takes_no_part_any_more_is_stale(self, status: Status) -> None:
        office = Office()
        planned = plan(FLOW, [titan("1", into="2")], office.world)
        record = office.record("2")
        office.store.save([RecordWrite(record=evolve(record, status=status), expected=record.version)])
        assert apply(FLOW, planned, office.world).summary == "1 stale"
        assert len(office.netsuite.rows) == 2

    @pytest.mark.parametrize(
        ("now", "brief"),
        [
            pytest.param({"mergedToId": 2}, "1 merged", id="still merged"),
            pytest.param({"mergedToId": None, "active": True}, "1 stale", id="undone"),
            pytest.param({"mergedToId": 3}, "1 stale", id="merged into another"),
            pytest.param(None, "1 merged", id="not shown any more"),
        ],
    )
    def test_a_plan_is_held_against_the_source(self, now: dict[str, Any] | None, brief: str) -> None:
        office = Office(3)
        here = FakeServiceTitan(office.clock)
        planned = plan(FLOW, [titan("1", into="2")], office.world)
        if now is not None:
            here.put({**titan("1", into="2"), **now})
        world = evolve(office.world, source=here)
        assert apply(FLOW, planned, world).summary == brief

    def test_the_duplicate_is_gone_already(self) -> None:
        office = Office()
        office.netsuite.remove("5001")
        assert office.sync(titan("1", into="2")).summary == "1 merged"
        assert office.targets("1") == ["5002"]

    def test_the_survivor_is_gone(self) -> None:
        office = Office()
        office.netsuite.remove("5002")
        assert office.sync(titan("1", into="2")).summary == "1 for review"
        planned = plan(FLOW, [titan("1", into="2")], Office().world)
        assert apply(FLOW, planned, office.world).summary == "1 stale"

    def test_an_address_that_cannot_be_kept_stops_the_merge(self) -> None:
        office = Office()
        office.netsuite.put({**office.netsuite.row("5001"), "companyName": "J" * 101})
        report = office.sync(titan("1", into="2"))
        assert report.summary == "1 failed"
        assert [issue.code for issue in report.attention[0].issues] == ["too_long"]
        assert len(office.netsuite.rows) == 2
        cut = FLOW.replace(may_cut=frozenset({"address.addressee"}))
        assert sync(cut, [titan("1", into="2")], office.world).summary == "1 merged"
        assert office.addressees("5002").count("J" * 100) == 1

    def test_a_line_that_was_cut_is_written_once(self) -> None:
        office = Office(merge_delay=timedelta(minutes=5))
        office.netsuite.put({**office.netsuite.row("5001"), "companyName": "J" * 101})
        cut = FLOW.replace(may_cut=frozenset({"address.addressee"}))
        for _ in range(2):
            assert sync(cut, [titan("1", into="2")], office.world).summary == "1 unknown"
        assert office.addressees("5002").count("J" * 100) == 1

    @pytest.mark.parametrize(
        ("method", "answer", "result"),
        [
            pytest.param("update", Unknown(), Result.UNKNOWN, id="address unknown"),
            pytest.param("update", Rejected("USER_ERROR"), Result.FAILED, id="address refused"),
            pytest.param("merge", Unknown(), Result.UNKNOWN, id="merge unknown"),
        ],
    )
    def test_a_step_that_fails_is_taken_again(
        self, monkeypatch: pytest.MonkeyPatch, method: str, answer: Any, result: Result
    ) -> None:
        office = Office()

        def failing(requests: Any) -> dict[str, Any]:
            return {getattr(asked, "duplicate", None) or asked.id: answer for asked in requests}

        with monkeypatch.context() as patched:
            patched.setattr(office.netsuite, method, failing)
            assert office.sync(titan("1", into="2")).counts == {result: 1}
        assert office.targets("1") == ["5002"]
        assert office.sync(titan("1", into="2"), titan("2")).summary == "1 merged, 1 unchanged"
        assert office.addressees("5002").count("Joinery 1") == 1

    def test_an_adapter_that_raises_is_an_unknown_merge(self, monkeypatch: pytest.MonkeyPatch) -> None:
        office = Office()
        with monkeypatch.context() as patched:
            patched.setattr(office.netsuite, "merge", list.__getitem__)
            assert office.sync(titan("1", into="2")).summary == "1 unknown"
        assert office.sync(titan("1", into="2")).summary == "1 merged"

    def test_a_duplicate_that_cannot_be_read_is_not_taken_for_gone(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = Office()
        find: Any = FakeNetSuite.find
        made = plan(FLOW, [titan("2", into="1"), titan("1")], office.world)

        def unreadable(adapter: FakeNetSuite, by: str, values: Sequence[str]) -> Any:
            found = find(adapter, by, values)
            return {
                value: [{**row, "isPerson": 7} for row in rows] if value == TWO.id else rows
                for value, rows in found.items()
            }

        monkeypatch.setattr(FakeNetSuite, "find", unreadable)
        assert apply(FLOW, made, office.world).summary == "1 unchanged, 1 unknown"
        assert office.record("2").status is Status.LINKED
        assert TWO.id in [row["id"] for row in office.netsuite.rows]

    def test_a_record_saved_meanwhile_stops_the_merge(self) -> None:
        office = Office(merge_delay=timedelta(minutes=5))
        planned = plan(FLOW, [titan("1", into="2")], office.world)
        context = context_of(office.world)
        office.sync(titan("1", into="2"))
        (outcome,) = run(apply_batch(FLOW, planned.decisions, context, fresh=True), office.world)
        assert outcome.result is Result.STALE
        assert office.addressees("5002").count("Joinery 1") == 1

    def test_an_address_book_that_was_not_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        office = Office()
        flow = FLOW.replace(target=evolve(netsuite.REST, write=_refusing))
        assert sync(flow, [titan("1", into="2")], office.world).summary == "1 failed"
        assert len(office.netsuite.rows) == 2


@pytest.mark.rule("ST-MRG-1", "ST-MRG-2", "SP-BI")
class TestRecordsOfTheOtherDirection:
    """A merge goes the same way whichever end its sync record began with: both directions share it."""

    def test_both_records_point_at_the_survivor(self) -> None:
        office = turned(Office())
        assert office.sync(titan("1", into="2"), titan("2")).summary == "1 merged, 1 unchanged"
        assert [row["id"] for row in office.netsuite.rows] == ["5002"]
        record = office.record("1")
        assert (record.source, record.target, record.status) == (ANN, TWO, Status.MERGED)
        assert office.sync(titan("1", into="2"), titan("2")).summary == "2 unchanged"

    def test_a_survivor_without_counterpart_takes_over(self) -> None:
        office = turned(Office(1))
        assert office.sync(titan("1", into="9")).summary == "1 merged"
        assert office.targets("1", "9") == ["5001", "5001"]
        assert office.sync(titan("1", into="9"), titan("9")).summary == "2 unchanged"

    def test_refused_by_the_target_leaves_the_link_as_it_was(self, monkeypatch: pytest.MonkeyPatch) -> None:
        office = turned(Office())
        monkeypatch.setattr(office.netsuite, "merge", lambda asked: {asked[0].duplicate: Rejected("NO")})
        assert office.sync(titan("1", into="2")).summary == "1 failed"
        (record,) = office.store.load(LINK, [ANN])
        assert (record.status, record.other(ANN), record.other(ONE)) == (Status.LINKED, ONE, ANN)

    def test_a_person_says_so(self) -> None:
        office = turned(Office())
        office.netsuite.remove("5001")
        record = record_target_merge(FLOW, "1", "5002", office.world)
        assert (record.source, record.target, record.status) == (ANN, TWO, Status.MERGED)
        assert office.sync(titan("1"), titan("2")).summary == "2 unchanged"
        assert [row["id"] for row in office.netsuite.rows] == ["5002"]

    def test_its_own_counterpart_is_no_survivor(self) -> None:
        with pytest.raises(InputError):
            record_target_merge(FLOW, "1", "5001", turned(Office()).world)


class Sorted(MemoryStore):
    """A store that shows the merged records before the others, or after them, as stores may."""

    def __init__(self, *, merged_first: bool) -> None:
        super().__init__()
        self.merged_first = merged_first

    def load(self, link: str, refs: Sequence[Ref]) -> list[SyncRecord]:
        """Return the records, the merged ones first or last."""
        found = super().load(link, refs)
        return sorted(found, key=lambda record: (record.status is Status.MERGED) is not self.merged_first)


class BothWays:
    """Two Stripe customers that were synced to NetSuite, where the first was merged into the second."""

    def __init__(self, store: MemoryStore) -> None:
        clock = VirtualClock()
        self.netsuite, self.stripe, self.store = FakeNetSuite(clock), FakeStripe(clock), store
        settings: dict[str, Any] = {"store": store, "clock": clock, "sleep": clock.sleep, "random": float}
        self.outwards = Environment(target=self.stripe, source=self.netsuite, **settings)
        inwards = Environment(target=self.netsuite, source=self.stripe, **settings)
        for name in ("lund", "moe"):
            self.stripe.put({"name": name, "email": f"office@{name}.example"})
        assert sync(stripe.IMPORT, self.stripe.rows, inwards).summary == "2 created"
        first, second = self.stripe.rows
        goes = evolve(stripe.IMPORT.source.read(first, "", "test"), merged_into=second["id"])
        assert sync(stripe.IMPORT, [goes], inwards).summary == "1 merged"
        (self.survivor,) = [row["id"] for row in self.netsuite.rows]


@pytest.fixture(params=[True, False], ids=["merged records first", "merged records last"])
def both_ways(request: pytest.FixtureRequest) -> BothWays:
    """Return a world of two directions after a merge."""
    return BothWays(Sorted(merged_first=request.param))


@pytest.mark.rule("ST-MRG-1", "SP-BI")
class TestWhatIsSaidOfTheSurvivor:
    """A merged record points at the survivor's counterpart and does not own it: it stands in nobody's way."""

    def test_a_plan_of_the_other_direction_is_carried_out(self, both_ways: BothWays) -> None:
        both_ways.netsuite.edit(both_ways.survivor, companyName="Moe Joinery")
        planned = plan(stripe.EXPORT, both_ways.netsuite.rows, both_ways.outwards)
        assert apply(stripe.EXPORT, planned, both_ways.outwards).summary == "1 updated"

    def test_it_is_linked_by_hand(self, both_ways: BothWays) -> None:
        linked = link_manually(stripe.EXPORT, both_ways.survivor, "cus_000002", both_ways.outwards)
        assert linked.status is Status.LINKED

    def test_it_is_unlinked_by_hand(self, both_ways: BothWays) -> None:
        unlink_manually(stripe.EXPORT, both_ways.survivor, both_ways.outwards)
        kept = {record.source.id: record.status for record in both_ways.store.records(stripe.EXPORT.link)}
        assert kept == {"cus_000001": Status.MERGED, both_ways.survivor: Status.FAILED}


def turned(office: Office) -> Office:
    """Return the office with its records as the other direction would have begun them."""
    for record in list(office.store.records(LINK)):
        assert record.target is not None
        begun_there = evolve(record, source=record.target, target=record.source)
        assert office.store.save([RecordWrite(record=begun_there, expected=record.version)]) == [True]
    return office


def _refusing(_values: Any, _current: Customer | None) -> dict[str, Any]:
    raise InputError("read its sub-lists first")


@pytest.mark.rule("ST-MRG-2")
class TestMergedInTheTargetOnly:
    """Nothing goes back to the source, and what stands on either customer goes to the survivor.

    A warning says that the two sides now differ.
    """

    def test_a_person_says_so(self) -> None:
        office = Office()
        office.netsuite.remove("5001")
        assert office.sync(titan("1")).summary == "1 for review"
        record = record_target_merge(FLOW, "1", "5002", office.world)
        assert (record.status, record.target) == (Status.MERGED, TWO)
        report = office.sync(titan("1"), titan("2"))
        assert report.summary == "2 unchanged"
        (told,) = report.attention
        assert ([issue.code for issue in told.issues], told.target) == (["sides_differ"], TWO)

    @pytest.mark.parametrize(
        ("source", "survivor"),
        [
            pytest.param("1", "5001", id="its own counterpart"),
            pytest.param("9", "5001", id="never synced"),
            pytest.param("1", "77", id="no such survivor"),
        ],
    )
    def test_what_cannot_be(self, source: str, survivor: str) -> None:
        with pytest.raises(InputError):
            record_target_merge(FLOW, source, survivor, Office().world)

    def test_a_target_that_shows_its_tombstones_is_followed(self) -> None:
        """A system that still answers for the duplicate, and names its survivor."""
        office = Office()
        shown = evolve(netsuite.REST, read=_read_with_tombstones, is_deleted=_is_tombstone)
        office.netsuite.put({"id": "5001", "companyName": "Joinery 1", "externalId": "gone"})
        flow = FLOW.replace(target=shown)
        report = sync(flow, [titan("1"), titan("2")], office.world)
        assert report.summary == "1 merged, 1 unchanged"
        assert [issue.code for issue in report.attention[0].issues] == ["sides_differ"]
        assert office.targets("1", "2") == ["5002", "5002"]

    def test_a_plan_of_it_is_carried_out(self) -> None:
        office = Office()
        office.netsuite.put({"id": "5001", "companyName": "Joinery 1", "externalId": "gone"})
        flow = FLOW.replace(
            target=evolve(netsuite.REST, read=_read_with_tombstones, is_deleted=_is_tombstone)
        )
        assert apply(flow, plan(flow, [titan("1")], office.world), office.world).summary == "1 merged"

    def test_the_survivor_goes_too(self) -> None:
        office = Office()
        office.netsuite.remove("5001")
        record_target_merge(FLOW, "1", "5002", office.world)
        office.netsuite.remove("5002")
        assert office.sync(titan("1")).summary == "1 for review"


def _is_tombstone(payload: Any) -> bool:
    return bool(payload.get("externalId") == "gone")


def _read_with_tombstones(payload: Any, account: str, mode: str) -> Customer:
    read = netsuite.REST.read(payload, account, mode)
    return evolve(read, deleted=True, merged_into="5002") if _is_tombstone(payload) else read


TOMBSTONES = evolve(netsuite.REST, read=_read_with_tombstones, is_deleted=_is_tombstone)
"""A NetSuite that still answers for a duplicate, and names its survivor."""


def known(status: Status = Status.LINKED, target: Ref | None = ONE, **changes: Any) -> SyncRecord:
    return SyncRecord(link=LINK, source=ANN, target=target, status=status, flow="f", **changes)


HERE = Customer(ref=ONE)
TOMBSTONE = Customer(ref=ONE, deleted=True, merged_into="5002")
THERE = Survivor(source=BOB, record=known(target=TWO), target=TWO, is_there=True)
DONE = MergeNote(duplicate=ONE, done=True)
BEGUN = MergeNote(duplicate=ONE)


def told(made: Decision) -> str:
    """Return a decision in a word or two."""
    if isinstance(made, Merge):
        way = "started" if made.started else "heir" if made.heir else "merge" if made.duplicate else "point"
        return f"{way} {made.target.id}"
    return " ".join([made.verb, *(issue.code for issue in made.issues)])


@pytest.mark.rule("ST-MRG-1", "ST-MRG-2")
class TestEveryCase:
    """What becomes of a merged customer depends on its record, its counterpart and the survivor alone."""

    @pytest.mark.parametrize(
        ("record", "current", "survivor", "fate"),
        [
            pytest.param(None, None, THERE, "left out merged_unsynced", id="no record"),
            pytest.param(known(Status.FAILED, None), None, THERE, "left out merged_unsynced", id="failed"),
            pytest.param(known(), HERE, THERE, "merge 5002", id="both there"),
            pytest.param(known(), None, THERE, "point 5002", id="duplicate gone"),
            pytest.param(known(), TOMBSTONE, THERE, "point 5002", id="duplicate merged there"),
            pytest.param(
                known(),
                HERE,
                THERE._replace(is_there=False),
                "review survivor_counterpart_gone",
                id="survivor gone",
            ),
            pytest.param(known(), HERE, Survivor(source=BOB), "heir 5001", id="survivor never synced"),
            pytest.param(
                known(),
                HERE,
                Survivor(source=BOB, record=known(Status.FAILED, None)),
                "heir 5001",
                id="survivor failed",
            ),
            pytest.param(
                known(),
                HERE,
                Survivor(source=BOB, record=known(Status.INTENT, None)),
                "review survivor_open",
                id="survivor on its way",
            ),
            pytest.param(
                known(),
                HERE,
                Survivor(source=BOB, target=ONE, is_there=True),
                "review merged_back",
                id="back",
            ),
            pytest.param(known(Status.MERGED, TWO, merge=BEGUN), HERE, THERE, "started 5002", id="under way"),
            pytest.param(known(Status.MERGED, TWO, merge=BEGUN), None, THERE, "point 5002", id="over unseen"),
            pytest.param(known(Status.MERGED, TWO, merge=DONE), None, THERE, "unchanged merged", id="over"),
            pytest.param(
                known(Status.MERGED, Ref("netsuite", "5003"), merge=DONE),
                None,
                THERE,
                "point 5002",
                id="chain",
            ),
            pytest.param(
                known(Status.MERGED, TWO, merge=DONE),
                None,
                Survivor(target=TWO, is_there=True),
                "unchanged sides_differ",
                id="in the target only",
            ),
            pytest.param(
                known(), TOMBSTONE, Survivor(target=TWO, is_there=True), "point 5002", id="tombstone"
            ),
        ],
    )
    def test_table(
        self, record: SyncRecord | None, current: Customer | None, survivor: Survivor, fate: str
    ) -> None:
        ann = Customer(ref=ANN, merged_into="2" if survivor.source else None)
        assert told(follow(ann, record, current, survivor, can_merge=True)) == fate
