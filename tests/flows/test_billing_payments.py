"""Payments of both sides are set against each other: each counts once, and nothing is guessed."""

import pickle
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.flows.lago.billing import (
    Currency,
    CustomerPayment,
    DocumentKind,
    InvoiceTie,
    NetSuitePayment,
    PaidState,
    Payment,
    Settlement,
    Syncs,
    credit_memo,
    invoice_document,
    read_credit_note,
    read_invoice,
    settle,
    tie,
)
from custsync.models import Severity
from tests.flows.billed import SETTINGS, codes, credit_note, invoice, made

USD = Currency(code="USD", id="1", subunits=100)
INVOICE = InvoiceTie(
    lago_id="inv-1", netsuite_id="8801", customer="2042", currency=USD, total=Decimal("10.00")
)


def own(id: str = "pay-1", cents: int = 400, **changed: Any) -> Payment:
    values = {"invoices": ("inv-1",), "currency": "USD", "status": "succeeded", **changed}
    return Payment(lago_id=id, amount_cents=cents, **values)


def theirs(id: str = "9901", amount: str = "4.00", **changed: Any) -> NetSuitePayment:
    return NetSuitePayment(id=id, amount=Decimal(amount), **{"invoice": "8801", "currency": "1", **changed})


def settled(lago: list[Payment], netsuite: list[NetSuitePayment], bill: InvoiceTie = INVOICE) -> Settlement:
    answer = settle(bill, lago=lago, netsuite=netsuite, settings=SETTINGS)
    assert isinstance(answer, Settlement)
    return answer


def carried(settlement: Settlement) -> tuple[list[str], list[str]]:
    return (
        [payment.lago_id for payment in settlement.to_netsuite],
        [payment.id for payment in settlement.to_lago],
    )


@pytest.mark.rule("LG-PAY")
class TestBothWays:
    """Payments of a tied invoice go to NetSuite; payments made there come back."""

    def test_to_netsuite(self) -> None:
        settlement = settled([own()], [])
        assert settlement.to_netsuite == (
            CustomerPayment(
                lago_id="pay-1", customer="2042", invoice="8801", currency="1", amount=Decimal("4.00")
            ),
        )
        assert (settlement.to_lago, settlement.matched, settlement.issues) == ((), (), ())
        assert pickle.loads(pickle.dumps(settlement)) == settlement  # noqa: S301

    def test_nothing_to_carry(self) -> None:
        settlement = settled([], [])
        assert (str(settlement.paid), str(settlement.due), settlement.issues) == ("0.00", "10.00", ())

    def test_to_lago(self) -> None:
        settlement = settled([], [theirs()])
        assert (settlement.to_lago, settlement.to_netsuite) == ((theirs(),), ())

    @pytest.mark.parametrize(
        ("paid", "due", "state"),
        [
            ([], "10.00", PaidState.UNPAID),
            ([400], "6.00", PaidState.PARTLY_PAID),
            ([400, 599], "0.01", PaidState.PARTLY_PAID),
            ([400, 600], "0.00", PaidState.PAID),
        ],
    )
    def test_partial_payments(self, paid: list[int], due: str, state: PaidState) -> None:
        settlement = settled([own(f"pay-{at}", cents) for at, cents in enumerate(paid)], [])
        assert (str(settlement.due), settlement.state) == (due, state)
        assert len(settlement.to_netsuite) == len(paid)
        assert settlement.issues == ()

    @pytest.mark.parametrize("netsuite_id", ["", " "])
    def test_an_untied_invoice(self, netsuite_id: str) -> None:
        untied = evolve(INVOICE, netsuite_id=netsuite_id)
        answer = settle(untied, lago=[own()], netsuite=[], settings=SETTINGS)
        assert not isinstance(answer, Settlement)
        assert (answer.kind, answer.lago_id) == (DocumentKind.CUSTOMER_PAYMENT, "inv-1")
        assert codes(answer) == ["invoice_untied"]

    def test_payments_of_other_invoices_are_not_looked_at(self) -> None:
        settlement = settled([own(invoices=("inv-2",))], [theirs(invoice="8802")])
        assert (carried(settlement), settlement.paid, settlement.issues) == (([], []), Decimal(0), ())

    @pytest.mark.parametrize("status", ["pending", "processing", "failed"])
    def test_only_what_succeeded(self, status: str) -> None:
        settlement = settled([own(status=status)], [])
        assert (carried(settlement), settlement.state) == (([], []), PaidState.UNPAID)
        assert [(issue.code, issue.severity) for issue in settlement.issues] == [
            ("not_succeeded", Severity.NOTE)
        ]

    def test_a_tie_is_made_of_an_invoice(self) -> None:
        document = made(invoice_document(read_invoice(invoice()), customer="2042", settings=SETTINGS))
        assert tie(document, "8801") == evolve(INVOICE, total=Decimal("12.00"))

    def test_a_tie_is_made_of_nothing_else(self) -> None:
        memo = made(credit_memo(read_credit_note(credit_note()), customer="2042", settings=SETTINGS))
        with pytest.raises(InputError, match="invoice"):
            tie(memo, "8801")

    @pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
    def test_a_payment_is_more_than_nothing(self, amount: str) -> None:
        with pytest.raises(InputError, match="amount"):
            theirs(amount=amount)


