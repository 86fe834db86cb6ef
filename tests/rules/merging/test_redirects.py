"""Redirects: finite, without circles, twice as once, in every order; and the hierarchy after the merges."""

import pickle
from collections.abc import Iterable, Mapping
from itertools import combinations, permutations, product
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT, Issue, Ref
from custsync.rules.hierarchy import flatten
from custsync.rules.merging import NO_REDIRECTS, Redirects, reparented
from custsync.rules.merging.redirects import redirects_of

Pairs = tuple[tuple[int, int], ...]


def added(
    pairs: Iterable[tuple[int, int]], known: Redirects[int] = NO_REDIRECTS
) -> tuple[Redirects[int], list[str]]:
    """Return the redirects with the pairs added one by one, and the codes of those that were refused."""
    refused = []
    for duplicate, survivor in pairs:
        made = known.add(duplicate, survivor)
        if isinstance(made, Issue):
            refused.append(made.code)
        else:
            known = made
    return known, refused


def ends(redirects: Redirects[int], count: int = 4) -> list[int]:
    return [redirects.resolve(one) for one in range(count)]


def climbed(merged: Mapping[int, int], one: int) -> int | None:
    """Return the end of a chain, None for a circle: an own reading, step by step."""
    for _ in range(len(merged) + 1):
        if one not in merged:
            return one
        one = merged[one]
    return None


def every_merge(count: int) -> list[dict[int, int]]:
    """Return every way in which each of so many records is merged into one of them, or into none."""
    ways = product([None, *range(count)], repeat=count)
    return [{one: up for one, up in enumerate(way) if up is not None} for way in ways]


ACYCLIC = [merged for merged in every_merge(4) if all(climbed(merged, one) is not None for one in range(4))]
CIRCULAR = [merged for merged in every_merge(4) if merged not in ACYCLIC]

any_pairs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=10)


@pytest.mark.rule("ST-MRG-1")
class TestEveryOrder:
    """The order in which merges become known makes no difference to where an id leads."""

    def test_all_merges_of_four_records_in_every_order(self) -> None:
        assert len(ACYCLIC) == 125
        for merged in ACYCLIC:
            expected = [climbed(merged, one) for one in range(4)]
            for order in permutations(merged.items()):
                redirects, refused = added(order)
                assert refused == []
                assert ends(redirects) == expected
                made, issues = redirects_of(order)
                assert (made, issues) == (redirects, {})

    def test_every_circle_of_four_records_in_every_order(self) -> None:
        for merged in CIRCULAR:
            circle = {one for one in range(4) if returns(merged, one)}
            for order in permutations(merged.items()):
                redirects, refused = added(order)
                assert len(refused) == circles(merged)
                assert set(refused) <= {"merged_back", "merge_cycle"}
                assert all(climbed(redirects.merged, one) is not None for one in range(4))
                made, issues = redirects_of(order)
                assert issues.keys() == circle
                assert all(made.resolve(one) == one for one in circle)
                assert all(merged[one] == made.merged[one] for one in merged.keys() - circle)

    @pytest.mark.parametrize("count", [2, 3])
    def test_several_survivors_of_one_in_every_order(self, count: int) -> None:
        everything = [(one, up) for one in range(count + 1) for up in range(count + 1)]
        for pairs in combinations(everything, count):
            answers = [redirects_of(order) for order in permutations(pairs)]
            assert all(answer == answers[0] for answer in answers)
            assert all(answer[0].survivors == answers[0][0].survivors for answer in answers)

    @given(any_pairs, st.randoms())
    def test_any_pairs(self, pairs: list[tuple[int, int]], chance: Random) -> None:
        made, issues = redirects_of(pairs)
        shuffled = [*pairs, *pairs]
        chance.shuffle(shuffled)
        assert redirects_of(shuffled) == (made, issues)
        for one in range(8):
            assert made.resolve(made.resolve(one)) == made.resolve(one) == climbed(made.merged, one)
        for duplicate, _ in pairs:
            assert duplicate in issues or made.resolve(duplicate) != duplicate


def returns(merged: Mapping[int, int], one: int) -> bool:
    at: int | None = one
    for _ in merged:
        at = merged.get(at) if at is not None else None
        if at == one:
            return True
    return False


def circles(merged: Mapping[int, int]) -> int:
    found = set()
    for one in merged:
        if returns(merged, one):
            members, at = {one}, merged[one]
            while at != one:
                members.add(at)
                at = merged[at]
            found.add(frozenset(members))
    return len(found)


