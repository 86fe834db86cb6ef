"""What Stripe's API takes of a customer, key by key, and what it makes of a write.

An empty text clears, metadata is merged by key, a component of an address that is not named keeps its value.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from attrs import evolve

from custsync.models import ABSENT, Address, Customer, Issue, Severity
from custsync.protocols import Payload, Rejected
from custsync.rules import countries
from custsync.rules.fields.limits import ADDRESSES
from custsync.systems.system import Fitted
from custsync.systems.values import overlaid
from custsync.systems.vendor_fields import FieldTable, VendorField, is_email

Row = dict[str, Any]

METADATA_PAIRS: Final = 50
_METADATA_KEY: Final = 40
_API: Final[dict[str, Any]] = {"cited": "Stripe API, parameters of a customer", "confidence": "A"}
_UNVERIFIED: Final[dict[str, Any]] = {"cited": "general belief; no clear is documented", "confidence": "D"}
_COMPONENTS: Final = ("line1", "line2", "city", "state", "postal_code", "country")
_place_of: Final = attrgetter(*_COMPONENTS)


def is_metadata_key(key: str) -> bool:
    """Return whether Stripe takes a key of metadata.

    >>> is_metadata_key("netsuite_internal_id"), is_metadata_key("a[b]")
    (True, False)
    """
    return 0 < len(key) <= _METADATA_KEY and not set(key) & set("[]")


def _has_metadata_keys(metadata: Mapping[str, Any]) -> bool:
    return all(map(is_metadata_key, metadata))


def _place(key: str, name: str) -> tuple[VendorField, ...]:
    """Return the rows of an address: an object, its components, each of them optional."""
    return (
        VendorField(key=key, name=name, form="object", empties=("",), **_API),
        *(VendorField(key=f"{key}.{part}", empties=("",), **_UNVERIFIED) for part in _COMPONENTS),
    )


FIELDS: Final = FieldTable(
    (
        VendorField(key="name", name="name", empties=("",), limit=256, **_UNVERIFIED),
        VendorField(key="email", name="email", empties=("",), valid=is_email, limit=512, **_API),
        VendorField(key="phone", name="phone", empties=("",), **_UNVERIFIED),
        VendorField(key="description", empties=("",), **_API),
        VendorField(key="business_name", empties=("",), limit=150, **_API),
        VendorField(key="individual_name", empties=("",), limit=150, **_API),
        *_place("address", "billing_address"),
        VendorField(key="shipping", name="shipping_address", form="object", empties=("",), **_API),
        VendorField(key="shipping.name", required="always", **_API),
        VendorField(key="shipping.phone", empties=("",), **_UNVERIFIED),
        VendorField(key="shipping.address", form="object", required="always", **_API),
        *_place("shipping.address", "")[1:],
        VendorField(
            key="metadata",
            name="custom.*",
            form="object",
            empties=("",),
            valid=_has_metadata_keys,
            limit=METADATA_PAIRS,
            **_API,
        ),
        VendorField(key="metadata.*", empties=("",), limit=500, **_API),
    ),
    codes={
        "unknown": "parameter_unknown",
        "missing": "parameter_missing",
        "form": "parameter_invalid_string",
        "empty": "parameter_invalid_empty",
        "value": "parameter_invalid",
        "length": "parameter_invalid",
        "count": "parameter_invalid",
    },
)
"""Every key that a write of ours, or of a person who works there, can have."""


def created(id: str, mode: str, body: Payload) -> Row | Rejected:
    """Return the customer that a create makes, or Stripe's refusal.

    >>> made = created("cus_1", "test", {"name": "Joinery", "phone": ""})
    >>> made["name"], made["phone"], made["livemode"]
    ('Joinery', None, False)
    >>> created("cus_1", "test", {"email": "n/a"})
    Rejected(code='email_invalid', field='email')
    """
    return changed({**BLANK, "id": id, "livemode": mode == "live"}, body, creates=True)


BLANK: Final[Mapping[str, Any]] = {
    "object": "customer",
    "address": None,
    "balance": 0,
    "currency": None,
    "delinquent": False,
    "description": None,
    "email": None,
    "metadata": {},
    "name": None,
    "phone": None,
    "preferred_locales": [],
    "shipping": None,
}
"""A customer with nothing in it."""


def changed(row: Row, body: Payload, *, creates: bool = False) -> Row | Rejected:
    """Return the customer after an update, or Stripe's refusal; the row itself is not touched.

    >>> there = {**BLANK, "id": "cus_1", "phone": "1", "metadata": {"tier": "gold"}}
    >>> changed(there, {"phone": "", "metadata": {"region": "NE"}})["metadata"]
    {'tier': 'gold', 'region': 'NE'}
    >>> changed(there, {"shipping": {"name": "Ann Lee"}})
    Rejected(code='parameter_missing', field='shipping[address]')
    """
    refusal = FIELDS.refusal(body, creates=creates)
    if refusal is not None:
        return _in_stripes_words(refusal)
    now = {**row, **{key: _kept(key, row.get(key), value) for key, value in body.items()}}
    if "metadata" in body:
        now["metadata"] = _merged(row.get("metadata") or {}, body["metadata"])
        if len(now["metadata"]) > METADATA_PAIRS:
            return Rejected("parameter_invalid", "metadata")
    return now


def _in_stripes_words(refusal: Rejected) -> Rejected:
    first, *inner = refusal.field.split(".")
    if first == "metadata":
        return Rejected(refusal.code, first)
    code = "email_invalid" if first == "email" and refusal.code == "parameter_invalid" else refusal.code
    return Rejected(code, first + "".join(f"[{key}]" for key in inner))


def _kept(key: str, there: Any, given: Any) -> Any:
    """Return what is kept: an empty text clears, what an object does not name stays."""
    if not isinstance(given, Mapping):
        return None if given == "" else given
    old = {**_WHOLE.get(key, {}), **(there or {})}
    return {**old, **{inner: _kept(inner, old.get(inner), value) for inner, value in given.items()}}


_WHOLE: Final[Mapping[str, Row]] = {
    "address": dict.fromkeys(_COMPONENTS),
    "shipping": {"name": None, "phone": None, "address": None},
}
"""The keys that an object always has once it is there."""


def _merged(there: Mapping[str, str], given: Any) -> Row:
    """Return the metadata merged by key; an empty text takes its key away, in place of all it takes all."""
    return {key: value for key, value in {**there, **given}.items() if value != ""} if given else {}


# What a flow may write


def with_name(shipping: Address, values: Mapping[str, Any], current: Customer | None) -> Address:
    """Return the shipping address with the name that Stripe demands: the customer's where it has none."""
    name = shipping.addressee or values.get("name") or (current.name if current else "")
    return shipping if shipping.addressee == name else evolve(shipping, addressee=name or "")


