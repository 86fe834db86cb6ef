"""Linking and unlinking by hand: what a person does about a review.

A person's word is written to the sync record like any other: durable, compared with what was read, and
refused where it would take a customer from another one.
"""

from collections.abc import Generator, Sequence
from typing import Any, Final

from custsync.engine.calls import find, update
from custsync.engine.plan.search import RunContext, by_end
from custsync.engine.requests import End, LoadRecords, Request, SaveRecords, Side
from custsync.errors import AdapterError, InputError, StoreError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import Done, UpdateRequest
from custsync.syncrecords import MergeNote, RecordWrite, Status, SyncRecord, link, merge
from custsync.systems.system import System

__all__ = ["link_steps", "merge_steps", "unlink_steps"]

Steps = Generator[Request, Any, SyncRecord]


def link_steps(flow: Flow, source: str, target: str, terms: RunContext) -> Steps:
    """Return the record that links the two from now on, saving it and writing the id back on the way.

    A wrong link is corrected in the same way. Nothing that was seen of a former counterpart is remembered, so
    that the next run compares the two anew.

    Args:
        flow: the policy.
        source: the source customer's id.
        target: the target customer's id.
        terms: what the run is made under.

    Raises:
        InputError: there is no such customer, the target is linked to another one: unlink that first; or the
            customer is excluded.
        StoreError: somebody else saved the record meanwhile.
        AdapterError: the link is kept, but the id could not be written back.

    Rule: ST-LEG-5, G-DUP
    """
    ours = yield from _the_one(flow.source, Side.SOURCE, source, terms.ends.source, terms)
    theirs = yield from _the_one(flow.target, Side.TARGET, target, terms.ends.target, terms)
    ends = by_end((yield LoadRecords(flow.link, (ours.ref, theirs.ref))))
    own, taken = ends.get(ours.ref), ends.get(theirs.ref)
    if taken is not None and taken.other(theirs.ref) not in (None, ours.ref):
        raise InputError(f"{theirs.ref} is linked to another customer; unlink that one first")
    record = own or taken or _blank(flow, ours.ref)
    _refuse_excluded(record)
    saved = yield from _save(link(record, ours.ref, theirs.ref))
    yield from _write_back(flow, ours, theirs.ref, terms)
    return saved


def unlink_steps(flow: Flow, source: str, terms: RunContext) -> Steps:
    """Return the record that no longer links the customer, saving it on the way.

    The next run looks for a counterpart as it does for a new customer. It finds an id that the source
    keeps, or a stamp in the target: remove those too where they are wrong.

    Raises:
        InputError: the customer has no sync record, or is excluded.
        StoreError: somebody else saved the record meanwhile.

    Rule: ST-LEG-5
    """
    end = terms.ends.source
    ref = Ref(flow.source.name, source, end.account, end.mode)
    record = by_end((yield LoadRecords(flow.link, (ref,)))).get(ref)
    if record is None:
        raise InputError(f"{ref} has no sync record in {flow.link!r}")
    _refuse_excluded(record)
    return (yield from _save(_blank(flow, ref, version=record.version)))


def merge_steps(flow: Flow, source: str, survivor: str, terms: RunContext) -> Steps:
    """Return the record that points at the survivor of a merge in the target, saving it on the way.

    Raises:
        InputError: the customer has no counterpart, or there is no such survivor.
        StoreError: somebody else saved the record meanwhile.

    Rule: ST-MRG-2
    """
    end = terms.ends.source
    ref = Ref(flow.source.name, source, end.account, end.mode)
    theirs = yield from _the_one(flow.target, Side.TARGET, survivor, terms.ends.target, terms)
    record = by_end((yield LoadRecords(flow.link, (ref,)))).get(ref)
    if (
        record is None
        or record.status not in (Status.LINKED, Status.MERGED)
        or record.other(ref) == theirs.ref
    ):
        raise InputError(f"{ref} has no counterpart that could have been merged into {theirs.ref}")
    return (yield from _save(merge(record, ref, theirs.ref, MergeNote(done=True))))


def _the_one(
    system: System, side: Side, identity: str, end: End, terms: RunContext
) -> Generator[Request, Any, Customer]:
    by = "id" if "id" in end.capabilities.lookups else system.retrieved_by
    found = yield from find(side, by, [identity], end.capabilities, terms.retry)
    hits = found[identity]
    if not isinstance(hits, Sequence) or len(hits) != 1 or system.is_deleted(hits[0]):
        raise InputError(f"{system.name}:{identity}: there is no such customer")
    return system.read(hits[0], end.account, end.mode)


def _refuse_excluded(record: SyncRecord) -> None:
    """Refuse what would bring an excluded customer back by another way than taking it in again (UF-EXC-4)."""
    if record.status is Status.EXCLUDED:
        raise InputError(
            f"{record.source} is excluded for good; take it in again first, where the flow allows"
        )


def _write_back(flow: Flow, ours: Customer, theirs: Ref, terms: RunContext) -> Generator[Request, Any, None]:
    if not flow.write_back:
        return
    payload = flow.source.write({flow.write_back: theirs.id}, ours)
    request = UpdateRequest(id=ours.id, payload=payload)
    answers = yield from update(Side.SOURCE, [request], terms.ends.source.capabilities, terms.retry)
    if not isinstance(answers[ours.id], Done):
        raise AdapterError(f"{ours.ref} is linked, but the id could not be written back; link it again")


def _blank(flow: Flow, ref: Ref, *, version: int = 0) -> SyncRecord:
    return SyncRecord(
        link=flow.link, source=ref, status=Status.FAILED, flow=flow.name, error=_UNLINKED, version=version
    )


def _save(record: SyncRecord) -> Steps:
    (saved,) = yield SaveRecords((RecordWrite(record=record, expected=record.version),))
    if not saved:
        raise StoreError(f"the sync record of {record.source} was saved by somebody else; try again")
    return record


_UNLINKED: Final = Issue(
    code="unlinked",
    rule="ST-LEG-5",
    field="target",
    reason="a person unlinked the customer",
    remedy="Nothing to do: the next run looks for a counterpart",
    severity=Severity.NOTE,
)
