"""NetSuite's query service and copies of its tables: flat rows of text."""

import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import PayloadError
from custsync.models import ABSENT, Address, Customer, Ref, SubscriptionStatus
from custsync.systems.netsuite import REST, SUITEQL, suiteql
from tests.systems.payloads import copied_row, query_row, refused, stated

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def read(row: Any) -> Customer:
    return SUITEQL.read(row, "9000001", "")


def issues_of(row: Any) -> list[tuple[str, str]]:
    with pytest.raises(PayloadError) as caught:
        read(row)
    return [(issue.field, issue.code) for issue in caught.value.issues]


class TestRows:
    """Text becomes what it stands for; 'F' is never true."""

    def test_a_row(self) -> None:
        assert stated(read(query_row())) == stated(
            Customer(
                ref=Ref("netsuite", "8", "9000001"),
                alt_name="Ines Vale",
                is_person=True,
                first_name="Ines",
                last_name="Vale",
                entity_id="CUST-8",
                email="Ines.Vale@vale.example",
                subsidiary="2",
                parent="6",
                top_level_parent="5",
                subscription_status=SubscriptionStatus.SOFT_OPT_IN,
                is_inactive=False,
                balance=Decimal("310.25"),
                created_at=datetime(2025, 5, 21, tzinfo=UTC),
                modified_at=datetime(2026, 6, 30, tzinfo=UTC),
                addresses=(
                    Address(line1="2 Orchard Walk", city="Portland", country="US", default_billing=True),
                    Address(line1="Plot 7", city="Portland", country="US", default_shipping=True),
                ),
                custom={"custentity_wholesale": "F"},
                extra={"defaultbillingaddress": "501", "defaultshippingaddress": "502", "duplicate": "F"},
            )
        )

    def test_a_copied_row(self) -> None:
        customer = read(copied_row())
        assert (customer.first_name, customer.alt_email) == ("", "")
        assert (customer.parent, customer.deleted, customer.addresses) == (None, False, ABSENT)
        assert customer.modified_at == datetime(2026, 9, 14, 8, 5, tzinfo=UTC)
        assert customer.extra == {"_fivetran_active": "TRUE"}

    def test_a_superseded_row_says_so(self) -> None:
        assert read(copied_row(_fivetran_active="FALSE")).extra["_fivetran_active"] == "FALSE"

    def test_a_deleted_row_is_a_tombstone(self) -> None:
        assert read(copied_row(_fivetran_deleted="TRUE")).deleted is True

    def test_columns_in_upper_case(self) -> None:
        row = {key.upper(): value for key, value in query_row().items()}
        assert read(row).addresses == read(query_row()).addresses
        assert read(row).first_name == "Ines"

    def test_issues_of_every_part_at_once(self) -> None:
        row = {
            **query_row(),
            "isperson": True,
            "billing_city": 7,
            "shipping_zip": [],
            "custentity_a": "\0",
            "id": "x",
        }
        assert issues_of(row) == [
            ("id", "not_an_id"),
            ("isperson", "not_a_flag"),
            ("billing_city", "not_text"),
            ("shipping_zip", "not_text"),
            ("custentity_a", "broken_text"),
        ]

    @given(JSON, st.sampled_from([*query_row(), *copied_row(), "new"]))
    def test_any_json_is_read_or_refused(self, value: Any, key: str) -> None:
        for row in (value, {**query_row(), key: value}):
            error = refused(read, row)
            assert error is None or error.issues


class TestAddresses:
    """The default addresses are joined columns."""

    def test_billing_alone(self) -> None:
        customer = read({"id": "8", "billing_city": "Leeds"})
        assert customer.addresses == (Address(city="Leeds", default_billing=True, default_shipping=ABSENT),)
        assert customer.shipping_address is ABSENT

    def test_shipping_alone(self) -> None:
        row = {"id": "8", "billing_city": "", "shipping_city": "Leeds"}
        assert read(row).addresses == (Address(city="Leeds", default_shipping=True),)

    def test_one_line_where_both_are_the_same(self) -> None:
        row = {**query_row(), "defaultshippingaddress": "501"}
        (line,) = read(row).addresses or ()
        assert (line.line1, line.default_billing, line.default_shipping) == ("2 Orchard Walk", True, True)

    def test_joined_but_empty(self) -> None:
        assert read({"id": "8", "billing_city": "", "shipping_city": None}).addresses == ()

    def test_not_joined(self) -> None:
        assert read({"id": "8", "isperson": "F"}).addresses is ABSENT


class TestAccounts:
    """An account declares how it writes dates, and in which zone."""

    @pytest.mark.parametrize(
        ("order", "zone", "stamp", "moment"),
        [
            ("month_first", "UTC", "3/9/2025", datetime(2025, 3, 9, tzinfo=UTC)),
            ("day_first", "UTC", "3/9/2025", datetime(2025, 9, 3, tzinfo=UTC)),
            ("month_first", "America/Los_Angeles", "3/20/2025", datetime(2025, 3, 20, 7, tzinfo=UTC)),
        ],
    )
    def test_dates(self, order: Any, zone: str, stamp: str, moment: datetime) -> None:
        system = suiteql(date_order=order, zone=zone)
        assert system.read({"id": "8", "datecreated": stamp}, "", "").created_at == moment

    def test_systems_are_data(self) -> None:
        system = suiteql(date_order="day_first")
        assert pickle.loads(pickle.dumps(system)) == system  # noqa: S301  # our own
        assert system != SUITEQL

    def test_writes_go_by_rest(self) -> None:
        assert SUITEQL.write({"fax": None}, None) == REST.write({"fax": None}, None)
