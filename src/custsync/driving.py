"""Driving the generators, with blocking adapters or with async ones, and the calls that people make.

`plan` decides, `apply` carries out, `sync` does both, a batch at a time. All take a world: the
adapters, the store, the clock, the sleep and the chance. Nothing else here touches the outside.
"""

import logging
import random
import time
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
)
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, TypeVar

from attrs import frozen

from custsync.applying import apply_batch
from custsync.asking import Retry
from custsync.decisions import Decision
from custsync.errors import CustsyncError, StoreError
from custsync.flow import Flow
from custsync.gathering import decide_batch, settle
from custsync.outcomes import Outcome, Report
from custsync.planning import Plan
from custsync.ports import (
    Adapter,
    AsyncAdapter,
    AsyncSyncRecordStore,
    Capabilities,
    CreateCustomers,
    End,
    Ends,
    FindCustomers,
    LoadRecords,
    Now,
    RecogniseRecords,
    Request,
    SaveRecords,
    Side,
    SyncRecordStore,
    Tier,
    Unknown,
    UpdateCustomers,
    Wait,
)
from custsync.progress import Progress, reporting
from custsync.searching import Item, Terms

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

_log = logging.getLogger("custsync")
_NO_SOURCE: Final = End(capabilities=Capabilities(tier=Tier.D, finds={}))


async def _sleep(seconds: float) -> None:
    import asyncio  # dear to import, and only async worlds need it

    await asyncio.sleep(seconds)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@frozen(kw_only=True)
class World:
    """Everything outside, for blocking adapters.

    Attributes:
        target: the target system's adapter.
        store: the sync-record store.
        source: the source system's adapter; needed where the flow writes back, and to check an older plan.
        account: the source's account, where there is no source adapter to say it.
        mode: the source's mode, likewise.
        clock: returns the time, aware UTC.
        sleep: waits so many seconds.
        chance: returns a number from 0 up to 1.
        retry: how to come back when a system says "not now".
    """

    target: Adapter
    store: SyncRecordStore
    source: Adapter | None = None
    account: str = ""
    mode: str = ""
    clock: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], object] = time.sleep
    chance: Callable[[], float] = random.random
    retry: Retry = Retry()


@frozen(kw_only=True)
class AsyncWorld:
    """Everything outside, for async adapters; the attributes of `World`, with coroutines."""

    target: AsyncAdapter
    store: AsyncSyncRecordStore
    source: AsyncAdapter | None = None
    account: str = ""
    mode: str = ""
    clock: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], Awaitable[object]] = _sleep
    chance: Callable[[], float] = random.random
    retry: Retry = Retry()


# What people call


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
    terms = _terms(world, incremental=incremental)
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
        PlanError: another flow made the plan.
        AdapterContractError: an adapter's answer breaks its contract.
    """
    made.check(flow)
    terms = _terms(world)
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
    """
    terms = _terms(world, incremental=incremental)
    outcomes = (
        outcome
        for first, items in _batches(customers, batch)
        for outcome in run(_sync_batch(flow, items, terms, first), world)
    )
    return _reported(flow, outcomes, batch, observe, progress)


def _sync_batch(flow: Flow, items: list[Item], terms: Terms, first: int) -> Steps[list[Outcome]]:
    decided = yield from decide_batch(flow, items, terms, first=first)
    return (yield from apply_batch(flow, decided, terms, fresh=True))


def _reported(
    flow: Flow, outcomes: Iterable[Outcome], batch: int, observe: Observe | None, progress: Progress
) -> Report:
    with reporting(progress) as told:
        report = Report.of(_watched(outcomes, batch, observe, told))
    _log.info("%s: %s", flow.name, report.in_brief)
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
    terms = _terms(world, incremental=incremental)
    made: list[Decision] = []
    async for first, items in _async_batches(customers, batch):
        made += await run_async(decide_batch(flow, items, terms, first=first), world)
    return Plan(flow=flow.name, version=flow.version, decisions=tuple(settle(flow, made)))


async def apply_async(
    made: Plan, flow: Flow, world: AsyncWorld, *, batch: int = BATCH, observe: Observe | None = None
) -> Report:
    """Carry out a plan, as `apply` does, with async adapters."""
    made.check(flow)
    terms = _terms(world)
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
    terms = _terms(world, incremental=incremental)
    report = Report()
    async for first, items in _async_batches(customers, batch):
        outcomes = await run_async(_sync_batch(flow, items, terms, first), world)
        report += Report.of(_watched(outcomes, batch, observe, int))
    return report


