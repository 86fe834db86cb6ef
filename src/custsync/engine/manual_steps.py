"""The steps of what people decide: linking, unlinking, a merge elsewhere, excluding, taking in again.

A person's word is written to the sync record like any other: durable, compared with what was read, and
refused where it would take a customer from another one. An exclusion keeps the link, and deletes nothing
anywhere. Where a create of the customer was under way, the record says what it may have left in the target.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from custsync.engine.calls import find, update
from custsync.engine.plan.context import RunContext, by_end
from custsync.engine.requests import End, LoadRecords, Request, SaveRecords, Side
from custsync.errors import AdapterError, ConfigurationError, InputError, StoreError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import Done
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.rule import OnAlreadyLinked
from custsync.syncrecords import (
    MergeNote,
    RecordWrite,
    Status,
    SyncRecord,
    begin,
    exclude,
    hide,
    link,
    merge,
    reinclude,
    saved,
    share,
    unlink,
)
from custsync.systems.system import System

__all__ = ["EXCLUDED_BY_HAND", "exclude_steps", "include_steps", "link_steps", "merge_steps", "unlink_steps"]

Steps = Generator[Request, Any, SyncRecord]


def link_steps(flow: Flow, source: str | Ref, target: str | Ref, terms: RunContext) -> Steps:
    """Return the record that links the two from now on, saving it and writing the id back on the way.

    A wrong link is corrected in the same way. Nothing that was observed of a former counterpart is
    remembered, so that the next run compares the two anew; the record says that it may keep our id.

    Args:
        flow: the policy.
        source: the source customer's id; it is looked up where the source can be asked.
        target: the target customer's id.
        terms: what the run is made under.

    Raises:
        InputError: there is no such customer; the target is linked to another one, and the flow shares no
            targets: unlink that one first; or the customer is excluded.
        StoreError: somebody else saved the record meanwhile.
        AdapterError: the link is kept, but the id could not be written back.

    Rule: ST-LEG-5, G-DUP
    """
    ours = Customer(ref=_ref(flow.source, source, terms.ends.source))
    if {"id", flow.source.retrieved_by} & terms.ends.source.capabilities.lookups.keys():
        ours = yield from _the_one(flow.source, Side.SOURCE, source, terms.ends.source, terms)
    theirs = yield from _the_one(flow.target, Side.TARGET, target, terms.ends.target, terms)
    ends = yield from _records(flow, ours.ref, theirs.ref)
    own, taken = ends.get(ours.ref), ends.get(theirs.ref)
    is_taken = taken is not None and taken.other(theirs.ref) not in (None, ours.ref)
    if is_taken and all(entry.on_already_linked is not OnAlreadyLinked.SHARE for entry in flow.match):
        raise InputError(f"{theirs.ref} is linked to another customer; unlink that one first")
    record = own or (None if is_taken else taken) or begin(flow.link, ours.ref, flow.name)
    _refuse_excluded(record)
    is_its_own = bool(flow.source_id_field) and value_of(theirs, flow.source_id_field) == ours.ref.id
    note = None if is_its_own else _noted(flow, record, _LINKED)
    note = note or _leaving(flow, record, ours.ref, theirs.ref, _LINKED)
    joined = (share if is_taken else link)(record, ours.ref, theirs.ref, note=note)
    kept = yield from _save(joined)
    yield from _write_back(flow, ours, theirs.ref, terms)
    return kept


def unlink_steps(flow: Flow, source: str | Ref, terms: RunContext) -> Steps:
    """Return the record that no longer links the customer, saving it on the way.

    The next run looks for a counterpart as it does for a new customer. It finds an id that the source
    keeps, or a stamp in the target, which the record names: remove those too where they are wrong.

    Raises:
        InputError: the customer has no sync record, or is excluded.
        StoreError: somebody else saved the record meanwhile.

    Rule: ST-LEG-5
    """
    ref = _ref(flow.source, source, terms.ends.source)
    record = (yield from _records(flow, ref)).get(ref)
    if record is None:
        raise InputError(f"{ref} has no sync record in {flow.link!r}")
    _refuse_excluded(record)
    note = _noted(flow, record, _UNLINKED) or _leaving(flow, record, ref, None, _UNLINKED)
    return (yield from _save(unlink(record, ref, note or _UNLINKED)))


def merge_steps(flow: Flow, source: str | Ref, survivor: str | Ref, terms: RunContext) -> Steps:
    """Return the record that points at the survivor of a merge in the target, saving it on the way.

    Raises:
        InputError: the customer has no counterpart, or there is no such survivor.
        StoreError: somebody else saved the record meanwhile.

    Rule: ST-MRG-2
    """
    ref = _ref(flow.source, source, terms.ends.source)
    theirs = yield from _the_one(flow.target, Side.TARGET, survivor, terms.ends.target, terms)
    record = (yield from _records(flow, ref)).get(ref)
    if record is None or not record.is_joined or record.other(ref) == theirs.ref:
        raise InputError(f"{ref} has no counterpart that could have been merged into {theirs.ref}")
    return (yield from _save(merge(record, ref, theirs.ref, MergeNote(done=True))))


def exclude_steps(
    flow: Flow, sources: Sequence[str | Ref], reason: Issue, terms: RunContext
) -> Generator[Request, Any, list[SyncRecord]]:
    """Return the sync records of these customers, excluded from now on, saving them on the way.

    A customer that is excluded already keeps its first reason. One without a record gets one. Where the flow
    marks excluded customers in the target, the next run writes the mark.

    Args:
        flow: the policy of the pair.
        sources: the source customers' ids.
        reason: what later runs say of them.
        terms: what the run is made under.

    Raises:
        InputError: one of them was merged into another; none is excluded.
        StoreError: somebody else saved a record meanwhile; those before it are excluded.

    Rule: UF-EXC-3, UF-EXC-4
    """
    refs = list(dict.fromkeys(_ref(flow.source, source, terms.ends.source) for source in sources))
    kept = (yield from _records(flow, *refs)) if refs else {}
    merged = [str(ref) for ref in refs if ref in kept and kept[ref].status is Status.MERGED]
    if merged:
        raise InputError(f"{', '.join(merged)}: merged into another customer; exclude the survivor instead")
    excluded = []
    for ref in refs:
        record = kept.get(ref) or begin(flow.link, ref, flow.name)
        move, is_out = exclude, record.status is Status.EXCLUDED
        if flow.excluded_field:
            move, is_out = hide, record.hidden is not None
        if not is_out:
            record = yield from _save(move(record, _noted(flow, record, reason) or reason))
        excluded.append(record)
    return excluded


def include_steps(
    flow: Flow, source: str | Ref, reason: str, terms: RunContext
) -> Generator[Request, Any, SyncRecord]:
    """Return the sync record of a customer that takes part again, saving it on the way.

    The next run looks for its counterpart as it does for a new customer.

    Raises:
        ConfigurationError: the flow's exclusions are permanent.
        InputError: no reason is given, or the customer is not excluded.
        StoreError: somebody else saved the record meanwhile.

    Rule: UF-EXC-4
    """
    if not flow.reinclusion:
        raise ConfigurationError(
            f"flow {flow.name!r}: an exclusion is permanent (UF-EXC-4); "
            "where the target takes customers in again, give the flow `reinclusion=True`"
        )
    said: object = reason
    if not isinstance(said, str) or not said.strip():
        raise InputError("reason: give the reason why the customer takes part again")
    ref = _ref(flow.source, source, terms.ends.source)
    record = (yield from _records(flow, ref)).get(ref)
    if record is None or (record.status is not Status.EXCLUDED and record.hidden is None):
        raise InputError(f"{ref} is not excluded in {flow.link!r}")
    return (yield from _save(reinclude(record, _reincluded(reason))))


def _noted(flow: Flow, record: SyncRecord, issue: Issue) -> Issue | None:
    """Return what is said on the record of a person's act during a create; None where none was under way.

    Whether that create took effect is not known: the customer that it may have made is named by what it
    carries.
    """
    if record.intent is None:
        return None
    carried = [
        f"{name} {value}"
        for name in (flow.source_id_field, flow.unique_key)
        if name
        for value in record.intent.clues.get(name, ())
    ]
    by = f" with {carried[0]}" if carried else ""
    return evolve(
        issue,
        reason=f"{issue.reason}; a create of it was under way: it may have left a customer{by} in the target",
        remedy="Look for that customer in the target, and delete it there if it is one too many",
        severity=Severity.WARNING,
    )


def _leaving(flow: Flow, record: SyncRecord, ours: Ref, theirs: Ref | None, issue: Issue) -> Issue | None:
    """Return the issue of a former counterpart, which may keep our id; None where there is none."""
    former = record.other(ours)
    if former in (None, theirs) or not flow.source_id_field:
        return None
    return evolve(
        issue,
        reason=f"{issue.reason}; the former counterpart {former} may keep our id in {flow.source_id_field}",
        remedy=f"Remove the id there, or runs may take {former} for the counterpart that it was",
        severity=Severity.WARNING,
    )


def _ref(system: System, given: str | Ref, end: End) -> Ref:
    """Return the reference of a customer that a person names: in full, or by the id of a `customer`.

    Raises:
        InputError: the reference is of another system, account or mode.
    """
    if not isinstance(given, Ref):
        return Ref(system.name, given, end.account, end.mode)
    if not given.is_one_with(Ref(system.name, given.id, end.account, end.mode, given.kind)):
        raise InputError(f"{given}: not of the system, account and mode of this environment")
    return given


def _records(flow: Flow, *refs: Ref) -> Generator[Request, Any, Mapping[Ref, SyncRecord]]:
    return by_end((yield LoadRecords(flow.link, refs)))


def _the_one(
    system: System, side: Side, given: str | Ref, end: End, terms: RunContext
) -> Generator[Request, Any, Customer]:
    """Return the one customer that a person names, who may name one of another kind by its id alone."""
    ref = _ref(system, given, end)
    by = "id" if "id" in end.capabilities.lookups else system.retrieved_by
    found = yield from find(side, by, [ref.id], end.capabilities, terms.retry)
    hits = found[ref.id]
    alive = [hit for hit in hits if not system.is_deleted(hit)] if isinstance(hits, Sequence) else []
    read = [system.read(hit, end.account, end.mode) for hit in alive]
    if by == "id":
        read = [one for one in read if one.ref.id == ref.id and (given == ref.id or one.ref.is_one_with(ref))]
    if len(read) > 1:
        raise InputError(f"{ref}: several records have this id; give the whole reference, a Ref")
    if not read:
        raise InputError(f"{ref}: there is no such customer")
    return read[0]


def _refuse_excluded(record: SyncRecord) -> None:
    """Refuse what would bring an excluded customer back by another way than taking it in again (UF-EXC-4)."""
    if record.status is Status.EXCLUDED:
        raise InputError(
            f"{record.source} is permanently excluded; re-include it first, where the flow allows"
        )


def _write_back(flow: Flow, ours: Customer, theirs: Ref, terms: RunContext) -> Generator[Request, Any, None]:
    if not flow.write_back:
        return
    payload, can = flow.source.write({flow.write_back: theirs.id}, ours), terms.ends.source.capabilities
    answers = yield from update(Side.SOURCE, {ours.ref: payload}, can, terms.retry)
    if not isinstance(answers[ours.ref], Done):
        raise AdapterError(f"{ours.ref} is linked, but the id could not be written back; link it again")


def _save(record: SyncRecord) -> Steps:
    (done,) = yield SaveRecords((RecordWrite(record=record, expected=record.version),))
    if not done:
        raise StoreError(f"the sync record of {record.source} was saved by somebody else; try again")
    return saved(record, record.version + 1)


_LINKED: Final = Issue(
    code="linked_by_hand",
    rule="ST-LEG-5",
    field="target",
    reason="a person linked the customer",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
_UNLINKED: Final = Issue(
    code="unlinked",
    rule="ST-LEG-5",
    field="target",
    reason="a person unlinked the customer",
    remedy="Nothing to do: the next run looks for a counterpart",
    severity=Severity.NOTE,
)
EXCLUDED_BY_HAND: Final = Issue(
    code="excluded_by_hand",
    rule="UF-EXC-3",
    field="status",
    reason="a person excluded the customer, which is permanent",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
"""What runs say of a customer that a person excluded."""


def _reincluded(reason: str) -> Issue:
    return Issue(
        code="reincluded",
        rule="UF-EXC-4",
        field="status",
        reason=f"taken in again: {reason.strip()}",
        remedy="Nothing to do",
        severity=Severity.NOTE,
    )
