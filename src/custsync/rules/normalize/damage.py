"""What a spreadsheet or an export leaves in a field where a value was: error values, null written out."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from attrs import evolve

from custsync.models import Issue, Maybe, Severity
from custsync.rules.normalize.texts import as_text, visible

_ERROR_VALUES: Final = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#ERROR!"}
)
_BLANKS_WRITTEN_OUT: Final = frozenset(
    {"NULL", "null", "(null)", "<null>", "<NA>", "NaN", "nan", "None", "undefined", "[object Object]", "\\N"}
)
_PLACEHOLDERS: Final = (
    *("n/a", "n.a.", "n.a", "none", "unknown", "not available", "not applicable", "tba", "tbd"),
    *(
        "no name",
        "no email",
        "no phone",
        "-",
        "--",
        "---",
        ".",
        "..",
        "...",
        "?",
        "??",
        "???",
        "\u2013",
        "\u2014",
    ),
)
"""What people enter where a field must not stay blank."""
_NO_VALUES: Final = _ERROR_VALUES.union(
    _BLANKS_WRITTEN_OUT, *((word, word.upper(), word.capitalize(), word.title()) for word in _PLACEHOLDERS)
)
_LONGEST: Final = 40
"""No trace of damage is longer, blanks at the ends and repeated signs included."""

_REPLACEMENT_CHARACTER: Final = "\ufffd"

_damaged: Final = re.compile(
    r"\ufffd|\A(?:[\s\xad\u200b-\u200f\u2060\ufeff#<\[\\]|\(null|N[Uao]|n[ua]|und|[0-9][^+]*[eE]\+|\+?[0-9]{7,}\.0)"
).search
"""What damage begins with, or holds."""
_line_begins_so: Final = re.compile(
    r"\n(?:[\s\xad\u200b-\u200f\u2060\ufeff#<\[\\]|\(null|N[Uao]|n[ua]|und)"
).search
_is_decimal: Final = re.compile(r"\+?[0-9]{7,}\.0").fullmatch
"""A long number, of a phone for example, that was read as an amount."""


def may_be_damaged(texts: Collection[str]) -> bool:
    """Return whether one of the texts is worth a closer look: most values are done with at a glance."""
    lines = "\n" + "\n".join(texts)
    is_exponent = "+" in lines and ("e+" in lines or "E+" in lines)  # to look for two signs is slow
    signs = is_exponent or ".0" in lines or _REPLACEMENT_CHARACTER in lines
    return bool(signs or _line_begins_so(lines)) and any(map(_damaged, texts))


def spreadsheet_damage(text: Maybe[str], field: str) -> Issue | None:
    """Return a warning where a field holds what a spreadsheet or an export wrote in place of a value.

    An error value (`#REF!`), a column too narrow (`####`), a number in exponent form (`1.2E+11`) or as an
    amount (`441134960000.0`), a null that was written out (`NULL`, `NaN`), or a character that was lost in
    another encoding. Only the whole field counts, in exactly that spelling: "Null" is a surname. The value
    itself stays for the caller to judge.

    Args:
        text: the field's value; null and absent are no damage.
        field: the field's name, for the warning.

    Raises:
        InputError: the argument is no text.

    Rule: G-LOSS

    >>> spreadsheet_damage("#N/A", "email").field
    'email'
    >>> spreadsheet_damage("Null", "last_name") is None
    True
    """
    text = as_text(text)
    if not _damaged(text):
        return None
    if _REPLACEMENT_CHARACTER in text:
        return evolve(_DAMAGED_CHARACTER, field=field)
    if len(text) > _LONGEST:
        return None
    text = visible(text).strip()
    is_cut = text.startswith("##") and not text.strip("#")
    if text in _ERROR_VALUES or is_cut or _is_exponent(text) or _is_decimal(text):
        return evolve(_SPREADSHEET_DAMAGE, field=field)
    if text in _BLANKS_WRITTEN_OUT:
        return evolve(_BLANK_WRITTEN_OUT, field=field)
    return None


def stands_for_nothing(text: str) -> bool:
    """Return whether the text is an error value, a null that was written out or a placeholder, and so no key.

    >>> stands_for_nothing("#N/A"), stands_for_nothing(" Unknown "), stands_for_nothing("Null")
    (True, True, False)
    """
    return text.strip() in _NO_VALUES


def hold_nothing(texts: Iterable[str]) -> bool:
    """Return whether one of the texts, which have no blanks at their ends, holds no value."""
    return not _NO_VALUES.isdisjoint(texts)


def _is_exponent(text: str) -> bool:
    """Return whether the text is a long number as a narrow column shows it."""
    digits, mark, exponent = text.upper().partition("E+")
    return mark != "" and exponent.isdecimal() and digits.replace(".", "", 1).isdecimal()


_SPREADSHEET_DAMAGE: Final = Issue(
    code="spreadsheet_damage",
    rule="G-LOSS",
    field="",
    reason="a spreadsheet wrote this in place of the value",
    remedy="Correct the field in the source, or in the file that was exported",
    severity=Severity.WARNING,
)
_DAMAGED_CHARACTER: Final = evolve(
    _SPREADSHEET_DAMAGE, code="damaged_character", reason="a character was lost in another encoding"
)
_BLANK_WRITTEN_OUT: Final = evolve(
    _SPREADSHEET_DAMAGE, code="blank_written_out", reason="an export wrote a word in place of a blank"
)
