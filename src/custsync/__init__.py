"""The business rules of syncing customers between systems.

custsync decides, adapters act: customers go in as data, decisions come out as data. `plan`, `apply` and
`sync` run a flow (`custsync.flows`) over the caller's adapters; `decide` is the pure rule underneath;
`custsync.names`, `custsync.countries` and the other rooms stand alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from custsync.asking import Retry
    from custsync.byhand import (
        exclude_by_hand,
        include_again,
        link_by_hand,
        merged_by_hand,
        unlink_by_hand,
    )
    from custsync.deciding import Evidence, decide
    from custsync.driving import (
        AsyncWorld,
        World,
        apply,
        apply_async,
        decide_each,
        plan,
        plan_async,
        sync,
        sync_async,
    )
    from custsync.errors import CustsyncError
    from custsync.flow import Conflict, Flow
    from custsync.matching import Several, Taken
    from custsync.models import ABSENT, Address, Contact, Customer, Issue, Ref
    from custsync.outcomes import Outcome, Report, Result
    from custsync.planning import Plan
    from custsync.ports import Capabilities, Tier
else:  # where a type checker saw it, any name would pass for one of ours

    def __getattr__(name: str) -> Any:
        """Return the name from its room, so that who uses one room does not wait for all."""
        if name not in _ROOM_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        value = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
        globals()[name] = value
        return value


__all__ = [
    "ABSENT",
    "Address",
    "AsyncWorld",
    "Capabilities",
    "Conflict",
    "Contact",
    "Customer",
    "CustsyncError",
    "Evidence",
    "Flow",
    "Issue",
    "Outcome",
    "Plan",
    "Ref",
    "Report",
    "Result",
    "Retry",
    "Several",
    "Taken",
    "Tier",
    "World",
    "apply",
    "apply_async",
    "decide",
    "decide_each",
    "exclude_by_hand",
    "include_again",
    "link_by_hand",
    "merged_by_hand",
    "plan",
    "plan_async",
    "sync",
    "sync_async",
    "unlink_by_hand",
]

_ROOMS: Final = {
    "asking": ("Retry",),
    "byhand": ("exclude_by_hand", "include_again", "link_by_hand", "merged_by_hand", "unlink_by_hand"),
    "deciding": ("Evidence", "decide"),
    "driving": (
        "AsyncWorld",
        "World",
        "apply",
        "apply_async",
        "decide_each",
        "plan",
        "plan_async",
        "sync",
        "sync_async",
    ),
    "errors": ("CustsyncError",),
    "flow": ("Conflict", "Flow"),
    "matching": ("Several", "Taken"),
    "models": ("ABSENT", "Address", "Contact", "Customer", "Issue", "Ref"),
    "outcomes": ("Outcome", "Report", "Result"),
    "planning": ("Plan",),
    "ports": ("Capabilities", "Tier"),
}
"""Where each name lives: its room is imported when somebody asks for it."""

_ROOM_OF: Final = {name: room for room, names in _ROOMS.items() for name in names}


def __dir__() -> list[str]:
    """Return all names, also those that nobody has asked for yet."""
    return sorted({*globals(), *__all__})
