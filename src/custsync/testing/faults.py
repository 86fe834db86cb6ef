"""The fault simulator: what can go wrong at each request that a run makes, at a place that the test chooses.

Requests to the adapters and the store are numbered from 1, across runs and restarts, so that a schedule of
faults is data, for example `{7: Fault.LOST_AFTER, 9: Fault.CRASH_BEFORE}`, with the same effect each time.

>>> from custsync.testing.fakes.netsuite import FakeNetSuite
>>> from custsync.testing.clock import VirtualClock
>>> netsuite = FakeNetSuite(VirtualClock())
>>> faults = Faults({2: Fault.CRASH_BEFORE})
>>> adapter = faults.around_adapter(netsuite, "target")
>>> adapter.find("id", ["1"])
{'1': []}
>>> adapter.find("id", ["1"])
Traceback (most recent call last):
    ...
custsync.testing.faults.Crash: request 2, target.find: crash before
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeVar, cast

from attrs import evolve

from custsync._arguments import checked
from custsync.engine.environment import Environment
from custsync.protocols import Adapter, Answer, RetryAfter, SyncRecordStore, Unknown

__all__ = ["LATE_BY", "Crash", "Fault", "Faults"]

T = TypeVar("T")

LATE_BY: Final = timedelta(minutes=5)
"""The default delay of a late effect: shorter than a settle window."""


class Crash(BaseException):
    """The process dies here. Only the systems and the store are kept."""


class Fault(Enum):
    """What goes wrong at a request."""

    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    LOST_BEFORE = "lost before it took effect"
    LOST_AFTER = "lost after it took effect"
    LATE = "lost, and it takes effect later"
    THROTTLED = "throttled"
    RAISED_BEFORE = "the port raises, without effect"
    RAISED_AFTER = "the port raises, after the effect"


_CRASHES: Final = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
_RAISED: Final = (Fault.RAISED_BEFORE, Fault.RAISED_AFTER)
_AFTER: Final = (Fault.CRASH_AFTER, Fault.LOST_AFTER, Fault.RAISED_AFTER)
_READS: Final = (Fault.CRASH_BEFORE, Fault.LOST_BEFORE, Fault.THROTTLED, Fault.RAISED_BEFORE)


def faults_of(request: str) -> tuple[Fault, ...]:
    """Return the faults that make a difference at a request of that name, for example `"target.create"`.

    >>> [fault.value for fault in faults_of("store.load")]
    ['crash before', 'the port raises, without effect']
    """
    port, method = request.split(".")
    if port == "store":
        return (*_CRASHES, *_RAISED) if method == "save" else (Fault.CRASH_BEFORE, Fault.RAISED_BEFORE)
    return _READS if method == "find" else tuple(Fault)


@checked
class Faults:
    """A schedule of faults, and the log of the requests that were made under it.

    Args:
        schedule: the number of a request → what goes wrong there.
        late_by: how long a late effect takes. Late effects need adapters with a `later` (`FakeSystem`).
    """

    def __init__(self, schedule: Mapping[int, Fault] | None = None, *, late_by: timedelta = LATE_BY) -> None:
        """Begin before the first request."""
        self.schedule: dict[int, Fault] = dict(schedule or {})
        self.late_by = late_by
        self.requests: list[str] = []

    def around(self, environment: Environment) -> Environment:
        """Return the environment with its adapters and its store under these faults."""
        return evolve(
            environment,
            target=self.around_adapter(environment.target, "target"),
            source=None if environment.source is None else self.around_adapter(environment.source, "source"),
            store=self.around_store(environment.store),
        )

    def around_adapter(self, adapter: Adapter, name: str) -> Adapter:
        """Return the adapter under these faults; its requests are logged as `name.method`."""
        return cast("Adapter", _Port(adapter, name, self))

    def around_store(self, store: SyncRecordStore) -> SyncRecordStore:
        """Return the store under these faults; its requests are logged as `store.method`."""
        return cast("SyncRecordStore", _Port(store, "store", self))

    def request(self, name: str, call: Callable[[], T], lost: Callable[[Fault], Any]) -> T:
        """Return the result of the call, or of the fault in the schedule.

        Args:
            name: the request's name.
            call: makes the request.
            lost: returns what the caller gets if its request was not answered.

        Raises:
            Crash: the process dies here.
            ConnectionError: the port raises here.
        """
        self.requests.append(name)
        fault = self.schedule.get(len(self.requests))
        if fault is None:
            return call()
        where = f"request {len(self.requests)}, {name}: {fault.value}"
        if fault in _AFTER:
            call()
        if fault in _CRASHES:
            raise Crash(where)
        if fault in _RAISED:
            raise ConnectionError(where)
        answer: T = lost(fault)
        return answer


_ANSWERED_BY: Final[Mapping[str, Callable[[Any], str]]] = {
    "find": str,
    "create": attrgetter("key"),
    "update": attrgetter("id"),
    "merge": attrgetter("duplicate"),
}
"""By what an adapter answers each part of a request."""
_REQUESTS: Final = frozenset({*_ANSWERED_BY, "load", "find_by_digest", "save"})


class _Port:
    """An adapter or a store whose requests go through the schedule."""

    def __init__(self, port: Any, name: str, faults: Faults) -> None:
        self._port, self._name, self._faults = port, name, faults
        for declared in ("capabilities", "account", "mode"):
            setattr(self, declared, getattr(port, declared, None))
        for method in _REQUESTS:
            if hasattr(port, method):
                setattr(self, method, partial(self._request, method))

    def _request(self, method: str, *given: Any, **named: Any) -> Any:
        call = partial(getattr(self._port, method), *given, **named)

        def lost(fault: Fault) -> Mapping[str, Answer]:
            if method not in _ANSWERED_BY:
                raise ConnectionError(f"a store cannot play: {fault.value}")
            if fault is Fault.LATE:
                self._port.later(self._faults.late_by, call)
            answer = RetryAfter(2.0) if fault is Fault.THROTTLED else Unknown("timeout")
            asked = next(one for one in (*given, *named.values()) if not isinstance(one, str))
            return dict.fromkeys(map(_ANSWERED_BY[method], asked), answer)

        return self._faults.request(f"{self._name}.{method}", call, lost)
