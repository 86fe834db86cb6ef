"""A source that is read page by page, and that says "not now" in between."""

from typing import Any

import pytest

from custsync.adapters.pages import read_pages
from custsync.engine.calls import Retry
from custsync.errors import ThrottledError

RECORDS = [{"id": str(number)} for number in range(5)]


class Source:
    """Pages of two records; the calls that are listed are throttled, the second record of a page with it."""

    def __init__(self, *throttled: int, seconds: float = 0, late: bool = False) -> None:
        self.throttled, self.seconds, self.late = throttled, seconds, late
        self.asked: list[int | None] = []

    def read(self, cursor: int | None) -> Any:
        self.asked.append(cursor)
        start = cursor or 0
        page = self._page(start, len(self.asked) in self.throttled)
        return page if self.late else list(page), start + 2 if start + 2 < len(RECORDS) else None

    def _page(self, start: int, is_throttled: bool) -> Any:  # noqa: FBT001 - a double
        yield RECORDS[start]
        if is_throttled:
            raise ThrottledError(self.seconds)
        yield from RECORDS[start + 1 : start + 2]


@pytest.mark.rule("G-ISO")
class TestPages:
    """Every record comes once, however often the source says "not now"."""

    @pytest.mark.parametrize("late", [False, True], ids=["list", "generator"])
    @pytest.mark.parametrize("throttled", [(), (1,), (2, 3), (3,)])
    def test_every_record_comes_once(self, throttled: tuple[int, ...], *, late: bool) -> None:
        waits: list[float] = []
        source = Source(*throttled, late=late)
        records = read_pages(source.read, sleep=waits.append)
        assert list(records()) == RECORDS
        assert len(source.asked) == 3 + len(throttled)
        assert len(waits) == len(throttled)

    def test_each_call_begins_again(self) -> None:
        records = read_pages(Source().read)
        assert list(records()) == list(records())

    def test_the_wait_is_as_long_as_asked_and_doubles(self) -> None:
        waits: list[float] = []
        source = Source(1, 2, 3, seconds=3)
        list(read_pages(source.read, retry=Retry(first=2), sleep=waits.append)())
        assert waits == [3, 4, 8]

    @pytest.mark.parametrize(
        ("retry", "waits"), [(Retry(attempts=2), [7]), (Retry(patience=5), []), (Retry(attempts=1), [])]
    )
    def test_patience_ends(self, retry: Retry, waits: list[float]) -> None:
        waited: list[float] = []
        records = read_pages(Source(2, 3, seconds=7).read, retry=retry, sleep=waited.append)()
        assert [next(records), next(records)] == RECORDS[:2]
        with pytest.raises(ThrottledError) as caught:
            next(records)
        assert (caught.value.seconds, waited) == (7, waits)
