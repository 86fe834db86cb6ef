"""What Lago's API takes of a customer, key by key, and what it makes of a write.

Links and metadata are lists that are replaced by their ids: what is not named by its id is destroyed, what is
named without one is made anew. Of a link that stays, a request changes the customer's id there and no more.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any, Final

from custsync.protocols import Payload, Rejected
from custsync.rules.countries import is_valid
from custsync.systems.vendor_fields import Fault, FieldTable, VendorField

Row = dict[str, Any]

_API: Final[dict[str, Any]] = {"cited": "getlago/lago-openapi, CustomerCreateInput", "confidence": "A"}
_SERVICE: Final[dict[str, Any]] = {"cited": "getlago/lago-api, customer models", "confidence": "B"}
_NULL: Final = (None, "")
_PLACE: Final = ("address_line1", "address_line2", "city", "zipcode", "state")
_TEXTS: Final = (
    *("firstname", "lastname", "phone", "url", "logo_url", "legal_name", "legal_number"),
    *("tax_identification_number", "timezone", "external_salesforce_id", "billing_entity_code"),
)
_ACCOUNT_TYPES: Final = frozenset({"customer", "partner"})
_CUSTOMER_TYPES: Final = frozenset({"company", "individual"})
_LINK_TYPES: Final = frozenset({"netsuite", "anrok", "xero", "avalara", "hubspot", "salesforce"})


def _is_country(text: str) -> bool:
    return is_valid(text.upper(), system="lago")


def _is_currency(text: str) -> bool:
    return len(text) == len("USD") and text.isascii() and text.isalpha() and text.isupper()


def _is_email_list(text: str) -> bool:
    return all("@" in part for part in text.split(","))


def _text(key: str, **parts: Any) -> VendorField:
    return VendorField(key=key, **{"empties": _NULL, **_API, **parts})


def _place(path: str) -> tuple[VendorField, ...]:
    country = _text(f"{path}country", valid=_is_country)
    return (*(_text(f"{path}{part}") for part in _PLACE), country)


FIELDS: Final = FieldTable(
    (
        _text("external_id", required="always", empties=()),
        _text("name", limit=255, **_SERVICE),
        _text("account_type", empties=(), valid=_ACCOUNT_TYPES.__contains__, **_SERVICE),
        _text("customer_type", empties=(None,), valid=_CUSTOMER_TYPES.__contains__, **_SERVICE),
        _text("email", valid=_is_email_list),
        _text("currency", valid=_is_currency),
        *map(_text, _TEXTS),
        *_place(""),
        VendorField(key="shipping_address", form="object", empties=(None,), **_API),
        *_place("shipping_address."),
        VendorField(key="billing_configuration", form="object", empties=(None,), **_API),
        _text("billing_configuration.payment_provider"),
        _text("billing_configuration.payment_provider_code"),
        _text("billing_configuration.provider_customer_id"),
        _text("billing_configuration.document_locale"),
        VendorField(key="net_payment_term", form="number", empties=(None,), **_API),
        VendorField(key="integration_customers", name="custom.*", form="list", **_API),
        _text("integration_customers[].id", empties=()),
        _text(
            "integration_customers[].integration_type",
            required="always",
            empties=(),
            valid=_LINK_TYPES.__contains__,
        ),
        _text("integration_customers[].integration_code", required="always", empties=()),
        _text("integration_customers[].external_customer_id", empties=()),
        VendorField(key="integration_customers[].sync_with_provider", form="flag", **_API),
        _text("integration_customers[].subsidiary_id", empties=()),
        VendorField(key="metadata", name="custom.*", form="list", limit=5, **_SERVICE),
        _text("metadata[].id", empties=()),
        _text("metadata[].key", required="always", empties=(), limit=20, **_SERVICE),
        _text("metadata[].value", required="always", empties=(), limit=100, **_SERVICE),
        VendorField(key="metadata[].display_in_invoice", form="flag", required="always", **_API),
    ),
    codes={
        "unknown": "unknown_field",
        "missing": "value_is_mandatory",
        "empty": "value_is_mandatory",
        "form": "invalid_format",
        "value": "value_is_invalid",
        "length": "value_is_too_long",
        "count": "invalid_count",
    },
)
"""Every key that a write can have; flows write links and metadata alone."""

_CODES: Final[Mapping[str, str]] = {"email": "invalid_format", "country": "country_code_invalid"}
"""How Lago calls a value that it does not take, where it has another code."""

LINK: Final[Mapping[str, Any]] = {
    "external_customer_id": None,
    "type": None,
    "integration_code": None,
    "code": None,
    "is_default": False,
    "category": "accounting",
    "sync_with_provider": False,
    "subsidiary_id": None,
}
"""A link with nothing in it, as an answer has it."""

_UNSET: Final = {
    row.key: None for row in FIELDS.rows if row.form in ("text", "number") and "." not in row.key
}
BLANK: Final[Mapping[str, Any]] = {
    **_UNSET,
    "account_type": "customer",
    "billing_entity_code": "default",
    "applicable_timezone": "UTC",
    "finalize_zero_amount_invoice": "inherit",
    "billing_configuration": {},
    "shipping_address": dict.fromkeys((*_PLACE, "country")),
    "skip_invoice_custom_sections": False,
    "metadata": [],
    "integration_customers": [],
}
"""A customer with nothing in it."""


def created(id: str, _mode: str, body: Payload) -> Row | Rejected:
    """Return the customer that a create makes, or Lago's refusal.

    >>> link = {"integration_type": "netsuite", "integration_code": "us", "sync_with_provider": True}
    >>> made = created("4f0f", "", {"external_id": "joinery", "integration_customers": [link]})
    >>> made["integration_customers"][0]["external_customer_id"] is None
    True
    >>> created("4f0f", "", {"name": "Joinery"})
    Rejected(code='value_is_mandatory', field='external_id')
    """
    return _after({**BLANK, "lago_id": id, "external_id": ""}, body, creates=True)


def changed(row: Row, body: Payload) -> Row | Rejected:
    """Return the customer after an update, or Lago's refusal; the row itself is not touched.

    >>> there = {"lago_id": "L1", "type": "netsuite", "integration_code": "us", "external_customer_id": "7"}
    >>> row = {**BLANK, "lago_id": "4f0f", "external_id": "joinery", "integration_customers": [there]}
    >>> link = {"integration_type": "netsuite", "integration_code": "us", "external_customer_id": "7"}
    >>> same = [changed(row, {"integration_customers": [one]}) for one in ({**link, "id": "L1"}, link)]
    >>> [one["integration_customers"][0]["lago_id"] == "L1" for one in same]
    [True, False]
    """
    return _after(row, {"external_id": row["external_id"], **body}, creates=False)


def _after(row: Row, body: Payload, *, creates: bool) -> Row | Rejected:
    refusal = _refusal(body, creates=creates) or _repeated(body)
    if refusal is not None:
        return refusal
    now = dict(row)
    for key, value in body.items():
        made = _MADE[key](row, value) if key in _MADE else _upper(key, value)
        if isinstance(made, Rejected):
            return made
        now[key] = made
    return now


def _refusal(body: Payload, *, creates: bool) -> Rejected | None:
    found = FIELDS.first_fault(body, creates=creates)
    if found is None:
        return None
    fault: Fault = found[0]
    first, inner = found[1].partition("[]")[0], found[1].rpartition(".")[2]
    is_place = first.startswith("shipping_address.") and fault != "unknown"
    field = inner if is_place else first.partition(".")[0]
    code = _CODES.get(inner if is_place else first, "") if fault == "value" else ""
    return Rejected(code or FIELDS.codes[fault], field)


def _repeated(body: Payload) -> Rejected | None:
    """Return the refusal of a list that names one thing twice."""
    for key, part, code in (
        ("integration_customers", "integration_type", "value_is_duplicated"),
        ("metadata", "key", "value_already_exist"),
    ):
        names = [entry[part] for entry in body.get(key) or ()]
        if len(set(names)) < len(names):
            return Rejected(code, key)
    return None


def _overlaid(key: str, row: Row, given: Any) -> Any:
    """Return the object with the parts that are given laid over it; null changes nothing."""
    parts = {**(row.get(key) or {}), **(given or {})}
    return {part: _upper(part, value) for part, value in parts.items()}


def _upper(key: str, value: Any) -> Any:
    return value.upper() if key == "country" and value else value


def _linked(row: Row, given: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return the links that a request leaves: those named by their ids, and new ones."""
    there = row.get("integration_customers") or []
    named = {entry.get("id") for entry in given}
    requested = {(entry["integration_type"], entry["integration_code"]): entry for entry in given}
    kept = []
    for entry in there:
        if entry.get("lago_id") in named:
            wanted = requested.pop((entry.get("type"), entry.get("integration_code")), {})
            id = wanted.get("external_customer_id") or entry.get("external_customer_id")
            kept.append({**entry, "external_customer_id": id})
    return [*kept, *_new_links(row, requested.values())]


