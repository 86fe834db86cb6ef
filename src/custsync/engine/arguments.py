"""Refusing arguments of a call that are not what they must be, before anything is asked of the outside."""

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any

from custsync._arguments import kind_of
from custsync.engine.environment import AsyncEnvironment, Environment
from custsync.engine.plan.context import RunContext
from custsync.engine.plans import Plan, ends_of
from custsync.errors import ConfigurationError, InputError
from custsync.flow import Flow
from custsync.models import Customer
from custsync.protocols import Capabilities, Tier
from custsync.rules.frames import frame_rows
from custsync.rules.matching.steps import by_own_key


def check_call(flow: object, environment: object, kind: type, *, writes: bool = False) -> None:
    """Refuse a flow and an environment that do not fit together, before anything is asked or saved.

    Args:
        flow: the flow.
        environment: the environment.
        kind: of which kind it must be.
        writes: whether the call writes: then the adapters need the methods for it.

    Raises:
        InputError: an argument is of another kind.
        ConfigurationError: an adapter is one of another system, does not have the methods that it is needed
            for, or declares what the flow or the adapter itself does not do.

    Rule: G-DUP
    """
    if not isinstance(flow, Flow):
        raise InputError(
            f"flow: a Flow is needed, `custsync.flows.stripe.EXPORT` for example, not {kind_of(flow)}"
        )
    if not isinstance(environment, Environment | AsyncEnvironment) or not isinstance(environment, kind):
        raise InputError(
            f"environment: {kind.__name__}(target=..., store=...) is needed, not {kind_of(environment)}"
        )
    for side, system in (("target", flow.target), ("source", flow.source)):
        named = getattr(getattr(environment, side), "system", system.name)
        if named != system.name:
            raise ConfigurationError(
                f"the {side} adapter is one of {named!r}, and flow {flow.name!r} needs {system.name!r}"
            )
    if writes and flow.write_back and environment.source is None:
        raise ConfigurationError(
            f"flow {flow.name!r} writes the target's id back: give the environment a `source` adapter, "
            "or the flow `write_back=''`"
        )
    _check_target(flow, environment.target.capabilities)
    _check_methods(flow, environment, writes=writes)


def _check_target(flow: Flow, can: Capabilities) -> None:
    """Refuse tier A where the flow sends no unique id: nothing would keep a create from being doubled.

    A custom field finds a customer, but no system keeps its values unique.
    """
    own = [name for name in by_own_key(flow.match, flow.field_for) if not name.startswith("custom.")]
    if can.tier is Tier.A and not flow.unique_key and not own:
        raise ConfigurationError(
            f"the target adapter declares tier A, and flow {flow.name!r} sends no unique id: "
            "give the flow a `unique_key`, or declare the tier that holds without one"
        )


def _check_methods(flow: Flow, environment: Environment | AsyncEnvironment, *, writes: bool) -> None:
    needed = [("target", "merge")] if environment.target.capabilities.merges > 0 else []
    if writes:
        needed += [("target", "create"), ("target", "update")]
        needed += [("source", "update")] if flow.write_back else []
    for side, method in needed:
        if not callable(getattr(getattr(environment, side), method, None)):
            why = "it declares merges" if method == "merge" else f"flow {flow.name!r} writes to it"
            raise ConfigurationError(f"the {side} adapter has no method {method!r}, and {why}")


def source_records(customers: Any, *, awaited: bool = False) -> Any:
    """Return the records to go through, or a function that makes an iterator of them.

    The records of a data frame are its rows (`rules.frames`).

    Args:
        customers: what the caller gave.
        awaited: whether records to await are taken as well.

    Raises:
        InputError: one record, no records at all, records to await, or a frame with two columns of one name.

    >>> source_records([{"id": "2041"}])
    [{'id': '2041'}]
    >>> source_records({"id": "2041"})
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: customers: several records are needed, in a list for example, not a value of
    type dict
    """
    if isinstance(customers, str | bytes | Mapping | Customer):
        raise InputError(
            f"customers: several records are needed, in a list for example, not {kind_of(customers)}"
        )
    customers = frame_rows(customers)
    if isinstance(customers, AsyncIterable) and not awaited:
        raise InputError(
            f"customers: {kind_of(customers)} is to be awaited: call `plan_async` or `sync_async`, "
            "or read it into a list first"
        )
    if isinstance(customers, Iterable | AsyncIterable):
        return customers
    if not callable(customers) or isinstance(customers, type):
        raise InputError(
            "customers: records to go through are needed, a list or a data frame for example, "
            f"not {kind_of(customers)}"
        )
    return lambda: iter(_made(customers()))


def _made(records: Any) -> Any:
    """Return what the caller's function made, if it can be gone through."""
    if callable(records) and not isinstance(records, Iterable):
        raise InputError(f"customers: the function must make an iterator of records, not {kind_of(records)}")
    return source_records(records)


def check_plan(flow: Flow, planned: object, context: RunContext) -> None:
    """Refuse what is no plan, a plan of another flow or of other accounts, or one that was changed.

    Raises:
        InputError: it is no plan.
        PlanError: another flow or field table made it, or it is not of these accounts and modes.

    Rule: G-DUP
    """
    if not isinstance(planned, Plan):
        raise InputError(f"planned: a Plan is needed, as `plan` makes it, not {kind_of(planned)}")
    planned.check(flow, ends_of(flow, context))
