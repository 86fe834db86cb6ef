"""Lightspeed Retail X-Series' customer (formerly Vend), in both directions: API 2.0 and later, and 0.9.

`LIGHTSPEED` is the system. The postal address is the billing address, the physical one the shipping address.
The 0.9 era spells some keys otherwise, sends amounts as text and stamps without a zone: all are read.
What Lightspeed alone knows is kept in `extra`, `version` and `enable_promotional_sms` among it.
"""

from collections.abc import Mapping
from typing import Any, Final

from custsync.errors import FlowError
from custsync.models import ABSENT, NOTHING_KEPT, Address, Customer, Maybe, Ref, SubscriptionStatus
from custsync.payloads import (
    FLAG,
    MONEY,
    Column,
    Kind,
    Table,
    finish,
    object_of,
    read_all,
    read_flag,
)
from custsync.protocols import Payload
from custsync.systems.address_patch import book_of, overlaid
from custsync.systems.ids import id_in, read_dashed
from custsync.systems.system import System
from custsync.systems.timestamps import Stamps

__all__ = ["LIGHTSPEED", "WALK_IN", "is_made_up", "is_walk_in"]

WALK_IN: Final = "WALKIN"
"""The customer code of the shop's anonymous customer."""

_UNNAMED: Final = "UNNAMED"
_DRAWN: Final = 4

CUSTOM_FIELDS: Final = ("custom_field_1", "custom_field_2", "custom_field_3", "custom_field_4")
"""All custom fields that a customer has."""

_STAMP: Final = Kind(Stamps(zone="UTC").read)
"""A stamp without a zone, as the 0.9 era sends it, is taken for UTC (unverified)."""


def _read_status(value: Any, _: object = None) -> Any:
    """Return the status that `do_not_email` stands for; false is a mere default, so it is soft too."""
    refuses = read_flag(value)
    if refuses is None or refuses is ABSENT:
        return refuses
    return SubscriptionStatus.SOFT_OPT_OUT if refuses else SubscriptionStatus.SOFT_OPT_IN


def _write_status(value: SubscriptionStatus) -> bool:
    return value.opted_out


def _address_table(kind: str) -> Table:
    """Return the columns of one of the two addresses; its lines have two spellings."""
    return Table(
        (
            Column("line1", f"{kind}_address_1"),
            Column("line2", f"{kind}_address_2"),
            Column("suburb", f"{kind}_suburb"),
            Column("city", f"{kind}_city"),
            Column("state", f"{kind}_state"),
            Column("postal_code", f"{kind}_postcode"),
            Column("country", f"{kind}_country_id"),
            Column("old_line1", f"{kind}_address1", writable=False),
            Column("old_line2", f"{kind}_address2", writable=False),
        )
    )


POSTAL: Final = _address_table("postal")
PHYSICAL: Final = _address_table("physical")
BESIDES: Final = Table(
    (
        Column("deleted_at", "deleted_at", _STAMP, writable=False),
        Column("gender", "gender", writable=False),
        Column("sex", "sex", writable=False),
        Column("enable_promotional_sms", "enable_promotional_sms", FLAG, writable=False),
    )
)
CUSTOM: Final = Table(Column(name, name) for name in CUSTOM_FIELDS)
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
        Column("subscription_status", "do_not_email", Kind(_read_status, _write_status)),
        Column("balance", "balance", MONEY, writable=False),
        Column("created_at", "created_at", _STAMP, writable=False),
        Column("modified_at", "updated_at", _STAMP, writable=False),
    ),
    cls=Customer,
    ignored=(*POSTAL.keys, *PHYSICAL.keys, *BESIDES.keys, *CUSTOM.keys),
)


def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a Lightspeed customer object describes.

    `extra["gender"]` is what the 0.9 era calls `sex`, `extra["deleted_at"]` the stamp of a tombstone, and
    `extra["suburb"]` of an address its suburb. Where a line is there in both spellings, that of 2.0 counts.

    Args:
        payload: a customer object, without the envelope (`data`) of its page.
        account: the shop that its id lives in.
        mode: the world within it, where there are several.

    Raises:
        PayloadError: with every issue at once.

    Rule: LS-MAP-1, LS-MAP-2, LS-MAP-3
    Source: Lightspeed X-Series API 2.0, customers

    >>> read({"id": "0a91", "customer_code": "C-7", "do_not_email": True}).subscription_status.opted_out
    True
    >>> read({"id": "0a91", "customer_code": 7})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape
    """
    payload = object_of(payload)
    customer, billing, shipping, besides, custom = read_all(
        (CUSTOMER.read_whole, payload),
        (POSTAL.read, payload),
        (PHYSICAL.read, payload),
        (BESIDES.read, payload),
        (CUSTOM.read, payload),
    )
    customer.ref = Ref("lightspeed", customer.ref, account, mode)
    customer.addresses = book_of(_address(billing, billing=True), _address(shipping, billing=False))
    customer.deleted = bool(besides["deleted_at"])
    customer.custom = _carried(custom) or NOTHING_KEPT
    customer.extra = {**customer.extra, **_besides(besides, payload)} or NOTHING_KEPT
    return finish(customer, Customer)


def _carried(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not ABSENT}


def _besides(besides: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has no field of ours, by its later spelling."""
    gender = besides["sex"] if besides["gender"] is ABSENT else besides["gender"]
    kept = {"gender": gender, "enable_promotional_sms": besides["enable_promotional_sms"]}
    if besides["deleted_at"]:
        kept["deleted_at"] = payload["deleted_at"]
    return _carried(kept)


