"""What a create or an update makes of a record: what the system itself would make of it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from attrs import frozen

from custsync.adapters.files import lago_rows, netsuite_rows
from custsync.adapters.files.records import NEW, Record, laid_over
from custsync.protocols import Rejected
from custsync.systems import lago_writes, lightspeed_writes, stripe_writes, upflow_writes
from custsync.systems.netsuite import writes
from custsync.systems.system import System

__all__ = ["SHAPES", "Shape", "shape_of"]


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    return dict(record)


@frozen(kw_only=True)
class Shape:
    """How one system's records come to be and change.

    Attributes:
        created: id, mode and the body of a create → the record, or the system's refusal.
        changed: a record and the body of an update → the record afterwards, or the system's refusal; the old
            one is not touched.
        prefix: what the ids of new records begin with, before a number that counts up.
        keys: look-up → the record's key, where the customer has no field of that name.
        unique: the look-up of which no two records have one value; `""` for none.
        merges: whether the system has a merge.
        columns: the titles of its documented import, for a target that is a table; none for any other system.
        overlaid: a source's record and what was written back to it → the record as it would be read.
        fields: a record, or a body → its fields by name.
    """

    created: Callable[[str, str, Mapping[str, Any]], Record | Rejected]
    changed: Callable[[Record, Mapping[str, Any]], Record | Rejected] = laid_over
    prefix: str = NEW
    keys: Mapping[str, str] = {}
    unique: str = ""
    merges: bool = False
    columns: tuple[str, ...] = ()
    overlaid: Callable[[Record, Mapping[str, Any]], Record] = laid_over
    fields: Callable[[Mapping[str, Any]], dict[str, Any]] = _fields


def _read_only(_record: object, *_others: object) -> Rejected:
    """Return the refusal of a system that is a source alone."""
    return Rejected("read_only")


SHAPES: Final[Mapping[str, Shape]] = {
    "stripe": Shape(created=stripe_writes.created, changed=stripe_writes.changed, prefix="cus_rehearsed_"),
    "netsuite": Shape(
        created=writes.created,
        changed=writes.changed,
        prefix="",
        unique="external_id",
        merges=True,
        overlaid=netsuite_rows.overlaid,
        fields=netsuite_rows.fields,
    ),
    "lightspeed": Shape(
        created=lightspeed_writes.created,
        changed=lightspeed_writes.changed,
        keys={"customer_code": "customer_code"},
        unique="customer_code",
    ),
    "servicetitan": Shape(created=_read_only, changed=_read_only, prefix=""),
    "lago": Shape(
        created=lago_writes.created,
        changed=lago_writes.changed,
        unique="external_id",
        overlaid=lago_rows.overlaid,
        fields=lago_rows.fields,
    ),
    "upflow": Shape(
        created=upflow_writes.created, changed=upflow_writes.changed, keys={"external_id": "externalId"}
    ),
    "upflow_import": Shape(
        created=upflow_writes.created_line,
        changed=upflow_writes.changed_line,
        columns=upflow_writes.IMPORT_COLUMNS,
    ),
}


def shape_of(system: System) -> Shape:
    """Return how the system's records come to be and change.

    A system of the caller's own keeps each field that is sent, one that is not sent stays as it is, and a new
    record's id stands where `id_of` looks for one.

    >>> desk = System(name="desk", read=print, write=dict, id_of=lambda ticket: ticket.get("key", ""))
    >>> shape_of(desk).created("rehearsed-1", "", {"mail": "a@lund.example"})
    {'key': 'rehearsed-1', 'mail': 'a@lund.example'}
    >>> nowhere = System(name="nowhere", read=print, write=dict, id_of=lambda ticket: "")
    >>> shape_of(nowhere).created("rehearsed-1", "", {}).code
    'no_place_for_an_id'
    """
    return SHAPES.get(system.name) or Shape(created=partial(_created_in, system))


class _Asked(dict[str, Any]):
    """A record that keeps which keys it was asked for a plain value by."""

    asked: tuple[str, ...] = ()

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return the value."""
        self.asked += () if isinstance(default, Mapping) else (key,)
        return super().get(key, default)


def _created_in(system: System, id: str, _mode: str, body: Mapping[str, Any]) -> Record | Rejected:
    record = _Asked(body)
    if system.id_of(record):
        return dict(body)
    for key in dict.fromkeys(("id", *record.asked)):
        placed = {key: id} | {name: value for name, value in body.items() if name != key}
        if system.id_of(placed) == id:
            return placed
    return Rejected("no_place_for_an_id")
