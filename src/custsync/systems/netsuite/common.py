"""What all surfaces of the customer record share: identity, custom fields, and the values of a write."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from custsync.errors import FlowError, PayloadError
from custsync.models import ABSENT, Address, Customer
from custsync.payloads import Table, object_of, ref_of
from custsync.protocols import Payload
from custsync.systems.ids import read_record_id
from custsync.systems.netsuite.address_book import changed_lines
from custsync.systems.netsuite.field_types import CUSTOM_MARK, read_custom

__all__ = [
    "CUSTOM",
    "READ_ONLY_REFERENCES",
    "REFERENCES",
    "TEXTS",
    "id_of",
    "own_values",
    "reference",
]

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


def reference(account: str, mode: str, customer: Any, *_: Any) -> dict[str, Any]:
    """Return the customer's reference as a field, once its id was read."""
    return {"ref": ref_of("netsuite", customer.ref, account, mode)}


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
