"""Decisions in words: one line each for a plan, a few sentences for who asks why; no value unless told so."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from custsync.engine.decisions import (
    Create,
    Decision,
    Invalid,
    Link,
    Recover,
    RecoverBy,
    Review,
    Skip,
    Unchanged,
    Update,
)
from custsync.engine.explain import explanation, one_line, summary_of
from custsync.models import ABSENT, Address, Issue, Ref, Severity
from custsync.rules.fields.mapping import Change
from custsync.rules.matching.steps import step
from tests.environments import NOW, books, shop

OURS, THEIRS = Ref("shop", "1"), Ref("books", "b1")
ISSUE = Issue(code="c", rule="G-LOSS", field="name", reason="too long", remedy="Shorten it.")
HINT = evolve(ISSUE, severity=Severity.WARNING, reason="cut")
NOTE = evolve(ISSUE, severity=Severity.NOTE, remedy="Nothing to do: it is seen to later")
IDLE = evolve(ISSUE, severity=Severity.NOTE, remedy="Nothing to do")
TRACE = (step("SP-OUT-2", "Is there one with the email?", "not found"),)
CHANGE = Change(field="name", rule="SP-NAME", before="Canary old", after="Canary new")
ANN = shop(name="Canary")
CREATE = Create(
    source=OURS, trace=TRACE, customer=ANN, values={"name": "Canary", "email": "c@canary.example"}
)
UPDATE = Update(source=OURS, trace=TRACE, customer=ANN, target=THEIRS, current=books(), changes=(CHANGE,))
LINK = Link(source=OURS, customer=ANN, target=THEIRS, current=books(), write_back=True)
RECOVER = Recover(source=OURS, customer=ANN, by=RecoverBy.WAIT, until=NOW + timedelta(days=1))
LINES: list[Any] = [
    pytest.param(CREATE, "+ shop:1", "create    name, email", id="create"),
    pytest.param(
        evolve(CREATE, issues=(HINT,)), "+ shop:1", "email (name: cut [G-LOSS])", id="create with a note"
    ),
    pytest.param(UPDATE, "~ shop:1 → books:b1", "update    name", id="update"),
    pytest.param(LINK, "= shop:1 → books:b1", "link      nothing to change; write the id back", id="link"),
    pytest.param(
        evolve(LINK, trace=TRACE), "= shop:1 → books:b1", "the id back [SP-OUT-2]", id="link by a rule"
    ),
    pytest.param(
        RECOVER, "* shop:1", "so nothing is written yet (until 2026-01-02T00:00:00+00:00)", id="recover"
    ),
    pytest.param(
        evolve(RECOVER, by=RecoverBy.ADOPT, target=THEIRS),
        "* shop:1 → books:b1",
        "found and is linked",
        id="adopt",
    ),
    pytest.param(Unchanged(source=OURS, target=THEIRS), "  shop:1 → books:b1", "unchanged", id="unchanged"),
    pytest.param(
        Skip(source=OURS, issues=(ISSUE,)), "  shop:1", "left out  name: too long [G-LOSS]", id="left out"
    ),
    pytest.param(
        Review(source=OURS, issues=(ISSUE,), candidates=(THEIRS, Ref("books", "b2"))),
        "? shop:1",
        "review    name: too long [G-LOSS]: books:b1, books:b2",
        id="review",
    ),
    pytest.param(
        Review(source=OURS, issues=(ISSUE,)), "? shop:1", "name: too long [G-LOSS]", id="no candidates"
    ),
    pytest.param(
        Invalid(source=OURS, issues=(ISSUE, HINT)), "! shop:1", "[G-LOSS]; name: cut [G-LOSS]", id="refused"
    ),
]
EVERY: list[Decision] = [entry.values[0] for entry in LINES]


@pytest.mark.rule("G-WHY")
class TestOneLine:
    """A plan has one line for each decision: symbol, customer, counterpart, what happens and why."""

    @pytest.mark.parametrize(("decision", "begins", "ends"), LINES)
    def test_table(self, decision: Decision, begins: str, ends: str) -> None:
        line = one_line(decision)
        assert line.startswith(f"{begins} ")
        assert line.endswith(ends)
        assert "\n" not in line

    @pytest.mark.parametrize("by", RecoverBy)
    def test_every_recovery_has_its_words(self, by: RecoverBy) -> None:
        assert one_line(evolve(RECOVER, by=by)).split("recover", 1)[1].strip()


class TestSummary:
    """The counts stand on one line, in one order, and nothing that is not there is counted."""

    @pytest.mark.parametrize(
        ("decisions", "text"),
        [
            ([], "nothing to do"),
            ([LINK, CREATE, CREATE], "2 to create, 1 to link"),
            (
                EVERY,
                (
                    "2 to create, 1 to update, 2 to link, 2 to recover, 2 for review, 1 refused, "
                    "1 unchanged, 1 left out"
                ),
            ),
        ],
        ids=["none", "some", "every kind"],
    )
    def test_table(self, decisions: list[Decision], text: str) -> None:
        assert summary_of(decisions) == text


@pytest.mark.rule("G-WHY")
class TestExplanation:
    """Which rules fired, on what evidence, and what would have to change for another outcome."""

    @pytest.mark.parametrize("decision", EVERY, ids=lambda decision: decision.verb)
    def test_names_the_customer_and_what_would_change_it(self, decision: Decision) -> None:
        first, *_, last = explanation(decision).splitlines()
        assert first.startswith("shop:1: ")
        assert last.startswith("  What would change it: ")
        assert last.removeprefix("  What would change it: ").endswith(".")

    @pytest.mark.parametrize("decision", EVERY, ids=lambda decision: decision.verb)
    def test_shows_no_value_unless_told_so(self, decision: Decision) -> None:
        assert "canary" not in (explanation(decision) + one_line(decision)).lower()

    def test_the_rules_asked(self) -> None:
        assert "  Asked: Is there one with the email? Answer: not found. [SP-OUT-2]" in explanation(CREATE)

    def test_the_remedies_once_each(self) -> None:
        told = explanation(Invalid(source=OURS, issues=(ISSUE, HINT)))
        assert told.splitlines()[1:] == [
            "  Because name: too long. [G-LOSS]",
            "  Because name: cut. [G-LOSS]",
            "  What would change it: Shorten it.",
        ]

    @pytest.mark.parametrize(
        ("decision", "told"),
        [
            pytest.param(evolve(CREATE, issues=(NOTE,)), "a counterpart that", id="a note of a create"),
            pytest.param(evolve(CREATE, issues=(NOTE, HINT)), "Shorten it.", id="a note beside a warning"),
            pytest.param(Skip(source=OURS, issues=(NOTE,)), "Nothing to do: it is seen", id="left out"),
            pytest.param(Skip(source=OURS, issues=(IDLE,)), "see the reason above.", id="nothing to do"),
        ],
    )
    def test_what_asks_for_nothing_would_change_nothing(self, decision: Decision, told: str) -> None:
        last = explanation(decision).splitlines()[-1]
        assert last.startswith(f"  What would change it: {told}")

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            pytest.param("Canary", "'Canary'", id="text"),
            pytest.param(None, "nothing", id="null"),
            pytest.param(ABSENT, "nothing", id="absent"),
            pytest.param("", "nothing", id="empty"),
            pytest.param(Address(city="Canary"), "Address(city='Canary')", id="address"),
        ],
    )
    def test_values_for_who_may_see_them(self, value: Any, shown: str) -> None:
        created = evolve(CREATE, values={"name": value})
        assert f"  Writes name: {shown}." in explanation(created, values=True)
        changed = evolve(UPDATE, changes=(evolve(CHANGE, before="x", after=value),))
        assert f"  Changes name from 'x' to {shown}. [SP-NAME]" in explanation(changed, values=True)

    def test_fields_without_values(self) -> None:
        assert "  Writes name." in explanation(CREATE)
        assert "  Changes name. [SP-NAME]" in explanation(UPDATE)

    def test_the_write_back(self) -> None:
        assert "source. [G-DUP]" in explanation(LINK)
        assert "source. [G-DUP]" not in explanation(evolve(LINK, write_back=False))

    @pytest.mark.parametrize("decision", [UPDATE, LINK])
    def test_the_counterpart(self, decision: Decision) -> None:
        assert "books:b1." in explanation(decision).splitlines()[0]

    def test_the_candidates(self) -> None:
        assert "  Candidates: books:b1." in explanation(Review(source=OURS, candidates=(THEIRS,)))
        assert "Candidates" not in explanation(Review(source=OURS))

    def test_until_when_a_lost_create_is_waited_for(self) -> None:
        assert "nothing is written yet (until 2026-01-02T00:00:00+00:00)" in explanation(RECOVER)
        assert one_line(RECOVER).endswith("nothing is written yet (until 2026-01-02T00:00:00+00:00)")

    @pytest.mark.parametrize("by", RecoverBy)
    def test_what_is_done_about_a_lost_create(self, by: RecoverBy) -> None:
        assert "an earlier create's outcome is unknown; " in explanation(evolve(RECOVER, by=by))
