"""Whether what a decision rests on still holds: read again before an older plan is carried out."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeAlias

from custsync.engine.calls import find
from custsync.engine.decide.admission import admit
from custsync.engine.decide.recovery import recover_by
from custsync.engine.decisions import (
    Create,
    Decision,
    Link,
    Merge,
    Recover,
    RecoverBy,
    Skip,
    Unchanged,
    Update,
)
from custsync.engine.outcomes import Result
from custsync.engine.plan.search import RunContext, WorkItem, by_end, search
from custsync.engine.requests import End, LoadRecords, Now, Request, Side
from custsync.errors import PayloadError
from custsync.flow import Flow
from custsync.models import ABSENT, Customer, Ref
from custsync.protocols import Capabilities, Found
from custsync.rules.fields.fingerprints import canonical
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.steps import Verdict
from custsync.syncrecords import Status, SyncRecord
from custsync.systems.system import System

__all__ = ["Known", "read_again", "recheck"]

Known: TypeAlias = tuple[Ref, Customer | None]
"""A customer's reference, and the customer as it was read last, where it was."""


def recheck(
    flow: Flow, decisions: Sequence[Decision], terms: RunContext
) -> Generator[Request, Any, list[Result | None]]:
    """Return, for each decision, None where it still holds, else `ALREADY_DONE` or `STALE`.

    What is read again: the sync records, the target customers to be changed, the source customers where the
    source can be asked by id. Those that were to be created are searched for again.

    Rule: G-DUP, G-LOSS
    """
    ends = [(decision.source, getattr(decision, "survivor", None)) for decision in decisions]
    refs = tuple(ref for pair in ends for ref in pair if ref is not None)
    stored = by_end((yield LoadRecords(flow.link, refs)) if refs else ())
    linked = [_target(decision) for decision in decisions]
    targets = yield from read_again(flow.target, Side.TARGET, terms.ends.target, linked, terms)
    ours = [_source(decision) for decision in decisions]
    sources = yield from read_again(flow.source, Side.SOURCE, terms.ends.source, ours, terms)
    judged = [_judge(flow, decision, stored, targets, sources) for decision in decisions]
    open_ones = [entry for entry, result in zip(decisions, judged, strict=True) if result is None]
    late = yield from _too_late(open_ones, terms)
    late |= yield from _found_since(flow, open_ones, terms)
    return [
        Result.STALE if result is None and decision.source in late else result
        for decision, result in zip(decisions, judged, strict=True)
    ]


def _too_late(decisions: Sequence[Decision], terms: RunContext) -> Generator[Request, Any, set[Ref]]:
    """Return whose create was to be sent again under a key that may be forgotten by now."""
    again = [entry for entry in decisions if isinstance(entry, Recover) and entry.by is RecoverBy.REISSUE]
    if not again:
        return set()
    now, can = (yield Now()), terms.ends.target.capabilities
    intents = {entry.source: entry.record.intent if entry.record else None for entry in again}
    return {
        source
        for source, intent in intents.items()
        if intent is None or recover_by(can, intent, None, (), now) is not RecoverBy.REISSUE
    }


def _found_since(
    flow: Flow, decisions: Sequence[Decision], terms: RunContext
) -> Generator[Request, Any, set[Ref]]:
    """Return who was to be created, and has by now a counterpart that the match steps find."""
    cases = [
        WorkItem(item=entry.customer, place=0, customer=entry.customer)
        for entry in decisions
        if isinstance(entry, Create)
    ]
    yield from search(flow, cases, terms)
    return {
        case.source for case in cases if case.decision is not None or case.match.verdict is not Verdict.NONE
    }


def _target(decision: Decision) -> Known | None:
    return (decision.target, decision.current) if isinstance(decision, Link | Update) else None


def _source(decision: Decision) -> Known | None:
    if isinstance(decision, Create | Link | Merge | Update):
        return decision.source, decision.customer
    return (decision.source, None) if _lasts(decision) else None


def _lasts(decision: Decision | None) -> bool:
    return isinstance(decision, Skip) and decision.lasts


def read_again(
    system: System, side: Side, end: End, known: Sequence[Known | None], terms: RunContext
) -> Generator[Request, Any, Mapping[str, Customer | None] | None]:
    """Return the customers as they are now, by id, None for one that is gone; None where none can be read."""
    by = system.retrieved_by
    asked = {question: one[0].id for one in known if one is not None and (question := _question(by, *one))}
    can: Capabilities = end.capabilities
    if not asked or by not in can.lookups:
        return None
    found = yield from find(side, by, list(asked), can, terms.retry)
    return {asked[question]: _only(system, end, asked[question], hits) for question, hits in found.items()}


