"""Both flows against each other: every change is carried over once, and then there is silence.

People edit either side, fields of their choice, between runs in any order. Proven are the state of both
systems and the writes that each of them got.
"""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.flow import Conflict, Flow
from custsync.flows.stripe import EXPORT, IMPORT
from custsync.protocols import Payload, Tier
from custsync.stores.memory import MemoryStore
from custsync.testing.clock import VirtualClock
from custsync.testing.fakes.base import Row
from custsync.testing.fakes.netsuite import FakeNetSuite
from custsync.testing.fakes.stripe import FakeStripe
from tests.proofs.environments import Small, put

FIELDS = {"netsuite": ("companyName", "phone", "email"), "stripe": ("name", "phone", "email")}
NETSUITE_WINS = (EXPORT.replace(conflict=Conflict.SOURCE), IMPORT.replace(conflict=Conflict.TARGET))
STRIPE_WINS = (EXPORT.replace(conflict=Conflict.TARGET), IMPORT.replace(conflict=Conflict.SOURCE))

TEXTS = st.text("abcABCé", min_size=1, max_size=8)
EDITS = st.tuples(st.sampled_from(["netsuite", "stripe"]), st.integers(0, 1), st.integers(0, 1), TEXTS)
DRESSED = st.sampled_from(
    [
        (0, " Brightwater  "),
        (0, "brightwater"),
        (1, "503.555.0182"),
        (1, "503 555 0183 "),
        (2, "AP@One.Example"),
    ]
)
ORDERS = st.lists(st.sampled_from([0, 1]), min_size=1, max_size=4)


class TidyStripe(FakeStripe):
    """A Stripe that keeps texts trimmed and in small letters, as some systems do."""

    def _change(self, row: Row, payload: Payload) -> None:
        super()._change(row, payload)
        for key in ("name", "phone"):
            row[key] = tidy(row[key])


def tidy(text: str | None) -> str | None:
    return text if text is None else text.strip().lower() or None


def two_linked(flows: tuple[Flow, ...], stripe: type[FakeStripe] = FakeStripe, **settings: Any) -> Small:
    """Return a world with two customers that both sides agree on; the settings are NetSuite's."""
    clock, store = VirtualClock(), MemoryStore()
    netsuite = FakeNetSuite(clock, account="9", **settings)
    small = Small(clock, lambda: store, flows, netsuite, stripe(clock, tier=Tier.B))
    for number, name in enumerate(("first", "second")):
        put(small.netsuite, number, name)
    settled(small)
    return small


def settled(small: Small, order: tuple[int, ...] = (0, 1)) -> None:
    """Run the flows in that order, then both until neither has anything to write."""
    for place in order:
        small.sync(small.flows[place])
    for _ in range(4):
        before = writes(small)
        for flow in small.flows:
            small.sync(flow)
        if writes(small) == before:
            return
    raise AssertionError("the two flows do not come to rest")


def writes(small: Small) -> int:
    return len(small.netsuite.writes) + len(small.stripe.writes)


def shown(small: Small, side: str) -> list[list[Any]]:
    """Return name, phone and email of the two customers, first and second."""
    if side == "netsuite":
        return [[row.get(key) for key in FIELDS[side]] for row in small.netsuite.rows]
    by_id = {row["id"]: row for row in small.stripe.rows}
    kept = [row["custentity_stripe_customer_id"] for row in small.netsuite.rows]
    return [[by_id[identity].get(key) for key in FIELDS[side]] for identity in kept]


def edit(small: Small, side: str, customer: int, field: int, text: str) -> None:
    system = small.netsuite if side == "netsuite" else small.stripe
    row = small.netsuite.rows[customer]
    identity = row["id"] if side == "netsuite" else row["custentity_stripe_customer_id"]
    system.edit(identity, **{FIELDS[side][field]: text})


