"""The sync record: the durable link between two customers.

A record is keyed by its link (the pair of systems, `"netsuite-stripe"`) and by either end. Both directions
of a link share it, so that each knows what the other did. It holds no personal value but two: while a
create's outcome is unknown, the intent keeps the request as it was sent, because only the same request may
be sent again; and the record of a merge keeps what the target loses in it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from attrs import field, frozen

from custsync.models import Issue, Ref

__all__ = [
    "DOUBTED",
    "NEVER_SEEN",
    "Intent",
    "LastSeen",
    "MergeNote",
    "RecordWrite",
    "Status",
    "SyncRecord",
    "UpdateNote",
]


class Status(Enum):
    """What a sync record says of its two ends."""

    INTENT = "intent"
    """A create was decided; whether it took effect is not known yet."""
    LINKED = "linked"
    """Both ends are known."""
    FAILED = "failed"
    """The target refused the create; nothing exists there."""
    EXCLUDED = "excluded"
    """The customer is left out permanently."""
    MERGED = "merged"
    """The customer was merged into another; the target is the survivor's."""
    SHARED = "shared"
    """Both ends are known; another customer owns the target, and this one writes nothing to it."""


_ONLY_IF_GIVEN: Final = {"only_if_given": True}
"""Of a part that most records leave blank: their JSON does not carry it then."""


@frozen(kw_only=True)
class Intent:
    """A durable note, written before a create is sent.

    Attributes:
        key: the create's identity at the target: an idempotency key, or the value of its unique field.
        issued_at: when it was first sent (aware UTC).
        attempt: the record's version when the create was announced. Without a unique field at the target,
            each attempt has a `key` of its own, so that a create which failed can be made again.
        rules: the version of the flow that made it.
        request: the payload as sent; only the same one may be sent again.
        clues: name of a lookup → the texts by which the customer can be found if it was created.
    """

    key: str
    issued_at: datetime
    attempt: int
    rules: str
    request: Mapping[str, Any] = field(repr=False)
    clues: Mapping[str, tuple[str, ...]] = field(factory=dict, repr=False)


@frozen(kw_only=True)
class LastSeen:
    """What was last seen on one side, its values as digests, from which none can be read.

    Attributes:
        payload: digest of the whole record, by which a source that has not changed is recognised before its
            fields are compared; `""` where they have to be compared.
        fields: name of a watched field → digest of its value; `DOUBTED` where a write of it is in doubt.
        modified_at: when the side said that it was modified last (aware UTC), None where it does not say.
    """

    payload: str = ""
    fields: Mapping[str, str] = field(factory=dict, repr=False)
    modified_at: datetime | None = field(default=None, metadata=_ONLY_IF_GIVEN)


NEVER_SEEN: Final = LastSeen()

DOUBTED: Final = "?"
"""In place of a digest: what no value has."""


@frozen(kw_only=True)
class MergeNote:
    """A merge in the target, noted before it is started.

    Attributes:
        duplicate: the target customer that goes, None where none is left to merge.
        done: whether the duplicate was confirmed to be gone.
        lost: what the survivor does not show afterwards, as JSON knows it.
    """

    duplicate: Ref | None = None
    done: bool = False
    lost: Mapping[str, Any] = field(factory=dict, repr=False)


@frozen(kw_only=True)
class UpdateNote:
    """An update whose outcome is not known.

    Attributes:
        namespace: the namespace of the customer that it was sent to: system, account, mode and kind.
        fields: target field → digest of the value that the update may still write there.
        until: the end of the target's settle window (aware UTC): it can take effect no more after it.
    """

    namespace: str
    fields: Mapping[str, str] = field(repr=False)
    until: datetime


@frozen(kw_only=True, weakref_slot=False)
class SyncRecord:
    """The link between two customers, its state, and what was last seen on either side.

    Attributes:
        link: the pair of systems, the same for both directions: `"netsuite-stripe"`.
        source: the end that the record began with.
        target: the other end, None until it was observed.
        status: what the record says of its two ends.
        flow: the name of the flow that began the record; the other direction leaves it.
        intent: the create that was sent or is to be sent, None once its outcome is known.
        memory: namespace of an end → what was last seen there.
        in_flight: the updates whose outcome is not known, in the order in which they were sent.
        error: why the record is in its state: a refusal or review, an exclusion or its end, a person's link
            or unlink; None where there is nothing to report.
        merge: the merge by which it became `MERGED`, None for one that was not merged.
        hidden: why the customer is excluded, where the target has excluded customers with a mark and up to
            date.
        version: counts the saves; 0 is a record that no store has yet.

    Rule: ST-REC
    """

    link: str
    source: Ref
    target: Ref | None = None
    status: Status
    flow: str
    intent: Intent | None = None
    memory: Mapping[str, LastSeen] = field(factory=dict, repr=False)
    in_flight: tuple[UpdateNote, ...] = field(default=(), metadata=_ONLY_IF_GIVEN)
    error: Issue | None = None
    merge: MergeNote | None = None
    hidden: Issue | None = field(default=None, metadata=_ONLY_IF_GIVEN)
    version: int = 0

    @property
    def is_joined(self) -> bool:
        """Return whether the record names the target customer that its customer is."""
        return self.target is not None and self.status in (Status.LINKED, Status.MERGED, Status.SHARED)

    @property
    def owns_target(self) -> bool:
        """Return whether no other record of the link may have its target."""
        return self.target is not None and self.status not in (Status.MERGED, Status.SHARED)

    def other(self, end: Ref) -> Ref | None:
        """Return the end across from `end`, None where it is not known."""
        return self.target if end == self.source else self.source

    def last_seen(self, namespace: str) -> LastSeen:
        """Return what was last seen in that realm; an empty memory where nothing was."""
        return self.memory.get(namespace, NEVER_SEEN)

    def announced(self, namespace: str) -> Mapping[str, frozenset[str]]:
        """Return, by field, the digests of what the updates in flight may still write in that namespace."""
        values: dict[str, frozenset[str]] = {}
        for note in self.in_flight:
            if note.namespace == namespace:
                for name, value in note.fields.items():
                    values[name] = values.get(name, frozenset()) | {value}
        return values


@frozen(kw_only=True)
class RecordWrite:
    """One compare-and-set: save `record` if the stored version is still `expected` (0: no record yet)."""

    record: SyncRecord
    expected: int
