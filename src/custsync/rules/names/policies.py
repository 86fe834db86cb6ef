"""What a source may opt into beyond the documented rules: each opt-in is one small step on a draft.

A step leaves the draft alone where it has nothing to do, and never empties a name. What is odd about the name
is judged afterwards, on what the steps left: a warning goes only where a step settled it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from custsync.rules.names import vocabulary
from custsync.rules.names.parts import Draft, NamePolicy, halves
from custsync.rules.names.vocabulary import Sign, is_spaceless, is_suffix, word, words_of

Step: TypeAlias = Callable[[Draft], None]

_COMMAS: Final = str.maketrans(dict.fromkeys(vocabulary.NON_ASCII_COMMAS, ","))
_LONG_FAMILY_NAMES: Final = ("남궁", "독고", "사공", "서문", "선우", "제갈", "황보")
_MOST: Final = 10
"""Suffixes that are looked for in a name, so that a hostile text costs little."""

_JOINING: Final = ("y", "e")
_HANGUL_NAME: Final = range(2, 5)


def split_by(policy: NamePolicy, name: str, signs: int) -> Draft:
    """Return the name as the policy splits it.

    Args:
        policy: what the source opts into.
        name: the cleaned name, not blank.
        signs: what it shows (`signs_of`); a step without its sign is passed over.
    """
    on_the_name, on_the_parts = _steps(policy, signs)
    draft = Draft(name)
    for step in on_the_name:
        step(draft)
    if draft.how != "company":
        draft.first, draft.last, draft.how = halves(draft.name, policy)
        for step in on_the_parts:
            step(draft)
    return draft


@lru_cache(maxsize=1024)
def _steps(policy: NamePolicy, signs: int) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Return the steps on the whole name and those on its parts that the policy opts into."""

    def chosen(rows: _Rows) -> tuple[Step, ...]:
        opted = [row for row in rows if getattr(policy, row[0]) == row[1]]
        return tuple([step for _, _, sign, step in opted if not sign or sign & signs])

    return chosen(_ON_THE_NAME), chosen(_ON_THE_PARTS)


def _with_any_comma(draft: Draft) -> None:
    name = draft.name.translate(_COMMAS)
    if name.strip(" ,"):
        draft.name = name


def _without_notes(draft: Draft) -> None:
    """Take every "(Tenant)", and " - Rental" at the end, out of the name."""
    head, *rest = draft.name.split("(")
    kept, notes = [head], []
    for piece in rest:
        note, _, after = piece.partition(")")
        notes.append(note.strip(" ") if ")" in piece else "")
        kept.append(after)
    name = " ".join([part for part in (piece.strip(" ") for piece in kept) if part]).replace(" ,", ",")
    if not rest:
        name, _, note = draft.name.rpartition(" - ")
        name, notes = name.rstrip(" "), ["" if "," in note else note.strip(" ")]
    if name.strip(" ,") and all(notes):
        draft.name, draft.note = name, ", ".join(notes)


def _without_symbols(draft: Draft) -> None:
    """Leave words out that are all symbols, such as an emoji; plain signs ("&", "-") stay."""
    if draft.name.isascii():
        return
    words = draft.name.split(" ")
    kept = [text for text in words if vocabulary.has_letter(text) or not text or any(map(str.isascii, text))]
    name = " ".join(kept).strip(" ")
    if len(kept) < len(words) and name.strip(" ,"):
        draft.name = name


def _as_company(draft: Draft) -> None:
    words = words_of(draft.name)
    if len(words) > 1 and words[-1] in vocabulary.LEGAL_FORMS:
        draft.company, draft.how = draft.name, "company"


def _as_form_after_comma(draft: Draft) -> None:
    name, _, form = draft.name.rpartition(",")
    if name.strip(" ,") and word(form.strip(" ")) in vocabulary.LEGAL_FORMS:
        draft.company, draft.how = draft.name, "company"


def _as_suffixes_after_comma(draft: Draft) -> None:
    """Take suffixes out that follow commas at the end, where a first and a last name are left.

    A comma with nothing behind it goes too.
    """
    name, suffix = draft.name.rstrip(" ,"), ""
    for _ in range(_MOST):
        if not name or ("," not in name and not _has_two_names(name)):
            break
        _take(draft, suffix)
        draft.name = name
        name, _, suffix = name.rpartition(",")
        if not _are_suffixes(suffix, draft.name, len(name.split())):
            break
        name = name.rstrip(" ,")


def _are_suffixes(text: str, name: str, before: int) -> bool:
    """Return whether the text is made of suffixes, "Ph. D." included."""
    words = text.split()
    if not words or len(words) > _MOST:
        return False
    if is_suffix(words[0], name, before):
        return all(is_suffix(each, name, before) for each in words)
    return is_suffix("".join(words), name, before)


def _has_two_names(name: str) -> bool:
    """Return whether the name has a first name before its surname, which particles may open."""
    words = name.split()
    opening = 0
    while opening < len(words) - 1 and vocabulary.is_particle(words[opening], words[-1], words[0]):
        opening += 1
    return opening < len(words) - 1


