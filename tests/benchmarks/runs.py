"""Measure reading, planning, carrying out, second runs, plan files, the store and memory, of every flow."""

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from attrs import evolve

from custsync import Environment, decide_each, plan, sync
from custsync.engine.plans import Plan
from custsync.errors import PayloadError
from custsync.protocols import SyncRecordStore
from custsync.stores import record_json
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.syncrecords import RecordWrite, SyncRecord
from custsync.systems import lightspeed, upflow
from custsync.systems.system import System
from custsync.testing.fakes.stripe import FakeStripe
from tests.benchmarks.customers import netsuite_customer
from tests.benchmarks.flows import CASES, Block, Case, blocks_of
from tests.benchmarks.timing import Run, Stopwatch, in_turns, show

__all__ = ["FIGURES"]

ROUNDS: Final = 15
FEW: Final = 5
"""So many rounds of what writes."""


def reading(customers: int) -> None:
    """Print what it costs to read a record into a customer, system by system."""
    for case in (*CASES[:2], *CASES[3:5]):
        _reading(case.flow.source, blocks_of(case, customers, Stopwatch()), 1.6 if case is CASES[0] else 3)
    for case, system in ((CASES[2], lightspeed.LIGHTSPEED), (CASES[5], upflow.UPFLOW_IMPORT)):
        blocks = blocks_of(case, customers // 4, Stopwatch())
        _reading(system, [_of_target(block) for block in blocks], 3)


def _of_target(block: Block) -> Block:
    """Return a block that has the target's customers in place of the source's."""
    _, world = block.synced()
    other = evolve(block)
    rows = world.target.fake.rows  # type: ignore[attr-defined]
    object.__setattr__(other, "texts", [json.dumps(row) for row in rows])
    return other


def _reading(system: System, blocks: Sequence[Block], goal: float) -> None:
    def work(block: Block) -> Run:
        return partial(_read_each, system, block.texts)

    found = in_turns(blocks, Block.loads, {"": work}, ROUNDS)[""]
    show(f"reading, {system.name}", found, sum(map(len, blocks)), goal=goal)


def _read_each(system: System, texts: Sequence[str]) -> None:
    read = system.read
    for text in texts:
        with suppress(PayloadError):  # what cannot be read costs something too
            read(json.loads(text), "", "test" if system.name == "stripe" else "")


def planned(customers: int) -> None:
    """Print what planning NetSuite → Stripe costs."""
    for name, is_linked, goal in (("none linked", False, 3.0), ("10 % linked", True, 3.5)):
        _show(
            f"plan, {name}", CASES[0], customers, Block.world, Block.decide, goal, ROUNDS, is_linked=is_linked
        )


def flows(customers: int) -> None:
    """Print what planning and carrying out each flow costs."""
    for case in CASES:
        name = case.flow.name
        _show(f"{name}, planned", case, customers, Block.world, Block.decide, case.goal, FEW)
        _show(f"{name}, carried out", case, customers, Block.world, _sync, 18, FEW)


def carried_out(customers: int) -> None:
    """Print what carrying out NetSuite → Stripe costs, in memory and on SQLite."""
    case = CASES[0]
    _show("carried out, memory", case, customers, Block.world, _sync, 18, FEW)
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(sys.maxsize))

        def on_disk(block: Block) -> Environment:
            return block.world(SqliteStore(Path(folder) / f"{next(numbers)}.sqlite"))

        _show("carried out, SQLite", case, customers, on_disk, _sync, 35, FEW)


def _sync(block: Block, world: Environment) -> None:
    sync(block.case.flow, block.texts, world)


def _show(  # noqa: PLR0913 - each is one trait of a figure
    name: str,
    case: Case,
    customers: int,
    world: Callable[[Block], Environment],
    run: Callable[[Block, Environment], None],
    goal: float,
    rounds: int,
    *,
    is_linked: bool = True,
) -> None:
    watch = Stopwatch()
    blocks = blocks_of(case, customers, watch, is_linked=is_linked)

    def work(block: Block) -> Run:
        return partial(run, block, world(block))

    show(name, in_turns(blocks, Block.loads, {"": work}, rounds, watch)[""], sum(map(len, blocks)), goal=goal)


