"""Searching for the counterparts of a batch: match steps as phases.

Generators that yield the look-ups of a whole batch. A case whose look-up fails, or whose find cannot be read,
has its decision at once; the others go on.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from attrs import define, evolve, frozen

from custsync.engine.calls import Retry, find
from custsync.engine.decide.core import Evidence
from custsync.engine.decisions import Decision, Invalid
from custsync.engine.plan.inputs import WholeInput
from custsync.engine.plan.issues import LOOK_UP_FAILED
from custsync.engine.plan.key_counts import key_of
from custsync.engine.requests import End, Ends, LoadRecords, Request, Side
from custsync.errors import CustsyncError, PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref
from custsync.protocols import Found, Payload, Rejected
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.mapping import MappedValue, value_of
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.search import CLAIMED, Match, match, nobody
from custsync.rules.matching.steps import Keys, counted_steps, held_keys, look_up_keys, look_up_values
from custsync.rules.merging.redirects import Redirects
from custsync.syncrecords import Status, SyncRecord
from custsync.systems.system import System

__all__ = [
    "PLACE_MARK",
    "RunContext",
    "SourceRecord",
    "WorkItem",
    "by_end",
    "end_in",
    "has_lost_its_counterpart",
    "hits_of",
    "is_intent",
    "make_keys",
    "name_of",
    "search",
    "the_hit",
    "with_transactions",
]

PLACE_MARK: Final = "#"
"""Begins the name of a record without a readable id, which goes by its place in the input."""

SourceRecord: TypeAlias = Payload | Customer | str | bytes
"""One source record: a payload, its JSON text, or a customer that was read already."""


@frozen(kw_only=True)
class RunContext:
    """What a run is made under: the two ends, how to come back, whether unchanged text ends the matter.

    `incremental`: a source record whose text is what it was when last synced is unchanged, without a look
    at the target. `surveyed`: a customer as the flow's survey of all of them has it; None where each stands
    for itself. `whole`: the whole input of the run; None where a batch is the whole of it.
    `redirects`: target customers that were merged there, each with its survivor.
    """

    ends: Ends
    retry: Retry = Retry()
    incremental: bool = False
    prescanned: Callable[[Customer], MappedValue] | None = None
    whole: WholeInput | None = None
    redirects: Redirects[str] = Redirects()


@define(kw_only=True)
class WorkItem(Evidence):
    """One record on its way to a decision, with the evidence for it.

    Attributes:
        item: the record.
        place: its place in the input.
        known_as: the customer whose record it is, where its text is what it was when last synced.
        customer: the customer that was read from it.
        keys: the keys of the match steps.
        issues: what is reported about it beside the decision.
        decision: the decision, once there is one.
    """

    item: SourceRecord
    place: int
    known_as: Ref | None = None
    customer: Customer | None = None
    keys: Keys = ()
    issues: tuple[Issue, ...] = ()
    decision: Decision | None = None

    @property
    def read(self) -> Customer:
        """Return the customer of a case that was read; one that cannot be read is decided at once."""
        assert self.customer is not None  # noqa: S101 - nobody asks before it was read
        return self.customer

    @property
    def source(self) -> Ref:
        """Return the customer of a case that was read, or whose text is known."""
        return self.known_as or self.read.ref


_Search: TypeAlias = tuple[WorkItem, dict[int, Sequence[Customer]]]
"""A case, and what each step that was asked found for it."""


def is_intent(case: WorkItem) -> bool:
    """Return whether an earlier create of this customer has no known outcome."""
    return case.record is not None and case.record.status is Status.INTENT


def with_transactions(flow: Flow, case: WorkItem, decision: Decision) -> Decision:
    """Return the decision with what becomes of the customer's transactions, for a flow that has any."""
    if flow.transactions is None or case.customer is None:
        return decision
    made: Decision = flow.transactions(case.customer, decision)
    return made


def has_lost_its_counterpart(case: WorkItem) -> bool:
    """Return whether the target shows the counterpart of a linked customer as deleted, and not as merged."""
    is_linked = case.record is not None and case.record.status is Status.LINKED
    there = case.current
    return is_linked and there is not None and there.deleted and not there.merged_into


