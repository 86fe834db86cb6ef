"""What the Lago customer flow reports, one table."""

from typing import Final

from custsync.models import Issue, Severity

UNEXPECTED_ERROR: Final = Issue(
    code="unexpected_error",
    rule="LG-ERR",
    field="target",
    reason="the customer was not synced, and no reason was sent",
    remedy="Run again",
)
SUBSIDIARY_UNKNOWN: Final = Issue(
    code="subsidiary_unknown",
    rule="LG-CRE",
    field="subsidiary",
    reason="{choice} the list that was fetched from NetSuite",
    remedy="Choose one of the list on the Lago customer's connection",
)
LAGO_NAME_MISSING: Final = Issue(
    code="lago_name_missing",
    rule="LG-CRE",
    field="company_name",
    reason="NetSuite creates no customer without it, and Lago has none",
    remedy="Give the Lago customer this name, or the flow a name to put in its place",
)
FIRST_OF_SEVERAL: Final = Issue(
    code="first_of_several",
    rule="LG-CRE",
    field="email",
    reason="the field holds several, and NetSuite takes the first",
    remedy="Nothing to do if the first is the one that NetSuite needs",
    severity=Severity.NOTE,
)
LINKED_CUSTOMER_MISSING: Final = Issue(
    code="linked_customer_missing",
    rule="LG-LINK",
    field="external_customer_id",
    reason="no NetSuite customer has the id that the connection names",
    remedy="Paste the internal id of the NetSuite customer, digits only, or let Lago create one",
)
