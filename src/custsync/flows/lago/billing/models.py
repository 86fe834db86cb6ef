"""What Lago bills, as frozen values: invoices, credit notes and their lines, and payments.

Only the fields that the rules need are kept, and none of them is personal. Amounts are whole numbers of the
currency's subunit, as Lago's `*_amount_cents` are; those of NetSuite are decimals.
"""

from datetime import date
from decimal import Decimal

from attrs import field, frozen

from custsync.flows.lago.billing.amounts import check_cents, check_number, check_unsigned


@frozen(kw_only=True)
class Amounts:
    """The amounts that a document states, in the currency's subunit; discounts are positive here.

    Attributes:
        fees: before discounts and tax: the invoice's fees, or the sum of a credit note's items.
        coupons: what coupons take off; on a credit note their share, which makes the credit smaller.
        prepaid_credits: what the customer's wallet paid of the invoice; 0 on a credit note.
        progressive_billing_credits: what earlier invoices of the same period have billed already; 0 on a
            credit note.
        credit_notes: what earlier credit notes take off the invoice; 0 on a credit note.
        taxes: the tax of the whole document; Lago states it once, and lines carry none.
        total: what is due or given back, tax included.
    """

    fees: int = field(validator=check_cents)
    coupons: int = field(default=0, validator=check_unsigned)
    prepaid_credits: int = field(default=0, validator=check_unsigned)
    progressive_billing_credits: int = field(default=0, validator=check_unsigned)
    credit_notes: int = field(default=0, validator=check_unsigned)
    taxes: int = field(default=0, validator=check_unsigned)
    total: int = field(validator=check_unsigned)

    @property
    def net(self) -> int:
        """Return fees less all discounts, which is the total without its taxes where nothing was rounded."""
        discounts = self.coupons + self.prepaid_credits + self.progressive_billing_credits + self.credit_notes
        return self.fees - discounts


@frozen(kw_only=True)
class Price:
    """How Lago came to the amount of a fee, its tax excluded.

    Attributes:
        units: how many were sold.
        unit_amount: of one, in whole currency units (dollars, not cents).
        amount_cents: what they cost together, rounded.
        paid_units: how many of them are not free, None where Lago does not say. The unit amount of a package
            is the amount of one that is not free.
    """

    units: Decimal = field(validator=check_number)
    unit_amount: Decimal = field(validator=check_number)
    amount_cents: int = field(validator=check_cents)
    paid_units: Decimal | None = None


@frozen(kw_only=True)
class _Sold:
    """What a fee or an item of a credit note is for.

    Attributes:
        lago_id: Lago's id, `""` for a fee that has none.
        type: Lago's fee type.
        code: of the billable metric, the add-on or the plan.
        amount_cents: excludes tax.
        currency: an ISO 4217 code.
        description: the name of what was sold.
        period_from: the first day of the service period, None where there is none.
        period_to: its last day.
    """

    lago_id: str
    type: str
    code: str
    amount_cents: int = field(validator=check_cents)
    currency: str
    description: str = ""
    period_from: date | None = None
    period_to: date | None = None


@frozen(kw_only=True)
class Fee(_Sold):
    """One fee of an invoice.

    Attributes:
        units: how many were sold, a fraction too.
        precise_unit_amount: of one unit, in whole currency units (dollars, not cents), as Lago sends it.
        paid_units: the units that are not free, None where Lago does not say.
    """

    units: Decimal = field(validator=check_number)
    precise_unit_amount: Decimal = field(validator=check_number)
    paid_units: Decimal | None = None

    @property
    def price(self) -> Price:
        """Return how Lago came to the amount."""
        return Price(
            units=self.units,
            unit_amount=self.precise_unit_amount,
            amount_cents=self.amount_cents,
            paid_units=self.paid_units,
        )


@frozen(kw_only=True)
class Invoice:
    """One invoice, as Lago's payload has it.

    Attributes:
        lago_id: Lago's own id, by which its payments and credit notes name it.
        number: the number that the customer reads on the invoice (`PIN-1`), `""` where Lago sends none.
        status: Lago's word; only `finalized` is synced.
        currency: an ISO 4217 code, upper case.
        amounts: what Lago states for the whole invoice.
        fees: in Lago's order, which is the order of the NetSuite lines.
        entity: the code of the Lago entity that bills, `""` where Lago names none. It chooses the mappings.
        issued_on: Lago's issuing date, None where it sends none.
        due_on: Lago's payment due date, None where it sends none.
    """

    lago_id: str
    number: str
    status: str
    currency: str
    amounts: Amounts
    fees: tuple[Fee, ...] = ()
    entity: str = ""
    issued_on: date | None = None
    due_on: date | None = None


@frozen(kw_only=True)
class CreditNoteItem(_Sold):
    """One item of a credit note: how much of which fee is given back.

    `precise_amount_cents` is the amount before it was rounded, `price` that of the fee; both None where Lago
    does not say.
    """

    precise_amount_cents: Decimal | None = None
    price: Price | None = None


@frozen(kw_only=True)
class CreditNote:
    """One credit note, as Lago's payload has it.

    Attributes:
        lago_id: Lago's own id.
        number: the number that the customer reads on the note, `""` where Lago sends none.
        invoice: the Lago id of the invoice of which something is given back.
        currency: an ISO 4217 code, upper case.
        amounts: what Lago states for the whole note; `amounts.fees` are its items together.
        items: in Lago's order, which is the order of the NetSuite lines.
        entity: the code of the Lago entity that bills, `""` where Lago names none. It chooses the mappings.
        issued_on: Lago's issuing date, None where it sends none.
        subtotal: what Lago states for all of it without tax, rounded once; None where Lago does not say.
    """

    lago_id: str
    number: str
    invoice: str
    currency: str
    amounts: Amounts
    items: tuple[CreditNoteItem, ...] = ()
    entity: str = ""
    issued_on: date | None = None
    subtotal: int | None = None


@frozen(kw_only=True)
class Payment:
    """One payment in Lago: which invoices it is for, how much, and whether the money came.

    Attributes:
        lago_id: Lago's own id.
        invoices: the Lago ids of the invoices that it pays. Lago does not say how much goes to each, so a
            payment of several is an error.
        amount_cents: in the currency's subunit; `read_payment` refuses 0.
        currency: an ISO 4217 code, upper case; it has to be the invoice's.
        status: Lago's payment status; only `succeeded` goes to NetSuite.
        netsuite_id: the id of the NetSuite payment that it was read back from, `""` for Lago's own.
    """

    lago_id: str
    invoices: tuple[str, ...]
    amount_cents: int = field(validator=check_unsigned)
    currency: str
    status: str
    netsuite_id: str = ""
