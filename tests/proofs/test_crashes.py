"""Whatever goes wrong at whatever request, the world ends as if nothing had, in every flow.

The schedules are exhausted, not sampled: every fault at every request, then every second fault at every
request that follows, those of the recovery included. Proven is the state of the world: the customers of both
systems and their groups, the sync records, the ids written back.

All single faults are always played; `CUSTSYNC_PROOFS` says how many of the pairs (see `Scope`).
"""

import itertools
import logging
from collections.abc import Iterator

import pytest
from attrs import evolve

from custsync.flow import Flow
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import Tier
from custsync.testing.faults import Fault
from tests.proofs.environments import (
    IMPORT_UNKEYED,
    NEXT_DAY,
    SCOPE,
    SOON,
    Scope,
    Setting,
    Terms,
    distinct,
    singles,
)
from tests.proofs.integrations import FOUR, LAGO, LIGHTSPEED, PAIRS, SERVICETITAN, UPFLOW, UPFLOW_TWO, Pair

TIERS: list[tuple[tuple[Flow, ...], Tier]] = [
    ((EXPORT,), Tier.B),
    ((EXPORT,), Tier.C),
    ((EXPORT,), Tier.D),
    ((IMPORT,), Tier.A),
    ((IMPORT_UNKEYED,), Tier.B),
    ((IMPORT_UNKEYED,), Tier.C),
    ((IMPORT_UNKEYED,), Tier.D),
    ((EXPORT, IMPORT), Tier.B),
    ((EXPORT, IMPORT), Tier.C),
    ((IMPORT, EXPORT), Tier.A),
]
SETTINGS = [
    Setting(flows=flows, tier=tier, pause=pause, edits=edits)
    for flows, tier in TIERS
    for pause, edits in itertools.product((SOON, NEXT_DAY), (False, True))
]
SETTINGS += [
    Setting(flows=(EXPORT,), tier=tier, pause=NEXT_DAY, customers="anonymous") for tier in (Tier.B, Tier.C)
]
DURABLE = [Setting(flows=flows, tier=tier, durable=True) for flows, tier in TIERS]
CORE = [
    Setting(flows=(flow,), tier=tier, edits=True, customers=customers)
    for customers in ("create", "link", "update")
    for flow, tier in ((EXPORT, Tier.B), (IMPORT, Tier.A))
]
PAIRED = [  # only a create depends on the tier and the pause
    *CORE,
    *(
        Setting(flows=flows, tier=tier, edits=True, customers="create")
        for flows, tier in TIERS
        if (flows, tier) not in (TIERS[0], TIERS[3], TIERS[8])
    ),
    *(
        Setting(flows=flows, tier=tier, pause=NEXT_DAY, edits=True, customers="create")
        for flows, tier in TIERS[:7]
    ),
]
EVERY = [
    evolve(pair, pause=pause, edits=edits)
    for pair in PAIRS
    for pause, edits in ((SOON, True), (NEXT_DAY, True), (SOON, False), (NEXT_DAY, False))
    if pair is not UPFLOW or pause == NEXT_DAY or not edits  # there, a late line undoes a newer one
]
EDITED = [
    setting for setting in EVERY if setting.edits and (setting.pause == SOON or setting.flow is UPFLOW.flow)
]
DURABLE_PAIRS = [evolve(pair, durable=True) for pair in FOUR]
SMALL = [SERVICETITAN, LIGHTSPEED, UPFLOW_TWO, LAGO]
OTHERS: list[Pair] = {
    Scope.FEW: [*FOUR],
    Scope.CORE: [*(one for one in EDITED if one.tier in (Tier.A, Tier.C)), DURABLE_PAIRS[1]],
    Scope.PAIRS: [*EVERY, *DURABLE_PAIRS],
    Scope.LARGE: [*EVERY, *(evolve(pair, durable=True) for pair in EVERY)],
}[SCOPE]
PLAYED: list[Terms] = [*SETTINGS, *DURABLE, *OTHERS]
DEEP: dict[Scope, list[Terms]] = {
    Scope.FEW: [*CORE[:1]],
    Scope.CORE: [*CORE],
    Scope.PAIRS: [*PAIRED, *SMALL],
    Scope.LARGE: [*SETTINGS, *DURABLE, *SMALL, *EDITED],
}


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
        pair, ended = setting.play({})
        assert (pair.doubled(), pair.stuck()) == ([], [])
        assert len(pair.records()) == len(pair.source.rows)
        assert ended.runs <= 3

    def test_in_groups(self) -> None:
        pair, _ = evolve(UPFLOW, pause=NEXT_DAY, edits=True).play({})
        assert {row["Customer ID"]: row["Parent ID"] for row in pair.target.rows} == {
            **dict.fromkeys(("10", "11", "20", "30"), "40"),
            "40": "",
        }

    def test_written_back(self) -> None:
        pair, _ = LAGO.play({})
        held = [row["integration_customers"][0]["external_customer_id"] for row in pair.source.rows]
        assert sorted(held) == sorted(row["id"] for row in pair.target.rows)

    def test_the_real_tiers(self) -> None:
        assert [pair.tier for pair in FOUR] == [Tier.C, Tier.A, Tier.A, Tier.A]


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
class TestOneFault:
    """After any one fault: no second customer, no lost update, no stuck record, every id written back."""

    @pytest.mark.parametrize("setting", PLAYED, ids=str)
    def test_at_every_request(self, setting: Terms) -> None:
        _, clean = setting.play({})
        failed = {
            (number, fault.name): wrong
            for number, fault in singles(clean.requests)
            if (wrong := setting.problems(clean, {number: fault}))
        }
        assert failed == {}


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
class TestTwoFaults:
    """The same after any two faults, wherever the second one falls: in the same run, or in the recovery."""

    @pytest.mark.parametrize("setting", DEEP[SCOPE], ids=str)
    def test_at_every_pair_of_requests(self, setting: Terms) -> None:
        _, clean = setting.play({})
        failed = {}
        for first, fault in distinct(clean.requests):
            _, once = setting.play({first: fault})
            for second, other in distinct(once.requests, first + 1):
                if wrong := setting.problems(clean, {first: fault, second: other}):
                    failed[first, fault.name, second, other.name] = wrong
        assert failed == {}


class TestThePlay:
    """A schedule is data: played again, it makes the same requests and ends in the same world."""

    @pytest.mark.parametrize("setting", [*SETTINGS[:4], *FOUR], ids=str)
    def test_is_the_same_each_time(self, setting: Terms) -> None:
        schedule = {7: Fault.CRASH_AFTER, 12: Fault.LATE}
        assert setting.play(schedule)[1] == setting.play(schedule)[1]
