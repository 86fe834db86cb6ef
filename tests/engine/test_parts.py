"""A run in parts: what adds up, and that its plan is that of one process."""

import json
import pickle
from itertools import chain
from random import Random
from typing import Any

import pytest
from attrs import evolve

from custsync.engine import parts
from custsync.engine.api import plan, sync
from custsync.engine.decisions import Create, Skip
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Report
from custsync.engine.parts import Claims, Part, Run
from custsync.engine.plans import Plan
from custsync.errors import FlowError, InputError, PlanError
from custsync.flow import Flow
from custsync.rules.uniqueness import UniqueKey
from tests.engine.parted import CASE_OF, texts, world
from tests.engine.test_prescan import PRESCANNED, TWICE, raising
from tests.environments import FLOW, Setup

COUNT = 150
EVERY = pytest.mark.parametrize("name", CASE_OF)


def through_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own


def run_of(flow: Flow, cut: list[Part], here: Environment) -> Run:
    summary = parts.add_up(flow, (through_pickle(parts.summarize(flow, part, here)) for part in cut))
    run = Run(flow, here, through_pickle(summary))
    claims = Claims.of(through_pickle(parts.find_claims(run, part)) for part in cut)
    return evolve(run, claims=through_pickle(claims))


def in_parts(flow: Flow, records: Any, here: Environment, size: int, **settings: Any) -> list[Plan]:
    cut = [through_pickle(part) for part in parts.cut(records, size)]
    run = run_of(flow, cut, here)
    # the last first: no part waits for another
    return [parts.plan_part(run, part, **settings) for part in cut[::-1]][::-1]


def lines(plans: list[Plan]) -> list[str]:
    return list(chain.from_iterable(list(one.to_lines())[1:] for one in plans))


@pytest.mark.rule("G-DUP")
class TestTheSamePlan:
    """The plans of the parts, one after the other, are the plan of the whole, to the letter."""

    @EVERY
    @pytest.mark.parametrize("size", [1, 40])
    def test_whatever_the_parts(self, name: str, size: int) -> None:
        flow, records = CASE_OF[name].flow, texts(name, COUNT)
        made = in_parts(flow, records, world(name, COUNT), size)
        whole = plan(flow, records, world(name, COUNT))
        assert lines(made) == lines([whole])
        assert [(one.flow, one.table, one.ends) for one in made] == [
            (flow.name, whole.table, whole.ends)
        ] * len(made)

    def test_the_inputs_have_all_that_matters(self) -> None:
        codes = {issue.code for name in CASE_OF for one in plan_of(name) for issue in one.issues}
        assert {"not_json", "repeated", "shared_value", "contested", "shared_key"} <= codes

    @EVERY
    def test_a_second_run_too(self, name: str) -> None:
        flow, records, here = CASE_OF[name].flow, texts(name, COUNT), world(name, COUNT, known=True)
        sync(flow, records, here)
        every: list[dict[str, Any]] = [{}, {"incremental": True}]
        for settings in every:
            assert lines(in_parts(flow, records, here, 40, **settings)) == lines(
                [plan(flow, records, here, **settings)]
            )

    def test_any_prescan_works_in_parts(self) -> None:
        """One that does not say how it works in parts is given the customers of all of them."""
        rows = [
            {"id": str(number), "name": "Ann" if number in (2, 9) else f"No {number}"} for number in range(12)
        ]
        made = in_parts(PRESCANNED, rows, Setup().world, 5)
        assert lines(made) == lines([plan(PRESCANNED, rows, Setup().world)])
        refused = [one.source.id for one in chain(*made) if TWICE in one.issues]
        assert refused == ["2", "9"]

    @pytest.mark.rule("LS-KEY-1")
    def test_a_key_that_customers_of_different_parts_share(self) -> None:
        flow = FLOW.replace(write_back="", prescan=UniqueKey("name", str))
        rows = [{"id": one, "name": name} for one, name in zip("123", ("A", "B", "A"), strict=True)]
        made = in_parts(flow, rows, Setup().world, 1)
        assert [one.verb for one in chain(*made)] == ["refused", "create", "refused"]


def plan_of(name: str) -> Plan:
    return plan(CASE_OF[name].flow, texts(name, COUNT), world(name, COUNT))


