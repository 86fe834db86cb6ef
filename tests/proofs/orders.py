"""Two workers at once, request by request: every order in which their requests can reach the environment.

>>> from custsync.engine.requests import Now
>>> def worker():
...     yield Now()
>>> len(list(orders([worker, worker], dict, lambda request, environment: None)))
1
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

from attrs import evolve

from custsync.engine.apply.batch import apply_batch
from custsync.engine.calls import End
from custsync.engine.environment import Environment, run
from custsync.engine.outcomes import Outcome
from custsync.engine.plan.batch import decide_batch
from custsync.engine.plan.context import RunContext, SourceRecord
from custsync.engine.plan.prescan import whole_input
from custsync.engine.requests import Now, Request, Side, Wait
from custsync.flow import Flow

__all__ = ["Steps", "alone", "context_of", "orders", "perform", "sync_steps", "turn"]

T = TypeVar("T")
Steps: TypeAlias = Generator[Request, Any, Any]


def context_of(environment: Environment) -> RunContext:
    """Return the context of a run in this environment, whose source must be an adapter."""
    source, target = (
        End(side, adapter.capabilities, adapter.account, adapter.mode, environment.retry)
        for side, adapter in (
            (Side.SOURCE, environment.source or environment.target),
            (Side.TARGET, environment.target),
        )
    )
    return RunContext(source=source, target=target)


def alone(flow: Flow, items: Sequence[SourceRecord], context: RunContext) -> RunContext:
    """Return the context of a run of which one batch is the whole."""
    return evolve(context, whole=whole_input(flow, items.__iter__, context))


def sync_steps(
    flow: Flow, items: Sequence[SourceRecord], context: RunContext
) -> Generator[Request, Any, list[Outcome]]:
    """Return the steps of one `sync` of one batch."""
    context = alone(flow, items, context)
    decided = yield from decide_batch(flow, items, context)
    return (yield from apply_batch(flow, decided, context, fresh=True))


def perform(request: Request, environment: Environment) -> Any:
    """Return the environment's answer to one request."""

    def once() -> Generator[Request, Any, Any]:
        return (yield request)

    return run(once(), environment)


def turn(steps: Steps, answer: Any) -> Request | None:
    """Return the next request of a worker that gets this answer to its last one, None where it has ended."""
    try:
        return steps.send(answer)
    except StopIteration:
        return None


def orders(
    workers: Sequence[Callable[[], Steps]], fresh: Callable[[], Any], answer: Callable[[Request, Any], Any]
) -> Iterator[tuple[int, ...]]:
    """Yield every order of the workers' requests, after playing it in a fresh environment.

    Requests for the time, and waits, are not places to change over: they touch nothing. After an order is
    yielded, the environment that `fresh` returned last has seen it.

    Args:
        workers: each returns a new worker's steps.
        fresh: returns a new environment.
        answer: answers one request in that environment.

    Cost: one run of all workers per order; two workers of n requests have about 4**n / n**0.5 orders.
    """
    wanted: list[tuple[int, ...]] = [()]
    while wanted:
        prefix = wanted.pop()
        played, others = _play(workers, fresh(), answer, prefix)
        wanted += others
        yield played


def _play(
    workers: Sequence[Callable[[], Steps]],
    environment: Any,
    answer: Callable[[Request, Any], Any],
    prefix: tuple[int, ...],
) -> tuple[tuple[int, ...], list[tuple[int, ...]]]:
    """Return the order that begins as given and then keeps to the first worker; and those that branch off."""
    steps = [worker() for worker in workers]
    asked = [_quiet(worker, turn(worker, None), environment, answer) for worker in steps]
    played: tuple[int, ...] = ()
    branches: list[tuple[int, ...]] = []
    while ready := [place for place, request in enumerate(asked) if request is not None]:
        if len(played) < len(prefix):
            chosen = prefix[len(played)]
        else:
            chosen = ready[0]
            branches += [(*played, place) for place in ready[1:]]
        played = (*played, chosen)
        request = turn(steps[chosen], answer(asked[chosen], environment))  # type: ignore[arg-type]
        asked[chosen] = _quiet(steps[chosen], request, environment, answer)
    return played, branches


def _quiet(
    steps: Steps, request: Request | None, environment: Any, answer: Callable[[Request, Any], Any]
) -> Request | None:
    while isinstance(request, Now | Wait):
        request = turn(steps, answer(request, environment))
    return request
