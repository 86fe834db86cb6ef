"""What a caller configures: keys, rules, fields, and the strategy that holds them."""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Final, TypeVar

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.rules.matching.kinds import KINDS
from custsync.rules.matching.policies import OnAlreadyLinked, OnMultiple

__all__ = ["Field", "Key", "MatchStrategy", "Rule", "checked_strategy"]

E = TypeVar("E", bound=Enum)
T = TypeVar("T")


@checked
@frozen(init=False)
class Key:
    """One match key, made of one field or of several together.

    Attributes:
        names: the fields of the left record: a key of a mapping, an attribute of `Customer`,
            `billing_address.city`, `custom.NAME`.
        kind: how the text becomes a key, a name of `KINDS`; `""` follows from the field's name and values.
        right: the fields of the right record, where they have other names.

    >>> str(Key("first_name", "last_name", kind="initials"))
    'first_name last_name (initials)'
    >>> Key("email", kind="mail")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    custsync.errors.ConfigurationError: key email: no kind is called 'mail'; there are any_order, code, ...
    """

    names: tuple[str, ...]
    kind: str = ""
    right: tuple[str, ...] = ()

    def __init__(self, *names: str, kind: str = "", right: str | Iterable[str] = ()) -> None:
        """Keep the names and the kind.

        Raises:
            ConfigurationError: a name is no text, no field is named, or no kind has that name.
        """
        names_of_right = (right,) if isinstance(right, str) else tuple(right)
        _check_names(names + names_of_right)
        if not names:
            raise ConfigurationError("a key needs the name of a field: `Key('email')`")
        if kind and kind not in KINDS:
            known = ", ".join(sorted(KINDS))
            raise ConfigurationError(f"key {' '.join(names)}: no kind is called {kind!r}; there are {known}")
        self.__attrs_init__(names, kind, names_of_right or names)

    def __str__(self) -> str:
        """Return the fields and the kind."""
        other = "" if self.right == self.names else f" = {' '.join(self.right)}"
        return " ".join(self.names) + other + (f" ({self.kind})" if self.kind else "")


def _check_names(names: Iterable[object]) -> None:
    for name in names:
        if not isinstance(name, str) or not name.strip():
            raise ConfigurationError(f"the name of a field is a text, not {type(name).__name__}")


@checked
@frozen
class Field:
    """One value to compare: agreement confirms that two records are one customer, difference contradicts it.

    Attributes:
        name: the field of both records, or of the left one.
        kind: a name of `KINDS`; None follows from the field's name and values.
        right: the field of the right record, where it has another name.
    """

    name: str
    kind: str | None = None
    right: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a name that is no text, and a kind that is not there."""
        self.key  # noqa: B018

    @property
    def key(self) -> Key:
        """Return how the field's value is normalised."""
        return Key(self.name, kind=self.kind or "", right=self.right or ())


def _key(value: object) -> Key:
    if isinstance(value, str):
        return Key(value)
    return _instance(value, Key, "a rule's key", "Key('email')")


def _field(value: object) -> Field:
    if isinstance(value, str):
        return Field(value)
    return _instance(value, Field, "fields", "Field('email')")


def _instance(value: object, kind: type[T], what: str, example: str) -> T:
    if not isinstance(value, kind):
        raise ConfigurationError(f"{what}: `{example}` is needed, not {type(value).__name__}")
    return value


def _choice(kind: type[E]) -> Callable[[Any], E]:
    def chosen(value: Any) -> E:
        try:
            return kind(value)
        except ValueError:
            words = ", ".join(repr(member.value) for member in kind)
            raise ConfigurationError(f"{kind.__name__}: one of {words} is needed") from None

    return chosen


