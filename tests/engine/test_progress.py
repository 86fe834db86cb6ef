"""Progress of long runs: off, a bar, or a function of the caller's."""

import sys
from types import SimpleNamespace
from typing import Any, Self

import pytest

from custsync.engine.outcomes import reporting
from custsync.errors import ConfigurationError


class Bar:
    """A stand-in for tqdm's bar."""

    made: list["Bar"]

    def __init__(self, unit: str, total: int | None) -> None:
        self.unit, self.total, self.n, self.is_closed = unit, total, 0, False
        Bar.made = [self]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ended: object) -> None:
        self.is_closed = True

    def update(self, more: int) -> None:
        self.n += more


class TestReporting:
    """Whoever asked is told how many are done in all."""

    def test_silence(self) -> None:
        with reporting(None, [], 2) as counted:
            assert list(counted("abc")) == ["a", "b", "c"]

    def test_a_function_is_told_after_each_batch_and_at_the_end(self) -> None:
        heard: list[int] = []
        with reporting(heard.append, [], 2) as counted:
            assert [list(counted(some)) for some in ("abc", "de")] == [["a", "b", "c"], ["d", "e"]]
        assert heard == [2, 4, 5]

    def test_who_observes_is_given_each_before_it_is_counted(self) -> None:
        heard: list[Any] = []
        with reporting(heard.append, [], 1, heard.append) as counted:
            assert list(counted("ab")) == ["a", "b"]
        assert heard == ["a", 1, "b", 2, 2]

    @pytest.mark.parametrize(("of", "total"), [(range(700), 700), (iter("ab"), None), (None, None)])
    def test_a_bar_stands_where_it_was_told(
        self, monkeypatch: pytest.MonkeyPatch, of: object, total: int | None
    ) -> None:
        tqdm: Any = SimpleNamespace(tqdm=Bar)
        monkeypatch.setitem(sys.modules, "tqdm.auto", tqdm)
        with reporting("bar", of, 500) as counted:
            assert len(list(counted(range(620)))) == 620
        (bar,) = Bar.made
        assert (bar.n, bar.is_closed, bar.total) == (620, True, total)

    def test_a_bar_without_its_extra_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
        is_named = pytest.raises(ConfigurationError, match=r"pip install 'custsync\[progress\]'")
        with is_named, reporting("bar", [], 1):
            pass
