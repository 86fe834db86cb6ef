"""Stripe's customer object, in both directions.

`STRIPE` is the system. What Stripe alone knows is kept in `extra`. Writing gives the parameters of a create
or an update: a key that is left out changes nothing, an empty text clears.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from attrs import evolve

from custsync.codec import (
    LONGEST_NUMBER,
    TRUTH,
    Column,
    Kind,
    Table,
    check_depth,
    collect,
    object_of,
    read_text,
    refusal,
)
from custsync.errors import FlowError, InputError, PayloadError
from custsync.fields import Limit, System
from custsync.models import ABSENT, NOTHING_KEPT, Address, Customer, Maybe, Ref
from custsync.normalize import epoch_stamp
from custsync.ports import Payload
from custsync.systems.overlays import overlaid, parts_of

__all__ = ["STRIPE"]

_ID_LENGTH: Final = 255
_METADATA_KEY: Final = 40
_METADATA_VALUE: Final = 500


def _read_id(value: Any) -> str:
    text = read_text(value)
    if text and len(text) <= _ID_LENGTH and text.isascii() and text.replace("_", "").isalnum():
        return text
    raise refusal("not_an_id", "not an id: letters, digits and underscores", value) from None


def _read_epoch(value: Any) -> Any:
    if value is None:
        return None
    try:
        return epoch_stamp(value)
    except InputError:
        raise refusal("not_a_stamp", "not whole seconds since 1970", value) from None


def _read_cents(value: Any) -> Decimal | None:
    if value is None:
        return None
    if type(value) is int and abs(value) < 10**LONGEST_NUMBER:
        return Decimal(value).scaleb(-2)
    raise refusal("not_a_number", "not a whole number of cents", value) from None


def _read_livemode(value: Any) -> str:
    if value is True or value is False:
        return "live" if value else "test"
    raise refusal("not_a_flag", "neither true nor false", value) from None


def _read_metadata(value: Any) -> Mapping[str, Any]:
    if value is None:
        return NOTHING_KEPT
    metadata = object_of(value)
    collect({key: (read_text, text) for key, text in metadata.items()})
    return dict(metadata) or NOTHING_KEPT


def _read_address(value: Any) -> Address | None:
    return None if value is None else Address(default_billing=True, **ADDRESS.read(object_of(value)))


def _read_shipping(value: Any) -> Address | None:
    if value is None:
        return None
    parts = SHIPPING.read(object_of(value))
    return Address(default_shipping=True, **parts.pop("address", {}), **parts)


def _read_components(value: Any) -> dict[str, Any]:
    return {} if value is None else ADDRESS.read(object_of(value))


def _clearing(value: Any) -> Any:
    return "" if value is None else value


_OPTIONAL: Final = Kind(read_text, _clearing)

ADDRESS: Final = Table(
    (
        Column("line1", "line1", _OPTIONAL),
        Column("line2", "line2", _OPTIONAL),
        Column("city", "city", _OPTIONAL),
        Column("state", "state", _OPTIONAL),
        Column("postal_code", "postal_code", _OPTIONAL),
        Column("country", "country", _OPTIONAL),
    ),
)


def _write_address(value: Address | None) -> Any:
    return "" if value is None else ADDRESS.write(parts_of(value, ADDRESS.writable))


SHIPPING: Final = Table(
    (
        Column("addressee", "name", _OPTIONAL),
        Column("phone", "phone", _OPTIONAL),
        Column("address", "address", Kind(_read_components, _write_address)),
    )
)


def _write_shipping(value: Address | None) -> Any:
    if value is None:
        return ""
    return SHIPPING.write({"addressee": value.addressee, "phone": value.phone, "address": value})


CUSTOMER: Final = Table(
    (
        Column("id", "id", Kind(_read_id), writable=False, required=True),
        Column("mode", "livemode", Kind(_read_livemode), writable=False),
        Column("name", "name", _OPTIONAL),
        Column("email", "email", _OPTIONAL),
        Column("phone", "phone", _OPTIONAL),
        Column("billing_address", "address", Kind(_read_address, _write_address)),
        Column("shipping_address", "shipping", Kind(_read_shipping, _write_shipping)),
        Column("currency", "currency", writable=False),
        Column("balance", "balance", Kind(_read_cents), writable=False),
        Column("created_at", "created", Kind(_read_epoch), writable=False),
        Column("deleted", "deleted", TRUTH, writable=False),
        Column("custom", "metadata", Kind(_read_metadata)),
    ),
    ignored=("object",),
)


def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a Stripe customer object describes.

    Args:
        payload: a customer object, also a deleted one.
        account: the account that its id lives in.
        mode: `"live"` or `"test"`; `""` takes the payload's word.

    Raises:
        PayloadError: with every issue at once.

    Source: docs.stripe.com/api/customers/object

    >>> read({"id": "cus_1", "object": "customer", "deleted": True}).deleted
    True
    >>> read({"id": "cus_1", "name": 7})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape
    """
    values = CUSTOMER.read(object_of(payload))
    stated = values.pop("mode", mode)
    if mode and stated != mode:
        _refuse_mode(mode)
    extra = CUSTOMER.others(payload)
    return Customer(
        ref=Ref("stripe", values.pop("id"), account, stated),
        addresses=_addresses(values),
        extra=check_depth(extra) or NOTHING_KEPT,
        **values,
    )


