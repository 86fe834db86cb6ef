"""What Lightspeed's API takes of a customer, key by key, and what it makes of a write.

An update is a PUT over the schema of a create. Whether it merges is stated nowhere: under the stricter
reading what a body leaves out is null from then on, or false.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from attrs import evolve

from custsync.models import ABSENT, Customer, Issue, Severity
from custsync.protocols import Payload, Rejected
from custsync.rules.countries import is_valid
from custsync.systems.system import Fitted
from custsync.systems.vendor_fields import FieldTable, VendorField, is_email

Row = dict[str, Any]

WALK_IN: Final = "WALKIN"
"""The customer code of the shop's anonymous customer."""

UNNAMED: Final = "UNNAMED"
"""What a code begins with that is made up for a customer without a first name."""

CUSTOM_FIELDS: Final = ("custom_field_1", "custom_field_2", "custom_field_3", "custom_field_4")
"""All custom fields that a customer has."""

_API: Final[dict[str, Any]] = {"cited": "Lightspeed X-Series API 2026-07, customers", "confidence": "A"}
_NULL: Final = (None, "")
_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXYZ"


def _is_date(text: str) -> bool:
    return len(text) == len("1984-07-19") and text[4] == text[7] == "-" and text.replace("-", "").isdecimal()


def _text(key: str, name: str = "", **parts: Any) -> VendorField:
    return VendorField(key=key, name=name, **{"empties": _NULL, **_API, **parts})


def _custom(key: str) -> VendorField:
    return _text(key, f"custom.{key}")


def _place(kind: str, name: str) -> tuple[VendorField, ...]:
    """Return the rows of one of the two addresses, which are keys of the customer itself."""
    parts = ("address_1", "address_2", "suburb", "city", "postcode", "state")
    country = _text(f"{kind}_country_id", name, valid=partial(is_valid, system="lightspeed"))
    return (*(_text(f"{kind}_{part}", name) for part in parts), country)


OTHER_FIELDS: Final = (
    _text("customer_group_id", "custom.customer_group_id", empties=()),
    _text("date_of_birth", "custom.date_of_birth", empties=(), valid=_is_date),
    VendorField(key="enable_loyalty", name="custom.enable_loyalty", form="flag", **_API),
    VendorField(key="enable_promotional_sms", name="custom.enable_promotional_sms", form="flag", **_API),
    _text("gender", "custom.gender", valid=frozenset({"M", "F"}).__contains__),
    _text("note", "custom.note"),
    VendorField(
        key="on_account_limit", name="custom.on_account_limit", form="number", empties=(None,), **_API
    ),
    _text("tax_id", "custom.tax_id"),
    _text("twitter", "custom.twitter"),
    _text("website", "custom.website"),
)
"""The fields for which we have no name of our own: a flow writes them as custom fields."""

FIELDS: Final = FieldTable(
    (
        _text("customer_code", "entity_id", empties=()),
        _text("first_name", "first_name", required="always"),
        _text("last_name", "last_name", required="always"),
        _text("company_name", "company_name"),
        _text("email", "email", valid=is_email),
        _text("phone", "phone"),
        _text("mobile", "mobile_phone"),
        _text("fax", "fax"),
        VendorField(key="do_not_email", name="subscription_status", form="flag", **_API),
        *_place("postal", "billing_address"),
        *_place("physical", "shipping_address"),
        *map(_custom, CUSTOM_FIELDS),
        *OTHER_FIELDS,
    ),
    codes={"unknown": "unknown_field", "missing": "required"},
)
"""Every key that a write can have."""

_UNSET: Final = {row.key: False if row.form == "flag" else None for row in FIELDS.rows}
BLANK: Final[Mapping[str, Any]] = {
    **_UNSET,
    "name": None,
    "year_to_date": 0,
    "balance": 0,
    "loyalty_balance": 0,
    "deleted_at": None,
}
"""A customer with nothing in it; a code is made up for it."""


def created(id: str, _mode: str, body: Payload) -> Row | Rejected:
    """Return the customer that a create makes, or Lightspeed's refusal.

    >>> tony = created("0a91-1", "", {"first_name": "Tony", "last_name": None})
    >>> tony["customer_code"], tony["do_not_email"]
    ('Tony-D72Q', False)
    >>> created("0a91-1", "", {"company_name": "Joinery"})
    Rejected(code='required', field='first_name')
    """
    return _checked({**BLANK, **body, "id": id}, FIELDS.refusal(body, creates=True))


