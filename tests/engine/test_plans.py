"""A plan: every decision of a run, as data. It prints, explains, and goes to JSON and back."""

import json
import pickle
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.engine.decisions import Create, Recover, Review, Skip, Unchanged
from custsync.engine.plan_lines import decisions_of, head_of
from custsync.engine.plans import Plan
from custsync.errors import InputError, PlanError
from custsync.models import Address, Customer, Ref
from custsync.syncrecords import Intent, LastSeen, Status, SyncRecord
from tests.engine import test_explain
from tests.environments import FLOW, LINK, NOW

EVERY = test_explain.EVERY
MADE = Plan(flow=FLOW.name, version=FLOW.version, decisions=tuple(EVERY))
INTENT = Intent(key="k", issued_at=NOW, attempt=1, rules="1", request={"a": [1]}, clues={"email": ("a", "b")})
RECORD = SyncRecord(
    link=LINK,
    source=Ref("shop", "1"),
    target=Ref("books", "b1", "acct_1", "live"),
    status=Status.INTENT,
    flow="f",
    intent=INTENT,
    memory={"namespace": LastSeen(payload="p", fields={"name": "d"})},
    error=test_explain.ISSUE,
    version=3,
)
OUTLINE = evolve(RECORD, intent=None, memory={}, error=None)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["format", "decisions", "kind", "flow", "version", "source"]), inner
        )
    ),
    max_leaves=8,
)


class TestReading:
    """A plan reads like a change list: a line for each decision but "unchanged", and a summary."""

    def test_lines(self) -> None:
        lines = str(MADE).splitlines()
        assert len(lines) == len(EVERY)
        assert lines[-1].startswith("shop.EXPORT: 2 to create")
        assert "unchanged" not in "".join(lines[:-1])

    def test_is_a_collection_of_decisions(self) -> None:
        assert (list(MADE), len(MADE)) == (EVERY, len(EVERY))

    @pytest.mark.parametrize(
        ("decisions", "is_empty"),
        [
            ((), True),
            ((Unchanged(source=Ref("shop", "1")), Skip(source=Ref("shop", "2"))), True),
            ((Review(source=Ref("shop", "1")),), False),
        ],
        ids=["none", "quiet ones", "a question"],
    )
    def test_empty(self, decisions: Any, is_empty: bool) -> None:  # noqa: FBT001 - a table
        assert Plan(flow="f", version="1", decisions=decisions).is_empty is is_empty

    @pytest.mark.parametrize("key", [Ref("shop", "1"), "shop:1", "1", 0], ids=repr)
    def test_one_decision(self, key: Ref | str | int) -> None:
        assert MADE[key] is EVERY[0]

    @pytest.mark.parametrize("key", [Ref("shop", "x"), "x", len(EVERY), -len(EVERY) - 1], ids=repr)
    def test_no_such_decision(self, key: Ref | str | int) -> None:
        with pytest.raises(PlanError, match="no decision for that customer"):
            MADE[key]

    def test_a_slice_is_a_plan(self) -> None:
        assert MADE[1:3] == evolve(MADE, decisions=MADE.decisions[1:3])

    def test_counts(self) -> None:
        assert MADE.counts["create"] == 2
        assert sum(MADE.counts.values()) == len(MADE)

    def test_filtered_by_kind_and_by_question(self) -> None:
        assert MADE.filter() == MADE
        assert MADE.filter("create", "left out").counts == {"create": 2, "left out": MADE.counts["left out"]}
        assert MADE.filter("create", where=lambda decision: not decision.issues).counts["create"] >= 1
        assert MADE.filter(where=lambda _: False).decisions == ()

    def test_no_such_kind(self) -> None:
        with pytest.raises(PlanError, match="no decision is named 'made'; there are create, update"):
            MADE.filter("made")

    def test_a_row_of_texts_for_each_decision(self) -> None:
        rows = MADE.to_records()
        assert [row["decision"] for row in rows] == [decision.verb for decision in EVERY]
        assert {tuple(row) for row in rows} == {tuple(rows[0])}
        assert all(type(cell) is str for row in rows for cell in row.values())
        assert "canary" not in str(rows).lower()

    def test_what_a_row_holds(self) -> None:
        review = Review(
            source=Ref("shop", "1"), issues=(test_explain.ISSUE,), candidates=(Ref("books", "b1"),)
        )
        (row,) = evolve(MADE, decisions=(review,)).to_records()
        issue = test_explain.ISSUE
        assert row == {
            "source": "shop:1",
            "decision": "review",
            "target": "",
            "fields": "",
            "rules": issue.rule,
            "reasons": f"{issue.field}: {issue.reason}",
            "remedies": issue.remedy,
            "candidates": "books:b1",
        }

    def test_shows_no_personal_value(self) -> None:
        assert "canary" not in f"{MADE!r} {MADE}".lower()


