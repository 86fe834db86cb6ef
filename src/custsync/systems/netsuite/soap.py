"""NetSuite's SOAP record as objects: element names kept, attributes beside them, enumerations as `_words`."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any, Final

from attrs import evolve

from custsync.errors import InputError
from custsync.models import ABSENT, NOTHING_KEPT, Address, Customer, Issue, Severity, SubscriptionStatus
from custsync.payloads import MONEY, Column, Kind, Reading, Table, payload_error
from custsync.payloads.field_types import or_blank
from custsync.payloads.reading import items_of
from custsync.protocols import Payload
from custsync.rules.countries.systems import code_of_soap, soap_name
from custsync.rules.fields.limits import ADDRESSES
from custsync.systems.netsuite.common import (
    CONTACT,
    CUSTOM,
    columns_of,
    id_of,
    line_columns,
    line_values,
    own_values,
)
from custsync.systems.netsuite.field_types import (
    LINE_ID,
    read_custom,
    read_reference,
    read_status,
    write_custom,
)
from custsync.systems.netsuite.stubs import LINE_NAMES, NAMES, read_items, read_record
from custsync.systems.netsuite.writes import LIMITS, takes
from custsync.systems.system import Fitted, System
from custsync.systems.values import STAMP


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
_LINE, _COMPONENTS = line_columns("internalId", Kind(LINE_ID.read), Kind(_read_country, _write_country))
ADDRESS: Final = Table(_COMPONENTS)
LINE: Final = Table(
    _LINE,
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
    """Return the values by their keys; those to clear are in a list of names: SOAP knows no null.

    Args:
        table: the field table.
        values: our name → value; a blank clears.
        others: names of further fields to clear.
    """
    blank = [name for name, value in values.items() if value is None or value == ""]
    cleared = [*(table.key_of[name] for name in blank), *others]
    body = table.write({name: value for name, value in values.items() if name not in blank})
    return {**body, **({"nullFieldList": {"name": cleared}} if cleared else {})}


def _write_book(lines: tuple[Address, ...]) -> dict[str, Any]:
    return {"addressbook": [_write_line(line) for line in lines], "replaceAll": False}


def _read_inner(table: Table, value: Any, reading: Reading) -> Any:
    """Return the one column of an inner record."""
    return next(iter(table.read(value, reading).values()))


def _inner(key: str, read: Callable[..., Any]) -> Callable[..., Any]:
    """Return the reader of an inner record that holds one list; null and absent stay as they are."""
    return or_blank(partial(_read_inner, Table((Column("items", key, Kind(read)),))))


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


_read_fields_in: Final = _inner("customField", _read_fields)


def _read_customs(value: Any, reading: Reading) -> Mapping[str, Any]:
    return dict(_read_fields_in(value, reading) or ()) or NOTHING_KEPT


_BOOK: Final = Kind(
    _inner("addressbook", partial(read_items, LINE.read, LINE_NAMES, attrgetter("line1"))), _write_book
)
_ROLES: Final = Kind(_inner("contactRoles", partial(read_items, CONTACT.read, NAMES, attrgetter("email"))))
CUSTOMER: Final = Table(
    (
        *columns_of("internalId", reference=_REFERENCE, status=Kind(read_status, _SOAP_STATUSES.get)),
        Column("balance", "balance", MONEY, writable=False),
        Column("created_at", "dateCreated", STAMP, writable=False),
        Column("modified_at", "lastModifiedDate", STAMP, writable=False),
        Column("addresses", "addressbookList", _BOOK, null_is_left_out=False),
        Column("contacts", "contactRolesList", _ROLES, writable=False, null_is_left_out=False),
        Column("custom", "customFieldList", Kind(_read_customs), writable=False),
    ),
    cls=Customer,
    system="netsuite",
    ignored=("nullFieldList",),
    always=("internalId", "isPerson", "isInactive"),
    custom=CUSTOM,
)


def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a SOAP record, as objects, describes.

    Args:
        payload: the record: element names as they are, attributes (`internalId`) beside them.
        account: the account that its id lives in.
        mode: the account's mode (`"sandbox"`), where there are several.

    Raises:
        PayloadError: with every issue at once.

    Source: NetSuite SOAP schema browser 2024.2, record customer

    >>> read({"internalId": "2041", "globalSubscriptionStatus": "_softOptOut"}).subscription_status.opted_out
    True
    >>> read({"internalId": "2041", "addressbookList": {"addressbook": [{"city": 7}]}})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape:
    addressbookList.addressbook[0].city: not a text
    """
    return read_record(CUSTOMER, payload, account, mode)


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the record to add or update, as objects; fields to clear are in its `nullFieldList`.

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
    name="netsuite", read=read, write=write, id_of=id_of, limits=LIMITS, takes=takes, fit=fit
)
"""The customer record of the SOAP service, as objects."""
