"""What became of each decision, and the report of a run. Reports add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum

from attrs import field, frozen

from custsync.models import Issue, Ref

__all__ = ["Outcome", "Report", "Result"]


class Result(Enum):
    """How one decision ended."""

    CREATED = "created"
    UPDATED = "updated"
    LINKED = "linked"
    RECOVERED = "recovered"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left out"
    REVIEW = "for review"
    REFUSED = "refused"
    ALREADY_DONE = "already done"
    """Somebody, perhaps an earlier run of the same plan, did it before."""
    STALE = "stale"
    """What the decision rests on has changed since; nothing was written. Plan again."""
    FAILED = "failed"
    """The target refused; nothing took effect."""
    UNKNOWN = "unknown"
    """Nobody can say yet; the next run finds out."""


_CALM = frozenset({Result.CREATED, Result.UPDATED, Result.LINKED, Result.RECOVERED, Result.UNCHANGED, Result.ALREADY_DONE})


@frozen(kw_only=True)
class Outcome:
    """How the decision for one source customer ended. `decided` is the decision's verb."""

    source: Ref
    decided: str
    result: Result
    target: Ref | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def calls_for_attention(self) -> bool:
        """Return whether a person should look: not done as decided, or done with an issue."""
        return self.result not in _CALM or bool(self.issues)

    def __str__(self) -> str:
        """Return one line: the customer, its counterpart, how it ended and why."""
        ends = f"{self.source} → {self.target}" if self.target else str(self.source)
        why = "; ".join(str(issue) for issue in self.issues)
        return f"{ends}  {self.result.value}" + (f": {why}" if why else "")


@frozen(kw_only=True)
class Report:
    """How many decisions ended how, and the outcomes that call for attention."""

    counts: Mapping[Result, int] = field(factory=dict)
    attention: tuple[Outcome, ...] = ()

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Report":
        """Return the report of these outcomes. Memory: the counts, and the outcomes that call for attention."""
        counts: Counter[Result] = Counter()
        attention = []
        for outcome in outcomes:
            counts[outcome.result] += 1
            if outcome.calls_for_attention:
                attention.append(outcome)
        return cls(counts=dict(counts), attention=tuple(attention))

    def __add__(self, other: "Report") -> "Report":
        """Return both reports as one."""
        counts = dict(Counter(self.counts) + Counter(other.counts))
        return Report(counts=counts, attention=self.attention + other.attention)

    @property
    def total(self) -> int:
        """Return how many decisions the report is of."""
        return sum(self.counts.values())

    @property
    def wrote(self) -> int:
        """Return how many customers were created, updated, linked or recovered."""
        return sum(self.counts.get(result, 0) for result in (Result.CREATED, Result.UPDATED, Result.LINKED, Result.RECOVERED))

    def __str__(self) -> str:
        """Return the counts on one line, then a line for each outcome that calls for attention."""
        counts = ", ".join(f"{self.counts[result]} {result.value}" for result in Result if self.counts.get(result))
        return "\n".join([counts or "nothing to do", *(str(outcome) for outcome in self.attention)])
