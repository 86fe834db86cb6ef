"""Files as systems: exports read as customers, and a target file on which a migration is rehearsed."""

from custsync.files.adapters import BATCH, SystemFile, belongs, look_ups_of
from custsync.files.places import resolved
from custsync.files.reading import BadLine, RecordFile, numbered_lines
from custsync.files.writebacks import WriteBackFile
from custsync.files.writing import locked, rewrite

__all__ = [
    "BATCH",
    "BadLine",
    "RecordFile",
    "SystemFile",
    "WriteBackFile",
    "belongs",
    "locked",
    "look_ups_of",
    "numbered_lines",
    "resolved",
    "rewrite",
]
