"""NetSuite → Upflow: excluding by a list, whose three columns are checked against each other."""

from collections.abc import Mapping
from typing import Any

import pytest

from custsync.engine.manual import exclude_manually
from custsync.errors import InputError
from custsync.flows.upflow import CUSTOMER_IMPORT, Listed, check_list, exclude_by_list
from custsync.models import Ref
from custsync.syncrecords import Status
from tests.flows.collecting import API_IMPORT, Office, api_office, codes, company, ns, only


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.rule("UF-EXC-3")
class TestByList:
    """By a list with name, external ID and Upflow ID, all three checked against each other."""

    ROW = {"name": "Harrow", "external_id": "2041", "upflow_id": "6b0e-1"}  # noqa: RUF012 - read only
    OURS = ns("2041", company_name="Harrow")
    LINKED = {"2041": "6b0e-1"}  # noqa: RUF012 - read only

    @pytest.mark.parametrize(
        ("changes", "fields"),
        [
            ({}, []),
            ({"name": " Harrow "}, []),
            ({"name": "harrow"}, []),
            ({"name": "Harrow Ltd"}, ["name"]),
            ({"upflow_id": "6b0e-2"}, ["upflow_id"]),
            ({"name": "Other", "upflow_id": "6b0e-2"}, ["name", "upflow_id"]),
            ({"external_id": "2042"}, ["external_id"]),
            ({"external_id": ""}, ["external_id"]),
            ({"name": None, "upflow_id": 7}, ["name", "upflow_id"]),
        ],
        ids=str,
    )
    def test_which_of_the_three_disagrees(self, changes: Mapping[str, Any], fields: list[str]) -> None:
        (listed,) = check_list([{**self.ROW, **changes}], {"2041": self.OURS}, self.LINKED)
        assert [issue.field for issue in listed.issues] == fields
        assert listed.source == (None if fields else self.OURS.ref)

    def test_the_headings_of_the_page(self) -> None:
        row = {"Name": "Harrow", "External ID": "2041", "Upflow ID": "6b0e-1"}
        (listed,) = check_list([row], {"2041": self.OURS}, self.LINKED)
        assert listed.source == self.OURS.ref

    def test_no_value_is_told(self) -> None:
        row = {**self.ROW, "name": "Rosalind Okafor", "upflow_id": "6b0e-2"}
        (listed,) = check_list([row], {"2041": self.OURS}, self.LINKED)
        assert not any(text in str(listed) for text in ("Rosalind", "Harrow", "6b0e"))

    def test_one_that_is_not_in_upflow(self) -> None:
        (listed,) = check_list([self.ROW], {"2041": self.OURS}, {})
        assert [issue.code for issue in listed.issues] == ["not_linked"]

    def test_row_by_row(self) -> None:
        rows: Any = [self.ROW, "2041", {**self.ROW, "name": "Other"}]
        listed = check_list(rows, {"2041": self.OURS}, self.LINKED)
        assert [(one.row, one.source is not None) for one in listed] == [(1, True), (2, False), (3, False)]
        assert [issue.code for issue in listed[1].issues] == ["not_a_row"]

    @pytest.mark.parametrize("rows", ["2041", b"2041", ROW, 7, None], ids=repr)
    def test_something_else_than_rows(self, rows: Any) -> None:
        with pytest.raises(InputError, match="rows"):
            check_list(rows, {}, {})

    def test_only_those_that_agree_are_excluded(self) -> None:
        office = api_office()
        own, other = office.put(company("Harrow"), company("Finch"))
        office.bring(API_IMPORT)
        ids = {row["externalId"]: row["id"] for row in office.upflow.rows}
        rows = [
            {"name": "Harrow", "external_id": own, "upflow_id": ids[own]},
            {"name": "Finch", "external_id": other, "upflow_id": ids[own]},
        ]
        listed = exclude_by_list(API_IMPORT, rows, office.netsuite.rows, office.world)
        assert [issue.code for one in listed for issue in one.issues] == ["other_upflow_id"]
        assert {one: record.status for one, record in office.records().items()} == {
            own: Status.EXCLUDED,
            other: Status.LINKED,
        }
        assert codes(office.outcomes(API_IMPORT)[own]) == ["excluded"]

    def test_more_than_by_hand(self) -> None:
        office = api_office()
        office.put(*(company(f"No. {one}") for one in range(30)))
        office.bring(API_IMPORT)
        rows = [
            {"name": row["name"], "external_id": row["externalId"], "upflow_id": row["id"]}
            for row in office.upflow.rows
        ]
        exclude_by_list(API_IMPORT, rows, office.netsuite.rows, office.world)
        assert office.bring(API_IMPORT) == "30 left out"

    def test_upflow_s_own_ids_where_the_flow_writes_the_import(self, office: Office) -> None:
        own = only(office.put(company("Harrow")))
        office.bring()
        row = {"name": "Harrow", "external_id": own, "upflow_id": "6b0e-1"}
        refused = exclude_by_list(CUSTOMER_IMPORT, [row], office.netsuite.rows, office.world)
        assert [one.source for one in refused] == [None]
        listed = exclude_by_list(
            CUSTOMER_IMPORT, [row], office.netsuite.rows, office.world, upflow_ids={own: "6b0e-1"}
        )
        assert listed == [Listed(row=1, source=Ref("netsuite", own))]
        assert office.bring() == "1 left out"

    def test_customers_that_a_function_makes(self, office: Office) -> None:
        own = only(office.put(company("Harrow")))
        office.bring()
        row = {"name": "Harrow", "external_id": own, "upflow_id": own}
        made: Any = lambda: iter(office.netsuite.rows)  # noqa: E731 - a plan takes one too
        (listed,) = exclude_by_list(CUSTOMER_IMPORT, [row], made, office.world)
        assert listed == Listed(row=1, source=Ref("netsuite", own))

    def test_customers_that_cannot_be_read_and_none_at_all(self, office: Office) -> None:
        row = {"name": "Harrow", "external_id": "1", "upflow_id": "1"}
        unreadable: list[dict[str, Any]] = [{"id": []}]
        for customers in (unreadable, []):
            (listed,) = exclude_by_list(CUSTOMER_IMPORT, [row], customers, office.world)
            assert [issue.code for issue in listed.issues] == ["no_customer"]

    def test_one_without_a_counterpart_is_synced_first(self, office: Office) -> None:
        own = only(office.put(company("Harrow")))
        exclude_manually(CUSTOMER_IMPORT, [own], office.world)
        row = {"name": "Harrow", "external_id": own, "upflow_id": own}
        (listed,) = exclude_by_list(CUSTOMER_IMPORT, [row], office.netsuite.rows, office.world)
        assert [issue.code for issue in listed.issues] == ["not_linked"]
