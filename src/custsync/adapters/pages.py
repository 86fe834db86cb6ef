"""A source that is read page by page, and that may be throttled between pages."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from custsync._arguments import checked
from custsync.engine.calls import Retry
from custsync.errors import ThrottledError
from custsync.protocols import Payload

__all__ = ["read_pages"]

_OFTEN_ENOUGH: Final = Retry()


@checked
def read_pages(
    read: Callable[[Any], tuple[Iterable[Payload], Any]],
    *,
    retry: Retry = _OFTEN_ENOUGH,
    sleep: Callable[[float], object] = time.sleep,
) -> Callable[[], Iterator[Payload]]:
    """Return a function that makes an iterator of all records, as `plan` and `sync` take it.

    A page whose reading raises `ThrottledError` is read again after a wait; nothing that came before it is.

    Args:
        read: a cursor, None for the first page → the records of its page, and the next cursor, None after
            the last page.
        retry: how often, and after how long a wait.
        sleep: waits so many seconds.

    Raises:
        ThrottledError: while it is iterated: the attempts are used up, or the source asks for more
            patience than `retry` has.

    Rule: G-ISO

    >>> def read(page):
    ...     return ([{"id": "2041"}], "b") if page is None else ([{"id": "2042"}], None)
    >>> [record["id"] for record in read_pages(read)()]
    ['2041', '2042']
    >>> def throttled(page):
    ...     raise ThrottledError(9)
    >>> waits = []
    >>> list(read_pages(throttled, retry=Retry(attempts=2), sleep=waits.append)())
    Traceback (most recent call last):
        ...
    custsync.errors.ThrottledError: the source was throttled while it was read: run again later
    >>> waits
    [9]
    """

    def page(cursor: Any) -> tuple[list[Payload], Any]:
        for attempt in range(1, retry.attempts):
            try:
                return _taken(read(cursor))
            except ThrottledError as error:
                if error.seconds > retry.patience:
                    raise
                sleep(retry.wait(attempt, error.seconds).seconds)
        return _taken(read(cursor))

    def records() -> Iterator[Payload]:
        cursor: Any = None
        while True:
            found, cursor = page(cursor)
            yield from found
            if cursor is None:
                return

    return records


def _taken(answer: tuple[Iterable[Payload], Any]) -> tuple[list[Payload], Any]:
    """Return the page with its records in hand: a generator may be throttled as well."""
    return list(answer[0]), answer[1]
