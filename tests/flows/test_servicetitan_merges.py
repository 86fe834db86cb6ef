"""Merges of ServiceTitan customers: carried over to NetSuite; and merges in NetSuite alone: followed."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.apply.batch import apply_batch
from custsync.engine.decisions import Invalid, Link, Merge, Review, Skip, Unchanged
from custsync.engine.environment import Environment, run
from custsync.engine.manual import exclude_manually, link_manually, record_target_merge
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import context_of
from custsync.errors import InputError, StoreError
from custsync.flows.servicetitan import INVOICE, SERVICETITAN_ID_FIELD, Transaction
from custsync.models import Severity
from custsync.protocols import Rejected, Unknown
from custsync.syncrecords import Status
from custsync.testing.faults import Crash, Fault, Faults, faults_of
from tests.flows.titans import Tenant, codes

VALE: dict[str, Any] = {"address": {"street": "1 Elm St", "city": "Astoria", "state": "OR", "country": "USA"}}
LUND: dict[str, Any] = {"address": {"street": "2 Elm St", "city": "Astoria", "state": "OR", "country": "USA"}}
KEPT = ("Ines Vale", "1 Elm St")


class Pair(Tenant):
    """A tenant with two customers that are one: Vale, the duplicate, and Lund, the survivor."""

    def __init__(self, *, vale: bool = True, lund: bool = True, **settings: Any) -> None:
        super().__init__(**settings)
        self.vale = self.customer("Vale, Ines", invoice=vale, **VALE)
        self.lund = self.customer("Lund, Ivo", invoice=lund, **LUND)
        self.run()
        self.netsuite.writes.clear()

    def merge(self) -> None:
        self.titan.merge(self.vale, self.lund)

    def is_one(self) -> bool:
        """Return whether both records point at the survivor, which alone is left and has the kept address."""
        there = self.target(self.lund)
        assert there is not None
        alone = self.ids() == [there] == [self.target(self.vale)]
        return alone and self.lines(there).count(KEPT) == 1


@pytest.mark.rule("ST-MRG-1")
class TestMergedInServiceTitan:
    """At the next run the same merge is started in NetSuite; both sync records then point at the survivor.

    The duplicate's name and address stay, as an address of the survivor.
    """

    def test_both_synced(self) -> None:
        pair = Pair()
        before = pair.target(pair.lund)
        pair.merge()
        assert pair.run().summary == "1 merged, 1 unchanged"
        assert pair.is_one()
        assert pair.target(pair.lund) == before
        statuses = [pair.record(identity).status for identity in (pair.vale, pair.lund)]
        assert statuses == [Status.MERGED, Status.LINKED]

    def test_a_second_run_writes_nothing(self) -> None:
        pair = Pair()
        pair.merge()
        pair.run()
        rows, writes = pair.netsuite.rows, list(pair.netsuite.writes)
        records = list(pair.store.records(pair.flow.link))
        assert pair.run().summary == "2 unchanged"
        assert (pair.netsuite.rows, pair.netsuite.writes) == (rows, writes)
        assert list(pair.store.records(pair.flow.link)) == records

    def test_it_needs_no_transaction(self) -> None:
        pair = Pair()
        pair.invoiced.clear()
        pair.merge()
        assert pair.run().summary == "1 merged, 1 left out"
        assert pair.is_one()

    def test_the_survivor_need_not_be_handed_in(self) -> None:
        pair = Pair()
        pair.merge()
        payloads = [payload for payload in pair.payloads() if str(payload["id"]) == pair.vale]
        (made,) = plan(pair.flow, payloads, pair.world).decisions
        assert isinstance(made, Merge)
        apply(pair.flow, plan(pair.flow, payloads, pair.world), pair.world)
        assert pair.is_one()

    def test_what_else_the_survivor_has_stays(self) -> None:
        pair = Pair()
        there = pair.target(pair.lund)
        assert there is not None
        pair.netsuite.edit(there, phone="503-555-0142")
        before = {
            key: pair.netsuite.row(there)[key] for key in ("firstName", "lastName", "phone", "externalId")
        }
        pair.merge()
        pair.run()
        after = pair.netsuite.row(there)
        assert {key: after[key] for key in before} == before
        assert (None, "2 Elm St") in pair.lines(there)

    def test_later_transactions_of_the_duplicate_find_the_survivor(self) -> None:
        pair = Pair()
        pair.merge()
        pair.run()
        pair.invoiced = [Transaction(customer=pair.vale, type=INVOICE, id="9009", subsidiary="2")]
        made = pair.plan()
        assert [type(decision) for decision in made] == [Unchanged, Unchanged]
        assert {str(decision.target) for decision in made if isinstance(decision, Unchanged)} == {
            f"netsuite:{pair.target(pair.lund)}"
        }

    def test_a_duplicate_that_was_never_synced_is_left_out_for_its_survivor(self) -> None:
        pair = Pair(vale=False)
        pair.invoice(pair.vale)
        pair.merge()
        unchanged, left_out = pair.plan()
        assert isinstance(left_out, Skip)
        assert codes(left_out.issues) == ["merged_unsynced"]
        assert isinstance(unchanged, Unchanged)
        pair.run()
        assert pair.ids() == [pair.target(pair.lund)]

    def test_a_transaction_of_a_duplicate_brings_its_unsynced_survivor_along(self) -> None:
        pair = Pair(vale=False, lund=False)
        pair.invoice(pair.vale)
        pair.merge()
        assert pair.run().summary == "1 created, 1 left out"
        assert pair.ids() == [pair.target(pair.lund)]

    @pytest.mark.parametrize("invoice", [False, True], ids=["no transaction", "on a transaction"])
    def test_a_survivor_that_was_never_synced_takes_over(self, *, invoice: bool) -> None:
        pair = Pair(lund=False)
        there = pair.target(pair.vale)
        if invoice:
            pair.invoice(pair.lund)
        pair.merge()
        pair.run()
        pair.run()
        assert pair.ids() == [there] == [pair.target(pair.lund)]
        assert pair.target(pair.vale) == there
        assert pair.run().counts.keys() <= {Result.UNCHANGED, Result.LEFT_OUT}

    @pytest.mark.parametrize("batch", [1, 500])
    @pytest.mark.parametrize("as_plan", [False, True], ids=["sync", "plan and apply"])
    def test_plan_and_run_say_so_and_the_id_follows(self, batch: int, *, as_plan: bool) -> None:
        pair = Pair(lund=False)
        there = pair.target(pair.vale)
        assert there is not None
        pair.invoice(pair.lund)
        pair.merge()
        made = plan(pair.flow, pair.payloads(), pair.world)
        assert [(decision.verb, codes(decision.issues)) for decision in made] == [
            ("unchanged", ["survivor_takes_over"]),
            ("merge", ["survivor_takes_over"]),
        ]
        report = apply(pair.flow, made, pair.world) if as_plan else pair.run(batch=batch)
        assert (report.summary, len(report.attention)) == ("1 merged, 1 unchanged", 2)
        assert pair.netsuite.row(there)[SERVICETITAN_ID_FIELD] == pair.lund
        assert pair.run().summary == "2 unchanged"

    def test_an_id_that_netsuite_refuses_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pair = Pair(lund=False)
        pair.merge()
        refusing = lambda requests: {request.id: Rejected("locked") for request in requests}  # noqa: E731
        monkeypatch.setattr(pair.netsuite, "update", refusing)
        report = pair.run()
        assert "id_not_moved" in [issue.code for outcome in report.attention for issue in outcome.issues]
        assert pair.target(pair.lund) == pair.target(pair.vale)

    def test_an_id_whose_move_has_no_answer_is_moved_by_a_later_run(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pair = Pair(lund=False)
        there = pair.target(pair.vale)
        assert there is not None
        pair.merge()
        lost = lambda requests: {request.id: Unknown("TimeoutError") for request in requests}  # noqa: E731
        with monkeypatch.context() as patched:
            patched.setattr(pair.netsuite, "update", lost)
            assert [pair.run().counts[Result.UNKNOWN] for _ in range(2)] == [1, 1]
        assert pair.netsuite.row(there)[SERVICETITAN_ID_FIELD] == pair.vale
        assert pair.run().counts[Result.MERGED] == 1
        assert pair.netsuite.row(there)[SERVICETITAN_ID_FIELD] == pair.lund
        assert pair.ids() == [there] == [pair.target(pair.lund)] == [pair.target(pair.vale)]

    def test_a_survivor_that_could_not_be_created_takes_over(self) -> None:
        pair = Pair(lund=False)
        pair.invoice(pair.lund, "44")
        pair.run()
        assert pair.record(pair.lund).status is Status.FAILED
        pair.merge()
        pair.run()
        assert pair.run().summary == "2 unchanged"
        assert pair.ids() == [pair.target(pair.lund)] == [pair.target(pair.vale)]

    @pytest.mark.rule("ST-LEG-2")
    @pytest.mark.parametrize("batch", [1, 2])
    def test_a_survivor_that_has_a_legacy_id_is_linked_by_it(self, batch: int) -> None:
        pair = Pair(lund=False)
        there = pair.existing("Lund Joinery")
        pair.titan.edit(pair.lund, customFields=[{"name": "Legacy ID", "value": there}])
        pair.invoice(pair.lund)
        pair.merge()
        pair.run(batch=batch)
        pair.run(batch=batch)
        assert pair.run(batch=batch).summary == "2 unchanged"
        assert pair.target(pair.lund) == there
        assert pair.is_one()

    def test_until_then_its_duplicate_waits(self) -> None:
        pair = Pair(lund=False)
        pair.titan.edit(pair.lund, customFields=[{"name": "Legacy ID", "value": pair.existing()}])
        pair.invoice(pair.lund)
        pair.merge()
        link, review = pair.plan()
        assert isinstance(link, Link)
        assert isinstance(review, Review)
        assert codes(review.issues) == ["survivor_open"]

    def test_a_survivor_whose_legacy_id_names_its_duplicates_customer_takes_over(self) -> None:
        pair = Pair(lund=False)
        there = pair.target(pair.vale)
        pair.titan.edit(pair.lund, customFields=[{"name": "Legacy ID", "value": there}])
        pair.invoice(pair.lund)
        pair.merge()
        pair.run()
        assert pair.run().summary == "2 unchanged"
        assert pair.ids() == [there] == [pair.target(pair.lund)]

    def test_two_duplicates_of_a_survivor_that_was_never_synced(self) -> None:
        pair = Pair(lund=False)
        okafor = pair.customer("Okafor, Rosalind", address={"street": "3 Elm St"})
        pair.run()
        pair.merge()
        pair.titan.merge(okafor, pair.lund)
        pair.run()
        pair.run()
        assert pair.run().counts.keys() <= {Result.UNCHANGED, Result.LEFT_OUT}
        (there,) = pair.ids()
        assert [pair.target(identity) for identity in (pair.vale, pair.lund, okafor)] == [there] * 3
        assert ("Rosalind Okafor", "3 Elm St") in pair.lines(there)

    def test_a_survivor_that_another_worker_linked_meanwhile_keeps_its_link(self) -> None:
        pair = Pair(lund=False)
        pair.merge()
        planned, there = plan(pair.flow, pair.payloads(), pair.world), pair.existing()
        link_manually(pair.flow, pair.lund, there, pair.world)
        steps = apply_batch(pair.flow, planned.decisions, context_of(pair.world), fresh=True)
        assert run(steps, pair.world)[-1].result is Result.STALE
        assert pair.target(pair.lund) == there

    def test_neither_synced(self) -> None:
        pair = Pair(vale=False, lund=False)
        pair.merge()
        assert pair.run().summary == "2 left out"
        assert pair.netsuite.rows == []

    def test_a_duplicate_linked_by_its_legacy_id(self) -> None:
        pair = Pair(vale=False)
        there = pair.existing("Vale Joinery")
        pair.titan.edit(pair.vale, customFields=[{"name": "Legacy ID", "value": there}])
        pair.invoice(pair.vale)
        pair.run()
        pair.merge()
        assert pair.run().summary == "1 merged, 1 unchanged"
        survivor = pair.target(pair.lund)
        assert survivor is not None
        assert pair.ids() == [survivor]
        assert ("Vale Joinery", None) in pair.lines(survivor)

    def test_a_company_keeps_its_name(self) -> None:
        tenant = Tenant()
        acme = tenant.customer("Acme, Inc.", type="Commercial", **VALE)
        bright = tenant.customer("Brightwater", type="Commercial", **LUND)
        tenant.run()
        tenant.titan.merge(acme, bright)
        tenant.run()
        there = tenant.target(bright)
        assert there is not None
        assert tenant.lines(there).count(("Acme, Inc.", "1 Elm St")) == 1

    def test_two_duplicates_of_one_survivor(self) -> None:
        pair = Pair()
        third = pair.customer("Okafor, Rosalind", **VALE)
        pair.run()
        pair.merge()
        pair.titan.merge(third, pair.lund)
        assert pair.run().summary == "2 merged, 1 unchanged"
        assert pair.is_one()
        there = pair.target(pair.lund)
        assert there is not None
        assert pair.lines(there).count(("Rosalind Okafor", "1 Elm St")) == 1


@pytest.mark.rule("ST-MRG-1")
class TestChains:
    """A merged into B, B into C: all three sync records point at C's customer."""

    def trio(self) -> tuple[Tenant, list[str]]:
        tenant = Tenant()
        ids = [tenant.customer(f"{name}, A", type="Residential", **VALE) for name in ("One", "Two", "Three")]
        tenant.run()
        return tenant, ids

    def assert_one(self, tenant: Tenant, ids: list[str]) -> None:
        there = tenant.target(ids[2])
        assert there is not None
        assert tenant.ids() == [there]
        assert [tenant.target(identity) for identity in ids] == [there] * 3
        kept = [addressee for addressee, _ in tenant.lines(there) if addressee]
        assert sorted(kept) == ["A One", "A Two"]

    @pytest.mark.parametrize("batch", [1, 2, 3])
    @pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
    def test_in_any_order(self, order: tuple[int, ...], batch: int) -> None:
        tenant, ids = self.trio()
        tenant.titan.merge(ids[0], ids[1])
        tenant.titan.merge(ids[1], ids[2])
        payloads = tenant.payloads()
        shuffled = [payloads[place] for place in order]
        sync(tenant.flow, shuffled, tenant.world, batch=batch)
        sync(tenant.flow, shuffled, tenant.world, batch=batch)
        report = sync(tenant.flow, shuffled, tenant.world, batch=batch)
        assert report.summary == "3 unchanged"
        self.assert_one(tenant, ids)

    def test_over_several_runs(self) -> None:
        tenant, ids = self.trio()
        tenant.titan.merge(ids[0], ids[1])
        assert tenant.run().summary == "1 merged, 2 unchanged"
        tenant.titan.merge(ids[1], ids[2])
        tenant.run()
        assert tenant.run().summary == "3 unchanged"
        self.assert_one(tenant, ids)

    def test_queued(self) -> None:
        tenant, ids = self.trio()
        tenant.netsuite.merge_delay = timedelta(minutes=5)
        tenant.titan.merge(ids[0], ids[1])
        tenant.titan.merge(ids[1], ids[2])
        for _ in range(4):
            tenant.run()
            tenant.wait(timedelta(minutes=6))
        assert tenant.run().summary == "3 unchanged"
        self.assert_one(tenant, ids)

    def test_a_circle_is_refused_and_nothing_is_merged(self) -> None:
        tenant, ids = self.trio()
        tenant.titan.merge(ids[0], ids[1])
        tenant.titan.merge(ids[1], ids[0])
        third, first, second = tenant.plan()
        assert isinstance(first, Invalid)
        assert isinstance(second, Invalid)
        assert isinstance(third, Unchanged)
        assert codes(first.issues) == ["merged_back"]
        tenant.run()
        assert len(tenant.ids()) == 3

    def test_merged_back_is_for_a_person(self) -> None:
        pair = Pair()
        pair.merge()
        pair.run()
        vale = pair.titan.row(pair.vale)
        pair.titan.put({**vale, "active": True, "mergedToId": None})
        pair.titan.merge(pair.lund, pair.vale)
        made = {decision.source.id: decision for decision in pair.plan()}
        assert isinstance(made[pair.lund], Review)
        assert codes(made[pair.lund].issues) == ["merged_back"]
        pair.run()
        assert pair.is_one()

    def test_a_person_links_what_was_merged_back(self) -> None:
        pair = Pair()
        pair.merge()
        pair.run()
        pair.titan.put({**pair.titan.row(pair.vale), "active": True, "mergedToId": None})
        there = pair.existing("Vale")
        link_manually(pair.flow, pair.vale, there, pair.world)
        assert pair.run().summary == "2 unchanged"
        assert pair.target(pair.vale) == there


