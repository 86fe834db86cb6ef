"""What is on record of a batch: texts that are known, sync records, and linked customers as they are now."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from custsync.engine.calls import find
from custsync.engine.decide.admission import admit
from custsync.engine.decide.merges import is_merged
from custsync.engine.decisions import Decision, Unchanged
from custsync.engine.plan.reading import read
from custsync.engine.plan.search import (
    RunContext,
    WorkItem,
    by_end,
    end_in,
    hits_of,
    is_intent,
    the_hit,
    with_transactions,
)
from custsync.engine.requests import End, FindByDigest, LoadRecords, Request, Side
from custsync.flow import Flow
from custsync.models import Customer, Ref
from custsync.protocols import Found
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.steps import step
from custsync.syncrecords import Status, SyncRecord

__all__ = ["close_known", "find_known", "find_known_surveyed", "load_records", "look_at_links"]

Steps = Generator[Request, Any, None]


# Texts that are known


def find_known(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Steps:
    """Find the records whose text is what it was when last synced, where nothing else has to be read of them.

    Rule: G-IDEM
    """
    if terms.prescanned is None and flow.transactions is None:
        yield from _find_known(flow, cases, terms)


def find_known_surveyed(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Steps:
    """Find the records whose text, and what the prescan says of them, are what they were when last synced.

    Rule: G-IDEM
    """
    if terms.prescanned is not None or flow.transactions is not None:
        yield from _find_known(flow, cases, terms)


def _find_known(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Steps:
    asked = tuple([case.digest for case in cases if case.digest])
    if terms.incremental and not asked:
        _say_once(flow, terms)
    known: Mapping[str, SyncRecord] = (yield FindByDigest(flow.link, asked)) if asked else {}
    for case in cases:
        record = known.get(case.digest)
        source = end_in(record, flow.source.name) if record is not None else None
        if record is None or source is None or not _is_of(source, terms.ends.source):
            continue
        if record.last_seen(source.namespace).payload == case.digest:
            case.record, case.known_as = record, source


def _say_once(flow: Flow, terms: RunContext) -> None:
    """Log, once in a run, that nothing can be passed over: customers that were read already have no text."""
    assert terms.whole is not None  # noqa: S101 - a batch is part of some input
    if not terms.whole.has_said:
        import logging  # dear to import, and only this needs it

        terms.whole.has_said = True
        logging.getLogger("custsync").warning("%s: %s", flow.name, NOT_INCREMENTAL)


NOT_INCREMENTAL: Final = (
    "incremental passes nothing over, because the customers were read already; give payloads or their texts"
)


def close_known(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Steps:
    """Decide the records whose text is known, where that ends the matter.

    Rule: G-IDEM
    """
    for case in cases if terms.incremental else ():
        if case.known_as is not None:
            case.decision = _unchanged(flow, case)
    yield from ()


def _is_of(ref: Ref, end: End) -> bool:
    """Return whether the customer is of that end's account and mode; an end without a mode has them all."""
    return ref.account == end.account and end.mode in ("", ref.mode)


def _unchanged(flow: Flow, case: WorkItem) -> Decision:
    assert case.record is not None and case.known_as is not None  # noqa: S101, PT018 - its text is known
    target = case.record.other(case.known_as)
    decision = Unchanged(source=case.known_as, target=target, trace=_KNOWN_TEXT, issues=case.issues)
    return with_transactions(flow, case, decision)


# Sync records and linked customers


def load_records(flow: Flow, cases: Sequence[WorkItem], _terms: RunContext) -> Steps:
    """Give each customer that was read its sync record, and decide who takes no part."""
    read_ones = [case for case in cases if case.known_as is None]
    if not read_ones:
        return
    ends = by_end((yield LoadRecords(flow.link, tuple([case.read.ref for case in read_ones]))))
    for case in read_ones:
        case.record = ends.get(case.read.ref) if ends else None
        if not is_intent(case) and not _follows(case):
            case.decision = admit(flow, case.read, case.record)
            case.admitted = True


def _follows(case: WorkItem) -> bool:
    """Return whether the customer was merged, which is carried over whoever takes part by now."""
    if case.record is None:
        return bool(case.read.merged_into)
    ended = case.record.status is Status.EXCLUDED
    return not ended and is_merged(case.read, case.record, None)


def look_at_links(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Steps:
    """Look up the counterpart of each customer that is linked, as it is now.

    A record whose text is known has nothing more to say, as long as its counterpart is there.
    """
    linked: dict[str, list[WorkItem]] = {}
    for case in cases:
        other = _linked_target(case)
        if other is not None:
            linked.setdefault(other.id, []).append(case)
    if not linked:
        return
    can = terms.ends.target.capabilities
    found = yield from find(Side.TARGET, "id", linked, can, terms.retry)
    for identity, answer in found.items():
        for case in linked[identity]:
            if case.known_as is not None:
                yield from _close_or_read(flow, case, answer, terms)
            if case.decision is None:
                hits = hits_of(flow, case, answer, terms)
                case.current = _named(hits, _linked_target(case))


def _linked_target(case: WorkItem) -> Ref | None:
    record = case.record
    if record is not None and record.merge is not None and not record.merge.done:
        return record.merge.duplicate
    if record is None or record.status not in (Status.LINKED, Status.SHARED):
        return None
    return record.other(case.source)


def _named(hits: Sequence[Customer], ref: Ref | None) -> Customer | None:
    """Return the hit that is meant, None where none is: a look-up may answer with others."""
    return next((hit for hit in hits if ref is not None and hit.ref.is_one_with(ref)), None)


def _close_or_read(flow: Flow, case: WorkItem, answer: Found, terms: RunContext) -> Steps:
    """Decide a record whose text is known; one whose counterpart is gone or lost our id is read after all."""
    linked, end = _linked_target(case), terms.ends.target
    there = the_hit(flow.target, end, linked, answer) if linked is not None else None
    if there is not None and not there.deleted and not _has_lost_id(flow, there):
        case.decision = _unchanged(flow, case)
    else:
        case.known_as = None
        if case.customer is None:
            yield from read(flow, [case], evolve(terms, prescanned=None))


def _has_lost_id(flow: Flow, there: Customer) -> bool:
    """Return whether the counterpart keeps the source's id no more, which has to be written again."""
    return bool(flow.source_id_field) and flow.updates and not value_of(there, flow.source_id_field)


_KNOWN_TEXT: Final = (step("G-IDEM", "Is the record, to the letter, what it was when last synced?", "yes"),)
