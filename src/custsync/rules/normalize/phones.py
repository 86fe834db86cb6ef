"""Keys of phone numbers: digits and extension, no more than a text can prove."""

from typing import Final
from unicodedata import normalize

from custsync.models import Maybe
from custsync.rules.normalize.texts import as_text

__all__ = ["phone_key"]

LONGEST_PHONE = 100
"""The longest phone field of any of the systems (NetSuite)."""

_EXTENSION_WORDS: Final = frozenset({"x", "ext", "extn", "extension", "#"})
_NORTH_AMERICAN: Final = frozenset({"US", "CA"})
_NATIONAL_DIGITS: Final = 10


def phone_key(text: Maybe[str], region: str = "") -> str | None:
    """Return the number's digits, then `x` and the extension if there is one; None where it is no number.

    Signs between digits do not count. `+`, `00` and the `+001` of some samples all mean: an international
    number follows. Only the numbering plan of the United States and Canada is known here: with that region a
    number of ten digits gets its 1. Elsewhere a national number never equals its international form.
    Numbers spelt in letters are not read. Switchboards are shared: a phone is never a key on its own.

    Args:
        text: the number as given; null and absent read as blank.
        region: ISO 3166-1 alpha-2 of the address, upper case, `""` where it is not known.

    Raises:
        InputError: the argument is no text.

    >>> phone_key("+1 (555) 555-0100 ext. 245")
    '15555550100x245'
    >>> phone_key("unlisted") is None
    True
    """
    text = as_text(text)
    if len(text) > LONGEST_PHONE:
        return None
    if not text.isascii():
        text = normalize("NFKC", text)
    main, extension = _halves(text.strip().lower())
    digits = _digits(main)
    if digits is None or extension is None:
        return None
    if region in _NORTH_AMERICAN and len(digits) == _NATIONAL_DIGITS:
        digits = "1" + digits
    return f"{digits}x{extension}" if extension else digits


def _halves(text: str) -> tuple[str, str | None]:
    """Return what stands before the extension and the extension's digits, None where it cannot be read."""
    start = next((place for place, sign in enumerate(text) if sign.isalpha() or sign == "#"), None)
    if start is None:
        return text, ""
    tail = text[start:]
    digits = _ascii_digits(tail)
    word = tail[: -len(digits)].rstrip(" .:=")
    return text[:start], digits if word in _EXTENSION_WORDS else None


def _digits(main: str) -> str | None:
    if main.startswith("+"):
        main = main.replace("(0)", "")
    digits = _ascii_digits(main)
    if any(sign.isalnum() and not sign.isascii() for sign in main) or not digits:
        return None
    if main.startswith("+"):
        return digits.lstrip("0") or digits
    return digits[2:] if digits.startswith("00") and digits[2:3] not in ("", "0") else digits


def _ascii_digits(text: str) -> str:
    return "".join([sign for sign in text if "0" <= sign <= "9"])
