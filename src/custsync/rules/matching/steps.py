"""How an existing customer is found: ordered look-ups, and never the first of two.

A flow's match steps are asked in order. A step that has nothing to look for, or finds nobody, passes to the
next; a step that finds one customer ends the search; a step that finds several ends it too, without an
answer. `match` is pure: it is given what was found so far and says either the verdict or which step to ask
next. A hit that does not hold a value that was looked for counts for nothing: many searches are fuzzy.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Final, TypeAlias

import attrs
from attrs import evolve, frozen

from custsync.models import ABSENT, Customer, Issue, Ref, Severity
from custsync.rules.fields.mapping import reader_of

__all__ = [
    "CLAIMED",
    "Keys",
    "Match",
    "MatchStep",
    "OnAlreadyLinked",
    "OnDeleted",
    "OnMultiple",
    "Step",
    "Verdict",
    "by_own_key",
    "counted_steps",
    "has_value",
    "held_keys",
    "keys_for",
    "look_up_keys",
    "look_up_values",
    "match",
    "nobody",
    "step",
]


CLAIMED: Final = Ref("", "")
"""Owns a target customer that another source customer of the same run names as its own."""

Keys: TypeAlias = tuple[tuple[str, ...], ...]
"""The keys of each match step, in order; a step without any has nothing to look for."""


class OnMultiple(Enum):
    """What to do when a look-up finds several customers."""

    REVIEW = "review"
    OLDEST = "oldest"
    NEWEST = "newest"


class OnAlreadyLinked(Enum):
    """What to do when everybody that a look-up finds is linked to another source customer."""

    REVIEW = "review"
    PASS = "pass"  # noqa: S105 - go on to the next step, as if nobody had been found


class OnDeleted(Enum):
    """What to do where a look-up finds only deleted customers, and no later step finds anybody."""

    REVIEW = "review"
    CREATE = "create"


class Verdict(Enum):
    """How a search ended."""

    ONE = "one"
    NONE = "none"
    SEVERAL = "several"
    TAKEN = "taken"
    GONE = "gone"
    REFUSED = "refused"
    """The value that was looked for must find a customer that fits, and does not."""
    ASK = "ask"
    """Not ended: the step named is to be looked up next."""


@frozen
class Step:
    """One entry of a trace: the rule that was asked, the question, the answer. No personal values."""

    rule: str
    asked: str
    answer: str


@lru_cache(maxsize=4096)
def step(rule: str, asked: str, answer: str) -> Step:
    """Return a trace entry; equal ones are one object, so that a million traces cost little."""
    return Step(rule, asked, answer)


@frozen(kw_only=True)
class MatchStep:
    """One look-up of a match chain.

    Attributes:
        rule: the rule's id.
        question: the question in plain words, for explanations.
        lookup: the look-up's name at the target's adapter: `"id"`, `"email"`, `"custom.NAME"`.
        source_field: the source's field that holds the value to look for.
        target_field: the target's field that must hold it.
        key: one value → the key that is compared; None for a value that cannot be looked for.
        values: takes a text apart that is no single value: the values in it, each of which is looked for.
            None where the field holds one value at most.
        authoritative: whether a hit is the customer's counterpart for sure (an id or a stamp), or only
            evidence (an email).
        blocked: keys that belong to nobody (`"none@example.com"`); they are not looked for.
        on_multiple: what to do with several hits.
        on_already_linked: what to do when all hits are linked to others.
        deleted: what to do when all hits are deleted, and no later step finds anybody.
        must_find: what is said where the source has a value and nobody is found by it, or it cannot be looked
            for: the customer is refused, and no later step is asked. None goes on to the next step.
        accept_hit: the source customer and the one that was found → what is said of the two: an error
            refuses the customer, anything less is told with the link. None links whoever is found.
    """

    rule: str
    question: str
    lookup: str
    source_field: str
    target_field: str
    key: Callable[[str], str | None]
    values: Callable[[str], Sequence[str]] | None = None
    authoritative: bool = False
    blocked: frozenset[str] = frozenset()
    on_multiple: OnMultiple = OnMultiple.REVIEW
    on_already_linked: OnAlreadyLinked = OnAlreadyLinked.REVIEW
    deleted: OnDeleted = OnDeleted.REVIEW
    if_not_found: Issue | None = None
    accept_hit: Callable[[Customer, Customer], Issue | None] | None = None
    kept: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)
    held: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare how the two fields are read, once for all customers."""
        object.__setattr__(self, "kept", reader_of(self.source_field))
        object.__setattr__(self, "held", reader_of(self.target_field))


@frozen(kw_only=True)
class Match:
    """How a search ended, at which step (its place in the chain), with whom, what is said, and the trace.

    `issue` is why a match is refused, or what is said of the one that was found; `notes` are what is said of
    the search itself, whatever its end.
    """

    verdict: Verdict
    place: int = -1
    customers: tuple[Customer, ...] = attrs.field(default=(), repr=False)
    trace: tuple[Step, ...] = ()
    issue: Issue | None = None
    notes: tuple[Issue, ...] = ()


