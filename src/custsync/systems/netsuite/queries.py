"""NetSuite's query service and the copies of its tables: the customer as one flat row of text.

Columns are the REST names in lower case. Flags are `T` and `F`. A null column is not in a row of the query
service and empty in a copy. The default addresses come as joined columns, `billing_city` and so on. A copy's
own columns (`_fivetran_active`) stay in `extra`: a filter leaves superseded rows out.
"""

from collections.abc import Iterable
from functools import cache, partial
from typing import Any, Final

from attrs import evolve, frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.models import ABSENT, Address, Customer, Maybe
from custsync.payloads import T_F, Column, Kind, Table
from custsync.protocols import Payload
from custsync.rules.fields.limits import ADDRESSES
from custsync.rules.normalize.timestamps import DateOrder, read_stamp
from custsync.systems.netsuite.common import CUSTOM, columns_of, id_of
from custsync.systems.netsuite.field_types import BALANCE, CUSTOM_MARK, tolerant
from custsync.systems.netsuite.records import write_rest
from custsync.systems.netsuite.stubs import refuse_stub
from custsync.systems.netsuite.writes import LIMITS, takes
from custsync.systems.system import System
from custsync.systems.values import Stamps, address_columns

QUERY: Final = """\
SELECT c.*,
    b.attention AS billing_attention, b.addressee AS billing_addressee, b.addr1 AS billing_address_line_1,
    b.addr2 AS billing_address_line_2, b.addr3 AS billing_address_line_3, b.city AS billing_city,
    b.state AS billing_state, b.zip AS billing_zip, b.country AS billing_country,
    b.addrphone AS billing_phone,
    s.attention AS shipping_attention, s.addressee AS shipping_addressee, s.addr1 AS shipping_address_line_1,
    s.addr2 AS shipping_address_line_2, s.addr3 AS shipping_address_line_3, s.city AS shipping_city,
    s.state AS shipping_state, s.zip AS shipping_zip, s.country AS shipping_country,
    s.addrphone AS shipping_phone
FROM customer c
LEFT JOIN customeraddressbookentityaddress b ON c.defaultbillingaddress = b.nkey
LEFT JOIN customeraddressbookentityaddress s ON c.defaultshippingaddress = s.nkey"""
"""The query whose rows `SUITEQL` reads: all of a customer, and its default addresses."""

ALWAYS: Final = ("links", "id", "isperson", "isinactive")
"""The keys that the service answers with every row of that query; a key that it leaves out is null."""

_COMPONENTS: Final = {
    "attention": "attention",
    "addressee": "addressee",
    "line1": "address_line_1",
    "line2": "address_line_2",
    "line3": "address_line_3",
    "city": "city",
    "state": "state",
    "postal_code": "zip",
    "country": "country",
    "phone": "phone",
}
_FLAGS: Final = frozenset({"isperson", "isinactive"})
"""The columns that are never null."""


def _read_deleted(value: Any, _: object = None) -> bool:
    return T_F.read(value) is True


def _columns(order: DateOrder, zone: str) -> tuple[Column, ...]:
    stamp = tolerant(Stamps(order, zone).read)
    return (
        *columns_of(flag=T_F, is_lower=True),
        Column("balance", "balancesearch", BALANCE),
        Column("created_at", "datecreated", stamp),
        Column("modified_at", "lastmodifieddate", stamp),
        Column("deleted", "_fivetran_deleted", Kind(_read_deleted), null_is_left_out=False),
        *address_columns("billing_address", _COMPONENTS, "billing_"),
        *address_columns("shipping_address", _COMPONENTS, "shipping_"),
    )


@cache
def _table(order: DateOrder, zone: str, selected: frozenset[str] | None) -> Table:
    """Return the table of an account whose query selects these columns; None: those of `QUERY`."""
    columns = [
        column if selected is None or column.key in selected else evolve(column, null_is_left_out=False)
        for column in _columns(order, zone)
    ]
    return Table(
        columns,
        cls=Customer,
        system="netsuite",
        ignored=("links",),
        any_case=True,
        always=ALWAYS if selected is None else ("id", *_FLAGS & selected),
        custom=CUSTOM,
        complete=partial(_complete, selected),
    )


