"""What Upflow takes of a customer: the lines of its documented import, and what is known of its API.

A line is a whole customer: a blank cell is blank from then on. No reference of the API's fields is described
here: any key is kept, and what public clients show is checked.
"""

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from custsync.protocols import Payload, Rejected
from custsync.systems.vendor_fields import FieldTable, VendorField

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
"""The name is demanded by the import; the id is ours: without it nobody could find the customer again."""

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
