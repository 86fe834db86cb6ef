"""A document in the making: its rows, mapped but in subunits, and all there is to report about them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from attrs import frozen

from custsync.errors import InputError
from custsync.flows.lago.billing import issues
from custsync.flows.lago.billing.amounts import fitted, money
from custsync.flows.lago.billing.documents import Document, DocumentKind, LineRole, NotSynced, TaxOverride
from custsync.flows.lago.billing.line_items import Row, line_of, number_issues, price_issues
from custsync.flows.lago.billing.mappings import MappedItem, MappedTax
from custsync.flows.lago.billing.models import Amounts
from custsync.flows.lago.billing.settings import BillingSettings, Currency, currency_for
from custsync.models import Issue, Severity

__all__ = ["Paper", "completed"]


@frozen(kw_only=True)
class Paper:
    """What an invoice and a credit note have in common."""

    kind: DocumentKind
    rule: str
    lago_id: str
    number: str
    currency: str
    issued_on: date | None
    due_on: date | None = None
    amounts: Amounts
    rows: tuple[Row, ...]
    tax: MappedTax | None = None

    @property
    def taxes(self) -> int:
        """Return the tax that goes along: none without a tax item."""
        return self.amounts.taxes if self.tax else 0

    @property
    def total(self) -> int:
        """Return the total that lines and tax have to be."""
        return self.amounts.total - self.amounts.taxes + self.taxes

    @property
    def difference(self) -> int:
        """Return how much lines and tax are more than the total."""
        return sum(row.cents for row in self.rows) + self.taxes - self.total


def completed(paper: Paper, customer: str | None, settings: BillingSettings) -> Document | NotSynced:
    """Return the document, or every reason why it does not come."""
    if customer is not None and not isinstance(customer, str):
        raise InputError("the NetSuite customer is named by its internal id, a text")
    customer = (customer or "").strip()
    currency = currency_for(paper.currency, settings)
    found = tuple(dict.fromkeys(_issues(paper, customer, currency, settings)))
    if isinstance(currency, Issue):
        return NotSynced(kind=paper.kind, lago_id=paper.lago_id, issues=found)
    if any(issue.severity is Severity.ERROR for issue in found):
        off = money(paper.difference, currency.subunits)
        return NotSynced(kind=paper.kind, lago_id=paper.lago_id, issues=found, difference=off)
    mapped = [(row, row.mapped) for row in paper.rows if isinstance(row.mapped, MappedItem)]
    return Document(
        kind=paper.kind,
        lago_id=paper.lago_id,
        number=paper.number,
        customer=customer,
        currency=currency,
        lines=tuple([line_of(row, item, currency) for row, item in mapped]),
        tax=_override(paper.tax, paper.taxes, currency) if paper.tax else None,
        total=money(paper.total, currency.subunits),
        issued_on=paper.issued_on,
        due_on=paper.due_on,
        issues=found,
    )


def _override(tax: MappedTax, cents: int, currency: Currency) -> TaxOverride:
    return TaxOverride(item=tax.item, layer=tax.layer, amount=money(cents, currency.subunits))


def _issues(
    paper: Paper, customer: str, currency: Currency | Issue, settings: BillingSettings
) -> Iterator[Issue]:
    if not customer:
        yield issues.unlinked(paper.rule)
    if isinstance(currency, Issue):
        yield currency
    else:
        yield from _amounts(paper, currency)
    for row in paper.rows:
        yield from row.mapped.issues if isinstance(row.mapped, MappedItem) else (row.mapped,)
    for code in sorted({row.currency for row in paper.rows} - {paper.currency}):
        yield issues.currency_mixed(code, paper.currency)
    yield from _doubled(paper)
    yield from _tax(paper, settings)


def _amounts(paper: Paper, currency: Currency) -> Iterator[Issue]:
    """Yield what there is to report about sums, prices and numbers."""
    fees = sum(row.cents for row in paper.rows if row.role is LineRole.FEE) - paper.amounts.fees
    for name, off in (("fees", fees), ("total", paper.difference)):
        if off:
            yield issues.sum_differs(paper.rule, name, money(off, currency.subunits), currency)
    for row in paper.rows:
        yield from price_issues(row, paper.rule, currency)
        yield from number_issues(row, paper.rule, currency)
        if row.role is LineRole.ROUNDING:
            yield issues.rounded_as_a_whole(money(row.cents, currency.subunits), currency)
    tax = money(paper.taxes, currency.subunits)
    if fitted(tax) != tax:
        yield issues.amount_too_long(paper.rule, "taxes")


def _doubled(paper: Paper) -> Iterator[Issue]:
    counted = Counter(row.source for row in paper.rows if row.source)
    for source, times in counted.items():
        if times > 1:
            yield issues.fee_doubled(paper.rule, source, times)


def _tax(paper: Paper, settings: BillingSettings) -> Iterator[Issue]:
    """Yield what there is to report about the tax.

    Rule: LG-TAX
    """
    if paper.tax is not None:
        mapped = [row.mapped.item for row in paper.rows if isinstance(row.mapped, MappedItem)]
        yield from [issues.item_not_taxable(item) for item in mapped if item in settings.not_taxable]
    elif paper.amounts.taxes:
        # Credits that pay the tax too would make a document without its tax negative.
        yield issues.tax_unmapped(refused=settings.tax_required or paper.total < 0)
