"""Consent to mail: of several statements the most restrictive counts, and a default undoes no opt-out."""

from typing import Final

from custsync.models import Maybe, SubscriptionStatus

__all__ = ["most_restrictive", "without_undoing"]

_BY_RESTRICTION: Final = (
    SubscriptionStatus.CONFIRMED_OPT_OUT,
    SubscriptionStatus.SOFT_OPT_OUT,
    SubscriptionStatus.SOFT_OPT_IN,
    SubscriptionStatus.CONFIRMED_OPT_IN,
)


def most_restrictive(*statuses: Maybe[SubscriptionStatus]) -> SubscriptionStatus | None:
    """Return the most restrictive of the statuses, None where there is none.

    A confirmed opt-out comes first, then a soft one, then a soft opt-in, which may be a default, then a
    confirmed one. The order in which they are given does not count.

    Args:
        statuses: any number of them; null and absent are none.

    Rule: LS-MAP-3

    >>> most_restrictive(SubscriptionStatus.CONFIRMED_OPT_IN, None, SubscriptionStatus.SOFT_OPT_OUT).value
    'soft_opt_out'
    >>> most_restrictive(None) is None
    True
    """
    return next((status for status in _BY_RESTRICTION if status in statuses), None)


def without_undoing(status: SubscriptionStatus, there: Maybe[SubscriptionStatus]) -> SubscriptionStatus:
    """Return the status that a target gets: its own opt-out, where the source has a soft opt-in alone.

    A soft opt-in is often only an account's default. A confirmed one counts.

    Args:
        status: the source's status.
        there: the target's, null or absent where it has none.

    Rule: LS-MAP-3

    >>> soft, out = SubscriptionStatus.SOFT_OPT_IN, SubscriptionStatus.SOFT_OPT_OUT
    >>> without_undoing(soft, out).value, without_undoing(SubscriptionStatus.CONFIRMED_OPT_IN, out).value
    ('soft_opt_out', 'confirmed_opt_in')
    >>> without_undoing(soft, None).value
    'soft_opt_in'
    """
    is_default = status is SubscriptionStatus.SOFT_OPT_IN
    return there if is_default and isinstance(there, SubscriptionStatus) and there.opted_out else status
