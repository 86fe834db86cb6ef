"""The two drivers: each runs a generator of requests and carries them out.

One works with blocking adapters, one with async ones. Nothing else touches the outside.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar, assert_never

from custsync.engine.environment import AsyncEnvironment, Environment, time_of
from custsync.engine.requests import (
    CreateCustomers,
    FindByDigest,
    FindCustomers,
    LoadRecords,
    MergeCustomers,
    Now,
    Request,
    SaveRecords,
    Side,
    UpdateCustomers,
    Wait,
)
from custsync.errors import AdapterError, CustsyncError, StoreError
from custsync.protocols import (
    AsyncSyncRecordStore,
    SyncRecordStore,
    Unknown,
)
from custsync.rules.eligibility import raised_in, tracebacks

__all__ = ["ending", "ending_async", "run", "run_async"]

T = TypeVar("T")
Steps = Generator[Request, Any, T]


def run(steps: Steps[T], world: Environment) -> T:
    """Return what the generator returns, carrying out each of its requests with blocking adapters."""
    token = tracebacks.set(world.debug)
    try:
        request = next(steps)
        while True:
            request = steps.send(_perform(request, world))
    except StopIteration as ended:
        result: T = ended.value
        return result
    finally:
        tracebacks.reset(token)


async def run_async(steps: Steps[T], world: AsyncEnvironment) -> T:
    """Return what the generator returns, carrying out each of its requests with async adapters."""
    token = tracebacks.set(world.debug)
    try:
        request = next(steps)
        while True:
            request = steps.send(await _perform_async(request, world))
    except StopIteration as ended:
        result: T = ended.value
        return result
    finally:
        tracebacks.reset(token)


@contextmanager
def ending(world: Environment) -> Iterator[None]:
    """Let the store know when a run ends, however it ends, where it wants to know (`end_run`)."""
    try:
        yield
    finally:
        end_run = getattr(world.store, "end_run", None)
        if end_run is not None:
            end_run()


@asynccontextmanager
async def ending_async(world: AsyncEnvironment) -> AsyncIterator[None]:
    """Do as `ending`, for an async store."""
    try:
        yield
    finally:
        end_run = getattr(world.store, "end_run", None)
        if end_run is not None:
            await end_run()


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
            return time_of, (world,)
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
    reason = f"{type(error).__name__}{raised_in(error)}"
    if isinstance(request, LoadRecords | FindByDigest | SaveRecords | Now | Wait):
        raise StoreError(f"{type(request).__name__}: the caller's port raised {reason}") from (
            error if tracebacks.get() else None
        )
    if tracebacks.get():
        raise AdapterError(f"{type(request).__name__}: the adapter raised {reason}") from error
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
