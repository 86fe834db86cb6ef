"""Which proofs are exhaustive: they run with `pytest -m exhaustive`, and in `.ci/run deep`."""

from pathlib import Path

import pytest

ALWAYS = {"test_processes.py", "test_simulator.py", "test_one_answer.py", "test_hostile_input.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every proof that is not played each time."""
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.name not in ALWAYS:
            item.add_marker(pytest.mark.exhaustive)
