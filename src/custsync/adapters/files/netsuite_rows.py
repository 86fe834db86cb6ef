"""What a write makes of a NetSuite customer record: lines keep their ids, null takes a field away."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from custsync.adapters.files.records import Record

__all__ = ["changed", "created", "fields", "next_line", "overlaid"]

_DEFAULTS: Final = ("defaultBilling", "defaultShipping")
_BOOK: Final = "addressBook"


def created(id: str, _mode: str, body: Mapping[str, Any]) -> Record:
    """Return the record with an address book, empty where none is sent: a later address has its place.

    As NetSuite does without numbering of its own, the record is named after the customer where the body does
    not name it.
    """
    record = changed({"id": id, "isInactive": False, _BOOK: {"items": []}}, body)
    parts = [record.get(key) for key in ("firstName", "lastName")] if record.get("isPerson") else []
    name = " ".join(part for part in parts if part) or record.get("companyName")
    return {"id": id, **({"entityId": name, "altName": name} if name else {}), **record}


def changed(record: Record, body: Mapping[str, Any]) -> Record:
    """Return the record after an update; the old one is not touched."""
    return _laid_over(record, body, {_BOOK: _book_of})


def _book_of(there: Any, change: Mapping[str, Any]) -> Record:
    book = there or {}
    lines = list(book.get("items", ()))
    for line in change["items"]:
        places = [place for place, old in enumerate(lines) if str(old.get("id")) == str(line.get("id"))]
        if "id" not in line or not places:
            places = [len(lines)]
            lines.append({"id": next_line(lines)})
        for flag in _DEFAULTS:
            if line.get(flag):
                lines = [_laid_over(old, {flag: False}, {}) for old in lines]
        lines[places[0]] = _laid_over(lines[places[0]], line, {"addressBookAddress": _address_of})
    return {**book, "items": lines}


def next_line(lines: list[Record]) -> int:
    """Return the id that the next line of an address book takes."""
    return max((int(old["id"]) for old in lines if "id" in old), default=0) + 1


def _address_of(there: Any, change: Mapping[str, Any]) -> Record:
    return _laid_over(there or {}, change, {})


def _laid_over(
    record: Record, change: Mapping[str, Any], parts: Mapping[str, Callable[[Any, Any], Any]]
) -> Record:
    """Return the record with the change laid over it; keys have no case, and null takes a field away."""
    spelled = {key.lower(): key for key in record}
    now = dict(record)
    for key, value in change.items():
        name = spelled.get(key.lower(), key)
        if value is None:
            now.pop(name, None)
        else:
            now[name] = parts[key](record.get(name), value) if key in parts else value
    return now


# Write-backs, on each of NetSuite's surfaces

_SOAP_FIELDS: Final = "customFieldList"


def fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record's fields, a SOAP record's custom fields by their names."""
    flat = {key: value for key, value in record.items() if key != _SOAP_FIELDS}
    there = record.get(_SOAP_FIELDS)
    named = _listed(there) if isinstance(there, Mapping) else []
    return flat | {str(one.get("scriptId")): one.get("value") for one in named if isinstance(one, Mapping)}


def overlaid(record: Record, written: Mapping[str, Any]) -> Record:
    """Return the record with what was written back; a SOAP record's custom fields go after those there."""
    there, new = (part.get(_SOAP_FIELDS) for part in (record, written))
    if not isinstance(there, Mapping) or not isinstance(new, Mapping):
        return {**record, **written}
    return {**record, **written, _SOAP_FIELDS: {"customField": [*_listed(there), *_listed(new)]}}


def _listed(custom: Mapping[str, Any]) -> list[Any]:
    named = custom.get("customField") or []
    return named if isinstance(named, list) else [named]
