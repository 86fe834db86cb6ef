"""What NetSuite is to hold: an invoice or a credit memo with its lines, or why it does not come."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum

from attrs import field, frozen

from custsync.flows.lago.billing.amounts import check_number
from custsync.flows.lago.billing.mappings import Layer, TaxItem
from custsync.flows.lago.billing.settings import Currency
from custsync.models import NOTHING_KEPT, Issue

__all__ = ["Document", "DocumentKind", "Line", "LineRole", "NotSynced", "TaxOverride"]


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
    quantity: Decimal = field(validator=check_number)
    rate: Decimal = field(validator=check_number)
    amount: Decimal = field(validator=check_number)
    description: str = ""
    extra: Mapping[str, str] = field(default=NOTHING_KEPT, hash=False)


@frozen(kw_only=True)
class TaxOverride:
    """The tax total, in the place of what NetSuite would compute, and the tax item that carries it.

    Attributes:
        item: the NetSuite tax item of the entity or of the default mapping.
        layer: where that item was found: `ENTITY` or `DEFAULT`, for a tax item has no fallback.
        amount: Lago's tax of the whole document, in currency units; not negative.
    """

    item: TaxItem
    layer: Layer
    amount: Decimal = field(validator=check_number)


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
    total: Decimal = field(validator=check_number)
    issued_on: date | None = None
    due_on: date | None = None
    issues: tuple[Issue, ...] = ()


@frozen(kw_only=True)
class NotSynced:
    """A "no" with its reasons.

    Attributes:
        kind: what would have come to NetSuite.
        lago_id: the Lago id of the invoice or credit note; for payments, of their invoice.
        issues: every reason at once. A note alone says that the sync is off, or the invoice not finalized.
        difference: how far lines and tax are off the total, in currency units; 0 where they agree or were not
            compared.
    """

    kind: DocumentKind
    lago_id: str
    issues: tuple[Issue, ...]
    difference: Decimal = Decimal(0)
