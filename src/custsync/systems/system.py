"""One system's shape: how its payloads are read and written, and what fits into its fields."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

import attrs
from attrs import evolve, frozen

from custsync.models import ABSENT, Customer, Issue, Severity
from custsync.protocols import Payload
from custsync.rules.fields.limits import Limit, check_limits, damage_in
from custsync.rules.normalize.emails import EMAILS, clean_email, email_key

__all__ = ["Fitted", "Read", "System"]


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


@lru_cache
def _glance(table: Any, names: tuple[str, ...]) -> Read:
    """Return what reads these fields by the table; it is compiled once."""
    read: Read = table.only("ref", "deleted", "merged_into", *names).read_record
    return read


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
            names: fields of a customer, components of its addresses, custom fields, values that are kept
                (`"extra.tags"`).

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
        if type(text) is str and text and (email_key(text) is None or text != text.strip()):
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
