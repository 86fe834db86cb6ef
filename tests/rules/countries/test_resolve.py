"""Any spelling of a country leads to its code, and the answer says how it was found."""

import pickle

import pytest

from custsync.errors import InputError
from custsync.rules.countries import Country, FoundBy, Refusal, RefusalReason, resolve_country

pytestmark = [pytest.mark.rule("LS-CTRY"), pytest.mark.rule("UF-CTRY")]


def found(text: str | None, *, languages: tuple[str, ...] = (), system: str = "netsuite") -> tuple[str, str]:
    answer = resolve_country(text, languages=languages, system=system)
    assert isinstance(answer, Country), answer
    return answer.alpha_2, answer.found_by.value


class TestCodes:
    """A code is a code in any case; it is looked for before any name."""

    @pytest.mark.parametrize(
        ("text", "code", "how"),
        [
            ("US", "US", "alpha_2"),
            ("us", "US", "alpha_2"),
            (" De ", "DE", "alpha_2"),
            ("NA", "NA", "alpha_2"),
            ("GBR", "GB", "alpha_3"),
            ("deu", "DE", "alpha_3"),
            ("840", "US", "numeric"),
            ("004", "AF", "numeric"),
            ("4", "AF", "numeric"),
            ("36", "AU", "numeric"),
            ("XK", "XK", "netsuite_code"),
            ("ic", "IC", "netsuite_code"),
            ("AB", "AB", "netsuite_code"),
            ("AN", "AN", "netsuite_code"),
            ("CS", "CS", "netsuite_code"),
            ("UK", "GB", "everyday"),
            ("EL", "GR", "everyday"),
            ("CA", "CA", "alpha_2"),
            ("\u200bUS\u200e", "US", "alpha_2"),
            ("\ufeffUSA", "US", "alpha_3"),
        ],
    )
    def test_codes(self, text: str, code: str, how: str) -> None:
        assert found(text) == (code, how)

    @pytest.mark.parametrize("text", ["\u0664", "\u00df", "\u0131n", "0004", "\uff24\uff25", "1", "999"])
    def test_what_only_looks_like_a_code_is_none(self, text: str) -> None:
        assert isinstance(resolve_country(text, system="netsuite"), Refusal)


class TestSoapValues:
    """A value of the SOAP enumeration is compared exactly: wrong case is a bad value, not a name."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("_unitedStates", "US"),
            ("_unitedKingdom", "GB"),
            ("_unitedKingdomGB", "GB"),
            ("_coteDIvoire", "CI"),
            ("_kosovo", "XK"),
            (" _germany ", "DE"),
        ],
    )
    def test_values(self, text: str, code: str) -> None:
        assert found(text) == (code, "soap")

    @pytest.mark.parametrize("text", ["_UnitedStates", "_unitedstates", "_germanY", "_us", "_nowhere"])
    def test_inexact_values_are_refused(self, text: str) -> None:
        assert resolve_country(text) == Refusal(
            reason=RefusalReason.NOT_FOUND, shape=f"text, {len(text)} characters"
        )


class TestNames:
    """ISO names, NetSuite's names and everyday spellings are found, however they are written."""

    @pytest.mark.parametrize(
        ("text", "code", "how"),
        [
            ("Germany", "DE", "iso_name"),
            ("Federal Republic of Germany", "DE", "iso_name"),
            ("Vietnam", "VN", "iso_name"),
            ("Viet Nam", "VN", "iso_name"),
            ("Cape Verde", "CV", "netsuite_name"),
            ("Holy See (City Vatican State)", "VA", "netsuite_name"),
            ("Macedonia", "MK", "netsuite_name"),
            ("Virgin Islands (USA)", "VI", "netsuite_name"),
            ("Netherlands Antilles", "AN", "netsuite_name"),
            ("Serbia and Montenegro", "CS", "netsuite_name"),
            ("U.S.", "US", "everyday"),
            ("U.S.A.", "US", "everyday"),
            ("U. S. of A.", "US", "everyday"),
            ("U.K.", "GB", "everyday"),
            ("England", "GB", "everyday"),
            ("Northern Ireland", "GB", "everyday"),
            ("Holland", "NL", "everyday"),
            ("Ivory Coast", "CI", "everyday"),
            ("Russia", "RU", "everyday"),
            ("Turkey/T\u00fcrkiye", "TR", "everyday"),
            ("Burma", "MM", "everyday"),
            ("Vatican", "VA", "everyday"),
            ("South Korea", "KR", "iso_name"),
            ("Korea, South", "KR", "everyday"),
            ("Taiwan", "TW", "iso_name"),
            ("Republic of China", "TW", "everyday"),
            ("Palestine", "PS", "everyday"),
            ("Kosovo", "XK", "netsuite_name"),
            ("Canary Islands", "IC", "netsuite_name"),
            ("Georgia", "GE", "iso_name"),
            ("Jersey", "JE", "iso_name"),
        ],
    )
    def test_names(self, text: str, code: str, how: str) -> None:
        assert found(text) == (code, how)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("c\u00f4te d'ivoire", "CI"),
            ("COTE D\u2019IVOIRE", "CI"),
            ("Co\u0302te d\u00b4Ivoire", "CI"),
            ("Cote d Ivoire", "CI"),
            ("Cote dIvoire", "CI"),
            ("Tu\u0308rkiye", "TR"),
            ("  New\u00a0Zealand\t", "NZ"),
            ("new   zealand", "NZ"),
            ("NewZealand", "NZ"),
            ("St. Kitts & Nevis", "KN"),
            ("Saint Kitts and Nevis", "KN"),
            ("Trinidad + Tobago", "TT"),
            ("Guinea\u2013Bissau", "GW"),
            ("Guinea Bissau", "GW"),
            ("Korea, Republic of", "KR"),
            ("Korea (Republic of)", "KR"),
            ("Republic of Korea", "KR"),
            ("Korea, Dem. People's Rep.", "KP"),
            ("Congo, Dem. Rep.", "CD"),
            ("Congo, Rep.", "CG"),
            ("Bahamas, The", "BS"),
            ("The Gambia", "GM"),
            ("The United States", "US"),
            ("Republic of Ireland", "IE"),
            ("Kingdom of Norway", "NO"),
            ("Bailiwick of Jersey", "JE"),
            ("Territory of Norfolk Island", "NF"),
            ("Socialist Republic of Vietnam", "VN"),
            ("Federal Republic of Brazil", "BR"),
            ("Austria, Republic of", "AT"),
            ("Islamic Republic of Pakistan", "PK"),
            ("Cook Is.", "CK"),
            ("Curacao", "CW"),
            ("Reunion", "RE"),
            ("\u00c5land", "AX"),
            ("S\u00e3o Tom\u00e9 & Pr\u00edncipe", "ST"),
            ("Un\u00adited Sta\u200btes", "US"),
            ("\uff35\uff33\uff21", "US"),
        ],
    )
    def test_ways_to_write_them(self, text: str, code: str) -> None:
        assert found(text)[0] == code


