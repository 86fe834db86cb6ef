"""Lago's invoices, credit notes and payments are read strictly, and everything wrong is told at once."""

import json
import pickle
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import InputError, PayloadError
from custsync.flows.lago.billing import Amounts, Fee, Payment, read_credit_note, read_invoice, read_payment
from tests.flows.billed import credit_note, fee, invoice, payment

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
READERS = (read_invoice, read_credit_note, read_payment)


def wrong(read: Callable[[Any], Any], payload: Any) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(payload)
    return [(issue.field, issue.code) for issue in caught.value.issues]


@pytest.mark.rule("LG-INV")
class TestInvoice:
    """An invoice is read with its fees, its amounts in smallest units, its numbers exact."""

    def test_whole(self) -> None:
        read = read_invoice(invoice())
        assert (read.lago_id, read.number, read.entity) == ("inv-1", "PIN-8C11-001", "pinnacle_us")
        assert read.issued_on == date(2026, 6, 30)
        assert read.amounts == Amounts(fees=1250, coupons=250, taxes=200, total=1200)
        assert read.fees == (
            Fee(
                lago_id="fee-1",
                type="charge",
                code="api_calls",
                units=Decimal("2.5"),
                precise_unit_amount=Decimal("5.00"),
                amount_cents=1250,
                currency="USD",
                description="API calls",
            ),
        )
        assert pickle.loads(pickle.dumps(read)) == read  # noqa: S301

    def test_envelopes_read_alike(self) -> None:
        assert read_invoice({"webhook_type": "invoice.created", "invoice": invoice()}) == read_invoice(
            invoice()
        )

    def test_what_may_be_missing(self) -> None:
        less = invoice(number=None, coupons_amount_cents=None, issuing_date=None, currency="usd")
        for key in ("billing_entity_code", "prepaid_credit_amount_cents", "credit_notes_amount_cents"):
            del less[key]
        read = read_invoice(less)
        assert (read.number, read.entity, read.issued_on, read.currency) == ("", "", None, "USD")
        assert read.amounts.coupons == read.amounts.prepaid_credits == read.amounts.credit_notes == 0

    @pytest.mark.parametrize(
        ("given", "exact"),
        [("0.000000000000012", "0.000000000000012"), ("5.00", "5.00"), (7, "7"), (Decimal("1.10"), "1.10")],
    )
    def test_numbers_are_exactly_as_given(self, given: Any, exact: str) -> None:
        read = read_invoice(invoice(fees=[fee(precise_unit_amount=given)]))
        assert f"{read.fees[0].precise_unit_amount:f}" == exact

    @pytest.mark.parametrize(
        "given",
        [
            *(1.5, None, True, [], 10**18, Decimal("NaN"), Decimal("1e99")),
            *("NaN", "Infinity", "1_0", " 1", "", "1e99", "1" * 41, "1e", "1-"),
        ],
        ids=repr,
    )
    def test_numbers_refused(self, given: Any) -> None:
        assert wrong(read_invoice, invoice(fees=[fee(units=given)])) == [("fees[0].units", "not_a_number")]

    @pytest.mark.parametrize(
        ("key", "value", "code"),
        [
            ("lago_id", "", "not_an_id"),
            ("lago_id", 7, "not_an_id"),
            ("lago_id", "x" * 256, "not_an_id"),
            ("number", 7, "not_text"),
            ("status", None, "not_an_id"),
            ("billing_entity_code", "a\nb", "not_an_id"),
            ("currency", "US", "not_a_currency"),
            ("currency", "U5D", "not_a_currency"),
            ("currency", "éur", "not_a_currency"),
            ("currency", None, "not_a_currency"),
            ("issuing_date", "2026-13-01", "not_a_day"),
            ("issuing_date", "20260630", "not_a_day"),
            ("issuing_date", 7, "not_a_day"),
            ("total_amount_cents", 12.0, "not_an_amount"),
            ("total_amount_cents", "12", "not_an_amount"),
            ("total_amount_cents", True, "not_an_amount"),
            ("total_amount_cents", 10**18, "not_an_amount"),
            ("total_amount_cents", -1, "negative_amount"),
            ("coupons_amount_cents", -1, "negative_amount"),
            ("fees", None, "not_a_list"),
        ],
        ids=repr,
    )
    def test_fields_refused(self, key: str, value: Any, code: str) -> None:
        assert wrong(read_invoice, invoice(**{key: value})) == [(key, code)]

    def test_every_issue_at_once_with_its_path_and_without_its_value(self) -> None:
        bad = {
            "invoice": invoice(currency="Ann", taxes_amount_cents="x", fees=[fee(), fee(item=[], units="?")])
        }
        bad["invoice"]["currency"] = "Anna"
        assert wrong(read_invoice, bad) == [
            ("invoice.currency", "not_a_currency"),
            ("invoice.taxes_amount_cents", "not_an_amount"),
            ("invoice.fees[1].item", "not_an_object"),
            ("invoice.fees[1].units", "not_a_number"),
        ]
        with pytest.raises(PayloadError) as caught:
            read_invoice(bad)
        assert "Anna" not in f"{caught.value!r}"

    def test_unknown_keys_are_harmless(self) -> None:
        assert read_invoice(invoice(brand_new={"deep": [[]]})) == read_invoice(invoice())

    def test_exact_through_json(self) -> None:
        text = json.dumps(invoice()).replace('"2.5"', "2.10")
        read = read_invoice(json.loads(text, parse_float=Decimal))
        assert str(read.fees[0].units) == "2.10"


