"""Match steps: what is asked to find an existing customer, in order, and the keys that are compared."""

from collections.abc import Callable, Container, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Final, TypeAlias

import attrs
from attrs import frozen

from custsync._arguments import checked
from custsync.errors import CustsyncError
from custsync.models import ABSENT, Customer, Issue, Ref
from custsync.rules.eligibility import RuleRaisedError
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
    "accepted",
    "by_own_key",
    "counted_steps",
    "has_value",
    "held_keys",
    "keys_for",
    "look_up_keys",
    "look_up_values",
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
    SHARE = "share"
    """Link to it as well; of several new customers that find it, the one with the smallest id owns it."""
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


@checked
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
        shows_deleted: whether the target shows who was deleted there. Where it does not, a value that finds
            nobody names a customer that was deleted.
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
    shows_deleted: bool = True
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

    `shared`: whether the one that was found is another customer's. `issue` is why a match is refused, or what
    is said of the one that was found; `notes` are what is said of the search itself, whatever its end.
    """

    verdict: Verdict
    place: int = -1
    customers: tuple[Customer, ...] = attrs.field(default=(), repr=False)
    trace: tuple[Step, ...] = ()
    shared: bool = False
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
    try:
        key = entry.key(value)
        keys = (key,) if key is not None else tuple(_spellings(entry, value)) if entry.values else ()
    except CustsyncError:
        raise
    except Exception as error:
        raise RuleRaisedError(f"the key of match step {entry.lookup!r} [{entry.rule}]") from error
    if keys and type(keys[0]) is not str:
        kind = type(keys[0]).__name__
        raise RuleRaisedError(
            f"the key of match step {entry.lookup!r} [{entry.rule}] returned {kind}, not text or None"
        )
    return keys


def _spellings(entry: MatchStep, value: str) -> dict[str, str]:
    """Return each key in a text that holds several values, with the value as it is written there."""
    parts = entry.values(value) if entry.values is not None else ()
    keyed = {entry.key(part): part for part in reversed(parts)}
    return {key: part for key, part in reversed(keyed.items()) if key is not None}


def accepted(entry: MatchStep, customer: Customer, hit: Customer) -> Issue | None:
    """Return what the step says of the customer and the one that was found.

    Raises:
        RuleRaisedError: the step's function raised, or returned something else than an issue or None.
    """
    if entry.accept_hit is None:
        return None
    place = f"`accept_hit` of match step {entry.lookup!r} [{entry.rule}]"
    try:
        said: object = entry.accept_hit(customer, hit)
    except CustsyncError:
        raise
    except Exception as error:
        raise RuleRaisedError(place) from error
    if said is not None and not isinstance(said, Issue):
        raise RuleRaisedError(f"{place} returned {type(said).__name__}, not an Issue or None")
    return said


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
