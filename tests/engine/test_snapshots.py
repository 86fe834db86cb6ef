"""Snapshots: an older one of a customer never overwrites a newer one."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import sync
from custsync.engine.decide.diff import is_older
from custsync.engine.outcomes import Outcome, Result
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.models import ABSENT, Customer, Ref
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import LastSeen, Status, SyncRecord
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.environments import FLOW, Setup

OURS = Ref("shop", "1")
NOON = datetime(2026, 5, 2, 12, 13, 14, tzinfo=UTC)
MIDNIGHT = datetime(2026, 5, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def outcome(setup: Setup, **record: Any) -> Outcome:
    seen: list[Outcome] = []
    shown = {"id": "1", "name": "Ann", "email": "a@b.example", "custom": {"books_id": "b1"}, **record}
    sync(FLOW, [shown], setup.world, observe=seen.append)
    return seen[0]


@pytest.mark.rule("G-LOSS")
class TestOlderSnapshots:
    """A record from before the one that was synced last writes nothing, and is reported."""

    @pytest.mark.parametrize("first", ["create", "link", "update", "unchanged"])
    def test_it_writes_nothing(self, first: str) -> None:
        setup = Setup()
        setup.source.put("1", custom={"books_id": "b1"})
        if first == "link":
            setup.target.put("b1", name="Old", email="a@b.example")
        if first in ("update", "unchanged"):
            outcome(setup, name="Before", modified="2026-04-01T00:00:00+00:00")
        if first == "unchanged":
            outcome(setup, modified="2026-04-02T00:00:00+00:00")
        outcome(setup, modified="2026-05-02T00:00:00+00:00")
        late = outcome(setup, name="Older", modified="2026-05-01T00:00:00+00:00")
        assert (late.result, [issue.code for issue in late.issues]) == (Result.UNCHANGED, ["older_snapshot"])
        assert late.needs_attention
        assert setup.target.rows["b1"]["name"] == "Ann"
        newer = outcome(setup, name="Newer", modified="2026-05-03T00:00:00+00:00")
        assert newer.result is Result.UPDATED

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            pytest.param(None, "2026-05-01T00:00:00+00:00", id="the first without"),
            pytest.param("2026-05-02T00:00:00+00:00", None, id="the second without"),
            pytest.param("2026-05-02T00:00:00", "2026-05-01T00:00:00", id="without a zone"),
            pytest.param("2026-05-02T00:00:00+00:00", "2026-05-02T00:00:00+00:00", id="the same"),
        ],
    )
    def test_without_two_times_the_order_counts(self, first: str | None, second: str | None) -> None:
        setup = Setup()
        setup.source.put("1", custom={"books_id": "b1"})
        outcome(setup, modified=first)
        assert outcome(setup, name="Later", modified=second).result is Result.UPDATED

    def test_one_from_before_our_own_write_is_older(self) -> None:
        """The other direction wrote the customer since: what was read before that is not newer."""
        clock, store = VirtualClock(), MemoryStore()
        netsuite, stripe = FakeNetSuite(clock), FakeStripe(clock)
        world = evolve(
            Setup().world, target=stripe, source=netsuite, store=store, clock=clock, sleep=clock.sleep
        )
        back = evolve(world, target=netsuite, source=stripe)
        netsuite.put({"companyName": "A", "email": "a@b.example"})
        sync(EXPORT, netsuite.rows, world)
        sync(IMPORT, stripe.rows, back)
        read = netsuite.rows
        clock.advance(HOUR)
        stripe.edit(stripe.rows[0]["id"], name="B")
        sync(IMPORT, stripe.rows, back)
        report = sync(EXPORT, read, world)
        assert [issue.code for told in report.attention for issue in told.issues] == ["older_snapshot"]
        assert stripe.rows[0]["name"] == "B"


@pytest.mark.rule("G-LOSS")
class TestIsOlder:
    """Two times with a zone tell; one that may be a date alone tells from a day on."""

    @pytest.mark.parametrize(
        ("seen", "stamp", "older"),
        [
            pytest.param(NOON, NOON - timedelta(seconds=1), True, id="a second before"),
            pytest.param(NOON, NOON, False, id="the same"),
            pytest.param(NOON, NOON + HOUR, False, id="newer"),
            pytest.param(NOON, (NOON - HOUR).astimezone(timezone(5 * HOUR)), True, id="in another zone"),
            pytest.param(NOON, MIDNIGHT, False, id="the same day, as a date"),
            pytest.param(NOON, MIDNIGHT + 7 * HOUR, False, id="the same day, as a date of another zone"),
            pytest.param(NOON, MIDNIGHT - 24 * HOUR, True, id="the day before, as a date"),
            pytest.param(MIDNIGHT, MIDNIGHT - 24 * HOUR, True, id="both may be dates"),
            pytest.param(MIDNIGHT, MIDNIGHT - HOUR, True, id="both may be dates, of one day"),
            pytest.param(NOON, ABSENT, False, id="not told"),
            pytest.param(NOON, None, False, id="null"),
            pytest.param(NOON, MIDNIGHT.replace(tzinfo=None), False, id="without a zone"),
            pytest.param(None, NOON, False, id="nothing seen"),
        ],
    )
    def test_table(self, seen: Any, stamp: Any, older: bool) -> None:  # noqa: FBT001 - a table
        memory = {OURS.namespace: LastSeen(modified_at=seen)}
        record = SyncRecord(link="l", flow="f", source=OURS, status=Status.LINKED, memory=memory)
        assert is_older(Customer(ref=OURS, modified_at=stamp), record) is older
