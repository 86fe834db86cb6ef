"""What only names a record: references, links, and lists that were not read. They have nothing about it.

NetSuite answers with them unless more is requested: a list of records is a list of links, a sub-list is
a link until it is expanded, and a long one comes in pages.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Final, TypeAlias

from custsync.errors import PayloadError
from custsync.models import ABSENT, Severity
from custsync.payloads import Column, Reading, Table, payload_error
from custsync.payloads.field_types import AS_GIVEN
from custsync.payloads.reading import WRONG, items_of, prefixed
from custsync.systems.netsuite.common import READ_ONLY_REFERENCES, REFERENCES
from custsync.systems.netsuite.field_types import CUSTOM_MARK

Read: TypeAlias = Callable[[Any, Reading], Any]

NAMES: Final = frozenset({"id", "internalid", "externalid", "links", "refname", "name", "type"})
"""The keys of a reference and of a link, in lower case."""

LINE_NAMES: Final = NAMES | {
    "addressbookaddress_text",
    "addressid",
    "addrtext",
    "defaultbilling",
    "defaultshipping",
    "isresidential",
    "label",
    "override",
}
"""The keys of an address line that have nothing about its address, in lower case."""

_RECORD_NAMES: Final = NAMES | {key.lower() for _, key in (*REFERENCES, *READ_ONLY_REFERENCES)}
_STATUS: Final = "globalsubscriptionstatus"
"""What is chosen there is no other record but a value of this one."""


def refuse_stub(customer: Any, payload: Any, *_: Any) -> None:
    """Refuse a payload that only names a customer: its id, links and references, and nothing else.

    A whole record has more than names. One of NetSuite's own records, and one without a readable id, are left
    to those who know them.

    Raises:
        PayloadError: it is a stub.

    Rule: G-LOSS
    """
    if not customer.whole and is_stub(payload, _RECORD_NAMES) and customer.ref.id[:1].isdigit():
        raise stub(payload)


def stub(payload: Any) -> PayloadError:
    """Return the error to raise for a stub."""
    reason = "a stub, which only names the customer"
    error = payload_error("stub", reason, payload, "Read the whole record", rule="G-LOSS")
    return PayloadError(reason, prefixed(error.issues, "record"))


def is_stub(payload: Mapping[str, Any], names: frozenset[str] = NAMES) -> bool:
    """Return whether the payload has nothing but a name.

    Args:
        payload: a record, a line of a list, or an inner object.
        names: keys that hold no value, in lower case.

    >>> is_stub({"links": [{"rel": "self"}]}), is_stub({"id": "7", "parent": {"id": "6", "refName": "Group"}})
    (True, True)
    >>> is_stub({"id": "7", "isInactive": False})
    False
    """
    others = _other_keys(tuple(payload), names)
    if others and type(payload[others[0]]) is not dict:
        return False
    return all(_only_names(key, payload[key]) for key in others)


@lru_cache(maxsize=512)
def _other_keys(keys: tuple[Any, ...], names: frozenset[str]) -> tuple[Any, ...]:
    """Return the keys that are none of the names; records of one surface have few sets of keys."""
    return tuple([key for key in keys if type(key) is not str or key.lower() not in names])


def _only_names(key: Any, value: Any) -> bool:
    """Return whether the value of a key is only a reference to another record."""
    if type(key) is not str or type(value) is not dict or key.lower() == _STATUS:
        return False
    return not key.lower().startswith(CUSTOM_MARK) and not _other_keys(tuple(value), NAMES)


def read_list(
    read: Read, names: frozenset[str], content_of: Callable[[Any], Any], value: Any, reading: Reading
) -> Any:
    """Return the items of a sub-list; ABSENT where it was not expanded, or not as a whole.

    Args:
        read: the reader of an item.
        names: the keys of an item that have nothing about what it is about, in lower case.
        content_of: what most items have, and a link never has.
        value: the sub-list as an object: its `items`, and the keys of a page of a longer list.
        reading: what the reader of the sub-list is given.

    Raises:
        PayloadError: with the issues of all items; or with a warning, where the list is one page of several,
            or an item is only a link.

    Rule: G-LOSS
    """
    page = value if type(value) is dict and value.keys() <= _PAGE_KEYS else _PAGE.read(value, reading)
    items = page.get("items", ABSENT)
    if items is ABSENT:
        return ABSENT
    try:
        if type(items) is list and _goes_on(page, len(items)):
            raise _not_whole(value)
        return read_items(read, names, content_of, items, reading.at("items"))
    except PayloadError as error:
        issues = prefixed(error.issues, "items")
    raise PayloadError(WRONG, issues)


def read_items(
    read: Read, names: frozenset[str], content_of: Callable[[Any], Any], value: Any, reading: Reading
) -> Any:
    """Return the items of a list that is no page of a longer one; ABSENT where it is.

    Args:
        read: the reader of an item.
        names: the keys of an item that have nothing about what it is about, in lower case.
        content_of: what most items have, and a link never has.
        value: the list.
        reading: what the reader of the list is given.

    Raises:
        PayloadError: with the issues of all items; or with a warning, where an item is only a link.

    Rule: G-LOSS
    """
    if value is ABSENT:
        return ABSENT
    made = items_of(value, read, reading) if reading.warnings is None else None
    is_full = made is not None and all(map(content_of, made))
    if not is_full and type(value) is list and any(map(partial(_is_link, names), value)):
        raise _not_whole(value)
    return items_of(value, read, reading) if made is None else made


def _is_link(names: frozenset[str], item: Any) -> bool:
    return type(item) is dict and is_stub(item, names)


def _not_whole(value: Any) -> PayloadError:
    return payload_error(*_NOT_WHOLE, value, _EXPAND, rule="G-LOSS", severity=Severity.WARNING)


def _goes_on(page: Mapping[str, Any], count: int) -> bool:
    """Return whether the list has items on other pages."""
    total, offset = page.get("totalResults"), page.get("offset")
    goes_on = type(total) is int and total > count
    return page.get("hasMore") is True or goes_on or (type(offset) is int and offset > 0)


_PAGE_KEYS: Final = frozenset({"items", "hasMore", "totalResults", "offset"})
_PAGE: Final = Table([Column(key, key, AS_GIVEN) for key in sorted(_PAGE_KEYS)], any_case=True)
_NOT_WHOLE: Final = ("list_not_whole", "a page of a longer list, or a list of links alone")
_EXPAND: Final = "Read the whole list, with its items expanded"
