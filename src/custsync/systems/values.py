"""Values as several systems have them: ids, amounts in cents, time stamps, the parts of an address."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple

from attrs import frozen

from custsync._building import evolved
from custsync.errors import InputError, PayloadError
from custsync.models import ABSENT, Address
from custsync.payloads import Column, Kind, object_of, payload_error, read_text
from custsync.payloads.field_types import or_blank, read_digits
from custsync.payloads.reading import LONGEST_NUMBER
from custsync.rules.fields.values import ADDRESS_COMPONENTS
from custsync.rules.normalize.texts import id_key
from custsync.rules.normalize.timestamps import DateOrder, read_stamp

_LONGEST: Final = 255
_MOST_DIGITS: Final = 19
"""Digits of the largest whole number that a database keeps."""


_RECORD_ID: Final = re.compile(rf"-?[1-9][0-9]{{0,{_MOST_DIGITS - 1}}}")


def internal_id(text: str) -> str | None:
    """Return a NetSuite internal id as it is compared, None for a text that is formed otherwise.

    It is a whole number above zero, written with digits alone and without a leading zero.

    >>> internal_id(" 2042 ")
    '2042'
    >>> [internal_id(text) for text in ("A-2042", "-5", "2042.0", "02042", "0", "1" * 25)]
    [None, None, None, None, None, None]

    Rule: ST-LEG-4, LG-LINK
    """
    key = id_key(text)
    is_one = key is not None and len(key) <= _MOST_DIGITS and key.isascii() and key.isdigit()
    return key if is_one and key is not None and key[0] != "0" else None


def read_record_id(value: Any, _: object = None) -> str:
    """Return the internal id of a NetSuite record; a system entity has a minus before it.

    >>> read_record_id(2042), read_record_id("-2")
    ('2042', '-2')
    >>> read_record_id("02042")
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: not an id: ids are digits, without a leading zero
    """
    if type(value) is str and _RECORD_ID.fullmatch(value):
        return value
    text = read_digits(value)
    if not _RECORD_ID.fullmatch(text):
        raise payload_error("not_an_id", "not an id: ids are digits, without a leading zero", value)
    return text


def read_dashed(value: Any, _: object = None) -> str:
    """Return an id of ASCII letters, digits and dashes, as a UUID is.

    >>> read_dashed("0a91-77")
    '0a91-77'
    >>> read_dashed("../0a91")
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: not an id: letters, digits and dashes
    """
    if type(value) is str and len(value) <= _LONGEST and value.isascii() and value.replace("-", "").isalnum():
        return value
    raise payload_error("not_an_id", "not an id: letters, digits and dashes", value)


def read_filled(value: Any, _: object = None) -> str:
    """Return a text that has to be there, with something in it.

    >>> read_filled("okafor-1")
    'okafor-1'
    >>> read_filled("")
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: blank, where there has to be a text
    """
    if value is None or value is ABSENT or value == "":
        raise payload_error("blank", "blank, where there has to be a text", value)
    return read_text(value)  # type: ignore[no-any-return]


@frozen
class IdUnder:
    """Returns the id under a key of a payload, `""` where there is none to be read.

    >>> IdUnder("id", read_dashed)({"id": "0a91-77"}), IdUnder("id", read_dashed)({"id": 7})
    ('0a91-77', '')

    Attributes:
        key: the key.
        read: reads the id, and refuses what is none.
    """

    key: str
    read: Callable[[Any], str]

    def __call__(self, payload: Any) -> str:
        """Return the id."""
        try:
            return self.read(object_of(payload).get(self.key))
        except PayloadError:
            return ""


# Amounts in whole cents


_DECIMALS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga"), 0),
    **dict.fromkeys(("pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"), 0),
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3),
}
"""The currencies whose smallest unit is not a hundredth.

Source: docs.stripe.com/currencies
"""


def decimals_of(currency: str) -> int:
    """Return how many decimals Stripe counts a currency with.

    >>> decimals_of("jpy"), decimals_of("USD"), decimals_of("kwd")
    (0, 2, 3)
    """
    return _DECIMALS.get(currency.lower(), 2)


def _read_cents(value: Any, _: object = None) -> Decimal:
    if type(value) is int and abs(value) < 10**LONGEST_NUMBER:
        return Decimal(value).scaleb(-2)
    raise payload_error("not_a_number", "not a whole number of cents", value)


CENTS: Final = Kind(or_blank(_read_cents))
"""A whole number of cents, never written."""


# Time stamps, always to aware UTC


_COMMON: Final = len("2026-06-30T18:58:34Z")
"""The common form, each sign in its place: of longer ones `fromisoformat` alone lets `05xZ` pass."""
_REMEDY: Final = "Send ISO 8601, or state the order in which a date has its day and month (date_order)"


class Stamps(NamedTuple):
    """Reads a surface's stamps: ISO 8601, and dates as the account writes them once that is declared."""

    order: DateOrder | None = None
    zone: str = ""

    def read(self, value: Any, _: object = None) -> Any:
        """Return the moment, aware UTC; None for empty and `0001-01-01`."""
        if type(value) is str and value[4::3] == "--T::Z" and len(value) == _COMMON:
            try:
                stamp = datetime.fromisoformat(value)
            except ValueError:
                pass
            else:
                return stamp if stamp.year > 1 else None
        elif type(value) is str and len(value) <= _LONGEST:
            try:
                return _stamp(value, self.order, self.zone)
            except InputError:
                pass
        raise payload_error("not_a_stamp", "no date or time in a form that is read", value, _REMEDY)


@lru_cache(maxsize=4096)
def _stamp(text: str, order: DateOrder | None, zone: str) -> datetime | None:
    """Return the moment; many records share one, as dates do that come without a time."""
    return read_stamp(text, order=order, zone=zone)


def write_stamp(value: datetime | None) -> str | None:
    """Return the moment as ISO 8601 with a `Z`, None for None.

    >>> write_stamp(datetime(2026, 6, 30, 18, 58, 34, tzinfo=UTC))
    '2026-06-30T18:58:34Z'
    """
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


STAMP: Final = Kind(or_blank(Stamps().read), write_stamp)
"""ISO 8601 with its zone, the only form that needs no declaration."""


# Addresses


COMPONENTS: Final = (*ADDRESS_COMPONENTS, "is_residential")
"""The components of an address; its id and its default flags belong to its line of an address book."""


def overlaid(there: Any, value: Address) -> Address:
    """Return the address that is there with the components that the value carries laid over it.

    >>> overlaid(Address(id="31", city="Astoria", attention="Accounts"), Address(city="Portland")).id
    '31'
    >>> overlaid(None, Address(city="Portland")).city
    'Portland'
    """
    if not isinstance(there, Address):
        return value
    parts = zip(COMPONENTS, _components(value), strict=True)
    return evolved(there, **{name: part for name, part in parts if part is not ABSENT})


_components: Final = attrgetter(*COMPONENTS)


def address_columns(role: str, keys: Mapping[str, str], prefix: str = "") -> tuple[Column, ...]:
    """Return the columns of an address whose components are keys of the record itself.

    Args:
        role: which address, `"billing_address"`.
        keys: our name of each component → its key.
        prefix: what each key begins with.

    >>> address_columns("billing_address", {"city": "town"})[0].name
    'billing_address.city'
    """
    return tuple(Column(f"{role}.{name}", prefix + key) for name, key in keys.items())
