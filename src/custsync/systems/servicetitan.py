"""ServiceTitan's customer (CRM v2) and its contacts, which are a resource of their own. Read only.

`SERVICETITAN` is the system, `read_contacts` reads the other resource. What ServiceTitan alone knows is kept
in `extra`, `externalData` among it. Two keys of ours may be beside the customer's own: `contacts`, what
the other resource has of it, and `transactions`, those that it is on.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from custsync._arguments import checked
from custsync.errors import FlowError
from custsync.models import ABSENT, NOTHING_KEPT, Address, Contact, Customer, Issue, Maybe, Severity
from custsync.payloads import DIGITS, MONEY, Column, Kind, Reading, Table
from custsync.payloads.field_types import one_of, or_blank, read_digits
from custsync.payloads.reading import check_depth, items_of, payload_error
from custsync.protocols import Payload
from custsync.systems.from_table import by_table
from custsync.systems.system import System
from custsync.systems.values import STAMP, IdUnder

__all__ = ["SERVICETITAN", "read_contacts", "repeated_fields"]

_TYPES: Final[Mapping[Any, Any]] = {"Residential": True, "Commercial": False, None: None, ABSENT: ABSENT}


_INACTIVE: Final = {True: False, False: True, None: None, ABSENT: ABSENT}


def _read_address(value: Any, reading: Reading) -> tuple[Address, ...]:
    return (ADDRESS.read(value, reading),)


ADDRESS: Final = Table(
    (
        Column("line1", "street"),
        Column("line2", "unit"),
        Column("city", "city"),
        Column("state", "state"),
        Column("postal_code", "zip"),
        Column("country", "country"),
    ),
    cls=Address,
    fixed={"default_billing": True},
)
FIELD: Final = Table((Column("id", "typeId", DIGITS), Column("name", "name"), Column("value", "value")))
PAIR: Final = Table((Column("key", "key"), Column("value", "value")))
TRANSACTION: Final = Table(
    (Column("type", "type"), Column("id", "id", DIGITS), Column("subsidiary", "subsidiary", DIGITS))
)


def _read_field(value: Any) -> tuple[str, Maybe[str]]:
    """Return the trimmed name of a custom field, its type's id where it has none, and its value."""
    field = FIELD.read_record(value)
    name = (field["name"] or "").strip() or field["id"]
    if not name:
        raise payload_error("no_name", "a custom field without a name and without the id of its type", value)
    return name, field["value"]


def _read_fields(value: Any, _: object = None) -> tuple[tuple[str, Maybe[str]], ...]:
    return () if value is None or value is ABSENT else items_of(value, _read_field)


def _read_pairs(value: Any, _: object = None) -> Any:
    """Return the external data as it is, once it proved to be a list of keys and values."""
    items_of(value, PAIR.read_record)
    return check_depth(value)


def _read_transaction(value: Any) -> dict[str, Any]:
    """Return a transaction with its ids as text, and whatever else it carries."""
    ids = TRANSACTION.read_record(value)
    return {**check_depth(value), **{name: ids[name] for name in ("id", "subsidiary") if name in value}}


def _read_transactions(value: Any, _: object = None) -> list[Any]:
    return list(items_of(value, _read_transaction))


def _read_own_contacts(value: Any, reading: Reading) -> tuple[Contact, ...]:
    return items_of(value, CONTACT.read, reading)


def _complete(customer: Any, payload: Payload, parts: Payload, *_: str) -> None:
    """Set the customer's custom fields, and keep them as they came where several have one name."""
    fields = parts.get("fields")
    if fields:
        customer.custom = _by_name(fields)
    if fields and len(customer.custom) < len(fields):
        customer.extra = {**customer.extra, "customFields": payload["customFields"]}


CUSTOMER: Final = Table(
    (
        Column("ref", "id", Kind(read_digits)),
        Column("is_inactive", "active", Kind(one_of(_INACTIVE))),
        Column("name", "name"),
        Column(
            "is_person", "type", Kind(one_of(_TYPES, "not_a_choice", "neither Residential nor Commercial"))
        ),
        Column("addresses", "address", Kind(or_blank(_read_address))),
        Column("balance", "balance", MONEY),
        Column("created_at", "createdOn", STAMP),
        Column("modified_at", "modifiedOn", STAMP),
        Column("merged_into", "mergedToId", DIGITS),
        Column("contacts", "contacts", Kind(or_blank(_read_own_contacts))),
        Column("fields", "customFields", Kind(_read_fields)),
        Column("extra.externalData", "externalData", Kind(or_blank(_read_pairs))),
        Column("extra.transactions", "transactions", Kind(or_blank(_read_transactions))),
    ),
    cls=Customer,
    system="servicetitan",
    complete=_complete,
    made_of=dict.fromkeys(("custom", "extra"), ("fields",)),
)