class TestEntities:
    """What a shop stores as HTML is read as the text that it shows, escaped once or twice."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Cura&ccedil;ao", "CW"),
            ("&Aring;land Islands", "AX"),
            ("Trinidad &amp; Tobago", "TT"),
            ("C&ocirc;te d&#039;Ivoire", "CI"),
            ("C&amp;ocirc;te d&amp;#39;Ivoire", "CI"),
            ("R&#233;union", "RE"),
            ("R&#xe9;union", "RE"),
            ("&nbsp;France&nbsp;", "FR"),
            ("S&atilde;o Tom&eacute; &amp; Pr&iacute;ncipe", "ST"),
        ],
    )
    def test_read(self, text: str, code: str) -> None:
        assert found(text)[0] == code

    @pytest.mark.parametrize("text", ["&nbsp;", "&amp;", "&zwnj; &#8203;"])
    def test_a_blank_in_disguise_is_no_country(self, text: str) -> None:
        assert isinstance(resolve_country(text), Refusal)

    @pytest.mark.parametrize("text", ["&bogus;", "Fran&ce", "&#99999999;"])
    def test_what_is_no_entity_stays(self, text: str) -> None:
        assert isinstance(resolve_country(text), Refusal)


class TestSeveralSpellings:
    """Several spellings in one text count when all agree; those that disagree are ambiguous."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Sweden / Sverige", "SE"),
            ("United States (US)", "US"),
            ("US - United States", "US"),
            ("Germany (DE), Deutschland", "DE"),
            ("Czechia [Czech Republic]", "CZ"),
        ],
    )
    def test_agreement(self, text: str, code: str) -> None:
        assert found(text) == (code, "several")

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("American Samoa (US)", "AS"),
            ("Bouvet Island (NO)", "BV"),
            ("Bouvet Island (Norway)", "BV"),
            ("Puerto Rico, USA", "PR"),
            ("Isle of Man, UK", "IM"),
            ("Hong Kong (CN)", "HK"),
            ("Aruba - Netherlands", "AW"),
            ("Virgin Islands (US)", "VI"),
            ("Virgin Islands (GB)", "VG"),
            ("Guiana (FR)", "GF"),
            ("Channel Islands (Jersey)", "JE"),
            ("Congo (CD)", "CD"),
            ("Congo (DRC)", "CD"),
            ("Cura&ccedil;ao (NL)", "CW"),
        ],
    )
    def test_a_dependency_with_its_owner_and_a_shared_name_with_one_of_its_owners(
        self, text: str, code: str
    ) -> None:
        assert found(text)[0] == code

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("Georgia (US)", ("GE", "US")),
            ("Jersey (US)", ("JE", "US")),
            ("Samoa (US)", ("US", "WS")),
            ("Saint Martin (NL)", ("MF", "NL")),
            ("Christmas Island (KI)", ("CX", "KI")),
            ("Gibraltar (ES)", ("ES", "GI")),
            ("US (Guam)", ("GU", "US")),
            ("Congo (FR)", ("CD", "CG", "FR")),
            ("Korea/Congo", ("CD", "CG", "KP", "KR")),
        ],
    )
    def test_another_country_is_no_owner(self, text: str, codes: tuple[str, ...]) -> None:
        answer = resolve_country(text)
        assert isinstance(answer, Refusal)
        assert (answer.reason, answer.codes) == (RefusalReason.AMBIGUOUS, codes)

    @pytest.mark.parametrize(
        ("text", "codes"),
        [("Georgia, USA", ("GE", "US")), ("Ireland/UK", ("GB", "IE")), ("Germany (FR)", ("DE", "FR"))],
    )
    def test_disagreement(self, text: str, codes: tuple[str, ...]) -> None:
        answer = resolve_country(text)
        assert isinstance(answer, Refusal)
        assert (answer.reason, answer.codes) == (RefusalReason.AMBIGUOUS, codes)

    @pytest.mark.parametrize(
        "text", ["Paris, France", "FR, DE", "DE/DE", "a, b, c, d, e", "USA, USA, USA, USA, USA"]
    )
    def test_parts_that_are_no_country_are_not_enough(self, text: str) -> None:
        answer = resolve_country(text)
        assert isinstance(answer, Refusal)
        assert answer.reason is RefusalReason.NOT_FOUND


