"""Surveying: what must be known of all customers before one is decided.

The whole input is gone through for it: keys that several customers share, and what a flow's own survey asks
(groups, rolled-up balances). Records that cannot be read are passed over here; the run itself refuses them.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import evolve

from custsync.engine.plan.inputs import Overview, Records, Retention, WholeInput, records_of
from custsync.engine.plan.key_counts import key_of
from custsync.engine.plan.reading import read_all
from custsync.engine.plan.search import RunContext, SourceRecord
from custsync.errors import CustsyncError, FlowError
from custsync.flow import Flow
from custsync.models import Customer
from custsync.rules.eligibility import failed_checks, raised_in
from custsync.rules.matching.steps import counted_steps, keys_for

__all__ = ["hashed_keys", "needs_all", "surveyed", "takes_part", "whole_input"]


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
    overview = Overview()
    said = _asked(flow, _looked_at(flow, read_all(flow, records(), terms), overview))
    return evolve(terms, whole=WholeInput(records, lambda: overview), prescanned=said)


def whole_input(flow: Flow, records: Records[SourceRecord], terms: RunContext) -> WholeInput:
    """Return the input of a run, which is gone through when somebody asks what is in it."""

    def look() -> Overview:
        overview = Overview()
        for _ in _looked_at(flow, read_all(flow, records(), terms), overview):
            pass
        return overview

    return WholeInput(records, look)


def _asked(flow: Flow, customers: Iterator[Customer]) -> Any:
    """Return what the flow's survey says of each customer."""
    assert flow.prescan is not None  # noqa: S101 - asked before
    try:
        said = flow.prescan(customers)
    except CustsyncError:
        raise
    except Exception as error:
        raise FlowError(
            f"flow {flow.name!r}: its survey raised {type(error).__name__}{raised_in(error)}"
        ) from error
    if not callable(said):
        raise FlowError(
            f"flow {flow.name!r}: its survey must return a function from one customer to `Mapped`"
        )
    for _ in customers:  # what the survey had no need of is counted all the same
        pass
    return said


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


def _looked_at(flow: Flow, customers: Iterator[Customer], overview: Overview) -> Iterator[Customer]:
    """Yield the customers; count the keys of those that take part, and note who was merged into whom."""
    for customer in customers:
        if customer.merged_into:
            survivor = evolve(customer.ref, id=str(customer.merged_into))
            overview.merged.setdefault(customer.ref, survivor)
        hashes = hashed_keys(flow, customer)
        if hashes and takes_part(flow, customer):
            for hashed in hashes:
                overview.keys.add(hashed)
        yield customer
