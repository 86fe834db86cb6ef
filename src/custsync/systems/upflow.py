"""Upflow's customer, as far as public pages and clients document it: the API's row, and the import's line.

`UPFLOW` reads what the API answers; no reference of its fields is public, so nothing is written there.
`UPFLOW_IMPORT` reads and writes the lines of the documented customer import, by its column titles. Its ids
are the caller's own (`Customer ID`), not Upflow's: it is a system with another name.
"""

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from custsync.errors import FlowError, InputError
from custsync.models import ABSENT, Address, Customer
from custsync.payloads import Column, Kind, Table
from custsync.protocols import Payload, Rejected
from custsync.systems.from_table import by_table, system_from_table
from custsync.systems.system import System
from custsync.systems.values import CENTS, IdUnder, read_dashed, read_filled
from custsync.systems.vendor_fields import FieldTable, VendorField

__all__ = ["UPFLOW", "UPFLOW_IMPORT"]

Row = dict[str, Any]

_CSV: Final[dict[str, Any]] = {"cited": "Upflow help, customers and contacts via CSV", "confidence": "A"}
_NAMES: Final[Mapping[str, str]] = {
    "Customer name": "name",
    "Customer ID": "external_id",
    "Accounting code": "custom.Accounting code",
    "VAT number": "custom.VAT number",
    "Address": "billing_address",
    "Postal code": "billing_address",
    "Town": "billing_address",
    "State/Region": "billing_address",
    "Country": "billing_address",
    "Parent name": "custom.Parent name",
    "Parent ID": "parent",
}
_DEMANDED: Final = ("Customer name", "Customer ID")
"""The name is demanded by the import; the id is ours: without it the customer could not be found again."""

IMPORT_COLUMNS: Final = tuple(_NAMES)
"""The titles of the customer import, in its order."""

CONTACT_COLUMNS: Final = (
    "Customer name",
    "Client ID (External Id)",
    "Contact email address",
    "First name",
    "Family name",
    "Phone number",
    "Position",
    "Main contact",
)
"""The titles of the contact import, in its order."""


def _column(title: str) -> VendorField:
    row = VendorField(key=title, name=_NAMES[title], empties=("",), **_CSV)
    return evolve(row, required="on create", empties=()) if title in _DEMANDED else row


IMPORT_FIELDS: Final = FieldTable(
    tuple(map(_column, IMPORT_COLUMNS)),
    codes={"unknown": "unknown_column", "missing": "required", "empty": "required", "form": "not_a_text"},
)
"""Every column of a line."""

BLANK: Final[Mapping[str, Any]] = {
    "name": "",
    "externalId": None,
    "balance": 0,
    "countInvoicesDue": 0,
    "dunningPlanId": None,
    "directUrl": None,
}
"""A row of the API's customer list with nothing in it."""


def created_line(_id: str, _mode: str, line: Payload) -> Row | Rejected:
    """Return the line that a create makes, or a refusal; its id is the caller's own.

    >>> created_line("", "", {"Customer name": "Joinery", "Customer ID": "2041"})["Town"]
    ''
    >>> created_line("", "", {"Customer ID": "2041"})
    Rejected(code='required', field='Customer name')
    """
    return IMPORT_FIELDS.refusal(line, creates=True) or {**dict.fromkeys(IMPORT_COLUMNS, ""), **line}


def changed_line(row: Row, line: Payload) -> Row | Rejected:
    """Return the line after an update, or a refusal; the row itself is not touched.

    >>> there = {"Customer name": "Joinery", "Customer ID": "2041"}
    >>> changed_line(there, {"Customer ID": "2042"})
    Rejected(code='another_customer', field='Customer ID')
    """
    refusal = IMPORT_FIELDS.refusal(line, creates=False)
    if refusal is not None:
        return refusal
    if line.get("Customer ID", row["Customer ID"]) != row["Customer ID"]:
        return Rejected("another_customer", "Customer ID")
    return {**row, **line}


