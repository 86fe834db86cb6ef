"""Small worlds of ServiceTitan customers that were synced to NetSuite and then merged, for the proofs.

Each customer has a name, an address, an email and a phone of its own, so that nothing of it can pass for
another one's.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, TypeVar

from attrs import define, field

from custsync.engine.outcomes import Result
from custsync.errors import StoreError
from custsync.flows.servicetitan import CUSTOMER_SYNC
from custsync.flows.servicetitan.flow import SERVICETITAN_ID_FIELD
from custsync.protocols import Answer, MergeRequest, UpdateRequest
from custsync.syncrecords import Status, SyncRecord
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import Row
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from custsync.testing.faults import Crash, Fault, Faults
from tests.proofs.environments import ENOUGH, SOON, store_opener
from tests.proofs.integrations import Pairing

T = TypeVar("T")

QUEUED: Final = timedelta(minutes=5)
NEW_PHONE: Final = "(503) 555-0199"
NAMES: Final = ("Vale", "Lund", "Okafor", "Harrow")
_SAID: Final = ("firstName", "lastName", "email", "phone", "addressBook", "id")
_RESTING: Final = frozenset({Result.UNCHANGED, Result.LEFT_OUT})


class Graveyard(FakeNetSuite):
    """A NetSuite that remembers which ids were written to when nobody had them any more."""

    def __init__(self, clock: VirtualClock, **settings: Any) -> None:
        """Begin without a customer."""
        custom = [SERVICETITAN_ID_FIELD]
        super().__init__(clock, subsidiaries=["2"], custom_look_ups=custom, **settings)
        self.dead: list[str] = []

    def has(self, identity: str) -> bool:
        return any(row["id"] == identity for row in self.rows)

    def _update(self, request: UpdateRequest) -> Answer:
        self.dead += [] if self.has(request.id) else [request.id]
        return super()._update(request)

    def _merge(self, request: MergeRequest) -> Answer:
        self.dead += [end for end in (request.survivor, request.duplicate) if not self.has(end)]
        return super()._merge(request)


class Busy(Faults):
    """Faults, and what people do just before a request of that number."""

    def __init__(
        self,
        schedule: Mapping[int, Fault] | None = None,
        meanwhile: Mapping[int, Callable[[], object]] | None = None,
    ) -> None:
        """Begin before the first request."""
        super().__init__(schedule)
        self.meanwhile = dict(meanwhile or {})

    def request(self, name: str, call: Callable[[], T], lost: Callable[[Fault], Any]) -> T:
        """Return as `Faults.request` does, once people have done what they do."""
        self.meanwhile.pop(len(self.requests) + 1, lambda: None)()
        return super().request(name, call, lost)


@define
class Merging:
    """Synced customers, and the people who merge them."""

    pair: Pairing
    titan: FakeServiceTitan
    netsuite: Graveyard
    people: list[str] = field(factory=list)
    first: dict[str, Row] = field(factory=dict)
    """By ServiceTitan id, the NetSuite customers as they were before anything was merged."""

    # People

    def merge(self, duplicate: int, survivor: int) -> None:
        self.titan.merge(self.people[duplicate], self.people[survivor])

    def unmerge(self, one: int = 0) -> None:
        """Have ServiceTitan take a merge back, which its own people cannot do."""
        row = self.titan.row(self.people[one])
        self.titan.put({**row, "mergedToId": None, "active": True})

    def invoice(self, one: int = 0) -> None:
        self.pair.invoice(self.people[one])

    def edit(self, one: int) -> None:
        """Have a person in NetSuite change the phone of what is there for that customer, if it still is."""
        identity = self.first[self.people[one]]["id"]
        if self.netsuite.has(identity):
            self.netsuite.edit(identity, phone=NEW_PHONE)

    def merge_there(self) -> None:
        """Have a person in NetSuite merge the two, too."""
        duplicate, survivor = (self.first[one]["id"] for one in self.people[:2])
        delay, self.netsuite.merge_delay = self.netsuite.merge_delay, timedelta(0)
        request = MergeRequest(survivor=survivor, duplicate=duplicate)
        if self.netsuite.has(duplicate):
            self.netsuite.merge([request])
        self.netsuite.merge_delay = delay

    def remove(self) -> None:
        """Have a person in NetSuite delete the duplicate."""
        identity = self.first[self.people[0]]["id"]
        if self.netsuite.has(identity):
            self.netsuite.remove(identity)

    # Runs

    def settle(self, after_first: Callable[[], object] = lambda: None) -> None:
        """Run until nothing is to be done any more; people do something after the first run.

        Raises:
            AssertionError: it does not come to rest.
        """
        results = frozenset[Result]()
        for runs in range(ENOUGH):
            results = self.pair.run()
            self.netsuite.arrive()
            if runs == 0:
                after_first()
            elif results <= _RESTING and not self.netsuite.has_late:
                return
            self.pair.clock.advance(SOON)
        raise AssertionError(f"not at rest after {ENOUGH} runs: {results}")

    # The state of the world

    def records(self) -> dict[str, SyncRecord]:
        return {record.source.id: record for record in self.pair.records()}

    def target(self, one: str) -> str:
        there = self.records()[one].target
        return there.id if there else ""

    def survivor_of(self, one: str) -> str:
        into = self.titan.row(one)["mergedToId"]
        return one if into is None else self.survivor_of(str(into))

    def kept_lines(self, one: str) -> int:
        """Return how many lines of the survivor's address book keep the name and address of a customer."""
        there = self.target(one)
        if not self.netsuite.has(there):
            return 0
        book = self.netsuite.row(there).get("addressBook", {"items": []})["items"]
        places = [(line["addressBookAddress"].get("addressee"), _street(line)) for line in book]
        row = self.first[one]
        name = f"{row['firstName']} {row['lastName']}"
        return places.count((name, _street(row["addressBook"]["items"][0])))

    def said_of(self, one: str) -> str:
        """Return everything that is still said of a customer: by its survivor, and by the merges' notes."""
        there = self.target(one)
        rows = [row for row in self.netsuite.rows if row["id"] == there]
        notes = [
            [dict(record.merge.lost), record.merge.duplicate and record.merge.duplicate.id]
            for record in self.records().values()
            if record.merge and record.target and record.target.id == there
        ]
        return json.dumps([rows, notes], ensure_ascii=False)


