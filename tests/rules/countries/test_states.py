"""A state is looked for inside its country only."""

import pycountry
import pytest
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.rules.countries import FoundBy, Refusal, RefusalReason, State, resolve_state
from custsync.rules.countries.index import entries
from custsync.rules.countries.state_lists import STATE_LISTS
from custsync.rules.countries.state_names import STATE_NAMES

pytestmark = pytest.mark.rule("LS-CTRY")


def refused(text: str | None, country: str) -> tuple[str, tuple[str, ...]]:
    answer = resolve_state(text, country=country)
    assert isinstance(answer, Refusal), answer
    return answer.reason.value, answer.codes


class TestStates:
    """A full code, a short code or a name, in that order, inside the country."""

    @pytest.mark.parametrize(
        ("text", "country", "code", "how"),
        [
            ("US-CA", "US", "US-CA", FoundBy.SUBDIVISION_CODE),
            ("us-ca", "US", "US-CA", FoundBy.SUBDIVISION_CODE),
            ("CA", "US", "US-CA", FoundBy.SHORT_CODE),
            (" ca ", "US", "US-CA", FoundBy.SHORT_CODE),
            ("California", "US", "US-CA", FoundBy.ISO_NAME),
            ("NEW  YORK", "US", "US-NY", FoundBy.ISO_NAME),
            ("Georgia", "US", "US-GA", FoundBy.ISO_NAME),
            ("D.C.", "US", "US-DC", FoundBy.EVERYDAY),
            ("Washington, D.C.", "US", "US-DC", FoundBy.EVERYDAY),
            ("Washington", "US", "US-WA", FoundBy.ISO_NAME),
            ("AA", "US", "US-AA", FoundBy.SHORT_CODE),
            ("ae", "US", "US-AE", FoundBy.SHORT_CODE),
            ("Armed Forces Pacific", "US", "US-AP", FoundBy.EVERYDAY),
            ("US-AE", "US", "US-AE", FoundBy.SUBDIVISION_CODE),
            ("安徽省", "CN", "CN-AH", FoundBy.EVERYDAY),
            ("Anhui Province", "CN", "CN-AH", FoundBy.EVERYDAY),
            ("Anhui", "CN", "CN-AH", FoundBy.EVERYDAY),
            ("Neimenggu A. R.", "CN", "CN-NM", FoundBy.EVERYDAY),
            ("Inner Mongolia", "CN", "CN-NM", FoundBy.EVERYDAY),
            ("北海道", "JP", "JP-01", FoundBy.EVERYDAY),
            ("Osaka Prefecture", "JP", "JP-27", FoundBy.ISO_NAME),
            ("AGS", "MX", "MX-AGU", FoundBy.EVERYDAY),
            ("CDMX", "MX", "MX-CMX", FoundBy.EVERYDAY),
            ("Distrito Federal (obsolete)", "MX", "MX-CMX", FoundBy.EVERYDAY),
            ("México (Estado de)", "MX", "MX-MEX", FoundBy.EVERYDAY),
            ("Beds.", "GB", "GB-Beds.", FoundBy.SHORT_CODE),
            ("beds", "GB", "GB-Beds.", FoundBy.EVERYDAY),
            ("Bedfordshire", "GB", "GB-Beds.", FoundBy.EVERYDAY),
            ("Avon", "GB", "GB-Avon", FoundBy.SHORT_CODE),
            ("Isle of Skye", "GB", "GB-Isle of Skye", FoundBy.SHORT_CODE),
            ("Hants.", "GB", "GB-HAM", FoundBy.EVERYDAY),
            ("County Durham", "GB", "GB-DUR", FoundBy.ISO_NAME),
            ("Bavaria", "DE", "DE-BY", FoundBy.EVERYDAY),
            ("Tuscany", "IT", "IT-52", FoundBy.EVERYDAY),
            ("Catalonia", "ES", "ES-CT", FoundBy.EVERYDAY),
            ("Crete", "GR", "GR-M", FoundBy.EVERYDAY),
            ("Geneva", "CH", "CH-GE", FoundBy.EVERYDAY),
            ("Москва", "RU", "RU-MOW", FoundBy.EVERYDAY),
            ("S&atilde;o Paulo", "BR", "BR-SP", FoundBy.ISO_NAME),
            ("Estado de Puebla", "MX", "MX-PUE", FoundBy.ISO_NAME),
            ("ON - Ontario", "CA", "CA-ON", FoundBy.SHORT_CODE),
            ("Yunnan / 云南", "CN", "CN-YN", FoundBy.EVERYDAY),
            ("Kharkivska", "UA", "UA-63", FoundBy.ISO_NAME),
            ("Florida", "UY", "UY-FD", FoundBy.ISO_NAME),
            ("Punjab", "PK", "PK-PB", FoundBy.ISO_NAME),
            ("Punjab", "IN", "IN-PB", FoundBy.ISO_NAME),
            ("Limburg", "NL", "NL-LI", FoundBy.ISO_NAME),
            ("Limburg", "BE", "BE-VLI", FoundBy.ISO_NAME),
            ("Quebec", "CA", "CA-QC", FoundBy.ISO_NAME),
            ("PEI", "CA", "CA-PE", FoundBy.EVERYDAY),
            ("Catalu\u00f1a", "ES", "ES-CT", FoundBy.ISO_NAME),
            ("Catalunya", "ES", "ES-CT", FoundBy.ISO_NAME),
            ("London", "GB", "GB-LND", FoundBy.ISO_NAME),
            ("Greater London", "GB", "GB-LND", FoundBy.EVERYDAY),
            ("City of London", "GB", "GB-LND", FoundBy.ISO_NAME),
            ("13", "JP", "JP-13", FoundBy.SHORT_CODE),
            ("nan", "TH", "TH-55", FoundBy.ISO_NAME),
        ],
    )
    def test_found(self, text: str, country: str, code: str, how: FoundBy) -> None:
        answer = resolve_state(text, country=country)
        assert isinstance(answer, State)
        assert (answer.code, answer.found_by) == (code, how)
        assert answer.country == country
        assert f"{answer.country}-{answer.short_code}" == code

    def test_every_code_of_every_country(self) -> None:
        for row in pycountry.subdivisions:
            by_code = resolve_state(row.code.lower(), country=row.country_code)
            by_short_code = resolve_state(row.code[3:], country=row.country_code)
            assert isinstance(by_code, State)
            assert isinstance(by_short_code, State)
            assert by_code.code == by_short_code.code == row.code
            assert by_code.name == row.name

    def test_every_name_of_every_country_is_its_own_or_ambiguous(self) -> None:
        units = {"ID-ML", "ID-PP"}  # groups of provinces, of which one has the same name
        for row in pycountry.subdivisions:
            answer = resolve_state(row.name.upper(), country=row.country_code)
            if isinstance(answer, State):
                is_it = row.code in {answer.code, *answer.also, *units}
                assert is_it or answer.found_by is FoundBy.SHORT_CODE, row.code
            else:
                assert answer.reason is RefusalReason.AMBIGUOUS
                assert row.code in answer.codes


