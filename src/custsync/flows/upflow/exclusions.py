"""Who is excluded: between companies of one group, by category, by rule; and what is not imported then."""

from collections.abc import Callable
from typing import Final

from attrs import evolve, frozen

from custsync.models import Customer, Issue, Severity
from custsync.rules.eligibility import Check, ExclusionPeriod
from custsync.rules.fields.mapping import value_of
from custsync.syncrecords import SyncRecord
from custsync.systems.netsuite import NOT_CUSTOMERS

__all__ = ["Is", "SmartRule", "exclusions", "imports_data_of", "is_inactive", "is_intercompany"]


def imports_data_of(record: SyncRecord | None) -> bool:
    """Return whether a customer's contacts, invoices and transactions are imported: only of one in Upflow.

    An excluded customer's own record is kept, and so is its link; nothing that hangs from it is imported.

    Args:
        record: the customer's sync record, None where it has none.

    Rule: UF-EXC-2

    >>> from custsync.models import Ref
    >>> from custsync.syncrecords import Status
    >>> ours, theirs = Ref("netsuite", "7"), Ref("upflow", "6b0e")
    >>> kept = SyncRecord(link="l", flow="upflow", source=ours, target=theirs, status=Status.LINKED)
    >>> imports_data_of(kept), imports_data_of(evolve(kept, status=Status.EXCLUDED)), imports_data_of(None)
    (True, False, False)
    """
    return record is not None and record.is_joined and record.hidden is None


@frozen(init=False)
class Is:
    """A condition of a smart rule: a field's whole text is one of these, letter by letter.

    Attributes:
        field: the customer's field, `"custom.NAME"` for a custom one.
        values: the texts that fulfil the condition, one being enough.

    >>> from custsync.models import Ref
    >>> is_vip = Is("custom.tier", "VIP", "Gold")
    >>> [is_vip(Customer(ref=Ref("netsuite", "7"), custom={"tier": tier})) for tier in ("VIP", "vip", "VIPs")]
    [True, False, False]
    """

    field: str
    values: tuple[str, ...]

    def __init__(self, field: str, *values: str) -> None:
        """Take the field's name, `"custom.NAME"` for a custom one, and the texts."""
        self.__attrs_init__(field, values)

    def __call__(self, customer: Customer) -> bool:
        """Return whether the field holds one of the texts."""
        return value_of(customer, self.field) in self.values


@frozen(kw_only=True)
class SmartRule:
    """A smart rule: who meets all its conditions is excluded, or kept from the rules after it.

    Attributes:
        name: what decisions call it; it names nobody.
        where: the conditions, all of which must hold: `Is`, or any predicate over a customer.
        excludes: whether its action is "Exclude from Upflow"; another action only takes the customer away
            from later rules, for the first rule wins.

    Rule: UF-EXC-3
    """

    name: str
    where: tuple[Callable[[Customer], bool], ...]
    excludes: bool = True

    def catches(self, customer: Customer) -> bool:
        """Return whether the customer meets all conditions; without conditions nobody does."""
        return bool(self.where) and all(condition(customer) for condition in self.where)


@frozen
class _FirstIs:
    """Whether this rule is the first to catch a customer."""

    rules: tuple[SmartRule, ...]
    place: int

    def __call__(self, customer: Customer) -> bool:
        first = next((at for at, rule in enumerate(self.rules) if rule.catches(customer)), None)
        return first == self.place


@frozen
class _HasCategory:
    categories: tuple[str, ...]

    def __call__(self, customer: Customer) -> bool:
        return isinstance(customer.category, str) and customer.category.strip() in self.categories


def is_inactive(customer: Customer) -> bool:
    """Return whether the customer is marked as inactive.

    Rule: UF-INA
    """
    return customer.is_inactive is True


def is_intercompany(customer: Customer) -> bool:
    """Return whether the customer stands for a subsidiary of the account itself.

    Rule: UF-INT
    """
    subsidiary = customer.representing_subsidiary
    return isinstance(subsidiary, str) and bool(subsidiary.strip())


def exclusions(
    categories: frozenset[str], rules: tuple[SmartRule, ...], lasts: ExclusionPeriod
) -> tuple[Check, ...]:
    """Return who is left out, in order: those that last come before those that may come back.

    Args:
        categories: internal ids of the categories whose customers are excluded.
        rules: the smart rules, in order.
        lasts: for how long a category, a rule or a representing subsidiary excludes.

    Rule: UF-INA, UF-INT, UF-EXC-1, UF-EXC-3, UF-EXC-4
    """
    of_one = _HasCategory(tuple(sorted(categories)))
    by_category = Check(fails=of_one, issue=_CATEGORY, lasts=lasts, hides=True)
    by_rule = [
        Check(
            fails=_FirstIs(rules[: at + 1], at),
            issue=evolve(_RULE, shape=rule.name),
            lasts=lasts,
            hides=True,
        )
        for at, rule in enumerate(rules)
        if rule.excludes
    ]
    return (
        *NOT_CUSTOMERS,
        Check(fails=is_intercompany, issue=_INTERCOMPANY, lasts=lasts),
        *((by_category,) if categories else ()),
        *by_rule,
        Check(fails=is_inactive, issue=_INACTIVE, lasts=ExclusionPeriod.ONCE_LINKED),
    )


def _note(code: str, rule: str, field: str, reason: str, remedy: str = "Nothing to do") -> Issue:
    return Issue(code=code, rule=rule, field=field, reason=reason, remedy=remedy, severity=Severity.NOTE)


_INTERCOMPANY: Final = _note(
    "intercompany",
    "UF-INT",
    "representing_subsidiary",
    "the customer represents a subsidiary, so that it is inter-company",
)
_CATEGORY: Final = _note(
    "excluded_category", "UF-EXC-1", "category", "customers of this category are excluded"
)
_RULE: Final = _note("smart_rule", "UF-EXC-3", "rule", "a smart rule excludes the customer")
_INACTIVE: Final = _note(
    "inactive",
    "UF-INA",
    "is_inactive",
    "the customer is inactive",
    "Mark it active to have it synced, unless it was synced before",
)
