"""Field tables that read and write a system's payloads.

Nothing is guessed, and everything that is wrong with a payload is reported at once: each issue with its path
in the payload's own keys, none with a value.
"""

from custsync.payloads.compiled import Column
from custsync.payloads.errors import (
    WRONG,
    Step,
    check_depth,
    collect,
    is_clean,
    object_of,
    payload_error,
    prefixed,
    shape_of,
)
from custsync.payloads.field_types import (
    DIGITS,
    FLAG,
    LONGEST_NUMBER,
    LONGEST_TEXT,
    MONEY,
    SET_FLAG,
    T_F,
    TEXT,
    Kind,
    as_given,
    read_digits,
    read_flag,
    read_money,
    read_text,
)
from custsync.payloads.reading import Reading, items_of
from custsync.payloads.tables import Table

__all__ = [
    "DIGITS",
    "FLAG",
    "LONGEST_NUMBER",
    "LONGEST_TEXT",
    "MONEY",
    "SET_FLAG",
    "TEXT",
    "T_F",
    "WRONG",
    "Column",
    "Kind",
    "Reading",
    "Step",
    "Table",
    "as_given",
    "check_depth",
    "collect",
    "is_clean",
    "items_of",
    "object_of",
    "payload_error",
    "prefixed",
    "read_digits",
    "read_flag",
    "read_money",
    "read_text",
    "shape_of",
]
