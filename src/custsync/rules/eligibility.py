"""Who takes part: filters that leave a customer out, each with its reason."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from enum import Enum
from pathlib import PurePath
from traceback import walk_tb
from typing import Final

from attrs import frozen

from custsync.errors import CustsyncError, FlowError
from custsync.models import Customer, Issue

__all__ = [
    "ExclusionPeriod",
    "Filter",
    "RuleRaisedError",
    "is_deleted",
    "is_system_entity",
    "left_out_by",
    "raised_in",
    "rule_raised",
    "tracebacks",
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
            return Filter(
                leaves_out=entry.leaves_out,
                issue=rule_raised(error, f"the filter {entry.issue.code!r} [{entry.issue.rule}]"),
            )
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


class RuleRaisedError(Exception):
    """A function of the caller's raised, its cause; or returned what it must not, as `place` says.

    Else `place` names the row or step, and its rule.
    """

    def __init__(self, place: str) -> None:
        """Keep the place."""
        super().__init__(place)
        self.place = place


tracebacks: Final = ContextVar("tracebacks", default=False)
"""Whether a function of the caller's that raises ends the run with its traceback; the caller chooses."""


def rule_raised(error: Exception, place: str = "a rule of the flow") -> Issue:
    """Return the issue of a function of the caller's that raised: which one, what, in which file and line.

    The words of the exception may hold values, and are left out.

    Args:
        error: what was raised.
        place: which row or step it is, and its rule.

    Raises:
        FlowError: the caller has asked for tracebacks; the exception is its cause.

    Rule: G-ISO
    """
    cause: BaseException | None = error
    if isinstance(error, RuleRaisedError):
        cause, place = error.__cause__, error.place
    reason = place if cause is None else f"{place} raised {type(cause).__name__}{raised_in(cause)}"
    if tracebacks.get():
        raise FlowError(reason) from cause
    return Issue(
        code="rule_raised",
        rule="G-ISO",
        field="flow",
        reason=reason,
        remedy="Correct the function; `Environment(debug=True)` ends the run with its traceback",
    )


def raised_in(error: BaseException) -> str:
    """Return in which file and line of the caller's it was raised, `""` where none of these took part."""
    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in walk_tb(error.__traceback__)
        if not frame.f_globals.get("__name__", "").startswith("custsync.")
    ]
    return f" ({PurePath(frames[0][0]).name}, line {frames[0][1]})" if frames else ""


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
