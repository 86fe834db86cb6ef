"""Lago's customer: a source, to which only its connections' ids and its metadata are written back.

`LAGO` is the system. A customer's links to other systems, one for each connection
(`integration_customers`), hold its ids there; each is a custom field too, so that a flow can match by it and
write it: `custom["integration_customers.CODE"]`. What Lago alone knows is kept in `extra`.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter
from typing import Any, Final

from attrs import frozen

from custsync._arguments import checked
from custsync.errors import FlowError, InputError
from custsync.models import ABSENT, NOTHING_KEPT, Address, Customer, Maybe
from custsync.payloads import FLAG, Column, Kind, Reading, Table, check_depth, payload_error, read_text
from custsync.payloads.field_types import AS_GIVEN, one_of, or_blank
from custsync.payloads.reading import items_of
from custsync.protocols import Payload
from custsync.rules.fields.limits import Limit
from custsync.systems.from_table import by_table
from custsync.systems.lago_writes import FIELDS
from custsync.systems.system import System
from custsync.systems.values import STAMP, IdUnder, address_columns, read_dashed, read_filled

__all__ = ["CONNECTION_MARK", "LAGO", "is_partner"]


@frozen(kw_only=True, weakref_slot=False)
class Connection:
    """A customer's link to another system, as Lago states it.

    Attributes:
        code: the connection's code, `""` where it has none.
        type: the other system, `netsuite`.
        external_customer_id: the customer's id there; None for a link that is not made yet.
        sync_with_provider: whether Lago is to create the customer there.
        subsidiary_id: the NetSuite subsidiary.
    """

    code: str
    type: Maybe[str] = ABSENT
    external_customer_id: Maybe[str] = ABSENT
    sync_with_provider: Maybe[bool] = ABSENT
    subsidiary_id: Maybe[str] = ABSENT


def _read_code(value: Any, _: object = None) -> str:
    return read_text(value) or ""


CONNECTION: Final = Table(
    (
        Column("code", "integration_code", Kind(_read_code)),
        Column("type", "type"),
        Column("external_customer_id", "external_customer_id"),
        Column("sync_with_provider", "sync_with_provider", FLAG),
        Column("subsidiary_id", "subsidiary_id"),
    ),
    cls=Connection,
)
METADATUM: Final = Table(
    (
        Column("id", "lago_id"),
        Column("key", "key", Kind(read_filled)),
        Column("value", "value"),
        Column("on_invoice", "display_in_invoice", FLAG),
    )
)


def read_connections(value: Any, _: object = None) -> tuple[Connection, ...]:
    """Return the links of a list, none where there is no list; one code twice is refused."""
    return _read_list(CONNECTION.read_record, attrgetter("code"), value)


def read_metadata(value: Any, _: object = None) -> tuple[Mapping[str, Any], ...]:
    """Return the metadata of a list, none where there is no list; one key twice is refused."""
    return _read_list(METADATUM.read_record, itemgetter("key"), value)


def _read_list(read: Callable[[Any], Any], name_of: Callable[[Any], str], value: Any) -> tuple[Any, ...]:
    if value is None or value is ABSENT or (type(value) is list and not value):
        return ()
    made = items_of(check_depth(value), read)
    names = list(filter(None, map(name_of, made))) if len(made) > 1 else ()
    if len(set(names)) < len(names):
        raise payload_error("repeated_key", "a list with one key twice", value)
    return made


def connections(customer: Customer) -> tuple[Connection, ...]:
    """Return the customer's links to other systems, in Lago's order.

    Args:
        customer: as `read` returned it.

    Rule: LG-LINK, LG-MULTI, LG-SUB

    >>> from custsync.systems.lago import LAGO
    >>> half_made = {"type": "netsuite", "integration_code": "netsuite-us", "external_customer_id": None}
    >>> joinery = {"lago_id": "4f0f", "external_id": "joinery"}
    >>> made = LAGO.read({**joinery, "integration_customers": [half_made]}, "", "")
    >>> [(one.code, one.external_customer_id) for one in connections(made)]
    [('netsuite-us', None)]
    >>> connections(LAGO.read(joinery, "", ""))
    ()
    """
    return read_connections(customer.extra.get("integration_customers"))


def connection(customer: Customer, code: str, system: str) -> Mapping[str, Any] | None:
    """Return the customer's link over that connection as Lago has it, None where it names none of that code.

    Args:
        customer: as `read` returned it, so that the link proved to be well formed.
        code: the connection's code.
        system: the other system, `netsuite`.

    Rule: LG-MULTI

    >>> from custsync.systems.lago import LAGO
    >>> link = {"type": "netsuite", "integration_code": "netsuite-us", "external_customer_id": "2041"}
    >>> joinery = {"lago_id": "4f0f", "external_id": "joinery", "integration_customers": [link]}
    >>> made = LAGO.read(joinery, "", "")
    >>> connection(made, "netsuite-us", "netsuite")["external_customer_id"]
    '2041'
    >>> connection(made, "netsuite-uk", "netsuite") is None
    True
    """
    for entry in customer.extra.get("integration_customers") or ():
        if entry.get("integration_code") == code and entry.get("type") == system:
            return entry  # type: ignore[no-any-return]
    return None


def has_links(customer: Customer) -> bool:
    """Return whether the customer was read with its links: some of Lago's payloads leave the list out.

    Rule: LG-LINK, G-LOSS

    >>> from custsync.systems.lago import LAGO
    >>> joinery = {"lago_id": "4f0f", "external_id": "joinery"}
    >>> [has_links(LAGO.read({**joinery, **part}, "", "")) for part in ({"integration_customers": []}, {})]
    [True, False]
    """
    return "integration_customers" in customer.extra


CONNECTION_MARK: Final = "integration_customers."
"""What the name of a custom field begins with that holds the customer's id in a connection's system."""

_TYPES: Final[Mapping[Any, Any]] = {"individual": True, "company": False, None: False, ABSENT: ABSENT}


_COMPONENTS: Final = {
    "line1": "address_line1",
    "line2": "address_line2",
    "city": "city",
    "postal_code": "zipcode",
    "state": "state",
    "country": "country",
}
_parts: Final = attrgetter(*_COMPONENTS)
SHIPPING: Final = Table(
    [Column(name, key) for name, key in _COMPONENTS.items()], cls=Address, fixed={"default_shipping": True}
)


def _read_shipping(value: Any, reading: Reading) -> Maybe[Address]:
    """Return the shipping address, None where there is nothing in it, ABSENT where no key of it is there."""
    address: Address = SHIPPING.read(value, reading)
    parts = _parts(address)
    return address if any(parts) else ABSENT if parts.count(ABSENT) == len(parts) else None


def _complete(customer: Any, _: Payload, parts: Payload, *__: str) -> None:
    """Set the metadata and the ids in other systems."""
    custom = {datum["key"]: datum["value"] for datum in parts.get("metadata", ())}
    for one in parts.get("connections", ()):
        if one.code:
            custom[CONNECTION_MARK + one.code] = one.external_customer_id
    if custom:
        filled = {name: value for name, value in custom.items() if value is not ABSENT}
        customer.custom = filled or NOTHING_KEPT


CUSTOMER: Final = Table(
    (
        Column("ref", "lago_id", Kind(read_dashed)),
        Column("external_id", "external_id", Kind(read_filled)),
        Column(
            "is_person",
            "customer_type",
            Kind(one_of(_TYPES, "not_a_choice", "neither company nor individual")),
        ),
        Column("name", "name"),
        Column("first_name", "firstname"),
        Column("last_name", "lastname"),
        Column("email", "email"),
        Column("phone", "phone"),
        Column("currency", "currency"),
        Column("created_at", "created_at", STAMP),
        Column("modified_at", "updated_at", STAMP),
        *address_columns("billing_address", _COMPONENTS),
        Column("extra.account_type", "account_type"),
        Column("shipping_address", "shipping_address", Kind(or_blank(_read_shipping))),
        Column("connections", "integration_customers", Kind(read_connections)),
        Column("metadata", "metadata", Kind(read_metadata)),
        Column("extra.integration_customers", "integration_customers", AS_GIVEN),
        Column("extra.metadata", "metadata", AS_GIVEN),
    ),
    cls=Customer,
    system="lago",
    complete=_complete,
    made_of=dict.fromkeys(("custom", "extra"), ("metadata", "connections")),
)


@by_table(CUSTOMER)
def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a Lago customer object describes.

    The id is `lago_id`; `external_id` is the caller's own. A customer whose type is null is a company.
    `email` and `phone` are as given: they may be lists with commas. `custom` holds the metadata by key, and
    the customer's id in each connection. `extra` holds the connections and the metadata as they came, once
    they proved to be well formed.

    Args:
        payload: a customer object, without the envelope (`customer`) of its answer.
        account: the organisation that its id lives in.
        mode: the account's mode, where there are several.

    Raises:
        PayloadError: with every issue at once.

    Rule: LG-LINK, LG-MULTI
    Source: getlago/lago-openapi, CustomerObject

    >>> read({"lago_id": "4f0f-42", "external_id": "joinery", "customer_type": None}).is_person
    False
    >>> read({"lago_id": "4f0f-42", "external_id": "joinery", "customer_type": "partner"})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape: customer_type: neither company
    nor individual
    """
    return CUSTOMER.read_record(payload, account, mode)  # type: ignore[no-any-return]


