"""Arguments that are not what they must be are refused before anything is asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.environment import AsyncEnvironment, Environment
from custsync.engine.manual import link_manually
from custsync.errors import ConfigurationError, InputError
from custsync.flow import Flow
from custsync.flows.lago import CUSTOMER_SYNC
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import RetryAfter, Tier
from custsync.stores.memory import MemoryStore
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.environments import FLOW, NOW, Party, Setup, answering, lost_before


class TestAnAdapterOfAnotherSystem:
    """An adapter that says which system it is of is refused by flows of another."""

    @pytest.mark.parametrize("side", ["target", "source"])
    def test_it_is_refused(self, side: str) -> None:
        fitting = Environment(target=FakeStripe(), source=FakeNetSuite(), store=MemoryStore())
        assert plan(EXPORT, [], fitting).is_empty
        changed: dict[str, Any] = {side: fitting.source if side == "target" else fitting.target}
        with pytest.raises(ConfigurationError, match=f"the {side} adapter is one of"):
            plan(EXPORT, [], evolve(fitting, **changed))


@pytest.mark.rule("G-DUP")
class TestCapabilities:
    """What an adapter declares is checked against the flow and its own methods before anything is saved."""

    def test_tier_a_with_a_flow_that_sends_no_unique_id(self) -> None:
        setup = Setup(target=Party(tier=Tier.A))
        setup.source.put("1", name="Ann")
        with pytest.raises(ConfigurationError, match=r"declares tier A, and .* sends no unique id"):
            sync(FLOW, setup.source.payloads(), setup.world)
        with pytest.raises(ConfigurationError, match="tier A"):
            plan(FLOW, setup.source.payloads(), setup.world)
        assert (setup.records(), setup.target.calls) == ([], [])

    @pytest.mark.parametrize("flow", [IMPORT, CUSTOMER_SYNC], ids=lambda flow: flow.name)
    def test_tier_a_with_a_custom_field_alone(self, flow: Flow) -> None:
        world = Environment(target=FakeNetSuite(tier=Tier.A), store=MemoryStore())
        with pytest.raises(ConfigurationError, match="sends no unique id"):
            plan(flow.replace(unique_key=""), [], world)

    @pytest.mark.parametrize(
        "flow", [FLOW.replace(unique_key="external_id"), CUSTOMER_EXPORT], ids=lambda f: f.name
    )
    def test_tier_a_with_a_unique_id_or_a_key_of_its_own(self, flow: Flow) -> None:
        world = evolve(Setup(target=Party(tier=Tier.A)).world, source=None)
        assert plan(flow, [], world).is_empty

    @pytest.mark.parametrize("method", ["create", "update"])
    def test_a_target_that_is_written_to_needs_the_methods(self, method: str) -> None:
        setup = Setup()
        setup.target.capabilities = evolve(setup.target.capabilities)
        world = evolve(setup.world, target=Without(setup.target, method))
        assert plan(FLOW, [{"id": "1"}], world).summary == "shop.EXPORT: 1 to create"
        message = f"the target adapter has no method '{method}', and flow 'shop.EXPORT' writes to it"
        with pytest.raises(ConfigurationError, match=message):
            sync(FLOW, [{"id": "1"}], world)
        assert setup.records() == []

    def test_a_source_that_an_id_is_written_back_to_needs_update(self) -> None:
        setup = Setup()
        world = evolve(setup.world, source=Without(setup.source, "update"))
        with pytest.raises(ConfigurationError, match="the source adapter has no method 'update'"):
            sync(FLOW, [{"id": "1"}], world)
        assert sync(FLOW.replace(write_back=""), [{"id": "1"}], world).wrote == 1

    @pytest.mark.parametrize("call", ["plan", "sync", "apply", "link_manually"])
    def test_merges_without_the_method(self, call: str) -> None:
        setup = Setup()
        made = plan(FLOW, [], setup.world)
        setup.target.capabilities = evolve(setup.target.capabilities, merges=1)
        calls: dict[str, Callable[[], object]] = {
            "plan": lambda: plan(FLOW, [], setup.world),
            "sync": lambda: sync(FLOW, [], setup.world),
            "apply": lambda: apply(FLOW, made, setup.world),
            "link_manually": lambda: link_manually(FLOW, "1", "b1", setup.world),
        }
        with pytest.raises(
            ConfigurationError, match="the target adapter has no method 'merge', and it declares merges"
        ):
            calls[call]()


class Without:
    """An adapter that lacks a method."""

    def __init__(self, party: Party, method: str) -> None:
        self._party, self._method = party, method

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            raise AttributeError(name)
        return getattr(self._party, name)


@pytest.mark.rule("G-DUP")
class TestEnvironments:
    """An environment with parts of another kind, or with a clock without a zone, is not made."""

    @pytest.mark.parametrize("kind", [Environment, AsyncEnvironment])
    @pytest.mark.parametrize(
        ("parts", "error", "message"),
        [
            ({"target": "stripe"}, InputError, "target: an adapter is needed, not a value of type str"),
            ({"target": None}, InputError, "target: an adapter is needed, not a value of type NoneType"),
            ({"source": 7}, InputError, "source: an adapter is needed, not a value of type int"),
            ({"store": {}}, InputError, "store: a sync-record store is needed, not a value of type dict"),
            ({"retry": 3}, InputError, "retry: a Retry is needed, not a value of type int"),
            ({"clock": NOW}, InputError, "clock: a function is needed"),
            ({"sleep": 1.0}, InputError, "sleep: a function is needed"),
            ({"random": 0.5}, InputError, "random: a function is needed"),
            ({"clock": datetime.now}, ConfigurationError, "clock: it must return a time with a zone"),
            ({"clock": NOW.isoformat}, ConfigurationError, "clock: it must return a time with a zone"),
            (
                {"clock": lambda: 1 / 0},
                ConfigurationError,
                r"it raised ZeroDivisionError \(test_arguments\.py, ",
            ),
            ({"clock": lambda: datetime.max.replace(tzinfo=UTC)}, ConfigurationError, "the year 9999"),
            (
                {"clock": lambda: datetime.min.replace(tzinfo=UTC)},
                ConfigurationError,
                "clock: the year 1 is no time of a clock",
            ),
        ],
        ids=lambda value: str(value)[:40] if isinstance(value, str) else None,
    )
    def test_refused(self, kind: Any, parts: dict[str, Any], error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            kind(**{"target": Party(), "store": MemoryStore(), **parts})

    @pytest.mark.parametrize("name", ["target", "source", "store"])
    def test_what_is_to_be_awaited_is_refused_where_nothing_waits(self, name: str) -> None:
        method = "save" if name == "store" else "find"
        party = type("Later", (), {method: _later})()
        parts = {"target": Party(), "store": MemoryStore(), name: party}
        assert AsyncEnvironment(**parts).store is parts["store"]
        with pytest.raises(InputError, match=f"{name}: its '{method}' is to be awaited"):
            Environment(**parts)

    def test_a_sleep_that_raises_is_named(self) -> None:
        setup = Setup(target=Party())
        setup.target.then("create", answering(RetryAfter(1)))
        with pytest.raises(ConfigurationError, match=r"sleep.* raised TypeError \(test_arguments\.py, line"):
            sync(FLOW, [{"id": "1"}], evolve(setup.world, sleep=_sleep))

    def test_a_clock_of_another_zone_is_read_in_utc(self) -> None:
        there = timezone(timedelta(hours=9))
        setup = Setup(target=Party())
        setup.target.then("create", lost_before)
        sync(FLOW, [{"id": "1"}], evolve(setup.world, clock=lambda: NOW.astimezone(there)))
        intent = setup.the_record().intent
        assert intent is not None
        assert (intent.issued_at, intent.issued_at.tzinfo) == (NOW, UTC)

    def test_a_clock_that_loses_its_zone_during_the_run(self) -> None:
        """Nothing is sent on a time that tells nobody how old it is."""
        setup = Setup()
        times = iter([NOW])
        world = evolve(setup.world, clock=lambda: next(times, NOW.replace(tzinfo=None)))
        with pytest.raises(ConfigurationError, match="clock: "):
            sync(FLOW, [{"id": "1"}], world)
        assert (setup.records(), setup.target.writes) == ([], [])


def _sleep(_seconds: float) -> object:
    raise TypeError


async def _later(_party: object, *_asked: object) -> object:
    return None
