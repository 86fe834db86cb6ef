"""The simulator's world: two systems in memory, a store, a clock, and the runs under faults."""

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import pytest
from attrs import define, evolve, field, frozen

from custsync.engine.api import apply, plan, sync
from custsync.engine.calls import Retry
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome
from custsync.engine.plans import Plan
from custsync.errors import StoreError
from custsync.flow import Flow
from custsync.flows.servicetitan import Transaction, join_transactions
from custsync.protocols import Answer, Payload, Rejected, RetryAfter, Tier
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import Status
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem, Row
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.faults import Crash, Fault, Faults, faults_of
from tests.proofs.kinds import KINDS, Kind, stamp_of
from tests.proofs.orders import context_of, perform, sync_steps
from tests.proofs.schedule import CLOCKS_APART, Act, Event, Schedule

T = TypeVar("T")
_WRITES: Final = ("target.create", "target.update", "source.update")
_ANSWERS: Final[Mapping[str, Answer]] = {
    "rejected, without effect": Rejected("unauthorized"),
    "not now, for an hour": RetryAfter(3600.0),
}
_SLOW: Final = "done, and answered late"
_FORGOTTEN: Final = "done, but for the phone"


class Trouble(Faults):
    """The faults of a worker's run, drawn among those that a request can have, and what people do meanwhile.

    Of several workers each has its share of the event's faults, and none is slow: one that sleeps between its
    note and its write promises nothing. No update comes late where a clock is wrong: when its window is over,
    no two clocks agree.
    """

    def __init__(self, event: Event, world: "World", worker: int = 0) -> None:
        super().__init__(late_by=timedelta(seconds=event.late))
        self.drawn = dict(event.faults[worker :: event.workers])
        self.meanwhile = dict(event.meanwhile[worker:1])
        self.world, self.target = world, 1 - event.flow % len(world.flows)
        self.is_alone, self.is_on_time = event.workers == 1, abs(event.skew) <= CLOCKS_APART
        self.happened: list[str] = []
        self.unread: list[int] = []
        self.writes = 0

    def request(self, name: str, call: Callable[[], T], lost: Callable[[Fault], Any]) -> T:
        number = len(self.requests) + 1
        if number in self.meanwhile:
            self.world.do(self.meanwhile[number])
        if name in ("target.update", "target.merge"):
            self._expose(self.unread, lost(Fault.LOST_BEFORE))
        answer: Any = self._answered(name, number, call, lost)
        if name == "target.find":
            side = self.world.sides[self.target]
            read = {side._identity(row) for rows in answer.values() if isinstance(rows, list) for row in rows}  # noqa: SLF001
            self.unread = [at for at in self.unread if self.world.edits[at].identity not in read]
        return answer  # type: ignore[no-any-return]  # as it came

    def _expose(self, edits: Iterable[int], written: Collection[str]) -> None:
        """Mark the edits that a request writes over, and that its run has not read."""
        for at in edits:
            edit = self.world.edits[at]
            if edit.side == self.target and edit.identity in written:
                self.world.edits[at] = evolve(edit, exposed=True)

    def _answered(self, name: str, number: int, call: Callable[[], T], lost: Callable[[Fault], Any]) -> T:
        self.writes += name in _WRITES
        chosen = self.drawn.get(number, self.drawn.get(-self.writes) if name in _WRITES else None)
        if chosen is None:
            return super().request(name, call, lost)
        possible: tuple[Fault | str, ...] = (*faults_of(name), *self._others(name))
        fault = possible[chosen % len(possible)]
        if fault is Fault.LATE and name.endswith("update") and not self.is_on_time:
            fault = Fault.LOST_AFTER
        self.happened.append(f"request {number}, {name}: {getattr(fault, 'value', fault)}")
        if isinstance(fault, Fault):
            self.schedule[number] = fault
            if fault is Fault.LATE and not name.endswith("create"):
                side, until = self.target ^ name.startswith("source"), self.world.clock() + self.late_by
                for one in lost(Fault.LOST_BEFORE):
                    self.world.late[side, one] = max(until, self.world.late.get((side, one), until))
            return super().request(name, call, lost)
        if fault not in _ANSWERS:
            return self._done(fault, name, call, lost)
        self.requests.append(name)
        answers: Any = dict.fromkeys(lost(Fault.LOST_BEFORE), _ANSWERS[fault])
        return answers  # type: ignore[no-any-return]  # as the lost answer, with other values

    def _others(self, name: str) -> Iterator[str]:
        if not name.startswith("store."):
            yield from _ANSWERS
        if self.is_alone:
            yield _SLOW
        if name in ("target.create", "target.update"):
            yield _FORGOTTEN

    def _done(self, fault: str, name: str, call: Callable[[], T], lost: Callable[[Fault], Any]) -> T:
        if fault is _SLOW:
            answer = super().request(name, call, lost)
            self.world.wait(self.late_by)
            return answer
        if self.world.flows[1 - self.target].target.replaces_lists:  # it loses what somebody wrote, too
            phones = [at for at, edit in enumerate(self.world.edits) if edit.field == "phone"]
            self._expose(phones, lost(Fault.LOST_BEFORE))
        with forgetting(self.world.sides[self.target], self.world.kind.fields[self.target].get("phone", "")):
            return super().request(name, call, lost)


