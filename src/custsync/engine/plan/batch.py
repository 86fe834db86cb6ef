"""Gathering the evidence for a batch of customers, and deciding each.

One generator for a whole batch: it yields the look-ups that the batch needs and receives their answers. A
later match step is asked only for the customers that the earlier ones left open. A record that cannot be
read, or whose look-up fails, has its own decision; the others go on.
"""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import evolve

from custsync.engine.calls import find
from custsync.engine.decide.admission import admit
from custsync.engine.decide.core import Evidence, decide
from custsync.engine.decide.merges import is_merged, survivor_first
from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Merge,
    Recover,
    Review,
    Skip,
    Unchanged,
    external_id_of,
    none_posts,
)
from custsync.engine.plan.parents import look_for_parents
from custsync.engine.plan.search import (
    RunContext,
    SourceRecord,
    WorkItem,
    by_end,
    end_in,
    hits_of,
    is_intent,
    look_for_lost,
    name_of,
    search,
)
from custsync.engine.plan.survivors import look_for_survivors
from custsync.engine.requests import End, FindByDigest, LoadRecords, Now, Request, Side
from custsync.errors import AdapterContractError, CustsyncError, PayloadError
from custsync.flow import Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.payloads.fast_build import builder, finish
from custsync.protocols import Found
from custsync.rules.eligibility import rule_raised
from custsync.rules.fields.fingerprints import payload_digests
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.matching.steps import Match, MatchStep, OnAlreadyLinked, Verdict, look_up_key, step
from custsync.syncrecords import Status, SyncRecord

__all__ = ["decide_batch", "read_quietly", "settle"]

_EVIDENCE: Final = builder(Evidence)
_TEXTS: Final = (str, bytes)
_NO_MATCH: Final = Match(verdict=Verdict.NONE)
_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)
_KNOWN_TEXT: Final = (step("G-IDEM", "Is the record, to the letter, what it was when last synced?", "yes"),)


