"""Whether what a decision rests on still holds: read again before an older plan is carried out."""

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import Any

from custsync.asking import find
from custsync.decisions import Create, Decision, Link, Recover, RecoverBy, Unchanged, Update
from custsync.errors import PayloadError
from custsync.fields import System, canonical, value_of
from custsync.flow import Flow
from custsync.models import Customer, Ref
from custsync.outcomes import Result
from custsync.ports import Capabilities, End, LoadRecords, Now, Request, Side
from custsync.recovering import recover_by
from custsync.searching import Terms
from custsync.syncrecords import Status, SyncRecord

__all__ = ["recheck"]


def recheck(
    flow: Flow, decisions: Sequence[Decision], terms: Terms
) -> Generator[Request, Any, list[Result | None]]:
    """Return, for each decision, None where it still holds, else `ALREADY_DONE` or `STALE`.

    What is read again: the sync records, the target customers to be changed, and the source customers
    where the source can be asked by id.

    Rule: G-DUP, G-LOSS
    """
    refs = tuple(decision.source for decision in decisions)
    records = (yield LoadRecords(flow.link, refs)) if refs else ()
    stored = {end: record for record in records for end in (record.source, record.target) if end}
    targets = yield from _read_again(
        flow.target, Side.TARGET, terms.ends.target, [_target(decision) for decision in decisions], terms
    )
    sources = yield from _read_again(
        flow.source, Side.SOURCE, terms.ends.source, [_source(decision) for decision in decisions], terms
    )
    found = [_judge(flow, decision, stored.get(decision.source), targets, sources) for decision in decisions]
    if any(map(_is_reissue, decisions)):
        now = yield Now()
        can = terms.ends.target.capabilities
        return [
            Result.STALE if result is None and _is_too_late(decision, can, now) else result
            for decision, result in zip(decisions, found, strict=True)
        ]
    return found


def _is_reissue(decision: Decision) -> bool:
    return isinstance(decision, Recover) and decision.by is RecoverBy.REISSUE


def _is_too_late(decision: Decision, can: Capabilities, now: datetime) -> bool:
    """Return whether a create was to be sent again under a key that may be forgotten by now."""
    if not isinstance(decision, Recover) or not _is_reissue(decision):
        return False
    intent = decision.record.intent if decision.record else None
    return intent is None or recover_by(can, intent, None, (), now) is not RecoverBy.REISSUE


def _target(decision: Decision) -> Ref | None:
    return decision.target if isinstance(decision, Link | Update) else None


def _source(decision: Decision) -> Ref | None:
    return decision.source if isinstance(decision, Create | Link | Update) else None


def _read_again(
    system: System, side: Side, end: End, refs: Sequence[Ref | None], terms: Terms
) -> Generator[Request, Any, Mapping[str, Customer | None] | None]:
    """Return the customers as they are now, by id, None for one that is gone; None where none can be read."""
    wanted = [ref.id for ref in refs if ref is not None]
    can: Capabilities = end.capabilities
    if not wanted or "id" not in can.finds:
        return None
    found = yield from find(side, "id", wanted, can, terms.retry)
    now: dict[str, Customer | None] = {}
    for identity, hits in found.items():
        try:
            one = isinstance(hits, Sequence) and len(hits) == 1
            now[identity] = system.read(hits[0], end.account, end.mode) if one else None  # type: ignore[index]
        except PayloadError:
            now[identity] = None
    return now


def _judge(
    flow: Flow,
    decision: Decision,
    stored: SyncRecord | None,
    targets: Mapping[str, Customer | None] | None,
    sources: Mapping[str, Customer | None] | None,
) -> Result | None:
    if isinstance(decision, Link | Update) and targets is not None:
        target = targets.get(decision.target.id)
        if _is_linked(stored, decision) and target is not None and _shows(flow, decision, target):
            return Result.ALREADY_DONE
        if target is None or target.deleted or not _is_as_before(flow, decision, target):
            return Result.STALE
    version = (
        decision.record.version
        if isinstance(decision, Create | Link | Update | Recover) and decision.record
        else 0
    )
    if isinstance(decision, Unchanged):
        return None
    if (stored.version if stored else 0) != version:
        done = stored is not None and stored.status is Status.LINKED and not isinstance(decision, Update)
        return Result.ALREADY_DONE if done else Result.STALE
    if isinstance(decision, Create | Link | Update) and sources is not None:
        return None if _says_the_same(flow, decision, sources.get(decision.source.id)) else Result.STALE
    return None


def _is_linked(stored: SyncRecord | None, decision: Link | Update) -> bool:
    return (
        stored is not None
        and stored.status is Status.LINKED
        and stored.other(decision.source) == decision.target
    )


def _shows(flow: Flow, decision: Link | Update, target: Customer) -> bool:
    version = decision.record.version if decision.record else 0
    return bool(decision.changes or version == 0) and all(
        flow.row_of[change.field].same(change.after, value_of(target, change.field))
        for change in decision.changes
    )


def _is_as_before(flow: Flow, decision: Link | Update, target: Customer) -> bool:
    return all(
        flow.row_of[change.field].same(change.before, value_of(target, change.field))
        for change in decision.changes
    )


def _says_the_same(flow: Flow, decision: Create | Link | Update, source: Customer | None) -> bool:
    if source is None or source.deleted:
        return False
    return all(
        canonical(value_of(decision.customer, name)) == canonical(value_of(source, name))
        for row in flow.rows
        for name in row.reads
    )