class TestSystems:
    """The same text can be a country in one system and none in another."""

    @pytest.mark.parametrize("system", ["iso", "lago", "lightspeed", "stripe_tax"])
    @pytest.mark.parametrize(
        ("text", "code"), [("Kosovo", "XK"), ("XK", "XK"), ("_kosovo", "XK"), ("IC", "IC")]
    )
    def test_iso_systems_name_the_code_that_they_refuse(self, text: str, code: str, system: str) -> None:
        answer = resolve_country(text, system=system)
        assert isinstance(answer, Refusal)
        assert (answer.reason, answer.codes) == (RefusalReason.NOT_IN_SYSTEM, (code,))

    @pytest.mark.parametrize("system", ["netsuite", "servicetitan", "stripe", "upflow"])
    def test_the_others_take_it(self, system: str) -> None:
        assert found("Kosovo", system=system)[0] == "XK"

    @pytest.mark.parametrize("text", ["AN", "Netherlands Antilles"])
    def test_a_country_that_is_gone_lives_on_in_netsuite_only(self, text: str) -> None:
        assert found(text)[0] == "AN"
        answer = resolve_country(text, system="upflow")
        assert isinstance(answer, Refusal)
        assert (answer.reason, answer.codes) == (RefusalReason.DISSOLVED, ("BQ", "CW", "SX"))

    def test_an_unknown_system_is_refused(self) -> None:
        with pytest.raises(InputError, match="lightspeed"):
            resolve_country("US", system="hal")
        with pytest.raises(InputError, match="lightspeed"):
            resolve_country(None, system="hal")


class TestArguments:
    """What is no text is a broken contract; null is an empty field."""

    def test_null_is_empty(self) -> None:
        assert resolve_country(None) == Refusal(reason=RefusalReason.EMPTY, shape="null")

    @pytest.mark.parametrize(
        "value", [7, 8.5, True, b"US", ["US"], {"id": "US"}, object()], ids=lambda value: type(value).__name__
    )
    def test_other_types_are_refused_without_showing_them(self, value: object) -> None:
        with pytest.raises(InputError) as caught:
            resolve_country(value)  # type: ignore[arg-type]
        assert str(caught.value) == f"text must be text, not {type(value).__name__}"

    def test_a_system_is_text(self) -> None:
        with pytest.raises(InputError, match="system must be text"):
            resolve_country("US", system=["iso"])  # type: ignore[arg-type]


class TestAnswers:
    """An answer is a plain value: equal, hashable, picklable, and immutable."""

    def test_a_country_carries_its_name(self) -> None:
        assert resolve_country("USA") == Country(alpha_2="US", name="United States", found_by=FoundBy.ALPHA_3)

    @pytest.mark.parametrize("text", ["France", "Korea", "Maryland", "Kosovo", ""])
    def test_answers_are_values(self, text: str) -> None:
        answer = resolve_country(text)
        assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301 - our own bytes
        assert hash(answer) == hash(resolve_country(text))
        with pytest.raises(AttributeError):
            answer.shape = ""  # type: ignore[misc, union-attr]
