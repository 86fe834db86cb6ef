"""Names of customers: which one a target shows, and how one text becomes a first and a last name."""

from custsync.rules.names.display import (
    DisplayRule,
    How,
    Named,
    display_name,
    join_name,
    stripe_name,
    upflow_name,
)
from custsync.rules.names.parts import AS_DOCUMENTED, CommaMeaning, HowSplit, NamePolicy, SplitName
from custsync.rules.names.split import split_name

__all__ = [
    "AS_DOCUMENTED",
    "CommaMeaning",
    "DisplayRule",
    "How",
    "HowSplit",
    "NamePolicy",
    "Named",
    "SplitName",
    "display_name",
    "join_name",
    "split_name",
    "stripe_name",
    "upflow_name",
]
