"""Balances: a parent's includes its children's."""

from collections.abc import Hashable, Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from attrs import frozen

from custsync.errors import InputError
from custsync.models import Issue, Severity
from custsync.rules.hierarchy.forest import acyclic, check, links_of


def _issue(code: str, reason: str, remedy: str) -> Issue:
    severity = Severity.WARNING
    return Issue(code=code, rule="UF-BAL", field="balance", reason=reason, remedy=remedy, severity=severity)


BALANCE_NOT_KNOWN: Final = _issue(
    "balance_not_known",
    "the customer's own balance is not there, or no finite decimal for each currency",
    "Read the balance and its currency from the source system",
)
PART_NOT_KNOWN: Final = _issue(
    "part_not_known",
    "the balance of a child is not known or not complete",
    "Read the balances of all children; their issues name them",
)

K = TypeVar("K", bound=Hashable)

Unknown: TypeAlias = Literal["unknown", "partial"]
"""What a sum with an unknown part is: unknown as well, or the sum of what is known; with a warning."""

Amounts: TypeAlias = Mapping[str, Decimal]
"""Currency → amount, in whole units of the currency: {"USD": Decimal("12.50")}."""

_MOST_DIGITS = 30
"""The most digits of an amount before the point, and after it."""

_EXACT: Final = Context(prec=100, traps=[Inexact, InvalidOperation])
"""Wide enough for the sum of as many such amounts as there can be, whatever the caller's context is."""


@frozen(kw_only=True, repr=False)
class Balances(Generic[K]):
    """The balance of every customer, its children's in it.

    Attributes:
        amounts: customer → its balance by currency, in units of it (not cents); None where it is not known.
        issues: customer → the warning that its balance is not known, or lacks a part; none for the others.
    """

    amounts: Mapping[K, Amounts | None]
    issues: Mapping[K, Issue]

    def __repr__(self) -> str:
        """Return the counts, no amount."""
        return f"Balances(<{len(self.amounts)} customers>, <{len(self.issues)} issues>)"


def roll_up(
    balances: Mapping[K, Amounts | None], parents: Mapping[K, K | None], *, unknown: Unknown = "unknown"
) -> Balances[K]:
    """Return the balance of every customer, a parent's with its children's, for each currency apart.

    A customer without children has its own balance. Sums are exact, whatever the decimal context. An amount
    that is missing, no finite `Decimal`, or of more than 30 digits before or after the point is unknown,
    never 0. Currencies are not converted.

    Args:
        balances: customer → its own amounts by currency; None where not known. One who is not there is not
            known either.
        parents: `flatten(...).parents`, or any hierarchy without cycles.
        unknown: what a sum with an unknown part is.

    Returns:
        A balance for each customer of `parents`, and a warning for each that is not known or not complete.
        Linear time.

    Raises:
        InputError: a balance belongs to no customer of `parents`, customers are in a cycle, an id is
            blank or not hashable, or the policy is none.

    Rule: UF-BAL
    Source: NetSuite Customers & Contacts

    >>> owed = {"top": {"USD": Decimal("10.50")}, "child": {"USD": Decimal("0.25")}}
    >>> roll_up(owed, {"top": None, "child": "top"}).amounts["top"]
    {'USD': Decimal('10.75')}
    >>> roll_up(owed | {"child": None}, {"top": None, "child": "top"}).amounts["top"] is None
    True
    """
    check(unknown, Unknown)
    links = links_of(parents)
    if not isinstance(balances, Mapping):
        raise InputError("balances is a mapping of ids")
    ids = list(parents)
    if not balances.keys() <= parents.keys():
        raise InputError(f"{sum(one not in parents for one in balances)} balances are of no customer here")
    sums = [_own(balances.get(one)) for one in ids]
    issues = _raise(sums, links, unknown)
    return Balances(
        amounts=dict(zip(ids, sums, strict=True)), issues={ids[one]: issues[one] for one in sorted(issues)}
    )


def in_cents(amount: Decimal, *, digits: int = 2) -> int | None:
    """Return the amount as a whole number of the currency's smallest unit, None where that is not exact.

    Args:
        amount: in whole units of the currency.
        digits: digits after the point that the currency has: 2 for most, 0 for JPY, 3 for KWD.

    Raises:
        InputError: `digits` is no whole number from 0 to 30, or the amount is no `Decimal` that `roll_up`
            takes.

    Rule: UF-BAL

    >>> in_cents(Decimal("12.50"))
    1250
    >>> in_cents(Decimal("0.005")) is None
    True
    """
    if type(digits) is not int or not 0 <= digits <= _MOST_DIGITS:
        raise InputError("digits is a whole number from 0 to 30")
    if not _is_amount(amount):
        raise InputError("an amount is a finite Decimal of at most 30 digits before and after the point")
    cents = amount.scaleb(digits, _EXACT)
    whole = int(cents)
    return whole if whole == cents else None


def _is_amount(value: object) -> bool:
    if not isinstance(value, Decimal) or not value.is_finite():
        return False
    text = _EXACT.to_sci_string(value)
    if len(text) <= _MOST_DIGITS and "E" not in text:
        return True  # to look at the digits one by one is costly, and most amounts are short
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_DIGITS and value.adjusted() < _MOST_DIGITS


def _own(amounts: Any) -> Amounts | None:
    is_known = isinstance(amounts, Mapping) and all(map(_is_amount, amounts.values()))
    return amounts if is_known else None


def _raise(sums: list[Amounts | None], links: list[int], unknown: Unknown) -> dict[int, Issue]:
    """Return the issues; `sums`, the customers' own amounts, change into those with their children's."""
    issues = {one: BALANCE_NOT_KNOWN for one, own in enumerate(sums) if own is None}
    raised: dict[int, dict[str, Decimal]] = {}
    for one in reversed(acyclic(links)):
        if one in issues and unknown == "unknown":
            sums[one] = None
        elif one in raised:
            sums[one] = raised.pop(one)
        up, more = links[one], sums[one]
        if up < 0:
            continue
        if one in issues:
            issues.setdefault(up, PART_NOT_KNOWN)
        if more is not None:
            _add(more, raised.setdefault(up, dict(sums[up] or ())))
    return issues


def _add(more: Amounts, total: dict[str, Decimal]) -> None:
    for currency, amount in more.items():
        total[currency] = _EXACT.add(total[currency], amount) if currency in total else amount
