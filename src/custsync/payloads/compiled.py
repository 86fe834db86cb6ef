"""The quick reader of a table: a straight-line function, compiled of its columns, which gives up on doubt."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from attrs import define, evolve, field, fields_dict, frozen, has

from custsync._building import builder, compiled_function, defaults_of
from custsync.models import ABSENT, NOTHING_KEPT, Address, Ref
from custsync.payloads.field_types import LONGEST_TEXT, TEXT, Kind, as_given, read_one_of, read_or_blank
from custsync.payloads.reading import PART, WHOLE, is_clean

ROLES: Final = ("billing_address", "shipping_address")
"""The addresses of a customer that columns can name."""

Reader: TypeAlias = Callable[[Any, bool, str, str], Any]
"""Reads a payload, which may be whole, of an account and a mode. Where anything is odd it raises, no more."""

Others: TypeAlias = Literal["kept", "checked", "passed over"]
"""What is done with keys that no column names. Of those that are kept, custom fields are read."""

Maker: TypeAlias = Callable[..., Any]
"""Makes the model of the values of all columns: the same one that the quick reader makes."""


@frozen
class Column:
    """One row of a system's two-way field table.

    Attributes:
        name: our name: a field of the model; a component of one of its addresses,
            `"billing_address.city"`; one of its custom fields, `"custom.tier"`; or a value that is kept,
            `"extra.tags"`.
        key: the payload's key.
        kind: the kind of value.
        writable: whether the system takes it.
        null_is_left_out: whether a whole payload leaves the key out where the value is null. Not so of a
            list: it is left out where it was not requested.
        also: another spelling of the key, which counts where the key is not there; `""` for none.
    """

    name: str
    key: str
    kind: Kind = TEXT
    writable: bool = True
    null_is_left_out: bool = True
    also: str = ""


def _in_order(columns: Iterable[Column]) -> tuple[Column, ...]:
    return tuple(columns)


def _keys(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(keys)


@define(slots=False, eq=False)
class Layout:
    """What a table is made of; its attributes are the table's arguments.

    Attributes:
        rows: the columns, and behind each the one of its other spelling, which has no name.
        known: all keys that are known.
    """

    columns: tuple[Column, ...] = field(converter=_in_order)
    cls: type | None = field(default=None, kw_only=True)
    system: str = field(default="", kw_only=True)
    fixed: Mapping[str, Any] = field(default=NOTHING_KEPT, kw_only=True)
    ignored: frozenset[str] = field(default=(), converter=_keys, kw_only=True)
    within: str | None = field(default=None, kw_only=True)
    any_case: bool = field(default=False, kw_only=True)
    always: frozenset[str] = field(default=(), converter=_keys, kw_only=True)
    custom: tuple[str, Callable[[Any], Any]] = field(default=("", as_given), kw_only=True)
    complete: Callable[..., None] | None = field(default=None, kw_only=True)
    made_of: Mapping[str, tuple[str, ...]] = field(default=NOTHING_KEPT, kw_only=True)
    others: Others = field(kw_only=True)
    rows: tuple[Column, ...] = field(init=False)
    known: frozenset[str] = field(init=False)

    @others.default
    def _kept_if_there_is_room(self) -> Others:
        has_room = self.cls is not None and (not has(self.cls) or "extra" in fields_dict(self.cls))
        return "kept" if has_room else "checked"

    @rows.default
    def _all_spellings(self) -> tuple[Column, ...]:
        pairs = [(one, evolve(one, name="", key=one.also, also="")) for one in self.columns]
        return tuple(row for pair in pairs for row in pair if row.key)

    @known.default
    def _all_keys(self) -> frozenset[str]:
        own = {row.key for row in self.rows} | {self.within}
        return frozenset(key for key in own | self.ignored | self.always if key is not None)


def compiled(
    layout: Layout, sort: Callable[[dict[str, Any]], tuple[Any, Any]], judge: Callable[[Any], bool]
) -> tuple[Reader, Maker]:
    """Return the quick reader and the maker. Their source is made of a table's words, none of a payload's.

    Args:
        layout: the table.
        sort: the values of other keys → the custom fields, and the rest; refuses a key that is no clean text.
        judge: another key → whether it is a custom field's; refuses it as `sort` does.
    """
    names = {**_NAMES, "known": layout.known, "sort": sort, "judge": judge, "complete": layout.complete}
    places = [f"v{at}" for at in range(len(layout.rows))]
    made = _made(layout, places, names)
    read = [*_read(layout, places, names), *made]
    make = [f"({_each(places)}) = values", *made]
    return (
        compiled_function("read(given, whole, account, mode)", read, names),
        compiled_function("make(given, whole, account, mode, custom, extra, values)", make, names),
    )


def _each(items: Iterable[str]) -> str:
    """Return the items of a tuple's display, each with its comma."""
    return "".join(f"{item}, " for item in items)


