"""Headings of files as people and tools spell them, and those that look like one that is known."""

from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from typing import Final

__all__ = ["key_of", "look_alikes"]

_ALIKE: Final = 0.86
_SHORTEST: Final = 5
_LONGEST: Final = 60


def key_of(heading: str) -> str:
    """Return the heading as it is compared: its letters and digits, in any case.

    >>> key_of("Billing State/Province"), key_of("billing_city")
    ('billingstateprovince', 'billingcity')
    """
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def look_alikes(headings: Iterable[str], known: Collection[str]) -> list[str]:
    """Return the headings that are almost a known one, so that the file may mean it.

    Args:
        headings: those that were not read.
        known: the keys of those that are.

    >>> look_alikes(["Company Nmae", "Price Level"], {"companyname"})
    ['Company Nmae']
    """
    return [heading for heading in headings if _is_alike(key_of(heading), known)]


def _is_alike(key: str, known: Collection[str]) -> bool:
    if not _SHORTEST <= len(key) <= _LONGEST:
        return False
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for name in known:
        matcher.set_seq1(name)
        is_near = matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE
        if is_near and matcher.ratio() >= _ALIKE:
            return True
    return False
