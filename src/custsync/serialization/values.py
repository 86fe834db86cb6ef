"""Our own values as JSON and back, exactly: absent, null and empty come back as what they were."""

from typing import Any, TypeVar

from custsync.errors import PayloadError
from custsync.payloads.errors import KEPT
from custsync.serialization.classes import reader_of, writer_of

__all__ = []

T = TypeVar("T")


def dump(value: Any, *, compact: bool = False) -> Any:
    """Return one of our frozen values as JSON: objects, lists, texts, numbers, flags and null.

    Args:
        value: the value.
        compact: whether every field is left out that has its default, and the names of the fields that are
            null stand together, under `"null"`; otherwise only what is absent is left out.

    Raises:
        InputError: the value holds something that is not of the closed set, or nests too deep.

    >>> from custsync.models import Ref
    >>> dump(Ref("netsuite", "2041"))
    {'system': 'netsuite', 'id': '2041', 'account': '', 'mode': '', 'kind': 'customer'}
    >>> dump(Ref("netsuite", "2041"), compact=True)
    {'system': 'netsuite', 'id': '2041'}
    >>> load(Ref, dump(Ref("netsuite", "2041")))
    Ref(system='netsuite', id='2041', account='', mode='', kind='customer')
    """
    kind: Any = type(value)
    return writer_of(kind, compact=compact)(value)


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
    kind: Any = cls
    try:
        return reader_of(kind)(data)  # type: ignore[no-any-return]
    except Exception:  # noqa: BLE001, S110 - read again with care, to say what is wrong
        pass
    from custsync.serialization.converters import careful  # dear to import, and only what is wrong needs it

    try:
        return careful().structure(data, cls)
    except PayloadError as error:
        issues = error.issues
    raise PayloadError(KEPT, issues)
