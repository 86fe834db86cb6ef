"""Every documented flow over files: planned, carried out, silent the second time, decided about by hand."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from custsync.cli.main import main
from custsync.systems.upflow import IMPORT_COLUMNS

Row = dict[str, Any]
Say = Callable[..., tuple[int, str, str]]

PLACE: Row = {"city": "Leeds", "country": {"id": "GB"}}
BOOK: Row = {
    "items": [{"id": 1, "defaultBilling": True, "defaultShipping": True, "addressBookAddress": PLACE}]
}
NETSUITE: tuple[Row, ...] = (
    {
        "id": "2041",
        "entityId": "CUST-2041",
        "isPerson": False,
        "companyName": "Lund Mills",
        "email": "office@lund.example",
        "addressBook": BOOK,
    },
    {"id": "2042", "entityId": "CUST-2042", "isPerson": True, "firstName": "Awa", "lastName": "Koné"},
)
FIELD = {"typeId": 1, "name": "  Legacy ID", "value": "2042"}
TITAN: tuple[Row, ...] = (
    {
        "id": 771,
        "name": "Vale, Ines",
        "type": "Residential",
        "customFields": [{**FIELD, "value": None}],
        "transactions": [{"type": "invoice", "id": "9", "subsidiary": "2"}],
    },
    {
        "id": 772,
        "name": "Koné, Awa",
        "type": "Residential",
        "customFields": [FIELD],
        "transactions": [{"type": "invoice", "id": "10", "subsidiary": "2"}],
    },
    {"id": 773, "name": "Nobody's customer", "type": "Commercial", "customFields": []},
)
LINK: Row = {
    "lago_id": "b5b2-1",
    "type": "netsuite",
    "integration_code": "us",
    "external_customer_id": None,
    "sync_with_provider": True,
    "subsidiary_id": "2",
}
LAGO: tuple[Row, ...] = (
    {
        "lago_id": "4f0f-1",
        "external_id": "lund",
        "customer_type": "company",
        "name": "Lund Mills",
        "email": "office@lund.example",
        "integration_customers": [LINK],
    },
    {
        "lago_id": "4f0f-2",
        "external_id": "kone",
        "customer_type": "individual",
        "firstname": "Awa",
        "lastname": "Koné",
        "integration_customers": [{**LINK, "lago_id": "b5b2-2", "external_customer_id": "2042"}],
    },
)


@frozen(kw_only=True)
class WorkItem:
    """One flow over two files, and what its first run makes of them."""

    flow: str
    source: tuple[Row, ...]
    target: tuple[Row, ...]
    more: tuple[str, ...] = ()
    made: str
    after: str
    linked: tuple[str, Row]
    """A source customer's id, and the target customer that a person links it to instead."""


OTHER: Row = {"id": "1", "isPerson": True, "lastName": "Other"}
HARROW: tuple[Row, ...] = (
    {"id": "2052", "companyName": "Leeds", "isPerson": False, "parent": {"id": "2051"}, "addressBook": BOOK},
    {"id": "2051", "companyName": "Retail", "isPerson": False, "parent": {"id": "2050"}},
    {"id": "2050", "companyName": "Harrow Holdings", "isPerson": False},
    {"id": "2042", "altName": "Awa Koné", "isPerson": True},
)
THERE: tuple[Row, ...] = ({**NETSUITE[1], "subsidiary": {"id": "2"}},)
CASES: Mapping[str, WorkItem] = {
    "lightspeed": WorkItem(
        flow="lightspeed.CUSTOMER_EXPORT",
        source=NETSUITE,
        target=(
            {
                "id": "0a91-1",
                "customer_code": "CUST-2042",
                "first_name": "Awa",
                "last_name": "Kone",
                "do_not_email": False,
            },
        ),
        made="1 created, 1 linked",
        after="2 unchanged",
        linked=("2042", {"id": "0a91-2", "customer_code": "OTHER", "first_name": None, "last_name": "Other"}),
    ),
    "servicetitan": WorkItem(
        flow="servicetitan.CUSTOMER_SYNC",
        source=TITAN,
        target=THERE,
        made="1 created, 1 linked, 1 left out",
        after="2 unchanged, 1 left out",
        linked=("772", OTHER),
    ),
    "lago": WorkItem(
        flow="lago.CUSTOMER_SYNC",
        source=LAGO,
        target=THERE,
        more=("--set", "connection=us", "--set", "subsidiaries=2,3"),
        made="1 created, 1 linked",
        after="2 unchanged",
        linked=("4f0f-2", OTHER),
    ),
    "upflow": WorkItem(
        flow="upflow.CUSTOMER_IMPORT",
        source=HARROW,
        target=({**dict.fromkeys(IMPORT_COLUMNS, ""), "Customer ID": "2050", "Customer name": "Harrow"},),
        more=("--set", "country_form=code", "--set", "company_country=GB"),
        made="3 created, 1 linked",
        after="4 unchanged",
        linked=("2052", {"Customer ID": "9", "Customer name": "Other"}),
    ),
}


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command over a case's files; return its code and what it said."""
    monkeypatch.chdir(tmp_path)

    def run(command: str, case: WorkItem, *more: str) -> tuple[int, str, str]:
        files = {"source": "source.jsonl", "target": "target.jsonl", "records": "links.db"}
        named = [part for name, value in files.items() for part in (f"--{name}", value)]
        code = main([command, "--flow", case.flow, *named, *case.more, *more])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def put(name: str, *rows: Any) -> None:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def rows_of(name: str) -> list[Row]:
    return [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]


