"""Deciding one customer's fate: a pure function of the flow, the customer and the evidence.

No input, no output, no clock. Everything that can be said about a customer is said here, and the decision
carries its trace.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen

from custsync.decisions import Create, Decision, LeftOut, Link, Recover, RecoverBy, Refused, Review, Unchanged, Update
from custsync.eligibility import left_out_by
from custsync.fields import Change, FieldRow, Mapped, canonical, check_limits, digest, same, value_of
from custsync.flow import Conflict, Flow
from custsync.matching import Match, Step, Verdict, step
from custsync.models import ABSENT, Customer, Issue, Severity
from custsync.ports import Capabilities, Tier
from custsync.syncrecords import Intent, Status, SyncRecord

__all__ = ["Evidence", "decide"]

_OPEN: Final = Match(verdict=Verdict.NONE)


@frozen(kw_only=True)
class Evidence:
    """What was looked up for one customer.

    Attributes:
        record: its sync record, None where there is none.
        match: how the search for its counterpart ended; only for a customer without a link.
        current: the linked target customer as it is now, None where it is gone.
        stamped: only for an intent: the target customers that carry the source's stamp, None where the target cannot
            be asked in a way that proves anything.
        capabilities: what the target's adapter can do.
        now: aware UTC.
        digest: the digest of the source payload.
    """

    record: SyncRecord | None = None
    match: Match = _OPEN
    current: Customer | None = None
    stamped: Sequence[Customer] | None = None
    capabilities: Capabilities = Capabilities(tier=Tier.D)
    now: datetime | None = None
    digest: str = ""


def decide(flow: Flow, customer: Customer, evidence: Evidence) -> Decision:
    """Return the one decision for this customer.

    Args:
        flow: the policy.
        customer: the source customer.
        evidence: what was looked up.

    Returns:
        Exactly one of the closed set. Two candidates are never silently one.

    Rule: SP-OUT-1, SP-OUT-2, SP-OUT-3, SP-OUT-4, SP-IN-1, SP-IN-2, SP-BI, G-DUP, G-LOSS, G-WHY, G-IDEM
    """
    record = evidence.record
    if record is not None and record.status is Status.INTENT and record.intent is not None:
        return _recover(flow, customer, evidence, record, record.intent)
    issue = left_out_by(flow.filters, customer)
    if issue is not None:
        return LeftOut(source=customer.ref, issues=(issue,))
    if record is not None and record.status is Status.EXCLUDED:
        return LeftOut(source=customer.ref, issues=(record.error or _EXCLUDED,))
    if record is not None and record.status is Status.LINKED:
        return _linked(flow, customer, evidence, record)
    return _unlinked(flow, customer, evidence)


def _unlinked(flow: Flow, customer: Customer, evidence: Evidence) -> Decision:
    found = evidence.match
    if found.verdict is Verdict.NONE:
        return _create(flow, customer, evidence, found.trace)
    if found.verdict is Verdict.ONE:
        return _link(flow, customer, evidence, found.customers[0])
    rule = flow.match[found.place].rule
    return Review(
        source=customer.ref,
        trace=found.trace,
        issues=(_review_issue(found.verdict, rule, flow.match[found.place].reads),),
        candidates=tuple(candidate.ref for candidate in found.customers),
    )


def _create(flow: Flow, customer: Customer, evidence: Evidence, trace: tuple[Step, ...]) -> Decision:
    missing = [entry.issue for entry in flow.requires if entry.leaves_out(customer)]
    if missing:
        return LeftOut(source=customer.ref, trace=trace, issues=tuple(missing))
    values: dict[str, Any] = {}
    issues: tuple[Issue, ...] = ()
    for row in flow.rows:
        value = row.value(customer, None)
        if type(value) is Mapped:
            issues += value.issues
            value = value.value
        if value is not None and value is not ABSENT and value != "":
            values[row.target] = value
    if flow.target.limits:
        values, over = check_limits(values, flow.target.limits, flow.may_cut)
        issues += over
    if _is_refused(issues):
        return Refused(source=customer.ref, trace=trace, issues=issues)
    return Create(
        source=customer.ref,
        trace=trace,
        issues=issues,
        customer=customer,
        record=evidence.record,
        digest=evidence.digest,
        values=values,
    )


def _link(flow: Flow, customer: Customer, evidence: Evidence, target: Customer) -> Decision:
    merged = _Merging(flow, customer, target, None).run()
    if _is_refused(merged.issues):
        return Refused(source=customer.ref, trace=evidence.match.trace, issues=tuple(merged.issues))
    return Link(
        source=customer.ref,
        trace=evidence.match.trace,
        issues=tuple(merged.issues),
        customer=customer,
        record=evidence.record,
        digest=evidence.digest,
        target=target.ref,
        current=target,
        changes=tuple(merged.changes),
        in_step=merged.in_step(),
        write_back=_write_back_due(flow, customer, target),
    )


def _linked(flow: Flow, customer: Customer, evidence: Evidence, record: SyncRecord) -> Decision:
    target, other = evidence.current, record.other(customer.ref)
    if target is None or target.deleted:
        return Review(
            source=customer.ref,
            trace=(step("G-DUP", "Is the linked customer still there?", "gone"),),
            issues=(_BROKEN_LINK,),
            candidates=(other,) if other else (),
        )
    if flow.write_back and _kept_id(flow, customer) not in ("", target.ref.id):
        return Review(
            source=customer.ref,
            trace=(step("SP-OUT-1", "Does the id kept on the customer agree with its link?", "no"),),
            issues=(_OTHER_ID,),
            candidates=(target.ref,),
        )
    return _updated(flow, customer, evidence, record, target)


def _updated(
    flow: Flow, customer: Customer, evidence: Evidence, record: SyncRecord, target: Customer
) -> Decision:
    merged = _Merging(flow, customer, target, record).run()
    trace = (step("G-DUP", "Is there a sync record that links the customer?", "yes"), *merged.trace)
    if _is_refused(merged.issues):
        return Refused(source=customer.ref, trace=trace, issues=tuple(merged.issues))
    if merged.undecided:
        return Review(
            source=customer.ref, trace=trace, issues=tuple(merged.issues), candidates=(target.ref,)
        )
    write_back = _write_back_due(flow, customer, target)
    if flow.updates and (merged.changes or write_back):
        return Update(
            source=customer.ref,
            trace=trace,
            issues=tuple(merged.issues),
            customer=customer,
            record=record,
            digest=evidence.digest,
            target=target.ref,
            current=target,
            changes=tuple(merged.changes),
            in_step=merged.in_step(),
            write_back=write_back,
        )
    return _unchanged(merged, customer, evidence, record, target, trace)


def _unchanged(
    merged: "_Merging",
    customer: Customer,
    evidence: Evidence,
    record: SyncRecord,
    target: Customer,
    trace: tuple[Step, ...],
) -> Unchanged:
    in_step = merged.in_step()
    known = record.seen(customer.ref.realm)
    learned = known.payload != evidence.digest or merged.has_news(in_step)
    return Unchanged(
        source=customer.ref,
        trace=trace,
        issues=tuple(merged.issues),
        target=target.ref,
        customer=customer if learned else None,
        current=target if learned else None,
        record=record if learned else None,
        digest=evidence.digest if learned else "",
        in_step=in_step if learned else (),
    )


def _write_back_due(flow: Flow, customer: Customer, target: Customer) -> bool:
    return bool(flow.write_back) and _kept_id(flow, customer) != target.ref.id


def _kept_id(flow: Flow, customer: Customer) -> str:
    return str(value_of(customer, flow.write_back) or "").strip()


def _is_refused(issues: Sequence[Issue]) -> bool:
    return any(issue.severity is Severity.ERROR for issue in issues)


class _Merging:
    """The three-way comparison of one pair of customers: what the source says, what the target says, what was last seen.

    A field that changed on one side only is that side's to say. A field that changed on both goes by the flow's
    policy, and both values are kept. Without a memory (a first link) the source's values count and its blanks say nothing.

    Rule: SP-BI, G-LOSS
    """

    def __init__(self, flow: Flow, customer: Customer, target: Customer, record: SyncRecord | None) -> None:
        self.flow = flow
        self.customer = customer
        self.target = target
        self.said = record.seen(customer.ref.realm).fields if record else {}
        self.shown = record.seen(target.ref.realm).fields if record else {}
        self.changes: list[Change] = []
        self.issues: list[Issue] = []
        self.trace: list[Step] = []
        self.behind: set[str] = set()
        self.undecided = False

    def run(self) -> "_Merging":
        for row in self.flow.rows:
            if not row.create_only:
                self._compare(row)
        if self.changes and self.flow.target.limits:
            self._fit()
        return self

    def _compare(self, row: FieldRow) -> None:
        desired = row.value(self.customer, self.target)
        issues: tuple[Issue, ...] = ()
        if type(desired) is Mapped:
            desired, issues = desired.value, desired.issues
        observed = value_of(self.target, row.target)
        blank = canonical(desired) is None
        if blank and not self._may_clear(row, desired):
            if canonical(observed) is not None:
                self.behind.add(row.target)
            return
        if same(desired, observed):
            return
        if self.said and not self._source_spoke(row):
            self.behind.add(row.target)
            return
        self.issues += issues
        self._settle(row, None if blank else desired, observed)

    def _may_clear(self, row: FieldRow, desired: Any) -> bool:
        if not row.clears or not self.said.keys() >= set(row.reads) or not self._source_spoke(row):
            return False
        return desired is not ABSENT or (
            self.flow.source.absent_is_null and not row.target.endswith("_address")
        )

    def _source_spoke(self, row: FieldRow) -> bool:
        return any(self.said.get(name) != digest(value_of(self.customer, name)) for name in row.reads)

    def _has_changed(self, name: str, observed: Any) -> bool:
        return name in self.shown and self.shown[name] != digest(observed)

    def _settle(self, row: FieldRow, desired: Any, observed: Any) -> None:
        change = Change(field=row.target, rule=row.rule, before=observed, after=desired)
        if not self._has_changed(row.target, observed):
            self.changes.append(change)
            return
        winner = self._winner()
        self.issues.append(_conflict_issue(row, winner))
        self.trace.append(step(row.rule, f"Who wins where {row.target} changed on both sides?", winner.value))
        if winner is Conflict.SOURCE:
            self.changes.append(change)
        else:
            self.behind.add(row.target)
            self.undecided = self.undecided or winner is Conflict.REVIEW

    def _winner(self) -> Conflict:
        if self.flow.conflict is not Conflict.NEWEST:
            return self.flow.conflict
        ours, theirs = self.customer.modified_at, self.target.modified_at
        if not isinstance(ours, datetime) or not isinstance(theirs, datetime) or ours == theirs:
            return Conflict.REVIEW
        return Conflict.SOURCE if ours > theirs else Conflict.TARGET

    def _fit(self) -> None:
        values = {change.field: change.after for change in self.changes}
        fitted, over = check_limits(values, self.flow.target.limits, self.flow.may_cut)
        self.issues += over
        kept = []
        for change in self.changes:
            after = fitted[change.field]
            if not same(after, change.before):
                kept.append(Change(field=change.field, rule=change.rule, before=change.before, after=after))
        self.changes = kept

    def in_step(self) -> tuple[str, ...]:
        """Return the target fields on which both sides agree once the changes are written."""
        return tuple(
            row.target for row in self.flow.rows if row.target not in self.behind and not row.create_only
        )

    def has_news(self, in_step: tuple[str, ...]) -> bool:
        """Return whether the record's memory differs from what the sides that agree now show."""
        rows = {row.target: row for row in self.flow.rows}
        return any(
            self.shown.get(name) != digest(value_of(self.target, name)) or self._source_spoke(rows[name])
            for name in in_step
        )


