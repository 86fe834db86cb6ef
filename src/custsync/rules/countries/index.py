"""The index of this room: every code, name and spelling to its answer, built once on first use."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import frozen

from custsync.rules.countries.folding import fold, inverted
from custsync.rules.countries.iso import iso_countries
from custsync.rules.countries.netsuite import NETSUITE_NAMES, NETSUITE_ONLY, SOAP_ALSO_READ, soap_names
from custsync.rules.countries.not_countries import (
    AMBIGUOUS,
    DISSOLVED,
    DISSOLVED_CODES,
    PART_CODES,
    PARTS_OF_COUNTRIES,
    PLACEHOLDERS,
    REGION_CODES,
    REGIONS,
)
from custsync.rules.countries.results import Country, FoundBy, RefusalReason
from custsync.rules.countries.spellings import EVERYDAY, EVERYDAY_CODES

__all__ = ["Index", "No", "entries", "index", "keys_of", "named"]

No: TypeAlias = tuple[RefusalReason, tuple[str, ...]]
"""A refusal before the text is known: its reason and its codes."""


@frozen(kw_only=True)
class Index:
    """The tables that `resolve` reads. Codes are upper case, names are folded."""

    codes: Mapping[str, Country]
    names: Mapping[str, Country]
    soap: Mapping[str, Country]
    refused_codes: Mapping[str, No]
    refused_names: Mapping[str, No]


@cache
def index() -> Index:
    """Return the index. Built once, some 15 ms."""
    return Index(
        codes=MappingProxyType(dict(_codes())),
        names=MappingProxyType(_names()),
        soap=MappingProxyType(dict(_soap())),
        refused_codes=MappingProxyType(_refused_codes()),
        refused_names=MappingProxyType(_refused_names()),
    )


def named(code: str, found_by: FoundBy, language: str = "") -> Country:
    """Return the country of a code, with its English name."""
    row = iso_countries().get(code)
    name = row.name if row is not None else NETSUITE_NAMES.get(code, code)
    return Country(alpha_2=code, name=name, found_by=found_by, language=language)


def keys_of(name: str) -> set[str]:
    """Return the keys under which a name is kept: as it stands, folded, turned around its comma, in one word.

    An apostrophe is kept as nothing and as a space: "Cote dIvoire", "Cote d Ivoire".
    """
    forms = (name, inverted(name), name.replace("'", " ").replace("\u2019", " "))
    keys = {fold(form) for form in forms}
    keys |= {key.replace(" ", "") for key in keys}
    return (keys | {name.casefold()}) - {""}


_CODE_FIELDS: Final = (
    ("alpha_2", FoundBy.ALPHA_2),
    ("alpha_3", FoundBy.ALPHA_3),
    ("numeric", FoundBy.NUMERIC),
)


def _codes() -> Iterator[tuple[str, Country]]:
    for code, row in iso_countries().items():
        for field, found_by in _CODE_FIELDS:
            yield getattr(row, field), named(code, found_by)
    for code in NETSUITE_ONLY:
        yield code, named(code, FoundBy.NETSUITE_CODE)
    for spelling, code in EVERYDAY_CODES:
        yield spelling, named(code, FoundBy.EVERYDAY)


def _soap() -> Iterator[tuple[str, Country]]:
    for code, name in soap_names().items():
        yield name, named(code, FoundBy.SOAP)
    for name, code in SOAP_ALSO_READ.items():
        yield name, named(code, FoundBy.SOAP)


def entries(table: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before the colon and each name behind it, for every line of a table."""
    for line in table.strip().splitlines():
        left, _, names = line.partition(": ")
        yield from ((left, name) for name in names.split(" | "))


def _spellings() -> Iterator[tuple[str, str, FoundBy]]:
    for code, row in iso_countries().items():
        yield from ((name, code, FoundBy.ISO_NAME) for name in row.names)
    yield from ((name, code, FoundBy.NETSUITE_NAME) for code, name in NETSUITE_NAMES.items())
    yield from ((name, code, FoundBy.EVERYDAY) for code, name in entries(EVERYDAY))


def _names() -> dict[str, Country]:
    names: dict[str, Country] = {}
    for name, code, found_by in _spellings():
        for key in keys_of(name):
            names.setdefault(key, named(code, found_by))
    for _, name in entries(AMBIGUOUS):
        for key in keys_of(name):
            names.pop(key, None)
    return names


def _refused_codes() -> dict[str, No]:
    refused: dict[str, No] = dict.fromkeys(REGION_CODES.split(" | "), (RefusalReason.REGION, ()))
    for reason, table in (
        (RefusalReason.DISSOLVED, DISSOLVED_CODES),
        (RefusalReason.SUBDIVISION, PART_CODES),
    ):
        refused |= {code: (reason, tuple(left.split())) for left, code in entries(table)}
    return refused


_REFUSED: Final = (
    (RefusalReason.AMBIGUOUS, AMBIGUOUS),
    (RefusalReason.DISSOLVED, DISSOLVED),
    (RefusalReason.SUBDIVISION, PARTS_OF_COUNTRIES),
    (RefusalReason.REGION, REGIONS),
    (RefusalReason.PLACEHOLDER, PLACEHOLDERS),
)


def _refused_names() -> dict[str, No]:
    refused: dict[str, No] = {}
    for reason, table in _REFUSED:
        for left, name in entries(table):
            refused.update(dict.fromkeys(keys_of(name), (reason, tuple(left.split()))))
    return refused
