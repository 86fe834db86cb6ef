"""What is on record of a batch: texts that are known, sync records, linked customers as they are now.

So are the parents, by their sync records, and the creates whose outcome is not known, by every clue that was
kept. A parent that is not linked yet is waited for: the customer is synced without it, and the parent is
filled in by a later round.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Final, cast

from attrs import evolve

from custsync._building import evolved
from custsync.engine.calls import find
from custsync.engine.decide.admission import admit
from custsync.engine.decide.issues import review_issue
from custsync.engine.decide.merges import is_merged
from custsync.engine.decisions import Decision, Invalid, Review, Unchanged
from custsync.engine.plan.context import (
    RunContext,
    WorkItem,
    by_end,
    end_in,
    hits_of,
    is_intent,
    the_hit,
    with_transactions,
)
from custsync.engine.plan.issues import PARENT_WAITING
from custsync.engine.plan.reading import read
from custsync.engine.requests import End, FindByDigest, LoadRecords, Request, Side
from custsync.errors import CustsyncError
from custsync.flow import Flow
from custsync.models import ABSENT, Customer, Ref, Severity
from custsync.protocols import Capabilities, Found
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.steps import MatchStep, accepted, by_own_key, held_keys, keys_in, step
from custsync.syncrecords import Intent, Status, SyncRecord

Steps = Generator[Request, Any, None]


# Texts that are known


def find_known(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Steps:
    """Find the records whose text, and what the prescan says of them, are what they were when last synced.

    It comes twice: before the records are read, where their texts say it all, and after that for other flows.

    Rule: G-IDEM
    """
    is_said_by_text = terms.prescanned is None and flow.transactions is None
    cases = [case for case in cases if case.known_as is None and (case.customer is None) is is_said_by_text]
    asked = tuple([case.digest for case in cases if case.digest])
    if cases and terms.incremental and not asked:
        _say_once(flow, terms)
    known: Mapping[str, SyncRecord] = (yield FindByDigest(flow.link, asked)) if asked else {}
    for case in cases if known else ():
        record = known.get(case.digest)
        source = end_in(record, flow.source.name) if record is not None else None
        if record is None or source is None or not _is_of(source, terms.ends.source):
            continue
        if record.last_seen(source.namespace).payload == case.digest:
            case.record, case.known_as = record, source


def _say_once(flow: Flow, terms: RunContext) -> None:
    """Log, once in a run, that nothing can be passed over: customers that were read already have no text."""
    assert terms.whole is not None  # noqa: S101 - a batch is part of some input
    if not terms.whole.has_said:
        import logging  # dear to import, and only this needs it

        terms.whole.has_said = True
        logging.getLogger("custsync").warning("%s: %s", flow.name, NOT_INCREMENTAL)


NOT_INCREMENTAL: Final = (
    "incremental passes nothing over, because the customers were read already; give payloads or their texts"
)


def close_known(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Steps:
    """Decide the records whose text is known, where that ends the matter.

    Rule: G-IDEM
    """
    for case in cases if terms.incremental else ():
        if case.known_as is not None:
            case.decision = _unchanged(flow, case)
    yield from ()


def _is_of(ref: Ref, end: End) -> bool:
    """Return whether the customer is of that end's account and mode; an end without a mode has them all."""
    return ref.account == end.account and end.mode in ("", ref.mode)


def _unchanged(flow: Flow, case: WorkItem) -> Decision:
    assert case.record is not None and case.known_as is not None  # noqa: S101, PT018 - its text is known
    target = case.record.other(case.known_as)
    decision = Unchanged(source=case.known_as, target=target, trace=_KNOWN_TEXT, issues=case.issues)
    return with_transactions(flow, case, decision)


# Sync records and linked customers


def load_records(flow: Flow, cases: Sequence[WorkItem], _terms: RunContext) -> Steps:
    """Give each customer that was read its sync record, and decide who takes no part."""
    read_ones = [case for case in cases if case.known_as is None]
    if not read_ones:
        return
    ends = by_end((yield LoadRecords(flow.link, tuple([case.read.ref for case in read_ones]))))
    for case in read_ones:
        customer = case.read
        record = case.record = ends.get(customer.ref) if ends else None
        is_new = record is None and not customer.merged_into
        if is_new or not (is_intent(case) or _follows(customer, record)):
            case.decision = admit(flow, customer, record)
            case.admitted = True