def changed(row: Row, body: Payload, *, replaces: bool = True) -> Row | Rejected:
    """Return the customer after an update, or Lightspeed's refusal; the row itself is not touched.

    Args:
        row: the customer.
        body: the body of the PUT.
        replaces: whether what the body leaves out is null from then on; else it stays as it was.

    >>> tony = created("0a91-1", "", {"first_name": "Tony", "last_name": None, "do_not_email": True})
    >>> moved = {"first_name": "Tony", "last_name": None, "phone": "(503) 555-0101"}
    >>> [changed(tony, moved, replaces=replaces)["do_not_email"] for replaces in (True, False)]
    [False, True]
    """
    if row.get("customer_code") == WALK_IN:
        return Rejected("walk_in", "customer_code")
    reset = {key: BLANK[key] for key in FIELDS.at} if replaces else {}
    return _checked({**row, **reset, **body}, FIELDS.refusal(body, creates=False))


def _checked(row: Row, refusal: Rejected | None) -> Row | Rejected:
    """Return the customer with its name and its code, unless it was refused or has no name."""
    if refusal is not None:
        return refusal
    if not any(row.get(key) for key in ("first_name", "last_name", "company_name")):
        return Rejected("required", "first_name")
    names = [row[key] for key in ("first_name", "last_name") if row[key]]
    code = row.get("customer_code") or made_up_code(row["first_name"], row["id"])
    return {**row, "customer_code": code, "name": " ".join(names) or None}


def made_up_code(name: str | None, id: str) -> str:
    """Return a code that no customer has: the first name, and four letters that look random.

    >>> made_up_code("Tony", "0a91-2"), made_up_code(None, "0a91-2")
    ('Tony-T2HH', 'UNNAMED-T2HH')
    """
    number = int(id.rpartition("-")[2], 16) * 421_337 + 11_903
    return f"{name or UNNAMED}-" + "".join(_LETTERS[number >> 5 * place & 31] for place in (3, 2, 1, 0))


# What a flow may write


def fit(values: Mapping[str, Any], current: Customer | None) -> Fitted:
    """Return the values that Lightspeed takes; a value of another form than its field's is an error.

    A field that cannot be emptied there stays as it is, with a warning; so do the names of a customer that
    would have none.

    Args:
        values: our field name → value.
        current: the customer as last read, None for a create.

    Rule: G-LOSS, LS-MAP-4

    >>> kept, issues = fit({"custom.enable_loyalty": True, "custom.date_of_birth": None}, None)
    >>> kept, [issue.code for issue in issues]
    ({'custom.enable_loyalty': True}, ['not_emptied'])
    >>> [issue.code for issue in fit({"custom.date_of_birth": "19/7/1984"}, None)[1]]
    ['wrong_form']
    """
    issues: dict[str, Issue] = {}
    for name in filter(values.__contains__, _OTHERS):
        value = values[name]
        fault = None if value is ABSENT else _OTHERS[name].fault(value)
        if fault is not None:
            issues[name] = evolve(_NOT_EMPTIED if fault == "empty" else _WRONG_FORM, field=name)
    if current is not None:
        issues |= {name: evolve(_NAMELESS, field=name) for name in _last_names(values, current)}
    if not issues:
        return values, ()
    return {name: value for name, value in values.items() if name not in issues}, tuple(issues.values())


def _last_names(values: Mapping[str, Any], current: Customer) -> list[str]:
    """Return the names that are to be emptied where no name would be left."""
    is_named = any(values.get(name, getattr(current, name)) for name in _NAMES)
    return [] if is_named else [name for name in _NAMES if name in values]


_OTHERS: Final = {row.name: row for row in OTHER_FIELDS}
_NAMES: Final = ("first_name", "last_name", "company_name")
_NAMELESS: Final = Issue(
    code="last_name_kept",
    rule="LS-MAP-1",
    field="company_name",
    reason="Lightspeed keeps no customer without a first name, a last name or a company name",
    remedy="Give the customer one of them in the source",
    severity=Severity.WARNING,
)
_NOT_EMPTIED: Final = Issue(
    code="not_emptied",
    rule="G-LOSS",
    field="custom",
    reason="Lightspeed documents no way to empty this field, so that it stays as it is there",
    remedy="Empty it in Lightspeed, or give it another value in the source",
    severity=Severity.WARNING,
)
_WRONG_FORM: Final = Issue(
    code="wrong_form",
    rule="LS-MAP-4",
    field="custom",
    reason="the value has not the form that Lightspeed documents for this field",
    remedy="Send true or false for a flag, `1984-07-19` for a date, M or F for a gender, a text else",
)