@pytest.mark.rule("G-WHY")
class TestExplaining:
    """Every customer of a plan can be explained, by its reference, its name or its id."""

    @pytest.mark.parametrize("customer", [Ref("shop", "1"), "shop:1", "1", 1], ids=repr)
    def test_found(self, customer: Ref | str | int) -> None:
        assert MADE.explain(customer).startswith("shop:1: ")

    def test_an_id_of_two_kinds_names_neither(self) -> None:
        kinds = [Skip(source=Ref("shop", "7", kind=kind)) for kind in ("customer", "contact")]
        both = evolve(MADE, decisions=tuple(kinds))
        with pytest.raises(PlanError, match="give the whole reference"):
            both.explain("7")
        assert both[Ref("shop", "7", kind="contact")] is kinds[1]

    @pytest.mark.parametrize("customer", [Ref("books", "1"), "canary", ""], ids=repr)
    def test_not_found(self, customer: Ref | str) -> None:
        with pytest.raises(PlanError, match="no decision for that customer") as caught:
            MADE.explain(customer)
        assert "canary" not in str(caught.value)


def kept(made: Plan) -> Plan:
    return Plan.from_lines(list(made.to_lines()))


HEAD = {"format": 2, "flow": "f", "version": "1", "decisions": 1}
SKIP = {"kind": "Skip", "source": {"system": "shop", "id": "1"}}


def lines(*entries: Any) -> list[str]:
    return [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]


class TestLines:
    """A plan goes to lines of JSON and back; what is no plan is refused with an error of our own."""

    def test_round_trip(self) -> None:
        assert kept(MADE) == MADE
        assert list(kept(MADE).to_lines()) == list(MADE.to_lines())

    @pytest.mark.parametrize("decision", EVERY, ids=lambda decision: decision.verb)
    def test_with_a_record_and_an_address(self, decision: Any) -> None:
        changes: dict[str, Any] = {"trace": test_explain.TRACE, "issues": (test_explain.ISSUE,)}
        if hasattr(decision, "record"):
            changes["record"] = RECORD
        if hasattr(decision, "values"):
            changes["values"] = {"billing_address": Address(city="Astoria", line1=None), "is_person": True}
        made = Plan(flow="f", version="1", decisions=(evolve(decision, **changes),))
        assert Plan.from_lines(line.encode() for line in made.to_lines()) == made

    def test_a_head_then_a_line_for_each_decision(self) -> None:
        head, *others = MADE.to_lines()
        assert json.loads(head) == {"format": 2, "flow": FLOW.name, "version": "1", "decisions": len(EVERY)}
        assert [json.loads(line)["kind"] for line in others] == [
            type(decision).__name__ for decision in EVERY
        ]

    def test_of_a_sync_record_it_has_which_one_and_in_which_state(self) -> None:
        """The store has the rest: a request, which may hold personal values, is in no plan."""
        recovers = next(one for one in EVERY if isinstance(one, Recover))
        made = evolve(MADE, decisions=(evolve(recovers, record=RECORD),))
        (decision,) = kept(made)
        assert decision == made[0]
        assert isinstance(decision, Recover)
        assert decision.record == OUTLINE
        assert decision.record.version == RECORD.version

    def test_decisions_on_different_versions_of_a_record_differ(self) -> None:
        recovers = next(one for one in EVERY if isinstance(one, Recover))
        versions = [evolve(recovers, record=evolve(RECORD, version=number)) for number in (3, 4)]
        assert versions[0] != versions[1]
        assert versions[0] == evolve(recovers, record=OUTLINE)

    def test_it_is_written_and_read_a_line_at_a_time(self) -> None:
        """Nobody holds the whole text: a second line is made when it is asked for."""
        coming = MADE.to_lines()
        assert next(coming).startswith("{")
        asked: list[int] = []

        def watched() -> Iterator[str]:
            for number, line in enumerate(MADE.to_lines()):
                asked.append(number)
                yield line

        head = head_of(next(reading := watched()))
        next(decisions_of(head, reading))
        assert asked == [0, 1]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            *(
                (one, "line 1 of the plan is damaged")
                for one in ("", "{", "[]", "7", '"x"', "[" * 10**5, b"\xff", 7, None)
            ),
            *((one, "format 2") for one in ("{}", '{"format": 1}', '{"format": "2"}')),
            ('{"format": 2, "flow": 7, "version": "1", "decisions": 0}', "line 1 .* flow: not a clean text"),
            ('{"format": 2, "format": 2}', "line 1"),
        ],
    )
    def test_no_head(self, text: str | bytes, said: str) -> None:
        with pytest.raises(PlanError, match=said) as caught:
            Plan.from_lines([text])
        assert caught.value.__suppress_context__ or caught.value.__context__ is None

    @pytest.mark.parametrize("wrong", [None, 7])
    def test_what_is_no_lines_at_all_is_refused(self, wrong: Any) -> None:
        with pytest.raises(InputError, match="from_lines: lines"):
            Plan.from_lines(wrong)

    @pytest.mark.parametrize(
        "entry",
        [
            *("", "\n", '"x"', "[]", {}, {"kind": "Nothing"}, {"kind": []}, {"kind": "Create"}),
            {**SKIP, "source": {"system": "shop"}},
            {**SKIP, "lasts": "canary"},
            {**SKIP, "canary": 1},
            {**SKIP, "null": "source"},
            {**SKIP, "null": "canary"},
            {**SKIP, "null": 7},
            {**SKIP, "external_id": "canary\0"},
            '{"kind": "Skip", "kind": "Skip", "source": {"system": "shop", "id": "1"}}',
        ],
        ids=repr,
    )
    def test_a_damaged_line_is_named(self, entry: Any) -> None:
        with pytest.raises(PlanError, match="line 3 of the plan is damaged") as caught:
            Plan.from_lines(lines({**HEAD, "decisions": 2}, SKIP, entry))
        assert "canary" not in str(caught.value)
        assert len(Plan.from_lines(lines(HEAD, SKIP))) == 1

    @pytest.mark.parametrize("count", [0, 2, 7])
    def test_a_part_of_a_plan_is_none(self, count: int) -> None:
        """A file that was cut off, or that two were put together in, is not carried out."""
        with pytest.raises(PlanError, match=f"the plan has 1 decisions of {count}"):
            Plan.from_lines(lines({**HEAD, "decisions": count}, SKIP))

    @given(JSON)
    def test_any_json_is_a_plan_or_refused(self, data: Any) -> None:
        for entries in ([data], [HEAD, data], [{**HEAD, "decisions": data}, data]):
            with suppress(PlanError):
                Plan.from_lines(lines(*entries))


