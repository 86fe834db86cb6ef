"""The calls that people make: plan, apply, sync, over blocking adapters or async ones.

`plan` decides, `apply` carries out, `sync` does both, a batch at a time. Each takes an environment.
"""

from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from attrs import evolve

from custsync._arguments import checked
from custsync.engine.arguments import check_call, check_plan, source_records
from custsync.engine.calls import chunks
from custsync.engine.decisions import Decision
from custsync.engine.environment import AsyncEnvironment, Environment, ending, ending_async, run, run_async
from custsync.engine.outcomes import WRITTEN, Observe, Outcome, Progress, Report, Result, reporting
from custsync.engine.plan.batch import decide_batch
from custsync.engine.plan.context import PARENT_WAITING, RunContext, SourceRecord, context_of
from custsync.engine.plan.inputs import Retention, async_batches, batches
from custsync.engine.plan.prescan import needs_all, whole_input, with_prescan
from custsync.engine.plans import Plan
from custsync.engine.requests import Steps
from custsync.flow import Flow

Input = Iterable[SourceRecord] | Callable[[], Iterable[SourceRecord]]
"""Records, or a function that makes an iterator of them."""

Waiting: TypeAlias = list[tuple[SourceRecord, Outcome]]
"""The records that wait for their parents, with what became of them so far."""

BATCH: Final = 500
"""Customers decided and carried out together, unless the caller sets another number."""


@checked
def decide_each(
    flow: Flow,
    customers: Input,
    environment: Environment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    memory: Retention = "kept",
) -> Iterator[Decision]:
    """Return an iterator of one decision per record, lazy, a batch of look-ups at a time. Nothing is written.

    Args:
        flow: the policy.
        customers: payloads, their JSON texts, or customers that were read already; any number, in a list, a
            file, a data frame of pandas or polars, or a function that makes an iterator.
        environment: the adapters and the store.
        batch: how many are decided together; the decisions do not depend on it.
        incremental: a record whose text is what it was when last synced is unchanged, without a look at
            the target.
        memory: what may be kept where the flow has to know all customers before it decides one: `"kept"`
            keeps records that come only once, out of an iterator, and of a list or an iterator the customers
            too, so that each is read once; `"flat"` keeps neither, and refuses such an iterator.

    Memory: one batch, 12 to 24 bytes a customer, and 8 for each of its match keys where they are counted.
    About 3 KB for each customer that is kept.

    Raises:
        InputError: an argument is of another kind, or the records come only once and `memory` is `"flat"`.

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.stripe import FakeStripe
    >>> environment = Environment(target=FakeStripe(), store=MemoryStore())
    >>> customers = [{"id": "2043", "companyName": "Lund"}, {"id": []}]
    >>> [decision.verb for decision in decide_each(EXPORT, customers, environment)]
    ['create', 'refused']
    """
    check_call(flow, environment, Environment)
    context = context_of(environment, incremental=incremental)
    context = run(with_prescan(flow, source_records(customers), context, memory=memory), environment)
    return decided(flow, context.whole.records(), environment, context, batch)


def decided(
    flow: Flow,
    records: Iterable[SourceRecord],
    environment: Environment,
    context: RunContext,
    batch: int,
    first: int = 1,
) -> Iterator[Decision]:
    """Yield the decision for each record, in order; the first of them has the place `first` in the input."""
    for place, items in batches(records, batch, first):
        yield from run(decide_batch(flow, items, context, first=place), environment)


@checked
def plan(
    flow: Flow,
    customers: Input,
    environment: Environment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    memory: Retention = "kept",
    progress: Progress = None,
) -> Plan:
    """Return the plan for all these customers. Nothing is written.

    Args:
        flow: the policy.
        customers: the source's records, in any form that `decide_each` takes.
        environment: the adapters and the store.
        batch: how many are decided together; the decisions do not depend on it.
        incremental: whether a record that has not changed since its last sync is left without a look-up.
        memory: what may be kept of records that come only once: `"kept"` or `"flat"`, see `decide_each`.
        progress: None, `"bar"`, or a function that is called with how many are decided.

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.stripe import FakeStripe
    >>> lund = {"id": "2043", "companyName": "Lund"}
    >>> environment = Environment(target=FakeStripe(), store=MemoryStore())
    >>> [plan(EXPORT, customers, environment).is_empty for customers in ([lund], [{"id": "-5"}])]
    [False, True]
    """
    check_call(flow, environment, Environment)
    customers = source_records(customers)
    context = context_of(environment, incremental=incremental)
    context = run(with_prescan(flow, customers, context, memory=memory), environment)
    made = decided(flow, context.whole.records(), environment, context, batch)
    with reporting(progress, customers, batch) as counted:
        return Plan.of(flow, context, counted(made))


