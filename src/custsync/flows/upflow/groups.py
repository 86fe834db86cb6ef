"""Groups: a hierarchy of any depth in the two levels of Upflow, and balances that include the children's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, Final

from attrs import field, frozen

from custsync._building import evolved
from custsync.errors import CustsyncError
from custsync.flows.upflow import issues as issue_table
from custsync.flows.upflow.names import UpflowName
from custsync.models import ABSENT, Customer, Issue, Maybe
from custsync.rules.eligibility import Check, compiled_checks
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.hierarchy import (
    Amounts,
    Balances,
    Cyclic,
    Forest,
    MissingParent,
    Unknown,
    flatten,
    in_cents,
    roll_up,
)
from custsync.systems.values import internal_id

GROUP_NAME: Final = "group_name"
"""The custom field in which the prescan keeps the name of a customer's group."""

GROUP_COMES: Final = "group_comes"
"""The custom field in which the prescan keeps that the customer's group comes with this run."""

SOURCES: Final = (
    *("parent", "top_level_parent", "balance", "currency", "category", "is_inactive"),
    *("representing_subsidiary", "is_person", "company_name", "alt_name", "entity_id"),
)
"""The fields of a customer that its group, its balance and its exclusion depend on, without smart rules."""

_NO_CURRENCY: Final = ""
"""In the place of the currency of customers that were read without one."""


@frozen(kw_only=True)
class Groups:
    """The prescan: each customer's group as `parent`, and each balance with the children's in it.

    A customer whose parent is not among the customers keeps whatever group it has in Upflow, unless NetSuite
    names its top-level parent. So does one whose group is left out. A customer that is left out adds nothing
    to its group's balance: none of its invoices are in Upflow.

    Give it all customers: a parent's balance is the sum of those that are there.

    Attributes:
        levels: levels of Upflow; 1 switches the hierarchy off.
        cycles: what becomes of a customer whose parents lead back to it: `"refuse"` or `"alone"`.
        missing: what becomes of a customer whose parent is not among the customers: `"alone"` (with a
            warning), `"refuse"`, or `"keep"` (linked to that parent if it was synced before).
        unknown: what a sum with an unknown part is: `"unknown"`, or `"partial"`.
        checks: who is left out.
        by_category: whether customers are excluded by the id of their category.
        marks_excluded: whether an excluded customer is in Upflow all the same, with a mark.
        warns_of_balances: whether unknown balances are worth a warning, because balances are written.
        naming: the flow's naming rule, which gives a group the name of its top-level parent.
        sources: the fields of a customer that all of this depends on, None where they are not known.

    Rule: UF-HIER-1, UF-HIER-2, UF-BAL
    Source: NetSuite Customers & Contacts, "Customer hierarchy".

    >>> from custsync.models import Ref
    >>> ids = {"1": None, "2": "1", "3": "2"}
    >>> tree = [Customer(ref=Ref("netsuite", one), parent=up, balance=Decimal(10)) for one, up in ids.items()]
    >>> grouped = Groups()(tree)
    >>> [(grouped(one).value.parent, str(grouped(one).value.balance)) for one in tree]
    [(None, '30'), ('1', '10'), ('1', '10')]
    """

    sets: ClassVar[tuple[str, ...]] = ("parent", "balance", f"custom.{GROUP_NAME}", f"custom.{GROUP_COMES}")

    levels: int = 2
    cycles: Cyclic = "refuse"
    missing: MissingParent = "alone"
    unknown: Unknown = "unknown"
    checks: tuple[Check, ...] = ()
    by_category: bool = False
    marks_excluded: bool = False
    warns_of_balances: bool = False
    naming: UpflowName = UpflowName()
    sources: tuple[str, ...] | None = None

    def __call__(self, customers: Iterable[Customer]) -> Callable[[Customer], MappedValue]:
        """Return how each of the customers is synced: with its group and its balance."""
        return self.combine([self.gather(customers)])

    def gather(self, customers: Iterable[Customer]) -> dict[str, "_Kept"]:
        """Return what is kept of each customer: the prescan of a part of the input."""
        failed_checks = compiled_checks(self.checks)
        return {customer.id: self._kept(customer, failed_checks(customer)) for customer in customers}

    def combine(self, gathered: Iterable[Mapping[str, "_Kept"]]) -> Callable[[Customer], MappedValue]:
        """Return how each customer is synced, of what was gathered of all parts."""
        seen = {one: kept for part in gathered for one, kept in part.items()}
        forest = flatten(_links(seen), levels=self.levels, missing=self.missing, cycles=self.cycles)
        owed = {one: kept.owed for one, kept in seen.items()}
        balances = roll_up(owed, forest.parents, unknown=self.unknown)
        return _Grouped(self, forest, balances, seen)

    def _kept(self, customer: Customer, failed: Sequence[Check]) -> "_Kept":
        up, top = customer.parent, customer.top_level_parent
        return _Kept(
            parent=up if isinstance(up, str) and up else None,
            top=top if isinstance(top, str) and top != customer.id else "",
            owed={} if failed else _own(customer),
            name=self._name(customer),
            is_there=not failed or (failed[0].hides and self.marks_excluded),
        )

    def _name(self, customer: Customer) -> str:
        try:
            return self.naming(customer).text or ""
        except CustsyncError:
            return ""  # the customer's own row has the issue


