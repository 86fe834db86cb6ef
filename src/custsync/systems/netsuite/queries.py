"""NetSuite's query service and the copies of its tables: the customer as one flat row of text.

Columns are the REST names in lower case. Flags are `T` and `F`. A null column is not in a row of the query
service and empty in a copy. The default addresses come as joined columns, `billing_city` and so on. A copy's
own columns (`_fivetran_active`) stay in `extra`: a filter leaves superseded rows out.
"""

from collections.abc import Iterable, Mapping
from functools import cache, partial
from operator import attrgetter
from typing import Any, Final

from attrs import evolve, frozen

from custsync._arguments import checked
from custsync.errors import ConfigurationError
from custsync.models import ABSENT, Address, Customer, Maybe
from custsync.payloads import T_F, Column, Kind, Table
from custsync.protocols import Payload
from custsync.rules.normalize.timestamps import DateOrder, read_stamp
from custsync.systems.ids import read_record_id
from custsync.systems.netsuite import rest
from custsync.systems.netsuite.common import CUSTOM, READ_ONLY_REFERENCES, REFERENCES, TEXTS, id_of, reference
from custsync.systems.netsuite.field_types import BALANCE, CUSTOM_MARK, REFERENCE, STATUS, tolerant
from custsync.systems.netsuite.fields import LIMITS, takes
from custsync.systems.netsuite.stubs import refuse_stub
from custsync.systems.system import System
from custsync.systems.timestamps import Stamps

__all__ = ["QUERY", "SUITEQL", "suiteql"]

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
_parts: Final = attrgetter(*(name for name, _ in _COMPONENTS))


def _read_deleted(value: Any, _: object = None) -> bool:
    return T_F.read(value) is True


def _columns(order: DateOrder, zone: str) -> tuple[Column, ...]:
    stamp = tolerant(Stamps(order, zone).read)
    return (
        Column("ref", "id", Kind(read_record_id)),
        Column("is_person", "isperson", T_F),
        *(Column(name, key.lower()) for name, key in TEXTS),
        *(Column(name, key.lower(), REFERENCE) for name, key in REFERENCES + READ_ONLY_REFERENCES),
        Column("subscription_status", "globalsubscriptionstatus", STATUS),
        Column("is_inactive", "isinactive", T_F),
        Column("balance", "balancesearch", BALANCE),
        Column("created_at", "datecreated", stamp),
        Column("modified_at", "lastmodifieddate", stamp),
        Column("deleted", "_fivetran_deleted", Kind(_read_deleted), null_is_left_out=False),
    )


def _joined(role: str) -> tuple[Column, ...]:
    return tuple(Column(name, f"{role}_{key}") for name, key in _COMPONENTS)


@frozen
class _Tables:
    """The tables that read a row: the customer, and its two joined addresses."""

    customer: Table
    billing: Table
    shipping: Table


_FLAGS: Final = frozenset({"isperson", "isinactive"})
"""The columns that are never null."""


@cache
def _tables(order: DateOrder, zone: str, selected: frozenset[str] | None) -> _Tables:
    """Return the tables of an account whose query selects these columns; None: those of `QUERY`."""
    always = ALWAYS if selected is None else ("id", *_FLAGS & selected)

    def table(columns: Iterable[Column], cls: type, **traits: Any) -> Table:
        known = [
            column if selected is None or column.key in selected else evolve(column, null_is_left_out=False)
            for column in columns
        ]
        return Table(known, cls=cls, any_case=True, always=always, **traits)

    joined = [_joined(role) for role in _ROLES]
    ignored = ("links", *(column.key for columns in joined for column in columns))
    return _Tables(
        table(_columns(order, zone), Customer, ignored=ignored, custom=CUSTOM),
        *(table(columns, Address) for columns in joined),
    )


@frozen
class _Rows:
    """Reads rows of an account that writes its dates in this order, in this zone."""

    order: DateOrder
    zone: str
    selected: frozenset[str] | None

    def __call__(self, payload: Payload, account: str = "", mode: str = "") -> Customer:
        """Return the customer that a row describes.

        Raises:
            PayloadError: with every issue at once; or it is a stub.
        """
        tables = _tables(self.order, self.zone, self.selected)
        customer: Customer = tables.customer.build(
            refuse_stub(payload),
            partial(tables.billing.read, fields=_as_billing),
            partial(tables.shipping.read, fields=_as_shipping),
            fields=partial(self._fields, payload, account, mode),
        )
        return customer

    def _fields(
        self, row: Payload, account: str, mode: str, customer: Any, billing: Address, shipping: Address
    ) -> dict[str, Any]:
        fields = {**reference(account, mode, customer), "addresses": _addresses(row, billing, shipping)}
        if self.selected is None or not customer.whole:
            return fields
        selected = dict.fromkeys(name for name in self.selected if name.startswith(CUSTOM_MARK))
        return {**fields, "custom": {**selected, **customer.custom}, "whole": False}


def _as_billing(_: Address) -> Mapping[str, Any]:
    return {"default_billing": True}


def _as_shipping(_: Address) -> Mapping[str, Any]:
    return {"default_shipping": True}


def _addresses(row: Payload, billing: Address, shipping: Address) -> Maybe[tuple[Address, ...]]:
    """Return the default addresses, one line where both are the same; absent where none was joined.

    Where one of them was not joined, nothing is known of that default.
    """
    if _says_something(billing):
        if row.get("defaultbillingaddress", ABSENT) == row.get("defaultshippingaddress"):
            return (evolve(billing, default_shipping=True),)
        if _says_something(shipping):
            return (billing, shipping)
    known = {"default_billing": _is_joined(billing), "default_shipping": _is_joined(shipping)}
    lines = tuple(line for line in (billing, shipping) if _says_something(line))
    if all(known.values()):
        return lines
    if not any(known.values()):
        return ABSENT
    unknown: dict[str, Any] = {flag: ABSENT for flag, is_known in known.items() if not is_known}
    return tuple(evolve(line, **unknown) for line in lines or (Address(),))


def _says_something(line: Address) -> bool:
    for part in _parts(line):  # noqa: SIM110  # the first or second part decides, and a generator costs more
        if part:
            return True
    return False


def _is_joined(line: Address) -> bool:
    return any(part is not ABSENT for part in _parts(line))


@checked
def suiteql(
    *,
    date_order: DateOrder = "month_first",
    zone: str = "UTC",
    columns: Iterable[str] | None = None,
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
        write=rest.write,
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
