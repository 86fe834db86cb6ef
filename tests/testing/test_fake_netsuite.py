"""The in-memory NetSuite merges duplicates, shares customers among subsidiaries, and tidies if told to."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.protocols import Answer, Done, MergeRequest, Rejected, Tier
from custsync.systems.netsuite import REST, SUITEQL
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.netsuite import FakeNetSuite
from tests.testing.calls import created, found, updated

DELAY = timedelta(minutes=3)


def line(city: str, number: int = 1, **defaults: bool) -> dict[str, Any]:
    flags = {"defaultBilling": False, "defaultShipping": False}
    return {"id": number, "addressBookAddress": {"city": city}, **flags, **defaults}


def merged(netsuite: FakeNetSuite, survivor: str, duplicate: str) -> Answer:
    """Return the answer to one merge."""
    return netsuite.merge([MergeRequest(survivor=survivor, duplicate=duplicate)])[duplicate]


def pair(netsuite: FakeNetSuite, survivor: Any = None, duplicate: Any = None) -> tuple[str, str]:
    """Return the ids of two companies that are there."""
    return (
        netsuite.put({"companyName": "Works", **(survivor or {})}),
        netsuite.put({"companyName": "Works Inc.", **(duplicate or {})}),
    )


class TestAMerge:
    """The survivor's blanks are filled and its values stay; the duplicate is gone, without a tombstone."""

    def test_fills_blanks_alone(self) -> None:
        netsuite = FakeNetSuite()
        own = {"email": "a@works.example", "custentity_region": "NE"}
        other = {"email": "b@works.example", "phone": "1", "custentity_route": "5", "isInactive": True}
        survivor, duplicate = pair(netsuite, own, other)
        assert merged(netsuite, survivor, duplicate) == Done(survivor)
        row = netsuite.row(survivor)
        filled = {"phone": "1", "custentity_route": "5", "companyName": "Works", "isInactive": False}
        assert {key: row[key] for key in {**own, **filled}} == {**own, **filled}
        assert [row["id"] for row in netsuite.rows] == [survivor]
        assert netsuite.writes == [("merge", duplicate)]

    def test_leaves_no_tombstone(self) -> None:
        netsuite = FakeNetSuite()
        survivor, duplicate = pair(netsuite, None, {"externalId": "x", "entityId": "C-2"})
        merged(netsuite, survivor, duplicate)
        assert found(netsuite, "id", duplicate) == []
        assert updated(netsuite, duplicate, phone="1") == Rejected("resource_missing", "id")
        assert [row["id"] for row in found(netsuite, "external_id", "x")] == [survivor]

    def test_is_a_change_of_the_survivor(self) -> None:
        clock = VirtualClock()
        netsuite = FakeNetSuite(clock)
        survivor, duplicate = pair(netsuite)
        before = netsuite.row(survivor)
        clock.sleep(60)
        merged(netsuite, survivor, duplicate)
        after = netsuite.row(survivor)
        assert after["dateCreated"] == before["dateCreated"]
        assert after["lastModifiedDate"] > before["lastModifiedDate"]

    def test_adds_the_balances(self) -> None:
        netsuite = FakeNetSuite()
        survivor, duplicate = pair(netsuite, {"balance": 10.5}, {"balance": 2})
        third = netsuite.put({"companyName": "Third", "balance": 7})
        merged(netsuite, survivor, duplicate)
        assert netsuite.row(survivor)["balance"] == 12.5
        merged(netsuite, netsuite.put({"companyName": "Fourth"}), third)
        assert netsuite.rows[-1]["balance"] == 7

    @pytest.mark.parametrize(
        ("own", "other", "fitting"),
        [(None, None, True), ("1", "1", True), ("1", "2", False), ("1", None, False), (None, "2", False)],
    )
    def test_needs_equal_vat_numbers(self, own: str | None, other: str | None, fitting: bool) -> None:  # noqa: FBT001 - a table's column
        netsuite = FakeNetSuite()
        numbers = [{"vatRegNumber": number} if number else {} for number in (own, other)]
        survivor, duplicate = pair(netsuite, *numbers)
        answer = Done(survivor) if fitting else Rejected("USER_ERROR", "vatRegNumber")
        assert merged(netsuite, survivor, duplicate) == answer
        assert len(netsuite.rows) == (1 if fitting else 2)

    def test_needs_two_that_are_there(self) -> None:
        netsuite = FakeNetSuite()
        survivor, duplicate = pair(netsuite)
        code = "INVALID_KEY_OR_REF"
        assert merged(netsuite, survivor, "404") == Rejected(code, "duplicate")
        assert merged(netsuite, "404", duplicate) == Rejected(code, "survivor")
        assert merged(netsuite, survivor, survivor) == Rejected(code, "duplicate")
        assert len(netsuite.rows) == 2
        merged(netsuite, survivor, duplicate)
        assert merged(netsuite, survivor, duplicate) == Rejected(code, "duplicate")

    def test_of_many_at_once(self) -> None:
        netsuite = FakeNetSuite()
        survivor, *duplicates = [netsuite.put({"companyName": "Works"}) for _ in range(4)]
        requests = [MergeRequest(survivor=survivor, duplicate=one) for one in duplicates]
        assert netsuite.merge(requests) == dict.fromkeys(duplicates, Done(survivor))
        assert len(netsuite.rows) == 1
        with pytest.raises(ValueError, match="200 at once; at most 199 are accepted"):
            netsuite.merge(requests[:1] * 200)

    def test_lags_in_look_ups_as_every_write(self) -> None:
        clock = VirtualClock()
        netsuite = FakeNetSuite(clock, tier=Tier.D)
        survivor, duplicate = pair(netsuite, None, {"email": "b@works.example"})
        clock.sleep(60)
        merged(netsuite, survivor, duplicate)
        assert [row["id"] for row in found(netsuite, "email", "b@works.example")] == [duplicate]
        clock.sleep(60)
        assert [row["id"] for row in found(netsuite, "email", "b@works.example")] == [survivor]


