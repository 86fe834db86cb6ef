"""Two worker processes against one, for a plan and for a sync.

What counts is the longest way through: the driver's processor time, and in each phase that of the worker that
took longest. So other work on the machine does not change the figure. The time on the clock stands beside it.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from attrs import define, evolve

from custsync import Environment, decide_each, sync
from custsync.engine import parts
from custsync.stores.sqlite import SqliteStore
from tests.benchmarks.flows import CASES
from tests.engine.parted import CASE_OF, world

__all__ = ["scale"]

WORKERS: Final = 2
GOAL: Final = 0.65


@cache
def opened(name: str, count: int, folder: str) -> Environment:
    """Return this process's environment; each process has a store of its own."""
    return evolve(world(name, count, known=True), store=SqliteStore(Path(folder) / f"{os.getpid()}.sqlite"))


def timed(function: Callable[..., Any], part: Any) -> tuple[int, float, Any]:
    """Return the worker, its processor time for the part, and the answer."""
    begun = time.process_time()
    answer = function(part)
    return os.getpid(), time.process_time() - begun, answer


@define
class Workers:
    """A pool of workers, and the longest way through what they have done."""

    pool: ProcessPoolExecutor
    longest: float = 0.0

    def each(self, function: Callable[..., Any], cut: Sequence[Any]) -> list[Any]:
        """Return the answers in the order of the parts."""
        took: dict[int, float] = {}
        answers = []
        for worker, seconds, answer in self.pool.map(partial(timed, function), cut):
            took[worker] = took.get(worker, 0.0) + seconds
            answers.append(answer)
        self.longest += max(took.values())
        return answers


def planned(run: parts.Run, part: Any) -> Any:
    """Return the counts of a part's plan, whose decisions stay here."""
    return parts.plan_part(run, part).counts


def by_workers(
    workers: Workers, name: str, lines: list[str], here: Any, *, writes: bool
) -> tuple[float, float]:
    """Return the longest way through and the time on the clock."""
    flow = CASE_OF[name].flow
    clock, own, before = time.perf_counter(), time.process_time(), workers.longest
    cut = list(parts.cut(lines, max(len(lines) // 20, 1)))
    summary = parts.add_up(flow, workers.each(partial(parts.summarize, flow, environment=here), cut))
    run = parts.Run(flow, here, summary)
    run = evolve(run, claims=parts.Claims.of(workers.each(partial(parts.find_claims, run), cut)))
    workers.each(partial(parts.sync_part if writes else planned, run), cut)
    way = time.process_time() - own + workers.longest - before
    return way, time.perf_counter() - clock


def by_one(name: str, lines: list[str], here: Environment, *, writes: bool) -> tuple[float, float]:
    """Return the processor time of one process over a stream of the same lines, and the time on the clock."""
    flow, clock, own = CASE_OF[name].flow, time.perf_counter(), time.process_time()

    def stream() -> Iterator[str]:
        return iter(lines)

    if writes:
        sync(flow, stream, here)
    else:
        for _ in decide_each(flow, stream, here):
            pass
    return time.process_time() - own, time.perf_counter() - clock


def scale(customers: int) -> None:
    """Print what two workers take of the time of one: a flow with contested keys, and one with a prescan."""
    for case in (CASES[0], CASE_OF["lightspeed.CUSTOMER_EXPORT"]):
        name = case.flow.name
        lines = [json.dumps(case.ours(number)) for number in range(1, customers + 1)]
        with tempfile.TemporaryDirectory() as folder:
            here = partial(opened, name, customers, folder)
            with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
                workers = Workers(pool)
                here()
                workers.each(partial(_warm, here), range(WORKERS * 2))
                for what, writes in (("plan", False), ("sync", True)):
                    one, alone = by_one(name, lines, here(), writes=writes)
                    two, together = by_workers(workers, name, lines, here, writes=writes)
                    print(
                        f"{f'{name}, {what}':<40} {two / one:6.2f} of one process, goal {GOAL}; "
                        f"{together / alone:.2f} on the clock; {one / customers * 1e6:.0f} µs each alone"
                    )


def _warm(here: Callable[[], Environment], _number: int) -> None:
    here()
    time.sleep(1)  # so that the other worker takes the next one