@pytest.mark.rule("LG-CN")
class TestCreditNote:
    """A credit note is read with what it gives back, fee by fee."""

    def test_whole(self) -> None:
        read = read_credit_note({"credit_note": credit_note()})
        assert (read.invoice, read.number, read.issued_on) == ("inv-1", "PIN-8C11-001-CN1", date(2026, 7, 2))
        assert read.amounts == Amounts(fees=500, coupons=100, taxes=80, total=480)
        assert [(item.lago_id, item.type, item.code) for item in read.items] == [
            ("item-1", "charge", "api_calls")
        ]

    def test_wrong_items(self) -> None:
        item = {"lago_id": "item-1", "amount_cents": "5", "amount_currency": "USD", "fee": None}
        assert wrong(read_credit_note, credit_note(items=[item])) == [
            ("items[0].fee", "not_an_object"),
            ("items[0].amount_cents", "not_an_amount"),
        ]

    def test_items_beyond_all_amounts(self) -> None:
        item = {"amount_cents": 10**18 - 1, "amount_currency": "USD", "fee": fee()}
        items = [{"lago_id": "a", **item}, {"lago_id": "b", **item}]
        assert wrong(read_credit_note, credit_note(items=items)) == [("items", "not_an_amount")]


@pytest.mark.rule("LG-PAY")
class TestPayment:
    """A payment is read with its invoices and its amount, which is more than nothing."""

    def test_whole(self) -> None:
        read = read_payment({"payment": payment()}, netsuite_id="9901")
        assert read == Payment(
            lago_id="pay-1",
            invoices=("inv-1",),
            amount_cents=400,
            currency="USD",
            status="succeeded",
            netsuite_id="9901",
        )

    @pytest.mark.parametrize(
        ("key", "value", "code"),
        [
            ("amount_cents", 0, "no_amount"),
            ("amount_cents", -400, "negative_amount"),
            ("invoice_ids", "inv-1", "not_a_list"),
        ],
    )
    def test_refused(self, key: str, value: Any, code: str) -> None:
        assert wrong(read_payment, payment(**{key: value})) == [(key, code)]

    @pytest.mark.parametrize("netsuite_id", [9901, " "])
    def test_a_bad_id_of_netsuite(self, netsuite_id: Any) -> None:
        with pytest.raises(PayloadError, match="not an id"):
            read_payment(payment(), netsuite_id=netsuite_id)

    def test_a_bad_id_of_an_invoice(self) -> None:
        assert wrong(read_payment, payment(invoice_ids=["inv-1", 7])) == [("invoice_ids[1]", "not_an_id")]


@pytest.mark.rule("G-ISO")
class TestHostile:
    """Any JSON value is read or refused with our own error."""

    @pytest.mark.parametrize("read", READERS)
    @given(payload=json_values)
    def test_any_value(self, read: Callable[[Any], Any], payload: Any) -> None:
        with pytest.raises(PayloadError):
            read(payload)

    @pytest.mark.parametrize(
        ("read", "whole"),
        [(read_invoice, invoice()), (read_credit_note, credit_note()), (read_payment, payment())],
        ids=["invoice", "credit note", "payment"],
    )
    @given(data=st.data())
    def test_any_field(self, read: Callable[[Any], Any], whole: dict[str, Any], data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(whole)))
        with suppress(PayloadError):
            read({**whole, key: data.draw(json_values)})

    @pytest.mark.parametrize(
        "values",
        [{"fees": 1.5}, {"fees": True}, {"coupons": -1}, {"taxes": -1}, {"total": -1}, {"fees": 10**18}],
        ids=repr,
    )
    def test_amounts_made_by_hand(self, values: dict[str, Any]) -> None:
        with pytest.raises(InputError):
            Amounts(**{"fees": 0, "total": 0, **values})

    @pytest.mark.parametrize("units", [1.5, Decimal("NaN"), Decimal("1e31"), Decimal("1e-31"), "1"], ids=repr)
    def test_numbers_made_by_hand(self, units: Any) -> None:
        with pytest.raises(InputError, match="units"):
            Fee(
                lago_id="fee-1",
                type="charge",
                code="",
                units=units,
                precise_unit_amount=Decimal(1),
                amount_cents=0,
                currency="USD",
            )
