"""Refusing arguments of a call that are not what they must be, before anything is asked of the outside."""

from collections.abc import AsyncIterable, Iterable, Mapping

from custsync.engine.plans import Plan
from custsync.errors import ConfigurationError, InputError
from custsync.flow import Flow
from custsync.models import Customer

__all__ = ["check_call", "check_customers", "check_plan", "check_size"]


def check_call(flow: object, world: object, kind: type, *, writes: bool = False) -> None:
    """Refuse a flow or a world of another kind, or a world without the source that is written back to.

    Raises:
        InputError: an argument is of another kind.
        ConfigurationError: the flow writes back, and the world has no source adapter; or an adapter says that
            it is of another system.
    """
    if not isinstance(flow, Flow):
        raise InputError(
            f"flow: a Flow is needed, `custsync.flows.stripe.EXPORT` for example, not {_kind(flow)}"
        )
    if not isinstance(world, kind):
        raise InputError(f"world: {kind.__name__}(target=..., store=...) is needed, not {_kind(world)}")
    for side, system in (("target", flow.target), ("source", flow.source)):
        named = getattr(getattr(world, side), "system", system.name)
        if named != system.name:
            raise ConfigurationError(
                f"world: the {side} adapter is one of {named!r}, and flow {flow.name!r} needs {system.name!r}"
            )
    if writes and flow.write_back and getattr(world, "source", None) is None:
        raise ConfigurationError(
            f"flow {flow.name!r} writes the target's id back: give the world a `source` adapter, "
            "or the flow `write_back=''`"
        )


def check_customers(customers: object) -> None:
    """Refuse what cannot be gone through record by record.

    Raises:
        InputError: one record, or no records at all.
    """
    if isinstance(customers, str | bytes | Mapping | Customer):
        raise InputError(
            f"customers: several records are needed, in a list for example, not {_kind(customers)}"
        )
    if not isinstance(customers, Iterable | AsyncIterable) and not callable(customers):
        raise InputError(f"customers: records to go through are needed, not {_kind(customers)}")


def check_plan(flow: Flow, planned: object) -> None:
    """Refuse what is no plan, or a plan of another flow.

    Raises:
        InputError: it is no plan.
        PlanError: another flow made it.
    """
    if not isinstance(planned, Plan):
        raise InputError(f"planned: a Plan is needed, as `plan` makes it, not {_kind(planned)}")
    planned.check(flow)


def check_size(size: int) -> None:
    """Refuse a batch of nobody.

    Raises:
        InputError: less than 1.
    """
    if size < 1:
        raise InputError("batch: at least 1 customer at a time")


def _kind(value: object) -> str:
    return (
        f"the class {value.__name__}"
        if isinstance(value, type)
        else f"a value of type {type(value).__name__}"
    )
