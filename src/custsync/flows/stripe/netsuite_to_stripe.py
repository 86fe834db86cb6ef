"""NetSuite → Stripe."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve, frozen

from custsync._arguments import checked
from custsync._building import evolved
from custsync.flow import Flow
from custsync.flows.stripe.shared import LINK, NETSUITE_ID_KEY, STRIPE_ID_FIELD, IfDeleted, email_to_write
from custsync.models import ABSENT, Address, Customer, Issue, Maybe
from custsync.rules.addresses import (
    UnknownCountry,
    checked_unknown_country,
    fit_lines,
    with_country_code,
    with_lines_kept,
)
from custsync.rules.eligibility import Check
from custsync.rules.fields.limits import AddressName
from custsync.rules.fields.mapping import FieldMapping, MappedValue
from custsync.rules.fields.rows import ShownName
from custsync.rules.matching.rule import Key, OnAlreadyLinked, OnMultiple
from custsync.rules.matching.steps import MatchStep
from custsync.rules.names.display import (
    PLACEHOLDER,
    DisplayName,
    first_shown,
    order_by_kind,
    without_placeholder,
)
from custsync.rules.normalize.emails import clean_email, email_key
from custsync.systems import netsuite
from custsync.systems.stripe import STRIPE
from custsync.systems.system import System

_STRIPE_ADDRESS: Final = ("line1", "line2", "city", "state", "postal_code", "country")
"""What Stripe's address has; a shipping address has a name and a phone beside it."""


@frozen
class StripeName:
    """The naming rule of Stripe: "First Last" of an individual, the company name of a company.

    An individual with one of the two names shows that one. Where NetSuite does not say which kind it is, a
    company name decides: there is one, it is shown; there is none, the customer is read as an individual. An
    individual never shows a company name, and a company never a person's. The middle name is left out, as the
    source page has it.

    Attributes:
        placeholder: the invented last name, which is never shown; `""` shows it, as the page has it by the
            letter.

    Rule: SP-NAME
    Source: Stripe customers page, "Company and Individual type".

    >>> from custsync.models import Ref
    >>> ref = Ref("netsuite", "7")
    >>> StripeName()(Customer(ref=ref, is_person=True, first_name="Ann", last_name="Archer")).text
    'Ann Archer'
    >>> StripeName()(Customer(ref=ref, is_person=False, first_name="Ann", last_name="Archer")).text is None
    True
    """

    placeholder: str = PLACEHOLDER

    def __call__(self, customer: Customer) -> DisplayName:
        """Return the name."""
        return first_shown(customer, order_by_kind(customer), self.placeholder)


