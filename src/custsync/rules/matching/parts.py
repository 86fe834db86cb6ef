"""Matching in parts, for several processes or machines: what `match_customers` does, cut into pure functions.

Records that share a key, directly or through others, are an island: they are judged together, and of all
other records only how many links and decoys each rule has matters to them. So the parts are indexed, islands
are found over all keys, the islands are judged in buckets, and what was judged is settled. It is for
strategies of rules alone: what fields are worth is learnt from all records.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError, InputError
from custsync.rules.matching.chain import chained
from custsync.rules.matching.explain import Compared
from custsync.rules.matching.kinds import named_kind
from custsync.rules.matching.links import Clusters, Match, Review, is_refused
from custsync.rules.matching.records import Lists, Records, Row, each_key, keyed, read_records
from custsync.rules.matching.rule import MatchStrategy

__all__ = ["Bucket", "Judged", "Matched", "Part", "buckets", "cut", "index_part", "islands"]
__all__ += ["judge_bucket", "refused_rules", "settle"]

Place: TypeAlias = tuple[str, int]
"""A list, `"left"` or `"right"`, and the place of a record in it."""

Index: TypeAlias = list[tuple[tuple[int, Row], Place]]
"""For each key of each record the place of the rule, the key, and the record."""


@frozen
class Part:
    """Some of the records of a list.

    Attributes:
        side: `"left"` or `"right"`.
        first: the place of its first record in the list.
        records: the records.
    """

    side: str
    first: int
    records: Records = field(repr=False)

    def places(self) -> Iterator[Place]:
        """Yield the place of each record."""
        return ((self.side, place) for place in range(self.first, self.first + len(self.records.rows)))


@frozen
class Bucket:
    """Whole islands.

    Attributes:
        lists: their records.
        places: the places of the left ones in their list.
    """

    lists: Lists = field(repr=False)
    places: Sequence[Place]


@frozen
class Judged:
    """What was found in a bucket.

    Attributes:
        matches: place of the left record → its match.
        review: place of the left record → whom it may be.
        made: for each rule how many links it made.
        decoys: for each rule its decoys.
    """

    matches: dict[Place, Match] = field(repr=False)
    review: dict[Place, Review] = field(repr=False)
    made: Sequence[int]
    decoys: Sequence[int]


class Matched(NamedTuple):
    """The matches, the records for review and the unmatched, as `match_customers` has them."""

    matches: tuple[Match, ...]
    review: tuple[Review, ...]
    unmatched: tuple[Hashable, ...]


@checked
def cut(records: Iterable[Any], side: str, size: int) -> list[Part]:
    """Return a list in parts of so many records. No record may be in two of them.

    Raises:
        InputError: as `match_customers`, or the size is less than 1.

    >>> [part.first for part in cut([{"id": 1}, {"id": 2}, {"id": 3}], "left", 2)]
    [0, 2]
    >>> cut([], "left", 2)
    []
    """
    if size < 1:
        raise InputError("a part has 1 record or more")
    rows = list(records)
    firsts = range(0, len(rows), size)
    return [Part(side, first, read_records(rows[first : first + size], side, first)) for first in firsts]


@checked
def index_part(strategy: MatchStrategy, part: Part) -> Index:
    """Return the keys of a part.

    Raises:
        ConfigurationError: the strategy compares fields, or the kind of a key would follow from its values.

    >>> from custsync.rules.matching import Rule
    >>> [part] = cut([{"email": "AP@joinery.example"}, {"email": ""}], "left", 10)
    >>> index_part(MatchStrategy(rules=[Rule("EMAIL", "email")]), part)
    [((0, ('ap@joinery.example',)), ('left', 0))]
    >>> index_part(MatchStrategy(fields=["email"]), part)
    Traceback (most recent call last):
        ...
    custsync.errors.ConfigurationError: what fields are worth follows from all records: match them in one call
    """
    rules = strategy.rules or ()
    unnamed = [key for rule in rules for key in rule.keys if not key.kind and not named_kind(key.names[0])]
    if strategy.fields:
        raise ConfigurationError("what fields are worth follows from all records: match them in one call")
    if unnamed:
        raise ConfigurationError(f"the kind of {unnamed[0]} follows from all records: name it")
    empty = Records((), ())
    lists = Lists(part.records) if part.side == "left" else Lists(empty, part.records)
    return [
        ((number, key), (part.side, part.first + place))
        for number, rule in enumerate(rules)
        for place, key in each_key(keyed(rule, lists).columns)
    ]


@checked
def islands(indexes: Iterable[Index]) -> list[list[Place]]:
    """Return the records that share a key, directly or through others; those that share none are in none.

    >>> islands([[((0, ("a",)), ("left", 0)), ((0, ("b",)), ("left", 1))], [((0, ("a",)), ("right", 0))]])
    [[('left', 0), ('right', 0)]]
    >>> islands([[((0, ("a",)), ("left", 0))]])
    []
    """
    rows = list(chain.from_iterable(indexes))
    places = sorted({place for _, place in rows})
    numbers = dict(zip(places, range(len(places)), strict=True))
    clusters, first = Clusters(len(places)), dict[tuple[int, Row], int]()
    for key, place in rows:
        clusters.join(first.setdefault(key, numbers[place]), numbers[place])
    members = (clusters.members(top) for top in dict.fromkeys(map(clusters.top, range(len(places)))))
    return [[places[number] for number in sorted(found)] for found in members if len(found) > 1]


@checked
def buckets(parts: Sequence[Part], found: Sequence[Sequence[Place]], size: int) -> list[Bucket]:
    """Return the islands' records in buckets of so many islands."""
    at = {place: (part, number) for part in parts for number, place in enumerate(part.places())}
    made = []
    for start in range(0, len(found), size):
        places = sorted(chain.from_iterable(found[start : start + size]))
        left, right = ([place for place in places if place[0] == side] for side in ("left", "right"))
        made.append(Bucket(Lists(_records(at, left), _records(at, right)), left))
    return made


