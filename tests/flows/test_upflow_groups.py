"""NetSuite → Upflow: groups of two levels, and balances that include the children's."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from custsync.engine.api import apply, plan, sync
from custsync.engine.outcomes import Result
from custsync.flow import Flow
from custsync.flows.upflow import CUSTOMER_IMPORT, Groups, customer_import
from custsync.flows.upflow.groups import Cents, GroupName, group_id
from custsync.models import ABSENT
from tests.flows.collecting import (
    API,
    API_IMPORT,
    Office,
    api_office,
    cents,
    codes,
    company,
    groups,
    ns,
    only,
)

FAMILY = {"1": None, "2": "1", "3": "1", "4": "2", "5": "4"}


def family(office: Office, ups: Mapping[str, str | None], **values: Any) -> None:
    for one, up in ups.items():
        office.put({"id": one, **company(f"No. {one}", **({"parent": up} if up else {}), **values)})


def top_of(ups: Mapping[str, str | None], one: str) -> str:
    up = ups[one]
    return one if up is None else top_of(ups, up)


@st.composite
def forests(draw: st.DrawFn) -> dict[str, str | None]:
    """Draw any forest, its customers in any order."""
    count = draw(st.integers(1, 9))
    ups = {one: draw(st.none() | st.integers(0, one - 1)) if one else None for one in range(count)}
    order = draw(st.permutations(range(count)))
    return {str(one + 1): None if ups[one] is None else str(ups[one] + 1) for one in order}  # type: ignore[operator]


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.rule("UF-HIER-1")
class TestTwoLevels:
    """Two levels. A grandchild, at any depth, is linked straight to its top-level parent (its group)."""

    @pytest.mark.parametrize("order", ["12345", "54321", "35142"])
    def test_in_one_run(self, office: Office, order: str) -> None:
        family(office, {one: FAMILY[one] for one in order})
        assert office.bring() == "5 created"
        assert office.column("Parent ID") == {"1": "", "2": "1", "3": "1", "4": "1", "5": "1"}
        assert office.column("Parent name") == {"1": "", **dict.fromkeys("2345", "No. 1")}
        office.assert_silent()

    @pytest.mark.parametrize("order", ["12345", "54321", "35142"])
    @pytest.mark.parametrize("batch", [1, 2, 500])
    def test_by_one_plan(self, office: Office, order: str, batch: int) -> None:
        """The ids of Upflow's import are NetSuite's own, so that a parent's is known in advance."""
        family(office, {one: FAMILY[one] for one in order})
        made = plan(CUSTOMER_IMPORT, office.netsuite.rows, office.world, batch=batch)
        assert apply(CUSTOMER_IMPORT, made, office.world, batch=batch).summary == "5 created"
        assert office.column("Parent ID") == {"1": "", "2": "1", "3": "1", "4": "1", "5": "1"}
        assert plan(CUSTOMER_IMPORT, office.netsuite.rows, office.world).is_empty
        office.assert_silent()

    @pytest.mark.parametrize(
        "parent",
        [
            {"id": "1", "isPerson": False, "isInactive": False},
            {"id": "1", **company("Loop", parent="1")},
            {"id": "1", **company("Gone", isInactive=True)},
        ],
        ids=["without a name", "its own parent", "inactive"],
    )
    def test_a_parent_that_does_not_come_is_not_named(self, office: Office, parent: dict[str, Any]) -> None:
        office.put(parent, {"id": "2", **company("Child", parent="1")})
        made = plan(CUSTOMER_IMPORT, office.netsuite.rows, office.world)
        assert apply(CUSTOMER_IMPORT, made, office.world).counts[Result.CREATED] == 1
        assert office.column("Parent ID") == {"2": ""}

    def test_a_target_that_makes_its_ids_tells_them_later(self) -> None:
        office = api_office()
        family(office, {"1": None, "2": "1"})
        made = plan(API_IMPORT, office.netsuite.rows, office.world)
        assert API_IMPORT.foreseen_parent is None
        assert "parent_waiting" in [issue.code for decision in made for issue in decision.issues]

    def test_over_two_runs(self, office: Office) -> None:
        """NetSuite names the top of one whose parent is not handed in; the link is made when it is there."""
        grandchild = {"id": "4", **company("No. 4", parent="2", topLevelParent="1")}
        office.put(grandchild)
        (outcome,) = office.outcomes().values()
        assert (outcome.result.value, codes(outcome)) == ("created", ["moved_to_group", "parent_waiting"])
        assert office.column("Parent ID") == {"4": ""}
        family(office, {"2": "1", "1": None})
        assert office.bring() == "2 created, 1 updated"
        assert office.column("Parent ID") == {"4": "1", "2": "1", "1": ""}
        assert office.column("Parent name") == {"4": "No. 1", "2": "No. 1", "1": ""}
        office.assert_silent()

    def test_who_was_moved_is_noted(self, office: Office) -> None:
        family(office, FAMILY)
        moved = {one for one, outcome in office.outcomes().items() if "moved_to_group" in codes(outcome)}
        assert moved == {"4", "5"}

    def test_a_group_that_changes_is_changed_there(self, office: Office) -> None:
        family(office, {"1": None, "2": "1", "3": None})
        office.bring()
        office.netsuite.edit("2", parent={"id": "3"})
        assert office.bring() == "1 updated, 2 unchanged"
        assert (office.column("Parent ID")["2"], office.column("Parent name")["2"]) == ("3", "No. 3")
        office.netsuite.edit("2", parent=None)
        office.bring()
        assert (office.column("Parent ID")["2"], office.column("Parent name")["2"]) == ("", "")
        office.assert_silent()

    def test_a_group_that_gets_a_parent_moves_with_all_its_members(self, office: Office) -> None:
        family(office, {"1": None, "2": "1", "3": None})
        office.bring()
        office.netsuite.edit("1", parent={"id": "3"})
        office.bring()
        assert office.column("Parent ID") == {"1": "3", "2": "3", "3": ""}

    def test_a_group_that_is_renamed_is_renamed_on_its_members(self, office: Office) -> None:
        family(office, {"1": None, "2": "1"})
        office.bring()
        office.netsuite.edit("1", companyName="Renamed")
        assert office.bring() == "2 updated"
        assert office.column("Parent name") == {"1": "", "2": "Renamed"}
        office.assert_silent()

    @settings(max_examples=60, deadline=None)
    @given(forests(), st.integers(1, 10))
    def test_any_forest(self, ups: dict[str, str | None], batch: int) -> None:
        office = api_office()
        family(office, ups)
        sync(API_IMPORT, office.netsuite.rows, office.world, batch=batch)
        shown = groups(office)
        assert shown == {one: None if up is None else top_of(ups, one) for one, up in ups.items()}
        assert all(up is None or shown[up] is None for up in shown.values())
        office.assert_silent(API_IMPORT)

    def test_more_levels_where_a_target_has_them(self, office: Office) -> None:
        family(office, FAMILY)
        office.bring(customer_import(levels=3))
        assert office.column("Parent ID") == {"1": "", "2": "1", "3": "1", "4": "2", "5": "2"}


