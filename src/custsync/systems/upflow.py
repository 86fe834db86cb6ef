"""Upflow's customer, as far as its public pages and clients show it: the API's row, and the import's line.

`UPFLOW` reads what the API answers; no reference of its fields is public, so nothing is written there.
`UPFLOW_IMPORT` reads and writes the lines of the documented customer import, by its column titles. Its ids
are the caller's own (`Customer ID`), another world than Upflow's: it is a system of its own name.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from custsync.errors import FlowError, InputError
from custsync.models import ABSENT, NOTHING_KEPT, Address, Customer, Maybe, Ref
from custsync.payloads import (
    Column,
    Kind,
    Table,
)
from custsync.protocols import Payload
from custsync.systems.amounts import CENTS
from custsync.systems.ids import id_in, read_dashed, read_filled
from custsync.systems.system import System
from custsync.systems.upflow_writes import IMPORT_COLUMNS, IMPORT_FIELDS

__all__ = ["UPFLOW", "UPFLOW_IMPORT"]

CUSTOMER: Final = Table(
    (
        Column("ref", "id", Kind(read_dashed), writable=False),
        Column("name", "name", writable=False),
        Column("balance", "balance", CENTS, writable=False),
    ),
    cls=Customer,
    ignored=("companyName",),
)
REFERENCE: Final = Table((Column("name", "companyName", writable=False),))


def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a row of the API's customer list describes, or a reference to a customer.

    A parent's balance includes its children's. A reference calls the name `companyName`.

    Args:
        payload: a row, without the envelope (`customers`) of its page.
        account: the organisation that its id lives in.
        mode: the world within it (the sandbox).

    Raises:
        PayloadError: with every issue at once.

    Source: two public clients of the Upflow API; unverified

    >>> read({"id": "6b0e-7", "name": "Joinery", "balance": 152575}).balance
    Decimal('1525.75')
    >>> read({"id": "6b0e-7", "balance": 15.5})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape
    """
    customer: Customer = CUSTOMER.build(payload, REFERENCE.read, fields=partial(_named, account, mode))
    return customer


def _named(account: str, mode: str, customer: Any, reference: Mapping[str, Any]) -> Mapping[str, Any]:
    name = reference["name"] if customer.name is ABSENT else customer.name
    return {"ref": Ref("upflow", customer.ref, account, mode), "name": name}


def id_of(payload: Payload) -> str:
    """Return Upflow's id of a customer, `""` where there is none to be read.

    >>> id_of({"id": "6b0e-7"}), id_of({"name": "Joinery"})
    ('6b0e-7', '')
    """
    return id_in(payload, "id", read_dashed)


def write(_values: Mapping[str, Any], _current: Customer | None = None) -> dict[str, Any]:
    """Return nothing ever: no reference of the API's fields is public.

    Raises:
        FlowError: always.

    >>> write({"name": "Joinery"})
    Traceback (most recent call last):
        ...
    custsync.errors.FlowError: no field of Upflow's API is documented: write the lines of its import instead
    """
    raise FlowError("no field of Upflow's API is documented: write the lines of its import instead")


def _takes_none(_name: str) -> bool:
    return False


UPFLOW: Final = System(name="upflow", read=read, write=write, id_of=id_of, takes=_takes_none)
"""The customer as Upflow's API shows it, unverified."""


PLACE: Final = Table(
    (
        Column("line1", "Address"),
        Column("postal_code", "Postal code"),
        Column("city", "Town"),
        Column("state", "State/Region"),
        Column("country", "Country"),
    )
)
CUSTOM: Final = Table(Column(title, title) for title in ("Accounting code", "VAT number", "Parent name"))
LINE: Final = Table(
    (
        Column("external_id", "Customer ID", Kind(read_filled)),
        Column("name", "Customer name", Kind(read_filled)),
        Column("parent", "Parent ID"),
    ),
    cls=Customer,
    ignored=(*PLACE.keys, *CUSTOM.keys),
)