@pytest.mark.rule("ST-MRG-1")
class TestQueued:
    """NetSuite queues merges: the run says so, and a later one sees that it is over."""

    def test_it_is_not_asked_for_twice(self) -> None:
        pair = Pair(merge_delay=timedelta(minutes=5))
        pair.merge()
        lund, vale = pair.outcomes()
        assert (vale.result, codes(vale.issues)) == (Result.UNKNOWN, ["merge_queued"])
        assert lund.result is Result.UNCHANGED
        assert pair.target(pair.vale) == pair.target(pair.lund)
        pair.run()
        pair.wait(timedelta(minutes=6))
        assert pair.run().summary == "1 merged, 1 unchanged"
        assert [write for write in pair.netsuite.writes if write[0] == "merge"] == [("merge", "5001")]
        assert pair.is_one()

    def test_a_merge_that_the_queue_dropped_is_asked_for_again(self) -> None:
        pair = Pair(merge_delay=timedelta(minutes=5))
        pair.merge()
        pair.run()
        pair.netsuite.edit("5001", vatRegNumber="US1")
        pair.wait(timedelta(minutes=6))
        assert pair.ids() == ["5001", "5002"]
        pair.netsuite.edit("5001", vatRegNumber=None)
        pair.run()
        pair.wait(timedelta(minutes=6))
        assert pair.run().summary == "1 merged, 1 unchanged"
        assert pair.is_one()