@pytest.mark.rule("UF-HIER-1")
class TestBrokenLinks:
    """Cycles and missing parents are said once for each customer; nobody else is touched."""

    CYCLE = {"1": "2", "2": "1", "3": "1", "4": None, "5": "5"}  # noqa: RUF012 - read only

    def test_a_cycle_is_refused_and_its_followers_wait(self, office: Office) -> None:
        family(office, self.CYCLE)
        outcomes = office.outcomes()
        assert {one: (end.result.value, codes(end)) for one, end in outcomes.items()} == {
            "1": ("refused", ["parent_cycle"]),
            "2": ("refused", ["parent_cycle"]),
            "3": ("created", ["parent_waiting"]),
            "4": ("created", []),
            "5": ("refused", ["own_parent"]),
        }

    def test_or_each_stands_alone(self, office: Office) -> None:
        family(office, self.CYCLE)
        flow = customer_import(cycles="alone")
        assert office.bring(flow) == "5 created"
        assert office.column("Parent ID") == {"1": "", "2": "", "3": "1", "4": "", "5": ""}
        office.assert_silent(flow)

    @pytest.mark.parametrize(
        ("missing", "result", "code"),
        [
            ("alone", "created", ["parent_not_read"]),
            ("refuse", "refused", ["parent_not_read"]),
            ("keep", "created", ["parent_not_read", "parent_waiting"]),
        ],
    )
    def test_a_parent_that_is_not_handed_in(
        self, office: Office, missing: Any, result: str, code: list[str]
    ) -> None:
        family(office, {"2": "1"})
        outcome = only(office.outcomes(customer_import(missing_parents=missing)).values())
        assert (outcome.result.value, codes(outcome)) == (result, code)

    @pytest.mark.parametrize("missing", ["alone", "keep"])
    def test_a_run_over_some_customers_leaves_the_link_in_upflow(self, office: Office, missing: Any) -> None:
        family(office, {"1": None, "2": "1"})
        flow = customer_import(missing_parents=missing)
        office.bring(flow)
        office.netsuite.edit("2", companyName="Renamed")
        report = sync(flow, [office.netsuite.row("2")], office.world)
        assert report.summary == "1 updated"
        assert office.column("Customer name")["2"] == "Renamed"
        assert (office.column("Parent ID")["2"], office.column("Parent name")["2"]) == ("1", "No. 1")
        office.bring(flow)
        assert (office.column("Parent ID")["2"], office.column("Parent name")["2"]) == ("1", "No. 1")
        office.assert_silent(flow)

    def test_a_group_that_is_left_out_changes_no_link(self, office: Office) -> None:
        family(office, {"1": None, "2": "1"})
        office.bring()
        office.netsuite.edit("1", isInactive=True)
        outcomes = office.outcomes()
        assert (outcomes["2"].result.value, codes(outcomes["2"])) == ("unchanged", ["group_left_out"])
        assert office.column("Parent ID")["2"] == "1"

    def test_a_new_member_of_a_group_that_is_left_out_stands_alone(self, office: Office) -> None:
        office.put(
            {"id": "1", **company("Top", isInactive=True)}, {"id": "2", **company("Child", parent="1")}
        )
        outcomes = office.outcomes()
        assert (outcomes["2"].result.value, codes(outcomes["2"])) == ("created", ["group_left_out"])
        assert office.column("Parent ID") == {"2": ""}


