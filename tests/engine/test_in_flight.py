"""Updates in flight: on record before they are sent, so that our late writes are told from people's edits."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from attrs import define, evolve, field

from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Report, Result
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, IMPORT, LINK
from custsync.protocols import Done, Exists, Rejected, RetryAfter, Unknown
from custsync.rules.fields.values import digest
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import SyncRecord, UpdateNote
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.faults import Crash, Fault, Faults
from tests.environments import FLOW, Party, Setup, answering, lost_after, lost_before, row
from tests.proofs.integrations import FOUR, Pair

WINDOW = timedelta(minutes=10)
FIELDS = {"netsuite": ("companyName", "phone"), "stripe": ("name", "phone")}


@define
class Both:
    """A NetSuite and a Stripe with one linked customer, and both flows between them."""

    clock: VirtualClock = field(factory=VirtualClock)
    store: MemoryStore = field(factory=MemoryStore)
    netsuite: FakeNetSuite = field(init=False)
    stripe: FakeStripe = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.netsuite = FakeNetSuite(self.clock, account="9")
        self.stripe = FakeStripe(self.clock)
        self.netsuite.put({"companyName": "A", "isPerson": False, "email": "c@x.example", "phone": "1"})
        self.run(EXPORT, IMPORT)

    def ends(self, flow: Flow) -> tuple[FakeSystem, FakeSystem]:
        return (
            (self.netsuite, self.stripe) if flow.source.name == "netsuite" else (self.stripe, self.netsuite)
        )

    def world(self, flow: Flow) -> Environment:
        source, target = self.ends(flow)
        return Environment(
            target=target, source=source, store=self.store, clock=self.clock, sleep=self.clock.sleep
        )

    def sync(self, flow: Flow, rows: Sequence[Any] | None = None, **settings: Any) -> Report:
        return sync(flow, self.ends(flow)[0].rows if rows is None else rows, self.world(flow), **settings)

    def run(self, *flows: Flow) -> None:
        for flow in flows:
            self.sync(flow)

    def faulty(self, flow: Flow, fault: Fault, rows: Sequence[Any] | None = None) -> None:
        """Sync once; that fault falls on the update of the target."""
        faults = Faults(late_by=timedelta(minutes=5))

        class AtTheUpdate(dict[int, Fault]):
            def get(self, _number: int, default: Any = None) -> Any:
                return fault if faults.requests[-1] == "target.update" else default

        faults.schedule = AtTheUpdate()
        try:
            sync(flow, self.ends(flow)[0].rows if rows is None else rows, faults.around(self.world(flow)))
        except Crash:
            assert fault in (Fault.CRASH_AFTER, Fault.CRASH_BEFORE)

    def edit(self, side: str, **values: Any) -> None:
        system: FakeSystem = getattr(self, side)
        names = dict(zip(("name", "phone"), FIELDS[side], strict=True))
        system.edit(system.rows[0]["id"], **{names[key]: value for key, value in values.items()})

    def shown(self) -> list[list[Any]]:
        """Return name and phone on both sides."""
        return [[getattr(self, side).rows[0].get(key) for key in FIELDS[side]] for side in FIELDS]

    @property
    def record(self) -> SyncRecord:
        (record,) = self.store.records(LINK)
        return record


@pytest.fixture
def both() -> Both:
    return Both()


BACK_AND_FORTH = [(EXPORT, IMPORT), (IMPORT, EXPORT)]
OTHER = {"netsuite": "stripe", "stripe": "netsuite"}
TARGET = {EXPORT.name: "stripe", IMPORT.name: "netsuite"}


@pytest.mark.rule("G-LOSS", "SP-BI")
class TestFieldsWrittenOnce:
    """A field that is written at creation only never keeps in doubt what it was made from."""

    def test_an_edit_made_on_one_side_alone_is_not_overwritten(self, both: Both) -> None:
        both.edit("stripe", name="B")
        both.run(IMPORT)
        both.edit("netsuite", name="C")
        both.edit("stripe", phone="9")
        assert both.sync(IMPORT).attention == ()
        both.run(EXPORT)
        assert both.shown() == [["C", "9"], ["C", "9"]]

    def test_nor_by_a_part_of_the_name_that_the_source_has_not(self, both: Both) -> None:
        """A company whose record has a first name in NetSuite: Stripe's name says nothing of it."""
        both.netsuite.edit(both.netsuite.rows[0]["id"], firstName="Reception")
        both.edit("stripe", name="B")
        both.run(IMPORT)
        both.edit("netsuite", name="C")
        both.edit("stripe", phone="9")
        both.run(IMPORT, EXPORT)
        assert both.shown() == [["C", "9"], ["C", "9"]]

    @pytest.mark.parametrize("setting", FOUR, ids=str)
    def test_in_every_flow_the_record_has_nothing_to_learn_twice(self, setting: Pair) -> None:
        """What stays in doubt is learned again by each run; here every source field ends up known."""
        pair = setting.place()
        for _ in range(3):
            pair.sync()
            pair.clock.advance(timedelta(hours=1))
        before = pair.records()
        pair.sync()
        assert pair.records() == before
        doubted = {
            name
            for record in before
            for name, value in record.last_seen(record.source.namespace).fields.items()
            if value == "?"
        }
        assert doubted == set()


