"""NetSuite → Upflow: excluded customers that Upflow keeps with a mark (`excluded_field`)."""

from typing import Any, Final

import pytest

from custsync.engine.api import apply, plan, sync
from custsync.engine.manual import exclude_manually, link_manually, reinclude, unlink_manually
from custsync.errors import FlowError
from custsync.flow import EXCLUDED_MARK, Flow
from custsync.flows.upflow import Is, SmartRule, customer_import
from custsync.flows.upflow.exclusions import exclude_by_list, imports_data_of
from custsync.rules.fields.mapping import Copied, FieldMapping
from custsync.syncrecords import Status
from tests.flows.collecting import API, Office, api_office, codes, company, groups, only

CATEGORY: Final = frozenset({"7"})


def marking(**settings: Any) -> Flow:
    """Return the flow to a target with a field that marks excluded customers."""
    return customer_import(target=API, parent_name="", excluded_field="custom.isExcluded", **settings)


PLAIN: Final = marking()
BY_CATEGORY: Final = marking(categories=CATEGORY)
BY_RULE: Final = marking(rules=(SmartRule(name="staff", where=(Is("entity_id", "S-1"),)),))


@pytest.fixture
def office() -> Office:
    return api_office()


def marks(office: Office) -> dict[str, Any]:
    """Return the marks in Upflow, by the NetSuite id."""
    return {row["externalId"]: row.get("isExcluded") for row in office.upflow.rows}


def of(office: Office, flow: Flow, own: str) -> tuple[str, list[str]]:
    """Sync; return what became of a customer, and why."""
    outcome = office.outcomes(flow)[own]
    return outcome.result.value, codes(outcome)


@pytest.mark.rule("UF-EXC-2")
class TestCreatedWithItsMark:
    """A never-synced excluded customer is created with the mark, and kept up to date."""

    @pytest.mark.parametrize(
        ("flow", "record"),
        [(BY_CATEGORY, company(category="7")), (BY_RULE, company(entityId="S-1"))],
        ids=["category", "rule"],
    )
    def test_by_category_and_by_rule(self, office: Office, flow: Flow, record: dict[str, Any]) -> None:
        own, other = office.put(record, company("Other"))
        assert of(office, flow, own) == ("created", ["newly_excluded"])
        assert marks(office) == {own: True, other: None}
        assert not imports_data_of(office.records()[own])
        assert imports_data_of(office.records()[other])
        office.assert_silent(flow)

    def test_by_hand(self, office: Office) -> None:
        own = only(office.put(company()))
        (record,) = exclude_manually(PLAIN, [own], office.world)
        assert record.hidden is not None
        assert of(office, PLAIN, own) == ("created", ["newly_excluded"])
        assert marks(office) == {own: True}

    def test_by_list(self, office: Office) -> None:
        own = only(office.put(company("Harrow")))
        office.bring(PLAIN)
        row = {"name": "Harrow", "external_id": own, "upflow_id": office.upflow.rows[0]["id"]}
        assert only(exclude_by_list(PLAIN, [row], office.netsuite.rows, office.world)).issues == ()
        assert of(office, PLAIN, own) == ("updated", ["newly_excluded"])
        assert marks(office) == {own: True}

    def test_by_plan_and_apply(self, office: Office) -> None:
        own = only(office.put(company(category="7")))
        report = apply(BY_CATEGORY, plan(BY_CATEGORY, office.netsuite.rows, office.world), office.world)
        assert report.summary == "1 created"
        record = office.records()[own]
        assert record.hidden is not None
        assert record.hidden.rule == "UF-EXC-1"
        assert marks(office) == {own: True}

    def test_an_excluded_parent_is_there_for_its_children(self, office: Office) -> None:
        group = only(office.put(company("Group", category="7")))
        child = only(office.put(company("Child", parent=group)))
        office.bring(BY_CATEGORY)
        assert groups(office) == {group: None, child: group}

    def test_one_that_was_there_is_linked_and_marked(self, office: Office) -> None:
        own = only(office.put(company("Harrow", category="7")))
        office.upflow.put({"name": "Harrow", "externalId": own})
        assert of(office, BY_CATEGORY, own) == ("linked", ["newly_excluded"])
        assert marks(office) == {own: True}


