"""The business rules of syncing customers between systems.

custsync decides, adapters act: customers go in as data, decisions come out as data. `plan`, `apply` and
`sync` run a flow (`custsync.flows`) over the caller's adapters; `decide` is the pure rule underneath. The
rules (`custsync.rules`) stand alone: no flow, no store, no adapter.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from custsync import (
        activity_log as activity_log,
        adapters as adapters,
        display as display,
        engine as engine,
        errors as errors,
        flow as flow,
        flows as flows,
        models as models,
        payloads as payloads,
        protocols as protocols,
        rules as rules,
        serialization as serialization,
        stores as stores,
        syncrecords as syncrecords,
        systems as systems,
        testing as testing,
    )
    from custsync.engine.api import apply, apply_async, decide_each, plan, plan_async, sync, sync_async
    from custsync.engine.calls import Retry
    from custsync.engine.decide.core import Evidence, decide
    from custsync.engine.environment import AsyncEnvironment, Environment
    from custsync.engine.manual import (
        exclude_manually,
        link_manually,
        record_target_merge,
        reinclude,
        unlink_manually,
    )
    from custsync.engine.outcomes import Outcome, Report, Result
    from custsync.engine.plans import Plan
    from custsync.errors import CustsyncError
    from custsync.flow import Conflict, Flow
    from custsync.models import ABSENT, Address, Contact, Customer, Issue, Ref
    from custsync.protocols import Capabilities, Tier
    from custsync.rules.countries import resolve_country, resolve_state
    from custsync.rules.hierarchy import flatten
    from custsync.rules.identity import golden_view, identities
    from custsync.rules.matching import (
        Field,
        Key,
        Match,
        MatchStrategy,
        OnAlreadyLinked,
        OnMultiple,
        Rule,
        find_duplicates,
        match_customers,
    )
    from custsync.rules.merging import Survivorship, choose_survivor, merge_customers
    from custsync.rules.names import display_name, split_name
    from custsync.rules.normalize import company_key, email_key, phone_key
else:  # where a type checker saw it, any name would pass for one of ours

    def __getattr__(name: str) -> Any:
        """Return the name from its module, which is imported when somebody asks for it."""
        if name in _PACKAGES:
            return import_module(f"{__name__}.{name}")
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value


__all__ = [
    "ABSENT",
    "Address",
    "AsyncEnvironment",
    "Capabilities",
    "Conflict",
    "Contact",
    "Customer",
    "CustsyncError",
    "Environment",
    "Evidence",
    "Field",
    "Flow",
    "Issue",
    "Key",
    "Match",
    "MatchStrategy",
    "OnAlreadyLinked",
    "OnMultiple",
    "Outcome",
    "Plan",
    "Ref",
    "Report",
    "Result",
    "Retry",
    "Rule",
    "Survivorship",
    "Tier",
    "apply",
    "apply_async",
    "choose_survivor",
    "company_key",
    "decide",
    "decide_each",
    "display_name",
    "email_key",
    "exclude_manually",
    "find_duplicates",
    "flatten",
    "golden_view",
    "identities",
    "link_manually",
    "match_customers",
    "merge_customers",
    "phone_key",
    "plan",
    "plan_async",
    "record_target_merge",
    "reinclude",
    "resolve_country",
    "resolve_state",
    "split_name",
    "sync",
    "sync_async",
    "unlink_manually",
]

_PACKAGES: Final = (
    "activity_log",
    "adapters",
    "display",
    "engine",
    "errors",
    "flow",
    "flows",
    "models",
    "payloads",
    "protocols",
    "rules",
    "serialization",
    "stores",
    "syncrecords",
    "systems",
    "testing",
)
_MODULES: Final = {
    "engine.api": ("apply", "apply_async", "decide_each", "plan", "plan_async", "sync", "sync_async"),
    "engine.calls": ("Retry",),
    "engine.decide.core": ("Evidence", "decide"),
    "engine.environment": ("AsyncEnvironment", "Environment"),
    "engine.manual": (
        "exclude_manually",
        "link_manually",
        "record_target_merge",
        "reinclude",
        "unlink_manually",
    ),
    "engine.outcomes": ("Outcome", "Report", "Result"),
    "engine.plans": ("Plan",),
    "errors": ("CustsyncError",),
    "flow": ("Conflict", "Flow"),
    "models": ("ABSENT", "Address", "Contact", "Customer", "Issue", "Ref"),
    "protocols": ("Capabilities", "Tier"),
    "rules.matching": (
        "Field",
        "Key",
        "Match",
        "MatchStrategy",
        "OnAlreadyLinked",
        "OnMultiple",
        "Rule",
        "find_duplicates",
        "match_customers",
    ),
    "rules.countries": ("resolve_country", "resolve_state"),
    "rules.hierarchy": ("flatten",),
    "rules.identity": ("golden_view", "identities"),
    "rules.merging": ("Survivorship", "choose_survivor", "merge_customers"),
    "rules.names": ("display_name", "split_name"),
    "rules.normalize": ("company_key", "email_key", "phone_key"),
}
"""Where each name lives."""

_MODULE_OF: Final = {name: module for module, names in _MODULES.items() for name in names}


def __dir__() -> list[str]:
    """Return the public names and packages."""
    return sorted({*__all__, *_PACKAGES})
