"""Field tables that read and write a system's payloads.

Nothing is guessed, and everything that is wrong with a payload is reported at once: each issue with its path
in the payload's own keys, none with a value.
"""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.payloads.compiled import Column
    from custsync.payloads.field_types import DIGITS, FLAG, MONEY, SET_FLAG, T_F, TEXT, Kind, read_text
    from custsync.payloads.reading import Reading, check_depth, object_of, payload_error, shape_of
    from custsync.payloads.tables import Table
else:
    __getattr__ = names_in(__name__, "reading", "field_types", "compiled", "tables")

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
    "object_of",
    "payload_error",
    "read_text",
    "shape_of",
]
