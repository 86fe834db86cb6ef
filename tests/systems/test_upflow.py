"""Upflow's customer: the API's row is read, the import's line is read and written."""

import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import FlowError, InputError, PayloadError
from custsync.models import ABSENT, Address, Customer, Ref
from custsync.protocols import Rejected
from custsync.systems.system import System
from custsync.systems.upflow import IMPORT_COLUMNS, UPFLOW, UPFLOW_IMPORT, changed_line
from tests.strategies import json_values
from tests.systems.payloads import refused

CANARY = "canary-7f3a"
ID = "7c0e6c1e-7a3e-4f1a-9d0e-000000000009"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


def row(**changes: Any) -> dict[str, Any]:
    """Return a row of the API's customer list."""
    return {
        "id": ID,
        "name": "Orchard Holdings",
        "balance": 152575,
        "countInvoicesDue": 3,
        "dunningPlanId": None,
        "directUrl": f"https://app.example/customers/{ID}",
        **changes,
    }


def line(**changes: Any) -> dict[str, Any]:
    """Return a line of the customer import: a child."""
    return {
        "Customer name": "Orchard Retail - Leeds",
        "Customer ID": "9",
        "Accounting code": "",
        "VAT number": "GB000000009",
        "Address": "14 Mill Gate",
        "Postal code": "LS1 4AG",
        "Town": "Leeds",
        "State/Region": "",
        "Country": "United Kingdom",
        "Parent name": "Orchard Holdings",
        "Parent ID": "6",
        **changes,
    }


def issues_of(system: System, payload: Any) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        system.read(payload, "org", "")
    return [(issue.field, issue.code) for issue in caught.value.issues]


class TestRow:
    """What the API answers is read as far as it is known; all else stays in `extra`."""

    def test_a_row_has_its_balance_in_cents(self) -> None:
        assert UPFLOW.read(row(), "org", "sandbox") == Customer(
            ref=Ref("upflow", ID, "org", "sandbox"),
            name="Orchard Holdings",
            balance=Decimal("1525.75"),
            extra={
                "countInvoicesDue": 3,
                "dunningPlanId": None,
                "directUrl": f"https://app.example/customers/{ID}",
            },
        )

    @pytest.mark.parametrize(
        ("names", "name"),
        [
            ({"companyName": "Orchard"}, "Orchard"),
            ({"name": None, "companyName": "Orchard"}, None),
            ({}, ABSENT),
        ],
    )
    def test_a_reference_spells_the_name_otherwise(self, names: dict[str, Any], name: Any) -> None:
        customer = UPFLOW.read({"id": ID, **names}, "", "")
        assert customer == Customer(ref=Ref("upflow", ID), name=name)

    def test_all_issues_at_once(self) -> None:
        assert issues_of(UPFLOW, {"id": 7, "name": 7, "balance": "1525.75", "companyName": []}) == [
            ("id", "not_an_id"),
            ("name", "not_text"),
            ("companyName", "not_text"),
            ("balance", "not_a_number"),
        ]

    def test_nothing_is_written(self) -> None:
        with pytest.raises(FlowError):
            UPFLOW.write({"name": "Orchard"}, None)


class TestLine:
    """A line of the import has the documented columns, and stands for the customer of its `Customer ID`."""

    def test_a_child(self) -> None:
        assert UPFLOW_IMPORT.read(line(Note="x"), "org", "") == Customer(
            ref=Ref("upflow_import", "9", "org"),
            external_id="9",
            name="Orchard Retail - Leeds",
            parent="6",
            addresses=(
                Address(
                    line1="14 Mill Gate",
                    city="Leeds",
                    state="",
                    postal_code="LS1 4AG",
                    country="United Kingdom",
                    default_billing=True,
                ),
            ),
            custom={"Accounting code": "", "VAT number": "GB000000009", "Parent name": "Orchard Holdings"},
            extra={"Note": "x"},
        )

    def test_the_least_line(self) -> None:
        least = {"Customer name": "Orchard", "Customer ID": "6"}
        expected = Customer(ref=Ref("upflow_import", "6"), external_id="6", name="Orchard")
        assert UPFLOW_IMPORT.read(least, "", "") == expected
        assert UPFLOW_IMPORT.read({**least, "Town": ""}, "", "").addresses == ()

    def test_all_issues_at_once(self) -> None:
        wrong = line(**{"Customer name": None, "Customer ID": "", "Town": 7, "VAT number": 8, "Parent ID": 6})
        assert issues_of(UPFLOW_IMPORT, wrong) == [
            ("Customer ID", "blank"),
            ("Customer name", "blank"),
            ("Parent ID", "not_text"),
            ("Town", "not_text"),
            ("VAT number", "not_text"),
        ]


