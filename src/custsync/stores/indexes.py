"""By what a store finds a sync record: the ends that it owns, and the digests that recognise it.

Every record owns its source, and its target once that is known. A merged or sharing record owns its source
only: its target is another customer's. Within a link each end has at most one owner, so an end that is owned
names the record, and either end will do.
"""

from custsync.models import Ref
from custsync.syncrecords import Status, SyncRecord

__all__ = ["digests_of", "gives_way", "owned_ends"]


def owned_ends(record: SyncRecord) -> tuple[Ref, ...]:
    """Return the ends that no other record of the link may own.

    >>> ours, theirs = Ref("netsuite", "2041"), Ref("stripe", "cus_1")
    >>> linked = SyncRecord(link="l", flow="f", source=ours, target=theirs, status=Status.LINKED)
    >>> [str(end) for end in owned_ends(linked)]
    ['netsuite:2041', 'stripe:cus_1']
    >>> merged = SyncRecord(link="l", flow="f", source=ours, target=theirs, status=Status.MERGED)
    >>> [str(end) for end in owned_ends(merged)]
    ['netsuite:2041']
    """
    if record.target is None or not record.owns_target:
        return (record.source,)
    return (record.source, record.target)


def gives_way(kept: SyncRecord, record: SyncRecord) -> bool:
    """Return whether a kept record goes when this one links its end: a failed create's, with no other end.

    Two customers that are one may each have a create that failed. Linked to each other they have one record.

    >>> ours, theirs = Ref("netsuite", "2041"), Ref("stripe", "cus_1")
    >>> linked = SyncRecord(link="l", flow="f", source=ours, target=theirs, status=Status.LINKED)
    >>> gives_way(SyncRecord(link="l", flow="f", source=theirs, status=Status.FAILED), linked)
    True
    >>> gives_way(SyncRecord(link="l", flow="f", source=theirs, status=Status.INTENT), linked)
    False
    """
    is_failed = kept.status is Status.FAILED and kept.target is None and kept.hidden is None
    return is_failed and record.status is Status.LINKED and kept.source != record.source


def digests_of(record: SyncRecord) -> set[str]:
    """Return the payload digests that recognise a linked record; none for a record in any other state.

    >>> from custsync.syncrecords import LastSeen
    >>> seen = {"netsuite///customer": LastSeen(payload="ab12"), "stripe///customer": LastSeen()}
    >>> end = Ref("netsuite", "2041")
    >>> digests_of(SyncRecord(link="l", flow="f", source=end, status=Status.LINKED, memory=seen))
    {'ab12'}
    >>> digests_of(SyncRecord(link="l", flow="f", source=end, status=Status.FAILED, memory=seen))
    set()
    """
    if record.status is not Status.LINKED:
        return set()
    return {memory.payload for memory in record.memory.values() if memory.payload}
