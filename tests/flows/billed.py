"""Invented bills: payloads as Lago sends them, and the settings of a connection."""

from decimal import Decimal
from typing import Any, Final

from custsync.flows.lago.billing import (
    BillingSettings,
    Document,
    ItemMapping,
    Mappings,
    NotSynced,
    Syncs,
    TaxItem,
)

TAX: Final = TaxItem(nexus="31", type="32", code="33")
UK_TAX: Final = TaxItem(nexus="41", type="42", code="43")
DEFAULT: Final = ItemMapping(
    billable_metrics={"api_calls": "501", "storage": "502"},
    add_ons={"setup": "503"},
    subscription_fee="510",
    minimum_commitment="511",
    prepaid_credit="512",
    coupon="513",
    credit_note="514",
    fallback="599",
    tax=TAX,
)
UK: Final = ItemMapping(billable_metrics={"api_calls": "701"}, coupon="713", fallback="799", tax=UK_TAX)
SETTINGS: Final = BillingSettings(
    syncs=Syncs(invoices=True, credit_notes=True, payments=True),
    mappings=Mappings(default=DEFAULT, entities={"pinnacle_uk": UK}),
    currencies={"USD": "1", "GBP": "2", "JPY": "4", "KWD": "7", "MGA": "9", "HUF": "10", "MRU": "11"},
)


def fee(**changed: Any) -> dict[str, Any]:
    """Return a fee as Lago sends it: two and a half units at five, 12.50 in all."""
    return {
        "lago_id": "fee-1",
        "item": {"type": "charge", "code": "api_calls", "name": "API calls"},
        "units": "2.5",
        "precise_unit_amount": "5.00",
        "amount_cents": 1250,
        "amount_currency": "USD",
        "events_count": 5,
        **changed,
    }


def invoice(**changed: Any) -> dict[str, Any]:
    """Return an invoice as Lago sends it: one fee, a coupon and tax."""
    return {
        "lago_id": "inv-1",
        "number": "PIN-8C11-001",
        "status": "finalized",
        "currency": "USD",
        "issuing_date": "2026-06-30",
        "billing_entity_code": "pinnacle_us",
        "fees_amount_cents": 1250,
        "coupons_amount_cents": 250,
        "prepaid_credit_amount_cents": 0,
        "credit_notes_amount_cents": 0,
        "taxes_amount_cents": 200,
        "total_amount_cents": 1200,
        "fees": [fee()],
        **changed,
    }


def credit_note(**changed: Any) -> dict[str, Any]:
    """Return a credit note as Lago sends it: a part of a fee given back, less its coupon, with its tax."""
    return {
        "lago_id": "cn-1",
        "lago_invoice_id": "inv-1",
        "number": "PIN-8C11-001-CN1",
        "currency": "USD",
        "issuing_date": "2026-07-02",
        "billing_entity_code": "pinnacle_us",
        "coupons_adjustment_amount_cents": 100,
        "taxes_amount_cents": 80,
        "total_amount_cents": 480,
        "items": [{"lago_id": "item-1", "amount_cents": 500, "amount_currency": "USD", "fee": fee()}],
        **changed,
    }


def payment(**changed: Any) -> dict[str, Any]:
    """Return a payment as Lago sends it."""
    return {
        "lago_id": "pay-1",
        "invoice_ids": ["inv-1"],
        "amount_cents": 400,
        "amount_currency": "USD",
        "payment_status": "succeeded",
        "type": "manual",
        **changed,
    }


def made(answer: Document | NotSynced) -> Document:
    """Return the answer, which is a document."""
    assert isinstance(answer, Document), answer
    return answer


def refused(answer: Document | NotSynced) -> NotSynced:
    """Return the answer, which is a refusal."""
    assert isinstance(answer, NotSynced), answer
    return answer


def codes(answer: Any) -> list[str]:
    """Return the codes of the issues."""
    return [issue.code for issue in answer.issues]


def in_all(document: Document) -> Decimal:
    """Return lines and tax together."""
    tax = document.tax.amount if document.tax else Decimal(0)
    return sum([line.amount for line in document.lines], tax)
