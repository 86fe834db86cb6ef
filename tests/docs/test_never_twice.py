"""The pages of the promises name the tests that prove them, beside each, and these are there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = {
    name: (ROOT / "docs" / "explanation" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("never-twice", "proof")
}
TESTS: Final = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
FILE: Final = re.compile(r"`(tests/[\w/]+\.py)`")
CLASS: Final = re.compile(r"`(Test\w+)`")


def found(pattern: re.Pattern[str]) -> list[str]:
    return sorted({name for page in PAGES.values() for name in pattern.findall(page)})


def passages(page: str) -> Iterator[str]:
    """Yield the paragraphs and the items of lists; a table goes with the passage before it."""
    text = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    for part in re.split(r"\n\s*\n(?!\|)", text):
        if not part.lstrip().startswith("#"):
            yield from re.split(r"\n(?=- |\d\. )", part.strip())


class TestThePages:
    """A promise without a test is a wish."""

    @pytest.mark.parametrize("passage", [*passages(PAGES["never-twice"])], ids=lambda text: text[:40])
    def test_each_passage_names_its_test(self, passage: str) -> None:
        assert FILE.search(passage) or CLASS.search(passage)

    @pytest.mark.parametrize("path", found(FILE))
    def test_a_file_is_there(self, path: str) -> None:
        assert (ROOT / path).is_file()

    @pytest.mark.parametrize("name", found(CLASS))
    def test_a_class_is_there(self, name: str) -> None:
        assert re.search(rf"^class {name}\b", TESTS, re.MULTILINE)