@pytest.mark.rule("UF-HIER-2")
class TestOff:
    """Hierarchy sync can be switched off: every customer then stands alone."""

    OFF = customer_import(hierarchy=False)

    def test_alone(self, office: Office) -> None:
        family(office, {**FAMILY, "6": "7", "7": "6"})
        assert office.bring(self.OFF) == "7 created"
        assert set(office.column("Parent ID").values()) == {""}
        office.assert_silent(self.OFF)

    def test_switched_off_later(self, office: Office) -> None:
        family(office, FAMILY)
        office.bring()
        office.bring(self.OFF)
        assert set(office.column("Parent ID").values()) == {""}
        office.assert_silent(self.OFF)

    @pytest.mark.rule("UF-BAL")
    def test_balances_are_each_one_s_own(self) -> None:
        office = api_office()
        family(office, {"1": None, "2": "1"}, balance=10)
        office.bring(customer_import(target=API, balance="balance", parent_name="", hierarchy=False))
        assert cents(office) == {"1": 1000, "2": 1000}


@pytest.mark.rule("UF-BAL")
class TestBalances:
    """A parent's balance includes its children's; a child's and a lone customer's equal NetSuite's."""

    def test_rolled_up(self) -> None:
        office = api_office()
        for one, up in FAMILY.items():
            office.put(
                {"id": one, "balance": 10.25, **company(f"No. {one}", **({"parent": up} if up else {}))}
            )
        office.put({"id": "6", "balance": -3, **company("Lone")})
        assert office.bring(API_IMPORT) == "6 created"
        assert cents(office) == {"1": 5125, **dict.fromkeys("2345", 1025), "6": -300}
        office.assert_silent(API_IMPORT)

    def test_a_child_s_payment_changes_the_group_s(self) -> None:
        office = api_office()
        family(office, {"1": None, "2": "1"}, balance=10)
        office.bring(API_IMPORT)
        office.netsuite.put({**office.netsuite.row("2"), "balance": 4})
        assert office.bring(API_IMPORT) == "2 updated"
        assert cents(office) == {"1": 1400, "2": 400}

    @settings(max_examples=60, deadline=None)
    @given(forests(), st.data())
    def test_any_forest_adds_up(self, ups: dict[str, str | None], data: st.DataObject) -> None:
        owed = {one: data.draw(st.integers(-(10**9), 10**9)) for one in ups}
        tree = [ns(one, parent=up, balance=Decimal(owed[one]).scaleb(-2)) for one, up in ups.items()]
        seen = Groups()(tree)
        for one in tree:
            members = [other for other in ups if top_of(ups, other) == one.id]
            total = sum(owed[other] for other in members) if ups[one.id] is None else owed[one.id]
            assert seen(one).value.balance == Decimal(total).scaleb(-2)

    @pytest.mark.parametrize(
        ("policy", "tops"), [("unknown", {"1": 0}), ("partial", {"1": 1000})], ids=["unknown", "partial"]
    )
    def test_one_that_is_not_known(self, policy: Any, tops: dict[str, int]) -> None:
        office = api_office()
        office.put({"id": "1", "balance": 10, **company("Top")}, {"id": "2", **company("Child", parent="1")})
        flow = customer_import(target=API, balance="balance", parent_name="", unknown_balances=policy)
        outcomes = office.outcomes(flow)
        assert codes(outcomes["1"])[-1:] == ["part_not_known"]
        assert "balance_not_known" in codes(outcomes["2"])
        assert cents(office) == {**tops, "2": 0}
        office.assert_silent(flow)

    def test_what_is_not_known_any_more_stays_as_it_is(self) -> None:
        office = api_office()
        office.put({"id": "1", "balance": 10, **company("Top")})
        office.bring(API_IMPORT)
        office.netsuite.put({"id": "1", **company("Top")})
        office.bring(API_IMPORT)
        assert cents(office) == {"1": 1000}

    def test_several_currencies_make_no_one_balance(self) -> None:
        office = api_office()
        office.put(
            {"id": "1", "balance": 10, **company("Top", currency="1")},
            {"id": "2", "balance": 5, **company("Euro", parent="1", currency="2")},
            {"id": "3", "balance": 0, **company("Nothing owed", parent="2", currency="3")},
        )
        assert codes(office.outcomes(API_IMPORT)["1"]) == ["several_currencies"]
        assert cents(office) == {"1": 0, "2": 500, "3": 0}
        office.netsuite.put({**office.netsuite.row("2"), "balance": 0})
        office.bring(API_IMPORT)
        assert cents(office) == {"1": 1000, "2": 0, "3": 0}

    @pytest.mark.rule("UF-EXC-2")
    def test_those_left_out_add_nothing_for_their_invoices_are_not_there(self) -> None:
        office = api_office()
        family(office, {"1": None, "2": "1"}, balance=10)
        office.put({"id": "3", "balance": 7, **company("Inactive", parent="1", isInactive=True)})
        office.bring(API_IMPORT)
        assert cents(office) == {"1": 2000, "2": 1000}

    def test_the_import_has_no_column_and_nothing_is_said(self, office: Office) -> None:
        family(office, {"1": None, "2": "1"})
        assert all(not end.issues for end in office.outcomes().values())

    @pytest.mark.parametrize("currency", ["1", ABSENT], ids=["one currency", "not read"])
    def test_several_currencies_are_nothing_to_say_where_no_balance_is_written(self, currency: Any) -> None:
        tree = [
            ns("1", balance=Decimal(1), currency=currency),
            ns("2", balance=Decimal(2), parent="1", currency="9"),
        ]
        seen = Groups()(tree)(tree[0])
        assert (seen.value.balance, seen.issues) == (ABSENT, ())

    @pytest.mark.parametrize(
        ("balance", "whole", "said"),
        [
            (Decimal("12.50"), 1250, Decimal("12.50")),
            (Decimal("-0.01"), -1, Decimal("-0.01")),
            (ABSENT, ABSENT, ABSENT),
            (None, ABSENT, ABSENT),
        ],
        ids=str,
    )
    def test_cents(self, balance: Any, whole: Any, said: Any) -> None:
        assert Cents(whole=True)(ns(balance=balance), None) == whole
        assert Cents()(ns(balance=balance), None) == said

    def test_part_of_a_cent_is_never_rounded(self) -> None:
        made = Cents()(ns(balance=Decimal("0.005")), None)
        assert (made.value, [issue.code for issue in made.issues]) == (ABSENT, ["part_of_a_cent"])

    def test_a_field_of_the_target_s_own_takes_cents(self) -> None:

        flow: Flow = customer_import(target=API, balance="custom.balance", parent_name="")
        assert flow.field_for["custom.balance"].compute(ns(balance=Decimal(3)), None) == 300


