"""NetSuite → Upflow: customers in groups of two levels, their contacts, and who is excluded permanently.

The source page, sentence by sentence:

- "we use the company name ... the alt name ... the entity id": the row `name` of `CUSTOMER_IMPORT`.
- "Country: Upflow uses the fields located in the Company Information page": `Place`.
- "Upflow only supports 2 levels", "in Upflow [the balance] does [include children]": `Groups`, the prescan.
- "we can disable the hierarchy synchronization": `customer_import(hierarchy=False)`.
- "Inactive customers", "category", "representingSubsidiary": `CUSTOMER_IMPORT.checks`.
- "individual customers can be selected (max 25)": `custsync.exclude_manually`; "smart rules": `SmartRule`.
- "a CSV file, containing the customers names + external IDs + Upflow IDs": `exclude_by_list`.
- "you cannot re-include them": `custsync.syncrecords.Status.EXCLUDED`, and `imports_data_of`.
- "Upflow imports the following information ... for customer contacts": `ContactImport`.
"""

from custsync.flows.upflow.address import PLACES
from custsync.flows.upflow.contact_import import ContactImport, ContactLines, OtherSystem, contact_lines
from custsync.flows.upflow.exclusions import (
    Is,
    Listed,
    SmartRule,
    check_list,
    exclude_by_list,
    imports_data_of,
)
from custsync.flows.upflow.flow import CUSTOMER_IMPORT, LINK, customer_import
from custsync.flows.upflow.groups import Groups
from custsync.flows.upflow.names import UpflowName
from custsync.systems.upflow import CONTACT_COLUMNS

__all__ = [
    "CONTACT_COLUMNS",
    "CUSTOMER_IMPORT",
    "LINK",
    "PLACES",
    "ContactImport",
    "ContactLines",
    "Groups",
    "Is",
    "Listed",
    "OtherSystem",
    "SmartRule",
    "UpflowName",
    "check_list",
    "contact_lines",
    "customer_import",
    "exclude_by_list",
    "imports_data_of",
]
