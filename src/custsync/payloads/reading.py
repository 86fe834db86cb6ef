"""What a reader is given beside the value, and the error that it raises: one that holds every issue."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from math import isfinite
from types import NoneType
from typing import Any, Final, NamedTuple, TypeAlias

import attrs
from attrs import evolve

from custsync.errors import PayloadError
from custsync.models import ABSENT, Issue, Severity

DEEPEST: Final = 32
"""No payload nests deeper."""

LONGEST_NUMBER: Final = 30
"""No number has more digits, before or after its point."""

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
    """Return the error to raise, with one issue about the value at hand; the caller adds the path.

    A warning means that the value was not understood: it counts as absent, and the record is read.
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
    parts = value.values() if type(value) is dict else value if type(value) in _CONTAINERS else ()
    for part in parts:
        kind = type(part)
        if kind in _CONTAINERS and (kind is not dict or not _CONTAINERS.isdisjoint(map(type, part.values()))):
            break
    else:
        if len(parts) <= MOST_NODES:
            return value
    level = [value]
    for _ in range(DEEPEST):
        held = chain.from_iterable(one.values() if type(one) is dict else one for one in level)
        inner = [item for item in held if type(item) in _CONTAINERS]
        if len(inner) > MOST_NODES:
            break
        if not any(inner):
            return value
        level = inner
    raise payload_error("too_deep", f"nested deeper than {DEEPEST} levels, or too wide", value)


def check_kept(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of keys that no column names, once each of them is one that custsync can keep.

    Raises:
        PayloadError: they nest too deep; or with a warning, where one of them cannot be kept.

    >>> check_kept({"tags": ["new"], "score": 0.5})
    {'tags': ['new'], 'score': 0.5}
    >>> check_kept({"tags": {"new"}})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a value, or a part of one, that custsync does not keep
    """
    for value in values.values():
        kind = type(value)
        if kind is str:
            if "\0" in value or not value.isascii():
                break
        elif kind not in _SURE and (value or kind not in _CONTAINERS):
            break
    else:
        return values
    parts = _parts_of(values.values())
    if parts:
        check_depth(parts)
    if parts is not None and all(map(_is_kept, parts)):
        return values
    reason = "a value, or a part of one, that custsync does not keep"
    remedy = "Send JSON: no NUL, no half of a surrogate pair, no number that is not finite"
    raise payload_error("unkeepable", reason, values, remedy, severity=Severity.WARNING)


def _parts_of(values: Collection[Any]) -> list[Any] | None:
    """Return the values that need a closer look, None where one cannot be kept; most are done at a glance."""
    kinds = {*map(type, values)}
    if str in kinds and not is_clean("".join([value for value in values if type(value) is str])):
        return None
    return [value for value in values if type(value) not in _PLAIN and value] if kinds <= _KEPT else None


def _is_kept(part: Any) -> bool:
    if type(part) is float:
        return isfinite(part)
    if type(part) is Decimal:
        return (
            part.is_finite() and len(str(part)) <= LONGEST_NUMBER and abs(part.adjusted()) <= LONGEST_NUMBER
        )
    if type(part) is dict and {*map(type, part)} != {str}:
        return False
    parts = _parts_of([*part, *part.values()] if type(part) is dict else part)
    return parts is not None and all(map(_is_kept, parts))


_SURE: Final = frozenset({bool, int, NoneType})
_CONTAINERS: Final = frozenset({dict, list, tuple})
_PLAIN: Final = frozenset({str, bool, int, NoneType})
_KEPT: Final = _CONTAINERS | _PLAIN | {float, Decimal}


# What a reader is given


class Reading(NamedTuple):
    """What a reader is given beside the value.

    Attributes:
        whole: whether the payload that the value is a part of is known to be whole: what it does not carry is
            null.
        warnings: takes the warnings of the whole record. None: they are not collected, and a
            warning is raised as an error is, so that the record is read again with a list for them.
        path: the path of the value in the record, for warnings.
    """

    whole: bool
    warnings: list[Issue] | None = None
    path: str = ""

    def at(self, key: str) -> "Reading":
        """Return what the reader of an inner value is given."""
        return self if self.warnings is None else self._replace(path=joined(self.path, key))

    def within(self, *, whole: bool) -> "Reading":
        """Return what the readers of a payload's values are given, once it is known whether it is whole."""
        if whole is self.whole:
            return self
        return self._replace(whole=whole) if self.warnings is not None else WHOLE if whole else PART

    def take(self, issues: Iterable[Issue]) -> bool:
        """Take the issues of a value if all are warnings and warnings are collected; return whether."""
        issues = tuple(issues)
        if self.warnings is None or any(issue.severity is Severity.ERROR for issue in issues):
            return False
        self.warnings.extend(evolve(issue, field=joined(self.path, issue.field)) for issue in issues)
        return True


WHOLE: Final = Reading(whole=True)
"""Of a payload that may be whole; warnings are not collected."""

PART: Final = Reading(whole=False)
"""Of a payload that is a part of one that is not whole; warnings are not collected."""


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
    made: list[Any] = []
    issues: list[Issue] = []
    for at, item in enumerate(value):
        try:
            if reading is None:
                made.append(read(item))
            else:
                made.append(read(item, reading if reading.warnings is None else reading.at(f"[{at}]")))
        except PayloadError as error:
            issues.extend(prefixed(error.issues, f"[{at}]"))
    if issues:
        raise PayloadError(WRONG, issues)
    return tuple(made)


# JSON text


class KeyTwiceError(ValueError):
    """An object of the text has one key twice; it carries no value."""


def parse_json(text: str | bytes) -> Any:
    """Return the text's value; a text with one key twice in an object is refused: it is ambiguous.

    Raises:
        KeyTwiceError: an object has one key twice.
        ValueError: the text is not JSON.
        RecursionError: it is nested too deeply.

    Rule: G-ISO

    >>> parse_json('{"id": "7"}')
    {'id': '7'}
    >>> parse_json('{"id": "7", "id": "8"}')
    Traceback (most recent call last):
        ...
    custsync.payloads.reading.KeyTwiceError: an object has one key twice
    """
    if type(text) is str:
        try:
            value, end = _scan(text, 0)
        except StopIteration:  # blanks are before it, or it is no JSON
            pass
        else:
            if not text[end:].strip(_BLANKS):
                return value
    return json.loads(text, object_pairs_hook=_object_of)


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise KeyTwiceError("an object has one key twice")
    return made


_BLANKS: Final = " \t\n\r"
_decoder: Any = json.JSONDecoder(object_pairs_hook=_object_of)
_scan: Final = _decoder.scan_once
"""`json.loads` makes a decoder for each text that it is given with a hook."""
