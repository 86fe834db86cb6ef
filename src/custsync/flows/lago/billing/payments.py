"""Payments of one invoice as both sides know them, and what becomes of them."""

from decimal import Decimal
from enum import Enum
from typing import Any

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.flows.lago.billing.amounts import check_number
from custsync.flows.lago.billing.documents import Document, DocumentKind
from custsync.flows.lago.billing.settings import Currency
from custsync.models import Issue

__all__ = ["CustomerPayment", "InvoiceTie", "NetSuitePayment", "PaidState", "Settlement", "tie"]


def _check_paid(instance: object, attribute: Any, value: Any) -> None:
    check_number(instance, attribute, value)
    if value <= 0:
        raise InputError(f"{attribute.name}: a payment is more than nothing")


class PaidState(Enum):
    """How far an invoice is paid."""

    UNPAID = "unpaid"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERPAID = "overpaid"


@frozen(kw_only=True)
class InvoiceTie:
    """A Lago invoice and the NetSuite invoice that it is tied to.

    Attributes:
        lago_id: the Lago id of the invoice.
        netsuite_id: internal id of the NetSuite invoice, `""` where there is none.
        customer: internal id of the NetSuite customer.
        currency: of the invoice; a payment in another one is an error.
        total: of the NetSuite invoice, in currency units. What is due is counted from it.
    """

    lago_id: str
    netsuite_id: str
    customer: str
    currency: Currency
    total: Decimal = field(validator=check_number)


@frozen(kw_only=True)
class NetSuitePayment:
    """A payment as NetSuite applied it to an invoice.

    Attributes:
        id: internal id of the NetSuite payment.
        invoice: the NetSuite id of that invoice.
        amount: what was applied to this invoice, in currency units; more than 0.
        currency: the NetSuite id of the currency.
        lago_id: the Lago payment that it was made from, `""` for one that was made in NetSuite.
    """

    id: str
    invoice: str
    amount: Decimal = field(validator=_check_paid)
    currency: str
    lago_id: str = ""


@frozen(kw_only=True)
class CustomerPayment:
    """A payment to be made in NetSuite and applied to one invoice.

    Attributes:
        lago_id: the Lago payment. The adapter keeps it with the NetSuite payment, so that it comes back as
            `NetSuitePayment.lago_id`.
        customer: internal id of the NetSuite customer that pays.
        invoice: internal id of the NetSuite invoice.
        currency: internal id of the NetSuite currency.
        amount: in currency units; more than 0.
    """

    lago_id: str
    customer: str
    invoice: str
    currency: str
    amount: Decimal = field(validator=_check_paid)


@frozen(kw_only=True)
class Settlement:
    """What both sides know of an invoice's payments, and what each has to learn.

    Attributes:
        matched: Lago id and NetSuite id of each payment that both sides have.
        to_netsuite: to be made in NetSuite.
        to_lago: made in NetSuite, to be recorded in Lago.
        paid: all payments, each counted once; those that are still to be carried over too.
        due: the total less what is paid; negative where too much is paid.
        state: how far the invoice is paid.
        issues: where one of them is an error, nothing is carried over.
    """

    matched: tuple[tuple[str, str], ...]
    to_netsuite: tuple[CustomerPayment, ...]
    to_lago: tuple[NetSuitePayment, ...]
    paid: Decimal
    due: Decimal
    state: PaidState
    issues: tuple[Issue, ...]


@checked
def tie(document: Document, netsuite_id: str) -> InvoiceTie:
    """Return the tie between an invoice and the NetSuite invoice that it became.

    Args:
        document: the invoice, as it was synced.
        netsuite_id: internal id of the NetSuite invoice, `""` where there is none.

    Raises:
        InputError: the document is no invoice.

    Rule: LG-PAY

    >>> usd = Currency(code="USD", id="1", subunits=100)
    >>> invoice = Document(kind=DocumentKind.INVOICE, lago_id="inv-1", number="PIN-1", customer="2042",
    ...                    currency=usd, lines=(), tax=None, total=Decimal("10.00"))
    >>> tie(invoice, "8801").total
    Decimal('10.00')
    """
    if document.kind is not DocumentKind.INVOICE:
        raise InputError("payments are tied to an invoice, not to another document")
    return InvoiceTie(
        lago_id=document.lago_id,
        netsuite_id=netsuite_id,
        customer=document.customer,
        currency=document.currency,
        total=document.total,
    )
