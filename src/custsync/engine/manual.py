"""What people decide: a link, an exclusion, a merge that happened elsewhere.

A person's word goes to the sync record, durable and compared with what was read, and the next run goes by it.
Customers are named by their id, or by the whole reference, a `Ref`: records of several types may have one id.
"""

from collections.abc import Sequence
from typing import Final

from custsync._arguments import checked
from custsync.engine.arguments import check_call
from custsync.engine.drivers import run
from custsync.engine.environment import Environment
from custsync.engine.manual_steps import (
    EXCLUDED_BY_HAND,
    exclude_steps,
    include_steps,
    link_steps,
    merge_steps,
    unlink_steps,
)
from custsync.engine.plan.context import context_of
from custsync.errors import InputError
from custsync.flow import Flow
from custsync.models import Ref
from custsync.syncrecords import SyncRecord

__all__ = [
    "BY_HAND",
    "exclude_manually",
    "link_manually",
    "record_target_merge",
    "reinclude",
    "unlink_manually",
]

BY_HAND: Final = 25
"""So many customers a person excludes at a time; more go by a rule or a list (UF-EXC-3)."""


def link_manually(flow: Flow, source: str | Ref, target: str | Ref, world: Environment) -> SyncRecord:
    """Link two customers on a person's word and return the sync record; a wrong link is corrected likewise.

    Args:
        flow: the policy of the pair.
        source: the source customer's id; the external id of a Lago customer, which Lago does not find by its
            own id.
        target: the target customer's id.
        world: the adapters and the store.

    Raises:
        InputError: there is no such customer, or the target is linked to another one: unlink that first.
        StoreError: somebody else saved the record meanwhile.
        AdapterError: the link is kept, but the id could not be written back.

    Rule: ST-LEG-5

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.netsuite import FakeNetSuite
    >>> from custsync.testing.fakes.stripe import FakeStripe
    >>> netsuite, there = FakeNetSuite(), FakeStripe()
    >>> world = Environment(target=there, source=netsuite, store=MemoryStore())
    >>> link_manually(EXPORT, netsuite.put({"companyName": "A"}), there.put({"name": "A"}), world).status
    <Status.LINKED: 'linked'>
    """
    check_call(flow, world, Environment, writes=True)
    return run(link_steps(flow, source, target, context_of(world)), world)


def unlink_manually(flow: Flow, source: str | Ref, world: Environment) -> SyncRecord:
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
    check_call(flow, world, Environment)
    return run(unlink_steps(flow, source, context_of(world)), world)


@checked
def record_target_merge(flow: Flow, source: str | Ref, survivor: str | Ref, world: Environment) -> SyncRecord:
    """Note that a customer's counterpart was merged into another one in the target; return the sync record.

    For a target that does not tell what it merged, NetSuite for example. What is later synced for the
    customer goes to the survivor from now on.

    Args:
        flow: the policy of the pair.
        source: the source customer's id, whose counterpart is gone.
        survivor: the target customer's id that it was merged into.
        world: the adapters and the store.

    Raises:
        InputError: the customer has no counterpart, or there is no such survivor.
        StoreError: somebody else saved the record meanwhile.

    Rule: ST-MRG-2
    """
    check_call(flow, world, Environment)
    return run(merge_steps(flow, source, survivor, context_of(world)), world)


def exclude_manually(flow: Flow, sources: Sequence[str | Ref], world: Environment) -> list[SyncRecord]:
    """Exclude a few customers permanently and return their sync records.

    Args:
        flow: the policy of the pair.
        sources: the source customers' ids, at most 25.
        world: the adapters and the store.

    Raises:
        InputError: more than 25 at a time, something else than a list of ids, or one that was merged.
        StoreError: somebody else saved a record meanwhile.

    Rule: UF-EXC-3, UF-EXC-4

    >>> from custsync.flows.stripe import EXPORT
    >>> from custsync.stores.memory import MemoryStore
    >>> from custsync.testing.fakes.stripe import FakeStripe
    >>> world = Environment(target=FakeStripe(), store=MemoryStore())
    >>> [record.status.value for record in exclude_manually(EXPORT, ["2041"], world)]
    ['excluded']
    """
    check_call(flow, world, Environment)
    given: object = sources
    if isinstance(given, str) or not isinstance(given, Sequence) or not all(map(_is_id, given)):
        raise InputError("sources: ids are needed, in a list")
    if len(sources) > BY_HAND:
        raise InputError(f"sources: at most {BY_HAND} by hand at a time, not {len(sources)} (UF-EXC-3)")
    return run(exclude_steps(flow, sources, EXCLUDED_BY_HAND, context_of(world)), world)


def _is_id(given: object) -> bool:
    return isinstance(given, Ref) or (isinstance(given, str) and bool(given.strip()))


def reinclude(flow: Flow, source: str | Ref, reason: str, world: Environment) -> SyncRecord:
    """Take an excluded customer in again, where the flow allows it, and return its sync record.

    Args:
        flow: the policy of the pair, with `reinclusion=True`.
        source: the source customer's id.
        reason: why; it is kept on the record, so it names nobody.
        world: the adapters and the store.

    Raises:
        ConfigurationError: the flow's exclusions are permanent.
        InputError: no reason is given, or the customer is not excluded.
        StoreError: somebody else saved the record meanwhile.

    Rule: UF-EXC-4
    """
    check_call(flow, world, Environment)
    return run(include_steps(flow, source, reason, context_of(world)), world)
