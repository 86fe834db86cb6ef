"""Field tables: rows of our name, the payload's key and the kind of value; both directions come from them."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final, TypeAlias

from custsync.errors import PayloadError
from custsync.models import ABSENT, NOTHING_KEPT, Issue
from custsync.payloads.compiled import Column, Keys, Shapes, compiled
from custsync.payloads.errors import WRONG, check_depth, collect, is_clean, object_of, payload_error, prefixed
from custsync.payloads.fast_build import builder, defaults_of

__all__ = ["Column", "Table"]

LONGEST_KEY: Final = 255
"""No key of an object is longer."""

Values: TypeAlias = dict[str, Any]
"""Values by their keys."""


class Table:
    """A two-way field table: `read` and `write` come from the same columns.

    A payload is read column by column, with care: everything that is wrong with it is told at once. Payloads
    of a shape that comes often are read by a reader compiled for it, which gives up on any doubt.

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
        within: str | None = None,
        any_case: bool = False,
    ) -> None:
        """Take the rows; what is compiled of them is compiled when it is needed."""
        self._columns = tuple(columns)
        self._reads = tuple((column.name, column.key, column.kind.read) for column in self._columns)
        self.keys = frozenset(column.key for column in self._columns)
        self.writable = frozenset(column.name for column in self._columns if column.writable)
        self._known = self.keys.union(ignored, () if within is None else (within,))
        self._spelled = {key.lower(): key for key in self._known} if any_case else {}
        self._within = within
        self._cls = cls
        self._shapes = Shapes()

    def key_of(self, name: str) -> str:
        """Return the payload's key of a column."""
        return next(column.key for column in self._columns if column.name == name)

    def read(self, payload: Any) -> Any:
        """Return a draft of the model, or a dictionary, with a value for each column.

        Args:
            payload: any JSON value; what is no object is refused. Keys that no column names do not matter.

        Raises:
            PayloadError: with every issue of the payload at once.
        """
        return self.read_apart(payload)[0]

    def read_whole(self, payload: Any) -> Any:
        """Return a draft as `read` does, with what no column names in its `extra`.

        Raises:
            PayloadError: with every issue of the payload at once.
        """
        try:
            draft, extra = self.read_apart(payload)
            if extra:
                draft.extra = check_depth(extra)
            return draft  # noqa: TRY300  # nothing of it is done twice where nothing is wrong
        except PayloadError:
            pass
        unknown_keys = self._laid(payload)[3]
        return collect((("", self._read_with_care, payload), ("", check_depth, unknown_keys)))

    def read_apart(self, payload: Any) -> tuple[Any, Mapping[str, Any]]:
        """Return what `read` does, and beside it the values that no column names, by their keys.

        Raises:
            PayloadError: with every issue of the columns at once.
        """
        try:
            inner = payload.get(self._within, NOTHING_KEPT)
            read = self._shapes.readers[tuple(payload), tuple(inner)]
            return read(payload.values(), inner.values())
        except (KeyError, AttributeError, TypeError, ValueError, PayloadError):
            return self._read_with_care(payload)

    def unknown_keys(self, payload: Any) -> Mapping[str, Any]:
        """Return the values that no column names, by their keys.

        Raises:
            PayloadError: the payload is no object, or has a key that is no clean text.
        """
        return self._sorted_out(payload)[1]

    def _read_with_care(self, payload: Any) -> tuple[Any, Mapping[str, Any]]:
        """Return as `read_apart` does, column by column, and see whether it is time to compile."""
        inner, ours, within, unknown_keys = self._laid(payload)
        laid = {**within, **ours} if within else ours
        values: Values = {}
        issues: list[Issue] = []
        for name, key, read in self._reads:
            try:
                values[name] = read(laid.get(key, ABSENT))
            except PayloadError as error:
                path = f"{self._within}.{key}" if key in within and key not in ours else key
                issues.extend(prefixed(error.issues, path))
        if issues:
            raise PayloadError(WRONG, issues)
        keys = (tuple(payload), tuple(inner))
        if payload.get(self._within, NOTHING_KEPT) is inner and self._shapes.comes_often(keys):
            self._compile(keys)
        return (values if self._draft is None else self._draft(**values)), unknown_keys

    def _laid(self, payload: Any) -> tuple[Mapping[str, Any], Values, Values, Values]:
        """Return the inner object, the values of our keys outside and within it, and all other values."""
        ours, unknown_keys = self._sorted_out(payload)
        inner = None if self._within is None else ours.get(self._within)
        if self._within is None or inner is None:
            return NOTHING_KEPT, ours, {}, unknown_keys
        ((within, others),) = collect(((self._within, self._sorted_out, inner),))
        return inner, ours, within, {**others, **unknown_keys}

    def _sorted_out(self, payload: Any) -> tuple[Values, Values]:
        """Return the values of our keys, however these are spelled, and the values of all others."""
        ours: Values = {}
        unknown_keys: Values = {}
        for key, value in object_of(payload).items():
            if key in self._known:
                ours[key] = value
            elif type(key) is not str or len(key) > LONGEST_KEY or not is_clean(key):
                raise payload_error(
                    "bad_key", "an object with a key that is too long or no clean text", payload
                )
            elif key.lower() not in self._spelled:
                unknown_keys[key] = value
            elif self._spelled[key.lower()] not in payload:
                ours[self._spelled[key.lower()]] = value
        return ours, unknown_keys

    def _compile(self, keys: Keys) -> None:
        """Compile the reader of a shape: a payload of variables in place of values says which goes where."""
        outer = {key: f"outer_{at}" for at, key in enumerate(keys[0])}
        inner = {key: f"inner_{at}" for at, key in enumerate(keys[1])}
        ours, unknown_keys = self._sorted_out(outer)
        inner_ours, inner_strangers = self._sorted_out(inner)
        self._shapes.readers[keys] = compiled(
            self._columns,
            self._draft,
            self._blank,
            (outer.values(), inner.values()),
            {**inner_ours, **ours},
            {**inner_strangers, **unknown_keys},
        )

    @cached_property
    def _draft(self) -> Any:
        return None if self._cls is None else builder(self._cls)

    @cached_property
    def _blank(self) -> Mapping[str, Any]:
        return {} if self._cls is None else defaults_of(self._cls)

    def write(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return key → value for every value that is not `ABSENT`; names outside `writable` are not taken."""
        return {
            column.key: column.kind.write(values[column.name])
            for column in self._columns
            if column.writable and values.get(column.name, ABSENT) is not ABSENT
        }

    def write_parts(self, record: object) -> dict[str, Any]:
        """Return as `write` does, of an object that has an attribute for each of the `writable` columns."""
        return self.write({name: getattr(record, name) for name in self.writable})
