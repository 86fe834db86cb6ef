"""Looking for the customers whose create has no known outcome, by every clue that was kept."""

from collections.abc import Generator, Sequence
from typing import Any

from custsync.engine.calls import find
from custsync.engine.decide.issues import review_issue
from custsync.engine.decisions import Invalid, Review
from custsync.engine.plan.search import RunContext, WorkItem, by_end, hits_of
from custsync.engine.requests import LoadRecords, Request, Side
from custsync.errors import CustsyncError
from custsync.flow import Flow
from custsync.models import Customer, Severity
from custsync.protocols import Capabilities
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.steps import MatchStep, accepted, by_own_key, held_keys, keys_in
from custsync.syncrecords import Intent

__all__ = ["look_for_lost"]


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
        said = [accepted(entry, case.read, hit) for hit in hits if not hit.deleted]
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a step of the caller's raised: one record fails alone
        said = [rule_raised(error)]
    issues = tuple(issue for issue in said if issue is not None and issue.severity is Severity.ERROR)
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
