"""NetSuite → Lightspeed: customers that take each other's code are shown to a person, both of them."""

from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import plan, sync
from custsync.engine.decisions import Decision, Review
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.protocols import Rejected
from tests.flows.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """Return a shop with three customers: A, B, C."""
    shop = Shop()
    for at, code in enumerate("ABC", start=1):
        shop.netsuite.put({"id": str(at), "companyName": f"No. {at}", "entityId": code})
    assert shop.export() == "3 created"
    return shop


def recode(shop: Shop, **codes: str) -> None:
    """Give the customers of these codes other ones."""
    ids = {row["entityId"]: str(row["id"]) for row in shop.netsuite.rows}
    for old, new in codes.items():
        shop.netsuite.edit(ids[old], entityId=new)


def reviewed(made: Decision) -> tuple[str, str, list[str]]:
    assert isinstance(made, Review), made
    (issue,) = made.issues
    return made.source.id, issue.code, [ref.id for ref in made.candidates]


@pytest.mark.rule("LS-KEY-2")
class TestSwap:
    """A code that another Lightspeed customer holds is not sent: the review names both customers."""

    @pytest.mark.parametrize("batch", [1, 2, 500])
    @pytest.mark.parametrize("backwards", [False, True])
    def test_one_answer_whatever_the_batch_and_the_order(
        self, shop: Shop, batch: int, *, backwards: bool
    ) -> None:
        recode(shop, A="B", B="A")
        rows, there = shop.netsuite.rows, {row["customer_code"]: row["id"] for row in shop.customers}
        before = shop.customers
        made = plan(CUSTOMER_EXPORT, rows[::-1] if backwards else rows, shop.world, batch=batch)
        held = sorted(reviewed(decision) for decision in made if decision.verb == "review")
        assert held == [("1", "key_held", [there["B"]]), ("2", "key_held", [there["A"]])]
        assert "linked to netsuite:2" in made.explain("1")
        report = sync(CUSTOMER_EXPORT, rows[::-1] if backwards else rows, shop.world, batch=batch)
        assert (report.summary, shop.customers) == ("1 unchanged, 2 for review", before)

    def test_a_record_that_cannot_be_read_beside_them(self, shop: Shop) -> None:
        recode(shop, A="B", B="A")
        made = plan(CUSTOMER_EXPORT, [*shop.netsuite.rows, {"id": []}, "{"], shop.world)
        assert [decision.verb for decision in made] == [
            *("review", "review", "unchanged"),
            *("refused", "refused"),
        ]

    def test_it_goes_through_a_free_value(self, shop: Shop) -> None:
        recode(shop, A="X")
        assert shop.export() == "1 updated, 2 unchanged"
        recode(shop, B="A")
        assert shop.export() == "1 updated, 2 unchanged"
        recode(shop, X="B")
        assert shop.export() == "1 updated, 2 unchanged"
        assert {row["company_name"]: row["customer_code"] for row in shop.customers} == {
            "No. 1": "B",
            "No. 2": "A",
            "No. 3": "C",
        }

    def test_a_row_of_customers_moves_up_one_by_one(self, shop: Shop) -> None:
        recode(shop, A="B", B="C", C="D")
        summaries = [shop.export() for _ in range(4)]
        assert summaries[-1] == "3 unchanged"
        assert sorted(shop.codes) == ["B", "C", "D"]

    def test_a_code_that_nobody_of_ours_holds(self, shop: Shop) -> None:
        there = shop.lightspeed.put({"customer_code": "W", "company_name": "Walk-in regular"})
        recode(shop, A="W")
        made, *_ = plan(CUSTOMER_EXPORT, shop.netsuite.rows, shop.world)
        assert reviewed(made) == ("1", "key_held", [there])
        assert "linked to" not in made.issues[0].reason

    def test_a_search_that_finds_others_too(self, shop: Shop) -> None:
        recode(shop, A="X")
        find = shop.lightspeed.find

        def fuzzy(by: str, values: Any) -> Any:
            return dict.fromkeys(values, shop.customers) if by == "customer_code" else find(by, values)

        shop.lightspeed.find = fuzzy  # type: ignore[method-assign]
        assert shop.export() == "1 updated, 2 unchanged"

    def test_a_look_up_that_fails_refuses_that_customer_alone(self, shop: Shop) -> None:
        recode(shop, A="X")
        shop.netsuite.edit("2", companyName="Newer")
        find = shop.lightspeed.find

        def failing(by: str, values: Any) -> Any:
            return dict.fromkeys(values, Rejected("locked")) if by == "customer_code" else find(by, values)

        shop.lightspeed.find = failing  # type: ignore[method-assign]
        assert shop.export() == "1 updated, 1 unchanged, 1 refused"

    def test_a_target_that_cannot_be_asked_by_code(self, shop: Shop) -> None:
        recode(shop, A="B", B="A")
        can = shop.lightspeed.capabilities
        shop.lightspeed.capabilities = evolve(
            can, lookups={name: size for name, size in can.lookups.items() if name != "customer_code"}
        )
        assert shop.export() == "1 unchanged, 2 failed"
