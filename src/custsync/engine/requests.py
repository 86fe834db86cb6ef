"""The requests of the engine to the outside: it yields one of these requests, and a driver carries it out.

They are tuples with names: a class of attrs takes an import four times as long.
"""

from collections.abc import Generator
from enum import Enum
from typing import Any, NamedTuple, TypeAlias, TypeVar

from custsync.models import Ref
from custsync.protocols import CreateRequest, MergeRequest, UpdateRequest
from custsync.syncrecords import RecordWrite

__all__ = [
    "CreateCustomers",
    "FindByDigest",
    "FindCustomers",
    "LoadRecords",
    "MergeCustomers",
    "Now",
    "Request",
    "SaveRecords",
    "Side",
    "UpdateCustomers",
    "Wait",
]


class Side(Enum):
    """Which of a flow's two systems a request goes to, by the environment's name for its adapter."""

    SOURCE = "source"
    TARGET = "target"


class FindCustomers(NamedTuple):
    """Ask one side for records by a look-up; answered with value → records."""

    side: Side
    """The system that is asked."""
    by: str
    """The look-up's name, `"id"` or `"email"` for example."""
    values: tuple[str, ...]
    """The values to look for; each is answered with its records."""

    def __repr__(self) -> str:
        """Return what is asked, without the values: they may be personal."""
        return f"FindCustomers(side={self.side}, by={self.by!r})"


class CreateCustomers(NamedTuple):
    """Ask the target for creates; answered with key → answer."""

    requests: tuple[CreateRequest, ...]
    """The creates of one call; each is answered under its key."""


class UpdateCustomers(NamedTuple):
    """Ask one side for updates; answered with id → answer."""

    side: Side
    """The system that is written to: the target, or the source for a write-back."""
    requests: tuple[UpdateRequest, ...]
    """The updates of one call; each is answered under its id."""


class MergeCustomers(NamedTuple):
    """Ask the target for merges; answered with the duplicate's id → answer."""

    requests: tuple[MergeRequest, ...]
    """The merges of one call; each is answered under the duplicate's id."""


class LoadRecords(NamedTuple):
    """Ask the store for the records of these ends; answered with records."""

    link: str
    """The pair of systems whose records are asked for."""
    refs: tuple[Ref, ...]
    """The ends, of either side, whose records are asked for."""


class FindByDigest(NamedTuple):
    """Ask the store which payload digests it has seen; answered with digest → record."""

    link: str
    """The pair of systems whose records are asked for."""
    digests: tuple[str, ...]
    """Digests of whole source payloads."""


class SaveRecords(NamedTuple):
    """Ask the store to save; answered with one truth value per write."""

    writes: tuple[RecordWrite, ...]
    """The compare-and-set writes, answered in their order."""


class Now:
    """Ask for the time; answered with an aware UTC `datetime`."""

    __slots__ = ()


class Wait(NamedTuple):
    """Ask to wait at least `seconds`, and up to `spread` seconds longer by chance; answered with None."""

    seconds: float
    spread: float = 0.0


Request: TypeAlias = (
    FindCustomers
    | CreateCustomers
    | UpdateCustomers
    | MergeCustomers
    | LoadRecords
    | FindByDigest
    | SaveRecords
    | Now
    | Wait
)

T = TypeVar("T")
Steps: TypeAlias = Generator[Request, Any, T]
"""A generator of requests, which returns a result."""