class TestAsPeopleWriteThem:
    """Dots, letters written as two, a type or the country beside the name: the same state."""

    @pytest.mark.parametrize(
        ("texts", "code"),
        [
            ("N.Y. | N. Y. | n.y. | N\u00a0Y | New\u00a0York | NY, USA | New York, United States", "US-NY"),
            ("Pa. | Penn. | PA. | Pa, US", "US-PA"),
            ("Calif. | Cal. | Cali | Ca. | CA - California, USA", "US-CA"),
            ("N.S.W. | NSW, Australia | N. S. W.", "AU-NSW"),
            ("Vic. | Victoria", "AU-VIC"),
            ("B.C. | BC", "CA-BC"),
            ("Ont. | Ontario, Canada", "CA-ON"),
            ("NRW | N.R.W. | Nordrhein-Westfalen | North Rhine-Westphalia | Nordrhein Westfalen", "DE-NW"),
            ("Bayern | Bavaria | Freistaat Bayern | Bayern, Deutschland | BY", "DE-BY"),
            ("Baden-Wuerttemberg | BaWü | Baden Württemberg", "DE-BW"),
            ("Thueringen | Thüringen | Thuringia | Freistaat Thüringen", "DE-TH"),
            ("Freie und Hansestadt Hamburg | Hansestadt Hamburg | Land Hamburg", "DE-HH"),
            ("Zuerich | Zürich | Kanton Zürich | Zurich", "CH-ZH"),
            ("Prague | Praha", "CZ-10"),
            ("Tokyo-to | Tokyo | 東京都", "JP-13"),
            ("Osaka-fu | Osaka", "JP-27"),
            ("woj. mazowieckie | Województwo mazowieckie | Mazowieckie", "PL-14"),
        ],
    )
    def test_found(self, texts: str, code: str) -> None:
        for text in texts.split(" | "):
            answer = resolve_state(text, country=code[:2])
            assert isinstance(answer, State), text
            assert answer.code == code, text

    @pytest.mark.parametrize("text", ["N/A", "N.A.", "n. a.", "n.a.", "-", "X.X."])
    def test_a_filled_field_is_no_code(self, text: str) -> None:
        assert refused(text, "IT")[0] == "placeholder"  # NA is Naples

    @pytest.mark.parametrize("text", ["NY, Canada", "Bayern, Austria", "Germany", "N.Q."])
    def test_another_country_or_the_country_alone_is_no_state(self, text: str) -> None:
        for country in ("US", "DE"):
            assert refused(text, country)[0] == "not_found"


