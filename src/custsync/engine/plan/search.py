"""Searching for the counterparts of a batch: match steps as phases, and creates whose outcome is unknown.

Generators that yield the look-ups of a whole batch. A case whose look-up fails, or whose find cannot be read,
has its decision at once; the others go on.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

from attrs import define, evolve, frozen

from custsync.engine.calls import Retry, find
from custsync.engine.decide.merges import Survivor
from custsync.engine.decisions import Decision, Invalid
from custsync.engine.requests import Ends, LoadRecords, Request, Side
from custsync.errors import AdapterContractError, CustsyncError, PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.protocols import Capabilities, Found, Payload, Rejected
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.mapping import MappedValue, value_of
from custsync.rules.matching.steps import (
    CONTESTED,
    Keys,
    Match,
    MatchStep,
    Verdict,
    by_own_key,
    look_up_keys,
    look_up_values,
    match,
    nobody,
)
from custsync.syncrecords import Intent, Status, SyncRecord

__all__ = [
    "PLACE_MARK",
    "RunContext",
    "SourceRecord",
    "WorkItem",
    "by_end",
    "end_in",
    "hits_of",
    "is_intent",
    "look_for_lost",
    "name_of",
    "search",
]

PLACE_MARK: Final = "#"
"""Begins the name of a record without a readable id, which goes by its place in the input."""

SourceRecord: TypeAlias = Payload | Customer | str | bytes
"""One source record: a payload, its JSON text, or a customer that was read already."""


@frozen(kw_only=True)
class RunContext:
    """What a run is made under: the two ends, how to come back, whether unchanged text ends the matter.

    `incremental`: a source record whose text is what it was when last synced is unchanged, without a look
    at the target. `claimed`: the target customers that earlier batches of the run link by evidence; they grow
    as it goes on. None where all decisions are settled together. `surveyed`: a customer as the flow's survey
    of all of them has it; None where each stands for itself.
    """

    ends: Ends
    retry: Retry = Retry()
    incremental: bool = False
    claimed: set[Ref] | None = None
    prescanned: Callable[[Customer], MappedValue] | None = None


_NOBODY: Final = Survivor()


@define
class WorkItem:
    """One record on its way to a decision."""

    item: SourceRecord
    place: int
    digest: str = ""
    customer: Customer | None = None
    record: SyncRecord | None = None
    current: Customer | None = None
    keys: Keys = ()
    match: Match | None = None
    stamped: list[Customer] | None = None
    survivor: Survivor = _NOBODY
    issues: tuple[Issue, ...] = ()
    admitted: bool = False
    decision: Decision | None = None

    @property
    def read(self) -> Customer:
        """Return the customer of a case that was read; one that cannot be read is decided at once."""
        assert self.customer is not None  # noqa: S101 - nobody asks before it was read
        return self.customer


_Search: TypeAlias = tuple[WorkItem, dict[int, Sequence[Customer]]]
"""A case, and what each step that was asked found for it."""


def is_intent(case: WorkItem) -> bool:
    """Return whether an earlier create of this customer has no known outcome."""
    return case.record is not None and case.record.status is Status.INTENT


def end_in(record: SyncRecord, system: str) -> Ref | None:
    """Return the record's end in that system, None where it is not known."""
    for end in (record.source, record.target):
        if end is not None and end.system == system:
            return end
    return None


def by_end(records: Iterable[SyncRecord]) -> dict[Ref, SyncRecord]:
    """Return the records by each of their ends; a merged one by its source only: its target is another's."""
    ends: dict[Ref, SyncRecord] = {}
    for record in records:
        ends[record.source] = record
        if record.target is not None and record.status is not Status.MERGED:
            ends[record.target] = record
    return ends


def name_of(flow: Flow, case: WorkItem, payload: Any, terms: RunContext) -> Ref:
    """Return how to name a record that cannot be read: by its id, else by its place in the input."""
    end = terms.ends.source
    identity = flow.source.id_of(payload) if isinstance(payload, Mapping) else ""
    return Ref(flow.source.name, identity or f"{PLACE_MARK}{case.place}", end.account, end.mode)