def by_own_key(steps: Sequence[MatchStep], made: Container[str]) -> Mapping[str, MatchStep]:
    """Return the steps, by their look-up, that find a customer by a key of its own.

    The source states such a key and the create writes it, so that it tells whether a create took effect whose
    answer was lost. An id tells nothing: the target gives it.

    Args:
        steps: the match chain.
        made: the target's fields that a create writes.

    Rule: LS-KEY-2, G-DUP
    """
    return {
        entry.lookup: entry
        for entry in steps
        if entry.authoritative and entry.lookup != "id" and entry.target_field in made
    }


def counted_steps(steps: Sequence[MatchStep]) -> list[tuple[int, MatchStep]]:
    """Return the steps whose keys several customers may share, with their places; an id is one customer's."""
    return [(place, entry) for place, entry in enumerate(steps) if entry.source_field != "id"]


def keys_for(entry: MatchStep, customer: Customer) -> tuple[str, ...]:
    """Return the keys that the step looks for, none where the customer has nothing to look for.

    A field that holds several values has a key for each; a blocked key belongs to nobody.

    Rule: SP-OUT-2
    """
    keys = _keys_of(entry, entry.kept(customer))
    return tuple([key for key in keys if key not in entry.blocked]) if entry.blocked else keys


def held_keys(entry: MatchStep, hit: Customer) -> tuple[str, ...]:
    """Return the keys by which the step finds this target customer."""
    return _keys_of(entry, entry.held(hit))


def _keys_of(entry: MatchStep, value: Any) -> tuple[str, ...]:
    if type(value) is not str or not value:
        return ()
    key = entry.key(value)
    if key is not None:
        return (key,)
    return tuple(_spellings(entry, value)) if entry.values is not None else ()


def _spellings(entry: MatchStep, value: str) -> dict[str, str]:
    """Return each key in a text that holds several values, with the value as it is written there."""
    parts = entry.values(value) if entry.values is not None else ()
    keyed = {entry.key(part): part for part in reversed(parts)}
    return {key: part for key, part in reversed(keyed.items()) if key is not None}


def has_value(entry: MatchStep, customer: Customer) -> bool:
    """Return whether the source has anything in the field that the step reads, of whatever form."""
    value = entry.kept(customer)
    return bool(value.strip()) if isinstance(value, str) else value is not None and value is not ABSENT


def look_up_keys(steps: Sequence[MatchStep], customer: Customer) -> Keys:
    """Return the keys of each step, in order."""
    return tuple([keys_for(entry, customer) for entry in steps])


def look_up_values(
    entry: MatchStep, customer: Customer, keys: Sequence[str], *, exact: bool
) -> tuple[str, ...]:
    """Return the texts to send to the target for this step: each key, and its value as kept.

    The value as kept is sent only to a target that finds the exact spelling alone.

    Args:
        entry: the step.
        customer: the source customer.
        keys: the step's keys.
        exact: whether the target finds only the exact spelling.
    """
    if not keys or not exact:
        return tuple(keys)
    text = entry.kept(customer).strip()
    written = {keys[0]: text} if entry.key(text) is not None else _spellings(entry, text)
    return tuple(dict.fromkeys([text for key in keys for text in (written.get(key, key), key)]))


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
            return self._found(entry, place, _pick(entry.on_multiple, free))
        return None if verdict is None else self.ended(verdict, place, *(free or alive))

    def _without_a_living_one(
        self, entry: MatchStep, place: int, own: Sequence[str], deleted: Sequence[Customer]
    ) -> Match | None:
        strict = entry.if_not_found is not None and has_value(entry, self.customer)
        if deleted:
            self._answer(entry, "deleted there")
            self.gone = self.gone or (entry, place, deleted)
        elif own:
            self._answer(entry, "not found")
        else:
            self._answer(entry, "a value that cannot be looked for" if strict else "nothing to look for")
        return self.ended(Verdict.REFUSED, place, issue=entry.if_not_found) if strict else None

    def _found(self, entry: MatchStep, place: int, one: Customer) -> Match:
        said = entry.accept_hit(self.customer, one) if entry.accept_hit is not None else None
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
        taken = None if entry.on_already_linked is OnAlreadyLinked.PASS else Verdict.TAKEN
        return taken, "linked to another customer already"
    if len(free) == 1:
        return Verdict.ONE, "found" if len(alive) == 1 else "found one that is not linked to another customer"
    if entry.on_multiple is OnMultiple.REVIEW or not _share_a_value(entry, own, free):
        return Verdict.SEVERAL, f"{len(free)} found"
    return Verdict.ONE, f"{len(free)} found, the {entry.on_multiple.value} taken"


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