@pytest.mark.rule("G-ISO")
class TestAnOddDecision:
    """A decision that JSON cannot hold is refused where it is kept, and the others are kept as they are."""

    @pytest.mark.parametrize(
        "odd",
        [
            pytest.param({"values": {"name": "a\0"}}, id="NUL"),
            pytest.param({"values": {"name": "\ud800"}}, id="half a character"),
            pytest.param({"values": {"name": float("nan")}}, id="no number"),
            pytest.param({"values": {"name": Decimal("nan")}}, id="no Decimal"),
            pytest.param({"values": {"name": 10**5000}}, id="a number too long"),
            pytest.param({"values": {"name": {1, 2}}}, id="a set"),
            pytest.param({"values": {7: "x"}}, id="a key that is no text"),
            pytest.param({"values": []}, id="no mapping"),
            pytest.param({"customer": Customer(ref=Ref("shop", "1"), extra={"x": "\ud800"})}, id="in extra"),
            pytest.param({"customer": Customer(ref=Ref("shop", "1"), name=7)}, id="a number as name"),  # type: ignore[arg-type]
            pytest.param({"customer": Customer(ref=Ref("shop", "1"), balance=7)}, id="no balance"),  # type: ignore[arg-type]
            pytest.param({"customer": Customer(ref=Ref("shop", "1"), addresses=[])}, id="a list"),  # type: ignore[arg-type]
            pytest.param({"customer": None}, id="no customer"),
        ],
    )
    def test_it_fails_alone(self, odd: dict[str, Any]) -> None:
        create = next(one for one in EVERY if isinstance(one, Create))
        made = evolve(MADE, decisions=(EVERY[0], evolve(create, **odd), EVERY[1]))
        first, second, third = kept(made)
        assert (first, third) == (EVERY[0], EVERY[1])
        assert (second.verb, second.source) == ("refused", create.source)
        assert [(issue.code, issue.rule) for issue in second.issues] == [("not_storable", "G-ISO")]

    def test_one_without_a_readable_id_is_named_by_its_place(self) -> None:
        made = evolve(MADE, decisions=(EVERY[0], Skip(source=Ref("shop", "a\0"))))
        assert kept(made)[1].source == Ref("shop", "#2")


class TestPickles:
    """A plan goes from one process to another."""

    def test_survives_a_pickle(self) -> None:
        assert pickle.loads(pickle.dumps(MADE)) == MADE  # noqa: S301 - our own bytes


class TestChecking:
    """Only the flow and the version that made a plan may carry it out."""

    def test_its_own(self) -> None:
        MADE.check(FLOW)

    @pytest.mark.parametrize("changes", [{"name": "other"}, {"version": "2"}], ids=["flow", "version"])
    def test_another(self, changes: dict[str, str]) -> None:
        with pytest.raises(PlanError, match="plan again"):
            MADE.check(FLOW.replace(**changes))
