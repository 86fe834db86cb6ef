"""Lago's invoices and credit notes as NetSuite's invoices and credit memos, and the amounts back again."""

from collections.abc import Iterator, Mapping
from typing import Final

from custsync.flows.lago.billing.amounts import cents_of
from custsync.flows.lago.billing.documents import Document, DocumentKind, LineRole, NotSynced
from custsync.flows.lago.billing.draft_document import NOT_FINALIZED, Paper, Row, completed, sync_off
from custsync.flows.lago.billing.mappings import ItemKind, item_for, tax_for
from custsync.flows.lago.billing.models import Amounts, CreditNote, CreditNoteItem, Fee, Invoice
from custsync.flows.lago.billing.settings import BillingSettings

__all__ = ["amounts_of", "credit_memo", "invoice_document"]

_FINALIZED: Final = "finalized"

_KINDS: Final[Mapping[str, ItemKind]] = {
    "charge": ItemKind.BILLABLE_METRIC,
    "add_on": ItemKind.ADD_ON,
    "subscription": ItemKind.SUBSCRIPTION_FEE,
    "commitment": ItemKind.MINIMUM_COMMITMENT,
    "credit": ItemKind.PREPAID_CREDIT,
}
"""Lago's fee types. A fee of type credit is the purchase of prepaid credits."""

_DISCOUNTS: Final[Mapping[LineRole, ItemKind]] = {
    LineRole.COUPON: ItemKind.COUPON,
    LineRole.PREPAID_CREDIT: ItemKind.PREPAID_CREDIT,
    LineRole.PROGRESSIVE_BILLING_CREDIT: ItemKind.PREPAID_CREDIT,
    LineRole.CREDIT_NOTE: ItemKind.CREDIT_NOTE,
}
"""The discounts in the order of their lines, each with the item that it takes."""


def invoice_document(
    invoice: Invoice, *, customer: str | None, settings: BillingSettings
) -> Document | NotSynced:
    """Return the NetSuite invoice that a Lago invoice becomes, or why it does not.

    Each fee is a line: units are the quantity, the precise unit amount is the rate, both exactly as given.
    Coupons, prepaid credits, progressive billing credits and credit notes follow as negative lines. The tax
    total goes through the tax item, also a tax of zero, so that NetSuite computes none. Lines and tax are the
    total to the smallest unit, or the invoice is refused.

    Args:
        invoice: as `read_invoice` gives it. Only a finalized one is synced.
        customer: internal id of the NetSuite customer that the Lago customer is linked to, None or `""` for
            one that is not linked.
        settings: the connection's.

    Returns:
        The document, its issues all warnings; or `NotSynced` with every reason at once.

    Raises:
        InputError: the customer is no text.

    Rule: LG-INV, LG-ITEM, LG-SUB, LG-CUR, LG-SYNC

    Source: getlago.com/docs/integrations/accounting/netsuite

    >>> from decimal import Decimal
    >>> from custsync.flows.lago.billing import Fee, ItemMapping, Mappings, Syncs
    >>> invoice = Invoice(
    ...     lago_id="inv-1", number="PIN-1", status="finalized", currency="USD",
    ...     amounts=Amounts(fees=1250, coupons=250, total=1000),
    ...     fees=(Fee(lago_id="fee-1", type="charge", code="api_calls", units=Decimal("2.5"),
    ...               precise_unit_amount=Decimal("5.00"), amount_cents=1250, currency="USD"),),
    ... )
    >>> settings = BillingSettings(
    ...     syncs=Syncs(invoices=True),
    ...     mappings=Mappings(default=ItemMapping(billable_metrics={"api_calls": "501"}, coupon="601")),
    ...     currencies={"USD": "1"},
    ... )
    >>> for line in invoice_document(invoice, customer="2042", settings=settings).lines:
    ...     print(line.item, line.quantity, line.rate, line.amount)
    501 2.5 5.00 12.50
    601 1 -2.50 -2.50
    >>> print(invoice_document(invoice, customer=None, settings=settings).issues[0].reason)
    The Lago customer is not linked to a NetSuite customer
    """
    if not settings.syncs.invoices:
        return _left_out(DocumentKind.INVOICE, invoice.lago_id, "invoices")
    if invoice.status != _FINALIZED:
        return NotSynced(kind=DocumentKind.INVOICE, lago_id=invoice.lago_id, issues=(NOT_FINALIZED,))
    paper = Paper(
        kind=DocumentKind.INVOICE,
        rule="LG-INV",
        lago_id=invoice.lago_id,
        number=invoice.number,
        currency=invoice.currency,
        issued_on=invoice.issued_on,
        amounts=invoice.amounts,
        rows=(
            *[_fee_row(fee, invoice.entity, settings) for fee in invoice.fees],
            *_discount_rows(invoice, settings),
        ),
        tax=tax_for(settings.mappings, entity=invoice.entity),
    )
    return completed(paper, customer, settings)


