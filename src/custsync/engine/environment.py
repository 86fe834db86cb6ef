"""The outside as the engine sees it: adapters, store, clock, sleep, random numbers.

`run_async` carries out a generator's requests there, and `run` does so with blocking adapters. Nothing else
touches the outside.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from inspect import iscoroutinefunction
from typing import Any, Final, TypeVar

from attrs import field, frozen

from custsync._arguments import kind_of
from custsync.engine.calls import Retry
from custsync.engine.requests import (
    CreateCustomers,
    FindByDigest,
    FindCustomers,
    LoadRecords,
    MergeCustomers,
    Now,
    Request,
    SaveRecords,
    Steps,
    UpdateCustomers,
    Wait,
)
from custsync.errors import AdapterError, ConfigurationError, CustsyncError, InputError, StoreError
from custsync.protocols import Adapter, AsyncAdapter, AsyncSyncRecordStore, SyncRecordStore, Unknown
from custsync.rules.eligibility import raised_in, tracebacks
from custsync.rules.merging.redirects import Redirects

T = TypeVar("T")


async def _sleep(seconds: float) -> None:
    import asyncio  # costly to import, and only async adapters need it

    await asyncio.sleep(seconds)


def _chance() -> float:
    import random  # costly to import, and only a wait needs it

    return random.random()  # noqa: S311 - it spreads waits, it keeps no secret


@frozen(kw_only=True, repr=False, eq=False)  # a base class alone
class _Outside:
    """What both environments have.

    Attributes:
        account: the source's account, where there is no source adapter to say it.
        mode: the source's mode, likewise.
        clock: returns the time, aware UTC.
        random: returns a number from 0 up to 1.
        retry: how to call again after a system's "not now".
        redirects: id of a target customer that was merged there → id of the customer it was merged into, for
            a target that does not report it; its adapter may offer the look-up `"merged_into"` instead.
        debug: whether a function of the caller's that raises (a rule, a key, an adapter) ends the run with
            its traceback, which may show personal values. Without it, that one customer is refused, or its
            outcome is unknown.
    """

    account: str = ""
    mode: str = ""
    clock: Callable[[], datetime] = partial(datetime.now, UTC)
    random: Callable[[], float] = _chance
    retry: Retry = Retry()
    redirects: Mapping[str, str] = field(factory=dict)
    debug: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse what is of another kind, and a clock without a zone."""
        _check(self)


@frozen(kw_only=True)
class Environment(_Outside):
    """Everything outside, for blocking adapters.

    Attributes:
        target: the target system's adapter.
        store: the sync-record store.
        source: the source system's adapter; needed where the flow writes back, and to check an older plan.
        sleep: waits so many seconds.
    """

    target: Adapter
    store: SyncRecordStore
    source: Adapter | None = None
    sleep: Callable[[float], object] = time.sleep


@frozen(kw_only=True)
class AsyncEnvironment(_Outside):
    """Everything outside, for async adapters.

    Attributes:
        target: the target system's adapter.
        store: the sync-record store.
        source: the source system's adapter, as in `Environment`.
        sleep: a coroutine function that waits so many seconds.
    """

    target: AsyncAdapter
    store: AsyncSyncRecordStore
    source: AsyncAdapter | None = None
    sleep: Callable[[float], Awaitable[object]] = _sleep


def _check(environment: Any) -> None:
    for name, method in (("target", "find"), ("source", "find"), ("store", "save")):
        plugged = getattr(environment, name)
        is_text = isinstance(plugged, str | bytes)  # which has a `find` too
        is_plugged = callable(getattr(plugged, method, None)) and not is_text
        if not is_plugged and not (name == "source" and plugged is None):
            kind = "a sync-record store" if name == "store" else "an adapter"
            raise InputError(f"{name}: {kind} is needed, not {kind_of(plugged)}")
        if isinstance(environment, Environment) and iscoroutinefunction(getattr(plugged, method, None)):
            raise InputError(f"{name}: its {method!r} is to be awaited; AsyncEnvironment takes it")
    for name in ("clock", "sleep", "random"):
        if not callable(getattr(environment, name)):
            raise InputError(f"{name}: a function is needed")
    if not isinstance(environment.retry, Retry):
        raise InputError(f"retry: a Retry is needed, not {kind_of(environment.retry)}")
    redirects: object = environment.redirects
    ids = [one for row in redirects.items() for one in row] if isinstance(redirects, Mapping) else [None]
    if not all(isinstance(one, str) for one in ids):
        raise InputError("redirects: a mapping of ids is needed, old id to surviving id, all texts")
    Redirects(environment.redirects)  # refuses what leads round in a circle
    time_of(environment)


