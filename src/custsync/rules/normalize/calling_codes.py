"""Which country has which calling code, and what is dialled before a number inside it.

Source: ITU-T E.164 (assigned country codes) and E.129 (national numbering plans).
"""

from typing import Final

_BY_TRUNK_PREFIX: Final = {
    "0": """
        20EG 27ZA 31NL 32BE 33FR 40RO 41CH 43AT 44GB 44GG 44IM 44JE 46SE 49DE 51PE 53CU 54AR 55BR 57CO 58VE
        60MY 61AU 61CC 61CX 62ID 63PH 64NZ 66TH 81JP 82KR 84VN 86CN 90TR 91IN 92PK 93AF 94LK 95MM 98IR 211SS
        212MA 212EH 213DZ 218LY 231LR 232SL 233GH 234NG 243CD 249SD 250RW 251ET 252SO 254KE 255TZ 256UG
        260ZM 261MG 262RE 262YT 263ZW 264NA 265MW 291ER 353IE 355AL 358FI 358AX 359BG 370LT 373MD 374AM
        377MC 380UA 381RS 382ME 383XK 385HR 386SI 387BA 389MK 421SK 423LI 508PM 590GP 590BL 590MF 593EC
        594GF 595PY 596MQ 598UY 686KI 850KP 855KH 856LA 880BD 886TW 961LB 962JO 963SY 964IQ 966SA 967YE
        970PS 971AE 972IL 976MN 977NP 994AZ 995GE 996KG
    """,
    "1": """
        1US 1AG 1AI 1AS 1BB 1BM 1BS 1CA 1DM 1DO 1GD 1GU 1JM 1KN 1KY 1LC 1MP 1MS 1PR 1SX 1TC 1TT 1VC 1VG 1VI
    """,
    "8": "7RU 7KZ 375BY 993TM",
    "06": "36HU",
    "": """
        30GR 34ES 39IT 39VA 45DK 47NO 47SJ 48PL 52MX 56CL 65SG 216TN 220GM 221SN 222MR 223ML 224GN 225CI 226BF
        227NE 228TG 229BJ 230MU 235TD 236CF 237CM 238CV 239ST 240GQ 241GA 242CG 244AO 245GW 248SC 253DJ 257BI
        258MZ 266LS 267BW 268SZ 269KM 297AW 298FO 299GL 350GI 351PT 352LU 354IS 356MT 357CY 371LV 372EE 376AD
        378SM 420CZ 500FK 501BZ 502GT 503SV 504HN 505NI 506CR 507PA 509HT 592GY 597SR 599CW 599BQ 670TL 673BN
        674NR 675PG 676TO 677SB 678VU 679FJ 680PW 682CK 685WS 687NC 688TV 689PF 691FM 692MH 852HK 853MO 960MV
        965KW 968OM 973BH 974QA 975BT 992TJ 998UZ
    """,
}
"""For each trunk prefix the calling codes of the countries that dial it."""

CALLING_CODES: Final = {
    entry[-2:]: entry[:-2] for entries in _BY_TRUNK_PREFIX.values() for entry in entries.split()
}
"""The calling code of a country, by ISO 3166-1 alpha-2."""

TRUNK_PREFIXES: Final = {
    entry[:-2]: prefix for prefix, entries in _BY_TRUNK_PREFIX.items() for entry in entries.split()
}
"""What is dialled before a number inside a country, by calling code; `""` where nothing is."""


def code_of(digits: str) -> str:
    """Return the calling code that an international number begins with.

    >>> code_of("441134960000"), code_of("15035550142"), code_of("3535550142")
    ('44', '1', '353')
    """
    one, two, three = digits[:1], digits[:2], digits[:3]
    return one if one in TRUNK_PREFIXES else two if two in TRUNK_PREFIXES else three
