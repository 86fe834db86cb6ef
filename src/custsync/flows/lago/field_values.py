"""What a Lago customer's fields become in NetSuite: names by its kind, the first email, both addresses."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from attrs import evolve, frozen

from custsync.flows.lago.billing import BillingSettings, currency_for
from custsync.flows.lago.issues import FIRST_OF_SEVERAL, LAGO_NAME_MISSING, SUBSIDIARY_UNKNOWN
from custsync.models import ABSENT, Address, Customer, Issue, Maybe, Severity
from custsync.rules.eligibility import Check
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.normalize import id_key, text_key
from custsync.systems.lago import connection, has_links, is_partner

_LONGEST_SHOWN: Final = 40


@frozen
class IsUnnamed:
    """Whether a customer does not name this connection.

    Rule: LG-MULTI
    """

    code: str

    def __call__(self, customer: Customer) -> bool:
        """Return whether the customer is to be left out."""
        return connection(customer, self.code, "netsuite") is None


@frozen
class IsUnset:
    """Whether a customer is neither to be created nor linked over this connection."""

    code: str

    def __call__(self, customer: Customer) -> bool:
        """Return whether the customer is to be left out."""
        one = connection(customer, self.code, "netsuite") or {}
        return one.get("sync_with_provider") is not True and id_key(one.get("external_customer_id")) is None


NOT_CONNECTED: Final = Issue(
    code="not_connected",
    rule="LG-MULTI",
    field="integration_customers",
    reason="the customer does not name this NetSuite connection",
    remedy="Choose the connection on the Lago customer, if it is to be synced here",
    severity=Severity.NOTE,
)
NEITHER: Final = Issue(
    code="neither_created_nor_linked",
    rule="LG-LINK",
    field="integration_customers",
    reason="the connection neither requests a new NetSuite customer nor names an existing one",
    remedy="Let Lago create the customer, or paste the id of the NetSuite customer",
    severity=Severity.WARNING,
)


def _links_are_unread(customer: Customer) -> bool:
    return not has_links(customer)


UNREAD: Final = Check(
    fails=_links_are_unread,
    issue=Issue(
        code="links_unread",
        rule="LG-LINK",
        field="integration_customers",
        reason="the customer was read without its links, so that it is not known whether it is to be synced",
        remedy="Let the adapter answer with the customer object as Lago's customer routes send it",
        severity=Severity.WARNING,
    ),
)
PARTNER: Final = Check(
    fails=is_partner,
    issue=Issue(
        code="partner",
        rule="LG-CRE",
        field="account_type",
        reason="a partner account, which never syncs",
        remedy="Nothing to do",
        severity=Severity.NOTE,
    ),
)


@frozen
class Subsidiary:
    """A row's value: the subsidiary that the connection names, if it is one of those that NetSuite has.

    Attributes:
        code: the connection's code.
        known: the internal ids of the subsidiaries as fetched from NetSuite; none for an account that has
            none.

    Rule: LG-CRE
    """

    code: str
    known: tuple[str, ...]

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the subsidiary's internal id, `ABSENT` where there is none to name."""
        one = connection(customer, self.code, "netsuite") or {}
        subsidiary = id_key(one.get("subsidiary_id")) or ""
        if subsidiary in self.known:
            return subsidiary
        if not subsidiary and not self.known:
            return ABSENT
        return MappedValue(value=ABSENT, issues=(_no_subsidiary(subsidiary),))


def _no_subsidiary(subsidiary: str) -> Issue:
    choice = f"subsidiary {shown(subsidiary)} is not one of" if subsidiary else "no subsidiary is chosen from"
    return evolve(SUBSIDIARY_UNKNOWN, reason=SUBSIDIARY_UNKNOWN.reason.format(choice=choice))


def shown(text: str) -> str:
    """Return an id as a message may show it: on one line, and not longer than an id is."""
    kept = "".join(filter(str.isprintable, text))
    return kept if len(kept) <= _LONGEST_SHOWN else f"{kept[:_LONGEST_SHOWN]}..."


@frozen
class CurrencyId:
    """A row's value: NetSuite's id of the customer's currency; a code that is not mapped is an error.

    A NetSuite customer can have several currencies, so that an existing one keeps the one it leads with.

    Rule: LG-CUR
    """

    currencies: Mapping[str, str]

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the id for a new customer, `ABSENT` for an existing one."""
        code = customer.currency
        if not code:
            return ABSENT
        if code in self.currencies:
            return self.currencies[code] if current is None else ABSENT
        issue = currency_for(code, BillingSettings(currencies=self.currencies))
        return MappedValue(value=code, issues=(issue,) if isinstance(issue, Issue) else ())


PLACE: Final = ("line1", "line2", "city", "postal_code", "state", "country")
"""The components that Lago's addresses have."""


@frozen
class NetSuiteNames:
    """The name fields of a NetSuite customer.

    A company, and a customer of no type, has a company name alone; an individual a first and a last name,
    and a company name too where Lago has a name. An existing NetSuite customer keeps its kind.

    Attributes:
        company_name: the name of a company without one; `""` refuses it.
        first_name: the first name of an individual without one; `""` refuses it.
        last_name: the last name of an individual without one; `""` refuses it.

    Rule: LG-CRE
    """

    company_name: str = ""
    first_name: str = ""
    last_name: str = ""

    def __call__(self, customer: Customer, current: Customer | None) -> Mapping[str, Any]:
        """Return the fields; a new customer without a name that NetSuite needs is refused, or gets one."""
        known = current is not None and isinstance(current.is_person, bool)
        is_person = (current if current is not None and known else customer).is_person is True
        given = {"company_name": customer.name}
        if is_person:
            given |= {"first_name": customer.first_name, "last_name": customer.last_name}
        values: dict[str, Any] = {field: name for field, name in given.items() if text_key(name)}
        if current is None:
            needed = ("first_name", "last_name") if is_person else ("company_name",)
            values |= {field: self._instead(field) for field in needed if field not in values}
        return {"is_person": is_person, **values}

    def _instead(self, field: str) -> MappedValue:
        """Return the value in place of a missing name, with its issue."""
        name = getattr(self, field)
        return MappedValue(
            value=name or ABSENT, issues=(evolve(_NAMED if name else LAGO_NAME_MISSING, field=field),)
        )


@frozen
class First:
    """A row's value: the first entry of a list with commas, trimmed; a note reports the others."""

    name: Literal["email", "phone"]

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the first entry; a blank field stays what it is."""
        text: Maybe[str] = getattr(customer, self.name)
        if not text:
            return text
        entries = [entry for entry in map(str.strip, text.split(",")) if entry]
        if len(entries) > 1:
            return MappedValue(value=entries[0], issues=(evolve(FIRST_OF_SEVERAL, field=self.name),))
        return entries[0] if entries else None


def or_billing_address(address: Maybe[Address], customer: Customer, _there: Maybe[Address]) -> Maybe[Address]:
    """Return the address; where Lago has no shipping address, the billing one serves as both, on one line.

    Where it has a shipping address alone, there is no billing address.

    Rule: LG-CRE
    """
    return address or customer.billing_address


_NAMED: Final = evolve(
    LAGO_NAME_MISSING,
    code="name_filled",
    reason="Lago has none, so the flow's default is used",
    remedy="Give the Lago customer this name",
    severity=Severity.WARNING,
)
