"""Field tables: rows of our name, the payload's key and the kind of value; both directions come from them."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, Final, TypeAlias

from attrs import define, evolve, has

from custsync._arguments import checked
from custsync._building import defaults_of
from custsync.errors import PayloadError
from custsync.models import ABSENT, NOTHING_KEPT, Address, Issue
from custsync.payloads.compiled import ROLES, Layout, Maker, Others, Reader, compiled
from custsync.payloads.field_types import as_given
from custsync.payloads.reading import Reading, Step, check_kept, collect, is_clean, object_of, payload_error

LONGEST_KEY: Final = 255
"""No key of an object is longer."""

MOST_KEYS: Final = 1024
"""No table remembers more keys that it does not know, nor more sets of names that it writes."""

_BOOK: Final = ("addresses", *ROLES)
_BAD_KEY: Final = "an object with a key that is too long or no clean text"

Values: TypeAlias = dict[str, Any]
"""Values by their keys."""


_ODD: Final = (PayloadError, KeyError, AttributeError, TypeError, ValueError)
"""What the quick reader raises where anything is odd; it is reported at once by the careful one."""


class _OtherCaseError(Exception):
    """A payload has a key of ours in another case."""


class _Remembered(dict[Any, Any]):
    """What a function returns of each key, for as many keys as a table remembers."""

    def __init__(self, found: Callable[[Any], Any]) -> None:
        self.found = found

    def __missing__(self, key: Any) -> Any:
        found = self.found(key)
        if len(self) < MOST_KEYS:
            self[key] = found
        return found


@checked
@define(slots=False, eq=False)
class Table(Layout):
    """A two-way field table: reading and writing come from the same columns.

    A payload is read by a function that is compiled of the columns, and that gives up on any doubt. Then it
    is read column by column, with care: everything that is wrong with it is reported at once.

    A payload is whole if it carries every key that its system always sends, and is no part of one that is
    not whole. What a whole payload leaves out is null; what another leaves out is absent, and has no value.
    Of a table that knows of no such keys, what is left out is absent.

    Args:
        columns: the rows.
        cls: the model that is made of a payload; without one it is read as a dictionary of all columns.
        system: the system of the model's reference; `""` where a payload's id is not made one.
        fixed: the model's fields that are the same of each payload.
        ignored: further keys that are known and hold no value (`links`).
        within: the key of an inner object whose keys are read as if they were beside it.
        any_case: whether keys are read without regard to case.
        always: the keys that a whole payload carries.
        custom: which keys without a column are custom fields of the model, and how their values are read.
        complete: sets what no column makes: takes the draft, the payload, the values of the columns that are
            no field of the model and its two addresses, the account and the mode. Of a table of some columns
            alone, it is not given the values of others.
        made_of: the columns that `complete` makes a field of, where they have other names than the field.
        others: what is done with keys that no column names; they are kept where the model has a field for
            them.
    """

    def __attrs_post_init__(self) -> None:
        """Prepare what each payload needs; what is compiled is compiled when it is needed."""
        defaults = defaults_of(self.cls) if self.cls and has(self.cls) else {}
        self.key_of: Mapping[str, str] = {row.name: row.key for row in self.columns}
        self.writable: frozenset[str] = frozenset(row.name for row in self.columns if row.writable)
        self._written = [(*_place(row.name), row.key, row.kind.write) for row in self.columns if row.writable]
        self._written_of = _Remembered(self._of_names)
        self._spelled = {key.lower(): key for key in self.known} if self.any_case else {}
        self._is_custom = _Remembered(self._judged)
        self._has_issues = "issues" in defaults

    @cached_property
    def _compiled(self) -> tuple[Reader, Maker]:
        return compiled(self, self._sort, self._is_custom.__getitem__)

    def read(self, payload: Any, reading: Reading | None = None) -> Any:
        """Return the model that a payload describes, finished and frozen, or the values of all columns.

        Args:
            payload: any JSON value; what is no object is refused. A model keeps what no column names in
                `extra`; in a dictionary it does not matter.
            reading: what the reader of the payload was given, None of one that is no part of another.

        Raises:
            PayloadError: with every issue of the payload at once.
        """
        if reading is None:
            return self.read_record(payload)
        if reading.warnings is None:
            try:
                return self._compiled[0](payload, reading.whole, "", "")
            except _OtherCaseError:
                return self.read(self._respelled(payload), reading)
            except _ODD:
                pass
        return self._with_care(payload, reading, "", "")

    def read_record(self, payload: Any, account: str = "", mode: str = "") -> Any:
        """Return as `read` does what a record describes that is no part of another: with its warnings.

        Args:
            payload: any JSON value.
            account: the account that the record's id lives in.
            mode: its mode.
        """
        try:
            return self._compiled[0](payload, True, account, mode)  # noqa: FBT003 - it may be whole
        except _OtherCaseError:
            return self.read_record(self._respelled(payload), account, mode)
        except _ODD:
            pass
        warnings: list[Issue] = []
        made = self._with_care(payload, Reading(whole=True, warnings=warnings), account, mode)
        if self._has_issues:
            object.__setattr__(made, "issues", tuple(warnings))
        return made

    def only(self, *names: str) -> "Table":
        """Return the table that reads these fields alone, as this one does; it passes over all others.

        Args:
            names: fields of the model, components of addresses (`"billing_address.city"`), custom fields
                (`"custom.tier"`), values that are kept (`"extra.tags"`).
        """
        heads = {name.partition(".")[0] for name in names}
        own = {row.name for row in self.columns}
        kept = {name.partition(".")[0] for name in names if name not in own}  # maybe of other keys
        whole = {*names} if heads.isdisjoint(_BOOK) else {*names, *_BOOK}
        parts = {part for name in heads for part in self.made_of.get(name, ())}
        wanted = whole | heads | parts
        columns = [row for row in self.columns if row.name in wanted or row.name.partition(".")[0] in whole]
        others: Others = "checked" if self.any_case else "passed over"
        others = self.others if "extra" in kept or ("custom" in kept and self.custom[0]) else others
        return evolve(self, columns=columns, ignored=self.known, others=others)

    def _with_care(self, payload: Any, reading: Reading, account: str, mode: str) -> Any:
        """Return what is read column by column; whatever is odd is reported at once."""
        outer, inner, others = self._laid(payload)
        others = others if self.others == "kept" else {}
        given = reading.within(whole=reading.whole and self.always <= outer.keys())
        laid = {**inner, **outer}
        steps: list[Step] = []
        for row in self.rows:
            path = row.key if row.key in outer or row.key not in inner else f"{self.within}.{row.key}"
            fills = given.whole and self.always and row.null_is_left_out and not row.also
            blank = None if fills else ABSENT
            steps.append((path, partial(_value, row.kind.read, given.at(path)), laid.get(row.key, blank)))
        for key, value in others.items():
            path = key if key in payload else f"{self.within}.{key}"
            steps.append((path, partial(_value, partial(self._other, key), given.at(path)), value))
        values = collect(steps)
        count = len(self.rows)
        read_others = dict(zip(others, values[count:], strict=True))
        custom = {key: value for key, value in read_others.items() if self._is_custom[key]}
        extra = {
            key: value for key, value in read_others.items() if key not in custom and value is not ABSENT
        }
        return self._compiled[1](
            payload, given.whole, account, mode, custom or NOTHING_KEPT, extra or NOTHING_KEPT, values[:count]
        )

    def _other(self, key: str, value: Any, _: Reading) -> Any:
        """Return the value of a key without a column, as a custom field's or as one that is kept."""
        return self.custom[1](value) if self._is_custom[key] else check_kept({key: value})[key]

    def _judged(self, key: Any) -> bool:
        """Return whether a key without a column is a custom field's; one that is no clean text is refused."""
        if type(key) is not str or len(key) > LONGEST_KEY or not is_clean(key):
            raise ValueError
        if key.lower() in self._spelled:
            raise _OtherCaseError
        return self.custom[0] != "" and key.startswith(self.custom[0])

    def _sort(self, others: Values) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the custom fields among the values of other keys, read, and the rest."""
        (mark, read), is_custom = self.custom, self._is_custom
        if not mark and is_custom.keys() >= others.keys():
            return NOTHING_KEPT, check_kept(others)
        custom: Values = {}
        extra: Values = {}
        for key, value in others.items():
            if is_custom[key]:
                custom[key] = read(value)
            else:
                extra[key] = value
        return custom or NOTHING_KEPT, check_kept(extra) if extra else NOTHING_KEPT

    def unknown_keys(self, payload: Any) -> Mapping[str, Any]:
        """Return the values that no column names, by their keys.

        Raises:
            PayloadError: the payload is no object, or has a key that is no clean text.
        """
        return self._sorted_out(payload)[1]

    def _laid(self, payload: Any) -> tuple[Values, Values, Values]:
        """Return the values of our keys outside and within the inner object, and all other values."""
        outer, others = self._sorted_out(payload)
        inner = None if self.within is None else outer.get(self.within)
        if self.within is None or inner is None:
            return outer, {}, others
        ((within, inner_others),) = collect(((self.within, self._sorted_out, inner),))
        return outer, within, {**inner_others, **others}

    def _sorted_out(self, payload: Any) -> tuple[Values, Values]:
        """Return the values of our keys, however these are spelled, and the values of all others."""
        ours: Values = {}
        others: Values = {}
        for key, value in object_of(payload).items():
            if key in self.known:
                ours[key] = value
                continue
            try:
                _ = self._is_custom[key]
            except _OtherCaseError:
                if self._spelled[key.lower()] not in payload:
                    ours[self._spelled[key.lower()]] = value
            except ValueError:
                raise payload_error("bad_key", _BAD_KEY, payload) from None
            else:
                others[key] = value
        return ours, others

    def _respelled(self, payload: Any) -> Values:
        """Return the payload with our keys in the spelling of the table, in its inner object too."""
        outer, inner, others = self._laid(payload)
        if inner:
            outer[str(self.within)] = inner
        return {**others, **outer}

    def write(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return key → value for every value that is not `ABSENT`; names outside `writable` are not taken.

        Args:
            values: our name → value. An address that columns name by its components is one value; None clears
                all of them.
        """
        made: Values = {}
        for name, part_of, key, write in self._written_of[tuple(values)]:
            value = values[name]
            if part_of is not None and isinstance(value, Address):
                value = part_of(value)
            if value is not ABSENT:
                made[key] = value if write is as_given else write(value)
        return made

    def _of_names(self, names: tuple[str, ...]) -> list[Any]:
        return [row for row in self._written if row[0] in names]

    def write_parts(self, record: object) -> dict[str, Any]:
        """Return as `write` does, of an object that has an attribute for each of the `writable` columns."""
        return self.write({name: getattr(record, name) for name in self.writable})


def _place(name: str) -> tuple[str, Callable[[Address], Any] | None]:
    """Return under which name a column's value is given, and what reads its part of an address."""
    role, _, part = name.partition(".")
    if role not in ROLES or not part:
        return name, None
    _, _, other = part.partition("extra.")
    return role, partial(_extra, other) if other else attrgetter(part)


def _extra(name: str, address: Address) -> Any:
    return address.extra.get(name, ABSENT)


def _value(read: Callable[..., Any], reading: Reading, value: Any) -> Any:
    """Return the value as it is read; one that is not understood is absent, and that is a warning."""
    try:
        return read(value, reading)
    except PayloadError as error:
        if not reading.take(error.issues):
            raise
        return ABSENT
