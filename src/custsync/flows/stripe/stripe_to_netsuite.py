"""Stripe → NetSuite."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias, get_args

from attrs import evolve, frozen

from custsync._arguments import checked
from custsync._building import evolved
from custsync.errors import ConfigurationError
from custsync.flow import Flow
from custsync.flows.stripe.shared import LINK, NETSUITE_ID_KEY, STRIPE_ID_FIELD, IfDeleted, email_to_write
from custsync.models import Address, Customer, Issue, Maybe
from custsync.rules.addresses import UnknownCountry, checked_unknown_country, fit_lines
from custsync.rules.eligibility import DELETED, Check, is_deleted
from custsync.rules.fields.limits import ADDRESSES
from custsync.rules.fields.mapping import Constant, FieldMapping, MappedValue
from custsync.rules.fields.rows import CodedAddress, LacksName, name_mappings
from custsync.rules.matching.rule import Key, OnAlreadyLinked
from custsync.rules.matching.steps import MatchStep
from custsync.rules.names.display import PLACEHOLDER, NamingRule, first_shown
from custsync.rules.names.parts import SplitName
from custsync.rules.names.split import resplit_name
from custsync.rules.normalize.emails import clean_email
from custsync.systems import netsuite
from custsync.systems.stripe import STRIPE
from custsync.systems.system import System
from custsync.systems.values import internal_id

UnknownKind: TypeAlias = Literal["company", "person"]
"""What a new customer is where Stripe does not say."""

_NAME_FIELDS: Final = ("is_person", "company_name", "first_name", "last_name")


@frozen
class NetSuiteNames:
    """The name fields of a NetSuite customer, out of Stripe's one name.

    An existing customer keeps its kind: a company's name goes whole to the company name. A person's is split
    (ST-NAME), and a part that NetSuite has already stays a part. For a new customer the kind is the one whose
    name Stripe holds (`business_name`, `individual_name`), else `unknown_kind`.

    Attributes:
        unknown_kind: what a new customer is where Stripe does not say.
        default_name: the name of a customer without one; `""` gives it none.
        placeholder: the last name of a person who has none.

    Rule: SP-NAME, SP-IN-1
    """

    unknown_kind: UnknownKind = "company"
    default_name: str = ""
    placeholder: str = PLACEHOLDER

    def __call__(self, customer: Customer, current: Customer | None) -> Mapping[str, Any]:
        """Return the fields; the issues of a split go with a part that is written, or with a new kind."""
        name = first_shown(customer, ("name",), self.placeholder).text or self.default_name
        if not name:
            return {}
        is_person = self._is_person(customer) if current is None else current.is_person is True
        if not is_person:
            return {"is_person": False, "company_name": name}
        known = [getattr(current, part, None) for part in ("first_name", "middle_name", "last_name")]
        split = _resplit(name, *known, self.placeholder)
        values: dict[str, Any] = {"is_person": True, "first_name": split.first, "last_name": split.last}
        if split.issues:
            reporting = "is_person" if current is None else _written(split, current)
            values[reporting] = MappedValue(value=values[reporting], issues=split.issues)
        return values

    def _is_person(self, customer: Customer) -> bool:
        if customer.extra.get("business_name"):
            return False
        return bool(customer.extra.get("individual_name")) or self.unknown_kind == "person"


def _written(split: SplitName, current: Customer) -> str:
    """Return which part is written, or stays without being in the name; it reports the issues."""
    return "first_name" if split.last == current.last_name or not split.first else "last_name"


@lru_cache(maxsize=1024)  # two fields are made of one split
def _resplit(name: str, first: Any, middle: Any, last: Any, placeholder: str) -> SplitName:
    return resplit_name(name, first=first, middle=middle, last=last, placeholder=placeholder)


SharedEmail: TypeAlias = Literal["review", "create"]


def unfolded(address: Maybe[Address], _customer: Customer, kept: Maybe[Address]) -> Maybe[Address]:
    """Return the address with the second and third lines that NetSuite keeps, where Stripe has them as one.

    Stripe has two lines; a third joined the second on the way there. Where the joined line was changed, it
    has no link from now on.
    """
    if not isinstance(address, Address) or not isinstance(kept, Address) or not kept.line3:
        return address
    if address.line2 == fit_lines(kept, 2).address.line2:
        return evolved(address, line2=kept.line2, line3=kept.line3)
    return evolved(address, line3=None)


def _lacks_email(customer: Customer) -> bool:
    return not clean_email(customer.email).addresses


@checked
def import_flow(  # noqa: PLR0913 - each is one setting of the integration, by name
    *,
    target: System = netsuite.REST,
    stripe_id_field: str = STRIPE_ID_FIELD,
    subsidiary: str = "",
    default_name: str = "",
    unknown_kind: UnknownKind = "company",
    placeholder: str = PLACEHOLDER,
    shared_email: SharedEmail = "review",
    deleted: IfDeleted = "review",
    blocked_emails: frozenset[str] = frozenset(),
    unknown_country: UnknownCountry = "drop",
) -> Flow:
    """Return the flow from Stripe to NetSuite.

    Args:
        target: the NetSuite surface that payloads are written for.
        stripe_id_field: the NetSuite custom field that keeps the Stripe id.
        subsidiary: internal id of the subsidiary that new customers belong to; required in OneWorld accounts.
        default_name: the name of a customer without one; `""` leaves such a customer out (SP-IN-2).
        unknown_kind: what a new customer is when Stripe does not say: a company keeps the name whole.
        placeholder: the last name of a person who has none (ST-NAME-4).
        shared_email: what to do with Stripe customers that share an email which no NetSuite customer has, or
            one that is linked to another: `"review"` for all of them, or `"create"` each.
        deleted: what to do when the id kept on the Stripe customer finds none, so that its customer was
            deleted, and no other one has the email: `"review"`, or `"create"` (SP-IN-2).
        blocked_emails: email keys that belong to no customer.
        unknown_country: what happens to an address whose country is not valid: `"drop"`, `"refuse"` or
            `"keep"`, as in `custsync.rules.addresses.with_country_code`.

    Raises:
        ConfigurationError: `unknown_country`, `shared_email` or `deleted` is none of its words.

    Rule: SP-IN-1, SP-IN-2, SP-BI
    Source: Stripe, "Settings → Customers" and the data flow from Stripe to NetSuite.
    """
    if shared_email not in get_args(SharedEmail):
        raise ConfigurationError(f"shared_email is {' or '.join(get_args(SharedEmail))}")
    linked = OnAlreadyLinked.SKIP if shared_email == "create" else OnAlreadyLinked.REVIEW
    by_email = evolve(_BY_EMAIL, blocked=blocked_emails, on_already_linked=linked)
    kept_id = f"custom.{stripe_id_field}"
    by_kept_id = evolve(_BY_KEPT_ID, keys=Key("id", right=kept_id, kind="id"), lookup=kept_id)
    naming = NetSuiteNames(unknown_kind, default_name, placeholder)
    unknown = checked_unknown_country(unknown_country)
    addresses = [CodedAddress(name, "netsuite", unknown, prepare=unfolded) for name in ADDRESSES]
    return Flow(
        name="stripe.IMPORT",
        link=LINK,
        source=STRIPE,
        target=target,
        checks=(_DELETED, _NO_EMAIL) if default_name else (_DELETED, _NO_NAME, _NO_EMAIL),
        match=(evolve(_BY_STAMP, on_deleted=deleted), by_kept_id, by_email),
        fields=(
            *name_mappings(naming, dict.fromkeys(_NAME_FIELDS, ("name",)), "SP-IN-1"),
            *_CONTACT_ROWS,
            *(evolve(_ADDRESS, target=one.name, sources=(one.name,), compute=one) for one in addresses),
            FieldMapping(target=kept_id, sources=("id",), rule="SP-IN-1"),
            *((evolve(_SUBSIDIARY, compute=Constant(subsidiary)),) if subsidiary else ()),
        ),
        source_id_field=kept_id,
        unique_key="external_id",
    )


_BY_KEPT_ID: Final = MatchStep(
    id="SP-IN-1",
    keys=Key("id", right=f"custom.{STRIPE_ID_FIELD}", kind="id"),
    question="Does NetSuite have a customer that keeps the Stripe customer's id?",
    lookup=f"custom.{STRIPE_ID_FIELD}",
    authoritative=True,
)
_BY_STAMP: Final = MatchStep(
    id="G-DUP",
    keys=Key(f"custom.{NETSUITE_ID_KEY}", right="id", kind=internal_id),
    question="Does NetSuite have the customer whose id is kept on the Stripe customer?",
    lookup="id",
    authoritative=True,
    shows_deleted=False,
)
_CONTACT_ROWS: Final = (
    FieldMapping(target="email", sources=("email",), rule="SP-IN-1", compute=email_to_write),
    FieldMapping(target="phone", sources=("phone",), rule="SP-IN-1"),
)
_ADDRESS: Final = FieldMapping(
    target="billing_address", sources=("billing_address",), rule="SP-IN-1", clear_on_blank=False
)
_SUBSIDIARY: Final = FieldMapping(
    target="subsidiary", sources=(), rule="SP-IN-2", compute=Constant(""), create_only=True
)
_BY_EMAIL: Final = MatchStep(
    id="SP-IN-1",
    keys="email",
    question="Does NetSuite have a customer with the Stripe customer's email?",
    lookup="email",
)
_DELETED: Final = Check(fails=is_deleted, issue=DELETED)
_NO_NAME: Final = Check(
    fails=LacksName(NamingRule(("name",))),
    issue=Issue(
        code="stripe_name_missing",
        rule="SP-IN-2",
        field="name",
        reason="a NetSuite customer cannot be created without a name",
        remedy="Give the Stripe customer a name, or the flow a default name",
    ),
    when="create",
)
_NO_EMAIL: Final = Check(
    fails=_lacks_email,
    issue=Issue(
        code="email_missing",
        rule="SP-IN-2",
        field="email",
        reason="a NetSuite customer cannot be created without an email",
        remedy="Give the Stripe customer an email",
    ),
    when="create",
)

IMPORT: Final = import_flow()
"""Stripe → NetSuite, as documented."""
