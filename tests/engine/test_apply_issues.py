"""What is said of a write that was not simply done: the reason, until when, and what the next run does."""

from datetime import timedelta, timezone
from typing import Any

import pytest

from custsync.engine.apply.issues import refused, unknown
from custsync.models import Severity
from custsync.protocols import Exists, Rejected, RetryAfter, Tier, Unknown
from tests.environments import NOW


@pytest.mark.rule("G-WHY")
class TestRefused:
    """A write that was refused has an issue that names the system's own code and field."""

    @pytest.mark.parametrize(
        ("answer", "field", "said"),
        [
            pytest.param(Rejected("invalid", "email"), "email", "refused the create (invalid)", id="field"),
            pytest.param(Rejected("invalid"), "target", "refused the create (invalid)", id="no field"),
            pytest.param(RetryAfter(3), "target", "refused the create (not now)", id="put off"),
            pytest.param(Exists(), "target", "refused the create (its key is taken)", id="taken"),
        ],
    )
    def test_table(self, answer: Any, field: str, said: str) -> None:
        issue = refused(answer, "create")
        assert (issue.code, issue.field, issue.severity) == ("rejected", field, Severity.ERROR)
        assert said in issue.reason
        assert ("later" in issue.remedy) == isinstance(answer, RetryAfter)


@pytest.mark.rule("G-WHY", "G-DUP")
class TestUnknown:
    """An unknown outcome says why, until when, and what the next run does by the tier."""

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            pytest.param(
                Unknown("TimeoutError"),
                "it is not known whether the create took effect (TimeoutError)",
                id="why",
            ),
            pytest.param(Unknown(), "it is not known whether the create took effect", id="nobody says why"),
            pytest.param(
                Rejected("invalid_key"),
                "it is not known whether the create took effect (sent again, it was refused: invalid_key)",
                id="refused the second time",
            ),
            pytest.param(
                RetryAfter(1),
                "it is not known whether the create took effect (sent again, it was refused: not now)",
                id="put off the second time",
            ),
            pytest.param(
                Exists(),
                "it is not known whether the create took effect (its key is taken)",
                id="a key that is taken",
            ),
        ],
    )
    def test_why(self, answer: Any, reason: str) -> None:
        issue = unknown(answer, "create")
        assert (issue.code, issue.reason, issue.severity) == ("outcome_unknown", reason, Severity.WARNING)

    @pytest.mark.parametrize("hours", [0, 5, -3])
    def test_until_when_in_utc(self, hours: int) -> None:
        until = (NOW + timedelta(minutes=11)).astimezone(timezone(timedelta(hours=hours)))
        reason = unknown(Unknown(), "update", until=until).reason
        assert reason.endswith("; it can do so until 2026-01-01 00:11:00 UTC")

    @pytest.mark.parametrize("tier", Tier)
    def test_what_comes_next_by_the_tier(self, tier: Tier) -> None:
        assert f"(tier {tier.name})" in unknown(Unknown(), "create", tier=tier).remedy

    def test_until_when_the_same_is_sent_again(self) -> None:
        issue = unknown(Unknown(), "create", tier=Tier.B, again=NOW)
        assert "before 2026-01-01 00:00:00 UTC" in issue.remedy

    def test_of_an_update_the_next_run_looks_first(self) -> None:
        assert unknown(Unknown(), "update").remedy == "Run again: the next run looks before it writes"
