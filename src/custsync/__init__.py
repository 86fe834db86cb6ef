"""The business rules of syncing customers between systems.

custsync decides, adapters act: customers go in as data, decisions come out as data. `plan`, `apply` and
`sync` run a flow (`custsync.flows`) over the caller's adapters; `decide` is the pure rule underneath;
`custsync.names`, `custsync.countries` and the other rooms stand alone.
"""

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