@checked
def apply(
    flow: Flow,
    planned: Plan,
    environment: Environment,
    *,
    batch: int = BATCH,
    observe: Observe | None = None,
    progress: Progress = None,
) -> Report:
    """Carry out a plan and return its report; what is stale by now is not written.

    Args:
        flow: the flow that made the plan.
        planned: the plan.
        environment: the adapters and the store.
        batch: how many are carried out together.
        observe: is given each outcome.
        progress: None, `"bar"`, or a function that is called with how many are done.

    Raises:
        ConfigurationError: the flow writes back, and the environment has no source adapter.
        PlanError: another flow or field table made the plan, or it is of other accounts.
        AdapterContractError: an adapter's answer breaks its contract.

    >>> from custsync.flows.stripe import IMPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.netsuite import FakeNetSuite
    >>> environment = Environment(target=FakeNetSuite(), store=MemoryStore())
    >>> made = plan(IMPORT, [{"id": "cus_1", "name": "Lund", "email": "office@lund.example"}], environment)
    >>> [apply(IMPORT, made, environment).summary for _ in range(2)]
    ['1 created', '1 already done']
    """
    check_call(flow, environment, Environment, writes=True)
    context = _of_plan(flow, planned, environment)
    return applied(flow, planned, environment, context, batch, observe, progress)


def applied(
    flow: Flow,
    planned: Plan,
    environment: Environment,
    context: RunContext,
    batch: int,
    observe: Observe | None,
    progress: Progress = None,
) -> Report:
    """Return the report of a plan that is carried out in this context."""
    parts = (part for _, part in batches(planned.decisions, batch))
    ended = (one for part in parts for one in run(_carry_out(flow, part, context, fresh=False), environment))
    with ending(environment), reporting(progress, planned, batch, observe) as counted:
        return _reported(flow, counted(ended))


@checked
def sync(  # noqa: PLR0913 - each is one setting of a run, by name
    flow: Flow,
    customers: Input,
    environment: Environment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    memory: Retention = "kept",
    observe: Observe | None = None,
    progress: Progress = None,
) -> Report:
    """Plan and carry out, a batch at a time; return the report. Memory: a batch, and what needs attention.

    Args:
        flow: the policy.
        customers: the source's records, in any form that `decide_each` takes.
        environment: the adapters and the store.
        batch: how many are decided together; the decisions do not depend on it.
        incremental: whether a record that has not changed since its last sync is left without a look-up.
        memory: what may be kept of records that come only once: `"kept"` or `"flat"`, see `decide_each`.
        observe: is given each outcome.
        progress: None, `"bar"`, or a function that is called with how many are done.

    Raises:
        AdapterContractError: an adapter's answer breaks its contract; what was written is on record.
        ConfigurationError: the flow writes back, and the environment has no source adapter.

    >>> from custsync.flows.stripe import IMPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.netsuite import FakeNetSuite
    >>> environment = Environment(target=FakeNetSuite(), store=MemoryStore())
    >>> customers = [{"id": "cus_1", "name": "A", "email": "a@b.example"}]
    >>> [sync(IMPORT, customers, environment).summary for _ in "12"]
    ['1 created', '1 unchanged']
    """
    check_call(flow, environment, Environment, writes=True)
    customers = source_records(customers)
    context = context_of(environment, incremental=incremental)
    context = run(with_prescan(flow, customers, context, memory=memory), environment)
    with ending(environment), reporting(progress, customers, batch, observe) as counted:
        return _reported(flow, counted(_synced(flow, environment, context, batch)))


def _synced(flow: Flow, environment: Environment, context: RunContext, batch: int) -> Iterator[Outcome]:
    waiting: Waiting = []
    for first, items in batches(context.whole.records(), batch):
        yield from run(sync_batch(flow, items, context, first, waiting), environment)
    if waiting:
        yield from run(catch_up(flow, waiting, context, batch), environment)


def _carry_out(
    flow: Flow, decisions: Sequence[Decision], context: RunContext, *, fresh: bool
) -> Steps[list[Outcome]]:
    from custsync.engine.apply.batch import apply_batch  # an import waits for it, and a plan needs none of it

    return apply_batch(flow, decisions, context, fresh=fresh)


def _reported(flow: Flow, outcomes: Iterable[Outcome]) -> Report:
    report = Report.of(outcomes)
    import logging  # costly to import, and only the end of a run needs it

    logging.getLogger("custsync").info("%s: %s", flow.name, report.summary)
    return report


async def plan_async(
    flow: Flow,
    customers: Input | AsyncIterable[SourceRecord],
    environment: AsyncEnvironment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    memory: Retention = "kept",
    progress: Progress = None,
) -> Plan:
    """Return the plan for all these customers, as `plan` does, with async adapters."""
    check_call(flow, environment, AsyncEnvironment)
    customers = source_records(customers, awaited=True)
    records, context = await _with_prescan(flow, customers, environment, incremental, memory)
    made: list[Decision] = []
    with reporting(progress, customers, batch) as counted:
        async for first, items in async_batches(records, batch):
            made += counted(await run_async(decide_batch(flow, items, context, first=first), environment))
    return Plan.of(flow, context, made)


