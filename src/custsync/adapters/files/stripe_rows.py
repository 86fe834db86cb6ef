"""What a write makes of a Stripe customer: an empty text clears, metadata is merged."""

from collections.abc import Mapping
from typing import Any

from custsync.adapters.files.records import Record

__all__ = ["changed", "created"]


def created(id: str, mode: str, body: Mapping[str, Any]) -> Record:
    """Return the customer that a create makes."""
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
    return changed(blank, body)


def changed(record: Record, body: Mapping[str, Any]) -> Record:
    """Return the customer after an update; the old one is not touched."""
    now = {**record, **{key: _unset(value) for key, value in body.items()}}
    if "metadata" in body:
        metadata = {**(record.get("metadata") or {}), **body["metadata"]}
        now["metadata"] = {key: value for key, value in metadata.items() if value != ""}
    return now


def _unset(value: Any) -> Any:
    """Return the value as Stripe keeps it: an empty text clears."""
    if isinstance(value, Mapping):
        return {key: _unset(part) for key, part in value.items()}
    return None if value == "" else value
