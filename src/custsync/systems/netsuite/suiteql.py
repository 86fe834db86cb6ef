"""NetSuite's query service and the copies of its tables: the customer as one flat row of text.

Columns are the REST names in lower case. Flags are `T` and `F`. A null column is not in a row of the query
service and empty in a copy. The default addresses come as joined columns, `billing_city` and so on. A copy's own
columns (`_fivetran_active`) stay in `extra`: a filter leaves superseded rows out.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from attrs import frozen

from custsync.codec import MONEY, T_F, Column, Kind, Table, read_digits
from custsync.fields import System
from custsync.models import ABSENT, Address, Customer, Maybe
from custsync.normalize import DateOrder
from custsync.ports import Payload
from custsync.systems.netsuite import rest
from custsync.systems.netsuite.kinds import REFERENCE, STATUS, Stamps
from custsync.systems.netsuite.limits import LIMITS
from custsync.systems.netsuite.records import (
    READ_ONLY_REFERENCES,
    REFERENCES,
    TEXTS,
    customer_of,
    identify,
    read_record,
)

__all__ = ["SUITEQL", "suiteql"]

_COMPONENTS: Final = (
    ("attention", "attention"),
    ("addressee", "addressee"),
    ("line1", "address_line_1"),
    ("line2", "address_line_2"),
    ("line3", "address_line_3"),
    ("city", "city"),
    ("state", "state"),
    ("postal_code", "zip"),
    ("country", "country"),
    ("phone", "phone"),
)
_ROLES: Final = ("billing", "shipping")


def _address_columns(role: str) -> tuple[Column, ...]:
    return tuple(Column(f"{role}_{name}", f"{role}_{key}") for name, key in _COMPONENTS)


_ADDRESSES: Final = {role: _address_columns(role) for role in _ROLES}


def _read_deleted(value: Any) -> bool:
    return T_F.read(value) is True


@cache
def _table(order: DateOrder, zone: str) -> Table:
    stamp = Kind(Stamps(order, zone))
    return Table(
        (
            Column("id", "id", Kind(read_digits), required=True),
            Column("is_person", "isperson", T_F),
            *(Column(name, key.lower()) for name, key in TEXTS),
            *(Column(name, key.lower(), REFERENCE) for name, key in REFERENCES + READ_ONLY_REFERENCES),
            Column("subscription_status", "globalsubscriptionstatus", STATUS),
            Column("is_inactive", "isinactive", T_F),
            Column("balance", "balancesearch", MONEY),
            Column("created_at", "datecreated", stamp),
            Column("modified_at", "lastmodifieddate", stamp),
            Column("deleted", "_fivetran_deleted", Kind(_read_deleted)),
            *_ADDRESSES["billing"],
            *_ADDRESSES["shipping"],
        ),
        ignored=("links",),
        any_case=True,
    )


@frozen
class _Rows:
    """Reads rows of an account that writes its dates in this order, in this zone."""

    order: DateOrder
    zone: str

    def __call__(self, payload: Payload, account: str = "", mode: str = "") -> Customer:
        """Return the customer that a row describes.

        Raises:
            PayloadError: with every issue at once.
        """
        values, extra = read_record(_table(self.order, self.zone), payload)
        values["addresses"] = _addresses(values, extra)
        return customer_of(values, extra, account, mode)


def _addresses(values: dict[str, Any], extra: Mapping[str, Any]) -> Maybe[tuple[Address, ...]]:
    """Return the default addresses, one line where both are the same; absent where none was joined."""
    billing = _parts(values, "billing")
    shipping = _parts(values, "shipping")
    if not billing and not shipping:
        return ABSENT
    if billing == shipping and extra.get("defaultbillingaddress") == extra.get("defaultshippingaddress"):
        return (Address(default_billing=True, default_shipping=True, **billing),)
    lines = []
    if any(billing.values()):
        lines.append(Address(default_billing=True, **billing))
    if any(shipping.values()):
        lines.append(Address(default_shipping=True, **shipping))
    return tuple(lines)


def _parts(values: dict[str, Any], role: str) -> dict[str, Any]:
    return {
        name: values.pop(column.name)
        for (name, _), column in zip(_COMPONENTS, _ADDRESSES[role], strict=True)
        if column.name in values
    }


def suiteql(*, date_order: DateOrder = "month_first", zone: str = "UTC") -> System:
    """Return the system of an account's query service, or of a copy of its tables.

    Args:
        date_order: how the account writes dates whose year comes last: `"month_first"` or `"day_first"`.
        zone: IANA name or `UTC`: what stamps without a zone are meant in.

    Returns:
        A system whose `read` takes one row. What it writes is a REST body: the query service takes none.

    >>> row = {"id": "2052", "isperson": "F", "datecreated": "3/9/2025"}
    >>> suiteql().read(row, "", "").created_at.date().isoformat()
    '2025-03-09'
    >>> suiteql(date_order="day_first").read(row, "", "").created_at.date().isoformat()
    '2025-09-03'
    """
    return System(
        name="netsuite",
        read=_Rows(date_order, zone),
        write=rest.write,
        identify=identify,
        limits=LIMITS,
        absent_is_null=True,
    )


SUITEQL: Final = suiteql()
"""The query service of an account that writes the month first, in UTC."""
