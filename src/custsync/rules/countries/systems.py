"""Which country codes are valid where, and the codes on their way out."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.rules.countries.iso import iso_countries
from custsync.rules.countries.results import require_text

NETSUITE_ONLY: Final = ("AB", "AN", "CS", "EA", "IC", "XK")
"""The codes that NetSuite's REST services list beside the 249 of ISO."""

NETSUITE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AN": "Netherlands Antilles (Deprecated)",
        "AX": "Aland Islands",
        "BO": "Bolivia",
        "BQ": "Bonaire, Saint Eustatius and Saba",
        "CD": "Congo, Democratic Republic of",
        "CG": "Congo, Republic of",
        "CI": "Cote d'Ivoire",
        "CS": "Serbia and Montenegro (Deprecated)",
        "CV": "Cape Verde",
        "CZ": "Czech Republic",
        "EA": "Ceuta and Melilla",
        "FK": "Falkland Islands",
        "FM": "Micronesia, Federal State of",
        "GS": "South Georgia",
        "HM": "Heard and McDonald Islands",
        "HR": "Croatia/Hrvatska",
        "IC": "Canary Islands",
        "IR": "Iran (Islamic Republic of)",
        "KP": "Korea, Democratic People's Republic",
        "MF": "Saint Martin",
        "MK": "Macedonia",
        "MM": "Myanmar (Burma)",
        "MO": "Macau",
        "PM": "St. Pierre and Miquelon",
        "PN": "Pitcairn Island",
        "PS": "State of Palestine",
        "RE": "Reunion Island",
        "SH": "Saint Helena",
        "SJ": "Svalbard and Jan Mayen Islands",
        "SK": "Slovak Republic",
        "SX": "Sint Maarten",
        "SZ": "Swaziland",
        "TL": "East Timor",
        "TR": "Turkey",
        "TW": "Taiwan",
        "TZ": "Tanzania",
        "UM": "US Minor Outlying Islands",
        "VA": "Holy See (City Vatican State)",
        "VE": "Venezuela",
        "VG": "Virgin Islands (British)",
        "VI": "Virgin Islands (USA)",
        "VN": "Vietnam",
        "XK": "Kosovo",
    }
)
"""NetSuite's display name where ISO has another one, or none. What AB stands for is unverified, so it has no
name."""

_SOAP_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"CD": "_congoDemocraticPeoplesRepublic", "MM": "_myanmar", "WF": "_wallisAndFutunaIslands"}
)
"""Values of the SOAP enumeration that are not the display name in camel case."""

READ_AS: Final[Mapping[str, str]] = MappingProxyType({"UK": "GB"})
"""Codes that NetSuite keeps beside another one of the same country."""

SOAP_ALSO_READ: Final[Mapping[str, str]] = MappingProxyType(
    {
        "_libyanArabJamahiriya": "LY",
        "_netherlandsAntilles": "AN",
        "_palestinianTerritories": "PS",
        "_stHelena": "SH",
        "_unitedKingdomGB": "GB",
        "_westernSamoa": "WS",
    }
)
"""Values of earlier API versions that are still read."""

_NO_SOAP_NAME = frozenset({"AB", "AN", "CS"})
_APOSTROPHES = str.maketrans("", "", "'\u2019")


def netsuite_name(code: str) -> str | None:
    """Return NetSuite's display name of a code, None for a code that has none.

    >>> netsuite_name("CV")
    'Cape Verde'
    >>> netsuite_name("ZZ") is None
    True
    """
    require_text(code=code)
    country = iso_countries().get(code)
    return NETSUITE_NAMES.get(code, country.names[0] if country is not None else None)


def netsuite_code(code: str) -> str | None:
    """Return the code that NetSuite's REST services and SuiteQL want, None for one that they do not list.

    Args:
        code: ISO 3166-1 alpha-2, upper case, or one of NetSuite's own.

    Source: REST API Browser, Country.

    >>> netsuite_code("XK"), netsuite_code("UK")
    ('XK', 'GB')
    >>> netsuite_code("ZZ") is None
    True
    """
    require_text(code=code)
    own = READ_AS.get(code, code)
    return own if own in NETSUITE_ONLY or own in iso_countries() else None


def soap_name(code: str) -> str | None:
    """Return the value of NetSuite's SOAP enumeration for a code, None for a code that has none.

    The value is the display name in camel case behind an underscore, three values apart. AN and CS are
    deprecated and have none; AB is unverified.

    Args:
        code: ISO 3166-1 alpha-2, upper case, or one of NetSuite's own.

    Source: chapter_N3784994.

    >>> soap_name("US"), soap_name("CV")
    ('_unitedStates', '_capeVerde')
    >>> soap_name("AN") is None
    True
    """
    require_text(code=code)
    return soap_names().get(READ_AS.get(code, code))


