"""Gathering the evidence for a batch of customers, and deciding each.

One generator for a whole batch: it yields the look-ups that the batch needs and receives their answers. A
later match step is asked only for the customers that the earlier ones left open. A record that cannot be
read, or whose look-up fails, has its own decision; the others go on.
"""

from collections.abc import Generator, Iterable, Sequence
from itertools import filterfalse, islice
from operator import attrgetter
from typing import Any, Final, cast

from custsync._building import evolved
from custsync.engine.decide.core import decided
from custsync.engine.decisions import Decision
from custsync.engine.plan.claims import Claims, is_one_of_several, may_be_contested, of_several, settled
from custsync.engine.plan.context import Known, RunContext, SourceRecord, Step, Steps, WorkItem, is_intent
from custsync.engine.plan.inputs import ReadRecord
from custsync.engine.plan.linked import (
    known_texts,
    load_records,
    log_once,
    look_at_links,
    look_for_parents,
    look_for_survivors,
    unchanged,
)
from custsync.engine.plan.reading import (
    as_synced,
    customers_of,
    is_readable,
    read,
    read_quietly,
    refuse_repeated,
)
from custsync.engine.plan.search import look_for_lost, review_held_keys, search
from custsync.engine.requests import Now, Request
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref
from custsync.rules.fields.values import payload_digests


def decide_batch(
    flow: Flow,
    items: Sequence[SourceRecord | ReadRecord],
    context: RunContext,
    *,
    first: int = 1,
    again: bool = False,
) -> Generator[Request, Any, list[Decision]]:
    """Return one decision per item, in order, asking for evidence on the way.

    Args:
        flow: the policy.
        items: the source records of one batch.
        context: what the run is made under.
        first: the place of the first item in the whole input, for records that have no readable id.
        again: the records were decided before in this run.

    Raises:
        AdapterContractError: an adapter's answer breaks its contract.

    Cost: per batch, one request to the store for records and one per look-up and adapter batch size.
    """
    context.whole.reading.clear()
    is_read = ReadRecord in set(map(type, items))
    given = [item.record if isinstance(item, ReadRecord) else item for item in items] if is_read else items
    digests = payload_digests(given, flow.salt)
    if context.incremental and not any(digests):
        log_once(flow, context)
    known = yield from known_texts(flow, digests, context)
    if known:
        context.whole.is_known = True
        known = as_synced(flow, zip(digests, items, strict=True), known, context)
    at_once = known.items() if context.incremental else ()
    passed = {text: unchanged(flow, one, one.record.other(one.source)) for text, one in at_once}
    entries = [
        passed.get(digest) or _work_item(item, digest, place, known.get(digest))
        for place, (item, digest) in enumerate(zip(items, digests, strict=True), first)
    ]
    yield from read(flow, [entry for entry in entries if isinstance(entry, WorkItem)], context)
    if not again:
        refuse_repeated(entries, first, context)
    cases = [entry for entry in entries if isinstance(entry, WorkItem)]
    yield from _take(flow, cases, context, STEPS)
    yield from review_held_keys(flow, cases, context)
    yield from _settle(flow, cases, context)
    return [cast("Decision", one.decision) if isinstance(one, WorkItem) else one for one in entries]


def _work_item(item: SourceRecord | ReadRecord, digest: str, place: int, known: Known | None) -> WorkItem:
    record, before = (item.record, item.customer) if isinstance(item, ReadRecord) else (item, None)
    case = WorkItem(item=record, place=place, digest=digest, known=known, before=before)
    if known is not None:
        case.record, case.digest = known.record, known.payload
    return case


def _take(flow: Flow, cases: Sequence[WorkItem], context: RunContext, steps: Sequence[Step]) -> Steps:
    """Take the steps in turn, each with the cases that are still open and that it concerns."""
    recorded: Sequence[WorkItem] | None = None
    for step in steps:
        concerned = list(filterfalse(_decision_of, cases))
        if step in RECORDED:
            if recorded is None:
                recorded = [
                    case for case in concerned if case.record is not None or case.customer.merged_into
                ]
            concerned = list(filterfalse(_decision_of, recorded))
        if concerned:
            yield from step(flow, concerned, context)


