"""What NetSuite's REST record service takes of a customer, key by key, and makes of a write, and of a merge.

Which keys there are, and their form, is the API browser's. Oracle states no lengths for the REST record: the
figures are column widths of its Connect Browser (contact and addresses tables), its own error texts, and
those of an import template. They count characters of one byte: other scripts may fit fewer. Phones have no
limit here: their column takes 100 characters, a template has 21. What is required depends on other values and
is checked beside the table: a person's last name, a company's name, the subsidiary of a OneWorld account.

Of a write and a merge: rows in, rows or a refusal out. Keys have no case. Null or an empty text takes a field
away. A line of the address book is found by its id; a line without an id is a new one, and a default is on
one line alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from custsync.protocols import Payload, Rejected
from custsync.rules.countries.systems import is_valid
from custsync.rules.fields.limits import Limit
from custsync.systems.values import internal_id
from custsync.systems.vendor_fields import FieldTable, VendorField

_API: Final[dict[str, Any]] = {"cited": "NetSuite REST API browser 2026.1, customer", "confidence": "A"}
_CONTACT: Final[dict[str, Any]] = {
    "cited": "NetSuite Connect Browser 2022.2, contact table",
    "confidence": "A",
}
_ADDRESSES: Final[dict[str, Any]] = {
    "cited": "NetSuite Connect Browser 2023.2, addresses table",
    "confidence": "A",
}
_ERROR: Final[dict[str, Any]] = {"cited": "NetSuite error text", "confidence": "A"}
_TEMPLATE: Final[dict[str, Any]] = {"cited": "a third-party NetSuite import template", "confidence": "C"}


def _text(key: str, name: str, limit: int | None = None, **parts: Any) -> VendorField:
    return VendorField(key=key, name=name, limit=limit, **{"empties": (None,), **_API, **parts})


def _flag(key: str, name: str = "") -> VendorField:
    return VendorField(key=key, name=name, form="flag", **_API)


def _reference(key: str, name: str, **parts: Any) -> tuple[VendorField, ...]:
    """Return the rows of a reference: an object with the id of another record, or null."""
    inner: dict[str, Any] = {"valid": _is_id, **_API, **parts}
    return (
        VendorField(key=key, name=name, form="object", empties=(None,), **_API),
        VendorField(key=f"{key}.id", required="always", **inner),
    )


def _is_email(text: str) -> bool:
    return "@" in text


def _is_id(text: str) -> bool:
    return internal_id(text) is not None


_is_country: Final = partial(is_valid, system="netsuite")
_LINES: Final = "addressBook.items[]"
_PLACE: Final = f"{_LINES}.addressBookAddress"

FIELDS: Final = FieldTable(
    (
        _flag("isPerson", "is_person"),
        _flag("isInactive", "is_inactive"),
        _flag("autoName"),
        _text("companyName", "company_name", 83, **_TEMPLATE),
        _text("altName", "alt_name"),
        _text("salutation", "salutation"),
        _text("firstName", "first_name", 32, **_CONTACT),
        _text("middleName", "middle_name"),
        _text("lastName", "last_name", 32, **_CONTACT),
        _text("title", "title", 64, **_TEMPLATE),
        _text("entityId", "entity_id", 80, **_TEMPLATE),
        _text("externalId", "external_id", 255, **_CONTACT),
        _text("email", "email", 254, valid=_is_email, **_CONTACT),
        _text("altEmail", "alt_email", 254, valid=_is_email, **_CONTACT),
        _text("phone", "phone"),
        _text("mobilePhone", "mobile_phone"),
        _text("homePhone", "home_phone"),
        _text("altPhone", "alt_phone"),
        _text("fax", "fax"),
        *_reference("subsidiary", "subsidiary"),
        *_reference("parent", "parent"),
        *_reference("category", "category"),
        *_reference("currency", "currency"),
        *_reference("globalSubscriptionStatus", "subscription_status", valid="1234".__contains__),
        VendorField(key="addressBook", name="billing_address", form="object", **_API),
        VendorField(key="addressBook.items", name="shipping_address", form="list", required="always", **_API),
        VendorField(key=f"{_LINES}.id", form="number", **_API),
        _text(f"{_LINES}.label", ""),
        _flag(f"{_LINES}.defaultBilling"),
        _flag(f"{_LINES}.defaultShipping"),
        _flag(f"{_LINES}.isResidential"),
        VendorField(key=_PLACE, name="addresses", form="object", **_API),
        _text(f"{_PLACE}.attention", "address.attention", 150, **_ADDRESSES),
        _text(f"{_PLACE}.addressee", "address.addressee", 100, **_ADDRESSES),
        _text(f"{_PLACE}.addr1", "address.line1", 150, **_ADDRESSES),
        _text(f"{_PLACE}.addr2", "address.line2", 150, **_ADDRESSES),
        _text(f"{_PLACE}.addr3", "address.line3", 150, **_ADDRESSES),
        _text(f"{_PLACE}.city", "address.city", 50, **_ADDRESSES),
        _text(f"{_PLACE}.state", "address.state", 30, **_ERROR),
        _text(f"{_PLACE}.zip", "address.postal_code", 36, **_ADDRESSES),
        _text(f"{_PLACE}.addrPhone", "address.phone"),
        *_reference(f"{_PLACE}.country", "address.country", valid=_is_country),
        VendorField(key="custentity*", name="custom.*", form="any", empties=(None, ""), **_API),
    ),
    codes={"unknown": "UNKNOWN_FIELD", "length": "INVALID_CONTENT", "form": "INVALID_CONTENT"},
)
"""Every key that a write can have."""

LIMITS: Final[Mapping[str, Limit]] = FIELDS.limits()
"""How many characters fit into our fields, with the source, and how sure it is."""


def takes(name: str) -> bool:
    """Return whether a flow may write our field of this name.

    >>> takes("email"), takes("custom.custentity_tier"), takes("balance")
    (True, True, False)
    """
    return FIELDS.takes(name)


# What becomes of a write


Row = dict[str, Any]

BLANK: Final[Mapping[str, Any]] = {"isPerson": False, "isInactive": False}
"""What every record has."""

DEFAULTS: Final = ("defaultBilling", "defaultShipping")
"""The flags of an address line."""

_LIMITS: Final[Mapping[str, int]] = {
    row.key.rpartition(".")[2].lower(): row.limit for row in FIELDS.rows if row.limit is not None
}
"""How long a text may be, by its key in lower case."""

_READ_ONLY: Final = frozenset(
    {"id", "datecreated", "lastmodifieddate", "balance", "toplevelparent", "representingsubsidiary"}
)
_NAMING: Final = frozenset({"companyname", "lastname", "isperson"})
_NOT_MERGED: Final = _READ_ONLY - {"balance"} | {"links", "parent", "subsidiary", "subsidiaries"}
"""What a merge leaves as it is on the survivor, blank or not."""


def created(id: str, _mode: str, body: Payload) -> Row | Rejected:
    """Return the record that a create makes, or a refusal.

    Its address book is empty where none is sent. As in an account without automatic numbers, the record
    is named after the customer where the body does not name it.

    >>> created("7", "", {"companyName": "Lund", "fax": None})["entityId"]
    'Lund'
    >>> created("7", "", {"isPerson": True, "firstName": "Ola"})
    Rejected(code='USER_ERROR', field='lastName')
    """
    row = changed({"id": id, **BLANK, "addressBook": {"items": []}}, body, is_whole=True)
    if isinstance(row, Rejected):
        return row
    parts = [row.get(key) for key in ("firstName", "lastName")] if row["isPerson"] else []
    name = " ".join(part for part in parts if part) or row["companyName"]
    return {"id": id, "entityId": name, "altName": name, **row}


def changed(
    row: Row, body: Payload, subsidiaries: frozenset[str] = frozenset(), *, is_whole: bool = False
) -> Row | Rejected:
    """Return the record after a create or an update, or a refusal; the row itself is not touched.

    Args:
        row: the record as it is.
        body: the body of the write.
        subsidiaries: the internal ids of a OneWorld account's subsidiaries; empty for any other account.
        is_whole: whether the row is the whole record, so that a name that it lacks is missing.

    >>> changed({"id": "7", "companyname": "Lund"}, {"companyName": "Lund AB", "phone": None})
    {'id': '7', 'companyname': 'Lund AB'}
    >>> changed({"id": "7", "companyName": "Lund"}, {"companyName": "L" * 84})
    Rejected(code='INVALID_CONTENT', field='companyName')
    """
    refusal = next(_faults(body), None)
    if refusal is not None:
        return refusal
    now = dict(row)
    for key, value in body.items():
        name = _spelled(row, key)
        if key.lower() != "addressbook":
            _lay(now, name, value)
            continue
        lines = _changed_lines(_items(row.get(name)), _items(value))
        if isinstance(lines, Rejected):
            return lines
        now[name] = {**(row.get(name) or {}), "items": lines}
    names = is_whole or not _NAMING.isdisjoint(key.lower() for key in body)
    return (names and _nameless(now)) or (subsidiaries and _elsewhere(now, subsidiaries)) or now


def _faults(body: Payload) -> Iterator[Rejected]:
    for key, value in body.items():
        code = _fault(key.lower(), value)
        if code:
            yield Rejected(code, key)
        elif key.lower() == "addressbook":
            for line in _items(value):
                yield from _address_faults(line.get("addressBookAddress") or {})


def _fault(key: str, value: Any) -> str:
    """Return the code of what is wrong with a value, `""` where nothing is."""
    if key in _READ_ONLY:
        return "READ_ONLY_FIELD"
    if value in (None, ""):
        return ""
    if key in ("isperson", "isinactive"):
        return "" if isinstance(value, bool) else "INVALID_CONTENT"
    if key in _LIMITS and (not isinstance(value, str) or len(value) > _LIMITS[key]):
        return "INVALID_CONTENT"
    return "INVALID_EMAIL" if key == "email" and "@" not in value else ""


def _address_faults(address: Payload) -> Iterator[Rejected]:
    for key, value in address.items():
        if _fault(key.lower(), value):
            yield Rejected("INVALID_CONTENT", f"addressBook.{key}")
    country = address.get("country")
    code = country.get("id") if isinstance(country, Mapping) else None
    if country is not None and not (isinstance(code, str) and _is_country(code)):
        yield Rejected("INVALID_KEY_OR_REF", "addressBook.country")


def _nameless(row: Row) -> Rejected | None:
    name = "lastName" if row.get(_spelled(row, "isPerson")) in (True, "T") else "companyName"
    return None if row.get(_spelled(row, name)) else Rejected("USER_ERROR", name)


def _elsewhere(row: Row, subsidiaries: frozenset[str]) -> Rejected | None:
    """Return the refusal of a customer that belongs to none of the account's subsidiaries."""
    held = row.get("subsidiary")
    if held and held.get("id") in subsidiaries:
        return None
    return Rejected("INVALID_KEY_OR_REF" if held else "USER_ERROR", "subsidiary")


