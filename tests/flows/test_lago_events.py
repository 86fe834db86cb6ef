"""Lago → NetSuite: the direct link to the NetSuite customer, and the event of a failure."""

from typing import Any

import pytest

from custsync.activity_log import ActivityLog, Entry, Kind
from custsync.engine.api import sync
from custsync.engine.outcomes import Outcome, Report, Result
from custsync.errors import InputError
from custsync.flows.lago import netsuite_url, provider_errors
from custsync.flows.lago.billing import DocumentKind, read_error
from custsync.flows.lago.events import view_of
from custsync.models import Issue, Ref, Severity
from tests.flows.ledger import BRIGHTWATER, FLOW, OKAFOR, US, Ledger, linked_to


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.mark.rule("LG-VIEW")
class TestView:
    """Once linked, the Lago customer carries a direct link to the NetSuite customer."""

    @pytest.mark.parametrize(
        ("account", "host"),
        [
            ("1234567", "1234567"),
            ("1234567_SB1", "1234567-sb1"),
            (" 1234567 SB1 ", "1234567-sb1"),
            ("1234567-sb1", "1234567-sb1"),
            ("TSTDRV1234567", "tstdrv1234567"),
        ],
    )
    def test_url(self, account: str, host: str) -> None:
        assert netsuite_url(account, "2041") == (
            f"https://{host}.app.netsuite.com/app/common/entity/custjob.nl?id=2041"
        )

    @pytest.mark.parametrize("account", ["", " ", "a.example/x", "é", "1?x", "-"])
    def test_what_is_no_account(self, account: str) -> None:
        with pytest.raises(InputError, match="account id"):
            netsuite_url(account, "2041")

    @pytest.mark.parametrize("identity", ["", "x", "1&y=2", "٣"])
    def test_what_is_no_id(self, identity: str) -> None:
        with pytest.raises(InputError, match="internal id"):
            netsuite_url("1234567", identity)

    @pytest.mark.parametrize(
        ("document", "page"),
        [
            (DocumentKind.INVOICE, "custinvc"),
            (DocumentKind.CREDIT_MEMO, "custcred"),
            (DocumentKind.CUSTOMER_PAYMENT, "custpymt"),
        ],
    )
    def test_documents(self, document: DocumentKind, page: str) -> None:
        assert netsuite_url("1234567_SB1", "8801", document) == (
            f"https://1234567-sb1.app.netsuite.com/app/accounting/transactions/{page}.nl?id=8801"
        )

    @pytest.mark.parametrize("document", ["invoice", "", True])
    def test_what_is_no_document(self, document: Any) -> None:
        with pytest.raises(InputError, match="DocumentKind"):
            netsuite_url("1234567", "8801", document)

    def test_created_and_linked(self, ledger: Ledger) -> None:
        ledger.lago.put(BRIGHTWATER)
        ledger.lago.put({**OKAFOR, **linked_to(ledger.existing())})
        ledger.sync()
        assert [view_of(outcome, "1234567") for outcome in ledger.seen] == [
            netsuite_url("1234567", ledger.given_id(place) or "") for place in (0, 1)
        ]

    def test_not_linked(self, ledger: Ledger) -> None:
        ledger.lago.put({**BRIGHTWATER, **linked_to("999")})
        ledger.lago.put({**OKAFOR, **linked_to(None)})
        ledger.sync()
        assert [view_of(outcome, "1234567") for outcome in ledger.seen] == ["", ""]

    def test_the_adapters_own_account_counts(self) -> None:
        target = Ref("netsuite", "2041", "7654321_SB2")
        linked = Outcome(source=Ref("lago", "4f0f"), decided="link", result=Result.LINKED, target=target)
        assert view_of(linked, "1234567").startswith("https://7654321-sb2.")

    @pytest.mark.parametrize("result", [Result.REFUSED, Result.REVIEW, Result.FAILED])
    def test_a_failure_shows_no_link(self, result: Result) -> None:
        failed = Outcome(
            source=Ref("lago", "4f0f"), decided="update", result=result, target=Ref("netsuite", "2041")
        )
        assert view_of(failed, "1234567") == ""


