"""Names as banks, sports and maps write them, and texts that are no country: a list apart from the tables."""

import string

import pycountry
import pytest
from hypothesis import example, given, strategies as st

from custsync.rules.countries import Country, Refusal, RefusalReason, resolve_country
from custsync.rules.countries.folding import fold
from custsync.rules.countries.index import (
    country_codes,
    country_names,
    entries,
    keys_of,
    refused_codes,
    refused_names,
)
from custsync.rules.countries.not_countries import AMBIGUOUS
from custsync.rules.countries.spellings import EVERYDAY

pytestmark = [pytest.mark.rule("LS-CTRY"), pytest.mark.rule("UF-CTRY")]

WRITTEN = """
AE: United Arab Emirates | the UAE | U.A.E.
AG: Antigua & Barbuda
BA: Bosnia & Herzegovina | Bosnia-Herzegovina
BF: Burkina Faso
BN: Brunei Darussalam | Brunei
BO: Bolivia (Plurinational State of)
BS: The Bahamas | Bahamas, The
CD: Democratic Republic of the Congo | Congo, Democratic Republic of the | Congo, Dem. Rep. | DR Congo
CF: Central African Republic
CG: Republic of the Congo | Congo, Rep. | Congo (Brazzaville)
CI: Côte d'Ivoire | Cote d’Ivoire
CN: China | People's Republic of China | China, People's Republic of
CV: Cabo Verde
CZ: Czechia | Czech Republic
DO: Dominican Republic
DM: Dominica
EG: Egypt, Arab Rep.
FK: Falkland Islands (Malvinas)
FM: Micronesia (Federated States of) | Micronesia, Fed. Sts.
GB: United Kingdom of Great Britain and Northern Ireland | Great Britain | UNITED KINGDOM
GM: Gambia, The | The Gambia
GW: Guinea-Bissau
GQ: Equatorial Guinea
HK: Hong Kong SAR, China | China, Hong Kong SAR | Hong Kong, China
IR: Iran (Islamic Republic of) | Iran, Islamic Rep. | Iran
KG: Kyrgyz Republic | Kyrgyzstan
KN: St. Kitts and Nevis | Saint Kitts & Nevis
KP: Democratic People's Republic of Korea | Korea, Dem. People's Rep. | North Korea
KR: Republic of Korea | Korea, Rep. | Korea Republic | S. Korea
LA: Lao PDR | Lao People's Democratic Republic | Laos
LC: St. Lucia
MD: Republic of Moldova | Moldova
MF: St. Martin (French part)
MK: North Macedonia | TFYR Macedonia
MM: Myanmar | Burma
MO: Macao SAR, China | Macau
NL: The Netherlands | Netherlands (Kingdom of the)
NZ: New Zealand | NEW ZEALAND
PG: Papua New Guinea
PS: West Bank and Gaza | State of Palestine
RU: Russian Federation | Russia
SK: Slovak Republic
ST: São Tomé and Príncipe | Sao Tome & Principe
SX: Sint Maarten (Dutch part)
SY: Syrian Arab Republic | Syria
SZ: Eswatini | Swaziland
TC: Turks & Caicos Islands
TL: Timor-Leste | East Timor
TR: Türkiye | Turkiye | Turkey
TT: Trinidad & Tobago
TW: Chinese Taipei | Taiwan, China
TZ: United Republic of Tanzania | Tanzania
US: United States of America | USA | the USA | U S A
VA: Vatican City | Holy See
VC: St. Vincent and the Grenadines | Saint Vincent & the Grenadines
VE: Venezuela (Bolivarian Republic of) | Venezuela, RB
VG: British Virgin Islands
VI: United States Virgin Islands | Virgin Islands (U.S.)
VN: Viet Nam | Vietnam
XK: Kosovo
YE: Yemen, Rep.
"""

