"""What a row, or a check, makes of a customer's name by the flow's naming rule, and of its addresses."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from custsync.models import ABSENT, Address, Customer, Maybe
from custsync.rules.addresses import UnknownCountry, with_country_code
from custsync.rules.fields.limits import AddressName
from custsync.rules.fields.mapping import FieldMapping, MappedValue, NamePart, value_of
from custsync.rules.names.display import PLACEHOLDER, DisplayName, without_placeholder


@frozen
class ShownName:
    """A mapping's value: the name that the target shows, by the flow's naming rule."""

    naming: Callable[[Customer], DisplayName]

    def __call__(self, customer: Customer, _current: Customer | None) -> Maybe[str]:
        """Return the name, `ABSENT` where there is none."""
        return self.naming(customer).text or ABSENT


@frozen
class WithoutPlaceholder:
    """A mapping's value: a name field of the source without the last name that custsync invented."""

    field: str
    placeholder: str = PLACEHOLDER

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the name, null where it is nothing else; a blank one stays what it is."""
        name = value_of(customer, self.field)
        if not isinstance(name, str) or not self.placeholder or self.placeholder not in name:
            return name
        return without_placeholder(name, self.placeholder) or None


@frozen
class LacksName:
    """A check: whether the flow's naming rule finds no name for the customer."""

    naming: Callable[[Customer], DisplayName]

    def __call__(self, customer: Customer) -> bool:
        """Return whether there is none."""
        return self.naming(customer).text is None


def name_mappings(
    naming: Callable[[Customer, Customer | None], Mapping[str, Any]],
    sources: Mapping[str, tuple[str, ...]],
    rule: str,
) -> tuple[FieldMapping, ...]:
    """Return the mappings of the target's name fields; the kind is written when the customer is created.

    Args:
        naming: as of `NamePart`.
        sources: each name field of the target → the source's fields that it is made of.
        rule: the rule of all of them.
    """
    return tuple(
        FieldMapping(
            target=field,
            sources=names,
            rule=rule,
            compute=NamePart(field, naming),
            clear_on_blank=False,
            create_only=field == "is_person",
        )
        for field, names in sources.items()
    )


# Addresses


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
