"""The two drivers: each runs a generator of requests and carries them out.

One works with blocking adapters, one with async ones. Nothing else touches the outside.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, TypeVar

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
from custsync.protocols import Unknown
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
        call, arguments = _CALLS[type(request)](request, world)
        return call(*arguments)
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises is an unknown outcome
        return _failed(request, error)


async def _perform_async(request: Request, world: AsyncEnvironment) -> Any:
    try:
        call, arguments = _CALLS[type(request)](request, world)
        answer = call(*arguments)
        return await answer if isinstance(answer, Awaitable) else answer
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises is an unknown outcome
        return _failed(request, error)


_CALLS: Final[Mapping[type, Callable[[Any, Any], tuple[Callable[..., Any], Any]]]] = {
    FindCustomers: lambda asked, world: (_side(asked, world).find, (asked.by, asked.values)),
    CreateCustomers: lambda asked, world: (world.target.create, (asked.requests,)),
    UpdateCustomers: lambda asked, world: (_side(asked, world).update, (asked.requests,)),
    MergeCustomers: lambda asked, world: (world.target.merge, (asked.requests,)),
    LoadRecords: lambda asked, world: (world.store.load, (asked.link, asked.refs)),
    FindByDigest: lambda asked, world: (world.store.find_by_digest, (asked.link, asked.digests)),
    SaveRecords: lambda asked, world: (world.store.save, (asked.writes,)),
    Now: lambda _, world: (time_of, (world,)),
    Wait: lambda asked, world: (world.sleep, (asked.seconds + world.random() * asked.spread,)),
}
"""The function of the outside that answers a request, and its arguments."""

_ASKED_FOR: Final[Mapping[type, Callable[[Any], Iterable[str]]]] = {
    FindCustomers: lambda asked: asked.values,
    CreateCustomers: lambda asked: [one.key for one in asked.requests],
    UpdateCustomers: lambda asked: [one.id for one in asked.requests],
    MergeCustomers: lambda asked: [one.duplicate for one in asked.requests],
}
"""By what each request of an adapter is answered."""


def _side(request: FindCustomers | UpdateCustomers, world: Environment | AsyncEnvironment) -> Any:
    return world.target if request.side is Side.TARGET else world.source


def _failed(request: Request, error: Exception) -> Mapping[str, Unknown]:
    """Return "unknown" for all that was asked of an adapter that raised; its words may hold values."""
    kind, reason = type(request).__name__, f"{type(error).__name__}{raised_in(error)}"
    asked_for = _ASKED_FOR.get(type(request))
    if asked_for is None:
        raise StoreError(f"{kind}: the caller's port raised {reason}") from (
            error if tracebacks.get() else None
        )
    if tracebacks.get():
        raise AdapterError(f"{kind}: the adapter raised {reason}") from error
    import logging  # dear to import, and only trouble needs it

    logging.getLogger("custsync").warning("%s: the adapter raised %s; the outcome is unknown", kind, reason)
    return dict.fromkeys(asked_for(request), Unknown(reason))
