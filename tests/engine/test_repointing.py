"""Carrying out a merge that somebody else got ahead of: a person, or another worker."""

from typing import Any

import pytest

from custsync.engine.api import plan
from custsync.engine.apply.batch import apply_batch
from custsync.engine.decisions import Merge
from custsync.engine.environment import run
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import context_of
from custsync.protocols import Rejected, Unknown
from custsync.syncrecords import RecordWrite, Status, SyncRecord
from tests.engine.test_merges import FLOW, Office, titan


@pytest.mark.rule("ST-MRG-1")
@pytest.mark.rule("G-LOSS")
class TestRefusedBecauseTheDuplicateIsGone:
    """A person merged or deleted the duplicate between the look at it and the merge: then it is over."""

    def test_the_note_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        office = Office()
        merge = office.netsuite.merge

        def overtaken(requests: Any) -> Any:
            office.netsuite.remove("5001")
            return merge(requests)

        monkeypatch.setattr(office.netsuite, "merge", overtaken)
        assert office.sync(titan("1", into="2")).summary == "1 merged"
        record = office.record("1")
        assert record.merge is not None
        assert (record.status, record.merge.done) == (Status.MERGED, True)
        assert record.merge.lost["company_name"] == ["Joinery 1"]
        assert office.sync(titan("1", into="2"), titan("2")).summary == "2 unchanged"

    def test_where_nobody_can_say(self, monkeypatch: pytest.MonkeyPatch) -> None:
        office = Office()

        def refused(requests: Any) -> Any:
            monkeypatch.setattr(office.netsuite, "find", lambda _, ids: dict.fromkeys(ids, Unknown()))
            return {request.duplicate: Rejected("INVALID_KEY_OR_REF") for request in requests}

        with monkeypatch.context() as patched:
            patched.setattr(office.netsuite, "merge", refused)
            assert office.sync(titan("1", into="2")).summary == "1 unknown"
        monkeypatch.undo()
        record = office.record("1")
        assert record.merge is not None
        assert (record.status, record.merge.done) == (Status.MERGED, False)
        assert office.sync(titan("1", into="2")).summary == "1 merged"


@pytest.mark.rule("ST-MRG-1")
@pytest.mark.rule("G-DUP")
class TestATakeOverOfTwoWorkers:
    """Of two workers that let one survivor take the counterpart over, the later one does nothing."""

    def test_the_later_one_is_stale(self) -> None:
        office = Office(1)
        planned = plan(FLOW, [titan("1", into="9")], office.world)
        assert office.sync(titan("1", into="9")).summary == "1 merged"
        records = list(office.store.records(FLOW.link))
        late = apply_batch(FLOW, planned.decisions, context_of(office.world), fresh=True)
        assert [outcome.result for outcome in run(late, office.world)] == [Result.STALE]
        assert list(office.store.records(FLOW.link)) == records

    @pytest.mark.rule("G-DUP")
    @pytest.mark.parametrize(
        ("status", "result"), [(Status.FAILED, Result.MERGED), (Status.INTENT, Result.STALE)], ids=str
    )
    def test_a_survivor_whose_own_create_is_under_way_takes_nothing_over(
        self, status: Status, result: Result
    ) -> None:
        office = Office(1)
        planned = plan(FLOW, [titan("1", into="9")], office.world)
        (decision,) = planned.decisions
        assert isinstance(decision, Merge)
        assert decision.survivor is not None
        own = SyncRecord(link=FLOW.link, source=decision.survivor, status=status, flow=FLOW.name)
        office.store.save([RecordWrite(record=own, expected=0)])
        late = apply_batch(FLOW, planned.decisions, context_of(office.world), fresh=False)
        assert [outcome.result for outcome in run(late, office.world)] == [result]