class TestOnePlace:
    """Where every candidate is one place for an address, it is no ambiguity.

    A Spanish province that is all of its community is the answer, with the community beside it.
    """

    @pytest.mark.parametrize(
        ("text", "province", "community"),
        [
            ("Madrid", "ES-M", "ES-MD"),
            ("Asturias", "ES-O", "ES-AS"),
            ("Cantabria", "ES-S", "ES-CB"),
            ("Illes Balears", "ES-PM", "ES-IB"),
            ("Islas Baleares", "ES-PM", "ES-IB"),
            ("Balearic Islands", "ES-PM", "ES-IB"),
            ("La Rioja", "ES-LO", "ES-RI"),
            ("Murcia", "ES-MU", "ES-MC"),
            ("Navarra", "ES-NA", "ES-NC"),
            ("Navarre", "ES-NA", "ES-NC"),
        ],
    )
    def test_spain(self, text: str, province: str, community: str) -> None:
        answer = resolve_state(text, country="ES")
        assert isinstance(answer, State)
        assert (answer.code, answer.also) == (province, (community,))

    @pytest.mark.parametrize("text", ["ES-MD", "MD", "Comunidad de Madrid", "Community of Madrid"])
    def test_the_community_itself(self, text: str) -> None:
        answer = resolve_state(text, country="ES")
        assert isinstance(answer, State)
        assert (answer.code, answer.also) == ("ES-MD", ())


class TestOwnLists:
    """What NetSuite's list and our own tables have leads to one place, by its short name and by its names."""

    @pytest.mark.parametrize("table", [STATE_NAMES, STATE_LISTS], ids=["names", "lists"])
    def test_every_spelling(self, table: str) -> None:
        names = list(entries(table))
        assert len(names) > 500
        for code, name in names:
            for text in (name, name.upper(), f" {name} "):
                answer = resolve_state(text, country=code[:2])
                assert isinstance(answer, State), (code, name)
                assert code in {answer.code, *answer.also}, (code, name)

    def test_a_place_that_iso_does_not_list_is_found_by_its_code_as_well(self) -> None:
        iso = {row.code for row in pycountry.subdivisions}
        own = {code for code, _ in entries(STATE_LISTS)} - iso
        assert {"US-AA", "US-AE", "US-AP", "GB-Beds.", "GB-Isle of Skye", "HK-Kowloon"} <= own
        for code in own:
            for text in (code, code[3:], code.lower()):
                answer = resolve_state(text, country=code[:2])
                assert isinstance(answer, State)
                assert (answer.code, answer.country, answer.short_code) == (code, code[:2], code[3:])

    def test_no_code_of_iso_is_taken_by_another_place(self) -> None:
        iso = {row.code for row in pycountry.subdivisions}
        clashes = [code for code, _ in entries(STATE_LISTS) if code not in iso and code.upper() in iso]
        assert clashes == []

    def test_every_name_of_ours_has_a_code_of_iso(self) -> None:
        assert {code for code, _ in entries(STATE_NAMES)} <= {row.code for row in pycountry.subdivisions}


