"""What pycountry does on its edges. The room depends on none; a release that changes one is noticed here."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pycountry
import pytest

from custsync.rules.countries import Country, resolve_country
from custsync.rules.countries.iso import iso_countries, iso_subdivisions, locales_folder


def looked_up(text: str) -> str | None:
    try:
        return str(pycountry.countries.lookup(text).alpha_2)
    except LookupError:
        return None


def nearest(text: str) -> list[str]:
    return [country.alpha_2 for country in pycountry.countries.search_fuzzy(text)]


class TestLookup:
    """`lookup` is exact, and knows no everyday spelling."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("USA ", "US"),
            ("Cote d'Ivoire", "CI"),
            ("Co\u0302te d'Ivoire", "CI"),
            ("UK", "GB"),
            ("U.S.A.", "US"),
            ("Russia", "RU"),
            ("Turkey", "TR"),
            ("Kosovo", "XK"),
            ("XK", "XK"),
            ("EL", "GR"),
            ("Ivory Coast", "CI"),
            ("Holland", "NL"),
            ("England", "GB"),
            ("4", "AF"),
        ],
    )
    def test_it_misses_what_we_find(self, text: str, code: str) -> None:
        answer = resolve_country(text, system="netsuite")
        assert looked_up(text) is None
        assert isinstance(answer, Country)
        assert answer.alpha_2 == code

    @pytest.mark.parametrize(
        ("text", "code"), [("840", "US"), ("\U0001f1fa\U0001f1f8", "US"), ("Congo", "CG")]
    )
    def test_it_finds_what_has_to_be_decided(self, text: str, code: str) -> None:
        assert looked_up(text) == code


class TestFuzzySearch:
    """`search_fuzzy` answers anything; none of its first answers is what the text is."""

    @pytest.mark.parametrize(
        ("text", "first", "ours"),
        [
            ("", "GB", None),
            ("-", "FR", None),
            ("None", "IT", None),
            ("nan", "TH", None),
            ("XX", "MT", None),
            ("Niger", "NG", "NE"),
            ("Korea", "KP", None),
            ("America", "AS", None),
            ("U.S.", "VI", "US"),
            ("Republic of Korea", "KP", "KR"),
            ("The United States", "VI", "US"),
            ("Zaire", "AO", None),
            ("Kosovo", "RS", "XK"),
            ("Hong Kong SAR", "CN", "HK"),
            ("Saint-Martin", "FR", "MF"),
            ("Maryland", "LR", None),
            ("London", "GB", None),
            ("Georgia", "GE", "GE"),
        ],
    )
    def test_its_first_answer_and_ours(self, text: str, first: str, ours: str | None) -> None:
        assert nearest(text)[0] == first
        assert getattr(resolve_country(text, system="netsuite"), "alpha_2", None) == ours

    @pytest.mark.parametrize(
        "text", ["Republic of Korea", "The United States", "Zaire", "Kosovo", "Saint-Martin"]
    )
    def test_a_single_answer_is_no_proof(self, text: str) -> None:
        assert len(nearest(text)) == 1

    def test_that_of_historic_countries_is_broken(self) -> None:
        historic: Any = pycountry.historic_countries
        assert None in historic.search_fuzzy("Zaire")


class TestTables:
    """What the tables hold."""

    def test_iso_has_249_countries(self) -> None:
        assert len(pycountry.countries) == 249

    def test_historic_codes_are_not_unique(self) -> None:
        codes = [country.alpha_2 for country in pycountry.historic_countries]
        assert (codes.count("AN"), codes.count("CS")) == (1, 2)

    def test_a_short_code_looks_up_a_set_of_another_country(self) -> None:
        found: Any = pycountry.subdivisions.lookup("CA")
        assert isinstance(found, set)
        assert {row.country_code for row in found} == {"CA"}
        assert len(found) == 13

    @pytest.mark.parametrize(("name", "code"), [("Punjab", "IN-PB"), ("Limburg", "BE-VLI")])
    def test_a_name_looks_up_the_first_of_several(self, name: str, code: str) -> None:
        found: Any = pycountry.subdivisions.lookup(name)
        assert found.code == code

    def test_names_and_short_codes_occur_in_several_countries(self) -> None:
        by_name, by_tail = defaultdict(set), defaultdict(set)
        for row in pycountry.subdivisions:
            by_name[row.name].add(row.country_code)
            by_tail[row.code[3:]].add(row.country_code)
        assert sum(len(countries) > 1 for countries in by_name.values()) > 70
        assert by_name["Florida"] == {"US", "UY"}
        assert (len(by_tail["CA"]), len(by_tail["FL"])) == (12, 4)

    def test_state_codes_are_country_codes_too(self) -> None:
        rows = [row for row in pycountry.subdivisions if row.country_code == "US"]
        shared = [row for row in rows if pycountry.countries.get(alpha_2=row.code[3:])]
        assert (len(shared), len(rows)) == (32, 57)


class TestLaziness:
    """Importing the room reads nothing; the first question does."""

    def test_the_import_is_light(self) -> None:
        code = (
            "import sys, custsync.rules.countries as c\n"
            "assert not {'pycountry', 'dateutil', 'difflib'} & set(sys.modules)\n"
            "c.resolve_country('United States', languages=('de',)), c.resolve_state('CA', country='US')\n"
            "assert not {'pycountry', 'difflib'} & set(sys.modules)\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)


class TestFiles:
    """The tables are read from pycountry's files: they say what pycountry says."""

    def test_countries(self) -> None:
        assert list(iso_countries()) == sorted(row.alpha_2 for row in pycountry.countries)
        for row in pycountry.countries:
            ours = iso_countries()[row.alpha_2]
            names = (getattr(row, field, None) for field in ("name", "official_name", "common_name"))
            assert (ours.alpha_3, ours.numeric, ours.names[0]) == (row.alpha_3, row.numeric, row.name)
            assert ours.names == tuple(name for name in names if name)

    def test_subdivisions(self) -> None:
        ours = {row.code: row for rows in iso_subdivisions().values() for row in rows}
        assert ours.keys() == {row.code for row in pycountry.subdivisions}
        for row in pycountry.subdivisions:
            mine = ours[row.code]
            assert (mine.name, mine.type, mine.parent) == (row.name, row.type, row.parent_code or "")

    def test_translations(self) -> None:
        assert locales_folder() == Path(pycountry.LOCALES_DIR)
