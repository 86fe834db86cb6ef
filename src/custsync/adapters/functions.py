"""Lifting functions that deal with one record to an adapter that deals with a batch.

Most systems take one customer per call. An integrator writes one function per call, and one that classifies
what the calls raise. `adapter_from_functions` makes an `Adapter` of them, `async_adapter_from_functions`
makes an `AsyncAdapter` of coroutine functions. One record that fails, fails alone.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

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
    MergeRequest,
    Payload,
    Rejected,
    RetryAfter,
    Unknown,
    UpdateRequest,
)
from custsync.rules.eligibility import raised_in

__all__ = ["adapter_from_functions", "async_adapter_from_functions"]

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
        classify: an exception that a function raised → what it means for the write, or for the look-up. None
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
    calls = {"find": find, "create": create, "update": update, "merge": merge}
    _check_merges(capabilities, merge)
    return _Lifted(capabilities, account, mode, calls, classify, id_of)


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
        classify: an exception that a function raised → what it means for the write, or for the look-up. None
            leaves it unclassified: the outcome is `Unknown`, and only the exception's type is named.
        create: payload and key → the record as it is now, or its id. None: the system is never created in.
        update: id and payload → the record as it is now, or None. None: the system is never updated.
        merge: survivor's id and duplicate's id → anything; the system has taken the merge on. It goes with
            capabilities that declare `merges`.
        id_of: the key of a record's id, or a function that takes it from the record.
        account: which account the ids live in.
        mode: which mode the ids live in, `"test"` or `"live"` for example.
        at_once: how many calls of one batch may be under way together, at least 1. A batch is as large as the
            capabilities allow: with `finds={"id": 1}` there is never more than one.

    Raises:
        InputError: `at_once` is less than 1.
        ConfigurationError: merges are declared without `merge`, or the other way round.

    Rule: G-ISO, G-DUP
    """
    if at_once < 1:
        raise InputError(f"at_once: at least one call must be allowed, not {at_once}")
    calls = {"find": find, "create": create, "update": update, "merge": merge}
    _check_merges(capabilities, merge)
    return _AsyncLifted(capabilities, account, mode, calls, classify, id_of, at_once)


def _check_merges(can: Capabilities, merge: object) -> None:
    """Refuse declared merges without a function, and a function for undeclared ones."""
    if can.merges > 0 and merge is None:
        raise ConfigurationError("the capabilities declare merges: give `merge=`")
    if can.merges == 0 and merge is not None:
        raise ConfigurationError("the capabilities declare no merges: leave `merge=` out, or declare them")


def _payload(made: Any) -> Payload | None:
    return made if isinstance(made, Mapping) else None


@define
class _Lifted:
    """The functions as a `MergingAdapter`, and what their answers and their exceptions mean."""

    capabilities: Capabilities
    account: str
    mode: str
    _calls: Mapping[str, Callable[..., Any] | None]
    _classify: Classify
    _id_of: IdOf

    def find(self, by: str, values: Sequence[str]) -> Any:
        """Return, for each value, what its own call found."""
        return self._answers("find", {value: (by, value) for value in values})

    def create(self, requests: Sequence[CreateRequest]) -> Any:
        """Return, for each key, what its own call answered."""
        return self._answers("create", {one.key: (one.payload, one.key) for one in requests})

    def update(self, requests: Sequence[UpdateRequest]) -> Any:
        """Return, for each id, what its own call answered."""
        return self._answers("update", {one.id: (one.id, one.payload) for one in requests})

    def merge(self, requests: Sequence[MergeRequest]) -> Any:
        """Return, for each duplicate, what its own call answered."""
        return self._answers("merge", {one.duplicate: (one.survivor, one.duplicate) for one in requests})

    def _answers(self, method: str, calls: Mapping[str, tuple[Any, ...]]) -> Any:
        return {name: self._answer(method, given) for name, given in calls.items()}

    def _answer(self, method: str, given: tuple[Any, ...]) -> Any:
        call = self._calls[method]
        if call is None:
            return _NOT_OFFERED
        try:
            return self._answered(method, given, call(*given))
        except Exception as error:  # noqa: BLE001 - one call that fails, fails alone
            return self._failed(method, error)

    def _answered(self, method: str, given: tuple[Any, ...], made: Any) -> Any:
        """Return what the answer of a call means; an update and a merge are given the id first."""
        if method == "find":
            return _NO_LIST if made is None else list(made)
        if method == "create":
            return self._created(made)
        return Done(given[0], _payload(made) if method == "update" else None)

    def _created(self, made: Any) -> Answer:
        """Return `Done` with the record's id; `Unknown` where the answer has no readable id."""
        if isinstance(made, str):
            return Done(made) if made else _NO_ID
        try:
            identity: Any = made[self._id_of] if isinstance(self._id_of, str) else self._id_of(made)
        except Exception:  # noqa: BLE001 - the create took effect, whatever the look for its id runs into
            return _NO_ID
        if type(identity) is int:
            identity = str(identity)
        return Done(identity, _payload(made)) if type(identity) is str and identity else _NO_ID

    def _failed(self, method: str, error: Exception) -> Failure:
        """Return what the exception means for the call, without its text, which may hold values.

        A taken key is no answer of a look-up.

        Raises:
            AuthenticationError: the exception is one, or the caller's function raises one.
        """
        if isinstance(error, AuthenticationError):
            raise error
        try:
            verdict = self._classify(error)
        except AuthenticationError:
            raise
        except Exception:  # noqa: BLE001 - what cannot be classified is not classified
            verdict = None
        if isinstance(verdict, Failure):
            is_odd = method == "find" and isinstance(verdict, Exists)
            return Unknown(type(error).__name__) if is_odd else verdict
        name = f"{type(error).__name__}{raised_in(error)}"
        _log.warning("%s: `classify` does not know %s; the outcome is unknown", method, name)
        return Unknown(name)


@define
class _AsyncLifted(_Lifted):
    """The coroutine functions as an `AsyncMergingAdapter`: the answers of each batch are awaited."""

    _at_once: int

    async def _answers(self, method: str, calls: Mapping[str, tuple[Any, ...]]) -> Any:
        """Return each call's answer, with at most so many calls under way."""
        from asyncio import Semaphore, TaskGroup

        gate = Semaphore(self._at_once)
        try:
            async with TaskGroup() as group:
                tasks = {
                    name: group.create_task(self._awaited(method, given, gate))
                    for name, given in calls.items()
                }
        except ExceptionGroup as group:  # nothing else leaves a call than credentials that were refused
            raise group.exceptions[0] from None
        return {name: done.result() for name, done in tasks.items()}

    async def _awaited(self, method: str, given: tuple[Any, ...], gate: Any) -> Any:
        call = self._calls[method]
        if call is None:
            return _NOT_OFFERED
        async with gate:
            try:
                return self._answered(method, given, await call(*given))
            except Exception as error:  # noqa: BLE001 - one call that fails, fails alone
                return self._failed(method, error)
