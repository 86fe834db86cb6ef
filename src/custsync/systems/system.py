"""One system's shape: how its payloads are read and written, and what fits into its fields."""

import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, TypeAlias

import attrs
from attrs import evolve, frozen

from custsync.models import ABSENT, Address, Customer, Issue, Severity
from custsync.payloads import Table
from custsync.protocols import Payload
from custsync.rules.fields.limits import Limit, check_limits, damage_in
from custsync.rules.fields.values import ADDRESS_COMPONENTS
from custsync.rules.normalize.damage import may_be_damaged
from custsync.rules.normalize.emails import clean_email, email_key

__all__ = ["Fitted", "Read", "Reader", "System"]


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


def read_customer(table: Table, payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a record describes, by its system's table."""
    customer: Customer = table.read(payload, account=account, mode=mode)
    return customer


@frozen
class Reader:
    """Reads records as a whole, and can read less of them.

    Attributes:
        whole: reads a whole record.
        glance: a field's name → what reads of a record that field, whose it is and whether it is deleted.
    """

    whole: Read
    glance: Callable[[str], Read]

    def __call__(self, payload: Payload, account: str = "", mode: str = "") -> Customer:
        """Return the customer that a record describes."""
        return self.whole(payload, account, mode)


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
        retrieved_by: the customer's field by which one customer is asked for: a look-up of this name.
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

    def glance(self, name: str) -> Read:
        """Return what reads a field, whose record it is and whether it is deleted: all, if need be."""
        return self.read.glance(name) if isinstance(self.read, Reader) else self.read

    def __repr__(self) -> str:
        """Return the name: what is left is functions and tables."""
        return f"System({self.name!r})"

    @cached_property
    def longest(self) -> Mapping[str, int]:
        """Return how long each field may be that has a limit."""
        return {name: limit.length for name, limit in self.limits.items()}

    @cached_property
    def shortest_part(self) -> int:
        """Return how long each component of an address may be at least."""
        return min([self.longest.get(f"address.{part}", sys.maxsize) for part in ADDRESS_COMPONENTS])


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
    if kept is values and _are_plain(values, system):
        return values, own
    kept, over = check_limits(kept, system.limits, may_cut)
    return kept, (*damage_in(values), *emails, *own, *over)


def _are_plain(values: Mapping[str, Any], system: System) -> bool:
    """Return whether no text is too long or looks damaged, as most do not."""
    texts: list[str] = []
    for name, value in values.items():
        if type(value) is str:
            texts.append(value)
            if len(value) > system.longest.get(name, sys.maxsize):
                return False
        elif type(value) is Address:
            parts = [part for part in _parts(value) if type(part) is str and part]
            texts += parts
            if max(map(len, parts), default=0) > system.shortest_part:
                return False
    return not may_be_damaged(texts)


_parts: Final = attrgetter(*ADDRESS_COMPONENTS)


def _fit_emails(values: Mapping[str, Any]) -> Fitted:
    """Return the values with one address in each email; what holds none is left out, with a warning."""
    fitted: dict[str, Any] = {}
    issues: list[Issue] = []
    for name in _EMAILS & values.keys():
        text = values[name]
        if type(text) is str and text and not _is_one_address(text):
            cleaned = clean_email(text)
            fitted[name] = next(iter(cleaned.addresses), ABSENT)
            found = cleaned.issues if cleaned.addresses else cleaned.issues or (_BLANK_EMAIL,)
            issues += [evolve(issue, field=name) for issue in found]
    if not fitted:
        return values, ()
    return {name: value for name, value in {**values, **fitted}.items() if value is not ABSENT}, tuple(issues)


def _is_one_address(text: str) -> bool:
    """Return whether the text is an address and nothing else, no blank at its ends."""
    return email_key(text) is not None and text == text.strip()


_EMAILS: Final = frozenset({"email", "alt_email"})
_BLANK_EMAIL: Final = Issue(
    code="no_email_address",
    rule="G-LOSS",
    field="email",
    reason="the field holds no email address, so that it was not written",
    remedy="Correct the field in the source",
    severity=Severity.WARNING,
)
