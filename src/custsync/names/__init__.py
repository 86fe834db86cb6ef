"""Names of customers: which one a target shows, and how one text becomes a first and a last name."""

from custsync.names.shown import (
    DisplayRule,
    How,
    Named,
    display_name,
    join_name,
    stripe_name,
    upflow_name,
)

__all__ = [
    "DisplayRule",
    "How",
    "Named",
    "display_name",
    "join_name",
    "stripe_name",
    "upflow_name",
]
