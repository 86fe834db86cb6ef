"""Files as systems: exports read as customers, and a target file on which a migration is rehearsed."""

from custsync.adapters.files.reading import BadLine, RecordFile
from custsync.adapters.files.system_file import BATCH, SystemFile
from custsync.adapters.files.writebacks import WriteBackFile
from custsync.adapters.files.writing import locked

__all__ = ["BATCH", "BadLine", "RecordFile", "SystemFile", "WriteBackFile", "locked"]
