"""Changes that change nothing anybody could see, each with the reason; they are left out of the sample."""

from collections.abc import Mapping
from typing import Final

EQUIVALENT: Final[Mapping[str, str]] = {
    "strict=False": "both have one entry for each of the same; `strict` guards against our own defects",
    "if len(text) < _MOST_DIGITS and": "a short cut: the careful way answers the same",
    "if self._levels >= _GROUP_AND_MEMBER": "a short cut: the longer way links the same",
    "given=[None] * len(parents), levels= 2": "where nobody has a parent, there are no deeper levels",
    "seen = [- 2] * len(links)": "any number that is no place",
    'array("q", [- 2])': "as above",
    "self._right[one] = - 2": "as above",
    "if other >= 1": "a right record comes behind one left record at least",
    "(one, other) if len(one) < len(other)": "of two texts of one length either is the shorter",
    "words[1: 3] and words[1] in _OF": "either is empty where there is no second word",
    "round(pair.bits * 1001)": "the unit of a link's strength is any",
    "review.candidates[ -1].rule": "all candidates of a review are of one rule",
    "column(names, self.kind_of(key))[ -1]": "one record has one key",
    "if not name.isascii() or (not is_plain": "a short cut: the longer way answers the same",
    "if not TYPE_CHECKING": "what runs for a type checker alone",
    "first.get(value, -1.0)": "a rate is no less than 0, and one of 0 says as much as none",
    "local[ -1] if local else None": "where there are several, they were refused",
    "found.customers[ -1]": "a search that found one has one",
    "hits[ -1] if isinstance": "there is one",
    "lost[ -1].record.link": "the records of a run are of one link",
    "place= 1, customer=entry.customer": "the place names records that cannot be read, and this one was",
    "context, 2, again=True": "as above",
}
"""A part of the changed line → why it does the same."""
