"""What all systems' records in files share: what they are, and the ids that new ones take."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

__all__ = ["NEW", "Record", "first_free", "laid_over"]

Record = dict[str, Any]

NEW: Final = "rehearsed-"
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
    """Return the record with the fields of the body in the place of its own, in inner objects too.

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
