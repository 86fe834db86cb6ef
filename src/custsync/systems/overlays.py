"""An address laid over the one that is there, so that what it does not say stays."""

from typing import Any, Final

from attrs import evolve

from custsync.models import ABSENT, Address

__all__ = ["COMPONENTS", "overlaid"]

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
