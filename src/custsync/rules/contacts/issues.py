"""The contacts of one customer as a value, and what can be said about them."""

from typing import Final

from attrs import frozen

from custsync.models import Contact, Issue, Maybe, Severity
from custsync.rules.normalize import as_text

__all__ = ["NO_CONTACTS", "CustomerContacts"]


@frozen(kw_only=True)
class CustomerContacts:
    """The contacts of one customer in import order, the main one, and what was left out and why."""

    contacts: tuple[Contact, ...] = ()
    main: Contact | None = None
    issues: tuple[Issue, ...] = ()


NO_CONTACTS: Final = CustomerContacts()


def _issue(code: str, rule: str, reason: str, remedy: str, severity: Severity = Severity.WARNING) -> Issue:
    return Issue(code=code, rule=rule, field="contacts", reason=reason, remedy=remedy, severity=severity)


NO_COMPANY: Final = _issue(
    "no_company",
    "UF-CON-1",
    "The contact has no company, so it is not imported",
    "Fill in the contact's company in the source system.",
)
COMPANY_NOT_READ: Final = _issue(
    "company_not_read",
    "UF-CON-1",
    "The contact's company was not read, so it is not imported",
    "Read the contact record with its company, or take such contacts for the customer's.",
)
OTHER_COMPANY: Final = _issue(
    "other_company",
    "UF-CON-1",
    "The contact belongs to another company, so it is not imported",
    "None, if that is its company.",
    Severity.NOTE,
)
REPEATED: Final = _issue(
    "repeated_contact",
    "UF-CON-1",
    "The contact stands in the list more than once, and is imported once",
    "None.",
    Severity.NOTE,
)
NO_EMAIL: Final = _issue(
    "no_email",
    "UF-CON-1",
    "The contact has no email, so nobody can write to it",
    "Fill in the contact's email in the source system.",
)
EMAIL_NOT_VALID: Final = _issue(
    "email_not_valid",
    "UF-CON-1",
    "The field holds text that is no email, which is left out",
    "Correct the email in the source system.",
)
SEVERAL_PRIMARIES: Final = _issue(
    "several_primaries",
    "UF-CON-2",
    "Several contacts have the primary role; the first in import order is the main one",
    "Leave the role to one contact in the source system.",
)
NO_MAIN: Final = _issue(
    "no_main_contact",
    "UF-CON-2",
    "No contact has the primary role, and the customer has no email",
    "Give a contact the primary role, or the customer an email.",
)
NOT_TEXT: Final = _issue(
    "not_a_text_field",
    "UF-CON-3",
    "The custom field is no text field, so it gives no contact",
    "Choose a text field.",
)
NO_EMAIL_THERE: Final = _issue(
    "not_an_email",
    "UF-CON-3",
    "The custom field holds text that is no email, which is ignored",
    "Put only emails there, separated by commas.",
)
SAME_EMAIL: Final = _issue(
    "repeated_email",
    "UF-CON-3",
    "The custom field holds an email twice, which makes one contact",
    "None.",
    Severity.NOTE,
)
OTHER_EMAILS: Final = _issue(
    "other_emails",
    "UF-CON-1",
    "The contact has several emails; the first is imported",
    "Make a contact for each of them in the source system.",
)
OVERRIDDEN: Final = _issue(
    "overridden",
    "UF-CON-4",
    "Another system's contacts take the place of this one",
    "None, if the other system leads.",
    Severity.NOTE,
)
MAIN_OVERRIDDEN: Final = _issue(
    "no_main_contact",
    "UF-CON-4",
    "The contacts that took over name no main one, and the former is not among them",
    "Name a main contact in the system that leads.",
)


def shape_of(text: Maybe[str]) -> str:
    """Return the shape of a text, for an issue."""
    return f"text, {len(as_text(text))} characters"
