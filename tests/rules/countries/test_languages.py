"""Names in other languages count where the caller names the language, and nowhere else."""

import pytest

from custsync.errors import InputError
from custsync.rules.countries import Country, Refusal, RefusalReason, resolve_country
from custsync.rules.countries.folding import fold
from custsync.rules.countries.index import catalogue, entries, languages_known
from custsync.rules.countries.local_names import LOCAL_NAMES


class TestLanguages:
    """Only the languages named are looked at."""

    @pytest.mark.parametrize(
        ("text", "language", "code"),
        [
            ("Allemagne", "fr", "DE"),
            ("\u00c9tats-Unis", "fr", "US"),
            ("etats unis", "fr", "US"),
            ("\u00d6sterreich", "de", "AT"),
            ("Vereinigtes K\u00f6nigreich", "de", "GB"),
            ("Espa\u00f1a", "es", "ES"),
            ("\u65e5\u672c", "ja", "JP"),
            ("\u0413\u0440\u0443\u0437\u0438\u044f", "ru", "GE"),
            ("\u039a\u03cd\u03c0\u03c1\u03bf\u03c2", "el", "CY"),
        ],
    )
    def test_found_in_its_language(self, text: str, language: str, code: str) -> None:
        answer = resolve_country(text, languages=[language])
        assert isinstance(answer, Country)
        assert answer.alpha_2 == code

    def test_the_answer_names_the_language(self) -> None:
        answer = resolve_country("Allemagne", languages=("de", "fr"))
        assert isinstance(answer, Country)
        assert (answer.found_by.value, answer.language, answer.name) == ("language", "fr", "Germany")

    @pytest.mark.parametrize(
        ("language", "code", "names"),
        [
            ("de", "RU", "Russland | Russische Föderation"),
            ("de", "GB", "Großbritannien | Grossbritannien | GROSSBRITANNIEN | England | Schottland"),
            ("de", "CI", "Elfenbeinküste | Cote d'Ivoire"),
            ("de", "US", "Vereinigte Staaten | Vereinigte Staaten von Amerika | USA"),
            ("de", "BY", "Weißrussland"),
            ("fr", "RU", "Russie | Fédération de Russie"),
            ("fr", "GB", "Grande-Bretagne | Royaume-Uni | Angleterre"),
            ("fr", "CG", "République du Congo"),
            ("fr", "CD", "République démocratique du Congo | Congo (RDC)"),
            ("es", "RU", "Rusia"),
            ("es", "GB", "Gran Bretaña | Reino Unido | Inglaterra"),
            ("es", "US", "Estados Unidos | EE. UU. | EEUU | Estados Unidos de América"),
            ("it", "GB", "Gran Bretagna | Regno Unito | Inghilterra"),
            ("it", "ZA", "Sudafrica"),
            ("pt", "RU", "Rússia"),
            ("pt", "US", "Estados Unidos | EUA"),
            ("pt_BR", "VN", "Vietnã"),
            ("pt_BR", "NL", "Holanda"),
            ("nl", "GB", "Groot-Brittannië | Verenigd Koninkrijk | Engeland"),
            ("nl", "RU", "Rusland"),
            ("sv", "GB", "Storbritannien"),
            ("da", "TR", "Tyrkiet"),
            ("nb_NO", "RU", "Russland"),
            ("pl", "RU", "Rosja"),
            ("pl", "GB", "Wielka Brytania"),
            ("pl", "DO", "Dominikana"),
            ("ja", "GB", "イギリス | 英国"),
            ("ru", "US", "США"),
            ("zh_CN", "RU", "俄罗斯"),
            ("ko", "TW", "대만"),
            ("tr", "RU", "Rusya"),
            ("cs", "VA", "Vatikán"),
            ("fi", "RU", "Venäjä"),
        ],
        ids=lambda value: value if value.isascii() and len(value) < 6 else "",
    )
    def test_everyday_names(self, language: str, code: str, names: str) -> None:
        for name in names.split(" | "):
            answer = resolve_country(name, languages=(language,))
            assert isinstance(answer, Country), name
            assert answer.alpha_2 == code

    @pytest.mark.parametrize("language", ["de", "fr", "es", "pt", "nl", "cs", "nb_NO", "ro"])
    @pytest.mark.parametrize(
        "name", ["Salvador", "Norfolk", "Granada", "Grenade", "Guadalupe", "Man", "Columbia", "NORFOLK"]
    )
    def test_a_city_or_a_county_elsewhere_is_no_country(self, name: str, language: str) -> None:
        answer = resolve_country(name, languages=(language,), system="netsuite")
        assert isinstance(answer, Refusal)
        assert answer.reason in {RefusalReason.NOT_FOUND, RefusalReason.SUBDIVISION}

    @pytest.mark.parametrize("languages", [(), ("de",), ["es", "it"]], ids=repr)
    def test_not_found_in_another(self, languages: tuple[str, ...]) -> None:
        assert isinstance(resolve_country("Allemagne", languages=languages), Refusal)

    def test_english_is_always_known(self) -> None:
        answer = resolve_country("Germany", languages=["fr"])
        assert isinstance(answer, Country)
        assert answer.found_by.value == "iso_name"

    def test_a_code_is_a_code_in_every_language(self) -> None:
        answer = resolve_country("AO", languages=["vi"])
        assert isinstance(answer, Country)
        assert answer.alpha_2 == "AO"


