"""Numbers on their way: Lago's subunits against its unit amounts, and what NetSuite takes of them."""

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.flows.lago.billing import (
    Currency,
    InvoiceTie,
    NetSuitePayment,
    NotSynced,
    Payment,
    Settlement,
    credit_memo,
    invoice_document,
    read_credit_note,
    read_invoice,
    read_payment,
    settle,
)
from custsync.flows.lago.billing.amounts import COARSE, LONGEST_IN_NETSUITE, MOST_DECIMALS, fitted
from custsync.models import Severity
from tests.flows.billed import SETTINGS, codes, credit_note, fee, invoice, made, payment, refused

AS_ISO = evolve(SETTINGS, subunits={"HUF": 100})
NO_TAX = {"coupons_amount_cents": 0, "taxes_amount_cents": 0}


def billed(currency: str = "HUF", cents: int = 1250, *, settings: Any = SETTINGS, **sold: Any) -> Any:
    """Return what becomes of an invoice with one fee of that amount."""
    one = fee(amount_currency=currency, amount_cents=cents, **{"precise_unit_amount": "500", **sold})
    payload = invoice(
        currency=currency, fees=[one], fees_amount_cents=cents, total_amount_cents=cents, **NO_TAX
    )
    return invoice_document(read_invoice(payload), customer="2042", settings=settings)


def given_back(currency: str = "HUF", *, settings: Any = SETTINGS, **sold: Any) -> Any:
    """Return what becomes of a credit note that gives a part of a fee back."""
    one = fee(amount_currency=currency, **{"precise_unit_amount": "500", **sold})
    item = {"lago_id": "item-1", "amount_cents": 500, "amount_currency": currency, "fee": one}
    payload = credit_note(
        currency=currency,
        items=[item],
        coupons_adjustment_amount_cents=0,
        taxes_amount_cents=0,
        total_amount_cents=500,
    )
    return credit_memo(read_credit_note(payload), customer="2042", settings=settings)


@pytest.mark.rule("LG-CUR")
class TestSubunits:
    """An amount counts Lago's subunits; where the unit amount says another power of ten, it is an error."""

    def test_forints_are_whole(self) -> None:
        document = made(billed())
        assert (str(document.total), str(document.lines[0].amount), document.issues) == ("1250", "1250", ())
        assert str(made(given_back()).total) == "500"

    @pytest.mark.parametrize("answer", [billed, given_back], ids=["invoice", "credit note"])
    def test_a_contradiction_is_an_error(self, answer: Any) -> None:
        (issue,) = refused(answer(settings=AS_ISO)).issues
        assert (issue.code, issue.rule, issue.severity) == ("subunits_differ", "LG-CUR", Severity.ERROR)
        assert "100 times too small" in issue.reason

    @pytest.mark.parametrize(
        ("rate", "says"),
        [
            ("0.05", "100 times too large"),
            ("0.5", "10 times too large"),
            ("50", "10 times too small"),
            ("50000", "10000 times too small"),
        ],
    )
    @pytest.mark.parametrize("answer", [billed, given_back], ids=["invoice", "credit note"])
    def test_every_power(self, answer: Any, rate: str, says: str) -> None:
        (issue,) = refused(answer("USD", precise_unit_amount=rate)).issues
        assert says in issue.reason

    @pytest.mark.parametrize("rate", ["4.1", "49", "0.6", "500000"])
    def test_what_is_no_power_is_a_warning(self, rate: str) -> None:
        assert codes(made(billed("USD", precise_unit_amount=rate))) == ["amount_is_no_product"]
        assert codes(made(given_back("USD", precise_unit_amount=rate))) == []

    def test_units_that_are_free_contradict_nothing(self) -> None:
        free: dict[str, Any] = {
            "units": "25",
            "precise_unit_amount": "5.00",
            "amount_details": {"paid_units": "2.5"},
        }
        assert codes(made(billed("USD", **free))) == ["amount_is_no_product"]
        assert codes(made(given_back("USD", **free))) == []
        assert codes(refused(billed("USD", **{**free, "amount_details": {}}))) == ["subunits_differ"]

    @pytest.mark.parametrize("details", [None, [], {"paid_units": "many"}, {"paid_units": None}], ids=repr)
    def test_details_that_say_nothing(self, details: Any) -> None:
        assert made(billed("USD", precise_unit_amount="5", amount_details=details)).issues == ()

    def test_a_few_subunits_are_too_coarse_to_say(self) -> None:
        assert codes(made(billed("USD", COARSE - 1, units="1", precise_unit_amount="0.9"))) == [
            "amount_is_no_product"
        ]
        assert codes(refused(billed("USD", COARSE, units="1", precise_unit_amount="1"))) == [
            "subunits_differ"
        ]

    def test_a_fee_of_nothing(self) -> None:
        assert made(billed("USD", 0, units="0", precise_unit_amount="5")).issues == ()
        assert codes(made(billed("USD", 0, units="1", precise_unit_amount="5"))) == ["amount_is_no_product"]

    @pytest.mark.parametrize("missing", ["units", "precise_unit_amount", "amount_cents"])
    @pytest.mark.parametrize("value", [None, "?", [], 1e400], ids=repr)
    def test_the_fee_of_a_credit_note_may_say_nothing(self, missing: str, value: Any) -> None:
        assert made(given_back(settings=AS_ISO, **{missing: value})).issues == ()


