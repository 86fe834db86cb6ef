"""A NetSuite address as Lightspeed keeps one: two lines, and no attention line.

What has no place there is joined or reported, and never left behind without a report.
"""

from functools import cache
from operator import attrgetter
from typing import Any, Final, Literal, TypeAlias

from attrs import evolve, frozen

from custsync._building import evolved
from custsync.flows.lightspeed.issues import NO_PLACE, SUBURB_CLEARED
from custsync.models import ABSENT, Address, Customer, Issue
from custsync.rules.addresses import (
    UnknownCountry,
    fit_lines,
    lines,
    one_line,
    with_country_code,
    with_lines_kept,
)
from custsync.rules.fields.limits import AddressName
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.names import PLACEHOLDER
from custsync.rules.names.display import without_placeholder
from custsync.rules.normalize import text_key

AddressNames: TypeAlias = Literal["reported", "joined"]
"""What becomes of an address's attention and addressee."""

PLACE: Final = ("line1", "line2", "city", "state", "postal_code", "country")
"""The components that Lightspeed's addresses have, beside a suburb that NetSuite does not know."""

_place: Final = attrgetter(*PLACE)


@frozen
class ShopAddress:
    """A row's value: one of the two addresses, every component that Lightspeed has a place for.

    A third line joins the second, and a note reports it. The attention and addressee lines go before the
    others where `names` is `"joined"`; else a note reports that they, and the phone, are left out.
    An addressee that only repeats the customer's own name is not worth a word. `placeholder` is no part of a
    name there. `unknown_country` is as in `with_country_code`.

    Rule: LS-MAP-2, LS-CTRY, G-LOSS
    """

    name: AddressName
    names: AddressNames = "reported"
    unknown_country: UnknownCountry = "drop"
    placeholder: str = PLACEHOLDER

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the address, and what there is to report about it."""
        read = getattr(customer, self.name)
        address, issues = with_country_code(
            read, "lightspeed", unknown=self.unknown_country, path=self.name, quoted=True
        )
        if not isinstance(address, Address):
            return MappedValue(value=address, issues=issues) if issues else address
        names = _further_names(customer, address)
        value = self._with_names(address, names) if names and self.names == "joined" else address
        if value.line3:
            fitted = fit_lines(value, 2, path=self.name)
            value, issues = fitted.address, issues + fitted.issues
        left = names if self.names == "reported" else []
        if _has_other_phone(address, customer):
            left = [*left, "phone"]
        if left:
            issues += tuple([_no_place(f"{self.name}.{part}") for part in left])
        value = _without_blanks(value)
        there = getattr(current, self.name, None)
        if isinstance(there, Address):
            value = self._with_lines_kept(value, address, there)
            if there.extra.get("suburb") and not _is_near(value, there):
                value = evolved(value, extra={"suburb": None})
                issues += (evolve(SUBURB_CLEARED, field=f"{self.name}.{SUBURB_CLEARED.field}"),)
        return MappedValue(value=value, issues=issues) if issues else value

    def _with_names(self, address: Address, names: list[str]) -> Address:
        shown = [without_placeholder(getattr(address, part), self.placeholder) for part in names]
        if not any(shown):
            return address
        first, *rest = [*filter(None, shown), *lines(address)]
        return evolved(address, line1=first, line2=", ".join(rest) or None, line3=None)

    def _with_lines_kept(self, fitted: Address, source: Address, there: Address) -> Address:
        """Return the address without the lines of which too little is known to change those in Lightspeed."""
        unread = self.names == "joined" and ABSENT in (source.attention, source.addressee)
        if unread and set(lines(source)) <= set(one_line(there).split(", ")):
            return evolved(fitted, line1=ABSENT, line2=ABSENT, line3=ABSENT)
        return with_lines_kept(fitted, source, there)


@cache
def _no_place(field: str) -> Issue:
    return evolve(NO_PLACE, field=field)


def _further_names(customer: Customer, address: Address) -> list[str]:
    """Return which of the two name lines have a name that is none of the customer's own."""
    own = (None, "", ABSENT, customer.company_name, customer.alt_name)
    other = [part for part in ("attention", "addressee") if getattr(address, part) not in own]
    if not other:
        return other
    person = " ".join([name for name in (customer.first_name, customer.last_name) if name])
    keys = {text_key(name) for name in ("", *own[3:], person)}
    return [part for part in other if text_key(getattr(address, part)) not in keys]


def _has_other_phone(address: Address, customer: Customer) -> bool:
    phone, own = address.phone, customer.phone
    return bool(phone) and phone != own and text_key(phone) not in ("", text_key(own))


def _without_blanks(address: Address) -> Address:
    """Return the address with null for every blank; what was not read stays absent."""
    if "" not in _place(address):
        return address
    return evolved(address, **{part: None for part in PLACE if getattr(address, part) == ""})


def _is_near(address: Address, there: Address) -> bool:
    """Return whether both are in one town, so that the suburb, which NetSuite does not know, may stay."""
    town = [
        (getattr(address, part), getattr(there, part)) for part in ("city", "state", "postal_code", "country")
    ]
    return all(ours is ABSENT or text_key(ours) == text_key(theirs) for ours, theirs in town)