def _changed_lines(lines: Sequence[Row], given: Sequence[Payload]) -> list[Row] | Rejected:
    now = list(lines)
    for line in given:
        place = next((at for at, old in enumerate(now) if str(old.get("id")) == str(line.get("id"))), None)
        if place is None and "id" in line:
            return Rejected("INVALID_KEY_OR_REF", "addressBook.id")
        if place is None:
            place = len(now)
            now.append({"id": _next_line(now), **dict.fromkeys(DEFAULTS, False)})
        taken = {flag: False for flag in DEFAULTS if line.get(flag)}
        now = [{**old, **taken} for old in now]
        address = _laid_over(now[place].get("addressBookAddress") or {}, line.get("addressBookAddress") or {})
        now[place] = {**_laid_over(now[place], line), "addressBookAddress": address}
    return now


def _next_line(lines: Iterable[Row]) -> int:
    """Return the id that the next line of an address book takes."""
    return max((int(line["id"]) for line in lines if "id" in line), default=0) + 1


def _laid_over(row: Row, change: Payload) -> Row:
    now = dict(row)
    for key, value in change.items():
        _lay(now, _spelled(row, key), value)
    return now


def _lay(row: Row, key: str, value: Any) -> None:
    """Put a value into a row; a blank takes the field away."""
    if value is None or value == "":
        row.pop(key, None)
    else:
        row[key] = value


