"""The records of a run, gone through as often as it takes."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from custsync.engine.plan.inputs import KeptRecords, async_batches, batches, records_of
from custsync.errors import InputError

LINES = ["a\n", "b\n", "c\n"]


def generator() -> Iterator[str]:
    yield from LINES


class Pipe(io.StringIO):
    """A file that cannot go back."""

    def seekable(self) -> bool:
        return False


INPUTS: dict[str, Any] = {
    "list": LINES,
    "tuple": tuple(LINES),
    "function": generator,
    "generator": generator(),
    "file": io.StringIO("".join(LINES)),
    "pipe": Pipe("".join(LINES)),
}


@pytest.mark.rule("G-DUP")
class TestRecords:
    """Whatever holds the records, every pass sees all of them."""

    @pytest.mark.parametrize("name", INPUTS)
    def test_several_passes(self, name: str) -> None:
        begin = records_of(INPUTS[name], again=True)
        assert [list(begin()), list(begin())] == [LINES, LINES]

    @pytest.mark.parametrize("name", INPUTS)
    def test_a_pass_within_a_pass(self, name: str) -> None:
        begin = records_of(fresh(name), again=True)
        outer = begin()
        assert next(outer) == "a\n"
        assert list(begin()) == LINES
        assert list(outer) == LINES[1:]

    @pytest.mark.parametrize("kind", [io.StringIO, lambda text: io.BytesIO(text.encode())])
    def test_a_file_is_gone_through_from_where_it_stood(self, kind: Any) -> None:
        file = kind("# a title\n" + "".join(LINES))
        file.readline()
        begin = records_of(file, again=True)
        assert [len(list(begin())), len(list(begin()))] == [3, 3]

    @pytest.mark.parametrize("name", ["generator", "pipe"])
    def test_what_comes_once_is_refused_where_nothing_may_be_kept(self, name: str) -> None:
        with pytest.raises(InputError, match="they come only once"):
            records_of(fresh(name), memory="flat", again=True)

    @pytest.mark.parametrize("name", ["list", "function", "file"])
    def test_the_others_are_not(self, name: str) -> None:
        begin = records_of(fresh(name), memory="flat", again=True)
        assert list(begin()) == list(begin()) == LINES

    def test_where_one_pass_is_enough_nothing_is_kept(self) -> None:
        given = generator()
        begin = records_of(given, memory="flat", again=False)
        assert next(begin()) == "a\n"
        assert list(given) == LINES[1:]

    def test_another_word_is_refused(self) -> None:
        with pytest.raises(InputError, match="memory: 'kept' or 'flat'"):
            records_of(LINES, memory="all", again=True)  # type: ignore[arg-type]

    def test_records_are_taken_as_they_are_needed(self) -> None:
        taken: list[int] = []

        def coming() -> Iterator[int]:
            for number in range(5):
                taken.append(number)
                yield number

        kept = KeptRecords(coming())
        assert next(kept()) == 0
        assert taken == [0]
        assert list(kept()) == list(kept()) == [0, 1, 2, 3, 4]
        assert taken == [0, 1, 2, 3, 4]


def fresh(name: str) -> Any:
    made: dict[str, Any] = {
        "generator": generator,
        "file": lambda: io.StringIO("".join(LINES)),
        "pipe": lambda: Pipe("".join(LINES)),
    }
    return made[name]() if name in made else INPUTS[name]


class TestBatchesToAwait:
    """Records that are awaited come in the same batches as others."""

    @pytest.mark.parametrize("count", [0, 1, 3, 4, 5])
    def test_as_many_at_a_time(self, count: int) -> None:
        async def later() -> AsyncIterator[int]:
            for one in range(count):
                yield one

        async def made() -> list[tuple[int, list[int]]]:
            return [part async for part in async_batches(later(), 2)]

        assert asyncio.run(made()) == list(batches(range(count), 2))
