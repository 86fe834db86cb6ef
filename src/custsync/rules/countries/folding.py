"""Text to key: the form in which two spellings of one name are equal. Linear, total, without patterns."""

import unicodedata
from collections.abc import Iterator
from itertools import groupby

_APOSTROPHES = "'`\u02b9\u02bb\u02bc\u02c8\u2018\u2019\u201b\u2032\u2035\ua78c"
_PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_{|}~'
_MORE_PUNCTUATION = "\u00a1\u00b7\u00bf\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u3001\u3002"
_INVISIBLE = dict.fromkeys(
    (0x00AD, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)
_COMBINING = dict.fromkeys(range(0x0300, 0x0370))
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ə": "a"}

_ASCII = str.maketrans(dict.fromkeys(_APOSTROPHES) | dict.fromkeys(_PUNCTUATION, " "))
_OTHERS = _ASCII | str.maketrans(dict.fromkeys(_MORE_PUNCTUATION, " ") | _LETTERS) | _COMBINING | _INVISIBLE

_SAME_WORD = {
    "br": "british",
    "brit": "british",
    "dem": "democratic",
    "eq": "equatorial",
    "fed": "federated",
    "fr": "french",
    "is": "island",
    "islands": "island",
    "isl": "island",
    "isls": "island",
    "rep": "republic",
    "st": "saint",
    "sts": "states",
    "ter": "territory",
    "terr": "territory",
    "territories": "territory",
}
_SMALL_WORDS = frozenset({"and", "of", "the"})
_MOST_PARTS = 4
_MOST_SEPARATORS = 2 * _MOST_PARTS
_SEPARATORS = str.maketrans(dict.fromkeys("()[]{}/;|\u2013\u2014\uff0c\uff08\uff09\u3001", ","))


def tidy(text: str) -> str:
    """Return the text without HTML entities, invisible characters, and spaces at its ends.

    >>> tidy(" Cura&ccedil;ao "), tidy("C&amp;ocirc;te d&#039;Ivoire")
    ('Curaçao', "Côte d'Ivoire")
    """
    if "&" in text and ";" in text:
        from html import unescape

        text = unescape(unescape(text))  # some shops escape what was escaped already
    return text.strip() if text.isprintable() else text.translate(_INVISIBLE).strip()


def fold(text: str) -> str:
    """Return the key of a name, `""` where no word is left.

    Case, accents, apostrophes and punctuation are dropped, usual abbreviations are written out ("St." is
    "saint"), "island" and "islands" are one, "the", "of" and "and" are left out. Single letters in a row are
    one word: "U. S. A." is "usa".

    >>> fold("St. Kitts & Nevis") == fold("SAINT KITTS AND NEVIS")
    True
    >>> fold("Niger") == fold("Nigeria")
    False
    """
    words = [word for word in _plain(text).split() if word not in _SMALL_WORDS]
    if 1 in map(len, words):
        words = [word for word in _letters_joined(words) if word not in _SMALL_WORDS]
    return " ".join([_SAME_WORD.get(word, word) for word in words])


def _plain(text: str) -> str:
    if text.isascii():
        return text.casefold().translate(_ASCII)
    return unicodedata.normalize("NFKD", text).casefold().translate(_OTHERS)


def _letters_joined(words: list[str]) -> Iterator[str]:
    for are_letters, run in groupby(words, lambda word: len(word) == 1 and word.isascii()):
        joined = list(run)
        yield from ["".join(joined)] if are_letters else joined


def inverted(text: str) -> str:
    """Return the text with its parts in reverse order, `""` where it has no parts.

    >>> inverted("Korea, Republic of")
    'Republic of Korea'
    >>> inverted("Korea")
    ''
    """
    return " ".join(reversed(parts(text)))


def parts(text: str) -> list[str]:
    """Return the two to four parts of a text between commas, brackets, slashes and dashes, trimmed.

    A text with one part, or with more than any name has, has none.

    >>> parts("Myanmar (Burma)")
    ['Myanmar', 'Burma']
    >>> parts("Myanmar")
    []
    """
    pieces = text.translate(_SEPARATORS).replace(" - ", ",").split(",", _MOST_SEPARATORS)
    kept = [piece for piece in map(str.strip, pieces) if piece]
    return kept if 1 < len(kept) <= _MOST_PARTS else []
