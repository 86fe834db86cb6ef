"""What goes in as customers: records in any container, data frames, and what is refused."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import pandas as pd
import polars as pl
import pytest

from custsync.engine.api import decide_each, plan, plan_async, sync
from custsync.engine.arguments import source_records
from custsync.engine.environment import Environment
from custsync.errors import InputError
from custsync.flows.stripe import EXPORT
from custsync.rules.matching import MatchStrategy, Rule, find_duplicates, match_customers
from custsync.stores.memory import MemoryStore
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.environments import FLOW, Setup

ROWS: list[dict[str, Any]] = [
    {"id": 2041, "companyName": "Lund", "email": None, "parent": None},
    {"id": 2042, "companyName": "Bright", "email": "ap@bright.example", "parent": 2041},
]


def world() -> Environment:
    return Environment(target=FakeStripe(), source=FakeNetSuite(), store=MemoryStore())


async def one_by_one() -> AsyncIterator[dict[str, Any]]:
    for row in ROWS:
        yield row


class TestDataFrames:
    """A data frame goes in wherever customers go in: its rows are the records, its empty cells are null."""

    @pytest.mark.parametrize(
        "frame",
        [pd.DataFrame(ROWS), pd.DataFrame(ROWS).convert_dtypes(), pl.DataFrame(ROWS)],
        ids=["pandas", "pandas with its own null", "polars"],
    )
    def test_rows(self, frame: Any) -> None:
        assert source_records(frame) == ROWS
        assert plan(EXPORT, frame, world()) == plan(EXPORT, ROWS, world())

    @pytest.mark.parametrize(
        ("cell", "value"),
        [(pd.NaT, None), (pd.NA, None), (float("nan"), None), (7.0, 7), (0.5, 0.5), ("", ""), (True, True)],
        ids=repr,
    )
    def test_cells(self, cell: Any, value: Any) -> None:
        (row,) = source_records(pd.DataFrame([{"a": cell}], dtype=object))
        assert row == {"a": value}
        assert type(row["a"]) is type(value)

    def test_two_columns_of_one_name_are_refused(self) -> None:
        frame = pd.DataFrame([["2041", "a", "b"]], columns=["id", "email", "email"])
        with pytest.raises(InputError, match="several columns of the data frame are named email"):
            plan(EXPORT, frame, world())

    def test_a_plan_and_a_report_come_out_as_frames(self) -> None:
        made = plan(EXPORT, ROWS, world())
        assert list(pd.DataFrame(made.to_records())["source"]) == ["netsuite:2041", "netsuite:2042"]
        report = sync(EXPORT, [{"id": []}], world())
        assert pl.DataFrame(report.to_records())["result"].to_list() == ["refused"]

    def test_rules_take_them_too(self) -> None:
        strategy = MatchStrategy(rules=[Rule("EMAIL", "email")])
        emails = [{"id": "1", "email": "a@b.example"}, {"id": "2", "email": "a@b.example"}]
        assert (
            match_customers(pd.DataFrame(emails[:1]), pl.DataFrame(emails[1:]), strategy).matches[0].right
            == "2"
        )
        assert len(find_duplicates(pd.DataFrame(emails), strategy).clusters) == 1

    def test_awaited_runs_take_frames_too(self) -> None:
        rows = pd.DataFrame([{"id": "1", "email": None}, {"id": "2", "email": "b@b.example"}])
        made = asyncio.run(plan_async(FLOW, rows, Setup().async_world))
        assert [str(decision.source) for decision in made] == ["shop:1", "shop:2"]


class TestCustomersThatAreNone:
    """What is neither records nor a data frame is refused in one sentence, before anything is asked."""

    @pytest.mark.parametrize("call", [plan, sync, decide_each], ids=lambda call: call.__name__)
    @pytest.mark.parametrize(
        ("customers", "words"),
        [
            ({"id": "7"}, "several records are needed, in a list for example, not a value of type dict"),
            ("7", "several records are needed"),
            (7, "a list or a data frame for example, not a value of type int"),
            (pl.LazyFrame(ROWS), "not a value of type LazyFrame"),
            (dict, "not the class dict"),
            (
                one_by_one(),
                "a value of type async_generator is to be awaited: call `plan_async` or `sync_async`",
            ),
        ],
        ids=["one record", "text", "number", "lazy frame", "class", "async generator"],
    )
    def test_refused(self, call: Callable[..., Any], customers: Any, words: str) -> None:
        with pytest.raises(InputError, match="customers: ") as refused:
            list(call(EXPORT, customers, world()))
        assert words in str(refused.value)

    @pytest.mark.parametrize(
        ("customers", "words"),
        [
            (one_by_one, "async_generator is to be awaited"),
            (lambda: 7, "not a value of type int"),
            (lambda: one_by_one, "the function must make an iterator of records"),
        ],
        ids=["async generator", "number", "function"],
    )
    def test_a_function_that_makes_none(self, customers: Any, words: str) -> None:
        with pytest.raises(InputError, match=words):
            plan(EXPORT, customers, world())

    @pytest.mark.parametrize("made", [ROWS, pd.DataFrame(ROWS)], ids=["rows", "frame"])
    def test_a_function_that_makes_some(self, made: Iterable[Any]) -> None:
        assert plan(EXPORT, lambda: made, world()) == plan(EXPORT, ROWS, world())
