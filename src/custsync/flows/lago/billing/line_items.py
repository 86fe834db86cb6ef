"""The lines of a document: rows in subunits become amounts, quantities and rates that NetSuite takes."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from attrs import field, frozen

from custsync.flows.lago.billing import issues
from custsync.flows.lago.billing.amounts import MOST_UNITS, fitted, is_product, money, power_between, product
from custsync.flows.lago.billing.documents import Line, LineRole
from custsync.flows.lago.billing.mappings import MappedItem
from custsync.flows.lago.billing.models import Price
from custsync.flows.lago.billing.settings import Currency
from custsync.models import NOTHING_KEPT, Issue

__all__ = ["Row", "extra_of", "line_of", "number_issues", "price_issues"]

_ONE: Final = Decimal(1)


@frozen(kw_only=True)
class Row:
    """What will be a line: mapped, but in subunits.

    `price` says how Lago came to the amount. A row that is not `priced` is one times its amount all the same.
    """

    role: LineRole
    source: str
    mapped: MappedItem | Issue
    cents: int
    currency: str
    price: Price | None = None
    priced: bool = False
    description: str = ""
    extra: Mapping[str, str] = field(default=NOTHING_KEPT, hash=False)


def extra_of(
    account: str, period_from: date | None = None, period_to: date | None = None
) -> Mapping[str, str]:
    """Return what a line carries along for the caller, as texts: what is known of it."""
    days = {"period_from": period_from, "period_to": period_to}
    period = {name: day.isoformat() for name, day in days.items() if day is not None}
    return {"account_code": account, **period} if account else period


def line_of(row: Row, mapped: MappedItem, currency: Currency) -> Line:
    """Return the line of a row whose item is known.

    Rule: LG-INV, LG-CN
    """
    amount = money(row.cents, currency.subunits)
    quantity, rate = _fitted(row) or (_ONE, amount)
    return Line(
        role=row.role,
        source=row.source,
        item=mapped.item,
        layer=mapped.layer,
        quantity=quantity,
        rate=rate,
        amount=amount,
        description=row.description,
        extra=row.extra,
    )


def _fitted(row: Row) -> tuple[Decimal, Decimal] | None:
    """Return quantity and rate as NetSuite takes them, None where the line is one times its amount."""
    if row.price is None or not row.priced:
        return None
    quantity, rate = fitted(row.price.units), fitted(row.price.unit_amount)
    if quantity is None or rate is None or quantity.copy_abs() >= MOST_UNITS:
        return None
    is_left = bool(quantity and rate) == bool(row.price.units and row.price.unit_amount)
    return (quantity, rate) if is_left else None  # a number that rounds to zero would make the line zero


def number_issues(row: Row, rule: str, currency: Currency) -> Iterator[Issue]:
    """Yield what becomes of numbers that NetSuite does not take as they are.

    Rule: G-LOSS
    """
    amount = money(row.cents, currency.subunits)
    if fitted(amount) != amount:
        yield issues.amount_too_long(rule, row.role.value)
    if row.price is None or not row.priced:
        return
    numbers = _fitted(row)
    if numbers is None:
        yield issues.sold_as_one(rule, row.source)
        return
    given = (row.price.units, row.price.unit_amount)
    for name, kept, number in zip(("quantity", "rate"), numbers, given, strict=True):
        if kept != number:
            yield issues.number_rounded(rule, row.source, name)


def price_issues(row: Row, rule: str, currency: Currency) -> Iterator[Issue]:
    """Yield an error where price and amount are a power of ten apart, a warning where they differ less.

    Rule: LG-CUR
    """
    price = row.price
    if price is None:
        return
    amount = money(price.amount_cents, currency.subunits)
    paid = price.units if price.paid_units is None else price.paid_units
    power = power_between(product(paid, price.unit_amount), amount, currency.subunits)
    if power is not None and not is_product(price.units, price.unit_amount, amount, currency.subunits):
        yield issues.counted_differently(f"fee {row.source!r}", power, currency)
    elif row.priced and not is_product(price.units, price.unit_amount, amount, currency.subunits):
        yield issues.amount_is_no_product(rule, row.source)