# Reading


def _read(layout: Layout, places: Sequence[str], names: dict[str, Any]) -> list[str]:
    """Return the lines that read the values, the custom fields and what else there is."""
    rows = list(zip(layout.rows, places, strict=True))
    keys = [column.key for column in layout.rows]
    outer = "{**given}" if layout.others == "kept" else "given"
    if layout.within:
        outer = f"{outer} if (inner := given.get({layout.within!r})) is None else {{**inner, **given}}"
    return [
        f"outer = {outer}",
        f"whole = {' and '.join(['whole', *(f'{key!r} in given' for key in sorted(layout.always))])}",
        f"blank = {'None if whole else ABSENT' if layout.always else 'ABSENT'}",
        "reading = WHOLE if whole else PART",
        "get = outer.get",
        "pop = outer.pop" if layout.others == "kept" else "pop = get",
        *(
            f"{place} = {'get' if column.key in keys[at:] else 'pop'}({column.key!r}{_blank(column)})"
            for at, (column, place) in enumerate(rows, 1)
        ),
        "custom = extra = NOTHING_KEPT",
        *_others(layout),
        *_sweep([place for column, place in rows if column.kind is TEXT]),
        *(
            line
            for column, place in rows
            if column.kind is not TEXT
            for line in _value(column.kind.read, place, names)
        ),
    ]


def _others(layout: Layout) -> list[str]:
    """Return the lines that read the values of other keys; or judge the keys alone."""
    if layout.others == "passed over":
        return []
    if layout.others == "checked":
        return ["if not known.issuperset(outer): any(map(judge, outer.keys() - known))"]
    passed = sorted(layout.known - {row.key for row in layout.rows} - {layout.within})
    lines = [f"    pop({key!r}, None)" for key in passed]
    if len(passed) > len(layout.rows):
        lines = ["    outer = {key: value for key, value in outer.items() if key not in known}"]
    taken = [f"pop({layout.within!r}, None)"] if layout.within else []
    return [*taken, "if outer:", *lines, "    if outer: custom, extra = sort(outer)"]


def _blank(column: Column) -> str:
    return ", blank" if column.null_is_left_out and not column.also else ", ABSENT"


def _sweep(texts: Sequence[str]) -> list[str]:
    """Return the lines that check all texts at once."""
    swept = [f"'' if {place} is None or {place} is ABSENT else {place}" for place in texts]
    check = "if len(texts) > longest or not texts.isascii() or '\\0' in texts: check(texts)"
    return [f"texts = ''.join(({_each(swept)}))", check] if texts else []


def _value(read: Any, place: str, names: dict[str, Any]) -> list[str]:
    """Return the lines that read one value; what means something, or is left blank, needs no call."""
    called = f"read_{place}"
    if isinstance(read, partial) and read.func is read_one_of:
        return [f"{place} = {_meant(read.args[0], place, names)}"]
    is_left_blank = isinstance(read, partial) and read.func is read_or_blank
    names[called] = read.args[0] if is_left_blank else read
    unless = f"if {place} is not None and {place} is not ABSENT: " if is_left_blank else ""
    return [f"{unless}{place} = {called}({place}, reading)"]


def _meant(meaning: Mapping[Any, Any], place: str, names: dict[str, Any]) -> str:
    """Return the expression of what a flag or a choice means; of what is no text, each value is unique."""
    unique = [word for word, value in _UNIQUE.items() if value in meaning]
    names |= {f"{place}_{word}": meaning[_UNIQUE[word]] for word in unique} | {f"words_{place}": meaning}
    chosen = "".join(f"{place}_{word} if {place} is {word} else " for word in unique)
    return f"{chosen}words_{place}[{place} if type({place}) is str else type({place})]"


# Making


