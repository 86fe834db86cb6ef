"""Whether two values are equal, and the digests by which they are remembered.

Values are compared in canonical form: null, empty and a field that is not there are alike when it comes to
writing, and an address is one value.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from hashlib import blake2b, sha256
from marshal import dumps
from operator import attrgetter
from typing import Any, Final

from custsync.models import ABSENT, Address

_FORMAT: Final = b"custsync/1"
"""Names the digest format. Another format needs another name, so that old digests are merely unknown."""

ADDRESS_COMPONENTS: Final = (
    "addressee",
    "attention",
    "line1",
    "line2",
    "line3",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
)
_components = attrgetter(*ADDRESS_COMPONENTS)


def canonical(value: Any) -> Any:
    """Return the value in the form that is compared and digested: plain, and None for every blank.

    An address becomes the tuple of its components; an address with nothing in it is a blank, and so is a text
    of nothing but blanks.
    """
    kind = type(value)
    if kind is str:
        return _text(value)
    if value is None or value is ABSENT:
        return None
    if kind is Address:
        parts = tuple([_text(part) if part else None for part in _components(value)])
        return parts if any(parts) else None
    return _canonical_other(value)


def _text(text: str) -> str | None:
    return None if text.isspace() else text or None


def _canonical_other(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f") if value.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def digest(value: Any) -> str:
    """Return a digest of a value's canonical form: 16 hexadecimal digits, the same on every machine."""
    form = canonical(value)
    if form is None:
        return _BLANK
    hashed = _HASHED.copy()
    hashed.update(dumps(form, 2))
    return hashed.hexdigest()


_HASHED: Final = blake2b(digest_size=8, person=_FORMAT)
_BLANK: Final = blake2b(dumps(None, 2), digest_size=8, person=_FORMAT).hexdigest()


def _marshalled(item: Any) -> bytes:
    return dumps(item, 2)


def payload_digests(items: Iterable[object], salt: bytes) -> list[str]:
    """Return a digest of each whole payload, of the text itself where it is text.

    Args:
        items: payloads or their JSON texts; what cannot be digested, a customer that was read already for
            example, has the digest `""`.
        salt: digests with different salts never meet.

    >>> payload_digests(['{"id": "7"}'], b"EXPORT") == payload_digests([b'{"id": "7"}'], b"EXPORT")
    True
    >>> payload_digests(['{"id": "7"}'], b"EXPORT") == payload_digests(['{"id": "7"}'], b"IMPORT")
    False
    """
    salted = sha256(_FORMAT + b"\0" + salt + b"\0")
    digests = []
    for item in items:
        try:
            text = item.encode() if type(item) is str else item if type(item) is bytes else _marshalled(item)
        except ValueError:
            digests.append("")
            continue
        hashed = salted.copy()
        hashed.update(text)
        digests.append(hashed.hexdigest()[:32])
    return digests