def second_run(customers: int) -> None:
    """Print what a run over synced customers costs: unchanged, and 1 % changed, incremental."""
    for case in CASES:
        watch = Stopwatch()
        blocks = [block.synced() for block in blocks_of(case, customers, watch)]
        changed = [(_edited(block), world) for block, world in blocks]
        for name, pairs, incremental, goal in (
            ("second run", blocks, False, 2),
            ("second run, incremental", blocks, True, 0.5),
            ("1 % changed, incremental", changed, True, 0.5),
        ):

            def work(pair: tuple[Block, Environment], *, incremental: bool = incremental) -> Run:
                return partial(pair[0].decide, pair[1], incremental=incremental)

            found = in_turns(pairs, lambda pair: pair[0].loads(), {"": work}, FEW, watch)[""]
            show(f"{case.flow.name}, {name}", found, sum(len(block) for block, _ in pairs), goal=goal)


def _edited(block: Block) -> Block:
    """Return the block with another phone or name in every hundredth text."""
    other = evolve(block)
    edited = [
        text.replace("555", "556").replace("Last", "Lost") if place % 100 == 0 else text
        for place, text in enumerate(block.texts)
    ]
    object.__setattr__(other, "texts", edited)
    return other


def plan_files(customers: int) -> None:
    """Print what keeping a plan costs, against making it; the peer is `json` over the same values."""
    watch = Stopwatch()
    blocks = blocks_of(CASES[0], customers, watch)
    worlds = {id(block): block.world() for block in blocks}
    plans = {id(block): plan(block.case.flow, block.texts, worlds[id(block)]) for block in blocks}
    texts = {key: list(one.to_lines()) for key, one in plans.items()}
    values = {key: [json.loads(line) for line in lines] for key, lines in texts.items()}

    def made(block: Block) -> object:
        return plan(block.case.flow, block.texts, worlds[id(block)])

    works: dict[str, Callable[[Block], Run]] = {
        "saved": lambda block: lambda: list(plans[id(block)].to_lines()),
        "loaded": lambda block: partial(Plan.from_lines, texts[id(block)]),
        "json.dumps": lambda block: lambda: [json.dumps(value) for value in values[id(block)]],
        "json.loads": lambda block: lambda: [json.loads(line) for line in texts[id(block)]],
    }
    found = in_turns(blocks, made, works, FEW, watch)
    for name, goal, peer in (("saved", 0.5, "json.dumps"), ("loaded", 1.0, "json.loads")):
        told = f"{found[peer].ratio:.2f} ({peer})"
        show(f"plan {name}", found[name], customers, goal=goal, peer=told, of="planning it")
    size = sum(len(line) for lines in texts.values() for line in lines) / customers
    print(f"{'a kept decision':<46} {size:7.0f} bytes")


def store(customers: int) -> None:
    """Print what saving, replacing and loading sync records costs; the peer is `sqlite3` alone."""
    blocks = blocks_of(CASES[0], customers, Stopwatch())
    records = {id(block): _records(block) for block in blocks}
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(sys.maxsize))
        stores: dict[str, Callable[[], SyncRecordStore]] = {
            "memory": MemoryStore,
            "SQLite": lambda: SqliteStore(Path(folder) / f"{next(numbers)}.sqlite"),
        }
        for name, make in stores.items():
            works: dict[str, Callable[[Block], Run]] = {
                "saved": partial(_saving, make, records),
                "replaced": partial(_replacing, make, records),
                "loaded": partial(_loading, make, records),
                "by sqlite3": partial(_inserting, Path(folder), numbers, records),
            }
            found = in_turns(blocks, Block.loads, works, FEW)
            for what in ("saved", "replaced", "loaded"):
                peer = f"{found['by sqlite3'].ratio:.2f} (sqlite3 inserts)" if name == "SQLite" else ""
                show(f"store, {name}, {what}", found[what], customers, peer=peer)
    _store_size(_records(Block(CASES[0], range(1, customers + 1), True, Stopwatch())))  # noqa: FBT003 - linked


