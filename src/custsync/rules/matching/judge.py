"""How a search ends: never with the first of two.

A flow's match steps are asked in order. A step that has nothing to look for, or finds nobody, passes to the
next; a step that finds one customer ends the search; a step that finds several ends it too, without an
answer. `match` is pure: it is given what was found so far and returns either the verdict or which step to ask
next. A hit that does not hold a value that was looked for counts for nothing: many searches are fuzzy.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import evolve

from custsync.models import Customer, Issue, Ref, Severity
from custsync.rules.matching.steps import (
    Keys,
    Match,
    MatchStep,
    OnAlreadyLinked,
    OnDeleted,
    OnMultiple,
    Step,
    Verdict,
    accepted,
    has_value,
    held_keys,
    look_up_keys,
    step,
)

__all__ = ["match", "nobody"]


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
        found: place of a step → the target customers that it found; a step that was not asked yet is not
            there.
        owners: target customer → the source customer that it is linked to already.
        keys: the keys of the steps, where the caller has made them already.

    Returns:
        A verdict; `Verdict.ASK` with the place of the step to look up next where that step was not asked yet.
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


def nobody(steps: Sequence[MatchStep], blank: tuple[bool, ...]) -> Match:
    """Return the match of a customer whom no step found; `blank` says which steps had nothing to look for.

    Rule: SP-OUT-3, SP-IN-2
    """
    trace = [
        step(entry.rule, entry.question, "nothing to look for" if is_blank else "not found")
        for entry, is_blank in zip(steps, blank, strict=True)
    ]
    return Match(verdict=Verdict.NONE, trace=tuple(trace))


class _Search:
    """One customer's search: what its steps have found so far, and how it ends."""

    def __init__(self, customer: Customer, owners: Mapping[Ref, Ref]) -> None:
        self.customer = customer
        self.owners = owners
        self.trace: list[Step] = []
        self.notes: list[Issue] = []
        self.gone: tuple[MatchStep, int, Sequence[Customer]] | None = None

    def ended(
        self, verdict: Verdict, place: int = -1, *customers: Customer, issue: Issue | None = None
    ) -> Match:
        """Return the match that the search ends with."""
        ordered = tuple(sorted(customers, key=_by_id))
        return Match(
            verdict=verdict,
            place=place,
            customers=ordered,
            trace=tuple(self.trace),
            issue=issue,
            notes=tuple(self.notes),
        )

    def after(
        self, entry: MatchStep, place: int, own: Sequence[str], hits: Sequence[Customer]
    ) -> Match | None:
        """Return how the search ends with what the step found, None where the next step is to be asked."""
        holding = [hit for hit in hits if hit.deleted or not _is_stranger(entry, own, hit)]
        if len(holding) < len(hits):
            self.notes.append(evolve(_NOT_HELD, rule=entry.rule, field=entry.source_field))
        alive = [hit for hit in holding if not hit.deleted]
        if not alive:
            return self._without_a_living_one(entry, place, own, holding)
        free = [hit for hit in alive if self.owners.get(hit.ref, self.customer.ref) == self.customer.ref]
        verdict, answer = _verdict(entry, own, alive, free)
        self._answer(entry, answer)
        if verdict is Verdict.ONE:
            match = self._found(entry, place, _pick(entry.on_multiple, free or alive))
            return match if free else evolve(match, shared=True)
        return None if verdict is None else self.ended(verdict, place, *(free or alive))

    def _without_a_living_one(
        self, entry: MatchStep, place: int, own: Sequence[str], deleted: Sequence[Customer]
    ) -> Match | None:
        strict = entry.if_not_found is not None and has_value(entry, self.customer)
        if deleted or (own and not entry.shows_deleted):
            self._answer(entry, "deleted there" if deleted else "not there any more")
            self.gone = self.gone or (entry, place, deleted)
        elif own:
            self._answer(entry, "not found")
        else:
            self._answer(entry, "a value that cannot be looked for" if strict else "nothing to look for")
        return self.ended(Verdict.REFUSED, place, issue=entry.if_not_found) if strict else None

    def _found(self, entry: MatchStep, place: int, one: Customer) -> Match:
        said = accepted(entry, self.customer, one)
        if said is not None and said.severity is Severity.ERROR:
            return self.ended(Verdict.REFUSED, place, one, issue=said)
        if self.gone is not None:
            before = self.gone[0]
            self.notes.append(evolve(_DELETED_BEFORE, rule=before.rule, field=before.source_field))
        return self.ended(Verdict.ONE, place, one, issue=said)

    def without_a_find(self) -> Match:
        """Return how the search ends where no step found anybody: with whom was deleted, or with nobody."""
        if self.gone is not None and self.gone[0].deleted is OnDeleted.REVIEW:
            _, place, deleted = self.gone
            return self.ended(Verdict.GONE, place, *deleted)
        return self.ended(Verdict.NONE)

    def _answer(self, entry: MatchStep, answer: str) -> None:
        self.trace.append(step(entry.rule, entry.question, answer))


def _is_stranger(entry: MatchStep, own: Sequence[str], hit: Customer) -> bool:
    """Return whether the hit holds none of the values that were looked for."""
    return set(own).isdisjoint(held_keys(entry, hit))


def _verdict(
    entry: MatchStep, own: Sequence[str], alive: Sequence[Customer], free: Sequence[Customer]
) -> tuple[Verdict | None, str]:
    if not free:
        verdict = _TAKEN[entry.on_already_linked]
        is_one = len(alive) == 1
        return verdict if is_one or verdict is None else Verdict.TAKEN, "linked to another customer already"
    if len(free) == 1:
        return Verdict.ONE, "found" if len(alive) == 1 else "found one that is not linked to another customer"
    if entry.on_multiple is OnMultiple.REVIEW or not _share_a_value(entry, own, free):
        return Verdict.SEVERAL, f"{len(free)} found"
    return Verdict.ONE, f"{len(free)} found, the {entry.on_multiple.value} taken"


_TAKEN: Final = {
    OnAlreadyLinked.REVIEW: Verdict.TAKEN,
    OnAlreadyLinked.SHARE: Verdict.ONE,
    OnAlreadyLinked.PASS: None,
}


def _share_a_value(entry: MatchStep, own: Sequence[str], hits: Sequence[Customer]) -> bool:
    """Return whether one value found them all; those of two values are two customers, whatever their age."""
    return bool(set(own).intersection(*(held_keys(entry, hit) for hit in hits)))


def _pick(several: OnMultiple, hits: Sequence[Customer]) -> Customer:
    by_age = sorted(hits, key=_by_age)
    return by_age[-1] if several is OnMultiple.NEWEST else by_age[0]


def _by_age(customer: Customer) -> tuple[str, str]:
    created = customer.created_at
    return (created.isoformat() if created else "", customer.ref.id)


def _by_id(customer: Customer) -> str:
    return customer.ref.id


_NOT_HELD: Final = Issue(
    code="hit_without_value",
    rule="G-DUP",
    field="",
    reason="the target's search found a customer that does not hold the value; it was not considered",
    remedy="Nothing to do: many searches find similar values",
    severity=Severity.NOTE,
)
_DELETED_BEFORE: Final = Issue(
    code="kept_id_deleted",
    rule="G-DUP",
    field="",
    reason="the customer that this field names was deleted in the target; a later look-up found another one",
    remedy="Check that the two customers are one, then correct the field",
    severity=Severity.WARNING,
)
