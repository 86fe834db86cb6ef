"""Stripe's customer object, in both directions.

`STRIPE` is the system. What Stripe alone knows is kept in `extra`. Writing gives the parameters of a create
or an update: a key that is left out changes nothing, an empty text clears.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from attrs import evolve

from custsync.errors import FlowError, InputError, PayloadError
from custsync.models import ABSENT, NOTHING_KEPT, Address, Customer, Ref
from custsync.payloads import SET_FLAG, Column, Kind, Table, payload_error, read_text
from custsync.payloads.field_types import one_of, or_blank
from custsync.payloads.reading import collect, prefixed
from custsync.protocols import Payload
from custsync.rules.fields.limits import ADDRESSES
from custsync.rules.normalize.timestamps import epoch_stamp
from custsync.systems.from_table import by_table
from custsync.systems.stripe_writes import FIELDS, fit, is_metadata_key, takes, with_name
from custsync.systems.system import System
from custsync.systems.values import CENTS, IdUnder, decimals_of, overlaid

__all__ = ["STRIPE"]

_ID_LENGTH: Final = 255


def _read_id(value: Any, _: object = None) -> str:
    if (
        type(value) is str
        and len(value) <= _ID_LENGTH
        and value.isascii()
        and value.replace("_", "").isalnum()
    ):
        return value
    raise payload_error("not_an_id", "not an id: letters, digits and underscores", value)


def _read_epoch(value: Any, _: object = None) -> Any:
    try:
        return epoch_stamp(value)
    except InputError:
        pass
    raise payload_error("not_a_stamp", "not whole seconds since 1970", value)


_MODES: Final = {True: "live", False: "test", ABSENT: ""}


def _read_metadata(value: Any, _: object = None) -> Mapping[str, Any]:
    if value is None or value is ABSENT or value == NOTHING_KEPT:
        return NOTHING_KEPT
    metadata = NO_COLUMNS.unknown_keys(value)
    texts = collect((key, read_text, text) for key, text in metadata.items())
    return dict(zip(metadata, texts, strict=True))


_COMPONENTS: Final = (
    Column("line1", "line1"),
    Column("line2", "line2"),
    Column("city", "city"),
    Column("state", "state"),
    Column("postal_code", "postal_code"),
    Column("country", "country"),
)
_READ: Final = [evolve(column, writable=False) for column in _COMPONENTS]
ADDRESS: Final = Table(_COMPONENTS, cls=Address, fixed={"default_billing": True})
SHIPPING: Final = Table(
    (Column("addressee", "name"), Column("phone", "phone"), *_READ),
    cls=Address,
    fixed={"default_shipping": True},
    within="address",
)
NO_COLUMNS: Final = Table(())


def _write_address(value: Address | None) -> Any:
    return None if value is None else ADDRESS.write_parts(value)


def _write_shipping(value: Address | None) -> Any:
    if value is None:
        return None
    return {**SHIPPING.write_parts(value), "address": ADDRESS.write_parts(value)}


def _cleared(body: dict[str, Any]) -> dict[str, Any]:
    """Return an update's body, with an empty text, which clears, for null."""
    return {
        key: "" if part is None else _cleared(part) if type(part) is dict else part
        for key, part in body.items()
    }


def _without_blanks(body: dict[str, Any]) -> dict[str, Any]:
    """Return a create's body without what would only clear: nothing is there yet."""
    return {
        key: _without_blanks(part) if type(part) is dict else part
        for key, part in body.items()
        if part is not None and part != ""
    }


def _complete(customer: Any, _: Payload, parts: Payload, account: str, mode: str) -> None:
    """Set the customer's reference, in the mode that the payload states, and its balance in its currency."""
    stated = parts["mode"] or mode
    if mode and stated != mode:
        raise _wrong_mode(mode)
    if stated != mode:
        customer.ref = Ref("stripe", customer.ref.id, account, stated)
    if customer.balance and customer.currency:
        customer.balance = _in_currency(customer.balance, customer.currency)


ALWAYS: Final = ("object", "address", "created", "email", "livemode", "metadata", "name", "phone", "shipping")
"""The keys that Stripe sends with every customer: one that has them all is whole, its metadata too."""

