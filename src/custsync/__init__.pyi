# What type checkers know of the package: the names that `__init__.py` imports when somebody asks for them.

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
from custsync.engine.api import (
    apply as apply,
    apply_async as apply_async,
    decide_each as decide_each,
    plan as plan,
    plan_async as plan_async,
    sync as sync,
    sync_async as sync_async,
)
from custsync.engine.calls import Retry as Retry
from custsync.engine.decide.core import Evidence as Evidence, decide as decide
from custsync.engine.environment import AsyncEnvironment as AsyncEnvironment, Environment as Environment
from custsync.engine.manual import (
    exclude_manually as exclude_manually,
    link_manually as link_manually,
    record_target_merge as record_target_merge,
    reinclude as reinclude,
    unlink_manually as unlink_manually,
)
from custsync.engine.outcomes import Outcome as Outcome, Report as Report, Result as Result
from custsync.engine.plans import Plan as Plan
from custsync.errors import CustsyncError as CustsyncError
from custsync.flow import Conflict as Conflict, Flow as Flow
from custsync.models import (
    ABSENT as ABSENT,
    Address as Address,
    Contact as Contact,
    Customer as Customer,
    Issue as Issue,
    Ref as Ref,
)
from custsync.protocols import Capabilities as Capabilities, Tier as Tier
from custsync.rules.countries import resolve_country as resolve_country, resolve_state as resolve_state
from custsync.rules.hierarchy import flatten as flatten
from custsync.rules.identity import golden_view as golden_view, identities as identities
from custsync.rules.matching import (
    Field as Field,
    Key as Key,
    Match as Match,
    MatchStrategy as MatchStrategy,
    OnAlreadyLinked as OnAlreadyLinked,
    OnMultiple as OnMultiple,
    Rule as Rule,
    find_duplicates as find_duplicates,
    match_customers as match_customers,
)
from custsync.rules.merging import (
    Survivorship as Survivorship,
    choose_survivor as choose_survivor,
    merge_customers as merge_customers,
)
from custsync.rules.names import display_name as display_name, split_name as split_name
from custsync.rules.normalize import (
    company_key as company_key,
    email_key as email_key,
    phone_key as phone_key,
)
