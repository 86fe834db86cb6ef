"""What a caller plugs in (adapters, a sync-record store), the engine's requests to them, and their answers.

An adapter is transport: it takes and gives the payloads of its system, in batches, and classifies what
happened. Everything else is decided elsewhere. The engine never calls an adapter: it yields one of the
requests below, and a driver carries it out.
"""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

import attrs
from attrs import field, frozen

from custsync.errors import ConfigurationError
from custsync.models import Ref, printable
from custsync.syncrecords import RecordWrite, SyncRecord

__all__ = [
    "Adapter",
    "Answer",
    "AsyncAdapter",
    "AsyncMergingAdapter",
    "AsyncSyncRecordStore",
    "Capabilities",
    "CreateRequest",
    "Done",
    "Exists",
    "Found",
    "MergeRequest",
    "MergingAdapter",
    "Payload",
    "Rejected",
    "RetryAfter",
    "SyncRecordStore",
    "Tier",
    "Unknown",
    "UpdateRequest",
]

Payload: TypeAlias = Mapping[str, Any]
"""One record in its system's own shape, as JSON knows it."""


class Tier(Enum):
    """What a target offers against doubled creates; it decides what can be promised."""

    A = "unique id chosen by the caller"
    B = "idempotency keys kept for a known time"
    C = "read-your-writes look-up by a stamped source id"
    D = "only a search that lags"


_LONGEST_TIME: Final = timedelta(days=36_525)


@frozen(kw_only=True)
class Capabilities:
    """What an adapter's system can do; declared by the adapter, checked by the contract kit.

    Attributes:
        tier: what protects a create from being doubled.
        key_lifetime: tier B: how long an idempotency key is kept.
        settle_window: the longest time after which a write whose answer was lost can still take effect: a
            create in tiers B, C and D, an update in every tier. 0: no effect comes late.
        lookups: look-up name → how many values one call takes.
        eventually_consistent: look-ups whose "not found" proves nothing, because they lag behind writes.
        creates: how many creates one call takes.
        updates: how many updates one call takes.
        merges: how many merges one call takes; 0: the system has no merge.
        answers_with_payload: whether a write's answer holds the record as it is afterwards.
    """

    tier: Tier
    key_lifetime: timedelta = timedelta(0)
    settle_window: timedelta = timedelta(minutes=10)
    lookups: Mapping[str, int] = field(factory=lambda: {"id": 1})
    eventually_consistent: frozenset[str] = frozenset()
    creates: int = 1
    updates: int = 1
    merges: int = 0
    answers_with_payload: bool = True

    def __attrs_post_init__(self) -> None:
        """Refuse a declaration that makes no sense, before anything is promised on it."""
        given: Any = self
        if not isinstance(given.tier, Tier):
            raise ConfigurationError("capabilities: `tier` must be one of Tier.A to Tier.D")
        sizes = given.lookups.values() if isinstance(given.lookups, Mapping) else [None]
        if not all(isinstance(size, int) for size in sizes):
            raise ConfigurationError("capabilities: `lookups` must map look-up names to batch sizes")
        for name in ("settle_window", "key_lifetime"):
            time = getattr(given, name)
            if not isinstance(time, timedelta) or not timedelta(0) <= time <= _LONGEST_TIME:
                raise ConfigurationError(f"capabilities: `{name}` must be a timedelta of 0 to 100 years")
        if self.tier is Tier.B and self.key_lifetime <= timedelta(0):
            raise ConfigurationError("capabilities: tier B needs a `key_lifetime`")


@frozen
class Done:
    """The write took effect: the record's id, and the record as it is now where the answer has it."""

    id: str
    """The record's id in the system that was written to."""
    payload: Payload | None = field(default=None, repr=False)
    """The record after the write, in the system's own form; None where the answer does not hold it."""


@frozen
class Exists:
    """The create was refused because its unique key is taken; `id` is the taker's where it is known."""

    id: str = ""


def _words(words: str) -> str:
    """Return a system's own words as they are printed: one line, and not a long one."""
    given: object = words
    return printable(words[:_LONGEST]) if isinstance(given, str) else words


_LONGEST: Final = 200
"""So many characters of a system's words are kept; values do not belong into them."""


@frozen
class Rejected:
    """The system refused and nothing took effect. `code` and `field` are its own words; no values."""

    code: str = attrs.field(converter=_words)
    field: str = attrs.field(default="", converter=_words)


@frozen
class RetryAfter:
    """Nothing took effect; the system asks to come back after so many seconds (0: no time given)."""

    seconds: float = 0.0
    """How long the system asks to wait; 0 where it gives no time."""

    @classmethod
    def from_header(cls, header: str, now: datetime) -> "RetryAfter":
        """Return the wait of an HTTP `Retry-After` header, in either of its forms.

        Args:
            header: seconds, or a date; anything else gives no time.
            now: aware UTC, the time of the answer.

        >>> noon, minute = datetime(2026, 5, 2, 12, tzinfo=UTC), "Sat, 02 May 2026 12:01:00 GMT"
        >>> [RetryAfter.from_header(text, noon).seconds for text in ("7", minute, "soon")]
        [7.0, 60.0, 0.0]
        """
        if header.strip().isdecimal():
            return cls(float(header))
        from email.utils import parsedate_to_datetime  # the mail package is large, and an import waits for it

        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return cls()
        until = until if until.tzinfo else until.replace(tzinfo=UTC)  # a date in HTTP is in UTC
        return cls(max(0.0, (until - now).total_seconds()))