@frozen
class StripeAddress:
    """A row's value: one of the two addresses as Stripe takes it: the code of a known country, and two lines.

    A third line joins the second, and that is reported. A shipping address has a name, the customer's by
    `naming` where it has none. `unknown_country` is as in `with_country_code`.

    Rule: SP-OUT-1, LS-CTRY, G-LOSS
    """

    name: AddressName
    unknown_country: UnknownCountry = "drop"
    naming: StripeName = StripeName()

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the address, and what there is to report about it."""
        read = getattr(customer, self.name)
        address, issues = with_country_code(read, "stripe", unknown=self.unknown_country, path=self.name)
        if not isinstance(address, Address):
            return MappedValue(value=address, issues=issues) if issues else address
        there: Maybe[Address] = getattr(current, self.name, None) if current is not None else None
        if address.line3:
            fitted = fit_lines(address, 2, path=self.name)
            issues += fitted.issues
            address = with_lines_kept(fitted.address, address, there)
        elif there:
            address = with_lines_kept(address, address, there)
        keeps_name = isinstance(there, Address) and there.addressee and address.addressee is ABSENT
        if self.name == "shipping_address" and not keeps_name:
            shown = without_placeholder(address.addressee or "", self.naming.placeholder)
            shown = shown or self.naming(customer).text or ""
            address = address if shown == address.addressee else evolved(address, addressee=shown)
        return MappedValue(value=address, issues=issues) if issues else address


@checked
def export_flow(
    *,
    source: System = netsuite.REST,
    stripe_id_field: str = STRIPE_ID_FIELD,
    several: OnMultiple = OnMultiple.REVIEW,
    deleted: IfDeleted = "review",
    blocked_emails: frozenset[str] = frozenset(),
    placeholder: str = PLACEHOLDER,
    unknown_country: UnknownCountry = "drop",
) -> Flow:
    """Return the flow from NetSuite to Stripe.

    Args:
        source: the NetSuite surface of the payloads: `netsuite.REST`, `netsuite.SUITEQL`, `netsuite.SOAP`.
        stripe_id_field: the NetSuite custom field that keeps the Stripe id.
        several: what to do when several Stripe customers share the email (SP-OUT-4).
        deleted: what to do when the kept id is one of a deleted Stripe customer, and no other one has the
            email: `"review"`, for a person deleted it on purpose, or `"create"` (SP-OUT-1).
        blocked_emails: email keys that belong to no customer (`"none@example.com"`); they match nothing.
        placeholder: the last name that custsync invents for NetSuite (ST-NAME-4), which Stripe never shows;
            `""` shows it (SP-NAME).
        unknown_country: what happens to an address whose country is not valid: `"drop"`, `"refuse"` or
            `"keep"`, as in `custsync.rules.addresses.with_country_code`.

    Raises:
        ConfigurationError: `unknown_country` or `deleted` is none of its words.

    Rule: SP-OUT-1, SP-OUT-2, SP-OUT-3, SP-OUT-4, SP-NAME, SP-BI
    Source: Stripe, "Settings → Customers" and the data flow from NetSuite to Stripe.
    """
    kept_id = f"custom.{stripe_id_field}"
    by_kept_id = evolve(_BY_KEPT_ID, keys=Key(kept_id, right="id", kind="id"), on_deleted=deleted)
    by_email = evolve(_BY_EMAIL, on_multiple=several, blocked=blocked_emails)
    naming = StripeName(placeholder)
    unknown = checked_unknown_country(unknown_country)
    return Flow(
        name="stripe.EXPORT",
        link=LINK,
        source=source,
        target=STRIPE,
        checks=(*netsuite.NOT_CUSTOMERS, _UNNAMED),
        match=(by_kept_id, by_email),
        fields=(
            evolve(_NAME, compute=ShownName(naming)),
            *_CONTACT_ROWS,
            *(evolve(row, compute=StripeAddress(name, unknown, naming)) for name, row in _ADDRESSES.items()),
            FieldMapping(target=_STAMP, sources=("id",), rule="SP-OUT-3"),
        ),
        source_id_field=_STAMP,
        write_back=kept_id,
    )


_BY_KEPT_ID: Final = MatchStep(
    id="SP-OUT-1",
    keys=Key(f"custom.{STRIPE_ID_FIELD}", right="id", kind="id"),
    question="Does Stripe have the customer whose id is kept on the NetSuite customer?",
    lookup="id",
    authoritative=True,
)
_BY_EMAIL: Final = MatchStep(
    id="SP-OUT-2",
    keys="email",
    question="Does Stripe have a customer with the NetSuite customer's email?",
    lookup="email",
    on_already_linked=OnAlreadyLinked.SKIP,
)
_STAMP: Final = f"custom.{NETSUITE_ID_KEY}"
_NAME: Final = FieldMapping(
    target="name",
    sources=("is_person", "company_name", "first_name", "last_name"),
    rule="SP-NAME",
    compute=ShownName(StripeName()),
    clear_on_blank=False,
)
_CONTACT_ROWS: Final = (
    FieldMapping(target="email", sources=("email",), rule="SP-OUT-1", compute=email_to_write),
    FieldMapping(target="phone", sources=("phone",), rule="SP-OUT-1"),
)
_ADDRESSES: Final[Mapping[AddressName, FieldMapping]] = {
    "billing_address": FieldMapping(
        target="billing_address", sources=("billing_address",), rule="SP-OUT-1", components=_STRIPE_ADDRESS
    ),
    "shipping_address": FieldMapping(
        target="shipping_address",
        sources=("shipping_address",),
        rule="SP-OUT-1",
        components=("addressee", "phone", *_STRIPE_ADDRESS),
    ),
}
"""The two addresses, with the components that Stripe has of each."""


def _lacks_name_and_email(customer: Customer) -> bool:
    has_email = bool(customer.email) and email_key(customer.email) is not None
    return not has_email and _NAMING(customer).text is None and not clean_email(customer.email).addresses


_NAMING: Final = StripeName()
_UNNAMED: Final = Check(
    fails=_lacks_name_and_email,
    issue=Issue(
        code="name_and_email_missing",
        rule="SP-OUT-3",
        field="name",
        reason="the customer has neither a name nor an email, so that it could not be identified in Stripe",
        remedy="Give the NetSuite customer one of them",
    ),
    when="create",
)

EXPORT: Final = export_flow()
"""NetSuite → Stripe, as documented."""
