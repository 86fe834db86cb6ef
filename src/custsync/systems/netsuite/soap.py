"""NetSuite's SOAP record as objects: element names kept, attributes beside them, enumerations as `_words`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from attrs import evolve

from custsync.errors import InputError
from custsync.models import (
    ABSENT,
    NOTHING_KEPT,
    Address,
    Contact,
    Customer,
    Issue,
    Severity,
    SubscriptionStatus,
)
from custsync.payloads import (
    FLAG,
    MONEY,
    Column,
    Kind,
    Reading,
    Table,
    items_of,
    payload_error,
)
from custsync.protocols import Payload
from custsync.rules.countries.netsuite import code_of_soap, soap_name
from custsync.rules.fields.limits import ADDRESSES
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
    read_custom,
    read_reference,
    read_status,
    write_custom,
)
from custsync.systems.netsuite.fields import LIMITS
from custsync.systems.netsuite.stubs import LINE_NAMES, NAMES, read_items, refuse_stub
from custsync.systems.system import Fitted, System
from custsync.systems.timestamps import STAMP

__all__ = ["SOAP"]


def _write_reference(value: Any) -> dict[str, Any]:
    return {"internalId": value}


def _read_country(value: Any, _: object = None) -> Any:
    """Return the code of a country's name; a name that nobody knows stays, for the flow's rule to judge."""
    text = value if value == "" else read_reference(value)
    return code_of_soap(text) or text if text else text


def _write_country(value: str) -> str:
    name = soap_name(value)
    if name is None:
        raise InputError("the address's country has no name in NetSuite's SOAP service")
    return name


_SOAP_STATUSES: Final = {
    SubscriptionStatus.SOFT_OPT_IN: "_softOptIn",
    SubscriptionStatus.SOFT_OPT_OUT: "_softOptOut",
    SubscriptionStatus.CONFIRMED_OPT_IN: "_confirmedOptIn",
    SubscriptionStatus.CONFIRMED_OPT_OUT: "_confirmedOptOut",
}

_REFERENCE: Final = Kind(read_reference, _write_reference)
_COMPONENTS: Final = (
    Column("attention", "attention"),
    Column("addressee", "addressee"),
    Column("line1", "addr1"),
    Column("line2", "addr2"),
    Column("line3", "addr3"),
    Column("city", "city"),
    Column("state", "state"),
    Column("postal_code", "zip"),
    Column("country", "country", Kind(_read_country, _write_country)),
    Column("phone", "addrPhone"),
)
ADDRESS: Final = Table(_COMPONENTS)


LINE: Final = Table(
    (
        Column("id", "internalId", Kind(LINE_ID.read)),
        Column("label", "label", null_is_left_out=False),
        Column("default_billing", "defaultBilling", LINE_FLAG, null_is_left_out=False),
        Column("default_shipping", "defaultShipping", LINE_FLAG, null_is_left_out=False),
        Column("is_residential", "isResidential", FLAG, null_is_left_out=False),
        *(evolve(column, writable=False) for column in _COMPONENTS),
    ),
    cls=Address,
    ignored=("addrText", "override"),
    within="addressbookAddress",
    always=("defaultBilling", "defaultShipping"),
)
"""A line: since 2014_2 with its address in an inner record, before that with the address on the line."""


def _write_line(line: Address) -> dict[str, Any]:
    parts = {name: getattr(line, name) for name in sorted(ADDRESS.writable)}
    stated = {name: value for name, value in parts.items() if value or line.id}
    return {
        **LINE.write({name: value for name, value in line_values(line).items() if value is not None}),
        "addressbookAddress": _with_nulls(ADDRESS, stated, ()),
    }


def _with_nulls(table: Table, values: Mapping[str, Any], others: Iterable[str]) -> dict[str, Any]:
    """Return the values by their keys; those to clear stand in a list of names: SOAP knows no null.

    Args:
        table: the field table.
        values: our name → value; a blank clears.
        others: names of further fields to clear.
    """
    blank = [name for name, value in values.items() if value is None or value == ""]
    cleared = [*(table.key_of(name) for name in blank), *others]
    body = table.write({name: value for name, value in values.items() if name not in blank})
    return {**body, **({"nullFieldList": {"name": cleared}} if cleared else {})}


def _read_book(value: Any, reading: Reading) -> Any:
    return value if value is None or value is ABSENT else _BOOK.read(value, reading)["lines"]


def _write_book(lines: tuple[Address, ...]) -> dict[str, Any]:
    return {"addressbook": [_write_line(line) for line in lines], "replaceAll": False}


_BOOK: Final = Table((Column("lines", "addressbook", Kind(partial(read_items, LINE.part, LINE_NAMES))),))
_FIELD: Final = Table(
    (
        Column("id", "internalId", _REFERENCE),
        Column("name", "scriptId"),
        Column("value", "value", Kind(read_custom)),
    )
)


def _read_field(value: Any) -> tuple[str, Any]:
    field = _FIELD.read(value)
    name = field["name"] or field["id"]
    if not name:
        raise payload_error("no_name", "a custom field without scriptId and internalId", value)
    return name, field["value"]


def _read_fields(value: Any, _: object = None) -> Any:
    return () if value is ABSENT else items_of(value, _read_field)


def _write_field(name: str, value: Any) -> dict[str, Any] | None:
    """Return a custom field, whose element says by `xsi:type` what its value is; None for one to clear."""
    written = write_custom(name, value)
    if value is None or value == "":
        return None
    kind = next(word for cls, word in _XSI_TYPES.items() if isinstance(value, cls))
    return {"scriptId": name, "xsi:type": f"platformCore:{kind}CustomFieldRef", "value": written}


_XSI_TYPES: Final[Mapping[type, str]] = {
    str: "String",
    bool: "Boolean",
    int: "Long",
    Decimal: "Double",
    datetime: "Date",
}
"""The kind of custom field that takes a value; true and false are whole numbers too, and come first."""


_FIELDS: Final = Table((Column("fields", "customField", Kind(_read_fields)),))


def _read_customs(value: Any, _: object = None) -> Mapping[str, Any]:
    if value is None or value is ABSENT:
        return NOTHING_KEPT
    return dict(_FIELDS.read(value)["fields"]) or NOTHING_KEPT


CONTACT: Final = Table(
    (
        Column("id", "contact", CONTACT_ID),
        Column("name", "contactName"),
        Column("email", "email"),
        Column("role", "role", _REFERENCE),
        Column("company", "company", _REFERENCE),
    ),
    cls=Contact,
    ignored=("giveAccess",),
)


def _read_role(value: Any, reading: Reading) -> Contact:
    contact: Contact = CONTACT.build(value, fields=_of_roles, reading=reading)
    return contact


def _of_roles(_: Contact) -> Mapping[str, Any]:
    return {"origin": "contactRoles"}


_PEOPLE: Final = Table((Column("people", "contactRoles", Kind(partial(read_items, _read_role, NAMES))),))


def _read_roles(value: Any, reading: Reading) -> Any:
    return value if value is None or value is ABSENT else _PEOPLE.read(value, reading)["people"]


ALWAYS: Final = ("internalId", "isPerson", "isInactive")
"""The elements that a whole record has; one that it leaves out is null."""

CUSTOMER: Final = Table(
    (
        Column("ref", "internalId", Kind(read_record_id), writable=False),
        *(Column(name, key) for name, key in TEXTS),
        Column("is_person", "isPerson", FLAG),
        *(Column(name, key, _REFERENCE) for name, key in REFERENCES),
        *(Column(name, key, _REFERENCE, writable=False) for name, key in READ_ONLY_REFERENCES),
        Column("subscription_status", "globalSubscriptionStatus", Kind(read_status, _SOAP_STATUSES.get)),
        Column("is_inactive", "isInactive", FLAG),
        Column("balance", "balance", MONEY, writable=False),
        Column("created_at", "dateCreated", STAMP, writable=False),
        Column("modified_at", "lastModifiedDate", STAMP, writable=False),
        Column("addresses", "addressbookList", Kind(_read_book, _write_book), null_is_left_out=False),
        Column("contacts", "contactRolesList", Kind(_read_roles), writable=False, null_is_left_out=False),
        Column("custom", "customFieldList", Kind(_read_customs), writable=False),
    ),
    cls=Customer,
    ignored=("nullFieldList",),
    always=ALWAYS,
    custom=CUSTOM,
)


def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a SOAP record, as objects, describes.

    Args:
        payload: the record: element names as they are, attributes (`internalId`) beside them.
        account: the account that its id lives in.
        mode: the world within it (`"sandbox"`), where there are several.

    Raises:
        PayloadError: with every issue at once.

    Source: NetSuite SOAP schema browser 2024.2, record customer

    >>> read({"internalId": "2041", "globalSubscriptionStatus": "_softOptOut"}).subscription_status.opted_out
    True
    >>> read({"internalId": "2041", "addressbookList": {"addressbook": [{"city": 7}]}})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape
    """
    customer: Customer = CUSTOMER.build(refuse_stub(payload), fields=partial(reference, account, mode))
    return customer


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the record to add or update, as objects; fields to clear stand in its `nullFieldList`.

    Args:
        values: our field name → value; a blank clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that the record does not take.
        InputError: an address is to change, and the customer was read without its address book; or a country
            that the SOAP service has no name for.

    >>> write({"company_name": "Joinery", "fax": None, "subsidiary": "2"})
    {'companyName': 'Joinery', 'subsidiary': {'internalId': '2'}, 'nullFieldList': {'name': ['fax']}}
    """
    own, custom = own_values(values, current, CUSTOMER, _write_field)
    body = _with_nulls(CUSTOMER, own, (name for name, field in custom.items() if field is None))
    fields = [field for field in custom.values() if field is not None]
    return {**body, "customFieldList": {"customField": fields}} if fields else body


def fit(values: Mapping[str, Any], _current: Customer | None) -> Fitted:
    """Return the values without an address whose country has no name in the SOAP service, and the warnings.

    The service lists fewer countries than REST: the Netherlands Antilles, Serbia and Montenegro are gone.

    Rule: LS-CTRY

    >>> fit({"billing_address": Address(city="Lyon", country="FR")}, None)[1]
    ()
    >>> kept, (issue,) = fit({"billing_address": Address(city="Willemstad", country="AN")}, None)
    >>> dict(kept), issue.code, issue.field
    ({}, 'country_without_name', 'billing_address.country')
    """
    nameless = [name for name in ADDRESSES if _is_nameless(values.get(name))]
    if not nameless:
        return values, ()
    kept = {name: value for name, value in values.items() if name not in nameless}
    return kept, tuple([evolve(_NO_NAME, field=f"{name}.country") for name in nameless])


def _is_nameless(address: Any) -> bool:
    return isinstance(address, Address) and bool(address.country) and soap_name(address.country or "") is None


_NO_NAME: Final = Issue(
    code="country_without_name",
    rule="LS-CTRY",
    field="country",
    reason="NetSuite's SOAP service has no name for the country of the address; the address is not written",
    remedy="Choose a country that exists today",
    severity=Severity.WARNING,
)

SOAP: Final = System(
    name="netsuite",
    read=read,
    write=write,
    id_of=id_of,
    limits=LIMITS,
    fit=fit,
)
"""The customer record of the SOAP service, as objects."""
