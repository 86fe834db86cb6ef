"""The frozen classes: they are what `attrs.frozen` makes, though less is compiled for each."""

import copy
from typing import Any

import attrs
import pytest

from custsync._frozen import frozen
from custsync.models import Address


def _parted(made_by: Any, **options: Any) -> type:
    @made_by(**options)
    class Parted:
        left: int = 1
        right: str = attrs.field(default="a", eq=str.lower)
        hidden: int = attrs.field(default=0, repr=False, eq=False)
        counted: tuple[int, ...] = attrs.field(default=(), repr=lambda held: f"{len(held)} kept")

    return Parted


def _bare(made_by: Any, **options: Any) -> type:
    @made_by(**options)
    class Bare:
        """No fields."""

    return Bare


def _own(made_by: Any, **options: Any) -> type:
    @made_by(**options)
    class Own:
        left: int = 1

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, int)

        def __hash__(self) -> int:
            return 7

    return Own


def _of_both(make: Any, **options: Any) -> tuple[Any, Any]:
    return make(frozen, **options), make(attrs.frozen, **options)


_OPTIONS: list[dict[str, bool]] = [{}, {"eq": False}, {"repr": False}]


@pytest.mark.parametrize(
    ("make", "options"),
    [(make, options) for make in (_parted, _bare, _own) for options in _OPTIONS]
    + [(_parted, {"cache_hash": True})],
)
class TestFrozen:
    """Each class beside the one that `attrs.frozen` makes."""

    def test_what_attrs_makes(self, make: Any, options: dict[str, bool]) -> None:
        ours, theirs = _of_both(make, **options)
        given: list[dict[str, Any]] = [{}]
        if make is _parted:
            given += [{"right": "A"}, {"left": 2}, {"hidden": 3}, {"counted": (1, 2)}]
        for one in given:
            mine, other = ours(**one), theirs(**one)
            if make is not _own and options.get("repr", True):
                assert repr(mine) == repr(other)
            for two in given:
                assert (mine == ours(**two)) == (other == theirs(**two)), (one, two)
                if mine == ours(**two):
                    assert hash(mine) == hash(ours(**two))
            assert (mine == 5) == (other == 5)
            assert (mine == other) is False

    def test_nothing_can_be_set(self, make: Any, options: dict[str, bool]) -> None:
        with pytest.raises((attrs.exceptions.FrozenInstanceError, AttributeError)):
            make(frozen, **options)().left = 5


class TestCopies:
    """A copy goes the way of a pickle."""

    def test_a_copy_is_equal(self) -> None:
        address = Address(city="Lund", country="SE")
        assert copy.copy(address) == copy.deepcopy(address) == address != Address(city="Lund")
