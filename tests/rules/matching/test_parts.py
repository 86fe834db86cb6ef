"""Matching in parts: the result of one call, whatever the size of the parts."""

import pickle
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from beyond_one_machine import match_in_parts
from hypothesis import given, strategies as st

from custsync.errors import ConfigurationError, InputError
from custsync.models import Customer, Ref
from custsync.rules.matching import Key, MatchStrategy, Rule, match_customers
from custsync.rules.matching.parts import Part, cut, index_part

EMAILS = st.sampled_from(["", "a@a.example", "b@a.example", "c@a.example", "a@a.example; b@a.example"])
PHONES = st.sampled_from(["", "503 555 0142", "503 555 0143", "503 555 0144"])
LEFT = st.lists(st.tuples(EMAILS, PHONES, st.sampled_from(["", "R0", "R1"])), max_size=7)
RIGHT = st.lists(st.tuples(EMAILS, PHONES), max_size=6)
SIZES = st.integers(1, 4)


def through_pickle(function: Callable[[Any], Any], parts: Iterable[Any]) -> Iterable[Any]:
    """Call the function as another process would."""
    return (pickle.loads(pickle.dumps(function(pickle.loads(pickle.dumps(part))))) for part in parts)  # noqa: S301


def in_one_call(strategy: MatchStrategy, left: list[Any], right: list[Any]) -> tuple[Any, ...]:
    result = match_customers(left, right, strategy)
    return tuple(result.matches), result.review, result.unmatched


@pytest.mark.rule("G-DUP", "G-ISO")
class TestTheResult:
    """Matches, reviews and unmatched are those of one call."""

    @given(LEFT, RIGHT, SIZES, st.sampled_from(["review", "skip", "share"]), st.booleans())
    def test_is_that_of_one_call(self, ours: Any, theirs: Any, size: int, policy: str, one: bool) -> None:  # noqa: FBT001
        by_id = Rule("ID", Key("kept", kind="id", right="id"), authoritative=True)
        rules = [by_id, Rule("EMAIL", "email", on_already_linked=policy), Rule("PHONE", "phone")]
        strategy = MatchStrategy(rules=rules, one_to_one=one)
        left = [
            {"id": f"L{n}", "email": row[0], "phone": row[1], "kept": row[2]} for n, row in enumerate(ours)
        ]
        right = [{"id": f"R{n}", "email": row[0], "phone": row[1]} for n, row in enumerate(theirs)]
        found = match_in_parts(through_pickle, strategy, left, right, size)
        assert found == in_one_call(strategy, left, right)

    @pytest.mark.parametrize("size", [3, 7, 100])
    @pytest.mark.parametrize("policy", ["review", "skip"])
    def test_where_a_rule_joins_too_many_strangers(self, size: int, policy: str) -> None:
        shared = [
            {"id": f"s{number}", "phone": f"503 555 01{number // 2:02}", "email": f"s{number}@a.example"}
            for number in range(20)
        ]
        alone = [
            {"id": f"a{n}", "phone": f"503 555 02{n:02}", "email": f"a{n // 2}@a.example"} for n in range(10)
        ]
        right = [{**row, "id": f"R{row['id']}"} for row in alone]
        again = [
            {"id": f"b{n}", "phone": f"503 555 02{n:02}", "email": f"a{n // 2}@a.example"} for n in range(3)
        ]
        rules = [
            Rule("PHONE", "phone"),
            Rule("BOTH", "email", "phone", on_already_linked=policy),
            Rule("EMAIL", "email"),
        ]
        strategy = MatchStrategy(rules=rules)
        left = [*shared, *alone, *again]
        result = match_customers(left, right, strategy)
        assert result.strength().refused
        found = match_in_parts(through_pickle, strategy, left, right, size)
        assert found == in_one_call(strategy, left, right)

    def test_customers_of_whom_some_are_gone(self) -> None:
        left = [
            Customer(ref=Ref("netsuite", str(n)), email=f"c{n}@a.example", deleted=n == 1) for n in range(4)
        ]
        right = [Customer(ref=Ref("stripe", str(n)), email=f"c{n}@a.example") for n in range(1, 4)]
        strategy = MatchStrategy(rules=[Rule("EMAIL", "email")])
        found = match_in_parts(through_pickle, strategy, left, right, 2)
        assert found == in_one_call(strategy, left, right)
        assert [match.left.id for match in found.matches] == ["2", "3"]  # type: ignore[attr-defined]

    def test_records_without_an_id_have_their_place_in_the_list(self) -> None:
        left = [{"email": f"c{n}@a.example"} for n in range(5)]
        strategy = MatchStrategy(rules=[Rule("EMAIL", "email")])
        found = match_in_parts(map, strategy, left, left[3:], 2)
        assert found == in_one_call(strategy, left, left[3:])
        assert found.matches[0][:2] == (3, 0)

    def test_empty_lists(self) -> None:
        strategy = MatchStrategy(rules=[Rule("EMAIL", "email")])
        assert match_in_parts(through_pickle, strategy, [], [], 2) == ((), (), ())


class TestWhatIsRefused:
    """What only all records can tell is no matter of parts."""

    PART: Part = cut([{"id": 1, "x": "7"}], "left", 10)[0]

    def test_fields(self) -> None:
        with pytest.raises(ConfigurationError, match="what fields are worth follows from all records"):
            index_part(MatchStrategy(fields=["email"]), self.PART)

    def test_a_kind_that_the_values_tell(self) -> None:
        with pytest.raises(ConfigurationError, match="the kind of x follows from all records"):
            index_part(MatchStrategy(rules=[Rule("X", "x"), Rule("Y", "y")]), self.PART)
        assert index_part(MatchStrategy(rules=[Rule("X", Key("x", kind="id"))]), self.PART) == [
            ((0, ("7",)), ("left", 0))
        ]

    def test_what_is_no_record(self) -> None:
        with pytest.raises(InputError, match="left: record 2 is no customer"):
            cut([{"id": 1}, {"id": 2}, 7], "left", 2)

    def test_parts_of_no_record(self) -> None:
        with pytest.raises(InputError, match="1 record or more"):
            cut([{"id": 1}], "left", 0)
