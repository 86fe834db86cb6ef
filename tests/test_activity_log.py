"""The activity log of a run."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from attrs import evolve

from custsync.activity_log import ActivityLog, Entry, JsonLines, Kind, TextLines
from custsync.engine.api import sync
from custsync.engine.outcomes import Outcome, Result
from custsync.flows.lightspeed import CUSTOMER_EXPORT
from custsync.models import Issue, Ref, Severity
from tests.flows.shop import JOINERY, Shop

AT = datetime(2026, 10, 2, 7, 15, tzinfo=UTC)
ISSUE = Issue(code="code_missing", rule="LS-KEY-1", field="entity_id", reason="blank", remedy="Fill it in")
DONE = Outcome(
    source=Ref("netsuite", "7"), decided="create", result=Result.CREATED, target=Ref("lightspeed", "0a91")
)


def log(keep: Any) -> ActivityLog:
    return ActivityLog(keep=keep, clock=lambda: AT, flow=CUSTOMER_EXPORT.name)


@pytest.mark.rule("LS-LOG")
class TestActivityLog:
    """Every run leaves an activity log: what was created, updated, skipped or failed, and why."""

    def test_a_run(self) -> None:
        shop, entries = Shop(), list[Entry]()
        same = shop.netsuite.put({**JOINERY, "entityId": "C-1"})
        changed = shop.netsuite.put({**JOINERY, "entityId": "C-2"})
        shop.export()
        shop.netsuite.edit(changed, phone="555-0101")
        shop.lightspeed.put({"customer_code": "C-4", "company_name": "Old"})
        new = shop.netsuite.put({**JOINERY, "entityId": "C-3"})
        found = shop.netsuite.put({**JOINERY, "entityId": "C-4"})
        blank = shop.netsuite.put({**JOINERY, "entityId": None})
        walk_in = shop.netsuite.put({**JOINERY, "entityId": "WALKIN"})
        sync(CUSTOMER_EXPORT, shop.netsuite.rows, shop.world, observe=log(entries.append))
        assert {entry.source: (entry.kind, entry.result) for entry in entries} == {
            f"netsuite:{same}": (Kind.SKIPPED, "unchanged"),
            f"netsuite:{changed}": (Kind.UPDATED, "updated"),
            f"netsuite:{new}": (Kind.CREATED, "created"),
            f"netsuite:{found}": (Kind.LINKED, "linked"),
            f"netsuite:{blank}": (Kind.FAILED, "refused"),
            f"netsuite:{walk_in}": (Kind.SKIPPED, "left out"),
        }
        why = {entry.source: [issue.code for issue in entry.why] for entry in entries}
        assert why[f"netsuite:{blank}"] == ["code_missing"]
        assert why[f"netsuite:{walk_in}"] == ["walk_in"]
        assert {entry.at for entry in entries} == {AT}
        assert {entry.flow for entry in entries} == {"lightspeed.CUSTOMER_EXPORT"}

    def test_no_personal_values(self) -> None:
        shop, file, lines = Shop(), StringIO(), StringIO()
        address = {"attention": "Rosalind Okafor", "addr1": "220 Orchard Walk", "country": {"id": "QQ"}}
        book = {"items": [{"id": 1, "defaultBilling": True, "addressBookAddress": address}]}
        shop.netsuite.put({**JOINERY, "email": "ros@okafor.example", "addressBook": book})
        shop.netsuite.put({**JOINERY, "entityId": "C-2", "addressBook": {"items": []}})
        for keep in (TextLines(file), JsonLines(lines)):
            sync(CUSTOMER_EXPORT, shop.netsuite.rows, shop.world, observe=log(keep))
        for text in (file.getvalue(), lines.getvalue()):
            for value in ("Okafor", "Orchard", "okafor.example", "Brightwater", "CUST-2041"):
                assert value not in text

    @pytest.mark.parametrize(
        ("result", "kind"),
        [
            (Result.CREATED, Kind.CREATED),
            (Result.RECOVERED, Kind.CREATED),
            (Result.UPDATED, Kind.UPDATED),
            (Result.MERGED, Kind.UPDATED),
            (Result.LINKED, Kind.LINKED),
            (Result.UNCHANGED, Kind.SKIPPED),
            (Result.LEFT_OUT, Kind.SKIPPED),
            (Result.ALREADY_DONE, Kind.SKIPPED),
            (Result.REVIEW, Kind.FAILED),
            (Result.REFUSED, Kind.FAILED),
            (Result.STALE, Kind.FAILED),
            (Result.FAILED, Kind.FAILED),
            (Result.UNKNOWN, Kind.FAILED),
        ],
        ids=lambda value: value.name,
    )
    def test_every_result_has_its_kind(self, result: Result, kind: Kind) -> None:
        assert Entry.of(evolve(DONE, result=result), AT).kind is kind

    def test_a_line_for_people(self) -> None:
        file = StringIO()
        keep = log(TextLines(file))
        keep(DONE)
        keep(Outcome(source=Ref("netsuite", "8"), decided="refused", result=Result.REFUSED, issues=(ISSUE,)))
        keep(evolve(DONE, result=Result.UNCHANGED))
        ActivityLog(keep=TextLines(file), clock=lambda: AT)(DONE)
        assert file.getvalue().splitlines() == [
            "2026-10-02T07:15:00+00:00  lightspeed.CUSTOMER_EXPORT  created  netsuite:7 → lightspeed:0a91",
            (
                "2026-10-02T07:15:00+00:00  lightspeed.CUSTOMER_EXPORT  failed (refused)  netsuite:8: "
                "error: entity_id: blank. Fill it in. [LS-KEY-1]"
            ),
            (
                "2026-10-02T07:15:00+00:00  lightspeed.CUSTOMER_EXPORT  skipped (unchanged)  "
                "netsuite:7 → lightspeed:0a91: both sides agree already"
            ),
            "2026-10-02T07:15:00+00:00  created  netsuite:7 → lightspeed:0a91",
        ]

    def test_an_entry_is_one_line_whatever_a_target_says(self) -> None:
        loud = evolve(ISSUE, reason="two\nlines\u2028and more", severity=Severity.WARNING)
        outcome = evolve(DONE, issues=(loud,))
        assert len(str(Entry.of(outcome, AT)).splitlines()) == 1
        file = StringIO()
        JsonLines(file)(Entry.of(outcome, AT))
        assert file.getvalue().count("\n") == 1

    def test_a_line_for_programs(self) -> None:
        file = StringIO()
        keep = log(JsonLines(file))
        keep(Outcome(source=Ref("netsuite", "8"), decided="refused", result=Result.REFUSED, issues=(ISSUE,)))
        keep(evolve(DONE, result=Result.ALREADY_DONE))
        keep(DONE)
        refused, done, made = map(json.loads, file.getvalue().splitlines())
        assert refused == {
            "at": "2026-10-02T07:15:00+00:00",
            "flow": "lightspeed.CUSTOMER_EXPORT",
            "kind": "failed",
            "result": "refused",
            "source": "netsuite:8",
            "target": None,
            "why": [
                {
                    "severity": "error",
                    "code": "code_missing",
                    "rule": "LS-KEY-1",
                    "field": "entity_id",
                    "reason": "blank",
                    "remedy": "Fill it in",
                    "shape": "",
                }
            ],
        }
        assert (done["target"], done["why"]) == ("lightspeed:0a91", [{"reason": "it was done before"}])
        assert made["why"] == []
