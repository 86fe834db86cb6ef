"""What an import costs: the processor time of a process, less that of an empty one, in imports of attrs."""

import os
import sys
from typing import Final

from attrs import frozen

TIMES: Final = 15
"""The least of so many processes counts: a busy machine only makes one slower."""

WHOLE: Final = "import custsync"
RUN: Final = "from custsync import plan, apply, sync; from custsync.flows.stripe import EXPORT"


@frozen
class Cost:
    """How many imports of attrs an import is worth."""

    code: str
    times: float

    def __str__(self) -> str:
        """Return the figure with what was imported."""
        return f"{self.times:.2f} times attrs: {self.code}"


def costs(*codes: str) -> list[Cost]:
    """Return what each import costs."""
    empty = _seconds("pass")
    unit = _seconds("import attrs") - empty
    return [Cost(code, (_seconds(code) - empty) / unit) for code in codes]


def _seconds(code: str) -> float:
    return min(_one(code) for _ in range(TIMES))


def _one(code: str) -> float:
    process = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", code])  # noqa: S606 - no shell is needed
    _, status, used = os.wait4(process, 0)
    assert status == 0, code
    return used.ru_utime + used.ru_stime
