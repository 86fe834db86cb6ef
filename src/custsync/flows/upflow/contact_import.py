"""The contacts that go with a customer: the lines of Upflow's contact import."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve, field, frozen

from custsync._arguments import checked
from custsync.engine.arguments import check_call
from custsync.engine.environment import Environment, run
from custsync.engine.plan.context import SourceRecord, context_of, stored_by_end
from custsync.engine.plan.inputs import batches
from custsync.flow import Flow
from custsync.flows.upflow.exclusions import imports_data_of, readable
from custsync.flows.upflow.names import UpflowName
from custsync.models import ABSENT, Contact, Customer, Issue, Maybe
from custsync.rules.contacts import (
    NO_RECORDS,
    PRIMARY_ROLES,
    ContactRecords,
    CustomerContacts,
    UnreadCompany,
    contact_records,
    contacts_of,
    overriding_owner,
)
from custsync.rules.contacts.gather import overridden
from custsync.rules.names import SplitName, resplit_name
from custsync.rules.names.display import without_placeholder
from custsync.systems.upflow import CONTACT_COLUMNS


@frozen(kw_only=True)
class OtherSystem:
    """What another system that leads, Salesforce, knows of a customer.

    Attributes:
        contacts: its contacts, which take the place of NetSuite's; None where it has none of this customer.
        owner: its id of the account's owner; ABSENT, None or blank leaves the owner to NetSuite.
    """

    contacts: CustomerContacts | None = None
    owner: Maybe[str] = ABSENT


@frozen(kw_only=True)
class ContactLines:
    """One customer's contacts as lines of Upflow's contact import.

    Attributes:
        lines: one for each contact, in import order: title of each column of `CONTACT_COLUMNS` → text.
        owner: the account's owner: the other system's where it names one, else NetSuite's sales
            representative.
        issues: the contacts that were left out, and what is odd about a contact's name.
    """

    lines: tuple[Mapping[str, str], ...] = field(default=(), repr=False)
    owner: Maybe[str] = field(default=ABSENT, repr=False)
    issues: tuple[Issue, ...] = ()


def sales_rep(customer: Customer) -> Maybe[str]:
    """Return the id of the sales representative of a NetSuite customer, ABSENT where none was read.

    >>> from custsync.models import Ref
    >>> sales_rep(Customer(ref=Ref("netsuite", "7"), extra={"salesRep": {"id": "12", "refName": "-"}}))
    '12'
    >>> sales_rep(Customer(ref=Ref("netsuite", "7")))
    ABSENT
    """
    kept = customer.extra.get("salesRep", customer.extra.get("salesrep"))
    identity = kept.get("id", kept.get("internalId")) if isinstance(kept, Mapping) else kept
    return identity if isinstance(identity, str) else ABSENT


def _as_records(records: Iterable[Contact] | ContactRecords) -> ContactRecords:
    return records if isinstance(records, ContactRecords) else contact_records(records)


@checked
@frozen(kw_only=True)
class ContactImport:
    """How a customer's contacts are imported with it.

    Attributes:
        custom_fields: custom fields whose emails become contacts (UF-CON-3).
        unread_company: what becomes of a contact that was read without its company: `"leave_out"`, or
            `"import"`, for records whose contacts are the customer's own lines.
        primary_roles: ids and names of the role of the main contact (UF-CON-2).
        other: what another system that leads knows of a customer, None where it is not connected (UF-CON-4).
        keep_others: keep NetSuite's contacts that the other system does not know.
        owner: the account's owner in NetSuite.
        records: contact records with their company, which NetSuite keeps apart from the customer. A contact
            that the customer lists gets the rest from its record; `records.issues` names those without a
            company, which belong to no person.
        naming: the flow's naming rule.

    Rule: UF-CON-1, UF-CON-2, UF-CON-3, UF-CON-4
    Source: NetSuite Customers & Contacts, "Customer contacts" and "Notes".

    >>> from custsync.models import Ref
    >>> joinery = Customer(ref=Ref("netsuite", "7"), company_name="Joinery", email="ap@joinery.example")
    >>> [line] = ContactImport()(joinery).lines
    >>> line["Client ID (External Id)"], line["Contact email address"], line["Main contact"]
    ('7', 'ap@joinery.example', '1')
    >>> ContactImport()(Customer(ref=Ref("netsuite", "7"))).lines
    ()
    """

    custom_fields: tuple[str, ...] = ()
    unread_company: UnreadCompany = "leave_out"
    primary_roles: frozenset[str] = PRIMARY_ROLES
    other: Callable[[Customer], OtherSystem | None] | None = None
    keep_others: bool = False
    owner: Callable[[Customer], Maybe[str]] = sales_rep
    records: ContactRecords = field(default=NO_RECORDS, converter=_as_records)
    naming: UpflowName = UpflowName()

    def __call__(self, customer: Customer) -> ContactLines:
        """Return the lines that import the customer's contacts."""
        known = (self.other(customer) if self.other is not None else None) or OtherSystem()
        owner = overriding_owner(self.owner(customer), known.owner)
        own = contacts_of(
            self.records.joined(customer),
            custom_fields=self.custom_fields,
            unread_company=self.unread_company,
            primary_roles=self.primary_roles,
        )
        gathered = overridden(own, known.contacts, keep_others=self.keep_others)
        lines, issues = [], list(gathered.issues)
        main = next((at for at, one in enumerate(gathered.contacts) if one is gathered.main), None)
        for at, contact in enumerate(gathered.contacts):
            name = _name(contact, self.naming.placeholder)
            issues += [evolve(issue, field=f"contact {at + 1}.name") for issue in name.issues]
            lines.append(self._line(customer, contact, name, is_main=at == main))
        return ContactLines(lines=tuple(lines), owner=owner, issues=tuple(issues))

    def _line(
        self, customer: Customer, contact: Contact, name: SplitName, *, is_main: bool
    ) -> Mapping[str, str]:
        texts = (
            self.naming(customer).text,
            customer.id,
            contact.email,
            name.first,
            name.last,
            contact.phone,
            contact.extra.get("title"),
            "1" if is_main else "",
        )
        return {title: text or "" for title, text in zip(CONTACT_COLUMNS, texts, strict=True)}


