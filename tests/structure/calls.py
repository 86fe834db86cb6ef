"""The way of one customer through the code: NetSuite to Stripe, from `sync` to the written record.

Counted are the calls of custsync's own named functions. Not counted are the adapters and the store, which a
caller implements, with whatever they call; comprehensions and lambdas; and generators that go on.
"""

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from attrs import frozen

from custsync import Environment, sync
from custsync.flows.stripe import EXPORT
from custsync.stores.memory import MemoryStore
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.expected import customers
from tests.structure.functions import SOURCE

_CALLERS: Final = ("testing", "stores")
"""The packages that play what a caller implements."""


@frozen
class Way:
    """Which functions were entered, in order."""

    entered: tuple[CodeType, ...]

    @property
    def functions(self) -> int:
        """Return how many different functions there are."""
        return len(set(self.entered))

    @property
    def modules(self) -> list[str]:
        """Return the modules, as paths below the package."""
        return sorted({_module(code) for code in self.entered})

    @property
    def changes(self) -> int:
        """Return how often a call was in another module than the one before."""
        modules = [_module(code) for code in self.entered]
        return sum(one != other for one, other in pairwise(modules))

    def __str__(self) -> str:
        """Return the figures as one line."""
        return (
            f"one new customer: {len(self.entered)} calls, {self.functions} functions, "
            f"{len(self.modules)} modules, {self.changes} changes of module"
        )


def calls_of_one_create() -> Way:
    """Return the way of one new customer, the second one of its process: what is cached is there."""
    _synced(lambda run: run())
    way: list[Way] = []
    _synced(lambda run: way.append(recorded(run)))
    return way[0]


def _synced(play: Callable[[Callable[[], Any]], Any]) -> None:
    netsuite, stripe = FakeNetSuite(), FakeStripe()
    netsuite.put(customers.company(1, "Brightwater"))
    environment = Environment(source=netsuite, target=stripe, store=MemoryStore())
    rows = netsuite.rows
    play(lambda: sync(EXPORT, rows, environment))
    assert len(stripe.rows) == 1


def recorded(run: Callable[[], Any]) -> Way:
    """Return which of custsync's functions a call enters."""
    entered: dict[FrameType, CodeType] = {}  # a frame comes once, however often its generator goes on

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_name[0] != "<" and _is_ours(frame):
            entered[frame] = code

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return Way(tuple(entered.values()))


def _is_ours(frame: FrameType) -> bool:
    """Return whether a function is custsync's, and was not called by an adapter or a store."""
    if not Path(frame.f_code.co_filename).is_relative_to(SOURCE):
        return False
    above: FrameType | None = frame
    while above is not None:
        path = Path(above.f_code.co_filename)
        if path.is_relative_to(SOURCE) and path.relative_to(SOURCE).parts[0] in _CALLERS:
            return False
        above = above.f_back
    return True


def _module(code: CodeType) -> str:
    return str(Path(code.co_filename).relative_to(SOURCE))