@pytest.mark.rule("UF-EXC-2")
class TestKeptUpToDate:
    """A synced customer that is excluded gets the mark once, and its changes from then on."""

    @pytest.mark.parametrize(
        ("flow", "change"),
        [(BY_CATEGORY, {"category": {"id": "7"}}), (PLAIN, {"isInactive": True})],
        ids=["category", "inactive"],
    )
    def test_the_moment_and_after(self, office: Office, flow: Flow, change: dict[str, Any]) -> None:
        own = only(office.put(company("Harrow")))
        office.bring(flow)
        office.netsuite.edit(own, **change)
        assert of(office, flow, own) == ("updated", ["newly_excluded"])
        office.assert_silent(flow)
        office.netsuite.edit(own, companyName="Newer")
        assert of(office, flow, own) == ("updated", ["excluded"])
        assert (office.upflow.rows[0]["name"], marks(office)) == ("Newer", {own: True})

    def test_the_mark_stays_when_the_reason_goes(self, office: Office) -> None:
        own = only(office.put(company(category="7")))
        office.bring(BY_CATEGORY)
        office.netsuite.edit(own, category=None)
        assert of(office, BY_CATEGORY, own) == ("unchanged", ["excluded"])
        assert marks(office) == {own: True}

    def test_an_exclusion_that_does_not_last_goes_with_its_reason(self, office: Office) -> None:
        flow = marking(categories=CATEGORY, exclusions_last=False)
        own = only(office.put(company(category="7")))
        assert of(office, flow, own) == ("created", ["newly_excluded"])
        office.netsuite.edit(own, category=None)
        assert of(office, flow, own) == ("updated", [])
        assert marks(office) == {own: None}

    def test_categories_that_are_added_later_count_for_unchanged_records(self, office: Office) -> None:
        own = only(office.put(company(category="7")))
        office.bring(PLAIN)
        assert of(office, BY_CATEGORY, own) == ("updated", ["newly_excluded"])

    def test_a_mark_that_somebody_set_in_upflow_stays(self, office: Office) -> None:
        own = only(office.put(company("Harrow")))
        there = office.upflow.put({"name": "Harrow", "externalId": own, "isExcluded": True})
        office.bring(PLAIN)
        office.netsuite.edit(own, companyName="Newer")
        office.bring(PLAIN)
        assert (office.upflow.row(there)["name"], marks(office)) == ("Newer", {own: True})


@pytest.mark.rule("UF-EXC-2")
class TestLeftOut:
    """Never-synced inactive and inter-company customers are left out, with a mark or without one."""

    @pytest.mark.parametrize(
        ("record", "code"),
        [(company(isInactive=True), "inactive"), (company(representingSubsidiary="4"), "intercompany")],
        ids=["inactive", "inter-company"],
    )
    def test_never_synced(self, office: Office, record: dict[str, Any], code: str) -> None:
        own = only(office.put(record))
        assert of(office, BY_CATEGORY, own) == ("left out", [code])
        assert of(office, BY_CATEGORY, own)[0] == "left out"
        assert office.upflow.rows == []

    def test_a_synced_one_that_becomes_inter_company_is_marked(self, office: Office) -> None:
        own = only(office.put(company()))
        office.bring(PLAIN)
        now = office.netsuite.row(own) | {"representingSubsidiary": {"id": "4"}}
        sync(PLAIN, [now], office.world)
        assert marks(office) == {own: True}


@pytest.mark.rule("UF-EXC-4")
class TestPermanent:
    """No later run brings the customer back; a person may, where the flow allows it."""

    def test_taken_in_again_the_mark_goes(self, office: Office) -> None:
        flow = marking(reinclusion=True)
        own = only(office.put(company()))
        office.bring(flow)
        exclude_manually(flow, [own], office.world)
        office.bring(flow)
        assert reinclude(flow, own, "a mistake", office.world).hidden is None
        assert of(office, flow, own) == ("updated", [])
        assert marks(office) == {own: None}
        assert imports_data_of(office.records()[own])

    def test_unlinking_and_linking_keep_the_exclusion(self, office: Office) -> None:
        own = only(office.put(company()))
        office.bring(PLAIN)
        exclude_manually(PLAIN, [own], office.world)
        assert exclude_manually(PLAIN, [own], office.world) == [office.records()[own]]
        assert unlink_manually(PLAIN, own, office.world).hidden is not None
        linked = link_manually(PLAIN, own, office.upflow.rows[0]["id"], office.world)
        assert (linked.status, linked.hidden is not None) == (Status.LINKED, True)

    def test_one_excluded_before_there_was_a_field_gets_its_mark(self, office: Office) -> None:
        before = customer_import(target=API, parent_name="", categories=CATEGORY)
        hidden, away = office.put(company(category="7"), company(representingSubsidiary="4"))
        office.bring(before)
        assert {one.status for one in office.records().values()} == {Status.EXCLUDED}
        outcomes = [office.outcomes(BY_CATEGORY) for _ in range(2)]
        assert [seen[hidden].result.value for seen in outcomes] == ["left out", "created"]
        assert [seen[away].result.value for seen in outcomes] == ["left out", "left out"]
        assert marks(office) == {hidden: True}


class TestFlow:
    """A flow whose target has no such field, or no row for it, is refused when it is made."""

    def test_the_import_has_none(self) -> None:
        with pytest.raises(FlowError, match=r"takes no field 'custom\.isExcluded'"):
            customer_import(excluded_field="custom.isExcluded")

    def test_its_row_reads_the_mark(self) -> None:
        row = FieldMapping(
            target="custom.isExcluded", sources=("category",), rule="UF-EXC-2", compute=Copied("category")
        )
        with pytest.raises(FlowError, match=f"no row makes 'custom.isExcluded' from '{EXCLUDED_MARK}'"):
            PLAIN.with_field(row)
