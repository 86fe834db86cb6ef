"""What became of each decision, and the report of a run. Reports add up."""

import pickle
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.engine.outcomes import LISTED, Outcome, Report, Result
from custsync.models import Issue, Ref, Severity

OURS, THEIRS = Ref("shop", "1"), Ref("books", "b1")
SAID = Issue(code="c", rule="G-ISO", field="name", reason="why", remedy="Mend it")
FINE = Outcome(source=OURS, decided="create", result=Result.CREATED, target=THEIRS)
BAD = evolve(FINE, result=Result.FAILED, issues=(SAID,))
WRITTEN = {Result.CREATED, Result.UPDATED, Result.LINKED, Result.MERGED, Result.RECOVERED}
DONE = {*WRITTEN, Result.UNCHANGED, Result.LEFT_OUT, Result.ALREADY_DONE}

outcomes = st.builds(
    Outcome,
    source=st.builds(Ref, st.just("shop"), st.text("123", min_size=1)),
    decided=st.just("create"),
    result=st.sampled_from(Result),
    issues=st.sampled_from([(), (SAID,), (evolve(SAID, severity=Severity.NOTE),)]),
)
reports = st.builds(
    Report,
    counts=st.dictionaries(st.sampled_from(Result), st.integers(1, 9)),
    attention=st.lists(outcomes, max_size=4).map(tuple),
    unlisted=st.integers(0, 9),
)


class TestAttention:
    """What is not done as decided calls for a person, and so does what has more to say than a note."""

    @pytest.mark.parametrize("severity", [None, *Severity])
    @pytest.mark.parametrize("result", Result)
    def test_table(self, result: Result, severity: Severity | None) -> None:
        issues = (evolve(SAID, severity=severity),) if severity else ()
        outcome = evolve(FINE, result=result, issues=issues)
        loud = severity in (Severity.WARNING, Severity.ERROR)
        assert outcome.needs_attention is (result not in DONE or loud)


class TestLines:
    """An outcome is one line: the customer, its counterpart, how it ended and why."""

    @pytest.mark.parametrize(
        ("outcome", "line"),
        [
            pytest.param(FINE, "shop:1 → books:b1  created", id="fine"),
            pytest.param(evolve(FINE, target=None), "shop:1  created", id="no counterpart"),
            pytest.param(
                BAD, "shop:1 → books:b1  failed: error: name: why. Mend it. [G-ISO]", id="with a reason"
            ),
        ],
    )
    def test_table(self, outcome: Outcome, line: str) -> None:
        assert str(outcome) == line


@pytest.mark.rule("G-ISO")
class TestReport:
    """Every decision is counted once; the first that call for attention are listed, the rest counted."""

    def test_counts_and_lines(self) -> None:
        report = Report.of([FINE, BAD, FINE])
        assert (report.total, report.wrote, report.summary) == (3, 2, "2 created, 1 failed")
        assert str(report) == f"2 created, 1 failed\n{BAD}"

    def test_a_row_of_texts_for_each_that_needs_attention(self) -> None:
        (row,) = Report.of([FINE, evolve(BAD, candidates=(THEIRS,))]).to_records()
        assert row == {
            "source": "shop:1",
            "decision": "create",
            "result": "failed",
            "target": "books:b1",
            "rules": "G-ISO",
            "reasons": "name: why",
            "remedies": "Mend it",
            "candidates": "books:b1",
        }

    def test_nothing(self) -> None:
        assert str(Report.of([])) == str(Report()) == "nothing to do"

    @pytest.mark.parametrize("more", [0, 1, 2])
    def test_a_long_list_is_cut_and_the_rest_counted(self, more: int) -> None:
        report = Report.of([BAD] * (LISTED + more))
        assert (len(report.attention), report.unlisted, report.total) == (LISTED, more, LISTED + more)
        assert str(report).endswith(f"... and {more} more") is bool(more)

    @pytest.mark.parametrize("result", Result)
    def test_what_counts_as_written(self, result: Result) -> None:
        assert Report.of([evolve(FINE, result=result)]).wrote == (result in WRITTEN)

    @given(st.lists(outcomes), st.lists(outcomes))
    def test_adding_is_the_report_of_both(self, some: list[Outcome], others: list[Outcome]) -> None:
        assert Report.of(some) + Report.of(others) == Report.of([*some, *others])

    @given(reports, reports, reports)
    def test_adding_is_associative(self, one: Report, two: Report, three: Report) -> None:
        assert (one + two) + three == one + (two + three)

    @given(reports)
    def test_an_empty_report_changes_nothing(self, report: Report) -> None:
        assert report + Report() == report == Report() + report

    @pytest.mark.parametrize(("some", "others"), [(1, LISTED), (LISTED, 1), (LISTED, LISTED)])
    def test_adding_keeps_the_list_short(self, some: int, others: int) -> None:
        assert Report.of([BAD] * some) + Report.of([BAD] * others) == Report.of([BAD] * (some + others))

    @pytest.mark.parametrize("value", [FINE, BAD, Report.of([FINE, BAD])])
    def test_survives_a_pickle(self, value: Any) -> None:
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes
