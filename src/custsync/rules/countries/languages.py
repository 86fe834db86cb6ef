"""Country names in the languages that the caller names: those of the catalogues, and everyday ones."""

import gettext
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from custsync.errors import InputError
from custsync.rules.countries.folding import fold
from custsync.rules.countries.index import entries, keys_of, named, refused_names
from custsync.rules.countries.iso import iso_countries, locales_folder
from custsync.rules.countries.local_names import LOCAL_NAMES, NOT_TAKEN
from custsync.rules.countries.results import Country, FoundBy, RefusalReason

__all__ = ["catalogue", "checked_languages", "languages_known"]


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
        message = "a language without a catalogue of country names; give codes such as 'de' or 'pt_BR'"
        raise InputError(message)
    message = "languages must be a list or tuple of language codes, such as ('de', 'fr')"
    raise InputError(message)


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
            sharers = _sharers(code, name) if " " not in local else (code,)  # a longer name tells them apart
            yield from ((sharer, local) for sharer in sharers)


def _everyday(language: str) -> Iterator[tuple[str, str]]:
    for own in dict.fromkeys((language.partition("_")[0], language)):
        yield from entries(LOCAL_NAMES.get(own, ""))


def _sharers(code: str, name: str) -> tuple[str, ...]:
    reason, codes = refused_names().get(fold(name), (None, ()))
    return codes if reason is RefusalReason.AMBIGUOUS else (code,)
