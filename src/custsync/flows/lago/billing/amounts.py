"""Amounts: whole numbers of a currency's smallest unit, and the decimals that NetSuite reads.

All arithmetic is exact, whatever decimal context the caller has set.
"""

from collections.abc import Iterable, Mapping
from decimal import Context, Decimal
from functools import reduce
from typing import Any, Final

from custsync.errors import InputError
from custsync.payloads import payload_error

__all__ = ["cents_of", "money", "places_of"]

LONGEST_NUMBER: Final = 40
"""No number has more characters as text, or more digits."""

FARTHEST_DIGIT: Final = 30
"""No number has its first digit farther from its point."""

MOST_CENTS: Final = 10**18
"""No amount is larger: Lago keeps amounts as 64-bit whole numbers."""

MOST_PLACES: Final = 4

_SIGNS: Final = frozenset("0123456789+-.eE")
_EXACT: Final = Context(prec=200, traps=[])

_PLACES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""The currencies of ISO 4217 that have other than two decimal places."""

_IN_FIFTHS: Final = frozenset({"MGA", "MRO", "MRU"})
"""Currencies whose smallest unit is a fifth: no count of decimal places is right for all systems."""


def places_of(currency: str, own: Mapping[str, int]) -> int | None:
    """Return how many decimal places the currency's smallest unit has, None where that is not clear.

    Args:
        currency: ISO 4217 code, upper case.
        own: the caller's word for single currencies, which counts first.

    Rule: LG-CUR

    Source: ISO 4217, list one: the minor units.

    >>> places_of("USD", {}), places_of("JPY", {}), places_of("KWD", {})
    (2, 0, 3)
    >>> places_of("MGA", {}) is None
    True
    """
    if currency in own:
        return own[currency]
    return None if currency in _IN_FIFTHS else _PLACES.get(currency, 2)


def money(cents: int, places: int) -> Decimal:
    """Return the amount that so many smallest units make.

    Args:
        cents: whole number of the currency's smallest unit.
        places: the currency's decimal places.

    >>> money(1250, 2), money(-1250, 0)
    (Decimal('12.50'), Decimal('-1250'))
    """
    return Decimal(cents).scaleb(-places, _EXACT)


def cents_of(amount: Decimal, places: int) -> int:
    """Return how many smallest units the amount is.

    Raises:
        InputError: it is not a whole number of them.

    >>> cents_of(Decimal("12.5"), 2)
    1250
    >>> cents_of(Decimal("12.505"), 2)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: an amount that is not a whole number of the currency's smallest unit
    """
    units = amount.scaleb(places, _EXACT)
    if units != units.to_integral_value(context=_EXACT):
        raise InputError("an amount that is not a whole number of the currency's smallest unit")
    return int(units)


def is_product(quantity: Decimal, rate: Decimal, amount: Decimal, places: int) -> bool:
    """Return whether quantity times rate is the amount, to within half of the currency's smallest unit."""
    difference = _EXACT.subtract(_EXACT.multiply(quantity, rate), amount)
    return difference.copy_abs() <= Decimal(5).scaleb(-places - 1, _EXACT)


def sum_of(amounts: Iterable[Decimal], places: int) -> Decimal:
    """Return the exact sum, with the currency's decimal places."""
    return reduce(_EXACT.add, amounts, money(0, places))


def less(amount: Decimal, other: Decimal) -> Decimal:
    """Return the exact difference of two amounts."""
    return _EXACT.subtract(amount, other)


def is_number(value: Any) -> bool:
    """Return whether the value is a finite decimal of human size."""
    return (
        isinstance(value, Decimal)
        and value.is_finite()
        and len(value.as_tuple().digits) <= LONGEST_NUMBER
        and -FARTHEST_DIGIT <= value.adjusted() <= FARTHEST_DIGIT
    )


def is_cents(value: Any) -> bool:
    """Return whether the value is a whole number within all amounts, and no flag."""
    return type(value) is int and abs(value) < MOST_CENTS


def check_number(_: object, attribute: Any, value: Any) -> None:
    """Refuse a field's value that is no finite decimal of human size: an attrs validator."""
    if not is_number(value):
        raise InputError(f"{attribute.name}: not a finite decimal of human size")


def check_cents(_: object, attribute: Any, value: Any) -> None:
    """Refuse a field's value that is no whole number of human size: an attrs validator."""
    if not is_cents(value):
        raise InputError(f"{attribute.name}: not a whole number of the currency's smallest unit")


def check_unsigned(instance: object, attribute: Any, value: Any) -> None:
    """Refuse a field's value that is negative, or no amount at all: an attrs validator."""
    check_cents(instance, attribute, value)
    if value < 0:
        raise InputError(f"{attribute.name}: negative, where discounts, taxes and totals never are")


def read_number(value: Any, _: object = None) -> Decimal:
    """Return the number as it was sent. A `float` is refused: its digits are not those that were sent."""
    number = _decimal(value)
    if number is not None and is_number(number):
        return number
    remedy = "Send the number as text, or parse the JSON with parse_float=Decimal"
    raise payload_error("not_a_number", "not an exact number of human size", value, remedy)


def _decimal(value: Any) -> Decimal | None:
    if type(value) is Decimal:
        return value
    if type(value) is int and is_cents(value):
        return Decimal(value)
    if type(value) is not str or len(value) > LONGEST_NUMBER or not _SIGNS.issuperset(value):
        return None
    try:
        return Decimal(value)
    except ArithmeticError:
        return None


def read_cents(value: Any, _: object = None) -> int:
    """Return the whole number of smallest units."""
    if is_cents(value):
        return int(value)
    raise payload_error("not_an_amount", "not a whole number of the currency's smallest unit", value)


def read_unsigned_cents(value: Any, _: object = None) -> int:
    """Return the whole number of smallest units, none of it negative."""
    cents = read_cents(value)
    if cents < 0:
        raise payload_error("negative_amount", "a negative amount where none can be", value)
    return cents
