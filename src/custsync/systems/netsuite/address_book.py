"""Which lines of an address book a change touches: never more than it must, and no line is ever lost."""

from collections.abc import Mapping
from typing import Any

from custsync._building import evolved
from custsync.errors import InputError
from custsync.models import ABSENT, Address, Customer, Maybe
from custsync.rules.fields.values import canonical
from custsync.systems.address_patch import COMPONENTS, overlaid


def changed_lines(values: Mapping[str, Any], current: Customer | None) -> tuple[Address, ...]:
    """Return the lines to send so that the default addresses say what `values` says.

    A line that is there keeps its id and what the new value does not say. A line that is both defaults, of
    which one changes, is left as it is: the change goes to a new line that takes that default. Two equal
    new addresses make one line. None takes the default away from its line; the line stays in the book.

    Args:
        values: may hold `billing_address` and `shipping_address`: an address, None, or `ABSENT`.
        current: the customer as last read, None for a create.

    Raises:
        InputError: the customer was read without its address book.
    """
    billing = values.get("billing_address", ABSENT)
    shipping = values.get("shipping_address", ABSENT)
    if billing is ABSENT and shipping is ABSENT:
        return ()
    there = _defaults(current)
    wanted = (_filled(billing), _filled(shipping))
    if there[0] is there[1] and ABSENT not in wanted:
        lines = _apart(there[0], *wanted)
    elif there[0] is there[1] and there[0] is not None:
        lines = (_moved(there[0], *wanted),)
    else:
        lines = (_laid(there[0], wanted[0], billing=True), _laid(there[1], wanted[1], billing=False))
    return tuple(line for line in lines if line is not None)


def _defaults(current: Customer | None) -> tuple[Address | None, Address | None]:
    if current is None:
        return None, None
    billing, shipping = current.billing_address, current.shipping_address
    if billing is ABSENT or shipping is ABSENT:
        raise InputError(
            f"{current.ref}: read without its address book; read its sub-lists before its addresses change"
        )
    return billing, shipping


def _filled(value: Maybe[Address]) -> Maybe[Address]:
    return value if value is ABSENT or canonical(value) is not None else None


def _apart(
    there: Address | None, billing: Maybe[Address], shipping: Maybe[Address]
) -> tuple[Address | None, ...]:
    """Return the lines for two defaults that are on one line so far, or nowhere."""
    if canonical(billing) == canonical(shipping):
        both = _laid(there, billing, billing=True)
        return (None if both is None else evolved(both, default_shipping=both.default_billing),)
    first = _laid(there, billing or shipping, billing=bool(billing))
    if there is not None and first is not None:
        first = evolved(first, default_billing=bool(billing), default_shipping=not billing)
    return first, _laid(None, shipping, billing=False) if billing else None


def _moved(there: Address, billing: Maybe[Address], shipping: Maybe[Address]) -> Address:
    """Return the line for the one default that leaves a line which is both."""
    is_billing = billing is not ABSENT
    value = billing if is_billing else shipping
    if not isinstance(value, Address):
        return evolved(there, default_billing=not is_billing, default_shipping=is_billing)
    return evolved(
        _stated(there, value),
        id="",
        label=ABSENT,
        default_billing=is_billing,
        default_shipping=not is_billing,
    )


def _laid(there: Address | None, value: Maybe[Address], *, billing: bool) -> Address | None:
    """Return the line with the value laid over it and the default set, or taken away for no value."""
    if there is None:
        if not isinstance(value, Address):
            return None
        return evolved(value, id="", default_billing=billing, default_shipping=not billing)
    if value is ABSENT:
        return None
    line = _stated(there, value)
    if billing:
        return evolved(line, default_billing=value is not None)
    return evolved(line, default_shipping=value is not None)


def _stated(there: Address, value: Address | None) -> Address:
    """Return the line with the value laid over it; what is blank, and was before, is left out."""
    line = there if value is None else overlaid(there, value)
    blank: dict[str, Any] = {
        part: ABSENT for part in COMPONENTS if not getattr(line, part) and not getattr(there, part)
    }
    return evolved(line, **blank)


def line_values(line: Address) -> dict[str, Any]:
    """Return the line by the names of a line's field table; a line without id is a new one."""
    return {
        "id": line.id or ABSENT,
        "label": line.label,
        "default_billing": line.default_billing,
        "default_shipping": line.default_shipping,
        "is_residential": line.is_residential,
    }
