"""Finding the records of one list that are one customer."""

from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from custsync.errors import ConfigurationError, InputError
from custsync.rules.matching import Duplicates, Key, MatchStrategy, Rule, find_duplicates
from tests.benchmarks.people import people, slipped
from tests.rules.matching.lists import FIELDS, families, records

PERSONS = records(people(300, 3), "")
BY_FIELDS = MatchStrategy(fields=FIELDS)


def entered_again(count: int, times: int = 1) -> list[dict[str, Any]]:
    random = Random(5)  # noqa: S311 - invented data
    return [
        {**slipped({**person, "id": ""}, random), "id": f"{person['id']}again{again}"}
        for person in PERSONS[:count]
        for again in range(times)
    ]


LIST = [*PERSONS, *entered_again(80, 2)]
FOUND = find_duplicates(LIST, BY_FIELDS)


def clusters_of(found: Duplicates) -> set[frozenset[Any]]:
    return {frozenset(cluster.members) for cluster in found.clusters}


def pairs_in(found: Duplicates) -> set[tuple[Any, Any]]:
    return {pair for cluster in found.clusters for pair in combinations(cluster.members, 2)}


def against_in(found: Duplicates) -> set[tuple[frozenset[Any], frozenset[str]]]:
    against = [entry for cluster in found.clusters for entry in cluster.against]
    return {(frozenset({entry.one, entry.other}), frozenset(entry.fields)) for entry in against}


def same(pair: tuple[Any, Any]) -> bool:
    one, other = map(str, pair)
    return one.partition("again")[0] == other.partition("again")[0]


class TestExactRules:
    """Records that share a key are one, directly or through others."""

    RULES = MatchStrategy(rules=[Rule("EMAIL", "email"), Rule("CODE", Key("code", kind="id"))])

    def test_through_others(self) -> None:
        rows = [
            {"id": 1, "email": "a@a.example", "code": ""},
            {"id": 2, "email": "A@a.example", "code": "C-7"},
            {"id": 3, "email": "b@a.example", "code": "C-7"},
            {"id": 4, "email": "", "code": ""},
            {"id": 5, "email": "c@a.example; b@a.example", "code": None},
        ]
        found = find_duplicates(rows, self.RULES)
        assert clusters_of(found) == {frozenset({1, 2, 3, 5})}
        edges = {(edge.left, edge.right, edge.rule) for edge in found.clusters[0].edges}
        assert edges == {(1, 2, "EMAIL"), (3, 5, "EMAIL"), (2, 3, "CODE")}
        assert "email same" in str(found.explain(1))
        assert str(found.explain(4)) == "4: none; not found"
        assert "a@a.example | a@a.example" in str(found.explain(1, reveal=True))

    def test_a_second_key_adds_no_edge(self) -> None:
        rows = [{"id": number, "email": "a@a.example", "code": "C-7"} for number in (1, 2)]
        (cluster,) = find_duplicates(rows, self.RULES).clusters
        assert [edge.rule for edge in cluster.edges] == ["EMAIL"]

    def test_thousands_that_share_a_key_are_one(self) -> None:
        rows = [{"id": number, "email": "info@a.example", "code": "7"} for number in range(30_000)]
        (cluster,) = find_duplicates(rows, self.RULES).clusters
        assert cluster.members == tuple(range(30_000))

    def test_the_keys_of_both_records_are_shown(self) -> None:
        strategy = MatchStrategy(rules=[Rule("CODE", Key("code", kind="id", right="id"))])
        found = find_duplicates([{"id": number, "code": "C-7"} for number in (1, 2)], strategy)
        assert "(C-7 | C-7)" in str(found.explain(1, reveal=True))

    def test_no_duplicates(self) -> None:
        assert find_duplicates([], self.RULES).clusters == ()
        found = find_duplicates([{"id": 1, "email": "a@a.example"}], self.RULES)
        assert found.clusters == ()
        assert {issue.field for issue in found.issues} == {"code"}


class TestWeighedEvidence:
    """Records with slips are joined, and what speaks against a cluster is shown."""

    def test_what_is_found(self) -> None:
        assert all(map(same, pairs_in(FOUND)))
        assert len(pairs_in(FOUND)) >= 200

    def test_the_edges_hold_a_cluster_together(self) -> None:
        for cluster in FOUND.clusters:
            assert len(cluster.edges) == len(cluster.members) - 1
            assert {id for edge in cluster.edges for id in (edge.left, edge.right)} == set(cluster.members)

    def test_what_speaks_against_it(self) -> None:
        against = [contradiction for cluster in FOUND.clusters for contradiction in cluster.against]
        assert against
        assert all(set() < set(contradiction.fields) <= set(FIELDS) for contradiction in against)

    @pytest.mark.rule("G-WHY")
    def test_each_record_can_be_explained(self) -> None:
        member = FOUND.clusters[0].members[0]
        assert "linked in its cluster" in str(FOUND.explain(member))
        with pytest.raises(InputError, match="no record has the id x"):
            FOUND.explain("x")

    def test_strength(self) -> None:
        strength = FOUND.strength()
        assert strength.links == sum(len(cluster.edges) for cluster in FOUND.clusters)
        assert strength.decoys is None
        assert "no decoy estimate" in str(strength)

    def test_a_strategy_is_needed(self) -> None:
        with pytest.raises(ConfigurationError, match="strategy"):
            find_duplicates([], None)  # type: ignore[arg-type]