@by_table(CUSTOMER)
def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a ServiceTitan customer object describes.

    `custom` holds the custom fields by their trimmed names. A name that occurs with several values that are
    not blank has all of them, as a tuple: none is chosen. Such a list is kept as it came, in
    `extra["customFields"]`, and `repeated_fields` reports it. Emails and phones are contacts, which are here
    only where the payload was given them. `extra["transactions"]` holds the transactions that it was given.

    Args:
        payload: a customer object.
        account: the tenant that its id lives in.
        mode: the account's mode, where there are several.

    Raises:
        PayloadError: with every issue at once.

    Rule: ST-LEG-0, ST-TRIG
    Source: ServiceTitan CRM v2, customers

    >>> fields = [{"typeId": 9, "name": "  NetSuite ID", "value": "2042"}]
    >>> read({"id": 771, "name": "Vale, Ines", "type": "Residential", "customFields": fields}).custom
    {'NetSuite ID': '2042'}
    >>> read({"id": 771, "type": "Person"})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape: type: neither Residential nor
    Commercial
    """
    return CUSTOMER.read_record(payload, account, mode)  # type: ignore[no-any-return]


def _by_name(fields: Collection[tuple[str, Maybe[str]]]) -> dict[str, Any]:
    """Return the one value of each name that is not blank, a tuple where there are several."""
    one_each = {name: value or None for name, value in fields}
    if len(one_each) == len(fields):
        return one_each
    values: dict[str, dict[Maybe[str], None]] = {}
    for name, value in fields:
        values.setdefault(name, {})[value] = None
    return {name: _one_of(list(held)) for name, held in values.items()}


def _one_of(values: Sequence[Maybe[str]]) -> str | tuple[str, ...] | None:
    filled = tuple(value for value in values if value)
    return filled if len(filled) > 1 else next(iter(filled), values[0] or None)


@checked
def repeated_fields(customer: Customer) -> tuple[Issue, ...]:
    """Return a warning for each custom field of which the customer has several, no matter with what values.

    Args:
        customer: as `read` returned it.

    Rule: ST-LEG-0

    >>> one, two = {"typeId": 9, "name": " Tier", "value": "a"}, {"typeId": 8, "name": "Tier", "value": "b"}
    >>> [issue.field for issue in repeated_fields(read({"id": 771, "customFields": [one, two]}))]
    ['custom.Tier']
    >>> repeated_fields(read({"id": 771, "customFields": [one]}))
    ()
    """
    counts: dict[str, int] = {}
    for name, _ in _read_fields(customer.extra.get("customFields")):
        counts[name] = counts.get(name, 0) + 1
    return tuple(
        evolve(_REPEATED, field=f"custom.{name}", shape=f"{count} fields")
        for name, count in counts.items()
        if count > 1
    )


_REPEATED: Final = Issue(
    code="repeated_field",
    rule="ST-LEG-0",
    field="custom",
    reason="several custom fields have this name once blanks around it are taken away",
    remedy="Rename or remove all but one of them in ServiceTitan",
    severity=Severity.WARNING,
)

_FIELDS: Final = {"Email": "email", "Phone": "phone", "MobilePhone": "phone", "Fax": "phone"}
"""Our field for each type of contact."""


def _complete_contact(contact: Any, _: Payload, stated: Payload, *__: str) -> None:
    """Set the email or the phone of a contact; its type, and any other value, are kept."""
    field = _FIELDS.get(stated["type"] or "")
    names = ("type",) if field else ("type", "value")
    with_value = {name: stated[name] for name in names if stated[name] is not ABSENT}
    contact.extra = {**with_value, **contact.extra} or NOTHING_KEPT
    if field:
        setattr(contact, field, stated["value"])


CONTACT: Final = Table(
    (
        Column("id", "id", Kind(read_digits)),
        Column("company", "customerId", DIGITS),
        Column("type", "type"),
        Column("value", "value"),
    ),
    cls=Contact,
    fixed={"origin": "contacts"},
    complete=_complete_contact,
)


def read_contacts(items: Any) -> tuple[Contact, ...]:
    """Return the contacts of customers: each is one email or one number.

    `company` is the customer's id; the type (`Email`, `Phone`, `MobilePhone`, `Fax`), the memo and the rest
    are in `extra`. The value of a contact of another type is there too.

    Args:
        items: the list of contact objects, without the envelope (`data`) of its page.

    Raises:
        PayloadError: with every issue at once.

    Source: ServiceTitan CRM v2, customer contacts

    >>> read_contacts([{"id": 66, "type": "Email", "value": "ines@vale.example", "customerId": 771}])
    (Contact(id='66', email=<text 17>, company='771', origin='contacts', extra=<1 kept>),)
    >>> read_contacts([{"id": 66, "type": "Email", "value": 7}])
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape: [0].value: not a text
    """
    return items_of(items, CONTACT.read)


def write(_values: Mapping[str, Any], _current: Customer | None = None) -> dict[str, Any]:
    """Return nothing ever: ServiceTitan is a source.

    Raises:
        FlowError: always.

    Rule: ST-DIR

    >>> write({"name": "Vale"})
    Traceback (most recent call last):
        ...
    custsync.errors.FlowError: ServiceTitan is read, never written: use it as a source without write-back
    """
    raise FlowError("ServiceTitan is read, never written: use it as a source without write-back")


SERVICETITAN: Final = System(name="servicetitan", read=read, write=write, id_of=IdUnder("id", read_digits))
"""ServiceTitan's customer object. A merged customer is inactive and names its survivor: it is not gone."""