NO_COUNTRY = """
Sydney | Toronto | Milan | Munich | Los Angeles | Chicago | Buenos Aires | Cape Town | Mumbai | Lagos
Osaka | Emily Carpenter | John Smith | Anna Muster | O'Brien | de la Cruz | Acme, Inc. | Joinery Ltd.
Ma Li | Chi Na | Ni Ger | Pe Ru | Cu Ba | To Go | Nor Way | Northern Hemisphere | Mars | Narnia
Main Street 5 | Suite 400 | 90210 | SW1A 1AA | New England | New Holland | West Virginia | South Dakota
British Columbia | New South Wales | Normandy | Andalusia | West Indies | Latin America | Southeast Asia
Middle East | the Balkans | Scandinavia | APAC | Worldwide | French | German | American | British
Guinean | Indian | Nigerian | Indies | Island | Islands | Republic | Kingdom | Germanys | Francee
Itally | Unitd States | Swedn | Austia | Spian | Untied | States | of | St. | Saint | North | South
"""

COUNTRY_CODES = sorted(country.alpha_2 for country in pycountry.countries)
SPELLINGS = [(code, name) for code, name in entries(EVERYDAY)]


class TestWrittenNames:
    """Names as others write them are found, all of them."""

    @pytest.mark.parametrize(("code", "name"), list(entries(WRITTEN)))
    def test_found(self, code: str, name: str) -> None:
        answer = resolve_country(name, system="netsuite")
        assert isinstance(answer, Country)
        assert answer.alpha_2 == code

    @pytest.mark.parametrize("text", NO_COUNTRY.replace("\n", " | ").strip(" |").split(" | "))
    def test_refused(self, text: str) -> None:
        assert isinstance(resolve_country(text, system="netsuite"), Refusal)


class TestOwnNames:
    """A country is found by what it calls itself, without its language being named."""

    @pytest.mark.parametrize(
        ("texts", "code"),
        [
            ("The Netherlands | Netherlands, The | Holland | Nederland | NLD | 528", "NL"),
            ("UK | U.K. | G.B. | England | England, UK | Cymru | United Kingdom. | 826", "GB"),
            ("Türkiye | TÜRKİYE | Turkiye | Tuerkiye | Turkey | TUR | Republic of Türkiye", "TR"),
            ("Czechia | Czech Rep. | Česko | Cesko | Česká republika | CZE", "CZ"),
            ("Österreich | Oesterreich | OSTERREICH | Austria.", "AT"),
            ("Schweiz | Suisse | Svizzera | CHE", "CH"),
            ("België | Belgique | Belgie", "BE"),
            ("Danmark | DNK | denmark", "DK"),
            ("Suomi", "FI"),
            ("Magyarország | Magyarorszag", "HU"),
            ("Ελλάδα | ΕΛΛΑΔΑ | Hellas", "GR"),
            ("Россия | Российская Федерация", "RU"),
            ("Україна | The Ukraine", "UA"),
            ("日本 | Nippon | Japan", "JP"),
            ("中国 | 中國 | P.R.China | PRC", "CN"),
            ("대한민국 | South Korea | Korea, Republic of", "KR"),
            ("Slovensko | Slovak Republic", "SK"),
            ("Slovenija", "SI"),
            ("Côte d\u2019Ivoire | Cote d'Ivoire | Ivory Coast", "CI"),
            ("Burma | Myanmar", "MM"),
        ],
    )
    def test_found(self, texts: str, code: str) -> None:
        for text in texts.split(" | "):
            answer = resolve_country(text, system="netsuite")
            assert isinstance(answer, Country), text
            assert answer.alpha_2 == code, text

    @pytest.mark.parametrize("text", ["Island", "Pa.", "Ca.", "S.A.", "NL.", "N.A.", "Belgium, France"])
    def test_no_guess(self, text: str) -> None:
        assert isinstance(resolve_country(text, system="netsuite"), Refusal)


