"""A credit note that Lago rounds as a whole gets a rounding line, where Lago's own amounts prove it."""

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from custsync.flows.lago.billing import LineRole, Mappings, amounts_of, credit_memo, read_credit_note
from custsync.models import Severity
from tests.flows.billed import DEFAULT, SETTINGS, codes, fee, in_all, made, refused


def item(at: int, cents: int, precise: Any = None, code: str = "api_calls") -> dict[str, Any]:
    """Return an item of a credit note."""
    return {
        "lago_id": f"item-{at}",
        "amount_cents": cents,
        "precise_amount_cents": precise,
        "amount_currency": "USD",
        "fee": fee(item={"type": "charge", "code": code}),
    }


def note(*items: dict[str, Any], total: int, coupons: int = 0, **changed: Any) -> dict[str, Any]:
    """Return a credit note without tax."""
    return {
        "lago_id": "cn-1",
        "lago_invoice_id": "inv-1",
        "number": "PIN-1-CN1",
        "currency": "USD",
        "coupons_adjustment_amount_cents": coupons,
        "taxes_amount_cents": 0,
        "total_amount_cents": total,
        "items": list(items),
        **changed,
    }


def credited(payload: dict[str, Any], settings: Any = SETTINGS) -> Any:
    return credit_memo(read_credit_note(payload), customer="2042", settings=settings)


SUBTOTAL = "sub_total_excluding_taxes_amount_cents"
HALF_A_COUPON = note(item(0, 333, "333.0"), coupons=34, total=300, **{SUBTOTAL: 300})
"""333 less 33.5, which Lago rounds to 34: 299 by its lines, 299.5 as a whole, which it rounds to 300."""


@pytest.mark.rule("LG-CN")
class TestRounding:
    """A rounding line of at most one subunit a line makes the sum, and is reported."""

    def test_half_a_coupon(self) -> None:
        document = made(credited(HALF_A_COUPON))
        assert [(line.role, line.source, line.item, str(line.amount)) for line in document.lines] == [
            (LineRole.FEE, "item-0", "501", "3.33"),
            (LineRole.COUPON, "", "513", "-0.34"),
            (LineRole.ROUNDING, "", "501", "0.01"),
        ]
        assert in_all(document) == document.total == Decimal("3.00")
        assert [(issue.code, issue.severity) for issue in document.issues] == [
            ("rounded_as_a_whole", Severity.WARNING)
        ]
        assert "+0.01 USD" in document.issues[0].reason
        assert amounts_of(document) == read_credit_note(HALF_A_COUPON).amounts

    def test_downwards(self) -> None:
        payload = note(item(0, 11, "10.5"), item(1, 101, "100.5", "storage"), total=111, **{SUBTOTAL: 111})
        document = made(credited(payload))
        assert [(line.role, line.item, str(line.amount)) for line in document.lines[2:]] == [
            (LineRole.ROUNDING, "502", "-0.01")
        ]

    def test_with_tax(self) -> None:
        payload = {**HALF_A_COUPON, "taxes_amount_cents": 60, "total_amount_cents": 360}
        document = made(credited(payload))
        assert document.tax is not None
        assert (in_all(document), document.tax.amount) == (Decimal("3.60"), Decimal("0.60"))

    def test_without_a_tax_item(self) -> None:
        payload = {**HALF_A_COUPON, "taxes_amount_cents": 60, "total_amount_cents": 360}
        settings = evolve(SETTINGS, mappings=Mappings(default=evolve(DEFAULT, tax=None)))
        document = made(credited(payload, settings))
        assert (in_all(document), document.total) == (Decimal("3.00"), Decimal("3.00"))

    @pytest.mark.parametrize("total", [301, 299])
    def test_a_total_that_lago_takes_one_subunit_off(self, total: int) -> None:
        document = made(credited({**HALF_A_COUPON, "total_amount_cents": total}))
        assert in_all(document) == document.total == Decimal(total) / 100

    def test_the_line_has_an_account_code_and_no_period(self) -> None:
        settings = evolve(SETTINGS, mappings=Mappings(default=DEFAULT, accounts={"501": "4000"}))
        payload = {**HALF_A_COUPON, "items": [{**item(0, 333), "fee": fee(from_date="2026-06-01T00:00:00Z")}]}
        lines = made(credited(payload, settings)).lines
        assert [dict(line.extra) for line in lines] == [
            {"account_code": "4000", "period_from": "2026-06-01"},
            {},
            {"account_code": "4000"},
        ]


