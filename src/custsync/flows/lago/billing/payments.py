"""An invoice's payments in Lago and in NetSuite, set against each other so that none counts twice."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from typing import Final, TypeVar

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.flows.lago.billing import amounts, issues
from custsync.flows.lago.billing.documents import Document, DocumentKind, NotSynced, counted_differently
from custsync.flows.lago.billing.issues import about
from custsync.flows.lago.billing.models import Payment
from custsync.flows.lago.billing.settings import BillingSettings, Currency
from custsync.models import Issue, Severity


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
    total: Decimal = field(validator=amounts.check_number)


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
    amount: Decimal = field(validator=amounts.check_paid)
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
    amount: Decimal = field(validator=amounts.check_paid)


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


_SUCCEEDED: Final = "succeeded"

P = TypeVar("P", Payment, NetSuitePayment)

Links = tuple[tuple[str, str], ...]


@checked
def settle(
    invoice: InvoiceTie,
    *,
    lago: Iterable[Payment],
    netsuite: Iterable[NetSuitePayment],
    settings: BillingSettings,
) -> Settlement | NotSynced:
    """Return which payments go to NetSuite, which come back, and how far the invoice is paid.

    A payment of one side is the payment of the other where one has the other's id. Equal amounts prove
    nothing: where unlinked payments of both sides have the same amount, they are held, counted once, and a
    person links them. Where anything is in error, more paid than the total too, nothing is carried over.

    Args:
        invoice: the invoice on both sides.
        lago: payments of Lago; those of other invoices are not looked at. Only succeeded ones go to NetSuite.
        netsuite: payments of NetSuite; those of other invoices are not looked at.
        settings: the connection's.

    Returns:
        The settlement, in the order of ids whatever the order given; `NotSynced` where payments are switched
        off or the invoice is tied to no NetSuite invoice. Time in proportion to the payments.

    Rule: LG-PAY, LG-SYNC

    >>> from custsync.flows.lago.billing import Syncs
    >>> invoice = InvoiceTie(lago_id="inv-1", netsuite_id="8801", customer="2042", total=Decimal("10.00"),
    ...                      currency=Currency(code="USD", id="1", subunits=100))
    >>> payment = Payment(lago_id="pay-1", invoices=("inv-1",), amount_cents=400, currency="USD",
    ...                   status="succeeded")
    >>> settings = BillingSettings(syncs=Syncs(payments=True))
    >>> settled = settle(invoice, lago=[payment], netsuite=[], settings=settings)
    >>> settled.to_netsuite[0].amount, settled.due, settled.state.value
    (Decimal('4.00'), Decimal('6.00'), 'partly_paid')
    >>> back = NetSuitePayment(id="9901", invoice="8801", amount=Decimal("4.00"), currency="1",
    ...                        lago_id="pay-1")
    >>> settle(invoice, lago=[payment], netsuite=[back], settings=settings).to_netsuite
    ()
    """
    issue = _blocked(invoice, settings)
    if issue:
        return NotSynced(kind=DocumentKind.CUSTOMER_PAYMENT, lago_id=invoice.lago_id, issues=(issue,))
    own = [payment for payment in lago if invoice.lago_id in payment.invoices]
    theirs = [payment for payment in netsuite if payment.invoice == invoice.netsuite_id]
    sides = _Sides(invoice=invoice, lago=_by_id(own, _lago_id), netsuite=_by_id(theirs, _id))
    return _settled(sides, (*_conflicts(own, _lago_id), *_conflicts(theirs, _id)))


def _by_id(payments: Iterable[P], id_of: Callable[[P], str]) -> dict[str, P]:
    return {id_of(payment): payment for payment in sorted(payments, key=id_of)}


@frozen(kw_only=True)
class _Sides:
    """The payments of one invoice on both sides, by their ids, in the order of ids."""

    invoice: InvoiceTie
    lago: Mapping[str, Payment]
    netsuite: Mapping[str, NetSuitePayment]

    @property
    def subunits(self) -> int:
        """Return how many subunits one unit of the currency has in Lago."""
        return self.invoice.currency.subunits

    def amount(self, lago_id: str, netsuite_id: str) -> Decimal:
        """Return the amount of a linked payment, of which at least one side is known."""
        known = self.netsuite.get(netsuite_id)
        return known.amount if known else self.stated(lago_id)

    def stated(self, lago_id: str) -> Decimal:
        """Return the amount of a payment of Lago."""
        return amounts.money(self.lago[lago_id].amount_cents, self.subunits)


def _settled(sides: _Sides, conflicts: tuple[Issue, ...]) -> Settlement:
    links = _links(sides)
    made, found = _unlinked(sides, links)
    doubtful = {payment.amount for payment in made} & {payment.amount for payment in found}
    paid, code = _paid(sides, links, made, found), sides.invoice.currency.code
    reported = (
        *conflicts,
        *_foreign(sides),
        *_numbers(made, found, sides.invoice.currency),
        *_link_issues(sides, links),
        *_unfinished(sides, links),
        *[about(issues.PAYMENT_DOUBTFUL, amount=amount, currency=code) for amount in sorted(doubtful)],
        *_overpaid(paid, sides.invoice),
    )
    held = any(issue.severity is Severity.ERROR for issue in reported)
    return Settlement(
        matched=tuple([link for link in links if link[0] in sides.lago and link[1] in sides.netsuite]),
        to_netsuite=() if held else tuple([payment for payment in made if payment.amount not in doubtful]),
        to_lago=() if held else tuple([payment for payment in found if payment.amount not in doubtful]),
        paid=paid,
        due=amounts.EXACT.subtract(sides.invoice.total, paid),
        state=_state(paid, sides.invoice.total),
        issues=reported,
    )


def _links(sides: _Sides) -> Links:
    """Return which Lago payment is which NetSuite payment, by their ids; one may not be given."""
    named = {(payment.lago_id, payment.id) for payment in sides.netsuite.values() if payment.lago_id}
    kept = {(payment.lago_id, payment.netsuite_id) for payment in sides.lago.values() if payment.netsuite_id}
    return tuple(sorted(named | kept))


def _unlinked(sides: _Sides, links: Links) -> tuple[list[CustomerPayment], list[NetSuitePayment]]:
    """Return the payments that only Lago has, as NetSuite is to have them, and those of NetSuite alone."""
    lago, netsuite = ({link[side] for link in links} for side in (0, 1))
    own = [payment for payment in sides.lago.values() if payment.lago_id not in lago]
    made = [_made(payment, sides.invoice) for payment in own if payment.status == _SUCCEEDED]
    return made, [payment for payment in sides.netsuite.values() if payment.id not in netsuite]


def _made(payment: Payment, invoice: InvoiceTie) -> CustomerPayment:
    return CustomerPayment(
        lago_id=payment.lago_id,
        customer=invoice.customer,
        invoice=invoice.netsuite_id,
        currency=invoice.currency.id,
        amount=amounts.money(payment.amount_cents, invoice.currency.subunits),
    )


def _paid(
    sides: _Sides, links: Links, made: Iterable[CustomerPayment], found: Iterable[NetSuitePayment]
) -> Decimal:
    """Return all payments together. Of equal amounts on both sides only the larger number counts."""
    once = Counter(payment.amount for payment in made) | Counter(payment.amount for payment in found)
    return amounts.sum_of((*[sides.amount(*link) for link in links], *once.elements()), sides.subunits)


def _state(paid: Decimal, total: Decimal) -> PaidState:
    if paid > total:
        return PaidState.OVERPAID
    if paid == total:
        return PaidState.PAID
    return PaidState.PARTLY_PAID if paid else PaidState.UNPAID


def _blocked(invoice: InvoiceTie, settings: BillingSettings) -> Issue | None:
    if not settings.syncs.payments:
        return about(issues.SYNC_OFF, field="syncs.payments", what="payments")
    return None if invoice.netsuite_id.strip() else issues.INVOICE_UNTIED


def _conflicts(payments: Iterable[P], id_of: Callable[[P], str]) -> Iterator[Issue]:
    """Yield an error for each id that two payments share that are not the same."""
    counted = Counter(id_of(payment) for payment in set(payments))
    for payment_id in sorted(payment_id for payment_id, times in counted.items() if times > 1):
        yield about(issues.PAYMENT_CONFLICT, payment=payment_id)


def _foreign(sides: _Sides) -> Iterator[Issue]:
    """Yield an error for each payment that is of another currency, or for several invoices at once."""
    currency = sides.invoice.currency
    for payment in sides.lago.values():
        if payment.currency != currency.code:
            yield about(issues.PAYMENT_CURRENCY, payment=payment.lago_id, currency=currency.code)
        if len(set(payment.invoices)) > 1:
            yield about(issues.SEVERAL_INVOICES, payment=payment.lago_id)
    for found in sides.netsuite.values():
        if found.currency != currency.id:
            yield about(issues.PAYMENT_CURRENCY, payment=found.id, currency=currency.code)


def _link_issues(sides: _Sides, links: Links) -> Iterator[Issue]:
    for side in (0, 1):
        counted = Counter(link[side] for link in links)
        for payment_id in [payment_id for payment_id, times in counted.items() if times > 1]:
            yield about(issues.PAYMENT_DOUBLED, payment=payment_id)
    for lago_id, netsuite_id in links:
        if lago_id not in sides.lago or netsuite_id not in sides.netsuite:
            yield about(issues.PAYMENT_MISSING, lago=lago_id, netsuite=netsuite_id)
        elif sides.amount(lago_id, netsuite_id) != sides.stated(lago_id):
            yield _not_one_amount(sides, lago_id, netsuite_id)


def _not_one_amount(sides: _Sides, lago_id: str, netsuite_id: str) -> Issue:
    """Return the error that one payment has two amounts; a power of ten between them has its own cause."""
    what = f"payment {lago_id!r} and NetSuite payment {netsuite_id!r}"
    amount, stated = sides.netsuite[netsuite_id].amount, sides.stated(lago_id)
    power = amounts.power_between(amount, stated, sides.subunits)
    if power is not None:
        return counted_differently(what, power, sides.invoice.currency)
    return about(issues.AMOUNTS_DIFFER, what=what)


def _numbers(
    made: Iterable[CustomerPayment], found: Iterable[NetSuitePayment], currency: Currency
) -> Iterator[Issue]:
    """Yield an error for each payment whose amount the other side cannot keep."""
    if any(amounts.fitted(payment.amount) != payment.amount for payment in made):
        yield about(issues.AMOUNT_TOO_LONG, rule="LG-PAY")
    for payment in found:
        if not amounts.is_whole(payment.amount, currency.subunits):
            one = f"1/{currency.subunits}" if currency.subunits > 1 else "1"
            yield about(issues.AMOUNT_NOT_WHOLE, payment=payment.id, unit=f"{one} {currency.code}")


def _unfinished(sides: _Sides, links: Links) -> Iterator[Issue]:
    linked = {lago_id for lago_id, _ in links}
    for payment in sides.lago.values():
        if payment.status != _SUCCEEDED:
            is_linked = payment.lago_id in linked
            issue = issues.NO_LONGER_SUCCEEDED if is_linked else issues.NOT_SUCCEEDED
            yield about(issue, payment=payment.lago_id)


def _overpaid(paid: Decimal, invoice: InvoiceTie) -> Iterator[Issue]:
    if paid > invoice.total:
        over = amounts.EXACT.subtract(paid, invoice.total)
        yield about(issues.OVERPAID, over=over, currency=invoice.currency.code)


_lago_id: Final = attrgetter("lago_id")
_id: Final = attrgetter("id")
