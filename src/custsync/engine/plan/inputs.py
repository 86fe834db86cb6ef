"""The records of a run, to be gone through as often as it takes.

A list is gone through again as it is, a file from the place where it stood, and a function that makes an
iterator is called again. An iterator gives its records once, so that they are kept as they come.
"""

from array import array
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    MutableSequence,
)
from functools import partial
from itertools import islice
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, cast, get_args

from attrs import define, field

from custsync.engine.plan.key_counts import HashSet, KeyCounts
from custsync.errors import InputError
from custsync.models import Issue, Ref
from custsync.rules.merging.redirects import Redirects, redirects_of

__all__ = [
    "KeptRecords",
    "Records",
    "Retention",
    "Summary",
    "WholeInput",
    "async_batches",
    "batches",
    "records_of",
]

T = TypeVar("T")

Records: TypeAlias = Callable[[], Iterator[T]]
"""Begins a pass over the records."""

Retention: TypeAlias = Literal["kept", "flat"]
"""What a run may keep of records that come only once: all of them, or none."""


@define
class Summary:
    """What a pass over some records has seen, which may matter for the decisions on others.

    Attributes:
        keys: how many customers have each match key.
        merged: merged customer → the one that it went into.
        hashes: where an input is cut into parts: the hashes of each customer's reference and keys.
        places: for each of these hashes, the place of the customer's record.
        gathered: what the flow's prescan keeps of these records.
        said: of a whole input that was cut: what the flow's prescan says of each customer.
        several: likewise: the places of the records that share something with others, or are merged.
    """

    keys: KeyCounts = field(factory=KeyCounts)
    merged: dict[Ref, Ref] = field(factory=dict)
    hashes: MutableSequence[int] = field(factory=partial(array, "Q"), repr=False)
    places: MutableSequence[int] = field(factory=partial(array, "Q"), repr=False)
    gathered: Any = field(default=None, repr=False)
    said: Any = field(default=None, repr=False)
    several: frozenset[int] = field(default=frozenset(), repr=False)


@define
class WholeInput:
    """The whole input of a run, and what is known of its records together.

    Attributes:
        records: begins a pass over the records.
        look: goes through them for the summary.
        decided: the customers that have their decision.
        claims: what several customers claim; None before it was looked at.
        has_said: whether it was said that nothing of it can be passed over.
    """

    records: Records[Any]
    look: Callable[[], Summary]
    decided: HashSet = field(factory=HashSet)
    claims: Any = None
    has_said: bool = False
    _summary: Summary | None = None
    _survivors: frozenset[Ref] | None = None
    _redirects: tuple[Redirects[Ref], Mapping[Ref, Issue]] | None = None

    @property
    def keys(self) -> KeyCounts:
        """Return how many customers have each match key."""
        return self._seen.keys

    @property
    def several(self) -> frozenset[int]:
        """Return the places of the records that share something with others, where that was looked for."""
        return self._seen.several

    @property
    def redirects(self) -> tuple[Redirects[Ref], Mapping[Ref, Issue]]:
        """Return whom each merged customer leads to, and an issue for each that leads nowhere sound."""
        if self._redirects is None:
            self._redirects = redirects_of(self._seen.merged.items())
        return self._redirects

    @property
    def survivors(self) -> frozenset[Ref]:
        """Return the customers into whom others of the input were merged."""
        if self._survivors is None:
            self._survivors = frozenset(self.redirects[0].survivors.values())
        return self._survivors

    @property
    def _seen(self) -> Summary:
        if self._summary is None:  # nobody has asked before
            self._summary = self.look()
        return self._summary


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
    if not again or not isinstance(customers, Iterator):
        return lambda: iter(customers)
    if _is_file(customers):
        return _lines_of(customers)
    if memory == "flat":
        raise InputError(
            "customers: they come only once, and this flow has to know all of them before it decides one; "
            'give a list, a file, or a function that makes an iterator, or leave `memory="flat"` out'
        )
    return KeptRecords(customers).__iter__


class KeptRecords(Generic[T]):
    """Records that come only once, kept as they come; several passes may be under way."""

    def __init__(self, records: Iterator[T]) -> None:
        """Keep none yet."""
        self._coming = records
        self._kept: list[T] = []

    def __iter__(self) -> Iterator[T]:
        """Return an iterator over all records, from the first."""
        place = 0
        while True:
            if place == len(self._kept):
                try:
                    self._kept.append(next(self._coming))
                except StopIteration:
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
    while part := list(islice(waiting, size)):
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
    """Refuse a batch of nobody.

    Raises:
        InputError: less than 1, or no whole number.
    """
    if not isinstance(size, int) or size < 1:
        raise InputError("batch: at least 1 customer at a time")