class TestRowValues:
    """What is not known is left as it is there."""

    @pytest.mark.parametrize(
        ("parent", "there", "written"),
        [("9", "1", "9"), (None, "1", None), (ABSENT, "1", "1"), (ABSENT, None, None)],
        ids=["known", "stands alone", "not known", "not known and none there"],
    )
    def test_group(self, parent: Any, there: Any, written: Any) -> None:
        current = ns(parent=there, custom={"Parent name": f"No. {there}"} if there else {})
        assert group_id(ns(parent=parent), current) == written
        assert group_id(ns(parent=parent), None) == parent
        name = GroupName("Parent name")(ns(parent=parent, custom={"group_name": "No. 9"}), current)
        assert name == (f"No. {written}" if written else None)

    def test_a_name_that_is_not_known(self) -> None:
        """One that belongs to another group goes; where the group is the same, it stays."""
        shown = GroupName("Parent name")
        there = ns(parent="9", custom={"Parent name": "No. 9"})
        assert shown(ns(parent="9"), there) == "No. 9"
        assert shown(ns(parent="8"), there) is None
        assert shown(ns(parent="9"), None) is None
        assert shown(ns(parent=ABSENT), None) is None


@pytest.mark.rule("G-ISO")
class TestOddCustomers:
    """A customer that is odd spoils nobody else's group."""

    def test_values_of_another_type(self) -> None:
        odd = ns(
            "2", parent=["1"], top_level_parent=7, balance="ten", entity_id=7, representing_subsidiary=[1]
        )
        owing = ns("3", balance=Decimal(1), currency=["1"])
        seen = Groups(checks=CUSTOMER_IMPORT.checks)([ns("1"), odd, owing])
        assert seen(odd).value.parent is None
        assert seen(owing).value.balance == 1
        assert seen(ns("1")).issues == ()

    def test_the_flow_s_prescan_says_what_it_sets(self) -> None:
        assert CUSTOMER_IMPORT.prescan is not None
        assert CUSTOMER_IMPORT.prescan.sets == (
            *("parent", "balance"),
            *("custom.group_name", "custom.group_comes"),
        )
