"""How an existing customer is found: ordered look-ups, and never the first of two.

A flow's match steps are asked in order. A step that has nothing to look for, or finds nobody, passes to the
next; a step that finds one customer ends the search; a step that finds several ends it too, without an
answer. `match` is pure: it is given what was found so far and says either the verdict or which step to ask
next.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Final, TypeAlias

import attrs
from attrs import frozen

from custsync.models import ABSENT, Customer, Issue, Ref, Severity
from custsync.rules.fields.mapping import reader_of

__all__ = [
    "CONTESTED",
    "Keys",
    "Match",
    "MatchStep",
    "OnAlreadyLinked",
    "OnMultiple",
    "Step",
    "Verdict",
    "by_own_key",
    "has_value",
    "look_up_key",
    "look_up_keys",
    "look_up_values",
    "match",
    "nobody",
    "step",
]


CONTESTED: Final = Ref("", "")
"""Owns a target customer to which evidence links another source customer of the same run."""

Keys: TypeAlias = tuple[str | None, ...]
"""The key of each match step, in order; None where there is nothing to look for."""


class OnMultiple(Enum):
    """What to do when a look-up finds several customers."""

    REVIEW = "review"
    OLDEST = "oldest"
    NEWEST = "newest"


class OnAlreadyLinked(Enum):
    """What to do when everybody that a look-up finds is linked to another source customer."""

    REVIEW = "review"
    PASS = "pass"  # noqa: S105 - go on to the next step, as if nobody had been found


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
        key: the value → the key that is compared; None for a value that cannot be looked for.
        authoritative: whether a hit is the customer's counterpart for sure (an id or a stamp), or only
            evidence (an email).
        blocked: keys that belong to nobody (`"none@example.com"`); they are not looked for.
        on_multiple: what to do with several hits.
        on_already_linked: what to do when all hits are linked to others.
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
    authoritative: bool = False
    blocked: frozenset[str] = frozenset()
    on_multiple: OnMultiple = OnMultiple.REVIEW
    on_already_linked: OnAlreadyLinked = OnAlreadyLinked.REVIEW
    if_not_found: Issue | None = None
    accept_hit: Callable[[Customer, Customer], Issue | None] | None = None
    kept: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare how the source's field is read, once for all customers."""
        object.__setattr__(self, "kept", reader_of(self.source_field))


@frozen(kw_only=True)
class Match:
    """How a search ended, at which step (its place in the chain), with whom, what is said, and the trace."""

    verdict: Verdict
    place: int = -1
    customers: tuple[Customer, ...] = attrs.field(default=(), repr=False)
    trace: tuple[Step, ...] = ()
    issue: Issue | None = None


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


def look_up_key(entry: MatchStep, customer: Customer) -> str | None:
    """Return the key that the step looks for, None where the customer has none or it is blocked."""
    value = entry.kept(customer)
    if type(value) is not str or not value:
        return None
    key = entry.key(value)
    return None if key is None or key in entry.blocked else key


def has_value(entry: MatchStep, customer: Customer) -> bool:
    """Return whether the source has anything in the field that the step reads, of whatever form."""
    value = entry.kept(customer)
    return bool(value.strip()) if isinstance(value, str) else value is not None and value is not ABSENT


def look_up_keys(steps: Sequence[MatchStep], customer: Customer) -> Keys:
    """Return the key of each step, in order."""
    return tuple([look_up_key(entry, customer) for entry in steps])


