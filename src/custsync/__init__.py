"""The business rules of syncing customers between systems.

custsync decides, adapters act: customers go in as data, decisions come out as data. `plan`, `apply` and
`sync` run a flow (`custsync.flows`) over the caller's adapters; `decide` is the pure rule underneath;
`custsync.names`, `custsync.countries` and the other rooms stand alone.
"""

from custsync.deciding import Evidence, decide
from custsync.driving import (
    AsyncWorld,
    World,
    apply,
    apply_async,
    decide_each,
    link_by_hand,
    plan,
    plan_async,
    sync,
    sync_async,
    unlink_by_hand,
)
from custsync.errors import CustsyncError
from custsync.flow import Flow
from custsync.models import ABSENT, Address, Contact, Customer, Issue, Ref
from custsync.outcomes import Outcome, Report, Result
from custsync.planning import Plan
from custsync.ports import Capabilities, Tier

__all__ = [
    "ABSENT",
    "Address",
    "AsyncWorld",
    "Capabilities",
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
    "Tier",
    "World",
    "apply",
    "apply_async",
    "decide",
    "decide_each",
    "link_by_hand",
    "plan",
    "plan_async",
    "sync",
    "sync_async",
    "unlink_by_hand",
]
