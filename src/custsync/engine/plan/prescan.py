"""The prescan: what must be known of all customers before one is decided.

The whole input is gone through for it: keys that several customers share, and what a flow's own prescan reads
(groups, rolled-up balances). Records that cannot be read are passed over here; the run itself refuses them.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from attrs import evolve

from custsync._arguments import checked
from custsync.engine.plan.context import RunContext, SourceRecord, Steps
from custsync.engine.plan.inputs import (
    KeptRecords,
    KeyCounts,
    ReadRecord,
    Records,
    Retention,
    Summary,
    WholeInput,
    batches,
    key_of,
    records_of,
)
from custsync.engine.plan.linked import known_texts
from custsync.engine.plan.reading import (
    counts_parts,
    customers_of,
    part_reader,
    read_quietly,
    read_records,
    sources_of,
)
from custsync.engine.requests import Request
from custsync.errors import CustsyncError, FlowError
from custsync.flow import Flow
from custsync.models import Customer, Ref
from custsync.rules.eligibility import RuleRaisedError, raised_in
from custsync.rules.fields.values import payload_digests
from custsync.rules.matching.steps import keys_for


def needs_all(flow: Flow) -> bool:
    """Return whether a decision of the flow may depend on other customers than its own."""
    return flow.prescan is not None or bool(flow.counted)


def with_prescan(
    flow: Flow,
    customers: Iterable[SourceRecord] | Callable[[], Iterable[SourceRecord]],
    context: RunContext,
    *,
    memory: Retention = "kept",
) -> Generator[Request, Any, RunContext]:
    """Return the context of a run over this input, with what the flow's prescan has of each customer.

    Of records that are kept, each is read once; of one whose text is known, only what the prescan needs.

    Cost: one pass where the flow has a prescan. Another one where keys have to be counted, when the first
    customer needs them.

    Raises:
        FlowError: the prescan itself raised, or its result is no function.
        InputError: the records come only once, and `memory` is `"flat"`.

    Rule: LS-KEY-1, UF-HIER-1, UF-BAL, G-DUP
    """
    records = records_of(customers, memory=memory, again=needs_all(flow))
    whole = whole_input(flow, records, context)
    if flow.prescan is None:
        return evolve(context, whole=whole)
    if isinstance(records, KeptRecords):  # keys are counted once they are needed
        yield from _read_ahead(flow, records, context)
        read = (one.customer or one.part for one in records())
        return evolve(context, whole=whole, prescanned=_asked(flow, filter(None, read)))
    summary = Summary()
    prescanned = _asked(flow, _looked_at(flow, customers_of(flow, whole, context), summary))
    return evolve(context, whole=evolve(whole, look=lambda _: summary), prescanned=prescanned)


def _read_ahead(flow: Flow, records: KeptRecords[Any], context: RunContext) -> Steps:
    """Keep what is read of each record: all of it, or what the prescan needs where the text is known.

    That a text is known proves that it can be read as a whole.
    """
    is_stated, read_part = sources_of(flow) is not None, part_reader(flow, context)
    for first, some in batches(records(), _AT_ONCE):
        digests = payload_digests(some, flow.salt) if is_stated else [""] * len(some)
        known = yield from known_texts(flow, digests, context)
        for place, (item, text) in enumerate(zip(some, digests, strict=True), first - 1):
            part = read_part(item) if text in known else None
            customer = read_quietly(flow, item, context) if part is None else None
            records.replace(place, ReadRecord(item, customer, part))


_AT_ONCE: Final = 500
"""So many records are looked for together."""


def whole_input(flow: Flow, records: Records[SourceRecord], context: RunContext) -> WholeInput:
    """Return the input of a run, which is read through when its summary is needed."""

    def look(whole: WholeInput) -> Summary:
        summary = Summary()
        for one in read_records(flow, whole, context, parts=counts_parts(flow)):
            customer = one.part or one.customer
            if customer is not None:
                _look_at(flow, customer, summary, is_known=one.part is not None)
        return summary

    def glimpse(whole: WholeInput) -> KeyCounts:
        counts, read_part = KeyCounts(), part_reader(flow, context)
        records = (item.record if isinstance(item, ReadRecord) else item for item in whole.records())
        parts = filter(None, map(read_part, records))
        counts.add(hashed for part in parts for hashed in hashed_keys(flow, part))
        return counts

    is_enough = flow.prescan is None and counts_parts(flow)
    return WholeInput(records, look, glimpse if is_enough else lambda _: None)


# A part of an input


def summary_of(flow: Flow, records: Iterable[SourceRecord], first: int, context: RunContext) -> Summary:
    """Return the summary of a part of an input, whose first record has the place `first`.

    Raises:
        FlowError: the flow's prescan raised.
    """
    summary = Summary()
    coming = _noted(flow, records, first, context, summary)
    if flow.prescan is not None:
        summary.gathered = _of_prescan(flow, getattr(flow.prescan, "gather", tuple), coming)
    deque(coming, maxlen=0)  # what the prescan had no need of is counted all the same
    return summary


def _noted(
    flow: Flow, records: Iterable[SourceRecord], first: int, context: RunContext, summary: Summary
) -> Iterator[Customer]:
    """Yield the customers, and note at which place each has its reference and its keys."""
    for place, record in enumerate(records, first):
        customer = read_quietly(flow, record, context)
        if customer is not None:
            hashes = (_ref_hash(customer.ref), *_look_at(flow, customer, summary))
            summary.hashes.extend(hashes)
            summary.places.extend([place] * len(hashes))
            yield customer


@checked
def add_up(flow: Flow, summaries: Iterable[Summary]) -> Summary:
    """Return the summary of all parts, in their order, with what the flow's prescan made of each customer.

    Raises:
        FlowError: the flow's prescan raised, or its result is no function.
    """
    parts = list(summaries)
    merged: dict[Ref, Ref] = {}
    for part in reversed(parts):
        merged |= part.merged
    return Summary(
        keys=KeyCounts.of(part.keys for part in parts),
        merged=merged,
        prescanned=_combined(flow, [part.gathered for part in parts]) if flow.prescan is not None else None,
        several=_several(parts, merged),
    )


def _several(parts: Sequence[Summary], merged: Mapping[Ref, Ref]) -> frozenset[int]:
    """Return the places of the records that share a reference or key with others, or are part of a merge."""
    counts = KeyCounts()
    for part in parts:
        counts.add(part.hashes)
    merging = {_ref_hash(ref) for pair in merged.items() for ref in pair}
    return frozenset(
        place
        for part in parts
        for hashed, place in zip(part.hashes, part.places, strict=True)
        if counts.is_shared(hashed) or hashed in merging
    )


def _ref_hash(ref: Ref) -> int:
    """Return the 8-byte hash of a reference, the same in every process."""
    return key_of(_NO_STEP, f"{ref.namespace}/{ref.id}")


_NO_STEP: Final = -1


def _asked(flow: Flow, customers: Iterator[Customer]) -> Any:
    """Return what the flow's prescan made of each customer, once it was given them all."""
    prescanned = _checked(flow, _of_prescan(flow, flow.prescan, customers))
    deque(customers, maxlen=0)
    return prescanned


