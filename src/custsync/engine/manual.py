"""What people decide: a link, an exclusion, a merge that happened elsewhere.

It goes to the sync record, compared with what was read, and is refused where it would take a customer from
another one. Where a create was under way, the record names what it may have left in the target. Customers are
named by their id, or by a `Ref`: records of several types may have one id.
"""

from collections.abc import Sequence
from typing import Final

from attrs import evolve

from custsync import syncrecords
from custsync._arguments import checked
from custsync.engine.arguments import check_call
from custsync.engine.calls import End, find, update
from custsync.engine.environment import Environment, run
from custsync.engine.plan.context import RunContext, context_of, stored_by_end
from custsync.engine.requests import SaveRecords, Steps
from custsync.errors import AdapterError, ConfigurationError, InputError, PayloadError, StoreError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import Done
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.rule import OnAlreadyLinked
from custsync.syncrecords import MergeNote, RecordWrite, Status, SyncRecord
from custsync.systems.system import System

BY_HAND: Final = 25
"""So many customers a person excludes at a time; more need a rule or a list (UF-EXC-3)."""


def link_manually(flow: Flow, source: str | Ref, target: str | Ref, environment: Environment) -> SyncRecord:
    """Link two customers that a person names and return the sync record; a wrong link is corrected likewise.

    Nothing that was observed of a former counterpart is remembered; the record notes that it may keep our id.

    Args:
        flow: the policy of the pair.
        source: the source customer's id, looked up where the source can be asked; Lago's is the external id.
        target: the target customer's id.
        environment: the adapters and the store.

    Raises:
        InputError: there is no such customer, or it cannot be read; the target is linked to another one, and
            the flow shares no targets: unlink that one first; or the customer is excluded.
        StoreError: somebody else saved the record meanwhile.
        AdapterError: the link is kept, but the id could not be written back.

    Rule: ST-LEG-5, G-DUP

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.netsuite import FakeNetSuite
    >>> from custsync.testing.fakes.stripe import FakeStripe
    >>> netsuite, there = FakeNetSuite(), FakeStripe()
    >>> outside = Environment(target=there, source=netsuite, store=MemoryStore())
    >>> link_manually(EXPORT, netsuite.put({"companyName": "A"}), there.put({"name": "A"}), outside).status
    <Status.LINKED: 'linked'>
    """
    check_call(flow, environment, Environment, writes=True)
    return run(_linked(flow, source, target, context_of(environment)), environment)


def _linked(flow: Flow, source: str | Ref, target: str | Ref, context: RunContext) -> Steps[SyncRecord]:
    ours = Customer(ref=_ref(flow.source, source, context.source))
    if {"id", flow.source.retrieved_by} & context.source.capabilities.lookups.keys():
        ours = yield from _the_one(flow.source, source, context.source)
    theirs = yield from _the_one(flow.target, target, context.target)
    ends = yield from stored_by_end(flow, (ours.ref, theirs.ref))
    own, taken = ends.get(ours.ref), ends.get(theirs.ref)
    is_taken = taken is not None and taken.other(theirs.ref) not in (None, ours.ref)
    if is_taken and all(entry.on_already_linked is not OnAlreadyLinked.SHARE for entry in flow.match):
        raise InputError(f"{theirs.ref} is linked to another customer; unlink that one first")
    record = own or (None if is_taken else taken) or syncrecords.begin(flow.link, ours.ref, flow.name)
    _refuse_excluded(record)
    is_its_own = bool(flow.source_id_field) and value_of(theirs, flow.source_id_field) == ours.ref.id
    note = None if is_its_own else _noted(flow, record, _LINKED)
    note = note or _leaving(flow, record, ours.ref, theirs.ref, _LINKED)
    move = syncrecords.share if is_taken else syncrecords.link
    kept = yield from _save(move(record, ours.ref, theirs.ref, note=note))
    yield from _write_back(flow, ours, theirs.ref, context)
    return kept


def unlink_manually(flow: Flow, source: str | Ref, environment: Environment) -> SyncRecord:
    """Unlink a customer that a person names and return the sync record; the next run searches anew.

    It finds an id that the source keeps, or a stamp in the target, which the record names: remove those too
    where they are wrong.

    Args:
        flow: the policy of the pair.
        source: the source customer's id.
        environment: the adapters and the store.

    Raises:
        InputError: the customer has no sync record, or is excluded.
        StoreError: somebody else saved the record meanwhile.

    Rule: ST-LEG-5
    """
    check_call(flow, environment, Environment)
    ref, record = run(_stored(flow, source, context_of(environment)), environment)
    if record is None:
        raise InputError(f"{ref} has no sync record in {flow.link!r}")
    _refuse_excluded(record)
    note = _noted(flow, record, _UNLINKED) or _leaving(flow, record, ref, None, _UNLINKED)
    return run(_save(syncrecords.unlink(record, ref, note or _UNLINKED)), environment)


