"""NetSuite → Lightspeed: what an update leaves as it is, under both readings of an update."""

from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given, strategies as st

from custsync.engine.api import apply, plan, sync
from custsync.engine.outcomes import Result
from custsync.flows.lightspeed import CUSTOMER_EXPORT, copy_field
from custsync.protocols import Adapter
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.lightspeed import FakeLightspeed
from custsync.testing.faults import LATE_BY, Fault, Faults
from tests.flows.shop import JOINERY, ROW, Shop

TILL: dict[str, Any] = {
    "do_not_email": True,
    "enable_promotional_sms": True,
    "enable_loyalty": True,
    "note": "Rings first",
    "website": "https://brightwater.example",
    "date_of_birth": "1984-07-19",
    "custom_field_3": "NE",
    "tax_id": "7",
}
"""What people at the till enter, and no row of the flow writes."""

EDITS: dict[str, Any] = {
    "companyName": "Brightwater & Sons",
    "phone": "(503) 555-0142",
    "email": None,
    "fax": "(503) 555-0144",
    "addressBook": {"items": [{"defaultBilling": True, "addressBookAddress": ROW}]},
}


@frozen
class Late:
    """A shop whose updates come late."""

    shop: FakeLightspeed
    late: Adapter

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shop, name)

    def update(self, requests: Any) -> Any:
        return self.late.update(requests)


def shop_with(*, replaces: bool) -> Shop:
    """Return a shop with one customer of NetSuite's, of whom the till knows more."""
    clock = VirtualClock()
    shop = Shop(clock=clock, lightspeed=FakeLightspeed(clock, replaces=replaces))
    shop.netsuite.put(JOINERY)
    shop.export()
    shop.lightspeed.edit(shop.only["id"], **TILL)
    return shop


