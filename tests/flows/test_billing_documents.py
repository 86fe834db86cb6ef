"""Invoices and credit notes become NetSuite documents whose lines and tax are their total, and come back."""

import decimal
import pickle
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.flows.lago.billing import (
    Amounts,
    BillingSettings,
    Currency,
    DocumentKind,
    Layer,
    LineRole,
    Mappings,
    NotSynced,
    Syncs,
    TaxOverride,
    amounts_of,
    credit_memo,
    invoice_document,
    provider_error,
    read_credit_note,
    read_invoice,
)
from custsync.models import Severity
from tests.flows.billed import (
    DEFAULT,
    SETTINGS,
    TAX,
    UK_TAX,
    codes,
    credit_note,
    fee,
    in_all,
    invoice,
    made,
    refused,
)
from tests.flows.lago_bills import SUBUNITS, credit_notes, invoices

UNTAXED = evolve(SETTINGS, mappings=Mappings(default=evolve(DEFAULT, tax=None)))
BARE = evolve(SETTINGS, mappings=Mappings())
NO_FALLBACK = evolve(SETTINGS, mappings=Mappings(default=evolve(DEFAULT, fallback="")))
NO_CREDITS = {"coupons_amount_cents": 0, "taxes_amount_cents": 0, "total_amount_cents": 1250}


def synced(
    payload: dict[str, Any], settings: BillingSettings = SETTINGS, customer: str | None = "2042"
) -> Any:
    return invoice_document(read_invoice(payload), customer=customer, settings=settings)


def credited(
    payload: dict[str, Any], settings: BillingSettings = SETTINGS, customer: str | None = "2042"
) -> Any:
    return credit_memo(read_credit_note(payload), customer=customer, settings=settings)


