"""Consent to mail: the most restrictive counts, and a default undoes no opt-out."""

from itertools import permutations, product
from typing import Any

import pytest

from custsync.models import ABSENT, SubscriptionStatus
from custsync.rules.consent import most_restrictive, without_undoing

OUT, SOFT_OUT = SubscriptionStatus.CONFIRMED_OPT_OUT, SubscriptionStatus.SOFT_OPT_OUT
IN, SOFT_IN = SubscriptionStatus.CONFIRMED_OPT_IN, SubscriptionStatus.SOFT_OPT_IN


@pytest.mark.rule("LS-MAP-3")
class TestMostRestrictive:
    """A confirmed opt-out, a soft one, a soft opt-in, a confirmed one: the first that somebody gave."""

    @pytest.mark.parametrize(
        ("statuses", "want"),
        [
            ((IN, SOFT_IN, SOFT_OUT, OUT), OUT),
            ((IN, SOFT_IN, SOFT_OUT), SOFT_OUT),
            ((IN, SOFT_IN), SOFT_IN),
            ((IN, None, ABSENT), IN),
            ((None, ABSENT), None),
            ((), None),
        ],
        ids=str,
    )
    def test_in_any_order(self, statuses: tuple[Any, ...], want: SubscriptionStatus | None) -> None:
        assert {most_restrictive(*order) for order in permutations(statuses)} == {want}


@pytest.mark.rule("LS-MAP-3")
class TestWithoutUndoing:
    """A soft opt-in leaves the target's opt-out; everything else is the source's to say."""

    @pytest.mark.parametrize(
        ("status", "there"), [*product(SubscriptionStatus, [*SubscriptionStatus, None, ABSENT])]
    )
    def test_table(self, status: SubscriptionStatus, there: Any) -> None:
        kept = status is SOFT_IN and there in (OUT, SOFT_OUT)
        assert without_undoing(status, there) is (there if kept else status)
