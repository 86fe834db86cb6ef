"""NetSuite's REST record service: the customer record, expanded or collapsed.

A key whose value is null is left out of an answer. Keys are read without regard to case, as Oracle's own
pages spell them in two ways. A sub-list that was not expanded is absent, not empty.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import evolve

from custsync.errors import PayloadError
from custsync.models import ABSENT, Address, Contact, Customer
from custsync.payloads import (
    FLAG,
    MONEY,
    SET_FLAG,
    WRONG,
    Column,
    Kind,
    Table,
    finish,
    items_of,
    prefixed,
    read_digits,
)
from custsync.protocols import Payload
from custsync.systems.netsuite.address_book import line_values
from custsync.systems.netsuite.common import (
    READ_ONLY_REFERENCES,
    REFERENCES,
    TEXTS,
    id_of,
    own_values,
    read_record,
)
from custsync.systems.netsuite.field_types import CONTACT_ID, LINE_ID, REFERENCE, STATUS, write_custom
from custsync.systems.netsuite.limits import LIMITS
from custsync.systems.system import System
from custsync.systems.timestamps import STAMP

__all__ = ["REST"]

_PAGE: Final = ("links", "totalResults", "count", "hasMore", "offset")
_COMPONENTS: Final = (
    Column("attention", "attention"),
    Column("addressee", "addressee"),
    Column("line1", "addr1"),
    Column("line2", "addr2"),
    Column("line3", "addr3"),
    Column("city", "city"),
    Column("state", "state"),
    Column("postal_code", "zip"),
    Column("country", "country", REFERENCE),
    Column("phone", "addrPhone"),
)
ADDRESS: Final = Table(_COMPONENTS)


LINE: Final = Table(
    (
        Column("id", "id", LINE_ID),
        Column("label", "label"),
        Column("default_billing", "defaultBilling", SET_FLAG),
        Column("default_shipping", "defaultShipping", SET_FLAG),
        Column("is_residential", "isResidential", FLAG),
        *(evolve(column, writable=False) for column in _COMPONENTS),
    ),
    cls=Address,
    ignored=("links", "addressBookAddress_text", "addressId", "internalId", "addrText", "override"),
    within="addressBookAddress",
    any_case=True,
)
CONTACT: Final = Table(
    (
        Column("id", "contact", CONTACT_ID),
        Column("name", "contactName"),
        Column("email", "email"),
        Column("role", "role", REFERENCE),
    ),
    cls=Contact,
    ignored=("links", "giveAccess"),
    any_case=True,
)


def _read_line(value: Any) -> Address:
    return finish(LINE.read_whole(value), Address)


def _read_contact(value: Any) -> Contact:
    contact = CONTACT.read_whole(value)
    contact.origin = "contactRoles"
    return finish(contact, Contact)


def _read_lines(value: Any, _: object = None) -> Any:
    return value if value is ABSENT else items_of(value, _read_line)


def _read_roles(value: Any, _: object = None) -> Any:
    return value if value is ABSENT else items_of(value, _read_contact)


_BOOK: Final = Table((Column("items", "items", Kind(_read_lines)),), ignored=_PAGE, any_case=True)
_ROLES: Final = Table((Column("items", "items", Kind(_read_roles)),), ignored=_PAGE, any_case=True)


def _read_book(value: Any, _: object = None) -> Any:
    return value if value is None or value is ABSENT else _items(_BOOK, value, _read_line)


def _read_contacts(value: Any, _: object = None) -> Any:
    return value if value is None or value is ABSENT else _items(_ROLES, value, _read_contact)


def _items(table: Table, value: Any, read: Callable[[Any], Any]) -> Any:
    """Return the items of a page; where it comes as documented, the table need not be asked."""
    if type(value) is dict and "items" in value:
        try:
            return items_of(value["items"], read)
        except PayloadError as error:
            issues = prefixed(error.issues, "items")
        raise PayloadError(WRONG, issues)
    return table.read(value)["items"]


def _write_line(line: Address) -> dict[str, Any]:
    return {
        **LINE.write(line_values(line)),
        "addressBookAddress": ADDRESS.write_parts(line),
    }


def _write_book(lines: tuple[Address, ...]) -> dict[str, Any]:
    return {"items": [_write_line(line) for line in lines]}


CUSTOMER: Final = Table(
    (
        Column("ref", "id", Kind(read_digits), writable=False),
        Column("is_person", "isPerson", FLAG),
        *(Column(name, key) for name, key in TEXTS),
        *(Column(name, key, REFERENCE) for name, key in REFERENCES),
        *(Column(name, key, REFERENCE, writable=False) for name, key in READ_ONLY_REFERENCES),
        Column("subscription_status", "globalSubscriptionStatus", STATUS),
        Column("is_inactive", "isInactive", FLAG),
        Column("balance", "balance", MONEY, writable=False),
        Column("created_at", "dateCreated", STAMP, writable=False),
        Column("modified_at", "lastModifiedDate", STAMP, writable=False),
        Column("addresses", "addressBook", Kind(_read_book, _write_book)),
        Column("contacts", "contactRoles", Kind(_read_contacts), writable=False),
    ),
    cls=Customer,
    ignored=("links",),
    any_case=True,
)


def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a REST record describes.

    Args:
        payload: the record as the record service answers it.
        account: the account that its id lives in.
        mode: the world within it (`"sandbox"`), where there are several.

    Raises:
        PayloadError: with every issue at once.

    Source: NetSuite REST API browser 2026.1, record customer

    >>> read({"id": "2041", "isPerson": False, "subsidiary": {"id": "2", "refName": "US"}}).subsidiary
    '2'
    >>> read({"id": "2041", "isPerson": "F"})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape
    """
    return finish(read_record(CUSTOMER, payload, account, mode), Customer)


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the body of a POST that creates a customer with these values, or of a PATCH that changes one.

    Args:
        values: our field name → value; None clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that the record does not take.
        InputError: an address is to change, and the customer was read without its address book.

    >>> write({"first_name": "Emily", "fax": None, "subsidiary": "2"})
    {'firstName': 'Emily', 'fax': None, 'subsidiary': {'id': '2'}}
    """
    own, custom = own_values(values, current, CUSTOMER, write_custom)
    return CUSTOMER.write(own) | custom


REST: Final = System(name="netsuite", read=read, write=write, id_of=id_of, limits=LIMITS, absent_is_null=True)
"""The customer record of the REST record service."""
