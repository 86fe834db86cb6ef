"""Parents in the target: a customer's parent there, by the sync record of its parent here.

A parent that is not linked yet is waited for: the customer is synced without it, and the parent is filled in
by a later round, when it is known.
"""

from collections.abc import Generator, Sequence
from typing import Any, cast

from custsync._building import evolved
from custsync.engine.plan.issues import PARENT_WAITING
from custsync.engine.plan.search import RunContext, WorkItem, by_end
from custsync.engine.requests import LoadRecords, Request
from custsync.flow import Flow
from custsync.models import ABSENT, Customer, Ref
from custsync.syncrecords import SyncRecord

__all__ = ["look_for_parents"]


def look_for_parents(
    flow: Flow, cases: Sequence[WorkItem], _terms: RunContext
) -> Generator[Request, Any, None]:
    """Give each case's customer the id that its parent has in the target, `ABSENT` where that is not known.

    Rule: UF-HIER-1, G-LOSS
    """
    hanging = [case for case in cases if flow.parent and case.known_as is None and case.read.parent]
    wanted = {_parent(case.read): None for case in hanging}
    if not wanted:
        return
    records = by_end((yield LoadRecords(flow.link, tuple(wanted))))
    for case in hanging:
        there = _counterpart(_parent(case.read), records)
        known = there.id if there else _foreseen(flow, case.read)
        case.customer = evolved(case.read, parent=known or ABSENT)
        if known is None:
            case.issues += (PARENT_WAITING,)
            case.digest = ""  # its text must not pass for said while the parent is not


def _foreseen(flow: Flow, customer: Customer) -> str | None:
    return None if flow.foreseen_parent is None else flow.foreseen_parent(customer)


def _parent(customer: Customer) -> Ref:
    """Return the parent: a reference in full, or an id, which is a customer's whatever the child's kind."""
    ref, parent = customer.ref, cast("Any", customer.parent)
    return parent if isinstance(parent, Ref) else Ref(ref.system, str(parent), ref.account, ref.mode)


def _counterpart(parent: Ref, records: dict[Ref, SyncRecord]) -> Ref | None:
    record = records.get(parent)
    return record.other(parent) if record is not None and record.is_joined else None