@pytest.mark.rule("LG-PAY")
class TestOnce:
    """A payment that both sides have counts once, and is carried over no more."""

    @pytest.mark.parametrize(
        ("lago", "netsuite"),
        [
            (own(), theirs(lago_id="pay-1")),
            (own(netsuite_id="9901"), theirs()),
            (own(netsuite_id="9901"), theirs(lago_id="pay-1")),
        ],
        ids=["NetSuite says so", "Lago says so", "both say so"],
    )
    def test_linked(self, lago: Payment, netsuite: NetSuitePayment) -> None:
        settlement = settled([lago], [netsuite])
        assert settlement.matched == (("pay-1", "9901"),)
        assert (carried(settlement), settlement.paid, settlement.issues) == (([], []), Decimal("4.00"), ())

    def test_given_twice_alike(self) -> None:
        settlement = settled([own(), own()], [theirs(amount="1.00"), theirs(amount="1.0")])
        assert (carried(settlement), settlement.paid) == ((["pay-1"], ["9901"]), Decimal("5.00"))

    def test_a_round_trip_ends(self) -> None:
        first = settled([own()], [theirs("9902", "1.00")])
        back = [theirs("9903", str(sent.amount), lago_id=sent.lago_id) for sent in first.to_netsuite]
        kept = [own("pay-2", 100, netsuite_id=found.id) for found in first.to_lago]
        again = settled([own(), *kept], [theirs("9902", "1.00"), *back])
        assert again.matched == (("pay-1", "9903"), ("pay-2", "9902"))
        assert (carried(again), again.paid, again.issues) == (([], []), first.paid, ())

    def test_equal_amounts_prove_nothing_and_are_held(self) -> None:
        settlement = settled([own(), own("pay-2", 100)], [theirs(), theirs("9902", "2.00")])
        assert carried(settlement) == (["pay-2"], ["9902"])
        assert [(issue.code, issue.severity) for issue in settlement.issues] == [
            ("payment_doubtful", Severity.WARNING)
        ]
        assert settlement.paid == Decimal("7.00")

    def test_of_equal_amounts_the_larger_number_counts(self) -> None:
        settlement = settled([own("a"), own("b")], [theirs()])
        assert (carried(settlement), settlement.paid) == (([], []), Decimal("8.00"))

    @pytest.mark.parametrize(
        ("lago", "netsuite", "paid"),
        [([], [theirs(lago_id="pay-9")], "4.00"), ([own(netsuite_id="9999")], [], "4.00")],
        ids=["Lago's is missing", "NetSuite's is missing"],
    )
    def test_one_that_is_out_of_sight(
        self, lago: list[Payment], netsuite: list[NetSuitePayment], paid: str
    ) -> None:
        settlement = settled(lago, netsuite)
        assert (carried(settlement), settlement.matched, str(settlement.paid)) == (([], []), (), paid)
        assert [(issue.code, issue.severity) for issue in settlement.issues] == [
            ("payment_missing", Severity.WARNING)
        ]

    def test_linked_but_not_succeeded(self) -> None:
        settlement = settled([own(status="failed")], [theirs(lago_id="pay-1")])
        assert [(issue.code, issue.severity) for issue in settlement.issues] == [
            ("not_succeeded", Severity.WARNING)
        ]
        assert settlement.paid == Decimal("4.00")

    @given(
        st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["lago", "netsuite", "both"])), max_size=8),
        st.randoms(use_true_random=False),
    )
    def test_each_counts_once_in_any_order(self, payments: list[tuple[int, str]], chance: Any) -> None:
        lago = [own(f"p{at}", 10**at * n) for at, (n, side) in enumerate(payments) if side != "netsuite"]
        netsuite = [
            theirs(f"n{at}", str(Decimal(10**at * n).scaleb(-2)), lago_id=f"p{at}" if side == "both" else "")
            for at, (n, side) in enumerate(payments)
            if side != "lago"
        ]
        bill = evolve(INVOICE, total=Decimal(10**9))
        settlement = settled(lago, netsuite, bill)
        assert settlement.paid == sum(Decimal(10**at * n) for at, (n, _) in enumerate(payments)) / 100
        assert settlement.paid + settlement.due == bill.total
        assert len(settlement.matched) == [side for _, side in payments].count("both")
        assert len(settlement.to_netsuite) == [side for _, side in payments].count("lago")
        assert len(settlement.to_lago) == [side for _, side in payments].count("netsuite")
        assert all(one.lago_id < next_one.lago_id for one, next_one in pairwise(settlement.to_netsuite))
        chance.shuffle(lago)
        chance.shuffle(netsuite)
        assert settled(lago, netsuite, bill) == settlement


