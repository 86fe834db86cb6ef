"""A match strategy: the rules that find candidates, and the fields that are compared."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.rules.matching.rule import Key, Rule, instance_of

__all__ = ["DEFAULT_ACCEPT", "DEFAULT_REVIEW", "Field", "MatchStrategy", "checked_strategy"]

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
    several = (values,) if isinstance(values, str) else values
    return tuple(
        Field(value) if isinstance(value, str) else instance_of(value, Field, "fields", "Field('email')")
        for value in several
    )


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
    that differ contradict it, each by as much as the data say. Where no rules are given then, the data give
    them.

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
