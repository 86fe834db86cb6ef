"""Surveying: what must be known of all customers before one is decided.

The whole input is gone through for it: keys that several customers share, and what a flow's own survey asks
(groups, rolled-up balances). Records that cannot be read are passed over here; the run itself refuses them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from attrs import evolve

from custsync.engine.plan.inputs import Records, Retention, Summary, WholeInput, records_of
from custsync.engine.plan.key_counts import key_of
from custsync.engine.plan.reading import read_all
from custsync.engine.plan.search import RunContext, SourceRecord
from custsync.errors import CustsyncError, FlowError
from custsync.flow import Flow
from custsync.models import Customer, Ref
from custsync.rules.eligibility import failed_checks, raised_in
from custsync.rules.matching.steps import counted_steps, keys_for

__all__ = [
    "hashed_keys",
    "needs_all",
    "ref_hash",
    "summary_of",
    "surveyed",
    "takes_part",
    "told",
    "whole_input",
]


def needs_all(flow: Flow) -> bool:
    """Return whether a decision of the flow may depend on other customers than its own."""
    return flow.prescan is not None or bool(counted_steps(flow.match))


def surveyed(
    flow: Flow,
    customers: Iterable[SourceRecord] | Callable[[], Iterable[SourceRecord]],
    terms: RunContext,
    *,
    memory: Retention = "kept",
) -> RunContext:
    """Return the terms of a run over this input, with what the flow's survey says of each customer.

    Cost: one pass where the flow has a survey. Another one where keys have to be counted, when the first
    customer asks for them.

    Raises:
        FlowError: the survey itself raised, or gave nothing to ask of each customer.
        InputError: the records come only once, and `memory` is `"flat"`.

    Rule: LS-KEY-1, UF-HIER-1, UF-BAL, G-DUP
    """
    records = records_of(customers, memory=memory, again=needs_all(flow))
    if flow.prescan is None:
        return evolve(terms, whole=whole_input(flow, records, terms))
    summary = Summary()
    said = _asked(flow, _looked_at(flow, read_all(flow, records(), terms), summary))
    return evolve(terms, whole=WholeInput(records, lambda: summary), prescanned=said)


def whole_input(flow: Flow, records: Records[SourceRecord], terms: RunContext) -> WholeInput:
    """Return the input of a run, which is gone through when somebody asks what is in it."""

    def look() -> Summary:
        summary = Summary()
        deque(_looked_at(flow, read_all(flow, records(), terms), summary), maxlen=0)
        return summary

    return WholeInput(records, look)


def summary_of(flow: Flow, customers: Iterable[Customer]) -> Summary:
    """Return the summary of a part of an input.

    Raises:
        FlowError: the flow's prescan raised.
    """
    summary = Summary()
    coming = _with_refs(_looked_at(flow, iter(customers), summary), summary)
    if flow.prescan is not None:
        gather: Any = getattr(flow.prescan, "gather", tuple)
        summary.gathered = (_of_prescan(flow, gather, coming),)
    deque(coming, maxlen=0)  # what the prescan had no need of is counted all the same
    return summary


def _with_refs(customers: Iterator[Customer], summary: Summary) -> Iterator[Customer]:
    for customer in customers:
        summary.refs.add(ref_hash(customer.ref))
        yield customer


def ref_hash(ref: Ref) -> int:
    """Return the 8-byte hash of a reference, the same in every process."""
    return key_of(_NO_STEP, f"{ref.namespace}/{ref.id}")


_NO_STEP: Final = -1


def _asked(flow: Flow, customers: Iterator[Customer]) -> Any:
    """Return what the flow's prescan says of each customer, once it was given them all."""
    said = _checked(flow, _of_prescan(flow, flow.prescan, customers))
    deque(customers, maxlen=0)
    return said


def told(flow: Flow, gathered: Sequence[Any]) -> Any:
    """Return what the flow's prescan says of each customer, of what it keeps of each part of the input."""
    tell: Any = getattr(flow.prescan, "told", None)
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
            f"flow {flow.name!r}: its survey raised {type(error).__name__}{raised_in(error)}"
        ) from error


def _checked(flow: Flow, said: Any) -> Any:
    if callable(said):
        return said
    raise FlowError(f"flow {flow.name!r}: its survey must return a function from one customer to `Mapped`")


# Keys that several customers share


def takes_part(flow: Flow, customer: Customer) -> bool:
    """Return whether the customer is one to sync, as far as it says so itself."""
    if customer.deleted or customer.merged_into:
        return False
    return not failed_checks(flow.checks, customer)


def hashed_keys(flow: Flow, customer: Customer) -> list[int]:
    """Return the hashes of the customer's match keys; a key that raises is its own decision's matter."""
    try:
        return [
            key_of(place, key)
            for place, entry in counted_steps(flow.match)
            for key in keys_for(entry, customer)
        ]
    except CustsyncError:
        raise
    except Exception:  # noqa: BLE001 - a key of the caller's raised: one record fails alone, when it is decided
        return []


def _looked_at(flow: Flow, customers: Iterator[Customer], summary: Summary) -> Iterator[Customer]:
    """Yield the customers; count the keys of those that take part, and note who was merged into whom."""
    for customer in customers:
        if customer.merged_into:
            survivor = evolve(customer.ref, id=str(customer.merged_into))
            summary.merged.setdefault(customer.ref, survivor)
        hashes = hashed_keys(flow, customer)
        if hashes and takes_part(flow, customer):
            for hashed in hashes:
                summary.keys.add(hashed)
        yield customer
