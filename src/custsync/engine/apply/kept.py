"""Whether a target kept what was written to it: as written, in a form of its own, or not.

A target may trim a text, fold its case or format a phone number: that is its own form. One that shows
nothing, a part of what was written, or still the old value has not kept it.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from custsync.models import ABSENT, Address
from custsync.rules.fields.fingerprints import canonical
from custsync.rules.fields.mapping import FieldMapping
from custsync.rules.normalize.phones import phone_key
from custsync.rules.normalize.texts import text_key

__all__ = ["Kept", "kept_of"]


class Kept(Enum):
    """How a target keeps a value that was written to it."""

    YES = "as it was written"
    OTHERWISE = "as another value"
    NO = "not, or not whole"
    UNSEEN = "not shown"


def kept_of(row: FieldMapping, desired: Any, before: Any, shown: Any) -> Kept:
    """Return how the target keeps a field.

    Args:
        row: the field's row.
        desired: what was written.
        before: what the target showed before, `ABSENT` for a new customer.
        shown: what it shows now.

    Rule: G-LOSS

    >>> from custsync.rules.fields.mapping import Copied
    >>> name = FieldMapping(target="name", sources=("name",), rule="SP-NAME", compute=Copied("name"))
    >>> kept_of(name, "Lund Mills", ABSENT, "LUND MILLS "), kept_of(name, "Lund Mills", ABSENT, "Lund")
    (<Kept.YES: 'as it was written'>, <Kept.NO: 'not, or not whole'>)
    """
    if row.same(desired, shown):
        return Kept.YES
    if isinstance(desired, Address):
        return Kept.UNSEEN if shown is ABSENT else _address_kept(row, desired, before, shown)
    return _text_kept(desired, before, shown)


def _address_kept(row: FieldMapping, desired: Address, before: Any, shown: Any) -> Kept:
    sides = (desired, *(side if isinstance(side, Address) else Address() for side in (before, shown)))
    parts = zip(*map(row.parts, sides), strict=True)
    return _worst(_text_kept(want, was, there) for want, was, there in parts if want is not ABSENT)


def _worst(kept: Iterable[Kept]) -> Kept:
    return max(kept, key=[Kept.YES, Kept.OTHERWISE, Kept.NO].index, default=Kept.YES)


def _text_kept(desired: Any, before: Any, shown: Any) -> Kept:
    want, was, there = canonical(desired), canonical(before), canonical(shown)
    if want == there or _is_tidied(want, there):
        return Kept.YES
    return Kept.NO if there in (None, was) or _is_cut(want, there) else Kept.OTHERWISE


def _is_tidied(want: Any, there: Any) -> bool:
    """Return whether the text is the desired one, made neat: other blanks, letters' case, phone signs.

    A phone may get its country's prefix.
    """
    if not isinstance(want, str) or not isinstance(there, str):
        return False
    number = phone_key(want)
    is_number = number is not None and (phone_key(there) or "").endswith(number)
    return is_number or text_key(want) == text_key(there)


def _is_cut(want: Any, there: Any) -> bool:
    """Return whether the text is a part of the desired one."""
    return isinstance(want, str) and isinstance(there, str) and text_key(there) in text_key(want)
