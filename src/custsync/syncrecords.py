"""The sync record: the durable link between two customers, and its pure transitions.

A record is keyed by its link (the pair of systems, `"netsuite-stripe"`) and by either end. Both directions
of a link share it, so that each knows what the other did. It holds no personal value but two: while a
create's outcome is unknown, the intent keeps the request as it was sent, because only the same request may
be sent again; and the record of a merge keeps what the target loses in it.

::

    (none) ──intend──▶ INTENT ───link────▶ LINKED ──remember──▶ LINKED
                         │  └───reject──▶ FAILED ──intend──▶ INTENT
                         └──(unknown: stays an INTENT, the next plan recovers it)

    LINKED ──merge────▶ MERGED (the target is the survivor's)
    any but MERGED ──exclude──▶ EXCLUDED
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from attrs import evolve, field, frozen

from custsync.models import Issue, Ref

__all__ = [
    "NEVER_SEEN",
    "Intent",
    "LastSeen",
    "MergeNote",
    "RecordWrite",
    "Status",
    "SyncRecord",
    "exclude",
    "intend",
    "link",
    "mark_uncertain",
    "merge",
    "reject",
    "saved",
    "with_last_seen",
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
    """The customer is left out for good."""
    MERGED = "merged"
    """The customer was merged into another; the target is the survivor's."""


@frozen(kw_only=True)
class Intent:
    """A durable note, written before a create is sent.

    `key` is the create's identity at the target, `issued_at` (aware UTC) the time it was first sent,
    `rules` the version of the flow that made it, `request` the payload as sent, `clues` the look-up values
    (name → texts) by which the customer can be found if it was created.
    """

    key: str
    issued_at: datetime
    attempt: int
    rules: str
    request: Mapping[str, Any] = field(repr=False)
    clues: Mapping[str, tuple[str, ...]] = field(factory=dict, repr=False)


@frozen(kw_only=True)
class LastSeen:
    """What was last seen on one side: a digest of the whole payload, and one of each watched field."""

    payload: str = ""
    fields: Mapping[str, str] = field(factory=dict, repr=False)


NEVER_SEEN: Final = LastSeen()


@frozen(kw_only=True)
class MergeNote:
    """A merge in the target, noted before it is started: who goes, what is lost with it, whether it is over.

    `duplicate` is the target customer that goes, None where none is left to merge; `lost` holds, as JSON
    knows it, what the survivor does not show afterwards.
    """

    duplicate: Ref | None = None
    done: bool = False
    lost: Mapping[str, Any] = field(factory=dict, repr=False)


@frozen(kw_only=True)
class SyncRecord:
    """The link between two customers, its state, and what was last seen on either side.

    `source` is the end that the record began with, `target` the other one, None until it was seen.
    `memory` is keyed by the realm of each end. `version` counts the saves; 0 is a record that no store has
    seen.

    Rule: ST-REC
    """

    link: str
    source: Ref
    target: Ref | None = None
    status: Status
    flow: str
    intent: Intent | None = None
    memory: Mapping[str, LastSeen] = field(factory=dict, repr=False)
    error: Issue | None = None
    merge: MergeNote | None = None
    version: int = 0

    def other(self, end: Ref) -> Ref | None:
        """Return the end across from `end`, None where it is not known."""
        return self.target if end == self.source else self.source

    def last_seen(self, namespace: str) -> LastSeen:
        """Return what was last seen in that realm; an empty memory where nothing was."""
        return self.memory.get(namespace, NEVER_SEEN)


@frozen(kw_only=True)
class RecordWrite:
    """One compare-and-set: save `record` if the stored version is still `expected` (0: no record yet)."""

    record: SyncRecord
    expected: int


def intend(record: SyncRecord, intent: Intent) -> SyncRecord:
    """Return the record with a create's intent on it, to be saved before the create is sent.

    Rule: G-DUP
    """
    return SyncRecord(
        link=record.link,
        source=record.source,
        target=record.target,
        status=Status.INTENT,
        flow=record.flow,
        intent=intent,
        memory=record.memory,
        version=record.version,
    )


