"""What a Lago customer's fields become in NetSuite: names by its kind, the first email, both addresses."""

from typing import Any, Final, Literal, TypeAlias

from attrs import evolve, frozen

from custsync.models import ABSENT, Address, Customer, Issue, Maybe, Severity
from custsync.rules.addresses import UnknownCountry, with_country_code
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.normalize import text_key

__all__ = ["PARTS", "PLACE", "BookAddress", "First", "NetSuiteName"]

Part: TypeAlias = Literal["is_person", "company_name", "first_name", "last_name"]

PARTS: Final[tuple[Part, ...]] = ("is_person", "company_name", "first_name", "last_name")
PLACE: Final = ("line1", "line2", "city", "postal_code", "state", "country")
"""The components that Lago's addresses have."""


@frozen
class NetSuiteName:
    """A row's value: one part of a NetSuite customer's name.

    A company, and a customer of no type, has a company name alone; an individual a first and a last name,
    and a company name too where Lago has a name. An existing NetSuite customer keeps its kind.

    Attributes:
        part: which part.
        missing: the name that a customer gets whose mandatory name is missing: an individual's first or last
            name, a company's name. `""` refuses such a customer.

    Rule: LG-CRE
    """

    part: Part
    missing: str = ""

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the part, `ABSENT` where this kind of customer has none."""
        known = current is not None and isinstance(current.is_person, bool)
        is_person = (current if current is not None and known else customer).is_person is True
        if self.part == "is_person":
            return is_person
        if self.part == "company_name" or is_person:
            needed = is_person is not (self.part == "company_name")
            name = customer.name if self.part == "company_name" else getattr(customer, self.part)
            return self._filled(name, needed=needed and current is None)
        return ABSENT

    def _filled(self, name: Maybe[str], *, needed: bool) -> Any:
        if text_key(name):
            return name
        if not needed:
            return ABSENT
        if self.missing:
            return MappedValue(value=self.missing, issues=(evolve(_NAMED, field=self.part),))
        return MappedValue(value=ABSENT, issues=(evolve(_NAMELESS, field=self.part),))


@frozen
class First:
    """A row's value: the first entry of a list with commas, trimmed; a note says that there are more."""

    name: Literal["email", "phone"]

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the first entry; a blank field stays what it is."""
        text: Maybe[str] = getattr(customer, self.name)
        if not text:
            return text
        entries = [entry for entry in map(str.strip, text.split(",")) if entry]
        if len(entries) > 1:
            return MappedValue(value=entries[0], issues=(evolve(_MORE, field=self.name),))
        return entries[0] if entries else None


@frozen
class BookAddress:
    """A row's value: one of the two addresses, its country as NetSuite's code.

    Where Lago has no shipping address, the billing one serves as both, on one line. Where it has a shipping
    address alone, there is no billing address. `unknown_country` is as in `with_country_code`.

    Rule: LG-CRE, LS-CTRY
    """

    name: Literal["billing_address", "shipping_address"]
    unknown_country: UnknownCountry = "drop"

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the address, and an issue where its country is none of NetSuite's."""
        address: Maybe[Address] = getattr(customer, self.name)
        if not address and self.name == "shipping_address":
            address = customer.billing_address
        value, issues = with_country_code(
            address, "netsuite", unknown=self.unknown_country, rule="LG-CRE", path=self.name
        )
        return MappedValue(value=value, issues=issues) if issues else value


_NAMELESS: Final = Issue(
    code="name_missing",
    rule="LG-CRE",
    field="company_name",
    reason="NetSuite creates no customer without it, and Lago has none",
    remedy="Give the Lago customer this name, or the flow a name to put in its place",
)
_NAMED: Final = evolve(
    _NAMELESS,
    code="name_filled",
    reason="Lago has none, so the flow's own stands in for it",
    remedy="Give the Lago customer this name",
    severity=Severity.WARNING,
)
_MORE: Final = Issue(
    code="first_of_several",
    rule="LG-CRE",
    field="email",
    reason="the field holds several, and NetSuite takes the first",
    remedy="Nothing to do if the first is the one that NetSuite needs",
    severity=Severity.NOTE,
)
