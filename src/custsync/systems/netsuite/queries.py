"""NetSuite's query service and the copies of its tables: the customer as one flat row of text.

Columns are the REST names in lower case. Flags are `T` and `F`. A null column is not in a row of the query
service and empty in a copy. The default addresses come as joined columns, `billing_city` and so on. A copy's
own columns (`_fivetran_active`) stay in `extra`: a filter leaves superseded rows out.
"""

from functools import cache, partial
from operator import attrgetter
from typing import Any, Final

from attrs import frozen

from custsync.models import ABSENT, Address, Customer, Maybe
from custsync.payloads import MONEY, T_F, Column, Kind, Table, finish, read_all, read_digits
from custsync.protocols import Payload
from custsync.rules.normalize import DateOrder
from custsync.systems.netsuite import rest
from custsync.systems.netsuite.common import (
    READ_ONLY_REFERENCES,
    REFERENCES,
    TEXTS,
    id_of,
    read_record,
)
from custsync.systems.netsuite.field_types import REFERENCE, STATUS
from custsync.systems.netsuite.limits import LIMITS
from custsync.systems.system import System
from custsync.systems.timestamps import Stamps

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


def _joined(role: str) -> Table:
    return Table((Column(name, f"{role}_{key}") for name, key in _COMPONENTS), cls=Address, any_case=True)


BILLING: Final = _joined("billing")
SHIPPING: Final = _joined("shipping")


def _read_deleted(value: Any, _: object = None) -> bool:
    return T_F.read(value) is True


@cache
def _table(order: DateOrder, zone: str) -> Table:
    stamp = Kind(Stamps(order, zone).read)
    return Table(
        (
            Column("ref", "id", Kind(read_digits)),
            Column("is_person", "isperson", T_F),
            *(Column(name, key.lower()) for name, key in TEXTS),
            *(Column(name, key.lower(), REFERENCE) for name, key in REFERENCES + READ_ONLY_REFERENCES),
            Column("subscription_status", "globalsubscriptionstatus", STATUS),
            Column("is_inactive", "isinactive", T_F),
            Column("balance", "balancesearch", MONEY),
            Column("created_at", "datecreated", stamp),
            Column("modified_at", "lastmodifieddate", stamp),
            Column("deleted", "_fivetran_deleted", Kind(_read_deleted)),
        ),
        cls=Customer,
        ignored=("links", *BILLING.keys, *SHIPPING.keys),
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
        table = _table(self.order, self.zone)
        customer, billing, shipping = read_all(
            (partial(read_record, table, account=account, mode=mode), payload),
            (BILLING.read, payload),
            (SHIPPING.read, payload),
        )
        customer.addresses = _addresses(payload, billing, shipping)
        return finish(customer, Customer)


def _addresses(row: Payload, billing: Any, shipping: Any) -> Maybe[tuple[Address, ...]]:
    """Return the default addresses, one line where both are the same; absent where none was joined."""
    there = (_says_something(billing), _says_something(shipping))
    billing.default_billing = shipping.default_shipping = True
    if there == (True, True):
        if row.get("defaultbillingaddress", ABSENT) == row.get("defaultshippingaddress"):
            billing.default_shipping = True
            return (finish(billing, Address),)
        return (finish(billing, Address), finish(shipping, Address))
    if there == (False, False):
        return ABSENT if {*_parts(billing), *_parts(shipping)} == {ABSENT} else ()
    return (finish(billing if there[0] else shipping, Address),)


def _says_something(line: Any) -> bool:
    for part in _parts(line):  # noqa: SIM110  # the first or second part decides, and a generator costs more
        if part is not ABSENT and part:
            return True
    return False


_parts: Final = attrgetter(*(name for name, _ in _COMPONENTS))


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
        id_of=id_of,
        limits=LIMITS,
        absent_is_null=True,
    )


SUITEQL: Final = suiteql()
"""The query service of an account that writes the month first, in UTC."""