def _address(parts: dict[str, Any], *, billing: bool) -> Maybe[Address]:
    """Return the address, None where there is nothing in it, ABSENT where no key of it is there."""
    for line in ("line1", "line2"):
        old = parts.pop(f"old_{line}")
        if parts[line] is ABSENT:
            parts[line] = old
    suburb = parts["suburb"]
    if not any(parts.values()):
        return None if _carried(parts) else ABSENT
    del parts["suburb"]
    extra = NOTHING_KEPT if suburb is ABSENT else {"suburb": suburb}
    return Address(default_billing=billing, default_shipping=not billing, extra=extra, **parts)


def id_of(payload: Payload) -> str:
    """Return the id of a customer object, `""` where there is none to be read.

    >>> id_of({"id": "0a91-77"}), id_of({"id": 7})
    ('0a91-77', '')
    """
    return id_in(payload, "id", read_dashed)


def is_deleted(payload: Payload) -> bool:
    """Return whether Lightspeed answers for the id with a tombstone.

    >>> is_deleted({"id": "0a91", "deleted_at": "2026-10-02T07:15:00+00:00"})
    True
    >>> is_deleted({"id": "0a91", "deleted_at": None})
    False
    """
    return bool(payload.get("deleted_at"))


def is_walk_in(customer: Customer) -> bool:
    """Return whether this is the shop's anonymous customer, who is never synced in either direction.

    Source: Lightspeed X-Series API 2.0, customers

    >>> is_walk_in(read({"id": "0a91", "customer_code": "WALKIN"}))
    True
    >>> is_walk_in(read({"id": "0a91", "customer_code": "C-7"}))
    False
    """
    return customer.entity_id == WALK_IN


def is_made_up(customer: Customer) -> bool:
    """Return whether the customer's code has the form of one that Lightspeed made up.

    A customer that is created without a code gets its first name, or `UNNAMED`, a dash, and four capital
    letters or digits.

    Source: Lightspeed X-Series API 2.0, customers

    >>> is_made_up(read({"id": "0a91", "customer_code": "Tony-37YP", "first_name": "Tony"}))
    True
    >>> is_made_up(read({"id": "0a91", "customer_code": "CUST-2042", "first_name": "Tony"}))
    False
    """
    name, _, letters = (customer.entity_id or "").rpartition("-")
    drawn = len(letters) == _DRAWN and letters.isascii() and letters.isalnum() and letters == letters.upper()
    return drawn and name in (customer.first_name, _UNNAMED)


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the body that creates a customer with these values, or changes one to them.

    Both names are always in it, as Lightspeed demands their keys: the new, the one that is there, or null.
    An unknown subscription status is not sent: `do_not_email` stays as it is there.

    Args:
        values: our field name → value; None clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that Lightspeed does not take.

    Rule: LS-MAP-1, LS-MAP-2, LS-MAP-3

    >>> write({"entity_id": "C-7", "company_name": "Joinery"})
    {'customer_code': 'C-7', 'first_name': None, 'last_name': None, 'company_name': 'Joinery'}
    >>> write({"salutation": "Dr"})
    Traceback (most recent call last):
        ...
    custsync.errors.FlowError: Lightspeed takes no field 'salutation': take its row out of the field table
    """
    own = {name: _there(current, name) for name in ("first_name", "last_name")}
    custom: dict[str, Any] = {}
    addresses: dict[str, Any] = {}
    for name, value in values.items():
        if value is ABSENT:
            continue
        if name in _ADDRESSES:
            addresses |= _write_address(name, value, current)
        elif name.startswith("custom.") and name[7:] in CUSTOM_FIELDS:
            custom[name[7:]] = None if value is None else str(value)
        elif name not in CUSTOMER.writable:
            raise FlowError(f"Lightspeed takes no field {name!r}: take its row out of the field table")
        elif value is not None or name != "subscription_status":
            own[name] = value
    return CUSTOMER.write(own) | addresses | CUSTOM.write(custom)


def _there(current: Customer | None, name: str) -> Any:
    there = getattr(current, name, None)
    return None if there is ABSENT else there


_ADDRESSES: Final[Mapping[str, Table]] = {"billing_address": POSTAL, "shipping_address": PHYSICAL}


def _write_address(name: str, value: Address | None, current: Customer | None) -> dict[str, Any]:
    """Return the keys of the address as it will be: laid over the one that is there; None clears them all."""
    table = _ADDRESSES[name]
    if value is None:
        return table.write(dict.fromkeys(table.writable))
    address = overlaid(getattr(current, name, None), value)
    parts = {part: getattr(address, part) for part in table.writable if part != "suburb"}
    return table.write({**parts, "suburb": {**address.extra, **value.extra}.get("suburb", ABSENT)})


LIGHTSPEED: Final = System(
    name="lightspeed",
    read=read,
    write=write,
    id_of=id_of,
    is_deleted=is_deleted,
    absent_is_null=True,
    case_sensitive=frozenset({"customer_code"}),
)
"""Lightspeed's customer object. No length of a field is stated anywhere, so it has no limits.

Whether a look-up by code folds case is stated nowhere either: it is asked for the exact spelling too.
"""
