"""The demonstration: one NetSuite account's customers through all five integrations, over real files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Any, Final

from attrs import define

from custsync.adapters.files import SystemFile
from custsync.adapters.files.system_file import look_ups_of
from custsync.engine.api import apply, plan
from custsync.engine.environment import Environment
from custsync.engine.plans import Plan
from custsync.flow import Flow
from custsync.flows.lago import customer_sync
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.flows.servicetitan import CUSTOMER_SYNC
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.flows.upflow import CUSTOMER_IMPORT
from custsync.protocols import Answer, CreateRequest, Payload
from custsync.stores.sqlite import SqliteStore

SYSTEMS: Final = ("netsuite", "stripe", "servicetitan", "lago", "lightspeed", "upflow_import")
"""The systems of the demonstration, each a file of that name."""

_NOW: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class ProcessDied(BaseException):
    """The end of a process: no code of the process handles it."""


class _DyingFile(SystemFile):
    """A file whose process dies as soon as a create is in it."""

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        super().create(requests)
        raise ProcessDied


@define
class House:
    """The temporary folder: the systems and the store between them. Each step opens them anew."""

    folder: Path

    def fill(self) -> None:
        """Write every system's records to its file."""
        for name in SYSTEMS:
            text = files("custsync.cli.demo").joinpath(f"{name}.jsonl").read_text(encoding="utf-8")
            self._path(name).write_text(text, encoding="utf-8")

    def records(self, name: str) -> list[dict[str, Any]]:
        """Return a system's records as they are now."""
        return [json.loads(line) for line in self._path(name).read_text(encoding="utf-8").split("\n") if line]

    def add(self, record: Payload) -> None:
        """Have a person add a NetSuite customer."""
        with self._path("netsuite").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def edit(self, name: str, identity: str, **changes: Any) -> None:
        """Have a person change a record."""
        records = [{**row, **changes} if str(row["id"]) == identity else row for row in self.records(name)]
        self._path(name).write_text("".join(f"{json.dumps(row)}\n" for row in records), encoding="utf-8")

    def plan(self, flow: Flow) -> Plan:
        """Return the flow's plan for all records of its source."""
        with self._environment(flow, SystemFile) as environment:
            return plan(flow, self.records(flow.source.name), environment)

    def apply(self, made: Plan, flow: Flow, *, dying: bool = False) -> str:
        """Carry the plan out and return how it ended; `dying`: the process dies with its first create."""
        with self._environment(flow, _DyingFile if dying else SystemFile) as environment:
            return apply(flow, made, environment).summary

    @contextmanager
    def _environment(self, flow: Flow, target: type[SystemFile]) -> Iterator[Environment]:
        source, goal = self._path(flow.source.name), self._path(flow.target.name)
        with SqliteStore(self.folder / "links.db") as store:
            yield Environment(
                target=target(goal, flow.target, look_ups=look_ups_of(flow)),
                source=SystemFile(source, flow.source),
                store=store,
                clock=lambda: _NOW,
            )

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"


_LATE_EMAIL: Final = "hello@tidewater-kitchens.example"
_LATE: Final[Payload] = {
    "id": "2070",
    "entityId": "CUST-2070",
    "isPerson": False,
    "isInactive": False,
    "companyName": "Tidewater Kitchens, LLC",
    "email": _LATE_EMAIL,
}


def exporting(house: House) -> Iterator[str]:
    """Yield the sync from NetSuite to Stripe."""
    yield "\n== NetSuite to Stripe: the plan. Nothing is written yet."
    made = house.plan(EXPORT)
    yield str(made)
    yield "\n== Why does customer 2042 wait?"
    yield made.explain("2042")
    yield "\n== The plan carried out. Planned again, nothing is left to write."
    yield f"applied: {house.apply(made, EXPORT)}"
    yield f"planned: {house.plan(EXPORT).summary}"


def importing(house: House) -> Iterator[str]:
    """Yield the sync from Stripe to NetSuite."""
    yield "\n== Stripe to NetSuite: the other direction shares the links, so there is no echo."
    made = house.plan(IMPORT)
    yield str(made)
    yield f"applied: {house.apply(made, IMPORT)}"
    yield f"back to Stripe, to write the new NetSuite id there: {house.apply(house.plan(EXPORT), EXPORT)}"
    yield f"planned: {house.plan(IMPORT).summary}"
    yield f"planned: {house.plan(EXPORT).summary}"
    yield f'The country that Stripe has as "Côte d\'Ivoire" is {_country_of(house, "2057")} in NetSuite.'


