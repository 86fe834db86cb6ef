"""The code out again: what each system takes, and the exact way there and back."""

import pickle
from collections.abc import Callable

import pycountry
import pytest

from custsync.errors import InputError
from custsync.rules.countries import (
    SYSTEMS,
    Country,
    FoundBy,
    alpha_3,
    code_of_soap,
    is_valid,
    netsuite_code,
    netsuite_name,
    numeric,
    resolve_country,
    soap_name,
)

ISO = sorted(country.alpha_2 for country in pycountry.countries)
NETSUITE = sorted([*ISO, "AB", "AN", "CS", "EA", "IC", "XK"])
WITHOUT_SOAP = {"AB", "AN", "CS"}

SOAP_EXCEPTIONS = {
    "BO": "_bolivia",
    "TW": "_taiwan",
    "TZ": "_tanzania",
    "VE": "_venezuela",
    "VN": "_vietnam",
    "BQ": "_bonaireSaintEustatiusAndSaba",
    "IC": "_canaryIslands",
    "CV": "_capeVerde",
    "EA": "_ceutaAndMelilla",
    "CD": "_congoDemocraticPeoplesRepublic",
    "CG": "_congoRepublicOf",
    "HR": "_croatiaHrvatska",
    "CZ": "_czechRepublic",
    "TL": "_eastTimor",
    "FK": "_falklandIslands",
    "HM": "_heardAndMcDonaldIslands",
    "VA": "_holySeeCityVaticanState",
    "KP": "_koreaDemocraticPeoplesRepublic",
    "XK": "_kosovo",
    "LA": "_laoPeoplesDemocraticRepublic",
    "MO": "_macau",
    "MK": "_macedonia",
    "FM": "_micronesiaFederalStateOf",
    "PS": "_stateOfPalestine",
    "PN": "_pitcairnIsland",
    "RE": "_reunionIsland",
    "SH": "_saintHelena",
    "MF": "_saintMartin",
    "SX": "_sintMaarten",
    "SK": "_slovakRepublic",
    "GS": "_southGeorgia",
    "PM": "_stPierreAndMiquelon",
    "SJ": "_svalbardAndJanMayenIslands",
    "SZ": "_swaziland",
    "TR": "_turkey",
    "UM": "_uSMinorOutlyingIslands",
    "VI": "_virginIslandsUSA",
    "WF": "_wallisAndFutunaIslands",
    "UK": "_unitedKingdom",
}
DISPLAYED = {
    "AX": "Aland Islands",
    "CD": "Congo, Democratic Republic of",
    "CG": "Congo, Republic of",
    "CI": "Cote d'Ivoire",
    "IR": "Iran (Islamic Republic of)",
    "VG": "Virgin Islands (British)",
    "VI": "Virgin Islands (USA)",
    "WF": "Wallis and Futuna",
    "MM": "Myanmar (Burma)",
    "AN": "Netherlands Antilles (Deprecated)",
    "CS": "Serbia and Montenegro (Deprecated)",
    "VA": "Holy See (City Vatican State)",
    "US": "United States",
}
EARLIER = {
    "_unitedKingdomGB": "GB",
    "_netherlandsAntilles": "AN",
    "_libyanArabJamahiriya": "LY",
    "_palestinianTerritories": "PS",
}
BY_RULE = {
    "US": "_unitedStates",
    "GB": "_unitedKingdom",
    "CI": "_coteDIvoire",
    "AX": "_alandIslands",
    "BL": "_saintBarthelemy",
    "CC": "_cocosKeelingIslands",
    "GW": "_guineaBissau",
    "IR": "_iranIslamicRepublicOf",
    "KR": "_koreaRepublicOf",
    "ST": "_saoTomeAndPrincipe",
    "VC": "_saintVincentAndTheGrenadines",
    "VG": "_virginIslandsBritish",
}


def code_of(text: str) -> str:
    answer = resolve_country(text, system="netsuite")
    assert isinstance(answer, Country), answer
    return answer.alpha_2


@pytest.mark.rule("LS-CTRY")
class TestRoundTrips:
    """Every form of every code leads back to the code."""

    def test_the_code(self) -> None:
        for code in NETSUITE:
            forms = (code, code.lower(), f" {code}\n")
            assert {code_of(form) for form in forms} == {netsuite_code(code)} == {code}

    def test_alpha_3_and_numeric(self) -> None:
        for code in ISO:
            long, number = alpha_3(code), numeric(code)
            assert long is not None, code
            assert number is not None, code
            forms = (long, long.lower(), number, number.lstrip("0"))
            assert {code_of(form) for form in forms} == {code}

    def test_soap(self) -> None:
        for code in sorted(set(NETSUITE) - WITHOUT_SOAP):
            name = soap_name(code)
            assert name is not None, code
            assert code_of_soap(name) == code
            shown = getattr(resolve_country(code, system="netsuite"), "name", "")
            found = Country(alpha_2=code, name=shown, found_by=FoundBy.SOAP)
            assert resolve_country(name, system="netsuite") == found

    def test_the_display_name(self) -> None:
        for code in sorted(set(NETSUITE) - {"AB"}):
            name = netsuite_name(code)
            assert name is not None, code
            assert {code_of(form) for form in (name, name.upper(), f"  {name}  ")} == {code}

    def test_no_two_codes_share_a_display_name(self) -> None:
        names = [netsuite_name(code) for code in NETSUITE if code != "AB"]
        assert len(names) == len(set(names)) == 254

    def test_no_two_codes_share_a_value(self) -> None:
        names = [soap_name(code) for code in NETSUITE if code not in WITHOUT_SOAP]
        assert len(names) == len(set(names)) == 252


