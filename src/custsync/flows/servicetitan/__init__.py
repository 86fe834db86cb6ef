"""ServiceTitan → NetSuite: customers on transactions are created there, or found by their Legacy ID.

The source page, sentence by sentence:

- "only new customer creation is supported", "updates to existing customers do not sync": `updates` is off,
  and every row is written at creation alone.
- "only synced when included on a transaction eligible for sync, such as a journal entry, invoice, or customer
  payment": the check; `join_transactions` joins customers and transactions.
- "for example Emily", "Last, First", "split on the last space": the rows of the name.
- "stores the internal ID of the corresponding NetSuite customer": the one match step.
- "both Customer Sync Records are updated to reference the surviving customer record": merges are followed for
  every flow (`custsync.engine.decide.merges`).
"""

from custsync.flows.servicetitan.fields import NameRules
from custsync.flows.servicetitan.flow import (
    CUSTOMER_SYNC,
    LEGACY_FIELD,
    LINK,
    SERVICETITAN_ID_FIELD,
    customer_sync,
)
from custsync.flows.servicetitan.transactions import (
    CUSTOMER_PAYMENT,
    ELIGIBLE,
    INVOICE,
    JOURNAL_ENTRY,
    Transaction,
    join_transactions,
)

__all__ = [
    "CUSTOMER_PAYMENT",
    "CUSTOMER_SYNC",
    "ELIGIBLE",
    "INVOICE",
    "JOURNAL_ENTRY",
    "LEGACY_FIELD",
    "LINK",
    "SERVICETITAN_ID_FIELD",
    "NameRules",
    "Transaction",
    "customer_sync",
    "join_transactions",
]
