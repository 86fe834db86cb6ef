"""A NetSuite customer record with what was written back to it, on each of its surfaces."""

from collections.abc import Mapping
from typing import Any, Final

from custsync.adapters.files.records import Record

__all__ = ["fields", "overlaid"]

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
