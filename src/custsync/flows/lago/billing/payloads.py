"""Lago's payloads of invoices, credit notes and payments, read strictly: every issue at once, none guessed.

Each is read with the envelope of Lago's answers and webhooks (`{"invoice": {...}}`) or without it. Keys that
no rule needs are not looked at.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from custsync.flows.lago.billing import amounts
from custsync.flows.lago.billing.models import (
    Amounts,
    CreditNote,
    CreditNoteItem,
    Fee,
    Invoice,
    Payment,
    Price,
)
from custsync.models import ABSENT
from custsync.payloads import Column, Kind, Table, payload_error, read_text
from custsync.payloads.reading import items_of

LONGEST_ID: Final = 255
_CODE_LENGTH: Final = 3
_DAY_LENGTH: Final = len("2026-01-31")


def read_id(value: Any, _: object = None) -> str:
    """Return the id or code, which is a text and never blank."""
    if type(value) is str and value.strip() and len(value) <= LONGEST_ID and value.isprintable():
        return value
    raise payload_error("not_an_id", f"not an id of 1 to {LONGEST_ID} printable characters", value)


def _read_optional_text(value: Any, _: object = None) -> str:
    return read_text(value) or ""


def _read_currency(value: Any, _: object = None) -> str:
    if type(value) is str and len(value) == _CODE_LENGTH and value.isascii() and value.isalpha():
        return value.upper()
    raise payload_error("not_a_currency", "not a currency code of three letters", value)


def _read_paid(value: Any, _: object = None) -> int:
    """Return the amount of a payment, which is more than nothing."""
    cents = amounts.read_unsigned_cents(value)
    if cents:
        return cents
    raise payload_error("no_amount", "a payment of nothing", value)


def _read_day(value: Any, _: object = None) -> date:
    try:
        if type(value) is str and len(value) == _DAY_LENGTH:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise payload_error("not_a_day", "not a day like 2026-01-31", value)


def _read_period(value: Any, _: object = None) -> date | None:
    """Return the day of a time, None for what is none: it is carried, and no rule reads it."""
    try:
        return date.fromisoformat(value[:_DAY_LENGTH]) if type(value) is str else None
    except ValueError:
        return None


def _read_paid_units(value: Any, _: object = None) -> Decimal | None:
    return amounts.evidence(value.get("paid_units")) if isinstance(value, Mapping) else None


def _read_stated_cents(value: Any, _: object = None) -> int | None:
    return int(value) if amounts.is_cents(value) else None


def _optional(read: Callable[[Any], Any], otherwise: Any = None) -> Kind:
    """Return the kind of a field that may be missing, which is then `otherwise`."""

    def read_optional(value: Any, _: object = None) -> Any:
        is_missing = value is None or value is ABSENT or (type(value) is str and value == otherwise)
        return otherwise if is_missing else read(value)

    return Kind(read_optional)


ID: Final = Kind(read_id)
OPTIONAL_ID: Final = _optional(read_id, "")
_OPTIONAL_TEXT: Final = Kind(_read_optional_text)
_CURRENCY: Final = Kind(_read_currency)
_CENTS: Final = Kind(amounts.read_cents)
_UNSIGNED: Final = Kind(amounts.read_unsigned_cents)
_DISCOUNT: Final = _optional(amounts.read_unsigned_cents, 0)
_PAID: Final = Kind(_read_paid)
_DAY: Final = _optional(_read_day)
_NUMBER: Final = Kind(amounts.read_number)
_EVIDENCE: Final = Kind(amounts.evidence)
_PERIOD: Final = Kind(_read_period)

ITEM: Final = Table(
    (Column("type", "type", ID), Column("code", "code", OPTIONAL_ID), Column("name", "name", _OPTIONAL_TEXT))
)
"""What a fee is for: the `item` of a fee."""


def _read_item(value: Any, _: object = None) -> Any:
    return ITEM.read(value)


_SOLD: Final = (
    Column("item", "item", Kind(_read_item)),
    Column("note", "description", _OPTIONAL_TEXT),
    Column("period_from", "from_date", _PERIOD),
    Column("period_to", "to_date", _PERIOD),
    Column("paid_units", "amount_details", Kind(_read_paid_units)),
)
FEE: Final = Table(
    (
        Column("lago_id", "lago_id", OPTIONAL_ID),
        *_SOLD,
        Column("units", "units", _NUMBER),
        Column("precise_unit_amount", "precise_unit_amount", _NUMBER),
        Column("amount_cents", "amount_cents", _CENTS),
        Column("currency", "amount_currency", _CURRENCY),
    )
)
REFUNDED_FEE: Final = Table(
    (
        *_SOLD,
        Column("units", "units", _EVIDENCE),
        Column("unit_amount", "precise_unit_amount", _EVIDENCE),
        Column("amount_cents", "amount_cents", Kind(_read_stated_cents)),
    )
)
"""The fee that an item of a credit note gives back; its numbers are amounts.evidence, and may be missing."""


def _read_sold(table: Table, value: Any) -> dict[str, Any]:
    """Return the columns of a fee, with what it is for beside them."""
    row: dict[str, Any] = table.read(value)
    item = row.pop("item")
    note = row.pop("note")
    return {**row, "type": item["type"], "code": item["code"], "description": item["name"] or note}


def _read_refunded_fee(value: Any, _: object = None) -> dict[str, Any]:
    row = _read_sold(REFUNDED_FEE, value)
    price = {name: row.pop(name) for name in ("units", "unit_amount", "amount_cents", "paid_units")}
    known = None not in (price["units"], price["unit_amount"], price["amount_cents"])
    return {**row, "price": Price(**price) if known else None}


CREDIT_NOTE_ITEM: Final = Table(
    (
        Column("lago_id", "lago_id", OPTIONAL_ID),
        Column("fee", "fee", Kind(_read_refunded_fee)),
        Column("amount_cents", "amount_cents", _CENTS),
        Column("precise_amount_cents", "precise_amount_cents", _EVIDENCE),
        Column("currency", "amount_currency", _CURRENCY),
    )
)


def _read_fee(value: Any) -> Fee:
    return Fee(**_read_sold(FEE, value))


def _read_credit_note_item(value: Any) -> CreditNoteItem:
    row = CREDIT_NOTE_ITEM.read(value)
    return CreditNoteItem(**row.pop("fee"), **row)


def _read_list(read: Any, value: Any, _: object = None) -> tuple[Any, ...]:
    return items_of(value, read)


def _read_items(value: Any, _: object = None) -> tuple[CreditNoteItem, ...]:
    """Return the items, whose sum is an amount too."""
    items: tuple[CreditNoteItem, ...] = items_of(value, _read_credit_note_item)
    amounts.read_cents(_sum(items))
    return items


_HEAD: Final = (
    Column("lago_id", "lago_id", ID),
    Column("number", "number", _OPTIONAL_TEXT),
    Column("currency", "currency", _CURRENCY),
    Column("entity", "billing_entity_code", OPTIONAL_ID),
    Column("issued_on", "issuing_date", _DAY),
    Column("taxes", "taxes_amount_cents", _UNSIGNED),
    Column("total", "total_amount_cents", _UNSIGNED),
)
INVOICE: Final = Table(
    (
        *_HEAD,
        Column("status", "status", ID),
        Column("due_on", "payment_due_date", _DAY),
        Column("stated_fees", "fees_amount_cents", _CENTS),
        Column("coupons", "coupons_amount_cents", _DISCOUNT),
        Column("prepaid_credits", "prepaid_credit_amount_cents", _DISCOUNT),
        Column("progressive_billing_credits", "progressive_billing_credit_amount_cents", _DISCOUNT),
        Column("credit_notes", "credit_notes_amount_cents", _DISCOUNT),
        Column("fees", "fees", Kind(partial(_read_list, _read_fee))),
    ),
    within="invoice",
)
CREDIT_NOTE: Final = Table(
    (
        *_HEAD,
        Column("invoice", "lago_invoice_id", ID),
        Column("coupons", "coupons_adjustment_amount_cents", _DISCOUNT),
        Column("subtotal", "sub_total_excluding_taxes_amount_cents", _optional(amounts.read_cents)),
        Column("items", "items", Kind(_read_items)),
    ),
    within="credit_note",
)
PAYMENT: Final = Table(
    (
        Column("lago_id", "lago_id", ID),
        Column("invoices", "invoice_ids", Kind(partial(_read_list, read_id))),
        Column("amount_cents", "amount_cents", _PAID),
        Column("currency", "amount_currency", _CURRENCY),
        Column("status", "payment_status", ID),
    ),
    within="payment",
)


def read_invoice(payload: Any) -> Invoice:
    """Return the invoice that a Lago payload describes.

    Args:
        payload: an invoice object with its fees, in its envelope or without. Units and unit amounts are text,
            whole numbers or `Decimal`; a `float` is refused, for its digits are not those sent.

    Raises:
        PayloadError: with every issue at once.

    Rule: LG-INV

    Source: getlago.com/docs/integrations/accounting/netsuite

    >>> invoice = read_invoice({
    ...     "lago_id": "inv-1", "number": "PIN-1", "status": "finalized", "currency": "USD", "fees": [],
    ...     "fees_amount_cents": 0, "taxes_amount_cents": 0, "total_amount_cents": 0,
    ... })
    >>> invoice.number
    'PIN-1'
    >>> read_invoice([])
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: not an object
    """
    row = INVOICE.read(payload)
    row["amounts"] = _amounts(row, row.pop("stated_fees"))
    return Invoice(**row)


def read_credit_note(payload: Any) -> CreditNote:
    """Return the credit note that a Lago payload describes.

    Args:
        payload: a credit-note object with its items, in its envelope or without.

    Raises:
        PayloadError: with every issue at once.

    Rule: LG-CN

    >>> note = read_credit_note({
    ...     "lago_id": "cn-1", "lago_invoice_id": "inv-1", "number": "PIN-1-CN1", "currency": "USD",
    ...     "items": [], "taxes_amount_cents": 0, "total_amount_cents": 0,
    ... })
    >>> note.invoice
    'inv-1'
    >>> read_credit_note([])
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: not an object
    """
    row = CREDIT_NOTE.read(payload)
    row["amounts"] = _amounts(row, _sum(row["items"]))
    return CreditNote(**row)


def read_payment(payload: Any, *, netsuite_id: str = "") -> Payment:
    """Return the payment that a Lago payload describes.

    Args:
        payload: a payment object, in its envelope or without.
        netsuite_id: the id of the NetSuite payment that it was read back from, as the caller has kept it;
            `""` for Lago's own.

    Raises:
        PayloadError: with every issue at once.

    Rule: LG-PAY

    >>> read_payment({
    ...     "lago_id": "pay-1", "invoice_ids": ["inv-1"], "amount_cents": 500, "amount_currency": "USD",
    ...     "payment_status": "succeeded",
    ... }).amount_cents
    500
    >>> read_payment([])
    Traceback (most recent call last):
        ...
    custsync.errors.PayloadError: not an object
    """
    return Payment(**PAYMENT.read(payload), netsuite_id=OPTIONAL_ID.read(netsuite_id))


_AMOUNTS: Final = (
    "coupons",
    "prepaid_credits",
    "progressive_billing_credits",
    "credit_notes",
    "taxes",
    "total",
)


def _amounts(row: dict[str, Any], fees: int) -> Amounts:
    return Amounts(fees=fees, **{name: row.pop(name) for name in _AMOUNTS if name in row})


def _sum(items: Iterable[CreditNoteItem]) -> int:
    return sum(item.amount_cents for item in items)
