"""Match steps: the rules of a flow, each with the look-up at its target, and the keys that are compared."""

from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final, TypeAlias

import attrs
from attrs import frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError, CustsyncError
from custsync.models import ABSENT, Customer, Issue
from custsync.rules.eligibility import RuleRaisedError
from custsync.rules.fields.mapping import reader_of
from custsync.rules.matching.kinds import Kind, key_set, kind_of
from custsync.rules.matching.rule import OnAlreadyLinked, OnDeleted, Rule, choice_of, country_of, field_of
from custsync.rules.normalize.damage import stands_for_nothing

__all__ = ["Keys", "MatchStep", "Step", "step"]


Keys: TypeAlias = tuple[tuple[str, ...], ...]
"""The keys of each match step, in order; a step without any has nothing to look for."""


@frozen
class Step:
    """One entry of a trace. It holds no personal value.

    Attributes:
        rule: the id of the rule that was applied: `SP-OUT-2`.
        asked: the question, a whole sentence in English, the same for every customer.
        answer: a few words: `"found"`, `"yes"`.
    """

    rule: str
    asked: str
    answer: str


@lru_cache(maxsize=4096)
def step(rule: str, asked: str, answer: str) -> Step:
    """Return a trace entry; equal ones are one object, so that a million traces cost little."""
    return Step(rule, asked, answer)


def _on_deleted(value: OnDeleted | str) -> OnDeleted:
    return choice_of(OnDeleted, value)


@checked
@frozen(kw_only=True)
class MatchStep(Rule):
    """A rule of a flow: the target is searched for its hits.

    Its one key names the source's field that is looked for, and the target's that must hold it. Of a key
    of several fields the texts are joined with blanks; a customer that lacks one of them has no key.

    Attributes:
        question: the question in plain words, for explanations.
        lookup: the look-up's name at the target's adapter: `"id"`, `"email"`, `"custom.NAME"`.
        on_deleted: what to do when all hits are deleted, and no later step finds a customer.
        shows_deleted: whether the target returns deleted customers. Where it does not, a value that finds
            none names a customer that was deleted.
        if_not_found: what is reported where the source has a value that finds no customer, or it cannot be
            looked for: the customer is refused, and no later step is tried. None goes on to the next step.
        accept_hit: the source customer and the one that was found → what is reported about the two: an error
            refuses the customer, anything less is reported with the link. None links whoever is found.

    Raises:
        ConfigurationError: it has several keys, or its key several fields and it is authoritative; or it is
            evidence, and shares.
    """

    question: str
    lookup: str
    on_deleted: OnDeleted = attrs.field(default=OnDeleted.REVIEW, converter=_on_deleted)
    shows_deleted: bool = True
    if_not_found: Issue | None = None
    accept_hit: Callable[[Customer, Customer], Issue | None] | None = None
    source_field: str = attrs.field(init=False, repr=False, eq=False)
    target_field: str = attrs.field(init=False, repr=False, eq=False)
    kind: Kind = attrs.field(init=False, repr=False, eq=False)
    kept: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)
    held: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare how the two fields are read, once for all customers."""
        super().__attrs_post_init__()
        key = self.keys[0]
        if len(self.keys) > 1:
            raise ConfigurationError(f"match step {self.id}: it looks for one key")
        if self.authoritative and len(key.names) + len(key.right) > _ONE_EACH:
            raise ConfigurationError(f"match step {self.id}: a key of several fields is no proof")
        if self.on_already_linked is OnAlreadyLinked.SHARE and not self.authoritative:
            raise ConfigurationError(f"match step {self.id}: what evidence finds is not shared")
        kind = key.kind or kind_of(key.names[0], ())
        prepared = {
            "source_field": key.names[0],
            "target_field": key.right[0],
            "kind": kind,
            "blocked": key_set(self.not_matched, kind),
            "kept": _reader(key.names),
            "held": _reader(key.right),
        }
        for name, value in prepared.items():
            object.__setattr__(self, name, value)


_ONE_EACH: Final = 2


def _reader(names: tuple[str, ...]) -> Callable[[Customer], Any]:
    return reader_of(names[0]) if len(names) == 1 else partial(_joined, names)


def _joined(names: tuple[str, ...], customer: Customer) -> str | None:
    texts = [field_of(customer, name) for name in names]
    return " ".join(texts) if all(map(_is_value, texts)) else None


def _is_value(text: object) -> bool:
    return type(text) is str and text.strip() != "" and not stands_for_nothing(text)


def by_own_key(steps: Sequence[MatchStep], made: Container[str]) -> Mapping[str, MatchStep]:
    """Return the steps, by their look-up, that find a customer by its own key.

    The source states such a key and the create writes it, so that a search by it finds a create whose
    answer was lost. An id does not: the target gives it.

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

    A field that holds several values has a key for each; a blocked key identifies no customer.

    Rule: SP-OUT-2
    """
    value = entry.kept(customer)
    keys = keys_in(entry, value, customer) if type(value) is str else ()
    return (
        keys if entry.blocked.isdisjoint(keys) else tuple([key for key in keys if key not in entry.blocked])
    )


def held_keys(entry: MatchStep, hit: Customer) -> tuple[str, ...]:
    """Return the keys by which the step finds this target customer."""
    return keys_in(entry, entry.held(hit), hit)


def keys_in(entry: MatchStep, value: Any, customer: Customer) -> tuple[str, ...]:
    """Return the keys in a value of either customer."""
    if type(value) is not str or not value or stands_for_nothing(value):
        return ()
    kind = entry.kind
    try:
        key = kind.key(value, country_of(customer)) if kind.takes_country else kind.key(value)
    except CustsyncError:
        raise
    except Exception as error:
        raise RuleRaisedError(f"the key of match step {entry.lookup!r} [{entry.id}]") from error
    if key is None or key == "":
        return ()
    if type(key) is not str:
        place = f"the key of match step {entry.lookup!r} [{entry.id}]"
        raise RuleRaisedError(f"{place} returned {type(key).__name__}, not text or None")
    return tuple(key.split(" ")) if kind.parts is not None and " " in key else (key,)


def accepted(entry: MatchStep, customer: Customer, hit: Customer) -> Issue | None:
    """Return what the step reports about the customer and the one that was found.

    Raises:
        RuleRaisedError: the step's function raised, or returned something else than an issue or None.
    """
    if entry.accept_hit is None:
        return None
    place = f"`accept_hit` of match step {entry.lookup!r} [{entry.id}]"
    try:
        verdict: object = entry.accept_hit(customer, hit)
    except CustsyncError:
        raise
    except Exception as error:
        raise RuleRaisedError(place) from error
    if verdict is not None and not isinstance(verdict, Issue):
        raise RuleRaisedError(f"{place} returned {type(verdict).__name__}, not an Issue or None")
    return verdict


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
    if not keys or not exact or [entry.kept(customer)] == list(keys):
        return tuple(keys)
    text = entry.kept(customer).strip()
    parts = [text] if entry.kind.parts is None else entry.kind.parts(text)
    written = {key: part for part in reversed(list(parts)) for key in keys_in(entry, part, customer)}
    return tuple(dict.fromkeys([text for key in keys for text in (written.get(key, key), key)]))
