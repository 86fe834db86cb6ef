"""The tables that look-ups read: every code, name and spelling to its answer, each built once on first use.

Codes are upper case, names are folded.
"""

import gettext
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, TypeAlias

from custsync.errors import InputError
from custsync.rules.countries import not_countries
from custsync.rules.countries.folding import fold, inverted
from custsync.rules.countries.iso import iso_countries, locales_folder
from custsync.rules.countries.local_names import LOCAL_NAMES, NOT_TAKEN
from custsync.rules.countries.results import Country, FoundBy, RefusalReason
from custsync.rules.countries.spellings import ENDONYMS, EVERYDAY, EVERYDAY_CODES
from custsync.rules.countries.systems import NETSUITE_NAMES, NETSUITE_ONLY

No: TypeAlias = tuple[RefusalReason, tuple[str, ...]]
"""A refusal before the text is known: its reason and its codes."""


@cache
def named(code: str, found_by: FoundBy, language: str = "") -> Country:
    """Return the country of a code, with its English name."""
    row = iso_countries().get(code)
    name = row.names[0] if row is not None else NETSUITE_NAMES.get(code, code)
    return Country(alpha_2=code, name=name, found_by=found_by, language=language)


_IN_TWO: Final = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "å": "aa",
        "ø": "oe",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "Å": "Aa",
        "Ø": "Oe",
    }
)


def keys_of(name: str) -> set[str]:
    """Return the keys under which a name is kept: as it is, folded, turned around its comma, in one word.

    An apostrophe is kept as nothing and as a space: "Cote dIvoire", "Cote d Ivoire"; a letter that a keyboard
    lacks as two: "Zuerich", "Aarhus".
    """
    forms = {name, inverted(name), name.replace("'", " ").replace("\u2019", " ")}
    if not name.isascii():
        forms.add(name.translate(_IN_TWO))
    keys = {fold(form) for form in forms}
    keys |= {key.replace(" ", "") for key in keys}
    return (keys | {name.casefold()}) - {""}


_CODE_FIELDS: Final = (
    ("alpha_2", FoundBy.ALPHA_2),
    ("alpha_3", FoundBy.ALPHA_3),
    ("numeric", FoundBy.NUMERIC),
)


@cache
def country_codes() -> Mapping[str, Country]:
    """Return the country of every code: ISO's three, NetSuite's own and those in everyday use."""
    codes: dict[str, Country] = {}
    for code, row in iso_countries().items():
        codes |= {getattr(row, field): named(code, found_by) for field, found_by in _CODE_FIELDS}
    codes |= {code: named(code, FoundBy.NETSUITE_CODE) for code in NETSUITE_ONLY}
    codes |= {spelling: named(code, FoundBy.EVERYDAY) for spelling, code in EVERYDAY_CODES}
    return MappingProxyType(codes)


def entries(table: str) -> Iterator[tuple[str, str]]:
    """Yield what is before the colon and each name behind it, for every entry of a table.

    An entry has its own line, or ends with a semicolon and may go on in the next line.
    """
    joined = table.replace("\n", " ").split("; ") if ";" in table else table.strip().splitlines()
    for entry in joined:
        left, _, names = entry.strip().partition(": ")
        yield from ((left, name.strip()) for name in names.split(" | ") if name)


def _spellings() -> Iterator[tuple[str, str, FoundBy]]:
    for code, row in iso_countries().items():
        yield from ((name, code, FoundBy.ISO_NAME) for name in row.names)
    for code, name in NETSUITE_NAMES.items():
        yield name, code, FoundBy.NETSUITE_NAME
        yield name.removesuffix(" (Deprecated)"), code, FoundBy.NETSUITE_NAME
    yield from ((name, code, FoundBy.EVERYDAY) for code, name in (*entries(EVERYDAY), *entries(ENDONYMS)))


@cache
def country_names() -> Mapping[str, Country]:
    """Return the country of every folded English name. Built in some 10 ms."""
    names: dict[str, Country] = {}
    for name, code, found_by in _spellings():
        for key in keys_of(name):
            names.setdefault(key, named(code, found_by))
    for _, name in entries(not_countries.AMBIGUOUS):
        for key in keys_of(name):
            names.pop(key, None)
    return MappingProxyType(names)


