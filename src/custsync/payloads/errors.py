"""What a reader says no with: one error that holds every issue, each with its path, none with a value."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

import attrs

from custsync.errors import PayloadError
from custsync.models import ABSENT, Issue, Severity

DEEPEST: Final = 32
"""No payload nests deeper."""

MOST_NODES: Final = 100_000
"""No level of a payload holds more lists and objects."""

_RULE: Final = "G-ISO"

Step: TypeAlias = tuple[str, Callable[[Any], Any], Any]
"""One of several reads: the path of what is read, the reader, the value."""

WRONG: Final = "a payload that is not of its system's shape"
KEPT: Final = "data that is not what custsync keeps"


def shape_of(value: object) -> str:
    """Return what a value is, without saying it: `"text, 7 characters"`, `"list, 2 items"`, `"null"`.

    >>> shape_of("abc"), shape_of(None), shape_of({"a": 1})
    ('text, 3 characters', 'null', 'object, 1 keys')
    """
    if value is None:
        return "null"
    if value is ABSENT:
        return "nothing"
    if isinstance(value, str):
        return f"text, {len(value)} characters"
    if isinstance(value, Mapping):
        return f"object, {len(value)} keys"
    if isinstance(value, list | tuple):
        return f"list, {len(value)} items"
    names = {bool: "true or false", int: "whole number", float: "number", Decimal: "number"}
    return names.get(type(value), type(value).__name__)


def payload_error(
    code: str,
    reason: str,
    value: object,
    remedy: str = "",
    *,
    rule: str = _RULE,
    severity: Severity = Severity.ERROR,
) -> PayloadError:
    """Return the error to raise, with one issue about the value at hand; whoever called adds the path.

    A warning says that the value was not understood: it counts as absent, and the record is read.
    """
    issue = Issue(
        code=code,
        rule=rule,
        field="",
        reason=reason,
        remedy=remedy or "Send the field in the form that its system documents",
        shape=shape_of(value),
        severity=severity,
    )
    return PayloadError(reason, (issue,))


def is_clean(text: str) -> bool:
    """Return whether the text has neither NUL nor half a surrogate pair."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def prefixed(issues: Iterable[Issue], path: str) -> list[Issue]:
    """Return the issues with the path put before theirs."""
    return [attrs.evolve(issue, field=joined(path, issue.field)) for issue in issues]


def joined(path: str, field: str) -> str:
    """Return the path of a field of the value at a path."""
    return f"{path}.{field}" if path and field and not field.startswith("[") else path + field


def object_of(value: Any) -> Mapping[str, Any]:
    """Return the value if it is a JSON object; anything else is refused."""
    if type(value) is dict or isinstance(value, Mapping):
        return value
    raise payload_error("not_an_object", "not an object", value) from None


def collect(steps: Iterable[Step]) -> Sequence[Any]:
    """Return the results of several reads, (path, read, value) each; the issues of all of them at once."""
    results: list[Any] = []
    issues: list[Issue] = []
    for path, read, value in steps:
        try:
            results.append(read(value))
        except PayloadError as error:
            issues.extend(prefixed(error.issues, path))
    if issues:
        raise PayloadError(WRONG, issues)
    return results


def check_depth(value: Any) -> Any:
    """Return the value, refused if it nests deeper than anything a system sends."""
    if type(value) is dict and _CONTAINERS.isdisjoint(map(type, value.values())):
        return value
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for outer in level:
            items = outer.values() if type(outer) is dict else outer
            if not _CONTAINERS.isdisjoint(map(type, items)):
                inner += [item for item in items if type(item) in _CONTAINERS]
        if len(inner) > MOST_NODES:
            break
        if not any(inner):
            return value
        level = inner
    raise payload_error("too_deep", f"nested deeper than {DEEPEST} levels, or too wide", value)


_CONTAINERS: Final = frozenset({dict, list, tuple})