class TestRefusals:
    """What the country does not have is refused, whatever other countries have."""

    @pytest.mark.parametrize(
        ("text", "country", "reason"),
        [
            ("Ontario", "US", "not_found"),
            ("US-CA", "CA", "not_found"),
            ("California", "MX", "not_found"),
            ("Texas", "DE", "not_found"),
            ("CA", "XK", "not_in_system"),
            ("CA", "us", "not_in_system"),
            ("CA", "", "not_in_system"),
            ("anything", "VA", "not_found"),
            ("", "US", "empty"),
            (" ", "US", "empty"),
            ("-", "US", "placeholder"),
            ("N/A", "US", "placeholder"),
            ("Europe", "US", "not_found"),
            ("\u0430", "US", "not_found"),
            ("\u00df", "IT", "not_found"),
            ("A" * 1_000_000, "US", "not_found"),
            ("California".ljust(101), "US", "not_found"),
        ],
        ids=range(17),
    )
    def test_refused(self, text: str, country: str, reason: str) -> None:
        assert refused(text, country) == (reason, ())

    @pytest.mark.parametrize(
        ("text", "country", "codes"),
        [
            ("Dhaka", "BD", ("BD-13", "BD-C")),
            ("Sofia", "BG", ("BG-22", "BG-23")),
            ("Maputo", "MZ", ("MZ-L", "MZ-MPM")),
            ("Chiayi", "TW", ("TW-CYI", "TW-CYQ")),
        ],
    )
    def test_a_name_that_two_states_of_a_country_share_is_ambiguous(
        self, text: str, country: str, codes: tuple[str, ...]
    ) -> None:
        assert refused(text, country) == ("ambiguous", codes)

    @pytest.mark.parametrize(
        ("text", "country"),
        [
            ("New York County", "US"),
            ("Minsk Province", "BY"),
            ("Toronto Province", "CA"),
            ("Tartu County", "EE"),
            ("Province", "CA"),
            ("State of", "US"),
            ("Oblast", "RU"),
            ("Comunidad de", "ES"),
            ("City of", "GB"),
            ("Respublika", "RU"),
            ("Ontario, Quebec", "CA"),
            ("Ontario, Mexico", "CA"),
            ("Kowloon", "CN"),
            ("Beds.", "US"),
        ],
    )
    def test_another_type_or_a_type_alone_is_no_state(self, text: str, country: str) -> None:
        assert refused(text, country)[0] == "not_found"

    def test_null_is_empty(self) -> None:
        assert refused(None, "US") == ("empty", ())

    @pytest.mark.parametrize(
        ("text", "country"), [(7, "US"), ("CA", None), (b"CA", "US"), ("CA", ["US"])], ids=repr
    )
    def test_other_types_are_refused(self, text: object, country: object) -> None:
        with pytest.raises(InputError, match="must be text, not"):
            resolve_state(text, country=country)  # type: ignore[arg-type]

    @given(st.text(st.characters(codec=None), max_size=60), st.sampled_from(["US", "ES", "GB", "VA"]))
    def test_never_raises_and_never_leaves_the_country(self, text: str, country: str) -> None:
        answer = resolve_state(text, country=country)
        assert isinstance(answer, Refusal) or answer.country == country
