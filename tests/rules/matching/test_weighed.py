"""Linking two lists by weighed evidence, learnt from the lists themselves."""

import pickle
from math import log2
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from custsync.models import Address, Customer, Ref
from custsync.rules.matching import Field, Key, MatchResult, MatchStrategy, Outcome, Rule, match_customers
from custsync.rules.matching.explain import Comparison, FieldEvidence, odds_text
from custsync.rules.matching.records import Lists, read_records
from custsync.rules.matching.table import Chance, Table, chance_of_values, table_of
from custsync.rules.matching.weights import prior_of
from tests.rules.matching.lists import FIELDS, families, pairs_of, two_lists

LEFT, RIGHT = two_lists(400)
BY_FIELDS = MatchStrategy(fields=FIELDS)
FOUND = match_customers(LEFT, RIGHT, BY_FIELDS)


def right_pairs(result: MatchResult) -> set[tuple[Any, Any]]:
    return {(one, other) for one, other in pairs_of(result) if one[1:] == other[1:]}


def review_of(result: MatchResult) -> set[tuple[Any, Any]]:
    return {(match.left, match.right) for entry in result.review for match in entry.candidates}


class TestWhatIsFound:
    """Records with slips, missing and old values are linked; strangers are not."""

    def test_two_lists(self) -> None:
        assert len(right_pairs(FOUND)) >= 190
        assert pairs_of(FOUND) == right_pairs(FOUND)
        assert {id for id, _ in pairs_of(FOUND)} | {one.left for one in FOUND.review} | set(
            FOUND.unmatched
        ) == {record["id"] for record in LEFT}

    @pytest.mark.parametrize(("most", "outcome"), [(2, Outcome.NONE), (3, Outcome.REVIEW)])
    def test_a_key_with_too_many_pairs_finds_nobody(
        self, monkeypatch: pytest.MonkeyPatch, most: int, outcome: Outcome
    ) -> None:
        monkeypatch.setattr("custsync.rules.matching.weighing._MOST_PAIRS", most)
        one = next(record for record in LEFT if record["id"] == f"L{RIGHT[0]['id'][1:]}")
        strategy = MatchStrategy(rules=[Rule("EMAIL", "email")], fields=FIELDS)
        found = match_customers([*LEFT, {**one, "id": "twin"}], RIGHT, strategy)
        assert found.explain(one["id"]).outcome is outcome

    def test_the_rules_are_derived_and_print(self) -> None:
        assert str(FOUND.rules[0]) == "R01: phone"
        assert all(rule.keys for rule in FOUND.rules)

    def test_strangers_are_not_linked(self) -> None:
        ours, theirs = LEFT[:200], RIGHT[200:]
        result = match_customers(ours, theirs, BY_FIELDS)
        assert pairs_of(result) == set()

    def test_names_in_each_others_field(self) -> None:
        crossed = [
            {**record, "first": record["last"], "last": record["first"]} for record in RIGHT[:20]
        ] + RIGHT[20:]
        result = match_customers(LEFT, crossed, BY_FIELDS)
        assert len(right_pairs(result)) >= len(right_pairs(FOUND)) - 2
        told = [str(result.explain(match.left)) for match in result.matches]
        assert any("first crossed" in text for text in told)

    def test_customers(self) -> None:
        ours, theirs = (
            [_customer(record, system) for record in records]
            for records, system in ((LEFT, "a"), (RIGHT, "b"))
        )
        fields = (
            "first_name",
            "last_name",
            "company_name",
            "email",
            "phone",
            *(f"billing_address.{part}" for part in PARTS),
        )
        result = match_customers(ours, theirs, MatchStrategy(fields=fields))
        found = {(one.id, other.id) for one, other in pairs_of(result)}
        assert found == pairs_of(FOUND)

    def test_empty_lists(self) -> None:
        result = match_customers([], [], BY_FIELDS)
        assert (list(result.matches), result.review, result.unmatched) == ([], (), ())
        assert match_customers(LEFT[:2], [], BY_FIELDS).unmatched == (LEFT[0]["id"], LEFT[1]["id"])

    def test_two_records_alone(self) -> None:
        result = match_customers(LEFT[:1], [{**LEFT[0], "id": "R"}], BY_FIELDS)
        assert pairs_of(result) | review_of(result) <= {(LEFT[0]["id"], "R")}


PARTS = ("line1", "city", "postal_code")


