"""The lists of a Lago customer: its links to other systems, one for each connection, and its metadata."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from custsync.models import ABSENT, Customer, Maybe
from custsync.payloads import FLAG, Column, Kind, Table, check_depth, payload_error, read_text
from custsync.payloads.reading import items_of
from custsync.systems.ids import read_filled


@frozen(kw_only=True, weakref_slot=False)
class Connection:
    """A customer's link to another system, as Lago states it.

    Attributes:
        code: the connection's code, `""` where it has none.
        type: the other system, `netsuite`.
        external_customer_id: the customer's id there; None for a link that is not made yet.
        sync_with_provider: whether Lago is to create the customer there.
        subsidiary_id: the NetSuite subsidiary.
    """

    code: str
    type: Maybe[str] = ABSENT
    external_customer_id: Maybe[str] = ABSENT
    sync_with_provider: Maybe[bool] = ABSENT
    subsidiary_id: Maybe[str] = ABSENT


def _read_code(value: Any, _: object = None) -> str:
    return read_text(value) or ""


CONNECTION: Final = Table(
    (
        Column("code", "integration_code", Kind(_read_code)),
        Column("type", "type"),
        Column("external_customer_id", "external_customer_id"),
        Column("sync_with_provider", "sync_with_provider", FLAG),
        Column("subsidiary_id", "subsidiary_id"),
    ),
    cls=Connection,
)
METADATUM: Final = Table(
    (
        Column("id", "lago_id"),
        Column("key", "key", Kind(read_filled)),
        Column("value", "value"),
        Column("shown", "display_in_invoice", FLAG),
    )
)


def read_connections(value: Any, _: object = None) -> tuple[Connection, ...]:
    """Return the links of a list, none where there is no list; one code twice is refused."""
    made = () if value in _NO_LIST else items_of(check_depth(value), CONNECTION.read)
    _refuse_repeated([connection.code for connection in made if connection.code], value)
    return made


def read_metadata(value: Any, _: object = None) -> tuple[Mapping[str, Any], ...]:
    """Return the metadata of a list, none where there is no list; one key twice is refused."""
    made = () if value in _NO_LIST else items_of(check_depth(value), METADATUM.read)
    _refuse_repeated([datum["key"] for datum in made], value)
    return made


_NO_LIST: Final[tuple[Any, ...]] = (None, ABSENT, [])


def _refuse_repeated(names: list[str], value: Any) -> None:
    if len(set(names)) < len(names):
        raise payload_error("repeated_key", "a list with one key twice", value)


def connections(customer: Customer) -> tuple[Connection, ...]:
    """Return the customer's links to other systems, in Lago's order.

    Args:
        customer: as `read` returned it.

    Rule: LG-LINK, LG-MULTI, LG-SUB

    >>> from custsync.systems.lago import LAGO
    >>> half_made = {"type": "netsuite", "integration_code": "netsuite-us", "external_customer_id": None}
    >>> joinery = {"lago_id": "4f0f", "external_id": "joinery"}
    >>> made = LAGO.read({**joinery, "integration_customers": [half_made]}, "", "")
    >>> [(one.code, one.external_customer_id) for one in connections(made)]
    [('netsuite-us', None)]
    >>> connections(LAGO.read(joinery, "", ""))
    ()
    """
    return read_connections(customer.extra.get("integration_customers"))


def connection(customer: Customer, code: str, system: str) -> Connection | None:
    """Return the customer's link over that connection, None where it names no such connection.

    Args:
        customer: as `read` returned it.
        code: the connection's code.
        system: the other system, `netsuite`.

    Rule: LG-MULTI

    >>> from custsync.systems.lago import LAGO
    >>> link = {"type": "netsuite", "integration_code": "netsuite-us", "external_customer_id": "2041"}
    >>> joinery = {"lago_id": "4f0f", "external_id": "joinery", "integration_customers": [link]}
    >>> made = LAGO.read(joinery, "", "")
    >>> connection(made, "netsuite-us", "netsuite").external_customer_id
    '2041'
    >>> connection(made, "netsuite-uk", "netsuite") is None
    True
    """
    for entry in customer.extra.get("integration_customers") or ():
        if entry.get("integration_code") == code and entry.get("type") == system:
            return CONNECTION.read(entry)  # type: ignore[no-any-return]
    return None


def has_links(customer: Customer) -> bool:
    """Return whether the customer was read with its links: some of Lago's payloads leave the list out.

    Rule: LG-LINK, G-LOSS

    >>> from custsync.systems.lago import LAGO
    >>> joinery = {"lago_id": "4f0f", "external_id": "joinery"}
    >>> [has_links(LAGO.read({**joinery, **part}, "", "")) for part in ({"integration_customers": []}, {})]
    [True, False]
    """
    return "integration_customers" in customer.extra
