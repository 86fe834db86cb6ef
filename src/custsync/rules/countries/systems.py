"""Which country codes are valid where, and the codes on their way out."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.rules.countries.checks import require_text
from custsync.rules.countries.iso import iso_countries
from custsync.rules.countries.netsuite import NETSUITE_ONLY

__all__ = ["SYSTEMS", "alpha_3", "codes_of", "is_iso", "is_valid", "numeric", "takes_text"]

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
        message = f"no such system of country codes; there are {', '.join(SYSTEMS)}"
        raise InputError(message)
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