def read_line(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a line of the customer import describes.

    Columns without a field of ours are custom fields by their titles; titles that are not documented are kept
    in `extra`.

    Args:
        payload: column title → text.
        account: the organisation that the line is meant for.
        mode: the world within it (the sandbox).

    Raises:
        PayloadError: with every issue at once.

    Source: Upflow help, customers and contacts via CSV

    >>> read_line({"Customer name": "Joinery Leeds", "Customer ID": "2052", "Parent ID": "2050"}).parent
    '2050'
    >>> read_line({"Customer name": "Joinery Leeds"})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape
    """
    customer: Customer = LINE.build(payload, PLACE.read, CUSTOM.read, fields=partial(_line, account, mode))
    return customer


def _line(
    account: str, mode: str, customer: Any, place: Mapping[str, Any], custom: Mapping[str, Any]
) -> Mapping[str, Any]:
    return {
        "ref": Ref("upflow_import", customer.external_id, account, mode),
        "addresses": _book(place),
        "custom": {title: text for title, text in custom.items() if text is not ABSENT} or NOTHING_KEPT,
    }


def _book(place: Mapping[str, Any]) -> Maybe[tuple[Address, ...]]:
    if any(place.values()):
        return (Address(default_billing=True, **place),)
    return ABSENT if all(part is ABSENT for part in place.values()) else ()


def identify_line(payload: Payload) -> str:
    """Return the customer's id of a line, `""` where there is none to be read.

    >>> identify_line({"Customer ID": "2052"}), identify_line({"Customer ID": ""})
    ('2052', '')
    """
    return id_in(payload, "Customer ID", read_filled)


def write_line(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the line that imports a customer with these values: all documented columns, in their order.

    What `values` does not say stays as it is on `current`; a blank is an empty text. Further lines of an
    address stand behind the first one, with commas between.

    Args:
        values: our field name → value; `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that the import has no column for.
        InputError: there is no name, which the import demands.

    >>> line = write_line({"name": "Joinery", "external_id": "2041", "custom.VAT number": None})
    >>> [title for title, text in line.items() if text]
    ['Customer name', 'Customer ID']
    >>> write_line({"email": "ap@joinery.example"})
    Traceback (most recent call last):
        ...
    custsync.errors.FlowError: Upflow's import has no column for 'email': take its row out of the field table
    """
    line = dict.fromkeys(IMPORT_COLUMNS, "") | _line_of(current)
    for name, value in values.items():
        if not takes_line(name):
            raise FlowError(
                f"Upflow's import has no column for {name!r}: take its row out of the field table"
            )
        if value is not ABSENT:
            line |= _write_field(name, value)
    if not line["Customer name"]:
        raise InputError("a line of Upflow's import has a name: give the customer one")
    return {title: "" if text is None else text for title, text in line.items()}


def takes_line(name: str) -> bool:
    """Return whether the import has a column for our field of this name.

    >>> takes_line("name"), takes_line("custom.Parent name"), takes_line("email")
    (True, True, False)
    """
    return IMPORT_FIELDS.takes(name)


def _line_of(customer: Customer | None) -> dict[str, Any]:
    if customer is None:
        return {}
    address = customer.billing_address
    return {
        **LINE.write_parts(customer),
        **{title: customer.custom.get(title) for title in CUSTOM.keys},
        **(_write_field("billing_address", address) if address else {}),
    }


def _write_field(name: str, value: Any) -> dict[str, Any]:
    """Return the columns that one field fills."""
    if name.startswith("custom."):
        return {name[7:]: value}
    if name != "billing_address":
        return LINE.write({name: value})
    if value is None:
        return PLACE.write(dict.fromkeys(PLACE.writable))
    lines = [line for line in (value.line1, value.line2, value.line3) if line]
    parts = {part: getattr(value, part) for part in PLACE.writable}
    return PLACE.write({**parts, "line1": ", ".join(lines) if lines else value.line1})


UPFLOW_IMPORT: Final = System(
    name="upflow_import", read=read_line, write=write_line, id_of=identify_line, takes=takes_line
)
"""The lines of Upflow's customer import. No length of a column is stated, so it has no limits."""
