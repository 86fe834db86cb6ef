"""What a source may opt into beyond the documented rules: each opt-in is one small step.

A step returns the very same value where it has nothing to do, and never empties a name.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import evolve

from custsync.rules.names.parts import NamePolicy, SplitName, halves
from custsync.rules.names.words import (
    LEGAL_FORMS,
    NON_ASCII_COMMAS,
    PARTICLES,
    SUFFIXES,
    TITLES,
    has_letter,
    is_hangul,
    is_spaceless,
    word,
    words_of,
)

_COMMAS: Final = str.maketrans(dict.fromkeys(NON_ASCII_COMMAS, ","))
_LONG_FAMILY_NAMES: Final = ("남궁", "독고", "사공", "서문", "선우", "제갈", "황보")
_HANGUL_NAME: Final = range(2, 5)


def split_by(policy: NamePolicy, name: str) -> tuple[SplitName, frozenset[str]]:
    """Return the name as the policy splits it, and the codes of the flags that the policy has settled."""
    whole, settled = _walked(policy, _BEFORE, SplitName(first=name))
    if whole.how == "company":
        return whole, settled
    first, last, how = halves(whole.first, policy)
    split, further = _walked(policy, _AFTER, evolve(whole, first=first, last=last, how=how))
    return split, settled | further


def _walked(policy: NamePolicy, steps: "_Steps", split: SplitName) -> tuple[SplitName, frozenset[str]]:
    settled: frozenset[str] = frozenset()
    for opt_in, value, step, codes in steps:
        if getattr(policy, opt_in) == value:
            changed = step(split)
            if changed is not split:
                split, settled = changed, settled.union(codes)
    return split, settled


def _with_any_comma(split: SplitName) -> SplitName:
    name = split.first.translate(_COMMAS)
    return evolve(split, first=name) if name.strip(" ,") else split


def _without_note(split: SplitName) -> SplitName:
    """Take "(Tenant)" or " - Rental" at the end out of the name."""
    if split.first.endswith(")"):
        name, _, note = split.first[:-1].rpartition("(")
    else:
        name, _, note = split.first.rpartition(" - ")
    name, note = name.rstrip(" "), note.strip(" ")
    return evolve(split, first=name, note=note) if name.strip(" ,") and note else split


def _without_symbols(split: SplitName) -> SplitName:
    """Leave words out that are all symbols, such as an emoji; plain signs ("&", "-") stay."""
    words = split.first.split(" ")
    kept = [text for text in words if has_letter(text) or not text or any(map(str.isascii, text))]
    name = " ".join(kept).strip(" ")
    return evolve(split, first=name) if len(kept) < len(words) and name.strip(" ,") else split


def _as_company(split: SplitName) -> SplitName:
    words = words_of(split.first)
    if len(words) > 1 and words[-1] in LEGAL_FORMS:
        return evolve(split, first="", company=split.first, how="company")
    return split


def _as_form_after_comma(split: SplitName) -> SplitName:
    name, _, form = split.first.rpartition(",")
    if name.strip(" ,") and word(form.strip(" ")) in LEGAL_FORMS:
        return evolve(split, first="", company=split.first, how="company")
    return split


def _as_suffix_after_comma(split: SplitName) -> SplitName:
    name, _, suffix = split.first.rpartition(",")
    if name.strip(" ,") and word(suffix.strip(" ")) in SUFFIXES:
        return evolve(split, first=name.strip(" "), suffix=suffix.strip(" "))
    return split


def _without_suffix(split: SplitName) -> SplitName:
    """Take a suffix out that stands at the end of the first name's comma, or at the end of the last name."""
    if split.how == "comma":
        name, _, suffix = split.first.rpartition(",")
        if name.strip(" ,") and word(suffix.strip(" ")) in SUFFIXES:
            return evolve(split, first=name.strip(" "), suffix=_joined(suffix, split.suffix))
        name, _, suffix = split.last.rpartition(" ")
        if name and word(suffix) in SUFFIXES:
            return evolve(split, last=name.rstrip(" "), suffix=_joined(suffix, split.suffix))
    elif word(split.last) in SUFFIXES and " " in split.first:
        first, _, last = split.first.rpartition(" ")
        return evolve(split, first=first.rstrip(" "), last=last, suffix=_joined(split.last, split.suffix))
    return split


def _joined(suffix: str, further: str) -> str:
    """Return both suffixes, for the comma's meaning may have taken one out already."""
    return f"{suffix.strip(' ')} {further}".rstrip(" ")


def _without_title(split: SplitName) -> SplitName:
    title, _, first = split.first.partition(" ")
    return evolve(split, first=first.lstrip(" "), title=title) if first and word(title) in TITLES else split


def _with_particles(split: SplitName) -> SplitName:
    if split.how != "last_space":
        return split
    words = split.first.split(" ")
    kept = len(words)
    while kept > 1 and (words[kept - 1] in PARTICLES or not words[kept - 1]):
        kept -= 1
    if kept == len(words):
        return split
    first, last = " ".join(words[:kept]), " ".join([*words[kept:], split.last])
    return evolve(split, first=first, last=last.lstrip(" "))


def _with_two_surnames(split: SplitName) -> SplitName:
    first, _, surname = split.first.rpartition(" ")
    if split.how != "last_space" or not first or " " in split.last:
        return split
    return evolve(split, first=first.rstrip(" "), last=f"{surname} {split.last}")


def _without_middle(split: SplitName) -> SplitName:
    first, _, middle = split.first.rpartition(" ")
    if first and len(middle.rstrip(".")) == 1 and middle[0].isalpha():
        return evolve(split, first=first.rstrip(" "), middle=middle)
    return split


def _family_first(split: SplitName) -> SplitName:
    if split.how == "last_space" and is_spaceless(split.first) and is_spaceless(split.last):
        family, _, given = f"{split.first} {split.last}".partition(" ")
        return evolve(split, first=given.lstrip(" "), last=family, how="family_first")
    name = split.first
    if split.how == "single" and len(name) in _HANGUL_NAME and is_hangul(name):
        length = 2 if name.startswith(_LONG_FAMILY_NAMES) and len(name) > 2 else 1  # noqa: PLR2004
        return evolve(split, first=name[length:], last=name[:length], how="family_first")
    return split


_Steps: TypeAlias = tuple[tuple[str, object, Callable[[SplitName], SplitName], tuple[str, ...]], ...]
"""Rows of: the opt-in, its value, the step, and the codes of the flags that the step settles."""

_FORMS: Final = (
    "legal_form",
    "legal_form_after_comma",
    "legal_form_as_last",
    "multiple_commas",
)

_BEFORE: Final[_Steps] = (
    ("any_comma", True, _with_any_comma, ("non_ascii_comma",)),
    ("notes", True, _without_note, ("note_in_name",)),
    ("symbols", True, _without_symbols, ("symbol_only_part",)),
    ("legal_forms", True, _as_company, _FORMS),
    ("comma", "name_form", _as_form_after_comma, _FORMS),
    ("comma", "name_suffix", _as_suffix_after_comma, ("suffix_after_comma", "multiple_commas")),
)
"""Steps on the whole name, which stands in `first`."""

_AFTER: Final[_Steps] = (
    ("suffixes", True, _without_suffix, ("suffix_as_last", "multiple_commas")),
    ("titles", True, _without_title, ("title_in_first",)),
    ("particles", True, _with_particles, ("particle_before_last",)),
    ("two_surnames", True, _with_two_surnames, ()),
    ("middle", True, _without_middle, ()),
    ("family_first", True, _family_first, ("script_no_space", "script_family_first")),
)
"""Steps on the parts."""
