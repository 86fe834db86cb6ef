"""Amounts that a system states as whole cents."""

from decimal import Decimal
from typing import Any, Final

from custsync.models import ABSENT
from custsync.payloads import LONGEST_NUMBER, Kind, payload_error

__all__ = ["CENTS"]


def _read_cents(value: Any, _: object = None) -> Any:
    if value is None or value is ABSENT:
        return value
    if type(value) is int and abs(value) < 10**LONGEST_NUMBER:
        return Decimal(value).scaleb(-2)
    raise payload_error("not_a_number", "not a whole number of cents", value)


CENTS: Final = Kind(_read_cents)
"""A whole number of cents, never written."""
