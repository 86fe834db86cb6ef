"""Hierarchy: any forest in the levels of its target, nobody lost, and balances that add up exactly."""

import pickle
import sys
from collections.abc import Mapping
from contextlib import suppress
from decimal import Context, Decimal, localcontext
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT, Customer, Ref, Severity
from custsync.rules.hierarchy import Amounts, Forest, Levels, flatten, in_cents, in_order, roll_up

Parents = dict[int, int | None]

DEEP = {"top": None, "child": "top", "grandchild": "child", "last": "grandchild", "lone": None}
CYCLE = {"a": "b", "b": "c", "c": "a", "under a": "a", "below": "under a", "self": "self", "lone": None}

parents_of_any_kind = st.integers(0, 30).flatmap(
    lambda count: st.fixed_dictionaries(
        {one: st.none() | st.integers(0, max(count - 1, 0)) | st.just(99) for one in range(count)}
    )
)

json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def every_hierarchy(most: int) -> list[Parents]:
    """Return every parent function of up to `most` customers: no parent, or any customer, itself too."""
    return [
        dict(enumerate(ups))
        for count in range(most + 1)
        for ups in product([None, *range(count)], repeat=count)
    ]


def climbed(parents: Mapping[int, int | None], one: int) -> list[int]:
    """Return the way from a customer to its top: customers of a cycle, and parents not read, cut it."""
    way = [one]
    while not cyclic(parents, way[-1]) and parents[way[-1]] in parents:
        way.append(parents[way[-1]])  # type: ignore[arg-type]
    return way


def cyclic(parents: Mapping[int, int | None], one: int) -> bool:
    at: int | None = one
    for _ in parents:
        at = parents.get(at) if at is not None else None
        if at == one:
            return True
    return False


def assert_flat(parents: Mapping[int, int | None], levels: int) -> None:
    """Compare with the rule written down naively: climb to the top from each customer."""
    forest = flatten(parents, levels=levels)
    ways = {one: climbed(parents, one)[::-1] for one in parents}
    wanted = {
        one: way[min(len(way), levels) - 2] if min(len(way), levels) > 1 else None
        for one, way in ways.items()
    }
    assert forest.parents == wanted
    assert list(forest.parents) == list(forest.groups) == list(parents)
    assert forest.groups == {one: way[0] for one, way in ways.items()}
    moved = {one: parents[one] for one, way in ways.items() if len(way) > levels}
    assert list(forest.moved.items()) == list(moved.items())
    codes = [(one, issue.code) for one, issue in forest.issues.items()]
    assert codes == [(one, code) for one in parents if (code := wrong(parents, one))]


def wrong(parents: Mapping[int, int | None], one: int) -> str | None:
    if parents[one] == one:
        return "own_parent"
    if cyclic(parents, one):
        return "parent_cycle"
    return None if parents[one] is None or parents[one] in parents else "parent_not_read"


def naive_depth(parents: Mapping[Any, Any], one: Any) -> int:
    depth = 1
    while parents.get(one) is not None:
        one = parents[one]
        depth += 1
    return depth


