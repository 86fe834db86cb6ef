"""Announcing writes: what is durable on the sync record before a create or an update is sent."""

from datetime import datetime
from hashlib import blake2b
from typing import Final

from custsync.engine.apply.last_seen import memory_before, memory_of_announced
from custsync.engine.decisions import Create, Link, Recover, Update
from custsync.flow import Flow
from custsync.models import Customer, Ref
from custsync.rules.fields.fingerprints import digest
from custsync.rules.matching.steps import keys_for, look_up_values
from custsync.syncrecords import (
    Intent,
    SyncRecord,
    UpdateNote,
    announce,
    begin,
    intend,
    link,
    share,
    with_last_seen,
)

__all__ = ["announce_create", "announce_update", "creation_key"]

_LONGEST_PLAIN: Final = 200
"""Ids up to this length are readable in a unique key, which NetSuite cuts off at 255."""


def creation_key(flow: Flow, source: Ref, attempt: int) -> str:
    """Return the create's identity at the target: made of the source customer, never of its content.

    Where the target keeps the key as a unique field, every attempt has the same one, made of letters,
    digits, `-` and `_`, and readable where the source has one account only. Otherwise a new attempt, made
    only when the last one is known to have failed, has a new one.

    >>> from custsync.flows import stripe
    >>> creation_key(stripe.IMPORT, Ref("stripe", "cus_1"), 3)
    'stripe-cus_1'
    >>> source = Ref("netsuite", "7")
    >>> creation_key(stripe.EXPORT, source, 0) == creation_key(stripe.EXPORT, source, 1)
    False

    Rule: G-DUP
    """
    is_one_world = not source.account and source.kind == "customer"
    if flow.unique_key and is_one_world and _is_plain(source.id):
        return f"{source.system}-{source.id}"
    identity = f"{flow.link}\0{source.namespace}\0{source.id}"
    name = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"custsync-{name}" if flow.unique_key else f"custsync-{name}-{attempt}"


def _is_plain(identity: str) -> bool:
    letters = identity.replace("_", "").replace("-", "")
    return letters.isascii() and letters.isalnum() and len(identity) <= _LONGEST_PLAIN


def announce_create(
    flow: Flow, decision: Create | Recover, namespace: str, now: datetime
) -> tuple[SyncRecord, Intent]:
    """Return the record with a create's intent on it, and the intent, to be saved before the create is sent.

    The record remembers what both sides will show if the create takes effect, so that an edit on either side
    is distinguished from it even if the answer is lost.

    Args:
        flow: the policy.
        decision: the create, or the one to be made anew.
        namespace: the world that the target's ids live in.
        now: aware UTC.

    Rule: G-DUP, G-LOSS
    """
    source = decision.source
    record = decision.record or begin(flow.link, source, flow.name)
    key = creation_key(flow, source, record.version)
    values = dict(decision.values)
    if flow.unique_key:
        values[flow.unique_key] = key
    intent = Intent(
        key=key,
        issued_at=now,
        attempt=record.version,
        rules=flow.version,
        request=flow.target.write(values, None),
        clues=_clues(flow, decision.customer, key),
    )
    return with_last_seen(intend(record, intent), memory_of_announced(flow, decision, namespace)), intent


def announce_update(
    flow: Flow, decision: Link | Update, there: Customer | None, until: datetime | None
) -> SyncRecord:
    """Return the record with an update in flight on it, to be saved before the update is sent.

    Where nothing is sent there is nothing to announce; the record of a link is then just linked. What both
    sides of a link show before its first update is remembered: so what that update does is distinguished from
    what people do afterwards.

    Args:
        flow: the policy.
        decision: the link or the update.
        there: the customer as it is in the target; an update that replaces what it does not name carries it.
            A field that somebody edited there, and that is not settled yet, is in doubt from then on: that it
            is carried does not make it ours.
        until: when the update can take effect no more (aware UTC), None where nothing is sent.

    Rule: G-LOSS
    """
    record = decision.record or begin(flow.link, decision.source, flow.name)
    if isinstance(decision, Link):
        record = (share if decision.shared else link)(record, decision.source, decision.target)
    if until is None:
        return record
    if isinstance(decision, Link):
        record = with_last_seen(record, memory_before(flow, decision))
    carried = {}
    if flow.target.replaces_lists and there is not None:
        carried = {row.target: digest(row.observed(there)) for row in flow.fields if not row.create_only}
    written = {change.field: digest(change.after) for change in decision.changes}
    sources = {name for change in decision.changes for name in flow.field_for[change.field].sources}
    source, target = decision.source.namespace, decision.target.namespace
    seen = record.last_seen(target).fields
    edited = [
        name for name, value in carried.items() if seen.get(name, value) != value and name not in written
    ]
    note = UpdateNote(namespace=target, fields=carried | written, until=until)
    return announce(record, note, {source: sorted(sources), target: sorted(edited)})


def _clues(flow: Flow, customer: Customer, key: str) -> dict[str, tuple[str, ...]]:
    clues = {
        entry.lookup: look_up_values(
            entry, customer, keys_for(entry, customer), exact=entry.lookup in flow.target.case_sensitive
        )
        for entry in flow.match
        if entry.lookup != "id"
    }
    if flow.source_id_field:
        clues[flow.source_id_field] = (customer.ref.id,)
    if flow.unique_key:
        clues[flow.unique_key] = (key,)
    return {by: values for by, values in clues.items() if values}