@checked
def record_target_merge(
    flow: Flow, source: str | Ref, survivor: str | Ref, environment: Environment
) -> SyncRecord:
    """Note that a customer's counterpart was merged into another one in the target; return the sync record.

    For a target that does not report what it merged, NetSuite for example. What is later synced for the
    customer goes to the survivor from now on.

    Args:
        flow: the policy of the pair.
        source: the source customer's id, whose counterpart is gone.
        survivor: the target customer's id that it was merged into.
        environment: the adapters and the store.

    Raises:
        InputError: the customer has no counterpart, or there is no such survivor.
        StoreError: somebody else saved the record meanwhile.

    Rule: ST-MRG-2
    """
    check_call(flow, environment, Environment)
    context = context_of(environment)
    ref, record = run(_stored(flow, source, context), environment)
    theirs = run(_the_one(flow.target, survivor, context.target), environment)
    if record is None or not record.is_joined or record.other(ref) == theirs.ref:
        raise InputError(f"{ref} has no counterpart that could have been merged into {theirs.ref}")
    return run(_save(syncrecords.merge(record, ref, theirs.ref, MergeNote(done=True))), environment)


def exclude_manually(flow: Flow, sources: Sequence[str | Ref], environment: Environment) -> list[SyncRecord]:
    """Exclude a few customers permanently and return their sync records.

    Args:
        flow: the policy of the pair.
        sources: the source customers' ids, at most 25.
        environment: the adapters and the store.

    Raises:
        InputError: more than 25 at a time, something else than a list of ids, or one that was merged.
        StoreError: somebody else saved a record meanwhile.

    Rule: UF-EXC-3, UF-EXC-4

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.stripe import FakeStripe
    >>> environment = Environment(target=FakeStripe(), store=MemoryStore())
    >>> [record.status.value for record in exclude_manually(EXPORT, ["2041"], environment)]
    ['excluded']
    """
    check_call(flow, environment, Environment)
    given: object = sources
    if isinstance(given, str) or not isinstance(given, Sequence) or not all(map(_is_id, given)):
        raise InputError("sources: ids are needed, in a list")
    if len(sources) > BY_HAND:
        raise InputError(f"sources: at most {BY_HAND} by hand at a time, not {len(sources)} (UF-EXC-3)")
    return run(exclude_steps(flow, sources, EXCLUDED_BY_HAND, context_of(environment)), environment)


def _is_id(given: object) -> bool:
    text = given.id if isinstance(given, Ref) else given
    return isinstance(text, str) and bool(text.strip())


def exclude_steps(
    flow: Flow, sources: Sequence[str | Ref], reason: Issue, context: RunContext
) -> Steps[list[SyncRecord]]:
    """Return the sync records of these customers, excluded from now on, saving them on the way.

    A customer that is excluded already keeps its first reason. One without a record gets one. Where the flow
    marks excluded customers in the target, the next run writes the mark.

    Raises:
        InputError: one of them was merged into another; none is excluded.
        StoreError: somebody else saved a record meanwhile; those before it are excluded.

    Rule: UF-EXC-3, UF-EXC-4
    """
    refs = list(dict.fromkeys(_ref(flow.source, source, context.source) for source in sources))
    kept = yield from stored_by_end(flow, refs)
    merged = [str(ref) for ref in refs if ref in kept and kept[ref].status is Status.MERGED]
    if merged:
        raise InputError(f"{', '.join(merged)}: merged into another customer; exclude the survivor instead")
    excluded = []
    for ref in refs:
        record = kept.get(ref) or syncrecords.begin(flow.link, ref, flow.name)
        move, is_out = syncrecords.exclude, record.status is Status.EXCLUDED
        if flow.excluded_field:
            move, is_out = syncrecords.hide, record.hidden is not None
        if not is_out:
            record = yield from _save(move(record, _noted(flow, record, reason) or reason))
        excluded.append(record)
    return excluded


def reinclude(flow: Flow, source: str | Ref, reason: str, environment: Environment) -> SyncRecord:
    """Take an excluded customer in again, where the flow allows it, and return its sync record.

    The next run looks for its counterpart as it does for a new customer.

    Args:
        flow: the policy of the pair, with `reinclusion=True`.
        source: the source customer's id.
        reason: why; it is kept on the record, so it must hold no name.
        environment: the adapters and the store.

    Raises:
        ConfigurationError: the flow's exclusions are permanent.
        InputError: no reason is given, or the customer is not excluded.
        StoreError: somebody else saved the record meanwhile.

    Rule: UF-EXC-4
    """
    check_call(flow, environment, Environment)
    if not flow.reinclusion:
        raise ConfigurationError(
            f"flow {flow.name!r}: an exclusion is permanent (UF-EXC-4); "
            "where the target takes customers in again, give the flow `reinclusion=True`"
        )
    given_reason: object = reason
    if not isinstance(given_reason, str) or not given_reason.strip():
        raise InputError("reason: give the reason why the customer takes part again")
    ref, record = run(_stored(flow, source, context_of(environment)), environment)
    if record is None or (record.status is not Status.EXCLUDED and record.hidden is None):
        raise InputError(f"{ref} is not excluded in {flow.link!r}")
    why = evolve(_TAKEN_IN, reason=f"taken in again: {reason.strip()}")
    return run(_save(syncrecords.reinclude(record, why)), environment)