def _spelled(row: Row, key: str) -> str:
    """Return the key in the spelling of the row."""
    return key if key in row else next((name for name in row if name.lower() == key.lower()), key)


def _items(part: Any) -> list[Row]:
    return list((part or {}).get("items") or ())


# Merges


def merged(
    find: Callable[[str], Row | None], children: Iterable[Row], survivor: str, duplicate: str
) -> list[Row] | Rejected:
    """Return the records that a merge changes: the survivor, and the sub-customers that the duplicate had.

    The survivor's blanks are filled; it has the lines, the contacts and the balance of both. Where it stood
    below the duplicate, it takes the duplicate's place. The duplicate is gone.

    Args:
        find: id → record, None where there is none.
        children: the records whose parent is the duplicate.
        survivor: the id of the one that stays.
        duplicate: the id of the one that goes.

    Rule: ST-MRG-1

    >>> rows = {"1": {"id": "1", "phone": "503"}, "2": {"id": "2", "phone": "1", "fax": "504"}}
    >>> merged(rows.get, [], "1", "2")
    [{'id': '1', 'phone': '503', 'fax': '504'}]
    >>> merged(rows.get, [], "1", "1")
    Rejected(code='INVALID_KEY_OR_REF', field='duplicate')
    """
    stays, goes = find(survivor), find(duplicate)
    if stays is None:
        return Rejected("INVALID_KEY_OR_REF", "survivor")
    if goes is None or survivor == duplicate:
        return Rejected("INVALID_KEY_OR_REF", "duplicate")
    if stays.get("vatRegNumber") != goes.get("vatRegNumber"):
        return Rejected("USER_ERROR", "vatRegNumber")
    now = _filled(stays, goes)
    if _is_below(find, stays, duplicate):
        now = {**_without_parent(now), **{key: goes[key] for key in goes if key.lower() == "parent"}}
    moved = [row for row in children if row["id"] != survivor]
    return [now, *({**_without_parent(row), "parent": {"id": survivor}} for row in moved)]


