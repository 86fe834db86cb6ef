"""Ids of letters, digits and dashes, and how an id is looked for in a payload that may be anything."""

from collections.abc import Callable
from typing import Any, Final

from custsync.codec import object_of, refusal
from custsync.errors import PayloadError

__all__ = ["id_in", "read_dashed"]

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
    raise refusal("not_an_id", "not an id: letters, digits and dashes", value)


def id_in(payload: Any, key: str, read: Callable[[Any], str]) -> str:
    """Return the id under that key of a payload, `""` where there is none to be read.

    >>> id_in({"id": "0a91-77"}, "id", read_dashed), id_in({"id": 7}, "id", read_dashed)
    ('0a91-77', '')
    """
    try:
        return read(object_of(payload).get(key))
    except PayloadError:
        return ""
