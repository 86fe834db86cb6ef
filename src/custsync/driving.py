"""The calls that people make: plan, apply, sync, over blocking adapters or async ones.

`plan` decides, `apply` carries out, `sync` does both, a batch at a time. Each takes a world.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, TypeVar

from custsync.applying import apply_batch
from custsync.decisions import Decision
from custsync.errors import ConfigurationError, InputError
from custsync.flow import Flow
from custsync.gathering import decide_batch, settle
from custsync.linking import link_steps, unlink_steps
from custsync.models import Customer
from custsync.outcomes import Outcome, Report
from custsync.planning import Plan
from custsync.ports import Request
from custsync.progress import Progress, reporting
from custsync.searching import Item, Terms
from custsync.syncrecords import SyncRecord
from custsync.worlds import AsyncWorld, World, run, run_async, terms_of

__all__ = [
    "AsyncWorld",
    "World",
    "apply",
    "apply_async",
    "decide_each",
    "link_by_hand",
    "plan",
    "plan_async",
    "run",
    "run_async",
    "sync",
    "sync_async",
    "unlink_by_hand",
]

T = TypeVar("T")
Steps = Generator[Request, Any, T]
Observe = Callable[[Outcome], object]

BATCH: Final = 500
"""Customers decided and carried out together, unless the caller says otherwise."""


def decide_each(
    flow: Flow, customers: Iterable[Item], world: World, *, batch: int = BATCH, incremental: bool = False
) -> Iterator[Decision]:
    """Return an iterator of one decision per record, lazy, a batch of look-ups at a time. Nothing is written.

    Args:
        flow: the policy.
        customers: payloads, their JSON texts, or customers that were read already; any number.
        world: the adapters and the store.
        batch: how many are decided together. Of two that claim one counterpart, both are for review in one
            batch, the later one in different batches; `plan` sees all claims at once.
        incremental: a record whose text is what it was when last synced is unchanged, without a look at
            the target.

    Memory: one batch, and the ids of those that are to be linked by evidence.

    Raises:
        InputError: an argument is of another kind.

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.memory_stripe import MemoryStripe
    >>> world = World(target=MemoryStripe(), store=MemoryStore())
    >>> [decision.verb for decision in decide_each(EXPORT, [{"id": "2043"}, {"id": []}], world)]
    ['create', 'refused']
    """
    _check(flow, world, World)
    _check_customers(customers)
    return _decided(flow, customers, world, terms_of(world, incremental=incremental, claims=True), batch)


def _decided(
    flow: Flow, customers: Iterable[Item], world: World, terms: Terms, batch: int
) -> Iterator[Decision]:
    for first, items in _batches(customers, batch):
        yield from run(decide_batch(flow, items, terms, first=first), world)


def plan(
    flow: Flow,
    customers: Iterable[Item],
    world: World,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    progress: Progress = None,
) -> Plan:
    """Return the plan for all these customers. Nothing is written.

    Args: as `decide_each`, and
        progress: None, `"bar"`, or a function that is told how many are decided.

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.memory_stripe import MemoryStripe
    >>> world = World(target=MemoryStripe(), store=MemoryStore())
    >>> [plan(EXPORT, customers, world).is_empty for customers in ([{"id": "2043"}], [{"id": "-5"}])]
    [False, True]
    """
    _check(flow, world, World)
    _check_customers(customers)
    terms = terms_of(world, incremental=incremental)
    made: list[Decision] = []
    with reporting(progress) as told:
        for decision in _decided(flow, customers, world, terms, batch):
            made.append(decision)
            if len(made) % batch == 0:
                told(len(made))
        told(len(made))
    return Plan(flow=flow.name, version=flow.version, decisions=tuple(settle(flow, made)))


def apply(
    flow: Flow,
    planned: Plan,
    world: World,
    *,
    batch: int = BATCH,
    observe: Observe | None = None,
    progress: Progress = None,
) -> Report:
    """Carry out a plan and return its report.

    What the plan rests on is read again first, and what is stale is not written.

    Args:
        flow: the flow that made the plan.
        planned: the plan.
        world: the adapters and the store.
        batch: how many are carried out together.
        observe: is given each outcome.
        progress: None, `"bar"`, or a function that is told how many are done.

    Raises:
        ConfigurationError: the flow writes back, and the world has no source adapter.
        PlanError: another flow made the plan.
        AdapterContractError: an adapter's answer breaks its contract.

    >>> from custsync.flows.stripe import IMPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.memory_netsuite import MemoryNetSuite
    >>> world = World(target=MemoryNetSuite(), store=MemoryStore())
    >>> made = plan(IMPORT, [{"id": "cus_1", "name": "Lund", "email": "office@lund.example"}], world)
    >>> [apply(IMPORT, made, world).in_brief for _ in range(2)]
    ['1 created', '1 already done']
    """
    _check(flow, world, World, writes=True)
    _check_plan(flow, planned)
    terms = terms_of(world)
    outcomes = (
        outcome
        for _, part in _batches(planned.decisions, batch)
        for outcome in run(apply_batch(flow, part, terms, fresh=False), world)
    )
    return _reported(flow, outcomes, batch, observe, progress)


def sync(
    flow: Flow,
    customers: Iterable[Item],
    world: World,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    observe: Observe | None = None,
    progress: Progress = None,
) -> Report:
    """Plan and carry out, a batch at a time; return the report.

    Args: as `decide_each`, and
        observe: is given each outcome.
        progress: None, `"bar"`, or a function that is told how many are done.
    Memory: one batch, and the outcomes that call for attention.

    Raises:
        AdapterContractError: an adapter's answer breaks its contract; what was written is on record.
        ConfigurationError: the flow writes back, and the world has no source adapter.

    >>> from custsync.flows.stripe import IMPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.memory_netsuite import MemoryNetSuite
    >>> world = World(target=MemoryNetSuite(), store=MemoryStore())
    >>> [sync(IMPORT, [{"id": "cus_1", "name": "A", "email": "a@b.example"}], world).in_brief for _ in "12"]
    ['1 created', '1 unchanged']
    """
    _check(flow, world, World, writes=True)
    _check_customers(customers)
    terms = terms_of(world, incremental=incremental, claims=True)
    outcomes = (
        outcome
        for first, items in _batches(customers, batch)
        for outcome in run(_sync_batch(flow, items, terms, first), world)
    )
    return _reported(flow, outcomes, batch, observe, progress)


def _check(flow: object, world: object, kind: type, *, writes: bool = False) -> None:
    """Refuse arguments that are not what they must be, before anything is asked."""
    if not isinstance(flow, Flow):
        raise InputError(
            f"flow: a Flow is needed, `custsync.flows.stripe.EXPORT` for example, not {_kind(flow)}"
        )
    if not isinstance(world, kind):
        raise InputError(f"world: {kind.__name__}(target=..., store=...) is needed, not {_kind(world)}")
    if writes and flow.write_back and getattr(world, "source", None) is None:
        raise ConfigurationError(
            f"flow {flow.name!r} writes the target's id back: give the world a `source` adapter, "
            "or the flow `write_back=''`"
        )


def _check_customers(customers: object) -> None:
    if isinstance(customers, str | bytes | Mapping | Customer):
        raise InputError(
            f"customers: several records are needed, in a list for example, not {_kind(customers)}"
        )
    if not isinstance(customers, Iterable | AsyncIterable):
        raise InputError(f"customers: records to go through are needed, not {_kind(customers)}")


def _check_plan(flow: Flow, planned: object) -> None:
    if not isinstance(planned, Plan):
        raise InputError(f"planned: a Plan is needed, as `plan` makes it, not {_kind(planned)}")
    planned.check(flow)


def _kind(value: object) -> str:
    return (
        f"the class {value.__name__}"
        if isinstance(value, type)
        else f"a value of type {type(value).__name__}"
    )


def _sync_batch(flow: Flow, items: list[Item], terms: Terms, first: int) -> Steps[list[Outcome]]:
    decided = yield from decide_batch(flow, items, terms, first=first)
    return (yield from apply_batch(flow, decided, terms, fresh=True))


def _reported(
    flow: Flow, outcomes: Iterable[Outcome], batch: int, observe: Observe | None, progress: Progress
) -> Report:
    with reporting(progress) as told:
        report = Report.of(_watched(outcomes, batch, observe, told))
    import logging  # dear to import, and only the end of a run needs it

    logging.getLogger("custsync").info("%s: %s", flow.name, report.in_brief)
    return report


def _watched(
    outcomes: Iterable[Outcome], batch: int, observe: Observe | None, told: Callable[[int], object]
) -> Iterator[Outcome]:
    done = 0
    for done, outcome in enumerate(outcomes, start=1):
        if observe is not None:
            observe(outcome)
        if done % batch == 0:
            told(done)
        yield outcome
    told(done)


def link_by_hand(flow: Flow, source: str, target: str, world: World) -> SyncRecord:
    """Link two customers on a person's word and return the sync record; a wrong link is corrected likewise.

    Args:
        flow: the policy of the pair.
        source: the source customer's id.
        target: the target customer's id.
        world: the adapters and the store.

    Raises:
        InputError: there is no such customer, or the target is linked to another one: unlink that first.
        StoreError: somebody else saved the record meanwhile.
        AdapterError: the link is kept, but the id could not be written back.

    Rule: ST-LEG-5

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.memory_netsuite import MemoryNetSuite
    >>> from custsync.testing.memory_stripe import MemoryStripe
    >>> netsuite, there = MemoryNetSuite(), MemoryStripe()
    >>> world = World(target=there, source=netsuite, store=MemoryStore())
    >>> link_by_hand(EXPORT, netsuite.put({"companyName": "A"}), there.put({"name": "A"}), world).status
    <Status.LINKED: 'linked'>
    """
    _check(flow, world, World, writes=True)
    return run(link_steps(flow, source, target, terms_of(world)), world)


def unlink_by_hand(flow: Flow, source: str, world: World) -> SyncRecord:
    """Unlink a customer on a person's word and return the sync record; the next run searches anew.

    Args:
        flow: the policy of the pair.
        source: the source customer's id.
        world: the adapters and the store.

    Raises:
        InputError: the customer has no sync record.
        StoreError: somebody else saved the record meanwhile.

    Rule: ST-LEG-5
    """
    _check(flow, world, World)
    return run(unlink_steps(flow, source, terms_of(world)), world)


async def plan_async(
    flow: Flow,
    customers: Iterable[Item] | AsyncIterable[Item],
    world: AsyncWorld,
    *,
    batch: int = BATCH,
    incremental: bool = False,
) -> Plan:
    """Return the plan for all these customers, as `plan` does, with async adapters."""
    _check(flow, world, AsyncWorld)
    _check_customers(customers)
    terms = terms_of(world, incremental=incremental)
    made: list[Decision] = []
    async for first, items in _async_batches(customers, batch):
        made += await run_async(decide_batch(flow, items, terms, first=first), world)
    return Plan(flow=flow.name, version=flow.version, decisions=tuple(settle(flow, made)))


async def apply_async(
    flow: Flow, planned: Plan, world: AsyncWorld, *, batch: int = BATCH, observe: Observe | None = None
) -> Report:
    """Carry out a plan, as `apply` does, with async adapters."""
    _check(flow, world, AsyncWorld, writes=True)
    _check_plan(flow, planned)
    terms = terms_of(world)
    report = Report()
    for _, part in _batches(planned.decisions, batch):
        outcomes = await run_async(apply_batch(flow, part, terms, fresh=False), world)
        report += Report.of(_watched(outcomes, batch, observe, int))
    return report


async def sync_async(
    flow: Flow,
    customers: Iterable[Item] | AsyncIterable[Item],
    world: AsyncWorld,
    *,
    batch: int = BATCH,
    incremental: bool = False,
    observe: Observe | None = None,
) -> Report:
    """Plan and carry out, as `sync` does, with async adapters."""
    _check(flow, world, AsyncWorld, writes=True)
    _check_customers(customers)
    terms = terms_of(world, incremental=incremental, claims=True)
    report = Report()
    async for first, items in _async_batches(customers, batch):
        outcomes = await run_async(_sync_batch(flow, items, terms, first), world)
        report += Report.of(_watched(outcomes, batch, observe, int))
    return report


def _check_size(size: int) -> None:
    if size < 1:
        raise InputError("batch: at least 1 customer at a time")


def _batches(items: Iterable[T], size: int) -> Iterator[tuple[int, list[T]]]:
    _check_size(size)
    waiting = iter(items)
    first = 1
    while part := list(islice(waiting, size)):
        yield first, part
        first += len(part)


async def _async_batches(
    items: Iterable[T] | AsyncIterable[T], size: int
) -> AsyncIterator[tuple[int, list[T]]]:
    if not isinstance(items, AsyncIterable):
        for numbered in _batches(items, size):
            yield numbered
        return
    _check_size(size)
    first, part = 1, []
    async for item in items:
        part.append(item)
        if len(part) >= size:
            yield first, part
            first, part = first + len(part), []
    if part:
        yield first, part
