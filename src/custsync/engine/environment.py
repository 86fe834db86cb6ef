"""The outside as the engine sees it: adapters, store, clock, sleep, random numbers."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from attrs import frozen

from custsync.engine.calls import Retry
from custsync.protocols import (
    Adapter,
    AsyncAdapter,
    AsyncSyncRecordStore,
    SyncRecordStore,
)

__all__ = ["AsyncEnvironment", "Environment"]


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