def merging(schedule: Mapping[int, Fault] | None = None, *, lund: bool = True) -> tuple[Pair, Faults]:
    """Return a pair that is being merged, and the faults that its runs are under."""
    pair = Pair(lund=lund)
    pair.merge()
    return pair, Faults(schedule)


def requests(*, lund: bool = True) -> list[str]:
    pair, faults = merging(lund=lund)
    pair.run(faults.around(pair.world))
    return faults.requests


FAULTS, TAKING_OVER = (
    [(at, fault) for at, name in enumerate(requests(lund=lund), 1) for fault in faults_of(name)]
    for lund in (True, False)
)


@pytest.mark.rule("ST-MRG-1")
@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
class TestFaults:
    """Whatever goes wrong at one request of a merge: the next run goes on, and nothing is kept twice."""

    def test_a_merge_is_these_requests(self) -> None:
        writes = [
            name for name in requests() if name not in ("store.load", "store.find_by_digest", "target.find")
        ]
        assert writes == ["store.save", "target.update", "target.merge", "store.save", "store.save"]

    @pytest.mark.parametrize(
        ("at", "fault"), FAULTS, ids=[f"{at}-{fault.name.lower()}" for at, fault in FAULTS]
    )
    def test_one_fault(self, at: int, fault: Fault) -> None:
        pair, faults = merging({at: fault})
        world = faults.around(pair.world)
        with suppress(Crash, StoreError):
            pair.run(world)
        pair.wait(timedelta(minutes=10))
        pair.run(world)
        pair.wait(timedelta(minutes=10))
        assert pair.run().summary == "2 unchanged"
        assert pair.is_one()

    @pytest.mark.parametrize(
        ("at", "fault"), TAKING_OVER, ids=[f"{at}-{fault.name.lower()}" for at, fault in TAKING_OVER]
    )
    def test_one_fault_where_the_survivor_takes_over(self, at: int, fault: Fault) -> None:
        pair, faults = merging({at: fault}, lund=False)
        world = faults.around(pair.world)
        with suppress(Crash, StoreError):
            pair.run(world)
        pair.run(world)
        assert pair.run().summary == "2 unchanged"
        there = pair.target(pair.lund)
        assert there is not None
        assert pair.ids() == [pair.target(pair.vale)] == [there]
        assert pair.netsuite.row(there)[SERVICETITAN_ID_FIELD] == pair.lund

    @pytest.mark.parametrize(
        ("at", "fault"), TAKING_OVER, ids=[f"{at}-{fault.name.lower()}" for at, fault in TAKING_OVER]
    )
    def test_one_fault_and_the_survivor_is_linked_by_hand_meanwhile(self, at: int, fault: Fault) -> None:
        pair, faults = merging({at: fault}, lund=False)
        with suppress(Crash, StoreError):
            pair.run(faults.around(pair.world))
        kept = {record.source.id: record.status for record in pair.store.records(pair.flow.link)}
        there = pair.existing("Lund")
        link_manually(pair.flow, pair.lund, there, pair.world)
        pair.run()
        assert pair.run().summary == "2 unchanged"
        assert pair.target(pair.vale) == pair.target(pair.lund) == there
        assert pair.ids() == [there] or kept[pair.lund] is Status.LINKED