def _take(draft: Draft, suffix: str) -> None:
    """Add a suffix to those that stood behind it."""
    draft.suffix = f"{suffix.strip(' ')} {draft.suffix}".strip(" ")


def _without_suffixes(draft: Draft) -> None:
    """Take suffixes out at the end of the name, and at the end of both sides of a comma."""
    if draft.how == "comma":
        _strip_first(draft)
        draft.last = _stripped(draft, draft.last, 1)
        if draft.suffix:
            draft.rejoin()
    elif draft.how == "last_space":
        name = _stripped(draft, draft.name, 2)
        if name is not draft.name:
            first, _, last = name.rpartition(" ")
            draft.name, draft.first, draft.last = name, first.rstrip(" "), last


def _strip_first(draft: Draft) -> None:
    """Take suffixes out right of the first name, behind a comma or a blank."""
    for _ in range(_MOST):
        name, _, suffix = draft.first.rpartition(",")
        if not name.strip(" ,") or not _are_suffixes(suffix, draft.name, 1):
            break
        draft.first = name.strip(" ")
        _take(draft, suffix)
    draft.first = _stripped(draft, draft.first, 1)


def _stripped(draft: Draft, text: str, kept: int) -> str:
    """Return the text without the suffixes at its end, of which at least so many words are kept."""
    words = text.split()
    count = len(words)
    least = max(kept, count - _MOST)
    while count > least and is_suffix(words[count - 1], draft.name, count - 1):
        count -= 1
    if count == len(words):
        return text
    _take(draft, " ".join(words[count:]))
    return " ".join(words[:count])


def _without_title(draft: Draft) -> None:
    """Take a title out before the first name, and before the last name of a comma."""
    for part in ("first", "last") if draft.how == "comma" else ("first",):
        title, _, rest = getattr(draft, part).partition(" ")
        if rest and word(title) in vocabulary.TITLES:
            setattr(draft, part, rest.lstrip(" "))
            draft.title = f"{draft.title} {title}".lstrip(" ")
            draft.rejoin()


def _with_particles(draft: Draft) -> None:
    """Give the last name the particles that open it, and the first of two surnames that "y" joins."""
    if draft.how != "last_space":
        return
    words = [each for each in draft.first.split(" ") if each]
    start = len(words)
    if start > 2 and (words[-1] in _JOINING or words[-2] in vocabulary.WIDE_PARTICLES):  # noqa: PLR2004 - a first name too
        start -= 2
    while start > 1 and vocabulary.is_particle(words[start - 1], draft.last, words[0]):
        start -= 1
    if start < len(words):
        draft.first, draft.last = " ".join(words[:start]), " ".join([*words[start:], draft.last])


def _with_two_surnames(draft: Draft) -> None:
    first, _, surname = draft.first.rpartition(" ")
    if draft.how == "last_space" and first and " " not in draft.last:
        draft.first, draft.last = first.rstrip(" "), f"{surname} {draft.last}"


def _without_middle(draft: Draft) -> None:
    first, _, middle = draft.first.rpartition(" ")
    if first and len(middle.rstrip(".")) == 1 and middle[0].isalpha():
        draft.first, draft.middle = first.rstrip(" "), middle
        draft.rejoin()


def _family_first(draft: Draft) -> None:
    if draft.how == "last_space" and is_spaceless(draft.first) and is_spaceless(draft.last):
        family, _, given = f"{draft.first} {draft.last}".partition(" ")
        draft.first, draft.last, draft.how = given.lstrip(" "), family, "family_first"
    name = draft.first
    if draft.how == "single" and len(name) in _HANGUL_NAME and vocabulary.is_hangul(name):
        length = 2 if name.startswith(_LONG_FAMILY_NAMES) and len(name) > 2 else 1  # noqa: PLR2004
        draft.first, draft.last, draft.how = name[length:], name[:length], "family_first"


_Rows: TypeAlias = tuple[tuple[str, object, int, Step], ...]
"""The opt-in, its value, the sign that a name must show, and the step."""

_ANY: Final = 0

_ON_THE_NAME: Final[_Rows] = (
    ("any_comma", True, Sign.SCRIPT, _with_any_comma),
    ("notes", True, Sign.SYMBOL, _without_notes),
    ("symbols", True, Sign.SYMBOL, _without_symbols),
    ("legal_forms", True, Sign.FORM, _as_company),
    ("comma", "name_form", Sign.FORM, _as_form_after_comma),
    ("comma", "name_suffix", Sign.SUFFIX | Sign.COMMAS, _as_suffixes_after_comma),
)
_ON_THE_PARTS: Final[_Rows] = (
    ("suffixes", True, Sign.SUFFIX, _without_suffixes),
    ("titles", True, Sign.TITLE, _without_title),
    ("particles", True, Sign.PARTICLE, _with_particles),
    ("two_surnames", True, _ANY, _with_two_surnames),
    ("middle", True, _ANY, _without_middle),
    ("family_first", True, Sign.SCRIPT, _family_first),
)
