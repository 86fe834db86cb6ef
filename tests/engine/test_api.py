"""The calls that people make, and the two drivers: blocking and async worlds have the same outcomes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, apply_async, decide_each, plan, plan_async, sync, sync_async
from custsync.engine.environment import AsyncEnvironment, Environment
from custsync.engine.outcomes import Outcome, Report, Result
from custsync.engine.plans import Plan
from custsync.errors import (
    AdapterContractError,
    AdapterError,
    ConfigurationError,
    InputError,
    PlanError,
    StoreError,
)
from custsync.flow import Flow
from custsync.models import ABSENT, Customer, Issue
from custsync.protocols import Adapter, AsyncAdapter, Done, RetryAfter, Unknown
from custsync.rules.eligibility import Check, rule_raised
from custsync.rules.matching.rule import Key
from custsync.stores.memory import MemoryStore
from tests.environments import (
    BY_EMAIL,
    FLOW,
    AsyncParty,
    Clock,
    Party,
    Setup,
    answering,
    lost_after,
    lost_before,
    row,
    saying,
)

Items = list[Any]
CANARY = "canary@shop.example"


def blocking(setup: Setup, items: Items, **options: Any) -> Report:
    return sync(FLOW, items, setup.world, **options)


def by_plan(setup: Setup, items: Items, **options: Any) -> Report:
    return apply(FLOW, plan(FLOW, items, setup.world), setup.world, **options)


def asynchronous(setup: Setup, items: Items, **options: Any) -> Report:
    return asyncio.run(sync_async(FLOW, items, setup.async_world, **options))


def streamed(setup: Setup, items: Items, **options: Any) -> Report:
    return asyncio.run(sync_async(FLOW, stream(items), setup.async_world, **options))


def by_async_plan(setup: Setup, items: Items, **options: Any) -> Report:
    async def both() -> Report:
        made = await plan_async(FLOW, stream(items), setup.async_world)
        return await apply_async(FLOW, made, setup.async_world, **options)

    return asyncio.run(both())


async def stream(items: Iterable[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


Run = Callable[..., Report]
RUNS: list[Run] = [blocking, by_plan, asynchronous, streamed, by_async_plan]
every_run = pytest.mark.parametrize("run", RUNS, ids=lambda run: run.__name__)


def a_bit_of_everything() -> tuple[Setup, Items]:
    setup = Setup()
    setup.source.put("1", name="New", email="new@shop.example")
    setup.source.put("2", name="Linked", email="linked@shop.example")
    setup.source.put("3", name="Two", email="two@shop.example")
    setup.source.put("4", name="Time-out")
    setup.target.put("b1", email="linked@shop.example")
    setup.target.put("b2", email="two@shop.example").put("b3", email="two@shop.example")
    return setup, [*setup.source.payloads(), {"id": "5", "name": 5}, {"id": "1"}, "{"]


def the_world(setup: Setup) -> Any:
    records = [evolve(record, memory={}) for record in setup.records()]
    return setup.target.rows, setup.source.rows, records


@pytest.mark.rule("G-IDEM")
class TestSameOutcomes:
    """Blocking or async, in one go or by a plan, lists or streams: one state of the world."""

    @every_run
    def test_one_round(self, run: Run) -> None:
        expected, items = a_bit_of_everything()
        want = blocking(expected, items)
        setup, items = a_bit_of_everything()
        got = run(setup, items)
        assert (
            got.counts
            == want.counts
            == {Result.CREATED: 2, Result.LINKED: 1, Result.REVIEW: 1, Result.REFUSED: 2, Result.LEFT_OUT: 1}
        )
        assert the_world(setup) == the_world(expected)

    @every_run
    @pytest.mark.parametrize("lost", [lost_before, lost_after("create")], ids=["before", "after"])
    def test_after_a_lost_create(self, run: Run, lost: Any) -> None:
        setup, items = a_bit_of_everything()
        setup.target.then("create", lost)
        assert run(setup, items).counts[Result.UNKNOWN] == 2
        assert run(setup, items).counts[Result.RECOVERED] == 2
        assert len(setup.target.rows) == 5

    @every_run
    @pytest.mark.parametrize("batch", [1, 2, 3, 10**30])
    def test_batches(self, run: Run, batch: int) -> None:
        setup = Setup()
        for number in range(7):
            setup.source.put(str(number), name=f"Customer {number}")
        assert run(setup, setup.source.payloads(), batch=batch).counts == {Result.CREATED: 7}
        assert run(setup, setup.source.payloads(), batch=batch).wrote == 0

    @every_run
    def test_nothing_to_do(self, run: Run) -> None:
        assert run(Setup(), []) == Report()

    @every_run
    @pytest.mark.parametrize("batch", [0, -1, True, 1.5, "7"])
    def test_a_batch_of_none_is_refused(self, run: Run, batch: Any) -> None:
        setup, items = a_bit_of_everything()
        with pytest.raises(InputError, match="at least 1"):
            run(setup, items, batch=batch)

    @every_run
    def test_whoever_observes_sees_each_outcome_in_order(self, run: Run) -> None:
        setup, items = a_bit_of_everything()
        seen: list[Outcome] = []
        report = run(setup, items, observe=seen.append)
        assert [str(outcome.source) for outcome in seen] == [
            *(f"shop:{number}" for number in (1, 2, 3, 4, 5, 1)),
            "shop:#7",
        ]
        assert Report.of(seen) == report

    def test_plans_are_equal(self) -> None:
        setup, items = a_bit_of_everything()
        made = plan(FLOW, items, setup.world)
        assert asyncio.run(plan_async(FLOW, items, setup.async_world)) == made
        assert tuple(decide_each(FLOW, items, setup.world)) == made.decisions

    @pytest.mark.parametrize("incremental", [True, False])
    def test_incremental(self, incremental: bool) -> None:  # noqa: FBT001 - a table
        setup = Setup()
        setup.source.put("1", name="Ann")
        for _ in range(2):
            blocking(setup, setup.source.payloads())
        setup.target.calls.clear()
        made = asyncio.run(
            plan_async(FLOW, setup.source.payloads(), setup.async_world, incremental=incremental)
        )
        assert made.is_empty
        assert asynchronous(setup, setup.source.payloads(), incremental=incremental).wrote == 0
        assert bool(setup.target.calls) is not incremental


class TestLaziness:
    """Decisions come batch by batch, and a plan writes nothing."""

    def test_one_batch_at_a_time(self) -> None:
        setup = Setup()
        taken: list[int] = []

        def customers() -> Iterable[Any]:
            for number in range(10):
                taken.append(number)
                yield {"id": str(number)}

        next(iter(decide_each(FLOW, customers(), setup.world, batch=2)))
        assert taken == [0, 1]

    def test_a_dry_run_writes_nothing(self) -> None:
        setup, items = a_bit_of_everything()
        plan(FLOW, items, setup.world)
        assert (setup.records(), setup.target.writes, setup.source.writes) == ([], [], [])


class TestProgress:
    """Whoever asks is told how many are done."""

    @pytest.mark.parametrize(("count", "told"), [(0, [0]), (3, [2, 3]), (4, [2, 4, 4])])
    def test_each_call(self, count: int, told: list[int]) -> None:
        setup = Setup()
        for number in range(count):
            setup.source.put(str(number))
        items = setup.source.payloads()
        heard: list[int] = []
        made = plan(FLOW, items, setup.world, batch=2, progress=heard.append)
        assert heard == told
        apply(FLOW, made, setup.world, batch=2, progress=heard.append)
        sync(FLOW, items, setup.world, batch=2, progress=heard.append)
        assert heard == told * 3

    @pytest.mark.parametrize(("count", "told"), [(0, [0]), (3, [2, 3]), (4, [2, 4, 4])])
    def test_each_async_call(self, count: int, told: list[int]) -> None:
        setup = Setup()
        for number in range(count):
            setup.source.put(str(number))
        items = setup.source.payloads()
        heard: list[int] = []
        made = asyncio.run(plan_async(FLOW, items, setup.async_world, batch=2, progress=heard.append))
        assert heard == told
        asyncio.run(apply_async(FLOW, made, setup.async_world, batch=2, progress=heard.append))
        asyncio.run(sync_async(FLOW, items, setup.async_world, batch=2, progress=heard.append))
        assert heard == told * 3


@pytest.mark.rule("G-DUP")
class TestPlans:
    """Only the flow that made a plan carries it out."""

    def test_another_flow(self) -> None:
        setup = Setup()
        made = Plan(flow="other", version="1", decisions=())
        with pytest.raises(PlanError):
            apply(FLOW, made, setup.world)
        with pytest.raises(PlanError):
            asyncio.run(apply_async(FLOW, made, setup.async_world))


def raising(error: Exception) -> Callable[..., Any]:
    def call(*_: Any) -> Any:
        raise error

    return call


@pytest.mark.rule("G-DUP", "G-ISO")
class TestFailures:
    """What an adapter raises is an unknown outcome, what a store raises ends the run; no word is told."""

    @pytest.mark.parametrize("run", [blocking, asynchronous], ids=["blocking", "async"])
    @pytest.mark.parametrize(
        "error", [ValueError(CANARY), StopIteration(CANARY), KeyError(CANARY), TimeoutError()]
    )
    @pytest.mark.parametrize(("method", "result"), [("find", Result.REFUSED), ("create", Result.UNKNOWN)])
    def test_of_the_target(
        self, run: Run, error: Exception, method: str, result: Result, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, "custsync")
        setup = Setup()
        setup.source.put("1", email=CANARY)
        setup.target.then(method, raising(error))
        report = run(setup, setup.source.payloads())
        assert report.counts == {result: 1}
        assert CANARY not in f"{caplog.text} {report} {report!r}"
        assert "the adapter raised " in caplog.text

    @pytest.mark.parametrize("run", [blocking, asynchronous], ids=["blocking", "async"])
    def test_of_an_update(self, run: Run) -> None:
        setup = Setup()
        setup.source.put("1", email=CANARY)
        setup.target.put("b1", email=CANARY)
        setup.target.then("update", raising(ValueError(CANARY)))
        assert run(setup, setup.source.payloads()).counts == {Result.UNKNOWN: 1}

    @pytest.mark.parametrize("run", [blocking, asynchronous], ids=["blocking", "async"])
    def test_of_our_own_tree_they_go_through(self, run: Run) -> None:
        setup = Setup()
        setup.source.put("1")
        setup.target.then("create", raising(AdapterError("the token has run out")))
        with pytest.raises(AdapterError, match="the token has run out"):
            run(setup, setup.source.payloads())
        assert run(setup, setup.source.payloads()).counts == {Result.RECOVERED: 1}

    @pytest.mark.parametrize("run", [blocking, asynchronous], ids=["blocking", "async"])
    @pytest.mark.parametrize(
        ("method", "named"),
        [("load", "LoadRecords"), ("find_by_digest", "FindByDigest"), ("save", "SaveRecords")],
    )
    def test_of_the_store(self, run: Run, method: str, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
        setup = Setup()
        setup.source.put("1", email=CANARY)
        monkeypatch.setattr(setup.store, method, raising(OSError(CANARY)))
        with pytest.raises(StoreError, match=f"{named}: .* OSError") as caught:
            run(setup, setup.source.payloads())
        assert CANARY not in str(caught.value)
        assert caught.value.__suppress_context__

    def test_of_the_clock_and_the_sleep(self) -> None:
        setup = Setup()
        setup.source.put("1")
        with pytest.raises(ConfigurationError, match="clock: it raised OSError"):
            evolve(setup.world, clock=raising(OSError()))
        setup.target.then("find", answering(RetryAfter(1)))
        setup.source.put("1", email=CANARY)
        with pytest.raises(ConfigurationError, match="sleep, random: one of them raised OSError"):
            sync(FLOW, setup.source.payloads(), evolve(setup.world, sleep=raising(OSError())))

    @pytest.mark.parametrize("run", [blocking, asynchronous], ids=["blocking", "async"])
    def test_an_answer_that_breaks_the_contract(self, run: Run) -> None:
        setup = Setup()
        setup.source.put("1")
        setup.target.then("create", saying({"foreign": Done("b1")}))
        with pytest.raises(AdapterContractError):
            run(setup, setup.source.payloads())

    def test_a_flow_that_writes_back_needs_a_source_adapter(self) -> None:
        setup = Setup()
        world = evolve(setup.world, source=None)
        made = plan(FLOW, [{"id": "1"}], world)
        with pytest.raises(ConfigurationError, match="give the environment a `source` adapter"):
            sync(FLOW, [{"id": "1"}], world)
        with pytest.raises(ConfigurationError, match="give the environment a `source` adapter"):
            apply(FLOW, made, world)
        other = evolve(setup.async_world, source=None)
        with pytest.raises(ConfigurationError, match="give the environment a `source` adapter"):
            asyncio.run(sync_async(FLOW, [{"id": "1"}], other))
        with pytest.raises(ConfigurationError, match="give the environment a `source` adapter"):
            asyncio.run(apply_async(FLOW, made, other))
        assert sync(FLOW.replace(write_back=""), [{"id": "1"}], world).counts == {Result.CREATED: 1}


@pytest.mark.rule("G-DUP")
class TestWaiting:
    """Retry-After is honoured on the world's clock, spread by its chance, given up after a few times."""

    @pytest.mark.parametrize("run", [blocking, asynchronous], ids=["blocking", "async"])
    def test_never_earlier_than_told(self, run: Run) -> None:
        setup = Setup()
        setup.source.put("1")
        setup.target.then("create", answering(RetryAfter(30)), answering(RetryAfter(0)))
        assert run(setup, setup.source.payloads()).counts == {Result.CREATED: 1}
        assert setup.clock.slept == [30, 2]

    def test_spread_by_chance(self) -> None:
        setup = Setup()
        setup.source.put("1")
        setup.target.then("create", answering(RetryAfter(30)))
        sync(FLOW, setup.source.payloads(), evolve(setup.world, random=lambda: 0.5))
        assert setup.clock.slept == [30.25]

    def test_bounded(self) -> None:
        setup = Setup()
        setup.source.put("1")
        setup.target.then("create", *[answering(RetryAfter(1))] * 99)
        assert sync(FLOW, setup.source.payloads(), setup.world).counts == {Result.FAILED: 1}
        assert len(setup.clock.slept) == 4


