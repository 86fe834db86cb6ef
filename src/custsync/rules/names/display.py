"""The name that a target shows for a customer."""

from typing import Final, Literal, TypeAlias

from attrs import frozen

from custsync.errors import ConfigurationError
from custsync.models import Customer, Maybe
from custsync.rules.normalize import as_text

__all__ = ["DisplayRule", "How", "Named", "display_name", "join_name", "stripe_name", "upflow_name"]

PLACEHOLDER: Final = "NoLastName"
"""The last name of a customer who has none (ST-NAME-4)."""

How: TypeAlias = Literal[
    "company_name",
    "first_last",
    "first_only",
    "last_only",
    "placeholder_dropped",
    "alt_name",
    "entity_id",
    "none",
]
"""Where a shown name comes from; `none` is a customer without one."""

DisplayRule: TypeAlias = Literal["SP-NAME", "UF-NAME"]
"""The two documented ways to choose a shown name."""


@frozen(repr=False)
class Named:
    """A shown name, where it comes from, and the rule that chose it; `text` is None where there is none."""

    text: str | None
    how: How
    rule: DisplayRule

    def __repr__(self) -> str:
        """Return how the name came about, not the name."""
        shape = "None" if self.text is None else f"<text {len(self.text)}>"
        return f"Named({shape}, how={self.how!r}, rule={self.rule!r})"


NO_STRIPE_NAME: Final = Named(None, "none", "SP-NAME")
NO_UPFLOW_NAME: Final = Named(None, "none", "UF-NAME")


def join_name(first: Maybe[str], last: Maybe[str], middle: Maybe[str] = None) -> str:
    """Return the parts that are there as one name, `""` where none is.

    Args:
        first: first name; null and absent read as blank.
        last: last name, likewise.
        middle: middle name or initial, likewise.

    Raises:
        InputError: a part is no text.

    >>> join_name("Ann", "Archer", "Q.")
    'Ann Q. Archer'
    >>> join_name(None, " ")
    ''
    """
    parts = (as_text(first).strip(), as_text(middle).strip(), as_text(last).strip())
    return " ".join([part for part in parts if part])


def stripe_name(
    customer: Customer, *, drop_placeholder: bool = False, placeholder: str = PLACEHOLDER
) -> Named:
    """Return "First Last" of an individual, the company name of a company.

    An individual with one of the two names shows that one. Where the source does not say which kind it is,
    a company name decides: there is one, it is shown; there is none, the customer is read as an individual.
    An individual never shows a company name, and a company never a person's. The middle name is left out, as
    the source page says.

    Args:
        customer: the customer.
        drop_placeholder: leave out a last name that is only the placeholder, so that no invoice shows it.
        placeholder: the placeholder, compared letter by letter.

    Raises:
        InputError: a name is no text.

    Rule: SP-NAME
    Source: Stripe customers page, "Company and Individual type".

    >>> from custsync.models import Ref
    >>> ref = Ref("netsuite", "7")
    >>> stripe_name(Customer(ref=ref, is_person=True, first_name="Ann", last_name="Archer")).text
    'Ann Archer'
    >>> stripe_name(Customer(ref=ref, is_person=False, first_name="Ann", last_name="Archer")).text is None
    True
    """
    if customer.is_person is not True:
        company = as_text(customer.company_name).strip()
        if company:
            return Named(company, "company_name", "SP-NAME")
        if customer.is_person is False:
            return NO_STRIPE_NAME
    first = as_text(customer.first_name).strip()
    last = as_text(customer.last_name).strip()
    if drop_placeholder and last == placeholder:
        return Named(first, "placeholder_dropped", "SP-NAME") if first else NO_STRIPE_NAME
    if first and last:
        return Named(f"{first} {last}", "first_last", "SP-NAME")
    if first:
        return Named(first, "first_only", "SP-NAME")
    return Named(last, "last_only", "SP-NAME") if last else NO_STRIPE_NAME


def upflow_name(customer: Customer) -> Named:
    """Return the company name of a customer who is no person, a person's alt name, else the entity ID.

    A person never shows a company name, and a company without one shows its entity ID, whatever its alt
    name. Where the source does not say which kind it is, the customer is read as no person.

    Args:
        customer: the customer.

    Raises:
        InputError: a name is no text.

    Rule: UF-NAME
    Source: Upflow customers and contacts page, "Customer name".

    >>> from custsync.models import Ref
    >>> ref = Ref("netsuite", "7")
    >>> upflow_name(Customer(ref=ref, is_person=True, alt_name="Ann Archer", entity_id="CUST7")).text
    'Ann Archer'
    >>> upflow_name(Customer(ref=ref, is_person=False, alt_name="Ann Archer", entity_id="CUST7")).text
    'CUST7'
    """
    if customer.is_person is True:
        text = as_text(customer.alt_name).strip()
        if text:
            return Named(text, "alt_name", "UF-NAME")
    else:
        text = as_text(customer.company_name).strip()
        if text:
            return Named(text, "company_name", "UF-NAME")
    text = as_text(customer.entity_id).strip()
    return Named(text, "entity_id", "UF-NAME") if text else NO_UPFLOW_NAME


def display_name(customer: Customer, rule: DisplayRule, *, drop_placeholder: bool = False) -> Named:
    """Return the name that the rule chooses, for callers that hold the rule as data.

    Args:
        customer: the customer.
        rule: `SP-NAME` or `UF-NAME`.
        drop_placeholder: as in `stripe_name`; the other rule shows no last name.

    Raises:
        ConfigurationError: there is no such rule.
        InputError: a name is no text.

    Rule: SP-NAME, UF-NAME

    >>> from custsync.models import Ref
    >>> display_name(Customer(ref=Ref("netsuite", "7"), company_name="Acme"), "UF-NAME").how
    'company_name'
    >>> display_name(Customer(ref=Ref("netsuite", "7")), "SP-NAME").how
    'none'
    """
    if rule == "SP-NAME":
        return stripe_name(customer, drop_placeholder=drop_placeholder)
    if rule == "UF-NAME":
        return upflow_name(customer)
    raise ConfigurationError("a shown name is chosen by SP-NAME or UF-NAME")
