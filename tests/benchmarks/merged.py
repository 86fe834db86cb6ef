"""Measure merges of customers against `json.loads` of both records of a pair.

The two of a pair differ in every value: an address line for the duplicate's name, its two lines, and a record
of some twenty values are the work.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from custsync.models import Customer
from custsync.rules.merging import kept_address, merge_customers, reparented
from custsync.rules.merging.customers import captured
from custsync.rules.merging.lines import has_address
from custsync.rules.merging.redirects import redirects_of
from custsync.systems import netsuite
from tests.benchmarks.customers import netsuite_customer
from tests.benchmarks.timing import Figure, Run, in_turns, least, show

__all__ = ["run"]

Pair: TypeAlias = tuple[str, str]

AT_ONCE: Final = 250
ROUNDS: Final = 5


def texts(start: int, pairs: int) -> Sequence[Pair]:
    """Return the JSON texts of the pairs; the survivor of each lacks its phones."""
    blank = {"phone": "", "mobilePhone": None}
    return [
        (json.dumps({**netsuite_customer(number), **blank}), json.dumps(netsuite_customer(pairs + number)))
        for number in range(start, min(start + AT_ONCE, pairs))
    ]


def loads(pairs: Sequence[Pair]) -> None:
    """Parse both records of each pair."""
    for one, other in pairs:
        json.loads(one)
        json.loads(other)


def merged(survivor: Customer, duplicate: Customer) -> None:
    """Merge the second customer into the first."""
    merge_customers(survivor, [duplicate])


def recorded(survivor: Customer, duplicate: Customer) -> None:
    """Make the record of the merge."""
    captured(duplicate, survivor)


def kept(survivor: Customer, duplicate: Customer) -> None:
    """Make the line that keeps the duplicate's name and address, and look whether it is there."""
    has_address(survivor, kept_address(duplicate))


WORKS: Final[dict[str, Callable[[Customer, Customer], None]]] = {
    "pairs merged": merged,
    "record of a merge": recorded,
    "kept address, and whether it is there": kept,
}


def run(pairs: int) -> None:
    """Print what the works cost, and the redirects of all."""

    def prepared(work: Callable[[Customer, Customer], None], block: Sequence[Pair]) -> Run:
        read = [(_read(one), _read(other)) for one, other in block]

        def each() -> None:
            for one, other in read:
                work(one, other)

        return each

    blocks = [texts(start, pairs) for start in range(0, pairs, AT_ONCE)]
    works = {name: partial(prepared, work) for name, work in WORKS.items()}
    found = in_turns(blocks, loads, works, ROUNDS)
    for name, figure in found.items():
        show(name, figure, pairs, of="json.loads of both")
    chain = [(f"{one}", f"{one + 1}") for one in range(pairs)]
    parents = {f"{one}": f"{one // 3}" if one else None for one in range(2 * pairs)}
    made, _ = redirects_of((f"{one}", f"{one - 1}") for one in range(1, 2 * pairs, 2))
    for name, work in (
        ("redirects, one chain", lambda: redirects_of(chain)),
        ("hierarchy of both after the merges", lambda: reparented(parents, made)),
    ):
        figure = Figure(least(work, ROUNDS), found["pairs merged"].floor)
        show(name, figure, pairs, of="json.loads of both")


def _read(text: str) -> Customer:
    return netsuite.REST.read(json.loads(text), "", "")
