"""States and other subdivisions of ISO 3166-2, always inside their country."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from attrs import evolve

from custsync.rules.countries.folding import fold, parts, tidy
from custsync.rules.countries.index import country_codes, country_names, entries, keys_of, refused_names
from custsync.rules.countries.iso import Subdivision, iso_countries, iso_subdivisions
from custsync.rules.countries.results import (
    FoundBy,
    Refusal,
    RefusalReason,
    State,
    not_looked_at,
    require_text,
    shape_of,
)
from custsync.rules.countries.state_lists import STATE_LISTS, STATE_TYPES
from custsync.rules.countries.state_names import STATE_NAMES

_TAIL_LENGTHS: Final = (2, 3)
_A_PAIR: Final = 2
_OF: Final = frozenset({"da", "de", "del", "di", "do", "du"})


def resolve_state(text: str | None, *, country: str) -> State | Refusal:
    """Return the state, province or county that a text names inside one country, or a refusal.

    The text may be a full code ("US-CA"), the code behind the hyphen ("CA"), a name in ISO 3166-2, an English
    or native name, or what NetSuite's own list has ("Beds.", "AGS", "Anhui Province"), in that order. Other
    countries are never looked at: about 70 names and most short codes occur in several. A name that two
    states share is ambiguous, unless both are one place for an address: a Spanish province and the community
    that has no other one. The answer is then the province, and the community is in its `also`.

    An account's own short names that are in no public list are `not_found`: pass them through.

    Args:
        text: the content of the state field.
        country: ISO 3166-1 alpha-2, upper case.

    Returns:
        A `State`, or a `Refusal`: `empty`, `placeholder`, `ambiguous` (its codes are the candidates),
        `not_found`, or `not_in_system` where `country` is no ISO code.

    Raises:
        InputError: the text or the country is no text.

    >>> resolve_state("ca", country="US").name, resolve_state("AE", country="US").name
    ('California', 'Armed Forces Europe')
    >>> resolve_state("Ontario", country="US").reason
    <RefusalReason.NOT_FOUND: 'not_found'>
    """
    if type(text) is not str or type(country) is not str:
        require_text(text="" if text is None else text, country=country)
    if text is not None and country not in iso_countries():
        return Refusal(reason=RefusalReason.NOT_IN_SYSTEM, shape=shape_of(text))
    return not_looked_at(text) or _answer(text or "", country)


@lru_cache(maxsize=4096)
def _answer(text: str, country: str) -> State | Refusal:
    bare = tidy(text)
    states = _found(bare, country) or _agreed(bare, country)
    if len(states) == 1:
        return states[0]
    codes = tuple(sorted(state.code for state in states))
    return Refusal(reason=_reason(bare, codes), codes=codes, shape=shape_of(text))


def _found(bare: str, country: str) -> tuple[State, ...]:
    by_code, by_name = _states_of(country)
    if state := by_code.get(bare.upper() if bare.isascii() else ""):
        return (state,)
    key = fold(bare)
    return by_name.get(key) or _by_dotted_code(bare, key, country) or _of_its_type(key, country)


def _by_dotted_code(bare: str, key: str, country: str) -> tuple[State, ...]:
    """Return the state of a code that is written with dots or blanks: "N.Y.", "N. S. W.", "Pa."."""
    letters = "".join([sign for sign in bare if sign != "." and not sign.isspace()])
    is_code = letters.isascii() and letters.isalnum() and key not in refused_names()
    state = _states_of(country)[0].get(letters.upper()) if is_code else None
    return (state,) if state else ()


def _of_its_type(key: str, country: str) -> tuple[State, ...]:
    """Return the states of a name with a type beside it: "Osaka Prefecture", "Province of Turin".

    The type must be the one that ISO gives: a city of that name is not its province.
    """
    types = {row.code: row.type.lower() for row in iso_subdivisions().get(country, ())}
    for name, type_ in _without_type(key.split()):
        states = _states_of(country)[1].get(name, ())
        exactly = tuple(state for state in states if types.get(state.code) == type_)
        fitting = exactly or tuple(state for state in states if type_ in types.get(state.code, ""))
        if fitting:
            return fitting
    return ()


def _without_type(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the name without the type at its end or its beginning, and the type in ISO's words."""
    if words and words[-1] in STATE_TYPES:
        rest = words[:-2] if words[-2:-1] == ["autonomous"] else words[:-1]
        yield " ".join(rest), STATE_TYPES[words[-1]]
    if words and words[0] in STATE_TYPES:
        rest = words[2:] if words[1:2] and words[1] in _OF else words[1:]
        yield " ".join(rest), STATE_TYPES[words[0]]


def _agreed(bare: str, country: str) -> tuple[State, ...]:
    """Return the state on which all parts of the text agree: "Yunnan / 云南", "CA - California, USA"."""
    read = [(piece, _found(piece, country)) for piece in parts(bare)]
    found = [states for piece, states in read if states or not _is_country(piece, country)]
    codes = {state.code for states in found for state in states}
    return found[0] if found and all(found) and len(codes) == 1 else ()