def end_in(record: SyncRecord, system: str) -> Ref | None:
    """Return the record's end in that system, None where it is not known."""
    for end in (record.source, record.target):
        if end is not None and end.system == system:
            return end
    return None


def by_end(records: Iterable[SyncRecord]) -> dict[Ref, SyncRecord]:
    """Return the records by each end that they own: the target of a merged or sharing one is another's."""
    ends: dict[Ref, SyncRecord] = {}
    for record in records:
        ends[record.source] = record
        if record.target is not None and record.owns_target:
            ends[record.target] = record
    return ends


def the_hit(system: System, end: End, ref: Ref, hits: Found) -> Customer | None:
    """Return the customer of an answer that the reference names, None where there is not exactly one.

    Records of several types may have one id, so that an answer to an id may hold others.
    """
    if not isinstance(hits, Sequence):
        return None
    try:
        read = [system.read(payload, end.account, end.mode) for payload in hits]
    except PayloadError:
        return None
    named = [customer for customer in read if customer.ref.is_one_with(ref)]
    return named[0] if len(named) == 1 else None


def name_of(flow: Flow, case: WorkItem, payload: Any, terms: RunContext) -> Ref:
    """Return how to name a record that cannot be read: by its id, else by its place in the input."""
    end = terms.ends.source
    identity = flow.source.id_of(payload) if isinstance(payload, Mapping) else ""
    return Ref(flow.source.name, identity or f"{PLACE_MARK}{case.place}", end.account, end.mode)


def hits_of(flow: Flow, case: WorkItem, answer: Found, terms: RunContext) -> list[Customer]:
    """Return the target customers of an answer; a failed look-up or an unreadable one ends the case."""
    end = terms.ends.target
    if not isinstance(answer, Sequence):
        issue = evolve(LOOK_UP_FAILED, shape=_told(answer))
        case.decision = Invalid(source=_source(flow, case, terms), issues=(issue,))
        return []
    try:
        return [flow.target.read(payload, end.account, end.mode) for payload in answer]
    except PayloadError as error:
        issues = error.issues
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - the system's reader raised: one record fails alone
        issues = (rule_raised(error, f"the reader of {flow.target.name}"),)
    case.decision = Invalid(source=_source(flow, case, terms), issues=issues)
    return []


def _told(answer: Found) -> str:
    """Return what an adapter said of a look-up that failed: a code or an exception's type, never a value."""
    return answer.code if isinstance(answer, Rejected) else getattr(answer, "reason", "") or "not now"


def _source(flow: Flow, case: WorkItem, terms: RunContext) -> Ref:
    is_named = case.customer is not None or case.known_as is not None
    return case.source if is_named else name_of(flow, case, case.item, terms)


# The search for a counterpart