def _follows(customer: Customer, record: SyncRecord | None) -> bool:
    """Return whether the customer was merged, which is carried over whoever takes part by now."""
    ended = record is not None and record.status is Status.EXCLUDED
    return not ended and is_merged(customer, record, None)


def look_at_links(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Steps:
    """Look up the counterpart of each customer that is linked, as it is now.

    A record whose text is known has nothing more to say, as long as its counterpart is there.
    """
    linked: dict[str, list[WorkItem]] = {}
    for case in cases:
        other = _linked_target(case)
        if other is not None:
            linked.setdefault(other.id, []).append(case)
    if not linked:
        return
    can = terms.ends.target.capabilities
    found = yield from find(Side.TARGET, "id", linked, can, terms.retry)
    for identity, answer in found.items():
        for case in linked[identity]:
            if case.known_as is not None:
                yield from _close_or_read(flow, case, answer, terms)
            if case.decision is None:
                hits = hits_of(flow, case, answer, terms)
                case.current = _named(hits, _linked_target(case))


def _linked_target(case: WorkItem) -> Ref | None:
    record = case.record
    if record is not None and record.merge is not None and not record.merge.done:
        return record.merge.duplicate
    if record is None or record.status not in (Status.LINKED, Status.SHARED):
        return None
    return record.other(case.source)


def _named(hits: Sequence[Customer], ref: Ref | None) -> Customer | None:
    """Return the hit that is meant, None where none is: a look-up may answer with others."""
    return next((hit for hit in hits if ref is not None and hit.ref.is_one_with(ref)), None)


def _close_or_read(flow: Flow, case: WorkItem, answer: Found, terms: RunContext) -> Steps:
    """Decide a record whose text is known; one whose counterpart is gone or lost our id is read after all.

    Of the counterpart no more is read than that: nothing is compared and nothing written.
    """
    linked, end = _linked_target(case), terms.ends.target
    glance = flow.target.glance(flow.source_id_field)
    there = the_hit(glance, end, linked, answer) if linked is not None else None
    if there is not None and not there.deleted and not _has_lost_id(flow, there):
        case.decision = _unchanged(flow, case)
    else:
        case.known_as = None
        if case.customer is None:
            yield from read(flow, [case], evolve(terms, prescanned=None))


def _has_lost_id(flow: Flow, there: Customer) -> bool:
    """Return whether the counterpart keeps the source's id no more, which has to be written again."""
    return bool(flow.source_id_field) and flow.updates and not value_of(there, flow.source_id_field)


_KNOWN_TEXT: Final = (step("G-IDEM", "Is the record, to the letter, what it was when last synced?", "yes"),)


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
            case.digest = ""  # its text must not count as synced while the parent is not


def _foreseen(flow: Flow, customer: Customer) -> str | None:
    return None if flow.foreseen_parent is None else flow.foreseen_parent(customer)


def _parent(customer: Customer) -> Ref:
    """Return the parent: a reference in full, or an id, which is a customer's whatever the child's kind."""
    ref, parent = customer.ref, cast("Any", customer.parent)
    return parent if isinstance(parent, Ref) else Ref(ref.system, str(parent), ref.account, ref.mode)


def _counterpart(parent: Ref, records: dict[Ref, SyncRecord]) -> Ref | None:
    record = records.get(parent)
    return record.other(parent) if record is not None and record.is_joined else None


def look_for_lost(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Generator[Request, Any, None]:
    """Look for the customers whose create has no known outcome, by every clue that was kept.

    Each such case ends with what carries its stamp or its key, the customer's own key among them. Finding
    nothing proves something only where the look-up is by one of these and does not lag: an email may have
    been edited since. Without such a look-up, a case that nothing was found for ends with None.

    Rule: G-DUP, LS-KEY-2
    """
    can = terms.ends.target.capabilities
    proving = {flow.source_id_field, flow.unique_key}
    keyed = by_own_key(flow.match, flow.field_for)
    own = {by: entry for by, entry in keyed.items() if by not in proving}
    proving = (proving | own.keys()) - can.eventually_consistent
    asking: dict[str, dict[str, list[tuple[WorkItem, Intent]]]] = {}
    for case in cases:
        for by, value, intent in _clues(case, can):
            case.stamped = [] if by in proving else case.stamped
            asking.setdefault(by, {}).setdefault(value, []).append((case, intent))
    for by, by_value in asking.items():
        answers = yield from find(Side.TARGET, by, by_value, can, terms.retry)
        for value, answer in answers.items():
            for case, intent in by_value[value]:
                hits = hits_of(flow, case, answer, terms)
                if by in own:
                    hits = yield from _unowned(flow, own[by], value, case, hits)
                    _refuse_misfit(own[by], case, hits)
                _keep_stamped(flow, case, intent, hits, own_key=by in own)
    yield from _refuse_taken(flow, cases)


def _refuse_taken(flow: Flow, cases: Sequence[WorkItem]) -> Generator[Request, Any, None]:
    """Leave to a person who was created, and is another customer's now: somebody merged the two there."""
    found = {hit.ref: None for case in cases for hit in case.stamped or () if not hit.deleted}
    records = by_end((yield LoadRecords(flow.link, tuple(found)))) if found else {}
    for case in cases:
        taken = [
            hit.ref
            for hit in case.stamped or ()
            if hit.ref in records and records[hit.ref].other(hit.ref) not in (None, case.read.ref)
        ]
        if taken and case.decision is None:
            issue = review_issue(Verdict.TAKEN, "G-DUP", flow.source_id_field or flow.unique_key)
            case.decision = Review(source=case.read.ref, issues=(issue,), candidates=tuple(taken))


def _unowned(
    flow: Flow, entry: MatchStep, value: str, case: WorkItem, hits: Sequence[Customer]
) -> Generator[Request, Any, list[Customer]]:
    """Return the hits that no other customer is linked to: a key may have changed hands since."""
    own = set(keys_in(entry, value, case.read))
    holding = [hit for hit in hits if hit.deleted or not own.isdisjoint(held_keys(entry, hit))]
    records = by_end((yield LoadRecords(flow.link, tuple([hit.ref for hit in holding])))) if holding else {}
    ours = case.read.ref
    owners = {hit.ref: records[hit.ref].other(hit.ref) or ours for hit in hits if hit.ref in records}
    return [hit for hit in holding if owners.get(hit.ref, ours) == ours]


def _refuse_misfit(entry: MatchStep, case: WorkItem, hits: Sequence[Customer]) -> None:
    """Refuse the customer where the search would not link what was found, whoever created that."""
    if entry.accept_hit is None or case.decision is not None:
        return
    try:
        verdicts = [accepted(entry, case.read, hit) for hit in hits if not hit.deleted]
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a step of the caller's raised: one record fails alone
        verdicts = [rule_raised(error)]
    issues = tuple(issue for issue in verdicts if issue is not None and issue.severity is Severity.ERROR)
    if issues:
        case.decision = Invalid(source=case.read.ref, issues=issues)


def _clues(case: WorkItem, can: Capabilities) -> list[tuple[str, str, Intent]]:
    intent = case.record.intent if case.record and case.match.verdict is not Verdict.ONE else None
    if intent is None:
        return []
    return [
        (by, value, intent) for by, values in intent.clues.items() if by in can.lookups for value in values
    ]


def _keep_stamped(
    flow: Flow, case: WorkItem, intent: Intent, hits: Sequence[Customer], *, own_key: bool
) -> None:
    known = {hit.ref for hit in case.stamped or ()}
    for hit in hits:
        stamp = value_of(hit, flow.source_id_field) if flow.source_id_field else None
        unique = value_of(hit, flow.unique_key) if flow.unique_key else None
        if hit.ref not in known and (own_key or stamp == case.read.ref.id or unique == intent.key):
            case.stamped = [*(case.stamped or ()), hit]