@pytest.mark.rule("G-DUP")
class TestOneThatComesAgain:
    """Of several records of one customer the first counts, in whichever part."""

    @pytest.mark.parametrize("size", [1, 2, 9])
    def test_the_first_counts(self, size: int) -> None:
        rows = [{"id": "1"}, {"id": "2"}, {"id": "1", "name": "B"}, {"id": "3"}, {"id": "1"}]
        made = list(chain(*in_parts(FLOW, rows, Setup().world, size)))
        assert [type(one) for one in made] == [Create, Create, Skip, Create, Skip]

    def test_one_that_cannot_be_read_is_no_first(self) -> None:
        rows: list[Any] = [{"id": "1", "name": 7}, {"id": "2"}, {"id": "1", "name": "B"}, {"id": "1"}]
        made = list(chain(*in_parts(FLOW, rows, Setup().world, 1)))
        assert [one.verb for one in made] == [one.verb for one in plan(FLOW, rows, Setup().world)]
        assert [one.verb for one in made] == ["refused", "create", "create", "left out"]

    @pytest.mark.parametrize("incremental", [False, True])
    def test_one_whose_text_is_known_is_decided_once(self, incremental: bool) -> None:  # noqa: FBT001 - a table
        setup = Setup()
        setup.source.put("1", name="Ann")
        sync(FLOW, setup.source.payloads(), setup.world)
        texts = [json.dumps(row) for row in setup.source.payloads()]
        sync(FLOW, texts, setup.world)
        rows = [*texts, '{"id": "2"}', *texts]
        for batch in (1, 2, 9):
            whole = plan(FLOW, rows, setup.world, batch=batch, incremental=incremental)
            assert [one.verb for one in whole] == ["unchanged", "create", "left out"]
            made = in_parts(FLOW, rows, setup.world, batch, incremental=incremental)
            assert lines(made) == lines([whole])


@pytest.mark.rule("G-DUP")
class TestCarryingOut:
    """A part is carried out by itself; reports add up to that of one process."""

    @EVERY
    def test_sync(self, name: str) -> None:
        flow, records = CASE_OF[name].flow, texts(name, COUNT)
        whole, here = (world(name, COUNT, known=True) for _ in "ab")
        cut = list(parts.cut(records, 70))
        run = run_of(flow, cut, here)
        synced = [parts.sync_part(run, part) for part in cut]
        report = parts.catch_up(run, through_pickle(synced))
        expected = sync(flow, records, whole, batch=70)
        assert report.counts == expected.counts
        assert sorted(map(str, report.attention)) == sorted(map(str, expected.attention))
        assert rows_of(here) == rows_of(whole)

    @EVERY
    def test_apply_of_kept_plans(self, name: str) -> None:
        flow, records, here = CASE_OF[name].flow, texts(name, COUNT), world(name, COUNT, known=True)
        cut = list(parts.cut(records, 70))
        run = run_of(flow, cut, here)
        kept = [list(parts.plan_part(run, part).to_lines()) for part in cut]
        Random(7).shuffle(kept)  # noqa: S311 - any order will do
        reports = [parts.apply_part(run, Plan.from_lines(one)) for one in kept]
        report = sum(reports, start=Report())
        assert report.total == len(records)
        assert not any(outcome.result.value in ("stale", "failed", "unknown") for outcome in report.attention)
        assert not [one for one in plan(flow, records, here) if isinstance(one, Create)]

    def test_a_plan_of_others_is_refused(self) -> None:
        (part,) = parts.cut([{"id": "1"}])
        setup = Setup()
        run = run_of(FLOW, [part], setup.world)
        made = parts.plan_part(run, part)
        with pytest.raises(PlanError, match="another field table"):
            parts.apply_part(evolve(run, flow=FLOW.without_field("phone")), made)


def rows_of(here: Environment) -> Any:
    target: Any = here.target
    return sorted(str({k: v for k, v in row.items() if k != target.id_key}) for row in target.rows)


class TestItsArguments:
    """What is no part, no flow, no environment is refused; an environment may be opened late."""

    def test_an_environment_that_each_worker_opens(self) -> None:
        opened: list[Environment] = []

        def here() -> Environment:
            opened.append(Setup().world)
            return opened[-1]

        (part,) = parts.cut([{"id": "1"}])
        parts.summarize(FLOW, part, here)
        assert len(opened) == 1
        with pytest.raises(InputError, match="environment"):
            parts.summarize(FLOW, part, lambda: 7)  # type: ignore[arg-type,return-value]

    @pytest.mark.parametrize("records", [7, "{}", {"id": "1"}], ids=repr)
    def test_no_records(self, records: Any) -> None:
        with pytest.raises(InputError, match="customers"):
            list(parts.cut(records))

    def test_no_size(self) -> None:
        with pytest.raises(InputError, match="batch"):
            list(parts.cut([], size=0))

    @pytest.mark.rule("G-ISO")
    def test_a_prescan_that_raises(self) -> None:
        (part,) = parts.cut([{"id": "1"}])
        flow = raising(KeyError("Ann"))
        summary = parts.summarize(flow, part, Setup().world)
        with pytest.raises(FlowError, match="its prescan raised KeyError"):
            parts.add_up(flow, [summary])

    def test_records_that_stand_elsewhere(self) -> None:
        """A part may name what is gone through where the worker is, a range of a file for example."""
        part = Part(5, [{"id": "1"}, {"id": []}])
        run = run_of(FLOW, [part], Setup().world)
        made = parts.plan_part(run, part)
        assert [str(one.source) for one in made] == ["shop:1", "shop:#6"]
