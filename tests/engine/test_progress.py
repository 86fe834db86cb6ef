"""Progress of long runs: off, a bar, or a function of the caller's."""

import sys
from types import SimpleNamespace
from typing import Any, Self

import pytest

from custsync.engine.progress import reporting
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
        with reporting(None) as told:
            assert told(1) is None

    def test_a_function_is_told(self) -> None:
        heard: list[int] = []
        with reporting(heard.append) as told:
            told(500)
            told(620)
        assert heard == [500, 620]

    @pytest.mark.parametrize(("of", "total"), [(range(700), 700), (iter("ab"), None), (None, None)])
    def test_a_bar_stands_where_it_was_told(
        self, monkeypatch: pytest.MonkeyPatch, of: object, total: int | None
    ) -> None:
        tqdm: Any = SimpleNamespace(tqdm=Bar)
        monkeypatch.setitem(sys.modules, "tqdm.auto", tqdm)
        with reporting("bar", of) as told:
            told(500)
            told(620)
        (bar,) = Bar.made
        assert (bar.n, bar.is_closed, bar.total) == (620, True, total)

    def test_a_bar_without_its_extra_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
        with pytest.raises(ConfigurationError, match=r"pip install 'custsync\[progress\]'"), reporting("bar"):
            pass
