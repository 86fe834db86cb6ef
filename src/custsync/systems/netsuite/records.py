"""NetSuite's customer record in its REST record service and, as objects, in its SOAP service.

REST leaves a key out of an answer where its value is null. Its keys are read without regard to case, as
Oracle's pages have two spellings. A sub-list that was not expanded is absent, not empty.

A SOAP record has its element names as keys, attributes beside them, and enumerations as `_words`.
"""

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
from custsync.systems.from_table import by_table
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
    REFERENCE,
    STATUS,
    read_custom,
    read_reference,
    write_custom,
)
from custsync.systems.netsuite.stubs import LINE_NAMES, NAMES, read_items, read_list, refuse_stub
from custsync.systems.netsuite.writes import LIMITS, takes
from custsync.systems.system import Fitted, System
from custsync.systems.values import STAMP

_DEFAULTS: Final = ("defaultBilling", "defaultShipping")
"""The keys that every address line has."""
_STATED: Final = (
    Column("balance", "balance", MONEY, writable=False),
    Column("created_at", "dateCreated", STAMP, writable=False),
    Column("modified_at", "lastModifiedDate", STAMP, writable=False),
)
"""The columns that both services have, beside those of all surfaces."""

# REST

_REST_LINE, _REST_COMPONENTS = line_columns("id", LINE_ID, REFERENCE)
REST_ADDRESS: Final = Table(_REST_COMPONENTS)
REST_LINE: Final = Table(
    _REST_LINE,
    cls=Address,
    ignored=("links", "addressBookAddress_text", "addressId", "internalId", "addrText", "override"),
    within="addressBookAddress",
    any_case=True,
    always=_DEFAULTS,
)


def _write_rest_line(line: Address) -> dict[str, Any]:
    parts = {key: None if part == "" else part for key, part in REST_ADDRESS.write_parts(line).items()}
    return {**REST_LINE.write(line_values(line)), "addressBookAddress": parts}


def _write_rest_book(lines: tuple[Address, ...]) -> dict[str, Any]:
    return {"items": [_write_rest_line(line) for line in lines]}


_REST_BOOK: Final = Kind(
    or_blank(partial(read_list, REST_LINE.read, LINE_NAMES, attrgetter("line1"))), _write_rest_book
)
_REST_ROLES: Final = Kind(or_blank(partial(read_list, CONTACT.read, NAMES, attrgetter("email"))))
REST_CUSTOMER: Final = Table(
    (
        *columns_of(),
        *_STATED,
        Column("addresses", "addressBook", _REST_BOOK, null_is_left_out=False),
        Column("contacts", "contactRoles", _REST_ROLES, writable=False, null_is_left_out=False),
    ),
    cls=Customer,
    system="netsuite",
    ignored=("links",),
    any_case=True,
    always=("id", "isPerson", "isInactive"),
    custom=CUSTOM,
    complete=refuse_stub,
)