def hits_of(flow: Flow, case: WorkItem, answer: Found, terms: RunContext) -> list[Customer]:
    """Return the target customers of an answer; a failed look-up or an unreadable one ends the case."""
    end = terms.ends.target
    if not isinstance(answer, Sequence):
        issue = evolve(_LOOK_UP_FAILED, shape=_told(answer))
        case.decision = Invalid(source=_source(flow, case, terms), issues=(issue,))
        return []
    try:
        return [flow.target.read(payload, end.account, end.mode) for payload in answer]
    except PayloadError as error:
        case.decision = Invalid(source=_source(flow, case, terms), issues=error.issues)
        return []


def _told(answer: Found) -> str:
    """Return what an adapter said of a look-up that failed: a code or an exception's type, never a value."""
    return answer.code if isinstance(answer, Rejected) else getattr(answer, "reason", "") or "not now"


def _source(flow: Flow, case: WorkItem, terms: RunContext) -> Ref:
    known = end_in(case.record, flow.source.name) if case.record else None
    return case.customer.ref if case.customer else known or name_of(flow, case, case.item, terms)


# The search for a counterpart


def search(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Generator[Request, Any, None]:
    """Find the counterpart of every customer that has no link: ask match steps in turn, for the whole batch.

    Each case ends with its `match`, or with a decision where its look-up failed.

    Rule: SP-OUT-1, SP-OUT-2, SP-IN-1, G-DUP
    """
    searching: list[_Search] = []
    for case in cases:
        if case.record is None or case.record.status is Status.FAILED:
            _make_keys(flow, case)
            if case.decision is None:
                searching.append((case, {}))
    owners: dict[Ref, Ref] = {}
    in_flight: dict[Ref, SyncRecord] = {}
    nobodies: dict[tuple[bool, ...], Match] = {}
    while searching:
        asking: dict[int, list[_Search]] = {}
        for pair in searching:
            place = _next_place(flow, pair, owners, nobodies)
            if place is None:
                _take_over(pair[0], in_flight)
            else:
                asking.setdefault(place, []).append(pair)
        for place, waiting in asking.items():
            yield from _ask(flow, place, waiting, terms)
            yield from _own(flow, place, waiting, owners, in_flight, terms.claimed or frozenset())
        searching = [pair for waiting in asking.values() for pair in waiting if pair[0].decision is None]


def _make_keys(flow: Flow, case: WorkItem) -> None:
    try:
        case.keys = look_up_keys(flow.match, case.read)
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a key of the caller's raised: one record fails alone
        case.decision = Invalid(source=case.read.ref, issues=(rule_raised(error),))


def _next_place(
    flow: Flow, pair: _Search, owners: Mapping[Ref, Ref], nobodies: dict[tuple[bool, ...], Match]
) -> int | None:
    """Return the place of the step to ask next; None where the search has ended and the case has a match."""
    case, found = pair
    for place, key in enumerate(case.keys):
        if key is not None:
            hits = found.get(place)
            if hits is None:
                return place
            if hits:
                break
        if flow.match[place].if_not_found is not None:
            break
    else:
        blank = tuple([key is None for key in case.keys])
        if blank not in nobodies:
            nobodies[blank] = nobody(flow.match, blank)
        case.match = nobodies[blank]
        return None
    case.match = _matched(flow, case, found, owners)
    return case.match.place if case.match.verdict is Verdict.ASK else None


def _matched(
    flow: Flow, case: WorkItem, found: Mapping[int, Sequence[Customer]], owners: Mapping[Ref, Ref]
) -> Match:
    try:
        return match(flow.match, case.read, found, owners, case.keys)
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a step of the caller's raised: one record fails alone
        return Match(verdict=Verdict.REFUSED, issue=rule_raised(error))


def _take_over(case: WorkItem, in_flight: Mapping[Ref, SyncRecord]) -> None:
    """Give the case the record of the counterpart that the other direction is just creating."""
    if case.match is not None and case.match.verdict is Verdict.ONE:
        case.record = in_flight.get(case.match.customers[0].ref, case.record)


def _ask(
    flow: Flow, place: int, waiting: Sequence[_Search], terms: RunContext
) -> Generator[Request, Any, None]:
    entry = flow.match[place]
    exact = entry.lookup in flow.target.case_sensitive
    wanted = [look_up_values(entry, case.read, case.keys[place], exact=exact) for case, _ in waiting]
    can = terms.ends.target.capabilities
    answers = yield from find(Side.TARGET, entry.lookup, (v for vs in wanted for v in vs), can, terms.retry)
    for (case, found), values in zip(waiting, wanted, strict=True):
        hits: dict[str, Customer] = {}
        for value in values:
            if answers[value]:
                for hit in hits_of(flow, case, answers[value], terms):
                    _check_holds(entry, case.keys[place], hit)
                    hits[hit.ref.id] = hit
        found[place] = tuple(hits.values()) if hits else ()


def _check_holds(entry: MatchStep, key: str | None, hit: Customer) -> None:
    held = value_of(hit, entry.target_field)
    if not hit.deleted and (type(held) is not str or entry.key(held) != key):
        raise AdapterContractError(
            "find",
            f"a look-up by {entry.lookup!r} found {hit.ref}, which does not hold the value asked for",
        )


def _own(
    flow: Flow,
    place: int,
    waiting: Sequence[_Search],
    owners: dict[Ref, Ref],
    in_flight: dict[Ref, SyncRecord],
    claimed: AbstractSet[Ref],
) -> Generator[Request, Any, None]:
    hits = {hit.ref: hit for _, found in waiting for hit in found.get(place, ()) if hit.ref not in owners}
    if not hits:
        return
    records = by_end((yield LoadRecords(flow.link, tuple(hits))))
    source = waiting[0][0].customer
    for ref, hit in hits.items():
        if ref in claimed:
            owners[ref] = CONTESTED
            continue
        stamp = value_of(hit, flow.source_id_field) if flow.source_id_field else None
        if stamp and source is not None:
            owners[ref] = evolve(source.ref, id=str(stamp))
        record = records.get(ref)
        other = record.other(ref) if record else None
        if record is not None and record.status is Status.FAILED and other is None:
            in_flight[ref] = record
        if record is None or record.status not in (Status.LINKED, Status.INTENT, Status.EXCLUDED):
            continue
        if record.status is Status.INTENT and flow.match[place].authoritative:
            in_flight[ref] = record
        else:
            owners[ref] = other or ref


# Creates whose outcome is unknown


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


def _unowned(
    flow: Flow, entry: MatchStep, value: str, case: WorkItem, hits: Sequence[Customer]
) -> Generator[Request, Any, list[Customer]]:
    """Return the hits that no other customer is linked to: a key may have changed hands since."""
    for hit in hits:
        _check_holds(entry, entry.key(value), hit)
    records = by_end((yield LoadRecords(flow.link, tuple([hit.ref for hit in hits])))) if hits else {}
    ours = case.read.ref
    owners = {hit.ref: records[hit.ref].other(hit.ref) or ours for hit in hits if hit.ref in records}
    return [hit for hit in hits if owners.get(hit.ref, ours) == ours]


def _refuse_misfit(entry: MatchStep, case: WorkItem, hits: Sequence[Customer]) -> None:
    """Refuse the customer where the search would not link what was found, whoever created that."""
    if entry.accept_hit is None or case.decision is not None:
        return
    try:
        said = [entry.accept_hit(case.read, hit) for hit in hits if not hit.deleted]
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a step of the caller's raised: one record fails alone
        said = [rule_raised(error)]
    issues = tuple(issue for issue in said if issue is not None and issue.severity is Severity.ERROR)
    if issues:
        case.decision = Invalid(source=case.read.ref, issues=issues)


def _clues(case: WorkItem, can: Capabilities) -> list[tuple[str, str, Intent]]:
    intent = case.record.intent if case.record and case.match is None else None
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


_LOOK_UP_FAILED = Issue(
    code="look_up_failed",
    rule="G-ISO",
    field="target",
    reason="the target could not be asked",
    remedy="Run again; the adapter's log says more",
)
