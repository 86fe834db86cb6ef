"""A run in parts, for several processes or machines: the same plan as in one.

An input is cut into numbered parts. Each function here works on one part, and nothing but what adds up goes
from one to another: summaries, claims, counts and reports. Decisions stay where they were made.

1. `summarize` each part; `add_up` the summaries.
2. A `Run` of flow, environment and summary; `find_claims` of each part, and `Claims.of` them all into it.
3. `plan_part`, and later `apply_part`; or `sync_part`, and `catch_up` with all that wait for their parents.

Whatever hands parts to workers will do: everything that is handed over can be pickled, but the environment,
which each worker opens for itself.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from custsync._arguments import checked
from custsync.engine.api import BATCH, Waiting, applied, catch_up as caught_up, decided, sync_batch
from custsync.engine.arguments import check_call, check_plan, source_records
from custsync.engine.environment import Environment, ending, run as drive
from custsync.engine.outcomes import Observe, Outcome, Report
from custsync.engine.plan.batch import claims_in
from custsync.engine.plan.claims import Claims
from custsync.engine.plan.context import RunContext, SourceRecord, context_of
from custsync.engine.plan.inputs import Summary, WholeInput, batches
from custsync.engine.plan.prescan import add_up, summary_of
from custsync.engine.plans import Plan
from custsync.flow import Flow

__all__ = [
    "Claims",
    "Part",
    "Run",
    "Summary",
    "Synced",
    "add_up",
    "apply_part",
    "catch_up",
    "cut",
    "find_claims",
    "plan_part",
    "summarize",
    "sync_part",
]


Opened: TypeAlias = Environment | Callable[[], Environment]
"""An environment, or a function that each worker calls to open its own."""


@frozen
class Part:
    """A part of an input.

    Attributes:
        first: the place of its first record in the whole input, counted from 1.
        records: its records: a tuple of them, or what can be gone through again and finds them elsewhere.
    """

    first: int
    records: Iterable[SourceRecord]


@checked
def cut(customers: Iterable[SourceRecord], size: int = 5_000) -> Iterator[Part]:
    """Yield the numbered parts of an input, of at most so many records each.

    Raises:
        InputError: these are no records, or the size is less than 1.

    >>> [(part.first, part.records) for part in cut(['{"id": "1"}', '{"id": "2"}', '{"id": "3"}'], size=2)]
    [(1, ('{"id": "1"}', '{"id": "2"}')), (3, ('{"id": "3"}',))]
    >>> list(cut([], size=2))
    []
    """
    records = source_records(customers)
    for first, some in batches(records() if callable(records) else records, size):
        yield Part(first, tuple(some))


@checked
def summarize(flow: Flow, part: Part, environment: Opened) -> Summary:
    """Return what a pass over the part found that may matter for other parts; no system is called.

    Memory: 24 bytes for each customer and match key, and what the flow's prescan keeps. Of all parts together
    there remain 8 bytes for each match key, and the result of the prescan.

    Raises:
        FlowError: the flow's prescan raised.
    """
    context = context_of(_open(flow, environment))
    return summary_of(flow, part.records, part.first, context)


@frozen
class Run:
    """A run that is cut into parts, as it is known to whoever works on one.

    Attributes:
        flow: the policy.
        environment: the adapters and the store, or a function that each worker calls to open its own.
        summary: of all parts.
        claims: of all parts; none while they are looked for.
    """

    flow: Flow
    environment: Opened
    summary: Summary
    claims: Claims = field(factory=Claims)


@checked
def find_claims(run: Run, part: Part) -> Claims:
    """Return what the customers of the part claim, as far as others may claim it too.

    Only customers that share something with others are looked up.

    Rule: G-DUP
    """
    if not run.summary.several:
        return Claims()
    here, context = _begin(run)
    return drive(claims_in(run.flow, part.records, part.first, context), here)


@checked
def plan_part(run: Run, part: Part, *, batch: int = BATCH, incremental: bool = False) -> Plan:
    """Return the plan of the part: its share of the plan that `plan` makes of the whole input.

    Args:
        run: the run.
        part: the part.
        batch: how many are decided together.
        incremental: whether a record that has not changed since it was synced is unchanged.

    Rule: G-DUP
    """
    here, context = _begin(run, incremental=incremental)
    return Plan.of(run.flow, context, decided(run.flow, part.records, here, context, batch, part.first))


@checked
def apply_part(run: Run, planned: Plan, *, batch: int = BATCH, observe: Observe | None = None) -> Report:
    """Carry out the plan of a part, as `apply` does, and return its report; reports add up."""
    here, context = _begin(run, writes=True)
    check_plan(run.flow, planned, context)
    return applied(run.flow, planned, here, context, batch, observe)


@frozen
class Synced:
    """What became of a part.

    Attributes:
        report: how its customers ended, without those that wait for their parents.
        waiting: those that wait, for `catch_up`.
    """

    report: Report
    waiting: tuple[tuple[SourceRecord, Outcome], ...] = ()


@checked
def sync_part(run: Run, part: Part, *, batch: int = BATCH, incremental: bool = False) -> Synced:
    """Plan the part and carry it out, a batch at a time, as `sync` does."""
    here, context = _begin(run, writes=True, incremental=incremental)
    waiting: Waiting = []
    with ending(here):
        report = Report.of(
            outcome
            for first, items in batches(part.records, batch, part.first)
            for outcome in drive(sync_batch(run.flow, items, context, first, waiting), here)
        )
    return Synced(report, tuple(waiting))


@checked
def catch_up(run: Run, synced: Iterable[Synced], batch: int = BATCH) -> Report:
    """Return the report of all parts, with those that waited for their parents asked again."""
    here, context = _begin(run, writes=True)
    every = list(synced)
    waiting = [one for part in every for one in part.waiting]
    with ending(here):
        late = Report.of(drive(caught_up(run.flow, waiting, context, batch), here))
    return sum((part.report for part in every), start=Report()) + late


def _begin(run: Run, *, writes: bool = False, incremental: bool = False) -> tuple[Environment, RunContext]:
    """Return the environment and the context of a part, which has the summary and the claims of the whole."""
    here = _open(run.flow, run.environment, writes=writes)
    whole = WholeInput(look=lambda _: run.summary, claims=run.claims)
    context = context_of(here, incremental=incremental)
    return here, evolve(context, whole=whole, prescanned=run.summary.prescanned)


def _open(flow: Flow, environment: Opened, *, writes: bool = False) -> Environment:
    here: Any = environment() if callable(environment) and not isinstance(environment, type) else environment
    check_call(flow, here, Environment, writes=writes)
    return here  # type: ignore[no-any-return]
