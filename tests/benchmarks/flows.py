"""The flows of the benchmarks: both systems of each, and its customers, block by block.

Customers come in many shapes: what is null is left out of some, and one in twenty is awkward. One in ten has
a counterpart in the target.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final

from attrs import evolve, field, frozen

from custsync import Environment, decide_each, sync
from custsync.flow import Flow
from custsync.flows.servicetitan import INVOICE, Transaction, join_transactions
from custsync.protocols import SyncRecordStore
from custsync.stores.memory import MemoryStore
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.lago import FakeLago
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from tests.benchmarks.customers import CITIES, LINKED_EVERY, netsuite_customer, stripe_customer
from tests.benchmarks.timing import Stopwatch
from tests.expected.customers import company, lago, linked, stripe, titan
from tests.expected.plays import PLAYS, Play
from tests.systems.test_bodies import (
    lago_customer,
    netsuite_customer as odd_netsuite_customer,
    servicetitan_customer,
)

__all__ = ["BLOCK", "CASES", "Block", "Case", "blocks_of"]

Row = dict[str, Any]
Make = Callable[[int], Row]

BLOCK: Final = 100
AT_ONCE: Final = 100
"""So many customers are looked up or written by one request."""
AWKWARD_EVERY: Final = 20
PAUSE: Final = timedelta(days=2)
"""Between two runs; what was in flight is over by then."""
OPTIONAL: Final = ("fax", "mobilePhone", "externalId", "category", "custentity_region_code")


def netsuite(number: int) -> Row:
    """Return a NetSuite customer as its REST service shows it: what is null is left out."""
    if number % AWKWARD_EVERY == 1:
        return odd_netsuite_customer(number, _random(number))
    row = netsuite_customer(number)
    for place, key in enumerate(OPTIONAL):
        if number // 3 % (place + 5) == 0:
            del row[key]
    return row


def stripe_source(number: int) -> Row:
    """Return a Stripe customer as a source."""
    own = {"id": f"cus_Source{number}", "email": f"customer{number}@example.com"}
    odd = {"name": None, "email": "a@b.example, c@d.example"} if number % AWKWARD_EVERY == 1 else {}
    return {**stripe_customer(number), **own, **odd}


def servicetitan(number: int) -> Row:
    """Return a ServiceTitan customer; every tenth names its counterpart."""
    if number % AWKWARD_EVERY == 1:
        return servicetitan_customer(number, _random(number))
    street = {"street": f"{number} Elm St", "city": CITIES[number % 8], "state": "OR", "country": "USA"}
    known = str(number) if number % LINKED_EVERY == 0 else None
    name = f"Last{number}, First{number}" if number % 3 else f"Company {number} Ltd"
    kind = "Residential" if number % 3 else "Commercial"
    return titan(name, known, id=771_000_000 + number, address=street, type=kind)


def lago_source(number: int) -> Row:
    """Return a Lago customer; every tenth names its counterpart."""
    if number % AWKWARD_EVERY == 1:
        return {**lago_customer(number, _random(number)), "external_id": f"odd-{number}"}
    links = [linked(str(number))] if number % LINKED_EVERY == 0 else []
    place = {"address_line1": f"{number} Elm St", "city": CITIES[number % 8], "country": "US"}
    return lago(f"customer{number}", *links, **place, phone=f"(503) 555-{number % 10_000:04}")


def _random(number: int) -> Random:
    return Random(number)  # noqa: S311 - the same customers in every run


def _code(number: int) -> Row:
    return {"customer_code": f"CUST-{number}", "company_name": f"Company {number}"}


def _line(number: int) -> Row:
    return {"Customer name": f"Company {number}", "Customer ID": str(number)}


def _books(number: int) -> Row:
    own = {"email": f"customer{number}@example.com", "subsidiary": {"id": "2"}}
    return company(number, f"Company {number}", **own)


def _paying(number: int) -> Row:
    return stripe(f"There{number}", email=f"customer{number}@example.com")


class Outside:
    """An adapter whose time is no part of the work: it is not custsync's."""

    def __init__(self, fake: FakeSystem, watch: Stopwatch) -> None:
        self.capabilities = fake.capabilities = evolve(
            fake.capabilities,
            lookups=dict.fromkeys(fake.capabilities.lookups, AT_ONCE),
            creates=AT_ONCE,
            updates=AT_ONCE,
        )
        self.fake, self.watch = fake, watch

    def __getattr__(self, name: str) -> Any:
        """Return what the fake has; a call takes no time."""
        call = getattr(self.fake, name)
        if not callable(call):
            return call

        def outside(*arguments: Any) -> Any:
            with self.watch.pause():
                return call(*arguments)

        return outside


