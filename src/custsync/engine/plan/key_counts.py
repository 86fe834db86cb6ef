"""Counting keys: which of them several customers of a run have, at 8 bytes a key.

The counts of two parts of an input add up, and a key has the same hash on every machine.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

__all__ = ["HashSet", "KeyCounts", "key_of"]

_BUCKETS: Final = 256
_FULL: Final = 2 / 3
_NONE: Final = 0
"""Marks a free slot."""
_ZERO: Final = 1
"""Stands for the hash that is 0."""


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
    >>> for key in "aba":
    ...     counts.add(key_of(0, key))
    >>> [(counts.has(key_of(0, key)), counts.is_shared(key_of(0, key))) for key in "abc"]
    [(True, True), (True, False), (False, False)]

    Memory: 8 bytes for each hash that was added, and what an array keeps in reserve.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._buckets = [array("Q") for _ in range(_BUCKETS)]
        self._is_sorted = True

    def add(self, hashed: int) -> None:
        """Add a hash; one that is there already is shared from now on."""
        self._buckets[hashed % _BUCKETS].append(hashed)
        self._is_sorted = False

    @classmethod
    def of(cls, parts: "Iterable[KeyCounts]") -> "KeyCounts":
        """Return the counts of all parts of an input."""
        total = cls()
        for part in parts:
            total.take(part)
        total._sort()
        return total

    def take(self, other: "KeyCounts") -> None:
        """Add all that the other has counted."""
        for bucket, more in zip(self._buckets, other._buckets, strict=True):  # noqa: SLF001 - of its own kind
            bucket.extend(more)
        self._is_sorted = False

    def has(self, hashed: int) -> bool:
        """Return whether the hash was added."""
        bucket, place = self._find(hashed)
        return place < len(bucket) and bucket[place] == hashed

    def is_shared(self, hashed: int) -> bool:
        """Return whether the hash was added more than once."""
        bucket, place = self._find(hashed)
        return place + 1 < len(bucket) and bucket[place] == bucket[place + 1] == hashed

    def _sort(self) -> None:
        self._buckets = [array("Q", sorted(bucket)) for bucket in self._buckets]
        self._is_sorted = True

    def _find(self, hashed: int) -> tuple["array[int]", int]:
        if not self._is_sorted:
            self._sort()
        bucket = self._buckets[hashed % _BUCKETS]
        return bucket, bisect_left(bucket, hashed)


class HashSet:
    """A set of 8-byte hashes that only grows, in one array.

    >>> seen = HashSet()
    >>> [seen.add(7), seen.add(8), seen.add(7)]
    [True, True, False]

    Memory: 12 to 24 bytes for each.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._slots = array("Q", bytes(8 * _BUCKETS))
        self._free = int(_BUCKETS * _FULL)

    def __contains__(self, hashed: int) -> bool:
        """Return whether the hash was added."""
        return self._slots[_slot(self._slots, hashed)] != _NONE

    def add(self, hashed: int) -> bool:
        """Add a hash; return whether it is new."""
        slots = self._slots
        slot = _slot(slots, hashed)
        if slots[slot] != _NONE:
            return False
        slots[slot] = hashed or _ZERO
        self._free -= 1
        if not self._free:
            self._grow()
        return True

    def _grow(self) -> None:
        before = self._slots
        self._slots = slots = array("Q", bytes(16 * len(before)))
        self._free = int(len(before) * _FULL)
        for hashed in filter(None, before):
            slots[_slot(slots, hashed)] = hashed


def _slot(slots: "array[int]", hashed: int) -> int:
    """Return the slot that holds the hash, or else the free one that is to hold it."""
    hashed = hashed or _ZERO
    last = len(slots) - 1
    place = hashed & last
    while (there := slots[place]) != _NONE and there != hashed:
        place = (place + 1) & last
    return place
