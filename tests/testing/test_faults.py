"""The fault simulator does what its schedule says, at that request and no other."""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from custsync.engine.environment import Environment
from custsync.models import Ref
from custsync.protocols import Adapter, CreateRequest, Done, MergeRequest, RetryAfter, Unknown
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.syncrecords import RecordWrite, Status, SyncRecord
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.faults import LATE_BY, Crash, Fault, Faults, faults_of
from tests.proofs.orders import context_of

REQUEST = CreateRequest(key="k", payload={"email": "ap@works.example"})
RECORD = SyncRecord(link="l", flow="f", source=Ref("stripe", "cus_1"), status=Status.EXCLUDED)


class TestAtAnAdapter:
    """A fault comes before, after or instead of the effect."""

    @pytest.mark.parametrize(
        ("fault", "rows"),
        [
            (fault, int("AFTER" in fault.name))
            for fault in Fault
            if "CRASH" in fault.name or "RAISED" in fault.name
        ],
    )
    def test_the_call_does_not_return(self, fault: Fault, rows: int) -> None:
        stripe = FakeStripe()
        adapter = Faults({1: fault}).around_adapter(stripe, "target")
        with pytest.raises(Crash if "CRASH" in fault.name else ConnectionError):
            adapter.create([REQUEST])
        assert len(stripe.rows) == rows

    @pytest.mark.parametrize(
        ("fault", "rows", "answer"),
        [
            (Fault.LOST_BEFORE, 0, Unknown("timeout")),
            (Fault.LOST_AFTER, 1, Unknown("timeout")),
            (Fault.LATE, 0, Unknown("timeout")),
            (Fault.THROTTLED, 0, RetryAfter(2.0)),
        ],
    )
    def test_the_answer_is_another(self, fault: Fault, rows: int, answer: object) -> None:
        clock = VirtualClock()
        stripe = FakeStripe(clock)
        adapter = Faults({1: fault}, late_by=timedelta(seconds=5)).around_adapter(stripe, "target")
        assert adapter.create([REQUEST]) == {"k": answer}
        assert len(stripe.rows) == rows
        clock.sleep(5)
        assert len(stripe.rows) == rows + (fault is Fault.LATE)

    def test_the_next_request_is_sound(self) -> None:
        faults = Faults({1: Fault.LOST_BEFORE})
        adapter = faults.around_adapter(FakeStripe(), "source")
        adapter.find("id", ["cus_1"])
        assert adapter.find("id", ["cus_1"]) == {"cus_1": []}
        assert adapter.update([]) == {}
        assert faults.requests == ["source.find", "source.find", "source.update"]

    def test_an_adapter_that_passes_on_what_is_asked_of_it(self) -> None:
        faults = Faults({2: Fault.LOST_BEFORE})
        adapter = faults.around_adapter(cast("Adapter", _Passing(FakeStripe())), "target")
        assert adapter.find("id", ["cus_1"]) == {"cus_1": []}
        assert adapter.create([REQUEST]) == {"k": Unknown("timeout")}
        assert faults.requests == ["target.find", "target.create"]

    @pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LATE])
    def test_what_is_asked_by_name(self, fault: Fault) -> None:
        clock = VirtualClock()
        stripe = FakeStripe(clock)
        adapter = Faults({1: fault, 2: Fault.LOST_BEFORE}).around_adapter(stripe, "target")
        assert adapter.create(requests=[REQUEST]) == {"k": Unknown("timeout")}
        assert adapter.find(values=["cus_1"], by="id") == {"cus_1": Unknown("timeout")}
        clock.advance(LATE_BY)
        assert len(stripe.rows) == (fault is Fault.LATE)


class _Passing:
    """An adapter whose methods are another's."""

    def __init__(self, other: FakeStripe) -> None:
        self._other = other

    def __getattr__(self, name: str) -> Any:
        return getattr(self._other, name)


class TestAtAMerge:
    """A merge is under the same faults as a create; its answers are by duplicate."""

    def asked(self, fault: Fault | None) -> tuple[FakeNetSuite, VirtualClock, Any]:
        clock = VirtualClock()
        netsuite = FakeNetSuite(clock)
        pair = [netsuite.put({"companyName": name}) for name in ("Works", "Works Inc.")]
        faults = Faults({} if fault is None else {1: fault}, late_by=timedelta(seconds=5))
        adapter: Any = faults.around_adapter(netsuite, "target")
        request = MergeRequest(survivor=pair[0], duplicate=pair[1])
        return netsuite, clock, lambda: adapter.merge([request])

    def test_without_a_fault(self) -> None:
        netsuite, _, merge = self.asked(None)
        assert merge() == {"5002": Done("5001")}
        assert len(netsuite.rows) == 1

    @pytest.mark.parametrize("fault", faults_of("target.merge"))
    def test_with_one(self, fault: Fault) -> None:
        netsuite, clock, merge = self.asked(fault)
        if fault.name.startswith(("CRASH", "RAISED")):
            with pytest.raises((Crash, ConnectionError)):
                merge()
        else:
            told = RetryAfter(2.0) if fault is Fault.THROTTLED else Unknown("timeout")
            assert merge() == {"5002": told}
        assert len(netsuite.rows) == (1 if "AFTER" in fault.name else 2)
        clock.sleep(5)
        assert len(netsuite.rows) == (1 if "AFTER" in fault.name or fault is Fault.LATE else 2)


class TestAtTheStore:
    """A store can die or raise; it cannot answer "unknown"."""

    @pytest.mark.parametrize("fault", faults_of("store.save"))
    def test_a_save(self, fault: Fault) -> None:
        kept = MemoryStore()
        store = Faults({1: fault}).around_store(kept)
        with pytest.raises((Crash, ConnectionError)):
            store.save([RecordWrite(record=RECORD, expected=0)])
        assert len(kept.load("l", [RECORD.source])) == int("AFTER" in fault.name)

    def test_no_answer_is_lost(self) -> None:
        store = Faults({1: Fault.LOST_BEFORE}).around_store(MemoryStore())
        with pytest.raises(ConnectionError, match="a store cannot play"):
            store.load("l", [])

    def test_what_is_read_is_read(self) -> None:
        store = Faults().around_store(MemoryStore())
        assert store.find_by_digest("l", ["d"]) == {}

    def test_the_end_of_a_run_is_not_passed_on(self, tmp_path: Path) -> None:
        with SqliteStore(tmp_path / "links.db") as kept:
            assert hasattr(kept, "end_run")
            assert not hasattr(Faults().around_store(kept), "end_run")


class TestAroundAWorld:
    """A world's adapters and store are under one schedule; a world without a source stays without."""

    def test_without_a_source(self) -> None:
        world = Faults().around(Environment(target=FakeStripe(), store=MemoryStore()))
        assert world.source is None
        assert context_of(world).target.mode == "test"
