"""Sync-record stores: `memory` for runs that end with the process, `sqlite` for those that do not."""

from custsync._parts import parts_of

__getattr__ = parts_of(__name__, ("memory", "sqlite"))
