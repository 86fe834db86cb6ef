"""Field tables that read and write a system's payloads.

Nothing is guessed, and everything that is wrong with a payload is reported at once: each issue with its path
in the payload's own keys, none with a value.
"""

from custsync.payloads.compiled import Column
from custsync.payloads.errors import check_depth, collect, object_of, payload_error, prefixed, shape_of
from custsync.payloads.field_types import DIGITS, FLAG, MONEY, SET_FLAG, T_F, TEXT, Kind, read_text
from custsync.payloads.reading import Reading, items_of
from custsync.payloads.tables import Table

__all__ = [
    "DIGITS",
    "FLAG",
    "MONEY",
    "SET_FLAG",
    "TEXT",
    "T_F",
    "Column",
    "Kind",
    "Reading",
    "Table",
    "check_depth",
    "collect",
    "items_of",
    "object_of",
    "payload_error",
    "prefixed",
    "read_text",
    "shape_of",
]