@pytest.mark.rule("G-LOSS")
@pytest.mark.rule("LS-MAP-3")
@pytest.mark.parametrize("replaces", [True, False])
class TestUpdates:
    """An update carries the whole record with the change laid over it: nothing else changes."""

    @pytest.mark.parametrize("field", sorted(EDITS))
    def test_what_the_till_entered_stays(self, field: str, replaces: bool) -> None:  # noqa: FBT001
        shop = shop_with(replaces=replaces)
        shop.netsuite.edit("5001", **{field: EDITS[field]})
        assert shop.export() == "1 updated"
        assert {key: shop.only[key] for key in TILL} == TILL

    def test_one_that_comes_late_beats_no_newer_value(self, replaces: bool) -> None:  # noqa: FBT001
        """It carries the old value of what was edited since, though it changes another field."""
        shop = shop_with(replaces=replaces)
        shop.netsuite.edit("5001", companyName="Brightwater & Sons")
        faults = Faults(dict.fromkeys(range(1, 20), Fault.LATE))
        late = Late(shop.lightspeed, faults.around_adapter(shop.lightspeed, "target"))
        shop.export(world=evolve(shop.world, target=late))
        shop.netsuite.edit("5001", email="new@brightwater.example")
        shop.export()
        shop.clock.advance(LATE_BY)
        shop.export()
        shop.export()
        assert shop.only["email"] == "new@brightwater.example"
        assert shop.only["company_name"] == "Brightwater & Sons"

    def test_a_link_to_a_customer_of_the_shops_own(self, replaces: bool) -> None:  # noqa: FBT001
        shop = Shop(lightspeed=FakeLightspeed(replaces=replaces))
        shop.lightspeed.put({"customer_code": "CUST-2041", "company_name": "Old", **TILL})
        shop.netsuite.put(JOINERY)
        assert shop.export() == "1 linked"
        assert {key: shop.only[key] for key in TILL} == TILL
        assert shop.only["company_name"] == JOINERY["companyName"]

    def test_an_opt_out_between_plan_and_apply_is_not_undone(self, replaces: bool) -> None:  # noqa: FBT001
        shop = shop_with(replaces=replaces)
        shop.lightspeed.edit(shop.only["id"], do_not_email=False)
        shop.netsuite.edit("5001", phone="(503) 555-0142")
        made = plan(CUSTOMER_EXPORT, shop.netsuite.rows, shop.world)
        shop.lightspeed.edit(shop.only["id"], do_not_email=True)
        assert apply(CUSTOMER_EXPORT, made, shop.world).summary == "1 updated"
        assert (shop.only["do_not_email"], shop.only["phone"]) == (True, "(503) 555-0142")

    def test_a_customer_that_is_gone_by_then_is_not_written(
        self,
        replaces: bool,  # noqa: FBT001
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        shop = shop_with(replaces=replaces)
        shop.netsuite.edit("5001", phone="(503) 555-0142")
        identity, find = shop.only["id"], FakeLightspeed.find
        asked: list[str] = []

        def found(lightspeed: FakeLightspeed, by: str, values: Any) -> Any:
            asked.append(by)
            if len(asked) == 2:
                lightspeed.remove(identity)
            return find(lightspeed, by, values)

        monkeypatch.setattr(FakeLightspeed, "find", found)
        assert shop.export() == "1 failed"
        assert shop.lightspeed.row(identity)["phone"] is None


@pytest.mark.rule("G-LOSS")
class TestParts:
    """A customer of whom the adapter shows a part alone is not changed: the rest would be lost."""

    def test_an_adapter_that_answers_with_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shop = shop_with(replaces=True)
        shop.netsuite.edit("5001", phone="(503) 555-0142")
        find = FakeLightspeed.find

        def parts(lightspeed: FakeLightspeed, by: str, values: Any) -> Any:
            kept = ("id", "customer_code", "first_name", "company_name")
            return {
                value: [{key: row[key] for key in kept} for row in rows]  # type: ignore[union-attr]
                for value, rows in find(lightspeed, by, values).items()
            }

        monkeypatch.setattr(FakeLightspeed, "find", parts)
        report = sync(CUSTOMER_EXPORT, shop.netsuite.rows, shop.world)
        assert report.counts == {Result.FAILED: 1}
        assert "was not read whole" in report.attention[0].issues[-1].reason
        assert shop.only["phone"] is None


@pytest.mark.rule("LS-MAP-4")
class TestOtherFields:
    """Lightspeed's other fields are written by rows like any other."""

    ROWS = (
        copy_field("custom.custentity_note", "custom.note"),
        copy_field("custom.custentity_site", "custom.website"),
        copy_field("custom.custentity_group", "custom.customer_group_id"),
        copy_field("custom.custentity_born", "custom.date_of_birth"),
        copy_field("custom.custentity_points", "custom.enable_loyalty"),
        copy_field("custom.custentity_sms", "custom.enable_promotional_sms"),
    )

    def test_each_is_created_and_kept_up_to_date(self) -> None:
        shop, flow = Shop(), CUSTOMER_EXPORT
        for row in self.ROWS:
            flow = flow.with_field(row)
        said: dict[str, Any] = {
            "custentity_note": "Rings first",
            "custentity_site": "https://brightwater.example",
            "custentity_group": "0a91-77",
            "custentity_born": "1984-07-19",
            "custentity_points": "T",
            "custentity_sms": False,
        }
        identity = shop.netsuite.put({**JOINERY, **said})
        assert shop.export(flow) == "1 created"
        keys = [row.target[7:] for row in self.ROWS]
        assert [shop.only[key] for key in keys] == [*list(said.values())[:4], True, False]
        shop.netsuite.edit(identity, custentity_points="false", custentity_note=None, custentity_born=None)
        assert shop.export(flow) == "1 updated"
        assert (shop.only["enable_loyalty"], shop.only["note"]) == (False, None)
        assert shop.only["date_of_birth"] == "1984-07-19"
        assert "not_emptied" in shop.said

    def test_a_field_that_a_customer_does_not_have_is_not_written(self) -> None:
        shop = Shop()
        shop.netsuite.put(JOINERY)
        shop.export(CUSTOMER_EXPORT.with_field(self.ROWS[0]).with_field(self.ROWS[4]))
        assert (shop.only["note"], shop.only["enable_loyalty"]) == (None, False)

    @pytest.mark.parametrize("said", ["perhaps", "2", 7])
    def test_what_is_no_flag_is_refused(self, said: Any) -> None:
        shop = Shop()
        shop.netsuite.put({**JOINERY, "custentity_points": said})
        assert shop.export(CUSTOMER_EXPORT.with_field(self.ROWS[4])) == "1 refused"
        assert shop.said == {"no_flag_value"}

    @pytest.mark.parametrize(
        ("said", "flag"), [(" Yes ", True), ("no", False), ("F", False), ("1", True), ("", False)]
    )
    def test_every_spelling_of_a_flag(self, said: str, flag: bool) -> None:  # noqa: FBT001
        shop = Shop()
        shop.netsuite.put({**JOINERY, "custentity_points": said})
        shop.export(CUSTOMER_EXPORT.with_field(self.ROWS[4]))
        assert shop.only["enable_loyalty"] is flag


@pytest.mark.rule("G-LOSS")
@given(
    till=st.fixed_dictionaries({}, optional={key: st.just(value) for key, value in TILL.items()}),
    edits=st.lists(st.sampled_from(sorted(EDITS)), min_size=1, unique=True),
    replaces=st.booleans(),
)
def test_both_readings_of_an_update_end_alike(
    till: dict[str, Any],
    edits: list[str],
    replaces: bool,  # noqa: FBT001
) -> None:
    shop = Shop(lightspeed=FakeLightspeed(replaces=replaces))
    shop.netsuite.put(JOINERY)
    shop.export()
    shop.lightspeed.edit(shop.only["id"], **till)
    before = shop.only
    shop.netsuite.edit("5001", **{field: EDITS[field] for field in edits})
    assert shop.export() == "1 updated"
    untouched = before.keys() - {"version", "updated_at", "name"} - {"company_name", "phone", "email", "fax"}
    kept = {key for key in untouched if not key.startswith("postal_")}
    assert {key: shop.only[key] for key in kept} == {key: before[key] for key in kept}
