"""Merges of customers under faults, and while people and other workers are at the same customers.

However it goes: one NetSuite customer for each that survives in ServiceTitan, both sync records point at it,
nothing that was said of a customer is lost, the duplicate's name and address are kept once, and nothing is
written to an id that is gone.

Three things are not promised, for no target here lets a write depend on what was read. What a person deletes
or merges in NetSuite before any run looked at it is lost there. What a person changes on a duplicate after
the last look at it may be. And a lost address can stand there twice, where it takes effect late, or where its
survivor is merged on before the next run.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from custsync.engine.api import apply, plan
from custsync.engine.apply.batch import apply_batch
from custsync.engine.decisions import Decision, Merge
from custsync.engine.environment import Environment, run
from custsync.engine.plan.batch import decide_batch
from custsync.syncrecords import Status
from custsync.testing.faults import Fault
from tests.proofs.environments import SCOPE, Scope, distinct, singles
from tests.proofs.mergings import NEW_PHONE, QUEUED, Busy, Merging, histories, lost, merging, problems, unkept
from tests.proofs.orders import Steps, alone, context_of, orders, perform, sync_steps

AT_ONCE = timedelta(0)
WIDE = 1 + (SCOPE >= Scope.PAIRS)
CHAINS = [((0, 1), (1, 2)), ((1, 2), (0, 2)), ((0, 2), (1, 2))][: 1 if SCOPE is Scope.FEW else 3]
Event = Callable[[Merging], object]

QUIET: dict[str, Event] = {
    "nothing": lambda _: None,
    "a transaction of the duplicate": Merging.invoice,
    "an edit of the survivor": lambda made: made.edit(1),
    "an edit of the duplicate": lambda made: made.edit(0),
    "merged back in ServiceTitan": Merging.unmerge,
}
ROUGH: dict[str, Event] = {"merged in NetSuite": Merging.merge_there, "deleted in NetSuite": Merging.remove}
PLAYED_QUEUED = {"nothing", "an edit of the duplicate", "merged in NetSuite"}
"""What is played with queued merges in the scope `core`; fewer play none, larger ones play all."""


def cases(events: Iterable[str]) -> pytest.MarkDecorator:
    """Return the mark that plays each of the events, with merges at once and with queued ones."""
    queued = {Scope.FEW: set[str](), Scope.CORE: PLAYED_QUEUED}.get(SCOPE, {*QUIET, *ROUGH})
    both = [(AT_ONCE, event) for event in events] + [(QUEUED, event) for event in events if event in queued]
    names = [f"{'queued' if delay else 'at once'}-{event}" for delay, event in both]
    return pytest.mark.parametrize(("delay", "event"), both, ids=names)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the warnings about what is made to fail out of the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def begun(delay: timedelta, faults: Busy, *, durable: bool = False) -> Merging:
    """Return two customers that were merged in ServiceTitan, before the run that follows it."""
    made = merging(merge_delay=delay, durable=durable)
    made.merge(0, 1)
    made.pair.faults = faults
    return made


def requests_of(delay: timedelta) -> tuple[str, ...]:
    """Return the requests of the runs that follow a merge, where nothing goes wrong."""
    made = begun(delay, Busy())
    made.settle()
    assert (problems(made), unkept(made), made.netsuite.dead) == ([], [], [])
    return tuple(made.pair.faults.requests)


def but_for_lines(wrong: list[str]) -> list[str]:
    """Return what is wrong beside an address that is kept twice; one that is not kept at all is no line."""
    return [text for text in wrong if not text.endswith((" 2 times", ": 2 lines"))]


def amiss(made: Merging, event: str, *, edited: bool = False) -> list[str]:
    """Return what is wrong with a world at rest, in which people did that."""
    found = problems(made)
    if event == "merged back in ServiceTitan":
        return found
    vale, lund = made.people
    phones = [made.first[one]["phone"] for one in made.people]
    if event == "an edit of the survivor":
        found += [] if made.netsuite.row(made.target(lund))["phone"] == NEW_PHONE else ["an edit was lost"]
        return found + lost(made, vale) + lost(made, lund, but=phones[1:])
    if event == "an edit of the duplicate":
        told = made.said_of(vale)
        found += [] if NEW_PHONE in told or (phones[0] in told and not edited) else ["a phone was lost"]
        return found + lost(made, vale, but=phones[:1]) + lost(made, lund)
    return found + unkept(made)


@pytest.mark.rule("ST-MRG-1")
@pytest.mark.rule("G-LOSS")
class TestOneFault:
    """After any one fault, and whatever people do before the next run: one customer, and nothing is lost."""

    @cases(QUIET)
    def test_at_every_request(self, delay: timedelta, event: str) -> None:
        failed: dict[Any, Any] = {}
        requests = requests_of(delay)
        for number, fault in singles(requests):
            made = begun(delay, Busy({number: fault}))
            there = made.first[made.people[0]]["id"]
            before: list[bool] = []

            def happen(made: Merging = made, there: str = there, before: list[bool] = before) -> None:
                before.append(made.netsuite.has(there))
                QUIET[event](made)

            made.settle(happen)
            wrong = amiss(made, event, edited=before[0] and delay == AT_ONCE)
            if fault is Fault.LATE:  # the late effect comes when another one was before it
                wrong = but_for_lines(wrong)
            elif made.netsuite.dead:
                wrong.append("a dead id was written to")
            if wrong:
                failed[number, fault.name, requests[number - 1]] = wrong
        assert failed == {}

    @cases(ROUGH)
    def test_at_every_request_and_a_person_gets_ahead(self, delay: timedelta, event: str) -> None:
        failed: dict[Any, Any] = {}
        requests = requests_of(delay)
        for number, fault in singles(requests):
            made = begun(delay, Busy({number: fault}))
            noted: list[bool] = []

            def happen(made: Merging = made, noted: list[bool] = noted) -> None:
                noted.append(made.records()[made.people[0]].status is Status.MERGED)
                ROUGH[event](made)

            made.settle(happen)
            wrong = problems(made) + (lost(made, made.people[0]) if noted[0] else [])
            if made.netsuite.dead and fault is not Fault.LATE:
                wrong.append("a dead id was written to")
            if wrong:
                failed[number, fault.name, requests[number - 1]] = wrong
        assert failed == {}

    def test_with_the_store_in_a_file(self) -> None:
        requests = requests_of(AT_ONCE)
        for number, fault in singles(requests):
            made = begun(AT_ONCE, Busy({number: fault}), durable=True)
            made.settle()
            assert problems(made) == [] or (fault, requests[number - 1]) == (Fault.LATE, "target.update")


@pytest.mark.rule("ST-MRG-1")
@pytest.mark.rule("G-LOSS")
class TestMeanwhile:
    """People do something between any two requests of a merge: one customer, and nothing is lost."""

    @cases(QUIET)
    def test_before_every_request(self, delay: timedelta, event: str) -> None:
        for number in range(1, len(requests_of(delay)) + 1):
            made = begun(delay, busy := Busy())
            busy.meanwhile = {number: lambda made=made: QUIET[event](made)}  # type: ignore[misc]
            made.settle()
            assert (number, amiss(made, event), made.netsuite.dead) == (number, [], [])

    @cases(ROUGH)
    def test_before_every_request_a_person_gets_ahead(self, delay: timedelta, event: str) -> None:
        """A merge that is refused for it is no merge taken back: what was kept of the duplicate stays."""
        requests = requests_of(delay)
        looked = requests.index("store.save")
        for number in range(1, len(requests) + 1):
            made = begun(delay, busy := Busy())
            busy.meanwhile = {number: lambda made=made: ROUGH[event](made)}  # type: ignore[misc]
            made.settle()
            conserved = lost(made, made.people[0]) if number >= looked else []
            assert (number, problems(made), conserved) == (number, [], [])


@pytest.mark.rule("ST-MRG-1")
@pytest.mark.rule("G-LOSS")
class TestTwoFaults:
    """The same after any two faults."""

    @pytest.mark.skipif(SCOPE < Scope.PAIRS, reason="pairs of faults are played in the larger scopes")
    def test_at_every_pair_of_requests(self) -> None:
        failed: dict[Any, Any] = {}
        for first, fault in distinct(requests_of(AT_ONCE)):
            made = begun(AT_ONCE, Busy({first: fault}))
            made.settle()
            for second, other in distinct(tuple(made.pair.faults.requests), first + 1):
                both = {first: fault, second: other}
                made_twice = begun(AT_ONCE, Busy(both))
                made_twice.settle()
                wrong = problems(made_twice) + unkept(made_twice)
                if Fault.LATE in both.values():
                    wrong = but_for_lines(wrong)
                if wrong:
                    failed[first, fault.name, second, other.name] = wrong
        assert failed == {}


@pytest.mark.rule("ST-MRG-1")
@pytest.mark.rule("G-LOSS")
class TestAllOrders:
    """Whichever of up to four customers are merged in whichever order, at once or one at a time."""

    @pytest.mark.parametrize("each", [False, True], ids=["one run for all", "a run after each"])
    @pytest.mark.parametrize("count", [3] if SCOPE is Scope.FEW else [3, 4])
    def test_of_merges(self, count: int, each: bool) -> None:  # noqa: FBT001 - which of two
        failed = {}
        for history in histories(count):
            made = merging(count)
            for duplicate, survivor in history:
                made.merge(duplicate, survivor)
                if each:
                    made.pair.run()
            made.settle()
            if wrong := problems(made) + unkept(made) + made.netsuite.dead:
                failed[history] = wrong
        assert failed == {}

    @pytest.mark.parametrize("each", [True, False][:WIDE], ids=["a run after each", "one run for all"][:WIDE])
    @pytest.mark.parametrize("history", CHAINS, ids=str)
    def test_of_a_chain_with_one_fault(self, history: Any, each: bool) -> None:  # noqa: FBT001 - the same
        failed = {}
        requests = tuple(self.chained(history, each, {}).pair.faults.requests)
        for number, fault in singles(requests):
            made = self.chained(history, each, {number: fault})
            if wrong := but_for_lines(problems(made) + unkept(made)):
                failed[number, fault.name, requests[number - 1]] = wrong
        assert failed == {}

    def chained(self, history: Any, each: bool, schedule: dict[int, Fault]) -> Merging:  # noqa: FBT001 - the same
        made = merging(3)
        made.pair.faults = Busy(schedule)
        for duplicate, survivor in history:
            made.merge(duplicate, survivor)
            if each:
                made.pair.run()
        made.settle()
        return made


@pytest.mark.rule("ST-MRG-1")
class TestTwoWorkers:
    """Two workers carry the same merge out, in every order of their requests: it happens once."""

    @pytest.mark.parametrize("started", [False, True][:WIDE], ids=["from the start", "taken up again"][:WIDE])
    def test_in_every_order(self, started: bool) -> None:  # noqa: FBT001 - which of two
        state: list[tuple[Merging, Sequence[Decision]]] = []

        def fresh() -> Environment:
            made = begun(AT_ONCE, Busy({9: Fault.CRASH_BEFORE} if started else {}))
            if started:
                made.pair.run()
            made.pair.faults = Busy()
            world = made.pair.world()
            context = alone(made.pair.flow, made.pair.payloads(), context_of(world))
            decided = run(decide_batch(made.pair.flow, made.pair.payloads(), context), world)
            state[:] = [(made, [one for one in decided if isinstance(one, Merge)])]
            return world

        def worker() -> Steps:
            made, decided = state[0]
            context = context_of(made.pair.world())
            if SCOPE is Scope.LARGE:
                return sync_steps(made.pair.flow, made.pair.payloads(), context)
            return apply_batch(made.pair.flow, decided, context, fresh=True)

        failed, played = [], 0
        for order in orders([worker, worker], fresh, perform):
            played += 1
            made, _ = state[0]
            made.settle()
            if problems(made) or unkept(made):
                failed.append((order, problems(made), unkept(made)))
        assert failed == []
        assert played > 500

    def test_a_plan_applied_twice(self) -> None:
        made = begun(AT_ONCE, Busy())
        world = made.pair.world()
        planned = plan(made.pair.flow, made.pair.payloads(), world)
        for brief in ("1 merged, 1 unchanged", "1 unchanged, 1 already done"):
            assert apply(made.pair.flow, planned, world).summary == brief
        assert (problems(made), unkept(made)) == ([], [])