@pytest.mark.rule("UF-HIER-1")
class TestTwoLevels:
    """Two levels; a grandchild, at any depth, is linked straight to its top-level parent, its group."""

    def test_the_documented_picture(self) -> None:
        forest = flatten(
            {
                "Example parent company": None,
                "Example first child": "Example parent company",
                "Example second child": "Example parent company",
                "Example grandchild": "Example first child",
            }
        )
        top = "Example parent company"
        assert set(forest.parents.values()) - {None} == {top}
        assert set(forest.groups.values()) == {top}
        assert forest.moved == {"Example grandchild": "Example first child"}
        assert forest.issues == {}

    @pytest.mark.parametrize(
        ("levels", "child", "grandchild", "last"),
        [
            pytest.param(2, "top", "top", "top", id="2"),
            pytest.param(3, "top", "child", "child", id="3"),
            pytest.param(4, "top", "child", "grandchild", id="4"),
            pytest.param(sys.maxsize, "top", "child", "grandchild", id="any"),
        ],
    )
    def test_more_levels(self, levels: int, child: str, grandchild: str, last: str) -> None:
        forest = flatten(DEEP, levels=levels)
        assert forest.parents == {
            "top": None,
            "child": child,
            "grandchild": grandchild,
            "last": last,
            "lone": None,
        }
        assert forest.groups == {**dict.fromkeys(DEEP, "top"), "lone": "lone"}

    @pytest.mark.parametrize("levels", [2, 3])
    def test_every_hierarchy_of_up_to_five(self, levels: int) -> None:
        for parents in every_hierarchy(5):
            assert_flat(parents, levels)

    @pytest.mark.exhaustive
    def test_every_hierarchy_of_six(self) -> None:
        for ups in product([None, *range(6)], repeat=6):
            parents = dict(enumerate(ups))
            groups = {}
            for one in parents:
                at, trail = one, [one]
                while (up := parents[at]) is not None and up not in trail:
                    at = up
                    trail.append(at)
                if up is not None:  # the trail ends in a cycle: its first member met is the top
                    cycle = trail[trail.index(up) :]
                    at = next(member for member in trail if member in cycle)
                groups[one] = at
            forest = flatten(parents)
            assert forest.groups == groups
            assert forest.parents == {one: None if top == one else top for one, top in groups.items()}

    @given(parents_of_any_kind, st.integers(2, 5))
    def test_any_hierarchy(self, parents: Parents, levels: int) -> None:
        assert_flat(parents, levels)

    @given(parents_of_any_kind, st.integers(1, 5), st.sampled_from(["alone", "refuse", "keep"]))
    def test_depth_groups_and_a_second_time(self, parents: Parents, levels: int, missing: Any) -> None:
        forest = flatten(parents, levels=levels, missing=missing)
        again = flatten(forest.parents, levels=levels, missing=missing)
        assert (again.parents, again.groups, again.moved) == (forest.parents, forest.groups, {})
        # Who was moved to a parent that was not read is said to be linked to it.
        linked_there = {one for one, up in forest.parents.items() if up is not None and up not in parents}
        assert set(again.issues) == linked_there
        assert all(naive_depth(forest.parents, one) <= levels for one in parents)

    @given(parents_of_any_kind, st.randoms(use_true_random=False))
    def test_the_order_does_not_matter(self, parents: Parents, random: Random) -> None:
        pairs = list(parents.items())
        random.shuffle(pairs)
        assert flatten(dict(pairs)) == flatten(parents)

    def test_a_chain_of_100_000_from_its_end(self) -> None:
        chain: Parents = {one: one - 1 if one else None for one in reversed(range(100_000))}
        forest = flatten(chain)
        assert set(forest.groups.values()) == {0}
        assert len(forest.moved) == 99_998
        assert in_order(chain) == tuple(range(100_000))

    def test_a_cycle_of_100_000(self) -> None:
        size = 100_000
        forest = flatten({one: (one + 1) % size for one in range(size)})
        assert len(forest.issues) == size
        assert set(forest.parents.values()) == {None}

    @pytest.mark.parametrize("blank", [None, "", ABSENT], ids=repr)
    def test_no_parent(self, blank: Any) -> None:
        forest = flatten({"top": blank})
        assert (forest.parents, forest.issues) == ({"top": None}, {})

    def test_nobody(self) -> None:
        assert flatten({}) == Forest(groups={}, issues={}, given=[], levels=2)

    def test_an_id_of_any_kind(self) -> None:
        top, child = Ref("netsuite", "1"), Ref("netsuite", "2")
        assert flatten({child: top, top: None}).groups[child] == top

    @pytest.mark.parametrize("turn", [1, -1], ids=["in this order", "in the other"])
    def test_ids_are_equal_by_what_they_say(self, turn: int) -> None:
        """A parser makes a new object of each text: no parent is the same object as the customer."""
        named = dict([*DEEP.items(), *CYCLE.items()][::turn])
        parents = {one: None if up is None else f"<{up}>" for one, up in named.items()}
        given_parents = {f"<{one}>": up for one, up in parents.items()}
        plain = flatten(named)
        forest = flatten(given_parents)
        assert forest.groups == {f"<{one}>": f"<{top}>" for one, top in plain.groups.items()}
        assert [issue.code for issue in forest.issues.values()] == [
            issue.code for issue in plain.issues.values()
        ]
        assert forest.moved == {f"<{one}>": f"<{up}>" for one, up in plain.moved.items()}

    def test_what_was_given_stays(self) -> None:
        given_parents = dict(DEEP)
        flatten(given_parents)
        assert given_parents == DEEP

    def test_what_is_made_late_says_what_was_given_then(self) -> None:
        changing = dict(DEEP)
        forest = flatten(changing)
        changing["last"] = None
        changing["new"] = "top"
        assert forest == flatten(DEEP)

    @pytest.mark.parametrize("levels", [1, 2, 3])
    def test_the_parts_behave_as_dictionaries(self, levels: int) -> None:
        forest = flatten(DEEP, levels=levels)
        for part in (forest.parents, forest.groups, forest.moved, forest.issues):
            assert (repr(part), len(part), list(part)) == (repr(dict(part)), len(dict(part)), [*part.keys()])
            assert list(part.values()) == [part[one] for one in part]

    def test_pickles(self) -> None:
        forest = flatten(CYCLE)
        assert pickle.loads(pickle.dumps(forest)) == forest  # noqa: S301


