"""Records as JSON text: read as `json` reads them, but for a key that comes twice."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.payloads.reading import KeyTwiceError, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
BLANKS = st.text(" \t\r\n", max_size=3)


@pytest.mark.rule("G-ISO")
class TestTexts:
    """A text is one JSON value, with blanks around it at most."""

    @given(VALUES, BLANKS, BLANKS)
    def test_it_is_read_as_json_reads_it(self, value: Any, before: str, after: str) -> None:
        text = f"{before}{json.dumps(value)}{after}"
        assert parse_json(text) == parse_json(text.encode()) == value

    @pytest.mark.parametrize(
        "text", ["", " ", "{", "{} {}", "{},", "\x0b{}", "{}\x0b", "\ufeff{}", "nul", "[1,]"]
    )
    def test_another_text_is_none(self, text: str) -> None:
        with pytest.raises(json.JSONDecodeError):
            parse_json(text)

    @pytest.mark.parametrize("text", ['{"id": 1, "id": 1}', ' {"a": [{"id": 1, "id": 2}]}\n'])
    def test_a_key_that_comes_twice_is_refused(self, text: str) -> None:
        for one in (text, text.encode()):
            with pytest.raises(KeyTwiceError):
                parse_json(one)
