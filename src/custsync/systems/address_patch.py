"""The addresses of a record: the columns of one, and one laid over the one that is there."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from custsync.models import ABSENT, Address
from custsync.payloads import Column

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
"""What an address says, whichever line of whichever book it is on."""


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


def address_columns(role: str, keys: Mapping[str, str], prefix: str = "") -> tuple[Column, ...]:
    """Return the columns of an address whose components are keys of the record itself.

    Args:
        role: which address, `"billing_address"`.
        keys: our name of each component → its key.
        prefix: what each key begins with.

    >>> address_columns("billing_address", {"city": "town"})[0].name
    'billing_address.city'
    """
    return tuple(Column(f"{role}.{name}", prefix + key) for name, key in keys.items())
