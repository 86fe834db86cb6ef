"""Every flow does what is recorded of it in `tests/expected`, word by word."""

import pytest

from tests.expected.__main__ import COMMAND, difference
from tests.expected.plays import PLAYS, Play

_SHOWN = 200


class TestExpectedResults:
    """Plans, explanations, decisions, outcomes, sync records and rows are those of the files."""

    @pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.flow.name)
    def test_they_are_as_recorded(self, play: Play) -> None:
        lines = difference(play)
        if lines:
            shown = "\n".join(lines[:_SHOWN])
            pytest.fail(f"{shown}\n({len(lines)} lines differ. If that is right: {COMMAND})", pytrace=False)