class TestTheQueue:
    """A merge that is taken takes effect later; what came in between, the queue tells nobody."""

    def queued(self) -> tuple[FakeNetSuite, VirtualClock, str, str]:
        clock = VirtualClock()
        netsuite = FakeNetSuite(clock, merge_delay=DELAY)
        survivor, duplicate = pair(netsuite)
        assert merged(netsuite, survivor, duplicate) == Done(survivor)
        return netsuite, clock, survivor, duplicate

    def test_takes_its_time(self) -> None:
        netsuite, clock, survivor, duplicate = self.queued()
        clock.sleep(DELAY.total_seconds() - 1)
        assert len(netsuite.rows) == 2
        netsuite.edit(duplicate, phone="1")
        clock.sleep(1)
        assert [row["id"] for row in netsuite.rows] == [survivor]
        assert netsuite.row(survivor)["phone"] == "1"

    def test_takes_one_merge_twice(self) -> None:
        netsuite, clock, survivor, duplicate = self.queued()
        assert merged(netsuite, survivor, duplicate) == Done(survivor)
        clock.sleep(DELAY.total_seconds())
        assert [row["id"] for row in netsuite.rows] == [survivor]
        assert netsuite.writes == [("merge", duplicate)]

    def test_drops_a_merge_whose_survivor_went(self) -> None:
        netsuite, clock, survivor, duplicate = self.queued()
        netsuite.remove(survivor)
        clock.sleep(DELAY.total_seconds())
        assert [row["id"] for row in netsuite.rows] == [duplicate]


class TestWhatMovesOver:
    """Addresses, contacts and sub-customers of the duplicate are the survivor's."""

    def test_lines_move_and_defaults_stay(self) -> None:
        netsuite = FakeNetSuite()
        own = line("Astoria", defaultBilling=True, defaultShipping=False)
        other = line("Bend", defaultBilling=True, defaultShipping=True)
        survivor, duplicate = pair(
            netsuite, {"addressBook": {"items": [own]}}, {"addressBook": {"items": [other, line("Salem", 2)]}}
        )
        merged(netsuite, survivor, duplicate)
        assert netsuite.row(survivor)["addressBook"]["items"] == [
            own,
            line("Bend", 2, defaultBilling=False, defaultShipping=True),
            line("Salem", 3, defaultBilling=False),
        ]

    @pytest.mark.parametrize("has_book", [True, False])
    def test_a_book_that_is_empty_is_filled(self, has_book: bool) -> None:  # noqa: FBT001 - a table's column
        netsuite = FakeNetSuite()
        own: dict[str, Any] = {"addressBook": {"items": []}} if has_book else {}
        survivor, duplicate = pair(netsuite, own, {"addressBook": {"items": [line("Bend")]}})
        merged(netsuite, survivor, duplicate)
        assert netsuite.row(survivor)["addressBook"]["items"] == [line("Bend")]

    def test_contacts(self) -> None:
        netsuite = FakeNetSuite()
        own, other = ({"contactRoles": {"items": [{"contactName": name}]}} for name in ("Ola", "Sam"))
        survivor, duplicate = pair(netsuite, own, other)
        third = netsuite.put({"companyName": "Third"})
        merged(netsuite, survivor, duplicate)
        merged(netsuite, third, survivor)
        names = [role["contactName"] for role in netsuite.row(third)["contactRoles"]["items"]]
        assert names == ["Ola", "Sam"]

    def test_sub_customers(self) -> None:
        netsuite = FakeNetSuite()
        survivor, duplicate = pair(netsuite)
        child = netsuite.put({"companyName": "Child", "parent": {"id": duplicate}})
        own = netsuite.put({"companyName": "Own", "parent": {"id": survivor}})
        merged(netsuite, survivor, duplicate)
        assert [netsuite.row(one)["parent"] for one in (child, own)] == [{"id": survivor}] * 2
        assert "parent" not in netsuite.row(survivor)

    def test_a_blank_place_in_the_hierarchy_stays_blank(self) -> None:
        netsuite = FakeNetSuite()
        top = netsuite.put({"companyName": "Top"})
        survivor, duplicate = pair(netsuite, None, {"parent": {"id": top}, "topLevelParent": {"id": top}})
        merged(netsuite, survivor, duplicate)
        assert not {"parent", "topLevelParent"} & netsuite.row(survivor).keys()

    def test_a_hierarchy_that_runs_in_a_circle_is_left_to_whoever_made_it(self) -> None:
        netsuite = FakeNetSuite()
        survivor, duplicate = pair(netsuite)
        other = netsuite.put({"companyName": "Other", "parent": {"id": survivor}})
        netsuite.edit(survivor, parent={"id": other})
        assert merged(netsuite, survivor, duplicate) == Done(survivor)
        assert netsuite.row(survivor)["parent"] == {"id": other}

    @given(st.data())
    def test_no_customer_stands_below_itself(self, data: st.DataObject) -> None:
        netsuite = FakeNetSuite()
        ids = [netsuite.put({"companyName": "Top"})]
        for _ in range(6):
            parent = data.draw(st.none() | st.sampled_from(ids))
            place = {} if parent is None else {"parent": {"id": parent}}
            ids.append(netsuite.put({"companyName": "Below", **place}))
        survivor, duplicate = data.draw(st.permutations(ids))[:2]
        merged(netsuite, survivor, duplicate)
        up = {row["id"]: row.get("parent", {}).get("id") for row in netsuite.rows}
        assert duplicate not in up.values()
        for parent in up.values():
            steps, at = 0, parent
            while at is not None:
                steps, at = steps + 1, up[at]
                assert steps < len(up)