def time_of(environment: Environment | AsyncEnvironment) -> datetime:
    """Return the time of the environment's clock, aware UTC.

    Raises:
        ConfigurationError: the clock does not return a time with a zone, or one far from today.
    """
    try:
        now: object = environment.clock()
    except Exception as error:  # noqa: BLE001 - whatever the caller's clock raises
        raise ConfigurationError(f"clock: it raised {type(error).__name__}{raised_in(error)}") from None
    if not isinstance(now, datetime) or now.utcoffset() is None:
        raise ConfigurationError(
            "clock: it must return a time with a zone, as `datetime.now(UTC)` does; "
            "without a time zone no age can be computed"
        )
    if now.year not in _YEARS:
        raise ConfigurationError(f"clock: the year {now.year} is no time of a clock that is set")
    return now.astimezone(UTC)


_YEARS: Final = range(1900, 9000)
"""The years of clocks: every time that is computed from one can be written down."""


# Carrying out requests


def run(steps: Steps[T], environment: Environment) -> T:
    """Return what the generator returns, carrying out each of its requests with blocking adapters.

    It is the driver of async adapters, which never has to wait: every answer is there at once.
    """
    driver = run_async(steps, environment)
    try:
        while True:
            driver.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result


async def run_async(steps: Steps[T], environment: Environment | AsyncEnvironment) -> T:
    """Return what the generator returns, carrying out each of its requests."""
    token = tracebacks.set(environment.debug)
    try:
        request = next(steps)
        while True:
            request = steps.send(await _perform(request, environment))
    except StopIteration as ended:
        result: T = ended.value
        return result
    finally:
        tracebacks.reset(token)


@contextmanager
def ending(environment: Environment) -> Iterator[None]:
    """Let the store know when a run ends, however it ends, where it wants to know (`end_run`)."""
    try:
        yield
    finally:
        end_run = getattr(environment.store, "end_run", None)
        if end_run is not None:
            end_run()


@asynccontextmanager
async def ending_async(environment: AsyncEnvironment) -> AsyncIterator[None]:
    """Do as `ending`, for an async store."""
    try:
        yield
    finally:
        end_run = getattr(environment.store, "end_run", None)
        if end_run is not None:
            await end_run()


async def _perform(request: Request, environment: Environment | AsyncEnvironment) -> Any:
    try:
        call, arguments = _CALLS[type(request)](request, environment)
        answer = call(*arguments)
        is_awaited = isinstance(environment, AsyncEnvironment) and isinstance(answer, Awaitable)
        return await answer if is_awaited else answer
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises is an unknown outcome
        return _failed(request, error)


_CALLS: Final[Mapping[type, Callable[[Any, Any], tuple[Callable[..., Any], Any]]]] = {
    FindCustomers: lambda asked, outside: (getattr(outside, asked.side.value).find, (asked.by, asked.values)),
    CreateCustomers: lambda asked, outside: (outside.target.create, (asked.requests,)),
    UpdateCustomers: lambda asked, outside: (getattr(outside, asked.side.value).update, (asked.requests,)),
    MergeCustomers: lambda asked, outside: (outside.target.merge, (asked.requests,)),
    LoadRecords: lambda asked, outside: (outside.store.load, (asked.link, asked.refs)),
    FindByDigest: lambda asked, outside: (outside.store.find_by_digest, (asked.link, asked.digests)),
    SaveRecords: lambda asked, outside: (outside.store.save, (asked.writes,)),
    Now: lambda _, outside: (time_of, (outside,)),
    Wait: lambda asked, outside: (outside.sleep, (asked.seconds + outside.random() * asked.spread,)),
}
"""The function of the outside that answers a request, and its arguments."""

_ASKED_FOR: Final[Mapping[type, Callable[[Any], Iterable[str]]]] = {
    FindCustomers: lambda asked: asked.values,
    CreateCustomers: lambda asked: [one.key for one in asked.requests],
    UpdateCustomers: lambda asked: [one.id for one in asked.requests],
    MergeCustomers: lambda asked: [one.duplicate for one in asked.requests],
}
"""By what each request of an adapter is answered."""


def _failed(request: Request, error: Exception) -> Mapping[str, Unknown]:
    """Return "unknown" for all that was asked of an adapter that raised; its words may hold values.

    An error of ours, and one of another port, ends the run.
    """
    if isinstance(error, CustsyncError):
        raise error
    kind, reason = type(request).__name__, f"{type(error).__name__}{raised_in(error)}"
    cause = error if tracebacks.get() else None
    if isinstance(request, Wait):
        raise ConfigurationError(f"sleep, random: one of them raised {reason}") from cause
    asked_for = _ASKED_FOR.get(type(request))
    if asked_for is None:
        raise StoreError(f"{kind}: the caller's port raised {reason}") from cause
    if cause is not None:
        raise AdapterError(f"{kind}: the adapter raised {reason}") from cause
    import logging  # costly to import, and only trouble needs it

    logging.getLogger("custsync").warning("%s: the adapter raised %s; the outcome is unknown", kind, reason)
    return dict.fromkeys(asked_for(request), Unknown(reason))
