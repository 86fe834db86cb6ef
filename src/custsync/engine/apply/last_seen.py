"""What is remembered of both sides once a decision was carried out, and what the target did not keep.

Only fields on which both sides agree are remembered: what one side still has to say must not be taken for
what was observed. A field that was not written is remembered as it was read before the write, so that an edit
made meanwhile is not taken for known. Of a field that the target did not keep, what it shows is remembered,
and the source's value is in doubt: the next run writes it again, and it is not taken for an edit.

A target may trim a text, fold its case or format a phone number: that is its own form of it. One that shows
nothing, a part of what was written, or still the old value has not kept it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from attrs import evolve

from custsync.engine.apply.issues import KEPT_OTHERWISE, NOT_KEPT, NOT_KEPT_ONCE
from custsync.engine.decisions import Create, Decision, Link, Recover, RecoverBy, Unchanged, Update
from custsync.flow import Flow
from custsync.models import ABSENT, NOTHING_KEPT, Address, Customer, Issue, Maybe, Ref
from custsync.rules.fields.mapping import FieldMapping, value_of
from custsync.rules.fields.values import canonical, digest
from custsync.rules.normalize.phones import phone_key
from custsync.rules.normalize.texts import text_key
from custsync.syncrecords import DOUBTED, LastSeen, SyncRecord

_AS_SENT = (str, Address)
"""Of these types, values that are equal have one digest."""

_Decided = Create | Link | Recover | Unchanged | Update


class Kept(Enum):
    """How a target keeps a value that was written to it."""

    YES = "as it was written"
    OTHERWISE = "as another value"
    NO = "not, or not whole"
    UNSEEN = "not shown"


class Learned(NamedTuple):
    """What is to be remembered of each side, by namespace, and what is reported about what was not kept."""

    memory: Mapping[str, LastSeen]
    issues: tuple[Issue, ...] = ()


def learn(
    flow: Flow, decision: _Decided, record: SyncRecord, target: Ref, after: Customer | None, *, answered: bool
) -> Learned:
    """Return what is to be remembered now that a decision was carried out.

    Args:
        flow: the policy.
        decision: what was carried out.
        record: its sync record, with what was announced.
        target: the target customer.
        after: the target customer as it was observed after the write, None where it was not.
        answered: whether `after` is the write's own answer; what is read later may be somebody else's edit.

    Rule: SP-BI, G-LOSS
    """
    customer = decision.customer
    if customer is None:
        return Learned({})
    written = written_by(decision, record, target)
    if after is not None and is_new(decision):
        written = _not_as_sent(flow, written, after)
    shown = _unwritten(decision, written)
    is_whole = flow.target.replaces_lists and answered and isinstance(decision, Link | Update)
    carried = {**written, **shown} if is_whole else written  # what the answer does not show was not kept
    kept = {} if after is None else _kept(flow, decision, carried, after)
    gone = [name for name, (how, _) in kept.items() if how is Kept.NO]
    others = [name for name in written if answered and kept and kept[name][0] is Kept.OTHERWISE]
    for name, (how, observed) in kept.items():
        is_own = how in (Kept.YES, Kept.NO) or name in others  # another value of what it carried is an edit
        shown[name] = observed if is_own else carried[name]
    if after is None and isinstance(decision, Create | Recover):  # it was not observed whether it was kept
        shown |= dict.fromkeys(written)
    lost = frozenset(written if after is None else gone)
    compared = () if is_new(decision) else shown  # what a new customer has was announced
    source = _ours(flow, decision, target, compared, lost)
    counterpart = _theirs(flow, decision, target, after or getattr(decision, "current", None), shown)
    odd = [(NOT_KEPT_ONCE if flow.field_for[name].create_only else NOT_KEPT, name) for name in gone]
    odd += [(KEPT_OTHERWISE, name) for name in others]
    issues = tuple([evolve(issue, field=name) for issue, name in odd])
    return Learned({customer.ref.namespace: source, target.namespace: counterpart}, issues)


def is_new(decision: Decision) -> bool:
    """Return whether a decision creates a customer who was not sent before."""
    return isinstance(decision, Create) or (isinstance(decision, Recover) and decision.by is RecoverBy.ANEW)


def _not_as_sent(flow: Flow, written: Mapping[str, Any], after: Customer) -> dict[str, Any]:
    """Return the values of which the target shows others than were announced, which are on the record."""
    rows = flow.field_for
    return {
        name: value
        for name, value in written.items()
        if (shown := rows[name].observed(after)) is not value
        and not (type(value) in _AS_SENT and shown == value)
    }


def memory_before(flow: Flow, decision: Link) -> dict[str, LastSeen]:
    """Return what is remembered of a link's two sides before its first update: what each shows.

    Args:
        flow: the policy.
        decision: the link; fields that are not settled between the two are not remembered.

    Rule: G-LOSS
    """
    written = {change.field: change.before for change in decision.changes}
    shown = _unwritten(decision, written) | written
    return {
        decision.source.namespace: _ours(flow, decision, decision.target, shown),
        decision.target.namespace: _theirs(flow, decision, decision.target, decision.current, shown),
    }


def memory_of_announced(flow: Flow, decision: Create | Recover, namespace: str) -> dict[str, LastSeen]:
    """Return what both sides will show if a create takes effect as it is sent.

    Args:
        flow: the policy.
        decision: the create, or the one to be made anew.
        namespace: the environment that the target's ids live in.

    Rule: G-LOSS
    """
    customer = decision.customer
    ours = [read(customer) for read in flow.lasting_reads.values()]
    digests = list(map(digest, ours))
    copied = dict(zip(map(id, ours), digests, strict=True))  # what is copied has one digest
    shown = map(decision.values.get, flow.field_for)
    theirs = [copied.get(id(value)) or digest(value) for value in shown]
    source = dict(zip(flow.lasting_reads, digests, strict=True))
    return {
        decision.source.namespace: LastSeen(fields=source, modified_at=_stamp(customer.modified_at)),
        namespace: LastSeen(fields=dict(zip(flow.field_for, theirs, strict=True))),
    }


def written_by(decision: _Decided, record: SyncRecord, target: Ref) -> Mapping[str, Any]:
    """Return the values that were written, by field.

    Of a create that was sent before, those that the customer still has: others are known as digests only.
    """
    if isinstance(decision, Unchanged):
        return {}
    if isinstance(decision, Link | Update):
        return {change.field: change.after for change in decision.changes}
    if is_new(decision):
        return decision.values
    announced = record.last_seen(target.namespace).fields
    return {name: value for name, value in decision.values.items() if announced.get(name) == digest(value)}


def _kept(
    flow: Flow, decision: _Decided, written: Mapping[str, Any], after: Customer
) -> dict[str, tuple[Kept, Any]]:
    """Return how the target keeps each field, and what it shows there."""
    before = {change.field: change.before for change in getattr(decision, "changes", ())}
    kept = {}
    for name, value in written.items():
        row = flow.field_for[name]
        shown = row.observed(after)
        kept[name] = kept_of(row, value, before.get(name, ABSENT), shown), shown
    return kept


def _unwritten(decision: _Decided, written: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the target shows in the fields that both sides agree on without a write.

    What a new customer does not have was announced as blank.
    """
    if isinstance(decision, Create | Recover) or decision.current is None:
        return {}
    return {name: value_of(decision.current, name) for name in decision.in_step if name not in written}


