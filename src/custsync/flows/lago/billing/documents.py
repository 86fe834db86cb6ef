"""What NetSuite is to hold: an invoice or a credit memo with its lines, or why it does not come."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final

from attrs import field, frozen

from custsync.errors import InputError
from custsync.flows.lago.billing import amounts, issues
from custsync.flows.lago.billing.issues import about
from custsync.flows.lago.billing.mappings import Layer, MappedItem, MappedTax, tax_for
from custsync.flows.lago.billing.models import CreditNote, Invoice, Price
from custsync.flows.lago.billing.settings import BillingSettings, Currency, currency_for
from custsync.models import NOTHING_KEPT, Issue, Severity


class DocumentKind(Enum):
    """What is synced, in NetSuite's words."""

    INVOICE = "invoice"
    CREDIT_MEMO = "credit_memo"
    CUSTOMER_PAYMENT = "customer_payment"


class LineRole(Enum):
    """What a line is for. The value is its field of `Amounts`, which has none for the rounding."""

    FEE = "fees"
    COUPON = "coupons"
    PREPAID_CREDIT = "prepaid_credits"
    PROGRESSIVE_BILLING_CREDIT = "progressive_billing_credits"
    CREDIT_NOTE = "credit_notes"
    ROUNDING = "rounding"


@frozen(kw_only=True)
class Line:
    """One line of a document.

    `amount` is what counts. It is to be sent beside quantity and rate, for Lago rounds it: a graduated price
    has a rate that is a mean, and quantity times rate need not be the amount to the cent.

    Attributes:
        role: what the line is for.
        source: the Lago id of its fee or item, `""` for a discount and for a fee that has none.
        item: internal id of its NetSuite item.
        layer: where that item was found.
        quantity: Lago's units, as far as NetSuite takes them.
        rate: Lago's precise unit amount, as far as NetSuite takes it.
        amount: negative for a discount.
        description: the name of what was sold, `""` for a discount.
        extra: for the caller, as texts where known: `account_code`, and the service period as `period_from`
            and `period_to` (2026-01-31).
    """

    role: LineRole
    source: str
    item: str
    layer: Layer
    quantity: Decimal = field(validator=amounts.check_number)
    rate: Decimal = field(validator=amounts.check_number)
    amount: Decimal = field(validator=amounts.check_number)
    description: str = ""
    extra: Mapping[str, str] = field(default=NOTHING_KEPT, hash=False)


@frozen(kw_only=True)
class TaxOverride(MappedTax):
    """The tax total, in the place of what NetSuite would compute, and the tax item that carries it.

    Attributes:
        amount: Lago's tax of the whole document, in currency units; not negative.
    """

    amount: Decimal = field(validator=amounts.check_number)


@frozen(kw_only=True)
class Document:
    """An invoice or a credit memo as NetSuite is to hold it; its lines and its tax are its total.

    Attributes:
        kind: `INVOICE` or `CREDIT_MEMO`; a payment is a `CustomerPayment`.
        lago_id: the Lago id of the invoice or credit note that it is made from.
        number: Lago's number of it, `""` where Lago sends none.
        customer: internal id of the NetSuite customer.
        currency: the currency of every amount here.
        lines: fees or items first, then discounts, and a credit memo's rounding last.
        tax: None where no tax item is mapped: the document goes without its tax then.
        total: in currency units: Lago's total, less its tax where `tax` is None.
        issued_on: the day of Lago's document, None where Lago does not say it.
        due_on: the day when an invoice is due, None for a credit memo and where Lago does not say it.
        issues: warnings and notes; none of them is an error.
    """

    kind: DocumentKind
    lago_id: str
    number: str
    customer: str
    currency: Currency
    lines: tuple[Line, ...]
    tax: TaxOverride | None
    total: Decimal = field(validator=amounts.check_number)
    issued_on: date | None = None
    due_on: date | None = None
    issues: tuple[Issue, ...] = ()


@frozen(kw_only=True)
class NotSynced:
    """A "no" with its reasons.

    Attributes:
        kind: what would have come to NetSuite.
        lago_id: the Lago id of the invoice or credit note; for payments, of their invoice.
        issues: every reason at once. A note alone reports that the sync is off, or the invoice not finalized.
        difference: how far lines and tax are off the total, in currency units; 0 where they agree or were not
            compared.
    """

    kind: DocumentKind
    lago_id: str
    issues: tuple[Issue, ...]
    difference: Decimal = Decimal(0)


