"""Seeded schedules of everything at once: a share is played here, any number by `python -m tests.proofs`."""

import pytest

from tests.proofs.__main__ import main, problems, schedules, shortened
from tests.proofs.environments import SCOPE, Scope
from tests.proofs.kinds import KINDS
from tests.proofs.oracles import play
from tests.proofs.schedule import Act
from tests.proofs.test_planted_bugs import intents_are_not_written

SHARE = {Scope.FEW: 40, Scope.CORE: 200, Scope.PAIRS: 800, Scope.LARGE: 4000}[SCOPE]


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
@pytest.mark.rule("G-IDEM")
class TestSchedules:
    """Whatever people, workers and faults do: nobody is doubled, no edit is lost unseen, then it is quiet."""

    @pytest.mark.parametrize("flow", KINDS)
    def test_of_a_flow(self, flow: str) -> None:
        failed = {one.seed: problems(one) for one in schedules(0, SHARE, 3, flow) if problems(one)}
        assert failed == {}


class TestTheSimulator:
    """A number is one schedule, and what fails is cut to what it needs."""

    @pytest.mark.parametrize("flow", KINDS)
    def test_a_seed_plays_the_same_again(self, flow: str) -> None:
        for first, again in zip(schedules(7, 20, 3, flow), schedules(7, 20, 3, flow), strict=True):
            assert first == again
            worlds = [play(one)[0] for one in (first, again)]
            assert worlds[0].happened == worlds[1].happened
            assert [side.writes for side in worlds[0].sides] == [side.writes for side in worlds[1].sides]

    def test_a_broken_engine_is_noticed_and_the_schedule_cut(self, monkeypatch: pytest.MonkeyPatch) -> None:
        intents_are_not_written(monkeypatch)
        failing = next(one for one in schedules(0, 2000, 1, "lightspeed", "C") if problems(one))
        short = shortened(failing)
        assert problems(short)
        assert len(short.events) <= len(failing.events)
        assert {Act.ENTER, Act.RUN} <= {event.act for event in short.events}

    def test_the_command_tells_the_seed(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert main(["--seeds", "5", "--flow", "lago", "--tier", "A"]) == 0
        assert "5 schedules from seed 0: 0 failed" in capsys.readouterr().out
        intents_are_not_written(monkeypatch)
        assert main(["--seeds", "2000", "--flow", "lightspeed", "--tier", "C", "--failures", "1"]) == 1
        assert capsys.readouterr().out.startswith("seed ")