CUSTOMER: Final = Table(
    (
        Column("ref", "id", Kind(_read_id), writable=False),
        Column("name", "name"),
        Column("email", "email"),
        Column("phone", "phone"),
        Column("currency", "currency", writable=False),
        Column("balance", "balance", CENTS, writable=False),
        Column("created_at", "created", Kind(or_blank(_read_epoch)), writable=False),
        Column("deleted", "deleted", SET_FLAG, writable=False, null_is_left_out=False),
        Column("custom", "metadata", Kind(_read_metadata)),
        Column("mode", "livemode", Kind(one_of(_MODES)), writable=False, null_is_left_out=False),
        Column("billing_address", "address", Kind(or_blank(ADDRESS.read), _write_address)),
        Column("shipping_address", "shipping", Kind(or_blank(SHIPPING.read), _write_shipping)),
    ),
    cls=Customer,
    system="stripe",
    ignored=("object",),
    always=ALWAYS,
    complete=_complete,
    made_of={"ref": ("mode",), "balance": ("currency",)},
)


@by_table(CUSTOMER)
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
    custsync.errors.PayloadError: a payload that is not of its system's shape: name: not a text
    """
    return CUSTOMER.read_record(payload, account, mode)  # type: ignore[no-any-return]


def _in_currency(hundredths: Decimal, currency: str) -> Decimal:
    """Return a number of smallest units, which was read as hundredths, as the currency counts them.

    >>> _in_currency(Decimal("-5.00"), "jpy"), _in_currency(Decimal("-5.00"), "usd")
    (Decimal('-500'), Decimal('-5.00'))
    """
    return hundredths.scaleb(2 - decimals_of(currency))


def _wrong_mode(mode: str) -> PayloadError:
    error = payload_error(
        "wrong_mode", f"not of the {mode} mode that was requested", ABSENT, "Use the key of that mode"
    )
    return PayloadError(str(error), prefixed(error.issues, "livemode"))


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the parameters that create a customer with these values, or change one to them.

    Args:
        values: our field name → value; None clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field that Stripe does not take, or a metadata key that it does not take.

    >>> there = read({"id": "cus_1", "phone": "(503) 555-0101"})
    >>> write({"email": "ap@joinery.example", "phone": None, "custom.netsuite_internal_id": "2041"}, there)
    {'email': 'ap@joinery.example', 'phone': '', 'metadata': {'netsuite_internal_id': '2041'}}
    """
    own: dict[str, Any] = {}
    metadata: dict[str, str | None] = {}
    for name, value in values.items():
        if name.startswith("custom."):
            metadata.update(_metadatum(name[7:], value))
        elif name in ADDRESSES:
            own[name] = _laid(name, value, values, current)
        elif name in CUSTOMER.writable and name != "custom":
            own[name] = value
        else:
            raise FlowError(f"Stripe takes no field {name!r}: take its row out of the flow's field table")
    body = CUSTOMER.write({**own, "custom": metadata or ABSENT})
    return (_without_blanks if current is None else _cleared)(body)


def _laid(name: str, value: Any, values: Mapping[str, Any], current: Customer | None) -> Any:
    """Return the address as it will be: laid over the one that is there, and a shipping one with its name."""
    if not isinstance(value, Address):
        return value
    address = overlaid(getattr(current, name, None), value)
    return with_name(address, values, current) if name == "shipping_address" else address


def _metadatum(key: str, value: Any) -> dict[str, str | None]:
    if value is ABSENT:
        return {}
    if not is_metadata_key(key):
        raise FlowError("a metadata key has at most 40 characters, none of them a square bracket")
    return {key: None if value is None else str(value)}


def is_deleted(payload: Payload) -> bool:
    """Return whether Stripe answers for the id with a tombstone.

    >>> is_deleted({"id": "cus_1", "object": "customer", "deleted": True}), is_deleted({"id": "cus_1"})
    (True, False)
    """
    return payload.get("deleted") is True


STRIPE: Final = System(
    name="stripe",
    read=read,
    write=write,
    id_of=IdUnder("id", _read_id),
    is_deleted=is_deleted,
    limits=FIELDS.limits(),
    case_sensitive=frozenset({"email"}),
    takes=takes,
    fit=fit,
)
"""Stripe's customer object. Its `phone` has no stated length, so it has no limit here."""
