"""The judge: one, review or none, for hits from anywhere."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, strategies as st

from custsync.rules.matching import CONTESTED, Hit, OnAlreadyLinked, OnMultiple, Outcome, Rule, Verdict, judge

EMAIL = Rule("SP-OUT-2", "email")
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def outcome(*hits: Hit, rule: Rule = EMAIL) -> tuple[Outcome, list[str]]:
    found = judge(rule, hits)
    return found.outcome, [hit.id for hit in found.hits]


@pytest.mark.rule("SP-OUT-4", "G-DUP")
class TestExactHits:
    """One hit is the counterpart; two are never silently one."""

    def test_nobody(self) -> None:
        assert outcome() == (Outcome.NONE, [])
        assert judge(EMAIL, [Hit("a", gone=True)]).verdict is Verdict.GONE

    def test_one(self) -> None:
        assert outcome(Hit("a")) == (Outcome.ONE, ["a"])
        assert outcome(Hit("a"), Hit("b", gone=True)) == (Outcome.ONE, ["a"])

    def test_two(self) -> None:
        assert outcome(Hit("b"), Hit("a")) == (Outcome.REVIEW, ["a", "b"])

    def test_one_is_linked_already(self) -> None:
        assert outcome(Hit("a", owner="7"), Hit("b")) == (Outcome.ONE, ["b"])
        assert outcome(Hit("a", owner="7")) == (Outcome.REVIEW, ["a"])
        assert outcome(Hit("a", owner="7"), rule=Rule("E", "email", on_already_linked="skip")) == (
            Outcome.NONE,
            [],
        )
        assert outcome(Hit("a", owner="7"), rule=Rule("E", "email", on_already_linked="share")) == (
            Outcome.ONE,
            ["a"],
        )

    def test_a_contested_one_is_never_skipped(self) -> None:
        skip = Rule("E", "email", on_already_linked="skip")
        assert outcome(Hit("a", owner=CONTESTED), Hit("b", owner="7"), rule=skip) == (Outcome.REVIEW, ["a"])

    @pytest.mark.parametrize(("policy", "chosen"), [(OnMultiple.OLDEST, "a"), (OnMultiple.NEWEST, "b")])
    def test_the_policy_takes_one_of_several(self, policy: OnMultiple, chosen: str) -> None:
        rule = Rule("E", "email", on_multiple=policy)
        hits = [Hit("a", created_at=DAY), Hit("b", created_at=DAY + timedelta(1))]
        for order in permutations(hits):
            assert outcome(*order, rule=rule) == (Outcome.ONE, [chosen])

    def test_hits_of_unknown_or_equal_age(self) -> None:
        rule = Rule("E", "email", on_multiple="oldest")
        assert outcome(Hit("a", created_at=DAY), Hit("b"), rule=rule) == (Outcome.ONE, ["b"])
        assert outcome(Hit("b", created_at=DAY), Hit("a", created_at=DAY), rule=rule) == (Outcome.ONE, ["a"])
        assert outcome(Hit("a"), Hit("b"), rule=rule) == (Outcome.REVIEW, ["a", "b"])

    def test_hits_of_two_keys_are_two_customers(self) -> None:
        rule = Rule("E", "email", on_multiple="oldest")
        hits = [Hit(id, created_at=DAY, keys=frozenset(keys)) for id, keys in (("a", "xy"), ("b", "yz"))]
        assert outcome(*hits, rule=rule) == (Outcome.ONE, ["a"])
        assert outcome(*hits, Hit("c", created_at=DAY, keys=frozenset("z")), rule=rule) == (
            Outcome.REVIEW,
            ["a", "b", "c"],
        )


class TestWeighedHits:
    """Weighed evidence decides between hits; weak or close evidence is for review."""

    @pytest.mark.parametrize(
        ("odds", "expected"),
        [
            ((1000.0,), (Outcome.ONE, ["h0"])),
            ((5.0,), (Outcome.REVIEW, ["h0"])),
            ((0.01,), (Outcome.NONE, [])),
            ((100_000.0, 50.0), (Outcome.ONE, ["h0"])),
            ((1000.0, 50.0), (Outcome.REVIEW, ["h0", "h1"])),
            ((50.0, 1000.0), (Outcome.REVIEW, ["h1", "h0"])),
            ((1000.0, 0.01), (Outcome.ONE, ["h0"])),
        ],
    )
    def test_odds(self, odds: tuple[float, ...], expected: tuple[Outcome, list[str]]) -> None:
        assert outcome(*[Hit(f"h{place}", odds=value) for place, value in enumerate(odds)]) == expected

    @given(
        st.lists(
            st.tuples(st.sampled_from("abcdef"), st.sampled_from([0.01, 5.0, 50.0, 1e6])).map(
                lambda hit: Hit(*hit)
            ),
            max_size=4,
        )
    )
    def test_in_every_order(self, hits: list[Hit]) -> None:
        found = {(outcome(*order)[0], tuple(sorted(outcome(*order)[1]))) for order in permutations(hits)}
        assert len(found) == 1


class TestPolicies:
    """The words of the policies."""

    def test_words(self) -> None:
        assert [policy.value for policy in OnMultiple] == ["review", "oldest", "newest"]
        assert [policy.value for policy in OnAlreadyLinked] == ["review", "skip", "share"]
