"""Gathering the evidence for a batch of customers, and deciding each.

One generator for a whole batch: it yields the look-ups that the batch needs and receives their answers. A
later match step is asked only for the customers that the earlier ones left open. A record that cannot be
read, or whose look-up fails, has its own decision; the others go on.
"""

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from attrs import define, evolve, frozen

from custsync.asking import Retry, find
from custsync.deciding import Evidence, decide
from custsync.decisions import Create, Decision, LeftOut, Link, Recover, Refused, Review, Unchanged
from custsync.eligibility import left_out_by
from custsync.errors import AdapterContractError, PayloadError
from custsync.fields import payload_digest, value_of
from custsync.flow import Flow
from custsync.matching import Match, MatchStep, Taken, Verdict, look_up_key, look_up_values, match, step
from custsync.models import Customer, Issue, Ref
from custsync.ports import Ends, Found, LoadRecords, Now, Payload, RecogniseRecords, Request, Side
from custsync.syncrecords import Status, SyncRecord

__all__ = ["Item", "Terms", "decide_batch", "settle"]

Item: TypeAlias = Payload | Customer | str | bytes
"""One source record: a payload, its JSON text, or a customer that was read already."""

_KNOWN_TEXT: Final = step("G-IDEM", "Is the record, to the letter, what it was when last synced?", "yes")


@frozen(kw_only=True)
class Terms:
    """What a run is made under: the two ends, how to come back, whether unchanged text ends the matter.

    `incremental`: a source record whose text is what it was when last synced is unchanged, without a look at the target.
    """

    ends: Ends
    retry: Retry = Retry()
    incremental: bool = False


@define
class _Case:
    """One record on its way to a decision."""

    item: Item
    place: int
    digest: str = ""
    customer: Customer | None = None
    record: SyncRecord | None = None
    current: Customer | None = None
    match: Match | None = None
    stamped: list[Customer] | None = None
    decision: Decision | None = None


def decide_batch(
    flow: Flow, items: Sequence[Item], terms: Terms, *, first: int = 1
) -> Generator[Request, Any, list[Decision]]:
    """Return one decision per item, in order, asking for evidence on the way.

    Args:
        flow: the policy.
        items: the source records of one batch.
        terms: what the run is made under.
        first: the place of the first item in the whole input, for records that have no readable id.

    Raises:
        AdapterContractError: an adapter's answer breaks its contract.

    Cost: per batch, one request to the store for records and one per look-up and adapter batch size.
    """
    cases = [_Case(item, first + offset) for offset, item in enumerate(items)]
    yield from _recognise(flow, cases, terms)
    open_cases = _read(flow, cases, terms)
    yield from _load(flow, open_cases)
    yield from _look_at_links(flow, _still_open(cases), terms)
    yield from _search(flow, _still_open(cases), terms)
    yield from _look_for_lost(flow, _still_open(cases), terms)
    open_cases = _still_open(cases)
    now = (yield Now()) if any(_is_intent(case) for case in open_cases) else None
    for case in open_cases:
        case.decision = _decide(flow, case, terms, now)
    return settle(flow, [case.decision for case in cases if case.decision is not None])


def _still_open(cases: Sequence[_Case]) -> list[_Case]:
    return [case for case in cases if case.decision is None]


def _is_intent(case: _Case) -> bool:
    return case.record is not None and case.record.status is Status.INTENT


def _decide(flow: Flow, case: _Case, terms: Terms, now: datetime | None) -> Decision:
    evidence = Evidence(
        record=case.record,
        match=case.match or Match(verdict=Verdict.NONE),
        current=case.current,
        stamped=case.stamped,
        capabilities=terms.ends.target.capabilities,
        now=now,
        digest=case.digest,
    )
    assert case.customer is not None  # noqa: S101 - a case without a customer was decided when it was read
    return decide(flow, case.customer, evidence)


# Records whose text is known


def _recognise(flow: Flow, cases: Sequence[_Case], terms: Terms) -> Generator[Request, Any, None]:
    by_digest: dict[str, _Case] = {}
    for case in cases:
        if not isinstance(case.item, Customer):
            case.digest = payload_digest(case.item, flow.salt)
            if case.digest:
                by_digest[case.digest] = case
    known = (yield RecogniseRecords(flow.link, tuple(by_digest))) if by_digest else {}
    for digest, record in known.items():
        case = by_digest[digest]
        source = _end_in(record, flow.source.name)
        if source is not None and record.seen(source.realm).payload == digest:
            case.record = record
            if terms.incremental:
                case.decision = _unchanged(record, source)


