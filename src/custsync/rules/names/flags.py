"""What is odd about a name: one row per flag, its test beside its issue. No flag changes a split."""

from collections.abc import Callable
from typing import Final

from attrs import frozen

from custsync.models import Issue, Severity
from custsync.rules.names.parts import HowSplit
from custsync.rules.names.words import (
    BEFORE_OTHER_SCRIPTS,
    HOUSEHOLDS,
    JOINTS,
    LEGAL_FORMS,
    NON_ASCII_COMMAS,
    PARTICLES,
    SUFFIXES,
    TITLES,
    WATCHED,
    has_letter,
    is_spaceless,
    word,
    words_of,
)


@frozen
class Reading:
    """A name with its documented split, and its words as the tables spell them."""

    name: str
    first: str
    last: str
    how: HowSplit
    words: list[str]
    placeholder: str

    @property
    def right(self) -> list[str]:
        """Return the words right of the first comma, none without one."""
        return words_of(self.name.partition(",")[2].strip(" ")) if self.how == "comma" else []


def _issue(code: str, rule: str, reason: str, remedy: str, severity: Severity = Severity.WARNING) -> Issue:
    return Issue(code=code, rule=rule, field="name", reason=reason, remedy=remedy, severity=severity)


_FIX = "Correct the name in the source system, or choose a policy for it."
_FINE = "Nothing has to be done."

EMPTY_NAME: Final = _issue(
    "empty_name",
    "ST-NAME-6",
    "the name is empty or holds nothing but blanks and commas",
    "Enter a name in the source system.",
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
    "there is no last name, so the placeholder stands in its place",
    "Enter the last name in the source system.",
    Severity.NOTE,
)
EMPTY_SIDE: Final = _issue("empty_side", "ST-NAME-4", "a comma leaves one side of the name empty", _FIX)


def _is_empty_side(reading: Reading) -> bool:
    return reading.how == "comma" and not (reading.first.strip(" ,") and reading.last)


def _is_multiple(reading: Reading) -> bool:
    return reading.name.count(",") > 1


def _is_suffix_after_comma(reading: Reading) -> bool:
    return all(text in SUFFIXES for text in reading.right) and reading.right != []


def _is_suffix_as_last(reading: Reading) -> bool:
    return reading.how == "last_space" and reading.words[-1] in SUFFIXES


def _is_form_after_comma(reading: Reading) -> bool:
    return all(text in LEGAL_FORMS for text in reading.right) and reading.right != []


def _is_form_as_last(reading: Reading) -> bool:
    return reading.how == "last_space" and reading.words[-1] in LEGAL_FORMS


def _is_form_at_end(reading: Reading) -> bool:
    return reading.how == "comma" and reading.words[-1] in LEGAL_FORMS and not _is_form_after_comma(reading)


def _is_joint(reading: Reading) -> bool:
    return not JOINTS.isdisjoint(reading.words[1:-1]) and reading.words[-1] not in LEGAL_FORMS


def _is_household(reading: Reading) -> bool:
    return reading.words[-1] in HOUSEHOLDS or reading.words[:2] == ["estate", "of"]


def _is_title(reading: Reading) -> bool:
    return " " in reading.name and word(reading.first.partition(" ")[0]) in TITLES


def _is_particle(reading: Reading) -> bool:
    before = reading.first.rpartition(" ")
    return reading.how == "last_space" and before[0] != "" and before[2] in PARTICLES


def _is_note(reading: Reading) -> bool:
    return "(" in reading.name or " - " in reading.name


def _is_placeholder(reading: Reading) -> bool:
    return reading.placeholder != "" and reading.placeholder.lower() in reading.words


def _is_other_comma(reading: Reading) -> bool:
    return any(sign in reading.name for sign in NON_ASCII_COMMAS)


def _is_script_no_space(reading: Reading) -> bool:
    return reading.how == "single" and is_spaceless(reading.name)