@pytest.mark.rule("LG-INV")
class TestInvoice:
    """Each fee a line: units the quantity, precise unit amount the rate; discounts are negative lines."""

    def test_whole(self) -> None:
        document = made(synced(invoice()))
        assert document.kind is DocumentKind.INVOICE
        assert (document.lago_id, document.number, document.customer) == ("inv-1", "PIN-8C11-001", "2042")
        assert document.currency == Currency(code="USD", id="1", subunits=100)
        assert [(line.role, line.source, line.item, line.layer) for line in document.lines] == [
            (LineRole.FEE, "fee-1", "501", Layer.DEFAULT),
            (LineRole.COUPON, "", "513", Layer.DEFAULT),
        ]
        assert [(str(line.quantity), str(line.rate), str(line.amount)) for line in document.lines] == [
            ("2.5", "5.00", "12.50"),
            ("1", "-2.50", "-2.50"),
        ]
        assert document.tax == TaxOverride(item=TAX, layer=Layer.DEFAULT, amount=Decimal("2.00"))
        assert str(document.total) == "12.00"
        assert document.issued_on is not None
        assert document.issues == ()
        assert pickle.loads(pickle.dumps(document)) == document  # noqa: S301

    @pytest.mark.parametrize(
        ("key", "role", "item"),
        [
            ("coupons_amount_cents", LineRole.COUPON, "513"),
            ("prepaid_credit_amount_cents", LineRole.PREPAID_CREDIT, "512"),
            ("progressive_billing_credit_amount_cents", LineRole.PROGRESSIVE_BILLING_CREDIT, "512"),
            ("credit_notes_amount_cents", LineRole.CREDIT_NOTE, "514"),
        ],
    )
    def test_each_discount_is_a_negative_line(self, key: str, role: LineRole, item: str) -> None:
        document = made(synced(invoice(**{**NO_CREDITS, "total_amount_cents": 1249, key: 1})))
        line = document.lines[-1]
        assert (line.role, line.item, line.quantity) == (role, item, Decimal(1))
        assert line.rate == line.amount == Decimal("-0.01")

    def test_fees_keep_their_order_and_discounts_follow_in_theirs(self) -> None:
        fees = [fee(lago_id=name) for name in ("b", "a", "c")]
        discounts = {
            "credit_notes_amount_cents": 1,
            "progressive_billing_credit_amount_cents": 1,
            "prepaid_credit_amount_cents": 1,
            "coupons_amount_cents": 1,
        }
        payload = invoice(fees=fees, fees_amount_cents=3750, total_amount_cents=3946, **discounts)
        lines = made(synced(payload)).lines
        assert [line.source for line in lines] == ["b", "a", "c", "", "", "", ""]
        assert [line.role for line in lines[3:]] == [
            LineRole.COUPON,
            LineRole.PREPAID_CREDIT,
            LineRole.PROGRESSIVE_BILLING_CREDIT,
            LineRole.CREDIT_NOTE,
        ]

    @pytest.mark.parametrize(
        ("type_", "code", "item"),
        [
            ("charge", "storage", "502"),
            ("add_on", "setup", "503"),
            ("fixed_charge", "setup", "503"),
            ("subscription", "basic", "510"),
            ("commitment", "basic", "511"),
            ("credit", "", "512"),
        ],
    )
    def test_each_type_of_fee_takes_its_item(self, type_: str, code: str, item: str) -> None:
        document = made(synced(invoice(fees=[fee(item={"type": type_, "code": code})])))
        assert (document.lines[0].item, document.issues) == (item, ())

    @pytest.mark.parametrize("type_", ["product", "brand_new"])
    def test_an_unknown_type_takes_the_fallback_and_is_named_once(self, type_: str) -> None:
        fees = [fee(lago_id=name, item={"type": type_}) for name in ("a", "b")]
        document = made(synced(invoice(fees=fees, fees_amount_cents=2500, total_amount_cents=2450)))
        assert {(line.item, line.layer) for line in document.lines[:2]} == {("599", Layer.DEFAULT_FALLBACK)}
        (issue,) = document.issues
        assert (issue.code, repr(type_) in issue.reason) == ("fallback_item", True)

    @pytest.mark.parametrize("answer", [synced, credited], ids=["invoice", "credit note"])
    def test_an_unknown_type_without_a_fallback_is_refused_by_name(self, answer: Any) -> None:
        sold = fee(item={"type": "product", "code": "x"})
        item = {"lago_id": "item-1", "amount_cents": 500, "amount_currency": "USD", "fee": sold}
        payload = invoice(fees=[sold]) if answer is synced else credit_note(items=[item])
        found = [issue for issue in refused(answer(payload, NO_FALLBACK)).issues if issue.field == "type"]
        assert [(issue.code, "'product'" in issue.reason) for issue in found] == [("item_unmapped", True)]

    @pytest.mark.parametrize("customer", [None, "", "  "], ids=repr)
    def test_an_unlinked_customer_is_refused(self, customer: str | None) -> None:
        answer = refused(synced(invoice(), customer=customer))
        assert (answer.kind, answer.lago_id, codes(answer)) == (
            DocumentKind.INVOICE,
            "inv-1",
            ["customer_unlinked"],
        )

    def test_a_customer_is_named_by_text(self) -> None:
        with pytest.raises(InputError, match="internal id"):
            synced(invoice(), customer=2042)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("status", "code", "remedy"),
        [
            *((status, "not_finalized", "once Lago finalizes it") for status in ("draft", "pending", "open")),
            *((status, "not_finalized", "once Lago finalizes it") for status in ("generating", "FINALIZED")),
            ("failed", "invoice_failed", "Retry it in Lago"),
            *((status, "invoice_voided", "Void or credit") for status in ("voided", "deleted", "closed")),
        ],
    )
    def test_only_a_finalized_one(self, status: str, code: str, remedy: str) -> None:
        answer = refused(synced(invoice(status=status)))
        (issue,) = answer.issues
        assert (issue.code, issue.severity, status in issue.reason or code == "invoice_failed") == (
            code,
            Severity.NOTE,
            True,
        )
        assert remedy in issue.remedy

    def test_a_voided_one_is_never_said_to_sync(self) -> None:
        (issue,) = refused(synced(invoice(status="voided"))).issues
        assert "it syncs once" not in str(issue)

    @pytest.mark.parametrize(
        ("total", "difference"), [(1201, "-0.01"), (1199, "0.01"), (0, "12.00"), (2400, "-12.00")]
    )
    def test_a_total_that_is_off_is_refused_with_the_difference(self, total: int, difference: str) -> None:
        answer = refused(synced(invoice(total_amount_cents=total)))
        assert codes(answer) == ["total_differs"]
        assert answer.difference == Decimal(difference)
        assert f"{Decimal(difference):+f} USD" in answer.issues[0].reason

    def test_fees_that_are_not_their_sum(self) -> None:
        answer = refused(synced(invoice(fees_amount_cents=1251)))
        assert codes(answer) == ["fees_differ"]
        assert "-0.01 USD" in answer.issues[0].reason
        assert codes(refused(synced(invoice(fees=[])))) == ["fees_differ", "total_differs"]

    def test_fees_without_an_id_are_lines_all_the_same(self) -> None:
        fees = [fee(lago_id=None), fee(lago_id=None)]
        document = made(synced(invoice(fees=fees, fees_amount_cents=2500, total_amount_cents=2450)))
        assert [(line.source, str(line.amount)) for line in document.lines[:2]] == [("", "12.50")] * 2

    def test_a_fee_that_stands_there_twice(self) -> None:
        payload = invoice(fees=[fee(), fee()], fees_amount_cents=2500, total_amount_cents=2450)
        assert codes(refused(synced(payload))) == ["fee_doubled"]

    def test_every_reason_at_once(self) -> None:
        payload = invoice(currency="EUR", fees=[fee(), fee()])
        answer = refused(synced(payload, BARE, None))
        assert codes(answer) == [
            "customer_unlinked",
            "currency_unmapped",
            "item_unmapped",
            "item_unmapped",
            "currency_mixed",
            "fee_doubled",
            "tax_unmapped",
        ]
        assert [issue.field for issue in answer.issues[2:4]] == ["billable_metrics", "coupon"]

    @pytest.mark.parametrize(
        ("units", "rate", "said"),
        [
            ("2.5", "5.00", []),
            ("3", "4.1666", []),
            ("3", "4.165", []),
            ("3", "4.1649", ["amount_is_no_product"]),
            ("0", "0", ["amount_is_no_product"]),
        ],
    )
    def test_an_amount_that_is_no_product_is_reported(self, units: str, rate: str, said: list[str]) -> None:
        document = made(synced(invoice(fees=[fee(units=units, precise_unit_amount=rate)])))
        line = document.lines[0]
        assert (str(line.quantity), str(line.rate), str(line.amount)) == (units, rate, "12.50")
        assert codes(document) == said

    @given(invoices())
    def test_lines_and_tax_are_the_total_and_come_back(self, payload: dict[str, Any]) -> None:
        document = made(synced(payload))
        assert in_all(document) == document.total
        assert amounts_of(document) == read_invoice(payload).amounts

    @given(invoices())
    def test_discounts_are_negative_and_fees_are_not(self, payload: dict[str, Any]) -> None:
        for line in made(synced(payload)).lines:
            assert (line.amount >= 0) if line.role is LineRole.FEE else (line.amount < 0)
            assert line.role is LineRole.FEE or line.quantity * line.rate == line.amount

    @given(invoices(), st.integers(-500, 500).filter(bool))
    def test_a_total_off_by_any_amount_is_refused(self, payload: dict[str, Any], off: int) -> None:
        total = payload["total_amount_cents"] + off
        if total >= 0:
            answer = refused(synced({**payload, "total_amount_cents": total}))
            assert answer.difference * SUBUNITS[payload["currency"]] == -off

    @given(invoices())
    def test_the_callers_decimal_context_does_not_matter(self, payload: dict[str, Any]) -> None:
        with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact])):
            narrow = synced(payload)
        assert narrow == synced(payload)


