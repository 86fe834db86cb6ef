"""Records in files: which system one is of, and what a write makes of it, as the system itself would."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from attrs import frozen

from custsync.protocols import Rejected
from custsync.systems import lago_writes, lightspeed_writes, stripe_writes, upflow
from custsync.systems.netsuite import writes
from custsync.systems.system import System

Record = dict[str, Any]

_NEW: Final = "rehearsed-"
"""What the id of a new record begins with, where its system has ids of letters and dashes."""

_LONGEST: Final = 16
"""An id of more digits is no number that counts up."""


def first_free(ids: Iterable[str], prefix: str = "") -> int:
    """Return the number from which on ids are free.

    >>> first_free(["3", "-5", "x"]), first_free(["rehearsed-7", "9"], "rehearsed-")
    (4, 8)
    """
    numbers = (id.removeprefix(prefix) for id in ids if id.startswith(prefix))
    return max((int(id) for id in numbers if id.isdecimal() and len(id) < _LONGEST), default=0) + 1


def laid_over(record: Record, body: Mapping[str, Any]) -> Record:
    """Return the record with the fields of the body in place of those there, in inner objects too.

    >>> laid_over({"id": "7", "fax": "1"}, {"fax": None})
    {'id': '7', 'fax': None}
    >>> laid_over({"properties": {"email": "ap@bright.example"}}, {"properties": {"fax": "1"}})
    {'properties': {'email': 'ap@bright.example', 'fax': '1'}}
    """
    inner = {
        key: laid_over(record[key], value)
        for key, value in body.items()
        if isinstance(value, Mapping) and isinstance(record.get(key), Mapping)
    }
    return {**record, **body, **inner}


# Which system a record is of


_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "lago": frozenset({"lago_id"}),
    "lightspeed": frozenset({"customer_code"}),
    "servicetitan": frozenset({"mergedtoid", "customfields", "externaldata"}),
    "upflow_import": frozenset({"customer id", "customer name"}),
    "upflow": frozenset({"dunningplanid", "countinvoicesdue"}),
    "netsuite": frozenset({"isperson", "isinactive", "entityid", "subsidiary", "addressbook", "internalid"}),
}
"""The keys, in lower case, that no other system's customer has."""

_NAMED: Final = frozenset({"stripe", "lago", "lightspeed", "upflow_import"})
"""The systems whose records can always be recognised."""
_KNOWN: Final = _NAMED | _KEYS.keys()


def system_of(record: Mapping[str, Any]) -> str:
    """Return the name of the system that the record is clearly of, `""` where it is unclear.

    >>> system_of({"id": "cus_1"}), system_of({"lago_id": "4f0f"}), system_of({"id": "7", "name": "Lund"})
    ('stripe', 'lago', '')
    """
    if record.get("object") == "customer" or str(record.get("id", "")).startswith("cus_"):
        return "stripe"
    keys = {key.lower() for key in record}
    return next((name for name, own in _KEYS.items() if own & keys), "")


def belongs(record: Mapping[str, Any], system: System) -> bool:
    """Return whether the record is one of the system's, or may be one; every one may be of an unknown system.

    >>> from custsync.systems.stripe import STRIPE
    >>> belongs({"id": "cus_1"}, STRIPE), belongs({"id": "2041"}, STRIPE)
    (True, False)
    """
    stated = system_of(record)
    return stated == system.name or system.name not in _KNOWN or (not stated and system.name not in _NAMED)


# What was written back


_SOAP_FIELDS: Final = "customFieldList"


def _netsuite_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a NetSuite record's fields, a SOAP record's custom fields by their names."""
    flat = {key: value for key, value in record.items() if key != _SOAP_FIELDS}
    there = record.get(_SOAP_FIELDS)
    named = _listed(there) if isinstance(there, Mapping) else []
    return flat | {str(one.get("scriptId")): one.get("value") for one in named if isinstance(one, Mapping)}


def _netsuite_overlaid(record: Record, written: Mapping[str, Any]) -> Record:
    """Return the record with what was written back; a SOAP record's custom fields go after those there."""
    there, new = (part.get(_SOAP_FIELDS) for part in (record, written))
    if not isinstance(there, Mapping) or not isinstance(new, Mapping):
        return {**record, **written}
    return {**record, **written, _SOAP_FIELDS: {"customField": [*_listed(there), *_listed(new)]}}


def _listed(custom: Mapping[str, Any]) -> list[Any]:
    named = custom.get("customField") or []
    return named if isinstance(named, list) else [named]


_LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "integration_customers": ("integration_code", "external_customer_id"),
    "metadata": ("key", "value"),
}
"""Each list of a Lago customer: the key that names its entries, and the one that holds their value."""

_RENAMED: Final[Mapping[str, str]] = {"integration_type": "type", "id": "lago_id"}
"""Keys of a request that an answer has under another name."""


def _lago_overlaid(record: Record, written: Mapping[str, Any]) -> Record:
    """Return the Lago customer with what was written back to it: what was not written stays in its lists."""
    laid: Record = {**record, **written}
    for key in _LISTS.keys() & written.keys():
        new = _by_name(written, key)
        old = [_replaced(entry, new.pop(_name_of(entry, key), {})) for entry in _entries(record, key)]
        laid[key] = [*old, *(_replaced({}, entry) for entry in new.values())]
    return laid


