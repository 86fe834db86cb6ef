"""What a first look at the source's records says about its file: columns that nothing reads, no names."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

from custsync.errors import PayloadError
from custsync.fields import System, canonical, value_of
from custsync.models import Customer

__all__ = ["advice_on"]

_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "a name": ("name", "company_name", "first_name", "last_name"),
    "an email": ("email",),
}
_SHOWN: Final = 12
"""So many columns are named."""


def advice_on(
    records: Sequence[Mapping[str, Any]], system: System, account: str, mode: str, *, are_rows: bool
) -> tuple[str, ...]:
    """Return what to tell about the file whose first records these are, a sentence each.

    Args:
        records: the first records.
        system: whose shape they have.
        account: the account that their ids live in.
        mode: their mode.
        are_rows: whether they are rows under headings. The many fields that a system's own JSON has, and
            that no rule reads, call for no word.
    """
    customers = [customer for customer in _read(records, system, account, mode) if not customer.deleted]
    columns = dict.fromkeys(chain.from_iterable(customer.extra for customer in customers))
    told = _on_columns([name for name in columns if not name.startswith("_")]) if are_rows else []
    return (*told, *_on_gaps(customers))


def _read(
    records: Sequence[Mapping[str, Any]], system: System, account: str, mode: str
) -> Iterator[Customer]:
    for record in records:
        try:
            yield system.read(record, account, mode)
        except PayloadError:
            continue  # it is refused in its own place, with the reason


def _on_columns(names: list[str]) -> list[str]:
    """Return a sentence on columns that nothing reads; a heading that looks like a value is not shown."""
    if any("@" in name or name.isdecimal() for name in names):
        return ["the first line seems to hold values: put a line of column names above it"]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return [f"columns that no rule reads: {', '.join(islice(names, _SHOWN))}{more}"] if names else []


def _on_gaps(customers: list[Customer]) -> Iterator[str]:
    for what, fields in _NEEDED.items():
        held = (canonical(value_of(customer, field)) for customer in customers for field in fields)
        if customers and not any(held):
            yield f"no record has {what} ({len(customers)} looked at): check what the file calls it"
