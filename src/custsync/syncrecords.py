"""The sync record: the durable link between two customers, and the pure transitions that change it.

A record is keyed by its link (`"netsuite-stripe"`) and by either end. Both directions of a link share it, so
that each knows what the other did. It holds two personal values: while a create's outcome is unknown, the
request as it was sent, which alone may be sent again; and after a merge, what the target loses.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from attrs import evolve, field, frozen

from custsync._building import evolved
from custsync.errors import InputError
from custsync.models import Issue, Ref

__all__ = [
    "DOUBTED",
    "NEVER_SEEN",
    "TRANSITIONS",
    "Intent",
    "LastSeen",
    "MergeNote",
    "RecordWrite",
    "Status",
    "SyncRecord",
    "UpdateNote",
]


class Status(Enum):
    """The state of a sync record's two ends."""

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


@frozen(kw_only=True)
class Intent:
    """A durable note, written before a create is sent.

    Attributes:
        key: the create's identity at the target: an idempotency key, or the value of its unique field.
        issued_at: when it was first sent (aware UTC).
        attempt: the record's version when it was announced; without a unique field each has its own `key`.
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


@frozen(kw_only=True, weakref_slot=False)
class LastSeen:
    """What was last seen on one side, its values as digests, from which none can be read.

    Attributes:
        payload: digest of the whole record, by which it is recognised; `""` where fields are to be compared.
            It goes on with that of what the flow's prescan made of the customer, where it made anything.
        fields: name of a watched field → digest of its value; `DOUBTED` where a write of it is in doubt.
        modified_at: when the side was modified last (aware UTC), None where it does not state it.
    """

    payload: str = ""
    fields: Mapping[str, str] = field(factory=dict, repr=False)
    modified_at: datetime | None = field(default=None, metadata={"only_if_given": True})

    @property
    def text(self) -> str:
        """Return the digest of the record alone, `""` for none: by it a store finds the sync record."""
        return self.payload[:TEXT_DIGEST]


TEXT_DIGEST: Final = 32  # so long is the digest of a record alone
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
        status: the state of its two ends.
        flow: the name of the flow that began the record; the other direction leaves it.
        intent: the create that was sent or is to be sent, None once its outcome is known.
        memory: namespace of an end → what was last seen there.
        in_flight: the updates whose outcome is not known, in the order in which they were sent.
        error: what there is to report: a refusal, review, exclusion or its end, a person's link or unlink.
        merge: the merge by which it became `MERGED`, None for one that was not merged.
        hidden: why the customer is excluded, where the target has the excluded with a mark and up to date.
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
    in_flight: tuple[UpdateNote, ...] = field(default=(), metadata={"only_if_given": True})
    error: Issue | None = None
    merge: MergeNote | None = None
    hidden: Issue | None = field(default=None, metadata={"only_if_given": True})
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
        return self.target if end is self.source or end == self.source else self.source

    def last_seen(self, namespace: str) -> LastSeen:
        """Return what was last seen in that realm; an empty memory where nothing was."""
        return self.memory.get(namespace, NEVER_SEEN)

    def announced(self, namespace: str) -> Mapping[str, frozenset[str]]:
        """Return, by field, the digests of what the updates in flight may still write in that namespace."""
        notes = [note.fields for note in self.in_flight if note.namespace == namespace]
        names = {name for fields in notes for name in fields}
        return {name: frozenset(fields[name] for fields in notes if name in fields) for name in names}


@frozen(kw_only=True)
class RecordWrite:
    """One compare-and-set: save `record` if the stored version is still `expected` (0: no record yet)."""

    record: SyncRecord
    expected: int


_NEW: Final = SyncRecord(link="", source=Ref("", ""), status=Status.FAILED, flow="")
_ALL, _ANY, _THE_SAME = "target intent memory in_flight error merge", "", ""


def _row(begins: str, ends: str, keeps: str) -> tuple[frozenset[Status], Status | None, Mapping[str, Any]]:
    """Return the states in which a transition may begin, the one in which it ends, and what it drops."""
    first = frozenset(map(Status, begins.split())) or frozenset(Status)
    dropped = {part: getattr(_NEW, part) for part in _ALL.split() if part not in keeps.split()}
    return first, Status(ends) if ends else None, dropped


TRANSITIONS: Final = {
    "intend": _row("failed intent", "intent", "target memory"),
    "reject": _row("failed intent", "failed", "target"),
    "link": _row("failed intent linked merged shared", "linked", "memory in_flight"),
    "share": _row("failed intent linked merged shared", "shared", ""),
    "announce": _row("linked excluded", _THE_SAME, _ALL),
    "with_in_flight": _row("linked excluded", _THE_SAME, _ALL),
    "with_last_seen": _row(_ANY, _THE_SAME, _ALL),
    "exclude": _row("failed intent linked excluded", "excluded", "target"),
    "hide": _row("failed intent linked excluded", _THE_SAME, _ALL),
    "reinclude": _row("failed intent linked excluded", _THE_SAME, _ALL),
    "merge": _row("linked merged shared", "merged", ""),
    "finish merge": _row("merged", "merged", "target"),
    "undo merge": _row("linked merged", "linked", "target memory in_flight error"),
    "unlink": _row("failed intent linked merged shared", "failed", ""),
}
"""In which states each transition may begin (`InputError` in any other) and end, and which parts it keeps."""


def _moved(record: SyncRecord, name: str, **given: Any) -> SyncRecord:
    begins, ends, dropped = TRANSITIONS[name]
    if record.status not in begins:
        raise InputError(f"{record.source}: {name}: not of a sync record that is {record.status.value}")
    return evolved(record, **{"status": ends or record.status, **dropped, **given})


def begin(link: str, source: Ref, flow: str) -> SyncRecord:
    """Return the record of a customer that no store has yet: nothing exists in the target yet."""
    return SyncRecord(link=link, source=source, status=Status.FAILED, flow=flow)


def intend(record: SyncRecord, intent: Intent, seen: Mapping[str, LastSeen] | None = None) -> SyncRecord:
    """Return the record with a create's intent on it, and newer memories, to be saved before it is sent.

    Rule: G-DUP
    """
    memory = _newer(record, seen or {}) if record.memory else seen or {}
    return _moved(record, "intend", intent=intent, memory=memory)


def reject(record: SyncRecord, error: Issue) -> SyncRecord:
    """Return the record of a create that the target refused: nothing exists there, and the reason is kept."""
    return _moved(record, "reject", error=error)


def link(
    record: SyncRecord,
    end: Ref,
    other: Ref,
    *,
    anew: bool = False,
    note: Issue | None = None,
    seen: Mapping[str, LastSeen] | None = None,
) -> SyncRecord:
    """Return the record linked to the other customer, seen from `end`; its intent is dropped.

    Nothing that was observed is remembered where it had another counterpart before, nor where the link is
    `anew`: to who was there before a create. `note` is what there is to report; `seen` has newer memories.
    """
    source, target = (end, other) if record.source == end else (other, end)
    if anew or record.other(end) not in (None, other):
        record = evolved(record, memory={}, in_flight=())
    return _moved(record, "link", source=source, target=target, error=note, memory=_newer(record, seen or {}))


def share(record: SyncRecord, end: Ref, other: Ref, *, note: Issue | None = None) -> SyncRecord:
    """Return the record of a customer whose target is another customer's, seen from `end`.

    It owns its source only: nothing is written to the target, and nothing that was observed is remembered.

    Rule: ST-LEG-2, LG-LINK
    """
    return _moved(record, "share", source=end, target=other, error=note)


def announce(record: SyncRecord, note: UpdateNote, doubted: Mapping[str, Iterable[str]]) -> SyncRecord:
    """Return the record with an update on it whose outcome is not known, to be saved before it is sent.

    Until its answer was observed, or its settle window is over, a side that shows what the update writes has
    no change; whatever the fields hold from which it was made counts as new; and no whole text is recognised.
    `doubted` is namespace → the fields there that it carries over from that side, or along with it.

    Rule: G-LOSS
    """
    memory = {}
    for namespace in {**record.memory, **doubted}:
        seen = record.last_seen(namespace)
        fields = {**seen.fields, **dict.fromkeys(doubted.get(namespace, ()), DOUBTED)}
        memory[namespace] = evolved(seen, payload="", fields=fields)
    return _moved(record, "announce", memory=memory, in_flight=(*record.in_flight, note))


def with_in_flight(record: SyncRecord, notes: tuple[UpdateNote, ...]) -> SyncRecord:
    """Return the record with these updates in flight: after an answer came, or one is stamped again."""
    return _moved(record, "with_in_flight", in_flight=notes)


def with_last_seen(record: SyncRecord, memory: Mapping[str, LastSeen]) -> SyncRecord:
    """Return the record with newer memories; fields that a newer one does not name are kept.

    A payload digest that the newer one does not name is kept as long as no field has changed, so that the two
    directions do not forget each other's. While an update is in flight none is kept: its effect comes late.
    """
    return _moved(record, "with_last_seen", memory=_newer(record, memory))


def _newer(record: SyncRecord, memory: Mapping[str, LastSeen]) -> Mapping[str, LastSeen]:
    merged = dict(record.memory)
    for namespace, newer in memory.items():
        older = merged.get(namespace, NEVER_SEEN)
        kept = older.payload if newer.fields.items() <= older.fields.items() else ""
        merged[namespace] = LastSeen(
            payload="" if record.in_flight else newer.payload or kept,
            fields={**older.fields, **newer.fields} if newer.fields else older.fields,
            modified_at=max(filter(None, (older.modified_at, newer.modified_at)), default=None),
        )
    return merged


def exclude(record: SyncRecord, reason: Issue) -> SyncRecord:
    """Return the record of a customer that is left out permanently; its link is kept, its intent is dropped.

    Rule: UF-EXC-2, UF-EXC-4
    """
    return _moved(record, "exclude", error=reason)


def reinclude(record: SyncRecord, reason: Issue) -> SyncRecord:
    """Return the record of an excluded customer that takes part again, with the reason.

    Rule: UF-EXC-4
    """
    return _moved(record, "reinclude", error=reason, hidden=None, **_taking_part(record))


def hide(record: SyncRecord, reason: Issue) -> SyncRecord:
    """Return the record of an excluded customer that the target has with a mark, which is to be written.

    Rule: UF-EXC-2
    """
    return _moved(record, "hide", hidden=reason, **_taking_part(record))


def _taking_part(record: SyncRecord) -> dict[str, Any]:
    """Return what makes the record one of a customer that is synced; its text is compared by the next run."""
    memory = {namespace: evolved(seen, payload="") for namespace, seen in record.memory.items()}
    status = Status.FAILED if record.target is None else Status.LINKED
    return {"memory": memory} | ({"status": status} if record.status is Status.EXCLUDED else {})


def merge(record: SyncRecord, end: Ref, survivor: Ref, note: MergeNote) -> SyncRecord:
    """Return the record of a customer that was merged: it points at the survivor's customer from now on.

    It begins with `end`, which alone is its own. Nothing that was observed of the former pair is remembered.

    Rule: ST-MRG-1, ST-MRG-2
    """
    return _moved(record, "merge", source=end, target=survivor, merge=note)


def finish_merge(record: SyncRecord) -> SyncRecord:
    """Return the record of a merge that is over: the duplicate was confirmed to be gone."""
    return _moved(record, "finish merge", merge=evolve(record.merge or MergeNote(), done=True))


def undo_merge(before: SyncRecord, duplicate: Ref, version: int) -> SyncRecord:
    """Return the record as it was before a merge that the target refused, linked to its own counterpart.

    `before`, of a merge that was started before, points at the survivor; `version` is the one that is stored.
    """
    own = before.target if before.status is Status.LINKED else duplicate
    return _moved(before, "undo merge", version=version, target=own)


def unlink(record: SyncRecord, end: Ref, reason: Issue) -> SyncRecord:
    """Return the record of a customer that a person unlinked: nothing of its counterpart is kept."""
    return _moved(record, "unlink", source=end, error=reason)


def settle(
    record: SyncRecord, namespace: str, read_at: datetime | None, behind: Mapping[str, str]
) -> SyncRecord:
    """Return the record without the updates of one namespace that can take effect no more.

    `read_at` is when that side was read last (aware UTC), None where not known; `behind` has digests of what
    it shows in the fields that neither agree nor were written since. An update that announced one of them,
    where something else was last seen there, is kept: it must not be taken for somebody's edit.
    """
    odd = behind.items() - record.last_seen(namespace).fields.items()
    kept = tuple(
        note
        for note in record.in_flight
        if note.namespace != namespace or read_at is None or read_at < note.until or odd & note.fields.items()
    )
    return record if kept == record.in_flight else evolved(record, in_flight=kept)