@pytest.mark.rule("LG-ERR")
class TestProviderErrors:
    """A failure is announced as `customer.accounting_provider_error`, and the integration log keeps it."""

    def failing(self, ledger: Ledger) -> list[str]:
        """Have four customers fail, each in its way, and one not; return their ids."""
        identity = ledger.existing()
        ledger.netsuite.subsidiaries = frozenset({"2"})  # one that was fetched is gone there since
        wrong: list[dict[str, Any]] = [
            {"integration_customers": [{**US, "subsidiary_id": "9"}]},
            linked_to("999"),
            {"integration_customers": [{**US, "subsidiary_id": "1"}]},
            linked_to(identity),
            linked_to(identity),
        ]
        failing = [
            ledger.lago.put({**BRIGHTWATER, "external_id": f"c-{place}", **row})
            for place, row in enumerate(wrong)
        ]
        ledger.lago.put(OKAFOR)
        return failing

    def test_one_event_for_each_failure(self, ledger: Ledger) -> None:
        failing = self.failing(ledger)
        assert ledger.sync() == "1 created, 2 for review, 2 refused, 1 failed"
        events = list(provider_errors(ledger.seen, "us"))
        assert [(event.lago_customer_id, event.code) for event in events] == list(
            zip(
                failing,
                ["subsidiary_unknown", "linked_customer_missing", "rejected", "contested", "contested"],
                strict=True,
            )
        )
        assert {event.provider_code for event in events} == {"us"}
        assert "subsidiary 9 " in events[0].message

    def test_of_a_report(self, ledger: Ledger) -> None:
        failing = self.failing(ledger)
        report = sync(FLOW, ledger.lago.rows, ledger.world)
        events = list(provider_errors(report, "us"))
        assert [event.lago_customer_id for event in events] == failing
        assert [event.external_customer_id for event in events] == ["c-0", "c-1", "c-2", "c-3", "c-4"]

    def test_of_a_customer_that_could_not_be_read(self) -> None:
        failed = outcome(Result.REFUSED, issue(Severity.ERROR))
        (event,) = provider_errors([failed], "us", {failed.source.id: "brightwater"})
        assert event.external_customer_id == "brightwater"

    def test_the_log_keeps_it(self, ledger: Ledger) -> None:
        failing, entries = self.failing(ledger), list[Entry]()
        log = ActivityLog(keep=entries.append, clock=ledger.clock, flow=FLOW.name)
        sync(FLOW, ledger.lago.rows, ledger.world, observe=log)
        failed = [entry for entry in entries if entry.kind is Kind.FAILED]
        assert [entry.source for entry in failed] == [f"lago:{identity}" for identity in failing]
        assert all(entry.why for entry in failed)

    def test_lago_reads_it_as_its_own(self, ledger: Ledger) -> None:
        self.failing(ledger)
        ledger.sync()
        for event in provider_errors(ledger.seen, "us"):
            assert event.payload()["webhook_type"] == "customer.accounting_provider_error"
            again = read_error(event.payload()["accounting_provider_customer_error"])
            assert (again.lago_customer_id, again.code) == (event.lago_customer_id, event.code)

    def test_no_personal_values(self, ledger: Ledger) -> None:
        self.failing(ledger)
        ledger.sync()
        for event in provider_errors(ledger.seen, "us"):
            assert "Brightwater" not in str(event.payload())
            assert "no address at all" not in str(event.payload())

    @pytest.mark.parametrize(
        "result",
        [result for result in Result if result not in (Result.REFUSED, Result.REVIEW, Result.FAILED)],
    )
    def test_nothing_else_is_announced(self, result: Result) -> None:
        assert list(provider_errors([outcome(result)], "us")) == []

    def test_the_error_is_told_before_what_is_beside_it(self) -> None:
        (event,) = provider_errors(
            [outcome(Result.FAILED, issue(Severity.NOTE), issue(Severity.ERROR))], "us"
        )
        assert event.code == "error"

    def test_a_failure_that_says_nothing(self) -> None:
        (event,) = provider_errors(Report.of([outcome(Result.FAILED)]), "us")
        assert event.code == "unexpected_error"

    def test_a_message_is_capped(self) -> None:
        (event,) = provider_errors([outcome(Result.FAILED, issue(Severity.ERROR, "x" * 900))], "us")
        assert len(event.message) == 500


def issue(severity: Severity, reason: str = "reason") -> Issue:
    return Issue(
        code=severity.value, rule="LG-ERR", field="name", reason=reason, remedy="remedy", severity=severity
    )


def outcome(result: Result, *issues: Issue) -> Outcome:
    return Outcome(source=Ref("lago", "4f0f"), decided="create", result=result, issues=issues)