class TestWorlds:
    """A world without more said uses the machine's clock and sleep; a source can be named instead."""

    def test_the_machine_s_clock(self) -> None:
        world = Environment(target=Party(), store=MemoryStore())
        assert world.clock().tzinfo is UTC
        assert abs((world.clock() - datetime.now(UTC)).total_seconds()) < 60

    def test_the_machine_s_chance(self) -> None:
        world = Environment(target=Party(), store=MemoryStore())
        assert all(0 <= world.random() < 1 for _ in range(9))

    def test_the_machine_s_sleep(self) -> None:
        setup = Setup()
        world = AsyncEnvironment(target=AsyncParty(Party()), store=setup.async_world.store)
        assert asyncio.run(_awaited(world)) is None

    def test_the_source_s_world_by_name(self) -> None:
        world = Environment(target=Party(), store=MemoryStore(), account="acct_1", mode="live")
        (made,) = plan(FLOW, [{"id": "1"}], world)
        assert (made.source.account, made.source.mode) == ("acct_1", "live")

    def test_parties_are_adapters(self) -> None:
        assert isinstance(Party(), Adapter)
        assert isinstance(AsyncParty(Party()), AsyncAdapter)
        assert not isinstance(Clock(), Adapter)

    def test_a_blocking_clock_in_an_async_world(self) -> None:
        setup = Setup()
        setup.source.put("1")
        setup.target.then("create", answering(Unknown()))
        assert asynchronous(setup, setup.source.payloads()).counts == {Result.UNKNOWN: 1}


