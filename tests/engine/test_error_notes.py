"""Noting errors: the sync record of a customer that could not be synced says why."""

from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import sync
from custsync.engine.apply.writes import creation_key
from custsync.flows import stripe
from custsync.models import Issue, Ref, Severity
from custsync.rules.eligibility import Check
from custsync.syncrecords import Status, SyncRecord
from tests.environments import FLOW, LINK, Setup

BAD, SHARED = {"id": "1", "name": 5}, "a@b.example"
NOTING = FLOW.replace(record_errors=True)


def noted(setup: Setup) -> list[tuple[str, Status, str]]:
    records: list[SyncRecord] = list(setup.store.records(LINK))
    return [
        (record.source.id, record.status, record.error.code if record.error else "") for record in records
    ]


@pytest.mark.rule("ST-REC")
class TestRecords:
    """Who is refused, or waits for a person, has a record with the error on it."""

    @pytest.mark.parametrize(
        ("payload", "kept"),
        [
            pytest.param(BAD, [("1", Status.FAILED, "not_a_text")], id="refused"),
            pytest.param(
                {"id": "1", "email": "a@b.example"}, [("1", Status.FAILED, "ambiguous")], id="review"
            ),
            pytest.param({"name": "Ann"}, [], id="without an id"),
        ],
    )
    def test_table(self, payload: dict[str, Any], kept: list[tuple[str, Status, str]]) -> None:
        setup = Setup()
        for identity in ("b1", "b2"):
            setup.target.put(identity, email=SHARED)
        sync(NOTING, [payload], setup.world)
        assert noted(setup) == kept

    @pytest.mark.parametrize(
        ("severity", "code"), [(Severity.ERROR, "second"), (Severity.WARNING, "first")], ids=str
    )
    def test_the_first_error_counts_and_else_the_first_issue(self, severity: Severity, code: str) -> None:
        first = Issue(
            code="first", rule="LG-LINK", field="name", reason="a", remedy="-", severity=Severity.WARNING
        )
        issues = (first, evolve(first, code="second", severity=severity))
        checks = [Check(fails=bool, issue=issue, outcome="invalid") for issue in issues]
        setup, flow = Setup(), NOTING.replace(checks=tuple(checks))
        sync(flow, [{"id": "1", "name": "Ann"}], setup.world)
        assert noted(setup) == [("1", Status.FAILED, code)]

    def test_only_flows_that_ask_for_it(self) -> None:
        setup = Setup()
        sync(FLOW, [BAD], setup.world)
        assert noted(setup) == []

    @pytest.mark.rule("G-IDEM")
    def test_the_same_error_is_noted_once(self) -> None:
        setup = Setup()
        for _ in range(2):
            sync(NOTING, [BAD], setup.world)
        assert [record.version for record in setup.store.records(LINK)] == [1]

    def test_a_link_is_left_alone(self) -> None:
        setup = Setup()
        sync(NOTING, [{"id": "1", "name": "Ann"}], setup.world)
        sync(NOTING, [BAD], setup.world)
        assert noted(setup) == [("1", Status.LINKED, "")]

    def test_it_stands_in_nobody_s_way(self) -> None:
        setup = Setup()
        sync(NOTING, [BAD], setup.world)
        assert sync(NOTING, [{"id": "1", "name": "Ann"}], setup.world).summary == "1 created"
        assert noted(setup) == [("1", Status.LINKED, "")]


@pytest.mark.rule("G-DUP")
class TestTwoAccounts:
    """Two accounts whose customers share an id make two customers in one target."""

    def test_their_keys_differ(self) -> None:
        keys = {creation_key(stripe.IMPORT, Ref("stripe", "cus_1", account), 0) for account in ("", "1", "2")}
        assert len(keys) == len(("", "1", "2"))
