"""What there is to report about Lago's documents and payments on their way to NetSuite, one table.

`about` fills a reason in. An issue without a rule is of the rule of its document, `LG-INV` or `LG-CN`.
"""

from typing import Any, Final

from attrs import evolve

from custsync.models import Issue, Severity


def about(issue: Issue, *, rule: str = "", field: str = "", **values: Any) -> Issue:
    """Return the issue with these values in its reason.

    Args:
        issue: one of this table.
        rule: the rule of the document, where the issue has none.
        field: another field than the issue's own.
        values: what replaces the braces in its reason.
    """
    reason = issue.reason.format(**values)
    return evolve(issue, rule=rule or issue.rule, field=field or issue.field, reason=reason)


SYNC_OFF: Final = Issue(
    code="sync_off",
    rule="LG-SYNC",
    field="syncs",
    reason="the sync of {what} is switched off for this connection",
    remedy="Switch it on to have them synced",
    severity=Severity.NOTE,
)
INVOICE_VOIDED: Final = Issue(
    code="invoice_voided",
    rule="LG-INV",
    field="status",
    reason="the invoice is {status} in Lago, so it never syncs",
    remedy="Void or credit the NetSuite invoice, if there is one",
    severity=Severity.NOTE,
)
INVOICE_FAILED: Final = Issue(
    code="invoice_failed",
    rule="LG-INV",
    field="status",
    reason="Lago could not finalize the invoice",
    remedy="Retry it in Lago; it syncs once it is finalized",
    severity=Severity.NOTE,
)
NOT_FINALIZED: Final = Issue(
    code="not_finalized",
    rule="LG-INV",
    field="status",
    reason="the status of the invoice is {status!r}, not finalized",
    remedy="Wait: it syncs once Lago finalizes it",
    severity=Severity.NOTE,
)
UNFINISHED: Final = {
    **dict.fromkeys(("voided", "deleted", "closed"), INVOICE_VOIDED),
    "failed": INVOICE_FAILED,
}
"""Why an invoice of this status is not synced; one of any other status is not final."""

