"""How near two different match keys are: 2 close (one slip), 1 near, 0 other. All are symmetric.

A slip is one character added, left out or changed, or two neighbours swapped.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from itertools import compress, count, product
from operator import ne
from typing import Final

__all__ = [
    "CLOSE",
    "NEAR",
    "OTHER",
    "near_date",
    "near_digits",
    "near_email",
    "near_lists",
    "near_name",
    "near_phone",
    "near_words",
]

OTHER: Final = 0
NEAR: Final = 1
CLOSE: Final = 2

_ISO_DIGITS: Final = 8
_LONG: Final = 3
_SHORT: Final = 4
_LOCAL_NUMBER: Final = 7


def is_one_slip(one: str, other: str) -> bool:
    """Return whether one slip makes either text of the other.

    >>> is_one_slip("smith", "simth"), is_one_slip("smith", "smyths")
    (True, False)
    """
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(longer) - len(shorter) > 1:
        return False
    start = next(compress(count(), map(ne, shorter, longer)), len(shorter))
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    if shorter[start + 1 :] == longer[start + 1 :]:
        return True
    swapped = shorter[start : start + 2] == longer[start + 1 : start + 2] + longer[start : start + 1]
    return swapped and shorter[start + 2 :] == longer[start + 2 :]


@lru_cache(maxsize=131072)
def _pairs(text: str) -> tuple[int, int]:
    """Return the text's letter pairs as the bits of one number, and how many bits are set."""
    mask, before = 0, 7
    for sign in text.encode("utf-8", "surrogatepass"):
        mask |= 1 << ((before * 31 + sign) & 255)
        before = sign
    return mask, mask.bit_count()


def near_text(one: str, other: str) -> int:
    """Return how near two texts are: one slip, most letter pairs shared, or one begins the other.

    >>> near_text("neumann", "neuman"), near_text("robert", "rob"), near_text("ann", "bob")
    (2, 1, 0)
    """
    (mask, size), (mask_of_other, size_of_other) = _pairs(one), _pairs(other)
    shared = 2 * (mask & mask_of_other).bit_count() / (size + size_of_other)
    if shared >= 0.8:  # noqa: PLR2004
        return CLOSE
    short = min(len(one), len(other))
    if (shared >= 0.25 or short <= _SHORT) and is_one_slip(one, other):  # noqa: PLR2004 - less is no slip
        return CLOSE
    begins = short >= _LONG and (one.startswith(other) or other.startswith(one))
    return NEAR if shared >= 0.6 or begins else OTHER  # noqa: PLR2004


def near_name(one: str, other: str) -> int:
    """Return how near two names of a person are: as texts, and an initial is near its name.

    >>> near_name("j", "john"), near_name("j", "rosa")
    (1, 0)
    """
    if one[0] == other[0] and 1 in (len(one), len(other)):
        return NEAR
    return near_text(one, other)


def near_words(one: str, other: str) -> int:
    """Return how near two texts of several words are: as texts, or by the words that both have.

    >>> near_words("lund mills", "mills lund"), near_words("lund mills", "hull street")
    (2, 0)
    """
    near = near_text(one, other)
    if near == CLOSE:
        return CLOSE
    words, words_of_other = set(one.split()), set(other.split())
    shared = len(words & words_of_other)
    if 1 < shared == min(len(words), len(words_of_other)):
        return CLOSE
    half = 2 * shared >= max(len(words), len(words_of_other)) > 0
    return NEAR if near or half else OTHER


def near_digits(one: str, other: str) -> int:
    """Return how near two numbers are: one slip, or the same digits in another order.

    >>> near_digits("97103", "97193"), near_digits("4560", "4065"), near_digits("8", "9")
    (2, 1, 0)
    """
    size = min(len(one), len(other))
    if size < 2:  # noqa: PLR2004
        return OTHER
    if len(one) != len(other):
        slipped = is_one_slip(one, other)
    else:
        changed = sum(map(ne, one, other))
        if changed > 2:  # noqa: PLR2004
            return OTHER
        slipped = changed == 1 or is_one_slip(one, other)
    if slipped:
        return CLOSE if size > _LONG else NEAR
    return NEAR if size > _LONG and sorted(one) == sorted(other) else OTHER


def near_date(one: str, other: str) -> int:
    """Return how near two dates of eight digits are: as numbers, day and month swapped, or two parts alike.

    >>> near_date("19700512", "19701205"), near_date("19700512", "19830512")
    (2, 1)
    """
    near = near_digits(one, other)
    if near or len(one) != _ISO_DIGITS or len(other) != _ISO_DIGITS:
        return near
    if one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]:
        return CLOSE
    return NEAR if one[4:] == other[4:] or one[:6] == other[:6] else OTHER


def near_phone(one: str, other: str) -> int:
    """Return how near two phones are: as numbers, and one with its country code is close to the one without.

    >>> near_phone("5550100", "15035550100"), near_phone("5550100", "4960150")
    (2, 0)
    """
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) < len(longer) and len(shorter) >= _LOCAL_NUMBER and longer.endswith(shorter):
        return CLOSE
    return near_digits(one, other)


def near_email(one: str, other: str) -> int:
    """Return how near two emails are: the same mailbox elsewhere, or a near one at the same domain.

    >>> near_email("ap@mail.example", "ap@x.example"), near_email("rosa@x.example", "roza@x.example")
    (1, 2)
    >>> near_email("ap@x.example", "rosa@x.example")
    0
    """
    (mailbox, _, domain), (mailbox_of_other, _, domain_of_other) = one.partition("@"), other.partition("@")
    if mailbox == mailbox_of_other:
        return CLOSE if is_one_slip(domain, domain_of_other) else NEAR
    near = near_text(mailbox, mailbox_of_other)
    if domain == domain_of_other:
        return near
    return NEAR if near == CLOSE else OTHER


def near_lists(near: Callable[[str, str], int]) -> Callable[[str, str], int]:
    """Return how near two lists of keys are, with blanks between: as near as any two of their keys."""
    return partial(_nearest, near)


def _nearest(near: Callable[[str, str], int], one: str, other: str) -> int:
    if " " not in one and " " not in other:
        return near(one, other)
    pairs = product(one.split(), other.split())
    return max(CLOSE if key == key_of_other else near(key, key_of_other) for key, key_of_other in pairs)
