"""States and other subdivisions of ISO 3166-2, always inside their country."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from custsync.rules.countries.checks import MAX_LENGTH, require_text, shape_of
from custsync.rules.countries.folding import fold, parts, tidy
from custsync.rules.countries.index import entries, index, keys_of
from custsync.rules.countries.iso import iso_countries
from custsync.rules.countries.results import FoundBy, Refusal, RefusalReason, State
from custsync.rules.countries.spellings import STATE_SPELLINGS

__all__ = ["resolve_state", "subdivisions_named"]

_TAIL_LENGTHS: Final = (2, 3)


def resolve_state(text: str | None, *, country: str) -> State | Refusal:
    """Return the state that a text names inside one country, or a refusal.

    The text may be a full code ("US-CA"), the code behind the hyphen ("CA") or a name, in that order. Other
    countries are never looked at: about 70 names and most short codes occur in several. An account's own
    short names that are neither ISO code nor ISO name are `not_found`: pass them through.

    Args:
        text: what stands in the state field.
        country: ISO 3166-1 alpha-2, upper case.

    Returns:
        A `State`, or a `Refusal`: `empty`, `placeholder`, `ambiguous` (its codes are the candidates),
        `not_found`, or `not_in_system` where `country` is no ISO code.

    Raises:
        InputError: the text or the country is no text.

    >>> resolve_state("ca", country="US").name
    'California'
    >>> resolve_state("Ontario", country="US").reason
    <RefusalReason.NOT_FOUND: 'not_found'>
    """
    if text is None:
        return Refusal(reason=RefusalReason.EMPTY, shape=shape_of(text))
    require_text(text=text, country=country)
    if country not in iso_countries():
        return Refusal(reason=RefusalReason.NOT_IN_SYSTEM, shape=shape_of(text))
    if len(text) > MAX_LENGTH:
        return Refusal(reason=RefusalReason.NOT_FOUND, shape=shape_of(text))
    return _answer(text, country)


@lru_cache(maxsize=4096)
def _answer(text: str, country: str) -> State | Refusal:
    bare = tidy(text)
    by_code, by_name = _states_of(country)
    if state := by_code.get(bare.upper() if bare.isascii() else ""):
        return state
    states = by_name.get(fold(bare), ())
    if len(states) == 1:
        return states[0]
    codes = tuple(sorted(state.code for state in states))
    return Refusal(reason=_reason(bare, codes), codes=codes, shape=shape_of(text))


def _reason(bare: str, codes: tuple[str, ...]) -> RefusalReason:
    if codes:
        return RefusalReason.AMBIGUOUS
    if not bare:
        return RefusalReason.EMPTY
    refused = index().refused_names.get(fold(bare))
    if not fold(bare) or (refused is not None and refused[0] is RefusalReason.PLACEHOLDER):
        return RefusalReason.PLACEHOLDER
    return RefusalReason.NOT_FOUND


@cache
def _states_of(country: str) -> tuple[Mapping[str, State], Mapping[str, tuple[State, ...]]]:
    by_code: dict[str, State] = {}
    by_name: dict[str, dict[str, State]] = {}
    for code, name in _subdivisions().get(country, ()):
        by_code[code] = State(code=code, name=name, found_by=FoundBy.SUBDIVISION_CODE)
        by_code[code[3:]] = State(code=code, name=name, found_by=FoundBy.SHORT_CODE)
        for key in _state_keys(name):
            by_name.setdefault(key, {})[code] = State(code=code, name=name, found_by=FoundBy.ISO_NAME)
    for code, spelling in entries(STATE_SPELLINGS):
        if code in by_code:
            state = State(code=code, name=by_code[code].name, found_by=FoundBy.EVERYDAY)
            for key in keys_of(spelling):
                by_name.setdefault(key, {code: state})
    names = {key: tuple(found.values()) for key, found in by_name.items()}
    return MappingProxyType(by_code), MappingProxyType(names)


def _state_keys(name: str) -> set[str]:
    return keys_of(name).union(*map(keys_of, parts(name)))


@cache
def _subdivisions() -> Mapping[str, tuple[tuple[str, str], ...]]:
    import pycountry

    found: dict[str, list[tuple[str, str]]] = {}
    for row in sorted(pycountry.subdivisions, key=lambda row: row.code):
        found.setdefault(row.code[:2], []).append((row.code, row.name))
    return MappingProxyType({country: tuple(rows) for country, rows in found.items()})


@cache
def _subdivision_codes() -> Mapping[str, tuple[str, ...]]:
    rows = (row for rows in _subdivisions().values() for row in rows)
    return _gathered((key, code) for code, _ in rows for key in (code, _tail(code)))


@cache
def _subdivision_names() -> Mapping[str, tuple[str, ...]]:
    rows = (row for rows in _subdivisions().values() for row in rows)
    return _gathered((key, code) for code, name in rows for key in _state_keys(name))


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