@pytest.mark.rule("LG-TAX")
class TestTax:
    """The tax total goes through the tax item; without one the document goes without its tax, and says so."""

    def test_no_tax_is_overridden_too(self) -> None:
        document = made(synced(invoice(**NO_CREDITS)))
        assert document.tax == TaxOverride(item=TAX, layer=Layer.DEFAULT, amount=Decimal("0.00"))

    def test_without_a_tax_item_tax_is_left_out(self) -> None:
        document = made(synced(invoice(), UNTAXED))
        assert (document.tax, document.total, in_all(document)) == (None, Decimal("10.00"), Decimal("10.00"))
        assert [(issue.code, issue.severity) for issue in document.issues] == [
            ("tax_unmapped", Severity.WARNING)
        ]
        assert amounts_of(document).taxes == 0

    def test_or_refused_where_tax_is_required(self) -> None:
        answer = refused(synced(invoice(), evolve(UNTAXED, tax_required=True)))
        assert [(issue.code, issue.severity) for issue in answer.issues] == [("tax_unmapped", Severity.ERROR)]

    @pytest.mark.parametrize(("prepaid", "total"), [(1200, 0), (1001, 199)])
    def test_or_where_the_total_would_be_negative(self, prepaid: int, total: int) -> None:
        payload = invoice(prepaid_credit_amount_cents=prepaid, total_amount_cents=total)
        assert codes(refused(synced(payload, UNTAXED))) == ["tax_unmapped"]

    def test_but_not_where_it_would_be_nothing(self) -> None:
        payload = invoice(prepaid_credit_amount_cents=1000, total_amount_cents=200)
        assert str(made(synced(payload, UNTAXED)).total) == "0.00"

    def test_an_item_that_is_not_taxable_is_refused_before_netsuite_does(self) -> None:
        settings = evolve(SETTINGS, not_taxable=frozenset({"513", "999"}))
        for answer in (synced(invoice(), settings), credited(credit_note(), settings)):
            (issue,) = refused(answer).issues
            assert (issue.code, issue.rule, "'513'" in issue.reason) == ("item_not_taxable", "LG-TAX", True)
        made(synced(invoice(**{**NO_CREDITS, "coupons_amount_cents": 0}), settings))

    def test_but_not_where_the_tax_is_not_overridden(self) -> None:
        document = made(synced(invoice(), evolve(UNTAXED, not_taxable=frozenset({"513"}))))
        assert codes(document) == ["tax_unmapped"]

    def test_what_netsuite_refuses_all_the_same_is_announced(self) -> None:
        answer = {"error": {"code": "USER_ERROR", "message": "The item is not taxable"}}
        event = provider_error(answer, lago_customer_id="cus-1", provider_code="us")
        assert (event.code, event.message) == ("USER_ERROR", "The item is not taxable")

    def test_nothing_to_say_where_there_is_no_tax(self) -> None:
        document = made(synced(invoice(**NO_CREDITS), UNTAXED))
        assert (document.tax, document.issues) == (None, ())


