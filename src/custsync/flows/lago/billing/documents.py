"""What NetSuite is to hold: an invoice or a credit memo with its lines, or why it does not come."""

from datetime import date
from decimal import Decimal
from enum import Enum

from attrs import field, frozen

from custsync.flows.lago.billing.amounts import check_number
from custsync.flows.lago.billing.mappings import Layer, TaxItem
from custsync.flows.lago.billing.settings import Currency
from custsync.models import Issue

__all__ = ["Document", "DocumentKind", "Line", "LineRole", "NotSynced", "TaxOverride"]


class DocumentKind(Enum):
    """What is synced, in NetSuite's words."""

    INVOICE = "invoice"
    CREDIT_MEMO = "credit_memo"
    CUSTOMER_PAYMENT = "customer_payment"


class LineRole(Enum):
    """What a line stands for. The value is its field of `Amounts`."""

    FEE = "fees"
    COUPON = "coupons"
    PREPAID_CREDIT = "prepaid_credits"
    PROGRESSIVE_BILLING_CREDIT = "progressive_billing_credits"
    CREDIT_NOTE = "credit_notes"


@frozen(kw_only=True)
class Line:
    """One line. `source` is the Lago id of its fee or item, `""` for a discount; a discount is negative.

    `amount` is what counts. It is to be sent beside quantity and rate, for Lago rounds it: a graduated price
    has a rate that is a mean, and quantity times rate need not be the amount to the cent.
    """

    role: LineRole
    source: str
    item: str
    layer: Layer
    quantity: Decimal = field(validator=check_number)
    rate: Decimal = field(validator=check_number)
    amount: Decimal = field(validator=check_number)


@frozen(kw_only=True)
class TaxOverride:
    """The tax total, in the place of what NetSuite would compute, and the tax item that carries it."""

    item: TaxItem
    layer: Layer
    amount: Decimal = field(validator=check_number)


@frozen(kw_only=True)
class Document:
    """An invoice or a credit memo as NetSuite is to hold it; its lines and its tax are its total.

    `customer` is the internal id of the NetSuite customer, `issues` are warnings: none of them is an error.
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
    issues: tuple[Issue, ...] = ()


@frozen(kw_only=True)
class NotSynced:
    """A "no" with its reasons. `difference` is how far lines and tax are off the total, in currency units."""

    kind: DocumentKind
    lago_id: str
    issues: tuple[Issue, ...]
    difference: Decimal = Decimal(0)
