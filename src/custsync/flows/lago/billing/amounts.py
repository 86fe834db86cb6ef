"""Amounts: whole numbers of a currency's subunit, and the decimals that NetSuite reads.

All arithmetic is exact, whatever decimal context the caller has set.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import partial, reduce
from typing import Any, Final

from attrs.validators import and_

from custsync.errors import ConfigurationError, CustsyncError, InputError
from custsync.payloads import payload_error

LONGEST_NUMBER: Final = 40
"""No number has more characters as text, or more digits."""

FARTHEST_DIGIT: Final = 30
"""No number has its first digit farther from its point."""

MOST_CENTS: Final = 10**18
"""No amount is larger: Lago keeps amounts as 64-bit whole numbers."""

LONGEST_IN_NETSUITE: Final = 15
MOST_DECIMALS: Final = 8
MOST_UNITS: Final = 10**10
"""NetSuite takes no quantity from here on.

Source: getlago/lago-api, pull request 4366.
"""

COARSE: Final = 10
_POWERS: Final = (1, -1, 2, -2, 3, -3, 4, -4)
_SIGNS: Final = frozenset("0123456789+-.eE")
EXACT: Final = Context(prec=200, traps=[])
"""The context of all arithmetic with amounts."""


_SUBUNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "HUF", "ISK", "JPY", "KMF", "KRW", "PYG"), 1),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 1),
    **dict.fromkeys(("MRO", "MRU"), 5),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 1000),
    **dict.fromkeys(("CLF", "UYW"), 10_000),
}
"""Subunits of one unit, as Lago's money library counts them, where they are not 100.

They are those of ISO 4217, but for HUF: 100 there, of which none is in use.
"""

_UNCLEAR: Final = frozenset({"MGA"})
"""Currencies that the releases of that library count in different ways: MGA in fifths, and later whole."""

ONE: Final[Mapping[int, tuple[int, int]]] = {
    1: (1, 0),
    5: (2, 1),
    10: (1, 1),
    100: (1, 2),
    1000: (1, 3),
    10_000: (1, 4),
}
"""Subunits of one unit → one subunit: its digit and its decimal places."""


def subunits_of(currency: str, own: Mapping[str, int]) -> int | None:
    """Return how many subunits Lago counts in one unit of the currency, None where that is not clear.

    Args:
        currency: ISO 4217 code, upper case.
        own: ISO 4217 code → subunits, which counts first.

    Rule: LG-CUR

    Source: RubyMoney, `currency_iso.json` of release 7.

    >>> subunits_of("USD", {}), subunits_of("HUF", {}), subunits_of("KWD", {})
    (100, 1, 1000)
    >>> subunits_of("MGA", {}) is None
    True
    """
    if currency in own:
        return own[currency]
    return None if currency in _UNCLEAR else _SUBUNITS.get(currency, 100)


def money(cents: int, subunits: int) -> Decimal:
    """Return the amount that so many subunits make.

    Args:
        cents: whole number of the currency's subunit.
        subunits: how many subunits one unit has.

    >>> money(1250, 100), money(-1250, 1), money(3, 5)
    (Decimal('12.50'), Decimal('-1250'), Decimal('0.6'))
    """
    digit, places = ONE[subunits]
    return Decimal(cents * digit).scaleb(-places, EXACT)


def is_whole(amount: Decimal, subunits: int) -> bool:
    """Return whether the amount is a whole number of the currency's subunit."""
    count = EXACT.multiply(amount, Decimal(subunits))
    return count == count.to_integral_value(context=EXACT)


def cents_of(amount: Decimal, subunits: int) -> int:
    """Return how many subunits the amount is.

    Raises:
        InputError: it is not a whole number of them.

    >>> cents_of(Decimal("12.5"), 100)
    1250
    >>> cents_of(Decimal("12.505"), 100)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: an amount that is not a whole number of the currency's subunit
    """
    if not is_whole(amount, subunits):
        raise InputError("an amount that is not a whole number of the currency's subunit")
    return int(EXACT.multiply(amount, Decimal(subunits)))


