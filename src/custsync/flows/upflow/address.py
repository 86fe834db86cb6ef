"""The address that Upflow shows, and the country in it, from the first place that names one."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from attrs import evolve, frozen

from custsync.errors import ConfigurationError
from custsync.models import ABSENT, Address, Customer, Issue, Maybe, Ref, Severity
from custsync.rules import countries
from custsync.rules.fields.mapping import MappedValue, reader_of, value_of
from custsync.rules.normalize import text_key

__all__ = ["COMPANY_INFORMATION", "PLACES", "CountryForm", "Place", "country_of"]

CountryForm: TypeAlias = Literal["name", "code"]
"""How Upflow is told a country: by its name, as in its own example, or by its code."""

COMPANY_INFORMATION: Final = "company_information"
"""The account's own company information, which is no field of a customer."""

PLACES: Final = (COMPANY_INFORMATION, "billing_address", "shipping_address")
"""Where the country is looked for, in this order."""

_NOBODY: Final = Customer(ref=Ref("netsuite", ""))
_LINES: Final = ("line1", "line2", "line3")
_WITHOUT_COLUMN: Final = ("addressee", "attention", "phone")


def country_of(
    customer: Customer, *, company_country: str = "", places: Sequence[str] = PLACES
) -> tuple[countries.Country | None, tuple[Issue, ...]]:
    """Return the customer's country, None where no place names one, and what there is to say about it.

    The places are asked in order; one that says nothing is passed over, one whose text names no country is
    reported and passed over. The place that answered stands in a note.

    Args:
        customer: the NetSuite customer.
        company_country: what the account's company information says, in any spelling; `""` for nothing.
        places: `"company_information"`, `"billing_address"`, `"shipping_address"`, or any text field of a
            customer, a custom one too (`"custom.NAME"`).

    Rule: UF-CTRY
    Source: NetSuite Customers & Contacts, "Country".

    >>> from custsync.models import Ref
    >>> leeds = Customer(ref=Ref("netsuite", "7"), addresses=(Address(default_billing=True, country="GB"),))
    >>> country, (note,) = country_of(leeds, company_country="USA")
    >>> country.alpha_2, note.reason
    ('US', 'the country is the one of company_information')
    >>> country_of(leeds, places=("shipping_address",))
    (None, ())
    """
    issues: list[Issue] = []
    for place in places:
        text = _text_at(customer, place, company_country)
        if not text_key(text):
            continue
        found = _resolved(text)
        if isinstance(found, countries.Country):
            return found, (*issues, _from(place))
        issues.append(found.as_issue(rule="UF-CTRY", field=f"{place}.country", severity=Severity.WARNING))
    return None, tuple(issues)


def _text_at(customer: Customer, place: str, company_country: str) -> str:
    if place == COMPANY_INFORMATION:
        return company_country
    value = value_of(customer, place)
    text = value.country if isinstance(value, Address) else value
    return text if isinstance(text, str) else ""


@lru_cache(maxsize=1024)
def _resolved(text: str) -> countries.Country | countries.Refusal:
    return countries.resolve_country(text, system="netsuite")


@lru_cache(maxsize=64)
def _from(place: str) -> Issue:
    return evolve(_FOUND, reason=f"the country is the one of {place}")


@frozen
class Place:
    """A row's value: the one address that Upflow shows, with its country (UF-CTRY).

    The default billing address, or the default shipping address where there is none of the other kind, which
    is reported. Its lines are joined; what has no column is reported.
    Where the source has no address, the country is said alone, and the rest stays as it is there.

    Attributes:
        company_country: what the account's company information says.
        places: where the country is looked for, in order.
        form: how a country is written: by its name, as in Upflow's own example, or by its code.
    """

    company_country: str = ""
    places: tuple[str, ...] = PLACES
    form: CountryForm = "name"

    def __attrs_post_init__(self) -> None:
        """Refuse a place that is none.

        Raises:
            ConfigurationError: a place that no customer has.
        """
        for place in self.places:
            if place == COMPANY_INFORMATION or place.startswith("custom."):
                continue
            try:
                reader_of(place)(_NOBODY)
            except AttributeError:
                raise ConfigurationError(
                    f"country_from: {place!r} is no place; there are {', '.join(PLACES)}, "
                    "and the fields of a customer"
                ) from None

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the address, `ABSENT` where none was read and no place names a country."""
        there, issues = _chosen(customer)
        country, said = country_of(customer, company_country=self.company_country, places=self.places)
        if there is ABSENT and country is None:
            return MappedValue(value=ABSENT, issues=said)
        unread: Maybe[str] = ABSENT if said else None
        written = unread if country is None else self._written(country)
        return MappedValue(value=_laid(there, written), issues=(*issues, *said))

    def _written(self, country: countries.Country) -> str:
        return country.name if self.form == "name" else country.alpha_2


def _laid(there: Maybe[Address], written: Maybe[str]) -> Address | None:
    """Return the address as Upflow has it; a country that was not understood is left as it is there."""
    if not there:
        return Address(country=written) if written else None
    return Address(
        line1=", ".join(_lines(there)) or None,
        city=there.city or None,
        state=there.state or None,
        postal_code=there.postal_code or None,
        country=written,
    )


def _lines(address: Address) -> list[str]:
    return [line for name in _LINES if (line := getattr(address, name))]


def _chosen(customer: Customer) -> tuple[Maybe[Address], tuple[Issue, ...]]:
    """Return the address to show, and what there is to say about the choice."""
    billing = customer.billing_address
    address = billing or customer.shipping_address or billing
    if not isinstance(address, Address):
        return address, ()
    issues = () if billing else (_SHIPPING_SHOWN,)
    lost = [name for name in _WITHOUT_COLUMN if getattr(address, name)]
    if lost:
        issues = (*issues, evolve(_NO_COLUMN, shape=", ".join(lost)))
    return address, issues


def _note(code: str, rule: str, field: str, reason: str, remedy: str) -> Issue:
    return Issue(code=code, rule=rule, field=field, reason=reason, remedy=remedy, severity=Severity.NOTE)


_FOUND: Final = _note("country_from", "UF-CTRY", "billing_address.country", "", "Nothing to do")
_SHIPPING_SHOWN: Final = _note(
    "shipping_shown",
    "G-LOSS",
    "billing_address",
    "there is no default billing address, so that the shipping address is shown",
    "Give the customer a billing address, if another one is right",
)
_NO_COLUMN: Final = _note(
    "no_column",
    "G-LOSS",
    "billing_address",
    "a part of the address has no column in Upflow",
    "Nothing to do: it stays in the source",
)
