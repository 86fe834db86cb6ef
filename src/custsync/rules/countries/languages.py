"""Country names in the languages that the caller names, from pycountry's catalogues."""

import gettext
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from custsync.errors import InputError
from custsync.rules.countries.folding import fold
from custsync.rules.countries.index import index, keys_of, named
from custsync.rules.countries.iso import iso_countries
from custsync.rules.countries.results import Country, FoundBy, RefusalReason

__all__ = ["catalogue", "checked_languages", "languages_known"]


@cache
def languages_known() -> frozenset[str]:
    """Return the languages that have a catalogue, as pycountry names them ("de", "pt_BR", "sr@latin")."""
    import pycountry

    files = Path(pycountry.LOCALES_DIR).glob("*/LC_MESSAGES/iso3166-1.mo")
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
    """Return every folded name of one language, and the countries that have it: most often one."""
    found: dict[str, dict[str, Country]] = {}
    for code, name in _translated(language):
        for key in keys_of(name):
            found.setdefault(key, {})[code] = named(code, FoundBy.LANGUAGE, language)
    return MappingProxyType({key: tuple(countries.values()) for key, countries in found.items()})


def _translated(language: str) -> Iterator[tuple[str, str]]:
    import pycountry

    translation = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language])
    for code, row in iso_countries().items():
        for name in row.names:
            local = translation.gettext(name)
            yield from ((sharer, local) for sharer in _sharers(code, name))


def _sharers(code: str, name: str) -> tuple[str, ...]:
    reason, codes = index().refused_names.get(fold(name), (None, ()))
    return codes if reason is RefusalReason.AMBIGUOUS else (code,)
