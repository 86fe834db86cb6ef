"""Sync-record stores: `memory` for runs that end with the process, `sqlite` for those that do not."""

from typing import TYPE_CHECKING, Final

from custsync._parts import parts_of

if TYPE_CHECKING:
    from custsync.stores import memory as memory, sqlite as sqlite

_PARTS: Final = ("memory", "sqlite")

if not TYPE_CHECKING:
    __getattr__ = parts_of(__name__, _PARTS)