def _end_in(record: SyncRecord, system: str) -> Ref | None:
    for end in (record.source, record.target):
        if end is not None and end.system == system:
            return end
    return None


def _unchanged(record: SyncRecord, source: Ref) -> Unchanged:
    return Unchanged(source=source, target=record.other(source), trace=(_KNOWN_TEXT,))


# Reading


def _read(flow: Flow, cases: Sequence[_Case], terms: Terms) -> list[_Case]:
    seen: set[Ref] = set()
    read: list[_Case] = []
    for case in cases:
        if case.decision is None and case.record is None:
            case.customer = _read_item(flow, case, terms)
            if case.customer is None:
                continue
            if case.customer.ref in seen:
                case.decision = LeftOut(source=case.customer.ref, issues=(_REPEATED,))
                continue
            seen.add(case.customer.ref)
            read.append(case)
    return read


def _read_item(flow: Flow, case: _Case, terms: Terms) -> Customer | None:
    item = case.item
    if isinstance(item, Customer):
        return item
    end = terms.ends.source
    payload = item
    try:
        if isinstance(item, str | bytes):
            payload = json.loads(item)
        if isinstance(payload, Mapping):
            return flow.source.read(payload, end.account, end.mode)
        issues: tuple[Issue, ...] = (_NOT_A_RECORD,)
    except PayloadError as error:
        issues = error.issues
    except (ValueError, RecursionError):
        issues = (_NOT_JSON,)
    case.decision = Refused(source=_name(flow, case, payload, terms), issues=issues)
    return None


def _name(flow: Flow, case: _Case, payload: Any, terms: Terms) -> Ref:
    end = terms.ends.source
    identity = flow.source.identify(payload) if isinstance(payload, Mapping) else ""
    return Ref(flow.source.name, identity or f"#{case.place}", end.account, end.mode)


# Sync records and linked customers


def _load(flow: Flow, cases: Sequence[_Case]) -> Generator[Request, Any, None]:
    refs = tuple(case.customer.ref for case in cases if case.customer)
    records = (yield LoadRecords(flow.link, refs)) if refs else ()
    by_end = _by_end(records)
    for case in cases:
        if case.customer:
            case.record = by_end.get(case.customer.ref)
            if not _is_intent(case):
                issue = left_out_by(flow.filters, case.customer)
                if issue is not None:
                    case.decision = LeftOut(source=case.customer.ref, issues=(issue,))


def _by_end(records: Iterable[SyncRecord]) -> dict[Ref, SyncRecord]:
    by_end: dict[Ref, SyncRecord] = {}
    for record in records:
        by_end[record.source] = record
        if record.target is not None:
            by_end[record.target] = record
    return by_end


def _look_at_links(flow: Flow, cases: Sequence[_Case], terms: Terms) -> Generator[Request, Any, None]:
    linked: dict[str, list[_Case]] = {}
    for case in cases:
        other = _linked_target(flow, case)
        if other is not None:
            linked.setdefault(other.id, []).append(case)
    if not linked:
        return
    can = terms.ends.target.capabilities
    found = yield from find(Side.TARGET, "id", linked, can, terms.retry)
    for identity, answer in found.items():
        for case in linked[identity]:
            hits = _hits(flow, case, answer, terms)
            if hits:
                case.current = _only_one(hits, identity)
            if case.customer is None and case.decision is None:
                _close_or_read(flow, case, terms)


def _linked_target(flow: Flow, case: _Case) -> Ref | None:
    record = case.record
    if record is None or record.status is not Status.LINKED:
        return None
    source = case.customer.ref if case.customer else _end_in(record, flow.source.name)
    return record.other(source) if source else None


def _only_one(hits: Sequence[Customer], identity: str) -> Customer:
    if len(hits) != 1 or hits[0].ref.id != identity:
        raise AdapterContractError("find", "a look-up by 'id' must answer with that record and no other")
    return hits[0]


