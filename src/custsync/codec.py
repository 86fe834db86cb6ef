"""JSON to values and back: one strict converter, and field tables that give reader and writer alike.

The only room with cattrs. Nothing is guessed: text comes from text, a flag from `true` or `false`, a number
from a number that is finite and of human size. Everything that is wrong with a payload is told at once,
each as an issue with its path in the payload's own keys, never with its value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import attrs
from attrs import frozen
from cattrs import Converter
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn_from_attrs, make_dict_unstructure_fn_from_attrs, override

from custsync.errors import PayloadError
from custsync.models import ABSENT, Issue

__all__ = [
    "DIGITS",
    "FLAG",
    "LONGEST_NUMBER",
    "LONGEST_TEXT",
    "MONEY",
    "TEXT",
    "TRUTH",
    "T_F",
    "Column",
    "Kind",
    "Table",
    "as_given",
    "check_depth",
    "collect",
    "items_of",
    "object_of",
    "read_digits",
    "read_text",
    "refusal",
    "shape_of",
]

LONGEST_TEXT: Final = 10_000
"""No text of a column is longer: names, addresses and phones end far below."""

LONGEST_NUMBER: Final = 30
"""No number has more digits, before or after its point."""

DEEPEST: Final = 32
"""No payload nests deeper."""

MOST_NODES: Final = 100_000
"""No level of a payload holds more lists and objects."""

_RULE: Final = "G-ISO"


def shape_of(value: object) -> str:
    """Return what a value is, without saying it: `"text, 7 characters"`, `"list, 2 items"`, `"null"`.

    >>> shape_of("abc"), shape_of(None), shape_of({"a": 1})
    ('text, 3 characters', 'null', 'object, 1 keys')
    """
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"text, {len(value)} characters"
    if isinstance(value, Mapping):
        return f"object, {len(value)} keys"
    if isinstance(value, list | tuple):
        return f"list, {len(value)} items"
    names = {bool: "true or false", int: "whole number", float: "number", Decimal: "number"}
    return names.get(type(value), type(value).__name__)


def refusal(code: str, reason: str, value: object, remedy: str = "") -> PayloadError:
    """Return the error to raise, with one issue about the value at hand; whoever called adds the path."""
    issue = Issue(
        code=code,
        rule=_RULE,
        field="",
        reason=reason,
        remedy=remedy or "Send the field in the form that its system documents",
        shape=shape_of(value),
    )
    return PayloadError(reason, (issue,))


def read_text(value: Any) -> str | None:
    """Return the text as it is, null as None; anything else is refused, and so are NUL and lone surrogates."""
    if type(value) is str:
        if len(value) <= LONGEST_TEXT and value.isascii() and "\0" not in value:
            return value
        return _checked(value)
    if value is None:
        return None
    raise refusal("not_text", "not a text", value) from None


def _checked(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise refusal("too_long", f"longer than {LONGEST_TEXT} characters", value) from None
    if "\0" in value:
        raise refusal("broken_text", "a text with a NUL character", value) from None
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise refusal("broken_text", "a text with half a surrogate pair", value) from None
    return value


def _read_flag(value: Any) -> bool | None:
    if value is True or value is False or value is None:
        return value
    raise refusal("not_a_flag", "neither true nor false", value) from None


_T_F: Final = {"T": True, "F": False, "": None, "TRUE": True, "FALSE": False}


def _read_t_f(value: Any) -> bool | None:
    if value is None:
        return None
    if type(value) is str and value in _T_F:
        return _T_F[value]
    raise refusal("not_a_flag", "neither 'T' nor 'F'", value) from None


def _write_t_f(value: Any) -> str | None:
    return None if value is None else "T" if value else "F"


def _read_truth(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise refusal("not_a_flag", "neither true nor false", value) from None


def _read_digits(value: Any) -> str | None:
    return None if value is None or value == "" else read_digits(value)


def read_digits(value: Any) -> str:
    """Return an id of digits as text, from text or whole number; system entities have a minus before it."""
    if type(value) is int and abs(value) < 10**LONGEST_NUMBER:
        return str(value)
    if type(value) is str and len(value) <= LONGEST_NUMBER and value.isascii():
        if value.removeprefix("-").isdigit():
            return value
    raise refusal("not_an_id", "not an id: ids are digits", value) from None


def _read_money(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    if type(value) is float or type(value) is str:
        value = _decimal(value)
    elif type(value) is int:
        value = Decimal(value) if abs(value) < 10**LONGEST_NUMBER else None
    if type(value) is Decimal and _of_human_size(value):
        return value
    raise refusal("not_a_number", "not a number of human size", value) from None


def _decimal(value: float | str) -> Decimal | None:
    text = repr(value) if type(value) is float else str(value)
    try:
        return Decimal(text) if len(text) <= LONGEST_NUMBER and text.isascii() else None
    except InvalidOperation:
        return None


def _of_human_size(value: Decimal) -> bool:
    if not value.is_finite():
        return False
    digits, exponent = value.as_tuple()[1:]
    return len(digits) <= LONGEST_NUMBER and isinstance(exponent, int) and abs(exponent) <= LONGEST_NUMBER


def _write_money(value: Any) -> float | None:
    return None if value is None else float(value)


def as_given(value: Any) -> Any:
    """Return the value itself: what most kinds write."""
    return value


@frozen
class Kind:
    """How a column's value is read from JSON and written to it; both are total or refuse by `PayloadError`."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = as_given


