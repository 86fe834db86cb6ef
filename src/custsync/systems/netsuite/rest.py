"""NetSuite's REST record service: the customer record, expanded or collapsed.

A key whose value is null is left out of an answer. Keys are read without regard to case, as Oracle's own pages
spell them in two ways. A sub-list that was not expanded is absent, not empty.
"""

from collections.abc import Mapping
from typing import Any, Final

from custsync.codec import (
    FLAG,
    MONEY,
    TEXT,
    TRUTH,
    Column,
    Kind,
    Table,
    check_depth,
    collect,
    items_of,
    object_of,
    read_digits,
)
from custsync.errors import FlowError, PayloadError
from custsync.fields import System
from custsync.models import ABSENT, NOTHING_KEPT, Address, Contact, Customer, Maybe, Ref
from custsync.ports import Payload
from custsync.systems.netsuite.books import changed_lines
from custsync.systems.netsuite.kinds import (
    CUSTOM_MARK,
    LINE_ID,
    REFERENCE,
    STAMP,
    STATUS,
    read_custom,
    write_custom,
)
from custsync.systems.netsuite.limits import LIMITS

__all__ = ["REST"]

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
ADDRESS: Final = Table(_COMPONENTS, ignored=("links", "addrText", "override"), any_case=True)


def _read_components(value: Any) -> dict[str, Any]:
    return {} if value is None else ADDRESS.read(ADDRESS.spelled(object_of(value)))


def _write_components(value: Address) -> dict[str, Any]:
    return ADDRESS.write({name: getattr(value, name) for name in ADDRESS.writable})


LINE: Final = Table(
    (
        Column("id", "id", LINE_ID),
        Column("label", "label"),
        Column("default_billing", "defaultBilling", TRUTH),
        Column("default_shipping", "defaultShipping", TRUTH),
        Column("is_residential", "isResidential", FLAG),
        Column("address", "addressBookAddress", Kind(_read_components, _write_components)),
    ),
    ignored=("links", "addressBookAddress_text", "addressId", "internalId"),
    any_case=True,
)


def _read_line(value: Any) -> Address:
    parts = LINE.read(LINE.spelled(object_of(value)))
    return Address(**parts.pop("address", {}), **parts)


def _write_line(line: Address) -> dict[str, Any]:
    return LINE.write(
        {
            "id": line.id or ABSENT,
            "label": line.label,
            "default_billing": line.default_billing,
            "default_shipping": line.default_shipping,
            "is_residential": line.is_residential,
            "address": line,
        }
    )


def _read_contact(value: Any) -> Contact:
    parts = CONTACT.read(CONTACT.spelled(object_of(value)))
    return Contact(id=parts.pop("id", None) or "", origin="contactRoles", **parts)


CONTACT: Final = Table(
    (
        Column("id", "contact", REFERENCE),
        Column("name", "contactName"),
        Column("email", "email"),
        Column("role", "role", REFERENCE),
    ),
    ignored=("links", "giveAccess"),
    any_case=True,
)


def _read_lines(value: Any) -> tuple[Any, ...]:
    return items_of(value, _read_line)


def _read_roles(value: Any) -> tuple[Any, ...]:
    return items_of(value, _read_contact)


_BOOK: Final = Table((Column("items", "items", Kind(_read_lines)),), any_case=True)
_ROLES: Final = Table((Column("items", "items", Kind(_read_roles)),), any_case=True)


def _read_book(value: Any) -> Maybe[tuple[Any, ...]]:
    return None if value is None else _BOOK.read(_BOOK.spelled(object_of(value))).get("items", ABSENT)


def _read_contacts(value: Any) -> Maybe[tuple[Any, ...]]:
    return None if value is None else _ROLES.read(_ROLES.spelled(object_of(value))).get("items", ABSENT)


def _write_book(lines: tuple[Address, ...]) -> dict[str, Any]:
    return {"items": [_write_line(line) for line in lines]}


CUSTOMER: Final = Table(
    (
        Column("id", "id", Kind(read_digits), writable=False, required=True),
        Column("is_person", "isPerson", FLAG),
        Column("company_name", "companyName"),
        Column("alt_name", "altName"),
        Column("salutation", "salutation"),
        Column("first_name", "firstName"),
        Column("middle_name", "middleName"),
        Column("last_name", "lastName"),
        Column("title", "title"),
        Column("entity_id", "entityId"),
        Column("external_id", "externalId"),
        Column("email", "email"),
        Column("alt_email", "altEmail"),
        Column("phone", "phone"),
        Column("mobile_phone", "mobilePhone"),
        Column("home_phone", "homePhone"),
        Column("alt_phone", "altPhone"),
        Column("fax", "fax"),
        Column("subsidiary", "subsidiary", REFERENCE),
        Column("parent", "parent", REFERENCE),
        Column("top_level_parent", "topLevelParent", REFERENCE, writable=False),
        Column("representing_subsidiary", "representingSubsidiary", REFERENCE, writable=False),
        Column("category", "category", REFERENCE),
        Column("currency", "currency", REFERENCE),
        Column("subscription_status", "globalSubscriptionStatus", STATUS),
        Column("is_inactive", "isInactive", FLAG),
        Column("balance", "balance", MONEY, writable=False),
        Column("created_at", "dateCreated", STAMP, writable=False),
        Column("modified_at", "lastModifiedDate", STAMP, writable=False),
        Column("addresses", "addressBook", Kind(_read_book, _write_book)),
        Column("contacts", "contactRoles", Kind(_read_contacts), writable=False),
    ),
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
    payload = CUSTOMER.spelled(object_of(payload))
    others = CUSTOMER.others(payload)
    custom = {key: others.pop(key) for key in list(others) if key.startswith(CUSTOM_MARK)}
    steps = {key: (read_custom, value) for key, value in custom.items()}
    values, *customs = collect({"": (CUSTOMER.read, payload), **steps})
    return Customer(
        ref=Ref("netsuite", values.pop("id"), account, mode),
        custom=dict(zip(custom, customs, strict=True)) or NOTHING_KEPT,
        extra=check_depth(others) or NOTHING_KEPT,
        **values,
    )


def identify(payload: Payload) -> str:
    """Return the internal id of a record, `""` where there is none to be read.

    >>> identify({"id": "2041"}), identify({"id": "../2041"})
    ('2041', '')
    """
    try:
        return read_digits(object_of(payload).get("id"))
    except PayloadError:
        return ""


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
    own: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, value in values.items():
        if name.startswith("custom."):
            if value is not ABSENT:
                custom[name[7:]] = write_custom(name[7:], value)
        elif name in ("billing_address", "shipping_address"):
            own["addresses"] = changed_lines(values, current) or ABSENT
        elif name in CUSTOMER.writable and name != "addresses":
            own[name] = value
        else:
            raise FlowError(
                f"a NetSuite customer takes no field {name!r}: take its row out of the field table"
            )
    return CUSTOMER.write(own) | custom


REST: Final = System(
    name="netsuite", read=read, write=write, identify=identify, limits=LIMITS, absent_is_null=True
)
"""The customer record of the REST record service."""