CUSTOMER_UNLINKED: Final = Issue(
    code="customer_unlinked",
    rule="",
    field="customer",
    reason="the Lago customer is not linked to a NetSuite customer",
    remedy="Link it, or have it created, and sync the document again",
)
CURRENCY_MIXED: Final = Issue(
    code="currency_mixed",
    rule="LG-CUR",
    field="currency",
    reason="a fee is in {fee!r}, its document in {document!r}",
    remedy="Read the document again; one document has one currency",
)
CURRENCY_UNMAPPED: Final = Issue(
    code="currency_unmapped",
    rule="LG-CUR",
    field="currency",
    reason="currency {currency!r} is not mapped",
    remedy="Map it to the id of a NetSuite currency",
)
CURRENCY_UNCLEAR: Final = Issue(
    code="currency_unclear",
    rule="LG-CUR",
    field="currency",
    reason="releases of Lago count the subunits of currency {currency!r} in different ways",
    remedy="Set how many subunits one unit has in `subunits`",
)
SUBUNITS_DIFFER: Final = Issue(
    code="subunits_differ",
    rule="LG-CUR",
    field="currency",
    reason="{what}: the amount is {times} times too {size}, if {subunits} subunits are one {currency}",
    remedy="Set in `subunits` how many the Lago in use counts in one unit of this currency",
)
FEE_DOUBLED: Final = Issue(
    code="fee_doubled",
    rule="",
    field="fees",
    reason="the document has fee {fee!r} {times} times",
    remedy="Read the document again; each fee is one line",
)
FEES_DIFFER: Final = Issue(
    code="fees_differ",
    rule="",
    field="fees",
    reason="the fees together are not the stated amount of fees: they are off by {off:+f} {currency}",
    remedy="Read the document again with all its fees, and report it to Lago if it stays",
)
TOTAL_DIFFERS: Final = Issue(
    code="total_differs",
    rule="",
    field="total",
    reason="lines and tax together are not the total: they are off by {off:+f} {currency}",
    remedy="Read the document again with all its fees, and report it to Lago if it stays",
)
ROUNDED_AS_A_WHOLE: Final = Issue(
    code="rounded_as_a_whole",
    rule="LG-CN",
    field="total",
    reason="Lago rounds the credit note as a whole, which makes a line of {off:+f} {currency}",
    remedy="Nothing to do: lines and tax are the total of the credit note",
    severity=Severity.WARNING,
)
AMOUNT_IS_NO_PRODUCT: Final = Issue(
    code="amount_is_no_product",
    rule="",
    field="fees",
    reason="units times unit amount of fee {fee!r} is not its amount",
    remedy="Send the line's amount beside its quantity and rate; the amount is what counts",
    severity=Severity.WARNING,
)
NUMBER_ROUNDED: Final = Issue(
    code="number_rounded",
    rule="",
    field="fees",
    reason="the {number} of fee {fee!r} has more digits than NetSuite takes, so it is rounded",
    remedy="Send the line's amount beside its quantity and rate; the amount is what counts",
    severity=Severity.WARNING,
)
SOLD_AS_ONE: Final = Issue(
    code="sold_as_one",
    rule="",
    field="quantity",
    reason="quantity or rate of fee {fee!r} does not fit into NetSuite, so one is sold at the amount",
    remedy="Look the units up in Lago where they matter",
    severity=Severity.WARNING,
)
AMOUNT_TOO_LONG: Final = Issue(
    code="amount_too_long",
    rule="",
    field="amount",
    reason="an amount has more than the 15 characters that NetSuite takes",
    remedy="Bill it in several documents",
)
TAX_UNMAPPED: Final = Issue(
    code="tax_unmapped",
    rule="LG-TAX",
    field="tax",
    reason="there is tax, but no tax item is mapped, so the document is sent with amounts that exclude it",
    remedy="Map a tax item: nexus, tax type and tax code",
    severity=Severity.WARNING,
)
TAX_NEEDED: Final = evolve(
    TAX_UNMAPPED,
    reason="there is tax, but no tax item is mapped, so the document could not be sent without it",
    severity=Severity.ERROR,
)
ITEM_NOT_TAXABLE: Final = Issue(
    code="item_not_taxable",
    rule="LG-TAX",
    field="tax",
    reason="NetSuite item {item!r} is not taxable, so NetSuite would refuse the document's tax",
    remedy="Set the item to taxable in NetSuite, and take it out of `not_taxable`",
)
ITEM_UNMAPPED: Final = Issue(
    code="item_unmapped",
    rule="LG-ITEM",
    field="type",
    reason="{what} is not mapped, and there is no fallback item",
    remedy="Map it to a NetSuite item, or set a fallback item",
)
FALLBACK_ITEM: Final = Issue(
    code="fallback_item",
    rule="LG-ITEM",
    field="type",
    reason="{what} is not mapped, so the fallback item is used",
    remedy="Map it to its own NetSuite item",
    severity=Severity.WARNING,
)
TYPE_UNMAPPED: Final = evolve(ITEM_UNMAPPED, remedy="Set a fallback item")
FALLBACK_OF_TYPE: Final = evolve(
    FALLBACK_ITEM, remedy="Check that the fallback item is right for it; this type has no mapping"
)
ITEM_SHARED: Final = Issue(
    code="item_shared",
    rule="LG-ITEM",
    field="default",
    reason="{codes} share NetSuite item {item}",
    remedy="Map each billable metric and each add-on to a separate item",
    severity=Severity.WARNING,
)
INVOICE_UNTIED: Final = Issue(
    code="invoice_untied",
    rule="LG-PAY",
    field="invoice",
    reason="the invoice is tied to no NetSuite invoice",
    remedy="Sync the invoice, then its payments",
)
PAYMENT_CONFLICT: Final = Issue(
    code="payment_conflict",
    rule="LG-PAY",
    field="payments",
    reason="payment {payment!r} was given twice, and not the same",
    remedy="Read the payments again",
)
SEVERAL_INVOICES: Final = Issue(
    code="several_invoices",
    rule="LG-PAY",
    field="invoice_ids",
    reason="payment {payment!r} is for several invoices, without an amount for each",
    remedy="Record it by hand, one payment for each",
)
PAYMENT_CURRENCY: Final = Issue(
    code="payment_currency",
    rule="LG-PAY",
    field="currency",
    reason="payment {payment!r} is not in {currency!r}, the currency of its invoice",
    remedy="Record it by hand, in the currency of its invoice",
)
PAYMENT_DOUBLED: Final = Issue(
    code="payment_doubled",
    rule="LG-PAY",
    field="payments",
    reason="payment {payment!r} is linked to more than one payment of the other side",
    remedy="Undo all but one of them",
)
PAYMENT_MISSING: Final = Issue(
    code="payment_missing",
    rule="LG-PAY",
    field="payments",
    reason="payment {lago!r} is NetSuite payment {netsuite!r}, but only one of them is there",
    remedy="Read both sides in full; if one was deleted, delete the other too",
    severity=Severity.WARNING,
)
PAYMENT_DOUBTFUL: Final = Issue(
    code="payment_doubtful",
    rule="LG-PAY",
    field="payments",
    reason="both sides have an unlinked payment of {amount:f} {currency}, which may be one payment",
    remedy="Link them if they are one; record each on the other side if they are two",
    severity=Severity.WARNING,
)
AMOUNTS_DIFFER: Final = Issue(
    code="amounts_differ",
    rule="LG-PAY",
    field="amount",
    reason="{what} are one, but not of one amount",
    remedy="Correct the amount on the side that is wrong",
)
AMOUNT_NOT_WHOLE: Final = Issue(
    code="amount_not_whole",
    rule="LG-PAY",
    field="amount",
    reason="NetSuite payment {payment!r} is no whole number of {unit}, which Lago counts in",
    remedy="Correct the amount in NetSuite",
)
NOT_SUCCEEDED: Final = Issue(
    code="not_succeeded",
    rule="LG-PAY",
    field="payment_status",
    reason="payment {payment!r} has not succeeded in Lago",
    remedy="Nothing to do: it syncs once it succeeds",
    severity=Severity.NOTE,
)
NO_LONGER_SUCCEEDED: Final = evolve(
    NOT_SUCCEEDED, remedy="See whether NetSuite should have it", severity=Severity.WARNING
)
OVERPAID: Final = Issue(
    code="overpaid",
    rule="LG-PAY",
    field="payments",
    reason="the payments are {over:f} {currency} more than the total",
    remedy="Check whether a payment was recorded twice, or credit the difference",
)