@checked
def is_partner(customer: Customer) -> bool:
    """Return whether the customer is a partner account, which never syncs.

    Source: getlago/lago-api, customer model

    >>> is_partner(read({"lago_id": "4f0f", "external_id": "p-1", "account_type": "partner"}))
    True
    >>> is_partner(read({"lago_id": "4f0f", "external_id": "p-1", "account_type": "customer"}))
    False
    """
    return customer.extra.get("account_type") == "partner"


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the body that writes ids of connections and metadata to a customer.

    Lago replaces whole lists by the ids of their entries: what is left out is destroyed, what has no id is
    made anew, and the other system gets another customer. So each list is sent whole, as it was last
    read, each entry with its id, and nothing but the change is another. Only keys of a request are sent, and
    no null.

    Args:
        values: `custom.integration_customers.CODE` → the customer's id in that connection's system, and
            `custom.KEY` → metadata, None to take it out. `ABSENT` leaves alone.
        current: the customer as last read.

    Raises:
        FlowError: a field that is not written to Lago.
        InputError: the customer was not read before, or not whole; it does not name the connection; or Lago
            does not take the value.

    Rule: LG-LINK, LG-MULTI

    >>> us = {"lago_id": "L1", "type": "netsuite", "integration_code": "us", "external_customer_id": None}
    >>> joinery = read({"lago_id": "4f0f", "external_id": "joinery", "integration_customers": [us]})
    >>> write({"custom.integration_customers.us": "2041"}, joinery)["integration_customers"]
    [{'id': 'L1', 'integration_type': 'netsuite', 'integration_code': 'us', 'external_customer_id': '2041'}]
    >>> write({"name": "Joinery"}, joinery)
    Traceback (most recent call last):
        ...
    custsync.errors.FlowError: Lago takes no field 'name' from a flow: take its row out of the field table
    """
    if current is None:
        raise InputError("a Lago customer is never created, and its lists are written whole: read it first")
    ids: dict[str, str] = {}
    metadata: dict[str, str | None] = {}
    for name, value in values.items():
        if not takes(name):
            raise FlowError(f"Lago takes no field {name!r} from a flow: take its row out of the field table")
        if value is ABSENT:
            continue
        if name.startswith(CONNECTION_MARK, 7):
            ids[name[7:].removeprefix(CONNECTION_MARK)] = str(value or "")
        else:
            metadata[name[7:]] = None if value is None else str(value)
    body: dict[str, Any] = {"external_id": current.external_id}
    if ids:
        body["integration_customers"] = _write_connections(ids, current)
    if metadata:
        body["metadata"] = _write_metadata(metadata, current)
    return _checked(body, current)


def _checked(body: dict[str, Any], current: Customer) -> dict[str, Any]:
    """Return the body, if Lago takes it."""
    refusal = FIELDS.refusal(body, creates=False)
    if refusal is not None:
        raise InputError(f"{current.ref}: Lago does not take {refusal.field} as it is ({refusal.code})")
    return body


def takes(name: str) -> bool:
    """Return whether a flow may write our field of this name.

    >>> takes("custom.integration_customers.us"), takes("custom.region"), takes("name")
    (True, True, False)
    """
    return FIELDS.takes(name) and name != "custom."


def _listed(current: Customer, key: str) -> list[Mapping[str, Any]]:
    """Return a list of the customer as it came; where it was not read, the rest of it would be lost."""
    if key not in current.extra:
        raise InputError(
            f"{current.ref}: was read without its {key}, and the list is written whole; "
            "let the adapter answer with the customer object as Lago sends it"
        )
    return list(current.extra[key] or ())


def _write_connections(ids: Mapping[str, str], current: Customer) -> list[dict[str, Any]]:
    there = _listed(current, "integration_customers")
    if not ids.keys() <= {entry.get("integration_code") for entry in there}:
        raise InputError(f"{current.ref}: names no such connection; choose it on the customer first")
    if not all(entry.get("lago_id") for entry in there):
        raise InputError(f"{current.ref}: a link was read without its id, and Lago would make it anew")
    return [_write_connection(entry, ids) for entry in there]


def _write_connection(entry: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    own = ["external_customer_id", "sync_with_provider"]
    own += ["subsidiary_id"] if entry.get("type") == "netsuite" else []
    code = entry.get("integration_code") or ""
    sent = {
        "id": entry["lago_id"],
        "integration_type": entry.get("type"),
        "integration_code": code,
        **{key: entry.get(key) for key in own},
    }
    if code in ids:
        sent["external_customer_id"] = ids[code]
    return {key: value for key, value in sent.items() if value is not None}


def _write_metadata(changes: Mapping[str, Any], current: Customer) -> list[dict[str, Any]]:
    there = {datum["key"]: datum for datum in read_metadata(_listed(current, "metadata"))}
    kept = {key: datum["value"] for key, datum in there.items()}
    new = {"id": ABSENT, "on_invoice": False}
    return [
        _write_datum({**there.get(key, new), "key": key, "value": value})
        for key, value in {**kept, **changes}.items()
        if key not in changes or value is not None
    ]


def _write_datum(datum: Mapping[str, Any]) -> dict[str, Any]:
    sent = METADATUM.write({**datum, "on_invoice": datum["on_invoice"] or False})
    return {"id" if key == "lago_id" else key: value for key, value in sent.items()}


LAGO: Final = System(
    name="lago",
    read=read,
    write=write,
    id_of=IdUnder("lago_id", read_dashed),
    limits={"name": Limit(length=255, cited="getlago/lago-api, customer model", confidence="B")},
    replaces_lists=True,
    takes=takes,
    retrieved_by="external_id",
)
"""Lago's customer object. Its API knows customers by their external ids alone."""
