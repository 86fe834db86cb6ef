"""Whether a target kept what was written: as it was, in a form of its own, or not."""

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.apply.last_seen import Kept, kept_of
from custsync.models import ABSENT, Address
from tests.environments import billing, row

HOME = Address(line1="1 Elm St", city="Astoria", state="OR", default_billing=True)
YES, OTHERWISE, NO, UNSEEN = Kept.YES, Kept.OTHERWISE, Kept.NO, Kept.UNSEEN


@pytest.mark.rule("G-LOSS")
class TestTexts:
    """A text is kept where it says the same; nothing, a part of it, or the old value is not it."""

    @pytest.mark.parametrize(
        ("desired", "before", "shown", "kept"),
        [
            pytest.param("Lund Mills", ABSENT, "Lund Mills", YES, id="as written"),
            pytest.param(" Lund  Mills", "x", "LUND MILLS", YES, id="made neat"),
            pytest.param("503 555 0100", "x", "+1 (503) 555-0100", YES, id="a phone with its prefix"),
            pytest.param("Lund Mills", "x", None, NO, id="nothing"),
            pytest.param("Lund Mills", "x", "", NO, id="empty"),
            pytest.param("Lund Mills", "x", ABSENT, NO, id="missing"),
            pytest.param("Lund Mills", "x", "Lund Mil", NO, id="cut"),
            pytest.param("Lund Mills", "Lund", "Lund", NO, id="the old value, a part of it"),
            pytest.param("Lund Mills", "Old", "Old", NO, id="the old value"),
            pytest.param("+1 503 555 0100", "x", "555 0100", NO, id="a phone without its beginning"),
            pytest.param("Lund Mills", "x", "Mill House", OTHERWISE, id="another value"),
            pytest.param("Zo\u00eb", "x", "Zo?", OTHERWISE, id="another letter"),
            pytest.param(None, "Old", None, YES, id="cleared"),
            pytest.param(None, "Old", "Old", NO, id="not cleared"),
            pytest.param(None, "Old", "none", OTHERWISE, id="cleared to a value of its own"),
            pytest.param(True, False, False, NO, id="a flag"),
            pytest.param(Decimal("1.50"), ABSENT, Decimal("1.5"), YES, id="a number"),
            pytest.param(7, ABSENT, "7", OTHERWISE, id="a number as text"),
        ],
    )
    def test_table(self, desired: Any, before: Any, shown: Any, kept: Kept) -> None:
        assert kept_of(row("name"), desired, before, shown) is kept


@pytest.mark.rule("G-LOSS")
class TestAddresses:
    """An address is kept as its parts are; a part that was not written belongs to the target."""

    ROW = row("billing_address", compute=billing)

    @pytest.mark.parametrize(
        ("shown", "kept"),
        [
            pytest.param(HOME, YES, id="as written"),
            pytest.param(evolve(HOME, city="ASTORIA", phone="1"), YES, id="made neat, with more beside"),
            pytest.param(evolve(HOME, state=None), NO, id="a part missing"),
            pytest.param(evolve(HOME, line1="1 Elm"), NO, id="a part cut"),
            pytest.param(evolve(HOME, state="Oregon"), OTHERWISE, id="a part as another value"),
            pytest.param(evolve(HOME, state="Oregon", city=None), NO, id="one of another value, one missing"),
            pytest.param(None, NO, id="none"),
            pytest.param(ABSENT, UNSEEN, id="not read"),
        ],
    )
    def test_table(self, shown: Any, kept: Kept) -> None:
        assert kept_of(self.ROW, HOME, ABSENT, shown) is kept

    def test_the_old_address_is_not_the_new_one(self) -> None:
        old = evolve(HOME, city="Portland")
        assert kept_of(self.ROW, HOME, old, old) is NO

    def test_parts_that_the_target_has_not_are_not_missed(self) -> None:
        short = evolve(self.ROW, components=("city",))
        assert kept_of(short, HOME, ABSENT, Address(city="Astoria")) is YES
        assert kept_of(short, HOME, ABSENT, Address(city="Ast")) is NO

    def test_an_address_with_nothing_that_the_target_has_is_kept_as_none(self) -> None:
        short = evolve(self.ROW, components=("attention",))
        assert kept_of(short, HOME, ABSENT, None) is YES