@frozen(kw_only=True)
class _Kept:
    """What the first pass keeps of a customer."""

    parent: str | None
    top: str
    owed: Amounts | None
    name: str
    is_there: bool


def _links(seen: Mapping[str, _Kept]) -> Mapping[str, str | None]:
    """Return the direct parents; in the place of one that was not read, the top that NetSuite names."""
    is_unread = {kept.parent for kept in seen.values()} - {None, *seen}
    named = {one: (kept.parent in is_unread and kept.top) or kept.parent for one, kept in seen.items()}
    tops = {up: None for one, up in named.items() if up and up != seen[one].parent}
    return {**tops, **named}


@lru_cache(maxsize=1024)
def _is_label(category: str) -> bool:
    return bool(category.strip()) and internal_id(category) is None


def _own(customer: Customer) -> Amounts | None:
    if not isinstance(customer.balance, Decimal):
        return None
    currency = customer.currency
    return {currency if isinstance(currency, str) else _NO_CURRENCY: customer.balance}


@frozen
class _Grouped:
    """One customer as the prescan of all has it."""

    prescan: Groups
    forest: Forest[str]
    balances: Balances[str]
    seen: Mapping[str, _Kept] = field(repr=False)

    def __call__(self, customer: Customer) -> MappedValue:
        one = customer.id
        parent, issues = self._parent(one)
        balance, doubts = self._balance(one)
        changes: dict[str, Any] = {"parent": parent, "balance": balance}
        if parent is not ABSENT:
            group = self.seen.get(parent or "")
            comes = group is not None and group.name and group.is_there and parent not in self.forest.issues
            known = {GROUP_COMES: True} if comes else {}
            changes["custom"] = {**customer.custom, GROUP_NAME: group.name if group else None, **known}
        category = customer.category if self.prescan.by_category else None
        label = (issue_table.CATEGORY_LABEL,) if isinstance(category, str) and _is_label(category) else ()
        return MappedValue(value=evolved(customer, **changes), issues=(*issues, *doubts, *label))

    def _parent(self, one: str) -> tuple[Maybe[str], tuple[Issue, ...]]:
        issue, parent = self.forest.issues.get(one), self.forest.parents[one]
        if issue is not None:
            left_alone = issue.code == _NOT_READ and self.prescan.missing == "alone"
            return ABSENT if left_alone else parent, (issue,)
        if parent is None:
            return None, ()
        if parent in self.seen and not self.seen[parent].is_there:
            return ABSENT, (issue_table.GROUP_LEFT_OUT,)
        return parent, () if parent == self.seen[one].parent else (issue_table.MOVED_TO_GROUP,)

    def _balance(self, one: str) -> tuple[Maybe[Decimal], tuple[Issue, ...]]:
        owed, issue = self.balances.amounts[one], self.balances.issues.get(one)
        issues = (issue,) if issue is not None and self.prescan.warns_of_balances else ()
        if owed is None:
            return ABSENT, issues
        sums = [amount for amount in owed.values() if amount] or [Decimal(0)]
        if len(sums) == 1:
            return sums[0], issues
        return ABSENT, (*issues, issue_table.SEVERAL_CURRENCIES) if self.prescan.warns_of_balances else ()


# Row values


def group_id(customer: Customer, current: Customer | None) -> Maybe[str]:
    """Return the id of the customer's group in Upflow, None for a customer without a group.

    Where the group is not known, it is what is there.
    """
    if customer.parent is ABSENT and current is not None:
        return current.parent
    return customer.parent


def foreseen_group(customer: Customer) -> str | None:
    """Return the id that the customer's group will have in Upflow's import, whose ids are NetSuite's own.

    It is None where the group does not come with this run.

    Rule: UF-HIER-1
    """
    return customer.parent if customer.custom.get(GROUP_COMES) and customer.parent else None


@frozen
class GroupName:
    """A row's value: the name of the customer's group, which goes with its id."""

    title: str

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the name, None for a customer without a group or whose group's name is not known."""
        if customer.parent and customer.custom.get(GROUP_NAME):
            return customer.custom[GROUP_NAME]
        if current is not None and (customer.parent is ABSENT or customer.parent == current.parent):
            return current.custom.get(self.title)
        return None


@frozen
class Cents:
    """A row's value: the balance, where it is a whole number of cents.

    Attributes:
        whole: write the number of cents, for a field of the target's own; otherwise the amount, which the
            target's system writes as it needs it.
    """

    whole: bool = False

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the balance, `ABSENT` where it is not known or no whole number of cents."""
        if not isinstance(customer.balance, Decimal):
            return ABSENT
        cents = in_cents(customer.balance)
        if cents is None:
            return MappedValue(value=ABSENT, issues=(issue_table.PART_OF_A_CENT,))
        return cents if self.whole else customer.balance


_NOT_READ: Final = "parent_not_read"
