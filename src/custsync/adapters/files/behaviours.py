"""What a create or an update makes of a record: what the system itself would make of it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from custsync.adapters.files import lago_rows, netsuite_rows
from custsync.adapters.files.records import NEW, Record, laid_over
from custsync.protocols import Rejected
from custsync.systems import lago_writes, lightspeed_writes, stripe_writes, upflow_writes

__all__ = ["SHAPES", "Shape"]


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
        created=netsuite_rows.created,
        changed=netsuite_rows.changed,
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
