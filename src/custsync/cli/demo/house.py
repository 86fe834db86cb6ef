"""The house of the demonstration: a folder with a file for each system, and the store between them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from attrs import define

from custsync.adapters.files import SystemFile
from custsync.adapters.files.system_file import look_ups_of
from custsync.engine.api import apply, plan
from custsync.engine.environment import Environment
from custsync.engine.plans import Plan
from custsync.flow import Flow
from custsync.protocols import Answer, CreateRequest, Payload
from custsync.stores.sqlite import SqliteStore

SYSTEMS: Final = ("netsuite", "stripe", "servicetitan", "lago", "lightspeed", "upflow_import")
"""The systems of the demonstration, each a file of that name."""

_NOW: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class ProcessDied(BaseException):
    """The end of a process, for which no code of the process is prepared."""


class _DyingFile(SystemFile):
    """A file whose process dies as soon as a create is in it."""

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        super().create(requests)
        raise ProcessDied


@define
class House:
    """The temporary folder: the systems and the store between them. Each act opens them anew."""

    folder: Path

    def furnish(self) -> None:
        """Put every system's records there."""
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
                clock=_now,
            )

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"


def _now() -> datetime:
    return _NOW
