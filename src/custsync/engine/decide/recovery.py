"""A create whose outcome is unknown: what may be done about it, by what the target promises."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from custsync.engine.decisions import RecoverBy
from custsync.models import Customer
from custsync.protocols import Capabilities, Tier
from custsync.syncrecords import Intent

__all__ = ["RECOVERY_WORDS", "recover_by", "settled_at"]


def settled_at(can: Capabilities, intent: Intent) -> datetime:
    """Return when nothing of the create can appear any more, and its key has run out (aware UTC)."""
    kept = can.key_lifetime if can.tier is Tier.B else timedelta(0)
    return intent.issued_at + max(can.settle_window, kept)


def recover_by(
    can: Capabilities,
    intent: Intent,
    stamped: Sequence[Customer] | None,
    alive: Sequence[Customer],
    now: datetime,
) -> RecoverBy | None:
    """Return what may be done about a create whose outcome is unknown, None where only a person can tell.

    Found, it is adopted. Under a unique id, or an idempotency key that is still kept, the same create is
    safe to send again. Otherwise it is waited for; once nothing can appear any more, a look-up that proves
    something lets it be created anew, and one that lags, or none, asks a person.

    Args:
        can: what the target promises.
        intent: the create, as it was announced.
        stamped: what was found with the source's stamp; None where no look-up proves anything.
        alive: those of `stamped` that are not deleted.
        now: aware UTC.

    Rule: G-DUP
    """
    if len(alive) == 1:
        return RecoverBy.ADOPT
    if alive:
        return None
    if can.tier is Tier.A:
        return RecoverBy.REISSUE
    if can.tier is Tier.B and now < intent.issued_at + can.key_lifetime - can.settle_window:
        return RecoverBy.REISSUE
    if now < settled_at(can, intent):
        return RecoverBy.WAIT
    return None if stamped is None or can.tier is Tier.D else RecoverBy.ANEW


RECOVERY_WORDS: Final[Mapping[RecoverBy | None, str]] = {
    RecoverBy.ADOPT: "yes, the customer carries our stamp",
    RecoverBy.REISSUE: "unknown; the same create is safe to send again",
    RecoverBy.ANEW: "no, and it cannot any more",
    RecoverBy.WAIT: "unknown; it may still appear",
    None: "unknown, and the target cannot tell",
}
