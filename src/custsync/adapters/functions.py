"""Lifting functions that deal with one record to an adapter that deals with a batch.

Most systems take one customer per call. An integrator writes one function per call, and one that classifies
what the calls raise. `adapter_from_functions` makes an `Adapter` of them, `async_adapter_from_functions`
makes an `AsyncAdapter` of coroutine functions. One record that fails, fails alone.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias, TypeVar

from attrs import define

from custsync._arguments import checked
from custsync.errors import AuthenticationError, ConfigurationError, InputError
from custsync.protocols import (
    Adapter,
    Answer,
    AsyncAdapter,
    Capabilities,
    CreateRequest,
    Done,
    Exists,
    Found,
    MergeRequest,
    Payload,
    Rejected,
    RetryAfter,
    Unknown,
    UpdateRequest,
)
from custsync.rules.eligibility import raised_in

__all__ = ["adapter_from_functions", "async_adapter_from_functions"]

T = TypeVar("T")
R = TypeVar("R")

Find: TypeAlias = Callable[[str, str], Iterable[Payload]]
Create: TypeAlias = Callable[[Payload, str], Payload | str]
Update: TypeAlias = Callable[[str, Payload], Payload | None]
Merge: TypeAlias = Callable[[str, str], object]
AsyncFind: TypeAlias = Callable[[str, str], Awaitable[Iterable[Payload]]]
AsyncCreate: TypeAlias = Callable[[Payload, str], Awaitable[Payload | str]]
AsyncUpdate: TypeAlias = Callable[[str, Payload], Awaitable[Payload | None]]
AsyncMerge: TypeAlias = Callable[[str, str], Awaitable[object]]
Failure: TypeAlias = Rejected | RetryAfter | Exists | Unknown
Classify: TypeAlias = Callable[[Exception], Failure | None]
IdOf: TypeAlias = str | Callable[[Payload], str | int]

_NO_ID: Final = Unknown("no id in the answer")
_NO_LIST: Final = Unknown("`find` returned None, not a list")
_NOT_OFFERED: Final = Rejected("not_offered")
_log = logging.getLogger("custsync")


@checked
def adapter_from_functions(  # noqa: PLR0913 - each is one thing that the caller plugs in, by name
    *,
    capabilities: Capabilities,
    find: Find,
    classify: Classify,
    create: Create | None = None,
    update: Update | None = None,
    merge: Merge | None = None,
    id_of: IdOf = "id",
    account: str = "",
    mode: str = "",
) -> Adapter:
    """Return an adapter made of functions that deal with one record each.

    Args:
        capabilities: what the system can do. Each value, create and update is one call of a function, however
            many of them the capabilities allow in one batch.
        find: look-up name and value → every record that holds the value; an empty list where there is none.
            It may be a generator that pages on.
        classify: an exception that a function raised → what it says of the write, or of the look-up. None
            leaves it unclassified: the outcome is `Unknown`, and only the exception's type is named.
        create: payload and key → the record as it is now, or its id. None: the system is never created in.
        update: id and payload → the record as it is now, or None. None: the system is never updated.
        merge: survivor's id and duplicate's id → anything; the system has taken the merge on. It goes with
            capabilities that declare `merges`.
        id_of: the key of a record's id, or a function that takes it from the record.
        account: which account the ids live in.
        mode: which mode the ids live in, `"test"` or `"live"` for example.

    Raises:
        ConfigurationError: merges are declared without `merge`, or the other way round.

    >>> from custsync.protocols import Tier
    >>> shelf = {"7": {"id": "7", "email": "ap@joinery.example"}}
    >>> def find(by, value):
    ...     return [shelf[value]] if value in shelf else []
    >>> def update(id, payload):
    ...     shelf[id].update(payload)
    >>> def classify(error):
    ...     return Rejected("no_such_record") if isinstance(error, KeyError) else None
    >>> can = Capabilities(tier=Tier.D)
    >>> adapter = adapter_from_functions(capabilities=can, find=find, update=update, classify=classify)
    >>> adapter.update([UpdateRequest(id="7", payload={"phone": "555-0100"})])
    {'7': Done(id='7')}
    >>> adapter.update([UpdateRequest(id="8", payload={"phone": "555-0100"})])
    {'8': Rejected(code='no_such_record', field='')}

    Rule: G-ISO, G-DUP
    """
    _check_merges(capabilities, merge)
    reading = _Reading(classify, _getter(id_of))
    if merge is not None:
        return _MergingLifted(capabilities, account, mode, find, create, update, reading, merge)
    return _Lifted(capabilities, account, mode, find, create, update, reading)


@checked
def async_adapter_from_functions(  # noqa: PLR0913 - each is one thing that the caller plugs in, by name
    *,
    capabilities: Capabilities,
    find: AsyncFind,
    classify: Classify,
    create: AsyncCreate | None = None,
    update: AsyncUpdate | None = None,
    merge: AsyncMerge | None = None,
    id_of: IdOf = "id",
    account: str = "",
    mode: str = "",
    at_once: int = 1,
) -> AsyncAdapter:
    """Return an async adapter made of coroutine functions that deal with one record each.

    Args:
        capabilities: what the system can do. Each value, create and update is one call of a function, however
            many of them the capabilities allow in one batch.
        find: look-up name and value → every record that holds the value; an empty list where there is none.
            It may be a generator that pages on.
        classify: an exception that a function raised → what it says of the write, or of the look-up. None
            leaves it unclassified: the outcome is `Unknown`, and only the exception's type is named.
        create: payload and key → the record as it is now, or its id. None: the system is never created in.
        update: id and payload → the record as it is now, or None. None: the system is never updated.
        merge: survivor's id and duplicate's id → anything; the system has taken the merge on. It goes with
            capabilities that declare `merges`.
        id_of: the key of a record's id, or a function that takes it from the record.
        account: which account the ids live in.
        mode: which mode the ids live in, `"test"` or `"live"` for example.
        at_once: how many calls of one batch may be under way together, at least 1. A batch is as large as the
            capabilities say: with `finds={"id": 1}` there is never more than one.

    Raises:
        InputError: `at_once` is less than 1.
        ConfigurationError: merges are declared without `merge`, or the other way round.

    Rule: G-ISO, G-DUP
    """
    if at_once < 1:
        raise InputError(f"at_once: at least one call must be allowed, not {at_once}")
    _check_merges(capabilities, merge)
    plugged = (capabilities, account, mode, find, create, update, _Reading(classify, _getter(id_of)), at_once)
    return _AsyncLifted(*plugged) if merge is None else _AsyncMergingLifted(*plugged, merge)


def _check_merges(can: Capabilities, merge: object) -> None:
    """Refuse merges that are declared without a function, or the other way round."""
    if (can.merges > 0) != (merge is not None):
        what = "merges: give `merge=`" if merge is None else "no merges: leave `merge=` out, or declare them"
        raise ConfigurationError(f"the capabilities declare {what}")


def _getter(id_of: IdOf) -> Callable[[Payload], Any]:
    return itemgetter(id_of) if isinstance(id_of, str) else id_of


@define
class _Reading:
    """How an answer of a function, or what it raised, is read."""

    classify: Classify
    id_of: Callable[[Payload], Any]

    def created(self, made: Any) -> Answer:
        """Return `Done` with the record's id. Without a readable id nobody knows what the create made."""
        if isinstance(made, str):
            return Done(made) if made else _NO_ID
        try:
            identity = self.id_of(made)
        except Exception:  # noqa: BLE001 - the create took effect, whatever the look for its id runs into
            return _NO_ID
        if type(identity) is int:
            identity = str(identity)
        return Done(identity, _payload(made)) if type(identity) is str and identity else _NO_ID

    def failed(self, method: str, error: Exception) -> Failure:
        """Return what the exception says of the call; its text stays unsaid, it may hold values.

        Raises:
            AuthenticationError: the exception is one, or the caller's function says so.
        """
        if isinstance(error, AuthenticationError):
            raise error
        try:
            said = self.classify(error)
        except AuthenticationError:
            raise
        except Exception:  # noqa: BLE001 - what cannot be classified is not classified
            said = None
        if isinstance(said, Failure):
            return said
        name = f"{type(error).__name__}{raised_in(error)}"
        _log.warning("%s: nobody classified %s; the outcome is unknown", method, name)
        return Unknown(name)

    def not_found(self, error: Exception) -> Rejected | RetryAfter | Unknown:
        """Return why a look-up cannot tell; a taken key is no answer."""
        said = self.failed("find", error)
        return Unknown(type(error).__name__) if isinstance(said, Exists) else said