def _ours(
    flow: Flow, decision: _Decided, target: Ref, shown: Collection[str], lost: frozenset[str] = frozenset()
) -> LastSeen:
    """Return the memory of the source: what it had in the fields of which the target shows all."""
    customer = decision.customer
    assert customer is not None  # noqa: S101 - nothing is learned of others
    held = lost.union(getattr(decision, "held", ()))
    names = sorted(_made_of(flow, shown) - _made_of(flow, held)) if shown else ()
    fields = {name: digest(flow.lasting_reads[name](customer)) for name in names}
    doubted = sources_of(flow, lost, customer) if lost else ()
    due = bool(flow.write_back) and str(value_of(customer, flow.write_back) or "").strip() != target.id
    is_overruled = any(issue.code == "conflict" for issue in decision.issues)
    is_open = due or bool(lost) or isinstance(decision, Recover) or is_overruled  # its text is not synced
    return LastSeen(
        payload="" if is_open else decision.digest,
        fields=fields | dict.fromkeys(doubted, DOUBTED),
        modified_at=_stamp(customer.modified_at),
    )


def _made_of(flow: Flow, targets: Collection[str]) -> set[str]:
    """Return the source fields of which these target fields are made, but for those that are written once."""
    rows = [row for row in flow.fields if row.target in targets and not row.create_only]
    return {name for row in rows for name in row.sources}


