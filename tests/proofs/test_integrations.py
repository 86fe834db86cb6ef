"""Lightspeed, ServiceTitan, Lago, Upflow: whatever goes wrong at a request, all ends as if nothing had.

As in `test_crashes`, the schedules are exhausted, and proven is the state of the world: the customers of both
systems and their groups, the sync records, the ids written back.
"""

import logging
from collections.abc import Iterator

import pytest
from attrs import evolve

from custsync.protocols import Tier
from custsync.testing.faults import Fault
from tests.proofs.environments import NEXT_DAY, SCOPE, SOON, Scope, distinct, singles
from tests.proofs.integrations import (
    FOUR,
    LAGO,
    LIGHTSPEED,
    PAIRS,
    SERVICETITAN,
    UPFLOW,
    UPFLOW_TWO,
    Pair,
    doubled,
    play,
    problems,
    stuck,
)

EVERY = [
    evolve(pair, pause=pause, edits=edits)
    for pair in PAIRS
    for pause, edits in ((SOON, True), (NEXT_DAY, True), (SOON, False), (NEXT_DAY, False))
    if pair is not UPFLOW or pause == NEXT_DAY or not edits  # there, a late line undoes a newer one
]
EDITED = [
    setting for setting in EVERY if setting.edits and (setting.pause == SOON or setting.flow is UPFLOW.flow)
]
DURABLE = [evolve(pair, durable=True) for pair in FOUR]
SMALL = [SERVICETITAN, LIGHTSPEED, UPFLOW_TWO, LAGO]
SETTINGS = {
    Scope.FEW: [*FOUR],
    Scope.CORE: [*(one for one in EDITED if one.tier in (Tier.A, Tier.C)), DURABLE[1]],
    Scope.PAIRS: [*EVERY, *DURABLE],
    Scope.LARGE: [*EVERY, *(evolve(pair, durable=True) for pair in EVERY)],
}[SCOPE]
DEEP = [*SMALL, *EDITED] if SCOPE is Scope.LARGE else SMALL


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the warnings about what is made to fail out of the log: there are many thousand."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class TestWithoutFaults:
    """Each world ends with everybody linked: what the others are compared with."""

    @pytest.mark.parametrize("setting", [*EDITED, UPFLOW_TWO], ids=str)
    def test_everybody_is_linked_to_one(self, setting: Pair) -> None:
        pair, ended = play(setting, {})
        assert (doubled(pair), stuck(pair)) == ([], [])
        assert len(pair.records()) == len(pair.source.rows)
        assert ended.runs <= 3

    def test_in_groups(self) -> None:
        pair, _ = play(evolve(UPFLOW, pause=NEXT_DAY, edits=True), {})
        assert {row["Customer ID"]: row["Parent ID"] for row in pair.target.rows} == {
            **dict.fromkeys(("10", "11", "20", "30"), "40"),
            "40": "",
        }

    def test_written_back(self) -> None:
        pair, _ = play(LAGO, {})
        held = [row["integration_customers"][0]["external_customer_id"] for row in pair.source.rows]
        assert sorted(held) == sorted(row["id"] for row in pair.target.rows)


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
class TestOneFault:
    """After any one fault: no second customer, no lost update, no stuck record, every id written back."""

    @pytest.mark.parametrize("setting", SETTINGS, ids=str)
    def test_at_every_request(self, setting: Pair) -> None:
        _, clean = play(setting, {})
        failed = {
            (number, fault.name): wrong
            for number, fault in singles(clean.requests)
            if (wrong := problems(setting, clean, {number: fault}))
        }
        assert failed == {}


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
class TestTwoFaults:
    """The same after any two faults, wherever the second one falls."""

    @pytest.mark.skipif(SCOPE < Scope.PAIRS, reason="pairs of faults are played in the larger scopes")
    @pytest.mark.parametrize("setting", DEEP, ids=str)
    def test_at_every_pair_of_requests(self, setting: Pair) -> None:
        _, clean = play(setting, {})
        failed = {}
        for first, fault in distinct(clean.requests):
            _, once = play(setting, {first: fault})
            for second, other in distinct(once.requests, first + 1):
                if wrong := problems(setting, clean, {first: fault, second: other}):
                    failed[first, fault.name, second, other.name] = wrong
        assert failed == {}


class TestThePlay:
    """A schedule is data: played again, it makes the same requests and ends in the same world."""

    @pytest.mark.parametrize("setting", FOUR, ids=str)
    def test_is_the_same_each_time(self, setting: Pair) -> None:
        schedule = {6: Fault.CRASH_AFTER, 9: Fault.LATE}
        assert play(setting, schedule)[1] == play(setting, schedule)[1]

    def test_the_real_tiers(self) -> None:
        assert [pair.tier for pair in FOUR] == [Tier.C, Tier.A, Tier.A, Tier.A]
