"""Inputs that are cut into parts: contested, unreadable and repeated customers among the others."""

import json
from functools import cache, partial
from typing import Any, Final

from custsync import Environment
from custsync.stores.memory import MemoryStore
from custsync.testing.clock import VirtualClock
from tests.benchmarks.customers import LINKED_EVERY
from tests.benchmarks.flows import CASES, Case

CASE_OF: Final = {case.flow.name: case for case in CASES}


def texts(name: str, count: int) -> list[str]:
    """Return so many customers of the flow as JSON texts."""
    case = CASE_OF[name]
    return [_text(case, number) for number in range(1, count + 1)]


def _text(case: Case, number: int) -> str:
    if number % 97 == 0:
        return '{"id": "broken'
    row = case.ours(number - 40 if number % 131 == 0 else number)  # one that comes again
    if number % 11 == 0:
        row |= _of_another(row, case.ours(number - 1 if number % 2 else number - number % 10))
    return json.dumps(row)


def _of_another(row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return what two customers share by mistake, and a parent."""
    names = ("email", "entityId", "legacy_id")
    shared = {name: other[name] for name in names if name in row and name in other}
    return shared | ({"parent": {"id": other["id"]}} if "entityId" in row else {})


def world(name: str, count: int, *, known: bool = False) -> Environment:
    """Return a world in which every tenth customer has a counterpart, and nobody is synced."""
    case, clock = CASE_OF[name], VirtualClock()
    source, target = case.play.source(clock), case.play.target(clock)
    rows = [json.loads(text) for text in texts(name, count) if not text.endswith("broken")] if known else []
    for row in reversed(rows):  # of one that comes again the first counts
        source.put(row)
    for number in range(1, count + 1):
        if number % LINKED_EVERY == 0:
            target.put(case.theirs(number))
    return Environment(source=source, target=target, store=MemoryStore(), clock=clock, sleep=clock.sleep)


@cache
def _kept(name: str, count: int) -> Environment:
    return world(name, count)


def opened(name: str, count: int) -> Any:
    """Return a function that opens this world, once in each process; it can be pickled."""
    return partial(_kept, name, count)
