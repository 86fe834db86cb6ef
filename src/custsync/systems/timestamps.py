"""Time stamps as a system writes them, always to aware UTC."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from attrs import frozen

from custsync.errors import InputError
from custsync.models import ABSENT
from custsync.payloads import Kind, payload_error
from custsync.rules.normalize.timestamps import DateOrder, read_stamp

_LONGEST: Final = 255
_COMMON: Final = len("2026-06-30T18:58:34Z")
"""The common form, each sign in its place: of longer ones `fromisoformat` alone lets `05xZ` pass."""
_REMEDY: Final = "Send ISO 8601, or state the order in which a date has its day and month (date_order)"


@frozen
class Stamps:
    """Reads a surface's stamps: ISO 8601, and dates as the account writes them once that is declared."""

    order: DateOrder | None = None
    zone: str = ""

    def read(self, value: Any, _: object = None) -> Any:
        """Return the moment, aware UTC; None for null, empty and `0001-01-01`."""
        if value is None or value is ABSENT:
            return value
        if type(value) is str and value[4::3] == "--T::Z" and len(value) == _COMMON:
            try:
                stamp = datetime.fromisoformat(value)
            except ValueError:
                pass
            else:
                return stamp if stamp.year > 1 else None
        elif type(value) is str and len(value) <= _LONGEST:
            try:
                return _stamp(value, self.order, self.zone)
            except InputError:
                pass
        raise payload_error("not_a_stamp", "no date or time in a form that is read", value, _REMEDY)


@lru_cache(maxsize=4096)
def _stamp(text: str, order: DateOrder | None, zone: str) -> datetime | None:
    """Return the moment; many records share one, as dates do that come without a time."""
    return read_stamp(text, order=order, zone=zone)


def write_stamp(value: datetime | None) -> str | None:
    """Return the moment as ISO 8601 with a `Z`, None for None.

    >>> write_stamp(datetime(2026, 6, 30, 18, 58, 34, tzinfo=UTC))
    '2026-06-30T18:58:34Z'
    """
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


STAMP: Final = Kind(Stamps().read, write_stamp)
"""ISO 8601 with its zone, the only form that needs no declaration."""