@pytest.mark.rule("UF-HIER-1")
@pytest.mark.rule("G-ISO")
class TestBrokenLinks:
    """Each customer of a cycle or without its parent is reported once; the others are flattened."""

    def test_cycle(self) -> None:
        forest = flatten(CYCLE)
        assert {one: issue.code for one, issue in forest.issues.items()} == {
            **dict.fromkeys("abc", "parent_cycle"),
            "self": "own_parent",
        }
        assert {one for one, up in forest.parents.items() if up is None} == {"a", "b", "c", "self", "lone"}
        assert forest.groups["under a"] == forest.groups["below"] == "a"

    @pytest.mark.parametrize(
        ("cycles", "severity"), [("refuse", Severity.ERROR), ("alone", Severity.WARNING)]
    )
    def test_cycle_by_policy(self, cycles: Any, severity: Severity) -> None:
        forest = flatten(CYCLE, cycles=cycles)
        assert {issue.severity for issue in forest.issues.values()} == {severity}
        assert flatten(CYCLE).parents == forest.parents

    @pytest.mark.parametrize(
        ("missing", "parent", "severity"),
        [
            ("alone", None, Severity.WARNING),
            ("refuse", None, Severity.ERROR),
            ("keep", "gone", Severity.NOTE),
        ],
    )
    def test_parent_not_read(self, missing: Any, parent: str | None, severity: Severity) -> None:
        links = {"child": "gone", "grandchild": "child", "sister": "gone", "lone": None}
        forest = flatten(links, missing=missing)
        assert {one: issue.severity for one, issue in forest.issues.items()} == {
            "child": severity,
            "sister": severity,
        }
        assert forest.parents == {
            "child": parent,
            "grandchild": parent or "child",
            "sister": parent,
            "lone": None,
        }
        assert forest.groups == {one: up or one for one, up in forest.parents.items()}

    def test_an_issue_names_the_field_the_rule_and_a_remedy(self) -> None:
        (issue,) = flatten({"child": "gone"}).issues.values()
        assert (issue.code, issue.field, issue.rule) == ("parent_not_read", "parent", "UF-HIER-1")
        assert issue.remedy

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            pytest.param({"levels": 0}, "levels is a whole number", id="no level"),
            pytest.param({"levels": True}, "levels is a whole number", id="a truth"),
            pytest.param({"missing": "drop"}, "alone, refuse, keep", id="missing"),
            pytest.param({"cycles": "keep"}, "refuse, alone", id="cycles"),
            pytest.param({"parents": ["a"]}, "mapping of ids", id="a list"),
            pytest.param({"parents": {"a": ["b"]}}, "mapping of ids", id="not hashable"),
            pytest.param({"parents": {"": None}}, "is blank", id="empty id"),
            pytest.param({"parents": {None: "a"}, "levels": 1}, "is blank", id="null id"),
        ],
    )
    def test_refused(self, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError, match=message):
            flatten(**{"parents": DEEP, **arguments})


