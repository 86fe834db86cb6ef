"""Billing from Lago to NetSuite and back: invoices, credit notes, payments, and announced failures.

Pure functions over frozen values: payloads are read, items and currencies mapped, lines and totals made, and
payments of both sides set against each other. Amounts are exact decimals.
"""

from custsync.flows.lago.billing.build import amounts_of, credit_memo, invoice_document
from custsync.flows.lago.billing.documents import (
    Document,
    DocumentKind,
    Line,
    LineRole,
    NotSynced,
    TaxOverride,
)
from custsync.flows.lago.billing.failures import (
    ACCOUNTING_PROVIDER_ERROR,
    ProviderError,
    provider_error,
    read_error,
)
from custsync.flows.lago.billing.mappings import (
    FallbackOrder,
    ItemKind,
    ItemMapping,
    Layer,
    MappedItem,
    MappedTax,
    Mappings,
    TaxItem,
    item_for,
    shared_items,
    tax_for,
)
from custsync.flows.lago.billing.models import (
    Amounts,
    CreditNote,
    CreditNoteItem,
    Fee,
    Invoice,
    Payment,
    Price,
)
from custsync.flows.lago.billing.payloads import read_credit_note, read_invoice, read_payment
from custsync.flows.lago.billing.payments import (
    CustomerPayment,
    InvoiceTie,
    NetSuitePayment,
    PaidState,
    Settlement,
    settle,
    tie,
)
from custsync.flows.lago.billing.settings import BillingSettings, Currency, Syncs, currency_for

__all__ = [
    "ACCOUNTING_PROVIDER_ERROR",
    "Amounts",
    "BillingSettings",
    "CreditNote",
    "CreditNoteItem",
    "Currency",
    "CustomerPayment",
    "Document",
    "DocumentKind",
    "FallbackOrder",
    "Fee",
    "Invoice",
    "InvoiceTie",
    "ItemKind",
    "ItemMapping",
    "Layer",
    "Line",
    "LineRole",
    "MappedItem",
    "MappedTax",
    "Mappings",
    "NetSuitePayment",
    "NotSynced",
    "PaidState",
    "Payment",
    "Price",
    "ProviderError",
    "Settlement",
    "Syncs",
    "TaxItem",
    "TaxOverride",
    "amounts_of",
    "credit_memo",
    "currency_for",
    "invoice_document",
    "item_for",
    "provider_error",
    "read_credit_note",
    "read_error",
    "read_invoice",
    "read_payment",
    "settle",
    "shared_items",
    "tax_for",
    "tie",
]
