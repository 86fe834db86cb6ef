"""What can be wrong with a hierarchy: the issues of this package, one table."""

from typing import Final

from custsync.models import Issue, Severity

BALANCE_NOT_KNOWN: Final = Issue(
    code="balance_not_known",
    rule="UF-BAL",
    field="balance",
    reason="the customer's own balance is not there, or no finite decimal for each currency",
    remedy="Read the balance and its currency from the source system",
    severity=Severity.WARNING,
)
PART_NOT_KNOWN: Final = Issue(
    code="part_not_known",
    rule="UF-BAL",
    field="balance",
    reason="the balance of a child is not known or not complete",
    remedy="Read the balances of all children; their issues name them",
    severity=Severity.WARNING,
)
