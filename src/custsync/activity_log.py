"""The activity log of a run: what became of each customer, why, and when. No personal values.

`ActivityLog` is given to a run as its `observe`. It makes one entry for each outcome and hands it on: to a
list, to a text file as lines for people, or to one as JSON Lines for programs.
"""

import json
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any, Final, Protocol

from attrs import field, frozen

from custsync.engine.outcomes import Outcome, Result
from custsync.models import Issue, printable

__all__ = ["ActivityLog", "Entry", "JsonLines", "Kind", "TextLines"]


class Kind(Enum):
    """What became of a customer, in the words of an activity log."""

    CREATED = "created"
    UPDATED = "updated"
    LINKED = "linked"
    SKIPPED = "skipped"
    FAILED = "failed"


_KINDS: Final = {
    Result.CREATED: Kind.CREATED,
    Result.RECOVERED: Kind.CREATED,
    Result.UPDATED: Kind.UPDATED,
    Result.MERGED: Kind.UPDATED,
    Result.LINKED: Kind.LINKED,
    Result.UNCHANGED: Kind.SKIPPED,
    Result.LEFT_OUT: Kind.SKIPPED,
    Result.ALREADY_DONE: Kind.SKIPPED,
}
"""All other results are failures: somebody has to do something, or to run again."""

_UNSAID: Final = {
    Result.UNCHANGED: "both sides agree already",
    Result.ALREADY_DONE: "it was done before",
    Result.RECOVERED: "an earlier create had taken effect",
}
"""Why, where an outcome has nothing more to say."""


class Text(Protocol):
    """What takes text, as an open text file does."""

    def write(self, text: str, /) -> object:
        """Take a text."""


@frozen(kw_only=True)
class Entry:
    """One line of an activity log.

    Attributes:
        at: when it was logged, by the caller's clock.
        flow: the flow's name, `""` where the log has none.
        kind: what became of the customer.
        result: the outcome's own word, which is more exact: `"left out"`, `"for review"`.
        source: the source customer, as `netsuite:2041`.
        target: its counterpart, `""` where there is none.
        why: what there is to report about it.
        unsaid: what is shown where `why` is empty, `"both sides agree already"` for example; else `""`.
    """

    at: datetime
    flow: str = ""
    kind: Kind
    result: str
    source: str
    target: str = ""
    why: tuple[Issue, ...] = ()
    unsaid: str = field(default="", repr=False)

    @classmethod
    def of(cls, outcome: Outcome, at: datetime, flow: str = "") -> "Entry":
        """Return the entry for an outcome.

        Rule: LS-LOG
        """
        return cls(
            at=at,
            flow=flow,
            kind=_KINDS.get(outcome.result, Kind.FAILED),
            result=outcome.result.value,
            source=str(outcome.source),
            target="" if outcome.target is None else str(outcome.target),
            why=outcome.issues,
            unsaid="" if outcome.issues else _UNSAID.get(outcome.result, ""),
        )

    def __str__(self) -> str:
        """Return one line for people: when, what, who, and why."""
        ends = f"{self.source} → {self.target}" if self.target else self.source
        kind, result = self.kind.value, self.result
        what = kind if kind == result else f"{kind} ({result})"
        why = "; ".join(map(str, self.why)) or self.unsaid
        columns = [self.at.isoformat(timespec="seconds"), *filter(None, [self.flow]), what, ends]
        return printable("  ".join(columns) + (f": {why}" if why else ""))

    def as_json(self) -> dict[str, Any]:
        """Return the entry as JSON takes it: the time as ISO 8601, an issue as an object of texts."""
        why = [_issue_as_json(issue) for issue in self.why]
        return {
            "at": self.at.isoformat(),
            "flow": self.flow,
            "kind": self.kind.value,
            "result": self.result,
            "source": self.source,
            "target": self.target or None,
            "why": why or ([{"reason": self.unsaid}] if self.unsaid else []),
        }


def _issue_as_json(issue: Issue) -> dict[str, str]:
    names = ("code", "rule", "field", "reason", "remedy", "shape")
    return {"severity": issue.severity.value, **{name: getattr(issue, name) for name in names}}


@frozen(kw_only=True)
class ActivityLog:
    """A run's `observe`: one entry for each outcome, passed on as it comes.

    Attributes:
        keep: takes each entry: a list's `append`, `TextLines` or `JsonLines`.
        clock: returns the time, aware UTC.
        flow: the flow's name.

    Rule: LS-LOG
    Source: Lightspeed, "Customer Export", "Common issues".

    >>> from datetime import UTC
    >>> from custsync import Environment, sync
    >>> from custsync.flows.lightspeed import CUSTOMER_EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.lightspeed import FakeLightspeed
    >>> entries = []
    >>> log = ActivityLog(keep=entries.append, clock=lambda: datetime(2026, 10, 2, tzinfo=UTC))
    >>> environment = Environment(target=FakeLightspeed(), store=MemoryStore())
    >>> customers = [{"id": "2041", "entityId": "C-7", "companyName": "Joinery"}, {"id": "2042"}]
    >>> _ = sync(CUSTOMER_EXPORT, customers, environment, observe=log)
    >>> [(entry.kind.value, entry.source) for entry in entries]
    [('created', 'netsuite:2041'), ('failed', 'netsuite:2042')]
    """

    keep: Callable[[Entry], object]
    clock: Callable[[], datetime]
    flow: str = ""

    def __call__(self, outcome: Outcome) -> None:
        """Make an entry of the outcome and hand it on."""
        self.keep(Entry.of(outcome, self.clock(), self.flow))


@frozen
class TextLines:
    """Takes entries and writes each as a line for people.

    Attributes:
        file: an open text file, or anything else with `write`; it is neither flushed nor closed here.
    """

    file: Text

    def __call__(self, entry: Entry) -> None:
        """Write the entry."""
        self.file.write(f"{entry}\n")


@frozen
class JsonLines:
    """Takes entries and writes each as one JSON object on a line of its own.

    Attributes:
        file: an open text file, or anything else with `write`; it is neither flushed nor closed here.
    """

    file: Text

    def __call__(self, entry: Entry) -> None:
        """Write the entry."""
        self.file.write(json.dumps(entry.as_json()) + "\n")