_ONE: Final = Decimal(1)


@frozen(kw_only=True)
class Row:
    """What will be a line: mapped, but in subunits.

    `price` is how Lago made the amount. A row that is not `priced` is one times its amount all the same.
    """

    role: LineRole
    source: str = ""
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
    amount = amounts.money(row.cents, currency.subunits)
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
    quantity, rate = amounts.fitted(row.price.units), amounts.fitted(row.price.unit_amount)
    if quantity is None or rate is None or quantity.copy_abs() >= amounts.MOST_UNITS:
        return None
    is_left = bool(quantity and rate) == bool(row.price.units and row.price.unit_amount)
    return (quantity, rate) if is_left else None  # a number that rounds to zero would make the line zero


def number_issues(row: Row, rule: str, currency: Currency) -> Iterator[Issue]:
    """Yield what becomes of numbers that NetSuite does not take as they are.

    Rule: G-LOSS
    """
    amount = amounts.money(row.cents, currency.subunits)
    if amounts.fitted(amount) != amount:
        yield about(issues.AMOUNT_TOO_LONG, rule=rule, field=row.role.value)
    if row.price is None or not row.priced:
        return
    numbers = _fitted(row)
    if numbers is None:
        yield about(issues.SOLD_AS_ONE, rule=rule, fee=row.source)
        return
    given = (row.price.units, row.price.unit_amount)
    for name, kept, number in zip(("quantity", "rate"), numbers, given, strict=True):
        if kept != number:
            yield about(issues.NUMBER_ROUNDED, rule=rule, field=name, number=name, fee=row.source)


def price_issues(row: Row, rule: str, currency: Currency) -> Iterator[Issue]:
    """Yield an error where price and amount are a power of ten apart, a warning where they differ less.

    Rule: LG-CUR
    """
    price = row.price
    amount = amounts.money(price.amount_cents, currency.subunits) if price else Decimal(0)
    if price is None:
        return
    sold = amounts.EXACT.multiply(price.units, price.unit_amount)
    if amounts.is_near(sold, amount, currency.subunits):
        return
    paid = price.units if price.paid_units is None else price.paid_units
    power = amounts.power_between(amounts.EXACT.multiply(paid, price.unit_amount), amount, currency.subunits)
    if power is not None:
        yield counted_differently(f"fee {row.source!r}", power, currency)
    elif row.priced:
        yield about(issues.AMOUNT_IS_NO_PRODUCT, rule=rule, fee=row.source)


def counted_differently(what: str, power: int, currency: Currency) -> Issue:
    """Return the error that two amounts are a power of ten apart: they count different subunits."""
    times, size = 10 ** abs(power), "small" if power > 0 else "large"
    subunits, code = currency.subunits, currency.code
    return about(issues.SUBUNITS_DIFFER, what=what, times=times, size=size, subunits=subunits, currency=code)


@frozen(kw_only=True)
class Paper:
    """A document in the making: its rows, mapped but in subunits, its tax item, and Lago's own document."""

    kind: DocumentKind
    rule: str
    record: Invoice | CreditNote
    rows: tuple[Row, ...]
    tax: MappedTax | None

    @property
    def taxes(self) -> int:
        """Return the tax that goes along: none without a tax item."""
        return self.record.amounts.taxes if self.tax else 0

    @property
    def total(self) -> int:
        """Return the total that lines and tax have to be."""
        return self.record.amounts.total - self.record.amounts.taxes + self.taxes

    @property
    def difference(self) -> int:
        """Return how much lines and tax are more than the total."""
        return sum(row.cents for row in self.rows) + self.taxes - self.total


_PAPERS: Final = {Invoice: (DocumentKind.INVOICE, "LG-INV"), CreditNote: (DocumentKind.CREDIT_MEMO, "LG-CN")}


