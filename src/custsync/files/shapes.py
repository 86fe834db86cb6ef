"""What a create or an update makes of a record: what the system itself would make of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from attrs import frozen

__all__ = ["SHAPES", "Record", "Shape"]

Record = dict[str, Any]


@frozen(kw_only=True)
class Shape:
    """How one system's records come to be and change.

    Attributes:
        is_own: whether a record is one of this system's, and not clearly another's.
        first_free: the ids that there are → the number from which on ids are free.
        named: a number → the id.
        created: id, mode and the body of a create → the record.
        changed: a record and the body of an update → the record afterwards; the old one is not touched.
    """

    is_own: Callable[[Mapping[str, Any]], bool]
    first_free: Callable[[Iterable[str]], int]
    named: Callable[[int], str]
    created: Callable[[str, str, Mapping[str, Any]], Record]
    changed: Callable[[Record, Mapping[str, Any]], Record]


# Stripe

_STRIPE_PREFIX: Final = "cus_rehearsed_"
_LONGEST: Final = 16
"""An id of more digits is no number that counts up."""


def _is_stripes(record: Mapping[str, Any]) -> bool:
    return record.get("object") == "customer" or str(record.get("id", "")).startswith("cus_")


def _is_not_stripes(record: Mapping[str, Any]) -> bool:
    return not _is_stripes(record)


def _first_free_in_stripe(ids: Iterable[str]) -> int:
    return _first_free(id.removeprefix(_STRIPE_PREFIX) for id in ids if id.startswith(_STRIPE_PREFIX))


def _first_free(ids: Iterable[str]) -> int:
    return max((int(id) for id in ids if id.isdecimal() and len(id) < _LONGEST), default=0) + 1


def _named_in_stripe(number: int) -> str:
    return f"{_STRIPE_PREFIX}{number}"


def _created_in_stripe(id: str, mode: str, body: Mapping[str, Any]) -> Record:
    blank: Record = {
        "id": id,
        "object": "customer",
        "address": None,
        "email": None,
        "livemode": mode == "live",
        "metadata": {},
        "name": None,
        "phone": None,
        "shipping": None,
    }
    return _changed_in_stripe(blank, body)


def _changed_in_stripe(record: Record, body: Mapping[str, Any]) -> Record:
    changed = {**record, **{key: _unset(value) for key, value in body.items()}}
    if "metadata" in body:
        metadata = {**(record.get("metadata") or {}), **body["metadata"]}
        changed["metadata"] = {key: value for key, value in metadata.items() if value != ""}
    return changed


def _unset(value: Any) -> Any:
    """Return the value as Stripe keeps it: an empty text clears."""
    if isinstance(value, Mapping):
        return {key: _unset(part) for key, part in value.items()}
    return None if value == "" else value


# NetSuite, REST

_DEFAULTS: Final = ("defaultBilling", "defaultShipping")


def _created_in_netsuite(id: str, _mode: str, body: Mapping[str, Any]) -> Record:
    """Return the record with an address book, empty where none is sent: a later address has its place."""
    return _changed_in_netsuite({"id": id, "isInactive": False, "addressBook": {"items": []}}, body)


def _changed_in_netsuite(record: Record, body: Mapping[str, Any]) -> Record:
    return _laid_over(record, body, {"addressBook": _book_of})


def _book_of(there: Any, change: Mapping[str, Any]) -> Record:
    book = there or {}
    lines = list(book.get("items", ()))
    for line in change["items"]:
        places = [place for place, old in enumerate(lines) if str(old.get("id")) == str(line.get("id"))]
        if "id" not in line or not places:
            next_id = max((int(old["id"]) for old in lines if "id" in old), default=0) + 1
            places = [len(lines)]
            lines.append({"id": next_id})
        for flag in _DEFAULTS:
            if line.get(flag):
                lines = [_laid_over(old, {flag: False}, {}) for old in lines]
        lines[places[0]] = _laid_over(lines[places[0]], line, {"addressBookAddress": _address_of})
    return {**book, "items": lines}


def _address_of(there: Any, change: Mapping[str, Any]) -> Record:
    return _laid_over(there or {}, change, {})


def _laid_over(
    record: Record, change: Mapping[str, Any], parts: Mapping[str, Callable[[Any, Any], Any]]
) -> Record:
    """Return the record with the change laid over it; keys have no case, and null takes a field away."""
    spelled = {key.lower(): key for key in record}
    changed = dict(record)
    for key, value in change.items():
        name = spelled.get(key.lower(), key)
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = parts[key](record.get(name), value) if key in parts else value
    return changed


SHAPES: Final[Mapping[str, Shape]] = {
    "stripe": Shape(
        is_own=_is_stripes,
        first_free=_first_free_in_stripe,
        named=_named_in_stripe,
        created=_created_in_stripe,
        changed=_changed_in_stripe,
    ),
    "netsuite": Shape(
        is_own=_is_not_stripes,
        first_free=_first_free,
        named=str,
        created=_created_in_netsuite,
        changed=_changed_in_netsuite,
    ),
}
