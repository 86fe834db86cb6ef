"""The business rules of syncing customers between systems.

custsync decides, adapters act: customers go in as data, decisions come out as data. `plan`, `apply` and
`sync` run a flow (`custsync.flows`) over the caller's adapters; `decide` is the pure rule underneath. The
rules (`custsync.rules`) stand alone: no flow, no store, no adapter.
"""

from importlib import import_module
from typing import Any, Final


def __getattr__(name: str) -> Any:
    """Return the name from its module, which is imported when somebody asks for it."""
    if name in _PACKAGES.split():
        return import_module(f"{__name__}.{name}")
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


_PACKAGES: Final = """
activity_log adapters display engine errors flow flows models payloads protocols rules serialization stores
syncrecords systems testing
"""
_NAMES: Final = """\
engine.api apply apply_async decide_each plan plan_async sync sync_async
engine.calls Retry
engine.decide.core Evidence decide
engine.environment AsyncEnvironment Environment
engine.manual exclude_manually link_manually record_target_merge reinclude unlink_manually
engine.outcomes Outcome Report Result
engine.plans Plan
errors CustsyncError
flow Conflict Flow
models ABSENT Address Contact Customer Issue Ref
protocols Capabilities Tier
rules.countries resolve_country resolve_state
rules.hierarchy flatten
rules.identity golden_view identities
rules.matching Field Key Match MatchStrategy OnAlreadyLinked OnMultiple Rule find_duplicates match_customers
rules.merging Survivorship choose_survivor merge_customers
rules.names display_name split_name
rules.normalize company_key email_key phone_key
"""
"""Each module with its public names; a type checker reads them in `__init__.pyi`."""

_MODULE_OF: Final = {name: module for module, *names in map(str.split, _NAMES.splitlines()) for name in names}

__all__ = sorted(_MODULE_OF)  # noqa: PLE0605 - it is a list


def __dir__() -> list[str]:
    """Return the public names and packages."""
    return sorted([*_MODULE_OF, *_PACKAGES.split()])
