"""`attrs.frozen`, at two thirds of its price: an import makes about a hundred classes."""

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from attrs import frozen as frozen  # noqa: PLC0414 - others import it from here
else:

    def frozen(cls: type | None = None, *, eq: bool = True, repr: bool = True, **options: Any) -> Any:  # noqa: A002 - the names of attrs
        """Return the class as `attrs.frozen` makes it; what it would compile for each is made once for all.

        >>> @frozen
        ... class Pair:
        ...     left: int
        ...     right: int = 0
        >>> Pair(1), Pair(1) == Pair(1, 0), Pair(1) == Pair(2), len({Pair(1), Pair(1)})
        (Pair(left=1, right=0), True, False, 1)
        """
        if cls is None:
            return lambda made: frozen(made, eq=eq, repr=repr, **options)
        if "cache_hash" in options:  # hashed and compared often: methods of its own are worth their price
            return attrs.frozen(cls, repr=repr, **options)
        own = vars(cls)
        made = attrs.frozen(eq=False, repr=False, **options)(cls)
        if repr and "__repr__" not in own:
            made.__repr__ = _shown
        if eq and "__eq__" not in own:
            made.__eq__, made.__hash__ = _compared(made)
        return made


def _shown(self: Any) -> str:
    """Return the class and the fields, as `attrs` writes them."""
    fields = [one for one in attrs.fields(type(self)) if one.repr]
    shown = [
        f"{one.name}={(repr if one.repr is True else one.repr)(getattr(self, one.name))}" for one in fields
    ]
    return f"{type(self).__qualname__.rpartition('>.')[2]}({', '.join(shown)})"


def _compared(cls: type) -> tuple[Callable[[Any, Any], Any], Callable[[Any], int]]:
    """Return the class's equality and its hash, both over the fields that are compared."""
    keys = {one.name: one.eq_key for one in attrs.fields(cls) if one.eq}
    parts: Callable[[Any], Any] = attrgetter(*keys) if keys else type
    if any(keys.values()):

        def parts(self: Any) -> Any:
            return tuple([key(getattr(self, n)) if key else getattr(self, n) for n, key in keys.items()])

    def equal(self: Any, other: Any) -> Any:
        return parts(self) == parts(other) if other.__class__ is self.__class__ else NotImplemented

    return equal, lambda self: hash(parts(self))
