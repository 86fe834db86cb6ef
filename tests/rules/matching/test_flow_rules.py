"""The match steps of a flow, tried on two exports; and what the exports say of them, kept in the flow."""

from typing import Any

import pytest

from custsync import MatchStrategy, match_customers
from custsync.flows import stripe
from custsync.models import Customer, Ref
from custsync.rules.matching import Key, MatchResult, Rule
from custsync.rules.matching.judgement import Verdict
from custsync.rules.matching.search import match
from custsync.rules.matching.steps import MatchStep, held_keys, keys_for

BY_PHONE = MatchStep(id="OURS-1", keys="phone", question="Has a customer this phone?", lookup="phone")


def netsuite(id: str, **fields: Any) -> Customer:
    return Customer(ref=Ref("netsuite", id), **fields)


def in_stripe(id: str, **fields: Any) -> Customer:
    return Customer(ref=Ref("stripe", id), **fields)


@pytest.mark.rule("SP-OUT-1", "SP-OUT-2", "SP-OUT-3", "SP-OUT-4")
class TestAFlowsRulesOnTwoExports:
    """They decide about two lists as they decide about one customer and the hits of its target."""

    OURS = (
        netsuite("1", email="a@a.example", custom={"custentity_stripe_customer_id": "cus_1"}),
        netsuite("2", email="B@a.example"),
        netsuite("3", email="c@a.example"),
        netsuite("4", email="x@a.example"),
        netsuite("5", email="d@a.example; e@a.example"),
        netsuite("6"),
    )
    THEIRS = (
        in_stripe("cus_1", email="other@a.example"),
        in_stripe("cus_2", email="b@a.example"),
        in_stripe("cus_3", email="c@a.example"),
        in_stripe("cus_4", email="c@a.example"),
        in_stripe("cus_5", email="d@a.example"),
        in_stripe("cus_6", email="e@a.example", deleted=True),
    )

    def result(self) -> MatchResult:
        return match_customers(self.OURS, self.THEIRS, MatchStrategy(rules=stripe.EXPORT.match))

    def test_links_and_reviews(self) -> None:
        result = self.result()
        assert [(one.left.id, one.right.id, one.rule) for one in result.matches] == [  # type: ignore[attr-defined]
            ("1", "cus_1", "SP-OUT-1"),
            ("2", "cus_2", "SP-OUT-2"),
            ("5", "cus_5", "SP-OUT-2"),
        ]
        assert [one.left.id for one in result.review] == ["3"]  # type: ignore[attr-defined]
        assert [ref.id for ref in result.unmatched] == ["4", "6"]  # type: ignore[attr-defined]

    def test_as_the_flow_does(self) -> None:
        result, steps = self.result(), stripe.EXPORT.match
        linked = {one.left: one.right for one in result.matches}
        for customer in self.OURS:
            found = {
                place: [
                    hit for hit in self.THEIRS if set(keys_for(step, customer)) & set(held_keys(step, hit))
                ]
                for place, step in enumerate(steps)
            }
            ended = match(steps, customer, found, {})
            there = ended.customers[0].ref if ended.verdict is Verdict.ONE else None
            assert there == linked.get(customer.ref), customer.ref


@pytest.mark.rule("SP-OUT-4")
class TestAStrengthTableInAFlow:
    """A step that joined too many strangers on the exports leaves its hits to a person."""

    STEPS = (*stripe.EXPORT.match, BY_PHONE)
    SHARED = tuple(
        netsuite(f"s{n}", phone=f"503 555 01{n // 2:02}", email=f"s{n}@a.example") for n in range(20)
    )
    OURS = (*SHARED, *(netsuite(f"a{n}", phone=f"503 555 02{n:02}", email="") for n in range(10)))
    THEIRS = tuple(in_stripe(f"cus_{n}", phone=f"503 555 02{n:02}") for n in range(10))

    def test_its_hits_are_for_a_person(self) -> None:
        strength = match_customers(self.OURS, self.THEIRS, MatchStrategy(rules=self.STEPS)).strength()
        assert [rule.refused for rule in strength.rules] == [0, 0, 10]
        steps = strength.freeze(self.STEPS)
        assert steps[:2] == self.STEPS[:2]
        assert stripe.EXPORT.replace(match=steps).match == steps
        found = {0: [], 1: [], 2: [self.THEIRS[0]]}
        assert match(self.STEPS, self.OURS[20], found, {}).verdict is Verdict.ONE
        ended = match(steps, self.OURS[20], found, {})
        assert ended.verdict is Verdict.REFUSED
        assert ended.issue is not None
        assert (ended.issue.code, ended.issue.severity.value) == ("too_many_strangers", "error")

    def test_a_trusted_table_changes_nothing(self) -> None:
        result = match_customers(self.OURS[20:], self.THEIRS, MatchStrategy(rules=self.STEPS))
        assert result.strength().freeze(self.STEPS) == self.STEPS


class TestAKeyOfSeveralFields:
    """A record that lacks one of them has no key, in lists as in flows."""

    @pytest.mark.parametrize(("first", "last"), [("Rosa", None), ("", "Okafor"), ("Rosa", "  ")])
    def test_a_part_is_no_key(self, first: Any, last: Any) -> None:
        strategy = MatchStrategy(rules=[Rule("NAME", Key("first", "last", right="name", kind="text"))])
        ours = [{"id": 1, "first": first, "last": last}]
        theirs = [{"id": name, "name": name} for name in ("Rosa", "Okafor")]
        assert list(match_customers(ours, theirs, strategy).matches) == []
