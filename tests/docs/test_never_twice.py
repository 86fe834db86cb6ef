"""The page of the promises cites tests that are there."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "explanation" / "never-twice.md").read_text(encoding="utf-8")
FILES: Final = sorted(set(re.findall(r"tests/[\w/]+\.py", PAGE)))
CLASSES: Final = sorted(set(re.findall(r"`(Test\w+)`", PAGE)))


class TestThePage:
    """A promise without a test is a wish."""

    def test_it_cites_some(self) -> None:
        assert len(FILES) > 5
        assert len(CLASSES) > 5

    @pytest.mark.parametrize("path", FILES)
    def test_a_file_is_there(self, path: str) -> None:
        assert (ROOT / path).is_file()

    @pytest.mark.parametrize("name", CLASSES)
    def test_a_class_is_in_one_of_them(self, name: str) -> None:
        texts = [(ROOT / path).read_text(encoding="utf-8") for path in FILES]
        assert any(f"class {name}:" in text for text in texts)
