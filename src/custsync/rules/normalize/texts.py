"""Keys of plain text and of ids."""

from hashlib import sha256
from typing import Final
from unicodedata import category, normalize

from custsync.errors import InputError
from custsync.models import ABSENT, Maybe

LONGEST_FOLDED = 1024
"""Characters of non-ASCII text that are folded. `unicodedata.normalize` takes quadratic time on a long run of
combining marks, and no field of any system is this long; a longer text is compared byte for byte."""

JOINERS = "\u200c\u200d"
"""The two format characters that some scripts need inside a word."""

FIRST_JOINED = "\u0590"
"""Scripts that need joiners begin here; Latin, Greek and Cyrillic lie below."""

_JOINED: Final = ".'\u2019"
"""Signs that go without leaving a blank: `S.A.` is `sa`, `Joe's` is `joes`."""

_LATIN_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ß": "ss",
    }
)
"""Small Latin letters that no decomposition takes apart."""

_ASCII_SIGNS: Final = str.maketrans(
    {"&": " and ", ".": None, "'": None} | dict.fromkeys('!"#%()*,-/:;?@[\\]_{}', " ")
)


def as_text(value: Maybe[str]) -> str:
    """Return the text itself, `""` where it is null or absent.

    Args:
        value: a text, None or ABSENT.

    Raises:
        InputError: it is anything else; the message names the type only.

    >>> as_text("Smith"), as_text(None)
    ('Smith', '')
    >>> as_text(7)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: a text was expected, not int
    """
    if isinstance(value, str):
        return value
    if value is None or value is ABSENT:
        return ""
    raise InputError(f"a text was expected, not {type(value).__name__}")


def text_key(text: Maybe[str]) -> str:
    r"""Return the text as it is compared: one case, one width, single blanks, no invisible characters.

    Compatibility forms are folded (NFKC), case is folded in full, runs of blanks become one, format
    characters go, except the joiners that a script needs. Accents stay. Text of more than 1,024 characters
    that is not ASCII becomes a digest: it equals only itself.

    Args:
        text: any text; null and absent read as blank.

    Returns:
        The key, `""` for a blank text. `text_key(text_key(x)) == text_key(x)`. Linear time.

    Raises:
        InputError: the argument is no text.

    >>> text_key("  ACME\u00a0Ltd ") == text_key("acme ltd")
    True
    >>> text_key("José") == text_key("Jose")
    False
    """
    text = text if type(text) is str else as_text(text)
    if text.isascii():
        return " ".join(text.lower().split())
    if len(text) > LONGEST_FOLDED:
        return digest(text)
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    return " ".join(normalize("NFKC", visible(folded)).split())


def id_key(text: Maybe[str]) -> str | None:
    r"""Return the id as it is compared, None where it is blank.

    An id keeps its case, for many systems tell `aB` from `Ab`. It is trimmed, invisible characters go, and
    equal letters are written one way (NFC).

    Args:
        text: an id; null and absent read as blank.

    Raises:
        InputError: the argument is no text.

    >>> id_key(" cus_GKJGHGNCHG\ufeff")
    'cus_GKJGHGNCHG'
    >>> id_key("  ") is None
    True
    """
    text = text if type(text) is str else as_text(text)
    if not text.isascii():
        if len(text) > LONGEST_FOLDED:
            return digest(text)
        text = normalize("NFC", "".join([sign for sign in text if category(sign) != "Cf"]))
    return text.strip() or None


def words_key(text: Maybe[str]) -> str:
    """Return the text as it is compared where punctuation does not count, and `&` is `and`.

    Args:
        text: any text; null and absent read as blank.

    Returns:
        The words of `text_key`, one blank between them; the key of a text without any word is its `text_key`,
        so that it is never empty. `words_key(words_key(x)) == words_key(x)`. Linear time.

    Raises:
        InputError: the argument is no text.

    >>> words_key("12, St. Mary's Rd.") == words_key("12 St Marys Rd")
    True
    >>> words_key("Elm Road") == words_key("Elm Rd")
    False
    """
    folded = text_key(text)
    if folded.isascii():
        return " ".join(folded.translate(_ASCII_SIGNS).split()) or folded
    return text_key("".join(map(_spoken, folded))) or folded


def visible(text: str) -> str:
    r"""Return the text without format characters, except joiners that follow a letter which may need them.

    >>> visible("Ann\ufeff")
    'Ann'
    """
    kept: list[str] = []
    for sign in text:
        if category(sign) != "Cf" or (sign in JOINERS and kept and _base(kept[-1]) >= FIRST_JOINED):
            kept.append(sign)
    return "".join(kept)


def _base(letter: str) -> str:
    """Return the letter without its accents: those of Vietnamese lie behind `FIRST_JOINED`."""
    return normalize("NFD", letter)[0]


def without_accents(text: str) -> str:
    """Return the text without the accents of Latin letters, for a key that is compared and never written.

    Marks of other scripts stay: there they make another letter.

    >>> without_accents("müller ønsker œuvre"), without_accents("が")
    ('muller onsker oeuvre', 'が')
    """
    if text.isascii():
        return text
    kept: list[str] = []
    for sign in normalize("NFD", text.translate(_LATIN_LETTERS)):
        if category(sign) != "Mn" or not kept or not kept[-1].isascii():
            kept.append(sign)
    return normalize("NFC", "".join(kept))


def _spoken(sign: str) -> str:
    if sign == "&":
        return " and "
    if category(sign)[0] != "P":
        return sign
    return "" if sign in _JOINED else " "


def digest(text: str) -> str:
    """Return a short ASCII name of a text too long to be folded; the same on every machine."""
    return "sha256:" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