def _refusals(tables: Iterable[tuple[RefusalReason, str]]) -> Iterator[tuple[str, No]]:
    """Yield each name of the tables, and why it is no country."""
    for reason, table in tables:
        yield from ((name, (reason, tuple(left.split()))) for left, name in entries(table))


_REFUSED_CODES: Final = (
    (RefusalReason.REGION, not_countries.REGION_CODES),
    (RefusalReason.DISSOLVED, not_countries.DISSOLVED_CODES),
    (RefusalReason.SUBDIVISION, not_countries.PART_CODES),
)


@cache
def refused_codes() -> Mapping[str, No]:
    """Return the refusal of every code that is known to be no country."""
    return MappingProxyType(dict(_refusals(_REFUSED_CODES)))


_REFUSED: Final = (
    (RefusalReason.AMBIGUOUS, not_countries.AMBIGUOUS),
    (RefusalReason.DISSOLVED, not_countries.DISSOLVED),
    (RefusalReason.SUBDIVISION, not_countries.PARTS_OF_COUNTRIES),
    (RefusalReason.REGION, not_countries.REGIONS),
    (RefusalReason.PLACEHOLDER, not_countries.PLACEHOLDERS),
)


@cache
def refused_names() -> Mapping[str, No]:
    """Return the refusal of every folded name that is known to be no country."""
    refused = {key: refusal for name, refusal in _refusals(_REFUSED) for key in keys_of(name)}
    return MappingProxyType(refused)


@cache
def languages_known() -> frozenset[str]:
    """Return the languages that have a catalogue, as pycountry names them ("de", "pt_BR", "sr@latin")."""
    files = locales_folder().glob("*/LC_MESSAGES/iso3166-1.mo")
    return frozenset(file.parent.parent.name for file in files)


def checked_languages(languages: object) -> tuple[str, ...]:
    """Return the languages as a tuple, in the order given.

    Raises:
        InputError: not a list or tuple of languages that have a catalogue.
    """
    if isinstance(languages, list | tuple) and all(isinstance(language, str) for language in languages):
        if languages_known().issuperset(languages):
            return tuple(languages)
        raise InputError(
            "a language without a catalogue of country names; give codes such as 'de' or 'pt_BR'"
        )
    raise InputError("languages must be a list or tuple of language codes, such as ('de', 'fr')")


@cache
def catalogue(language: str) -> Mapping[str, tuple[Country, ...]]:
    """Return every folded name of one language, and the countries that have it: most often one.

    An everyday name of our own settles what the translations share. A name that is a well-known city or
    county elsewhere is left out.
    """
    found: dict[str, dict[str, Country]] = {}
    for code, name in _translated(language):
        for key in keys_of(name) - NOT_TAKEN:
            found.setdefault(key, {})[code] = named(code, FoundBy.LANGUAGE, language)
    for code, name in _everyday(language):
        found |= {key: {code: named(code, FoundBy.LANGUAGE, language)} for key in keys_of(name)}
    return MappingProxyType({key: tuple(countries.values()) for key, countries in found.items()})


def _translated(language: str) -> Iterator[tuple[str, str]]:
    translation = gettext.translation("iso3166-1", locales_folder(), languages=[language])
    for code, row in iso_countries().items():
        for name in row.names:
            local = translation.gettext(name)
            # A longer name distinguishes them.
            sharers = _sharers(code, name) if " " not in local else (code,)
            yield from ((sharer, local) for sharer in sharers)


def _everyday(language: str) -> Iterator[tuple[str, str]]:
    for own in dict.fromkeys((language.partition("_")[0], language)):
        yield from entries(LOCAL_NAMES.get(own, ""))


def _sharers(code: str, name: str) -> tuple[str, ...]:
    reason, codes = refused_names().get(fold(name), (None, ()))
    return codes if reason is RefusalReason.AMBIGUOUS else (code,)
