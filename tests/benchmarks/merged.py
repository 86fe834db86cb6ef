"""Measure merges of customers against `json.loads` of both records of a pair.

    python -m tests.benchmarks --pairs 100000

The two of a pair differ in every value: an address line for the duplicate's name, its two lines, and a record
of some twenty values are the work. Pairs are made and measured by the thousand, so that memory stays flat.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeAlias, TypeVar

from custsync.models import Customer
from custsync.rules.merging import (
    captured,
    has_address,
    kept_address,
    merge_customers,
    redirects_of,
    reparented,
)
from custsync.systems import netsuite
from tests.benchmarks.generated import netsuite_customer

Pair: TypeAlias = tuple[Customer, Customer]

T = TypeVar("T")

AT_ONCE: Final = 1000


def texts(pairs: int) -> Iterator[list[tuple[str, str]]]:
    """Yield the JSON texts of the pairs, a thousand at a time; the survivor of each lacks its phones."""
    blank = {"phone": "", "mobilePhone": None}
    for start in range(0, pairs, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, pairs))
        yield [
            (
                json.dumps({**netsuite_customer(number), **blank}),
                json.dumps(netsuite_customer(pairs + number)),
            )
            for number in numbers
        ]


def loads(pair: tuple[str, str]) -> None:
    """Parse both records."""
    json.loads(pair[0])
    json.loads(pair[1])


def merged(pair: Pair) -> None:
    """Merge the second customer into the first."""
    merge_customers(pair[0], [pair[1]])


def recorded(pair: Pair) -> None:
    """Make the record of the merge."""
    captured(pair[1], pair[0])


def kept(pair: Pair) -> None:
    """Make the line that keeps the duplicate's name and address, and look whether it is there."""
    has_address(pair[0], kept_address(pair[1]))


WORKS: Final[dict[str, Callable[[Pair], None]]] = {
    "pairs merged": merged,
    "record of a merge": recorded,
    "kept address, and whether it is there": kept,
}


def timed(work: Callable[[], object]) -> float:
    """Return the processor time of the work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def least(work: Callable[[T], None], items: list[T], runs: int) -> float:
    """Return the least processor time of several runs over the items."""
    return min(timed(partial(_over, work, items)) for _ in range(runs))


def _over(work: Callable[[T], None], items: list[T]) -> None:
    for item in items:
        work(item)


def run(pairs: int, runs: int) -> None:
    """Print microseconds a pair and times the floor, the least of several runs, and the redirects of all."""
    print(f"{pairs} pairs of customers; Python {sys.version.split()[0]}")
    floor = 0.0
    spent = dict.fromkeys(WORKS, 0.0)
    for chunk in texts(pairs):
        floor += least(loads, chunk, runs)
        read = [(_read(one), _read(other)) for one, other in chunk]
        for name, work in WORKS.items():
            spent[name] += least(work, read, runs)
    show("json.loads of both (the floor)", floor, floor, pairs)
    for name, seconds in spent.items():
        show(name, seconds, floor, pairs)
    redirects(pairs, floor)


def redirects(pairs: int, floor: float) -> None:
    """Print what one chain of so many merges takes, and a hierarchy after so many."""
    chain = [(f"{one}", f"{one + 1}") for one in range(pairs)]
    show("redirects, one chain", timed(lambda: redirects_of(chain)), floor, pairs)
    parents = {f"{one}": f"{one // 3}" if one else None for one in range(2 * pairs)}
    made, _ = redirects_of((f"{one}", f"{one - 1}") for one in range(1, 2 * pairs, 2))
    show("hierarchy of both after the merges", timed(lambda: reparented(parents, made)), floor, pairs)


def show(name: str, seconds: float, floor: float, pairs: int) -> None:
    """Print one figure."""
    print(f"{name:<44} {seconds / pairs * 1e6:8.2f} µs a pair {seconds / floor:6.2f} ×", flush=True)


def _read(text: str) -> Customer:
    return netsuite.REST.read(json.loads(text), "", "")
