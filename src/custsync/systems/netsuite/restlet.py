"""NetSuite's customer as the body of a RESTlet: the shape in which Lago creates and updates customers.

The script behind it sets each column by its name, in lower case, and then the lines of the address book. It
takes lines only when it creates. `isperson` is `T` or `F`; all other flags are true or false.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Any, Final

from custsync._building import evolved
from custsync.errors import FlowError, PayloadError
from custsync.models import ABSENT, Address, Customer, Ref
from custsync.payloads import FLAG, SET_FLAG, T_F, Column, Kind, Reading, Table
from custsync.payloads.field_types import one_of, or_blank
from custsync.payloads.reading import collect, items_of, object_of
from custsync.protocols import Payload
from custsync.rules.fields.limits import ADDRESSES
from custsync.systems.netsuite.common import CUSTOM, columns_of, own_values
from custsync.systems.netsuite.field_types import REFERENCE, STATUS, write_custom
from custsync.systems.netsuite.stubs import stub
from custsync.systems.netsuite.writes import LIMITS
from custsync.systems.system import System
from custsync.systems.values import read_record_id


def _write_reference(value: Any) -> Any:
    return value or None


def _write_status(value: Any) -> Any:
    return None if value is None else STATUS.write(value)["id"]


def _word(word: str) -> Kind:
    return Kind(one_of({word: word}, "unknown_word", f"not {word!r}"))


_SHARED: Final = columns_of(
    flag=T_F,
    reference=Kind(REFERENCE.read, _write_reference),
    status=Kind(STATUS.read, _write_status),
    is_lower=True,
)
_WRITTEN: Final = [one for one in _SHARED if one.writable and one.name != "is_inactive"]
COLUMNS: Final = Table(
    (*_WRITTEN, Column("is_inactive", "isinactive", FLAG)),
    cls=Customer,
    ignored=("id", "type", "recordId", "isDynamic", "options", "lines"),
    within="columns",
    custom=CUSTOM,
)
"""The columns of a body, and the keys beside them."""

COMPONENTS: Final = (
    Column("line1", "addr1"),
    Column("line2", "addr2"),
    Column("city", "city"),
    Column("postal_code", "zip"),
    Column("state", "state"),
    Column("country", "country"),
)
DEFAULTS: Final = (
    Column("default_shipping", "defaultshipping", SET_FLAG),
    Column("default_billing", "defaultbilling", SET_FLAG),
)
ADDRESS: Final = Table(COMPONENTS)
LINE: Final = Table((*DEFAULTS, *COMPONENTS), cls=Address, ignored=("subObjectId",), within="subObject")
_ADDRESS_KEY: Final = "addressbookaddress"
_WITHOUT_COLUMN: Final = ("attention", "addressee", "line3", "phone")


def _read_items(value: Any, reading: Reading) -> tuple[Address, ...]:
    return items_of(value, LINE.read, reading)


_SUBLIST: Final = Table(
    (Column("id", "sublistId", _word("addressbook")), Column("lines", "lineItems", Kind(_read_items)))
)


def _read_sublist(value: Any, reading: Reading) -> Any:
    return _SUBLIST.read(value, reading)["lines"]


def _read_book(value: Any, reading: Reading) -> Any:
    return tuple(chain.from_iterable(items_of(value, _read_sublist, reading)))


def _check_columns(value: Any, _: object = None) -> None:
    """Refuse a body without columns; those that it has are checked by their own table."""
    if value is None or value is ABSENT:
        object_of(value)


def _read_options(value: Any, _: object = None) -> Any:
    return value if value is ABSENT else _OPTIONS.read(value)


_OPTIONS: Final = Table(
    (Column("dynamic", "isDynamic", FLAG), Column("lenient", "ignoreMandatoryFields", FLAG))
)
BODY: Final = Table(
    (
        Column("type", "type", _word("customer")),
        Column("dynamic", "isDynamic", FLAG),
        Column("columns", "columns", Kind(_check_columns)),
        Column("options", "options", Kind(_read_options)),
        Column("book", "lines", Kind(or_blank(_read_book))),
    )
)


def _read_id(body: Mapping[str, Any], _: object = None) -> str:
    """Return the id: `recordId`, or where a body has none, the column `id`."""
    columns = body.get("columns")
    if "recordId" not in body and isinstance(columns, Mapping) and "id" in columns:
        return str(collect([("columns.id", read_record_id, columns["id"])])[0])
    return str(collect([("recordId", read_record_id, body.get("recordId", ABSENT))])[0])


def read(payload: Payload, account: str = "", mode: str = "") -> Customer:
    """Return the customer that a RESTlet's body describes: what it sets, and nothing else.

    Args:
        payload: the body; its id is `recordId`, or the column `id` where it has none.
        account: the account that its id lives in.
        mode: the account's mode (`"sandbox"`), where there are several.

    Raises:
        PayloadError: with every issue at once.

    Source: getlago/lago-api, NetSuite contact payloads

    >>> body = {"type": "customer", "recordId": "2041", "columns": {"isperson": "F", "phone": None}}
    >>> read(body).is_person, read(body).phone
    (False, None)
    >>> read({**body, "columns": {"isperson": False}})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: a payload that is not of its system's shape: columns.isperson: neither 'T'
    nor 'F', nor another word for yes or no
    """
    columns = object_of(payload).get("columns")
    if isinstance(columns, dict) and columns.keys() <= {"id"} and "lines" not in payload:
        raise stub(payload)
    customer, identity, body = collect(("", read, payload) for read in (COLUMNS.read, _read_id, BODY.read))
    ref = Ref("netsuite", identity, account, mode)
    return evolved(customer, ref=ref, addresses=body["book"])  # type: ignore[no-any-return]


def id_of(payload: Payload) -> str:
    """Return the internal id that a body names, `""` where there is none to be read.

    >>> id_of({"recordId": "2041"}), id_of({"columns": {"id": 2041}}), id_of({"columns": {}})
    ('2041', '2041', '')
    """
    try:
        return _read_id(object_of(payload))
    except PayloadError:
        return ""


def write(values: Mapping[str, Any], current: Customer | None = None) -> dict[str, Any]:
    """Return the body that creates a customer with these values, or that changes one.

    A customer that gets an entity id is not numbered by NetSuite: `autoname` is false then. A line carries
    the six components that the script knows; its label and residential mark stay behind.

    Args:
        values: our field name → value; None clears, `ABSENT` leaves alone.
        current: the customer as last read, None for a create.

    Raises:
        FlowError: a field, or a component of an address, that the body does not take; or an address on an
            update.

    Source: getlago/lago-api, NetSuite contact payloads

    >>> joinery = Customer(ref=Ref("netsuite", "2041"))
    >>> write({"phone": None, "is_person": False}, joinery)["columns"]
    {'isperson': 'F', 'phone': None}
    >>> write({"billing_address": Address(city="Astoria")}, joinery)
    Traceback (most recent call last):
        ...
    custsync.errors.FlowError: a RESTlet takes no 'billing_address' on an update: make its row create-only
    """
    if current is not None:
        _refuse_addresses(values)
    own, custom = own_values(values, current, COLUMNS, write_custom)
    lines = own.pop("addresses", ABSENT)
    columns = COLUMNS.write(own) | custom
    if columns.get("entityid"):
        columns["autoname"] = False
    if current is not None:
        return _update(current, columns)
    return _create(columns, () if lines is ABSENT else lines)


def takes(name: str) -> bool:
    """Return whether a flow may write our field of this name; addresses on a create alone.

    >>> takes("email"), takes("billing_address"), takes("custom.custentity_tier"), takes("balance")
    (True, True, True, False)
    """
    return name in (*COLUMNS.writable, *ADDRESSES) or name.startswith(f"custom.{CUSTOM[0]}")


def _refuse_addresses(values: Mapping[str, Any]) -> None:
    for name in ADDRESSES:
        if values.get(name, ABSENT) is not ABSENT:
            raise FlowError(f"a RESTlet takes no {name!r} on an update: make its row create-only")


def _create(columns: Mapping[str, Any], lines: tuple[Address, ...]) -> dict[str, Any]:
    body = {
        "type": "customer",
        "isDynamic": True,
        "columns": columns,
        "options": {"ignoreMandatoryFields": False},
    }
    if lines:
        items = [_write_line(line) for line in lines]
        body["lines"] = [{"lineItems": items, "sublistId": "addressbook"}]
    return body


def _update(current: Customer, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "customer", "recordId": current.id, "columns": columns, "options": {"isDynamic": False}}


def _write_line(line: Address) -> dict[str, Any]:
    for name in _WITHOUT_COLUMN:
        if getattr(line, name):
            raise FlowError(
                f"a RESTlet's address takes no {name!r}: name the components it takes in the address's row"
            )
    return {
        "defaultshipping": line.default_shipping,
        "defaultbilling": line.default_billing,
        "subObjectId": _ADDRESS_KEY,
        "subObject": ADDRESS.write_parts(line),
    }


RESTLET: Final = System(name="netsuite", read=read, write=write, id_of=id_of, limits=LIMITS, takes=takes)
"""The body of a RESTlet that creates and updates customers."""
