"""Searching for the counterparts of a batch: match steps as phases, and creates whose outcome is not known.

Generators that yield the look-ups of a whole batch. A case whose look-up fails, or whose find cannot be read,
has its decision at once; the others go on.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import not_
from typing import Any, TypeAlias, cast

from attrs import evolve

from custsync.engine.calls import find
from custsync.engine.decide.issues import review_issue
from custsync.engine.decisions import Invalid, Review, Update
from custsync.engine.plan.context import RunContext, Steps, WorkItem, hits_of, reviewed, stored_by_end
from custsync.engine.plan.inputs import WholeInput, key_of
from custsync.engine.requests import Request
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import Capabilities
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.search import CLAIMED, Match, match, match_of_none
from custsync.rules.matching.steps import (
    MatchStep,
    accepted,
    by_own_key,
    has_value,
    held_keys,
    keys_in,
    look_up_keys,
    look_up_values,
)
from custsync.syncrecords import Intent, Status, SyncRecord

_Search: TypeAlias = tuple[WorkItem, dict[int, Sequence[Customer]]]
"""A case, and what each step that was asked found for it."""


def has_lost_its_counterpart(case: WorkItem) -> bool:
    """Return whether the target shows the counterpart of a linked customer as deleted, and not as merged."""
    is_linked = case.record is not None and case.record.status is Status.LINKED
    there = case.current
    return is_linked and there is not None and there.deleted and not there.merged_into


def search(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    """Find the counterpart of every customer that has no link: ask match steps in turn, for the whole batch.

    Each case ends with its `match`, or with a decision where its look-up failed.

    Rule: SP-OUT-1, SP-OUT-2, SP-IN-1, G-DUP
    """
    owners = _Owners(flow, context.whole)
    searching = _to_search(flow, cases)
    for place, entry in enumerate(flow.match):
        waiting = [pair for pair in searching if pair[0].keys[place]]
        hits = (yield from _ask(flow, place, waiting, context)) if waiting else None
        if hits:
            yield from owners.look_up(place, hits)
        goes_on = entry.if_not_found is None and entry.shows_deleted  # where it finds nothing
        if hits is not None or not goes_on:
            searching = [
                (case, found)
                for case, found in searching
                if (goes_on and not found.get(place) and case.decision is None)
                or not _has_ended(flow, (case, found), place, owners)
            ]
    _end_without_hits(flow, searching, owners)


def _to_search(flow: Flow, cases: Sequence[WorkItem]) -> list[_Search]:
    """Return the customers that have no counterpart, each with its keys; a key that raises refuses it."""
    searching: list[_Search] = []
    for case in cases:
        if case.record is None or case.record.status is Status.FAILED or has_lost_its_counterpart(case):
            try:
                case.keys = look_up_keys(flow.match, case.customer)
            except Exception as error:  # noqa: BLE001 - a key of the caller's raised: one record fails alone
                case.decision = Invalid(source=case.customer.ref, issues=(rule_raised(error),))
            else:
                searching.append((case, {}))
    return searching


def _has_ended(flow: Flow, pair: _Search, place: int, owners: "_Owners") -> bool:
    """Return whether the search ends with that step, which was asked: the case then has its match."""
    (case, found), entry = pair, flow.match[place]
    hits = found.get(place)
    is_open = not hits and (hits is None or entry.shows_deleted) and case.decision is None
    if is_open and (entry.if_not_found is None or not has_value(entry, case.customer)):
        return False
    if case.decision is None:
        case.match = _matched(flow, case, found, owners)
        owners.hand_over(case)
    return case.decision is not None or case.match.verdict is not Verdict.ASK


def _end_without_hits(flow: Flow, searching: Iterable[_Search], owners: "_Owners") -> None:
    """End the searches that no step has ended: mostly without a hit, and one match does for all of them."""
    silent = [place for place, entry in enumerate(flow.match) if not entry.shows_deleted]
    of_none: dict[tuple[bool, ...], Match] = {}
    for case, found in searching:
        blank = tuple(map(not_, case.keys))
        if any(found.values()) or (silent and not all(map(blank.__getitem__, silent))):
            case.match = _matched(flow, case, found, owners)
        else:
            case.match = of_none.get(blank) or of_none.setdefault(blank, match_of_none(flow.match, blank))


def _matched(flow: Flow, case: WorkItem, found: Mapping[int, Sequence[Customer]], owners: "_Owners") -> Match:
    try:
        return match(flow.match, case.customer, found, owners.seen_by(case, found), case.keys)
    except Exception as error:  # noqa: BLE001 - a step of the caller's raised: one record fails alone
        return Match(verdict=Verdict.REFUSED, issue=rule_raised(error))


def _ask(
    flow: Flow, place: int, waiting: Sequence[_Search], context: RunContext
) -> Generator[Request, Any, Sequence[Customer] | None]:
    """Ask the step at that place, and keep what it finds for each; return all of it, None for no answer."""
    entry = flow.match[place]
    exact = entry.lookup in flow.target.case_sensitive
    wanted = [look_up_values(entry, case.customer, case.keys[place], exact=exact) for case, _ in waiting]
    answers = yield from find(context.target, entry.lookup, chain.from_iterable(wanted))
    is_answered, all_hits = any(answers.values()), list[Customer]()
    for (case, found), values in zip(waiting, wanted, strict=True):
        found[place] = ()
        if is_answered:
            answered = [answers[value] for value in values if answers[value]]
            hits = {hit.ref: hit for answer in answered for hit in hits_of(flow, case, answer, context)}
            found[place] = tuple(hits.values())
            all_hits += found[place]
    return all_hits if is_answered else None


class _Owners:
    """Whose the target customers are that a search found.

    A sync record names the owner, or a stamp. So does another customer of the run that names the target
    customer as its own: evidence does not take from it what it has a proof of.
    """

    def __init__(self, flow: Flow, whole: WholeInput) -> None:
        self.flow = flow
        self.whole = whole
        self.stamps = {
            entry.target_field for entry in flow.match if entry.authoritative and entry.source_field == "id"
        }
        self.stamps |= {flow.source_id_field} if flow.source_id_field else set()
        self.named = [(place, entry) for place, entry in flow.counted if entry.authoritative]
        self.linked: dict[Ref, Ref] = {}
        self.stamped: dict[Ref, str] = {}
        self.in_flight: dict[Ref, SyncRecord] = {}
        self.claims: dict[Ref, list[tuple[int, str]]] = {}
        self.known: set[Ref] = set()

    def look_up(self, place: int, found: Iterable[Customer]) -> Steps:
        """Learn whose these customers are, which the step at that place found."""
        hits = {hit.ref: hit for hit in found if hit.ref not in self.known}
        if not hits:
            return
        self.known.update(hits)
        records = yield from stored_by_end(self.flow, hits)
        for ref, hit in hits.items():
            stamp = next(filter(None, [value_of(hit, name) for name in sorted(self.stamps)]), None)
            if stamp:
                self.stamped[ref] = str(stamp)
            if ref in records:
                self._keep(ref, records[ref], is_proof=self.flow.match[place].authoritative)

    def _keep(self, ref: Ref, record: SyncRecord, *, is_proof: bool) -> None:
        other, status = record.other(ref), record.status
        is_failed = status is Status.FAILED and other is None
        if is_failed or (status is Status.INTENT and is_proof):
            self.in_flight[ref] = record
        elif status in (Status.LINKED, Status.INTENT, Status.EXCLUDED):
            self.linked[ref] = other or ref

    def hand_over(self, case: WorkItem) -> None:
        """Give the case the record of the counterpart that the other direction is just creating."""
        if case.match.verdict is Verdict.ONE:
            case.record = self.in_flight.get(case.match.customers[0].ref, case.record)

    def seen_by(self, case: WorkItem, found: Mapping[int, Sequence[Customer]]) -> Mapping[Ref, Ref]:
        """Return whose each of these customers is, where that is known, as the case has to see it."""
        owners: dict[Ref, Ref] = {}
        for place, hits in found.items():
            for hit in hits:
                if hit.ref in self.linked:
                    owners[hit.ref] = self.linked[hit.ref]
                elif hit.ref in self.stamped:
                    owners[hit.ref] = evolve(case.customer.ref, id=self.stamped[hit.ref])
                elif not self.flow.match[place].authoritative and self._is_claimed(case, hit):
                    owners[hit.ref] = CLAIMED
        return owners

    def _is_claimed(self, case: WorkItem, hit: Customer) -> bool:
        """Return whether another customer of the run names this one as its own."""
        if not self.named or hit.deleted:
            return False
        if hit.ref not in self.claims:
            names = [(place, key) for place, entry in self.named for key in held_keys(entry, hit)]
            self.claims[hit.ref] = [
                (place, key) for place, key in names if self.whole.has(key_of(place, key))
            ]
        return any(key not in case.keys[place] for place, key in self.claims[hit.ref])


def review_held_keys(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    """Turn each update into a review whose new key is another target customer's.

    Rule: LS-KEY-1, LS-KEY-2
    """
    for lookup, entry in by_own_key(flow.match, flow.field_for).items():
        asking = list(_new_keys(cases, entry))
        if asking and lookup in context.target.capabilities.lookups:
            found = yield from find(context.target, lookup, [value for _, value in asking])
            held = {
                case.place: (case, hit.ref)
                for case, value in asking
                for hit in hits_of(flow, case, found[value], context)
                if hit.ref != getattr(case.decision, "target", None) and not hit.deleted
                if value_of(hit, entry.target_field) == value
            }
            records = yield from stored_by_end(flow, [holder for _, holder in held.values()])
            for case, holder in held.values():
                _review(case, holder, records.get(holder), entry)


def _new_keys(cases: Sequence[WorkItem], entry: MatchStep) -> Iterator[tuple[WorkItem, str]]:
    for case in cases:
        if isinstance(case.decision, Update):
            for change in case.decision.changes:
                if change.field == entry.target_field and isinstance(change.after, str):
                    yield case, change.after


def _review(case: WorkItem, holder: Ref, record: SyncRecord | None, entry: MatchStep) -> None:
    other = record.other(holder) if record is not None else None
    linked = f", which is linked to {other}" if other is not None else ""
    issue = Issue(
        code="key_held",
        rule="LS-KEY-2",
        field=entry.target_field,
        reason=f"the value that the customer is to get there is held by {holder}{linked}",
        remedy="Give one of the two a free value and sync it, then give it the right one",
    )
    case.decision = reviewed(cast("Update", case.decision), issue, holder)


# Creates whose outcome is not known


def look_for_lost(flow: Flow, cases: Sequence[WorkItem], context: RunContext) -> Steps:
    """Look for the customers whose create has no known outcome, by every clue that was kept.

    Each such case ends with what carries its stamp or its key, the customer's own key among them. Finding
    nothing proves something only where the look-up is by one of these and does not lag: an email may have
    been edited since. Without such a look-up, a case that nothing was found for ends with None.

    Rule: G-DUP, LS-KEY-2
    """
    can = context.target.capabilities
    proving = {flow.source_id_field, flow.unique_key}
    keyed = by_own_key(flow.match, flow.field_for)
    own = {by: entry for by, entry in keyed.items() if by not in proving}
    proving = (proving | own.keys()) - can.eventually_consistent
    asking: dict[str, list[tuple[WorkItem, str, Intent]]] = {}
    for case in cases:
        for by, value, intent in _clues(case, can):
            case.stamped = [] if by in proving else case.stamped
            asking.setdefault(by, []).append((case, value, intent))
    for by, asked in asking.items():
        answers = yield from find(context.target, by, [value for _, value, _ in asked])
        for case, value, intent in asked:
            hits = hits_of(flow, case, answers[value], context)
            if by in own:
                hits = yield from _unowned(flow, own[by], value, case, hits)
                _refuse_misfit(own[by], case, hits)
            _keep_stamped(flow, case, intent, hits, own_key=by in own)
    yield from _refuse_taken(flow, cases)


def _refuse_taken(flow: Flow, cases: Sequence[WorkItem]) -> Steps:
    """Leave to a person who was created, and is another customer's now: somebody merged the two there."""
    found = {hit.ref: None for case in cases for hit in case.stamped or () if not hit.deleted}
    records = yield from stored_by_end(flow, found)
    for case in cases:
        taken = [
            hit.ref
            for hit in case.stamped or ()
            if hit.ref in records and records[hit.ref].other(hit.ref) not in (None, case.customer.ref)
        ]
        if taken and case.decision is None:
            issue = review_issue(Verdict.TAKEN, "G-DUP", flow.source_id_field or flow.unique_key)
            case.decision = Review(source=case.customer.ref, issues=(issue,), candidates=tuple(taken))