def _street(line: Mapping[str, Any]) -> Any:
    return line["addressBookAddress"].get("addr1")


def merging(count: int = 2, *, merge_delay: timedelta = timedelta(0), durable: bool = False) -> Merging:
    """Return so many customers, synced and not yet merged."""
    clock = VirtualClock()
    titan, netsuite = FakeServiceTitan(clock), Graveyard(clock, merge_delay=merge_delay)
    pair = Pairing(clock, store_opener(durable=durable), (CUSTOMER_SYNC,), titan, netsuite)
    made = Merging(pair, titan, netsuite)
    for number, name in enumerate(NAMES[:count], 1):
        place = {"street": f"{number} Elm St", "city": "Astoria", "state": "OR", "country": "USA"}
        one = titan.put({"name": f"{name}, Ines{number}", "address": place})
        titan.contact(one, "Email", f"{name.lower()}@works.example")
        titan.contact(one, "Phone", f"(503) 555-010{number}")
        pair.invoice(one)
        made.people.append(one)
    pair.sync()
    made.first = {one: netsuite.row(made.target(one)) for one in made.people}
    clock.advance(timedelta(hours=1))
    return made


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text of a NetSuite record that a merge must not lose, and its id."""
    if isinstance(value, Mapping):
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
    elif isinstance(value, str):
        yield value


def lost(made: Merging, one: str, *, but: Iterable[str] = ()) -> list[str]:
    """Return what was said of a customer before the merge and is not any more."""
    row, told = made.first[one], made.said_of(one)
    inputs = texts_of({key: row[key] for key in _SAID if key in row})
    return [text for text in inputs if text not in told and text not in but]


def problems(made: Merging) -> list[str]:
    """Return what is wrong with the links of a world at rest, whatever happened."""
    found = []
    ends = {one: made.target(one) for one in made.people}
    rows = [row["id"] for row in made.netsuite.rows]
    survivors = {made.survivor_of(one) for one in made.people}
    records = made.records()
    for one, there in ends.items():
        if there != ends[made.survivor_of(one)]:
            found.append(f"{one} does not point at its survivor's")
        if there not in rows:
            found.append(f"{one} points at nobody")
        if made.kept_lines(one) > 1 and made.survivor_of(one) != one:
            found.append(f"the address of {one} is kept {made.kept_lines(one)} times")
        note = records[one].merge
        if records[one].status is Status.MERGED and not (note and note.done):
            found.append(f"the merge of {one} is not over")
    if len(rows) > len(survivors):
        found.append(f"{len(rows)} customers for {len(survivors)}")
    if set(rows) - set(ends.values()):
        found.append("a customer that nobody is linked to")
    return found


def unkept(made: Merging) -> list[str]:
    """Return what the merges of this world lost, and the addresses that are not kept exactly once."""
    merged = [one for one in made.people if made.survivor_of(one) != one]
    found = [f"{one} lost {len(lost(made, one))} texts" for one in made.people if lost(made, one)]
    return found + [f"{one}: {made.kept_lines(one)} lines" for one in merged if made.kept_lines(one) != 1]


def histories(count: int) -> Iterator[Sequence[tuple[int, int]]]:
    """Yield every sequence of merges, of any length, among so many customers: duplicate and survivor."""

    def after(past: tuple[tuple[int, int], ...], alive: frozenset[int]) -> Iterator[Any]:
        if past:
            yield past
        for duplicate, survivor in itertools.permutations(sorted(alive), 2):
            yield from after((*past, (duplicate, survivor)), alive - {duplicate})

    yield from after((), frozenset(range(count)))


def quietly(call: Callable[[], object]) -> None:
    """Do something that the process may die of."""
    with suppress(Crash, StoreError):
        call()
