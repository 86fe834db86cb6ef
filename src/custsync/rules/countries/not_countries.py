"""What looks like a country and is none: ambiguous names, regions, placeholders, countries that are gone.

The tables are written by hand. They are text and are read when the index is built: codes (there may be none),
a colon, then the names that lead to them.
"""

from typing import Final

AMBIGUOUS: Final = """
GG JE: Channel Islands
CD CG: Congo
GF GY: Guiana
KP KR: Korea
DM DO: Republic of Dominica
VG VI: Virgin Islands
"""
"""Names that several countries share, and these countries."""

DISSOLVED: Final = """
ET: Abyssinia
BZ: British Honduras
BY: Byelorussian SSR
CZ SK: CSSR | Czechoslovakia
KI: Canton and Enderbury Islands
LK: Ceylon
BJ: Dahomey
BQ CW SX: Dutch Antilles | Netherlands Antilles
ID: Dutch East Indies
DE: East Germany | German Democratic Republic | West Germany
BD: East Pakistan
ME RS: Federal Republic of Yugoslavia | Serbia and Montenegro
DJ: French Afars and Issas
BF: French Upper Volta | Upper Volta
KI TV: Gilbert and Ellice Islands
GH: Gold Coast
UM: Johnston Island | Midway Islands | Wake Island
IQ SA: Neutral Zone
VU: New Hebrides
VN: North Vietnam | Republic of Vietnam | South Vietnam
YE: North Yemen | South Yemen | Yemen Arab Republic
ZM: Northern Rhodesia
MW: Nyasaland
FM MH MP PW: Pacific Islands (Trust Territory)
PA: Panama Canal Zone
IR: Persia
DE PL RU: Prussia
ZW: Rhodesia | Southern Rhodesia
TH: Siam
AM AZ BY EE GE KG KZ LT LV MD RU TJ TM UA UZ: Soviet Union | Union of Soviet Socialist Republics | USSR
TZ: Tanganyika
AE: Trucial States
EG SY: United Arab Republic
BA HR ME MK RS SI XK: Yugoslavia
CD: Zaire
"""
"""Names of countries that are gone or renamed, and who holds their land now."""

DISSOLVED_CODES: Final = """
BQ CW SX: AN | ANT
MM: BU
CZ ME RS SK: CS
DE: DD | DDR
BJ: DY
AQ TF: FQ
FR: FX
BF: HV
UM: JT | PU | WK
AQ: NQ
IQ SA: NT
FM MH MP PW: PC
PA: PZ
ZW: RH
AM AZ BY EE GE KG KZ LT LV MD RU TJ TM UA UZ: SU | SUN
TL: TP
VN: VD
YE: YD
BA HR ME MK RS SI XK: YU | YUG
CD: ZR | ZAR
CZ SK: CSK
ME RS: SCG
"""
"""Withdrawn ISO codes that no country of today uses. CS was withdrawn twice."""

PARTS_OF_COUNTRIES: Final = """
DE-BY: Bavaria
ES-CN: Canary Islands
ES-CT: Catalonia
ES-CE ES-ML: Ceuta and Melilla
FR-20R: Corsica
NO-22: Jan Mayen
IT-82: Sicily
IT-52: Tuscany
"""
"""English names of well-known parts of a country that ISO 3166-2 lists under their local names only."""

PART_CODES: Final = """
CA-AB GE-AB: AB
"""
"""Short codes of well-known parts of a country that are a country's code in NetSuite only."""

REGION_CODES: Final = ": EU | EZ | UN"
"""Two-letter codes that ISO reserves for groups of countries."""

REGIONS: Final = """
: Africa | America | Americas | Antilles | APAC | Arabia | Asia | Asia Pacific | Asia-Pacific | Australasia
: Balkans | Baltics | Baltic States | Benelux | British Isles | British West Indies | Caribbean | Caucasus
: Central Africa | Central America | Central Asia | Central Europe | CIS | Commonwealth of Independent States
: DACH | East Africa | East Asia | Eastern Africa | Eastern Asia | Eastern Europe | EEA | EFTA | EMEA | EU
: Eurasia | Europe | European Economic Area | European Union | Eurozone | Far East | French West Indies | GCC
: Global | Gulf States | Iberia | Indochina | International | LATAM | Latin America
: Latin America and the Caribbean | Levant | Maghreb | Melanesia | MENA | Micronesian Region | Middle Africa
: Middle East | Middle East and North Africa | Near East | Nordics | Nordic countries | North Africa
: North America | Northern Africa | Northern America | Northern Europe | Oceania | Outlying Oceania | Overseas
: Pacific | Pacific Islands | Polynesia | Scandinavia | South America | South Asia | South East Asia
: South Pacific | Southeast Asia | Southern Africa | Southern Asia | Southern Europe | Sub-Saharan Africa | UN
: United Nations | West Africa | West Asia | West Indies | Western Africa | Western Asia | Western Europe
: World | Worldwide
"""
"""Names of regions of several countries."""

PLACEHOLDERS: Final = """
: A | Abroad | All | All countries | Any | Anywhere | Blank | Choose | Choose a country | Choose one | Country
: Country code | Country name | Default | Domestic | Dummy | Elsewhere | Empty | Example | Foo
: Foreign | Here
: Home | Invalid | Missing | Multiple | N | NA NA | N/A | NaN | Nil | No country | None | None selected
: Not applicable | Not available | Not known | Not provided | Not set | Not specified | Nowhere | Null | Other
: Others | Other country | Pending | Please choose | Please select | Sample | Same | See above | See below
: Select | Select a country | Select country | Select one | TBA | TBC | TBD | Test | Testing
: To be determined
: Undefined | Unknown | Unspecified | Various | Void | X | XX | XXX | XXXX | Y | Z | ZZ | ZZZ | Stateless | 0
: 00 | 000 | Unk | Unknown country | Unassigned | Not Found | False | True | N.a. | Nope
"""
"""Texts that only fill a field."""