def _replaced(entry: Any, new: Mapping[str, Any]) -> Any:
    """Return an entry of a list with the values of a request, under an answer's keys."""
    return {**entry, **{_RENAMED.get(part, part): value for part, value in new.items()}} if new else entry


def _entries(record: Mapping[str, Any], key: str) -> list[Any]:
    entries = record.get(key)
    return entries if isinstance(entries, list) else []


def _lago_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a Lago customer, or of a body, by name; the entries of its lists by theirs."""
    flat = {key: value for key, value in record.items() if key not in _LISTS}
    for key, (_, value) in _LISTS.items():
        flat |= {f"{key}.{name}": entry.get(value) for name, entry in _by_name(record, key).items()}
    return flat


def _by_name(record: Mapping[str, Any], key: str) -> dict[str, Mapping[str, Any]]:
    """Return the entries of a list by their names; what has none is refused where the record is read."""
    return {name: entry for entry in _entries(record, key) if (name := _name_of(entry, key))}


def _name_of(entry: Any, key: str) -> str:
    name = entry.get(_LISTS[key][0]) if isinstance(entry, Mapping) else None
    return name if isinstance(name, str) else ""


# What a write makes of a record


@frozen(kw_only=True)
class Shape:
    """How one system's records come to be and change.

    Attributes:
        created: id, mode and the body of a create → the record, or the system's refusal.
        changed: a record and the body of an update → the record afterwards, or the system's refusal; the old
            one is not touched.
        prefix: what the ids of new records begin with, before a number that counts up.
        keys: look-up → the record's key, where the customer has no field of that name.
        unique: the look-up of which no two records have one value; `""` for none.
        merges: whether the system has a merge.
        columns: the titles of its documented import, for a target that is a table; none for any other system.
        overlaid: a source's record and what was written back to it → the record as it would be read.
        fields: a record, or a body → its fields by name.
    """

    created: Callable[[str, str, Mapping[str, Any]], Record | Rejected]
    changed: Callable[[Record, Mapping[str, Any]], Record | Rejected] = laid_over
    prefix: str = _NEW
    keys: Mapping[str, str] = {}
    unique: str = ""
    merges: bool = False
    columns: tuple[str, ...] = ()
    overlaid: Callable[[Record, Mapping[str, Any]], Record] = laid_over
    fields: Callable[[Mapping[str, Any]], dict[str, Any]] = dict


def _read_only(_record: object, *_others: object) -> Rejected:
    """Return the refusal of a system that is a source alone."""
    return Rejected("read_only")


SHAPES: Final[Mapping[str, Shape]] = {
    "stripe": Shape(created=stripe_writes.created, changed=stripe_writes.changed, prefix="cus_rehearsed_"),
    "netsuite": Shape(
        created=writes.created,
        changed=writes.changed,
        prefix="",
        unique="external_id",
        merges=True,
        overlaid=_netsuite_overlaid,
        fields=_netsuite_fields,
    ),
    "lightspeed": Shape(
        created=lightspeed_writes.created,
        changed=lightspeed_writes.changed,
        keys={"customer_code": "customer_code"},
        unique="customer_code",
    ),
    "servicetitan": Shape(created=_read_only, changed=_read_only, prefix=""),
    "lago": Shape(
        created=lago_writes.created,
        changed=lago_writes.changed,
        unique="external_id",
        overlaid=_lago_overlaid,
        fields=_lago_fields,
    ),
    "upflow": Shape(created=upflow.created, changed=upflow.changed, keys={"external_id": "externalId"}),
    "upflow_import": Shape(
        created=upflow.created_line, changed=upflow.changed_line, columns=upflow.IMPORT_COLUMNS
    ),
}


def shape_of(system: System) -> Shape:
    """Return how the system's records come to be and change.

    A system of the caller's own keeps each field that is sent, one that is not sent stays as it is, and a new
    record's id is where `id_of` looks for one.

    >>> desk = System(name="desk", read=print, write=dict, id_of=lambda ticket: ticket.get("key", ""))
    >>> shape_of(desk).created("rehearsed-1", "", {"mail": "a@lund.example"})
    {'key': 'rehearsed-1', 'mail': 'a@lund.example'}
    >>> nowhere = System(name="nowhere", read=print, write=dict, id_of=lambda ticket: "")
    >>> shape_of(nowhere).created("rehearsed-1", "", {}).code
    'no_place_for_an_id'
    """
    return SHAPES.get(system.name) or Shape(created=partial(_created_in, system))


class _Recording(dict[str, Any]):
    """A record that keeps the keys of which a plain value was read."""

    keys_read: tuple[str, ...] = ()

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return the value."""
        self.keys_read += () if isinstance(default, Mapping) else (key,)
        return super().get(key, default)


def _created_in(system: System, id: str, _mode: str, body: Mapping[str, Any]) -> Record | Rejected:
    record = _Recording(body)
    if system.id_of(record):
        return dict(body)
    for key in dict.fromkeys(("id", *record.keys_read)):
        placed = {key: id} | {name: value for name, value in body.items() if name != key}
        if system.id_of(placed) == id:
            return placed
    return Rejected("no_place_for_an_id")
