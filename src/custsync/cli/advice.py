"""What a first look at the source's records says about its file: columns that nothing reads, no names."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

from custsync.errors import PayloadError
from custsync.flow import Flow
from custsync.models import Customer
from custsync.rules.fields.fingerprints import canonical
from custsync.rules.fields.mapping import value_of

__all__ = ["advice_on"]

_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "a name": ("name", "company_name", "first_name", "last_name"),
    "an email": ("email",),
}
_SHOWN: Final = 12
"""So many columns are named."""


def advice_on(
    records: Sequence[Mapping[str, Any]], flow: Flow, account: str, mode: str, *, are_rows: bool
) -> tuple[str, ...]:
    """Return what to tell about the file whose first records these are, a sentence each.

    Args:
        records: the first records.
        flow: the flow that reads them.
        account: the account that their ids live in.
        mode: their mode.
        are_rows: whether they are rows under headings. The many fields that a system's own JSON has, and
            that no rule reads, call for no word.
    """
    read = _read(records, flow, account, mode)
    customers = [customer for customer in read if not customer.deleted]
    columns = dict.fromkeys(chain.from_iterable(customer.extra for customer in customers))
    told = _on_columns([name for name in columns if not name.startswith("_")]) if are_rows else []
    return (*told, *_on_gaps(customers, _read_by(flow)))


def _read_by(flow: Flow) -> frozenset[str]:
    """Return the source's fields that the flow reads."""
    named = [name for row in flow.fields for name in row.sources]
    return frozenset({*named, *(entry.source_field for entry in flow.match)})


def _read(records: Sequence[Mapping[str, Any]], flow: Flow, account: str, mode: str) -> Iterator[Customer]:
    for record in records:
        try:
            yield flow.source.read(record, account, mode)
        except PayloadError:
            continue  # it is refused in its own place, with the reason


def _on_columns(names: list[str]) -> list[str]:
    """Return a sentence on columns that nothing reads; a heading that looks like a value is not shown."""
    if any("@" in name or name.isdecimal() for name in names):
        return ["the first line seems to hold values: put a line of column names above it"]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return [f"columns that no rule reads: {', '.join(islice(names, _SHOWN))}{more}"] if names else []


def _on_gaps(customers: list[Customer], read: frozenset[str]) -> Iterator[str]:
    for what, named in _NEEDED.items():
        fields = [field for field in named if field in read]
        held = (canonical(value_of(customer, field)) for customer in customers for field in fields)
        if customers and fields and not any(held):
            yield f"no record has {what} ({len(customers)} looked at): check what the file calls it"
