"""What there is to report about a document on its way from Lago to NetSuite."""

from decimal import Decimal
from typing import Final

from custsync.flows.lago.billing.settings import Currency
from custsync.models import Issue, Severity

_READ_AGAIN: Final = "Read the document again with all its fees, and report it to Lago if it stays"
_GONE: Final = frozenset({"voided", "deleted", "closed"})
_SUMS: Final = {
    "fees": "the fees together are not the stated amount of fees",
    "total": "lines and tax together are not the total",
}


def sync_off(switch: str) -> Issue:
    """Return the note that a sync is switched off."""
    reason = f"the sync of {switch.replace('_', ' ')} is switched off for this connection"
    remedy = "Switch it on to have them synced"
    return _issue("sync_off", "LG-SYNC", f"syncs.{switch}", reason, remedy, Severity.NOTE)


def not_synced_yet(status: str) -> Issue:
    """Return why an invoice of this status is not synced: it is gone, it failed in Lago, or is not final."""
    if status in _GONE:
        code, reason = "invoice_voided", f"the invoice is {status} in Lago, so it never syncs"
        remedy = "Void or credit the NetSuite invoice, if there is one"
    elif status == "failed":
        code, reason = "invoice_failed", "Lago could not finalize the invoice"
        remedy = "Retry it in Lago; it syncs once it is finalized"
    else:
        code, reason = "not_finalized", f"the status of the invoice is {status!r}, not finalized"
        remedy = "Wait: it syncs once Lago finalizes it"
    return _issue(code, "LG-INV", "status", reason, remedy, Severity.NOTE)


def unlinked(rule: str) -> Issue:
    """Return the error that the customer has no NetSuite customer."""
    reason = "the Lago customer is not linked to a NetSuite customer"
    remedy = "Link it, or have it created, and sync the document again"
    return _issue("customer_unlinked", rule, "customer", reason, remedy)


def currency_mixed(fee: str, document: str) -> Issue:
    """Return the error that a fee is in another currency than its document."""
    reason = f"a fee is in {fee!r}, its document in {document!r}"
    remedy = "Read the document again; one document has one currency"
    return _issue("currency_mixed", "LG-CUR", "currency", reason, remedy)


def fee_doubled(rule: str, source: str, times: int) -> Issue:
    """Return the error that a document has one fee more than once."""
    reason = f"the document has fee {source!r} {times} times"
    remedy = "Read the document again; each fee is one line"
    return _issue("fee_doubled", rule, "fees", reason, remedy)


def sum_differs(rule: str, name: str, off: Decimal, currency: Currency) -> Issue:
    """Return the error that a sum is off, and by how much."""
    reason = f"{_SUMS[name]}: they are off by {off:+f} {currency.code}"
    return _issue(f"{name}_differ" if name == "fees" else f"{name}_differs", rule, name, reason, _READ_AGAIN)


def rounded_as_a_whole(off: Decimal, currency: Currency) -> Issue:
    """Return the warning that a rounding line makes the sum."""
    reason = f"Lago rounds the credit note as a whole, which makes a line of {off:+f} {currency.code}"
    remedy = "Nothing to do: lines and tax are the total of the credit note"
    return _issue("rounded_as_a_whole", "LG-CN", "total", reason, remedy, Severity.WARNING)


def amount_is_no_product(rule: str, source: str) -> Issue:
    """Return the warning that quantity times rate is not the amount."""
    reason = f"units times unit amount of fee {source!r} is not its amount"
    remedy = "Send the line's amount beside its quantity and rate; the amount is what counts"
    return _issue("amount_is_no_product", rule, "fees", reason, remedy, Severity.WARNING)


def counted_differently(what: str, power: int, currency: Currency) -> Issue:
    """Return the error that two amounts are a power of ten apart: they count different subunits."""
    times = f"{10 ** abs(power)} times too {'small' if power > 0 else 'large'}"
    reason = f"{what}: the amount is {times}, if {currency.subunits} subunits are one {currency.code}"
    remedy = "Set in `subunits` how many the Lago in use counts in one unit of this currency"
    return _issue("subunits_differ", "LG-CUR", "currency", reason, remedy)


def number_rounded(rule: str, source: str, name: str) -> Issue:
    """Return the warning that a quantity or a rate was rounded to what NetSuite takes."""
    reason = f"the {name} of fee {source!r} has more digits than NetSuite takes, so it is rounded"
    remedy = "Send the line's amount beside its quantity and rate; the amount is what counts"
    return _issue("number_rounded", rule, name, reason, remedy, Severity.WARNING)


def sold_as_one(rule: str, source: str) -> Issue:
    """Return the warning that a line is one times its amount, for its numbers do not fit."""
    reason = f"quantity or rate of fee {source!r} does not fit into NetSuite, so one is sold at the amount"
    remedy = "Look the units up in Lago where they matter"
    return _issue("sold_as_one", rule, "quantity", reason, remedy, Severity.WARNING)


def amount_too_long(rule: str, name: str) -> Issue:
    """Return the error that an amount has more digits than NetSuite takes."""
    reason = "an amount has more than the 15 characters that NetSuite takes"
    remedy = "Bill it in several documents"
    return _issue("amount_too_long", rule, name, reason, remedy)


def tax_unmapped(*, refused: bool) -> Issue:
    """Return what is to report about a document with tax where no tax item is mapped."""
    sent = "could not be sent without it" if refused else "is sent with amounts that exclude it"
    reason = f"there is tax, but no tax item is mapped, so the document {sent}"
    remedy = "Map a tax item: nexus, tax type and tax code"
    return _issue(
        "tax_unmapped", "LG-TAX", "tax", reason, remedy, Severity.ERROR if refused else Severity.WARNING
    )


def item_not_taxable(item: str) -> Issue:
    """Return the error that NetSuite would refuse the document for an item that is not taxable."""
    reason = f"NetSuite item {item!r} is not taxable, so NetSuite would refuse the document's tax"
    remedy = "Set the item to taxable in NetSuite, and take it out of `not_taxable`"
    return _issue("item_not_taxable", "LG-TAX", "tax", reason, remedy)


def _issue(
    code: str, rule: str, field: str, reason: str, remedy: str, severity: Severity = Severity.ERROR
) -> Issue:
    return Issue(code=code, rule=rule, field=field, reason=reason, remedy=remedy, severity=severity)
