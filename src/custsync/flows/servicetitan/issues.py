"""What the ServiceTitan flow reports, one table."""

from typing import Final

from custsync.models import Issue, Severity

FURTHER_CONTACTS: Final = Issue(
    code="further_contacts",
    rule="G-LOSS",
    field="contacts",
    reason="NetSuite's customer holds one of them, the first",
    remedy="Add the others as contacts in NetSuite where they matter",
    severity=Severity.NOTE,
)
INVALID_LEGACY_ID: Final = Issue(
    code="invalid_legacy_id",
    rule="ST-LEG-4",
    field="legacy_id",
    reason="the Legacy ID is invalid: NetSuite has no customer with it, or it is no internal id at all",
    remedy="Enter the internal id of the NetSuite customer in ServiceTitan, or empty the field",
)
WRONG_SUBSIDIARY: Final = Issue(
    code="wrong_subsidiary",
    rule="ST-LEG-2",
    field="subsidiary",
    reason="the transaction is of subsidiary {ours}, the customer that the Legacy ID names of {theirs}",
    remedy="Correct the Legacy ID, or share that customer with the transaction's subsidiary in NetSuite",
)
INACTIVE_LEGACY_ID: Final = Issue(
    code="inactive_legacy_id",
    rule="ST-LEG-2",
    field="is_inactive",
    reason="the NetSuite customer that the Legacy ID names is inactive",
    remedy="Make it active again, or correct the Legacy ID",
)
LEGACY_FIELD_MISSING: Final = Issue(
    code="legacy_field_missing",
    rule="ST-LEG-0",
    field="custom",
    reason="no customer of this run carries the configured Legacy ID field; its name is probably wrong",
    remedy="Enter the name exactly as ServiceTitan sends it; blanks around it do not matter",
    severity=Severity.WARNING,
)
CUSTOMER_UNREAD: Final = Issue(
    code="customer_unread",
    rule="ST-TRIG",
    field="name",
    reason="a transaction names the customer, and the customer itself is not in the input",
    remedy="Read the customer from ServiceTitan, inactive ones too, and run again",
)
TYPE_MISSING: Final = Issue(
    code="type_missing",
    rule="ST-NAME-5",
    field="type",
    reason="neither Residential nor Commercial, so that it is not known whether the name is a person's",
    remedy="Give the customer a type in ServiceTitan, or set `unknown_type`",
)
TRANSACTION_WAITS: Final = Issue(
    code="transaction_waits",
    rule="ST-TRIG",
    field="transactions",
    reason="it is not known yet whether the customer was created",
    remedy="Run again: the transaction posts then",
    severity=Severity.WARNING,
)
TRANSACTION_UNPOSTED: Final = Issue(
    code="transaction_unposted",
    rule="ST-TRIG",
    field="transactions",
    reason="the customer is not synced",
    remedy="Correct what the customer's own issue names",
)
NO_TRANSACTION: Final = Issue(
    code="no_transaction",
    rule="ST-TRIG",
    field="transactions",
    reason="no eligible transaction names the customer",
    remedy="Nothing to do: it is synced with its first eligible transaction",
    severity=Severity.NOTE,
)
SUBSIDIARY_MISSING: Final = Issue(
    code="subsidiary_missing",
    rule="ST-TRIG",
    field="transactions.subsidiary",
    reason="no transaction of the customer names a subsidiary",
    remedy="Name it on the transaction, or set `one_world=False` for an account without subsidiaries",
)
