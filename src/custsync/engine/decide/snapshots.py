"""Snapshots: whether a source customer, as it was given, is older than the one that was synced last."""

from datetime import datetime, timedelta
from typing import Final

from custsync.models import Customer
from custsync.syncrecords import SyncRecord

__all__ = ["is_older"]

_QUARTER: Final = 15
_DAY: Final = timedelta(days=1)


def is_older(customer: Customer, record: SyncRecord) -> bool:
    """Return whether the customer shows a state from before the one that was synced last.

    Only two times with a zone tell. One that may be a date alone, beside one with a time of day, tells from a
    day on.

    Args:
        customer: the source customer, as it was given.
        record: its sync record.

    Rule: G-LOSS

    >>> from datetime import UTC
    >>> from custsync.models import Ref
    >>> from custsync.syncrecords import LastSeen, Status
    >>> ours, noon = Ref("netsuite", "2041"), datetime(2026, 5, 2, 12, tzinfo=UTC)
    >>> seen = {ours.namespace: LastSeen(modified_at=noon)}
    >>> record = SyncRecord(link="l", flow="f", source=ours, status=Status.LINKED, memory=seen)
    >>> [is_older(Customer(ref=ours, modified_at=noon - timedelta(h)), record) for h in (1, 0)]
    [True, False]
    """
    seen, stamp = record.last_seen(customer.ref.namespace).modified_at, customer.modified_at
    if seen is None or not isinstance(stamp, datetime) or stamp.tzinfo is None:
        return False
    return stamp + (_DAY if _may_be_a_date(stamp) and not _may_be_a_date(seen) else timedelta(0)) < seen


def _may_be_a_date(stamp: datetime) -> bool:
    """Return whether the time may be a midnight of some zone: their offsets are quarters of an hour."""
    return not (stamp.minute % _QUARTER or stamp.second or stamp.microsecond)
