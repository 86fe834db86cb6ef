"""What a write makes of a Lago customer, whose connections and metadata are lists that are written whole."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from custsync.files.rows import Record

__all__ = ["changed", "created", "fields", "overlaid"]

_LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "integration_customers": ("integration_code", "external_customer_id"),
    "metadata": ("key", "value"),
}
"""Each list: the key that names its entries, and the one that holds their value."""

_RENAMED: Final[Mapping[str, str]] = {"integration_type": "type", "id": "lago_id"}
"""Keys of a request that an answer has under another name."""


def created(id: str, _mode: str, body: Mapping[str, Any]) -> Record:
    """Return the customer that a create makes."""
    return changed({"lago_id": id, "metadata": [], "integration_customers": []}, body)


def changed(record: Record, body: Mapping[str, Any]) -> Record:
    """Return the customer after an update: what a list leaves out is gone."""
    return {**record, **body, **{key: _replaced(record, key, body[key]) for key in _LISTS if key in body}}


def overlaid(record: Record, written: Mapping[str, Any]) -> Record:
    """Return the customer with what was written back to it: what was not written stays in its lists."""
    laid = changed(record, written)
    for key in _LISTS.keys() & written.keys():
        name = _LISTS[key][0]
        new = {entry[name]: entry for entry in laid[key]}
        laid[key] = [new.pop(entry.get(name), entry) for entry in _entries(record, key)] + [*new.values()]
    return laid


def _replaced(record: Record, key: str, entries: Sequence[Mapping[str, Any]]) -> list[Record]:
    name = _LISTS[key][0]
    old = {entry.get(name): entry for entry in _entries(record, key)}
    renamed = [{_RENAMED.get(part, part): value for part, value in entry.items()} for entry in entries]
    return [{**old.get(entry[name], {}), **entry} for entry in renamed]


def fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a customer, or of a body, by name; the entries of its lists by theirs."""
    flat = {key: value for key, value in record.items() if key not in _LISTS}
    for key, (name, value) in _LISTS.items():
        flat |= {f"{key}.{entry.get(name)}": entry.get(value) for entry in _entries(record, key)}
    return flat


def _entries(record: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the entries of a list; what is no object is refused where the record is read."""
    entries = record.get(key)
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