def _refuse_mode(mode: str) -> None:
    collect({"livemode": (_other_mode, mode)})


def _other_mode(mode: str) -> None:
    raise refusal(
        "wrong_mode", f"not of the {mode} mode that was asked for", mode, "Use the key of that mode"
    ) from None


def _addresses(values: dict[str, Any]) -> Maybe[tuple[Address, ...]]:
    billing = values.pop("billing_address", ABSENT)
    shipping = values.pop("shipping_address", ABSENT)
    if billing is ABSENT and shipping is ABSENT:
        return ABSENT
    return tuple(address for address in (billing, shipping) if address)


def identify(payload: Payload) -> str:
    """Return the id of a customer object, `""` where there is none to be read.

    >>> identify({"id": "cus_1"}), identify({"id": 7})
    ('cus_1', '')
    """
    try:
        return _read_id(object_of(payload).get("id"))
    except PayloadError:
        return ""


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the parameters that create a customer with these values, or change one to them.

    Args:
        values: our field name → value; None clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that Stripe does not take, or a metadata key that it does not take.
        InputError: a metadata value that is too long.

    >>> write({"email": "ap@joinery.example", "phone": None, "custom.netsuite_internal_id": "2041"})
    {'email': 'ap@joinery.example', 'phone': '', 'metadata': {'netsuite_internal_id': '2041'}}
    """
    own: dict[str, Any] = {}
    metadata: dict[str, str] = {}
    for name, value in values.items():
        if name.startswith("custom."):
            metadata.update(_metadatum(name[7:], value))
        elif name not in CUSTOMER.writable or name == "custom":
            raise FlowError(f"Stripe takes no field {name!r}: take its row out of the flow's field table")
        elif isinstance(value, Address):
            own[name] = overlaid(getattr(current, name, None), value)
        else:
            own[name] = value
    if isinstance(own.get("shipping_address"), Address):
        own["shipping_address"] = _named(own["shipping_address"], values, current)
    return CUSTOMER.write(own | ({"custom": metadata} if metadata else {}))


def _metadatum(key: str, value: Any) -> dict[str, str]:
    if value is ABSENT:
        return {}
    if len(key) > _METADATA_KEY or "[" in key or "]" in key:
        raise FlowError("a metadata key has at most 40 characters, none of them a square bracket")
    text = "" if value is None else str(value)
    if len(text) > _METADATA_VALUE:
        raise InputError(f"a metadata value has at most {_METADATA_VALUE} characters, not {len(text)}")
    return {key: text}


def _named(shipping: Address, values: Mapping[str, Any], current: Customer | None) -> Address:
    """Return the shipping address with the name that Stripe demands: the customer's where it has none."""
    name = shipping.addressee or values.get("name") or (current.name if current else "")
    return evolve(shipping, addressee=name or "")


STRIPE: Final = System(
    name="stripe",
    read=read,
    write=write,
    identify=identify,
    limits={"email": Limit(length=512, cited="Stripe API, customer create parameters", confidence="A")},
    case_sensitive=frozenset({"email"}),
)
"""Stripe's customer object. Its `name` and `phone` have no stated length, so they have no limit here."""
