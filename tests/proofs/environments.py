"""Small worlds for the proofs: two systems, a store and a clock.

In them are one customer to create, one to link and one to update, in any selection.
`CUSTSYNC_PROOFS` says how much is played in them: see `Scope`.
"""

import os
import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen

from custsync.engine.api import sync
from custsync.engine.calls import Retry
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Report, Result
from custsync.errors import StoreError
from custsync.flow import Flow
from custsync.flows import stripe
from custsync.protocols import Payload, SyncRecordStore, Tier
from custsync.stores.memory import MemoryStore
from custsync.stores.sqlite import SqliteStore
from custsync.syncrecords import Status, SyncRecord
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from custsync.testing.faults import Crash, Fault, Faults, faults_of


class Scope(IntEnum):
    """How much is played; `CUSTSYNC_PROOFS` names it in small letters, and nothing named is `core`.

    Every scope has every planted bug, and every single fault in every setting: 52 settings, about 6,100
    schedules. What grows are the pairs of faults and the orders of two workers (numbers are rounded).

    Of the four other flows, and of merges, single faults grow too: 1,300 and 1,400 schedules in `core`, 6,800
    and 2,400 in `pairs`, and there 10,400 and 1,900 pairs.
    """

    FEW = 1
    """One setting of each: 1,600 pairs, 1,500 orders."""
    CORE = 2
    """A create, a link, an update of each flow, in the tier of its real target: 8,600 pairs, 7,900 orders."""
    PAIRS = 3
    """A create in every tier and after every pause as well: 34,900 pairs, 19,600 orders."""
    LARGE = 4
    """Pairs with all customers at once, in every setting, the store in a file too: this takes hours."""


SCOPE: Final = Scope[os.environ.get("CUSTSYNC_PROOFS", "core").upper()]

SOON: Final = timedelta(minutes=3)
NEXT_DAY: Final = timedelta(hours=25)
LAG: Final = timedelta(minutes=30)
"""How far a lagging look-up is behind: longer than the settle window, so that its silence misleads."""
ENOUGH: Final = 12
"""So many runs bring every world to rest."""

IMPORT_UNKEYED = stripe.IMPORT.replace(unique_key="")
"""The import for a NetSuite whose external ids belong to another application."""

_KEPT = "custentity_stripe_customer_id"
_STAMP = "netsuite_internal_id"
_VOLATILE = frozenset({"id", "created", "dateCreated", "lastModifiedDate", "externalId", "metadata", _KEPT})


def _phone_of(number: int) -> str:
    return f"(503) 555-01{number:02}"


@define
class Place:
    """Two systems, a store that outlives its process, a clock, and the flows between them."""

    clock: VirtualClock
    open_store: Callable[[], SyncRecordStore]
    flows: tuple[Flow, ...]
    faults: Faults = field(factory=Faults, kw_only=True)
    store: SyncRecordStore = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin as a process does that has just started."""
        self.store = self.open_store()

    def ends(self, flow: Flow) -> tuple[FakeSystem, FakeSystem]:
        """Return the flow's source and target."""
        raise NotImplementedError

    def world(self, flow: Flow | None = None) -> Environment:
        source, target = self.ends(flow or self.flows[0])
        return self.faults.around(
            Environment(
                target=target,
                source=source,
                store=self.store,
                clock=self.clock,
                sleep=self.clock.sleep,
                random=float,
                retry=Retry(attempts=2),
            )
        )

    def payloads(self, flow: Flow | None = None) -> list[Payload]:
        return [*self.ends(flow or self.flows[0])[0].rows]

    def sync(self, flow: Flow | None = None) -> Report:
        return sync(flow or self.flows[0], self.payloads(flow), self.world(flow))

    def records(self) -> list[SyncRecord]:
        store: Any = self.store
        return list(store.records(self.flows[0].link))

    def run(self, number: int = 1) -> frozenset[Result]:
        """Return the results of every flow, FAILED where the process died; they take turns to be first."""
        try:
            taken = [self.sync(flow).counts for flow in (self.flows if number % 2 else self.flows[::-1])]
        except (Crash, StoreError):
            self.restart()
            return frozenset({Result.FAILED})
        return frozenset().union(*taken)

    def picture(self) -> Any:
        """Return which customers are linked, and what either side says; no ids of the target, no times."""
        raise NotImplementedError

    def doubled(self) -> list[str]:
        """Return what two customers of a system have that each began with alone: an email, name or stamp."""
        raise NotImplementedError

    def apart(self) -> list[str]:
        """Return the linked customers whose two sides differ, or whose link is not whole."""
        return []

    def stuck(self) -> list[str]:
        """Return the customers that are not linked."""
        return [record.source.id for record in self.records() if record.status is not Status.LINKED]