@pytest.mark.rule("UF-HIER-2")
class TestSwitchedOff:
    """Hierarchy sync can be switched off: every customer then stands alone."""

    @given(parents_of_any_kind)
    def test_every_customer_stands_alone(self, parents: Parents) -> None:
        forest = flatten(parents, levels=1)
        assert forest.parents == dict.fromkeys(parents)
        assert forest.groups == {one: one for one in parents}
        assert (forest.moved, forest.issues) == ({}, {})


@pytest.mark.rule("UF-HIER-1")
class TestInOrder:
    """Parents come before their children."""

    @given(parents_of_any_kind, st.randoms(use_true_random=False))
    def test_any_forest(self, parents: Parents, random: Random) -> None:
        pairs = list(flatten(parents, levels=4).parents.items())
        random.shuffle(pairs)
        forest = dict(pairs)
        order = in_order(forest)
        place = {one: at for at, one in enumerate(order)}
        assert sorted(order) == sorted(parents)
        assert all(up is None or place[up] < place[one] for one, up in forest.items())

    def test_a_parent_that_is_not_there_is_taken_for_done(self) -> None:
        assert in_order({"child": "there", "grandchild": "child"}) == ("child", "grandchild")

    @given(parents_of_any_kind)
    def test_cycles_are_refused_with_their_count(self, parents: Parents) -> None:
        broken = sum(cyclic(parents, one) for one in parents)
        if broken:
            with pytest.raises(InputError, match=f"^{broken} customers are in a cycle"):
                in_order(parents)
        else:
            assert len(in_order(parents)) == len(parents)


amounts = st.dictionaries(
    st.sampled_from(["USD", "EUR"]), st.decimals(-(10**29), 10**29, allow_nan=False, places=3)
)