@pytest.mark.rule("LG-SUB")
class TestEntity:
    """The entity that bills chooses the layer, for items and tax alike."""

    @pytest.mark.parametrize("answer", [synced, credited], ids=["invoice", "credit note"])
    def test_own_mapping_first(self, answer: Any) -> None:
        payload = invoice if answer is synced else credit_note
        document = made(answer(payload(billing_entity_code="pinnacle_uk")))
        assert [(line.item, line.layer) for line in document.lines] == [
            ("701", Layer.ENTITY),
            ("713", Layer.ENTITY),
        ]
        assert document.tax is not None
        assert (document.tax.item, document.tax.layer) == (UK_TAX, Layer.ENTITY)


@pytest.mark.rule("LG-CUR")
class TestCurrency:
    """Amounts count Lago's subunits; an unmapped currency or a mixture is an error."""

    @pytest.mark.parametrize(
        ("currency", "rate", "total"),
        [
            *(("USD", "5.00", "12.00"), ("JPY", "500", "1200"), ("HUF", "500", "1200")),
            *(("KWD", "0.5", "1.200"), ("MRU", "100", "240.0")),
        ],
    )
    def test_subunits(self, currency: str, rate: str, total: str) -> None:
        sold = fee(amount_currency=currency, precise_unit_amount=rate)
        document = made(synced(invoice(currency=currency, fees=[sold])))
        assert (str(document.total), document.issues) == (total, ())
        assert amounts_of(document) == Amounts(fees=1250, coupons=250, taxes=200, total=1200)

    @pytest.mark.parametrize("currency", ["EUR", "MGA"])
    def test_no_mapping_no_document(self, currency: str) -> None:
        answer = refused(synced(invoice(currency=currency, fees=[fee(amount_currency=currency)])))
        assert repr(currency) in answer.issues[0].reason
        assert [issue.rule for issue in answer.issues] == ["LG-CUR"]

    def test_one_document_has_one_currency(self) -> None:
        answer = refused(synced(invoice(fees=[fee(amount_currency="GBP")])))
        assert codes(answer) == ["currency_mixed"]

    def test_an_amount_that_is_no_whole_number_of_units_does_not_come_back(self) -> None:
        document = evolve(made(synced(invoice())), total=Decimal("12.001"))
        with pytest.raises(InputError, match="subunit"):
            amounts_of(document)


