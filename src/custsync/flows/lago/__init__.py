"""Lago → NetSuite: one flow for each connection, which creates or links, and writes the id back to Lago.

The source page, section "Customers synchronization":

- "Select the targeted NetSuite connection": `customer_sync(connection)`; who does not name it is left out.
- "Check the box labeled 'Create this customer automatically in NetSuite'": a create, unless an id is given.
- "Choose a NetSuite subsidiary from the list": `customer_sync(subsidiaries=...)`; any other is refused.
- "a new field ... providing a direct link": `CUSTOMER_SYNC.write_back`, and `netsuite_url`.
- "Paste the NetSuite customer ID": the first step of `CUSTOMER_SYNC.match`, which must find it.
- "a webhook message called `customer.accounting_provider_error`": `provider_errors`.
"""

from custsync.flows.lago.events import netsuite_url, provider_errors, view_of
from custsync.flows.lago.flow import CUSTOMER_SYNC, LAGO_CUTS, LAGO_ID_FIELD, customer_sync, link_of

__all__ = [
    "CUSTOMER_SYNC",
    "LAGO_CUTS",
    "LAGO_ID_FIELD",
    "customer_sync",
    "link_of",
    "netsuite_url",
    "provider_errors",
    "view_of",
]
