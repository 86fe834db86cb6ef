"""NetSuite's REST record service: the customer record, expanded or collapsed.

A key whose value is null is left out of an answer. Keys are read without regard to case, as Oracle's own
pages spell them in two ways. A sub-list that was not expanded is absent, not empty.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from attrs import evolve

from custsync.models import Address, Contact, Customer
from custsync.payloads import (
    FLAG,
    MONEY,
    Column,
    Kind,
    Reading,
    Table,
)
from custsync.protocols import Payload
from custsync.systems.ids import read_record_id
from custsync.systems.netsuite.address_book import line_values
from custsync.systems.netsuite.common import (
    CUSTOM,
    READ_ONLY_REFERENCES,
    REFERENCES,
    TEXTS,
    id_of,
    own_values,
    reference,
)
from custsync.systems.netsuite.field_types import (
    CONTACT_ID,
    LINE_FLAG,
    LINE_ID,
    REFERENCE,
    STATUS,
    write_custom,
)
from custsync.systems.netsuite.fields import LIMITS, takes
from custsync.systems.netsuite.stubs import LINE_NAMES, NAMES, read_list, refuse_stub
from custsync.systems.system import System
from custsync.systems.timestamps import STAMP

__all__ = ["REST"]

ALWAYS: Final = ("id", "isPerson", "isInactive")
"""The keys that a whole record carries; a key that it leaves out is null."""

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
        Column("label", "label", null_is_left_out=False),
        Column("default_billing", "defaultBilling", LINE_FLAG, null_is_left_out=False),
        Column("default_shipping", "defaultShipping", LINE_FLAG, null_is_left_out=False),
        Column("is_residential", "isResidential", FLAG, null_is_left_out=False),
        *(evolve(column, writable=False) for column in _COMPONENTS),
    ),
    cls=Address,
    ignored=("links", "addressBookAddress_text", "addressId", "internalId", "addrText", "override"),
    within="addressBookAddress",
    any_case=True,
    always=("defaultBilling", "defaultShipping"),
)
CONTACT: Final = Table(
    (
        Column("id", "contact", CONTACT_ID),
        Column("name", "contactName"),
        Column("email", "email"),
        Column("role", "role", REFERENCE),
        Column("company", "company", REFERENCE),
    ),
    cls=Contact,
    ignored=("links", "giveAccess"),
    any_case=True,
)


def _read_contact(value: Any, reading: Reading) -> Contact:
    contact: Contact = CONTACT.build(value, fields=_of_roles, reading=reading)
    return contact


def _of_roles(_: Contact) -> Mapping[str, Any]:
    return {"origin": "contactRoles"}


def _write_line(line: Address) -> dict[str, Any]:
    parts = {key: None if part == "" else part for key, part in ADDRESS.write_parts(line).items()}
    return {**LINE.write(line_values(line)), "addressBookAddress": parts}


def _write_book(lines: tuple[Address, ...]) -> dict[str, Any]:
    return {"items": [_write_line(line) for line in lines]}


_BOOK: Final = Kind(partial(read_list, LINE.part, LINE_NAMES), _write_book)
_ROLES: Final = Kind(partial(read_list, _read_contact, NAMES))
CUSTOMER: Final = Table(
    (
        Column("ref", "id", Kind(read_record_id), writable=False),
        Column("is_person", "isPerson", FLAG),
        *(Column(name, key) for name, key in TEXTS),
        *(Column(name, key, REFERENCE) for name, key in REFERENCES),
        *(Column(name, key, REFERENCE, writable=False) for name, key in READ_ONLY_REFERENCES),
        Column("subscription_status", "globalSubscriptionStatus", STATUS),
        Column("is_inactive", "isInactive", FLAG),
        Column("balance", "balance", MONEY, writable=False),
        Column("created_at", "dateCreated", STAMP, writable=False),
        Column("modified_at", "lastModifiedDate", STAMP, writable=False),
        Column("addresses", "addressBook", _BOOK, null_is_left_out=False),
        Column("contacts", "contactRoles", _ROLES, writable=False, null_is_left_out=False),
    ),
    cls=Customer,
    ignored=("links",),
    any_case=True,
    always=ALWAYS,
    custom=CUSTOM,
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
    customer: Customer = CUSTOMER.build(refuse_stub(payload), fields=partial(reference, account, mode))
    return customer


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the body of a POST that creates a customer with these values, or of a PATCH that changes one.

    A customer that gets an entity id is not numbered by NetSuite: `autoName` is false then (unverified).

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
    numbering = {"autoName": False} if own.get("entity_id") else {}
    return CUSTOMER.write(own) | numbering | custom


REST: Final = System(name="netsuite", read=read, write=write, id_of=id_of, limits=LIMITS, takes=takes)
"""The customer record of the REST record service."""
