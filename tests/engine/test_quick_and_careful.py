"""What is quick for the usual customer changes nothing: plans, calls and records are equal without it.

A reader is compiled of each table. Here every flow runs over generated customers, awkward and damaged ones
among them, once with such readers and once without any.
"""

import gc
import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from random import Random
from typing import Any, Final

import pytest
from attrs import define, evolve, field
from hypothesis import given, strategies as st

from custsync import plan, sync
from custsync.engine.plan import batch as batch_of
from custsync.engine.plan.reading import _odd_field
from custsync.errors import PayloadError
from custsync.flow import Flow
from custsync.payloads import Table
from custsync.rules.eligibility import failed_checks
from custsync.stores.memory import MemoryStore
from custsync.syncrecords import RecordWrite
from custsync.systems.netsuite import field_types
from custsync.testing.clock import VirtualClock
from tests.benchmarks.flows import CASES, Block, Case
from tests.benchmarks.timing import Stopwatch

MANY: Final = 16
ODD: Final[tuple[Any, ...]] = (
    *(None, "", "  ", 0, -1, True, False, 1.5, float("nan"), 10**40, "a\0b", "\ud800", "x" * 20_000),
    *([], {}, [None], {"id": None}, {"id": "7", "refName": "Group : Part"}, {"items": []}, {"links": []}),
    *("2026-02-30", "F", "T", "#REF!", "ann@works.example; bob@works.example", "Ann <ann@works.example>"),
)
"""What a value may be that is not what its key promises."""


def damaged(row: Mapping[str, Any], random: Random) -> dict[str, Any]:
    """Return a record with one value of another kind, at whatever depth."""
    key = random.choice(list(row))
    value = row[key]
    if isinstance(value, dict) and value and random.random() < 0.8:
        return {**row, key: damaged(value, random)}
    if isinstance(value, list) and value and isinstance(value[0], dict) and random.random() < 0.8:
        return {**row, key: [damaged(value[0], random), *value[1:]]}
    return {**row, key: random.choice(ODD)}


def reshaped(row: Mapping[str, Any], random: Random) -> dict[str, Any]:
    """Return a record without some of its keys, and in another order."""
    kept = [key for key in row if random.random() > 0.1]
    return {key: row[key] for key in random.sample(kept, len(kept))}


def records_of(case: Case, seed: int) -> tuple[Block, list[Any]]:
    """Return a block's world, and its records: as they are, damaged, repeated, and no records at all."""
    random = Random(seed)  # noqa: S311 - the same customers in every run
    block = Block(case, range(seed * MANY + 1, (seed + 1) * MANY), True, Stopwatch())  # noqa: FBT003 - linked
    rows = [json.loads(text) for text in block.texts]
    odd = [damaged(row, random) for row in rows * 4] + [reshaped(row, random) for row in rows[::4]]
    mixed = [*rows, *odd, *rows[:3], "{", '{"id": "1", "id": "2"}', 7]
    random.shuffle(mixed)
    return block, [json.dumps(one) if random.random() < 0.5 and one in odd else one for one in mixed]


@define
class Recorded:
    """An adapter that records what it is asked, and what it answers."""

    adapter: Any
    calls: list[str] = field(factory=list)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.adapter, name)
        if name not in ("find", "create", "update", "merge"):
            return found

        def call(*arguments: Any) -> Any:
            answer = found(*arguments)
            self.calls.append(repr((name, arguments, answer)))
            return answer

        return call


class RecordedStore(MemoryStore):
    """A store that records what is saved."""

    def __init__(self) -> None:
        super().__init__()
        self.saved: list[str] = []

    def save(self, writes: Sequence[RecordWrite]) -> list[bool]:
        self.saved.append(repr(writes))
        return super().save(writes)


def edited(record: Any) -> Any:
    """Return a linked customer as somebody edited it; a text stays what it was, and is known."""
    if type(record) is not dict:
        return record
    return {**record, **dict.fromkeys(record.keys() & {"phone", "name", "companyName", "lastName"}, "Edited")}


