"""The project's own table: every rule has a module and tests, and the pages are those of today."""

import pytest

from tests.rule_table.__main__ import ROOT, checked


class TestTheProject:
    """Rules, modules, tests, sources and pages agree, with no exception."""

    @pytest.mark.exhaustive  # `.ci/run` runs the command
    def test_nothing_is_wrong(self) -> None:
        assert checked(ROOT) == []