class TestSoapNames:
    """The display name in camel case behind an underscore; the caller can override it."""

    @pytest.mark.parametrize(("code", "name"), sorted((SOAP_EXCEPTIONS | BY_RULE).items()))
    def test_values(self, code: str, name: str) -> None:
        assert soap_name(code) == name

    @pytest.mark.parametrize("code", [*sorted(WITHOUT_SOAP), "ZZ", "us", "", "USA", "\ud800"])
    def test_codes_without_a_value(self, code: str) -> None:
        assert soap_name(code) is None

    def test_uk_reads_as_gb(self) -> None:
        assert netsuite_code("UK") == "GB"
        assert code_of_soap("_unitedKingdom") == code_of_soap("_unitedKingdomGB") == "GB"

    @pytest.mark.parametrize(("name", "code"), EARLIER.items())
    def test_values_of_earlier_versions_are_read_and_never_written(self, name: str, code: str) -> None:
        assert code_of_soap(name) == code
        assert code_of(name) == code
        assert soap_name(code) != name

    @pytest.mark.parametrize("text", ["_UnitedStates", "unitedStates", "US", "", "_unitedStates "])
    def test_values_are_compared_exactly(self, text: str) -> None:
        assert code_of_soap(text) is None


class TestOtherForms:
    """A form that a code does not have is None."""

    @pytest.mark.parametrize("form", [alpha_3, numeric])
    @pytest.mark.parametrize("code", ["XK", "AN", "UK", "ZZ", "us", ""])
    def test_none(self, form: Callable[[str], str | None], code: str) -> None:
        assert form(code) is None

    @pytest.mark.rule("LS-CTRY")
    @pytest.mark.parametrize(("code", "name"), DISPLAYED.items())
    def test_netsuite_s_display_names(self, code: str, name: str) -> None:
        assert netsuite_name(code) == name
        assert code_of(name) == code_of(name.removesuffix(" (Deprecated)")) == code

    def test_codes_without_a_display_name(self) -> None:
        assert netsuite_name("AB") is None
        assert netsuite_name("ZZ") is None
        assert netsuite_code("ZZ") is None

    @pytest.mark.parametrize(
        "form", [alpha_3, numeric, netsuite_name, netsuite_code, soap_name, code_of_soap, is_valid]
    )
    def test_a_code_is_text(self, form: Callable[[object], object]) -> None:
        with pytest.raises(InputError, match="must be text, not NoneType"):
            form(None)


@pytest.mark.rule("LS-CTRY")
@pytest.mark.rule("UF-CTRY")
class TestValidity:
    """Which codes are valid is a question per system."""

    @pytest.mark.parametrize(
        ("system", "count"),
        [("iso", 249), ("lago", 249), ("lightspeed", 249), ("stripe_tax", 249), ("netsuite", 255)],
    )
    def test_counts(self, system: str, count: int) -> None:
        letters = [chr(number) for number in range(ord("A"), ord("Z") + 1)]
        valid = [code for code in (a + b for a in letters for b in letters) if is_valid(code, system=system)]
        assert len(valid) == count
        assert (valid == NETSUITE) == (system == "netsuite")

    @pytest.mark.parametrize("system", ["iso", "lago", "lightspeed", "stripe_tax", "netsuite"])
    @pytest.mark.parametrize(
        "text", ["us", " US", "USA", "840", "United States", "_unitedStates", "UK", "ZZ", ""]
    )
    def test_coded_countries_are_compared_exactly(self, text: str, system: str) -> None:
        assert not is_valid(text, system=system)

    @pytest.mark.parametrize("system", ["servicetitan", "stripe", "upflow"])
    @pytest.mark.parametrize(("text", "valid"), [("US", True), ("Utopia", True), ("", False), (" \t", False)])
    def test_free_text_takes_anything_but_blanks(self, text: str, system: str, *, valid: bool) -> None:
        assert is_valid(text, system=system) is valid

    def test_an_unknown_system_is_refused(self) -> None:
        with pytest.raises(InputError, match="no such system"):
            is_valid("US", system="hal")
        with pytest.raises(InputError, match="system must be text"):
            is_valid("US", system=None)  # type: ignore[arg-type]

    @pytest.mark.parametrize("system", list(SYSTEMS))
    @pytest.mark.parametrize("text", ["Germany", "XK", "AN", "Canary Islands", "England"])
    def test_what_resolve_answers_is_valid_there(self, text: str, system: str) -> None:
        answer = resolve_country(text, system=system)
        assert not isinstance(answer, Country) or is_valid(answer.alpha_2, system=system)
        assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301 - our own bytes
