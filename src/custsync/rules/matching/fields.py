"""The fields of a strategy as the data have them: their kinds, the groups, the names that can be crossed."""

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from custsync.rules.matching.kinds import Kind, words_of_name
from custsync.rules.matching.records import Records, kind_in
from custsync.rules.matching.rule import Key
from custsync.rules.matching.strategy import MatchStrategy

__all__ = ["Compared", "compared_fields"]

_SURNAME: Final = frozenset({"surname", "lastname", "last", "family"})
_GIVEN: Final = frozenset({"given", "firstname", "first", "forename"})
_PLACE: Final = frozenset(
    {"street", "address", "line", "suburb", "city", "town", "state", "province", "house", "country", "county"}
)
_HOUSEHOLD_KINDS: Final = ("phone", "postcode")


@frozen
class Compared:
    """The fields that are compared, in order.

    Attributes:
        fields: each with its kind.
        kinds: the kind of each.
        groups: places of the fields that move together; their agreement alone never links.
        crossed: places of the given name and the surname, which people enter the wrong way round.
    """

    fields: tuple[Key, ...]
    kinds: tuple[Kind, ...]
    groups: tuple[tuple[int, ...], ...] = ()
    crossed: tuple[int, int] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the fields' names."""
        return tuple(field.names[0] for field in self.fields)


def compared_fields(strategy: MatchStrategy, left: Records, right: Records | None = None) -> Compared:
    """Return the strategy's fields, and those that its rules read alone, with their kinds and groups.

    Args:
        strategy: the strategy.
        left: the left records.
        right: the right records, None for duplicates in one list.
    """
    fields = [*strategy.fields, *_fields_of_rules(strategy)]
    kinds = [kind_in(field, left, right) for field in fields]
    names = [field.names[0] for field in fields]
    if strategy.groups is None:
        groups = tuple(_default_groups(names, kinds))
    else:
        groups = tuple(tuple(map(names.index, group)) for group in strategy.groups)
    return Compared(tuple(fields), tuple(kinds), groups, _crossed(names))


def _fields_of_rules(strategy: MatchStrategy) -> Iterator[Key]:
    """Yield each key of one field that no field of the strategy compares."""
    known = {field.names[0] for field in strategy.fields}
    for key in (key for rule in strategy.rules or () for key in rule.keys):
        if len(key.names) == 1 and key.names[0] not in known:
            known.add(key.names[0])
            yield key


def _default_groups(names: Sequence[str], kinds: Sequence[Kind]) -> Iterator[tuple[int, ...]]:
    """Yield the household, which contains the switchboard: what people of one address have in common.

    A surname, an address and a phone agree for relatives, an address and a phone for all in one building.
    """
    household = tuple(
        place
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
        if kind.name in _HOUSEHOLD_KINDS
        or (kind.name != "email" and words_of_name(name) & (_SURNAME | _PLACE))
    )
    if len(household) > 1:
        yield household


def _crossed(names: Sequence[str]) -> tuple[int, int] | None:
    given = [place for place, name in enumerate(names) if words_of_name(name) & _GIVEN]
    surnames = [place for place, name in enumerate(names) if words_of_name(name) & _SURNAME]
    return (given[0], surnames[0]) if given and surnames else None