_decision_of: Final = attrgetter("decision")


def _note_the_time(_flow: Flow, cases: Sequence[WorkItem], _context: RunContext) -> Steps:
    """Give every case the time, where one has a write in flight; what is read from then on is not older."""
    if any(case.record and (case.record.in_flight or is_intent(case)) for case in cases):
        now = yield Now()
        for case in cases:
            case.now = now


def _decide(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    """Decide every case that is left, by the evidence that it has."""
    can = context.target.capabilities
    for case in cases:
        case.capabilities = can
        customer = case.customer
        case.decision = decided(flow, customer, case)
        if customer.issues or case.issues:  # of reading the payload, and of the prescan
            case.decision = _with_issues(case.decision, (*customer.issues, *case.issues))
    yield from ()


def _with_issues(decision: Decision, issues: Sequence[Issue]) -> Decision:
    return evolved(decision, issues=tuple(dict.fromkeys((*decision.issues, *issues))))


_AT_ONCE: Final = 500
"""So many customers that share a key are looked up together."""


def _settle(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    """Change the decisions for those who claim what another customer of the input claims too.

    Args:
        flow: the policy.
        cases: the cases of a batch, decided as if each were alone.
        context: what the run is made under, its whole input among it.

    Rule: G-DUP, SP-IN-2, ST-MRG-1
    """
    whole = context.whole
    doubtful = [case for case in cases if whole.claims is not None or may_be_contested(flow, case)]
    if whole.claims is None and any(is_one_of_several(flow, case, whole) for case in doubtful):
        several = of_several(flow, customers_of(flow, whole, context), whole)
        whole.claims = Claims.of([(yield from _claims_of(flow, several, context))])
        doubtful = list(cases)
    for case in doubtful:
        case.decision = settled(flow, case, whole)


def _claims_of(
    flow: Flow, customers: Iterable[Customer], context: RunContext
) -> Generator[Request, Any, Claims]:
    """Return what these customers claim, each by itself."""
    claims, coming = Claims(), iter(customers)
    while part := list(islice(coming, _AT_ONCE)):
        cases = [WorkItem(item=customer, place=0, customer=customer) for customer in part]
        yield from _take(flow, cases, context, ALONE)
        for case in cases:
            claims.add(flow, case)
    return claims


def claims_in(
    flow: Flow, records: Iterable[SourceRecord], first: int, context: RunContext
) -> Generator[Request, Any, Claims]:
    """Return the claims of a part of the input, and which customers have their first records in it.

    Args:
        flow: the policy.
        records: the records of the part.
        first: the place of the first of them in the whole input.
        context: what the run is made under; its whole input knows the summary of all parts.
    """
    whole, several = context.whole, list[Customer]()
    firsts: dict[Ref, int] = {}
    for place, record in enumerate(records, first):
        customer = read_quietly(flow, record, context) if place in whole.seen.several else None
        if customer is not None:
            several += of_several(flow, [customer], whole)
            if is_readable(flow, customer, context):
                firsts.setdefault(customer.ref, place)
    claims = yield from _claims_of(flow, several, context)
    claims.firsts = firsts
    return claims


STEPS: Final[tuple[Step, ...]] = (
    load_records,
    look_for_parents,
    _note_the_time,
    look_at_links,
    look_for_survivors,
    search,
    look_for_lost,
    _decide,
)
"""The steps for records that were read, or whose text is known, in order."""

RECORDED: Final = frozenset({_note_the_time, look_at_links, look_for_survivors, look_for_lost})
"""Those that concern only customers that have a sync record, or that were merged."""

ALONE: Final = (read, load_records, _note_the_time, look_for_survivors, search, look_for_lost, _decide)
"""The steps that show what customers claim, each by itself."""
