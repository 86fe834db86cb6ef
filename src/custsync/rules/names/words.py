"""The words and scripts that make a name worth a look. Tables of evidence, never of proof."""

from typing import Final

SUFFIXES: Final = frozenset({"jr", "jnr", "sr", "snr", "ii", "iii", "iv"}) | frozenset(
    {"cpa", "dds", "dvm", "esq", "jd", "mba", "md", "phd", "rn"}
)
"""Generations and credentials. V, Ma, Do and Ba are missing on purpose: they are surnames too."""

TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "hon", "herr", "frau"})

_NORTHERN: Final = frozenset({"van", "von", "der", "den", "ter", "ten", "zu", "zur", "af"})
_SOUTHERN: Final = frozenset({"de", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "al", "el"})
PARTICLES: Final = _NORTHERN | _SOUTHERN | {"bin", "ibn"}
"""Written small before a surname. One letter (e, y, o) is missing on purpose: it may be an initial."""

JOINTS: Final = frozenset({"&", "and", "+"})

HOUSEHOLDS: Final = frozenset({"family", "residence", "household", "estate", "trust"})

LEGAL_FORMS: Final = frozenset(
    {"inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "corp", "corporation", "company", "plc"}
) | frozenset({"pllc", "pc", "gmbh", "mbh", "kg", "bv", "nv", "sarl", "srl", "sas", "pty"})
"""Co, SA and AG are missing on purpose: they are surnames too."""

NON_ASCII_COMMAS: Final = "\uff0c\u3001\ufe50\ufe51\u060c"

BEFORE_OTHER_SCRIPTS: Final = "\u3000"
"""Every script without blanks, and every comma of theirs, begins here or is no letter."""

WATCHED: Final = SUFFIXES | TITLES | PARTICLES | JOINTS | HOUSEHOLDS | LEGAL_FORMS

_FIRST_HANGUL, _LAST_HANGUL = "\uac00", "\ud7a3"
_SPACELESS: Final = (
    ("\u3005", "\u3007"),  # iteration mark, closing mark, zero
    ("\u3041", "\u30ff"),  # kana
    ("\u3400", "\u4dbf"),  # Han, extension A
    ("\u4e00", "\u9fff"),  # Han
    (_FIRST_HANGUL, _LAST_HANGUL),
    ("\uf900", "\ufaff"),  # Han, compatibility
    ("\U00020000", "\U0003ffff"),  # Han, further extensions
)


def words_of(name: str) -> list[str]:
    """Return the words of the name as the tables spell them: small, without dots and commas; never none."""
    return name.lower().replace(".", "").replace(",", " ").split() or [""]


def word(text: str) -> str:
    """Return one word as the tables spell it."""
    return text.lower().replace(".", "").strip(",")


def is_spaceless(text: str) -> bool:
    """Return whether the text has a letter of a script that writes names without blanks, family first."""
    return not text.isascii() and any(first <= sign <= last for sign in text for first, last in _SPACELESS)


def is_hangul(text: str) -> bool:
    """Return whether every character of the text is a Hangul syllable."""
    return all(_FIRST_HANGUL <= sign <= _LAST_HANGUL for sign in text)


def has_letter(text: str) -> bool:
    """Return whether the text holds a letter or a digit of any script."""
    return text.isalnum() or any(map(str.isalnum, text))