def _records(at: dict[Place, tuple[Part, int]], places: Iterable[Place]) -> Records:
    held = [(part.records, number) for part, number in map(at.__getitem__, places)]
    return Records(
        [records.rows[number] for records, number in held], [records.ids[number] for records, number in held]
    )


@checked
def judge_bucket(strategy: MatchStrategy, bucket: Bucket, refused: Collection[int] = ()) -> Judged:
    """Return what is found in a bucket, where the links of the refused rules are left to a person."""
    found = chained(strategy, bucket.lists, refused)
    compared = Compared(bucket.lists, strategy.rules or ())
    matches = {bucket.places[link[0]]: compared.match(*link) for link in found.links()}
    review = {bucket.places[one]: compared.reviewed(one, found) for one in found.review}
    return Judged(matches, review, found.made, found.decoys)


@checked
def refused_rules(
    strategy: MatchStrategy, judged: Sequence[Judged], refused: frozenset[int] = frozenset()
) -> frozenset[int]:
    """Return the refused rules with the first one more that links too many strangers, if there is one.

    What was judged before it was known to be refused is judged again.
    """
    for number, rule in enumerate(strategy.rules or ()):
        made, decoys = sum(each.made[number] for each in judged), sum(each.decoys[number] for each in judged)
        if not rule.authoritative and number not in refused and is_refused(decoys, made, strategy.tolerance):
            return refused | {number}
    return refused


@checked
def settle(parts: Iterable[Part], judged: Iterable[Judged]) -> Matched:
    """Return the result of all buckets, in the order of the left list."""
    matches: dict[Place, Match] = {}
    review: dict[Place, Review] = {}
    for each in judged:
        matches |= each.matches
        review |= each.review
    ours = [part for part in parts if part.side == "left"]
    left = [both for part in ours for both in zip(part.places(), part.records.ids, strict=True)]
    return Matched(
        tuple(matches[place] for place, _ in left if place in matches),
        tuple(review[place] for place, _ in left if place in review),
        tuple(id for place, id in left if place not in matches and place not in review),
    )