def code_of_soap(text: str) -> str | None:
    """Return the code of a value of NetSuite's SOAP enumeration, compared exactly; None for anything else.

    Args:
        text: the value, for example "_unitedStates".

    >>> code_of_soap("_unitedStates"), code_of_soap("_unitedKingdomGB")
    ('US', 'GB')
    >>> code_of_soap("_UnitedStates") is None
    True
    """
    require_text(text=text)
    return codes_by_soap_name().get(text)


@cache
def soap_names() -> Mapping[str, str]:
    """Return the SOAP enumeration of the 252 codes that have a value. Built once."""
    named = [code for code in (*iso_countries(), *NETSUITE_ONLY) if code not in _NO_SOAP_NAME]
    derived = {code: _enumerated(netsuite_name(code) or code) for code in named}
    return MappingProxyType(derived | dict(_SOAP_NAMES))


@cache
def codes_by_soap_name() -> Mapping[str, str]:
    """Return the code of every value of the SOAP enumeration, those of earlier versions too. Built once."""
    return MappingProxyType({name: code for code, name in soap_names().items()} | dict(SOAP_ALSO_READ))


def _enumerated(name: str) -> str:
    spread = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES))
    plain = "".join(letter for letter in spread if not unicodedata.combining(letter))
    spaced = "".join(letter if letter.isalnum() else " " for letter in plain)
    joined = "".join(word[0].upper() + word[1:] for word in spaced.split())
    return f"_{joined[0].lower()}{joined[1:]}"


_ISO: Final[tuple[str, ...]] = ()
_LIVE: Final = ("EA", "IC", "XK")

SYSTEMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "iso": _ISO,
        "lago": _ISO,
        "lightspeed": _ISO,
        "netsuite": NETSUITE_ONLY,
        "servicetitan": _LIVE,
        "stripe": _LIVE,
        "stripe_tax": _ISO,
        "upflow": _LIVE,
    }
)
"""The codes that each system takes beside the 249 of ISO 3166-1."""

FREE_TEXT: Final = frozenset({"servicetitan", "stripe", "upflow"})
"""The systems whose country field takes any text. Stripe wants two letters where tax is computed:
"stripe_tax"."""


@cache
def codes_of(system: str) -> frozenset[str]:
    """Return the codes that `resolve` may answer with for a system.

    Raises:
        InputError: no such system.

    >>> len(codes_of("iso")), len(codes_of("netsuite"))
    (249, 255)
    """
    if system not in SYSTEMS:
        raise InputError(f"no such system of country codes; there are {', '.join(SYSTEMS)}")
    return frozenset(iso_countries()).union(SYSTEMS[system])


def is_valid(code: str, *, system: str = "iso") -> bool:
    """Return whether a system takes this text in a country field, as it is.

    A system with coded countries compares exactly: upper case, no spaces. A system with a free text takes
    anything that is not blank.

    Args:
        code: the text that is to be written.
        system: one of `SYSTEMS`.

    Raises:
        InputError: the code is no text, or there is no such system.

    Rule: LS-CTRY, UF-CTRY

    >>> is_valid("XK", system="netsuite"), is_valid("Utopia", system="stripe")
    (True, True)
    >>> is_valid("XK", system="lightspeed"), is_valid("us")
    (False, False)
    """
    require_text(code=code, system=system)
    codes = codes_of(system)
    return bool(code.strip()) if system in FREE_TEXT else code in codes


@checked
def takes_text(system: str) -> bool:
    """Return whether a system's country field takes any text, not codes alone.

    >>> takes_text("stripe"), takes_text("netsuite")
    (True, False)
    """
    return system in FREE_TEXT


@checked
def is_iso(code: str) -> bool:
    """Return whether a two-letter code, upper case, is one of ISO 3166-1.

    >>> is_iso("FR"), is_iso("XK")
    (True, False)
    """
    return code in iso_countries()


def alpha_3(code: str) -> str | None:
    """Return the ISO 3166-1 alpha-3 code of an alpha-2 code, None where ISO has none.

    >>> alpha_3("US")
    'USA'
    >>> alpha_3("XK") is None
    True
    """
    require_text(code=code)
    country = iso_countries().get(code)
    return country.alpha_3 if country is not None else None


def numeric(code: str) -> str | None:
    """Return the ISO 3166-1 numeric code of an alpha-2 code, three digits, None where ISO has none.

    >>> numeric("AF")
    '004'
    >>> numeric("XK") is None
    True
    """
    require_text(code=code)
    country = iso_countries().get(code)
    return country.numeric if country is not None else None