@pytest.mark.rule("ST-MRG-1")
class TestAdd:
    """A merge that is known changes nothing; one that contradicts what is known is an issue."""

    KNOWN = Redirects({"a": "b", "b": "c", "x": "y"})

    @pytest.mark.parametrize(
        ("duplicate", "survivor", "code"),
        [
            ("b", "a", "merged_back"),
            ("c", "b", "merged_back"),
            ("c", "a", "merge_cycle"),
            ("c", "c", "merge_cycle"),
            ("a", "a", "merge_cycle"),
            ("a", "x", "merged_twice"),
            ("b", "d", "merged_twice"),
            ("b", "x", "merged_twice"),
        ],
    )
    def test_refused(self, duplicate: str, survivor: str, code: str) -> None:
        made = self.KNOWN.add(duplicate, survivor)
        assert isinstance(made, Issue)
        assert (made.code, made.rule, made.field) == (code, "ST-MRG-1", "merged_into")
        assert made.remedy

    @pytest.mark.parametrize(("duplicate", "survivor"), [("a", "b"), ("a", "c"), ("b", "c")])
    def test_known_already(self, duplicate: str, survivor: str) -> None:
        assert self.KNOWN.add(duplicate, survivor) is self.KNOWN

    def test_a_chain_that_grows(self) -> None:
        made = self.KNOWN.add("c", "x")
        assert isinstance(made, Redirects)
        assert [made.resolve(one) for one in "abcxyz"] == ["y", "y", "y", "y", "y", "z"]
        assert self.KNOWN.resolve("a") == "c"

    @given(any_pairs)
    def test_never_a_circle(self, pairs: list[tuple[int, int]]) -> None:
        redirects, _ = added(pairs)
        for one in range(8):
            assert redirects.resolve(one) == climbed(redirects.merged, one)

    def test_references_are_ids_too(self) -> None:
        seven, nine = Ref("netsuite", "7"), Ref("netsuite", "9")
        made = NO_REDIRECTS.add(seven, nine)
        assert isinstance(made, Redirects)
        assert made.resolve(seven) is nine
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301


@pytest.mark.rule("ST-MRG-1")
class TestTogether:
    """Many merges at once: those that are sound lead on, the others stay apart, each with an issue."""

    def test_two_merged_into_each_other(self) -> None:
        made, issues = redirects_of([("a", "b"), ("b", "a"), ("c", "a"), ("d", "e")])
        assert {one: issue.code for one, issue in issues.items()} == {"a": "merged_back", "b": "merged_back"}
        assert dict(made.merged) == {"c": "a", "d": "e"}

    def test_three_in_a_circle_and_one_in_itself(self) -> None:
        _, issues = redirects_of([("a", "b"), ("b", "c"), ("c", "a"), ("d", "d")])
        assert {one: issue.code for one, issue in issues.items()} == dict.fromkeys("abcd", "merge_cycle")

    def test_several_survivors_that_are_one(self) -> None:
        made, issues = redirects_of([("a", "b"), ("a", "c"), ("b", "c")])
        assert (made.resolve("a"), dict(issues)) == ("c", {})

    def test_several_survivors_that_are_not(self) -> None:
        made, issues = redirects_of([("a", "b"), ("a", "c"), ("z", "a")])
        assert issues["a"].code == "merged_twice"
        assert (made.resolve("a"), made.resolve("z")) == ("a", "a")

    def test_several_that_lead_back(self) -> None:
        pairs = [
            ("a", "b"),
            ("a", "c"),
            ("b", "x"),
            ("c", "x"),
            ("x", "y"),
            ("x", "z"),
            ("y", "a"),
            ("z", "a"),
        ]
        made, issues = redirects_of(pairs)
        assert issues.keys() == {"a", "x"}
        assert made.resolve("b") == "x"

    def test_a_long_chain(self) -> None:
        count = 20_000
        made, issues = redirects_of((one, one + 1) for one in reversed(range(count)))
        assert issues == {}
        assert {made.resolve(one) for one in range(count)} == {count}

    @pytest.mark.parametrize("pair", [("", "a"), ("a", None), (ABSENT, "a"), ([], "a"), ("a", {})], ids=repr)
    def test_ids_that_are_none(self, pair: Any) -> None:
        with pytest.raises(InputError):
            redirects_of([pair])
        with pytest.raises(InputError):
            NO_REDIRECTS.add(*pair)

    @pytest.mark.parametrize(
        "merged", [{"a": "b", "b": "a"}, {"a": "a"}, {"a": ""}, {"": "a"}, {"a": []}, None, "ab"], ids=repr
    )
    def test_redirects_that_are_none(self, merged: Any) -> None:
        with pytest.raises(InputError):
            Redirects(merged)


def hierarchies(count: int) -> st.SearchStrategy[dict[int, int | None]]:
    return st.fixed_dictionaries({one: st.none() | st.integers(0, count) for one in range(count)})


def acyclic(parents: Mapping[int, int | None]) -> bool:
    return all(
        climbed({a: b for a, b in parents.items() if b is not None}, one) is not None for one in parents
    )