@pytest.mark.rule("LG-CN")
class TestCreditNote:
    """A credit note becomes a credit memo: a line for each fee given back, its coupon as a negative line."""

    def test_whole(self) -> None:
        document = made(credited(credit_note()))
        assert (document.kind, document.number) == (DocumentKind.CREDIT_MEMO, "PIN-8C11-001-CN1")
        assert [
            (line.role, line.source, line.item, str(line.quantity), str(line.rate), str(line.amount))
            for line in document.lines
        ] == [
            (LineRole.FEE, "item-1", "501", "1", "5.00", "5.00"),
            (LineRole.COUPON, "", "513", "1", "-1.00", "-1.00"),
        ]
        assert document.tax == TaxOverride(item=TAX, layer=Layer.DEFAULT, amount=Decimal("0.80"))
        assert (document.total, document.issues) == (Decimal("4.80"), ())

    def test_unlinked(self) -> None:
        answer = refused(credited(credit_note(), customer=None))
        assert (answer.kind, answer.lago_id) == (DocumentKind.CREDIT_MEMO, "cn-1")
        assert [(issue.code, issue.rule) for issue in answer.issues] == [("customer_unlinked", "LG-CN")]

    def test_a_total_that_is_off(self) -> None:
        answer = refused(credited(credit_note(total_amount_cents=481)))
        assert (codes(answer), answer.difference) == (["total_differs"], Decimal("-0.01"))

    @given(credit_notes())
    def test_lines_and_tax_are_the_total_and_come_back(self, payload: dict[str, Any]) -> None:
        answer, subunits = credited(payload), SUBUNITS[payload["currency"]]
        if isinstance(answer, NotSynced):  # a coupon of less than half a subunit, and a total that is one off
            lines = len(payload["items"]) + bool(payload["coupons_adjustment_amount_cents"])
            assert codes(answer) == ["total_differs"]
            assert abs(answer.difference) * subunits > lines
            return
        document = made(answer)
        assert in_all(document) == document.total
        assert amounts_of(document) == read_credit_note(payload).amounts
        own = [line for line in document.lines if line.role is not LineRole.ROUNDING]
        rounding = sum([line.amount for line in document.lines if line.role is LineRole.ROUNDING], Decimal(0))
        assert abs(rounding) * subunits <= len(own)
        assert ("rounded_as_a_whole" in codes(document)) == bool(rounding)

    @given(credit_notes())
    def test_the_callers_decimal_context_does_not_matter(self, payload: dict[str, Any]) -> None:
        with decimal.localcontext(decimal.Context(prec=2, traps=[decimal.Inexact])):
            narrow = credited(payload)
        assert narrow == credited(payload)

    @given(credit_notes(), st.integers(-500, 500).filter(bool))
    def test_without_proof_the_difference_is_shown(self, payload: dict[str, Any], off: int) -> None:
        del payload["sub_total_excluding_taxes_amount_cents"]
        for item in payload["items"]:
            del item["precise_amount_cents"]
        note = read_credit_note(payload)
        total = note.amounts.net + note.amounts.taxes + off
        if total >= 0:
            answer = refused(credited({**payload, "total_amount_cents": total}))
            assert answer.difference * SUBUNITS[payload["currency"]] == -off


