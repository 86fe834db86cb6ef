"""Ids as several systems have them, and how one is looked for in a payload that may be anything."""

from collections.abc import Callable
from typing import Any, Final

from custsync.errors import PayloadError
from custsync.models import ABSENT
from custsync.payloads import object_of, payload_error, read_text

__all__ = ["id_in", "read_dashed", "read_filled"]

_LONGEST: Final = 255


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