@contextmanager
def forgetting(system: Any, key: str) -> Iterator[None]:
    """Let the system lose one key of what is written meanwhile."""
    created, change = system._created, system._change  # noqa: SLF001 - what the system makes of a write
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(system, "_created", lambda payload: created(_without(payload, key)))
        patch.setattr(system, "_change", lambda row, payload: change(row, _without(payload, key)))
        yield


def _without(payload: Payload, key: str) -> Payload:
    return {name: value for name, value in payload.items() if name != key}


@define
class Customer:
    """A customer that a person entered: where, under which id; `twin` is the same customer over there.

    `touched` says that people deleted, merged, linked or excluded it: a reason is enough then. `forgotten`
    says that an end was deleted before its create was answered: no system tells that it was ever there.
    """

    number: int
    side: int
    id: str
    twin: str = ""
    touched: bool = False
    forgotten: bool = False


@frozen
class Edit:
    """What a person wrote, over what, and whether an update that had not read it could take it away."""

    customer: int
    side: int
    identity: str
    field: str
    value: str
    over: str
    exposed: bool


@define
class World:
    """The systems, the customers that people entered, their edits, and what the runs reported.

    `reported` has the source's system and id, the code of an issue, and how many edits there were then;
    `dead` how many edits there were when a process died; `last` the latest outcome of each source customer;
    `plans` the latest plan of each flow, `snapshots` what its source said at first; `excluded` how many
    writes there were when a customer was excluded; `late` until when an update of a side's customer is on its
    way; `running` the workers that are under way.
    """

    kind: Kind
    flows: tuple[Flow, ...]
    sides: tuple[FakeSystem, FakeSystem]
    clock: VirtualClock
    people: Callable[["World", Event], None]
    store: MemoryStore = field(factory=MemoryStore)
    customers: dict[int, Customer] = field(factory=dict)
    edits: list[Edit] = field(factory=list)
    invoiced: list[Transaction] = field(factory=list)
    reported: set[tuple[str, str, str, int]] = field(factory=set)
    dead: list[int] = field(factory=list)
    last: dict[tuple[str, str], Outcome] = field(factory=dict)
    happened: list[str] = field(factory=list)
    plans: dict[int, Plan] = field(factory=dict)
    snapshots: dict[int, list[Payload]] = field(factory=dict)
    excluded: dict[int, int] = field(factory=dict)
    ran_well: bool = False
    late: dict[tuple[int, str], datetime] = field(factory=dict)
    running: list[Trouble] = field(factory=list)
    numbers: Iterator[int] = field(factory=lambda: iter(range(1, 10_000)))

    def do(self, event: Event) -> None:
        """Let one event happen; a deed that is not possible in this world is left out."""
        if event.act is Act.PAUSE:
            self.wait(timedelta(seconds=event.seconds))
        elif event.act in (Act.RUN, Act.APPLY):
            self._run(event)
        else:
            self.people(self, event)

    def wait(self, time: timedelta) -> None:
        """Let time pass; what is late takes effect when it is due, and not when somebody looks."""
        until = self.clock() + time
        late = sorted(at for side in self.sides for at, _ in side._late)  # noqa: SLF001 - as `arrive` does
        for at in (at for at in late if at <= until):
            self.clock.now = max(at, self.clock())
            for side in self.sides:
                side.arrive()
        self.clock.advance(until - self.clock())

    # Runs

    def ends(self, place: int) -> tuple[FakeSystem, FakeSystem]:
        """Return source and target of a flow."""
        return self.sides if place == 0 else self.sides[::-1]

    def environment(self, place: int, skew: int = 0) -> Environment:
        """Return what a worker runs in; its clock is not wrong while an update is on its way late."""
        source, target = self.ends(place)
        is_late = any(until > self.clock() for until in self.late.values())
        apart = timedelta(seconds=max(-CLOCKS_APART, min(skew, CLOCKS_APART)) if is_late else skew)
        return Environment(
            target=target,
            source=source,
            store=self.store,
            clock=lambda: self.clock() + apart,
            sleep=self.clock.sleep,
            random=float,
            retry=Retry(attempts=2),
        )

    def _payloads(self, source: FakeSystem) -> list[Payload]:
        if isinstance(source, FakeServiceTitan):
            return join_transactions(source.rows, self.invoiced, source.contacts())
        return [*source.rows]

    def _run(self, event: Event) -> None:
        """Let one or more workers run a flow; a process that dies takes its report with it."""
        place, died = event.flow % len(self.flows), len(self.dead)
        rows = self._payloads(self.ends(place)[0])
        if event.workers > 1:
            self._race(event, place, rows)
        else:
            trouble = Trouble(event, self)
            self.running = [trouble]
            try:
                self._run_alone(event, place, rows, trouble.around(self.environment(place, event.skew)))
            except (Crash, StoreError):
                self.dead.append(len(self.edits))
            self.happened += trouble.happened
        self.running.clear()
        # of two, one may have to leave a link to the next run
        is_plain = event.workers == 1 and event.way == "sync" and event.act is Act.RUN
        self.ran_well = self.ran_well or (is_plain and died == len(self.dead) and not event.faults)

    def _run_alone(self, event: Event, place: int, rows: list[Payload], environment: Environment) -> None:
        """Sync, or plan and apply; or sync what the source said before; or apply the latest plan again."""
        flow, kept = self.flows[place], self.snapshots.get(place, rows)
        if event.act is Act.APPLY:
            if place in self.plans:
                apply(flow, self.plans[place], environment, batch=event.batch, observe=self._observe)
        elif event.way == "plan":
            self.plans[place] = plan(flow, rows, environment, batch=event.batch)
            apply(flow, self.plans[place], environment, batch=event.batch, observe=self._observe)
        else:
            is_older = event.way == "older" and isinstance(self.ends(place)[0], FakeNetSuite)
            self.snapshots.setdefault(place, rows)
            sync(flow, kept if is_older else rows, environment, batch=event.batch, observe=self._observe)

    def _race(self, event: Event, place: int, rows: Sequence[Payload]) -> None:
        """Interleave the requests of several workers; in tiers C and D each customer is one worker's."""
        chance = random.Random(event.order)  # noqa: S311 - a schedule, no secret
        shared = self.ends(place)[1].capabilities.tier in (Tier.A, Tier.B)
        running = []
        for number in range(event.workers):
            trouble = Trouble(event, self, number)
            self.running.append(trouble)
            world = trouble.around(self.environment(place, 0 if number else event.skew))
            mine = rows if shared else rows[number :: event.workers]
            running.append((sync_steps(self.flows[place], mine, context_of(world)), None, world, trouble))
        while running:
            steps, answer, world, trouble = running.pop(chance.randrange(len(running)))
            try:
                running.append((steps, perform(steps.send(answer), world), world, trouble))
                continue
            except StopIteration as ended:
                for outcome in ended.value:
                    self._observe(outcome)
            except (Crash, StoreError):
                self.dead.append(len(self.edits))
            self.happened += trouble.happened

    def _observe(self, outcome: Outcome) -> None:
        end = outcome.source
        self.last[end.system, end.id] = outcome
        self.reported |= {(end.system, end.id, issue.code, len(self.edits)) for issue in outcome.issues}

    # What the rows say

    def living(self, side: int) -> dict[str, Row]:
        """Return the rows of a side by id, deleted ones not."""
        system = self.sides[side]
        rows = [row for row in system.rows if not system._is_gone(row)]  # noqa: SLF001 - any system's rows
        return {system._identity(row): row for row in rows}  # noqa: SLF001 - any system's key

    def named(self, customer: Customer) -> str:
        """Return what a counterpart of the customer carries of it."""
        return f"C-{customer.number}" if self.kind.stamps[1] == "customer_code" else customer.id

    def counterpart(self, customer: Customer) -> str:
        """Return the id of the row over there that carries the customer's id, empty where there is none."""
        named, rows = self.named(customer), self.living(1 - customer.side)
        found = (one for one, row in rows.items() if stamp_of(self.kind, 1 - customer.side, row) == named)
        return next(found, customer.twin if customer.twin in rows else "")

    def keeps(self, customer: Customer) -> bool:
        """Return whether the customer's own row carries its counterpart's id, if there is a place for it."""
        row = self.living(customer.side).get(customer.id, {})
        place = self.kind.stamps[customer.side]
        return not place or stamp_of(self.kind, customer.side, row) == self.counterpart(customer)

    def created(self, side: int) -> list[tuple[str, str]]:
        """Return the ids of what the runs created on a side, and whose each was when it came to be."""
        system = self.sides[side]
        pasts = system._pasts  # noqa: SLF001 - the rows as they were
        made = sorted({identity for verb, identity in system.writes if verb == "create"})
        return [(identity, stamp_of(self.kind, side, pasts[identity][0][1] or {})) for identity in made]

    def is_in_doubt(self, customer: Customer) -> bool:
        """Return whether nobody knows yet if the customer's create took effect."""
        records = self.store.records(self.flows[0].link)
        return any(one.status is Status.INTENT for one in records if one.source.id == customer.id)


def world_of(schedule: Schedule, people: Callable[[World, Event], None]) -> World:
    """Return the world of a schedule, before anything happened."""
    kind, clock = KINDS[schedule.flow], VirtualClock()
    sides = kind.source(clock), kind.target(clock, tier=schedule.tier, lag=schedule.lag)
    return World(kind, kind.flows_in(schedule.tier), sides, clock, people)