def completed(
    record: Invoice | CreditNote, rows: Iterable[Row], customer: str | None, settings: BillingSettings
) -> Document | NotSynced:
    """Return the document that these rows make, or every reason why it does not come."""
    (kind, rule), tax = _PAPERS[type(record)], tax_for(settings.mappings, entity=record.entity)
    paper = Paper(kind=kind, rule=rule, record=record, rows=tuple(rows), tax=tax)
    if customer is not None and not isinstance(customer, str):
        raise InputError("the NetSuite customer is named by its internal id, a text")
    customer = (customer or "").strip()
    currency = currency_for(paper.record.currency, settings)
    found = tuple(dict.fromkeys(_issues(paper, customer, currency, settings)))
    if isinstance(currency, Issue) or any(issue.severity is Severity.ERROR for issue in found):
        off = (
            Decimal(0) if isinstance(currency, Issue) else amounts.money(paper.difference, currency.subunits)
        )
        return NotSynced(kind=paper.kind, lago_id=paper.record.lago_id, issues=found, difference=off)
    taxes = amounts.money(paper.taxes, currency.subunits)
    mapped = [(row, row.mapped) for row in paper.rows if isinstance(row.mapped, MappedItem)]
    return Document(
        kind=paper.kind,
        lago_id=paper.record.lago_id,
        number=paper.record.number,
        customer=customer,
        currency=currency,
        lines=tuple([line_of(row, item, currency) for row, item in mapped]),
        tax=TaxOverride(item=paper.tax.item, layer=paper.tax.layer, amount=taxes) if paper.tax else None,
        total=amounts.money(paper.total, currency.subunits),
        issued_on=paper.record.issued_on,
        due_on=getattr(paper.record, "due_on", None),
        issues=found,
    )


def _issues(
    paper: Paper, customer: str, currency: Currency | Issue, settings: BillingSettings
) -> Iterator[Issue]:
    if not customer:
        yield about(issues.CUSTOMER_UNLINKED, rule=paper.rule)
    if isinstance(currency, Issue):
        yield currency
    else:
        yield from _amounts(paper, currency)
    for row in paper.rows:
        yield from row.mapped.issues if isinstance(row.mapped, MappedItem) else (row.mapped,)
    for code in sorted({row.currency for row in paper.rows} - {paper.record.currency}):
        yield about(issues.CURRENCY_MIXED, fee=code, document=paper.record.currency)
    yield from _doubled(paper)
    yield from _tax(paper, settings)


def _amounts(paper: Paper, currency: Currency) -> Iterator[Issue]:
    """Yield what there is to report about sums, prices and numbers."""
    fees = sum(row.cents for row in paper.rows if row.role is LineRole.FEE) - paper.record.amounts.fees
    for issue, cents in ((issues.FEES_DIFFER, fees), (issues.TOTAL_DIFFERS, paper.difference)):
        if cents:
            off = amounts.money(cents, currency.subunits)
            yield about(issue, rule=paper.rule, off=off, currency=currency.code)
    for row in paper.rows:
        yield from price_issues(row, paper.rule, currency)
        yield from number_issues(row, paper.rule, currency)
        if row.role is LineRole.ROUNDING:
            off = amounts.money(row.cents, currency.subunits)
            yield about(issues.ROUNDED_AS_A_WHOLE, off=off, currency=currency.code)
    tax = amounts.money(paper.taxes, currency.subunits)
    if amounts.fitted(tax) != tax:
        yield about(issues.AMOUNT_TOO_LONG, rule=paper.rule, field="taxes")


def _doubled(paper: Paper) -> Iterator[Issue]:
    counted = Counter(row.source for row in paper.rows if row.source)
    for source, times in counted.items():
        if times > 1:
            yield about(issues.FEE_DOUBLED, rule=paper.rule, fee=source, times=times)


def _tax(paper: Paper, settings: BillingSettings) -> Iterator[Issue]:
    """Yield what there is to report about the tax.

    Rule: LG-TAX
    """
    if paper.tax is not None:
        mapped = [row.mapped.item for row in paper.rows if isinstance(row.mapped, MappedItem)]
        barred = [item for item in mapped if item in settings.not_taxable]
        yield from [about(issues.ITEM_NOT_TAXABLE, item=item) for item in barred]
    elif paper.record.amounts.taxes:
        # Credits that pay the tax too would make a document without its tax negative.
        yield issues.TAX_NEEDED if settings.tax_required or paper.total < 0 else issues.TAX_UNMAPPED
