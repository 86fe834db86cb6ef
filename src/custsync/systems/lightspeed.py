"""Lightspeed Retail X-Series' customer (formerly Vend), in both directions: API 2.0 and later, and 0.9.

`LIGHTSPEED` is the system. The postal address is the billing address, the physical one the shipping address.
Version 0.9 has other spellings of some keys, sends amounts as text and stamps without a zone: all are read.
Fields for which we have no name of our own are custom fields (`custom["note"]`); what no flow writes is kept
in `extra`, `version` for example.

A whole record has the code, both names and `do_not_email`; in it a key that is left out is null. An update
replaces the whole record, so that only a customer that was read whole can be changed.
"""

from collections.abc import Mapping
from typing import Any, Final

from custsync._arguments import checked
from custsync._building import evolved
from custsync.errors import FlowError, InputError
from custsync.models import ABSENT, Address, Customer, SubscriptionStatus
from custsync.payloads import FLAG, MONEY, TEXT, Column, Kind, Table
from custsync.payloads.field_types import one_of, or_blank
from custsync.protocols import Payload
from custsync.rules.fields.limits import ADDRESSES
from custsync.systems.from_table import by_table
from custsync.systems.lightspeed_writes import CUSTOM_FIELDS, FIELDS, OTHER_FIELDS, UNNAMED, WALK_IN, fit
from custsync.systems.system import System
from custsync.systems.values import IdUnder, Stamps, address_columns, overlaid, read_dashed
from custsync.systems.vendor_fields import VendorField

__all__ = ["LIGHTSPEED", "is_made_up", "is_walk_in"]

_DRAWN: Final = 4
"""So many letters and digits end a code that Lightspeed made up."""

_STAMP: Final = Kind(or_blank(Stamps(zone="UTC").read))
"""A stamp without a zone, as the 0.9 era sends it, is taken for UTC (unverified)."""


_STATUSES: Final[Mapping[Any, Any]] = {
    True: SubscriptionStatus.SOFT_OPT_OUT,
    False: SubscriptionStatus.SOFT_OPT_IN,
    None: None,
    ABSENT: ABSENT,
}
"""The status that `do_not_email` stands for; false is only a default, so it is soft too."""


def _write_status(value: SubscriptionStatus) -> bool:
    return value.opted_out


_PARTS: Final = {
    "extra.suburb": "suburb",
    "city": "city",
    "state": "state",
    "postal_code": "postcode",
    "country": "country_id",
}


def _place(role: str, kind: str) -> tuple[Column, ...]:
    """Return the columns of one of the two addresses; its lines have two spellings."""
    lines = [Column(f"{role}.line{at}", f"{kind}_address_{at}", also=f"{kind}_address{at}") for at in (1, 2)]
    return (*lines, *address_columns(role, _PARTS, f"{kind}_"))


def _own(name: str) -> Column:
    return Column(f"custom.{name}", name, null_is_left_out=False)


def _other(row: VendorField) -> Column:
    """Return the column of a field for which we have no name; what a record leaves out is not known."""
    also = "sex" if row.key == "gender" else ""
    return Column(row.name, row.key, _KINDS.get(row.form, TEXT), null_is_left_out=False, also=also)


def _complete(customer: Any, payload: Payload, parts: Payload, *_: str) -> None:
    """Set the values of a tombstone."""
    if parts["deleted_at"]:
        customer.deleted, customer.extra = True, {**customer.extra, "deleted_at": payload["deleted_at"]}


_KINDS: Final[Mapping[str, Kind]] = {"flag": FLAG, "number": MONEY}
CUSTOMER: Final = Table(
    (
        Column("ref", "id", Kind(read_dashed), writable=False),
        Column("entity_id", "customer_code"),
        Column("first_name", "first_name"),
        Column("last_name", "last_name"),
        Column("company_name", "company_name"),
        Column("name", "name", writable=False),
        Column("email", "email"),
        Column("phone", "phone"),
        Column("mobile_phone", "mobile"),
        Column("fax", "fax"),
        Column("subscription_status", "do_not_email", Kind(one_of(_STATUSES), _write_status)),
        Column("balance", "balance", MONEY, writable=False),
        Column("created_at", "created_at", _STAMP, writable=False),
        Column("modified_at", "updated_at", _STAMP, writable=False),
        *_place("billing_address", "postal"),
        *_place("shipping_address", "physical"),
        *map(_own, CUSTOM_FIELDS),
        *map(_other, OTHER_FIELDS),
        Column("deleted_at", "deleted_at", _STAMP, writable=False),
    ),
    cls=Customer,
    system="lightspeed",
    always=("customer_code", "first_name", "last_name", "do_not_email"),
    complete=_complete,
    made_of={"deleted": ("deleted_at",), "extra": ("deleted_at",)},
)
"""Every whole record has those keys, null or not."""


