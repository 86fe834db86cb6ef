"""A Lago customer with what was written back to it, whose links and metadata are lists."""

from collections.abc import Mapping
from typing import Any, Final

from custsync.adapters.files.records import Record

__all__ = ["fields", "overlaid"]

_LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "integration_customers": ("integration_code", "external_customer_id"),
    "metadata": ("key", "value"),
}
"""Each list: the key that names its entries, and the one that holds their value."""

_RENAMED: Final[Mapping[str, str]] = {"integration_type": "type", "id": "lago_id"}
"""Keys of a request that an answer has under another name."""


def overlaid(record: Record, written: Mapping[str, Any]) -> Record:
    """Return the customer with what was written back to it: what was not written stays in its lists."""
    lists = {key: _replaced(record, key, written) for key in _LISTS if key in written}
    laid: Record = {**record, **written, **lists}
    for key in _LISTS.keys() & written.keys():
        there, new = record.get(key), _by_name(laid, key)
        old = there if isinstance(there, list) else []
        laid[key] = [new.pop(_name_of(entry, key), entry) for entry in old] + [*new.values()]
    return laid


def _replaced(record: Record, key: str, body: Mapping[str, Any]) -> list[Record]:
    old = _by_name(record, key)
    new = _by_name(body, key)
    return [{**old.get(name, {}), **_renamed(entry)} for name, entry in new.items()]


def _renamed(entry: Mapping[str, Any]) -> Record:
    return {_RENAMED.get(part, part): value for part, value in entry.items()}


def fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a customer, or of a body, by name; the entries of its lists by theirs."""
    flat = {key: value for key, value in record.items() if key not in _LISTS}
    for key, (_, value) in _LISTS.items():
        flat |= {f"{key}.{name}": entry.get(value) for name, entry in _by_name(record, key).items()}
    return flat


def _by_name(record: Mapping[str, Any], key: str) -> dict[str, Mapping[str, Any]]:
    """Return the entries of a list by their names; what has none is refused where the record is read."""
    entries = record.get(key)
    listed = entries if isinstance(entries, list) else []
    return {name: entry for entry in listed if (name := _name_of(entry, key))}


def _name_of(entry: Any, key: str) -> str:
    name = entry.get(_LISTS[key][0]) if isinstance(entry, Mapping) else None
    return name if isinstance(name, str) else ""