def takes(name: str) -> bool:
    """Return whether a flow may write our field of this name.

    >>> takes("custom.netsuite_internal_id"), takes("custom.a[b]"), takes("salutation")
    (True, False, False)
    """
    return FIELDS.takes(name) and (not name.startswith("custom.") or is_metadata_key(name[7:]))


def fit(values: Mapping[str, Any], current: Customer | None) -> Fitted:
    """Return the values that Stripe takes, and an issue for each that it does not.

    A shipping address without a place or a name is left out, and nothing else is. Metadata that is too
    long, or too much, is an error. A country that is a code outside ISO 3166 is kept as text, with a note.

    Args:
        values: our field name → value.
        current: the customer as last read, None for a create.

    Rule: G-LOSS

    >>> kept, issues = fit({"name": "Joinery", "shipping_address": Address(addressee="Ann Lee")}, None)
    >>> list(kept), [issue.code for issue in issues]
    (['name'], ['shipping_without_address'])
    >>> fit({"name": "Joinery"}, None)[1]
    ()
    """
    issues = _misfits(values, current)
    if _lacks_place(values, current):
        values = {name: value for name, value in values.items() if name != "shipping_address"}
        issues.append(_NO_PLACE)
    return values, tuple(issues)


def _lacks_place(values: Mapping[str, Any], current: Customer | None) -> bool:
    given = values.get("shipping_address")
    if not isinstance(given, Address) or (given.addressee and given.line1):
        return False
    address = with_name(overlaid(getattr(current, "shipping_address", None), given), values, current)
    return not address.addressee or not any(_place_of(address))


def _misfits(values: Mapping[str, Any], current: Customer | None) -> list[Issue]:
    issues = []
    names = _metadata_in(tuple(values))
    for name in names:
        value = values[name]
        if value is not ABSENT and len(str(value)) > _LONGEST_VALUE:
            issues.append(evolve(_TOO_LONG, field=name, shape=f"text, {len(str(value))} characters"))
    there = current.custom.keys() if current else ()
    if len(names) + len(there) > METADATA_PAIRS:
        kept = {name[7:] for name in names if values[name] not in (None, ABSENT, "")}
        if len(kept.union(there)) > METADATA_PAIRS and not kept <= set(there):
            issues.append(evolve(_TOO_MUCH, field=f"custom.{min(kept - set(there))}"))
    for name in ADDRESSES:
        country = getattr(values.get(name), "country", None)
        if country and _is_foreign_code(country):
            issues.append(evolve(_FOREIGN_CODE, field=f"{name}.country"))
    return issues


@lru_cache(maxsize=1024)
def _metadata_in(names: Sequence[str]) -> Sequence[str]:
    return [name for name in names if name[:7] == "custom."]


@lru_cache(maxsize=1024)
def _is_foreign_code(text: str) -> bool:
    has_form = len(text) == 2 and text.isascii() and text.isupper()  # noqa: PLR2004 - alpha-2
    return has_form and not countries.is_valid(text)


_LONGEST_VALUE: Final = FIELDS.at["metadata.*"].limit or 0
_NO_PLACE: Final = Issue(
    code="shipping_without_address",
    rule="G-LOSS",
    field="shipping_address",
    reason="Stripe takes a shipping address with a name and an address only, so that it was not written",
    remedy="Give it a name and a street or a city in the source, or remove it there",
    severity=Severity.WARNING,
)
_TOO_LONG: Final = Issue(
    code="metadata_too_long",
    rule="G-LOSS",
    field="custom",
    reason=f"longer than the {_LONGEST_VALUE} characters that a value of Stripe's metadata has",
    remedy="Shorten it in the source, or take its row out of the flow",
)
_TOO_MUCH: Final = Issue(
    code="metadata_full",
    rule="G-LOSS",
    field="custom",
    reason=f"the Stripe customer has {METADATA_PAIRS} pairs of metadata already, which is all that it takes",
    remedy="Remove a pair in Stripe",
)
_FOREIGN_CODE: Final = Issue(
    code="code_outside_iso",
    rule="G-LOSS",
    field="country",
    reason="a country code outside ISO 3166-1, which Stripe keeps as text; tax needs a code of ISO",
    remedy="Nothing to do if Stripe computes no tax for the customer",
    severity=Severity.NOTE,
)
