"""The contacts of one customer as a value, and what there is to report about them."""

from typing import Final

from attrs import frozen

from custsync.models import Contact, Issue, Severity


@frozen(kw_only=True)
class CustomerContacts:
    """The contacts of one customer, and the main one among them.

    Attributes:
        contacts: those to import, in import order, each with an email.
        main: the very object in `contacts` that is the main one, None where there is none.
        issues: what was left out and why, by its place in the source's list.
    """

    contacts: tuple[Contact, ...] = ()
    main: Contact | None = None
    issues: tuple[Issue, ...] = ()


NO_CONTACTS: Final = CustomerContacts()


def _issue(code: str, rule: str, reason: str, remedy: str, severity: Severity = Severity.WARNING) -> Issue:
    return Issue(code=code, rule=rule, field="contacts", reason=reason, remedy=remedy, severity=severity)


NO_COMPANY: Final = _issue(
    "no_company",
    "UF-CON-1",
    "the contact has no company, so it is not imported",
    "Fill in the contact's company in the source system",
)
COMPANY_NOT_READ: Final = _issue(
    "company_not_read",
    "UF-CON-1",
    "the contact was read without its company, so it is not imported",
    "Pass the contact records with their company, or import such contacts as the customer's",
)
OTHER_COMPANY: Final = _issue(
    "other_company",
    "UF-CON-1",
    "the contact belongs to another company, so it is not imported",
    "Nothing to do, if that is its company",
    Severity.NOTE,
)
REPEATED: Final = _issue(
    "repeated_contact",
    "UF-CON-1",
    "the contact is in the list more than once, and is imported once",
    "Nothing to do",
    Severity.NOTE,
)
NO_EMAIL: Final = _issue(
    "no_email",
    "UF-CON-1",
    "the contact has no email, so it is not imported",
    "Fill in the contact's email in the source system",
)
EMAIL_NOT_VALID: Final = _issue(
    "email_not_valid",
    "UF-CON-1",
    "the field holds text that is no email address, so no contact is made of it",
    "Correct the email in the source system",
)
SEVERAL_PRIMARIES: Final = _issue(
    "several_primaries",
    "UF-CON-2",
    "several contacts have the primary role; the first in import order is the main one",
    "Leave the role to one contact in the source system",
)
NO_MAIN: Final = _issue(
    "no_main_contact",
    "UF-CON-2",
    "no imported contact has the primary role, and the customer has no email",
    "Give a contact the primary role and an email, or the customer an email",
)
NOT_TEXT: Final = _issue(
    "not_a_text_field",
    "UF-CON-3",
    "the custom field is no text field, so it gives no contact",
    "Choose a text field",
)
NO_EMAIL_THERE: Final = _issue(
    "not_an_email",
    "UF-CON-3",
    "the custom field holds text that is no email address, which is ignored",
    "Enter only emails there, separated by commas",
)
SAME_EMAIL: Final = _issue(
    "repeated_email",
    "UF-CON-3",
    "the custom field holds an email twice, which makes one contact",
    "Nothing to do",
    Severity.NOTE,
)
OVERRIDDEN: Final = _issue(
    "contact_overridden",
    "UF-CON-4",
    "another system's contacts take the place of this one",
    "Nothing to do, if the other system leads",
    Severity.NOTE,
)
MAIN_OVERRIDDEN: Final = _issue(
    "main_contact_overridden",
    "UF-CON-4",
    "the contacts that took over name no main one, and the former is not among them",
    "Name a main contact in the system that leads",
)
