"""Whatever goes wrong at whatever request, the world ends as if nothing had.

The schedules are exhausted, not sampled: every fault at every request, then every second fault at every
request that follows, those of the recovery included. Proven is the state of the world: the customers of both
systems, the sync records, the ids written back.

All single faults are always played; `CUSTSYNC_PROOFS` says how many of the pairs (see `Scope`).
"""

import itertools
import logging
from collections.abc import Iterator

import pytest

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
    distinct,
    play,
    problems,
    singles,
)

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
DEEP = {Scope.FEW: CORE[:1], Scope.CORE: CORE, Scope.PAIRS: PAIRED, Scope.LARGE: [*SETTINGS, *DURABLE]}[SCOPE]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the warnings about what is made to fail out of the log: there are many thousand."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.rule("G-DUP")
@pytest.mark.rule("G-LOSS")
class TestOneFault:
    """After any one fault: no second customer, no lost update, no stuck intent, every id written back."""

    @pytest.mark.parametrize("setting", [*SETTINGS, *DURABLE], ids=str)
    def test_at_every_request(self, setting: Setting) -> None:
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
    """The same after any two faults, wherever the second one falls: in the same run, or in the recovery."""

    @pytest.mark.parametrize("setting", DEEP, ids=str)
    def test_at_every_pair_of_requests(self, setting: Setting) -> None:
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

    @pytest.mark.parametrize("setting", SETTINGS[:4], ids=str)
    def test_is_the_same_each_time(self, setting: Setting) -> None:
        schedule = {7: Fault.CRASH_AFTER, 12: Fault.LATE}
        assert play(setting, schedule)[1] == play(setting, schedule)[1]
