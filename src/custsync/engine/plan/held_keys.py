"""Updates whose new key another target customer holds: a person is shown both, for neither can be written.

Two customers that swap their keys would be refused by the target in every run; which of them came first in
the input makes no difference.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from custsync.engine.calls import find
from custsync.engine.decisions import Review, Update, external_id_of, none_posts
from custsync.engine.plan.search import RunContext, WorkItem, by_end, hits_of
from custsync.engine.requests import LoadRecords, Request, Side
from custsync.flow import Flow
from custsync.models import Issue, Ref
from custsync.rules.fields.mapping import value_of
from custsync.rules.matching.steps import MatchStep, by_own_key

__all__ = ["review_held_keys"]

Steps = Generator[Request, Any, None]


def review_held_keys(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Steps:
    """Turn each update into a review whose new key is another target customer's.

    Rule: LS-KEY-1, LS-KEY-2
    """
    can = terms.ends.target.capabilities
    for lookup, entry in by_own_key(flow.match, flow.field_for).items():
        asking: dict[str, list[WorkItem]] = {}
        for case, value in _new_keys(cases, entry):
            asking.setdefault(value, []).append(case)
        if asking and lookup in can.lookups:
            found = yield from find(Side.TARGET, lookup, asking, can, terms.retry)
            held = _holders(flow, asking, found, entry, terms)
            records = by_end((yield LoadRecords(flow.link, tuple(held.values())))) if held else {}
            by_source = {case.source: case for waiting in asking.values() for case in waiting}
            for source, holder in held.items():
                record = records.get(holder)
                _review(by_source[source], holder, record.other(holder) if record else None, entry)


def _new_keys(cases: Sequence[WorkItem], entry: MatchStep) -> Iterator[tuple[WorkItem, str]]:
    for case in cases:
        if isinstance(case.decision, Update):
            for change in case.decision.changes:
                if change.field == entry.target_field and isinstance(change.after, str):
                    yield case, change.after


def _holders(
    flow: Flow,
    asking: Mapping[str, Sequence[WorkItem]],
    found: Mapping[str, Any],
    entry: MatchStep,
    terms: RunContext,
) -> dict[Ref, Ref]:
    """Return who holds the new key of each source customer, where somebody else does."""
    held: dict[Ref, Ref] = {}
    for value, cases in asking.items():
        for case in cases:
            own = getattr(case.decision, "target", None)
            for hit in hits_of(flow, case, found[value], terms):
                if hit.ref != own and not hit.deleted and value_of(hit, entry.target_field) == value:
                    held[case.source] = hit.ref
    return held


def _review(case: WorkItem, holder: Ref, other: Ref | None, entry: MatchStep) -> None:
    decision = case.decision
    assert decision is not None  # noqa: S101 - only updates come here
    linked = f", which is linked to {other}" if other is not None else ""
    issue = Issue(
        code="key_held",
        rule="LS-KEY-2",
        field=entry.target_field,
        reason=f"the value that the customer is to get there is held by {holder}{linked}",
        remedy="Give one of the two a free value and sync it, then give it the right one",
    )
    case.decision = Review(
        source=decision.source,
        trace=decision.trace,
        issues=(issue,),
        transactions=none_posts(decision.transactions, issue),
        external_id=external_id_of(decision),
        candidates=(holder,),
    )