async def _awaited(world: AsyncEnvironment) -> object:
    return await world.sleep(0)


@pytest.mark.rule("G-WHY")
def test_a_run_says_how_it_went(caplog: pytest.LogCaptureFixture) -> None:
    """The activity log has the counts of each run."""
    caplog.set_level(logging.INFO, "custsync")
    setup, items = a_bit_of_everything()
    sync(FLOW, items, setup.world)
    assert "shop.EXPORT: 2 created, 1 linked" in caplog.text


class TestArguments:
    """An argument of another kind is refused in words, before anything is asked."""

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("stripe.EXPORT", [], None), "flow: a Flow is needed"),
            ((FLOW, [], None), "environment: Environment"),
            (
                (FLOW, {"id": "1"}, Environment),
                "environment: Environment(target=..., store=...) is needed, not the class Environment",
            ),
            ((FLOW, {"id": "1"}, ...), "customers: several records are needed"),
            ((FLOW, "customers.jsonl", ...), "customers: several records are needed"),
            ((FLOW, 7, ...), "a list or a data frame for example, not a value of type int"),
        ],
        ids=["flow", "world", "class", "one record", "path", "number"],
    )
    def test_refused(self, arguments: tuple[Any, ...], words: str) -> None:
        setup = Setup()
        given: list[Any] = [setup.world if value is ... else value for value in arguments]
        calls: tuple[Any, ...] = (plan, sync, decide_each)
        for call in calls:
            with pytest.raises(InputError) as told:
                call(*given)
            assert words in str(told.value)

    def test_async(self) -> None:
        setup = Setup()
        calls: tuple[Any, ...] = (plan_async, sync_async)
        for call in calls:
            with pytest.raises(InputError, match="customers: several records"):
                asyncio.run(call(FLOW, {"id": "1"}, setup.async_world))
            with pytest.raises(InputError, match="environment: AsyncEnvironment"):
                asyncio.run(call(FLOW, [], setup.world))

    def test_a_plan(self) -> None:
        setup = Setup()
        with pytest.raises(InputError, match="planned: a Plan is needed"):
            apply(FLOW, [], setup.world)  # type: ignore[arg-type]