def _made(layout: Layout, places: Sequence[str], names: dict[str, Any]) -> list[str]:
    """Return the lines that make what is read of the values."""
    rows = {column.name: place for column, place in zip(layout.rows, places, strict=True) if column.name}
    spelled = [f"if v{at} is ABSENT: v{at} = v{at + 1}" for at, one in enumerate(layout.rows) if one.also]
    if layout.cls is None:
        return [*spelled, f"return {_display(rows)}"]
    defaults = defaults_of(layout.cls)
    names |= {f"default_{name}": value for name, value in {**defaults, **layout.fixed}.items()}
    names |= {"own_draft": builder(layout.cls), "cls": layout.cls}
    lines, book = _book(rows)
    lines += [line for name in ("custom", "extra") for line in _named(name, rows)]
    fields = {name: rows.get(name, f"default_{name}") for name in defaults} | book
    composed = {"custom": f"custom or {fields.get('custom')}", "extra": "extra"}
    composed["whole"] = f"whole and {bool(layout.always)}"
    fields |= {name: made for name, made in composed.items() if name in fields}
    if layout.system:
        lines += [*_set("ref", "ref", {**_REF, "system": repr(layout.system), "id": rows["ref"]})]
        lines += ["ref.__class__ = Ref"]
        fields["ref"] = "ref"
    others = {name: place for name, place in rows.items() if name not in fields and "." not in name}
    parts = _display(others | ({role: role for role in ROLES} if book else {}))
    complete = [f"complete(made, given, {parts}, account, mode)"] if layout.complete else []
    return [*spelled, *lines, *_set("made", "own", fields), *complete, "made.__class__ = cls", "return made"]


def _named(field: str, rows: Mapping[str, str]) -> list[str]:
    """Return the lines that add to a mapping the values of the columns that are named as parts of it."""
    named = {name.partition(".")[2]: place for name, place in rows.items() if name.startswith(f"{field}.")}
    lines = [f"if {place} is not ABSENT: {field}[{name!r}] = {place}" for name, place in named.items()]
    return (
        [f"if {field} is NOTHING_KEPT: {field} = {{}}", *lines, f"{field} = {field} or NOTHING_KEPT"]
        if named
        else []
    )


def _display(values: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{name!r}: {value}' for name, value in values.items())}}}"


def _set(name: str, cls: str, fields: Mapping[str, str]) -> list[str]:
    """Return the lines that make a draft of a class, under that name."""
    return [f"{name} = new({cls}_draft)", *(f"{name}.{key} = {value}" for key, value in fields.items())]


def _book(rows: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the lines that make the addresses that the columns name, and the book of them."""
    if not any(name.startswith(ROLES) for name in rows):
        return [], {}
    billing, shipping = (f"({role},) if type({role}) is Address" for role in ROLES)
    both = "(billing_address, shipping_address) if type(billing_address) is type(shipping_address) is Address"
    book = f"{both} else {billing} else {shipping} else ABSENT"
    book += " if billing_address is shipping_address is ABSENT else ()"
    return [line for role in ROLES for line in _address(role, rows)], {"addresses": book}


def _address(role: str, rows: Mapping[str, str]) -> list[str]:
    """Return the lines that make one address: None where it is blank, ABSENT where no key of it is there."""
    parts = {
        name.removeprefix(f"{role}."): place for name, place in rows.items() if name.startswith(f"{role}.")
    }
    if not parts:
        return [f"{role} = {rows.get(role, 'ABSENT')}"]
    others = {name.removeprefix("extra."): place for name, place in parts.items() if "." in name}
    own = {name: place for name, place in parts.items() if "." not in name}
    fields = {name: f"address_{name}" for name in defaults_of(Address)}
    fields |= own | {f"default_{one.partition('_')[0]}": str(one == role) for one in ROLES}
    for name, place in others.items():
        fields["extra"] = f"NOTHING_KEPT if {place} is ABSENT else {{{name!r}: {place}}}"
    return [
        f"if {' or '.join(parts.values())}:",
        *(f"    {line}" for line in _set(role, "address", fields)),
        f"    {role}.__class__ = Address",
        f"else: {role} = ABSENT if {' is '.join([*parts.values(), 'ABSENT'])} else None",
    ]


def _check(texts: str) -> None:
    """Refuse texts that are too long to be swept at once, or not clean; not one word of why."""
    if len(texts) > LONGEST_TEXT or not is_clean(texts):
        raise ValueError


_UNIQUE: Final = {"True": True, "False": False, "None": None, "ABSENT": ABSENT}
_REF: Final = {"account": "account", "mode": "mode", "kind": "'customer'", "_attrs_cached_hash": "None"}
_NAMES: Final[Mapping[str, Any]] = {
    "ABSENT": ABSENT,
    "NOTHING_KEPT": NOTHING_KEPT,
    "PART": PART,
    "WHOLE": WHOLE,
    "Address": Address,
    "Ref": Ref,
    "ref_draft": builder(Ref),
    "address_draft": builder(Address),
    "check": _check,
    "longest": LONGEST_TEXT,
    "new": object.__new__,
    **{f"address_{name}": value for name, value in defaults_of(Address).items()},
}
