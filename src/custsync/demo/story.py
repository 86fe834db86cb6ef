"""The scenes of the demonstration, told with real files and a real store in a temporary folder."""

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

from custsync.driving import World, apply, plan
from custsync.files import SystemFile, look_ups_of
from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.planning import Plan
from custsync.ports import Answer, CreateRequest, Payload
from custsync.stores.sqlite import SqliteStore

__all__ = ["told"]

_WIDTH: Final = 108
_NOW: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_LATE_EMAIL: Final = "hello@tidewater-kitchens.example"
_LATE: Final[Payload] = {
    "id": "2070",
    "entityId": "CUST-2070",
    "isPerson": False,
    "isInactive": False,
    "companyName": "Tidewater Kitchens, LLC",
    "email": _LATE_EMAIL,
}


def told() -> Iterator[str]:
    """Yield the lines of the demonstration, the same on every run. It leaves nothing behind.

    >>> next(told())
    'custsync demo: 7 NetSuite customers and 8 Stripe customers, all invented'
    """
    with TemporaryDirectory(prefix="custsync-demo-") as name:
        house = _House(Path(name))
        house.furnish()
        counts = (
            f"{len(house.records('netsuite'))} NetSuite customers and {len(house.records('stripe'))} Stripe"
        )
        yield f"custsync demo: {counts} customers, all invented"
        for scene in (_export, _import, _crash):
            for line in "\n".join(scene(house)).split("\n"):
                yield fill(line, _WIDTH, subsequent_indent=" " * 6, break_on_hyphens=False) if line else ""


def _export(house: "_House") -> Iterator[str]:
    yield "\n== NetSuite to Stripe: the plan. Nothing is written yet."
    made = house.plan(EXPORT)
    yield str(made)
    yield "\n== Why does customer 2042 wait?"
    yield made.explain("2042")
    yield "\n== The plan carried out. Planned again, nothing is left to write."
    yield f"applied: {house.apply(made, EXPORT)}"
    yield f"planned: {_last_line(house.plan(EXPORT))}"


def _import(house: "_House") -> Iterator[str]:
    yield "\n== Stripe to NetSuite: the other direction shares the links, so nothing echoes."
    made = house.plan(IMPORT)
    yield str(made)
    yield f"applied: {house.apply(made, IMPORT)}"
    yield f"back to Stripe, to tell it the new NetSuite id: {house.apply(house.plan(EXPORT), EXPORT)}"
    yield f"planned: {_last_line(house.plan(IMPORT))}"
    yield f"planned: {_last_line(house.plan(EXPORT))}"
    yield f'The country that Stripe has as "Côte d\'Ivoire" is {house.country_of("2057")} in NetSuite.'


def _crash(house: "_House") -> Iterator[str]:
    yield "\n== A new customer in NetSuite. The process dies when its create was sent and not yet answered."
    house.add(_LATE)
    try:
        house.apply(house.plan(EXPORT), EXPORT, dying=True)
    except _ProcessDied:
        yield f"Stripe holds {house.count(_LATE_EMAIL)} customer of that email. Nobody was told its id."
    yield "\n== The next run. The intent of the create was on record before it was sent."
    made = house.plan(EXPORT)
    yield made.explain("2070")
    yield f"applied: {house.apply(made, EXPORT)}"
    yield f"planned: {_last_line(house.plan(EXPORT))}"
    yield f"Stripe holds {house.count(_LATE_EMAIL)} customer of that email."


def _last_line(made: Plan) -> str:
    return str(made).rpartition("\n")[2]


class _ProcessDied(BaseException):
    """The end of a process, for which no code of the process is prepared."""


class _DyingFile(SystemFile):
    """A file whose process dies as soon as a create is in it."""

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        super().create(requests)
        raise _ProcessDied


@define
class _House:
    """The temporary folder: two systems and the store between them. Each act opens them anew."""

    folder: Path

    def furnish(self) -> None:
        for name in ("netsuite", "stripe"):
            text = files("custsync.demo").joinpath(f"{name}.jsonl").read_text(encoding="utf-8")
            self._path(name).write_text(text, encoding="utf-8")

    def records(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._path(name).read_text(encoding="utf-8").split("\n") if line]

    def add(self, record: Payload) -> None:
        with self._path("netsuite").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def count(self, email: str) -> int:
        return sum(record.get("email") == email for record in self.records("stripe"))

    def country_of(self, identity: str) -> str:
        (book,) = (record["addressBook"] for record in self.records("netsuite") if record["id"] == identity)
        return str(book["items"][0]["addressBookAddress"]["country"]["id"])

    def plan(self, flow: Flow) -> Plan:
        with self._world(flow, SystemFile) as world:
            return plan(flow, self.records(flow.source.name), world)

    def apply(self, made: Plan, flow: Flow, *, dying: bool = False) -> str:
        with self._world(flow, _DyingFile if dying else SystemFile) as world:
            return apply(flow, made, world).in_brief

    @contextmanager
    def _world(self, flow: Flow, target: type[SystemFile]) -> Iterator[World]:
        source, goal = self._path(flow.source.name), self._path(flow.target.name)
        with SqliteStore(self.folder / "links.db") as store:
            yield World(
                target=target(goal, flow.target, look_ups=look_ups_of(flow)),
                source=SystemFile(source, flow.source),
                store=store,
                clock=_now,
            )

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"


def _now() -> datetime:
    return _NOW
