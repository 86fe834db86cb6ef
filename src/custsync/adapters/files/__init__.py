"""Files as systems: exports read as customers, and a target file on which a migration is rehearsed."""

from custsync.adapters.files.lines import locked
from custsync.adapters.files.reading import BadLine, RecordFile
from custsync.adapters.files.system_file import BATCH, SystemFile, WriteBackFile

__all__ = ["BATCH", "BadLine", "RecordFile", "SystemFile", "WriteBackFile", "locked"]
