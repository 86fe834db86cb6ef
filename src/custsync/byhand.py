"""What people decide: a link, an exclusion, a merge that happened elsewhere.

A person's word goes to the sync record, durable and compared with what was read, and the next run goes by it.
"""

from collections.abc import Sequence
from typing import Final

from custsync.checking import check_call
from custsync.errors import InputError
from custsync.excluding import EXCLUDED_BY_HAND, exclude_steps, include_steps
from custsync.flow import Flow
from custsync.linking import link_steps, merge_steps, unlink_steps
from custsync.syncrecords import SyncRecord
from custsync.worlds import World, run, terms_of

__all__ = ["BY_HAND", "exclude_by_hand", "include_again", "link_by_hand", "merged_by_hand", "unlink_by_hand"]

BY_HAND: Final = 25
"""So many customers a person excludes at a time; more go by a rule or a list (UF-EXC-3)."""


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
    check_call(flow, world, World, writes=True)
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
    check_call(flow, world, World)
    return run(unlink_steps(flow, source, terms_of(world)), world)


def merged_by_hand(flow: Flow, source: str, survivor: str, world: World) -> SyncRecord:
    """Note that a customer's counterpart was merged into another one in the target; return the sync record.

    For a target that does not tell what it merged, NetSuite for example. What is said of the customer goes to
    the survivor from now on.

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
    check_call(flow, world, World)
    return run(merge_steps(flow, source, survivor, terms_of(world)), world)


def exclude_by_hand(flow: Flow, sources: Sequence[str], world: World) -> list[SyncRecord]:
    """Exclude a few customers for good and return their sync records.

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
    >>> from custsync.testing.memory_stripe import MemoryStripe
    >>> world = World(target=MemoryStripe(), store=MemoryStore())
    >>> [record.status.value for record in exclude_by_hand(EXPORT, ["2041"], world)]
    ['excluded']
    """
    check_call(flow, world, World)
    given: object = sources
    if isinstance(given, str) or not isinstance(given, Sequence) or not all(map(_is_id, given)):
        raise InputError("sources: ids are needed, in a list")
    if len(sources) > BY_HAND:
        raise InputError(f"sources: at most {BY_HAND} by hand at a time, not {len(sources)} (UF-EXC-3)")
    return run(exclude_steps(flow, sources, EXCLUDED_BY_HAND, terms_of(world)), world)


def _is_id(given: object) -> bool:
    return isinstance(given, str) and bool(given.strip())


def include_again(flow: Flow, source: str, reason: str, world: World) -> SyncRecord:
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
    check_call(flow, world, World)
    return run(include_steps(flow, source, reason, terms_of(world)), world)
