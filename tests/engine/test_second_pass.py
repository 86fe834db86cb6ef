"""Rounds: customers that wait for their parents are asked again, and each has exactly one outcome."""

import asyncio
from collections.abc import Sequence

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.engine.api import sync, sync_async
from custsync.engine.manual import exclude_manually
from custsync.engine.outcomes import Outcome, Report
from custsync.engine.plan.context import PARENT_WAITING
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import Rejected
from custsync.rules.fields.mapping import MappedValue
from custsync.syncrecords import Status, SyncRecord
from tests.environments import FLOW, LINK, Setup, answering, lost_after, row
from tests.rules.families import FAMILY, child, parents_in, told

WARNING = Issue(
    code="odd", rule="G-LOSS", field="name", reason="odd", remedy="Look", severity=Severity.WARNING
)


def synced(setup: Setup, family: Sequence[Customer], batch: int = 500) -> tuple[Report, list[Outcome]]:
    outcomes: list[Outcome] = []
    report = sync(FAMILY, family, setup.world, batch=batch, observe=outcomes.append)
    return report, outcomes


@pytest.mark.rule("UF-HIER-1")
class TestOneRun:
    """In one run, children before their parents and after them end linked; a second run is silent."""

    @pytest.mark.parametrize("batch", [1, 2, 500])
    @pytest.mark.parametrize("ids", ["123", "321", "213", "231"])
    def test_in_any_order(self, ids: str, batch: int) -> None:
        setup = Setup()
        up = {"1": None, "2": "1", "3": "2"}
        family = [child(one, up[one]) for one in ids]
        report, outcomes = synced(setup, family, batch)
        assert report.summary == "3 created"
        assert sorted(told(outcomes)) == ["1", "2", "3"]
        assert parents_in(setup.target) == up
        writes, saves = len(setup.target.writes), setup.store.saves
        assert synced(setup, family, batch)[0].summary == "3 unchanged"
        assert (len(setup.target.writes), setup.store.saves) == (writes, saves)

    @given(st.data())
    def test_any_forest_in_any_order(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(1, 8))
        up = {str(one): data.draw(st.sampled_from([None, *map(str, range(one))])) for one in range(count)}
        ids = data.draw(st.permutations(sorted(up)))
        setup = Setup()
        report, outcomes = synced(setup, [child(one, up[one]) for one in ids], data.draw(st.integers(1, 9)))
        assert report.total == len(outcomes) == count
        assert all(result == ("created", []) for result in told(outcomes).values())
        assert parents_in(setup.target) == up

    def test_async_agrees(self) -> None:
        one, other = Setup(), Setup()
        family = [child("3", "2"), child("2", "1"), child("1")]
        report = asyncio.run(sync_async(FAMILY, family, one.async_world, batch=1))
        assert report == synced(other, family, 1)[0]
        assert one.target.rows == other.target.rows

    def test_without_parents_nobody_waits(self) -> None:
        setup = Setup()
        assert sync(FLOW.replace(write_back=""), [child("2", "1")], setup.world).summary == "1 created"


@pytest.mark.rule("UF-HIER-1")
class TestTwoRuns:
    """A child is synced without a parent that is not there; a later run fills it in."""

    def test_a_child_alone_says_that_it_waits(self) -> None:
        setup = Setup()
        report, outcomes = synced(setup, [child("2", "1")])
        assert told(outcomes) == {"2": ("created", ["parent_waiting"])}
        assert report.attention == ()
        assert synced(setup, [child("2", "1")])[0].summary == "1 unchanged"

    @pytest.mark.parametrize("ids", ["12", "21"])
    def test_later_the_parent_comes(self, ids: str) -> None:
        setup = Setup()
        family = {"2": child("2", "1"), "1": child("1")}
        synced(setup, [family["2"]])
        report, outcomes = synced(setup, [family[one] for one in ids])
        assert told(outcomes) == {"1": ("created", []), "2": ("updated", [])}
        assert report.summary == "1 created, 1 updated"
        assert parents_in(setup.target) == {"2": "1", "1": None}

    @pytest.mark.rule("G-LOSS")
    def test_a_parent_whose_link_is_gone_stays_there(self) -> None:
        """What is not known clears nothing."""
        setup = Setup()
        synced(setup, [child("1"), child("2", "1")])
        exclude_manually(FAMILY, ["1"], setup.world)
        report = sync(FAMILY, [child("2", "1")], setup.world)
        assert report.summary == "1 unchanged"
        assert parents_in(setup.target)["2"] == "1"

    def test_a_parent_that_changes_is_changed_there(self) -> None:
        setup = Setup()
        synced(setup, [child("1"), child("2", "1"), child("3")])
        synced(setup, [child("1"), child("2", "3"), child("3")])
        assert parents_in(setup.target) == {"1": None, "2": "3", "3": None}
        synced(setup, [child("1"), child("2", None), child("3")])
        assert parents_in(setup.target)["2"] is None


