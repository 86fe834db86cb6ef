"""Choosing the survivor: by instruction or by a rule, in any order, and never where nothing tells."""

import pickle
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT, Address, Contact, Customer, Issue, Ref
from custsync.rules.merging import Chosen, SurvivorRule, choose_survivor
from tests.rules.merging.made import BLANKS, EARLY, LATE, customers

SEVEN = Customer(ref=Ref("netsuite", "7"))
NINE = Customer(ref=Ref("netsuite", "9"))
TEN = Customer(ref=Ref("netsuite", "10"))

EVERY_RULE = [rule for rule in SurvivorRule if rule is not SurvivorRule.KEEPS_ID]


def answer(chosen: Chosen | Issue) -> str:
    """Return the survivor's id, or the issue's code."""
    return chosen.code if isinstance(chosen, Issue) else chosen.survivor.id


@pytest.mark.rule("ST-MRG-1")
class TestByInstruction:
    """The survivor that a caller names stays, whatever the rules would say."""

    @pytest.mark.parametrize("named", ["9", Ref("netsuite", "9")], ids=["id", "ref"])
    def test_the_named_one_stays(self, named: Any) -> None:
        made = choose_survivor([SEVEN, NINE, TEN], named)
        assert made == Chosen(survivor=NINE, duplicates=(SEVEN, TEN), by="instruction")

    @pytest.mark.parametrize("named", ["8", Ref("netsuite", "8"), Ref("stripe", "9"), ""], ids=str)
    def test_who_is_not_among_them_is_not_chosen(self, named: Any) -> None:
        assert answer(choose_survivor([SEVEN, NINE], named)) == "survivor_not_there"

    @pytest.mark.parametrize("change", [{"deleted": True}, {"merged_into": "7"}], ids=["deleted", "merged"])
    def test_who_is_gone_does_not_stay(self, change: dict[str, Any]) -> None:
        assert answer(choose_survivor([SEVEN, evolve(NINE, **change)], "9")) == "survivor_gone"


@pytest.mark.rule("ST-MRG-1")
class TestByRule:
    """Most transactions, the earliest, the most recent, or the most complete one stays."""

    def test_most_transactions(self) -> None:
        counts = {SEVEN.ref: 3, NINE.ref: 4, TEN.ref: 0}
        made = choose_survivor([SEVEN, NINE, TEN], SurvivorRule.MOST_TRANSACTIONS, transactions=counts)
        assert made == Chosen(survivor=NINE, duplicates=(SEVEN, TEN), by="most_transactions")

    def test_earliest(self) -> None:
        known = [evolve(SEVEN, created_at=LATE), evolve(NINE, created_at=EARLY)]
        assert answer(choose_survivor(known, SurvivorRule.EARLIEST)) == "9"

    def test_most_recent(self) -> None:
        known = [evolve(SEVEN, modified_at=EARLY), evolve(NINE, modified_at=LATE)]
        assert answer(choose_survivor(known, SurvivorRule.MOST_RECENT)) == "9"

    def test_activity_counts_before_the_last_change(self) -> None:
        known = [evolve(SEVEN, modified_at=EARLY), evolve(NINE, modified_at=LATE)]
        active = {NINE.ref: EARLY.replace(year=2020)}
        assert answer(choose_survivor(known, SurvivorRule.MOST_RECENT, active_at=active)) == "7"

    @pytest.mark.parametrize(
        "more",
        [
            {"email": "ap@joinery.example"},
            {"is_person": False},
            {"addresses": (Address(),)},
            {"contacts": (Contact(),)},
            {"custom": {"tier": 0}},
        ],
        ids=lambda more: next(iter(more)),
    )
    def test_most_complete(self, more: dict[str, Any]) -> None:
        assert answer(choose_survivor([SEVEN, evolve(NINE, **more)], SurvivorRule.MOST_COMPLETE)) == "9"

    @pytest.mark.parametrize("blank", BLANKS, ids=repr)
    def test_blanks_and_what_no_rule_knows_complete_nothing(self, blank: Any) -> None:
        known = [SEVEN, evolve(NINE, email=blank, custom={"tier": blank}, extra={"x": 1}, addresses=())]
        assert answer(choose_survivor(known, SurvivorRule.MOST_COMPLETE)) == "tie"

    @pytest.mark.parametrize("rule", EVERY_RULE, ids=str)
    def test_who_is_gone_never_stays(self, rule: SurvivorRule) -> None:
        gone = evolve(NINE, deleted=True, email="ap@joinery.example", created_at=EARLY, modified_at=LATE)
        made = choose_survivor([SEVEN, gone], rule, transactions={NINE.ref: 5})
        assert isinstance(made, Chosen)
        assert (made.survivor, made.duplicates) == (SEVEN, (gone,))

    @pytest.mark.parametrize("rule", EVERY_RULE, ids=str)
    def test_nobody_is_left(self, rule: SurvivorRule) -> None:
        assert answer(choose_survivor([evolve(NINE, merged_into="7")], rule)) == "survivor_gone"

    @pytest.mark.parametrize("rule", EVERY_RULE, ids=str)
    def test_one_alone_stays(self, rule: SurvivorRule) -> None:
        assert choose_survivor([SEVEN, SEVEN], rule) == Chosen(survivor=SEVEN, duplicates=(), by=rule.value)


