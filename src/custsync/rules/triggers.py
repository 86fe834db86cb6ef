"""What starts a flow: events that name a customer, and which of them count.

An event reports that a customer changed, and no more: webhooks are repeated, come late and in any
order, so that nothing but the id is taken from one. Whoever starts a flow reads the customers of these ids as
they are now and hands them to it.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.models import Issue, Severity

__all__ = ["ON_CREATE_AND_MODIFY", "Event", "EventKind", "Started", "triggered_by"]


class EventKind(Enum):
    """What happened to a customer."""

    CREATED = "created"
    MODIFIED = "modified"
    DELETED = "deleted"
    MERGED = "merged"


ON_CREATE_AND_MODIFY: Final = frozenset({EventKind.CREATED, EventKind.MODIFIED})
"""What most setups start a flow by."""


@frozen
class Event:
    """One thing that happened to a customer in the source system.

    Attributes:
        id: the customer's id there. A blank one starts nothing and is reported.
        happened: what kind of event it was; a flow's `on` has the kinds that start it.
    """

    id: str
    happened: EventKind


@frozen(kw_only=True)
class Started:
    """Whom a flow is started for, and why it is not for the others.

    Attributes:
        ids: the customers to be read and synced, each once, in order of their ids.
        issues: id → why its events start nothing, in the same order.
    """

    ids: tuple[str, ...] = ()
    issues: dict[str, Issue] = field(factory=dict)


@checked
def triggered_by(events: Iterable[Event], on: Iterable[EventKind] = ON_CREATE_AND_MODIFY) -> Started:
    """Return the customers that a flow is started for, whatever the order of the events.

    One event that counts is enough: the customer is read as it is now, and what else happened to it shows
    then. An event twice is an event once.

    Args:
        events: what happened, in any order; any number, gone through once.
        on: what starts the flow.

    Returns:
        Ids of the same length in alphabetical order, shorter ones first, so that numbers are in theirs.

    Raises:
        ConfigurationError: nothing at all starts the flow, or something that is not a `EventKind`.

    Rule: LS-TRIG
    Source: Lightspeed, "Customer Export", "When it runs".

    >>> events = [Event("2041", EventKind.MODIFIED), Event("2042", EventKind.DELETED)]
    >>> triggered_by([*events, Event("2041", EventKind.CREATED)]).ids
    ('2041',)
    >>> print(triggered_by(events).issues["2042"])
    note: event: the customer was deleted, and this flow starts when one is created or modified.
    Nothing to do. [LS-TRIG]
    """
    starting = _checked(on)
    seen: dict[str, set[EventKind]] = {}
    for event in events:
        seen.setdefault(event.id, set()).add(event.happened)
    ids = sorted(seen, key=_by_length)
    starts = {identity for identity in ids if identity.strip() and not starting.isdisjoint(seen[identity])}
    return Started(
        ids=tuple([identity for identity in ids if identity in starts]),
        issues={
            identity: _why(identity, seen[identity], starting) for identity in ids if identity not in starts
        },
    )


def _checked(on: Iterable[object]) -> frozenset[EventKind]:
    named = tuple(on)
    starting = frozenset([happened for happened in named if isinstance(happened, EventKind)])
    if not starting or any(not isinstance(happened, EventKind) for happened in named):
        raise ConfigurationError("a flow is started by at least one of Happened's members")
    return starting


def _by_length(identity: str) -> tuple[int, str]:
    return len(identity), identity


def _why(identity: str, happened: Iterable[EventKind], starting: Iterable[EventKind]) -> Issue:
    if not identity.strip():
        return _NO_ID
    return Issue(
        code="not_started",
        rule="LS-TRIG",
        field="event",
        reason=f"the customer was {_listed(happened, 'and')}, and this flow starts when one is "
        f"{_listed(starting, 'or')}",
        remedy="Nothing to do",
        severity=Severity.NOTE,
    )


def _listed(several: Iterable[EventKind], word: str) -> str:
    chosen = set(several)
    return f" {word} ".join([happened.value for happened in EventKind if happened in chosen])


_NO_ID: Final = Issue(
    code="no_id",
    rule="LS-TRIG",
    field="id",
    reason="the event names no customer",
    remedy="Correct the events at their origin: they must carry the customer's id",
    severity=Severity.WARNING,
)