@pytest.mark.rule("G-LOSS", "SP-BI")
class TestAfterACrash:
    """A run that dies after its update leaves its own write behind, which nobody takes for an edit."""

    @pytest.mark.parametrize("pause", [timedelta(minutes=1), timedelta(days=9)], ids=["soon", "late"])
    @pytest.mark.parametrize("fault", [Fault.CRASH_AFTER, Fault.LOST_AFTER, Fault.CRASH_BEFORE])
    @pytest.mark.parametrize("flow", [IMPORT, EXPORT], ids=["import", "export"])
    @pytest.mark.parametrize("first", [0, 1], ids=["the other flow next", "the same flow next"])
    def test_a_second_edit_is_kept(
        self, both: Both, flow: Flow, fault: Fault, pause: timedelta, first: int
    ) -> None:
        side = OTHER[TARGET[flow.name]]
        both.edit(side, name="First edit")
        read = both.ends(flow)[0].rows
        both.edit(side, name="Second edit")
        both.faulty(flow, fault, read)
        both.clock.advance(pause)
        both.run(*[one for pair in BACK_AND_FORTH for one in (pair if pair[first] is flow else ())])
        both.run(EXPORT, IMPORT)
        assert both.shown() == [["Second edit", "1"], ["Second edit", "1"]]

    def test_what_is_announced_is_no_value(self, both: Both) -> None:
        both.edit("netsuite", name="canary")
        both.faulty(EXPORT, Fault.CRASH_BEFORE)
        (note,) = both.record.in_flight
        assert note.fields == {"name": digest("canary")}
        assert note.until == both.clock.now + WINDOW + timedelta(minutes=1)
        assert "canary" not in f"{both.record!r}"

    @pytest.mark.parametrize("flow", [IMPORT, EXPORT], ids=["import", "export"])
    def test_a_link_that_dies_at_its_update_is_not_turned_round(self, flow: Flow) -> None:
        """Who linked first says what counts, also if the process dies before anything is written."""
        both = Both(store=MemoryStore())
        both.store = MemoryStore()
        both.edit("netsuite", name="Ours")
        both.edit("stripe", name="Theirs")
        both.faulty(flow, Fault.CRASH_BEFORE)
        both.run(IMPORT if flow is EXPORT else EXPORT)
        both.run(flow)
        assert both.shown()[0][0] == both.shown()[1][0] == ("Ours" if flow is EXPORT else "Theirs")