# The two drivers


def run(steps: Steps[T], world: World) -> T:
    """Return what the generator returns, carrying out each of its requests with blocking adapters."""
    try:
        request = next(steps)
        while True:
            request = steps.send(_perform(request, world))
    except StopIteration as ended:
        result: T = ended.value
        return result


async def run_async(steps: Steps[T], world: AsyncWorld) -> T:
    """Return what the generator returns, carrying out each of its requests with async adapters."""
    try:
        request = next(steps)
        while True:
            request = steps.send(await _perform_async(request, world))
    except StopIteration as ended:
        result: T = ended.value
        return result


def _perform(request: Request, world: World) -> Any:
    try:
        call, arguments = _call(request, world)
        return call(*arguments)
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises is an unknown outcome
        return _failed(request, error)


async def _perform_async(request: Request, world: AsyncWorld) -> Any:
    try:
        call, arguments = _call(request, world)
        answer = call(*arguments)
        return await answer if isinstance(answer, Awaitable) else answer
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises is an unknown outcome
        return _failed(request, error)


Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""The function of the outside that answers a request, and its arguments."""


def _call(request: Request, world: World | AsyncWorld) -> Call:
    match request:
        case FindCustomers(side, by, values):
            return _adapter(side, world).find, (by, values)
        case CreateCustomers(requests):
            return world.target.create, (requests,)
        case UpdateCustomers(side, updates):
            return _adapter(side, world).update, (updates,)
        case Now():
            return world.clock, ()
        case Wait(seconds, spread):
            return world.sleep, (seconds + world.chance() * spread,)
        case LoadRecords() | RecogniseRecords() | SaveRecords():
            return _store_call(request, world.store)


def _store_call(
    request: LoadRecords | RecogniseRecords | SaveRecords, store: SyncRecordStore | AsyncSyncRecordStore
) -> Call:
    match request:
        case LoadRecords(link, refs):
            return store.load, (link, refs)
        case RecogniseRecords(link, digests):
            return store.recognise, (link, digests)
        case SaveRecords(writes):
            return store.save, (writes,)


def _adapter(side: Side, world: World | AsyncWorld) -> Any:
    return world.target if side is Side.TARGET else world.source


def _failed(request: Request, error: Exception) -> Mapping[str, Unknown]:
    """Return "unknown" for all that was asked of an adapter that raised; its words may hold values."""
    reason = type(error).__name__
    if isinstance(request, LoadRecords | RecogniseRecords | SaveRecords | Now | Wait):
        raise StoreError(f"{type(request).__name__}: the caller's port raised {reason}") from None
    _log.warning("%s: the adapter raised %s; the outcome is unknown", type(request).__name__, reason)
    if isinstance(request, FindCustomers):
        return dict.fromkeys(request.values, Unknown(reason))
    if isinstance(request, CreateCustomers):
        return {asked.key: Unknown(reason) for asked in request.requests}
    return {asked.id: Unknown(reason) for asked in request.requests}


def _terms(world: World | AsyncWorld, *, incremental: bool = False) -> Terms:
    source = _NO_SOURCE if world.source is None else _end(world.source)
    if world.source is None:
        source = End(capabilities=source.capabilities, account=world.account, mode=world.mode)
    return Terms(
        ends=Ends(source=source, target=_end(world.target)), retry=world.retry, incremental=incremental
    )


def _end(adapter: Adapter | AsyncAdapter) -> End:
    return End(capabilities=adapter.capabilities, account=adapter.account, mode=adapter.mode)


def _batches(items: Iterable[T], size: int) -> Iterator[tuple[int, list[T]]]:
    waiting = iter(items)
    first = 1
    while part := list(islice(waiting, max(size, 1))):
        yield first, part
        first += len(part)


async def _async_batches(
    items: Iterable[T] | AsyncIterable[T], size: int
) -> AsyncIterator[tuple[int, list[T]]]:
    if not isinstance(items, AsyncIterable):
        for numbered in _batches(items, size):
            yield numbered
        return
    first, part = 1, []
    async for item in items:
        part.append(item)
        if len(part) >= size:
            yield first, part
            first, part = first + len(part), []
    if part:
        yield first, part