_RESTING: Final = frozenset({Result.UNCHANGED, Result.LEFT_OUT, Result.REVIEW})


@frozen(kw_only=True)
class Terms:
    """Which place a proof is made in."""

    tier: Tier
    durable: bool = False
    pause: timedelta = SOON
    edits: bool = False

    @property
    def may_ask(self) -> bool:
        """Return whether a person may have to tell how a lost create ended."""
        return self.tier is Tier.D

    def place(self) -> Place:
        """Return the place, just before the run that the faults fall on."""
        raise NotImplementedError

    def edit_meanwhile(self, place: Any) -> None:
        """Have people change customers of the source, between two runs."""

    def play(self, schedule: Mapping[int, Fault]) -> tuple[Any, "Ended"]:
        """Return the place after these faults, brought to rest by runs without any other."""
        place = self.place()
        place.faults = Faults(schedule)
        results: frozenset[Result] = frozenset()
        for runs in range(1, ENOUGH + 1):
            results = place.run(runs)
            sides = place.ends(place.flows[0])
            for side in sides:
                side.arrive()
            if results <= _RESTING and not any(side.has_late for side in sides):
                return place, Ended(runs, results, place.picture(), tuple(place.faults.requests))
            place.clock.advance(self.pause if runs == 1 else SOON)
            if runs == 1 and self.edits:
                self.edit_meanwhile(place)
        raise AssertionError(f"not at rest after {ENOUGH} runs: {results}")

    def problems(self, clean: "Ended", schedule: Mapping[int, Fault]) -> list[str]:
        """Return what is wrong with the place after this schedule; `clean` is how it ends without faults."""
        try:
            place, ended = self.play(schedule)
        except AssertionError as unrest:
            return [str(unrest)]
        waits = place.stuck()
        asked = waits if self.may_ask and Result.REVIEW in ended.results else []
        found = [f"{value} is there twice" for value in place.doubled()]
        found += [f"{source} is not in step" for source in place.apart() if source not in asked]
        found += [f"{source} is stuck" for source in waits if not asked]
        differs = not (found or asked) and ended.picture != clean.picture
        return ["the place differs from the one without faults"] if differs else found


@frozen
class Ended:
    """How a place came to rest: after how many runs, with what results, in what state."""

    runs: int
    results: frozenset[Result]
    picture: Any = field(repr=False)
    requests: tuple[str, ...] = field(repr=False)


@define
class Small(Place):
    """NetSuite and Stripe, with one flow or both."""

    netsuite: FakeNetSuite
    stripe: FakeStripe

    def ends(self, flow: Flow) -> tuple[FakeSystem, FakeSystem]:
        out = flow.source.name == "netsuite"
        return (self.netsuite, self.stripe) if out else (self.stripe, self.netsuite)

    def picture(self) -> Any:
        there = {("netsuite", row["id"]): row for row in self.netsuite.rows}
        there |= {("stripe", row["id"]): row for row in self.stripe.rows}
        pairs = []
        for record in self.records():
            ends = {end.system: end for end in (record.source, record.target) if end is not None}
            rows = {name: there.pop((name, end.id), {}) for name, end in ends.items()}
            shown = [_plain(rows.get(name, {})) for name in ("netsuite", "stripe")]
            pairs.append((record.status.value, shown, _is_whole(rows)))
        return sorted(pairs, key=repr), sorted(map(repr, map(_plain, there.values())))

    def doubled(self) -> list[str]:
        told = []
        for system in (self.netsuite, self.stripe):
            values = [row.get("email") for row in system.rows]
            values += [row.get(_KEPT) or row.get("metadata", {}).get(_STAMP) for row in system.rows]
            told += [str(value) for value, count in Counter(values).items() if value and count > 1]
        return told

    def apart(self) -> list[str]:
        rows = {("netsuite", row["id"]): row for row in self.netsuite.rows}
        rows |= {("stripe", row["id"]): row for row in self.stripe.rows}
        told = []
        for record in self.records():
            ends = [end for end in (record.source, record.target) if end is not None]
            pair = {end.system: rows.get((end.system, end.id), {}) for end in ends}
            ours, theirs = pair.get("netsuite", {}), pair.get("stripe", {})
            said = [ours.get("companyName"), ours.get("phone"), ours.get("email")]
            if said != [theirs.get("name"), theirs.get("phone"), theirs.get("email")] or not _is_whole(pair):
                told.append(record.source.id)
        return told

    def stuck(self) -> list[str]:
        return [record.source.id for record in self.records() if record.status is Status.INTENT]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sorted(row.items()) if key not in _VOLATILE}


