"""The address that Upflow shows, and the country in it, from the first place that names one."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final, Literal, TypeAlias

from attrs import evolve, frozen

from custsync._building import builder, finish
from custsync.errors import ConfigurationError
from custsync.flows.upflow import issues
from custsync.models import ABSENT, Address, Customer, Issue, Maybe, Ref
from custsync.rules import countries
from custsync.rules.addresses import UnknownCountry, lines, with_country_code, with_lines_kept
from custsync.rules.fields.mapping import MappedValue, reader_of, value_of
from custsync.rules.normalize import text_key

CountryForm: TypeAlias = Literal["name", "code"]
"""How a country is written for Upflow: by its name, as in its own example, or by its code."""

COMPANY_INFORMATION: Final = "company_information"
"""The account's own company information, which is no field of a customer."""

PLACES: Final = ("billing_address", "shipping_address", COMPANY_INFORMATION)
"""Where the country is looked for, in this order: the customer's own address first, then the account's."""

_OWN: Final = PLACES[:2]
_NOBODY: Final = Customer(ref=Ref("netsuite", ""))
_ADDRESS: Final = builder(Address)
_WITHOUT_COLUMN: Final = ("addressee", "attention", "phone")


@frozen
class Place:
    """A row's value: the one address that Upflow shows, with its country.

    The default billing address, or the default shipping address where there is none of the other kind, which
    is reported. Its lines are joined; what has no column is reported. Where the source has no address, the
    country is written alone, and the rest stays as it is there.

    The country is the one of the first place that names one: by default the customer's own address, then the
    account's company information. A note names that place. A warning names where the account's country and
    the one of the customer's own address differ.

    Attributes:
        account: the country of the account's company information, None where it is not given.
        places: where the country is looked for, in order.
        form: how a country is written: by its name, as in Upflow's own example, or by its code.
        unknown_country: as in `with_country_code`, for whatever place the text is in.

    Rule: UF-CTRY, LS-CTRY
    Source: NetSuite Customers & Contacts, "Country".
    """

    account: countries.Country | None = None
    places: tuple[str, ...] = PLACES
    form: CountryForm = "name"
    unknown_country: UnknownCountry = "drop"

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

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the address, `ABSENT` where none was read and no place names a country."""
        shown, chosen = _chosen(customer)
        there = None if current is None else current.billing_address
        place, text = self._first(customer, self.places)
        kept = there is not None and self._is_kept(customer, place, there)
        if not place or kept:
            value = _joined(shown, ABSENT if kept else None, there) if isinstance(shown, Address) else shown
            return MappedValue(value=value, issues=chosen) if chosen else value
        country, reported = _country(text, place, self.unknown_country, self.form)
        if country is ABSENT:
            return MappedValue(value=ABSENT, issues=reported)
        if self.account is not None:
            own = [one for one in self.places if one in _OWN] or _OWN
            stated = text if place in _OWN else self._first(customer, own)[1]
            reported += _differing(stated, self.account.alpha_2) if stated else ()
        reported = (*chosen, *reported, _country_from(place))
        return MappedValue(value=_joined(shown, country, there), issues=reported)

    def _first(self, customer: Customer, places: Sequence[str]) -> tuple[str, str]:
        """Return the first place that has a country, and the text there; two empty texts where none has."""
        for place in places:
            text = self._text_at(customer, place)
            if text and _key(text):
                return place, text
        return "", ""

    def _is_kept(self, customer: Customer, place: str, there: Maybe[Address]) -> bool:
        """Return whether a place before this one was not read, so that the country that is there stays."""
        if not isinstance(there, Address) or not there.country:
            return False
        before = self.places[: self.places.index(place)] if place else self.places
        return any(one != COMPANY_INFORMATION and _country_at(customer, one) is ABSENT for one in before)

    def _text_at(self, customer: Customer, place: str) -> str:
        if place == COMPANY_INFORMATION:
            return self.account.alpha_2 if self.account else ""
        text = _country_at(customer, place)
        return text if isinstance(text, str) else ""


def account_country(text: str) -> countries.Country | None:
    """Return the country of the account's company information, None for a blank text.

    Args:
        text: what the account's company information has, in any spelling.

    Raises:
        ConfigurationError: the text names no country.

    Rule: UF-CTRY

    >>> account_country("_unitedKingdom").alpha_2
    'GB'
    >>> account_country("Atlantis")
    Traceback (most recent call last):
        ...
    custsync.errors.ConfigurationError: company_country names no country: no country or state has this name or
    code
    """
    if not text_key(text):
        return None
    found = countries.resolve_country(text, system="upflow")
    if isinstance(found, countries.Refusal):
        reason = found.as_issue(rule="UF-CTRY", field="company_country").reason
        raise ConfigurationError(f"company_country names no country: {reason}")
    return found


@lru_cache(maxsize=1024)
def _country(
    text: str, place: str, unknown: UnknownCountry, form: CountryForm
) -> tuple[Maybe[str], tuple[Issue, ...]]:
    """Return the country as it is written, `ABSENT` where it is not, and what there is to report about it."""
    coded, reported = with_country_code(
        Address(country=text), "upflow", unknown=unknown, rule="UF-CTRY", path=place
    )
    if not isinstance(coded, Address):
        return ABSENT, reported
    code = coded.country or None
    found = countries.resolve_country(code, system="upflow") if form == "name" else None
    return found.name if isinstance(found, countries.Country) else code, reported


_key: Final = lru_cache(maxsize=1024)(text_key)
"""Customers come with few spellings of a country."""


@lru_cache(maxsize=1024)
def _differing(text: str, account: str) -> tuple[Issue, ...]:
    """Return a warning where the account's country is another one than the customer's own address has."""
    found = countries.resolve_country(text, system="upflow")
    if not isinstance(found, countries.Country) or found.alpha_2 == account:
        return ()
    reason = issues.COUNTRY_DIFFERS.reason.format(found.alpha_2, account)
    return (evolve(issues.COUNTRY_DIFFERS, reason=reason),)


@cache
def _country_from(place: str) -> Issue:
    return evolve(issues.COUNTRY_FROM, reason=issues.COUNTRY_FROM.reason.format(place))


def _country_at(customer: Customer, place: str) -> Any:
    value = value_of(customer, place)
    return value.country if isinstance(value, Address) else value


def _joined(shown: Maybe[Address], country: Maybe[str], there: Maybe[Address]) -> Address:
    """Return the address as Upflow has it; the country alone where the source has no address."""
    if not isinstance(shown, Address):
        return Address(country=country)
    unread = shown.line1 is shown.line2 is shown.line3 is ABSENT
    made = _ADDRESS(
        line1=ABSENT if unread else ", ".join(lines(shown)) or None,
        city=None if shown.city == "" else shown.city,
        state=None if shown.state == "" else shown.state,
        postal_code=None if shown.postal_code == "" else shown.postal_code,
        country=country,
    )
    fitted = finish(made, Address)
    return with_lines_kept(fitted, shown, there) if there else fitted


def _chosen(customer: Customer) -> tuple[Maybe[Address], tuple[Issue, ...]]:
    """Return the address to show, and what there is to report about the choice."""
    billing = customer.billing_address
    address = billing or customer.shipping_address or billing
    if not isinstance(address, Address):
        return address, ()
    lost = ", ".join([name for name in _WITHOUT_COLUMN if getattr(address, name)])
    reported = (() if billing else (issues.SHIPPING_SHOWN,)) + ((_no_column(lost),) if lost else ())
    return address, reported


@cache
def _no_column(lost: str) -> Issue:
    return evolve(issues.NO_COLUMN, shape=lost)