def _combined(flow: Flow, gathered: Sequence[Any]) -> Any:
    """Return what the flow's prescan made of each customer, of what it keeps of each part of the input."""
    tell: Any = getattr(flow.prescan, "combine", None)
    if tell is None:
        return _asked(flow, chain.from_iterable(gathered))
    return _checked(flow, _of_prescan(flow, tell, gathered))


def _of_prescan(flow: Flow, call: Any, given: Any) -> Any:
    try:
        return call(given)
    except CustsyncError:
        raise
    except Exception as error:
        raise FlowError(
            f"flow {flow.name!r}: its prescan raised {type(error).__name__}{raised_in(error)}"
        ) from error


def _checked(flow: Flow, prescanned: Any) -> Any:
    if callable(prescanned):
        return prescanned
    raise FlowError(f"flow {flow.name!r}: its prescan must return a function from one customer to `Mapped`")


# Keys that several customers share


def takes_part(flow: Flow, customer: Customer, *, is_known: bool = False) -> bool:
    """Return whether the customer is one to sync, as far as its own fields decide.

    One that is known by its text has passed the checks before.
    """
    is_gone = customer.deleted or customer.merged_into
    return not (is_gone or (not is_known and flow.failed_checks(customer)))


def hashed_keys(flow: Flow, customer: Customer) -> list[int]:
    """Return the hashes of the customer's match keys; a key that raises is its own decision's matter."""
    try:
        return [key_of(place, key) for place, entry in flow.counted for key in keys_for(entry, customer)]
    except RuleRaisedError:  # one record fails alone, when it is decided
        return []


def _looked_at(flow: Flow, customers: Iterator[Customer], summary: Summary) -> Iterator[Customer]:
    """Yield the customers, each looked at."""
    for customer in customers:
        _look_at(flow, customer, summary)
        yield customer


def _look_at(flow: Flow, customer: Customer, summary: Summary, *, is_known: bool = False) -> Sequence[int]:
    """Return the hashes of the keys of a customer that takes part, counted; note into whom it was merged."""
    if customer.merged_into:
        survivor = evolve(customer.ref, id=str(customer.merged_into))
        summary.merged.setdefault(customer.ref, survivor)
    hashes = hashed_keys(flow, customer)
    if not hashes or not takes_part(flow, customer, is_known=is_known):
        return ()
    summary.keys.add(hashes)
    return hashes
