"""Amounts that a system states as whole cents."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from custsync.models import ABSENT
from custsync.payloads import Kind, payload_error
from custsync.payloads.field_types import LONGEST_NUMBER

_DECIMALS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga"), 0),
    **dict.fromkeys(("pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"), 0),
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3),
}
"""The currencies whose smallest unit is not a hundredth.

Source: docs.stripe.com/currencies
"""


def decimals_of(currency: str) -> int:
    """Return how many decimals Stripe counts a currency with.

    >>> decimals_of("jpy"), decimals_of("USD"), decimals_of("kwd")
    (0, 2, 3)
    """
    return _DECIMALS.get(currency.lower(), 2)


def _read_cents(value: Any, _: object = None) -> Any:
    if value is None or value is ABSENT:
        return value
    if type(value) is int and abs(value) < 10**LONGEST_NUMBER:
        return Decimal(value).scaleb(-2)
    raise payload_error("not_a_number", "not a whole number of cents", value)


CENTS: Final = Kind(_read_cents)
"""A whole number of cents, never written."""
