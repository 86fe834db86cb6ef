"""Our own values as JSON and back, exactly: absent, null and empty come back as what they were."""

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from custsync.errors import PayloadError
from custsync.payloads.errors import KEPT

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["dump", "load"]

T = TypeVar("T")


def dump(value: Any) -> Any:
    """Return one of our frozen values as JSON: objects, lists, texts, numbers, flags and null.

    Raises:
        InputError: the value holds something that is not of the closed set, or nests too deep.

    >>> from custsync.models import Ref
    >>> dump(Ref("netsuite", "2041"))
    {'system': 'netsuite', 'id': '2041', 'account': '', 'mode': '', 'kind': 'customer'}
    >>> load(Ref, dump(Ref("netsuite", "2041")))
    Ref(system='netsuite', id='2041', account='', mode='', kind='customer')
    """
    return _converter().unstructure(value)


def load(cls: type[T], data: Any) -> T:
    """Return the value of that class that `dump` made the data of.

    Raises:
        PayloadError: with every issue at once; none holds a value.

    >>> from custsync.models import Ref
    >>> load(Ref, {"system": "netsuite", "id": 2041})
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: data that is not what custsync keeps
    """
    try:
        return _converter().structure(data, cls)
    except PayloadError as error:
        issues = error.issues
    raise PayloadError(KEPT, issues)


@cache
def _converter() -> "Converter":
    """Return the converter of `dump` and `load`; nobody else has it, and it is made when it is needed."""
    from custsync.serialization.converters import make_converter

    return make_converter()