@pytest.mark.rule("LG-INV", "LG-CN")
class TestCarriedAlong:
    """Due date and description are carried; account code and service period are kept for the caller."""

    PERIOD: ClassVar[dict[str, str]] = {
        "from_date": "2026-06-01T00:00:00Z",
        "to_date": "2026-06-30T23:59:59Z",
    }

    def test_due_date(self) -> None:
        assert made(synced(invoice(payment_due_date="2026-07-30"))).due_on == date(2026, 7, 30)
        assert made(synced(invoice())).due_on is None

    @pytest.mark.parametrize("answer", [synced, credited], ids=["invoice", "credit note"])
    def test_description_account_and_period(self, answer: Any) -> None:
        sold = fee(**self.PERIOD)
        item = {"lago_id": "item-1", "amount_cents": 500, "amount_currency": "USD", "fee": sold}
        accounts = Mappings(default=DEFAULT, accounts={"501": "4000", "513": "4900"})
        payload = invoice(fees=[sold]) if answer is synced else credit_note(items=[item])
        first, coupon = made(answer(payload, evolve(SETTINGS, mappings=accounts))).lines
        assert (first.description, coupon.description) == ("API calls", "")
        assert first.extra == {"account_code": "4000", "period_from": "2026-06-01", "period_to": "2026-06-30"}
        assert coupon.extra == {"account_code": "4900"}

    @pytest.mark.parametrize(
        ("name", "note", "description"),
        [("API calls", "June", "API calls"), (None, "June", "June"), ("", None, ""), (None, None, "")],
    )
    def test_the_name_is_the_description(self, name: Any, note: Any, description: str) -> None:
        sold = fee(item={"type": "charge", "code": "api_calls", "name": name}, description=note)
        assert made(synced(invoice(fees=[sold]))).lines[0].description == description

    @pytest.mark.parametrize("day", [None, 7, "", "June", "2026-13-01T00:00:00Z"], ids=repr)
    def test_a_period_that_is_none_refuses_nothing(self, day: Any) -> None:
        assert made(synced(invoice(fees=[fee(from_date=day)]))).lines[0].extra == {}

    def test_a_document_can_be_a_key(self) -> None:
        document = made(synced(invoice(fees=[fee(**self.PERIOD)])))
        assert {document: 1}[made(synced(invoice(fees=[fee(**self.PERIOD)])))] == 1


@pytest.mark.rule("LG-SYNC")
class TestSwitches:
    """What is switched off is left out with a note, whatever else there is to say about it."""

    @pytest.mark.parametrize("on", ["invoices", "credit_notes"])
    def test_each_alone(self, on: str) -> None:
        settings = evolve(SETTINGS, syncs=Syncs(**{on: True}))
        answers = {"invoices": synced(invoice(), settings), "credit_notes": credited(credit_note(), settings)}
        made(answers.pop(on))
        ((off, answer),) = answers.items()
        assert [(issue.code, issue.field, issue.severity) for issue in refused(answer).issues] == [
            ("sync_off", f"syncs.{off}", Severity.NOTE)
        ]
