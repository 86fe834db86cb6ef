"""Exports of customers as tables: headings in their usual spellings, and the rows of Stripe's dashboard.

A row of the dashboard becomes a customer object. A column that the file does not have is absent; a blank cell
under one that it has is null.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set as AbstractSet
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Final

from custsync.errors import InputError
from custsync.rules.normalize.timestamps import read_stamp
from custsync.systems.values import decimals_of

_ALIKE: Final = 0.86
_SHORTEST: Final = 5
_LONGEST: Final = 60
_NUMBER: Final = ("number", "num", "nbr", "no", "nr")
"""Words at the end of a heading that add nothing: a "Phone No." is a phone, a "Customer No." its id."""


def key_of(heading: str) -> str:
    """Return the heading as it is compared: its letters and digits, in any case.

    >>> key_of("Billing State/Province"), key_of("billing_city")
    ('billingstateprovince', 'billingcity')
    """
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def look_alikes(headings: Iterable[str], known: AbstractSet[str]) -> list[str]:
    """Return the headings that are almost a known one, so that the file may mean it.

    Args:
        headings: those that were not read.
        known: the keys of those that are.

    >>> look_alikes(["Company Nmae", "Phone No.", "Price Level"], {"companyname", "phone"})
    ['Company Nmae', 'Phone No.']
    """
    return [heading for heading in headings if _is_alike(key_of(heading), known)]


def _is_alike(key: str, known: AbstractSet[str]) -> bool:
    if not _SHORTEST <= len(key) <= _LONGEST:
        return False
    plain = {key.removesuffix(word) for word in _NUMBER if key.endswith(word)}
    if not known.isdisjoint(plain | {f"{one}id" for one in plain}):
        return True
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for name in known:
        matcher.set_seq1(name)
        is_near = matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE
        if is_near and matcher.ratio() >= _ALIKE:
            return True
    return False


# The export of Stripe's dashboard


METADATA: Final = " (metadata)"
"""What the heading of a metadata key ends with."""

HEADINGS: Final[Mapping[str, str]] = {
    "id": "id",
    "Description": "description",
    "Email": "email",
    "Name": "name",
    "Phone": "phone",
    "Created (UTC)": "created",
    "Delinquent": "delinquent",
    "Currency": "currency",
    "Account Balance": "balance",
    "Address Line1": "address.line1",
    "Address Line2": "address.line2",
    "Address City": "address.city",
    "Address State": "address.state",
    "Address Country": "address.country",
    "Address Postal Code": "address.postal_code",
    "Address Zip": "address.postal_code",
    "Shipping Name": "shipping.name",
    "Shipping Phone": "shipping.phone",
    "Shipping Address Line1": "shipping.address.line1",
    "Shipping Address Line2": "shipping.address.line2",
    "Shipping Address City": "shipping.address.city",
    "Shipping Address State": "shipping.address.state",
    "Shipping Address Country": "shipping.address.country",
    "Shipping Address Postal Code": "shipping.address.postal_code",
    "Shipping Address Zip": "shipping.address.postal_code",
}
"""Heading → the key of the customer object. In any case; other headings are kept under their own names."""

_PATHS: Final = {heading.casefold(): path for heading, path in HEADINGS.items()}
_KEYS: Final = frozenset(map(key_of, HEADINGS))
_TELLING: Final = frozenset(
    {"created (utc)", "address line1", "shipping address line1", "card address line1", "delinquent"}
)
_FLAGS: Final = {"true": True, "false": False}


def is_export(headings: Sequence[str]) -> bool:
    """Return whether a table with these headings is a customer export of the dashboard.

    >>> is_export(["id", "Email", "Created (UTC)"]), is_export(["id", "companyname", "email"])
    (True, False)
    """
    named = {heading.strip().casefold() for heading in headings}
    return "id" in named and (bool(named & _TELLING) or any(one.endswith(METADATA) for one in named))


def is_heading(text: str) -> bool:
    """Return whether the text is a heading that is read.

    >>> is_heading("address line1"), is_heading("Card Address Line1")
    (True, False)
    """
    title = text.strip().casefold()
    return title in _PATHS or title.endswith(METADATA)


def unread_in(headings: Iterable[str]) -> list[str]:
    """Return the headings that are not read and look like some that are; those of a card are its own.

    >>> unread_in(["id", "Adress Line1", "Card Address Country", "Total Spend"])
    ['Adress Line1']
    """
    unread = [heading for heading in headings if not is_heading(heading)]
    return look_alikes((one for one in unread if not key_of(one).startswith("card")), _KEYS)


def record_of(row: Mapping[str, str]) -> dict[str, Any]:
    """Return the customer object that a row describes.

    A cell that is not understood, a date for example, is kept under its heading.

    Args:
        row: heading → text.

    Source: Stripe, dashboard, export of customers; the headings as public importers know them, unverified

    >>> record_of({"id": "cus_1", "Name": "", "Address City": "Leeds", "tier (metadata)": "gold"})
    {'object': 'customer', 'id': 'cus_1', 'name': None, 'address': {'city': 'Leeds'},
     'metadata': {'tier': 'gold'}}
    """
    record: dict[str, Any] = {"object": "customer"}
    for heading, text in row.items():
        title, cell = heading.strip(), text.strip()
        path = _PATHS.get(title.casefold())
        if path is not None:
            _put(record, path, title, cell, row)
        elif title.casefold().endswith(METADATA):
            metadata = record.setdefault("metadata", {})
            metadata |= {title[: -len(METADATA)]: cell} if cell else {}
        elif title:
            record[title] = text
    return _without_blank_parts(record)


def _put(record: dict[str, Any], path: str, title: str, cell: str, row: Mapping[str, str]) -> None:
    """Put a cell where the customer object has it; what cannot be understood stays under its heading."""
    *outer, key = path.split(".")
    there = record
    for part in outer:
        there = there.setdefault(part, {})
    read = _READERS.get(path)
    try:
        value: Any = (read(cell, row) if read else cell) if cell else None
    except (InputError, ArithmeticError, KeyError):
        record[title] = cell
        return
    if value is not None or there.get(key) is None:
        there[key] = value


def _created(cell: str, _row: Mapping[str, str]) -> int | None:
    stamp: datetime | None = read_stamp(cell, zone="UTC")
    return None if stamp is None else int(stamp.timestamp())


def _delinquent(cell: str, _row: Mapping[str, str]) -> bool:
    return _FLAGS[cell.casefold()]


def _currency(cell: str, _row: Mapping[str, str]) -> str:
    return cell.lower()


def _balance(cell: str, row: Mapping[str, str]) -> int:
    """Return the balance in the currency's smallest unit, as the customer object has it."""
    currency = next((text for title, text in row.items() if title.strip().casefold() == "currency"), "")
    return int(Decimal(cell).scaleb(decimals_of(currency.strip())).to_integral_exact())


_READERS: Final[Mapping[str, Callable[[str, Mapping[str, str]], Any]]] = {
    "created": _created,
    "delinquent": _delinquent,
    "currency": _currency,
    "balance": _balance,
}
"""What is more than a text."""


def _without_blank_parts(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record with null for each address in which every cell is blank."""
    for key in ("shipping", "address"):
        if key in record and not _any(record[key]):
            record[key] = None
    return record


def _any(part: Any) -> bool:
    return any(map(_any, part.values())) if isinstance(part, dict) else part is not None
