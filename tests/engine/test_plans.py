"""A plan: every decision of a run, as data. It prints, explains, and goes to JSON and back."""

import json
import pickle
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from custsync.engine.decisions import Review, Skip, Unchanged
from custsync.engine.plans import Plan
from custsync.errors import PlanError
from custsync.models import Address, Ref
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

    @pytest.mark.parametrize("customer", [Ref("shop", "1"), "shop:1", "1"], ids=repr)
    def test_found(self, customer: Ref | str) -> None:
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


class TestJson:
    """A plan goes to JSON and back unchanged; what is no plan is refused with an error of our own."""

    def test_round_trip(self) -> None:
        assert Plan.from_json(MADE.to_json()) == MADE

    @pytest.mark.parametrize("decision", EVERY, ids=lambda decision: decision.verb)
    def test_with_a_record_and_an_address(self, decision: Any) -> None:
        changes: dict[str, Any] = {"trace": test_explain.TRACE, "issues": (test_explain.ISSUE,)}
        if hasattr(decision, "record"):
            changes["record"] = RECORD
        if hasattr(decision, "values"):
            changes["values"] = {"billing_address": Address(city="Astoria", line1=None), "is_person": True}
        made = Plan(flow="f", version="1", decisions=(evolve(decision, **changes),))
        assert Plan.from_json(made.to_json().encode()) == made

    @pytest.mark.parametrize(
        "text",
        [
            *("", "{", "[]", "7", "null", '"plan"', "[" * 100_000, b"\xff"),
            *('{"format": 2}', '{"format": 1}', '{"format": 1, "decisions": 7}'),
            *('{"format": 1, "decisions": ["x"]}', '{"format": 1, "decisions": [[]]}'),
            *('{"format": 1, "decisions": [{}]}', '{"format": 1, "decisions": [{"kind": "Nothing"}]}'),
            *(
                '{"format": 1, "decisions": [{"kind": []}]}',
                '{"format": 1, "decisions": [{"kind": "Create"}]}',
            ),
            '{"format": 1, "decisions": []}',
        ],
    )
    def test_no_plan(self, text: str | bytes) -> None:
        with pytest.raises(PlanError) as caught:
            Plan.from_json(text)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None

    @given(JSON)
    def test_any_json_is_a_plan_or_refused(self, data: Any) -> None:
        with suppress(PlanError):
            Plan.from_json(json.dumps({"format": 1, "flow": "f", "version": "1", "decisions": [data]}))

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
