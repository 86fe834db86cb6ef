"""A create whose outcome is unknown: every tier, age and finding against a table that stands on its own."""

from datetime import timedelta
from itertools import product

import pytest

from custsync.engine.decide.recovery import (
    RECOVERY_WORDS,
    SENDING,
    is_ahead,
    lands_by,
    may_be_sent,
    recover_by,
    settled_at,
)
from custsync.engine.decisions import RecoverBy
from custsync.models import Customer
from custsync.protocols import Capabilities, Tier
from custsync.syncrecords import Intent
from tests.environments import NOW, books

WINDOW = timedelta(minutes=10)
KEPT = timedelta(hours=24)
MOMENT = timedelta(microseconds=1)
NONE = timedelta(0)
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
    "key about to go": KEPT + SENDING - MOMENT,
    "key gone": KEPT + SENDING,
    "window about to close": WINDOW + SENDING - MOMENT,
    "window closed": WINDOW + SENDING,
    "a year": timedelta(days=365),
    "clocks apart": -SENDING,
    "from the future": -SENDING - MOMENT,
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
    "clocks apart": REISSUE,
    "from the future": None,
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
    "clocks apart": WAIT,
    "from the future": None,
}


def transcribed(tier: Tier, age: str, found: str) -> RecoverBy | None:
    """Return what docs and design say, written down a second time: by cases, not by code."""
    if found in ("one", "one and one deleted"):
        return RecoverBy.ADOPT
    if found == "two":
        return None
    if tier is Tier.A:
        is_over = BY_WINDOW[age] is ANEW and found in ("nobody", "deleted")
        return ANEW if is_over else REISSUE
    fate = {"B": BY_KEY, "C": BY_WINDOW, "D": BY_WINDOW}[tier.name][age]
    if fate is RecoverBy.ANEW and (tier is Tier.D or found not in ("nobody", "deleted")):
        return None
    return fate


@pytest.mark.rule("G-DUP")
class TestRecoverBy:
    """No customer is ever created twice for one source customer: not while an earlier create may appear."""

    @pytest.mark.parametrize("tier", Tier)
    def test_table(self, tier: Tier) -> None:
        for age, found in product(AGES, FOUND):
            stamped = FOUND[found]
            alive = [hit for hit in stamped or () if not hit.deleted]
            decided = recover_by(can(tier), INTENT, stamped, alive, NOW + AGES[age])
            assert decided is transcribed(tier, age, found), (age, found)

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
            pytest.param(Tier.A, KEPT, WINDOW, WINDOW + SENDING, id="A: the key's life does not count"),
            pytest.param(Tier.B, KEPT, WINDOW, KEPT + SENDING, id="B: the key lives longer"),
            pytest.param(Tier.B, WINDOW, KEPT, KEPT + SENDING, id="B: the window is longer"),
            pytest.param(Tier.C, KEPT, WINDOW, WINDOW + SENDING, id="C"),
            pytest.param(Tier.D, KEPT, WINDOW, WINDOW + SENDING, id="D"),
            pytest.param(Tier.C, KEPT, NONE, NONE, id="no effect comes late"),
            pytest.param(Tier.B, KEPT, NONE, KEPT + SENDING, id="B: nor does it, and the key lives"),
        ],
    )
    def test_table(self, tier: Tier, kept: timedelta, window: timedelta, want: timedelta) -> None:
        can = Capabilities(tier=tier, key_lifetime=kept, settle_window=window)
        assert settled_at(can, NOW) == NOW + want
        assert lands_by(can, NOW) == NOW + (window + SENDING if window else NONE)


@pytest.mark.rule("G-DUP")
class TestMayBeSent:
    """A create goes out as long as its recovery can count on the time that is on its intent."""

    @pytest.mark.parametrize(
        ("tier", "kept", "last"),
        [
            pytest.param(Tier.A, NONE, KEPT * 365, id="A: always"),
            pytest.param(Tier.B, KEPT, KEPT - WINDOW + SENDING, id="B: the key outlives the window"),
            pytest.param(Tier.B, WINDOW / 2, SENDING, id="B: the window outlives the key"),
            pytest.param(Tier.C, NONE, SENDING, id="C"),
            pytest.param(Tier.D, NONE, SENDING, id="D"),
        ],
    )
    def test_table(self, tier: Tier, kept: timedelta, last: timedelta) -> None:
        can = Capabilities(tier=tier, key_lifetime=kept, settle_window=WINDOW)
        sent = [may_be_sent(can, NOW, NOW + age) for age in (NONE, last, last + MOMENT)]
        assert sent == [True, True, tier is Tier.A]

    @pytest.mark.parametrize("tier", Tier)
    def test_whoever_sends_in_time_is_settled_in_time(self, tier: Tier) -> None:
        """An effect within the declared window of its send comes before anything is created anew."""
        for age in (NONE, SENDING, KEPT - WINDOW, KEPT):
            can_do = can(tier)
            if tier is not Tier.A and may_be_sent(can_do, NOW, NOW + age):
                assert NOW + age + WINDOW <= settled_at(can_do, NOW)


@pytest.mark.rule("G-DUP")
class TestAhead:
    """An intent from the future says that a clock is wrong; a minute is what clocks may be apart."""

    @pytest.mark.parametrize(
        ("age", "ahead"),
        [(NONE, False), (-SENDING, False), (-SENDING - MOMENT, True), (-KEPT, True)],
        ids=str,
    )
    def test_table(self, age: timedelta, ahead: bool) -> None:  # noqa: FBT001 - a table
        assert is_ahead(NOW, NOW + age) is ahead