def of_many(customers: int, times: int, singles: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return some customers so many times each, entered with slips, and others once, in random order."""
    random = Random(seed)  # noqa: S311 - invented data
    persons = records(people(customers + singles, seed), "")
    again = [
        {**slipped({**person, "id": ""}, random), "id": f"{person['id']}again{number}"}
        for person in persons[:customers]
        for number in range(times - 1)
    ]
    rows = persons + again
    random.shuffle(rows)
    return rows


class TestCustomersOfManyRecords:
    """The values of a customer that has hundreds of records are its own, not common ones."""

    def test_five_customers_of_two_hundred_records(self) -> None:
        found = find_duplicates(of_many(5, 200, 500), BY_FIELDS)
        assert all(map(same, pairs_in(found)))
        assert len(pairs_in(found)) >= 0.95 * 5 * 200 * 199 / 2
        assert len(found.review) <= 25

    def test_most_records_are_of_one_customer(self) -> None:
        found = find_duplicates(of_many(1, 100, 60), BY_FIELDS)
        assert all(map(same, pairs_in(found)))
        assert len(pairs_in(found)) >= 0.9 * 100 * 99 / 2

    def test_in_any_order(self) -> None:
        rows = of_many(1, 60, 80)
        found = [clusters_of(find_duplicates(list(each), BY_FIELDS)) for each in (rows, rows[::-1])]
        assert found[0] == found[1] != set()

    def test_two_clusters_are_for_review_once(self) -> None:
        found = find_duplicates(of_many(2, 50, 60), BY_FIELDS)
        cluster_of = {id: cluster.members for cluster in found.clusters for id in cluster.members}
        decided = [
            {cluster_of.get(id, (id,)) for id in (review.left, review.candidates[0].right)}
            for review in found.review
        ]
        assert all(len(both) == 2 for both in decided)
        assert len(set(map(frozenset, decided))) == len(decided)

    @pytest.mark.parametrize(
        "alike",
        [
            pytest.param({"phone": "503 555 0100", "line1": "9 Park Square"}, id="switchboard"),
            pytest.param({"company": "Lund Mills", "phone": "503 555 0100", "zip": "97103"}, id="colleagues"),
            pytest.param(
                {
                    "first": "",
                    "last": "",
                    "company": "Lund Mills",
                    "email": "a@a.example",
                    "phone": "5550100",
                },
                id="branches",
            ),
        ],
    )
    @pytest.mark.parametrize("groups", [None, ()])
    def test_strangers_with_much_in_common(self, alike: dict[str, str], groups: tuple[()] | None) -> None:
        persons = records(people(300, 8), "")
        rows = [{**person, **alike} for person in persons[:150]] + persons[150:]
        assert find_duplicates(rows, MatchStrategy(fields=FIELDS, groups=groups)).clusters == ()

    def test_values_of_a_few_kinds_prove_nothing(self) -> None:
        codes = [("DE", "EUR", "de"), ("US", "USD", "en"), ("JP", "JPY", "ja")]
        names = ("country", "currency", "language")
        rows = [dict(zip(names, codes[number % 3], strict=True)) for number in range(300)]
        assert find_duplicates(rows, MatchStrategy(fields=names)).clusters == ()


class TestContradictions:
    """Two records that contradict each other are not one because a third is like both."""

    def test_a_blank_middle_joins_nobody(self) -> None:
        one = {**PERSONS[1], "id": "A", "first": "Maria", "company": ""}
        other = {**one, "id": "C", "first": "Jonathan", "email": "other.mailbox@elsewhere.example"}
        middle = {**one, "id": "B", "first": "", "email": ""}
        found = find_duplicates([*PERSONS[2:], one, middle, other], BY_FIELDS)
        assert not any({"A", "C"} <= set(cluster.members) for cluster in found.clusters)

    def test_a_middle_that_is_like_both_joins_one(self) -> None:
        strategy = MatchStrategy(fields=("first", "last", "email", "phone", "line1", "tax_id"), groups=())
        one = {"id": "A", "first": "Maria", "last": "Quist", "email": "m@q.example", "tax_id": "T-77"}
        middle = {
            "id": "B",
            "email": "m@q.example",
            "tax_id": "T-77",
            "phone": "503 999 0142",
            "line1": "77 Pier Rd",
        }
        other = {"id": "C", "first": "Jo", "last": "Bramble", "phone": "503 999 0142", "line1": "77 Pier Rd"}
        found = find_duplicates([*PERSONS, one, middle, other], strategy)
        assert {"A", "B"} in [set(cluster.members) for cluster in found.clusters]
        held = [
            review
            for review in found.review
            if review.reason == "records that it would join contradict each other"
        ]
        assert [{review.left, review.candidates[0].right} for review in held] == [{"B", "C"}]
        assert "first differs" in str(found.explain("C")) or "contradict" in str(found.explain("C"))

    def test_they_are_for_review(self) -> None:
        strategy = MatchStrategy(fields=("first", "last", "email", "phone", "line1"), groups=())
        one = {"id": "A", "first": "Maria", "last": "Quist", "email": "m@q.example", "phone": "", "line1": ""}
        middle = {
            "id": "B",
            "first": "",
            "last": "",
            "email": "m@q.example",
            "phone": "503 999 0142",
            "line1": "",
        }
        other = {
            "id": "C",
            "first": "Jonathan",
            "last": "Bramble",
            "email": "",
            "phone": "503 999 0142",
            "line1": "",
        }
        found = find_duplicates([*PERSONS, one, middle, other], strategy)
        assert not any({"A", "C"} <= set(cluster.members) for cluster in found.clusters)
        assert "the evidence is weak" in {review.reason for review in found.review}
        assert str(found.explain("A")).startswith("A: review by R")


@pytest.mark.rule("G-DUP")
class TestTheOrderOfTheList:
    """The clusters depend on the records, never on their order."""

    def test_past_the_most_pairs_the_same_ones_are_compared(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("custsync.rules.matching.lists._MOST_PAIRS", 1)
        strategy = MatchStrategy(fields=("first", "last", "email", "phone", "line1", "tax_id"), groups=())
        one = {"id": "A", "first": "Maria", "last": "Quist", "email": "m@q.example", "tax_id": "T-77"}
        other = {"id": "C", "first": "Jo", "last": "Bramble", "phone": "503 999 0142", "line1": "77 Pier Rd"}
        middle = {**one, **other, "id": "B", "first": "", "last": ""}
        forth, back = (
            find_duplicates([*PERSONS, *rows], strategy)
            for rows in ([one, middle, other], [middle, one, other])
        )
        assert clusters_of(forth) == clusters_of(back)

    @given(st.integers(0, 5))
    @settings(max_examples=3, deadline=None)
    def test_makes_no_difference(self, seed: int) -> None:
        shuffled = LIST[:]
        Random(seed).shuffle(shuffled)  # noqa: S311 - invented data
        found = find_duplicates(shuffled, BY_FIELDS)
        assert clusters_of(found) == clusters_of(FOUND)
        assert against_in(found) == against_in(FOUND)
        assert found.strength() == FOUND.strength()

    def test_of_great_clusters_the_same_pairs_are_compared(self) -> None:
        person = next(one for one in PERSONS if one["email"] and one["phone"] and one["line1"])
        copies = [{**person, "id": f"A{number}"} for number in range(8)]
        copies += [{**person, "id": f"B{number}", "phone": "503 777 0199"} for number in range(8)]
        found = []
        for seed in range(3):
            rows = [*PERSONS, *copies]
            Random(seed).shuffle(rows)  # noqa: S311 - invented data
            found.append(clusters_of(find_duplicates(rows, MatchStrategy(fields=FIELDS, groups=()))))
        assert found[0] == found[1] == found[2]
        assert frozenset({person["id"], *(one["id"] for one in copies)}) in found[0]


class TestNoDuplicates:
    """A list without duplicates has none, whoever shares a phone, an address or a surname."""

    def test_families(self) -> None:
        found = find_duplicates([*PERSONS, *families(PERSONS[:100], "F")], BY_FIELDS)
        assert found.clusters == ()

    @given(st.integers(2, 60), st.integers(1, 8), st.integers(0, 1000))
    @example(38, 7, 47)  # two of one whole name share a phone, unless each name counts once
    @settings(deadline=None)
    def test_shared_phones(self, count: int, phones: int, seed: int) -> None:
        random = Random(seed)  # noqa: S311 - invented data
        shared = [f"(503) 555-01{number:02}" for number in range(phones)]
        named = {(person["first"], person["last"]): person for person in people(count, seed)}
        rows = [{**person, "phone": random.choice(shared)} for person in records(named.values(), "")]
        assert find_duplicates(rows, BY_FIELDS).clusters == ()

    @given(st.integers(2, 40), st.integers(0, 1000))
    @settings(deadline=None)
    def test_one_switchboard(self, count: int, seed: int) -> None:
        rows = [
            {**person, "phone": "503 555 0100", "line1": "9 Park Square", "city": "Leeds", "zip": "97103"}
            for person in records(people(count, seed), "")
        ]
        assert find_duplicates(rows, BY_FIELDS).clusters == ()