@frozen(init=False)
class Rule:
    """Records that agree on all its keys may be one customer.

    Attributes:
        id: the rule's id, named by every match and explanation.
        keys: the keys that must all agree.
        authoritative: whether a hit is the counterpart for sure (a kept id), or evidence only (an email).
        blocked: keys that belong to nobody (`"none@example.com"`).
        on_multiple: what to do with several hits.
        on_already_linked: what to do where every hit is linked to another record.
    """

    id: str
    keys: tuple[Key, ...]
    authoritative: bool = False
    blocked: frozenset[str] = frozenset()
    on_multiple: OnMultiple = OnMultiple.REVIEW
    on_already_linked: OnAlreadyLinked = OnAlreadyLinked.REVIEW

    def __init__(
        self,
        id: str,
        *keys: Key | str,
        authoritative: bool = False,
        blocked: Iterable[str] = (),
        on_multiple: OnMultiple | str = OnMultiple.REVIEW,
        on_already_linked: OnAlreadyLinked | str = OnAlreadyLinked.REVIEW,
    ) -> None:
        """Keep the keys and the policies.

        Raises:
            ConfigurationError: there is no id or no key, or a policy is not one of its choices.
        """
        _check_names((id,))
        if not keys:
            raise ConfigurationError(f"rule {id}: it needs a key: `Rule({id!r}, 'email')`")
        self.__attrs_init__(
            id,
            tuple(map(_key, keys)),
            authoritative,
            frozenset(blocked),
            _choice(OnMultiple)(on_multiple),
            _choice(OnAlreadyLinked)(on_already_linked),
        )

    def __str__(self) -> str:
        """Return the id and the keys."""
        return f"{self.id}: {' + '.join(map(str, self.keys))}"


DEFAULT_ACCEPT: Final = 10.0
DEFAULT_REVIEW: Final = 0.1


def _fields(values: Iterable[Any]) -> tuple[Field, ...]:
    return tuple(map(_field, (values,) if isinstance(values, str) else values))


def _rules(values: Iterable[Any] | Rule | None) -> tuple[Rule, ...] | None:
    if values is None:
        return None
    rules = (values,) if isinstance(values, Rule) else values
    return tuple(_instance(value, Rule, "rules", "Rule('EMAIL', 'email')") for value in rules)


def _groups(values: Iterable[Iterable[str]] | None) -> tuple[tuple[str, ...], ...] | None:
    return None if values is None else tuple(map(tuple, values))


@checked
@frozen
class MatchStrategy:
    """How records are found to be one customer.

    With `rules` alone it is an ordered chain: the first rule that finds a counterpart decides. With `fields`
    every candidate is weighed: the fields that agree confirm it, those that differ contradict it, each by as
    much as the data say. Where no rules are given then, they are derived from the data.

    Attributes:
        rules: the rules in order; None derives them from `fields`.
        fields: the values to compare; a text is a `Field` of that name.
        groups: fields that move together, so that their agreement alone never links. None derives the
            household (surname, address, phone) and the switchboard (phone, address); `()` has none.
        accept_odds: odds for one customer, against chance, from which two records are linked.
        review_odds: odds from which a person should look.
        one_to_one: whether a right record is the counterpart of one left record at most.
        tolerance: the share of decoys among a rule's links from which the rule links nobody by itself.

    Raises:
        ConfigurationError: neither rules nor fields, two of one name, a group of unknown or repeated fields,
            or odds out of order.
    """

    rules: tuple[Rule, ...] | None = field(default=None, converter=_rules)
    fields: tuple[Field, ...] = field(default=(), converter=_fields)
    groups: tuple[tuple[str, ...], ...] | None = field(default=None, converter=_groups)
    accept_odds: float = DEFAULT_ACCEPT
    review_odds: float = DEFAULT_REVIEW
    one_to_one: bool = True
    tolerance: float = 0.05

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot work."""
        if not self.rules and not self.fields:
            raise ConfigurationError("a match strategy needs rules, or fields to compare")
        _check_unique("rules", [rule.id for rule in self.rules or ()])
        _check_unique("fields", names := [field.name for field in self.fields])
        _check_unique("groups", grouped := [name for group in self.groups or () for name in group])
        if unknown := sorted(set(grouped) - set(names)):
            raise ConfigurationError(f"groups: no field is called {', '.join(unknown)}")
        if not 0 < self.review_odds <= self.accept_odds:
            raise ConfigurationError("0 < review_odds <= accept_odds is needed")

    def __str__(self) -> str:
        """Return the rules and the fields, one line each."""
        rules = [str(rule) for rule in self.rules or ()] or ["rules: derived from the data"]
        return "\n".join([*rules, *(f"compares {field.key}" for field in self.fields)])


def checked_strategy(value: object) -> MatchStrategy:
    """Return the strategy itself.

    Raises:
        ConfigurationError: it is something else.
    """
    return _instance(value, MatchStrategy, "strategy", "MatchStrategy(fields=('name', 'email'))")


def _check_unique(what: str, names: Iterable[str]) -> None:
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise ConfigurationError(f"{what}: {', '.join(repeated)} is there twice")
