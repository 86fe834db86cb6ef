"""What is on record of a batch: texts that are known, sync records, linked customers as they are now.

So are the parents, by their sync records, and the survivors: whom merged customers were merged into, and what
they have there. A parent that is not linked yet is waited for: the customer is synced without it, and the
parent is filled in by a later round. Batches without a merge ask nothing about survivors.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any, Final, cast

from attrs import evolve

from custsync._building import builder, evolved, finish
from custsync.engine.calls import find
from custsync.engine.decide.admission import admit
from custsync.engine.decide.merges import Survivor, is_merged
from custsync.engine.decisions import Decision, Invalid, Unchanged
from custsync.engine.plan.context import (
    PARENT_WAITING,
    Known,
    RunContext,
    Steps,
    WorkItem,
    end_in,
    hits_of,
    is_intent,
    stored_by_end,
    the_hit,
    with_transactions,
)
from custsync.engine.plan.inputs import WholeInput
from custsync.engine.plan.reading import read
from custsync.engine.requests import FindByDigest, Request
from custsync.flow import Flow
from custsync.models import ABSENT, Customer, Ref
from custsync.protocols import Found
from custsync.rules.fields.mapping import reader_of
from custsync.rules.matching.steps import step
from custsync.syncrecords import TEXT_DIGEST, Status, SyncRecord

# Texts that are known


def known_texts(
    flow: Flow, digests: Sequence[str], context: RunContext
) -> Generator[Request, Any, Mapping[str, Known]]:
    """Return what is known of texts that were synced before, by their digests."""
    asked = tuple(filter(None, digests))
    found: Mapping[str, SyncRecord] = (yield FindByDigest(flow.link, asked)) if asked else {}
    known, end = {}, context.source
    for text, record in found.items():
        source = end_in(record, flow.source.name)
        if source is not None and source.account == end.account and end.mode in ("", source.mode):
            payload = record.last_seen(source.namespace).payload
            if payload[:TEXT_DIGEST] == text:
                known[text] = Known(record, source, payload)
    return known


def log_once(flow: Flow, context: RunContext) -> None:
    """Log, once in a run, that nothing can be passed over: customers that were read already have no text."""
    if not context.whole.is_reported:
        import logging  # costly to import, and only this needs it

        context.whole.is_reported = True
        logging.getLogger("custsync").warning("%s: %s", flow.name, NOT_INCREMENTAL)


NOT_INCREMENTAL: Final = (
    "incremental passes nothing over, because the customers were read already; give payloads or their texts"
)


def unchanged(flow: Flow, known: Known, target: Ref | None) -> Decision:
    """Return the decision on a record whose text is known, and which has nothing to write.

    Rule: G-IDEM
    """
    draft = _UNCHANGED(source=known.source, target=target, trace=_KNOWN_TEXT, issues=known.issues)
    return with_transactions(flow, known.part, finish(draft, Unchanged))


_UNCHANGED: Final = builder(Unchanged)


# Sync records and linked customers


def load_records(flow: Flow, cases: Sequence[WorkItem], _context: RunContext) -> Steps:
    """Give each customer that was read its sync record, and decide who takes no part."""
    read_ones = [case for case in cases if case.known is None]
    ends = yield from stored_by_end(flow, [case.customer.ref for case in read_ones])
    for case in read_ones:
        customer = case.customer
        record = case.record = ends.get(customer.ref) if ends else None
        is_new = record is None and not customer.merged_into
        if is_new or not (is_intent(case) or _follows(customer, record)):
            case.decision = admit(flow, customer, record)
            case.admitted = True


def _follows(customer: Customer, record: SyncRecord | None) -> bool:
    """Return whether the customer was merged, which is carried over whoever takes part by now."""
    ended = record is not None and record.status is Status.EXCLUDED
    return not ended and is_merged(customer, record, None)


def look_at_links(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    """Look up the counterpart of each customer that is linked, as it is now.

    A record whose text is known has nothing to write, as long as its counterpart is there.
    """
    linked = [(case, other) for case in cases if (other := _linked_target(case)) is not None]
    if not linked:
        return
    found = yield from find(context.target, "id", [other.id for _, other in linked])
    there = [(case, other, found[other.id]) for case, other in linked]
    _close_there(flow, there, context)
    changed = [case for case, _, _ in there if case.decision is None and not case.is_read]
    yield from read(flow, changed, context)
    yield from look_for_parents(flow, [case for case in changed if case.decision is None], context)
    for case, other, answer in there:
        if case.decision is None:
            hits = hits_of(flow, case, answer, context)
            case.current = next((hit for hit in hits if hit.ref.is_one_with(other)), None)


def _close_there(flow: Flow, there: Iterable[tuple[WorkItem, Ref, Found]], context: RunContext) -> None:
    """Decide the records whose text is known; one whose counterpart is gone or lost our id is read after all.

    Of the counterpart no more is read than that: nothing is compared and nothing written.
    """
    glance, end = flow.target.glance(flow.source_id_field), context.target
    kept_id = reader_of(flow.source_id_field) if flow.source_id_field and flow.updates else None
    for case, other, answer in there:
        if case.known is not None:
            hit = the_hit(glance, end, other, answer)
            if hit is not None and not hit.deleted and (kept_id is None or kept_id(hit)):
                case.decision = unchanged(flow, case.known, other)
            else:
                case.known = None


def _linked_target(case: WorkItem) -> Ref | None:
    record = case.record
    if record is not None and record.merge is not None and not record.merge.done:
        return record.merge.duplicate
    if record is None or record.status not in (Status.LINKED, Status.SHARED):
        return None
    return record.other(case.source)


_KNOWN_TEXT: Final = (step("G-IDEM", "Is the record, to the letter, what it was when last synced?", "yes"),)


def look_for_parents(flow: Flow, cases: Sequence[WorkItem], _context: RunContext) -> Steps:
    """Give each case's customer the id that its parent has in the target, `ABSENT` where that is not known.

    Rule: UF-HIER-1, G-LOSS
    """
    hanging = [case for case in cases if flow.parent and case.known is None and case.customer.parent]
    records = yield from stored_by_end(flow, dict.fromkeys(_parent(case.customer) for case in hanging))
    for case in hanging:
        there = _counterpart(_parent(case.customer), records)
        known = there.id if there else _foreseen(flow, case.customer)
        case.customer = evolved(case.customer, parent=known or ABSENT)
        if known is None:
            case.issues += (PARENT_WAITING,)
            case.digest = ""  # its text must not count as synced while the parent is not


def _foreseen(flow: Flow, customer: Customer) -> str | None:
    return None if flow.foreseen_parent is None else flow.foreseen_parent(customer)


def _parent(customer: Customer) -> Ref:
    """Return the parent: a reference in full, or an id, which is a customer's whatever the child's kind."""
    ref, parent = customer.ref, cast("Any", customer.parent)
    return parent if isinstance(parent, Ref) else Ref(ref.system, str(parent), ref.account, ref.mode)


def _counterpart(parent: Ref, records: dict[Ref, SyncRecord]) -> Ref | None:
    record = records.get(parent)
    return record.other(parent) if record is not None and record.is_joined else None


# Survivors


def look_for_survivors(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    """Give each merged case its survivor: the source customer at the end of the chain, and its counterpart.

    A chain is followed through the customers of the whole input and through sync records. One that comes back
    to its beginning refuses each of its members.

    Rule: ST-MRG-1, ST-MRG-2
    """
    yield from _look_for_merged_there(flow, cases, context)
    merged = [
        case for case in cases if case.survivor.target or is_merged(case.customer, case.record, case.current)
    ]
    if not merged:
        return
    ends = _ends_of(merged, context.whole)
    records = yield from stored_by_end(flow, dict.fromkeys(filter(None, ends.values())))
    for case in merged:
        case.survivor = _survivor(case, ends[case.customer.ref], records)
    yield from _look_at_targets(flow, [case for case in merged if case.decision is None], context)


def _look_for_merged_there(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    """Give each case whose counterpart is gone the customer that it was merged into there, as far as known.

    Rule: ST-MRG-2
    """
    asking: list[tuple[WorkItem, Ref]] = []
    for case, gone in [(case, gone) for case in cases if (gone := _gone(case)) is not None]:
        end = context.redirects.resolve(gone.id)
        if end != gone.id:
            case.survivor = Survivor(target=evolve(gone, id=end))
        else:
            asking.append((case, gone))
    if not asking or "merged_into" not in context.target.capabilities.lookups:
        return
    found = yield from find(context.target, "merged_into", [gone.id for _, gone in asking])
    for case, gone in asking:
        hits = hits_of(flow, case, found[gone.id], context)
        hits = [hit for hit in hits if not hit.deleted and hit.ref.kind == gone.kind]
        if len(hits) == 1:
            case.survivor = Survivor(target=hits[0].ref)


def _gone(case: WorkItem) -> Ref | None:
    """Return the counterpart of a linked customer that is not there any more, without a redirect."""
    record = case.record
    if record is None or record.status not in (Status.LINKED, Status.SHARED) or case.customer.merged_into:
        return None
    is_there = case.current is not None and not case.current.deleted
    has_survivor = case.current is not None and case.current.merged_into
    return None if is_there or has_survivor else record.other(case.customer.ref)


def _ends_of(merged: Sequence[WorkItem], whole: WholeInput) -> Mapping[Ref, Ref | None]:
    """Return the survivor at the end of each case's chain, None for no merge; circles refuse their cases."""
    redirects, issues = whole.redirects
    ends: dict[Ref, Ref | None] = {}
    for case in merged:
        ref = case.customer.ref
        end = redirects.resolve(ref)
        astray = issues.get(ref) or issues.get(end)
        if astray is not None:
            case.decision = Invalid(source=ref, issues=(astray,))
        ends[ref] = end if case.customer.merged_into else None
    return ends


