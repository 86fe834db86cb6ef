"""What NetSuite's REST record service takes of a customer, key by key.

Which keys there are, and their form, is the API browser's. Oracle states no lengths for the REST record: the
figures are column widths of its Connect Browser (contact and addresses tables), its own error texts, and
those of an import template. They count characters of one byte: other scripts may fit fewer. Phones have no
limit here: their column takes 100 characters, a template says 21. What is required hangs on other values, and
is checked beside the table: a person's last name, a company's name, the subsidiary of a OneWorld account.
"""

from collections.abc import Mapping
from typing import Any, Final

from custsync.rules.countries.systems import is_valid
from custsync.rules.fields.limits import Limit
from custsync.systems.ids import internal_id
from custsync.systems.vendor_fields import FieldTable, VendorField

_API: Final[dict[str, Any]] = {"cited": "NetSuite REST API browser 2026.1, customer", "confidence": "A"}
_CONTACT: Final[dict[str, Any]] = {
    "cited": "NetSuite Connect Browser 2022.2, contact table",
    "confidence": "A",
}
_ADDRESSES: Final[dict[str, Any]] = {
    "cited": "NetSuite Connect Browser 2023.2, addresses table",
    "confidence": "A",
}
_ERROR: Final[dict[str, Any]] = {"cited": "NetSuite error text", "confidence": "A"}
_TEMPLATE: Final[dict[str, Any]] = {"cited": "a third-party NetSuite import template", "confidence": "C"}


def _text(key: str, name: str, limit: int | None = None, **parts: Any) -> VendorField:
    return VendorField(key=key, name=name, limit=limit, **{"empties": (None,), **_API, **parts})


def _flag(key: str, name: str = "") -> VendorField:
    return VendorField(key=key, name=name, form="flag", **_API)


def _reference(key: str, name: str, **parts: Any) -> tuple[VendorField, ...]:
    """Return the rows of a reference: an object with the id of another record, or null."""
    inner: dict[str, Any] = {"valid": _is_id, **_API, **parts}
    return (
        VendorField(key=key, name=name, form="object", empties=(None,), **_API),
        VendorField(key=f"{key}.id", required="always", **inner),
    )


def _is_id(text: str) -> bool:
    return internal_id(text) is not None


def _is_email(text: str) -> bool:
    return "@" in text


def _is_country(text: str) -> bool:
    return is_valid(text, system="netsuite")


_LINES: Final = "addressBook.items[]"
_PLACE: Final = f"{_LINES}.addressBookAddress"

FIELDS: Final = FieldTable(
    (
        _flag("isPerson", "is_person"),
        _flag("isInactive", "is_inactive"),
        _flag("autoName"),
        _text("companyName", "company_name", 83, **_TEMPLATE),
        _text("altName", "alt_name"),
        _text("salutation", "salutation"),
        _text("firstName", "first_name", 32, **_CONTACT),
        _text("middleName", "middle_name"),
        _text("lastName", "last_name", 32, **_CONTACT),
        _text("title", "title", 64, **_TEMPLATE),
        _text("entityId", "entity_id", 80, **_TEMPLATE),
        _text("externalId", "external_id", 255, **_CONTACT),
        _text("email", "email", 254, valid=_is_email, **_CONTACT),
        _text("altEmail", "alt_email", 254, valid=_is_email, **_CONTACT),
        _text("phone", "phone"),
        _text("mobilePhone", "mobile_phone"),
        _text("homePhone", "home_phone"),
        _text("altPhone", "alt_phone"),
        _text("fax", "fax"),
        *_reference("subsidiary", "subsidiary"),
        *_reference("parent", "parent"),
        *_reference("category", "category"),
        *_reference("currency", "currency"),
        *_reference("globalSubscriptionStatus", "subscription_status", valid="1234".__contains__),
        VendorField(key="addressBook", name="billing_address", form="object", **_API),
        VendorField(key="addressBook.items", name="shipping_address", form="list", required="always", **_API),
        VendorField(key=f"{_LINES}.id", form="number", **_API),
        _text(f"{_LINES}.label", ""),
        _flag(f"{_LINES}.defaultBilling"),
        _flag(f"{_LINES}.defaultShipping"),
        _flag(f"{_LINES}.isResidential"),
        VendorField(key=_PLACE, name="addresses", form="object", **_API),
        _text(f"{_PLACE}.attention", "address.attention", 150, **_ADDRESSES),
        _text(f"{_PLACE}.addressee", "address.addressee", 100, **_ADDRESSES),
        _text(f"{_PLACE}.addr1", "address.line1", 150, **_ADDRESSES),
        _text(f"{_PLACE}.addr2", "address.line2", 150, **_ADDRESSES),
        _text(f"{_PLACE}.addr3", "address.line3", 150, **_ADDRESSES),
        _text(f"{_PLACE}.city", "address.city", 50, **_ADDRESSES),
        _text(f"{_PLACE}.state", "address.state", 30, **_ERROR),
        _text(f"{_PLACE}.zip", "address.postal_code", 36, **_ADDRESSES),
        _text(f"{_PLACE}.addrPhone", "address.phone"),
        *_reference(f"{_PLACE}.country", "address.country", valid=_is_country),
        VendorField(key="custentity*", name="custom.*", form="any", empties=(None, ""), **_API),
    ),
    codes={"unknown": "UNKNOWN_FIELD", "length": "INVALID_CONTENT", "form": "INVALID_CONTENT"},
)
"""Every key that a write can have."""

LIMITS: Final[Mapping[str, Limit]] = FIELDS.limits()
"""How many characters fit into our fields, who says so, and how sure that is."""


def takes(name: str) -> bool:
    """Return whether a flow may write our field of this name.

    >>> takes("email"), takes("custom.custentity_tier"), takes("balance")
    (True, True, False)
    """
    return FIELDS.takes(name)
