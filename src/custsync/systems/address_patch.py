"""The addresses of a record: one laid over the one that is there, and the book that two of them make."""

from typing import Any, Final

from attrs import evolve

from custsync.models import ABSENT, Address, Maybe

__all__ = ["COMPONENTS", "book_of", "overlaid"]

COMPONENTS: Final = (
    "attention",
    "addressee",
    "line1",
    "line2",
    "line3",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
    "is_residential",
)
"""What an address says, whichever line of whichever book it stands on."""


def overlaid(there: Any, value: Address) -> Address:
    """Return the address that is there with the components that the value carries laid over it.

    >>> overlaid(Address(id="31", city="Astoria", attention="Accounts"), Address(city="Portland")).id
    '31'
    >>> overlaid(None, Address(city="Portland")).city
    'Portland'
    """
    if not isinstance(there, Address):
        return value
    carried = {name: getattr(value, name) for name in COMPONENTS if getattr(value, name) is not ABSENT}
    return evolve(there, **carried)


def book_of(billing: Maybe[Address], shipping: Maybe[Address]) -> Maybe[tuple[Address, ...]]:
    """Return the address book of a record that has one address of each kind, ABSENT if neither was read.

    >>> len(book_of(Address(default_billing=True), None)), book_of(ABSENT, ABSENT)
    (1, ABSENT)
    """
    if billing is ABSENT and shipping is ABSENT:
        return ABSENT
    return tuple(address for address in (billing, shipping) if isinstance(address, Address))
