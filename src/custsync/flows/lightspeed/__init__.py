"""NetSuite → Lightspeed X-Series: one way, by the customer code, under which no customer is created twice.

The source page, sentence by sentence:

- "Entity ID → Customer Code" and the rest of the default table: the rows of `CUSTOMER_EXPORT`.
- "Verify that the customer's Entity ID is not blank and is unique": `CUSTOMER_EXPORT.checks` and `prescan`.
- "The customer code already exists ... update the existing one instead": `CUSTOMER_EXPORT.match`.
- "You can add or modify these mappings to include custom fields": `carried`, and a flow's `with_field`.
- "Check that country codes are valid": the rows of the two addresses.
- "Configure when this flow runs in Triggers": `custsync.rules.triggers`.
- "Check the activity log for validation errors": `custsync.activity_log`.
"""

from custsync.flows.lightspeed.flow import CUSTOMER_EXPORT, LINK, copy_field, customer_export

__all__ = ["CUSTOMER_EXPORT", "LINK", "copy_field", "customer_export"]
