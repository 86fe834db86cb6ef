"""Linking two lists by an ordered chain of exact rules."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from types import MappingProxyType
from typing import Any, ClassVar

import pytest
from hypothesis import given, strategies as st

from custsync.errors import ConfigurationError, InputError
from custsync.models import Address, Customer, Ref
from custsync.rules.matching import (
    Key,
    Match,
    MatchResult,
    MatchStrategy,
    OnMultiple,
    Rule,
    find_duplicates,
    match_customers,
)
from custsync.rules.matching.judgement import Outcome
from tests.rules.matching.lists import pairs_of

BY_ID = Rule("ID", Key("stripe_id", kind="id", right="id"), authoritative=True)
BY_EMAIL = Rule("EMAIL", "email")
CHAIN = MatchStrategy(rules=[BY_ID, BY_EMAIL])


def matched(
    left: Sequence[Any], right: Sequence[Any], strategy: MatchStrategy = CHAIN
) -> tuple[set[tuple[Any, Any]], dict[Any, list[Any]], set[Any]]:
    result = match_customers(left, right, strategy)
    review = {entry.left: [match.right for match in entry.candidates] for entry in result.review}
    return pairs_of(result), review, set(result.unmatched)


def left(id: str, email: str = "", stripe_id: str = "") -> dict[str, str]:
    return {"id": id, "email": email, "stripe_id": stripe_id}


def right(id: str, email: str = "", **more: Any) -> dict[str, Any]:
    return {"id": id, "email": email, **more}


@pytest.mark.rule("SP-OUT-1", "SP-OUT-2", "SP-OUT-3")
class TestTheOrder:
    """The first rule that finds a counterpart decides."""

    def test_by_id_then_by_email(self) -> None:
        result = match_customers(
            [left("1", "x@a.example", "cus_1"), left("2", "B@a.example"), left("3", "c@a.example")],
            [right("cus_1", "old@a.example"), right("cus_2", "b@a.example")],
            CHAIN,
        )
        assert list(result.matches) == [
            Match("1", "cus_1", "ID", float("inf")),
            Match("2", "cus_2", "EMAIL", float("inf")),
        ]
        assert result.unmatched == ("3",)

    def test_a_customer_that_was_found_by_id_is_taken_for_the_email(self) -> None:
        lists = [left("1", "", "cus_1"), left("2", "a@a.example")], [right("cus_1", "a@a.example")]
        assert matched(*lists) == ({("1", "cus_1")}, {"2": ["cus_1"]}, set())
        skip = MatchStrategy(rules=[BY_ID, Rule("EMAIL", "email", on_already_linked="skip")])
        assert matched(*lists, skip) == ({("1", "cus_1")}, {}, {"2"})
        share = MatchStrategy(rules=[BY_ID, Rule("EMAIL", "email", on_already_linked="share")])
        assert matched(*lists, share) == ({("1", "cus_1"), ("2", "cus_1")}, {}, set())
        many = MatchStrategy(rules=[BY_ID, BY_EMAIL], one_to_one=False)
        assert matched(*lists, many) == ({("1", "cus_1"), ("2", "cus_1")}, {}, set())

    def test_keys_of_several_fields(self) -> None:
        strategy = MatchStrategy(
            rules=[Rule("NAME", Key("first", "last", right="name", kind="any_order"), "zip")]
        )
        found = matched(
            [
                {"id": 1, "first": "Rosa", "last": "Okafor", "zip": "97103"},
                {"id": 2, "first": "Rosa", "last": "Okafor"},
            ],
            [
                {"id": 7, "name": "Okafor, Rosa", "zip": "97103"},
                {"id": 8, "name": "Rosa Okafor", "zip": None},
            ],
            strategy,
        )
        assert found == ({(1, 7)}, {}, {2})

    def test_blocked_keys_are_nobodys(self) -> None:
        strategy = MatchStrategy(rules=[Rule("EMAIL", "email", blocked=["none@a.example"])])
        assert matched([left("1", "NONE@a.example")], [right("c", "none@a.example")], strategy) == (
            set(),
            {},
            {"1"},
        )
        written = MatchStrategy(rules=[Rule("EMAIL", "email", blocked=[" None@A.example"])])
        assert matched([left("1", "NONE@a.example")], [right("c", "none@a.example")], written)[2] == {"1"}
        phone = MatchStrategy(rules=[Rule("PHONE", "phone", blocked=["+1 (503) 555-0100"])])
        ours = [{"id": 1, "phone": "503 555 0100", "country": "US"}, {"id": 2, "phone": "+1 503 555 0142"}]
        theirs = [{"id": 7, "phone": "+15035550100"}, {"id": 8, "phone": "+15035550142"}]
        assert matched(ours, theirs, phone) == ({(2, 8)}, {}, {1})
        both = [left("1", "none@a.example; a@a.example"), left("2", "none@a.example")]
        there = [right("c", "none@a.example; b@a.example"), right("d", "a@a.example")]
        assert matched(both, there, strategy) == ({("1", "d")}, {}, {"2"})


@pytest.mark.rule("SP-OUT-4", "G-DUP")
class TestSeveral:
    """Two candidates are never silently one, on either side."""

    def test_two_on_the_right(self) -> None:
        found = matched([left("1", "a@a.example")], [right("d", "a@a.example"), right("c", "A@a.example")])
        assert found == (set(), {"1": ["c", "d"]}, set())

    def test_two_on_the_left(self) -> None:
        found = matched([left("1", "a@a.example"), left("2", "a@a.example")], [right("c", "a@a.example")])
        assert found == (set(), {"1": ["c"], "2": ["c"]}, set())

    def test_two_on_the_left_find_nobody(self) -> None:
        assert matched([left("1", "a@a.example"), left("2", "a@a.example")], []) == (set(), {}, {"1", "2"})

    @pytest.mark.parametrize(("policy", "chosen"), [("oldest", "c"), ("newest", "d")])
    def test_the_policy_takes_one(self, policy: str, chosen: str) -> None:
        strategy = MatchStrategy(rules=[Rule("EMAIL", "email", on_multiple=policy)])
        there = [
            right("c", "a@a.example", created_at=datetime(2024, 1, 1, tzinfo=UTC)),
            right("d", "a@a.example", created_at=datetime(2025, 1, 1, tzinfo=UTC)),
        ]
        assert matched([left("1", "a@a.example")], there, strategy) == ({("1", chosen)}, {}, set())
        two_keys = [left("1", "a@a.example; b@a.example")]
        apart = [{**there[0], "email": "a@a.example"}, {**there[1], "email": "b@a.example"}]
        assert matched(two_keys, apart, strategy)[0] == set()
        naive = [{**row, "created_at": row["created_at"].replace(tzinfo=None)} for row in there]
        assert matched([left("1", "a@a.example")], naive, strategy)[0] == set()

    @pytest.mark.parametrize("policy", ["oldest", "newest"])
    @pytest.mark.parametrize("ids", list(permutations(("2", "10", "11"))), ids=str)
    def test_of_equal_age_the_id_decides_in_every_order(self, policy: str, ids: Sequence[str]) -> None:
        strategy = MatchStrategy(rules=[Rule("EMAIL", "email", on_multiple=policy)])
        there = [right(id, "a@a.example", created_at=datetime(2024, 1, 1, tzinfo=UTC)) for id in ids]
        chosen = {"oldest": "10", "newest": "2"}[policy]
        assert matched([left("1", "a@a.example")], there, strategy)[0] == {("1", chosen)}

    def test_a_key_that_thousands_share_on_both_sides(self) -> None:
        ours, theirs = ([{"id": n, "email": "info@a.example"} for n in range(3000)] for _ in range(2))
        result = match_customers(ours, theirs, MatchStrategy(rules=[BY_EMAIL]))
        assert (len(result.matches), len(result.review), result.unmatched) == (0, 3000, ())
        assert {entry.reason for entry in result.review} == {"3000 found"}
        assert {len(entry.candidates) for entry in result.review} == {20}
        assert len(result.explain(7).candidates) == 20

    def test_a_candidate_of_a_review_is_not_linked_by_a_later_rule(self) -> None:
        strategy = MatchStrategy(rules=[BY_EMAIL, Rule("PHONE", "phone", on_already_linked="skip")])
        found = matched(
            [{**left("1", "a@a.example"), "phone": ""}, {**left("2"), "phone": "503 555 0142"}],
            [right("c", "a@a.example", phone="503 555 0142"), right("d", "a@a.example", phone="")],
            strategy,
        )
        assert found == (set(), {"1": ["c", "d"], "2": ["c"]}, set())

    def test_it_remains_one_where_another_rule_shares_it(self) -> None:
        rules = [BY_EMAIL, Rule("PHONE", "phone", on_already_linked="share"), Rule("NAME", "name")]
        rosa = {"phone": "503 555 0142", "name": "Rosa Okafor"}
        found = matched(
            [left("1", "a@a.example"), {**left("2"), **rosa, "name": ""}, {**left("3"), **rosa, "phone": ""}],
            [right("c", "a@a.example", **rosa), right("d", "a@a.example")],
            MatchStrategy(rules=rules, one_to_one=False),
        )
        assert found == ({("2", "c")}, {"1": ["c", "d"], "3": ["c"]}, set())


@pytest.mark.rule("SP-OUT-2")
class TestSeveralAddressesInOneField:
    """Each address is looked for: all that are found are one customer, or a person decides."""

    def test_one_is_found(self) -> None:
        assert matched([left("1", "a@a.example; b@a.example")], [right("c", "b@a.example")])[0] == {
            ("1", "c")
        }
        assert matched([left("1", "b@a.example")], [right("c", "a@a.example, B@a.example")])[0] == {
            ("1", "c")
        }

    def test_two_are_found(self) -> None:
        found = matched(
            [left("1", "a@a.example; b@a.example")], [right("c", "a@a.example"), right("d", "b@a.example")]
        )
        assert found == (set(), {"1": ["c", "d"]}, set())

    def test_who_claims_one_of_two_does_not_get_it(self) -> None:
        found = matched(
            [left("1", "a@a.example; b@a.example"), left("2", "b@a.example")],
            [right("c", "a@a.example"), right("d", "b@a.example")],
        )
        assert found == (set(), {"1": ["c", "d"], "2": ["d"]}, set())


class TestRecords:
    """Customers, mappings, and what is neither."""

    def test_customers(self) -> None:
        ours = Customer(ref=Ref("netsuite", "2041"), email="AP@joinery.example", custom={"stripe": "cus_9"})
        theirs = Customer(ref=Ref("stripe", "cus_9"), email="other@joinery.example")
        by_stamp = MatchStrategy(rules=[Rule("STAMP", Key("custom.stripe", kind="id", right="id"))])
        assert matched([ours], [theirs], by_stamp)[0] == {(ours.ref, theirs.ref)}

    def test_customers_and_mappings_in_one_list(self) -> None:
        address = Address(city="Leeds", default_billing=True)
        ours = [
            Customer(ref=Ref("netsuite", "1"), addresses=(address,)),
            {"id": "2", "billing_address": {"city": "York"}},
        ]
        theirs = [{"id": "c", "town": "leeds"}, {"id": "d", "town": "York"}]
        by_town = MatchStrategy(rules=[Rule("TOWN", Key("billing_address.city", right="town"))])
        assert {other for _, other in matched(ours, theirs, by_town)[0]} == {"c", "d"}

    def test_a_tombstone_is_nobodys_counterpart(self) -> None:
        ours = Customer(ref=Ref("netsuite", "2041"), email="a@a.example")
        gone = Customer(ref=Ref("stripe", "c"), email="a@a.example", deleted=True)
        merged = Customer(ref=Ref("stripe", "d"), email="a@a.example", merged_into="e")
        assert matched([ours], [gone, merged])[2] == {ours.ref}
        assert matched([gone], [{"id": "x", "email": "a@a.example"}, merged])[2] == {gone.ref}

    def test_a_record_without_id_is_named_by_its_place(self) -> None:
        assert matched(
            [{"email": "a@a.example"}], [{"email": "b@a.example"}, {"id": "", "email": "a@a.example"}]
        )[0] == {(0, 1)}

    def test_the_same_record_twice_is_one(self) -> None:
        assert matched([left("1", "a@a.example")] * 2, [right("c", "a@a.example")])[0] == {("1", "c")}

    def test_mappings_of_any_type(self) -> None:
        ours = [MappingProxyType(left("1", "a@a.example")), left("2", "b@a.example")]
        theirs = [MappingProxyType(right("c", "b@a.example")), MappingProxyType({"email": "a@a.example"})]
        assert matched(ours, theirs)[0] == {("1", 1), ("2", "c")}

    def test_an_iterator_is_read_once(self) -> None:
        result = match_customers(iter([left("1", "a@a.example")]), iter([right("c", "a@a.example")]), CHAIN)
        assert pairs_of(result) == {("1", "c")}

    @pytest.mark.parametrize(
        ("records", "message"),
        [
            ("abc", "left: a list of customers or mappings is needed, not str"),
            (left("1"), "left: a list .* not dict"),
            (7, "left: a list .* not int"),
            ([left("1"), 7], "left: record 1 is no customer and no mapping, but int"),
            ([{"id": ["1"]}], "the id of record 0 is no text or number, but list"),
            ([left("1", "a@a.example"), left("1")], "left: 2 different records have the id 1"),
            (
                [{"id": "1", "email": ["a@a.example"]}],
                "record 1: field email holds no text, number or date, but list",
            ),
        ],
    )
    def test_what_is_none_is_refused(self, records: Any, message: str) -> None:
        with pytest.raises(InputError, match=message):
            match_customers(records, [right("c", "a@a.example")], CHAIN)

    def test_a_strategy_is_needed(self) -> None:
        with pytest.raises(ConfigurationError, match=r"strategy: .* not str"):
            match_customers([], [], "email")  # type: ignore[arg-type]

    @pytest.mark.parametrize("value", [12, 12.0, "12", " 12 "])
    def test_numbers_are_texts(self, value: Any) -> None:
        strategy = MatchStrategy(rules=[Rule("NO", Key("no", kind="id"))])
        assert matched([{"id": 1, "no": value}], [{"id": 7, "no": "12"}], strategy)[0] == {(1, 7)}

    @pytest.mark.parametrize(
        ("name", "value", "there"),
        [
            ("kind", OnMultiple.OLDEST, "oldest"),
            ("since", date(2026, 3, 1), "2026-03-01"),
            ("since", datetime(2026, 3, 1, 8, tzinfo=UTC), "20260301"),
            ("address.city", None, "Leeds"),
            ("size", 2.5, "2.5"),
        ],
    )
    def test_values_of_other_types(self, name: str, value: Any, there: str) -> None:
        strategy = MatchStrategy(rules=[Rule("X", Key(name, kind="date" if name == "since" else "text"))])
        ours = (
            {"id": 1, name: value, "address": {"city": "Leeds"}}
            if value
            else {"id": 1, "address": {"city": "Leeds"}}
        )
        theirs = [{"id": 7, name: there}, {"id": 8, "address": "Leeds"}]
        assert matched([ours], theirs, strategy)[0] == {(1, 7)}

    @pytest.mark.parametrize(
        ("value", "there"),
        [(Decimal("12.00"), 12), (Decimal("12.50"), "12.50"), (True, "True"), (1e3, "1000")],
    )
    def test_numbers_of_every_kind(self, value: Any, there: Any) -> None:
        strategy = MatchStrategy(rules=[Rule("NO", Key("no", kind="id"))])
        assert matched([{"id": 1, "no": value}], [{"id": 7, "no": there}], strategy)[0] == {(1, 7)}

    def test_an_id_that_is_not_a_number_is_none(self) -> None:
        ours = [{"id": float("nan"), "email": "a@a.example"}, {"id": None, "email": "b@a.example"}]
        assert matched(ours, [right("c", "a@a.example"), right("d", "b@a.example")])[0] == {
            (0, "c"),
            (1, "d"),
        }

    @pytest.mark.parametrize(
        ("text", "there", "kind"),
        [
            ("\u0130stanbul", "istanbul", "name"),
            ("Jos\u00e9 \u00d1and\u00fa", "JOSE NANDU", "name"),
            ("\u0141\u00f3d\u017a", "lodz", "name"),
            ("\uff32\uff4f\uff53\uff41", "Rosa", "name"),
            ("a@a.example\n", "A@A.example", "email"),
        ],
    )
    def test_letters_of_all_kinds(self, text: str, there: str, kind: str) -> None:
        strategy = MatchStrategy(rules=[Rule("X", Key("x", kind=kind))])
        assert matched([{"id": 1, "x": text}], [{"id": 7, "x": there}], strategy)[0] == {(1, 7)}

    def test_letters_that_only_look_alike(self) -> None:
        assert matched([left("1", "K@a.example")], [right("c", "\u212a@a.example")])[0] == set()

    @pytest.mark.parametrize("value", [None, "", "  ", float("nan"), Decimal("NaN")])
    def test_blanks_agree_with_nobody(self, value: Any) -> None:
        strategy = MatchStrategy(rules=[Rule("NO", Key("no", kind="id"))])
        assert matched([{"id": 1, "no": value}, {"id": 2}], [{"id": 7, "no": value}], strategy) == (
            set(),
            {},
            {1, 2},
        )


class TestAKeyFunctionOfTheCallers:
    """Its errors are named, and what is no key is nobody's."""

    @pytest.mark.parametrize(
        ("function", "message"),
        [
            (lambda text: len(text) // 0, "key .*: it raised ZeroDivisionError"),
            (len, r"key x \(len\): it returned no text"),
        ],
    )
    def test_what_is_wrong_with_it(self, function: Any, message: str) -> None:
        with pytest.raises(ConfigurationError, match=message):
            matched([{"id": 1, "x": "a"}], [], MatchStrategy(rules=[Rule("X", Key("x", kind=function))]))

    def test_our_own_errors_pass(self) -> None:
        def refuse(text: str) -> str:
            raise InputError("this text is none")

        with pytest.raises(InputError, match="this text is none"):
            matched([{"id": 1, "x": "a"}], [], MatchStrategy(rules=[Rule("X", Key("x", kind=refuse))]))

    @pytest.mark.parametrize("empty", ["", None])
    def test_no_key(self, empty: str | None) -> None:
        strategy = MatchStrategy(rules=[Rule("X", Key("x", kind=lambda _: empty))])
        assert matched([{"id": 1, "x": "a"}], [{"id": 7, "x": "b"}], strategy) == (set(), {}, {1})


class TestIssues:
    """A name that no record carries is reported."""

    def test_a_misspelt_field(self) -> None:
        strategy = MatchStrategy(rules=[Rule("EMAIL", Key("email", right="emial"))])
        issues = match_customers([left("1", "a@a.example")], [right("c", "a@a.example")], strategy).issues
        assert [(issue.code, issue.field) for issue in issues] == [("field_never_filled", "emial")]

    def test_nothing_else(self) -> None:
        assert (
            match_customers([left("1", "a@a.example", "c")], [right("c", "a@a.example")], CHAIN).issues == ()
        )
        assert match_customers([], [], CHAIN).issues == ()


EMAILS = st.sampled_from(
    ["", "a@a.example", " A@A.example", "b@a.example", "\u00e9@a.example", "a@a.example; b@a.example", "none"]
)
LEFT = st.lists(st.tuples(EMAILS, st.sampled_from(["", "R0", "R1", "R2"])), max_size=4)


@pytest.mark.rule("G-DUP")
class TestTheOrderOfTheLists:
    """The result depends on the records, never on their order."""

    @given(LEFT, st.lists(EMAILS, max_size=3), st.sampled_from(["review", "skip", "share"]), st.randoms())
    def test_makes_no_difference(self, ours: Any, theirs: Any, policy: str, random: Any) -> None:
        strategy = MatchStrategy(rules=[BY_ID, Rule("EMAIL", "email", on_already_linked=policy)])
        one = [left(f"L{place}", email, id) for place, (email, id) in enumerate(ours)]
        other = [right(f"R{place}", email) for place, email in enumerate(theirs)]
        before = matched(one, other, strategy)
        random.shuffle(one)
        random.shuffle(other)
        assert matched(one, other, strategy) == before

    @given(st.lists(EMAILS, max_size=4), st.lists(EMAILS, max_size=4))
    def test_which_list_is_left_makes_no_difference(self, ours: list[str], theirs: list[str]) -> None:
        strategy = MatchStrategy(rules=[BY_EMAIL])
        one = [left(f"L{place}", email) for place, email in enumerate(ours)]
        other = [right(f"R{place}", email) for place, email in enumerate(theirs)]
        swapped = {(ours, theirs) for theirs, ours in matched(other, one, strategy)[0]}
        assert matched(one, other, strategy)[0] == swapped

    def test_in_every_order_of_three(self) -> None:
        ours = [left("1", "a@a.example", "c"), left("2", "a@a.example"), left("3", "b@a.example")]
        theirs = [right("c", "b@a.example"), right("d", "a@a.example")]
        found = [matched(one, other) for one in permutations(ours) for other in permutations(theirs)]
        assert all(each == found[0] for each in found)
        assert found[0][0] == {("1", "c"), ("2", "d")}


@pytest.mark.rule("SP-OUT-4", "G-DUP")
class TestWhoeverElseIsInTheLists:
    """The result for a record depends on those alone that share keys with it."""

    @given(LEFT, st.lists(EMAILS, max_size=3), st.sampled_from(["review", "skip", "share"]), st.booleans())
    def test_makes_no_difference(self, ours: Any, theirs: Any, policy: str, one_to_one: Any) -> None:
        rules = [BY_ID, Rule("EMAIL", "email", on_already_linked=policy)]
        strategy = MatchStrategy(rules=rules, one_to_one=one_to_one)
        one = [left(f"L{place}", email, id) for place, (email, id) in enumerate(ours)]
        other = [right(f"R{place}", email) for place, email in enumerate(theirs)]
        found, review, unmatched = matched([*one, left("2", "x@x.example; y@x.example")], other, strategy)
        assert matched(one, other, strategy) == (found, review, unmatched - {"2"})


class TestExplanations:
    """Every outcome can be explained, without a personal value."""

    OURS: ClassVar = [left("1", "a@a.example", "cus_1"), left("2", "b@a.example"), left("3")]
    THEIRS: ClassVar = [
        right("cus_1", "x@a.example"),
        right("cus_2", "b@a.example"),
        right("cus_3", "b@a.example"),
    ]

    def result(self) -> MatchResult:
        return match_customers(self.OURS, self.THEIRS, CHAIN)

    @pytest.mark.rule("G-WHY")
    def test_each_outcome(self) -> None:
        result = self.result()
        assert str(result.explain("1")).splitlines() == [
            "1: one by ID: stripe_id = id (id); found",
            "  cus_1 (its key is the same): stripe_id = id (id) same",
        ]
        assert str(result.explain("2")).splitlines()[0] == "2: review by EMAIL: email; 2 found"
        assert str(result.explain("3")) == "3: none; not found"

    def test_a_result_shows_numbers(self) -> None:
        shown = "MatchResult(matches=<1 matches>, review=<1>, unmatched=<1>, rules=<2>, issues=())"
        assert repr(self.result()) == shown
        found = find_duplicates(self.THEIRS, CHAIN)
        assert repr(found).startswith("Duplicates(clusters=<1>, review=<0>, rules=<2>, issues=(Issue(")

    def test_values_only_where_asked(self) -> None:
        result = self.result()
        assert "b@a.example" not in str(result.explain("2")) + repr(result.explain("2")) + repr(result)
        assert "email same (b@a.example | b@a.example)" in str(result.explain("2", reveal=True))

    def test_rivals_are_those_that_find_the_same_record(self) -> None:
        ours = [{"id": "1", "email": "a@a.example"}, {"id": "2", "email": "a@a.example"}]
        found = match_customers(ours, [{"id": "x", "email": "a@a.example"}], CHAIN).explain("1")
        assert found.candidates[0].rivals == ("2",)
        assert str(found).endswith("; found for 2 too")

    def test_a_link_to_the_first_record_there(self) -> None:
        ours = [{"id": "1", "email": "a@a.example"}]
        found = match_customers(ours, [{"id": "x", "email": "a@a.example"}], CHAIN).explain("1")
        assert (found.outcome, len(found.candidates)) == (Outcome.ONE, 1)
        assert found.rule is not None
        assert found.rule.id == "EMAIL"

    def test_an_unknown_record(self) -> None:
        with pytest.raises(InputError, match="no record has the id 9"):
            self.result().explain("9")

    def test_matches_are_a_sequence(self) -> None:
        matches = match_customers(self.OURS, self.THEIRS[:2], CHAIN).matches
        assert len(matches) == 2
        assert matches[-1] == matches[1] == list(matches)[1] == matches[1:][0]
        assert repr(matches) == "<2 matches>"


class TestStrength:
    """What each rule did, and whether strangers share its keys."""

    def test_the_table(self) -> None:
        ours = [left(str(number), f"c{number}@a.example") for number in range(20)]
        theirs = [right(f"R{number}", f"c{number}@a.example") for number in range(10, 30)]
        ours += [left("a", "c10@a.example"), left("b", "c11@a.example")]
        strength = match_customers(ours, theirs, CHAIN).strength()
        email = strength.rules[1]
        assert (email.rule, email.links, email.review, email.decoys, email.refused) == ("EMAIL", 8, 4, 2, 0)
        assert 0 < email.expected < 5
        assert "about 2 are expected to join different customers" in str(strength)
        assert str(strength).splitlines()[0].split() == (
            ["rule", "links", "review", "expected", "by", "chance", "decoys", "refused", "keys"]
        )

    @pytest.mark.parametrize(("shared", "decoys"), [(1, 0), (2, 1), (3, 0)])
    @pytest.mark.parametrize("is_ours", [True, False], ids=["in the first list", "in the second"])
    def test_two_of_one_list_that_share_a_key_are_a_decoy(
        self, shared: int, decoys: int, *, is_ours: bool
    ) -> None:
        lists = [[left("1", "a@a.example")], [right("2", "b@a.example")]]
        lists[1 - is_ours] += [left(f"s{number}", "s@a.example") for number in range(shared)]
        assert match_customers(lists[0], lists[1], CHAIN).strength().rules[1].decoys == decoys

    @pytest.mark.parametrize("second", ["", "; 503 555 0300"], ids=["one phone each", "two phones"])
    def test_a_rule_that_joins_too_many_strangers_links_nobody(self, second: str) -> None:
        shared = [{"id": f"s{number}", "phone": f"503 555 01{number // 2:02}"} for number in range(20)]
        alone = [{"id": f"a{number}", "phone": f"503 555 02{number:02}"} for number in range(10)]
        alone[0]["phone"] += second
        theirs = [{**row, "id": f"R{row['id']}"} for row in alone]
        strategy = MatchStrategy(rules=[Rule("PHONE", "phone")])
        result = match_customers(shared + alone, theirs, strategy)
        assert (len(result.matches), len(result.review)) == (0, 10)
        assert result.review[0].reason == "different customers agree as much too often"
        assert (result.strength().refused, result.strength().decoys) == (10, 10)
        trusted = MatchStrategy(rules=[Rule("PHONE", "phone")], tolerance=1.0)
        assert len(match_customers(shared + alone, theirs, trusted).matches) == 10
        kept = MatchStrategy(rules=[Rule("PHONE", "phone", authoritative=True)])
        assert len(match_customers(shared + alone, theirs, kept).matches) == 10
