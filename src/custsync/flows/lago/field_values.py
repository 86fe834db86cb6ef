"""What a Lago customer's fields become in NetSuite: names by its kind, the first email, both addresses."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from attrs import evolve, frozen

from custsync.flows.lago.issues import FIRST_OF_SEVERAL, LAGO_NAME_MISSING
from custsync.models import ABSENT, Address, Customer, Maybe, Severity
from custsync.rules.addresses import UnknownCountry, with_country_code
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.normalize import text_key

__all__ = ["PLACE", "BookAddress", "First", "NetSuiteNames"]

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
        """Return what stands in the place of a missing name, with its issue."""
        name = getattr(self, field)
        return MappedValue(
            value=name or ABSENT, issues=(evolve(_NAMED if name else LAGO_NAME_MISSING, field=field),)
        )


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
            return MappedValue(value=entries[0], issues=(evolve(FIRST_OF_SEVERAL, field=self.name),))
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


_NAMED: Final = evolve(
    LAGO_NAME_MISSING,
    code="name_filled",
    reason="Lago has none, so the flow's default is used",
    remedy="Give the Lago customer this name",
    severity=Severity.WARNING,
)