def _noted(flow: Flow, record: SyncRecord, issue: Issue) -> Issue | None:
    """Return what is noted on the record of a person's act during a create; None where none was under way.

    Whether that create took effect is not known: the customer that it may have made is named by what it
    carries.
    """
    if record.intent is None:
        return None
    names, clues = (flow.source_id_field, flow.unique_key), record.intent.clues
    carried = [f"{name} {value}" for name in names if name for value in clues.get(name, ())]
    by = f" with {carried[0]}" if carried else ""
    more = f"a create of it was under way: it may have left a customer{by} in the target"
    return _warning(
        issue, more, "Look for that customer in the target, and delete it there if it is one too many"
    )


def _leaving(flow: Flow, record: SyncRecord, ours: Ref, theirs: Ref | None, issue: Issue) -> Issue | None:
    """Return the issue of a former counterpart, which may keep our id; None where there is none."""
    former = record.other(ours)
    if former in (None, theirs) or not flow.source_id_field:
        return None
    more = f"the former counterpart {former} may keep our id in {flow.source_id_field}"
    return _warning(
        issue, more, f"Remove the id there, or runs may take {former} for the counterpart that it was"
    )


def _warning(issue: Issue, more: str, remedy: str) -> Issue:
    return evolve(issue, reason=f"{issue.reason}; {more}", remedy=remedy, severity=Severity.WARNING)


def _ref(system: System, given: str | Ref, end: End) -> Ref:
    """Return the reference of a customer that a person names: in full, or by the id of a `customer`.

    Raises:
        InputError: it is no id, or of another system, account or mode.
    """
    if not _is_id(given):
        raise InputError(f"{system.name}: an id is needed, a text that is not blank")
    if not isinstance(given, Ref):
        return Ref(system.name, given, end.account, end.mode)
    if not given.is_one_with(Ref(system.name, given.id, end.account, end.mode, given.kind)):
        raise InputError(f"{given}: not of the system, account and mode of this environment")
    return given


def _stored(flow: Flow, source: str | Ref, context: RunContext) -> Steps[tuple[Ref, SyncRecord | None]]:
    ref = _ref(flow.source, source, context.source)
    return ref, (yield from stored_by_end(flow, (ref,))).get(ref)


def _the_one(system: System, given: str | Ref, end: End) -> Steps[Customer]:
    """Return the one customer that a person names, who may name one of another kind by its id alone."""
    ref = _ref(system, given, end)
    by = "id" if "id" in end.capabilities.lookups else system.retrieved_by
    found = yield from find(end, by, [ref.id])
    hits = found[ref.id]
    alive = [hit for hit in hits if not system.is_deleted(hit)] if isinstance(hits, Sequence) else []
    try:
        read = [system.read(hit, end.account, end.mode) for hit in alive]
    except PayloadError as error:
        raise InputError(f"{ref}: cannot be read: {'; '.join(map(str, error.issues))}") from None
    if by == "id":
        read = [one for one in read if one.ref.id == ref.id and (given == ref.id or one.ref.is_one_with(ref))]
    if len(read) > 1:
        raise InputError(f"{ref}: several records have this id; give the whole reference, a Ref")
    if not read:
        raise InputError(f"{ref}: there is no such customer; give the id of one that {system.name} has")
    return read[0]


def _refuse_excluded(record: SyncRecord) -> None:
    """Refuse what would bring an excluded customer back by another way than taking it in again (UF-EXC-4)."""
    if record.status is Status.EXCLUDED:
        raise InputError(
            f"{record.source} is permanently excluded; re-include it first, where the flow allows"
        )


def _write_back(flow: Flow, ours: Customer, theirs: Ref, context: RunContext) -> Steps[None]:
    if not flow.write_back:
        return
    payload = flow.source.write({flow.write_back: theirs.id}, ours)
    answers = yield from update(context.source, {ours.ref: payload})
    if not isinstance(answers[ours.ref], Done):
        raise AdapterError(f"{ours.ref} is linked, but the id could not be written back; link it again")


def _save(record: SyncRecord) -> Steps[SyncRecord]:
    (done,) = yield SaveRecords((RecordWrite(record=record, expected=record.version),))
    if not done:
        raise StoreError(f"the sync record of {record.source} was saved by somebody else; try again")
    return evolve(record, version=record.version + 1)


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
_TAKEN_IN: Final = Issue(
    code="reincluded",
    rule="UF-EXC-4",
    field="status",
    reason="taken in again",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