def _new_links(row: Row, requested: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return the links that are made: with the id that is given, or half, where Lago is to create one."""
    made = []
    for place, entry in enumerate(requested):
        if entry.get("external_customer_id") or entry.get("sync_with_provider"):
            stored = {key: value for key, value in entry.items() if key not in ("id", "integration_type")}
            own = {"lago_id": _new_id(row, "link", place), "type": entry["integration_type"]}
            made.append({**LINK, **stored, **own})
    return made


def _noted(row: Row, given: Sequence[Mapping[str, Any]]) -> list[Row] | Rejected:
    """Return the metadata that a request leaves: those named by their ids, as given, and new ones."""
    there = {datum.get("lago_id"): datum for datum in row.get("metadata") or ()}
    made = []
    for place, datum in enumerate(given):
        if "id" in datum and datum["id"] not in there:
            return Rejected("metadata_not_found", "metadata")
        old = there.get(datum.get("id"), {"lago_id": _new_id(row, "datum", place)})
        made.append({**old, **{key: value for key, value in datum.items() if key != "id"}})
    return made


def _new_id(row: Row, kind: str, place: int) -> str:
    """Return an id that no part of the customer had before."""
    text = json.dumps(
        [row.get("lago_id"), row.get("integration_customers"), row.get("metadata"), kind, place]
    )
    return blake2b(text.encode(), digest_size=8).hexdigest()


_MADE: Final[Mapping[str, Callable[[Row, Any], Any]]] = {
    "shipping_address": partial(_overlaid, "shipping_address"),
    "billing_configuration": partial(_overlaid, "billing_configuration"),
    "integration_customers": _linked,
    "metadata": _noted,
}
"""What becomes of the keys whose value is not simply kept."""