def _is_whole(rows: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether each of two linked rows carries the other one's id."""
    netsuite, stripe_ = rows.get("netsuite", {}), rows.get("stripe", {})
    return bool(netsuite.get("id")) and (stripe_.get("id"), netsuite.get("id")) == (
        netsuite.get(_KEPT),
        stripe_.get("metadata", {}).get(_STAMP, netsuite.get("id")),
    )


@frozen(kw_only=True)
class Setting(Terms):
    """A place of NetSuite and Stripe; the customers are entered in the first flow's source."""

    flows: tuple[Flow, ...]
    customers: str = "create link update"

    def __str__(self) -> str:
        parts = [flow.name.partition(".")[2] for flow in self.flows]
        parts += [self.tier.name, "sqlite" if self.durable else "memory"]
        parts += ["next-day" if self.pause == NEXT_DAY else "soon", *(["edited"] if self.edits else [])]
        return "-".join([*parts, self.customers.replace(" ", "+")])

    @property
    def may_ask(self) -> bool:
        """Return whether a person may have to tell how a lost create ended: all that some targets promise.

        Stripe's list is not asked by metadata, so that nothing proves anything there once a key has run out.
        """
        keyless = self.tier is Tier.B and self.pause == NEXT_DAY and self.flows[0].target.name == "stripe"
        return keyless or self.tier is Tier.D or "anonymous" in self.customers

    def place(self) -> Small:
        clock = VirtualClock()
        out = self.flows[0].source.name == "netsuite"
        netsuite = FakeNetSuite(clock, tier=Tier.A if out else self.tier, account="9", lag=LAG)
        stripe_ = FakeStripe(clock, tier=self.tier if out else Tier.B, lag=LAG)
        small = Small(clock, store_opener(durable=self.durable), self.flows, netsuite, stripe_)
        source, target = small.ends(self.flows[0])
        if "update" in self.customers:
            put(source, 1, "update")
            small.sync(self.flows[0])
            clock.advance(timedelta(hours=1))
            source.edit(source.rows[0]["id"], phone=_phone_of(50))
        if "create" in self.customers:
            put(source, 2, "create")
        if "anonymous" in self.customers:
            put(source, 5, "anonymous", email=None)
        if "link" in self.customers:
            put(source, 3, "link")
            put(target, 3 if len(self.flows) > 1 else 4, "link")  # with both flows, who is first would win
        clock.advance(timedelta(hours=1))
        return small

    def edit_meanwhile(self, place: Small) -> None:
        """Have people change customers of the first flow's source.

        Where both flows run, the one to be linked is left alone: there, the flow that links first counts.
        """
        source = place.ends(self.flows[0])[0]
        key = "companyName" if source is place.netsuite else "name"
        for row in source.rows:
            if len(self.flows) == 1 or not row["email"].startswith("link"):
                source.edit(row["id"], **{key: row[key] + " & sons"})


def store_opener(*, durable: bool) -> Callable[[], SyncRecordStore]:
    """Return what opens the one store again, in memory or in a file."""
    if not durable:
        kept = MemoryStore()
        return lambda: kept
    folder = Path(tempfile.mkdtemp())
    opened: list[SqliteStore] = []

    def reopened() -> SqliteStore:
        for store in opened:
            store.close()
        opened[:] = [SqliteStore(folder / "records.sqlite")]
        return opened[0]

    weakref.finalize(reopened, _discard, folder, opened)
    return reopened


def _discard(folder: Path, opened: list[SqliteStore]) -> None:
    for store in opened:
        store.close()
    shutil.rmtree(folder)


def put(system: FakeSystem, number: int, name: str, **others: Any) -> str:
    """Have a person enter a customer; return its id."""
    key = "name" if isinstance(system, FakeStripe) else "companyName"
    row = {key: f"{name} works", "email": f"{name}@works.example", "phone": _phone_of(number), **others}
    return system.put({key: value for key, value in row.items() if value is not None})


_RAISED: Final = frozenset({Fault.RAISED_BEFORE, Fault.RAISED_AFTER})


def singles(requests: tuple[str, ...], first: int = 1) -> Iterator[tuple[int, Fault]]:
    """Yield every fault at every request from that number on."""
    for number, name in enumerate(requests[first - 1 :], start=first):
        for fault in faults_of(name):
            yield number, fault


def distinct(requests: tuple[str, ...], first: int = 1) -> Iterator[tuple[int, Fault]]:
    """Yield what `singles` yields, but not that an adapter raises: to the engine its answer is lost then."""
    for number, fault in singles(requests, first):
        if fault not in _RAISED or requests[number - 1].startswith("store."):
            yield number, fault
