"""The field table of a flow: which source fields make which target field, by which rule."""

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, Final

import attrs
from attrs import frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError, FlowError
from custsync.models import ABSENT, Address, Customer, Issue, Maybe
from custsync.rules.eligibility import RuleRaisedError
from custsync.rules.fields.conflicts import Conflict
from custsync.rules.fields.values import ADDRESS_COMPONENTS, canonical, is_blank

__all__ = ["NEVER_A_VALUE", "Change", "Constant", "Copied", "FieldMapping", "MappedValue"]


@frozen(kw_only=True)
class MappedValue:
    """A value, and what there is to report about how it came about."""

    value: Any = attrs.field(repr=False)
    """The computed value; `ABSENT` leaves the target field as it is."""
    issues: tuple[Issue, ...] = ()
    """What the computation reports; an error refuses the customer."""


@checked
@frozen(kw_only=True)
class FieldMapping:
    """One row of a flow's field table: which source fields make which target field, by which rule.

    Attributes:
        target: the target's field: a `Customer` attribute or `"custom.NAME"`.
        sources: the source's fields that the value depends on.
        rule: the rule's id.
        compute: the source customer, and the target customer as it is (None for a create) → the value,
            `ABSENT` for no value, or `MappedValue` where there are issues. Without it, the one source
            field is copied.
        clear_on_blank: whether a blank may clear what the target holds.
        create_only: whether the field is written when the customer is created and never after.
        conflict: who wins where both sides changed the field; the flow's policy where None.
        components: of an address, those that the target has; the others are neither compared nor written.
            All of them where none is named.
    """

    target: str
    sources: tuple[str, ...]
    rule: str
    compute: Callable[[Customer, Customer | None], Any] = attrs.field()
    clear_on_blank: bool = True
    create_only: bool = False
    conflict: Conflict | None = None
    components: tuple[str, ...] = ()
    observed: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)
    parts: Callable[[Address], tuple[Any, ...]] = attrs.field(init=False, repr=False, eq=False)

    @compute.default
    def _copies(self) -> "Copied":
        if len(self.sources) != 1:
            raise FlowError(f"field {self.target!r}: give compute, or name one source field to copy")
        return Copied(*self.sources)

    def __attrs_post_init__(self) -> None:
        """Prepare how the target's field is read, once for all customers."""
        object.__setattr__(self, "observed", reader_of(self.target))
        named = self.components or ADDRESS_COMPONENTS
        # Of one name alone an attrgetter returns the value itself; named twice, it returns a tuple.
        object.__setattr__(self, "parts", attrgetter(*(named if len(named) > 1 else named * 2)))

    def same(self, desired: Any, observed: Any) -> bool:
        """Return whether the observed value is already the desired one.

        Components that a desired address does not carry are not compared: they belong to the other side.

        >>> row = FieldMapping(target="name", sources=("name",), rule="SP-NAME", compute=reader_of)
        >>> row.same("", None), row.same("Astoria", "Portland")
        (True, False)
        >>> row.same(Address(city="Astoria"), Address(city="Astoria", attention="Accounts"))
        True
        """
        if desired is observed:
            return True
        if type(desired) is Address and type(observed) is Address:
            ours, theirs = self.parts(desired), self.parts(observed)
            return ours == theirs or all(map(_is_same_part, ours, theirs))
        blank, is_nothing = is_blank(desired), is_blank(observed)
        if blank or is_nothing:
            return blank and is_nothing
        return bool(canonical(desired) == canonical(observed))


def _is_same_part(part: Maybe[str], there: Maybe[str]) -> bool:
    return part == there or part is ABSENT or not (part or there)


NEVER_A_VALUE: Final = frozenset({int, float, list, dict, set, bytes})
"""No field of a customer is of one of these types; custom fields are what their system has."""


def computed(row: FieldMapping, customer: Customer, current: Customer | None) -> Any:
    """Return what the row computes.

    Raises:
        RuleRaisedError: its function raised, or returned what the field can never be.
    """
    try:
        value = row.compute(customer, current)
    except Exception as error:
        raise RuleRaisedError(f"the field mapping {row.target!r} [{row.rule}]") from error
    if type(value) in NEVER_A_VALUE and not row.target.startswith("custom."):
        kind = type(value).__name__
        raise RuleRaisedError(
            f"the field mapping {row.target!r} [{row.rule}] returned {kind}, no value of that field"
        )
    return value


@frozen(kw_only=True)
class Change:
    """One field of one customer, before and after; both values are kept."""

    field: str
    """The target field."""
    rule: str
    """The rule of its field mapping."""
    before: Any = attrs.field(repr=False)
    """The value that the target shows."""
    after: Any = attrs.field(repr=False)
    """The value to write."""


def _custom_value(name: str, customer: Customer) -> Any:
    return customer.custom.get(name, None if customer.whole else ABSENT)


def reader_of(name: str) -> Callable[[Customer], Any]:
    """Return a function that reads a customer's field by name; `"custom.NAME"` reads a custom field.

    >>> from custsync.models import Ref
    >>> reader_of("custom.tier")(Customer(ref=Ref("stripe", "cus_1"), custom={"tier": "gold"}))
    'gold'
    >>> reader_of("email")(Customer(ref=Ref("stripe", "cus_1")))
    ABSENT
    """
    is_custom = name.startswith("custom.")
    return partial(_custom_value, name.removeprefix("custom.")) if is_custom else attrgetter(name)


def known_reader_of(name: str, argument: str) -> Callable[[Customer], Any]:
    """Return `reader_of(name)` for a name that a caller gave in an argument.

    Raises:
        ConfigurationError: a customer has no field of that name.
    """
    if not hasattr(Customer, name.partition(".")[0]):
        raise ConfigurationError(f"{argument}: a customer has no field {name!r}")
    return reader_of(name)


@checked
@frozen
class Copied:
    """A row's value: one field of the source as it is."""

    name: str
    """The source field, `"email"` or `"custom.region"` for example."""
    read: Callable[[Customer], Any] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare how the field is read, once for all customers."""
        object.__setattr__(self, "read", reader_of(self.name))

    def __call__(self, customer: Customer, _current: Customer | None) -> Any:
        """Return the field's value."""
        return self.read(customer)


@frozen
class Constant:
    """A row's value: the same for every customer."""

    value: Any

    def __call__(self, _customer: Customer, _current: Customer | None) -> Any:
        """Return the value."""
        return self.value


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


def value_of(customer: Customer, name: str) -> Any:
    """Return a customer's field by name; `"custom.NAME"` reads a custom field.

    >>> from custsync.models import Ref
    >>> value_of(Customer(ref=Ref("stripe", "cus_1"), custom={"tier": "gold"}), "custom.tier")
    'gold'
    >>> value_of(Customer(ref=Ref("stripe", "cus_1")), "custom.tier")
    ABSENT
    """
    if name.startswith("custom."):
        return customer.custom.get(name[7:], None if customer.whole else ABSENT)
    return getattr(customer, name)
