"""Count how many schedules it takes until the simulator catches each planted bug, and print a table.

python -m tests.proofs.planted
python -m tests.proofs.planted --most 1000 nothing_is_waited_for
"""

import argparse
import logging
import sys

import pytest

from tests.proofs import test_planted_bugs, test_planted_bugs_of_four
from tests.proofs.__main__ import problems, say, schedules
from tests.proofs.test_planted_bugs import Plant

BUGS = {bug.__name__: bug for bug in (*test_planted_bugs.BUGS, *test_planted_bugs_of_four.BUGS)}


def caught_after(plant: Plant, most: int) -> tuple[int, str]:
    """Return how many schedules it took and what was wrong then; 0 where so many did not catch it."""
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        for count, schedule in enumerate(schedules(0, most, 3), start=1):
            if found := problems(schedule):
                return count, f"{schedule.flow} {schedule.tier.name}: {found[0]}"
    return 0, ""


def main() -> int:
    """Print a row for each bug."""
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.planted", description=__doc__)
    parser.add_argument("bugs", nargs="*", default=[*BUGS])
    parser.add_argument("--most", type=int, default=5000, help="give up after so many schedules")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    for name in given.bugs:
        count, found = caught_after(BUGS[name], given.most)
        say(f"| {name.replace('_', ' ')} | {count or f'not in {given.most}'} | {found} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