def _listed(found: Any) -> Found:
    return _NO_LIST if found is None else list(found)


def _payload(made: Any) -> Payload | None:
    return made if isinstance(made, Mapping) else None


@define
class _Lifted:
    """The functions as an `Adapter`."""

    capabilities: Capabilities
    account: str
    mode: str
    _find: Find
    _create: Create | None
    _update: Update | None
    _reading: _Reading

    def find(self, by: str, values: Sequence[str]) -> dict[str, Found]:
        """Return, for each value, what its own call found."""
        return {value: self._found(by, value) for value in values}

    def create(self, requests: Sequence[CreateRequest]) -> dict[str, Answer]:
        """Return, for each key, what its own call answered."""
        return {request.key: self._created(request) for request in requests}

    def update(self, requests: Sequence[UpdateRequest]) -> dict[str, Answer]:
        """Return, for each id, what its own call answered."""
        return {request.id: self._updated(request) for request in requests}

    def _found(self, by: str, value: str) -> Found:
        try:
            return _listed(self._find(by, value))
        except Exception as error:  # noqa: BLE001 - one look-up that fails, fails alone
            return self._reading.not_found(error)

    def _created(self, request: CreateRequest) -> Answer:
        if self._create is None:
            return _NOT_OFFERED
        try:
            made = self._create(request.payload, request.key)
        except Exception as error:  # noqa: BLE001 - one create that fails, fails alone
            return self._reading.failed("create", error)
        return self._reading.created(made)

    def _updated(self, request: UpdateRequest) -> Answer:
        if self._update is None:
            return _NOT_OFFERED
        try:
            return Done(request.id, _payload(self._update(request.id, request.payload)))
        except Exception as error:  # noqa: BLE001 - one update that fails, fails alone
            return self._reading.failed("update", error)


