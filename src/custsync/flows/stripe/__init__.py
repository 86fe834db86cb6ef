"""NetSuite ↔ Stripe: two flows, configured separately, that share one link and make no echo.

The source page, sentence by sentence:

- "As the first lookup criteria, the integration uses Stripe Customer ID": the first step of `EXPORT.match`.
- "If it does not find a match it defaults to ... the email address": the second step.
- "If no match is found, the integration creates a new Customer record in Stripe", then "writes the
  Stripe-generated customer ID back": `EXPORT.write_back`.
- "the first name and the last name ... will be used as the Name", "the Company Name field value": the row
  `name`.
- "it finds a match against Stripe customer id or email address in Netsuite": `IMPORT.match`.
- "name and email address are the mandatory fields": `IMPORT.checks`.
"""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.flows.stripe.netsuite_to_stripe import EXPORT, StripeName, export_flow
    from custsync.flows.stripe.shared import LINK, NETSUITE_ID_KEY, STRIPE_ID_FIELD
    from custsync.flows.stripe.stripe_to_netsuite import IMPORT, import_flow
else:
    __getattr__ = names_in(__name__, "shared", "netsuite_to_stripe", "stripe_to_netsuite")

__all__ = [
    "EXPORT",
    "IMPORT",
    "LINK",
    "NETSUITE_ID_KEY",
    "STRIPE_ID_FIELD",
    "StripeName",
    "export_flow",
    "import_flow",
]