class TestSubsidiaries:
    """A customer belongs to its own subsidiary, and to those that it is shared with."""

    def test_of_a_customer_without_one(self) -> None:
        netsuite = FakeNetSuite()
        nowhere = netsuite.put({"companyName": "Nowhere"})
        netsuite.share(nowhere, "3")
        (held,) = netsuite.row(nowhere)["subsidiaries"]["items"]
        assert held == {"subsidiary": {"id": "3"}, "isPrimarySub": False}

    def test_are_on_the_record_of_a_customer_that_is_shared(self) -> None:
        netsuite = FakeNetSuite()
        shared = netsuite.put({"companyName": "Works", "subsidiary": {"id": "2"}})
        assert "subsidiaries" not in netsuite.row(shared)
        netsuite.share(shared, "3")
        read = REST.read(netsuite.row(shared), "", "")
        items = read.extra["subsidiaries"]["items"]
        assert [(one["subsidiary"]["id"], one["isPrimarySub"]) for one in items] == [
            ("2", True),
            ("3", False),
        ]
        assert read.subsidiary == "2"
        assert "subsidiaries" not in netsuite.query_rows[0]
        assert SUITEQL.read(netsuite.query_rows[0], "", "").subsidiary == "2"

    def test_of_a_duplicate_are_lost(self) -> None:
        netsuite = FakeNetSuite()
        survivor, duplicate = pair(netsuite, {"subsidiary": {"id": "2"}}, {"subsidiary": {"id": "3"}})
        netsuite.share(duplicate, "4")
        merged(netsuite, survivor, duplicate)
        assert netsuite.row(survivor)["subsidiary"] == {"id": "2"}
        assert "subsidiaries" not in netsuite.row(survivor)


class TestLookUps:
    """Customers are found by the custom fields that are named, in tier D with a lag."""

    def test_are_those_that_are_named(self) -> None:
        netsuite = FakeNetSuite(tier=Tier.D, custom_look_ups=["custentity_region", "custentity_legacy"])
        custom = {"custom.custentity_region", "custom.custentity_legacy"}
        can = netsuite.capabilities
        assert can.lookups.keys() == {"id", "email", "external_id", "entity_id", *custom}
        assert can.eventually_consistent == can.lookups.keys() - {"id"}

    def test_find(self) -> None:
        netsuite = FakeNetSuite(custom_look_ups=["custentity_region"])
        works, _ = pair(netsuite, {"custentity_region": "NE"}, {"custentity_region": "SE"})
        assert [row["id"] for row in found(netsuite, "custom.custentity_region", "NE")] == [works]


class TestTidying:
    """What is written is made neat where the system is said to do so; the answer does not tell."""

    @pytest.mark.parametrize(
        ("key", "value", "kept"),
        [
            ("email", " AP@Works.EXAMPLE", "ap@works.example"),
            ("phone", "503.555.0142", "(503) 555-0142"),
            ("mobilePhone", "5035550142", "(503) 555-0142"),
            ("fax", "+44 113 555 0142", "+44 113 555 0142"),
            ("phone", "503.555.014 x2", "503.555.014 x2"),
            ("companyName", "  Works, Inc. ", "Works, Inc."),
            ("altName", "   ", None),
            ("comments", " as it is ", " as it is "),
            ("isInactive", True, True),
        ],
    )
    def test_of(self, key: str, value: Any, kept: Any) -> None:
        body = {"companyName": "Works", key: value}
        tidy, plain = FakeNetSuite(tidies=True), FakeNetSuite()
        for netsuite in (tidy, plain):
            answer = created(netsuite, **body)
            assert answer == Done("5001", None)
            assert updated(netsuite, "5001", **body) == answer
        assert tidy.row("5001").get(key) == kept
        assert plain.row("5001")[key] == value