@pytest.mark.rule("G-ISO")
class TestRulesThatRaise:
    """A check, a row or a reader of the caller's that raises fails its record alone, no value is told."""

    def test_row(self) -> None:
        self._check(FLOW.with_field(row("phone", compute=_raising)), "1")

    def test_check(self) -> None:
        rule = Check(fails=_raising_check, issue=rule_raised(ValueError()))
        self._check(FLOW.replace(checks=(rule,)), "1", Result.LEFT_OUT)

    def test_key(self) -> None:
        self._check(FLOW.replace(match=(evolve(BY_PHONE, keys=Key("phone", kind=_raising_key)),)), "1")

    def test_fit(self) -> None:
        setup = Setup()
        setup.source.put("1", email=CANARY)
        setup.target.put("b1", email=CANARY)
        report = sync(
            FLOW.replace(match=(evolve(BY_EMAIL, accept_hit=_raising_fit),)),
            setup.source.payloads(),
            setup.world,
        )
        assert [issue.code for issue in report.attention[0].issues] == ["rule_raised"]
        assert CANARY not in str(report)

    def test_reader(self) -> None:
        self._check(FLOW.replace(source=evolve(FLOW.source, read=_raising_reader)), "1")

    def _check(self, flow: Flow, bad: str, result: Result = Result.REFUSED) -> None:
        setup = Setup()
        setup.source.put("1", phone=CANARY)
        setup.source.put("2")
        report = sync(flow, setup.source.payloads(), setup.world)
        assert report.counts == {result: 1, Result.CREATED: 1}
        (outcome,) = report.attention
        assert (outcome.source.id, outcome.issues[0].code) == (bad, "rule_raised")
        assert "raised ValueError" in str(report)
        assert CANARY not in str(report)

    @pytest.mark.parametrize("part", ["row", "check", "reader", "key", "fit"])
    def test_our_own_errors_go_on(self, part: str) -> None:
        rule = Check(fails=_misconfigured, issue=rule_raised(ValueError()))
        flow = {
            "row": FLOW.with_field(row("phone", compute=_misconfigured)),
            "check": FLOW.replace(checks=(rule,)),
            "reader": FLOW.replace(source=evolve(FLOW.source, read=_misconfigured)),
            "key": FLOW.replace(match=(evolve(BY_EMAIL, keys=Key("email", kind=_misconfigured)),)),
            "fit": FLOW.replace(match=(evolve(BY_EMAIL, accept_hit=_misconfigured),)),
        }[part]
        setup = Setup()
        setup.source.put("1", email=CANARY)
        setup.target.put("b1", email=CANARY)
        with pytest.raises(ConfigurationError, match="not set up"):
            plan(flow, setup.source.payloads(), setup.world)


def _raising(customer: Customer, _current: Customer | None) -> Any:
    if customer.phone:
        raise ValueError(customer.phone)
    return ABSENT


def _raising_key(text: str) -> str | None:
    raise ValueError(text)


def _raising_fit(customer: Customer, _found: Customer) -> Issue | None:
    raise ValueError(customer.email)


BY_PHONE = evolve(BY_EMAIL, lookup="phone", keys=Key("phone", kind="id"))


def _raising_check(customer: Customer) -> bool:
    return bool(_raising(customer, None))


def _raising_reader(payload: Mapping[str, Any], account: str, mode: str) -> Customer:
    customer = FLOW.source.read(payload, account, mode)
    _raising(customer, None)
    return customer


def _misconfigured(*_: object) -> Any:
    raise ConfigurationError("not set up")
