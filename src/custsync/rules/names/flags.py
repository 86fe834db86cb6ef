"""What is odd about a name: one row per flag, its test beside its issue. No flag changes a split.

Each row names the sign without which its test is not asked, so that a plain name costs little.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from custsync.models import Issue, Severity
from custsync.rules.names import vocabulary
from custsync.rules.names.parts import HowSplit
from custsync.rules.names.vocabulary import Sign, is_spaceless, words_of


class Reading(NamedTuple):
    """A name with its split."""

    name: str
    first: str
    last: str
    placeholder: str


_FIX = "Correct the name in the source system, or choose a policy for it"


def _issue(
    code: str, rule: str, reason: str, remedy: str = _FIX, severity: Severity = Severity.WARNING
) -> Issue:
    return Issue(code=code, rule=rule, field="name", reason=reason, remedy=remedy, severity=severity)


_FINE = "Nothing to do"
_MOST: Final = 10
"""Words right of a comma that can all be suffixes, so that a hostile text costs little."""

EMPTY_NAME: Final = _issue(
    "empty_name",
    "ST-NAME-6",
    "the name is empty or holds nothing but blanks and commas",
    "Enter a name in the source system",
    Severity.ERROR,
)
INVISIBLE_CHAR: Final = _issue(
    "invisible_char", "ST-NAME-6", "invisible characters were removed", _FINE, Severity.NOTE
)
WHITESPACE_NORMALISED: Final = _issue(
    "whitespace_normalised", "ST-NAME-6", "other blanks were written as plain ones", _FINE, Severity.NOTE
)
PLACEHOLDER_LAST: Final = _issue(
    "placeholder_last",
    "ST-NAME-4",
    "there is no last name, so the placeholder is used",
    "Enter the last name in the source system",
    Severity.NOTE,
)
PART_KEPT: Final = _issue(
    "name_part_kept",
    "SP-NAME",
    "the new name has only one of the two parts that the target has; the other one stays",
    "Enter the whole name in the source system",
)


def _is_empty_side(reading: Reading) -> bool:
    return not (reading.first.strip(" ,") and reading.last)


def _is_multiple(reading: Reading) -> bool:
    return reading.name.count(",") > 1


def _is_suffix_after_comma(reading: Reading) -> bool:
    right = reading.name.partition(",")[2].replace(",", " ").split()
    return 0 < len(right) <= _MOST and all(vocabulary.is_suffix(text, reading.name, 0) for text in right)


def _is_suffix_as_last(reading: Reading) -> bool:
    return vocabulary.is_suffix(reading.last, reading.name, len(reading.first.split()))


def _is_form_after_comma(reading: Reading) -> bool:
    return vocabulary.LEGAL_FORMS.issuperset(words_of(reading.name.partition(",")[2]))


def _is_form_as_last(reading: Reading) -> bool:
    return words_of(reading.name)[-1] in vocabulary.LEGAL_FORMS


def _is_form_at_end(reading: Reading) -> bool:
    return _is_form_as_last(reading) and not _is_form_after_comma(reading)


def _is_joint(reading: Reading) -> bool:
    words = words_of(reading.name)
    return not vocabulary.JOINTS.isdisjoint(words[1:-1]) and words[-1] not in vocabulary.LEGAL_FORMS


def _is_household(reading: Reading) -> bool:
    words = words_of(reading.name)
    return words[-1] in vocabulary.HOUSEHOLDS or words[:2] == ["estate", "of"]


def _is_title(reading: Reading) -> bool:
    return " " in reading.name and vocabulary.word(reading.first.partition(" ")[0]) in vocabulary.TITLES


def _is_particle(reading: Reading) -> bool:
    before, _, text = reading.first.rpartition(" ")
    return before != "" and vocabulary.is_particle(text, reading.last, before.partition(" ")[0])


def _is_note(reading: Reading) -> bool:
    return "(" in reading.name or " - " in reading.name


def _is_placeholder(reading: Reading) -> bool:
    return reading.placeholder.lower() in words_of(reading.name)


def _is_other_comma(reading: Reading) -> bool:
    return any(sign in reading.name for sign in vocabulary.NON_ASCII_COMMAS)


def _is_spaceless(reading: Reading) -> bool:
    return is_spaceless(reading.name)


def _is_family_first(reading: Reading) -> bool:
    return is_spaceless(reading.first) and is_spaceless(reading.last)


def _is_symbol_only(reading: Reading) -> bool:
    return not all(vocabulary.has_letter(part) for part in (reading.first, reading.last) if part)


_Row: TypeAlias = tuple[int, HowSplit | None, Callable[[Reading], bool], Issue]


FLAGS: Final[tuple[_Row, ...]] = (
    (
        Sign.COMMAS,
        "comma",
        _is_empty_side,
        _issue("empty_side", "ST-NAME-4", "a comma leaves one side of the name empty"),
    ),
    (
        Sign.COMMAS,
        "comma",
        _is_multiple,
        _issue("multiple_commas", "ST-NAME-1", "the name holds several commas"),
    ),
    (
        Sign.SUFFIX,
        "comma",
        _is_suffix_after_comma,
        _issue("suffix_after_comma", "ST-NAME-1", "a suffix right of the comma is the first name"),
    ),
    (
        Sign.SUFFIX,
        "last_space",
        _is_suffix_as_last,
        _issue("suffix_as_last", "ST-NAME-2", "a suffix at the end is the last name"),
    ),
    (
        Sign.FORM,
        "comma",
        _is_form_after_comma,
        _issue("legal_form_after_comma", "ST-NAME-5", "a legal form right of the comma: a company?"),
    ),
    (
        Sign.FORM,
        "last_space",
        _is_form_as_last,
        _issue("legal_form_as_last", "ST-NAME-5", "a legal form is the last name: a company?"),
    ),
    (
        Sign.FORM,
        "comma",
        _is_form_at_end,
        _issue("legal_form", "ST-NAME-5", "a legal form at the end: a company?"),
    ),
    (Sign.JOINT, None, _is_joint, _issue("joint_name", "ST-NAME-2", "the name seems to name two persons")),
    (
        Sign.HOUSEHOLD,
        None,
        _is_household,
        _issue("household_word", "ST-NAME-2", "the name seems to name a household"),
    ),
    (
        Sign.TITLE,
        None,
        _is_title,
        _issue("title_in_first", "ST-NAME-2", "the first name begins with a title"),
    ),
    (
        Sign.PARTICLE,
        "last_space",
        _is_particle,
        _issue("particle_before_last", "ST-NAME-2", "the last name seems to be two words or more"),
    ),
    (Sign.SYMBOL, None, _is_note, _issue("note_in_name", "ST-NAME-2", "the name seems to hold a note")),
    (
        Sign.PLACEHOLDER,
        None,
        _is_placeholder,
        _issue("placeholder_in_source", "ST-NAME-4", "the source holds the placeholder as a name"),
    ),
    (
        Sign.SCRIPT,
        None,
        _is_other_comma,
        _issue("non_ascii_comma", "ST-NAME-1", "a comma of another script does not split"),
    ),
    (
        Sign.SCRIPT,
        "single",
        _is_spaceless,
        _issue("script_no_space", "ST-NAME-3", "names in this script are written without a blank"),
    ),
    (
        Sign.SCRIPT,
        "last_space",
        _is_family_first,
        _issue("script_family_first", "ST-NAME-2", "in this script the family name comes first"),
    ),
    (
        Sign.SYMBOL,
        None,
        _is_symbol_only,
        _issue("symbol_only_part", "ST-NAME-6", "a part of the name has no letter and no digit"),
    ),
)
"""The sign that a flag needs, how the name must have been split if that matters, its test and its issue."""

_TELL_WHY: Final = frozenset(("non_ascii_comma", "script_no_space", "placeholder_in_source"))
"""Flags that say why there is no last name, so that `placeholder_last` would say it twice."""


def flags_of(
    signs: int, name: str, first: str, last: str, how: HowSplit, placeholder: str
) -> tuple[Issue, ...]:
    """Return what is odd about the name as it was split.

    Args:
        signs: what the whole name shows (`signs_of`); a step of a policy may have taken some of it out.
        name: what was split.
        first: its first name.
        last: its last name, `""` where there is none.
        how: how it was split.
        placeholder: the placeholder for a last name.
    """
    if not signs:
        return ()
    reading = Reading(name, first, last, placeholder)
    return tuple([issue for is_so, issue in _rows(signs, how) if is_so(reading)])


@lru_cache(maxsize=1024)
def _rows(signs: int, how: HowSplit) -> tuple[tuple[Callable[[Reading], bool], Issue], ...]:
    """Return the tests that a name with these signs, split this way, can pass, and their issues."""
    return tuple(
        [(is_so, issue) for sign, split, is_so, issue in FLAGS if sign & signs and split in (None, how)]
    )


def tells_why(issues: tuple[Issue, ...]) -> bool:
    """Return whether an issue explains already why there is no last name."""
    return any(issue.code in _TELL_WHY for issue in issues)
