"""How a search of a flow ends: its rules are tried in order, and never the first of two is taken.

A step that has nothing to look for, or finds none, passes to the next; a step that finds one customer ends
the search; a step that finds several ends it too, without an answer. `match` is pure: it is given what was
found so far and returns either the verdict or which step to look up next. A hit that holds none of
the values that were looked for is dropped: many searches are fuzzy.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from attrs import evolve

from custsync.models import Customer, Issue, Ref, Severity
from custsync.rules.matching.judgement import NOT_FOUND, Hit, Verdict, judge
from custsync.rules.matching.rule import OnDeleted
from custsync.rules.matching.steps import (
    Keys,
    MatchStep,
    Step,
    accepted,
    has_value,
    held_keys,
    look_up_keys,
    step,
)

_Found: TypeAlias = tuple[Customer, ...]

CLAIMED: Final = Ref("", "")
"""Owns a target customer that another source customer of the same run names as its own."""


class Match(NamedTuple):
    """How a search ended, at which step (its place in the chain), with whom, the report, and the trace.

    `shared`: whether the one that was found is another customer's. `issue` is why a match is refused, or what
    is reported about the one that was found; `notes` are what is reported about the search itself,
    whatever its end.
    """

    verdict: Verdict
    place: int = -1
    customers: _Found = ()
    trace: tuple[Step, ...] = ()
    shared: bool = False
    issue: Issue | None = None
    notes: tuple[Issue, ...] = ()


def match(
    steps: Sequence[MatchStep],
    customer: Customer,
    found: Mapping[int, Sequence[Customer]],
    owners: Mapping[Ref, Ref],
    keys: Keys | None = None,
) -> Match:
    """Return how the search for the customer's counterpart ends, given what was found so far.

    Args:
        steps: the match chain.
        customer: the source customer.
        found: place of a step → the target customers that it found; a step that was not looked up yet is not
            there.
        owners: target customer → the source customer that it is linked to already.
        keys: the keys of the steps, where the caller has made them already.

    Returns:
        A verdict; `Verdict.ASK` with the place of the next step where it was not looked up yet.
        A hit that holds none of the values looked for is dropped with a note.

    Rule: SP-OUT-1, SP-OUT-2, SP-OUT-4, SP-IN-1, ST-LEG-2, ST-LEG-4, LG-LINK, G-DUP
    """
    search = _Search(customer, owners)
    for place, (entry, own) in enumerate(zip(steps, keys or look_up_keys(steps, customer), strict=True)):
        hits = found.get(place) if own else ()
        if hits is None:
            return search.ended(Verdict.ASK, place)
        ended = search.after(entry, place, own, hits)
        if ended is not None:
            return ended
    return search.without_a_find()


def match_of_none(steps: Sequence[MatchStep], blank: tuple[bool, ...]) -> Match:
    """Return the match of a customer whom no step found; `blank` marks steps that had nothing to look for.

    Rule: SP-OUT-3, SP-IN-2
    """
    trace = [
        step(entry.id, entry.question, "nothing to look for" if is_blank else "not found")
        for entry, is_blank in zip(steps, blank, strict=True)
    ]
    return Match(verdict=Verdict.NONE, trace=tuple(trace))


class _Search:
    """One customer's search: what its steps have found so far, and how it ends."""

    def __init__(self, customer: Customer, owners: Mapping[Ref, Ref]) -> None:
        self._customer, self._owners = customer, owners
        self._trace: list[Step] = []
        self._notes: list[Issue] = []
        self._gone: tuple[MatchStep, int, _Found] | None = None

    def ended(
        self, verdict: Verdict, place: int = -1, found: _Found = (), issue: Issue | None = None
    ) -> Match:
        """Return the match that the search ends with."""
        trace, notes = tuple(self._trace), tuple(self._notes)
        return Match(verdict=verdict, place=place, customers=found, trace=trace, issue=issue, notes=notes)

    def after(
        self, entry: MatchStep, place: int, own: Sequence[str], found: Sequence[Customer]
    ) -> Match | None:
        """Return how the search ends with what the step found, None where the next step follows."""
        hits = {hit.ref: self._hit(entry, own, hit) for hit in found}
        holding = [hit for hit in hits.values() if hit.keys or hit.gone]
        if len(holding) < len(hits):
            self._notes.append(evolve(_NOT_HELD, rule=entry.id, field=entry.source_field))
        judged = judge(entry, holding)
        refs = {hit.id for hit in judged.hits}
        customers = tuple(sorted((hit for hit in found if hit.ref in refs), key=lambda hit: hit.ref.id))
        if judged.verdict is Verdict.GONE or judged is NOT_FOUND:
            return self._without_a_living_one(entry, place, own, customers)
        self._trace.append(step(entry.id, entry.question, judged.reason))
        if judged.verdict is Verdict.ONE:
            ended = self._found(entry, place, customers)
            return ended._replace(shared=True) if judged.hits[0].owner is not None else ended
        return None if judged.verdict is Verdict.NONE else self.ended(judged.verdict, place, customers)

    def _hit(self, entry: MatchStep, own: Sequence[str], hit: Customer) -> Hit:
        owner, keys = self._owners.get(hit.ref), frozenset(own).intersection(held_keys(entry, hit))
        if owner == self._customer.ref:
            owner = None
        return Hit(hit.ref, owner=owner, created_at=hit.created_at, gone=hit.deleted, keys=keys)

    def _without_a_living_one(
        self, entry: MatchStep, place: int, own: Sequence[str], deleted: _Found
    ) -> Match | None:
        strict = entry.if_not_found is not None and has_value(entry, self._customer)
        if deleted or (own and not entry.shows_deleted):
            answer = "deleted there" if deleted else "not there any more"
            self._gone = self._gone or (entry, place, deleted)
        elif own:
            answer = "not found"
        else:
            answer = "a value that cannot be looked for" if strict else "nothing to look for"
        self._trace.append(step(entry.id, entry.question, answer))
        return self.ended(Verdict.REFUSED, place, issue=entry.if_not_found) if strict else None

    def _found(self, entry: MatchStep, place: int, one: _Found) -> Match:
        own_issue = accepted(entry, self._customer, one[0])
        if own_issue is not None and own_issue.severity is Severity.ERROR:
            return self.ended(Verdict.REFUSED, place, one, own_issue)
        if self._gone is not None:
            before = self._gone[0]
            self._notes.append(evolve(_DELETED_BEFORE, rule=before.id, field=before.source_field))
        return self.ended(Verdict.ONE, place, one, own_issue)

    def without_a_find(self) -> Match:
        """Return how the search ends where no step found a customer: with the deleted ones, or with none."""
        if self._gone is not None and self._gone[0].on_deleted is OnDeleted.REVIEW:
            _, place, deleted = self._gone
            return self.ended(Verdict.GONE, place, deleted)
        return self.ended(Verdict.NONE)


def _issue(code: str, reason: str, remedy: str, severity: Severity) -> Issue:
    return Issue(code=code, rule="G-DUP", field="", reason=reason, remedy=remedy, severity=severity)


_NOT_HELD: Final = _issue(
    "hit_without_value",
    "the target's search found a customer that does not hold the value; it was not considered",
    "Nothing to do: many searches find similar values",
    Severity.NOTE,
)
_DELETED_BEFORE: Final = _issue(
    "kept_id_deleted",
    "the customer that this field names was deleted in the target; a later look-up found another one",
    "Check that the two customers are one, then correct the field",
    Severity.WARNING,
)
