"""The demonstration: one NetSuite account's customers through all five integrations, over real files."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Final

from custsync.cli.demo.further_scenes import from_lago, from_servicetitan, merging, to_lightspeed, to_upflow
from custsync.cli.demo.house import House
from custsync.cli.demo.stripe_scenes import crashing, exporting, importing

__all__ = ["told"]

_WIDTH: Final = 108
_SCENES: Final = (
    exporting,
    importing,
    crashing,
    from_servicetitan,
    merging,
    from_lago,
    to_lightspeed,
    to_upflow,
)


def told() -> Iterator[str]:
    """Yield the lines of the demonstration, the same on every run. It leaves nothing behind.

    >>> next(told())
    'custsync demo: one NetSuite account and the systems around it, all invented'
    """
    with TemporaryDirectory(prefix="custsync-demo-") as name:
        house = House(Path(name))
        house.furnish()
        yield "custsync demo: one NetSuite account and the systems around it, all invented"
        for scene in _SCENES:
            for line in "\n".join(scene(house)).split("\n"):
                yield fill(line, _WIDTH, subsequent_indent=" " * 6, break_on_hyphens=False) if line else ""
