"""Real processes: three workers on one SQLite file and one target, killed at random moments.

The two systems live in a process of their own, behind a socket on loopback. The workers sync for ever; they
are killed with SIGKILL and begun anew, while people enter and edit customers. `CUSTSYNC_KILLS` says how many
kills: 20 unless it is set.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import Client, Listener
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final

import pytest

from custsync.engine.api import sync
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Report, Result
from custsync.errors import StoreError
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import CreateRequest, MergeRequest, Tier, UpdateRequest
from custsync.stores.sqlite import SqliteStore
from custsync.syncrecords import Status
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.proofs.kinds import KINDS, stamp_of

KILLS: Final = int(os.environ.get("CUSTSYNC_KILLS", "20"))
WORKERS: Final = 3
LONGEST: Final = 0.08
"""Seconds from one kill to the next, at most."""

pytestmark = pytest.mark.skipif("fork" not in get_all_start_methods(), reason="workers are forked")


def serve(listener: Listener) -> None:
    """Answer calls to the two systems until the test ends; a caller's death changes nothing."""
    systems: Any = {"netsuite": FakeNetSuite(_now, tier=Tier.A), "stripe": FakeStripe(_now, tier=Tier.B)}
    lock = Lock()

    def answer(caller: Any) -> None:
        with suppress(EOFError, OSError):
            while True:
                name, method, arguments, named = caller.recv()
                time.sleep(0.001)  # so that a kill meets a call before its effect, and after
                with lock:
                    found = getattr(systems[name], method)
                    found = found(*arguments, **named) if callable(found) else found
                time.sleep(0.001)
                caller.send(found)

    end_with_the_test()
    while True:
        with suppress(EOFError, OSError):
            Thread(target=answer, args=(listener.accept(),), daemon=True).start()


def end_with_the_test() -> None:
    """Let this process end when the one that began it does, in whatever way: else it would run for ever."""

    def wait() -> None:
        parent_process().join()  # type: ignore[union-attr]  # it was begun by one
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _now() -> datetime:
    return datetime.now(UTC)


class Remote:
    """One of the two systems, as another process sees it: an adapter, with the back door of `FakeSystem`."""

    def __init__(self, address: Any, name: str) -> None:
        self._line, self._name = Client(address), name
        self.capabilities, self.account, self.mode = map(self.ask, ("capabilities", "account", "mode"))

    def ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        self._line.send((self._name, method, arguments, named))
        return self._line.recv()

    def find(self, by: str, values: Sequence[str]) -> Any:
        return self.ask("find", by, values)

    def create(self, requests: Sequence[CreateRequest]) -> Any:
        return self.ask("create", requests)

    def update(self, requests: Sequence[UpdateRequest]) -> Any:
        return self.ask("update", requests)

    def merge(self, requests: Sequence[MergeRequest]) -> Any:
        return self.ask("merge", requests)


class Office:
    """What one process has of the world: lines to the two systems, and the store's file."""

    def __init__(self, address: Any, file: Path, flow: Flow) -> None:
        self.flow = flow
        self.sides = Remote(address, flow.source.name), Remote(address, flow.target.name)
        self.store = SqliteStore(file)

    def sync(self, batch: int = 500) -> Report:
        source, target = self.sides
        world = Environment(source=source, target=target, store=self.store)
        return sync(self.flow, source.ask("rows"), world, batch=batch)


def work(address: Any, file: Path, flow: Flow, seed: int) -> None:
    """Sync until the test ends; a store that is busy is tried again."""
    end_with_the_test()
    chance = random.Random(seed)  # noqa: S311 - a schedule, no secret
    office = Office(address, file, flow)
    while True:
        with suppress(StoreError):
            office.sync(batch=chance.choice((1, 3, 500)))


@contextmanager
def house(file: Path, flow: Flow, seed: int) -> Iterator[tuple[Office, Any]]:
    """Begin the systems and the workers; yield the people's office, and what kills a worker by its place."""
    context = get_context("fork")
    listener = Listener(("127.0.0.1", 0))
    server = context.Process(target=serve, args=(listener,), daemon=True)
    server.start()
    numbers = iter(range(seed * 10_000, seed * 10_000 + 10_000))

    def begun() -> Any:
        worker = context.Process(target=work, args=(listener.address, file, flow, next(numbers)), daemon=True)
        worker.start()
        return worker

    workers: list[Any] = []

    def kill(place: int) -> None:
        workers[place].kill()
        workers[place].join()
        workers[place] = begun()

    try:
        office = Office(listener.address, file, flow)
        workers += [begun() for _ in range(WORKERS)]
        with office.store:
            yield office, kill
    finally:
        for process in (*workers, server):
            process.kill()
            process.join()
        listener.close()


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
class TestKilledWorkers:
    """At most one target customer for one source customer, all are there in the end, and none is stuck."""

    @pytest.mark.parametrize("flow", [EXPORT, IMPORT], ids=["keys", "unique ids"])
    def test_nobody_is_doubled_and_nobody_is_lost(self, tmp_path: Path, flow: Flow) -> None:
        chance = random.Random(flow.name)  # noqa: S311 - a schedule, no secret
        kind = KINDS["stripe"]
        place = 0 if flow is EXPORT else 1
        name, phone = kind.fields[place]["name"], kind.fields[place]["phone"]
        with house(tmp_path / "records.sqlite", flow, 1 + place) as (office, kill):
            source, target = office.sides
            said: dict[str, str] = {}
            for number in range(KILLS // 2):
                row = {name: f"Works {number}", "email": f"e{number}@works.example", phone: "(503) 555-0100"}
                said[source.ask("put", row)] = "(503) 555-0100"
                if number % 3 == 0:
                    one = chance.choice(sorted(said))
                    said[one] = f"(503) 555-{number:04}"
                    source.ask("edit", one, **{phone: said[one]})
                time.sleep(chance.uniform(0, LONGEST))
                kill(chance.randrange(WORKERS))
            _come_to_rest(office)
            there = {stamp_of(kind, 1 - place, row): row for row in target.ask("rows")}
            assert Counter(stamp_of(kind, 1 - place, row) for row in target.ask("rows")) == Counter([*said])
            shown = {one: there[one][kind.fields[1 - place]["phone"]] for one in said}
            assert shown == said
            records = [*office.store.records(flow.link)]
            assert {record.status for record in records} == {Status.LINKED}
            assert len(records) == len(said)


def _come_to_rest(office: Office) -> None:
    """Sync beside the workers until there is nothing left to do."""
    for _ in range(50):
        with suppress(StoreError):
            if office.sync().counts.keys() <= {Result.UNCHANGED}:
                return
    raise AssertionError("the workers do not come to rest")
