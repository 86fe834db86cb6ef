"""Bills as Lago comes to them: its own arithmetic, its own rounding, and payloads as it sends them."""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from hypothesis import strategies as st

SUBUNITS: Final = {"USD": 100, "GBP": 100, "JPY": 1, "HUF": 1, "KWD": 1000, "MRU": 5}
_EXACT: Final = Context(prec=100)
_FREE: Final = st.sampled_from([Decimal(0), Decimal(90), Decimal("0.5")])
_TAX_RATES: Final = st.sampled_from([Decimal(0), Decimal("5.5"), Decimal(20)])

ITEMS: Final = [
    {"type": "charge", "code": "api_calls", "name": "API calls"},
    {"type": "charge", "code": "storage", "name": "Storage"},
    {"type": "add_on", "code": "setup", "name": "Setup"},
    {"type": "fixed_charge", "code": "setup", "name": "Setup, monthly"},
    {"type": "subscription", "code": "basic", "name": "Basic"},
    {"type": "commitment", "code": "basic", "name": "Basic"},
    {"type": "credit", "code": "credit", "name": "credit"},
    {"type": "product", "code": "new", "name": None},
]

units = st.decimals(0, 10**6, allow_nan=False, allow_infinity=False, places=6)
rates = st.decimals(0, 10**4, allow_nan=False, allow_infinity=False, places=10)


def rounded(number: Decimal) -> int:
    """Return the number as Lago rounds it: halves away from zero."""
    return int(number.quantize(Decimal(1), ROUND_HALF_UP, context=_EXACT))


@st.composite
def fees(draw: st.DrawFn, at: int, currency: str) -> dict[str, Any]:
    """Draw a fee: units at a unit amount, some of them free, or an amount whose unit amount is a mean."""
    subunits, sold = SUBUNITS[currency], draw(units)
    if draw(st.booleans()):
        free = min(sold, draw(_FREE))
        rate = draw(rates)
        amount = rounded(_EXACT.multiply(_EXACT.multiply(sold - free, rate), Decimal(subunits)))
        details = {"free_units": str(free), "paid_units": str(sold - free)} if free else {}
    else:
        amount = draw(st.integers(0, 10**9))
        details = {}
        price = _EXACT.divide(Decimal(amount), Decimal(subunits))
        rate = _EXACT.divide(price, sold).quantize(Decimal("1e-15"), context=_EXACT) if sold else Decimal(0)
    return {
        "lago_id": draw(st.sampled_from([None, f"fee-{at}"])),
        "item": draw(st.sampled_from(ITEMS)),
        "units": f"{sold:f}",
        "precise_unit_amount": f"{rate:f}",
        "amount_cents": amount,
        "amount_currency": currency,
        "amount_details": details,
        "from_date": draw(st.sampled_from([None, "2026-06-01T00:00:00Z"])),
        "to_date": "2026-06-30T23:59:59Z",
    }


@st.composite
def invoices(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a finalized invoice with its fees; coupons and credits pay what they can."""
    currency = draw(st.sampled_from(sorted(SUBUNITS)))
    billed = [draw(fees(at, currency)) for at in range(draw(st.integers(1, 5)))]
    together = sum(fee["amount_cents"] for fee in billed)
    left = together
    taken: dict[str, int] = {}
    for name in ("progressive_billing_credit", "coupons"):
        taken[f"{name}_amount_cents"] = draw(st.integers(0, left))
        left -= taken[f"{name}_amount_cents"]
    taxes = rounded(left * draw(_TAX_RATES) / 100)
    left += taxes
    for name in ("credit_notes", "prepaid_credit"):
        taken[f"{name}_amount_cents"] = draw(st.integers(0, left))
        left -= taken[f"{name}_amount_cents"]
    return {
        "lago_id": "inv-1",
        "number": "PIN-1",
        "status": "finalized",
        "currency": currency,
        "billing_entity_code": draw(st.sampled_from([None, "pinnacle_uk", "pinnacle_us"])),
        "issuing_date": "2026-06-30",
        "payment_due_date": "2026-07-30",
        "fees": billed,
        "fees_amount_cents": together,
        "taxes_amount_cents": taxes,
        "total_amount_cents": left,
        **taken,
    }


@st.composite
def credit_notes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a credit note: parts of fees with parts of a cent, the coupons on them, tax, each rounded apart.

    Lago takes a total that is one subunit off, moves it by one towards the sum, and gives the last note of
    an invoice the tax that the earlier ones were rounded by.
    """
    currency = draw(st.sampled_from(sorted(SUBUNITS)))
    given: list[tuple[dict[str, Any], Decimal]] = []
    coupons = taxes = Decimal(0)
    for at in range(draw(st.integers(1, 4))):
        fee = draw(fees(at, currency))
        part = Decimal(draw(st.integers(0, 10**5 * fee["amount_cents"]))).scaleb(-5, _EXACT)
        part = draw(st.sampled_from([part, Decimal(rounded(part))]))
        coupon = part * draw(st.sampled_from([0, 0, 0, 1, 2, 3, 7])) / 10
        coupons += coupon
        taxes += (part - coupon) * draw(_TAX_RATES) / 100
        given.append((fee, part))
    taxes = max(Decimal(0), taxes + draw(st.decimals(-1, 1, allow_nan=False, places=5)))
    precise = sum((part for _, part in given), Decimal(0))
    subtotal = rounded(precise - coupons)
    total = max(0, rounded(precise - coupons + taxes) + draw(st.integers(-1, 1)))
    off = total - rounded(taxes) - subtotal
    return {
        "lago_id": "cn-1",
        "lago_invoice_id": "inv-1",
        "number": "PIN-1-CN1",
        "currency": currency,
        "coupons_adjustment_amount_cents": rounded(coupons),
        "taxes_amount_cents": rounded(taxes),
        "sub_total_excluding_taxes_amount_cents": subtotal,
        "total_amount_cents": max(0, total - (off > 0) + (off < 0)),
        "items": [
            {
                "lago_id": f"item-{at}",
                "amount_cents": rounded(part),
                "precise_amount_cents": f"{part:f}",
                "amount_currency": currency,
                "fee": fee,
            }
            for at, (fee, part) in enumerate(given)
        ],
    }
