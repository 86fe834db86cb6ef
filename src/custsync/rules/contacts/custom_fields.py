"""Contacts from custom fields."""

from collections.abc import Iterable

from attrs import evolve

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import ABSENT, Contact, Customer, Issue
from custsync.rules.contacts.issues import NO_EMAIL_THERE, NOT_TEXT, SAME_EMAIL, CustomerContacts
from custsync.rules.normalize import as_text, email_key

__all__ = ["custom_contacts"]


@checked
def custom_contacts(customer: Customer, names: Iterable[str]) -> CustomerContacts:
    """Return the contacts that the chosen custom fields of a customer hold.

    Only text counts. Emails are separated by commas and by nothing else; each becomes a contact with its
    field as `origin`, without name and phone. What is no email is ignored. A field that is gone or blank
    gives none: a contact that it once gave is to be deleted.

    Args:
        customer: any customer.
        names: names of custom fields; each counts once.

    Returns:
        The contacts in the order of the fields, no main one, and what was ignored. Linear time.

    Raises:
        InputError: `names` is one text or none at all, or a name is no text.

    Rule: UF-CON-3
    Source: Import contacts from custom fields

    >>> from custsync.models import Ref
    >>> billing = {"custentity_billing": "ap@joinery.example, ar@joinery.example"}
    >>> joinery = Customer(ref=Ref("netsuite", "2041"), custom=billing)
    >>> [contact.origin for contact in custom_contacts(joinery, ["custentity_billing"]).contacts]
    ['custentity_billing', 'custentity_billing']
    >>> custom_contacts(joinery, ["custentity_other"]).contacts
    ()
    """
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise InputError("custom fields are several names, not one text")
    contacts: list[Contact] = []
    issues: list[Issue] = []
    for name in dict.fromkeys(map(as_text, names)):
        value = customer.custom.get(name)
        if isinstance(value, str):
            contacts += _in_field(name, value, issues)
        elif value is not None and value is not ABSENT:
            issues.append(evolve(NOT_TEXT, field=name, shape=type(value).__name__))
    return CustomerContacts(contacts=tuple(contacts), issues=tuple(issues))


def _in_field(name: str, value: str, issues: list[Issue]) -> Iterable[Contact]:
    found: dict[str, Contact] = {}
    ignored = repeated = 0
    for part in filter(None, map(str.strip, value.split(","))):
        key = email_key(part)
        if key is None:
            ignored += 1
        elif key in found:
            repeated += 1
        else:
            found[key] = Contact(email=part, origin=name)
    if ignored:
        issues.append(
            evolve(NO_EMAIL_THERE, field=name, shape=f"{ignored} of {len(found) + ignored + repeated} parts")
        )
    if repeated:
        issues.append(evolve(SAME_EMAIL, field=name))
    return found.values()
