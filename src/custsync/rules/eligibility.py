"""Who takes part: filters that leave a customer out, each with its reason."""

from collections.abc import Callable, Iterable
from enum import Enum

from attrs import frozen

from custsync.errors import CustsyncError
from custsync.models import Customer, Issue

__all__ = [
    "ExclusionPeriod",
    "Filter",
    "is_deleted",
    "is_system_entity",
    "left_out_by",
    "rule_raised",
    "unmet",
]


class ExclusionPeriod(Enum):
    """For how long a filter leaves a customer out."""

    NEVER = "as long as the reason holds"
    ONCE_LINKED = "for good, where the customer was synced before"
    ALWAYS = "for good"


@frozen(kw_only=True)
class Filter:
    """One reason to leave customers out: whom it leaves out, what is then said, and for how long.

    `hides`: whether it excludes customers that belong in the target, rather than such as never come there.
    """

    leaves_out: Callable[[Customer], bool]
    issue: Issue
    lasts: ExclusionPeriod = ExclusionPeriod.NEVER
    hides: bool = False


def left_out_by(filters: Iterable[Filter], customer: Customer) -> Filter | None:
    """Return the first filter that leaves the customer out, None where none does.

    A filter that raises leaves the customer out too, and its issue says so.

    >>> from custsync.models import Ref
    >>> said = Issue(code="deleted", rule="G-DUP", field="deleted", reason="deleted there", remedy="None")
    >>> gone = Filter(leaves_out=is_deleted, issue=said)
    >>> left_out_by([gone], Customer(ref=Ref("stripe", "cus_1"), deleted=True)).issue.code
    'deleted'
    >>> left_out_by([gone], Customer(ref=Ref("stripe", "cus_1"))) is None
    True
    """
    for entry in filters:
        try:
            if entry.leaves_out(customer):
                return entry
        except CustsyncError:
            raise
        except Exception as error:  # noqa: BLE001 - a filter of the caller's raised: one record fails alone
            return Filter(leaves_out=entry.leaves_out, issue=rule_raised(error))
    return None


def unmet(demands: Iterable[Filter], customer: Customer) -> tuple[Issue, ...]:
    """Return the issues of all demands that the customer does not meet.

    >>> from custsync.models import Ref
    >>> said = Issue(code="deleted", rule="G-DUP", field="deleted", reason="deleted there", remedy="None")
    >>> unmet([Filter(leaves_out=is_deleted, issue=said)], Customer(ref=Ref("stripe", "cus_1")))
    ()
    """
    issues = []
    for entry in demands:
        caught = left_out_by((entry,), customer)
        if caught is not None:
            issues.append(caught.issue)
    return tuple(issues)


def rule_raised(error: Exception) -> Issue:
    """Return the issue of a rule of the caller's that raised: its type is told, its words may hold values.

    Rule: G-ISO
    """
    return Issue(
        code="rule_raised",
        rule="G-ISO",
        field="flow",
        reason=f"a rule of the flow raised {type(error).__name__}",
        remedy="Mend the filter, the field row or the system's reader that raised",
    )


def is_deleted(customer: Customer) -> bool:
    """Return whether the system shows the customer as deleted: a tombstone, with nothing to sync.

    Rule: G-DUP
    """
    return customer.deleted


def is_system_entity(customer: Customer) -> bool:
    """Return whether the record is one of the system's own, which have negative ids in NetSuite.

    >>> from custsync.models import Ref
    >>> is_system_entity(Customer(ref=Ref("netsuite", "-2")))
    True
    >>> is_system_entity(Customer(ref=Ref("netsuite", "2")))
    False

    Rule: G-ISO
    """
    return customer.ref.id[:1] == "-"