def _is_script_family_first(reading: Reading) -> bool:
    return reading.how == "last_space" and is_spaceless(reading.first) and is_spaceless(reading.last)


def _is_symbol_only(reading: Reading) -> bool:
    return not all(has_letter(part) for part in (reading.first, reading.last) if part)


FLAGS: Final[tuple[tuple[Callable[[Reading], bool], Issue], ...]] = (
    (_is_empty_side, EMPTY_SIDE),
    (_is_multiple, _issue("multiple_commas", "ST-NAME-1", "the name holds several commas", _FIX)),
    (
        _is_suffix_after_comma,
        _issue("suffix_after_comma", "ST-NAME-1", "a suffix right of the comma is the first name", _FIX),
    ),
    (
        _is_suffix_as_last,
        _issue("suffix_as_last", "ST-NAME-2", "a suffix at the end is the last name", _FIX),
    ),
    (
        _is_form_after_comma,
        _issue("legal_form_after_comma", "ST-NAME-5", "a legal form right of the comma: a company?", _FIX),
    ),
    (
        _is_form_as_last,
        _issue("legal_form_as_last", "ST-NAME-5", "a legal form is the last name: a company?", _FIX),
    ),
    (_is_form_at_end, _issue("legal_form", "ST-NAME-5", "the name ends in a legal form: a company?", _FIX)),
    (_is_joint, _issue("joint_name", "ST-NAME-2", "the name seems to name two persons", _FIX)),
    (_is_household, _issue("household_word", "ST-NAME-2", "the name seems to name a household", _FIX)),
    (_is_title, _issue("title_in_first", "ST-NAME-2", "the first name begins with a title", _FIX)),
    (
        _is_particle,
        _issue("particle_before_last", "ST-NAME-2", "the last name seems to be two words or more", _FIX),
    ),
    (_is_note, _issue("note_in_name", "ST-NAME-2", "the name seems to hold a note", _FIX)),
    (
        _is_placeholder,
        _issue("placeholder_in_source", "ST-NAME-4", "the source holds the placeholder as a name", _FIX),
    ),
    (
        _is_other_comma,
        _issue("non_ascii_comma", "ST-NAME-1", "a comma of another script does not split", _FIX),
    ),
    (
        _is_script_no_space,
        _issue("script_no_space", "ST-NAME-3", "names in this script are written without a blank", _FIX),
    ),
    (
        _is_script_family_first,
        _issue("script_family_first", "ST-NAME-2", "in this script the family name stands first", _FIX),
    ),
    (
        _is_symbol_only,
        _issue("symbol_only_part", "ST-NAME-6", "a part of the name has no letter and no digit", _FIX),
    ),
)

_TELL_WHY: Final = frozenset(("non_ascii_comma", "script_no_space", "placeholder_in_source"))
"""Flags that say why there is no last name, so that `placeholder_last` would say it twice."""


def flags_of(name: str, first: str, last: str, how: HowSplit, placeholder: str) -> tuple[Issue, ...]:
    """Return what is odd about the name as the rules split it; `last` is `""` where there is none."""
    words = words_of(name)
    if _is_plain(name, words, placeholder) and (how != "comma" or (last != "" and name.count(",") == 1)):
        return ()
    reading = Reading(name, first, last, how, words, placeholder)
    return tuple([issue for is_so, issue in FLAGS if is_so(reading)])


def tells_why(issues: tuple[Issue, ...]) -> bool:
    """Return whether an issue says already why there is no last name."""
    return any(issue.code in _TELL_WHY for issue in issues)


def _is_plain(name: str, words: list[str], placeholder: str) -> bool:
    """Return whether the name is made of plain words of which no table knows one: no word can be odd."""
    if max(name) >= BEFORE_OTHER_SCRIPTS or not WATCHED.isdisjoint(words):
        return False
    return "".join(words).isalpha() and placeholder.lower() not in words