@pytest.mark.rule("LG-PAY")
class TestPayments:
    """Payments count the same subunits: amounts a power of ten apart, or no whole number, are errors."""

    HUF = Currency(code="HUF", id="10", subunits=1)
    TIE = InvoiceTie(lago_id="inv-1", netsuite_id="8801", customer="2042", currency=HUF, total=Decimal(5000))

    def settled(self, lago: list[Payment], netsuite: list[NetSuitePayment], **changed: Any) -> Settlement:
        answer = settle(evolve(self.TIE, **changed), lago=lago, netsuite=netsuite, settings=SETTINGS)
        assert not isinstance(answer, NotSynced)
        return answer

    def own(self, cents: int = 1250) -> Payment:
        return read_payment(payment(amount_cents=cents, amount_currency="HUF"))

    def theirs(self, amount: str, lago_id: str = "") -> NetSuitePayment:
        return NetSuitePayment(
            id="9901", invoice="8801", amount=Decimal(amount), currency="10", lago_id=lago_id
        )

    def test_forints_are_whole(self) -> None:
        assert [str(one.amount) for one in self.settled([self.own()], []).to_netsuite] == ["1250"]

    @pytest.mark.parametrize(
        ("amount", "code"),
        [("12.50", "subunits_differ"), ("12500", "subunits_differ"), ("1249", "amounts_differ")],
    )
    def test_one_payment_with_two_amounts(self, amount: str, code: str) -> None:
        settlement = self.settled([self.own()], [self.theirs(amount, "pay-1")], total=Decimal(10**6))
        assert [issue.code for issue in settlement.issues] == [code]

    @pytest.mark.parametrize(("subunits", "amount"), [(1, "12.5"), (100, "12.505"), (5, "0.3")])
    def test_what_lago_cannot_count_does_not_go_back(self, subunits: int, amount: str) -> None:
        settlement = self.settled([], [self.theirs(amount)], currency=evolve(self.HUF, subunits=subunits))
        assert ([issue.code for issue in settlement.issues], settlement.to_lago) == (["amount_not_whole"], ())

    @pytest.mark.parametrize(("subunits", "amount"), [(1, "12.0"), (100, "12.5"), (5, "0.4")])
    def test_what_it_can(self, subunits: int, amount: str) -> None:
        settlement = self.settled([], [self.theirs(amount)], currency=evolve(self.HUF, subunits=subunits))
        assert (settlement.issues, len(settlement.to_lago)) == ((), 1)

    def test_an_amount_that_netsuite_does_not_take(self) -> None:
        settlement = self.settled([self.own(10**15)], [], total=Decimal(10**16))
        assert ([issue.code for issue in settlement.issues], settlement.to_netsuite) == (
            ["amount_too_long"],
            (),
        )