def _records(block: Block) -> list[SyncRecord]:
    made, world = block.synced()
    assert isinstance(world.store, MemoryStore)
    return [evolve(record, version=0) for record in world.store.records(made.case.flow.link)]


_Make = Callable[[], SyncRecordStore]
_Kept = Mapping[int, Sequence[SyncRecord]]
"""The sync records of each block, by its identity."""


def _saving(make: _Make, records: _Kept, block: Block) -> Run:
    return partial(_save, make(), records[id(block)], 0)


def _replacing(make: _Make, records: _Kept, block: Block) -> Run:
    return partial(_save, _holding(make, records[id(block)]), records[id(block)], 1)


def _loading(make: _Make, records: _Kept, block: Block) -> Run:
    kept = records[id(block)]
    return partial(_holding(make, kept).load, kept[0].link, [record.source for record in kept])


def _inserting(folder: Path, numbers: Iterator[int], records: _Kept, block: Block) -> Run:
    return partial(_insert, folder / f"{next(numbers)}", records[id(block)])


def _holding(make: _Make, records: Sequence[SyncRecord]) -> SyncRecordStore:
    held = make()
    _save(held, records, 0)
    return held


def _save(store: SyncRecordStore, records: Sequence[SyncRecord], expected: int) -> None:
    assert all(store.save([RecordWrite(record=record, expected=expected) for record in records]))


def _insert(path: Path, records: Sequence[SyncRecord]) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE records (source TEXT PRIMARY KEY, body TEXT)")
    rows = [(str(record.source), record_json.dump(record)[1]) for record in records]
    connection.executemany("INSERT INTO records VALUES (?, ?)", rows)
    connection.commit()
    connection.close()


def _store_size(records: Sequence[SyncRecord]) -> None:
    tracemalloc.start()
    held = MemoryStore()
    copies = [_copy(one) for one in records]
    _save(held, copies, 0)
    del copies
    kib = tracemalloc.get_traced_memory()[0] / 1024
    tracemalloc.stop()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        with SqliteStore(path) as on_disk:
            _save(on_disk, records, 0)
        size = path.stat().st_size / 1024
    for name, amount in (("memory", kib), ("SQLite", size)):
        print(f"{f'store, {name}, per record':<46} {amount / len(records):7.2f} KiB, goal 0.7")


def _copy(record: SyncRecord) -> SyncRecord:
    shape, body = record_json.dump(record)
    return record_json.load(record.link, 0, record.status.value, body, shape)


def memory(customers: int) -> None:
    """Print by how much the peak memory of a stream of ten times as many customers is larger."""
    few, many = (_peak(count) for count in (customers, 10 * customers))
    print(f"{'memory, a stream of ten times as many':<46} {many / few:7.2f} × the peak, goal 1.1")


def _peak(customers: int) -> int:
    command = [sys.executable, "-m", "tests.benchmarks", "stream", "--customers", str(customers)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def stream(customers: int) -> None:
    """Print the peak memory of a process that plans so many customers, in KiB."""
    world = Environment(target=FakeStripe(), store=MemoryStore())
    for _ in decide_each(CASES[0].flow, partial(_texts, customers), world):
        pass
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _texts(customers: int) -> Iterator[str]:
    return (json.dumps(netsuite_customer(number)) for number in range(1, customers + 1))


FIGURES: Final[dict[str, Callable[[int], None]]] = {
    "reading": reading,
    "plan": planned,
    "apply": carried_out,
    "second-run": second_run,
    "flows": flows,
    "store": store,
    "plan-files": plan_files,
    "memory": memory,
    "stream": stream,
}
"""Name → what prints its figures, for so many customers."""