@by_table(CUSTOMER)
def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a Lightspeed customer object describes.

    `custom["gender"]` is what the 0.9 era calls `sex`, `extra["deleted_at"]` the stamp of a tombstone, and
    `extra["suburb"]` of an address its suburb. Where a line is there in both spellings, that of 2.0 counts.
    In a whole record a key that is left out is null; in any other it is not known.

    Args:
        payload: a customer object, without the envelope (`data`) of its page.
        account: the shop that its id lives in.
        mode: the account's mode, where there are several.

    Raises:
        PayloadError: with every issue at once.

    Rule: LS-MAP-1, LS-MAP-2, LS-MAP-3
    Source: Lightspeed X-Series API 2.0, customers

    >>> read({"id": "0a91", "customer_code": "C-7", "do_not_email": True}).subscription_status.opted_out
    True
    >>> read({"id": "0a91", "customer_code": 7})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape: customer_code: not a text
    """
    return CUSTOMER.read_record(payload, account, mode)  # type: ignore[no-any-return]


def is_deleted(payload: Payload) -> bool:
    """Return whether Lightspeed answers for the id with a tombstone.

    >>> is_deleted({"id": "0a91", "deleted_at": "2026-10-02T07:15:00+00:00"})
    True
    >>> is_deleted({"id": "0a91", "deleted_at": None})
    False
    """
    return bool(payload.get("deleted_at"))


@checked
def is_walk_in(customer: Customer) -> bool:
    """Return whether this is the shop's anonymous customer, who is never synced in either direction.

    Source: Lightspeed X-Series API 2.0, customers

    >>> is_walk_in(read({"id": "0a91", "customer_code": "WALKIN"}))
    True
    >>> is_walk_in(read({"id": "0a91", "customer_code": "C-7"}))
    False
    """
    return customer.entity_id == WALK_IN


@checked
def is_made_up(customer: Customer) -> bool:
    """Return whether the customer's code has the form of one that Lightspeed made up.

    A customer that is created without a code gets its first name, or `UNNAMED`, a dash, and four capital
    letters or digits. It keeps the code when it is renamed: then the four decide, letters and digits among
    them, behind a name that is not all capitals.

    Source: Lightspeed X-Series API 2.0, customers

    >>> is_made_up(read({"id": "0a91", "customer_code": "Tony-37YP", "first_name": "Anthony"}))
    True
    >>> is_made_up(read({"id": "0a91", "customer_code": "CUST-2042", "first_name": "Tony"}))
    False
    """
    name, _, letters = (customer.entity_id or "").rpartition("-")
    drawn = len(letters) == _DRAWN and letters.isascii() and letters.isalnum() and letters == letters.upper()
    is_mixed = not letters.isdigit() and not letters.isalpha() and name != name.upper()
    return drawn and (is_mixed or name in (customer.first_name, UNNAMED))


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the body that creates a customer with these values, or changes one to them.

    Both names are always in it, as Lightspeed demands their keys. The body of an update is the whole record
    with the change laid over it, right whether Lightspeed merges it or replaces what it leaves out: an
    opt-out is never lost. An unknown subscription status is not written.

    Args:
        values: our field name → value; None clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that Lightspeed does not take.
        InputError: the customer was not read whole.

    Rule: LS-MAP-1, LS-MAP-2, LS-MAP-3, G-LOSS

    >>> write({"entity_id": "C-7", "company_name": "Joinery"})
    {'customer_code': 'C-7', 'first_name': None, 'last_name': None, 'company_name': 'Joinery'}
    >>> there = {"id": "0a91", "customer_code": "C-7", "first_name": None, "last_name": "Lund"}
    >>> body = write({"phone": "1"}, read({**there, "do_not_email": True}))
    >>> body["phone"], body["last_name"], body["do_not_email"]
    ('1', 'Lund', True)
    >>> write({"salutation": "Dr"})
    Traceback (most recent call last):
        ...
    custsync.errors.FlowError: Lightspeed takes no field 'salutation': take its row out of the field table
    """
    filled: dict[str, Any] = {} if current else {"first_name": None, "last_name": None}
    for name, value in values.items():
        if value is ABSENT:
            continue
        if not FIELDS.takes(name):
            raise FlowError(f"Lightspeed takes no field {name!r}: take its row out of the field table")
        if value is not None or name != "subscription_status":
            filled[name] = _own_form(name, value, current)
    return _whole(current) | CUSTOMER.write(filled)


def _own_form(name: str, value: Any, current: Customer | None) -> Any:
    """Return the value as it is to be: an address over the one there; Lightspeed's own fields are texts."""
    if isinstance(value, Address):
        address = overlaid(getattr(current, name, None), value)
        return evolved(address, extra={**address.extra, **value.extra})
    return str(value) if name[7:] in CUSTOM_FIELDS and value is not None else value


def _whole(current: Customer | None) -> dict[str, Any]:
    """Return the body that leaves a customer as it is: every key that is known and that a body can have."""
    if current is None:
        return {}
    own = {name: getattr(current, name) for name in CUSTOMER.writable if "." not in name}
    if ABSENT in own.values():
        raise InputError(
            f"{current.ref}: was not read whole, and an update replaces the whole record; "
            "let the adapter answer with the customer object as Lightspeed sends it"
        )
    places = {name: getattr(current, name) or None for name in ADDRESSES}
    custom = {f"custom.{name}": value for name, value in current.custom.items()}
    body = CUSTOMER.write(own | places | custom)
    return {key: value for key, value in body.items() if FIELDS.at[key].fault(value) != "empty"}


def takes(name: str) -> bool:
    """Return whether a flow may write our field of this name.

    >>> takes("custom.note"), takes("custom.version")
    (True, False)
    """
    return FIELDS.takes(name)


LIGHTSPEED: Final = System(
    name="lightspeed",
    read=read,
    write=write,
    id_of=IdUnder("id", read_dashed),
    is_deleted=is_deleted,
    case_sensitive=frozenset({"customer_code"}),
    replaces_lists=True,
    takes=takes,
    fit=fit,
)
"""Lightspeed's customer object. No length of a field is stated anywhere, so it has no limits.

Whether a look-up by code folds case is stated nowhere either: the exact spelling is looked up too.
"""
