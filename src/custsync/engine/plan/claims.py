"""Claims: what one customer of a run would get, and another one as well.

Two that would adopt one target customer are both for review. So are two that share the value of a match step
and find no counterpart by it, where the flow sends a match that is taken to review. A survivor of a merge
takes over the counterpart of one duplicate, if its own search finds none. Who is in the input counts, not in
which batch or order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from attrs import define, evolve, field

from custsync.engine.decide.merges import survivor_first, taking_over
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
    as_shared,
)
from custsync.engine.plan.context import CONTESTED, SHARED_VALUE, WorkItem, reviewed, with_transactions
from custsync.engine.plan.inputs import WholeInput, key_of
from custsync.engine.plan.prescan import hashed_keys, takes_part
from custsync.flow import Flow
from custsync.models import ABSENT, Customer, Issue, Ref
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.rule import OnAlreadyLinked
from custsync.rules.matching.steps import held_keys
from custsync.syncrecords import Status

T = TypeVar("T")


@define(eq=False)
class Claims:
    """The claims of those customers that share a key with another one, or take part in a merge.

    Attributes:
        targets: target customer → who would adopt it; of several, the one with the smallest id.
        contested: target customers that several would adopt, those too that are one of several candidates.
        holders: hash of a key → who has it; the first of several.
        shared: hashes of keys that several have.
        finders: who finds a counterpart.
        merges: the merges whose survivor has no counterpart yet.
        heirs: surviving customer → the merge by which it takes a counterpart over.
        waiting: merged customer → its merge, whose survivor gets a counterpart in another way.
        firsts: customer → the place of its first record, where an input that is cut into parts has several.

    Memory: a few entries for each of them.
    """

    targets: dict[Ref, Ref] = field(factory=dict)
    contested: set[Ref] = field(factory=set)
    holders: dict[int, Ref] = field(factory=dict)
    shared: set[int] = field(factory=set)
    finders: set[Ref] = field(factory=set)
    merges: list[Merge] = field(factory=list)
    heirs: dict[Ref, Merge] = field(factory=dict)
    waiting: dict[Ref, Merge] = field(factory=dict)
    firsts: dict[Ref, int] = field(factory=dict)

    @classmethod
    def of(cls, parts: "Iterable[Claims]") -> "Claims":
        """Return the claims of all parts of an input, with what several of them contest."""
        total = cls()
        for part in parts:
            total.contested |= part.contested | _differing(total.targets, part.targets)
            total.shared |= part.shared | _differing(total.holders, part.holders)
            total.finders |= part.finders
            total.merges += part.merges
            total.targets = part.targets | total.targets
            total.holders = part.holders | total.holders
            total.firsts = part.firsts | total.firsts
        total.choose_heirs()
        return total

    def add(self, flow: Flow, case: WorkItem) -> None:
        """Add the claims of one customer."""
        decision, source = case.decision, case.source
        target = _claimed(decision)
        if target is not None:
            self.finders.add(source)
            first = self.targets.setdefault(target, source)
            if first != source:
                self.contested.add(target)
                self.targets[target] = min(first, source, key=_by_size)
        elif isinstance(decision, Review) and case.match.verdict is Verdict.SEVERAL:
            self.contested |= set(decision.candidates)
        if isinstance(decision, Merge) and decision.heir is not None:
            self.merges.append(decision)
        elif _takes_part(case):
            for hashed in _hashed(flow, case):
                if self.holders.setdefault(hashed, source) != source:
                    self.shared.add(hashed)

    def choose_heirs(self) -> None:
        """Choose by which of its merges a survivor takes a counterpart over, if its own search finds none."""
        for merge in sorted(self.merges, key=_by_id):
            if merge.heir is None or merge.heir in self.finders or merge.heir in self.heirs:
                self.waiting[merge.source] = merge
            else:
                self.heirs[merge.heir] = merge


def _differing(ours: Mapping[T, Ref], theirs: Mapping[T, Ref]) -> set[T]:
    """Return what both have, and have from different customers."""
    return {key for key in ours.keys() & theirs.keys() if ours[key] != theirs[key]}


def _by_id(decision: Decision) -> tuple[int, str]:
    return _by_size(decision.source)


def _by_size(ref: Ref) -> tuple[int, str]:
    return len(ref.id), ref.id


def may_be_contested(flow: Flow, case: WorkItem) -> bool:
    """Return whether others have to be looked at, as far as the decision alone shows; mostly it does."""
    kind = type(case.decision)
    if kind is Create:
        return bool(flow.exclusive) or _shows_merges(case)
    return kind is not Unchanged or case.record is None or case.record.status is Status.FAILED


def is_one_of_several(flow: Flow, case: WorkItem, whole: WholeInput) -> bool:
    """Return whether another customer of the input has to be looked at for this one's decision."""
    if isinstance(case.decision, Merge):
        return case.decision.heir is not None
    if _is_claim(flow, case) and any(map(whole.is_shared, _hashed(flow, case))):
        return True
    is_open = case.record is None or case.record.status is Status.FAILED
    return is_open and _takes_part(case) and _shows_merges(case) and case.source in whole.survivors


