"""From a text to a country or a refusal: codes first, then names, then what is known to be no country."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from custsync.errors import InputError
from custsync.rules.countries import index
from custsync.rules.countries.folding import fold, inverted, parts, tidy
from custsync.rules.countries.index import No
from custsync.rules.countries.results import (
    Country,
    FoundBy,
    Refusal,
    RefusalReason,
    not_looked_at,
    require_text,
    shape_of,
)
from custsync.rules.countries.spellings import OWNERS
from custsync.rules.countries.states import subdivisions_named
from custsync.rules.countries.systems import codes_by_soap_name, codes_of

_STYLES: Final = (
    "bailiwick ",
    "collectivity ",
    "commonwealth ",
    "country ",
    "department ",
    "federal republic ",
    "federation ",
    "grand duchy ",
    "independent sovereign republic ",
    "islamic republic ",
    "kingdom ",
    "most serene republic ",
    "peoples republic ",
    "principality ",
    "republic ",
    "socialist republic ",
    "sultanate ",
    "territorial collectivity ",
    "territory ",
    "union ",
    "united republic ",
)
"""What may precede a name and be left out: what follows must be a country all by itself. "State of" and
"Democratic Republic of" are not among them: they distinguish what shares a name."""
_NUMERIC_LENGTH: Final = 3
_LONGEST_SUGGESTED: Final = 60


def resolve_country(
    text: str | None, *, languages: list[str] | tuple[str, ...] = (), system: str = "iso"
) -> Country | Refusal:
    """Return the country that a text names, or a refusal with the reason why it names none.

    In this order: a SOAP enumeration value (compared exactly), a code in any case (alpha-2, alpha-3, numeric
    with or without its zeros, NetSuite's own), a name (ISO's, NetSuite's, an everyday spelling, one in the
    languages given), the same turned around its comma or without "Republic of", several spellings that agree
    ("Myanmar (Burma)"), a dependency with its owner behind it ("American Samoa (US)"). HTML entities are read
    as the letters that they stand for. Never a guess: what is none of these is refused. Punctuation is never
    taken off before the code test: "NA" is Namibia, "NA/" is not.

    A name that is a country and a state is the country: "Georgia" is GE, "Jersey" JE. So is a two-letter text
    that is a code of both: "CA" is Canada. England, Scotland, Wales and Northern Ireland are GB.

    Args:
        text: the content of the country field; at most 100 characters are looked at, a longer text is
            `not_found`.
        languages: whose names count beside English, as "de" or "pt_BR". A name that two countries have in
            them is ambiguous; one that is a well-known city or county elsewhere ("Salvador", "Norfolk") is
            no country.
        system: one of `SYSTEMS`: which codes may be the answer. "iso" has 249, "netsuite" 255.

    Returns:
        A `Country`, or a `Refusal` with its reason. Both are kept in a cache of bounded size. A text seen
        before costs less than a microsecond, a new one some 10; the first question of all builds the index.

    Raises:
        InputError: the text is no text, or a language or system does not exist.

    Rule: LS-CTRY, UF-CTRY

    >>> resolve_country("_unitedStates").alpha_2, resolve_country("XK", system="netsuite").alpha_2
    ('US', 'XK')
    >>> resolve_country("Russland", languages=("de",)).alpha_2
    'RU'
    >>> resolve_country("Korea").codes, resolve_country("Maryland").reason.value
    (('KP', 'KR'), 'subdivision')
    """
    if type(text) is not str or type(system) is not str:
        require_text(text="" if text is None else text, system=system)
    spoken = index.checked_languages(languages) if languages != () else ()
    codes_of(system)
    return not_looked_at(text) or _answer(text or "", spoken, system)


@lru_cache(maxsize=8192)
def _answer(text: str, languages: tuple[str, ...], system: str) -> Country | Refusal:
    bare = tidy(text)
    if bare[:1] == "_" and bare[1:2].isalpha():
        code = codes_by_soap_name().get(bare)
        country = None if code is None else index.named(code, FoundBy.SOAP)
        found = _allowed(country, system) or (RefusalReason.NOT_FOUND, ())
    else:
        found = _by_code(bare, system) or _by_name(bare, languages, system)
    if isinstance(found, Country):
        return found
    reason, codes = found
    return Refusal(reason=reason, codes=codes, shape=shape_of(text))


def _by_code(bare: str, system: str) -> Country | No | None:
    if len(bare) > _NUMERIC_LENGTH or not bare.isascii():
        return None
    code = bare.zfill(_NUMERIC_LENGTH) if bare.isdigit() else bare.upper()
    answer = _allowed(index.country_codes().get(code), system)
    return answer if isinstance(answer, Country) else index.refused_codes().get(code) or answer


def _allowed(country: Country | None, system: str) -> Country | No | None:
    if country is None or country.alpha_2 in codes_of(system):
        return country
    return RefusalReason.NOT_IN_SYSTEM, (country.alpha_2,)


def _by_name(bare: str, languages: tuple[str, ...], system: str) -> Country | No:
    for key in _keys(bare):
        answer = _by_key(key, languages, system)
        if answer is not None:
            return answer
    return _agreed(bare, languages, system) or _no(bare, fold(bare))


def _keys(bare: str) -> Iterator[str]:
    yield bare.casefold()
    for text in (bare, inverted(bare)):
        key = fold(text)
        yield key
        if key.startswith(_STYLES):
            yield next(key.removeprefix(style) for style in _STYLES if key.startswith(style))


def _by_key(key: str, languages: tuple[str, ...], system: str) -> Country | No | None:
    english = index.country_names().get(key)
    refused = index.refused_names().get(key)
    local = [country for language in languages for country in index.catalogue(language).get(key, ())]
    several = {country.alpha_2 for country in local}
    if english is not None:
        several.add(english.alpha_2)
    if refused is not None and refused[0] is RefusalReason.AMBIGUOUS:
        return refused
    if len(several) > 1:
        return RefusalReason.AMBIGUOUS, tuple(sorted(several))
    answer = _allowed(english or (local[0] if local else None), system)
    return answer if isinstance(answer, Country) else refused or answer


def _agreed(bare: str, languages: tuple[str, ...], system: str) -> Country | No | None:
    """Return the country on which all parts of the text agree, None where a part is no country.

    A name that several countries share agrees with each of them. So does a dependency with its owner behind
    it: "Bouvet Island (NO)" is Bouvet Island.
    """
    pieces = parts(bare)
    if not pieces:
        return None
    by_name = [_by_key(fold(piece), languages, system) for piece in pieces]
    answers = [name or _by_code(piece, system) for name, piece in zip(by_name, pieces, strict=True)]
    meant = [_meant(answer) for answer in answers]
    if not all(meant) or not any(map(_meant, by_name)):
        return None
    codes = {code for code in meant[0] if all({code, OWNERS.get(code)} & further for further in meant[1:])}
    if len(codes) == 1:
        return index.named(codes.pop(), FoundBy.SEVERAL)
    return RefusalReason.AMBIGUOUS, tuple(sorted(set().union(*meant)))


def _meant(answer: Country | No | None) -> frozenset[str]:
    if isinstance(answer, Country):
        return frozenset({answer.alpha_2})
    return frozenset(answer[1] if answer is not None and answer[0] is RefusalReason.AMBIGUOUS else ())


def _no(bare: str, key: str) -> No:
    if not bare:
        return RefusalReason.EMPTY, ()
    if not key:
        return RefusalReason.PLACEHOLDER, ()
    codes = subdivisions_named(bare, key)
    return (RefusalReason.SUBDIVISION, codes) if codes else (RefusalReason.NOT_FOUND, ())


def suggest(text: str, *, system: str = "iso", count: int = 3) -> tuple[str, ...]:
    """Return the codes of the countries whose names look most like a text, best first.

    For people to choose from, never an answer. It takes some 10 ms: ask for the one refusal that a person
    looks at, not for each record.

    Args:
        text: what was refused; only its first 60 characters count.
        system: one of `SYSTEMS`: which codes may be suggested.
        count: how many at most, 1 or more.

    Raises:
        InputError: the text is no text, the count no positive number, or there is no such system.

    >>> suggest("Untied Stats", count=1)
    ('US',)
    >>> suggest("?")
    ()
    """
    require_text(text=text, system=system)
    if type(count) is not int or count < 1:
        raise InputError("count must be a whole number of at least 1")
    from difflib import get_close_matches

    codes = codes_of(system)
    known = index.country_names().items()
    names = {key: country.alpha_2 for key, country in known if country.alpha_2 in codes}
    close = get_close_matches(fold(text[:_LONGEST_SUGGESTED]), names, n=count * 4, cutoff=0.6)
    return tuple(dict.fromkeys(names[key] for key in close))[:count]
