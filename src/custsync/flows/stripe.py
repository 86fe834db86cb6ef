"""NetSuite ↔ Stripe: two flows, configured separately, that share one link and make no echo.

The source page, sentence by sentence:

- "As the first lookup criteria, the integration uses Stripe Customer ID": the first step of `EXPORT.match`.
- "If it does not find a match it defaults to ... the email address": the second step.
- "If no match is found, the integration creates a new Customer record in Stripe", then "writes the
  Stripe-generated customer ID back": `EXPORT.write_back`.
- "the first name and the last name ... will be used as the Name", "the Company Name field value": the row
`name`. - "it finds a match against Stripe customer id or email address in Netsuite": `IMPORT.match`.
- "name and email address are the mandatory fields": `IMPORT.requires`.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Literal

from attrs import evolve, field, frozen

from custsync import countries
from custsync.addresses import fit_lines
from custsync.eligibility import Filter, is_deleted, is_system_entity
from custsync.fields import FieldRow, Mapped, System, reader_of
from custsync.flow import Flow
from custsync.matching import MatchStep, Several, Taken
from custsync.models import ABSENT, Address, Customer, Issue, Maybe, Severity
from custsync.names import SplitName, split_name, stripe_name
from custsync.normalize import email_key, id_key
from custsync.systems import netsuite
from custsync.systems.stripe import STRIPE

__all__ = ["EXPORT", "IMPORT", "export_flow", "import_flow"]

LINK: Final = "netsuite-stripe"
"""Both directions share their sync records under this name."""

STRIPE_ID_FIELD: Final = "custentity_stripe_customer_id"
"""The NetSuite custom field that keeps the Stripe id, unless the account names it otherwise."""

NETSUITE_ID_KEY: Final = "netsuite_internal_id"
"""The Stripe metadata key that keeps the NetSuite id."""


@frozen
class Field:
    """Read one field of the source as it is."""

    name: str
    read: Callable[[Customer], Any] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare how the field is read, once for all customers."""
        object.__setattr__(self, "read", reader_of(self.name))

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the field's value."""
        return self.read(customer)


@frozen
class Constant:
    """The same value for every customer."""

    value: Any

    def __call__(self, _customer: Customer, _current: Customer | None) -> Any:
        """Return the value."""
        return self.value


# NetSuite → Stripe


def _shown_name(customer: Customer, _current: Customer | None) -> Maybe[str]:
    """Return "First Last" of an individual, the company name of a company (SP-NAME)."""
    return stripe_name(customer).text or ABSENT


def _stripe_billing(customer: Customer, _current: Customer | None) -> Any:
    return _to_stripe(customer.billing_address, "billing_address")


def _stripe_shipping(customer: Customer, _current: Customer | None) -> Any:
    address = customer.shipping_address
    if isinstance(address, Address) and not address.addressee:
        address = evolve(address, addressee=stripe_name(customer).text or "")
    return _to_stripe(address, "shipping_address")


def _to_stripe(address: Maybe[Address], name: str) -> Any:
    """Return the address as Stripe takes it: a code for a known country, and two lines.

    A third line joins the second, and that is reported.
    """
    if not isinstance(address, Address):
        return address
    if isinstance(address.country, str) and not _is_code(address.country):
        address = evolve(address, country=_code_or_text(address.country))
    if not address.line3:
        return address
    fitted = fit_lines(address, 2)
    issues = tuple(evolve(issue, field=f"{name}.{issue.field}") for issue in fitted.issues)
    return Mapped(value=fitted.address, issues=issues)


