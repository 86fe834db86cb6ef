"""What a caller configures: keys, rules with their policies, and strategies. Lists and flows use the same."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.models import Address, Customer
from custsync.rules.matching.kinds import KINDS, Kind

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

KeyFunction: TypeAlias = Callable[[str], str | None]


class OnMultiple(Enum):
    """What to do when a rule finds several records."""

    REVIEW = "review"
    OLDEST = "oldest"
    NEWEST = "newest"


class OnAlreadyLinked(Enum):
    """What to do when every record that a rule finds is linked to another one."""

    REVIEW = "review"
    SKIP = "skip"
    """Go on to the next rule, as if it had found none."""
    SHARE = "share"
    """Link to it as well, where no other is found; of several new customers of a flow that find it, the one
    with the smallest id owns it."""


class OnDeleted(Enum):
    """What to do where a rule finds only deleted records, and no later rule finds a customer."""

    REVIEW = "review"
    CREATE = "create"


def instance_of(value: object, kind: type[T], what: str, example: str) -> T:
    """Return the value.

    Raises:
        ConfigurationError: it is of another class.
    """
    if not isinstance(value, kind):
        raise ConfigurationError(f"{what}: `{example}` is needed, not {type(value).__name__}")
    return value


def _several(values: Any, kind: Any, what: str, example: str) -> tuple[Any, ...]:
    """Return one value or several; a text is the value that it names."""
    several = (values,) if isinstance(values, str | kind) else values
    named = (kind(value) if isinstance(value, str) else value for value in several)
    return tuple(instance_of(value, kind, what, example) for value in named)


def _check_names(names: Iterable[object]) -> None:
    """Check that each name is a text.

    Raises:
        ConfigurationError: one is not.
    """
    for name in names:
        if not isinstance(name, str) or not name.strip():
            raise ConfigurationError(f"the name of a field is a text, not {type(name).__name__}")


@checked
@frozen(init=False)
class Key:
    """One match key, made of one field or of several together.

    Attributes:
        names: the fields of the left or source record: a key of a mapping, an attribute of `Customer`,
            `billing_address.city`, `custom.NAME`.
        kind: how the text becomes a key; None follows from the field's name and values.
        right: the fields of the right or target record, where they have other names.

    >>> str(Key("first_name", "last_name", kind="initials"))
    'first_name last_name (initials)'
    >>> Key("email", kind="mail")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    custsync.errors.ConfigurationError: key email: no kind is called 'mail'; there are any_order, code, ...
    """

    names: tuple[str, ...]
    kind: Kind | None = None
    right: tuple[str, ...] = ()

    def __init__(
        self, *names: str, kind: str | KeyFunction | None = None, right: str | Iterable[str] = ()
    ) -> None:
        """Keep the names and the kind.

        Args:
            names: the fields of the left or source record.
            kind: a name of `KINDS`; or a function, text → key, None for a text that is no key.
            right: the fields of the right or target record, where they have other names.

        Raises:
            ConfigurationError: a name is no text, no field is named, or no kind has that name.
        """
        names_of_right = (right,) if isinstance(right, str) and right else tuple(right)
        _check_names(names + names_of_right)
        if not names:
            raise ConfigurationError("a key needs the name of a field: `Key('email')`")
        self.__attrs_init__(names, _kind(kind, names), names_of_right or names)

    def __str__(self) -> str:
        """Return the fields and the kind."""
        other = "" if self.right == self.names else f" = {' '.join(self.right)}"
        return " ".join(self.names) + other + (f" ({self.kind.name})" if self.kind else "")


def _kind(kind: str | KeyFunction | None, names: Iterable[str]) -> Kind | None:
    if callable(kind):
        return Kind(getattr(kind, "__name__", type(kind).__name__), kind)
    if kind and kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise ConfigurationError(f"key {' '.join(names)}: no kind is called {kind!r}; there are {known}")
    return KINDS[kind] if kind else None


def choice_of(kind: type[E], value: Any) -> E:
    """Return the policy that the word names, or that the value is.

    Raises:
        ConfigurationError: it is none of the policy's words.
    """
    try:
        return kind(value)
    except ValueError:
        words = ", ".join(repr(member.value) for member in kind)
        raise ConfigurationError(f"{kind.__name__}: one of {words} is needed") from None


def _keys(values: Key | str | Iterable[Key | str]) -> tuple[Key, ...]:
    return _several(values, Key, "a rule's key", "Key('email')")


def _texts(values: Iterable[str]) -> frozenset[str]:
    return frozenset(values)


def _on_multiple(value: OnMultiple | str) -> OnMultiple:
    return choice_of(OnMultiple, value)


def _on_already_linked(value: OnAlreadyLinked | str) -> OnAlreadyLinked:
    return choice_of(OnAlreadyLinked, value)


@checked
@frozen(init=False)
class Rule:
    """Records that agree on all its keys may be one customer.

    Attributes:
        id: the rule's id, named by every match and explanation.
        keys: the keys that must all agree.
        authoritative: whether a hit is the counterpart for sure (a kept id), or evidence only (an email).
        blocked: values that identify no customer (`"none@example.com"`), in any writing; a phone with its
            country code.
        on_multiple: what to do with several hits.
        on_already_linked: what to do where every hit is linked to another record.
    """

    id: str
    keys: tuple[Key, ...] = field(converter=_keys)
    authoritative: bool = False
    blocked: frozenset[str] = field(default=(), converter=_texts)
    on_multiple: OnMultiple = field(default=OnMultiple.REVIEW, converter=_on_multiple)
    on_already_linked: OnAlreadyLinked = field(default=OnAlreadyLinked.REVIEW, converter=_on_already_linked)

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
        self.__attrs_init__(id, keys, authoritative, blocked, on_multiple, on_already_linked)

    def __attrs_post_init__(self) -> None:
        """Refuse a rule without an id or a key."""
        _check_names((self.id,))
        if not self.keys:
            raise ConfigurationError(f"rule {self.id}: it needs a key: `Rule({self.id!r}, 'email')`")

    @property
    def not_matched(self) -> frozenset[str]:
        """Return the blocked values, and what testers enter where one field alone is the evidence."""
        is_alone = not self.authoritative and len(self.keys) == len(self.keys[0].names) == 1
        return self.blocked | _OF_TESTERS if is_alone else self.blocked

    def __str__(self) -> str:
        """Return the id and the keys."""
        return f"{self.id}: {' + '.join(map(str, self.keys))}"


_OF_TESTERS: Final = frozenset({"test", "Test", "TEST"})
"""A surname too, so that it counts beside other fields."""
DEFAULT_ACCEPT: Final = 10.0
DEFAULT_REVIEW: Final = 0.1


class Field(Key):
    """One value to compare: agreement confirms that two records are one customer, difference contradicts it.

    Its kind follows from the field's name and values where none is given.
    """

    def __init__(self, name: str, kind: str | None = None, right: str = "") -> None:
        """Keep the field of both records, or of the left one, its kind, and the right one's field.

        Raises:
            ConfigurationError: a name is no text, or no kind has that name.
        """
        super().__init__(name, kind=kind, right=right)


def _fields(values: Iterable[Any]) -> tuple[Key, ...]:
    return _several(values, Field, "fields", "Field('email')")


def _rules(values: Iterable[Any] | Rule | None) -> tuple[Rule, ...] | None:
    if values is None:
        return None
    rules = (values,) if isinstance(values, Rule) else values
    return tuple(instance_of(value, Rule, "rules", "Rule('EMAIL', 'email')") for value in rules)


def _groups(values: Iterable[Iterable[str]] | None) -> tuple[tuple[str, ...], ...] | None:
    return None if values is None else tuple(map(tuple, values))


@checked
@frozen
class MatchStrategy:
    """How records are found to be one customer.

    With `rules` alone it is an ordered chain: the first rule that finds a counterpart decides. A flow's match
    steps are such rules. With `fields` every candidate is weighed: the fields that agree confirm it, those
    that differ contradict it, each by what is learnt from the data. Without rules, rules are derived from the
    data.

    Attributes:
        rules: the rules in order; None derives them from `fields`.
        fields: the values to compare; a text is a `Field` of that name.
        groups: fields that move together, so that their agreement alone never links. None derives the
            household (surname, address, phone) and the switchboard (phone, address); `()` has none.
        accept_odds: odds for one customer, against chance, from which two records are linked.
        review_odds: odds from which a person should look.
        one_to_one: whether a right record is the counterpart of one left record at most.
        tolerance: the share of decoys among a rule's links from which the rule links none by itself.

    Raises:
        ConfigurationError: neither rules nor fields, two of one name, a group of unknown or repeated fields,
            or odds out of order.
    """

    rules: tuple[Rule, ...] | None = field(default=None, converter=_rules)
    fields: tuple[Key, ...] = field(default=(), converter=_fields)
    groups: tuple[tuple[str, ...], ...] | None = field(default=None, converter=_groups)
    accept_odds: float = DEFAULT_ACCEPT
    review_odds: float = DEFAULT_REVIEW
    one_to_one: bool = True
    tolerance: float = 0.05

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot work."""
        if not self.rules and not self.fields:
            raise ConfigurationError("a match strategy needs rules, or fields to compare")
        names = [field.names[0] for field in self.fields]
        grouped = [name for group in self.groups or () for name in group]
        _check_unique("rules", [rule.id for rule in self.rules or ()])
        _check_unique("fields", names)
        _check_unique("groups", grouped)
        if unknown := sorted(set(grouped) - set(names)):
            raise ConfigurationError(f"groups: no field is called {', '.join(unknown)}")
        if not 0 < self.review_odds <= self.accept_odds:
            raise ConfigurationError("0 < review_odds <= accept_odds is needed")

    def __str__(self) -> str:
        """Return the rules and the fields, one line each."""
        rules = [str(rule) for rule in self.rules or ()] or ["rules: derived from the data"]
        return "\n".join([*rules, *(f"compares {field}" for field in self.fields)])


def checked_strategy(value: object) -> MatchStrategy:
    """Return the strategy itself.

    Raises:
        ConfigurationError: it is something else.
    """
    return instance_of(value, MatchStrategy, "strategy", "MatchStrategy(fields=('name', 'email'))")


def _check_unique(what: str, names: Iterable[str]) -> None:
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise ConfigurationError(f"{what}: {', '.join(repeated)} is there twice")


# The fields of a record


def field_of(record: Any, name: str) -> Any:
    """Return a field's value: the mapping's own key, else the path that its dots name."""
    if type(record) is dict or isinstance(record, Mapping):
        if name in record:
            return record[name]
    elif not isinstance(record, Customer | Address):
        return None
    elif "." not in name:
        return getattr(record, name, None)
    first, _, rest = name.partition(".")
    return field_of(field_of(record, first), rest) if rest else None


def country_of(record: Any) -> str:
    """Return the record's country code, `""` where it has none."""
    values = (field_of(record, name) for name in _COUNTRY)
    return next((value.upper() for value in values if isinstance(value, str) and len(value) == len("US")), "")


_COUNTRY: Final = ("country", "country_code", "billing_address.country")