def _customer(record: dict[str, Any], system: str) -> Customer:
    address = Address(
        line1=record["line1"], city=record["city"], postal_code=record["zip"], default_billing=True
    )
    return Customer(
        ref=Ref(system, record["id"]),
        first_name=record["first"],
        last_name=record["last"],
        company_name=record["company"] or None,
        email=record["email"],
        phone=record["phone"],
        addresses=(address,),
    )


@pytest.mark.rule("G-DUP")
class TestTheOrderOfTheLists:
    """One answer for one input: order, and which list is left, make no difference."""

    @given(st.integers(0, 5))
    @settings(max_examples=3, deadline=None)
    def test_makes_no_difference(self, seed: int) -> None:
        ours, theirs = LEFT[:], RIGHT[:]
        Random(seed).shuffle(ours)  # noqa: S311 - invented data
        Random(seed + 1).shuffle(theirs)  # noqa: S311 - invented data
        result = match_customers(ours, theirs, BY_FIELDS)
        assert set(result.matches) == set(FOUND.matches)
        assert review_of(result) == review_of(FOUND)
        assert result.strength() == FOUND.strength()

    def test_which_list_is_left_makes_no_difference(self) -> None:
        swapped = match_customers(RIGHT, LEFT, BY_FIELDS)
        assert {(match.right, match.left, match.rule, match.odds) for match in swapped.matches} == set(
            FOUND.matches
        )
        assert {(other, one) for one, other in review_of(swapped)} == review_of(FOUND)

    def test_a_result_pickles(self) -> None:
        again = pickle.loads(pickle.dumps(FOUND))  # noqa: S301 - its own text
        assert list(again.matches) == list(FOUND.matches)
        assert str(again.explain(LEFT[300]["id"])) == str(FOUND.explain(LEFT[300]["id"]))