@pytest.mark.rule("UF-BAL")
class TestRollUp:
    """A parent's balance includes its children's; a child's and a lone customer's equal their own."""

    OWED: Mapping[str, Amounts] = {
        "top": {"USD": Decimal("100.10")},
        "child": {"USD": Decimal("0.20"), "EUR": Decimal(7)},
        "grandchild": {"EUR": Decimal("-0.05")},
        "last": {"USD": Decimal(1)},
        "lone": {"USD": Decimal(5)},
    }

    def test_two_levels(self) -> None:
        rolled = roll_up(self.OWED, flatten(DEEP).parents)
        assert rolled.amounts == {**self.OWED, "top": {"USD": Decimal("101.30"), "EUR": Decimal("6.95")}}
        assert rolled.issues == {}

    def test_any_depth(self) -> None:
        sums = roll_up(self.OWED, DEEP).amounts
        assert sums["grandchild"] == {"USD": Decimal(1), "EUR": Decimal("-0.05")}
        assert sums["child"] == {"USD": Decimal("1.20"), "EUR": Decimal("6.95")}
        assert sums["top"] == {"USD": Decimal("101.30"), "EUR": Decimal("6.95")}

    @given(st.data(), parents_of_any_kind)
    def test_naively_and_exactly(self, data: st.DataObject, parents: Parents) -> None:
        forest = flatten(parents)
        own = {one: data.draw(amounts) for one in parents}
        before = pickle.dumps(own)
        with localcontext(Context(prec=3)):
            sums = roll_up(own, forest.parents).amounts
        assert pickle.dumps(own) == before
        for one in parents:
            members = [own[it] for it in parents if it == one or forest.parents[it] == one]
            cents = {
                currency: sum(
                    int(part.get(currency, Decimal(0)).scaleb(3, Context(prec=60))) for part in members
                )
                for currency in {key for part in members for key in part}
            }
            found = sums[one]
            assert found is not None
            assert {key: amount.scaleb(3, Context(prec=60)) for key, amount in found.items()} == cents

    @pytest.mark.parametrize(
        "amount",
        [
            *(
                Decimal(text)
                for text in ("NaN", "sNaN", "Infinity", "1E+30", "1" * 31, "1E-31", "1E+999999", "0E-999999")
            ),
            *(1, 0.5, "1", True, None),
        ],
        ids=repr,
    )
    def test_what_is_no_amount_is_not_known(self, amount: Any) -> None:
        rolled = roll_up({"lone": {"USD": amount}}, {"lone": None})
        assert rolled.amounts == {"lone": None}
        assert [issue.code for issue in rolled.issues.values()] == ["balance_not_known"]

    @pytest.mark.parametrize("amount", ["1E+29", "1E-30", "0", "-0.00", "9" * 30 + "." + "9" * 30])
    def test_what_is_an_amount(self, amount: str) -> None:
        own = {"USD": Decimal(amount)}
        rolled = roll_up({"top": own, "child": own}, {"top": None, "child": "top"})
        assert rolled.amounts["top"] == {"USD": Decimal(amount) + Decimal(amount)} or len(amount) > 28
        assert rolled.amounts["child"] is own
        assert rolled.issues == {}

    @pytest.mark.parametrize(
        "own", [None, ABSENT, Decimal(1), {"USD": None}], ids=["null", "absent", "bare", "null amount"]
    )
    def test_unknown_is_never_zero(self, own: Any) -> None:
        rolled = roll_up({**self.OWED, "last": own}, DEEP)
        assert [rolled.amounts[one] for one in ("last", "grandchild", "child", "top")] == [None] * 4
        assert rolled.amounts["lone"] == self.OWED["lone"]
        assert {one: issue.code for one, issue in rolled.issues.items()} == {
            "last": "balance_not_known",
            **dict.fromkeys(("grandchild", "child", "top"), "part_not_known"),
        }
        assert {issue.severity for issue in rolled.issues.values()} == {Severity.WARNING}

    def test_what_is_known_if_asked_for(self) -> None:
        owed = {one: own for one, own in self.OWED.items() if one != "grandchild"}
        rolled = roll_up(owed, DEEP, unknown="partial")
        assert rolled.amounts["last"] == {"USD": Decimal(1)}
        assert rolled.amounts["grandchild"] == {"USD": Decimal(1)}
        assert rolled.amounts["child"] == {"USD": Decimal("1.20"), "EUR": Decimal(7)}
        assert rolled.amounts["top"] == {"USD": Decimal("101.30"), "EUR": Decimal(7)}
        assert set(rolled.issues) == {"grandchild", "child", "top"}

    def test_nothing_known_is_unknown_if_asked_for_too(self) -> None:
        rolled = roll_up({}, {"top": None, "child": "top"}, unknown="partial")
        assert rolled.amounts == {"top": None, "child": None}
        assert {issue.code for issue in rolled.issues.values()} == {"balance_not_known"}

    def test_unknown_children_leave_the_known_part(self) -> None:
        rolled = roll_up({"top": {"USD": Decimal(2)}}, {"top": None, "child": "top"}, unknown="partial")
        assert rolled.amounts["top"] == {"USD": Decimal(2)}
        assert {one: issue.code for one, issue in rolled.issues.items()} == {
            "top": "part_not_known",
            "child": "balance_not_known",
        }

    @pytest.mark.parametrize(
        ("balances", "parents", "unknown", "message"),
        [
            pytest.param({"x": None, "y": None}, {"x": None}, "unknown", "1 balances are", id="stranger"),
            pytest.param({}, {"a": "b", "b": "a"}, "unknown", "2 customers are in a cycle", id="cycle"),
            pytest.param({}, {}, "zero", "unknown, partial", id="policy"),
            pytest.param([], {}, "unknown", "balances is a mapping", id="list"),
        ],
    )
    def test_refused(self, balances: Any, parents: Any, unknown: Any, message: str) -> None:
        with pytest.raises(InputError, match=message):
            roll_up(balances, parents, unknown=unknown)

    def test_no_amount_is_shown(self) -> None:
        assert repr(roll_up({"a": {"USD": Decimal("31.77")}}, {"a": None})) == (
            "Balances(<1 customers>, <0 issues>)"
        )


