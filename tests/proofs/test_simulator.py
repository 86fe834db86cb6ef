"""Seeded schedules of everything at once: a share is played here, any number by `python -m tests.proofs`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs.__main__ import main, noticed, problems, schedules, shortened
from tests.proofs.checks import sees
from tests.proofs.directed import DIRECTED
from tests.proofs.environments import SCOPE, Scope
from tests.proofs.kinds import KINDS
from tests.proofs.oracles import play, play_directed
from tests.proofs.planted import BUGS, Bug
from tests.proofs.schedule import Act

PLANTED = {bug.name: bug for bug in BUGS}
SHARE = {Scope.FEW: 40, Scope.CORE: 30, Scope.PAIRS: 800, Scope.LARGE: 4000}[SCOPE]


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
@pytest.mark.rule("G-IDEM")
class TestSchedules:
    """Whatever people, workers and faults do: nobody is doubled, no edit is lost unseen, then it is quiet."""

    @pytest.mark.parametrize("flow", KINDS)
    def test_of_a_flow(self, flow: str) -> None:
        failed = {one.seed: problems(one) for one in schedules(0, SHARE, 3, flow) if problems(one)}
        assert failed == {}


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
class TestDirected:
    """What needs several things at the same minute is played as it is written down."""

    @pytest.mark.parametrize("name", DIRECTED)
    def test_it_ends_well_and_tells_what_happened(self, name: str) -> None:
        assert play_directed(*DIRECTED[name])[1] == []


class TestTheSimulator:
    """A number is one schedule, and what fails is cut to what it needs."""

    @pytest.mark.parametrize("flow", KINDS)
    def test_a_seed_plays_the_same_again(self, flow: str) -> None:
        for first, again in zip(schedules(7, 6, 3, flow), schedules(7, 6, 3, flow), strict=True):
            assert first == again
            worlds = [play(one)[0] for one in (first, again)]
            assert worlds[0].happened == worlds[1].happened
            assert [side.writes for side in worlds[0].sides] == [side.writes for side in worlds[1].sides]

    def test_a_broken_engine_is_noticed_and_the_schedule_cut(self, monkeypatch: pytest.MonkeyPatch) -> None:
        PLANTED["a lost answer is done"].plant(monkeypatch)
        failing = next(one for one in schedules(0, 500, 1, "servicetitan", "B") if problems(one))
        short = shortened(failing)
        assert problems(short)
        assert len(short.events) <= len(failing.events)
        assert {Act.ENTER, Act.RUN} <= {event.act for event in short.events}

    def test_the_command_tells_the_seed(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert main(["--seeds", "5", "--flow", "lago", "--tier", "A"]) == 0
        assert "lago A 0/5\nseeds 0-4: 0 of 5 failed" in capsys.readouterr().out
        PLANTED["a lost answer is done"].plant(monkeypatch)
        assert main(["--seeds", "500", "--flow", "servicetitan", "--tier", "B", "--failures", "1"]) == 1
        assert capsys.readouterr().out.startswith("seed ")

    @pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
    def test_each_bug_can_be_planted(self, bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
        bug.plant(monkeypatch)

    @pytest.mark.parametrize(
        "name", ["who is deleted in the target is created again", "the excluded take part"]
    )
    def test_a_planted_bug_is_noticed(self, name: str) -> None:
        assert "schedules, in" in noticed(PLANTED[name], 500)

    @pytest.mark.parametrize(
        ("error", "is_sight"), [(AssertionError(), True), (KeyError("phone"), False)], ids=repr
    )
    def test_only_an_oracle_notices(self, error: Exception, *, is_sight: bool) -> None:
        raised: list[Exception] = []

        def check() -> Iterator[object]:
            yield from ()
            raise error

        assert sees(check, raised) is is_sight
        assert raised == ([] if is_sight else [error])

    def test_the_command_tells_what_noticed_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--planted", "the first of two is taken"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == (
            "| the first of two is taken | two candidates are for a person | with two candidates |"
        )

    def test_the_page_has_every_planted_bug(self) -> None:
        page = (Path(__file__).parents[2] / "docs" / "explanation" / "proof.md").read_text(encoding="utf-8")
        rows = [line.split(" | ") for line in page.splitlines() if line.count(" | ") == 2]
        named = {row[0].removeprefix("| "): row[1] for row in rows}
        assert {bug.name: bug.removes for bug in BUGS}.items() <= named.items()
        assert len(BUGS) >= 60
