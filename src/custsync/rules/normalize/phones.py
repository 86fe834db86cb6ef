"""Keys of phone numbers: digits and extension, international where the text or the country proves it.

Source: ITU-T E.164 (assigned country codes) and E.129 (national numbering plans).
"""

import re
from typing import Final
from unicodedata import normalize

from custsync.models import Address, Customer, Maybe
from custsync.rules.normalize.texts import as_text

LONGEST_PHONE = 100
"""The longest phone field of any of the systems (NetSuite)."""

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

_EXTENSION_WORDS: Final = frozenset({"x", "ext", "extn", "extension", "#", "poste", "durchwahl", "int"})
_LABELS: Final = frozenset(
    {
        *("call", "callto", "cell", "cellular", "direct", "f", "fax", "h", "handy", "home", "m", "main"),
        *("mob", "mobil", "mobile", "o", "office", "p", "ph", "phone", "t", "tel", "telefon", "telefone"),
        *("telefono", "telephone", "téléphone", "w", "whatsapp", "work"),
    }
)
"""Words beside a number that say what it is for; `tel:` and `callto:` are the links of a web page."""

_is_plain: Final = re.compile(r"[+(]?[0-9][0-9 ().-]*(?<!\.0)").fullmatch
"""One number without a label, an extension or anything else beside it."""
_runs_of_digits: Final = re.compile(r"[0-9]+").findall
_SEPARATORS: Final = str.maketrans(",|&\n", ";;;;")
_SHORTEST_NUMBER: Final = 7
"""Digits of the shortest number that counts by itself beside another one in a field."""

_NORTH_AMERICAN_DIGITS: Final = 10
_FIELDS: Final = ("phone", "mobile_phone", "home_phone", "alt_phone")


def phone_key(text: Maybe[str], country: str = "") -> str | None:
    """Return the number's digits, then `x` and the extension if there is one; None where it is no number.

    Signs between digits do not count. `+`, `00`, in North America `011`, and the `+001` of some samples mean
    that an international number follows; a trunk 0 after its country code goes. A national number becomes
    international with the customer's country. One digit repeated is no number, and a field with several
    numbers has no one key (`phone_keys`). A label beside the number (`tel:`, `(home)`) goes.
    Numbers spelt in letters are not read. Switchboards are shared: a
    phone is never a key on its own.

    Args:
        text: the number as given; null and absent read as blank.
        country: ISO 3166-1 alpha-2 of the customer's address, upper case, `""` where it is not known: a
            national number then equals only itself.

    Raises:
        InputError: the argument is no text.

    >>> phone_key("+44 (0)113 496 0000 ext. 245") == phone_key("0113 4960000 x245", "GB")
    True
    >>> phone_key("+36 1 555 0100", "US") == phone_key("(361) 555-0100", "US")
    False
    """
    keys = phone_keys(text, country)
    return keys[0] if len(keys) == 1 else None


def phone_keys(text: Maybe[str], country: str = "") -> tuple[str, ...]:
    """Return the key of each number that the field holds, each once, in their order.

    Commas, semicolons, slashes, bars, line ends, `and`, `or` and a further `+` separate numbers of seven
    digits or more.

    Args:
        text: the field; null and absent read as blank.
        country: ISO 3166-1 alpha-2 of the customer's address, upper case, `""` where it is not known.

    Raises:
        InputError: the argument is no text.

    >>> phone_keys("(503) 555-0142 / 555-0143", "US")
    ('15035550142', '5550143')
    >>> phone_keys("030/5550142")
    ('0305550142',)
    """
    text = as_text(text)
    if len(text) > LONGEST_PHONE:
        return ()
    if not text.isascii():
        text = normalize("NFKC", text)
    text = text.strip()
    if _is_plain(text):
        keys = [_key_of_digits(text, country)]
    else:
        text = _without_label(_without_decimal(text.lower()))
        keys = [_key(_without_label(number.strip()), country) for number in _numbers(text)]
    return tuple(dict.fromkeys(key for key in keys if key is not None))


def phone_keys_of(customer: Customer, fields: tuple[str, ...] = _FIELDS) -> tuple[str, ...]:
    """Return the keys of a customer's numbers, each once, read with the country of its address.

    Args:
        customer: any customer; the billing address counts before the shipping address.
        fields: which of its fields.

    Raises:
        InputError: a field is no text.

    >>> from custsync.models import Ref
    >>> home = Address(country="GB", default_billing=True)
    >>> leeds = Customer(ref=Ref("netsuite", "7"), phone="0113 496 0000", addresses=(home,))
    >>> phone_keys_of(leeds)
    ('441134960000',)
    >>> phone_keys_of(Customer(ref=Ref("netsuite", "7")))
    ()
    """
    addresses = (customer.billing_address, customer.shipping_address)
    countries = [address.country for address in addresses if isinstance(address, Address)]
    country = next((name for name in countries if isinstance(name, str) and name in CALLING_CODES), "")
    found = [key for field in fields for key in phone_keys(getattr(customer, field), country)]
    return tuple(dict.fromkeys(found))


