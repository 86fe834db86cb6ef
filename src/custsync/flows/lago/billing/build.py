"""Lago's invoices and credit notes as NetSuite's invoices and credit memos, and the amounts back again."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from attrs import evolve

from custsync._arguments import checked
from custsync.flows.lago.billing.amounts import EXACT, cents_of, sum_of
from custsync.flows.lago.billing.documents import (
    Document,
    DocumentKind,
    LineRole,
    NotSynced,
    Row,
    completed,
    extra_of,
)
from custsync.flows.lago.billing.issues import NOT_FINALIZED, SYNC_OFF, UNFINISHED, about
from custsync.flows.lago.billing.mappings import ItemKind, MappedItem, item_for
from custsync.flows.lago.billing.models import Amounts, CreditNote, CreditNoteItem, Fee, Invoice
from custsync.flows.lago.billing.settings import BillingSettings
from custsync.models import Issue

_HALF: Final = Decimal("0.5")
_ONE: Final = Decimal(1)
_MOST: Final = Decimal(2)
"""Half a subunit for the coupons, half of one for the sum, and the one that Lago's total may be off."""


def rounding_of(note: CreditNote) -> int:
    """Return how many subunits Lago's total is above lines and tax of the note, 0 where nothing proves that.

    Lago rounds each item, the coupons, and the sum once more, each by half a subunit at most, and takes a
    total that is one subunit off. So the lines may be off by one subunit each, and no more; Lago's own
    subtotal, or the amounts before they were rounded, have to prove it.

    Args:
        note: as `read_credit_note` gives it.

    Rule: LG-CN

    Source: getlago/lago-api, services/credit_notes: `ValidateService`, `AdjustAmountsWithRoundingService`.

    >>> from custsync.flows.lago.billing import Amounts, CreditNoteItem
    >>> item = CreditNoteItem(lago_id="i", type="charge", code="api", amount_cents=333, currency="EUR")
    >>> note = CreditNote(lago_id="n", number="N", invoice="v", currency="EUR", items=(item,), subtotal=300,
    ...                   amounts=Amounts(fees=333, coupons=34, total=300))
    >>> rounding_of(note)
    1
    >>> rounding_of(CreditNote(lago_id="n", number="N", invoice="v", currency="EUR", items=(item,),
    ...                        amounts=Amounts(fees=333, coupons=34, total=300)))
    0
    """
    stated = note.amounts.total - note.amounts.taxes
    off = stated - note.amounts.net
    lines = len(note.items) + bool(note.amounts.coupons)
    return off if abs(off) <= lines and _is_proven(note, stated) else 0


def _is_proven(note: CreditNote, stated: int) -> bool:
    precise = [item.precise_amount_cents for item in note.items]
    known = [amount for amount in precise if amount is not None]
    if note.subtotal is None and (None in precise or not known):
        return False
    if note.subtotal is not None and abs(stated - note.subtotal) > 1:
        return False
    return None in precise or _is_sum(note, known, stated)


def _is_sum(note: CreditNote, precise: list[Decimal], stated: int) -> bool:
    """Return whether the amounts before rounding are the items', and together what Lago states."""
    for before, item in zip(precise, note.items, strict=True):
        if EXACT.subtract(before, Decimal(item.amount_cents)).copy_abs() > _HALF:
            return False
    if note.subtotal is None:
        return EXACT.subtract(_before(note, precise), Decimal(stated)).copy_abs() <= _MOST
    off = EXACT.subtract(_before(note, precise), Decimal(note.subtotal))
    # Coupons of less than half a subunit are rounded to none, and make the subtotal smaller all the same.
    return (-_ONE if note.amounts.coupons else -_HALF) <= off <= _ONE


def _before(note: CreditNote, precise: list[Decimal]) -> Decimal:
    """Return the amounts before rounding together, less the coupons."""
    return EXACT.subtract(sum_of(precise, 1), Decimal(note.amounts.coupons))


_FINALIZED: Final = "finalized"

_KINDS: Final[Mapping[str, ItemKind]] = {
    "charge": ItemKind.BILLABLE_METRIC,
    "add_on": ItemKind.ADD_ON,
    "fixed_charge": ItemKind.ADD_ON,
    "subscription": ItemKind.SUBSCRIPTION_FEE,
    "commitment": ItemKind.MINIMUM_COMMITMENT,
    "credit": ItemKind.PREPAID_CREDIT,
}
"""Lago's fee types. A fixed charge is of an add-on; a credit is the purchase of prepaid credits.

Of the others (`product`, and what comes later) it is not known what they are to be mapped to.

Source: getlago/lago-api, `Fee::FEE_TYPES`.
"""

_DISCOUNTS: Final[Mapping[LineRole, ItemKind]] = {
    LineRole.COUPON: ItemKind.COUPON,
    LineRole.PREPAID_CREDIT: ItemKind.PREPAID_CREDIT,
    LineRole.PROGRESSIVE_BILLING_CREDIT: ItemKind.PREPAID_CREDIT,
    LineRole.CREDIT_NOTE: ItemKind.CREDIT_NOTE,
}
"""The discounts in the order of their lines, each with the item that it takes."""