def _name(contact: Contact, placeholder: str) -> SplitName:
    """Return the contact's name in parts: NetSuite's own parts of it where they were read, else split."""
    first, last = (_text(contact.extra.get(part)) for part in ("firstName", "lastName"))
    whole = without_placeholder(_text(contact.name) or f"{first} {last}", placeholder)
    if not whole:
        return SplitName()
    last = without_placeholder(last, placeholder)
    return resplit_name(whole, first=first, last=last, placeholder="")


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


@checked
def contact_lines(
    flow: Flow,
    customers: Iterable[SourceRecord],
    environment: Environment,
    *,
    contacts: ContactImport = ContactImport(),
    batch: int = 500,
) -> Iterator[tuple[Customer, ContactLines]]:
    """Return an iterator of the customers whose data is imported, each with the lines of its contacts.

    Call it after a sync: a customer that is not linked in Upflow, and an excluded one, has none (UF-EXC-2).

    Args:
        flow: the policy of the pair.
        customers: the source customers; what cannot be read is passed over, the sync has refused it.
        environment: the adapters and the store.
        contacts: how contacts are imported.
        batch: for how many customers the store is asked at a time.

    Rule: UF-CON-1, UF-EXC-2
    """
    check_call(flow, environment, Environment)
    for _, part in batches(readable(flow, customers, context_of(environment)), batch):
        records = run(stored_by_end(flow, [one.ref for one in part]), environment)
        for customer in part:
            if imports_data_of(records.get(customer.ref)):
                yield customer, contacts(customer)
