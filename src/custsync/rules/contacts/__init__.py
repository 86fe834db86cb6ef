"""The contacts of a customer: its own email, its people, its custom fields, and the main one among them.

Pure functions over `custsync.models.Customer` and `Contact`. Who or what is not imported is in the
issues, named by its place ("contacts[2]") or its field, never by its value.
"""

from custsync.rules.contacts.gather import (
    OWN_EMAIL,
    PRIMARY_ROLES,
    UnreadCompany,
    contacts_of,
    custom_contacts,
    is_primary,
    overridden,
    overriding_owner,
)
from custsync.rules.contacts.issues import NO_CONTACTS, CustomerContacts
from custsync.rules.contacts.records import NO_RECORDS, ContactRecords, contact_records

__all__ = [
    "NO_CONTACTS",
    "NO_RECORDS",
    "OWN_EMAIL",
    "PRIMARY_ROLES",
    "ContactRecords",
    "CustomerContacts",
    "UnreadCompany",
    "contact_records",
    "contacts_of",
    "custom_contacts",
    "is_primary",
    "overridden",
    "overriding_owner",
]
