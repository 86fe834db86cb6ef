"""Everything that changes a sync record: its pure transitions.

::

    begin ──▶ FAILED ──intend──▶ INTENT ──link──▶ LINKED ──announce, with_in_flight, with_last_seen──▶ LINKED
                 ▲                 │ │
                 └─────reject──────┘ └──(unknown: stays an INTENT, the next plan recovers it)

    LINKED ──merge────▶ MERGED (the target is the survivor's)
    any but EXCLUDED ──share────▶ SHARED (the target is another record's)
    any but MERGED ──exclude──▶ EXCLUDED ──reinclude──▶ LINKED or FAILED
    any but MERGED ──hide──▶ the same, FAILED or LINKED of one that was EXCLUDED (`hidden` says why)

`TRANSITIONS` says for each transition in which states it may begin, in which one it ends, and which parts of
the record it keeps.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import evolve, frozen

from custsync._building import evolved
from custsync.errors import InputError
from custsync.models import Issue, Ref
from custsync.syncrecords.record import (
    DOUBTED,
    NEVER_SEEN,
    Intent,
    LastSeen,
    MergeNote,
    Status,
    SyncRecord,
    UpdateNote,
)

__all__ = [
    "TRANSITIONS",
    "Transition",
    "announce",
    "begin",
    "exclude",
    "finish_merge",
    "hide",
    "intend",
    "link",
    "merge",
    "outline",
    "reinclude",
    "reject",
    "saved",
    "settle",
    "share",
    "undo_merge",
    "unlink",
    "with_in_flight",
    "with_last_seen",
]


@frozen(kw_only=True)
class Transition:
    """In which states a transition may begin and end, and what it keeps.

    Attributes:
        begins: the states in which it is allowed; in any other it raises `InputError`.
        ends: the state after it, None where the state stays the same.
        keeps: the names of the parts that stay as they are. Link, ends, flow, version and `hidden` are kept
            by all, unless the transition is given others; every other part that is not named here, nor given,
            is dropped.
    """

    begins: frozenset[Status]
    ends: Status | None
    keeps: frozenset[str]


_PARTS: Final = ("target", "intent", "memory", "in_flight", "error", "merge")
_ALL: Final = " ".join(_PARTS)
_ANY = _THE_SAME = ""


def _row(begins: str, ends: str, keeps: str) -> Transition:
    first = frozenset(map(Status, begins.split())) or frozenset(Status)
    return Transition(begins=first, ends=Status(ends) if ends else None, keeps=frozenset(keeps.split()))


TRANSITIONS: Final[Mapping[str, Transition]] = {
    # transition: begins in, ends in, keeps
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
"""Every transition of a sync record."""


def _moved(record: SyncRecord, name: str, **given: Any) -> SyncRecord:
    rule = TRANSITIONS[name]
    if record.status not in rule.begins:
        raise InputError(f"{record.source}: {name}: not of a sync record that is {record.status.value}")
    dropped = {part: getattr(_NEW, part) for part in _PARTS if part not in rule.keeps}
    return evolved(record, **{"status": rule.ends or record.status, **dropped, **given})


_NEW: Final = SyncRecord(link="", source=Ref("", ""), status=Status.FAILED, flow="")


def outline(record: SyncRecord) -> SyncRecord:
    """Return which record it is, and in which state: without what was last seen, and without its intent."""
    return evolve(record, **{part: getattr(_NEW, part) for part in _PARTS if part != "target"})


def begin(link: str, source: Ref, flow: str) -> SyncRecord:
    """Return the record of a customer that no store has yet: nothing exists in the target yet.

    >>> begin("netsuite-stripe", Ref("netsuite", "2041"), "stripe.EXPORT").status
    <Status.FAILED: 'failed'>
    """
    return SyncRecord(link=link, source=source, status=Status.FAILED, flow=flow)


def intend(record: SyncRecord, intent: Intent) -> SyncRecord:
    """Return the record with a create's intent on it, to be saved before the create is sent.

    Rule: G-DUP
    """
    return _moved(record, "intend", intent=intent)


def reject(record: SyncRecord, error: Issue) -> SyncRecord:
    """Return the record of a create that the target refused: nothing exists there, and the reason is kept."""
    return _moved(record, "reject", error=error)


def link(
    record: SyncRecord, end: Ref, other: Ref, *, anew: bool = False, note: Issue | None = None
) -> SyncRecord:
    """Return the record linked to the other customer, seen from `end`; its intent is dropped.

    Where the record had another counterpart before, nothing that was observed of the two is remembered;
    nor where the link is `anew`: of a customer that was there already, what a create announced is not
    known. `note` is what there is to report about a link that a person made.
    """
    source, target = (end, other) if record.source == end else (other, end)
    is_known = not anew and record.other(end) in (None, other)
    forgotten: dict[str, Any] = {} if is_known else {"memory": {}, "in_flight": ()}
    return _moved(record, "link", source=source, target=target, error=note, **forgotten)


def share(record: SyncRecord, end: Ref, other: Ref, *, note: Issue | None = None) -> SyncRecord:
    """Return the record of a customer whose target is another customer's, seen from `end`.

    It owns its source only: nothing is written to the target, and nothing that was observed is remembered.
    `note` is what there is to report about a link that a person made.

    Rule: ST-LEG-2, LG-LINK
    """
    return _moved(record, "share", source=end, target=other, error=note)


def announce(record: SyncRecord, note: UpdateNote, doubted: Mapping[str, Iterable[str]]) -> SyncRecord:
    """Return the record with an update on it whose outcome is not known, to be saved before it is sent.

    Until its answer was observed, or its settle window is over, a side that shows what the update writes
    has not spoken; whatever the fields say from which it was made counts as new, also a value that goes
    back to what it was; and no whole text is recognised.

    Args:
        record: the record.
        note: what is sent.
        doubted: namespace → the fields there that the update carries over from that side, or along with it.

    Rule: G-LOSS
    """
    memory = {namespace: evolve(seen, payload="") for namespace, seen in record.memory.items()}
    for namespace, names in doubted.items():
        seen = memory.get(namespace, NEVER_SEEN)
        memory[namespace] = evolve(seen, fields={**seen.fields, **dict.fromkeys(names, DOUBTED)})
    return _moved(record, "announce", memory=memory, in_flight=(*record.in_flight, note))


def with_in_flight(record: SyncRecord, notes: tuple[UpdateNote, ...]) -> SyncRecord:
    """Return the record with these updates in flight: after an answer came, or one is stamped again."""
    return _moved(record, "with_in_flight", in_flight=notes)


def with_last_seen(record: SyncRecord, memory: Mapping[str, LastSeen]) -> SyncRecord:
    """Return the record with newer memories; fields that a newer one does not name are kept.

    A payload digest that the newer one does not name is kept as long as no field has changed, so that the two
    directions of a link do not forget each other's in turn. While an update is in flight none is kept: what
    comes late is not seen where a text is merely recognised.
    """
    merged = dict(record.memory)
    for namespace, newer in memory.items():
        older = record.memory.get(namespace, NEVER_SEEN)
        kept = older.payload if newer.fields.items() <= older.fields.items() else ""
        merged[namespace] = LastSeen(
            payload="" if record.in_flight else newer.payload or kept,
            fields={**older.fields, **newer.fields} if older.fields else newer.fields,
            modified_at=max(filter(None, (older.modified_at, newer.modified_at)), default=None),
        )
    return _moved(record, "with_last_seen", memory=merged)


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
    memory = {namespace: evolve(seen, payload="") for namespace, seen in record.memory.items()}
    if record.status is not Status.EXCLUDED:
        return {"memory": memory}
    return {"memory": memory, "status": Status.FAILED if record.target is None else Status.LINKED}


def merge(record: SyncRecord, end: Ref, survivor: Ref, note: MergeNote) -> SyncRecord:
    """Return the record of a customer that was merged: it points at the survivor's customer from now on.

    It begins with `end`, the customer that was merged, whichever end it began with before: that alone is
    its own. Nothing that was observed of the former pair is remembered.

    Rule: ST-MRG-1, ST-MRG-2
    """
    return _moved(record, "merge", source=end, target=survivor, merge=note)


def finish_merge(record: SyncRecord) -> SyncRecord:
    """Return the record of a merge that is over: the duplicate was confirmed to be gone."""
    note = record.merge or MergeNote()
    return _moved(record, "finish merge", merge=evolve(note, done=True))


def undo_merge(before: SyncRecord, duplicate: Ref, version: int) -> SyncRecord:
    """Return the record as it was before a merge that the target refused, linked to its own counterpart.

    Args:
        before: the record as it was then; of a merge that was started before, it points at the survivor.
        duplicate: its own counterpart.
        version: the version that is stored.
    """
    own = {} if before.status is Status.LINKED else {"target": duplicate}
    return _moved(before, "undo merge", version=version, **own)


def unlink(record: SyncRecord, end: Ref, reason: Issue) -> SyncRecord:
    """Return the record of a customer that a person unlinked: nothing of its counterpart is kept."""
    return _moved(record, "unlink", source=end, error=reason)


def settle(
    record: SyncRecord, namespace: str, read_at: datetime | None, behind: Mapping[str, str]
) -> SyncRecord:
    """Return the record without the updates of one namespace that can take effect no more.

    Args:
        record: the record.
        namespace: where the updates were sent.
        read_at: when that side was read last (aware UTC), None where that is not known.
        behind: digests of what it shows in the fields that neither agree nor were written since. Where one of
            them is what an update announced, and not what was last seen there, the update is kept: it is what
            the side shows, and must not be taken for somebody's edit.
    """
    seen = record.last_seen(namespace).fields
    odd = {(name, value) for name, value in behind.items() if seen.get(name) != value}
    kept = tuple(
        note
        for note in record.in_flight
        if note.namespace != namespace or read_at is None or read_at < note.until or odd & note.fields.items()
    )
    return record if len(kept) == len(record.in_flight) else evolve(record, in_flight=kept)


def saved(record: SyncRecord, version: int) -> SyncRecord:
    """Return the record as a store has it once it was saved: with this version."""
    return evolved(record, version=version)
