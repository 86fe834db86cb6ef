"""Single values: which say nothing, which are the same, how they are written down, and their digests.

Values are compared in canonical form: null, empty and a field that is not there are alike when it comes to
writing, and an address is one value.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from hashlib import blake2b, sha256
from marshal import dumps
from operator import attrgetter
from typing import Any, Final

from attrs import fields

from custsync.errors import InputError
from custsync.models import ABSENT, Address, Contact

_DEEPEST: Final = 40
"""No payload nests deeper, with room for the record around it."""

_PARTS: Final = {cls: [(each.name, each.default) for each in fields(cls)] for cls in (Address, Contact)}


_SEVERAL: Final = (Mapping, list, tuple)


def says_nothing(value: Any) -> bool:
    """Return whether a merge reads the value as blank: absent, null, a text of blanks, an empty collection.

    False and 0 are values.

    >>> says_nothing(ABSENT), says_nothing(None), says_nothing(" "), says_nothing({})
    (True, True, True, True)
    >>> says_nothing(False), says_nothing(0)
    (False, False)
    """
    if value is None or value is ABSENT:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    return not value and isinstance(value, _SEVERAL)


def same_value(one: Any, other: Any) -> bool:
    """Return whether both are of one type and equal; what cannot be compared is not the same.

    >>> same_value("Elm", "Elm"), same_value(1, True)
    (True, False)
    """
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    try:
        return bool(one == other)
    except (ArithmeticError, RecursionError):
        return False


def differing(place: str, given: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the entries that another mapping does not have, each name behind its place.

    >>> list(differing("custom", {"tier": "A", "zone": "N"}, {"tier": "B", "zone": "N"}))
    [('custom.tier', 'A')]
    >>> list(differing("custom", {"zone": "N"}, {"zone": "N"}))
    []
    """
    for name, value in given.items():
        if not same_value(value, there.get(name)):
            yield f"{place}.{name}", value


def value_key(value: Any) -> tuple[type, Any]:
    """Return a key that only equal values share.

    >>> value_key(1) == value_key(True), value_key(["a"]) == value_key(["a"])
    (False, True)
    """
    try:
        hash(value)
    except TypeError:
        return type(value), str(plain(value))
    return type(value), value


def plain(value: Any, depth: int = _DEEPEST) -> Any:
    r"""Return the value as JSON: numbers that JSON does not know, moments and members as text.

    A code point that no store keeps, NUL or half a surrogate pair, is written as its escape.

    Args:
        value: what a field of a customer, an address or a contact holds.
        depth: how deep it may nest.

    Raises:
        InputError: it is none of these, or nests too deep; the message names the type only.

    >>> plain({"owed": Decimal("1.50"), "note": ("a", None)})
    {'owed': '1.50', 'note': ['a', None]}
    >>> plain("a\0b")
    'a\\x00b'
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal | datetime):
        return str(value)
    return _plain_inside(value, depth)


def _plain_inside(value: Any, depth: int) -> Any:
    if depth == 0:
        raise InputError(f"a value nests deeper than {_DEEPEST} levels")
    if isinstance(value, Mapping):
        return {_clean(str(key)): plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth - 1) for item in value]
    if isinstance(value, Address | Contact):
        held = [(name, getattr(value, name), default) for name, default in _PARTS[type(value)]]
        filled = [(name, item) for name, item, default in held if item != default and not says_nothing(item)]
        return {name: plain(item, depth - 1) for name, item in filled}
    raise InputError(f"no field of a customer holds a value of type {type(value).__name__}")


def _clean(text: str) -> str:
    escaped = text.replace("\0", "\\x00")
    return escaped if escaped.isascii() else escaped.encode("utf-8", "backslashreplace").decode()


# Digests


_FORMAT: Final = b"custsync/1"
"""Names the digest format. Another format needs another name, so that old digests are merely unknown."""

ADDRESS_COMPONENTS: Final = (
    *(
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
    ),
)
_components = attrgetter(*ADDRESS_COMPONENTS)


def canonical(value: Any) -> Any:
    """Return the value in the form that is compared and digested: plain, and None for every blank.

    An address becomes the tuple of its components; an address with nothing in it is a blank, and so is a text
    of nothing but blanks.
    """
    kind = type(value)
    if kind is str:
        return value if value and not value.isspace() else None
    if value is None or value is ABSENT:
        return None
    if kind is Address:
        parts = tuple([part if part and not part.isspace() else None for part in _components(value)])
        return parts if any(parts) else None
    return _canonical_other(value)


def is_blank(value: Any) -> bool:
    """Return whether the canonical form of the value is None."""
    if type(value) is str:
        return not value or value.isspace()
    if type(value) is Address:
        return all(map(is_blank, _components(value)))
    return value is None or value is ABSENT


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


DIGEST_SIZE: Final = 8
"""So many bytes has a digest."""

_HASHED: Final = blake2b(digest_size=DIGEST_SIZE, person=_FORMAT)
_BLANK: Final = blake2b(dumps(None, 2), digest_size=DIGEST_SIZE, person=_FORMAT).hexdigest()


def payload_digests(items: Iterable[Any], salt: bytes) -> list[str]:
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
            text = item.encode() if type(item) is str else item if type(item) is bytes else dumps(item, 2)
        except ValueError:
            digests.append("")
            continue
        hashed = salted.copy()
        hashed.update(text)
        digests.append(hashed.hexdigest()[:32])
    return digests