@by_table(REST_CUSTOMER)
def read_rest(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a REST record describes.

    Args:
        payload: the record as the record service answers it.
        account: the account that its id lives in.
        mode: the account's mode (`"sandbox"`), where there are several.

    Raises:
        PayloadError: with every issue at once.

    Source: NetSuite REST API browser 2026.1, record customer

    >>> read_rest({"id": "2041", "isPerson": False, "subsidiary": {"id": "2", "refName": "US"}}).subsidiary
    '2'
    >>> read_rest({"id": "2041", "isPerson": "F"})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape: isPerson: neither true nor
    false
    """
    return REST_CUSTOMER.read_record(payload, account, mode)  # type: ignore[no-any-return]


def write_rest(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the body of a POST that creates a customer with these values, or of a PATCH that changes one.

    A customer that gets an entity id is not numbered by NetSuite: `autoName` is false then (unverified).

    Args:
        values: our field name → value; None clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that the record does not take.
        InputError: an address is to change, and the customer was read without its address book.

    >>> write_rest({"first_name": "Emily", "fax": None, "subsidiary": "2"})
    {'firstName': 'Emily', 'fax': None, 'subsidiary': {'id': '2'}}
    """
    own, custom = own_values(values, current, REST_CUSTOMER, write_custom)
    numbering = {"autoName": False} if own.get("entity_id") else {}
    return REST_CUSTOMER.write(own) | numbering | custom


REST: Final = System(
    name="netsuite", read=read_rest, write=write_rest, id_of=id_of, limits=LIMITS, takes=takes
)
"""The customer record of the REST record service."""


# SOAP


def _write_soap_reference(value: Any) -> dict[str, Any]:
    return {"internalId": value}


def _read_country(value: Any, _: object = None) -> Any:
    """Return the code of a country's name; an unknown name stays: a rule of the flow decides."""
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

_SOAP_REFERENCE: Final = Kind(REFERENCE.read, _write_soap_reference)
_SOAP_LINE, _SOAP_COMPONENTS = line_columns(
    "internalId", Kind(LINE_ID.read), Kind(_read_country, _write_country)
)
SOAP_ADDRESS: Final = Table(_SOAP_COMPONENTS)
SOAP_LINE: Final = Table(
    _SOAP_LINE, cls=Address, ignored=("addrText", "override"), within="addressbookAddress", always=_DEFAULTS
)
"""A line: since 2014_2 with its address in an inner record, before that with the address on the line."""


def _write_soap_line(line: Address) -> dict[str, Any]:
    parts = {name: getattr(line, name) for name in sorted(SOAP_ADDRESS.writable)}
    stated = {name: value for name, value in parts.items() if value or line.id}
    return {
        **SOAP_LINE.write({name: value for name, value in line_values(line).items() if value is not None}),
        "addressbookAddress": _with_nulls(SOAP_ADDRESS, stated, ()),
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


def _write_soap_book(lines: tuple[Address, ...]) -> dict[str, Any]:
    return {"addressbook": [_write_soap_line(line) for line in lines], "replaceAll": False}


def _read_inner(table: Table, value: Any, reading: Reading) -> Any:
    """Return the one column of an inner record."""
    return next(iter(table.read(value, reading).values()))


def _inner(key: str, read: Callable[..., Any]) -> Callable[..., Any]:
    """Return the reader of an inner record that holds one list; null and absent stay as they are."""
    return or_blank(partial(_read_inner, Table((Column("items", key, Kind(read)),))))


_FIELD: Final = Table(
    (
        Column("id", "internalId", _SOAP_REFERENCE),
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
    """Return a custom field, whose `xsi:type` is the type of its value; None for one to clear."""
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


_SOAP_BOOK: Final = Kind(
    _inner("addressbook", partial(read_items, SOAP_LINE.read, LINE_NAMES, attrgetter("line1"))),
    _write_soap_book,
)
_SOAP_ROLES: Final = Kind(
    _inner("contactRoles", partial(read_items, CONTACT.read, NAMES, attrgetter("email")))
)
SOAP_CUSTOMER: Final = Table(
    (
        *columns_of("internalId", reference=_SOAP_REFERENCE, status=Kind(STATUS.read, _SOAP_STATUSES.get)),
        *_STATED,
        Column("addresses", "addressbookList", _SOAP_BOOK, null_is_left_out=False),
        Column("contacts", "contactRolesList", _SOAP_ROLES, writable=False, null_is_left_out=False),
        Column("custom", "customFieldList", Kind(_read_customs), writable=False),
    ),
    cls=Customer,
    system="netsuite",
    ignored=("nullFieldList",),
    always=("internalId", "isPerson", "isInactive"),
    custom=CUSTOM,
    complete=refuse_stub,
)


@by_table(SOAP_CUSTOMER)
def read_soap(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a SOAP record, as objects, describes.

    Args:
        payload: the record: element names as they are, attributes (`internalId`) beside them.
        account: the account that its id lives in.
        mode: the account's mode (`"sandbox"`), where there are several.

    Raises:
        PayloadError: with every issue at once.

    Source: NetSuite SOAP schema browser 2024.2, record customer

    >>> joinery = {"internalId": "2041", "globalSubscriptionStatus": "_softOptOut"}
    >>> read_soap(joinery).subscription_status.opted_out
    True
    >>> read_soap({"internalId": "2041", "addressbookList": {"addressbook": [{"city": 7}]}})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape:
    addressbookList.addressbook[0].city: not a text
    """
    return SOAP_CUSTOMER.read_record(payload, account, mode)  # type: ignore[no-any-return]


def write_soap(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the record to add or update, as objects; fields to clear are in its `nullFieldList`.

    Args:
        values: our field name → value; a blank clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that the record does not take.
        InputError: an address is to change, and the customer was read without its address book; or a country
            that the SOAP service has no name for.

    >>> write_soap({"company_name": "Joinery", "fax": None, "subsidiary": "2"})
    {'companyName': 'Joinery', 'subsidiary': {'internalId': '2'}, 'nullFieldList': {'name': ['fax']}}
    """
    own, custom = own_values(values, current, SOAP_CUSTOMER, _write_field)
    body = _with_nulls(SOAP_CUSTOMER, own, (name for name, field in custom.items() if field is None))
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
    name="netsuite", read=read_soap, write=write_soap, id_of=id_of, limits=LIMITS, takes=takes, fit=fit
)
"""The customer record of the SOAP service, as objects."""