def search(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Generator[Request, Any, None]:
    """Find the counterpart of every customer that has no link: ask match steps in turn, for the whole batch.

    Each case ends with its `match`, or with a decision where its look-up failed.

    Rule: SP-OUT-1, SP-OUT-2, SP-IN-1, G-DUP
    """
    owners = _Owners(flow, terms.whole)
    nobodies: dict[tuple[bool, ...], Match] = {}
    searching = _to_search(flow, cases)
    while searching:
        asking: dict[int, list[_Search]] = {}
        for pair in searching:
            place = _next_place(flow, pair, owners, nobodies)
            if place is not None:
                asking.setdefault(place, []).append(pair)
            else:
                owners.hand_over(pair[0])
        for place, waiting in asking.items():
            yield from _ask(flow, place, waiting, terms)
            yield from owners.look_up(place, [hit for _, found in waiting for hit in found.get(place, ())])
        searching = [pair for waiting in asking.values() for pair in waiting if pair[0].decision is None]


def _to_search(flow: Flow, cases: Sequence[WorkItem]) -> list[_Search]:
    """Return the customers that have no counterpart, each with its keys and nothing found yet."""
    searching: list[_Search] = []
    for case in cases:
        if case.record is None or case.record.status is Status.FAILED or has_lost_its_counterpart(case):
            make_keys(flow, case)
            if case.decision is None:
                searching.append((case, {}))
    return searching


def make_keys(flow: Flow, case: WorkItem) -> None:
    """Give the case the keys of its match steps; a key that raises refuses the customer."""
    try:
        case.keys = look_up_keys(flow.match, case.read)
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a key of the caller's raised: one record fails alone
        case.decision = Invalid(source=case.read.ref, issues=(rule_raised(error),))


def _next_place(
    flow: Flow, pair: _Search, owners: "_Owners", nobodies: dict[tuple[bool, ...], Match]
) -> int | None:
    """Return the place of the step to ask next; None where the search has ended and the case has a match."""
    case, found = pair
    for place, key in enumerate(case.keys):
        if key:
            hits = found.get(place)
            if hits is None:
                return place
            if hits or not flow.match[place].shows_deleted:
                break
        if flow.match[place].if_not_found is not None:
            break
    else:
        blank = tuple([not key for key in case.keys])
        if blank not in nobodies:
            nobodies[blank] = nobody(flow.match, blank)
        case.match = nobodies[blank]
        return None
    case.match = _matched(flow, case, found, owners)
    return case.match.place if case.match.verdict is Verdict.ASK else None


def _matched(flow: Flow, case: WorkItem, found: Mapping[int, Sequence[Customer]], owners: "_Owners") -> Match:
    try:
        return match(flow.match, case.read, found, owners.seen_by(case, found), case.keys)
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a step of the caller's raised: one record fails alone
        return Match(verdict=Verdict.REFUSED, issue=rule_raised(error))


def _ask(
    flow: Flow, place: int, waiting: Sequence[_Search], terms: RunContext
) -> Generator[Request, Any, None]:
    entry = flow.match[place]
    exact = entry.lookup in flow.target.case_sensitive
    wanted = [look_up_values(entry, case.read, case.keys[place], exact=exact) for case, _ in waiting]
    can = terms.ends.target.capabilities
    answers = yield from find(Side.TARGET, entry.lookup, (v for vs in wanted for v in vs), can, terms.retry)
    for (case, found), values in zip(waiting, wanted, strict=True):
        hits: dict[Ref, Customer] = {}
        for value in values:
            if answers[value]:
                for hit in hits_of(flow, case, answers[value], terms):
                    hits[hit.ref] = hit
        found[place] = tuple(hits.values()) if hits else ()


class _Owners:
    """Whose the target customers are that a search found.

    A sync record says it, or a stamp. So does another customer of the run that names the target customer as
    its own: evidence does not take from it what it has a proof of.
    """

    def __init__(self, flow: Flow, whole: WholeInput | None) -> None:
        self.flow = flow
        self.whole = whole
        self.stamps = {
            entry.target_field for entry in flow.match if entry.authoritative and entry.source_field == "id"
        }
        self.stamps |= {flow.source_id_field} if flow.source_id_field else set()
        self.named = [(place, entry) for place, entry in counted_steps(flow.match) if entry.authoritative]
        self.linked: dict[Ref, Ref] = {}
        self.stamped: dict[Ref, str] = {}
        self.in_flight: dict[Ref, SyncRecord] = {}
        self.claims: dict[Ref, list[tuple[int, str]]] = {}
        self.known: set[Ref] = set()

    def look_up(self, place: int, found: Iterable[Customer]) -> Generator[Request, Any, None]:
        """Learn whose these customers are, which the step at that place found."""
        hits = {hit.ref: hit for hit in found if hit.ref not in self.known}
        if not hits:
            return
        self.known.update(hits)
        records = by_end((yield LoadRecords(self.flow.link, tuple(hits))))
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
                    owners[hit.ref] = evolve(case.read.ref, id=self.stamped[hit.ref])
                elif not self.flow.match[place].authoritative and self._is_claimed(case, hit):
                    owners[hit.ref] = CLAIMED
        return owners

    def _is_claimed(self, case: WorkItem, hit: Customer) -> bool:
        """Return whether another customer of the run names this one as its own."""
        if not self.named or self.whole is None or hit.deleted:
            return False
        if hit.ref not in self.claims:
            names = [(place, key) for place, entry in self.named for key in held_keys(entry, hit)]
            counts = self.whole.keys
            self.claims[hit.ref] = [(place, key) for place, key in names if counts.has(key_of(place, key))]
        return any(key not in case.keys[place] for place, key in self.claims[hit.ref])
