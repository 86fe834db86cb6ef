"""Arguments that are not what they must be are refused before anything is asked."""

from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import Environment, plan
from custsync.errors import ConfigurationError
from custsync.flows.stripe import EXPORT
from custsync.stores.memory import MemoryStore
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe


class TestAnAdapterOfAnotherSystem:
    """An adapter that says which system it is of is refused by flows of another."""

    @pytest.mark.parametrize("side", ["target", "source"])
    def test_it_is_refused(self, side: str) -> None:
        fitting = Environment(target=FakeStripe(), source=FakeNetSuite(), store=MemoryStore())
        assert plan(EXPORT, [], fitting).is_empty
        changed: dict[str, Any] = {side: fitting.source if side == "target" else fitting.target}
        with pytest.raises(ConfigurationError, match=f"the {side} adapter is one of"):
            plan(EXPORT, [], evolve(fitting, **changed))