class TestWriteLine:
    """A line is always whole: what is not said stays as it is there, and a blank is an empty text."""

    def test_a_create(self) -> None:
        address = Address(line1="14 Mill Gate", line2="", line3="Floor 2", city="Leeds", state=None)
        values = {
            "name": "Orchard Retail - Leeds",
            "external_id": "9",
            "parent": None,
            "billing_address": address,
            "custom.VAT number": "GB000000009",
            "custom.Parent name": ABSENT,
        }
        written = UPFLOW_IMPORT.write(values, None)
        assert tuple(written) == IMPORT_COLUMNS
        assert {title: text for title, text in written.items() if text != ""} == {
            "Customer name": "Orchard Retail - Leeds",
            "Customer ID": "9",
            "VAT number": "GB000000009",
            "Address": "14 Mill Gate, Floor 2",
            "Town": "Leeds",
        }

    def test_nothing_new_is_the_line_that_is_there(self) -> None:
        assert UPFLOW_IMPORT.write({}, UPFLOW_IMPORT.read(line(), "", "")) == line()

    def test_what_is_not_said_stays(self) -> None:
        current = UPFLOW_IMPORT.read(line(), "", "")
        values = {"billing_address": Address(city="Bristol"), "parent": None, "name": ABSENT}
        assert UPFLOW_IMPORT.write(values, current) == line(Town="Bristol", **{"Parent ID": ""})

    def test_none_clears_the_address(self) -> None:
        current = UPFLOW_IMPORT.read(line(), "", "")
        blank = dict.fromkeys(("Address", "Postal code", "Town", "State/Region", "Country"), "")
        assert UPFLOW_IMPORT.write({"billing_address": None}, current) == {**line(), **blank}

    def test_over_a_line_without_address(self) -> None:
        current = UPFLOW_IMPORT.read({"Customer name": "Orchard", "Customer ID": "6"}, "", "")
        written = UPFLOW_IMPORT.write({"billing_address": Address(city="Leeds", line1="")}, current)
        assert {title for title, text in written.items() if text} == {"Customer name", "Customer ID", "Town"}

    @pytest.mark.parametrize("values", [{}, {"name": None}, {"name": ABSENT, "external_id": CANARY}])
    def test_a_line_has_a_name(self, values: dict[str, Any]) -> None:
        with pytest.raises(InputError) as caught:
            UPFLOW_IMPORT.write(values, None)
        assert CANARY not in str(caught.value)

    @pytest.mark.parametrize("name", ["email", "balance", "custom", "custom.Note", "shipping_address"])
    def test_a_field_without_a_column(self, name: str) -> None:
        with pytest.raises(FlowError):
            UPFLOW_IMPORT.write({"name": "Orchard", name: "x"}, None)

    @given(
        st.fixed_dictionaries(
            {"name": TEXTS, "external_id": TEXTS},
            optional={
                "parent": TEXTS,
                "custom.VAT number": TEXTS,
                "custom.Accounting code": TEXTS,
                "billing_address": st.builds(
                    Address,
                    default_billing=st.just(value=True),
                    **dict.fromkeys(("line1", "city", "state", "postal_code", "country"), TEXTS),
                ),
            },
        )
    )
    def test_what_was_written_is_read(self, values: dict[str, Any]) -> None:
        customer = UPFLOW_IMPORT.read(UPFLOW_IMPORT.write(values, None), "", "")
        assert UPFLOW_IMPORT.id_of(UPFLOW_IMPORT.write(values, None)) == customer.id == values["external_id"]
        for name, value in values.items():
            there = customer.custom[name[7:]] if name.startswith("custom.") else getattr(customer, name)
            assert there == value


class TestRefused:
    """Any JSON is read or refused, and no error shows a value."""

    @given(json_values(), st.sampled_from([*row(), "companyName", *line(), "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        for payload in (value, {**row(), key: value}, {**line(), key: value}):
            for system in (UPFLOW, UPFLOW_IMPORT):
                error = refused(system.read, payload, "org", "")
                assert error is None or error.issues

    @pytest.mark.parametrize(("payload", "id"), [({"id": ID}, ID), ({"id": 7}, ""), ([], "")])
    def test_identify(self, payload: Any, id: str) -> None:
        assert UPFLOW.id_of(payload) == id

    def test_the_api_takes_no_field(self) -> None:
        assert not UPFLOW.takes("name")

    def test_a_line_that_is_refused_changes_nothing(self) -> None:
        there = {"Customer name": "Joinery", "Customer ID": "2041"}
        assert isinstance(changed_line(there, {"Customer name": 7}), Rejected)

    @pytest.mark.parametrize("system", [UPFLOW, UPFLOW_IMPORT])
    def test_the_systems_are_data(self, system: System) -> None:
        assert pickle.loads(pickle.dumps(system)) == system  # noqa: S301  # our own
        assert not system.limits