def link(record: SyncRecord, end: Ref, other: Ref) -> SyncRecord:
    """Return the record linked to the other customer, seen from `end`; its intent is dropped.

    Where the record had another counterpart before, nothing that was seen of the two is remembered.
    """
    former = record.other(end)
    memory = record.memory if former in (None, other) else {}
    source, target = (end, other) if record.source == end else (other, end)
    return SyncRecord(
        link=record.link,
        source=source,
        target=target,
        status=Status.LINKED,
        flow=record.flow,
        memory=memory,
        version=record.version,
    )


def with_last_seen(record: SyncRecord, memory: Mapping[str, LastSeen]) -> SyncRecord:
    """Return the record with newer memories; fields that a newer one does not name are kept.

    A payload digest that the newer one does not name is kept as long as no field has changed, so that the two
    directions of a link do not take turns in forgetting each other's.
    """
    merged = dict(record.memory)
    for namespace, newer in memory.items():
        older = record.memory.get(namespace)
        if older is None:
            merged[namespace] = newer
            continue
        kept = older.payload if newer.fields.items() <= older.fields.items() else ""
        merged[namespace] = LastSeen(payload=newer.payload or kept, fields={**older.fields, **newer.fields})
    return SyncRecord(
        link=record.link,
        source=record.source,
        target=record.target,
        status=record.status,
        flow=record.flow,
        intent=record.intent,
        memory=merged,
        error=record.error,
        merge=record.merge,
        version=record.version,
    )


def mark_uncertain(record: SyncRecord, namespace: str, names: Iterable[str]) -> SyncRecord:
    """Return the record without knowing what that side last said in these fields, nor its whole text.

    Saved before an update is sent: until its outcome is known, whatever the side says next counts as new.
    Otherwise a value that goes back to what it was would pass for said, though the target has the other one.

    Rule: G-LOSS
    """
    seen = record.last_seen(namespace)
    fields = {**seen.fields, **{name: _DOUBTED for name in names if name in seen.fields}}
    memory = {**record.memory, namespace: LastSeen(fields=fields)}
    return evolve(record, memory=memory)


_DOUBTED: Final = "?"
"""In place of a digest: what no value has."""


def saved(record: SyncRecord, version: int) -> SyncRecord:
    """Return the record as a store has it once it was saved: with this version."""
    return SyncRecord(
        link=record.link,
        source=record.source,
        target=record.target,
        status=record.status,
        flow=record.flow,
        intent=record.intent,
        memory=record.memory,
        error=record.error,
        merge=record.merge,
        version=version,
    )


def reject(record: SyncRecord, error: Issue) -> SyncRecord:
    """Return the record of a create that the target refused: nothing exists there, and the reason is kept."""
    return SyncRecord(
        link=record.link,
        source=record.source,
        target=record.target,
        status=Status.FAILED,
        flow=record.flow,
        error=error,
        version=record.version,
    )


def exclude(record: SyncRecord, reason: Issue) -> SyncRecord:
    """Return the record of a customer that is left out for good; its link is kept, its intent is dropped.

    Rule: UF-EXC-2, UF-EXC-4
    """
    return SyncRecord(
        link=record.link,
        source=record.source,
        target=record.target,
        status=Status.EXCLUDED,
        flow=record.flow,
        error=reason,
        version=record.version,
    )


def merge(record: SyncRecord, end: Ref, survivor: Ref, note: MergeNote) -> SyncRecord:
    """Return the record of a customer that was merged: it points at the survivor's customer from now on.

    It begins with `end`, the customer that was merged, whichever end it began with before: that alone is
    its own. Nothing that was seen of the former pair is remembered.

    Rule: ST-MRG-1, ST-MRG-2
    """
    return SyncRecord(
        link=record.link,
        source=end,
        target=survivor,
        status=Status.MERGED,
        flow=record.flow,
        merge=note,
        version=record.version,
    )
