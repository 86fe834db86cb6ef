"""How often strangers agree on a value by chance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import prod

from custsync.rules.matching.records import Column

__all__ = ["Collisions", "agreeing", "chance_of_values"]

_RARE = (1, 2, 3)


def chance_of_values(times: Mapping[str, int], strangers: float = 1.0) -> dict[str, float]:
    """Return for each value the share of records that have it, for one more record to come.

    A value that was found once in a list whose values never repeat is rarer than one in the list's length:
    Good and Turing's estimate for values found one to three times.

    Args:
        times: value → how many records have it.
        strangers: the greatest rate of a rare value, which its kind knows however short the list.

    >>> chance = chance_of_values({"smith": 6, "okafor": 1, "lund": 1})
    >>> chance["smith"], chance["lund"] < 1 / 8
    (0.75, True)
    """
    total = sum(times.values()) or 1
    values_found = Counter(times.values())
    rates = {count: count / total for count in values_found}
    for count in _RARE:
        if values_found[count]:
            rates[count] = min(_good_turing(count, values_found) / total, strangers)
    return {value: rates[count] for value, count in times.items()}


def _good_turing(count: int, values_found: Mapping[int, int]) -> float:
    estimate = (count + 1) * (values_found.get(count + 1, 0) + 0.5) / values_found[count]
    return min(max(estimate, count / 50), count)


class Collisions:
    """How often strangers agree on a field, or on several at once.

    Fields that move together (a town and its postcode) agree together more often than each by itself lets
    expect: where a combination is asked for, each two of its fields are measured.
    """

    def __init__(self, lists: Sequence[Sequence[Column]], customers: Sequence[int] | None = None) -> None:
        """Measure each field.

        Args:
            lists: for each list of records its columns of match keys.
            customers: for each record the number of its customer, so that each is counted once; None where
                every record is a customer of its own.
        """
        self._lists, self._customers = lists, customers
        self._measured: dict[tuple[int, int], float] = {}
        self.rates: list[float] = [self._rate(place) for place in range(len(lists[0]))]

    def together(self, places: Sequence[int]) -> float:
        """Return the share of pairs of strangers that can be expected to agree on all these fields."""
        dependence = max((self._dependence(*both) for both in combinations(places, 2)), default=1.0)
        return dependence * prod(self.rates[place] for place in places)

    def _rate(self, place: int) -> float:
        rates = []
        for columns in self._lists:
            pairs, total = agreeing(columns[place], self._customers)
            rates.append(max(pairs / max(1, total * (total - 1)), 1 / max(1, total * total)))
        return max(rates)

    def _dependence(self, one: int, other: int) -> float:
        """Return how many times as often strangers agree on both as if the fields were independent."""
        if (one, other) not in self._measured:
            rates = [0.0]
            for columns in self._lists:
                both = zip(columns[one], columns[other], strict=True)
                keys = [None if None in key else key for key in both]
                pairs, total = agreeing(keys, self._customers)
                rates.append(pairs / max(1, total * (total - 1)))
            self._measured[one, other] = max(1.0, max(rates) / (self.rates[one] * self.rates[other]))
        return self._measured[one, other]


def agreeing(keys: Sequence[object], customers: Sequence[int] | None = None) -> tuple[int, int]:
    """Return how many ordered pairs of customers have the same key, and how many customers have one."""
    times = Counter(keys if customers is None else [key for key, _ in set(zip(keys, customers, strict=True))])
    times.pop(None, None)
    return sum(count * (count - 1) for count in times.values() if count > 1), sum(times.values())
