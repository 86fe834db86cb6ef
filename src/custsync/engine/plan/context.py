"""What a run in an environment is made under."""

from typing import Final

from custsync.engine.environment import AsyncEnvironment, Environment
from custsync.engine.plan.search import RunContext
from custsync.engine.requests import End, Ends
from custsync.protocols import Adapter, AsyncAdapter, Capabilities, Tier
from custsync.rules.merging.redirects import Redirects

__all__ = ["context_of"]

_NO_SOURCE: Final = End(capabilities=Capabilities(tier=Tier.D, lookups={}))


def context_of(world: Environment | AsyncEnvironment, *, incremental: bool = False) -> RunContext:
    """Return what a run in this world is made under."""
    source = _NO_SOURCE if world.source is None else _end(world.source)
    if world.source is None:
        source = End(capabilities=source.capabilities, account=world.account, mode=world.mode)
    return RunContext(
        ends=Ends(source=source, target=_end(world.target)),
        retry=world.retry,
        incremental=incremental,
        redirects=Redirects(world.redirects),
    )


def _end(adapter: Adapter | AsyncAdapter) -> End:
    return End(capabilities=adapter.capabilities, account=adapter.account, mode=adapter.mode)
