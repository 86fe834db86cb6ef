"""Play seeded schedules, and print the seed and a shortened schedule of each that fails.

    python -m tests.proofs --seeds 4000
    python -m tests.proofs --seeds 500 --from 2000 --tier C --flow lago --workers 2
    python -m tests.proofs --planted
    python -m tests.proofs --planted "nothing is waited for"

A seed plays the same everywhere. Without `--flow` and `--tier`, the seeds go round all flows and tiers. With
`--planted`, the engine is broken in one way after the other, and the table says what noticed it, and after
how many schedules.
"""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import pytest

from custsync.protocols import Tier
from tests.proofs.checks import CHECKS, sees
from tests.proofs.directed import DIRECTED
from tests.proofs.kinds import KINDS
from tests.proofs.oracles import play, play_directed
from tests.proofs.planted import BUGS, Bug
from tests.proofs.schedule import Schedule, drawn, shorter

MOST = 5000
"""So many schedules are played until a planted bug counts as not noticed by the simulator."""


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
    places = settings(flow, tier)
    for seed in range(first, first + count):
        yield drawn(seed, *places[seed % len(places)], workers)


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


def failure(schedule: Schedule) -> str:
    """Return a failure as text: the setting, the events, what is wrong."""
    lines = [f"seed {schedule.seed}, {schedule.flow}, tier {schedule.tier.name}, lag {schedule.lag}"]
    lines += [f"  {event}" for event in schedule.events]
    try:
        lines += [f"  ({one})" for one in play(schedule)[0].happened]
    except Exception as error:  # noqa: BLE001 - as above
        lines += [f"  {error}"]
    return "\n".join([*lines, *(f"  ! {one}" for one in problems(schedule))])


def noticed(bug: Bug, most: int = MOST) -> str:
    """Return what notices a planted bug, and after how many schedules; `""` where nothing does.

    Raises:
        Exception: what left the engine, where no oracle noticed anything.
    """
    raised: list[Exception] = []
    with pytest.MonkeyPatch.context() as patch:
        bug.plant(patch)
        for name, (schedule, told) in DIRECTED.items():
            if sees(partial(_found, schedule, told), raised):
                return f"*{name}*"
        played = () if bug.is_for_checks else schedules(0, most, 3, bug.flow, bug.tier)
        for count, schedule in enumerate(played, start=1):
            if sees(partial(_found, schedule), raised):
                return f"{count:,} schedules, in {schedule.flow} {schedule.tier.name}"
        for check in CHECKS:
            if sees(check, raised):
                return check.__name__.replace("_", " ")
    if raised:
        raise raised[0]
    return ""


def _found(schedule: Schedule, told: set[str] | None = None) -> list[str]:
    """Return what is wrong after a schedule, a directed one if told what must be reported."""
    return play(schedule)[1] if told is None else play_directed(schedule, told)[1]


def say(line: str) -> None:
    """Print a line at once: a long run is watched."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def plant(named: str) -> int:
    """Print a row for each planted bug, or for that one; return 1 where one was not noticed."""
    say("| bug | what it takes away | noticed after, or by |\n| --- | --- | --- |")
    wrong = 0
    for bug in [bug for bug in BUGS if named in ("", bug.name)]:
        try:
            by = noticed(bug)
            wrong += not by
        except Exception as error:  # noqa: BLE001 - shown as what it is
            by, wrong = f"raises {error!r}", wrong + 1
        say(f"| {bug.name} | {bug.removes} | {by or f'not in {MOST:,}'} |")
    return int(wrong > 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, and return 1 where a schedule failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.proofs", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many schedules")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first seed")
    parser.add_argument("--tier", choices=list("ABCD"), default="")
    parser.add_argument("--flow", choices=list(KINDS), default="")
    parser.add_argument("--workers", type=int, choices=(1, 2, 3), default=3, help="at most so many at once")
    parser.add_argument("--failures", type=int, default=3, help="stop after so many")
    parser.add_argument("--planted", nargs="?", const="", help="plant all bugs, or the one of that name")
    given = parser.parse_args(arguments)
    logging.disable(logging.WARNING)  # that an adapter raised is what was asked for
    if given.planted is not None:
        return plant(given.planted)
    begun, played, failed = time.process_time(), Counter[str](), Counter[str]()
    for schedule in schedules(given.first, given.seeds, given.workers, given.flow, given.tier):
        place = f"{schedule.flow} {schedule.tier.name}"
        played[place] += 1
        if problems(schedule):
            failed[place] += 1
            say(failure(shortened(schedule)))
        if failed.total() >= given.failures:
            break
    took = time.process_time() - begun
    say(", ".join(f"{place} {failed[place]}/{count}" for place, count in sorted(played.items())))
    last = given.first + played.total() - 1
    say(f"seeds {given.first}-{last}: {failed.total()} of {played.total()} failed ({took:.0f} s)")
    return int(failed.total() > 0)


if __name__ == "__main__":
    sys.exit(main())