class TestGroups:
    """What a household or a building has in common never links by itself."""

    RELATIVES = families(LEFT[:100], "F")

    def test_relatives_are_not_linked(self) -> None:
        result = match_customers(LEFT, [*RIGHT, *self.RELATIVES], BY_FIELDS)
        assert {other for _, other in pairs_of(result) if other.startswith("F")} == set()
        assert len(right_pairs(result)) >= 180

    def test_without_groups_they_are(self) -> None:
        result = match_customers(LEFT, [*RIGHT, *self.RELATIVES], MatchStrategy(fields=FIELDS, groups=()))
        assert len({other for _, other in pairs_of(result) if other.startswith("F")}) > 50

    def test_decoys_predict_them_where_a_list_has_its_own(self) -> None:
        ours = [*LEFT, *families(LEFT[100:200], "O")]
        free = MatchStrategy(fields=FIELDS, groups=(), tolerance=1.0)
        result = match_customers(ours, [*RIGHT, *self.RELATIVES], free)
        false = len(pairs_of(result)) - len(right_pairs(result))
        decoys = result.strength().decoys or 0
        assert false / 2 <= decoys <= 2 * false

    def test_of_long_lists_the_decoys_are_a_sample(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("custsync.rules.matching.weighing._DECOY_RECORDS", 400)
        ours = [*LEFT, *families(LEFT[100:300], "O")]
        result = match_customers(ours, RIGHT, MatchStrategy(fields=FIELDS, groups=(), tolerance=1.0))
        decoys = result.strength().decoys or 0
        assert 100 <= decoys <= 400
        assert decoys % 3 == 0

    def test_past_the_tolerance_a_person_decides(self) -> None:
        ours = [*LEFT, *families(LEFT[100:200], "O")]
        strict = MatchStrategy(fields=FIELDS, groups=(), tolerance=0.01)
        result = match_customers(ours, [*RIGHT, *self.RELATIVES], strict)
        held = [
            entry for entry in result.review if entry.reason == "different customers agree as much too often"
        ]
        assert result.strength().refused == len(held) > 50
        assert len(pairs_of(result) - right_pairs(result)) <= 10
        assert "different customers agree as much too often" in {entry.reason for entry in result.review}

    def test_of_the_callers_own(self) -> None:
        own = MatchStrategy(fields=FIELDS, groups=[("last", "line1", "city", "zip", "phone")])
        result = match_customers(LEFT, [*RIGHT, *self.RELATIVES], own)
        assert {other for _, other in pairs_of(result) if other.startswith("F")} == set()


class TestRulesWithFields:
    """The rules find the candidates, the fields confirm or contradict them."""

    EMAIL = Rule("EMAIL", "email")

    def test_only_what_a_rule_finds_is_compared(self) -> None:
        result = match_customers(LEFT, RIGHT, evolve(BY_FIELDS, rules=[self.EMAIL]))
        same = {
            (one["id"], other["id"])
            for one in LEFT
            for other in RIGHT
            if one["email"] and one["email"] == other["email"]
        }
        assert pairs_of(result) <= same
        assert len(pairs_of(result)) >= 120
        assert {match.rule for match in result.matches} == {"EMAIL"}

    def test_a_field_of_a_rule_is_evidence_too(self) -> None:
        result = match_customers(LEFT, RIGHT, MatchStrategy(rules=[self.EMAIL], fields=["first", "last"]))
        assert "email same" in str(result.explain(result.matches[0].left))

    def test_the_fields_decide_between_two_hits(self) -> None:
        number = next(
            place
            for place, one in enumerate(RIGHT)
            if one["email"] and one["id"][1:] == LEFT[200 + place]["id"][1:]
        )
        ours, theirs = LEFT[200 + number], RIGHT[number]
        assert ours["email"]
        rival = {**RIGHT[350], "id": "rival", "email": ours["email"]}
        twin = {
            **theirs,
            "email": ours["email"],
            "line1": ours["line1"],
            "last": ours["last"],
            "first": ours["first"],
        }
        there = [twin if one["id"] == theirs["id"] else one for one in RIGHT] + [rival]
        chain = match_customers(LEFT, there, MatchStrategy(rules=[self.EMAIL]))
        assert ours["id"] in {entry.left for entry in chain.review}
        assert (ours["id"], theirs["id"]) in pairs_of(
            match_customers(LEFT, there, evolve(BY_FIELDS, rules=[self.EMAIL]))
        )

    def test_a_contradiction_sends_a_hit_of_evidence_to_review_or_leaves_it(self) -> None:
        stranger = {**RIGHT[350], "id": "stranger", "email": LEFT[0]["email"]}
        result = match_customers(LEFT, [*RIGHT, stranger], evolve(BY_FIELDS, rules=[self.EMAIL]))
        assert (LEFT[0]["id"], "stranger") not in pairs_of(result)

    def test_an_authoritative_hit_stands_alone(self) -> None:
        by_id = Rule("ID", Key("kept", kind="id", right="id"), authoritative=True)
        ours = [{**LEFT[0], "kept": "bare"}, *LEFT[1:]]
        there = [*RIGHT, {"id": "bare"}]
        fields = [Field(name) for name in FIELDS]
        result = match_customers(ours, there, MatchStrategy(rules=[by_id, self.EMAIL], fields=fields))
        assert (LEFT[0]["id"], "bare") in pairs_of(result)

    def test_linked_already(self) -> None:
        late = {"id": "late", "email": LEFT[300]["email"], "first": "Qqq", "last": "Xxyxx"}
        result = match_customers([*LEFT, late], RIGHT, evolve(BY_FIELDS, rules=[self.EMAIL]))
        assert "late" not in {one for one, _ in pairs_of(result)}

    def test_linked_already_is_skipped_where_the_rule_says_so(self) -> None:
        match = next(match for match in FOUND.matches if match.rule == "R02")
        record = next(record for record in LEFT if record["id"] == match.left)
        late = {"id": "late", "email": record["email"], "first": record["first"]}
        for policy, review in (("review", {"late"}), ("skip", set())):
            rules = [Rule("EMAIL", "email", on_already_linked=policy)]
            result = match_customers([*LEFT, late], RIGHT, evolve(BY_FIELDS, rules=rules))
            assert {entry.left for entry in result.review} & {"late"} == review

    def test_a_key_that_hundreds_share_finds_nobody(self) -> None:
        town = [Rule("TOWN", "town")]
        ours, theirs = ([{**record, "town": "Leeds"} for record in records] for records in (LEFT, RIGHT))
        assert pairs_of(match_customers(ours, theirs, MatchStrategy(rules=town, fields=FIELDS))) == set()

    def test_a_value_that_no_slip_changes(self) -> None:
        ours, theirs = ([{**one, "state": "OR"} for one in records] for records in (LEFT, RIGHT))
        theirs[0] = {**theirs[0], "state": "WA"}
        result = match_customers(ours, theirs, MatchStrategy(fields=[*FIELDS, "state"]))
        assert len(right_pairs(result)) >= 185
        assert "state differs" in str(result.explain(f"L{theirs[0]['id'][1:]}"))

    def test_not_one_to_one(self) -> None:
        twice = [*LEFT, *({**record, "id": f"again{record['id']}"} for record in LEFT[300:310])]
        result = match_customers(twice, RIGHT, evolve(BY_FIELDS, one_to_one=False))
        assert len(pairs_of(result)) > len(pairs_of(FOUND)) + 5
        strict = match_customers(twice, RIGHT, BY_FIELDS)
        reasons = {entry.reason for entry in strict.review}
        assert "other records claim it too" in reasons


@pytest.mark.rule("G-WHY")
class TestExplanations:
    """Rule, fields for and against, the runner-up; no values unless asked."""

    def test_a_match(self) -> None:
        match = next(match for match in FOUND.matches if "against" in str(FOUND.explain(match.left)))
        found = FOUND.explain(match.left)
        assert found.rule is not None
        assert found.rule.id == match.rule
        best = found.candidates[0]
        assert (best.id, best.odds) == (match.right, match.odds)
        assert best.agreeing
        assert best.contradicting
        record = next(record for record in LEFT if record["id"] == match.left)
        assert record["email"] not in str(found) + repr(found)
        assert " | " in str(FOUND.explain(match.left, reveal=True))

    def test_the_runner_up(self) -> None:
        twin = {**RIGHT[0], "id": "twin"}
        result = match_customers(LEFT, [*RIGHT, twin], BY_FIELDS)
        ids = [candidate.id for candidate in result.explain(f"L{RIGHT[0]['id'][1:]}").candidates]
        assert {RIGHT[0]["id"], "twin"} <= set(ids)

    def test_what_supports_one_customer_a_little_agrees(self) -> None:
        fields = FieldEvidence("city", "same", 0.5), FieldEvidence("zip", "differs", 0.0)
        assert Comparison("R1", 2.0, fields).agreeing == fields[:1]
        assert Comparison("R1", 2.0, fields).contradicting == fields[1:]

    @pytest.mark.parametrize(
        ("odds", "text"), [(1e9, "1,000,000,000 : 1"), (1e9 + 1, "over 1,000,000,000 : 1"), (1.0, "1 : 1")]
    )
    def test_odds(self, odds: float, text: str) -> None:
        assert odds_text(odds) == text

    def test_nobody(self) -> None:
        assert str(FOUND.explain(FOUND.unmatched[0])).startswith(f"{FOUND.unmatched[0]}: none; not found")

    def test_a_field_that_nobody_fills(self) -> None:
        result = match_customers(LEFT, RIGHT, MatchStrategy(fields=[*FIELDS, "born_on"]))
        assert {issue.field for issue in result.issues} == {"born_on"}
        assert pairs_of(result) == pairs_of(FOUND)


class TestChance:
    """How often strangers agree."""

    def test_there_is_one_match_at_least(self) -> None:
        assert prior_of([-20.0], pairs=100, found=1) == log2(1 / 100)

    def test_a_value_found_once_among_many_is_rarer_than_one_in_their_number(self) -> None:
        assert chance_of_values({f"v{number}": 1 for number in range(100)})["v1"] < 1 / 1000
        assert chance_of_values({}) == {}

    def test_a_common_value_has_its_share(self) -> None:
        assert chance_of_values({"smith": 50, "lund": 50})["smith"] == 0.5

    def test_fields_that_move_together(self) -> None:
        rows = [{"town": f"t{n % 20}", "code": f"{n % 20:05}", "other": f"v{n % 19}"} for n in range(400)]
        chance = Chance(table(rows, "town", "code", "other"))
        assert chance.together([0, 1]) > 10 * chance.together([0, 2])

    def test_each_customer_is_counted_once(self) -> None:
        made = table([{"name": "a"}, {"name": "a"}, {"name": "b"}, {"name": None}], "name")
        assert Chance(made, [0, 0, 1, 2]).rates[0] < Chance(made).rates[0]


def test_the_first_of_two_given_names_may_be_crossed() -> None:
    assert table(
        [{"first": "Rosa", "forename": "Rosa", "last": "Lund"}], "first", "forename", "last"
    ).crossed == (0, 2)


def table(rows: list[dict[str, Any]], *fields: str) -> Table:
    return table_of(MatchStrategy(fields=fields), Lists(read_records(rows, "rows")))
