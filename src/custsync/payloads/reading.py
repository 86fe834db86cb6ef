"""What a reader is given beside the value, and where it leaves what does not refuse the record."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from attrs import evolve, frozen

from custsync.errors import PayloadError
from custsync.models import Issue, Severity
from custsync.payloads.errors import WRONG, joined, payload_error, prefixed


@frozen
class Reading:
    """What a reader is given beside the value.

    Attributes:
        whole: whether the payload that the value is a part of showed itself to be whole: what such a payload
            does not carry is null.
        warnings: takes the warnings of the whole record. None: nobody listens, and a warning is raised as an
            error is, so that the record is read again by somebody who does.
        path: the path of the value in the record, for warnings.
    """

    whole: bool
    warnings: list[Issue] | None = None
    path: str = ""

    def at(self, key: str) -> "Reading":
        """Return what the reader of an inner value is given."""
        return self if self.warnings is None else evolve(self, path=joined(self.path, key))

    def within(self, *, whole: bool) -> "Reading":
        """Return what the readers of a payload's values are given, once it is known whether it is whole."""
        if whole is self.whole:
            return self
        return evolve(self, whole=whole) if self.warnings is not None else WHOLE if whole else PART

    def take(self, issues: Iterable[Issue]) -> bool:
        """Take the issues of a value if all of them are warnings and somebody listens; return whether."""
        issues = tuple(issues)
        if self.warnings is None or not are_warnings(issues):
            return False
        self.warnings.extend(evolve(issue, field=joined(self.path, issue.field)) for issue in issues)
        return True


def are_warnings(issues: Iterable[Issue]) -> bool:
    """Return whether none of the issues refuses the record."""
    return all(issue.severity is not Severity.ERROR for issue in issues)


WHOLE: Final = Reading(whole=True)
"""Of a payload that may be whole; nobody listens to warnings."""

PART: Final = Reading(whole=False)
"""Of a payload that is a part of one that is not whole; nobody listens to warnings."""


def items_of(value: Any, read: Callable[..., Any], reading: Reading | None = None) -> tuple[Any, ...]:
    """Return what `read` makes of each item of a list; the issues of all items at once, with their index.

    Args:
        value: any JSON value; what is no list is refused.
        read: takes an item, and beside it what its reader is given where `reading` is given.
        reading: what the reader of the list was given.

    Raises:
        PayloadError: with the issues of all items.
    """
    if type(value) is not list:
        raise payload_error("not_a_list", "not a list", value)
    if reading is not None and reading.warnings is None:
        try:
            return tuple([read(item, reading) for item in value])
        except PayloadError:  # which item it is, is added below
            pass
    results: list[Any] = []
    issues: list[Issue] = []
    for at, item in enumerate(value):
        try:
            results.append(read(item) if reading is None else read(item, reading.at(f"[{at}]")))
        except PayloadError as error:
            issues.extend(prefixed(error.issues, f"[{at}]"))
    if issues:
        raise PayloadError(WRONG, issues)
    return tuple(results)