@frozen
class _Rows:
    """Reads rows of an account that writes its dates in this order, in this zone."""

    order: DateOrder
    zone: str
    selected: frozenset[str] | None

    @property
    def table(self) -> Table:
        """Return the table of the account."""
        return _table(self.order, self.zone, self.selected)

    def __call__(self, payload: Payload, account: str = "", mode: str = "") -> Customer:
        """Return the customer that a row describes.

        Raises:
            PayloadError: with every issue at once; or it is a stub.
        """
        return self.table.read_record(payload, account, mode)  # type: ignore[no-any-return]


def _complete(selected: frozenset[str] | None, customer: Any, row: Payload, places: Payload, *_: str) -> None:
    """Set the customer's book, and what is null of the custom fields that were selected; refuse a stub."""
    refuse_stub(customer, row)
    customer.addresses = _addresses(row, *(places.get(name, ABSENT) for name in ADDRESSES))
    if selected is not None and customer.whole:
        customs = dict.fromkeys(name for name in selected if name.startswith(CUSTOM_MARK))
        customer.custom, customer.whole = {**customs, **customer.custom}, False


def _addresses(row: Payload, billing: Maybe[Address], shipping: Maybe[Address]) -> Maybe[tuple[Address, ...]]:
    """Return the default addresses, one line where both are the same; absent where none was joined.

    Where one of them was not joined, nothing is known of that default.
    """
    if billing and row.get("defaultbillingaddress", ABSENT) == row.get("defaultshippingaddress"):
        return (evolve(billing, default_shipping=True),)
    known = {"default_billing": billing is not ABSENT, "default_shipping": shipping is not ABSENT}
    lines = tuple(line for line in (billing, shipping) if line)
    if len(lines) > 1 or all(known.values()):
        return lines
    if not any(known.values()):
        return ABSENT
    unknown: dict[str, Any] = {flag: ABSENT for flag, is_known in known.items() if not is_known}
    return tuple(evolve(line, **unknown) for line in lines or (Address(),))


@checked
def suiteql(
    *, date_order: DateOrder = "month_first", zone: str = "UTC", columns: Iterable[str] | None = None
) -> System:
    """Return the system of an account's query service, or of a copy of its tables.

    Args:
        date_order: how the account writes dates whose year comes last: `"month_first"` or `"day_first"`.
        zone: IANA name or `UTC`: what stamps without a zone are meant in.
        columns: the columns that the query selects, in any case: those that a row leaves out are null. None:
            those of `QUERY`, in the rows as the service answers them, each with its `links`. A row without
            them may be anybody's: what it leaves out is not known, and a caller who strips the links names
            the columns. None at all, `()`, for a table whose rows leave nothing out, as those of a file.

    Returns:
        A system whose `read` takes one row. What it writes is a REST body: the query service takes none.

    Raises:
        ConfigurationError: `columns` is one text, or holds something else than texts; or there is no such
            zone or order.

    >>> row = {"id": "2052", "isperson": "F", "datecreated": "3/9/2025"}
    >>> suiteql().read(row, "", "").created_at.date().isoformat()
    '2025-03-09'
    >>> suiteql(date_order="day_first").read(row, "", "").created_at.date().isoformat()
    '2025-09-03'
    >>> suiteql(columns=["id", "isperson", "phone"]).read(row, "", "").phone is None
    True
    """
    if (date_order, zone) != ("month_first", "UTC"):
        read_stamp("1/2/2025", order=date_order, zone=zone or "UTC")
    return System(
        name="netsuite",
        read=_Rows(date_order, zone, _selected(columns)),
        write=write_rest,
        id_of=id_of,
        limits=LIMITS,
        takes=takes,
    )


def _selected(columns: object) -> frozenset[str] | None:
    if columns is None:
        return None
    names = tuple(columns) if isinstance(columns, Iterable) and not isinstance(columns, str) else (columns,)
    if isinstance(columns, str) or not all(isinstance(name, str) for name in names):
        raise ConfigurationError("columns are the names that a query selects, texts in a list")
    return frozenset(str(name).strip().lower() for name in names)


SUITEQL: Final = suiteql()
"""The query service of an account that writes the month first, in UTC."""