def crashing(house: House) -> Iterator[str]:
    """Yield a run whose process dies between a create and its answer, and the run after it."""
    yield "\n== A new customer in NetSuite. The process dies after its create was sent and before the answer."
    house.add(_LATE)
    try:
        house.apply(house.plan(EXPORT), EXPORT, dying=True)
    except ProcessDied:
        yield f"Stripe has {_count(house, _LATE_EMAIL)} customer with that email. The answer was lost."
    yield "\n== The next run. The intent of the create was on record before it was sent."
    made = house.plan(EXPORT)
    yield made.explain("2070")
    yield f"applied: {house.apply(made, EXPORT)}"
    yield f"planned: {house.plan(EXPORT).summary}"
    yield f"Stripe has {_count(house, _LATE_EMAIL)} customer with that email."


def _count(house: House, email: str) -> int:
    return sum(record.get("email") == email for record in house.records("stripe"))


def _country_of(house: House, identity: str) -> str:
    (book,) = (record["addressBook"] for record in house.records("netsuite") if record["id"] == identity)
    return str(book["items"][0]["addressBookAddress"]["country"]["id"])


_LAGO: Final = customer_sync("netsuite-us", subsidiaries=("2", "3"))


def from_servicetitan(house: House) -> Iterator[str]:
    """Yield customers on their transactions, and a Legacy ID that no NetSuite customer has."""
    yield "\n== ServiceTitan to NetSuite: a customer is synced when it is on a transaction."
    yield from _carried(house, CUSTOMER_SYNC)
    yield "\n== Why is customer 773 refused?"
    yield house.plan(CUSTOMER_SYNC).explain("773")


def merging(house: House) -> Iterator[str]:
    """Yield a merge that a person made in ServiceTitan."""
    yield "\n== A person merges customer 771 into 774 in ServiceTitan. The sync merges them in NetSuite."
    house.edit("servicetitan", "771", active=False, mergedToId=774)
    yield from _carried(house, CUSTOMER_SYNC)
    (survivor,) = [row for row in house.records("netsuite") if row.get("lastName") == "Vale"]
    lines = survivor["addressBook"]["items"]
    yield f"netsuite:{survivor['id']} keeps the duplicate's name and address: {len(lines)} lines in its book."


def from_lago(house: House) -> Iterator[str]:
    """Yield one customer to create, one to link, one for neither, one whose NetSuite id does not exist."""
    yield "\n== Lago to NetSuite: create, link, neither."
    yield from _carried(house, _LAGO)


def to_lightspeed(house: House) -> Iterator[str]:
    """Yield the sync of the account's customers to Lightspeed."""
    yield "\n== NetSuite to Lightspeed: the entity ID is the customer code."
    yield from _carried(house, CUSTOMER_EXPORT)
    (opted_out,) = [row for row in house.records("lightspeed") if row["customer_code"] == "CUST-2042"]
    yield f"Customer 2042 opted out of mail, so Lightspeed has do_not_email: {opted_out['do_not_email']}."


def to_upflow(house: House) -> Iterator[str]:
    """Yield the sync of the account's customers in two levels."""
    yield "\n== NetSuite to Upflow: two levels, whatever the depth in NetSuite."
    yield from _carried(house, CUSTOMER_IMPORT)
    yield f"applied: {house.apply(house.plan(CUSTOMER_IMPORT), CUSTOMER_IMPORT)}"
    yield f"planned: {house.plan(CUSTOMER_IMPORT).summary}"
    for row in house.records("upflow_import"):
        if row.get("Parent ID"):
            yield f"The parent of netsuite:{row['Customer ID']} is netsuite:{row['Parent ID']}."


def _carried(house: House, flow: Flow) -> Iterator[str]:
    made = house.plan(flow)
    yield str(made)
    yield f"applied: {house.apply(made, flow)}"
    yield f"planned: {house.plan(flow).summary}"


_WIDTH: Final = 108
_SCENES: Final = (
    exporting,
    importing,
    crashing,
    from_servicetitan,
    merging,
    from_lago,
    to_lightspeed,
    to_upflow,
)


def story() -> Iterator[str]:
    """Yield the lines of the demonstration, the same on every run. It leaves no files.

    >>> next(story())
    'custsync demo: one NetSuite account and the systems around it, all invented'
    """
    with TemporaryDirectory(prefix="custsync-demo-") as name:
        house = House(Path(name))
        house.fill()
        yield "custsync demo: one NetSuite account and the systems around it, all invented"
        for scene in _SCENES:
            for line in "\n".join(scene(house)).split("\n"):
                yield fill(line, _WIDTH, subsequent_indent=" " * 6, break_on_hyphens=False) if line else ""
