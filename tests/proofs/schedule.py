"""A schedule: everything that happens in one small world, drawn from one number, as data that can be cut."""

import random
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from typing import Final

from attrs import evolve, field, frozen

from custsync.protocols import Tier

FIELDS: Final = ("name", "email", "phone")
LONGEST_LATE: Final = 600
"""Seconds: an effect comes at most this late, the settle window that the systems declare."""
CLOCKS_APART: Final = 25
"""Seconds: how far a worker's clock is from the systems' where times count (in tier A they do not)."""


class Act(Enum):
    """What one event is."""

    RUN = "run"
    APPLY = "apply the latest plan again"
    ENTER = "enter"
    EDIT = "edit"
    DELETE = "delete"
    LINK = "link by hand"
    EXCLUDE = "exclude by hand"
    MERGE = "merge"
    PAUSE = "pause"


@frozen(kw_only=True)
class Event:
    """One event; which of the settings count depends on the act.

    `customer`, `side` (0: the source) and `field` say what a person touches, or enters without (an email
    alone); `seconds` how long a pause is;
    `flow` which of the world's flows runs, `batch` how many customers together, `workers` how many workers,
    `order` in which order their requests come, `skew` how far the first one's clock is off, `late` how late a
    late effect, or a slow answer, is, `way` whether it is a `sync`, a `plan` that is applied then, or a sync
    of what the first run was given (`older`). `faults` has, by the number of a request, which of its faults
    happens there (a negative number counts the writes alone); `meanwhile` an edit just before
    a request.
    """

    act: Act
    customer: int = 0
    side: int = 0
    field: str = "name"
    seconds: int = 0
    flow: int = 0
    batch: int = 500
    workers: int = 1
    order: int = 0
    skew: int = 0
    late: int = 300
    way: str = "sync"
    faults: tuple[tuple[int, int], ...] = ()
    meanwhile: tuple[tuple[int, "Event"], ...] = ()

    def __str__(self) -> str:
        named = [f"{key}={value}" for key, value in self._said() if key not in ("act", "meanwhile")]
        edits = [f"before request {number}: {event}" for number, event in self.meanwhile]
        return " ".join([self.act.value, *named, *edits])

    def _said(self) -> Iterator[tuple[str, object]]:
        plain = Event(act=self.act)
        for key in self.__slots__:  # type: ignore[attr-defined]  # attrs makes them
            if key != "__weakref__" and getattr(self, key) != getattr(plain, key):
                yield key, getattr(self, key)


@frozen(kw_only=True)
class Schedule:
    """A world, and what happens in it."""

    seed: int
    flow: str
    tier: Tier
    lag: timedelta
    events: tuple[Event, ...] = field(repr=False)

    @property
    def is_clean(self) -> bool:
        """Return whether nothing goes wrong at any request."""
        return not any(event.faults or event.workers > 1 for event in self.events)

    @property
    def lasts(self) -> int:
        """Return how many seconds the pauses take."""
        return sum(event.seconds for event in self.events)


def drawn(seed: int, flow: str, tier: Tier, workers: int) -> Schedule:
    """Return the schedule of that number."""
    chance = random.Random(f"{seed} {flow} {tier.name} {workers}")  # noqa: S311 - a schedule, no secret
    many = chance.randint(1, 3)
    entered = [
        Event(
            act=Act.ENTER,
            customer=number,
            side=chance.choice((0, 0, 1)),
            order=chance.randrange(3),
            field=chance.choice(("name", "name", "email")),
        )
        for number in range(many)
    ]
    events = [one for _ in range(chance.randint(3, 6)) for one in _events(chance, many, tier, workers)]
    if chance.random() < 0.5:
        events.insert(0, Event(act=Act.RUN))
    lag = timedelta(minutes=chance.choice((0, 1, 30)))
    return Schedule(seed=seed, flow=flow, tier=tier, lag=lag, events=(*entered, *events))


_ACTS: Final = (
    *(
        Act.RUN,
        Act.RUN,
        Act.RUN,
        Act.RUN,
        Act.RUN,
        Act.RUN,
        Act.EDIT,
        Act.EDIT,
        Act.EDIT,
        Act.EDIT,
        Act.PAUSE,
    ),
    *(Act.PAUSE, Act.DELETE, Act.LINK, Act.EXCLUDE, Act.MERGE, Act.APPLY),
)


def _events(chance: random.Random, many: int, tier: Tier, workers: int) -> Iterator[Event]:
    """Yield an event, and before every other run an edit, which gives it something to write."""
    act = chance.choice(_ACTS)
    if act in (Act.RUN, Act.APPLY):
        if chance.random() < 0.5:
            yield _deed(chance, many, Act.EDIT)
        yield evolve(_run(chance, many, tier, workers if act is Act.RUN else 1), act=act)
    elif act is Act.PAUSE:
        yield Event(act=act, seconds=chance.choice((1, 60, 180, 300, 610, 3600, 90_000, 90_000)))
    else:
        yield _deed(chance, many, act)


def _deed(chance: random.Random, many: int, act: Act) -> Event:
    return Event(
        act=act, customer=chance.randrange(many), side=chance.randrange(2), field=chance.choice(FIELDS)
    )


def _run(chance: random.Random, many: int, tier: Tier, workers: int) -> Event:
    faults = {_place(chance, many): chance.randrange(720) for _ in range(chance.choice((0, 1, 1, 2, 3)))}
    apart = chance.choice((CLOCKS_APART, 3600, 86_400) if tier is Tier.A else (CLOCKS_APART,))
    edit = _deed(chance, many, Act.EDIT)
    meanwhile = ((chance.randint(1, 8 * many), edit),) if chance.random() < 0.2 else ()
    return Event(
        act=Act.RUN,
        flow=chance.randrange(2),
        batch=chance.choice((1, 2, 500)),
        workers=chance.randint(1, workers),
        order=chance.randrange(1_000_000),
        skew=chance.choice((0, 0, apart, -apart)),
        late=chance.choice((1, 120, 300, LONGEST_LATE)),
        way=chance.choice(("sync", "sync", "sync", "plan", "older")),
        faults=tuple(sorted(faults.items())),
        meanwhile=meanwhile,
    )


def _place(chance: random.Random, many: int) -> int:
    """Return the number of a request, or, negative, of a write: among the requests, writes are few."""
    return -chance.randint(1, many + 1) if chance.random() < 0.6 else chance.randint(1, 8 * many)


def shorter(schedule: Schedule) -> Iterator[Schedule]:
    """Yield the schedules that lack one event, one fault or one edit of this one, or are plainer."""
    events = schedule.events
    for place, event in enumerate(events):
        before, after = events[:place], events[place + 1 :]
        yield evolve(schedule, events=before + after)
        for one in _plainer(event):
            yield evolve(schedule, events=(*before, one, *after))


def _plainer(event: Event) -> Iterator[Event]:
    for name in ("faults", "meanwhile"):
        kept = getattr(event, name)
        for place in range(len(kept)):
            yield evolve(event, **{name: kept[:place] + kept[place + 1 :]})
    if event.workers > 1:
        yield evolve(event, workers=event.workers - 1)
    plain = evolve(event, skew=0, batch=500)
    if event != plain:
        yield plain
