"""Contact records that a caller gives beside the customers, for systems that keep the two apart."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import evolve, field, fields, frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import ABSENT, Contact, Customer, Issue
from custsync.rules.contacts.issues import NO_COMPANY
from custsync.rules.normalize import id_key


@frozen(kw_only=True)
class ContactRecords:
    """Contact records as they are looked up, for a system that keeps them apart from the customers.

    Attributes:
        of_company: key of a company's id → its records, in import order.
        by_id: key of a contact's id → its record; of several records with one id the first.
        issues: a warning for each record without a company, which is in neither of the two.
    """

    of_company: Mapping[str, tuple[Contact, ...]] = field(factory=dict, repr=False)
    by_id: Mapping[str, Contact] = field(factory=dict, repr=False)
    issues: tuple[Issue, ...] = ()

    def joined(self, customer: Customer) -> Customer:
        """Return the customer with the contact records of its company, the very same one without any.

        A contact that the customer lists keeps its values there, its role above all, and gets the rest from
        its record. The records that the customer does not list come after, in their order.

        Args:
            customer: any customer.

        Rule: UF-CON-1
        Source: NetSuite Customers & Contacts

        >>> from custsync.models import Ref
        >>> ivo = Contact(id="9", email="ivo@joinery.example", company="2041")
        >>> joinery = Customer(ref=Ref("netsuite", "2041"), contacts=(Contact(id="9", role="-10"),))
        >>> (contact,) = contact_records([ivo]).joined(joinery).contacts
        >>> contact.role, contact.company
        ('-10', '2041')
        >>> contact_records([ivo]).joined(Customer(ref=Ref("netsuite", "7"))).contacts
        ABSENT
        """
        listed = customer.contacts or ()
        people = [_completed(contact, self.by_id.get(_key(contact))) for contact in listed]
        known = {_key(contact) for contact in listed} - {""}
        own = self.of_company.get(id_key(customer.id) or "", ())
        people += [contact for contact in own if _key(contact) not in known]
        return customer if tuple(people) == listed else evolve(customer, contacts=tuple(people))


NO_RECORDS: Final = ContactRecords()


@checked
def contact_records(records: Iterable[Contact]) -> ContactRecords:
    """Return contact records as they are looked up: by company, and by id. Of one id the first record counts.

    Args:
        records: contacts with their company, in import order.

    Returns:
        The records; one without a company is left out, with an issue that names its place. Linear time.

    Raises:
        InputError: something else than a `Contact` is among them, or an id is no text.

    Rule: UF-CON-1

    >>> contact_records([Contact(id="9", company="2041")]).issues
    ()
    >>> contact_records([Contact(id="9")]).issues[0].field
    'contact records[0].company'
    """
    of_company: dict[str, list[Contact]] = {}
    by_id: dict[str, Contact] = {}
    issues: list[Issue] = []
    for at, record in enumerate(records):
        if not isinstance(record, Contact):
            raise InputError(f"a Contact was expected, not {type(record).__name__}")
        key, company = _key(record), id_key(record.company)
        if company is None:
            issues.append(evolve(NO_COMPANY, field=f"contact records[{at}].company"))
        elif key not in by_id:
            of_company.setdefault(company, []).append(record)
            by_id.update({key: record} if key else {})
    companies = {company: tuple(people) for company, people in of_company.items()}
    return ContactRecords(of_company=companies, by_id=by_id, issues=tuple(issues))


def _key(contact: Contact) -> str:
    """Return the contact's id as it is compared, `""` where it has none."""
    return id_key(contact.id) or ""


_FIELDS: Final = tuple(each.name for each in fields(Contact) if each.name not in ("id", "origin", "extra"))


def _completed(contact: Contact, record: Contact | None) -> Contact:
    """Return the contact with what only its record has."""
    if record is None:
        return contact
    changes: dict[str, Any] = {
        name: value
        for name in _FIELDS
        if getattr(contact, name) in (None, ABSENT, "") and (value := getattr(record, name)) is not ABSENT
    }
    return evolve(contact, extra={**record.extra, **contact.extra}, **changes)
