"""What an adapter declares must make sense, before anything is promised on it."""

from datetime import timedelta
from typing import Any

import pytest

from custsync.engine.outcomes import Outcome, Report, Result
from custsync.errors import ConfigurationError
from custsync.models import Issue, Ref
from custsync.protocols import Capabilities, Rejected, Tier, Unknown


@pytest.mark.rule("G-DUP")
class TestCapabilities:
    """A promise that rests on a typing error would double customers."""

    @pytest.mark.parametrize(
        ("declared", "words"),
        [
            ({"tier": "D"}, "`tier` must be one of Tier.A to Tier.D"),
            ({"tier": Tier.D, "lookups": ["id", "email"]}, "`lookups` must map look-up names to batch sizes"),
            ({"tier": Tier.D, "lookups": {"id": "1"}}, "`lookups` must map look-up names to batch sizes"),
            ({"tier": Tier.B}, "tier B needs a `key_lifetime`"),
        ],
        ids=["tier", "list", "text", "lifetime"],
    )
    def test_refused(self, declared: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError, match=words):
            Capabilities(**declared)

    @pytest.mark.parametrize("tier", Tier)
    def test_taken(self, tier: Tier) -> None:
        assert Capabilities(tier=tier, key_lifetime=timedelta(hours=24)).lookups == {"id": 1}


@pytest.mark.rule("G-ISO")
class TestWords:
    """A system's own words are kept on one short line: nothing in them steers a terminal or a page."""

    HOSTILE = "locked\x1b[2J\r\n\u202enetsuite:1  created\u2028\x07"

    @pytest.mark.parametrize(
        "make", [Rejected, Unknown, lambda words: Rejected("x", words)], ids=["code", "reason", "field"]
    )
    def test_table(self, make: Any) -> None:
        answer = make(self.HOSTILE * 20)
        kept = [getattr(answer, name, "") for name in ("code", "field", "reason")]
        assert all(text.isprintable() and len(text) <= 200 for text in kept)
        assert any(text.startswith("locked [2J") for text in kept)

    def test_an_outcome_prints_one_line(self) -> None:
        issue = Issue(code="c", rule="R", field=self.HOSTILE, reason=self.HOSTILE, remedy=self.HOSTILE)
        source = Ref("shop", self.HOSTILE)
        outcome = Outcome(source=source, decided="create", result=Result.FAILED, issues=(issue,))
        assert str(outcome).isprintable()
        assert str(Report.of([outcome])).count("\n") == 1


@pytest.mark.parametrize("name", ["settle_window", "key_lifetime"])
@pytest.mark.parametrize("time", [timedelta(seconds=-1), timedelta.max, 600, None])
def test_a_time_that_is_none(name: str, time: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"`{name}` must be a timedelta of 0 to 100 years"):
        Capabilities(tier=Tier.B, **{"key_lifetime": timedelta(hours=24), name: time})
