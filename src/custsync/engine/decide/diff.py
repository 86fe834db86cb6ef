"""Comparing a source customer with its counterpart: what each side has, and what was last seen of it.

A field that changed on one side only takes that side's value. A field that changed on both follows the flow's
policy, and both values are kept. Without a memory (a first link) the source's values count and its blanks say
nothing. The same memory stops echoes: a side that still shows what was last seen there has nothing to say.

The source's own id in the target is the source's alone to say: where it was cleared, it is written again.

Nor has a side that shows what an update in flight announced: that is our own write. Where the source has
nothing newer to say either, it came late, and what it overwrote is written again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve

from custsync.engine.decide.issues import KEPT_AS_IT_IS, LATE_EFFECT, UNREAD_ADDRESS
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.models import ABSENT, Customer, Issue, Severity
from custsync.rules.fields.conflicts import Conflict, conflict_issue, side_that_counts, winner
from custsync.rules.fields.limits import ADDRESSES
from custsync.rules.fields.mapping import Change, FieldMapping, MappedValue, computed, value_of
from custsync.rules.fields.values import digest, is_blank
from custsync.rules.matching.steps import Step, step
from custsync.syncrecords import DOUBTED, SyncRecord
from custsync.systems.system import fit_values


def compare(flow: Flow, customer: Customer, target: Customer, record: SyncRecord | None) -> "Comparison":
    """Return what the flow has to change in the target so that it has what the source has.

    Args:
        flow: the policy.
        customer: the source customer.
        target: its counterpart as it is now.
        record: the link with its memory, None for a first link.

    Rule: SP-BI, G-LOSS
    """
    return Comparison(flow, customer, target, record).run()


_NOTHING: Final = digest(None)


class Comparison:
    """One pair of customers compared: what to change, what to say about it, which fields are not settled."""

    def __init__(self, flow: Flow, customer: Customer, target: Customer, record: SyncRecord | None) -> None:
        """Take the pair, and what was last seen of it."""
        ours, theirs = customer.ref.namespace, target.ref.namespace
        self.flow: Flow = flow
        self.customer: Customer = customer
        self.target: Customer = target
        self.source_digests: Mapping[str, str] = record.last_seen(ours).fields if record else {}
        self.shown: Mapping[str, str] = record.last_seen(theirs).fields if record else {}
        self.sent_here: Mapping[str, frozenset[str]] = record.announced(ours) if record else {}
        self.sent_there: Mapping[str, frozenset[str]] = record.announced(theirs) if record else {}
        self.changes: list[Change] = []
        self.issues: list[Issue] = []
        self.trace: list[Step] = []
        self.behind: set[str] = set()
        self.held: set[str] = set()
        self.overruled: set[str] = set()
        self.undecided: bool = False

    def run(self) -> "Comparison":
        """Compare the rows of the field table that may differ; return this comparison."""
        for row in self._differing():
            self._compare(row)
        self._hold_back()
        if self.changes:
            self._fit()
        return self

    def _differing(self) -> Sequence[FieldMapping]:
        """Return the rows to look at: all of them where one raises, which is then named."""
        try:
            return self.flow.differing(self.customer, self.target)
        except Exception:  # noqa: BLE001 - it is raised again, with the name of its row
            return [row for row in self.flow.fields if not row.create_only]

    def _hold_back(self) -> None:
        """Hold back what is not to be written: all without updates, and other parts of what was overruled.

        First and last name come from one name: where the target keeps one of them, it keeps both.
        """
        if self.flow.updates and not self.overruled:
            return  # as mostly
        held = {
            change.field
            for change in self.changes
            if not self.flow.updates
            or not self.overruled.isdisjoint(self.flow.field_for[change.field].sources)
        }
        if held:
            self.behind |= held
            self.held |= held
            self.changes = [change for change in self.changes if change.field not in held]

    def _compare(self, row: FieldMapping) -> None:
        if self.source_digests and self._is_left_out(row):
            self.behind.add(row.target)
            return
        desired, observed = computed(row, self.customer, self.target), row.observed(self.target)
        issues: tuple[Issue, ...] = ()
        if type(desired) is MappedValue:
            desired, issues = desired.value, desired.issues
        blank = is_blank(desired)
        if observed is ABSENT and row.target in ADDRESSES:
            self._hold_unread(row, () if blank else (evolve(UNREAD_ADDRESS, field=row.target),), issues)
            return
        if blank and not self._may_clear(row, desired, observed):
            self.issues += issues  # why nothing can be written, and what is there stays
            if issues or not is_blank(observed):
                self.behind.add(row.target)
            return
        if row.same(desired, observed):
            return
        self._settle(row, None if blank else desired, observed, issues)

    def _hold_unread(self, row: FieldMapping, unread: tuple[Issue, ...], issues: tuple[Issue, ...]) -> None:
        """Leave an address alone that the target's record does not show."""
        self.behind.add(row.target)
        self.held |= {row.target} if unread else set()
        self.issues += unread or issues

    def _is_left_out(self, row: FieldMapping) -> bool:
        """Return whether the source lacks a field that the row is made of, and had it before.

        A record that is not whole has nothing about what it leaves out: what it is made of stays as it is.
        """
        return any(
            self.source_digests.get(name, _NOTHING) != _NOTHING and value_of(self.customer, name) is ABSENT
            for name in row.sources
        )

    def _may_clear(self, row: FieldMapping, desired: Any, observed: Any) -> bool:
        if not row.clear_on_blank or not self.source_digests.keys() >= set(row.sources):
            return False
        if not self._source_spoke(row) and not self._came_late(row.target, observed):
            return False
        return desired is not ABSENT

    def _source_spoke(self, row: FieldMapping) -> bool:
        return any(self._is_news(name, digest(value_of(self.customer, name))) for name in row.sources)

    def _is_news(self, name: str, value: str) -> bool:
        """Return whether a source field shows neither what was last seen there, nor what we sent there."""
        return self.source_digests.get(name) != value and value not in self.sent_here.get(name, ())

    def _has_changed(self, name: str, observed: Any) -> bool:
        if name not in self.shown or self._is_lost_id(name, observed):
            return False
        value = digest(observed)
        return self.shown[name] != value and not self._is_ours(name, value)

    def _is_lost_id(self, name: str, observed: Any) -> bool:
        """Return whether the target keeps the source's id no more: that is the source's alone to say."""
        return name == self.flow.source_id_field and is_blank(observed)

    def _came_late(self, name: str, observed: Any) -> bool:
        """Return whether the target shows an update that took effect after newer values were read there."""
        value = digest(observed)
        return self._is_ours(name, value) and self.shown.get(name) != value

    def _is_ours(self, name: str, value: str) -> bool:
        """Return whether an update in flight wrote the value, not somebody whose edit it carried along."""
        return value in self.sent_there.get(name, ()) and self.shown.get(name) != DOUBTED

    def _settle(self, row: FieldMapping, desired: Any, observed: Any, issues: tuple[Issue, ...]) -> None:
        source_changed = self._source_changed(row, observed)
        target_changed = self._has_changed(row.target, observed)
        won = self._winner(row) if target_changed else Conflict.SOURCE
        counts, is_conflict = side_that_counts(
            won, source_changed=source_changed, target_changed=target_changed
        )
        self.issues += issues if source_changed else ()
        if counts is Conflict.SOURCE:
            self.changes.append(Change(field=row.target, rule=row.rule, before=observed, after=desired))
        else:
            self.behind.add(row.target)
        if is_conflict:
            self._report_conflict(row, counts)

    def _report_conflict(self, row: FieldMapping, won: Conflict) -> None:
        self.issues.append(conflict_issue(row.target, won, row.rule))
        self.trace.append(step(row.rule, f"Who wins where {row.target} changed on both sides?", won.value))
        if won is not Conflict.SOURCE:
            self.held.add(row.target)
            self.overruled.update(row.sources)
            self.undecided = self.undecided or won is Conflict.REVIEW

    def _source_changed(self, row: FieldMapping, observed: Any) -> bool:
        """Return whether the source has something to say that was not seen in the target yet.

        So it has at a first link, where the target lost the source's id, and where an earlier update of ours
        took effect late, over a newer value.
        """
        if not self.source_digests or self._source_spoke(row) or self._is_lost_id(row.target, observed):
            return True
        is_late = self._came_late(row.target, observed)
        self.issues += [evolve(LATE_EFFECT, field=row.target)] if is_late else []
        return is_late

    def _winner(self, row: FieldMapping) -> Conflict:
        policy = row.conflict or self.flow.conflict
        try:
            return winner(policy, self.customer.modified_at, self.target.modified_at)
        except InputError:  # a time without a zone does not say which is newer
            return Conflict.REVIEW

    def _fit(self) -> None:
        values = {change.field: change.after for change in self.changes}
        fitted, over = fit_values(values, self.flow.target, self.flow.may_cut, self.target)
        if not over and fitted is values:
            return
        self.issues = list(dict.fromkeys((*self.issues, *over)))
        self.behind |= values.keys() - fitted.keys()
        kept = []
        for change in self.changes:
            after = fitted.get(change.field, change.before)
            if not self.flow.field_for[change.field].same(after, change.before):
                kept.append(Change(field=change.field, rule=change.rule, before=change.before, after=after))
        self.changes = kept

    def keep_what_is_there(self) -> None:
        """Write nothing but the source's id, and let both sides agree on what each shows now.

        What could not be written is a warning: it is an error once it has to be.

        Rule: LG-LINK
        """
        stamp = self.flow.source_id_field
        kept = sorted(change.field for change in self.changes if change.field != stamp)
        self.changes = [change for change in self.changes if change.field == stamp]
        errors = [issue for issue in self.issues if issue.severity is Severity.ERROR]
        self.issues = [evolve(issue, severity=Severity.WARNING) for issue in errors]
        if kept:
            self.issues.append(evolve(KEPT_AS_IT_IS, reason=f"{KEPT_AS_IT_IS.reason}: {', '.join(kept)}"))
        self.behind.clear()
        self.held.clear()
        self.undecided = False

    def nothing_to_say(self) -> "Comparison":
        """Leave all fields to the customer that owns the target; return this comparison.

        Rule: ST-LEG-2
        """
        self.changes, self.issues = [], []
        self.behind, self.held = {row.target for row in self.flow.fields}, set()
        return self

    def in_step(self) -> tuple[str, ...]:
        """Return the target fields on which both sides agree once the changes are written."""
        lasting = self.flow.lasting
        return tuple([name for name in lasting if name not in self.behind]) if self.behind else lasting

    def shown_behind(self) -> dict[str, str]:
        """Return digests of what the target shows in the fields that neither agree nor are written."""
        rows = [row for row in self.flow.fields if row.target in self.behind] if self.behind else []
        return {row.target: digest(row.observed(self.target)) for row in rows}

    def has_news(self, in_step: tuple[str, ...]) -> bool:
        """Return whether the record's memory differs from what the sides that agree now show."""
        rows = self.flow.field_for
        return any(
            self.shown.get(name) != digest(rows[name].observed(self.target)) or self._source_spoke(rows[name])
            for name in in_step
        )