def _survivor(case: WorkItem, end: Ref | None, records: Mapping[Ref, SyncRecord]) -> Survivor:
    if end is not None:
        record = records.get(end)
        target = record.other(end) if record is not None and record.is_joined else None
        return Survivor(source=end, record=record, target=target)
    if case.survivor.target is not None:
        return case.survivor
    there = case.current
    if there is not None and there.merged_into:
        return Survivor(target=evolve(there.ref, id=there.merged_into))
    return Survivor(target=case.record.other(case.customer.ref) if case.record else None)


def _look_at_targets(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    asking = [(case, case.survivor.target) for case in cases if case.survivor.target is not None]
    found = yield from find(context.target, "id", [target.id for _, target in asking])
    owners = yield from stored_by_end(flow, dict.fromkeys(target for _, target in asking))
    for case, target in asking:
        hits = hits_of(flow, case, found[target.id], context)
        is_there = any(hit.ref.is_one_with(target) and not hit.deleted for hit in hits)
        is_closed = _is_closed(case, owners.get(target))
        case.survivor = case.survivor._replace(is_there=is_there, target=None if is_closed else target)


def _is_closed(case: WorkItem, owner: SyncRecord | None) -> bool:
    """Return whether a merge is not to be begun: its survivor's counterpart is an excluded customer's."""
    is_done = case.record is not None and case.record.merge is not None and case.record.merge.done
    return not is_done and owner is not None and owner.status is Status.EXCLUDED
