"""What the Upflow flow reports, one table."""

from typing import Final

from custsync.models import Issue, Severity

COUNTRY_DIFFERS: Final = Issue(
    code="country_differs",
    rule="UF-CTRY",
    field="billing_address.country",
    reason="the customer's own address has {}, the account's company information has {}",
    remedy="Choose with country_from which of the two counts",
    severity=Severity.WARNING,
)
COUNTRY_FROM: Final = Issue(
    code="country_from",
    rule="UF-CTRY",
    field="billing_address.country",
    reason="the country is the one of {}",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
SHIPPING_SHOWN: Final = Issue(
    code="shipping_shown",
    rule="G-LOSS",
    field="billing_address",
    reason="there is no default billing address, so that the shipping address is used",
    remedy="Give the customer a billing address, if another one is right",
    severity=Severity.NOTE,
)
NO_COLUMN: Final = Issue(
    code="no_column",
    rule="G-LOSS",
    field="billing_address",
    reason="a part of the address has no column in Upflow",
    remedy="Nothing to do: it stays in the source",
    severity=Severity.NOTE,
)
INTERCOMPANY: Final = Issue(
    code="intercompany",
    rule="UF-INT",
    field="representing_subsidiary",
    reason="the customer represents a subsidiary, so that it is inter-company",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
EXCLUDED_CATEGORY: Final = Issue(
    code="excluded_category",
    rule="UF-EXC-1",
    field="category",
    reason="customers of this category are excluded",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
RULE_EXCLUDES: Final = Issue(
    code="smart_rule",
    rule="UF-EXC-3",
    field="rule",
    reason="a smart rule excludes the customer",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
INACTIVE: Final = Issue(
    code="inactive",
    rule="UF-INA",
    field="is_inactive",
    reason="the customer is inactive",
    remedy="Mark it active to have it synced, unless it was synced before",
    severity=Severity.NOTE,
)
CATEGORY_LABEL: Final = Issue(
    code="category_label",
    rule="UF-EXC-1",
    field="category",
    reason="the category is printed as its label, which is no category id: it excludes no customer",
    remedy="Export the id of the category, `Category : Internal ID`",
    severity=Severity.WARNING,
)
NOT_A_ROW: Final = Issue(
    code="not_a_row", rule="UF-EXC-3", field="row", reason="not a row of columns", remedy="Correct the list"
)
COLUMN_BLANK: Final = Issue(
    code="column_blank",
    rule="UF-EXC-3",
    field="",
    reason="the column of the row is blank",
    remedy="Fill it in: all three are needed",
)
NO_CUSTOMER: Final = Issue(
    code="no_customer",
    rule="UF-EXC-3",
    field="external_id",
    reason="no customer has this external id",
    remedy="Correct the external id",
)
OTHER_NAME: Final = Issue(
    code="other_name",
    rule="UF-EXC-3",
    field="name",
    reason="the customer with this external id has another name",
    remedy="Correct the name or the external id",
)
OTHER_UPFLOW_ID: Final = Issue(
    code="other_upflow_id",
    rule="UF-EXC-3",
    field="upflow_id",
    reason="the customer with this external id is linked to another customer in Upflow",
    remedy="Correct the Upflow id or the external id",
)
NOT_LINKED: Final = Issue(
    code="not_linked",
    rule="UF-EXC-3",
    field="upflow_id",
    reason="the customer has no counterpart in Upflow",
    remedy="Sync the customer first",
)
EXCLUDED_BY_LIST: Final = Issue(
    code="excluded_by_list",
    rule="UF-EXC-3",
    field="status",
    reason="a list excluded the customer, which is permanent",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
"""What runs say of a customer that a list excluded."""
MOVED_TO_GROUP: Final = Issue(
    code="moved_to_group",
    rule="UF-HIER-1",
    field="parent",
    reason="the customer is linked to an ancestor above its direct parent, for Upflow has no further levels",
    remedy="Nothing to do",
    severity=Severity.NOTE,
)
GROUP_LEFT_OUT: Final = Issue(
    code="group_left_out",
    rule="UF-HIER-1",
    field="parent",
    reason="the customer's group is left out, so that its link in Upflow stays as it is",
    remedy="Nothing to do, unless the group should be synced",
    severity=Severity.NOTE,
)
SEVERAL_CURRENCIES: Final = Issue(
    code="several_currencies",
    rule="UF-BAL",
    field="balance",
    reason="the group owes in several currencies, which make no one balance",
    remedy="Look at its customers one by one",
    severity=Severity.WARNING,
)
PART_OF_A_CENT: Final = Issue(
    code="part_of_a_cent",
    rule="UF-BAL",
    field="balance",
    reason="the balance is no whole number of cents, which is all that Upflow takes",
    remedy="Correct the balance in the source",
    severity=Severity.WARNING,
)
