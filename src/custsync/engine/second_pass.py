"""The rounds of a run: a batch decided and carried out, and those that wait for their parents caught up with.

A customer whose parent is not synced yet is synced without it. When the run knows more, it is asked again,
and only then has its outcome: exactly one for each.
"""

from collections.abc import Generator, Sequence
from typing import Any, Final, TypeAlias

from attrs import evolve

from custsync.engine.apply.batch import apply_batch
from custsync.engine.calls import chunks
from custsync.engine.outcomes import Outcome, Result
from custsync.engine.plan.batch import decide_batch
from custsync.engine.plan.context import PARENT_WAITING, RunContext, SourceRecord
from custsync.engine.requests import Request
from custsync.flow import Flow

Waiting: TypeAlias = list[tuple[SourceRecord, Outcome]]
"""The records that wait for their parents, with what became of them so far."""

Steps: TypeAlias = Generator[Request, Any, list[Outcome]]


def sync_batch(
    flow: Flow, items: Sequence[SourceRecord], terms: RunContext, first: int, waiting: Waiting
) -> Steps:
    """Return the outcomes of a batch, decided and carried out; those that wait are put aside."""
    outcomes = yield from _synced(flow, items, terms, first)
    if not flow.parent:
        return outcomes
    waiting += [pair for pair in zip(items, outcomes, strict=True) if PARENT_WAITING in pair[1].issues]
    return [outcome for outcome in outcomes if PARENT_WAITING not in outcome.issues]


def catch_up(flow: Flow, waiting: Waiting, terms: RunContext, batch: int) -> Steps:
    """Return the outcomes of those that waited: asked again as long as a round finds some parent.

    Cost: as many rounds as the hierarchy has levels; flattened ones have two.

    Rule: UF-HIER-1
    """
    ended: list[Outcome] = []
    while waiting:
        still: Waiting = []
        for part in chunks(waiting, batch):
            again = yield from _synced(flow, [item for item, _ in part], terms, 1, again=True)
            for (item, before), after in zip(part, again, strict=True):
                outcome = _one_of(before, after)
                if PARENT_WAITING in outcome.issues:
                    still.append((item, outcome))
                else:
                    ended.append(outcome)
        if len(still) == len(waiting):
            return [*ended, *(outcome for _, outcome in still)]
        waiting = still
    return ended


def _synced(
    flow: Flow, items: Sequence[SourceRecord], terms: RunContext, first: int, *, again: bool = False
) -> Steps:
    decided = yield from decide_batch(flow, items, terms, first=first, again=again)
    return (yield from apply_batch(flow, decided, terms, fresh=True))


def _one_of(before: Outcome, after: Outcome) -> Outcome:
    """Return both rounds as one: what was done first, if anything, and all that there is to report."""
    earlier = [issue for issue in before.issues if issue != PARENT_WAITING]
    issues = tuple(dict.fromkeys((*earlier, *after.issues)))
    if before.result in _WROTE and after.result in (Result.UPDATED, Result.UNCHANGED):
        return evolve(before, issues=issues)
    return evolve(after, issues=issues) if after.result is Result.UNCHANGED else after


_WROTE: Final = frozenset({Result.CREATED, Result.UPDATED, Result.LINKED, Result.MERGED, Result.RECOVERED})
