"""The records of a run, to be gone through as often as it takes.

A list is gone through again as it is, a file from the place where it stood, and a function that makes an
iterator is called again. An iterator gives its records once, so that they are kept as they come.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    MutableSequence,
    Sequence,
)
from functools import cached_property, partial
from hashlib import blake2b
from itertools import islice
from typing import Any, Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar, cast, get_args

from attrs import define, field

from custsync.errors import InputError
from custsync.models import Customer, Issue, Ref
from custsync.rules.merging.redirects import Redirects, redirects_of

T = TypeVar("T")

Records: TypeAlias = Callable[[], Iterator[T]]
"""Begins a pass over the records."""

Retention: TypeAlias = Literal["kept", "flat"]
"""What a run may keep of records that come only once: all of them, or none."""


# Hashes of keys, and how many customers have each


_BUCKETS: Final = 256
_FULL: Final = 2 / 3
_NONE: Final = 0
"""Marks a free slot."""
_ZERO: Final = 1
"""In place of the hash that is 0."""


def key_of(place: int, key: str) -> int:
    """Return the 8-byte hash of a match key: the place of its step, and the key.

    >>> key_of(1, "ap@joinery.example") == key_of(1, "ap@joinery.example")
    True
    >>> key_of(1, "1") == key_of(11, "")
    False
    """
    text = f"{place}:{key}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


class KeyCounts:
    """How often each hash was added: not at all, once, or more than once.

    >>> counts = KeyCounts()
    >>> counts.add(key_of(0, key) for key in "aba")
    >>> [(counts.has(key_of(0, key)), counts.is_shared(key_of(0, key))) for key in "abc"]
    [(True, True), (True, False), (False, False)]

    Memory: 8 bytes for each hash that was added, and what an array keeps in reserve.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._buckets = [array("Q") for _ in range(_BUCKETS)]
        self._unsorted: set[int] = set()

    def add(self, hashes: Iterable[int]) -> None:
        """Add hashes; one that is there already is shared from now on."""
        for hashed in hashes:
            place = hashed % _BUCKETS
            self._buckets[place].append(hashed)
            self._unsorted.add(place)

    @classmethod
    def of(cls, parts: "Iterable[KeyCounts]") -> "KeyCounts":
        """Return the counts of all parts of an input."""
        total = cls()
        for part in parts:
            for bucket, more in zip(total._buckets, part._buckets, strict=True):  # noqa: SLF001 - of its own kind
                bucket.extend(more)
        total._unsorted.update(range(_BUCKETS))
        return total

    def has(self, hashed: int) -> bool:
        """Return whether the hash was added."""
        bucket, place = self._find(hashed)
        return place < len(bucket) and bucket[place] == hashed

    def is_shared(self, hashed: int) -> bool:
        """Return whether the hash was added more than once."""
        bucket, place = self._find(hashed)
        return place + 1 < len(bucket) and bucket[place] == bucket[place + 1] == hashed

    def _find(self, hashed: int) -> tuple["array[int]", int]:
        """Return the hash's bucket, sorted at its first use, and its place there."""
        number = hashed % _BUCKETS
        if number in self._unsorted:
            self._buckets[number] = array("Q", sorted(self._buckets[number]))
            self._unsorted.remove(number)
        return self._buckets[number], bisect_left(self._buckets[number], hashed)


