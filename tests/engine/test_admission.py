"""Admitting: whether a customer takes part at all."""

from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.decide.admission import admit
from custsync.engine.decisions import Invalid, Skip
from custsync.models import Customer, Issue, Ref, Severity
from custsync.rules.eligibility import Check, ExclusionPeriod
from custsync.syncrecords import Status, SyncRecord
from tests.environments import FLOW, LINK, Setup, shop

PLAIN = FLOW.replace(write_back="")


def said(code: str) -> Issue:
    return Issue(code=code, rule="UF-INA", field="name", reason=code, remedy="None")


def is_old(customer: Customer) -> bool:
    return customer.name == "Old"


def has_no_email(customer: Customer) -> bool:
    return not customer.email


def raising(_customer: Customer) -> bool:
    raise KeyError


def leaving_out(lasts: ExclusionPeriod) -> Any:
    return PLAIN.replace(checks=(Check(fails=is_old, issue=said("old"), lasts=lasts),))


def a_record(status: Status, error: Issue | None = None) -> SyncRecord:
    target = Ref("books", "b1") if status is Status.LINKED else None
    return SyncRecord(
        link=LINK, source=Ref("shop", "1"), target=target, status=status, flow=PLAIN.name, error=error
    )


@pytest.mark.rule("UF-INA")
class TestLasts:
    """A check leaves out as long as its reason holds, for good once linked, or for good."""

    @pytest.mark.parametrize(
        ("lasts", "record", "is_kept"),
        [
            (ExclusionPeriod.NEVER, None, False),
            (ExclusionPeriod.NEVER, Status.LINKED, False),
            (ExclusionPeriod.ONCE_LINKED, None, False),
            (ExclusionPeriod.ONCE_LINKED, Status.FAILED, False),
            (ExclusionPeriod.ONCE_LINKED, Status.LINKED, True),
            (ExclusionPeriod.ALWAYS, None, True),
            (ExclusionPeriod.ALWAYS, Status.FAILED, True),
            (ExclusionPeriod.ALWAYS, Status.LINKED, True),
        ],
        ids=lambda value: getattr(value, "name", str(value)),
    )
    def test_table(self, lasts: ExclusionPeriod, record: Status | None, is_kept: bool) -> None:  # noqa: FBT001 - a table
        kept = a_record(record) if record else None
        made = admit(leaving_out(lasts), shop(name="Old"), kept)
        assert isinstance(made, Skip)
        assert (made.lasts, made.record) == (is_kept, kept if is_kept else None)
        is_new = is_kept and record is Status.LINKED
        assert [issue.code for issue in made.issues] == ["newly_excluded" if is_new else "old"]

    @pytest.mark.rule("UF-EXC-2")
    @pytest.mark.parametrize("record", [None, Status.FAILED, Status.LINKED])
    def test_who_belongs_in_the_target_is_newly_excluded_once(self, record: Status | None) -> None:
        (hiding,) = leaving_out(ExclusionPeriod.ALWAYS).checks
        flow = PLAIN.replace(checks=(evolve(hiding, hides=True),))
        made = admit(flow, shop(name="Old"), a_record(record) if record else None)
        assert isinstance(made, Skip)
        (issue,) = made.issues
        is_there = record is Status.LINKED
        assert (issue.code, issue.severity is Severity.WARNING) == ("newly_excluded", is_there)
        assert ("in the target too" in issue.remedy) == is_there
        again = admit(flow, shop(name="Old"), a_record(Status.EXCLUDED, issue))
        assert again is not None
        assert [(issue.code, issue.severity) for issue in again.issues] == [("excluded", Severity.NOTE)]

    @pytest.mark.parametrize("lasts", ExclusionPeriod, ids=lambda value: value.name)
    @pytest.mark.parametrize("as_plan", [False, True], ids=["sync", "plan and apply"])
    def test_in_a_run(self, lasts: ExclusionPeriod, as_plan: bool) -> None:  # noqa: FBT001 - a table
        setup, flow = Setup(), leaving_out(lasts)

        def run(name: str) -> str:
            setup.source.put("1", name=name)
            rows = setup.source.payloads()
            if as_plan:
                return apply(flow, plan(flow, rows, setup.world), setup.world).summary
            return sync(flow, rows, setup.world).summary

        assert run("New") == "1 created"
        assert run("Old") == "1 left out"
        assert run("Newer") == ("1 updated" if lasts is ExclusionPeriod.NEVER else "1 left out")
        assert setup.the_record().target == Ref("books", "b1")


@pytest.mark.rule("UF-EXC-4")
class TestExcluded:
    """An exclusion that was recorded stands, whatever the customer says by now, and says why."""

    def test_by_its_own_reason(self) -> None:
        made = admit(PLAIN, shop(name="New"), a_record(Status.EXCLUDED, said("it is closed")))
        assert isinstance(made, Skip)
        assert made.lasts is False
        (issue,) = made.issues
        assert (issue.code, issue.rule, issue.field) == ("excluded", "UF-INA", "name")

    @pytest.mark.rule("G-WHY")
    def test_the_reason_is_told_as_a_past_one_and_what_would_lift_it(self) -> None:
        made = admit(PLAIN, shop(name="New"), a_record(Status.EXCLUDED, said("it is closed")))
        assert made is not None
        assert made.issues[0].reason == "permanently excluded; the reason was that it is closed"
        assert "Lift the exclusion" in made.issues[0].remedy

    def test_by_a_sentence_where_none_was_kept(self) -> None:
        made = admit(PLAIN, shop(name="New"), a_record(Status.EXCLUDED))
        assert isinstance(made, Skip)
        assert (made.issues[0].code, made.issues[0].rule) == ("excluded", "UF-EXC-4")


@pytest.mark.rule("LS-KEY-1")
class TestRefusing:
    """A check may refuse the customer; all that refuse are named at once, and nothing is kept."""

    REFUSING = PLAIN.replace(
        checks=(
            Check(fails=is_old, issue=said("old"), outcome="invalid"),
            Check(fails=has_no_email, issue=said("no_email"), outcome="invalid"),
        )
    )

    def test_all_are_said(self) -> None:
        made = admit(self.REFUSING, shop(name="Old"), None)
        assert isinstance(made, Invalid)
        assert [issue.code for issue in made.issues] == ["old", "no_email"]

    def test_met(self) -> None:
        assert admit(self.REFUSING, shop(name="New", email="a@b.example"), None) is None
        assert admit(PLAIN, shop(), None) is None

    def test_the_first_that_fails_decides(self) -> None:
        leaving = Check(fails=is_old, issue=said("left"))
        before = PLAIN.replace(checks=(leaving, *self.REFUSING.checks))
        after = PLAIN.replace(checks=(*self.REFUSING.checks, leaving))
        assert isinstance(admit(before, shop(name="Old"), None), Skip)
        made = admit(after, shop(name="Old"), None)
        assert isinstance(made, Invalid)
        assert [issue.code for issue in made.issues] == ["old", "no_email"]

    @pytest.mark.rule("G-ISO")
    def test_a_check_that_raises_leaves_out_and_nothing_lasts(self) -> None:
        flow = PLAIN.replace(checks=(Check(fails=raising, issue=said("x"), lasts=ExclusionPeriod.ALWAYS),))
        made = admit(flow, shop(), a_record(Status.LINKED))
        assert isinstance(made, Skip)
        assert (made.issues[0].code, made.lasts) == ("rule_raised", False)
