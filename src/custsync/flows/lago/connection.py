"""What a Lago customer's own connection says: whether it is synced, to whom, and where it belongs."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from custsync.flows.lago.billing import BillingSettings, currency_for
from custsync.models import ABSENT, Customer, Issue, Severity
from custsync.rules.eligibility import Check
from custsync.rules.fields.mapping import MappedValue
from custsync.systems.lago import is_partner
from custsync.systems.lago_links import Connection, connection, has_links

__all__ = ["PARTNER", "UNREAD", "CurrencyId", "Subsidiary", "named", "unnamed", "unset"]

_LONGEST_SHOWN: Final = 40


def named(customer: Customer, code: str) -> Connection | None:
    """Return the customer's connection of that code, None where it names no such NetSuite connection.

    Rule: LG-MULTI
    """
    return connection(customer, code, "netsuite")


@frozen
class _IsUnnamed:
    code: str

    def __call__(self, customer: Customer) -> bool:
        return named(customer, self.code) is None


@frozen
class _IsUnset:
    code: str

    def __call__(self, customer: Customer) -> bool:
        one = named(customer, self.code)
        return one is None or (
            one.sync_with_provider is not True and not (one.external_customer_id or "").strip()
        )


def unnamed(code: str) -> Check:
    """Return the check that leaves out who does not name this connection.

    Rule: LG-MULTI
    """
    return Check(fails=_IsUnnamed(code), issue=_NOT_CONNECTED)


def unset(code: str) -> Check:
    """Return the check that leaves out who is neither to be created nor linked.

    Rule: LG-CRE, LG-LINK
    """
    return Check(fails=_IsUnset(code), issue=_NEITHER)


_NOT_CONNECTED: Final = Issue(
    code="not_connected",
    rule="LG-MULTI",
    field="integration_customers",
    reason="the customer does not name this NetSuite connection",
    remedy="Choose the connection on the Lago customer, if it is to be synced here",
    severity=Severity.NOTE,
)
_NEITHER: Final = Issue(
    code="neither_created_nor_linked",
    rule="LG-LINK",
    field="integration_customers",
    reason="the connection neither asks for a new NetSuite customer nor names an existing one",
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
        reason="the customer was read without its links, so that nobody knows whether it is to be synced",
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
        one = named(customer, self.code)
        subsidiary = (one.subsidiary_id if one is not None else None) or ""
        if subsidiary in self.known:
            return subsidiary
        if not subsidiary and not self.known:
            return ABSENT
        return MappedValue(value=ABSENT, issues=(_no_subsidiary(subsidiary),))


def _no_subsidiary(subsidiary: str) -> Issue:
    said = f"subsidiary {shown(subsidiary)} is not one of" if subsidiary else "no subsidiary is chosen from"
    return Issue(
        code="subsidiary_unknown",
        rule="LG-CRE",
        field="subsidiary",
        reason=f"{said} the list that was fetched from NetSuite",
        remedy="Choose one of the list on the Lago customer's connection",
    )


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
