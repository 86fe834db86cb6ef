"""Progress of long runs: off, a bar, or a function of the caller's."""

from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from typing import Literal, TypeAlias

from custsync.errors import ConfigurationError

__all__ = ["Progress", "reporting"]

Progress: TypeAlias = Callable[[int], object] | Literal["bar"] | None
"""None for none, `"bar"` for a bar on standard error, or a function that is called with the number done."""


@contextmanager
def reporting(progress: Progress, of: object = None) -> Iterator[Callable[[int], object]]:
    """Give a function to be told how many records are done in all.

    Args:
        progress: what is called.
        of: the records; where they can be counted, a bar shows how many there are.

    Raises:
        ConfigurationError: a bar was asked for and the `progress` extra is not installed.
    """
    if progress is None:
        yield _silent
    elif progress == "bar":
        with _bar(len(of) if isinstance(of, Sized) else None) as told:
            yield told
    else:
        yield progress


def _silent(_done: int) -> None:
    pass


@contextmanager
def _bar(total: int | None) -> Iterator[Callable[[int], object]]:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ConfigurationError("progress='bar' needs the extra: pip install 'custsync[progress]'") from None
    with tqdm(unit=" customers", total=total) as bar:

        def told(done: int) -> None:
            bar.update(done - bar.n)

        yield told
