"""Keys that no two customers of one system may share."""

import pickle
from typing import Any

import pytest

from custsync.models import ABSENT, Customer, Ref
from custsync.rules.fields.mapping import MappedValue
from custsync.rules.normalize import id_key, text_key
from custsync.rules.uniqueness import UniqueKey

BY_CODE = UniqueKey("entity_id", id_key)


def ns(identity: str, code: Any = "C-1", **values: Any) -> Customer:
    return Customer(ref=Ref("netsuite", identity), entity_id=code, **values)


def refused(prescan: UniqueKey, *customers: Customer) -> list[str]:
    told = prescan(iter(customers))
    return [customer.id for customer in customers if told(customer).issues]


@pytest.mark.rule("LS-KEY-1")
class TestSharedKeys:
    """An entity ID that two source customers share fails each of them."""

    def test_each_of_them(self) -> None:
        assert refused(BY_CODE, ns("1"), ns("2", "C-2"), ns("3"), ns("4")) == ["1", "3", "4"]

    def test_what_is_said(self) -> None:
        one, other = ns("1"), ns("2")
        said = UniqueKey("entity_id", id_key, "UF-EXC-3")([one, other])(one)
        assert said.value is one
        assert [(issue.code, issue.field, issue.rule) for issue in said.issues] == [
            ("shared_key", "entity_id", "UF-EXC-3")
        ]
        assert "C-1" not in str(said.issues[0])

    @pytest.mark.parametrize("blank", [None, ABSENT, "", " "], ids=repr)
    def test_blanks_are_nobodys_key(self, blank: Any) -> None:
        assert refused(BY_CODE, ns("1", blank), ns("2", blank)) == []

    def test_one_customer_twice_shares_with_nobody(self) -> None:
        assert refused(BY_CODE, ns("1"), ns("1")) == []

    @pytest.mark.parametrize("gone", [{"deleted": True}, {"merged_into": "1"}], ids=repr)
    def test_who_is_gone_holds_no_key(self, gone: dict[str, Any]) -> None:
        assert refused(BY_CODE, ns("1"), ns("2", **gone)) == []

    def test_another_key_and_another_field(self) -> None:
        assert refused(UniqueKey("entity_id", text_key), ns("1", "c-1"), ns("2", "C-1")) == ["1", "2"]
        tiers = [ns(str(number), str(number), custom={"tier": "gold"}) for number in range(2)]
        assert refused(UniqueKey("custom.tier", id_key), *tiers) == ["0", "1"]
        assert (
            refused(UniqueKey("custom.tier", id_key), *(ns(str(n), custom={"tier": 7}) for n in "12")) == []
        )

    def test_it_is_data(self) -> None:
        assert pickle.loads(pickle.dumps(BY_CODE)) == BY_CODE  # noqa: S301 - our own
        told = pickle.loads(pickle.dumps(BY_CODE([ns("1"), ns("2")])))  # noqa: S301 - our own
        assert isinstance(told(ns("1")), MappedValue)
        assert BY_CODE.sets == ()
        assert "C-1" not in repr(told)
