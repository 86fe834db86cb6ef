"""Measuring two works against each other in one run, so that the machine cannot flatter either.

`json.loads` of one line costs twice as much in one minute as in another. So the floor and the works take
turns on small blocks of records. Of each, the least processor time of many rounds counts, block by block.
"""

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any, Final, TypeAlias, TypeVar

from attrs import define, field, frozen

__all__ = ["Figure", "Stopwatch", "in_turns", "least", "show"]

B = TypeVar("B")

Run: TypeAlias = Callable[[], object]
Work: TypeAlias = Callable[[B], Run]
"""Prepares a block, which is not measured, and returns what is measured."""

WARMING: Final = 4
"""So many passes come before the first that is measured."""
MOST_WANDERING: Final = 0.10
"""A run whose floor wanders more says so."""


@define
class Stopwatch:
    """Processor time, without that of the systems on the other side of an adapter."""

    paused: float = 0.0

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Take the time of what is done within as no part of the work."""
        begun = time.process_time()
        yield
        self.paused += time.process_time() - begun

    def taken(self, run: Run) -> float:
        """Return the processor time of a run, in seconds."""
        self.paused = 0.0
        begun = time.process_time()
        run()
        return time.process_time() - begun - self.paused


@frozen
class Figure:
    """What one work took, in seconds, and what its floor took in the same turns.

    `wandering` is by how much the floor differs between the first half of the rounds and the second.
    """

    seconds: float
    floor: float
    wandering: float = 0.0
    spread: float = 0.0

    @property
    def ratio(self) -> float:
        """Return how many times the floor the work took."""
        return self.seconds / self.floor


@define
class _Times:
    """The times of one work: for each block, those of its rounds."""

    blocks: list[list[float]] = field(factory=list)

    def least(self, half: slice = slice(None)) -> float:
        return sum(min(rounds[half]) for rounds in self.blocks)

    def typical(self) -> float:
        return sum(map(median, self.blocks))


def in_turns(
    blocks: Sequence[B],
    floor: Callable[[B], object],
    works: Mapping[str, Work[B]],
    rounds: int,
    watch: Stopwatch | None = None,
) -> dict[str, Figure]:
    """Return the figure of each work, measured in turns with the floor, block by block."""
    watch = watch or Stopwatch()
    floors, times = _Times(), {name: _Times() for name in works}
    for _ in range(WARMING):
        for block in blocks:
            for work in works.values():
                work(block)()
    gc.collect()
    gc.freeze()  # what was there before is no garbage of a work's
    for block in blocks:
        for taken in (floors, *times.values()):
            taken.blocks.append([])
        for _ in range(rounds):
            floors.blocks[-1].append(watch.taken(lambda block=block: floor(block)))  # type: ignore[misc]
            for name, work in works.items():
                run = work(block)
                times[name].blocks[-1].append(watch.taken(run))
    half = rounds // 2 or 1
    halves = floors.least(slice(half)), floors.least(slice(-half, None))
    wandering, spread = max(halves) / min(halves) - 1, floors.typical() / floors.least() - 1
    return {name: Figure(taken.least(), floors.least(), wandering, spread) for name, taken in times.items()}


def least(run: Run, rounds: int) -> float:
    """Return the least processor time of several runs."""
    return min(Stopwatch().taken(run) for _ in range(rounds))


def show(
    name: str, figure: Figure, count: int, *, goal: object = "", peer: str = "", of: str = "json.loads"
) -> None:
    """Print a figure: times the floor, microseconds a record, the goal, what a peer takes."""
    told = [f"{name:<46} {figure.ratio:7.2f} × {of}", f"{figure.seconds / count * 1e6:9.1f} µs each"]
    told += [f"goal {goal}" if goal else "no goal", f"peer {peer}" if peer else "no peer"]
    if figure.spread:
        told.append(f"floor +{figure.spread:.0%}")
    if figure.wandering > MOST_WANDERING:
        told.append(f"THE FLOOR WANDERS BY {figure.wandering:.0%}: run again")
    print(", ".join(told), flush=True)


def rows_of(blocks: Sequence[Sequence[Any]]) -> int:
    """Return how many records the blocks have."""
    return sum(map(len, blocks))
