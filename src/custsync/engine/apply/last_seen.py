"""What is remembered of both sides once a decision was carried out.

Only fields on which both sides agree are remembered: what one side still has to say must not be taken for
what was seen. A field that was not written is remembered as it was read before the write, so that an edit
made meanwhile is not taken for known.
"""

from collections.abc import Mapping
from typing import Any

from custsync.engine.decisions import Create, Link, Recover, Unchanged, Update
from custsync.flow import Flow
from custsync.models import NOTHING_KEPT, Customer, Ref
from custsync.rules.fields.fingerprints import canonical, digest
from custsync.rules.fields.mapping import value_of
from custsync.rules.normalize import phone_key, text_key
from custsync.syncrecords import LastSeen

__all__ = ["memory_of", "memory_of_announced"]


def memory_of(
    flow: Flow,
    decision: Create | Link | Update | Unchanged,
    target: Ref,
    after: Customer | None,
    *,
    answered: bool,
    known: Mapping[str, str] = NOTHING_KEPT,
) -> dict[str, LastSeen]:
    """Return the memory of each side, by realm.

    Args:
        flow: the policy.
        decision: what was carried out.
        target: the target customer.
        after: the target customer as it was seen after the write, None where it was not.
        answered: whether `after` is the write's own answer; what is read later may be somebody else's edit.
        known: digests of this customer's fields that were made already, when its create was announced.

    Rule: SP-BI, G-LOSS
    """
    customer = decision.customer
    if customer is None:
        return {}
    shown = _shown(flow, decision, after, answered=answered)
    said = _said(flow, frozenset(shown))
    due = bool(flow.write_back) and str(value_of(customer, flow.write_back) or "").strip() != target.id
    return {
        customer.ref.namespace: LastSeen(
            payload="" if due or _is_overruled(decision) else decision.digest,
            fields={name: known.get(name) or digest(value_of(customer, name)) for name in said},
        ),
        target.namespace: LastSeen(
            fields=_first_seen(flow, decision, target, after)
            | {name: digest(shown[name]) for name in sorted(shown)}
        ),
    }


def memory_of_announced(flow: Flow, decision: Create | Recover, namespace: str) -> dict[str, LastSeen]:
    """Return what both sides will show if a create takes effect as it is sent.

    Args:
        flow: the policy.
        decision: the create, or the one to be made anew.
        namespace: the world that the target's ids live in.

    Rule: G-LOSS
    """
    customer = decision.customer
    return {
        decision.source.namespace: LastSeen(
            fields={name: digest(read(customer)) for name, read in flow.lasting_reads.items()}
        ),
        namespace: LastSeen(
            fields={row.target: digest(decision.values.get(row.target)) for row in flow.fields}
        ),
    }


def _said(flow: Flow, shown: frozenset[str]) -> list[str]:
    """Return the source fields of which the target shows all that is made of them."""
    waiting = {name for row in flow.fields if row.target not in shown for name in row.sources}
    return sorted({name for row in flow.fields if row.target in shown for name in row.sources} - waiting)


def _is_overruled(decision: Create | Link | Update | Unchanged) -> bool:
    """Return whether the other side's value won over the source's: its text must not pass for said."""
    return any(issue.code == "conflict" for issue in decision.issues)


def _first_seen(
    flow: Flow, decision: Create | Link | Update | Unchanged, target: Ref, after: Customer | None
) -> dict[str, str]:
    """Return the digests of the fields that are written at creation only, where they are not remembered yet.

    The other direction may read them: unknown, they would make it take the customer's whole name for news,
    and an edit on its target's side for a conflict that its source wins.
    """
    there = after or getattr(decision, "current", None)
    if there is None:
        return {}
    known = decision.record.last_seen(target.namespace).fields if decision.record else {}
    rows = [row for row in flow.fields if row.create_only and row.target not in known]
    return {row.target: digest(row.observed(there)) for row in rows}


def _shown(
    flow: Flow, decision: Create | Link | Update | Unchanged, after: Customer | None, *, answered: bool
) -> Mapping[str, Any]:
    """Return what the target shows, for each field on which both sides agree."""
    if isinstance(decision, Create):
        return _shown_after_create(flow, decision, after, answered=answered)
    written = {} if isinstance(decision, Unchanged) else {c.field: c.after for c in decision.changes}
    shown = {}
    for name in decision.in_step:
        if name in written:
            shown[name] = _seen(flow, name, written[name], after, answered=answered)
        elif decision.current is not None:
            shown[name] = value_of(decision.current, name)
    return shown


def _shown_after_create(
    flow: Flow, decision: Create, after: Customer | None, *, answered: bool
) -> Mapping[str, Any]:
    shown = {}
    for row in flow.fields:
        if row.create_only:
            continue
        if row.target in decision.values:
            shown[row.target] = _seen(flow, row.target, decision.values[row.target], after, answered=answered)
        elif after is None or canonical(row.observed(after)) is None:
            shown[row.target] = None
    return shown


def _seen(flow: Flow, name: str, desired: Any, after: Customer | None, *, answered: bool) -> Any:
    """Return the value as the target keeps it: its own form where its answer says so, else what was sent."""
    if after is None:
        return desired
    row = flow.field_for[name]
    kept = row.observed(after)
    return kept if answered or row.same(desired, kept) or _is_tidied(desired, kept) else desired


def _is_tidied(desired: Any, kept: Any) -> bool:
    """Return whether the kept text is the desired one, made neat: other blanks, letters' case, phone signs.

    A target that reformats and answers without the record would else seem to have been edited meanwhile.
    """
    if not isinstance(desired, str) or not isinstance(kept, str):
        return False
    return text_key(desired) == text_key(kept) or None is not phone_key(desired) == phone_key(kept)