@pytest.mark.rule("G-LOSS")
class TestNetSuiteLimits:
    """Quantity and rate have 15 characters and 8 decimals at most; what does not fit is rounded, and told."""

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            *(("2.5", "2.5"), ("0.12345678", "0.12345678"), ("123456.12345678", "123456.12345678")),
            *(("0.123456785", "0.12345679"), ("-0.123456785", "-0.12345679"), ("1e-20", "0.00000000")),
            *(("1234567.12345678", "1234567.1234568"), ("99999999999999.9", "100000000000000")),
            *(("999999.999999999", "1000000.0000000"), ("5.000000000", "5.00000000")),
            *(("999999999999999", "999999999999999"), ("999999999999999.9", None), ("-1e15", None)),
        ],
    )
    def test_fitted(self, given: str, kept: str | None) -> None:
        found = fitted(Decimal(given))
        assert (None if found is None else f"{found:f}") == kept

    @given(st.decimals(-(10**20), 10**20, allow_nan=False, places=15))
    def test_what_is_fitted_fits(self, number: Decimal) -> None:
        kept = fitted(number)
        if kept is None:
            assert abs(number) >= 10 ** (LONGEST_IN_NETSUITE - 1) - 1
        else:
            text = f"{kept:f}"
            assert len(text) <= LONGEST_IN_NETSUITE
            assert len(text.partition(".")[2]) <= MOST_DECIMALS
            assert fitted(kept) == kept

    def test_rounded_and_told(self) -> None:
        document = made(billed("USD", units="3", precise_unit_amount="4.16666666666"))
        assert [str(document.lines[0].rate), str(document.lines[0].amount)] == ["4.16666667", "12.50"]
        assert [(issue.code, issue.field, issue.severity) for issue in document.issues] == [
            ("number_rounded", "rate", Severity.WARNING)
        ]

    def test_zeros_at_the_end_are_no_digits(self) -> None:
        assert made(billed("USD", units="2.500000000000000", precise_unit_amount="5")).issues == ()

    @pytest.mark.parametrize(
        ("units", "rate"),
        [
            *(
                ("10000000000", "0.00000000125"),
                ("1e20", "1.25e-19"),
                ("-1e10", "-1.25e-9"),
                ("1e-15", "1.25e16"),
            ),
            *(("5000000000", "0.0000000025"), ("0.000000001", "12500000000"), ("-1e-9", "-1.25e10")),
        ],
    )
    def test_what_is_too_large_or_rounds_to_zero_is_sold_as_one(self, units: str, rate: str) -> None:
        document = made(billed("USD", units=units, precise_unit_amount=rate))
        line = document.lines[0]
        assert [str(number) for number in (line.quantity, line.rate, line.amount)] == ["1", "12.50", "12.50"]
        assert codes(document) == ["sold_as_one"]

    def test_right_below_it_is_not(self) -> None:
        for cents, units, rate in ((9_999_999_999, "9999999999", "0.01"), (1250, "0.00000001", "1250000000")):
            document = made(billed("USD", cents, units=units, precise_unit_amount=rate))
            assert document.lines[0].quantity == Decimal(units)

    def test_an_amount_that_does_not_fit_is_refused(self) -> None:
        sold = {"units": "1", "precise_unit_amount": "9999999999999.99"}
        assert codes(refused(billed("USD", 999_999_999_999_999, **sold))) == [
            "amount_too_long",
            "number_rounded",
        ]
        made(billed("USD", 99_999_999_999_999, units="1", precise_unit_amount="999999999999.99"))

    def test_nor_does_a_tax(self) -> None:
        payload = invoice(taxes_amount_cents=10**15 + 1, total_amount_cents=10**15 + 1001)
        answer = refused(invoice_document(read_invoice(payload), customer="2042", settings=SETTINGS))
        assert [(issue.code, issue.field) for issue in answer.issues] == [("amount_too_long", "taxes")]
