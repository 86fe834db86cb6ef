"""What all surfaces of the customer record share: identity, custom fields, and the values of a write.

Of an address book a write touches the lines that change: never more than it must, and no line is ever lost.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import evolve

from custsync._building import evolved
from custsync.errors import FlowError, InputError, PayloadError
from custsync.models import ABSENT, Address, Contact, Customer, Issue, Maybe, Severity
from custsync.payloads import FLAG, TEXT, Column, Kind, Table, object_of
from custsync.protocols import Payload
from custsync.rules.eligibility import DELETED, Check, is_deleted, is_system_entity
from custsync.rules.fields.values import canonical, is_blank
from custsync.systems.netsuite.field_types import (
    CONTACT_ID,
    CUSTOM_MARK,
    LINE_FLAG,
    REFERENCE,
    STATUS,
    read_custom,
)
from custsync.systems.values import COMPONENTS, overlaid, read_record_id


def changed_lines(values: Mapping[str, Any], current: Customer | None) -> tuple[Address, ...]:
    """Return the lines to send so that the default addresses become those of `values`.

    A line that is there keeps its id and the components that the new value does not have. A line that is both
    defaults, of which one changes, is left as it is: the change goes to a new line that takes that default.
    Two equal new addresses make one line. None takes the default away from its line, which stays in the book.

    Args:
        values: may hold `billing_address` and `shipping_address`: an address, None, or `ABSENT`.
        current: the customer as last read, None for a create.

    Raises:
        InputError: the customer was read without its address book.
    """
    billing = values.get("billing_address", ABSENT)
    shipping = values.get("shipping_address", ABSENT)
    if billing is ABSENT and shipping is ABSENT:
        return ()
    there = _defaults(current)
    wanted = (_filled(billing), _filled(shipping))
    if there[0] is there[1] and ABSENT not in wanted:
        lines = _apart(there[0], *wanted)
    elif there[0] is there[1] and there[0] is not None:
        lines = (_moved(there[0], *wanted),)
    else:
        lines = tuple(map(_laid, there, wanted, _FLAGS))
    return tuple(line for line in lines if line is not None)


def _defaults(current: Customer | None) -> tuple[Address | None, Address | None]:
    if current is None:
        return None, None
    billing, shipping = current.billing_address, current.shipping_address
    if billing is ABSENT or shipping is ABSENT:
        raise InputError(
            f"{current.ref}: read without its address book; read its sub-lists before its addresses change"
        )
    return billing, shipping


def _filled(value: Maybe[Address]) -> Maybe[Address]:
    return value if value is ABSENT or not is_blank(value) else None


def _apart(
    there: Address | None, billing: Maybe[Address], shipping: Maybe[Address]
) -> tuple[Address | None, ...]:
    """Return the lines for two defaults that are on one line so far, or nowhere."""
    if canonical(billing) == canonical(shipping):
        both = _laid(there, billing, _BILLING)
        return (None if both is None else evolved(both, default_shipping=both.default_billing),)
    flag = _BILLING if billing else _SHIPPING
    first = _laid(there, billing or shipping, flag)
    if there is not None and first is not None:
        first = evolved(first, **_alone(flag))
    return first, _laid(None, shipping, _SHIPPING) if billing else None


def _moved(there: Address, billing: Maybe[Address], shipping: Maybe[Address]) -> Address:
    """Return the line for the one default that leaves a line which is both."""
    value, leaves, stays = (shipping, _SHIPPING, _BILLING) if billing is ABSENT else (billing, *_FLAGS)
    if not isinstance(value, Address):
        return evolved(there, **_alone(stays))
    return evolved(_stated(there, value), id="", label=ABSENT, **_alone(leaves))


def _laid(there: Address | None, value: Maybe[Address], flag: str) -> Address | None:
    """Return the line with the value laid over it and the default set, or taken away for no value."""
    if there is None:
        return evolved(value, id="", **_alone(flag)) if isinstance(value, Address) else None
    return None if value is ABSENT else evolved(_stated(there, value), **{flag: value is not None})


_BILLING, _SHIPPING = _FLAGS = ("default_billing", "default_shipping")


def _alone(flag: str) -> dict[str, bool]:
    """Return both flags of a line that is one default and not the other."""
    return {one: one == flag for one in _FLAGS}


def _stated(there: Address, value: Address | None) -> Address:
    """Return the line with the value laid over it; what is blank, and was before, is left out."""
    line = there if value is None else overlaid(there, value)
    blank: dict[str, Any] = {
        part: ABSENT for part in COMPONENTS if not getattr(line, part) and not getattr(there, part)
    }
    return evolved(line, **blank)


def line_values(line: Address) -> dict[str, Any]:
    """Return the line by the names of a line's field table; a line without id is a new one."""
    names = ("label", "default_billing", "default_shipping", "is_residential")
    return {"id": line.id or ABSENT, **{name: getattr(line, name) for name in names}}


# The columns


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

_PLACE: Final = (
    ("attention", "attention"),
    ("addressee", "addressee"),
    ("line1", "addr1"),
    ("line2", "addr2"),
    ("line3", "addr3"),
    ("city", "city"),
    ("state", "state"),
    ("postal_code", "zip"),
    ("country", "country"),
    ("phone", "addrPhone"),
)
"""The same of every component of an address."""

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
    components = tuple(Column(name, key, country if name == "country" else TEXT) for name, key in _PLACE)
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
