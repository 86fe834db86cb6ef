"""The values that travel through the house: frozen, three kinds of blank, no personal value shown."""

import copy
import pickle
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, fields
from attrs.exceptions import FrozenInstanceError

from custsync.models import (
    ABSENT,
    Absent,
    Address,
    Contact,
    Customer,
    Issue,
    Ref,
    Severity,
    SubscriptionStatus,
    reveal,
)

REF = Ref("netsuite", "2041")
HOME = Address(line1="Canary Row 1", default_billing=True)
WORK = Address(line1="Canary Row 2", default_shipping=True)
BOTH = evolve(HOME, default_shipping=True)
CANARY = "canary"
OPEN_FIELDS = {
    Address: {"label", "state", "country", "is_residential", "id", "default_billing", "default_shipping"},
    Contact: {"id", "role", "company", "origin"},
    Customer: {
        "ref",
        "is_person",
        "salutation",
        "title",
        "external_id",
        "subsidiary",
        "parent",
        "top_level_parent",
        "representing_subsidiary",
        "category",
        "currency",
        "subscription_status",
        "is_inactive",
        "created_at",
        "modified_at",
        "deleted",
        "merged_into",
        "whole",
        "issues",
    },
}
PERSONAL = [
    (cls, attribute.name)
    for cls, shown in OPEN_FIELDS.items()
    for attribute in fields(cls)
    if attribute.name not in shown
]


def having(cls: type[Any], name: str, value: Any) -> Any:
    return cls(ref=REF, **{name: value}) if cls is Customer else cls(**{name: value})


class TestAbsent:
    """A field that a payload does not carry is neither null nor empty, though all three are blank."""

    def test_three_blanks_are_three_things(self) -> None:
        assert len({ABSENT, None, ""}) == 3

    def test_it_is_false_and_shows_its_name(self) -> None:
        assert not ABSENT
        assert repr(ABSENT) == "ABSENT"

    def test_there_is_only_one(self) -> None:
        assert pickle.loads(pickle.dumps(ABSENT)) is copy.deepcopy(ABSENT) is Absent.ABSENT  # noqa: S301 - our own


class TestPersonal:
    """No personal value in a repr; `reveal` shows them to a person who may see them."""

    @pytest.mark.parametrize(("cls", "name"), PERSONAL)
    @pytest.mark.parametrize(
        "value",
        [f"{CANARY} text", (CANARY,), {CANARY: CANARY}, Decimal(4711)],
        ids=["text", "tuple", "map", "number"],
    )
    def test_shapes_only(self, cls: type[Any], name: str, value: Any) -> None:
        record = having(cls, name, value)
        shown = f"{record!r} {record}"
        assert CANARY not in shown
        assert "4711" not in shown
        assert f"{name}=<" in shown
        assert f"{name}={value!r}" in reveal(record)

    def test_reveals_what_stands_in_addresses_and_contacts(self) -> None:
        record = Customer(
            ref=Ref("netsuite", "7"),
            addresses=(Address(line1="1 High St"), Address(city="Leeds")),
            contacts=(Contact(name="Rosa"),),
        )
        assert "addresses=(Address(line1='1 High St'), Address(city='Leeds'))" in reveal(record)
        assert "contacts=(Contact(name='Rosa'),)" in reveal(record)
        assert not any(value in repr(record) for value in ("High St", "Leeds", "Rosa"))

    @pytest.mark.parametrize(("cls", "name"), PERSONAL)
    @pytest.mark.parametrize("blank", [None, ""], ids=repr)
    def test_a_blank_is_no_secret(self, cls: type[Any], name: str, blank: Any) -> None:
        assert f"{name}={blank!r}" in repr(having(cls, name, blank))

    def test_lengths_tell_a_person_where_to_look(self) -> None:
        assert repr(Contact(name="four")) == "Contact(name=<text 4>)"
        assert repr(Contact(extra={"a": 1})) == "Contact(extra=<1 kept>)"
        assert repr(Customer(ref=REF, balance=Decimal(1))).endswith("balance=<kept>)")

    def test_what_is_not_there_is_not_shown(self) -> None:
        assert repr(Address()) == "Address()"


class TestDefaultAddresses:
    """The default billing and shipping address are views of the book; an unread book is not an empty one."""

    @pytest.mark.parametrize(
        ("book", "billing", "shipping"),
        [
            pytest.param(ABSENT, ABSENT, ABSENT, id="not read"),
            pytest.param(None, None, None, id="null"),
            pytest.param((), None, None, id="empty"),
            pytest.param((Address(),), None, None, id="no default"),
            pytest.param((HOME, WORK), HOME, WORK, id="two lines"),
            pytest.param((BOTH,), BOTH, BOTH, id="one line for both"),
            pytest.param((WORK,), None, WORK, id="one only"),
        ],
    )
    def test_table(self, book: Any, billing: Any, shipping: Any) -> None:
        customer = Customer(ref=REF, addresses=book)
        assert (customer.billing_address, customer.shipping_address) == (billing, shipping)


class TestRef:
    """Ids repeat across accounts and modes, so all five parts make an identity."""

    def test_each_part_counts(self) -> None:
        parts = {"system": "stripe", "id": "1", "account": "a", "mode": "live", "kind": "contact"}
        refs = {REF, *(evolve(REF, **{name: value}) for name, value in parts.items())}
        assert len(refs) == 6

    def test_the_realm_is_all_but_the_id(self) -> None:
        ref = Ref("stripe", "cus_1", "acct_1", "live")
        assert ref.namespace == evolve(ref, id="cus_2").namespace == "stripe/acct_1/live/customer"

    def test_reports_name_system_and_id(self) -> None:
        assert str(Ref("stripe", "cus_1", "acct_1", "live")) == "stripe:cus_1"
        assert Customer(ref=REF).id == "2041"


class TestIssue:
    """An issue reads as one line: severity, field, reason, remedy and rule."""

    ISSUE = Issue(code="c", rule="SP-IN-2", field="name", reason="no name", remedy="Give it one.")

    @pytest.mark.parametrize(
        ("changes", "text"),
        [
            ({}, "error: name: no name. Give it one. [SP-IN-2]"),
            (
                {"shape": "text, 91 characters"},
                "error: name: no name (text, 91 characters). Give it one. [SP-IN-2]",
            ),
            ({"severity": Severity.NOTE, "remedy": "Go on"}, "note: name: no name. Go on. [SP-IN-2]"),
        ],
        ids=["plain", "shape", "note"],
    )
    def test_table(self, changes: dict[str, Any], text: str) -> None:
        assert str(evolve(self.ISSUE, **changes)) == text


class TestValues:
    """All of them are frozen, equal by value, and picklable."""

    @pytest.mark.parametrize(
        "record", [Customer(ref=REF, addresses=(HOME,)), HOME, Contact(), REF, TestIssue.ISSUE]
    )
    def test_frozen_and_picklable(self, record: Any) -> None:
        assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - our own bytes
        with pytest.raises(FrozenInstanceError):
            record.id = "other"

    @pytest.mark.rule("LS-MAP-3")
    @pytest.mark.parametrize("status", SubscriptionStatus)
    def test_opted_out(self, status: SubscriptionStatus) -> None:
        assert status.opted_out is ("out" in status.value)