def _without_decimal(text: str) -> str:
    """Return the field without the `.0` of a spreadsheet that took the number for an amount."""
    number = text.removesuffix(".0")
    return number if number.removeprefix("+").isdecimal() else text


def _without_label(text: str) -> str:
    """Return the number without the word before it that names its purpose."""
    start = next((place for place, sign in enumerate(text) if sign in "+(" or sign.isdecimal()), 0)
    return text[start:] if text[:start].strip(" .:/-") in _LABELS else text


def _numbers(text: str) -> list[str]:
    """Return the numbers of a field, each with its extension; a slash is also part of numbers."""
    text = text[:1] + text[1:].replace("+", ";+").replace(" and ", ";").replace(" or ", ";")
    pieces = text.translate(_SEPARATORS).split(";")
    return _joined([number for piece in pieces for number in _joined(piece.split("/"))])


def _joined(pieces: list[str]) -> list[str]:
    """Return the pieces that are numbers, an extension joined to its number.

    The end of a second number makes the first unreadable: "555-0100/01" is not one number.
    """
    numbers: list[str] = []
    for piece in pieces:
        digits = _digits(piece)
        if not numbers or (_is_whole(numbers[-1]) and len(digits) >= _SHORTEST_NUMBER):
            numbers.append(piece)
        elif digits:
            is_extension = any(sign.isalpha() or sign == "#" for sign in piece)
            mark = "" if is_extension or not _is_whole(numbers[-1]) else " or"
            numbers[-1] += f"{mark} {piece}"
    return numbers


def _is_whole(number: str) -> bool:
    return len(_digits(number)) >= _SHORTEST_NUMBER


def _key(text: str, country: str) -> str | None:
    main, extension = _halves(text.strip())
    if extension is None or any(sign.isalnum() and not sign.isascii() for sign in main):
        return None
    digits = _key_of_digits(main.strip(), country)
    return f"{digits}x{extension}" if digits and extension else digits


def _key_of_digits(main: str, country: str) -> str | None:
    digits, code = _international(main, country)
    return digits if len(set(digits[len(code) :])) > 1 else None


def _halves(text: str) -> tuple[str, str | None]:
    """Return what is before the extension and the extension's digits, None where it cannot be read."""
    start = next((place for place, sign in enumerate(text) if sign.isalpha() or sign == "#"), None)
    if start is None:
        return text, ""
    tail = text[start:].rstrip(" .:=)")
    digits = _digits(tail)
    word = tail.removesuffix(digits).rstrip(" .:=")
    is_read = word in (_EXTENSION_WORDS if digits else _LABELS)
    return text[:start], digits if is_read else None


def _international(main: str, country: str) -> tuple[str, str]:
    """Return the digits, with the country code where it is known, and that code."""
    digits = _digits(main)
    if main.startswith("+"):
        digits = digits.lstrip("0")
    elif digits.startswith("00"):
        digits = digits[2:]
    elif digits.startswith("011") and CALLING_CODES.get(country) == "1":
        digits = digits[3:]
    elif country in CALLING_CODES:
        return _with_code(digits, CALLING_CODES[country])
    else:
        return digits, ""
    code = code_of(digits)
    national = digits[len(code) :]
    trunk = TRUNK_PREFIXES.get(code)
    return code + (national.removeprefix("0") if trunk == "0" else national), code


def _with_code(digits: str, code: str) -> tuple[str, str]:
    """Return a national number's digits with the country code, if they are a whole national number."""
    trunk = TRUNK_PREFIXES.get(code, "")
    if code == "1":
        trunk = "1" if len(digits) > _NORTH_AMERICAN_DIGITS else ""
        is_whole = len(digits.removeprefix(trunk)) == _NORTH_AMERICAN_DIGITS
    elif trunk:
        is_whole = digits.startswith(trunk) and len(digits) > _SHORTEST_NUMBER
    else:
        is_whole = not (digits.startswith(code) and len(digits) - len(code) >= _SHORTEST_NUMBER)
    return (code + digits.removeprefix(trunk), code) if is_whole else (digits, "")


def _digits(text: str) -> str:
    return "".join(_runs_of_digits(text))


def code_of(digits: str) -> str:
    """Return the calling code that an international number begins with.

    >>> code_of("441134960000"), code_of("15035550142"), code_of("3535550142")
    ('44', '1', '353')
    """
    one, two, three = digits[:1], digits[:2], digits[:3]
    return one if one in TRUNK_PREFIXES else two if two in TRUNK_PREFIXES else three