def _shows_merges(case: WorkItem) -> bool:
    """Return whether the customer's system shows who was merged into whom."""
    return getattr(case.customer, "merged_into", ABSENT) is None


def _is_claim(flow: Flow, case: WorkItem) -> bool:
    """Return whether the decision claims what others may claim; what a customer's id finds is its own."""
    if isinstance(case.decision, Create):
        return any(case.keys[place] for place, _ in flow.exclusive)
    if isinstance(case.decision, Link):
        return not case.decision.shared and flow.match[case.match.place].source_field != "id"
    return _claimed(case.decision) is not None


def _claimed(decision: Decision | None) -> Ref | None:
    """Return the target customer that the decision would adopt, and own."""
    if isinstance(decision, Recover) or (isinstance(decision, Link) and not decision.shared):
        return decision.target
    return None


def _hashed(flow: Flow, case: WorkItem) -> Sequence[int]:
    """Return the hashes of the keys that others may share; those of a case that was searched for are made."""
    if not case.keys:
        return hashed_keys(flow, case.customer)
    return [key_of(place, key) for place, _ in flow.counted for key in case.keys[place]]


def _takes_part(case: WorkItem) -> bool:
    """Return whether the customer counts among those that share a key: it is synced, or is to be."""
    is_merged = case.record is not None and case.record.status is Status.MERGED
    return not is_merged and not isinstance(case.decision, Skip | Invalid | Merge)


def of_several(flow: Flow, customers: Iterable[Customer], whole: WholeInput) -> Iterator[Customer]:
    """Yield the customers for whose decisions others have to be looked at."""
    (redirects, _), is_shared = whole.redirects, whole.seen.keys.is_shared
    for customer in customers:
        is_merging = customer.ref in redirects.survivors or customer.ref in whole.survivors
        if is_merging or (any(map(is_shared, hashed_keys(flow, customer))) and takes_part(flow, customer)):
            yield customer


# What becomes of a claim


def settled(flow: Flow, case: WorkItem, whole: WholeInput) -> Decision | None:
    """Return the decision as it is beside the claims of the others."""
    claims: Claims = whole.claims or _NO_CLAIMS
    decision = case.decision
    if isinstance(decision, Create) and not (claims.shared or claims.heirs):
        return decision
    if isinstance(decision, Merge):
        waiting = claims.waiting.get(decision.source)
        return decision if waiting is None else survivor_first(waiting)
    if claims.heirs and _takes_part(case) and case.source in claims.heirs:
        counterpart = claims.heirs[case.source].target
        return with_transactions(flow, case.customer, taking_over(case.source, counterpart))
    issue = _contested(flow, case, whole, claims) if _is_claim(flow, case) else None
    if isinstance(decision, Link) and decision.target in claims.contested and _shares_target(flow, case):
        return decision if claims.targets[decision.target] == case.source else as_shared(decision)
    if issue is None or not isinstance(decision, _CLAIMING):
        return decision
    return reviewed(decision, issue, _claimed(decision), decision.customer)


def _contested(flow: Flow, case: WorkItem, whole: WholeInput, claims: Claims) -> Issue | None:
    """Return why a claim is for a person to settle, None where no other customer has it."""
    target = _claimed(case.decision)
    if target is not None:
        return CONTESTED if target in claims.contested or _has_rival(flow, case, whole) else None
    for place, entry in flow.exclusive:
        if any(key_of(place, key) in claims.shared for key in case.keys[place]):
            return evolve(SHARED_VALUE, rule=entry.id, field=entry.source_field)
    return None


def _shares_target(flow: Flow, case: WorkItem) -> bool:
    return flow.match[case.match.place].on_already_linked is OnAlreadyLinked.SHARE


def _has_rival(flow: Flow, case: WorkItem, whole: WholeInput) -> bool:
    """Return whether another customer of the input finds the same target customer by another key."""
    if not isinstance(case.decision, Link):
        return False
    is_proof = flow.match[case.match.place].authoritative
    rivals = [pair for pair in flow.counted if pair[1].authoritative == is_proof]
    return any(
        key not in case.keys[place] and whole.has(key_of(place, key))
        for place, entry in rivals
        for key in held_keys(entry, case.decision.current)
    )


_CLAIMING: Final = (Create, Link, Recover)
_NO_CLAIMS: Final = Claims()