def _recover(
    flow: Flow, customer: Customer, evidence: Evidence, record: SyncRecord, intent: Intent
) -> Decision:
    can, stamped = evidence.capabilities, evidence.stamped
    alive = [candidate for candidate in stamped or () if not candidate.deleted]
    by = _recover_by(can, intent, stamped, alive, evidence.now)
    trace = (step("G-DUP", "Did the earlier create take effect?", _RECOVERY_WORDS[by]),)
    if by is None:
        return Review(
            source=customer.ref,
            trace=trace,
            issues=(_UNKNOWN_OUTCOME,),
            candidates=tuple(candidate.ref for candidate in alive),
        )
    adopted = alive[0] if by is RecoverBy.ADOPT else None
    anew = _create(flow, customer, evidence, trace) if by is RecoverBy.ANEW else None
    if anew is not None and not isinstance(anew, Create):
        return anew
    return Recover(
        source=customer.ref,
        trace=trace,
        customer=customer,
        record=record,
        digest=evidence.digest,
        by=by,
        target=adopted.ref if adopted else None,
        current=adopted,
        until=intent.issued_at + can.settle_window if by is RecoverBy.WAIT else None,
        values=anew.values if anew is not None else {},
    )


def _recover_by(
    can: Capabilities,
    intent: Intent,
    stamped: Sequence[Customer] | None,
    alive: Sequence[Customer],
    now: datetime | None,
) -> RecoverBy | None:
    if len(alive) == 1:
        return RecoverBy.ADOPT
    if alive:
        return None
    if can.tier is Tier.A:
        return RecoverBy.REISSUE
    age = now - intent.issued_at if now else timedelta(0)
    if can.tier is Tier.B and age < can.key_lifetime - can.settle_window:
        return RecoverBy.REISSUE
    if age < max(can.settle_window, can.key_lifetime if can.tier is Tier.B else can.settle_window):
        return RecoverBy.WAIT
    return None if stamped is None or can.tier is Tier.D else RecoverBy.ANEW


