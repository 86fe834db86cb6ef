"""What both directions between NetSuite and Stripe share."""

from typing import Any, Final, Literal, TypeAlias

from custsync.models import Customer, Issue, Severity
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.normalize.emails import clean_email, email_key

LINK: Final = "netsuite-stripe"
"""Both directions share their sync records under this name."""

STRIPE_ID_FIELD: Final = "custentity_stripe_customer_id"
"""The NetSuite custom field that keeps the Stripe id, unless the account names it otherwise."""

NETSUITE_ID_KEY: Final = "netsuite_internal_id"
"""The Stripe metadata key that keeps the NetSuite id."""

IfDeleted: TypeAlias = Literal["review", "create"]
"""What to do where a kept id names a deleted customer, and no other one has the email."""


def email_to_write(customer: Customer, _current: Customer | None) -> Any:
    """Return the email without blanks at its ends; of a field that is no address the first in it, reported.

    Rule: SP-OUT-2, G-LOSS
    """
    email = customer.email and customer.email.strip()
    if not email or email_key(email) is not None:
        return email
    cleaned = clean_email(email)
    if cleaned.addresses:
        return MappedValue(value=cleaned.addresses[0], issues=cleaned.issues)
    return MappedValue(value=email, issues=cleaned.issues or (_NO_ADDRESS,))


_NO_ADDRESS: Final = Issue(
    code="no_address",
    rule="SP-OUT-2",
    field="email",
    reason="the field does not hold one address, so that no customer can be found by it",
    remedy="Keep one address in it",
    severity=Severity.WARNING,
)
