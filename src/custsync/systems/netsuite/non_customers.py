"""Who is in NetSuite's customer table and no customer to sync, whatever the flow."""

from typing import Final

from custsync.models import Issue, Severity
from custsync.rules.eligibility import DELETED, Check, is_deleted, is_system_entity

__all__ = ["NOT_CUSTOMERS"]

_OWN: Final = Issue(
    code="system_entity",
    rule="G-ISO",
    field="id",
    reason="one of NetSuite's own records, not a customer",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)

NOT_CUSTOMERS: Final = (
    Check(fails=is_system_entity, issue=_OWN),
    Check(fails=is_deleted, issue=DELETED),
)
"""The checks that every flow out of NetSuite begins with: its own records, and those that were deleted."""
