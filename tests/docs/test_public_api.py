"""What is public is named on one page, and documented."""

import inspect

import pytest

from tests.issue_table import catalogue as issues
from tests.public_api.catalogue import MODULES, PAGE, documented, names_of, page, undocumented_fields


class TestThePage:
    """One page lists the public modules and names."""

    def test_it_is_as_generated(self) -> None:
        assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.public_api"

    def test_the_issues_too(self) -> None:
        assert issues.PAGE.read_text(encoding="utf-8") == issues.page(), "run python -m tests.issue_table"

    @pytest.mark.parametrize("module", MODULES)
    def test_every_class_and_function_has_a_docstring(self, module: str) -> None:
        assert [
            name for name, value in names_of(module) if documented(value) and not inspect.getdoc(value)
        ] == []

    @pytest.mark.parametrize("module", MODULES)
    def test_every_field_is_explained(self, module: str) -> None:
        found = {name: undocumented_fields(value) for name, value in names_of(module)}
        assert {name: fields for name, fields in found.items() if fields} == {}
