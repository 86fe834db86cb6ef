"""A clock that moves only when it is set, or when the code sleeps."""

from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["START", "VirtualClock"]

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The first time of a virtual clock, if no other is given."""


class VirtualClock:
    """An environment's `clock` and `sleep`: sleeping takes no time but moves the clock.

    >>> clock = VirtualClock()
    >>> clock.sleep(90)
    >>> clock() - START
    datetime.timedelta(seconds=90)
    """

    def __init__(self, now: datetime = START) -> None:
        """Begin at that time, aware UTC."""
        self.now: datetime = now

    def __call__(self) -> datetime:
        """Return the time, aware UTC."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move the clock on by so many seconds."""
        self.now += timedelta(seconds=seconds)

    def advance(self, by: timedelta) -> None:
        """Move the clock on."""
        self.now += by