@pytest.mark.rule("G-LOSS", "SP-BI")
class TestALateEffect:
    """A lost update that takes effect late beats no newer value, whichever flow sees it first."""

    @pytest.mark.parametrize("order", BACK_AND_FORTH, ids=["export first", "import first"])
    @pytest.mark.parametrize("minutes", [5, 60], ids=["within the window", "after it"])
    @pytest.mark.parametrize("flow", [IMPORT, EXPORT], ids=["import", "export"])
    def test_a_newer_value_of_the_same_side(
        self, both: Both, flow: Flow, minutes: int, order: tuple[Flow, Flow]
    ) -> None:
        side = OTHER[TARGET[flow.name]]
        both.edit(side, name="v2")
        both.faulty(flow, Fault.LATE)
        both.edit(side, name="v3")
        both.run(flow)
        both.clock.advance(timedelta(minutes=minutes))
        assert both.shown()[flow is EXPORT][0] == "v2"
        both.run(*order)
        both.run(*order)
        assert both.shown() == [["v3", "1"], ["v3", "1"]]

    def test_it_is_reported(self, both: Both) -> None:
        both.edit("netsuite", name="v2")
        both.faulty(EXPORT, Fault.LATE)
        both.edit("netsuite", name="v3")
        both.run(EXPORT)
        both.clock.advance(timedelta(minutes=5))
        report = both.sync(EXPORT)
        assert [(issue.code, issue.field) for outcome in report.attention for issue in outcome.issues] == [
            ("late_effect", "name")
        ]

    @pytest.mark.parametrize("order", BACK_AND_FORTH, ids=["export first", "import first"])
    def test_a_newer_value_of_the_other_side(self, both: Both, order: tuple[Flow, Flow]) -> None:
        """Somebody edits the target: the conflict goes by the policy, and the late effect is undone."""
        both.edit("netsuite", name="v2")
        both.faulty(EXPORT, Fault.LATE)
        both.edit("stripe", name="v3")
        both.run(IMPORT)
        assert both.shown()[0][0] == "v3"
        both.clock.advance(timedelta(minutes=5))
        both.run(*order)
        both.run(*order)
        assert both.shown() == [["v3", "1"], ["v3", "1"]]

    def test_a_value_that_was_cleared_since(self, both: Both) -> None:
        both.edit("netsuite", phone="2")
        both.faulty(EXPORT, Fault.LATE)
        both.edit("netsuite", phone=None)
        both.run(EXPORT)
        both.clock.advance(timedelta(minutes=5))
        assert both.shown()[1][1] == "2"
        both.run(IMPORT, EXPORT)
        assert both.shown() == [["A", None], ["A", None]]

    def test_a_field_that_is_not_to_be_cleared_stays(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann", email="a@b.example")
        flow = FLOW.with_field(row("name", clear_on_blank=False))
        run(setup, flow)
        setup.source.rows["1"]["name"] = "Anna"
        setup.target.then("update", lost_before)
        run(setup, flow)
        setup.source.rows["1"]["name"] = None
        run(setup, flow)
        setup.target.rows["b1"]["name"] = "Anna"
        run(setup, flow)
        assert setup.target.rows["b1"]["name"] == "Anna"

    @pytest.mark.parametrize("incremental", [True, False])
    def test_no_text_is_recognised_while_an_update_is_in_flight(
        self,
        both: Both,
        incremental: bool,  # noqa: FBT001 - a table
    ) -> None:
        both.edit("netsuite", name="v2")
        both.faulty(EXPORT, Fault.LATE)
        both.edit("netsuite", name="v3")
        both.run(EXPORT)
        both.run(EXPORT)
        both.clock.advance(timedelta(minutes=5))
        both.sync(EXPORT, incremental=incremental)
        assert both.shown()[1][0] == "v3"


@pytest.mark.rule("G-LOSS")
class TestNotSeen:
    """A write that was answered, and whose result could not be read, is in flight until it was seen."""

    @pytest.mark.parametrize("method", ["create", "update"])
    @pytest.mark.parametrize("flows", BACK_AND_FORTH, ids=["export first", "import first"])
    def test_what_was_not_kept_is_no_edit(
        self, both: Both, monkeypatch: pytest.MonkeyPatch, flows: tuple[Flow, Flow], method: str
    ) -> None:
        """The target lost the phone, and the look at it failed: the phone is written again, not cleared."""
        if method == "create":
            both.netsuite.put({"companyName": "B", "email": "d@x.example", "phone": "2"})
        else:
            both.netsuite.edit(both.netsuite.rows[-1]["id"], phone="2")
        both.stripe.capabilities = evolve(both.stripe.capabilities, answers_with_payload=False)
        find, write = both.stripe.find, getattr(both.stripe, method)

        def written(asked: Any) -> Any:
            lost = [evolve(one, payload=_without_phone(one.payload)) for one in asked]
            monkeypatch.setattr(both.stripe, "find", _raise)
            return {key: Done(answer.id) for key, answer in write(lost).items()}

        monkeypatch.setattr(both.stripe, method, written)
        both.run(EXPORT)
        monkeypatch.setattr(both.stripe, "find", find)
        monkeypatch.setattr(both.stripe, method, write)
        both.run(*flows, *flows)
        assert [side.rows[-1]["phone"] for side in (both.netsuite, both.stripe)] == ["2", "2"]


def _raise(*_: Any) -> Any:
    raise TimeoutError


def _without_phone(payload: Any) -> Any:
    return {key: value for key, value in payload.items() if key != "phone"}


@pytest.mark.rule("G-LOSS")
class TestCarriedAlong:
    """Where an update replaces the whole record, it carries what people wrote there: that stays theirs."""

    FLOW = FLOW.replace(target=evolve(FLOW.target, replaces_lists=True))

    @pytest.fixture
    def setup(self) -> Setup:
        """A customer whose phone a person edited in the target, before an update of the name was lost."""
        setup = Setup()
        setup.source.put("1", name="Ann", email="a@b.example", phone="1")
        run(setup, self.FLOW)
        setup.target.rows["b1"]["phone"] = "2"
        setup.source.rows["1"]["name"] = "Anna"
        setup.target.then("update", lost_after("update"))
        assert run(setup, self.FLOW) == {Result.UNKNOWN: 1}
        return setup

    def codes(self, setup: Setup) -> list[tuple[str, str]]:
        report = sync(self.FLOW, setup.source.payloads(), setup.world)
        return [(issue.code, issue.field) for one in report.attention for issue in one.issues]

    def test_an_edit_between_two_looks_is_seen_at_the_second(self) -> None:
        """What is to be changed was edited since the decision: it is not written, the next run decides."""
        setup = Setup()
        setup.source.put("1", name="Ann", email="a@b.example")
        run(setup, self.FLOW)
        setup.source.rows["1"]["name"] = "Anna"

        def edited(party: Party, asked: Any) -> Any:
            answer = party.do_find(asked)
            party.rows["b1"] = {**party.rows["b1"], "name": "Their edit"}
            return answer

        setup.target.then("find", edited)
        assert run(setup, self.FLOW) == {Result.STALE: 1}
        assert self.codes(setup) == [("conflict", "name")]

    def test_it_is_no_late_effect_of_ours(self, setup: Setup) -> None:
        assert self.codes(setup) == []
        assert setup.target.rows["b1"] | {"name": "Anna", "phone": "2"} == setup.target.rows["b1"]

    def test_an_edit_of_the_source_is_in_conflict_with_it(self, setup: Setup) -> None:
        setup.source.rows["1"]["phone"] = "3"
        assert self.codes(setup) == [("conflict", "phone")]


@pytest.mark.rule("G-IDEM")
class TestWhenItIsOver:
    """What is in flight is dropped once its answer was seen, or the target was read after the window."""

    @pytest.mark.parametrize(
        ("answer", "left"),
        [(Unknown(), 1), (Rejected("no"), 0), (RetryAfter(999), 0), (Exists(), 0), (Done("b1"), 0)],
        ids=lambda one: type(one).__name__,
    )
    def test_by_the_answer(self, answer: Any, left: int) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann", email="a@b.example")
        run(setup)
        setup.source.rows["1"]["name"] = "Anna"
        setup.target.then("update", answering(answer))
        run(setup)
        assert len(setup.the_record().in_flight) == left
        assert setup.the_record().last_seen("shop///customer").payload == ""

    def test_an_earlier_one_stays_when_a_later_one_is_answered(self, both: Both) -> None:
        both.edit("netsuite", name="v2")
        both.faulty(EXPORT, Fault.LATE)
        first = both.record.in_flight
        both.run(EXPORT)
        assert both.record.in_flight == first

    @pytest.mark.parametrize(("minutes", "left"), [(10, 1), (11, 0)])
    def test_by_the_window(self, both: Both, minutes: int, left: int) -> None:
        both.edit("netsuite", name="v2")
        both.faulty(EXPORT, Fault.LATE)
        both.clock.advance(timedelta(minutes=minutes))
        both.run(EXPORT)
        assert len(both.record.in_flight) == left
        before = both.record
        both.run(EXPORT)
        both.run(EXPORT)
        assert both.record == before

    def test_a_window_of_nothing_is_over_at_once(self) -> None:
        both = Both()
        both.stripe.capabilities = evolve(both.stripe.capabilities, settle_window=timedelta(0))
        both.edit("netsuite", name="v2")
        both.faulty(EXPORT, Fault.LOST_AFTER)
        in_flight = [len(both.record.in_flight)]
        both.run(EXPORT)
        in_flight += [len(both.record.in_flight)]
        assert in_flight == [1, 0]

    def test_a_text_is_recognised_again_afterwards(self, both: Both) -> None:
        both.edit("netsuite", name="v2")
        both.faulty(EXPORT, Fault.LOST_AFTER)
        both.clock.advance(timedelta(hours=1))
        both.run(EXPORT)
        assert both.record.last_seen("netsuite/9//customer").payload

    @pytest.mark.parametrize("updates", [True, False])
    def test_a_late_effect_that_is_not_overwritten_stays_on_record(
        self,
        both: Both,
        updates: bool,  # noqa: FBT001 - a table
    ) -> None:
        """A flow that updates nobody cannot write it again; nor may the other one take it for an edit."""
        both.edit("netsuite", name="v2")
        both.faulty(EXPORT, Fault.LATE)
        both.edit("netsuite", name="v3")
        both.run(EXPORT)
        both.clock.advance(timedelta(hours=1))
        both.run(EXPORT.replace(updates=updates), IMPORT)
        assert both.shown()[0][0] == "v3"
        assert len(both.record.in_flight) == (not updates)


@pytest.mark.rule("G-LOSS")
class TestTheSend:
    """The window counts from right before each request: what waits for its turn is stamped again."""

    @pytest.mark.parametrize(("wait", "stamped"), [(60, 1), (61, 2), (200, 2)])
    def test_a_wait_for_not_now(self, wait: float, stamped: int) -> None:
        setup = Setup(target=Party(size=1))
        setup.source.put("1", name="Ann", email="a@b.example")
        run(setup)
        setup.source.rows["1"]["name"] = "Anna"
        seen: list[tuple[UpdateNote, ...]] = []

        def look(party: Party, asked: Any) -> Any:
            seen.append(setup.the_record().in_flight)
            return party.do_update(asked)

        setup.target.then("update", answering(RetryAfter(wait)), look)
        started = setup.clock.now
        assert run(setup) == {Result.UPDATED: 1}
        ((note,),) = seen
        sent = started if stamped == 1 else started + timedelta(seconds=wait)
        assert note.until == sent + WINDOW + timedelta(minutes=1)

    def test_many_that_go_out_one_by_one(self) -> None:
        setup = Setup(target=Party(size=1))
        for number in range(5):
            setup.source.put(str(number), name="Ann", email=f"a{number}@b.example")
        run(setup)
        for shown in setup.source.rows.values():
            shown["name"] = "Anna"
        sent: list[timedelta] = []

        def slow(party: Party, asked: Any) -> Any:
            (note,) = next(
                record.in_flight
                for record in setup.records()
                if record.target and record.target.id == asked[0].id
            )
            sent.append(note.until - WINDOW - setup.clock.now)
            setup.clock.now += timedelta(seconds=50)
            return party.do_update(asked)

        setup.target.then("update", *[slow] * 5)
        assert run(setup) == {Result.UPDATED: 5}
        assert all(slack >= timedelta(0) for slack in sent)

    def test_a_record_that_was_saved_meanwhile_is_not_sent(self) -> None:
        setup = Setup(target=Party(size=1))
        setup.source.put("1", name="Ann", email="a@b.example")
        run(setup)
        setup.source.rows["1"]["name"] = "Anna"

        def meanwhile(party: Party, asked: Any) -> Any:
            setup.keep(setup.the_record())
            return {one.id: RetryAfter(90) for one in asked}

        setup.target.then("update", meanwhile)
        assert run(setup) == {Result.STALE: 1}
        assert setup.target.rows["b1"]["name"] == "Ann"

    def test_without_a_window_nothing_is_stamped_again(self) -> None:
        setup = Setup(target=Party(size=1))
        setup.target.capabilities = evolve(setup.target.capabilities, settle_window=timedelta(0))
        setup.source.put("1", name="Ann", email="a@b.example")
        run(setup)
        setup.source.rows["1"]["name"] = "Anna"
        setup.target.then("update", answering(RetryAfter(200)))
        saves = setup.store.saves
        assert run(setup) == {Result.UPDATED: 1}
        assert setup.store.saves - saves == 2


@pytest.mark.rule("G-LOSS", "G-DUP")
class TestOvertaken:
    """An update that was written while somebody else changed the record is not called unwritten."""

    def test_the_outcome(self) -> None:
        setup = Setup()
        setup.source.put("1", name="Ann", email="a@b.example")
        run(setup)
        setup.source.rows["1"]["name"] = "Anna"

        def meanwhile(party: Party, asked: Any) -> Any:
            setup.keep(setup.the_record())
            return party.do_update(asked)

        setup.target.then("update", meanwhile)
        report = sync(FLOW, setup.source.payloads(), setup.world)
        assert report.counts == {Result.UPDATED: 1}
        assert [issue.code for issue in report.attention[0].issues] == ["overtaken"]
        assert setup.target.rows["b1"]["name"] == "Anna"
        run(setup)
        assert run(setup) == {Result.UNCHANGED: 1}


def run(setup: Setup, flow: Flow = FLOW) -> dict[Result, int]:
    return dict(sync(flow, setup.source.payloads(), setup.world).counts)
