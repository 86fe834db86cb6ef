"""NetSuite's REST record service: the customer record, expanded or collapsed.

A key whose value is null is left out of an answer. Keys are read without regard to case, as Oracle's own
pages spell them in two ways. A sub-list that was not expanded is absent, not empty.
"""

from collections.abc import Mapping
from functools import cache, partial
from operator import attrgetter
from typing import Any, Final

from custsync.models import Address, Customer
from custsync.payloads import MONEY, Column, Kind, Table
from custsync.protocols import Payload
from custsync.systems.netsuite.common import (
    CONTACT,
    CUSTOM,
    columns_of,
    id_of,
    line_columns,
    line_values,
    own_values,
)
from custsync.systems.netsuite.field_types import LINE_ID, REFERENCE, write_custom
from custsync.systems.netsuite.stubs import LINE_NAMES, NAMES, read_list, read_record
from custsync.systems.netsuite.writes import LIMITS, takes
from custsync.systems.system import Read, Reader, System
from custsync.systems.values import STAMP

_LINE, _COMPONENTS = line_columns("id", LINE_ID, REFERENCE)
ADDRESS: Final = Table(_COMPONENTS)
LINE: Final = Table(
    _LINE,
    cls=Address,
    ignored=("links", "addressBookAddress_text", "addressId", "internalId", "addrText", "override"),
    within="addressBookAddress",
    any_case=True,
    always=("defaultBilling", "defaultShipping"),
)


def _write_line(line: Address) -> dict[str, Any]:
    parts = {key: None if part == "" else part for key, part in ADDRESS.write_parts(line).items()}
    return {**LINE.write(line_values(line)), "addressBookAddress": parts}


def _write_book(lines: tuple[Address, ...]) -> dict[str, Any]:
    return {"items": [_write_line(line) for line in lines]}


_BOOK: Final = Kind(partial(read_list, LINE.read, LINE_NAMES, attrgetter("line1")), _write_book)
_ROLES: Final = Kind(partial(read_list, CONTACT.read, NAMES, attrgetter("email")))
CUSTOMER: Final = Table(
    (
        *columns_of(),
        Column("balance", "balance", MONEY, writable=False),
        Column("created_at", "dateCreated", STAMP, writable=False),
        Column("modified_at", "lastModifiedDate", STAMP, writable=False),
        Column("addresses", "addressBook", _BOOK, null_is_left_out=False),
        Column("contacts", "contactRoles", _ROLES, writable=False, null_is_left_out=False),
    ),
    cls=Customer,
    system="netsuite",
    ignored=("links",),
    any_case=True,
    always=("id", "isPerson", "isInactive"),
    custom=CUSTOM,
)


def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a REST record describes.

    Args:
        payload: the record as the record service answers it.
        account: the account that its id lives in.
        mode: the account's mode (`"sandbox"`), where there are several.

    Raises:
        PayloadError: with every issue at once.

    Source: NetSuite REST API browser 2026.1, record customer

    >>> read({"id": "2041", "isPerson": False, "subsidiary": {"id": "2", "refName": "US"}}).subsidiary
    '2'
    >>> read({"id": "2041", "isPerson": "F"})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape: isPerson: neither true nor
    false
    """
    return read_record(CUSTOMER, payload, account, mode)


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


@cache
def glance(name: str) -> Read:
    """Return what reads of a REST record whose it is, and its field of this name."""
    return partial(read_record, CUSTOMER.only("ref", name))


REST: Final = System(
    name="netsuite", read=Reader(read, glance), write=write, id_of=id_of, limits=LIMITS, takes=takes
)
"""The customer record of the REST record service."""
