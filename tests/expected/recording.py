"""The text that is recorded of a flow: plan, explanations, decisions, report, sync records and rows of runs.

Digests depend on the names of classes. Each one is recorded as a number instead, counted for each customer,
so that equal digests stay equal and a renamed class changes nothing.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from attrs import define, field

from custsync.engine.api import plan, sync
from custsync.engine.environment import Environment
from custsync.engine.outcomes import Outcome
from custsync.engine.plans import Plan
from custsync.flows.servicetitan import INVOICE, Transaction, join_transactions
from custsync.protocols import Answer, CreateRequest, Unknown
from custsync.stores import record_json
from custsync.stores.memory import MemoryStore
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import FakeSystem
from custsync.testing.fakes.servicetitan import FakeServiceTitan
from tests.expected.customers import UNREADABLE
from tests.expected.plays import Play

_DIGEST: Final = re.compile(r"\b(?:sha256:)?(?:[0-9a-f]{64}|[0-9a-f]{48}|[0-9a-f]{32}|[0-9a-f]{16})\b")
_PAUSE: Final = timedelta(hours=1)


@define
class Scene:
    """Both systems, the store and the clock of one recording."""

    play: Play
    clock: VirtualClock = field(factory=VirtualClock)
    store: MemoryStore = field(factory=MemoryStore)
    source: FakeSystem = field(init=False)
    target: FakeSystem = field(init=False)
    invoiced: list[Transaction] = field(factory=list)
    numbers: dict[str, dict[str, str]] = field(factory=dict)
    recorded: dict[tuple[str, str], str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.source, self.target = self.play.source(self.clock), self.play.target(self.clock)
        for system, rows in ((self.source, self.play.ours), (self.target, self.play.theirs)):
            for row in rows:
                system.put(row)
        self.play.invoice(self)

    # People

    def invoice(self, customer: str, subsidiary: str = "2", kind: str = INVOICE) -> None:
        self.invoiced.append(Transaction(customer=customer, type=kind, subsidiary=subsidiary))

    def edit(self, identity: str, **changes: Any) -> None:
        self.source.edit(identity, **changes)

    def edit_target(self, source: str, **changes: Any) -> None:
        self.target.edit(self.counterpart(source), **changes)

    def counterpart(self, source: str) -> str:
        """Return the target's id of a customer that is linked."""
        records = self.store.records(self.play.flow.link)
        (target,) = [one.target.id for one in records if one.source.id == source and one.target]
        return target

    # Runs

    def payloads(self) -> list[Any]:
        if isinstance(self.source, FakeServiceTitan):
            rows = self.source.listed(active="Any")
            return [*join_transactions(rows, self.invoiced, self.source.contacts()), *UNREADABLE]
        return [*self.source.rows, *UNREADABLE]

    def world(self, target: Any = None) -> Environment:
        return Environment(
            source=self.source,
            target=target or self.target,
            store=self.store,
            clock=self.clock,
            sleep=self.clock.sleep,
            random=float,
        )

    def news(self, kind: str, customer: str, text: str) -> Iterator[str]:
        """Yield the text, digests as numbers, unless it is the same as in the run before."""
        text = self.numbered(customer, text)
        if self.recorded.get((kind, customer)) != text:
            self.recorded[kind, customer] = text
            yield text

    def numbered(self, customer: str, text: str) -> str:
        """Return the text with each digest as a number of this customer's."""
        known = self.numbers.setdefault(customer, {})
        return _DIGEST.sub(lambda found: known.setdefault(found[0], f"digest {len(known) + 1}"), text)


class LosesCreates:
    """A target whose answers to creates are lost after they took effect."""

    def __init__(self, target: FakeSystem) -> None:
        self.target = target

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)

    def create(self, requests: Sequence[CreateRequest]) -> Mapping[str, Answer]:
        return dict.fromkeys(self.target.create(requests), Unknown("timeout"))


def recorded(play: Play) -> str:
    """Return the text of three runs: the first one, one after edits whose creates are lost, and the next."""
    scene = Scene(play)
    lines = [*_run(scene, "First run")]
    scene.clock.advance(_PAUSE)
    play.edit(scene)
    lines += _run(scene, "After edits on both sides; what is created is not answered", LosesCreates)
    scene.clock.advance(_PAUSE)
    lines += _run(scene, "The next run")
    return "\n".join(lines) + "\n"


def _run(scene: Scene, title: str, around: Callable[[FakeSystem], Any] | None = None) -> Iterator[str]:
    made = plan(scene.play.flow, scene.payloads(), scene.world())
    yield from (f"# {title}", "", "## Plan", str(made), "", "## Explained, where it is another than before")
    for decision in made:
        yield from scene.news("why", str(decision.source), made.explain(decision.source, values=True))
    yield from ("", "## Decisions as JSON, where they are others than before", *_decisions(scene, made))
    seen: list[Outcome] = []
    target = around(scene.target) if around else None
    report = sync(scene.play.flow, scene.payloads(), scene.world(target), observe=seen.append)
    yield from ("", "## Outcomes", *map(str, seen), "", "## Report", str(report))
    yield from ("", "## Sync records that changed", *_records(scene))
    yield from ("", "## Rows of the source that changed", *_rows(scene, scene.source))
    yield from ("", "## Rows of the target that changed", *_rows(scene, scene.target), "")


def _decisions(scene: Scene, made: Plan) -> Iterator[str]:
    head, *entries = map(json.loads, made.to_lines())
    for decision, entry in zip(made, entries, strict=True):
        yield from scene.news("decision", str(decision.source), "\n".join(_lines(entry, depth=2)))
    yield scene.numbered("plan", "\n".join(_lines(head)))


def _records(scene: Scene) -> Iterator[str]:
    for record in sorted(scene.store.records(scene.play.flow.link), key=lambda one: str(one.source)):
        shape, values = record_json.dump(record)
        parts = {name: part for name, part in record_json.parts_of(values, shape).items() if part}
        body = {"status": record.status.value, "version": record.version, **parts}
        yield from scene.news("record", str(record.source), "\n".join(_lines(body, depth=2)))


def _rows(scene: Scene, system: FakeSystem) -> Iterator[str]:
    for row in system.rows:
        said = {key: value for key, value in row.items() if value not in (None, "", [], {})}
        identity = str(row[system.id_key])
        yield from scene.news(system.system, identity, "\n".join(_lines(said)))


def _lines(value: Mapping[str, Any], depth: int = 1, mark: str = "- ", margin: str = "  ") -> Iterator[str]:
    """Yield one line for each key, and for the keys of objects inside down to that depth."""
    for key, one in value.items():
        if depth > 1 and isinstance(one, dict) and one:
            yield f"{mark}{key}:"
            yield from _lines(one, depth - 1, margin + "  ", margin + "  ")
        else:
            yield f"{mark}{key}: {json.dumps(one, ensure_ascii=False)}"
        mark = margin