def _is_country(piece: str, country: str) -> bool:
    named = country_codes().get(piece.upper()) or country_names().get(fold(piece))
    return named is not None and named.alpha_2 == country


def _reason(bare: str, codes: tuple[str, ...]) -> RefusalReason:
    if codes:
        return RefusalReason.AMBIGUOUS
    if not bare:
        return RefusalReason.EMPTY
    refused = refused_names().get(fold(bare))
    if not fold(bare) or (refused is not None and refused[0] is RefusalReason.PLACEHOLDER):
        return RefusalReason.PLACEHOLDER
    return RefusalReason.NOT_FOUND


@cache
def _states_of(country: str) -> tuple[Mapping[str, State], Mapping[str, tuple[State, ...]]]:
    rows = iso_subdivisions().get(country, ())
    by_code: dict[str, State] = {}
    for row in rows:
        _add(by_code, row.code, row.name)
    untyped = ((name, row.code) for row in rows for name, _ in _without_type(fold(row.name).split()))
    whole = ((key, row.code) for row in rows for key in _state_keys(row.name))
    by_name: dict[str, tuple[State, ...]] = {}
    for named, found_by in (
        (untyped, FoundBy.ISO_NAME),
        (whole, FoundBy.ISO_NAME),
        (_own_names(country, by_code), FoundBy.EVERYDAY),
    ):
        for key, codes in _gathered(named).items():
            by_name[key] = tuple([evolve(by_code[code.upper()], found_by=found_by) for code in codes])
    names = {key: _one_place(states, rows) for key, states in by_name.items()}
    return MappingProxyType(by_code), MappingProxyType(names)


def _add(by_code: dict[str, State], code: str, name: str) -> None:
    by_code[code.upper()] = State(code=code, name=name, found_by=FoundBy.SUBDIVISION_CODE)
    by_code[code[3:].upper()] = State(code=code, name=name, found_by=FoundBy.SHORT_CODE)


def _own_names(country: str, by_code: dict[str, State]) -> Iterator[tuple[str, str]]:
    """Yield the names of our own tables, which count before ISO's; add the places that ISO does not list."""
    for code, name in _own_tables().get(country, ()):
        if code.upper() not in by_code:
            _add(by_code, code, name)
            yield from ((key, code) for key in keys_of(code[3:]))
        yield from ((key, code) for key in keys_of(name))


@cache
def _own_tables() -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for code, name in (*entries(STATE_NAMES), *entries(STATE_LISTS)):
        found.setdefault(code[:2], []).append((code, name))
    return MappingProxyType(found)


def _state_keys(name: str) -> set[str]:
    """Return the keys of a name: whole, turned around its comma, before it, and each of several spellings."""
    spellings = [name, *parts(name)] if "[" in name or "/" in name else [name]
    return set().union(*(keys_of(spelling) | keys_of(_before_comma(spelling)) for spelling in spellings))


def _before_comma(name: str) -> str:
    return name.partition(",")[0].partition("(")[0]


def _one_place(states: tuple[State, ...], rows: Sequence[Subdivision]) -> tuple[State, ...]:
    """Return the smaller of two states alone where the larger one has no other part, else all of them."""
    codes = {state.code for state in states}
    children = [row for row in rows if row.parent in codes]
    if len(states) == _A_PAIR and len(children) == 1 and children[0].code in codes:
        child = next(state for state in states if state.code == children[0].code)
        return (evolve(child, also=(children[0].parent,)),)
    return states


@cache
def _subdivision_codes() -> Mapping[str, tuple[str, ...]]:
    rows = (row for rows in iso_subdivisions().values() for row in rows)
    return _gathered((key, row.code) for row in rows for key in (row.code, _tail(row.code)))


@cache
def _subdivision_names() -> Mapping[str, tuple[str, ...]]:
    rows = (row for rows in iso_subdivisions().values() for row in rows)
    return _gathered((key, row.code) for row in rows for key in _state_keys(row.name))


def _tail(code: str) -> str:
    tail = code[3:]
    return tail if tail.isalpha() and len(tail) in _TAIL_LENGTHS else code


def _gathered(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for key, code in pairs:
        found.setdefault(key, set()).add(code)
    return MappingProxyType({key: tuple(sorted(codes)) for key, codes in found.items()})


def subdivisions_named(bare: str, key: str) -> tuple[str, ...]:
    """Return the ISO 3166-2 codes, of any country, of which the text is the code, the short code or the name.

    For saying what a text is that is no country, never for choosing a state. The first call takes some 0.2 s.
    """
    code = bare.upper() if bare.isascii() else ""
    return _subdivision_codes().get(code, ()) or _subdivision_names().get(key, ())
