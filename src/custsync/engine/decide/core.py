"""Deciding for one customer: a pure function of the flow, the customer and the evidence.

No input, no output, no clock. All that there is to report about a customer is reported here, and the decision
carries its trace.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import define, evolve

from custsync._arguments import checked
from custsync._building import builder, finish
from custsync.engine.decide.admission import admit, exclusion_of, turned_away, with_mark
from custsync.engine.decide.diff import Comparison, compare, is_older
from custsync.engine.decide.issues import (
    BROKEN_LINK,
    CLOCK_BEHIND,
    EXCLUDED,
    LINKED_ANEW,
    OLDER_SNAPSHOT,
    OTHER_ID,
    UNKNOWN_OUTCOME,
    newly_excluded,
    review_issue,
)
from custsync.engine.decide.merges import Survivor, follow, is_merged, review_of
from custsync.engine.decide.recovery import RECOVERY_WORDS, is_ahead, recover_by, settled_at
from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Recover,
    RecoverBy,
    Review,
    Unchanged,
    Update,
    as_shared,
    fields_of,
)
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Severity
from custsync.protocols import Capabilities, Tier
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.mapping import MappedValue, computed, value_of
from custsync.rules.fields.values import says_nothing
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.search import Match
from custsync.rules.matching.steps import Step, step
from custsync.syncrecords import Status, SyncRecord, settle
from custsync.systems.system import fit_values

_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)
_OPEN: Final = Match(verdict=Verdict.NONE)
_NOBODY: Final = Survivor()
_CREATE: Final = builder(Create)


@define(kw_only=True, eq=False)
class Evidence:
    """What was looked up for one customer.

    Attributes:
        record: its sync record, None where there is none.
        match: how the search for its counterpart ended; only for a customer without a link.
        current: the linked target customer as it is now, None where it is gone.
        stamped: only for an intent: the target customers that carry the source's stamp, None where the
            target cannot be asked in a way that proves anything.
        capabilities: what the target's adapter can do.
        now: aware UTC, from before the look-ups; needed where the record has an intent, or updates in flight.
        digest: the digest of the source payload.
        survivor: whom the customer, or its counterpart, was merged into.
        admitted: whether the checks of every customer were asked already.
    """

    record: SyncRecord | None = None
    match: Match = _OPEN
    current: Customer | None = None
    stamped: Sequence[Customer] | None = None
    capabilities: Capabilities = Capabilities(tier=Tier.D)
    now: datetime = _NO_TIME
    digest: str = ""
    survivor: Survivor = _NOBODY
    admitted: bool = False


@checked
def decide(flow: Flow, customer: Customer, evidence: Evidence) -> Decision:
    """Return the one decision for this customer.

    Args:
        flow: the policy.
        customer: the source customer.
        evidence: what was looked up.

    Returns:
        Exactly one of the closed set. Two candidates are never silently one.

    Raises:
        InputError: the search for a counterpart is not ended.

    Rule: SP-OUT-1, SP-OUT-2, SP-OUT-3, SP-OUT-4, SP-IN-1, SP-IN-2, SP-BI, G-DUP, G-LOSS, G-WHY, G-IDEM
    """
    if evidence.match.verdict is Verdict.ASK:
        raise InputError(f"the search is not ended: look up match step {evidence.match.place} first")
    return decided(flow, customer, evidence)


def decided(flow: Flow, customer: Customer, evidence: Evidence) -> Decision:
    """Return the decision as `decide` does, where the search has ended."""
    try:
        if _is_new(flow, customer, evidence):
            decision = _create(flow, customer, evidence, evidence.match.trace)
        else:
            excluded = exclusion_of(flow, customer, evidence.record) if flow.excluded_field else None
            marked = with_mark(customer, excluded) if flow.excluded_field else customer
            decision = _decision(flow, marked, evidence)
            decision = decision if excluded is None else _with_exclusion(flow, decision, excluded)
        if not isinstance(decision, Create) and customer.external_id:
            is_held = getattr(decision, "customer", None) is not None
            decision = decision if is_held else evolve(decision, external_id=customer.external_id)
        return decision if flow.transactions is None else flow.transactions(customer, decision)
    except Exception as error:  # noqa: BLE001 - a row of the caller's raised: one record fails alone
        return Invalid(source=customer.ref, issues=(rule_raised(error),))


def _is_new(flow: Flow, customer: Customer, evidence: Evidence) -> bool:
    """Return whether it is plain that the customer has no counterpart, as most in a first run have none."""
    return (
        evidence.admitted
        and evidence.record is None
        and evidence.match.verdict is Verdict.NONE
        and not (customer.merged_into or evidence.match.notes or flow.excluded_field)
        and evidence.survivor is _NOBODY
    )


def _with_exclusion(flow: Flow, decision: Decision, reason: Issue) -> Decision:
    """Return the decision with why the customer is excluded: `newly_excluded` where its mark is written."""
    if flow.excluded_field in fields_of(decision):
        issue = newly_excluded(reason, _HIDE)
    else:
        issue = evolve(reason, code=EXCLUDED.code, severity=Severity.NOTE)
    return evolve(decision, issues=(*decision.issues, issue))


_HIDE: Final = "Exclude the customer in the target too: it is there, with a mark, and kept up to date"


def _decision(flow: Flow, customer: Customer, evidence: Evidence) -> Decision:
    record = evidence.record
    if record is not None and _is_lost(record, evidence):
        return _recover(flow, customer, evidence, record)
    is_excluded = record is not None and record.status is Status.EXCLUDED
    was_merged = is_merged(customer, record, evidence.current) or evidence.survivor.target is not None
    if not is_excluded and was_merged:
        can_merge = evidence.capabilities.merges > 0
        return follow(customer, record, evidence.current, evidence.survivor, can_merge=can_merge)
    barred = None if evidence.admitted else admit(flow, customer, record)
    if barred is not None:
        return barred
    if record is not None and record.status in (Status.LINKED, Status.SHARED):
        return _linked(flow, customer, evidence, record)
    decision, notes = _unlinked(flow, customer, evidence), evidence.match.notes
    return evolve(decision, issues=(*decision.issues, *notes)) if notes else decision


def _is_lost(record: SyncRecord, evidence: Evidence) -> bool:
    """Return whether a create of this customer has no known outcome.

    Not so where the search has found the counterpart: the intent is then the other direction's, whose create
    made this very customer, and its request is not for this flow's target.
    """
    return record.status is Status.INTENT and evidence.match.verdict is not Verdict.ONE


def _unlinked(flow: Flow, customer: Customer, evidence: Evidence) -> Decision:
    found = evidence.match
    if found.verdict is Verdict.NONE:
        return _create(flow, customer, evidence, found.trace)
    if found.verdict is Verdict.ONE:
        return _link(flow, customer, evidence, found.customers[0])
    if found.issue is not None:
        return Invalid(source=customer.ref, trace=found.trace, issues=(found.issue,))
    entry = flow.match[found.place]
    issue = review_issue(found.verdict, entry.id, entry.source_field)
    return review_of(customer, found.trace, issue, *[candidate.ref for candidate in found.customers])


def _create(flow: Flow, customer: Customer, evidence: Evidence, trace: tuple[Step, ...]) -> Decision:
    failed = flow.failed_checks(customer, "create")
    if failed:
        return turned_away(customer, failed, trace)
    values, issues = _wanted(flow, customer)
    if issues and _is_refused(issues):
        return Invalid(source=customer.ref, trace=trace, issues=issues)
    made = _CREATE(
        source=customer.ref,
        trace=trace,
        issues=issues,
        customer=customer,
        record=evidence.record,
        digest=evidence.digest,
        values=values,
    )
    return finish(made, Create)


def _wanted(flow: Flow, customer: Customer) -> tuple[Mapping[str, Any], tuple[Issue, ...]]:
    """Return the values that a new customer gets, as they fit, and what there is to report about them."""
    try:
        quick = flow.quick_values(customer)
        if quick is not None:
            fitted, over = flow.target.fit(quick[0], None)
            if fitted is quick[0] and not over:
                return quick
    except Exception:  # noqa: BLE001, S110 - it is raised again below, with the name of its row
        pass
    values: dict[str, Any] = {}
    issues: tuple[Issue, ...] = ()
    for row in flow.fields:
        value = computed(row, customer, None)
        if type(value) is MappedValue:
            issues += value.issues
            value = value.value
        if not says_nothing(value):
            values[row.target] = value
    fitted, over = fit_values(values, flow.target, flow.may_cut)
    return fitted, tuple(dict.fromkeys(issues + over))


def _link(flow: Flow, customer: Customer, evidence: Evidence, target: Customer) -> Decision:
    announced = evidence.record if evidence.record and evidence.record.status is Status.INTENT else None
    merged = _compared(flow, customer, target, announced)
    if evidence.match.issue is not None:
        merged.issues.append(evidence.match.issue)
    if _is_refused(merged.issues) and not evidence.match.shared:
        return Invalid(source=customer.ref, trace=evidence.match.trace, issues=tuple(merged.issues))
    write_back = _write_back_due(flow, customer, target)
    learned = _learned(merged, customer, evidence, target)
    link = Link(trace=evidence.match.trace, changes=tuple(merged.changes), write_back=write_back, **learned)
    return as_shared(link) if evidence.match.shared else link


def _compared(flow: Flow, customer: Customer, target: Customer, record: SyncRecord | None) -> Comparison:
    """Return the two compared; at a link that is to keep what is there, nothing is observed of them yet."""
    merged = compare(flow, customer, target, record)
    is_known = record is not None and bool(record.last_seen(customer.ref.namespace).fields)
    if flow.on_link == "keep" and not is_known:
        merged.keep_what_is_there()
    return merged


def _linked(flow: Flow, customer: Customer, evidence: Evidence, record: SyncRecord) -> Decision:
    target, other = evidence.current, record.other(customer.ref)
    if target is not None and target.deleted and evidence.match.verdict is Verdict.ONE:
        link = _link(flow, customer, evidence, evidence.match.customers[0])
        return evolve(link, issues=(*link.issues, LINKED_ANEW))
    if target is None or target.deleted or other is None or not other.is_one_with(target.ref):
        asked = step("G-DUP", "Is the linked customer still there?", "gone")
        return review_of(customer, (asked,), BROKEN_LINK, other)
    if flow.write_back and _kept_id(flow, customer) not in ("", target.ref.id):
        asked = step("G-DUP", "Does the id kept on the customer agree with its link?", "no")
        return review_of(customer, (asked,), OTHER_ID, target.ref)
    return _updated(flow, customer, evidence, record, target)


def _updated(
    flow: Flow, customer: Customer, evidence: Evidence, record: SyncRecord, target: Customer
) -> Decision:
    linked = step("G-DUP", "Is there a sync record that links the customer?", "yes")
    if is_older(customer, record):
        return Unchanged(source=customer.ref, target=target.ref, trace=(linked,), issues=(OLDER_SNAPSHOT,))
    merged = _compared(flow, customer, target, record)
    if record.status is Status.SHARED:
        return _unchanged(merged.nothing_to_say(), customer, evidence, record, target, (linked,))
    trace = (linked, *merged.trace)
    if _is_refused(merged.issues):
        return Invalid(source=customer.ref, trace=trace, issues=tuple(merged.issues))
    if merged.undecided:
        return Review(source=customer.ref, trace=trace, issues=tuple(merged.issues), candidates=(target.ref,))
    write_back = _write_back_due(flow, customer, target)
    if merged.changes or write_back:
        learned = _learned(merged, customer, evidence, target) | {"seen_at": _seen_at(evidence, record)}
        return Update(trace=trace, changes=tuple(merged.changes), write_back=write_back, **learned)
    return _unchanged(merged, customer, evidence, record, target, trace)


def _unchanged(
    merged: Comparison,
    customer: Customer,
    evidence: Evidence,
    record: SyncRecord,
    target: Customer,
    trace: tuple[Step, ...],
) -> Unchanged:
    in_step, seen_at = merged.in_step(), _seen_at(evidence, record)
    settled = settle(record, target.ref.namespace, seen_at, merged.shown_behind())
    is_text_news = (
        not settled.in_flight and record.last_seen(customer.ref.namespace).payload != evidence.digest
    )
    if is_text_news or settled is not record or merged.has_news(in_step):
        return Unchanged(trace=trace, seen_at=seen_at, **_learned(merged, customer, evidence, target))
    return Unchanged(source=customer.ref, trace=trace, issues=tuple(merged.issues), target=target.ref)


def _learned(merged: Comparison, customer: Customer, evidence: Evidence, target: Customer) -> dict[str, Any]:
    """Return what a decision keeps of two that were compared, for the sync record to learn."""
    return {
        "source": customer.ref,
        "issues": tuple(merged.issues),
        "customer": customer,
        "record": evidence.record,
        "digest": evidence.digest,
        "target": target.ref,
        "current": target,
        "in_step": merged.in_step(),
        "held": tuple(sorted(merged.held)),
    }


def _seen_at(evidence: Evidence, record: SyncRecord) -> datetime | None:
    """Return when the target was read, where that settles something."""
    return evidence.now if record.in_flight and evidence.now is not _NO_TIME else None


def _write_back_due(flow: Flow, customer: Customer, target: Customer) -> bool:
    return bool(flow.write_back) and _kept_id(flow, customer) != target.ref.id


def _kept_id(flow: Flow, customer: Customer) -> str:
    return str(value_of(customer, flow.write_back) or "").strip()


def _is_refused(issues: Sequence[Issue]) -> bool:
    return bool(issues) and any(issue.severity is Severity.ERROR for issue in issues)


def _recover(flow: Flow, customer: Customer, evidence: Evidence, record: SyncRecord) -> Decision:
    can, stamped, intent = evidence.capabilities, evidence.stamped, record.intent
    alive = [candidate for candidate in stamped or () if not candidate.deleted]
    by = recover_by(can, intent, stamped, alive, evidence.now) if intent else None
    trace = (step("G-DUP", "Did the earlier create take effect?", RECOVERY_WORDS[by]),)
    if by is None:
        is_timeless = not alive and intent is not None and is_ahead(intent.issued_at, evidence.now)
        issue = CLOCK_BEHIND if is_timeless else UNKNOWN_OUTCOME
        return review_of(customer, trace, issue, *[candidate.ref for candidate in alive])
    adopted = alive[0] if by is RecoverBy.ADOPT else None
    wanted = _create(flow, customer, evidence, trace) if by is not RecoverBy.WAIT else None
    if by is RecoverBy.ANEW and wanted is not None and not isinstance(wanted, Create):
        return wanted
    return Recover(
        source=customer.ref,
        trace=trace,
        customer=customer,
        record=record,
        digest=evidence.digest,
        by=by,
        target=adopted.ref if adopted else None,
        current=adopted,
        until=settled_at(can, intent.issued_at) if intent and by is RecoverBy.WAIT else None,
        values=wanted.values if isinstance(wanted, Create) else {},
    )
