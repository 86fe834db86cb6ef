"""Files as systems: exports read as customers, and a target file on which a migration is rehearsed."""

from custsync.adapters.files.lines import numbered_lines, resolved
from custsync.adapters.files.reading import BadLine, RecordFile
from custsync.adapters.files.records import belongs
from custsync.adapters.files.system_file import BATCH, SystemFile, look_ups_of
from custsync.adapters.files.writebacks import WriteBackFile
from custsync.adapters.files.writing import keep_privately, locked, refuse_taken

__all__ = [
    "BATCH",
    "BadLine",
    "RecordFile",
    "SystemFile",
    "WriteBackFile",
    "belongs",
    "keep_privately",
    "locked",
    "look_ups_of",
    "numbered_lines",
    "refuse_taken",
    "resolved",
]
