"""Field tables: rows of our name, the payload's key and the kind of value; both directions come from them."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import Any, Final, TypeAlias

from custsync._arguments import checked
from custsync._building import builder, defaults_of
from custsync.errors import PayloadError
from custsync.models import ABSENT, NOTHING_KEPT, Issue
from custsync.payloads.compiled import Column, Shapes, compiled
from custsync.payloads.errors import WRONG, check_depth, collect, is_clean, object_of, payload_error, prefixed
from custsync.payloads.reading import PART, WHOLE, Reading

__all__ = ["Column", "Table"]

LONGEST_KEY: Final = 255
"""No key of an object is longer."""

Values: TypeAlias = dict[str, Any]
"""Values by their keys."""

Custom: TypeAlias = tuple[str, Callable[[Any], Any]]
"""What the key of a custom field begins with, and the reader of its value."""

Read: TypeAlias = Callable[..., Any]
"""Takes a payload and what its reader is told."""

Fields: TypeAlias = Callable[..., Mapping[str, Any]]
"""The values of a payload, and of what was read beside it → the fields that no column makes."""


@checked
class Table:
    """A two-way field table: reading and writing come from the same columns.

    A payload is read column by column, with care: everything that is wrong with it is told at once. Payloads
    of a shape that comes often are read by a reader compiled for it, which gives up on any doubt.

    A payload is whole if it carries every key that its system always sends, and is no part of one that is
    not whole. What a whole payload leaves out is null; what another leaves out is absent, and has no value.
    Of a table that knows of no such keys, what is left out is absent.

    Args:
        columns: the rows.
        cls: the model that is made of a payload; without one it is read as a dictionary of all columns.
        ignored: further keys that are known and say nothing (`links`).
        within: the key of an inner object whose keys are read as if they stood beside it.
        any_case: whether keys are read without regard to case.
        always: the keys that a whole payload carries.
        custom: which keys without a column are custom fields of the model, and how their values are read.
    """

    def __init__(
        self,
        columns: Iterable[Column],
        *,
        cls: type | None = None,
        ignored: Iterable[str] = (),
        within: str | None = None,
        any_case: bool = False,
        always: Iterable[str] = (),
        custom: Custom | None = None,
    ) -> None:
        """Take the rows; what is compiled of them is compiled when it is needed."""
        self._columns = tuple(columns)
        self.keys: frozenset[str] = frozenset(column.key for column in self._columns)
        self.always: frozenset[str] = frozenset(always)
        self.writable: frozenset[str] = frozenset(column.name for column in self._columns if column.writable)
        self._known = self.keys.union(ignored, self.always, () if within is None else (within,))
        self._spelled = {key.lower(): key for key in self._known} if any_case else {}
        self._within, self._cls, self._custom = within, cls, custom
        self._shapes = {whole: Shapes() for whole in (True, False)}

    def key_of(self, name: str) -> str:
        """Return the payload's key of a column."""
        return next(column.key for column in self._columns if column.name == name)

    def read(self, payload: Any, reading: Reading | None = None, fields: Fields | None = None) -> Any:
        """Return the values of all columns, as the finished model or as a dictionary.

        Args:
            payload: any JSON value; what is no object is refused. Keys that no column names do not matter.
            reading: what the reader of the payload was told; None of a payload that is no part of another.
            fields: the values of the columns → the fields that no column makes.

        Raises:
            PayloadError: with every issue of the payload at once.
        """
        return self._finished(self._read_apart(payload, reading)[0], (), fields)

    def build(
        self,
        payload: Any,
        *beside: Read,
        fields: Fields | None = None,
        reading: Reading | None = None,
    ) -> Any:
        """Return the model that a payload describes, finished and frozen; what no column names is in `extra`.

        Args:
            payload: any JSON value; what is no object is refused.
            beside: further readers of the same payload, the `read` of other tables.
            fields: the values of the columns, and what each reader beside them made → the fields of the model
                that no column makes.
            reading: what the reader of the payload was told. None of a record that is no part of another:
                its `issues` then hold the warnings.

        Raises:
            PayloadError: with every issue of the payload at once.
        """
        quick = PART if reading is not None and not reading.whole else WHOLE
        try:
            draft, extra = self._read_apart(payload, quick)
            if extra:
                draft.extra = check_depth(extra)
            return self._finished(draft, [read(payload, quick) for read in beside] if beside else (), fields)
        except PayloadError:  # whatever is odd is told at once
            if reading is quick:
                raise
        if reading is not None:
            return self._built_with_care(payload, beside, fields, reading)
        warnings: list[Issue] = []
        made = self._built_with_care(payload, beside, fields, Reading(whole=True, warnings=warnings))
        object.__setattr__(made, "issues", tuple(warnings))
        return made

    def part(self, payload: Any, reading: Reading) -> Any:
        """Return as `build` does the model of a payload that is a part of another: a line, a contact."""
        if reading.warnings is not None:
            return self.build(payload, reading=reading)
        draft, extra = self._read_apart(payload, reading)
        if extra:
            draft.extra = check_depth(extra)
        draft.__class__ = self._cls
        return draft

    def _built_with_care(
        self, payload: Any, beside: Iterable[Read], fields: Fields | None, reading: Reading
    ) -> Any:
        """Return the model; whatever is odd is told at once."""
        custom, extra = self._parted(self._laid(payload)[3])
        (draft, _), draft_extra, *values = collect(
            (
                ("", partial(self._read_with_care, reading=reading), payload),
                ("", check_depth, extra),
                *((self._path(key, payload), self._read_custom, value) for key, value in custom.items()),
                *(("", partial(_told, reading, read), payload) for read in beside),
            )
        )
        if custom:
            draft.custom = dict(zip(custom, values, strict=False))
        if extra:
            draft.extra = draft_extra
        return self._finished(draft, values[len(custom) :], fields)

    def _finished(self, draft: Any, beside: Iterable[Any], fields: Fields | None) -> Any:
        if fields is not None:
            for name, value in fields(draft, *beside).items():
                setattr(draft, name, value)
        if self._cls is not None:
            draft.__class__ = self._cls  # as `finish` does it, without another call
        return draft

    def _parted(self, others: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return those of the values without a column that are custom fields, and the rest."""
        if self._custom is None:
            return NOTHING_KEPT, others
        mark = self._custom[0]
        custom = {key: value for key, value in others.items() if key.startswith(mark)}
        return custom, {key: others[key] for key in others if key not in custom} if custom else others

    def _path(self, key: str, payload: Mapping[str, Any]) -> str:
        """Return the path of a key that stands in the payload or in its inner object."""
        return key if key in payload else f"{self._within}.{key}"

    def _read_custom(self, value: Any) -> Any:
        return value if self._custom is None else self._custom[1](value)

    def unknown_keys(self, payload: Any) -> Mapping[str, Any]:
        """Return the values that no column names, by their keys.

        Raises:
            PayloadError: the payload is no object, or has a key that is no clean text.
        """
        return self._sorted_out(payload)[1]

    def _read_apart(self, payload: Any, reading: Reading | None) -> tuple[Any, Mapping[str, Any]]:
        """Return the values of all columns and custom fields, and what else there is, by its keys."""
        try:
            inner = payload.get(self._within, NOTHING_KEPT)
            shapes = self._shapes[reading is None or reading.whole]
            return shapes.readers[tuple(payload), tuple(inner)](payload.values(), inner.values())
        except (KeyError, AttributeError, TypeError, ValueError, PayloadError):
            draft, others = self._read_with_care(payload, reading or Reading(whole=True, warnings=[]))
            custom, extra = self._parted(others)
            if custom:
                draft.custom = {key: self._read_custom(value) for key, value in custom.items()}
            return draft, extra

    def _read_with_care(self, payload: Any, reading: Reading) -> tuple[Any, Mapping[str, Any]]:
        """Return as `_read_apart` does, column by column, and see whether it is time to compile."""
        inner, ours, within, others = self._laid(payload)
        told = reading.within(whole=self._is_whole(ours, reading))
        laid = {**within, **ours}
        fills = told.whole and bool(self.always)
        values: Values = {"whole": True} if fills and "whole" in self._blank else {}
        issues: list[Issue] = []
        for column in self._columns:
            key = column.key
            path = key if key in ours or key not in within else f"{self._within}.{key}"
            try:
                value = laid.get(key, None if fills and column.null_is_left_out else ABSENT)
                values[column.name] = self._value(column, value, told.at(path))
            except PayloadError as error:
                issues.extend(prefixed(error.issues, path))
        if issues:
            raise PayloadError(WRONG, issues)
        keys, shapes = (tuple(payload), tuple(inner)), self._shapes[reading.whole]
        if (self._within in ours) is (self._within in payload) and shapes.comes_often(keys):
            self._compile(payload, inner, reading)
        return (values if self._draft is None else self._draft(**values)), others

    def _value(self, column: Column, value: Any, reading: Reading) -> Any:
        """Return the value of a column; one that is not understood is absent, and that is a warning."""
        try:
            return column.kind.read(value, reading)
        except PayloadError as error:
            if not reading.take(error.issues):
                raise
            return ABSENT

    def _is_whole(self, ours: Mapping[str, Any], reading: Reading) -> bool:
        """Return whether the payload is whole, as far as its own keys tell."""
        return reading.whole and self.always <= ours.keys()

    def _laid(self, payload: Any) -> tuple[Mapping[str, Any], Values, Values, Values]:
        """Return the inner object, the values of our keys outside and within it, and all other values."""
        ours, others = self._sorted_out(payload)
        inner = None if self._within is None else ours.get(self._within)
        if self._within is None or inner is None:
            return NOTHING_KEPT, ours, {}, others
        ((within, inner_others),) = collect(((self._within, self._sorted_out, inner),))
        return inner, ours, within, {**inner_others, **others}

    def _sorted_out(self, payload: Any) -> tuple[Values, Values]:
        """Return the values of our keys, however these are spelled, and the values of all others."""
        ours: Values = {}
        others: Values = {}
        for key, value in object_of(payload).items():
            if key in self._known:
                ours[key] = value
            elif type(key) is not str or len(key) > LONGEST_KEY or not is_clean(key):
                raise payload_error(
                    "bad_key", "an object with a key that is too long or no clean text", payload
                )
            elif key.lower() not in self._spelled:
                others[key] = value
            elif self._spelled[key.lower()] not in payload:
                ours[self._spelled[key.lower()]] = value
        return ours, others

    def _compile(self, payload: Iterable[str], inner: Iterable[str], reading: Reading) -> None:
        """Compile the reader of a shape: a payload of variables in place of values says which goes where."""
        outer_places = {key: f"outer_{at}" for at, key in enumerate(payload)}
        inner_places = {key: f"inner_{at}" for at, key in enumerate(inner)}
        ours, others = self._sorted_out(outer_places)
        inner_ours, inner_others = self._sorted_out(inner_places)
        whole = self._is_whole(ours, reading)
        fills = whole and bool(self.always)
        self._shapes[reading.whole].readers[tuple(payload), tuple(inner)] = compiled(
            self._columns,
            self._draft,
            {**self._blank, "whole": True} if fills and "whole" in self._blank else self._blank,
            (outer_places.values(), inner_places.values()),
            {**inner_ours, **ours},
            self._parted({**inner_others, **others}),
            WHOLE if whole else PART,
            read_custom=self._read_custom,
            fills=fills,
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


def _told(reading: Reading, read: Read, payload: Any) -> Any:
    return read(payload, reading)
