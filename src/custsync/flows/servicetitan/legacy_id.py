"""The Legacy ID: which NetSuite customer a ServiceTitan customer already is."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final

from attrs import evolve, frozen

from custsync.flows.servicetitan import issues
from custsync.flows.servicetitan.transactions import TRANSACTIONS, UNREAD, standing_on, subsidiaries_of
from custsync.models import ABSENT, Customer, Issue, Ref, Severity
from custsync.rules.eligibility import Check
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.matching.rule import Key
from custsync.rules.matching.steps import MatchStep
from custsync.systems.values import internal_id

BY_LEGACY_ID: Final = MatchStep(
    id="ST-LEG-2",
    keys=Key("id", right="id", kind=internal_id),
    question="Does NetSuite have the customer that the Legacy ID names?",
    lookup="id",
    authoritative=True,
    if_not_found=issues.INVALID_LEGACY_ID,
)
"""The look-up of the NetSuite customer whose internal id the tenant's Legacy ID field holds (ST-LEG-2)."""


@frozen
class Fits:
    """Whether the customer that a Legacy ID names may be linked: it is of a transaction's subsidiary.

    Transactions of other subsidiaries that came before fail, each by itself.

    Rule: ST-LEG-2, ST-LEG-3, ST-LEG-4
    """

    eligible: frozenset[str]
    one_world: bool
    refuse_inactive: bool

    def __call__(self, customer: Customer, found: Customer) -> Issue | None:
        """Return why the two must not be linked, a warning where a person should look, or None."""
        barred = self._barred(customer, found) if self.one_world else None
        if barred is not None or not found.is_inactive:
            return barred
        severity = Severity.ERROR if self.refuse_inactive else Severity.WARNING
        return evolve(issues.INACTIVE_LEGACY_ID, severity=severity)

    def _barred(self, customer: Customer, found: Customer) -> Issue | None:
        wanted = subsidiaries_of(customer, self.eligible)
        if not wanted:
            return issues.SUBSIDIARY_MISSING
        held = held_subsidiaries(found)
        return elsewhere(wanted, held) if set(wanted).isdisjoint(held) else None


def held_subsidiaries(customer: Customer) -> tuple[str, ...]:
    """Return the subsidiaries that a NetSuite customer belongs to: its own first, then those it shares.

    >>> from custsync.models import Ref
    >>> lines = {"items": [{"subsidiary": {"id": "2"}}, {"subsidiary": {"id": "3"}}]}
    >>> held_subsidiaries(Customer(ref=Ref("netsuite", "7"), subsidiary="2", extra={"subsidiaries": lines}))
    ('2', '3')
    >>> held_subsidiaries(Customer(ref=Ref("netsuite", "7")))
    ()

    Rule: ST-LEG-2
    """
    lines = customer.extra.get("subsidiaries") or {}
    items = lines.get("items") if isinstance(lines, Mapping) else lines
    others = [_named(item) for item in items] if isinstance(items, list | tuple) else []
    own = customer.subsidiary if isinstance(customer.subsidiary, str) else ""
    return tuple(dict.fromkeys(filter(None, [own, *others])))


def _named(item: Any) -> str:
    """Return the id of the subsidiary that a line names, `""` where there is none to be read."""
    held = item.get("subsidiary") if isinstance(item, Mapping) else item
    if isinstance(held, Mapping):
        held = held.get("id", held.get("internalId"))
    return str(held) if type(held) in (str, int) else ""


def elsewhere(wanted: Iterable[str], held: Iterable[str]) -> Issue:
    """Return what is reported where the customer is of another subsidiary: both are named."""
    ours, theirs = ", ".join(sorted(wanted)), ", ".join(held) or "none that was read"
    issue = issues.WRONG_SUBSIDIARY
    return evolve(issue, reason=issue.reason.format(ours=ours, theirs=theirs))


@frozen
class LegacyIdFields:
    """The prescan that finds out whether any customer of the run carries the configured Legacy ID field.

    A name that no payload carries is not the same as a blank. A tenant leaves out the fields that a customer
    does not have, so that only the whole run shows it, and a small run may be wrong. It is reported once for
    the run, at the concerned customer whose id comes first; an error refuses every concerned customer.
    """

    field: str
    eligible: frozenset[str]
    severity: Severity
    sets: ClassVar[tuple[str, ...]] = ()
    sources: ClassVar[tuple[str, ...]] = ("custom", TRANSACTIONS)

    def __call__(self, customers: Iterable[Customer]) -> Callable[[Customer], MappedValue]:
        """Return what there is to report about each customer: nothing, where one carries the field."""
        return self.combine([self.gather(customers)])

    def gather(self, customers: Iterable[Customer]) -> tuple[Ref, ...] | None:
        """Return the concerned customer whose id comes first, None where one carries the field."""
        first: tuple[Ref, ...] = ()
        for customer in customers:
            if self.field in customer.custom:
                return None
            if _is_concerned(customer, self.eligible) and (not first or customer.ref.id < first[0].id):
                first = (customer.ref,)
        return first

    def combine(self, gathered: Iterable[tuple[Ref, ...] | None]) -> Callable[[Customer], MappedValue]:
        """Return what there is to report about each customer, of what was gathered of all parts."""
        parts = list(gathered)
        if None in parts:
            return _as_it_is
        first = min((ref for part in parts for ref in part or ()), key=lambda ref: ref.id, default=None)
        missing = evolve(issues.LEGACY_FIELD_MISSING, field=f"custom.{self.field}", severity=self.severity)
        return FieldMissing(missing, self.eligible, None if self.severity is Severity.ERROR else first)


@frozen
class FieldMissing:
    """Reports that the Legacy ID field is on no record: for every concerned customer, or for one only."""

    issue: Issue
    eligible: frozenset[str]
    only: Ref | None = None

    def __call__(self, customer: Customer) -> MappedValue:
        """Return the customer as it is, with the issue."""
        is_reported = _is_concerned(customer, self.eligible) and self.only in (None, customer.ref)
        return MappedValue(value=customer, issues=(self.issue,) if is_reported else ())


def _is_concerned(customer: Customer, eligible: frozenset[str]) -> bool:
    return bool(standing_on(customer, eligible)) and not customer.merged_into


def _is_unread(customer: Customer) -> bool:
    """Return whether the record was given without its custom fields, its Legacy ID among them."""
    return customer.name is not ABSENT and "customFields" in customer.extra.get(UNREAD, ())


FIELDS_UNREAD: Final = Check(
    fails=_is_unread,
    issue=Issue(
        code="legacy_id_unread",
        rule="ST-LEG-0",
        field="customFields",
        reason="the record was read without its custom fields, so that its Legacy ID is not known",
        remedy="Pass the customer object as ServiceTitan sends it",
    ),
    when="create",
)
"""Who is not created: a customer that may be in NetSuite already, under a Legacy ID."""


def _as_it_is(customer: Customer) -> MappedValue:
    return MappedValue(value=customer)