def _unowned(
    flow: Flow, entry: MatchStep, value: str, case: WorkItem, hits: Sequence[Customer]
) -> Generator[Request, Any, list[Customer]]:
    """Return the hits that no other customer is linked to: a key may have changed hands since."""
    own = set(keys_in(entry, value, case.customer))
    holding = [hit for hit in hits if hit.deleted or not own.isdisjoint(held_keys(entry, hit))]
    records = yield from stored_by_end(flow, [hit.ref for hit in holding])
    ours = case.customer.ref
    owners = {hit.ref: records[hit.ref].other(hit.ref) or ours for hit in hits if hit.ref in records}
    return [hit for hit in holding if owners.get(hit.ref, ours) == ours]


def _refuse_misfit(entry: MatchStep, case: WorkItem, hits: Sequence[Customer]) -> None:
    """Refuse the customer where the search would not link what was found, whoever created that."""
    if entry.accept_hit is None or case.decision is not None:
        return
    try:
        verdicts = [accepted(entry, case.customer, hit) for hit in hits if not hit.deleted]
    except Exception as error:  # noqa: BLE001 - a step of the caller's raised: one record fails alone
        verdicts = [rule_raised(error)]
    issues = tuple(issue for issue in verdicts if issue is not None and issue.severity is Severity.ERROR)
    if issues:
        case.decision = Invalid(source=case.customer.ref, issues=issues)


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
        if hit.ref not in known and (own_key or stamp == case.customer.ref.id or unique == intent.key):
            case.stamped = [*(case.stamped or ()), hit]
