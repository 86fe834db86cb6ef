"""Progress of long runs: off, a bar, or a function of the caller's."""

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager, nullcontext
from typing import Any, Literal, TypeAlias

from custsync.engine.outcomes import Outcome
from custsync.errors import ConfigurationError

Progress: TypeAlias = Callable[[int], object] | Literal["bar"] | None
"""None for none, `"bar"` for a bar on standard error, or a function that is called with the number done."""

Observe: TypeAlias = Callable[[Outcome], object]
"""A function that is given each outcome."""


@contextmanager
def reporting(
    progress: Progress, of: object, batch: int, observe: Observe | None = None
) -> Iterator[Callable[[Iterable[Any]], Iterator[Any]]]:
    """Give a function that hands on what is done and reports it: each one, and how many after each batch.

    Args:
        progress: what is called with how many are done in all.
        of: the records; where they can be counted, a bar shows how many there are.
        batch: after how many the number is reported; it is reported at the end too.
        observe: what is given each one.

    Raises:
        ConfigurationError: a bar was asked for and the `progress` extra is not installed.
    """
    done = 0
    bar = _bar(len(of) if isinstance(of, Sized) else None) if progress == "bar" else nullcontext(progress)
    with bar as report:

        def counted(items: Iterable[Any]) -> Iterator[Any]:
            nonlocal done
            for item in items:
                done += 1
                if observe is not None:
                    observe(item)
                if report is not None and done % batch == 0:
                    report(done)
                yield item

        yield counted
        if report is not None:
            report(done)


@contextmanager
def _bar(total: int | None) -> Iterator[Callable[[int], object]]:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ConfigurationError("progress='bar' needs the extra: pip install 'custsync[progress]'") from None
    with tqdm(unit=" customers", total=total) as bar:
        yield lambda done: bar.update(done - bar.n)