def parent_of(row: Row) -> str:
    """Return the id of the customer's parent, `""` for none."""
    held = row.get(_spelled(row, "parent"))
    return str((held.get("id") if isinstance(held, Mapping) else held) or "")


def _is_below(find: Callable[[str], Row | None], row: Row, other: str) -> bool:
    """Return whether a customer is below another one; a cycle of parents ends where it began."""
    above: set[str] = set()
    while (parent := parent_of(row)) not in above and (there := find(parent)):
        above.add(parent)
        row = there
    return other in above


def _without_parent(row: Row) -> Row:
    return {key: value for key, value in row.items() if key.lower() != "parent"}


def _filled(survivor: Row, duplicate: Row) -> Row:
    now = dict(survivor)
    for key, value in duplicate.items():
        name = _spelled(survivor, key)
        join = _JOINED.get(key.lower())
        if join:
            now[name] = join(survivor.get(name), value)
        elif key.lower() not in _NOT_MERGED and survivor.get(name) in (None, ""):
            now[name] = value
    return now


def _both_books(there: Any, other: Any) -> Row:
    """Return the lines of both; a default that the survivor has stays on its line."""
    lines = _items(there)
    taken = {flag: False for flag in DEFAULTS if any(line.get(flag) for line in lines)}
    for line in _items(other):
        lines.append({**line, **taken, "id": _next_line(lines)})
    return {"items": lines}


def _sum(there: Any, other: Any) -> Any:
    """Return the sum; what is no number, or none yet, leaves the other as it is."""
    numbers = [part for part in (there, other) if type(part) in (int, float)]
    return sum(numbers) if numbers else there


_JOINED: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "addressbook": _both_books,
    "contactroles": lambda there, other: {"items": [*_items(there), *_items(other)]},
    "balance": _sum,
}