def played(case: Case, seed: int, batch: int, *, streamed: bool = False) -> Mapping[str, object]:
    """Return all that plans and runs do, of new, of linked and of edited customers.

    Streamed records are made anew for each pass.
    """
    block, kept = records_of(case, seed)
    store = RecordedStore()
    world = block.world(store)
    source, target = Recorded(world.source), Recorded(world.target)
    recorded = evolve(world, source=source, target=target)
    plans: list[str] = []
    reports: list[str] = []
    for items in (kept, kept, [edited(record) for record in kept]):
        records: Any = partial(deepcopy, items) if streamed else items
        plans += plan(case.flow, records, recorded, batch=batch).to_lines()
        reports.append(str(sync(case.flow, records, recorded, batch=batch)))
    return {
        "plan": plans,
        "reports": reports,
        "source": source.calls,
        "target": target.calls,
        "saved": store.saved,
    }


@pytest.fixture
def only_careful(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what takes away all that is quick: readers, values, steps for a few."""

    def refuse(*_: object) -> None:
        raise ValueError

    def taken() -> None:
        for table in (one for one in gc.get_objects() if type(one) is Table):
            monkeypatch.setitem(table.__dict__, "_compiled", (refuse, table._compiled[1]))  # noqa: SLF001
        monkeypatch.setattr(Flow, "quick_values", property(lambda _: refuse))
        monkeypatch.setattr(Flow, "failed_checks", property(lambda flow: partial(failed_checks, flow.checks)))
        monkeypatch.setattr(Flow, "differing", property(lambda _: refuse))
        monkeypatch.setattr(batch_of, "RECORDED", frozenset())

    return taken


@pytest.mark.rule("G-DUP", "G-LOSS", "G-ISO")
class TestQuickAndCareful:
    """What is quick for the usual customer is what the careful way does."""

    @pytest.mark.parametrize("batch", [1, 7, 100])
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.flow.name)
    def test_a_flow_does_the_same(self, case: Case, batch: int, only_careful: Callable[[], None]) -> None:
        seed = batch % 5
        quick = played(case, seed, batch)
        only_careful()
        careful = played(case, seed, batch, streamed=True)
        assert {name for name in quick if quick[name] != careful[name]} == set()
        kinds = {json.loads(line).get("kind") for line in careful["plan"]}  # type: ignore[attr-defined]
        assert {"Create", "Skip", "Invalid"} < kinds
        assert {"Update", "Unchanged"} & kinds

    @given(
        st.sampled_from(ODD)
        | st.dictionaries(
            st.sampled_from(["id", "internalId", "refName", "name", "value", "links"]),
            st.sampled_from([*ODD, "1", "3", "4", "7", "softOptIn", "Soft Opt-In", "- None -", 2, "\u0664"]),
            max_size=3,
        )
    )
    def test_a_reference_and_a_status(self, value: Any) -> None:
        assert _told(field_types.read_reference, value) == _told(field_types._read_any_reference, value)  # noqa: SLF001
        assert _told(field_types.read_status, value) == _told(field_types._read_any_status, value)  # noqa: SLF001


@pytest.mark.rule("G-ISO")
class TestTables:
    """What a system's table has read, JSON can hold: it is not looked at again."""

    @pytest.mark.parametrize("case", CASES, ids=lambda one: one.flow.name)
    def test_nothing_odd_is_left(self, case: Case) -> None:
        read: Any = case.flow.source.read
        assert read.table
        rows = [json.loads(text) for text in Block(case, range(MANY), True, Stopwatch()).texts]  # noqa: FBT003
        nested = (*ODD, {"a": float("nan")}, {"a\0": 1}, ["\ud800"], {"k": [float("inf")]})
        keys = ("zzz", "custentity_zzz", "metadata", "custom", "custom_fields")
        odd = [{**row, key: value} for row in rows[:2] for key in keys for value in nested]
        odd += [{**row, "metadata": {"zzz": value}} for row in rows[:2] for value in nested]
        customers = [one for one in (_read_or_none(read, row, case) for row in odd) if one is not None]
        assert [_odd_field(one) for one in customers] == [None] * len(customers)
        assert len(customers) > len(nested)


def _read_or_none(read: Callable[..., Any], row: Any, case: Case) -> Any:
    try:
        return read(row, "", case.play.source(VirtualClock()).mode)
    except PayloadError:
        return None


def _told(read: Callable[[Any], Any], value: Any) -> object:
    try:
        return read(value)
    except PayloadError as error:
        return error.issues
