"""Headings of files as people and tools spell them, and those that look like one that is known."""

from collections.abc import Iterable, Set as AbstractSet
from difflib import SequenceMatcher
from typing import Final

_ALIKE: Final = 0.86
_SHORTEST: Final = 5
_LONGEST: Final = 60
_NUMBER: Final = ("number", "num", "nbr", "no", "nr")
"""Words at the end of a heading that add nothing: a "Phone No." is a phone, a "Customer No." its id."""


def key_of(heading: str) -> str:
    """Return the heading as it is compared: its letters and digits, in any case.

    >>> key_of("Billing State/Province"), key_of("billing_city")
    ('billingstateprovince', 'billingcity')
    """
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def look_alikes(headings: Iterable[str], known: AbstractSet[str]) -> list[str]:
    """Return the headings that are almost a known one, so that the file may mean it.

    Args:
        headings: those that were not read.
        known: the keys of those that are.

    >>> look_alikes(["Company Nmae", "Phone No.", "Price Level"], {"companyname", "phone"})
    ['Company Nmae', 'Phone No.']
    """
    return [heading for heading in headings if _is_alike(key_of(heading), known)]


def _is_alike(key: str, known: AbstractSet[str]) -> bool:
    if not _SHORTEST <= len(key) <= _LONGEST:
        return False
    plain = {key.removesuffix(word) for word in _NUMBER if key.endswith(word)}
    if not known.isdisjoint(plain | {f"{one}id" for one in plain}):
        return True
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for name in known:
        matcher.set_seq1(name)
        is_near = matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE
        if is_near and matcher.ratio() >= _ALIKE:
            return True
    return False