async def apply_async(
    flow: Flow,
    planned: Plan,
    environment: AsyncEnvironment,
    *,
    batch: int = BATCH,
    observe: Observe | None = None,
    progress: Progress = None,
) -> Report:
    """Carry out a plan, as `apply` does, with async adapters."""
    check_call(flow, environment, AsyncEnvironment, writes=True)
    context = _of_plan(flow, planned, environment)
    report = Report()
    with reporting(progress, planned, batch, observe) as counted:
        async with ending_async(environment):
            for _, part in batches(planned.decisions, batch):
                outcomes = await run_async(_carry_out(flow, part, context, fresh=False), environment)
                report += Report.of(counted(outcomes))
    return report


async def sync_async(  # noqa: PLR0913 - each is one setting of a run, by name
    flow: Flow,
    customers: Input | AsyncIterable[SourceRecord],
    environment: AsyncEnvironment,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    memory: Retention = "kept",
    observe: Observe | None = None,
    progress: Progress = None,
) -> Report:
    """Plan and carry out, as `sync` does, with async adapters."""
    check_call(flow, environment, AsyncEnvironment, writes=True)
    customers = source_records(customers, awaited=True)
    records, context = await _with_prescan(flow, customers, environment, incremental, memory)
    waiting, report = Waiting(), Report()
    with reporting(progress, customers, batch, observe) as counted:
        async with ending_async(environment):
            async for first, items in async_batches(records, batch):
                outcomes = await run_async(sync_batch(flow, items, context, first, waiting), environment)
                report += Report.of(counted(outcomes))
            late = await run_async(catch_up(flow, waiting, context, batch), environment)
            report += Report.of(counted(late))
    return report


async def _with_prescan(
    flow: Flow,
    customers: Input | AsyncIterable[SourceRecord],
    environment: AsyncEnvironment,
    incremental: bool,  # noqa: FBT001 - a setting of the run, as it was given
    memory: Retention,
) -> tuple[Iterable[SourceRecord] | AsyncIterable[SourceRecord], RunContext]:
    """Return the records to run through, and the context; records that come as they are awaited come once."""
    context = context_of(environment, incremental=incremental)
    if isinstance(customers, AsyncIterable):
        scanned = await run_async(with_prescan(flow, iter(()), context, memory=memory), environment)
        if not needs_all(flow):
            return customers, scanned
        customers = [item async for item in customers]
    context = await run_async(with_prescan(flow, customers, context, memory=memory), environment)
    return context.whole.records(), context


def _of_plan(flow: Flow, planned: Plan, environment: Environment | AsyncEnvironment) -> RunContext:
    """Return the context under which a plan is carried out: its customers are the whole input."""
    context = context_of(environment)
    check_plan(flow, planned, context)

    def customers() -> Iterator[SourceRecord]:
        return filter(None, (getattr(decision, "customer", None) for decision in planned.decisions))

    return evolve(context, whole=whole_input(flow, customers, context))


# A customer whose parent is not synced yet is synced without it, and has its outcome when it was asked again.


def sync_batch(
    flow: Flow, items: Sequence[SourceRecord], context: RunContext, first: int, waiting: Waiting
) -> Steps[list[Outcome]]:
    """Return the outcomes of a batch, decided and carried out; those that wait are put aside."""
    outcomes = yield from _sync_once(flow, items, context, first)
    return _put_aside([*zip(items, outcomes, strict=True)], waiting) if flow.parent else outcomes


def _put_aside(ended: Waiting, waiting: Waiting) -> list[Outcome]:
    """Put those aside that wait for their parents; return the outcomes of the others."""
    waiting += [pair for pair in ended if PARENT_WAITING in pair[1].issues]
    return [outcome for _, outcome in ended if PARENT_WAITING not in outcome.issues]


def catch_up(flow: Flow, waiting: Waiting, context: RunContext, batch: int) -> Steps[list[Outcome]]:
    """Return the outcomes of those that waited: asked again as long as a round finds some parent.

    Cost: as many rounds as the hierarchy has levels; flattened ones have two.

    Rule: UF-HIER-1
    """
    ended: list[Outcome] = []
    while waiting:
        still = Waiting()
        for part in chunks(waiting, batch):
            again = yield from _sync_once(flow, [item for item, _ in part], context, 1, again=True)
            rounds = zip(part, again, strict=True)
            ended += _put_aside([(item, _one_of(before, after)) for (item, before), after in rounds], still)
        if len(still) == len(waiting):
            return [*ended, *(outcome for _, outcome in still)]
        waiting = still
    return ended


def _sync_once(
    flow: Flow, items: Sequence[SourceRecord], context: RunContext, first: int, *, again: bool = False
) -> Steps[list[Outcome]]:
    made = yield from decide_batch(flow, items, context, first=first, again=again)
    return (yield from _carry_out(flow, made, context, fresh=True))


def _one_of(before: Outcome, after: Outcome) -> Outcome:
    """Return both rounds as one: what was done first, if anything, and all that there is to report."""
    earlier = [issue for issue in before.issues if issue != PARENT_WAITING]
    issues = tuple(dict.fromkeys((*earlier, *after.issues)))
    if before.result in WRITTEN and after.result in (Result.UPDATED, Result.UNCHANGED):
        return evolve(before, issues=issues)
    return evolve(after, issues=issues) if after.result is Result.UNCHANGED else after
