"""The calls that people make: plan, apply, sync, over blocking adapters or async ones.

`plan` decides, `apply` carries out, `sync` does both, a batch at a time. Each takes a world.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeVar

from custsync.engine.apply.batch import apply_batch
from custsync.engine.arguments import check_call, check_customers, check_plan, check_size
from custsync.engine.decisions import Decision
from custsync.engine.drivers import run, run_async
from custsync.engine.environment import AsyncEnvironment, Environment
from custsync.engine.outcomes import Outcome, Report
from custsync.engine.plan.batch import decide_batch, settle
from custsync.engine.plan.context import context_of
from custsync.engine.plan.prescan import surveyed
from custsync.engine.plan.search import RunContext, SourceRecord
from custsync.engine.plans import Plan
from custsync.engine.progress import Progress, reporting
from custsync.engine.requests import Request
from custsync.engine.second_pass import Waiting, catch_up, sync_batch
from custsync.flow import Flow

__all__ = [
    "AsyncEnvironment",
    "Environment",
    "apply",
    "apply_async",
    "decide_each",
    "plan",
    "plan_async",
    "run",
    "run_async",
    "sync",
    "sync_async",
]

T = TypeVar("T")
Steps = Generator[Request, Any, T]
Observe = Callable[[Outcome], object]

BATCH: Final = 500
"""Customers decided and carried out together, unless the caller says otherwise."""


def decide_each(
    flow: Flow,
    customers: Iterable[SourceRecord],
    world: Environment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
) -> Iterator[Decision]:
    """Return an iterator of one decision per record, lazy, a batch of look-ups at a time. Nothing is written.

    Args:
        flow: the policy.
        customers: payloads, their JSON texts, or customers that were read already; any number.
        world: the adapters and the store.
        batch: how many are decided together. Of two that claim one counterpart, both are for review in one
            batch, the later one in different batches; `plan` sees all claims at once.
        incremental: a record whose text is what it was when last synced is unchanged, without a look at
            the target.

    Memory: one batch, and the ids of those that are to be linked by evidence.

    Raises:
        InputError: an argument is of another kind.

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.stripe import FakeStripe
    >>> world = Environment(target=FakeStripe(), store=MemoryStore())
    >>> customers = [{"id": "2043", "companyName": "Lund"}, {"id": []}]
    >>> [decision.verb for decision in decide_each(EXPORT, customers, world)]
    ['create', 'refused']
    """
    check_call(flow, world, Environment)
    check_customers(customers)
    return _decided(flow, customers, world, context_of(world, incremental=incremental, claims=True), batch)


def _decided(
    flow: Flow, customers: Iterable[SourceRecord], world: Environment, terms: RunContext, batch: int
) -> Iterator[Decision]:
    customers, terms = surveyed(flow, customers, terms)
    for first, items in _batches(customers, batch):
        yield from run(decide_batch(flow, items, terms, first=first), world)


def plan(
    flow: Flow,
    customers: Iterable[SourceRecord],
    world: Environment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    progress: Progress = None,
) -> Plan:
    """Return the plan for all these customers. Nothing is written.

    Args: as `decide_each`, and
        progress: None, `"bar"`, or a function that is told how many are decided.

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.stripe import FakeStripe
    >>> lund = {"id": "2043", "companyName": "Lund"}
    >>> world = Environment(target=FakeStripe(), store=MemoryStore())
    >>> [plan(EXPORT, customers, world).is_empty for customers in ([lund], [{"id": "-5"}])]
    [False, True]
    """
    check_call(flow, world, Environment)
    check_customers(customers)
    terms = context_of(world, incremental=incremental)
    made: list[Decision] = []
    with reporting(progress) as told:
        for decision in _decided(flow, customers, world, terms, batch):
            made.append(decision)
            if len(made) % batch == 0:
                told(len(made))
        told(len(made))
    return Plan(flow=flow.name, version=flow.version, decisions=tuple(settle(flow, made)))


def apply(
    flow: Flow,
    planned: Plan,
    world: Environment,
    *,
    batch: int = BATCH,
    observe: Observe | None = None,
    progress: Progress = None,
) -> Report:
    """Carry out a plan and return its report.

    What the plan rests on is read again first, and what is stale is not written.

    Args:
        flow: the flow that made the plan.
        planned: the plan.
        world: the adapters and the store.
        batch: how many are carried out together.
        observe: is given each outcome.
        progress: None, `"bar"`, or a function that is told how many are done.

    Raises:
        ConfigurationError: the flow writes back, and the world has no source adapter.
        PlanError: another flow made the plan.
        AdapterContractError: an adapter's answer breaks its contract.

    >>> from custsync.flows.stripe import IMPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.netsuite import FakeNetSuite
    >>> world = Environment(target=FakeNetSuite(), store=MemoryStore())
    >>> made = plan(IMPORT, [{"id": "cus_1", "name": "Lund", "email": "office@lund.example"}], world)
    >>> [apply(IMPORT, made, world).summary for _ in range(2)]
    ['1 created', '1 already done']
    """
    check_call(flow, world, Environment, writes=True)
    check_plan(flow, planned)
    terms = context_of(world)
    outcomes = (
        outcome
        for _, part in _batches(planned.decisions, batch)
        for outcome in run(apply_batch(flow, part, terms, fresh=False), world)
    )
    return _reported(flow, outcomes, batch, observe, progress)


def sync(
    flow: Flow,
    customers: Iterable[SourceRecord],
    world: Environment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    observe: Observe | None = None,
    progress: Progress = None,
) -> Report:
    """Plan and carry out, a batch at a time; return the report.

    Args: as `decide_each`, and
        observe: is given each outcome.
        progress: None, `"bar"`, or a function that is told how many are done.
    Memory: one batch, and the outcomes that call for attention.

    Raises:
        AdapterContractError: an adapter's answer breaks its contract; what was written is on record.
        ConfigurationError: the flow writes back, and the world has no source adapter.

    >>> from custsync.flows.stripe import IMPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.netsuite import FakeNetSuite
    >>> world = Environment(target=FakeNetSuite(), store=MemoryStore())
    >>> [sync(IMPORT, [{"id": "cus_1", "name": "A", "email": "a@b.example"}], world).summary for _ in "12"]
    ['1 created', '1 unchanged']
    """
    check_call(flow, world, Environment, writes=True)
    check_customers(customers)
    terms = context_of(world, incremental=incremental, claims=True)
    return _reported(flow, _synced(flow, customers, world, terms, batch), batch, observe, progress)


def _synced(
    flow: Flow, customers: Iterable[SourceRecord], world: Environment, terms: RunContext, batch: int
) -> Iterator[Outcome]:
    customers, terms = surveyed(flow, customers, terms)
    waiting: Waiting = []
    for first, items in _batches(customers, batch):
        yield from run(sync_batch(flow, items, terms, first, waiting), world)
    yield from run(catch_up(flow, waiting, terms, batch), world)


def _reported(
    flow: Flow, outcomes: Iterable[Outcome], batch: int, observe: Observe | None, progress: Progress
) -> Report:
    with reporting(progress) as told:
        report = Report.of(_watched(outcomes, batch, observe, told))
    import logging  # dear to import, and only the end of a run needs it

    logging.getLogger("custsync").info("%s: %s", flow.name, report.summary)
    return report


def _watched(
    outcomes: Iterable[Outcome], batch: int, observe: Observe | None, told: Callable[[int], object]
) -> Iterator[Outcome]:
    done = 0
    for done, outcome in enumerate(outcomes, start=1):
        if observe is not None:
            observe(outcome)
        if done % batch == 0:
            told(done)
        yield outcome
    told(done)


async def plan_async(
    flow: Flow,
    customers: Iterable[SourceRecord] | AsyncIterable[SourceRecord],
    world: AsyncEnvironment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
) -> Plan:
    """Return the plan for all these customers, as `plan` does, with async adapters."""
    check_call(flow, world, AsyncEnvironment)
    check_customers(customers)
    customers, terms = await _surveyed(flow, customers, context_of(world, incremental=incremental))
    made: list[Decision] = []
    async for first, items in _async_batches(customers, batch):
        made += await run_async(decide_batch(flow, items, terms, first=first), world)
    return Plan(flow=flow.name, version=flow.version, decisions=tuple(settle(flow, made)))


async def apply_async(
    flow: Flow, planned: Plan, world: AsyncEnvironment, *, batch: int = BATCH, observe: Observe | None = None
) -> Report:
    """Carry out a plan, as `apply` does, with async adapters."""
    check_call(flow, world, AsyncEnvironment, writes=True)
    check_plan(flow, planned)
    terms = context_of(world)
    report = Report()
    for _, part in _batches(planned.decisions, batch):
        outcomes = await run_async(apply_batch(flow, part, terms, fresh=False), world)
        report += Report.of(_watched(outcomes, batch, observe, int))
    return report


async def sync_async(
    flow: Flow,
    customers: Iterable[SourceRecord] | AsyncIterable[SourceRecord],
    world: AsyncEnvironment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    observe: Observe | None = None,
) -> Report:
    """Plan and carry out, as `sync` does, with async adapters."""
    check_call(flow, world, AsyncEnvironment, writes=True)
    check_customers(customers)
    terms = context_of(world, incremental=incremental, claims=True)
    customers, terms = await _surveyed(flow, customers, terms)
    waiting: Waiting = []
    report = Report()
    async for first, items in _async_batches(customers, batch):
        outcomes = await run_async(sync_batch(flow, items, terms, first, waiting), world)
        report += Report.of(_watched(outcomes, batch, observe, int))
    outcomes = await run_async(catch_up(flow, waiting, terms, batch), world)
    return report + Report.of(_watched(outcomes, batch, observe, int))


async def _surveyed(
    flow: Flow, customers: Iterable[SourceRecord] | AsyncIterable[SourceRecord], terms: RunContext
) -> tuple[Iterable[SourceRecord] | AsyncIterable[SourceRecord], RunContext]:
    if flow.prescan is not None and isinstance(customers, AsyncIterable):
        customers = [item async for item in customers]
    return (customers, terms) if isinstance(customers, AsyncIterable) else surveyed(flow, customers, terms)


def _batches(items: Iterable[T], size: int) -> Iterator[tuple[int, list[T]]]:
    check_size(size)
    waiting = iter(items)
    first = 1
    while part := list(islice(waiting, size)):
        yield first, part
        first += len(part)


async def _async_batches(
    items: Iterable[T] | AsyncIterable[T], size: int
) -> AsyncIterator[tuple[int, list[T]]]:
    if not isinstance(items, AsyncIterable):
        for numbered in _batches(items, size):
            yield numbered
        return
    check_size(size)
    first, part = 1, []
    async for item in items:
        part.append(item)
        if len(part) >= size:
            yield first, part
            first, part = first + len(part), []
    if part:
        yield first, part