@frozen
class Unknown:
    """It is not known whether the write took effect: a time-out, a lost connection, an unknown answer."""

    reason: str = field(default="", converter=_words)
    """The type of the failure, such as a time-out; no text of the system."""


Answer: TypeAlias = Done | Exists | Rejected | RetryAfter | Unknown
Found: TypeAlias = Sequence[Payload] | Rejected | RetryAfter | Unknown
"""All records that hold the value that was asked for, or why there is no telling."""


@frozen(kw_only=True)
class CreateRequest:
    """One create: `key` identifies it for the target and in the answer, `payload` is the body."""

    key: str
    payload: Payload = field(repr=False)


@frozen(kw_only=True)
class UpdateRequest:
    """One update: `id` of the record (and of its answer), `payload` the fields to change and no other.

    `kind` is the record's type, for systems where records of several types may have one id; no two updates of
    one call have the same id.
    """

    id: str
    payload: Payload = field(repr=False)
    kind: str = "customer"


@frozen(kw_only=True)
class MergeRequest:
    """One merge: `duplicate` (the id of its answer) goes up in `survivor`; both are ids of one `kind`."""

    survivor: str
    duplicate: str
    kind: str = "customer"


class _Declared(Protocol):
    """What an adapter declares of its system."""

    @property
    def capabilities(self) -> Capabilities:
        """Return what the system can do."""

    @property
    def account(self) -> str:
        """Return the account that the ids live in, `""` where there is only one."""

    @property
    def mode(self) -> str:
        """Return the mode that the ids live in, `""` where there is only one."""


@runtime_checkable
class Adapter(_Declared, Protocol):
    """A system, as the engine needs it: find, create, update, each for a batch.

    `account` and `mode` say where the ids are unique ("test" or "live", for example). An adapter may have
    a `system` ("stripe") too: then flows of another system refuse it. An exception that leaves `create` or
    `update` counts as `Unknown` for its whole batch.
    """

    def find(self, by: str, values: Sequence[str]) -> Mapping[str, Found]:
        """Return, for each value, every record whose `by` equals it, deleted ones where they are shown."""

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        """Create each customer once per key; return one answer per key."""

    def update(self, requests: Sequence[UpdateRequest]) -> Mapping[str, Answer]:
        """Change the fields named in each payload and no other; return one answer per id."""


@runtime_checkable
class MergingAdapter(Adapter, Protocol):
    """An adapter whose system merges customers; its capabilities say so (`merges`)."""

    def merge(self, requests: Sequence[MergeRequest]) -> Mapping[str, Answer]:
        """Merge each duplicate into its survivor; return one answer per duplicate's id.

        `Done` means that the system has taken the merge on; it may carry it out later. A merge whose
        duplicate is gone already is `Rejected`.
        """


@runtime_checkable
class AsyncAdapter(_Declared, Protocol):
    """`Adapter`, with coroutines."""

    def find(self, by: str, values: Sequence[str]) -> Awaitable[Mapping[str, Found]]:
        """Return as `Adapter.find` does."""

    def create(self, requests: Sequence[CreateRequest]) -> Awaitable[Mapping[str, Answer]]:
        """Create as `Adapter.create` does."""

    def update(self, requests: Sequence[UpdateRequest]) -> Awaitable[Mapping[str, Answer]]:
        """Update as `Adapter.update` does."""


@runtime_checkable
class AsyncMergingAdapter(AsyncAdapter, Protocol):
    """`MergingAdapter`, with coroutines."""

    def merge(self, requests: Sequence[MergeRequest]) -> Awaitable[Mapping[str, Answer]]:
        """Merge as `MergingAdapter.merge` does."""


class SyncRecordStore(Protocol):
    """Where sync records live: a compare-and-set store, keyed by link and by either end.

    A store may have a method `end_run()` too: it is called when a run ends, however it ends.
    """

    def load(self, link: str, refs: Sequence[Ref]) -> Sequence[SyncRecord]:
        """Return every record of the link that has one of `refs` as an end; each once."""

    def find_by_digest(self, link: str, digests: Sequence[str]) -> Mapping[str, SyncRecord]:
        """Return, by digest, the linked records whose memory of a side has that digest as its `text`."""

    def save(self, writes: Sequence[RecordWrite]) -> Sequence[bool]:
        """Save each record whose stored version is the expected one; return True or False for each, in order.

        A saved record gets version `expected + 1`. A save is also refused (False) when another record of the
        link, not merged, has one of its ends already; but the record of a failed create, which knows no other
        end, gives way to one that links its customer. Each write stands alone; all that are saved are durable
        when the call returns.
        """


class AsyncSyncRecordStore(Protocol):
    """`SyncRecordStore`, with coroutines."""

    def load(self, link: str, refs: Sequence[Ref]) -> Awaitable[Sequence[SyncRecord]]:
        """Return as `SyncRecordStore.load` does."""

    def find_by_digest(self, link: str, digests: Sequence[str]) -> Awaitable[Mapping[str, SyncRecord]]:
        """Return as `SyncRecordStore.find_by_digest` does."""

    def save(self, writes: Sequence[RecordWrite]) -> Awaitable[Sequence[bool]]:
        """Save as `SyncRecordStore.save` does."""
