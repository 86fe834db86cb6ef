"""Three-way field merges: no change of one side is lost, and both values of a conflict are kept."""

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import InputError
from custsync.models import ABSENT, Severity
from custsync.rules.fields.conflicts import (
    Conflict,
    FieldConflict,
    MergedFields,
    merge_fields,
    same_or_blank,
    winner,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)
VALUES = (ABSENT, None, "", "a", "b", "c")

fields = st.dictionaries(st.sampled_from("xyz"), st.sampled_from([*VALUES, 0, False, True, 1]))
policies = st.dictionaries(st.sampled_from("xyz"), st.sampled_from(list(Conflict)))
MIRRORED = {Conflict.SOURCE: Conflict.TARGET, Conflict.TARGET: Conflict.SOURCE}


def merged(base: Any, ours: Any, theirs: Any, policy: Conflict, **settings: Any) -> MergedFields:
    """Merge one field; ABSENT is a field that is not carried."""
    sides = [{} if value is ABSENT else {"f": value} for value in (base, ours, theirs)]
    return merge_fields(sides[0], sides[1], sides[2], {"f": policy}, **settings)


def value(made: MergedFields) -> Any:
    return made.values.get("f", ABSENT)


def wins(made: MergedFields) -> str:
    return made.conflicts[0].winner.value if made.conflicts else ""


def form(value: Any) -> Any:
    """Return the value as it is compared: null, empty and absent are alike."""
    return None if value is ABSENT or value == "" else value


def transcribed(base: Any, ours: Any, theirs: Any) -> tuple[Any, bool]:
    """Return what counts, and whether both sides changed the field: F20 and invariant 18, written anew."""
    ours_said = base if ours is ABSENT else ours
    theirs_said = base if theirs is ABSENT else theirs
    b, o, t = form(base), form(ours_said), form(theirs_said)
    if o == t:
        return o, False
    if o == b:
        return t, False
    if t == b:
        return o, False
    return None, True


@pytest.mark.rule("G-LOSS")
class TestTable:
    """Missing, null and empty differ: missing never clears; null and empty clear, and are one in form."""

    def test_every_row(self) -> None:
        for base, ours, theirs in product(VALUES, repeat=3):
            made = merged(base, ours, theirs, Conflict.REVIEW)
            expected, both = transcribed(base, ours, theirs)
            assert wins(made) == ("review" if both else ""), (base, ours, theirs)
            right = value(made) == theirs if both else form(value(made)) == expected
            assert right, (base, ours, theirs)

    @pytest.mark.parametrize(
        ("base", "ours", "theirs", "expected"),
        [
            ("a", ABSENT, "a", "a"),
            ("a", None, "a", None),
            ("a", "", "a", ""),
            ("a", "a", ABSENT, "a"),
            ("a", "a", None, None),
            ("a", "a", "", ""),
            ("a", "", None, None),
            ("a", ABSENT, ABSENT, "a"),
            (None, "", None, None),
            ("", None, ABSENT, ""),
            (ABSENT, None, ABSENT, None),
            (ABSENT, "", None, None),
            (ABSENT, "a", "", "a"),
            (ABSENT, None, "a", "a"),
        ],
        ids=repr,
    )
    def test_the_form_that_counts(self, base: Any, ours: Any, theirs: Any, expected: Any) -> None:
        made = merged(base, ours, theirs, Conflict.REVIEW)
        assert value(made) is expected or value(made) == expected != ""
        assert made.conflicts == ()


@pytest.mark.rule("G-LOSS")
class TestPolicies:
    """Where both sides changed a field, its policy says who wins, and both values are kept."""

    @pytest.mark.parametrize(
        ("policy", "settings", "expected", "who"),
        [
            (Conflict.SOURCE, {}, "b", "source"),
            (Conflict.TARGET, {}, "c", "target"),
            (Conflict.REVIEW, {}, "c", "review"),
            (Conflict.NEWEST, {"modified_at": (LATER, NOON)}, "b", "source"),
            (Conflict.NEWEST, {"modified_at": (NOON, LATER)}, "c", "target"),
            (Conflict.NEWEST, {"modified_at": (NOON, NOON)}, "c", "review"),
            (Conflict.NEWEST, {"modified_at": (NOON, None)}, "c", "review"),
            (Conflict.NEWEST, {"modified_at": (ABSENT, NOON)}, "c", "review"),
            (Conflict.NEWEST, {}, "c", "review"),
        ],
        ids=str,
    )
    @pytest.mark.parametrize("base", ["a", None, ABSENT], ids=repr)
    def test_who_wins(self, base: Any, policy: Conflict, settings: Any, expected: str, who: str) -> None:
        made = merged(base, "b", "c", policy, **settings)
        assert value(made) == expected
        assert made.conflicts == (FieldConflict("f", policy, Conflict(who), base, "b", "c"),)
        assert made.undecided == (("f",) if who == "review" else ())

    def test_one_that_was_cleared_and_changed_is_a_conflict(self) -> None:
        made = merged("a", None, "c", Conflict.SOURCE)
        assert (value(made), wins(made)) == (None, "source")

    @pytest.mark.parametrize("policy", list(Conflict), ids=str)
    def test_a_change_of_one_side_is_carried_whatever_the_policy(self, policy: Conflict) -> None:
        assert value(merged("a", "b", "a", policy, modified_at=(NOON, LATER))) == "b"
        assert value(merged("a", "a", "c", policy, modified_at=(LATER, NOON))) == "c"

    def test_each_field_by_its_own(self) -> None:
        base, ours, theirs = (dict.fromkeys("xyz", side) for side in "abc")
        made = merge_fields(base, ours, theirs, {"x": Conflict.SOURCE, "y": Conflict.TARGET})
        assert made.values == {"x": "b", "y": "c", "z": "c"}
        assert made.undecided == ("z",)

    def test_the_policy_of_the_others(self) -> None:
        assert merge_fields({}, {"x": 1}, {"x": 2}, otherwise=Conflict.SOURCE).values == {"x": 1}

    def test_how_values_are_compared_can_be_said(self) -> None:
        def alike(one: Any, other: Any) -> bool:
            return str(one).lower() == str(other).lower()

        made = merge_fields({"x": "a"}, {"x": "A"}, {"x": "c"}, same=alike)
        assert (made.values, made.conflicts) == ({"x": "c"}, ())