def power_between(product: Decimal, amount: Decimal, subunits: int) -> int | None:
    """Return which power of ten the product is of the amount, None where it is none but 10^0.

    Such a power means that the two were counted in different subunits. An amount of less than ten subunits is
    too coarse to say so.

    >>> power_between(Decimal("1250"), Decimal("12.50"), 100)
    2
    >>> power_between(Decimal("12.50"), Decimal("12.50"), 100) is None
    True
    """
    cents = EXACT.multiply(amount, Decimal(subunits)).copy_abs()
    if cents < COARSE or is_near(product, amount, subunits):
        return None
    for power in _POWERS:
        if is_near(product.scaleb(-power, EXACT), amount, subunits):
            return power
    return None


def is_near(number: Decimal, amount: Decimal, subunits: int) -> bool:
    """Return whether the number is the amount, to within half of the currency's subunit."""
    off = EXACT.multiply(EXACT.subtract(number, amount), Decimal(2 * subunits))
    return off.copy_abs() <= 1


def fitted(number: Decimal) -> Decimal | None:
    """Return the number as NetSuite takes it, None where its whole part alone is too long.

    NetSuite takes 15 characters, point and sign among them, and keeps 8 decimal places.

    Source: getlago/lago-api, pull requests 2242, 2874 and 2895.

    >>> fitted(Decimal("0.1234567891")), fitted(Decimal("12345678.12345678"))
    (Decimal('0.12345679'), Decimal('12345678.123457'))
    >>> fitted(Decimal(10) ** 15) is None
    True
    """
    if len(f"{number:f}") <= LONGEST_IN_NETSUITE and -_exponent(number) <= MOST_DECIMALS:
        return number
    for places in range(MOST_DECIMALS, -1, -1):
        rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=EXACT)
        if len(f"{rounded:f}") <= LONGEST_IN_NETSUITE:
            return rounded
    return None


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def sum_of(amounts: Iterable[Decimal], subunits: int) -> Decimal:
    """Return the exact sum, with the currency's decimal places."""
    return reduce(EXACT.add, amounts, money(0, subunits))


def is_number(value: Any) -> bool:
    """Return whether the value is a finite decimal of usual size."""
    return (
        isinstance(value, Decimal)
        and value.is_finite()
        and len(value.as_tuple().digits) <= LONGEST_NUMBER
        and -FARTHEST_DIGIT <= value.adjusted() <= FARTHEST_DIGIT
    )


def is_cents(value: Any) -> bool:
    """Return whether the value is a whole number within all amounts, and no flag."""
    return type(value) is int and abs(value) < MOST_CENTS


def must(
    is_valid: Callable[[Any], bool], message: str, error: type[CustsyncError] = InputError
) -> Callable[[object, Any, Any], None]:
    """Return an attrs validator that refuses what is not valid.

    Args:
        is_valid: whether a field may have this value.
        message: of the exception; `{name}` stands for the field's name.
        error: the class of the exception.
    """

    def check(_: object, attribute: Any, value: Any) -> None:
        if not is_valid(value):
            raise error(message.format(name=attribute.name))

    return check


check_number: Final = must(is_number, "{name}: not a finite decimal, or too large or too small")
check_cents: Final = must(is_cents, "{name}: not a whole number of the currency's subunit")
setting: Final = partial(must, error=ConfigurationError)
"""A validator of a setting."""

check_unsigned: Final = and_(
    check_cents,
    must(lambda value: value >= 0, "{name}: negative, where discounts, taxes and totals never are"),
)

check_paid: Final = and_(
    check_number, must(lambda value: value > 0, "{name}: a payment is more than nothing")
)


def read_number(value: Any, _: object = None) -> Decimal:
    """Return the number as it was sent. A `float` is refused: its digits are not those that were sent."""
    number = _decimal(value)
    if number is not None and is_number(number):
        return number
    remedy = "Send the number as text, or parse the JSON with parse_float=Decimal"
    raise payload_error("not_a_number", "not an exact number, or too large or too small", value, remedy)


def evidence(value: Any, _: object = None) -> Decimal | None:
    """Return a number that proves or contradicts another, None for what is none: nothing is made of it."""
    number = _decimal(repr(value) if type(value) is float else value)
    return number if is_number(number) else None


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
    """Return the whole number of subunits."""
    if is_cents(value):
        return int(value)
    raise payload_error("not_an_amount", "not a whole number of the currency's subunit", value)


def read_unsigned_cents(value: Any, _: object = None) -> int:
    """Return the whole number of subunits, none of it negative."""
    cents = read_cents(value)
    if cents < 0:
        raise payload_error("negative_amount", "a negative amount where none can be", value)
    return cents
