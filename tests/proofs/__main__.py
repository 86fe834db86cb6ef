"""Play seeded schedules, and print the seed and a shortened schedule of each that fails.

    python -m tests.proofs --seeds 4000
    python -m tests.proofs --seeds 500 --from 2000 --tier C --flow lago --workers 2

A seed plays the same everywhere. Without `--flow` and `--tier`, the seeds go round all flows and tiers.
"""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle

from custsync.protocols import Tier
from tests.proofs.kinds import KINDS
from tests.proofs.oracles import play
from tests.proofs.schedule import Schedule, drawn, shorter


def settings(flow: str = "", tier: str = "") -> list[tuple[str, Tier]]:
    """Return the flows and tiers to play, in the order in which the seeds go round them."""
    return [
        (name, Tier[letter])
        for name, kind in KINDS.items()
        for letter in kind.tiers
        if flow in ("", name) and tier in ("", letter)
    ]


def schedules(first: int, count: int, workers: int, flow: str = "", tier: str = "") -> Iterator[Schedule]:
    """Yield the schedules of these seeds."""
    places = cycle(settings(flow, tier))
    for seed, (name, one) in zip(range(first, first + count), places, strict=False):
        yield drawn(seed, name, one, workers)


def shortened(schedule: Schedule) -> Schedule:
    """Return a schedule that still fails and of which nothing can be left out."""
    for candidate in shorter(schedule):
        if problems(candidate):
            return shortened(candidate)
    return schedule


def problems(schedule: Schedule) -> list[str]:
    """Return what is wrong after a schedule; an exception is wrong too."""
    try:
        return play(schedule)[1]
    except Exception as error:  # noqa: BLE001 - whatever leaves the engine is a finding
        return [f"{type(error).__name__}: {error}"]


def told(schedule: Schedule) -> str:
    """Return a failure as text: the setting, the events, what is wrong."""
    lines = [f"seed {schedule.seed}, {schedule.flow}, tier {schedule.tier.name}, lag {schedule.lag}"]
    lines += [f"  {event}" for event in schedule.events]
    try:
        lines += [f"  ({one})" for one in play(schedule)[0].happened]
    except Exception as error:  # noqa: BLE001 - as above
        lines += [f"  {error}"]
    return "\n".join([*lines, *(f"  ! {one}" for one in problems(schedule))])


def say(line: str) -> None:
    """Print a line at once: a long run is watched."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, and return 1 where a schedule failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.proofs", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many schedules")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first seed")
    parser.add_argument("--tier", choices=list("ABCD"), default="")
    parser.add_argument("--flow", choices=list(KINDS), default="")
    parser.add_argument("--workers", type=int, choices=(1, 2, 3), default=3, help="at most so many at once")
    parser.add_argument("--failures", type=int, default=3, help="stop after so many")
    given = parser.parse_args(arguments)
    logging.disable(logging.WARNING)  # that an adapter raised is what was asked for
    begun, played, failed = time.monotonic(), Counter[tuple[str, str]](), 0
    for schedule in schedules(given.first, given.seeds, given.workers, given.flow, given.tier):
        played[schedule.flow, schedule.tier.name] += 1
        if problems(schedule):
            failed += 1
            say(told(shortened(schedule)))
        if failed >= given.failures:
            break
    took = time.monotonic() - begun
    for (flow, tier), count in sorted(played.items()):
        say(f"{flow} {tier}: {count}")
    say(f"{played.total()} schedules from seed {given.first}: {failed} failed, in {took:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