@define
class _MergingLifted(_Lifted):
    """The functions as a `MergingAdapter`."""

    _merge: Merge

    def merge(self, requests: Sequence[MergeRequest]) -> dict[str, Answer]:
        """Return, for each duplicate, what its own call answered."""
        return {request.duplicate: self._merged(request) for request in requests}

    def _merged(self, request: MergeRequest) -> Answer:
        try:
            self._merge(request.survivor, request.duplicate)
        except Exception as error:  # noqa: BLE001 - one merge that fails, fails alone
            return self._reading.failed("merge", error)
        return Done(request.survivor)


@define
class _AsyncLifted:
    """The coroutine functions as an `AsyncAdapter`."""

    capabilities: Capabilities
    account: str
    mode: str
    _find: AsyncFind
    _create: AsyncCreate | None
    _update: AsyncUpdate | None
    _reading: _Reading
    _at_once: int

    async def find(self, by: str, values: Sequence[str]) -> dict[str, Found]:
        """Return, for each value, what its own call found."""

        async def found(value: str) -> Found:
            return await self._found(by, value)

        return dict(zip(values, await _each(found, values, self._at_once), strict=True))

    async def create(self, requests: Sequence[CreateRequest]) -> dict[str, Answer]:
        """Return, for each key, what its own call answered."""
        answers = await _each(self._created, requests, self._at_once)
        return {request.key: answer for request, answer in zip(requests, answers, strict=True)}

    async def update(self, requests: Sequence[UpdateRequest]) -> dict[str, Answer]:
        """Return, for each id, what its own call answered."""
        answers = await _each(self._updated, requests, self._at_once)
        return {request.id: answer for request, answer in zip(requests, answers, strict=True)}

    async def _found(self, by: str, value: str) -> Found:
        try:
            return _listed(await self._find(by, value))
        except Exception as error:  # noqa: BLE001 - one look-up that fails, fails alone
            return self._reading.not_found(error)

    async def _created(self, request: CreateRequest) -> Answer:
        if self._create is None:
            return _NOT_OFFERED
        try:
            made = await self._create(request.payload, request.key)
        except Exception as error:  # noqa: BLE001 - one create that fails, fails alone
            return self._reading.failed("create", error)
        return self._reading.created(made)

    async def _updated(self, request: UpdateRequest) -> Answer:
        if self._update is None:
            return _NOT_OFFERED
        try:
            return Done(request.id, _payload(await self._update(request.id, request.payload)))
        except Exception as error:  # noqa: BLE001 - one update that fails, fails alone
            return self._reading.failed("update", error)


@define
class _AsyncMergingLifted(_AsyncLifted):
    """The coroutine functions as an `AsyncMergingAdapter`."""

    _merge: AsyncMerge

    async def merge(self, requests: Sequence[MergeRequest]) -> dict[str, Answer]:
        """Return, for each duplicate, what its own call answered."""
        answers = await _each(self._merged, requests, self._at_once)
        return {request.duplicate: answer for request, answer in zip(requests, answers, strict=True)}

    async def _merged(self, request: MergeRequest) -> Answer:
        try:
            await self._merge(request.survivor, request.duplicate)
        except Exception as error:  # noqa: BLE001 - one merge that fails, fails alone
            return self._reading.failed("merge", error)
        return Done(request.survivor)


async def _each(call: Callable[[T], Awaitable[R]], items: Sequence[T], at_once: int) -> list[R]:
    """Return what the call gives for each item, in order, with at most so many calls under way."""
    from asyncio import Semaphore, TaskGroup

    gate = Semaphore(at_once)

    async def turn(item: T) -> R:
        async with gate:
            return await call(item)

    try:
        async with TaskGroup() as group:
            turns = [group.create_task(turn(item)) for item in items]
    except ExceptionGroup as group:  # nothing else leaves a call than credentials that were refused
        raise group.exceptions[0] from None
    return [done.result() for done in turns]
