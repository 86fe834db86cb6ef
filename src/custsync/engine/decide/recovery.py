"""A create whose outcome is unknown: what may be done about it, by what the target promises.

All of it is counted from the time on the intent, which is at most `SENDING` before the create is sent: an
intent that is older is stamped again first.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from custsync.engine.decisions import RecoverBy
from custsync.models import Customer
from custsync.protocols import Capabilities, Tier
from custsync.syncrecords import Intent

SENDING: Final = timedelta(minutes=1)
"""How long after its note is stamped a write may be sent, and how far two clocks may be apart."""


def lands_by(can: Capabilities, stamped_at: datetime) -> datetime:
    """Return when a write that was announced then can take effect no more (aware UTC).

    A settle window of 0: no effect comes late.

    >>> noon = datetime(2026, 1, 1, 12)
    >>> windows = [timedelta(minutes=minutes) for minutes in (10, 0)]
    >>> [lands_by(Capabilities(tier=Tier.C, settle_window=window), noon).minute for window in windows]
    [11, 0]

    Rule: G-DUP, G-LOSS
    """
    return stamped_at + can.settle_window + SENDING if can.settle_window else stamped_at


def key_until(can: Capabilities, issued_at: datetime) -> datetime:
    """Return until when a create may be sent again under its key: what comes late still finds the key."""
    return issued_at + can.key_lifetime - can.settle_window


def settled_at(can: Capabilities, issued_at: datetime) -> datetime:
    """Return when nothing of a create can appear any more, and its key has run out (aware UTC)."""
    lands = lands_by(can, issued_at)
    return max(lands, issued_at + can.key_lifetime + SENDING) if can.tier is Tier.B else lands


def may_be_sent(can: Capabilities, issued_at: datetime, now: datetime) -> bool:
    """Return whether a create that was announced then may be sent now, or is to be stamped again first.

    Under a unique id the time does not matter; under a key it does once the key's life is nearly over.

    Rule: G-DUP
    """
    last = max(key_until(can, issued_at), issued_at) if can.tier is Tier.B else issued_at
    return can.tier is Tier.A or now <= last + SENDING


def is_ahead(issued_at: datetime, now: datetime) -> bool:
    """Return whether an intent comes from the future: a clock is wrong, and no time can be compared."""
    return issued_at > now + SENDING


def recover_by(
    can: Capabilities,
    intent: Intent,
    stamped: Sequence[Customer] | None,
    alive: Sequence[Customer],
    now: datetime,
) -> RecoverBy | None:
    """Return what may be done about a create whose outcome is unknown, None where only a person can know.

    Found, it is adopted. Under an idempotency key that is still kept, the same create is safe to send again;
    under a unique id it always is, and once nothing can appear any more and nothing is there, the customer is
    created as it is now. Otherwise it is waited for; once nothing can appear any more, a look-up that proves
    something lets it be created anew; one that lags, or none, leaves it to a person. So does an intent from
    the future, but under a unique id: how old it is is not known.

    Args:
        can: what the target promises.
        intent: the create, as it was announced.
        stamped: what was found with the source's stamp; None where no look-up proves anything.
        alive: those of `stamped` that are not deleted.
        now: aware UTC; from before the look-ups.

    Rule: G-DUP
    """
    if alive:
        return RecoverBy.ADOPT if len(alive) == 1 else None
    is_settled = now >= settled_at(can, intent.issued_at)
    if can.tier is Tier.A:
        return RecoverBy.ANEW if is_settled and stamped is not None else RecoverBy.REISSUE
    if is_ahead(intent.issued_at, now):
        return None
    if can.tier is Tier.B and now < key_until(can, intent.issued_at):
        return RecoverBy.REISSUE
    if not is_settled:
        return RecoverBy.WAIT
    return None if stamped is None or can.tier is Tier.D else RecoverBy.ANEW


RECOVERY_WORDS: Final[Mapping[RecoverBy | None, str]] = {
    RecoverBy.ADOPT: "yes, the customer carries our stamp",
    RecoverBy.REISSUE: "unknown; the same create is safe to send again",
    RecoverBy.ANEW: "no, and it cannot any more",
    RecoverBy.WAIT: "unknown; it may still appear",
    None: "unknown, and the target cannot confirm it",
}
