"""The match keys of all records in one table: the left records, then the right ones."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from attrs import evolve, field, frozen

from custsync.models import Issue, Severity
from custsync.rules.matching.fields import Compared, compared_fields
from custsync.rules.matching.records import Column, Records, kind_in
from custsync.rules.matching.rule import Key
from custsync.rules.matching.strategy import MatchStrategy
from custsync.rules.matching.weights import Row

__all__ = ["Table", "blank_fields", "key_columns", "table_of"]

_BLANK: Final = Issue(
    code="field_never_filled",
    rule="G-WHY",
    field="",
    reason="no record of the list has a value that can be compared",
    remedy="Check the field's name and its kind",
    severity=Severity.WARNING,
)


@frozen
class Table:
    """The match keys that are compared.

    Attributes:
        compared: the fields.
        columns: one column for each field, over both lists.
        rows: the same, record by record.
        split: where the right records begin; None for one list that is searched for duplicates.
    """

    compared: Compared
    columns: tuple[Column, ...] = field(repr=False)
    rows: Sequence[Row] = field(repr=False)
    split: int | None = None

    @property
    def pairs(self) -> float:
        """Return how many pairs of records could be one customer."""
        size = len(self.rows)
        if self.split is None:
            return max(1.0, size * (size - 1) / 2)
        return max(1.0, self.split * (size - self.split))

    def sides(self, column: Sequence[Any]) -> list[Sequence[Any]]:
        """Return the parts of a column, one for each list."""
        return [column] if self.split is None else [column[: self.split], column[self.split :]]

    def may_link(self, one: int, other: int) -> bool:
        """Return whether two records, the smaller place first, are of the lists that are to be linked."""
        return self.split is None or one < self.split <= other


def table_of(strategy: MatchStrategy, left: Records, right: Records | None = None) -> Table:
    """Return the table of the fields that the strategy compares."""
    compared = compared_fields(strategy, left, right)
    columns = [key_columns(one, left, right)[0] for one in compared.fields]
    rows: list[Row] = list(zip(*columns, strict=True))
    return Table(compared, tuple(columns), rows, None if right is None else len(left.rows))


def blank_fields(keys: Iterable[Key], columns: Iterable[Column], split: int | None) -> tuple[Issue, ...]:
    """Return a warning for each key that no record of a list has: its name is probably wrong.

    Args:
        keys: the keys.
        columns: the keys of all records, one column for each.
        split: where the right records begin, None for one list.
    """
    found = []
    for key, column in zip(keys, columns, strict=True):
        sides = ((key.names, 0, split), (key.right, split or 0, None))
        for names, start, end in sides[: 1 if split is None else 2]:
            if not any(islice(column, start, end)) and start < len(column):
                found.append(evolve(_BLANK, field=" ".join(names)))
    return tuple(found)


def key_columns(key: Key, left: Records, right: Records | None) -> tuple[Column, bool]:
    """Return the keys of all records, and whether one record may have several, with blanks between."""
    kind = kind_in(key, left, right)
    column, several = left.column(key.names, kind)
    if right is not None:
        more, several_too = right.column(key.right, kind)
        column += more
        several |= several_too
    return column, several