@checked
def invoice_document(
    invoice: Invoice, *, customer: str | None, settings: BillingSettings
) -> Document | NotSynced:
    """Return the NetSuite invoice that a Lago invoice becomes, or why it does not.

    Each fee is a line: units are the quantity, the precise unit amount is the rate, both as given, or as far
    as NetSuite takes them, with a warning. Coupons, prepaid credits, progressive billing credits and credit
    notes follow as negative lines. The tax total goes through the tax item, also a tax of zero, so that
    NetSuite computes none. Lines and tax are the total to the subunit, or the invoice is refused.

    Args:
        invoice: as `read_invoice` gives it. Only a finalized one is synced.
        customer: internal id of the NetSuite customer that the Lago customer is linked to, None or `""` for
            one that is not linked.
        settings: the connection's.

    Returns:
        The document, its issues all warnings; or `NotSynced` with every reason at once.

    Raises:
        InputError: the customer is no text.

    Rule: LG-INV, LG-ITEM, LG-SUB, LG-CUR, LG-TAX, LG-SYNC

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
    the Lago customer is not linked to a NetSuite customer
    """
    if not settings.syncs.invoices:
        return _left_out(DocumentKind.INVOICE, invoice.lago_id, "invoices")
    if invoice.status != _FINALIZED:
        issue = about(UNFINISHED.get(invoice.status, NOT_FINALIZED), status=invoice.status)
        return NotSynced(kind=DocumentKind.INVOICE, lago_id=invoice.lago_id, issues=(issue,))
    rows = [evolve(_item_row(fee, invoice.entity, settings), priced=True) for fee in invoice.fees]
    return completed(invoice, [*rows, *_discount_rows(invoice, settings)], customer, settings)


@checked
def credit_memo(
    credit_note: CreditNote, *, customer: str | None, settings: BillingSettings
) -> Document | NotSynced:
    """Return the NetSuite credit memo that a Lago credit note becomes, or why it does not.

    Each fee that is given back is a line of quantity one, for a note can give back a part of a fee; its
    coupons follow as a negative line, for they make the credit smaller. Tax and totals go as on an invoice.
    Where Lago rounds the note as a whole, a last line is the rounding, with the item of the largest line.

    Args:
        credit_note: as `read_credit_note` gives it.
        customer: internal id of the linked NetSuite customer, None or `""` for one that is not linked.
        settings: the connection's.

    Returns:
        The document, its issues all warnings; or `NotSynced` with every reason at once.

    Raises:
        InputError: the customer is no text.

    Rule: LG-CN, LG-ITEM, LG-SUB, LG-CUR, LG-TAX, LG-SYNC

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
    rows = [_item_row(item, credit_note.entity, settings) for item in credit_note.items]
    rows += _discount_rows(credit_note, settings)
    return completed(credit_note, [*rows, *_rounding_rows(rows, credit_note)], customer, settings)


@checked
def amounts_of(document: Document) -> Amounts:
    """Return Lago's amounts that a document's lines and tax come from, in the currency's subunit.

    For a document that carries its tax they are the amounts of its invoice or credit note; a rounding line is
    none of them.

    Args:
        document: as `invoice_document` or `credit_memo` gives it.

    Raises:
        InputError: an amount is not a whole number of the currency's subunit.

    Rule: LG-INV, LG-CN

    >>> from decimal import Decimal
    >>> from custsync.flows.lago.billing import Currency
    >>> usd = Currency(code="USD", id="1", subunits=100)
    >>> amounts_of(Document(kind=DocumentKind.INVOICE, lago_id="inv-1", number="PIN-1", customer="2042",
    ...                     currency=usd, lines=(), tax=None, total=Decimal("0.00"))).total
    0
    """
    subunits = document.currency.subunits
    sums = {role: 0 for role in LineRole if role is not LineRole.ROUNDING}
    for line in document.lines:
        if line.role is not LineRole.ROUNDING:
            cents = cents_of(line.amount, subunits)
            sums[line.role] += cents if line.role is LineRole.FEE else -cents
    return Amounts(
        **{role.value: cents for role, cents in sums.items()},
        taxes=cents_of(document.tax.amount, subunits) if document.tax else 0,
        total=cents_of(document.total, subunits),
    )


def _item_row(sold: Fee | CreditNoteItem, entity: str, settings: BillingSettings) -> Row:
    mapped = item_for(
        settings.mappings, _KINDS.get(sold.type), code=sold.code, entity=entity, fee_type=sold.type
    )
    return Row(
        role=LineRole.FEE,
        source=sold.lago_id,
        mapped=mapped,
        cents=sold.amount_cents,
        currency=sold.currency,
        price=sold.price,
        description=sold.description,
        extra=extra_of(_account(mapped, settings), sold.period_from, sold.period_to),
    )


def _rounding_rows(rows: Sequence[Row], note: CreditNote) -> Iterator[Row]:
    """Yield the line that makes the sum where Lago rounds a note as a whole."""
    cents = rounding_of(note)
    if cents:
        largest = max(rows, key=lambda row: abs(row.cents))
        extra = {key: value for key, value in largest.extra.items() if key == "account_code"}
        mapped, currency = largest.mapped, note.currency
        yield Row(role=LineRole.ROUNDING, mapped=mapped, cents=cents, currency=currency, extra=extra)


def _discount_rows(record: Invoice | CreditNote, settings: BillingSettings) -> Iterator[Row]:
    for role, kind in _DISCOUNTS.items():
        cents = getattr(record.amounts, role.value)
        if cents:
            mapped = item_for(settings.mappings, kind, entity=record.entity)
            extra = extra_of(_account(mapped, settings))
            yield Row(role=role, mapped=mapped, cents=-cents, currency=record.currency, extra=extra)


def _account(mapped: MappedItem | Issue, settings: BillingSettings) -> str:
    return settings.mappings.accounts.get(mapped.item, "") if isinstance(mapped, MappedItem) else ""


def _left_out(kind: DocumentKind, lago_id: str, switch: str) -> NotSynced:
    issue = about(SYNC_OFF, field=f"syncs.{switch}", what=switch.replace("_", " "))
    return NotSynced(kind=kind, lago_id=lago_id, issues=(issue,))