@pytest.mark.rule("ST-MRG-1")
class TestNothingTells:
    """Where two come first, or one says nothing, nobody is chosen, unless the lowest id may stay."""

    TIES: tuple[tuple[SurvivorRule, dict[str, Any], dict[str, Any]], ...] = (
        (SurvivorRule.MOST_TRANSACTIONS, {}, {"transactions": {one.ref: 2 for one in (SEVEN, NINE, TEN)}}),
        (SurvivorRule.EARLIEST, {"created_at": EARLY}, {}),
        (SurvivorRule.MOST_RECENT, {"modified_at": EARLY}, {}),
        (SurvivorRule.MOST_COMPLETE, {}, {}),
    )

    @pytest.mark.parametrize(("rule", "alike", "facts"), TIES, ids=str)
    def test_a_tie(self, rule: SurvivorRule, alike: dict[str, Any], facts: dict[str, Any]) -> None:
        known = [evolve(one, **alike) for one in (TEN, NINE, SEVEN)]
        made = choose_survivor(known, rule, **facts)
        assert isinstance(made, Issue)
        assert (made.code, made.rule, made.shape) == ("tie", "ST-MRG-1", "3 customers")
        lowest = choose_survivor(known, rule, undecided="lowest_id", **facts)
        assert isinstance(lowest, Chosen)
        assert (lowest.survivor.id, lowest.by) == ("7", "lowest_id")
        assert [one.id for one in lowest.duplicates] == ["9", "10"]

    @pytest.mark.parametrize(
        ("rule", "field"),
        [
            (SurvivorRule.MOST_TRANSACTIONS, "transactions"),
            (SurvivorRule.EARLIEST, "created_at"),
            (SurvivorRule.MOST_RECENT, "modified_at"),
        ],
        ids=str,
    )
    def test_one_says_nothing(self, rule: SurvivorRule, field: str) -> None:
        known = [evolve(TEN, created_at=EARLY, modified_at=EARLY), SEVEN]
        facts = {TEN.ref: 1}
        made = choose_survivor(known, rule, transactions=facts)
        assert isinstance(made, Issue)
        assert (made.code, made.field, made.shape) == ("not_known", field, "1 of 2 customers")
        lowest = choose_survivor(known, rule, transactions=facts, undecided="lowest_id")
        assert isinstance(lowest, Chosen)
        assert (lowest.survivor.id, lowest.by) == ("10", "lowest_id")

    def test_none_says_anything(self) -> None:
        made = choose_survivor([TEN, NINE], SurvivorRule.EARLIEST, undecided="lowest_id")
        assert answer(made) == "9"

    def test_another_system(self) -> None:
        other = Customer(ref=Ref("stripe", "7"))
        rules: list[SurvivorRule | str] = [*EVERY_RULE, "7"]
        for rule in rules:
            assert answer(choose_survivor([SEVEN, other], rule)) == "other_system"


@pytest.mark.rule("ST-MRG-1")
class TestOrder:
    """The order of the customers makes no difference, and each of them is either the survivor or goes."""

    @given(
        st.lists(customers("7", "9", "10", "11"), min_size=1, max_size=3, unique_by=lambda one: one.ref),
        st.sampled_from(EVERY_RULE),
        st.sampled_from(["review", "lowest_id"]),
        st.dictionaries(st.sampled_from([Ref("netsuite", id) for id in ("7", "9", "10")]), st.integers(0, 2)),
    )
    def test_every_order(
        self, known: list[Customer], rule: SurvivorRule, undecided: Any, counts: Any
    ) -> None:
        answers = [
            choose_survivor(order, rule, transactions=counts, undecided=undecided)
            for order in permutations(known)
        ]
        assert all(each == answers[0] for each in answers)
        made = answers[0]
        if isinstance(made, Chosen):
            everyone = sorted([made.survivor, *made.duplicates], key=lambda one: one.id)
            assert everyone == sorted(known, key=lambda one: one.id)
        else:
            assert undecided == "review"
        assert "Acme" not in repr(made)
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301


class TestRefusals:
    """What is no choice is refused by our own error."""

    def test_nobody(self) -> None:
        with pytest.raises(InputError, match="no customer to choose from"):
            choose_survivor([], SurvivorRule.EARLIEST)

    def test_two_that_differ_under_one_id(self) -> None:
        with pytest.raises(InputError, match="netsuite:7 was given twice"):
            choose_survivor([SEVEN, evolve(SEVEN, email="ap@joinery.example")], "7")

    @pytest.mark.parametrize("count", [-1, True, 1.5, "3"], ids=repr)
    def test_a_count_that_is_none(self, count: Any) -> None:
        with pytest.raises(InputError, match="netsuite:7: a count of transactions is a whole number"):
            choose_survivor([SEVEN], SurvivorRule.MOST_TRANSACTIONS, transactions={SEVEN.ref: count})

    def test_a_time_without_zone(self) -> None:
        naive = evolve(SEVEN, created_at=EARLY.replace(tzinfo=None))
        with pytest.raises(InputError, match="netsuite:7: a time without a zone"):
            choose_survivor([naive], SurvivorRule.EARLIEST)

    def test_a_word_that_is_no_policy(self) -> None:
        word: Any = "lowest"
        with pytest.raises(InputError, match="undecided is review or lowest_id"):
            choose_survivor([SEVEN], SurvivorRule.EARLIEST, undecided=word)

    def test_absent_times_are_not_known(self) -> None:
        known = [evolve(SEVEN, created_at=ABSENT), evolve(NINE, created_at=None)]
        assert answer(choose_survivor(known, SurvivorRule.EARLIEST)) == "not_known"