_QUARTER: Final = 15
_DAY: Final = timedelta(days=1)


def is_older(customer: Customer, record: SyncRecord) -> bool:
    """Return whether the customer shows a state from before the one that was synced last.

    Only two times with a zone count. One that may be a date alone, beside one with a time of day, counts from
    a day on.

    Args:
        customer: the source customer, as it was given.
        record: its sync record.

    Rule: G-LOSS

    >>> from datetime import UTC
    >>> from custsync.models import Ref
    >>> from custsync.syncrecords import LastSeen, Status
    >>> ours, noon = Ref("netsuite", "2041"), datetime(2026, 5, 2, 12, tzinfo=UTC)
    >>> seen = {ours.namespace: LastSeen(modified_at=noon)}
    >>> record = SyncRecord(link="l", flow="f", source=ours, status=Status.LINKED, memory=seen)
    >>> [is_older(Customer(ref=ours, modified_at=noon - timedelta(h)), record) for h in (1, 0)]
    [True, False]
    """
    seen, stamp = record.last_seen(customer.ref.namespace).modified_at, customer.modified_at
    if seen is None or not isinstance(stamp, datetime) or stamp.tzinfo is None:
        return False
    return stamp + (_DAY if _may_be_a_date(stamp) and not _may_be_a_date(seen) else timedelta(0)) < seen


def _may_be_a_date(stamp: datetime) -> bool:
    """Return whether the time may be a midnight of some zone: their offsets are quarters of an hour."""
    return not (stamp.minute % _QUARTER or stamp.second or stamp.microsecond)
