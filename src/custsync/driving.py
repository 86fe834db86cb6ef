"""The calls that people make: plan, apply, sync, over blocking adapters or async ones.

`plan` decides, `apply` carries out, `sync` does both, a batch at a time. All take a world: the adapters, the
store, the clock, the sleep and the chance.
"""

from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
)
from itertools import islice
from typing import Any, Final, TypeVar

from custsync.applying import apply_batch
from custsync.decisions import Decision
from custsync.errors import ConfigurationError, InputError
from custsync.flow import Flow
from custsync.gathering import decide_batch, settle
from custsync.outcomes import Outcome, Report
from custsync.planning import Plan
from custsync.ports import (
    Request,
)
from custsync.progress import Progress, reporting
from custsync.searching import Item, Terms
from custsync.worlds import AsyncWorld, World, run, run_async, terms_of

__all__ = [
    "AsyncWorld",
    "World",
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
    flow: Flow, customers: Iterable[Item], world: World, *, batch: int = BATCH, incremental: bool = False
) -> Iterator[Decision]:
    """Yield one decision per record, lazily, a batch of look-ups at a time. Nothing is written.

    Args:
        flow: the policy.
        customers: payloads, their JSON texts, or customers that were read already; any number.
        world: the adapters and the store.
        batch: how many are decided together. Contested claims are seen within one batch; `plan` sees them
            all.
        incremental: a record whose text is what it was when last synced is unchanged, without a look at
            the target.

    Memory: one batch.
    """
    terms = terms_of(world, incremental=incremental)
    for first, items in _batches(customers, batch):
        yield from run(decide_batch(flow, items, terms, first=first), world)


def plan(
    flow: Flow,
    customers: Iterable[Item],
    world: World,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    progress: Progress = None,
) -> Plan:
    """Return the plan for all these customers. Nothing is written.

    Args: as `decide_each`, and
        progress: None, `"bar"`, or a function that is told how many are decided.
    """
    made: list[Decision] = []
    with reporting(progress) as told:
        for decision in decide_each(flow, customers, world, batch=batch, incremental=incremental):
            made.append(decision)
            if len(made) % batch == 0:
                told(len(made))
        told(len(made))
    return Plan(flow=flow.name, version=flow.version, decisions=tuple(settle(flow, made)))


def apply(
    made: Plan,
    flow: Flow,
    world: World,
    *,
    batch: int = BATCH,
    observe: Observe | None = None,
    progress: Progress = None,
) -> Report:
    """Carry out a plan and return its report.

    What the plan rests on is read again first, and what is stale is not written.

    Args:
        made: the plan.
        flow: the flow that made it.
        world: the adapters and the store.
        batch: how many are carried out together.
        observe: is given each outcome.
        progress: None, `"bar"`, or a function that is told how many are done.

    Raises:
        ConfigurationError: the flow writes back, and the world has no source adapter.
        PlanError: another flow made the plan.
        AdapterContractError: an adapter's answer breaks its contract.
    """
    made.check(flow)
    _check_write_back(flow, world)
    terms = terms_of(world)
    outcomes = (
        outcome
        for _, part in _batches(made.decisions, batch)
        for outcome in run(apply_batch(flow, part, terms, fresh=False), world)
    )
    return _reported(flow, outcomes, batch, observe, progress)


def sync(
    flow: Flow,
    customers: Iterable[Item],
    world: World,
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
    """
    _check_write_back(flow, world)
    terms = terms_of(world, incremental=incremental)
    outcomes = (
        outcome
        for first, items in _batches(customers, batch)
        for outcome in run(_sync_batch(flow, items, terms, first), world)
    )
    return _reported(flow, outcomes, batch, observe, progress)


def _check_write_back(flow: Flow, world: World | AsyncWorld) -> None:
    if flow.write_back and world.source is None:
        raise ConfigurationError(
            f"flow {flow.name!r} writes the target's id back: give the world a `source` adapter, "
            "or the flow `write_back=''`"
        )


def _sync_batch(flow: Flow, items: list[Item], terms: Terms, first: int) -> Steps[list[Outcome]]:
    decided = yield from decide_batch(flow, items, terms, first=first)
    return (yield from apply_batch(flow, decided, terms, fresh=True))


def _reported(
    flow: Flow, outcomes: Iterable[Outcome], batch: int, observe: Observe | None, progress: Progress
) -> Report:
    with reporting(progress) as told:
        report = Report.of(_watched(outcomes, batch, observe, told))
    import logging  # dear to import, and only the end of a run needs it

    logging.getLogger("custsync").info("%s: %s", flow.name, report.in_brief)
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
    customers: Iterable[Item] | AsyncIterable[Item],
    world: AsyncWorld,
    *,
    batch: int = BATCH,
    incremental: bool = False,
) -> Plan:
    """Return the plan for all these customers, as `plan` does, with async adapters."""
    terms = terms_of(world, incremental=incremental)
    made: list[Decision] = []
    async for first, items in _async_batches(customers, batch):
        made += await run_async(decide_batch(flow, items, terms, first=first), world)
    return Plan(flow=flow.name, version=flow.version, decisions=tuple(settle(flow, made)))


async def apply_async(
    made: Plan, flow: Flow, world: AsyncWorld, *, batch: int = BATCH, observe: Observe | None = None
) -> Report:
    """Carry out a plan, as `apply` does, with async adapters."""
    made.check(flow)
    _check_write_back(flow, world)
    terms = terms_of(world)
    report = Report()
    for _, part in _batches(made.decisions, batch):
        outcomes = await run_async(apply_batch(flow, part, terms, fresh=False), world)
        report += Report.of(_watched(outcomes, batch, observe, int))
    return report


async def sync_async(
    flow: Flow,
    customers: Iterable[Item] | AsyncIterable[Item],
    world: AsyncWorld,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    observe: Observe | None = None,
) -> Report:
    """Plan and carry out, as `sync` does, with async adapters."""
    _check_write_back(flow, world)
    terms = terms_of(world, incremental=incremental)
    report = Report()
    async for first, items in _async_batches(customers, batch):
        outcomes = await run_async(_sync_batch(flow, items, terms, first), world)
        report += Report.of(_watched(outcomes, batch, observe, int))
    return report


def _check_size(size: int) -> None:
    if size < 1:
        raise InputError("batch: at least 1 customer at a time")


def _batches(items: Iterable[T], size: int) -> Iterator[tuple[int, list[T]]]:
    _check_size(size)
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
    _check_size(size)
    first, part = 1, []
    async for item in items:
        part.append(item)
        if len(part) >= size:
            yield first, part
            first, part = first + len(part), []
    if part:
        yield first, part
