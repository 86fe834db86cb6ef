"""The kinds of value that NetSuite's surfaces share: references, stamps, opt-out, custom fields."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from custsync.errors import FlowError
from custsync.models import ABSENT, SubscriptionStatus
from custsync.payloads import Kind, check_depth, is_clean, payload_error, read_digits, read_text
from custsync.systems.timestamps import write_stamp

__all__ = [
    "CONTACT_ID",
    "CUSTOM_MARK",
    "LINE_ID",
    "REFERENCE",
    "STATUS",
    "read_custom",
    "read_reference",
    "read_status",
    "write_custom",
]

CUSTOM_MARK: Final = "custentity"
"""Every custom field of an entity begins so."""

_LONGEST_ID: Final = 255


def read_reference(value: Any, _: object = None) -> Any:
    """Return the id of a reference: of `{id, refName}`, of SOAP's `{internalId, name}`, or the plain id."""
    if type(value) is dict:
        value = value.get("id") or value.get("internalId", ())
    if type(value) is str:
        if len(value) <= _LONGEST_ID and (value.isalnum() or is_clean(value)):
            return value or None
    elif value is None or value is ABSENT:
        return value
    elif type(value) is int:
        return read_digits(value)
    raise payload_error("not_an_id", "not an id, nor an object with one", value)


def _write_reference(value: Any) -> dict[str, Any] | None:
    return {"id": value} if value else None


_STATUSES: Final[Mapping[Any, Any]] = {
    "1": SubscriptionStatus.SOFT_OPT_IN,
    "2": SubscriptionStatus.SOFT_OPT_OUT,
    "3": SubscriptionStatus.CONFIRMED_OPT_IN,
    "4": SubscriptionStatus.CONFIRMED_OPT_OUT,
    "_softOptIn": SubscriptionStatus.SOFT_OPT_IN,
    "_softOptOut": SubscriptionStatus.SOFT_OPT_OUT,
    "_confirmedOptIn": SubscriptionStatus.CONFIRMED_OPT_IN,
    "_confirmedOptOut": SubscriptionStatus.CONFIRMED_OPT_OUT,
    None: None,
    ABSENT: ABSENT,
}
_STATUS_IDS: Final = {_STATUSES[id]: id for id in ("1", "2", "3", "4")}


def read_status(value: Any, _: object = None) -> Any:
    """Return the status; one that nobody knows says nothing, rather than opt somebody in or out.

    Rule: LS-MAP-3
    """
    if type(value) is dict and type(value.get("id")) is str:
        value = value["id"]
    return _STATUSES.get(value if type(value) is str else read_reference(value), ABSENT)


def _write_status(value: Any) -> dict[str, Any] | None:
    return None if value is None else {"id": _STATUS_IDS[value]}


def _read_line_id(value: Any, _: object = None) -> str:
    return "" if value is None or value is ABSENT else read_digits(value)


def _read_contact_id(value: Any, _: object = None) -> str:
    return read_reference(value) or ""


CONTACT_ID: Final = Kind(_read_contact_id)
REFERENCE: Final = Kind(read_reference, _write_reference)
STATUS: Final = Kind(read_status, _write_status)
LINE_ID: Final = Kind(_read_line_id, int)


def read_custom(value: Any, _: object = None) -> Any:
    """Return a custom field's value: text checked, a reference by its id, anything else as it is."""
    if type(value) is str:
        return value if is_clean(value) else read_text(value)
    if type(value) is dict and ("id" in value or "internalId" in value):
        return read_reference(value)
    return check_depth(value)


def write_custom(name: str, value: Any) -> Any:
    """Return what a custom field's value is in JSON.

    Raises:
        FlowError: the name is no entity custom field's, or the value has no form in JSON.
    """
    if not name.startswith(CUSTOM_MARK):
        raise FlowError(f"a custom field of a NetSuite customer begins with {CUSTOM_MARK!r}")
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return write_stamp(value)
    raise FlowError(f"a custom field takes no {type(value).__name__}")