def _close_or_read(flow: Flow, case: _Case, terms: Terms) -> None:
    """End the matter of a record whose text is known, unless its counterpart is gone: then it is read after all."""
    assert case.record is not None  # noqa: S101 - a case without a customer here was recognised by its record
    source = _end_in(case.record, flow.source.name)
    if case.current is not None and not case.current.deleted and source is not None:
        case.decision = _unchanged(case.record, source)
    else:
        case.customer = _read_item(flow, case, terms)


def _hits(flow: Flow, case: _Case, answer: Found, terms: Terms) -> list[Customer]:
    """Return the target customers of an answer; a failed look-up or an unreadable one ends the case."""
    end = terms.ends.target
    if not isinstance(answer, Sequence):
        case.decision = Refused(source=_source(flow, case, terms), issues=(_LOOK_UP_FAILED,))
        return []
    try:
        return [flow.target.read(payload, end.account, end.mode) for payload in answer]
    except PayloadError as error:
        case.decision = Refused(source=_source(flow, case, terms), issues=error.issues)
        return []


def _source(flow: Flow, case: _Case, terms: Terms) -> Ref:
    known = _end_in(case.record, flow.source.name) if case.record else None
    return case.customer.ref if case.customer else known or _name(flow, case, case.item, terms)


# The search for a counterpart


def _search(flow: Flow, cases: Sequence[_Case], terms: Terms) -> Generator[Request, Any, None]:
    searching = [
        (case, {}) for case in cases if case.record is None or case.record.status is Status.FAILED
    ]  # type: list[tuple[_Case, dict[int, list[Customer]]]]
    owners: dict[Ref, Ref] = {}
    in_flight: dict[Ref, SyncRecord] = {}
    while searching:
        asking: dict[int, list[tuple[_Case, dict[int, list[Customer]]]]] = {}
        for case, found in searching:
            assert case.customer is not None  # noqa: S101 - only customers that were read are searched for
            case.match = match(flow.match, case.customer, found, owners)
            if case.match.verdict is Verdict.ASK:
                asking.setdefault(case.match.place, []).append((case, found))
            elif case.match.verdict is Verdict.ONE:
                case.record = in_flight.get(case.match.customers[0].ref, case.record)
        for place, waiting in asking.items():
            yield from _ask(flow, place, waiting, terms)
            yield from _own(flow, flow.match[place], waiting, place, owners, in_flight)
        searching = [pair for waiting in asking.values() for pair in waiting if pair[0].decision is None]


def _ask(
    flow: Flow, place: int, waiting: Sequence[tuple[_Case, dict[int, list[Customer]]]], terms: Terms
) -> Generator[Request, Any, None]:
    entry = flow.match[place]
    exact = entry.by in flow.target.case_sensitive
    wanted = [look_up_values(entry, case.customer, exact=exact) for case, _ in waiting if case.customer]
    can = terms.ends.target.capabilities
    answers = yield from find(Side.TARGET, entry.by, (v for vs in wanted for v in vs), can, terms.retry)
    for (case, found), values in zip(waiting, wanted, strict=True):
        hits: dict[str, Customer] = {}
        for value in values:
            if answers[value]:
                for hit in _hits(flow, case, answers[value], terms):
                    _check_holds(entry, case, hit)
                    hits[hit.ref.id] = hit
        found[place] = list(hits.values())


def _check_holds(entry: MatchStep, case: _Case, hit: Customer) -> None:
    held = value_of(hit, entry.holds)
    if hit.deleted or case.customer is None:
        return
    if type(held) is not str or entry.key(held) != look_up_key(entry, case.customer):
        raise AdapterContractError(
            "find", f"a look-up by {entry.by!r} answered with {hit.ref}, which does not hold the value asked for"
        )


def _own(
    flow: Flow,
    entry: MatchStep,
    waiting: Sequence[tuple[_Case, dict[int, list[Customer]]]],
    place: int,
    owners: dict[Ref, Ref],
    in_flight: dict[Ref, SyncRecord],
) -> Generator[Request, Any, None]:
    hits = {hit.ref: hit for _, found in waiting for hit in found.get(place, ()) if hit.ref not in owners}
    if not hits:
        return
    by_end = _by_end((yield LoadRecords(flow.link, tuple(hits))))
    source = waiting[0][0].customer
    for ref, hit in hits.items():
        stamp = value_of(hit, flow.stamp) if flow.stamp else None
        if stamp and source is not None:
            owners[ref] = evolve(source.ref, id=str(stamp))
        record = by_end.get(ref)
        other = record.other(ref) if record else None
        if record is None or record.status not in (Status.LINKED, Status.INTENT):
            continue
        if record.status is Status.INTENT and entry.proof:
            in_flight[ref] = record
        else:
            owners[ref] = other or ref


