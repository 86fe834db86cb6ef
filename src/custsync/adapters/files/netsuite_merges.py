"""What a merge makes of NetSuite's customer records: one goes up in another, and its sub-customers follow."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from custsync.adapters.files.netsuite_rows import next_line
from custsync.adapters.files.records import Record

__all__ = ["Family", "children_of", "folded"]

Family = dict[str, set[str]]
"""The id of a parent → the ids of its sub-customers."""

_DEFAULTS: Final = ("defaultBilling", "defaultShipping")
_LEFT: Final = frozenset(
    {
        "id",
        "links",
        "datecreated",
        "lastmodifieddate",
        "toplevelparent",
        "representingsubsidiary",
        "parent",
        "subsidiary",
        "subsidiaries",
    }
)
"""What a merge leaves as it is on the survivor, blank or not; in lower case."""


def children_of(records: Mapping[str, Record]) -> Family:
    """Return everybody's sub-customers. Linear time.

    >>> children_of({"1": {"id": "1"}, "2": {"id": "2", "parent": {"id": "1"}}})
    {'1': {'2'}}
    """
    family: Family = {}
    for id, record in records.items():
        if parent := _parent_of(record):
            family.setdefault(parent, set()).add(id)
    return family


def folded(records: Mapping[str, Record], family: Family, survivor: str, duplicate: str) -> dict[str, Record]:
    """Return what a merge changes: the survivor, and the sub-customers that the duplicate had.

    The survivor's blanks are filled; it has the lines, the contacts and the balance of both. Where it stood
    below the duplicate, it takes the duplicate's place.

    Args:
        records: all records, by id.
        family: as `children_of` returned it; kept up with this merge.
        survivor: the id of the one that stays.
        duplicate: the id of the one that goes.

    Rule: ST-MRG-1
    """
    merged = _filled(records[survivor], records[duplicate])
    if duplicate in _above(records, survivor):
        merged = {**_without_parent(merged), **_parent_in(records[duplicate])}
    moved = family.pop(duplicate, set()) - {survivor}
    family.setdefault(survivor, set()).update(moved)
    children = {id: {**_without_parent(records[id]), "parent": {"id": survivor}} for id in sorted(moved)}
    return {survivor: merged, **children}


def _filled(survivor: Record, duplicate: Record) -> Record:
    spelled = {key.lower(): key for key in survivor}
    now = dict(survivor)
    for key, value in duplicate.items():
        name = spelled.get(key.lower(), key)
        if key.lower() in _JOINED:
            now[name] = _JOINED[key.lower()](survivor.get(name), value)
        elif key.lower() not in _LEFT and survivor.get(name) in (None, ""):
            now[name] = value
    return now


def _both_books(there: Any, other: Any) -> Record:
    """Return the lines of both; a default that the survivor has stays on its line."""
    lines = _items(there)
    taken = {flag: False for flag in _DEFAULTS if any(line.get(flag) for line in lines)}
    for line in _items(other):
        lines.append({**line, **taken, "id": next_line(lines)})
    return {"items": lines}


def _both_lists(there: Any, other: Any) -> Record:
    return {"items": [*_items(there), *_items(other)]}


def _sum(there: Any, other: Any) -> Any:
    """Return the sum; what is no number, or none yet, leaves the other as it is."""
    numbers = [part for part in (there, other) if type(part) in (int, float)]
    return sum(numbers) if numbers else there


def _items(part: Any) -> list[Record]:
    return list((part or {}).get("items") or ())


_JOINED: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "addressbook": _both_books,
    "contactroles": _both_lists,
    "balance": _sum,
}


def _parent_of(record: Record) -> str:
    held = next(iter(_parent_in(record).values()), None)
    return str((held.get("id") if isinstance(held, Mapping) else held) or "")


def _parent_in(record: Record) -> Record:
    return _picked(record, (key for key in record if key.lower() == "parent"))


def _without_parent(record: Record) -> Record:
    return _picked(record, (key for key in record if key.lower() != "parent"))


def _picked(record: Record, keys: Iterable[str]) -> Record:
    return {key: record[key] for key in keys}


def _above(records: Mapping[str, Record], id: str) -> set[str]:
    """Return the ids of those that a customer stands below; a cycle ends where it began."""
    above: set[str] = set()
    while (parent := _parent_of(records[id])) in records and parent not in above:
        above.add(parent)
        id = parent
    return above
