"""Candidates: pairs of records that agree on all keys of a rule, which is given or derived from the data."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from math import prod
from typing import Any, Final
from zlib import crc32

from attrs import evolve, field, frozen

from custsync.rules.matching.frequencies import Collisions
from custsync.rules.matching.records import Column, Records
from custsync.rules.matching.rule import Rule
from custsync.rules.matching.strategy import MatchStrategy
from custsync.rules.matching.table import Table, key_columns

__all__ = [
    "CandidateRule",
    "block_number",
    "blocks",
    "candidate_rules",
    "derived",
    "given_rule",
    "stable_number",
]

_LONGEST: Final = 4
"""No derived rule has more fields."""
_BLOCK: Final = 60
"""A key that more records share than so many on each side is no evidence: its pairs are not compared."""


@frozen
class CandidateRule:
    """A rule with its columns of keys.

    Attributes:
        rule: the rule.
        columns: the keys of all records, one column for each key of the rule.
        several: whether a record may have several keys.
        most: the number of pairs from which a block is left out.
    """

    rule: Rule
    columns: tuple[Column, ...] = field(repr=False)
    several: bool = False
    most: int = _BLOCK * _BLOCK

    def blocks(self) -> Iterator[list[int]]:
        """Yield the places of the records that agree, in order."""
        return blocks(self.columns, several=self.several)

    def keys(self) -> list[Any]:
        """Return one key for each record, made of all its keys; None where one is missing."""
        if len(self.columns) == 1:
            return self.columns[0]
        return [None if None in keys else keys for keys in zip(*self.columns, strict=True)]

    def only(self, keys: Collection[Any]) -> "CandidateRule":
        """Return the rule for records that have one of these keys alone."""
        column = [key if key in keys else None for key in self.keys()]
        return evolve(self, columns=(column,))


def blocks(columns: Sequence[Column], *, several: bool = False) -> Iterator[list[int]]:
    """Yield the places of records that have the same keys in all columns, two at least."""
    alone = len(columns) == 1 and not several
    keys: Iterable[Any] = columns[0] if alone else zip(*columns, strict=True)
    first: dict[Any, int] = {}
    more: dict[Any, list[int]] = defaultdict(list)
    place_of = first.setdefault
    for place, key in _split(columns) if several else enumerate(keys):
        before = place_of(key, place)
        if before != place:
            more[key].append(place)
    for key, places in more.items():
        if key is not None and (alone or None not in key):
            yield [first[key], *places]


def block_number(columns: Sequence[Column], block: Sequence[int]) -> int:
    """Return a number of the block's key, the same one in every run."""
    return stable_number("|".join([str(column[block[0]]) for column in columns]))


def stable_number(text: str) -> int:
    """Return a number of the text, the same one in every run and on every machine."""
    return crc32(text.encode("utf-8", "surrogatepass"))


def _split(columns: Sequence[Column]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each record's place with each of its keys."""
    for place, keys in enumerate(zip(*columns, strict=True)):
        if None not in keys:
            found: list[tuple[str, ...]] = [()]
            for key in keys:
                found = [
                    (*before, part) for before in found for part in dict.fromkeys((key or "").split(" "))
                ]
            for parts in found:
                yield place, parts


def derived(collisions: Collisions, pairs: float, at_most: float) -> list[tuple[int, ...]]:
    """Return every smallest combination of fields on which few strangers agree, the rarest first.

    Args:
        collisions: how often strangers agree.
        pairs: the number of pairs of records.
        at_most: the number of pairs of strangers that a combination may be expected to find.
    """
    found: list[tuple[float, tuple[int, ...]]] = []
    for size in range(1, _LONGEST + 1):
        for places in combinations(range(len(collisions.rates)), size):
            if any(set(smaller) <= set(places) for _, smaller in found):
                continue
            apart = pairs * prod(collisions.rates[place] for place in places)
            if apart <= at_most and (expected := pairs * collisions.together(places)) <= at_most:
                found.append((expected, places))
    return [places for _, places in sorted(found)]


def candidate_rules(
    strategy: MatchStrategy, table: Table, collisions: Collisions, left: Records, right: Records | None
) -> list[CandidateRule]:
    """Return the strategy's rules, authoritative ones first, or those derived from its fields."""
    if strategy.rules:
        ordered = sorted(strategy.rules, key=lambda rule: not rule.authoritative)
        return [given_rule(rule, left, right) for rule in ordered]
    at_most = max(float(len(table.rows)), 5000.0)
    places = derived(collisions, table.pairs, at_most)
    return [_of_fields(f"R{number:02}", table, found) for number, found in enumerate(places, 1)]


def given_rule(rule: Rule, left: Records, right: Records | None) -> CandidateRule:
    """Return the rule with its keys of all records."""
    columns, several = [], False
    for key in rule.keys:
        column, has_several = key_columns(key, left, right)
        if rule.blocked:
            parts = ([] if text is None else text.split(" ") if has_several else [text] for text in column)
            column = [" ".join(part for part in found if part not in rule.blocked) or None for found in parts]
        several |= has_several
        columns.append(column)
    return CandidateRule(rule, tuple(columns), several)


def _of_fields(id: str, table: Table, places: Sequence[int]) -> CandidateRule:
    keys = [table.compared.fields[place] for place in places]
    return CandidateRule(Rule(id, *keys), tuple(table.columns[place] for place in places))