def sources_of(flow: Flow, targets: Collection[str], customer: Customer) -> list[str]:
    """Return the fields of which these target fields are made and that the customer carries.

    They can be in doubt. One that it does not carry has nothing to say again, and never had: else its row
    would have been left out.
    """
    reads = flow.lasting_reads
    return sorted(name for name in _made_of(flow, targets) if reads[name](customer) is not ABSENT)


def _theirs(
    flow: Flow, decision: _Decided, target: Ref, there: Customer | None, shown: Mapping[str, Any]
) -> LastSeen:
    """Return the memory of the target: what it shows, and what it first showed of what is written only once.

    The other direction may read that: unknown, it would make it take the customer's whole name for news, and
    an edit on its target's side for a conflict that its source wins.
    """
    older = None if isinstance(decision, Create | Recover) else decision.record
    known = older.last_seen(target.namespace).fields if older is not None else NOTHING_KEPT
    once = [row for row in flow.fields if row.create_only and row.target not in known]
    first = {row.target: digest(row.observed(there)) for row in once} if there is not None else {}
    lasting = {name: digest(shown[name]) for name in sorted(shown)}
    return LastSeen(fields=lasting | first, modified_at=_stamp(there.modified_at) if there else None)


def _stamp(modified_at: Maybe[datetime]) -> datetime | None:
    """Return when a side was modified last; a time without a zone does not count."""
    return modified_at if isinstance(modified_at, datetime) and modified_at.tzinfo is not None else None


# Whether a target kept what was written to it


def kept_of(row: FieldMapping, desired: Any, before: Any, shown: Any) -> Kept:
    """Return how the target keeps a field.

    Args:
        row: the field's row.
        desired: what was written.
        before: what the target showed before, `ABSENT` for a new customer.
        shown: what it shows now.

    Rule: G-LOSS

    >>> from custsync.rules.fields.mapping import Copied
    >>> name = FieldMapping(target="name", sources=("name",), rule="SP-NAME", compute=Copied("name"))
    >>> kept_of(name, "Lund Mills", ABSENT, "LUND MILLS "), kept_of(name, "Lund Mills", ABSENT, "Lund")
    (<Kept.YES: 'as it was written'>, <Kept.NO: 'not, or not whole'>)
    """
    if row.same(desired, shown):
        return Kept.YES
    if isinstance(desired, Address):
        return Kept.UNSEEN if shown is ABSENT else _address_kept(row, desired, before, shown)
    return _text_kept(desired, before, shown)


def _address_kept(row: FieldMapping, desired: Address, before: Any, shown: Any) -> Kept:
    sides = (desired, *(side if isinstance(side, Address) else Address() for side in (before, shown)))
    parts = zip(*map(row.parts, sides), strict=True)
    kept = {_text_kept(want, was, there) for want, was, there in parts if want is not ABSENT}
    return next((worst for worst in (Kept.NO, Kept.OTHERWISE) if worst in kept), Kept.YES)


def _text_kept(desired: Any, before: Any, shown: Any) -> Kept:
    want, was, there = canonical(desired), canonical(before), canonical(shown)
    if want == there or _is_tidied(want, there):
        return Kept.YES
    is_part = isinstance(want, str) and isinstance(there, str) and text_key(there) in text_key(want)
    return Kept.NO if there in (None, was) or is_part else Kept.OTHERWISE


def _is_tidied(want: Any, there: Any) -> bool:
    """Return whether the text is the desired one, made neat: other blanks, letters' case, phone signs.

    A phone may get its country's prefix.
    """
    if not isinstance(want, str) or not isinstance(there, str):
        return False
    number = phone_key(want)
    is_number = number is not None and (phone_key(there) or "").endswith(number)
    return is_number or text_key(want) == text_key(there)
