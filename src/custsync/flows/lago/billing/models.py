"""What Lago bills, as frozen values: invoices and their fees, credit notes and their items, payments.

Only the fields that the rules need are kept, and none of them is personal. Amounts are whole numbers of the
currency's smallest unit, as Lago's `*_amount_cents` are.
"""

from datetime import date
from decimal import Decimal

from attrs import field, frozen

from custsync.flows.lago.billing.amounts import check_cents, check_number, check_unsigned

__all__ = ["Amounts", "CreditNote", "CreditNoteItem", "Fee", "Invoice", "Payment"]


@frozen(kw_only=True)
class Amounts:
    """The amounts that a document states, in the currency's smallest unit; discounts are positive here."""

    fees: int = field(validator=check_cents)
    coupons: int = field(default=0, validator=check_unsigned)
    prepaid_credits: int = field(default=0, validator=check_unsigned)
    progressive_billing_credits: int = field(default=0, validator=check_unsigned)
    credit_notes: int = field(default=0, validator=check_unsigned)
    taxes: int = field(default=0, validator=check_unsigned)
    total: int = field(validator=check_unsigned)


@frozen(kw_only=True)
class Fee:
    """One fee of an invoice: `type` and `code` say what was sold, the amount excludes tax.

    `precise_unit_amount` is in whole currency units (dollars, not cents), as Lago sends it.
    """

    lago_id: str
    type: str
    code: str
    units: Decimal = field(validator=check_number)
    precise_unit_amount: Decimal = field(validator=check_number)
    amount_cents: int = field(validator=check_cents)
    currency: str


@frozen(kw_only=True)
class Invoice:
    """One invoice. `currency` is an ISO 4217 code, `entity` the code of the Lago entity, or `""`."""

    lago_id: str
    number: str
    status: str
    currency: str
    amounts: Amounts
    fees: tuple[Fee, ...] = ()
    entity: str = ""
    issued_on: date | None = None


@frozen(kw_only=True)
class CreditNoteItem:
    """One item of a credit note: how much of which fee is given back, tax excluded."""

    lago_id: str
    type: str
    code: str
    amount_cents: int = field(validator=check_cents)
    currency: str


@frozen(kw_only=True)
class CreditNote:
    """One credit note; its `amounts.fees` are its items together."""

    lago_id: str
    number: str
    invoice: str
    currency: str
    amounts: Amounts
    items: tuple[CreditNoteItem, ...] = ()
    entity: str = ""
    issued_on: date | None = None


@frozen(kw_only=True)
class Payment:
    """One payment in Lago: which invoices it is for, how much, and whether the money came.

    `netsuite_id` is the id of the NetSuite payment that it was read back from, `""` for Lago's own.
    """

    lago_id: str
    invoices: tuple[str, ...]
    amount_cents: int = field(validator=check_unsigned)
    currency: str
    status: str
    netsuite_id: str = ""
