"""The words and scripts that make a name worth a look. Tables of evidence, never of proof.

A word is written here as `word` writes it: small, without dots.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GENERATIONS: Final = _words("2nd 3rd 4th ii iii iv jnr jr snr sr")

CREDENTIALS: Final = _words(
    """
    aia aicp aprn arnp asla bcba bsc bsn cbe ccc-slp cde cfa cfo cfp chfc cissp clu cnm cnp cpa crna
    crnp csc dds ded dmd dmin dnp dphil dpm dpt dsc dvm edd emt esq esquire faap facep facp facs faia
    fnp fnp-c jd kbe lcpc lcsw ldn llb llm lmft lmhc lmsw lmt lpc lpn lutc mba mbe md mdiv mfa mlis mls
    mph mphil msc msced msed msn msw ncarb ofm osb otr pa-c pharmd phd phr pmp pnp qc rn rph slp usaf
    uscg usmc usn whnp
    """
)

SUFFIXES_OR_NAMES: Final = _words(
    """
    ba bs ccc ceo coo dc do kc ma mat me med mm mp mpa ms np od op ot pa pe pls pt rd ret se sj sm vi
    vii viii
    """
)
"""Suffixes that are names too: only capitals in a name that is not all capitals distinguish them."""

LATE_SUFFIXES: Final = {"junior": 2, "senior": 2, "i": 3, "v": 3}
"""Suffixes that are names or initials too, and how many words must be before them."""

SUFFIXES: Final = GENERATIONS | CREDENTIALS | SUFFIXES_OR_NAMES | LATE_SUFFIXES.keys()

TITLES: Final = _words(
    "capt captain col dame dr frau gen herr hon lt maj miss mr mrs ms mx prof professor rev sgt sir"
)

PARTICLES: Final = _words(
    """
    't af al av bin da das de degli dei del dela della dello delos den der des di dos du el ibn la las
    le los mc saint san santa st ste ten ter van vande vanden vander vom von zu zum zur
    """
)
"""Words that open a surname. One letter (e, y, o) is missing on purpose: it may be an initial."""

WIDE_PARTICLES: Final = _words("van von")
"""Particles that open a surname of two words too, where they are written small."""

SMALL_PARTICLES: Final = _words("abu ap ben bint do mac op te")
"""Particles only where they are written small: they are given names too."""

SURNAMES_WITHOUT_PARTICLE: Final = _words(
    """
    bui chan chen dang dinh do duong hoang huynh kim lam le lee li liu ly mai ngo nguyen nguyễn park
    pham phan phạm tran truong trần vo vu wang wong zhang
    """
)
"""Surnames that no particle opens: a Van or a Le before them is a given name."""

JOINTS: Final = _words("& + and")

HOUSEHOLDS: Final = _words("estate family household residence trust")

LEGAL_FORMS: Final = _words(
    """
    bv company corp corporation gmbh inc incorporated kg limited llc llp lp ltd mbh nv pc plc pllc pty
    sarl sas srl
    """
)
"""Co, SA and AG are missing on purpose: they are surnames too."""

NON_ASCII_COMMAS: Final = "\uff0c\u3001\ufe50\ufe51\u060c"

BEFORE_OTHER_SCRIPTS: Final = "\u3000"
"""Every script without blanks begins here."""


class Sign:
    """What a name can show that a flag or a step of a policy is about, one bit each."""

    COMMAS = 1
    SUFFIX = 2
    FORM = 4
    JOINT = 8
    HOUSEHOLD = 16
    TITLE = 32
    PARTICLE = 64
    PLACEHOLDER = 128
    SCRIPT = 256
    SYMBOL = 512


_TABLES: Final = {
    Sign.SUFFIX: SUFFIXES | {"ph", "d"},  # "Ph. D."
    Sign.FORM: LEGAL_FORMS,
    Sign.JOINT: JOINTS,
    Sign.HOUSEHOLD: HOUSEHOLDS,
    Sign.TITLE: TITLES,
    Sign.PARTICLE: PARTICLES | SMALL_PARTICLES | {"y", "e"},
}
_SIGNS_OF: Final = {
    text: sum(sign for sign, table in _TABLES.items() if text in table)
    for text in frozenset[str]().union(*_TABLES.values())
}

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


def signs_of(name: str, placeholder: str) -> int:
    """Return the bits of what the name shows, 0 where nothing about it is odd."""
    signs = 0
    words = words_of(name)
    for text in words:
        signs |= _SIGNS_OF.get(text, 0)
    if "," in name and (name[0] == "," or name[-1] == "," or name.count(",") > 1):
        signs |= Sign.COMMAS
    if placeholder and placeholder.lower() in words:
        signs |= Sign.PLACEHOLDER
    is_plain = "".join(words).isalpha()
    if not is_plain:
        signs |= Sign.SYMBOL
    if not name.isascii() and (not is_plain or max(name) >= BEFORE_OTHER_SCRIPTS):
        signs |= Sign.SCRIPT | Sign.COMMAS
    return signs


def word(text: str) -> str:
    """Return one word as the tables spell it."""
    return text.lower().replace(".", "").strip(",")


def is_suffix(text: str, name: str, before: int) -> bool:
    """Return whether one word of a name is a generation or a credential.

    "Jr." is one and "J.R." are initials. Words that are names too count only in capitals, in a name that is
    not all capitals, or behind enough words.

    Args:
        text: the word as written.
        name: the name that it is in.
        before: how many words are before it.

    >>> is_suffix("Jr.", "John Smith Jr.", 2), is_suffix("DO", "John Smith DO", 2)
    (True, True)
    >>> is_suffix("J.R.", "Smith, J.R.", 1), is_suffix("Do", "Anh Thi Do", 2)
    (False, False)
    """
    spelt = text.lower().replace(".", "")
    if spelt not in SUFFIXES:
        return False
    if spelt in GENERATIONS:
        return "." not in text.rstrip(".")
    if spelt in SUFFIXES_OR_NAMES:
        return text.isupper() and not name.isupper()
    return spelt in CREDENTIALS or before >= LATE_SUFFIXES[spelt]


def is_particle(text: str, surname: str, first: str) -> bool:
    """Return whether a word before a surname belongs to it.

    Args:
        text: the word as written.
        surname: the last word of the name.
        first: its first word: an initial before "Al" makes a given name of it.

    >>> is_particle("van", "Berg", "Jan"), is_particle("De", "Vries", "Geert")
    (True, True)
    >>> is_particle("Van", "Nguyen", "Anh"), is_particle("Al", "Dixon", "F.")
    (False, False)
    """
    spelt = text.lower().replace(".", "")
    if text == spelt:
        return spelt in PARTICLES or spelt in SMALL_PARTICLES
    if spelt not in PARTICLES or surname.lower() in SURNAMES_WITHOUT_PARTICLE:
        return False
    return spelt != "al" or len(first.rstrip(".")) > 1


def is_spaceless(text: str) -> bool:
    """Return whether the text has a letter of a script that writes names without blanks, family first."""
    return not text.isascii() and any(first <= sign <= last for sign in text for first, last in _SPACELESS)


def is_hangul(text: str) -> bool:
    """Return whether every character of the text is a Hangul syllable."""
    return all(_FIRST_HANGUL <= sign <= _LAST_HANGUL for sign in text)


def has_letter(text: str) -> bool:
    """Return whether the text holds a letter or a digit of any script."""
    return text.isalnum() or any(map(str.isalnum, text))
