"""NetSuite's SOAP record as objects: element names kept, attributes beside them, enumerations as `_words`."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from custsync.errors import InputError
from custsync.models import (
    ABSENT,
    NOTHING_KEPT,
    Address,
    Customer,
    Issue,
    Severity,
    SubscriptionStatus,
)
from custsync.payloads import (
    FLAG,
    MONEY,
    SET_FLAG,
    Column,
    Kind,
    Table,
    finish,
    items_of,
    payload_error,
    read_digits,
    read_text,
)
from custsync.protocols import Payload
from custsync.rules.countries import code_of_soap, soap_name
from custsync.rules.fields.limits import ADDRESSES
from custsync.systems.netsuite.address_book import line_values
from custsync.systems.netsuite.common import (
    READ_ONLY_REFERENCES,
    REFERENCES,
    TEXTS,
    id_of,
    own_values,
    read_record,
)
from custsync.systems.netsuite.field_types import (
    LINE_ID,
    read_custom,
    read_reference,
    read_status,
    write_custom,
)
from custsync.systems.netsuite.limits import LIMITS
from custsync.systems.system import Fitted, System
from custsync.systems.timestamps import STAMP

__all__ = ["SOAP"]


def _write_reference(value: Any) -> dict[str, Any]:
    return {"internalId": value}


def _read_country(value: Any, _: object = None) -> Any:
    text = read_text(value)
    if not text:
        return text
    return code_of_soap(text) or text  # another name is kept: the flow knows what an unknown country means


def _write_country(value: Any) -> str:
    name = soap_name(value) if value else ""
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
        Column("label", "label"),
        Column("default_billing", "defaultBilling", SET_FLAG),
        Column("default_shipping", "defaultShipping", SET_FLAG),
        Column("is_residential", "isResidential", FLAG),
        *(evolve(column, writable=False) for column in _COMPONENTS),
    ),
    cls=Address,
    ignored=("addrText", "override"),
    within="addressbookAddress",
)
"""A line: since 2014_2 with its address in an inner record, before that with the address on the line."""


def _read_line(value: Any) -> Address:
    return finish(LINE.read_whole(value), Address)


def _write_line(line: Address) -> dict[str, Any]:
    return {
        **LINE.write(line_values(line)),
        "addressbookAddress": ADDRESS.write_parts(line),
    }


def _read_lines(value: Any, _: object = None) -> Any:
    return value if value is ABSENT else items_of(value, _read_line)


def _read_book(value: Any, _: object = None) -> Any:
    return value if value is None or value is ABSENT else _BOOK.read(value)["lines"]


def _write_book(lines: tuple[Address, ...]) -> dict[str, Any]:
    return {"addressbook": [_write_line(line) for line in lines], "replaceAll": False}


_BOOK: Final = Table((Column("lines", "addressbook", Kind(_read_lines)),))
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


_FIELDS: Final = Table((Column("fields", "customField", Kind(_read_fields)),))


def _read_customs(value: Any, _: object = None) -> Mapping[str, Any]:
    if value is None or value is ABSENT:
        return NOTHING_KEPT
    return dict(_FIELDS.read(value)["fields"]) or NOTHING_KEPT


CUSTOMER: Final = Table(
    (
        Column("ref", "internalId", Kind(read_digits), writable=False),
        *(Column(name, key) for name, key in TEXTS),
        Column("is_person", "isPerson", FLAG),
        *(Column(name, key, _REFERENCE) for name, key in REFERENCES),
        *(Column(name, key, _REFERENCE, writable=False) for name, key in READ_ONLY_REFERENCES),
        Column("subscription_status", "globalSubscriptionStatus", Kind(read_status, _SOAP_STATUSES.get)),
        Column("is_inactive", "isInactive", FLAG),
        Column("balance", "balance", MONEY, writable=False),
        Column("created_at", "dateCreated", STAMP, writable=False),
        Column("modified_at", "lastModifiedDate", STAMP, writable=False),
        Column("addresses", "addressbookList", Kind(_read_book, _write_book)),
        Column("custom", "customFieldList", Kind(_read_customs), writable=False),
    ),
    cls=Customer,
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
    return finish(read_record(CUSTOMER, payload, account, mode), Customer)


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the record to add or update, as objects; fields to clear stand in its `nullFieldList`.

    Args:
        values: our field name → value; None clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that the record does not take.
        InputError: an address is to change, and the customer was read without its address book; or a country
            that the SOAP service has no name for.

    >>> write({"company_name": "Joinery", "fax": None, "subsidiary": "2"})
    {'companyName': 'Joinery', 'subsidiary': {'internalId': '2'}, 'nullFieldList': {'name': ['fax']}}
    """
    own, custom = own_values(values, current, CUSTOMER, write_custom)
    cleared = [CUSTOMER.key_of(name) for name, value in own.items() if value is None]
    body = CUSTOMER.write({name: value for name, value in own.items() if value is not None})
    if custom:
        fields = [{"scriptId": name, "value": value} for name, value in custom.items()]
        body["customFieldList"] = {"customField": fields}
    if cleared:
        body["nullFieldList"] = {"name": cleared}
    return body


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
    absent_is_null=True,
    fit=fit,
)
"""The customer record of the SOAP service, as objects."""
