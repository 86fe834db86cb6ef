"""Ids as several systems have them, and how one is looked for in a payload that may be anything."""

from collections.abc import Callable
from typing import Any, Final

from custsync.errors import PayloadError
from custsync.models import ABSENT
from custsync.payloads import object_of, payload_error, read_text
from custsync.payloads.field_types import read_digits
from custsync.rules.normalize.texts import id_key

_LONGEST: Final = 255
_MOST_DIGITS: Final = 19
"""Digits of the largest whole number that a database keeps."""


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
    """Return the internal id of a NetSuite record; those of its own entities have a minus before it.

    >>> read_record_id(2042), read_record_id("-2")
    ('2042', '-2')
    >>> read_record_id("02042")
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: not an id: ids are digits, without a leading zero
    """
    text = read_digits(value)
    if internal_id(text.removeprefix("-")) is None:
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


def id_in(payload: Any, key: str, read: Callable[[Any], str]) -> str:
    """Return the id under that key of a payload, `""` where there is none to be read.

    >>> id_in({"id": "0a91-77"}, "id", read_dashed), id_in({"id": 7}, "id", read_dashed)
    ('0a91-77', '')
    """
    try:
        return read(object_of(payload).get(key))
    except PayloadError:
        return ""
