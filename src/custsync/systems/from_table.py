"""Systems whose records are read and written by a table; a caller's own system may be made of one alone."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final, TypeVar

from attrs import field, fields_dict, frozen

from custsync._arguments import checked
from custsync.errors import FlowError, InputError
from custsync.models import Address, Customer
from custsync.payloads import Column, Kind, Table
from custsync.payloads.field_types import read_digits
from custsync.protocols import Payload
from custsync.rules.fields.limits import Limit
from custsync.systems.system import System
from custsync.systems.values import COMPONENTS, STAMP, IdUnder, overlaid, read_filled

__all__ = ["STAMP", "system_from_table"]

R = TypeVar("R", bound=Callable[..., Customer])


def by_table(table: Table) -> Callable[[R], R]:
    """Return what marks the reader of a system's records: it reads by this table, and can read less."""

    def marked(read: R) -> R:
        read.__dict__["table"] = table
        return read

    return marked


_PLACE: Final = "billing_address."
_APART: Final = {"ref", "addresses", "contacts", "custom", "extra", "whole", "issues"}
"""The fields of a customer that no row makes."""


@checked
def system_from_table(
    name: str,
    columns: Iterable[Column],
    *,
    id: str = "id",
    within: str | None = None,
    empty: str | None = None,
    limits: Mapping[str, Limit] | None = None,
    case_sensitive: Iterable[str] = (),
) -> System:
    """Return the system whose records have these fields, in both directions.

    A key that a record does not have is absent. What no row names is kept in `extra`. A row named `deleted`
    marks which record is a tombstone.

    Args:
        name: the system's name in references.
        columns: one row for each field: our name, the record's key, the kind of value, whether the system
            takes it. Our name is a field of `Customer`, `"custom.NAME"`, or a component of
            `"billing_address."`.
        id: the key of the record's id, a text or a whole number.
        within: the key of an inner object that holds the fields, in records and in writes.
        empty: what clears a field in a write.
        limits: our field's name → how long its text may be.
        case_sensitive: look-ups that find the exact spelling only.

    Raises:
        InputError: two rows of one name, or that write one key; or a name that a customer does not have.

    Rule: G-ISO, G-LOSS

    >>> desk = system_from_table("desk", [Column("email", "mail"), Column("custom.crm", "crm")], id="key")
    >>> desk.read({"key": 7, "mail": "ap@bright.example", "crm": "2041"}, "", "").custom
    {'crm': '2041'}
    >>> desk.write({"email": "ap@bright.example", "custom.crm": None}, None)
    {'mail': 'ap@bright.example'}
    >>> desk.read({"key": 7, "mail": 5}, "", "")
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape: mail: not a text
    """
    rows = tuple(columns)
    names = [row.name for row in rows]
    wrong = sorted({one for one in names if names.count(one) > 1 or not _is_field(one)})
    if wrong:
        raise InputError(f"columns: {', '.join(wrong)}: twice, or no field of a customer")
    written = [row.key for row in rows if row.writable]
    shared = sorted({key for key in written if written.count(key) > 1})
    if shared:
        raise InputError(f"columns: two write the key {shared[0]}; give one of them writable=False")
    shape = _shape_of(name, id, within, empty, rows)
    return System(
        name=name,
        read=shape,
        write=shape.write,
        id_of=shape.id_of,
        is_deleted=shape.is_deleted,
        takes=shape.takes,
        limits=limits or {},
        case_sensitive=frozenset(case_sensitive),
    )


def _is_field(name: str) -> bool:
    if name.startswith(_PLACE):
        return name.removeprefix(_PLACE) in COMPONENTS
    return name.startswith("custom.") or name in fields_dict(Customer).keys() - _APART


def _read_id(value: Any, _: object = None) -> str:
    return read_digits(value) if type(value) is int else read_filled(value)


@frozen
class _Shape:
    """The rows, and the table that they make."""

    name: str
    key: str
    within: str | None
    empty: str | None
    rows: tuple[Column, ...]
    table: Table = field(init=False)

    @table.default
    def _table(self) -> Table:
        key = Column("ref", self.key, Kind(_read_id), writable=False)
        return Table((key, *self.rows), cls=Customer, system=self.name, within=self.within)

    def __reduce__(self) -> Any:
        """Return how another process makes the shape: a table holds what it has compiled."""
        return _shape_of, (self.name, self.key, self.within, self.empty, self.rows)

    def __call__(self, payload: Payload, account: str = "", mode: str = "") -> Customer:
        """Return the customer that a record describes."""
        return self.table.read_record(payload, account, mode)  # type: ignore[no-any-return]

    def id_of(self, payload: Payload) -> str:
        """Return the record's id, `""` where there is none to be read."""
        return IdUnder(self.key, _read_id)(payload)

    def is_deleted(self, payload: Payload) -> bool:
        """Return whether the record is a tombstone."""
        return any(payload.get(row.key) is True for row in self.rows if row.name == "deleted")

    def takes(self, name: str) -> bool:
        """Return whether the system takes our field of this name."""
        return name in {
            one.partition(".")[0] if one.startswith(_PLACE) else one for one in self.table.writable
        }

    def write(self, values: Payload, current: Customer | None = None) -> dict[str, Any]:
        """Return the body that creates a record with these values, or changes one to them."""
        untaken = sorted(name for name in values if not self.takes(name))
        if untaken:
            raise FlowError(f"{self.name} takes no field {', '.join(untaken)}: take its row out of the flow")
        address = values.get("billing_address")
        if isinstance(address, Address):
            values = {**values, "billing_address": overlaid(current and current.billing_address, address)}
        body = self.table.write(values)
        if current is None:
            body = {key: value for key, value in body.items() if value is not None}
        body = {key: self.empty if value is None else value for key, value in body.items()}
        return body if self.within is None else {self.within: body}


@cache
def _shape_of(*parts: Any) -> _Shape:
    """Return the shape, one for each table: a system that comes back from another process is the same."""
    return _Shape(*parts)