def _is_code(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isupper()  # noqa: PLR2004 - alpha-2


@lru_cache(maxsize=1024)
def _code_or_text(text: str) -> str:
    """Return the code of a country that was written out; what is not known stays, for Stripe takes any."""
    found = countries.resolve(text, system="netsuite")
    return found.alpha_2 if isinstance(found, countries.Country) else text


def export_flow(
    *,
    source: System = netsuite.REST,
    stripe_id_field: str = STRIPE_ID_FIELD,
    several: Several = Several.REVIEW,
    blocked_emails: frozenset[str] = frozenset(),
) -> Flow:
    """Return the flow from NetSuite to Stripe.

    Args:
        source: the NetSuite surface that the payloads come from: `netsuite.REST`, `netsuite.SUITEQL`,
            `netsuite.SOAP`.
        stripe_id_field: the NetSuite custom field that keeps the Stripe id.
        several: what to do when several Stripe customers share the email (SP-OUT-4).
        blocked_emails: email keys that belong to nobody (`"none@example.com"`); they match nothing.

    Rule: SP-OUT-1, SP-OUT-2, SP-OUT-3, SP-OUT-4, SP-NAME, SP-BI
    Source: Stripe, "Settings → Customers" and the data flow from NetSuite to Stripe.
    """
    kept_id = f"custom.{stripe_id_field}"
    stamp = f"custom.{NETSUITE_ID_KEY}"
    return Flow(
        name="stripe.EXPORT",
        link=LINK,
        source=source,
        target=STRIPE,
        filters=(_SYSTEM_ENTITY,),
        match=(
            MatchStep(
                rule="SP-OUT-1",
                asks="Does Stripe have the customer whose id is kept on the NetSuite customer?",
                by="id",
                reads=kept_id,
                holds="id",
                key=id_key,
                proof=True,
            ),
            MatchStep(
                rule="SP-OUT-2",
                asks="Does Stripe have a customer with the NetSuite customer's email?",
                by="email",
                reads="email",
                holds="email",
                key=email_key,
                blocked=blocked_emails,
                several=several,
                taken=Taken.PASS,
            ),
        ),
        rows=(
            FieldRow(target="name", reads=_NAME_FIELDS, rule="SP-NAME", value=_shown_name, clears=False),
            FieldRow(target="email", reads=("email",), rule="SP-OUT-1", value=Field("email")),
            FieldRow(target="phone", reads=("phone",), rule="SP-OUT-1", value=Field("phone")),
            FieldRow(
                target="billing_address",
                reads=("billing_address",),
                rule="SP-OUT-1",
                value=_stripe_billing,
                components=_STRIPE_ADDRESS,
            ),
            FieldRow(
                target="shipping_address",
                reads=("shipping_address",),
                rule="SP-OUT-1",
                value=_stripe_shipping,
                components=("addressee", "phone", *_STRIPE_ADDRESS),
            ),
            FieldRow(target=stamp, reads=("id",), rule="SP-OUT-3", value=Field("id")),
        ),
        stamp=stamp,
        write_back=kept_id,
    )


# Stripe → NetSuite


@frozen
class NetSuiteName:
    """One part of a NetSuite customer's name, out of Stripe's one name.

    An existing customer keeps its kind: a company's name goes whole to the company name, a person's is split
    (ST-NAME). For a new one the kind is the one whose name Stripe holds (`business_name`, `individual_name`),
    else `unknown_kind`.
    """

    part: Literal["is_person", "company_name", "first_name", "last_name"]
    unknown_kind: Literal["company", "person"] = "company"
    default_name: str = ""

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the part, `ABSENT` where this kind of customer has none."""
        name = customer.name or self.default_name
        if not name:
            return ABSENT
        is_person = current.is_person if current is not None else self._is_person(customer)
        if self.part == "is_person":
            return is_person is True
        if is_person is not True:
            return name if self.part == "company_name" else ABSENT
        return ABSENT if self.part == "company_name" else getattr(_split(name), self.part_of_split)

    @property
    def part_of_split(self) -> str:
        """Return the part's name in a split name."""
        return "first" if self.part == "first_name" else "last"

    def _is_person(self, customer: Customer) -> bool:
        if customer.extra.get("business_name"):
            return False
        return bool(customer.extra.get("individual_name")) or self.unknown_kind == "person"


@lru_cache(maxsize=1024)
def _split(name: str) -> SplitName:
    return split_name(name)


def _netsuite_billing(customer: Customer, _current: Customer | None) -> Any:
    return _to_netsuite(customer.billing_address, "billing_address")


def _netsuite_shipping(customer: Customer, _current: Customer | None) -> Any:
    return _to_netsuite(customer.shipping_address, "shipping_address")


def _to_netsuite(address: Maybe[Address], name: str) -> Any:
    """Return the address with its country as NetSuite's code, which is the only form that NetSuite takes."""
    if not isinstance(address, Address) or not address.country or _is_netsuite_code(address.country):
        return address
    found = countries.resolve(address.country, system="netsuite")
    if isinstance(found, countries.Country):
        return evolve(address, country=found.alpha_2)
    issue = found.as_issue(rule="G-LOSS", field=f"{name}.country")
    return Mapped(value=address, issues=(issue,))


def _is_netsuite_code(text: str) -> bool:
    return _is_code(text) and countries.is_valid(text, system="netsuite")


def _lacks_email(customer: Customer) -> bool:
    return not (customer.email or "").strip()


def _lacks_name(customer: Customer) -> bool:
    return not (customer.name or "").strip()


def import_flow(
    *,
    target: System = netsuite.REST,
    stripe_id_field: str = STRIPE_ID_FIELD,
    subsidiary: str = "",
    default_name: str = "",
    unknown_kind: Literal["company", "person"] = "company",
    blocked_emails: frozenset[str] = frozenset(),
) -> Flow:
    """Return the flow from Stripe to NetSuite.

    Args:
        target: the NetSuite surface that payloads are written for.
        stripe_id_field: the NetSuite custom field that keeps the Stripe id.
        subsidiary: internal id of the subsidiary that new customers belong to; required in OneWorld accounts.
        default_name: the name of a customer without one; `""` leaves such a customer out (SP-IN-2).
        unknown_kind: what a new customer is when Stripe does not say: a company keeps the name whole.
        blocked_emails: email keys that belong to nobody.

    Rule: SP-IN-1, SP-IN-2, SP-BI
    Source: Stripe, "Settings → Customers" and the data flow from Stripe to NetSuite.
    """
    kept_id = f"custom.{stripe_id_field}"
    parts = (
        NetSuiteName(part, unknown_kind, default_name)
        for part in ("is_person", "company_name", "first_name", "last_name")
    )
    names = tuple(
        FieldRow(
            target=part.part,
            reads=("name",),
            rule="SP-IN-1",
            value=part,
            clears=False,
            create_only=part.part == "is_person",
        )
        for part in parts
    )
    constants = (
        (
            FieldRow(
                target="subsidiary", reads=(), rule="SP-IN-2", value=Constant(subsidiary), create_only=True
            ),
        )
        if subsidiary
        else ()
    )
    return Flow(
        name="stripe.IMPORT",
        link=LINK,
        source=STRIPE,
        target=target,
        filters=(_DELETED,),
        match=(
            MatchStep(
                rule="G-DUP",
                asks="Does NetSuite have the customer whose id is kept on the Stripe customer?",
                by="id",
                reads=f"custom.{NETSUITE_ID_KEY}",
                holds="id",
                key=id_key,
                proof=True,
            ),
            MatchStep(
                rule="SP-IN-1",
                asks="Does NetSuite have a customer that keeps the Stripe customer's id?",
                by=kept_id,
                reads="id",
                holds=kept_id,
                key=id_key,
                proof=True,
            ),
            MatchStep(
                rule="SP-IN-1",
                asks="Does NetSuite have a customer with the Stripe customer's email?",
                by="email",
                reads="email",
                holds="email",
                key=email_key,
                blocked=blocked_emails,
            ),
        ),
        rows=(
            *names,
            FieldRow(target="email", reads=("email",), rule="SP-IN-1", value=Field("email")),
            FieldRow(target="phone", reads=("phone",), rule="SP-IN-1", value=Field("phone")),
            FieldRow(
                target="billing_address",
                reads=("billing_address",),
                rule="SP-IN-1",
                value=_netsuite_billing,
                clears=False,
            ),
            FieldRow(
                target="shipping_address",
                reads=("shipping_address",),
                rule="SP-IN-1",
                value=_netsuite_shipping,
                clears=False,
            ),
            FieldRow(target=kept_id, reads=("id",), rule="SP-IN-1", value=Field("id")),
            *constants,
        ),
        requires=(_NO_EMAIL,) if default_name else (_NO_NAME, _NO_EMAIL),
        stamp=kept_id,
        unique_key="external_id",
    )


_STRIPE_ADDRESS: Final = ("line1", "line2", "city", "state", "postal_code", "country")
"""What Stripe's address has; a shipping address has a name and a phone beside it."""

_NAME_FIELDS: Final = ("is_person", "company_name", "first_name", "last_name")

_SYSTEM_ENTITY: Final = Filter(
    leaves_out=is_system_entity,
    issue=Issue(
        code="system_entity",
        rule="G-ISO",
        field="id",
        reason="one of NetSuite's own records, not a customer",
        remedy="Nothing to do",
        severity=Severity.NOTE,
    ),
)
_DELETED: Final = Filter(
    leaves_out=is_deleted,
    issue=Issue(
        code="deleted",
        rule="G-DUP",
        field="deleted",
        reason="deleted in Stripe",
        remedy="Nothing to do",
        severity=Severity.NOTE,
    ),
)
_NO_NAME: Final = Filter(
    leaves_out=_lacks_name,
    issue=Issue(
        code="name_missing",
        rule="SP-IN-2",
        field="name",
        reason="a NetSuite customer cannot be created without a name",
        remedy="Give the Stripe customer a name, or the flow a default name",
    ),
)
_NO_EMAIL: Final = Filter(
    leaves_out=_lacks_email,
    issue=Issue(
        code="email_missing",
        rule="SP-IN-2",
        field="email",
        reason="a NetSuite customer cannot be created without an email",
        remedy="Give the Stripe customer an email",
    ),
)

EXPORT: Final = export_flow()
"""NetSuite → Stripe, as documented."""

IMPORT: Final = import_flow()
"""Stripe → NetSuite, as documented."""
