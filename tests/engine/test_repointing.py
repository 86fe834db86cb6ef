"""Carrying out a merge that somebody else got ahead of: a person, or another worker."""

from typing import Any

import pytest

from custsync.engine.api import plan
from custsync.engine.apply.batch import apply_batch
from custsync.engine.environment import run
from custsync.engine.outcomes import Result
from custsync.engine.plan.context import context_of
from custsync.protocols import Rejected, Unknown
from custsync.syncrecords import Status
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
