"""What a field mapping makes of an address: the country as the target's code."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from custsync.models import Address, Customer, Maybe
from custsync.rules.addresses import UnknownCountry, with_country_code
from custsync.rules.fields.limits import AddressName
from custsync.rules.fields.mapping import MappedValue


def as_it_is(address: Maybe[Address], _customer: Customer, _there: Maybe[Address]) -> Maybe[Address]:
    """Return the source's address."""
    return address


@frozen
class CodedAddress:
    """A mapping's value: one of the two addresses, with the target's code of its country.

    Attributes:
        name: the address's field.
        system: the target, as `with_country_code` names it.
        unknown_country: as in `with_country_code`.
        rule: the rule of what is reported.
        prepare: the address, its customer and the address that the target has → the address to write.

    Rule: LS-CTRY
    """

    name: AddressName
    system: str
    unknown_country: UnknownCountry = "drop"
    rule: str = "LS-CTRY"
    prepare: Callable[[Maybe[Address], Customer, Maybe[Address]], Maybe[Address]] = as_it_is

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the address, and an issue where its country is none of the target's."""
        there = getattr(current, self.name, None)
        address = self.prepare(getattr(customer, self.name), customer, there)
        value, issues = with_country_code(
            address, self.system, unknown=self.unknown_country, rule=self.rule, path=self.name
        )
        return MappedValue(value=value, issues=issues) if issues else value
