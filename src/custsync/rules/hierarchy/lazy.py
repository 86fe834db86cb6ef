"""A mapping that is made when it is first looked at, for a part of a result that not every caller needs."""

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, TypeVar

__all__ = ["Late"]

K = TypeVar("K")
V = TypeVar("V")


class Late(Mapping[K, V]):
    """A mapping of which only the maker is kept until somebody looks.

    Args:
        make: returns the mapping; called once, at the first look.

    >>> squares = Late(lambda: {number: number * number for number in range(4)})
    >>> squares[3], len(squares), squares == {0: 0, 1: 1, 2: 4, 3: 9}
    (9, 4, True)
    >>> 4 in squares
    False
    """

    __slots__ = ("_made",)

    def __init__(self, make: Callable[[], dict[K, V]]) -> None:
        """Keep the maker."""
        self._made: Callable[[], dict[K, V]] | dict[K, V] = make

    def _all(self) -> dict[K, V]:
        made = self._made
        if not isinstance(made, dict):
            made = self._made = made()
        return made

    def __getitem__(self, key: K) -> V:
        """Return the value of the key."""
        return self._all()[key]

    def __iter__(self) -> Iterator[K]:
        """Return an iterator over the keys."""
        return iter(self._all())

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._all())

    def keys(self) -> KeysView[K]:
        """Return the keys."""
        return self._all().keys()

    def values(self) -> ValuesView[V]:
        """Return the values."""
        return self._all().values()

    def items(self) -> ItemsView[K, V]:
        """Return the pairs."""
        return self._all().items()

    def __repr__(self) -> str:
        """Return what a dictionary would."""
        return repr(self._all())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as a dictionary."""
        return dict, (self._all(),)