class HashSet:
    """A set of 8-byte hashes that only grows, in one array.

    >>> HashSet().add([7, 8, 7])
    [True, True, False]

    Memory: 12 to 24 bytes for each.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._slots = array("Q", bytes(8 * _BUCKETS))
        self._free = int(_BUCKETS * _FULL)

    def add(self, hashes: Sequence[int]) -> list[bool]:
        """Add these hashes in turn; return of each whether it is new."""
        while self._free < len(hashes):
            self._grow()
        slots, last = self._slots, len(self._slots) - 1
        are_new = []
        for hashed in hashes:
            place = (hashed or _ZERO) & last
            while (there := slots[place]) != _NONE and there != (hashed or _ZERO):
                place = (place + 1) & last
            slots[place] = hashed or _ZERO
            are_new.append(there == _NONE)
        self._free -= sum(are_new)
        return are_new

    def _grow(self) -> None:
        before = self._slots
        self._slots = array("Q", bytes(16 * len(before)))
        self._free = int(len(self._slots) * _FULL)
        self.add([*filter(None, before)])


# What is known of an input


@define(eq=False)
class Summary:
    """What a pass over some records has seen, which may matter for the decisions on others.

    Attributes:
        keys: how many customers have each match key.
        merged: merged customer → the one that it went into.
        hashes: where an input is cut into parts: the hashes of each customer's reference and keys.
        places: for each of these hashes, the place of the customer's record.
        gathered: what the flow's prescan keeps of these records.
        prescanned: of a whole input that was cut: what the flow's prescan made of each customer.
        several: likewise: the places of the records that share something with others, or are merged.
    """

    keys: KeyCounts = field(factory=KeyCounts)
    merged: dict[Ref, Ref] = field(factory=dict)
    hashes: MutableSequence[int] = field(factory=partial(array, "Q"), repr=False)
    places: MutableSequence[int] = field(factory=partial(array, "Q"), repr=False)
    gathered: Any = field(default=None, repr=False)
    prescanned: Any = field(default=None, repr=False)
    several: frozenset[int] = field(default=frozenset(), repr=False)


@define(eq=False, repr=False)
class WholeInput:
    """The whole input of a run, and what is known of its records together.

    Attributes:
        records: begins a pass over the records; there are none where a run was cut in parts.
        look: goes through them for the summary.
        glimpse: goes through them for the keys alone, and reads no more of each record than these; None where
            that will not do.
        reading: the customers of the batch that is being decided, by the identity of their records.
        decided: the customers that have their decision.
        claims: what several customers claim; None before it was looked at.
        is_reported: whether it was reported that nothing of it can be passed over.
        is_known: whether some of its texts are known, so that most records are not read as a whole.
    """

    records: Records[Any] = partial(iter, ())
    look: "Callable[[WholeInput], Summary]" = lambda _: Summary()
    glimpse: "Callable[[WholeInput], KeyCounts | None]" = lambda _: None
    reading: dict[int, Customer | None] = field(factory=dict)
    decided: HashSet = field(factory=HashSet)
    claims: Any = None
    is_reported: bool = False
    is_known: bool = False

    @cached_property
    def glimpsed(self) -> KeyCounts | None:
        """Return the keys of all records, of those too that take no part; None where `seen` has to do."""
        return self.glimpse(self) if self.is_known else None

    def has(self, hashed: int) -> bool:
        """Return whether a customer has the match key of this hash."""
        return (self.glimpsed is None or self.glimpsed.has(hashed)) and self.seen.keys.has(hashed)

    def is_shared(self, hashed: int) -> bool:
        """Return whether several customers have the match key of this hash."""
        return (self.glimpsed is None or self.glimpsed.is_shared(hashed)) and self.seen.keys.is_shared(hashed)

    @cached_property
    def seen(self) -> Summary:
        """Return the summary of a pass over all records, which is made at its first use."""
        return self.look(self)

    @cached_property
    def redirects(self) -> tuple[Redirects[Ref], Mapping[Ref, Issue]]:
        """Return whom each merged customer leads to, and an issue for each that leads nowhere sound."""
        return redirects_of(self.seen.merged.items())

    @cached_property
    def survivors(self) -> frozenset[Ref]:
        """Return the customers into whom others of the input were merged."""
        return frozenset(self.redirects[0].survivors.values())


_FILE: Final = ("readline", "seek", "tell", "seekable")


def records_of(
    customers: Iterable[T] | Callable[[], Iterable[T]], *, memory: Retention = "kept", again: bool
) -> Records[T]:
    """Return what begins a pass over the records.

    Args:
        customers: the records, or a function that makes an iterator of them.
        memory: `"kept"` or `"flat"`.
        again: whether more than one pass may be needed.

    Raises:
        InputError: `memory` is neither word; or it is `"flat"`, more than one pass may be needed, and the
            records come only once.

    >>> begin = records_of(iter("ab"), again=True)
    >>> list(begin()), list(begin())
    (['a', 'b'], ['a', 'b'])
    >>> records_of(iter("ab"), memory="flat", again=True)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: customers: they come only once, and this flow has to know all of them before
    it decides one; give a list, a file, or a function that makes an iterator, or leave `memory="flat"` out
    """
    if memory not in get_args(Retention):
        raise InputError(f"memory: {' or '.join(map(repr, get_args(Retention)))}")
    if not isinstance(customers, Iterable):
        return lambda: iter(customers())
    comes_once = isinstance(customers, Iterator)
    if again and _is_file(customers):
        return _lines_of(customers)
    if again and memory == "kept" and (comes_once or isinstance(customers, Sequence)):
        return KeptRecords(customers)
    if not again or not comes_once:
        return lambda: iter(customers)
    raise InputError(
        "customers: they come only once, and this flow has to know all of them before it decides one; "
        'give a list, a file, or a function that makes an iterator, or leave `memory="flat"` out'
    )


class ReadRecord(NamedTuple):
    """A record that is kept, with what was read of it.

    Attributes:
        record: the record.
        customer: the customer, None where it could not be read as a whole, or was not.
        part: where the text is known: the customer's fields that the prescan needs.
    """

    record: Any
    customer: Customer | None = None
    part: Customer | None = None


class KeptRecords(Generic[T]):
    """Records that are kept as they come; several passes may be under way."""

    def __init__(self, records: Iterable[T]) -> None:
        """Keep those that are there already, and none yet of those that come."""
        self._coming = None if isinstance(records, Sequence) else iter(records)
        self._kept: list[T] = list(records) if self._coming is None else []

    def replace(self, place: int, record: T) -> None:
        """Keep another record in the place of one (0 is the first)."""
        self._kept[place] = record

    def __call__(self) -> Iterator[T]:
        """Return an iterator over all records, from the first."""
        return iter(self._kept) if self._coming is None else self._as_they_come(self._coming)

    def _as_they_come(self, coming: Iterator[T]) -> Iterator[T]:
        place = 0
        while True:
            if place == len(self._kept):
                self._kept.extend(islice(coming, 1))
            if place == len(self._kept):
                return
            yield self._kept[place]
            place += 1


def _is_file(records: object) -> bool:
    return all(hasattr(records, name) for name in _FILE) and bool(cast("Any", records).seekable())


def _lines_of(file: Any) -> Records[Any]:
    """Return what begins a pass over a file's lines; one that is under way goes on where it was."""
    start, end = file.tell(), file.read(0)

    def lines() -> Iterator[Any]:
        before = file.tell()
        file.seek(start)
        yield from iter(file.readline, end)
        file.seek(before)

    return lines


# Batches


def batches(items: Iterable[T], size: int, first: int = 1) -> Iterator[tuple[int, list[T]]]:
    """Yield the items in runs of at most `size`, each with the place of its first item."""
    _check_size(size)
    waiting = iter(items)
    while part := list(islice(waiting, min(size, sys.maxsize))):
        yield first, part
        first += len(part)


async def async_batches(
    items: Iterable[T] | AsyncIterable[T], size: int
) -> AsyncIterator[tuple[int, list[T]]]:
    """Yield the items as `batches` does, where they may have to be awaited."""
    if not isinstance(items, AsyncIterable):
        for numbered in batches(items, size):
            yield numbered
        return
    _check_size(size)
    first, part = 1, []
    async for item in items:
        part.append(item)
        if len(part) >= size:
            yield first, part
            first, part = first + len(part), []
    if part:
        yield first, part


def _check_size(size: object) -> None:
    """Refuse a batch of no customers.

    Raises:
        InputError: less than 1, or no whole number.
    """
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise InputError("batch: a whole number is needed, at least 1 customer at a time")