@pytest.mark.rule("UF-BAL")
class TestInCents:
    """Money is a whole number of the smallest unit, or not said at all."""

    @pytest.mark.parametrize(
        ("amount", "digits", "want"),
        [
            ("12.50", 2, 1250),
            ("-0.01", 2, -1),
            ("0.005", 2, None),
            ("1.0000", 2, 100),
            ("1E+29", 2, 10**31),
            ("12", 0, 12),
            ("1.234", 3, 1234),
            ("9" * 30 + "." + "9" * 30, 30, int("9" * 60)),
        ],
    )
    def test_table(self, amount: str, digits: int, want: int | None) -> None:
        with localcontext(Context(prec=1)):
            assert in_cents(Decimal(amount), digits=digits) == want

    @pytest.mark.parametrize(
        ("amount", "digits"),
        [
            (Decimal("NaN"), 2),
            (1.5, 2),
            (Decimal("1E+30"), 2),
            (Decimal(1), -1),
            (Decimal(1), 31),
            (Decimal(1), 2.0),
        ],
        ids=repr,
    )
    def test_refused(self, amount: Any, digits: Any) -> None:
        with pytest.raises(InputError):
            in_cents(amount, digits=digits)


@pytest.mark.rule("G-ISO")
class TestAnyInput:
    """Nothing but the project's own exceptions leaves, whatever is handed in."""

    @given(json_like, json_like)
    def test_hierarchies(self, parents: Any, policy: Any) -> None:
        for call in (flatten, in_order):
            with suppress(InputError):
                call(parents)
        with suppress(InputError):
            flatten({"child": "top"}, levels=policy, missing=policy, cycles=policy)

    @given(json_like, json_like)
    def test_balances(self, balances: Any, other: Any) -> None:
        for call in (lambda: roll_up(balances, other), lambda: in_cents(balances, digits=other)):
            with suppress(InputError):
                call()
        assert roll_up({"lone": {"USD": balances}}, {"lone": None}).amounts == {"lone": None}


@pytest.mark.rule("UF-HIER-1")
class TestLevels:
    """A flow's prescan: everybody's parent in the levels of the target, and what there is to say about it."""

    TREE = tuple(
        Customer(ref=Ref("netsuite", one), parent=up)
        for one, up in {"1": None, "2": "1", "3": "2", "4": "9", "5": "6", "6": "5", "7": ABSENT}.items()
    )

    @pytest.mark.parametrize(
        ("settings", "parents"),
        [
            ({}, [None, "1", "1", ABSENT, None, None, None]),
            ({"levels": 3}, [None, "1", "2", ABSENT, None, None, None]),
            ({"levels": 1}, [None] * 7),
            ({"missing": "keep"}, [None, "1", "1", "9", None, None, None]),
        ],
    )
    def test_parents(self, settings: dict[str, Any], parents: list[Any]) -> None:
        placed = Levels(**settings)(reversed(self.TREE))
        assert [placed(one).value.parent for one in self.TREE] == parents

    @pytest.mark.parametrize(
        ("settings", "severity"), [({}, Severity.WARNING), ({"missing": "refuse"}, Severity.ERROR)]
    )
    def test_a_parent_that_was_not_read(self, settings: dict[str, Any], severity: Severity) -> None:
        placed = Levels(**settings)(self.TREE)
        assert [(issue.code, issue.severity) for issue in placed(self.TREE[3]).issues] == [
            ("parent_not_read", severity)
        ]

    def test_a_circle_is_refused(self) -> None:
        placed = Levels()(self.TREE)
        assert [issue.severity for issue in placed(self.TREE[4]).issues] == [Severity.ERROR]

    def test_a_part_of_the_customers_clears_no_parent(self) -> None:
        assert Levels()(self.TREE[1:2])(self.TREE[1]).value.parent is ABSENT
