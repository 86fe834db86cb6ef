"""The contacts of one customer, gathered from its fields and its people."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

from attrs import evolve

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import ABSENT, Contact, Customer, Issue, Maybe
from custsync.rules.contacts import issues as issue_table
from custsync.rules.contacts.issues import CustomerContacts
from custsync.rules.normalize import as_text, clean_email, email_key, id_key, text_key


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
            issues.append(evolve(issue_table.NOT_TEXT, field=name, shape=type(value).__name__))
    return CustomerContacts(contacts=tuple(contacts), issues=tuple(issues))


def _in_field(name: str, value: str, issues: list[Issue]) -> Iterable[Contact]:
    parts = [(part, email_key(part)) for part in map(str.strip, value.split(",")) if part]
    emails = [(part, key) for part, key in parts if key is not None]
    found: dict[str, Contact] = {}
    for part, key in emails:
        found.setdefault(key, Contact(email=part, origin=name))
    if len(emails) < len(parts):
        shape = f"{len(parts) - len(emails)} of {len(parts)} parts"
        issues.append(evolve(issue_table.NO_EMAIL_THERE, field=name, shape=shape))
    if len(found) < len(emails):
        issues.append(evolve(issue_table.SAME_EMAIL, field=name))
    return found.values()


PRIMARY_ROLES: Final = frozenset({"-10", "primary contact"})
"""The role of the main contact in NetSuite, by id and by name, as `text_key` writes it."""

OWN_EMAIL: Final = "email"
"""The origin of the contact that is the customer's own email field."""

UnreadCompany: TypeAlias = Literal["leave_out", "import"]
"""What becomes of a contact whose payload has no company field: a line of NetSuite's contact roles, say."""


@checked
def contacts_of(
    customer: Customer,
    *,
    custom_fields: Iterable[str] = (),
    unread_company: UnreadCompany = "leave_out",
    primary_roles: frozenset[str] = PRIMARY_ROLES,
) -> CustomerContacts:
    """Return the contacts of a customer: its own email, its people, then its custom fields.

    A person is imported if the contact's company is this customer and the contact has an email. The main
    contact is the first one of these with the primary role, else the customer's own email. An email is
    written as it was found, without what stood around it; of several the first. The same email in two places
    makes two contacts.

    Args:
        customer: any customer; its contacts in import order.
        custom_fields: names of custom fields whose emails become contacts.
        unread_company: what becomes of a contact whose company is ABSENT. One whose company is null or
            empty is never imported.
        primary_roles: ids and names of the primary role, as `text_key` writes them.

    Returns:
        The contacts, the main one or None, and an issue for each exclusion. Linear time.

    Raises:
        InputError: a field is not of its type, or a setting is none.

    Rule: UF-CON-1, UF-CON-2, UF-CON-3
    Source: NetSuite Customers & Contacts

    >>> from custsync.models import Ref
    >>> ivo = Contact(name="Ivo Brandt", email="ivo@joinery.example", role="-10", company="2041")
    >>> made = contacts_of(Customer(ref=Ref("netsuite", "2041"), email="ap@joinery.example", contacts=(ivo,)))
    >>> len(made.contacts), made.main is ivo
    (2, True)
    >>> contacts_of(Customer(ref=Ref("netsuite", "7"), contacts=(ivo,))).issues[0].code
    'other_company'
    """
    if unread_company not in ("leave_out", "import"):
        raise InputError("unread_company is leave_out or import")
    issues: list[Issue] = []
    own = [Contact(email=one, origin=OWN_EMAIL) for one in _addresses(customer.email, "email", issues)]
    people = list(_people(customer, unread_company, primary_roles, issues))
    primaries = [person for person in people if is_primary(person, primary_roles)]
    if len(primaries) > 1:
        issues.append(evolve(issue_table.SEVERAL_PRIMARIES, shape=f"{len(primaries)} contacts"))
    main = next(iter([*primaries, *own]), None)
    if main is None:
        issues.append(issue_table.NO_MAIN)
    custom = custom_contacts(customer, custom_fields)
    return CustomerContacts(
        contacts=(*own, *people, *custom.contacts), main=main, issues=(*issues, *custom.issues)
    )


@checked
def is_primary(contact: Contact, roles: frozenset[str] = PRIMARY_ROLES) -> bool:
    """Return whether the contact has the primary role, by its id or its name.

    Args:
        contact: any contact.
        roles: ids and names of that role, as `text_key` writes them.

    Raises:
        InputError: the role is no text.

    Rule: UF-CON-2

    >>> is_primary(Contact(role="-10")), is_primary(Contact(role="Primary Contact"))
    (True, True)
    >>> is_primary(Contact(role="-20"))
    False
    """
    return text_key(contact.role) in roles


def _addresses(text: Maybe[str], name: str, issues: list[Issue]) -> tuple[str, ...]:
    found = clean_email(text)
    if found.addresses:
        issues += [evolve(issue, field=name) for issue in found.issues]
    elif as_text(text).strip():
        shape = f"text, {len(as_text(text))} characters"
        issues.append(evolve(issue_table.EMAIL_NOT_VALID, field=name, shape=shape))
    return found.addresses


def _people(
    customer: Customer, unread_company: UnreadCompany, roles: frozenset[str], issues: list[Issue]
) -> Iterable[Contact]:
    """Return the customer's people, each once: the entry with the primary role before one without."""
    people: dict[object, Contact] = {}
    for at, contact in enumerate(customer.contacts or ()):
        place = f"contacts[{at}]"
        excluded = _excluded(contact, customer, unread_company)
        if excluded is not None:
            issues.append(evolve(excluded, field=f"{place}.company"))
            continue
        imported = with_email(contact, f"{place}.email", issues)
        if imported is None:
            continue
        key: object = id_key(contact.id) or at
        if key in people:
            issues.append(evolve(issue_table.REPEATED, field=place))
            if is_primary(people[key], roles) or not is_primary(contact, roles):
                continue
        people[key] = imported
    return people.values()


def _excluded(contact: Contact, customer: Customer, unread: UnreadCompany) -> Issue | None:
    if contact.company is ABSENT:
        return issue_table.COMPANY_NOT_READ if unread == "leave_out" else None
    company = id_key(contact.company)
    if company is None:
        return issue_table.NO_COMPANY
    return None if company == id_key(customer.id) else issue_table.OTHER_COMPANY


def with_email(contact: Contact, place: str, issues: list[Issue]) -> Contact | None:
    """Return the contact with its email as it is to be written, None where it has none, with the reason.

    It is the very same contact where its email is fine.
    """
    if not as_text(contact.email).strip():
        issues.append(evolve(issue_table.NO_EMAIL, field=place))
        return None
    addresses = _addresses(contact.email, place, issues)
    if not addresses:
        return None
    return contact if addresses[0] == contact.email else evolve(contact, email=addresses[0])


@checked
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
    theirs = _reachable(other or issue_table.NO_CONTACTS)
    if not theirs.contacts:
        return evolve(own, issues=(*own.issues, *theirs.issues)) if theirs.issues else own
    known = {key: contact for contact in reversed(theirs.contacts) if (key := email_key(contact.email))}
    kept = []
    issues = [issue for issue in (*own.issues, *theirs.issues) if issue.code != "no_main_contact"]
    for at, contact in enumerate(own.contacts):
        if keep_others and email_key(contact.email) not in known:
            kept.append(contact)
        else:
            issues.append(evolve(issue_table.OVERRIDDEN, field=f"contacts[{at}]"))
    main = theirs.main or _follower(own.main, known, kept)
    if main is None:
        issues.append(issue_table.MAIN_OVERRIDDEN)
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
