"""What a field mapping or a check makes of a customer's name, by the naming rule of a flow."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from custsync.models import ABSENT, Customer, Maybe
from custsync.rules.fields.mapping import FieldMapping, value_of
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


@frozen
class NamePart:
    """A mapping's value: one of the fields that together name a customer in the target.

    `naming` is the flow's rule: the source customer, and the target's as it is (None for a create) → the
    target's name fields, `is_person` among them. A field that this customer has not is left out.
    """

    field: str
    naming: Callable[[Customer, Customer | None], Mapping[str, Any]]

    def __call__(self, customer: Customer, current: Customer | None) -> Any:
        """Return the field's value, `ABSENT` where the customer has none."""
        return self.naming(customer, current).get(self.field, ABSENT)


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
