"""Admitting: whether a customer takes part at all."""

from typing import Any

import pytest
from attrs import evolve

from custsync.engine.api import apply, plan, sync
from custsync.engine.decide.admission import admit, exclusion_of, lasting_exclusion, turned_away, with_mark
from custsync.engine.decisions import Invalid, Skip
from custsync.flow import EXCLUDED_MARK, Flow
from custsync.models import Customer, Issue, Ref, Severity
from custsync.rules.eligibility import Check, ExclusionPeriod
from custsync.syncrecords import Status, SyncRecord
from tests.environments import FLOW, LINK, Setup, row, shop

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


MARKED = PLAIN.with_field(row("custom.excluded", sources=(EXCLUDED_MARK,))).replace(
    excluded_field="custom.excluded"
)


def marked(*checks: Check) -> Flow:
    return MARKED.replace(checks=checks)


def old(*, hides: bool = False, lasts: ExclusionPeriod = ExclusionPeriod.NEVER) -> Check:
    return Check(fails=is_old, issue=said("old"), hides=hides, lasts=lasts)


@pytest.mark.rule("UF-EXC-2", "UF-EXC-4")
class TestMarked:
    """Who is excluded with a mark takes part: whom the target has, or is to have."""

    LINKED, FAILED = a_record(Status.LINKED), a_record(Status.FAILED)
    ALWAYS, ONCE = ExclusionPeriod.ALWAYS, ExclusionPeriod.ONCE_LINKED

    @pytest.mark.parametrize(
        ("check", "record", "is_excluded", "lasts"),
        [
            pytest.param(old(hides=True), None, True, False, id="who is to be there"),
            pytest.param(
                old(hides=True, lasts=ALWAYS), None, True, True, id="who is to be there, permanently"
            ),
            pytest.param(old(lasts=ALWAYS), LINKED, True, True, id="who is there, permanently"),
            pytest.param(old(lasts=ONCE), LINKED, True, True, id="who is there, once linked"),
            pytest.param(old(lasts=ALWAYS), FAILED, False, False, id="who is not there"),
            pytest.param(old(lasts=ALWAYS), None, False, False, id="who was never synced"),
            pytest.param(old(), LINKED, False, False, id="who is there, for now"),
        ],
    )
    def test_whom(self, check: Check, record: SyncRecord | None, *, is_excluded: bool, lasts: bool) -> None:
        flow, customer = marked(check), shop(name="Old")
        assert exclusion_of(flow, customer, record) == (said("old") if is_excluded else None)
        assert lasting_exclusion(flow, customer, record) == (said("old") if lasts else None)
        assert isinstance(admit(flow, customer, record), Skip) is not is_excluded
        assert exclusion_of(flow.replace(excluded_field=""), customer, record) is None
        assert exclusion_of(flow, shop(name="New"), record) is None
        assert lasting_exclusion(flow, shop(name="New"), record) is None

    def test_the_first_check_counts(self) -> None:
        both = marked(old(hides=True), Check(fails=is_old, issue=said("too"), lasts=self.ALWAYS))
        assert exclusion_of(both, shop(name="Old"), None) == said("old")
        assert lasting_exclusion(both, shop(name="Old"), None) is None

    def test_one_whose_exclusion_with_a_mark_is_on_record(self) -> None:
        hidden = evolve(self.LINKED, hidden=said("old"))
        for name in ("Old", "New"):
            found = exclusion_of(marked(old(hides=True)), shop(name=name), hidden)
            assert found is not None
            assert (found.code, found.severity) == ("excluded", Severity.NOTE)
            assert found.reason == "permanently excluded; the reason was that old"
            assert (
                lasting_exclusion(marked(old(hides=True, lasts=self.ALWAYS)), shop(name=name), hidden) is None
            )

    def test_one_who_was_left_out_before(self) -> None:
        assert exclusion_of(marked(old(hides=True)), shop(name="Old"), a_record(Status.EXCLUDED)) is None

    @pytest.mark.parametrize(
        ("check", "record", "lasts"),
        [
            pytest.param(
                old(hides=True), a_record(Status.EXCLUDED, said("old")), True, id="who belongs there"
            ),
            pytest.param(old(), a_record(Status.EXCLUDED, said("old")), False, id="who never comes there"),
            pytest.param(old(), a_record(Status.EXCLUDED, said("by hand")), True, id="by hand"),
            pytest.param(old(), a_record(Status.EXCLUDED), False, id="without a reason"),
            pytest.param(
                old(),
                evolve(a_record(Status.EXCLUDED, said("old")), target=Ref("books", "b1")),
                True,
                id="who is there",
            ),
        ],
    )
    def test_who_was_left_out_before_gets_its_mark(
        self, check: Check, record: SyncRecord, *, lasts: bool
    ) -> None:
        made = admit(marked(check), shop(name="New"), record)
        assert isinstance(made, Skip)
        assert (made.lasts, made.record) == (lasts, record if lasts else None)
        without = admit(PLAIN.replace(checks=(check,)), shop(name="New"), record)
        assert isinstance(without, Skip)
        assert without.lasts is False

    def test_other_checks_count_for_who_has_a_mark(self) -> None:
        gone = Check(fails=has_no_email, issue=said("no_email"), outcome="invalid")
        made = admit(marked(old(hides=True), gone), shop(name="Old"), None)
        assert isinstance(made, Invalid)
        assert [issue.code for issue in made.issues] == ["no_email"]
        assert admit(marked(old(hides=True), gone), shop(name="Old", email="a@b.example"), None) is None

    def test_the_mark(self) -> None:
        name = EXCLUDED_MARK.removeprefix("custom.")
        kept = shop(custom={"tier": "gold"})
        assert with_mark(kept, said("old")).custom == {"tier": "gold", name: True}
        assert with_mark(kept, None).custom == {"tier": "gold", name: None}

    def test_the_first_check_gives_the_outcome(self) -> None:
        refusing = evolve(old(), outcome="invalid")
        assert isinstance(turned_away(shop(), (refusing, old())), Invalid)
        assert isinstance(turned_away(shop(), (old(), refusing)), Skip)