def created(id: str, _mode: str, body: Payload) -> Row | Rejected:
    """Return the customer that a create over the API makes, or a refusal.

    >>> created("6b0e", "", {"name": "Joinery", "balance": 15.5})
    Rejected(code='not_cents', field='balance')
    """
    return changed({**BLANK, "id": id}, body)


def changed(row: Row, body: Payload) -> Row | Rejected:
    """Return the customer after an update over the API, or a refusal; the row itself is not touched.

    >>> changed({**BLANK, "id": "6b0e", "name": "Joinery"}, {"balance": 1550})["balance"]
    1550
    """
    if "id" in body:
        return Rejected("read_only", "id")
    if type(body.get("balance", 0)) is not int:
        return Rejected("not_cents", "balance")
    now = {**row, **body}
    return now if now.get("name") else Rejected("required", "name")


# The API, and the lines as a system


CUSTOMER: Final = Table(
    (
        Column("ref", "id", Kind(read_dashed), writable=False),
        Column("name", "name", writable=False, also="companyName"),
        Column("balance", "balance", CENTS, writable=False),
    ),
    cls=Customer,
    system="upflow",
)


@by_table(CUSTOMER)
def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a row of the API's customer list describes, or a reference to a customer.

    A parent's balance includes its children's. A reference calls the name `companyName`.

    Args:
        payload: a row, without the envelope (`customers`) of its page.
        account: the organisation that its id lives in.
        mode: the account's mode (the sandbox).

    Raises:
        PayloadError: with every issue at once.

    Source: two public clients of the Upflow API; unverified

    >>> read({"id": "6b0e-7", "name": "Joinery", "balance": 152575}).balance
    Decimal('1525.75')
    >>> read({"id": "6b0e-7", "balance": 15.5})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape: balance: not a whole number of
    cents
    """
    return CUSTOMER.read_record(payload, account, mode)  # type: ignore[no-any-return]


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


UPFLOW: Final = System(
    name="upflow", read=read, write=write, id_of=IdUnder("id", read_dashed), takes=_takes_none
)
"""The customer as Upflow's API has it, unverified."""


_TITLES: Final = ("Accounting code", "VAT number", "Parent name")
LINES: Final = system_from_table(
    "upflow_import",
    (
        Column("external_id", "Customer ID"),
        Column("name", "Customer name", Kind(read_filled)),
        Column("parent", "Parent ID"),
        Column("billing_address.line1", "Address"),
        Column("billing_address.postal_code", "Postal code"),
        Column("billing_address.city", "Town"),
        Column("billing_address.state", "State/Region"),
        Column("billing_address.country", "Country"),
        Column("custom.Accounting code", "Accounting code"),
        Column("custom.VAT number", "VAT number"),
        Column("custom.Parent name", "Parent name"),
    ),
    id="Customer ID",
    empty="",
)


def write_line(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the line that imports a customer with these values: all documented columns, in their order.

    What `values` does not hold stays as it is on `current`; a blank is an empty text. Further lines of an
    address follow the first one, with commas between.

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
    custsync.errors.FlowError: upflow_import takes no field email: take its row out of the flow
    """
    filled = {name: value for name, value in values.items() if value is not ABSENT}
    whole = {name: _in_one_line(value) for name, value in (_held_by(current) | filled).items()}
    line = dict.fromkeys(IMPORT_COLUMNS, "") | LINES.write(whole, current)
    if not line["Customer name"]:
        raise InputError("a line of Upflow's import has a name: give the customer one")
    return line


def _held_by(customer: Customer | None) -> dict[str, Any]:
    if customer is None:
        return {}
    own = {name: getattr(customer, name) for name in ("external_id", "name", "parent", "billing_address")}
    return own | {f"custom.{title}": customer.custom.get(title) for title in _TITLES}


def _in_one_line(value: Any) -> Any:
    if not isinstance(value, Address):
        return value
    lines = [line for line in (value.line1, value.line2, value.line3) if line]
    return evolve(value, line1=", ".join(lines)) if lines else value


UPFLOW_IMPORT: Final = evolve(LINES, write=write_line)
"""The lines of Upflow's customer import, by the titles of its help page. Columns without a field of ours are
custom fields by their titles. No length of a column is stated, so it has no limits."""
