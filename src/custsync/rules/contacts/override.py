"""Where two systems know a customer's contacts: the ones of the system that leads."""

from collections.abc import Mapping

from attrs import evolve

from custsync.models import Contact, Maybe
from custsync.rules.contacts.gather import with_email
from custsync.rules.contacts.issues import MAIN_OVERRIDDEN, NO_CONTACTS, OVERRIDDEN, CustomerContacts
from custsync.rules.normalize import as_text, email_key

__all__ = ["overridden", "overriding_owner"]


def overridden(
    own: CustomerContacts, other: CustomerContacts | None, *, keep_others: bool = False
) -> CustomerContacts:
    """Return the contacts where another system is connected too: its contacts override the first system's.

    Where the other system is not connected or has no contact of the customer with an email, nothing changes.
    The main contact is the other system's; if it names none that has an email, the one with the email of the
    former main contact.

    Args:
        own: the contacts from the first system (NetSuite).
        other: the contacts from the system that leads (Salesforce); None if it is not connected.
        keep_others: keep the first system's contacts whose email the other system does not know, after its
            own; the former main contact stays the main one if it is kept and the other system names none.

    Returns:
        The contacts, and a note for each one of `own` that gave way, by its place there. Linear time.

    Raises:
        InputError: an email is no text.

    Rule: UF-CON-4
    Source: NetSuite Customers & Contacts

    >>> ours = CustomerContacts(contacts=(Contact(email="ap@joinery.example"),))
    >>> theirs = CustomerContacts(contacts=(Contact(email="ivo@joinery.example"),))
    >>> overridden(ours, theirs).contacts == theirs.contacts
    True
    >>> overridden(ours, None) is ours
    True
    """
    theirs = _reachable(other or NO_CONTACTS)
    if not theirs.contacts:
        return evolve(own, issues=(*own.issues, *theirs.issues)) if theirs.issues else own
    known = {key: contact for contact in reversed(theirs.contacts) if (key := email_key(contact.email))}
    kept = []
    issues = [issue for issue in (*own.issues, *theirs.issues) if issue.code != "no_main_contact"]
    for at, contact in enumerate(own.contacts):
        if keep_others and email_key(contact.email) not in known:
            kept.append(contact)
        else:
            issues.append(evolve(OVERRIDDEN, field=f"contacts[{at}]"))
    main = theirs.main or _follower(own.main, known, kept)
    if main is None:
        issues.append(MAIN_OVERRIDDEN)
    return CustomerContacts(contacts=(*theirs.contacts, *kept), main=main, issues=tuple(issues))


def _reachable(other: CustomerContacts) -> CustomerContacts:
    """Return the other system's contacts that have an email, with an issue for each that has none."""
    issues = list(other.issues)
    people: list[Contact] = []
    main = None
    for at, contact in enumerate(other.contacts):
        imported = with_email(contact, f"other contacts[{at}].email", issues)
        if imported is not None:
            people.append(imported)
            main = imported if contact is other.main else main
    return CustomerContacts(contacts=tuple(people), main=main, issues=tuple(issues))


def overriding_owner(own: Maybe[str], other: Maybe[str]) -> Maybe[str]:
    """Return the account owner: the other system's, where it names one.

    Args:
        own: the owner in the first system (NetSuite).
        other: the owner in the system that leads (Salesforce); null, absent or blank names none.

    Raises:
        InputError: an owner is no text.

    Rule: UF-CON-4
    Source: NetSuite Customers & Contacts

    >>> overriding_owner("rep-7", "rep-9")
    'rep-9'
    >>> overriding_owner("rep-7", " ")
    'rep-7'
    """
    return other if as_text(other).strip() else own


def _follower(main: Contact | None, known: Mapping[str, Contact], kept: list[Contact]) -> Contact | None:
    """Return the contact that takes the place of the former main one."""
    if main is None or main in kept:
        return main
    return known.get(email_key(main.email) or "")