def decide_batch(
    flow: Flow, items: Sequence[SourceRecord], terms: RunContext, *, first: int = 1
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
    surveyed = (
        terms.prescanned is not None
    )  # then a customer depends on others, and its own text tells little
    digests = [""] * len(items) if surveyed else payload_digests(items, flow.salt)
    is_enough = terms.incremental or not flow.leads  # else the target may have to be brought back to it
    known = (yield from _recognise(flow, digests, terms)) if is_enough else {}
    ended = known if terms.incremental else {}
    cases = [
        WorkItem(item, first + offset, digest, record=known.get(digest))
        for offset, (item, digest) in enumerate(zip(items, digests, strict=True))
        if digest not in ended
    ]
    yield from _gather(flow, cases, terms)
    if terms.claimed is not None:
        terms.claimed.update(_claimed(flow, cases))
    gathered = settle(flow, [case.decision for case in cases if case.decision is not None])
    if not ended:
        return gathered
    rest = iter(gathered)
    return [_unchanged(flow, ended[digest]) if digest in ended else next(rest) for digest in digests]


def _claimed(flow: Flow, cases: Sequence[WorkItem]) -> Iterator[Ref]:
    """Return the target customers that are to be linked by evidence."""
    for case in cases:
        decision, found = case.decision, case.match
        if isinstance(decision, Link) and found is not None and not flow.match[found.place].authoritative:
            yield decision.target


def _gather(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Generator[Request, Any, None]:
    """Look up what the decisions need, and end every case with its decision."""
    yield from _load(flow, _read(flow, cases, terms))
    if flow.parent:
        yield from look_for_parents(flow, [case for case in _still_open(cases) if case.customer is not None])
    is_timed = any(is_intent(case) or (case.record and case.record.in_flight) for case in _still_open(cases))
    now = (yield Now()) if is_timed else _NO_TIME  # what is seen from here on is not older
    yield from _look_at_links(flow, _still_open(cases), terms)
    yield from look_for_survivors(flow, _still_open(cases), terms)
    yield from search(flow, _still_open(cases), terms)
    yield from look_for_lost(flow, _still_open(cases), terms)
    for case in _still_open(cases):
        case.decision = _decide(flow, case, terms, now)


def _still_open(cases: Sequence[WorkItem]) -> list[WorkItem]:
    return [case for case in cases if case.decision is None]


def _decide(flow: Flow, case: WorkItem, terms: RunContext, now: datetime) -> Decision:
    evidence = _EVIDENCE(
        record=case.record,
        match=case.match or _NO_MATCH,
        current=case.current,
        stamped=case.stamped,
        capabilities=terms.ends.target.capabilities,
        now=now,
        digest=case.digest,
        survivor=case.survivor,
        admitted=case.admitted,
    )
    decision = decide(flow, case.read, finish(evidence, Evidence))
    return evolve(decision, issues=(*decision.issues, *case.issues)) if case.issues else decision


# Records whose text is known


def _recognise(
    flow: Flow, digests: Sequence[str], terms: RunContext
) -> Generator[Request, Any, Mapping[str, SyncRecord]]:
    """Return the linked records whose source was last seen with exactly one of these texts."""
    asked = tuple(filter(None, digests))
    if not asked:
        return {}
    known: Mapping[str, SyncRecord] = yield FindByDigest(flow.link, asked)
    end = terms.ends.source
    namespace = Ref(flow.source.name, "", end.account, end.mode).namespace
    return {
        digest: record
        for digest, record in known.items()
        if namespace in record.memory and record.memory[namespace].payload == digest
    }


def _unchanged(flow: Flow, record: SyncRecord) -> Unchanged:
    source, target = record.source, record.target
    if source.system != flow.source.name and target is not None:
        source, target = target, source
    return Unchanged(source=source, target=target, trace=_KNOWN_TEXT)


# Reading


def _read(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> list[WorkItem]:
    seen: dict[Ref, WorkItem] = {}
    for case in cases:
        if case.decision is None and case.record is None:
            case.customer = _read_item(flow, case, terms)
            if case.customer is None or not _is_surveyed(case, terms):
                continue
            ref = case.customer.ref
            if seen.setdefault(ref, case) is not case:
                case.decision = Skip(source=ref, issues=(_REPEATED,))
    return list(seen.values())


def _is_surveyed(case: WorkItem, terms: RunContext) -> bool:
    """Take the customer as the survey of all has it; return whether it is one to sync."""
    if terms.prescanned is None:
        return True
    try:
        seen = _as_surveyed(terms.prescanned(case.read), case.read)
    except CustsyncError:
        raise
    except Exception as error:  # noqa: BLE001 - a survey of the caller's raised: one record fails alone
        seen = MappedValue(value=case.customer, issues=(rule_raised(error),))
    case.customer, case.issues = seen.value, seen.issues
    if any(issue.severity is Severity.ERROR for issue in seen.issues):
        case.decision = Invalid(source=case.read.ref, issues=seen.issues)
    return case.decision is None


def _as_surveyed(said: object, customer: Customer) -> MappedValue:
    """Return what the survey said of the customer, if it speaks of that one and in the right words."""
    if not isinstance(said, MappedValue) or not all(isinstance(issue, Issue) for issue in said.issues):
        raise TypeError
    if not isinstance(said.value, Customer) or said.value.ref != customer.ref:
        raise TypeError
    return said


def read_quietly(flow: Flow, item: SourceRecord, terms: RunContext) -> Customer | None:
    """Return the customer of a source record, None where it cannot be read."""
    return _read_item(flow, WorkItem(item, 0), terms)


def _read_item(flow: Flow, case: WorkItem, terms: RunContext) -> Customer | None:
    item = case.item
    if isinstance(item, Customer):
        return _checked(flow, case, item, terms)
    issues: tuple[Issue, ...] = (_NOT_A_RECORD,)
    try:
        payload = json.loads(item) if isinstance(item, _TEXTS) else item
    except (ValueError, RecursionError):
        payload, issues = None, (_NOT_JSON,)
    if type(payload) is dict or isinstance(payload, Mapping):
        end = terms.ends.source
        try:
            return flow.source.read(payload, end.account, end.mode)
        except PayloadError as error:
            issues = error.issues
        except CustsyncError:
            raise
        except Exception as error:  # noqa: BLE001 - the system's reader raised: one record fails alone
            issues = (rule_raised(error),)
    case.decision = Invalid(source=name_of(flow, case, payload, terms), issues=issues)
    return None


def _checked(flow: Flow, case: WorkItem, customer: Customer, terms: RunContext) -> Customer | None:
    """Return the customer if it is of this flow's source; ids of another world would link strangers."""
    end, ref = terms.ends.source, customer.ref
    if (ref.system, ref.account, ref.mode) == (flow.source.name, end.account, end.mode or ref.mode):
        return customer
    case.decision = Invalid(source=ref, issues=(_ANOTHER_WORLD,))
    return None


# Sync records and linked customers


def _load(flow: Flow, cases: Sequence[WorkItem]) -> Generator[Request, Any, None]:
    refs = tuple([case.read.ref for case in cases])
    records = (yield LoadRecords(flow.link, refs)) if refs else ()
    ends = by_end(records)
    for case, ref in zip(cases, refs, strict=True):
        case.record = ends.get(ref) if ends else None
        if not is_intent(case) and not _follows(case):
            case.decision = admit(flow, case.read, case.record)
            case.admitted = True


def _follows(case: WorkItem) -> bool:
    """Return whether the customer was merged, which is carried over whoever takes part by now."""
    if case.record is None:
        return bool(case.read.merged_into)
    ended = case.record.status is Status.EXCLUDED
    return not ended and is_merged(case.read, case.record, None)


def _look_at_links(flow: Flow, cases: Sequence[WorkItem], terms: RunContext) -> Generator[Request, Any, None]:
    linked: dict[str, list[WorkItem]] = {}
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
            if case.customer is None:
                _close_or_read(flow, case, answer, terms)
            if case.customer is not None and case.decision is None:
                hits = hits_of(flow, case, answer, terms)
                case.current = _only_one(hits, identity) if hits else None


def _linked_target(flow: Flow, case: WorkItem) -> Ref | None:
    record = case.record
    if record is not None and record.merge is not None and not record.merge.done:
        return record.merge.duplicate
    if record is None or record.status is not Status.LINKED:
        return None
    source = case.customer.ref if case.customer else end_in(record, flow.source.name)
    return record.other(source) if source else None


def _only_one(hits: Sequence[Customer], identity: str) -> Customer:
    if len(hits) != 1 or hits[0].ref.id != identity:
        raise AdapterContractError("find", "a look-up by 'id' must answer with that record and no other")
    return hits[0]


def _close_or_read(flow: Flow, case: WorkItem, answer: Found, terms: RunContext) -> None:
    """End the matter of a record whose text is known; one whose counterpart is gone is read after all."""
    there = answer[0] if isinstance(answer, Sequence) and len(answer) == 1 else None
    is_here = _is_here(_linked_target(flow, case), terms.ends.target)
    if there is not None and case.record is not None and is_here and not flow.target.is_deleted(there):
        case.decision = _unchanged(flow, case.record)
    else:
        case.customer = _read_item(flow, case, terms)


def _is_here(kept: Ref | None, end: End) -> bool:
    """Return whether the link's end is of the account and mode that were asked: ids repeat across them."""
    told = ((kept.account, end.account), (kept.mode, end.mode)) if kept else ((".", ""),)
    return kept is not None and all(one == other for one, other in told if one and other)


# Two that claim one


def settle(flow: Flow, decisions: Sequence[Decision]) -> list[Decision]:
    """Return the decisions with every contested claim turned into a review for all its claimants.

    Two source customers that would adopt one target customer are both shown to a person; so are two that
    would be created under one match key, where the flow sends a taken match to review. A survivor that has
    found a counterpart of its own takes over no duplicate's. Which of them came first in the input makes no
    difference.

    Rule: G-DUP, ST-MRG-1
    """
    keyed = [
        (place, entry)
        for place, entry in enumerate(flow.match)
        if entry.on_already_linked is OnAlreadyLinked.REVIEW and not entry.authoritative
    ]
    claims: dict[tuple[Any, ...], list[int]] = {}
    claiming = (Link, Recover, Create) if keyed else (Link, Recover)
    for place, decision in enumerate(decisions):
        if isinstance(decision, claiming):
            for claim in _claims(decision, keyed):
                claims.setdefault(claim, []).append(place)
    settled = list(decisions)
    for claim, places in claims.items():
        if len(places) > 1:
            for place in places:
                settled[place] = _contested(decisions[place], claim)
    if not any(isinstance(decision, Merge) for decision in settled):
        return settled
    found = {decision.source for decision in settled if isinstance(decision, Link)}
    return [
        survivor_first(decision) if isinstance(decision, Merge) and decision.heir in found else decision
        for decision in settled
    ]


def _claims(
    decision: Create | Link | Recover, keyed: Sequence[tuple[int, MatchStep]]
) -> Iterator[tuple[Any, ...]]:
    if isinstance(decision, Create):
        for place, entry in keyed:
            key = look_up_key(entry, decision.customer)
            if key is not None:
                yield "key", place, key
    elif decision.target is not None:
        yield "target", decision.target


def _contested(decision: Decision, claim: tuple[Any, ...]) -> Review:
    target = claim[1] if claim[0] == "target" else None
    return Review(
        source=decision.source,
        trace=decision.trace,
        issues=(_CONTESTED,),
        transactions=none_posts(decision.transactions, _CONTESTED),
        external_id=external_id_of(decision),
        candidates=(target,) if target else (),
    )


def _issue(code: str, rule: str, field: str, reason: str, remedy: str) -> Issue:
    return Issue(code=code, rule=rule, field=field, reason=reason, remedy=remedy)


_REPEATED: Final = _issue(
    "repeated", "G-DUP", "id", "the record stands in this batch already", "Hand each record in once"
)
_ANOTHER_WORLD: Final = _issue(
    "another_world",
    "G-DUP",
    "ref",
    "the customer is of another system, account or mode than this run's source",
    "Read it with the source's own account and mode",
)
_NOT_A_RECORD: Final = _issue(
    "not_a_record", "G-ISO", "record", "not a record but another kind of value", "Hand in JSON objects"
)
_NOT_JSON: Final = _issue(
    "not_json", "G-ISO", "record", "the text is not JSON", "Mend the file or the export"
)
_CONTESTED: Final = _issue(
    "contested",
    "G-DUP",
    "target",
    "several source customers lay claim to the same counterpart",
    "Link one of them by hand, or merge them in the source",
)