def _question(by: str, ref: Ref, customer: Customer | None) -> str:
    """Return what a system is asked for to answer with this customer, `""` where that is not known."""
    value = ref.id if by == "id" else value_of(customer, by) if customer is not None else ""
    return value if isinstance(value, str) else ""


def _only(system: System, end: End, identity: str, hits: Found) -> Customer | None:
    """Return the one customer that was found, None unless it is the one that was meant."""
    if not isinstance(hits, Sequence) or len(hits) != 1:
        return None
    try:
        customer = system.read(hits[0], end.account, end.mode)
    except PayloadError:
        return None
    return customer if customer.ref.id == identity else None


def _judge(
    flow: Flow,
    decision: Decision,
    records: Mapping[Ref, SyncRecord],
    targets: Mapping[str, Customer | None] | None,
    sources: Mapping[str, Customer | None] | None,
) -> Result | None:
    stored = records.get(decision.source)
    if isinstance(decision, Link | Update) and targets is not None:
        target = targets.get(decision.target.id)
        if _is_linked(stored, decision) and target is not None and _shows(flow, decision, target):
            return Result.ALREADY_DONE
        if target is None or target.deleted or not _is_as_before(flow, decision, target):
            return Result.STALE
    record = getattr(decision, "record", None)
    version = record.version if record is not None else 0
    if isinstance(decision, Unchanged):
        return None
    if (stored.version if stored else 0) != version:
        return Result.ALREADY_DONE if _is_done(decision, stored) else Result.STALE
    is_same = _rests_on_the_same(flow, decision, records, sources)
    return None if is_same else Result.STALE


def _rests_on_the_same(
    flow: Flow,
    decision: Decision,
    records: Mapping[Ref, SyncRecord],
    sources: Mapping[str, Customer | None] | None,
) -> bool:
    """Return whether the source still says what the decision was made of; one that cannot be asked does."""
    now = (sources or {}).get(decision.source.id)
    if isinstance(decision, Merge):
        return _is_merged_still(decision, records, now)
    if _lasts(decision):
        return now is None or _lasts(admit(flow, now, records.get(decision.source)))
    if isinstance(decision, Create | Link | Update) and sources is not None:
        return _says_the_same(flow, decision, now)
    return True


def _is_merged_still(decision: Merge, records: Mapping[Ref, SyncRecord], source: Customer | None) -> bool:
    """Return whether the source still says that it was merged, and the survivor has the same counterpart.

    A merge cannot be undone. A source that does not show the customer any more, or does not show merges, is
    taken at its word.
    """
    into = ABSENT if source is None or source.deleted else source.merged_into
    if into is not ABSENT and canonical(into) != canonical(decision.customer.merged_into):
        return False
    if decision.survivor is None:
        return True
    record = records.get(decision.survivor)
    if record is None or record.status not in (Status.LINKED, Status.MERGED):
        return decision.heir is not None and (record is None or record.status is Status.FAILED)
    return decision.heir is None and record.other(decision.survivor) == decision.target


def _is_done(decision: Decision, stored: SyncRecord | None) -> bool:
    """Return whether the record says by now what the decision would make it say."""
    if stored is None or isinstance(decision, Update):
        return False
    if isinstance(decision, Merge):
        is_over = stored.merge is not None and stored.merge.done
        return stored.status is Status.MERGED and stored.target == decision.target and is_over
    return stored.status is (Status.EXCLUDED if isinstance(decision, Skip) else Status.LINKED)


def _is_linked(stored: SyncRecord | None, decision: Link | Update) -> bool:
    return (
        stored is not None
        and stored.status is Status.LINKED
        and stored.other(decision.source) == decision.target
    )


def _shows(flow: Flow, decision: Link | Update, target: Customer) -> bool:
    version = decision.record.version if decision.record else 0
    return bool(decision.changes or version == 0) and all(
        flow.field_for[change.field].same(change.after, value_of(target, change.field))
        for change in decision.changes
    )


def _is_as_before(flow: Flow, decision: Link | Update, target: Customer) -> bool:
    for change in decision.changes:
        row, now = flow.field_for[change.field], value_of(target, change.field)
        if not row.same(change.before, now) or not row.same(now, change.before):
            return False
    return True


def _says_the_same(flow: Flow, decision: Create | Link | Update, source: Customer | None) -> bool:
    if source is None or source.deleted:
        return False
    kept = isinstance(decision, Create) and flow.write_back
    if kept and canonical(value_of(source, kept)) != canonical(value_of(decision.customer, kept)):
        return False
    return _reads_the_same(flow, decision.customer, source)


def _reads_the_same(flow: Flow, before: Customer, now: Customer) -> bool:
    told = {name for row in flow.fields for name in row.sources}
    told -= {"parent"} if flow.parent else set()
    told -= set(flow.prescan.sets) if flow.prescan else set()
    return all(canonical(value_of(before, name)) == canonical(value_of(now, name)) for name in told)
