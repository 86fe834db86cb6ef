"""What an adapter declares must make sense, before anything is promised on it."""

from datetime import timedelta
from typing import Any

import pytest

from custsync.errors import ConfigurationError
from custsync.protocols import Capabilities, Tier


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
