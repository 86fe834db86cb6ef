"""A document in the making: its rows, mapped but in smallest units, and all there is to say about them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from attrs import frozen

from custsync.errors import InputError
from custsync.flows.lago.billing.amounts import is_product, money
from custsync.flows.lago.billing.documents import (
    Document,
    DocumentKind,
    Line,
    LineRole,
    NotSynced,
    TaxOverride,
)
from custsync.flows.lago.billing.mappings import MappedItem, MappedTax
from custsync.flows.lago.billing.models import Amounts
from custsync.flows.lago.billing.settings import BillingSettings, Currency, currency_for
from custsync.models import Issue, Severity

__all__ = ["NOT_FINALIZED", "Paper", "Row", "completed", "sync_off"]

_ONE: Final = Decimal(1)


@frozen(kw_only=True)
class Row:
    """What will be a line: mapped, but in smallest units. Without a rate the amount is the rate."""

    role: LineRole
    source: str
    mapped: MappedItem | Issue
    cents: int
    currency: str
    units: Decimal = _ONE
    rate: Decimal | None = None


@frozen(kw_only=True)
class Paper:
    """What an invoice and a credit note have in common."""

    kind: DocumentKind
    rule: str
    lago_id: str
    number: str
    currency: str
    issued_on: date | None
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
    issues = tuple(dict.fromkeys(_issues(paper, customer, currency, settings)))
    if isinstance(currency, Issue):
        return NotSynced(kind=paper.kind, lago_id=paper.lago_id, issues=issues)
    if any(map(_is_error, issues)):
        off = money(paper.difference, currency.places)
        return NotSynced(kind=paper.kind, lago_id=paper.lago_id, issues=issues, difference=off)
    return Document(
        kind=paper.kind,
        lago_id=paper.lago_id,
        number=paper.number,
        customer=customer,
        currency=currency,
        lines=tuple(_lines(paper, currency.places)),
        tax=_override(paper.tax, money(paper.taxes, currency.places)) if paper.tax else None,
        total=money(paper.total, currency.places),
        issued_on=paper.issued_on,
        issues=issues,
    )


def _lines(paper: Paper, places: int) -> Iterator[Line]:
    for row, mapped in [(row, row.mapped) for row in paper.rows if isinstance(row.mapped, MappedItem)]:
        amount = money(row.cents, places)
        yield Line(
            role=row.role,
            source=row.source,
            item=mapped.item,
            layer=mapped.layer,
            quantity=row.units,
            rate=amount if row.rate is None else row.rate,
            amount=amount,
        )


def _override(tax: MappedTax, amount: Decimal) -> TaxOverride:
    return TaxOverride(item=tax.item, layer=tax.layer, amount=amount)


def _issues(
    paper: Paper, customer: str, currency: Currency | Issue, settings: BillingSettings
) -> Iterator[Issue]:
    if not customer:
        yield _unlinked(paper.rule)
    if isinstance(currency, Issue):
        yield currency
    else:
        yield from _sums(paper, currency)
    for row in paper.rows:
        yield from row.mapped.issues if isinstance(row.mapped, MappedItem) else (row.mapped,)
    yield from _mixed(paper)
    yield from _doubled(paper)
    if paper.amounts.taxes and paper.tax is None:
        # Credits that pay the tax too would make a document without its tax negative.
        yield _untaxed(paper.rule, required=settings.tax_required or paper.total < 0)


def _sums(paper: Paper, currency: Currency) -> Iterator[Issue]:
    """Yield an error for each sum that is off, and a warning for each line that is no product."""
    fees = sum(row.cents for row in paper.rows if row.role is LineRole.FEE) - paper.amounts.fees
    for code, name, off in (("fees_differ", "fees", fees), ("total_differs", "total", paper.difference)):
        if off:
            yield _off(paper.rule, code, name, f"{money(off, currency.places):+f} {currency.code}")
    for row in paper.rows:
        if row.rate is not None:
            amount = money(row.cents, currency.places)
            if not is_product(row.units, row.rate, amount, currency.places):
                yield _no_product(paper.rule, row.source)


def _mixed(paper: Paper) -> Iterator[Issue]:
    for currency in sorted({row.currency for row in paper.rows} - {paper.currency}):
        yield Issue(
            code="currency_mixed",
            rule="LG-CUR",
            field="currency",
            reason=f"A fee is in {currency!r}, its document in {paper.currency!r}",
            remedy="Read the document again; one document has one currency.",
        )


def _doubled(paper: Paper) -> Iterator[Issue]:
    counted = Counter(row.source for row in paper.rows if row.source)
    for source, times in counted.items():
        if times > 1:
            yield Issue(
                code="fee_doubled",
                rule=paper.rule,
                field="fees",
                reason=f"Fee {source!r} stands there {times} times",
                remedy="Read the document again; each fee is one line.",
            )


def _is_error(issue: Issue) -> bool:
    return issue.severity is Severity.ERROR


def sync_off(switch: str) -> Issue:
    """Return the note that a sync is switched off."""
    return Issue(
        code="sync_off",
        rule="LG-SYNC",
        field=f"syncs.{switch}",
        reason=f"The sync of {switch.replace('_', ' ')} is switched off for this connection",
        remedy="Switch it on to have them synced.",
        severity=Severity.NOTE,
    )


NOT_FINALIZED: Final = Issue(
    code="not_finalized",
    rule="LG-INV",
    field="status",
    reason="The invoice is not finalized",
    remedy="Nothing to do: it syncs once Lago finalizes it.",
    severity=Severity.NOTE,
)


def _unlinked(rule: str) -> Issue:
    return Issue(
        code="customer_unlinked",
        rule=rule,
        field="customer",
        reason="The Lago customer is not linked to a NetSuite customer",
        remedy="Link it, or have it created, and sync the document again.",
    )


def _off(rule: str, code: str, name: str, difference: str) -> Issue:
    return Issue(
        code=code,
        rule=rule,
        field=name,
        reason=f"{_SUMS[name]}: they are off by {difference}",
        remedy="Read the document again with all its fees, and report it to Lago if it stays.",
    )


_SUMS: Final = {
    "fees": "The fees together are not the stated amount of fees",
    "total": "Lines and tax together are not the total",
}


def _no_product(rule: str, source: str) -> Issue:
    return Issue(
        code="amount_is_no_product",
        rule=rule,
        field="fees",
        reason=f"Units times unit amount of fee {source!r} is not its amount",
        remedy="Send the line's amount beside its quantity and rate; the amount is what counts.",
        severity=Severity.WARNING,
    )


def _untaxed(rule: str, *, required: bool) -> Issue:
    return Issue(
        code="tax_unmapped",
        rule=rule,
        field="tax",
        reason="There is tax, but no tax item is mapped, so the document would lack its tax",
        remedy="Map a tax item: nexus, tax type and tax code.",
        severity=Severity.ERROR if required else Severity.WARNING,
    )