@pytest.mark.rule("G-LOSS")
class TestLaws:
    """Invariant 18: a one-sided change survives; of a two-sided one both values are kept."""

    @given(fields, fields, fields, policies)
    def test_nothing_is_lost(
        self, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], chosen: Any
    ) -> None:
        made = merge_fields(base, ours, theirs, chosen, modified_at=(NOON, LATER))
        in_conflict = {each.field: each for each in made.conflicts}
        assert made.values.keys() == base.keys() | ours.keys() | theirs.keys()
        for name, side in [*((name, ours) for name in ours), *((name, theirs) for name in theirs)]:
            said = side[name]
            if said is ABSENT or same_or_blank(said, base.get(name, ABSENT)) or not form(said):
                continue
            kept = in_conflict.get(name)
            both = (kept.ours, kept.theirs) if kept else ()
            assert same_or_blank(made.values[name], said) or any(same_or_blank(said, each) for each in both)

    @given(fields, fields, fields, policies)
    def test_the_two_sides_are_treated_alike(
        self, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], chosen: Any
    ) -> None:
        mirrored = {name: MIRRORED.get(policy, policy) for name, policy in chosen.items()}
        one = merge_fields(base, ours, theirs, chosen, modified_at=(NOON, LATER))
        other = merge_fields(base, theirs, ours, mirrored, modified_at=(LATER, NOON))
        assert set(one.undecided) == set(other.undecided)
        for name in one.values.keys() - set(one.undecided):
            assert same_or_blank(one.values[name], other.values[name])

    @given(fields, fields, fields, policies)
    def test_twice_is_as_once(
        self, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], chosen: Any
    ) -> None:
        """What was merged and written to both sides has nothing more to say."""
        once = merge_fields(base, ours, theirs, chosen)
        again = merge_fields(once.values, once.values, once.values, chosen)
        assert (again.values, again.conflicts) == (once.values, ())

    @given(fields, fields)
    def test_a_side_that_says_nothing_changes_nothing(
        self, base: Mapping[str, Any], ours: Mapping[str, Any]
    ) -> None:
        made = merge_fields(base, ours, dict.fromkeys(base, ABSENT))
        assert made.conflicts == ()
        for name, said in made.values.items():
            stays = ours.get(name, ABSENT)
            assert same_or_blank(said, base.get(name, ABSENT) if stays is ABSENT else stays)


class TestWords:
    """What is said of a conflict holds no value; what is no policy is refused."""

    def test_an_issue(self) -> None:
        made = merged("canary-a", "canary-b", "canary-c", Conflict.SOURCE)
        (issue,) = made.issues
        assert (issue.code, issue.severity, issue.remedy) == (
            "conflict",
            Severity.WARNING,
            "Nothing to do: the source's value is kept",
        )
        assert "canary" not in repr(made) + str(issue)
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301

    def test_an_issue_for_review(self) -> None:
        assert merged("a", "b", "c", Conflict.REVIEW).issues[0].remedy == "Choose one of the two values"

    @pytest.mark.parametrize("policy", ["source", None, 1], ids=repr)
    def test_no_policy(self, policy: Any) -> None:
        with pytest.raises(InputError, match="a policy is a member of Conflict"):
            merge_fields({}, {}, {}, {"x": policy})
        with pytest.raises(InputError, match="a policy is a member of Conflict"):
            merge_fields({}, {}, {}, otherwise=policy)

    @pytest.mark.parametrize("naive", [0, 1], ids=["ours", "theirs"])
    def test_a_time_without_zone(self, naive: int) -> None:
        times = [NOON, LATER]
        times[naive] = NOON.replace(tzinfo=None)
        with pytest.raises(InputError, match="a time without a zone"):
            winner(Conflict.NEWEST, times[0], times[1])
