"""What both directions between NetSuite and Stripe share."""

from typing import Final

LINK: Final = "netsuite-stripe"
"""Both directions share their sync records under this name."""

STRIPE_ID_FIELD: Final = "custentity_stripe_customer_id"
"""The NetSuite custom field that keeps the Stripe id, unless the account names it otherwise."""

NETSUITE_ID_KEY: Final = "netsuite_internal_id"
"""The Stripe metadata key that keeps the NetSuite id."""


def is_code(text: str) -> bool:
    """Return whether the text has the form of a country code: two upper-case letters."""
    return len(text) == 2 and text.isascii() and text.isupper()  # noqa: PLR2004 - alpha-2
