"""What agreement and difference are worth, in bits: how much likelier for one customer than by chance.

Fellegi and Sunter's weights. One bit doubles the odds. Rare values are worth more than common ones.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log2
from typing import Any, Final, NamedTuple, TypeAlias

from attrs import evolve, field, frozen

from custsync.rules.matching.fields import Compared
from custsync.rules.matching.kinds import Kind
from custsync.rules.matching.nearness import CLOSE, OTHER

__all__ = ["CROSSED", "LEVELS", "SAME", "Agreement", "Evidence", "Row", "Weights", "level_of", "weights_of"]

Row: TypeAlias = tuple[str | None, ...]
"""The match keys of one record, field by field."""

SAME: Final = 3
CROSSED: Final = 4
LEVELS: Final = ("differs", "near", "close", "same", "crossed")

Agreement: TypeAlias = tuple[float, float, float, float]
"""How often two records of one customer differ, are near, are close, are the same in a field."""

_CROSSED_BITS: Final = -4.0
"""What it costs to believe that somebody entered the names the wrong way round."""
_PART: Final = 0.8
"""A near value is worth at most this share of the same value."""
_OUTSIDE_BITS: Final = 2.0
"""What the fields outside a group must add by themselves."""


class Evidence(NamedTuple):
    """What one field says of two records: its place, the level of agreement, the bits."""

    place: int
    level: int
    bits: float


@frozen
class Weights:
    """The weights of one run.

    Attributes:
        compared: the fields.
        same: for each field, value → bits of its agreement.
        unlike: for each field, the bits of values that differ, are near, are close.
        prior: bits of two records of the lists being one customer before anything is compared.
        accept: bits from which two records are linked.
    """

    compared: Compared
    same: tuple[Mapping[str, float], ...] = field(repr=False)
    unlike: tuple[tuple[float, float, float], ...] = field(repr=False)
    prior: float = 0.0
    accept: float = 0.0

    def with_prior(self, prior: float) -> "Weights":
        """Return the weights with another prior."""
        return evolve(self, prior=prior)

    def evidence(self, one: Row, other: Row) -> list[Evidence]:
        """Return what each field that both records fill says."""
        found = self._crossed(one, other)
        places = {evidence.place for evidence in found}
        for place, (value, value_of_other) in enumerate(zip(one, other, strict=True)):
            if value is not None and value_of_other is not None and place not in places:
                found.append(self._compared(place, value, value_of_other))
        return found

    def bits(self, one: Row, other: Row) -> float:
        """Return the evidence of all fields with the prior; a group alone never reaches acceptance."""
        bits = {evidence.place: evidence.bits for evidence in self.evidence(one, other)}
        most = self.accept - self.prior - _OUTSIDE_BITS
        grouped = [place for group in self.compared.groups for place in group]
        total = sum(value for place, value in bits.items() if place not in grouped)
        for group in self.compared.groups:
            total += min(most, sum(bits.get(place, 0.0) for place in group))
        return total + self.prior

    def _compared(self, place: int, value: str, value_of_other: str) -> Evidence:
        if value == value_of_other:
            return Evidence(place, SAME, self.same[place][value])
        level = level_of(self.compared.kinds[place], value, value_of_other)
        return Evidence(place, level, self._unlike(place, level, value, value_of_other))

    def _unlike(self, place: int, level: int, value: str, value_of_other: str) -> float:
        bits = self.unlike[place][level]
        if level == OTHER:
            return bits
        same = self.same[place]
        return min(bits, _PART * min(same[value], same[value_of_other]))

    def _crossed(self, one: Row, other: Row) -> list[Evidence]:
        """Return the evidence of a given name and a surname that stand in each other's field."""
        places = self.compared.crossed
        if places is None or not _is_crossed(one, other, places):
            return []
        bits = _CROSSED_BITS
        for place, across in (places, places[::-1]):
            value, value_of_other = one[place], other[across]
            if value is None or value_of_other is None:
                continue
            if value == value_of_other:
                bits += max(self.same[at].get(value, 0.0) for at in places)
            else:
                bits += self.unlike[place][OTHER]
        return [Evidence(place, CROSSED, bits / 2) for place in places]

    def screen(self, least: float) -> Callable[[Row, Row], bool]:  # noqa: C901 - one loop, run for millions of pairs
        """Return a quick test: False only where `bits` is below `least`. It stops at the first sure no."""
        same, unlike, crossed = self.same, self.unlike, self.compared.crossed
        nears: list[Any] = [kind.near for kind in self.compared.kinds]
        ceilings = [max(bits) if near else bits[OTHER] for bits, near in zip(unlike, nears, strict=True)]
        order = sorted(range(len(same)), key=lambda place: (unlike[place][OTHER] - ceilings[place], place))
        enough = least - self.prior

        def may_reach(one: Row, other: Row) -> bool:
            total, open_places = 0.0, []
            for place in order:
                value, value_of_other = one[place], other[place]
                if value is None or value_of_other is None:
                    continue
                if value == value_of_other:
                    total += same[place][value]
                else:
                    total += ceilings[place]
                    open_places.append(place)
            if crossed is not None and _is_crossed(one, other, crossed):
                return True
            for place in open_places:
                if total < enough:
                    return False
                near = nears[place]
                if near is not None:
                    total += unlike[place][near(one[place], other[place])] - ceilings[place]
            return total >= enough

        return may_reach


def level_of(kind: Kind, value: str, value_of_other: str) -> int:
    """Return how near two values of a kind are."""
    if value == value_of_other:
        return SAME
    return kind.near(value, value_of_other) if kind.near is not None else OTHER


def _is_crossed(one: Row, other: Row, places: tuple[int, int]) -> bool:
    given, surname = places
    if one[given] == other[given] or one[surname] == other[surname]:
        return False
    across = (one[given], other[surname]), (one[surname], other[given])
    return any(value is not None and value == value_of_other for value, value_of_other in across)


def weights_of(
    compared: Compared,
    chance: Sequence[Mapping[str, float]],
    near_by_chance: Sequence[tuple[float, float]],
    collisions: Sequence[float],
    agreements: Iterable[Agreement],
    accept: float,
) -> Weights:
    """Return the weights: agreement for one customer against agreement by chance.

    Args:
        compared: the fields.
        chance: for each field, value → how often a stranger has it too.
        near_by_chance: for each field, how often strangers' values are near and close.
        collisions: for each field, how often strangers agree.
        agreements: for each field, how often records of one customer agree.
        accept: bits from which two records are linked.
    """
    agreements = list(agreements)
    same = [
        {value: log2(agreement[SAME] / max(rate, 1e-9)) for value, rate in rates.items()}
        for rates, agreement in zip(chance, agreements, strict=True)
    ]
    unlike = map(_unlike_bits, compared.kinds, near_by_chance, collisions, agreements)
    return Weights(compared, tuple(same), tuple(unlike), accept=accept)


def _unlike_bits(
    kind: Kind, near_by_chance: tuple[float, float], collision: float, agreement: Agreement
) -> tuple[float, float, float]:
    differs = max(agreement[OTHER], 0.002) / max(1e-6, 1 - collision - sum(near_by_chance))
    near, close = (log2(agreement[level] / near_by_chance[level - 1]) for level in (1, CLOSE))
    near, close = max(min(near, close), -1.0), max(near, close, 0.0)
    if not kind.near_confirms:
        near, close = min(near, 0.0), min(close, 0.0)
    return min(log2(differs), 0.0), near, close
