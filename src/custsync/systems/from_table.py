"""A system made of one table: the rows say how its records are read, how they are written and what fits."""

from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import Any, Final

from attrs import evolve, field, fields_dict, frozen

from custsync._arguments import checked
from custsync.errors import FlowError, InputError
from custsync.models import ABSENT, NOTHING_KEPT, Address, Customer, Ref
from custsync.payloads import Column, Kind, Table, read_digits
from custsync.protocols import Payload
from custsync.rules.fields.limits import Limit
from custsync.systems.address_patch import COMPONENTS, book_of, overlaid
from custsync.systems.ids import id_in, read_filled
from custsync.systems.system import System
from custsync.systems.timestamps import STAMP

__all__ = ["STAMP", "system_from_table"]

_CUSTOM: Final = "custom."
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
    says which record is a tombstone.

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
        InputError: two rows of one name, or a name that a customer does not have.

    Rule: G-ISO, G-LOSS

    >>> desk = system_from_table("desk", [Column("email", "mail"), Column("custom.crm", "crm")], id="key")
    >>> desk.read({"key": 7, "mail": "ap@bright.example", "crm": "2041"}, "", "").custom
    {'crm': '2041'}
    >>> desk.write({"email": "ap@bright.example", "custom.crm": None}, None)
    {'mail': 'ap@bright.example'}
    >>> desk.read({"key": 7, "mail": 5}, "", "")
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape
    """
    rows = tuple(columns)
    names = [row.name for row in rows]
    wrong = sorted({one for one in names if names.count(one) > 1 or not _is_field(one)})
    if wrong:
        raise InputError(f"columns: {', '.join(wrong)}: twice, or no field of a customer")
    shape = _shape_of(name, id, within, empty, rows)
    return System(
        name=name,
        read=shape.read,
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
    return name.startswith(_CUSTOM) or name in fields_dict(Customer).keys() - _APART


def _read_id(value: Any, _: object = None) -> str:
    return read_digits(value) if type(value) is int else read_filled(value)


@frozen
class _Shape:
    """The rows, in a table each for the customer's own fields, the custom ones and the address."""

    name: str
    key: str
    within: str | None
    empty: str | None
    rows: tuple[Column, ...]
    own: Table = field(init=False)
    custom: Table = field(init=False)
    place: Table = field(init=False)

    @own.default
    def _own_table(self) -> Table:
        rows = [row for row in self.rows if "." not in row.name]
        others = [row.key for row in self.rows if row not in rows]
        key = Column("ref", self.key, Kind(_read_id), writable=False)
        return Table((key, *rows), cls=Customer, ignored=others, within=self.within)

    @custom.default
    def _custom_table(self) -> Table:
        return self._part(_CUSTOM)

    @place.default
    def _place_table(self) -> Table:
        return self._part(_PLACE)

    def __reduce__(self) -> Any:
        """Return how another process makes the shape: tables hold what they have compiled."""
        return _shape_of, (self.name, self.key, self.within, self.empty, self.rows)

    def _part(self, prefix: str) -> Table:
        rows = [row for row in self.rows if row.name.startswith(prefix)]
        return Table([evolve(row, name=row.name.removeprefix(prefix)) for row in rows], within=self.within)

    def read(self, payload: Payload, account: str = "", mode: str = "") -> Customer:
        """Return the customer that a record describes."""
        fields = partial(self._besides, account, mode)
        return self.own.build(payload, self.place.read, self.custom.read, fields=fields)  # type: ignore[no-any-return]

    def _besides(
        self, account: str, mode: str, customer: Any, place: Payload, custom: Payload
    ) -> dict[str, Any]:
        kept = {name: value for name, value in custom.items() if value is not ABSENT}
        is_known = any(part is not ABSENT for part in place.values())
        address = Address(default_billing=True, **place) if any(place.values()) else None
        return {
            "ref": Ref(self.name, customer.ref, account, mode),
            "custom": kept or NOTHING_KEPT,
            "addresses": book_of(address if is_known else ABSENT, ABSENT),
        }

    def id_of(self, payload: Payload) -> str:
        """Return the record's id, `""` where there is none to be read."""
        return id_in(payload, self.key, _read_id)

    def is_deleted(self, payload: Payload) -> bool:
        """Return whether the record is a tombstone."""
        return any(payload.get(row.key) is True for row in self.rows if row.name == "deleted")

    def takes(self, name: str) -> bool:
        """Return whether the system takes our field of this name."""
        if name.startswith(_CUSTOM):
            return name.removeprefix(_CUSTOM) in self.custom.writable
        return bool(self.place.writable) if name == "billing_address" else name in self.own.writable

    def write(self, values: Payload, current: Customer | None = None) -> dict[str, Any]:
        """Return the body that creates a record with these values, or changes one to them."""
        untaken = sorted(name for name in values if not self.takes(name))
        if untaken:
            raise FlowError(f"{self.name} takes no field {', '.join(untaken)}: take its row out of the flow")
        custom = {name[len(_CUSTOM) :]: value for name, value in values.items() if name.startswith(_CUSTOM)}
        body = self.own.write(values) | self.custom.write(custom) | self._written(values, current)
        if current is None:
            body = {key: value for key, value in body.items() if value is not None}
        body = {key: self.empty if value is None else value for key, value in body.items()}
        return body if self.within is None else {self.within: body}

    def _written(self, values: Payload, current: Customer | None) -> dict[str, Any]:
        """Return the body's part for the address: laid over the one that is there, or cleared."""
        address = values.get("billing_address", ABSENT)
        if address is None:
            return self.place.write(dict.fromkeys(self.place.writable))
        if address is ABSENT:
            return {}
        return self.place.write_parts(overlaid(current and current.billing_address, address))


@cache
def _shape_of(*parts: Any) -> _Shape:
    """Return the shape, one for each table: a system that comes back from another process is the same."""
    return _Shape(*parts)
