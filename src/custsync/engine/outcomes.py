"""What became of each decision, how far a run is, and its report. Reports add up."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager, nullcontext
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from custsync.errors import ConfigurationError
from custsync.models import Issue, Ref, Severity, display_html, printable

__all__ = ["Outcome", "Report", "Result"]


class Result(Enum):
    """How one decision ended."""

    CREATED = "created"
    UPDATED = "updated"
    LINKED = "linked"
    RECOVERED = "recovered"
    MERGED = "merged"
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
    """It is not known yet; the next run finds out."""


WRITTEN: Final = frozenset({Result.CREATED, Result.UPDATED, Result.LINKED, Result.MERGED, Result.RECOVERED})
_OPEN: Final = frozenset({Result.REVIEW, Result.REFUSED, Result.STALE, Result.FAILED, Result.UNKNOWN})


@frozen(kw_only=True)
class Outcome:
    """How the decision for one source customer ended.

    Attributes:
        source: the source customer.
        decided: the decision's verb.
        result: how it ended.
        target: its counterpart, where it has one.
        issues: what there is to report.
        candidates: target customers that a person should look at.
        external_id: the source customer's external id, where it has one.
    """

    source: Ref
    decided: str
    result: Result
    target: Ref | None = None
    issues: tuple[Issue, ...] = ()
    candidates: tuple[Ref, ...] = ()
    external_id: str = ""

    _repr_html_ = display_html

    @property
    def needs_attention(self) -> bool:
        """Return whether a person should look: not done as decided, or with more to say than a note."""
        return self.result in _OPEN or any(issue.severity is not Severity.NOTE for issue in self.issues)

    def __str__(self) -> str:
        """Return one line, whatever its parts hold: the customer, its counterpart, how it ended and why."""
        ends = f"{self.source} → {self.target}" if self.target else str(self.source)
        why = "; ".join(str(issue) for issue in self.issues)
        return printable(f"{ends}  {self.result.value}" + (f": {why}" if why else ""))


def texts_of(issues: Sequence[Issue]) -> dict[str, str]:
    """Return what the issues say, as the cells of a row: rules, reasons, and what to do."""
    return {
        "rules": ", ".join(dict.fromkeys(issue.rule for issue in issues)),
        "reasons": "; ".join(f"{issue.field}: {issue.reason}" for issue in issues),
        "remedies": "; ".join(dict.fromkeys(issue.remedy for issue in issues)),
    }


LISTED: Final = 1_000
"""A report lists so many outcomes that call for attention, and counts the rest."""


@frozen(kw_only=True)
class Report:
    """How many decisions ended how, and the first outcomes that call for attention.

    Attributes:
        counts: result → how many.
        attention: the first outcomes that call for attention.
        unlisted: how many call for attention too and are not listed.
    """

    counts: Mapping[Result, int] = field(factory=dict)
    attention: tuple[Outcome, ...] = ()
    unlisted: int = 0

    _repr_html_ = display_html

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Report":
        """Return the report of these outcomes. Memory: the counts, and the outcomes listed."""
        counts: Counter[Result] = Counter()
        attention: list[Outcome] = []
        unlisted = 0
        for outcome in outcomes:
            counts[outcome.result] += 1
            if outcome.needs_attention:
                unlisted += len(attention) >= LISTED
                attention += [outcome][: LISTED - len(attention)]
        return cls(counts=dict(counts), attention=tuple(attention), unlisted=unlisted)

    def __add__(self, other: "Report") -> "Report":
        """Return both reports as one."""
        counts = dict(Counter(self.counts) + Counter(other.counts))
        attention = self.attention + other.attention
        unlisted = self.unlisted + other.unlisted + len(attention[LISTED:])
        return Report(counts=counts, attention=attention[:LISTED], unlisted=unlisted)

    @property
    def total(self) -> int:
        """Return how many decisions the report is of."""
        return sum(self.counts.values())

    @property
    def wrote(self) -> int:
        """Return how many customers were created, updated, linked, merged or recovered."""
        return sum(self.counts.get(result, 0) for result in WRITTEN)

    def to_records(self) -> list[dict[str, str]]:
        """Return a row of texts for each outcome that needs attention; none holds a personal value."""
        return [
            {
                "source": str(outcome.source),
                "decision": outcome.decided,
                "result": outcome.result.value,
                "target": str(outcome.target or ""),
                **texts_of(outcome.issues),
                "candidates": ", ".join(map(str, outcome.candidates)),
            }
            for outcome in self.attention
        ]

    @property
    def summary(self) -> str:
        """Return the counts on one line."""
        counted = [f"{self.counts[result]} {result.value}" for result in Result if self.counts.get(result)]
        return ", ".join(counted) or "nothing to do"

    def __str__(self) -> str:
        """Return the counts on one line, then a line for each outcome that calls for attention."""
        more = [f"... and {self.unlisted} more"] if self.unlisted else []
        return "\n".join([self.summary, *(str(outcome) for outcome in self.attention), *more])


# How far a run is


Progress: TypeAlias = Callable[[int], object] | Literal["bar"] | None
"""None for none, `"bar"` for a bar on standard error, or a function that is called with the number done."""

Observe: TypeAlias = Callable[[Outcome], object]
"""A function that is given each outcome."""


@contextmanager
def reporting(
    progress: Progress, of: object, batch: int, observe: Observe | None = None
) -> Iterator[Callable[[Iterable[Any]], Iterator[Any]]]:
    """Give a function that hands on what is done and reports it: each one, and how many after each batch.

    Args:
        progress: what is called with how many are done in all.
        of: the records; where they can be counted, a bar shows how many there are.
        batch: after how many the number is reported; it is reported at the end too.
        observe: what is given each one.

    Raises:
        ConfigurationError: a bar was asked for and the `progress` extra is not installed.
    """
    done = 0
    bar = _bar(len(of) if isinstance(of, Sized) else None) if progress == "bar" else nullcontext(progress)
    with bar as report:

        def counted(items: Iterable[Any]) -> Iterator[Any]:
            nonlocal done
            for item in items:
                done += 1
                if observe is not None:
                    observe(item)
                if report is not None and done % batch == 0:
                    report(done)
                yield item

        yield counted
        if report is not None:
            report(done)


@contextmanager
def _bar(total: int | None) -> Iterator[Callable[[int], object]]:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ConfigurationError("progress='bar' needs the extra: pip install 'custsync[progress]'") from None
    with tqdm(unit=" customers", total=total) as bar:
        yield lambda done: bar.update(done - bar.n)
