"""The tables of ISO 3166 as plain values, read once from pycountry's files on first use.

pycountry itself is not imported: that takes longer than to read all of its tables.
"""

from collections.abc import Mapping
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from attrs import frozen

if TYPE_CHECKING:
    from pathlib import Path


@frozen(kw_only=True)
class IsoCountry:
    """One row of ISO 3166-1. `names` are the short name, and then the official and common ones if any."""

    alpha_2: str
    alpha_3: str
    numeric: str
    names: tuple[str, ...]


@frozen
class Subdivision:
    """One row of ISO 3166-2. `parent` is the code of the subdivision that it belongs to, `""` for none."""

    code: str
    name: str
    parent: str
    type: str


@cache
def iso_countries() -> Mapping[str, IsoCountry]:
    """Return the countries of ISO 3166-1 by alpha-2 code, sorted by it. Read once, about 1 ms."""
    rows = sorted(_rows("3166-1"), key=lambda row: row["alpha_2"])
    return MappingProxyType({row["alpha_2"]: _country(row) for row in rows})


@cache
def iso_subdivisions() -> Mapping[str, tuple[Subdivision, ...]]:
    """Return the subdivisions of ISO 3166-2 by the code of their country, sorted. Read once, 20 ms."""
    found: dict[str, list[Subdivision]] = {}
    for row in sorted(_rows("3166-2"), key=lambda row: row["code"]):
        made = Subdivision(row["code"], row["name"], row.get("parent", ""), row["type"])
        found.setdefault(row["code"][:2], []).append(made)
    return MappingProxyType({country: tuple(rows) for country, rows in found.items()})


def locales_folder() -> "Path":
    """Return the folder of pycountry's translations."""
    return _folder() / "locales"


def _country(row: Mapping[str, str]) -> IsoCountry:
    names = (row.get(field, "") for field in ("name", "official_name", "common_name"))
    codes = {code: row[code] for code in ("alpha_2", "alpha_3", "numeric")}
    return IsoCountry(**codes, names=tuple(filter(None, names)))


def _rows(table: str) -> list[dict[str, str]]:
    import json

    path = _folder() / "databases" / f"iso{table}.json"
    return cast("Any", json.loads(path.read_bytes()))[table]  # type: ignore[no-any-return]


@cache
def _folder() -> "Path":
    from pathlib import Path  # costly to import, and the tables are read at the first look-up

    spec = cast("ModuleSpec", find_spec("pycountry"))
    return Path(str(spec.origin)).parent