PROVEN = [
    pytest.param(HALF_A_COUPON, id="both"),
    pytest.param({**HALF_A_COUPON, "items": [item(0, 333)]}, id="the subtotal alone"),
    pytest.param({**HALF_A_COUPON, SUBTOTAL: None}, id="the precise amounts alone"),
    pytest.param({**HALF_A_COUPON, "items": [item(0, 333, 333.0)]}, id="a precise amount as a number"),
    pytest.param({**HALF_A_COUPON, "items": [item(0, 333, "?")]}, id="a precise amount that is none"),
    pytest.param(
        note(item(0, 5, "4.5"), item(1, 5), total=9, **{SUBTOTAL: 9}), id="one precise amount is missing"
    ),
]
PROVEN += [
    pytest.param(note(item(0, 2, "1.50001"), total=1, **{SUBTOTAL: 1}), id="a coupon rounded to nothing")
]
UNPROVEN = [
    pytest.param({**HALF_A_COUPON, "items": [item(0, 333)], SUBTOTAL: None}, "-0.01", id="nothing is stated"),
    pytest.param({**HALF_A_COUPON, SUBTOTAL: 302}, "-0.01", id="another subtotal"),
    pytest.param({**HALF_A_COUPON, SUBTOTAL: 298}, "-0.01", id="another subtotal, below"),
    pytest.param({**HALF_A_COUPON, "items": [item(0, 333, "333.6")]}, "-0.01", id="another precise amount"),
    pytest.param({**HALF_A_COUPON, "total_amount_cents": 302, SUBTOTAL: 302}, "-0.03", id="more than lines"),
    pytest.param(
        note(item(0, 10, "10"), item(1, 10, "10"), total=21, **{SUBTOTAL: 21}),
        "-0.01",
        id="an item is missing",
    ),
    pytest.param(
        note(*[item(at, 10, "10.4") for at in range(3)], coupons=5, total=29), "-0.04", id="beyond its lines"
    ),
    pytest.param(
        note(*[item(at, 10, "10") for at in range(5)], total=53), "-0.03", id="beyond what rounding can do"
    ),
    pytest.param(
        note(item(0, 2, "1.5"), total=0, **{SUBTOTAL: 0}), "0.02", id="a coupon of half a subunit at most"
    ),
    pytest.param(note(item(0, 10), item(1, 10, "10"), total=21), "-0.01", id="half of it is stated"),
    pytest.param(
        note(total=0, coupons=0, **{SUBTOTAL: 1}, taxes_amount_cents=1), "0.01", id="no line at all"
    ),
]


@pytest.mark.rule("LG-CN")
class TestProof:
    """Lago's subtotal or its precise amounts prove the rounding; without proof it is an error."""

    @pytest.mark.parametrize("payload", PROVEN)
    def test_proven(self, payload: dict[str, Any]) -> None:
        document = made(credited(payload))
        assert in_all(document) == document.total
        assert codes(document) == ["rounded_as_a_whole"]

    @pytest.mark.parametrize(("payload", "difference"), UNPROVEN)
    def test_unproven(self, payload: dict[str, Any], difference: str) -> None:
        answer = refused(credited(payload))
        assert codes(answer) == ["total_differs"]
        assert str(answer.difference) == difference
        assert f"{answer.difference:+f} USD" in answer.issues[0].reason

    def test_a_subtotal_that_is_none(self) -> None:
        with pytest.raises(Exception, match="shape"):
            read_credit_note({**HALF_A_COUPON, SUBTOTAL: "300"})

    def test_what_adds_up_needs_no_proof(self) -> None:
        assert made(credited(note(item(0, 10, "10.4"), total=10))).issues == ()