def tell_merges(pair: Pair, told: Mapping[str, Any]) -> None:
    """Have the NetSuite adapter say what became of customers that were merged there."""
    find, there = pair.netsuite.find, pair.netsuite
    there.capabilities = evolve(there.capabilities, lookups={**there.capabilities.lookups, "merged_into": 50})

    def answer(by: str, values: Sequence[str]) -> Any:
        if by != "merged_into":
            return find(by, values)
        return {value: [there.row(told[value])] if told.get(value) else [] for value in values}

    there.find = answer  # type: ignore[method-assign]


@pytest.mark.rule("ST-MRG-2")
class TestMergedInNetSuiteOnly:
    """Nothing goes back to ServiceTitan; transactions of either go to the survivor; a warning says so."""

    def merged(self) -> Pair:
        pair = Pair()
        duplicate, survivor = pair.target(pair.vale), pair.target(pair.lund)
        assert duplicate is not None
        assert survivor is not None
        pair.merge_there(survivor, duplicate)
        return pair

    def test_a_run_shows_it_to_a_person(self) -> None:
        pair = self.merged()
        made, unchanged = pair.plan()
        assert isinstance(made, Review)
        assert codes(made.issues) == ["broken_link"]
        assert isinstance(unchanged, Unchanged)

    @pytest.mark.parametrize("as_plan", [False, True], ids=["sync", "plan and apply"])
    @pytest.mark.parametrize("by", ["redirects", "a chain of redirects", "the adapter"])
    def test_who_went_into_whom_is_handed_in(self, by: str, *, as_plan: bool) -> None:
        pair = Pair()
        duplicate, survivor = pair.target(pair.vale), pair.target(pair.lund)
        assert duplicate is not None
        assert survivor is not None
        pair.merge_there(survivor, duplicate)
        titan = pair.titan.rows
        given = {duplicate: "7", "7": survivor} if by == "a chain of redirects" else {duplicate: survivor}
        world = evolve(pair.world, redirects={} if by == "the adapter" else given)
        if by == "the adapter":
            tell_merges(pair, {duplicate: survivor})
        if as_plan:
            made = plan(pair.flow, pair.payloads(), world)
            assert apply(pair.flow, made, world).summary == "1 merged, 1 unchanged"
        else:
            assert pair.run(world).summary == "1 merged, 1 unchanged"
        assert pair.target(pair.vale) == pair.target(pair.lund) == survivor
        assert (pair.titan.rows, pair.ids()) == (titan, [survivor])
        vale, lund = pair.outcomes()
        assert (vale.result, lund.result) == (Result.UNCHANGED, Result.UNCHANGED)
        assert [(issue.code, issue.severity) for issue in vale.issues] == [("sides_differ", Severity.WARNING)]

    def test_one_call_settles_many(self) -> None:
        tenant = Tenant()
        ids = [tenant.customer(f"Vale, No {at}") for at in range(4)]
        tenant.run()
        survivor, *gone = [tenant.target(one) for one in ids]
        assert survivor is not None
        for one in gone:
            assert one is not None
            tenant.merge_there(survivor, one)
        world = evolve(tenant.world, redirects={str(one): survivor for one in gone})
        assert tenant.run(world).summary == "3 merged, 1 unchanged"
        assert {tenant.target(one) for one in ids} == {survivor}

    def test_a_survivor_that_is_not_there_either(self) -> None:
        pair = self.merged()
        duplicate = pair.target(pair.vale)
        world = evolve(pair.world, redirects={str(duplicate): "404"})
        assert pair.run(world).summary == "1 unchanged, 1 for review"
        assert "survivor_counterpart_gone" in [
            issue.code for one in pair.run(world).attention for issue in one.issues
        ]

    @pytest.mark.parametrize("told", [{}, {"5001": []}], ids=["nothing", "nobody"])
    def test_an_adapter_that_does_not_know(self, told: dict[str, Any]) -> None:
        pair = self.merged()
        tell_merges(pair, told)
        assert pair.run().summary == "1 unchanged, 1 for review"

    @pytest.mark.parametrize(
        "given", [{"7": "8", "8": "7"}, {"7": "7"}, {7: "8"}, {"7": 8}, ["7"], "7"], ids=repr
    )
    def test_redirects_that_are_none(self, given: Any) -> None:
        with pytest.raises(InputError):
            evolve(Tenant().world, redirects=given)

    def test_who_says_where_it_went(self) -> None:
        pair = self.merged()
        survivor, titan = pair.target(pair.lund), pair.titan.rows
        assert survivor is not None
        record_target_merge(pair.flow, pair.vale, survivor, pair.world)
        vale, lund = pair.outcomes()
        assert (vale.result, lund.result) == (Result.UNCHANGED, Result.UNCHANGED)
        assert vale.target == lund.target == pair.record(pair.lund).target
        assert [(issue.code, issue.severity) for issue in vale.issues] == [("sides_differ", Severity.WARNING)]
        assert lund.issues == ()
        assert pair.titan.rows == titan
        assert pair.ids() == [survivor]

    def test_the_warning_stays_until_servicetitan_is_merged_too(self) -> None:
        pair = self.merged()
        survivor = pair.target(pair.lund)
        assert survivor is not None
        record_target_merge(pair.flow, pair.vale, survivor, pair.world)
        for _ in range(2):
            vale, _lund = pair.outcomes()
            assert codes(vale.issues) == ["sides_differ"]
        pair.merge()
        _lund, vale = pair.outcomes()
        assert (vale.result, codes(vale.issues)) == (Result.UNCHANGED, ["merged"])

    def test_a_merge_in_servicetitan_afterwards_mends_it_without_a_person(self) -> None:
        pair = self.merged()
        pair.merge()
        assert pair.run().summary == "1 merged, 1 unchanged"
        assert pair.run().summary == "2 unchanged"
        assert pair.target(pair.vale) == pair.target(pair.lund)

    def test_the_survivor_there_is_the_duplicate_here(self) -> None:
        """NetSuite kept Vale's customer, ServiceTitan keeps Lund, whose link a person mends."""
        pair = Pair()
        vale, lund = pair.target(pair.vale), pair.target(pair.lund)
        assert vale is not None
        assert lund is not None
        pair.merge_there(vale, lund)
        record_target_merge(pair.flow, pair.lund, vale, pair.world)
        pair.merge()
        pair.run()
        assert pair.run().counts.keys() <= {Result.UNCHANGED, Result.REVIEW}
        assert pair.ids() == [vale]
        assert pair.target(pair.lund) == vale

    def test_who_was_created_and_is_another_customers_now_is_for_a_person(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Vale's create was never linked, and a person merged what it made into Lund's customer."""
        pair = Pair(vale=False)
        pair.invoice(pair.vale)
        create = pair.netsuite.create
        monkeypatch.setattr(pair.netsuite, "create", lambda asked: dict.fromkeys(create(asked), Unknown()))
        pair.run()
        monkeypatch.undo()
        pair.wait(timedelta(hours=1))
        survivor = pair.target(pair.lund)
        (created,) = [one for one in pair.ids() if one != survivor]
        assert survivor is not None
        pair.merge_there(survivor, created)
        pair.netsuite.edit(survivor, externalId=f"servicetitan-{pair.vale}")
        for _ in range(2):
            assert {one.source.id: codes(one.issues) for one in pair.outcomes()}[pair.vale] == ["taken"]
        assert pair.ids() == [survivor]

    def test_nobody_is_merged_into_an_excluded_customers_counterpart(self) -> None:
        pair = self.merged()
        survivor = pair.target(pair.lund)
        third = pair.customer("Ohm, Ada", **VALE)
        pair.run()
        record_target_merge(pair.flow, pair.vale, str(survivor), pair.world)
        exclude_manually(pair.flow, [pair.lund], pair.world)
        pair.titan.merge(third, pair.vale)
        rows = pair.netsuite.rows
        for _ in range(2):
            found = {one.source.id: codes(one.issues) for one in pair.outcomes()}
            assert found == {pair.vale: ["sides_differ"], pair.lund: ["excluded"], third: ["survivor_open"]}
        assert pair.netsuite.rows == rows

    def test_transactions_of_either_go_to_the_survivor(self) -> None:
        pair = self.merged()
        survivor = pair.target(pair.lund)
        assert survivor is not None
        record_target_merge(pair.flow, pair.vale, survivor, pair.world)
        for identity in (pair.vale, pair.lund):
            pair.invoiced = [Transaction(customer=identity, type=INVOICE, id="9009", subsidiary="2")]
            targets = [decision.target for decision in pair.plan() if isinstance(decision, Unchanged)]
            assert str(targets[0]) == f"netsuite:{survivor}"


class TestWorlds:
    """The merge tests' world is what it says."""

    def test_without_a_source_adapter(self) -> None:
        pair = Pair()
        pair.merge()
        world = Environment(target=pair.netsuite, store=pair.store, clock=pair.clock, sleep=pair.clock.sleep)
        assert pair.run(world).summary == "1 merged, 1 unchanged"