@pytest.mark.rule("LG-PAY")
class TestErrors:
    """Where anything is in error, too much paid included, nothing is carried over."""

    @pytest.mark.parametrize(
        ("lago", "netsuite", "code", "state"),
        [
            ([own(cents=1001)], [], "overpaid", PaidState.OVERPAID),
            ([], [theirs(amount="10.01")], "overpaid", PaidState.OVERPAID),
            ([own(cents=600)], [theirs(amount="4.01")], "overpaid", PaidState.OVERPAID),
            ([own(currency="GBP")], [], "payment_currency", PaidState.PARTLY_PAID),
            ([], [theirs(currency="2")], "payment_currency", PaidState.PARTLY_PAID),
            ([own(invoices=("inv-1", "inv-2"))], [], "several_invoices", PaidState.PARTLY_PAID),
            ([own(), own(cents=100)], [], "payment_conflict", PaidState.PARTLY_PAID),
            ([], [theirs(), theirs(amount="1.00")], "payment_conflict", PaidState.PARTLY_PAID),
            ([own()], [theirs(amount="3.99", lago_id="pay-1")], "amounts_differ", PaidState.PARTLY_PAID),
            (
                [own()],
                [theirs(lago_id="pay-1"), theirs("9902", lago_id="pay-1")],
                "payment_doubled",
                PaidState.PARTLY_PAID,
            ),
            (
                [own(), own("pay-2", netsuite_id="9901")],
                [theirs(lago_id="pay-1")],
                "payment_doubled",
                PaidState.PARTLY_PAID,
            ),
        ],
    )
    def test_nothing_is_carried_over(
        self, lago: list[Payment], netsuite: list[NetSuitePayment], code: str, state: PaidState
    ) -> None:
        settlement = settled([*lago, own("pay-9", 1)], [*netsuite, theirs("9999", "0.02")])
        assert carried(settlement) == ([], [])
        assert [issue.code for issue in settlement.issues if issue.severity is Severity.ERROR] == [code]
        assert settlement.state is state

    def test_the_difference_is_named(self) -> None:
        settlement = settled([own(cents=1001)], [])
        assert settlement.due == Decimal("-0.01")
        assert "0.01 USD" in settlement.issues[0].reason

    def test_a_cent_more_is_no_more_than_the_total_where_it_is_the_total(self) -> None:
        assert settled([own(cents=1000)], []).issues == ()


@pytest.mark.rule("LG-SYNC")
class TestSwitch:
    """Payments that are switched off are left out with a note."""

    def test_off(self) -> None:
        settings = evolve(SETTINGS, syncs=Syncs(invoices=True, credit_notes=True))
        answer = settle(INVOICE, lago=[own()], netsuite=[], settings=settings)
        assert not isinstance(answer, Settlement)
        assert [(issue.code, issue.severity) for issue in answer.issues] == [("sync_off", Severity.NOTE)]