@pytest.mark.rule("SP-BI")
@pytest.mark.rule("G-LOSS")
@pytest.mark.rule("G-IDEM")
class TestEditsOnEitherSide:
    """A change on one side reaches the other; a change on both goes by the policy; nothing else moves."""

    @pytest.mark.parametrize(("flows", "winner"), [(NETSUITE_WINS, "netsuite"), (STRIPE_WINS, "stripe")])
    @given(edits=st.lists(EDITS, max_size=5), order=ORDERS)
    def test_both_sides_agree_on_what_was_edited(
        self, flows: tuple[Flow, ...], winner: str, edits: list[tuple[str, int, int, str]], order: list[int]
    ) -> None:
        small = two_linked(flows)
        before = shown(small, "netsuite")
        for one in edits:
            edit(small, *one)
        wanted = expected(before, shown(small, "netsuite"), shown(small, "stripe"), winner)
        settled(small, tuple(order))
        assert shown(small, "netsuite") == wanted
        assert shown(small, "stripe") == wanted

    @given(edits=st.lists(EDITS, max_size=5))
    def test_each_changed_customer_is_written_once_per_direction(
        self, edits: list[tuple[str, int, int, str]]
    ) -> None:
        small = two_linked(NETSUITE_WINS)
        for one in edits:
            edit(small, *one)
        before = writes(small)
        settled(small)
        assert writes(small) - before <= 2 * len({customer for _, customer, *_ in edits})

    @given(edits=st.lists(EDITS, max_size=4), order=ORDERS)
    def test_a_target_that_tidies_up_makes_no_echo(
        self, edits: list[tuple[str, int, int, str]], order: list[int]
    ) -> None:
        small = two_linked(NETSUITE_WINS, TidyStripe)
        ours = [one for one in edits if one[0] == "netsuite"]
        for one in ours:
            edit(small, *one)
        wanted, before = shown(small, "netsuite"), len(small.netsuite.writes)
        settled(small, tuple(order))
        assert shown(small, "netsuite") == wanted
        assert len(small.netsuite.writes) == before
        assert [[tidy(text) for text in row[:2]] for row in wanted] == [
            row[:2] for row in shown(small, "stripe")
        ]

    @given(edits=st.lists(st.tuples(st.integers(0, 1), DRESSED), max_size=4), order=ORDERS)
    def test_a_target_that_tidies_up_and_does_not_say_so_makes_no_echo(
        self, edits: list[tuple[int, tuple[int, str]]], order: list[int]
    ) -> None:
        """A NetSuite that reformats what it is given, and answers without the record."""
        small = two_linked(STRIPE_WINS, tidies=True)
        for customer, (field, text) in edits:
            edit(small, "stripe", customer, field, text)
        wanted, before = shown(small, "stripe"), len(small.stripe.writes)
        settled(small, tuple(order))
        assert shown(small, "stripe") == wanted
        assert len(small.stripe.writes) == before

    @pytest.mark.parametrize("place", [0, 1])
    def test_a_conflict_for_review_is_written_by_neither(self, place: int) -> None:
        flows = (EXPORT.replace(conflict=Conflict.REVIEW), IMPORT.replace(conflict=Conflict.REVIEW))
        small = two_linked(flows)
        edit(small, "netsuite", 0, 1, "(503) 555-0181")
        edit(small, "stripe", 0, 1, "(503) 555-0182")
        before = writes(small)
        for flow in (flows[place], flows[1 - place], *flows):
            small.sync(flow)
        assert writes(small) == before
        assert [shown(small, side)[0][1][-2:] for side in FIELDS] == ["81", "82"]


def expected(
    before: list[list[Any]], netsuite: list[list[Any]], stripe: list[list[Any]], winner: str
) -> list[list[Any]]:
    """Return what a three-way merge must end with, worked out field by field."""
    return [
        [
            theirs if ours == was else ours if theirs == was or winner == "netsuite" else theirs
            for was, ours, theirs in zip(*sides, strict=True)
        ]
        for sides in zip(before, netsuite, stripe, strict=True)
    ]
