"""The proofs can fail: each engine here is broken in one way, and is noticed.

As `python -m tests.proofs --planted`, which prints the table of docs/explanation/proof.md.
"""

import logging
from collections.abc import Iterator

import pytest

from tests.proofs.__main__ import noticed
from tests.proofs.checks import CHECKS, Check, sees
from tests.proofs.planted import BUGS, Bug


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the warnings about what is made to fail out of the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class TestPlantedBugs:
    """The sound engine passes every check, and no broken one does."""

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_the_sound_engine(self, check: Check) -> None:
        raised: list[Exception] = []
        assert not sees(check, raised)
        assert raised == []

    @pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "_"))
    def test_a_broken_one(self, bug: Bug) -> None:
        assert noticed(bug) != ""