@frozen(kw_only=True)
class Case:
    """One flow of the benchmarks: its customers and their counterparts."""

    play: Play
    ours: Make
    theirs: Make
    goal: float = 6

    @property
    def flow(self) -> Flow:
        return self.play.flow


@frozen
class Block:
    """Some customers of a flow, as JSON texts, and the world that they meet."""

    case: Case
    numbers: range
    is_linked: bool
    watch: Stopwatch
    texts: Sequence[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        rows = [self.case.ours(number) for number in self.numbers]
        object.__setattr__(self, "texts", [json.dumps(row) for row in _joined(self.case, rows)])

    def __len__(self) -> int:
        return len(self.texts)

    def loads(self) -> None:
        """Do what is the floor."""
        for text in self.texts:
            json.loads(text)

    def world(self, store: SyncRecordStore | None = None) -> Environment:
        """Return a world in which nobody is synced yet."""
        clock = VirtualClock()
        source, target = self.case.play.source(clock), self.case.play.target(clock)
        for number in self.numbers:
            source.put(self.case.ours(number))
            if self.is_linked and number % LINKED_EVERY == 0:
                target.put(self.case.theirs(number))
        return Environment(
            source=Outside(source, self.watch),
            target=Outside(target, self.watch),
            store=store or MemoryStore(),
            clock=clock,
            sleep=clock.sleep,
            random=float,
        )

    def decide(self, world: Environment, *, incremental: bool = False) -> None:
        """Plan, and keep no decision."""
        for _ in decide_each(self.case.flow, self.texts, world, incremental=incremental):
            pass

    def synced(self) -> "tuple[Block, Environment]":
        """Return the customers as they are once they were synced, and the world then."""
        world = self.world()
        block = self
        for _ in range(3):
            sync(self.case.flow, block.texts, world)
            world.clock.advance(PAUSE)  # type: ignore[attr-defined]
            block = evolve(self)
            rows = world.source.fake.rows  # type: ignore[union-attr]
            object.__setattr__(block, "texts", [json.dumps(row) for row in _joined(self.case, rows)])
        return block, world


def _joined(case: Case, rows: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
    """Return the customers as the source sends them: ServiceTitan's with their invoices."""
    if case.play.source is FakeLago and "lago_id" not in rows[0]:
        fake = FakeLago()
        for row in rows:
            fake.put(row)
        return fake.rows
    if case.play.source is not FakeServiceTitan:
        return rows
    ids = [str(row["id"]) for row in rows]
    return join_transactions(rows, [Transaction(customer=id, type=INVOICE, subsidiary="2") for id in ids])


_EXPORT, _IMPORT, _LIGHTSPEED, _SERVICETITAN, _LAGO, _UPFLOW = PLAYS
CASES: Final = (
    Case(play=_EXPORT, ours=netsuite, theirs=_paying, goal=3.5),
    Case(play=_IMPORT, ours=stripe_source, theirs=_books),
    Case(play=_LIGHTSPEED, ours=netsuite, theirs=_code),
    Case(play=_SERVICETITAN, ours=servicetitan, theirs=_books),
    Case(play=_LAGO, ours=lago_source, theirs=_books),
    Case(play=_UPFLOW, ours=netsuite, theirs=_line),
)
"""Every flow; the first one is NetSuite to Stripe."""


def blocks_of(case: Case, customers: int, watch: Stopwatch, *, is_linked: bool = True) -> list[Block]:
    """Return so many customers of a flow, in blocks."""
    starts = range(1, customers + 1, BLOCK)
    return [Block(case, range(at, min(at + BLOCK, customers + 1)), is_linked, watch) for at in starts]