def look_up_values(entry: MatchStep, customer: Customer, key: str | None, *, exact: bool) -> tuple[str, ...]:
    """Return the texts to send to the target for this step: the key, and the value as kept.

    The value as kept is sent only to a target that finds the exact spelling alone.

    Args:
        entry: the step.
        customer: the source customer.
        key: the step's key.
        exact: whether the target finds only the exact spelling.
    """
    if key is None:
        return ()
    if not exact:
        return (key,)
    kept = entry.kept(customer).strip()
    return (key,) if kept == key else (kept, key)


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

    Rule: SP-OUT-1, SP-OUT-2, SP-OUT-4, SP-IN-1, ST-LEG-2, ST-LEG-4, LG-LINK, G-DUP
    """
    trace: list[Step] = []
    for place, (entry, key) in enumerate(zip(steps, keys or look_up_keys(steps, customer), strict=True)):
        hits = found.get(place) if key is not None else ()
        if hits is None:
            return Match(verdict=Verdict.ASK, place=place, trace=tuple(trace))
        if not hits:
            answer = "not found" if key is not None else _unasked(entry, customer)
            trace.append(step(entry.rule, entry.question, answer))
            if entry.if_not_found is not None and has_value(entry, customer):
                return _refused(entry.if_not_found, place, trace)
            continue
        ended = _judge(entry, place, customer, hits, owners, trace)
        if ended is not None:
            return ended
    return Match(verdict=Verdict.NONE, trace=tuple(trace))


def _unasked(entry: MatchStep, customer: Customer) -> str:
    """Return why the step has no key."""
    if entry.if_not_found is not None and has_value(entry, customer):
        return "a value that cannot be looked for"
    return "nothing to look for"


def nobody(steps: Sequence[MatchStep], blank: tuple[bool, ...]) -> Match:
    """Return the match of a customer whom no step found; `blank` says which steps had nothing to look for.

    Rule: SP-OUT-3, SP-IN-2
    """
    trace = [
        step(entry.rule, entry.question, "nothing to look for" if is_blank else "not found")
        for entry, is_blank in zip(steps, blank, strict=True)
    ]
    return Match(verdict=Verdict.NONE, trace=tuple(trace))


def _judge(
    entry: MatchStep,
    place: int,
    customer: Customer,
    hits: Sequence[Customer],
    owners: Mapping[Ref, Ref],
    trace: list[Step],
) -> Match | None:
    alive = [hit for hit in hits if not hit.deleted]
    free = [hit for hit in alive if owners.get(hit.ref, customer.ref) == customer.ref]
    contested = any(owners.get(hit.ref) is CONTESTED for hit in alive)
    verdict, answer = _verdict(entry, alive, free, contested=contested)
    trace.append(step(entry.rule, entry.question, answer))
    if verdict is None:
        return None
    if verdict is Verdict.GONE and entry.if_not_found is not None:
        return _refused(entry.if_not_found, place, trace)
    said = None
    if verdict is Verdict.ONE:
        free = [_pick(entry.on_multiple, free)]
        said = entry.accept_hit(customer, free[0]) if entry.accept_hit is not None else None
        if said is not None and said.severity is Severity.ERROR:
            return _refused(said, place, trace, free[0])
    shown = free or alive or list(hits)
    ordered = tuple(sorted(shown, key=_by_id))
    return Match(verdict=verdict, place=place, customers=ordered, trace=tuple(trace), issue=said)


def _refused(issue: Issue, place: int, trace: Sequence[Step], *shown: Customer) -> Match:
    return Match(verdict=Verdict.REFUSED, place=place, customers=shown, trace=tuple(trace), issue=issue)


def _verdict(
    entry: MatchStep, alive: Sequence[Customer], free: Sequence[Customer], *, contested: bool
) -> tuple[Verdict | None, str]:
    if not alive:
        return Verdict.GONE, "deleted there"
    if not free:
        taken = None if entry.on_already_linked is OnAlreadyLinked.PASS and not contested else Verdict.TAKEN
        return taken, "linked to another customer already"
    if len(free) == 1:
        return Verdict.ONE, "found" if len(alive) == 1 else "found one that is not linked to another customer"
    if entry.on_multiple is OnMultiple.REVIEW:
        return Verdict.SEVERAL, f"{len(free)} found"
    return Verdict.ONE, f"{len(free)} found, the {entry.on_multiple.value} taken"


def _pick(several: OnMultiple, hits: Sequence[Customer]) -> Customer:
    by_age = sorted(hits, key=_by_age)
    return by_age[-1] if several is OnMultiple.NEWEST else by_age[0]


def _by_age(customer: Customer) -> tuple[str, str]:
    created = customer.created_at
    return (created.isoformat() if created else "", customer.ref.id)


def _by_id(customer: Customer) -> str:
    return customer.ref.id
