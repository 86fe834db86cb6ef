"""Everyday English spellings of countries: what people type beside ISO's and NetSuite's names.

Written by hand. Case, accents, apostrophes, "the", "of", "and", "St." and "Islands" are no matter here
(`folding.fold`). The tables are text, one country on one or several
lines, and are read when the index is built.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

EVERYDAY_CODES: Final = (("EL", "GR"), ("UK", "GB"))
"""Two-letter codes in everyday use that ISO reserves or leaves out, and the country they stand for."""

EVERYDAY: Final = """
AE: UAE | Emirates | United Arab Emirate | Arab Emirates
AG: Antigua & Barb.
AQ: Antarctica (the territory South of 60 deg S)
AS: Samoa, American
AU: Commonwealth of Australia
AX: Aland
BA: Bosnia | Bosnia-Hercegovina | Bosnia Herz. | BiH
BL: St. Barts | St. Barths
BN: Brunei | Negara Brunei Darussalam | Nation of Brunei | Nation of Brunei, the Abode of Peace
BO: Plurinational Republic of Bolivia
BQ: Caribbean Netherlands | Caribbean NL | BES Islands | Netherlands Caribbean
BQ: Bonaire, Sint Eustatius en Saba
BR: Brasil
BS: Bahama Islands
BV: Bouvet Island (Bouvetoya)
BY: Belorussia | Byelorussia | Belarussia
CC: Cocos Islands | Keeling Islands | Cocos Keeling
CD: Congo, Democratic People's Republic | Congo, the Democratic Republic of the (Kinshasa)
CD: DRC | DR Congo | Congo, D.R. | Congo DRC | RDC | Democratic Congo | Congo-Kinshasa | Congo (Kinshasa)
CF: Central Africa Republic
CG: Congo-Brazzaville | Brazzaville Congo | Congo, Republic of the (Brazzaville)
CH: Swiss Federation
CI: Ivory Coast | Ivory Cost | Republic of Ivory Coast
CN: PRC | P.R. China | Mainland China | China PR | China Mainland | China, People's Republic
CV: Cape Verde Islands | Cabo Verde Islands | Republic of Cape Verde | Cap Verde
CZ: Czech | Czechia Republic | Tschechia
DE: Deutschland | FRG | GER
DO: Dominicana Republic | Republica Dominicana
EH: W. Sahara | Sahrawi Arab Democratic Republic | Sahrawi Republic
ES: Espana
ET: Federal Republic of Ethiopia
FJ: Fiji Islands | Republic of the Fiji Islands
FK: Falklands | Malvinas | Islas Malvinas | Falkland Islands (Islas Malvinas)
FM: Micronesia | FSM | Federal States of Micronesia | Micronesia Federal States
FO: Faeroe Islands | Faroes | Faeroes | Faroe
GB: G.B.
GB: UK | Great Britain | Britain | England | Scotland | Wales | Northern Ireland | N. Ireland | UK & NI
GB: United Kingdom of Great Britain | Great Britain and Northern Ireland | GBR UK | UKGB | UK of GB
GB: United Kingdom GB | Great Britain UK | UK Great Britain | UK of Great Britain and Northern Ireland
GF: Guyane | French Guyana | Guyana, French | Guiana, French
GM: Islamic Republic of the Gambia
GN: Guinea-Conakry
GR: Hellas | Ellada
GS: South Georgia & S. Sandwich Islands | S. Georgia & S. Sandwich Islands
GS: South Georgia and Sandwich Islands | S. Geo. and S. Sandw. Is. | South Georgia and the Islands
GY: Co-operative Republic of Guyana | Cooperative Republic of Guyana
HK: H.K.
HK: Hong Kong SAR | Hong Kong, China | Hong Kong SAR, China | Hong Kong (SAR) | Hong Kong (SAR of China)
HK: HKSAR | Hong Kong Special Administrative Region | China, Hong Kong Special Administrative Region
HK: Hong Kong Special Administrative Region of the People's Republic of China
HM: Heard Island | Heard I. and McDonald Is. | Heard and McDonald
HR: Hrvatska
HU: Republic of Hungary
IE: Eire | Republic of Ireland | Ireland Republic | Irish Republic | Southern Ireland | Ireland (Eire)
IM: Man, Isle of | Man Island | I.O.M.
IN: Bharat
IO: BIOT | British Indian Ocean | British Indian Ocean Territory (Chagos Archipelago) | Chagos Islands
IO: Chagos Archipelago
IR: IR Iran
IT: Italia
JP: Nippon | Nihon | State of Japan
KG: Kirghizia | Kirgizstan | Kyrgystan | Kirghizstan | Kirgizia | Kyrgyzstan Republic
KH: Kampuchea
KM: Comoro Islands | Comoros Islands | Comores
KN: St. Kitts | St. Christopher and Nevis | Federation of Saint Christopher and Nevis
KN: Federation of Saint Kitts and Nevis
KP: Korea North | DPRK | D.P.R. Korea | N. Korea | Korea DPR | Korea, N.
KR: Korea South | ROK | S. Korea | Korea, S. | R.O. Korea
KY: Caymans
LA: Lao | Lao PDR | Laos PDR | LPDR | People's Democratic Republic of Laos
LA: Laos, People's Democratic Republic
LY: Libyan Arab Jamahiriya | Libyan Arab Jamahiriyah | State of Libya | Libya Arab Jamahiriya
LY: Socialist People's Libyan Arab Jamahiriya | Great Socialist People's Libyan Arab Jamahiriya
MD: Moldavia
MF: French Saint Martin | Saint Martin (France) | Saint Martin French | Collectivity of Saint Martin
MH: Marshalls | RMI
MK: FYROM | FYR Macedonia | Macedonia FYR | N. Macedonia | Macedonia, North | F.Y.R.O. Macedonia
MK: Former Yugoslav Republic of Macedonia | Macedonia, The Former Yugoslav Republic of | Republic of Macedonia
MK: Macedonia (FYROM) | TFYR Macedonia | Republic of N. Macedonia
MM: Burma | Union of Burma | Myanmar (Burma) | Union of Myanmar | Republic of the Union of Myanmar | Birma
MM: Myanma
MO: Macao SAR | Macau SAR | Macao, China | Macau, China | Macao SAR, China | Macau SAR, China
MO: Macau Special Administrative Region | Macao Special Administrative Region
MO: China, Macao Special Administrative Region | Macau Special Administrative Region of China
MO: Macao Special Administrative Region of the People's Republic of China
MP: N. Mariana Islands | Northern Marianas | Northern Mariana | CNMI | Mariana Islands, Northern
MP: North Mariana Islands
MV: Maldive Islands
MX: Mejico | Estados Unidos Mexicanos
MY: Federation of Malaysia
NL: Holland | Netherlands (Holland) | Nederland | Netherland | Netherlands, Kingdom of the | The Nederlands
NO: Norge
NR: Naoero
NZ: Aotearoa | Aotearoa New Zealand | N.Z. | N. Zealand
PF: French Polynesia (Tahiti) | Polynesia, French
PG: PNG | Papua N. Guinea | Papua New Guinee
PH: Philippine Islands | Phillipines | Philipines | Phillippines
PL: Polska
PM: Saint-Pierre-et-Miquelon
PN: Pitcairn, Henderson, Ducie and Oeno Islands | Pitcairn Group of Islands
PR: Porto Rico | Commonwealth of Puerto Rico
PW: Belau
PS: Palestine | Palestinian Territory | Occupied Palestinian Territory | West Bank and Gaza
PS: Palestinian Territory, Occupied | Palestinian National Authority | Palestinian Authority
PS: West Bank and Gaza Strip | Gaza Strip and West Bank | Palestinian Autonomous Territories
PS: Gaza and West Bank | Palestine, Occupied Territories | OPT
RE: La Reunion | Reunion, La
RO: Rumania | Roumania
RU: Russia | Russian Fed. | Russia Federation | Federation of Russia | Rossiya
RW: Ruanda | Republic of Rwanda | Rwandan Republic
SA: KSA | Saudi | Saudia Arabia
SB: Solomons
SC: Seychelles Islands
SD: North Sudan | N. Sudan
SE: Sverige
SH: St Helena, Ascension, Tristan da Cunha
SJ: Spitsbergen | Svalbard/Jan Mayen | Svalbard og Jan Mayen
SK: Slovakia (Slovak Republic)
SL: Sierra Leona
SS: S. Sudan | Sudan, South | Southern Sudan
ST: Sao Tome e Principe | St. Tome and Principe | Saint Thomas and Principe
SR: Surinam
SV: Salvador, El
SX: St. Maarten | Dutch Saint Martin | Sint Maarten (Dutch) | St. Maarten (Dutch part)
SX: St. Maarten (Dutch) | Saint Martin (Dutch part) | Sint Maarten (Netherlands)
SY: Syrian Republic
SZ: Kingdom of Swaziland | Eswatini (Swaziland) | Eswatini (formerly Swaziland)
TC: Turks and Caicos | Turk and Caicos Islands
TD: Tchad
TF: French Southern Lands | French Southern and Antarctic Lands | TAAF | Fr. S. Antarctic Lands
TF: French Southern & Antarctic Territories | French S. Territories
TF: French Southern and Antarctic Lands (TAAF) | Territory of the French Southern and Antarctic Lands
TJ: Tadjikistan | Tadzhikistan | Tajikstan
TK: Tokelau Islands
TL: Timor, East | E. Timor | Timor-Leste (East Timor)
TM: Turkmenia | Turkmenistan Republic
TN: Tunisian Republic
TO: Tonga Islands
TR: Republic of Turkey | Tuerkiye | Turkey/Türkiye
TT: T & T Trinidad | Trinidad et Tobago
TW: Taiwan ROC | Taiwan, R.O.C. | Republic of China | R.O.C. | Chinese Taipei | Taiwan, China
TW: Taiwan (Republic of China) | Taiwan Region | China, Taiwan Province of | Taiwan Province
UM: United States (US) Minor Outlying Islands
UM: US Outlying Islands | USA Minor Outlying Islands | United States Outlying Islands
UM: Minor Outlying Islands (US) | United States Pacific Island Wildlife Refuges | US Minor Islands
UM: Minor Outlying Islands, United States
US: US | USA | United States of America (USA) | United State of America | Estados Unidos de America
US: United States USA | USA United States | US America
UY: Oriental Republic of Uruguay
VA: Vatican | Vatican City | Vatican City State | Holy See | State of the Vatican City | Vatican State
VA: Holy See (Vatican City) | Vatican, Holy See
VC: St. Vincent | Saint Vincent/Grenadines | St. Vin. and Gren. | Saint Vincent et les Grenadines
VE: Venezuela, RB | R.B. de Venezuela
VG: BVI | Virgin Islands (UK) | Virgin Islands, GB
VI: USVI | American Virgin Islands | United States Virgin Islands | Virgin Islands, American
VN: SR Vietnam | Socialist Republic of Vietnam
WF: Wallis et Futuna | Wallis and Futuna Islands
WS: Western Samoa | W. Samoa | Samoa, Western
XK: Kosovo, Republic of | Kosova | Kosovo (UNSCR 1244) | Kosovo UNMIK
ZA: RSA | S. Africa | Africa, South
"""
"""ISO code (or NetSuite's own) and its everyday spellings. England, Scotland, Wales and Northern Ireland are
read as GB."""

ENDONYMS: Final = """
AL: Shqipëria | Shqipëri; AM: Հայաստան | Hayastan; AT: Österreich | Republik Österreich; AZ: Azərbaycan;
BE: België | Belgique | Belgien; BG: България | Bulgariya; BR: República Federativa do Brasil; BY: Беларусь;
CH: Schweiz | Die Schweiz | Suisse | Svizzera | Svizra; CM: Cameroun; CN: 中国 | 中國 | 中华人民共和国;
CY: Κύπρος | Kypros; CZ: Česko | Česká republika; DE: Bundesrepublik Deutschland; DK: Danmark; DZ: Algérie |
الجزائر; EE: Eesti; EG: مصر | Misr; FI: Suomi; FO: Føroyar; FR: République française |
France métropolitaine | La France; GB: Cymru; GE: საქართველო | Sakartvelo; GL: Kalaallit Nunaat;
GR: Ελλάδα | Ελλάς; HK: 香港; HU: Magyarország; IL: ישראל; IN: भारत; JP: 日本 | 日本国; KR: 대한민국 | 한국;
KZ: Қазақстан | Казахстан; LT: Lietuva; LU: Lëtzebuerg | Luxemburg; LV: Latvija; MA: Maroc | المغرب;
ME: Crna Gora | Црна Гора; MK: Македонија | Северна Македонија; MO: 澳門 | 澳门; MZ: Moçambique;
NL: Koninkrijk der Nederlanden; NO: Noreg; PH: Pilipinas; RS: Srbija | Србија; RU: Россия |
Российская Федерация; SA: السعودية; SI: Slovenija; SK: Slovensko; TH: ประเทศไทย | ไทย; TN: Tunisie | تونس;
TR: Türkiye Cumhuriyeti; TW: 台灣 | 臺灣 | 台湾; UA: Україна | Украина; UZ: O'zbekiston; ZA: Suid-Afrika
"""
"""ISO code and what the country calls itself. "Ísland" is missing on purpose: without its accent it is
"Island"."""

_OWNED: Final = {
    "AU": "CC CX HM NF",
    "CN": "HK MO",
    "DK": "FO GL",
    "ES": "EA IC",
    "FI": "AX",
    "FR": "BL GF GP MF MQ NC PF PM RE TF WF YT",
    "GB": "AI BM FK GG GI GS IM IO JE KY MS PN SH TC VG",
    "NL": "AW BQ CW SX",
    "NO": "BV SJ",
    "NZ": "CK NU TK",
    "US": "AS GU MP PR UM VI",
}

OWNERS: Final[Mapping[str, str]] = MappingProxyType(
    {part: owner for owner, parts in _OWNED.items() for part in parts.split()}
)
"""Code of a dependency → code of the country that it belongs to, which people write beside its name."""
