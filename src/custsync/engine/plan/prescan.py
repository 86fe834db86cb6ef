"""Surveying: what must be known of all customers before one is decided, where a flow asks for it.

The whole input is gone through once before the run begins: keys that two share, groups, rolled-up balances.
Records that cannot be read are passed over here; the run itself refuses them.
"""

from collections.abc import Iterable, Iterator

from attrs import evolve

from custsync.engine.plan.batch import read_quietly
from custsync.engine.plan.search import RunContext, SourceRecord
from custsync.errors import CustsyncError, FlowError
from custsync.flow import Flow
from custsync.models import Customer

__all__ = ["surveyed"]


def surveyed(
    flow: Flow, items: Iterable[SourceRecord], terms: RunContext
) -> tuple[Iterable[SourceRecord], RunContext]:
    """Return the records to run through, and the terms with what the flow's survey says of each.

    Memory: what can be gone through only once is kept as a list; a list is not copied.

    Raises:
        FlowError: the survey itself raised, or gave nothing to ask of each customer.

    Rule: LS-KEY-1, UF-HIER-1, UF-BAL
    """
    if flow.prescan is None:
        return items, terms
    kept = list(items) if iter(items) is items else items
    try:
        said = flow.prescan(_readable(flow, kept, terms))
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a survey of the caller's raised: its words may hold values
        raise FlowError(f"flow {flow.name!r}: its survey raised {type(error).__name__}") from None
    if not callable(said):
        raise FlowError(
            f"flow {flow.name!r}: its survey must return a function from one customer to `Mapped`"
        )
    return kept, evolve(terms, prescanned=said)


def _readable(flow: Flow, items: Iterable[SourceRecord], terms: RunContext) -> Iterator[Customer]:
    for item in items:
        customer = read_quietly(flow, item, terms)
        if customer is not None:
            yield customer
