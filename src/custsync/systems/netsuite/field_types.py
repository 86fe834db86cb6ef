"""The kinds of value that NetSuite's surfaces share: references, stamps, opt-out, custom fields."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from attrs import evolve

from custsync.errors import FlowError, PayloadError
from custsync.models import ABSENT, Severity, SubscriptionStatus
from custsync.payloads import Kind, Reading
from custsync.payloads.field_types import one_of, or_blank, read_digits, read_money, read_text
from custsync.payloads.reading import WRONG, check_kept, is_clean, payload_error
from custsync.systems.values import write_stamp

CUSTOM_MARK: Final = "custentity"
"""Every custom field of an entity begins so."""

NONE: Final = "- None -"
"""How NetSuite prints that nothing is chosen from a list."""

_LONGEST_ID: Final = 255
_SPELLINGS: Final = ("id", "internalId", "value", "refName", "name")
"""The keys under which surfaces keep what is chosen: its id, or where that is missing, its label."""


def _spellings(value: Any) -> list[Any]:
    """Return the spellings of what was chosen from a list, its id first; none where nothing was."""
    if type(value) is dict:
        found = [value[key] for key in _SPELLINGS if key in value]
        return [one for one in found if one is not None and one not in ("", NONE)] if found else [value]
    return [] if value == NONE else [value]


def read_reference(value: Any, _: object = None) -> Any:
    """Return the id of a reference, or its label where it was printed without its id.

    >>> read_reference({"id": "3", "refName": "Commercial"}), read_reference({"refName": "Commercial"})
    ('3', 'Commercial')
    >>> read_reference("- None -") is None
    True
    """
    if type(value) is dict and type(id := value.get("id")) is str and id.isalnum() and len(id) <= _LONGEST_ID:
        return id
    return _read_any_reference(value)


def _read_any_reference(value: Any) -> Any:
    """Return the reference in whatever form; `read_reference` knows the usual one at a glance."""
    value = next(iter(_spellings(value)), None)
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
    "softoptin": SubscriptionStatus.SOFT_OPT_IN,
    "softoptout": SubscriptionStatus.SOFT_OPT_OUT,
    "confirmedoptin": SubscriptionStatus.CONFIRMED_OPT_IN,
    "confirmedoptout": SubscriptionStatus.CONFIRMED_OPT_OUT,
    None: None,
    ABSENT: ABSENT,
}
"""Each status by its id, and by the letters of its label ("Soft Opt-In") and of its SOAP name
(`_softOptIn`)."""

_ID_AND_LABEL: Final = frozenset({"id", "refName"})
_STATUS_IDS: Final = {_STATUSES[id]: id for id in ("1", "2", "3", "4")}


def read_status(value: Any, _: object = None) -> Any:
    """Return the status, by its id, its label or its name.

    An unknown one is absent, rather than an opt-in or an opt-out, and that is a warning.

    Raises:
        PayloadError: with an error where it is no id or label at all, else with a warning.

    Rule: LS-MAP-3
    """
    if type(value) is dict and value.keys() <= _ID_AND_LABEL:
        id, label = value.get("id"), value.get("refName", "")
        is_known = type(id) is str and id in _STATUSES
        if is_known and type(label) is str and len(label) <= _LONGEST_ID and label.isprintable():
            return _STATUSES[id]
    return _read_any_status(value)


def _read_any_status(value: Any) -> Any:
    """Return the status in whatever form; `read_status` knows the usual one at a glance."""
    chosen = [read_reference(one) for one in _spellings(value)] or [None]
    keys = ["".join(filter(str.isalnum, one.lower())) if type(one) is str else one for one in chosen]
    known = [key for key in keys if key in _STATUSES]
    if known:
        return _STATUSES[known[0]]
    raise payload_error(*_UNKNOWN_STATUS, value, _KNOWN, rule="LS-MAP-3", severity=Severity.WARNING)


_UNKNOWN_STATUS: Final = ("unknown_status", "none of the four subscription statuses")
_KNOWN: Final = "Send its id, 1 to 4, or its label in English"


def _write_status(value: Any) -> dict[str, Any] | None:
    return None if value is None else {"id": _STATUS_IDS[value]}


def _read_line_id(value: Any, _: object = None) -> str:
    return "" if value is None or value is ABSENT else read_digits(value)


def _read_contact_id(value: Any, _: object = None) -> str:
    return read_reference(value) or ""


CONTACT_ID: Final = Kind(_read_contact_id)
REFERENCE: Final = Kind(or_blank(read_reference), _write_reference)
STATUS: Final = Kind(or_blank(read_status), _write_status)
LINE_FLAG: Final = Kind(one_of({True: True, False: False, ABSENT: ABSENT}))
"""A default flag of an address line: never null; absent where the line does not have it."""

LINE_ID: Final = Kind(_read_line_id, int)


_LINKS: Final = frozenset({"links"})
_SPELLED: Final = frozenset({"id", "internalId", "refName"})


def read_custom(value: Any, _: object = None) -> Any:
    """Return a custom field's value: text checked, a reference by its id or label, anything else as it is.

    A list that was not expanded is only a link, and is absent.
    """
    if type(value) is str:
        return value if value.isascii() and "\0" not in value else read_text(value)
    if type(value) is dict:
        if "id" in value or not _SPELLED.isdisjoint(value):
            return read_reference(value)
        if value.keys() == _LINKS:
            return ABSENT
    return check_kept({"": value})[""]


def tolerant(read: Callable[..., Any]) -> Kind:
    """Return the kind of value of that reader where what it refuses counts as absent, with a warning."""
    return Kind(or_blank(partial(_read_tolerantly, read)))


def _read_tolerantly(read: Callable[..., Any], value: Any, reading: Reading) -> Any:
    try:
        return read(value, reading)
    except PayloadError as error:
        issues = [evolve(issue, severity=Severity.WARNING) for issue in error.issues]
    raise PayloadError(WRONG, issues)


_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)


def _read_printed_money(value: Any, _: object = None) -> Any:
    """Return an amount as an account prints it: with commas between thousands, negative in brackets."""
    if type(value) is not str:
        return read_money(value)
    text = value.strip()
    is_negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1] if is_negative else text
    amount = read_money(text.replace(",", "") if _THOUSANDS.fullmatch(text.removeprefix("-")) else text)
    return -amount if is_negative and amount else amount


BALANCE: Final = tolerant(_read_printed_money)


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