# Creates whose outcome is unknown


def _look_for_lost(flow: Flow, cases: Sequence[_Case], terms: Terms) -> Generator[Request, Any, None]:
    can = terms.ends.target.capabilities
    asking: dict[str, dict[str, list[_Case]]] = {}
    for case in cases:
        intent = case.record.intent if case.record and _is_intent(case) and case.match is None else None
        for by, values in intent.clues.items() if intent else ():
            if by in can.finds and by not in can.lagging:
                case.stamped = []
                for value in values:
                    asking.setdefault(by, {}).setdefault(value, []).append(case)
    for by, by_value in asking.items():
        answers = yield from find(Side.TARGET, by, by_value, can, terms.retry)
        for value, answer in answers.items():
            for case in by_value[value]:
                _keep_stamped(flow, case, _hits(flow, case, answer, terms))


def _keep_stamped(flow: Flow, case: _Case, hits: Sequence[Customer]) -> None:
    if case.stamped is None or case.record is None or case.record.intent is None or case.customer is None:
        return
    known = {hit.ref for hit in case.stamped}
    for hit in hits:
        stamp = value_of(hit, flow.stamp) if flow.stamp else None
        unique = value_of(hit, flow.unique_key) if flow.unique_key else None
        if hit.ref not in known and (stamp == case.customer.ref.id or unique == case.record.intent.key):
            case.stamped.append(hit)


# Two that claim one


def settle(flow: Flow, decisions: Sequence[Decision]) -> list[Decision]:
    """Return the decisions with every contested claim turned into a review for all its claimants.

    Two source customers that would adopt one target customer are both shown to a person; so are two that would be
    created under one match key, where the flow sends a taken match to review. Which of them came first in the
    input makes no difference.

    Rule: G-DUP
    """
    claims: dict[tuple[Any, ...], list[int]] = {}
    for place, decision in enumerate(decisions):
        for claim in _claims(flow, decision):
            claims.setdefault(claim, []).append(place)
    settled = list(decisions)
    for claim, places in claims.items():
        if len(places) > 1:
            for place in places:
                settled[place] = _contested(decisions[place], claim)
    return settled


def _claims(flow: Flow, decision: Decision) -> list[tuple[Any, ...]]:
    if isinstance(decision, Link | Recover) and decision.target is not None:
        return [("target", decision.target)]
    if isinstance(decision, Create):
        return [
            ("key", place, look_up_key(entry, decision.customer))
            for place, entry in enumerate(flow.match)
            if entry.taken is Taken.REVIEW and look_up_key(entry, decision.customer) is not None
        ]
    return []


def _contested(decision: Decision, claim: tuple[Any, ...]) -> Review:
    target = claim[1] if claim[0] == "target" else None
    return Review(
        source=decision.source,
        trace=decision.trace,
        issues=(_CONTESTED,),
        candidates=(target,) if target else (),
    )


def _issue(code: str, rule: str, field: str, reason: str, remedy: str) -> Issue:
    return Issue(code=code, rule=rule, field=field, reason=reason, remedy=remedy)


_REPEATED: Final = _issue(
    "repeated", "G-DUP", "id", "the record stands in this batch already", "Hand each record in once"
)
_NOT_A_RECORD: Final = _issue(
    "not_a_record", "G-ISO", "record", "not a record but another kind of value", "Hand in JSON objects"
)
_NOT_JSON: Final = _issue("not_json", "G-ISO", "record", "the text is not JSON", "Mend the file or the export")
_LOOK_UP_FAILED: Final = _issue(
    "look_up_failed", "G-ISO", "target", "the target could not be asked", "Run again; see the adapter's log"
)
_CONTESTED: Final = _issue(
    "contested",
    "G-DUP",
    "target",
    "several source customers lay claim to the same counterpart",
    "Link one of them by hand, or merge them in the source",
)