def credit_memo(
    credit_note: CreditNote, *, customer: str | None, settings: BillingSettings
) -> Document | NotSynced:
    """Return the NetSuite credit memo that a Lago credit note becomes, or why it does not.

    Each fee that is given back is a line of quantity one, for a note can give back a part of a fee; its
    coupons follow as a negative line, for they make the credit smaller. Tax and totals go as on an invoice.

    Args:
        credit_note: as `read_credit_note` gives it.
        customer: internal id of the linked NetSuite customer, None or `""` for one that is not linked.
        settings: the connection's.

    Returns:
        The document, its issues all warnings; or `NotSynced` with every reason at once.

    Raises:
        InputError: the customer is no text.

    Rule: LG-CN, LG-ITEM, LG-SUB, LG-CUR, LG-SYNC

    >>> from custsync.flows.lago.billing import ItemMapping, Mappings, Syncs
    >>> note = CreditNote(
    ...     lago_id="cn-1", number="PIN-1-CN1", invoice="inv-1", currency="JPY",
    ...     amounts=Amounts(fees=500, total=500),
    ...     items=(CreditNoteItem(lago_id="item-1", type="subscription", code="basic", amount_cents=500,
    ...                           currency="JPY"),),
    ... )
    >>> settings = BillingSettings(
    ...     syncs=Syncs(credit_notes=True), currencies={"JPY": "4"},
    ...     mappings=Mappings(default=ItemMapping(subscription_fee="502")),
    ... )
    >>> credit_memo(note, customer="2042", settings=settings).total
    Decimal('500')
    >>> print(credit_memo(note, customer="2042", settings=BillingSettings()).issues[0].code)
    sync_off
    """
    if not settings.syncs.credit_notes:
        return _left_out(DocumentKind.CREDIT_MEMO, credit_note.lago_id, "credit_notes")
    paper = Paper(
        kind=DocumentKind.CREDIT_MEMO,
        rule="LG-CN",
        lago_id=credit_note.lago_id,
        number=credit_note.number,
        currency=credit_note.currency,
        issued_on=credit_note.issued_on,
        amounts=credit_note.amounts,
        rows=(
            *[_item_row(item, credit_note.entity, settings) for item in credit_note.items],
            *_discount_rows(credit_note, settings),
        ),
        tax=tax_for(settings.mappings, entity=credit_note.entity),
    )
    return completed(paper, customer, settings)


def amounts_of(document: Document) -> Amounts:
    """Return Lago's amounts that a document's lines and tax come from, in the currency's smallest unit.

    For a document that carries its tax they are the amounts of its invoice or credit note.

    Args:
        document: as `invoice_document` or `credit_memo` gives it.

    Raises:
        InputError: an amount is not a whole number of the currency's smallest unit.

    Rule: LG-INV, LG-CN

    >>> from decimal import Decimal
    >>> from custsync.flows.lago.billing import Currency
    >>> usd = Currency(code="USD", id="1", places=2)
    >>> amounts_of(Document(kind=DocumentKind.INVOICE, lago_id="inv-1", number="PIN-1", customer="2042",
    ...                     currency=usd, lines=(), tax=None, total=Decimal("0.00"))).total
    0
    """
    places = document.currency.places
    sums = dict.fromkeys(LineRole, 0)
    for line in document.lines:
        cents = cents_of(line.amount, places)
        sums[line.role] += cents if line.role is LineRole.FEE else -cents
    return Amounts(
        **{role.value: cents for role, cents in sums.items()},
        taxes=cents_of(document.tax.amount, places) if document.tax else 0,
        total=cents_of(document.total, places),
    )


def _fee_row(fee: Fee, entity: str, settings: BillingSettings) -> Row:
    return Row(
        role=LineRole.FEE,
        source=fee.lago_id,
        mapped=item_for(settings.mappings, _KINDS.get(fee.type), code=fee.code, entity=entity),
        cents=fee.amount_cents,
        currency=fee.currency,
        units=fee.units,
        rate=fee.precise_unit_amount,
    )


def _item_row(item: CreditNoteItem, entity: str, settings: BillingSettings) -> Row:
    return Row(
        role=LineRole.FEE,
        source=item.lago_id,
        mapped=item_for(settings.mappings, _KINDS.get(item.type), code=item.code, entity=entity),
        cents=item.amount_cents,
        currency=item.currency,
    )


def _discount_rows(record: Invoice | CreditNote, settings: BillingSettings) -> Iterator[Row]:
    for role, kind in _DISCOUNTS.items():
        cents = getattr(record.amounts, role.value)
        if cents:
            yield Row(
                role=role,
                source="",
                mapped=item_for(settings.mappings, kind, entity=record.entity),
                cents=-cents,
                currency=record.currency,
            )


def _left_out(kind: DocumentKind, lago_id: str, switch: str) -> NotSynced:
    return NotSynced(kind=kind, lago_id=lago_id, issues=(sync_off(switch),))
