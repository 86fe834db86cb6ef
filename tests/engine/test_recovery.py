"""A create whose outcome is unknown: every tier, age and finding against a table that stands on its own."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from custsync.engine.decide.recovery import RECOVERY_WORDS, recover_by, settled_at
from custsync.engine.decisions import RecoverBy
from custsync.models import Customer
from custsync.protocols import Capabilities, Tier
from custsync.syncrecords import Intent
from tests.environments import NOW, books

WINDOW = timedelta(minutes=10)
KEPT = timedelta(hours=24)
MOMENT = timedelta(microseconds=1)
INTENT = Intent(key="k", issued_at=NOW, attempt=0, rules="1", request={})
FOUND: dict[str, list[Customer] | None] = {
    "cannot ask": None,
    "nobody": [],
    "one": [books()],
    "two": [books("b1"), books("b2")],
    "deleted": [books(deleted=True)],
    "one and one deleted": [books("b1"), books("b2", deleted=True)],
}
AGES = {
    "at once": timedelta(0),
    "key still safe": KEPT - WINDOW - MOMENT,
    "key no longer safe": KEPT - WINDOW,
    "key about to go": KEPT - MOMENT,
    "key gone": KEPT,
    "window about to close": WINDOW - MOMENT,
    "window closed": WINDOW,
    "a year": timedelta(days=365),
}


def can(tier: Tier) -> Capabilities:
    return Capabilities(
        tier=tier, key_lifetime=KEPT if tier is Tier.B else timedelta(0), settle_window=WINDOW
    )


REISSUE, WAIT, ANEW = RecoverBy.REISSUE, RecoverBy.WAIT, RecoverBy.ANEW
BY_KEY = {
    "at once": REISSUE,
    "window about to close": REISSUE,
    "window closed": REISSUE,
    "key still safe": REISSUE,
    "key no longer safe": WAIT,
    "key about to go": WAIT,
    "key gone": ANEW,
    "a year": ANEW,
}
BY_WINDOW = {
    "at once": WAIT,
    "window about to close": WAIT,
    "window closed": ANEW,
    "key still safe": ANEW,
    "key no longer safe": ANEW,
    "key about to go": ANEW,
    "key gone": ANEW,
    "a year": ANEW,
}


def transcribed(tier: Tier, age: str, found: str) -> RecoverBy | None:
    """Return what docs and design say, written down a second time: by cases, not by code."""
    if found in ("one", "one and one deleted"):
        return RecoverBy.ADOPT
    if found == "two":
        return None
    if tier is Tier.A:
        return RecoverBy.REISSUE
    fate = {"B": BY_KEY, "C": BY_WINDOW, "D": BY_WINDOW}[tier.name][age]
    if fate is RecoverBy.ANEW and (tier is Tier.D or found not in ("nobody", "deleted")):
        return None
    return fate


CELLS = [
    pytest.param(tier, age, found, id=f"{tier.name}-{age}-{found}")
    for tier, age, found in product(Tier, AGES, FOUND)
]


@pytest.mark.rule("G-DUP")
class TestRecoverBy:
    """No customer is ever created twice for one source customer: not while an earlier create may appear."""

    @pytest.mark.parametrize(("tier", "age", "found"), CELLS)
    def test_table(self, tier: Tier, age: str, found: str) -> None:
        stamped = FOUND[found]
        alive = [hit for hit in stamped or () if not hit.deleted]
        decided = recover_by(can(tier), INTENT, stamped, alive, NOW + AGES[age])
        assert decided is transcribed(tier, age, found)

    @pytest.mark.parametrize("tier", Tier)
    def test_a_lagging_search_never_creates_anew(self, tier: Tier) -> None:
        """A look-up that lags counts as one that cannot be asked: its "not found" is no proof."""
        for age in AGES.values():
            assert recover_by(can(tier), INTENT, None, (), NOW + age) is not RecoverBy.ANEW

    @pytest.mark.parametrize("tier", Tier)
    def test_a_key_that_runs_out_within_the_window_is_never_sent_again(self, tier: Tier) -> None:
        keyless = Capabilities(tier=tier, settle_window=WINDOW, key_lifetime=WINDOW)
        decided = recover_by(keyless, INTENT, [], (), NOW)
        assert (decided is RecoverBy.REISSUE) is (tier is Tier.A)

    def test_every_answer_has_its_words(self) -> None:
        assert set(RECOVERY_WORDS) == {*RecoverBy, None}


@pytest.mark.rule("G-DUP")
class TestSettledAt:
    """Nothing of a create can appear any more once its window and its key have run out."""

    @pytest.mark.parametrize(
        ("tier", "kept", "window", "want"),
        [
            pytest.param(Tier.A, KEPT, WINDOW, NOW + WINDOW, id="A: the key's life does not count"),
            pytest.param(Tier.B, KEPT, WINDOW, NOW + KEPT, id="B: the key lives longer"),
            pytest.param(Tier.B, WINDOW, KEPT, NOW + KEPT, id="B: the window is longer"),
            pytest.param(Tier.C, KEPT, WINDOW, NOW + WINDOW, id="C"),
            pytest.param(Tier.D, KEPT, WINDOW, NOW + WINDOW, id="D"),
        ],
    )
    def test_table(self, tier: Tier, kept: timedelta, window: timedelta, want: datetime) -> None:
        assert settled_at(Capabilities(tier=tier, key_lifetime=kept, settle_window=window), INTENT) == want
