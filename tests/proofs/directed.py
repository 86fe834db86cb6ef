"""Schedules that are written down: what needs several things at one moment is too rare by chance."""

from datetime import timedelta
from typing import Any, Final

from custsync.protocols import Tier
from custsync.testing.faults import Fault
from tests.proofs.schedule import LONGEST_LATE, Act, Event, Schedule

_FAULTS: Final = [*Fault, "rejected", "not now", "slow", "forgotten"]
"""The faults of a create or update of one worker, in the order in which their numbers are drawn."""


def _enters(*fields: str) -> list[Event]:
    return [Event(act=Act.ENTER, customer=at, order=1, field=field) for at, field in enumerate(fields)]


def _run(*faults: Fault | str, **said: Any) -> Event:
    """Return a run with one fault after the other at its writes, as late as can be; an empty one is none."""
    drawn = tuple((-at, _FAULTS.index(one)) for at, one in enumerate(faults, start=1) if one)
    return Event(act=Act.RUN, late=LONGEST_LATE, faults=drawn, **said)


def _race(*faults: Fault | str, order: int) -> Event:
    """Return a run of two workers, each with one of the faults at its first write."""
    without_slow = [one for one in _FAULTS if one != "slow"]
    drawn = tuple((-1, without_slow.index(one)) for one in faults)
    return Event(act=Act.RUN, workers=2, order=order, faults=drawn)


def _pause(seconds: int) -> Event:
    return Event(act=Act.PAUSE, seconds=seconds)


def _edit(field: str = "phone", customer: int = 0, side: int = 0, way: str = "") -> Event:
    return Event(act=Act.EDIT, field=field, customer=customer, side=side, way=way)


def _directed(told: str, place: str, *events: Event) -> tuple[Schedule, set[str]]:
    flow, tier = place.split()
    schedule = Schedule(seed=-1, flow=flow, tier=Tier[tier], lag=timedelta(0), events=events)
    return schedule, set(told.split())


_LOST = _run(Fault.LOST_AFTER)
_WAITING = "outcome_unknown"
_NEW = "legacy_field_missing transaction_waits"
"""What ServiceTitan's outcomes always tell here."""

DIRECTED: Final = {
    # creates
    "a create refused the second time": _directed(
        _WAITING, "stripe B", *_enters("email"), _LOST, _run("rejected")
    ),
    "one refused, and taken over": _directed(
        f"{_WAITING} stale",
        "stripe B",
        *(*_enters("email"), _race("rejected", Fault.LOST_AFTER, order=6), _run()),
    ),
    "a key that has run out": _directed(
        f"{_WAITING} unknown_outcome", "stripe B", *_enters("email"), _LOST, _pause(90_000), _run()
    ),
    "a create sent long after its note": _directed(
        f"{_WAITING} {_NEW}",
        "servicetitan C",
        *(*_enters("", ""), _run("slow", Fault.LATE), _pause(300), _run()),
    ),
    "clocks that are apart": _directed(
        f"{_WAITING} {_NEW}",
        "servicetitan C",
        *(*_enters(""), _run(Fault.LATE, skew=-25), _pause(580), _run()),
    ),
    "a clock far ahead": _directed(
        f"{_WAITING} legacy_field_missing clock_behind",
        "servicetitan C",
        *(*_enters(""), _run(Fault.LATE, skew=3600), _run()),
    ),
    "a link by hand during a create": _directed(
        "orphan taken", "stripe B", *_enters(""), _run(meanwhile=((5, Event(act=Act.LINK)),))
    ),
    # updates
    "an update that comes late": _directed(
        f"{_WAITING} late_effect",
        "stripe B",
        *(*_enters(""), _run(), _edit(), _run(Fault.LATE), _edit(), _run(), _pause(610)),
    ),
    "an update sent long after its note": _directed(
        f"{_WAITING} late_effect",
        "stripe B",
        *(*_enters("", ""), _run(), _edit(), _edit(customer=1), _run("slow", Fault.LATE)),
        *(_pause(180), _edit(customer=1), _run(), _pause(610), _run()),
    ),
    "an update before a clock that is wrong": _directed(
        f"{_WAITING} late_effect",
        "lago A",
        *(*_enters(""), _run(), _edit(), _run(Fault.LATE), _edit(), _run(skew=86_400), _pause(610)),
    ),
    "an update of a clock that is wrong": _directed(
        _WAITING, "lago A", *(*_enters(""), _run(), _edit(), _run(Fault.LATE, skew=-3600), _edit(), _run())
    ),
    "an edit that goes back": _directed(
        f"{_WAITING} conflict",
        "stripe B",
        *(*_enters(""), _run(), _edit(), _LOST, _edit(way="back"), _edit(side=1), _run()),
    ),
    "what is not kept": _directed("not_kept", "lago C", *_enters(""), _run(), _edit(), _run("forgotten")),
    "an edit after a link": _directed(
        "conflict",
        "stripe B",
        *(*_enters(""), _run(), Event(act=Act.ENTER, customer=1), _edit(customer=1)),
        *(_run(Fault.CRASH_AFTER), _edit(customer=1, side=1), _run()),
    ),
    "an edit beside one that was made": _directed(
        "",
        "stripe B",
        *(*_enters(""), _run(), _run(flow=1), _edit("name", side=1), _run(flow=1)),
        *(_edit("name"), _edit("phone", side=1), _run(flow=1)),
    ),
    "an older snapshot": _directed(
        "older_snapshot", "lightspeed C", *(*_enters(""), _edit(), _run(), _edit(), _run(), _run(way="older"))
    ),
    "an edit between a plan and its work": _directed(
        "stale conflict",
        "stripe B",
        *(*_enters(""), _run(), _edit(), _run(way="plan", meanwhile=((4, _edit(side=1)),))),
    ),
}
"""By what happens in them; with each the codes of all issues that are reported."""
