"""What a spreadsheet or an export left in a field: a warning with the field's name, and no look-alike."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT, Severity
from custsync.rules.normalize import spreadsheet_damage


@pytest.mark.rule("G-LOSS")
class TestSpreadsheetDamage:
    """Only a whole field in exactly the spelling of a spreadsheet or an export is damage."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            *(
                (text, "spreadsheet_damage")
                for text in [
                    "#REF!",
                    "#N/A",
                    "#VALUE!",
                    "#NAME?",
                    "#DIV/0!",
                    "#NUM!",
                    "#NULL!",
                    "#SPILL!",
                    "#CALC!",
                    "#ERROR!",
                ]
            ),
            *((text, "spreadsheet_damage") for text in ("##", "########", " #REF! ", "4.41E+11", "1e+2")),
            *(
                (text, "blank_written_out")
                for text in ["NULL", "null", "(null)", "<null>", "<NA>", "NaN", "nan", "None"]
            ),
            *((text, "blank_written_out") for text in ("undefined", "[object Object]", "\\N", " NULL\n")),
            *((text, "damaged_character") for text in ("Jos\ufffd", "\ufffd", "\ufffd" * 100)),
        ],
        ids=ascii,
    )
    def test_is_named(self, text: str, code: str) -> None:
        issue = spreadsheet_damage(text, "email")
        assert issue is not None
        assert (issue.code, issue.field, issue.rule) == (code, "email", "G-LOSS")
        assert issue.severity is Severity.WARNING

    @pytest.mark.parametrize(
        "text",
        [
            *(None, ABSENT, "", "  ", "#", "# 5", "#5", "Null", "Nan", "NONE", "Nullmann", "n/a", "N/A"),
            *("Ann NULL", "#REF! Ltd", "E+1", "1E+", "1.2.3E+4", "E", "12", "1E5", "O'Brien", "#" * 41),
        ],
        ids=ascii,
    )
    def test_is_not(self, text: Any) -> None:
        assert spreadsheet_damage(text, "name") is None

    @given(st.text(), st.text())
    def test_takes_any_text_and_shows_none(self, text: str, field: str) -> None:
        issue = spreadsheet_damage(text, field)
        assert issue is None or issue == spreadsheet_damage(text.strip(), field)

    def test_what_is_no_text_is_refused(self) -> None:
        wrong: Any = 7
        with pytest.raises(InputError, match="a text was expected"):
            spreadsheet_damage(wrong, "name")
