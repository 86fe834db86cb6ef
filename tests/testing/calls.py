"""One create and one update of an in-memory system, as its tests ask for them."""

from typing import Any

from custsync.protocols import CreateRequest, UpdateRequest
from custsync.testing.fakes.base import FakeSystem, Row


def created(system: FakeSystem, key: str = "k", **payload: Any) -> Any:
    """Return the answer to one create."""
    return system.create([CreateRequest(key=key, payload=payload)])[key]


def updated(system: FakeSystem, identity: str, **payload: Any) -> Any:
    """Return the answer to one update."""
    return system.update([UpdateRequest(id=identity, payload=payload)])[identity]


def found(system: FakeSystem, by: str, value: str) -> list[Row]:
    """Return the rows that one look-up finds."""
    rows: Any = system.find(by, [value])[value]
    return list(rows)