TEXT: Final = Kind(read_text)
FLAG: Final = Kind(_read_flag)
TRUTH: Final = Kind(_read_truth)
T_F: Final = Kind(_read_t_f, _write_t_f)
DIGITS: Final = Kind(_read_digits)
MONEY: Final = Kind(_read_money, _write_money)


@frozen
class Column:
    """One row of a system's two-way field table: our name, the payload's key, and the kind of value."""

    name: str
    key: str
    kind: Kind = TEXT
    writable: bool = True
    required: bool = False


def make_converter(*, detailed: bool = False) -> Converter:
    """Return a new converter; there is no shared one."""
    return Converter(detailed_validation=detailed)


class Table:
    """A two-way field table: `read` and `write` are compiled from the same columns.

    Args:
        columns: the rows.
        ignored: further keys that are known and say nothing (`links`).
        any_case: whether keys are read without regard to case.
    """

    def __init__(
        self, columns: Iterable[Column], *, ignored: Iterable[str] = (), any_case: bool = False
    ) -> None:
        """Compile the reader, its detailed twin and the writer, once."""
        columns = tuple(columns)
        self._columns = {column.name: column for column in columns}
        self._known = frozenset(column.key for column in columns).union(ignored)
        self._spelled = {key.lower(): key for key in self._known} if any_case else {}
        self.writable = frozenset(column.name for column in columns if column.writable)
        self._row = _row_of(column for column in columns if column.writable)
        self._read = _reader(columns, detailed=False)
        self._read_all = _reader(columns, detailed=True)
        self._write = _writer(self._row, self._columns)

    def spelled(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the payload with its keys spelled as the table spells them; itself where they are already."""
        if not self._spelled or payload.keys() <= self._known:
            return payload
        get = self._spelled.get
        return {get(key.lower(), key): value for key, value in payload.items()} | {
            key: payload[key] for key in self._known & payload.keys()
        }

    def key_of(self, name: str) -> str:
        """Return the payload's key of a column."""
        return self._columns[name].key

    def others(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the payload carries under keys that no column names."""
        if payload.keys() <= self._known:
            return {}
        known = self._known
        return {key: value for key, value in payload.items() if key not in known}

    def read(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return our name → value for every column that the payload carries.

        Raises:
            PayloadError: with every issue of the payload at once.
        """
        try:
            return self._read(payload, None)
        except (PayloadError, KeyError):
            pass
        try:
            return self._read_all(payload, None)
        except ClassValidationError as group:
            issues = self._issues(group)
        raise PayloadError("a payload that is not of its system's shape", issues)

    def write(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return key → value for every value that is not `ABSENT`; names outside `writable` are not taken."""
        return self._write(self._row(**values))

    def _issues(self, group: ClassValidationError) -> list[Issue]:
        issues: list[Issue] = []
        for error, note in group.group_exceptions()[0]:
            own = error.issues if isinstance(error, PayloadError) else (_MISSING,)
            issues.extend(prefixed(own, self._columns[note.name].key))
        return issues


_MISSING: Final = Issue(
    code="missing",
    rule=_RULE,
    field="",
    reason="not there",
    remedy="Send the whole record",
    shape="nothing",
)


def prefixed(issues: Iterable[Issue], path: str) -> list[Issue]:
    """Return the issues with the path put before theirs."""
    return [attrs.evolve(issue, field=_joined(path, issue.field)) for issue in issues]


def _joined(path: str, field: str) -> str:
    return f"{path}.{field}" if path and field and not field.startswith("[") else path + field


def _row_of(columns: Iterable[Column]) -> type[Any]:
    """Return a class with an attribute for each column, absent where nothing is given."""
    fields = {c.name: attrs.field(default=attrs.NOTHING if c.required else ABSENT) for c in columns}
    return attrs.make_class("Row", fields, slots=True, eq=False, kw_only=True)


@frozen
class _Hook:
    read: Callable[[Any], Any]

    def __call__(self, value: Any, _: object) -> Any:
        return self.read(value)


def _reader(columns: Sequence[Column], *, detailed: bool) -> Callable[[Any, Any], dict[str, Any]]:
    read: Callable[[Any, Any], Any] = make_dict_structure_fn_from_attrs(
        list(attrs.fields(_row_of(columns))),
        dict,
        make_converter(),
        _cattrs_detailed_validation=detailed,
        **{c.name: override(rename=c.key, struct_hook=_Hook(c.kind.read)) for c in columns},
    )
    return read


def _writer(row: type[Any], columns: Mapping[str, Column]) -> Callable[[Any], dict[str, Any]]:
    fields = list(attrs.fields(row))
    hooks = {
        f.name: override(
            rename=columns[f.name].key, unstruct_hook=columns[f.name].kind.write, omit_if_default=True
        )
        for f in fields
    }
    return make_dict_unstructure_fn_from_attrs(fields, row, make_converter(), **hooks)


def object_of(value: Any) -> Mapping[str, Any]:
    """Return the value if it is a JSON object; anything else is refused."""
    if isinstance(value, Mapping):
        return value
    raise refusal("not_an_object", "not an object", value) from None


def items_of(value: Any, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Return what `read` makes of each item of a list; all issues of all items at once, each with its index."""
    if not isinstance(value, list):
        raise refusal("not_a_list", "not a list", value) from None
    return tuple(collect({f"[{at}]": (read, item) for at, item in enumerate(value)}))


def collect(steps: Mapping[str, tuple[Callable[[Any], Any], Any]]) -> Sequence[Any]:
    """Return the results of several reads, path → (read, value); the issues of all of them at once."""
    results: list[Any] = []
    issues: list[Issue] = []
    for path, (read, value) in steps.items():
        try:
            results.append(read(value))
        except PayloadError as error:
            issues.extend(prefixed(error.issues, path))
    if issues:
        raise PayloadError("a payload that is not of its system's shape", issues) from None
    return results


def check_depth(value: Any) -> Any:
    """Return the value, refused if it nests deeper than anything a system sends."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return value
        if len(level) > MOST_NODES:
            break
    raise refusal("too_deep", f"nested deeper than {DEEPEST} levels, or too wide", value) from None


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        return []
    return [inner for inner in value if isinstance(inner, Mapping | list | tuple)]