class TestCollisions:
    """A name that two countries have is ambiguous, also across languages."""

    @pytest.mark.parametrize(
        ("text", "languages", "codes"),
        [
            ("Kongo", ("de",), ("CD", "CG")),
            ("Congo", ("fr",), ("CD", "CG")),
            ("Guiana", ("pt",), ("GF", "GY")),
            ("mexico", ("gn",), ("MX", "MY")),
        ],
    )
    def test_ambiguous(self, text: str, languages: tuple[str, ...], codes: tuple[str, ...]) -> None:
        answer = resolve_country(text, languages=languages)
        assert isinstance(answer, Refusal)
        assert (answer.reason, answer.codes) == (RefusalReason.AMBIGUOUS, codes)

    @pytest.mark.parametrize("language", sorted(languages_known()))
    def test_no_name_of_a_catalogue_is_another_country(self, language: str) -> None:
        for key, countries in catalogue(language).items():
            answer = resolve_country(key, languages=(language,), system="netsuite")
            if isinstance(answer, Country):
                by_code = answer.found_by.value in {"alpha_2", "alpha_3"}
                assert by_code or answer.alpha_2 in {country.alpha_2 for country in countries}
            else:
                assert answer.reason is RefusalReason.AMBIGUOUS or len(key) > 100


class TestOwnNames:
    """The everyday names of our own list lead to their country, and to no other one in any language."""

    @pytest.mark.parametrize("language", sorted(LOCAL_NAMES))
    def test_each_leads_to_its_code(self, language: str) -> None:
        known = sorted(name for name in languages_known() if name.partition("_")[0] == language)
        assert known
        for code, name in entries(LOCAL_NAMES[language]):
            for catalogue_name in known:
                answer = resolve_country(name, languages=(catalogue_name,), system="netsuite")
                assert isinstance(answer, Country), name
                assert answer.alpha_2 == code, name

    def test_none_is_another_country_in_another_language(self) -> None:
        owners: dict[str, set[str]] = {}
        for table in LOCAL_NAMES.values():
            for code, name in entries(table):
                owners.setdefault(fold(name), set()).add(code)
        assert {key: codes for key, codes in owners.items() if len(codes) > 1} == {}


class TestArguments:
    """Languages are a list or tuple of codes that have a catalogue."""

    @pytest.mark.parametrize("languages", ["de", None, {"de"}, [1], [["de"]], 7], ids=repr)
    def test_wrong_types_are_refused(self, languages: object) -> None:
        with pytest.raises(InputError, match="list or tuple"):
            resolve_country("Germany", languages=languages)  # type: ignore[arg-type]

    @pytest.mark.parametrize("language", ["xx", "../de", "de/", "", "DE", "\ud800"])
    def test_an_unknown_language_is_refused(self, language: str) -> None:
        with pytest.raises(InputError, match="without a catalogue") as caught:
            resolve_country("Germany", languages=[language])
        assert not language or language not in str(caught.value).replace("'de'", "")