@pytest.mark.rule("ST-MRG-1")
class TestChildren:
    """Invariant 24: children are re-parented, none is lost, and no circle arises."""

    @pytest.mark.parametrize(
        ("parents", "merged", "expected"),
        [
            ({"s": None, "d": None, "c": "d"}, {"d": "s"}, {"s": None, "c": "s"}),
            ({"s": "p", "d": "q", "p": None, "q": None}, {"d": "s"}, {"s": "p", "p": None, "q": None}),
            ({"s": None, "d": "q", "q": None}, {"d": "s"}, {"s": None, "q": None}),
            ({"s": "d", "d": None}, {"d": "s"}, {"s": None}),
            ({"s": "d", "d": "p", "p": None}, {"d": "s"}, {"s": "p", "p": None}),
            ({"s": "d", "d": "e", "e": "p", "p": None}, {"d": "s", "e": "d"}, {"s": "p", "p": None}),
            ({"s": None, "d": "s", "c": "d"}, {"d": "s"}, {"s": None, "c": "s"}),
            ({"s": "m", "m": "d", "d": None}, {"d": "s"}, {"s": None, "m": "s"}),
            ({"s": "d", "d": "s"}, {"d": "s"}, {"s": None}),
            ({"s": "d", "d": "e", "e": "d"}, {"d": "s", "e": "s"}, {"s": None}),
            ({"d": "p", "c": "d", "p": None}, {"d": "s"}, {"c": "s", "p": None}),
            ({"s": "d"}, {"d": "s"}, {"s": None}),
            ({"c": "d", "x": "not read"}, {"d": "s"}, {"c": "s", "x": "not read"}),
            ({"c": "", "s": ABSENT}, {"d": "s"}, {"c": "", "s": ABSENT}),
            ({"a": "b", "b": "a", "o": "o"}, {"d": "s"}, {"a": "b", "b": "a", "o": "o"}),
            ({"s": "o", "o": "s"}, {"d": "s"}, {"s": None, "o": "s"}),
        ],
        ids=[
            "a duplicate's child",
            "the survivor keeps its parent",
            "a top stays a top",
            "into its child",
            "into its child, under its own parent",
            "two ancestors into it",
            "into its parent",
            "a circle through another",
            "a circle of the two",
            "a circle of those that go",
            "the survivor is not read",
            "its parent is not read",
            "a child whose parent is not read",
            "blanks",
            "circles without a merge stay",
            "a circle that was there, with a survivor",
        ],
    )
    def test_cases(self, parents: Any, merged: Any, expected: Any) -> None:
        assert reparented(parents, Redirects(merged)) == expected

    def test_two_survivors_in_one_circle(self) -> None:
        parents = {"a": "y", "y": None, "b": "x", "x": None}
        assert reparented(parents, Redirects({"x": "a", "y": "b"})) == {"a": None, "b": None}

    def test_all_hierarchies_and_merges_of_three(self) -> None:
        hierarchies_of_three = [
            way for way in every_merge(3) if all(climbed(way, one) is not None for one in way)
        ]
        merges = [way for way in ACYCLIC if all(one < 3 and up < 3 for one, up in way.items())]
        for ups, merged in product(hierarchies_of_three, merges):
            self.check({one: ups.get(one) for one in range(3)}, Redirects(merged))

    @given(hierarchies(6), any_pairs)
    def test_none_lost_and_no_circle(
        self, parents: dict[int, int | None], pairs: list[tuple[int, int]]
    ) -> None:
        self.check(parents, redirects_of(pairs)[0])

    def check(self, parents: Mapping[int, int | None], redirects: Redirects[int]) -> None:
        tree = reparented(parents, redirects)
        assert list(tree) == [one for one in parents if redirects.resolve(one) == one]
        assert reparented(tree, redirects) == tree
        assert acyclic(tree) or not acyclic(parents)
        survivors = set(redirects.survivors.values())
        for one, up in tree.items():
            was = parents[one]
            if one not in survivors:
                assert up == (None if was is None else redirects.resolve(was))
            elif was is None:
                assert up is None
        assert flatten(tree).parents.keys() == tree.keys()

    def test_a_deep_hierarchy(self) -> None:
        count = 20_000
        parents = {one: one - 1 if one else None for one in range(count)}
        redirects, _ = redirects_of((one, one + 1) for one in range(0, count, 2))
        tree = reparented(parents, redirects)
        assert tree == {one: one - 2 if one > 1 else None for one in range(1, count, 2)}

    @pytest.mark.parametrize("parents", [None, {"": "a"}, [], {"a": []}], ids=repr)
    def test_no_hierarchy(self, parents: Any) -> None:
        with pytest.raises(InputError):
            reparented(parents, Redirects({"d": "s"}))