def last(out: str) -> str:
    """Return the line of the counts: the second, after what the run is over."""
    return out.splitlines()[1]


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request: pytest.FixtureRequest, say: Say) -> WorkItem:
    """Lay out the files of one flow."""
    chosen: WorkItem = request.param
    put("source.jsonl", *chosen.source)
    put("target.jsonl", *chosen.target)
    return chosen


class TestEveryFlow:
    """Whatever the systems, a rehearsal plans, writes, is silent next time, and takes a person's word."""

    def test_a_plan_writes_nothing(self, case: WorkItem, say: Say) -> None:
        code, out, err = say("plan", case)
        assert (code, err) == (0, "")
        assert out.splitlines()[0] == (
            f"{case.flow}: source.jsonl (jsonl) to target.jsonl; NetSuite's surface is rest"
        )
        assert rows_of("target.jsonl") == list(case.target)
        assert not Path("links.db").exists()

    @pytest.mark.rule("G-IDEM")
    def test_a_second_run_is_silent(self, case: WorkItem, say: Say) -> None:
        code, out, _ = say("sync", case)
        assert (code, last(out)) == (0, case.made)
        after = Path("target.jsonl").read_bytes()
        assert len(after.splitlines()) == len(case.target) + int(case.made.split()[0])
        code, out, err = say("sync", case)
        assert (code, last(out), err) == (0, case.after, "")
        assert Path("target.jsonl").read_bytes() == after
        assert rows_of("source.jsonl") == list(case.source)

    @pytest.mark.rule("G-DUP", "G-IDEM")
    def test_a_kept_plan_is_carried_out_once(self, case: WorkItem, say: Say) -> None:
        say("plan", case, "--out", "plan.json")
        assert last(say("apply", case, "plan.json")[1]) == case.made
        after = Path("target.jsonl").read_bytes()
        code, _, _ = say("apply", case, "plan.json")
        assert (code, Path("target.jsonl").read_bytes()) == (0, after)

    @pytest.mark.rule("G-WHY")
    def test_every_customer_is_explained(self, case: WorkItem, say: Say) -> None:
        for row in case.source:
            id = str(row.get("lago_id", row.get("id")))
            code, out, _ = say("explain", case, "--customer", id)
            assert code == 0
            assert f":{id}: " in out

    @pytest.mark.rule("ST-LEG-5")
    def test_a_person_links_and_unlinks(self, case: WorkItem, say: Say) -> None:
        say("sync", case)
        source, other = case.linked
        put("target.jsonl", *rows_of("target.jsonl"), other)
        target = other.get("id", other.get("Customer ID"))
        code, out, _ = say("link", case, "--source-id", source, "--target-id", target)
        assert code == 0
        assert f":{target}; the next run compares the two\n" in out
        code, out, _ = say("unlink", case, "--source-id", source)
        assert (code, "is unlinked" in out) == (0, True)

    def test_settings_that_are_not_understood(self, case: WorkItem, say: Say) -> None:
        for said, told in (
            ("nothing", "--set takes name=value"),
            ("other=1", f"{case.flow} has no setting 'other'"),
        ):
            code, out, err = say("plan", case, "--set", said)
            assert (code, out) == (2, "")
            assert err.startswith(f"custsync: {told}")


@pytest.mark.rule("UF-HIER-1")
def test_groups_of_two_levels_are_in_the_file(say: Say) -> None:
    """A grandchild stands under its group's id and name, whichever line comes first."""
    case = CASES["upflow"]
    put("source.jsonl", *case.source)
    put("target.jsonl", *case.target)
    say("sync", case)
    groups = {
        line["Customer ID"]: (line["Parent ID"], line["Parent name"]) for line in rows_of("target.jsonl")
    }
    assert groups == {
        "2050": ("", ""),
        "2051": ("2050", "Harrow Holdings"),
        "2052": ("2050", "Harrow Holdings"),
        "2042": ("", ""),
    }


@pytest.mark.rule("ST-MRG-1")
class TestMerges:
    """What was merged in ServiceTitan is merged in the NetSuite file; nothing of the duplicate is lost."""

    def test_a_merge_is_carried_out_once(self, say: Say) -> None:
        case = CASES["servicetitan"]
        kept = {"phone": "503", "addressBook": BOOK}
        put("source.jsonl", *case.source)
        put("target.jsonl", {**THERE[0], **kept})
        say("sync", case)
        duplicate = {**TITAN[1], "active": False, "mergedToId": 771}
        put("source.jsonl", TITAN[0], duplicate)
        code, out, _ = say("plan", case)
        assert "to merge" in out
        assert len(rows_of("target.jsonl")) == 2
        assert "1 merged" in last(say("sync", case)[1])
        (survivor,) = rows_of("target.jsonl")
        assert (survivor["id"], survivor["firstName"], survivor["phone"]) == ("2043", "Ines", "503")
        cities = [line["addressBookAddress"].get("city") for line in survivor["addressBook"]["items"]]
        assert "Leeds" in cities
        code, out, _ = say("sync", case)
        assert code == 0
        assert "merged" not in last(out)
        assert rows_of("target.jsonl") == [survivor]
