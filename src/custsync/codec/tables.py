"""Field tables: rows of our name, the payload's key and the kind of value; both directions come from them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import filterfalse
from operator import itemgetter
from typing import Any, Final, TypeVar

import attrs
from attrs import frozen
from cattrs import Converter
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn_from_attrs, make_dict_unstructure_fn_from_attrs, override

from custsync.codec.kinds import LONGEST_TEXT, TEXT, Kind, as_given
from custsync.codec.refusals import WRONG, check_depth, is_clean, object_of, prefixed, refusal
from custsync.errors import PayloadError
from custsync.models import ABSENT, Issue, Ref

__all__ = ["Column", "Table", "ref_of", "sealed"]

LONGEST_KEY: Final = 255
"""No key of an object is longer."""

MOST_FOREIGN: Final = 4096
"""So many keys without a column are remembered; systems have some hundred."""

M = TypeVar("M")


@frozen
class Column:
    """One row of a system's two-way field table: our name, the payload's key, and the kind of value."""

    name: str
    key: str
    kind: Kind = TEXT
    writable: bool = True


class Table:
    """A two-way field table: `read` and `write` are compiled from the same columns.

    Args:
        columns: the rows.
        cls: the model that `read` makes a draft of; without one it makes a dictionary of all columns.
        ignored: further keys that are known and say nothing (`links`).
        within: the key of an inner object whose keys are read as if they stood beside it.
        any_case: whether keys are read without regard to case.
    """

    def __init__(
        self,
        columns: Iterable[Column],
        *,
        cls: type | None = None,
        ignored: Iterable[str] = (),
        within: str = "",
        any_case: bool = False,
    ) -> None:
        """Compile the reader, its detailed twin and the writer, once."""
        columns = tuple(columns)
        self._columns = {column.name: column for column in columns}
        self.keys = frozenset(column.key for column in columns)
        self._known = self.keys.union(ignored, (within,) if within else ())
        self._spelled = {key.lower(): key for key in self._known} if any_case else {}
        self._foreign: set[str] = set()
        self._within = within
        self._blank: Mapping[str, Any] = dict.fromkeys(self._known, ABSENT)
        self._size = len(self._blank)
        self._texts = _getter(column.key for column in columns if column.kind is TEXT)
        target = dict if cls is None else _draft_of(cls, [column.name for column in columns])
        self._read = _reader(columns, target, detailed=False)
        self._read_slowly = _reader(columns, target, detailed=True)
        self.writable = frozenset(column.name for column in columns if column.writable)
        self._row = _row_of(column for column in columns if column.writable)
        self._write = _writer(self._row, self._columns)

    def key_of(self, name: str) -> str:
        """Return the payload's key of a column."""
        return self._columns[name].key

    def knows(self, payload: Any) -> bool:
        """Return whether the payload is an object, and all its keys are the table's."""
        return type(payload) is dict and self._known.issuperset(payload)

    def sorted_out(self, payload: Any) -> tuple[Mapping[str, Any], list[str]]:
        """Return the payload, its keys spelled as in the table, and those of its keys that no column names.

        Raises:
            PayloadError: it is no object, or has a key that is no clean text.
        """
        if type(payload) is not dict and not isinstance(payload, Mapping):
            raise refusal("not_an_object", "not an object", payload)
        unknown = list(filterfalse(self._known.__contains__, payload))
        if not unknown or self._foreign.issuperset(unknown):
            return payload, unknown
        return self._respelled(payload, unknown)

    def spread(self, payload: Any) -> tuple[Mapping[str, Any], Sequence[str]]:
        """Return the payload laid over a blank row, and those of its keys that no column names.

        Raises:
            PayloadError: it is no object, or has a key that is no clean text.
        """
        whole = self.lay(payload)
        unknown = list(whole)[self._size :]
        if self._foreign.issuperset(unknown):
            return whole, unknown
        payload, unknown = self._respelled(payload, unknown)
        return self.lay(payload), unknown

    def _respelled(
        self, payload: Mapping[str, Any], unknown: list[str]
    ) -> tuple[Mapping[str, Any], list[str]]:
        """Return as `sorted_out` does, and remember the keys that turned out to be strangers."""
        ours: dict[str, str] = {}
        for key in unknown:
            if type(key) is not str or len(key) > LONGEST_KEY or not is_clean(key):
                raise refusal("bad_key", "an object with a key that is too long or no clean text", payload)
            if key.lower() in self._spelled:
                ours[key] = self._spelled[key.lower()]
            elif len(self._foreign) < MOST_FOREIGN:
                self._foreign.add(key)
        spelled = {
            ours.get(key, key): value for key, value in payload.items() if ours.get(key) not in payload
        }
        return spelled, [key for key in unknown if key not in ours]

    def read(self, payload: Any, others: Sequence[str] | None = None) -> Any:
        """Return a draft of the model, or a dictionary, with a value for each column.

        Args:
            payload: any JSON value; what is no object is refused.
            others: the keys that no column names, if sorted out already; None: they do not matter.
                Given `()`, such keys are looked for, and go to the draft's `extra`.

        Raises:
            PayloadError: with every issue of the payload at once.
        """
        whole = self.lay(payload)
        if others is None or len(whole) == self._size + len(others):
            return self.read_laid(whole)
        return self._read_unsorted(payload)

    def lay(self, payload: Any) -> dict[str, Any]:
        """Return the payload, and its inner object, laid over a blank row, so that every column is there.

        Raises:
            PayloadError: the payload, or its inner object, is no object.
        """
        try:
            inner = payload.get(self._within) if self._within else None
            return {**self._blank, **payload} if inner is None else {**self._blank, **inner, **payload}  # noqa: TRY300
        except (TypeError, AttributeError):
            pass
        object_of(payload)
        error = refusal("not_an_object", "not an object", payload.get(self._within))
        raise PayloadError(WRONG, prefixed(error.issues, self._within))

    def read_laid(self, whole: Mapping[str, Any]) -> Any:
        """Return as `read` does, of a payload with all columns.

        The texts are checked in one sweep; only where that, or any column, finds fault are all columns
        read one by one, to tell everything that is wrong.
        """
        try:
            read = self._read(whole, None)
            texts = "".join([text for text in self._texts(whole) if text is not None and text is not ABSENT])
        except (PayloadError, TypeError):
            pass
        else:
            if len(texts) <= LONGEST_TEXT and is_clean(texts):
                return read
        try:
            return self._read_slowly(whole, None)
        except ClassValidationError as group:
            issues = self._issues(group, (whole[self._within] or ()) if self._within else ())
        raise PayloadError(WRONG, issues)

    def _read_unsorted(self, payload: Mapping[str, Any]) -> Any:
        """Return as `read` does, of keys that may be spelled otherwise; the others go to `extra`."""
        payload, unknown = self.sorted_out(payload)
        extra = {key: payload[key] for key in unknown}
        if self._within and payload.get(self._within) is not None:
            inner, strangers = self.sorted_out(payload[self._within])
            payload = {**payload, self._within: inner}
            extra = {**{key: inner[key] for key in strangers}, **extra}
        read = self.read_laid(self.lay(payload))
        if extra:
            read.extra = check_depth(extra)
        return read

    def _issues(self, group: ClassValidationError, inner: Collection[str]) -> list[Issue]:
        issues: list[Issue] = []
        for error, note in group.group_exceptions()[0]:
            key = self._columns[note.name].key
            path = f"{self._within}.{key}" if key in inner else key
            issues.extend(prefixed(error.issues, path))  # type: ignore[attr-defined]  # readers only refuse
        return issues

    def write(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return key → value for every value that is not `ABSENT`; names outside `writable` are not taken."""
        return self._write(self._row(**values))

    def write_parts(self, record: object) -> dict[str, Any]:
        """Return as `write` does, of an object that has an attribute for each of the `writable` columns."""
        return self._write(record)


def _getter(keys: Iterable[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    keys = tuple(keys)
    return itemgetter(*keys, keys[0]) if keys else _no_texts


def _no_texts(_: Mapping[str, Any]) -> tuple[Any, ...]:
    return ()


def _draft_of(cls: type, first: Iterable[str]) -> Any:
    """Return a class laid out like the model, whose fields can still be set; `sealed` makes the model of it.

    A frozen class sets its fields one by one through a guard; a draft is built at the price of a plain
    object. It takes the fields named `first` in that order, so that nothing has to be passed by name.
    """
    defaults = {f.name: ABSENT if f.default is attrs.NOTHING else f.default for f in attrs.fields(cls)}
    order = [*first, *(name for name in defaults if name not in first)]
    fields = {name: attrs.field(default=defaults[name]) for name in order}
    keeps_hash = "_attrs_cached_hash" in cls.__slots__  # type: ignore[attr-defined]
    return attrs.make_class(
        f"{cls.__name__}Draft",
        fields,
        slots=True,
        eq=keeps_hash,
        hash=keeps_hash,
        cache_hash=keeps_hash,
        repr=False,
        weakref_slot=False,
    )


def sealed(draft: Any, cls: type[M]) -> M:
    """Return the draft as the frozen model that it was laid out like; it is the same object."""
    draft.__class__ = cls
    return draft  # type: ignore[no-any-return]


def ref_of(system: str, identity: str, account: str, mode: str) -> Ref:
    """Return the reference to a customer, built as cheaply as a draft is."""
    return sealed(_REF(system, identity, account, mode), Ref)


_REF: Final = _draft_of(Ref, ())


def _row_of(columns: Iterable[Column]) -> type[Any]:
    """Return a class with an attribute for each column, absent where nothing is given."""
    fields = {column.name: attrs.field(default=ABSENT) for column in columns}
    return attrs.make_class("Row", fields, slots=True, eq=False, kw_only=True)


def _reader(columns: Sequence[Column], target: Any, *, detailed: bool) -> Callable[[Any, Any], Any]:
    """Return the compiled reader: every column is there, as the blank row lies under the payload."""
    passed = {c.name for c in columns if c.kind is TEXT and not detailed}
    row = attrs.make_class(
        "Columns",
        {c.name: attrs.field(converter=as_given if c.name in passed else None) for c in columns},
        kw_only=target is dict,
    )
    hooks: dict[str, Any] = {
        c.name: override(rename=c.key, struct_hook=None if c.name in passed else c.kind.read) for c in columns
    }
    return make_dict_structure_fn_from_attrs(
        list(attrs.fields(row)),
        target,
        Converter(),
        _cattrs_prefer_attrib_converters=True,
        _cattrs_detailed_validation=detailed,
        **hooks,
    )


def _writer(row: type[Any], columns: Mapping[str, Column]) -> Callable[[Any], dict[str, Any]]:
    fields = list(attrs.fields(row))
    hooks: dict[str, Any] = {
        f.name: override(
            rename=columns[f.name].key, unstruct_hook=columns[f.name].kind.write, omit_if_default=True
        )
        for f in fields
    }
    return make_dict_unstructure_fn_from_attrs(fields, row, Converter(), **hooks)
