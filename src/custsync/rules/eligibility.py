"""Who takes part: checks that leave a customer out or refuse it, each with its reason."""

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from enum import Enum
from typing import Final, Literal, TypeAlias, get_args

from attrs import evolve, frozen

from custsync._arguments import checked, unchecked
from custsync.errors import CustsyncError, FlowError
from custsync.models import Customer, Issue, Severity

__all__ = [
    "DELETED",
    "Check",
    "CheckOutcome",
    "CheckTime",
    "ExclusionPeriod",
    "RuleRaisedError",
    "is_deleted",
    "is_system_entity",
    "tracebacks",
]


CheckOutcome: TypeAlias = Literal["skip", "invalid"]
"""What becomes of a customer that fails a check: it is left out, or refused as an error."""

CheckTime: TypeAlias = Literal["always", "create"]
"""When a check is asked: of every customer, or only of one that would be created."""


class ExclusionPeriod(Enum):
    """For how long a check leaves a customer out."""

    NEVER = "as long as the reason holds"
    ONCE_LINKED = "permanently, where the customer was synced before"
    ALWAYS = "permanently"


@frozen(kw_only=True)
class Check:
    """One condition of taking part: whom it catches, what is then reported, and what becomes of the customer.

    Attributes:
        fails: the customer → whether it fails the check.
        issue: what is reported of one that does.
        outcome: `"skip"` leaves the customer out, `"invalid"` refuses it as an error.
        when: `"always"`, or `"create"` for a check of new customers only: an existing one is kept up to date.
        lasts: for how long the customer is left out.
        hides: whether the check excludes customers that belong in the target, rather than such as never come
            there.
    """

    fails: Callable[[Customer], bool]
    issue: Issue
    outcome: CheckOutcome = "skip"
    when: CheckTime = "always"
    lasts: ExclusionPeriod = ExclusionPeriod.NEVER
    hides: bool = False


def failed_checks(
    checks: Iterable[Check], customer: Customer, when: CheckTime = "always"
) -> tuple[Check, ...]:
    """Return the checks that decide against the customer, none where it passes all of them.

    They are asked from top to bottom; the first one that fails decides the outcome. A customer that never
    takes part needs no second reason. Otherwise every failed check of that outcome is returned, so that all
    is corrected at once. A check that raises has failed, and its issue names it.

    Args:
        checks: the checks of a flow, in order.
        customer: the source customer.
        when: which of them are asked.

    >>> from custsync.models import Ref
    >>> issue = Issue(code="deleted", rule="G-DUP", field="deleted", reason="deleted there", remedy="None")
    >>> gone = Check(fails=is_deleted, issue=issue)
    >>> [check.issue.code for check in failed_checks([gone], Customer(ref=Ref("shop", "1"), deleted=True))]
    ['deleted']
    >>> failed_checks([gone], Customer(ref=Ref("shop", "1")))
    ()
    """
    failed: list[Check] = []
    for check in checks:
        if check.when != when or (failed and check.outcome != failed[0].outcome):
            continue
        failure = check
        try:
            if not check.fails(customer):
                continue
        except Exception as error:  # noqa: BLE001 - a check of the caller's raised: one record fails alone
            raised = rule_raised(error, f"the check {check.issue.code!r} [{check.issue.rule}]")
            failure = evolve(check, issue=raised, lasts=ExclusionPeriod.NEVER, hides=False)
        failed.append(failure)
        if when == "always" and check.outcome == "skip":
            break
    return tuple(failed)


def compiled_checks(checks: Sequence[Check]) -> Callable[..., tuple[Check, ...]]:
    """Return `failed_checks` of these checks, without them as an argument; most customers pass at once."""
    asked = {when: [one for one in checks if one.when == when] for when in get_args(CheckTime)}
    functions = {when: [unchecked(check.fails) for check in several] for when, several in asked.items()}

    def failed(customer: Customer, when: CheckTime = "always") -> tuple[Check, ...]:
        try:
            for fails in functions[when]:  # `map` takes a StopIteration of a check's for its own end
                if fails(customer):
                    break
            else:
                return ()
        except Exception:  # noqa: BLE001, S110 - it is raised again below, with the name of its check
            pass
        return failed_checks(checks, customer, when)

    return failed


class RuleRaisedError(Exception):
    """A function of the caller's raised, its cause; or returned what it must not, as in `place`.

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
        CustsyncError: it was one of ours, which ends the run.
        FlowError: the caller has asked for tracebacks; the exception is its cause.

    Rule: G-ISO
    """
    cause: BaseException | None = error
    if isinstance(error, RuleRaisedError):
        cause, place = error.__cause__, error.place
    if isinstance(cause, CustsyncError):
        raise cause
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
    from pathlib import PurePath  # costly to import, both, and only trouble needs them
    from traceback import walk_tb

    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in walk_tb(error.__traceback__)
        if not frame.f_globals.get("__name__", "").startswith("custsync.")
    ]
    return f" ({PurePath(frames[0][0]).name}, line {frames[0][1]})" if frames else ""


DELETED: Final = Issue(
    code="deleted",
    rule="G-DUP",
    field="deleted",
    reason="the customer was deleted in the source",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)


@checked
def is_deleted(customer: Customer) -> bool:
    """Return whether the system shows the customer as deleted: a tombstone, with nothing to sync.

    Rule: G-DUP
    """
    return customer.deleted


@checked
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