@pytest.mark.rule("G-WHY")
class TestOneOutcome:
    """Both rounds are one outcome: what was done, and all that there is to say about it."""

    def test_what_the_first_round_said_is_kept(self) -> None:
        setup = Setup()
        odd = FAMILY.with_field(row("name", compute=Odd()))
        outcomes: list[Outcome] = []
        sync(odd, [child("2", "1"), child("1")], setup.world, observe=outcomes.append)
        assert told(outcomes) == {"1": ("created", ["odd"]), "2": ("created", ["odd"])}

    @pytest.mark.rule("ST-MRG-1")
    def test_a_merge_is_told_though_the_parent_is_waited_for(self) -> None:
        setup = Setup()
        family = [child("1"), child("2"), child("3", "1")]
        synced(setup, family)
        setup.target.rows.pop("b1")
        report, outcomes = synced(setup, [evolve(child("1", "9"), merged_into="2")])
        assert told(outcomes) == {"1": ("merged", ["merged", "parent_waiting"])}
        assert report.wrote == 1

    def test_a_second_write_that_fails_is_told(self) -> None:
        setup = Setup()
        setup.target.then("update", answering(Rejected("locked", "external_id")))
        report, outcomes = synced(setup, [child("2", "1"), child("1")])
        assert {one: result for one, (result, _) in told(outcomes).items()} == {"1": "created", "2": "failed"}
        assert report.total == 2
        assert synced(setup, [child("2", "1"), child("1")])[0].summary == "1 updated, 1 unchanged"

    def test_a_lost_create_is_found_again(self) -> None:
        setup = Setup()
        setup.target.then("create", lost_after("create"))
        report, outcomes = synced(setup, [child("2", "1"), child("1")])
        assert report.total == len(outcomes) == 2
        assert len(setup.target.rows) == 2
        synced(setup, [child("2", "1"), child("1")])
        assert parents_in(setup.target) == {"2": "1", "1": None}

    def test_a_parent_that_is_refused_is_waited_for_and_the_rounds_end(self) -> None:
        setup = Setup()
        family = [child("3", "2"), child("2", "1"), {"id": "1", "name": 7}]
        outcomes: list[Outcome] = []
        sync(FAMILY, family, setup.world, observe=outcomes.append)  # type: ignore[arg-type]
        assert told(outcomes) == {
            "1": ("refused", ["not_a_text"]),
            "2": ("created", ["parent_waiting"]),
            "3": ("created", []),
        }
        assert parents_in(setup.target) == {"3": "2", "2": None}

    def test_an_update_that_was_refused_and_then_went_through_is_no_failure(self) -> None:
        setup = Setup()
        synced(setup, [child("2", "1")])
        setup.target.then("update", answering(Rejected("locked", "name")))
        renamed = [child("2", "1", name="New"), child("1")]
        report, outcomes = synced(setup, renamed)
        assert told(outcomes)["2"] == ("updated", [])
        assert report.summary == "1 created, 1 updated"

    def test_an_excluded_parent_is_waited_for(self) -> None:
        setup = Setup()
        record = SyncRecord(link=LINK, source=Ref("shop", "1"), status=Status.EXCLUDED, flow=FAMILY.name)
        setup.keep(record)
        report, outcomes = synced(setup, [child("2", "1"), child("1")])
        assert report.summary == "1 created, 1 left out"
        assert told(outcomes)["2"] == ("created", [PARENT_WAITING.code])


class Odd:
    """Reads the name, and has something to say about it."""

    def __call__(self, customer: Customer, _current: Customer | None) -> object:
        return MappedValue(value=customer.name, issues=(WARNING,))