class TestOwnTables:
    """The tables do not contradict one another or ISO."""

    def test_every_spelling_leads_to_its_code(self) -> None:
        found = {name: resolve_country(name, system="netsuite") for _, name in SPELLINGS}
        wrong = [name for code, name in SPELLINGS if getattr(found[name], "alpha_2", "") != code]
        assert wrong == []

    def test_every_iso_name_leads_to_its_code(self) -> None:
        for country in pycountry.countries:
            for field in ("name", "official_name", "common_name"):
                name = getattr(country, field, None)
                if name and name != "Congo":
                    answer = resolve_country(name)
                    assert isinstance(answer, Country)
                    assert (answer.alpha_2, answer.name) == (country.alpha_2, country.name)

    def test_no_key_is_a_country_and_refused_except_countries_that_only_netsuite_has(self) -> None:
        both = country_names().keys() & refused_names().keys()
        assert {country_names()[key].alpha_2 for key in both} == {"AN", "CS", "EA", "IC"}

    def test_the_codes_of_a_refusal_are_sorted(self) -> None:
        for _, codes in (*refused_names().values(), *refused_codes().values()):
            assert list(codes) == sorted(codes)

    def test_no_spelling_stands_for_two_countries(self) -> None:
        ambiguous = {key for _, name in entries(AMBIGUOUS) for key in keys_of(name)}
        owners: dict[str, set[str]] = {}
        for code, name in SPELLINGS:
            for key in keys_of(name) - ambiguous:
                owners.setdefault(key, {country_names()[key].alpha_2}).add(code)
        assert {key: codes for key, codes in owners.items() if len(codes) > 1} == {}


class TestWriting:
    """Case, accents, spaces and apostrophes do not matter."""

    @given(st.sampled_from(SPELLINGS), st.data())
    def test_case_and_spaces(self, spelling: tuple[str, str], data: st.DataObject) -> None:
        code, name = spelling
        cases = data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name)))
        blanks = data.draw(st.sampled_from(["", " ", "\t", "\u00a0", "\u200b", "\u2003"]))
        changed = "".join(
            letter.upper() if up else letter.lower() for letter, up in zip(name, cases, strict=True)
        )
        answer = resolve_country(f"{blanks}{changed.replace(' ', blanks + ' ')}{blanks}", system="netsuite")
        assert isinstance(answer, Country)
        assert answer.alpha_2 == code

    @given(st.sampled_from(COUNTRY_CODES), st.data())
    def test_accents(self, code: str, data: st.DataObject) -> None:
        name = getattr(pycountry.countries.get(alpha_2=code), "name", "")
        marks = st.sampled_from(["", "\u0301", "\u0308", "\u0327"])
        changed = "".join(
            letter + (data.draw(marks) if letter in string.ascii_letters else "") for letter in name
        )
        answer = resolve_country(changed)
        assert code == "CG" or (isinstance(answer, Country) and answer.alpha_2 == code)

    @given(st.sampled_from("'`\u00b4\u02bc\u2018\u2019\u2032\uff07"))
    def test_apostrophes(self, apostrophe: str) -> None:
        answer = resolve_country(f"Lao People{apostrophe}s Democratic Republic")
        assert isinstance(answer, Country)
        assert answer.alpha_2 == "LA"

    @given(st.text(max_size=60))
    @example("o f")
    @example("U. of S.")
    @example("\u1e9e \u2460 \ufdfa")
    def test_the_key_is_idempotent(self, text: str) -> None:
        assert fold(fold(text)) == fold(text)

    @given(st.text(string.ascii_lowercase + " ", max_size=30))
    def test_an_answer_needs_a_key_of_the_index(self, text: str) -> None:
        answer = resolve_country(text, system="netsuite")
        if isinstance(answer, Country):
            known = text.strip().upper() in country_codes() or fold(text) in country_names()
            assert known or " " in text.strip()

    def test_a_letter_more_or_less_is_another_text(self) -> None:
        known = set(country_names())
        for country in pycountry.countries:
            for changed in (country.name[:-1], f"{country.name}q", f"q{country.name}"):
                if fold(changed) not in known and len(changed) > 3:
                    answer = resolve_country(changed)
                    assert isinstance(answer, Refusal)
                    assert answer.reason is not RefusalReason.NOT_IN_SYSTEM
