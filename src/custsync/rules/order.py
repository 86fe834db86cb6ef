"""The order of customers: by their references, and by time."""

from datetime import datetime
from typing import Any

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import Customer, Ref


@checked
def ref_order(ref: Ref) -> tuple[Any, ...]:
    """Return by what references are ordered: system, account, mode, kind, id; a short id before a long one.

    >>> [ref.id for ref in sorted([Ref("netsuite", "10"), Ref("netsuite", "9")], key=ref_order)]
    ['9', '10']
    """
    return ref.system, ref.account, ref.mode, ref.kind, len(ref.id), ref.id


@checked
def seconds_of(customer: Customer, when: object) -> float | None:
    """Return a moment of a customer in seconds, None where it is not known.

    Raises:
        InputError: it is without a zone.

    >>> seconds_of(Customer(ref=Ref("netsuite", "7")), None) is None
    True
    """
    if not isinstance(when, datetime):
        return None
    if when.tzinfo is None:
        raise InputError(f"{customer.ref}: a time without a zone; created_at and modified_at are aware UTC")
    return when.timestamp()