_RECOVERY_WORDS: Final[Mapping[RecoverBy | None, str]] = {
    RecoverBy.ADOPT: "yes, the customer carries our stamp",
    RecoverBy.REISSUE: "unknown; the same create is safe to send again",
    RecoverBy.ANEW: "no, and it cannot any more",
    RecoverBy.WAIT: "unknown; it may still appear",
    None: "unknown, and the target cannot tell",
}

_EXCLUDED: Final = Issue(
    code="excluded",
    rule="UF-EXC-4",
    field="status",
    reason="the customer is excluded for good",
    remedy="Lift the exclusion on its sync record by an explicit act, if it was a mistake",
)
_BROKEN_LINK: Final = Issue(
    code="broken_link",
    rule="G-DUP",
    field="target",
    reason="the customer is linked, but the linked customer is not there any more",
    remedy="Link the sync record to the right customer, or delete the record to let the customer be created again",
)
_OTHER_ID: Final = Issue(
    code="other_id",
    rule="SP-OUT-1",
    field="write_back",
    reason="the customer keeps the id of another customer than the one its sync record links it to",
    remedy="Correct whichever of the two is wrong",
)
_UNKNOWN_OUTCOME: Final = Issue(
    code="unknown_outcome",
    rule="G-DUP",
    field="target",
    reason="an earlier create may have taken effect, and the target cannot tell",
    remedy="Look the customer up in the target, then link it by hand or delete its sync record",
)


def _review_issue(verdict: Verdict, rule: str, field: str) -> Issue:
    code, reason, remedy = _REVIEWS[verdict]
    return Issue(code=code, rule=rule, field=field, reason=reason, remedy=remedy)


_REVIEWS: Final[Mapping[Verdict, tuple[str, str, str]]] = {
    Verdict.SEVERAL: (
        "ambiguous",
        "several target customers match",
        "Choose one and link it, or merge them in the target",
    ),
    Verdict.TAKEN: (
        "taken",
        "the target customer that matches is linked to another source customer",
        "If the two source customers are one, merge them; if not, give them different match values",
    ),
    Verdict.GONE: (
        "deleted_target",
        "the target customer that matches was deleted there",
        "Remove the id that the source keeps, to let the customer be created again",
    ),
}


def _conflict_issue(row: FieldRow, winner: Conflict) -> Issue:
    undecided = winner is Conflict.REVIEW
    return Issue(
        code="conflict",
        rule=row.rule,
        field=row.target,
        reason="the field changed on both sides since they were last seen",
        remedy="Choose one of the two values" if undecided else f"The {winner.value}'s value counts",
        severity=Severity.WARNING,
    )
