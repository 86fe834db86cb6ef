"""The outside as the engine sees it, and the two drivers that carry requests out there.

A world holds the adapters, the store, the clock, the sleep and the chance. One driver runs a generator with
blocking adapters, the other with async ones; nothing else touches the outside.
"""

import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar, assert_never

from attrs import frozen

from custsync.engine.calls import Retry
from custsync.engine.plan.search import RunContext
from custsync.errors import CustsyncError, StoreError
from custsync.protocols import (
    Adapter,
    AsyncAdapter,
    AsyncSyncRecordStore,
    Capabilities,
    CreateCustomers,
    End,
    Ends,
    FindByDigest,
    FindCustomers,
    LoadRecords,
    MergeCustomers,
    Now,
    Request,
    SaveRecords,
    Side,
    SyncRecordStore,
    Tier,
    Unknown,
    UpdateCustomers,
    Wait,
)

__all__ = ["AsyncEnvironment", "Environment", "run", "run_async", "context_of"]

T = TypeVar("T")
Steps = Generator[Request, Any, T]

_NO_SOURCE: Final = End(capabilities=Capabilities(tier=Tier.D, lookups={}))


async def _sleep(seconds: float) -> None:
    import asyncio  # dear to import, and only async worlds need it

    await asyncio.sleep(seconds)


def _chance() -> float:
    import random  # dear to import, and only a wait needs it

    return random.random()  # noqa: S311 - it spreads waits, it keeps no secret


def _utc_now() -> datetime:
    return datetime.now(UTC)


@frozen(kw_only=True)
class Environment:
    """Everything outside, for blocking adapters.

    Attributes:
        target: the target system's adapter.
        store: the sync-record store.
        source: the source system's adapter; needed where the flow writes back, and to check an older plan.
        account: the source's account, where there is no source adapter to say it.
        mode: the source's mode, likewise.
        clock: returns the time, aware UTC.
        sleep: waits so many seconds.
        random: returns a number from 0 up to 1.
        retry: how to come back when a system says "not now".
    """

    target: Adapter
    store: SyncRecordStore
    source: Adapter | None = None
    account: str = ""
    mode: str = ""
    clock: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], object] = time.sleep
    random: Callable[[], float] = _chance
    retry: Retry = Retry()


@frozen(kw_only=True)
class AsyncEnvironment:
    """Everything outside, for async adapters; the attributes of `Environment`, with coroutines."""

    target: AsyncAdapter
    store: AsyncSyncRecordStore
    source: AsyncAdapter | None = None
    account: str = ""
    mode: str = ""
    clock: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], Awaitable[object]] = _sleep
    random: Callable[[], float] = _chance
    retry: Retry = Retry()


def context_of(
    world: Environment | AsyncEnvironment, *, incremental: bool = False, claims: bool = False
) -> RunContext:
    """Return what a run in this world is made under; `claims`: what one batch links, no later one does."""
    source = _NO_SOURCE if world.source is None else _end(world.source)
    if world.source is None:
        source = End(capabilities=source.capabilities, account=world.account, mode=world.mode)
    return RunContext(
        ends=Ends(source=source, target=_end(world.target)),
        retry=world.retry,
        incremental=incremental,
        claimed=set() if claims else None,
    )


def _end(adapter: Adapter | AsyncAdapter) -> End:
    return End(capabilities=adapter.capabilities, account=adapter.account, mode=adapter.mode)


def run(steps: Steps[T], world: Environment) -> T:
    """Return what the generator returns, carrying out each of its requests with blocking adapters."""
    try:
        request = next(steps)
        while True:
            request = steps.send(_perform(request, world))
    except StopIteration as ended:
        result: T = ended.value
        return result


async def run_async(steps: Steps[T], world: AsyncEnvironment) -> T:
    """Return what the generator returns, carrying out each of its requests with async adapters."""
    try:
        request = next(steps)
        while True:
            request = steps.send(await _perform_async(request, world))
    except StopIteration as ended:
        result: T = ended.value
        return result


def _perform(request: Request, world: Environment) -> Any:
    try:
        call, arguments = _call(request, world)
        return call(*arguments)
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises is an unknown outcome
        return _failed(request, error)


async def _perform_async(request: Request, world: AsyncEnvironment) -> Any:
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


def _call(request: Request, world: Environment | AsyncEnvironment) -> Call:
    match request:
        case FindCustomers(side, by, values):
            return _adapter(side, world).find, (by, values)
        case CreateCustomers(requests):
            return world.target.create, (requests,)
        case UpdateCustomers(side, updates):
            return _adapter(side, world).update, (updates,)
        case MergeCustomers(requests):
            return world.target.merge, (requests,)  # type: ignore[union-attr]  # it says that it merges
        case Now():
            return world.clock, ()
        case Wait(seconds, spread):
            return world.sleep, (seconds + world.random() * spread,)
        case LoadRecords() | FindByDigest() | SaveRecords():
            return _store_call(request, world.store)
        case _:
            assert_never(request)


def _store_call(
    request: LoadRecords | FindByDigest | SaveRecords, store: SyncRecordStore | AsyncSyncRecordStore
) -> Call:
    match request:
        case LoadRecords(link, refs):
            return store.load, (link, refs)
        case FindByDigest(link, digests):
            return store.find_by_digest, (link, digests)
        case SaveRecords(writes):
            return store.save, (writes,)
        case _:
            assert_never(request)


def _adapter(side: Side, world: Environment | AsyncEnvironment) -> Any:
    return world.target if side is Side.TARGET else world.source


def _failed(request: Request, error: Exception) -> Mapping[str, Unknown]:
    """Return "unknown" for all that was asked of an adapter that raised; its words may hold values."""
    reason = type(error).__name__
    if isinstance(request, LoadRecords | FindByDigest | SaveRecords | Now | Wait):
        raise StoreError(f"{type(request).__name__}: the caller's port raised {reason}") from None
    import logging  # dear to import, and only trouble needs it

    log = logging.getLogger("custsync")
    log.warning("%s: the adapter raised %s; the outcome is unknown", type(request).__name__, reason)
    if isinstance(request, FindCustomers):
        return dict.fromkeys(request.values, Unknown(reason))
    if isinstance(request, CreateCustomers):
        return {asked.key: Unknown(reason) for asked in request.requests}
    if isinstance(request, MergeCustomers):
        return {asked.duplicate: Unknown(reason) for asked in request.requests}
    return {asked.id: Unknown(reason) for asked in request.requests}
