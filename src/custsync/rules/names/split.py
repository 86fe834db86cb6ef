"""One text into a first and a last name: the documented rules, and where a caller may depart from them."""

from typing import Final
from unicodedata import category

from attrs import evolve

from custsync._arguments import checked
from custsync.models import Issue, Maybe
from custsync.rules.names import flags
from custsync.rules.names.display import PLACEHOLDER
from custsync.rules.names.parts import AS_DOCUMENTED, PARTS, NamePolicy, SplitName, halves
from custsync.rules.names.policies import split_by
from custsync.rules.names.vocabulary import signs_of
from custsync.rules.normalize.texts import as_text, text_key, visible

_EMPTY: Final = SplitName(how="empty", issues=(flags.EMPTY_NAME,))
_BLANK_LETTERS: Final = frozenset("\u034f\u2800\u3164\uffa0")
"""Characters that show nothing, though Unicode counts them as letters or marks."""


@checked
def split_name(
    text: Maybe[str],
    *,
    is_person: bool = True,
    clean: bool = True,
    policy: NamePolicy = AS_DOCUMENTED,
    placeholder: str = PLACEHOLDER,
) -> SplitName:
    """Return the name in parts: first and last of a person, the whole text of a company.

    A comma: left of it is the last name, right of it the first; the first comma splits, what follows stays
    whole. No comma but spaces: the last space splits. Neither: the whole is the first name. A person without
    a last name gets the placeholder. The name is cleaned first: letters keep their bytes, other blanks
    become spaces, invisible characters go, ends are trimmed. The issues say what was cleaned and what is odd
    about the name; they never change the split. A name with nothing left is refused: `how` is `empty`, and
    the one issue is the error `empty_name`.

    Args:
        text: the name; null and absent read as blank.
        is_person: False for a company (Commercial in ServiceTitan), whose name is never split.
        clean: False takes the text literally, but for spaces at the ends.
        policy: what the source opts into beyond the documented rules.
        placeholder: the last name of a person who has none; `""` leaves it empty.

    Returns:
        The parts, how they came about, and the issues. Linear time.

    Raises:
        InputError: the argument is no text.

    Rule: ST-NAME-1, ST-NAME-2, ST-NAME-3, ST-NAME-4, ST-NAME-5, ST-NAME-6
    Source: NetSuite customer sync flow, "Customer name behaviour".

    >>> split = split_name("Smith, John")
    >>> split.first, split.last, split.how
    ('John', 'Smith', 'comma')
    >>> split_name(" , ").issues[0].code
    'empty_name'
    """
    name, issues = _cleaned(as_text(text)) if clean else (as_text(text).strip(" "), ())
    if not name.strip(" ,"):
        return _EMPTY
    if not is_person:
        return SplitName("", "", name, "company", issues)
    signs = signs_of(name, placeholder)
    if policy is not AS_DOCUMENTED:
        split = _by_policy(policy, name, signs, issues, placeholder)
    else:
        first, last, how = halves(name, policy)
        issues += flags.flags_of(signs, name, first, last, how, placeholder)
        split = SplitName(first, last, "", how, issues)
    return split if split.last or split.company else _with_placeholder(split, policy, placeholder)


def resplit_name(
    text: Maybe[str],
    *,
    first: Maybe[str],
    last: Maybe[str],
    middle: Maybe[str] = None,
    placeholder: str = PLACEHOLDER,
) -> SplitName:
    """Return a changed name in parts, by the parts that the target has already.

    Where the name still ends with the target's last name, that is the last name, and what is before it,
    but for the target's middle name, the first name. Where it begins with the target's first (and middle)
    name instead, what is left is the last name. Whole words count, whatever their case, and the new spelling
    is taken. Else the name is split as `split_name` does. A placeholder is no known last name.

    Args:
        text: the changed name; null and absent read as blank.
        first: the target's first name.
        last: the target's last name.
        middle: the target's middle name.
        placeholder: the last name of a person who has none.

    Returns:
        The parts; one that the name does not have while the target has it is `""`, with a warning.

    Raises:
        InputError: an argument is no text.

    Rule: SP-NAME

    >>> split = resplit_name("Charles De Gaulle", first="Pierre", last="De Gaulle")
    >>> split.first, split.last, split.how
    ('Charles', 'De Gaulle', 'known')
    >>> resplit_name("Charles De Gaulle", first="Ann", last="Archer").last
    'Gaulle'
    """
    name, issues = _cleaned(as_text(text))
    words = name.split()
    known_first, known_middle = as_text(first).split(), as_text(middle).split()
    known_last = [] if as_text(last).strip() == placeholder else as_text(last).split()
    start = len(words) - len(known_last)
    if _are_one(words[start:], known_last):
        end = start - len(known_middle)
        if end <= 0 or not _are_one(words[end:start], known_middle):
            end = start
        return _by_known(words[:end], words[end:start], words[start:], known_first, issues)
    for begin in ([*known_first, *known_middle], known_first):
        end = len(known_first)
        if known_first and _are_one(words[: len(begin)], begin) and (known_last or words[len(begin) :]):
            return _by_known(words[:end], words[end : len(begin)], words[len(begin) :], known_last, issues)
    return split_name(text, placeholder=placeholder)


def _are_one(words: list[str], known: list[str]) -> bool:
    """Return whether the words are the known ones, of which there are some."""
    return known != [] and text_key(" ".join(words)) == text_key(" ".join(known))


def _by_known(
    first: list[str], middle: list[str], last: list[str], known: list[str], issues: tuple[Issue, ...]
) -> SplitName:
    """Return the parts; `known` is what the target has of the part that was not recognised."""
    if known and not (first and last):
        issues = (*issues, flags.PART_KEPT)
    return SplitName(
        first=" ".join(first), last=" ".join(last), how="known", issues=issues, middle=" ".join(middle)
    )


def _cleaned(text: str) -> tuple[str, tuple[Issue, ...]]:
    """Return the text with plain blanks and without invisible characters, and what was done."""
    if text.isprintable() and _BLANK_LETTERS.isdisjoint(text):
        return text.strip(" "), ()
    issues: tuple[Issue, ...] = ()
    spaced = "".join([" " if sign.isspace() else sign for sign in text])
    shown = [sign for sign in spaced if category(sign) != "Cc" and sign not in _BLANK_LETTERS]
    seen = visible("".join(shown))
    if len(seen) != len(spaced):
        issues = (flags.INVISIBLE_CHAR,)
    if spaced != text:
        issues = (*issues, flags.WHITESPACE_NORMALISED)
    return seen.strip(" "), issues


def _by_policy(
    policy: NamePolicy, name: str, signs: int, issues: tuple[Issue, ...], placeholder: str
) -> SplitName:
    """Return the name as the policy splits it; what is odd about it is what is odd about the result."""
    draft = split_by(policy, name, signs)
    if draft.how != "company":
        issues += flags.flags_of(signs, draft.name, draft.first, draft.last, draft.how, placeholder)
    return SplitName(how=draft.how, issues=issues, **{part: getattr(draft, part) for part in PARTS})


def _with_placeholder(split: SplitName, policy: NamePolicy, placeholder: str) -> SplitName:
    """Fill the last name in where there is none, except where the policy keeps an empty side (ST-NAME-4)."""
    if not placeholder or (split.how == "comma" and policy.empty_side == "as_written"):
        return split
    issues = split.issues if flags.tells_why(split.issues) else (*split.issues, flags.PLACEHOLDER_LAST)
    return evolve(split, last=placeholder, issues=issues)
