"""What all surfaces of the customer record share: identity, custom fields, and the values of a write."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import evolve

from custsync.errors import FlowError, PayloadError
from custsync.models import ABSENT, Address, Contact, Customer, Issue, Severity
from custsync.payloads import FLAG, Column, Kind, Table, object_of
from custsync.protocols import Payload
from custsync.rules.eligibility import DELETED, Check, is_deleted, is_system_entity
from custsync.systems.ids import read_record_id
from custsync.systems.netsuite.address_book import changed_lines
from custsync.systems.netsuite.field_types import (
    CONTACT_ID,
    CUSTOM_MARK,
    LINE_FLAG,
    REFERENCE,
    STATUS,
    read_custom,
)

TEXTS: Final = (
    ("company_name", "companyName"),
    ("alt_name", "altName"),
    ("salutation", "salutation"),
    ("first_name", "firstName"),
    ("middle_name", "middleName"),
    ("last_name", "lastName"),
    ("title", "title"),
    ("entity_id", "entityId"),
    ("external_id", "externalId"),
    ("email", "email"),
    ("alt_email", "altEmail"),
    ("phone", "phone"),
    ("mobile_phone", "mobilePhone"),
    ("home_phone", "homePhone"),
    ("alt_phone", "altPhone"),
    ("fax", "fax"),
)
"""Our name and the record's key of every text; the query service has the keys in lower case."""

REFERENCES: Final = (
    ("subsidiary", "subsidiary"),
    ("parent", "parent"),
    ("category", "category"),
    ("currency", "currency"),
)
"""The same of every reference that can be written."""

READ_ONLY_REFERENCES: Final = (
    ("top_level_parent", "topLevelParent"),
    ("representing_subsidiary", "representingSubsidiary"),
)
"""The same of those that NetSuite fills."""

CUSTOM: Final = (CUSTOM_MARK, read_custom)
"""Which keys of a record are custom fields, and how they are read."""


def columns_of(
    id: str = "id",
    *,
    flag: Kind = FLAG,
    reference: Kind = REFERENCE,
    status: Kind = STATUS,
    is_lower: bool = False,
) -> tuple[Column, ...]:
    """Return the columns that all surfaces have, in the kinds of one of them.

    Args:
        id: the key of the internal id.
        flag: how it writes true and false.
        reference: how it refers to another record.
        status: how it names a subscription status.
        is_lower: whether its keys are in lower case.
    """
    columns = (
        Column("ref", id, Kind(read_record_id), writable=False),
        Column("is_person", "isPerson", flag),
        *(Column(name, key) for name, key in TEXTS),
        *(Column(name, key, reference) for name, key in REFERENCES),
        *(Column(name, key, reference, writable=False) for name, key in READ_ONLY_REFERENCES),
        Column("subscription_status", "globalSubscriptionStatus", status),
        Column("is_inactive", "isInactive", flag),
    )
    return tuple(evolve(column, key=column.key.lower()) for column in columns) if is_lower else columns


def line_columns(id: str, kind: Kind, country: Kind) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Return the columns of an address line, and those of the address in it.

    Args:
        id: the key of the line's id, and how it is read and written.
        kind: the kind of the line's id.
        country: how the surface names a country.
    """
    components = (
        Column("attention", "attention"),
        Column("addressee", "addressee"),
        Column("line1", "addr1"),
        Column("line2", "addr2"),
        Column("line3", "addr3"),
        Column("city", "city"),
        Column("state", "state"),
        Column("postal_code", "zip"),
        Column("country", "country", country),
        Column("phone", "addrPhone"),
    )
    line = (
        Column("id", id, kind),
        Column("label", "label", null_is_left_out=False),
        Column("default_billing", "defaultBilling", LINE_FLAG, null_is_left_out=False),
        Column("default_shipping", "defaultShipping", LINE_FLAG, null_is_left_out=False),
        Column("is_residential", "isResidential", FLAG, null_is_left_out=False),
        *(evolve(column, writable=False) for column in components),
    )
    return line, components


CONTACT: Final = Table(
    (
        Column("id", "contact", CONTACT_ID),
        Column("name", "contactName"),
        Column("email", "email"),
        Column("role", "role", REFERENCE),
        Column("company", "company", REFERENCE),
    ),
    cls=Contact,
    fixed={"origin": "contactRoles"},
    ignored=("links", "giveAccess"),
    any_case=True,
)
"""A row of the record's contact roles."""

_OWN: Final = Issue(
    code="system_entity",
    rule="G-ISO",
    field="id",
    reason="one of NetSuite's own records, not a customer",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
NOT_CUSTOMERS: Final = (Check(fails=is_system_entity, issue=_OWN), Check(fails=is_deleted, issue=DELETED))
"""The checks that every flow out of NetSuite begins with: its own records, and those that were deleted."""


def id_of(payload: Payload) -> str:
    """Return the internal id of a record, `""` where there is none to be read.

    >>> id_of({"id": "2041"}), id_of({"internalId": "2041"}), id_of({"id": "../2041"})
    ('2041', '2041', '')
    """
    try:
        record = object_of(payload)
        return read_record_id(record.get("id", record.get("internalId")))
    except PayloadError:
        return ""


def own_values(
    values: Mapping[str, Any], current: Customer | None, table: Table, write: Callable[[str, Any], Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values by the table's names, the address lines to send among them, and the custom fields.

    `addresses` are lines to add to the address book; those that are there stay. They go alone, not together
    with a default address.

    Raises:
        FlowError: a field that the record does not take.
        InputError: an address is to change, and the customer was read without its address book.
    """
    own: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, value in values.items():
        if name.startswith("custom."):
            if value is not ABSENT:
                custom[name[7:]] = write(name[7:], value)
        elif name in ("billing_address", "shipping_address"):
            own["addresses"] = changed_lines(values, current) or ABSENT
        elif name in table.writable and (name != "addresses" or _are_lines(value)):
            own[name] = value
        else:
            raise FlowError(
                f"a NetSuite customer takes no field {name!r}: take its row out of the field table"
            )
    return own, custom


def _are_lines(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(line, Address) for line in value)
