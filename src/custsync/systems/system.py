"""One system's shape: how its payloads are read and written, and what fits into its fields.

A caller's own system may be made of one table.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, Final, TypeAlias, TypeVar

import attrs
from attrs import evolve, field, fields_dict, frozen

from custsync._arguments import checked
from custsync.errors import FlowError, InputError
from custsync.models import ABSENT, Address, Customer, Issue, Severity
from custsync.payloads import Column, Kind, Table
from custsync.payloads.field_types import read_digits
from custsync.protocols import Payload
from custsync.rules.fields.limits import Limit, check_limits, damage_in
from custsync.rules.normalize.emails import EMAILS, clean_email, is_one_address
from custsync.systems.values import COMPONENTS, STAMP, IdUnder, overlaid, read_filled

__all__ = ["STAMP", "Fitted", "Read", "System", "system_from_table"]


Fitted = tuple[Mapping[str, Any], tuple[Issue, ...]]
"""The values that can be written, and an issue for each that could not be written as it was."""


def _takes_all(_name: str) -> bool:
    return True


def _as_they_are(values: Mapping[str, Any], _current: Customer | None) -> Fitted:
    return values, ()


def _is_never_deleted(_payload: Payload) -> bool:
    return False


Read: TypeAlias = Callable[[Payload, str, str], Customer]
"""The payload, the account and the mode → the customer."""


R = TypeVar("R", bound=Callable[..., Customer])


def by_table(table: Table) -> Callable[[R], R]:
    """Return what marks the reader of a system's records: it reads by this table, and can read less."""

    def marked(read: R) -> R:
        read.__dict__["table"] = table
        return read

    return marked


@lru_cache
def _glance(table: Table, names: tuple[str, ...]) -> Read:
    """Return what reads these fields by the table; it is compiled once."""
    return table.only("ref", "deleted", "merged_into", *names).read_record


@frozen(kw_only=True, repr=False)
class System:
    """One system's shape.

    Attributes:
        name: the system's name in references, `"netsuite"`.
        read: `(payload, account, mode)` → `Customer`; raises `PayloadError` with every issue at once.
        write: `(values, current)` → payload; `values` maps field names to values, `current` is the record as
            last read, None for a create.
        id_of: payload → its id as text, `""` where there is none to be read.
        is_deleted: payload → whether it is a tombstone, without reading it.
        limits: field name (`"first_name"`, `"address.line1"`) → limit.
        case_sensitive: look-ups that find only the exact spelling, though the match key folds case.
        replaces_lists: whether an update replaces what it does not name, whole lists or the whole record, so
            that a record is read again right before it is written.
        takes: a field's name → whether a flow may write it.
        fit: `(values, current)` → the values that the system takes, and an issue for each that it does not.
        retrieved_by: the customer's field by which one customer is retrieved: a look-up of this name.
    """

    name: str
    read: Read
    write: Callable[[Mapping[str, Any], Customer | None], dict[str, Any]]
    id_of: Callable[[Payload], str]
    is_deleted: Callable[[Payload], bool] = _is_never_deleted
    limits: Mapping[str, Limit] = attrs.field(factory=dict)
    case_sensitive: frozenset[str] = frozenset()
    replaces_lists: bool = False
    takes: Callable[[str], bool] = _takes_all
    fit: Callable[[Mapping[str, Any], Customer | None], Fitted] = _as_they_are
    retrieved_by: str = "id"

    def glance(self, *names: str) -> Read:
        """Return what reads these fields, whose record it is, whether it is deleted or merged into another.

        Of a record that `read` reads, they are what `read` makes of them. Of one that it refuses, they may be
        read all the same: what is wrong in other fields is not found. A system that can read no less than
        a whole record reads it all.

        Args:
            names: fields of a customer, components of its addresses, custom fields.

        >>> from custsync.systems.stripe import STRIPE
        >>> glance = STRIPE.glance("email")
        >>> customer = glance({"id": "cus_1", "email": "ap@joinery.example", "name": "Joinery"}, "", "")
        >>> customer.id, customer.email, customer.name
        ('cus_1', 'ap@joinery.example', ABSENT)
        """
        table = getattr(self.read, "table", None)
        return self.read if table is None else _glance(table, names)

    def __repr__(self) -> str:
        """Return the name: what is left is functions and tables."""
        return f"System({self.name!r})"


def fit_values(
    values: Mapping[str, Any], system: System, may_cut: frozenset[str], current: Customer | None = None
) -> Fitted:
    """Return the values as the system takes them, and an issue for each that it would not have taken so.

    Args:
        values: field name → value.
        system: the system that they are written to.
        may_cut: the fields that may be cut.
        current: the customer as last read, None for a create.

    Rule: G-LOSS, SP-OUT-2

    >>> shop = System(name="shop", read=Customer, write=dict, id_of=str)
    >>> kept, issues = fit_values({"name": "Lund", "email": "n/a"}, shop, frozenset())
    >>> dict(kept), [issue.code for issue in issues]
    ({'name': 'Lund'}, ['not_an_address'])
    >>> fit_values({"email": "ap@joinery.example"}, shop, frozenset())[1]
    ()
    """
    kept, emails = _fit_emails(values)
    kept, own = system.fit(kept, current)
    kept, over = check_limits(kept, system.limits, may_cut)
    return kept, (*damage_in(values), *emails, *own, *over)


def _fit_emails(values: Mapping[str, Any]) -> Fitted:
    """Return the values with one address in each email; what holds none is left out, with a warning."""
    fitted: dict[str, Any] = {}
    issues: list[Issue] = []
    for name in EMAILS & values.keys():
        text = values[name]
        if type(text) is str and text and not is_one_address(text):
            cleaned = clean_email(text)
            fitted[name] = next(iter(cleaned.addresses), ABSENT)
            found = cleaned.issues if cleaned.addresses else cleaned.issues or (_BLANK_EMAIL,)
            issues += [evolve(issue, field=name) for issue in found]
    if not fitted:
        return values, ()
    return {name: value for name, value in {**values, **fitted}.items() if value is not ABSENT}, tuple(issues)


_BLANK_EMAIL: Final = Issue(
    code="no_email_address",
    rule="G-LOSS",
    field="email",
    reason="the field holds no email address, so that it was not written",
    remedy="Correct the field in the source",
    severity=Severity.WARNING,
)


# A system made of one table


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
